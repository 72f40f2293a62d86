//! For whom nothing is to be done yet: "let me ask her first" holds back what is said of her, and of nobody else.
//!
//! In: a word that puts off, in its sentence. Out: the candidates it is about, or that it is about nobody in particular. Never here: what is
//! put off.

use std::ops::Range;

use super::people;
use super::reader::Reader;
use super::settle::whose;
use super::{Order, table};

impl Reader<'_> {
    /// Whom a word that puts off is about: those it names, or "her" who was spoken of last.
    pub(super) fn hold_for(&mut self, number: usize, around: &Range<usize>) {
        let Some(line) = self.lines.get(number) else { return };
        // "Nothing to book yet" says nothing of an answer.
        if table::is("of_booking", &line.written.text) {
            return;
        }
        let named = people::named(&line.mentions, around);
        let pronoun = table::is("somebody", &line.written.text);
        match (named.as_slice(), self.focus.as_slice()) {
            // "Not sure about the other one, I'll ring her": not about those of whom it was said already.
            ([], _) if table::is("of_others_only", &line.written.text) => {
                let others = self.everybody("others").unwrap_or_default();
                self.holds_for.extend(others.into_iter().map(Some));
            }
            ([], [one]) if pronoun => self.holds_for.push(Some(*one)),
            ([], _) => self.holds_for.push(None),
            (all, _) => self.holds_for.extend(all.iter().copied().map(Some)),
        }
    }

    /// Nothing is to be done yet, for nobody in particular or for whom the order is about.
    pub(super) fn is_put_off(&self, order: &Order) -> bool {
        let at = self
            .asked
            .candidates
            .iter()
            .position(|one| Some(one.submission) == whose(&order.wish));
        self.holds && (self.holds_for.is_empty() || self.holds_for.iter().any(|one| one.is_none() || *one == at))
    }
}
