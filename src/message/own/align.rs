//! The words of an answer laid against the words of our letters. What stands in a letter, in its order, is ours, however it was quoted.
//!
//! Linear: the letters' runs of four words are hashed; each match is followed as far as it goes and never looked at again.

use std::collections::{HashMap, HashSet};

use crate::message::LetterText;

/// Shortest run of words that can be a quotation.
const RUN: usize = 4;
/// Places kept of a run that stands in the letters more often.
const PLACES: usize = 4;

/// One word of the displayed body.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte behind it.
    pub(super) end: usize,
    hash: u64,
    /// It belongs to a run that stands in a letter.
    pub(super) aligned: bool,
    /// How many words that run has.
    pub(super) run: usize,
}

/// Our letters, ready to be compared with.
#[derive(Debug, Default)]
pub(super) struct Letters {
    words: Vec<u64>,
    runs: HashMap<u64, Vec<usize>>,
    lines: HashSet<u64>,
}

impl Letters {
    pub(super) fn new(thread: &[LetterText]) -> Self {
        let mut all = Self::default();
        for (n, text) in thread.iter().flat_map(|letter| [&letter.text, &letter.html_text]).enumerate() {
            for line in text.split(['\n', '\t']) {
                let hashes: Vec<u64> = words(line).iter().map(|word| word.hash).collect();
                if !hashes.is_empty() {
                    all.lines.insert(combined(&hashes));
                }
            }
            all.words.extend(words(text).iter().map(|word| word.hash));
            // No run goes over the end of a text.
            all.words.push(u64::try_from(n).unwrap_or(0));
        }
        for (at, run) in all.words.windows(RUN).enumerate() {
            let places = all.runs.entry(combined(run)).or_default();
            if places.len() < PLACES {
                places.push(at);
            }
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// True when these words are a whole line of a letter.
    pub(super) fn has_line(&self, words: &[Word]) -> bool {
        let hashes: Vec<u64> = words.iter().map(|word| word.hash).collect();
        !hashes.is_empty() && self.lines.contains(&combined(&hashes))
    }

    /// Marks the words of `shown` that stand in a letter in runs.
    pub(super) fn align(&self, shown: &str) -> Vec<Word> {
        let mut all = words(shown);
        if self.is_empty() {
            return all;
        }
        let hashes: Vec<u64> = all.iter().map(|word| word.hash).collect();
        let mut at = 0;
        while let Some(run) = hashes.get(at..at + RUN) {
            let places = self.runs.get(&combined(run)).map(Vec::as_slice).unwrap_or_default();
            let rest = hashes.get(at..).unwrap_or_default();
            let length = |place: &usize| {
                let theirs = self.words.get(*place..).unwrap_or_default();
                theirs.iter().zip(rest).take_while(|(a, b)| a == b).count()
            };
            let longest = places.iter().map(length).max().filter(|length| *length >= RUN);
            let Some(longest) = longest else {
                at += 1;
                continue;
            };
            for word in all.get_mut(at..at + longest).unwrap_or_default() {
                word.aligned = true;
                word.run = longest;
            }
            at += longest;
        }
        all
    }
}

fn combined(hashes: &[u64]) -> u64 {
    hashes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, hash| {
        (sum.rotate_left(7) ^ hash).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Letters and digits in lower case. Links and addresses are left out, because gateways rewrite them.
fn words(text: &str) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += token.len();
        let bare = token.trim_end();
        // The rest of a link that a line break cut in two.
        let link = ["http://", "https://", "mailto:", "www.", "tel:"]
            .iter()
            .filter_map(|scheme| find_ascii(bare, scheme))
            .min();
        let readable = match link {
            Some(n) => bare.get(..n).unwrap_or_default(),
            None if bare.contains('@') && bare.contains('.') => continue,
            None => bare,
        };
        push_words(&mut all, readable, start);
        if let Some(n) = link {
            let tail = bare.get(n..).unwrap_or_default();
            if let Some(close) = tail.find('>') {
                push_words(&mut all, tail.get(close..).unwrap_or_default(), start + n + close);
            }
        }
    }
    all
}

fn find_ascii(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes()
        .windows(needle.len())
        .position(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}

fn push_words(all: &mut Vec<Word>, text: &str, offset: usize) {
    let mut open: Option<(usize, u64)> = None;
    for (n, c) in text.char_indices() {
        if c.is_alphanumeric() {
            let (start, mut hash) = open.unwrap_or((n, 0xcbf2_9ce4_8422_2325));
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(lower))).wrapping_mul(0x0100_0000_01b3);
            }
            open = Some((start, hash));
        } else if let Some((start, hash)) = open.take() {
            all.push(word(offset + start, offset + n, hash));
        }
    }
    if let Some((start, hash)) = open {
        all.push(word(offset + start, offset + text.len(), hash));
    }
}

fn word(start: usize, end: usize, hash: u64) -> Word {
    Word {
        start,
        end,
        hash,
        aligned: false,
        run: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_a_letter_are_found_and_short_words_are_not() {
        let letter = LetterText {
            text: "Hi Ann,\nhere are two profiles for the data role.\nInterested: https://x.example/d/1\nPass: https://x.example/d/2"
                .into(),
            html_text: String::new(),
        };
        let letters = Letters::new(&[letter]);
        let shown = "Interested, thanks\n> HERE are two\n> profiles for the data role. Interested: <https://safe.example/?u=x>";
        let aligned: Vec<&str> = letters
            .align(shown)
            .iter()
            .filter(|w| w.aligned)
            .map(|w| shown.get(w.start..w.end).unwrap())
            .collect();
        assert_eq!(
            aligned,
            ["HERE", "are", "two", "profiles", "for", "the", "data", "role", "Interested"]
        );
        assert!(letters.has_line(&words("Hi Ann")));
        assert!(!letters.has_line(&words("Interested, thanks")));
    }
}
