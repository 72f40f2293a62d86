//! One phrase of a table: as it is written, and where it stands in a text.
//!
//! `(a|b)` is a choice, `(a|b)?` may be missing, `(a|b)*` stands for as many of them as there are, `#` for a number,
//! `~` for the candidates of one list ("Ana", "Ana and Carl"; no phrase begins with it),
//! `*` for up to three words of anything (in a phrase that means yes or no: of anything that does not turn it into its opposite),
//! `^` and `$` ask that nothing of the clause stands before or behind (a name may), `@` that a name follows, and a final `!` says that
//! the phrase counts in a question too ("can you set up a call?").

use std::sync::Arc;

use fnv::{FnvHashMap, FnvHashSet};

use super::class::Class;
use super::sentences::{Kind, Token, split};
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
    elements: Box<[Element]>,
    opens: bool,
    /// No gap of it may hold a [`Small::Turn`].
    firm: bool,
}

/// A phrase among those that can begin with one word.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) phrase: Arc<Phrase>,
    /// The words that can come second and third, see [`bit`].
    behind: [u64; 2],
    /// The first element is that word and nothing else: it need not be compared again.
    past_first: bool,
}

impl Start {
    /// Tells most phrases from a text by two words alone; these are the [`bit`]s of the words behind the first, 0 for none.
    pub(super) fn may_go_on(&self, [second, third]: [u64; 2]) -> bool {
        let [seconds, thirds] = self.behind;
        (seconds == ANY || seconds & second != 0) && (thirds == ANY || thirds & third != 0)
    }
}

#[derive(Debug, Clone)]
enum Element {
    /// A word, by its number.
    Word(u32),
    Choice(Arc<Options>),
    /// As many of these as there are.
    Many(Arc<Options>),
    Number,
    Gap,
    Edge,
    /// A candidate is named here; the name is no part of the phrase.
    Name,
    /// The candidates of one list.
    Who,
}

impl Element {
    /// It is one word of the text if that word is `word`.
    fn is_just(&self, word: Option<u32>) -> bool {
        match (self, word) {
            (Self::Word(_), _) => true,
            (Self::Choice(options), Some(word)) => options.has(word) && options.others.is_empty() && options.by_word(word).next().is_none(),
            _ => false,
        }
    }
}

/// The options of a choice. Those that can only begin with certain words are found by these, so that a text is only compared with what
/// it can be. A choice with a name is shared by all phrases it stands in.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// Options of one word each, sorted: nearly all of them.
    words: Box<[u32]>,
    longer: Box<[Box<[Element]>]>,
    /// The longer ones by the words they can begin with, sorted by these.
    by_word: Box<[(u32, u16)]>,
    /// The longer ones that can begin otherwise, or be empty.
    others: Box<[u16]>,
    /// The words that all but these begin with, see [`bit`].
    firsts: u64,
}

impl Options {
    fn of(all: impl IntoIterator<Item = Vec<Element>>) -> Self {
        let (mut words, mut longer) = (Vec::new(), Vec::new());
        for option in all {
            match option.as_slice() {
                [Element::Word(word)] => words.push(*word),
                _ => longer.push(option.into_boxed_slice()),
            }
        }
        Self::sorted(words, longer)
    }

    fn sorted(mut words: Vec<u32>, longer: Vec<Box<[Element]>>) -> Self {
        let (mut by_word, mut others) = (Vec::new(), Vec::new());
        for (option, at) in longer.iter().zip(0..=u16::MAX) {
            if begins_otherwise(option) {
                others.push(at);
                continue;
            }
            let mut firsts = Firsts::default();
            can_begin(option, &mut firsts);
            by_word.extend(firsts.into_iter().flatten().map(|word| (word, at)));
        }
        words.sort_unstable();
        words.dedup();
        by_word.sort_unstable();
        let firsts = words.iter().chain(by_word.iter().map(|(word, _)| word));
        Self {
            firsts: firsts.fold(0, |all, word| all | bit(*word)),
            words: words.into(),
            longer: longer.into(),
            by_word: by_word.into(),
            others: others.into(),
        }
    }

    /// The options without those that can be empty.
    fn not_empty(self: &Arc<Self>) -> Arc<Self> {
        let says = |option: &[Element]| !can_begin(option, &mut Firsts::default());
        let longer: Vec<_> = self.longer.iter().filter(|option| says(option)).cloned().collect();
        match longer.len() == self.longer.len() {
            true => Arc::clone(self),
            false => Arc::new(Self::sorted(self.words.to_vec(), longer)),
        }
    }

    fn has(&self, word: u32) -> bool {
        self.words.binary_search(&word).is_ok()
    }

    /// The longer ones that can begin with `word`.
    fn by_word(&self, word: u32) -> impl Iterator<Item = &[Element]> {
        let from = self.by_word.partition_point(|(first, _)| *first < word);
        let here = self.by_word.get(from..).unwrap_or_default();
        here.iter()
            .take_while(move |(first, _)| *first == word)
            .filter_map(|(_, at)| self.at(*at))
    }

    fn others(&self) -> impl Iterator<Item = &[Element]> {
        self.others.iter().filter_map(|at| self.at(*at))
    }

    fn longer(&self) -> impl Iterator<Item = &[Element]> {
        self.longer.iter().map(AsRef::as_ref)
    }

    fn at(&self, at: u16) -> Option<&[Element]> {
        self.longer.get(usize::from(at)).map(AsRef::as_ref)
    }

    /// The words that an option can only begin with.
    fn firsts(&self) -> impl Iterator<Item = u32> {
        self.words.iter().copied().chain(self.by_word.iter().map(|(word, _)| *word))
    }
}

/// The words a phrase can begin with; none of them for a number.
pub(super) type Firsts = FnvHashSet<Option<u32>>;

/// Names of choices, and what they stand for.
pub(super) type Named = FnvHashMap<String, Arc<Options>>;

/// What all numbers are looked up by.
pub(super) const NUMBER: &str = "#";

/// Any word can come second, or none has to.
const ANY: u64 = u64::MAX;

/// A word as one bit of 64: most phrases are told from a text by their second word alone.
pub(super) fn bit(word: u32) -> u64 {
    1 << (word.wrapping_mul(0x9E37_79B9) >> 26)
}

/// Gives each word its number.
pub(super) type Numbers<'n> = dyn FnMut(&str) -> u32 + 'n;

impl Phrase {
    /// Reads a line of a table.
    pub(super) fn new(class: Class, line: &str, named: &Named, number: &mut Numbers<'_>) -> Self {
        let (line, asks_too) = line.strip_suffix('!').map_or((line, false), |rest| (rest.trim_end(), true));
        let (line, opens) = line.strip_prefix('^').map_or((line, false), |rest| (rest.trim_start(), true));
        let elements = parse_options(&mut &*line, named, number).pop().unwrap_or_default();
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
}

impl View<'_> {
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
                .is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || Small::Joint.has(&token.fold))
    }

    /// The end of the list of candidates that begins at `at`. A comma belongs to it only before an "and": in "send Ana, Ben no" it ends at Ana.
    fn people(&self, at: usize) -> usize {
        let person = |at: usize| at < self.to && (self.edge)(at);
        let joins = |at: usize| self.all.get(at).is_some_and(|token| Small::List.has(&token.fold)) && person(at + 1);
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
        let alone = options
            .has(word)
            .then(|| self.tail(firm, after.elements, after.next, at + 1))
            .flatten();
        let possible = options.by_word(word).chain(options.others());
        let longer = possible.filter_map(|option| self.tail(firm, option, Some(after), at));
        longer.chain(alone).max()
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

/// The choice that a line of names stands for.
pub(super) fn choice_named(line: &str, named: &Named, number: &mut Numbers<'_>) -> Arc<Options> {
    Arc::new(Options::of(parse_options(&mut &*line, named, number)))
}

/// Reads the options of a choice up to its closing bracket, or a whole line; choices may stand inside choices.
fn parse_options(rest: &mut &str, named: &Named, number: &mut Numbers<'_>) -> Vec<Vec<Element>> {
    let mut options = vec![Vec::new()];
    loop {
        let end = rest.find(['(', ')', '|', '{']).unwrap_or(rest.len());
        let (words, tail) = rest.split_at(end);
        if let Some(option) = options.last_mut() {
            option.extend(plain(words, number));
        }
        let Some(mark) = tail.chars().next() else {
            *rest = tail;
            return options;
        };
        *rest = tail.get(1..).unwrap_or_default();
        let inner = match mark {
            '(' => Arc::new(Options::of(parse_options(rest, named, number))),
            '{' => {
                let (name, behind) = rest.split_once('}').unwrap_or((rest, ""));
                *rest = behind;
                // A name nobody has given stands for nothing at all.
                named.get(name).cloned().unwrap_or_default()
            }
            '|' => {
                options.push(Vec::new());
                continue;
            }
            _ => return options,
        };
        let mark = rest.chars().next().filter(|mark| matches!(mark, '?' | '*'));
        *rest = rest.strip_prefix(['?', '*']).unwrap_or(rest);
        if let Some(option) = options.last_mut() {
            option.push(choice(inner, mark));
        }
    }
}

/// A choice with the mark behind it.
fn choice(inner: Arc<Options>, mark: Option<char>) -> Element {
    match mark {
        Some('*') => {
            // An option among many that can be empty would never end.
            Element::Many(inner.not_empty())
        }
        Some(_) => Element::Choice(Arc::new(Options::of([vec![Element::Choice(inner)], Vec::new()]))),
        None => Element::Choice(inner),
    }
}

fn plain(text: &str, number: &mut Numbers<'_>) -> Vec<Element> {
    let mut elements = Vec::new();
    for word in text.split_whitespace() {
        match word {
            "*" => elements.push(Element::Gap),
            "#" => elements.push(Element::Number),
            "$" => elements.push(Element::Edge),
            "~" => elements.push(Element::Who),
            "@" => elements.push(Element::Name),
            _ => elements.extend(split(word).iter().map(|token| Element::Word(number(&token.fold)))),
        }
    }
    elements
}

/// The words a phrase can begin with; true when it can also be empty up to here.
fn can_begin(elements: &[Element], firsts: &mut Firsts) -> bool {
    for element in elements {
        let skippable = match element {
            Element::Word(word) => {
                firsts.insert(Some(*word));
                false
            }
            Element::Choice(options) | Element::Many(options) => {
                firsts.extend(options.firsts().map(Some));
                let empty = options.others().filter(|option| can_begin(option, firsts)).count() > 0;
                empty || matches!(element, Element::Many(_))
            }
            Element::Number => {
                firsts.insert(None);
                false
            }
            Element::Gap | Element::Edge | Element::Name => true,
            Element::Who => false,
        };
        if !skippable {
            return false;
        }
    }
    true
}

/// True for what can begin with something else than a certain word, or be empty.
fn begins_otherwise(elements: &[Element]) -> bool {
    for element in elements {
        match element {
            Element::Word(_) => return false,
            Element::Choice(options) => return !options.others.is_empty(),
            Element::Many(options) if options.others.is_empty() => {}
            Element::Many(_) | Element::Number | Element::Gap | Element::Edge | Element::Name | Element::Who => return true,
        }
    }
    true
}

/// The words that can stand `skip` tokens further on, see [`bit`]; [`ANY`] when that cannot be told, or nothing need stand there.
fn may_stand(skip: u8, elements: &[Element], next: Option<&Next<'_>>) -> u64 {
    let Some((first, rest)) = elements.split_first() else {
        return next.map_or(ANY, |next| may_stand(skip, next.elements, next.next));
    };
    match (first, skip.checked_sub(1)) {
        (Element::Word(word), None) => bit(*word),
        (Element::Word(_) | Element::Number, Some(less)) => may_stand(less, rest, next),
        (Element::Choice(options), _) => of_options(skip, options, &Next { elements: rest, next }),
        (Element::Many(options), _) => {
            let more = of_options(skip, options, &Next { elements, next });
            more | may_stand(skip, rest, next)
        }
        (Element::Edge | Element::Name, Some(_)) => may_stand(skip, rest, next),
        (Element::Number | Element::Edge | Element::Name, None) | (Element::Gap | Element::Who, _) => ANY,
    }
}

/// The words of all options together.
fn of_options(skip: u8, options: &Options, after: &Next<'_>) -> u64 {
    let words = |option: &[Element]| may_stand(skip, option, Some(after));
    match skip.checked_sub(1) {
        None => union(options.firsts, options.others().map(words)),
        Some(_) if options.words.is_empty() => union(0, options.longer().map(words)),
        Some(less) => union(may_stand(less, after.elements, after.next), options.longer().map(words)),
    }
}

/// Nothing is looked at any more when it can be any word.
fn union(first: u64, mut others: impl Iterator<Item = u64>) -> u64 {
    let more = |all: u64, words: u64| (all != ANY).then_some(all | words);
    others.try_fold(first, more).unwrap_or(ANY)
}
