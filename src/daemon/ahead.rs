//! Letters written before the transaction that queues them.
//!
//! In: a conversation as it is stored, and an event that is about to happen to it. Out: the letters that will follow, each with all that
//! it was written from. Writing is a function: the transaction takes a letter from here only when it would write it from the very same
//! things, and writes it itself when anything has changed in between. So one thread reads and writes while another commits.
//! Never here: anything that is stored or sent.

use crate::compose::{Finished, Ink, compose};
use crate::conversation::{Content, Conversation, Effect, Event, Letter, step};
use crate::model::{LetterKey, Timestamp};

/// Letters in the order in which they will be asked for.
#[derive(Debug, Default)]
pub(super) struct Ahead(Vec<Written>);

#[derive(Debug)]
struct Written {
    letter: Letter,
    conversation: Conversation,
    now: Timestamp,
    finished: Vec<Finished>,
}

impl Ahead {
    /// What an event will make us write. Letters with files are left to the transaction, which has the files.
    pub(super) fn of(conversation: &Conversation, event: &Event, now: Timestamp, ink: &Ink) -> Self {
        let transition = step(conversation, event.clone(), now);
        let mut after = transition.conversation;
        let mut all = Vec::new();
        for effect in transition.effects {
            let letter = match effect {
                Effect::Send(letter) if !matches!(letter.says, Content::Submission) => letter,
                Effect::Send(_) => break,
                Effect::Record(_) => continue,
            };
            // What cannot be written is met again, and told, in the transaction.
            let Ok(finished) = compose(&letter, &after, next_key(&after), now, ink, &|_| None) else {
                break;
            };
            let serial = finished.iter().map(|one| one.key.serial).max();
            let conversation = after.clone();
            after.letters = after.letters.max(serial.unwrap_or_default());
            all.push(Written {
                letter,
                conversation,
                now,
                finished,
            });
        }
        Self(all)
    }

    /// The letter, if it was written from the same things.
    pub(super) fn take(&mut self, letter: &Letter, conversation: &Conversation, now: Timestamp) -> Option<Vec<Finished>> {
        let same = |one: &Written| one.now == now && one.letter == *letter && one.conversation == *conversation;
        let at = self.0.iter().position(same)?;
        Some(self.0.swap_remove(at).finished)
    }
}

/// The name of the next letter of a conversation.
pub(super) const fn next_key(conversation: &Conversation) -> LetterKey {
    LetterKey {
        conversation: conversation.id,
        serial: conversation.letters + 1,
    }
}
