//! What blocks say of each other before they are solved: ends that were told and times from there on, days that go round others.
//!
//! In: the blocks of a text. Out: the same blocks with hours of their own. Never here: a day of the calendar.

use super::super::clauses::{Block, Hours};
use super::super::clock::Clock;
use super::super::day::Days;

/// Days refused beside others that were offered: those after them, the rest of their week, a week in which something is on.
pub(super) fn goes_round(block: &Block) -> bool {
    let round =
        |days: &Days| matches!(days, Days::FromThen | Days::Rest) || matches!(days, Days::Week(week) if week.first > 0 || block.event);
    !block.days.is_empty() && block.days.iter().all(round)
}

/// "Mondays to Thursdays I'm off at 4:30, Fridays at 12, so any time after that": each from its own end on.
pub(super) fn from_their_ends(blocks: &[Block]) -> Vec<Block> {
    let mut out = blocks.to_vec();
    for (at, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.days == [Days::FromThen] && block.yes)
    {
        let of_sentence = |before: &&Block| before.sentence == block.sentence;
        // "We finish at 4:30 on Fridays, so any Friday from then": the days stand between.
        let between = at.checked_sub(1).and_then(|before| blocks.get(before)).filter(of_sentence);
        let between = between.filter(|before| before.yes && before.clocks.is_empty() && !before.days.is_empty());
        let ends = at - usize::from(between.is_some());
        let told = blocks.get(..ends).unwrap_or_default().iter().rev();
        let told = told
            .take_while(|before| of_sentence(before) && !before.yes && !before.days.is_empty() && end_told(before).is_some())
            .count();
        if let (Some(between), Some(end), 1) = (between, ends.checked_sub(1).and_then(|at| blocks.get(at)).and_then(end_told), told) {
            if let Some(slot) = out.get_mut(at) {
                slot.days.clone_from(&between.days);
                slot.clocks = from(end);
            }
            if let Some(slot) = out.get_mut(at - 1) {
                // What is said of it stands in the block behind it.
                (slot.clocks, slot.firm) = (from(end), true);
            }
        } else if told > 1 && between.is_none() {
            for slot in out.iter_mut().take(ends - 1).skip(ends - told) {
                if let Some(end) = end_told(slot) {
                    (slot.yes, slot.told, slot.clocks) = (true, false, from(end));
                }
            }
        }
    }
    out
}

fn from(start: i32) -> Vec<Hours> {
    vec![Hours {
        clock: Clock::From(start),
        besides: false,
    }]
}

/// When what is told of a block ends.
fn end_told(block: &Block) -> Option<i32> {
    match block.clocks.as_slice() {
        [hours] => match hours.clock {
            Clock::To(end) | Clock::Range(_, end) | Clock::Point(end) => Some(end),
            _ => None,
        },
        _ => None,
    }
}

/// The block behind one says "any time".
pub(super) fn any_time_next(blocks: &[Block], at: usize) -> bool {
    blocks
        .get(at + 1)
        .is_some_and(|next| next.clocks.iter().all(|hours| hours.clock == Clock::All))
}
