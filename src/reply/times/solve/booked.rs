//! An answer that moves an interview: the words that say when it is now are not where it is moved to.

use chrono::Datelike;

use super::super::clauses::Block;
use super::super::clock::{Clock, DAY};
use super::super::day::Days;
use crate::calendar::Zone;
use crate::model::Timestamp;

/// The blocks of an answer that moves an interview, without those that say when it is now.
pub(in super::super) fn without_booked(blocks: &[Block], booked: (Timestamp, Timestamp), zone: Zone) -> Vec<Block> {
    let local = zone.local(booked.0);
    let date = local.date();
    let minute = i32::try_from(chrono::Timelike::num_seconds_from_midnight(&local.time()) / 60).unwrap_or(0);
    let of_booked = |block: &Block| {
        let day = block.days.iter().all(|days| match days {
            Days::Since(days, 0) if matches!(**days, Days::Weekday(weekday) if date.weekday().number_from_monday() == weekday) => true,
            Days::Weekday(weekday) => date.weekday().number_from_monday() == *weekday,
            Days::Day(day) => *day == date,
            _ => false,
        });
        let hour = block.clocks.iter().all(|hours| match hours.clock {
            Clock::Point(at) => at == minute || at + DAY / 2 == minute,
            Clock::Range(from, _) => from == minute,
            _ => false,
        });
        day && hour && !(block.days.is_empty() && block.clocks.is_empty())
    };
    fn bare(days: &Days) -> &Days {
        match days {
            // "from Tuesday to Wednesday"
            Days::Since(days, 0) => days,
            days => days,
        }
    }
    let now = |days: &Days| match bare(days) {
        Days::Weekday(weekday) => date.weekday().number_from_monday() == *weekday,
        Days::Day(day) => *day == date,
        _ => false,
    };
    let mut left: Vec<Block> = blocks
        .iter()
        .filter(|block| block.yes && !of_booked(block) || !block.yes && block.except)
        .cloned()
        .collect();
    for block in &mut left {
        // "Wednesday's interview to the day after"
        if block.days.iter().any(|days| !now(days)) {
            block.days.retain(|days| !now(days));
        }
    }
    left
}
