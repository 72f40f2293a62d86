//! The phrase tables of `words/*.txt`, compiled once, and how they are looked up.
//!
//! A line of a table is a phrase, see [`super::phrase`]. At each place the longest phrase wins, whatever its class:
//! "not interested" is found before "interested" can be.

use std::sync::{Arc, LazyLock};

use fnv::FnvHashMap;

pub(super) use super::class::{Class, Set, Strength};
use super::phrase::{Phrase, View, bit};
use super::sentences::{Kind, Token};

/// A phrase found.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// What it is about.
    pub(super) class: Class,
    /// First token and the one behind the last.
    pub(super) tokens: std::ops::Range<usize>,
    /// Counts in a question too.
    pub(super) asks_too: bool,
}

/// The tables, English first.
const TABLES: [&str; 8] = [
    include_str!("words/en.txt"),
    include_str!("words/en_reasons.txt"),
    include_str!("words/de.txt"),
    include_str!("words/fr.txt"),
    include_str!("words/es.txt"),
    include_str!("words/nl.txt"),
    include_str!("words/it.txt"),
    include_str!("words/pt.txt"),
];

static WORDS: LazyLock<Words> = LazyLock::new(Words::compile);

/// Short names, and the names they are short for.
static NICKNAMES: LazyLock<FnvHashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut all: FnvHashMap<&str, Vec<&str>> = FnvHashMap::default();
    let lines = include_str!("words/nicknames.txt").lines().filter(|line| !line.starts_with('#'));
    for (full, short) in lines.filter_map(|line| line.split_once(':')) {
        for short in short.split_whitespace() {
            all.entry(short).or_default().push(full.trim());
        }
    }
    all
});

/// The names that this one is short for.
pub(super) fn nicknames(short: &str) -> impl Iterator<Item = &'static str> {
    NICKNAMES.get(short).into_iter().flatten().copied()
}

/// All words of the tables, folded. Nobody from outside adds any, so a quick hash is good enough.
#[derive(Default)]
struct Words {
    known: FnvHashMap<String, Known>,
}

/// What the tables hold of one word.
#[derive(Default)]
struct Known {
    /// The phrases that can begin with it.
    phrases: Vec<Arc<Phrase>>,
    /// Those of them that mean a set of candidates.
    sets: Vec<Arc<Phrase>>,
    /// It stands in tables of languages other than English only.
    foreign: bool,
    /// A candidate can be called by it.
    person: bool,
}

fn look_up(fold: &str) -> Option<&'static Known> {
    WORDS.known.get(fold)
}

/// True for words that stand in a table: such a word is no misspelt name.
pub(super) fn known(fold: &str) -> bool {
    look_up(fold).is_some()
}

/// True for words that only stand in tables of languages other than English.
pub(super) fn foreign(fold: &str) -> bool {
    look_up(fold).is_some_and(|known| known.foreign)
}

/// True for nouns a candidate can be called by: "developer", "one".
pub(super) fn is_person(fold: &str) -> bool {
    look_up(fold).is_some_and(|known| known.person)
}

/// All phrases of `tokens[from..to]`, leftmost first, longest wins. `edge(i)` says that token `i` counts as an edge of a clause.
pub(super) fn find(all: &[Token<'_>], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    // Of two that are equally long, one that means something goes before a word that says nothing.
    scan(&View { all, from, to, edge }, |known| &known.phrases, |old| old == Class::Filler)
}

/// Phrases for sets of candidates, wherever they stand: "both" is one inside "pass on both" too.
pub(super) fn sets(all: &[Token<'_>], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let mut hits = scan(&View { all, from, to, edge }, |known| &known.sets, |_| true);
    hits.iter_mut().for_each(|hit| hit.asks_too = false);
    hits
}

/// Goes from place to place. `gives_way` says whether a phrase gives way to a later one of the same length.
fn scan(view: &View<'_>, phrases: fn(&Known) -> &[Arc<Phrase>], gives_way: fn(Class) -> bool) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = view.from;
    while at < view.to {
        let here = view
            .all
            .get(at)
            .and_then(|token| look_up(&token.fold))
            .map(phrases)
            .unwrap_or_default();
        let mut best: Option<(usize, &Arc<Phrase>)> = None;
        let second = if here.is_empty() { 0 } else { second(view, at) };
        let numbered = is_verdict_on_a_number(view, at);
        for phrase in here.iter().filter(|phrase| !(numbered && matches!(phrase.class, Class::Set(_)))) {
            if let Some(end) = view.matches(phrase, at, second)
                && best.is_none_or(|(longest, sofar)| end > longest || end == longest && gives_way(sofar.class))
            {
                best = Some((end, phrase));
            }
        }
        match best {
            Some((end, phrase)) => {
                hits.push(Hit {
                    class: phrase.class,
                    tokens: at..end,
                    asks_too: phrase.asks_too,
                });
                at = end;
            }
            None => at += 1,
        }
    }
    hits
}

/// "1 yes 2 no 3 maybe": this "no" is what is said of the 2, not the short form of "number".
fn is_verdict_on_a_number(view: &View<'_>, at: usize) -> bool {
    let is_no = view.all.get(at).is_some_and(|token| token.fold == "no");
    let before = at.checked_sub(1).filter(|before| *before >= view.from);
    is_no
        && before
            .and_then(|at| view.all.get(at))
            .is_some_and(|token| token.kind == Kind::Number)
}

fn second(view: &View<'_>, at: usize) -> u64 {
    let next = view.all.get(at + 1).filter(|_| at + 1 < view.to);
    next.map_or(0, |token| bit(&token.fold))
}

/// The end of the longest phrase of one class at the beginning of `all`.
pub(super) fn begins(all: &[Token<'_>], class: Class) -> Option<usize> {
    let known = look_up(&all.first()?.fold)?;
    let view = View {
        all,
        from: 0,
        to: all.len(),
        edge: &|_| false,
    };
    let of_class = known.phrases.iter().filter(|phrase| phrase.class == class);
    of_class.filter_map(|phrase| view.matches(phrase, 0, second(&view, 0))).max()
}

impl Words {
    fn compile() -> Self {
        let mut words = Self::default();
        for (number, table) in TABLES.iter().enumerate() {
            let mut class = Class::Noise;
            for line in table
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
            {
                if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    class = Class::named(section).unwrap_or(Class::Noise);
                } else {
                    words.add(class, line, number > 1);
                }
            }
        }
        words
    }

    fn add(&mut self, class: Class, line: &str, foreign: bool) {
        // Words that say nothing come many to a line.
        if matches!(class, Class::Filler | Class::Person) {
            for word in line.split_whitespace() {
                self.add_phrase(class, word, foreign);
                if class == Class::Person {
                    self.known.entry(word.to_owned()).or_default().person = true;
                }
            }
        } else {
            self.add_phrase(class, line, foreign);
        }
    }

    fn add_phrase(&mut self, class: Class, line: &str, foreign: bool) {
        let phrase = Arc::new(Phrase::new(class, line));
        for word in phrase.words() {
            if !self.known.contains_key(word) {
                let known = Known {
                    foreign,
                    ..Known::default()
                };
                self.known.insert(word.to_owned(), known);
            }
        }
        for first in phrase.firsts() {
            let known = self.known.entry(first).or_default();
            if matches!(class, Class::Set(_)) {
                known.sets.push(Arc::clone(&phrase));
            }
            known.phrases.push(Arc::clone(&phrase));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::tokens;
    use super::*;
    use crate::model::Decision;

    #[test]
    fn every_section_of_every_table_has_a_class() {
        let mut found = 0;
        for table in TABLES {
            for line in table.lines().map(str::trim).filter(|line| line.starts_with('[')) {
                assert!(Class::named(line.trim_matches(['[', ']'])).is_some(), "{line}");
                found += 1;
            }
        }
        assert!(found > 60, "{found}");
    }

    #[test]
    fn the_longest_phrase_wins() {
        let all = tokens("we are not interested, sorry");
        let hits = find(&all, 0, all.len(), &|_| false);
        assert!(
            hits.iter().any(|hit| hit.class == Class::Decide(Decision::Pass, Strength::Strong)),
            "{hits:?}"
        );
        assert!(
            !hits.iter().any(|hit| matches!(hit.class, Class::Decide(Decision::Interested, _))),
            "{hits:?}"
        );
    }
}
