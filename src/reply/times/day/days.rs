//! What days are: definite ones, or weekdays and words that the week or the day spoken of decides.
//!
//! In: nothing. Out: the types.
//! Never here: words.

use chrono::{Days as Count, NaiveDate};

use super::bit;

/// Days named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reply::times) enum Days {
    /// The next one, or that of the week spoken of. 1 is Monday.
    Weekday(u32),
    /// Several of them: "Mon-Wed", "MWF". A bit each, Monday the lowest.
    Weekdays(u8),
    /// Every such day there is.
    Each(u8),
    /// A day, and the weekday said beside it when it is another one.
    Day(NaiveDate),
    /// From one day to another, both in it.
    Span(NaiveDate, NaiveDate),
    /// A week from Monday on, or the part of it from one day to another: scope for weekdays said with it.
    Week(Week),
    Weekend,
    /// Every workday.
    Any,
    /// What is not named otherwise.
    Rest,
    /// The day after the one spoken of.
    Following,
    /// The days spoken of.
    Same,
    /// The day spoken of and all after it.
    FromThen,
    /// So many days after the one spoken of, or before it: "a day earlier".
    Moved(i64),
    /// The next such weekday after the day spoken of: "the following Wednesday".
    After(u32),
    /// From a day on; so many days later.
    Since(Box<Days>, u64),
    /// Up to a day: with it, or without.
    Until(Box<Days>, bool),
}

impl Days {
    /// Weekdays by name, of no certain week.
    pub(in crate::reply::times) const fn is_weekdays(&self) -> bool {
        matches!(self, Self::Weekday(_) | Self::Weekdays(_) | Self::Each(_))
    }

    /// Those weekdays, a bit each.
    pub(in crate::reply::times) const fn weekday_bits(&self) -> u8 {
        match self {
            Self::Weekday(weekday) => bit(*weekday),
            Self::Weekdays(bits) | Self::Each(bits) => *bits,
            _ => 0,
        }
    }

    /// The day, when it is a date.
    pub(in crate::reply::times) const fn date(&self) -> Option<NaiveDate> {
        if let Self::Day(day) = self { Some(*day) } else { None }
    }
}

/// A week, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reply::times) struct Week {
    pub(in crate::reply::times) monday: NaiveDate,
    /// 0 for Monday.
    pub(in crate::reply::times) first: u64,
    pub(in crate::reply::times) last: u64,
}

impl Week {
    pub(in crate::reply::times) const fn of(monday: NaiveDate) -> Self {
        Self { monday, first: 0, last: 4 }
    }

    /// A weekday of it, 1 for Monday.
    pub(in crate::reply::times) fn day(self, weekday: u32) -> Option<NaiveDate> {
        self.monday.checked_add_days(Count::new(u64::from(weekday.checked_sub(1)?)))
    }
}

/// Days found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reply::times) struct Found {
    pub(in crate::reply::times) days: Days,
    /// How many items they take.
    pub(in crate::reply::times) used: usize,
    /// The weekday said beside a date is another one.
    pub(in crate::reply::times) contradicts: bool,
}
