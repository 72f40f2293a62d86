//! An answer that moves an interview: the words that say when it is now are not where it is moved to.

use chrono::Datelike;

use super::super::clauses::{Block, Mark};
use super::super::clock::{Clock, DAY};
use super::super::day::{Days, bit, monday};
use super::super::lex::Lex;
use crate::calendar::Zone;
use crate::model::Timestamp;

/// The blocks of an answer that moves an interview, without those that say when it is now.
pub(in super::super) fn without_booked(blocks: &[Block], marks: &[Mark], booked: (Timestamp, Timestamp), zone: Zone) -> Vec<Block> {
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
    // "from 9 to 11", where it is at 9: to 11.
    let mut blocks = blocks.to_vec();
    let end = minute + i32::try_from((booked.1 - booked.0).num_minutes()).unwrap_or(0);
    for block in blocks
        .iter_mut()
        .filter(|block| block.yes && block.days.iter().all(|days| is_on(days, date)))
    {
        let moves =
            |mark: &Mark| mark.sentence == block.sentence && matches!(mark.lex, Lex::Reschedule | Lex::MoveLater | Lex::MoveEarlier);
        if let ([hours], true) = (block.clocks.as_mut_slice(), marks.iter().any(moves))
            && let Clock::Range(from, to) = hours.clock
            && from == minute
            && to != end
        {
            hours.clock = Clock::Point(to);
        }
    }
    // "tied up till 1, any time after that": what it is after.
    let then = |at: usize| blocks.get(at + 1).is_some_and(|next| next.yes && next.days == [Days::FromThen]);
    // "at 11.30 rather than 11", where it is at 11
    let from = |block: &Block| !block.clocks.is_empty() && of_booked(block);
    let stays = |at: usize, block: &Block| {
        if block.yes {
            !of_booked(block)
        } else {
            block.except && !from(block) || then(at)
        }
    };
    let mut left: Vec<Block> = blocks
        .iter()
        .enumerate()
        .filter(|(at, block)| stays(*at, block))
        .map(|(_, block)| block.clone())
        .collect();
    for block in &mut left {
        // "push our 2 o'clock back by 30 minutes": what is moved, and by how much.
        if block.clocks.iter().any(|hours| matches!(hours.clock, Clock::Shift(_))) {
            let now = |clock: Clock| matches!(clock, Clock::Point(at) if at == minute || at + DAY / 2 == minute);
            block.clocks.retain(|hours| !now(hours.clock));
        }
        // "shift Friday to the Monday after": not the days between. What is excepted is no way from one day to another.
        for days in block.days.iter_mut().filter(|_| block.yes) {
            match days {
                Days::Span(first, last) if *first == date => *days = Days::Day(*last),
                Days::Weekdays(bits) => {
                    if let Some(last) = run_from(*bits, date.weekday().number_from_monday()) {
                        *days = Days::Weekday(last);
                    }
                }
                _ => {}
            }
        }
        let moves = marks.iter().any(|mark| {
            mark.sentence == block.sentence
                && matches!(
                    mark.lex,
                    Lex::Reschedule | Lex::CannotCome | Lex::CameUp | Lex::MoveLater | Lex::MoveEarlier | Lex::Instead
                )
        });
        // "Wednesday's interview to the day after"; a list of new days in another sentence may hold the day it is on.
        // "move the meeting of today to Thursday"
        // "to Friday next week", where it is on a Friday
        let one = block.days.iter().filter(|days| matches!(days, Days::Weekday(_))).count() == 1;
        let other_week = |days: &Days| matches!(days, Days::Week(week) if monday(date) != Some(week.monday));
        if block.of_week && one && block.days.iter().any(other_week) {
            continue;
        }
        let moves = moves || !block.listed && block.days.first().is_some_and(now);
        if moves && block.days.iter().any(|days| !now(days)) {
            // "from tomorrow to next week Friday", tomorrow being a Friday: the Friday of that week is another.
            let week = |days: &Days| matches!(days, Days::Week(week) if monday(date) != Some(week.monday));
            let mut kept = block.days.iter().any(week) && block.days.iter().filter(|days| now(days)).count() > 1;
            let first = block.days.iter().position(now);
            kept &= block.days.iter().skip(1).any(|days| matches!(days, Days::Weekday(_)) && now(days));
            let mut at = 0;
            block.days.retain(|days| {
                let stays = !now(days) || kept && Some(at) != first && matches!(days, Days::Weekday(_));
                at += 1;
                stays
            });
        }
    }
    left
}

/// The last day of a run of weekdays that begins with `first` and is all there is, Monday as 1.
fn run_from(bits: u8, first: u32) -> Option<u32> {
    let set = |day: u32| bits & bit((day - 1) % 7 + 1) != 0;
    let mut ends = (1..=7).filter(|day| set(*day) && !set(day + 1));
    let last = ends.next().filter(|_| ends.next().is_none())?;
    (set(first) && !set(first + 6) && last != first).then_some(last)
}

/// The day is this one.
fn is_on(days: &Days, date: chrono::NaiveDate) -> bool {
    match days {
        Days::Weekday(weekday) => date.weekday().number_from_monday() == *weekday,
        Days::Day(day) => *day == date,
        _ => false,
    }
}
