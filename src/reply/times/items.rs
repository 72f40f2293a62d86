//! The items of a text, looked at from any place in it.
//!
//! In: a place. Out: what stands there; nothing beyond either end, so that no reader has to mind the ends.
//! Never here: what it means together with what stands beside it.

use super::lex::{Item, Lex, What};

/// Looking at a place of a text. A place before the first item is one that wrapped around, and holds nothing.
pub(super) trait Items {
    /// What stands at a place.
    fn what(&self, at: usize) -> Option<&What>;
    /// Its meaning, when it is a word of the tables.
    fn lex(&self, at: usize) -> Option<Lex>;
    /// The mark.
    fn mark(&self, at: usize) -> Option<char>;
    /// The number: its value, and how many digits it has.
    fn number(&self, at: usize) -> Option<(u32, usize)>;
    /// No blank before it.
    fn glued(&self, at: usize) -> bool;
    /// It begins with a capital.
    fn capital(&self, at: usize) -> bool;
    /// How many bytes it has; 0 beyond the ends.
    fn length(&self, at: usize) -> usize;
    /// A number in words and how many items it takes: "seven", "twenty", "twenty seven".
    fn counted(&self, at: usize) -> Option<(u32, usize)>;
    /// The first place from `at` on that holds none of these.
    fn skip(&self, at: usize, these: &[Lex]) -> usize;
}

/// Nobody strings more small words together; the bound keeps hostile texts linear.
const MOST: usize = 8;

impl Items for [Item] {
    fn what(&self, at: usize) -> Option<&What> {
        self.get(at).map(|item| &item.what)
    }

    fn lex(&self, at: usize) -> Option<Lex> {
        match self.what(at)? {
            What::Lex(lex) => Some(*lex),
            What::Word(_) | What::Num(..) | What::Mark(_) | What::Line => None,
        }
    }

    fn mark(&self, at: usize) -> Option<char> {
        match self.what(at)? {
            What::Mark(mark) => Some(*mark),
            What::Lex(_) | What::Word(_) | What::Num(..) | What::Line => None,
        }
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.what(at)? {
            What::Num(value, digits) => Some((*value, *digits)),
            What::Lex(_) | What::Word(_) | What::Mark(_) | What::Line => None,
        }
    }

    fn glued(&self, at: usize) -> bool {
        self.get(at).is_some_and(|item| item.glued)
    }

    fn capital(&self, at: usize) -> bool {
        self.get(at).is_some_and(|item| item.capital)
    }

    fn length(&self, at: usize) -> usize {
        self.get(at).map_or(0, |item| item.bytes.len())
    }

    fn counted(&self, at: usize) -> Option<(u32, usize)> {
        let Lex::Number(number) = self.lex(at)? else { return None };
        let next = at + 1 + usize::from(self.mark(at + 1) == Some('-') && self.glued(at + 1));
        match (number, self.lex(next)) {
            (20 | 30 | 40 | 50, Some(Lex::Number(unit @ 1..=9))) => Some((number + unit, next + 1 - at)),
            _ => Some((number, 1)),
        }
    }

    fn skip(&self, at: usize, these: &[Lex]) -> usize {
        let skipped = (at..at.saturating_add(MOST))
            .take_while(|at| self.lex(*at).is_some_and(|lex| these.contains(&lex)))
            .count();
        at + skipped
    }
}
