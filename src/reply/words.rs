//! The phrase tables of `words/*.txt`, compiled once, and how they are looked up.
//!
//! A line of a table is a phrase, see [`super::phrase`]. At each place the longest phrase wins, whatever its class:
//! "not interested" is found before "interested" can be. The section `[let]` gives names to choices that many phrases share:
//! after `meet = meet|see|talk to`, `{meet}` stands for `(meet|see|talk to)` in all tables of the language.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use fnv::FnvHashMap;

use super::choice::{NUMBER, Named, bit, choice_named, each_word};
pub(super) use super::class::{Class, Set, Strength};
use super::languages::{self, ENGLISH, Languages};
use super::phrase::{Phrase, STEPS, Start, View, bare};
use super::sentences::{Kind, Token};
use crate::model::Reason;

/// A phrase found.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// What it is about.
    pub(super) class: Class,
    /// First token and the one behind the last.
    pub(super) tokens: Range<usize>,
    /// Counts in a question too.
    pub(super) asks_too: bool,
}

/// The tables of each language, English first.
const TABLES: [&[&str]; languages::COUNT] = [
    &[
        include_str!("words/en_small_talk.txt"),
        include_str!("words/en_yes.txt"),
        include_str!("words/en_no.txt"),
        include_str!("words/en_maybe.txt"),
        include_str!("words/en.txt"),
        include_str!("words/en_reasons.txt"),
        include_str!("words/en_why.txt"),
    ],
    &[include_str!("words/de.txt")],
    &[include_str!("words/fr.txt")],
    &[include_str!("words/es.txt")],
    &[include_str!("words/nl.txt")],
    &[include_str!("words/it.txt")],
    &[include_str!("words/pt.txt")],
];

static WORDS: LazyLock<Words> = LazyLock::new(Words::read);

/// All words of the tables, folded. Nobody from outside adds any, so a quick hash is good enough.
#[derive(Default)]
struct Words {
    numbers: FnvHashMap<String, u32>,
    /// By number; the first is for words that are in no table, and the second for numbers in figures.
    known: Vec<Known>,
}

/// What the tables hold of one word.
#[derive(Default, Clone, Copy)]
struct Known {
    /// The languages in whose tables it stands.
    languages: Languages,
    /// A candidate can be called by it.
    person: bool,
}

/// The phrases of each language, once somebody writes in it: most houses are answered in one or two.
static PHRASES: [OnceLock<Phrases>; languages::COUNT] = [const { OnceLock::new() }; languages::COUNT];

/// The phrases of a language by the words they can begin with.
#[derive(Default)]
struct Phrases {
    starts: FnvHashMap<u32, Starts>,
}

/// The phrases that can begin with one word.
#[derive(Default)]
struct Starts {
    all: Vec<Start>,
    /// Those of them that mean a set of candidates.
    sets: Vec<Start>,
    /// Those that mean the writer's own house; they stand inside others.
    own: Vec<Start>,
}

/// What can begin with a word, in the languages of the text.
fn starts(spoken: Languages, word: u32) -> impl Iterator<Item = &'static Starts> {
    let languages = PHRASES.iter().enumerate().filter(move |(at, _)| spoken >> at & 1 != 0);
    languages.filter_map(move |(at, phrases)| phrases.get_or_init(|| Phrases::compile(at)).starts.get(&word))
}

impl Known {
    /// It stands in tables of languages other than English only.
    const fn is_foreign(&self) -> bool {
        languages::is_foreign(self.languages)
    }
}

/// The place of phrases that begin with a number in figures.
const FIGURES: u32 = 1;

/// The languages in whose tables a word stands, none for a word of no table.
pub(super) fn languages_of(number: u32) -> Languages {
    by_number(number).map_or(0, |known| known.languages)
}

/// The number of a word, 0 when it is in no table.
pub(super) fn number(fold: &str) -> u32 {
    WORDS.numbers.get(fold).copied().unwrap_or_default()
}

fn by_number(number: u32) -> Option<&'static Known> {
    WORDS.known.get(usize::try_from(number).ok()?)
}

fn look_up(fold: &str) -> Option<&'static Known> {
    by_number(number(fold)).filter(|_| number(fold) > FIGURES)
}

/// True for words that stand in a table: such a word is no misspelt name.
pub(super) fn known(fold: &str) -> bool {
    look_up(fold).is_some()
}

/// True for words that only stand in tables of languages other than English.
pub(super) fn foreign(fold: &str) -> bool {
    look_up(fold).is_some_and(Known::is_foreign)
}

/// True for nouns a candidate can be called by: "developer", "one".
pub(super) fn is_person(fold: &str) -> bool {
    look_up(fold).is_some_and(|known| known.person)
}

/// All phrases of `tokens[from..to]`, leftmost first, longest wins. `edge(i)` says that token `i` counts as an edge of a clause.
pub(super) fn find(all: &[Token<'_>], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let view = View::new(all, from, to, edge);
    // Of two that are equally long, one that means something goes before a word that says nothing.
    let mut hits = scan(&view, |starts| &starts.all, |old| old == Class::Filler);
    hits.append(&mut scan(&view, |starts| &starts.own, |_| false));
    hits.sort_by_key(|hit| hit.tokens.start);
    hits
}

/// Phrases for sets of candidates, wherever they stand: "both" is one inside "pass on both" too.
pub(super) fn sets(all: &[Token<'_>], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let mut hits = scan(&View::new(all, from, to, edge), |starts| &starts.sets, |_| true);
    hits.iter_mut().for_each(|hit| hit.asks_too = false);
    hits
}

/// Reasons inside the words of a verdict: "keep him as a backup" says why as well.
pub(super) fn reasons_inside(all: &[Token<'_>], verdict: &Range<usize>) -> Vec<Reason> {
    let view = View::new(all, verdict.start, verdict.end, &|_| false);
    let mut reasons = Vec::new();
    for at in verdict.clone() {
        let Some(token) = all.get(at) else { continue };
        view.steps.set(STEPS);
        let behind = behind(&view, at);
        let here = starts(token.languages, token.word).flat_map(|starts| &starts.all);
        for start in here.filter(|start| start.may_go_on(behind)) {
            if let Class::Because(reason, _) = start.phrase.class
                && !reasons.contains(&reason)
                && view.matches(start, at).is_some()
            {
                reasons.push(reason);
            }
        }
    }
    reasons
}

/// Goes from place to place. `gives_way` says whether a phrase gives way to a later one of the same length.
fn scan(view: &View<'_>, which: fn(&Starts) -> &[Start], gives_way: fn(Class) -> bool) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = view.from;
    while at < view.to {
        let any = |_: Class| true;
        let mut best = best(view, at, which, gives_way, &any);
        // "I'm going to pass this along to Tim": the words of a verdict that are the beginning of something longer without a meaning.
        let decides = |class: Class| matches!(class, Class::Decide(_, _));
        if let Some((end, _)) = best.filter(|(_, phrase)| decides(phrase.class))
            && (at + 1..end).any(|later| {
                let later = self::best(view, later, which, gives_way, &any);
                later.is_some_and(|(longer, phrase)| phrase.class == Class::Noise && longer > end)
            })
        {
            best = self::best(view, at, which, gives_way, &|class| !decides(class));
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
            None => {
                if view.steps.get() == 0 {
                    hits.push(Hit {
                        class: Class::Lost,
                        tokens: at..at + 1,
                        asks_too: true,
                    });
                }
                at += 1;
            }
        }
    }
    hits
}

/// The phrase that counts at one place, and where it ends, of those whose class is `allowed`.
fn best(
    view: &View<'_>,
    at: usize,
    which: fn(&Starts) -> &[Start],
    gives_way: fn(Class) -> bool,
    allowed: &dyn Fn(Class) -> bool,
) -> Option<(usize, &'static Phrase)> {
    view.steps.set(STEPS);
    let token = view.all.get(at);
    let spoken = token.map_or(ENGLISH, |token| token.languages);
    let words = token.map(|token| token.word).into_iter();
    let figures = token.filter(|token| token.kind == Kind::Number).map(|_| FIGURES);
    let here = words.chain(figures).flat_map(|word| starts(spoken, word)).flat_map(which);
    let mut best: Option<(usize, &Phrase)> = None;
    let behind = behind(view, at);
    let numbered = is_verdict_on_a_number(view, at);
    for start in here.filter(|start| start.may_go_on(behind) && allowed(start.phrase.class)) {
        let phrase = &*start.phrase;
        if !(numbered && matches!(phrase.class, Class::Set(_)))
            && let Some(end) = view.matches(start, at)
            && best.is_none_or(|(longest, sofar)| match outranks(phrase.class, sofar.class) {
                Some(outranks) => outranks,
                None => end > longest || end == longest && gives_way(sofar.class),
            })
        {
            best = Some((end, phrase));
        }
    }
    best
}

/// Of two reasons the sure one goes before the longer one, and before both goes what became of the role. "Of the
/// three" says more than that it says nothing. Nothing else outranks anything.
fn outranks(one: Class, other: Class) -> Option<bool> {
    match (one, other) {
        (Class::Because(_, one), Class::Because(_, other)) if one != other => Some(one > other),
        (Class::Role(_), Class::Because(_, _)) => Some(true),
        (Class::Because(_, _), Class::Role(_)) => Some(false),
        (Class::Among, Class::Noise) => Some(true),
        (Class::Noise, Class::Among) => Some(false),
        _ => None,
    }
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

/// The two words behind, as bits.
fn behind(view: &View<'_>, at: usize) -> [u64; 2] {
    [at + 1, at + 2].map(|at| view.all.get(at).filter(|_| at < view.to).map_or(0, |token| bit(token.word)))
}

/// A phrase of this class can begin with this word.
pub(super) fn may_begin(first: &Token<'_>, class: Class) -> bool {
    starts(first.languages, first.word).any(|starts| starts.all.iter().any(|start| start.phrase.class == class))
}

/// The end of the longest phrase of one class at the beginning of `all`.
pub(super) fn begins(all: &[Token<'_>], class: Class) -> Option<usize> {
    let first = all.first()?;
    let view = View::new(all, 0, all.len(), &|_| false);
    let here = starts(first.languages, first.word).flat_map(|starts| &starts.all);
    let of_class = here.filter(|start| start.phrase.class == class);
    of_class
        .filter(|start| start.may_go_on(behind(&view, 0)))
        .filter_map(|start| view.matches(start, 0))
        .max()
}

/// The lines of a table that say something.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The title of a section.
fn section(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']')
}

/// What a line of a table says.
enum Line<'t> {
    /// A name for a choice.
    Name(&'t str, &'t str),
    Phrase(Class, &'t str),
}

/// The lines of all tables of a language.
fn said(tables: &'static [&'static str]) -> impl Iterator<Item = Line<'static>> {
    let mut class = None;
    tables
        .iter()
        .copied()
        .flat_map(lines)
        .filter_map(move |line| match (section(line), class) {
            (Some(section), _) => {
                class = (section != "let").then(|| Class::named(section).unwrap_or(Class::Noise));
                None
            }
            (None, Some(class)) => Some(Line::Phrase(class, line)),
            (None, None) => line.split_once('=').map(|(name, options)| Line::Name(name.trim(), options.trim())),
        })
}

/// Words that say nothing come many to a line.
const fn is_list(class: Class) -> bool {
    matches!(class, Class::Filler | Class::Person)
}

impl Words {
    fn read() -> Self {
        let mut words = Self::default();
        words.known.resize(2, Known::default());
        words.numbers.insert(NUMBER.to_owned(), FIGURES);
        for (at, tables) in TABLES.iter().enumerate() {
            for line in said(tables) {
                match line {
                    Line::Name(_, options) => words.learn(options, at, false),
                    Line::Phrase(class, line) => words.learn(bare(line).line, at, class == Class::Person),
                }
            }
        }
        words
    }

    /// Gives the words of a line their numbers.
    fn learn(&mut self, line: &str, language: usize, person: bool) {
        each_word(line, &mut |word| {
            let new = u32::try_from(self.known.len()).unwrap_or_default();
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    self.numbers.insert(word.to_owned(), new);
                    self.known.push(Known::default());
                    new
                }
            };
            if let Some(known) = usize::try_from(number).ok().and_then(|at| self.known.get_mut(at)) {
                known.languages |= 1 << language;
                known.person |= person;
            }
        });
    }
}

impl Phrases {
    fn compile(language: usize) -> Self {
        let mut phrases = Self::default();
        let mut named = Named::default();
        for line in TABLES.get(language).copied().into_iter().flat_map(said) {
            match line {
                Line::Name(name, options) => {
                    let choice = choice_named(options, &named);
                    named.insert(name.to_owned(), choice);
                }
                Line::Phrase(class, line) if is_list(class) => line.split_whitespace().for_each(|word| phrases.add(class, word, &named)),
                Line::Phrase(class, line) => phrases.add(class, line, &named),
            }
        }
        phrases
    }

    fn add(&mut self, class: Class, line: &str, named: &Named) {
        for (first, start) in Phrase::new(class, line, named).starts() {
            let starts = self.starts.entry(first.unwrap_or(FIGURES)).or_default();
            if class == Class::Own {
                starts.own.push(start);
                continue;
            }
            if matches!(class, Class::Set(_)) {
                starts.sets.push(start.clone());
            }
            starts.all.push(start);
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
        for table in TABLES.iter().copied().flatten() {
            for section in lines(table).filter_map(section) {
                assert!(section == "let" || Class::named(section).is_some(), "{section}");
                found += 1;
            }
        }
        assert!(found > 60, "{found}");
    }

    #[test]
    fn every_name_stands_for_something() {
        for table in TABLES.iter().copied().flatten() {
            let names: Vec<&str> = lines(table)
                .flat_map(|line| line.split('{').skip(1))
                .filter_map(|rest| rest.split('}').next())
                .collect();
            for name in names {
                let own = TABLES.into_iter().find(|tables| tables.contains(table)).unwrap();
                let is_given = own
                    .iter()
                    .flat_map(|table| lines(table))
                    .any(|line| line.split_once('=').is_some_and(|(one, _)| one.trim() == name));
                assert!(is_given, "{{{name}}}");
            }
        }
    }

    #[test]
    fn what_can_be_taken_apart_in_many_ways_ends() {
        // Without a bound each more of them doubles the time: this would not end while anybody lives.
        for word in ["estan ", "very ", "really quite ", "noch ", "plus ", "molto ", "muito ", "heel "] {
            let text = word.repeat(240);
            let all = tokens(&text);
            find(&all, 0, all.len(), &|_| false);
        }
    }

    #[test]
    fn what_was_not_read_to_the_end_is_said_to_be_lost() {
        let lost = |text: &str| {
            let all = tokens(text);
            find(&all, 0, all.len(), &|_| false).iter().any(|hit| hit.class == Class::Lost)
        };
        assert!(lost(&"estan ".repeat(240)));
        assert!(!lost("they are all really very, very good and we would love to meet them"));
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
