//! Runs of words that an answer shares with a letter of ours, and which of them fit together.
//!
//! In: the words of both. Out: runs that follow each other in both texts, the longest believed first. A run holds four words or more; what
//! is shorter is the business of `gaps`.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;

use super::hashes::combined;
use super::words::{Word, words};

/// Shortest run of words that can be a quotation.
pub(super) const RUN: usize = 4;
/// Places looked at of a run that stands in a letter more often.
const PLACES: usize = 12;
/// No answer shares more runs with a letter, and what does is made to fill the memory.
const MOST_RUNS: usize = 100_000;
/// A run of more words is believed even if the letter has it twice.
const LONG: usize = 20;
/// Runs with so few words of the letter between them stand next to each other.
const SMALL_GAP: usize = 6;

/// The words of one text, and where each run of them begins.
pub(super) struct Indexed<'t> {
    /// Which letter it is a form of.
    pub(super) letter: usize,
    pub(super) text: &'t str,
    pub(super) words: Vec<Word>,
    places: Places,
    counts: OnceCell<Counts>,
}

impl<'t> Indexed<'t> {
    pub(super) fn new(letter: usize, text: &'t str) -> Self {
        let words = words(text);
        let places = Places::new(words.windows(RUN).map(hash_of).collect());
        Self {
            letter,
            text,
            words,
            places,
            counts: OnceCell::new(),
        }
    }

    /// How often it has each of its words.
    pub(super) fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| Counts::new(self.words.iter()))
    }
}

/// Where each run of a text begins: a table of hashes, with open slots (Knuth 6.4, algorithm L).
struct Places {
    /// The run that begins at each place.
    runs: Vec<u64>,
    /// The first place of a run, counted from 1; 0 for an open slot. Half of the slots are open at least.
    slots: Vec<u32>,
    /// For each place the next one of the same run, counted from 1; 0 for none.
    again: Vec<u32>,
}

impl Places {
    fn new(runs: Vec<u64>) -> Self {
        let mut all = Self {
            slots: vec![0; (runs.len() * 2 + 1).next_power_of_two()],
            again: vec![0; runs.len()],
            runs,
        };
        for at in (0..all.runs.len()).rev() {
            let Some(slot) = all.runs.get(at).map(|run| all.slot(*run)) else {
                break;
            };
            if let (Some(slot), Some(again)) = (all.slots.get_mut(slot), all.again.get_mut(at)) {
                (*again, *slot) = (*slot, u32::try_from(at + 1).unwrap_or(0));
            }
        }
        all
    }

    /// The slot that a run stands in, or the open one that it would take.
    fn slot(&self, run: u64) -> usize {
        let last = self.slots.len() - 1;
        // The high bits are the best mixed ones.
        let mut slot = (run >> 32) as usize & last;
        while self.first(slot).is_some_and(|place| self.runs.get(place) != Some(&run)) {
            slot = (slot + 1) & last;
        }
        slot
    }

    fn first(&self, slot: usize) -> Option<usize> {
        place(self.slots.get(slot))
    }

    /// The places where a run begins, in their order.
    fn of(&self, run: u64) -> impl Iterator<Item = usize> {
        std::iter::successors(self.first(self.slot(run)), |at| place(self.again.get(*at))).take(PLACES)
    }
}

/// A place that is counted from 1.
fn place(counted: Option<&u32>) -> Option<usize> {
    counted.and_then(|at| at.checked_sub(1)).map(|at| at as usize)
}

/// How often some words stand in a text: a table of hashes, with open slots.
pub(super) struct Counts {
    /// A word and how often it stands there; 0 for an open slot. Half of the slots are open at least.
    slots: Vec<(u64, u32)>,
}

impl Counts {
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w Word> + Clone) -> Self {
        let mut all = Self {
            slots: vec![(0, 0); (words.clone().count() * 2 + 1).next_power_of_two()],
        };
        for word in words {
            let slot = all.slot(word.hash);
            if let Some(slot) = all.slots.get_mut(slot) {
                *slot = (word.hash, slot.1 + 1);
            }
        }
        all
    }

    /// The slot that a word stands in, or the open one that it would take.
    fn slot(&self, hash: u64) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = hash as usize & last;
        while self.slots.get(slot).is_some_and(|(word, count)| *count > 0 && *word != hash) {
            slot = (slot + 1) & last;
        }
        slot
    }

    /// How often a word stands there.
    pub(super) fn of(&self, word: &Word) -> u32 {
        self.slots.get(self.slot(word.hash)).map_or(0, |(_, count)| *count)
    }

    /// How many of these words stand there, each as often as it does. Words from outside are looked up only: those of a table that they
    /// filled could all be made to want one slot.
    pub(super) fn shared(&self, words: &[Word]) -> usize {
        let mut left: Vec<u32> = self.slots.iter().map(|(_, count)| *count).collect();
        let mut take = |word: &&Word| {
            let left = left.get_mut(self.slot(word.hash)).filter(|left| **left > 0);
            left.map(|left| *left -= 1).is_some()
        };
        words.iter().filter(|word| take(word)).count()
    }
}

/// A run of words that stands in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// The longer the surer; what stands at several places of the letter is half as sure.
    rank: usize,
    length: usize,
    /// The earlier of two equally long ones first.
    here: Reverse<usize>,
    there: Reverse<usize>,
}

/// Where runs begin, where they stand in the letter, and how long they are.
pub(super) type Fit = BTreeMap<usize, (usize, usize)>;

pub(super) fn hash_of(words: &[Word]) -> u64 {
    combined(words.iter().map(|word| word.hash))
}

impl Indexed<'_> {
    /// These words, which begin with such a run, stand here in a row.
    pub(super) fn has_run(&self, words: &[Word], run: u64) -> bool {
        let stands = |at: usize| {
            let here = self.words.get(at..at + words.len()).unwrap_or_default();
            here.len() == words.len() && here.iter().zip(words).all(|(a, b)| a.hash == b.hash)
        };
        self.places.of(run).any(stands)
    }

    /// What stands between a word and the one before it.
    pub(super) fn between(&self, word: usize) -> &str {
        let before = word.checked_sub(1).and_then(|n| self.words.get(n)).map_or(0, |word| word.range.end);
        let start = self.words.get(word).map_or(before, |word| word.range.start);
        self.text.get(before..start).unwrap_or_default()
    }

    /// All longest runs that `here` shares with this text, none of them going over the edge of a quotation.
    pub(super) fn runs_in(&self, here: &[Word], hashes: &[u64], marked: &[bool]) -> Vec<Run> {
        let mut found = Vec::new();
        let hash = |words: &[Word], at: usize| words.get(at).map(|word| word.hash);
        for (at, run) in hashes.iter().enumerate() {
            if found.len() >= MOST_RUNS {
                break;
            }
            let first = found.len();
            let mark = marked.get(at);
            let goes_on = |before: usize| {
                at.checked_sub(1).filter(|n| marked.get(*n) == mark).and_then(|n| hash(here, n)) == hash(&self.words, before)
            };
            for there in self.places.of(*run) {
                if there.checked_sub(1).is_some_and(goes_on) {
                    // A part of the run that began one word earlier.
                    continue;
                }
                let rest = here
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .zip(self.words.get(there..).unwrap_or_default());
                let length = rest
                    .zip(marked.get(at..).unwrap_or_default())
                    .take_while(|((a, b), m)| a.hash == b.hash && Some(*m) == mark)
                    .count();
                if length >= RUN {
                    found.push(Run {
                        rank: length,
                        length,
                        here: Reverse(at),
                        there: Reverse(there),
                    });
                }
            }
            // A heading that the letter says twice must not settle where what stands around it belongs.
            let places = found.get_mut(first..).filter(|places| places.len() > 1).unwrap_or_default();
            if places.is_empty() {
                continue;
            }
            let lengths: [usize; PLACES] = std::array::from_fn(|n| places.get(n).map_or(0, |run| run.length));
            for run in places {
                if lengths.iter().filter(|length| **length == run.length).count() > 1 {
                    run.rank = run.length / 2;
                }
            }
        }
        found
    }

    /// Takes out short runs that nothing of the letter stands next to and that are not whole lines of it: words that two texts share by chance,
    /// or that somebody took over.
    pub(super) fn prune(&self, fit: &mut Fit, all: &[Word]) {
        /// As long as this nobody takes over.
        const CERTAIN: usize = 12;
        let mut alone = Vec::new();
        let mut before: Option<usize> = None;
        let mut runs = fit.iter().map(|(here, (there, length))| (*here, *there, *length)).peekable();
        while let Some((here, there, length)) = runs.next() {
            let near = |from: usize, to: usize| to.saturating_sub(from) <= SMALL_GAP;
            let joined = before.is_some_and(|end| near(end, there)) || runs.peek().is_some_and(|(_, next, _)| near(there + length, *next));
            before = Some(there + length);
            let line =
                |words: &[Word], at: usize| at == 0 || words.get(at - 1).map(|word| word.line) != words.get(at).map(|word| word.line);
            let cell = |at: usize| at == 0 || self.words.get(at - 1).map(|word| word.cell) != self.words.get(at).map(|word| word.cell);
            let whole = line(all, here) && line(all, here + length) && cell(there) && cell(there + length);
            if length < CERTAIN && !joined && !whole {
                alone.push(here);
            }
        }
        for here in alone {
            fit.remove(&here);
        }
    }
}

/// How many words of a window can stand in the letter at most, each run at one of its places and all in their order; `None` where there
/// are too many runs to tell.
pub(super) fn chained(runs: &[Run], window: &Range<usize>) -> Option<usize> {
    /// More runs are compared with each other by nobody.
    const MOST: usize = 300;
    let inside = |run: &&Run| run.here.0 >= window.start && run.here.0 + run.length <= window.end;
    let mut runs: Vec<&Run> = runs.iter().filter(inside).take(MOST + 1).collect();
    if runs.len() > MOST {
        return None;
    }
    runs.sort_unstable_by_key(|run| (run.here.0, run.there.0));
    let mut best: Vec<(&Run, usize)> = Vec::with_capacity(runs.len());
    for run in runs {
        let before = |(other, _): &&(&Run, usize)| other.here.0 + other.length <= run.here.0 && other.there.0 + other.length <= run.there.0;
        let behind = best.iter().filter(before).map(|(_, words)| *words).max().unwrap_or(0);
        best.push((run, behind + run.length));
    }
    best.into_iter().map(|(_, words)| words).max()
}

/// The runs of a window that fit together, the longest first.
pub(super) fn fitting(runs: &[Run], window: &Range<usize>) -> Fit {
    let inside = |run: &&Run| run.here.0 < window.end && run.here.0 + run.length > window.start;
    // Where a short run stands at several places the words around it must say which: that is the business of `gaps`.
    let certain = |run: &&Run| run.rank == run.length || run.length > LONG;
    let mut heap: BinaryHeap<Run> = runs.iter().filter(inside).filter(certain).copied().collect();
    if heap.is_empty() {
        heap = runs.iter().filter(inside).copied().collect();
    }
    let mut fit = Fit::new();
    while let Some(run) = heap.pop() {
        let (Reverse(here), Reverse(mut there)) = (run.here, run.there);
        let before = fit
            .range(..=here)
            .next_back()
            .map_or((window.start, 0), |(at, (place, length))| (at + length, place + length));
        let after = fit
            .range(here + 1..)
            .next()
            .map_or((window.end, usize::MAX), |(at, (place, _))| (*at, *place));
        // Of several places the one next to what has been found.
        while let Some(other) = heap.peek().filter(|other| other.here == run.here && other.length == run.length) {
            let Reverse(place) = other.there;
            let behind = |place: usize| place.checked_sub(before.1).filter(|_| fit.range(..=here).next().is_some());
            let in_front = |place: usize| after.1.checked_sub(place + run.length).filter(|_| after.1 < usize::MAX);
            let fits = |place: usize| place >= before.1 && place + run.length <= after.1;
            let far = |place: usize| (!fits(place), behind(place).into_iter().chain(in_front(place)).min());
            if far(place) < far(there) {
                there = place;
            }
            heap.pop();
        }
        let skip = before.0.saturating_sub(here).max(before.1.saturating_sub(there));
        let (here, there) = (here + skip, there + skip);
        let room = after.0.saturating_sub(here).min(after.1.saturating_sub(there));
        let length = run.length.saturating_sub(skip).min(room);
        if length < RUN {
            continue;
        }
        if length < run.length {
            heap.push(Run {
                rank: length,
                length,
                here: Reverse(here),
                there: Reverse(there),
            });
        } else {
            fit.insert(here, (there, length));
        }
    }
    fit
}
