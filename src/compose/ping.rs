//! The mail replyd writes to itself, to see that mail leaves and arrives.   RFC 3834 5

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, SinglePart};

use super::{Envelope, Ink, Refusal, check_wire};
use crate::model::{ConversationId, LetterKey, Timestamp};

const TEXT: &str = "replyd wrote this to itself, to see that mail leaves and arrives.\r\nIt may be deleted at any time.\r\n";

/// No conversation has this number, so a ping's tag and Message-ID name no letter.
const NOWHERE: ConversationId = ConversationId(0);

/// A ping as a finished message. `number` tells it from other pings.
///
/// # Errors
/// When our own address cannot carry a tag.
pub fn ping(number: u32, now: Timestamp, ink: &Ink) -> Result<(Envelope, Vec<u8>), Refusal> {
    let build = |error: &dyn std::error::Error| Refusal::Build(error.to_string());
    let key = LetterKey {
        conversation: NOWHERE,
        serial: number,
    };
    let bot = &ink.bot.address;
    let to = ink
        .style
        .tagged(bot, &ink.keyring.tag(key))
        .map_err(|error| Refusal::Tag(error.to_string()))?;
    let mailbox = |address: &crate::model::Address| -> Result<lettre::message::Mailbox, Refusal> {
        let address = lettre::Address::new(address.local(), address.domain()).map_err(|error| build(&error))?;
        Ok(lettre::message::Mailbox::new(None, address))
    };
    let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let bytes = Message::builder()
        .from(mailbox(bot)?)
        .to(mailbox(&to)?)
        .subject("replyd: a test of the mail's way")
        .date(SystemTime::from(now))
        .message_id(Some(ink.keyring.message_id(key, &ink.message_id_domain).to_string()))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .singlepart(SinglePart::plain(TEXT.to_owned()))
        .map_err(|error| build(&error))?
        .formatted();
    check_wire(&bytes).map_err(|error| build(&error))?;
    let bytes = match &ink.dkim {
        None => bytes,
        Some(signer) => signer.sign(&bytes, now).map_err(|error| build(&error))?,
    };
    Ok((Envelope { from: to.clone(), to }, bytes))
}

/// The number of the ping that this letter is; `None` for letters of conversations.
#[must_use]
pub fn ping_number(key: LetterKey) -> Option<u32> {
    (key.conversation == NOWHERE).then_some(key.serial)
}
