//! Candidates as people, over all batches they are in.

use rusqlite::params;

use super::tables::{optional, text};
use super::{StoreError, Tx};
use crate::model::{Address, ConversationId, SubmissionId};

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateFacts {
    /// Their name, as it was given last.
    pub name: String,
    /// Their zone, as it was given last.
    pub zone: String,
    /// Each submission with its batch and status, oldest first.
    pub submissions: Vec<(SubmissionId, ConversationId, String)>,
}

impl Tx<'_> {
    /// A candidate by the number of their row; `None` when they are in no batch.
    ///
    /// # Errors
    /// The database's.
    pub fn candidate_facts(&self, id: i64) -> Result<Option<CandidateFacts>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT name, zone FROM candidates WHERE id = ?1")?;
        let Some((name, zone)) = optional(found.query_row([id], |row| Ok((text(row, 0)?, text(row, 1)?))))? else {
            return Ok(None);
        };
        let mut found = self
            .sql
            .prepare_cached("SELECT id, batch_id, status FROM submissions WHERE candidate_id = ?1 ORDER BY id")?;
        let rows = found.query_map([id], |row| {
            Ok((SubmissionId(row.get(0)?), ConversationId(row.get(1)?), text(row, 2)?))
        })?;
        let submissions: Vec<_> = rows.collect::<Result<_, _>>()?;
        Ok((!submissions.is_empty()).then_some(CandidateFacts { name, zone, submissions }))
    }

    /// The row of a submission's candidate.
    ///
    /// # Errors
    /// The database's.
    pub fn candidate_of(&self, submission: SubmissionId) -> Result<Option<i64>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT candidate_id FROM submissions WHERE id = ?1")?;
        optional(found.query_row([submission.0], |row| row.get(0)))
    }

    /// Whose address this is among candidates.
    ///
    /// # Errors
    /// The database's.
    pub fn candidate_at(&self, address: &Address) -> Result<Option<i64>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id FROM candidates WHERE address = ?1")?;
        optional(found.query_row([address.as_str()], |row| row.get(0)))
    }

    /// A candidate's row keeps its number under another address. Their conversations are told by the caller.
    ///
    /// # Errors
    /// The database's.
    pub fn move_candidate(&self, id: i64, address: &Address) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE candidates SET address = ?2 WHERE id = ?1")?
            .execute(params![id, address.as_str()])?;
        Ok(())
    }

    /// Why something that was ordered after an event of a batch was not done, if something was not.
    ///
    /// # Errors
    /// The database's.
    pub fn not_done_since(&self, batch: ConversationId, event: i64) -> Result<Option<String>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT detail FROM events WHERE batch_id = ?1 AND id > ?2 AND kind = 'not_done' LIMIT 1")?;
        optional(found.query_row(params![batch.0, event], |row| row.get(0)))
    }
}
