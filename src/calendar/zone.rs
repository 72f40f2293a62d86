//! IANA time zones.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use super::named;
use crate::model::Timestamp;

/// A zone of the IANA database, by name. Old names (Asia/Calcutta) are accepted, and become those of today.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(chrono_tz::Tz);

/// The name is not in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone; write an IANA name such as Europe/Berlin or America/New_York")]
pub struct ZoneError(pub String);

/// What a local time means: a question with three answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalTime {
    /// The clocks jump over it in spring.
    None,
    /// The usual case.
    One(Timestamp),
    /// The clocks show it twice in autumn: the earlier and the later instant.
    Two(Timestamp, Timestamp),
}

/// Which version of the zones' rules is built in, such as `2026a`.
#[must_use]
pub const fn zone_data() -> &'static str {
    chrono_tz::IANA_TZDB_VERSION
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(chrono_tz::Tz::UTC);

    /// The wall clock in this zone at an instant.
    #[must_use]
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// The instant at which the wall clock shows `local`.
    #[must_use]
    pub fn instant(self, local: NaiveDateTime) -> LocalTime {
        match self.0.from_local_datetime(&local) {
            chrono::LocalResult::None => LocalTime::None,
            chrono::LocalResult::Single(at) => LocalTime::One(at.with_timezone(&Utc)),
            chrono::LocalResult::Ambiguous(a, b) => LocalTime::Two(a.with_timezone(&Utc), b.with_timezone(&Utc)),
        }
    }

    /// The first instant at or after a wall-clock time that exists: what "from nine o'clock" means on any day.
    #[must_use]
    pub fn at_or_after(self, date: NaiveDate, time: NaiveTime) -> Timestamp {
        let mut local = date.and_time(time);
        for _ in 0..=48 {
            match self.instant(local) {
                LocalTime::One(at) | LocalTime::Two(at, _) => return at,
                LocalTime::None => local += chrono::Duration::minutes(30),
            }
        }
        // No zone skips more than a day; Samoa's missing 2011-12-30 is the longest.
        Utc.from_utc_datetime(&date.checked_add_days(Days::new(1)).unwrap_or(date).and_time(time))
    }

    /// `Tue 14 July 2026, 15:00 (UTC+1)`.
    #[must_use]
    pub fn spelled(self, at: Timestamp) -> String {
        format!("{} ({})", self.local(at).format("%a %-d %B %Y, %H:%M"), self.offset(at))
    }

    /// `Berlin, UTC+1`: what a clock shows beside its time.
    #[must_use]
    pub fn shown(self, at: Timestamp) -> String {
        match (self.place(), self.offset(at)) {
            (place, offset) if place == offset => place,
            (place, offset) => format!("{place}, {offset}"),
        }
    }

    /// `Tue 14 July 2026, 15:00 London (UTC+1) = 10:00 New York (UTC-4)`, with the other's weekday and date where they differ. The other is
    /// left out when its clocks show the same.
    #[must_use]
    pub fn spelled_beside(self, at: Timestamp, other: Self) -> String {
        let (here, there) = (self.local(at), other.local(at));
        if here == there {
            return self.spelled(at);
        }
        let day = if here.date() == there.date() { "" } else { "%a %-d %B, " };
        format!(
            "{} {} ({}) = {} {} ({})",
            here.format("%a %-d %B %Y, %H:%M"),
            self.place(),
            self.offset(at),
            there.format(&format!("{day}%H:%M")),
            other.place(),
            other.offset(at),
        )
    }

    /// The place it is named after: `New York`.
    #[must_use]
    pub fn place(self) -> String {
        let name = self.name();
        name.rsplit_once('/').map_or(name, |(_, place)| place).replace('_', " ")
    }

    /// `UTC+1`, `UTC-3:30`, `UTC`.
    fn offset(self, at: Timestamp) -> String {
        let offset = chrono::Offset::fix(at.with_timezone(&self.0).offset()).local_minus_utc() / 60;
        let (sign, hours, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60);
        match (offset, minutes) {
            (0, _) => "UTC".to_owned(),
            (_, 0) => format!("UTC{sign}{hours}"),
            _ => format!("UTC{sign}{hours}:{minutes:02}"),
        }
    }

    /// The IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        let name = name.trim();
        let today = named::renamed(name).unwrap_or(name);
        chrono_tz::Tz::from_str_insensitive(today)
            .map(Self)
            .map_err(|_| ZoneError(name.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_gap_and_a_fold_are_told_apart() {
        let berlin: Zone = "europe/berlin".parse().unwrap();
        let at = |text: &str| berlin.instant(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap());
        assert_eq!(at("2026-03-29 02:30"), LocalTime::None);
        assert_eq!(
            at("2026-10-25 02:30"),
            LocalTime::Two(utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z"))
        );
        assert_eq!(at("2026-07-14 15:00"), LocalTime::One(utc("2026-07-14T13:00:00Z")));
    }

    #[test]
    fn spelled_with_weekday_date_and_offset() {
        let london: Zone = "Europe/London".parse().unwrap();
        assert_eq!(london.spelled(utc("2026-07-14T14:00:00Z")), "Tue 14 July 2026, 15:00 (UTC+1)");
        let kolkata: Zone = "Asia/Calcutta".parse().unwrap();
        assert_eq!(kolkata.spelled(utc("2026-07-14T14:00:00Z")), "Tue 14 July 2026, 19:30 (UTC+5:30)");
    }
}
