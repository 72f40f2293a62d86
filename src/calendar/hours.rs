//! Business hours: when somebody may be written to, and how long they have had.

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use super::{Spans, Zone};
use crate::model::Timestamp;

/// The days on which a window is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenDays {
    /// Monday to Friday; no holiday calendar.
    Weekdays,
    /// All seven.
    Every,
}

/// A daily window of wall-clock time, `from` inclusive, `to` exclusive, in the zone of whoever it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Opens.
    pub from: NaiveTime,
    /// Closes; later than `from`.
    pub to: NaiveTime,
    /// On which days.
    pub days: OpenDays,
}

/// More days than any wait may span; only ends loops.
const HORIZON: u64 = 4000;

impl Hours {
    /// From one full hour to another; one that no clock shows is midnight.
    #[must_use]
    pub fn of(from: u32, to: u32, days: OpenDays) -> Self {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        Self {
            from: time(from),
            to: time(to),
            days,
        }
    }

    /// Whether the window is open at an instant.
    #[must_use]
    pub fn open(&self, at: Timestamp, zone: Zone) -> bool {
        let local = zone.local(at);
        self.on(local.date()) && local.time() >= self.from && local.time() < self.to
    }

    /// The first instant at or after `at` in which the window is open.
    #[must_use]
    pub fn next_open(&self, at: Timestamp, zone: Zone) -> Timestamp {
        if self.open(at, zone) {
            return at;
        }
        let today = zone.local(at).date();
        self.days_from(today)
            .map(|day| zone.at_or_after(day, self.from))
            .find(|opens| *opens >= at)
            .unwrap_or(at)
    }

    /// When the window closes on the day of `at`; `at` itself when it has closed by then.
    #[must_use]
    pub fn closes(&self, at: Timestamp, zone: Zone) -> Timestamp {
        zone.at_or_after(zone.local(at).date(), self.to).max(at)
    }

    /// The instant at which `wait` of open time has gone by since `at`.
    #[must_use]
    pub fn after(&self, at: Timestamp, wait: Duration, zone: Zone) -> Timestamp {
        let mut left = wait;
        for day in self.days_from(zone.local(at).date()) {
            let (opens, closes) = (zone.at_or_after(day, self.from).max(at), zone.at_or_after(day, self.to));
            let span = closes - opens;
            if span <= Duration::zero() {
                continue;
            }
            if span >= left {
                return opens + left;
            }
            left -= span;
        }
        at + wait
    }

    /// The opening of the `n`th working day after the day of `at`; `n` = 0 is the next moment open.
    #[must_use]
    pub fn business_days_after(&self, at: Timestamp, n: u32, zone: Zone) -> Timestamp {
        if n == 0 {
            return self.next_open(at, zone);
        }
        let today = zone.local(at).date();
        let later = self.days_from(today).filter(|day| *day > today).nth(n as usize - 1);
        later.map_or(at, |day| zone.at_or_after(day, self.from))
    }

    /// The opening of the first open day on or after `date`.
    #[must_use]
    pub fn opening_on_or_after(&self, date: NaiveDate, zone: Zone) -> Timestamp {
        let day = self.days_from(date).next().unwrap_or(date);
        zone.at_or_after(day, self.from)
    }

    /// The open stretches between two instants.
    #[must_use]
    pub fn spans(&self, zone: Zone, from: Timestamp, to: Timestamp) -> Spans {
        let opens = |day| (zone.at_or_after(day, self.from).max(from), zone.at_or_after(day, self.to).min(to));
        let days = self.days_from(zone.local(from).date()).map(opens);
        Spans::of(days.take_while(|(opens, _)| *opens < to).collect())
    }

    /// How much of the time between two instants it is open.
    #[must_use]
    pub fn open_between(&self, from: Timestamp, to: Timestamp, zone: Zone) -> Duration {
        self.spans(zone, from, to)
            .iter()
            .fold(Duration::zero(), |open, (opens, closes)| open + (closes - opens))
    }

    /// How many open days come after the day of one instant, up to the day of another: from Friday to Monday it is one.
    #[must_use]
    pub fn days_between(&self, from: Timestamp, to: Timestamp, zone: Zone) -> u32 {
        let (first, last) = (zone.local(from).date(), zone.local(to).date());
        let days = self.days_from(first).skip_while(|day| *day == first).take_while(|day| *day <= last);
        u32::try_from(days.count()).unwrap_or(u32::MAX)
    }

    /// Whether it is open all the time between two instants.
    #[must_use]
    pub fn covers(&self, zone: Zone, start: Timestamp, end: Timestamp) -> bool {
        let day = zone.local(start).date();
        self.on(day) && start >= zone.at_or_after(day, self.from) && end <= zone.at_or_after(day, self.to)
    }

    fn on(&self, day: NaiveDate) -> bool {
        match self.days {
            OpenDays::Every => true,
            OpenDays::Weekdays => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    fn days_from(&self, first: NaiveDate) -> impl Iterator<Item = NaiveDate> + '_ {
        (0..HORIZON)
            .map_while(move |n| first.checked_add_days(Days::new(n)))
            .filter(|day| self.on(*day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office() -> Hours {
        Hours::of(9, 18, OpenDays::Weekdays)
    }

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_is_skipped() {
        let london: Zone = "Europe/London".parse().unwrap();
        // Friday 2026-11-20, 17:00 local.
        let friday = utc("2026-11-20T17:00:00Z");
        assert_eq!(office().after(friday, Duration::hours(3), london), utc("2026-11-23T11:00:00Z"));
        assert_eq!(office().next_open(utc("2026-11-20T18:00:00Z"), london), utc("2026-11-23T09:00:00Z"));
        assert_eq!(office().business_days_after(friday, 2, london), utc("2026-11-24T09:00:00Z"));
    }

    #[test]
    fn hours_are_those_of_the_reader() {
        let tokyo: Zone = "Asia/Tokyo".parse().unwrap();
        assert!(office().open(utc("2026-11-20T01:00:00Z"), tokyo));
        assert!(!office().open(utc("2026-11-20T12:00:00Z"), tokyo));
    }

    #[test]
    fn open_stretches_begin_and_end_within_what_is_asked() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        // From Friday noon to Monday eleven o'clock, over the night in which summer time begins.
        let (from, to) = (utc("2026-03-27T11:00:00Z"), utc("2026-03-30T09:00:00Z"));
        let open: Vec<_> = office().spans(berlin, from, to).iter().collect();
        assert_eq!(open, [(from, utc("2026-03-27T17:00:00Z")), (utc("2026-03-30T07:00:00Z"), to)]);
        assert!(office().covers(berlin, utc("2026-03-30T07:00:00Z"), utc("2026-03-30T16:00:00Z")));
        assert!(!office().covers(berlin, utc("2026-03-30T15:30:00Z"), utc("2026-03-30T16:30:00Z")));
        assert!(!office().covers(berlin, utc("2026-03-29T08:00:00Z"), utc("2026-03-29T09:00:00Z")));
    }

    #[test]
    fn what_lies_between_two_instants_is_counted_where_it_is_open() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let between = |from: &str, to: &str| {
            (
                office().open_between(utc(from), utc(to), berlin),
                office().days_between(utc(from), utc(to), berlin),
            )
        };
        // Friday 16:00 to Monday 10:00, over the night in which summer time begins.
        assert_eq!(between("2026-03-27T15:00:00Z", "2026-03-30T08:00:00Z"), (Duration::hours(3), 1));
        assert_eq!(between("2026-03-28T15:00:00Z", "2026-03-29T08:00:00Z"), (Duration::zero(), 0));
        // The same day, and the year's end: Thursday to Monday.
        assert_eq!(between("2026-03-26T09:00:00Z", "2026-03-26T09:30:00Z"), (Duration::minutes(30), 0));
        assert_eq!(between("2026-12-31T11:00:00Z", "2027-01-04T11:00:00Z"), (Duration::hours(18), 2));
        // Backwards is nothing.
        assert_eq!(between("2026-03-30T08:00:00Z", "2026-03-27T15:00:00Z"), (Duration::zero(), 0));
    }

    #[test]
    fn a_clock_change_moves_the_opening() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        assert_eq!(
            office().opening_on_or_after(NaiveDate::from_ymd_opt(2026, 3, 28).unwrap(), berlin),
            utc("2026-03-30T07:00:00Z")
        );
    }
}
