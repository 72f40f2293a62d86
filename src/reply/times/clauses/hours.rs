//! Hours where they stand: which of them are times at all, and what else an hour can be.
//!
//! In: an item and what was read before it. Out: whether an hour is meant, a lateness, the end of something told.
//! Never here: what follows from it for the block.

use super::super::clock::{self, Clock};
use super::super::day::Days;
use super::super::items::Items;
use super::super::lex::{Lex, Tongue, Unit, What};
use super::super::zones;
use super::scan::WORDS_BEFORE;
use super::walk::{Of, Walk};
use super::{Mark, Scan};

impl Scan<'_> {
    /// "10 minutes late", "running late by 10 minutes", "10-15 mins late", "20 late": by how much somebody will be late for what is fixed.
    pub(super) fn late_by(&self, at: usize, walk: &Walk) -> Option<(i32, usize)> {
        if !self.booked {
            return None;
        }
        let late = |at: usize| matches!(self.items.lex(at), Some(Lex::Late | Lex::Later));
        let past = |mark: &Mark| mark.lex == Lex::Was && mark.sentence == walk.sentence;
        if walk.marks.iter().rev().take(WORDS_BEFORE).any(past) {
            return None;
        }
        // "about 15 late"
        let about = usize::from(self.items.lex(at) == Some(Lex::At));
        let start = at;
        let at = at + about;
        // "10-15 minutes late": by as much as it may be.
        let range = self.items.number(at).is_some() && matches!(self.items.mark(at + 1), Some('-' | '–'))
            || self.items.lex(at + 1) == Some(Lex::Or);
        let more = if range { 2 } else { 0 };
        let end = |used: usize| at + more + used - start;
        if let Some((minutes, used)) = self.clocks.length(at + more) {
            if late(at + more + used) {
                return Some((minutes, end(used + 1)));
            }
            // "late by 10 minutes", "running late, maybe 10 minutes"
            let small =
                |at: usize| matches!(self.items.lex(at), Some(Lex::Before | Lex::At | Lex::Skip)) || self.items.mark(at) == Some(',');
            let before = (at.saturating_sub(4)..at).rev().find(|at| !small(*at));
            let stands = before.is_some_and(|before| self.items.lex(before) == Some(Lex::Late));
            return stands.then_some((minutes, end(used)));
        }
        let (minutes, 1 | 2) = self.items.number(at + more).filter(|(minutes, _)| (3..60).contains(minutes))? else {
            return None;
        };
        let named = at + more + 1;
        (self.items.lex(named) == Some(Lex::Late) && self.dates.read(named).is_none()).then_some((i32::try_from(minutes).ok()?, end(2)))
    }

    /// "last Tuesday at 3", "martes pasado a las 15": a day that is past, and its hour; how many items they take.
    pub(super) fn past_day(&self, at: usize) -> Option<usize> {
        let day = |at: usize| {
            matches!(
                self.items.lex(at),
                Some(Lex::Weekday(_) | Lex::WeekdayPart(..) | Lex::Unit(Unit::Week | Unit::Month) | Lex::Part(_))
            )
        };
        let last = |at: usize| self.items.lex(at) == Some(Lex::Last);
        let past = last(at) && day(at + 1) && self.dates.read(at).is_none()
            || day(at) && last(at + 1) && !matches!(self.items.lex(at + 2), Some(Lex::Of));
        if !past {
            return None;
        }
        let next = at + 2;
        let hour = matches!(self.items.lex(next), Some(Lex::At | Lex::AtOrTill | Lex::Part(_)))
            .then(|| self.clocks.read(next))
            .flatten();
        Some(2 + hour.map_or(0, |hour| hour.used))
    }

    /// "until school pickup at 2.45": an end, and what it is the end of.
    pub(super) fn end_of_something(&self, at: usize) -> Option<(i32, usize)> {
        const WORDS: usize = 5;
        if !matches!(self.items.lex(at), Some(Lex::Till | Lex::Before)) {
            return None;
        }
        let small = |at: usize| {
            matches!(
                self.items.what(at),
                Some(What::Word(_) | What::Lex(Lex::Skip | Lex::Of | Lex::Event | Lex::Shift | Lex::Subject))
            )
        };
        let behind = at + 1 + (at + 1..at + 1 + WORDS).take_while(|at| small(*at)).count();
        if behind == at + 1 || self.items.lex(behind) != Some(Lex::At) {
            return None;
        }
        let found = self.clocks.range_or_point(behind + 1, true)?;
        let Clock::Point(end) = found.clock else { return None };
        Some((end, behind + 1 + found.used - at))
    }

    /// "from 9 for an hour", "at 2 for 45 minutes": a beginning and how long it lasts.
    pub(super) fn lasting(&self, at: usize, found: clock::Found) -> clock::Found {
        let end = at + found.used;
        let (Clock::From(start) | Clock::Point(start)) = found.clock else {
            return found;
        };
        match (self.items.lex(end), self.clocks.length(end + 1)) {
            (Some(Lex::At), Some((minutes, used))) if minutes >= 0 && start + minutes <= clock::DAY => clock::Found {
                clock: Clock::Range(start, start + minutes),
                used: found.used + 1 + used,
                ..found
            },
            _ => found,
        }
    }

    /// A bare number is an hour beside a day or beside other hours.
    pub(super) fn is_time(&self, at: usize, found: &clock::Found, walk: &Walk) -> bool {
        let beside = walk
            .terms
            .last()
            .is_some_and(|last| last.sentence == walk.sentence && !walk.gap.words && !walk.unknown);
        let next = at + found.used;
        let day_follows = || {
            let to = if matches!(self.items.lex(next), Some(Lex::On | Lex::Of)) {
                next + 1
            } else {
                next
            };
            self.dates.read(to).is_some_and(|found| !matches!(found.days, Days::Same))
                && !matches!(self.items.lex(to), Some(Lex::Ordinal(_)))
        };
        let range = matches!(found.clock, Clock::Range(..));
        let after_word = at > 0 && matches!(self.items.what(at - 1), Some(What::Word(_)));
        let listed = || {
            // "9-11 or 2-4 on Tuesday"
            let opens = at == 0 || matches!(self.items.what(at - 1), Some(What::Line | What::Mark('.' | '!' | '?')));
            let goes_on = matches!(self.items.what(next), Some(What::Mark(',')))
                && matches!(self.items.what(next + 1), Some(What::Num(..)))
                || self.items.lex(next) == Some(Lex::Or) && matches!(self.items.what(next + 1), Some(What::Num(..)))
                || matches!(self.items.lex(next), Some(Lex::Skip))
                    && matches!(self.items.lex(next + 1), Some(Lex::Not | Lex::Out | Lex::DayOff | Lex::Free));
            let refused = matches!(self.items.lex(next), Some(Lex::Skip));
            if opens && goes_on && (refused || walk.terms.last().is_some_and(|last| matches!(last.what, Of::Days(_)))) {
                return true;
            }
            let after = matches!(
                self.items.lex(at.wrapping_sub(1)),
                Some(Lex::Free | Lex::Only | Lex::Not | Lex::Skip | Lex::At)
            ) || at == 0;
            after
                && (range
                    || matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Free | Lex::Not | Lex::Only))
                    // "could we make it 4 please?"
                    && (self.ends(next) || self.booked && self.items.lex(next) == Some(Lex::Skip) && self.ends(next + 1)))
        };
        // "9.30, 10.15 or 11 on Tuesday"
        let dotted = found.used == 3
            && matches!(found.clock, Clock::Point(minute) if minute % 5 == 0 && (7 * 60..=20 * 60).contains(&minute))
            && !after_word;
        // "3 instead of 2"
        let swapped = self.items.lex(next) == Some(Lex::Except)
            && matches!(self.clocks.read(next + 1).map(|found| found.clock), Some(Clock::Point(_)))
            && !after_word;
        // "Tuesday is the right day, but 10 is too early"
        let judged = self.items.lex(next) == Some(Lex::Skip)
            && self.items.lex(next + 1) == Some(Lex::Event)
            && self.items.get(next + 1).is_some_and(|item| item.phrase)
            && matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::But | Lex::So))
            && walk.terms.last().is_some_and(|last| last.sentence == walk.sentence);
        // "2 or 3 on Wednesday", "could you do 11 or 11.30?"
        let either = || {
            self.items.lex(next) == Some(Lex::Or)
                && self.clocks.read(next + 1).is_some_and(|second| {
                    let dotted = second.used == 3 && matches!(second.clock, Clock::Point(minute) if minute % 5 == 0);
                    if (second.sure || dotted) && !after_word && matches!(second.clock, Clock::Point(_)) {
                        return true;
                    }
                    let end = next + 1 + second.used;
                    let day_behind = || self.dates.read(end + 1).is_some_and(|day| !matches!(day.days, Days::Same));
                    let joint = self.items.lex(end) == Some(Lex::On) || self.items.mark(end) == Some(',');
                    self.items.lex(end) == Some(Lex::SameDay) || joint && day_behind()
                })
        };
        // "14-16 Station Road": a house.
        let house = matches!(self.items.what(next), Some(What::Word(_))) && self.items.capital(next) && self.tongue != Tongue::De;
        let range = range && !house;
        // "Baby naps 12.30 - 2.30", "handover 7.30-8.15": minutes on both sides are a stretch of time.
        let spelled = range && found.used >= 7 && self.minutes_twice(at, found.used);
        // "9 CET"
        let zoned =
            || zones::read(self.text, self.items, next, true, self.own, self.tongue == Tongue::En).is_some_and(|named| !named.perhaps);
        spelled || dotted || beside || swapped || judged || zoned() || day_follows() || either() || range && !after_word || listed()
    }

    /// The unit ends here.
    pub(super) fn ends(&self, at: usize) -> bool {
        match self.items.what(at) {
            None | Some(What::Line | What::Mark(',' | '.' | '?' | '!' | ';' | ')' | '(')) => true,
            Some(What::Lex(lex)) => matches!(
                lex,
                Lex::Or
                    | Lex::Otherwise
                    | Lex::And
                    | Lex::But
                    | Lex::Instead
                    | Lex::Except
                    | Lex::So
                    | Lex::ApartFromThat
                    | Lex::Because
                    | Lex::If
            ),
            _ => false,
        }
    }
}
