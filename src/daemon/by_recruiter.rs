//! A recruiter's mail: an answer at the desk, orders for a batch, candidates who are handed in, or words that were meant for others.
//!
//! In: a mail whose author the receiving server vouches for. Out: what it means. Looks things up, changes nothing.
//! Never here: a mail of anybody else.

use super::drafting::Drafting;
use super::ordering::{Ordered, at_desk, in_batch, too_large};
use super::staff::{Ours, Staff};
use super::thread::Thread;
use super::understand::{Understood, excerpt};
use crate::conversation::{Command, Content, Conversation, Event, Notice};
use crate::message::{self, Author, Kind, LetterText, Message, OwnText, ReturnPath};
use crate::model::{Address, Timestamp};
use crate::reply::{self, Band, Says};
use crate::store::{LetterRow, MessageState, StoreError, Tx, Waiting};

/// Recipients of a mail that are looked up.
const MOST_RECIPIENTS: usize = 20;

/// A mail of a recruiter that answers no letter of a batch and bears no reference. `None` for anything else.
pub(super) fn of_recruiter(
    tx: &Tx<'_>,
    ours: Ours<'_>,
    message: &Message,
    thread: Option<&Thread>,
    stored: &Waiting,
    now: Timestamp,
) -> Result<Option<Understood>, StoreError> {
    let elsewhere = thread.is_some_and(|thread| (thread.key.is_some() || thread.by_reference) && !thread.conversation.is_desk());
    let plain = matches!(message.kind, Kind::Person) && message.return_path != ReturnPath::Null;
    let (Author::One(author), true, false) = (&message.author, message.authenticated && plain, elsewhere) else {
        return Ok(None);
    };
    let Some(who) = ours.staff.recruiter(tx, author)? else {
        return Ok(None);
    };
    // What they write to a client with us in copy is said to the client.
    for to in message.recipients.iter().take(MOST_RECIPIENTS) {
        if !tx.conversations_with(to, 1)?.is_empty() {
            return Ok(None);
        }
    }
    // A contact who is a recruiter elsewhere answers as a contact.
    if thread.is_some_and(|thread| !thread.conversation.is_desk()) {
        return Ok(None);
    }
    let answered = |desk| Understood {
        desk: Some(desk),
        ..Understood::ended(MessageState::Applied, "recruiter", "answered")
    };
    if stored.truncated {
        return Ok(Some(answered(too_large(&who, message))));
    }
    let key = thread.and_then(|thread| thread.key);
    let letter = key.map(|key| tx.letter_by_key(key)).transpose()?.flatten();
    let texts: Vec<LetterText> = letter.map(|letter| tx.letter_text(letter.id)).transpose()?.into_iter().collect();
    let own = message::own_text(message, &texts);
    let drafted = |mail| Understood {
        draft: Some(Box::new(mail)),
        ..Understood::ended(MessageState::Applied, "recruiter", "a draft")
    };
    if let Some(mail) = Drafting::answer(tx, key.map(|key| key.serial), &who, message, &stored.raw, &own)? {
        return Ok(Some(drafted(mail)));
    }
    // The subject of an answer to a letter of ours is ours.
    let subject = if key.is_some() { "" } else { message.subject.as_str() };
    let handed_in = Drafting::new(&who, message, &stored.raw, &own, subject);
    Ok(Some(match (at_desk(tx, ours, &who, message, &own, now)?, handed_in) {
        // All of it was understood as orders: nothing in it hands anybody in.
        (Ordered::Event(conversation, event), handed_in)
            if handed_in.as_ref().is_none_or(|mail| !mail.brings_files() && is_understood(&event)) =>
        {
            Understood::event("recruiter", conversation.id, event)
        }
        (_, Some(mail)) => drafted(mail),
        (Ordered::Event(conversation, event), None) => Understood::event("recruiter", conversation.id, event),
        (Ordered::Answer(answer), None) => answered(answer),
    }))
}

/// Nothing in these orders is to be asked.
fn is_understood(event: &Event) -> bool {
    matches!(event, Event::Ordered { unread, .. } if unread.is_empty())
}

/// It is written to somebody of the batch who is no recruiter.
fn is_to_others(message: &Message, conversation: &Conversation) -> bool {
    let batch = &conversation.batch;
    let recruits = |address: &Address| batch.recruiters.iter().any(|one| one.address == *address);
    let others = batch.people().map(|one| &one.address).filter(|address| !recruits(address));
    others.into_iter().any(|address| message.recipients.contains(address))
}

/// What the recruiter at this place in the batch means by a mail that answers a letter of it, or bears its reference.
#[expect(clippy::too_many_arguments, reason = "a mail, and all that was looked up for it")]
pub(super) fn ordered(
    tx: &Tx<'_>,
    staff: &Staff,
    conversation: &Conversation,
    recruiter: usize,
    message: &Message,
    own: &OwnText,
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let steered = |command| Event::Steered {
        by: conversation
            .batch
            .recruiters
            .get(recruiter)
            .map_or_else(String::new, |one| one.shown()),
        command,
    };
    Ok(match silence_answered(letter, own, message, conversation, now) {
        Some(command) => steered(command),
        // What they write to the others, with us in copy, is said to them.
        None if is_to_others(message, conversation) => steered(Command::Note { text: excerpt(&own.text) }),
        None => in_batch(tx, staff, conversation, recruiter, message, own, letter, now)?,
    })
}

/// A recruiter's yes or no to whether it goes on without interviewers who do not answer.
fn silence_answered(
    letter: Option<&LetterRow>,
    own: &OwnText,
    message: &Message,
    conversation: &Conversation,
    now: Timestamp,
) -> Option<Command> {
    let says = letter.and_then(LetterRow::says)?;
    let Content::Notice(Notice::GoOnWithout { submission, silent, .. }) = says else {
        return None;
    };
    let reply = reply::read(own, &message.subject, &conversation.asked(Some(says), now));
    let mut sure = reply.findings.iter().filter(|one| one.band == Band::Act);
    let yes = sure.find_map(|one| if let Says::Confirm(yes) = one.says { Some(yes) } else { None })?;
    Some(Command::GoOn {
        submission: *submission,
        yes,
        without: silent.clone(),
    })
}
