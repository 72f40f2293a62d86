//! Where a text speaks of a time, whatever it says of it.
//!
//! In: a text. Out: bytes, in its order. Never here: which time.

use std::ops::Range;

use super::items::Items as _;
use super::lex::{self, Item, Lex, Tongue};

/// Bytes that name days or hours, each with the small words that join them: "Tue 2-4", "on Friday at 3", "tomorrow".
pub(in super::super) fn spoken_of(text: &str) -> Vec<Range<usize>> {
    let (items, _) = lex::items(text, Tongue::named(""));
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let end = stretch(&items, at);
        if end == at {
            at += 1;
            continue;
        }
        let bytes = items.get(at).map_or(0, |item| item.bytes.start)
            ..end.checked_sub(1).and_then(|last| items.get(last)).map_or(0, |item| item.bytes.end);
        found.push(bytes);
        at = end;
    }
    found
}

/// The end of what speaks of a time from `at` on; `at` itself where nothing does.
fn stretch(items: &[Item], at: usize) -> usize {
    let (mut here, mut end, mut sure) = (at, at, false);
    // A stretch begins with a time, or with a small word right before one.
    while here < items.len() {
        if names(items, here) {
            sure = true;
            here += 1;
            end = here;
        } else if joins(items, here) && (here > at || leads(items, here)) && here - end < MOST_JOINTS {
            let number = items.number(here).is_some();
            here += 1;
            if number && sure {
                end = here;
            }
        } else {
            break;
        }
    }
    if sure { end } else { at }
}

/// So many small words stand between two times at the most: "from", "the", "of".
const MOST_JOINTS: usize = 4;

/// A day or an hour is named here and nothing else.
fn names(items: &[Item], at: usize) -> bool {
    let clock = |at: usize| {
        items.number(at).is_some()
            && matches!(items.mark(at + 1), Some(':' | '/' | '.'))
            && items.glued(at + 1)
            && items.number(at + 2).is_some()
    };
    let by_number = items.number(at).is_some();
    match items.lex(at) {
        Some(
            Lex::Weekday(_)
            | Lex::EveryWeekday(_)
            | Lex::WeekdayPart(..)
            | Lex::Weekdays(_)
            | Lex::Month(_)
            | Lex::Feast(_)
            | Lex::Relative(_)
            | Lex::FollowingDay
            | Lex::SameDay
            | Lex::Part(_)
            | Lex::ThisPart(_)
            | Lex::TomorrowPart(_)
            | Lex::Tonight
            | Lex::Noon
            | Lex::Midnight
            | Lex::ClockMark
            | Lex::Am
            | Lex::Pm
            | Lex::HalfPast
            | Lex::HalfTo
            | Lex::SameTime
            | Lex::WeekAfter
            | Lex::WeekAfterNext,
        ) => true,
        // "next week", "an hour"
        Some(Lex::Unit(_)) => {
            at > 0 && (matches!(items.lex(at - 1), Some(Lex::Next | Lex::This | Lex::Number(_))) || items.number(at - 1).is_some())
        }
        Some(Lex::HalfHour | Lex::QuarterHour | Lex::HourAndHalf) => true,
        _ => by_number && (clock(at) || matches!(items.lex(at + 1), Some(Lex::Am | Lex::Pm | Lex::ClockMark | Lex::OrdinalMark))),
    }
}

/// A word that stands between times, or in front of one.
fn joins(items: &[Item], at: usize) -> bool {
    items.number(at).is_some()
        || matches!(items.mark(at), Some('-' | '–' | '/' | ':' | '.' | ','))
        || matches!(
            items.lex(at),
            Some(
                Lex::At
                    | Lex::AtOrTill
                    | Lex::On
                    | Lex::Of
                    | Lex::From
                    | Lex::Till
                    | Lex::Between
                    | Lex::And
                    | Lex::Or
                    | Lex::After
                    | Lex::Before
                    | Lex::Next
                    | Lex::This
                    | Lex::Following
                    | Lex::Number(_)
                    | Lex::Ordinal(_)
                    | Lex::OrdinalMark
                    | Lex::Past
                    | Lex::ToHour
                    | Lex::Quarter
                    | Lex::Sharp
                    | Lex::AnyTime
                    | Lex::Except
                    | Lex::Onwards
            )
        )
}

/// A stretch may begin with it: a number before a month or a half of the day, "next" before a weekday.
fn leads(items: &[Item], at: usize) -> bool {
    items.number(at).is_some()
        || matches!(
            items.lex(at),
            Some(Lex::Number(_) | Lex::Ordinal(_) | Lex::Next | Lex::This | Lex::Following | Lex::Quarter | Lex::AnyTime)
        )
}
