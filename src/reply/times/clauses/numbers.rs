//! Bare numbers that are days of a month: "Jan 28 or 29", "miércoles 11".
//!
//! In: a number where it stands. Out: a day.
//! Never here: hours.

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::items::Items;
use super::super::lex::{Lex, Tongue, What};
use super::Scan;
use super::walk::{Of, Walk};

impl Scan<'_> {
    /// "Jan 28 or 29": another day of the month before it.
    pub(super) fn second_of_month(&self, at: usize, walk: &Walk) -> Option<chrono::NaiveDate> {
        let What::Num(number @ 1..=31, digits) = self.items.what(at)? else {
            return None;
        };
        // "el 15 o el 16": the joint holds the article.
        let article = self.tongue != Tongue::En && self.items.get(at.checked_sub(1)?)?.phrase;
        // "January 11 and 12": behind a month they are days; behind a comma a small one may be an hour.
        let joined = matches!(
            self.items.what(at.checked_sub(1)?),
            Some(What::Lex(Lex::Or | Lex::And) | What::Mark('&'))
        );
        // "December 1, 2 or 3": so is one behind a comma that a joint and another number follow.
        if !article && (*number < 13 || *digits != 2) && !joined && !self.list_goes_on(at) {
            return None;
        }
        let first = match walk.terms.last().map(|last| (&last.what, last.bytes.end)) {
            Some((Of::Days(Days::Day(first)), end)) if self.items.get(at.checked_sub(2)?)?.bytes.end == end => *first,
            _ => return None,
        };
        let listed = matches!(
            self.items.what(at - 1),
            Some(What::Lex(Lex::Or | Lex::And) | What::Mark(',' | '&' | '/'))
        ) && matches!(self.items.what(at - 2), Some(What::Num(..)))
            && (article || self.behind_month(at - 2));
        // "el 10 o el 12 de enero": the month stands behind both.
        let month = self.items.lex(at + 1) == Some(Lex::Of) && matches!(self.items.lex(at + 2), Some(Lex::Month(_)));
        let ends = self.ends_day(at + 1) && !month;
        let day = chrono::Datelike::with_day(&first, *number)?;
        (listed && ends && day > first).then_some(day)
    }

    /// "2 or 3", "12, 13 and 14": greater and greater numbers up to a joint and the last of them.
    fn list_goes_on(&self, at: usize) -> bool {
        let (Some(What::Num(number, 1 | 2)), Some(What::Num(next @ 1..=31, 1 | 2))) = (self.items.what(at), self.items.what(at + 2)) else {
            return false;
        };
        next > number
            && match self.items.what(at + 1) {
                Some(What::Lex(Lex::Or | Lex::And) | What::Mark('&')) => self.ends_day(at + 3),
                Some(What::Mark(',')) => self.list_goes_on(at + 2),
                _ => false,
            }
    }

    /// A number behind a month, or behind other numbers of such a list.
    fn behind_month(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if matches!(self.items.lex(before), Some(Lex::Month(_))) {
            return true;
        }
        matches!(self.items.what(before), Some(What::Mark(',')))
            && matches!(
                before.checked_sub(1).and_then(|at| self.items.what(at)),
                Some(What::Num(1..=31, 1 | 2))
            )
            && self.behind_month(before - 1)
    }

    /// Nothing behind a number makes an hour of it.
    fn ends_day(&self, behind: usize) -> bool {
        matches!(
            self.items.what(behind),
            None | Some(What::Line | What::Mark(',' | '.' | '?' | '!' | ')') | What::Lex(_))
        ) && !matches!(
            self.items.lex(behind),
            Some(
                Lex::Am
                    | Lex::Pm
                    | Lex::ClockMark
                    | Lex::Month(_)
                    | Lex::Unit(_)
                    | Lex::Till
                    | Lex::ToHour
                    | Lex::HalfPast
                    | Lex::HalfHour
                    | Lex::Past
                    | Lex::Onwards
                    | Lex::OrEarlier
                    | Lex::Sharp
                    | Lex::Noon
            )
        )
    }

    /// "dal 12 al 16": from one day of a month to another, by the articles that stand before days.
    pub(super) fn days_by_article(&self, at: usize) -> Option<(Days, usize)> {
        let article = |at: usize| self.items.get(at).is_some_and(|item| item.of_days);
        let (What::Num(from, 1 | 2), What::Num(to, 1 | 2)) = (self.items.what(at + 1)?, self.items.what(at + 3)?) else {
            return None;
        };
        let goes_on = matches!(
            self.items.lex(at + 4),
            Some(Lex::Month(_) | Lex::ClockMark | Lex::Of | Lex::Part(_) | Lex::Am | Lex::Pm)
        ) || matches!(self.items.mark(at + 4), Some(':' | '/'))
            || self.items.mark(at + 4) == Some('.') && self.items.glued(at + 5);
        let joint = matches!(self.items.lex(at + 2), Some(Lex::Or | Lex::And));
        if !(article(at) && article(at + 2) && !joint && from < to && *to <= 31) || goes_on {
            return None;
        }
        let first = self.dates.of_month_spoken(*from)?;
        let last = chrono::Datelike::with_day(&first, *to)?;
        Some((Days::Span(first, last), 4))
    }

    /// "el 15 o el 16": another day, by the article that stands before days.
    pub(super) fn second_by_article(&self, at: usize, walk: &Walk) -> Option<(chrono::NaiveDate, usize)> {
        let What::Num(number @ 1..=31, 1 | 2) = self.items.what(at + 1)? else {
            return None;
        };
        let Some((Of::Days(Days::Day(first)), end)) = walk.terms.last().map(|last| (&last.what, last.bytes.end)) else {
            return None;
        };
        let beside = self.items.get(at.checked_sub(2)?)?.bytes.end == end
            && matches!(
                self.items.what(at - 1),
                Some(What::Lex(Lex::Or | Lex::And) | What::Mark(',' | '&' | '/'))
            );
        let clock = matches!(
            self.items.lex(at + 2),
            Some(Lex::ClockMark | Lex::Month(_) | Lex::Am | Lex::Pm | Lex::Unit(_))
        ) || matches!(self.items.mark(at + 2), Some(':' | '/' | '-' | '–'));
        // "el 10 o el 12 de enero": the month stands behind both.
        let month = self.items.lex(at + 2) == Some(Lex::Of) && matches!(self.items.lex(at + 3), Some(Lex::Month(_)));
        let day = chrono::Datelike::with_day(first, *number)?;
        (self.items.get(at)?.of_days && beside && !clock && !month && day > *first).then_some((day, 2))
    }

    /// "el 3 a las 12:30 o el 4 a las 17:00", "the 25 at 10 or the 26 at 3": another day and its hours, behind the hours of the first.
    pub(super) fn day_and_hours(&self, at: usize, walk: &Walk) -> Option<chrono::NaiveDate> {
        let What::Num(number @ 1..=31, 1 | 2) = self.items.what(at)? else {
            return None;
        };
        let hours = matches!(
            self.items.lex(at + 1),
            Some(
                Lex::At
                    | Lex::AtOrTill
                    | Lex::After
                    | Lex::Before
                    | Lex::From
                    | Lex::Between
                    | Lex::Part(_)
                    | Lex::Late
                    | Lex::AnyTime
                    | Lex::SameTime
            )
        ) && self.clocks.read(at + 1).is_some_and(|found| found.sure);
        if !(hours && self.items.get(at.checked_sub(1)?)?.of_days) {
            return None;
        }
        let dated = walk.terms.iter().rev().take_while(|term| term.sentence == walk.sentence);
        let first = dated.into_iter().find_map(|term| match term.what {
            Of::Days(Days::Day(day)) => Some(day),
            _ => None,
        })?;
        chrono::Datelike::with_day(&first, *number).filter(|day| *day > first)
    }

    /// "miércoles 11", "sábado, dia 6": the next such day of a month that is that weekday. In English such a number is an hour.
    /// "Monday 12 to Friday 16": weekdays with their numbers, from one to the other.
    pub(super) fn numbered_weekdays(&self, at: usize) -> Option<(Days, usize)> {
        let (first, next) = self.numbered(at)?;
        if !matches!(self.items.lex(next), Some(Lex::Till | Lex::ToHour | Lex::AtOrTill))
            && !matches!(self.items.mark(next), Some('-' | '–'))
        {
            return None;
        }
        let (last, end) = self.numbered(next + 1)?;
        (first < last).then_some((Days::Span(first, last), end - at))
    }

    /// A weekday and the number of its day, which fits the calendar: the day, and where what follows begins.
    fn numbered(&self, at: usize) -> Option<(chrono::NaiveDate, usize)> {
        let Lex::Weekday(weekday) = self.items.lex(at)? else { return None };
        let next = self.items.skip(at + 1, &[Lex::On, Lex::Of]);
        let Some(What::Num(number @ 1..=31, 1 | 2)) = self.items.what(next) else {
            return None;
        };
        let ordinal = usize::from(self.items.lex(next + 1) == Some(Lex::OrdinalMark));
        let mut days = self.dates.today.iter_days().take(45);
        let fits = |date: &chrono::NaiveDate| {
            chrono::Datelike::day(date) == *number && chrono::Datelike::weekday(date).number_from_monday() == weekday
        };
        Some((days.find(fits)?, next + 1 + ordinal))
    }

    pub(super) fn weekday_and_number(&self, at: usize) -> Option<(chrono::NaiveDate, usize)> {
        let Lex::Weekday(weekday) = self.items.lex(at)? else { return None };
        if self.dates.read(at).is_none_or(|found| !matches!(found.days, Days::Weekday(_))) {
            return None;
        }
        if self.tongue == Tongue::En || self.tongue == Tongue::De {
            return None;
        }
        let mut next = at + 1;
        while matches!(self.items.what(next), Some(What::Mark(',' | '.') | What::Lex(Lex::On | Lex::Of))) && next < at + 4 {
            next += 1;
        }
        let Some(What::Num(day @ 1..=31, 1 | 2)) = self.items.what(next) else {
            return None;
        };
        let clock = matches!(
            self.items.what(next + 1),
            Some(
                What::Mark(':' | '-' | '–' | '/')
                    | What::Lex(Lex::Month(_) | Lex::ClockMark | Lex::Unit(_) | Lex::OrdinalMark | Lex::Am | Lex::Pm)
            )
        );
        // "martedì 4." ends a sentence.
        let dotted = self.items.mark(next + 1) == Some('.') && self.items.glued(next + 2) && self.items.number(next + 2).is_some();
        // "miércoles de 10 a 13": hours, from one to the other.
        let hours = self.items.lex(next - 1) == Some(Lex::Of)
            && !self.items.get(next - 1).is_some_and(|item| item.of_days)
            && self
                .clocks
                .read(next - 1)
                .is_some_and(|found| matches!(found.clock, Clock::Range(..)));
        if clock || dotted || hours {
            return None;
        }
        let date = self
            .dates
            .today
            .iter_days()
            .take(45)
            .find(|date| chrono::Datelike::day(date) == *day && chrono::Datelike::weekday(date).number_from_monday() == weekday)?;
        Some((date, next + 1 - at))
    }
}
