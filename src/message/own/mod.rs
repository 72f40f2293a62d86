//! Which part of a message its sender wrote.
//!
//! In: the displayed body and our letters of the thread. Out: [`OwnText`], all of the body in labelled spans.
//! Three witnesses, the surest first: our own letters (what stands in them is not the sender's), the marks of mail programs in HTML,
//! and the shape of plain lines. Nothing is deleted, and what only a weak mark cuts away is kept when nothing else is left.

mod align;
mod footer;
mod html;
mod labels;
mod lines;
mod marks;
mod phrases;
mod quote;
mod tag;
mod trim;
mod view;

use super::{Body, Label, LetterText, Message, OwnText, Span, body, mime};
use align::Letters;
pub(super) use html::{Shown, read as read_html};
use lines::Line;
use view::{Trust, View};

/// A stored letter of ours as text.
#[must_use]
pub fn letter_text(raw: &[u8]) -> LetterText {
    let Some(parsed) = mime::parse(raw) else {
        return LetterText::default();
    };
    let body = body::read(&parsed);
    let html_text = body.page().map(|page| page.text.clone());
    LetterText {
        html_text: html_text.unwrap_or_default(),
        text: body.text.unwrap_or_default(),
    }
}

impl LetterText {
    /// The two parts of a letter about to be built, as its reader will see them: what [`letter_text`] finds in the finished message.
    #[must_use]
    pub fn of(text: &str, html: &str) -> Self {
        Self {
            text: body::visible(text.into()).into_owned(),
            html_text: html::read(&body::visible(html.into())).text,
        }
    }
}

/// What the sender wrote.
#[must_use]
pub fn own_text(message: &Message, thread: &[LetterText]) -> OwnText {
    let (shown, lines) = displayed(&message.body);
    let letters = Letters::new(thread);
    let words = letters.align(shown);
    let view = View::new(shown, &lines, &words, &letters);
    let mut labels = view.read(Trust::Marks);
    let mut uncertain = false;
    if !view.has_own(&labels) {
        for weaker in [Trust::Lines, Trust::QuotesOnly] {
            let second = view.read(weaker);
            if view.has_own(&second) {
                (labels, uncertain) = (second, true);
                break;
            }
        }
    }
    let spans = view.spans(&labels);
    OwnText {
        text: own_of(shown, &spans),
        spans,
        shown: shown.to_owned(),
        uncertain,
    }
}

/// HTML when its marks say more than the plain lines do, or when there is nothing else.
fn displayed(body: &Body) -> (&str, Vec<Line>) {
    if let Some(page) = body.page()
        && (!page.marks.is_empty() || body.text.is_none())
    {
        return (&page.text, lines::lines(&page.text, &page.marks));
    }
    let text = body.text.as_deref().unwrap_or_default();
    (text, lines::lines(text, &[]))
}

/// The own spans in a row; at most one blank line between paragraphs.
fn own_of(shown: &str, spans: &[Span]) -> String {
    let mut text = String::new();
    for span in spans.iter().filter(|span| span.label == Label::Own) {
        let part = shown.get(span.range.clone()).unwrap_or_default();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for line in part.split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if blank && (text.is_empty() || text.ends_with("\n\n")) {
                continue;
            }
            let kept = line.trim_end();
            text.push_str(kept);
            if line.ends_with('\n') {
                text.push('\n');
            }
        }
    }
    text.trim().to_owned()
}
