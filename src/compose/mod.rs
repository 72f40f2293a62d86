//! Effects → complete messages from `templates/`.   RFC 5322, 8058
//!
//! In: a [`crate::conversation::Letter`], the conversation, and how the agency writes ([`Ink`]). Out: [`Finished`] letters as bytes.
//! Never here: I/O, a clock, randomness: the same arguments give the same bytes.

mod wire;

pub use wire::{WireError, check_wire};

use crate::conversation::Party;
use crate::model::{Address, LetterKey, MessageId, Timestamp};

/// A letter as it will be sent, however often it is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Which letter of which conversation.
    pub key: LetterKey,
    /// [`crate::conversation::Content::kind`], or `copy` for a recruiter's copy.
    pub kind: &'static str,
    /// Who reads it.
    pub to: Party,
    /// MAIL FROM and RCPT TO.
    pub envelope: Envelope,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The subject, decoded.
    pub subject: String,
    /// The whole message: CRLF line ends, no line over 998 octets.
    pub bytes: Vec<u8>,
    /// After this instant it must not leave.
    pub not_after: Option<Timestamp>,
    /// A second copy with the same Message-ID does no harm (reliability 2.3).
    pub repeatable: bool,
    /// An answer to something the reader just did: outside quiet hours and the daily limit.
    pub is_answer: bool,
}

/// SMTP sender and recipient (RFC 5321): always exactly one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM: the tagged address, so that reports find their thread.
    pub from: Address,
    /// RCPT TO.
    pub to: Address,
}
