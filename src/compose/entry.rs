//! The mail that lets a recruiter into the hub.   RFC 3834 5

use super::plain::{Plain, tagged, written};
use super::{Envelope, Ink, Refusal};
use crate::link::ENTRY_MINUTES;
use crate::model::{HeaderText, Mailbox, Timestamp};

/// A link into the hub as a finished message, in plain text: nothing of it is worth more than the link. `number` tells it from other such
/// mails.
///
/// # Errors
/// When our own address cannot carry a tag.
pub fn entry(to: &Mailbox, url: &str, number: u32, now: Timestamp, ink: &Ink) -> Result<(Envelope, Vec<u8>), Refusal> {
    let (key, from) = tagged(number, ink)?;
    let agency = &ink.agency.name;
    let mail = Plain {
        key,
        from: Mailbox {
            name: ink.bot.name.clone(),
            address: from.clone(),
        },
        to: to.clone(),
        envelope: Envelope {
            from,
            to: to.address.clone(),
        },
        subject: HeaderText::new(&format!("Your way into the hub of {agency}")),
        text: format!(
            "This link opens the hub of {agency}:\r\n\r\n{url}\r\n\r\n\
             It works for {ENTRY_MINUTES} minutes and opens one device, for twelve hours. Press\r\n\
             the button on the page it leads to. If you did not ask for it, delete\r\n\
             this mail: nothing happens then.\r\n"
        ),
        submitted: "auto-replied",
    };
    written(mail, now, ink)
}
