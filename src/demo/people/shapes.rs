//! The shapes mail programs give to an answer: what stands around the words and how the letter is quoted below them.
//!
//! In: words, and the letter as it was fetched. Out: both bodies, HTML and plain.
//! Never here: a header (`answers.rs`), or a quotation that differs from the letter.

use chrono::NaiveDateTime;

use super::Letter;
use crate::calendar::Zone;

/// A mail program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Gmail's web page.
    Gmail,
    /// Outlook on the web and the new Outlook.
    Outlook,
    /// Mail on an iPhone.
    Iphone,
}

/// The two bodies of a message.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) html: String,
}

const SENT_FROM: &str = "Sent from my iPhone";
const OUTLOOK_FONT: &str =
    "font-family: Aptos, Aptos_EmbeddedFont, Aptos_MSFontService, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);";

impl Shape {
    /// Header fields the program adds.
    pub(super) const fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Gmail => &[],
            Self::Outlook => &[
                ("Accept-Language", "en-GB, en-US"),
                ("Content-Language", "en-GB"),
                ("X-MS-Has-Attach", "no"),
            ],
            Self::Iphone => &[("X-Mailer", "iPhone Mail (23B85)")],
        }
    }

    /// How its MIME boundaries begin.
    pub(super) const fn boundary(self) -> &'static str {
        match self {
            Self::Gmail => "000000000000",
            Self::Outlook => "_000_",
            Self::Iphone => "Apple-Mail-",
        }
    }

    /// A mail that answers nothing.
    pub(super) fn fresh(self, words: &str) -> Body {
        match self {
            Self::Gmail => Body {
                text: format!("{words}\n"),
                html: format!("<div dir=\"ltr\">{}</div>\n", divs(words)),
            },
            Self::Outlook => Body {
                text: format!("{words}\n"),
                html: outlook_page(&outlook_words(words)),
            },
            Self::Iphone => Body {
                text: format!("{words}\n\n{SENT_FROM}"),
                html: iphone_page(&iphone_words(words)),
            },
        }
    }

    /// An answer above the quoted letter.
    pub(super) fn answer(self, words: &str, letter: &Letter, zone: Zone) -> Body {
        let at = zone.local(letter.date);
        match self {
            Self::Gmail => gmail(words, letter, at),
            Self::Outlook => outlook(words, letter, at),
            Self::Iphone => iphone(words, letter, at),
        }
    }
}

/// The attribution is wrapped in the text and not in the HTML; the letter lies in a blockquote.
fn gmail(words: &str, letter: &Letter, at: NaiveDateTime) -> Body {
    let (name, address) = (&letter.from.name, &letter.from.address);
    let wrote = format!("On {}", at.format("%a, %b %-d, %Y at %-I:%M\u{202f}%p"));
    let text = format!("{words}\n\n{wrote} {name} <{address}>\nwrote:\n\n{}", marked(&letter.text));
    let html = format!(
        "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{wrote} \
         {} &lt;<a href=\"mailto:{address}\">{address}</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" \
         style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>\n",
        divs(words),
        escaped(name.as_str()),
        inside_body(&letter.html),
    );
    Body { text, html }
}

/// No mark on any quoted line: a rule, a block of header lines, and then the letter as it was.
fn outlook(words: &str, letter: &Letter, at: NaiveDateTime) -> Body {
    let sent = at.format("%A, %B %-d, %Y %-I:%M %p").to_string();
    let from = format!("{} <{}>", letter.from.name, letter.from.address);
    let to = letter.addressed_to();
    let fields = [("From", &from), ("Sent", &sent), ("To", &to), ("Subject", &letter.subject)];
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = format!("{words}\n\n{}\n{}\n\n{}", "_".repeat(32), lines.join("\n"), letter.text);
    let bold: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("<b>{name}:</b> {}", escaped(value)))
        .collect();
    let html = outlook_page(&format!(
        "{}<div id=\"appendonsend\"></div>\n<hr style=\"display:inline-block;width:98%\" tabindex=\"-1\">\n<div id=\"divRplyFwdMsg\" dir=\"ltr\">\
         <font face=\"Calibri, sans-serif\" style=\"font-size:11pt\" color=\"#000000\">{}</font>\n<div>&nbsp;</div>\n</div>\n{}",
        outlook_words(words),
        bold.join("<br>\n"),
        inside_body(&letter.html),
    ));
    Body { text, html }
}

/// The attribution stands inside a blockquote of its own.
fn iphone(words: &str, letter: &Letter, at: NaiveDateTime) -> Body {
    let (name, address) = (&letter.from.name, &letter.from.address);
    let on = at.format("On %-d %b %Y, at %H:%M,");
    let text = format!(
        "{words}\n\n{SENT_FROM}\n\n> {on} {name} <{address}> wrote:\n> \n{}",
        marked(&letter.text)
    );
    let html = iphone_page(&format!(
        "{}<div dir=\"ltr\"><br><blockquote type=\"cite\">{on} {} &lt;{address}&gt; wrote:<br><br></blockquote></div>\
         <blockquote type=\"cite\"><div dir=\"ltr\">{}</div></blockquote>",
        iphone_words(words),
        escaped(name.as_str()),
        inside_body(&letter.html),
    ));
    Body { text, html }
}

fn outlook_words(words: &str) -> String {
    let lines = words.lines().map(|line| {
        let shown = if line.is_empty() { "<br>".to_owned() } else { escaped(line) };
        format!("<div class=\"elementToProof\" style=\"{OUTLOOK_FONT}\">{shown}</div>\n")
    });
    lines.collect()
}

fn outlook_page(inside: &str) -> String {
    format!(
        "<html><head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n<style type=\"text/css\" style=\"display:none;\"> P \
         {{margin-top:0;margin-bottom:0;}} </style>\n</head>\n<body dir=\"ltr\">\n{inside}</body></html>\n"
    )
}

fn iphone_words(words: &str) -> String {
    let lines: Vec<String> = words.lines().map(escaped).collect();
    format!(
        "{}<br id=\"lineBreakAtBeginningOfSignature\"><div dir=\"ltr\">{SENT_FROM}</div>",
        lines.join("<br>")
    )
}

fn iphone_page(inside: &str) -> String {
    format!(
        "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body dir=\"auto\">{inside}</body></html>\n"
    )
}

fn divs(words: &str) -> String {
    let lines = words.lines().map(|line| {
        let shown = if line.is_empty() { "<br>".to_owned() } else { escaped(line) };
        format!("<div>{shown}</div>")
    });
    lines.collect()
}

/// Each line behind a `>`.
fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

/// What stands inside `<body>`: programs quote the content of a page, not the page.
fn inside_body(html: &str) -> &str {
    // ASCII only, so that every position fits the original.
    let lower = html.to_ascii_lowercase();
    let start = lower
        .find("<body")
        .and_then(|at| lower.get(at..)?.find('>').map(|end| at + end + 1))
        .unwrap_or(0);
    let end = lower.rfind("</body").filter(|end| *end >= start).unwrap_or(html.len());
    html.get(start..end).unwrap_or(html)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_quote_what_is_inside_the_page() {
        assert_eq!(inside_body("<html><BODY class=a>x é</body></html>"), "x é");
        assert_eq!(inside_body("no page"), "no page");
        assert_eq!(inside_body("</body><body>x"), "x");
    }
}
