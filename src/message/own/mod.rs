//! Which part of a message its sender wrote.
//!
//! In: the displayed body and our letters of the thread. Out: [`OwnText`], all of the body in labelled spans.
//! Three witnesses, the surest first: our own letters (what stands in them is not the sender's), the marks of mail programs in HTML,
//! and the shape of plain lines. Nothing is deleted, and what only a weak mark cuts away is kept when nothing else is left.

mod edges;
mod footer;
mod gaps;
mod hashes;
mod html;
mod labels;
mod layout;
mod letters;
mod lines;
mod marks;
mod ours;
mod phrases;
mod quote;
mod runs;
mod tag;
mod trim;
mod view;
mod words;

use std::ops::Range;

use super::{Author, Body, Label, LetterText, Message, OwnText, Part, Span, body, mime, strip_subject};
pub(super) use html::{Shown, read as read_html};
use letters::Letters;
use marks::MarkKind;
use view::{Trust, View};
use words::{Word, words};

/// A stored letter of ours as text.
#[must_use]
pub fn letter_text(raw: &[u8]) -> LetterText {
    let Some(parsed) = mime::parse(raw) else {
        return LetterText::default();
    };
    let body = body::read(&parsed);
    LetterText {
        html_text: body.html.as_deref().map(html::all_text).unwrap_or_default(),
        text: body.text.unwrap_or_default(),
    }
}

impl LetterText {
    /// The two parts of a letter about to be built, as its reader will see them: what [`letter_text`] finds in the finished message.
    #[must_use]
    pub fn of(text: &str, html: &str) -> Self {
        Self {
            text: body::visible(text.into()).into_owned(),
            html_text: html::all_text(&body::visible(html.into())),
        }
    }
}

/// What the sender wrote.
#[must_use]
pub fn own_text(message: &Message, thread: &[LetterText]) -> OwnText {
    let page = displayed(&message.body);
    let whole = page.map_or_else(|| message.body.text.as_deref().unwrap_or_default(), |page| &page.text);
    let levels = page.map_or(&[][..], |page| &page.levels);
    let shown = lines::head(whole);
    let lines = lines::lines(shown, page.map_or(&[], |page| &page.marks));
    let letters = Letters::new(thread);
    let author = match &message.author {
        Author::One(mailbox) => mailbox.name.to_string(),
        Author::Unknown => String::new(),
    };
    let view = View::new(shown, &lines, levels, &letters, &author);
    let mut labels = view.read(Trust::Marks);
    let mut uncertain = false;
    if !view.has_own(&labels) {
        for weaker in [Trust::Blocks, Trust::Lines, Trust::Later, Trust::QuotesOnly] {
            let second = view.read(weaker);
            if view.has_own(&second) {
                (labels, uncertain) = (second, true);
                break;
            }
        }
    }
    // A mail that was not written as an answer may say all in its subject (C-I10).
    let silent = message.subject.trim().is_empty() || strip_subject(&message.subject) != message.subject.trim();
    if silent
        && !view.has_own(&labels)
        && let Some(kept) = view.whole_signature(&labels)
    {
        (labels, uncertain) = (kept, true);
    }
    uncertain |= view.is_in_doubt(&labels);
    let mut spans = view.spans(&labels);
    if shown.len() < whole.len() {
        spans.push(beyond(spans.last(), shown.len()..whole.len()));
        uncertain = true;
    }
    let spans = without_struck(spans, whole, page.map_or(&[], |page| &page.struck));
    let (text, parts) = own_of(whole, &spans);
    OwnText {
        text,
        parts,
        spans,
        shown: whole.to_owned(),
        uncertain,
    }
}

/// What stands behind the part of a very long body that is told apart: old mail that goes on, or else nobody's word is lost.
fn beyond(last: Option<&Span>, range: Range<usize>) -> Span {
    let label = match last.map_or(Label::Own, |span| span.label) {
        old @ (Label::QuotedOurs | Label::QuotedOther | Label::Forwarded) => old,
        Label::Own | Label::Attribution | Label::Signature | Label::Device | Label::Disclaimer | Label::Banner | Label::Struck => {
            Label::Own
        }
    };
    Span {
        range,
        label,
        why: "too long to be told apart",
    }
}

/// True for a line that begins as the header of a letter does: "From:", "Gesendet:".
pub(super) fn is_header_label(line: &str) -> bool {
    labels::is_label(line)
}

/// The page when its marks say more than the plain lines do, or when it holds words that they do not; `None` for the plain lines.
fn displayed(body: &Body) -> Option<&Shown> {
    let page = body.page()?;
    let text = body.text.as_deref().unwrap_or_default();
    let marked = || page.marks.iter().any(|mark| mark.kind != MarkKind::Typed) || !page.struck.is_empty();
    (text.is_empty() || marked() || says_more(&page.text, text)).then_some(page)
}

/// A page holds words that the plain text beside it has not: all of the text and more, or another text altogether, because some programs
/// write a few words there in place of the mail. Where the text quotes line by line it is the mail, and tells more than a page without marks.
fn says_more(page: &str, text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    if page.bytes().filter(letter).eq(text.bytes().filter(letter)) || text.lines().any(|line| line.starts_with('>')) {
        return false;
    }
    let set = |text: &str| -> Vec<u64> {
        // Numbers of lists stand in one of them only.
        let counts = |word: &Word| {
            text.get(word.range.clone())
                .is_some_and(|word| word.bytes().any(|b| !b.is_ascii_digit()))
        };
        let mut set: Vec<u64> = words(text).iter().filter(|word| counts(word)).map(|word| word.hash).collect();
        set.sort_unstable();
        set.dedup();
        set
    };
    let (page, text) = (set(page), set(text));
    let shared = page.iter().filter(|word| text.binary_search(word).is_ok()).count();
    shared < page.len() && (shared == text.len() || shared * 2 < page.len())
}

/// The spans with what was struck out set apart, where it is not somebody else's anyway.
fn without_struck(spans: Vec<Span>, shown: &str, struck: &[Range<usize>]) -> Vec<Span> {
    if struck.is_empty() {
        return spans;
    }
    let mut all: Vec<Span> = Vec::with_capacity(spans.len() + struck.len() * 2);
    let mut struck = struck.iter().filter_map(|range| trimmed(shown, range.clone())).peekable();
    for span in spans {
        let mut at = span.range.start;
        let mut push = |range: Range<usize>, label: Label, why: &'static str| {
            if !range.is_empty() {
                all.push(Span { range, label, why });
            }
        };
        while let Some(out) = struck.peek().filter(|out| out.start < span.range.end) {
            let (start, end) = (out.start.max(at), out.end.min(span.range.end));
            if span.label == Label::Own && start < end {
                push(at..start, span.label, span.why);
                push(start..end, Label::Struck, "struck out");
                at = end;
            }
            if out.end > span.range.end {
                break;
            }
            struck.next();
        }
        push(at..span.range.end, span.label, span.why);
    }
    all
}

/// A stretch without the blanks around it; `None` when there is nothing else.
fn trimmed(shown: &str, range: Range<usize>) -> Option<Range<usize>> {
    let text = shown.get(range.clone())?;
    let start = range.start + text.len() - text.trim_start().len();
    let words = text.trim();
    (!words.is_empty()).then(|| start..start + words.len())
}

/// The own spans in a row, at most one blank line between paragraphs; and where each of them stood.
fn own_of(shown: &str, spans: &[Span]) -> (String, Vec<Part>) {
    let mut text = String::new();
    let mut parts: Vec<Part> = Vec::new();
    // Where something begins that was struck out of a line.
    let mut struck: Option<usize> = None;
    for span in spans {
        let part = shown.get(span.range.clone()).unwrap_or_default();
        if span.label != Label::Own {
            struck = (span.label == Label::Struck && !part.contains('\n')).then_some(span.range.start);
            continue;
        }
        let last = parts.last().map(|last| last.shown.clone());
        let goes_on = last.as_ref().is_some_and(|last| last.end == span.range.start);
        let same_line = last.filter(|last| struck.take() == Some(last.end) && !text.ends_with('\n'));
        if let Some(last) = same_line {
            let blanks = [' ', '\t'];
            let apart = shown.get(last).is_some_and(|before| before.ends_with(blanks)) && !part.starts_with(blanks);
            text.push_str(if apart { " " } else { "" });
        } else if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let start = text.len();
        for line in part.split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if blank && (text.is_empty() || text.ends_with("\n\n")) {
                continue;
            }
            // No blanks before the first word.
            text.push_str(if text.is_empty() { line.trim() } else { line.trim_end() });
            if line.ends_with('\n') {
                text.push('\n');
            }
        }
        match parts.last_mut().filter(|_| goes_on) {
            Some(last) => (last.text.end, last.shown.end) = (text.len(), span.range.end),
            None => parts.push(Part {
                text: start..text.len(),
                shown: span.range.clone(),
            }),
        }
    }
    text.truncate(text.trim_end().len());
    for part in &mut parts {
        part.text = part.text.start.min(text.len())..part.text.end.min(text.len());
    }
    (text, parts)
}
