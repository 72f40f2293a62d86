//! Plain mails that belong to no conversation, in text alone.   RFC 3834 5
//!
//! In: who, to whom, what it says. Out: a finished message. Its tag and Message-ID name no letter.

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, SinglePart};

use super::{Envelope, Ink, Refusal, check_wire};
use crate::model::{Address, ConversationId, HeaderText, LetterKey, Mailbox, Timestamp};

/// No conversation has this number.
pub(super) const NOWHERE: ConversationId = ConversationId(0);

/// What a plain mail says, and between whom.
pub(super) struct Plain {
    pub(super) key: LetterKey,
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    pub(super) envelope: Envelope,
    pub(super) subject: HeaderText,
    pub(super) text: String,
    /// `Auto-Submitted` (RFC 3834 5).
    pub(super) submitted: &'static str,
}

/// The key of such a mail, and our address with its tag.
pub(super) fn tagged(number: u32, ink: &Ink) -> Result<(LetterKey, Address), Refusal> {
    let key = LetterKey {
        conversation: NOWHERE,
        serial: number,
    };
    let address = ink.style.tagged(&ink.bot.address, &ink.keyring.tag(key));
    Ok((key, address.map_err(|error| Refusal::Tag(error.to_string()))?))
}

/// The mail as it is sent.
pub(super) fn written(mail: Plain, now: Timestamp, ink: &Ink) -> Result<(Envelope, Vec<u8>), Refusal> {
    let build = |error: &dyn std::error::Error| Refusal::Build(error.to_string());
    let mailbox = |one: &Mailbox| -> Result<lettre::message::Mailbox, Refusal> {
        let address = lettre::Address::new(one.address.local(), one.address.domain()).map_err(|error| build(&error))?;
        let name = (!one.name.is_empty()).then(|| one.name.to_string());
        Ok(lettre::message::Mailbox::new(name, address))
    };
    let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let bytes = Message::builder()
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?)
        .subject(mail.subject.as_str())
        .date(SystemTime::from(now))
        .message_id(Some(ink.keyring.message_id(mail.key, &ink.message_id_domain).to_string()))
        .raw_header(header("Auto-Submitted", mail.submitted))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .singlepart(SinglePart::plain(mail.text))
        .map_err(|error| build(&error))?
        .formatted();
    check_wire(&bytes).map_err(|error| build(&error))?;
    let bytes = match &ink.dkim {
        None => bytes,
        Some(signer) => signer.sign(&bytes, now).map_err(|error| build(&error))?,
    };
    Ok((mail.envelope, bytes))
}
