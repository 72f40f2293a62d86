//! Clock times as people write them: "3pm", "half past ten", "9-11", "after 2", "10-12 Uhr", "14h30", "late morning".
//!
//! In: items. Out: a [`Clock`], its hours decided by the rules people go by: without am or pm 8 to 11 are mornings and 1 to 7 afternoons,
//! and a range takes its meaning from its end.
//! Never here: days, zones, or whether the time is offered or refused.

use super::lex::{Item, Lex, Part, Unit, What};

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
    /// The hour could be of the morning or of the evening.
    pub(super) either_half: bool,
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
    fn what(&self, at: usize) -> Option<&What> {
        self.items.get(at).map(|item| &item.what)
    }

    fn lex(&self, at: usize) -> Option<Lex> {
        match self.what(at)? {
            What::Lex(lex) => Some(*lex),
            What::Word(_) | What::Num(..) | What::Mark(_) | What::Line => None,
        }
    }

    fn mark(&self, at: usize) -> Option<char> {
        match self.what(at)? {
            What::Mark(mark) => Some(*mark),
            What::Lex(_) | What::Word(_) | What::Num(..) | What::Line => None,
        }
    }

    fn glued(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.glued)
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.what(at)? {
            What::Num(value, digits) => Some((*value, *digits)),
            What::Lex(_) | What::Word(_) | What::Mark(_) | What::Line => None,
        }
    }

    /// The clock time that begins at an item.
    pub(super) fn read(&self, at: usize) -> Option<Found> {
        let sure = |clock, used| {
            Some(Found {
                clock,
                used,
                sure: true,
                either_half: false,
            })
        };
        match self.lex(at) {
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
                let next = self.skip(at + 1, &[Lex::Of, Lex::Skip]);
                if let Some(Lex::Part(part)) = self.lex(next) {
                    let part = match (self.lex(at), part) {
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
            Some(Lex::Am) if self.capitals(at) => return sure(Clock::Part(Part::Morning), 1),
            Some(Lex::Pm) => return sure(Clock::Part(Part::Afternoon), 1),
            Some(Lex::At | Lex::AtOrTill) => {
                let found = self.range_or_point(at + 1, true)?;
                return Some(Found {
                    used: found.used + 1,
                    ..found
                });
            }
            Some(Lex::Onwards) => return None,
            _ => {}
        }
        self.shift(at).or_else(|| self.range_or_point(at, false))
    }

    /// "AM" in capitals, or behind a day: "I am" is something else.
    fn capitals(&self, at: usize) -> bool {
        let day = at.checked_sub(1).and_then(|before| self.lex(before));
        self.items.get(at).is_some_and(|item| item.capital)
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
            either_half: false,
        }))
    }

    /// "evening at 7", "afternoon 3-4", "morning 9": hours that the part before them explains.
    fn qualified(&self, at: usize, taken: usize, part: Part) -> Option<Found> {
        let next = self.skip(at, &[Lex::At, Lex::AtOrTill]);
        let after_mark = if self.mark(next) == Some(',') { next + 1 } else { next };
        let after_mark = self.skip(after_mark, &[Lex::At, Lex::AtOrTill]);
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
            either_half: false,
        })
    }

    fn between(&self, at: usize) -> Option<Found> {
        let (first, used) = self.written(self.skip(at + 1, &[Lex::At, Lex::AtOrTill]), true)?;
        let mut next = self.skip(at + 1, &[Lex::At, Lex::AtOrTill]) + used;
        match (self.lex(next), self.mark(next)) {
            (Some(Lex::And | Lex::Till | Lex::Or), _) | (_, Some('-' | '–' | '—' | '&')) => next += 1,
            _ => return None,
        }
        let (second, used) = self.written(next, true)?;
        let found = self.range(first, second, next + used - at)?;
        Some(Found { sure: true, ..found })
    }

    fn from(&self, at: usize) -> Option<Found> {
        let start = self.skip(at + 1, &[Lex::At, Lex::AtOrTill]);
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
        let onwards = usize::from(self.lex(next) == Some(Lex::Onwards));
        Some(Found {
            clock: Clock::From(first.minutes()),
            used: next + onwards - at,
            sure: true,
            either_half: false,
        })
    }

    /// "after 2", "before noon", "until 4:30"; "until after 3" is after 3.
    fn open(&self, at: usize, made: fn(i32) -> Clock) -> Option<Found> {
        let start = self.skip(at + 1, &[Lex::At, Lex::AtOrTill, Lex::Skip]);
        if let Some(Lex::Part(part)) = self.lex(start) {
            let (from, to) = hours(part);
            let minute = if made(0) == Clock::From(0) { to } else { from };
            let minute = if made(0) == Clock::To(0) && self.lex(at) == Some(Lex::Till) {
                to
            } else {
                minute
            };
            return Some(Found {
                clock: made(minute),
                used: start + 1 - at,
                sure: true,
                either_half: false,
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
            either_half: false,
        })
    }

    /// "an hour later", "half an hour earlier", "push it back 30 minutes", "by an hour".
    fn shift(&self, at: usize) -> Option<Found> {
        let (minutes, used) = self.length(at)?;
        let sign = match self.lex(at + used)? {
            Lex::Later | Lex::MoveLater => 1,
            Lex::Earlier | Lex::MoveEarlier => -1,
            _ => return None,
        };
        Some(Found {
            clock: Clock::Shift(sign * minutes),
            used: used + 1,
            sure: true,
            either_half: false,
        })
    }

    /// "30 minutes", "an hour", "half an hour", "two hours", "1.5 hours": in minutes.
    pub(super) fn length(&self, at: usize) -> Option<(i32, usize)> {
        match self.lex(at) {
            Some(Lex::HalfHour) => return Some((30, 1)),
            Some(Lex::QuarterHour) => return Some((15, 1)),
            Some(Lex::HourAndHalf) => return Some((90, 1)),
            _ => {}
        }
        let (count, next) = match (self.lex(at), self.number(at)) {
            (Some(Lex::Number(n)), _) => (n, at + 1),
            (_, Some((n, digits))) if digits <= 3 => (n, at + 1),
            // "an hour", "eine Stunde"
            (Some(Lex::Skip), _) => (1, at + 1),
            (Some(Lex::Unit(_)), _) => (1, at),
            _ => return None,
        };
        let count = i32::try_from(count).ok()?;
        match self.lex(next)? {
            Lex::Unit(Unit::Minute) => Some((count, next + 1 - at)),
            Lex::Unit(Unit::Hour) | Lex::ClockMark if count <= 8 => Some((count * 60, next + 1 - at)),
            _ => None,
        }
    }

    /// A range or a point without a word before it that says so; `led` when one stood there.
    fn range_or_point(&self, at: usize, led: bool) -> Option<Found> {
        let (first, used) = self.written(at, led)?;
        let next = at + used;
        if let Some(joint) = self.joint(next)
            && let Some((second, more)) = self.written(joint, true)
            && !self.counted(joint + more)
        {
            let found = self.range(first, second, joint + more - at);
            if let Some(found) = found {
                return Some(Found {
                    sure: first.sure || second.sure || led,
                    ..found
                });
            }
        }
        if self.counted(next) || self.lex(next) == Some(Lex::OrdinalMark) {
            return None;
        }
        let (clock, extra) = match (self.lex(next), self.mark(next)) {
            (Some(Lex::Onwards), _) => (Clock::From(first.minutes()), 1),
            (_, Some('+')) => (Clock::From(first.minutes()), 1),
            (_, Some('-' | '–')) if self.lex(next + 1) == Some(Lex::Onwards) => (Clock::From(first.minutes()), 2),
            (Some(Lex::OrEarlier), _) => (Clock::To(first.minutes()), 1),
            _ => (Clock::Point(first.minutes()), 0),
        };
        Some(Found {
            clock,
            used: used + extra,
            sure: first.sure || led,
            either_half: first.is_open() && matches!(first.hour, 6 | 7) && first.minute == 0,
        })
    }

    /// The item behind a joint of a range: "-", "to", "till".
    fn joint(&self, at: usize) -> Option<usize> {
        match (self.lex(at), self.mark(at)) {
            (Some(Lex::Till | Lex::ToHour | Lex::AtOrTill), _) => Some(self.skip(at + 1, &[Lex::At, Lex::AtOrTill])),
            (_, Some('-' | '–' | '—' | '~' | '‑' | '‒' | '−')) => Some(at + 1),
            (_, Some('>')) => Some(at + 1),
            _ => None,
        }
    }

    /// A range takes its meaning from its end: "10-2", "11-1pm", "9-5".
    fn range(&self, first: Written, second: Written, used: usize) -> Option<Found> {
        let end = second.minutes();
        let (mut start, mut end) = if first.is_open() {
            // The latest reading of the start that lies before the end.
            let morning = first.hour % 12 * 60 + first.minute;
            let evening = morning + DAY / 2;
            let same = second.half.is_some() || second.full || end > morning;
            let start = if evening < end && (second.half == Some(Half::Pm) || second.is_open() || first.hour == 12) {
                evening
            } else {
                morning
            };
            let start = if first.hour > 12 { first.minutes() } else { start };
            if same { (start, end) } else { (first.minutes(), end) }
        } else {
            (first.minutes(), end)
        };
        // "10am-2", "14-4"
        if end <= start && second.is_open() && second.hour <= 12 {
            end = second.hour % 12 * 60 + second.minute + DAY / 2;
        }
        if end <= start && first.is_open() {
            start = first.hour % 12 * 60 + first.minute;
        }
        if end <= start {
            // Over midnight.
            end += DAY;
        }
        Some(Found {
            clock: Clock::Range(start, end),
            used,
            sure: first.sure || second.sure,
            either_half: false,
        })
    }

    /// Words that turn a number into a count of something.
    fn counted(&self, at: usize) -> bool {
        match self.what(at) {
            Some(What::Lex(Lex::NotClock | Lex::Unit(_) | Lex::Number(_) | Lex::HalfHour)) => true,
            Some(What::Mark('%' | '€' | '$' | '£')) => true,
            Some(What::Word(word)) => {
                self.glued(at) || word.ends_with('s') && word.len() > 4 && self.items.get(at).is_some_and(|item| !item.capital)
            }
            _ => false,
        }
    }

    /// A clock time as written; `led` when a word before it says that it is one.
    fn written(&self, at: usize, led: bool) -> Option<(Written, usize)> {
        self.in_words(at).or_else(|| self.in_digits(at, led))
    }

    fn in_digits(&self, at: usize, led: bool) -> Option<(Written, usize)> {
        if self
            .mark(at.wrapping_sub(1))
            .is_some_and(|mark| matches!(mark, '€' | '$' | '£' | '#' | '+'))
            && !led
        {
            return None;
        }
        if self.glued(at)
            && self.mark(at.wrapping_sub(1)).is_none()
            && self.lex(at.wrapping_sub(1)).is_none_or(|lex| matches!(lex, Lex::Am | Lex::Pm))
        {
            return None;
        }
        let (value, digits) = self.number(at)?;
        let value = i32::try_from(value).ok()?;
        let minute_at = |mark: usize, at: usize| {
            let (minute, digits) = self.number(at)?;
            let minute = i32::try_from(minute).ok()?;
            (digits == 2 && minute < 60 && self.glued(mark) && self.glued(at)).then_some(minute)
        };
        let mut full = false;
        let (hour, minute, mut next, mut sure) = if digits <= 2 {
            if value > 24 {
                return None;
            }
            match (self.mark(at + 1), self.lex(at + 1)) {
                (Some(':' | '.'), _) if minute_at(at + 1, at + 2).is_some() => {
                    let colon = self.mark(at + 1) == Some(':');
                    // "3.15" may be a date or an amount.
                    let dated = self.mark(at + 3) == Some('.') && self.glued(at + 3) && self.number(at + 4).is_some() && self.glued(at + 4);
                    if dated {
                        return None;
                    }
                    // "8:00:25"
                    let seconds = if colon && self.mark(at + 3) == Some(':') && minute_at(at + 3, at + 4).is_some() {
                        2
                    } else {
                        0
                    };
                    (value, minute_at(at + 1, at + 2)?, at + 3 + seconds, colon)
                }
                (_, Some(Lex::ClockMark | Lex::Unit(Unit::Hour))) if self.hour_word(at + 1) => {
                    full = true;
                    match minute_at(at + 1, at + 2) {
                        Some(minute) => (value, minute, at + 3, true),
                        None => {
                            // "14 Uhr 30"
                            match self.number(at + 2) {
                                Some((minute, 2))
                                    if minute < 60
                                        && self.mark(at + 3).is_none_or(|mark| mark != '-')
                                        && self.lex(at + 1) == Some(Lex::ClockMark) =>
                                {
                                    (value, i32::try_from(minute).ok()?, at + 3, true)
                                }
                                _ => (value, 0, at + 2, true),
                            }
                        }
                    }
                }
                _ => (value, 0, at + 1, false),
            }
        } else if matches!(digits, 3 | 4) && value / 100 <= 24 && value % 100 < 60 {
            // "1430" as it stands only where a time must be; "930" likewise.
            let hundreds = self.lex(at + 1) == Some(Lex::Unit(Unit::Hour));
            let marked = hundreds || matches!(self.lex(at + 1), Some(Lex::ClockMark | Lex::Am | Lex::Pm));
            let ranged = self
                .joint(at + 1)
                .is_some_and(|to| self.number(to).is_some_and(|(_, digits)| matches!(digits, 3 | 4)))
                || at > 1
                    && self.mark(at - 1).is_some_and(|mark| matches!(mark, '-' | '–'))
                    && self.number(at - 2).is_some_and(|(_, digits)| matches!(digits, 3 | 4));
            let marked = marked || self.lex(at + 1) == Some(Lex::On);
            let year = (1950..2100).contains(&value) && digits == 4 && !marked && !ranged;
            if year || !(led || marked || ranged) {
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
            if hour > 12 && found == Half::Am || hour > 23 || hour == 0 && found == Half::Pm {
                return None;
            }
            half = Some(found);
            (next, sure, full) = (next + used, true, full && hour > 12);
        } else if !full && matches!(self.lex(next), Some(Lex::ClockMark)) && minute >= 0 && self.hour_word(next) {
            (next, sure, full) = (next + 1, true, hour > 7 || full);
            if let Some((found, used)) = self.half(next) {
                (half, next) = (Some(found), next + used);
            }
        }
        if hour > 12 || hour == 0 {
            full = true;
        }
        if self.lex(next) == Some(Lex::Sharp) {
            (next, sure) = (next + 1, true);
        } else if self.mark(next) == Some('-') && self.glued(next) && self.lex(next + 1) == Some(Lex::Sharp) {
            (next, sure) = (next + 2, true);
        }
        // "10 in the morning", "8 in the evening"
        if half.is_none()
            && !full
            && hour <= 12
            && let Some((found, used)) = self.half_named(next)
        {
            (half, next, sure) = (Some(found), next + used, true);
        }
        // "20 past 3", "10 to 4"
        if digits <= 2
            && minute == 0
            && half.is_none()
            && let Some(Lex::Past | Lex::ToHour | Lex::Before | Lex::Till) = self.lex(next)
            && let Some((hour, used)) = self.spoken_hour(next + 1 + usize::from(self.lex(next + 1) == Some(Lex::Till)))
            && value < 60
            && matches!(value, 5 | 10 | 15 | 20 | 25)
            && (self.lex(next) == Some(Lex::Past) || self.minutes_to(next))
        {
            let to = self.lex(next) != Some(Lex::Past);
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

    /// "10 to 4" is a range; "ten to four" and "20 to 4" are clock times.
    fn minutes_to(&self, at: usize) -> bool {
        at > 0 && self.number(at - 1).is_none_or(|(minutes, _)| matches!(minutes, 20 | 25)) && self.lex(at) != Some(Lex::Before)
    }

    /// "h", "Uhr", "hrs": behind a number a mark of the clock, not a length of time.
    fn hour_word(&self, at: usize) -> bool {
        match self.lex(at) {
            Some(Lex::ClockMark) => true,
            Some(Lex::Unit(Unit::Hour)) => false,
            _ => false,
        }
    }

    fn half(&self, at: usize) -> Option<(Half, usize)> {
        let half = match self.lex(at)? {
            Lex::Am => Half::Am,
            Lex::Pm => Half::Pm,
            _ => return None,
        };
        let dot =
            usize::from(self.mark(at + 1) == Some('.') && self.glued(at + 1) && !self.ends_line(at + 2) && self.lower_follows(at + 2));
        Some((half, 1 + dot))
    }

    fn ends_line(&self, at: usize) -> bool {
        self.what(at).is_none_or(|what| *what == What::Line)
    }

    fn lower_follows(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| !item.capital)
    }

    /// "in the morning", "de la tarde", "am Abend": which half of the day it is.
    fn half_named(&self, at: usize) -> Option<(Half, usize)> {
        let next = self.skip(at, &[Lex::Of, Lex::On]);
        let Lex::Part(part) = self.lex(next)? else { return None };
        // "at 10 morning" without a joint is rare; "Tuesday 10, morning or" is not the same.
        let half = match part {
            Part::Morning | Part::FirstThing => Half::Am,
            Part::Afternoon | Part::Evening | Part::Night | Part::Lunch | Part::LateAfternoon | Part::EarlyAfternoon => Half::Pm,
            _ => return None,
        };
        Some((half, next + 1 - at))
    }

    /// "half past ten", "a quarter to four", "ten thirty", "noon", "three o'clock", "halb drei", "las cuatro y media".
    fn in_words(&self, at: usize) -> Option<(Written, usize)> {
        let whole = |hour: i32| Written {
            hour,
            minute: 0,
            half: None,
            full: true,
            sure: true,
        };
        let found = match self.lex(at)? {
            Lex::Noon => {
                let hour = whole(12);
                // "midi et demi", "12:30 midday"
                return match self.lex(at + 1) {
                    Some(Lex::AndHalf) => Some((Written { minute: 30, ..hour }, 2)),
                    _ => Some((hour, 1)),
                };
            }
            Lex::Midnight => return Some((whole(24), 1)),
            Lex::Close => return Some((whole(17), 1)),
            Lex::HalfPast => {
                let next = self.skip(at + 1, &[Lex::Past]);
                let (hour, used) = self.spoken_hour(next)?;
                Some((spoken(hour, 30), next + used - at))
            }
            Lex::HalfTo => {
                let (hour, used) = self.spoken_hour(at + 1)?;
                Some((spoken(hour, -30), 1 + used))
            }
            Lex::Quarter => {
                let next = at + 1;
                let sign = match self.lex(next)? {
                    Lex::Past | Lex::After => 1,
                    Lex::ToHour | Lex::Till | Lex::Before => -1,
                    _ => return None,
                };
                let (hour, used) = self.spoken_hour(next + 1)?;
                Some((spoken(hour, sign * 15), 2 + used))
            }
            Lex::Number(minutes)
                if matches!(minutes, 5 | 10 | 20 | 25) && matches!(self.lex(at + 1), Some(Lex::Past | Lex::ToHour | Lex::Till)) =>
            {
                let minutes = i32::try_from(minutes).ok()?;
                let sign = if matches!(self.lex(at + 1), Some(Lex::Past | Lex::After)) {
                    1
                } else {
                    -1
                };
                // "five to half past" stays with its parts.
                match self.spoken_hour(at + 2).filter(|_| self.lex(at + 2) != Some(Lex::HalfTo)) {
                    Some((hour, used))
                        if !(sign < 0 && self.number(at + 2).is_some() && self.lex(at + 1) == Some(Lex::Till))
                            || self.lex(at + 1) != Some(Lex::Till) =>
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
                let Lex::Number(hour @ 1..=12) = self.lex(at)? else { return None };
                let hour = i32::try_from(hour).ok()?;
                match self.lex(at + 1) {
                    Some(Lex::ClockMark) => {
                        // "trois heures et demie", "sept heures dix"
                        let (minute, more) = self.spoken_minutes(at + 2).unwrap_or((0, 0));
                        (spoken(hour, minute), 2 + more)
                    }
                    Some(Lex::AndHalf) => (spoken(hour, 30), 2),
                    Some(Lex::AndQuarter) => (spoken(hour, 15), 2),
                    Some(Lex::Minus) => {
                        let (minutes, more) = self.spoken_minutes(at + 2).filter(|_| self.lex(at + 2) != Some(Lex::And))?;
                        (spoken(hour, -minutes), 2 + more)
                    }
                    Some(Lex::Am | Lex::Pm) => (spoken(hour, 0), 1),
                    Some(Lex::Number(minute @ (10 | 15 | 20 | 25 | 30 | 35 | 40 | 45 | 50 | 55))) => {
                        (spoken(hour, i32::try_from(minute).ok()?), 2)
                    }
                    Some(Lex::Sharp) => (spoken(hour, 0), 2),
                    _ => {
                        let before = at.checked_sub(1).and_then(|before| self.lex(before));
                        let led = matches!(
                            before,
                            Some(Lex::At | Lex::After | Lex::Before | Lex::Till | Lex::From | Lex::Between | Lex::And)
                        ) && !matches!(self.lex(at + 1), Some(Lex::Unit(_) | Lex::NotClock | Lex::Of | Lex::Option))
                            && !matches!(self.what(at + 1), Some(What::Word(_)));
                        if !led || before == Some(Lex::And) && self.lex(at.wrapping_sub(3)) != Some(Lex::Between) {
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

    /// The hour of "half past three" or "half past 3".
    fn spoken_hour(&self, at: usize) -> Option<(i32, usize)> {
        let hour = match (self.lex(at), self.number(at)) {
            (Some(Lex::Number(hour @ 1..=12)), _) => hour,
            (_, Some((hour @ 1..=12, 1 | 2))) if self.mark(at + 1) != Some(':') => hour,
            (Some(Lex::Noon), _) => 12,
            // "half een"
            (Some(Lex::Skip), _) if at > 0 && self.lex(at - 1) == Some(Lex::HalfTo) => 1,
            _ => return None,
        };
        let mark = usize::from(self.lex(at + 1) == Some(Lex::ClockMark));
        Some((i32::try_from(hour).ok()?, 1 + mark))
    }

    fn spoken_minutes(&self, at: usize) -> Option<(i32, usize)> {
        match (self.lex(at), self.lex(at + 1)) {
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

    /// The first item from `at` on that is none of these.
    fn skip(&self, mut at: usize, these: &[Lex]) -> usize {
        while self.lex(at).is_some_and(|lex| these.contains(&lex)) {
            at += 1;
        }
        at
    }
}

/// An hour of twelve and minutes before or after it.
fn spoken(hour: i32, minutes: i32) -> Written {
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
