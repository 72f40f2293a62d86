//! What phrases are made of: words, choices, and the marks between them; read from a line, see [`super::phrase`].
//!
//! In: a line of a table. Out: its elements, and which words they can begin with and go on with, so that most phrases are told from a
//! text without comparing them. Never here: the text.

use std::sync::Arc;

use fnv::{FnvHashMap, FnvHashSet};

use super::sentences::split;
use super::words::number;

#[derive(Debug, Clone)]
pub(super) enum Element {
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
    pub(super) fn is_just(&self, word: Option<u32>) -> bool {
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
    pub(super) firsts: u64,
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

    pub(super) fn has(&self, word: u32) -> bool {
        self.words.binary_search(&word).is_ok()
    }

    /// The longer ones that can begin with `word`.
    pub(super) fn by_word(&self, word: u32) -> impl Iterator<Item = &[Element]> {
        let from = self.by_word.partition_point(|(first, _)| *first < word);
        let here = self.by_word.get(from..).unwrap_or_default();
        here.iter()
            .take_while(move |(first, _)| *first == word)
            .filter_map(|(_, at)| self.at(*at))
    }

    pub(super) fn others(&self) -> impl Iterator<Item = &[Element]> {
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
pub(super) const ANY: u64 = u64::MAX;

/// A word as one bit of 64: most phrases are told from a text by their second word alone.
pub(super) fn bit(word: u32) -> u64 {
    1 << (word.wrapping_mul(0x9E37_79B9) >> 26)
}

/// What must follow an option of a choice.
pub(super) struct Next<'a> {
    pub(super) elements: &'a [Element],
    pub(super) next: Option<&'a Next<'a>>,
}

/// The choice that a line of names stands for.
pub(super) fn choice_named(line: &str, named: &Named) -> Arc<Options> {
    Arc::new(Options::of(parse(line, named)))
}

/// The options of a line.
pub(super) fn parse(line: &str, named: &Named) -> Vec<Vec<Element>> {
    parse_options(&mut Pieces(line), named).0
}

/// The words of a line, folded, whatever choices they stand in.
pub(super) fn each_word(line: &str, take: &mut dyn FnMut(&str)) {
    for piece in Pieces(line) {
        if let Piece::Words(text) = piece {
            each_atom(text, &mut |atom| {
                if let Atom::Word(word) = atom {
                    take(word);
                }
            });
        }
    }
}

/// What a line is written in.
enum Piece<'l> {
    /// Words and marks that stand for words.
    Words(&'l str),
    Open,
    Or,
    /// With the mark behind it.
    Close(Option<char>),
    /// A choice by its name, with the mark behind it.
    Named(&'l str, Option<char>),
}

/// The rest of a line, to be taken piece by piece.
struct Pieces<'l>(&'l str);

impl<'l> Iterator for Pieces<'l> {
    type Item = Piece<'l>;

    fn next(&mut self) -> Option<Piece<'l>> {
        let is_mark = |byte: u8| matches!(byte, b'(' | b')' | b'|' | b'{');
        let end = self.0.bytes().position(is_mark).unwrap_or(self.0.len());
        if end > 0 {
            let (words, rest) = self.0.split_at(end);
            self.0 = rest;
            return Some(Piece::Words(words));
        }
        let mark = self.0.chars().next()?;
        self.0 = self.0.get(1..).unwrap_or_default();
        Some(match mark {
            '(' => Piece::Open,
            '|' => Piece::Or,
            '{' => {
                let (name, behind) = self.0.split_once('}').unwrap_or((self.0, ""));
                self.0 = behind;
                Piece::Named(name, self.repeat())
            }
            _ => Piece::Close(self.repeat()),
        })
    }
}

impl Pieces<'_> {
    /// The mark right behind a choice.
    fn repeat(&mut self) -> Option<char> {
        let mark = self.0.chars().next().filter(|mark| matches!(mark, '?' | '*'));
        self.0 = self.0.strip_prefix(['?', '*']).unwrap_or(self.0);
        mark
    }
}

/// Reads the options of a choice up to its closing bracket and the mark behind that, or a whole line; choices may stand inside choices.
fn parse_options(pieces: &mut Pieces<'_>, named: &Named) -> (Vec<Vec<Element>>, Option<char>) {
    let mut options = Vec::new();
    let mut option = Vec::new();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Words(text) => each_atom(text, &mut |atom| option.push(atom.element())),
            Piece::Or => options.push(std::mem::take(&mut option)),
            Piece::Open => {
                let (inner, mark) = parse_options(pieces, named);
                option.push(choice(Arc::new(Options::of(inner)), mark));
            }
            // A name nobody has given stands for nothing at all.
            Piece::Named(name, mark) => option.push(choice(named.get(name).cloned().unwrap_or_default(), mark)),
            Piece::Close(mark) => {
                options.push(option);
                return (options, mark);
            }
        }
    }
    options.push(option);
    (options, None)
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

/// What stands between the marks.
enum Atom<'w> {
    Word(&'w str),
    Gap,
    Number,
    Edge,
    Who,
    Name,
}

impl Atom<'_> {
    fn element(&self) -> Element {
        match self {
            Self::Word(word) => Element::Word(number(word)),
            Self::Gap => Element::Gap,
            Self::Number => Element::Number,
            Self::Edge => Element::Edge,
            Self::Who => Element::Who,
            Self::Name => Element::Name,
        }
    }
}

fn each_atom(text: &str, take: &mut dyn FnMut(Atom<'_>)) {
    for word in text.split_ascii_whitespace() {
        match word {
            "*" => take(Atom::Gap),
            "#" => take(Atom::Number),
            "$" => take(Atom::Edge),
            "~" => take(Atom::Who),
            "@" => take(Atom::Name),
            // Nearly all words are one token, folded as they stand.
            _ if word.bytes().all(|byte| byte.is_ascii_lowercase()) => take(Atom::Word(word)),
            _ => split(word).iter().for_each(|token| take(Atom::Word(&token.fold))),
        }
    }
}

/// The words a phrase can begin with; true when it can also be empty up to here.
pub(super) fn can_begin(elements: &[Element], firsts: &mut Firsts) -> bool {
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
pub(super) fn may_stand(skip: u8, elements: &[Element], next: Option<&Next<'_>>) -> u64 {
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
