//! Days counted from a day: "in 3 days", "a week from Tuesday", "the next two weeks", "the first week of March".
//!
//! In: items. Out: days.
//! Never here: hours counted from now.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::super::items::Items;
use super::super::lex::{Lex, Unit};
use super::date::last_of;
use super::{Dates, Days, Found, Week, monday, on_or_after};

/// Nobody means a day further off.
const FARTHEST: u32 = 1000;
/// The last of several.
const LAST: u32 = 0;

impl Dates<'_> {
    /// "in 3 days", "in two weeks", "3 days from now", "a week from Tuesday", "two weeks later".
    pub(super) fn distance(&self, at: usize) -> Option<Found> {
        // "tra 3 giorni", "over 3 dagen": words that stand before a range or behind an hour as well.
        let led = match self.items.lex(at) {
            Some(Lex::Of) => true,
            // "em 2 semanas"
            Some(Lex::On) => matches!(self.items.lex(at + 2), Some(Lex::Unit(Unit::Week))),
            Some(Lex::Between | Lex::Past) => !matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Of | Lex::On)),
            _ => false,
        };
        let start = at + usize::from(led);
        let (count, more) = self.counted(start)?;
        let next = start + more;
        // "the 3 next weeks"
        // "after 6 next week": a bound takes an hour.
        let bounded = matches!(
            self.items.lex(start.wrapping_sub(1)),
            Some(Lex::After | Lex::Before | Lex::From | Lex::Till | Lex::At)
        );
        if matches!(self.items.lex(next), Some(Lex::Next | Lex::Following)) && self.items.lex(start) != Some(Lex::Skip) && !bounded {
            return self.next_days(next, count, at);
        }
        let unit = self.items.lex(next)?;
        let after = next + 1;
        let plain = |days, end: usize| {
            Some(Found {
                days,
                used: end - at,
                contradicts: false,
            })
        };
        let behind = self.items.lex(after);
        // "a week after tomorrow"
        if unit == Lex::WeekAfter
            && let Some((day, used)) = self.base(after)
        {
            return plain(Days::Day(later(day, count, Lex::Unit(Unit::Week))?), after + used);
        }
        if !matches!(unit, Lex::Unit(_) | Lex::Workdays | Lex::EveryWeekday(_)) {
            return None;
        }
        // "los 3 días siguientes"
        if matches!(behind, Some(Lex::Next | Lex::Following)) && self.items.lex(start) != Some(Lex::Skip) {
            return plain(Days::Span(self.today.succ_opt()?, later(self.today, count, unit)?), after + 1);
        }
        let joint = matches!(behind, Some(Lex::From | Lex::FromThen | Lex::After | Lex::On));
        if joint && let Some((day, used)) = self.base(after + 1) {
            return plain(Days::Day(later(day, count, unit)?), after + 1 + used);
        }
        // "3 days from now"
        if joint && !led && self.items.lex(after + 1) == Some(Lex::Skip) {
            return plain(Days::Day(later(self.today, count, unit)?), after + 2);
        }
        if behind == Some(Lex::Later) && !matches!(unit, Lex::EveryWeekday(_)) {
            return plain(Days::Day(later(self.today, count, unit)?), after + 1);
        }
        if led {
            return plain(Days::Day(later(self.today, count, unit)?), after);
        }
        None
    }

    /// "a day earlier", "two days later", "a week later": counted from the day spoken of.
    pub(in crate::reply::times) fn moved(&self, at: usize) -> Option<(Days, usize)> {
        let (days, used) = self.so_many_days(at)?;
        let sign = match self.items.lex(at + used)? {
            Lex::Later => 1,
            Lex::Earlier => -1,
            _ => return None,
        };
        Some((Days::Moved(sign * days), used + 1))
    }

    /// "a day", "two weeks": how many days, and how many items it takes.
    pub(in crate::reply::times) fn so_many_days(&self, at: usize) -> Option<(i64, usize)> {
        let (count, more) = self.counted(at)?;
        let days = match self.items.lex(at + more)? {
            Lex::Unit(Unit::Day) => i64::from(count),
            Lex::Unit(Unit::Week) => i64::from(count) * 7,
            Lex::Unit(Unit::Fortnight) => i64::from(count) * 14,
            _ => return None,
        };
        Some((days, more + 1))
    }

    /// "the following Wednesday": the one after the day spoken of.
    pub(in crate::reply::times) fn following(&self, at: usize) -> Option<(Days, usize)> {
        let Lex::Weekday(weekday) = self.items.lex(at + 1)? else {
            return None;
        };
        let found = self.weekday(at + 1, weekday)?;
        let plain = matches!(found.days, Days::Weekday(_));
        (self.items.lex(at) == Some(Lex::Following) && plain).then_some((Days::After(weekday), 1 + found.used))
    }

    /// A count: "3", "three", "a".
    fn counted(&self, at: usize) -> Option<(u32, usize)> {
        match (self.items.lex(at), self.items.number(at)) {
            (_, Some((count, 1..=3))) => Some((count, 1)),
            (Some(Lex::Skip | Lex::Each), _) => Some((1, 1)),
            _ => self.items.counted(at),
        }
        .filter(|(count, _)| *count <= FARTHEST)
    }

    /// A single day that others are counted from, and how many items it takes. Itself it is not counted from another one.
    pub(super) fn base(&self, at: usize) -> Option<(NaiveDate, usize)> {
        let found = match self.items.lex(at) {
            Some(Lex::Relative(days)) => return Some((self.today.checked_add_signed(chrono::Duration::days(i64::from(days)))?, 1)),
            Some(Lex::Weekday(weekday)) => self.weekday(at, weekday),
            Some(Lex::This | Lex::Next | Lex::Following) => self.this_next(at),
            _ => self.date(at),
        }?;
        match found.days {
            Days::Day(day) => Some((day, found.used)),
            Days::Weekday(weekday) => Some((on_or_after(self.today.succ_opt()?, weekday)?, found.used)),
            _ => None,
        }
    }

    /// "for three days from Monday", "for a week starting tomorrow".
    pub(super) fn lasting(&self, at: usize) -> Option<Found> {
        let (count, more) = self.counted(at + 1)?;
        let mut next = at + 1 + more;
        let days = match self.items.lex(next)? {
            Lex::Unit(Unit::Day) => count,
            Lex::Unit(Unit::Week) | Lex::WeekOf => count * 7,
            _ => return None,
        };
        // "week starting" is one phrase.
        let starts = self.items.lex(next) == Some(Lex::WeekOf);
        next += 1 + usize::from(self.items.mark(next + 1) == Some(','));
        if !starts {
            if self.items.lex(next) != Some(Lex::From) {
                return None;
            }
            next = self.items.skip(next, &[Lex::From, Lex::On, Lex::Of]);
        }
        let (first, used) = self.base(next)?;
        let last = first.checked_add_days(Count::new(u64::from(days.checked_sub(1)?)))?;
        Some(Found {
            days: Days::Span(first, last),
            used: next + used - at,
            contradicts: false,
        })
    }

    /// "the next three days", "the next 2 weeks": `at` is the place of "next", which may stand before the count or behind it.
    pub(super) fn next_days(&self, at: usize, count: u32, start: usize) -> Option<Found> {
        let last = match self.items.lex(at + 1)? {
            Lex::Unit(Unit::Day) => self.today.checked_add_days(Count::new(u64::from(count)))?,
            unit => later(self.today, count, unit)?,
        };
        Some(Found {
            days: Days::Span(self.today.succ_opt()?, last),
            used: at + 2 - start,
            contradicts: false,
        })
    }

    /// Which one of several: "second", "3rd", "the first".
    fn nth(&self, at: usize) -> Option<(u32, usize)> {
        match (self.items.lex(at), self.items.number(at)) {
            (Some(Lex::Ordinal(nth)), _) => Some((nth, 1)),
            (Some(Lex::FirstOne), _) => Some((1, 1)),
            (Some(Lex::LastOne | Lex::Last), _) => Some((LAST, 1)),
            (_, Some((nth, 1))) if self.items.lex(at + 1) == Some(Lex::OrdinalMark) => Some((nth, 2)),
            _ => None,
        }
        .filter(|(nth, _)| *nth <= 5)
    }

    /// "the first two weeks of March", "the first 3 weeks of 2027"
    fn first_weeks(&self, at: usize, nth: u32, used: usize) -> Option<Found> {
        let (count, more) = self.counted(at + used).filter(|_| nth == 1)?;
        let unit = at + used + more;
        if self.items.lex(unit) != Some(Lex::Unit(Unit::Week)) || count == 0 {
            return None;
        }
        let next = self.items.skip(unit + 1, &[Lex::Of, Lex::From]);
        let (first, end) = match (self.items.lex(next), self.year(next)) {
            (Some(Lex::Month(month)), _) => (self.first_of(month)?, next + 1),
            (_, Some((year, more))) => (NaiveDate::from_ymd_opt(year, 1, 1)?, next + more),
            _ => return None,
        };
        // The first week is the one most of which lies there.
        let first = monday(first.with_day(4)?)?;
        let last = first.checked_add_days(Count::new(u64::from(count) * 7 - 1))?;
        Some(Found {
            days: Days::Span(first, last),
            used: end - at,
            contradicts: false,
        })
    }

    /// "first Wednesday of December", "the first week of March", "2nd week in January 2027".
    pub(super) fn nth_of_month(&self, at: usize) -> Option<Found> {
        let (nth, used) = self.nth(at)?;
        if let Some(found) = self.first_weeks(at, nth, used) {
            return Some(found);
        }
        let unit = self.items.lex(at + used)?;
        if !matches!(unit, Lex::Weekday(_) | Lex::Unit(Unit::Week) | Lex::WeekOf) {
            return None;
        }
        let next = self.items.skip(at + used + 1, &[Lex::Of, Lex::From]);
        let Lex::Month(month) = self.items.lex(next)? else { return None };
        let year = self.year(next + 1);
        let first = match year {
            Some((year, _)) => NaiveDate::from_ymd_opt(year, month, 1)?,
            None => self.first_of(month)?,
        };
        if nth == LAST {
            let last = last_of(first)?;
            // The last week is the one most of which lies in the month.
            let days = match unit {
                Lex::Weekday(weekday) => Days::Day(on_or_after(last.checked_sub_days(Count::new(6))?, weekday)?),
                _ => Days::Week(Week::of(monday(last.checked_sub_days(Count::new(3))?)?)),
            };
            return Some(Found {
                days,
                used: next + 1 + year.map_or(0, |(_, used)| used) - at,
                contradicts: false,
            });
        }
        let ahead = Count::new(7 * u64::from(nth.checked_sub(1)?));
        let days = match unit {
            Lex::Weekday(weekday) => Days::Day(
                on_or_after(first, weekday)?
                    .checked_add_days(ahead)
                    .filter(|day| day.month() == month)?,
            ),
            // The first week is the one most of which lies in the month.
            _ => Days::Week(Week::of(monday(first.with_day(4)?.checked_add_days(ahead)?)?)),
        };
        Some(Found {
            days,
            used: next + 1 + year.map_or(0, |(_, used)| used) - at,
            contradicts: false,
        })
    }
}

/// So many days, weeks, months or years after a day.
fn later(day: NaiveDate, count: u32, unit: Lex) -> Option<NaiveDate> {
    let days = |count: u32| day.checked_add_days(Count::new(u64::from(count)));
    match unit {
        Lex::Unit(Unit::Day) => days(count),
        Lex::Unit(Unit::Week) => days(count * 7),
        Lex::Unit(Unit::Fortnight) => days(count * 14),
        Lex::Unit(Unit::Month) => day.checked_add_months(Months::new(count)),
        Lex::Unit(Unit::Year) => day.checked_add_months(Months::new(count * 12)),
        Lex::Unit(Unit::Hour | Unit::Minute) => None,
        Lex::Workdays => day
            .iter_days()
            .skip(1)
            .filter(|day| day.weekday().number_from_monday() < 6)
            .nth(usize::try_from(count.checked_sub(1)?).ok()?),
        Lex::EveryWeekday(weekday) => {
            on_or_after(day.succ_opt()?, weekday)?.checked_add_days(Count::new(7 * u64::from(count.checked_sub(1)?)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Days, Week, day, first_of};

    #[test]
    fn counted_from_a_day() {
        for (text, expected) in [
            ("in three days", "2026-11-23"),
            ("in two weeks", "2026-12-04"),
            ("in a month", "2026-12-20"),
            ("in four business days", "2026-11-26"),
            ("3 days from now", "2026-11-23"),
            ("two weeks later", "2026-12-04"),
            ("a week from Tuesday", "2026-12-01"),
            ("a week after tomorrow", "2026-11-28"),
            ("two Mondays from now", "2026-11-30"),
            ("ci vediamo tra 3 giorni, grazie", "2026-11-23"),
            ("ik kan over 3 dagen, dank je", "2026-11-23"),
            ("the last Friday of March", "2027-03-26"),
            ("the second Tuesday in March 2028", "2028-03-14"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Day(day(expected))), "{text}");
        }
    }

    #[test]
    fn several_days() {
        for (text, from, to) in [
            ("the next 3 days", "2026-11-21", "2026-11-23"),
            ("the 2 next weeks", "2026-11-21", "2026-12-04"),
            ("los 3 días siguientes", "2026-11-21", "2026-11-23"),
            ("for three days from Monday", "2026-11-23", "2026-11-25"),
            ("for a week starting tomorrow", "2026-11-21", "2026-11-27"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Span(day(from), day(to))), "{text}");
        }
        for (text, monday) in [
            ("the first week of March", "2027-03-01"),
            ("the last week of December", "2026-12-28"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Week(Week::of(day(monday)))), "{text}");
        }
    }
}
