//! What an answer to an invitation says: METHOD REPLY and COUNTER.   RFC 5546 3.2.3, 3.2.7; MS-OXCICAL
//!
//! In: the bytes of a calendar part, from whatever program. Out: the answer, as far as it is there.
//! Never here: which invitation it answers, and whether it still counts.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

use super::lines::{Line, lines, unescaped, without_references};
use super::{LocalTime, Zone, windows};
use crate::model::{Address, Timestamp};

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// UID of the invitation.
    pub uid: Option<String>,
    /// SEQUENCE of the invitation that is answered.
    pub sequence: u32,
    /// DTSTAMP: when the answer was written; of two equal in SEQUENCE the later counts.
    pub stamp: Option<Timestamp>,
    /// Who answers.
    pub attendee: Option<Address>,
    /// What they say.
    pub part_stat: PartStat,
    /// What they wrote beside it, from COMMENT or X-RESPONSE-COMMENT.
    pub note: Option<String>,
    /// The time the answer is about; in a COUNTER the proposed one.
    pub time: Option<Span>,
    /// In a COUNTER of Outlook the time that was proposed to them.
    pub original: Option<Span>,
}

/// PARTSTAT (RFC 5545 3.2.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartStat {
    /// They come.
    Accepted,
    /// They may come.
    Tentative,
    /// They do not come.
    Declined,
    /// Somebody else comes.
    Delegated,
    /// Not said.
    NeedsAction,
}

/// From when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// DTSTART.
    pub from: Moment,
    /// DTEND, when it is named.
    pub to: Option<Moment>,
}

/// A time in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// An instant: written in UTC, or in a zone that is known.
    At(Timestamp),
    /// A time on a wall whose zone is not known, not named, or whose clocks show it twice or never: to be asked about.
    Local {
        /// As written.
        time: NaiveDateTime,
        /// The zone as named.
        zone: Option<String>,
    },
}

/// Reads the first event of a calendar as an answer; `None` when there is no event in it.
#[must_use]
pub fn answer(calendar: &[u8]) -> Option<Answer> {
    let all = lines(calendar);
    let begin = all.iter().position(|line| is_edge(line, "BEGIN"))?;
    let rest = all.get(begin + 1..)?;
    // A calendar cut short is read as far as it goes.
    let end = rest.iter().position(|line| is_edge(line, "END")).unwrap_or(rest.len());
    Some(read(rest.get(..end)?))
}

fn is_edge(line: &Line, name: &str) -> bool {
    line.name == name && line.value.trim().eq_ignore_ascii_case("VEVENT")
}

fn read(event: &[Line]) -> Answer {
    let first = |name: &str| event.iter().find(|line| line.name == name);
    let attendees = || event.iter().filter(|line| line.name == "ATTENDEE");
    // Some programs return the whole list; the one who answers is the one who has said something.
    let answers = |line: &&Line| part_stat(line) != PartStat::NeedsAction;
    let attendee = attendees().find(answers).or_else(|| attendees().next());
    let beside = attendee.and_then(|line| line.parameter("X-RESPONSE-COMMENT")).map(unescaped);
    let note = beside.map(|text| without_references(&text).into_owned());
    let note = note.or_else(|| first("COMMENT").map(Line::text));
    let span = |start: &str, end: &str| {
        Some(Span {
            from: moment(first(start)?)?,
            to: first(end).and_then(moment),
        })
    };
    Answer {
        uid: first("UID").map(|line| line.value.trim().to_owned()).filter(|uid| !uid.is_empty()),
        sequence: first("SEQUENCE").and_then(|line| line.value.trim().parse().ok()).unwrap_or(0),
        stamp: first("DTSTAMP").and_then(moment).and_then(Moment::instant),
        attendee: attendee.and_then(address),
        part_stat: attendee.map_or(PartStat::NeedsAction, part_stat),
        note: note.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        time: span("DTSTART", "DTEND"),
        original: span("X-MS-OLK-ORIGINALSTART", "X-MS-OLK-ORIGINALEND"),
    }
}

impl Moment {
    /// The instant, when it is certain.
    #[must_use]
    pub fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Local { .. } => None,
        }
    }
}

fn part_stat(line: &Line) -> PartStat {
    match line.parameter("PARTSTAT").unwrap_or_default().to_ascii_uppercase().as_str() {
        "ACCEPTED" => PartStat::Accepted,
        "TENTATIVE" => PartStat::Tentative,
        "DECLINED" => PartStat::Declined,
        "DELEGATED" => PartStat::Delegated,
        _ => PartStat::NeedsAction,
    }
}

/// `mailto:ann@client.example`; the scheme is missing at times.
fn address(line: &Line) -> Option<Address> {
    let value = line.value.trim();
    let bare = value
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .and_then(|_| value.get(7..));
    Address::parse(bare.unwrap_or(value)).ok()
}

/// DATE-TIME or DATE: `20260714T100000Z`, `20260714T100000` in a zone, `20260714`.
fn moment(line: &Line) -> Option<Moment> {
    let value = line.value.trim();
    let (date, time) = value.split_once(['T', 't']).unwrap_or((value, "000000"));
    let date = NaiveDate::parse_from_str(date, "%Y%m%d").ok()?;
    let (clock, utc) = match time.strip_suffix(['Z', 'z']) {
        Some(clock) => (clock, true),
        None => (time, false),
    };
    let local = date.and_time(NaiveTime::parse_from_str(clock, "%H%M%S").ok()?);
    if utc {
        return Some(Moment::At(DateTime::from_naive_utc_and_offset(local, chrono::Utc)));
    }
    let name = line.parameter("TZID");
    let zone = name.and_then(|name| name.parse::<Zone>().ok().or_else(|| windows::zone(name)));
    Some(match zone.map(|zone| zone.instant(local)) {
        Some(LocalTime::One(at)) => Moment::At(at),
        Some(LocalTime::None | LocalTime::Two(..)) | None => Moment::Local {
            time: local,
            zone: name.map(str::to_owned),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(lines: &[&str]) -> Answer {
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            lines.join("\r\n")
        );
        answer(calendar.as_bytes()).unwrap()
    }

    #[test]
    fn times_are_read_in_zones_of_both_kinds() {
        for (line, expected) in [
            ("DTSTART:20260714T140000Z", Some("2026-07-14T14:00:00Z")),
            ("DTSTART;TZID=Eastern Standard Time:20260714T100000", Some("2026-07-14T14:00:00Z")),
            (
                "DTSTART;TZID=\"W. Europe Standard Time\":20260714T100000",
                Some("2026-07-14T08:00:00Z"),
            ),
            ("DTSTART;TZID=Asia/Calcutta:20260714T100000", Some("2026-07-14T04:30:00Z")),
            ("DTSTART;TZID=Customized Time Zone:20260714T100000", None),
            ("DTSTART:20260714T100000", None),
            ("DTSTART;TZID=Europe/Berlin:20261025T023000", None),
            ("DTSTART;VALUE=DATE:20260714", None),
        ] {
            let time = event(&[line]).time.unwrap().from;
            assert_eq!(time.instant(), expected.map(|at| at.parse().unwrap()), "{line}");
        }
        assert_eq!(event(&["DTSTART:soon"]).time, None);
        assert_eq!(event(&["DTSTART:20260732T990000Z"]).time, None);
    }

    #[test]
    fn the_one_who_answers_is_found_among_many() {
        let read = event(&[
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bo@client.example",
            "attendee;partstat=declined:MAILTO:ann@client.example",
            "SEQUENCE:3",
            "UID: a@b ",
        ]);
        assert_eq!(read.attendee.unwrap().as_str(), "ann@client.example");
        assert_eq!(
            (read.part_stat, read.sequence, read.uid.as_deref()),
            (PartStat::Declined, 3, Some("a@b"))
        );
    }

    #[test]
    fn what_is_cut_short_or_odd_is_read_as_far_as_it_goes() {
        let cut = "begin:vcalendar\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=ACCEPTED:ann@client.example\nDTSTA";
        let read = answer(cut.as_bytes()).unwrap();
        assert_eq!((read.part_stat, read.time), (PartStat::Accepted, None));
        for none in ["", "BEGIN:VCALENDAR\nEND:VCALENDAR", "\0\0", ":::\n;;;"] {
            assert_eq!(answer(none.as_bytes()), None, "{none:?}");
        }
    }
}
