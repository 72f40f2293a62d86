//! One reminder for several batches: the letter of one of them, with the questions of the others and their buttons.
//!
//! In: what is asked for each batch, and the other conversations as they were looked up. Out: the values of the template, a role after another.
//! Never here: a letter that leaves one of them out: then there is none.

use serde::Serialize;

use super::links::Desk;
use super::view::{Profile, Scene};
use super::{Refusal, words};
use crate::conversation::{Also, Conversation, Party};
use crate::model::{Address, LetterKey};

/// The candidates of one batch, as a reminder of several asks about them.
#[derive(Serialize)]
pub(super) struct Role {
    project: String,
    interview: String,
    reference: String,
    /// Its batch page; for a recruiter the page that only shows.
    page: String,
    open: Vec<Profile>,
}

impl Scene<'_> {
    /// The candidates of this batch.
    pub(super) fn role(&self, open: Vec<Profile>) -> Role {
        let project = &self.conversation.batch.project;
        Role {
            project: project.title.to_string(),
            interview: words::interview(project),
            reference: self.conversation.reference().to_string(),
            page: self.desk.batch(),
            open,
        }
    }

    /// The candidates of the other batches, with links of theirs.
    pub(super) fn other_roles(&self, reader: Party, also: &[Also]) -> Result<Vec<Role>, Refusal> {
        also.iter()
            .map(|one| {
                let other = other(self.conversation, one)?;
                let first = first_address(self, other)?;
                let scene = Scene {
                    conversation: other,
                    addressee: Party::Client,
                    desk: Desk::new(self.ink, other, as_reader(self.conversation, other, reader), &first, self.now),
                    ..*self
                };
                Ok(scene.role(scene.profiles(one.open.iter().copied())?))
            })
            .collect()
    }
}

/// The conversations that a letter speaks for, each with who its reader is there.
pub(super) fn spoken_for<'a>(
    conversation: &'a Conversation,
    also: &'a [Also],
    reader: Party,
) -> Result<Vec<(Party, &'a Conversation)>, Refusal> {
    let others = also.iter().map(|one| other(conversation, one));
    others
        .map(|other| other.map(|other| (as_reader(conversation, other, reader), other)))
        .collect()
}

fn other<'a>(conversation: &'a Conversation, also: &Also) -> Result<&'a Conversation, Refusal> {
    let found = conversation.elsewhere.waiting.iter().find(|other| other.id == also.conversation);
    found.ok_or_else(|| Refusal::Nobody(format!("batch {}", also.conversation)))
}

/// Somebody's place in another batch of the same contact and recruiters.
fn as_reader(here: &Conversation, there: &Conversation, reader: Party) -> Party {
    let Party::Recruiter(_) = reader else { return reader };
    let address = reader.mailbox(here).map(|one| &one.address);
    let found = (0..=u8::MAX)
        .zip(&there.batch.recruiters)
        .find(|(_, one)| Some(&one.address) == address);
    found.map_or(reader, |(n, _)| Party::Recruiter(n))
}

/// The tagged address of the first letter of another batch: an answer by a button is about that batch alone, and goes there.
fn first_address(scene: &Scene<'_>, other: &Conversation) -> Result<Address, Refusal> {
    let first = LetterKey {
        conversation: other.id,
        serial: 1,
    };
    let tag = scene.ink.keyring.tag(first);
    let tagged = scene.ink.style.tagged(&scene.ink.bot.address, &tag);
    tagged.map_err(|error| Refusal::Tag(error.to_string()))
}
