//! Two machines that answer each other, told by what we write and not by what they say of themselves.

use rusqlite::params;

use super::tables::text_of;
use super::{StoreError, Tx};
use crate::link::sha256;
use crate::model::{Address, Timestamp};

/// What an automatic answer answers. Stored as its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// Words that leave a question: one is asked back.
    Doubt = 0,
    /// A decision: it is confirmed. A client may decide about many batches in an hour, each by a mail of its own; in one conversation
    /// receipts have a limit there.
    Decision = 1,
    /// An order or a question of a recruiter whom the receiving server vouches for.
    Order = 2,
}

impl Answering {
    /// Answers to one address within an hour, at the most.
    const fn most(self) -> u32 {
        match self {
            Self::Doubt => 5,
            Self::Decision => u32::MAX,
            Self::Order => 60,
        }
    }

    /// The same text that often is one answer too many.
    const fn same(self) -> u32 {
        match self {
            Self::Doubt | Self::Decision => 3,
            Self::Order => 6,
        }
    }
}

const HOUR: chrono::Duration = chrono::Duration::hours(1);

impl Tx<'_> {
    /// Counts an automatic answer to a mail from this address; false when it would be one too many, and must not be sent.
    ///
    /// # Errors
    /// The database's.
    pub fn may_answer(&self, to: &Address, text: &str, answering: Answering, now: Timestamp) -> Result<bool, StoreError> {
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
        let mut alike = self
            .sql
            .prepare_cached("SELECT count(*) FROM answers WHERE recipient = ?1 AND is_receipt = ?2")?;
        let alike: u32 = alike.query_row(params![to.as_str(), answering as u8], |row| row.get(0))?;
        if same + 1 >= answering.same() || alike >= answering.most() {
            return Ok(false);
        }
        self.sql
            .prepare_cached("INSERT INTO answers (recipient, at, hash, is_receipt) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![to.as_str(), text_of(now), hash, answering as u8])?;
        Ok(true)
    }
}
