//! Times as they stand in a calendar: DATE, DATE-TIME, DURATION, with the zones they are in.   RFC 5545 3.3.4 to 3.3.6
//!
//! In: lines of a calendar and the zones it brings along. Out: instants where they are certain, else what is written.
//! Never here: the machine's own zone, or any other guess.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use serde::Serialize;

use super::blocks::Block;
use super::lines::Line;
use super::rules::Rules;
use super::{LocalTime, Zone, named};
use crate::model::Timestamp;

/// From when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// DTSTART.
    pub from: Moment,
    /// DTEND, or DTSTART and DURATION, when there is one.
    pub to: Option<Moment>,
}

/// A time in a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// An instant: written in UTC, or in a zone that is known.
    At(Timestamp),
    /// A time on a wall whose zone is not known, not named, or whose clocks show it twice or never: to be asked about.
    Local {
        /// As written.
        time: NaiveDateTime,
        /// The zone as named.
        zone: Option<String>,
    },
}

impl Moment {
    /// The instant, when it is certain.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Local { .. } => None,
        }
    }

    fn after(&self, length: Duration) -> Option<Self> {
        Some(match self {
            Self::At(at) => Self::At(at.checked_add_signed(length)?),
            Self::Local { time, zone } => Self::Local {
                time: time.checked_add_signed(length)?,
                zone: zone.clone(),
            },
        })
    }
}

/// The zones that a calendar describes itself, under their TZIDs.
#[derive(Debug, Clone, Default)]
pub(super) struct Clocks(Vec<(String, Rules)>);

/// More zones than one calendar speaks of.
const MOST_ZONES: usize = 64;

impl Clocks {
    /// Those among the components.
    pub(super) fn of<'a>(blocks: impl Iterator<Item = &'a Block>) -> Self {
        let mut clocks = Self::default();
        blocks.for_each(|block| clocks.learn(block));
        clocks
    }

    /// Keeps a VTIMEZONE that is understood.
    pub(super) fn learn(&mut self, block: &Block) {
        if block.name != "VTIMEZONE" || self.0.len() >= MOST_ZONES {
            return;
        }
        if let (Some(name), Some(rules)) = (block.value("TZID"), Rules::of(block)) {
            self.0.push((name.to_owned(), rules));
        }
    }

    /// What a wall in a zone means.
    fn instant(&self, zone: &str, local: NaiveDateTime) -> Option<LocalTime> {
        self.clock(zone).map(|clock| clock.instant(local))
    }

    /// The clock of a zone: the database first, then what the calendar says of the zone.
    pub(super) fn clock(&self, zone: &str) -> Option<Clock<'_>> {
        if let Some(known) = named::zone(zone) {
            return Some(Clock::Known(known));
        }
        let own = self.0.iter().find(|(name, _)| name == zone.trim());
        own.map(|(_, rules)| Clock::Own(rules))
    }
}

/// The clock of a zone.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock<'a> {
    /// One that everybody knows.
    Known(Zone),
    /// One that only this calendar knows.
    Own(&'a Rules),
}

impl Clock<'_> {
    /// What a wall with this clock means.
    pub(super) fn instant(self, local: NaiveDateTime) -> LocalTime {
        match self {
            Self::Known(zone) => zone.instant(local),
            Self::Own(rules) => rules.instant(local),
        }
    }

    /// How much work that is, where a day that is looked at to see whether an entry comes again is 1.
    pub(super) fn work(self) -> usize {
        match self {
            Self::Known(_) => 0,
            // Outlook's zones, with a rule for summer and one for winter, come to some sixty.
            Self::Own(rules) => rules.work() / 10,
        }
    }
}

/// The stretch between two lines of a component.
pub(super) fn span(block: &Block, start: &str, end: &str, clocks: &Clocks) -> Option<Span> {
    let from = moment(block.line(start)?, clocks)?;
    let to = match block.line(end) {
        Some(end) => moment(end, clocks),
        None if start == "DTSTART" => block.value("DURATION").and_then(duration).and_then(|length| from.after(length)),
        None => None,
    };
    Some(Span { from, to })
}

/// `20260714T100000Z`, `20260714T100000` in a zone, `20260714`.
pub(super) fn moment(line: &Line, clocks: &Clocks) -> Option<Moment> {
    let value = line.value.trim();
    if let Some(at) = utc(value) {
        return Some(Moment::At(at));
    }
    let local = wall(value)?;
    let name = line.parameter("TZID");
    Some(match name.and_then(|name| clocks.instant(name, local)) {
        Some(LocalTime::One(at)) => Moment::At(at),
        Some(LocalTime::None | LocalTime::Two(..)) | None => Moment::Local {
            time: local,
            zone: name.map(str::to_owned),
        },
    })
}

/// `20260714T100000Z`.
pub(super) fn utc(value: &str) -> Option<Timestamp> {
    let local = wall(value.strip_suffix(['Z', 'z'])?)?;
    Some(DateTime::from_naive_utc_and_offset(local, Utc))
}

/// `20260714T100000`, or `20260714` for its midnight.
pub(super) fn wall(value: &str) -> Option<NaiveDateTime> {
    let (date, clock) = value.split_once(['T', 't']).unwrap_or((value, "000000"));
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(date, 8) || !digits(clock, 6) {
        return None;
    }
    let date = NaiveDate::parse_from_str(date, "%Y%m%d").ok()?;
    Some(date.and_time(NaiveTime::parse_from_str(clock, "%H%M%S").ok()?))
}

/// `PT1H30M`, `P1D`, `P2W`, `-PT15M`; nothing longer than ten years.
pub(super) fn duration(value: &str) -> Option<Duration> {
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+').unwrap_or(value)),
    };
    let mut rest = rest.strip_prefix(['P', 'p'])?;
    let (mut seconds, mut in_time, mut some) = (0_i64, false, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']) {
            (rest, in_time) = (time, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = rest.split_at_checked(end)?;
        let unit_char = unit.chars().next()?;
        let unit_seconds = match (unit_char.to_ascii_uppercase(), in_time) {
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3_600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_seconds)?)?;
        rest = unit.get(unit_char.len_utf8()..)?;
        some = true;
    }
    (some && seconds <= 10 * 366 * 86_400).then(|| Duration::seconds(sign * seconds))
}

/// `-1SU`, `2MO`, `FR` (0).
pub(super) fn nth_weekday(value: &str) -> Option<(i32, Weekday)> {
    let (nth, day) = value.trim().split_at_checked(value.trim().len().checked_sub(2)?)?;
    let nth: i32 = if nth.is_empty() { 0 } else { nth.parse().ok()? };
    let day = match day.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    (-53..=53).contains(&nth).then_some((nth, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        for (text, seconds) in [
            ("PT1H30M", 5_400),
            ("P1D", 86_400),
            ("P2W", 1_209_600),
            ("-PT15M", -900),
            ("+P1DT1S", 86_401),
        ] {
            assert_eq!(duration(text), Some(Duration::seconds(seconds)), "{text}");
        }
        for none in [
            "",
            "P",
            "PT",
            "PT5",
            "P1H",
            "PT1D",
            "1H",
            "PT1Hé",
            "P99999999999999999999D",
            "P9999D",
            "-P-1D",
        ] {
            assert_eq!(duration(none), None, "{none}");
        }
    }

    #[test]
    fn walls_are_digits_only() {
        assert!(wall("20260714").is_some() && wall("20260714T235959").is_some());
        for none in [
            "2026071",
            "20260732",
            "+2026071",
            "20260714T1000",
            "20260714T250000",
            "2026 714",
            "20260714TT",
            "२०२६०७१४",
        ] {
            assert_eq!(wall(none), None, "{none}");
        }
        assert_eq!(nth_weekday("-1SU"), Some((-1, Weekday::Sun)));
        assert_eq!(nth_weekday("FR"), Some((0, Weekday::Fri)));
        for none in ["", "U", "é", "99SU", "1XX", "éé"] {
            assert_eq!(nth_weekday(none), None, "{none}");
        }
    }
}
