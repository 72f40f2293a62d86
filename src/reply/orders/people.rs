//! Who is spoken of in a recruiter's text: candidates by name, and the client by contact or company.
//!
//! In: tokens, and the batch. Out: tokens that name somebody. Never here: what is said of them.

use std::ops::Range;

use super::super::names::Text;
use super::super::sentences::{Kind, Token};
use super::super::who::{Mention, People, Who};
use super::super::words;
use super::about::folded;
use super::{Asked, OnDesk, table};

/// Names of so many letters begin others.
const SHORT: usize = 3;

/// Names as the batch has them.
pub(super) struct Names {
    contact: Vec<String>,
    company: Vec<String>,
    candidates: Vec<Vec<String>>,
    /// Whom "the candidate" means.
    of: Option<usize>,
}

impl Names {
    pub(super) fn of(batch: Option<&OnDesk>, asked: &Asked, of: Option<usize>) -> Self {
        let words = |name: &str| folded(name).into_iter().filter(|word| word.chars().count() > 1).collect();
        Self {
            contact: batch.map(|one| words(&one.contact)).unwrap_or_default(),
            company: batch.map(|one| words(&one.client)).unwrap_or_default(),
            candidates: asked.candidates.iter().map(|one| folded(&one.name)).collect(),
            of,
        }
    }

    fn is_candidate(&self, word: &str) -> bool {
        self.candidates.iter().flatten().any(|name| name == word)
    }

    /// Candidates named in a sentence. Numbers count for nothing, hours are numbers as well.
    pub(super) fn mentions(&self, people: &People<'_>, text: &Text<'_>, all: &[Token<'_>], within: Range<usize>) -> Vec<Mention> {
        let mut found = people.names(text, all, within.clone());
        found.retain(|one| {
            let first = all.get(one.tokens.start);
            let other = |token: &Token<'_>| self.contact.iter().any(|name| *name == *token.fold) && !self.is_candidate(&token.fold);
            // "the lad she liked" is a guess.
            let described = one.tokens.clone().any(|at| {
                all.get(at)
                    .is_some_and(|token| words::is_person(&token.fold) && !self.is_candidate(&token.fold))
            });
            one.named && !described && first.is_some_and(|token| token.kind == Kind::Word && !other(token))
        });
        for at in within.clone() {
            if !found.iter().any(|one| one.tokens.contains(&at)) {
                found.extend(
                    owner(people, all, at)
                        .or_else(|| self.in_small_letters(all, at))
                        .or_else(|| self.fondly(all, at))
                        .or_else(|| self.the_one(all, at)),
                );
            }
        }
        found.sort_by_key(|one| one.tokens.start);
        for mention in &mut found {
            self.initialled(mention, text, all, within.end);
        }
        found
    }

    /// "book dean tues": a first name that is a word as well, as people write it who write all names so.
    fn in_small_letters(&self, all: &[Token<'_>], at: usize) -> Option<Mention> {
        let token = all
            .get(at)
            .filter(|token| token.kind == Kind::Word && !token.capital && token.fold.len() > 2)?;
        let first = |names: &Vec<String>| names.first().is_some_and(|name| *name == *token.fold);
        let mut who = (0..self.candidates.len()).filter(|at| self.candidates.get(*at).is_some_and(first));
        // "sam", where there is a Samir too, may be either.
        let begins = |names: &&Vec<String>| names.first().is_some_and(|name| name.starts_with(&*token.fold));
        let alone = token.fold.len() > SHORT || self.candidates.iter().filter(begins).count() == 1;
        let one = who.next().filter(|_| alone && !table::is("word_and_name", &token.fold))?;
        who.next().is_none().then(|| Mention::of_one(at, one))
    }

    /// "The candidate", of a letter about one, or where there is only one.
    fn the_one(&self, all: &[Token<'_>], at: usize) -> Option<Mention> {
        let is_word = all.get(at).is_some_and(|token| token.fold == "candidate");
        let own = at
            .checked_sub(1)
            .and_then(|before| all.get(before))
            .is_some_and(|before| matches!(&*before.fold, "the" | "my" | "our"));
        let one = self.of.filter(|_| is_word && own)?;
        Some(Mention::of_one(at, one))
    }

    /// "Lachie" for Lachlan, "Katy's" for Katarzyna: the one whose first name begins so.
    fn fondly(&self, all: &[Token<'_>], at: usize) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Word && !words::known(&token.fold))?;
        let bare = token.fold.strip_suffix("ies").or_else(|| token.fold.strip_suffix("ie"))?;
        let begins = |name: &str| bare.len() > 2 && name.len() > bare.len() && name.starts_with(bare);
        let firsts = |names: &Vec<String>| names.first().is_some_and(|first| begins(first));
        let mut who = (0..self.candidates.len()).filter(|at| self.candidates.get(*at).is_some_and(firsts));
        let one = who.next().filter(|_| !self.contact.first().is_some_and(|first| begins(first)))?;
        who.next().is_none().then(|| Mention::of_one(at, one))
    }

    /// "Sam H": the letters behind a first name tell the family.
    fn initialled(&self, mention: &mut Mention, text: &Text<'_>, all: &[Token<'_>], end: usize) {
        let Some(token) = all.get(mention.tokens.end).filter(|_| mention.tokens.end < end) else {
            return;
        };
        let written = text.whole.get(token.range.clone()).unwrap_or_default();
        let short =
            token.kind == Kind::Word && (token.range.len() == 1 || token.range.len() == 2 && written.chars().all(char::is_uppercase));
        let Some(letter) = token.fold.chars().next().filter(|_| short && !matches!(&*token.fold, "a" | "i")) else {
            return;
        };
        let first = all.get(mention.tokens.start).map_or("", |token| &*token.fold);
        let fits = |at: &usize| {
            let names = self.candidates.get(*at).map(Vec::as_slice).unwrap_or_default();
            names.iter().skip(1).any(|name| name.starts_with(letter))
        };
        let who: Vec<usize> = match &mention.who {
            Who::These(who) => who.iter().copied().filter(fits).collect(),
            Who::Unclear => (0..self.candidates.len())
                .filter(|at| {
                    self.candidates
                        .get(*at)
                        .and_then(|names| names.first())
                        .is_some_and(|name| name.starts_with(first))
                })
                .filter(fits)
                .collect(),
            Who::Rest(_) => return,
        };
        if !who.is_empty() {
            mention.tokens.end += 1;
            mention.who = if who.len() == 1 { Who::These(who) } else { Who::Unclear };
        }
    }

    /// Tokens that name the client.
    pub(super) fn client(&self, text: &str, all: &[Token<'_>]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for at in 0..all.len() {
            if found.last().is_some_and(|last| at < last.end) {
                continue;
            }
            if let Some(end) = self.client_at(text, all, at) {
                found.push(at..end);
            }
        }
        found
    }

    fn client_at(&self, text: &str, all: &[Token<'_>], at: usize) -> Option<usize> {
        let token = all.get(at).filter(|token| token.kind == Kind::Word)?;
        let known = |names: &[String], fold: &str| names.iter().any(|name| name == fold) && !self.is_candidate(fold);
        let bare = token.fold.strip_suffix('s').filter(|bare| bare.len() > 2).unwrap_or(&token.fold);
        let is_contact = known(&self.contact, &token.fold) || known(&self.contact, bare);
        let company = |fold: &str| self.company.first().is_some_and(|first| first == fold) && fold.len() > 2 && !self.is_candidate(fold);
        let is_company = company(&token.fold) || company(bare);
        let is_initials = self.is_initials(text.get(token.range.clone()).unwrap_or_default(), &token.fold);
        let is_short = token.capital && self.is_short(&token.fold);
        let is_word = matches!(&*token.fold, "client" | "clients" | "kunde" | "kundin" | "kunden");
        if !(is_contact || is_company || is_initials || is_short || is_word) {
            return None;
        }
        let names = if is_company { &self.company } else { &self.contact };
        let letter =
            |next: &Token<'_>| is_contact && next.range.len() == 1 && names.last().is_some_and(|last| last.starts_with(&*next.fold));
        let more = all
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|next| next.kind == Kind::Word && (names.iter().any(|name| *name == *next.fold) || letter(next)))
            .count();
        Some(at + 1 + more)
    }

    /// "Bron" for Bronwyn, where no candidate's name begins so.
    fn is_short(&self, fold: &str) -> bool {
        let bare = fold.strip_suffix('s').unwrap_or(fold);
        let begins = |name: &String| bare.len() > 3 && name.len() > bare.len() && name.starts_with(bare);
        !words::known(bare) && self.contact.first().is_some_and(begins) && !self.candidates.iter().flatten().any(begins)
    }

    /// "GA" for Gordon Achebe; of nobody else.
    fn is_initials(&self, written: &str, fold: &str) -> bool {
        let initials = |names: &[String]| names.iter().filter_map(|name| name.chars().next()).collect::<String>();
        written.len() > 1
            && written.chars().all(char::is_uppercase)
            && initials(&self.contact) == fold
            && !self.candidates.iter().any(|names| initials(names) == fold)
    }
}

/// "doms a no", "baz's": a short name with the s of "is" or of an owner, written in a hurry.
fn owner(people: &People<'_>, all: &[Token<'_>], at: usize) -> Option<Mention> {
    let token = all.get(at).filter(|token| token.kind == Kind::Word && token.word == 0)?;
    let bare = token
        .fold
        .strip_suffix('s')
        .filter(|bare| (3..=12).contains(&bare.len()) && !words::known(bare))?;
    let mut name = bare.to_owned();
    name.get_mut(..1)?.make_ascii_uppercase();
    let mut who = people.called(&format!("{name} is"));
    who.dedup();
    let [one] = who.as_slice() else { return None };
    Some(Mention::of_one(at, *one))
}

/// The candidates that mentions in these tokens mean.
pub(super) fn named(mentions: &[Mention], tokens: &Range<usize>) -> Vec<usize> {
    let mut who: Vec<usize> = Vec::new();
    for mention in mentions.iter().filter(|one| overlap(&one.tokens, tokens)) {
        if let Who::These(these) = &mention.who {
            who.extend(these.iter().filter(|one| !who.contains(one)).copied().collect::<Vec<_>>());
        }
    }
    who
}

/// Somebody is named in these tokens, and it cannot be told who.
pub(super) fn unclear(mentions: &[Mention], tokens: &Range<usize>) -> bool {
    mentions.iter().any(|one| one.who == Who::Unclear && overlap(&one.tokens, tokens))
}

pub(super) const fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// The bytes of tokens.
pub(super) fn bytes(all: &[Token<'_>], tokens: &Range<usize>) -> Range<usize> {
    let start = all.get(tokens.start).map_or(0, |token| token.range.start);
    let end = tokens
        .end
        .checked_sub(1)
        .and_then(|last| all.get(last))
        .map_or(start, |token| token.range.end);
    start..end.max(start)
}
