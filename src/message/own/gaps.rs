//! What lies between the runs that an answer shares with a letter: which of its words are the letter's, and which were typed.
//!
//! In: an answer, a letter and the runs that fit. Out: the words of the answer that stand in the letter, each with its place there.
//! Each gap is laid out in the cheapest way, with the ends of the runs beside it: what was typed are few pieces that begin and end with a
//! line, and what a program leaves out of a letter are whole lines.

use std::ops::Range;

use super::layout::Layout;
use super::runs::{Fit, Indexed};
use super::words::Word;

/// Words of a run beside a gap that are laid out with it.
const EDGE: usize = 40;
/// Of a longer gap only so many words at each end are compared.
const LONGEST: usize = 300;
/// A gap of so few words can be the same words in another writing.
const SMALL: usize = 6;

/// The answer that is laid against a letter.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) shown: &'a str,
    pub(super) words: &'a [Word],
    /// For each word whether its line is quoted beyond doubt.
    pub(super) marked: &'a [bool],
}

impl Indexed<'_> {
    /// The words of a window that stand in this letter, and where, both in their order.
    pub(super) fn pairs(&self, mut fit: Fit, answer: Answer<'_>, window: &Range<usize>) -> Vec<(usize, usize)> {
        self.prune(&mut fit, answer.words);
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (here, (there, length)) in fit {
            let laid = self.lay_gap(&mut pairs, answer, window.start, here..here + length, there);
            pairs.extend((here + laid..here + length).zip(there + laid..));
        }
        self.lay_gap(&mut pairs, answer, window.start, window.end..window.end, self.words.len());
        pairs
    }

    /// Lays out what stands between `pairs` and a run, or the end; says how many words of the run were laid out with it.
    fn lay_gap(&self, pairs: &mut Vec<(usize, usize)>, answer: Answer<'_>, start: usize, run: Range<usize>, there: usize) -> usize {
        let last = pairs.last().copied();
        let (here, from) = last.map_or((start, 0), |(here, there)| (here + 1, there + 1));
        if here >= run.start || self.is_clear(answer, here..run.start, from..there) {
            return 0;
        }
        let inner = last.is_some() && !run.is_empty();
        if inner && self.is_lossy(answer, here..run.start, from..there) {
            pairs.extend((here..run.start).map(|n| (n, from + (n - here).min(there - from - 1))));
            return 0;
        }
        let ahead = EDGE.min(run.len().div_ceil(2));
        let kept = pairs.len().saturating_sub(EDGE);
        let (here, from) = pairs.get(kept).copied().unwrap_or((here, from));
        pairs.truncate(kept);
        let (theirs, ours) = (here..run.start + ahead, from..there + ahead);
        let mut lay = |theirs: Range<usize>, ours: Range<usize>, begins: bool, ends: bool| {
            let layout = Layout {
                answer,
                letter: self,
                theirs,
                ours,
                begins,
                ends,
            };
            pairs.extend(layout.pairs());
        };
        let (begins, ends) = (last.is_some(), !run.is_empty());
        if theirs.len() <= LONGEST * 2 && ours.len() <= LONGEST * 2 {
            lay(theirs, ours, begins, ends);
        } else {
            let (near, far) = ends_of(&theirs);
            let (first, second) = ends_of(&ours);
            lay(near, first, begins, false);
            lay(far, second, false, ends);
        }
        ahead
    }

    /// Nothing of the letter is missing, and what stands here could not be cut out at another place.
    fn is_clear(&self, answer: Answer<'_>, theirs: Range<usize>, ours: Range<usize>) -> bool {
        let hash = |at: Option<usize>| at.and_then(|at| answer.words.get(at)).map(|word| word.hash);
        let differ = |a: Option<u64>, b: Option<u64>| a.is_none() || b.is_none() || a != b;
        ours.is_empty()
            && differ(hash(Some(theirs.start)), hash(Some(theirs.end)))
            && differ(hash(theirs.start.checked_sub(1)), hash(theirs.end.checked_sub(1)))
    }

    /// The same words where one of the two texts has lost letters that its character set did not hold, or was never decoded.
    fn is_lossy(&self, answer: Answer<'_>, theirs: Range<usize>, ours: Range<usize>) -> bool {
        fn plain<'w>(text: &'w str, words: &'w [Word]) -> impl Iterator<Item = u8> + 'w {
            let bytes = words.iter().filter_map(|word| text.get(word.range.clone())).flat_map(str::bytes);
            bytes.filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
        }
        let foreign = |text: &str, words: &[Word]| {
            let mut each = words.iter();
            each.any(|word| text.get(word.range.clone()).is_some_and(|word| !word.is_ascii()))
        };
        let small = |range: &Range<usize>| (1..=SMALL).contains(&range.len());
        if !small(&theirs) || !small(&ours) {
            return false;
        }
        let theirs = answer.words.get(theirs).unwrap_or_default();
        let ours = self.words.get(ours).unwrap_or_default();
        // "Spr=" and "ing" on the next line: quoted-printable that nobody decoded (RFC 2045 6.7).
        let torn = theirs
            .first()
            .zip(theirs.last())
            .and_then(|(first, last)| answer.shown.get(first.range.start..last.range.end));
        (torn.is_some_and(|torn| torn.contains("=\n")) || foreign(self.text, ours) || foreign(answer.shown, theirs))
            && plain(self.text, ours).count() >= 2
            && plain(answer.shown, theirs).eq(plain(self.text, ours))
    }
}

/// The first words and the last ones, without a word that is both.
fn ends_of(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let length = LONGEST.min(range.len() / 2);
    (range.start..range.start + length, range.end - length..range.end)
}
