//! The mail that lets a recruiter into the hub.   RFC 3834 5

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, SinglePart};

use super::{Envelope, Ink, Refusal, check_wire};
use crate::link::ENTRY_MINUTES;
use crate::model::{Address, ConversationId, HeaderText, LetterKey, Mailbox, Timestamp};

/// It belongs to no conversation, like a ping, so its tag and Message-ID name no letter.
const NOWHERE: ConversationId = ConversationId(0);

/// A link into the hub as a finished message, in plain text: nothing of it is worth more than the link. `number` tells it from other such
/// mails.
///
/// # Errors
/// When our own address cannot carry a tag.
pub fn entry(to: &Mailbox, url: &str, number: u32, now: Timestamp, ink: &Ink) -> Result<(Envelope, Vec<u8>), Refusal> {
    let build = |error: &dyn std::error::Error| Refusal::Build(error.to_string());
    let key = LetterKey {
        conversation: NOWHERE,
        serial: number,
    };
    let bot = &ink.bot.address;
    let from = ink
        .style
        .tagged(bot, &ink.keyring.tag(key))
        .map_err(|error| Refusal::Tag(error.to_string()))?;
    let mailbox = |name: &HeaderText, address: &Address| -> Result<lettre::message::Mailbox, Refusal> {
        let address = lettre::Address::new(address.local(), address.domain()).map_err(|error| build(&error))?;
        Ok(lettre::message::Mailbox::new((!name.is_empty()).then(|| name.to_string()), address))
    };
    let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let agency = &ink.agency.name;
    let text = format!(
        "This link opens the hub of {agency}:\r\n\r\n{url}\r\n\r\n\
         It works for {ENTRY_MINUTES} minutes and opens one device, for twelve hours. Press\r\n\
         the button on the page it leads to. If you did not ask for it, delete\r\n\
         this mail: nothing happens then.\r\n"
    );
    let subject = HeaderText::new(&format!("Your way into the hub of {agency}"));
    let bytes = Message::builder()
        .from(mailbox(&ink.bot.name, &from)?)
        .to(mailbox(&to.name, &to.address)?)
        .subject(subject.as_str())
        .date(SystemTime::from(now))
        .message_id(Some(ink.keyring.message_id(key, &ink.message_id_domain).to_string()))
        .raw_header(header("Auto-Submitted", "auto-replied"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .singlepart(SinglePart::plain(text))
        .map_err(|error| build(&error))?
        .formatted();
    check_wire(&bytes).map_err(|error| build(&error))?;
    let bytes = match &ink.dkim {
        None => bytes,
        Some(signer) => signer.sign(&bytes, now).map_err(|error| build(&error))?,
    };
    Ok((
        Envelope {
            from,
            to: to.address.clone(),
        },
        bytes,
    ))
}
