//! A text → the times its writer can make, the options taken, and what is wanted of an interview already fixed.
//!
//! In: own text, when and where it was written, what we had offered or booked. Out: [`Times`]: an intent, stretches of time with the words
//! they rest on, the slots chosen, and what must be asked, each doubt with its readings. Reading never fails. [`read`] is the one door.
//! Words become items (`lex`), items become days (`day`), hours (`clock`) and zones (`zones`), these become blocks of what belongs
//! together (`clauses`), blocks become instants (`solve`) or choices (`choose`, `fits`), and all of it an answer (`conclude`, `doubts`).
//! Never here: I/O, a clock, a time nobody gave.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "one word is looked for among a hundred meanings; whichever else stands there means nothing at that place"
)]

mod choose;
mod clauses;
mod clock;
mod conclude;
mod day;
mod doubts;
mod expression;
mod fits;
mod inline;
mod items;
mod lex;
mod places;
mod solve;
mod spoken;
mod zones;

use std::ops::Range;

use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;

pub use doubts::{Doubt, Why};
pub use expression::{Grain, Resolved, expressions};
pub use places::zone_of_place;
pub(super) use spoken::spoken_of;

/// A slot: from, to.
pub type Slot = (Timestamp, Timestamp);

/// What we had asked when the answer came, and who answers.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// When the answer was written.
    pub written: Timestamp,
    /// The writer's zone.
    pub zone: Zone,
    /// "Your time".
    pub ours: Zone,
    /// How long the interview takes.
    pub minutes: i32,
    /// The slots we offered, in their order.
    pub options: &'a [Slot],
    /// The interview already fixed.
    pub booked: Option<Slot>,
    /// The language, when it is known: two letters of ISO 639.
    pub language: &'a str,
    /// Answers typed between the lines of our letter: bytes of the text, and the slot they stand under.
    pub places: &'a [(Range<usize>, usize)],
}

/// What the writer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Gives times, or says which are impossible.
    Availability,
    /// Takes one or more of the offered slots.
    Select,
    /// Refuses all of them and gives no other time.
    NoneWork,
    /// Moves the interview.
    Reschedule,
    /// Calls it off.
    Cancel,
    /// Asks, and gives no time.
    Question,
    /// Says nothing about times.
    Nothing,
}

/// A stretch of time, and the words it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// From.
    pub start: Timestamp,
    /// To, not included.
    pub end: Timestamp,
    /// Bytes of the text.
    pub words: Range<usize>,
}

/// What a text says about times.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// What the writer wants.
    pub intent: Intent,
    /// All times the writer can make, sorted and merged.
    pub open: Spans,
    /// The same, each with its words.
    pub intervals: Vec<Interval>,
    /// Indexes of the options taken.
    pub selected: Vec<usize>,
    /// The zone the text names.
    pub zone: Option<Zone>,
    /// What can be read in two ways, or not at all: ask before acting.
    pub doubts: Vec<Doubt>,
}

impl Times {
    /// It must be asked before anything rests on this.
    #[must_use]
    pub const fn asks(&self) -> bool {
        !self.doubts.is_empty()
    }
}

/// Reads what somebody's own text says about times.
///
/// This is the one door for a conversation. Give it the own text of the answer ([`crate::message::OwnText`]'s text) and [`Asked`]: the slots that
/// were offered in their order, the interview that is booked, the writer's and our zone, when the mail was written and how long the interview
/// takes. It gives back what is wanted ([`Intent`]), the times in UTC each with its words, the slots taken, the zone named, and the doubts.
/// With a doubt ([`Times::asks`]) nothing may be offered or booked before it is asked: each of its readings is an answer of one press.
#[must_use]
pub fn read(text: &str, asked: &Asked<'_>) -> Times {
    if let Some(times) = inline::read(text, asked) {
        return times;
    }
    let (mut items, tongue) = lex::items(text, lex::Tongue::named(asked.language));
    zones::name_hours(text, &mut items, asked.zone, tongue == lex::Tongue::En);
    let said = scan(text, &items, tongue, asked);
    let zone = said.writer.unwrap_or(asked.zone);
    let spoken = spoken(&said, asked, zone);
    let offers = solve::offers(&said.blocks, asked, zone, &spoken);
    let choice = choose::choose(&said, &items, text, asked, &offers, zone);
    let reading = conclude::Reading {
        said: &said,
        items: &items,
        offers: &offers,
        choice: &choice,
        asked,
        zone,
        spoken: &spoken,
    };
    reading.conclude()
}

/// The slot that a line of our letter names, as somebody quotes it above an answer: "> Tue 24 Nov, 10:00".
#[must_use]
pub fn slot_named(line: &str, asked: &Asked<'_>) -> Option<usize> {
    let times = read(line, asked);
    match times.selected.as_slice() {
        [slot] if !times.asks() => Some(*slot),
        _ => None,
    }
}

fn scan(text: &str, items: &[lex::Item], tongue: lex::Tongue, asked: &Asked<'_>) -> clauses::Said {
    let today = asked.zone.local(asked.written).date();
    let last = asked.options.iter().max().copied().or(asked.booked);
    let date = |slot: Slot| asked.zone.local(slot.0).date();
    clauses::Scan {
        text,
        items,
        dates: day::Dates {
            items,
            today,
            day_first: !month_first(asked.zone),
            dotted: tongue == lex::Tongue::De,
            // "The week after" is the one after the slots offered.
            month: std::cell::Cell::new(last.map(date)),
            slots: asked.options.iter().min().copied().map(date).zip(last.map(date)),
            week: std::cell::Cell::new(None),
        },
        clocks: clock::Clocks { items },
        own: asked.zone,
        ours: asked.ours,
        booked: asked.booked.is_some(),
        offered: !asked.options.is_empty(),
        tongue,
    }
    .read()
}

/// Writers in the zones of the United States put the month before the day.
fn month_first(zone: Zone) -> bool {
    let name = zone.name();
    const US: [&str; 20] = [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/Anchorage",
        "America/Detroit",
        "America/Boise",
        "Pacific/Honolulu",
        "America/Juneau",
        "America/Menominee",
        "America/Nome",
        "America/Sitka",
        "America/Adak",
        "America/Metlakatla",
        "America/Yakutat",
        "EST5EDT",
        "CST6CDT",
        "MST7MDT",
        "PST8PDT",
    ];
    US.contains(&name)
        || name.starts_with("US/")
        || name.starts_with("America/Indiana/")
        || name.starts_with("America/Kentucky/")
        || name.starts_with("America/North_Dakota/")
}

/// The days an answer is about before it names any: those of the interview fixed, or of the only day offered.
fn spoken(said: &clauses::Said, asked: &Asked<'_>, zone: Zone) -> Vec<chrono::NaiveDate> {
    if let Some((start, _)) = asked.booked {
        return vec![zone.local(start).date()];
    }
    let mut days: Vec<_> = asked.options.iter().map(|(start, _)| zone.local(*start).date()).collect();
    days.dedup();
    // "can't do 3, 4:30?" is about the slot at 3.
    let refused = said
        .blocks
        .iter()
        .find(|block| !block.yes && block.days.is_empty())
        .and_then(|block| asked.options.iter().find(|slot| fits::fits(block, slot, zone)));
    if let Some((start, _)) = refused {
        return vec![zone.local(*start).date()];
    }
    if days.len() == 1 { days } else { Vec::new() }
}
