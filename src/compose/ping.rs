//! The mail replyd writes to itself, to see that mail leaves and arrives.   RFC 3834 5

use super::plain::{NOWHERE, Plain, tagged, written};
use super::{Envelope, Ink, Refusal};
use crate::model::{Address, HeaderText, LetterKey, Mailbox, Timestamp};

const TEXT: &str = "replyd wrote this to itself, to see that mail leaves and arrives.\r\nIt may be deleted at any time.\r\n";

/// A ping as a finished message. `number` tells it from other pings.
///
/// # Errors
/// When our own address cannot carry a tag.
pub fn ping(number: u32, now: Timestamp, ink: &Ink) -> Result<(Envelope, Vec<u8>), Refusal> {
    let (key, to) = tagged(number, ink)?;
    let nameless = |address: &Address| Mailbox {
        name: HeaderText::default(),
        address: address.clone(),
    };
    let mail = Plain {
        key,
        from: nameless(&ink.bot.address),
        to: nameless(&to),
        envelope: Envelope { from: to.clone(), to },
        subject: HeaderText::new("replyd: a test of the mail's way"),
        text: TEXT.to_owned(),
        submitted: "auto-generated",
    };
    written(mail, now, ink)
}

/// The number of the ping that this letter is; `None` for letters of conversations.
#[must_use]
pub fn ping_number(key: LetterKey) -> Option<u32> {
    (key.conversation == NOWHERE).then_some(key.serial)
}
