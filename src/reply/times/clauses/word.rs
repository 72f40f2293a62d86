//! Words that are neither days nor hours: they offer, refuse, tell, name somebody.

use super::super::lex::{Lex, Tongue, What};
use super::walk::{Of, Walk};
use super::{Mark, Scan};

impl Scan<'_> {
    /// A word that is neither a day nor an hour.
    pub(super) fn word(&self, at: usize, walk: &mut Walk) {
        let Some(item) = self.items.get(at) else { return };
        walk.unit().words += 1;
        match &item.what {
            What::Lex(lex) => self.known(at, *lex, walk),
            What::Word(word) => {
                walk.gap.words = true;
                walk.unknown = true;
                let name = item.capital && self.names_somebody(at);
                if name {
                    walk.person = Some(word.bytes().fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte)));
                    walk.everybody = false;
                } else if !word.is_empty() && (!item.capital || self.tongue == Tongue::De && !self.opens(at)) {
                    let unit = walk.unit();
                    if unit.has_terms() {
                        unit.unknown_after += 1;
                    } else {
                        unit.leads = true;
                        unit.unknown_before += 1;
                    }
                } else if item.capital && walk.unit().until {
                    walk.unit().unknown_after += 1;
                } else if item.capital && matches!(self.lex(at.wrapping_sub(1)), Some(Lex::Of)) {
                    // "in Mayo", "im Urlaub"
                    let unit = walk.unit();
                    if unit.has_terms() {
                        unit.unknown_after += 1;
                    } else {
                        unit.unknown_before += 1;
                    }
                }
            }
            What::Num(..) => {
                walk.gap.words = true;
                walk.unknown = true;
                walk.doubt |= self.may_be_a_time(at, walk);
            }
            What::Mark('✓' | '✔' | '✅' | '👍') => walk.offers(),
            What::Mark('✗' | '✘' | '❌' | '👎') => walk.refuses(),
            What::Mark(_) | What::Line => {}
        }
        walk.opens_line &= matches!(item.what, What::Num(..));
    }

    pub(super) fn known(&self, at: usize, lex: Lex, walk: &mut Walk) {
        match lex {
            Lex::Not | Lex::NoneOfThem => walk.refuses(),
            Lex::Event => {
                let unit = walk.unit();
                unit.leads |= !unit.has_terms();
                unit.event = true;
            }
            Lex::Out => {
                let before = at.checked_sub(1);
                let day_before = walk.terms.last().is_some_and(|last| {
                    matches!(last.what, Of::Days(_))
                        && before
                            .and_then(|at| self.items.get(at))
                            .is_some_and(|item| item.bytes.end <= last.bytes.end + 2)
                });
                let is = matches!(before.and_then(|at| self.lex(at)), Some(Lex::Skip | Lex::Subject | Lex::Only));
                if day_before
                    || walk.unit().has_days && self.ends(at + 1)
                    || is && (self.ends(at + 1) || walk.unit().has_days || self.day_near(at + 1))
                    || self.dates.read(at + 1).is_some()
                {
                    walk.refuses();
                }
            }
            Lex::Free | Lex::NoTrouble | Lex::Flexible | Lex::Prefer | Lex::ThatOne => {
                walk.preferred |= lex == Lex::Prefer;
                let units = walk.units.len();
                if lex == Lex::Prefer
                    && let Some(last) = walk.terms.last_mut().filter(|last| last.unit + 1 == units)
                {
                    last.preferred = true;
                }
                walk.offers();
            }
            Lex::Skip if matches!(self.what(at + 1), Some(What::Mark(':'))) && self.opens(at) => walk.person = Some(0),
            Lex::Subject => {
                walk.person = Some(0);
                let unit = walk.unit();
                unit.subject = true;
            }
            Lex::Everyone => {
                walk.person = None;
                walk.everybody = true;
                walk.offers();
            }
            Lex::Sadly => {
                let sentence = walk.sentence;
                walk.marks.push(Mark {
                    lex: Lex::Sadly,
                    item: at,
                    yes: true,
                    sentence,
                    unit: walk.units.len().saturating_sub(1),
                });
            }
            Lex::Only => {
                walk.only = true;
                // "9am only"
                let sentence = walk.sentence;
                if let Some(last) = walk.terms.last_mut().filter(|last| last.sentence == sentence) {
                    last.only = true;
                }
            }
            Lex::Skip
                if walk.unit().has_days
                    && !walk.unit().has_hours
                    && self.items.get(at).is_some_and(|item| {
                        matches!(
                            self.text.get(item.bytes.clone()),
                            Some("is" | "are" | "ist" | "est" | "es" | "è" | "é")
                        )
                    }) =>
            {
                walk.unit().day_is = true;
            }
            _ => {}
        }
        let joint = matches!(
            lex,
            Lex::Skip
                | Lex::At
                | Lex::On
                | Lex::Of
                | Lex::From
                | Lex::Till
                | Lex::Only
                | Lex::AtOrTill
                | Lex::Each
                | Lex::Every
                | Lex::Subject
                | Lex::Yours
                | Lex::This
        );
        if !joint {
            walk.gap.words = true;
        }
        walk.marks.push(Mark {
            lex,
            item: at,
            yes: true,
            sentence: walk.sentence,
            unit: walk.units.len().saturating_sub(1),
        });
        walk.asks |= lex == Lex::Asks;
    }

    /// A number that was not understood, beside a day or an hour that was: "h 9-11", "before tenish".
    pub(super) fn may_be_a_time(&self, at: usize, walk: &Walk) -> bool {
        let Some(What::Num(value, digits)) = self.what(at) else {
            return false;
        };
        let hour = *digits <= 2 && *value <= 24 || *digits == 4 && value / 100 <= 24 && value % 100 < 60 && !(1900..2100).contains(value);
        let counted = matches!(
            self.what(at + 1),
            Some(
                What::Word(_)
                    | What::Lex(Lex::NotClock | Lex::Unit(_) | Lex::Option | Lex::HalfHour | Lex::Number(_))
                    | What::Mark('%' | '€' | '$' | '£')
            )
        );
        let money = at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Mark('€' | '$' | '£' | '#' | '.' | ',')) | Some(What::Lex(Lex::Option)) | Some(What::Word(_))
            );
        hour && !counted && !money && walk.terms.last().is_some_and(|last| last.sentence == walk.sentence)
    }

    /// A day stands within the next two items: "off all Friday".
    pub(super) fn day_near(&self, at: usize) -> bool {
        (at..at + 3).any(|at| self.dates.read(at).is_some())
    }

    /// A name that does something: "Priya can", "Tom has", "Helen: ".
    pub(super) fn names_somebody(&self, at: usize) -> bool {
        let next = self.what(at + 1);
        match next {
            Some(What::Lex(Lex::Free)) => true,
            Some(What::Lex(Lex::Skip | Lex::Only | Lex::Not)) => {
                let word = self
                    .items
                    .get(at + 1)
                    .and_then(|item| self.text.get(item.bytes.clone()))
                    .unwrap_or_default();
                matches!(
                    word,
                    "is" | "has"
                        | "would"
                        | "can't"
                        | "can’t"
                        | "cannot"
                        | "isn't"
                        | "ist"
                        | "hat"
                        | "est"
                        | "a"
                        | "tiene"
                        | "heeft"
                        | "ha"
                        | "tem"
                        | "only"
                )
            }
            // "Carla sits in Boston and says"
            Some(What::Word(verb)) => self.opens(at) && verb.ends_with('s') && self.items.get(at + 1).is_some_and(|item| !item.capital),
            Some(What::Mark('(')) => self.opens(at),
            Some(What::Mark(':')) => self.opens(at),
            _ => false,
        }
    }

    /// The first word of a sentence or a line.
    pub(super) fn opens(&self, at: usize) -> bool {
        at == 0 || matches!(self.what(at - 1), Some(What::Line | What::Mark('.' | '!' | '?' | ',' | '-' | ';')))
    }
}
