//! The table of a language: its phrases and what they mean.
//!
//! In: a text of lines `meaning: phrase | phrase` or `meaning argument: phrase | phrase`; `[a/b/]` in a phrase is a choice, the last one of
//! nothing. Out: the longest phrase that begins at a place; of two equal ones the first in the table wins. `tongue` lists words by which the
//! language is known, `verb` verbs that tell what somebody is or does, `copula` those of them that only join.
//! Never here: which table is a text's.

use std::borrow::Cow;

use fnv::FnvHashMap;

use super::meaning::{Lex, Part};
use super::pieces::{Piece, raw};
use crate::reply::sentences::fold;

/// The phrases of a language. Words are numbers, so that thousands of phrases take little room.
pub(super) struct Table {
    pub(super) words: FnvHashMap<Box<str>, Word>,
    /// By the first word, the longest first.
    phrases: Vec<Vec<Phrase>>,
    /// Verbs that tell what somebody is or does.
    pub(super) verbs: Vec<u32>,
    /// "is", "are".
    pub(super) copulas: Vec<u32>,
    /// Long words of days, which people mistype.
    long: Vec<(Box<str>, Lex)>,
}

/// A word of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) number: u32,
    /// How much it speaks for the language.
    pub(super) weight: u32,
}

/// The words behind the first one, and what all of them mean.
struct Phrase {
    rest: Box<[u32]>,
    lex: Lex,
}

/// No word of the table.
const UNKNOWN: u32 = u32::MAX;

impl Table {
    pub(super) fn compile(source: &str) -> Self {
        let mut table = Self {
            words: FnvHashMap::default(),
            phrases: Vec::new(),
            verbs: Vec::new(),
            copulas: Vec::new(),
            long: Vec::new(),
        };
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, list)) = line.split_once(": ") else {
                continue;
            };
            let (name, argument) = name.split_once(' ').unwrap_or((name, ""));
            for phrase in list.split('|').flat_map(expanded) {
                let pieces = raw(&phrase);
                let mut numbers = pieces
                    .iter()
                    .filter(|piece| !phrase_skips(piece.text))
                    .map(|piece| table.number(&fold(piece.text)))
                    .collect::<Vec<_>>();
                if numbers.is_empty() {
                    continue;
                }
                let rest = numbers.split_off(1);
                let Some(&first) = numbers.first() else { continue };
                if name == "tongue" {
                    table.weigh(first, 2);
                } else if name == "verb" {
                    table.verbs.push(first);
                } else if name == "copula" {
                    table.copulas.push(first);
                } else if let Some(lex) = Lex::named(name, argument) {
                    table.add(first, rest, lex);
                } else {
                    debug_assert!(false, "a table means {name:?} {argument:?}");
                }
            }
        }
        for same in &mut table.phrases {
            same.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
            same.shrink_to_fit();
        }
        // Days and months speak for a language more than any other word.
        let named: Vec<u32> = table
            .words
            .iter()
            .filter(|(word, known)| {
                word.len() > 2
                    && matches!(
                        table.alone(known.number),
                        Some(Lex::Weekday(_) | Lex::EveryWeekday(_) | Lex::Month(_) | Lex::Relative(_) | Lex::Part(_))
                    )
            })
            .map(|(_, known)| known.number)
            .collect();
        for number in named {
            table.weigh(number, 3);
        }
        table.long = table
            .words
            .iter()
            .filter(|(word, _)| (6..=11).contains(&word.len()))
            .filter_map(|(word, known)| Some((word.clone(), table.alone(known.number)?)))
            .filter(|(_, lex)| matches!(lex, Lex::Weekday(_) | Lex::Relative(1) | Lex::Part(Part::Morning | Part::Afternoon)))
            .collect();
        table
    }

    /// The number of a word; a new one when it has none yet.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(known) = self.words.get(word) {
            return known.number;
        }
        let number = u32::try_from(self.phrases.len()).unwrap_or(UNKNOWN);
        self.words.insert(word.into(), Word { number, weight: 0 });
        self.phrases.push(Vec::new());
        number
    }

    fn weigh(&mut self, number: u32, weight: u32) {
        if let Some(word) = self.words.values_mut().find(|word| word.number == number) {
            word.weight += weight;
        }
    }

    /// The first of two equal phrases counts.
    fn add(&mut self, first: u32, rest: Vec<u32>, lex: Lex) {
        let Some(same) = usize::try_from(first).ok().and_then(|first| self.phrases.get_mut(first)) else {
            return;
        };
        if !same.iter().any(|phrase| *phrase.rest == *rest) {
            same.push(Phrase { rest: rest.into(), lex });
        }
    }

    fn starting(&self, first: u32) -> &[Phrase] {
        usize::try_from(first)
            .ok()
            .and_then(|first| self.phrases.get(first))
            .map_or(&[], Vec::as_slice)
    }

    /// What a word means by itself.
    pub(super) fn alone(&self, number: u32) -> Option<Lex> {
        self.starting(number)
            .iter()
            .find(|phrase| phrase.rest.is_empty())
            .map(|phrase| phrase.lex)
    }

    /// The day or part of the day that a long word misses by one letter.
    pub(super) fn misspelt(&self, word: &str) -> Option<Lex> {
        if !(5..=11).contains(&word.len()) {
            return None;
        }
        self.long
            .iter()
            .find(|(right, _)| right.as_bytes().first() == word.as_bytes().first() && strsim::osa_distance(right, word) == 1)
            .map(|(_, lex)| *lex)
    }

    /// The longest phrase that begins at `at`: its meaning and how many pieces it takes.
    pub(super) fn longest(&self, pieces: &[Piece<'_>], numbers: &[u32], at: usize) -> Option<(Lex, usize)> {
        self.starting(*numbers.get(at)?).iter().find_map(|phrase| {
            let mut next = at + 1;
            for word in &phrase.rest {
                while pieces.get(next).is_some_and(|piece| phrase_skips(piece.text)) {
                    next += 1;
                }
                if numbers.get(next)? != word {
                    return None;
                }
                next += 1;
            }
            Some((phrase.lex, next - at))
        })
    }

    /// The words of a text as numbers.
    pub(super) fn numbers(&self, folded: &[Cow<'_, str>]) -> Vec<u32> {
        folded
            .iter()
            .map(|word| self.words.get(&**word).map_or(UNKNOWN, |word| word.number))
            .collect()
    }
}

/// The phrases that one with choices stands for: "[i/we] [currently/] work" is four.
fn expanded(phrase: &str) -> Vec<String> {
    let Some((head, rest)) = phrase.split_once('[') else {
        return vec![phrase.trim().to_owned()];
    };
    let Some((choices, tail)) = rest.split_once(']') else {
        return vec![phrase.trim().to_owned()];
    };
    let tails = expanded(tail);
    choices
        .split('/')
        .flat_map(|choice| tails.iter().map(move |tail| format!("{head}{choice} {tail}")))
        .map(|whole| whole.trim().to_owned())
        .collect()
}

/// Marks inside a phrase that do not count: "mid-morning", "a.m.".
fn phrase_skips(text: &str) -> bool {
    matches!(text, "-" | "." | "‑" | "‐")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_choice_is_many_phrases() {
        let phrases = super::expanded("[i/we] [only/] work");
        assert_eq!(phrases, ["i only work", "i work", "we only work", "we work"]);
        assert_eq!(super::expanded(" at work "), ["at work"]);
    }
}
