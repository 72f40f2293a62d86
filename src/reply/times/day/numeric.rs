//! Dates in digits: "1/12", "8.12.", "8-12-2026", "2026-12-08", "2026/Dec/8".
//!
//! In: items. Out: a day. The order of day and month is the writer's, unless it is impossible, or far off and the other one is not.
//! Never here: dates with a month in words, but for those in the order of ISO 8601.

use chrono::{Datelike, NaiveDate};

use super::super::items::Items;
use super::super::lex::{Lex, What};
use super::Dates;

/// A date in digits as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeric {
    pub(super) day: NaiveDate,
    pub(super) used: usize,
    /// Its year stands there.
    pub(super) dated: bool,
    /// Nothing but a date: it has a year, or a point at its end.
    pub(super) sure: bool,
}

impl Dates<'_> {
    /// The date in digits that begins at an item.
    pub(super) fn numeric(&self, at: usize) -> Option<Numeric> {
        // "0.8/15" is a formula.
        if self.items.glued(at) && self.items.mark(at.wrapping_sub(1)) == Some('.') && self.items.number(at.wrapping_sub(2)).is_some() {
            return None;
        }
        self.year_first(at).or_else(|| self.two_or_three(at))
    }

    /// "2026-12-08", "2026/12/08", "2026-Dec-8"; with the "T" behind it.
    fn year_first(&self, at: usize) -> Option<Numeric> {
        let (year, 4) = self.items.number(at)? else { return None };
        let mark @ ('-' | '/' | '.') = self.items.mark(at + 1)? else {
            return None;
        };
        let month = match (self.items.lex(at + 2), self.items.number(at + 2)) {
            (Some(Lex::Month(month)), _) => month,
            (_, Some((month, _))) => month,
            _ => return None,
        };
        let (day, _) = self.items.number(at + 4).filter(|_| self.items.mark(at + 3) == Some(mark))?;
        let t =
            matches!(self.items.what(at + 5), Some(What::Word(t)) if &**t == "t") && self.items.glued(at + 5) && self.items.glued(at + 6);
        Some(Numeric {
            day: NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?,
            used: 5 + usize::from(t),
            dated: true,
            sure: true,
        })
    }

    /// "8/12", "8.12.", "8-12-2026", "08.12.26"
    fn two_or_three(&self, at: usize) -> Option<Numeric> {
        let (first, 1 | 2) = self.items.number(at)? else { return None };
        let mark @ ('/' | '.' | '-') = self.items.mark(at + 1)? else {
            return None;
        };
        let (second, 1 | 2) = self.items.number(at + 2)? else { return None };
        if !(self.items.glued(at + 1) && self.items.glued(at + 2)) {
            return None;
        }
        let follows = |at: usize| self.items.glued(at) && self.items.glued(at + 1) && self.items.number(at + 1).is_some();
        let year = (self.items.mark(at + 3) == Some(mark) && follows(at + 3))
            .then(|| self.items.number(at + 4))
            .flatten()
            .filter(|(_, digits)| matches!(digits, 2 | 4));
        // "8/1.5", "1.1.3", "10.1.2.4" are something else.
        let end = if year.is_some() { at + 5 } else { at + 3 };
        if matches!(self.items.mark(end), Some('.' | '/')) && follows(end) {
            return None;
        }
        let closed = mark == '.' && year.is_none() && self.items.mark(at + 3) == Some('.') && self.items.glued(at + 3);
        let is_date = year.is_some()
            || match mark {
                '/' => true,
                '.' => closed || self.is_dotted(at, first, second),
                _ => self.is_dashed(at, first, second),
            };
        // "3.15 pm"
        let clocked = matches!(self.items.lex(at + 3), Some(Lex::Am | Lex::Pm | Lex::ClockMark)) && year.is_none() && mark != '/';
        if !is_date || clocked {
            return None;
        }
        let in_full = year.and_then(|(year, digits)| i32::try_from(if digits == 2 { 2000 + year } else { year }).ok());
        Some(Numeric {
            day: self.ordered(first, second, in_full, mark == '.')?,
            used: match (year, closed) {
                (Some(_), _) => 5,
                (None, true) => 4,
                (None, false) => 3,
            },
            dated: year.is_some(),
            sure: year.is_some() || closed,
        })
    }

    /// "on 4-22", "22-4": a date and no range of hours.
    fn is_dashed(&self, at: usize, first: u32, second: u32) -> bool {
        let led = matches!(self.items.lex(at.wrapping_sub(1)), Some(Lex::On | Lex::Back));
        let (less, more) = (first.min(second), first.max(second));
        more > 24 || (1..=12).contains(&less) && (led && more > 12 || first > 17)
    }

    /// "13.6", "04.09": a date and not a clock time, by what stands beside it or because no clock shows it.
    fn is_dotted(&self, at: usize, first: u32, second: u32) -> bool {
        if !(1..=31).contains(&first) || !(1..=12).contains(&second) {
            return false;
        }
        let one_digit = self.items.number(at + 2).is_some_and(|(_, digits)| digits == 1);
        let before = at.checked_sub(1);
        let lex = before.and_then(|before| self.items.lex(before));
        if one_digit {
            // "am 13.6", "Mon 13.6"
            return matches!(
                lex,
                Some(Lex::On | Lex::Weekday(_) | Lex::Of | Lex::From | Lex::Till | Lex::Or | Lex::And)
            ) || before.is_some_and(|before| matches!(self.items.mark(before), Some(',' | '.' | '(' | '-' | '–')))
                || at == 0
                    && self.day_first
                    && (matches!(self.items.what(at + 3), None | Some(What::Line | What::Mark('-' | '–' | ',')))
                        || matches!(
                            self.items.lex(at + 3),
                            Some(Lex::Part(_) | Lex::At | Lex::Before | Lex::After | Lex::From | Lex::Till)
                        ));
        }
        if matches!(
            lex,
            Some(Lex::At | Lex::AtOrTill | Lex::After | Lex::Before | Lex::Between | Lex::Till)
        ) {
            return false;
        }
        // German says "um" before a clock time.
        if self.dotted && lex == Some(Lex::On) || self.full_date_behind(at + 3) {
            return true;
        }
        // The weekday beside it says so.
        if let Some(day) = self.ahead(second, first, None) {
            let named = match lex {
                Some(Lex::Weekday(weekday)) => day.weekday().number_from_monday() == weekday,
                Some(Lex::Relative(days)) => (day - self.today).num_days() == i64::from(days),
                _ => false,
            };
            if named {
                return true;
            }
        }
        // "9.10 23:00"
        let behind = self.items.skip(at + 3, &[Lex::At]);
        let clock_behind = self.items.number(behind).is_some() && self.items.mark(behind + 1) == Some(':');
        clock_behind || first > 24 || self.day_first && !second.is_multiple_of(5)
    }

    /// "11.10-12.10.2026": a date with its year stands behind a dash.
    fn full_date_behind(&self, at: usize) -> bool {
        let dot = |at: usize| self.items.mark(at) == Some('.') && self.items.glued(at);
        matches!(self.items.mark(at), Some('-' | '–'))
            && dot(at + 2)
            && dot(at + 4)
            && self.items.number(at + 5).is_some_and(|(_, digits)| digits == 4)
    }

    /// Two numbers as day and month. The other order when this one is impossible, or far off.
    fn ordered(&self, first: u32, second: u32, year: Option<i32>, dotted: bool) -> Option<NaiveDate> {
        let as_day_first = self.ahead(second, first, year);
        let as_month_first = self.ahead(first, second, year);
        if dotted && year.is_none() {
            return as_day_first;
        }
        let (wanted, other) = if self.day_first || dotted {
            (as_day_first, as_month_first)
        } else {
            (as_month_first, as_day_first)
        };
        match (wanted, other) {
            (Some(wanted), Some(other)) => {
                let far = |day: NaiveDate| (day - self.today).num_days() > 120;
                Some(if year.is_none() && far(wanted) && !far(other) {
                    other
                } else {
                    wanted
                })
            }
            (wanted, other) => wanted.or(other),
        }
    }

    /// Whether a date in digits can be read in one order only: with the day first, or the month.
    pub(super) fn only_order(&self, at: usize) -> Option<bool> {
        let (first, _) = self.items.number(at)?;
        let '/' = self.items.mark(at + 1)? else { return None };
        let (second, _) = self.items.number(at + 2)?;
        match (first > 12, second > 12) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Days, day, first_of};

    #[test]
    fn dates_in_digits() {
        for (text, day_first, expected) in [
            ("let us say 4/12", true, "2026-12-04"),
            ("let us say 12/4", false, "2026-12-04"),
            // Impossible the one way, or far off.
            ("let us say 13/12", false, "2026-12-13"),
            ("let us say 12/5", true, "2026-12-05"),
            ("it is 2027-01-08", true, "2027-01-08"),
            ("it is 2027/Jan/8", true, "2027-01-08"),
            ("it is 08.01.27", true, "2027-01-08"),
            ("Wir sehen uns am 3.12.", true, "2026-12-03"),
            ("the 27.11 suits", true, "2026-11-27"),
            // A Thursday.
            ("Thursday 03.12 suits", true, "2026-12-03"),
            ("Ik kan op 22-12", true, "2026-12-22"),
        ] {
            assert_eq!(first_of(text, day_first), Some(Days::Day(day(expected))), "{text}");
        }
    }

    #[test]
    fn other_numbers() {
        for text in [
            "release 4.2.1",
            "0.8/15 of it",
            "8/1.5",
            "we paid 6.5 of it",
            "at 3.15",
            "from 9-17",
        ] {
            assert_eq!(first_of(text, true), None, "{text}");
        }
    }
}
