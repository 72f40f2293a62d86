//! Which of the slots words about all of them mean: "both" and "either" beside what singles some out ("Thursday, either time"), what is left
//! when some are excepted, and a plain yes or no.
//!
//! In: marks and blocks of a text. Out: indexes of slots, or whether all that are left are taken.
//! Never here: slots named by a word or a number alone (see [`super::picks`]).

use super::super::Asked;
use super::super::clauses::{Block, Mark, Said};
use super::super::clock::Clock;
use super::super::day::Days;
use super::super::fits::matching;
use super::super::lex::{Item, Lex, What};
use super::super::solve::Offer;
use super::Choice;
use super::picks::listed;
use crate::calendar::Zone;

/// Items before such a mark that are looked at; the bound keeps hostile texts linear.
const ITEMS: usize = 60;

/// The slots singled out beside such a mark.
pub(super) fn singled_out(
    said: &Said,
    mark: &Mark,
    items: &[Item],
    text: &str,
    asked: &Asked<'_>,
    offers: &[Offer],
    zone: Zone,
) -> Vec<usize> {
    let count = asked.options.len();
    let ends = |item: &Item| matches!(item.what, What::Line | What::Mark('.' | '!' | '?' | ';'));
    let first = mark.item.saturating_sub(ITEMS);
    let near = items.get(first..mark.item).unwrap_or_default();
    let begins = near.iter().rposition(ends).map_or(first, |at| first + at + 1);
    let mut found: Vec<usize> = (begins..mark.item)
        .filter_map(|number| listed(items, number, false, text, count))
        .collect();
    // A day preferred leaves the others open: "any works, Thursday is best"; "both" is of the two of that day.
    let pair = items.get(mark.item).is_some_and(|item| item.pair);
    let such = |block: &&Block| block.yes && !block.except && (pair || !block.preferred) && !block.because;
    let of = |sentence: usize| said.blocks.iter().filter(such).filter(move |block| block.sentence == sentence);
    let before = mark.sentence.checked_sub(1).filter(|_| of(mark.sentence).next().is_none());
    for block in of(before.unwrap_or(mark.sentence)) {
        found.extend(matching(block, asked, offers, zone));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// "Thursday, the later one": the block of a day named before it, and the one of its slots.
pub(super) fn one_of(
    said: &Said,
    mark: &Mark,
    items: &[Item],
    by_time: &[usize],
    of_days: impl Fn(usize) -> Vec<usize>,
) -> Option<(usize, usize)> {
    let item = items.get(mark.item)?;
    let before = |block: &Block| {
        let near = mark.sentence - block.sentence.min(mark.sentence) <= 1;
        block.yes && !block.except && block.bytes.end <= item.bytes.start && near && block.clocks.is_empty() && !block.days.is_empty()
    };
    let (number, block) = said.blocks.iter().enumerate().rfind(|(_, block)| before(block))?;
    // "Wednesday or the first one"
    let from = items.partition_point(|item| item.bytes.start < block.bytes.end);
    let mut between = items.iter().take(mark.item).skip(from);
    let joined = between.any(|item| matches!(item.what, What::Lex(Lex::Or | Lex::And | Lex::But)));
    let mut such = of_days(number);
    if joined || such.len() < 2 {
        return None;
    }
    such.sort_by_key(|at| by_time.iter().position(|other| other == at));
    let last = matches!(mark.lex, Lex::LaterOne | Lex::LastOne);
    let one = if last { such.last() } else { such.first() };
    Some((number, *one?))
}

/// A comma or a dash stands between a word and the block behind it.
pub(super) fn parted(items: &[Item], at: usize, block: &Block) -> bool {
    let mut between = items.iter().skip(at).take_while(|item| item.bytes.start < block.bytes.start);
    between.any(|item| matches!(item.what, What::Mark(',' | '-' | '–' | ';' | '(')))
}

/// The hours of a block are nothing but numbers that choose slots.
pub(super) fn of_numbers(block: &Block, items: &[Item], numbers: &[usize]) -> bool {
    let from = items.partition_point(|item| item.bytes.start < block.bytes.start);
    let mut inside = items
        .iter()
        .enumerate()
        .skip(from)
        .take_while(|(_, item)| item.bytes.end <= block.bytes.end);
    let points = block.clocks.iter().all(|hours| matches!(hours.clock, Clock::Point(_)));
    points
        && !block.clocks.is_empty()
        && inside.all(|(at, item)| match item.what {
            What::Num(..) => numbers.contains(&at),
            What::Lex(Lex::Or | Lex::And) | What::Mark(',' | '&' | '/') => true,
            _ => false,
        })
}

/// What is refused is only excepted from the slots, and the others are taken.
pub(super) fn spares(said: &Said, items: &[Item], choice: &Choice) -> bool {
    if !choice.taken.is_empty() || choice.refused.is_empty() {
        return false;
    }
    // "all of them apart from the second": what is refused stands behind words that except it.
    let except = |at: usize| matches!(items.get(at).map(|item| &item.what), Some(What::Lex(Lex::Except)));
    let excepted = |mark: &Mark| (mark.item.saturating_sub(3)..mark.item).any(except);
    let names = |lex: Lex| matches!(lex, Lex::Ordinal(_) | Lex::FirstOne | Lex::LastOne | Lex::Option | Lex::MiddleOne);
    let mut refused = said.marks.iter().filter(|mark| !mark.yes && names(mark.lex)).peekable();
    if refused.peek().is_some() && refused.all(|mark| excepted(mark) || mark.only) {
        return true;
    }
    // "anything but the Tuesday"; "all good except the Friday one, I'm away that day": why it is excepted takes no more away.
    let why = |block: &Block| !block.yes && block.clocks.is_empty() && block.days == [Days::Same];
    said.blocks.iter().any(|block| block.except) && said.blocks.iter().all(|block| block.except || why(block))
}

/// A yes or a no to all that was offered, in a text that names no time and no slot.
pub(super) fn taken_whole(said: &Said, count: usize) -> Option<bool> {
    let has = |lex: Lex| said.marks.iter().any(|mark| mark.lex == lex);
    let yes = |mark: &Mark| matches!(mark.lex, Lex::ThatOne | Lex::Free) && mark.yes;
    match (said.marks.iter().any(yes), has(Lex::Not)) {
        (true, false) => (count == 1 || said.blocks.iter().any(|block| block.yes) || has(Lex::Flexible)).then_some(true),
        // "wouldn't move for less than 58" beside a question refuses none of them.
        (false, true) if !said.asks => Some(false),
        _ => None,
    }
}
