//! Busy times out of somebody's calendar: a feed of events (ICS) or an answer to "when are you free" (VFREEBUSY).   RFC 5545 3.6.1, 3.6.4
//!
//! In: the bytes, whose calendar it is, the stretch that matters. Out: when they are taken, and what was not understood.
//! Never here: fetching it. Feeds lag by hours: good for proposing around, and no word on whether a time is still free.
//! A stranger wrote it: what is looked at is counted, entry by entry and day by day, and what goes beyond is said to be left out.

mod look;

use std::collections::HashMap;

use chrono::{Duration, DurationRound as _};

use self::look::{Look, Sum};
use super::blocks::blocks;
use super::moment::Clocks;
use super::{Spans, Zone};
use crate::model::{Address, Timestamp};

/// When somebody is taken, as far as their calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// When they are taken.
    pub spans: Spans,
    /// When they are taken by something that does not say what it is (free-busy): perhaps by an interview of ours.
    pub unnamed: Spans,
    /// What was not understood: they may be taken at other times as well.
    pub doubts: Vec<Doubt>,
}

/// Whose calendar it is, as far as reading it depends on that.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Times without a zone, and whole days, are theirs.
    pub zone: Zone,
    /// What they declined under it takes no time of theirs.
    pub address: &'a Address,
    /// Whether a UID is that of an invitation of ours: when those take their time we know better than their calendar.
    pub is_ours: &'a dyn Fn(&str) -> bool,
}

/// Something in a calendar that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Doubt {
    /// Only the first time is taken into account.
    #[error("an entry repeats by the rule {0:?}, which is not understood")]
    Rule(String),
    /// The owner's zone was taken instead.
    #[error("an entry is in the zone {0:?}, which is not known")]
    Zone(String),
    /// The entry was passed over.
    #[error("an entry has a time that cannot be read")]
    Time,
    /// The rest was passed over.
    #[error("the calendar holds more than can be looked through")]
    Most,
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    /// Over the limit.
    #[error("the calendar has {0} bytes, more than the {LARGEST_CALENDAR} that are read: ask for one that holds less of the past")]
    TooLarge(usize),
    /// Another file.
    #[error("this is no calendar: it does not begin with BEGIN:VCALENDAR; is the address one that needs a login?")]
    Other,
}

/// The largest calendar read, in bytes: many years of a full one.
pub const LARGEST_CALENDAR: usize = 8 * 1024 * 1024;
/// Entries looked at, and days looked at to see when they come again.
const MOST_WORK: usize = 300_000;
/// More stretches than a person's calendar has in some months. What has more is taken by the quarter of an hour.
const MOST_SPANS: usize = 2_000;

/// Reads when the owner is taken between two instants.
///
/// # Errors
/// Says why the bytes are no calendar that can be read.
pub fn busy(calendar: &[u8], owner: Owner<'_>, from: Timestamp, to: Timestamp) -> Result<Busy, NoCalendar> {
    if calendar.len() > LARGEST_CALENDAR {
        return Err(NoCalendar::TooLarge(calendar.len()));
    }
    let first = super::lines::lines(calendar).next();
    if !first.is_some_and(|line| line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case("VCALENDAR")) {
        return Err(NoCalendar::Other);
    }
    let mut sum = Sum {
        left: MOST_WORK,
        ..Sum::default()
    };
    for object in objects(calendar) {
        // Zones, and occurrences that were moved, may stand behind the entries they are about.
        let mut clocks = Clocks::default();
        blocks(object).for_each(|block| clocks.learn(&block));
        let mut look = Look {
            clocks: &clocks,
            zones: HashMap::new(),
            moved: HashMap::new(),
            owner,
            from,
            to,
            sum,
        };
        look.read(object);
        sum = look.sum;
    }
    Ok(Busy {
        spans: few(Spans::of(sum.found)).within(from, to),
        unnamed: few(Spans::of(sum.unnamed)).within(from, to),
        doubts: sum.told,
    })
}

/// A server that is asked for events gives a calendar for each, with zones of its own: two may call different ones by the same name.
fn objects(calendar: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let begins = |line: &[u8]| line.get(..BEGIN.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(BEGIN));
    let mut rest = calendar;
    std::iter::from_fn(move || {
        let mut end = 0;
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            if end > 0 && begins(line) {
                break;
            }
            end += line.len();
        }
        let (object, behind) = rest.split_at_checked(end)?;
        rest = behind;
        (!object.is_empty()).then_some(object)
    })
}

/// As few stretches as a calendar of a person has: where there are more, every quarter of an hour that is touched counts as taken.
fn few(spans: Spans) -> Spans {
    if spans.iter().count() <= MOST_SPANS {
        return spans;
    }
    let quarter = Duration::minutes(15);
    let coarse = spans.iter().map(|(start, end)| {
        let round = |at: Timestamp| at.duration_trunc(quarter).unwrap_or(at);
        (round(start), round(end) + quarter)
    });
    Spans::of(coarse.collect())
}
