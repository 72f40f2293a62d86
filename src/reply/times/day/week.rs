//! Weekdays and weeks: "Tuesday", "next Friday", "this weekend", "early next week", "Monday the 7th".
//!
//! In: items. Out: days, of the week named or of the one spoken of.
//! Never here: dates without a weekday.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::super::items::Items;
use super::super::lex::{Lex, Unit, What};
use super::date::last_of;
use super::{Dates, Days, Found, Week, monday, on_or_after};

impl Dates<'_> {
    /// "sat" and "sun" are weekdays with a capital, or beside one.
    pub(super) fn is_weekday(&self, at: usize) -> bool {
        let short = self.items.get(at).is_some_and(|item| item.bytes.len() <= 3 && !item.capital);
        let ambiguous = matches!(self.items.lex(at), Some(Lex::Weekday(6 | 7)));
        // "DI Gruber", "Sun Microsystems": a title, a name.
        let name = self.items.length(at) <= 3
            && self.items.get(at).is_some_and(|item| item.capital)
            && matches!(self.items.what(at.wrapping_sub(1)), None | Some(What::Line))
            && matches!(self.items.what(at + 1), Some(What::Word(_)))
            && self.items.capital(at + 1)
            && matches!(self.items.what(at + 2), None | Some(What::Line));
        if name {
            return false;
        }
        !(short && ambiguous)
            || [at.wrapping_sub(1), at + 1].iter().any(|&near| {
                self.items.number(near).is_some()
                    || matches!(
                        self.items.lex(near),
                        Some(
                            Lex::And
                                | Lex::Or
                                | Lex::On
                                | Lex::This
                                | Lex::Next
                                | Lex::Part(_)
                                | Lex::At
                                | Lex::Am
                                | Lex::Pm
                                | Lex::AnyTime
                        )
                    )
                    || matches!(self.items.mark(near), Some(':' | '/' | '-' | '–' | ','))
            })
    }

    /// A weekday and what stands with it: "next", a week, a date.
    pub(super) fn weekday(&self, at: usize, weekday: u32) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        let mut next = at + 1;
        // "Tues."
        let ends_sentence = self.items.capital(next + 1) && !matches!(self.items.lex(next + 1), Some(Lex::Month(_)));
        if self.items.mark(next) == Some('.')
            && self.items.glued(next)
            && !ends_sentence
            && self.items.get(at).is_some_and(|item| item.bytes.len() <= 5)
        {
            next += 1;
        }
        // "lundi prochain", "Monday next"
        match self.items.lex(next) {
            // "le mercredi suivant"
            Some(Lex::Following) if !self.items.capital(next) => return plain(Days::After(weekday), next + 1 - at),
            Some(Lex::Next)
                if !matches!(self.items.lex(next + 1), Some(Lex::Unit(_)))
                    && !matches!(self.items.lex(next + 1), Some(Lex::Weekday(_)))
                    && !self.items.capital(next) =>
            {
                return plain(Days::Day(self.week(1)?.day(weekday)?), next + 1 - at);
            }
            // "Tuesday week": a week after it.
            Some(Lex::Unit(Unit::Week))
                if self.items.number(next + 1).is_none()
                    && !matches!(self.items.lex(next + 1), Some(Lex::Next | Lex::This | Lex::Following)) =>
            {
                let day = on_or_after(self.today.succ_opt()?, weekday)?.checked_add_days(Count::new(7))?;
                return plain(Days::Day(day), next + 1 - at);
            }
            _ => {}
        }
        // "Monday the 7th", "Mon, 23 Nov", "Mon (7/12)"
        let mut date_at = next;
        let mut bracket = false;
        if let Some(mark @ (',' | '(' | '-' | '–')) = self.items.mark(next) {
            // A dash before a bare number is a range of hours.
            bracket = mark == '(';
            if !matches!(mark, '-' | '–') || self.date(next + 1).is_some_and(|found| found.used > 1) {
                date_at = next + 1;
            }
        }
        date_at = self.items.skip(date_at, &[Lex::Of, Lex::On]);
        if let Some((day, used)) = self.list_behind(date_at, weekday).filter(|_| bracket) {
            return plain(Days::Day(day), date_at + used - at);
        }
        if let Some(found) = self.date_beside(date_at, weekday) {
            let end = date_at + found.used;
            let close = usize::from(bracket && self.items.mark(end) == Some(')'));
            return Some(Found {
                used: end + close - at,
                ..found
            });
        }
        plain(Days::Weekday(weekday), next - at)
    }

    /// "Wed or Thu (13th/14th)": the dates of several weekdays in brackets, this weekday's the last of them; how many items they take.
    fn list_behind(&self, at: usize, weekday: u32) -> Option<(NaiveDate, usize)> {
        let (first, used) = self.day_number(at)?;
        let joint = at + used;
        let joined = matches!(self.items.mark(joint), Some('/' | '&' | ',')) || matches!(self.items.lex(joint), Some(Lex::And | Lex::Or));
        let (last, more) = self.day_number(joint + 1).filter(|_| joined)?;
        let end = joint + 1 + more;
        let day = self
            .today
            .iter_days()
            .take(45)
            .find(|day| day.day() == last && day.weekday().number_from_monday() == weekday)?;
        (first != last && self.items.mark(end) == Some(')')).then_some((day, end + 1 - at))
    }

    /// "de 10 a 13": hours, from one to the other, where no article of days stands before them.
    fn is_from_to(&self, at: usize) -> bool {
        !self.items.get(at.wrapping_sub(1)).is_some_and(|item| item.of_days)
            && matches!(self.items.lex(at + 1), Some(Lex::AtOrTill | Lex::Till | Lex::ToHour))
            && self.items.number(at + 2).is_some()
            && self.items.get(at + 1).is_some_and(|item| !item.phrase)
    }

    /// The date that begins at an item and is of a weekday if it can be.
    pub(super) fn date_beside(&self, at: usize, weekday: u32) -> Option<Found> {
        let is = |day: &NaiveDate| day.weekday().number_from_monday() == weekday;
        // Another order of day and month, another month, or a date that the weekday contradicts.
        let Some(found) = self.date(at) else {
            // "Weds 25 9-10.30"
            let (number, _) = self.items.number(at).filter(|(n, digits)| *digits <= 2 && (1..=31).contains(n))?;
            let hours = self.items.number(at + 1).is_some() && !self.items.glued(at + 1)
                // "Monday the 12 at 14h30"
                || self.items.lex(at.wrapping_sub(1)) == Some(Lex::Of)
                    && !self.items.glued(at + 1)
                    && !self.is_from_to(at)
                    && !matches!(self.items.lex(at + 1), Some(Lex::Am | Lex::Pm | Lex::ClockMark | Lex::Unit(_) | Lex::NotClock | Lex::Sharp))
                || number > 12
                    && matches!(
                        self.items.lex(at + 1),
                        Some(Lex::Till | Lex::After | Lex::Before | Lex::From | Lex::Between | Lex::Not | Lex::Out | Lex::DayOff | Lex::Onwards)
                    );
            let day = self.today.iter_days().take(45).find(|day| day.day() == number && is(day))?;
            return hours.then_some(Found {
                days: Days::Day(day),
                used: 1,
                contradicts: false,
            });
        };
        let Days::Day(day) = found.days else { return None };
        let other = self.turned(!self.day_first);
        let swapped = other.date(at).filter(|swapped| matches!(swapped.days, Days::Day(day) if is(&day)));
        if is(&day) {
            // Of two such days the one within four months.
            let near = |found: &Found| matches!(found.days, Days::Day(day) if (day - self.today).num_days() <= 120);
            // "Friday 7.6" by somebody who puts the month first
            if let (false, Some('.'), Some((month, _)), Some((number, _))) = (
                self.day_first,
                self.items.mark(at + 1),
                self.items.number(at),
                self.items.number(at + 2),
            ) && !near(&found)
                && let Some(day) = self.ahead(month, number, None).filter(|day| is(day))
            {
                let turned = Found {
                    days: Days::Day(day),
                    ..found.clone()
                };
                if near(&turned) {
                    return Some(turned);
                }
            }
            return swapped.filter(|swapped| near(swapped) && !near(&found)).or(Some(found));
        }
        if swapped.is_some() {
            return swapped;
        }
        // "Wednesday 17th June and Thursday 18th": of the month spoken of.
        if let Some(spoken) = self.month.get()
            && found.used <= 3
            && self.month_stands(at, found.used).is_none()
            && let Some(day) = spoken.with_day(day.day()).filter(|day| is(day) && *day >= self.today)
        {
            return Some(Found {
                days: Days::Day(day),
                ..found
            });
        }
        // "Monday 7th" without a month: the next 7th that is a Monday. For one that is not of this month or the next people name it.
        if found.used <= 3 && self.month_stands(at, found.used).is_none() {
            let mut month = self.today.with_day(1)?;
            for number in 0..12 {
                if let Some(day) = month.with_day(day.day()).filter(|day| is(day) && *day >= self.today) {
                    return Some(Found {
                        days: Days::Day(day),
                        contradicts: number > 1,
                        ..found
                    });
                }
                month = month.checked_add_months(Months::new(1))?;
            }
        }
        // "Friday 23" that is none is no date.
        if self.is_bare(at, found.used) {
            return None;
        }
        Some(Found {
            contradicts: true,
            ..found
        })
    }

    pub(super) fn month_stands(&self, at: usize, used: usize) -> Option<()> {
        (at..at + used)
            .any(|place| matches!(self.items.lex(place), Some(Lex::Month(_))) || place > at && self.items.number(place).is_some())
            .then_some(())
    }

    /// "this Tuesday", "next week", "next Friday", "this weekend", "next month", "the next three days".
    pub(super) fn this_next(&self, at: usize) -> Option<Found> {
        let plain = |days, used| {
            Some(Found {
                days,
                used,
                contradicts: false,
            })
        };
        let which = self.items.lex(at)?;
        let mut next = self.items.skip(at + 1, &[Lex::Of]);
        // "next next Monday", "this coming Tuesday"
        let which = if which == Lex::Following { Lex::Next } else { which };
        let mut ahead = i64::from(which == Lex::Next);
        let last = self.items.skip(next, &[Lex::Next, Lex::Following]);
        if which == Lex::Next {
            ahead += i64::try_from(last - next).ok()?;
        }
        next = last;
        if let Some((count, 1..=3)) = self.items.number(next) {
            return self.next_days(next, count, at);
        }
        match self.items.lex(next)? {
            Lex::Unit(Unit::Week) => plain(Days::Week(self.week(ahead)?), next + 1 - at),
            Lex::Unit(Unit::Day) if which == Lex::Next => plain(Days::Following, next + 1 - at),
            Lex::Unit(Unit::Day) if which == Lex::This => plain(Days::Day(self.today), next + 1 - at),
            Lex::Unit(Unit::Month) => {
                let first = self
                    .today
                    .with_day(1)?
                    .checked_add_months(Months::new(u32::from(which == Lex::Next)))?;
                plain(Days::Span(first.max(self.today), last_of(first)?), next + 1 - at)
            }
            Lex::Weekday(weekday) | Lex::EveryWeekday(weekday) => {
                let week = self.week(ahead)?;
                let day = week.day(weekday)?;
                // "this Sunday", said on a Sunday.
                let day = if which == Lex::This && self.today.weekday().number_from_monday() == weekday && weekday > 5 {
                    self.today
                } else if day < self.today && which == Lex::This {
                    day.checked_add_days(Count::new(7))?
                } else {
                    day
                };
                // "next Tuesday the 8th"
                let found = self.weekday(next, weekday)?;
                let days = if let Days::Day(day) = found.days {
                    Days::Day(day)
                } else {
                    Days::Day(day)
                };
                plain(days, next + found.used - at)
            }
            Lex::Weekend => {
                let saturday = self.week(ahead)?.day(6)?;
                let saturday = if self.today.weekday().number_from_monday() > 5 {
                    saturday
                } else {
                    monday(self.today)?.checked_add_signed(chrono::Duration::days(5 + 7 * ahead))?
                };
                plain(Days::Span(saturday, saturday.succ_opt()?), next + 1 - at)
            }
            // "next morning": of the day after
            Lex::Part(_) if self.items.lex(at) == Some(Lex::Next) => plain(Days::Following, next - at),
            Lex::Part(_) if which == Lex::This => plain(Days::Day(self.today), next - at),
            Lex::Month(_) => {
                let found = self.month_first(next)?;
                plain(found.days, next + found.used - at)
            }
            Lex::Number(n) => self.next_days(next, n, at),
            Lex::Workdays => plain(Days::Week(self.week(ahead)?), next + 1 - at),
            _ => None,
        }
    }

    /// "early next week", "the end of the week", "the rest of this week", "mid-December".
    pub(super) fn part_of(&self, at: usize) -> Option<Found> {
        let which = self.items.lex(at)?;
        let mut next = self.items.skip(at + 1, &[Lex::Of, Lex::On]);
        if self.items.mark(next) == Some('-') {
            next = self.items.skip(next + 1, &[Lex::Of, Lex::On]);
        }
        if which == Lex::RestOf
            && let Some(end) = self.day_of_rest(at + 1)
        {
            return Some(Found {
                days: Days::Same,
                used: end - at,
                contradicts: false,
            });
        }
        let (days, used) = match self.items.lex(next)? {
            Lex::Unit(Unit::Week) => match self.single(next) {
                Some(found) => (found.days, found.used),
                // "the rest of the week": of the one spoken of.
                None if which == Lex::RestOf && self.week.get().is_some_and(|spoken| Some(spoken) != monday(self.today)) => (Days::Rest, 1),
                None => (Days::Week(self.week(0)?), 1),
            },
            Lex::This | Lex::Next | Lex::WeekOf | Lex::CalendarWeek | Lex::WeekAfterNext | Lex::WeekAfter => {
                let found = self.single(next)?;
                (found.days, found.used)
            }
            Lex::Month(month) => {
                let first = self.first_of(month)?;
                (Days::Span(first, last_of(first)?), 1)
            }
            Lex::Unit(Unit::Month) => {
                let first = self.today.with_day(1)?;
                (Days::Span(first, last_of(first)?), 1)
            }
            _ => return None,
        };
        let days = match days {
            Days::Week(week) => {
                let today = self.today.weekday().num_days_from_monday();
                let (first, last) = match which {
                    Lex::Early => (0, 1),
                    Lex::Middle => (1, 3),
                    Lex::Late => (3, 4),
                    _ if week.monday <= self.today => (u64::from(today), 4),
                    _ => (0, 4),
                };
                Days::Week(Week { first, last, ..week })
            }
            Days::Span(first, last) => {
                let at = |n| first.with_day(n);
                match which {
                    Lex::Early => Days::Span(first, at(10)?),
                    Lex::Middle => Days::Span(at(11)?, at(20)?),
                    Lex::Late => Days::Span(at(21)?, last),
                    _ => Days::Span(self.today.max(first), last),
                }
            }
            other => other,
        };
        Some(Found {
            days,
            used: next + used - at,
            contradicts: false,
        })
    }

    /// "of the day", "of my day": where it ends.
    pub(super) fn day_of_rest(&self, at: usize) -> Option<usize> {
        let day = self.items.skip(at, &[Lex::Of, Lex::On, Lex::Skip]);
        let of = self.items.lex(at.wrapping_sub(1)) == Some(Lex::RestOf) || self.items.lex(at) == Some(Lex::Of);
        match self.items.lex(day) {
            Some(Lex::Unit(Unit::Day) | Lex::AnyTime) => Some(day + 1),
            Some(Lex::Unit(_) | Lex::Month(_) | Lex::This | Lex::Next | Lex::WeekOf) => None,
            // "day" is a small word of the tables as well: "el resto del día".
            _ => (of && day > at && matches!(self.items.lex(day - 1), Some(Lex::Skip | Lex::On))).then_some(day),
        }
    }

    /// The week so many weeks from now; on a weekend all of this, the coming and the next are the one about to begin.
    pub(super) fn week(&self, ahead: i64) -> Option<Week> {
        let weekend = self.today.weekday().number_from_monday() > 5;
        self.week.set(None);
        let base = monday(self.today)?;
        let ahead = if weekend { ahead.max(1) } else { ahead };
        let week = base.checked_add_signed(chrono::Duration::weeks(ahead))?;
        self.week.set(Some(week));
        Some(Week::of(week))
    }

    /// The week it was written in.
    pub(in crate::reply::times) fn this_week(&self) -> Option<Week> {
        self.week(0)
    }

    pub(super) fn calendar_week(&self, number: u32) -> Option<NaiveDate> {
        let of = |year| NaiveDate::from_isoywd_opt(year, number, chrono::Weekday::Mon);
        let year = self.today.iso_week().year();
        of(year)
            .filter(|monday| monday.checked_add_days(Count::new(6)).is_some_and(|sunday| sunday >= self.today))
            .or_else(|| of(year + 1))
    }
}
