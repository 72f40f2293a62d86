//! From one day to another: "Mon-Wed", "8 to 10 December", "from Friday until the 3rd".
//!
//! In: items and the first day. Out: both days and all between them.
//! Never here: how a single day is written.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::super::items::Items;
use super::super::lex::Lex;
use super::{Dates, Days, Found, bit, on_or_after};

impl Dates<'_> {
    /// A range, when a joint and a second day follow the first one.
    pub(super) fn range_on(&self, first: &Found, at: usize) -> Option<Found> {
        let next = at + first.used;
        let dated = matches!(first.days, Days::Day(_));
        let joint = match (self.items.lex(next), self.items.mark(next)) {
            // "vom 18. auf den 19.9."
            (Some(Lex::On), _) if dated && self.items.lex(at.wrapping_sub(1)) == Some(Lex::From) && self.base(next + 1).is_some() => {
                next + 1
            }
            (Some(Lex::Till | Lex::AtOrTill | Lex::ToHour), _) => self.items.skip(next + 1, &[Lex::On, Lex::Of]),
            (_, Some('-' | '–' | '—' | '/' | '‑' | '−' | '>')) => next + 1,
            _ => return None,
        };
        let slash = self.items.mark(next) == Some('/');
        let (second, used) = match self.single(joint) {
            Some(second) => (second.days, second.used),
            // "Dec 8-10": the second day is of the same month.
            None if self.items.lex(next) == Some(Lex::AtOrTill) && self.items.lex(at.wrapping_sub(1)) != Some(Lex::From) => return None,
            // "today until 4" goes on with an hour.
            None if !(at..next)
                .any(|at| self.items.number(at).is_some() || matches!(self.items.lex(at), Some(Lex::Ordinal(_) | Lex::Number(_)))) =>
            {
                return None;
            }
            None => self.of_same_month(first, joint)?,
        };
        let used = joint + used - at;
        let days = if slash {
            // "13th/14th", "Tue/Wed" are two days, not a range.
            let (Days::Weekday(a), Days::Weekday(b)) = (&first.days, &second) else {
                return None;
            };
            Days::Weekdays(bit(*a) | bit(*b))
        } else {
            self.between(&first.days, at..next, &second, joint..at + used)?
        };
        // "5/1-5/7, 2027"
        if let (Days::Span(from, to), Some((year, more))) =
            (&days, self.year(at + used).filter(|_| self.items.mark(at + used) == Some(',')))
            && let (Some(from), Some(to)) = (from.with_year(year), to.with_year(year))
            && from < to
        {
            return Some(Found {
                days: Days::Span(from, to),
                used: used + more,
                contradicts: false,
            });
        }
        Some(Found {
            days,
            used,
            contradicts: false,
        })
    }

    fn of_same_month(&self, first: &Found, at: usize) -> Option<(Days, usize)> {
        let Days::Day(from) = first.days else { return None };
        let (day, mut used) = self.day_number(at)?;
        let clock = matches!(self.items.mark(at + used), Some(':'))
            || matches!(self.items.lex(at + used), Some(Lex::Am | Lex::Pm | Lex::ClockMark));
        let mut to = from.with_day(day).filter(|_| !clock)?;
        // "from the 27th to the 3rd"
        if to < from && self.is_ordinal(at) {
            to = to.checked_add_months(Months::new(1))?;
        }
        if to <= from {
            return None;
        }
        if let Some((year, more)) = self.year(at + used) {
            to = to.with_year(year)?;
            used += more;
        }
        Some((Days::Day(to), used))
    }

    /// The range of two days; what one of them leaves out, its year or the order of its numbers, is that of the other.
    pub(super) fn between(
        &self,
        first: &Days,
        first_at: std::ops::Range<usize>,
        second: &Days,
        second_at: std::ops::Range<usize>,
    ) -> Option<Days> {
        let (&Days::Day(mut a), &Days::Day(mut b)) = (first, second) else {
            return join(self.today, first, second);
        };
        match (self.only_order(first_at.start), self.only_order(second_at.start)) {
            (None, Some(order)) => a = self.in_order(first_at.start, order).unwrap_or(a),
            (Some(order), None) => b = self.in_order(second_at.start, order).unwrap_or(b),
            (Some(_), Some(_)) => {}
            // Both can be read in two orders: that of the shorter range.
            (None, None) if self.items.mark(first_at.start + 1) == Some('/') && self.items.mark(second_at.start + 1) == Some('/') => {
                let read = |order| Some((self.strictly(first_at.start, order)?, self.strictly(second_at.start, order)?));
                let shorter = [read(self.day_first), read(!self.day_first)]
                    .into_iter()
                    .flatten()
                    .filter(|(from, to)| from <= to)
                    .min_by_key(|(from, to)| *to - *from);
                (a, b) = shorter.unwrap_or((a, b));
            }
            (None, None) => {}
        }
        let dated = |mut range: std::ops::Range<usize>| range.any(|at| self.items.number(at).is_some_and(|(_, digits)| digits == 4));
        match (dated(first_at), dated(second_at)) {
            (false, true) => {
                let with = a.with_year(b.year())?;
                a = if with > b { with.with_year(b.year() - 1)? } else { with };
            }
            (true, false) => {
                let with = b.with_year(a.year())?;
                b = if with < a { with.with_year(a.year() + 1)? } else { with };
            }
            _ => {}
        }
        join(self.today, &Days::Day(a), &Days::Day(b))
    }

    /// The two numbers of a date in this order and in no other.
    fn strictly(&self, at: usize, day_first: bool) -> Option<NaiveDate> {
        let ((first, _), (second, _)) = (self.items.number(at)?, self.items.number(at + 2)?);
        let (month, day) = if day_first { (second, first) } else { (first, second) };
        let year = (self.items.mark(at + 3) == Some('/')).then(|| self.items.number(at + 4)).flatten();
        let year = year
            .filter(|(_, digits)| *digits == 4)
            .and_then(|(year, _)| i32::try_from(year).ok());
        self.ahead(month, day, year)
    }

    /// The date in digits with the day first, or the month.
    fn in_order(&self, at: usize, day_first: bool) -> Option<NaiveDate> {
        self.turned(day_first).numeric(at).map(|found| found.day)
    }
}

fn join(today: NaiveDate, first: &Days, second: &Days) -> Option<Days> {
    Some(match (first, second) {
        (Days::Weekday(a), Days::Weekday(b)) => Days::Weekdays(from_to(*a, *b)),
        // "Tuesdays through Thursdays"
        (Days::Each(a), Days::Each(b)) if a.count_ones() == 1 && b.count_ones() == 1 => {
            Days::Each(from_to(a.trailing_zeros() + 1, b.trailing_zeros() + 1))
        }
        (Days::Day(a), Days::Day(b)) if a <= b => Days::Span(*a, *b),
        (Days::Day(a), Days::Weekday(b)) => Days::Span(*a, on_or_after(*a, *b)?),
        (Days::Weekday(a), Days::Day(b)) => Days::Span(on_or_after(today.succ_opt()?, *a).filter(|a| a <= b)?, *b),
        (Days::Day(a), Days::Week(week)) => Days::Span(*a, week.monday.checked_add_days(Count::new(week.last))?),
        (Days::Week(a), Days::Week(b)) => Days::Span(
            a.monday.checked_add_days(Count::new(a.first))?,
            b.monday.checked_add_days(Count::new(b.last))?,
        ),
        (Days::Day(a) | Days::Span(a, _), Days::Span(_, b)) if a <= b => Days::Span(*a, *b),
        _ => return None,
    })
}

/// The weekdays from one to another, round the end of the week.
fn from_to(first: u32, last: u32) -> u8 {
    let mut bits = 0;
    let mut day = first;
    for _ in 0..7 {
        bits |= bit(day);
        if day == last {
            break;
        }
        day = day % 7 + 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::super::{Days, day, first_of};

    #[test]
    fn both_ends() {
        for (text, from, to) in [
            ("Dec 8-10", "2026-12-08", "2026-12-10"),
            ("from the 28th to the 3rd", "2026-11-28", "2026-12-03"),
            ("4 December to 6 January 2028", "2027-12-04", "2028-01-06"),
            ("4 December 2027 - 6 January", "2027-12-04", "2028-01-06"),
            ("from 11/25 to 12/3", "2026-11-25", "2026-12-03"),
            ("14.-16.12.2026", "2026-12-14", "2026-12-16"),
            ("du 3 au 5 décembre", "2026-12-03", "2026-12-05"),
            ("between 3 and 5 December", "2026-12-03", "2026-12-05"),
        ] {
            assert_eq!(first_of(text, true), Some(Days::Span(day(from), day(to))), "{text}");
        }
        // A day, and hours.
        assert_eq!(first_of("oggi alle 17", true), Some(Days::Day(day("2026-11-20"))));
    }
}
