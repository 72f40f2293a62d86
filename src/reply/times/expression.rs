//! A text → the days and times it names, in local wall time: for measuring, and for showing what was understood.
//!
//! In: a text, the local time it was written, its language, and the order of day and month. Out: what is named, in its order.
//! Never here: whether it is offered or refused.

use chrono::{Days as Count, NaiveDate, NaiveDateTime};

use super::clauses::{Block, Scan};
use super::clock::{Clock, DAY, hours};
use super::day::{Dates, Days};
use super::lex::Tongue;
use super::solve;
use super::{Asked, clock, lex};
use crate::calendar::{LocalTime, Zone};

/// How fine a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A day or several.
    Day,
    /// A clock time.
    Minute,
}

/// A day or a time named in a text, in local wall time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// From; `None` for "before …".
    pub start: Option<NaiveDateTime>,
    /// To, not included; `None` for a point, and for "after …".
    pub end: Option<NaiveDateTime>,
    /// How fine it is.
    pub grain: Grain,
    /// It has no end, or no beginning.
    pub open: bool,
}

/// The days and times a text names.
#[must_use]
pub fn expressions(text: &str, written: NaiveDateTime, language: &str, day_first: bool) -> Vec<Resolved> {
    let (items, tongue) = lex::items(text, Tongue::named(language));
    let zone = Zone::UTC;
    let said = Scan {
        text,
        items: &items,
        dates: Dates {
            items: &items,
            today: written.date(),
            day_first,
            dotted: tongue == Tongue::De,
            month: std::cell::Cell::new(None),
            week: std::cell::Cell::new(None),
        },
        clocks: clock::Clocks { items: &items },
        own: zone,
        ours: zone,
        tongue,
    }
    .read();
    let LocalTime::One(instant) = zone.instant(written) else {
        return Vec::new();
    };
    let asked = Asked {
        written: instant,
        zone,
        ours: zone,
        minutes: 60,
        options: &[],
        booked: None,
        language,
    };
    let mut out = Vec::new();
    let mut spoken: Vec<NaiveDate> = Vec::new();
    for at in 0..said.blocks.len() {
        let Some(block) = said.blocks.get(at) else { break };
        let mut plain = block.clone();
        plain.yes = true;
        let days = days(&plain, said.blocks.get(..=at).unwrap_or_default(), &asked, &spoken);
        if !plain.days.is_empty() {
            spoken = days.iter().map(|(first, _, _)| *first).collect();
        }
        of_block(&plain, &days, written, &mut out);
    }
    out
}

/// Whether days have an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Closed,
    After,
    Before,
}

/// The days of a block: the first, the one behind the last, and whether they are open.
fn days(block: &Block, upto: &[Block], asked: &Asked<'_>, spoken: &[NaiveDate]) -> Vec<(NaiveDate, NaiveDate, Reach)> {
    let next = |day: NaiveDate, by: u64| day.checked_add_days(Count::new(by)).unwrap_or(day);
    let week = block.days.iter().any(|days| matches!(days, Days::Week(_)));
    let scoped = week && block.days.iter().any(|days| matches!(days, Days::Weekday(_) | Days::Weekdays(_)));
    let mut out = Vec::new();
    for (at, days) in block.days.iter().enumerate() {
        match days {
            Days::Week(_) if scoped => {}
            Days::Week(week) => {
                let whole = (week.first, week.last) == (0, 4);
                let first = next(week.monday, week.first).max(if whole { week.monday } else { asked.written.date_naive() });
                let behind = if whole || week.last == 4 { 7 } else { week.last + 1 };
                out.push((first, next(week.monday, behind), Reach::Closed));
            }
            Days::Span(first, last) => out.push((*first, next(*last, 1), Reach::Closed)),
            Days::Since(..)
            | Days::Until(..)
            | Days::Weekday(_)
            | Days::Weekdays(_)
            | Days::Each(_)
            | Days::Day(_)
            | Days::Weekend
            | Days::Any
            | Days::Rest
            | Days::Following
            | Days::Same
            | Days::FromThen => {
                let mut one = block.clone();
                one.days = block
                    .days
                    .iter()
                    .enumerate()
                    .filter(|(other, days)| *other == at || scoped && matches!(days, Days::Week(_)))
                    .map(|(_, days)| days.clone())
                    .collect();
                one.clocks.clear();
                let mut blocks: Vec<Block> = upto.get(..upto.len().saturating_sub(1)).unwrap_or_default().to_vec();
                for block in &mut blocks {
                    block.yes = true;
                    block.days.retain(|days| matches!(days, Days::Week(_)));
                }
                blocks.retain(|block| !block.days.is_empty());
                let resolved = solve::dates_of(&blocks, &one, asked, spoken);
                let (Some(first), Some(last)) = (resolved.first(), resolved.last()) else {
                    continue;
                };
                let reach = match days {
                    Days::Since(..) => Reach::After,
                    Days::Until(..) => Reach::Before,
                    _ => Reach::Closed,
                };
                match days {
                    Days::Weekdays(bits) if !consecutive(&resolved) || bits.count_ones() < 2 => {
                        out.extend(resolved.iter().map(|day| (*day, next(*day, 1), reach)))
                    }
                    _ => out.push((*first, next(*last, 1), reach)),
                }
            }
        }
    }
    out.dedup();
    out
}

fn consecutive(days: &[NaiveDate]) -> bool {
    days.windows(2).all(|pair| matches!(pair, [a, b] if a.succ_opt() == Some(*b)))
}

fn at(day: NaiveDate, minute: i32) -> Option<NaiveDateTime> {
    let day = day.checked_add_days(Count::new(u64::try_from(minute.div_euclid(DAY)).ok()?))?;
    let minute = u32::try_from(minute.rem_euclid(DAY)).ok()?;
    day.and_hms_opt(minute / 60, minute % 60, 0)
}

fn of_block(block: &Block, days: &[(NaiveDate, NaiveDate, Reach)], written: NaiveDateTime, out: &mut Vec<Resolved>) {
    let clocks: Vec<_> = block
        .clocks
        .iter()
        .filter(|hours| hours.clock != Clock::All || block.clocks.len() == 1 && days.is_empty())
        .collect();
    if clocks.is_empty() {
        for &(first, behind, reach) in days {
            out.push(Resolved {
                start: (reach != Reach::Before).then(|| at(first, 0)).flatten(),
                end: (reach != Reach::After).then(|| at(behind, 0)).flatten(),
                grain: Grain::Day,
                open: reach != Reach::Closed,
            });
        }
        return;
    }
    let today = [(written.date(), written.date().succ_opt().unwrap_or(written.date()), Reach::Closed)];
    let days = if days.is_empty() { &today[..] } else { days };
    let minute = |start: Option<NaiveDateTime>, end: Option<NaiveDateTime>, open: bool| Resolved {
        start,
        end,
        grain: Grain::Minute,
        open,
    };
    // "from Monday 9:00 to Wednesday 17:00"
    for &(first, _, _) in days {
        let mut merged: Option<(i32, i32)> = None;
        let mut all = Vec::new();
        for hours_said in &clocks {
            let part = |clock: Clock| match clock {
                Clock::Part(part) => Some(hours(part)),
                Clock::Range(from, to) => Some((from, to)),
                _ => None,
            };
            match hours_said.clock {
                Clock::Point(point) => {
                    // "in the afternoon at 3": the point says all.
                    if !hours_said.besides && merged.is_some() {
                        all.pop();
                    }
                    merged = None;
                    all.push(minute(at(first, point), None, false));
                }
                Clock::From(from) => {
                    let until = merged.filter(|_| !hours_said.besides).map(|(_, to)| to);
                    if until.is_some() {
                        all.pop();
                    }
                    all.push(minute(at(first, from), until.and_then(|to| at(first, to)), until.is_none()));
                }
                Clock::To(to) => {
                    let from = merged.filter(|_| !hours_said.besides).map(|(from, _)| from);
                    if from.is_some() {
                        all.pop();
                    }
                    all.push(minute(from.and_then(|from| at(first, from)), at(first, to), from.is_none()));
                }
                clock => {
                    let Some((from, to)) = part(clock) else { continue };
                    if let Some((had, until)) = merged.filter(|(had, until)| !hours_said.besides && from < *until && *had < to) {
                        all.pop();
                        all.push(minute(at(first, from.max(had)), at(first, to.min(until)), false));
                        continue;
                    }
                    if !hours_said.besides && all.last().is_some_and(|last: &Resolved| last.end.is_none() && !last.open) {
                        // "3pm in the afternoon"
                        continue;
                    }
                    merged = Some((from, to));
                    all.push(minute(at(first, from), at(first, to), false));
                }
            }
        }
        out.extend(all);
    }
}
