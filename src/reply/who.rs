//! Whom a sentence names: candidates by name, misspelt name, initials, number, order, description, or as a set.
//!
//! In: tokens and the candidates of the letter. Out: mentions in the order of the text. Never here: what is said about them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use fnv::FnvHashMap;

use super::gender::Gender;
use super::sentences::{Kind, Token, split};
use super::small::Small;
use super::words::{self, Class, Hit, Set};
use super::{Asked, AskedAbout};

/// Some of the letter's candidates, spoken of.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// Where.
    pub(super) tokens: Range<usize>,
    /// Whom.
    pub(super) who: Who,
    /// No other reading is likely.
    pub(super) sure: bool,
    /// "none of them": the mention is a verdict too.
    pub(super) none: bool,
    /// Spoken of by name, not as a set.
    pub(super) named: bool,
}

impl Mention {
    /// This one of the candidates by name, in one word, without a doubt.
    pub(super) fn of_one(at: usize, one: usize) -> Self {
        Self {
            tokens: at..at + 1,
            who: Who::These(vec![one]),
            sure: true,
            none: false,
            named: true,
        }
    }
}

/// Whom a mention means; candidates are places in the letter, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// These.
    These(Vec<usize>),
    /// All that are not spoken of otherwise; how many, when said.
    Rest(Option<usize>),
    /// Somebody, but it cannot be told who.
    Unclear,
}

/// The candidates of a letter, by all they can be called.
pub(super) struct People<'a> {
    pub(super) count: usize,
    asked: &'a Asked,
    open: Vec<usize>,
    /// Words of names, folded.
    pub(super) names: FnvHashMap<Cow<'a, str>, Name>,
    pub(super) initials: FnvHashMap<String, Vec<usize>>,
    /// See [`People::summary`].
    summary: OnceCell<Summary<'a>>,
    /// See [`People::all_who_are`].
    genders: OnceCell<Option<Vec<Gender>>>,
}

/// Words of what the letter said of the candidates, and of whom it said them.
pub(super) type Summary<'a> = FnvHashMap<Cow<'a, str>, HashSet<usize>>;

/// A word of a name.
#[derive(Debug, Default)]
pub(super) struct Name {
    /// Whose.
    pub(super) who: Vec<usize>,
    /// In characters.
    pub(super) length: usize,
    /// Which letters it has, see [`letters`].
    pub(super) letters: u32,
    /// Somebody's first name.
    pub(super) first: bool,
}

/// The letters of a word, a bit each. What one word has and the other has not must be a mistake of its own, at least.
pub(super) fn letters(word: &str) -> u32 {
    let letter = |c: char| match c {
        'a'..='z' => u32::from(c) - u32::from('a'),
        _ => 26 + u32::from(c) % 6,
    };
    word.chars().fold(0, |all, c| all | 1 << letter(c))
}

impl<'a> People<'a> {
    pub(super) fn of(asked: &'a Asked) -> Self {
        let open = asked.candidates.iter().enumerate().filter(|(_, one)| one.open);
        let mut people = Self {
            count: asked.candidates.len(),
            asked,
            open: open.map(|(at, _)| at).collect(),
            names: FnvHashMap::default(),
            initials: FnvHashMap::default(),
            summary: OnceCell::new(),
            genders: OnceCell::new(),
        };
        for (at, candidate) in asked.candidates.iter().enumerate() {
            people.learn(at, candidate);
        }
        people
    }

    fn learn(&mut self, at: usize, candidate: &'a AskedAbout) {
        let mut initials = String::new();
        for (place, token) in words_of(&candidate.name).enumerate() {
            initials.extend(token.fold.chars().next());
            let (length, letters) = (token.fold.chars().count(), letters(&token.fold));
            let known = self.names.entry(token.fold).or_default();
            (known.length, known.letters) = (length, letters);
            known.first |= place == 0;
            if !known.who.contains(&at) {
                known.who.push(at);
            }
        }
        if initials.len() > 1 {
            self.initials.entry(initials).or_default().push(at);
        }
    }

    /// Words of what the letter said of them. Few answers make it necessary to look.
    pub(super) fn summary(&self) -> &Summary<'a> {
        self.summary.get_or_init(|| {
            let mut all = Summary::default();
            for (at, candidate) in self.asked.candidates.iter().enumerate() {
                for token in words_of(&candidate.summary) {
                    if token.fold.len() > 1 && !Small::Empty.has(&token.fold) {
                        // "hotels and lobbies" is said of a hotel too.
                        let single = token
                            .fold
                            .strip_suffix('s')
                            .filter(|single| single.len() > 3)
                            .map(|single| Cow::Owned(single.to_owned()));
                        for word in std::iter::once(token.fold).chain(single) {
                            all.entry(word).or_default().insert(at);
                        }
                    }
                }
            }
            all
        })
    }

    /// The women or the men of the letter, when every first name tells, and there are both.
    pub(super) fn all_who_are(&self, gender: Gender) -> Option<Vec<usize>> {
        let genders = self.genders.get_or_init(|| {
            // Of "Jean-Marc Aubry" the second word tells, of "Dr Maja Lindgren" too.
            let first = |one: &AskedAbout| {
                let mut words: Vec<_> = words_of(&one.name).collect();
                words.pop();
                words.iter().take(2).find_map(|token| Gender::of_name(&token.fold))
            };
            self.asked.candidates.iter().map(first).collect()
        });
        let genders = genders.as_ref()?;
        let who: Vec<usize> = (0..genders.len()).filter(|at| genders.get(*at) == Some(&gender)).collect();
        (!who.is_empty() && who.len() < genders.len()).then_some(who)
    }

    /// The only candidate everything can be about: the one of the letter, or the one still open.
    pub(super) fn sole(&self) -> Option<usize> {
        match (self.count, self.open.as_slice()) {
            (1, _) => Some(0),
            (_, [one]) => Some(*one),
            _ => None,
        }
    }

    /// Whom "all", "neither" and a role that is gone mean: those still asked about, or the whole letter when nobody is.
    pub(super) fn everybody(&self) -> Vec<usize> {
        match self.open.is_empty() {
            true => (0..self.count).collect(),
            false => self.open.clone(),
        }
    }

    /// Sets of candidates among the phrases.
    pub(super) fn set(&self, all: &[Token<'_>], hit: &Hit, end: usize) -> Option<Mention> {
        let Class::Set(set) = hit.class else {
            return None;
        };
        let everybody = || Who::These(self.everybody());
        let nth = |at: usize| (self.count > 1 && at < self.count && self.ordinal_stands_alone(all, hit, end)).then(|| Who::These(vec![at]));
        // "All bar Orla" are candidates, "all our projects" are none.
        let alone = hit.tokens.len() == 1 && all.get(hit.tokens.start).is_some_and(|token| token.fold == "all");
        let next = all.get(hit.tokens.end).filter(|_| hit.tokens.end < end);
        if alone && !next.is_none_or(|next| next.kind.separates() || next.is(Small::Except) || next.is(Small::Verb) || next.is(Small::Good))
        {
            return None;
        }
        // "Emily knows both": what she knows.
        let back = |by: usize| hit.tokens.start.checked_sub(by).and_then(|at| all.get(at));
        let of_somebody =
            back(2).is_some_and(|subject| self.names.contains_key(&subject.fold)) && back(1).is_some_and(|verb| verb.is(Small::Verb));
        if of_somebody && matches!(set, Set::All | Set::Count(_)) {
            return None;
        }
        let (who, sure) = match set {
            Set::All | Set::None => (everybody(), true),
            Set::Count(count) if count == self.open.len() => (everybody(), true),
            Set::Count(count) if count == self.count => (Who::These((0..self.count).collect()), true),
            Set::Count(_) if self.count == 1 => return None,
            Set::Count(_) => (Who::Unclear, false),
            Set::Neither if self.count > 2 && self.open.len() != 2 => return None,
            Set::Neither => (everybody(), true),
            Set::Rest(_) if self.count == 1 => return None,
            Set::Rest(count) => (Who::Rest(count), true),
            Set::Nth(number) => (nth(number.checked_sub(1)?)?, true),
            Set::OfTwo(number) if self.count == 2 => (Who::These(vec![number.checked_sub(1)?]), true),
            Set::OfTwo(_) => return None,
            Set::First(number) if number < self.count && self.ends_here(all, hit, end) => (Who::These((0..number).collect()), true),
            Set::Final(number) if number < self.count && self.ends_here(all, hit, end) => {
                (Who::These((self.count - number..self.count).collect()), true)
            }
            Set::First(_) | Set::Final(_) => return None,
            Set::Last => (nth(self.count.checked_sub(1)?)?, true),
            Set::Some if self.count == 1 => return None,
            Set::Some => (Who::Unclear, false),
        };
        let none = matches!(set, Set::None | Set::Neither);
        Some(Mention {
            tokens: hit.tokens.clone(),
            who,
            sure,
            none,
            named: false,
        })
    }

    /// "Ana's rate is too high and Ben has no licence, so neither of those", where the letter named more: the two named before it, or last
    /// spoken of. So with "both".
    pub(super) fn just_spoken_of(&self, hit: &Hit, mentions: &[Mention], focus: &[usize]) -> Option<Mention> {
        let (count, none) = if hit.class == Class::Set(Set::Neither) {
            (2, true)
        } else if let Class::Set(Set::Count(count)) = hit.class {
            (count, false)
        } else {
            return None;
        };
        if count < 2 || count >= self.count || self.open.len() == count {
            return None;
        }
        let before = mentions
            .iter()
            .filter(|mention| mention.named && mention.tokens.end <= hit.tokens.start);
        let mut who: Vec<usize> = before
            .filter_map(|mention| if let Who::These(these) = &mention.who { Some(these) } else { None })
            .flatten()
            .copied()
            .collect();
        who.sort_unstable();
        who.dedup();
        // "Ana and Ben are both too junior" says it of them anyway.
        if !none && !who.is_empty() {
            return None;
        }
        let these = if who.is_empty() { focus.to_vec() } else { who };
        (these.len() == count).then(|| Mention {
            tokens: hit.tokens.clone(),
            who: Who::These(these),
            sure: true,
            none,
            named: false,
        })
    }

    /// "the first two" are candidates, "the first two weeks" are not.
    fn ends_here(&self, all: &[Token<'_>], hit: &Hit, end: usize) -> bool {
        let next = all.get(hit.tokens.end).filter(|_| hit.tokens.end < end);
        let last = hit.tokens.end.checked_sub(1).and_then(|at| all.get(at));
        last.is_some_and(|token| words::is_person(&token.fold))
            || next.is_none_or(|token| {
                token.kind.separates()
                    || token.is(Small::Follows)
                    || token.is(Small::Link)
                    || token.is(Small::Verb)
                    || self.names.contains_key(&token.fold)
            })
    }

    /// "the first" means a candidate unless it is the first of something else.
    fn ordinal_stands_alone(&self, all: &[Token<'_>], hit: &Hit, end: usize) -> bool {
        let last = hit.tokens.end.checked_sub(1).and_then(|at| all.get(at));
        // "The second one's the winner"
        let person = |fold: &str| words::is_person(fold) || fold.strip_suffix('s').is_some_and(words::is_person);
        if last.is_some_and(|token| {
            hit.tokens.len() > 1 && person(&token.fold)
                || words::is_person(&token.fold)
                || token.kind == Kind::Number && hit.tokens.len() > 1
        }) {
            return true;
        }
        let next = all.get(hit.tokens.end).filter(|_| hit.tokens.end < end);
        // "First, thanks for the profiles" counts points, not people.
        if hit.tokens.len() == 1 && next.is_none_or(|token| token.fold == ",") {
            return false;
        }
        next.is_none_or(|token| token.kind.separates() || token.is(Small::Follows))
    }
}

fn words_of(text: &str) -> impl Iterator<Item = Token<'_>> {
    split(text).into_iter().filter(|token| token.kind == Kind::Word)
}

/// "and", "e la", "und auch den": what stands between two of one list. Behind ", and the" a clause begins.
fn joined(between: &[Token<'_>]) -> bool {
    let joiners = between.iter().take_while(|token| token.is(Small::List)).count();
    let (joiners, rest) = between.split_at(joiners);
    let words = !joiners.is_empty() && joiners.iter().all(|token| token.kind == Kind::Word);
    rest.is_empty() || words && rest.iter().all(|token| token.is(Small::Plain))
}

/// Joins mentions that stand in one list: "Ana, Ben and Carl". The answer holds, for each list, its mentions.
/// `cut(at)` says that a token keeps its neighbours apart, `own(last, next)` that the next has a predicate of their own.
pub(super) fn lists(
    all: &[Token<'_>],
    mentions: Vec<Mention>,
    cut: &dyn Fn(usize) -> bool,
    own: &dyn Fn(&Mention, &Mention) -> bool,
) -> Vec<Vec<Mention>> {
    let mut out: Vec<Vec<Mention>> = Vec::new();
    for mention in mentions {
        let joins = out.last().and_then(|list| list.last()).is_some_and(|last| {
            let between = last.tokens.end..mention.tokens.start;
            between.clone().count() <= 3
                && !mention.none
                && !last.none
                && !own(last, &mention)
                && between.clone().all(|at| !cut(at))
                && all.get(between).is_some_and(joined)
        });
        match out.last_mut() {
            Some(list) if joins => list.push(mention),
            _ => out.push(vec![mention]),
        }
    }
    out
}
