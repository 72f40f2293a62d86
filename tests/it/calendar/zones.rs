//! Zones: as people write them, as programs name them, and as letters spell them.

use chrono::{NaiveDateTime, TimeDelta};
use replyd::calendar::{LocalTime, answer};
use replyd::model::Timestamp;
use replyd::reply::times::{self, Asked, Times};

use super::{utc, zone};

fn read(text: &str, of_writer: &str, written: &str) -> Times {
    let asked = Asked {
        written: utc(written),
        zone: zone(of_writer),
        ours: zone("Europe/London"),
        minutes: 45,
        options: &[],
        booked: None,
        language: "en",
        places: &[],
    };
    times::read(text, &asked)
}

fn starts(times: &Times) -> Vec<Timestamp> {
    times.open.iter().map(|(start, _)| start).collect()
}

/// C-H1: abbreviations name a region, whose clocks they mean, also when they say "standard" in summer.
#[test]
fn zone_abbreviations_mean_the_clocks_of_their_region() {
    for (written, writer, expected) in [
        ("3pm ET", "Europe/London", "2026-07-14T19:00:00Z"),
        ("3pm CT", "Europe/London", "2026-07-14T20:00:00Z"),
        ("3pm MT", "Europe/London", "2026-07-14T21:00:00Z"),
        ("3pm PT", "Europe/London", "2026-07-14T22:00:00Z"),
        ("3pm EST", "America/New_York", "2026-07-14T19:00:00Z"),
        ("3pm CST", "America/Chicago", "2026-07-14T20:00:00Z"),
        ("3pm MST", "America/Denver", "2026-07-14T21:00:00Z"),
        ("3pm PST", "Europe/London", "2026-07-14T22:00:00Z"),
        ("3pm CET", "Europe/Berlin", "2026-07-14T13:00:00Z"),
    ] {
        let read = read(
            &format!("Tuesday 14 July at {written} works for me."),
            writer,
            "2026-07-07T10:00:00Z",
        );
        assert_eq!(starts(&read), [utc(expected)], "{written} from {writer}");
        assert!(!read.asks(), "{written} from {writer}");
    }
}

/// C-H2: abbreviations that several countries use are asked about, unless the writer is in one of them.
#[test]
fn zone_abbreviations_of_several_countries_are_asked_about() {
    for (written, of_one, meant, expected) in [
        ("CST", "Asia/Shanghai", "Asia/Shanghai", "2026-07-14T07:00:00Z"),
        ("IST", "Asia/Kolkata", "Asia/Kolkata", "2026-07-14T09:30:00Z"),
        ("IST", "Europe/Dublin", "Europe/Dublin", "2026-07-14T14:00:00Z"),
        ("BST", "Europe/London", "Europe/London", "2026-07-14T14:00:00Z"),
    ] {
        let text = format!("Tuesday 14 July at 3pm {written} works for me.");
        let known = read(&text, of_one, "2026-07-07T10:00:00Z");
        assert_eq!(starts(&known), [utc(expected)], "{written} from {of_one} is that of {meant}");
        assert!(!known.asks(), "{written} from {of_one}");
    }
    // BST is London's wherever the writer is, as people mean it.
    for written in ["CST", "IST", "AST", "GST", "SST", "AMT", "ECT", "MST"] {
        let text = format!("Tuesday 14 July at 3pm {written} works for me.");
        let unknown = read(&text, "Europe/Helsinki", "2026-07-07T10:00:00Z");
        assert!(unknown.asks(), "{written} from Helsinki: {:?}", starts(&unknown));
    }
}

/// C-H3: the clocks of the United States and of Europe change on different days; between them London is four hours ahead of New York.
#[test]
fn zone_clocks_change_on_their_own_days() {
    let (london, new_york) = (zone("Europe/London"), zone("America/New_York"));
    let ahead = |day: &str| {
        let noon = NaiveDateTime::parse_from_str(&format!("{day} 12:00"), "%Y-%m-%d %H:%M").unwrap();
        match (london.instant(noon), new_york.instant(noon)) {
            (LocalTime::One(there), LocalTime::One(here)) => here - there,
            other => panic!("{other:?}"),
        }
    };
    for (day, hours) in [
        ("2026-03-07", 5),
        ("2026-03-08", 4),
        ("2026-03-28", 4),
        ("2026-03-29", 5),
        ("2026-10-24", 5),
        ("2026-10-25", 4),
        ("2026-10-31", 4),
        ("2026-11-01", 5),
        ("2027-03-13", 5),
        ("2027-03-14", 4),
        ("2027-03-27", 4),
        ("2027-03-28", 5),
        ("2027-10-30", 5),
        ("2027-10-31", 4),
        ("2027-11-06", 4),
        ("2027-11-07", 5),
    ] {
        assert_eq!(ahead(day), TimeDelta::hours(hours), "{day}");
    }
    // "3pm ET" on a day between the two changes.
    let read = read(
        "Tuesday 27 October at 3pm ET works for me.",
        "Europe/London",
        "2026-10-20T10:00:00Z",
    );
    assert_eq!(starts(&read), [utc("2026-10-27T19:00:00Z")]);
    assert_eq!(london.spelled(utc("2026-10-27T19:00:00Z")), "Tue 27 October 2026, 19:00 (UTC)");
}

/// C-H4: when a mail was written is an instant; the offset its program put beside it decides nothing.
#[test]
fn zone_of_a_mail_is_not_that_of_its_date_header() {
    let text = "Tuesday at 3pm works for me.";
    let same: Vec<Times> = [
        "2026-07-10T23:30:00+00:00",
        "2026-07-11T08:30:00+09:00",
        "2026-07-10T16:30:00-07:00",
    ]
    .into_iter()
    .map(|written| read(text, "Europe/Berlin", written))
    .collect();
    assert_eq!(starts(&same[0]), [utc("2026-07-14T13:00:00Z")]);
    assert!(same.iter().all(|read| *read == same[0]));
}

/// C-H5: a time is said with weekday, date and offset, in both zones where they differ.
#[test]
fn zone_times_are_spelled_for_both() {
    let (london, new_york, tokyo) = (zone("Europe/London"), zone("America/New_York"), zone("Asia/Tokyo"));
    let at = utc("2026-07-14T14:00:00Z");
    assert_eq!(
        london.spelled_beside(at, new_york),
        "Tue 14 July 2026, 15:00 London (UTC+1) = 10:00 New York (UTC-4)"
    );
    assert_eq!(
        new_york.spelled_beside(utc("2026-07-14T18:00:00Z"), tokyo),
        "Tue 14 July 2026, 14:00 New York (UTC-4) = Wed 15 July, 03:00 Tokyo (UTC+9)"
    );
    assert_eq!(
        london.spelled_beside(at, zone("Europe/Lisbon")),
        london.spelled(at),
        "the same clocks are not said twice"
    );
    let kolkata = zone("Asia/Kolkata");
    assert_eq!(
        kolkata.spelled_beside(at, london),
        "Tue 14 July 2026, 19:30 Kolkata (UTC+5:30) = 15:00 London (UTC+1)"
    );
}

/// C-H6: cities that share their name are asked about.
#[test]
fn zone_cities_that_share_a_name_are_asked_about() {
    for city in ["Birmingham", "Cambridge", "Portland", "San Jose", "Vancouver", "Paris"] {
        let read = read(
            &format!("Tuesday 14 July at 3pm {city} time works for me."),
            "Asia/Kolkata",
            "2026-07-07T10:00:00Z",
        );
        assert!(read.asks(), "{city}: {:?}", starts(&read));
    }
}

/// C-F23: names of Windows as they are and not as they look; old names become those of today.
#[test]
fn zone_names_of_windows_are_what_they_are_and_not_what_they_look_like() {
    for (windows, iana) in [
        ("GMT Standard Time", "Europe/London"),
        ("Greenwich Standard Time", "Atlantic/Reykjavik"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Romance Standard Time", "Europe/Paris"),
        ("Central Europe Standard Time", "Europe/Budapest"),
        ("Central European Standard Time", "Europe/Warsaw"),
        ("Eastern Standard Time", "America/New_York"),
        ("US Eastern Standard Time", "America/Indiana/Indianapolis"),
        ("US Mountain Standard Time", "America/Phoenix"),
        ("India Standard Time", "Asia/Kolkata"),
        ("AUS Eastern Standard Time", "Australia/Sydney"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
    ] {
        for day in ["20260114", "20260714"] {
            let calendar =
                format!("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nDTSTART;TZID={windows}:{day}T100000\nEND:VEVENT\nEND:VCALENDAR\n");
            let read = answer(calendar.as_bytes(), None).unwrap().time.unwrap().from.instant();
            let wall = NaiveDateTime::parse_from_str(&format!("{day}100000"), "%Y%m%d%H%M%S").unwrap();
            assert_eq!(read.map(LocalTime::One), Some(zone(iana).instant(wall)), "{windows}");
        }
    }
    assert_eq!(zone("Asia/Calcutta"), zone("Asia/Kolkata"));
    assert_eq!(zone("europe/kiev").name(), "Europe/Kyiv");
    assert_eq!(zone("US/Pacific").name(), "America/Los_Angeles");
    // Not today's name of a place, though the clocks are shared.
    assert_eq!(zone("Europe/Amsterdam").name(), "Europe/Amsterdam");
}
