//! What an answer to an invitation says: METHOD REPLY and COUNTER.   RFC 5546 3.2.3, 3.2.7; MS-OXCICAL
//!
//! In: the bytes of a calendar part, from whatever program. Out: the answer, as far as it is there, or why there is none.
//! Never here: which invitation it answers, and whether its sender may answer it.

use serde::Serialize;

use super::blocks::{Block, blocks, method};
use super::lines::{Line, unescaped, without_references};
use super::moment::{self, Clocks, Moment, Span};
use crate::model::{Address, Timestamp, is_printed};

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Another time is proposed (METHOD:COUNTER); see [`Answer::proposal`].
    pub counter: bool,
    /// UID of the invitation.
    pub uid: Option<String>,
    /// SEQUENCE of the invitation that is answered.
    pub sequence: Option<u32>,
    /// DTSTAMP: when the answer was written; of two equal in SEQUENCE the later counts.
    pub stamp: Option<Timestamp>,
    /// Who answers.
    pub attendee: Option<Address>,
    /// What they say.
    pub part_stat: PartStat,
    /// Who comes in their place, when they hand it on.
    pub delegate: Option<Address>,
    /// In whose place they come.
    pub delegator: Option<Address>,
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

/// What a COUNTER proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// Nothing that could be taken up: no time, one that is past, or the one that was there before.
    None,
    /// A time.
    Time {
        /// From when.
        from: Timestamp,
        /// Until when, when that is said.
        to: Option<Timestamp>,
    },
    /// A time on a wall whose zone is not known: to be asked about.
    Unclear(Span),
}

/// Why a calendar is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// More bytes than an answer can need.
    #[error("the calendar part has {0} bytes, more than an answer can need: look at it in the mailbox")]
    TooLarge(usize),
    /// More components than an answer can have.
    #[error("the calendar part holds more than {MAX_PARTS} entries, which no answer does: look at it in the mailbox")]
    TooManyParts,
    /// It wants something else.
    #[error("the calendar part is a {0}, not an answer: look at it in the mailbox")]
    Method(String),
    /// There is no VEVENT in it.
    #[error("there is no event in the calendar part: look at it in the mailbox")]
    NoEvent,
}

/// The largest answer read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// The most components an answer may have.
const MAX_PARTS: usize = 200;
/// The longest note kept, in characters.
const MAX_NOTE: usize = 4_000;

/// Reads the first event of a calendar as an answer. One that is cut short is read as far as it goes. `declared` is the method named beside
/// the calendar (RFC 6047 2.4), for one that names none itself; without either it is a REPLY.
///
/// # Errors
/// Says why it is none.
pub fn answer(calendar: &[u8], declared: Option<&str>) -> Result<Answer, NoAnswer> {
    if calendar.len() > MAX_BYTES {
        return Err(NoAnswer::TooLarge(calendar.len()));
    }
    let counter = match method(calendar).or_else(|| declared.map(str::to_ascii_uppercase)).as_deref() {
        Some("COUNTER") => true,
        Some("REPLY") | None => false,
        Some(other) => return Err(NoAnswer::Method(other.chars().filter(|c| is_printed(*c)).take(40).collect())),
    };
    let all: Vec<Block> = blocks(calendar).take(MAX_PARTS + 1).collect();
    if all.len() + all.iter().map(|block| block.inner.len()).sum::<usize>() > MAX_PARTS {
        return Err(NoAnswer::TooManyParts);
    }
    let event = all.iter().find(|block| block.name == "VEVENT").ok_or(NoAnswer::NoEvent)?;
    Ok(read(event, counter, &Clocks::of(all.iter())))
}

fn read(event: &Block, counter: bool, clocks: &Clocks) -> Answer {
    let attendee = speaker(event);
    let address_in = |name| attendee.and_then(|line| line.parameter(name)).and_then(address);
    Answer {
        counter,
        uid: event.value("UID").filter(|uid| !uid.is_empty()).map(unescaped),
        sequence: event.value("SEQUENCE").and_then(|value| value.parse().ok()),
        stamp: event.value("DTSTAMP").and_then(moment::utc),
        attendee: attendee.and_then(|line| address(&line.value).or_else(|| address(line.parameter("EMAIL")?))),
        part_stat: attendee.map_or(PartStat::NeedsAction, part_stat),
        delegate: address_in("DELEGATED-TO"),
        delegator: address_in("DELEGATED-FROM"),
        note: note(event, attendee),
        time: moment::span(event, "DTSTART", "DTEND", clocks),
        original: moment::span(event, "X-MS-OLK-ORIGINALSTART", "X-MS-OLK-ORIGINALEND", clocks),
    }
}

/// Who answers: some programs return the whole list, and then it is the one who has said something. Whoever comes in somebody's place
/// brings along the line of the one who handed it on.
fn speaker(event: &Block) -> Option<&Line> {
    let organizer = event.value("ORGANIZER").and_then(address);
    // A list may bring along the organizer, who has accepted from the start.
    let is_organizer = |line: &Line| organizer.is_some() && address(&line.value) == organizer;
    let attendees = || event.lines.iter().filter(|line| line.name == "ATTENDEE" && !is_organizer(line));
    let says = |line: &&Line| !matches!(part_stat(line), PartStat::NeedsAction | PartStat::Delegated);
    let hands_on = |line: &&Line| part_stat(line) == PartStat::Delegated;
    attendees()
        .find(says)
        .or_else(|| attendees().find(hands_on))
        .or_else(|| attendees().next())
}

fn note(event: &Block, attendee: Option<&Line>) -> Option<String> {
    let beside = attendee.and_then(|line| line.parameter("X-RESPONSE-COMMENT"));
    let beside = beside.map(|text| without_references(&unescaped(text)).into_owned());
    let comments = event.lines.iter().filter(|line| line.name == "COMMENT").map(Line::text);
    let kept = |text: String| {
        let printed = text.chars().filter(|c| *c == '\n' || is_printed(*c)).take(MAX_NOTE);
        printed.collect::<String>().trim().to_owned()
    };
    beside.into_iter().chain(comments).map(kept).find(|text| !text.is_empty())
}

impl Answer {
    /// SEQUENCE and DTSTAMP: of two answers of the same attendee the one counts in which they are higher. One that comes twice counts
    /// once.   RFC 5546 2.1.5
    #[must_use]
    pub fn version(&self) -> (u32, Option<Timestamp>) {
        (self.sequence.unwrap_or(0), self.stamp)
    }

    /// Whether it answers the invitation as it stands now. One to an earlier SEQUENCE is about a time that is no more; one that names no
    /// SEQUENCE is told by its time.
    #[must_use]
    pub fn is_current(&self, sequence: u32, start: Timestamp) -> bool {
        let (time, original) = (self.time.as_ref(), self.original.as_ref());
        let asked = if self.counter { original } else { time };
        match self.sequence {
            Some(answered) => answered >= sequence,
            None => sequence == 0 || asked.and_then(|span| span.from.instant()) == Some(start),
        }
    }

    /// The time a COUNTER proposes. Outlook fills in the present when somebody proposes nothing.
    #[must_use]
    pub fn proposal(&self, now: Timestamp) -> Proposal {
        let Some(span) = self.time.as_ref().filter(|_| self.counter) else {
            return Proposal::None;
        };
        if self.original.as_ref() == Some(span) {
            return Proposal::None;
        }
        match &span.from {
            Moment::At(from) if *from <= now => Proposal::None,
            Moment::At(from) => Proposal::Time {
                from: *from,
                to: span.to.as_ref().and_then(Moment::instant).filter(|to| to > from),
            },
            Moment::Local { .. } => Proposal::Unclear(span.clone()),
        }
    }
}

fn part_stat(line: &Line) -> PartStat {
    match line.parameter("PARTSTAT").unwrap_or_default().trim().to_ascii_uppercase().as_str() {
        "ACCEPTED" => PartStat::Accepted,
        "TENTATIVE" => PartStat::Tentative,
        "DECLINED" => PartStat::Declined,
        "DELEGATED" => PartStat::Delegated,
        _ => PartStat::NeedsAction,
    }
}

/// `mailto:ann@client.example`; the scheme is missing at times.
fn address(value: &str) -> Option<Address> {
    let value = value.trim().trim_matches('"');
    let bare = value
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .and_then(|_| value.get(7..));
    Address::parse(bare.unwrap_or(value)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(lines: &[&str]) -> Answer {
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            lines.join("\r\n")
        );
        answer(calendar.as_bytes(), None).unwrap()
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
            (
                "DTSTART;TZID=\"(UTC-05:00) Eastern Time (US & Canada)\":20260714T100000",
                Some("2026-07-14T14:00:00Z"),
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
        let with_length = event(&["DTSTART:20260714T140000Z", "DURATION:PT45M"]).time.unwrap();
        assert_eq!(with_length.to.unwrap().instant(), Some("2026-07-14T14:45:00Z".parse().unwrap()));
    }

    #[test]
    fn the_one_who_answers_is_found_among_many() {
        let read = event(&[
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bo@client.example",
            "attendee;partstat=declined:MAILTO:ann@client.example",
            "BEGIN:VALARM",
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:alarm@client.example",
            "END:VALARM",
            "SEQUENCE:3",
            "UID: a@b ",
        ]);
        assert_eq!(read.attendee.unwrap().as_str(), "ann@client.example");
        assert_eq!(
            (read.part_stat, read.sequence, read.uid.as_deref()),
            (PartStat::Declined, Some(3), Some("a@b"))
        );
    }

    #[test]
    fn what_is_cut_short_or_odd_is_read_as_far_as_it_goes() {
        let cut = "begin:vcalendar\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=ACCEPTED:ann@client.example\nDTSTA";
        let read = answer(cut.as_bytes(), None).unwrap();
        assert_eq!((read.part_stat, read.time), (PartStat::Accepted, None));
        for none in ["", "BEGIN:VCALENDAR\nEND:VCALENDAR", "\0\0", ":::\n;;;"] {
            assert_eq!(answer(none.as_bytes(), None), Err(NoAnswer::NoEvent), "{none:?}");
        }
    }
}
