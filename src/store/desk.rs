//! The desk: letters to recruiters that belong to no batch, whose batches are whose, and when who was told how things stand.

use rusqlite::params;

use super::recruiters::Recruiter;
use super::tables::{optional, text};
use super::{StoreError, Tx};
use crate::model::{Address, ConversationId, LetterKey};

/// Something that happened in a recruiter's batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Event kind.
    pub kind: String,
    /// One sentence.
    pub detail: String,
    /// `7K3Q`.
    pub reference: String,
    /// The candidate it is about; empty for the whole batch.
    pub candidate: String,
    /// The client company.
    pub client: String,
}

impl Tx<'_> {
    /// The name of the next letter of the desk.
    ///
    /// # Errors
    /// The database's.
    pub fn next_of_desk(&self) -> Result<LetterKey, StoreError> {
        let mut last = self
            .sql
            .prepare_cached("SELECT coalesce(max(serial), 0) FROM letters WHERE batch_id = -1")?;
        let last: u32 = last.query_row([], |row| row.get(0))?;
        Ok(LetterKey {
            conversation: ConversationId::DESK,
            serial: last.saturating_add(1),
        })
    }

    /// A recruiter's batches, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn batches_of(&self, recruiter: i64, limit: u32) -> Result<Vec<ConversationId>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT batch_id FROM batch_recruiters WHERE recruiter_id = ?1 ORDER BY batch_id DESC LIMIT ?2")?;
        let rows = found.query_map(params![recruiter, limit], |row| row.get(0).map(ConversationId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everybody who is named by a batch.
    ///
    /// # Errors
    /// The database's.
    pub fn recruiters(&self) -> Result<Vec<Recruiter>, StoreError> {
        let mut all = self.sql.prepare_cached("SELECT address FROM recruiters ORDER BY id")?;
        let rows = all.query_map([], |row| text(row, 0))?;
        let addresses: Vec<String> = rows.collect::<Result<_, _>>()?;
        let known = addresses.iter().filter_map(|one| Address::parse(one).ok());
        let rows: Result<Vec<Option<Recruiter>>, StoreError> = known.map(|one| self.recruiter(&one)).collect();
        Ok(rows?.into_iter().flatten().collect())
    }

    /// For which day a recruiter was told last how things stand, and the last event there was then.
    ///
    /// # Errors
    /// The database's.
    pub fn last_digest(&self, recruiter: i64) -> Result<Option<(String, i64)>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT sent_for, event FROM digests WHERE recruiter_id = ?1")?;
        optional(found.query_row([recruiter], |row| Ok((text(row, 0)?, row.get(1)?))))
    }

    /// They were told for this day.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_digest(&self, recruiter: i64, day: &str, event: i64) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "INSERT INTO digests (recruiter_id, sent_for, event) VALUES (?1, ?2, ?3)
                 ON CONFLICT (recruiter_id) DO UPDATE SET sent_for = ?2, event = ?3",
            )?
            .execute(params![recruiter, day, event])?;
        Ok(())
    }

    /// What a recruiter wants to hear of that happened in their batches since an event, oldest first; the newest where there are more.
    ///
    /// # Errors
    /// The database's.
    pub fn happened(&self, recruiter: i64, since: i64, limit: u32) -> Result<Vec<Happened>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT e.kind, e.detail, b.reference, coalesce(k.name, ''), c.name
               FROM events e JOIN batch_recruiters r ON r.batch_id = e.batch_id AND r.recruiter_id = ?1
               JOIN batches b ON b.id = e.batch_id JOIN clients c ON c.id = b.client_id
               LEFT JOIN submissions s ON s.id = e.submission_id LEFT JOIN candidates k ON k.id = s.candidate_id
              WHERE e.id > ?2 AND e.kind IN ('in_effect', 'booked', 'called_off', 'undeliverable', 'withdrawn', 'stale')
              ORDER BY e.id DESC LIMIT ?3",
        )?;
        let rows = found.query_map(params![recruiter, since, limit], |row| {
            Ok(Happened {
                kind: text(row, 0)?,
                detail: text(row, 1)?,
                reference: text(row, 2)?,
                candidate: text(row, 3)?,
                client: text(row, 4)?,
            })
        })?;
        let mut newest_first = rows.collect::<Result<Vec<_>, _>>()?;
        newest_first.reverse();
        Ok(newest_first)
    }
}
