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
    /// The sign that stands there, rather one that sets words off.
    sign: Option<char>,
    /// The sign belongs to the word behind it, or to the one before it.
    opens: bool,
    closes: bool,
    /// A link stands there.
    link: bool,
    /// The mark of a signature stands there.
    mark: bool,
    /// Outside what is laid out.
    free: bool,
    /// What the word before it ends with.
    end: Option<char>,
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
}

/// A word of the answer, which is laid against each word of the letter.
struct Row<'a> {
    word: &'a Word,
    /// Before it and behind it.
    edges: (&'a Edge, &'a Edge),
    /// A typed piece begins before it, ends before it, ends behind it.
    begins: Turn,
    ends: Turn,
    ended: Turn,
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
        let ours = self.letter.words.get(self.ours.clone()).unwrap_or_default();
        let theirs = self.answer.words.get(self.theirs.clone()).unwrap_or_default();
        let (text, all) = (self.answer.shown, self.answer.words);
        let mut edges: Vec<Edge> = edges(text, all, &self.theirs, |word| word.line).collect();
        if let Some(first) = edges.first_mut() {
            first.free = !self.begins;
        }
        if let Some(last) = edges.last_mut() {
            last.free = !self.ends;
        }
        let cells: Vec<Edge> = self::edges(self.letter.text, &self.letter.words, &self.ours, |word| word.cell).collect();
        let marks = self.answer.marked.get(self.theirs.clone()).unwrap_or_default();
        let around = [marks.first().filter(|_| self.begins), marks.last().filter(|_| self.ends)];
        let strange = |mark: bool| around.iter().any(Option::is_some) && !around.contains(&Some(&mark));

        let width = cells.len();
        let mut back: Vec<Back> = Vec::with_capacity(edges.len() * width);
        let mut above = self.first_row(&cells, &mut back);
        let mut here: Vec<Costs> = Vec::with_capacity(width);
        let mut before: Option<&Word> = None;
        for ((word, mark), edge) in theirs.iter().zip(marks).zip(edges.windows(2)) {
            let [edge, behind] = edge else { break };
            let row = Row {
                word,
                edges: (edge, behind),
                begins: Turn::new(edge, SIGN_BEFORE),
                ends: Turn::new(edge, SIGN_BEHIND),
                ended: Turn::new(behind, SIGN_BEHIND),
                typed: if word.linked { LINK } else { 0 },
                goes_on: if edge.link && !before.is_some_and(|word| word.linked) {
                    LINK
                } else {
                    0
                },
                unmarked: edge.line && strange(*mark),
                headed: word.head && !before.is_some_and(|word| word.head),
            };
            here.clear();
            row.lay(ours, &cells, &above, &mut here, &mut back);
            std::mem::swap(&mut here, &mut above);
            before = Some(word);
        }
        // Where no run follows, what the letter has left over may have been cut off.
        let ended = Turn::new(&edges.last().copied().unwrap_or_default(), SIGN_BEHIND);
        let ends = above.iter().zip(&cells).enumerate().map(|(j, (costs, cell))| {
            let (cost, step) = cheapest(costs.same, costs.typed + ended.cost(cell), costs.left + resumed(cell));
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

    /// The costs of leaving out the first words of the letter.
    fn first_row(&self, cells: &[Edge], back: &mut Vec<Back>) -> Vec<Costs> {
        let first_line = cells.iter().skip(1).position(|cell| cell.line).map_or(HIDDEN, |last| last + 1);
        let mut costs = Costs { same: 0, ..Costs::NONE };
        let mut row = Vec::with_capacity(cells.len());
        for j in 0..cells.len() {
            let mut step = Step::Left;
            if let Some(before) = j.checked_sub(1).and_then(|n| cells.get(n)) {
                let (cost, from) = cheapest(costs.same + left_out(before), NEVER, costs.left);
                let hidden = || i32::try_from(j.min(first_line).min(HIDDEN)).unwrap_or(0);
                let whole = cost + LEFT_OUT_WORD;
                let left = if self.begins { whole } else { whole.min(cut_short(j) - hidden()) };
                (costs, step) = (Costs { left, ..Costs::NONE }, from);
            }
            row.push(costs);
            back.push(Back {
                same: Step::Same,
                typed: Step::Typed,
                left: step,
            });
        }
        row
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

impl Row<'_> {
    /// The costs of this word behind each word of the letter, from those of the word above.
    fn lay(&self, ours: &[Word], cells: &[Edge], above: &[Costs], row: &mut Vec<Costs>, back: &mut Vec<Back>) {
        let (Some(first), Some(up)) = (cells.first(), above.first()) else {
            return;
        };
        let (typed, step) = self.typed(up, first);
        let mut side = Costs { typed, ..Costs::NONE };
        row.push(side);
        back.push(Back {
            same: Step::Same,
            typed: step,
            left: Step::Left,
        });
        for ((letter, cells), above) in ours.iter().zip(cells.windows(2)).zip(above.windows(2)) {
            let ([before, cell], [corner, up]) = (cells, above) else { break };
            let (same, same_step) = if self.word.hash == letter.hash {
                self.same(corner, letter, before, cell)
            } else {
                (NEVER, Step::Same)
            };
            let (typed, typed_step) = self.typed(up, cell);
            let left = left_out(before);
            let (left, left_step) = cheapest(side.same + left, side.typed + self.ended.cost(before) + left, side.left);
            side = Costs {
                same,
                typed: typed + if self.headed { HEAD } else { 0 },
                left: left + LEFT_OUT_WORD,
            };
            row.push(side);
            back.push(Back {
                same: same_step,
                typed: typed_step,
                left: left_step,
            });
        }
    }

    /// It is the word of the letter.
    fn same(&self, corner: &Costs, letter: &Word, before: &Edge, cell: &Edge) -> (i32, Step) {
        let (edge, behind) = self.edges;
        let (broken, entered) = if self.unmarked { (BROKEN, UNMARKED) } else { (0, 0) };
        let (mut cost, step) = cheapest(
            corner.same + broken,
            corner.typed + self.ends.cost(before) + entered,
            corner.left + resumed(before) + entered,
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

    /// It was typed.
    fn typed(&self, up: &Costs, cell: &Edge) -> (i32, Step) {
        let begins = self.begins.cost(cell);
        let (cost, step) = cheapest(up.same + begins, up.typed + self.goes_on, up.left + begins + resumed(cell));
        // Inside a line people begin with a capital letter, if anything tells.
        let capital = step == Step::Same && self.word.capital && !self.edges.0.line;
        (cost + self.typed - if capital { BEGINS } else { 0 }, step)
    }
}

/// The cost and what it was reached by; of equal ones the first.
fn cheapest(same: i32, typed: i32, left: i32) -> (i32, Step) {
    let (cost, step) = if typed < same { (typed, Step::Typed) } else { (same, Step::Same) };
    if left < cost { (left, Step::Left) } else { (cost, step) }
}

/// A sign that people set words off with.
fn strange_sign(sign: Option<char>) -> bool {
    matches!(sign, Some('*' | '#' | '<' | '>' | '=' | '[' | ']' | '(' | ')' | '"'))
}

/// A sign that stands in front of what it belongs to.
fn is_opening(sign: char) -> bool {
    matches!(sign, '(' | '[' | '<' | '=')
}

/// A sign that stands behind what it belongs to.
fn is_closing(sign: char) -> bool {
    matches!(sign, ')' | ']' | '?' | '!')
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

/// The places before, between and behind some words of a text; `line` tells the lines apart.
fn edges<'w>(
    text: &'w str,
    words: &'w [Word],
    range: &Range<usize>,
    line: impl Fn(&Word) -> usize + 'w,
) -> impl Iterator<Item = Edge> + 'w {
    (range.start..=range.end).map(move |at| {
        let (before, after) = (at.checked_sub(1).and_then(|n| words.get(n)), words.get(at));
        let from = before.map_or(0, |word| word.range.end);
        let to = after.map_or(text.len(), |word| word.range.start);
        let between = text.get(from..to).unwrap_or_default();
        if between == " " && before.is_some() && after.is_some() {
            return Edge::default();
        }
        Edge::new(between, before.zip(after), before.map(&line) != after.map(&line))
    })
}

impl Edge {
    /// What stands between two words, or at an end of the text.
    fn new(between: &str, words: Option<(&Word, &Word)>, line: bool) -> Self {
        let link = between.contains(':') && ["://", "mailto:", "tel:"].iter().any(|link| between.contains(link));
        // What heads old mail has rules around it.
        let headed = words.is_some_and(|(before, after)| before.head || after.head);
        let sign = words.filter(|_| !link && !headed).and_then(|_| sign(between));
        // What stands beside a word without a blank belongs to it: the stars of "*no* but".
        let (before, after) = (
            between.split(char::is_whitespace).next(),
            between.rsplit(char::is_whitespace).next(),
        );
        let close = |part: Option<&str>| part.zip(sign).is_some_and(|(part, sign)| part.contains(sign));
        Self {
            line,
            sign: sign.map(plain),
            opens: sign.is_some_and(|sign| is_opening(sign) || !close(before) && close(after)),
            closes: sign.is_some_and(|sign| is_closing(sign) || close(before) && !close(after)),
            link: link && words.is_some(),
            mark: line && between.split('\n').any(is_signature_mark),
            free: false,
            end: between.chars().next().filter(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?')),
        }
    }
}

/// The first sign that sets words off, or else the first at all.
fn sign(between: &str) -> Option<char> {
    let mut first = None;
    for c in unquoted(between) {
        if strange_sign(Some(c)) {
            return Some(c);
        }
        // Bars and dots part what programs write in a row.
        let part = matches!(c, ',' | '.' | ':' | '\'' | '’' | '|' | '·' | '•');
        if !part && !c.is_alphanumeric() && !c.is_whitespace() {
            first = first.or(Some(c));
        }
    }
    first
}
