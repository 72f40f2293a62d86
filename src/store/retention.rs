//! Mails and letters that are kept long enough: their bytes go, what happened stays.
//!
//! In: an instant, and where the last look ended. Out: what went. A look is a page of rows in their order, so that its work is bounded; whatever
//! belongs to a batch that has not ended stays.

use rusqlite::params;

use super::tables::{instant, text, text_of};
use super::{StoreError, Tx};
use crate::model::{ConversationId, Timestamp};

/// What one look went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Old {
    /// The last row that was looked at; `None` when there is no other that is old enough.
    pub last: Option<i64>,
    /// How many of them hold bytes that are not kept any longer.
    pub count: usize,
}

/// What is kept for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Received messages.
    Messages,
    /// Letters that have come to an end.
    Letters,
}

/// A row with bytes.
struct Row {
    id: i64,
    at: String,
    /// It goes, or went, when it is old enough.
    goes: bool,
    batch: Option<ConversationId>,
}

impl Tx<'_> {
    fn kept_after(&self, kept: Kept, after: i64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let mut found = self.sql.prepare_cached(match kept {
            Kept::Messages => {
                "SELECT m.id, m.stored_at, m.batch_id,
                        m.state NOT IN ('stored', 'reading', 'quarantined') AND length(b.raw) > 0
                        AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.batch_id = m.batch_id
                                          AND s.status NOT IN ('rejected', 'completed', 'withdrawn', 'closed'))
                 FROM messages m LEFT JOIN message_bytes b ON b.message_id = m.id WHERE m.id > ?1 ORDER BY m.id LIMIT ?2"
            }
            Kept::Letters => {
                "SELECT l.id, l.queued_at, l.batch_id,
                        l.state IN ('sent', 'failed', 'expired', 'cancelled') AND length(b.bytes) > 0
                        AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.batch_id = l.batch_id
                                          AND s.status NOT IN ('rejected', 'completed', 'withdrawn', 'closed'))
                 FROM letters l LEFT JOIN letter_bytes b ON b.letter_id = l.id WHERE l.id > ?1 ORDER BY l.id LIMIT ?2"
            }
        })?;
        let rows = found.query_map(params![after, limit], |row| {
            Ok(Row {
                id: row.get(0)?,
                at: text(row, 1)?,
                batch: row.get::<_, Option<i64>>(2)?.filter(|id| *id > 0).map(ConversationId),
                goes: row.get::<_, Option<bool>>(3)?.unwrap_or(false),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Looks at the next rows after one that are older than an instant.
    ///
    /// # Errors
    /// The database's.
    pub fn old(&self, kept: Kept, before: Timestamp, after: i64, limit: u32) -> Result<(Old, Vec<i64>), StoreError> {
        let before = text_of(before);
        let rows = self.kept_after(kept, after, limit)?;
        let (mut last, mut ids) = (None, Vec::new());
        // Rows are as old as their numbers say.
        for row in rows.into_iter().take_while(|row| row.at < before) {
            last = Some(row.id);
            if row.goes {
                ids.push(row.id);
            }
        }
        Ok((Old { last, count: ids.len() }, ids))
    }

    /// The first row from an instant on that goes when it is old enough: since when it is kept, and its batch.
    ///
    /// # Errors
    /// The database's.
    pub fn first_kept(&self, kept: Kept, since: Timestamp, page: u32) -> Result<Option<(Timestamp, Option<ConversationId>)>, StoreError> {
        let (since, mut after) = (text_of(since), 0);
        loop {
            let rows = self.kept_after(kept, after, page)?;
            let Some(last) = rows.last() else { return Ok(None) };
            after = last.id;
            if let Some(row) = rows.iter().find(|row| row.goes && row.at >= since) {
                return Ok(Some((instant("what is kept", &row.at)?, row.batch)));
            }
        }
    }

    /// The bytes of the next rows that are older than an instant go.
    ///
    /// # Errors
    /// The database's.
    pub fn let_go(&self, kept: Kept, before: Timestamp, after: i64, limit: u32) -> Result<Old, StoreError> {
        let (old, ids) = self.old(kept, before, after, limit)?;
        let mut gone = self.sql.prepare_cached(match kept {
            Kept::Messages => "UPDATE message_bytes SET raw = x'' WHERE message_id = ?1",
            Kept::Letters => "UPDATE letter_bytes SET text = '', html_text = '', bytes = x'' WHERE letter_id = ?1",
        })?;
        for id in ids {
            gone.execute([id])?;
        }
        Ok(old)
    }
}
