//! Candidates spoken of by name, misspelt name, initials or number.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use fnv::FnvHashMap;

use super::sentences::{Kind, Token, fold, tokens};
use super::small::Small;
use super::who::{Mention, Name, People, Who, letters};
use super::words;

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
fn nicknames(short: &str) -> impl Iterator<Item = &'static str> {
    NICKNAMES.get(short).into_iter().flatten().copied()
}

/// The text of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    /// As written.
    pub(super) whole: &'t str,
    /// There is no small letter in it.
    shouting: bool,
}

impl<'t> Text<'t> {
    pub(super) fn new(whole: &'t str) -> Self {
        Self {
            whole,
            shouting: !whole.chars().any(char::is_lowercase),
        }
    }
}

/// What an elided article or preposition stands before: "d'Ana", "l'autista", "qu'Omar".
pub(super) fn elided<'w>(text: &Text<'w>, token: &Token<'_>) -> Option<Cow<'w, str>> {
    let (head, rest) = text.whole.get(token.range.clone())?.split_once(['\'', '’'])?;
    (1..=4).contains(&head.len()).then(|| fold(rest)).filter(|rest| rest.len() > 2)
}

impl People<'_> {
    /// Whom a text calls by name: whole, shortened, misspelt, with other accents. Numbers, letters and descriptions count for nothing.
    pub(super) fn called(&self, text: &str) -> Vec<usize> {
        let (whole, all) = (Text::new(text), tokens(text));
        let mentions = (0..all.len()).filter_map(|at| self.name(&whole, &all, at, all.len()));
        let these = mentions.filter_map(|mention| match mention.who {
            Who::These(these) => Some(these),
            Who::Rest(_) | Who::Unclear => None,
        });
        these.flatten().collect()
    }

    /// The same without names that several of them have.
    pub(super) fn called_alone(&self, text: &str) -> Vec<usize> {
        let (whole, all) = (Text::new(text), tokens(text));
        let mut at = 0;
        let mut found = Vec::new();
        while at < all.len() {
            let Some(mention) = self.name(&whole, &all, at, all.len()) else {
                at += 1;
                continue;
            };
            at = mention.tokens.end.max(at + 1);
            if let Who::These(these) = mention.who
                && let [one] = these.as_slice()
            {
                found.push(*one);
            }
        }
        found
    }

    /// Candidates named in `within`, by name, number or description.
    pub(super) fn names(&self, text: &Text<'_>, all: &[Token<'_>], within: Range<usize>) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = within.start;
        while at < within.end {
            let mention = self
                .name(text, all, at, within.end)
                .or_else(|| self.initials(text, all, at))
                .or_else(|| self.letter(text, all, at))
                .or_else(|| self.number(text, all, at, &within))
                .or_else(|| self.described(text, all, at, within.end));
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

    fn name(&self, text: &Text<'_>, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Word)?;
        if token.is(Small::Particle) {
            return None;
        }
        let elided = elided(text, token).filter(|rest| self.names.contains_key(&**rest) && !self.names.contains_key(&token.fold));
        let Some(first) = self.names.get(elided.as_deref().unwrap_or(&token.fold)) else {
            let next = all.get(at + 1).filter(|_| at + 1 < end);
            return self.shortened(text, token, next, at).or_else(|| self.misspelt(token, at));
        };
        let mut who = first.who.clone();
        let mut stop = at + 1;
        while let Some(next) = all.get(stop).filter(|next| stop < end && next.kind == Kind::Word) {
            let Some(also) = self.names.get(&next.fold) else {
                break;
            };
            let both: Vec<usize> = who.iter().copied().filter(|one| also.who.contains(one)).collect();
            if both.is_empty() {
                break;
            }
            who = both;
            stop += 1;
        }
        // A name that is a word as well ("Grace", "Mark", "May") is one only where it is written as one.
        let is_word = words::known(&token.fold) && !words::foreign(&token.fold);
        if stop == at + 1 && is_word && !token.capital && !(first.first && self.stands_as_a_name(all, at, end)) {
            return None;
        }
        if who.len() > 1 {
            // "the Maria from Faro"
            let place = all.get(stop).filter(|word| stop < end && word.is(Small::Place));
            if let Some(place) = place
                .and_then(|_| all.get(stop + 1))
                .and_then(|word| self.summary().get(&word.fold))
            {
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

    /// "joy no", "grace is great": a name in small letters that is a word as well, at the head of a clause and before what is said of people.
    fn stands_as_a_name(&self, all: &[Token<'_>], at: usize, end: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let opens =
            before.is_none_or(|before| before.kind.separates() || before.is(Small::Joint) || before.is(Small::Yes) || before.is(Small::No));
        let said = |next: &Token<'_>| next.is(Small::Verb) || next.is_answer();
        opens && all.get(at + 1).filter(|_| at + 1 < end).is_some_and(said)
    }

    /// "Jen" for Jennifer, "Bob" for Robert, with or without "'s"; written as a name is.
    fn shortened(&self, text: &Text<'_>, token: &Token<'_>, next: Option<&Token<'_>>, at: usize) -> Option<Mention> {
        let written = text.whole.get(token.range.clone())?;
        let owns = written.ends_with("'s") || written.ends_with("’s");
        let short = if owns { token.fold.strip_suffix('s')? } else { &*token.fold };
        let known = words::known(short);
        if !token.capital && (known || self.count < 2)
            || text.shouting
            || known && !words::foreign(short)
            || self.summary().contains_key(short)
        {
            return None;
        }
        // "Die" opens many a German sentence and is no Diego.
        // "helena yes dom no"
        let written_so = token.capital || short.len() > 3 || next.is_some_and(Token::is_answer);
        let cut = short.chars().count() >= 3 && (owns || !words::known(short));
        let whole = self.names.get(short).into_iter();
        let fits = self.names.iter().filter(|(name, known)| {
            let begins = cut && name.len() > short.len() && name.starts_with(short) && written_so;
            // "Tobi" for Oluwatobi
            let ends = cut && short.len() > 3 && token.capital && name.len() > short.len() && name.ends_with(short);
            known.first && (begins || ends || nicknames(short).any(|full| full == **name))
        });
        let mut who: Vec<usize> = whole
            .chain(fits.map(|(_, known)| known))
            .flat_map(|known| known.who.clone())
            .collect();
        who.sort_unstable();
        who.dedup();
        let clear = who.len() == 1;
        (!who.is_empty()).then(|| Mention {
            tokens: at..at + 1,
            who: if clear { Who::These(who) } else { Who::Unclear },
            sure: clear,
            none: false,
            named: true,
        })
    }

    /// "R - yes", "yes to R": a letter that only one first name begins with, and a mark behind it or an answer before it.
    fn letter(&self, text: &Text<'_>, all: &[Token<'_>], at: usize) -> Option<Mention> {
        let token = all
            .get(at)
            .filter(|token| token.kind == Kind::Word && token.capital && token.range.len() == 1)?;
        let marked = all
            .get(at + 1)
            .is_some_and(|next| matches!(&*next.fold, "-" | "–" | "—" | ":" | "=" | "→"));
        // "Yes to K, no to the other two"
        let back = |by: usize| at.checked_sub(by).and_then(|at| all.get(at));
        let answered = back(1).is_some_and(|link| link.is(Small::Toward)) && back(2).is_some_and(Token::is_answer);
        if !(marked || answered) || text.shouting || self.count < 2 {
            return None;
        }
        let begin = self
            .names
            .iter()
            .filter(|(name, known)| known.first && name.starts_with(&*token.fold));
        let mut who: Vec<usize> = begin.flat_map(|(_, known)| known.who.clone()).collect();
        who.sort_unstable();
        who.dedup();
        let [one] = who.as_slice() else { return None };
        Some(Mention {
            tokens: at..at + 1,
            who: Who::These(vec![*one]),
            sure: true,
            none: false,
            named: true,
        })
    }

    /// One letter wrong, swapped, missing or too many; two in long names.
    fn misspelt(&self, token: &Token, at: usize) -> Option<Mention> {
        let length = token.fold.chars().count();
        if !(4..=24).contains(&length) || words::known(&token.fold) {
            return None;
        }
        let written = letters(&token.fold);
        let mut best: Option<(usize, &Vec<usize>)> = None;
        let mut tie = false;
        for (
            name,
            Name {
                who,
                length: long,
                letters,
                ..
            },
        ) in &self.names
        {
            let long = *long;
            // A short name bears a letter too many, nothing else.
            let doubled = long == 3 && length == 4 && name.chars().next() == token.fold.chars().next();
            if long < 4 && !doubled || long.abs_diff(length) > 2 {
                continue;
            }
            let allowed = if long.min(length) >= 7 { 2 } else { 1 };
            let missing = (letters & !written).count_ones().max((written & !letters).count_ones());
            if missing > allowed {
                continue;
            }
            let allowed = allowed as usize;
            let distance = strsim::osa_distance(name, &token.fold);
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
        // What the letter said of somebody is no misspelt name.
        if self.summary().contains_key(&token.fold) {
            return None;
        }
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

    fn initials(&self, text: &Text<'_>, all: &[Token<'_>], at: usize) -> Option<Mention> {
        if self.count < 2 {
            return None;
        }
        let token = all.get(at).filter(|token| token.kind == Kind::Word)?;
        let written = text.whole.get(token.range.clone())?;
        let is_upper = |text: &str| text.chars().all(char::is_uppercase);
        let (letters, end) = if written.len() == 1 && is_upper(written) {
            let next = all
                .get(at + 1)
                .filter(|next| next.range.len() == 1 && next.kind == Kind::Word && next.range.start <= token.range.end + 2)?;
            is_upper(text.whole.get(next.range.clone())?).then_some(())?;
            (format!("{}{}", token.fold, next.fold), at + 2)
        } else {
            (token.fold.to_string(), at + 1)
        };
        if !(2..=3).contains(&letters.len()) || !is_upper(written) || text.shouting || Small::Capitals.has(&letters) {
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
    fn number(&self, text: &Text<'_>, all: &[Token<'_>], at: usize, within: &Range<usize>) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Number)?;
        let number: usize = token.fold.parse().ok()?;
        if self.count < 2 || number == 0 || number > self.count {
            return None;
        }
        let hash = text.whole.get(..token.range.start).is_some_and(|head| head.ends_with('#'));
        let before = (at > within.start).then(|| all.get(at - 1)).flatten();
        let after = all.get(at + 1).filter(|_| at + 1 < within.end);
        let word_before = before.is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || token.is(Small::BeforeNumber));
        let word_after = after.is_none_or(|token| token.kind.separates() || token.kind == Kind::Emoji || token.is(Small::AfterNumber));
        // "1 no, 3 dunno yet": where the answer is a list of numbers, a number at the head of a clause is one of them.
        let heads =
            before.is_none_or(|token| token.kind.separates()) && after.is_some_and(|next| next.kind == Kind::Word && !next.is(Small::Unit));
        let word_after = word_after || heads && self.is_numbered(all, within);
        let decimal = after.is_some_and(|next| next.kind == Kind::Number) || before.is_some_and(|last| last.kind == Kind::Number);
        (hash || word_before && word_after && !decimal).then(|| Mention {
            tokens: at..at + 1,
            who: Who::These(vec![number - 1]),
            sure: true,
            none: false,
            named: true,
        })
    }

    /// At least two numbers of candidates stand before answers.
    fn is_numbered(&self, all: &[Token<'_>], within: &Range<usize>) -> bool {
        let answered = |at: &usize| {
            let is_one = all.get(*at).is_some_and(|token| {
                token.kind == Kind::Number && token.fold.parse().is_ok_and(|number: usize| (1..=self.count).contains(&number))
            });
            is_one && all.get(at + 1).is_some_and(|next| next.is(Small::AfterNumber))
        };
        within.clone().filter(answered).count() >= 2
    }
}
