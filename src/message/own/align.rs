//! The words of an answer laid against the words of our letters. What stands in a letter, in its order, is ours, however it was quoted.
//!
//! Linear: the letters' runs of four words are hashed; each match is followed as far as it goes and never looked at again.

use fnv::{FnvBuildHasher, FnvHashMap, FnvHashSet};

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

/// The words of one text, and where each run of them begins.
#[derive(Debug, Clone, Default)]
struct Indexed {
    words: Vec<u64>,
    /// The first place of each run.
    runs: FnvHashMap<u64, usize>,
    /// For each place the next one of the same run.
    again: Vec<Option<usize>>,
    lines: FnvHashSet<u64>,
}

impl Indexed {
    fn new(text: &str) -> Self {
        let all = words(text);
        let mut lines = FnvHashSet::default();
        let mut rest = all.as_slice();
        let mut end = 0;
        for line in text.split(['\n', '\t']) {
            end += line.len() + 1;
            let (here, next) = rest.split_at(rest.iter().take_while(|word| word.start < end).count());
            if !here.is_empty() {
                lines.insert(combined(here.iter().map(|word| word.hash)));
            }
            rest = next;
        }
        let words: Vec<u64> = all.iter().map(|word| word.hash).collect();
        let mut runs = FnvHashMap::with_capacity_and_hasher(words.len(), FnvBuildHasher::default());
        let mut again = vec![None; words.len()];
        for (at, run) in words.windows(RUN).enumerate().rev() {
            if let Some(slot) = again.get_mut(at) {
                *slot = runs.insert(combined(run.iter().copied()), at);
            }
        }
        Self { words, runs, again, lines }
    }

    /// The places where a run begins, in their order.
    fn places(&self, run: u64) -> impl Iterator<Item = &[u64]> {
        let first = self.runs.get(&run).copied();
        std::iter::successors(first, |at| self.again.get(*at).copied().flatten()).filter_map(|at| self.words.get(at..))
    }
}

/// Our letters of one thread, ready to be laid against an answer.
#[derive(Debug, Default)]
pub(super) struct Letters {
    texts: Vec<Indexed>,
}

impl Letters {
    pub(super) fn new(thread: &[LetterText]) -> Self {
        let texts = thread.iter().flat_map(|letter| [&letter.text, &letter.html_text]);
        Self {
            texts: texts.map(|text| Indexed::new(text)).collect(),
        }
    }

    /// Too little text to hold a run, in all of them together.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.iter().map(|text| text.words.len() + 1).sum::<usize>() < RUN
    }

    /// True when these words are a whole line of a letter.
    pub(super) fn has_line(&self, words: &[Word]) -> bool {
        if words.is_empty() || self.texts.is_empty() {
            return false;
        }
        let line = combined(words.iter().map(|word| word.hash));
        self.texts.iter().any(|text| text.lines.contains(&line))
    }

    /// The words of `shown`, those that stand in a letter in runs marked; none at all when there is nothing to lay them against.
    pub(super) fn align(&self, shown: &str) -> Vec<Word> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut all = words(shown);
        let hashes: Vec<u64> = all.iter().map(|word| word.hash).collect();
        let mut at = 0;
        while let Some(run) = hashes.get(at..at + RUN) {
            let run = combined(run.iter().copied());
            let rest = hashes.get(at..).unwrap_or_default();
            let length = |theirs: &[u64]| theirs.iter().zip(rest).take_while(|(a, b)| a == b).count();
            let places = self.texts.iter().flat_map(|text| text.places(run)).take(PLACES);
            let longest = places.map(length).max().filter(|length| *length >= RUN);
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

fn combined(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(FNV_START, |sum, hash| (sum.rotate_left(7) ^ hash).wrapping_mul(FNV_PRIME))
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// Letters and digits in lower case. Links and addresses are left out, because gateways rewrite them.
fn words(text: &str) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += token.len();
        let bare = token.trim_end();
        // The rest of a link that a line break cut in two.
        let link = link(bare);
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

/// Where a link begins in a token.
fn link(token: &str) -> Option<usize> {
    let bytes = token.as_bytes();
    // Each of them ends its name with one of these.
    let ends = bytes.iter().enumerate().filter(|(_, b)| matches!(b, b':' | b'.'));
    let begins = |(end, _): (usize, &u8)| {
        let head = bytes.get(..end)?;
        let behind = bytes.get(end + 1..)?;
        let named = |name: &str| {
            let start = end.checked_sub(name.len())?;
            head.get(start..)?.eq_ignore_ascii_case(name.as_bytes()).then_some(start)
        };
        match bytes.get(end) {
            Some(b'.') => named("www"),
            _ => {
                let page = || {
                    behind
                        .starts_with(b"//")
                        .then(|| named("https").or_else(|| named("http")))
                        .flatten()
                };
                named("mailto").or_else(|| named("tel")).or_else(page)
            }
        }
    };
    ends.filter_map(begins).min()
}

fn push_words(all: &mut Vec<Word>, text: &str, offset: usize) {
    let mut open: Option<(usize, u64)> = None;
    for (n, c) in text.char_indices() {
        if c.is_ascii_alphanumeric() {
            let (start, hash) = open.unwrap_or((n, FNV_START));
            open = Some((start, (hash ^ u64::from(c.to_ascii_lowercase())).wrapping_mul(FNV_PRIME)));
        } else if c.is_alphanumeric() {
            let (start, mut hash) = open.unwrap_or((n, FNV_START));
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(lower))).wrapping_mul(FNV_PRIME);
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
