//! Days and hours in shapes of their own: "now until 1", "I'm on 6-2", "4 on 4 off", how long something lasts, where somebody stays.
//!
//! In: items. Out: terms, and how many items they take.
//! Never here: whether they are offered.

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::items::Items;
use super::super::lex::{Lex, Tongue, What};
use super::super::{clock, zones};
use super::Scan;
use super::walk::{Of, Walk};
use crate::calendar::Zone;

/// So far behind a place its hours are named; the bound keeps hostile texts cheap.
const WORDS_BEHIND: usize = 40;

impl Scan<'_> {
    /// A stretch of days right behind a place whose hours the text names further on: how many items it takes.
    pub(super) fn stays(&self, at: usize, zone: Zone, walk: &mut Walk) -> Option<usize> {
        if walk.unit().has_terms() || walk.unit().refuses {
            return None;
        }
        let day = self
            .dates
            .read(at)
            .filter(|day| !matches!(day.days, Days::Weekday(_) | Days::Day(_)))?;
        let end = at + day.used;
        let said = |at: usize| zones::read(self.text, self.items, at, false, self.own, self.tongue == Tongue::En);
        let named =
            (end..end + WORDS_BEHIND).any(|at| said(at).is_some_and(|named| !named.perhaps && named.zone == zone && named.used > 1));
        if !named {
            return None;
        }
        let unit = walk.unit();
        (unit.event, unit.subject, unit.unknown_before) = (false, false, 0);
        Some(day.used)
    }

    /// "free now until 1": of today.
    pub(super) fn now_until(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        if self.items.lex(at) != Some(Lex::NowTill) {
            return None;
        }
        let next = self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill, Lex::Of]);
        let found = self.clocks.range_or_point(next, true)?;
        let Clock::Point(end) = found.clock else { return None };
        walk.term(Of::Days(Days::Day(self.dates.today)), self.bytes(at, 1));
        walk.term(Of::Hours(Clock::To(end)), self.bytes(next, found.used));
        Some(next + found.used - at)
    }

    /// "this week I'm on 6-2": the hours of a shift.
    pub(super) fn on_hours(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        let somebody = matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Subject | Lex::Them));
        let on = self.text.get(self.bytes(at, 1))?.eq_ignore_ascii_case("on");
        if self.tongue != Tongue::En || !somebody || !on || walk.unit().has_hours {
            return None;
        }
        let found = self.clocks.range_or_point(at + 1, true)?;
        if !matches!(found.clock, Clock::Range(..)) || self.dates.read(at + 1).is_some_and(|day| day.used > found.used) {
            return None;
        }
        let unit = walk.unit();
        (unit.event, unit.shift, unit.leads) = (true, true, true);
        walk.shifts = true;
        // "on 2-10", "on 12-8": nobody's shift is said to begin before six without its half of the day.
        let clock = match found.clock {
            Clock::Range(start, end) if start < 6 * 60 && end <= 12 * 60 => Clock::Range(start + 12 * 60, end + 12 * 60),
            clock => clock,
        };
        walk.term(Of::Hours(clock), self.bytes(at, found.used + 1));
        Some(found.used + 1)
    }

    /// "4 on 4 off": days of a shift; how many items it takes.
    pub(super) fn on_and_off(&self, at: usize) -> Option<usize> {
        let count = |at: usize| matches!(self.items.what(at), Some(What::Num(1..=14, _) | What::Lex(Lex::Number(1..=14))));
        let said = |at: usize, word: &str| self.text.get(self.bytes(at, 1)).is_some_and(|said| said.eq_ignore_ascii_case(word));
        let comma = usize::from(matches!(self.items.mark(at + 2), Some(',' | '/' | '-')));
        let behind = at + 2 + comma;
        (count(at) && said(at + 1, "on") && count(behind) && said(behind + 1, "off")).then_some(4 + comma)
    }

    /// "a client call at 1 that always takes the full hour": how long what was named last lasts.
    pub(super) fn lasts(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        if self.items.lex(at) != Some(Lex::Lasts) {
            return None;
        }
        let (minutes, used) = self.clocks.length(at + 1)?;
        let sentence = walk.sentence;
        let last = walk.terms.last_mut().filter(|last| last.sentence == sentence)?;
        if let Of::Hours(Clock::Point(start)) = last.what
            && minutes > 0
            && start + minutes <= clock::DAY
        {
            last.what = Of::Hours(Clock::Range(start, start + minutes));
        }
        Some(used + 1)
    }

    /// Two numbers of two digits behind a point or a colon, glued to it.
    pub(super) fn minutes_twice(&self, at: usize, used: usize) -> bool {
        let minutes = |at: &usize| {
            matches!(self.items.mark(*at), Some('.' | ':'))
                && self.items.glued(*at)
                && self.items.glued(*at + 1)
                && matches!(self.items.what(*at + 1), Some(What::Num(0..=59, 2)))
        };
        (at..at + used).filter(minutes).count() == 2
    }
}
