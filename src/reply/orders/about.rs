//! Which batch a recruiter's mail is about.
//!
//! In: its text and the batches on the desk. Out: the one that it answers, or names by reference, people, client or role; none where it could
//! be several. Never here: a guess between two that fit equally well.

use super::super::sentences::{Kind, fold, tokens};
use super::super::who::People;
use super::super::{Asked, Question};
use super::{Desk, OnDesk, table};

/// The batch.
pub(super) fn batch<'d>(text: &str, desk: &'d Desk) -> Option<&'d OnDesk> {
    let upper = text.to_uppercase();
    let named = |one: &&OnDesk| upper.split(|c: char| !c.is_alphanumeric()).any(|word| word == one.reference);
    let mut referred = desk.batches.iter().filter(named);
    if let Some(one) = referred.next() {
        return referred.next().is_none().then_some(one);
    }
    let words = folded(text);
    if desk.answers {
        let (first, others) = desk.batches.split_first()?;
        // Whoever answers a letter of one batch and names somebody of another in full speaks of that one.
        let whole = |one: &OnDesk| one.candidates.iter().any(|(about, _)| holds(&words, &about.name));
        let strays = !whole(first) && others.iter().any(whole) && called(text, first, desk) == 0;
        return (!strays).then_some(first);
    }
    let score = |one: &OnDesk| {
        let contact = folded(&one.contact);
        let by_contact = holds(&words, &one.contact) || contact.first().is_some_and(|first| words.contains(first));
        let by_client = holds(&words, &one.client)
            || folded(&one.client)
                .first()
                .is_some_and(|first| first.len() > 3 && words.contains(first));
        called(text, one, desk) * 2 + usize::from(by_contact) + if by_client { 3 } else { 0 } + if holds(&words, &one.role) { 3 } else { 0 }
    };
    let mut scores: Vec<(usize, &OnDesk)> = desk
        .batches
        .iter()
        .map(|one| (score(one), one))
        .filter(|(score, _)| *score > 0)
        .collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match scores.as_slice() {
        [(_, only)] => Some(only),
        [(best, first), (second, _), ..] if best > second => Some(first),
        _ => None,
    }
}

/// The greeting names somebody who is neither the bot nor anybody of the desk: "Hi Karen,".
pub(super) fn is_to_another(greeting: &str, desk: &Desk) -> bool {
    let named = |one: &OnDesk| folded(&format!("{} {} {}", one.contact, one.client, one.reference));
    let known: Vec<String> = desk.batches.iter().flat_map(named).collect();
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().any(char::is_lowercase);
    let names = greeting
        .split(|c: char| !c.is_alphanumeric())
        .skip_while(|word| word.is_empty())
        .skip(1)
        .filter(capital);
    let mut strangers = names
        .map(|name| fold(name).into_owned())
        .filter(|name| !known.contains(name) && !table::is("greeted", name));
    strangers.next().is_some()
}

/// A mail that begins with the name of somebody who is asked: "Dan, can you check …?"
pub(super) fn calls_another(body: &str, desk: &Desk) -> bool {
    let all = tokens(body);
    let mut words = all.iter().filter(|token| !token.kind.separates());
    let Some(first) = words.next().filter(|token| token.kind == Kind::Word && token.word == 0) else {
        return false;
    };
    let names = desk.batches.iter().flat_map(|one| {
        let candidates = one.candidates.iter().map(|(about, _)| about.name.as_str());
        [one.contact.as_str(), one.client.as_str(), one.reference.as_str()]
            .into_iter()
            .chain(candidates)
    });
    let known = names.flat_map(folded).any(|name| name == *first.fold);
    let rest: Vec<&str> = words.take(CALL).map(|token| &*token.fold).collect();
    // "Dan, look at this"
    let hailed = first.capital && all.get(1).is_some_and(|token| token.fold == ",") && table::is("hails", &rest.join(" "));
    let called = hailed || table::is("calls", &rest.join(" "));
    !known && !table::is("greeted", &first.fold) && !table::is("no_name", &first.fold) && called
}

/// So many words tell whether somebody is asked.
const CALL: usize = 12;

/// How many of its candidates are called by name.
fn called(text: &str, one: &OnDesk, desk: &Desk) -> usize {
    let asked = asked(one, desk);
    let mut called = People::of(&asked).called(text);
    called.sort_unstable();
    called.dedup();
    called.len()
}

/// What the readers of answers need to know of a batch.
pub(super) fn asked(batch: &OnDesk, desk: &Desk) -> Asked {
    Asked {
        candidates: batch.candidates.iter().map(|(about, _)| about.clone()).collect(),
        question: Question::Decision,
        today: desk.zone.local(desk.written).date(),
    }
}

/// Words of a text, folded.
pub(super) fn folded(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(|word| fold(word).into_owned())
        .collect()
}

/// All words of a name stand in a row.
pub(super) fn holds(words: &[String], name: &str) -> bool {
    let name = folded(name);
    !name.is_empty() && words.windows(name.len()).any(|window| window == name)
}
