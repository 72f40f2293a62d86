//! The clocks of a zone that a calendar brings along: VTIMEZONE.   RFC 5545 3.6.5
//!
//! In: a VTIMEZONE, also of the kind that Outlook writes for a "Customized Time Zone", whose rules begin in 1601. Out: what a local time means
//! by them. A zone with a rule that is not understood is no zone.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc, Weekday};

use super::LocalTime;
use super::blocks::Block;
use super::lines::Line;
use super::moment;

/// The rules of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules(Vec<Observance>);

/// STANDARD or DAYLIGHT: from when on which offset holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Observance {
    /// The first onset, on the wall before it.
    start: NaiveDateTime,
    /// Seconds east of UTC before and after.
    from: i32,
    to: i32,
    again: Again,
}

/// When an onset comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Again {
    Never,
    /// RDATE.
    On(Vec<NaiveDateTime>),
    Yearly(Yearly),
}

/// `FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`, all of it optional.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Yearly {
    month: u32,
    /// Which of that weekday in the month; negative from its end, 0 for the first that fits `days`.
    day: Option<(i32, Weekday)>,
    /// BYMONTHDAY.
    days: Vec<u32>,
    until: Option<NaiveDateTime>,
}

/// More than any zone needs.
const MOST_OBSERVANCES: usize = 64;
const MOST_DATES: usize = 400;

impl Rules {
    /// The rules in a VTIMEZONE; `None` when one of them is not understood.
    pub(super) fn of(zone: &Block) -> Option<Self> {
        if zone.inner.len() > MOST_OBSERVANCES {
            return None;
        }
        let all: Vec<Observance> = zone.inner.iter().map(observance).collect::<Option<_>>()?;
        (!all.is_empty()).then_some(Self(all))
    }

    /// The instants at which the wall clock shows `local`.
    pub(super) fn instant(&self, local: NaiveDateTime) -> LocalTime {
        // The larger the offset, the earlier the instant.
        let shown = self.offsets().into_iter().filter_map(|offset| {
            let at = local.checked_sub_signed(Duration::seconds(offset.into()))?;
            (self.offset(at) == Some(offset)).then(|| Utc.from_utc_datetime(&at))
        });
        let mut shown = shown;
        match (shown.next(), shown.next()) {
            (None, _) => LocalTime::None,
            (Some(at), None) => LocalTime::One(at),
            (Some(first), Some(second)) => LocalTime::Two(first, second),
        }
    }

    /// Those that may hold, the largest first.
    fn offsets(&self) -> Vec<i32> {
        let mut offsets: Vec<i32> = self.0.iter().flat_map(|one| [one.from, one.to]).collect();
        offsets.sort_unstable_by(|a, b| b.cmp(a));
        offsets.dedup();
        offsets
    }

    /// Dates looked at to tell what one local time means.
    pub(super) fn work(&self) -> usize {
        let dates = self.0.iter().map(|one| match &one.again {
            Again::Never => 1,
            Again::On(dates) => dates.len(),
            // The month of an onset, in some years.
            Again::Yearly(_) => 5 * 31,
        });
        dates.sum::<usize>().saturating_mul(self.offsets().len())
    }

    /// The offset that holds at an instant: that of the last onset before it.
    fn offset(&self, at: NaiveDateTime) -> Option<i32> {
        let onsets = self.0.iter().filter_map(|one| Some((one.last_onset(at)?, one.to)));
        let last = onsets.max_by_key(|(onset, _)| *onset).map(|(_, to)| to);
        last.or_else(|| self.0.iter().min_by_key(|one| one.start).map(|one| one.from))
    }
}

impl Observance {
    /// The last onset at or before an instant, in UTC.
    fn last_onset(&self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        let before = Duration::seconds(self.from.into());
        let utc = |wall: NaiveDateTime| wall.checked_sub_signed(before);
        let first = utc(self.start).filter(|onset| *onset <= at);
        match &self.again {
            Again::Never => first,
            Again::On(dates) => dates
                .iter()
                .filter_map(|date| utc(*date))
                .filter(|onset| *onset <= at)
                .chain(first)
                .max(),
            Again::Yearly(rule) => {
                let years = [at.year() - 1, at.year(), at.year() + 1];
                let onsets = years.into_iter().filter_map(|year| {
                    let wall = rule.day(year)?.and_time(self.start.time());
                    let onset = utc(wall)?;
                    let stands = wall >= self.start && onset <= at && rule.until.is_none_or(|until| onset <= until);
                    stands.then_some(onset)
                });
                // A rule that has ended holds on with its last onset.
                let ended = rule.until.filter(|until| *until < at).and_then(|until| {
                    let years = [until.year(), until.year() - 1].into_iter();
                    let walls = years.filter_map(|year| Some(rule.day(year)?.and_time(self.start.time())));
                    walls
                        .filter(|wall| *wall >= self.start)
                        .filter_map(utc)
                        .find(|onset| *onset <= until)
                });
                onsets.chain(ended).chain(first).max()
            }
        }
    }
}

impl Yearly {
    fn day(&self, year: i32) -> Option<NaiveDate> {
        let month = (1..=31).filter_map(|day| NaiveDate::from_ymd_opt(year, self.month, day));
        let mut fit = month.filter(|date| {
            self.day.is_none_or(|(_, weekday)| date.weekday() == weekday) && (self.days.is_empty() || self.days.contains(&date.day()))
        });
        match self.day {
            Some((nth, _)) if nth < 0 => {
                let all: Vec<NaiveDate> = fit.collect();
                let back = usize::try_from(-nth).ok()?;
                all.len().checked_sub(back).and_then(|at| all.get(at)).copied()
            }
            Some((nth, _)) => fit.nth(usize::try_from(nth).ok()?.saturating_sub(1)),
            None => fit.next(),
        }
    }
}

fn observance(block: &Block) -> Option<Observance> {
    let start = moment::wall(block.value("DTSTART")?)?;
    let dates = block.lines.iter().filter(|line| line.name == "RDATE");
    let dates: Vec<NaiveDateTime> = dates
        .flat_map(|line| line.value.split(','))
        .take(MOST_DATES)
        .map(|date| moment::wall(date.trim()))
        .collect::<Option<_>>()?;
    let again = match block.line("RRULE") {
        Some(rule) => Again::Yearly(yearly(rule, start)?),
        None if dates.is_empty() => Again::Never,
        None => Again::On(dates),
    };
    Some(Observance {
        start,
        from: offset(block.value("TZOFFSETFROM")?)?,
        to: offset(block.value("TZOFFSETTO")?)?,
        again,
    })
}

fn yearly(rule: &Line, start: NaiveDateTime) -> Option<Yearly> {
    let mut yearly = Yearly {
        month: start.month(),
        day: None,
        days: Vec::new(),
        until: None,
    };
    let mut is_yearly = false;
    for part in rule.value.trim().split(';').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        match name.to_ascii_uppercase().as_str() {
            "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
            "INTERVAL" if value == "1" => {}
            "WKST" => {}
            "BYMONTH" => yearly.month = value.parse().ok().filter(|month| (1..=12).contains(month))?,
            "BYDAY" => yearly.day = Some(moment::nth_weekday(value)?),
            "BYMONTHDAY" => yearly.days = days_of_month(value)?,
            "UNTIL" => yearly.until = Some(moment::wall(value.trim_end_matches(['Z', 'z']))?),
            _ => return None,
        }
    }
    if yearly.day.is_none() && yearly.days.is_empty() {
        yearly.days = vec![start.day()];
    }
    is_yearly.then_some(yearly)
}

/// `8,9,10`: a set, so that a day said a thousand times is looked at once.
fn days_of_month(value: &str) -> Option<Vec<u32>> {
    let mut set = [false; 32];
    for day in value.split(',') {
        *set.get_mut(day.parse::<usize>().ok().filter(|day| *day > 0)?)? = true;
    }
    Some((1..=31).filter(|day| set.get(*day as usize) == Some(&true)).collect())
}

/// `-0330`, `+023000`: seconds.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| digits.get(at..at + 2).map_or(Some(0), |two| two.parse::<i32>().ok());
    let (hours, minutes, seconds) = (two(0)?, two(2)?, two(4)?);
    (hours < 24 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::super::blocks::blocks;
    use super::*;

    fn rules(parts: &[&str]) -> Option<Rules> {
        let inner: String = parts
            .iter()
            .map(|lines| format!("BEGIN:STANDARD\n{}\nEND:STANDARD\n", lines.replace(' ', "\n")))
            .collect();
        Rules::of(&blocks(format!("BEGIN:VTIMEZONE\n{inner}END:VTIMEZONE").as_bytes()).next().unwrap())
    }

    fn instant(rules: &Rules, wall: &str) -> Vec<String> {
        let shown = |at: crate::model::Timestamp| at.format("%d %H:%M").to_string();
        match rules.instant(NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").unwrap()) {
            LocalTime::None => Vec::new(),
            LocalTime::One(at) => vec![shown(at)],
            LocalTime::Two(a, b) => vec![shown(a), shown(b)],
        }
    }

    /// Central Europe's clocks as Outlook writes them, against those of the database.
    #[test]
    fn rules_since_1601_tell_the_same_time_as_the_database() {
        let own = rules(&[
            "DTSTART:16010101T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            "DTSTART:16010101T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        ])
        .unwrap();
        let berlin: super::super::Zone = "Europe/Berlin".parse().unwrap();
        let mut wall = NaiveDate::from_ymd_opt(2025, 12, 30).unwrap().and_hms_opt(0, 15, 0).unwrap();
        for _ in 0..24 * 800 {
            assert_eq!(own.instant(wall), berlin.instant(wall), "{wall}");
            wall += Duration::hours(1);
        }
    }

    #[test]
    fn one_offset_for_ever_and_dates_one_by_one() {
        let fixed = rules(&["DTSTART:16010101T000000 TZOFFSETFROM:+0545 TZOFFSETTO:+0545"]).unwrap();
        assert_eq!(instant(&fixed, "2026-07-14 10:00"), ["14 04:15"]);
        let dates = rules(&[
            "DTSTART:20260329T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 RDATE:20270328T020000,20280326T020000",
            "DTSTART:20261025T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100",
        ])
        .unwrap();
        assert_eq!(instant(&dates, "2026-01-14 10:00"), ["14 09:00"], "before the first onset");
        assert_eq!(instant(&dates, "2026-07-14 10:00"), ["14 08:00"]);
        assert_eq!(instant(&dates, "2027-01-14 10:00"), ["14 09:00"]);
        assert_eq!(instant(&dates, "2027-07-14 10:00"), ["14 08:00"]);
        assert_eq!(instant(&dates, "2026-10-25 02:30"), ["25 00:30", "25 01:30"]);
        assert!(instant(&dates, "2026-03-29 02:30").is_empty());
    }

    #[test]
    fn rules_end_and_begin_again() {
        // The second Sunday by its days; ended in 2026, so summer time stays.
        let own = rules(&[
            "DTSTART:20070311T020000 TZOFFSETFROM:-0500 TZOFFSETTO:-0400 RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14",
            "DTSTART:20071104T020000 TZOFFSETFROM:-0400 TZOFFSETTO:-0500 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=20251102T060000Z",
        ])
        .unwrap();
        assert_eq!(instant(&own, "2025-12-14 10:00"), ["14 15:00"]);
        assert_eq!(instant(&own, "2026-07-14 10:00"), ["14 14:00"]);
        assert_eq!(instant(&own, "2026-12-14 10:00"), ["14 14:00"]);
    }

    #[test]
    fn what_is_not_understood_is_no_zone() {
        for lines in [
            "DTSTART:20070311T020000 TZOFFSETFROM:-0500 TZOFFSETTO:-0400 RRULE:FREQ=DAILY",
            "DTSTART:20070311T020000 TZOFFSETFROM:-0500 TZOFFSETTO:-0400 RRULE:FREQ=YEARLY;BYEASTER=1",
            "DTSTART:20070311T020000 TZOFFSETFROM:-0500 TZOFFSETTO:-0400 RRULE:FREQ=YEARLY;BYMONTH=13",
            "DTSTART:20070311T020000 TZOFFSETFROM:-9900 TZOFFSETTO:-0400",
            "DTSTART:20070311T020000 TZOFFSETFROM:-05é0 TZOFFSETTO:-0400",
            "DTSTART:20070311T020000 TZOFFSETTO:-0400",
            "TZOFFSETFROM:-0500 TZOFFSETTO:-0400",
        ] {
            assert_eq!(rules(&[lines]), None, "{lines}");
        }
        assert_eq!(rules(&[]), None);
    }
}
