//! Two machines that answer each other, told by what we write and not by what they say of themselves.

use rusqlite::params;

use super::tables::text_of;
use super::{StoreError, Tx};
use crate::link::sha256;
use crate::model::{Address, Timestamp};

/// Questions back to one address within an hour, at the most.
const QUESTIONS: u32 = 5;
/// The same text that often is one answer too many.
const SAME: u32 = 3;
const HOUR: chrono::Duration = chrono::Duration::hours(1);

impl Tx<'_> {
    /// Counts an automatic answer to a mail from this address; false when it would be one too many, and must not be sent. Receipts for
    /// decisions are not held against each other: a client may decide about many batches in an hour, each by a mail of its own. In
    /// one conversation they have a limit there.
    ///
    /// # Errors
    /// The database's.
    pub fn may_answer(&self, to: &Address, text: &str, is_receipt: bool, now: Timestamp) -> Result<bool, StoreError> {
        let hash = sha256(text.as_bytes())
            .into_iter()
            .take(8)
            .fold(0_i64, |hash, byte| hash << 8 | i64::from(byte));
        self.sql
            .prepare_cached("DELETE FROM answers WHERE at <= ?1")?
            .execute([text_of(now - HOUR)])?;
        // Counted by a clock that has been put back.
        self.sql
            .prepare_cached("DELETE FROM answers WHERE at > ?1")?
            .execute([text_of(now)])?;
        let mut same = self
            .sql
            .prepare_cached("SELECT count(*) FROM answers WHERE recipient = ?1 AND hash = ?2")?;
        let same: u32 = same.query_row(params![to.as_str(), hash], |row| row.get(0))?;
        let mut questions = self
            .sql
            .prepare_cached("SELECT count(*) FROM answers WHERE recipient = ?1 AND NOT is_receipt")?;
        let questions: u32 = questions.query_row([to.as_str()], |row| row.get(0))?;
        if same + 1 >= SAME || !is_receipt && questions >= QUESTIONS {
            return Ok(false);
        }
        self.sql
            .prepare_cached("INSERT INTO answers (recipient, at, hash, is_receipt) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![to.as_str(), text_of(now), hash, is_receipt])?;
        Ok(true)
    }
}
