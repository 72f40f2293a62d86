//! Sentences that run on: "spoke to Petra she likes Ana Ben not for her", spoken into a telephone or typed without marks.
//!
//! In: a sentence, written for the tables. Out: the tokens at which something new is said of somebody else. Cut there, each part is read as a
//! sentence of its own. Never here: what is said; a cut where a mark parts the words already.

use super::sentence::Written;
use super::table;

/// Nobody runs on about more people in one breath.
const MOST: usize = 12;

/// Tokens at which a new part begins.
pub(super) fn cuts(written: &Written) -> Vec<usize> {
    let words: Vec<&str> = written
        .places
        .iter()
        .map(|(place, _)| written.text.get(place.clone()).unwrap_or_default())
        .collect();
    let is_answer = |word: &&str| table::is("run_answer", word);
    let first = |what: &dyn Fn(&&str) -> bool| words.iter().position(what).unwrap_or(words.len());
    let answers_first = first(&is_answer) < first(&|word| *word == "@");
    let mut cuts: Vec<usize> = Vec::new();
    let mut from = 0;
    for at in 1..words.len() {
        let begins = match words.get(at) {
            Some(&"@" | &"&") if !answers_first => begins_clause(&words, from, at),
            Some(word) if answers_first && is_answer(word) => begins_answer(&words, at),
            _ => false,
        };
        if begins {
            from = at;
            cuts.extend(written.places.get(at).map(|(_, tokens)| tokens.start));
        }
        if cuts.len() > MOST {
            return Vec::new();
        }
    }
    cuts
}

/// "… not for him Ana is a yes": a name behind words that take none, with words behind it that say something of it.
fn begins_clause(words: &[&str], from: usize, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| words.get(before)).copied().unwrap_or_default();
    let is_word = before.starts_with(|c: char| c.is_alphanumeric()) || matches!(before, "~" | "@");
    let list = words.get(at..).unwrap_or_default().iter();
    let behind = at + list.take_while(|word| matches!(**word, "@" | "and" | ",")).count().max(1);
    let rest: Vec<&str> = words.get(behind..).unwrap_or_default().iter().take(4).copied().collect();
    if !is_word || table::is("run_governs", before) || !table::is("run_goes_on", &rest.join(" ")) {
        return false;
    }
    let left = words.get(from..at).unwrap_or_default().join(" ");
    left.contains('@') && (left.contains('~') || table::is("run_says", &left) || !table::find(&left).is_empty())
}

/// "Yes Ana | no Ben", "yes to Ana and Ben | no to Carl".
fn begins_answer(words: &[&str], at: usize) -> bool {
    let next: Vec<&str> = words.get(at + 1..).unwrap_or_default().iter().take(2).copied().collect();
    let names = matches!(next.as_slice(), ["@", ..] | ["to" | "for" | "on", "@"]);
    names && at.checked_sub(1).and_then(|before| words.get(before)) == Some(&"@")
}
