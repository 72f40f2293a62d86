//! Items → blocks: the days and the hours that belong together, offered or refused.
//!
//! In: items of a text. Out: [`Block`]s in the order of the text, and the other things it says about times ([`Said`]).
//! A sentence falls into units at commas, "and" and "or"; a unit is refused when it says so ("Monday is out"), when the words before it do
//! ("can't do Monday or Tuesday"), or the words behind it ("Monday and Tuesday are out"). Which hours go with which days is a question of
//! what stands closer together: the cheapest way to part the sentence is taken.
//! Never here: instants; which week an unnamed Tuesday is of.

mod blocks;
mod marks;
mod scan;
mod unit;
mod walk;
mod word;

use std::ops::Range;

use super::clock::{Clock, Clocks};
use super::day::{Dates, Days};
use super::lex::{Item, Lex, Tongue, What};
use crate::calendar::Zone;
use walk::Walk;

/// Words, numbers and marks of a text that are read.
const MOST_ITEMS: usize = 6_000;
/// Days and hours of a text that are read.
const MOST_TERMS: usize = 300;

/// Days, hours, or both, said together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) days: Vec<Days>,
    pub(super) clocks: Vec<Hours>,
    /// Offered, not refused.
    pub(super) yes: bool,
    /// "only after 3": no other hours of those days.
    pub(super) only: bool,
    /// Joined to what stands before it by "or".
    pub(super) or: bool,
    /// Behind "except": from what was said before.
    pub(super) except: bool,
    /// What stands before it is taken back.
    pub(super) corrects: bool,
    /// "ideally", "best".
    pub(super) preferred: bool,
    /// The zone said with it.
    pub(super) zone: Option<Zone>,
    /// Its bytes.
    pub(super) bytes: Range<usize>,
    pub(super) sentence: usize,
    /// Opens its line.
    pub(super) opens_line: bool,
    /// Whose times these are; 0 for the writer.
    pub(super) person: Option<u64>,
    /// Refused by what is told, not by a no: "I teach 9 to 3".
    pub(super) told: bool,
    /// "ideally" and the like aside: said of everybody.
    pub(super) everybody: bool,
}

/// Hours, and how they join those before them in the block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hours {
    pub(super) clock: Clock,
    /// Besides them, not within them.
    pub(super) besides: bool,
}

/// All that a text says about times.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) blocks: Vec<Block>,
    /// Words that choose, refuse, ask, move: where, and in a refused unit or not.
    pub(super) marks: Vec<Mark>,
    /// The writer's zone, as the mail says.
    pub(super) writer: Option<Zone>,
    /// A zone is named.
    pub(super) zone: Option<Zone>,
    /// Something can be read in two ways.
    pub(super) doubt: bool,
    /// Somebody asks something.
    pub(super) asks: bool,
}

/// A word about the times as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) lex: Lex,
    /// The item it is.
    pub(super) item: usize,
    pub(super) yes: bool,
    pub(super) sentence: usize,
    /// Which unit of its sentence.
    pub(super) unit: usize,
}

/// Reads a text.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) items: &'t [Item],
    pub(super) dates: Dates<'t>,
    pub(super) clocks: Clocks<'t>,
    pub(super) own: Zone,
    pub(super) ours: Zone,
    pub(super) tongue: Tongue,
}

impl Scan<'_> {
    fn what(&self, at: usize) -> Option<&What> {
        self.items.get(at).map(|item| &item.what)
    }

    fn lex(&self, at: usize) -> Option<Lex> {
        match self.what(at)? {
            What::Lex(lex) => Some(*lex),
            What::Word(_) | What::Num(..) | What::Mark(_) | What::Line => None,
        }
    }

    fn bytes(&self, at: usize, used: usize) -> Range<usize> {
        let start = self.items.get(at).map_or(0, |item| item.bytes.start);
        let end = self.items.get(at + used.max(1) - 1).map_or(start, |item| item.bytes.end);
        start..end
    }

    /// Walks through the text once.
    pub(super) fn read(&self) -> Said {
        let mut walk = Walk {
            opens_line: true,
            units: vec![unit::Unit {
                fresh: true,
                ..unit::Unit::default()
            }],
            ..Walk::default()
        };
        let mut at = 0;
        while at < self.items.len() {
            // Nobody names so many times; what is left unread is asked about.
            if at >= MOST_ITEMS || walk.terms.len() >= MOST_TERMS {
                walk.doubt = true;
                break;
            }
            at += self.step(at, &mut walk).max(1);
        }
        unit::polarity(&mut walk);
        // The tables of the other languages know fewer words: where several stand unread beside times, it is asked.
        let unread = |unit: &unit::Unit| unit.has_terms() && unit.unknown_before + unit.unknown_after >= 2;
        walk.doubt |= self.tongue != Tongue::En && walk.units.iter().any(unread);
        blocks::zones_of_sentences(&mut walk.terms, walk.writer);
        let mut blocks = blocks::blocks(&walk.terms);
        blocks::greeting(&mut blocks, &walk.units);
        let sad: Vec<usize> = walk
            .marks
            .iter()
            .filter(|mark| mark.lex == Lex::Sadly)
            .map(|mark| mark.sentence)
            .collect();
        let marks = walk
            .marks
            .iter()
            .map(|mark| Mark {
                yes: walk.units.get(mark.unit).is_none_or(|unit| {
                    unit.verdict(false).is_none_or(|verdict| verdict.yes)
                        && !(unit.verdict(false).is_none() && sad.contains(&unit.sentence))
                }),
                ..*mark
            })
            .collect();
        Said {
            blocks,
            marks,
            writer: walk.writer,
            zone: walk.named.or(walk.writer),
            doubt: walk.doubt,
            asks: walk.asks,
        }
    }
}
