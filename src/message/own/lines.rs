//! The displayed body as lines, each with its quote depth and the marks that cover it.

use std::cell::LazyCell;
use std::ops::Range;

use memchr::memchr_iter;

use super::html::Mark;
use super::marks::MarkKind;
use super::phrases::has_date;

/// One line of the displayed body.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Bytes of the line, without its line end.
    pub(super) range: Range<usize>,
    /// Where the words begin, after `>` marks and blanks.
    pub(super) start: usize,
    /// Where they end, before blanks.
    pub(super) end: usize,
    /// How deeply it is quoted, by `>` and by cite elements.
    pub(super) depth: usize,
    /// Inside a blockquote that may be the writer's own.
    pub(super) block: usize,
    /// Inside a box that holds the old mail.
    pub(super) container: Option<&'static str>,
    /// Behind a mark after which only the old mail follows.
    pub(super) cut: Option<&'static str>,
    /// "On … wrote:", by its element.
    pub(super) attribution: Option<&'static str>,
    /// Signature by its element.
    pub(super) signature: Option<&'static str>,
    /// Device line by its element.
    pub(super) device: Option<&'static str>,
    /// Written in the program that sent the mail, by its element.
    pub(super) typed: Option<&'static str>,
    /// Why `depth` is what it is.
    pub(super) cite: Option<&'static str>,
}

impl Line {
    /// The words of the line.
    pub(super) fn text<'s>(&self, shown: &'s str) -> &'s str {
        shown.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.start == self.end
    }

    /// Quoted for certain.
    pub(super) fn quoted(&self) -> bool {
        self.depth > 0
    }
}

/// So much of a body is told apart: many times what a person types or a thread holds.
const MOST_BYTES: usize = 1_000_000;
const MOST_LINES: usize = 100_000;

/// The part of a body that is told apart, which is nearly always all of it.
pub(super) fn head(shown: &str) -> &str {
    let nth = memchr_iter(b'\n', shown.as_bytes()).nth(MOST_LINES - 1);
    let mut end = nth.map_or(shown.len(), |at| at + 1).min(MOST_BYTES);
    while !shown.is_char_boundary(end) && end < shown.len() {
        end += 1;
    }
    shown.get(..end).unwrap_or(shown)
}

/// Splits `shown` into lines and lays the marks over them.
pub(super) fn lines(shown: &str, marks: &[Mark]) -> Vec<Line> {
    let mut all = Vec::with_capacity(shown.len() / 40);
    let mut at = 0;
    let mut rest = shown.split('\n').peekable();
    let mut before = "";
    let cited = cited_by(shown).or_else(|| signed_by(shown));
    let spaced = LazyCell::new(|| has_spaced_quotes(shown));
    while let Some(raw) = rest.next() {
        // `>>> like this <<<` is decoration, and a single `>5 years` says more than five; so does one among quotes that have a blank there.
        let decorated = raw.starts_with('>') && raw.trim_end().ends_with("<<");
        let mut alone = || !before.starts_with('>') && !rest.peek().is_some_and(|next| next.starts_with('>'));
        let more = raw
            .strip_prefix('>')
            .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
            && (alone() || *spaced);
        let (depth, skip) = if decorated || more { (0, 0) } else { quote_marks(raw) };
        let cite = cited
            .and_then(|name| raw.trim_start().strip_prefix(name))
            .map(|rest| raw.len() - rest.len());
        let (depth, skip) = match cite {
            Some(skip) => (1, raw.len() - raw.get(skip..).unwrap_or_default().trim_start().len()),
            None => (depth, skip),
        };
        before = raw;
        let words = raw.get(skip..).unwrap_or_default().trim_end();
        all.push(Line {
            range: at..at + raw.len(),
            start: at + skip,
            end: at + skip + words.len(),
            depth,
            ..Line::default()
        });
        at += raw.len() + 1;
    }
    lay(&mut all, marks);
    all
}

/// Lines are quoted with `> `, and none with `>` right before a word.
fn has_spaced_quotes(shown: &str) -> bool {
    let mut behind = shown.split('\n').filter_map(|line| line.strip_prefix('>'));
    let tight = |rest: &str| rest.starts_with(char::is_alphabetic);
    behind.clone().any(|rest| rest.starts_with(' ')) && !behind.any(tight)
}

/// A name with a `>` that stands before most lines of a quotation ("Harbor> "), as some programs quote.
fn cited_by(shown: &str) -> Option<&str> {
    let mark = |line: &str| {
        let name = line.bytes().take(13).take_while(u8::is_ascii_alphabetic).count();
        ((1..=12).contains(&name) && line.as_bytes().get(name) == Some(&b'>')).then_some(name)
    };
    let mut named = shown.split('\n').map(str::trim_start).filter_map(|line| line.get(..=mark(line)?));
    let first = named.next()?;
    (named.filter(|name| *name == first).take(3).count() == 3).then_some(first)
}

/// A sign that stands before each line of a quotation instead of `>`, as some people set their program up: `|`, `}`. Lists and tables have
/// such signs too, so it takes some lines right below one that attributes.
fn signed_by(shown: &str) -> Option<&str> {
    /// In a row, at least.
    const LINES: usize = 4;
    let mut lines = shown.split('\n');
    while let Some(line) = lines.next() {
        let attributes = line.trim_end().ends_with(':') && (line.contains('@') || has_date(line));
        if !attributes {
            continue;
        }
        let mut below = lines.clone().skip_while(|line| line.trim().is_empty());
        let sign = below.clone().next().and_then(|first| first.get(..1));
        let Some(sign) = sign.filter(|sign| matches!(*sign, "|" | "}" | ":" | "]" | "%" | "#")) else {
            continue;
        };
        if (0..LINES).all(|_| below.next().is_some_and(|line| line.starts_with(sign))) {
            return Some(sign);
        }
    }
    None
}

/// How many `>` stand before the words, and how many bytes they and the blanks around them take.
fn quote_marks(line: &str) -> (usize, usize) {
    let (mut depth, mut skip, mut blanks) = (0, 0, 0);
    for (at, c) in line.char_indices() {
        match c {
            '>' if blanks <= 3 => {
                depth += 1;
                blanks = 0;
                skip = at + 1;
            }
            ' ' | '\t' => blanks += 1,
            _ => return (depth, if depth > 0 || blanks > 0 { at } else { skip }),
        }
    }
    (depth, line.len())
}

/// Lays marks over lines. A mark covers a line when the line's first word stands inside it.
fn lay(all: &mut [Line], marks: &[Mark]) {
    if marks.is_empty() {
        return;
    }
    let starts: Vec<usize> = all.iter().map(|line| line.start).collect();
    let covered = |range: &Range<usize>| starts.partition_point(|s| *s < range.start)..starts.partition_point(|s| *s < range.end);
    let (mut cite, mut block) = (vec![0_i64; all.len() + 1], vec![0_i64; all.len() + 1]);
    let mut gmail = Vec::new();
    // Of boxes in boxes only the outer one is named, so that deep nesting stays linear.
    let mut named = [0_usize; 7];
    for mark in marks {
        let lines = covered(&mark.range);
        let (counts, slot) = match mark.kind {
            MarkKind::Cite => (Some(&mut cite), 0),
            MarkKind::Block => (Some(&mut block), 5),
            MarkKind::GmailBox => {
                gmail.push(lines.clone());
                continue;
            }
            MarkKind::Container => (None, 1),
            MarkKind::CutRest => (None, 2),
            MarkKind::Attribution => (None, 3),
            MarkKind::Signature | MarkKind::Device => (None, 4),
            MarkKind::Typed => (None, 6),
        };
        if let Some(counts) = counts {
            if let Some(count) = counts.get_mut(lines.start) {
                *count += 1;
            }
            if let Some(count) = counts.get_mut(lines.end) {
                *count -= 1;
            }
        }
        let Some(until) = named.get_mut(slot) else { continue };
        let fresh = lines.start.max(*until)..lines.end;
        *until = (*until).max(lines.end);
        for line in all.get_mut(fresh).unwrap_or_default() {
            let field = match mark.kind {
                MarkKind::Cite => &mut line.cite,
                MarkKind::Container | MarkKind::GmailBox => &mut line.container,
                MarkKind::CutRest => &mut line.cut,
                MarkKind::Attribution => &mut line.attribution,
                MarkKind::Signature => &mut line.signature,
                MarkKind::Device => &mut line.device,
                MarkKind::Typed => &mut line.typed,
                MarkKind::Block => continue,
            };
            *field = Some(mark.why);
        }
    }
    let (mut cites, mut blocks) = (0, 0);
    for (n, line) in all.iter_mut().enumerate() {
        cites += cite.get(n).copied().unwrap_or(0);
        blocks += block.get(n).copied().unwrap_or(0);
        line.depth += usize::try_from(cites).unwrap_or(0);
        line.block = usize::try_from(blocks).unwrap_or(0);
    }
    gmail_boxes(all, &gmail);
}

/// Gmail's box is the quote only when nothing inside says more precisely where the quote begins.
fn gmail_boxes(all: &mut [Line], boxes: &[Range<usize>]) {
    let mut until = 0;
    for lines in boxes {
        if lines.start < until {
            continue;
        }
        until = lines.end;
        let inside = all.get_mut(lines.clone()).unwrap_or_default();
        let precise = inside.iter().any(|line| line.depth > 0 || line.attribution.is_some());
        if !precise {
            for line in inside {
                line.container = line.container.or(Some(".gmail_quote"));
            }
        }
    }
}
