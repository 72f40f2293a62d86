//! A text → the times its writer can make, the options taken, and what is wanted of an interview already fixed.
//!
//! In: own text, when and where it was written, what we had offered or booked. Out: [`Times`]: an intent, stretches of time with the words
//! they rest on, the options chosen, and whether it must be asked back. Reading never fails.
//! Words become items (`lex`), items become days (`day`), hours (`clock`) and zones (`zones`), these become blocks of what belongs
//! together (`clauses`), and blocks become instants (`solve`) or choices (`choose`).
//! Never here: I/O, a clock, a time nobody gave.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "one word is looked for among a hundred meanings; whichever else stands there means nothing at that place"
)]

mod choose;
mod clauses;
mod clock;
mod day;
mod expression;
mod inline;
mod items;
mod lex;
mod solve;
mod zones;

use std::ops::Range;

use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;

pub use expression::{Grain, Resolved, expressions};

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
}

/// What the writer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
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
    /// It can be read in two ways, or not at all: ask before acting.
    pub ask: bool,
}

/// Reads what a text says about times.
#[must_use]
pub fn read(text: &str, asked: &Asked<'_>) -> Times {
    read_between(text, &[], asked)
}

/// The same for an answer typed between the lines of our letter: `places` are bytes of `text` and the option they stand under.
#[must_use]
pub fn read_between(text: &str, places: &[(Range<usize>, usize)], asked: &Asked<'_>) -> Times {
    if let Some(times) = inline::read(text, places, asked) {
        return times;
    }
    let (items, tongue) = lex::items(text, lex::Tongue::named(asked.language));
    let said = scan(text, &items, tongue, asked);
    let zone = said.writer.unwrap_or(asked.zone);
    let spoken = spoken(&said, asked, zone);
    let offers = solve::offers(&said.blocks, asked, zone, &spoken);
    let choice = choose::choose(&said, &items, text, asked, &offers, zone);
    conclude(&said, &offers, &choice, asked, zone)
}

fn scan(text: &str, items: &[lex::Item], tongue: lex::Tongue, asked: &Asked<'_>) -> clauses::Said {
    let today = asked.zone.local(asked.written).date();
    clauses::Scan {
        text,
        items,
        dates: day::Dates {
            items,
            today,
            day_first: !month_first(asked.zone),
            dotted: tongue == lex::Tongue::De,
            month: std::cell::Cell::new(None),
            week: std::cell::Cell::new(None),
        },
        clocks: clock::Clocks { items },
        own: asked.zone,
        ours: asked.ours,
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
        .and_then(|block| asked.options.iter().find(|slot| choose::fits(block, slot, zone)));
    if let Some((start, _)) = refused {
        return vec![zone.local(*start).date()];
    }
    if days.len() == 1 { days } else { Vec::new() }
}

fn conclude(said: &clauses::Said, offers: &[solve::Offer], choice: &choose::Choice, asked: &Asked<'_>, zone: Zone) -> Times {
    use lex::Lex;
    let has = |wanted: Lex| said.marks.iter().any(|mark| mark.lex == wanted);
    let (open, intervals) = solve::instants(offers, asked.written);
    let flexible = has(Lex::Flexible) && said.blocks.is_empty();
    let mut times = Times {
        intent: Intent::Availability,
        open,
        intervals,
        selected: Vec::new(),
        zone: said.zone,
        // Only refusals: what is left was never offered in words.
        ask: said.doubt || !offers.is_empty() && !said.blocks.iter().any(|block| block.yes),
    };
    let empty = |times: &mut Times, intent| {
        times.intent = intent;
        times.open = Spans::default();
        times.intervals = Vec::new();
    };
    let offered = offers.iter().any(|offer| offer.yes);
    let others = asked
        .booked
        .is_some_and(|booked| !solve::without_booked(&said.blocks, booked, zone).is_empty());
    if has(Lex::Cancel) && (asked.booked.is_some() && !others || !offered || said.blocks.is_empty()) && !has(Lex::Reschedule) {
        empty(&mut times, Intent::Cancel);
        return times;
    }
    if let Some(booked) = asked.booked {
        let moved: Vec<_> = said.blocks.iter().filter(|block| block.yes).collect();
        let moves = has(Lex::Reschedule) || has(Lex::MoveLater) || has(Lex::MoveEarlier) || has(Lex::Cancel);
        if said.asks && !moves && moved.is_empty() {
            empty(&mut times, Intent::Question);
            return times;
        }
        if has(Lex::Reschedule)
            || has(Lex::MoveLater)
            || has(Lex::MoveEarlier)
            || !moved.is_empty()
            || said.blocks.iter().any(|block| !block.yes)
            || has(Lex::Not)
        {
            // The day or the hour of the interview itself is where it is moved from.
            let fixed = solve::without_booked(&said.blocks, booked, zone);
            let offers = solve::offers(&fixed, asked, zone, &[zone.local(booked.0).date()]);
            let offers: Vec<_> = if offers.iter().any(solve::Offer::was_said) {
                offers
            } else {
                Vec::new()
            };
            let (open, intervals) = solve::instants(&offers, asked.written);
            times.intent = Intent::Reschedule;
            (times.open, times.intervals) = (open, intervals);
            return times;
        }
        empty(&mut times, if said.asks { Intent::Question } else { Intent::Availability });
        times.ask |= !said.asks;
        return times;
    }
    if !asked.options.is_empty() {
        if !choice.taken.is_empty() {
            times.intent = Intent::Select;
            times.selected.clone_from(&choice.taken);
            let slots = choice.taken.iter().filter_map(|&at| asked.options.get(at).copied());
            times.open = Spans::of(slots.collect());
            times.intervals = times.open.iter().map(|(start, end)| Interval { start, end, words: 0..0 }).collect();
            times.ask |= !choice.others.is_empty();
            return times;
        }
        if choice.others.is_empty() && (choice.none || !choice.refused.is_empty() && !flexible) {
            empty(&mut times, Intent::NoneWork);
            times.ask |= !choice.none;
            return times;
        }
    }
    if flexible && times.open.is_empty() {
        let any = solve::any_time(asked, zone);
        (times.open, times.intervals) = solve::instants(&any, asked.written);
    }
    if times.open.is_empty() {
        if said.asks {
            empty(&mut times, Intent::Question);
        } else {
            times.ask = true;
        }
    }
    times
}
