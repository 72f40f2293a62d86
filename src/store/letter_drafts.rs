//! Letters to candidates that wait for a recruiter's word: rows of `drafts` of the kind `letter`, one for a submission.

use rusqlite::params;

use super::tables::{instant, optional, text, text_of};
use super::{StoreError, Tx};
use crate::handin::{LetterDraft, State};
use crate::model::{ConversationId, SubmissionId, Timestamp};

/// Such a draft as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptLetter {
    /// Its number, among all drafts.
    pub id: i64,
    /// Whose word is needed: the row.
    pub recruiter: i64,
    /// The batch it is of.
    pub batch: ConversationId,
    /// What it says; nothing when it is over.
    pub draft: LetterDraft,
    /// When it is dropped.
    pub until: Timestamp,
}

const STATES: [(State, &str); 4] = [
    (State::Open, "open"),
    (State::Sent, "sent"),
    (State::Discarded, "discarded"),
    (State::Stale, "stale"),
];

fn name(state: State) -> &'static str {
    STATES.into_iter().find(|(one, _)| *one == state).map_or("open", |(_, name)| name)
}

impl Tx<'_> {
    /// Keeps a new one; gives its number.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_letter_draft(
        &self,
        recruiter: i64,
        batch: ConversationId,
        draft: &LetterDraft,
        title: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let says = serde_json::to_string(draft).unwrap_or_default();
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO drafts (kind, recruiter_id, batch_id, version, title, says, content, made_at, changed_at, until)
             VALUES ('letter', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8) RETURNING id",
        )?;
        let id = insert.query_row(
            params![
                recruiter,
                batch.0,
                draft.version,
                title,
                says,
                draft.submission.0,
                text_of(now),
                text_of(until)
            ],
            |row| row.get(0),
        )?;
        Ok(id)
    }

    /// Keeps what became of one. What is over keeps no words.
    ///
    /// # Errors
    /// The database's.
    pub fn save_letter_draft(&self, kept: &KeptLetter, now: Timestamp) -> Result<(), StoreError> {
        let says = match kept.draft.state {
            State::Open => serde_json::to_string(&kept.draft).unwrap_or_default(),
            State::Sent | State::Discarded | State::Stale => String::new(),
        };
        self.sql
            .prepare_cached("UPDATE drafts SET state = ?2, version = ?3, says = ?4, changed_at = ?5, until = ?6 WHERE id = ?1")?
            .execute(params![
                kept.id,
                name(kept.draft.state),
                kept.draft.version,
                says,
                text_of(now),
                text_of(kept.until)
            ])?;
        Ok(())
    }

    /// One by its number; `None` for a draft of another kind.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when what is stored does not fit.
    pub fn letter_draft(&self, id: i64) -> Result<Option<KeptLetter>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT recruiter_id, batch_id, state, version, says, until, content FROM drafts WHERE id = ?1 AND kind = 'letter'",
        )?;
        let row = found.query_row([id], |row| {
            let head: (i64, i64, String) = (row.get(0)?, row.get(1)?, text(row, 2)?);
            Ok((head, row.get::<_, u32>(3)?, text(row, 4)?, text(row, 5)?, row.get::<_, i64>(6)?))
        });
        let Some(((recruiter, batch, state), version, says, until, submission)) = optional(row)? else {
            return Ok(None);
        };
        let damaged = |what: String| StoreError::Damaged {
            place: format!("drafts {id}"),
            what,
        };
        let known = STATES.into_iter().find(|(_, name)| *name == state);
        let (state, _) = known.ok_or_else(|| damaged(format!("{state:?} is no state")))?;
        let draft = match says.as_str() {
            "" => LetterDraft {
                version,
                state,
                ..LetterDraft::new(SubmissionId(submission), String::new(), Vec::new())
            },
            says => serde_json::from_str(says).map_err(|error| damaged(error.to_string()))?,
        };
        Ok(Some(KeptLetter {
            id,
            recruiter,
            batch: ConversationId(batch),
            draft,
            until: instant("drafts.until", &until)?,
        }))
    }

    /// The newest one for a submission.
    ///
    /// # Errors
    /// As [`Self::letter_draft`].
    pub fn letter_draft_of(&self, recruiter: i64, submission: SubmissionId) -> Result<Option<KeptLetter>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id FROM drafts WHERE recruiter_id = ?1 AND content = ?2 AND kind = 'letter' ORDER BY id DESC LIMIT 1",
        )?;
        let id: Option<i64> = optional(found.query_row(params![recruiter, submission.0], |row| row.get(0)))?;
        id.map_or(Ok(None), |id| self.letter_draft(id))
    }
}
