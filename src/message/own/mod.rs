//! Which part of a message its sender wrote.
//!
//! In: the displayed body and our letters of the thread. Out: [`OwnText`], all of the body in labelled spans.
//! Three witnesses, the surest first: our own letters (what stands in them is not the sender's), the marks of mail programs in HTML,
//! and the shape of plain lines. Nothing is deleted, and what only a weak mark cuts away is kept when nothing else is left.

mod footer;
mod gaps;
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
use lines::Line;
use marks::MarkKind;
use view::{Trust, View};

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
    let (whole, lines, levels) = displayed(&message.body);
    let shown = lines::head(whole);
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
    let mut spans = view.spans(&labels);
    if shown.len() < whole.len() {
        spans.push(beyond(spans.last(), shown.len()..whole.len()));
        uncertain = true;
    }
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
        Label::Own | Label::Attribution | Label::Signature | Label::Device | Label::Disclaimer | Label::Banner => Label::Own,
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

/// HTML when its marks say more than the plain lines do, or when there is nothing else; and in how many blocks its lines stand.
fn displayed(body: &Body) -> (&str, Vec<Line>, &[(usize, usize)]) {
    if let Some(page) = body.page()
        && (page.marks.iter().any(|mark| mark.kind != MarkKind::Typed) || body.text.is_none())
    {
        return (&page.text, lines::lines(lines::head(&page.text), &page.marks), &page.levels);
    }
    let text = body.text.as_deref().unwrap_or_default();
    (text, lines::lines(lines::head(text), &[]), &[])
}

/// The own spans in a row, at most one blank line between paragraphs; and where each of them stood.
fn own_of(shown: &str, spans: &[Span]) -> (String, Vec<Part>) {
    let mut text = String::new();
    let mut parts: Vec<Part> = Vec::new();
    for span in spans.iter().filter(|span| span.label == Label::Own) {
        let part = shown.get(span.range.clone()).unwrap_or_default();
        let goes_on = parts.last().is_some_and(|last| last.shown.end == span.range.start);
        if !text.is_empty() && !text.ends_with('\n') {
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
