//! The table of a language: its phrases and what they mean.
//!
//! In: a text of lines `meaning: phrase | phrase` or `meaning argument: phrase | phrase`; `[a/b/]` in a phrase is a choice, the last one of
//! nothing. Out: the longest phrase that begins at a place; of two equal ones the first in the table wins. `tongue` lists words by which the
//! language is known, `verb` verbs that tell what somebody is or does, `copula` those of them that only join,
//! `leaning` words that offer only where nothing else is said, `bounding` those of which a bound is made ("después de las"), `of-days`
//! articles that stand before days and never before hours, `pair` words that mean two.
//! Never here: which table is a text's.

use fnv::FnvHashMap;

use super::meaning::{Lex, Part};
use super::pieces::{Piece, raw};
use crate::reply::sentences::fold;

/// How many languages there are tables of.
pub(super) const LANGUAGES: usize = 7;

/// The words of all tables. Each is a number, so that thousands of phrases take little room and a word of a text is looked up once.
#[derive(Default)]
pub(super) struct Dictionary {
    numbers: FnvHashMap<Box<str>, u32>,
    /// How much each speaks for each language, by its number.
    weights: Vec<[u8; LANGUAGES]>,
}

/// No word of the tables.
const UNKNOWN: u32 = u32::MAX;

impl Dictionary {
    /// The number of a folded word.
    pub(super) fn number(&self, word: &str) -> u32 {
        self.numbers.get(word).copied().unwrap_or(UNKNOWN)
    }

    /// How much a word speaks for each language.
    pub(super) fn weights(&self, number: u32) -> Option<&[u8; LANGUAGES]> {
        self.weights.get(usize::try_from(number).ok()?)
    }

    /// The number of a word; a new one when it has none yet.
    fn learn(&mut self, word: &str) -> u32 {
        if let Some(known) = self.numbers.get(word) {
            return *known;
        }
        let number = u32::try_from(self.weights.len()).unwrap_or(UNKNOWN);
        self.numbers.insert(word.into(), number);
        self.weights.push([0; LANGUAGES]);
        number
    }

    fn weigh(&mut self, number: u32, language: usize, more: u8) {
        let weights = usize::try_from(number).ok().and_then(|number| self.weights.get_mut(number));
        if let Some(weight) = weights.and_then(|weights| weights.get_mut(language)) {
            *weight = weight.saturating_add(more);
        }
    }

    /// The words of a text as numbers; marks inside a phrase do not count.
    fn words(&mut self, text: &str) -> Vec<u32> {
        // Nearly all of them are pieces as they stand.
        if text.bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase()) {
            return text.split_ascii_whitespace().map(|word| self.learn(word)).collect();
        }
        raw(text)
            .iter()
            .filter(|piece| !phrase_skips(piece.text))
            .map(|piece| self.learn(&fold(piece.text)))
            .collect()
    }

    /// The phrases that one with choices stands for, as numbers: "[i/we] [currently/] work" is four.
    fn phrases(&mut self, phrase: &str) -> Vec<Vec<u32>> {
        if !phrase.contains('[') {
            return vec![self.words(phrase)];
        }
        // "office[s/]": a choice of endings is spelled out first.
        let ends_word = |(at, _): (usize, &str)| phrase.get(..at).is_some_and(|head| head.ends_with(|c: char| !c.is_whitespace()));
        if phrase.match_indices('[').any(ends_word) {
            return expanded(phrase).iter().map(|phrase| self.words(phrase)).collect();
        }
        let mut all = vec![Vec::new()];
        let mut rest = phrase;
        while let Some((head, choices, tail)) = rest
            .split_once('[')
            .and_then(|(head, rest)| rest.split_once(']').map(|(choices, tail)| (head, choices, tail)))
        {
            let head = self.words(head);
            let choices: Vec<_> = choices.split('/').map(|choice| self.words(choice)).collect();
            all = all
                .iter()
                .flat_map(|begun| choices.iter().map(|choice| [begun.as_slice(), &head, choice].concat()))
                .collect();
            rest = tail;
        }
        let tail = self.words(rest);
        for phrase in &mut all {
            phrase.extend_from_slice(&tail);
        }
        all
    }
}

/// The phrases of a language.
pub(super) struct Table {
    /// By the first word, the longest first.
    phrases: Vec<Phrase>,
    /// Where those of a first word begin, by its number; they end where those of the next do.
    starts: Vec<u32>,
    /// Verbs that tell what somebody is or does.
    pub(super) verbs: Vec<u32>,
    /// "is", "are".
    pub(super) copulas: Vec<u32>,
    /// Articles that stand before days, never before hours.
    pub(super) articles: Vec<u32>,
    /// Words that mean two: "both".
    pub(super) pairs: Vec<u32>,
    /// Words that offer only where nothing else is said: "says", "hope".
    pub(super) leaning: Vec<u32>,
    /// Words of which a bound is made: "después" of "después de las".
    pub(super) bounding: Vec<u32>,
    /// Long words of days, which people mistype.
    long: Vec<(Box<str>, Lex)>,
}

/// The words of a phrase behind the first one, and what all of them mean.
struct Phrase {
    /// The first of the rest, so that most phrases are passed over without a look at it.
    second: Option<u32>,
    rest: Box<[u32]>,
    lex: Lex,
}

impl Table {
    /// Compiles the table of a language, and adds its words to those of all.
    pub(super) fn compile(source: &str, language: usize, dictionary: &mut Dictionary) -> Self {
        let (mut verbs, mut copulas, mut leaning, mut bounding, mut articles, mut pairs) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut all: Vec<(u32, Box<[u32]>, Lex)> = Vec::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, list)) = line.split_once(": ") else {
                continue;
            };
            let (name, argument) = name.split_once(' ').unwrap_or((name, ""));
            let lex = Lex::named(name, argument);
            for phrase in list.split('|') {
                for words in dictionary.phrases(phrase) {
                    let Some((&first, rest)) = words.split_first() else { continue };
                    match (name, lex) {
                        ("tongue", _) => dictionary.weigh(first, language, 2),
                        ("verb", _) => verbs.push(first),
                        ("copula", _) => copulas.push(first),
                        ("leaning", _) => leaning.push(first),
                        ("bounding", _) => bounding.push(first),
                        ("of-days", _) => articles.push(first),
                        ("pair", _) => pairs.push(first),
                        (_, Some(lex)) => all.push((first, rest.into(), lex)),
                        (_, None) => debug_assert!(false, "a table means {name:?} {argument:?}"),
                    }
                }
            }
        }
        // The sort is stable: of two equal phrases the first in the table comes first, and counts.
        all.sort_by(|(a, one, _), (b, other, _)| (a, other.len(), one).cmp(&(b, one.len(), other)));
        all.dedup_by(|(a, one, _), (b, other, _)| a == b && one == other);
        let mut table = Self {
            phrases: Vec::with_capacity(all.len()),
            starts: Vec::new(),
            verbs,
            copulas,
            leaning,
            bounding,
            articles,
            pairs,
            long: Vec::new(),
        };
        for (first, rest, lex) in all {
            let number = u32::try_from(table.phrases.len()).unwrap_or(UNKNOWN);
            table
                .starts
                .resize(usize::try_from(first).map_or(0, |first| first + 1).max(table.starts.len()), number);
            let second = rest.first().copied();
            table.phrases.push(Phrase { second, rest, lex });
        }
        table.starts.push(u32::try_from(table.phrases.len()).unwrap_or(UNKNOWN));
        table.name_days(language, dictionary);
        table
    }

    /// Days and months speak for a language more than any other word; the long ones are known when they are mistyped.
    fn name_days(&mut self, language: usize, dictionary: &mut Dictionary) {
        let mut named = Vec::new();
        for (word, &number) in dictionary.numbers.iter().filter(|(word, _)| word.len() > 2) {
            let Some(lex) = self.alone(number) else { continue };
            if matches!(
                lex,
                Lex::Weekday(_) | Lex::EveryWeekday(_) | Lex::Month(_) | Lex::Relative(_) | Lex::Part(_)
            ) {
                named.push(number);
            }
            let mistyped = matches!(lex, Lex::Weekday(_) | Lex::Relative(1) | Lex::Part(Part::Morning | Part::Afternoon));
            if mistyped && (6..=11).contains(&word.len()) {
                self.long.push((word.clone(), lex));
            }
        }
        for number in named {
            dictionary.weigh(number, language, 3);
        }
        // The order of a map is no order.
        self.long.sort_by(|(one, _), (other, _)| one.cmp(other));
    }

    /// The phrases that begin with a word.
    fn starting(&self, first: u32) -> &[Phrase] {
        let of = |first: usize| {
            let (from, to) = (*self.starts.get(first)?, *self.starts.get(first + 1)?);
            self.phrases.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
        };
        usize::try_from(first).ok().and_then(of).unwrap_or_default()
    }

    /// What a word means by itself.
    pub(super) fn alone(&self, number: u32) -> Option<Lex> {
        let last = self.starting(number).last().filter(|last| last.rest.is_empty());
        last.map(|last| last.lex)
    }

    /// The day or part of the day that a long word misses by one letter.
    pub(super) fn misspelt(&self, word: &str) -> Option<Lex> {
        if !(5..=11).contains(&word.len()) {
            return None;
        }
        self.long
            .iter()
            .find(|(right, _)| {
                right.len().abs_diff(word.len()) <= 1
                    && right.as_bytes().first() == word.as_bytes().first()
                    && strsim::osa_distance(right, word) == 1
            })
            .map(|(_, lex)| *lex)
    }

    /// The longest phrase that begins at `at`: its meaning and how many pieces it takes.
    pub(super) fn longest(&self, pieces: &[Piece<'_>], numbers: &[u32], at: usize) -> Option<(Lex, usize)> {
        let marks = pieces.get(at + 1..)?.iter().take_while(|piece| phrase_skips(piece.text)).count();
        let behind = at + 1 + marks;
        let second = numbers.get(behind).filter(|_| behind < pieces.len());
        self.starting(*numbers.get(at)?).iter().find_map(|phrase| {
            if phrase.second.is_some() && phrase.second.as_ref() != second {
                return None;
            }
            let mut next = at + 1;
            for word in &phrase.rest {
                while pieces.get(next).is_some_and(|piece| phrase_skips(piece.text)) {
                    // "until 11 am. I should say": a sentence ends there.
                    if pieces.get(next + 1).is_some_and(|next| next.text == "I" && !next.glued) {
                        return None;
                    }
                    next += 1;
                }
                if numbers.get(next).filter(|_| next < pieces.len())? != word {
                    return None;
                }
                next += 1;
            }
            Some((phrase.lex, next - at))
        })
    }
}

/// The same phrases in letters.
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
        let mut dictionary = super::Dictionary::default();
        let spelled: Vec<_> = phrases.iter().map(|phrase| dictionary.words(phrase)).collect();
        assert_eq!(dictionary.phrases("[i/we] [only/] work"), spelled);
    }
}
