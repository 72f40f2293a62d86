//! What follows from an event: imperatives, carried out by the daemon in the event's own transaction.

use super::{Author, Conversation, Letter};
use crate::model::SubmissionId;

/// The conversation after an event, and what is to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The state to be saved.
    pub conversation: Conversation,
    /// In this order.
    pub effects: Vec<Effect>,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Compose this letter and queue it.
    Send(Letter),
    /// Tell the leads that nobody answers.
    Escalate {
        /// Hours of the client's business time since the last word of a person.
        hours: u32,
    },
    /// Write a line into the timeline.
    Record(Entry),
    /// Draft a letter that tells this candidate why, for a recruiter's word.
    Draft(SubmissionId),
    /// Drop such a draft: there is nothing to tell any more.
    DropDraft(SubmissionId),
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// A snake_case name to count and filter by.
    pub kind: &'static str,
    /// Whom it is about; `None` is the whole batch.
    pub submission: Option<SubmissionId>,
    /// One sentence for a person.
    pub detail: String,
    /// The words it rests on, where words were read.
    pub words: String,
    /// Whose doing it is.
    pub by: Author,
}
