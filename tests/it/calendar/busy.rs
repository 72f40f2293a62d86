//! Busy times out of calendars: `fixtures/calendar/busy`.

use std::fmt::Write;

use chrono::Duration;
use replyd::calendar::{Busy, Hours, NoCalendar, OpenDays, Owner, Party, Search, Spans, Zone, slots};
use replyd::model::{Address, Timestamp};

use crate::roundtrip::dice::Dice;

use super::{fixture_pairs, utc, zone};

/// Somebody's calendar, without anything of ours in it.
fn busy(calendar: &[u8], zone: Zone, from: Timestamp, to: Timestamp) -> Result<Busy, NoCalendar> {
    let address = Address::parse("ann@client.example").unwrap();
    let owner = Owner {
        zone,
        address: &address,
        is_ours: &|_| false,
    };
    replyd::calendar::busy(calendar, owner, from, to)
}

#[test]
fn busy_times_are_read_as_calendars_write_them() {
    let cases = fixture_pairs("busy");
    assert!(cases.len() >= 16, "{}", cases.len());
    for (name, bytes, table) in cases {
        let text = |key: &str| table[key].as_str().unwrap();
        let word = |key: &str| table.get(key).and_then(toml::Value::as_str);
        let address = Address::parse(word("owner").unwrap_or("nobody@client.example")).unwrap();
        let owner = Owner {
            zone: zone(text("zone")),
            address: &address,
            is_ours: &|uid| word("ours").is_some_and(|ours| uid.ends_with(ours)),
        };
        let read = replyd::calendar::busy(&bytes, owner, utc(text("from")), utc(text("to")));
        if table.contains_key("refused") {
            assert!(read.unwrap_err().to_string().contains(text("refused")), "{name}");
            continue;
        }
        let read = read.unwrap();
        for (key, spans) in [("busy", &read.spans), ("unnamed", &read.unnamed)] {
            let pairs = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
            let expected = pairs
                .iter()
                .map(|pair| (utc(pair[0].as_str().unwrap()), utc(pair[1].as_str().unwrap())));
            assert_eq!(spans.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{name}: {key}");
        }
        let doubts: Vec<String> = read.doubts.iter().map(ToString::to_string).collect();
        let told = table.get("doubts").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        assert_eq!(doubts.len(), told.len(), "{name}: {doubts:?}");
        for part in told {
            let part = part.as_str().unwrap();
            assert!(
                doubts.iter().any(|doubt| doubt.contains(part)),
                "{name}: {part} is not in {doubts:?}"
            );
        }
    }
}

/// Entries one by one, with a rule and without, say the same.
#[test]
fn busy_series_are_the_same_as_their_entries_one_by_one() {
    let (from, to) = (utc("2026-03-20T00:00:00Z"), utc("2026-04-20T00:00:00Z"));
    let berlin = zone("Europe/Berlin");
    let calendar = |events: &str| format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n");
    let event = |start: &str, rule: &str| {
        format!("BEGIN:VEVENT\nUID:a{start}\nDTSTART;TZID=Europe/Berlin:{start}\nDURATION:PT45M\n{rule}END:VEVENT\n")
    };
    let series = calendar(&event("20260302T101500", "RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260405T081459Z\n"));
    let mut single = String::new();
    let mut day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    while day <= chrono::NaiveDate::from_ymd_opt(2026, 4, 4).unwrap() {
        single += &event(&day.format("%Y%m%dT101500").to_string(), "");
        day += Duration::days(2);
    }
    let read = |text: &str| busy(text.as_bytes(), berlin, from, to).unwrap();
    assert_eq!(read(&series), read(&calendar(&single)));
    assert_eq!(read(&series).spans.iter().count(), 8);
}

/// C-G3: a feed lags, so it is only ever taken to say when somebody is busy: it frees nothing that is booked, and nothing is offered that is
/// booked but not yet in it.
#[test]
fn busy_feeds_that_lag_free_nothing_that_is_booked() {
    let (from, to) = (utc("2026-07-13T00:00:00Z"), utc("2026-07-18T00:00:00Z"));
    let feed = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260714T080000Z\nDTEND:20260714T120000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let feed = busy(feed, zone("Europe/London"), from, to).unwrap().spans;
    let booked = Spans::of(vec![(utc("2026-07-14T12:00:00Z"), utc("2026-07-14T16:00:00Z"))]);
    let party = |busy: Spans| Party {
        zone: zone("Europe/London"),
        hours: Hours::of(9, 18, OpenDays::Weekdays),
        given: Some(Spans::of(vec![(utc("2026-07-14T08:00:00Z"), utc("2026-07-14T17:00:00Z"))])),
        busy,
    };
    let past = Spans::default();
    let found = |busy: Spans| {
        let required = [party(busy)];
        let search = Search {
            now: from,
            required: &required,
            optional: &[],
            several: (&[], 0),
            duration: Duration::minutes(60),
            before: Duration::zero(),
            after: Duration::zero(),
            notice: Duration::zero(),
            horizon: to - from,
            past: &past,
            count: 9,
        };
        slots(&search)
    };
    assert!(
        found(feed.clone()).iter().any(|(start, end)| booked.touches(*start, *end)),
        "the feed does not know of it"
    );
    assert_eq!(
        found(feed.union(&booked)),
        [(utc("2026-07-14T16:00:00Z"), utc("2026-07-14T17:00:00Z"))]
    );
}

/// R-S7: whatever is in a calendar, reading it is bounded.
#[test]
fn busy_calendars_that_are_hostile_take_no_long_time() {
    let (from, to) = (utc("2026-01-01T00:00:00Z"), utc("2026-12-31T00:00:00Z"));
    let read = |calendar: &[u8]| busy(calendar, zone("Europe/London"), from, to);
    assert_eq!(read(&vec![b'A'; 100_000_000]), Err(NoCalendar::TooLarge(100_000_000)));
    assert_eq!(read(b""), Err(NoCalendar::Other));
    let deep = format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\nBEGIN:VALARM\n".repeat(100_000));
    assert_eq!(read(deep.as_bytes()).unwrap().doubts.len(), 1);
    // Every entry comes again every day, since long ago, and counts.
    let mut series = "BEGIN:VCALENDAR\n".to_owned();
    for n in 0..3_000 {
        writeln!(
            series,
            "BEGIN:VEVENT\nUID:{n}\nDTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=999999999\nEND:VEVENT"
        )
        .unwrap();
    }
    let told = read(series.as_bytes()).unwrap().doubts;
    assert!(
        told.iter()
            .any(|doubt| doubt.to_string().contains("more than can be looked through")),
        "{told:?}"
    );
    // Many entries that say to have been moved, all of one series.
    let mut moved = "BEGIN:VCALENDAR\n".to_owned();
    for n in 0..20_000 {
        writeln!(moved, "BEGIN:VEVENT\nUID:1\nRRULE:FREQ=DAILY\nRECURRENCE-ID:20260101T{:06}Z\nDTSTART:20260101T000000Z\nDTEND:99991231T000000Z\nEND:VEVENT", n % 240_000).unwrap();
    }
    assert_eq!(read(moved.as_bytes()).unwrap().spans.iter().count(), 1);
}

/// R-S7: no rule costs more than any other, whatever its shape, and a hundred of one shape cost no more than all together may.
#[test]
fn busy_rules_of_any_shape_are_cheap() {
    let (from, to) = (utc("2026-01-01T00:00:00Z"), utc("2026-12-31T00:00:00Z"));
    let months = ["7"; 64].join(",");
    let days = ["MO,TU,WE,TH,FR,SA,SU"; 9].join(",");
    let month_days = (1..=31).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    let name = "Z".repeat(2_000);
    let observance = |n: u32| {
        let dates = (0..400)
            .map(|day| format!("{:04}0101T{:06}", 1601 + day, n))
            .collect::<Vec<_>>()
            .join(",");
        format!(
            "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+{:04}\nTZOFFSETTO:-{:04}\nRDATE:{dates}\nEND:STANDARD\n",
            n, n
        )
    };
    let zone_of_many = format!(
        "BEGIN:VTIMEZONE\nTZID:Own\n{}END:VTIMEZONE\n",
        (0..60).map(observance).collect::<String>()
    );
    let shapes = [
        (
            String::new(),
            "DTSTART:00010701T000000Z".to_owned(),
            format!("FREQ=YEARLY;BYMONTH={months};BYDAY={days};COUNT=4000000000"),
        ),
        (
            String::new(),
            "DTSTART:00010701T000000Z".to_owned(),
            format!("FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={month_days};UNTIL=20991231"),
        ),
        (
            String::new(),
            "DTSTART:00010101T000000Z".to_owned(),
            "FREQ=DAILY;COUNT=4000000000".to_owned(),
        ),
        (
            String::new(),
            "DTSTART:00010101T000000Z".to_owned(),
            "FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=31;COUNT=1".to_owned(),
        ),
        (
            String::new(),
            "DTSTART:00010101T000000Z".to_owned(),
            format!("FREQ=MONTHLY;BYDAY={days};BYSETPOS=1,2,3,4,5,6,7,-1,-2,-3;COUNT=90000000"),
        ),
        (
            String::new(),
            format!("DTSTART;TZID={name}:20260101T000000"),
            "FREQ=DAILY".to_owned(),
        ),
        (zone_of_many, "DTSTART;TZID=Own:20260101T000000".to_owned(), "FREQ=DAILY".to_owned()),
    ];
    for (zones, start, rule) in shapes {
        // Longer than history, so that every time it comes lies within.
        for length in ["DURATION:PT1H", "DTEND:99990101T000000Z"] {
            let entry = format!("BEGIN:VEVENT\nUID:a\n{start}\n{length}\nRRULE:{rule}\nEND:VEVENT\n");
            let calendar = format!("BEGIN:VCALENDAR\n{zones}{}END:VCALENDAR\n", entry.repeat(60));
            let (read, took) = crate::worked(|| busy(calendar.as_bytes(), zone("Europe/London"), from, to).unwrap());
            assert!(read.spans.iter().count() <= 366, "{start:.60} {rule:.60}");
            assert!(
                took < std::time::Duration::from_secs(30),
                "{start:.60} {rule:.60} {length}: {took:?}"
            );
        }
    }
}

/// A calendar with an entry every other minute becomes one that is taken by the quarter of an hour.
#[test]
fn busy_stretches_are_never_more_than_a_person_has() {
    let (from, to) = (utc("2026-07-01T00:00:00Z"), utc("2026-10-29T00:00:00Z"));
    let mut calendar = "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\n".to_owned();
    let mut at = from;
    while at < to {
        writeln!(calendar, "FREEBUSY:{}/PT1M", at.format("%Y%m%dT%H%M%SZ")).unwrap();
        at += Duration::minutes(10);
    }
    let read = busy(calendar.as_bytes(), zone("Europe/London"), from, to).unwrap();
    assert_eq!(
        read.unnamed.iter().collect::<Vec<_>>(),
        [(from, to)],
        "no quarter of an hour is free"
    );
}

/// No change of single bytes in a calendar makes it panic.
#[test]
fn busy_calendars_with_a_byte_changed_are_read() {
    let mut dice = Dice::new(11);
    let (from, to) = (utc("2026-07-13T00:00:00Z"), utc("2026-11-18T00:00:00Z"));
    for (_, bytes, _) in fixture_pairs("busy") {
        for _ in 0..200 {
            let mut bytes = bytes.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                bytes[at] = *dice.one_of(&[b'\n', b';', b':', b'"', b'9', b'0', 0xff, b'T', b'=', b'-', b'Z', b'/']);
            }
            if let Ok(read) = busy(&bytes, zone("Europe/Berlin"), from, to) {
                assert!(read.spans.iter().all(|(start, end)| from <= start && start < end && end <= to));
            }
        }
    }
}
