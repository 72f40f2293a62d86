//! Clock times in digits: "3pm", "14:30", "14h30", "1430", "3.15", "10 in the morning".
//!
//! In: items. Out: an hour and minutes as written.
//! Never here: which half of the day an open hour means.

use super::super::items::Items;
use super::super::lex::{Lex, Part, Unit, What};
use super::spoken::spoken;
use super::{Clocks, Half, Written};

impl Clocks<'_> {
    pub(super) fn in_digits(&self, at: usize, led: bool) -> Option<(Written, usize)> {
        if self
            .items
            .mark(at.wrapping_sub(1))
            .is_some_and(|mark| matches!(mark, '€' | '$' | '£' | '#' | '+'))
            && !led
        {
            return None;
        }
        // "2026-12-08T15:00"
        let iso = matches!(self.items.what(at.wrapping_sub(1)), Some(What::Word(t)) if &**t == "t")
            && self.items.number(at.wrapping_sub(2)).is_some();
        if self.items.glued(at)
            && !iso
            && self.items.mark(at.wrapping_sub(1)).is_none()
            && self
                .items
                .lex(at.wrapping_sub(1))
                .is_none_or(|lex| matches!(lex, Lex::Am | Lex::Pm))
        {
            return None;
        }
        let (value, digits) = self.items.number(at)?;
        let value = i32::try_from(value).ok()?;
        if self.is_amount(at) {
            return None;
        }
        let led = led || digits == 4 && self.day_before(at);
        let minute_at = |mark: usize, at: usize| {
            let (minute, digits) = self.items.number(at)?;
            let minute = i32::try_from(minute).ok()?;
            (digits == 2 && minute < 60 && self.items.glued(mark) && self.items.glued(at)).then_some(minute)
        };
        let mut full = false;
        let (hour, minute, mut next, mut sure) = if digits <= 2 {
            if value > 24 {
                return None;
            }
            match (self.items.mark(at + 1), self.items.lex(at + 1)) {
                (Some(':' | '.'), _) if minute_at(at + 1, at + 2).is_some() => {
                    let colon = self.items.mark(at + 1) == Some(':');
                    // "3.15" may be a date or an amount.
                    let dated = self.items.mark(at + 3) == Some('.')
                        && self.items.glued(at + 3)
                        && self.items.number(at + 4).is_some()
                        && self.items.glued(at + 4);
                    if dated {
                        return None;
                    }
                    // "8:00:25"
                    let seconds = if colon && self.items.mark(at + 3) == Some(':') && minute_at(at + 3, at + 4).is_some() {
                        2
                    } else {
                        0
                    };
                    (value, minute_at(at + 1, at + 2)?, at + 3 + seconds, colon)
                }
                (_, Some(Lex::ClockMark)) => {
                    full = true;
                    match minute_at(at + 1, at + 2) {
                        Some(minute) => (value, minute, at + 3, true),
                        None => {
                            // "14 Uhr 30"
                            match self.items.number(at + 2) {
                                Some((minute, 2))
                                    if minute < 60
                                        && self.items.mark(at + 3).is_none_or(|mark| mark != '-')
                                        && self.items.lex(at + 1) == Some(Lex::ClockMark) =>
                                {
                                    (value, i32::try_from(minute).ok()?, at + 3, true)
                                }
                                _ => (value, 0, at + 2, true),
                            }
                        }
                    }
                }
                // "12 noon"
                (_, Some(Lex::Noon)) if value == 12 => {
                    full = true;
                    (value, 0, at + 2, true)
                }
                // "from the 24 on" is a day.
                _ if value == 24 => return None,
                _ => (value, 0, at + 1, false),
            }
        } else if matches!(digits, 3 | 4) && value / 100 <= 24 && value % 100 < 60 {
            // "1430" as it stands only where a time must be; "930" likewise.
            let hundreds = self.items.lex(at + 1) == Some(Lex::Unit(Unit::Hour));
            let marked = hundreds
                || matches!(
                    self.items.lex(at + 1),
                    Some(Lex::ClockMark | Lex::Am | Lex::Pm | Lex::Part(Part::Morning))
                );
            let partner = |at: usize| self.items.number(at).filter(|(_, digits)| matches!(digits, 3 | 4));
            let other = self.joint(at + 1).and_then(partner).or_else(|| {
                let dash = self.items.mark(at.wrapping_sub(1)).is_some_and(|mark| matches!(mark, '-' | '–'));
                dash.then(|| partner(at.wrapping_sub(2))).flatten()
            });
            // "1130 or 1430"
            let sound = |value: u32| value.is_multiple_of(5) && (700..2100).contains(&value) && value % 100 < 60;
            let listed = |joint: usize, at: usize| {
                matches!(self.items.lex(joint), Some(Lex::Or | Lex::And)) && partner(at).is_some_and(|(other, _)| sound(other))
            };
            let listed =
                u32::try_from(value).is_ok_and(sound) && (listed(at + 1, at + 2) || listed(at.wrapping_sub(1), at.wrapping_sub(2)));
            let ranged = other.is_some() || listed;
            // "2019 to 2020" are years, "1845-1955" are not.
            let year = is_year(value) && digits == 4 && other.is_none_or(|(other, _)| i32::try_from(other).is_ok_and(is_year));
            let marked = marked || self.items.lex(at + 1) == Some(Lex::On);
            if year && !marked || !(led || marked || ranged) {
                return None;
            }
            full = digits == 4;
            (value / 100, value % 100, at + 1 + usize::from(hundreds), marked || ranged)
        } else {
            return None;
        };
        if digits == 2 && value < 10 && minute_at(at + 1, at + 2).is_some() {
            full = true;
        }
        let mut half = None;
        if let Some((found, used)) = self.half(next) {
            // "3am3ioY"
            if self.items.glued(next + used) && self.items.number(next + used).is_some() {
                return None;
            }
            if hour > 12 && found == Half::Am || hour > 23 || hour == 0 && found == Half::Pm {
                return None;
            }
            half = Some(found);
            (next, sure, full) = (next + used, true, full && hour > 12);
        } else if self.items.lex(next) == Some(Lex::ClockMark) {
            // "6:38 Uhr" is of 24 hours, "3 Uhr" may be spoken.
            (next, sure, full) = (next + 1, true, hour > 7 || full || sure);
            if let Some((found, used)) = self.half(next) {
                (half, next) = (Some(found), next + used);
            }
        }
        if hour > 12 || hour == 0 {
            full = true;
        }
        if self.items.lex(next) == Some(Lex::Sharp) {
            (next, sure) = (next + 1, true);
        } else if self.items.mark(next) == Some('-') && self.items.glued(next) && self.items.lex(next + 1) == Some(Lex::Sharp) {
            (next, sure) = (next + 2, true);
        }
        // "8 y media", "20 heures et demie", "9 meno un quarto"
        let mut minute = minute;
        let mut hour = hour;
        if minute == 0 {
            match self.items.lex(next) {
                Some(Lex::AndHalf) => (minute, next, sure) = (30, next + 1, true),
                Some(Lex::AndQuarter) => (minute, next, sure) = (15, next + 1, true),
                Some(Lex::Minus) if self.spoken_minutes(next + 1).is_some() => {
                    let (less, used) = self.spoken_minutes(next + 1)?;
                    (hour, minute, next, sure) = ((hour + 23) % 24, 60 - less, next + 1 + used, true);
                }
                _ => {}
            }
            if minute > 0
                && half.is_none()
                && let Some((found, used)) = self.half(next)
            {
                (half, next) = (Some(found), next + used);
            }
        }
        // "10 in the morning", "8 in the evening"
        if half.is_none()
            && !full
            && hour <= 12
            && let Some((found, used)) = self.half_named(next)
        {
            (half, next, sure) = (Some(found), next + used, true);
            // "8 a. m. y 2 p. m."
            let goes_on = self.items.lex(next + 1) == Some(Lex::And) || self.joint(next + 1).is_some();
            next += usize::from(self.items.mark(next) == Some('.') && self.items.glued(next) && goes_on);
        }
        // "3 Uhr nachmittags", "3h de l'après-midi", "8 uur 's avonds": spoken, not of 24 hours.
        if half.is_none()
            && full
            && (1..=11).contains(&hour)
            && let Some((found, used)) = self.half_named(next)
            && self.is_of_half(hour, next + used - 1)
        {
            (half, next, full) = (Some(found), next + used, false);
        }
        // "20 past 3", "10 to 4"
        if digits <= 2
            && minute == 0
            && half.is_none()
            && let Some(Lex::Past | Lex::ToHour | Lex::Before | Lex::Till) = self.items.lex(next)
            && let Some((hour, used)) = self.spoken_hour(next + 1 + usize::from(self.items.lex(next + 1) == Some(Lex::Till)))
            && value < 60
            && matches!(value, 5 | 10 | 15 | 20 | 25)
            && (self.items.lex(next) == Some(Lex::Past) || self.minutes_to(next))
        {
            let to = self.items.lex(next) != Some(Lex::Past);
            return Some((spoken(hour, if to { -value } else { value }), next + 1 + used - at));
        }
        (half.is_some() || hour < 24 || minute == 0).then_some(())?;
        Some((
            Written {
                hour,
                minute,
                half,
                full,
                sure,
            },
            next - at,
        ))
    }

    /// An hour that the part of the day named behind it holds: "3 in the afternoon", not "10 in the afternoon".
    fn is_of_half(&self, hour: i32, at: usize) -> bool {
        match self.items.lex(at) {
            Some(Lex::Part(Part::Morning | Part::FirstThing)) => hour >= 5,
            Some(Lex::Part(Part::Evening | Part::Night)) => hour >= 5,
            Some(Lex::Part(_)) => hour <= 7,
            _ => false,
        }
    }

    /// "6.5 kilograms", "101,194": digits go on behind a point or a comma, and are no minutes.
    fn is_amount(&self, at: usize) -> bool {
        let Some((_, digits)) = self.items.number(at + 2) else {
            return false;
        };
        let glued = self.items.glued(at + 1) && self.items.glued(at + 2);
        let one_more = self.items.mark(at + 3) == Some('.') && self.items.glued(at + 3) && self.items.number(at + 4).is_some();
        match self.items.mark(at + 1) {
            Some('.') => glued && digits == 1 && !one_more && !matches!(self.items.lex(at + 3), Some(Lex::Am | Lex::Pm)),
            Some(',') => glued && digits == 3,
            _ => false,
        }
    }

    /// "2 Nov 1815", "Sunday 0930": the name of a day or a month stands before.
    fn day_before(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|before| self.items.lex(before)).is_some_and(|lex| {
            matches!(
                lex,
                Lex::Weekday(_) | Lex::Month(_) | Lex::Relative(_) | Lex::OrdinalMark | Lex::Part(_)
            )
        })
    }

    /// "10 to 4" is a range; "ten to four" and "20 to 4" are clock times.
    pub(super) fn minutes_to(&self, at: usize) -> bool {
        at > 0 && self.items.number(at - 1).is_none_or(|(minutes, _)| matches!(minutes, 20 | 25)) && self.items.lex(at) != Some(Lex::Before)
    }

    pub(super) fn half(&self, at: usize) -> Option<(Half, usize)> {
        let half = match self.items.lex(at)? {
            Lex::Am => Half::Am,
            Lex::Pm => Half::Pm,
            _ => return None,
        };
        // "p.m." ends with a point of its own, "pm." ends the sentence.
        let dot = usize::from(
            self.items.length(at) > 2
                && self.items.mark(at + 1) == Some('.')
                && self.items.glued(at + 1)
                && !self.ends_line(at + 2)
                && self.lower_follows(at + 2),
        );
        Some((half, 1 + dot))
    }

    pub(super) fn ends_line(&self, at: usize) -> bool {
        self.items.what(at).is_none_or(|what| *what == What::Line)
    }

    pub(super) fn lower_follows(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| !item.capital)
    }

    /// "in the morning", "de la tarde", "am Abend": which half of the day it is.
    pub(super) fn half_named(&self, at: usize) -> Option<(Half, usize)> {
        let next = self.items.skip(at, &[Lex::Of, Lex::On]);
        let Lex::Part(part) = self.items.lex(next)? else { return None };
        // "at 10 morning" without a joint is rare; "Tuesday 10, morning or" is not the same.
        let half = match part {
            Part::Morning | Part::FirstThing => Half::Am,
            Part::Afternoon | Part::Evening | Part::Night | Part::Lunch | Part::LateAfternoon | Part::EarlyAfternoon => Half::Pm,
            _ => return None,
        };
        Some((half, next + 1 - at))
    }
}

/// Four digits that name a year more often than an hour.
fn is_year(value: i32) -> bool {
    (1950..2100).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::super::{Clock, first_of, minutes};

    #[test]
    fn points() {
        for (text, hour, minute) in [
            ("at 10:15", 10, 15),
            ("at 3p.m. or so", 15, 0),
            ("14h30", 14, 30),
            ("at 8ish", 8, 0),
            ("on Sunday 1815", 18, 15),
            ("um 6:38 Uhr am Montag", 6, 38),
            ("um 7:15am am Montag", 7, 15),
            ("lunes a las 8 y media", 8, 30),
            ("10 in the evening", 22, 0),
        ] {
            assert_eq!(first_of(text), Some(Clock::Point(minutes(hour, minute))), "{text}");
        }
    }

    #[test]
    fn other_numbers() {
        for text in [
            "at 6.5 kilograms",
            "at 101,194 points",
            "2019 to 2020",
            "$12",
            "for 3 days",
            "id=3am3ioY",
        ] {
            assert_eq!(first_of(text), None, "{text}");
        }
    }
}
