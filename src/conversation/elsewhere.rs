//! What lies outside a batch and counts in its steps: other interviews, calendars, letters of other batches.

use super::{Conversation, Party, Side};
use crate::calendar::Spans;
use crate::model::{SubmissionId, Timestamp};

/// What is looked up before a step of what lies outside the batch: when its people are taken, by interviews of other batches, booked or held,
/// and by what their calendars say; and what else they are written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Elsewhere {
    /// The contact at the client.
    pub client: Spans,
    /// Each candidate who is.
    pub candidates: Vec<(SubmissionId, Spans)>,
    /// The interviewers beside the contact, in the order of the batch.
    pub interviewers: Vec<Spans>,
    /// Calendars that could not be read, or not all of them: their people may be taken at other times as well.
    pub unread: Vec<Unread>,
    /// When other batches wrote to somebody unasked, within the last day.
    pub written: Vec<(Party, Vec<Timestamp>)>,
    /// Other batches of the contact whose chase goes on today, those that fall due first; only while this one's chase is due.
    pub waiting: Vec<Conversation>,
}

/// A calendar that was not read as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Whose.
    pub side: Side,
    /// Which candidate's; `None` for the contact's.
    pub about: Option<SubmissionId>,
    /// As of when what it said is taken into account; `None` when nothing is.
    pub as_of: Option<Timestamp>,
    /// Why.
    pub why: String,
}

impl Elsewhere {
    /// When a side is taken.
    #[must_use]
    pub fn of(&self, side: Side, submission: SubmissionId) -> Spans {
        match side {
            Side::Client => self.client.clone(),
            Side::Candidate => self.candidate(submission),
            Side::Interviewer(n) => self.interviewers.get(usize::from(n)).cloned().unwrap_or_default(),
        }
    }

    /// When a candidate is taken.
    #[must_use]
    pub fn candidate(&self, id: SubmissionId) -> Spans {
        let found = self.candidates.iter().find(|(one, _)| *one == id);
        found.map(|(_, spans)| spans.clone()).unwrap_or_default()
    }
}
