//! The phrase tables of `words/*.txt`, compiled once, and the matcher that finds them.
//!
//! A line of a table is a phrase. `(a|b)` is a choice, `(a|b)?` may be missing, `*` stands for up to three words of anything,
//! `^` and `$` ask that nothing of the clause stands before or behind (a name may), and a final `!` says that the phrase
//! counts in a question too ("can you set up a call?"). At each place the longest phrase wins, whatever its class:
//! "not interested" is found before "interested" can be.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use super::sentences::{Kind, Token, tokens};
use crate::model::{Decision, Reason};

/// What a phrase is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A decision, and how much the words carry.
    Decide(Decision, Strength),
    /// A reason.
    Because(Reason),
    /// A reason only where we had asked for one: "salary".
    Bare(Reason),
    /// Holds words of another class and means nothing: "no problem".
    Noise,
    /// Kind words without a verdict.
    Praise,
    /// "unfortunately", "afraid".
    Regret,
    /// Thanks.
    Thanks,
    /// A negation on its own.
    Not,
    /// A word for trouble: "concern", "gap".
    Worry,
    /// A contrast: "but", "however".
    But,
    /// Opens a condition.
    If,
    /// The other branch of a condition: "if not", "otherwise".
    Else,
    /// Words of the writer's own house inside a condition: "if my boss agrees".
    Own,
    /// Takes the strength from a decision: "probably".
    Unsure,
    /// Takes back what was said: "scratch that".
    Correct,
    /// Opens a question.
    Asks,
    /// Wants a document.
    Wants,
    /// Comes back on their own.
    Later,
    /// No more mail.
    Stop,
    /// Somebody else decides.
    Wrong,
    /// "Grace too".
    Same,
    /// "just", "only", in front of a name.
    Only,
    /// Yes to a question of ours.
    Yes,
    /// No to a question of ours.
    No,
    /// A word that says nothing here.
    Filler,
    /// Opens a letter.
    Greeting,
    /// Closes a letter.
    SignOff,
    /// A set of candidates.
    Set(Set),
    /// "but", "except" between a set and a name.
    Except,
    /// A noun for a candidate: "developer", "one".
    Person,
}

impl Class {
    /// The decision, when it is one.
    pub(super) const fn decision(self) -> Option<(Decision, Strength)> {
        if let Self::Decide(decision, strength) = self {
            Some((decision, strength))
        } else {
            None
        }
    }

    /// The reason, when it is one; a bare word only where one was asked for.
    pub(super) const fn reason(self, asked_why: bool) -> Option<Reason> {
        if let Self::Because(reason) = self {
            Some(reason)
        } else if let (Self::Bare(reason), true) = (self, asked_why) {
            Some(reason)
        } else {
            None
        }
    }
}

/// How much the words of a decision carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Says little: "ok". Gives way to anything else.
    Faint,
    /// Could mean it: to be asked about.
    Weak,
    /// Can be acted on.
    Strong,
}

impl Strength {
    fn named(detail: &str) -> Option<Self> {
        match detail {
            "" => Some(Self::Strong),
            "weak" => Some(Self::Weak),
            "faint" => Some(Self::Faint),
            _ => None,
        }
    }
}

/// Candidates meant without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// All of them.
    All,
    /// All of two, or all of three.
    Count(usize),
    /// None of them: also a pass.
    None,
    /// None of two.
    Neither,
    /// Those not spoken of; how many, when said.
    Rest(Option<usize>),
    /// By order, from 1.
    Nth(usize),
    /// By order, only when there are two.
    OfTwo(usize),
    /// The last in the letter.
    Last,
    /// Somebody, but nobody can tell who: "one of them".
    Some,
}

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

/// Words that join clauses: a verdict may end before them and begin behind them.
const JOINTS: [&str; 28] = [
    "if",
    "but",
    "and",
    "because",
    "since",
    "provided",
    "assuming",
    "unless",
    "though",
    "although",
    "however",
    "while",
    "as",
    "thanks",
    "sorry",
    "unfortunately",
    "wenn",
    "falls",
    "aber",
    "und",
    "mais",
    "pero",
    "maar",
    "please",
    "except",
    "apart",
    "or",
    "so",
];

/// How many words `*` may stand for.
const GAP: usize = 3;

static WORDS: LazyLock<Words> = LazyLock::new(Words::compile);

/// True for words that stand in a table: such a word is no misspelt name.
pub(super) fn known(fold: &str) -> bool {
    WORDS.vocabulary.contains(fold)
}

/// True for words that only stand in tables of languages other than English.
pub(super) fn foreign(fold: &str) -> bool {
    WORDS.foreign.contains(fold)
}

/// True for nouns a candidate can be called by: "developer", "one".
pub(super) fn is_person(fold: &str) -> bool {
    WORDS.persons.contains(fold)
}

/// All phrases of `tokens[from..to]`, leftmost first, longest wins. `edge(i)` says that token `i` counts as an edge of a clause.
pub(super) fn find(all: &[Token], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = from;
    while at < to {
        let best = all.get(at).and_then(|token| WORDS.phrases.get(&token.fold)).and_then(|phrases| {
            let view = View { all, from, to, edge };
            let mut best: Option<(usize, &Arc<Phrase>)> = None;
            for phrase in phrases {
                if let Some(end) = view.matches(phrase, at)
                    && best.is_none_or(|(longest, sofar)| end > longest || end == longest && sofar.class == Class::Filler)
                {
                    best = Some((end, phrase));
                }
            }
            best
        });
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

/// Phrases for sets of candidates, wherever they stand: "both" is one inside "pass on both" too.
pub(super) fn sets(all: &[Token], from: usize, to: usize, edge: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = from;
    while at < to {
        let view = View { all, from, to, edge };
        let phrases = all.get(at).and_then(|token| WORDS.phrases.get(&token.fold)).into_iter().flatten();
        let longest = phrases
            .filter(|phrase| matches!(phrase.class, Class::Set(_)))
            .filter_map(|phrase| view.matches(phrase, at).map(|end| (end, phrase.class)))
            .max_by_key(|(end, _)| *end);
        match longest {
            Some((end, class)) => {
                hits.push(Hit {
                    class,
                    tokens: at..end,
                    asks_too: false,
                });
                at = end;
            }
            None => at += 1,
        }
    }
    hits
}

/// The end of the longest phrase of one class at the beginning of `all`.
pub(super) fn begins(all: &[Token], class: Class) -> Option<usize> {
    let phrases = WORDS.phrases.get(&all.first()?.fold)?;
    let view = View {
        all,
        from: 0,
        to: all.len(),
        edge: &|_| false,
    };
    phrases
        .iter()
        .filter(|phrase| phrase.class == class)
        .filter_map(|phrase| view.matches(phrase, 0))
        .max()
}

struct Words {
    /// By the words they can begin with.
    phrases: HashMap<String, Vec<Arc<Phrase>>>,
    vocabulary: HashSet<String>,
    foreign: HashSet<String>,
    persons: HashSet<String>,
}

#[derive(Debug)]
struct Phrase {
    class: Class,
    elements: Vec<Element>,
    opens: bool,
    asks_too: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Element {
    Word(String),
    Choice(Vec<Vec<Element>>),
    Gap,
    Edge,
}

struct View<'a> {
    all: &'a [Token],
    from: usize,
    to: usize,
    edge: &'a dyn Fn(usize) -> bool,
}

impl View<'_> {
    fn matches(&self, phrase: &Phrase, at: usize) -> Option<usize> {
        if phrase.opens && at > self.from && !self.is_edge(at - 1) {
            return None;
        }
        self.tail(&phrase.elements, None, at)
    }

    fn is_edge(&self, at: usize) -> bool {
        at >= self.to
            || (self.edge)(at)
            || self
                .all
                .get(at)
                .is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || JOINTS.contains(&token.fold.as_str()))
    }

    /// The farthest end of a match of `elements` and then `next`, from `at`.
    fn tail(&self, elements: &[Element], next: Option<&Next<'_>>, at: usize) -> Option<usize> {
        let Some((first, rest)) = elements.split_first() else {
            return next.map_or(Some(at), |next| self.tail(next.elements, next.next, at));
        };
        match first {
            Element::Edge => self.is_edge(at).then(|| self.tail(rest, next, at)).flatten(),
            Element::Word(word) => {
                let token = self.all.get(at).filter(|_| at < self.to)?;
                (token.fold == *word).then(|| self.tail(rest, next, at + 1)).flatten()
            }
            Element::Choice(options) => {
                let after = Next { elements: rest, next };
                options.iter().filter_map(|option| self.tail(option, Some(&after), at)).max()
            }
            Element::Gap => (0..=GAP)
                .take_while(|skip| (at..at + skip).all(|i| i < self.to && self.all.get(i).is_some_and(|t| !t.kind.separates())))
                .find_map(|skip| self.tail(rest, next, at + skip)),
        }
    }
}

/// What must follow an option of a choice.
struct Next<'a> {
    elements: &'a [Element],
    next: Option<&'a Next<'a>>,
}

impl Words {
    fn compile() -> Self {
        let mut words = Self {
            phrases: HashMap::new(),
            vocabulary: HashSet::new(),
            foreign: HashSet::new(),
            persons: HashSet::new(),
        };
        for (number, table) in TABLES.iter().enumerate() {
            let mut class = Class::Noise;
            for line in table
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
            {
                if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    class = class_named(section).unwrap_or(Class::Noise);
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
                if class == Class::Person {
                    self.persons.insert(word.to_owned());
                }
                self.add_phrase(class, word, foreign);
            }
        } else {
            self.add_phrase(class, line, foreign);
        }
    }

    fn add_phrase(&mut self, class: Class, line: &str, foreign: bool) {
        let (line, asks_too) = line.strip_suffix('!').map_or((line, false), |rest| (rest.trim_end(), true));
        let (line, opens) = line.strip_prefix('^').map_or((line, false), |rest| (rest.trim_start(), true));
        let elements = parse(line);
        self.learn(&elements, foreign);
        let mut firsts = HashSet::new();
        can_begin(&elements, &mut firsts);
        let phrase = Arc::new(Phrase {
            class,
            elements,
            opens,
            asks_too,
        });
        for first in firsts {
            self.phrases.entry(first).or_default().push(Arc::clone(&phrase));
        }
    }

    fn learn(&mut self, elements: &[Element], foreign: bool) {
        for element in elements {
            match element {
                Element::Word(word) => {
                    if self.vocabulary.insert(word.clone()) && foreign {
                        self.foreign.insert(word.clone());
                    }
                }
                Element::Choice(options) => options.iter().for_each(|option| self.learn(option, foreign)),
                Element::Gap | Element::Edge => {}
            }
        }
    }
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
            _ => elements.extend(tokens(word).into_iter().map(|token| Element::Word(token.fold))),
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

fn class_named(section: &str) -> Option<Class> {
    let (word, detail) = section.split_once(' ').unwrap_or((section, ""));
    let number = || detail.parse::<usize>().ok();
    Some(match word {
        "interested" | "maybe" | "pass" => Class::Decide(word.parse().ok()?, Strength::named(detail)?),
        "reason" => Class::Because(detail.parse().ok()?),
        "bare" => Class::Bare(detail.parse().ok()?),
        "noise" => Class::Noise,
        "praise" => Class::Praise,
        "regret" => Class::Regret,
        "thanks" => Class::Thanks,
        "not" => Class::Not,
        "but" => Class::But,
        "if" => Class::If,
        "else" => Class::Else,
        "own" => Class::Own,
        "unsure" => Class::Unsure,
        "correct" => Class::Correct,
        "asks" => Class::Asks,
        "wants" => Class::Wants,
        "later" => Class::Later,
        "worry" => Class::Worry,
        "stop" => Class::Stop,
        "wrong" => Class::Wrong,
        "same" => Class::Same,
        "only" => Class::Only,
        "yes" => Class::Yes,
        "no" => Class::No,
        "filler" => Class::Filler,
        "greeting" => Class::Greeting,
        "signoff" => Class::SignOff,
        "all" => Class::Set(Set::All),
        "count" => Class::Set(Set::Count(number()?)),
        "none" => Class::Set(Set::None),
        "neither" => Class::Set(Set::Neither),
        "rest" => Class::Set(Set::Rest(number())),
        "nth" => Class::Set(Set::Nth(number()?)),
        "oftwo" => Class::Set(Set::OfTwo(number()?)),
        "last" => Class::Set(Set::Last),
        "some" => Class::Set(Set::Some),
        "except" => Class::Except,
        "person" => Class::Person,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_of_every_table_has_a_class() {
        let mut found = 0;
        for table in TABLES {
            for line in table.lines().map(str::trim).filter(|line| line.starts_with('[')) {
                assert!(class_named(line.trim_matches(['[', ']'])).is_some(), "{line}");
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
