//! The cheapest way to lay some words of an answer against some words of a letter.
//!
//! In: two stretches of words. Out: the pairs of words that are the same word of the letter, both in their order. Each word here is the
//! letter's or typed, each word there is here or left out, and each change between them costs: little at the edge of a line, much inside.
//! Memory and time are the product of the two lengths, which the caller keeps small.

mod ways;

use std::cmp::Reverse;
use std::ops::Range;

use super::edges::{Edge, edges};
use super::gaps::Answer;
use super::runs::Indexed;
use ways::{Cells, Cost, Costs, LEFT_OUT_WORD, NEVER, Row, Rows, Step, Turn, cheapest, left_out, resumed};

/// The letter ends inside one of its lines.
const RAGGED: Cost = 6;
/// The first words of a letter are left out, or its last.
const CUT_SHORT: Cost = 4;
/// So many words of the first line of a letter cost less to leave out: programs do not show what is hidden there.
const HIDDEN: usize = 16;

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

/// What ways are compared in, kept for the next stretch so that it is not made anew for each.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The places between the words of the answer.
    edges: Vec<Edge>,
    cells: Cells,
    rows: Rows,
    turns: Vec<Cost>,
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
        let Table { edges, cells, rows, turns } = table;
        let ours = self.letter.words.get(self.ours.clone()).unwrap_or_default();
        self.read_edges(edges);
        let between = super::edges::edges(self.letter.text, &self.letter.words, &self.ours, |word| word.cell);
        cells.read(ours, between);
        rows.clear(edges.len(), cells.edges.len());
        let words = self.words(edges);
        let mut each = rows.each();
        let Some(mut above) = each.next() else { return Vec::new() };
        self.first_row(&cells.edges, &mut above);
        // A typed row that changed nothing, and all like it below.
        let mut settled: Option<&Row<'_>> = None;
        for (row, mut here) in words.iter().zip(each) {
            if settled.is_some_and(|settled| row.costs_like(settled) && row.is_typed(cells)) {
                here.copy(&above);
            } else {
                row.read(ours, cells, &above, &mut here, turns);
                settled = (here == above && row.is_typed(cells)).then_some(row);
            }
            above = here;
        }
        let Some((j, step)) = self.last(edges, &cells.edges, &above) else {
            return Vec::new();
        };
        self.walked(&words, &cells.edges, rows, step, j)
    }

    /// The rows of the words of the answer.
    fn words<'e>(&'e self, edges: &'e [Edge]) -> Vec<Row<'e>> {
        let words = self.answer.words.get(self.theirs.clone()).unwrap_or_default();
        let marks = self.answer.marked.get(self.theirs.clone()).unwrap_or_default();
        let around = [marks.first().filter(|_| self.begins), marks.last().filter(|_| self.ends)];
        let strange = |mark: &bool| around.iter().any(Option::is_some) && !around.contains(&Some(mark));
        let before = std::iter::once(None).chain(words.iter().map(Some));
        let each = words.iter().zip(before).zip(marks).zip(edges.windows(2));
        each.filter_map(|(((word, before), mark), edges)| {
            let [edge, behind] = edges else { return None };
            Some(Row::new(word, before, edge, behind, strange(mark)))
        })
        .collect()
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
    fn first_row(&self, cells: &[Edge], costs: &mut Costs<'_>) {
        let first_line = cells.iter().skip(1).position(|cell| cell.line).map_or(HIDDEN, |last| last + 1);
        if let Some(first) = costs.same.first_mut() {
            *first = 0;
        }
        let (mut same, mut before) = (0, NEVER);
        for (j, (edge, left)) in (1..).zip(cells.iter().zip(costs.left.iter_mut().skip(1))) {
            let (cost, _) = cheapest(same + left_out(edge), NEVER, before);
            let hidden = || Cost::try_from(j.min(first_line).min(HIDDEN)).unwrap_or(0);
            let whole = cost + LEFT_OUT_WORD;
            *left = if self.begins { whole } else { whole.min(cut_short(j) - hidden()) };
            (same, before) = (NEVER, *left);
        }
    }

    /// Where in the letter the cheapest way ends, and with what. Where no run follows, what the letter has left over may have been cut off.
    fn last(&self, edges: &[Edge], cells: &[Edge], costs: &Costs<'_>) -> Option<(usize, Step)> {
        let ended = Turn::ends(&edges.last().copied().unwrap_or_default());
        let length = self.ours.len();
        let costs = costs.same.iter().zip(&*costs.typed).zip(&*costs.left);
        let ends = costs.zip(cells).enumerate().map(|(j, (((same, typed), left), cell))| {
            let (cost, step) = cheapest(*same, typed + ended.cost(cell), left + resumed(cell));
            let ragged = j < length && !cell.line && !matches!(cell.end, Some('.' | '!' | '?'));
            (cost + cut_short(length - j) + if ragged { RAGGED } else { 0 }, j, step)
        });
        let whole = |(_, j, _): &(Cost, usize, Step)| !self.ends || *j == length;
        // Of two ways that cost the same the one that leaves less out.
        let best = ends.filter(whole).min_by_key(|(cost, j, _)| (*cost, Reverse(*j)));
        best.map(|(_, j, step)| (j, step))
    }

    /// The pairs, from the last word back to the first. By what a step was reached is seen again from the costs around it.
    fn walked(&self, words: &[Row<'_>], cells: &[Edge], rows: &Rows, mut step: Step, mut j: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut i = self.theirs.len();
        // Above the first row words of the letter are left out only.
        while let Some(above) = i.checked_sub(1) {
            let Some(row) = words.get(above) else { break };
            let before = j.checked_sub(1).and_then(|before| Some((before, cells.get(before)?)));
            step = match (step, before) {
                (Step::Same, Some((before, cell))) => {
                    (i, j) = (above, before);
                    pairs.push((self.theirs.start + i, self.ours.start + j));
                    row.before_same(rows.at(i, j), cell).1
                }
                (Step::Left, Some((before, cell))) => {
                    j = before;
                    row.before_left(rows.at(i, j), cell)
                }
                (Step::Typed, _) => {
                    i = above;
                    let Some(cell) = cells.get(j) else { break };
                    row.before_typed(rows.at(i, j), cell)
                }
                (Step::Same | Step::Left, None) => break,
            };
        }
        pairs.reverse();
        pairs
    }
}

/// So many words are missing at an end of the letter.
fn cut_short(words: usize) -> Cost {
    let words = Cost::try_from(words).unwrap_or(NEVER / 2);
    if words == 0 {
        0
    } else {
        words.saturating_mul(LEFT_OUT_WORD).min(NEVER) + CUT_SHORT
    }
}
