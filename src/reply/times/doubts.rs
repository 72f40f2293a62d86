//! What must be asked before anything rests on a reading.
//!
//! In: what was read of a text, and the times made of it. Out: [`Doubt`]s, each with the words it is about and what would be open in each way
//! to read them, so that one press can answer.
//! Never here: a decision. A doubt changes nothing of what was read.

use std::ops::Range;

use chrono::NaiveDate;

use super::clauses::{Block, Said};
use super::clock::Clock;
use super::conclude::Reading;
use super::day::Days;
use super::lex::{Item, Lex, Part, Unit, What};
use super::solve::{self, Offer};
use super::{Intent, Times};
use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;

/// Something that must be asked before anything rests on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Why.
    pub why: Why,
    /// Bytes of the text it is about; none when it is about all of it.
    pub words: Range<usize>,
    /// What would be open in each way to read them, the likelier first. A single one asks "is that right?", none "when, then?".
    pub readings: Vec<Spans>,
}

/// Why it must be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A number or a word of time was not understood.
    Unread,
    /// It is a guess whether these times are offered or refused.
    OfferedOrRefused,
    /// Two zones have this name, or a place is named whose clocks differ and nothing says whose hours these are.
    Zone,
    /// A weekday and a date that are not the same day, or weekdays whose week is a guess.
    WhichDay,
    /// Hours were given, and it is a guess on which days.
    HoursOfWhichDay,
    /// The same time is offered and refused.
    Contradiction,
    /// Only refusals: what is left was never offered in words.
    OnlyRefusals,
    /// Slots are taken, and other times are named beside them.
    Choice,
    /// The text is longer than is read.
    TooLong,
    /// No time was found where one was asked for.
    Nothing,
}

/// A doubt that came up while reading, and the other zone it may be about.
#[derive(Debug, Clone)]
pub(super) struct Unsure {
    pub(super) why: Why,
    pub(super) bytes: Range<usize>,
    /// The zone that was read, and the other one.
    pub(super) zones: Option<(Zone, Zone)>,
}

impl Unsure {
    pub(super) const fn of(why: Why, bytes: Range<usize>) -> Self {
        Self { why, bytes, zones: None }
    }
}

impl Doubt {
    /// No time was found.
    pub(super) const fn nothing() -> Self {
        Self::of(Why::Nothing, 0..0)
    }

    const fn of(why: Why, words: Range<usize>) -> Self {
        Self {
            why,
            words,
            readings: Vec::new(),
        }
    }
}

/// The doubts about times that were read.
pub(super) fn find(unsure: &[Unsure], blocks: &[Block], offers: &[Offer], open: &Spans, written: Timestamp) -> Vec<Doubt> {
    let mut found: Vec<Doubt> = unsure.iter().map(|doubt| Doubt::of(doubt.why, doubt.bytes.clone())).collect();
    if !offers.is_empty() && !blocks.iter().any(|block| block.yes) {
        let words = blocks.first().map_or(0..0, |block| block.bytes.clone());
        found.push(Doubt::of(Why::OnlyRefusals, words));
    }
    // Nobody interviews at night: a shift, most likely.
    for block in blocks.iter().filter(|block| block.yes && !block.guessed) {
        if block.clocks.iter().any(|hours| hours.clock == Clock::Part(Part::Night)) {
            found.push(Doubt::of(Why::OfferedOrRefused, block.bytes.clone()));
        }
    }
    let given_in_words = offers.iter().any(Offer::was_said);
    for block in blocks {
        // A day taken for refused by a guess offers too little at worst, where other times are given.
        let plain = |days: &Days| matches!(days, Days::Weekday(_) | Days::Day(_) | Days::Rest);
        let harmless = !block.yes && given_in_words && !block.except && block.clocks.is_empty() && block.days.iter().all(plain);
        if block.guessed && !harmless {
            found.push(Doubt::of(Why::OfferedOrRefused, block.bytes.clone()));
        }
        // "Dienstag um 4 Uhr": nobody meets in the small hours; most likely the afternoon is meant.
        let small = |minute: i32| 0 < minute && minute < 6 * 60;
        let at_night = |clock: Clock| matches!(clock, Clock::Point(from) | Clock::Range(from, _) | Clock::From(from) if small(from));
        if block.yes && block.clocks.iter().any(|hours| at_night(hours.clock)) {
            found.push(Doubt::of(Why::Unread, block.bytes.clone()));
        }
        // A month and a day of it in one breath: "the 10th or the 12th of January" was parted in the wrong place.
        let month = |days: &Days| matches!(days, Days::Span(first, last) if (*last - *first).num_days() >= 27);
        let single = |days: &Days| matches!(days, Days::Day(_));
        if block.yes && block.days.iter().any(month) && block.days.iter().any(single) {
            found.push(Doubt::of(Why::WhichDay, block.bytes.clone()));
        }
        if block.yes && weekdays_turn_back(block, offers) {
            found.push(Doubt::of(Why::WhichDay, block.bytes.clone()));
        }
    }
    let taken_back = |words: &Range<usize>| blocks.iter().any(|block| block.corrects && block.bytes.start > words.start);
    let given = solve::given(offers);
    // "every day but Friday 9 to 11": are the hours those of Friday, or of the other days?
    for (at, block) in blocks.iter().enumerate() {
        let hours = block.except && !block.days.is_empty() && block.clocks.iter().any(|hours| matches!(hours.clock, Clock::Range(..)));
        let before = at.checked_sub(1).and_then(|before| blocks.get(before));
        let bare = before
            .is_some_and(|before| before.yes && before.sentence == block.sentence && before.clocks.is_empty() && !before.days.is_empty());
        if hours && bare {
            found.push(Doubt::of(Why::HoursOfWhichDay, block.bytes.clone()));
        }
    }
    // A whole day in a breath with hours: were they meant for it, too?
    for offer in offers
        .iter()
        .filter(|offer| offer.yes && offer.dated && !offer.broad && offer.windows.is_none() && !offer.any_time)
    {
        let hours =
            |block: &Block| block.yes && block.sentence == offer.sentence && block.clocks.iter().any(|hours| hours.clock != Clock::All);
        if blocks.iter().any(hours) {
            found.push(Doubt::of(Why::HoursOfWhichDay, offer.bytes.clone()));
        }
    }
    for (at, block) in blocks.iter().enumerate() {
        // Hours that no offer rests on were lost on the way.
        let hours = block.clocks.iter().any(|hours| hours.clock != Clock::All);
        if block.yes && hours && !taken_back(&block.bytes) && !offers.iter().any(|offer| offer.yes && offer.rests_on(&block.bytes)) {
            found.push(Doubt::of(Why::HoursOfWhichDay, block.bytes.clone()));
        }
        // "Except" that takes nothing away was not understood.
        let exception = block.except || !block.yes && !block.told && block.days.is_empty() && hours && at > 0;
        let applied = |offer: &Offer| !offer.yes && offer.rests_on(&block.bytes) && !offer.refuses_nothing(&given);
        // "Wednesday or Thursday, but not Tuesday" names days that were not offered anyway.
        let needless = !block.days.is_empty() && !offers.iter().any(|offer| offer.yes && offer.broad);
        if exception && !needless && !offers.iter().any(applied) {
            found.push(Doubt::of(Why::OfferedOrRefused, block.bytes.clone()));
        }
    }
    for offer in offers.iter().take(MOST_COMPARED) {
        if offers.iter().take(MOST_COMPARED).any(|other| offer.widens(other)) {
            found.push(Doubt::of(Why::HoursOfWhichDay, offer.bytes.clone()));
        }
    }
    if let Some(block) = turned_back(blocks, offers) {
        found.push(Doubt::of(Why::WhichDay, block.bytes.clone()));
    }
    let names_days = blocks.iter().any(|block| !block.days.is_empty() && (block.yes || block.told));
    for offer in offers.iter().filter(|offer| offer.yes) {
        let why = if offer.loose {
            Why::OfferedOrRefused
        } else if offer.thought_of && names_days {
            Why::HoursOfWhichDay
        } else if offer.in_vain(open, written) {
            Why::Contradiction
        } else {
            continue;
        };
        found.push(Doubt::of(why, offer.bytes.clone()));
    }
    found
}

/// A part of the day and a point far outside it, which would be in it or near it in the other half of the day.
fn halves_differ(block: &Block) -> bool {
    const HALF: i32 = 12 * 60;
    const NEAR: i32 = 60;
    let parts = block.clocks.iter().filter_map(|hours| match hours.clock {
        Clock::Part(part) => Some(super::clock::hours(part)),
        _ => None,
    });
    let points = || {
        block.clocks.iter().filter_map(|hours| match hours.clock {
            Clock::Point(at) => Some(at),
            _ => None,
        })
    };
    let near = |(from, to): (i32, i32), at: i32| from - NEAR <= at && at < to;
    parts
        .into_iter()
        .any(|part| points().any(|at| !near(part, at) && (near(part, at - HALF) || near(part, at + HALF))))
}

/// Days ahead that nobody names by a number alone.
const FAR: i64 = 21;

/// Signs of having misread that lie in the text as a whole, not in one block.
pub(super) fn signs(said: &Said, items: &[Item], offers: &[Offer], today: NaiveDate) -> Vec<Doubt> {
    let blocks = said.blocks.as_slice();
    let mut found = Vec::new();
    let timed = |block: &Block| block.clocks.iter().any(|hours| hours.clock != Clock::All);
    // Of these times nothing says that they are free, and other times are offered in words.
    let bounds = |block: &Block| {
        block
            .clocks
            .iter()
            .all(|hours| matches!(hours.clock, Clock::From(_) | Clock::To(_)))
    };
    let silent = |block: &&Block| block.yes && block.unsaid && !block.corrects && !(block.days.is_empty() && bounds(block));
    for block in blocks.iter().filter(silent) {
        let elsewhere = |other: &Block| other.yes && (other.firm || !other.unsaid) && other.sentence != block.sentence;
        if blocks.iter().any(elsewhere) {
            found.push(Doubt::of(Why::OfferedOrRefused, block.bytes.clone()));
        }
    }
    // The only hours that are given are refused, by nothing but what somebody does then: are they the ones offered?
    let told_hours = |block: &Block| {
        let range = matches!(block.clocks.as_slice(), [hours] if matches!(hours.clock, Clock::Range(..)));
        range && !block.yes && !block.except && block.event && block.days.is_empty()
    };
    let rest = !said.apart.is_empty() || blocks.iter().any(|block| block.yes && block.days.contains(&Days::Rest));
    if !rest
        && !blocks.iter().any(|block| block.yes && timed(block))
        && let Some(block) = blocks.iter().find(|block| told_hours(block))
    {
        found.push(Doubt::of(Why::OfferedOrRefused, block.bytes.clone()));
    }
    // "Working from there until the 31st. Tuesday between 10 and 12": is it the Tuesday after that?
    let ends = |block: &Block| {
        !block.yes && (block.told || block.event) && block.days.iter().any(|days| matches!(days, Days::Until(..) | Days::Span(..)))
    };
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.yes) {
        let weekdays = !block.days.is_empty() && block.days.iter().all(|days| matches!(days, Days::Weekday(_)));
        let told = blocks.get(..at).unwrap_or_default().iter().any(ends);
        if weekdays && told {
            found.push(Doubt::of(Why::WhichDay, block.bytes.clone()));
        }
    }
    // "Free other than that": what stands before it was meant to be refused.
    for words in said.apart.iter() {
        let before = |offer: &Offer| offer.bytes.end <= words.start;
        if let Some(offer) = offers
            .iter()
            .find(|offer| before(offer) && offer.yes && offer.was_said() && offer.windows.is_some())
        {
            found.push(Doubt::of(Why::OfferedOrRefused, offer.bytes.clone()));
        }
    }
    // A day far ahead by its number alone, and no month is named: it may be no day at all.
    let months = items
        .iter()
        .any(|item| matches!(item.what, What::Lex(Lex::Month(_) | Lex::Unit(Unit::Month)) | What::Mark('/')));
    for block in blocks.iter().filter(|block| block.yes && !months) {
        let far = |days: &Days| matches!(days, Days::Day(day) if (*day - today).num_days() > FAR);
        if block.days.iter().any(far) {
            found.push(Doubt::of(Why::WhichDay, block.bytes.clone()));
        }
    }
    // "Early morning, 7.30 or 8": an hour taken for one of the evening, beside the part of the day that it was meant in.
    for block in blocks.iter().filter(|block| block.yes && halves_differ(block)) {
        found.push(Doubt::of(Why::HoursOfWhichDay, block.bytes.clone()));
    }
    // Hours with an end only, and no day at all: "until 1" is said of today.
    for offer in offers.iter().filter(|offer| offer.yes && offer.thought_of) {
        let ends = |block: &Block| {
            offer.rests_on(&block.bytes) && matches!(block.clocks.as_slice(), [hours] if matches!(hours.clock, Clock::To(_)))
        };
        if blocks.iter().any(ends) {
            found.push(Doubt::of(Why::HoursOfWhichDay, offer.bytes.clone()));
        }
    }
    found
}

/// "Mon and Thu", said on a Tuesday: is it the Thursday before that Monday?
fn weekdays_turn_back(block: &Block, offers: &[Offer]) -> bool {
    let weekdays = block.weekdays();
    let rising = weekdays.len() > 1 && weekdays.len() == block.days.len() && weekdays.is_sorted();
    let mut of_block = offers
        .iter()
        .filter(|offer| offer.yes && offer.bytes.start <= block.bytes.start && offer.bytes.end >= block.bytes.end);
    rising && of_block.next().is_some_and(|offer| !offer.weekdays().is_sorted())
}

/// "Mon 9-11, Tue 2-4, Fri any time", said on a Wednesday: is it the Friday before that Monday? The first block whose day turns back.
fn turned_back<'b>(blocks: &'b [Block], offers: &[Offer]) -> Option<&'b Block> {
    let mut before: Option<(u32, chrono::NaiveDate)> = None;
    for block in blocks.iter().filter(|block| block.yes) {
        // "later in the week, Wednesday": a week beside it changes nothing.
        let weekdays = block.weekdays();
        let [weekday] = weekdays.as_slice() else {
            continue;
        };
        let offer = offers.iter().find(|offer| offer.yes && offer.rests_on(&block.bytes));
        let Some([date]) = offer.map(|offer| offer.dates.as_slice()) else {
            continue;
        };
        if before.is_some_and(|(day, of)| day < *weekday && *date < of) {
            return Some(block);
        }
        before = Some((*weekday, *date));
    }
    None
}

/// Offers of which each is compared with each; the bound keeps hostile texts cheap.
const MOST_COMPARED: usize = 40;

/// Nobody presses more; the bound keeps hostile texts cheap.
const MOST_SPELLED: usize = 6;

/// Spells out what would be open in each way to read the doubtful words.
pub(super) fn with_readings(mut times: Times, reading: &Reading<'_>) -> Times {
    let doubts = std::mem::take(&mut times.doubts);
    times.doubts = doubts
        .into_iter()
        .enumerate()
        .map(|(number, doubt)| {
            let mut readings = Vec::new();
            if number >= MOST_SPELLED {
                return doubt;
            }
            let other = other(&doubt, &times, reading);
            for open in [Some(times.open.clone()), other].into_iter().flatten() {
                if !open.is_empty() && !readings.contains(&open) {
                    readings.push(open);
                }
            }
            Doubt { readings, ..doubt }
        })
        .collect();
    times
}

/// The other way to read doubtful words, when there is one.
fn other(doubt: &Doubt, times: &Times, reading: &Reading<'_>) -> Option<Spans> {
    if !matches!(times.intent, Intent::Availability | Intent::Reschedule) {
        return None;
    }
    let mut blocks = reading.said.blocks.clone();
    match doubt.why {
        Why::OfferedOrRefused => {
            let block = blocks.iter_mut().find(|block| block.bytes == doubt.words)?;
            (block.yes, block.told) = (!block.yes, false);
            Some(reading.open(&blocks, reading.zone))
        }
        Why::Zone => {
            let unsure = reading.said.doubts.iter().find(|unsure| unsure.bytes == doubt.words)?;
            let (read, other) = unsure.zones?;
            for block in &mut blocks {
                block.zone = block.zone.map(|zone| if zone == read { other } else { zone });
            }
            Some(reading.open(&blocks, if reading.zone == read { other } else { reading.zone }))
        }
        Why::HoursOfWhichDay => {
            // On the days that were named.
            let days = blocks
                .iter()
                .find(|block| !block.days.is_empty() && (block.yes || block.told))?
                .days
                .clone();
            let block = blocks
                .iter_mut()
                .find(|block| block.days.is_empty() && doubt.words.start <= block.bytes.start && block.bytes.end <= doubt.words.end)?;
            block.days = days;
            Some(reading.open(&blocks, reading.zone))
        }
        Why::WhichDay => {
            // All of them in the week of the first.
            let block = blocks.iter_mut().find(|block| block.bytes == doubt.words)?;
            let first = block.days.first()?.clone();
            for days in &mut block.days {
                if let Days::Weekday(weekday) = *days {
                    let after = reading.weekday_from(&first, weekday)?;
                    *days = Days::Day(after);
                }
            }
            Some(reading.open(&blocks, reading.zone))
        }
        Why::Unread | Why::Contradiction | Why::OnlyRefusals | Why::Choice | Why::TooLong | Why::Nothing => None,
    }
}
