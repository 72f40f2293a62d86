//! Terms → groups: the days and hours that are one time, or a list of them.
//!
//! In: terms. Out: [`Group`]s in the order of the text.
//! Never here: words, instants.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime};

use super::super::clock::{Clock, DAY, hours};
use super::super::day::{Days, Week, bit};
use super::super::lex::Part;
use super::terms::{Gap, Of, Term};

/// Days and hours said together.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) days: Vec<Days>,
    pub(super) clocks: Vec<Clock>,
    /// It is this moment, whatever else.
    pub(super) moment: Option<NaiveDateTime>,
    /// From the time it was written on, so long.
    pub(super) within: Option<Duration>,
    /// From the group before to this one.
    pub(super) range: bool,
    /// The week its weekdays are of.
    week: Option<Week>,
    /// The hours stand before the days.
    hours_first: bool,
    between: bool,
}

/// Puts together what belongs together.
pub(super) fn of(terms: &[Term]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, Term { what, gap }) in terms.iter().enumerate() {
        let gap = *gap;
        let ahead = Ahead::of(terms.get(at + 1), terms.get(at + 2));
        let what = match groups.last_mut() {
            Some(last) => match last.take(what.clone(), gap, ahead) {
                Some(what) => what,
                None => continue,
            },
            None => what.clone(),
        };
        let mut group = Group {
            range: gap.range && !gap.words || gap.joined && groups.last().is_some_and(|last| last.between),
            between: gap.between,
            ..Group::default()
        };
        match what {
            Of::Days(days) => {
                group.week = week_of(&days);
                group.days.push(days);
            }
            Of::Hours(clock) => {
                group.hours_first = true;
                group.clocks.push(clock);
            }
            Of::Moment(moment) => group.moment = Some(moment),
            Of::Within(length) => group.within = Some(length),
            Of::Lasting(_) => continue,
        }
        groups.push(group);
    }
    groups
}

/// What stands right behind a term.
#[derive(Debug, Clone, Copy)]
struct Ahead {
    day: bool,
    /// A day that has no hours of its own.
    bare_day: bool,
    hours: Option<Clock>,
}

impl Ahead {
    fn of(next: Option<&Term>, after: Option<&Term>) -> Self {
        let near = |term: Option<&Term>| term.filter(|term| term.gap.near()).map(|term| term.what.clone());
        let day = matches!(near(next), Some(Of::Days(_)));
        Self {
            day,
            bare_day: day && !matches!(near(after), Some(Of::Hours(_))),
            hours: match near(next) {
                Some(Of::Hours(clock)) => Some(clock),
                _ => None,
            },
        }
    }
}

fn week_of(days: &Days) -> Option<Week> {
    match days {
        Days::Week(week) => Some(*week),
        _ => None,
    }
}

impl Group {
    /// Takes a term in; gives it back when it begins another group.
    fn take(&mut self, what: Of, gap: Gap, ahead: Ahead) -> Option<Of> {
        if self.moment.is_some() || self.within.is_some() {
            return Some(what);
        }
        match what {
            Of::Days(days) => self.take_days(days, gap, ahead.hours).map(Of::Days),
            Of::Hours(clock) => self.take_hours(clock, gap, ahead).map(Of::Hours),
            Of::Lasting(length) => {
                // "9:30 for two hours"; the length of a meeting alone is no time.
                if let Some(Clock::Point(from) | Clock::From(from)) = self.clocks.last().copied()
                    && gap.near()
                    && let Ok(minutes) = i32::try_from(length.num_minutes())
                {
                    self.clocks.pop();
                    self.clocks.push(Clock::Range(from, from + minutes));
                }
                None
            }
            Of::Moment(_) | Of::Within(_) => Some(what),
        }
    }

    fn take_days(&mut self, days: Days, gap: Gap, hours_next: Option<Clock>) -> Option<Days> {
        if gap.end || self.between && gap.joined || matches!(days, Days::Until(..)) && !(self.days.is_empty() && self.clocks.is_empty()) {
            return Some(days);
        }
        let Some(last) = self.days.last_mut() else {
            // "9 to 11, Tuesday 3 to 5" are two.
            let alike = hours_next.is_none_or(|next| self.clocks.last().is_some_and(|last| within(*last, next).is_some()));
            let other = gap.joined || gap.range || !alike && (gap.comma || !gap.near());
            if other {
                return Some(days);
            }
            self.week = week_of(&days);
            self.days.push(days);
            return None;
        };
        if !gap.joined
            && !gap.range
            && let Some(both) = together(last, &days)
        {
            self.week = self.week.or(week_of(&days));
            *last = both;
            return None;
        }
        if !self.clocks.is_empty() || gap.range || !(gap.joined || gap.comma) || gap.words {
            return Some(days);
        }
        let days = match (days, self.week) {
            (Days::Weekday(weekday), Some(week)) => week.day(weekday).map_or(Days::Weekday(weekday), Days::Day),
            (days, _) => days,
        };
        self.days.push(days);
        None
    }

    fn take_hours(&mut self, clock: Clock, gap: Gap, ahead: Ahead) -> Option<Clock> {
        let Some(last) = self.clocks.last_mut() else {
            if gap.end && ahead.day || self.between && gap.joined {
                return Some(clock);
            }
            self.clocks.push(clock);
            return None;
        };
        // "16:00 today until 17:00 tomorrow"
        let until = matches!(clock, Clock::To(_)) && ahead.day && !self.days.is_empty();
        if gap.end || gap.range || until || self.between && gap.joined {
            return Some(clock);
        }
        if !gap.joined {
            // "tonight at 1am": a part says less than the point behind it.
            let points = matches!(*last, Clock::Part(_)) && matches!(clock, Clock::Point(_)) && gap.near();
            if let Some(both) = within(*last, clock).or(points.then_some(clock)) {
                *last = both;
                return None;
            }
        }
        // "Tuesday 3pm or 4pm Wednesday"
        if self.hours_first && ahead.day || ahead.bare_day && !self.days.is_empty() || gap.words {
            return Some(clock);
        }
        self.clocks.push(clock);
        None
    }
}

/// Two names of one day: "Wednesday ... 29 November", "next week ... Tuesday", "this weekend ... Saturday".
fn together(first: &Days, second: &Days) -> Option<Days> {
    let is = |day: NaiveDate, weekday: u32| day.weekday().number_from_monday() == weekday;
    match (first, second) {
        (Days::Week(week), Days::Weekday(weekday)) | (Days::Weekday(weekday), Days::Week(week)) => week.day(*weekday).map(Days::Day),
        (Days::Week(week), Days::Weekdays(bits)) | (Days::Weekdays(bits), Days::Week(week)) => {
            let mut named = (1..=7).filter(|weekday| bits & bit(*weekday) != 0);
            let first = named.next()?;
            let last = named.next_back().unwrap_or(first);
            (last - first + 1 == bits.count_ones())
                .then(|| Some(Days::Span(week.day(first)?, week.day(last)?)))
                .flatten()
        }
        (Days::Weekday(weekday), Days::Day(day)) | (Days::Day(day), Days::Weekday(weekday)) => {
            is(*day, *weekday).then_some(Days::Day(*day))
        }
        (Days::Day(one), Days::Day(other)) => (one == other).then_some(Days::Day(*one)),
        (Days::Span(from, to), Days::Weekday(weekday)) | (Days::Weekday(weekday), Days::Span(from, to)) => from
            .iter_days()
            .take(7)
            .take_while(|day| day <= to)
            .find(|day| is(*day, *weekday))
            .map(Days::Day),
        (Days::Since(days, later), other) if *later == 0 => together(days, other).map(|days| Days::Since(Box::new(days), 0)),
        (one, other) if one == other => Some(one.clone()),
        _ => None,
    }
}

/// One clock time told by two: "in the evening at 8", "8pm this evening", "after 3 before 5".
fn within(first: Clock, second: Clock) -> Option<Clock> {
    match (first, second) {
        (Clock::All, other) | (other, Clock::All) => Some(other),
        (Clock::Part(one), Clock::Part(other)) => narrower(one, other).map(Clock::Part),
        (Clock::Part(part), clock) | (clock, Clock::Part(part)) => of_part(part, clock),
        (Clock::From(from), Clock::To(to)) | (Clock::To(to), Clock::From(from)) => (from < to).then_some(Clock::Range(from, to)),
        (one, other) => (one == other).then_some(one),
    }
}

fn narrower(one: Part, other: Part) -> Option<Part> {
    let ((a, b), (c, d)) = (hours(one), hours(other));
    if c >= a && d <= b {
        Some(other)
    } else if a >= c && b <= d {
        Some(one)
    } else {
        None
    }
}

/// A clock time inside a part of the day; without am or pm it is that of the part.
fn of_part(part: Part, clock: Clock) -> Option<Clock> {
    let (from, to) = match part {
        Part::Morning | Part::FirstThing | Part::MidMorning | Part::LateMorning | Part::BeforeLunch => (0, DAY / 2),
        Part::Lunch => (11 * 60, 15 * 60),
        Part::Afternoon | Part::EarlyAfternoon | Part::MidAfternoon | Part::LateAfternoon | Part::DayEnd | Part::AfterLunch => {
            (DAY / 2, 20 * 60)
        }
        Part::Evening => (16 * 60, DAY),
        Part::Night => (18 * 60, DAY + 6 * 60),
        Part::Business => (7 * 60, 19 * 60),
    };
    // The small hours are of the night before.
    let fits = |minute: i32| (from..=to).contains(&minute) || (from..=to).contains(&(minute + DAY));
    // The rule of thumb took the other half of the day.
    let half = |minute: i32| {
        [minute, minute + DAY / 2, minute - DAY / 2]
            .into_iter()
            .find(|minute| *minute >= 0 && fits(*minute))
    };
    Some(match clock {
        Clock::Point(at) => Clock::Point(half(at)?),
        Clock::From(at) => Clock::From(half(at)?),
        Clock::To(at) => Clock::To(half(at)?),
        Clock::Range(start, end) => {
            let begins = half(start)?;
            let ends = end + begins - start;
            Clock::Range(begins, ends)
        }
        Clock::Part(_) | Clock::All | Clock::Same | Clock::Shift(_) => return None,
    })
}
