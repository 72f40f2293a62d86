//! The displayed body: which parts a mail program shows, decoded, without what nobody sees.   RFC 2046, 3676

use std::borrow::Cow;
use std::sync::OnceLock;

use mail_parser::{Message as Parsed, MessagePart, MimeHeaders, PartType};

use super::{Body, flowed, own};

impl Body {
    /// The HTML as a reader sees it.
    pub(super) fn page(&self) -> Option<&own::Shown> {
        let html = self.html.as_deref()?;
        Some(self.page.get_or_init(|| own::read_html(html)))
    }
}

/// The displayed body of a parsed message.
pub(super) fn read(parsed: &Parsed<'_>) -> Body {
    let mut text = String::new();
    let mut html = String::new();
    for part in parts(parsed, &parsed.text_body) {
        if let PartType::Text(content) = &part.body {
            append(&mut text, plain(part, content));
        }
    }
    let has_html = parts(parsed, &parsed.html_body).any(|part| matches!(part.body, PartType::Html(_)));
    if has_html {
        for part in parts(parsed, &parsed.html_body) {
            match &part.body {
                PartType::Html(content) => append(&mut html, visible(Cow::Borrowed(content))),
                // Plain parts between the HTML ones are shown as well.
                PartType::Text(content) => append(&mut html, Cow::Owned(escaped(&plain(part, content)))),
                PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Message(_) | PartType::Multipart(_) => {}
            }
        }
    }
    let mut text = (!text.trim().is_empty()).then_some(text);
    let html = (!html.trim().is_empty()).then_some(html);
    let mut unreadable = None;
    if text.is_none() && html.is_none() {
        text = unbounded(parsed);
        let has_parts = text.as_deref().is_some_and(|text| text.contains("Content-Type:"));
        unreadable = sealed(parsed).or(has_parts.then_some("its parts cannot be told apart"));
    }
    Body {
        text,
        html,
        unreadable,
        page: OnceLock::new(),
    }
}

fn parts<'p, 'x>(parsed: &'p Parsed<'x>, ids: &'p [u32]) -> impl Iterator<Item = &'p MessagePart<'x>> {
    ids.iter().filter_map(|id| parsed.parts.get(usize::try_from(*id).ok()?))
}

/// A multipart in which no part begins, because its boundary got lost on the way: what was typed stands in it all the same.
fn unbounded(parsed: &Parsed<'_>) -> Option<String> {
    let multipart = |part: &&MessagePart<'_>| {
        part.content_type()
            .is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("multipart"))
    };
    let text = parsed.parts.iter().filter(multipart).find_map(|part| match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(visible(Cow::Borrowed(text)).into_owned()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(visible(String::from_utf8_lossy(bytes)).into_owned()),
        PartType::Message(_) | PartType::Multipart(_) => None,
    });
    text.filter(|text| !text.trim().is_empty())
}

fn append(to: &mut String, more: Cow<'_, str>) {
    if to.is_empty() {
        *to = more.into_owned();
        return;
    }
    if !to.ends_with('\n') {
        to.push('\n');
    }
    to.push_str(&more);
}

fn plain<'p>(part: &'p MessagePart<'_>, content: &'p str) -> Cow<'p, str> {
    let says = |name: &str, value: &str| {
        let found = part.content_type().and_then(|ct| ct.attribute(name));
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let clean = visible(Cow::Borrowed(content));
    if says("format", "flowed") {
        Cow::Owned(flowed::unflow(&clean, says("delsp", "yes")))
    } else {
        clean
    }
}

/// LF line ends; no controls, no bidirectional marks, no invisible fillers: readings rest on what a person can see.
pub(super) fn visible(content: Cow<'_, str>) -> Cow<'_, str> {
    let plain = plain_run(content.as_bytes());
    if plain == content.len() {
        return content;
    }
    let mut out = String::with_capacity(content.len());
    let mut rest = &*content;
    let mut run = plain;
    while let Some((head, tail)) = rest.split_at_checked(run) {
        out.push_str(head);
        let mut chars = tail.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match c {
            '\r' => {
                if !rest.starts_with('\n') {
                    out.push('\n');
                }
            }
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
        run = plain_run(rest.as_bytes());
    }
    Cow::Owned(out)
}

/// How many bytes from here on are seen as they are: no control, and no first byte of a character that may be invisible.
fn plain_run(bytes: &[u8]) -> usize {
    const STRIDE: usize = 32;
    /// The same for all bytes, for what is left of a line.
    #[allow(clippy::indexing_slicing, reason = "nothing else can be written in a constant")]
    const PLAIN: [bool; 256] = {
        let mut all = [true; 256];
        let mut byte = 0;
        while byte < all.len() {
            all[byte] = is_plain(byte as u8);
            byte += 1;
        }
        all
    };
    const fn is_plain(byte: u8) -> bool {
        !matches!(byte, 0..=0x08 | 0x0B..=0x1F | 0x7F | 0xC2 | 0xE2 | 0xEF)
    }
    // Whole strides without a branch inside, which the compiler turns into a few wide instructions.
    let strides = bytes
        .chunks_exact(STRIDE)
        .take_while(|stride| stride.iter().fold(true, |all, b| all & is_plain(*b)));
    let whole = strides.count() * STRIDE;
    let rest = bytes.get(whole..).unwrap_or_default();
    whole
        + rest
            .iter()
            .position(|b| PLAIN.get(usize::from(*b)) == Some(&false))
            .unwrap_or(rest.len())
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
