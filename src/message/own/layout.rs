//! The cheapest way to lay some words of an answer against some words of a letter.
//!
//! In: two stretches of words. Out: the pairs of words that are the same word of the letter, both in their order. Each word here is the
//! letter's or typed, each word there is here or left out, and each change between them costs: little at the edge of a line, much inside.
//! Memory and time are the product of the two lengths, which the caller keeps small.

use std::cmp::Reverse;
use std::ops::Range;

use super::edges::{Edge, edges, strange_sign};
use super::gaps::Answer;
use super::runs::Indexed;
use super::words::Word;

/// A typed piece begins or ends with a line.
const AT_LINE: i32 = 1;
/// A typed piece begins or ends with a line where the letter's own line goes on.
const AT_BREAK: i32 = 4;
/// A typed piece begins or ends inside a line.
const INSIDE: i32 = 5;
/// The letter ends inside one of its lines.
const RAGGED: i32 = 6;
/// A word begins with a capital in one text and not in the other, or it has an accent in one only.
const OTHER_CASE: i32 = 4;
const OTHER_ACCENT: i32 = 2;
/// Before a word stands another sign than in the letter.
const STRANGE_SIGN: i32 = 1;
/// A typed piece begins behind a sign that the letter does not have ("<-- no"), or ends before one.
const SIGN_BEFORE: i32 = -3;
const SIGN_BEHIND: i32 = -1;
/// A typed piece begins with a capital letter inside a line.
const BEGINS: i32 = 1;
/// Behind a typed word stands a link, or what is typed goes on below one: links are ours.
const LINK: i32 = 3;
/// Words of the letter are left out from the edge of a line on, or from inside; and each word of them.
const LEFT_OUT: i32 = 7;
const LEFT_OUT_INSIDE: i32 = 13;
const LEFT_OUT_WORD: i32 = 3;
/// What is left out up to inside a line costs as much more as from there.
const RESUMED_INSIDE: i32 = LEFT_OUT_INSIDE - LEFT_OUT;
/// The first words of a letter are left out, or its last.
const CUT_SHORT: i32 = 4;
/// So many words of the first line of a letter cost less to leave out: programs do not show what is hidden there.
const HIDDEN: usize = 16;
/// A word stands right below the mark of a signature, which programs write above what is typed.
const SIGNED: i32 = 4;
/// The line ends with another sign than in the letter.
const OTHER_END: i32 = 5;
/// What heads old mail stands between two words of the letter.
const HEAD: i32 = 8;
/// A line that is not quoted while those around it are.
const UNMARKED: i32 = 4;
/// The same where it goes on with the line above, as bad programs break lines.
const BROKEN: i32 = 1;
/// More than any way costs.
const NEVER: i32 = i32::MAX / 2;

/// Two stretches of words.
pub(super) struct Layout<'a, 't> {
    pub(super) answer: Answer<'a>,
    pub(super) letter: &'a Indexed<'t>,
    pub(super) theirs: Range<usize>,
    pub(super) ours: Range<usize>,
    /// The first words of both are a pair.
    pub(super) begins: bool,
    /// The last words of both are a pair.
    pub(super) ends: bool,
}

/// What the last word was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The same in both.
    Same = 0,
    /// Typed.
    Typed = 1,
    /// Of the letter, and left out.
    Left = 2,
}

/// By what each of the three steps was reached, two bits for each.
#[derive(Debug, Clone, Copy, Default)]
struct Back(u8);

impl Back {
    /// A step was reached by another one.
    fn reached(step: Step, by: Step) -> Self {
        Self((by as u8) << (2 * step as u8))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn before(self, step: Step) -> Step {
        match self.0 >> (2 * step as u8) & 3 {
            0 => Step::Same,
            1 => Step::Typed,
            _ => Step::Left,
        }
    }
}

/// What it costs to have come so far, at each place of the letter, by what the last word was. One list for each, because the costs of a
/// typed word are found for many places at once.
#[derive(Debug, Default)]
struct Costs {
    same: Vec<i32>,
    typed: Vec<i32>,
    left: Vec<i32>,
}

impl Costs {
    /// As many as there are places, none of them reached.
    fn clear(&mut self, places: usize) {
        for costs in [&mut self.same, &mut self.typed, &mut self.left] {
            costs.clear();
            costs.resize(places, NEVER);
        }
    }
}

/// What ways are compared in, kept for the next stretch so that it is not made anew for each.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The places between the words of the answer.
    edges: Vec<Edge>,
    cells: Cells,
    above: Costs,
    here: Costs,
    /// What it costs at each place of the letter that a typed piece begins before a word, or has ended before it.
    begins: Vec<i32>,
    ended: Vec<i32>,
    back: Vec<Back>,
}

/// The words of the letter and the places between them.
#[derive(Debug, Default)]
struct Cells {
    hashes: Vec<u64>,
    edges: Vec<Edge>,
    /// All bits where an edge is inside a line, none where a line begins.
    inside: Vec<i32>,
}

/// What it costs that a typed piece begins or ends at an edge, by where the letter stands.
struct Turn {
    at_line: i32,
    inside: i32,
    sign: Option<char>,
    /// For a sign that the letter does not have.
    strange: i32,
}

impl Turn {
    fn new(edge: &Edge, sign: i32) -> Self {
        let (at_line, inside) = if edge.line { (AT_LINE, AT_BREAK) } else { (INSIDE, INSIDE) };
        let belongs = if sign == SIGN_BEHIND { edge.opens } else { edge.closes };
        let strange = if edge.sign.is_some() && !belongs { sign } else { 0 };
        let (at_line, inside, strange) = if edge.free { (0, 0, 0) } else { (at_line, inside, strange) };
        Self {
            at_line,
            inside,
            sign: edge.sign,
            strange,
        }
    }

    fn cost(&self, cell: &Edge) -> i32 {
        let place = if cell.line { self.at_line } else { self.inside };
        if cell.sign == self.sign { place } else { place + self.strange }
    }

    /// The same for each place of the letter.
    fn costs(&self, cells: &Cells, all: &mut Vec<i32>) {
        let more = self.inside - self.at_line;
        all.clear();
        all.extend(cells.inside.iter().map(|inside| self.at_line + (inside & more)));
        if self.strange != 0 {
            for (cost, _) in all.iter_mut().zip(&cells.edges).filter(|(_, cell)| cell.sign != self.sign) {
                *cost += self.strange;
            }
        }
    }
}

/// A word of the answer, which is laid against each word of the letter.
struct Row<'a> {
    word: &'a Word,
    /// Before it and behind it.
    edges: (&'a Edge, &'a Edge),
    /// A typed piece ends before it.
    ends: Turn,
    /// It is typed, whatever stood before it; and behind a typed word.
    typed: i32,
    goes_on: i32,
    /// Its line is not quoted, and those around are.
    unmarked: bool,
    /// What heads old mail begins with it.
    headed: bool,
}

impl Layout<'_, '_> {
    /// The words that are the same in both.
    pub(super) fn pairs(&self) -> Vec<(usize, usize)> {
        let mut table = self.answer.table.take();
        let pairs = self.pairs_in(&mut table);
        self.answer.table.set(table);
        pairs
    }

    fn pairs_in(&self, table: &mut Table) -> Vec<(usize, usize)> {
        let ours = self.letter.words.get(self.ours.clone()).unwrap_or_default();
        let theirs = self.answer.words.get(self.theirs.clone()).unwrap_or_default();
        let Table {
            edges,
            cells,
            above,
            here,
            begins,
            ended,
            back,
        } = table;
        self.read_edges(edges);
        cells.read(self.letter, &self.ours);
        let marks = self.answer.marked.get(self.theirs.clone()).unwrap_or_default();
        let around = [marks.first().filter(|_| self.begins), marks.last().filter(|_| self.ends)];
        let strange = |mark: bool| around.iter().any(Option::is_some) && !around.contains(&Some(&mark));

        let width = cells.edges.len();
        back.clear();
        back.resize(edges.len() * width, Back::default());
        let mut backs = back.chunks_exact_mut(width.max(1));
        above.clear(width);
        self.first_row(cells, above, backs.next().unwrap_or_default());
        let mut before: Option<&Word> = None;
        for (((word, mark), edge), back) in theirs.iter().zip(marks).zip(edges.windows(2)).zip(backs) {
            let [edge, behind] = edge else { break };
            let row = Row {
                word,
                edges: (edge, behind),
                ends: Turn::new(edge, SIGN_BEHIND),
                typed: if word.linked { LINK } else { 0 },
                goes_on: if edge.link && !before.is_some_and(|word| word.linked) {
                    LINK
                } else {
                    0
                },
                unmarked: edge.line && strange(*mark),
                headed: word.head && !before.is_some_and(|word| word.head),
            };
            Turn::new(edge, SIGN_BEFORE).costs(cells, begins);
            Turn::new(behind, SIGN_BEHIND).costs(cells, ended);
            here.clear(width);
            row.same(ours, cells, above, &mut here.same, back);
            row.typed(cells, begins, above, &mut here.typed, back);
            row.left(cells, ended, here, back);
            std::mem::swap(here, above);
            before = Some(word);
        }
        // Where no run follows, what the letter has left over may have been cut off.
        let ended = Turn::new(&edges.last().copied().unwrap_or_default(), SIGN_BEHIND);
        let costs = above.same.iter().zip(&above.typed).zip(&above.left);
        let ends = costs.zip(&cells.edges).enumerate().map(|(j, (((same, typed), left), cell))| {
            let (cost, step) = cheapest(*same, typed + ended.cost(cell), left + resumed(cell));
            let ragged = j < ours.len() && !cell.line && !matches!(cell.end, Some('.' | '!' | '?'));
            (cost + cut_short(ours.len() - j) + if ragged { RAGGED } else { 0 }, j, step)
        });
        let whole = |(_, j, _): &(i32, usize, Step)| !self.ends || *j == ours.len();
        // Of two ways that cost the same the one that leaves less out.
        let Some((_, j, step)) = ends.filter(whole).min_by_key(|(cost, j, _)| (*cost, Reverse(*j))) else {
            return Vec::new();
        };
        self.walked(back, step, j, width)
    }

    /// The places between the words of the answer.
    fn read_edges(&self, all: &mut Vec<Edge>) {
        all.clear();
        all.extend(edges(self.answer.shown, self.answer.words, &self.theirs, |word| word.line));
        if let Some(first) = all.first_mut() {
            first.free = !self.begins;
        }
        if let Some(last) = all.last_mut() {
            last.free = !self.ends;
        }
    }

    /// The costs of leaving out the first words of the letter.
    fn first_row(&self, cells: &Cells, costs: &mut Costs, back: &mut [Back]) {
        let edges = &cells.edges;
        let first_line = edges.iter().skip(1).position(|cell| cell.line).map_or(HIDDEN, |last| last + 1);
        if let Some(first) = costs.same.first_mut() {
            *first = 0;
        }
        let (mut same, mut before) = (0, NEVER);
        let places = edges.iter().zip(costs.left.iter_mut().zip(back).skip(1));
        for (j, (edge, (left, back))) in (1..).zip(places) {
            let (cost, from) = cheapest(same + left_out(edge), NEVER, before);
            let hidden = || i32::try_from(j.min(first_line).min(HIDDEN)).unwrap_or(0);
            let whole = cost + LEFT_OUT_WORD;
            *left = if self.begins { whole } else { whole.min(cut_short(j) - hidden()) };
            *back = Back::reached(Step::Left, from);
            (same, before) = (NEVER, *left);
        }
    }

    /// The pairs, from the last word back to the first.
    fn walked(&self, back: &[Back], mut step: Step, mut j: usize, width: usize) -> Vec<(usize, usize)> {
        let mut i = self.theirs.len();
        let mut pairs = Vec::new();
        while i + j > 0 {
            let Some(next) = back.get(i * width + j).map(|back| back.before(step)) else {
                break;
            };
            let (down, left) = match step {
                Step::Same => (1, 1),
                Step::Typed => (1, 0),
                Step::Left => (0, 1),
            };
            let (Some(above), Some(before)) = (i.checked_sub(down), j.checked_sub(left)) else {
                break;
            };
            (i, j) = (above, before);
            if step == Step::Same {
                pairs.push((self.theirs.start + i, self.ours.start + j));
            }
            step = next;
        }
        pairs.reverse();
        pairs
    }
}

impl Cells {
    fn read(&mut self, letter: &Indexed<'_>, words: &Range<usize>) {
        let hashes = letter.words.get(words.clone()).unwrap_or_default().iter().map(|word| word.hash);
        self.hashes.clear();
        self.hashes.extend(hashes);
        self.edges.clear();
        self.edges.extend(edges(letter.text, &letter.words, words, |word| word.cell));
        self.inside.clear();
        self.inside.extend(self.edges.iter().map(|edge| if edge.line { 0 } else { -1 }));
    }
}

impl Row<'_> {
    /// What it costs where the word is the word of the letter.
    fn same(&self, ours: &[Word], cells: &Cells, above: &Costs, same: &mut [i32], back: &mut [Back]) {
        let equal = cells.hashes.iter().enumerate().filter(|(_, hash)| **hash == self.word.hash);
        for (j, _) in equal {
            let corner = [&above.same, &above.typed, &above.left].map(|costs| costs.get(j).copied().unwrap_or(NEVER));
            if let (Some(letter), Some([before, cell])) = (ours.get(j), cells.edges.get(j..j + 2))
                && let (Some(same), Some(back)) = (same.get_mut(j + 1), back.get_mut(j + 1))
            {
                let (cost, step) = self.is_same(corner, letter, before, cell);
                *same = cost;
                *back = Back::reached(Step::Same, step);
            }
        }
    }

    fn is_same(&self, [same, typed, left]: [i32; 3], letter: &Word, before: &Edge, cell: &Edge) -> (i32, Step) {
        let (edge, behind) = self.edges;
        let (broken, entered) = if self.unmarked { (BROKEN, UNMARKED) } else { (0, 0) };
        let (mut cost, step) = cheapest(
            same + broken,
            typed + self.ends.cost(before) + entered,
            left + resumed(before) + entered,
        );
        if behind.line && cell.line && behind.end != cell.end {
            cost += OTHER_END;
        }
        if self.word.capital != letter.capital {
            cost += OTHER_CASE;
        }
        if self.word.accented != letter.accented {
            cost += OTHER_ACCENT;
        }
        if edge.mark && !before.mark {
            cost += SIGNED;
        }
        let theirs = strange_sign(edge.sign) && (step != Step::Typed || edge.opens);
        if edge.sign != before.sign && (theirs || step == Step::Same && strange_sign(before.sign)) {
            cost += STRANGE_SIGN;
        }
        (cost, step)
    }

    /// What it costs that the word was typed, whatever word of the letter stands before it.
    fn typed(&self, cells: &Cells, begins: &[i32], above: &Costs, typed: &mut [i32], back: &mut [Back]) {
        // Inside a line people begin with a capital letter, if anything tells.
        let capital = if self.word.capital && !self.edges.0.line { BEGINS } else { 0 };
        let up = above.same.iter().zip(&above.typed).zip(&above.left);
        let places = begins.iter().zip(&cells.inside);
        for ((((same, typed), left), (begins, inside)), (cost, back)) in up.zip(places).zip(typed.iter_mut().zip(back)) {
            let (reached, step) = cheapest(same + begins, typed + self.goes_on, left + begins + (inside & RESUMED_INSIDE));
            *cost = reached + self.typed - if step == Step::Same { capital } else { 0 };
            *back = back.and(Back::reached(Step::Typed, step));
        }
        if self.headed {
            for cost in typed.iter_mut().skip(1) {
                *cost += HEAD;
            }
        }
    }

    /// What it costs that words of the letter are left out behind the word.
    fn left(&self, cells: &Cells, ended: &[i32], here: &mut Costs, back: &mut [Back]) {
        // From the word on, for many places at once.
        let reached = here.same.iter().zip(&here.typed).zip(ended.iter().zip(&cells.inside));
        for (((same, typed), (ended, inside)), (left, back)) in reached.zip(here.left.iter_mut().zip(&mut *back).skip(1)) {
            let out = LEFT_OUT + (inside & RESUMED_INSIDE);
            let (cost, step) = cheapest(same + out, typed + ended + out, NEVER);
            *left = cost;
            *back = back.and(Back::reached(Step::Left, step));
        }
        // Or one word more than at the place before.
        let mut before = NEVER;
        for (left, back) in here.left.iter_mut().zip(back).skip(1) {
            let goes_on = before < *left;
            before = before.min(*left) + LEFT_OUT_WORD;
            *left = before;
            *back = if goes_on {
                back.and(Back::reached(Step::Left, Step::Left))
            } else {
                *back
            };
        }
    }
}

/// The cost and what it was reached by; of equal ones the first.
fn cheapest(same: i32, typed: i32, left: i32) -> (i32, Step) {
    let (cost, step) = if typed < same { (typed, Step::Typed) } else { (same, Step::Same) };
    if left < cost { (left, Step::Left) } else { (cost, step) }
}

/// So many words are missing at an end of the letter.
fn cut_short(words: usize) -> i32 {
    let words = i32::try_from(words).unwrap_or(NEVER / 2);
    if words == 0 {
        0
    } else {
        words.saturating_mul(LEFT_OUT_WORD) + CUT_SHORT
    }
}

/// Words of the letter are left out from here on.
fn left_out(cell: &Edge) -> i32 {
    if cell.line { LEFT_OUT } else { LEFT_OUT_INSIDE }
}

/// The letter goes on where words of it were left out.
fn resumed(cell: &Edge) -> i32 {
    if cell.line { 0 } else { RESUMED_INSIDE }
}
