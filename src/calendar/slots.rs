//! Finding slots: when everybody who must be there can, best ones first.
//!
//! In: what each party gave, working hours, what is busy, and what was offered before. Out: a few slots, in time order.
//! Never here: a slot outside what somebody gave, one that overlaps what is busy, one at a time that a clock shows twice.
//!
//! What makes one slot better than another, in this order: 24 to 72 hours ahead; another day, at least another part of the day, than the
//! slots beside it; a full hour, then a half one, on everybody's clock; near the middle of everybody's working hours. Of two as good as each
//! other the one that more of the optional people can make is taken, then the earlier.

use std::collections::BTreeSet;

use chrono::{Duration, DurationRound, NaiveDateTime, NaiveTime, Timelike};

use super::free::Free;
use super::{Hours, LocalTime, Spans, Zone};
use crate::model::Timestamp;

/// Somebody who is to be there.
#[derive(Debug, Clone)]
pub struct Party {
    /// Where they are.
    pub zone: Zone,
    /// When they work: binding while they gave no times, and a kindness when they did.
    pub hours: Hours,
    /// The times they gave, if they gave any; these hold whatever the hours.
    pub given: Option<Spans>,
    /// When they are taken: interviews booked or held, and what their calendar says.
    pub busy: Spans,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// The present.
    pub now: Timestamp,
    /// Everybody without whom it does not take place. Days and their parts are those of the first.
    pub required: &'a [Party],
    /// Those who come if they can.
    pub optional: &'a [Party],
    /// Of these not everybody must be there, but so many.
    pub several: (&'a [Party], usize),
    /// How long it takes.
    pub duration: Duration,
    /// Kept free before it (travel, for one that is on site).
    pub before: Duration,
    /// Kept free after it.
    pub after: Duration,
    /// The least time between now and the start.
    pub notice: Duration,
    /// The most time between now and the end.
    pub horizon: Duration,
    /// What was offered or refused before: nothing that overlaps it is offered again.
    pub past: &'a Spans,
    /// How many are wanted.
    pub count: usize,
}

/// How far one look ahead goes; most searches end in the first.
const STRETCH: Duration = Duration::days(14);
/// As far from the middle of somebody's working hours every time is as good as another.
const COMFORT: Duration = Duration::minutes(150);
/// More days than are wanted are looked at, so that there is a choice.
const SPARE_DAYS: usize = 2;

/// The slots to offer, in time order; fewer than wanted when there are no more. Without a required party there is none.
///
/// No slot overlaps another. The same search gives the same slots.
#[must_use]
pub fn slots(search: &Search<'_>) -> Vec<(Timestamp, Timestamp)> {
    let (Some(first), true) = (search.required.first(), search.duration > Duration::zero()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut days = BTreeSet::new();
    let far = |at: Timestamp| at - search.now >= Duration::hours(24);
    let (mut from, end) = (search.now + search.notice.max(Duration::zero()), search.now + search.horizon);
    while from < end && days.len() < search.count + SPARE_DAYS {
        let next = (from + STRETCH).min(end);
        // A slot that begins in this stretch may end in the next.
        let free = free(search, from, (next + search.duration + Duration::minutes(30)).min(end));
        for &(open, close) in free.open() {
            for start in starts(first.zone, open, close, search.duration).take_while(|start| *start < next) {
                if !enough(search, start) {
                    continue;
                }
                let day = first.zone.local(start).date();
                if far(start) && !days.contains(&day) {
                    if days.len() >= search.count + SPARE_DAYS {
                        break;
                    }
                    days.insert(day);
                }
                found.push(start);
            }
        }
        from = next;
    }
    chosen(search, first.zone, &found)
}

/// When a slot may lie, all of it, within a stretch.
fn free(search: &Search<'_>, from: Timestamp, to: Timestamp) -> Free {
    let (before, after) = (search.before.max(Duration::zero()), search.after.max(Duration::zero()));
    let mut free = Free::new(from, to, search.duration);
    free.cut(search.past.near(from, to).iter().copied());
    let mut seen: Vec<(Zone, Hours)> = Vec::new();
    for party in search.required {
        if free.open().is_empty() {
            break;
        }
        if let Some(given) = &party.given {
            free.keep(given.near(from, to));
        } else if !seen.contains(&(party.zone, party.hours)) {
            // Colleagues mostly share their hours.
            seen.push((party.zone, party.hours));
            free.keep(party.hours.spans(party.zone, from, to).near(from, to));
        }
        let near = party.busy.near(from - before, to + after).iter();
        free.cut(near.map(|(start, end)| (*start - after, *end + before)));
    }
    free
}

/// Where a slot may begin within an open stretch: at full and half hours; where none fits at quarters, and last at its very beginning.
fn starts(zone: Zone, open: Timestamp, close: Timestamp, duration: Duration) -> impl Iterator<Item = Timestamp> {
    let fits = move |start: &Timestamp| *start + duration <= close;
    let found = [30, 15, 5].into_iter().find_map(|minutes| {
        let step = Duration::minutes(minutes);
        // On the wall: some zones are three quarters of an hour off.
        let wall = zone.local(open);
        let round = wall.duration_trunc(step).ok()?;
        let wait = if round == wall { Duration::zero() } else { step - (wall - round) };
        Some((open + wait, step)).filter(|(start, _)| fits(start))
    });
    let (first, step) = found.unwrap_or((close, Duration::minutes(30)));
    std::iter::successors(Some(first), move |start| start.checked_add_signed(step)).take_while(fits)
}

/// Whether as many can come at a time as there must be.
fn enough(search: &Search<'_>, start: Timestamp) -> bool {
    let (several, least) = search.several;
    several.iter().filter(|party| comes(search, party, start)).count() >= least
}

/// Whether somebody can come: within the times they gave, else their working hours, and not taken.
fn comes(search: &Search<'_>, party: &Party, start: Timestamp) -> bool {
    let end = start + search.duration;
    let there = match &party.given {
        Some(given) => given.covers(start, end),
        None => party.hours.covers(party.zone, start, end),
    };
    there && !party.busy.touches(start - search.before, end + search.after)
}

/// The best of all possible beginnings, one after the other, each with an eye on those taken before it.
fn chosen(search: &Search<'_>, zone: Zone, starts: &[Timestamp]) -> Vec<(Timestamp, Timestamp)> {
    let mut clocks: Vec<(Zone, Hours)> = Vec::new();
    for party in search.required {
        if !clocks.contains(&(party.zone, party.hours)) {
            clocks.push((party.zone, party.hours));
        }
    }
    let mut left: Vec<Candidate> = starts.iter().map(|start| Candidate::of(search, zone, &clocks, *start)).collect();
    let mut taken: Vec<Candidate> = Vec::new();
    while taken.len() < search.count {
        let best = left.iter().min_by_key(|one| one.rank(&taken)).copied();
        let Some(best) = best else { break };
        let twice = clocks
            .iter()
            .any(|(zone, _)| !matches!(zone.instant(zone.local(best.start)), LocalTime::One(_)));
        if twice {
            left.retain(|one| one.start != best.start);
        } else {
            left.retain(|one| one.start + search.duration <= best.start || best.start + search.duration <= one.start);
            taken.push(best);
        }
    }
    let mut slots: Vec<_> = taken.iter().map(|one| (one.start, one.start + search.duration)).collect();
    slots.sort_unstable();
    slots
}

/// A possible beginning and what speaks against it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    start: Timestamp,
    /// On the first one's wall.
    local: NaiveDateTime,
    part: Part,
    cost: i64,
    /// How many of the optional people cannot come.
    missing: usize,
}

/// Part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Afternoon,
    Evening,
}

impl Candidate {
    fn of(search: &Search<'_>, zone: Zone, clocks: &[(Zone, Hours)], start: Timestamp) -> Self {
        let local = zone.local(start);
        let of_clocks = clocks
            .iter()
            .map(|(zone, hours)| unkind(zone.local(start), search.duration, *hours))
            .max();
        Self {
            start,
            local,
            part: match local.hour() {
                0..12 => Part::Morning,
                12..18 => Part::Afternoon,
                _ => Part::Evening,
            },
            cost: too_soon_or_late(start - search.now) + of_clocks.unwrap_or(0),
            missing: search.optional.len() - search.optional.iter().filter(|party| comes(search, party, start)).count(),
        }
    }

    /// The lower the better, beside those that are taken.
    fn rank(&self, taken: &[Self]) -> (i64, usize, i64, Timestamp) {
        let beside: i64 = taken
            .iter()
            .map(|other| {
                let (day, part) = (self.local.date() == other.local.date(), self.part == other.part);
                match (day, part) {
                    (true, true) => 70,
                    (true, false) => 40,
                    // Whoever is taken at three every day is offered something else.
                    (false, true) if self.local.time() == other.local.time() => 18,
                    (false, true) => 10,
                    (false, false) => 0,
                }
            })
            .sum();
        let cost = self.cost + beside;
        // What differs by little is as good.
        (cost / 8, self.missing, cost, self.start)
    }
}

/// 24 to 72 hours ahead is best: soon, and time to prepare.
fn too_soon_or_late(ahead: Duration) -> i64 {
    match ahead.num_hours() {
        ..24 => 90,
        24..72 => 0,
        hours => 24 + 4 * ((hours - 72) / 24).min(30),
    }
}

/// How odd the minute is on somebody's clock, whether it is lunch time, and how far the slot lies from the middle of their hours.
fn unkind(start: NaiveDateTime, duration: Duration, hours: Hours) -> i64 {
    let odd = match start.minute() {
        0 => 0,
        30 => 4,
        15 | 45 => 12,
        _ => 20,
    };
    let lunch = if start.hour() == 12 { 6 } else { 0 };
    let minutes = |time: NaiveTime| i64::from(time.num_seconds_from_midnight() / 60);
    let off = minutes(start.time()) + duration.num_minutes() / 2 - (minutes(hours.from) + minutes(hours.to)) / 2;
    let beyond = (off.abs() - COMFORT.num_minutes()).max(0);
    odd + lunch + beyond * beyond / 1200
}
