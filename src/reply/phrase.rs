//! One phrase of a table: as it is written, and where it stands in a text.
//!
//! `(a|b)` is a choice, `(a|b)?` may be missing, `*` stands for up to three words of anything (in a phrase that means yes or no: of anything
//! that does not turn it into its opposite), `^` and `$` ask that nothing of the clause
//! stands before or behind (a name may), and a final `!` says that the phrase counts in a question too ("can you set up a call?").

use std::collections::HashSet;

use super::class::Class;
use super::sentences::{Kind, Token, tokens};
use super::small::Small;
use crate::model::Decision;

/// How many words `*` may stand for.
const GAP: usize = 3;

/// A phrase, ready to be looked for.
#[derive(Debug)]
pub(super) struct Phrase {
    /// What it is about.
    pub(super) class: Class,
    /// Counts in a question too.
    pub(super) asks_too: bool,
    elements: Vec<Element>,
    opens: bool,
    /// No gap of it may hold a [`Small::Turn`].
    firm: bool,
    /// The words that can come second, see [`bit`].
    second: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Element {
    Word(String),
    Choice(Vec<Vec<Element>>),
    Gap,
    Edge,
}

/// Any word can come second, or none has to.
const ANY: u64 = u64::MAX;

/// A word as one bit of 64: most phrases are told from a text by their second word alone.
pub(super) fn bit(word: &str) -> u64 {
    let hash = word.bytes().fold(0_u32, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(b)));
    1 << (hash.wrapping_mul(0x9E37_79B9) >> 26)
}

impl Phrase {
    /// Reads a line of a table.
    pub(super) fn new(class: Class, line: &str) -> Self {
        let (line, asks_too) = line.strip_suffix('!').map_or((line, false), |rest| (rest.trim_end(), true));
        let (line, opens) = line.strip_prefix('^').map_or((line, false), |rest| (rest.trim_start(), true));
        let elements = parse(line);
        let second = seconds(&elements, None);
        Self {
            class,
            asks_too,
            elements,
            opens,
            firm: matches!(class, Class::Decide(Decision::Interested | Decision::Pass, _)),
            second,
        }
    }

    /// The words it can begin with.
    pub(super) fn firsts(&self) -> HashSet<String> {
        let mut firsts = HashSet::new();
        can_begin(&self.elements, &mut firsts);
        firsts
    }

    /// All its words.
    pub(super) fn words(&self) -> Vec<&str> {
        let mut all = Vec::new();
        collect(&self.elements, &mut all);
        all
    }
}

fn collect<'e>(elements: &'e [Element], all: &mut Vec<&'e str>) {
    for element in elements {
        match element {
            Element::Word(word) => all.push(word),
            Element::Choice(options) => options.iter().for_each(|option| collect(option, all)),
            Element::Gap | Element::Edge => {}
        }
    }
}

/// A stretch of a text in which phrases are looked for.
pub(super) struct View<'a> {
    pub(super) all: &'a [Token<'a>],
    pub(super) from: usize,
    pub(super) to: usize,
    /// Says that a token counts as an edge of a clause.
    pub(super) edge: &'a dyn Fn(usize) -> bool,
}

impl View<'_> {
    /// The farthest end of a phrase that begins at `at`; `second` is the [`bit`] of the word behind, 0 for none.
    pub(super) fn matches(&self, phrase: &Phrase, at: usize, second: u64) -> Option<usize> {
        if phrase.second != ANY && phrase.second & second == 0 {
            return None;
        }
        if phrase.opens && at > self.from && !self.is_edge(at - 1) {
            return None;
        }
        self.tail(phrase.firm, &phrase.elements, None, at)
    }

    fn is_edge(&self, at: usize) -> bool {
        at >= self.to
            || (self.edge)(at)
            || self
                .all
                .get(at)
                .is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || Small::Joint.has(&token.fold))
    }

    /// The farthest end of a match of `elements` and then `next`, from `at`.
    fn tail(&self, firm: bool, elements: &[Element], next: Option<&Next<'_>>, at: usize) -> Option<usize> {
        let Some((first, rest)) = elements.split_first() else {
            return next.map_or(Some(at), |next| self.tail(firm, next.elements, next.next, at));
        };
        match first {
            Element::Edge => self.is_edge(at).then(|| self.tail(firm, rest, next, at)).flatten(),
            Element::Word(word) => {
                let token = self.all.get(at).filter(|_| at < self.to)?;
                (token.fold == *word).then(|| self.tail(firm, rest, next, at + 1)).flatten()
            }
            Element::Choice(options) => {
                let after = Next { elements: rest, next };
                options.iter().filter_map(|option| self.tail(firm, option, Some(&after), at)).max()
            }
            Element::Gap => (0..=GAP)
                .take_while(|skip| (at..at + skip).all(|i| i < self.to && self.all.get(i).is_some_and(|t| skips(t, firm))))
                .find_map(|skip| self.tail(firm, rest, next, at + skip)),
        }
    }
}

/// Says that a gap may hold a word.
fn skips(token: &Token<'_>, firm: bool) -> bool {
    !(token.kind.separates() || firm && Small::Turn.has(&token.fold))
}

/// What must follow an option of a choice.
struct Next<'a> {
    elements: &'a [Element],
    next: Option<&'a Next<'a>>,
}

/// A phrase as written; choices may stand inside choices.
fn parse(line: &str) -> Vec<Element> {
    let mut rest = line;
    let mut options = parse_options(&mut rest);
    options.pop().unwrap_or_default()
}

/// Reads the options of a choice up to its closing bracket, or a whole line as one option.
fn parse_options(rest: &mut &str) -> Vec<Vec<Element>> {
    let mut options = vec![Vec::new()];
    loop {
        let end = rest.find(['(', ')', '|']).unwrap_or(rest.len());
        let (words, tail) = rest.split_at(end);
        if let Some(option) = options.last_mut() {
            option.extend(plain(words));
        }
        let Some(mark) = tail.chars().next() else {
            *rest = tail;
            return options;
        };
        *rest = tail.get(1..).unwrap_or_default();
        match mark {
            '(' => {
                let mut inner = parse_options(rest);
                if let Some(after) = rest.strip_prefix('?') {
                    *rest = after;
                    inner.push(Vec::new());
                }
                if let Some(option) = options.last_mut() {
                    option.push(Element::Choice(inner));
                }
            }
            '|' => options.push(Vec::new()),
            _ => return options,
        }
    }
}

fn plain(text: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    for word in text.split_whitespace() {
        match word {
            "*" => elements.push(Element::Gap),
            "$" => elements.push(Element::Edge),
            _ => elements.extend(tokens(word).into_iter().map(|token| Element::Word(token.fold.into_owned()))),
        }
    }
    elements
}

/// The words a phrase can begin with; true when it can also be empty up to here.
fn can_begin(elements: &[Element], firsts: &mut HashSet<String>) -> bool {
    for element in elements {
        let skippable = match element {
            Element::Word(word) => {
                firsts.insert(word.clone());
                false
            }
            Element::Choice(options) => options.iter().filter(|option| can_begin(option, firsts)).count() > 0,
            Element::Gap | Element::Edge => true,
        };
        if !skippable {
            return false;
        }
    }
    true
}

/// The words that can come second, when the first is not yet taken.
fn seconds(elements: &[Element], next: Option<&Next<'_>>) -> u64 {
    let Some((first, rest)) = elements.split_first() else {
        return next.map_or(ANY, |next| seconds(next.elements, next.next));
    };
    match first {
        Element::Word(_) => begins(rest, next),
        Element::Choice(options) => {
            let after = Next { elements: rest, next };
            options.iter().fold(0, |all, option| all | seconds(option, Some(&after)))
        }
        Element::Gap => ANY,
        Element::Edge => seconds(rest, next),
    }
}

/// The words that can come next.
fn begins(elements: &[Element], next: Option<&Next<'_>>) -> u64 {
    let Some((first, rest)) = elements.split_first() else {
        return next.map_or(ANY, |next| begins(next.elements, next.next));
    };
    match first {
        Element::Word(word) => bit(word),
        Element::Choice(options) => {
            let after = Next { elements: rest, next };
            options.iter().fold(0, |all, option| all | begins(option, Some(&after)))
        }
        Element::Gap | Element::Edge => ANY,
    }
}
