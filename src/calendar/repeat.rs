//! Entries that come again: the rules that calendars of people use.   RFC 5545 3.3.10
//!
//! In: RRULE and the first day. Out: the days on which the entry comes again, between two days. A rule with a part that is not understood is
//! no rule; whoever asks has to treat that as a doubt.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, Weekday};

use super::moment;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeat {
    every: Every,
    interval: u32,
    count: Option<usize>,
    /// As written: the last moment, on the entry's own wall or, when it ends in `Z`, in UTC.
    pub(super) until: Option<Until>,
    /// BYDAY; the number is 0 when it is any of that weekday.
    days: Vec<(i32, Weekday)>,
    /// BYMONTHDAY; negative from the end.
    month_days: Vec<i32>,
    /// BYMONTH.
    months: Vec<u32>,
}

/// The end of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// A day or a time on the wall.
    Wall(NaiveDateTime),
    /// An instant.
    Utc(NaiveDateTime),
}

/// FREQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

impl Repeat {
    /// Reads RRULE; `None` when a part of it is not understood.
    pub(super) fn parse(rule: &str) -> Option<Self> {
        let mut every = None;
        let mut read = Self {
            every: Every::Day,
            interval: 1,
            count: None,
            until: None,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
        };
        for part in rule.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => {
                    every = Some(match value.to_ascii_uppercase().as_str() {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        "YEARLY" => Every::Year,
                        _ => return None,
                    });
                }
                "INTERVAL" => read.interval = value.parse().ok().filter(|n| (1..=1_000).contains(n))?,
                "COUNT" => read.count = Some(value.parse().ok()?),
                "UNTIL" => read.until = Some(until(value)?),
                "BYDAY" => read.days = list(value, moment::nth_weekday)?,
                "BYMONTHDAY" => read.month_days = list(value, |day| day.parse().ok().filter(|day| (-31..=31).contains(day) && *day != 0))?,
                "BYMONTH" => read.months = list(value, |month| month.parse().ok().filter(|month| (1..=12).contains(month)))?,
                // Weeks begin on Monday here; it matters only to every second week of an entry on a Sunday.
                "WKST" if value.eq_ignore_ascii_case("MO") || read.interval == 1 => {}
                _ => return None,
            }
        }
        read.every = every?;
        let numbered = read.days.iter().any(|(nth, _)| *nth != 0);
        let by_weekday_of_year = read.every == Every::Year && !read.days.is_empty() && read.months.is_empty();
        let odd = (numbered && matches!(read.every, Every::Day | Every::Week)) || by_weekday_of_year;
        (!odd).then_some(read)
    }

    /// The days from `from` to `to` on which it comes; `left` goes down with the work. `None` when it would take more than that.
    pub(super) fn days(&self, first: NaiveDate, from: NaiveDate, to: NaiveDate, left: &mut usize) -> Option<Vec<NaiveDate>> {
        let mut found = Vec::new();
        let mut counted = 0;
        // Whoever counts begins at the beginning.
        let mut period = if self.count.is_some() {
            0
        } else {
            self.periods_before(first, from)
        };
        loop {
            *left = left.checked_sub(1)?;
            let Some(begin) = self.period(first, period) else {
                return Some(found);
            };
            if begin > to {
                return Some(found);
            }
            for day in self.within(begin, first).into_iter().filter(|day| *day >= first) {
                counted += 1;
                if day > to || self.count.is_some_and(|count| counted > count) {
                    return Some(found);
                }
                if day >= from {
                    found.push(day);
                }
            }
            period += self.interval;
        }
    }

    /// A multiple of the interval that lies before `from`.
    fn periods_before(&self, first: NaiveDate, from: NaiveDate) -> u32 {
        let days = (from - first).num_days().max(0);
        let periods = match self.every {
            Every::Day => days,
            Every::Week => days / 7,
            Every::Month => days / 31,
            Every::Year => days / 366,
        };
        let periods = u32::try_from(periods).unwrap_or(0).saturating_sub(1);
        periods - periods % self.interval
    }

    /// The first day of the nth day, week, month or year.
    fn period(&self, first: NaiveDate, n: u32) -> Option<NaiveDate> {
        match self.every {
            Every::Day => first.checked_add_days(Days::new(n.into())),
            Every::Week => {
                let monday = first.checked_sub_days(Days::new(first.weekday().num_days_from_monday().into()))?;
                monday.checked_add_days(Days::new(7 * u64::from(n)))
            }
            Every::Month => first.with_day(1)?.checked_add_months(Months::new(n)),
            Every::Year => NaiveDate::from_ymd_opt(first.year().checked_add(i32::try_from(n).ok()?)?, 1, 1),
        }
    }

    /// The days of a day, week, month or year on which it comes, in order.
    fn within(&self, begin: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let run = |count| (0..count).filter_map(move |n| begin.checked_add_days(Days::new(n)));
        let in_months = |day: &NaiveDate| self.months.is_empty() || self.months.contains(&day.month());
        let weekday = |day: &NaiveDate| self.days.is_empty() || self.days.iter().any(|(_, weekday)| *weekday == day.weekday());
        match self.every {
            Every::Day => run(1)
                .filter(|day| in_months(day) && weekday(day) && self.is_month_day(*day))
                .collect(),
            Every::Week if self.days.is_empty() => run(7).filter(|day| in_months(day) && day.weekday() == first.weekday()).collect(),
            Every::Week => run(7).filter(|day| in_months(day) && weekday(day)).collect(),
            Every::Month if self.months.is_empty() || self.months.contains(&begin.month()) => self.month(begin, first),
            Every::Month => Vec::new(),
            Every::Year => {
                let own = [first.month()];
                let mut months = if self.months.is_empty() {
                    own.to_vec()
                } else {
                    self.months.clone()
                };
                months.sort_unstable();
                let begins = months
                    .into_iter()
                    .filter_map(|month| NaiveDate::from_ymd_opt(begin.year(), month, 1));
                begins.flat_map(|begin| self.month(begin, first)).collect()
            }
        }
    }

    /// The days of the month that begins at `begin`.
    fn month(&self, begin: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let all = (1..=31).filter_map(|day| begin.with_day(day));
        let last = u32::from(begin.num_days_in_month());
        let fits = |day: &NaiveDate| {
            if self.days.is_empty() && self.month_days.is_empty() {
                return day.day() == first.day();
            }
            let (nth, from_end) = ((day.day() - 1) / 7 + 1, (last - day.day()) / 7 + 1);
            let named = |(number, weekday): &(i32, Weekday)| {
                *weekday == day.weekday()
                    && (*number == 0 || i64::from(*number) == i64::from(nth) || i64::from(*number) == -i64::from(from_end))
            };
            (self.days.is_empty() || self.days.iter().any(named)) && self.is_month_day(*day)
        };
        all.filter(fits).collect()
    }

    fn is_month_day(&self, day: NaiveDate) -> bool {
        let last = i32::from(day.num_days_in_month());
        let number = i32::try_from(day.day()).unwrap_or(0);
        self.month_days.is_empty()
            || self
                .month_days
                .iter()
                .any(|wanted| *wanted == number || *wanted == number - last - 1)
    }
}

fn until(value: &str) -> Option<Until> {
    match value.trim().strip_suffix(['Z', 'z']) {
        Some(utc) => moment::wall(utc).map(Until::Utc),
        // A day is meant whole.
        None if value.trim().len() == 8 => moment::wall(value.trim())?.date().and_hms_opt(23, 59, 59).map(Until::Wall),
        None => moment::wall(value.trim()).map(Until::Wall),
    }
}

/// More values than any rule needs.
const MOST_VALUES: usize = 64;

fn list<T>(value: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let all: Vec<T> = value
        .split(',')
        .take(MOST_VALUES + 1)
        .map(|part| one(part.trim()))
        .collect::<Option<_>>()?;
    (all.len() <= MOST_VALUES).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, first: &str, to: &str) -> Option<String> {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let rule = Repeat::parse(rule)?;
        let found = rule.days(day(first), day(first), day(to), &mut 10_000)?;
        Some(
            found
                .iter()
                .map(|day| day.format("%m-%d").to_string())
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn rules_that_people_use_come_again_when_they_should() {
        for (rule, first, to, expected) in [
            ("FREQ=DAILY;COUNT=3", "2026-07-30", "2026-12-31", "07-30 07-31 08-01"),
            ("FREQ=DAILY;INTERVAL=2", "2026-07-01", "2026-07-06", "07-01 07-03 07-05"),
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-07-03", "2026-07-07", "07-03 07-06 07-07"),
            ("FREQ=WEEKLY", "2026-07-07", "2026-07-22", "07-07 07-14 07-21"),
            (
                "FREQ=WEEKLY;BYDAY=TU,TH;WKST=SU",
                "2026-07-07",
                "2026-07-16",
                "07-07 07-09 07-14 07-16",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=MO,WE",
                "2026-07-08",
                "2026-07-23",
                "07-08 07-20 07-22",
            ),
            ("FREQ=MONTHLY", "2026-01-31", "2026-05-31", "01-31 03-31 05-31"),
            ("FREQ=MONTHLY;BYDAY=2TU", "2026-07-14", "2026-09-30", "07-14 08-11 09-08"),
            ("FREQ=MONTHLY;BYDAY=-1FR", "2026-07-31", "2026-09-30", "07-31 08-28 09-25"),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-1,15",
                "2026-02-01",
                "2026-03-31",
                "02-15 02-28 03-15 03-31",
            ),
            ("FREQ=YEARLY", "2024-02-29", "2032-03-01", "02-29 02-29 02-29"),
            ("FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", "2026-03-29", "2026-12-31", "03-29 10-25"),
        ] {
            assert_eq!(days(rule, first, to).as_deref(), Some(expected), "{rule}");
        }
    }

    #[test]
    fn a_late_look_sees_what_an_early_one_sees() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (first, from, to) = (day("2011-05-31"), day("2026-06-28"), day("2026-09-02"));
        for rule in [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
            "FREQ=MONTHLY;INTERVAL=5",
            "FREQ=MONTHLY;BYDAY=1WE",
            "FREQ=YEARLY;BYMONTH=7,8",
            "FREQ=YEARLY;INTERVAL=3;BYMONTH=8",
        ] {
            let rule = Repeat::parse(rule).unwrap();
            let late = rule.days(first, from, to, &mut 1_000).unwrap();
            let mut early = rule.days(first, first, to, &mut 1_000_000).unwrap();
            early.retain(|day| *day >= from);
            assert_eq!(late, early, "{rule:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for rule in [
            "",
            "FREQ=HOURLY",
            "FREQ=SECONDLY;COUNT=99999999",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
            "FREQ=YEARLY;BYWEEKNO=20",
            "FREQ=WEEKLY;BYDAY=2MO",
            "FREQ=YEARLY;BYDAY=20MO",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
            "FREQ=DAILY;UNTIL=soon",
            "COUNT=3",
            "FREQ",
        ] {
            assert_eq!(Repeat::parse(rule), None, "{rule}");
        }
        assert_eq!(
            days("FREQ=DAILY;COUNT=100000000", "0001-01-01", "9999-01-01"),
            None,
            "too much work"
        );
        assert_eq!(
            days("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "2026-01-01", "9999-01-01"),
            None,
            "never, and much work to know it"
        );
    }
}
