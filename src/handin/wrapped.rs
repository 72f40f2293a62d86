//! Lines that a mail program broke at a width are joined again, so that names and titles are whole and no half sentence looks like an entry.
//!
//! In: the displayed body with its labelled spans. Out: the same body, byte for byte as long, with blanks in place of such line ends.
//! Never here: a line that may be one of a list, a label, or a row.

use std::ops::Range;

use super::labels::label;
use super::page::bullet;
use super::scan::{addresses, floor};
use super::words::{flat, has};
use crate::message::{Label, OwnText};

/// Whoever breaks lines at a width takes one of 60 to 80 characters, and a little more with what quotes them.
const WIDEST: usize = 84;
/// A line shorter than this ends where its writer pressed return.
const SHORTEST: usize = 55;
/// An entry has its address so near its beginning, in bytes.
const ENTRY: usize = 70;

/// A line: where it stands, and where its words do.
struct Line {
    whole: Range<usize>,
    inner: Range<usize>,
    label: Option<Label>,
}

/// The body with broken lines joined.
pub(super) fn joined(own: &OwnText) -> String {
    let text = own.shown.as_str();
    let lines = lines(own);
    let mut bytes = text.as_bytes().to_vec();
    let inner = |line: &Line| text.get(line.inner.clone()).unwrap_or_default();
    let width = |label: Option<Label>| {
        let same = lines.iter().filter(|line| line.label == label);
        same.map(|line| inner(line).chars().count()).max().unwrap_or(0)
    };
    let mut widths: Vec<(Option<Label>, usize)> = Vec::new();
    for pair in lines.windows(2) {
        let [first, next] = pair else { continue };
        if first.label != next.label {
            continue;
        }
        let known = widths.iter().find(|(label, _)| *label == first.label).map(|(_, width)| *width);
        let width = known.unwrap_or_else(|| {
            let width = width(first.label);
            widths.push((first.label, width));
            width
        });
        if goes_on(inner(first), inner(next), width) {
            for byte in bytes.iter_mut().take(next.inner.start).skip(first.inner.end) {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn lines(own: &OwnText) -> Vec<Line> {
    let text = own.shown.as_str();
    let mut spans = own.spans.iter().peekable();
    let mut at = 0;
    let mut all = Vec::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let start = at + bare.len() - bare.trim_start_matches(['>', ' ', '\t']).len();
        let begin = at + (line.len() - line.trim_start().len()).min(line.len());
        while spans.next_if(|span| span.range.end <= begin).is_some() {}
        let label = spans.peek().filter(|span| span.range.contains(&begin)).map(|span| span.label);
        all.push(Line {
            whole: at..at + line.len(),
            inner: start..(at + bare.len()).max(start),
            label,
        });
        at = all.last().map_or(at, |line| line.whole.end);
    }
    all
}

/// The second line is the rest of what the first one says.
fn goes_on(first: &str, next: &str, width: usize) -> bool {
    let length = first.chars().count();
    if next.is_empty() || length < SHORTEST || width > WIDEST || first.ends_with(['.', ':', '!', '?', ';', '|', '>']) {
        return false;
    }
    if bullet(next) > 0 || next.contains(['\t', '|']) || first.contains(['\t', '|']) || next.starts_with(['-', '*', '=', '_', '#']) {
        return false;
    }
    let labelled = next
        .get(..floor(next, 48))
        .and_then(|head| head.split_once([':', '=']))
        .is_some_and(|(head, _)| label(&flat(head)).is_some());
    let farewell = has("sign off", flat(next).as_str());
    if labelled || farewell {
        return false;
    }
    let word = next.split_whitespace().next().unwrap_or_default();
    let small = |word: &str| word.chars().next().is_some_and(char::is_lowercase);
    let full = length + 1 + word.chars().count() > width;
    // A line that could be an entry goes on only what plainly is not at its end: "please send both of these to".
    let entry = addresses(next).first().is_some_and(|(at, _)| at.start <= ENTRY) && word.chars().next().is_some_and(char::is_uppercase);
    let open = first.split_whitespace().next_back().is_some_and(small) && addresses(first).is_empty();
    (small(word) || full) && (!entry || open || first.ends_with(" at") || first.ends_with(" to"))
}
