//! The displayed body: which parts a mail program shows, decoded, without what nobody sees.   RFC 2046, 3676

use mail_parser::{Message as Parsed, MessagePart, MimeHeaders, PartType};

use super::{Body, flowed};

/// The displayed body of a parsed message.
pub(super) fn read(parsed: &Parsed<'_>) -> Body {
    let mut text = String::new();
    let mut html = String::new();
    for part in parts(parsed, &parsed.text_body) {
        if let PartType::Text(content) = &part.body {
            append(&mut text, &plain(part, content));
        }
    }
    let has_html = parts(parsed, &parsed.html_body).any(|part| matches!(part.body, PartType::Html(_)));
    if has_html {
        for part in parts(parsed, &parsed.html_body) {
            match &part.body {
                PartType::Html(content) => append(&mut html, &visible(content)),
                // Plain parts between the HTML ones are shown as well.
                PartType::Text(content) => append(&mut html, &escaped(&plain(part, content))),
                PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Message(_) | PartType::Multipart(_) => {}
            }
        }
    }
    let text = (!text.trim().is_empty()).then_some(text);
    let html = (!html.trim().is_empty()).then_some(html);
    let unreadable = if text.is_none() && html.is_none() { sealed(parsed) } else { None };
    Body { text, html, unreadable }
}

fn parts<'p, 'x>(parsed: &'p Parsed<'x>, ids: &'p [u32]) -> impl Iterator<Item = &'p MessagePart<'x>> {
    ids.iter().filter_map(|id| parsed.parts.get(usize::try_from(*id).ok()?))
}

fn append(to: &mut String, more: &str) {
    if !to.is_empty() && !to.ends_with('\n') {
        to.push('\n');
    }
    to.push_str(more);
}

fn plain(part: &MessagePart<'_>, content: &str) -> String {
    let attribute = |name: &str| {
        part.content_type()
            .and_then(|ct| ct.attribute(name))
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let clean = visible(content);
    if attribute("format") == "flowed" {
        flowed::unflow(&clean, attribute("delsp") == "yes")
    } else {
        clean
    }
}

/// LF line ends; no controls, no bidirectional marks, no invisible fillers: readings rest on what a person can see.
pub(super) fn visible(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut chars = content.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            '\u{A0}' | '\u{202F}' | '\u{2007}' => out.push(' '),
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\u{AD}'
            | '\u{200B}'
            | '\u{200C}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}' => {}
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>{text}</pre>")
}

/// Why an empty body is not an empty answer.
fn sealed(parsed: &Parsed<'_>) -> Option<&'static str> {
    for part in &parsed.parts {
        let Some(kind) = part.content_type() else { continue };
        let named = |ending: &str| {
            part.attachment_name()
                .is_some_and(|name| name.to_ascii_lowercase().ends_with(ending))
        };
        let full = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase();
        match full.as_str() {
            "application/ms-tnef" | "application/vnd.ms-tnef" => return Some("winmail.dat holds the text"),
            "multipart/encrypted" => return Some("encrypted"),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => return Some("encrypted or sealed (S/MIME)"),
            _ if named("winmail.dat") => return Some("winmail.dat holds the text"),
            _ if named(".p7m") => return Some("encrypted or sealed (S/MIME)"),
            _ => {}
        }
    }
    None
}
