//! Clock times in words: "half past ten", "a quarter to four", "ten thirty", "noon", "halb drei", "las cuatro y media".
//!
//! In: items. Out: an hour and minutes as said.
//! Never here: digits alone.

use super::super::items::Items;
use super::super::lex::{Lex, What};
use super::{Clocks, DAY, Written};

impl Clocks<'_> {
    /// "half past ten", "a quarter to four", "ten thirty", "noon", "three o'clock", "halb drei", "las cuatro y media".
    pub(super) fn in_words(&self, at: usize) -> Option<(Written, usize)> {
        let whole = |hour: i32| Written {
            hour,
            minute: 0,
            half: None,
            full: true,
            sure: true,
        };
        let found = match self.items.lex(at)? {
            Lex::Noon => {
                let hour = whole(12);
                // "midi et demi", "12:30 midday"
                return match self.items.lex(at + 1) {
                    Some(Lex::AndHalf) => Some((Written { minute: 30, ..hour }, 2)),
                    _ => Some((hour, 1)),
                };
            }
            Lex::Midnight => return Some((whole(24), 1)),
            Lex::Close => return Some((whole(17), 1)),
            Lex::HalfPast => {
                let next = self.items.skip(at + 1, &[Lex::Past]);
                let (hour, used) = self.spoken_hour(next)?;
                Some((spoken(hour, 30), next + used - at))
            }
            Lex::HalfTo => {
                let (hour, used) = self.spoken_hour(at + 1)?;
                Some((spoken(hour, -30), 1 + used))
            }
            Lex::ThreeQuartersTo => {
                let (hour, used) = self.spoken_hour(at + 1)?;
                Some((spoken(hour, -15), 1 + used))
            }
            Lex::Quarter => {
                let next = at + 1;
                let sign = match self.items.lex(next)? {
                    Lex::Past | Lex::After => 1,
                    Lex::ToHour | Lex::Till | Lex::Before => -1,
                    _ => return None,
                };
                let (hour, used) = self.spoken_hour(next + 1)?;
                Some((spoken(hour, sign * 15), 2 + used))
            }
            // "fünf vor halb drei", "tien over half zeven"
            Lex::Number(minutes @ (5 | 10 | 20)) if self.items.lex(at + 2) == Some(Lex::HalfTo) => {
                let sign = match self.items.lex(at + 1)? {
                    Lex::Past | Lex::After => 1,
                    Lex::ToHour | Lex::Before => -1,
                    _ => return None,
                };
                let (hour, used) = self.spoken_hour(at + 3)?;
                Some((spoken(hour, sign * i32::try_from(minutes).ok()? - 30), 3 + used))
            }
            // "vijf voor zeven"
            Lex::Number(minutes @ (5 | 10 | 20)) if self.items.lex(at + 1) == Some(Lex::Before) => {
                let (hour, used) = self.spoken_hour(at + 2)?;
                Some((spoken(hour, -i32::try_from(minutes).ok()?), 2 + used))
            }
            Lex::Number(minutes)
                if matches!(minutes, 5 | 10 | 20 | 25) && matches!(self.items.lex(at + 1), Some(Lex::Past | Lex::ToHour | Lex::Till)) =>
            {
                // "I could do ten to eleven": an hour from one to the next, where no word before it wants a point.
                if self.is_hour_to_hour(at) {
                    return Some((spoken(i32::try_from(minutes).ok()?, 0), 1));
                }
                let minutes = i32::try_from(minutes).ok()?;
                let sign = if matches!(self.items.lex(at + 1), Some(Lex::Past | Lex::After)) {
                    1
                } else {
                    -1
                };
                // "five to half past" stays with its parts.
                match self.spoken_hour(at + 2).filter(|_| self.items.lex(at + 2) != Some(Lex::HalfTo)) {
                    Some((hour, used))
                        if !(sign < 0 && self.items.number(at + 2).is_some() && self.items.lex(at + 1) == Some(Lex::Till))
                            || self.items.lex(at + 1) != Some(Lex::Till) =>
                    {
                        Some((spoken(hour, sign * minutes), 2 + used))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let (mut written, mut used) = match found {
            Some(found) => found,
            None => {
                let Lex::Number(hour @ 1..=12) = self.items.lex(at)? else {
                    return self.afternoon_in_words(at);
                };
                let hour = i32::try_from(hour).ok()?;
                match self.items.lex(at + 1) {
                    Some(Lex::ClockMark) => {
                        // "trois heures et demie", "sept heures dix"
                        let (minute, more) = self.spoken_minutes(at + 2).unwrap_or((0, 0));
                        (spoken(hour, minute), 2 + more)
                    }
                    Some(Lex::AndHalf) => (spoken(hour, 30), 2),
                    Some(Lex::AndQuarter) => (spoken(hour, 15), 2),
                    Some(Lex::Minus) => {
                        let (minutes, more) = self.spoken_minutes(at + 2).filter(|_| self.items.lex(at + 2) != Some(Lex::And))?;
                        (spoken(hour, -minutes), 2 + more)
                    }
                    Some(Lex::Am | Lex::Pm) => (spoken(hour, 0), 1),
                    Some(Lex::Number(10..60)) => {
                        let (minute, more) = self.items.counted(at + 1).filter(|(minute, _)| *minute < 60)?;
                        (spoken(hour, i32::try_from(minute).ok()?), 1 + more)
                    }
                    // "las ocho y cuarenta", "oito e quarenta e cinco"
                    Some(Lex::And)
                        if matches!(self.items.lex(at + 2), Some(Lex::Number(20 | 25 | 30 | 35 | 40 | 45 | 50 | 55)))
                            && self.items.lex(at.wrapping_sub(1)) != Some(Lex::Between) =>
                    {
                        let (minute, more) = self.minutes_and(at + 2)?;
                        (spoken(hour, minute), 2 + more)
                    }
                    Some(Lex::Sharp) => (spoken(hour, 0), 2),
                    // "four-ish"
                    _ if self.items.mark(at + 1) == Some('-') && self.items.lex(at + 2) == Some(Lex::Sharp) => (spoken(hour, 0), 3),
                    _ => {
                        let before = at.checked_sub(1).and_then(|before| self.items.lex(before));
                        let led = matches!(
                            before,
                            Some(Lex::At | Lex::AtOrTill | Lex::After | Lex::Before | Lex::Till | Lex::From | Lex::Between | Lex::And)
                        )
                            // "5 to seven"
                            || before == Some(Lex::ToHour)
                                && (self.items.number(at.wrapping_sub(2)).is_some() || self.is_hour_to_hour(at.wrapping_sub(2)));
                        let led = led && !matches!(self.items.lex(at + 1), Some(Lex::Unit(_) | Lex::NotClock | Lex::Option))
                            // "a las siete del 15", but not "at one of them"
                            && (self.items.lex(at + 1) != Some(Lex::Of) || before == Some(Lex::AtOrTill))
                            && !matches!(self.items.what(at + 1), Some(What::Word(_)));
                        if !led || before == Some(Lex::And) && self.items.lex(at.wrapping_sub(3)) != Some(Lex::Between) {
                            return None;
                        }
                        (spoken(hour, 0), 1)
                    }
                }
            }
        };
        if let Some((half, more)) = self.half(at + used).or_else(|| self.half_named(at + used)) {
            written.half = Some(half);
            used += more;
        }
        Some((written, used))
    }

    /// "ten to eleven", "five to six" where nothing before them asks for a point: the hours stand beside one another, and
    /// nobody offers ten minutes before the hour unasked.
    fn is_hour_to_hour(&self, at: usize) -> bool {
        let (Some(Lex::Number(from @ (5 | 10))), Some(Lex::ToHour | Lex::Till), Some(Lex::Number(to))) =
            (self.items.lex(at), self.items.lex(at + 1), self.items.lex(at + 2))
        else {
            return false;
        };
        let led = matches!(
            at.checked_sub(1).and_then(|before| self.items.lex(before)),
            Some(Lex::At | Lex::AtOrTill | Lex::After | Lex::Before | Lex::Till | Lex::ToHour | Lex::From | Lex::Between | Lex::And)
        );
        to == from + 1 && !led
    }

    /// "quarenta e cinco"
    fn minutes_and(&self, at: usize) -> Option<(i32, usize)> {
        let (minute, used) = self.items.counted(at)?;
        let minute = i32::try_from(minute).ok()?;
        match (minute % 10, self.items.lex(at + used), self.items.lex(at + used + 1)) {
            (0, Some(Lex::And), Some(Lex::Number(unit @ 1..=9))) => Some((minute + i32::try_from(unit).ok()?, used + 2)),
            _ => Some((minute, used)),
        }
    }

    /// "fifteen thirty", "eighteen hours"
    fn afternoon_in_words(&self, at: usize) -> Option<(Written, usize)> {
        let (hour, used) = self.items.counted(at).filter(|(hour, _)| (13..24).contains(hour))?;
        let (minute, more) = match self.items.lex(at + used)? {
            Lex::Number(10..60) => self.items.counted(at + used).filter(|(minute, _)| *minute < 60)?,
            Lex::ClockMark => {
                let (minute, more) = self.spoken_minutes(at + used + 1).unwrap_or((0, 0));
                (u32::try_from(minute).ok()?, 1 + more)
            }
            _ => return None,
        };
        let half = usize::from(self.items.lex(at + used + more) == Some(Lex::Pm));
        Some((
            Written {
                hour: i32::try_from(hour).ok()?,
                minute: i32::try_from(minute).ok()?,
                half: None,
                full: true,
                sure: true,
            },
            used + more + half,
        ))
    }

    /// The hour of "half past three" or "half past 3".
    pub(super) fn spoken_hour(&self, at: usize) -> Option<(i32, usize)> {
        let hour = match (self.items.lex(at), self.items.number(at)) {
            (Some(Lex::Number(hour @ 1..=12)), _) => hour,
            (_, Some((hour @ 1..=12, 1 | 2))) if self.items.mark(at + 1) != Some(':') => hour,
            (Some(Lex::Noon), _) => 12,
            // "half een"
            (Some(Lex::Skip), _) if at > 0 && self.items.lex(at - 1) == Some(Lex::HalfTo) => 1,
            _ => return None,
        };
        let mark = usize::from(self.items.lex(at + 1) == Some(Lex::ClockMark));
        Some((i32::try_from(hour).ok()?, 1 + mark))
    }

    pub(super) fn spoken_minutes(&self, at: usize) -> Option<(i32, usize)> {
        match (self.items.lex(at), self.items.lex(at + 1)) {
            (Some(Lex::AndHalf), _) => Some((30, 1)),
            (Some(Lex::AndQuarter | Lex::Quarter), _) => Some((15, 1)),
            (Some(Lex::Number(minute @ (5 | 10 | 15 | 20 | 25 | 30 | 40 | 45 | 50))), _) => Some((i32::try_from(minute).ok()?, 1)),
            (Some(Lex::And), Some(Lex::Number(minute @ (5 | 10 | 15 | 20 | 25 | 30 | 40 | 45 | 50)))) => {
                Some((i32::try_from(minute).ok()?, 2))
            }
            (Some(Lex::And), Some(Lex::Quarter)) => Some((15, 2)),
            _ => None,
        }
    }
}

/// An hour of twelve and minutes before or after it.
pub(super) fn spoken(hour: i32, minutes: i32) -> Written {
    let total = (hour % 12 * 60 + minutes).rem_euclid(DAY / 2);
    let hour = total / 60;
    Written {
        hour: if hour == 0 { 12 } else { hour },
        minute: total % 60,
        half: None,
        full: false,
        sure: true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Clock, first_of, minutes};

    #[test]
    fn in_words() {
        for (text, hour, minute) in [
            ("half past ten", 10, 30),
            ("a quarter to four", 15, 45),
            ("at nine twenty seven", 9, 27),
            ("fifteen thirty on Monday", 15, 30),
            ("at four-ish", 16, 0),
            ("Montag um halb drei", 14, 30),
            ("Montag um fünf vor halb drei", 14, 25),
            ("maandag om kwart over drie", 15, 15),
            ("lunedì alle sette e quaranta", 19, 40),
            ("amanhã às oito e quarenta e cinco", 8, 45),
        ] {
            assert_eq!(first_of(text), Some(Clock::Point(minutes(hour, minute))), "{text}");
        }
    }
}
