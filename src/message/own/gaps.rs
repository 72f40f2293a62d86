//! What lies between the runs that an answer shares with a letter: which of its words are the letter's, and which were typed.
//!
//! In: an answer, a letter and the runs that fit. Out: the words of the answer that stand in the letter, each with its place there.
//! Each gap is laid out in the cheapest way, with the ends of the runs beside it: what was typed are few pieces that begin and end with a
//! line, and what a program leaves out of a letter are whole lines.

use std::cell::Cell;
use std::ops::Range;

use super::layout::{Layout, Table};
use super::runs::{Fit, Indexed};
use super::words::Word;

/// Words of a run beside a gap that are laid out with it at most.
const EDGE: usize = 40;
/// At least so many where the answer begins or ends and the letter does not.
const OPEN_EDGE: usize = 8;
/// Beyond so many words of a run that do not stand in the gap none is looked for in it: to leave them out costs more than anything gains.
const MISSES: usize = 4;
/// Of a gap twice as long only so many words at each end are compared.
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
    /// So many pairs of words may still be compared, and what for.
    pub(super) room: &'a Cell<usize>,
    pub(super) table: &'a Cell<Table>,
}

impl Answer<'_> {
    /// Takes the room for a table of these words, if there is enough.
    fn takes(&self, theirs: &Range<usize>, ours: &Range<usize>) -> bool {
        let rest = self.room.get().checked_sub((theirs.len() + 1) * (ours.len() + 1));
        self.room.set(rest.unwrap_or(0));
        rest.is_some()
    }
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
        // Where the letter goes on beyond the answer, its next words may have been typed behind the last run.
        let cut_off = run.is_empty() && from < there;
        // Where it begins below its first words, those that the answer begins with may have been typed.
        let cut_short = last.is_none() && from < there;
        if here > run.start || here == run.start && !cut_off && !cut_short {
            return 0;
        }
        let inner = last.is_some() && !run.is_empty();
        if inner && self.is_lossy(answer, here..run.start, from..there) {
            pairs.extend((here..run.start).map(|n| (n, from + (n - here).min(there - from - 1))));
            return 0;
        }
        // The words of the runs beside the gap that could be in it, but none from beyond a gap that is as long.
        let is_near = |pair: &&(usize, usize)| pair.0 + LONGEST > here && pair.1 + LONGEST > from;
        let gap = Gap::new(answer.words.get(here..run.start), self.words.get(from..there));
        let before = pairs.iter().rev().take(EDGE).take_while(is_near);
        let behind = answer.words.get(run.clone()).unwrap_or_default().iter();
        let back = gap.edge(before.filter_map(|pair| answer.words.get(pair.0)), cut_off);
        let ahead = gap.edge(behind.take(EDGE.min(run.len().div_ceil(2))), cut_short);
        if !(back.shared || ahead.shared || gap.shared || cut_off || cut_short) {
            return 0;
        }
        let (back, ahead) = (back.words, ahead.words);
        let kept = pairs.len() - back;
        let (start, first) = pairs.get(kept).copied().unwrap_or((here, from));
        let theirs = start..run.start + ahead;
        let ours = first..there + ahead;
        let (begins, ends) = (last.is_some(), !run.is_empty());
        let lay = |theirs: Range<usize>, ours: Range<usize>, begins: bool, ends: bool| {
            let layout = Layout {
                answer,
                letter: self,
                theirs,
                ours,
                begins,
                ends,
            };
            layout.pairs()
        };
        if theirs.len() <= LONGEST * 2 && ours.len() <= LONGEST * 2 {
            if !answer.takes(&theirs, &ours) {
                return 0;
            }
            pairs.truncate(kept);
            pairs.extend(lay(theirs, ours, begins, ends));
            return ahead;
        }
        // Too long for one table: the two ends, and what the surer one leaves of the letter is left to the other.
        let half = LONGEST.min((run.start - here).div_ceil(2));
        let (near, far) = (start..here + half, run.start - half.min(run.start - here - half)..theirs.end);
        let near_ours = first..there.min(from + LONGEST);
        let far_ours = from.max(there.saturating_sub(LONGEST))..ours.end;
        if !answer.takes(&near, &near_ours) || !answer.takes(&far, &far_ours) {
            return 0;
        }
        pairs.truncate(kept);
        if begins || !ends {
            pairs.extend(lay(near, near_ours, begins, false));
            let next = pairs.last().map_or(0, |pair| pair.1 + 1);
            pairs.extend(lay(far, far_ours.start.max(next)..far_ours.end, false, ends));
        } else {
            let behind = lay(far, far_ours, false, ends);
            let next = behind.first().map_or(near_ours.end, |pair| pair.1);
            pairs.extend(lay(
                near,
                near_ours.start..near_ours.end.min(next).max(near_ours.start),
                begins,
                false,
            ));
            pairs.extend(behind);
        }
        ahead
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
        // What is wholly of other signs was typed, unless the letter has such words there to be lost.
        let strange = |text: &str, words: &[Word]| {
            let each = words.iter().filter_map(|word| text.get(word.range.clone()));
            each.filter(|word| is_strange(word)).count()
        };
        if strange(answer.shown, theirs) > strange(self.text, ours) {
            return false;
        }
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

/// The words between two runs, theirs and ours.
struct Gap {
    theirs: Vec<u64>,
    ours: Vec<u64>,
    /// Some words are in both.
    shared: bool,
}

/// The words of a run beside a gap.
struct Beside {
    /// So many are laid out with the gap.
    words: usize,
    /// Some of them stand in the gap.
    shared: bool,
}

impl Gap {
    fn new(theirs: Option<&[Word]>, ours: Option<&[Word]>) -> Self {
        let sorted = |words: Option<&[Word]>| {
            let mut hashes: Vec<u64> = words.unwrap_or_default().iter().map(|word| word.hash).collect();
            hashes.sort_unstable();
            hashes
        };
        let (theirs, ours) = (sorted(theirs), sorted(ours));
        let shared = ours.iter().any(|hash| theirs.binary_search(hash).is_ok());
        Self { theirs, ours, shared }
    }

    fn has(&self, word: &Word) -> bool {
        self.theirs.binary_search(&word.hash).is_ok() || self.ours.binary_search(&word.hash).is_ok()
    }

    /// How many words of a run, from the one beside the gap on, could have another place: up to the last that stands in the gap as well,
    /// and one more that holds them. Where the letter has words in the gap and nothing holds it on its other side the run may be cut.
    fn edge<'w>(&self, run: impl Iterator<Item = &'w Word>, open: bool) -> Beside {
        let mut beside = Beside {
            words: if open { OPEN_EDGE } else { 1 },
            shared: false,
        };
        let (mut most, mut misses) = (0, 0);
        for (n, word) in run.enumerate() {
            if misses > MISSES && n >= beside.words {
                break;
            }
            most = n + 1;
            if misses <= MISSES && self.has(word) {
                beside.words = beside.words.max(n + 2);
                beside.shared = true;
            } else {
                misses += 1;
            }
        }
        beside.words = beside.words.min(most);
        beside
    }
}

/// No letter or digit of it is Latin: an emoji, a question mark, another script.
fn is_strange(word: &str) -> bool {
    !word.chars().any(|c| c.is_alphanumeric() && u32::from(c) < 0x250)
}
