//! One phrase of a table: as it is written, and where it stands in a text.
//!
//! `(a|b)` is a choice, `(a|b)?` may be missing, `(a|b)*` stands for as many of them as there are, `#` for a number,
//! `~` for the candidates of one list ("Ana", "Ana and Carl"; no phrase begins with it),
//! `*` for up to three words of anything (in a phrase that means yes or no: of anything that does not turn it into its opposite),
//! `^` and `$` ask that nothing of the clause stands before or behind (a name may), `@` that a name follows, and a final `!` says that
//! the phrase counts in a question too ("can you set up a call?").

use std::cell::Cell;
use std::sync::Arc;

use super::choice::{ANY, Element, Firsts, Named, Next, Options, bit, can_begin, may_stand, parse};
use super::class::Class;
use super::sentences::{Kind, Token};
use super::small::Small;
use crate::model::Decision;

/// How many words `*` may stand for.
const GAP: usize = 3;

/// How many elements are compared at one place of a text. Real text takes a few hundred; "very very very …" can be taken apart in so
/// many ways that it would never end.
pub(super) const STEPS: u32 = 2_000;

/// A phrase, ready to be looked for.
#[derive(Debug)]
pub(super) struct Phrase {
    /// What it is about.
    pub(super) class: Class,
    /// Counts in a question too.
    pub(super) asks_too: bool,
    elements: Box<[Element]>,
    opens: bool,
    /// No gap of it may hold a [`Small::Turn`].
    firm: bool,
}

/// A phrase among those that can begin with one word.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) phrase: Arc<Phrase>,
    /// The words that can come second and third, see [`super::choice::bit`].
    behind: [u64; 2],
    /// The first element is that word and nothing else: it need not be compared again.
    past_first: bool,
}

impl Start {
    /// Tells most phrases from a text by two words alone; they come as bits, 0 for none.
    pub(super) fn may_go_on(&self, [second, third]: [u64; 2]) -> bool {
        let [seconds, thirds] = self.behind;
        (seconds == ANY || seconds & second != 0) && (thirds == ANY || thirds & third != 0)
    }
}

/// A line without the marks that are about the whole of it.
pub(super) struct Bare<'l> {
    pub(super) line: &'l str,
    asks_too: bool,
    opens: bool,
}

pub(super) fn bare(line: &str) -> Bare<'_> {
    let (line, asks_too) = line.strip_suffix('!').map_or((line, false), |rest| (rest.trim_end(), true));
    let (line, opens) = line.strip_prefix('^').map_or((line, false), |rest| (rest.trim_start(), true));
    Bare { line, asks_too, opens }
}

impl Phrase {
    /// Reads a line of a table.
    pub(super) fn new(class: Class, line: &str, named: &Named) -> Self {
        let Bare { line, asks_too, opens } = bare(line);
        let elements = parse(line, named).pop().unwrap_or_default();
        Self {
            class,
            asks_too,
            elements: elements.into(),
            opens,
            firm: matches!(class, Class::Decide(Decision::Interested | Decision::Pass, _)),
        }
    }

    /// The phrase under each word it can begin with; under none for a number.
    pub(super) fn starts(self) -> impl Iterator<Item = (Option<u32>, Start)> {
        let mut firsts = Firsts::default();
        can_begin(&self.elements, &mut firsts);
        let rest = self.elements.get(1..).unwrap_or_default();
        let behind_first = [0, 1].map(|skip| may_stand(skip, rest, None));
        let behind = [1, 2].map(|skip| may_stand(skip, &self.elements, None));
        let phrase = Arc::new(self);
        firsts.into_iter().map(move |first| {
            let past_first = phrase.elements.first().is_some_and(|element| element.is_just(first));
            let start = Start {
                phrase: Arc::clone(&phrase),
                behind: if past_first { behind_first } else { behind },
                past_first,
            };
            (first, start)
        })
    }
}

/// A stretch of a text in which phrases are looked for.
pub(super) struct View<'a> {
    pub(super) all: &'a [Token<'a>],
    pub(super) from: usize,
    pub(super) to: usize,
    /// Says that a token counts as an edge of a clause.
    pub(super) edge: &'a dyn Fn(usize) -> bool,
    /// What may still be compared at this place.
    pub(super) steps: Cell<u32>,
}

impl<'a> View<'a> {
    pub(super) fn new(all: &'a [Token<'a>], from: usize, to: usize, edge: &'a dyn Fn(usize) -> bool) -> Self {
        Self {
            all,
            from,
            to,
            edge,
            steps: Cell::new(STEPS),
        }
    }

    /// The farthest end of a phrase whose first word stands at `at`.
    pub(super) fn matches(&self, start: &Start, at: usize) -> Option<usize> {
        let phrase = &start.phrase;
        if phrase.opens && at > self.from && !self.is_edge(at - 1) {
            return None;
        }
        let skip = usize::from(start.past_first);
        self.tail(phrase.firm, phrase.elements.get(skip..).unwrap_or_default(), None, at + skip)
    }

    fn is_edge(&self, at: usize) -> bool {
        at >= self.to
            || (self.edge)(at)
            || self
                .all
                .get(at)
                .is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || token.is(Small::Joint))
    }

    /// The end of the list of candidates that begins at `at`. A comma belongs to it only before an "and": in "send Ana, Ben no" it ends at Ana.
    fn people(&self, at: usize) -> usize {
        let person = |at: usize| at < self.to && (self.edge)(at);
        let joins = |at: usize| self.all.get(at).is_some_and(|token| token.is(Small::List)) && person(at + 1);
        let (mut end, mut sure) = (at, at);
        let mut by_word = true;
        while person(end) || end > at && joins(end) {
            if !person(end) {
                by_word = self.all.get(end).is_some_and(|token| token.kind == Kind::Word);
            }
            end += 1;
            if by_word {
                sure = end;
            }
        }
        sure
    }

    /// The farthest end of a match of `elements` and then `next`, from `at`.
    fn tail(&self, firm: bool, elements: &[Element], next: Option<&Next<'_>>, at: usize) -> Option<usize> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        let Some((first, rest)) = elements.split_first() else {
            return next.map_or(Some(at), |next| self.tail(firm, next.elements, next.next, at));
        };
        match first {
            Element::Name => (at < self.to && (self.edge)(at)).then(|| self.tail(firm, rest, next, at)).flatten(),
            Element::Edge => self.is_edge(at).then(|| self.tail(firm, rest, next, at)).flatten(),
            Element::Word(word) => {
                let token = self.all.get(at).filter(|_| at < self.to)?;
                (token.word == *word).then(|| self.tail(firm, rest, next, at + 1)).flatten()
            }
            Element::Choice(options) => self.option(firm, options, &Next { elements: rest, next }, at),
            Element::Many(options) => {
                let more = self.option(firm, options, &Next { elements, next }, at);
                more.max(self.tail(firm, rest, next, at))
            }
            Element::Number => {
                let token = self.all.get(at).filter(|_| at < self.to)?;
                (token.kind == Kind::Number).then(|| self.tail(firm, rest, next, at + 1)).flatten()
            }
            Element::Who => {
                let end = self.people(at);
                (end > at).then(|| self.tail(firm, rest, next, end)).flatten()
            }
            Element::Gap => (0..=GAP)
                .take_while(|skip| (at..at + skip).all(|i| i < self.to && self.all.get(i).is_some_and(|t| skips(t, firm))))
                .find_map(|skip| self.tail(firm, rest, next, at + skip)),
        }
    }

    /// The farthest end of a match of one of the options and then `after`, from `at`.
    fn option(&self, firm: bool, options: &Options, after: &Next<'_>, at: usize) -> Option<usize> {
        let word = self.all.get(at).filter(|_| at < self.to).map_or(0, |token| token.word);
        let mut farthest = None;
        // Most words begin none of them.
        if options.firsts & bit(word) != 0 {
            if options.has(word) {
                farthest = self.tail(firm, after.elements, after.next, at + 1);
            }
            for option in options.by_word(word) {
                farthest = farthest.max(self.tail(firm, option, Some(after), at));
            }
        }
        for option in options.others() {
            farthest = farthest.max(self.tail(firm, option, Some(after), at));
        }
        farthest
    }
}

/// Says that a gap may hold a word.
fn skips(token: &Token<'_>, firm: bool) -> bool {
    !(token.kind.separates() || firm && token.is(Small::Turn))
}
