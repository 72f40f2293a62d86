//! How a stored mail is read, for showing.
//!
//! In: a mail of a conversation. Out: whose its words are and what they say, as the daemon reads them. Changes nothing.

use super::merged;
use super::ordering::read_in_batch;
use super::thread::thread;
use super::understand::{heard, own_text, side};
use crate::compose::{Ink, order_line};
use crate::conversation::Side;
use crate::message::{Author, Kind, Message, OwnText};
use crate::model::Timestamp;
use crate::reply::{Asked, Reply};
use crate::store::{LetterRow, StoreError, Tx};

/// How a mail of a stored conversation is read.
#[derive(Debug)]
pub struct Explained {
    /// The sender's own words.
    pub own: OwnText,
    /// What was asked, by the letter it answers.
    pub asked: Asked,
    /// What the words say; nothing is read in a machine's, nor in a recruiter's.
    pub reply: Reply,
    /// A recruiter's: what they order, line by line.
    pub orders: Option<Vec<String>>,
}

/// Reads a mail of a stored conversation for showing. `None` when it belongs to none.
///
/// # Errors
/// The database's.
pub fn explain_stored(tx: &Tx<'_>, ink: &Ink, message: &Message, now: Timestamp) -> Result<Option<Explained>, StoreError> {
    let Some(thread) = thread(tx, ink, message)? else { return Ok(None) };
    let Some(conversation) = tx.conversation(thread.conversation)? else {
        return Ok(None);
    };
    let letter = thread.key.map(|key| tx.letter_by_key(key)).transpose()?.flatten();
    let own = own_text(tx, message, conversation.id, letter.as_ref())?;
    let from = match &message.author {
        Author::One(mailbox) => Some(&mailbox.address),
        Author::Unknown => None,
    };
    let works_here = conversation.batch.recruiters.iter().any(|one| Some(&one.address) == from);
    let orders = (works_here && matches!(message.kind, Kind::Person)).then(|| {
        let read = read_in_batch(&conversation, message, &own, letter.as_ref(), now);
        read.commands.iter().map(|one| order_line(one, &conversation)).collect()
    });
    let reply = match message.kind {
        Kind::Person if orders.is_none() => {
            let by = side(&conversation, from, letter.as_ref());
            let others = merged::others(tx, letter.as_ref())?;
            if by == Side::Client && !others.is_empty() {
                let of_each = merged::heard(message, &own, &conversation, &others, letter.as_ref(), now);
                of_each.into_iter().next().unwrap_or_default()
            } else {
                heard(message, &own, &conversation, by, letter.as_ref(), now)
            }
        }
        Kind::Person | Kind::Calendar { .. } | Kind::Report(_) | Kind::Reaction { .. } | Kind::AutoReply(_) => Reply::default(),
    };
    let asked = conversation.asked(letter.as_ref().and_then(LetterRow::says), now);
    Ok(Some(Explained { own, asked, reply, orders }))
}
