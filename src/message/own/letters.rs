//! The words of an answer laid against the words of our letters, passage by passage and in their order.
//!
//! The letters' runs of four words are hashed. Of the runs that an answer shares with a letter the longest are believed first, and each
//! further one only where it fits between them in both texts: so what the sender typed stays theirs although it stands in the letter, at
//! another place. What lies between two runs is compared line by line. Linear but for the sorting.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;

use fnv::{FnvBuildHasher, FnvHashMap, FnvHashSet};

use super::words::{Place, Word, combined, words};
use crate::message::LetterText;

/// Shortest run of words that can be a quotation.
const RUN: usize = 4;
/// Places looked at of a run that stands in a letter more often.
const PLACES: usize = 12;
/// Passages looked for in one answer: the letter, older ones below it.
const PASSAGES: usize = 12;
/// So many words of a letter in a row or in pieces are no coincidence.
const SURE: usize = 25;
/// A gap of so few words in the letter is filled word by word.
const SMALL_GAP: usize = 6;
/// What is typed into a line is no longer than this.
const WIDEST_TYPED: usize = 60;
/// Words of one gap that are compared.
const WIDEST_GAP: usize = 2_000;

/// The words of one text, and where each run of them begins.
struct Indexed<'t> {
    /// Which letter it is a form of.
    letter: usize,
    text: &'t str,
    words: Vec<Word>,
    /// The first place of each run.
    runs: FnvHashMap<u64, usize>,
    /// For each place the next one of the same run.
    again: Vec<Option<usize>>,
}

impl<'t> Indexed<'t> {
    fn new(letter: usize, text: &'t str) -> Self {
        let words = words(text);
        let mut runs = FnvHashMap::with_capacity_and_hasher(words.len(), FnvBuildHasher::default());
        let mut again = vec![None; words.len()];
        for (at, run) in words.windows(RUN).enumerate().rev() {
            if let Some(slot) = again.get_mut(at) {
                *slot = runs.insert(combined(run.iter().map(|word| word.hash)), at);
            }
        }
        Self {
            letter,
            text,
            words,
            runs,
            again,
        }
    }

    /// The places where a run begins, in their order.
    fn places(&self, run: u64) -> impl Iterator<Item = usize> {
        let first = self.runs.get(&run).copied();
        std::iter::successors(first, |at| self.again.get(*at).copied().flatten()).take(PLACES)
    }
}

/// A run of words that stands in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    length: usize,
    /// The earlier of two equally long ones first.
    here: Reverse<usize>,
    there: Reverse<usize>,
}

/// A letter, or a part of it, as it stands in the answer.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    /// From its first word to its last.
    pub(super) words: Range<usize>,
    /// So much of a letter that nobody typed it.
    pub(super) sure: bool,
}

/// Our letters of one thread, ready to be laid against an answer.
pub(super) struct Letters<'t> {
    texts: Vec<Indexed<'t>>,
    /// Whole lines, to be known again one by one.
    lines: FnvHashSet<u64>,
}

impl<'t> Letters<'t> {
    pub(super) fn new(thread: &'t [LetterText]) -> Self {
        let forms = |(number, letter): (usize, &'t LetterText)| [(number, letter.text.as_str()), (number, letter.html_text.as_str())];
        let texts = thread.iter().enumerate().flat_map(forms).filter(|(_, text)| !text.is_empty());
        let texts: Vec<_> = texts.map(|(number, text)| Indexed::new(number, text)).collect();
        let lines = texts.iter().flat_map(|text| by_line(&text.words)).map(hash_of).collect();
        Self { texts, lines }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// True when a letter holds this link or address as it is.
    pub(super) fn has_link(&self, link: &str) -> bool {
        self.texts
            .iter()
            .any(|text| memchr::memmem::find(text.text.as_bytes(), link.as_bytes()).is_some())
    }

    /// True when these words are a whole line of a letter.
    pub(super) fn has_line(&self, words: &[Word]) -> bool {
        !words.is_empty() && self.lines.contains(&hash_of(words))
    }

    /// Gives each word of `all` its place in a letter. `quoted` says of a line whether it is quoted beyond doubt: no passage begins inside
    /// quotes and goes on outside.
    pub(super) fn align(&self, shown: &str, all: &mut [Word], quoted: &dyn Fn(usize) -> bool) -> Vec<Passage> {
        let marked: Vec<bool> = all.iter().map(|word| quoted(word.line)).collect();
        let hashes: Vec<u64> = all.windows(RUN).map(hash_of).collect();
        let runs: Vec<Vec<Run>> = self.texts.iter().map(|text| text.runs_in(all, &hashes, &marked)).collect();
        let mut passages = Vec::new();
        let mut windows: Vec<Range<usize>> = std::iter::once(0..all.len()).collect();
        while let Some(window) = windows.pop() {
            if window.len() < RUN || passages.len() >= PASSAGES {
                continue;
            }
            // The text of which most stands here.
            let fits = runs.iter().map(|runs| fitting(runs, &window));
            let size = |fit: &Fit| fit.values().map(|(_, length)| *length).sum::<usize>();
            let best = fits.enumerate().max_by_key(|(_, fit)| size(fit)).filter(|(_, fit)| !fit.is_empty());
            let Some((number, fit)) = best else { continue };
            let Some(text) = self.texts.get(number) else { continue };
            let pairs = text.pairs(fit, shown, all, &marked, &window);
            let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else {
                continue;
            };
            let mut span = first.0..last.0 + 1;
            let sure = pairs.len() >= SURE || pairs.len() >= 8 && pairs.len() * 10 >= text.words.len() * 6;
            // Letters share much: what stands below the first one must be little else.
            let sure = sure && (passages.is_empty() || pairs.len() * 10 >= span.len() * 7);
            for (here, there) in &pairs {
                if let Some(word) = all.get_mut(*here) {
                    word.place = Some(Place {
                        chain: passages.len(),
                        at: *there,
                    });
                }
            }
            // Programs that make one form of a letter from the other may mix both.
            for (other, runs) in self
                .texts
                .iter()
                .zip(&runs)
                .filter(|(other, _)| sure && other.letter == text.letter && other.text != text.text)
            {
                let more = other.pairs(fitting(runs, &window), shown, all, &marked, &window);
                for here in agreeing(&more, all, &other.words) {
                    span = span.start.min(here)..span.end.max(here + 1);
                    if let Some(word) = all.get_mut(here) {
                        word.place = Some(Place {
                            chain: passages.len(),
                            at: usize::MAX,
                        });
                    }
                }
            }
            passages.push(Passage { words: span.clone(), sure });
            windows.push(window.start..span.start);
            windows.push(span.end..window.end);
        }
        passages
    }
}

fn hash_of(words: &[Word]) -> u64 {
    combined(words.iter().map(|word| word.hash))
}

fn by_line(words: &[Word]) -> impl Iterator<Item = &[Word]> {
    words.chunk_by(|a, b| a.line == b.line)
}

impl Indexed<'_> {
    /// All longest runs that `here` shares with this text, none of them going over the edge of a quotation.
    fn runs_in(&self, here: &[Word], hashes: &[u64], marked: &[bool]) -> Vec<Run> {
        let mut found = Vec::new();
        let hash = |words: &[Word], at: usize| words.get(at).map(|word| word.hash);
        for (at, run) in hashes.iter().enumerate() {
            let mark = marked.get(at);
            let goes_on = |before: usize| {
                at.checked_sub(1).filter(|n| marked.get(*n) == mark).and_then(|n| hash(here, n)) == hash(&self.words, before)
            };
            for there in self.places(*run) {
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
                        length,
                        here: Reverse(at),
                        there: Reverse(there),
                    });
                }
            }
        }
        found
    }

    /// The words of a window that stand in this text, and where.
    fn pairs(&self, mut fit: Fit, shown: &str, all: &[Word], marked: &[bool], window: &Range<usize>) -> Vec<(usize, usize)> {
        slide(&mut fit, all, shown);
        self.prune(&mut fit, all);
        let run = |(here, (there, length)): (&usize, &(usize, usize))| (*here..here + length).zip(*there..there + length);
        let mut pairs: Vec<(usize, usize)> = fit.iter().flat_map(run).collect();
        self.fill(shown, all, marked, window, &mut pairs);
        pairs.sort_unstable();
        // What was filled in may be cut at a better place as well.
        let mut fit = Fit::new();
        for stretch in pairs.chunk_by(|a, b| a.0 + 1 == b.0 && a.1 + 1 == b.1) {
            if let Some((here, there)) = stretch.first() {
                fit.insert(*here, (*there, stretch.len()));
            }
        }
        slide(&mut fit, all, shown);
        fit.iter().flat_map(run).collect()
    }

    /// Between two runs, and before the first and behind the last: whole lines that are the same, and what a program changed in a few words.
    fn fill(&self, shown: &str, all: &[Word], marked: &[bool], window: &Range<usize>, pairs: &mut Vec<(usize, usize)>) {
        pairs.sort_unstable();
        let mut gaps = Vec::new();
        let (mut here, mut there) = (window.start, 0);
        for (a, b) in pairs.iter().copied() {
            if a > here && b > there {
                gaps.push((here..a, there..b));
            }
            (here, there) = (a + 1, b + 1);
        }
        gaps.push((here..window.end, there..self.words.len()));
        for (here, there) in gaps {
            if here.is_empty() || there.is_empty() {
                continue;
            }
            let inner = here.start > window.start && here.end < window.end;
            self.fill_gap(shown, all, marked, here, there, inner, pairs);
        }
    }

    /// Takes out short runs that nothing of the letter stands next to and that are not whole lines of it: words that two texts share by chance,
    /// or that somebody took over.
    fn prune(&self, fit: &mut Fit, all: &[Word]) {
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

    /// The ends of a gap: what goes on with the line that was broken off there. The answer is what is left between.
    fn fill_edges(
        &self,
        all: &[Word],
        here: Range<usize>,
        there: Range<usize>,
        inner: bool,
        pairs: &mut Vec<(usize, usize)>,
    ) -> (Range<usize>, Range<usize>) {
        let (theirs, ours) = (
            all.get(here.clone()).unwrap_or_default(),
            self.words.get(there.clone()).unwrap_or_default(),
        );
        let one_line = |at: usize| at.checked_sub(1).and_then(|n| all.get(n)).map(|word| word.line) == all.get(at).map(|word| word.line);
        let one_cell =
            |at: usize| at.checked_sub(1).and_then(|n| self.words.get(n)).map(|word| word.cell) == self.words.get(at).map(|word| word.cell);
        let head = theirs.iter().zip(ours).take_while(|(a, b)| a.hash == b.hash).count();
        let tail = theirs
            .iter()
            .rev()
            .zip(ours.iter().rev())
            .take_while(|(a, b)| a.hash == b.hash)
            .count();
        let mut take =
            |from: usize, to: usize, length: usize| pairs.extend((0..length).map(|n| (here.start + from + n, there.start + to + n)));
        if inner && ours.len() <= SMALL_GAP && head + tail >= ours.len() && ours.len() <= theirs.len() {
            let front = head.min(ours.len());
            let back = ours.len() - front;
            if front + back >= 2 || one_line(here.start) || one_line(here.end) {
                take(0, 0, front);
                take(theirs.len() - back, front, back);
                return (here.start + front..here.end - back, there.end..there.end);
            }
        }
        let same = |a: &[Word], b: &[Word]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.hash == b.hash);
        // Where these words stand in a row in the gap.
        let find = |words: &[Word], mut places: Box<dyn Iterator<Item = usize>>, fits: &dyn Fn(usize) -> bool| {
            places.find(|at| fits(*at) && theirs.get(*at..at + words.len()).is_some_and(|found| same(found, words)))
        };
        let (mut from, mut to) = (0, theirs.len());
        let (mut first, mut last) = (0, ours.len());
        // The rest of the line that was broken off behind the run before the gap: at once, or behind what was typed there.
        if one_cell(there.start) && !ours.is_empty() {
            let length = ours
                .iter()
                .take_while(|word| Some(word.cell) == ours.first().map(|word| word.cell))
                .count();
            let front = head.min(length);
            let rest = ours.get(front..length).unwrap_or_default();
            let ends = |at: usize| !one_line(here.start + at + rest.len()) && (rest.len() >= 2 || one_line(here.start + at));
            if rest.is_empty() && (front >= 2 || one_line(here.start) || !one_line(here.start + 1)) {
                take(0, 0, front);
                (from, first) = (front, front);
            } else if !rest.is_empty()
                && let Some(at) = find(rest, Box::new(front..theirs.len().min(front + WIDEST_TYPED)), &ends)
            {
                take(0, 0, front);
                take(at, front, rest.len());
                (from, first) = (at + rest.len(), length);
            }
        }
        // The beginning of the line that goes on with the run behind the gap.
        if one_cell(there.end) && last > first && to > from {
            let length = ours
                .iter()
                .skip(first)
                .rev()
                .take_while(|word| Some(word.cell) == ours.last().map(|word| word.cell))
                .count();
            let back = tail.min(length).min(to - from);
            let rest = ours.get(last - length..last - back).unwrap_or_default();
            let begins = |at: usize| !one_line(here.start + at) && (rest.len() >= 2 || one_line(here.start + at + rest.len()));
            if rest.is_empty() && (back >= 2 || one_line(here.end) || !one_line(here.end - 1)) {
                take(to - back, last - back, back);
                (to, last) = (to - back, last - back);
            } else if !rest.is_empty()
                && let Some(at) = find(rest, Box::new((from.max(to.saturating_sub(WIDEST_TYPED))..to).rev()), &begins)
            {
                take(to - back, last - back, back);
                take(at, last - length, rest.len());
                (to, last) = (at, last - length);
            }
        }
        // Whole lines that go on with the letter, however they are broken.
        let lines = |length: usize| ours.get(first + length - 1).map(|word| word.cell) != ours.get(first + length).map(|word| word.cell);
        let goes_on = theirs
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .zip(ours.get(first..last).unwrap_or_default())
            .take_while(|(a, b)| a.hash == b.hash)
            .count();
        if let Some(length) = (3..=goes_on).rev().find(|length| lines(*length)) {
            take(from, first, length);
            (from, first) = (from + length, first + length);
        }
        (here.start + from..here.start + to, there.start + first..there.start + last)
    }

    #[allow(clippy::too_many_arguments)]
    fn fill_gap(
        &self,
        shown: &str,
        all: &[Word],
        marked: &[bool],
        here: Range<usize>,
        there: Range<usize>,
        inner: bool,
        pairs: &mut Vec<(usize, usize)>,
    ) {
        let ours = self.words.get(there.clone()).unwrap_or_default();
        let theirs = all.get(here.clone()).unwrap_or_default();
        if inner && there.len() <= SMALL_GAP && here.len() <= SMALL_GAP && lossy(shown, theirs, self.text, ours) {
            // The same words in another writing.
            pairs.extend(here.clone().map(|n| (n, there.start + (n - here.start).min(there.len() - 1))));
            return;
        }
        let (here, there) = self.fill_edges(all, here, there, inner, pairs);
        if here.is_empty() || there.is_empty() {
            return;
        }
        let ours = self.words.get(there.clone()).unwrap_or_default();
        let theirs = all.get(here.clone()).unwrap_or_default();
        // Lines of the letter in its order, each looked for from where the last was found. Unquoted ones between quoted ones were typed.
        let edge = |at: usize| marked.get(at).copied();
        let neighbour = here
            .start
            .checked_sub(1)
            .filter(|_| here.start > 0)
            .and_then(edge)
            .or_else(|| edge(here.end));
        let mut lines: FnvHashMap<u64, Vec<usize>> = FnvHashMap::default();
        let mut at = there.start;
        let ours = ours.get(..ours.len().min(WIDEST_GAP)).unwrap_or_default();
        for line in by_line(ours) {
            lines.entry(hash_of(line)).or_default().push(at);
            at += line.len();
        }
        at = there.start;
        for cell in ours.chunk_by(|a, b| a.cell == b.cell) {
            lines.entry(hash_of(cell)).or_default().push(at);
            at += cell.len();
        }
        lines.values_mut().for_each(|places| places.sort_unstable());
        let (mut from, mut at) = (there.start, here.start);
        for line in by_line(theirs.get(..theirs.len().min(WIDEST_GAP)).unwrap_or_default()) {
            let whole = all
                .get(at.wrapping_sub(1))
                .is_none_or(|before| Some(before.line) != line.first().map(|word| word.line))
                && all
                    .get(at + line.len())
                    .is_none_or(|next| Some(next.line) != line.first().map(|word| word.line));
            let place = lines
                .get(&hash_of(line))
                .and_then(|places| places.iter().find(|place| **place >= from))
                .copied();
            if let Some(place) = place.filter(|_| whole && edge(at) == neighbour) {
                pairs.extend((0..line.len()).map(|n| (at + n, place + n)));
                from = place + line.len();
            }
            at += line.len();
        }
    }
}

/// Where runs begin, where they stand in the letter, and how long they are.
type Fit = BTreeMap<usize, (usize, usize)>;

/// The words that only the other form of the letter holds: a line of them counts where the lines around it are the same in both forms.
fn agreeing(more: &[(usize, usize)], all: &[Word], letter: &[Word]) -> Vec<usize> {
    let mut found = Vec::new();
    // A word that the letter has no more often than it has been found was typed once more.
    let mut left: FnvHashMap<u64, isize> = FnvHashMap::default();
    for word in letter {
        *left.entry(word.hash).or_default() += 1;
    }
    for word in all.iter().filter(|word| word.place.is_some()) {
        *left.entry(word.hash).or_default() -= 1;
    }
    let is_left = |here: usize| {
        all.get(here)
            .is_some_and(|word| left.get(&word.hash).is_some_and(|count| *count > 0))
    };
    let is_new = |here: usize| all.get(here).is_some_and(|word| word.place.is_none());
    let line = |here: usize| all.get(here).map_or(usize::MAX, |word| word.line);
    for stretch in more.chunk_by(|a, b| a.0 + 1 == b.0 && a.1 + 1 == b.1 && is_new(a.0) == is_new(b.0)) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
            continue;
        };
        if !is_new(first.0) || !stretch.iter().any(|(here, _)| is_left(*here)) {
            continue;
        }
        // What the first form has nearby the second must have too; else they only divide the same words differently.
        let from = all.partition_point(|word| word.line + 2 < line(first.0));
        let to = all.partition_point(|word| word.line <= line(last.0).saturating_add(2));
        let both = |here: usize| is_new(here) || more.binary_search_by_key(&here, |(here, _)| *here).is_ok();
        if (from..to).all(both) {
            found.extend(stretch.iter().map(|(here, _)| *here));
        }
    }
    found
}

/// The runs of a window that fit together, the longest first.
fn fitting(runs: &[Run], window: &Range<usize>) -> Fit {
    let inside = |run: &&Run| run.here.0 < window.end && run.here.0 + run.length > window.start;
    let mut heap: BinaryHeap<Run> = runs.iter().filter(inside).copied().collect();
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

/// Words typed between two runs can often be cut out at several places ("Pass Pass": which is the typed one?). The right cut begins and ends
/// with a line and holds no link; inside a line it begins or ends with a sign.
fn slide(fit: &mut Fit, all: &[Word], shown: &str) {
    /// Words that a cut is moved at most.
    const FURTHEST: usize = 40;
    let starts: Vec<usize> = fit.keys().copied().collect();
    for pair in starts.windows(2) {
        let &[first, second] = pair else { continue };
        let (Some((there, length)), Some((next, next_length))) = (fit.get(&first).copied(), fit.get(&second).copied()) else {
            continue;
        };
        let cut = first + length..second;
        if cut.is_empty() || cut.len() > FURTHEST * 8 || there + length != next {
            continue;
        }
        let hash = |at: usize| all.get(at).map(|word| word.hash);
        let new_line = |at: usize| at == 0 || all.get(at - 1).map(|word| word.line) != all.get(at).map(|word| word.line);
        let typed = |start: usize, end: usize| !all.get(start..end).unwrap_or_default().iter().any(|word| word.linked);
        let signs = |at: usize| {
            let between = at.checked_sub(1).and_then(|n| all.get(n)).zip(all.get(at));
            let between = between.and_then(|(a, b)| shown.get(a.range.end..b.range.start)).unwrap_or_default();
            usize::from(between.contains(|c: char| !c.is_whitespace() && !matches!(c, ',' | '.' | ':' | '\'' | '’')))
        };
        let score = |start: usize, end: usize| {
            let whole = usize::from(new_line(start)) + usize::from(new_line(end)) * 2;
            (whole, typed(start, end), signs(start) + signs(end))
        };
        let mut best = (score(cut.start, cut.end), 0_isize);
        // Backwards: what stands before the cut goes behind it.
        for n in 1..length.min(FURTHEST) {
            if hash(cut.start - n) != hash(cut.end - n) {
                break;
            }
            best = best.max((score(cut.start - n, cut.end - n), -(isize::try_from(n).unwrap_or(0))));
        }
        for n in 1..next_length.min(FURTHEST) {
            if hash(cut.start + n - 1) != hash(cut.end + n - 1) {
                break;
            }
            let moved = (score(cut.start + n, cut.end + n), isize::try_from(n).unwrap_or(0));
            if moved.0 > best.0 {
                best = moved;
            }
        }
        let by = best.1;
        if by != 0 {
            fit.remove(&second);
            fit.insert(first, (there, length.saturating_add_signed(by)));
            fit.insert(
                second.saturating_add_signed(by),
                (next.saturating_add_signed(by), next_length.saturating_add_signed(-by)),
            );
        }
    }
}

/// The same words where one of the two texts has lost letters that its character set did not hold.
fn lossy(shown: &str, theirs: &[Word], text: &str, ours: &[Word]) -> bool {
    fn plain<'w>(text: &'w str, words: &'w [Word]) -> impl Iterator<Item = u8> + 'w {
        let bytes = words.iter().filter_map(|word| text.get(word.range.clone())).flat_map(str::bytes);
        bytes.filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
    }
    let foreign = |text: &str, words: &[Word]| {
        words
            .iter()
            .any(|word| text.get(word.range.clone()).is_some_and(|word| !word.is_ascii()))
    };
    (foreign(text, ours) || foreign(shown, theirs)) && plain(text, ours).count() >= 2 && plain(shown, theirs).eq(plain(text, ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "Hi Ann,\nhere are two profiles for the data role.\n1. Ana Ruiz\nInterested: https://x.example/d/1\n\
        Pass: https://x.example/d/2\nSix years of Spark and Airflow in Málaga.\n2. Carl Berg\nInterested: https://x.example/d/3\n\
        Pass: https://x.example/d/4\nTwo years of Python.\nYes to Ana, pass on Carl is an answer.";

    /// The words that are not the letter's.
    fn typed(shown: &str) -> String {
        let thread = [LetterText {
            text: LETTER.into(),
            html_text: String::new(),
        }];
        let mut all = words(shown);
        let marked: Vec<bool> = shown.split('\n').map(|line| line.starts_with('>')).collect();
        let passages = Letters::new(&thread).align(shown, &mut all, &|line| marked[line]);
        let left = all.iter().filter(|word| word.place.is_none_or(|place| !passages[place.chain].sure));
        left.map(|word| shown.get(word.range.clone()).unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_is_not_the_letters_was_typed() {
        assert_eq!(typed(LETTER), "");
        assert_eq!(typed(&format!("Yes to Ana, pass on Carl\n\n{LETTER}")), "Yes to Ana pass on Carl");
        assert_eq!(typed(&LETTER.replace("Airflow in", "Airflow (wow) in")), "wow");
        assert_eq!(typed(&LETTER.replace("1. Ana Ruiz\n", "1. Ana Ruiz\nPass\n")), "Pass");
        assert_eq!(typed(&LETTER.replace("2. Carl", "Interested\n2. Carl")), "Interested");
        assert_eq!(typed(&LETTER.to_uppercase().replace("MÁLAGA", "M?LAGA")), "");
        assert_eq!(typed("Pass on Ana"), "Pass on Ana");
    }

    #[test]
    fn a_line_typed_between_two_like_it_is_found() {
        let shown = LETTER.replace("Pass: https://x.example/d/2\n", "Pass: https://x.example/d/2\nPass\n");
        let thread = [LetterText {
            text: LETTER.into(),
            html_text: String::new(),
        }];
        let mut all = words(&shown);
        Letters::new(&thread).align(&shown, &mut all, &|_| false);
        let left = all.iter().find(|word| word.place.is_none()).unwrap();
        assert!(shown.get(left.range.end..).unwrap().starts_with("\nSix"));
    }
}
