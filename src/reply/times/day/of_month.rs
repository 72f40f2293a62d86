//! Days of a month by their number alone: "the 14th", "on the 15", "Friday 23".
//!
//! In: items. Out: numbers, and the day of the month spoken of that they mean.
//! Never here: the month beside them.

use chrono::{Datelike, Months, NaiveDate};

use super::super::items::Items;
use super::super::lex::{Lex, What};
use super::Dates;

impl Dates<'_> {
    /// A day of the month: "12", "12th", "1er", "12."; and how many items it takes.
    pub(super) fn day_number(&self, at: usize) -> Option<(u32, usize)> {
        if let Some(Lex::Ordinal(n)) = self.items.lex(at) {
            return Some((n, 1));
        }
        let (value, digits) = self.items.number(at)?;
        if digits > 2 || !(1..=31).contains(&value) {
            return None;
        }
        let mark =
            usize::from(self.items.lex(at + 1) == Some(Lex::OrdinalMark) && (self.items.glued(at + 1) || !self.items.capital(at + 1)));
        if mark == 0
            && (self.items.glued(at + 1)
                && matches!(
                    self.items.what(at + 1),
                    Some(What::Word(_) | What::Lex(Lex::Am | Lex::Pm | Lex::ClockMark | Lex::NotClock))
                ))
        {
            return None;
        }
        Some((value, 1 + mark))
    }

    /// "May twenty one"
    pub(super) fn day_in_words(&self, at: usize) -> Option<(u32, usize)> {
        let counted = |at| matches!(self.items.lex(at), Some(Lex::Unit(_) | Lex::ClockMark | Lex::Am | Lex::Pm));
        self.items
            .counted(at)
            .filter(|(day, used)| (1..=31).contains(day) && !counted(at + used))
    }

    pub(super) fn is_ordinal(&self, at: usize) -> bool {
        matches!(self.items.lex(at), Some(Lex::Ordinal(_)))
            || self.items.lex(at + 1) == Some(Lex::OrdinalMark) && self.items.number(at).is_some()
            || self.dotted
                && self.items.mark(at + 1) == Some('.')
                && self.items.glued(at + 1)
                && self.items.number(at).is_some()
                && !self.items.glued(at + 2)
    }

    /// "on the 15", "Friday 23": a number that is the day of a month by what stands before and behind it.
    pub(super) fn is_bare(&self, at: usize, used: usize) -> bool {
        let Some((number, _)) = self.items.number(at).filter(|_| used == 1) else {
            return false;
        };
        let behind = at + used;
        let minutes = self.items.mark(behind) == Some(':') && self.items.glued(behind + 1) && self.items.number(behind + 1).is_some();
        let goes_on = minutes
            || matches!(self.items.mark(behind), Some('-' | '–' | '/' | '%' | '€' | '$' | '£'))
            || self.items.mark(behind) == Some('.') && self.items.glued(behind + 1)
            || matches!(self.items.what(behind), Some(What::Word(_) | What::Num(..)))
            || matches!(
                self.items.lex(behind),
                Some(
                    Lex::Am
                        | Lex::Pm
                        | Lex::ClockMark
                        | Lex::Unit(_)
                        | Lex::NotClock
                        | Lex::Option
                        | Lex::OrdinalMark
                        | Lex::Till
                        | Lex::ToHour
                        | Lex::Past
                        | Lex::HalfHour
                        | Lex::Sharp
                )
            );
        let before = |back: usize| at.checked_sub(back).and_then(|at| self.items.lex(at));
        let led = matches!(before(1), Some(Lex::On | Lex::WeekOf | Lex::Back))
            || before(1) == Some(Lex::Of)
                // "on the 15", "a las siete del 15", "8pm del 15"
                && matches!(before(2), Some(Lex::On | Lex::Am | Lex::Pm | Lex::ClockMark | Lex::Number(_) | Lex::Part(_)));
        // "até o dia 30": no hour.
        let led = led || number >= 24 && matches!(before(1), Some(Lex::Till | Lex::From | Lex::After | Lex::Before));
        // "the 29 is perfect": more than an hour, behind its article.
        let led = led
            || number > 12
                && before(1) == Some(Lex::Of)
                && at
                    .checked_sub(1)
                    .is_some_and(|at| self.items.get(at).is_some_and(|item| item.of_days));
        // "jusqu'au 11", "hasta el 11": the article is of days.
        let led = led
            || matches!(before(1), Some(Lex::Till | Lex::AwayTo | Lex::From | Lex::After | Lex::Before))
                && at
                    .checked_sub(1)
                    .is_some_and(|at| self.items.get(at).is_some_and(|item| item.of_days && item.phrase));
        let hour_behind = self.items.lex(behind) == Some(Lex::AtOrTill);
        !goes_on && (led || (number > 12 || hour_behind) && matches!(before(1), Some(Lex::Weekday(_))))
    }

    /// A day of the month named last, or the next there is.
    pub(in crate::reply::times) fn of_month_spoken(&self, day: u32) -> Option<NaiveDate> {
        // "the 29th", where slots from the 28th of June to the 1st of July were offered and no month is named.
        let offered = self.slots.filter(|slots| self.month.get() == Some(slots.1)).map(|slots| slots.0);
        let beside = offered.and_then(|first| first.with_day(day).filter(|day| *day >= first));
        let spoken = beside.or_else(|| self.month.get().and_then(|spoken| spoken.with_day(day)));
        if let Some(spoken) = spoken.filter(|day| *day >= self.today) {
            return Some(spoken);
        }
        let mut month = self.today.with_day(1)?;
        for _ in 0..12 {
            if let Some(day) = month.with_day(day).filter(|day| *day >= self.today) {
                return Some(day);
            }
            month = month.checked_add_months(Months::new(1))?;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Days, day, first_of};

    #[test]
    fn days_of_a_month() {
        for (text, expected) in [
            ("on the 25 at 3", "2026-11-25"),
            ("the 14th works", "2026-12-14"),
            // The next 14th that is a Monday.
            ("Monday 14 would do", "2026-12-14"),
            ("disponible le 25 à 14h, merci", "2026-11-25"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Day(day(expected))), "{text}");
        }
        // Hours, and a count.
        assert_eq!(first_of("Monday 14-16", true), Some(Days::Weekday(1)));
        assert_eq!(first_of("on 25 days", true), None);
    }
}
