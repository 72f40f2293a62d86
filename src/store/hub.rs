//! What the hub looks at beside the board: timelines, mails, sessions, forms, corrected readings.
//!
//! Whatever a page asks costs what it shows, not what there is.

use std::collections::BTreeSet;

use rusqlite::params;

use super::recruiters::Sees;
use super::tables::{instant, optional, text, text_of};
use super::{StoreError, Tx};
use crate::model::{ConversationId, SubmissionId, Timestamp};

/// Letters that are looked through for those that did not arrive: the newest.
const LETTERS: i64 = 20_000;
/// Of these, and of those that wait, so many are looked at for whose they are.
const LETTERS_SHOWN: u32 = 2_000;
/// How long sessions and forms are remembered after their end.
const KEPT: chrono::Duration = chrono::Duration::days(1);

/// A received mail of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLine {
    /// The message's row.
    pub id: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// What kind it was taken for.
    pub kind: String,
    /// Where it ended: applied, ignored, …
    pub state: String,
    /// Why, when nothing followed from it.
    pub why: String,
}

/// An event as the hub needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The row.
    pub id: i64,
    /// Whom it is about; `None` is the whole batch.
    pub submission: Option<SubmissionId>,
    /// When.
    pub at: Timestamp,
    /// Its kind.
    pub kind: String,
    /// One sentence.
    pub detail: String,
    /// The words it rests on.
    pub words: String,
    /// `message 17`, `click`, …
    pub cause: String,
}

/// A reading that was corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The mail.
    pub message: i64,
    /// About whom.
    pub submission: SubmissionId,
    /// What was recorded of it, a line for each event.
    pub was: String,
    /// What it says: interested, maybe, pass, nothing.
    pub is_right: String,
    /// With pass: comma-separated.
    pub reasons: String,
    /// Who corrected it.
    pub by: String,
}

impl Tx<'_> {
    /// The last event of a batch, or of all; 0 when there is none. Who acts says which one they have seen.
    ///
    /// # Errors
    /// The database's.
    pub fn last_event(&self, batch: Option<ConversationId>) -> Result<i64, StoreError> {
        let last = match batch {
            Some(batch) => {
                let mut last = self
                    .sql
                    .prepare_cached("SELECT id FROM events WHERE batch_id = ?1 ORDER BY id DESC LIMIT 1")?;
                optional(last.query_row([batch.0], |row| row.get(0)))?
            }
            None => {
                let mut last = self.sql.prepare_cached("SELECT max(id) FROM events")?;
                last.query_row([], |row| row.get(0))?
            }
        };
        Ok(last.unwrap_or(0))
    }

    /// The newest events of a batch, or of one submission with what is about the whole batch; oldest first, those after `after`.
    ///
    /// # Errors
    /// The database's.
    pub fn traces(&self, batch: ConversationId, only: Option<SubmissionId>, after: i64, limit: u32) -> Result<Vec<Trace>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id, submission_id, at, kind, detail, words, cause FROM events
              WHERE batch_id = ?1 AND id > ?2 AND (?3 IS NULL OR submission_id IS NULL OR submission_id = ?3) ORDER BY id DESC LIMIT ?4",
        )?;
        let rows = found.query_map(params![batch.0, after, only.map(|id| id.0), limit], |row| {
            let trace = Trace {
                id: row.get(0)?,
                submission: row.get::<_, Option<i64>>(1)?.map(SubmissionId),
                at: Timestamp::UNIX_EPOCH,
                kind: text(row, 3)?,
                detail: text(row, 4)?,
                words: text(row, 5)?,
                cause: text(row, 6)?,
            };
            Ok((trace, text(row, 2)?))
        })?;
        let mut traces = Vec::new();
        for row in rows {
            let (trace, at) = row?;
            let at = instant("events", &at)?;
            traces.push(Trace { at, ..trace });
        }
        traces.reverse();
        Ok(traces)
    }

    /// The newest mails of a batch, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn mails_of(&self, batch: ConversationId, limit: u32) -> Result<Vec<MailLine>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, stored_at, kind, state, why FROM messages WHERE batch_id = ?1 ORDER BY id DESC LIMIT ?2")?;
        let rows = found.query_map(params![batch.0, limit], |row| {
            Ok((row.get(0)?, text(row, 1)?, text(row, 2)?, text(row, 3)?, text(row, 4)?))
        })?;
        let mut mails = Vec::new();
        for row in rows {
            let (id, at, kind, state, why) = row?;
            let at = instant("messages", &at)?;
            mails.push(MailLine { id, at, kind, state, why });
        }
        mails.reverse();
        Ok(mails)
    }

    /// Letters that wait or did not arrive, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn letters_in_sight(&self, sees: &Sees, limit: u32) -> Result<Vec<i64>, StoreError> {
        let newest: Option<i64> = self.sql.query_row("SELECT max(id) FROM letters", [], |row| row.get(0))?;
        let since = newest.unwrap_or(0).saturating_sub(LETTERS);
        let mut late = self
            .sql
            .prepare_cached("SELECT id, batch_id FROM letters WHERE id > ?1 AND state <> 'sent' ORDER BY id DESC LIMIT ?2")?;
        let mut waiting = self.sql.prepare_cached(
            "SELECT id, batch_id FROM letters WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') ORDER BY due, id LIMIT ?1",
        )?;
        let mut found = BTreeSet::new();
        for row in late.query_map(params![since, LETTERS_SHOWN], |row| Ok((row.get(0)?, row.get(1)?)))? {
            found.insert(row?);
        }
        for row in waiting.query_map([LETTERS_SHOWN], |row| Ok((row.get(0)?, row.get(1)?)))? {
            found.insert(row?);
        }
        let mut letters: Vec<i64> = Vec::new();
        for (letter, batch) in found.into_iter().rev() {
            if letters.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                break;
            }
            if self.may_see(sees, ConversationId(batch))? {
                letters.push(letter);
            }
        }
        Ok(letters)
    }

    /// A device enters by a link. False when that link opened one before.
    ///
    /// # Errors
    /// The database's.
    pub fn begin_session(
        &self,
        secret_hash: &str,
        link: &str,
        recruiter: i64,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<bool, StoreError> {
        self.sql
            .prepare_cached("DELETE FROM sessions WHERE ends_at < ?1")?
            .execute([text_of(now - KEPT)])?;
        let made = self
            .sql
            .prepare_cached(
                "INSERT INTO sessions (secret_hash, link, recruiter_id, begun_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (link) DO NOTHING",
            )?
            .execute(params![secret_hash, link, recruiter, text_of(now), text_of(ends)])?;
        Ok(made == 1)
    }

    /// The session of a secret, and whose it is.
    ///
    /// # Errors
    /// The database's.
    pub fn session(&self, secret_hash: &str, now: Timestamp) -> Result<Option<(i64, i64)>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, recruiter_id FROM sessions WHERE secret_hash = ?1 AND ends_at > ?2")?;
        optional(found.query_row(params![secret_hash, text_of(now)], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    /// A session ends now. Its link opens no other.
    ///
    /// # Errors
    /// The database's.
    pub fn end_session(&self, session: i64, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE sessions SET ends_at = ?2 WHERE id = ?1")?
            .execute(params![session, text_of(now)])?;
        Ok(())
    }

    /// A form is acted on. False when it was before.
    ///
    /// # Errors
    /// The database's.
    pub fn act_once(&self, key: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.sql
            .prepare_cached("DELETE FROM acts WHERE at < ?1")?
            .execute([text_of(now - KEPT)])?;
        let fresh = self
            .sql
            .prepare_cached("INSERT INTO acts (key, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![key, text_of(now)])?;
        Ok(fresh == 1)
    }

    /// Whether a form was acted on.
    ///
    /// # Errors
    /// The database's.
    pub fn was_acted(&self, key: &str) -> Result<bool, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT 1 FROM acts WHERE key = ?1")?;
        Ok(optional(found.query_row([key], |_| Ok(())))?.is_some())
    }

    /// Keeps what a recruiter says a mail means.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_label(&self, label: &Label, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "INSERT INTO labels (message_id, submission_id, was, is_right, reasons, by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                label.message,
                label.submission.0,
                label.was,
                label.is_right,
                label.reasons,
                label.by,
                text_of(now)
            ])?;
        Ok(())
    }

    /// What was said of a mail, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn labels_of(&self, message: i64) -> Result<Vec<Label>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT message_id, submission_id, was, is_right, reasons, by FROM labels WHERE message_id = ?1 ORDER BY id")?;
        let rows = found.query_map([message], |row| {
            Ok(Label {
                message: row.get(0)?,
                submission: SubmissionId(row.get(1)?),
                was: text(row, 2)?,
                is_right: text(row, 3)?,
                reasons: text(row, 4)?,
                by: text(row, 5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
