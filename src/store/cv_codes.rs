//! Codes that open the CVs of a batch, and the devices that typed one.
//!
//! In and out: hashes, and instants. Never here: a code, a secret of a device, how often somebody may ask or try.

use rusqlite::params;

use super::tables::{instant, instant_or_none, optional, text, text_of};
use super::{StoreError, Tx};
use crate::model::{ConversationId, Timestamp};

/// How long a code is remembered after it was sent: longer than it works, and than it lets a device in.
const KEPT: chrono::Duration = chrono::Duration::days(1);

/// The newest code that a device asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvCode {
    /// Its row.
    pub id: i64,
    /// Its keyed hash; empty once it was typed.
    pub code: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// How often something was typed in its place.
    pub tries: u32,
    /// Until when the device may open the CVs; `None` before it was typed.
    pub open_until: Option<Timestamp>,
}

/// A code that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewCvCode<'a> {
    /// A hash of the secret of the device that asked.
    pub device: &'a str,
    /// The keyed hash of the code.
    pub code: &'a str,
    /// When it ends.
    pub ends: Timestamp,
}

impl Tx<'_> {
    /// The newest code that a device asked for in a batch.
    ///
    /// # Errors
    /// The database's.
    pub fn cv_code(&self, batch: ConversationId, device: &str) -> Result<Option<CvCode>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id, code, tries, sent_at, ends_at, open_until FROM cv_codes WHERE batch_id = ?1 AND device = ?2 ORDER BY sent_at DESC, id DESC LIMIT 1",
        )?;
        let row = optional(found.query_row(params![batch.0, device], |row| {
            let instants = [text(row, 3)?, text(row, 4)?, text(row, 5)?];
            Ok((row.get(0)?, text(row, 1)?, row.get(2)?, instants))
        }))?;
        let Some((id, code, tries, [sent, ends, open_until])) = row else {
            return Ok(None);
        };
        Ok(Some(CvCode {
            id,
            code,
            tries,
            sent: instant("cv_codes", &sent)?,
            ends: instant("cv_codes", &ends)?,
            open_until: instant_or_none("cv_codes", &open_until)?,
        }))
    }

    /// How many codes were sent for a batch since an instant, by whatever device they were asked for.
    ///
    /// # Errors
    /// The database's.
    pub fn cv_codes_since(&self, batch: ConversationId, since: Timestamp) -> Result<usize, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT count(*) FROM cv_codes WHERE batch_id = ?1 AND sent_at > ?2")?;
        let count: i64 = found.query_row(params![batch.0, text_of(since)], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Keeps a code that is sent with this transaction; what is older than a day goes.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_cv_code(&self, batch: ConversationId, new: NewCvCode<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM cv_codes WHERE sent_at < ?1")?
            .execute([text_of(now - KEPT)])?;
        self.sql
            .prepare_cached("INSERT INTO cv_codes (batch_id, device, code, sent_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![batch.0, new.device, new.code, text_of(now), text_of(new.ends)])?;
        Ok(())
    }

    /// Something was typed: the try counts, whatever it was.
    ///
    /// # Errors
    /// The database's.
    pub fn try_cv_code(&self, id: i64) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE cv_codes SET tries = tries + 1 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// It was the code: it opens nothing a second time, and the device is in for a while.
    ///
    /// # Errors
    /// The database's.
    pub fn use_cv_code(&self, id: i64, open_until: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE cv_codes SET code = '', open_until = ?2 WHERE id = ?1")?
            .execute(params![id, text_of(open_until)])?;
        Ok(())
    }
}
