//! Clock times as people write them: "3pm", "half past ten", "9-11", "after 2", "10-12 Uhr", "14h30", "late morning".
//!
//! In: items. Out: a [`Clock`], its hours decided by the rules people go by: without am or pm 8 to 11 are mornings and 1 to 7 afternoons,
//! and a range takes its meaning from its end.
//! Never here: days, zones, or whether the time is offered or refused.

mod digits;
mod range;
mod spoken;

use super::items::Items;
use super::lex::{Item, Lex, Part, Unit};

/// Minutes of a day.
pub(super) const DAY: i32 = 24 * 60;
/// A day without hours: 08:00 to 20:00.
pub(super) const OPENS: i32 = 8 * 60;
pub(super) const CLOSES: i32 = 20 * 60;

/// A stretch of a day, or all of it, in minutes from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Begins at this minute and takes as long as the interview.
    Point(i32),
    Range(i32, i32),
    /// From this minute on.
    From(i32),
    /// Up to this minute.
    To(i32),
    Part(Part),
    /// "Any time", "all day".
    All,
    /// The clock time of the interview that is fixed.
    Same,
    /// So many minutes after it, or after the slot spoken of.
    Shift(i32),
}

/// A clock time found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) clock: Clock,
    /// How many items it takes.
    pub(super) used: usize,
    /// Nothing but a time: it needs no day beside it.
    pub(super) sure: bool,
    /// Said without am or pm, and not in 24 hours.
    pub(super) open: bool,
}

/// Noon parts the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

/// A clock time as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    hour: i32,
    minute: i32,
    half: Option<Half>,
    /// In 24 hours, so that nothing is to be guessed.
    full: bool,
    /// Nothing but a time.
    sure: bool,
}

impl Written {
    /// In minutes from midnight; without a half of the day by the rule of thumb.
    fn minutes(self) -> i32 {
        let hour = match self.half {
            Some(Half::Am) => self.hour % 12,
            Some(Half::Pm) if self.hour < 12 => self.hour + 12,
            None if !self.full && (1..=7).contains(&self.hour) => self.hour + 12,
            _ => self.hour,
        };
        hour * 60 + self.minute
    }

    const fn is_open(self) -> bool {
        self.half.is_none() && !self.full
    }
}

/// The hours of a part of the day.
pub(super) const fn hours(part: Part) -> (i32, i32) {
    match part {
        Part::Morning => (OPENS, 12 * 60),
        Part::Afternoon => (12 * 60, 17 * 60),
        Part::Evening => (17 * 60, CLOSES),
        Part::Night => (CLOSES, DAY),
        Part::Lunch => (12 * 60, 13 * 60),
        Part::FirstThing => (OPENS, 10 * 60),
        Part::MidMorning => (9 * 60 + 30, 11 * 60 + 30),
        Part::LateMorning => (10 * 60, 12 * 60),
        Part::EarlyAfternoon => (12 * 60, 14 * 60),
        Part::MidAfternoon => (14 * 60, 16 * 60),
        Part::LateAfternoon => (15 * 60, 17 * 60),
        Part::DayEnd => (16 * 60, 18 * 60),
        Part::AfterLunch => (13 * 60, 17 * 60),
        Part::BeforeLunch => (OPENS, 12 * 60),
        Part::Business => (9 * 60, 17 * 60),
    }
}

/// Reads clock times.
pub(super) struct Clocks<'i> {
    pub(super) items: &'i [Item],
}

impl Clocks<'_> {
    /// The clock time that begins at an item.
    pub(super) fn read(&self, at: usize) -> Option<Found> {
        let sure = |clock, used| {
            Some(Found {
                clock,
                used,
                sure: true,
                open: false,
            })
        };
        match self.items.lex(at) {
            Some(Lex::AnyTime) => {
                // "any time after 3" is read at "after".
                return sure(Clock::All, 1);
            }
            Some(Lex::SameTime) => return sure(Clock::Same, 1),
            Some(Lex::Tonight) => {
                return self
                    .qualified(at + 1, 1, Part::Evening)
                    .or_else(|| sure(Clock::Part(Part::Evening), 1));
            }
            Some(Lex::Part(part)) => return self.part(at, part),
            Some(Lex::Early | Lex::Late | Lex::Middle) => {
                let next = self.items.skip(at + 1, &[Lex::Of, Lex::Skip]);
                if let Some(Lex::Part(part)) = self.items.lex(next) {
                    let part = match (self.items.lex(at), part) {
                        (Some(Lex::Early), Part::Morning) => Part::FirstThing,
                        (Some(Lex::Late), Part::Morning) => Part::LateMorning,
                        (Some(Lex::Middle), Part::Morning) => Part::MidMorning,
                        (Some(Lex::Early), Part::Afternoon) => Part::EarlyAfternoon,
                        (Some(Lex::Late), Part::Afternoon) => Part::LateAfternoon,
                        (Some(Lex::Middle), Part::Afternoon) => Part::MidAfternoon,
                        (_, part) => part,
                    };
                    return sure(Clock::Part(part), next + 1 - at);
                }
                return None;
            }
            Some(Lex::Between) => return self.between(at),
            Some(Lex::From) => return self.from(at),
            // "de 10 a 12"
            Some(Lex::Of) => return self.from(at).filter(|found| matches!(found.clock, Clock::Range(..))),
            Some(Lex::After | Lex::Past) => return self.open(at, Clock::From),
            Some(Lex::Before | Lex::Till) => return self.open(at, Clock::To),
            // "free after that, or before 9.30"
            Some(Lex::OrEarlier) => return self.open(at, Clock::To),
            Some(Lex::Am) if self.capitals(at) => return sure(Clock::Part(Part::Morning), 1),
            Some(Lex::Pm) => return sure(Clock::Part(Part::Afternoon), 1),
            Some(Lex::At | Lex::AtOrTill) => {
                let found = self.range_or_point(at + 1, true)?;
                return Some(Found {
                    used: found.used + 1,
                    ..found
                });
            }
            // "or any time after 3"
            // "o después de las 17", "o dopo le 17"
            Some(Lex::Onwards)
                if self.items.length(at) > 4 && matches!(self.items.lex(at + 1), Some(Lex::Of | Lex::On | Lex::AtOrTill | Lex::From)) =>
            {
                let number = self.items.skip(at + 1, &[Lex::Of, Lex::On, Lex::AtOrTill, Lex::From]);
                let month = matches!(self.items.lex(number + 1), Some(Lex::Month(_) | Lex::Of));
                let found = self
                    .range_or_point(number, true)
                    .filter(|_| !month && self.items.number(number).is_some())?;
                let Clock::Point(from) = found.clock else { return None };
                return Some(Found {
                    clock: Clock::From(from),
                    used: number + found.used - at,
                    ..found
                });
            }
            Some(Lex::Onwards) => return self.open(at, Clock::From).filter(|_| self.items.number(at + 1).is_some()),
            _ => {}
        }
        self.shift(at).or_else(|| self.range_or_point(at, false))
    }

    /// "AM" in capitals, or behind a day: "I am" and "Am I" are something else.
    fn capitals(&self, at: usize) -> bool {
        if at == 0 || self.items.lex(at + 1) == Some(Lex::Subject) {
            return false;
        }
        let day = at.checked_sub(1).and_then(|before| self.items.lex(before));
        // "25/11 am"
        let dated = self.items.number(at - 1).is_some() && self.items.mark(at.wrapping_sub(2)) == Some('/');
        // "Tues 24: am only"
        let headed = matches!(self.items.mark(at - 1), Some(':' | '-' | '–'));
        self.items.capital(at)
            || headed
            || dated
            || matches!(
                day,
                Some(
                    Lex::Weekday(_)
                        | Lex::EveryWeekday(_)
                        | Lex::Relative(_)
                        | Lex::OrdinalMark
                        | Lex::Ordinal(_)
                        | Lex::Month(_)
                        | Lex::Every
                        | Lex::AnyDay
                )
            )
    }

    /// "morning", and "morning from 10", "morning before 11": what narrows it is a clock of its own.
    fn part(&self, at: usize, part: Part) -> Option<Found> {
        self.qualified(at + 1, 1, part).or(Some(Found {
            clock: Clock::Part(part),
            used: 1,
            sure: true,
            open: false,
        }))
    }

    /// "evening at 7", "afternoon 3-4", "morning 9": hours that the part before them explains.
    fn qualified(&self, at: usize, taken: usize, part: Part) -> Option<Found> {
        let next = self.items.skip(at, &[Lex::At, Lex::AtOrTill]);
        let after_mark = if self.items.mark(next) == Some(',') { next + 1 } else { next };
        let after_mark = self.items.skip(after_mark, &[Lex::At, Lex::AtOrTill]);
        let (first, used) = self.written(after_mark, false)?;
        if !(first.sure || next > at || after_mark == at) || self.counted(after_mark + used) {
            return None;
        }
        // A range says itself which half of the day it is.
        if self.joint(after_mark + used).is_some() {
            return None;
        }
        let half = match part {
            Part::Morning | Part::FirstThing | Part::MidMorning | Part::LateMorning | Part::BeforeLunch => Half::Am,
            Part::Afternoon
            | Part::Evening
            | Part::Night
            | Part::EarlyAfternoon
            | Part::MidAfternoon
            | Part::LateAfternoon
            | Part::DayEnd
            | Part::AfterLunch => Half::Pm,
            Part::Lunch | Part::Business => return None,
        };
        if !first.is_open() || first.hour > 12 {
            return None;
        }
        let minutes = Written { half: Some(half), ..first }.minutes();
        Some(Found {
            clock: Clock::Point(minutes),
            used: taken + after_mark + used - at,
            sure: true,
            open: false,
        })
    }

    fn between(&self, at: usize) -> Option<Found> {
        // "between now and 5"
        if self.items.lex(at + 1) == Some(Lex::Skip) && self.items.lex(at + 2) == Some(Lex::And) {
            return self.open(at + 2, Clock::To);
        }
        let (first, used) = self.written(self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill]), true)?;
        let mut next = self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill]) + used;
        match (self.items.lex(next), self.items.mark(next)) {
            (Some(Lex::And | Lex::Till | Lex::Or), _) | (_, Some('-' | '–' | '—' | '&')) => next += 1,
            _ => return None,
        }
        let (second, used) = self.written(next, true)?;
        let found = self.range(first, second, next + used - at)?;
        Some(Found { sure: true, ..found })
    }

    fn from(&self, at: usize) -> Option<Found> {
        let start = self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill]);
        let (first, used) = self.written(start, true)?;
        let next = start + used;
        if self.counted(next) {
            return None;
        }
        if let Some(joint) = self.joint(next)
            && let Some((second, used)) = self.written(joint, true)
        {
            let found = self.range(first, second, joint + used - at)?;
            return Some(Found { sure: true, ..found });
        }
        let onwards = usize::from(self.items.lex(next) == Some(Lex::Onwards));
        Some(Found {
            clock: Clock::From(first.minutes()),
            used: next + onwards - at,
            sure: true,
            open: false,
        })
    }

    /// "after 2", "before noon", "until 4:30"; "until after 3" is after 3.
    fn open(&self, at: usize, made: fn(i32) -> Clock) -> Option<Found> {
        let start = self.items.skip(at + 1, &[Lex::At, Lex::AtOrTill, Lex::Skip]);
        if let Some(Lex::Part(part)) = self.items.lex(start) {
            let (from, to) = hours(part);
            let minute = if made(0) == Clock::From(0) { to } else { from };
            let minute = if made(0) == Clock::To(0) && self.items.lex(at) == Some(Lex::Till) {
                to
            } else {
                minute
            };
            return Some(Found {
                clock: made(minute),
                used: start + 1 - at,
                sure: true,
                open: false,
            });
        }
        let (written, used) = self.written(start, true)?;
        if self.counted(start + used) {
            return None;
        }
        let mut minutes = written.minutes();
        // Nobody ends a day before it begins: "until 8" is eight in the evening.
        if made(0) == Clock::To(0) && minutes <= OPENS && written.is_open() {
            minutes += DAY / 2;
        }
        let end = start + used;
        // "after 3 until 5", "after 3 and before 5" are two clocks; "after 3-ish" is one.
        Some(Found {
            clock: made(minutes),
            used: end - at,
            sure: true,
            open: false,
        })
    }

    /// "an hour later", "half an hour earlier", "push it back 30 minutes", "by an hour".
    fn shift(&self, at: usize) -> Option<Found> {
        let (minutes, used) = self.length(at)?;
        let sign = match self.items.lex(at + used)? {
            Lex::Later | Lex::MoveLater => 1,
            Lex::Earlier | Lex::MoveEarlier => -1,
            _ => return None,
        };
        Some(Found {
            clock: Clock::Shift(sign * minutes),
            used: used + 1,
            sure: true,
            open: false,
        })
    }

    /// "30 minutes", "an hour", "half an hour", "two hours", "1.5 hours": in minutes.
    pub(super) fn length(&self, at: usize) -> Option<(i32, usize)> {
        match self.items.lex(at) {
            Some(Lex::HalfHour) => return Some((30, 1)),
            Some(Lex::QuarterHour) => return Some((15, 1)),
            Some(Lex::HourAndHalf) => return Some((90, 1)),
            // "een uur" is one o'clock, and an hour.
            Some(Lex::Number(1)) if self.items.get(at).is_some_and(|item| item.phrase) => return Some((60, 1)),
            _ => {}
        }
        let (count, next) = match (self.items.lex(at), self.items.number(at)) {
            (Some(Lex::Number(n)), _) => (n, at + 1),
            (_, Some((n, digits))) if digits <= 3 => (n, at + 1),
            // "an hour", "eine Stunde"
            (Some(Lex::Skip), _) => (1, at + 1),
            (Some(Lex::Unit(_)), _) => (1, at),
            _ => return None,
        };
        let count = i32::try_from(count).ok()?;
        match self.items.lex(next)? {
            Lex::Unit(Unit::Minute) => Some((count, next + 1 - at)),
            Lex::Unit(Unit::Hour) | Lex::ClockMark if count <= 8 => Some((count * 60, next + 1 - at)),
            _ => None,
        }
    }
}

/// The first clock time of a text.
#[cfg(test)]
fn first_of(text: &str) -> Option<Clock> {
    let (items, _) = super::lex::items(text, None);
    let clocks = Clocks { items: &items };
    (0..items.len()).find_map(|at| clocks.read(at)).map(|found| found.clock)
}

#[cfg(test)]
const fn minutes(hour: i32, minute: i32) -> i32 {
    hour * 60 + minute
}
