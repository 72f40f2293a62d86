//! Which of the slots we offered the days and hours of a block fit.
//!
//! In: a block, the offers made of it, and the slots. Out: indexes of slots.
//! Never here: what is said of the slots in other words (see [`super::choose`]).

use chrono::{NaiveDate, Timelike};

use super::clauses::Block;
use super::clock::{Clock, DAY, hours};
use super::day::Days;
use super::solve::Offer;
use super::{Asked, Slot};
use crate::calendar::Zone;

/// The options that a block's days and hours fit.
pub(super) fn matching(block: &Block, asked: &Asked<'_>, offers: &[Offer], zone: Zone) -> Vec<usize> {
    let zone = block.zone.unwrap_or(zone);
    let offer = offers
        .iter()
        .find(|offer| offer.yes == block.yes && offer.bytes.start <= block.bytes.start && offer.bytes.end >= block.bytes.end);
    // "I could do Tuesday but only from 10:30": the hours are of the day said before them.
    let merged = offer.filter(|offer| offer.bytes.len() > block.bytes.len() && !offer.dates.is_empty());
    let dates: Option<&[NaiveDate]> = offer
        .filter(|_| !block.days.is_empty())
        .or(merged)
        .map(|offer| offer.dates.as_slice());
    let windows = merged.and_then(|offer| offer.windows.as_deref());
    // "next week Thursday" is no other Thursday.
    let week = block.days.iter().any(|days| matches!(days, Days::Week(_))) && dates.is_some();
    let weekdays = if week { Vec::new() } else { block.weekdays() };
    if block
        .clocks
        .iter()
        .any(|hours| matches!(hours.clock, Clock::Shift(_) | Clock::Same))
    {
        return Vec::new();
    }
    // "the one of 10:15 on Monday", said in words of "from": the slot that begins then.
    let begins = |slot: &Slot| {
        let minute = i32::try_from(zone.local(slot.0).time().num_seconds_from_midnight() / 60).unwrap_or(0);
        matches!(block.clocks.as_slice(), [hours] if hours.clock == Clock::From(minute))
    };
    let exact = block.yes && asked.options.iter().any(begins);
    (0..asked.options.len())
        .filter(|&at| {
            let Some(slot) = asked.options.get(at) else { return false };
            if exact && !begins(slot) {
                return false;
            }
            let local = zone.local(slot.0);
            let weekday = chrono::Datelike::weekday(&local.date()).number_from_monday();
            let dated = dates.is_some_and(|dates| dates.contains(&local.date()));
            let of_day = block.days.is_empty() && merged.is_none() || weekdays.contains(&weekday) || dated;
            let minute = i32::try_from(local.time().num_seconds_from_midnight() / 60).unwrap_or(0);
            let within = |(from, to): &(i32, i32)| (*from..*to).contains(&minute);
            of_day && windows.is_none_or(|windows| windows.iter().any(within)) && fits(block, slot, zone)
        })
        .collect()
}

/// The hours of a block fit an option: the very time, or a stretch it lies in.
pub(super) fn fits(block: &Block, slot: &Slot, zone: Zone) -> bool {
    let start = zone.local(slot.0);
    let minute = i32::try_from(start.time().num_seconds_from_midnight() / 60).unwrap_or(0);
    let end = minute + i32::try_from((slot.1 - slot.0).num_minutes()).unwrap_or(0);
    if block.clocks.is_empty() {
        return !block.days.is_empty();
    }
    // "any time before 10": the bound is what is said.
    let bounded = block
        .clocks
        .iter()
        .any(|hours| !matches!(hours.clock, Clock::All | Clock::Same | Clock::Shift(_)));
    block.clocks.iter().any(|hours_said| match hours_said.clock {
        // "the 3" of a slot at 15:00, and "at 8" of one at 20:00.
        Clock::Point(at) => at == minute || at + DAY / 2 == minute && at < DAY / 2,
        Clock::Range(from, to) => from <= minute && end <= to,
        Clock::From(at) => minute >= at,
        Clock::To(at) => end <= at,
        Clock::Part(part) => {
            let (from, to) = hours(part);
            (from..to).contains(&minute)
        }
        Clock::All => !bounded && !block.days.is_empty(),
        Clock::Same | Clock::Shift(_) => false,
    })
}
