//! The terms of a sentence → blocks of what belongs together: the cheapest way to part them is taken.

use super::super::clock::{self, Clock};
use super::super::day::Days;
use super::unit::Unit;
use super::walk::{Of, Term};
use super::{Block, Hours};
use crate::calendar::Zone;

/// "Morning. Both of us …" greets.
pub(super) fn greeting(blocks: &mut Vec<Block>, units: &[Unit]) {
    let alone = units.iter().filter(|unit| unit.sentence == 0).all(|unit| unit.words == 0);
    let part = matches!(blocks.first(), Some(first) if first.sentence == 0 && first.days.is_empty() && matches!(first.clocks.as_slice(), [Hours { clock: Clock::Part(_), .. }]));
    if alone && part && blocks.iter().any(|block| !block.days.is_empty()) {
        blocks.remove(0);
    }
}

/// A zone said in a sentence holds for all of it; one said later for the later times.
pub(super) fn zones_of_sentences(terms: &mut [Term], writer: Option<Zone>) {
    let mut start = 0;
    while let Some(first) = terms.get(start) {
        let sentence = first.sentence;
        let more = terms.iter().skip(start).position(|term| term.sentence != sentence);
        let end = more.map_or(terms.len(), |more| start + more);
        let Some(group) = terms.get_mut(start..end) else { break };
        let mut next = None;
        for term in group.iter_mut().rev() {
            next = term.zone.or(next);
            term.zone = next;
        }
        let mut last = writer;
        for term in group.iter_mut() {
            last = term.zone.or(last);
            term.zone = last;
        }
        start = end;
    }
}

/// The cheapest way to part the terms of each sentence into blocks.
pub(super) fn blocks(terms: &[Term]) -> Vec<Block> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(first) = terms.get(start) {
        let end = terms
            .get(start..)
            .and_then(|rest| rest.iter().position(|term| term.sentence != first.sentence))
            .map_or(terms.len(), |more| start + more);
        // Nobody says so many times in one sentence; the cut keeps the work linear.
        let end = end.min(start + 60);
        part(terms.get(start..end).unwrap_or_default(), &mut out);
        start = end;
    }
    out
}

/// Terms of one block, at most.
pub(super) const LARGEST: usize = 12;

pub(super) fn part(terms: &[Term], out: &mut Vec<Block>) {
    // The least cost of parting the first n terms, and where the last block begins then.
    let mut best: Vec<(u32, usize)> = vec![(0, 0)];
    for end in 1..=terms.len() {
        let mut least = (u32::MAX, end - 1);
        for start in (end.saturating_sub(LARGEST)..end).rev() {
            let Some(cost) = cost(terms.get(start..end).unwrap_or_default()) else {
                continue;
            };
            let Some(&(before, _)) = best.get(start) else { continue };
            let split = if start == 0 {
                0
            } else {
                4_u32.saturating_sub(terms.get(start).map_or(0, |term| term.gap.width()))
            };
            let total = before.saturating_add(cost).saturating_add(split);
            if total < least.0 {
                least = (total, start);
            }
        }
        best.push(least);
    }
    let mut cuts = Vec::new();
    let mut end = terms.len();
    while end > 0 {
        let start = best.get(end).map_or(0, |(_, start)| *start);
        cuts.push(start..end);
        end = start;
    }
    for range in cuts.into_iter().rev() {
        if let Some(block) = block(terms.get(range).unwrap_or_default()) {
            out.push(block);
        }
    }
}

/// What it costs to read these terms as one block; `None` when they cannot be one.
pub(super) fn cost(terms: &[Term]) -> Option<u32> {
    let opening = terms.first()?;
    if terms
        .iter()
        .any(|term| term.yes != opening.yes || term.except != opening.except || term.told != opening.told)
    {
        return None;
    }
    // "any time Mon or Tue after 1pm": any time is no hours where hours are said.
    let any = |term: &Term| term.what == Of::Hours(Clock::All) && !term.gap.dash;
    let narrower = terms.iter().any(|term| matches!(term.what, Of::Hours(_)) && !any(term));
    // "same window both days: 11 to 12, Tuesday and Friday"
    let same = |term: &Term| term.what == Of::Days(Days::Same);
    let dated = terms.iter().any(|term| matches!(term.what, Of::Days(_)) && !same(term));
    let passed_over = |term: &Term| narrower && any(term) || dated && same(term);
    let mut counted = terms.iter().filter(|term| !passed_over(term));
    let first = counted.next()?;
    let is_day = |term: &Term| matches!(term.what, Of::Days(_));
    let mut turns = 0;
    let mut cost = 0;
    let mut before = first;
    for term in counted {
        if term.corrects || term.gap.breaks || term.person != first.person && term.person.is_some() && first.person.is_some() {
            return None;
        }
        // "11 to 12 every day, and Wednesday is blocked": each says so itself.
        if term.own && before.own && term.unit != before.unit {
            return None;
        }
        if term.zone != before.zone && term.zone.is_some() && before.zone.is_some() {
            return None;
        }
        if is_day(term) == is_day(before) {
            // Two days without a joint are seldom one list.
            cost += u32::from(term.gap.dash) * 2 + u32::from(term.opens_line);
            // Hours apart by a comma and days apart by other words.
            cost += u32::from(term.gap.words);
        } else {
            turns += 1;
            cost += term.gap.width();
            if turns > 1 && !week_behind(term) {
                return None;
            }
        }
        before = term;
    }
    let days = terms.iter().filter(|term| is_day(term)).count();
    Some(match (days, terms.len() - days) {
        (0, _) => cost + 4,
        (_, 0) => cost + 2,
        _ => cost,
    })
}

/// "2-3pm next week": the week behind the hours goes with the days before them.
pub(super) fn week_behind(term: &Term) -> bool {
    matches!(&term.what, Of::Days(Days::Week(_) | Days::Same)) && term.gap.width() <= 1
}

pub(super) fn block(terms: &[Term]) -> Option<Block> {
    let first = terms.first()?;
    let last = terms.last()?;
    let mut days = Vec::new();
    let mut clocks = Vec::new();
    for term in terms {
        match &term.what {
            Of::Days(found) => days.push(found.clone()),
            Of::Hours(clock) => {
                let besides = term.gap.joined || term.gap.dash;
                let comma = term.gap.comma;
                clocks.push(Hours {
                    clock: *clock,
                    besides: !clocks.is_empty() && (besides || comma && !narrows(&clocks, *clock)),
                });
            }
        }
    }
    Some(Block {
        days,
        clocks,
        yes: first.yes.unwrap_or(true),
        only: terms.iter().any(|term| term.only),
        or: first.gap.or,
        except: first.except,
        corrects: first.corrects,
        preferred: terms.iter().any(|term| term.preferred),
        zone: terms.iter().find_map(|term| term.zone),
        bytes: first.bytes.start.min(last.bytes.start)..last.bytes.end,
        sentence: first.sentence,
        opens_line: first.opens_line,
        person: terms.iter().find_map(|term| term.person),
        told: first.told,
        everybody: terms.iter().any(|term| term.everybody),
    })
}

/// "Friday afternoon, 3pm": hours inside the part of the day named before them.
pub(super) fn narrows(before: &[Hours], clock: Clock) -> bool {
    let Some(Clock::Part(part)) = before.last().map(|hours| hours.clock) else {
        return false;
    };
    let (from, to) = clock::hours(part);
    match clock {
        Clock::Point(at) | Clock::From(at) | Clock::To(at) => (from..to).contains(&at),
        Clock::Range(start, end) => start >= from && end <= to,
        Clock::Part(_) | Clock::All | Clock::Same | Clock::Shift(_) => false,
    }
}
