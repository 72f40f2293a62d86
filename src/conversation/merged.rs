//! One reminder for all that a reader has open: which batches it may speak of, and what it asks of each.
//!
//! In: conversations with the same reader. Out: [`Also`], what the letter of one of them says for another. The letter belongs to the batch
//! whose reminder fell due first; only batches of the same client and the same recruiters share one, as its copies go to them.
//! Never here: a change of anything.

use serde::{Deserialize, Serialize};

use super::{Conversation, Deadline, Driver};
use crate::model::{ConversationId, Mailbox, SubmissionId, Timestamp};

/// Other batches in one reminder, at the most: a longer letter is not read to its end.
pub const MOST_ALSO: usize = 7;

/// What a reminder asks for another batch of the same reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Also {
    /// Which batch.
    pub conversation: ConversationId,
    /// 1 for its first reminder.
    pub round: u8,
    /// What is still open in it.
    pub open: Vec<SubmissionId>,
}

impl Conversation {
    /// Until when a reminder that is due in another batch goes with one of this batch that leaves now: the end of the reader's business day.
    #[must_use]
    pub fn shares_until(&self, now: Timestamp) -> Timestamp {
        self.policy.business.closes(now, self.batch.contact.zone)
    }

    /// The next step of the chase reminds the client, if it can; otherwise it only tells recruiters.
    #[must_use]
    pub fn nudges_next(&self) -> bool {
        let last = usize::from(self.chase.step) + 1 >= self.policy.chase_hours.len();
        let held = self.driver == Driver::Recruiter || self.client_unreachable || self.chase.stopped || self.chase.with_recruiter;
        !last && !held && self.chase.nudges < self.policy.nudge_limit && self.open().next().is_some()
    }

    /// What is asked for other batches in a reminder of this one, those that fall due first.
    #[must_use]
    pub fn also_asks(&self, now: Timestamp) -> Vec<Also> {
        let others = self.elsewhere.waiting.iter().filter(|other| self.may_speak_for(other, now));
        let also = others.map(|other| Also {
            conversation: other.id,
            round: other.chase.nudges.saturating_add(1),
            open: other.open_ids(),
        });
        also.take(MOST_ALSO).collect()
    }

    /// The candidates that wait for the client's word.
    #[must_use]
    pub fn open_ids(&self) -> Vec<SubmissionId> {
        self.open().map(|one| one.id).collect()
    }

    /// Whether a reminder of this batch may speak for another: it has the same reader, client and recruiters, and falls due on the same day.
    fn may_speak_for(&self, other: &Self, now: Timestamp) -> bool {
        let knows = |one: &Self, other: &Self| {
            let known = |who: &Mailbox| other.batch.recruiters.iter().any(|one| one.address == who.address);
            one.batch.recruiters.iter().all(known)
        };
        let (ours, theirs) = (&self.batch.contact, &other.batch.contact);
        let same = ours.mailbox.address == theirs.mailbox.address
            && ours.zone == theirs.zone
            && self.batch.client == other.batch.client
            && knows(self, other)
            && knows(other, self);
        let due = other.deadlines.get(Deadline::Chase).is_some_and(|at| at <= self.shares_until(now));
        // Whoever was asked what they meant has a question of their own to answer first.
        let asked_back = other.deadlines.get(Deadline::AskedBack).is_some();
        let away = other.chase.away_until.is_some_and(|until| until > now);
        same && due && !asked_back && !away && other.nudges_next()
    }

    /// The other batches that a letter of this one speaks for, as far as they were looked up.
    pub(crate) fn spoken_for<'a>(&'a self, also: &'a [Also]) -> impl Iterator<Item = (&'a Also, &'a Self)> + 'a {
        also.iter().filter_map(|one| {
            let other = self.elsewhere.waiting.iter().find(|other| other.id == one.conversation)?;
            Some((one, other))
        })
    }
}
