//! Groups → local wall time.
//!
//! In: groups, and when they were written. Out: [`Resolved`] times: days from midnight to midnight, clock times to the minute.
//! Never here: words.

use chrono::{Days as Count, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use super::super::clock::{Clock, hours};
use super::super::day::{Days, bit, monday, on_or_after};
use super::groups::Group;
use super::{Grain, Resolved};

/// A stretch of days: the first, the one behind the last, and whether it has both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    first: NaiveDate,
    behind: NaiveDate,
    reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Closed,
    After,
    Before,
}

/// The times of all groups.
pub(super) fn of(groups: &[Group], written: NaiveDateTime) -> Vec<Resolved> {
    let mut out: Vec<Resolved> = Vec::new();
    let mut spoken: Option<NaiveDate> = None;
    for group in groups {
        if let Some(moment) = group.moment {
            out.push(minute(Some(moment), None, false));
            continue;
        }
        if let Some(length) = group.within {
            out.push(minute(Some(written), written.checked_add_signed(length), false));
            continue;
        }
        let scope = Scope {
            today: written.date(),
            spoken,
        };
        let stretches: Vec<Stretch> = group.days.iter().flat_map(|days| scope.stretches(days)).collect();
        if let Some(last) = stretches.last() {
            spoken = Some(last.first);
        } else if !group.days.is_empty() {
            continue;
        }
        let begun = out.len();
        if group.clocks.is_empty() {
            out.extend(stretches.iter().map(|stretch| day(*stretch)));
        } else {
            let today = spoken.unwrap_or_else(|| today_or_next(&group.clocks, written));
            let none = [Stretch {
                first: today,
                behind: today.succ_opt().unwrap_or(today),
                reach: Reach::Closed,
            }];
            let mut stretches = if stretches.is_empty() { none.to_vec() } else { stretches };
            // "this week at 8": on one day of it.
            if group.days.iter().all(|days| matches!(days, Days::Week(_))) {
                for stretch in &mut stretches {
                    stretch.behind = stretch.first.succ_opt().unwrap_or(stretch.behind);
                }
            }
            for stretch in stretches {
                out.extend(group.clocks.iter().filter_map(|clock| of_clock(stretch, *clock)));
            }
        }
        let until = group.days.iter().any(|days| matches!(days, Days::Until(..)))
            || !group.days.is_empty() && group.clocks.iter().any(|clock| matches!(clock, Clock::To(_)));
        if (group.range || until) && begun > 0 && out.len() > begun {
            let last = out.get(begun).cloned();
            if let (Some(last), Some(first)) = (last, out.get_mut(begun - 1))
                && let Some(both) = from_to(first, &last)
            {
                *first = both;
                out.remove(begun);
            }
        }
    }
    out
}

/// The day of a clock time said without one: today, or tomorrow when it is over.
fn today_or_next(clocks: &[Clock], written: NaiveDateTime) -> NaiveDate {
    let today = written.date();
    let over = clocks.iter().all(|clock| match clock {
        Clock::Point(minute) | Clock::Range(minute, _) => at(today, *minute).is_some_and(|at| at < written),
        _ => false,
    });
    if over { today.succ_opt().unwrap_or(today) } else { today }
}

/// From the beginning of one time to the end of another.
fn from_to(first: &Resolved, last: &Resolved) -> Option<Resolved> {
    let from = first.start.filter(|_| first.end.is_none() || first.grain == Grain::Day)?;
    let to = match last.grain {
        Grain::Day => last.end?,
        Grain::Minute if last.open => last.end?,
        Grain::Minute => last.start.filter(|_| last.end.is_none())?,
    };
    (from < to).then_some(Resolved {
        start: Some(from),
        end: Some(to),
        grain: if first.grain == Grain::Day { last.grain } else { first.grain },
        open: false,
    })
}

fn day(stretch: Stretch) -> Resolved {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    Resolved {
        start: (stretch.reach != Reach::Before).then(|| midnight(stretch.first)),
        end: (stretch.reach != Reach::After).then(|| midnight(stretch.behind)),
        grain: Grain::Day,
        open: stretch.reach != Reach::Closed,
    }
}

const fn minute(start: Option<NaiveDateTime>, end: Option<NaiveDateTime>, open: bool) -> Resolved {
    Resolved {
        start,
        end,
        grain: Grain::Minute,
        open,
    }
}

fn of_clock(stretch: Stretch, clock: Clock) -> Option<Resolved> {
    let at = |minute: i32| at(stretch.first, minute);
    let several = stretch
        .behind
        .pred_opt()
        .filter(|last| *last > stretch.first && stretch.reach == Reach::Closed);
    Some(match (clock, stretch.reach) {
        (Clock::Point(point), Reach::After) => minute(at(point), None, true),
        (Clock::Point(point), Reach::Before) => minute(None, at(point), true),
        (Clock::Point(point), Reach::Closed) => match several {
            // "22 to 23 February at 7pm"
            Some(last) => minute(at(point), self::at(last, point), false),
            None => minute(at(point), None, false),
        },
        (Clock::From(from), _) => minute(at(from), None, true),
        (Clock::To(to), _) => minute(None, at(to), true),
        (Clock::Range(from, to), _) => minute(at(from), at(to), false),
        (Clock::Part(part), _) => {
            let (from, to) = hours(part);
            minute(at(from), at(to), false)
        }
        (Clock::All, _) => day(stretch),
        (Clock::Same | Clock::Shift(_), _) => return None,
    })
}

fn at(day: NaiveDate, minute: i32) -> Option<NaiveDateTime> {
    day.and_time(NaiveTime::MIN)
        .checked_add_signed(Duration::minutes(i64::from(minute)))
}

/// The day written, and the day spoken of last.
struct Scope {
    today: NaiveDate,
    spoken: Option<NaiveDate>,
}

impl Scope {
    fn stretches(&self, days: &Days) -> Vec<Stretch> {
        let one = |found: Option<Stretch>| found.into_iter().collect::<Vec<_>>();
        match days {
            Days::Weekday(weekday) => one(self.weekday(*weekday).and_then(|day| closed(day, 1))),
            Days::Weekdays(bits) => self.weekdays(*bits),
            Days::Each(bits) => one((1..=7)
                .filter(|weekday| bits & (1 << (weekday - 1)) != 0)
                .filter_map(|weekday| self.weekday(weekday))
                .min()
                .and_then(|day| closed(day, 1))),
            Days::Day(day) => one(closed(*day, 1)),
            Days::Span(first, last) => one(last.succ_opt().map(|behind| Stretch {
                first: *first,
                behind,
                reach: Reach::Closed,
            })),
            Days::Week(week) => {
                let whole = (week.first, week.last) == (0, 4);
                let first = week.monday.checked_add_days(Count::new(week.first));
                let behind = if whole || week.last == 4 { 7 } else { week.last + 1 };
                one(first
                    .zip(week.monday.checked_add_days(Count::new(behind)))
                    .map(|(first, behind)| Stretch {
                        first: if whole { first } else { first.max(self.today) },
                        behind,
                        reach: Reach::Closed,
                    }))
            }
            Days::Weekend => one(monday(self.today)
                .and_then(|monday| monday.checked_add_days(Count::new(5)))
                .and_then(|saturday| closed(saturday, 2))),
            Days::Any => one(closed(self.today, 14)),
            Days::Following => one(self.spoken.unwrap_or(self.today).succ_opt().and_then(|day| closed(day, 1))),
            Days::Moved(days) => one(Duration::try_days(*days)
                .and_then(|days| self.spoken.unwrap_or(self.today).checked_add_signed(days))
                .and_then(|day| closed(day, 1))),
            // Of the next week, where none was spoken of.
            Days::After(weekday) => {
                let day = match self.spoken {
                    Some(spoken) => spoken.succ_opt(),
                    None => monday(self.today).and_then(|monday| monday.checked_add_days(Count::new(7))),
                };
                one(day.and_then(|day| on_or_after(day, *weekday)).and_then(|day| closed(day, 1)))
            }
            Days::Same => one(self.spoken.and_then(|day| closed(day, 1))),
            Days::Rest | Days::FromThen => Vec::new(),
            Days::Since(days, later) => {
                let mut inner = self.stretches(days);
                inner.truncate(1);
                for stretch in &mut inner {
                    stretch.reach = Reach::After;
                    if *later > 0 {
                        stretch.first = stretch.behind;
                    }
                }
                inner
            }
            Days::Until(days, with) => {
                let mut inner = self.stretches(days);
                inner.truncate(1);
                for stretch in &mut inner {
                    stretch.reach = Reach::Before;
                    if !with {
                        stretch.behind = stretch.first;
                    }
                }
                inner
            }
        }
    }

    /// The next one after the day written.
    fn weekday(&self, weekday: u32) -> Option<NaiveDate> {
        on_or_after(self.today.succ_opt()?, weekday)
    }

    /// "Mon-Wed" is one stretch, "MWF" are three.
    fn weekdays(&self, bits: u8) -> Vec<Stretch> {
        let has = |weekday: u32| bits & bit(weekday) != 0;
        let mut begins = (1..=7).filter(|weekday| has(*weekday) && !has((weekday + 5) % 7 + 1));
        match (begins.next(), begins.next(), bits.count_ones()) {
            (Some(first), None, days @ 2..) => self
                .weekday(first)
                .and_then(|day| closed(day, u64::from(days)))
                .into_iter()
                .collect(),
            _ => {
                let mut found: Vec<_> = (1..=7)
                    .filter(|weekday| has(*weekday))
                    .filter_map(|weekday| self.weekday(weekday))
                    .collect();
                found.sort_unstable();
                found.into_iter().filter_map(|day| closed(day, 1)).collect()
            }
        }
    }
}

fn closed(first: NaiveDate, days: u64) -> Option<Stretch> {
    Some(Stretch {
        first,
        behind: first.checked_add_days(Count::new(days))?,
        reach: Reach::Closed,
    })
}
