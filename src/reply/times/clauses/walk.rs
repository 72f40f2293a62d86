//! What is carried along while a text is walked through.

use std::ops::Range;

use super::super::clock::Clock;
use super::super::day::Days;
use super::super::doubts::Unsure;
use super::Mark;
use super::unit::Unit;
use crate::calendar::Zone;

/// A day or an hour where it stands.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) what: Of,
    pub(super) bytes: Range<usize>,
    pub(super) sentence: usize,
    pub(super) unit: usize,
    pub(super) gap: Gap,
    pub(super) yes: Option<bool>,
    pub(super) except: bool,
    pub(super) only: bool,
    pub(super) preferred: bool,
    pub(super) corrects: bool,
    pub(super) opens_line: bool,
    pub(super) zone: Option<Zone>,
    pub(super) person: Option<u64>,
    pub(super) told: bool,
    /// Refused by what somebody does then.
    pub(super) event: bool,
    /// Nothing in its sentence says that it is offered.
    pub(super) unsaid: bool,
    /// Offered or refused by a guess.
    pub(super) guessed: bool,
    pub(super) everybody: bool,
    /// Says itself whether it is offered: "not before 11".
    pub(super) settled: bool,
    /// Its unit says whether it is offered.
    pub(super) own: bool,
    /// "too" stands behind it.
    pub(super) too: bool,
    /// Its unit offers outright.
    pub(super) firm: bool,
    /// Its unit gives a reason.
    pub(super) because: bool,
    /// Its unit tells of shifts.
    pub(super) shift: bool,
    /// A number alone, read as an hour by what stands beside it.
    pub(super) bare: bool,
    /// "all day": of the day beside it.
    pub(super) whole_day: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Of {
    Days(Days),
    Hours(Clock),
}

/// What stands between a term and the one before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gap {
    pub(super) comma: bool,
    pub(super) joined: bool,
    pub(super) or: bool,
    pub(super) words: bool,
    pub(super) dash: bool,
    /// "but", "so": another thought begins.
    pub(super) breaks: bool,
    /// A colon: what stands before it heads what follows.
    pub(super) colon: bool,
}

impl Gap {
    /// How far apart they are, 0 to 5.
    pub(super) const fn width(self) -> u32 {
        let marks = match (self.comma, self.joined, self.dash) {
            (true, true, _) => 4,
            (_, true, _) => 3,
            (_, _, true) => 3,
            (true, ..) => 2,
            _ => 0,
        };
        marks + self.words as u32
    }
}

/// What is carried along while a text is walked through.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) terms: Vec<Term>,
    /// Never empty once a text is begun.
    pub(super) units: Vec<Unit>,
    pub(super) nowhere: Unit,
    pub(super) marks: Vec<Mark>,
    pub(super) sentence: usize,
    pub(super) gap: Gap,
    pub(super) only: bool,
    pub(super) preferred: bool,
    pub(super) corrects: bool,
    pub(super) opens_line: bool,
    pub(super) person: Option<u64>,
    /// Somebody else: the one named last.
    pub(super) third: u64,
    pub(super) everybody: bool,
    /// "the same on" stands before the next day.
    pub(super) too: bool,
    pub(super) writer: Option<Zone>,
    pub(super) named: Option<Zone>,
    pub(super) doubts: Vec<Unsure>,
    /// Words of time that no day or hour took in, and their sentences.
    pub(super) left: Vec<(Range<usize>, usize)>,
    /// Words that bound times, and what bounds them was not read; and their sentences.
    pub(super) bounds: Vec<(Range<usize>, usize)>,
    /// Places and short names that may be zones: the zone, the bytes, the sentence.
    pub(super) places: Vec<(Zone, Range<usize>, usize)>,
    /// The place that "local time" is of, once it was looked for.
    pub(super) here: Option<Option<Zone>>,
    pub(super) asks: bool,
    /// Words of no table stand between.
    pub(super) unknown: bool,
    /// Inside brackets.
    pub(super) inside: bool,
    /// Terms said before a line that heads the conclusion: "So for you that means:"
    pub(super) told_before: usize,
    /// Shifts are spoken of: a day off is a free one.
    pub(super) shifts: bool,
    /// Which sentences end with a question mark.
    pub(super) asking: Vec<bool>,
    /// Where it says "apart from that".
    pub(super) apart: Vec<Range<usize>>,
}

impl Walk {
    pub(super) fn unit(&mut self) -> &mut Unit {
        match self.units.as_mut_slice() {
            [.., last] => last,
            [] => &mut self.nowhere,
        }
    }

    pub(super) fn next_unit(&mut self, fresh: bool, inside: bool) {
        let sentence = self.sentence;
        self.units.push(Unit {
            sentence,
            fresh,
            inside: inside || self.inside,
            ..Unit::default()
        });
        self.preferred = false;
    }

    /// What is said last offers days in words of its own.
    pub(super) fn unit_offers_days(&self) -> bool {
        let said = self.units.iter().rev().find(|unit| unit.words > 0 || unit.has_terms());
        said.is_some_and(|unit| unit.firm && unit.has_days && unit.sentence == self.sentence)
    }

    /// "Scratch that, Hugo has booked the room - Tuesday": why something is taken back says nothing of what replaces it.
    pub(super) fn reason_of_correction(&self) -> bool {
        let last = self.units.last();
        self.corrects && last.is_some_and(|unit| !unit.has_terms() && unit.words > 0)
    }

    pub(super) fn end_sentence(&mut self) {
        self.inside = false;
        self.sentence += 1;
        self.next_unit(true, false);
        self.gap = Gap::default();
        self.only = false;
        self.person = None;
        self.everybody = false;
        self.unknown = false;
    }

    pub(super) fn term(&mut self, what: Of, bytes: Range<usize>) {
        let unit = self.units.len().saturating_sub(1);
        match &what {
            Of::Days(days) => {
                self.unit().has_days = true;
                self.unit().until |= matches!(days, Days::Until(_, true));
            }
            Of::Hours(Clock::All) => self.unit().any_time = true,
            Of::Hours(clock) => {
                self.unit().has_hours = true;
                self.unit().bound |= matches!(clock, Clock::From(_) | Clock::To(_));
            }
        }
        let too = std::mem::take(&mut self.too) && matches!(what, Of::Days(_));
        self.terms.push(Term {
            what,
            bytes,
            sentence: self.sentence,
            unit,
            gap: self.gap,
            yes: None,
            except: false,
            only: self.only,
            preferred: self.preferred,
            corrects: self.corrects,
            opens_line: self.opens_line,
            zone: None,
            person: self.person,
            told: false,
            event: false,
            unsaid: false,
            guessed: false,
            everybody: self.everybody,
            settled: false,
            own: false,
            too,
            firm: false,
            shift: false,
            because: false,
            bare: false,
            whole_day: false,
        });
        self.gap = Gap::default();
        self.corrects = false;
        self.opens_line = false;
        self.unknown = false;
    }

    pub(super) fn refuses(&mut self) {
        let unit = self.unit();
        unit.leads |= !unit.has_terms();
        unit.refuses = true;
    }

    pub(super) fn offers(&mut self) {
        self.leans();
        self.unit().firm = true;
    }

    /// Offers, where nothing that stands beside it says otherwise.
    pub(super) fn leans(&mut self) {
        let unit = self.unit();
        unit.leads |= !unit.has_terms();
        unit.offers = true;
    }
}
