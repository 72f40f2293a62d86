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
mod phrases;
mod quote;
mod trim;
mod view;

use super::{Label, LetterText, Message, OwnText, Span, body};
use align::Letters;
use lines::Line;
use view::{Trust, View};

/// The text of an HTML body as a reader sees it, without marks.
pub(super) fn html_text(content: &str) -> String {
    html::read(content).text
}

/// A stored letter of ours as text.
#[must_use]
pub fn letter_text(raw: &[u8]) -> LetterText {
    let Some(parsed) = mail_parser::MessageParser::default().parse(raw) else {
        return LetterText::default();
    };
    let body = body::read(&parsed);
    LetterText {
        text: body.text.unwrap_or_default(),
        html_text: body.html.as_deref().map(html_text).unwrap_or_default(),
    }
}

impl LetterText {
    /// The two parts of a letter about to be built, as its reader will see them: what [`letter_text`] finds in the finished message.
    #[must_use]
    pub fn of(text: &str, html: &str) -> Self {
        Self {
            text: body::visible(text),
            html_text: html_text(&body::visible(html)),
        }
    }
}

/// What the sender wrote.
#[must_use]
pub fn own_text(message: &Message, thread: &[LetterText]) -> OwnText {
    let (shown, lines) = displayed(&message.body);
    let letters = Letters::new(thread);
    let words = letters.align(&shown);
    let view = View::new(&shown, &lines, &words, &letters);
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
    let text = own_of(&shown, &spans);
    OwnText {
        text,
        spans,
        shown,
        uncertain,
    }
}

/// HTML when its marks say more than the plain lines do, or when there is nothing else.
fn displayed(body: &super::Body) -> (String, Vec<Line>) {
    if let Some(content) = &body.html {
        let page = html::read(content);
        if !page.marks.is_empty() || body.text.is_none() {
            let lines = lines::lines(&page.text, &page.marks);
            return (page.text, lines);
        }
    }
    let text = body.text.clone().unwrap_or_default();
    let lines = lines::lines(&text, &[]);
    (text, lines)
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
