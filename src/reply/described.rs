//! Candidates spoken of by what they are: a description, several of a kind, the woman or the man among them.
//!
//! In: tokens, what the letter said of the candidates, and what their first names tell. Out: mentions. Never here: names and numbers.

use std::collections::HashSet;
use std::ops::Range;

use super::gender::Gender;
use super::names::{Text, elided};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::who::{Mention, People, Who};
use super::words;

impl People<'_> {
    /// The candidates described at `at`, in one of these ways.
    pub(super) fn described(&self, text: &Text<'_>, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        self.several(all, at, end)
            .or_else(|| self.description(text, all, at, end))
            .or_else(|| self.by_gender(all, at, end))
    }

    /// "She can come. He can't": a pronoun that fits one candidate only, and not the one last spoken of.
    pub(super) fn pronouns(
        &self,
        all: &[Token<'_>],
        opens: &dyn Fn(usize) -> bool,
        within: Range<usize>,
        mentions: &mut Vec<Mention>,
        focus: &[usize],
    ) {
        let mut last: Vec<usize> = focus.to_vec();
        for at in within {
            if let Some(mention) = mentions.iter().find(|mention| mention.tokens.contains(&at)) {
                if let Who::These(these) = &mention.who {
                    last.clone_from(these);
                }
                continue;
            }
            let gender = all.get(at).filter(|_| opens(at)).and_then(|token| Gender::of_pronoun(&token.fold));
            // "Duncan asked me to answer. He'd like to meet Lena": who wants to see somebody is of the client's house.
            let wants = || {
                let behind = all.get(at + 1..all.len().min(at + 6)).unwrap_or_default();
                behind
                    .windows(2)
                    .any(|pair| matches!(pair, [to, meet] if to.fold == "to" && meet.is(Small::Meet)))
            };
            let gender = gender.filter(|_| !wants());
            let Some(who) = gender
                .and_then(|gender| self.all_who_are(gender))
                .filter(|who| who.len() == 1 && *who != last)
            else {
                continue;
            };
            last.clone_from(&who);
            mentions.push(Mention {
                tokens: at..at + 1,
                who: Who::These(who),
                sure: true,
                none: false,
                named: true,
            });
        }
        mentions.sort_by_key(|mention| mention.tokens.start);
    }

    /// "the two surgeons", "all welders": several of whom the letter said the same.
    fn several(&self, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        if self.count < 2 {
            return None;
        }
        let (mut place, mut wanted) = (at, None);
        while let Some(token) = all.get(place).filter(|_| place < end && place < at + 4) {
            match how_many(token) {
                None if token.is(Small::Determiner) => {}
                None => break,
                many => wanted = many,
            }
            place += 1;
        }
        if let Some(mention) = self.several_from(all, at, place, end, wanted) {
            return Some(mention);
        }
        // "drivers yes clerk no"
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let answered =
            before.is_none_or(|before| before.kind.separates() || before.is_answer()) && all.get(at + 1).is_some_and(Token::is_answer);
        let token = all
            .get(place)
            .filter(|token| place < end && (place > at || answered) && token.kind == Kind::Word)?;
        // "the two Go ones", "both London people"
        let people = all
            .get(place + 1)
            .filter(|_| place > at && place + 1 < end)
            .is_some_and(|next| next.is(Small::Several) || words::is_person(&next.fold) && next.fold.ends_with('s'));
        let word = match people {
            true => &*token.fold,
            false => token.fold.strip_suffix('s').filter(|_| !self.summary().contains_key(&token.fold))?,
        };
        let who = self.summary().get(word)?;
        // "On the data engineers, Tobias is the one": all of the letter are what it is about, nobody in it.
        let comma = all.get(place + 1).filter(|_| place + 1 < end).is_some_and(|next| next.fold == ",");
        let topic = (people || comma) && wanted.is_none() && who.len() == self.count;
        let told = who.len() > 1 && wanted.is_none_or(|wanted| wanted == who.len()) && !topic;
        let mut who: Vec<usize> = who.iter().copied().collect();
        who.sort_unstable();
        told.then(|| Mention {
            tokens: at..place + 1 + usize::from(people),
            who: Who::These(who),
            sure: true,
            none: false,
            named: true,
        })
    }

    /// "the two from Corby", "those in Leeds": as many as the letter places there. `place` is behind the words that count them.
    fn several_from(&self, all: &[Token<'_>], at: usize, place: usize, end: usize, wanted: Option<usize>) -> Option<Mention> {
        let token = |at: usize| all.get(at).filter(|_| at < end);
        let noun = usize::from(token(place).is_some_and(|token| token.is(Small::Several)));
        let counted = place > at && (wanted.is_some() || noun > 0 || matches!(&*token(at)?.fold, "those" | "these"));
        token(place + noun).filter(|token| counted && token.is(Small::Place))?;
        let who = self.summary().get(&token(place + noun + 1)?.fold)?;
        let told = who.len() > 1 && who.len() < self.count && wanted.is_none_or(|wanted| wanted == who.len());
        let mut who: Vec<usize> = who.iter().copied().collect();
        who.sort_unstable();
        told.then(|| Mention {
            tokens: at..place + noun + 2,
            who: Who::These(who),
            sure: true,
            none: false,
            named: true,
        })
    }

    /// "the SRE from Leeds": words of the letter's summary that fit one candidate only, called by a noun for a person.
    fn description(&self, text: &Text<'_>, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        if self.count < 2 {
            return None;
        }
        if !all.get(at).is_some_and(|token| token.is(Small::Article)) {
            return self.headline(text, all, at, end);
        }
        let near = all.get(at + 1..end.min(at + 7)).unwrap_or_default();
        let mut words = near.iter().take_while(|token| !token.kind.separates());
        if !words.any(|token| words::is_person(&token.fold)) {
            return None;
        }
        let mut who: Option<HashSet<usize>> = None;
        let (mut person, mut stop, mut pending) = (false, at, false);
        for (place, token) in all.iter().enumerate().take(end.min(at + 7)).skip(at + 1) {
            if token.kind.separates() {
                break;
            }
            let is_person = words::is_person(&token.fold);
            let fits = self.summary().get(&token.fold);
            // "the two Java people", "the younger one": what the letter did not say tells nobody apart.
            if let Some(fits) = fits {
                who = Some(who.map_or_else(|| fits.clone(), |sofar| sofar.intersection(fits).copied().collect()));
            }
            person |= is_person;
            if is_person || fits.is_some() {
                stop = place + 1;
                pending = false;
            } else if token.is(Small::Place) && !pending || token.is(Small::Article) {
                pending = true;
            } else {
                break;
            }
        }
        // "The finance assistant post has been pulled"
        if all.get(stop).filter(|_| stop < end).is_some_and(|next| next.is(Small::Post)) {
            return None;
        }
        let who: Vec<usize> = who.filter(|_| person)?.into_iter().collect();
        Some(mention(at..stop, who))
    }

    /// "London and Rotterdam yes", "Manager: too pricey": a word of the letter's summary at the head of a clause, as a name.
    fn headline(&self, text: &Text<'_>, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        let token = all.get(at).filter(|token| token.kind == Kind::Word && token.fold.len() > 1)?;
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        let opens = before.is_none_or(|before| {
            before.kind.separates()
                || before.is(Small::List)
                // "Tuesday at 2 in Venlo" is a place to meet, "un puesto de auxiliar" a post.
                || before.is(Small::Link)
                    // "I'll hold off on Rotterdam" is about whoever comes from there.
                    && (!before.is(Small::Place) || before.fold == "on" || before.is(Small::Article) && opens_clause(all, at - 1))
                    && !at.checked_sub(2).and_then(|at| all.get(at)).is_some_and(|verb| verb.is(Small::Move))
                || before.is(Small::Yes)
                // "Ben has no PLC" turns nobody down.
                || before.is(Small::No)
                    && !at.checked_sub(2).and_then(|at| all.get(at)).is_some_and(|verb| verb.is(Small::Verb))
        });
        // "Go ahead" is no Go developer.
        let is_word = words::known(&token.fold) && !words::foreign(&token.fold);
        // "drivers yes clerk no"
        let answered = words::is_person(&token.fold) && all.get(at + 1).filter(|_| at + 1 < end).is_some_and(Token::is_answer);
        if !opens || is_word && !token.capital && !answered {
            return None;
        }
        let owned = token.fold.strip_suffix('s').filter(|_| !self.summary().contains_key(&token.fold));
        let elided = elided(text, token).filter(|rest| self.summary().contains_key(&**rest));
        let fits = self.summary().get(elided.as_deref().or(owned).unwrap_or(&token.fold))?;
        let next = all.get(at + 1).filter(|_| at + 1 < end);
        let person = next.is_some_and(|next| words::is_person(&next.fold));
        // "Go for it" is about nobody, "Go and Rust" is.
        let follows = |next: &Token<'_>| next.kind.separates() || next.is(Small::Follows) && (token.fold.len() > 2 || next.is(Small::List));
        let stands = person || owned.is_some() && elided.is_none() || next.is_none_or(follows);
        let stop = if person { at + 2 } else { at + 1 };
        (stands && fits.len() == 1).then(|| mention(at..stop, fits.iter().copied().collect()))
    }

    /// "the lady", "the two lads", and nothing more is said of them: the first names tell.
    fn by_gender(&self, all: &[Token<'_>], at: usize, end: usize) -> Option<Mention> {
        if self.count < 2 {
            return None;
        }
        let (mut place, mut wanted) = (at, None);
        while let Some(token) = all.get(place).filter(|_| place < end && place < at + 3) {
            match how_many(token) {
                None if token.is(Small::Determiner) || token.is(Small::Article) => {}
                None => break,
                many => wanted = many,
            }
            place += 1;
        }
        let (gender, several) = all
            .get(place)
            .filter(|_| place > at && place < end)
            .and_then(|token| Gender::of_noun(&token.fold))?;
        let more = all
            .get(place + 1)
            .filter(|_| place + 1 < end)
            .is_some_and(|next| next.is(Small::Place));
        let who = self.all_who_are(gender)?;
        let told = several == (who.len() > 1) && wanted.is_none_or(|wanted| wanted == who.len());
        (told && !more).then(|| Mention {
            tokens: at..place + 1,
            who: Who::These(who),
            sure: true,
            none: false,
            named: true,
        })
    }
}

/// Nothing of the clause stands before it.
fn opens_clause(all: &[Token<'_>], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|at| all.get(at))
        .is_none_or(|before| before.kind.separates())
}

/// "both", "three".
fn how_many(token: &Token<'_>) -> Option<usize> {
    let says = |small: Small, number: usize| token.is(small).then_some(number);
    says(Small::Two, 2).or(says(Small::Three, 3)).or(says(Small::Four, 4))
}

/// A mention of somebody described.
fn mention(tokens: Range<usize>, who: Vec<usize>) -> Mention {
    let clear = who.len() == 1;
    Mention {
        tokens,
        who: if clear { Who::These(who) } else { Who::Unclear },
        sure: clear,
        none: false,
        named: true,
    }
}
