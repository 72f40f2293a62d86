//! Whom a sentence names: candidates by name, misspelt name, initials, number, order, description, or as a set.
//!
//! In: tokens and the candidates of the letter. Out: mentions in the order of the text. Never here: what is said about them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::sentences::{Kind, Token, tokens};
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
pub(super) struct People {
    count: usize,
    open: Vec<usize>,
    /// Words of names, folded.
    names: HashMap<String, Vec<usize>>,
    initials: HashMap<String, Vec<usize>>,
    /// Words of what the letter said of them.
    summary: HashMap<String, HashSet<usize>>,
}

/// Parts of names that are no name by themselves.
const PARTICLES: [&str; 16] = [
    "de", "van", "von", "der", "den", "da", "di", "la", "el", "al", "bin", "dos", "del", "le", "du", "st",
];

/// Between the candidates of one list.
const JOINS: [&str; 12] = ["and", "und", "et", "y", "en", "e", "or", "plus", ",", "/", "n", "also"];

impl People {
    pub(super) fn of(asked: &Asked) -> Self {
        let mut people = Self {
            count: asked.candidates.len(),
            open: asked
                .candidates
                .iter()
                .enumerate()
                .filter(|(_, one)| one.open)
                .map(|(at, _)| at)
                .collect(),
            names: HashMap::new(),
            initials: HashMap::new(),
            summary: HashMap::new(),
        };
        for (at, candidate) in asked.candidates.iter().enumerate() {
            people.learn(at, candidate);
        }
        people
    }

    fn learn(&mut self, at: usize, candidate: &AskedAbout) {
        let mut initials = String::new();
        for token in tokens(&candidate.name).into_iter().filter(|token| token.kind == Kind::Word) {
            initials.extend(token.fold.chars().next());
            let known = self.names.entry(token.fold).or_default();
            if !known.contains(&at) {
                known.push(at);
            }
        }
        if initials.len() > 1 {
            self.initials.entry(initials).or_default().push(at);
        }
        for token in tokens(&candidate.summary).into_iter().filter(|token| token.kind == Kind::Word) {
            if token.fold.len() > 2 && !matches!(token.fold.as_str(), "and" | "the" | "with" | "from" | "years" | "for") {
                self.summary.entry(token.fold).or_default().insert(at);
            }
        }
    }

    /// The only candidate everything can be about: the one of the letter, or the one still open.
    pub(super) fn sole(&self) -> Option<usize> {
        match (self.count, self.open.as_slice()) {
            (1, _) => Some(0),
            (_, [one]) => Some(*one),
            _ => None,
        }
    }

    /// Candidates named in `within`, by name, number or description.
    pub(super) fn names(&self, text: &str, all: &[Token], within: Range<usize>) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = within.start;
        while at < within.end {
            let mention = self
                .name(all, at, within.end)
                .or_else(|| self.initials(text, all, at))
                .or_else(|| self.number(text, all, at, &within))
                .or_else(|| self.description(all, at, within.end));
            match mention {
                Some(mention) => {
                    at = mention.tokens.end;
                    found.push(mention);
                }
                None => at += 1,
            }
        }
        found
    }

    /// Sets of candidates among the phrases.
    pub(super) fn set(&self, all: &[Token], hit: &Hit, end: usize) -> Option<Mention> {
        let Class::Set(set) = hit.class else {
            return None;
        };
        let everybody = || Who::These((0..self.count).collect());
        let nth = |at: usize| (self.count > 1 && at < self.count && self.ordinal_stands_alone(all, hit, end)).then(|| Who::These(vec![at]));
        let (who, sure) = match set {
            Set::All | Set::None => (everybody(), true),
            Set::Count(count) if count == self.count => (everybody(), true),
            Set::Count(count) if count == self.open.len() => (Who::These(self.open.clone()), true),
            Set::Count(_) if self.count == 1 => return None,
            Set::Count(_) => (Who::Unclear, false),
            Set::Neither => (everybody(), self.count <= 2),
            Set::Rest(_) if self.count == 1 => return None,
            Set::Rest(count) => (Who::Rest(count), true),
            Set::Nth(number) => (nth(number.checked_sub(1)?)?, true),
            Set::OfTwo(number) if self.count == 2 => (Who::These(vec![number.checked_sub(1)?]), true),
            Set::OfTwo(_) => return None,
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

    /// "the first" means a candidate unless it is the first of something else.
    fn ordinal_stands_alone(&self, all: &[Token], hit: &Hit, end: usize) -> bool {
        let last = hit.tokens.end.checked_sub(1).and_then(|at| all.get(at));
        if last.is_some_and(|token| words::is_person(&token.fold) || token.kind == Kind::Number && hit.tokens.len() > 1) {
            return true;
        }
        let next = all.get(hit.tokens.end).filter(|_| hit.tokens.end < end);
        next.is_none_or(|token| {
            token.kind.separates()
                || matches!(
                    token.fold.as_str(),
                    "is" | "was"
                        | "looks"
                        | "seems"
                        | "and"
                        | "but"
                        | "please"
                        | "yes"
                        | "no"
                        | "maybe"
                        | "pass"
                        | "has"
                        | "sounds"
                        | "or"
                        | "over"
                        | "only"
                        | "a"
                )
        })
    }

    fn name(&self, all: &[Token], at: usize, end: usize) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Word)?;
        if PARTICLES.contains(&token.fold.as_str()) {
            return None;
        }
        let Some(first) = self.names.get(&token.fold) else {
            return self.misspelt(token, at);
        };
        let mut who = first.clone();
        let mut stop = at + 1;
        while let Some(next) = all.get(stop).filter(|next| stop < end && next.kind == Kind::Word) {
            let Some(also) = self.names.get(&next.fold) else {
                break;
            };
            let both: Vec<usize> = who.iter().copied().filter(|one| also.contains(one)).collect();
            if both.is_empty() {
                break;
            }
            who = both;
            stop += 1;
        }
        // A name that is a word as well ("Grace", "Mark", "May") is one only where it is written as one.
        let is_word = words::known(&token.fold) && !words::foreign(&token.fold);
        if stop == at + 1 && is_word && !token.capital {
            return None;
        }
        if who.len() > 1 {
            // "the Maria from Faro"
            let place = all
                .get(stop)
                .filter(|word| stop < end && matches!(word.fold.as_str(), "from" | "in" | "of"));
            if let Some(place) = place.and_then(|_| all.get(stop + 1)).and_then(|word| self.summary.get(&word.fold)) {
                who.retain(|one| place.contains(one));
                stop += 2;
            }
        }
        let unclear = who.len() != 1;
        let who = if unclear { Who::Unclear } else { Who::These(who) };
        Some(Mention {
            tokens: at..stop,
            who,
            sure: !unclear,
            none: false,
            named: true,
        })
    }

    /// One letter wrong, swapped, missing or too many; two in long names.
    fn misspelt(&self, token: &Token, at: usize) -> Option<Mention> {
        let length = token.fold.chars().count();
        if !(4..=24).contains(&length) || words::known(&token.fold) || self.summary.contains_key(&token.fold) {
            return None;
        }
        let mut best: Option<(usize, &Vec<usize>)> = None;
        let mut tie = false;
        for (name, who) in &self.names {
            let long = name.chars().count();
            // A short name bears a letter too many, nothing else.
            let doubled = long == 3 && length == 4 && name.chars().next() == token.fold.chars().next();
            if long < 4 && !doubled || long.abs_diff(length) > 2 {
                continue;
            }
            let distance = strsim::osa_distance(name, &token.fold);
            let allowed = if long.min(length) >= 7 { 2 } else { 1 };
            if distance > allowed {
                continue;
            }
            match best {
                Some((nearest, _)) if nearest < distance => {}
                Some((nearest, other)) if nearest == distance => tie |= other != who,
                _ => {
                    best = Some((distance, who));
                    tie = false;
                }
            }
        }
        let (distance, who) = best?;
        let clear = !tie && who.len() == 1;
        let who = if clear { Who::These(who.clone()) } else { Who::Unclear };
        Some(Mention {
            tokens: at..at + 1,
            who,
            sure: clear && distance == 1,
            none: false,
            named: true,
        })
    }

    fn initials(&self, text: &str, all: &[Token], at: usize) -> Option<Mention> {
        if self.count < 2 {
            return None;
        }
        let token = all.get(at).filter(|token| token.kind == Kind::Word)?;
        let written = text.get(token.range.clone())?;
        let is_upper = |text: &str| text.chars().all(char::is_uppercase);
        let (letters, end) = if written.len() == 1 && is_upper(written) {
            let next = all
                .get(at + 1)
                .filter(|next| next.range.len() == 1 && next.kind == Kind::Word && next.range.start <= token.range.end + 2)?;
            is_upper(text.get(next.range.clone())?).then_some(())?;
            (format!("{}{}", token.fold, next.fold), at + 2)
        } else {
            (token.fold.clone(), at + 1)
        };
        let shouting = !text.chars().any(char::is_lowercase);
        if !(2..=3).contains(&letters.len()) || !is_upper(written) || shouting || NO_INITIALS.contains(&letters.as_str()) {
            return None;
        }
        match self.initials.get(&letters)?.as_slice() {
            [one] => Some(Mention {
                tokens: at..end,
                who: Who::These(vec![*one]),
                sure: true,
                none: false,
                named: true,
            }),
            _ => Some(Mention {
                tokens: at..end,
                who: Who::Unclear,
                sure: false,
                none: false,
                named: true,
            }),
        }
    }

    /// "1) yes", "#2", "yes to 1 and 3"; never the 2 of "2 weeks".
    fn number(&self, text: &str, all: &[Token], at: usize, within: &Range<usize>) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Number)?;
        let number: usize = token.fold.parse().ok()?;
        if self.count < 2 || number == 0 || number > self.count {
            return None;
        }
        let hash = text.get(..token.range.start).is_some_and(|head| head.ends_with('#'));
        let before = (at > within.start).then(|| all.get(at - 1)).flatten();
        let after = all.get(at + 1).filter(|_| at + 1 < within.end);
        let word_before =
            before.is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || BEFORE_NUMBER.contains(&token.fold.as_str()));
        let word_after =
            after.is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || AFTER_NUMBER.contains(&token.fold.as_str()));
        let decimal = after.is_some_and(|next| next.kind == Kind::Number) || before.is_some_and(|last| last.kind == Kind::Number);
        (hash || word_before && word_after && !decimal).then(|| Mention {
            tokens: at..at + 1,
            who: Who::These(vec![number - 1]),
            sure: true,
            none: false,
            named: true,
        })
    }

    /// "the SRE from Leeds": words of the letter's summary that fit one candidate only, called by a noun for a person.
    fn description(&self, all: &[Token], at: usize, end: usize) -> Option<Mention> {
        let opens = all
            .get(at)
            .is_some_and(|token| matches!(token.fold.as_str(), "the" | "your" | "that" | "this"));
        if !opens || self.count < 2 {
            return None;
        }
        let mut who: Option<HashSet<usize>> = None;
        let (mut person, mut stop) = (false, at);
        for (place, token) in all.iter().enumerate().take(end.min(at + 7)).skip(at + 1) {
            if token.kind.separates() {
                break;
            }
            let is_person = words::is_person(&token.fold);
            let fits = self.summary.get(&token.fold);
            if let Some(fits) = fits {
                who = Some(who.map_or_else(|| fits.clone(), |sofar| sofar.intersection(fits).copied().collect()));
            }
            person |= is_person;
            if is_person || fits.is_some() {
                stop = place + 1;
            } else if !matches!(token.fold.as_str(), "from" | "in" | "of" | "based" | "with" | "who") {
                break;
            }
        }
        let who: Vec<usize> = who.filter(|_| person)?.into_iter().collect();
        let who = if who.len() == 1 { Who::These(who) } else { Who::Unclear };
        let sure = who != Who::Unclear;
        Some(Mention {
            tokens: at..stop,
            who,
            sure,
            none: false,
            named: true,
        })
    }
}

const BEFORE_NUMBER: [&str; 27] = [
    "to",
    "on",
    "for",
    "in",
    "with",
    "and",
    "or",
    "not",
    "no",
    "yes",
    "pass",
    "number",
    "only",
    "just",
    "maybe",
    "also",
    "numbers",
    "interested",
    "meet",
    "see",
    "interview",
    "candidate",
    "ja",
    "nein",
    "oui",
    "non",
    "like",
];

const AFTER_NUMBER: [&str; 27] = [
    "yes",
    "no",
    "maybe",
    "pass",
    "interested",
    "and",
    "is",
    "looks",
    "not",
    "ja",
    "nein",
    "oui",
    "non",
    "sounds",
    "please",
    "definitely",
    "but",
    "only",
    "nope",
    "yep",
    "vielleicht",
    "nee",
    "si",
    "seems",
    "pls",
    "too",
    "ok",
];

/// Capitals that stand for something else.
const NO_INITIALS: [&str; 17] = [
    "ok", "hr", "cv", "uk", "it", "us", "am", "pm", "eu", "no", "so", "if", "or", "ps", "ny", "ai", "ceo",
];

/// Joins mentions that stand in one list: "Ana, Ben and Carl". The answer holds, for each list, its mentions.
pub(super) fn lists(all: &[Token], mentions: Vec<Mention>, kept_apart: &dyn Fn(usize) -> bool) -> Vec<Vec<Mention>> {
    let mut out: Vec<Vec<Mention>> = Vec::new();
    for mention in mentions {
        let joins = out.last().and_then(|list| list.last()).is_some_and(|last| {
            let between = last.tokens.end..mention.tokens.start;
            between.clone().count() <= 3
                && !mention.none
                && !last.none
                && between
                    .clone()
                    .all(|at| !kept_apart(at) && all.get(at).is_some_and(|token| JOINS.contains(&token.fold.as_str())))
        });
        match out.last_mut() {
            Some(list) if joins => list.push(mention),
            _ => out.push(vec![mention]),
        }
    }
    out
}
