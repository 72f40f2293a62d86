//! The cheapest way to lay some words of an answer against some words of a letter.
//!
//! In: two stretches of words. Out: the pairs of words that are the same word of the letter, both in their order. Each word here is the
//! letter's or typed, each word there is here or left out, and each change between them costs: little at the edge of a line, much inside.
//! Memory and time are the product of the two lengths, which the caller keeps small.

use std::cmp::Reverse;
use std::ops::Range;

use super::footer::is_signature_mark;
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
/// A word begins with a capital in one text and not in the other.
const OTHER_CASE: i32 = 2;
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
    Same,
    /// Typed.
    Typed,
    /// Of the letter, and left out.
    Left,
}

/// What it costs to have come so far, by what the last word was.
#[derive(Debug, Clone, Copy)]
struct Costs {
    same: i32,
    typed: i32,
    left: i32,
}

impl Costs {
    const NONE: Self = Self {
        same: NEVER,
        typed: NEVER,
        left: NEVER,
    };
}

/// By what each of the three was reached.
#[derive(Debug, Clone, Copy)]
struct Back {
    same: Step,
    typed: Step,
    left: Step,
}

/// The place between two words.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    /// A line, or a cell of the letter, begins there.
    line: bool,
    /// The first sign that stands there.
    sign: Option<char>,
    /// A link stands there.
    link: bool,
    /// The mark of a signature stands there.
    mark: bool,
    /// Outside what is laid out.
    free: bool,
    /// What the word before it ends with.
    end: Option<char>,
}

impl Layout<'_, '_> {
    /// The words that are the same in both.
    pub(super) fn pairs(&self) -> Vec<(usize, usize)> {
        let theirs = self.answer.words.get(self.theirs.clone()).unwrap_or_default();
        let ours = self.letter.words.get(self.ours.clone()).unwrap_or_default();
        let edges = edges(
            self.answer.shown,
            self.answer.words,
            &self.theirs,
            !self.begins,
            !self.ends,
            |word| word.line,
        );
        let cells = edges_of_letter(self);
        let marks = self.answer.marked.get(self.theirs.clone()).unwrap_or_default();
        let around = [marks.first().filter(|_| self.begins), marks.last().filter(|_| self.ends)];
        let first_line = cells.iter().skip(1).position(|cell| cell.line).map_or(HIDDEN, |last| last + 1);
        let strange = |mark: bool| around.iter().any(Option::is_some) && !around.contains(&Some(&mark));

        let width = ours.len() + 1;
        let mut back: Vec<Back> = Vec::with_capacity((theirs.len() + 1) * width);
        let mut above: Vec<Costs> = vec![Costs::NONE; width];
        let mut row: Vec<Costs> = Vec::with_capacity(width);
        for (i, edge) in edges.iter().enumerate() {
            row.clear();
            let before = i.checked_sub(1);
            let word = before.and_then(|n| theirs.get(n));
            let before_last = before.and_then(|n| n.checked_sub(1)).and_then(|n| theirs.get(n));
            let word_edge = before.and_then(|n| edges.get(n)).copied().unwrap_or_default();
            let unmarked = before
                .and_then(|n| marks.get(n))
                .is_some_and(|mark| word_edge.line && strange(*mark));
            let mut corner = Costs::NONE;
            let mut side = Costs::NONE;
            let mut cell_before = Edge::default();
            let mut letters = ours.iter();
            for (j, (cell, up)) in cells.iter().zip(&above).enumerate() {
                let letter = if j == 0 { None } else { letters.next() };
                let mut costs = Costs::NONE;
                let mut steps = Back {
                    same: Step::Same,
                    typed: Step::Typed,
                    left: Step::Left,
                };
                if i == 0 && j == 0 {
                    costs.same = 0;
                } else if let (Some(word), Some(letter)) = (word, letter)
                    && word.hash == letter.hash
                {
                    let entered = if unmarked { UNMARKED } else { 0 };
                    let (cost, step) = cheapest(
                        corner.same + if unmarked { BROKEN } else { 0 },
                        corner.typed + turn(&word_edge, &cell_before, SIGN_BEHIND) + entered,
                        corner.left + resumed(&cell_before) + entered,
                    );
                    let other_end = edge.line && cell.line && edge.end != cell.end;
                    let mut other = if other_end { OTHER_END } else { 0 };
                    if word.capital != letter.capital {
                        other += OTHER_CASE;
                    }
                    if word_edge.mark && !cell_before.mark {
                        other += SIGNED;
                    }
                    if word_edge.sign != cell_before.sign
                        && (strange_sign(word_edge.sign) && (step != Step::Typed || opens(word_edge.sign))
                            || step == Step::Same && strange_sign(cell_before.sign))
                    {
                        other += STRANGE_SIGN;
                    }
                    (costs.same, steps.same) = (cost + other, step);
                }
                if let Some(word) = word {
                    let across = word_edge.link && !before_last.is_some_and(|word| word.linked);
                    let (cost, step) = cheapest(
                        up.same + turn(&word_edge, cell, SIGN_BEFORE),
                        up.typed + if across { LINK } else { 0 },
                        up.left + turn(&word_edge, cell, SIGN_BEFORE) + resumed(cell),
                    );
                    // Inside a line people begin with a capital letter, if anything tells.
                    let cost = if step == Step::Same && word.capital && !word_edge.line {
                        cost - BEGINS
                    } else {
                        cost
                    };
                    let headed = j > 0 && word.head && !before_last.is_some_and(|word| word.head);
                    (costs.typed, steps.typed) = (cost + if word.linked { LINK } else { 0 } + if headed { HEAD } else { 0 }, step);
                }
                if letter.is_some() {
                    let left = if cell_before.line { LEFT_OUT } else { LEFT_OUT_INSIDE };
                    let (cost, step) = cheapest(
                        side.same + left,
                        side.typed + turn(edge, &cell_before, SIGN_BEHIND) + left,
                        side.left,
                    );
                    let whole = cost + LEFT_OUT_WORD;
                    let cut = i == 0 && !self.begins;
                    let hidden = || i32::try_from(j.min(first_line).min(HIDDEN)).unwrap_or(0);
                    (costs.left, steps.left) = (if cut { whole.min(cut_short(j) - hidden()) } else { whole }, step);
                }
                back.push(steps);
                row.push(costs);
                (corner, side, cell_before) = (*up, costs, *cell);
            }
            std::mem::swap(&mut row, &mut above);
        }
        // Where no run follows, what the letter has left over may have been cut off.
        let edge = edges.last().copied().unwrap_or_default();
        let ends = above.iter().zip(&cells).enumerate().map(|(j, (costs, cell))| {
            let typed = costs.typed + turn(&edge, cell, SIGN_BEHIND);
            let (cost, step) = cheapest(costs.same, typed, costs.left + resumed(cell));
            let ragged = j < ours.len() && !cell.line && !matches!(cell.end, Some('.' | '!' | '?'));
            (cost + cut_short(ours.len() - j) + if ragged { RAGGED } else { 0 }, j, step)
        });
        let whole = |(_, j, _): &(i32, usize, Step)| !self.ends || *j == ours.len();
        // Of two ways that cost the same the one that leaves less out.
        let Some((_, j, step)) = ends.filter(whole).min_by_key(|(cost, j, _)| (*cost, Reverse(*j))) else {
            return Vec::new();
        };
        self.walked(&back, step, j, width)
    }

    /// The pairs, from the last word back to the first.
    fn walked(&self, back: &[Back], mut step: Step, mut j: usize, width: usize) -> Vec<(usize, usize)> {
        let mut i = self.theirs.len();
        let mut pairs = Vec::new();
        while i + j > 0 {
            let Some(came) = back.get(i * width + j) else { break };
            let (down, left, next) = match step {
                Step::Same => (1, 1, came.same),
                Step::Typed => (1, 0, came.typed),
                Step::Left => (0, 1, came.left),
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

/// The cost and what it was reached by; of equal ones the first.
fn cheapest(same: i32, typed: i32, left: i32) -> (i32, Step) {
    let (cost, step) = if typed < same { (typed, Step::Typed) } else { (same, Step::Same) };
    if left < cost { (left, Step::Left) } else { (cost, step) }
}

/// A typed piece begins or ends.
fn turn(edge: &Edge, cell: &Edge, sign: i32) -> i32 {
    let place = match () {
        () if edge.free => return 0,
        () if edge.line && cell.line => AT_LINE,
        () if edge.line => AT_BREAK,
        () => INSIDE,
    };
    // A bracket belongs to what it opens or closes, a question mark to what stands before it.
    let belongs = if sign == SIGN_BEHIND { opens(edge.sign) } else { closes(edge.sign) };
    place
        + if edge.sign.is_some() && edge.sign != cell.sign && !belongs {
            sign
        } else {
            0
        }
}

/// A sign that people set words off with.
fn strange_sign(sign: Option<char>) -> bool {
    matches!(sign, Some('*' | '#' | '<' | '>' | '=' | '[' | ']' | '(' | ')' | '"'))
}

fn opens(sign: Option<char>) -> bool {
    matches!(sign, Some('(' | '['))
}

fn closes(sign: Option<char>) -> bool {
    matches!(sign, Some(')' | ']' | '?' | '!'))
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

/// The letter goes on where words of it were left out.
fn resumed(cell: &Edge) -> i32 {
    if cell.line { 0 } else { LEFT_OUT_INSIDE - LEFT_OUT }
}

/// The sign as every program writes it.
fn plain(sign: char) -> char {
    match sign {
        '–' | '—' | '‐' => '-',
        '“' | '”' | '„' | '«' | '»' => '"',
        other => other,
    }
}

/// What stands between two words on their lines, without quote marks. What has a line of its own belongs to neither: "-- ".
fn unquoted(between: &str) -> impl Iterator<Item = char> {
    let (before, behind) = between.split_once('\n').unwrap_or((between, ""));
    let behind = behind.rsplit('\n').next().unwrap_or_default();
    before
        .chars()
        .take(20)
        .chain(behind.trim_start_matches(['>', ' ']).chars().take(20))
}

/// The places before, between and behind some words of a text.
fn edges(text: &str, words: &[Word], range: &Range<usize>, start: bool, end: bool, line: impl Fn(&Word) -> usize) -> Vec<Edge> {
    let of = |at: usize| {
        let (before, after) = (at.checked_sub(1).and_then(|n| words.get(n)), words.get(at));
        let from = before.map_or(0, |word| word.range.end);
        let to = after.map_or(text.len(), |word| word.range.start);
        let between = text
            .get(from..to)
            .filter(|_| before.is_some() && after.is_some())
            .unwrap_or_default();
        // Bars and dots part what programs write in a row.
        let is_sign = |c: &char| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, ',' | '.' | ':' | '\'' | '’' | '|' | '·' | '•');
        // What heads old mail has rules around it.
        let headed = before.is_some_and(|word| word.head) || after.is_some_and(|word| word.head);
        // What sets words off tells more than what stands beside it: ")" in "yes!) to".
        let strange = |c: &char| strange_sign(Some(*c));
        let sign = unquoted(between).find(strange).or_else(|| unquoted(between).find(is_sign));
        let is_line = before.map(&line) != after.map(&line);
        let linked = ["://", "mailto:", "tel:"].iter().any(|link| between.contains(link));
        Edge {
            line: is_line,
            sign: sign.map(plain).filter(|_| !linked && !headed),
            link: linked,
            mark: is_line && text.get(from..to).unwrap_or_default().split('\n').any(is_signature_mark),
            free: at == range.start && start || at == range.end && end,
            end: text
                .get(from..)
                .and_then(|rest| rest.chars().next())
                .filter(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?')),
        }
    };
    (range.start..=range.end).map(of).collect()
}

fn edges_of_letter(layout: &Layout<'_, '_>) -> Vec<Edge> {
    edges(layout.letter.text, &layout.letter.words, &layout.ours, false, false, |word| {
        word.cell
    })
}
