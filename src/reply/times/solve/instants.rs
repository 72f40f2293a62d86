//! Hours of a day → instants; offers → the times of all of them together.

use chrono::{Days as Count, NaiveDate, NaiveTime};

use super::super::clauses::Hours;
use super::super::clock::{CLOSES, Clock, DAY, OPENS, hours};
use super::super::lex::Part;
use super::super::{Asked, Interval};
use super::Offer;
use crate::calendar::{Spans, Zone};
use crate::model::Timestamp;

/// The instants of all offers: those offered, without those refused; of several people, those all of them can make.
pub(in super::super) fn instants(offers: &[Offer], written: Timestamp) -> (Spans, Vec<Interval>) {
    let mut people: Vec<u64> = offers
        .iter()
        .filter(|offer| offer.yes && !offer.everybody)
        .filter_map(|offer| offer.person)
        .collect();
    people.sort_unstable();
    people.dedup();
    let several = people.len() > 1;
    let of_all = |offer: &&Offer| offer.yes && !(several && offer.person.is_some() && !offer.everybody);
    let mut open = together(offers.iter().filter(of_all));
    if several {
        let of = |person: u64| together(offers.iter().filter(|offer| offer.yes && offer.person == Some(person)));
        let common = people
            .iter()
            .map(|person| of(*person))
            .reduce(|all, one| all.intersect(&one))
            .unwrap_or_default();
        open = open.union(&common);
    }
    for (at, offer) in offers.iter().enumerate().filter(|(_, offer)| !offer.yes) {
        // A later word on those very days outweighs: "can't do Tuesday, except after 5"; what is only told never outweighs an offer.
        let mut kept = Spans::default();
        let rests = |other: &Offer| other.dated || offer.told && !other.thought_of && !other.dates.is_empty();
        // "In there every day until the end of the month. 1-2 any day next week is quietest": hours that were given.
        let within = |other: &Offer| other.dates.iter().all(|day| offer.dates.binary_search(day).is_ok());
        let given = |other: &Offer| !other.broad || offer.told && other.windows.is_some() && within(other);
        let later = |number: usize, other: &Offer| other.yes && rests(other) && given(other) && (number > at || offer.told || offer.aside);
        for (_, other) in offers.iter().enumerate().filter(|(number, other)| later(*number, other)) {
            let refused = |day: &NaiveDate| offer.dates.binary_search(day).is_ok();
            if offer.windows.is_none() && other.dates.iter().any(refused) && (offer.told || offer.aside || other.dates.iter().all(refused))
            {
                kept = kept.union(&spans(other));
            }
        }
        // "I work 9 to 5, so on my break at 1 or after 5:30": hours inside those that are told of.
        for other in offers
            .iter()
            .skip(at + 1)
            .filter(|other| other.yes && offer.event && other.sentence == offer.sentence)
        {
            if inside_or_apart(other, offer) {
                kept = kept.union(&spans(other));
            }
        }
        // "not at 2" says nothing against half past two.
        for other in offers.iter().filter(|other| other.yes && other.points && offer.points) {
            if offer.windows != other.windows {
                kept = kept.union(&spans(other));
            }
        }
        open = open.minus(&spans(offer).minus(&kept));
    }
    let open = open.from(written);
    let mut shown = Vec::new();
    for offer in offers.iter().filter(|offer| offer.yes) {
        for (start, end) in spans(offer).intersect(&open).iter() {
            shown.push(Interval {
                start,
                end,
                words: offer.bytes.clone(),
            });
        }
    }
    (open, shown)
}

/// Each stretch offered lies within one that is refused, or beside all of them; and one lies within.
fn inside_or_apart(offered: &Offer, refused: &Offer) -> bool {
    let (Some(offered), Some(refused)) = (&offered.windows, &refused.windows) else {
        return false;
    };
    let inside = |(from, to): &(i32, i32)| {
        refused
            .iter()
            .any(|(start, end)| start <= from && to <= end && (start, end) != (from, to))
    };
    let apart = |(from, to): &(i32, i32)| refused.iter().all(|(start, end)| to <= start || end <= from);
    offered.iter().any(inside) && offered.iter().all(|window| inside(window) || apart(window))
}

/// The instants of several offers.
pub(super) fn together<'o>(offers: impl Iterator<Item = &'o Offer>) -> Spans {
    let mut all = Vec::new();
    for offer in offers {
        all.extend(spans(offer).iter());
    }
    Spans::of(all)
}

pub(super) fn spans(offer: &Offer) -> Spans {
    let whole = if offer.yes { vec![(OPENS, CLOSES)] } else { vec![(0, DAY)] };
    let windows = offer.windows.as_ref().unwrap_or(&whole);
    let mut all = Vec::with_capacity(offer.dates.len() * windows.len());
    for &date in &offer.dates {
        for &(from, to) in windows {
            if let (Some(start), Some(end)) = (instant(offer.zone, date, from), instant(offer.zone, date, to)) {
                all.push((start, end));
            }
        }
    }
    Spans::of(all)
}

fn instant(zone: Zone, date: NaiveDate, minute: i32) -> Option<Timestamp> {
    let days = u64::try_from(minute.div_euclid(DAY)).ok()?;
    let minute = u32::try_from(minute.rem_euclid(DAY)).ok()?;
    let date = date.checked_add_days(Count::new(days))?;
    Some(zone.at_or_after(date, NaiveTime::from_hms_opt(minute / 60, minute % 60, 0)?))
}

/// The hours of a block; `None` when it names none.
pub(super) fn windows(clocks: &[Hours], dates: &[NaiveDate], asked: &Asked<'_>, zone: Zone) -> Option<Vec<(i32, i32)>> {
    let mut groups: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut before: Option<Clock> = None;
    for hours in clocks {
        let Some(window) = window(hours.clock, dates, asked, zone) else {
            continue;
        };
        match groups.last_mut().filter(|_| !hours.besides) {
            Some(last) => {
                let both = intersect(last, &[window]);
                // "my lunch break, 12.30 to 1.30": the hours say when that is.
                let lunch = matches!(before, Some(Clock::Part(Part::Lunch))) && matches!(hours.clock, Clock::Range(..));
                if lunch {
                    *last = vec![window];
                } else if both.is_empty() {
                    // "my lunch is 1-2": the hours explain the word.
                    let part = matches!(before, Some(Clock::Part(_)));
                    if part && !matches!(hours.clock, Clock::Part(_)) {
                        *last = vec![window];
                    } else {
                        groups.push(vec![window]);
                    }
                } else {
                    *last = both;
                }
            }
            None => groups.push(vec![window]),
        }
        before = Some(hours.clock);
    }
    let all: Vec<_> = groups.into_iter().flatten().collect();
    (!all.is_empty()).then_some(all)
}

fn window(clock: Clock, dates: &[NaiveDate], asked: &Asked<'_>, zone: Zone) -> Option<(i32, i32)> {
    let length = asked.minutes;
    // The interview fixed, or the slot of the day spoken of.
    let of_day = || {
        asked
            .options
            .iter()
            .find(|(start, _)| dates.contains(&zone.local(*start).date()))
            .copied()
    };
    let fixed = || asked.booked.or_else(of_day).or_else(|| asked.options.first().copied());
    let minute_of = |at: Timestamp| {
        let local = zone.local(at);
        i32::try_from(chrono::Timelike::num_seconds_from_midnight(&local.time()) / 60).ok()
    };
    Some(match clock {
        Clock::Point(at) => (at, at + length),
        Clock::Range(start, end) => (start, end),
        Clock::From(at) => (at, if at >= CLOSES { DAY } else { CLOSES }),
        Clock::To(at) => (OPENS.min(at), at),
        Clock::Part(part) => hours(part),
        Clock::All => return None,
        Clock::Same => {
            let at = minute_of(fixed()?.0)?;
            (at, at + length)
        }
        Clock::Shift(minutes) => {
            let at = minute_of(fixed()?.0)? + minutes;
            (at.max(0), at.max(0) + length)
        }
    })
}

/// What two lists of stretches have in common, sorted and merged: lists that are met again and again do not grow.
pub(super) fn intersect(a: &[(i32, i32)], b: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let mut both = Vec::new();
    for &(from, to) in a {
        for &(start, end) in b {
            if from.max(start) < to.min(end) {
                both.push((from.max(start), to.min(end)));
            }
        }
    }
    both.sort_unstable();
    both.dedup_by(|later, earlier| {
        let within = later.0 <= earlier.1;
        if within {
            earlier.1 = earlier.1.max(later.1);
        }
        within
    });
    both
}
