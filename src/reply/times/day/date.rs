//! Dates: "12 March", "March 12th", "1/12", "8.12.2026", "2026-12-08", "the 14th".
//!
//! In: items. Out: a day; of the year named, or the next there is.
//! Never here: weekdays.

use chrono::{Datelike, Months, NaiveDate};

use super::super::items::Items;
use super::super::lex::{Lex, Unit, What};
use super::{Dates, Days, Found};

impl Dates<'_> {
    /// A date that begins with a number.
    pub(super) fn date(&self, at: usize) -> Option<Found> {
        let plain = |day, used| {
            self.month.set(Some(day));
            Some(Found {
                days: Days::Day(day),
                used,
                contradicts: false,
            })
        };
        if matches!(self.items.lex(at), Some(Lex::Month(_))) {
            return self.month_first(at);
        }
        if self.items.glued(at)
            && at > 0
            && matches!(
                self.items.what(at - 1),
                Some(What::Word(_) | What::Num(..) | What::Mark('+' | '$' | '€' | '£' | '#' | ':'))
            )
            // "says:30 December"
            && !(self.items.mark(at - 1) == Some(':') && self.items.number(at.wrapping_sub(2)).is_none())
        {
            return None;
        }
        // "6,107.31 August": the digits behind a point.
        if self.items.glued(at)
            && self.items.mark(at.wrapping_sub(1)) == Some('.')
            && self.items.glued(at.wrapping_sub(1))
            && self.items.number(at.wrapping_sub(2)).is_some_and(|(_, digits)| digits > 2)
        {
            return None;
        }
        if let Some(found) = self.numeric(at) {
            return plain(found.day, found.used);
        }
        let Some((day, used)) = self.day_number(at) else {
            return self.worded(at);
        };
        let mut next = at + used;
        let ordinal = self.is_ordinal(at);
        if self.items.mark(next) == Some('.') && self.items.glued(next) {
            next += 1;
        }
        // "12 March", "12th of March", "12-Mar", "12/Mar"
        let mut to_month = self.items.skip(next, &[Lex::Of, Lex::From, Lex::OrdinalMark, Lex::Unit(Unit::Day)]);
        if matches!(self.items.mark(to_month), Some('-' | '/')) && matches!(self.items.lex(to_month + 1), Some(Lex::Month(_))) {
            to_month += 1;
        }
        if let Some(Lex::Month(month)) = self.items.lex(to_month) {
            let mut end = to_month + 1;
            if self.items.mark(end) == Some('.') && self.items.glued(end) && self.items.glued(end + 1) {
                end += 1;
            }
            let year = self.year(end).or_else(|| self.short_year(end));
            let used = end + year.map_or(0, |(_, used)| used) - at;
            return plain(self.ahead(month, day, year.map(|(year, _)| year))?, used);
        }
        // "12th and 13th May", "14, 15 and 16 December", "14.-16.12.2026": the month stands behind the last.
        // "30 Nov 10-12, 1 Dec 14-16": hours stand between two dates.
        let hours = matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::Month(_)));
        if let Some((month, year)) = self.month_behind(next).filter(|_| !hours) {
            return plain(self.ahead(month, day, year)?, next - at);
        }
        if !ordinal {
            return self.is_bare(at, used).then(|| plain(self.of_month_spoken(day)?, used)).flatten();
        }
        // "2nd shift": the noun says what is counted, unless an article stands before.
        let led = matches!(
            self.items.lex(at.wrapping_sub(1)),
            Some(Lex::Of | Lex::On | Lex::And | Lex::Or | Lex::From | Lex::Till | Lex::After | Lex::Before)
        ) || self.items.mark(at.wrapping_sub(1)).is_some();
        let noun = matches!(self.items.what(next), Some(What::Word(_))) && !self.items.capital(next)
            || matches!(self.items.lex(next), Some(Lex::Event | Lex::Shift));
        if noun && !led {
            return None;
        }
        // "the 14th": a count of something when a noun follows.
        if matches!(self.items.lex(next), Some(Lex::Option | Lex::NotClock))
            || matches!(self.items.what(next), Some(What::Word(_))) && matches!(self.items.lex(at), Some(Lex::Ordinal(_)))
        {
            return None;
        }
        if matches!(self.items.lex(at), Some(Lex::Ordinal(n)) if n <= 5) {
            return None;
        }
        // A list number: "1. yes".
        if self.items.mark(at + 1) == Some('.') && (at == 0 || self.items.what(at - 1) == Some(&What::Line)) {
            return None;
        }
        if self.items.mark(at + 1) == Some('.')
            && !matches!(
                self.items.lex(at.wrapping_sub(1)),
                Some(Lex::On | Lex::Weekday(_) | Lex::And | Lex::Or | Lex::From | Lex::Till | Lex::Of)
            )
            && self.items.mark(at.wrapping_sub(1)).is_none()
        {
            return None;
        }
        let used = if self.items.mark(at + 1) == Some('.') { 2 } else { used };
        let day = self.of_month_spoken(day)?;
        plain(day, used)
    }

    /// "March 12", "Dec 8th, 2026", "Oct/10".
    pub(super) fn month_first(&self, at: usize) -> Option<Found> {
        let Lex::Month(month) = self.items.lex(at)? else { return None };
        let mut next = at + 1;
        if self.items.mark(next) == Some('.') && self.items.glued(next)
            || self.items.mark(next) == Some('/')
            || self.items.mark(next) == Some('-')
        {
            next += 1;
        }
        // "October, 1st"
        if self.items.mark(next) == Some(',') && self.is_ordinal(next + 1) {
            next += 1;
        }
        next = self.items.skip(next, &[Lex::Of]);
        let (day, used) = self.day_number(next).or_else(|| self.day_in_words(next))?;
        let mut end = next + used;
        // A clock time is no day: "March 12:30".
        if self.items.mark(end) == Some(':') && self.items.glued(end) && self.items.number(end + 1).is_some() && self.items.glued(end + 1) {
            return None;
        }
        let year = self.year(end);
        if let Some((_, used)) = year {
            end += used;
        }
        let date = self.ahead(month, day, year.map(|(year, _)| year))?;
        self.month.set(Some(date));
        Some(Found {
            days: Days::Day(date),
            used: end - at,
            contradicts: false,
        })
    }

    /// "November between 19 and 20"
    pub(super) fn days_behind_month(&self, at: usize, month: u32) -> Option<Found> {
        if self.items.lex(at + 1) != Some(Lex::Between) {
            return None;
        }
        let first_at = self.items.skip(at + 2, &[Lex::Of]);
        let (first, used) = self.day_number(first_at)?;
        let joint = first_at + used;
        let joined =
            matches!(self.items.lex(joint), Some(Lex::And | Lex::Till | Lex::ToHour)) || matches!(self.items.mark(joint), Some('-' | '–'));
        let last_at = self.items.skip(joint + 1, &[Lex::Of]);
        let (last, more) = self.day_number(last_at).filter(|_| joined)?;
        let year = self.year(last_at + more);
        let days = Days::Span(
            self.ahead(month, first, year.map(|(year, _)| year))?,
            self.ahead(month, last, year.map(|(year, _)| year))?,
        );
        Some(Found {
            days,
            used: last_at + more + year.map_or(0, |(_, used)| used) - at,
            contradicts: first >= last,
        })
    }

    /// A year behind a date: ", 2027", "2027", "/27".
    pub(super) fn year(&self, at: usize) -> Option<(i32, usize)> {
        let (next, skipped) = match self.items.mark(at) {
            Some(',' | '/' | '-' | '.') => (at + 1, 1),
            _ if self.items.lex(at) == Some(Lex::Of) => (at + 1, 1),
            _ => (at, 0),
        };
        // "two thousand and thirty"
        if self.items.lex(next) == Some(Lex::Number(2)) && self.items.lex(next + 1) == Some(Lex::Thousand) {
            let behind = self.items.skip(next + 2, &[Lex::And]);
            let (years, used) = self.items.counted(behind).unwrap_or((0, 0));
            let end = if used == 0 { next + 2 } else { behind + used };
            return Some((i32::try_from(2000 + years).ok()?, end - at));
        }
        let (value, digits) = self.items.number(next)?;
        // "Dec 8, 2030" may be a clock time with a day after it; four digits of this century are a year.
        (digits == 4 && (1990..2100).contains(&value)).then(|| Some((i32::try_from(value).ok()?, skipped + 1)))?
    }

    /// "Mar '27", "8 Dec 26" is left alone: a clock time may follow.
    pub(super) fn short_year(&self, at: usize) -> Option<(i32, usize)> {
        (self.items.mark(at) == Some('\'')).then_some(())?;
        let (year, digits) = self.items.number(at + 1)?;
        (digits == 2).then(|| Some((i32::try_from(2000 + year).ok()?, 2)))?
    }

    /// "veintidós de febrero", "the first of May", "due aprile"
    fn worded(&self, at: usize) -> Option<Found> {
        let (day, used) = match self.items.lex(at)? {
            Lex::FirstOne => (1, 1),
            _ => self.items.counted(at)?,
        };
        let to_month = self.items.skip(at + used, &[Lex::Of, Lex::From]);
        let Lex::Month(month) = self.items.lex(to_month)? else {
            return None;
        };
        let year = self.year(to_month + 1);
        let day = self.ahead(month, day, year.map(|(year, _)| year))?;
        self.month.set(Some(day));
        Some(Found {
            days: Days::Day(day),
            used: to_month + 1 + year.map_or(0, |(_, used)| used) - at,
            contradicts: false,
        })
    }

    /// A month alone: "February", "in March", "March 2027"; as it is the name of a verb or of a person as well, seldom in lower case.
    pub(in crate::reply::times) fn month_alone(&self, at: usize) -> Option<Found> {
        let Lex::Month(month) = self.items.lex(at)? else { return None };
        let dot = usize::from(self.items.mark(at + 1) == Some('.') && self.items.glued(at + 1) && self.items.length(at) <= 4);
        let year = self.year(at + 1 + dot);
        let led = matches!(
            self.items.lex(at.wrapping_sub(1)),
            Some(
                Lex::Of
                    | Lex::On
                    | Lex::After
                    | Lex::Before
                    | Lex::Till
                    | Lex::From
                    | Lex::Between
                    | Lex::Early
                    | Lex::Late
                    | Lex::Middle
                    | Lex::Next
                    | Lex::Following
            )
        );
        let verb = matches!(month, 3 | 5) || self.items.length(at) < 4;
        let free = self.items.number(at + 1 + dot).is_none()
            && self.day_number(at + 1 + dot).is_none()
            && self.day_in_words(at + 1 + dot).is_none()
            || year.is_some();
        if !(year.is_some() || led || !verb && (self.items.capital(at) || self.items.length(at) > 4)) || !free {
            return None;
        }
        let first = match year {
            Some((year, _)) => NaiveDate::from_ymd_opt(year, month, 1)?,
            None => self.first_of(month)?,
        };
        Some(Found {
            days: Days::Span(first, last_of(first)?),
            used: 1 + year.map_or(0, |(_, used)| dot + used),
            contradicts: false,
        })
    }

    /// The month behind the last day of a list, and its year.
    fn month_behind(&self, at: usize) -> Option<(u32, Option<i32>)> {
        let mut next = at;
        for _ in 0..6 {
            let joint = matches!(
                self.items.lex(next),
                Some(Lex::And | Lex::Or | Lex::Till | Lex::AtOrTill | Lex::ToHour)
            ) || matches!(self.items.mark(next), Some(',' | '&' | '/' | '-' | '–' | '+'));
            if !joint {
                return None;
            }
            next += 1;
            if matches!(self.items.lex(next), Some(Lex::And | Lex::Or | Lex::On | Lex::Of)) {
                next += 1;
            }
            if matches!(self.items.lex(next), Some(Lex::Weekday(_))) {
                // "after 17 or Friday 9 July": an hour, where no weekday stands before the number.
                let before = |back: usize| at.checked_sub(back).and_then(|at| self.items.lex(at));
                let day = matches!(before(1), Some(Lex::OrdinalMark | Lex::Ordinal(_)))
                    || (2..=4).any(|back| matches!(before(back), Some(Lex::Weekday(_))))
                    || self.items.mark(at.wrapping_sub(1)) == Some('.');
                if !day {
                    return None;
                }
                next = self.items.skip(next + 1, &[Lex::Of]);
            }
            // "28.-29.11": the point of the first says that the last is a date.
            let dotted = self.items.mark(at.wrapping_sub(1)) == Some('.');
            if let Some(last) = self.numeric(next).filter(|last| last.sure || dotted) {
                return Some((last.day.month(), last.dated.then(|| last.day.year())));
            }
            let (_, used) = self.day_number(next)?;
            // "10-12, 1st Dec": what is no ordinal is no day where days are ordinals.
            let first = matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::OrdinalMark | Lex::Ordinal(_)));
            if self.is_ordinal(next) && !first && self.items.mark(next.wrapping_sub(1)) == Some(',') {
                return None;
            }
            next += used;
            if self.items.mark(next) == Some('.') && self.items.glued(next) {
                next += 1;
            }
            let to_month = self.items.skip(next, &[Lex::Of]);
            if let Some(Lex::Month(month)) = self.items.lex(to_month) {
                return Some((month, self.year(to_month + 1).map(|(year, _)| year)));
            }
        }
        None
    }

    /// A day of a month: of the year named, or the next one from today on.
    pub(super) fn ahead(&self, month: u32, day: u32, year: Option<i32>) -> Option<NaiveDate> {
        if let Some(year) = year {
            return NaiveDate::from_ymd_opt(year, month, day);
        }
        let this = NaiveDate::from_ymd_opt(self.today.year(), month, day);
        match this {
            Some(this) if this >= self.today => Some(this),
            _ => (1..=4).find_map(|later| NaiveDate::from_ymd_opt(self.today.year() + later, month, day)),
        }
    }

    pub(super) fn first_of(&self, month: u32) -> Option<NaiveDate> {
        let this = NaiveDate::from_ymd_opt(self.today.year(), month, 1)?;
        if last_of(this)? >= self.today {
            Some(this)
        } else {
            NaiveDate::from_ymd_opt(self.today.year() + 1, month, 1)
        }
    }
}

/// The last day of the month that begins with a day.
pub(super) fn last_of(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::super::{Days, day, first_of};

    #[test]
    fn dates_with_a_month() {
        for (text, expected) in [
            ("the 4th of December", "2026-12-04"),
            ("December, 4th", "2026-12-04"),
            ("Dec 4 2027", "2027-12-04"),
            ("on May twenty two", "2027-05-22"),
            ("the twenty second day of May", "2027-05-22"),
            ("el primero de febrero", "2027-02-01"),
            ("il due febbraio", "2027-02-02"),
            ("de tweede van februari", "2027-02-02"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Day(day(expected))), "{text}");
        }
    }
}
