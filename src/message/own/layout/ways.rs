//! What the ways cost that lay words of an answer against words of a letter: a number for each pair of places, by what the last word was.
//!
//! In: the words and the places between them, a row for each word of the answer. Out: the costs of all rows, and for any of them by which
//! step it was reached. The numbers are small, and those of a row rest on the row above only, so that the compiler finds many at once.

use super::super::edges::{Edge, strange_sign};
use super::super::words::Word;

/// What a way costs: a few points for each word, of which there are some hundreds.
pub(super) type Cost = i16;

/// A typed piece begins or ends with a line.
const AT_LINE: Cost = 1;
/// A typed piece begins or ends with a line where the letter's own line goes on.
const AT_BREAK: Cost = 4;
/// A typed piece begins or ends inside a line.
const INSIDE: Cost = 5;
/// A word begins with a capital in one text and not in the other, or it has an accent in one only.
const OTHER_CASE: Cost = 4;
const OTHER_ACCENT: Cost = 2;
/// Before a word stands another sign than in the letter.
const STRANGE_SIGN: Cost = 1;
/// A typed piece begins behind a sign that the letter does not have ("<-- no"), or ends before one.
const SIGN_BEFORE: Cost = -3;
const SIGN_BEHIND: Cost = -1;
/// A typed piece begins with a capital letter inside a line.
const BEGINS: Cost = 1;
/// Behind a typed word stands a link, or what is typed goes on below one: links are ours.
const LINK: Cost = 3;
/// Words of the letter are left out from the edge of a line on, or from inside; and each word of them.
const LEFT_OUT: Cost = 7;
const LEFT_OUT_INSIDE: Cost = 13;
pub(super) const LEFT_OUT_WORD: Cost = 3;
/// What is left out up to inside a line costs as much more as from there.
const RESUMED_INSIDE: Cost = LEFT_OUT_INSIDE - LEFT_OUT;
/// A word stands right below the mark of a signature, which programs write above what is typed.
const SIGNED: Cost = 4;
/// The line ends with another sign than in the letter.
const OTHER_END: Cost = 5;
/// What heads old mail stands between two words of the letter.
const HEAD: Cost = 8;
/// A line that is not quoted while those around it are.
const UNMARKED: Cost = 4;
/// The same where it goes on with the line above, as bad programs break lines.
const BROKEN: Cost = 1;
/// More than any way costs; what is added to it is still no overflow.
pub(super) const NEVER: Cost = Cost::MAX / 2;

/// So many places are looked at together.
const STRIDE: usize = 8;

/// Rows are as long as a number of whole strides, and one more, so that no place is left to be looked at alone.
fn padded(places: usize) -> usize {
    (places + STRIDE).next_multiple_of(2 * STRIDE)
}

/// What the last word was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The same in both.
    Same,
    /// Typed.
    Typed,
    /// Of the letter, and left out.
    Left,
}

/// What it costs to have come to each place of the letter, by what the last word was.
#[derive(PartialEq, Eq)]
pub(super) struct Costs<'t> {
    pub(super) same: &'t mut [Cost],
    pub(super) typed: &'t mut [Cost],
    pub(super) left: &'t mut [Cost],
}

impl Costs<'_> {
    pub(super) fn copy(&mut self, other: &Costs<'_>) {
        let lists = [
            (&mut *self.same, &*other.same),
            (&mut *self.typed, &*other.typed),
            (&mut *self.left, &*other.left),
        ];
        for (here, there) in lists {
            here.copy_from_slice(there);
        }
    }
}

/// The costs of all rows. One list for each step, because those of a typed word are found for many places at once.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// How long a row is, with some places behind the last that nobody looks at.
    width: usize,
    same: Vec<Cost>,
    typed: Vec<Cost>,
    left: Vec<Cost>,
}

impl Rows {
    /// So many rows of so many places, none of them reached.
    pub(super) fn clear(&mut self, rows: usize, width: usize) {
        self.width = padded(width);
        for costs in [&mut self.same, &mut self.typed, &mut self.left] {
            costs.clear();
            costs.resize(rows * self.width, NEVER);
        }
    }

    pub(super) fn each(&mut self) -> impl Iterator<Item = Costs<'_>> {
        let width = self.width.max(1);
        let typed_or_left = self.typed.chunks_exact_mut(width).zip(self.left.chunks_exact_mut(width));
        let rows = self.same.chunks_exact_mut(width).zip(typed_or_left);
        rows.map(|(same, (typed, left))| Costs { same, typed, left })
    }

    /// The costs at a place: the same word, a typed one, one left out.
    pub(super) fn at(&self, row: usize, place: usize) -> [Cost; 3] {
        let at = row * self.width + place;
        [&self.same, &self.typed, &self.left].map(|costs| costs.get(at).copied().unwrap_or(NEVER))
    }
}

/// The words of the letter and the places between them.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Each word and where it stands, in the order of their hashes.
    places: Vec<(u64, usize)>,
    pub(super) edges: Vec<Edge>,
    /// All bits where an edge is inside a line, none where a line begins.
    inside: Vec<Cost>,
}

impl Cells {
    pub(super) fn read(&mut self, words: &[Word], between: impl Iterator<Item = Edge>) {
        self.places.clear();
        self.places.extend(words.iter().enumerate().map(|(at, word)| (word.hash, at)));
        self.places.sort_unstable();
        self.edges.clear();
        self.edges.extend(between);
        self.inside.clear();
        self.inside.extend(self.edges.iter().map(|edge| if edge.line { 0 } else { -1 }));
        self.inside.resize(padded(self.edges.len()), 0);
    }

    /// Where a word stands.
    fn places(&self, hash: u64) -> impl Iterator<Item = usize> {
        let first = self.places.partition_point(|(other, _)| *other < hash);
        let rest = self.places.get(first..).unwrap_or_default().iter();
        rest.take_while(move |(other, _)| *other == hash).map(|(_, at)| *at)
    }
}

/// What it costs that a typed piece begins or ends at an edge, by where the letter stands.
#[derive(PartialEq, Eq)]
pub(super) struct Turn {
    at_line: Cost,
    inside: Cost,
    sign: Option<char>,
    /// For a sign that the letter does not have.
    strange: Cost,
}

impl Turn {
    /// A typed piece begins there.
    fn begins(edge: &Edge) -> Self {
        Self::new(edge, SIGN_BEFORE, edge.closes)
    }

    /// A typed piece ends there.
    pub(super) fn ends(edge: &Edge) -> Self {
        Self::new(edge, SIGN_BEHIND, edge.opens)
    }

    fn new(edge: &Edge, sign: Cost, belongs: bool) -> Self {
        let (at_line, inside) = if edge.line { (AT_LINE, AT_BREAK) } else { (INSIDE, INSIDE) };
        let strange = if edge.sign.is_some() && !belongs { sign } else { 0 };
        let (at_line, inside, strange) = if edge.free { (0, 0, 0) } else { (at_line, inside, strange) };
        Self {
            at_line,
            inside,
            sign: edge.sign,
            strange,
        }
    }

    pub(super) fn cost(&self, cell: &Edge) -> Cost {
        let place = if cell.line { self.at_line } else { self.inside };
        if cell.sign == self.sign { place } else { place + self.strange }
    }

    /// The same for each place of the letter.
    fn costs(&self, cells: &Cells, all: &mut Vec<Cost>) {
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
pub(super) struct Row<'a> {
    word: &'a Word,
    /// Before it and behind it.
    edges: (&'a Edge, &'a Edge),
    /// A typed piece begins before it, ends before it, ends behind it.
    begins: Turn,
    ends: Turn,
    ended: Turn,
    /// It is typed, whatever stood before it; and behind a typed word.
    typed: Cost,
    goes_on: Cost,
    /// Its line is not quoted, and those around are.
    unmarked: bool,
    /// What heads old mail begins with it.
    headed: bool,
}

impl<'a> Row<'a> {
    /// A word, the one before it, and what stands around it; `strange` when its line is not quoted and those around are.
    pub(super) fn new(word: &'a Word, before: Option<&Word>, edge: &'a Edge, behind: &'a Edge, strange: bool) -> Self {
        let linked = before.is_some_and(|word| word.linked);
        Self {
            word,
            edges: (edge, behind),
            begins: Turn::begins(edge),
            ends: Turn::ends(edge),
            ended: Turn::ends(behind),
            typed: if word.linked { LINK } else { 0 },
            goes_on: if edge.link && !linked { LINK } else { 0 },
            unmarked: edge.line && strange,
            headed: word.head && !before.is_some_and(|word| word.head),
        }
    }

    /// No word of the letter is this one.
    pub(super) fn is_typed(&self, cells: &Cells) -> bool {
        cells.places(self.word.hash).next().is_none()
    }

    /// From the same row above, where neither word is the letter's, this word costs what the other one costs.
    pub(super) fn costs_like(&self, other: &Self) -> bool {
        (self.typed, self.goes_on, self.headed) == (other.typed, other.goes_on, other.headed)
            && self.begins == other.begins
            && self.ended == other.ended
    }

    /// The costs of its row, from those of the row above; `turns` is room for one of them.
    pub(super) fn read(&self, ours: &[Word], cells: &Cells, above: &Costs<'_>, here: &mut Costs<'_>, turns: &mut Vec<Cost>) {
        self.same(ours, cells, above, here.same);
        self.begins.costs(cells, turns);
        self.typed(cells, turns, above, here.typed);
        self.ended.costs(cells, turns);
        left(cells, turns, here);
    }

    /// What it costs where the word is the word of the letter.
    fn same(&self, ours: &[Word], cells: &Cells, above: &Costs<'_>, same: &mut [Cost]) {
        for at in cells.places(self.word.hash) {
            let corner = [&above.same, &above.typed, &above.left].map(|costs| costs.get(at).copied().unwrap_or(NEVER));
            if let (Some(letter), Some([before, cell])) = (ours.get(at), cells.edges.get(at..at + 2))
                && let Some(same) = same.get_mut(at + 1)
            {
                *same = self.is_same(corner, letter, before, cell);
            }
        }
    }

    fn is_same(&self, corner: [Cost; 3], letter: &Word, before: &Edge, cell: &Edge) -> Cost {
        let (edge, behind) = self.edges;
        let (mut cost, step) = self.before_same(corner, before);
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
        cost
    }

    /// By which step the word of the letter is reached, from the place before it.
    pub(super) fn before_same(&self, [same, typed, left]: [Cost; 3], before: &Edge) -> (Cost, Step) {
        let (broken, entered) = if self.unmarked { (BROKEN, UNMARKED) } else { (0, 0) };
        let (typed, left) = (typed + self.ends.cost(before) + entered, left + resumed(before) + entered);
        cheapest(same + broken, typed, left)
    }

    /// What it costs that the word was typed, whatever word of the letter stands before it.
    fn typed(&self, cells: &Cells, begins: &[Cost], above: &Costs<'_>, costs: &mut [Cost]) {
        // Inside a line people begin with a capital letter, if anything tells. One point less tips no scale that was not even.
        let capital = if self.word.capital && !self.edges.0.line { BEGINS } else { 0 };
        let up = above.same.iter().zip(&*above.typed).zip(&*above.left);
        let places = begins.iter().zip(&cells.inside);
        for ((((same, typed), left), (begins, inside)), cost) in up.zip(places).zip(&mut *costs) {
            let other = (typed + self.goes_on).min(left + begins + (inside & RESUMED_INSIDE));
            *cost = other.min(same + begins - capital) + self.typed;
        }
        if self.headed {
            for cost in costs.iter_mut().skip(1) {
                *cost += HEAD;
            }
        }
    }

    /// By which step the word was reached as a typed one, from the same place of the letter in the row above.
    pub(super) fn before_typed(&self, [same, typed, left]: [Cost; 3], cell: &Edge) -> Step {
        let begins = self.begins.cost(cell);
        cheapest(same + begins, typed + self.goes_on, left + begins + resumed(cell)).1
    }

    /// By which step a word that is left out behind this one was reached: from the place `before` it, of which these are the costs.
    pub(super) fn before_left(&self, [same, typed, left]: [Cost; 3], before: &Edge) -> Step {
        let out = left_out(before);
        cheapest(same + out, typed + self.ended.cost(before) + out, left).1
    }
}

/// What it costs that words of the letter are left out behind a word. `ended` says what it costs that a typed piece has ended.
fn left(cells: &Cells, ended: &mut [Cost], here: &mut Costs<'_>) {
    // From the word on, for many places at once.
    for ((ended, inside), (same, typed)) in ended.iter_mut().zip(&cells.inside).zip(here.same.iter().zip(&*here.typed)) {
        *ended = (*same).min(typed + *ended) + LEFT_OUT + (inside & RESUMED_INSIDE);
    }
    // Or one word more than at the place before.
    let (reached, _) = ended.as_chunks::<STRIDE>();
    let (left, _) = here.left.get_mut(1..).unwrap_or_default().as_chunks_mut::<STRIDE>();
    let mut before = NEVER;
    for (reached, left) in reached.iter().zip(left) {
        for (reached, left) in reached.iter().zip(left) {
            before = before.min(*reached) + LEFT_OUT_WORD;
            *left = before;
        }
    }
}

/// The cost and what it was reached by; of equal ones the first.
pub(super) fn cheapest(same: Cost, typed: Cost, left: Cost) -> (Cost, Step) {
    let (cost, step) = if typed < same { (typed, Step::Typed) } else { (same, Step::Same) };
    if left < cost { (left, Step::Left) } else { (cost, step) }
}

/// Words of the letter are left out from here on.
pub(super) fn left_out(cell: &Edge) -> Cost {
    if cell.line { LEFT_OUT } else { LEFT_OUT_INSIDE }
}

/// The letter goes on where words of it were left out.
pub(super) fn resumed(cell: &Edge) -> Cost {
    if cell.line { 0 } else { RESUMED_INSIDE }
}
