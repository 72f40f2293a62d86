//! Months and weeks of the agency's calendar.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use serde::{Serialize, Serializer};

use crate::calendar::Zone;
use crate::model::Timestamp;

/// A month. Sorts by time; `2026-11` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

/// A week from Monday on. Sorts by time; its Monday in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(NaiveDate);

/// A stretch of the calendar that days fall into.
pub(super) trait Stretch: Copy {
    /// The one a day is in.
    fn of(day: NaiveDate) -> Self;
    /// Its first day, and the first day after it.
    fn days(self) -> (NaiveDate, NaiveDate);
}

impl Month {
    /// `Nov 2026`.
    #[must_use]
    pub fn label(self) -> String {
        self.0.format("%b %Y").to_string()
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }

    /// The month of a day.
    #[must_use]
    pub fn of_day(day: NaiveDate) -> Self {
        Stretch::of(day)
    }
}

impl Week {
    /// Its Monday.
    #[must_use]
    pub const fn monday(self) -> NaiveDate {
        self.0
    }

    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.days().1)
    }
}

impl Stretch for Month {
    fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    fn days(self) -> (NaiveDate, NaiveDate) {
        (self.0, self.0.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX))
    }
}

impl Stretch for Week {
    fn of(day: NaiveDate) -> Self {
        let back = Days::new(u64::from(day.weekday().num_days_from_monday()));
        Self(day.checked_sub_days(back).unwrap_or(day))
    }

    fn days(self) -> (NaiveDate, NaiveDate) {
        (self.0, self.0.checked_add_days(Days::new(7)).unwrap_or(NaiveDate::MAX))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// Finds the stretch of one instant after another. Mostly the next is in that of the last: then no zone is asked.
pub(super) struct Finder<T> {
    zone: Zone,
    last: Option<(Timestamp, Timestamp, T)>,
}

impl<T: Stretch> Finder<T> {
    pub(super) const fn new(zone: Zone) -> Self {
        Self { zone, last: None }
    }

    pub(super) fn find(&mut self, at: Timestamp) -> T {
        if let Some((from, to, found)) = self.last
            && from <= at
            && at < to
        {
            return found;
        }
        let found = T::of(self.zone.local(at).date());
        let (first, after) = found.days();
        let begins = |day| self.zone.at_or_after(day, NaiveTime::MIN);
        self.last = Some((begins(first), begins(after), found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_begins_where_the_agency_is() {
        let mut auckland = Finder::<Month>::new("Pacific/Auckland".parse().unwrap());
        let months = [
            "2026-12-31T10:59:59Z",
            "2026-12-31T11:00:00Z",
            "2027-01-31T11:00:00Z",
            "2026-12-01T00:00:00Z",
        ];
        assert_eq!(
            months.map(|at| auckland.find(utc(at)).to_string()),
            ["2026-12", "2027-01", "2027-02", "2026-12"]
        );
        let mut here = Finder::<Month>::new("America/New_York".parse().unwrap());
        assert_eq!(here.find(utc("2027-01-01T04:59:00Z")).to_string(), "2026-12");
        assert_eq!(here.find(utc("2027-01-01T05:00:00Z")).label(), "Jan 2027");
        assert_eq!(here.find(utc("2027-01-01T05:00:00Z")).before().to_string(), "2026-12");
    }

    #[test]
    fn a_week_begins_on_monday_also_over_the_years_end() {
        let mut london = Finder::<Week>::new("Europe/London".parse().unwrap());
        assert_eq!(london.find(utc("2027-01-03T23:59:00Z")).to_string(), "2026-12-28");
        assert_eq!(london.find(utc("2027-01-04T00:00:00Z")).to_string(), "2027-01-04");
        assert_eq!(london.find(utc("2026-12-31T12:00:00Z")).next().to_string(), "2027-01-04");
    }
}
