//! Received bytes → [`Message`] and its [`Kind`]; and which part of it the sender wrote ([`OwnText`]).   RFC 5322, 3834, 3464, 8601
//!
//! In: raw bytes as IMAP gave them, and the letters of the thread. Out: values; reading never fails for a mail that has a shape.
//! Never here: I/O, a clock, a guess about what the words mean.

mod auth;
mod author;
mod automatic;
mod away;
mod body;
mod classify;
mod day;
mod encoding;
mod files;
mod flowed;
mod headers;
mod kind;
mod limits;
mod mime;
mod own;
mod read;
mod report;
mod sieve;
mod stub;
mod subject;
mod tables;
mod until;
mod words;

use std::ops::Range;
use std::sync::OnceLock;

use crate::model::{Address, Mailbox, MessageId, Timestamp};

pub use auth::{Border, OnTop, Stamps, on_top};
pub use files::{AttachedFile, files};
pub use kind::{Action, AutoNature, AutoReply, Kind, Report};
pub use limits::{MAX_BYTES, MAX_DEPTH, MAX_PARTS, Unreadable};
pub use own::{letter_text, own_text};
pub use read::read;
pub use stub::{Said, is_stub, said, senders, shown_header, stub};
pub use subject::strip_subject;

/// A received message, parsed.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its Message-ID; absent in broken mail.
    pub id: Option<MessageId>,
    /// All ids of In-Reply-To.
    pub in_reply_to: Vec<MessageId>,
    /// All ids of References, oldest first.
    pub references: Vec<MessageId>,
    /// Who says to have written it.
    pub author: Author,
    /// Reply-To, in order.
    pub reply_to: Vec<Mailbox>,
    /// The envelope sender as the receiving server recorded it.
    pub return_path: ReturnPath,
    /// Every address it was for: To, Cc, Delivered-To, X-Original-To, Envelope-To.
    pub recipients: Vec<Address>,
    /// Decoded, one line.
    pub subject: String,
    /// The Date header: a claim.
    pub date: Option<Timestamp>,
    /// Came through a list that rewrote From (Google Groups): the person is in Reply-To (C-E11).
    pub via_list: bool,
    /// What kind of mail it is.
    pub kind: Kind,
    /// Whether the receiving server vouches for the author (RFC 8601), by the configured authserv-id only.
    pub authenticated: bool,
    /// The displayed body, decoded, both forms as far as present.
    pub body: Body,
}

/// The displayed body.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// text/plain, decoded, format=flowed undone, LF line ends.
    pub text: Option<String>,
    /// text/html, decoded.
    pub html: Option<String>,
    /// The body is in a form nobody can read here (winmail.dat, encrypted): a person must look.
    pub unreadable: Option<&'static str>,
    /// What a reader sees of `html`, found when it is first asked for.
    page: OnceLock<own::Shown>,
}

/// Who wrote a message, as far as its From says so (R-S3).
#[derive(Debug, Clone, PartialEq)]
pub enum Author {
    /// Exactly one From field with exactly one mailbox.
    One(Mailbox),
    /// None, several, a group, or undecodable: nobody in particular.
    Unknown,
}

/// The envelope sender (RFC 5321 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// No Return-Path field.
    Absent,
    /// `<>`: never answered, never a decision.
    Null,
    /// An address.
    Address(Address),
}

/// What the sender wrote, as a view of labelled spans over the displayed body.
#[derive(Debug, Clone, Default)]
pub struct OwnText {
    /// The own text, LF line ends, trimmed.
    pub text: String,
    /// Where the pieces of `text` stood: what was typed between the lines of a letter is about what stands around it there.
    pub parts: Vec<Part>,
    /// All of the displayed body, labelled; nothing is deleted.
    pub spans: Vec<Span>,
    /// The body as displayed, which `spans` index.
    pub shown: String,
    /// Cutting would have left nothing, or structure and alignment disagree (C-D4).
    pub uncertain: bool,
}

/// A piece of the own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Bytes of [`OwnText::text`].
    pub text: Range<usize>,
    /// Bytes of [`OwnText::shown`].
    pub shown: Range<usize>,
}

/// A stretch of the displayed body and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Bytes of [`OwnText::shown`].
    pub range: Range<usize>,
    /// Whose it is.
    pub label: Label,
    /// Why, in a few words: "aligned with letter", "blockquote[type=cite]".
    pub why: &'static str,
}

/// Whose a stretch of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The sender's own words.
    Own,
    /// Ours, quoted back.
    QuotedOurs,
    /// Somebody else's, quoted.
    QuotedOther,
    /// "On … wrote:", header blocks.
    Attribution,
    /// Name, title, phone.
    Signature,
    /// "Sent from my iPhone".
    Device,
    /// Legal text.
    Disclaimer,
    /// "CAUTION: external", sensitivity labels.
    Banner,
    /// A forwarded message.
    Forwarded,
    /// The sender's own words, struck out.
    Struck,
}

/// A letter of ours as text, to align an answer with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterText {
    /// Its text/plain part.
    pub text: String,
    /// Its text/html part as text.
    pub html_text: String,
}
