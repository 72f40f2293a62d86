//! Drafts: letters for which a person's word is needed before they leave.

use rusqlite::params;

use super::tables::{instant, optional, text, text_of};
use super::{StoreError, Tx};
use crate::handin::{Draft, HandIn, State};
use crate::model::{Address, ConversationId, Timestamp};

/// A draft as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDraft {
    /// Its number.
    pub id: i64,
    /// Whose word is needed: the row.
    pub recruiter: i64,
    /// The batch it became.
    pub batch: Option<ConversationId>,
    /// What it says; nothing when it is over.
    pub draft: Draft,
    /// When it is dropped.
    pub until: Timestamp,
}

/// A draft about to be kept.
#[derive(Debug)]
pub struct NewDraft<'a> {
    /// Whose word is needed.
    pub recruiter: i64,
    /// The message it was made of.
    pub message: i64,
    /// What it says.
    pub draft: &'a Draft,
    /// One line for lists.
    pub title: &'a str,
    /// 64 bits of a hash of what was handed in.
    pub content: i64,
    /// When it is dropped.
    pub until: Timestamp,
}

const fn name(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Sent => "sent",
        State::Discarded => "discarded",
        State::Stale => "stale",
    }
}

impl Tx<'_> {
    /// Runs `job` and takes back all it wrote: what would happen, without letting it happen.
    ///
    /// # Errors
    /// The job's, and the database's.
    pub fn undone<T>(&self, job: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.sql.execute_batch("SAVEPOINT undone")?;
        let done = job(self);
        self.sql.execute_batch("ROLLBACK TO undone; RELEASE undone")?;
        done
    }

    /// Keeps a new draft; gives its number.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_draft(&self, new: &NewDraft<'_>, files: &[Vec<u8>], now: Timestamp) -> Result<i64, StoreError> {
        let says = serde_json::to_string(&(&new.draft.says, &new.draft.files)).unwrap_or_default();
        let id: i64 = self
            .sql
            .prepare_cached(
                "INSERT INTO drafts (kind, recruiter_id, message_id, version, title, says, content, made_at, changed_at, until)
                 VALUES ('hand_in', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8) RETURNING id",
            )?
            .query_row(
                params![
                    new.recruiter,
                    new.message,
                    new.draft.version,
                    new.title,
                    says,
                    new.content,
                    text_of(now),
                    text_of(new.until)
                ],
                |row| row.get(0),
            )?;
        self.keep_draft_files(id, 0, files)?;
        Ok(id)
    }

    /// Keeps more files of a draft, from this place on.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_draft_files(&self, id: i64, from: usize, files: &[Vec<u8>]) -> Result<(), StoreError> {
        for (position, bytes) in (i64::try_from(from).unwrap_or(i64::MAX)..).zip(files) {
            self.sql
                .prepare_cached("INSERT INTO draft_files (draft_id, position, bytes) VALUES (?1, ?2, ?3)")?
                .execute(params![id, position, bytes])?;
        }
        Ok(())
    }

    /// Keeps what became of a draft. What is over keeps neither words nor files: the batch has them, or nobody.
    ///
    /// # Errors
    /// The database's.
    pub fn save_draft(&self, kept: &KeptDraft, title: &str, now: Timestamp) -> Result<(), StoreError> {
        let open = kept.draft.state == State::Open;
        let says = match open {
            true => serde_json::to_string(&(&kept.draft.says, &kept.draft.files)).unwrap_or_default(),
            false => String::new(),
        };
        self.sql
            .prepare_cached(
                "UPDATE drafts SET state = ?2, version = ?3, title = ?4, says = ?5, changed_at = ?6, until = ?7, batch_id = ?8 WHERE id = ?1",
            )?
            .execute(params![
                kept.id,
                name(kept.draft.state),
                kept.draft.version,
                title,
                says,
                text_of(now),
                text_of(kept.until),
                kept.batch.map(|id| id.0)
            ])?;
        if !open {
            self.sql
                .prepare_cached("DELETE FROM draft_files WHERE draft_id = ?1")?
                .execute([kept.id])?;
        }
        Ok(())
    }

    /// A draft by its number.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when what is stored does not fit.
    pub fn draft(&self, id: i64) -> Result<Option<KeptDraft>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT recruiter_id, batch_id, state, version, says, until FROM drafts WHERE id = ?1 AND kind = 'hand_in'")?;
        let row = found.query_row([id], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Option<i64>>(1)?,
                text(row, 2)?,
                row.get::<_, u32>(3)?,
                text(row, 4)?,
                text(row, 5)?,
            ))
        });
        let Some((recruiter, batch, state, version, says, until)) = optional(row)? else {
            return Ok(None);
        };
        let damaged = |what: String| StoreError::Damaged {
            place: format!("drafts {id}"),
            what,
        };
        let state = [State::Open, State::Sent, State::Discarded, State::Stale]
            .into_iter()
            .find(|one| name(*one) == state)
            .ok_or_else(|| damaged(format!("{state:?} is no state")))?;
        let (says, files) = match says.as_str() {
            "" => (HandIn::default(), Vec::new()),
            says => serde_json::from_str(says).map_err(|error| damaged(error.to_string()))?,
        };
        Ok(Some(KeptDraft {
            id,
            recruiter,
            batch: batch.map(ConversationId),
            draft: Draft {
                says,
                files,
                version,
                state,
            },
            until: instant("drafts.until", &until)?,
        }))
    }

    /// The bytes of a draft's files, in their order.
    ///
    /// # Errors
    /// The database's.
    pub fn draft_files(&self, id: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT bytes FROM draft_files WHERE draft_id = ?1 ORDER BY position")?;
        let rows = found.query_map([id], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest draft of a recruiter that was made of the same, and when it changed last.
    ///
    /// # Errors
    /// The database's.
    pub fn same_draft(&self, recruiter: i64, content: i64) -> Result<Option<(i64, Timestamp)>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id, changed_at FROM drafts WHERE recruiter_id = ?1 AND content = ?2 AND kind = 'hand_in' ORDER BY id DESC LIMIT 1",
        )?;
        optional(found.query_row(params![recruiter, content], |row| Ok((row.get(0)?, text(row, 1)?))))?
            .map(|(id, at)| Ok((id, instant("drafts.changed_at", &at)?)))
            .transpose()
    }

    /// Notes that this letter of the desk showed this version of a draft.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_preview(&self, serial: u32, id: i64, version: u32) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("INSERT INTO draft_previews (serial, draft_id, version) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![serial, id, version])?;
        Ok(())
    }

    /// Which draft a letter of the desk showed, and which version of it.
    ///
    /// # Errors
    /// The database's.
    pub fn draft_shown(&self, serial: u32) -> Result<Option<(i64, u32)>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT draft_id, version FROM draft_previews WHERE serial = ?1")?;
        optional(found.query_row([serial], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    /// Drafts whose time is over, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn stale_drafts(&self, now: Timestamp, limit: u32) -> Result<Vec<i64>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id FROM drafts WHERE state = 'open' AND until <= ?1 ORDER BY until LIMIT ?2")?;
        let rows = found.query_map(params![text_of(now), limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Drafts of a recruiter that wait for a word, the next to be dropped first: number, title, when.
    ///
    /// # Errors
    /// The database's.
    pub fn open_drafts(&self, recruiter: i64, limit: u32) -> Result<Vec<(i64, String, Timestamp)>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, title, until FROM drafts WHERE state = 'open' AND recruiter_id = ?1 ORDER BY until LIMIT ?2")?;
        let rows = found.query_map(params![recruiter, limit], |row| Ok((row.get(0)?, text(row, 1)?, text(row, 2)?)))?;
        rows.map(|row| {
            let (id, title, until): (i64, String, String) = row?;
            Ok((id, title, instant("drafts.until", &until)?))
        })
        .collect()
    }

    /// The line that names a draft in lists; it outlives the words.
    ///
    /// # Errors
    /// The database's.
    pub fn draft_title(&self, id: i64) -> Result<String, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT title FROM drafts WHERE id = ?1")?;
        Ok(optional(found.query_row([id], |row| text(row, 0)))?.unwrap_or_default())
    }

    /// The newest batch in which somebody was put forward to this contact.
    ///
    /// # Errors
    /// The database's.
    pub fn put_forward(&self, contact: &Address, candidate: &Address) -> Result<Option<ConversationId>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT b.id FROM candidates k JOIN submissions s ON s.candidate_id = k.id JOIN batches b ON b.id = s.batch_id
               JOIN contacts c ON c.id = b.contact_id
              WHERE k.address = ?1 AND c.address = ?2 ORDER BY b.id DESC LIMIT 1",
        )?;
        optional(found.query_row(params![candidate.as_str(), contact.as_str()], |row| row.get(0).map(ConversationId)))
    }
}
