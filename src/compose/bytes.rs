//! From words to the bytes of a mail (RFC 5322, 2045 to 2047, 2231), by lettre's builder.
//!
//! lettre fills in Date, boundaries and a Message-ID of its own where they are missing; all of them are set here, so that the same
//! letter has the same bytes every time.

use std::time::SystemTime;

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox as LettreMailbox, Message, MultiPart, MultiPartKind, SinglePart};

use super::invitation::CalendarPart;
use super::{Logo, Refusal, words};
use crate::model::{Address, HeaderText, Mailbox, MessageId, Timestamp};

/// Everything that ends up in the bytes.
pub(super) struct Mail<'a> {
    pub(super) from: Mailbox,
    pub(super) reply_to: Mailbox,
    /// What the To header shows; in a recruiter's copy this is not whom it goes to.
    pub(super) to: &'a Mailbox,
    pub(super) subject: &'a HeaderText,
    pub(super) date: Timestamp,
    pub(super) id: &'a MessageId,
    /// The message this one answers or follows.
    pub(super) parent: Option<MessageId>,
    /// Its ancestors, oldest first, the parent last.
    pub(super) thread: Vec<MessageId>,
    /// Value of X-Replyd-Id, by which the letter is found again when a server replaced its Message-ID.
    pub(super) tag: &'a str,
    /// RFC 3834 5.
    pub(super) auto_replied: bool,
    /// Exchange: no emoji instead of an answer.
    pub(super) no_reactions: bool,
    pub(super) text: String,
    pub(super) html: String,
    /// A picture that the HTML part shows.
    pub(super) logo: Option<&'a Logo>,
    /// What it puts into the reader's calendar.
    pub(super) calendar: Option<CalendarPart>,
    pub(super) files: Vec<File>,
}

/// The Content-ID of the logo.
pub(super) const LOGO_ID: &str = "logo@replyd";

/// The file name under which mail programs look for an invitation.
const INVITATION: &str = "invite.ics";

/// An attachment with its bytes.
pub(super) struct File {
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) bytes: Vec<u8>,
}

/// Builds the message.
pub(super) fn build(mail: Mail<'_>) -> Result<Vec<u8>, Refusal> {
    let from = lettre_mailbox(&mail.from)?;
    let to = lettre_mailbox(mail.to)?;
    let envelope = lettre::address::Envelope::new(Some(from.email.clone()), vec![to.email.clone()]).map_err(|error| wrong(&error))?;
    let mut builder = Message::builder()
        .envelope(envelope)
        .from(from)
        .reply_to(lettre_mailbox(&mail.reply_to)?)
        .to(to)
        .subject(mail.subject.as_str())
        .date(system_time(mail.date)?)
        .message_id(Some(mail.id.to_string()));
    if let Some(parent) = &mail.parent {
        builder = builder.in_reply_to(parent.to_string());
    }
    if !mail.thread.is_empty() {
        let ids: Vec<String> = mail.thread.iter().map(MessageId::to_string).collect();
        builder = builder.references(ids.join(" "));
    }
    builder = builder.raw_header(header("X-Replyd-Id", mail.tag));
    // Not OOF: out-of-office notices are wanted (MS-OXCMAIL 2.1.3.2.20).
    builder = builder.raw_header(header("X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply"));
    if mail.no_reactions {
        builder = builder.raw_header(header("x-ms-reactions", "disallow"));
    }
    if mail.auto_replied {
        builder = builder.raw_header(header("Auto-Submitted", "auto-replied"));
    }
    // `=_` can stand in no quoted-printable text and no base64 (RFC 2045 6.7), and nobody can guess the tag.
    let boundary = |which: char| format!("=_{which}_{}", mail.tag);
    let html = SinglePart::html(crlf(&mail.html));
    let both = multipart(MultiPartKind::Alternative, boundary('a')).singlepart(SinglePart::plain(crlf(&mail.text)));
    let both = match mail.logo {
        None => both.singlepart(html),
        // A picture beside the HTML that shows it (RFC 2387): mail programs show it without asking, and nobody learns of the opening.
        Some(logo) => {
            let body = base64(logo.bytes.clone(), "the logo")?;
            let picture = Attachment::new_inline(LOGO_ID.to_owned()).body(body, media_type(logo.media_type));
            let related = multipart(MultiPartKind::Related, boundary('r'));
            both.multipart(related.singlepart(html).singlepart(picture))
        }
    };
    let (both, files) = with_calendar(both, mail.calendar, mail.files)?;
    let body = if files.is_empty() {
        both
    } else {
        let mut mixed = multipart(MultiPartKind::Mixed, boundary('m')).multipart(both);
        for file in files {
            let body = base64(file.bytes, &file.name)?;
            mixed = mixed.singlepart(Attachment::new(file.name).body(body, media_type(&file.media_type)));
        }
        mixed
    };
    let bytes = builder.multipart(body).map_err(|error| wrong(&error))?.formatted();
    super::check_wire(&bytes).map_err(|error| wrong(&error))?;
    Ok(bytes)
}

/// An invitation stands twice in a mail (RFC 6047 2.4): as the last and best form of its text, where mail programs find it and show buttons,
/// and as a file, for those that only know files.
fn with_calendar(text: MultiPart, calendar: Option<CalendarPart>, mut files: Vec<File>) -> Result<(MultiPart, Vec<File>), Refusal> {
    let Some(part) = calendar else { return Ok((text, files)) };
    let kind = ContentType::parse(&format!("text/calendar; charset=UTF-8; method={}", part.method)).map_err(|error| wrong(&error))?;
    // In base64 its line ends arrive as they are.
    let body = base64(part.bytes.clone(), INVITATION)?;
    files.push(File {
        name: INVITATION.to_owned(),
        media_type: format!("application/ics; name=\"{INVITATION}\""),
        bytes: part.bytes,
    });
    Ok((text.singlepart(SinglePart::builder().header(kind).body(body)), files))
}

fn base64(bytes: Vec<u8>, what: &str) -> Result<Body, Refusal> {
    Body::new_with_encoding(bytes, ContentTransferEncoding::Base64).map_err(|_| Refusal::Build(format!("{what} cannot be encoded")))
}

fn multipart(kind: MultiPartKind, boundary: String) -> lettre::message::MultiPartBuilder {
    MultiPart::builder().kind(kind).boundary(boundary)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn lettre_mailbox(mailbox: &Mailbox) -> Result<LettreMailbox, Refusal> {
    let name = words::header_words(&mailbox.name);
    Ok(LettreMailbox::new(
        (!name.is_empty()).then_some(name),
        lettre_address(&mailbox.address)?,
    ))
}

fn lettre_address(address: &Address) -> Result<lettre::Address, Refusal> {
    lettre::Address::new(address.local(), address.domain()).map_err(|error| wrong(&error))
}

/// The builder's Date header knows the years 1970 to 9999.
fn system_time(at: Timestamp) -> Result<SystemTime, Refusal> {
    let seconds = at.timestamp();
    if !(0..253_402_300_800).contains(&seconds) {
        return Err(Refusal::Build("the clock stands before 1970 or after 9999".to_owned()));
    }
    Ok(SystemTime::from(at))
}

/// A file says what it is; a claim that would let it pass for a part of the mail's own structure is not believed.
fn media_type(claimed: &str) -> ContentType {
    let lower = claimed.to_ascii_lowercase();
    let structural = ["multipart/", "message/"].iter().any(|head| lower.starts_with(head));
    let parsed = if structural { None } else { ContentType::parse(claimed).ok() };
    parsed
        .or_else(|| ContentType::parse("application/octet-stream").ok())
        .unwrap_or(ContentType::TEXT_PLAIN)
}

/// CRLF line ends, no blank space at their ends, exactly one at the end of the text.
fn crlf(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.trim_end().lines() {
        out.push_str(line.trim_end());
        out.push_str("\r\n");
    }
    out
}

fn wrong(error: &dyn std::error::Error) -> Refusal {
    Refusal::Build(error.to_string())
}
