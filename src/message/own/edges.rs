//! What stands between two words of a text: a line end, a sign, a link.
//!
//! In: a text and its words. Out: an [`Edge`] for each place before, between and behind some of them; what the ways of `layout` cost rests
//! on these.

use std::ops::Range;

use super::footer::is_signature_mark;
use super::words::Word;

/// The place between two words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    /// A line, or a cell of the letter, begins there.
    pub(super) line: bool,
    /// The sign that stands there, rather one that sets words off.
    pub(super) sign: Option<char>,
    /// The sign belongs to the word behind it, or to the one before it.
    pub(super) opens: bool,
    pub(super) closes: bool,
    /// A link stands there.
    pub(super) link: bool,
    /// The mark of a signature stands there.
    pub(super) mark: bool,
    /// Outside what is laid out.
    pub(super) free: bool,
    /// What the word before it ends with.
    pub(super) end: Option<char>,
}

/// The places before, between and behind some words of a text; `line` tells the lines apart.
pub(super) fn edges<'w>(
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
        let parted = before.map(&line) != after.map(&line);
        Edge::plain(between, parted)
            .filter(|_| before.is_some() && after.is_some())
            .unwrap_or_else(|| Edge::new(between, before.zip(after), parted))
    })
}

impl Edge {
    /// What stands between most words: blanks and line ends, perhaps behind a comma or a full stop, perhaps with quote marks before the next
    /// line.
    fn plain(between: &str, line: bool) -> Option<Self> {
        let (end, blanks) = match between.as_bytes() {
            [end @ (b',' | b'.' | b':'), blanks @ ..] => (Some(char::from(*end)), blanks),
            blanks => (None, blanks),
        };
        let above = blanks.iter().take_while(|byte| **byte != b'\n').count();
        let (above, marks) = blanks.split_at_checked(above)?;
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let is_plain = above.iter().all(blank) && (marks.iter().all(|byte| matches!(byte, b' ' | b'>' | b'\n')) || marks.iter().all(blank));
        is_plain.then(|| Self {
            line,
            end,
            ..Self::default()
        })
    }

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

/// A sign that people set words off with.
pub(super) fn strange_sign(sign: Option<char>) -> bool {
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
