//! Where a message belongs: the conversation and the letter it answers, the person behind it, and whether it is one of ours.
//!
//! In: a message. Out: what the database knows of it. Never here: what it means.

use super::invited;
use crate::compose::{Ink, ping_number};
use crate::conversation::Side;
use crate::message::{Author, Kind, Message};
use crate::model::{Address, ConversationId, LetterKey, Mailbox, Reference, SubmissionId};
use crate::store::{StoreError, Tx};

/// Where a message belongs.
#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) conversation: ConversationId,
    /// The letter it answers; `None` when only the reference or the sender found the conversation.
    pub(crate) key: Option<LetterKey>,
    /// The conversation was found by the visible reference in the subject.
    pub(crate) by_reference: bool,
    /// The calendar entry it answers: whose interview, and which side's entry.
    pub(crate) entry: Option<(SubmissionId, Side)>,
}

/// Finds the conversation: by the UID of a calendar entry, by a tagged address, by one of our Message-IDs, by the reference in the subject, by the sender.
pub(crate) fn thread(tx: &Tx<'_>, ink: &Ink, message: &Message) -> Result<Option<Thread>, StoreError> {
    if let Kind::Calendar { answer: Some(answer), .. } = &message.kind
        && let Some(entry) = invited::entry(ink, answer)
        && let Some(conversation) = tx.conversation_of(entry.0)?
    {
        return Ok(Some(Thread {
            conversation,
            key: None,
            by_reference: false,
            entry: Some(entry),
        }));
    }
    let by_address = message
        .recipients
        .iter()
        .filter_map(|address| ink.style.tag_of(&ink.bot.address, address))
        .filter_map(|tag| ink.keyring.read_tag(&tag));
    let about = match &message.kind {
        Kind::Report(report) => report.about.as_ref(),
        Kind::Calendar { .. } | Kind::Reaction { .. } | Kind::AutoReply(_) | Kind::Person => None,
    };
    let ids = about.into_iter().chain(&message.in_reply_to).chain(message.references.iter().rev());
    let by_id = ids.filter_map(|id| ink.keyring.read_message_id(id));
    for key in by_address.chain(by_id).take(64) {
        if tx.has_letter(key)? {
            return Ok(Some(Thread {
                conversation: key.conversation,
                key: Some(key),
                by_reference: false,
                entry: None,
            }));
        }
    }
    if let Some(reference) = Reference::find(&message.subject)
        && let Some(conversation) = tx.conversation_by_reference(&reference)?
    {
        return Ok(Some(Thread {
            conversation,
            key: None,
            by_reference: true,
            entry: None,
        }));
    }
    let Some(person) = person(message) else { return Ok(None) };
    let newest = tx.conversations_with(&person.address, 1)?;
    Ok(newest.first().map(|id| Thread {
        conversation: *id,
        key: None,
        by_reference: false,
        entry: None,
    }))
}

/// The person behind a message: the author, or through a list the one in Reply-To (a list that rewrites From).
pub(super) fn person(message: &Message) -> Option<Mailbox> {
    if message.via_list
        && let Some(behind) = message.reply_to.first()
    {
        return Some(behind.clone());
    }
    match &message.author {
        Author::One(mailbox) => Some(mailbox.clone()),
        Author::Unknown => None,
    }
}

/// One of the addresses we write from.
pub(super) fn is_ours(ink: &Ink, address: &Address) -> bool {
    *address == ink.bot.address
        || ink
            .style
            .tag_of(&ink.bot.address, address)
            .is_some_and(|tag| ink.keyring.read_tag(&tag).is_some())
}

/// The number of the ping that one of our own letters is.
pub(super) fn ping_in(ink: &Ink, message: &Message) -> Option<u32> {
    // A server may have put a Message-ID of its own in the place of ours; the address it came to is still tagged.
    let by_id = message.id.iter().filter_map(|id| ink.keyring.read_message_id(id));
    let tags = message
        .recipients
        .iter()
        .filter_map(|address| ink.style.tag_of(&ink.bot.address, address));
    let by_tag = tags.filter_map(|tag| ink.keyring.read_tag(&tag));
    by_id.chain(by_tag).find_map(ping_number)
}
