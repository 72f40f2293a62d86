//! What is left of a mail that told of somebody who was erased; and everything a mail says, for whoever looks for somebody.
//!
//! In: the bytes of any mail. Out: texts, decoded; or other bytes: the fields that name the mail and its other people, and a text.

use mail_parser::{MessageParser, MimeHeaders, PartType};

use super::headers::Fields;
use crate::model::{Address, Traces};

/// Everything that can be read in a mail.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Its header, field by field: as it stands, and decoded.
    pub header: Vec<String>,
    /// The addresses in From, Sender, Reply-To and Return-Path.
    pub senders: Vec<Address>,
    /// All its texts, those of attached mails and calendar entries too; HTML as it stands.
    pub texts: Vec<String>,
    /// What a reader sees as its text.
    pub shown: String,
    /// Names and bytes of its files.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Mails within mails that are looked into.
const DEPTH: u8 = 4;
/// Fields that stay, where nobody is in them.
const KEPT: [&str; 12] = [
    "Message-ID",
    "Date",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "In-Reply-To",
    "References",
    "X-Replyd-Id",
    "Auto-Submitted",
    "Authentication-Results",
];
/// Tells that a mail was one of more words once.
const MARK: &str = "X-Replyd-Erased";
/// Longer lines are not taken over (RFC 5322 2.1.1).
const LINE: usize = 900;

/// Reads everything a mail says. What cannot be decoded is given as it stands.
#[must_use]
pub fn said(raw: &[u8]) -> Said {
    let mut said = Said::default();
    let fields = Fields::read(raw);
    for field in fields.iter() {
        said.header.push(field.unfolded());
    }
    said.senders = senders(raw);
    // As wherever mail is parsed: the parser promises not to panic.
    let parsed = std::panic::catch_unwind(|| read_parts(raw, DEPTH)).unwrap_or_default();
    said.header.extend(parsed.header);
    said.texts = parsed.texts;
    said.shown = parsed.shown;
    said.files = parsed.files;
    if said.texts.is_empty() {
        said.texts.push(String::from_utf8_lossy(raw).into_owned());
    }
    said
}

fn read_parts(raw: &[u8], depth: u8) -> Said {
    let mut said = Said::default();
    let Some(parsed) = MessageParser::default().parse(raw) else {
        return said;
    };
    said.shown = parsed.body_text(0).unwrap_or_default().into_owned();
    said.header.push(parsed.subject().unwrap_or_default().to_owned());
    for list in [parsed.from(), parsed.to(), parsed.cc(), parsed.reply_to(), parsed.sender()]
        .into_iter()
        .flatten()
    {
        for one in list.iter() {
            said.header
                .push(format!("{} {}", one.name().unwrap_or_default(), one.address().unwrap_or_default()));
        }
    }
    for part in &parsed.parts {
        let name = part.attachment_name().unwrap_or_default().to_owned();
        match &part.body {
            PartType::Text(text) | PartType::Html(text) => {
                said.texts.push(text.to_string());
                if !name.is_empty() {
                    said.files.push((name, text.as_bytes().to_vec()));
                }
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                // Text that says of itself that it is something else: a CV in markup, a calendar entry.
                if let Ok(text) = std::str::from_utf8(bytes) {
                    said.texts.push(text.to_owned());
                }
                said.files.push((name, bytes.to_vec()));
            }
            PartType::Message(inner) if depth > 0 => {
                let inner = read_parts(inner.raw_message(), depth - 1);
                said.header.extend(inner.header);
                said.texts.extend(inner.texts);
                said.texts.push(inner.shown);
                said.files.extend(inner.files);
            }
            PartType::Message(inner) => said.texts.push(String::from_utf8_lossy(inner.raw_message()).into_owned()),
            PartType::Multipart(_) => {}
        }
    }
    said
}

impl Said {
    /// Whether there are traces of somebody in it.
    #[must_use]
    pub fn tells_of(&self, traces: &Traces) -> bool {
        let names = self.files.iter().map(|(name, _)| name);
        self.header.iter().chain(&self.texts).chain(names).any(|text| traces.are_in(text)) || traces.are_in(&self.shown)
    }
}

/// Whose word a mail says it is, without reading more than its header.
#[must_use]
pub fn senders(raw: &[u8]) -> Vec<Address> {
    let fields = Fields::read(raw);
    let named = ["from", "sender", "reply-to", "return-path"].into_iter();
    named
        .flat_map(|name| fields.all(name))
        .flat_map(|field| addresses(&field.unfolded()))
        .collect()
}

/// The fields of a mail's header that a reader sees, decoded.
#[must_use]
pub fn shown_header(raw: &[u8]) -> Vec<String> {
    let fields = Fields::read(raw);
    let shown = ["Date", "From", "To", "Cc", "Subject"].into_iter();
    let lines = shown.flat_map(|name| {
        let all = fields.iter().filter(move |field| field.is(name));
        all.map(move |field| format!("{name}: {}", decoded(name, &field.unfolded())))
    });
    lines.collect()
}

/// Whether these bytes are what [`stub`] left.
#[must_use]
pub fn is_stub(raw: &[u8]) -> bool {
    Fields::read(raw).iter().any(|field| field.is(MARK))
}

/// The mail without somebody: its own name, its date and its other people stay, and `text` is what it says. Of a mail that is `theirs` the subject
/// goes as well.
#[must_use]
pub fn stub(raw: &[u8], traces: &Traces, theirs: bool, text: &str) -> Vec<u8> {
    let mut left = String::new();
    let fields = Fields::read(raw);
    for name in KEPT {
        let all = fields.iter().filter(|field| field.is(name));
        for value in all.map(super::headers::Field::unfolded) {
            let decoded = decoded(name, &value);
            let sound = value.len() <= LINE && value.chars().all(|c| !c.is_control());
            let tells = traces.are_in(&value) || traces.are_in(&decoded);
            let stays = !tells && sound && !(theirs && name == "Subject");
            match name {
                _ if stays => left.push_str(&format!("{name}: {value}\r\n")),
                "Subject" => {
                    let fits = |text: &String| !theirs && text.is_ascii() && text.len() <= LINE;
                    let subject = traces.taken_from(&decoded).filter(fits);
                    left.push_str(&format!("Subject: {}\r\n", subject.as_deref().unwrap_or(crate::model::ERASED)));
                }
                "From" | "To" => left.push_str(&format!("{name}: <{}>\r\n", Address::of_erased("", 0))),
                _ => {}
            }
        }
    }
    left.push_str(MARK);
    left.push_str(": yes\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    for line in text.lines() {
        left.push_str(line.trim_end_matches('\r'));
        left.push_str("\r\n");
    }
    left.into_bytes()
}

/// A field's value with its encoded words undone (RFC 2047).
fn decoded(name: &str, value: &str) -> String {
    let alone = format!("{}: {value}\r\n\r\n", if name == "Subject" { "Subject" } else { "Comments" });
    let parsed = MessageParser::default().parse(alone.as_bytes());
    let text = parsed.as_ref().and_then(|parsed| {
        let header = parsed.header(if name == "Subject" { "Subject" } else { "Comments" })?;
        header.as_text().map(str::to_owned)
    });
    text.unwrap_or_else(|| value.to_owned())
}

/// All addresses in a field.
fn addresses(value: &str) -> Vec<Address> {
    let word_end = |c: char| c.is_whitespace() || "<>()[],;:\"".contains(c);
    value.split(word_end).filter_map(|word| Address::parse(word).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"From: =?utf-8?Q?Ana_S=C3=BAza?= <ana@mail.example>\r\nTo: bot@agency.example\r\nSubject: =?utf-8?B?QW5hIFPDunph?= for Tuesday\r\n\
        Message-ID: <1@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nVHVlc2RheSBhdCBuaW5lIHN1aXRzIG1lIHdlbGw=\r\n--b\r\nContent-Type: text/plain; name=cv.txt\r\n\
        Content-Disposition: attachment; filename=cv.txt\r\n\r\nBalloons since 1998\r\n--b--\r\n";

    #[test]
    fn everything_a_mail_says_is_found_in_whatever_form() {
        let said = said(MAIL);
        assert_eq!(said.senders, [Address::parse("ana@mail.example").unwrap()]);
        assert!(said.shown.contains("Tuesday at nine"), "{said:?}");
        assert!(said.texts.iter().any(|text| text.contains("Balloons")), "{said:?}");
        assert_eq!(said.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["cv.txt"]);
        for tell in ["Ana Súza", "nine suits me well"] {
            let mut traces = Traces::default();
            traces.name(tell);
            traces.text(tell);
            assert!(said.tells_of(&traces), "{tell}");
        }
    }

    #[test]
    fn a_stub_keeps_the_mails_name_and_nobody() {
        let mut traces = Traces::default();
        traces.name("Ana Súza");
        traces.address(&Address::parse("ana@mail.example").unwrap());
        let stub = stub(MAIL, &traces, false, "[erased]\n");
        let text = String::from_utf8(stub.clone()).unwrap();
        assert!(
            text.contains("Message-ID: <1@mail.example>\r\n") && text.contains("To: bot@agency.example\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Subject: [erased] for Tuesday\r\n") && text.ends_with("\r\n\r\n[erased]\r\n"),
            "{text}"
        );
        assert!(!said(&stub).tells_of(&traces) && is_stub(&stub), "{text}");
        let hers = String::from_utf8(super::stub(MAIL, &traces, true, "[erased]\n")).unwrap();
        assert!(hers.contains("Subject: [erased]\r\n"), "{hers}");
    }
}
