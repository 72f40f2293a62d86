//! The terms of a sentence → blocks of what belongs together: the cheapest way to part them is taken.

use super::super::clock::{self, Clock};
use super::super::day::Days;
use super::super::lex::Part;
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

/// "11 instead of 10 on Tuesday": both hours are of that day.
pub(super) fn swapped(blocks: &mut [Block]) {
    let point = |block: &Block| {
        matches!(
            block.clocks.as_slice(),
            [Hours {
                clock: Clock::Point(_),
                ..
            }]
        )
    };
    for at in 1..blocks.len() {
        let Some((head, [second, ..])) = blocks.split_at_mut_checked(at) else {
            break;
        };
        let Some(first) = head.last_mut() else { continue };
        let pair = first.yes && second.except && first.sentence == second.sentence && point(first) && point(second);
        if pair && first.days.is_empty() {
            first.days.clone_from(&second.days);
        }
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
    // "the 24th (all day), the 26th from 1 to 2": it is of the day before it.
    let is_day = |term: &Term| matches!(term.what, Of::Days(_));
    let first_day = terms.iter().position(is_day);
    let last_day = terms.iter().rposition(is_day);
    let between = |at: usize| first_day.is_some_and(|first| first < at) && last_day.is_some_and(|last| last > at);
    // "after that, or tomorrow from 9 to 10"
    let days = terms.iter().filter(|term| matches!(term.what, Of::Days(_))).count();
    let then = terms.iter().position(|term| term.what == Of::Days(Days::FromThen));
    // "After that any weekday works"
    let scope = then == Some(0)
        && days == 2
        && terms
            .get(1)
            .is_some_and(|term| matches!(term.what, Of::Days(Days::Any | Days::Each(_))) && !term.gap.joined);
    if days > 1 && then.is_some() && !scope {
        return None;
    }
    // "weekends, or weekdays after 6"
    let of = |days: &Days| terms.iter().any(|term| term.what == Of::Days(days.clone()));
    if of(&Days::Weekend) && of(&Days::Any) && terms.iter().any(|term| matches!(term.what, Of::Hours(_))) {
        return None;
    }
    // "2:45 the same day or 9 the next day"
    let following = terms.iter().any(|term| term.what == Of::Days(Days::Following));
    let dated = dated && !following;
    // "Thursday this week and Wednesday next week": each in its own.
    if two_weeks(terms) {
        return None;
    }
    // "all day today and Wednesday morning": all day is of the first of them.
    let whole = terms
        .iter()
        .position(|term| term.whole_day)
        .map(|at| terms.get(at + 1..).unwrap_or_default());
    if let Some([governed, behind @ ..]) = whole
        && is_day(governed)
        && governed.gap.width() == 0
        && let Some(next) = behind
            .iter()
            .position(|term| is_day(term) && (term.gap.joined || term.gap.comma || term.gap.words))
        && behind.iter().skip(next + 1).any(|term| !is_day(term) && !any(term))
    {
        return None;
    }
    // "any time Mon or Tue after 1", but "any time Tue, Wed morning" and "the 25th 9-11, the 27th all day" are two.
    let listed = terms.iter().rev().find(|term| is_day(term)).is_none_or(|last| last.gap.joined)
        || terms.iter().filter(|term| is_day(term)).count() == 1;
    let hours_at = |at: usize| terms.get(at).is_some_and(|term| !is_day(term));
    let explained = |at: usize| {
        hours_at(at + 1) && terms.get(at + 1).is_some_and(|next| !next.gap.comma)
            || at > 0 && hours_at(at - 1) && terms.get(at).is_some_and(|term| term.gap.width() == 0)
            || first_day.is_none_or(|first| at < first && listed)
            || last_day.is_some_and(|last| last + 1 == at && hours_at(at + 1))
    };
    let passed_over =
        |at: usize, term: &Term| narrower && any(term) && !between(at) && explained(at) || dated && same(term) && !term.gap.breaks;
    let mut counted = terms
        .iter()
        .enumerate()
        .filter(|(at, term)| !passed_over(*at, term))
        .map(|(_, term)| term);
    let first = counted.next()?;
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
        // "From Monday 16th I'm back: 16th or 17th": the days are listed behind it.
        let heads = matches!(
            &before.what,
            Of::Days(Days::Since(..) | Days::FromThen | Days::Until(..) | Days::Any | Days::Rest)
        );
        if term.gap.colon && is_day(term) && heads {
            return None;
        }
        // "Next week works, I just leave at 2 on Friday": the hours have their own day.
        let own_day = |other: &Term| is_day(other) && other.unit == term.unit;
        if is_day(before) && before.own && term.settled && term.unit != before.unit && terms.iter().any(own_day) {
            return None;
        }
        if is_day(term) == is_day(before) {
            // Two days without a joint are seldom one list.
            cost += u32::from(term.gap.dash) * 2 + u32::from(term.opens_line);
            // Hours apart by a comma and days apart by other words.
            cost += u32::from(term.gap.words);
        } else {
            turns += 1;
            // "avoid Mondays and the hour between 12 and 1": each is refused.
            if term.yes == Some(false) && term.except && !is_day(term) && term.gap.joined && terms.last().is_some_and(|last| !is_day(last))
            {
                return None;
            }
            // "any day except Tuesday, 10 to 12": the hours are of the other days.
            if term.except && !is_day(term) && term.gap.comma {
                return None;
            }
            cost += term.gap.width();
            // "Tuesday I'm away and home by 4, Wednesday is fine": the hours are of what stands before them.
            if before.settled && before.gap.joined && is_day(term) && term.gap.comma {
                return None;
            }
            // "I'm on earlies so any time after 2, Wednesday's my rest day"
            if before.gap.breaks && term.own && is_day(term) && term.gap.comma {
                return None;
            }
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

/// A weekday stands between two weeks, and right before the second.
fn two_weeks(terms: &[Term]) -> bool {
    let week = |term: &Term| {
        if let Of::Days(Days::Week(week)) = term.what {
            Some(week.monday)
        } else {
            None
        }
    };
    let mut first = None;
    for pair in terms.windows(2) {
        let [before, term] = pair else { continue };
        first = first.or_else(|| week(before));
        let weekday = matches!(before.what, Of::Days(Days::Weekday(_)));
        if weekday && term.gap.width() == 0 && week(term).is_some_and(|second| first.is_some_and(|first| first != second)) {
            return true;
        }
    }
    false
}

/// "2-3pm next week": the week behind the hours goes with the days before them.
pub(super) fn week_behind(term: &Term) -> bool {
    let scope = match &term.what {
        Of::Days(Days::Week(_) | Days::Same) => true,
        Of::Days(Days::Span(first, last)) => (*last - *first).num_days() >= 6,
        _ => false,
    };
    scope && term.gap.width() <= 1
}

pub(super) fn block(terms: &[Term]) -> Option<Block> {
    let first = terms.first()?;
    let last = terms.last()?;
    let mut days = Vec::new();
    let mut clocks = Vec::new();
    // "the 15th, 16 and 9 to 11": a number alone beside a stretch may be a day.
    let stretch = terms.iter().any(|term| matches!(term.what, Of::Hours(Clock::Range(..))));
    let bare = stretch && days_and(terms, |term| term.bare);
    for term in terms {
        match &term.what {
            Of::Days(found) => days.push(found.clone()),
            // "at 12:15, on my lunch break": the part of the day that the hour is in.
            Of::Hours(Clock::Part(part))
                if !term.gap.or
                    && !term.gap.joined
                    && matches!(clocks.last().map(|hours: &Hours| hours.clock), Some(Clock::Point(at)) if (clock::hours(*part).0..clock::hours(*part).1).contains(&at)) =>
                {}
            Of::Hours(clock) => {
                let besides = term.gap.joined || term.gap.dash;
                let comma = term.gap.comma;
                // "from 9 and until 4" is one stretch, "before 9 and after 4" are two.
                let ends = match (clocks.last().map(|hours: &Hours| hours.clock), clock) {
                    (Some(Clock::From(from)), Clock::To(to)) => from < *to,
                    (Some(Clock::To(to)), Clock::From(from)) => *from < to,
                    _ => false,
                };
                let besides = besides && (term.gap.or || !ends);
                // "nothing before 9 or after 4", "not after 4 or before 9": the second bound cuts the other side.
                let both = match (clocks.last().map(|hours: &Hours| hours.clock), clock) {
                    (Some(Clock::From(from)), Clock::From(to)) if term.gap.or && from < *to => Some((from, *to)),
                    (Some(Clock::To(to)), Clock::To(from)) if term.gap.or && *from < to => Some((*from, to)),
                    _ => None,
                };
                if let (Some((from, to)), Some(last), false) = (both, clocks.last_mut(), comma) {
                    last.clock = Clock::Range(from, to);
                    continue;
                }
                clocks.push(Hours {
                    clock: *clock,
                    besides: !clocks.is_empty() && (besides || comma && !narrows(&clocks, *clock)),
                });
            }
        }
    }
    said_again(&mut days);
    let bare = bare || meal(&clocks);
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
        event: terms.iter().any(|term| term.event),
        unsaid: terms.iter().any(|term| term.unsaid),
        guessed: bare || terms.iter().any(|term| term.guessed),
        everybody: terms.iter().any(|term| term.everybody),
        of_week: terms.windows(2).any(|pair| {
            matches!(pair, [day, week] if matches!(day.what, Of::Days(Days::Weekday(_)))
                && matches!(week.what, Of::Days(Days::Week(_)))
                && week.bytes.start <= day.bytes.end + 1)
        }),
        too: terms.iter().any(|term| term.too),
        firm: terms.iter().any(|term| term.firm),
        shift: terms.iter().any(|term| term.shift),
        because: terms.iter().any(|term| term.because),
        listed: terms
            .iter()
            .filter(|term| matches!(term.what, Of::Days(_)))
            .skip(1)
            .all(|term| term.gap.comma || term.gap.joined || term.gap.dash),
    })
}

/// "el lunes siguiente, 22 de febrero": a weekday and its date are one day.
fn said_again(days: &mut Vec<Days>) {
    let again = |first: &Days, second: &Days| match (first, second) {
        (Days::After(weekday), Days::Day(day)) => chrono::Datelike::weekday(day).number_from_monday() == *weekday,
        _ => false,
    };
    if let Some(at) = days
        .windows(2)
        .position(|pair| matches!(pair, [first, second] if again(first, second)))
    {
        days.remove(at);
    }
}

/// "12-1 lunch": hours, and what they are for.
fn meal(clocks: &[Hours]) -> bool {
    clocks
        .windows(2)
        .any(|pair| matches!(pair, [first, second] if matches!(first.clock, Clock::Range(..)) && second.clock == Clock::Part(Part::Lunch)))
}

/// A day stands among the terms, and one of them is such.
fn days_and(terms: &[Term], such: impl Fn(&Term) -> bool) -> bool {
    terms.iter().any(|term| matches!(term.what, Of::Days(Days::Day(_)))) && terms.iter().any(such)
}

/// "Friday afternoon, 3pm": hours inside the part of the day named before them.
pub(super) fn narrows(before: &[Hours], clock: Clock) -> bool {
    let Some(Clock::Part(part)) = before.last().map(|hours| hours.clock) else {
        return false;
    };
    let (from, to) = clock::hours(part);
    // "in my lunch hour, 2 to 3": people eat later than the window says.
    let late = |start: i32, end: i32| (from..to + 2 * 60).contains(&start) && end <= to + 3 * 60;
    if part == Part::Lunch && matches!(clock, Clock::Range(start, end) if start <= to && end > from || late(start, end)) {
        return true;
    }
    match clock {
        Clock::Point(at) | Clock::From(at) | Clock::To(at) => (from..to).contains(&at),
        Clock::Range(start, end) => start >= from && end <= to,
        Clock::Part(_) | Clock::All | Clock::Same | Clock::Shift(_) => false,
    }
}
