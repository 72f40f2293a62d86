//! Which of the times we offered somebody takes.
//!
//! In: the blocks and marks of a text, and the options. Out: the options taken and refused, and the blocks that name other times.
//! Never here: free times (see [`super::solve`]).

use std::ops::Range;

use super::Asked;
use super::clauses::{Block, Mark, Said};
use super::clock::Clock;
use super::day::Days;
use super::fits::{fits, matching};
use super::lex::{Item, Lex, What};
use super::solve::Offer;
use crate::calendar::Zone;

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
    for mark in &said.marks {
        let which = picks(mark, items, text, &by_time);
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
            Lex::Every if matches!(items.get(mark.item + 1).map(|item| &item.what), Some(What::Lex(Lex::Except))) => (0..count).collect(),
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
                block.yes && !block.except && block.sentence == mark.sentence && mark.lex == Lex::AllOfThem && near(block, items, mark.item)
            })
            .flat_map(|(number, block)| {
                days_of_marks.push(number);
                matching(block, asked, offers, zone)
            })
            .filter(|at| which.contains(at))
            .collect();
        // "the later one on the Tuesday"
        let narrowed = match mark.lex {
            Lex::LaterOne | Lex::EarlierOne | Lex::FirstOne | Lex::LastOne if mark.yes && narrowed.is_empty() => {
                let beside = |block: &Block| {
                    block.yes
                        && !block.except
                        && block.sentence == mark.sentence
                        && block.clocks.is_empty()
                        && near(block, items, mark.item)
                };
                let found = said.blocks.iter().position(beside);
                let mut such = found
                    .and_then(|number| said.blocks.get(number))
                    .map(|block| matching(block, asked, offers, zone))
                    .unwrap_or_default();
                such.sort_by_key(|at| by_time.iter().position(|other| other == at));
                let one = if matches!(mark.lex, Lex::LaterOne | Lex::LastOne) {
                    such.last()
                } else {
                    such.first()
                };
                if let (Some(number), Some(_)) = (found, one) {
                    days_of_marks.push(number);
                }
                one.copied().into_iter().collect()
            }
            _ => narrowed,
        };
        picked = true;
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
    for (number, item) in items.iter().enumerate().skip(corrected) {
        if let Some(at) = listed(items, number, number > counting, text, count) {
            let yes = !refused_near(said, items, number);
            picked = true;
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
    for (number, block) in said.blocks.iter().enumerate() {
        if days_of_marks.contains(&number) || choice.words.iter().any(|(_, words)| *words == block.bytes) {
            continue;
        }
        // "I'm abroad that week, so none of them": what is told takes no slot.
        if none && block.yes && block.guessed && !block.firm {
            continue;
        }
        // "Could you send other times?"
        if block.clocks.is_empty() && block.days.iter().all(|days| *days == Days::Rest) {
            continue;
        }
        let mut which = matching(block, asked, offers, zone);
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
        // "the 2nd or the 3rd", where no slot is on such a day
        if let Some(counted) = counted(block, items, count).filter(|_| which.is_empty()) {
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
    // "for all three I'm in theatre. Friday at 8.30?": nothing says that they are taken.
    let vague = |mark: &Mark| mark.lex == Lex::AllOfThem && mark.yes && !mark.firm;
    let all = said.marks.iter().any(vague) && choice.taken.len() == count && choice.words.len() == count;
    if all && !others.is_empty() {
        none = true;
        choice.refused.append(&mut choice.taken);
    }
    if said.marks.iter().any(|mark| mark.lex == Lex::OtherOnes && mark.yes) && !choice.refused.is_empty() {
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
        let accepted = said
            .marks
            .iter()
            .any(|mark| matches!(mark.lex, Lex::ThatOne | Lex::Free) && mark.yes);
        let refused = said.marks.iter().any(|mark| mark.lex == Lex::Not);
        if accepted
            && !refused
            && (count == 1 || said.blocks.iter().any(|block| block.yes) || said.marks.iter().any(|mark| mark.lex == Lex::Flexible))
        {
            choice.take(&(0..count).collect::<Vec<_>>(), true, &(0..0));
        }
        // "wouldn't move for less than 58" beside a question refuses none of them.
        if !accepted && refused && !said.asks {
            none = true;
        }
    }
    // "anything but the Tuesday"
    let spared = said.blocks.iter().any(|block| block.except) && said.blocks.iter().all(|block| block.except);
    if spared && !none && choice.taken.is_empty() && !choice.refused.is_empty() {
        let others: Vec<usize> = (0..count).filter(|at| !choice.refused.contains(at)).collect();
        choice.take(&others, true, &(0..0));
    }
    choice.none = none && choice.taken.is_empty() || choice.refused.len() == count;
    choice.others = others;
    choice.taken.sort_unstable();
    choice.refused.sort_unstable();
    choice
}

const fn is_stretch(clock: Clock) -> bool {
    matches!(clock, Clock::Range(..) | Clock::From(_) | Clock::To(_))
}

/// The options a word names: "the second one", "both", "the later one", "option 3".
fn picks(mark: &Mark, items: &[Item], text: &str, by_time: &[usize]) -> Vec<usize> {
    let count = by_time.len();
    let last = count - 1;
    let lex_at = |at: usize| match items.get(at).map(|item| &item.what) {
        Some(What::Lex(lex)) => Some(*lex),
        _ => None,
    };
    let number_at = |at: usize| match items.get(at).map(|item| &item.what) {
        Some(What::Num(n, 1 | 2)) => usize::try_from(*n).ok(),
        Some(What::Lex(Lex::Number(n) | Lex::Ordinal(n))) => usize::try_from(*n).ok(),
        _ => None,
    };
    // "die ersten beiden", "los dos primeros"
    let two = lex_at(mark.item + 1) == Some(Lex::AllOfThem) || mark.item.checked_sub(1).and_then(lex_at) == Some(Lex::Number(2));
    let one = |n: usize| if (1..=count).contains(&n) { vec![n - 1] } else { Vec::new() };
    match mark.lex {
        Lex::FirstOne | Lex::Ordinal(1) => match number_at(mark.item + 1) {
            // "either of the first two"
            Some(n) if (2..=count).contains(&n) => (0..n).collect(),
            _ if two && count >= 2 => vec![0, 1],
            _ => vec![0],
        },
        Lex::Ordinal(n) => usize::try_from(n).map(one).unwrap_or_default(),
        // "first or last"
        Lex::Last
            if matches!(mark.item.checked_sub(1).and_then(lex_at), Some(Lex::Or | Lex::And))
                && matches!(mark.item.checked_sub(2).and_then(lex_at), Some(Lex::Ordinal(1) | Lex::FirstOne)) =>
        {
            vec![last]
        }
        Lex::LastOne if matches!(items.get(mark.item + 1).map(|item| &item.what), Some(What::Lex(Lex::Unit(_)))) => Vec::new(),
        Lex::LastOne => match number_at(mark.item + 1) {
            Some(n) if (2..=count).contains(&n) => (count - n..count).collect(),
            _ if two && count >= 2 => vec![last - 1, last],
            _ => vec![last],
        },
        Lex::LaterOne if count >= 2 => by_time.last().copied().into_iter().collect(),
        Lex::EarlierOne if count >= 2 => by_time.first().copied().into_iter().collect(),
        Lex::MiddleOne if count == 3 => vec![1],
        // "either of the first two": the words behind it choose.
        Lex::AllOfThem
            if (mark.item + 1..mark.item + 4).any(|at| matches!(lex_at(at), Some(Lex::FirstOne | Lex::LastOne | Lex::Ordinal(_)))) =>
        {
            Vec::new()
        }
        Lex::AllOfThem if mark.yes => match number_at(mark.item + 1) {
            Some(n) if (2..count).contains(&n) => Vec::new(),
            _ => (0..count).collect(),
        },
        Lex::Option => {
            // "option 3", "#2", "slot B", "3rd option"
            let next = mark.item + 1;
            let skip = usize::from(matches!(
                items.get(next).map(|item| &item.what),
                Some(What::Lex(Lex::Option) | What::Mark('.' | ':' | '#'))
            ));
            if let Some(n) = number_at(next + skip) {
                return one(n);
            }
            letter(items, text, next + skip, count).map(|at| vec![at]).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// "C": the letter of an option.
fn letter(items: &[Item], text: &str, at: usize, count: usize) -> Option<usize> {
    let word = items.get(at).and_then(|item| text.get(item.bytes.clone()))?;
    let [byte] = word.as_bytes() else { return None };
    let at = usize::from(byte.to_ascii_uppercase().checked_sub(b'A')?);
    (at < count).then_some(at)
}

/// A number or a letter that stands alone: "2", "2 and 4 work", "C is good", "#2".
/// `counting`: options were counted before it.
fn listed(items: &[Item], number: usize, counting: bool, text: &str, count: usize) -> Option<usize> {
    let item = items.get(number)?;
    let before = number.checked_sub(1).and_then(|at| items.get(at)).map(|item| &item.what);
    let next = items.get(number + 1).map(|item| &item.what);
    let counts = |item: &Item| item.what == What::Lex(Lex::Option);
    // "slot no. 2" is found by its word.
    if number.checked_sub(2).and_then(|at| items.get(at)).is_some_and(counts) && before == Some(&What::Mark('.')) {
        return None;
    }
    // "let's take 2", where they were counted before
    // "can do 1 and 3": numbers in a row.
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let row = matches!(next, Some(What::Lex(Lex::And | Lex::Or) | What::Mark('&' | '/')))
        && matches!(what(number + 2), Some(What::Num(n, 1)) if usize::try_from(*n).is_ok_and(|n| (1..=count).contains(&n)))
        && ends_choice(what(number + 3));
    let letters = !matches!(item.what, What::Num(..)) || counting || row;
    let opens = letters
        && matches!(
            before,
            Some(What::Lex(
                Lex::With | Lex::At | Lex::Free | Lex::Prefer | Lex::So | Lex::Skip | Lex::Or
            ))
        )
        || matches!(
            before,
            None | Some(What::Line | What::Mark('#')) | Some(What::Lex(Lex::And | Lex::Or))
        )
        || matches!(before, Some(What::Mark(',' | '.' | '!' | '&' | '+' | '/')));
    let next = match next {
        // "1st please"
        Some(What::Lex(Lex::OrdinalMark)) => items.get(number + 2).map(|item| &item.what),
        next => next,
    };
    let ends = ends_choice(next);
    if !(opens && ends) {
        return None;
    }
    match &item.what {
        What::Num(n, 1) => {
            // "2, 3:30": hours are no list numbers; nor is the point of "1. yes".
            let opens_line = matches!(before, None | Some(What::Line));
            let list = opens_line
                && matches!(next, Some(What::Mark('.' | ')')))
                && items.get(number + 2).is_some_and(|item| item.what != What::Line);
            let n = usize::try_from(*n).ok()?;
            let dated = matches!(before, Some(What::Mark('/'))) || matches!(next, Some(What::Mark('/')));
            ((1..=count).contains(&n) && !list && !dated).then(|| n - 1)
        }
        _ => {
            let word = text.get(item.bytes.clone())?;
            // "A" is an article, too.
            let stands_alone = matches!(
                next,
                None | Some(What::Line | What::Mark(_) | What::Lex(Lex::Free | Lex::And | Lex::Or | Lex::If))
            );
            let upper = word.len() == 1 && word.chars().all(char::is_uppercase) && word != "I";
            (upper && (word != "A" || stands_alone))
                .then(|| letter(items, text, number, count))
                .flatten()
        }
    }
}

/// What may stand behind a number that chooses.
const fn ends_choice(next: Option<&What>) -> bool {
    matches!(next, None | Some(What::Line | What::Mark('.' | ',' | '!' | '&' | '+' | '/' | ')')))
        || matches!(
            next,
            Some(What::Lex(
                Lex::And | Lex::Or | Lex::Skip | Lex::Free | Lex::ThatOne | Lex::But | Lex::Not | Lex::If
            ))
        )
}

/// "the 2nd and the 3rd": ordinals with no month and no weekday beside them, each of them the number of a slot.
fn counted(block: &Block, items: &[Item], count: usize) -> Option<Vec<usize>> {
    let from = items.partition_point(|item| item.bytes.start < block.bytes.start);
    let inside = items.iter().skip(from).take_while(|item| item.bytes.end <= block.bytes.end);
    let mut found = Vec::new();
    for item in inside {
        match item.what {
            What::Num(n, 1) => found.push(usize::try_from(n).ok()?.checked_sub(1).filter(|at| *at < count)?),
            What::Lex(Lex::OrdinalMark | Lex::And | Lex::Or | Lex::Of | Lex::On | Lex::Skip) | What::Mark(',' | '&' | '/' | '+') => {}
            _ => return None,
        }
    }
    (block.clocks.is_empty() && !found.is_empty()).then_some(found)
}

/// The unit a number stands in is refused.
fn refused_near(said: &Said, items: &[Item], number: usize) -> bool {
    let from = said.marks.partition_point(|mark| mark.item + 4 < number);
    let near = said.marks.iter().skip(from).take_while(|mark| mark.item <= number + 4);
    near.into_iter().any(|mark| {
        mark.lex == Lex::Not
            && !(mark.item.min(number)..mark.item.max(number)).any(|at| {
                matches!(
                    items.get(at).map(|item| &item.what),
                    Some(What::Mark(_) | What::Line | What::Lex(Lex::But))
                )
            })
    })
}

/// The block's first word stands close behind.
fn near(block: &Block, items: &[Item], at: usize) -> bool {
    items
        .get(at)
        .is_some_and(|item| block.bytes.start >= item.bytes.end && block.bytes.start - item.bytes.end < 24)
}
