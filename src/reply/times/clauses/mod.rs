//! Items → blocks: the days and the hours that belong together, offered or refused.
//!
//! In: items of a text. Out: [`Block`]s in the order of the text, and the other things it says about times ([`Said`]).
//! A sentence falls into units at commas, "and" and "or"; a unit is refused when it says so ("Monday is out"), when the words before it do
//! ("can't do Monday or Tuesday"), or the words behind it ("Monday and Tuesday are out"). Which hours go with which days is a question of
//! what stands closer together: the cheapest way to part the sentence is taken.
//! Never here: instants; which week an unnamed Tuesday is of.

mod beside;
mod blocks;
mod grid;
mod hours;
mod marks;
mod numbers;
mod refer;
mod scan;
mod shapes;
mod signature;
mod unit;
mod walk;
mod word;
mod zoned;

use std::ops::Range;

use super::clock::{Clock, Clocks};
use super::day::{Dates, Days};
use super::doubts::{Unsure, Why};
use super::items::Items;
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
    /// Refused by what somebody does then, not by a no.
    pub(super) event: bool,
    /// Nothing in its sentence says that it is offered, and something else is said there.
    pub(super) unsaid: bool,
    /// Whether it is offered is a guess.
    pub(super) guessed: bool,
    /// "ideally" and the like aside: said of everybody.
    pub(super) everybody: bool,
    /// Its days stand beside each other as a list, not as "from Monday to Thursday".
    pub(super) listed: bool,
    /// "Friday next week": the week stands right behind the weekday.
    pub(super) of_week: bool,
    /// "too": the hours said before hold for it.
    pub(super) too: bool,
    /// Its own words say that it is offered.
    pub(super) firm: bool,
    /// It stands in a reason: "as I finish at 5".
    pub(super) because: bool,
    /// Refused by shifts that are told of.
    pub(super) shift: bool,
}

impl Block {
    /// The weekdays said by name, Monday as 1.
    pub(super) fn weekdays(&self) -> Vec<u32> {
        let named = |days: &Days| if let Days::Weekday(weekday) = days { Some(*weekday) } else { None };
        self.days.iter().filter_map(named).collect()
    }
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
    /// What can be read in two ways, or not at all.
    pub(super) doubts: Vec<Unsure>,
    /// Somebody asks something.
    pub(super) asks: bool,
    /// The sentences that ask and propose nothing.
    pub(super) only_asks: Vec<usize>,
    /// Which sentences are questions.
    pub(super) asking: Vec<bool>,
    /// Where it says "apart from that".
    pub(super) apart: Vec<Range<usize>>,
}

impl Said {
    /// A block stands in a question that says nothing of whether it suits: "Is the Tuesday one on Teams?"
    pub(super) fn only_asked(&self, block: &Block) -> bool {
        !block.firm && self.asking.get(block.sentence).copied().unwrap_or(false)
    }

    /// A block stands right behind such a word: "accepted an offer this morning".
    pub(super) fn beside(&self, lex: Lex, block: &Block, items: &[Item]) -> bool {
        let ends = self
            .marks
            .iter()
            .filter(|mark| mark.lex == lex)
            .filter_map(|mark| items.get(mark.item));
        ends.map(|item| item.bytes.end)
            .any(|end| (end..end + 8).contains(&block.bytes.start))
    }
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
    /// "only" stands before it.
    pub(super) only: bool,
    /// Its unit says outright that it is offered.
    pub(super) firm: bool,
    /// Its sentence is a question.
    pub(super) asked: bool,
}

/// Reads a text.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) items: &'t [Item],
    pub(super) dates: Dates<'t>,
    pub(super) clocks: Clocks<'t>,
    pub(super) own: Zone,
    pub(super) ours: Zone,
    /// An interview is fixed.
    pub(super) booked: bool,
    /// Slots were offered.
    pub(super) offered: bool,
    pub(super) tongue: Tongue,
}

impl Scan<'_> {
    fn bytes(&self, at: usize, used: usize) -> Range<usize> {
        let start = self.items.get(at).map_or(0, |item| item.bytes.start);
        let end = self.items.get(at + used.max(1) - 1).map_or(start, |item| item.bytes.end);
        start..end
    }

    /// A place whose clocks differ is named beside times, and no zone is: whose hours are they?
    fn doubtful_places(&self, walk: &mut Walk) {
        if walk.writer.is_some() || walk.named.is_some() || walk.terms.is_empty() {
            return;
        }
        let noon = self.dates.today.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(12);
        let other = |zone: Zone| zone.local(noon) != self.own.local(noon);
        let found = walk.places.iter().find(|(zone, _, sentence)| {
            other(*zone)
                && walk
                    .terms
                    .iter()
                    .any(|term| term.sentence.abs_diff(*sentence) <= 1 && matches!(term.what, walk::Of::Hours(_)))
        });
        if let Some((zone, bytes, _)) = found {
            walk.doubts.push(Unsure {
                zones: Some((self.own, *zone)),
                ..Unsure::of(Why::Zone, bytes.clone())
            });
        }
    }

    /// The sentences that ask and propose nothing: "Is tomorrow's call at 3 or at 2?", "What's the latest in the day you call?"
    fn only_asks(&self, walk: &Walk, asked: &[bool]) -> Vec<usize> {
        let asks = |sentence: usize| {
            let from = walk.marks.partition_point(|mark| mark.sentence < sentence);
            let mut marks = walk.marks.iter().skip(from).take_while(|mark| mark.sentence == sentence);
            // "And is the first one with Sam?"
            let joins = |at: usize| matches!(self.items.lex(at), Some(Lex::And | Lex::Or | Lex::But | Lex::So));
            let opens = |first: &&Mark| self.opens(first.item) || first.item.checked_sub(1).is_some_and(|at| joins(at) && self.opens(at));
            let Some(first) = marks.clone().next().filter(opens) else {
                return false;
            };
            let proposes = |mark: &Mark| {
                // "Is 8 on Monday too early?"
                let judged = mark.lex == Lex::Event && self.items.get(mark.item).is_some_and(|item| item.phrase);
                judged
                    || matches!(
                        mark.lex,
                        Lex::Option | Lex::Instead | Lex::Reschedule | Lex::MoveLater | Lex::MoveEarlier | Lex::Free | Lex::Not
                    )
            };
            let dated = || {
                walk.terms
                    .iter()
                    .any(|term| term.sentence == sentence && matches!(term.what, walk::Of::Days(_)))
            };
            let copula = self.items.get(first.item).is_some_and(|item| item.copula);
            // "Which floor is it on Thursday?", but "Are there any slots on Friday?"
            let which = first.lex == Lex::Asks && (!dated() || self.offered && self.items.get(first.item).is_some_and(|item| !item.phrase));
            which || copula && !marks.any(proposes)
        };
        let sentences = asked.iter().enumerate().filter(|(_, asked)| **asked).map(|(sentence, _)| sentence);
        sentences.filter(|sentence| asks(*sentence)).collect()
    }

    /// Walks through the text once.
    pub(super) fn read(&self) -> Said {
        let mut walk = Walk {
            opens_line: true,
            third: 1,
            shifts: self.items.iter().any(|item| item.what == What::Lex(Lex::Shift)),
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
                walk.doubts.push(Unsure::of(Why::TooLong, self.bytes(at, 1)));
                break;
            }
            at += self.step(at, &mut walk).max(1);
        }
        // "Can Anna come in on Monday at 2?" asks about her; she gave no times.
        for term in &mut walk.terms {
            if walk.asking.get(term.sentence).copied().unwrap_or(false) {
                term.person = None;
            }
        }
        let asked = walk.asking.clone();
        unit::polarity(&mut walk);
        // The tables of the other languages know fewer words: where several stand unread beside times, it is asked.
        let unread = |unit: &unit::Unit| unit.has_terms() && unit.unknown_before + unit.unknown_after >= 2;
        let offered = |term: &walk::Term| {
            let unit = walk.units.get(term.unit).copied().unwrap_or_default();
            term.yes == Some(true) && unit.unknown_before + unit.unknown_after > 0
        };
        if self.tongue != Tongue::En && (walk.units.iter().any(unread) || walk.terms.iter().any(offered)) {
            walk.doubts.push(Unsure::of(Why::Unread, 0..self.text.len()));
        }
        let only_asks = self.only_asks(&walk, &asked);
        walk.terms.retain(|term| term.firm || !only_asks.contains(&term.sentence));
        // "Is it Monday to Friday?", "What time do you close on Fridays?"
        let opens = |mark: &Mark| {
            asked.get(mark.sentence).copied().unwrap_or(false) && matches!(mark.lex, Lex::Asks | Lex::Reschedule) && self.opens(mark.item)
        };
        for mark in walk.marks.iter().filter(|mark| opens(mark)) {
            let asked_of = walk.terms.iter().find(|term| term.sentence == mark.sentence && !term.firm);
            let doubt = asked_of.map(|term| Unsure::of(Why::OfferedOrRefused, term.bytes.clone()));
            walk.doubts.extend(doubt.filter(|_| !self.booked));
        }
        // "Would it be mornings or afternoons?": nobody's times, most likely.
        let dated = |sentence: usize| {
            walk.terms
                .iter()
                .any(|term| term.sentence == sentence && matches!(term.what, walk::Of::Days(_)))
        };
        let parts_asked = walk.terms.iter().find(|term| {
            let part = matches!(term.what, walk::Of::Hours(Clock::Part(_)));
            part && !term.firm && asked.get(term.sentence).copied().unwrap_or(false) && !dated(term.sentence)
        });
        let doubt = parts_asked.map(|term| Unsure::of(Why::OfferedOrRefused, term.bytes.clone()));
        walk.doubts.extend(doubt.filter(|_| !self.booked));
        // What stands below "so for you that means:" is offered, not what it is concluded from.
        if walk.told_before < walk.terms.len() {
            let mut at = 0;
            let told_before = walk.told_before;
            walk.terms.retain(|term| {
                at += 1;
                at > told_before || term.firm && term.yes == Some(true) || walk.units.get(term.unit).is_some_and(|unit| unit.refuses)
            });
        }
        self.doubtful_places(&mut walk);
        let picks = |mark: &Mark| {
            mark.sentence == walk.left.first().map_or(usize::MAX, |(_, sentence)| *sentence)
                && matches!(
                    mark.lex,
                    Lex::Ordinal(_) | Lex::FirstOne | Lex::LastOne | Lex::MiddleOne | Lex::Option | Lex::AllOfThem
                )
        };
        let picked = walk.marks.iter().any(picks);
        let beside = |sentence: usize| picked || walk.terms.iter().any(|term| term.sentence == sentence);
        if let Some((bytes, _)) = walk.left.iter().find(|(_, sentence)| beside(*sentence)) {
            walk.doubts.push(Unsure::of(Why::Unread, bytes.clone()));
        }
        // Where hours are given, what else bounds them is told beside them.
        let days_only = |sentence: usize| {
            let mut of = walk.terms.iter().filter(|term| term.sentence == sentence).peekable();
            of.peek().is_some() && of.all(|term| matches!(term.what, walk::Of::Days(_) | walk::Of::Hours(Clock::All)))
        };
        if let Some((bytes, _)) = walk.bounds.iter().find(|(_, sentence)| days_only(*sentence)) {
            walk.doubts.push(Unsure::of(Why::Unread, bytes.clone()));
        }
        blocks::zones_of_sentences(&mut walk.terms, walk.writer);
        let mut blocks = blocks::blocks(&walk.terms);
        blocks::swapped(&mut blocks);
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
                yes: match unit::said_of(&walk.units, mark.unit) {
                    Some(verdict) => verdict.yes,
                    // "Monday doesn't work I'm afraid, but the other two do"
                    None => {
                        // "Only the first, I'm afraid"
                        let only = self.items.lex(mark.item.wrapping_sub(1)) == Some(Lex::Only);
                        only || mark.lex == Lex::OtherOnes || !sad.contains(&mark.sentence)
                    }
                },
                only: walk.units.get(mark.unit).is_some_and(|unit| unit.only),
                firm: walk.units.get(mark.unit).is_some_and(|unit| unit.offers),
                asked: asked.get(mark.sentence).copied().unwrap_or(false),
                ..*mark
            })
            .collect();
        // "Tue 19 Jan, 14:00?" alone names a time.
        let with_words: Vec<bool> = asked
            .iter()
            .enumerate()
            .map(|(sentence, asked)| *asked && walk.units.iter().any(|unit| unit.sentence == sentence && unit.words > 0))
            .collect();
        Said {
            blocks,
            marks,
            writer: walk.writer,
            zone: walk.named.or(walk.writer),
            doubts: walk.doubts,
            asks: walk.asks,
            only_asks,
            asking: with_words,
            apart: walk.apart,
        }
    }
}
