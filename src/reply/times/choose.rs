//! Which of the times we offered somebody takes.
//!
//! In: the blocks and marks of a text, and the options. Out: the options taken and refused, and the blocks that name other times.
//! Never here: free times (see [`super::solve`]).

mod narrow;
mod picks;

use std::ops::Range;

use super::Asked;
use super::clauses::{Block, Mark, Said};
use super::clock::Clock;
use super::day::Days;
use super::fits::{fits, matching};
use super::lex::{Item, Lex, What};
use super::solve::Offer;
use crate::calendar::Zone;
use narrow::{of_numbers, one_of, parted, singled_out, spares, taken_whole};
use picks::{adverb, counted, listed, near, numbered, of_number, picks, ranked, refused_near};

/// What was chosen.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Indexes of the options taken, sorted.
    pub(super) taken: Vec<usize>,
    /// The words each rests on.
    pub(super) words: Vec<(usize, Range<usize>)>,
    /// Indexes of those refused.
    pub(super) refused: Vec<usize>,
    /// Slots are taken by days that are broad.
    pub(super) loose: bool,
    /// All were refused in a word.
    pub(super) none: bool,
    /// Blocks offered that are none of the options.
    pub(super) others: Vec<usize>,
}

impl Choice {
    fn take(&mut self, which: &[usize], yes: bool, words: &Range<usize>) {
        for &at in which {
            if yes {
                self.words.push((at, words.clone()));
            }
            let (to, from) = if yes {
                (&mut self.taken, &mut self.refused)
            } else {
                (&mut self.refused, &mut self.taken)
            };
            from.retain(|other| *other != at);
            if !to.contains(&at) {
                to.push(at);
            }
        }
    }
}

/// Finds the options taken. `offers` stand beside the blocks, by the block's bytes.
pub(super) fn choose(said: &Said, items: &[Item], text: &str, asked: &Asked<'_>, offers: &[Offer], zone: Zone) -> Choice {
    let mut choice = Choice::default();
    if asked.options.is_empty() {
        return choice;
    }
    let count = asked.options.len();
    let words_of = |mark: &Mark| items.get(mark.item).map(|item| item.bytes.clone()).unwrap_or_default();

    let mut by_time: Vec<usize> = (0..count).collect();
    by_time.sort_by_key(|&at| asked.options.get(at).map(|slot| slot.0));
    let mut none = false;
    // The sentence of the last choice.
    let mut said_in = None;
    let mut picked = false;
    let mut days_of_marks: Vec<usize> = Vec::new();
    let asks: Vec<usize> = said
        .marks
        .iter()
        .filter(|mark| mark.lex == Lex::Asks)
        .map(|mark| mark.sentence)
        .collect();
    for mark in &said.marks {
        // "Could you share the job description first?"
        let ranks = matches!(mark.lex, Lex::Ordinal(_) | Lex::FirstOne | Lex::Last | Lex::LastOne);
        if ranks && mark.asked && !mark.firm && asks.binary_search(&mark.sentence).is_ok() {
            continue;
        }
        // "Who is that with first?", "for the first ten minutes"
        if ranks && adverb(items, mark.item) {
            continue;
        }
        // "Is the first one with Sam?"
        if said.only_asks.contains(&mark.sentence) && !mark.firm {
            continue;
        }
        let which = picks(mark, items, text, &by_time);
        let of_days = |number: usize| {
            said.blocks
                .get(number)
                .map(|block| matching(block, asked, offers, zone))
                .unwrap_or_default()
        };
        if ranks && ranked(said, mark, items, &which, of_days) {
            continue;
        }
        if mark.lex == Lex::NoneOfThem {
            none = true;
        }
        if mark.lex == Lex::Correction {
            choice.taken.clear();
            choice.refused.clear();
            continue;
        }
        // "the first or the third would both be fine"
        if mark.lex == Lex::AllOfThem && said_in == Some(mark.sentence) {
            continue;
        }
        if mark.lex == Lex::AllOfThem && !mark.yes {
            choice.take(&(0..count).collect::<Vec<_>>(), false, &words_of(mark));
            picked = true;
            continue;
        }
        // "Do any of these have a dial-in?" takes none of them.
        if mark.lex == Lex::AllOfThem && mark.asked && !mark.firm {
            continue;
        }
        // "Any except the 9am"
        let which = match mark.lex {
            Lex::Every
                if matches!(
                    items.get(mark.item + 1).map(|item| &item.what),
                    Some(What::Lex(Lex::Except | Lex::Minus))
                ) =>
            {
                (0..count).collect()
            }
            _ => which,
        };
        if which.is_empty() {
            continue;
        }
        // "both of the Thursday ones"
        let narrowed: Vec<usize> = said
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| {
                let beside = block.sentence == mark.sentence && mark.lex == Lex::AllOfThem && near(block, items, mark.item);
                // "They all work, Wednesday is my preference"
                beside && block.yes && !block.except && !block.preferred && !parted(items, mark.item, block)
            })
            .flat_map(|(number, block)| {
                days_of_marks.push(number);
                matching(block, asked, offers, zone)
            })
            .filter(|at| which.contains(at))
            .collect();
        // "the later one on the Tuesday"
        let narrowed = match mark.lex {
            Lex::LaterOne | Lex::EarlierOne | Lex::FirstOne | Lex::LastOne | Lex::Ordinal(_) if mark.yes && narrowed.is_empty() => {
                let beside = |block: &Block| {
                    block.yes
                        && !block.except
                        && block.sentence == mark.sentence
                        && block.clocks.is_empty()
                        && near(block, items, mark.item)
                        // "the first one or Wednesday"
                        && !items.iter().skip(mark.item).take_while(|item| item.bytes.start < block.bytes.start).any(|item| {
                            matches!(item.what, What::Lex(Lex::Or | Lex::And) | What::Mark(','))
                        })
                };
                let found = said.blocks.iter().position(beside);
                let mut such = found
                    .and_then(|number| said.blocks.get(number))
                    .map(|block| matching(block, asked, offers, zone))
                    .unwrap_or_default();
                such.sort_by_key(|at| by_time.iter().position(|other| other == at));
                // "the second Thursday slot"
                let next = items.get(mark.item + 1).map(|item| item.bytes.start);
                let adjacent = found.and_then(|number| said.blocks.get(number)).map(|block| block.bytes.start) == next;
                let one = match mark.lex {
                    Lex::LaterOne | Lex::LastOne => such.last(),
                    Lex::Ordinal(n) if adjacent && such.len() > 1 => usize::try_from(n).ok().and_then(|n| such.get(n.checked_sub(1)?)),
                    Lex::Ordinal(_) => None,
                    _ => such.first(),
                };
                if let (Some(number), Some(_)) = (found, one) {
                    days_of_marks.push(number);
                }
                one.copied().into_iter().collect()
            }
            _ => narrowed,
        };
        let all = mark.lex == Lex::AllOfThem && mark.yes;
        let singled = if all && narrowed.is_empty() {
            singled_out(said, mark, items, text, asked, offers, zone)
        } else {
            Vec::new()
        };
        let pair = items.get(mark.item).is_some_and(|item| item.pair);
        // "Tuesday for both candidates", "Tuesday, by phone or Teams, either is fine": two of something else.
        let of_else = count > 2
            || matches!(
                items.get(mark.item + 1).map(|item| &item.what),
                Some(What::Word(_) | What::Lex(Lex::NotClock))
            );
        if pair && singled.len() == 1 && of_else {
            continue;
        }
        let narrowed = if (2..count).contains(&singled.len()) { singled } else { narrowed };
        // "Both work", where more than two were offered and nothing says which two.
        choice.loose |= all && pair && count > 2 && narrowed.is_empty();
        let narrowed = match mark.lex {
            Lex::LaterOne | Lex::EarlierOne | Lex::FirstOne | Lex::LastOne if mark.yes && narrowed.is_empty() => {
                let one = one_of(said, mark, items, &by_time, of_days);
                days_of_marks.extend(one.map(|(number, _)| number));
                one.map(|(_, slot)| slot).into_iter().collect()
            }
            _ => narrowed,
        };
        picked = true;
        // A question says nothing of what is taken: "Is the second one in person?"
        choice.loose |= ranks && mark.yes && mark.asked && !mark.firm;
        // "Both work for Priya, but I can only do the second."
        if mark.only && mark.yes && said_in.is_some() {
            choice.taken.retain(|at| which.contains(at));
        }
        said_in = Some(mark.sentence);
        choice.take(if narrowed.is_empty() { &which } else { &narrowed }, mark.yes, &words_of(mark));
    }
    let corrected = said
        .marks
        .iter()
        .rev()
        .find(|mark| mark.lex == Lex::Correction)
        .map_or(0, |mark| mark.item);
    let counting = items
        .iter()
        .position(|item| item.what == What::Lex(Lex::Option))
        .unwrap_or(items.len());
    let mut numbers: Vec<usize> = Vec::new();
    for (number, item) in items.iter().enumerate().skip(corrected) {
        if let Some(at) = numbered(items, number, text, count) {
            picked = true;
            choice.take(&[at], true, &item.bytes);
        } else if let Some(at) = listed(items, number, number > counting, text, count) {
            let yes = !refused_near(said, items, number);
            picked = true;
            numbers.push(number);
            choice.take(&[at], yes, &item.bytes);
        }
    }
    // "2 is good for Tom, 2 and 3 for me, so let's take 2": what follows is what is taken.
    let so = items
        .iter()
        .rposition(|item| item.what == What::Lex(Lex::So))
        .and_then(|at| Some((items.get(at)?, items.get(at + 1)?)));
    if let Some((so, _)) = so.filter(|(_, next)| !next.verb) {
        let concluded: Vec<usize> = choice
            .words
            .iter()
            .filter(|(_, words)| words.start >= so.bytes.end)
            .map(|(slot, _)| *slot)
            .collect();
        if !concluded.is_empty() {
            choice.taken.retain(|at| concluded.contains(at));
        }
    }
    let mut others = Vec::new();
    // Slots taken by the very time they begin.
    let mut exact: Vec<usize> = Vec::new();
    for (number, block) in said.blocks.iter().enumerate() {
        if days_of_marks.contains(&number) || choice.words.iter().any(|(_, words)| *words == block.bytes) {
            continue;
        }
        // "I'm abroad that week, so none of them": what is told takes no slot.
        let broad = |days: &Days| matches!(days, Days::Same | Days::Week(_) | Days::Span(..) | Days::Any);
        if none && block.yes && !block.firm && block.clocks.is_empty() && block.days.iter().all(broad) {
            continue;
        }
        // "Could you send other times?"
        if block.clocks.is_empty() && block.days.iter().all(|days| *days == Days::Rest) {
            continue;
        }
        // "can't make either of those", "those dates I'm away": of all that was offered.
        let same = |days: &Days| *days == Days::Same;
        let of_offered = block.clocks.is_empty() && !block.days.is_empty() && block.days.iter().all(same) && !block.except;
        let named = |other: &Block| other.days.iter().any(|days| !same(days)) || !other.clocks.is_empty();
        if of_offered && !said.blocks.iter().take(number).any(named) && choice.taken.is_empty() && choice.refused.is_empty() {
            if !(block.yes && said.only_asked(block)) {
                none |= !block.yes;
                picked = true;
                choice.loose |= block.yes;
                choice.take(&(0..count).collect::<Vec<_>>(), block.yes, &block.bytes);
            }
            continue;
        }
        // "Mornings only, so 1 or 3": numbers of slots are no hours.
        if block.yes && block.days.is_empty() && of_numbers(block, items, &numbers) {
            continue;
        }
        // "The 9am. Actually no, the 11am": taken back.
        let taken_back = items.get(corrected).is_some_and(|item| block.bytes.start < item.bytes.start)
            && said.blocks.iter().skip(number + 1).any(|later| later.corrects && later.yes);
        if taken_back {
            continue;
        }
        // "Let's go with 5.30 as I'm done by 5": a reason takes none.
        let sibling = |other: &Block| other.sentence == block.sentence && other.yes && !other.because;
        if block.because && block.days.is_empty() && said.blocks.iter().any(sibling) {
            continue;
        }
        let mut which = matching(block, asked, offers, zone);
        // "Yes to Monday 4.15, I'm not collecting till 6": hours alone neither refuse what was taken by its time, nor take more.
        let bare = block.days.is_empty() && !block.or && !block.except && block.clocks.iter().all(|hours| is_wide(hours.clock));
        if bare && !block.clocks.is_empty() && !exact.is_empty() {
            choice.loose |= !which.is_empty() && which.iter().any(|at| exact.contains(at) != block.yes);
            continue;
        }
        // "Thursday at 3, I'm off that day": what tells why refuses nothing that was taken.
        let why = !block.yes && (block.told || block.days == [Days::Same]) && !block.except;
        if why && which.iter().any(|at| choice.taken.contains(at)) {
            choice.loose = true;
            continue;
        }
        if block.yes && block.clocks.iter().any(|hours| matches!(hours.clock, Clock::Point(_))) {
            exact.extend_from_slice(&which);
        }
        // "Only mornings are possible, so Monday or Thursday": the hours are of the days behind them, and no choice alone.
        let same = |other: &Block| other.yes && block.yes && other.sentence == block.sentence;
        let hours_only = |block: &Block| block.only && block.days.is_empty() && !block.clocks.is_empty();
        let days_only = |block: &Block| !block.days.is_empty() && block.clocks.is_empty();
        if hours_only(block) && said.blocks.iter().skip(number + 1).any(|other| same(other) && days_only(other)) {
            continue;
        }
        let bound = said.blocks.iter().take(number).rev().find(|other| same(other) && hours_only(other));
        if let Some(bound) = bound.filter(|_| days_only(block)) {
            which.retain(|at| asked.options.get(*at).is_some_and(|slot| fits(bound, slot, zone)));
        }
        // "the 29 is perfect": of the month of the slots.
        if which.is_empty() && asked.booked.is_none() {
            which = of_number(block, items, |day| {
                let on = |slot: &super::Slot| chrono::Datelike::day(&zone.local(slot.0).date()) == day;
                (0..count).filter(|at| asked.options.get(*at).is_some_and(on)).collect()
            });
        }
        // "the 2nd or the 3rd", where no slot is on such a day
        let unnamed = block.days.len() > 1 && which.len() < block.days.len();
        if let Some(counted) = counted(block, items, count).filter(|_| which.is_empty() || unnamed) {
            picked = true;
            choice.take(&counted, block.yes, &block.bytes);
            continue;
        }
        if which.is_empty() {
            let timed = block.clocks.iter().any(|hours| hours.clock != Clock::All);
            if block.yes && (timed || !block.days.is_empty()) {
                others.push(number);
            }
        } else if none && block.yes && block.clocks.iter().any(|hours| is_stretch(hours.clock)) {
            // "None of these. I could do Tuesday after two": whoever refuses a slot does not take it by the hours around it.
            others.push(number);
        } else {
            // "None of them. After that any morning" takes none for sure; nor does "Is the Tuesday one on Teams?"
            choice.loose |= block.yes && (none || said.only_asked(block));
            // "something next week" takes no slot for sure.
            choice.loose |= block.yes
                && which.len() > 1
                && block.clocks.is_empty()
                && block
                    .days
                    .iter()
                    .all(|days| matches!(days, Days::Week(_) | Days::Span(..) | Days::Any | Days::Since(..) | Days::Until(..)));
            choice.take(&which, block.yes, &block.bytes);
        }
    }
    // "Only Wednesday works, I'm out Tuesday": whoever names one alone takes no other.
    let first = said.blocks.iter().find(|block| block.yes && !block.days.is_empty());
    if let Some(only) = first.filter(|block| block.only && block.clocks.is_empty()) {
        let which = matching(only, asked, offers, zone);
        choice.loose |= !which.is_empty() && choice.taken.iter().any(|at| !which.contains(at));
    }
    // "for all three I'm in theatre. Friday at 8.30?": nothing says that they are taken.
    let vague = |mark: &Mark| mark.lex == Lex::AllOfThem && mark.yes && !mark.firm;
    let all = said.marks.iter().any(vague) && choice.taken.len() == count && choice.words.len() == count;
    if all && !others.is_empty() {
        none = true;
        choice.refused.append(&mut choice.taken);
    }
    // "Not the 8.30s, the rest are fine"
    let rest = |block: &Block| block.yes && block.clocks.is_empty() && block.days == [Days::Rest] && !said.only_asked(block);
    let others_taken = said.marks.iter().any(|mark| mark.lex == Lex::OtherOnes && mark.yes) || said.blocks.iter().any(rest);
    if others_taken && !choice.refused.is_empty() {
        let others: Vec<usize> = (0..count).filter(|at| !choice.refused.contains(at)).collect();
        choice.take(&others, true, &(0..0));
        picked = true;
    }
    let whole = said.blocks.is_empty()
        || said
            .blocks
            .iter()
            .all(|block| block.clocks.iter().all(|hours| hours.clock == Clock::All) && block.days.is_empty());
    if !picked && !none && whole {
        match taken_whole(said, count) {
            Some(true) => choice.take(&(0..count).collect::<Vec<_>>(), true, &(0..0)),
            Some(false) => none = true,
            None => {}
        }
    }
    if !none && spares(said, items, &choice) {
        let others: Vec<usize> = (0..count).filter(|at| !choice.refused.contains(at)).collect();
        choice.take(&others, true, &(0..0));
    }
    choice.none = none && choice.taken.is_empty() || choice.refused.len() == count;
    choice.others = others;
    choice.taken.sort_unstable();
    choice.refused.sort_unstable();
    choice
}

/// Hours that say no slot's beginning.
const fn is_wide(clock: Clock) -> bool {
    is_stretch(clock) || matches!(clock, Clock::Part(_))
}

const fn is_stretch(clock: Clock) -> bool {
    matches!(clock, Clock::Range(..) | Clock::From(_) | Clock::To(_))
}
