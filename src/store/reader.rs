//! What other batches have to do with the people of one: the letters they were written, and the reminders that are due to the same contact.
//!
//! Looked up by address and by contact, each within a day: the cost does not grow with what there ever was.

use rusqlite::params;

use super::tables::{instant, text_of};
use super::{StoreError, Tx};
use crate::conversation::{Conversation, Deadline, Elsewhere, Interview, MOST_ALSO, Party};
use crate::model::{ConversationId, Timestamp};

/// Letters of other batches to one person that are looked at: more than anybody gets in a day.
const MOST_WRITTEN: u32 = 20;
const DAY: chrono::Duration = chrono::Duration::hours(24);

impl Tx<'_> {
    /// What is known of the readers of a conversation from other batches.
    pub(super) fn read_elsewhere(&self, conversation: &Conversation, now: Timestamp, known: Elsewhere) -> Result<Elsewhere, StoreError> {
        Ok(Elsewhere {
            written: self.written_elsewhere(conversation, now)?,
            waiting: self.waiting_elsewhere(conversation, now)?,
            ..known
        })
    }

    /// When other batches wrote unasked to the contact, and to whoever is asked about an interview.
    fn written_elsewhere(&self, conversation: &Conversation, now: Timestamp) -> Result<Vec<(Party, Vec<Timestamp>)>, StoreError> {
        let arranged = conversation
            .submissions
            .iter()
            .filter(|one| one.interview.as_ref().is_some_and(Interview::is_under_way));
        let candidates: Vec<Party> = arranged.map(|one| Party::Candidate(one.id)).collect();
        let interviewers = (0..=u8::MAX).map(Party::Interviewer).take(conversation.batch.interviewers.len());
        let others: Vec<Party> = if candidates.is_empty() {
            Vec::new()
        } else {
            candidates.into_iter().chain(interviewers).collect()
        };
        let mut found = self.sql.prepare_cached(
            "SELECT queued_at FROM letters
             WHERE recipient = ?1 COLLATE NOCASE AND unprompted AND queued_at > ?2 AND batch_id <> ?3 AND state NOT IN ('failed', 'expired', 'cancelled')
             ORDER BY queued_at DESC LIMIT ?4",
        )?;
        let mut written = Vec::new();
        for party in std::iter::once(Party::Client).chain(others) {
            let Some(mailbox) = party.mailbox(conversation) else { continue };
            let values = params![mailbox.address.as_str(), text_of(now - DAY), conversation.id.0, MOST_WRITTEN];
            let rows = found.query_map(values, |row| row.get::<_, String>(0))?;
            let at: Vec<Timestamp> = rows.map(|at| instant("letters", &at?)).collect::<Result<_, StoreError>>()?;
            if !at.is_empty() {
                written.push((party, at));
            }
        }
        Ok(written)
    }

    /// Other batches of the same contact whose chase goes on today. Nothing is looked up unless this one's is due.
    fn waiting_elsewhere(&self, conversation: &Conversation, now: Timestamp) -> Result<Vec<Conversation>, StoreError> {
        let due = conversation.deadlines.get(Deadline::Chase).is_some_and(|at| at <= now);
        if !due || !conversation.nudges_next() {
            return Ok(Vec::new());
        }
        let mut found = self.sql.prepare_cached(
            "SELECT batch_id FROM deadlines
             WHERE kind = 'chase' AND contact_id = (SELECT contact_id FROM batches WHERE id = ?1) AND at <= ?2 AND batch_id <> ?1
             ORDER BY at, batch_id LIMIT ?3",
        )?;
        // Some of them may have other recruiters, or nothing to remind of.
        let most = u32::try_from(MOST_ALSO * 2).unwrap_or(u32::MAX);
        let values = params![conversation.id.0, text_of(conversation.shares_until(now)), most];
        let rows = found.query_map(values, |row| row.get(0).map(ConversationId))?;
        let ids: Vec<ConversationId> = rows.collect::<Result<_, _>>()?;
        self.conversations_of(&ids)
    }

    /// Conversations by their ids, as they stand; one that cannot be read is left out, and waits for a letter of its own.
    ///
    /// # Errors
    /// The database's.
    pub fn conversations_of(&self, ids: &[ConversationId]) -> Result<Vec<Conversation>, StoreError> {
        let mut all = Vec::new();
        for id in ids {
            match self.conversation(*id) {
                Ok(found) => all.extend(found),
                Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }
}
