//! Which kind of mail it is, in the order calendar, report, reaction, automatic reply, person.   RFC 5546, 3464, 9078, 3834
//!
//! Calendar first: Google's "Accepted" says that it was submitted automatically, and is an answer all the same.

use mail_parser::{Message as Parsed, MessagePart, MimeHeaders, PartType};

use super::headers::Fields;
use super::tables::{Section, TABLES};
use super::{Author, AutoNature, AutoReply, Body, Kind, ReturnPath, Unreadable, automatic, limits, report};
use crate::calendar;
use crate::model::Timestamp;

/// Everything the kind can be told by.
pub(super) struct Sighting<'a> {
    pub(super) fields: &'a Fields<'a>,
    pub(super) parsed: &'a Parsed<'a>,
    pub(super) subject: &'a str,
    pub(super) lower_subject: &'a str,
    pub(super) author: &'a Author,
    pub(super) return_path: &'a ReturnPath,
    pub(super) date: Option<Timestamp>,
    pub(super) body: &'a Body,
    pub(super) via_list: bool,
    /// The full type of each part.
    pub(super) types: &'a [String],
}

impl Sighting<'_> {
    /// The displayed body as plain text, whatever its form.
    pub(super) fn plain(&self) -> &str {
        let shown = || self.body.page().map(|page| page.text.as_str());
        self.body.text.as_deref().or_else(shown).unwrap_or_default()
    }

    /// All parts of the message itself with their full type, lower case; parts of enclosed messages are not among them.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&MessagePart<'_>, &str)> {
        self.parsed.parts.iter().zip(self.types.iter().map(String::as_str))
    }
}

/// `text/plain`, lower case; empty when the part names none.
pub(super) fn full_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

/// The bytes of a part, decoded; text comes back as UTF-8.
pub(super) fn bytes<'p>(part: &'p MessagePart<'_>) -> &'p [u8] {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.as_bytes(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
        PartType::Message(_) | PartType::Multipart(_) => &[],
    }
}

pub(super) fn kind(seen: &Sighting<'_>) -> Result<Kind, Unreadable> {
    if let Some(kind) = calendar_kind(seen)? {
        return Ok(kind);
    }
    if let Some(kind) = report::report(seen) {
        return Ok(kind);
    }
    if let Some(kind) = reaction(seen) {
        return Ok(kind);
    }
    Ok(automatic::automatic(seen).map_or(Kind::Person, Kind::AutoReply))
}

/// An answer to an invitation. The same answer often stands twice in one mail; the text/calendar part goes before the attached file.
fn calendar_kind(seen: &Sighting<'_>) -> Result<Option<Kind>, Unreadable> {
    let mut note = false;
    for wanted in ["text/calendar", "application/ics"] {
        for (part, full) in seen.parts() {
            if full != wanted {
                continue;
            }
            let content = bytes(part);
            let named = part.content_type().and_then(|ct| ct.attribute("method"));
            let method = calendar::method(head(content))
                .or_else(|| named.map(str::to_ascii_uppercase))
                .unwrap_or_default();
            match method.as_str() {
                "REPLY" | "COUNTER" if content.len() > limits::MAX_CALENDAR => return Err(Unreadable::CalendarTooLarge(content.len())),
                "REPLY" | "COUNTER" => {
                    let answer = calendar::answer(content, named).ok().map(Box::new);
                    let bytes = content.to_vec();
                    return Ok(Some(Kind::Calendar { method, answer, bytes }));
                }
                // A file for adding to a calendar, sent along with prose, does not make the prose a machine's.
                "" | "PUBLISH" => {}
                _ => note |= wanted == "text/calendar",
            }
        }
    }
    Ok(note.then_some(Kind::AutoReply(AutoReply {
        nature: AutoNature::CalendarNote,
        until: None,
        substitute: None,
    })))
}

/// So much of a calendar is looked at to see what it is.
fn head(calendar: &[u8]) -> &[u8] {
    calendar.get(..limits::MAX_CALENDAR).unwrap_or(calendar)
}

/// An emoji instead of an answer: Gmail's part, RFC 9078, Outlook's sentence.
fn reaction(seen: &Sighting<'_>) -> Option<Kind> {
    for (part, full) in seen.parts() {
        if full == "text/vnd.google.email-reaction+json" {
            let json: Option<serde_json::Value> = serde_json::from_slice(bytes(part)).ok();
            let emoji = json.and_then(|value| value.get("emoji")?.as_str().and_then(short_emoji));
            return Some(Kind::Reaction { emoji });
        }
        if part
            .content_disposition()
            .is_some_and(|d| d.ctype().eq_ignore_ascii_case("reaction"))
        {
            let text = String::from_utf8_lossy(bytes(part)).trim().to_owned();
            return Some(Kind::Reaction { emoji: short_emoji(&text) });
        }
    }
    let plain = seen.plain();
    let mut lines = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    if first.chars().count() >= 160 || !TABLES.has(Section::Reaction, &first.to_lowercase()) {
        return None;
    }
    // "Ann Lee liked your message", and the picture on a line of its own.
    let below = || lines.next().filter(|line| !line.contains(' ')).and_then(short_emoji);
    let emoji = first.split_whitespace().find_map(short_emoji).or_else(below);
    // "Ann Lee reacted to your message:" is the whole of it; a person who says so writes more and shows no picture.
    let alone = first.ends_with(':') || emoji.is_some();
    alone.then_some(Kind::Reaction { emoji })
}

fn short_emoji(word: &str) -> Option<String> {
    let picture = |c: char| matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}');
    (word.chars().any(picture) && word.chars().count() <= 12 && !word.chars().any(char::is_control)).then(|| word.to_owned())
}
