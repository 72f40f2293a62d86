//! Times set out as a table: weekdays above and yes or no below them, or a row for each day with a beginning and an end.
//!
//! In: the place where a line begins, or an hour stands. Out: terms, as if each were a sentence of its own; or that it is no table.
//! Never here: a guess at what a cell means; a table that is not understood is asked about.

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::doubts::{Unsure, Why};
use super::super::items::Items;
use super::super::lex::{Lex, Part, What};
use super::Scan;
use super::walk::{Of, Walk};

/// A cell that says yes: the weekday above it, the hours beside it, and where it stands.
type Cell = (u32, Clock, usize);

/// Rows that are read.
const MOST_ROWS: usize = 30;

impl Scan<'_> {
    /// A line of weekdays, and lines of as many answers below it; returns how many items the table takes.
    pub(super) fn grid(&self, at: usize, walk: &mut Walk) -> Option<usize> {
        if at > 0 && self.items.what(at - 1) != Some(&What::Line) {
            return None;
        }
        let (days, mut next) = self.head(at)?;
        let mut cells: Vec<Cell> = Vec::new();
        let mut rows = 0;
        while rows < MOST_ROWS {
            next = self.past_rules(next);
            let Some((row, end)) = self.row(next, &days) else { break };
            cells.extend(row);
            (rows, next) = (rows + 1, end);
        }
        if rows == 0 {
            return None;
        }
        walk.end_sentence();
        for (weekday, clock, at) in cells {
            walk.term(Of::Days(Days::Weekday(weekday)), self.bytes(at, 1));
            walk.term(Of::Hours(clock), self.bytes(at, 1));
            walk.offers();
            walk.end_sentence();
        }
        // A row that does not fit is a table that was not understood.
        if self.answer(self.skip_marks(next)).is_some() || matches!(self.items.what(next), Some(What::Mark('|'))) {
            walk.doubts.push(Unsure::of(Why::Unread, self.bytes(next, 1)));
        }
        Some(next - at)
    }

    /// Three weekdays or more and nothing else; where the next line begins.
    fn head(&self, at: usize) -> Option<(Vec<u32>, usize)> {
        let mut days: Vec<u32> = Vec::new();
        let mut next = at;
        loop {
            match self.items.what(next)? {
                What::Line => break,
                What::Mark('|' | '.') => {}
                What::Lex(Lex::Weekday(day)) if days.last().is_none_or(|last| last < day) => days.push(*day),
                _ => return None,
            }
            next += 1;
        }
        (days.len() >= 3).then_some((days, next + 1))
    }

    /// A part of the day or its hours, and an answer for each of the days.
    fn row(&self, at: usize, days: &[u32]) -> Option<(Vec<Cell>, usize)> {
        let label = self.skip_marks(at);
        let (clock, used) = match self.items.lex(label) {
            Some(Lex::Am) => (Clock::Part(Part::Morning), 1),
            Some(Lex::Pm) => (Clock::Part(Part::Afternoon), 1),
            _ => {
                let found = self.clocks.read(label)?;
                matches!(found.clock, Clock::Part(_) | Clock::Range(..)).then_some((found.clock, found.used))?
            }
        };
        let mut open = Vec::new();
        let mut next = label + used;
        for &day in days {
            next = self.skip_marks(next);
            if self.answer(next)? {
                open.push((day, clock, next));
            }
            next += 1;
        }
        next = self.skip_marks(next);
        match self.items.what(next) {
            None => Some((open, next)),
            Some(What::Line) => Some((open, next + 1)),
            Some(_) => None,
        }
    }

    /// Yes or no.
    fn answer(&self, at: usize) -> Option<bool> {
        match self.items.what(at)? {
            What::Mark('✓' | '✔' | '✅' | '👍') => Some(true),
            What::Mark('✗' | '✘' | '❌' | '👎' | '-' | '–' | '—') => Some(false),
            What::Lex(Lex::Free | Lex::ThatOne | Lex::NoTrouble | Lex::AnyTime) => Some(true),
            What::Lex(Lex::Not | Lex::Out | Lex::DayOff | Lex::Event | Lex::Shift | Lex::Option) => Some(false),
            _ => None,
        }
    }

    fn skip_marks(&self, at: usize) -> usize {
        at + (at..self.items.len())
            .take(4)
            .take_while(|at| self.items.mark(*at) == Some('|'))
            .count()
    }

    /// Behind lines of strokes only, and empty ones.
    fn past_rules(&self, at: usize) -> usize {
        let mut begins = at;
        for next in at..self.items.len() {
            match self.items.what(next) {
                Some(What::Line) => begins = next + 1,
                Some(What::Mark('|' | '-' | '+' | '=' | ':')) => {}
                _ => break,
            }
        }
        begins
    }

    /// "| Mon | 09:00 | 11:30 |": two hours in cells beside each other. They are a beginning and an end when the head of the table says so.
    pub(super) fn cells(&self, at: usize, walk: &mut Walk) -> Option<(Clock, usize)> {
        if self.items.mark(at.checked_sub(1)?) != Some('|') {
            return None;
        }
        let first = self.clocks.range_or_point(at, true)?;
        let second_at = at + first.used + 1;
        if self.items.mark(second_at - 1) != Some('|') {
            return None;
        }
        let second = self.clocks.range_or_point(second_at, true)?;
        let (Clock::Point(from), Clock::Point(to)) = (first.clock, second.clock) else {
            return None;
        };
        let used = second_at + second.used - at;
        let ends = matches!(self.items.what(at + used), None | Some(What::Line | What::Mark('|')));
        if !ends || from >= to {
            return None;
        }
        if !self.headed(at) {
            walk.doubts.push(Unsure::of(Why::Unread, self.bytes(at, used)));
        }
        Some((Clock::Range(from, to), used))
    }

    /// A line above names a beginning and an end.
    fn headed(&self, at: usize) -> bool {
        const FARTHEST: usize = 400;
        let above = || (at.saturating_sub(FARTHEST)..at).rev();
        let cell = |at: usize| self.items.mark(at.wrapping_sub(1)) == Some('|') && self.items.mark(at + 1) == Some('|');
        let from = above().any(|at| matches!(self.items.lex(at), Some(Lex::From)) && cell(at));
        let till = above().any(|at| matches!(self.items.lex(at), Some(Lex::Till | Lex::ToHour | Lex::AtOrTill | Lex::Close)) && cell(at));
        from && till
    }
}
