//! Entries that come again: the rules that calendars of people use.   RFC 5545 3.3.10
//!
//! In: RRULE and the first day. Out: the days on which the entry comes again, between two days. A rule with a part that is not understood is
//! no rule; whoever asks has to treat that as a doubt. Sets are kept as bits, so that what is said a thousand times is looked at once, and
//! every day looked at is counted: no rule costs more than it is given.

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
    /// BYDAY.
    days: Weekdays,
    /// BYMONTHDAY: bit n for the nth day, from the beginning and from the end.
    month_days: (u32, u32),
    /// BYMONTH: bit n for the nth month.
    months: u16,
    /// BYSETPOS: which of the days of a period, from 1 on, negative from the end.
    places: Vec<i32>,
    /// WKST.
    week_start: Weekday,
}

/// BYDAY, by weekday from Monday on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Weekdays([Nth; 7]);

/// Which of one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Nth {
    any: bool,
    /// Bit n for the nth, from the beginning and from the end.
    first: u64,
    last: u64,
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
            days: Weekdays::default(),
            month_days: (0, 0),
            months: 0,
            places: Vec::new(),
            week_start: Weekday::Mon,
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
                "BYDAY" => read.days = Weekdays::of(value)?,
                "BYMONTHDAY" => read.month_days = month_days(value)?,
                "BYMONTH" => {
                    for month in list(value) {
                        let month: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
                        read.months |= 1 << month;
                    }
                }
                "BYSETPOS" => read.places = places(value)?,
                "WKST" => match moment::nth_weekday(value)? {
                    (0, weekday) => read.week_start = weekday,
                    _ => return None,
                },
                _ => return None,
            }
        }
        read.every = every?;
        let numbered = read.days.are_numbered();
        let odd = match read.every {
            Every::Day => numbered,
            Every::Week => numbered || read.month_days != (0, 0),
            Every::Month => false,
            // Which Friday, among those on a thirteenth?
            Every::Year => numbered && read.month_days != (0, 0),
        };
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
            *left = left.checked_sub(self.work())?;
            let Some(begin) = self.period(first, period) else {
                return Some(found);
            };
            if begin > to {
                return Some(found);
            }
            for day in self.placed(self.within(begin, first)).into_iter().filter(|day| *day >= first) {
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

    /// Days looked at in one period.
    fn work(&self) -> usize {
        match self.every {
            Every::Day => 1,
            Every::Week => 7,
            Every::Month => 31,
            Every::Year if self.months != 0 => 31 * self.months.count_ones() as usize,
            Every::Year if self.days.are_none() && self.month_days == (0, 0) => 31,
            Every::Year => 366,
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
                let begin = first.checked_sub_days(Days::new(first.weekday().days_since(self.week_start).into()))?;
                begin.checked_add_days(Days::new(7 * u64::from(n)))
            }
            Every::Month => first.with_day(1)?.checked_add_months(Months::new(n)),
            Every::Year => NaiveDate::from_ymd_opt(first.year().checked_add(i32::try_from(n).ok()?)?, 1, 1),
        }
    }

    /// The days of a day, week, month or year on which it comes, in order.
    fn within(&self, begin: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let run = |count| (0..count).filter_map(move |n| begin.checked_add_days(Days::new(n)));
        let is_day = |day: &NaiveDate| self.is_month(*day) && self.days.hold(day.weekday()) && self.is_month_day(*day);
        match self.every {
            Every::Day => run(1).filter(is_day).collect(),
            Every::Week if self.days.are_none() => run(7)
                .filter(|day| self.is_month(*day) && day.weekday() == first.weekday())
                .collect(),
            Every::Week => run(7).filter(is_day).collect(),
            Every::Month if self.is_month(begin) => self.month(begin, first),
            Every::Month => Vec::new(),
            Every::Year if self.months == 0 && !self.days.are_none() && self.month_days == (0, 0) => {
                let days = if begin.leap_year() { 366 } else { 365 };
                let named = |day: &NaiveDate| self.days.name(day.weekday(), day.ordinal0(), days - 1 - day.ordinal0());
                run(days.into()).filter(named).collect()
            }
            Every::Year => {
                // A day of the month, without a month, is that of every month.
                let every_month = self.months == 0 && self.month_days != (0, 0);
                let own = |month: &u32| match self.months {
                    0 => every_month || *month == first.month(),
                    months => months & (1 << *month) != 0,
                };
                let begins = (1..=12)
                    .filter(own)
                    .filter_map(|month| NaiveDate::from_ymd_opt(begin.year(), month, 1));
                begins.flat_map(|begin| self.month(begin, first)).collect()
            }
        }
    }

    /// The days of the month that begins at `begin`.
    fn month(&self, begin: NaiveDate, first: NaiveDate) -> Vec<NaiveDate> {
        let last = u32::from(begin.num_days_in_month());
        let all = (1..=last).filter_map(|day| begin.with_day(day));
        let fits = |day: &NaiveDate| {
            if self.days.are_none() && self.month_days == (0, 0) {
                return day.day() == first.day();
            }
            let named = || self.days.name(day.weekday(), day.day0(), last - day.day());
            (self.days.are_none() || named()) && self.is_month_day(*day)
        };
        all.filter(fits).collect()
    }

    /// Those of a period's days that BYSETPOS means.
    fn placed(&self, days: Vec<NaiveDate>) -> Vec<NaiveDate> {
        if self.places.is_empty() {
            return days;
        }
        let place = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let count = place(days.len());
        let meant = |(n, _): &(usize, NaiveDate)| self.places.contains(&(place(*n) + 1)) || self.places.contains(&(place(*n) - count));
        days.into_iter().enumerate().filter(meant).map(|(_, day)| day).collect()
    }

    fn is_month(&self, day: NaiveDate) -> bool {
        self.months == 0 || self.months & (1 << day.month()) != 0
    }

    fn is_month_day(&self, day: NaiveDate) -> bool {
        let (first, last) = self.month_days;
        let from_end = u32::from(day.num_days_in_month()) - day.day() + 1;
        (first | last) == 0 || first & (1 << day.day()) != 0 || last & (1 << from_end) != 0
    }
}

impl Weekdays {
    fn of(value: &str) -> Option<Self> {
        let mut read = Self::default();
        for one in list(value) {
            let (nth, weekday) = moment::nth_weekday(one)?;
            let of = read.0.get_mut(weekday.num_days_from_monday() as usize)?;
            match nth {
                0 => of.any = true,
                1.. => of.first |= 1 << nth,
                _ => of.last |= 1 << -nth,
            }
        }
        Some(read)
    }

    fn are_none(&self) -> bool {
        *self == Self::default()
    }

    fn are_numbered(&self) -> bool {
        self.0.iter().any(|one| one.first | one.last != 0)
    }

    /// Any of that weekday is meant, or nothing is said of weekdays.
    fn hold(&self, weekday: Weekday) -> bool {
        self.are_none() || self.of_day(weekday).any
    }

    /// The weekday is meant, with so many days before it and behind it in the month or year.
    fn name(&self, weekday: Weekday, before: u32, behind: u32) -> bool {
        let one = self.of_day(weekday);
        one.any || one.first & (1 << (before / 7 + 1)) != 0 || one.last & (1 << (behind / 7 + 1)) != 0
    }

    fn of_day(&self, weekday: Weekday) -> Nth {
        self.0.get(weekday.num_days_from_monday() as usize).copied().unwrap_or_default()
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

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

fn month_days(value: &str) -> Option<(u32, u32)> {
    let (mut first, mut last) = (0, 0);
    for one in list(value) {
        match one.parse::<i32>().ok()? {
            day @ 1..=31 => first |= 1 << day,
            day @ -31..=-1 => last |= 1 << -day,
            _ => return None,
        }
    }
    Some((first, last))
}

/// More places than any rule needs.
const MOST_PLACES: usize = 31;

fn places(value: &str) -> Option<Vec<i32>> {
    let mut read = Vec::new();
    for one in list(value) {
        let place = one.parse().ok().filter(|place| (-366..=366).contains(place) && *place != 0)?;
        if !read.contains(&place) {
            read.push(place);
        }
        if read.len() > MOST_PLACES {
            return None;
        }
    }
    Some(read)
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
            // Without a month, a day of the month is that of every month, and a weekday is counted over the year.
            ("FREQ=YEARLY;BYMONTHDAY=15", "2026-01-15", "2026-04-30", "01-15 02-15 03-15 04-15"),
            ("FREQ=YEARLY;BYMONTHDAY=-1", "2026-02-28", "2026-04-30", "02-28 03-31 04-30"),
            ("FREQ=YEARLY;BYDAY=20MO", "2026-05-18", "2027-12-31", "05-18 05-17"),
            ("FREQ=YEARLY;BYDAY=-1FR,1MO", "2026-01-05", "2027-01-31", "01-05 12-25 01-04"),
            (
                "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13",
                "2026-02-13",
                "2026-12-31",
                "02-13 03-13 11-13",
            ),
            // What a month says twice it says once.
            ("FREQ=YEARLY;BYMONTH=7,7,7;COUNT=2", "2026-07-01", "2028-12-31", "07-01 07-01"),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "2026-07-31",
                "2026-09-30",
                "07-31 08-31 09-30",
            ),
            (
                "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1,2",
                "2026-08-01",
                "2026-09-30",
                "08-01 08-02 09-05 09-06",
            ),
            // Weeks that begin on Sunday: whether the start of the week comes before the interval or behind it.
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
                "2026-07-07",
                "2026-08-05",
                "07-07 07-19 07-21 08-02 08-04",
            ),
            (
                "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=TU,SU",
                "2026-07-07",
                "2026-08-05",
                "07-07 07-19 07-21 08-02 08-04",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
                "2026-07-07",
                "2026-08-05",
                "07-07 07-12 07-21 07-26 08-04",
            ),
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
            "FREQ=YEARLY;BYMONTHDAY=31",
            "FREQ=WEEKLY;WKST=SU;INTERVAL=3;BYDAY=SU,SA",
            "FREQ=YEARLY;BYDAY=27WE,-20TH",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        ] {
            let rule = Repeat::parse(rule).unwrap();
            let late = rule.days(first, from, to, &mut 2_000).unwrap();
            let mut early = rule.days(first, first, to, &mut 1_000_000).unwrap();
            early.retain(|day| *day >= from);
            assert_eq!(late, early, "{rule:?}");
        }
    }

    /// A rule of a few hundred bytes that names one month over and over, through two thousand years.
    #[test]
    fn what_is_said_a_thousand_times_costs_what_it_costs_once() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let months = ["7"; 60].join(",");
        let rule = Repeat::parse(&format!("FREQ=YEARLY;BYMONTH={months};BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999999")).unwrap();
        let mut left = 1_000_000;
        let found = rule
            .days(day("0001-07-01"), day("0001-07-01"), day("2026-12-31"), &mut left)
            .unwrap();
        assert_eq!(found.len(), 2026 * 31);
        assert!(left < 1_000_000 - 2026 * 31, "{left}: what is looked at is counted");
        // And no rule goes beyond what it is given.
        let mut left = 10_000;
        assert_eq!(rule.days(day("0001-07-01"), day("0001-07-01"), day("2026-12-31"), &mut left), None);
    }

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for rule in [
            "",
            "FREQ=HOURLY",
            "FREQ=SECONDLY;COUNT=99999999",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
            "FREQ=YEARLY;BYWEEKNO=20",
            "FREQ=YEARLY;BYYEARDAY=100",
            "FREQ=WEEKLY;BYDAY=2MO",
            "FREQ=WEEKLY;BYMONTHDAY=2",
            "FREQ=YEARLY;BYDAY=1FR;BYMONTHDAY=13",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=WEEKLY;WKST=2MO",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=YEARLY;BYMONTH=13",
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
