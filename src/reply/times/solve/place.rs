//! An offer beside those before it: what narrows them, what corrects them, and hours that were said once for all days.

use super::super::clauses::Block;
use super::super::clock::Clock;
use super::super::day::Days;
use super::Offer;
use super::context::Context;
use super::instants::intersect;

/// Stretches of a day in minutes.
type Windows = Vec<(i32, i32)>;

/// Puts an offer beside those before it.
pub(super) fn place(mut offer: Offer, block: &Block, out: &mut Vec<Offer>) {
    if block.corrects && offer.yes {
        correct(offer, out);
        return;
    }
    if !offer.yes {
        out.push(offer);
        return;
    }
    let same_days = block.days.iter().all(|days| *days == Days::Same) && !block.days.is_empty();
    // "Tuesday 11 to 1. My English is better in the morning": what is liked better of days that have their hours names no others.
    let parts = block.clocks.iter().all(|hours| matches!(hours.clock, Clock::Part(_)));
    if block.days.is_empty()
        && block.preferred
        && !block.or
        && parts
        && !block.clocks.is_empty()
        && out
            .iter()
            .rfind(|before| before.yes)
            .is_some_and(|before| before.dated && before.windows.is_some() && !before.any && before.sentence != block.sentence)
    {
        return;
    }
    // "My free hours that day:" heads what follows.
    if same_days && offer.windows.is_none() && out.iter().rfind(|before| before.yes).is_some_and(Offer::is_bare) {
        return;
    }
    // "the 28th or 29th, 9 to 11. Both days work."
    if same_days && offer.windows.is_none() && !offer.any_time && out.iter().any(|before| before.yes && before.windows.is_some()) {
        return;
    }
    // "Monday is good. Tuesday is good. After 5 on both."
    if same_days && offer.windows.is_some() && out.iter().filter(|before| before.is_bare()).count() > 1 {
        for before in out.iter_mut().filter(|before| before.is_bare()) {
            before.windows.clone_from(&offer.windows);
            before.limit = offer.limit;
            before.also.push(offer.bytes.clone());
        }
        return;
    }
    // "2 to 6 works on every day but Tuesday": the days of those hours.
    if offer.any
        && offer.is_bare()
        && !offer.any_time
        && !block.or
        && out.last().is_some_and(|last| {
            last.yes && last.windows.is_some() && !last.any && (!last.dated || offer.dates.iter().all(|day| last.dates.contains(day)))
        })
        && let Some(last) = out.last_mut()
        && block.sentence == last.sentence
    {
        if !last.dated {
            last.dates = offer.dates;
            // "any day but Monday": no Monday at all.
            (last.dated, last.any, last.broad) = (true, true, true);
        }
        last.also.push(offer.bytes);
        return;
    }
    // "12:30 to 1:15 I can take a call, Tuesday or Thursday. Otherwise after 3:30": the days of those hours.
    if offer.is_bare()
        && !offer.any_time
        && !offer.broad
        && !block.or
        && !block.preferred
        && let Some(last) = out
            .last_mut()
            .filter(|last| last.yes && last.windows.is_some() && !last.dated && !last.preferred && !last.limit)
        && block.sentence == last.sentence
        && !offer.of_another(last)
    {
        last.dates = offer.dates;
        last.dated = true;
        last.also.push(offer.bytes);
        return;
    }
    if let Some(before) = out.iter_mut().rfind(|before| before.yes) {
        if !offer.dated || same_days {
            if narrows_hours(&offer, block, same_days, before) {
                return;
            }
            if same_days && offer.dates.is_empty() {
                offer.dates.clone_from(&before.dates);
            }
            offer.dated |= !offer.dates.is_empty();
        } else if !(block.preferred && before.any) {
            narrow_days(&offer, block, out);
        }
    }
    out.push(offer);
}

/// Hours without days of their own, said of the days before them; true when they are part of that offer now.
fn narrows_hours(offer: &Offer, block: &Block, same_days: bool, before: &mut Offer) -> bool {
    let two_people = before.person != offer.person && offer.person.is_some() && before.person.is_some();
    match (&mut before.windows, &offer.windows) {
        // "Monday or Tuesday. After 2."
        (None, Some(_))
            if before.dated
                && (same_days
                    || before.dates.iter().all(|day| offer.dates.contains(day))
                    // "any day but Monday, same time"
                    || offer.points && before.broad && !offer.dated && !block.or && before.sentence == offer.sentence)
                && !(before.any && offer.preferred) =>
        {
            before.windows.clone_from(&offer.windows);
            before.limit = offer.limit;
            before.bytes = before.bytes.start.min(offer.bytes.start)..before.bytes.end.max(offer.bytes.end);
            true
        }
        // "Thursday evening? Say 6.30 or 7."
        (Some(had), Some(new))
            if !two_people
                && !block.or
                && !offer.preferred
                && before.dates == offer.dates
                && new
                    .iter()
                    .all(|(from, to)| had.iter().any(|(start, end)| start <= from && to <= end))
                && had.len() == 1 =>
        {
            had.clone_from(new);
            before.bytes.end = before.bytes.end.max(offer.bytes.end);
            true
        }
        // "10 to 4, but only after 12"
        (Some(had), Some(new))
            if !two_people
                && !block.or
                && (block.only || offer.limit)
                && (offer.dates.is_empty() || before.dates.is_empty() || before.dates.iter().any(|day| offer.dates.contains(day))) =>
        {
            let both = intersect(had, new);
            let narrowed = !both.is_empty();
            if narrowed {
                *had = both;
                before.also.push(offer.bytes.clone());
            }
            narrowed
        }
        _ => false,
    }
}

/// "Next week is good. Tuesday after 2 or Thursday": the week was where the days are. "Wednesday only after 2": the other days stay.
fn narrow_days(offer: &Offer, block: &Block, out: &mut Vec<Offer>) {
    let within = |before: &Offer| {
        before.yes && before.windows.is_none() && before.broad && before.dated && offer.dates.iter().all(|day| before.dates.contains(day))
    };
    let Some(at) = out.iter().position(within) else { return };
    let Some(before) = out.get_mut(at) else { return };
    // "next week only on Tuesday": none of its other days.
    // "I'm not free until Thursday. Thursday and Friday, mornings only."
    if before.only && block.only && before.sentence == block.sentence || before.since && !before.any_time {
        out.remove(at);
        return;
    }
    if block.only || block.except || before.any && (offer.windows.is_some() || block.preferred) {
        if block.only || !block.preferred && before.any && offer.windows.is_some() && !block.or {
            before.dates.retain(|day| !offer.dates.contains(day));
        }
    } else if offer.dates.len() < before.dates.len() || offer.windows.is_some() {
        out.remove(at);
    }
}

/// Takes back what was said last and says it anew, in part or in whole.
fn correct(mut offer: Offer, out: &mut Vec<Offer>) {
    if let Some(at) = out.iter().rposition(|before| before.yes) {
        let before = out.remove(at);
        if !offer.dated {
            offer.dates = before.dates;
            offer.dated = before.dated;
        }
        if offer.windows.is_none() {
            offer.windows = before.windows;
        }
    }
    out.push(offer);
}

/// Hours that were said once for all days, limits, and "any time".
pub(super) fn settle(mut out: Vec<Offer>, context: &Context) -> Vec<Offer> {
    // "ideally mornings, but any time on Thursday": a wish.
    if out.iter().any(|offer| offer.is_bare() && offer.any_time)
        && out
            .iter()
            .filter(|offer| offer.is_unbound())
            .all(|offer| offer.preferred && !offer.limit)
    {
        out.retain(|offer| !offer.is_unbound());
    }
    refine(&mut out);
    // "weekends, or weekdays after 6": the hours are not of the weekends.
    let weekdays = |offer: &Offer| offer.is_bare() && offer.weekdays().iter().any(|day| *day <= 5);
    if out.iter().any(weekdays) && out.iter().any(Offer::is_unbound) {
        bind(&mut out);
    } else {
        join_limits(&mut out);
    }
    // "Mornings are best": with days and hours of their own beside it, it names no others.
    let hours = |offer: &Offer| offer.yes && offer.dated && offer.windows.is_some() && !offer.is_any_limit();
    if out.iter().any(hours) {
        out.retain(|offer| !(offer.yes && !offer.dated && offer.windows.is_some()));
    }
    // "any time" with nothing beside it.
    let dated = out.iter().any(|offer| offer.yes && offer.dated && !(offer.any && offer.broad));
    for offer in out.iter_mut().filter(|offer| !offer.dated && offer.dates.is_empty()) {
        offer.dates = context.workdays();
        offer.thought_of = true;
    }
    if dated {
        out.retain(|offer| !(offer.yes && !offer.dated && offer.windows.is_none()));
    }
    // Nothing but refusals: the workdays without them.
    let refused = out.iter().all(|offer| !offer.yes) && !out.iter().all(|offer| offer.told);
    if let (Some(first), true) = (out.first(), refused) {
        let bytes = first.bytes.clone();
        out.insert(0, Offer::any_time(context, bytes));
    }
    out
}

/// "The 25th or the 26th. Between 9 and 4 on the 25th, after lunch on the 26th": hours said later of days that had none.
fn refine(out: &mut Vec<Offer>) {
    for at in 0..out.len() {
        let Some(bare) = out.get(at).filter(|offer| offer.is_bare() && !offer.any && !offer.any_time) else {
            continue;
        };
        let narrower = |other: &&Offer| {
            other.yes && other.dated && !other.broad && other.windows.is_some() && !other.preferred && !other.of_another(bare)
        };
        let mut said: Vec<_> = out
            .iter()
            .skip(at + 1)
            .filter(narrower)
            .flat_map(|other| other.dates.iter().copied())
            .collect();
        if let Some(bare) = out.get_mut(at) {
            said.sort_unstable();
            bare.dates.retain(|day| said.binary_search(day).is_err());
        }
    }
    out.retain(|offer| !(offer.is_bare() && offer.dates.is_empty()));
}

/// Hours without a day belong to the days without hours: "Early mornings are easiest. Any day next week."
fn bind(out: &mut Vec<Offer>) {
    let mut all: Option<Windows> = None;
    let mut person = None;
    let mut zone = None;
    let also: Vec<_> = out
        .iter()
        .filter(|offer| offer.is_unbound())
        .map(|offer| offer.bytes.clone())
        .collect();
    for offer in out.iter().filter(|offer| offer.is_unbound()) {
        let windows = offer.windows.clone().unwrap_or_default();
        zone = zone.or(Some(offer.zone));
        let had_by = person;
        person = offer.person.or(person);
        all = Some(match all {
            None => windows,
            // "She can only do mornings; I'm free 11 to 2": both of them.
            Some(had) if offer.limit || had_by.is_some() && offer.person.is_some() && had_by != offer.person => intersect(&had, &windows),
            Some(mut had) => {
                had.extend(windows);
                had
            }
        });
    }
    out.retain(|offer| !offer.is_unbound());
    for offer in out.iter_mut().filter(|offer| offer.is_bare()) {
        offer.windows.clone_from(&all);
        offer.also.extend_from_slice(&also);
        offer.zone = zone.unwrap_or(offer.zone);
    }
}

/// Two limits are one window: "not before 10, and done by 4".
fn join_limits(out: &mut Vec<Offer>) {
    let is_limit = |offer: &Offer| offer.is_unbound() && offer.limit;
    let Some(first) = out.iter().position(is_limit) else { return };
    let mut window = out.get(first).and_then(|offer| offer.windows.clone()).unwrap_or_default();
    let mut number = 0;
    let mut also = Vec::new();
    out.retain(|offer| {
        number += 1;
        if number - 1 <= first || !is_limit(offer) {
            return true;
        }
        let both = intersect(&window, offer.windows.as_deref().unwrap_or_default());
        let apart = both.is_empty();
        if !apart {
            window = both;
            also.push(offer.bytes.clone());
        }
        apart
    });
    if let Some(offer) = out.get_mut(first) {
        offer.windows = Some(window);
        offer.also.append(&mut also);
    }
}
