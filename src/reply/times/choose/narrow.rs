//! Which of the slots "both" or "either" means, where something beside it singles some of them out: "Thursday, either time", "1 or 3, either
//! is fine".
//!
//! In: a mark that takes all of them, and what stands beside it. Out: indexes of slots, none where it means all.
//! Never here: slots named by a word or a number alone (see [`super::picks`]).

use super::super::Asked;
use super::super::clauses::{Block, Mark, Said};
use super::super::fits::matching;
use super::super::lex::{Item, What};
use super::super::solve::Offer;
use super::picks::listed;
use crate::calendar::Zone;

/// The slots singled out beside such a mark: two or more, and not all there are.
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
    let begins = items.iter().take(mark.item).rposition(ends).map_or(0, |at| at + 1);
    let mut found: Vec<usize> = (begins..mark.item)
        .filter_map(|number| listed(items, number, false, text, count))
        .collect();
    // A day preferred leaves the others open: "any works, Thursday is best".
    let such = |block: &&Block| block.yes && !block.except && !block.preferred && !block.because;
    let of = |sentence: usize| said.blocks.iter().filter(such).filter(move |block| block.sentence == sentence);
    let before = mark.sentence.checked_sub(1).filter(|_| of(mark.sentence).next().is_none());
    for block in of(before.unwrap_or(mark.sentence)) {
        found.extend(matching(block, asked, offers, zone));
    }
    found.sort_unstable();
    found.dedup();
    if (2..count).contains(&found.len()) { found } else { Vec::new() }
}
