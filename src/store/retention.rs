//! Mails and letters that are kept long enough: their bytes go, what happened stays.
//!
//! In: an instant, and where the last look ended. Out: what went. A look is a page of rows in their order, so that its work is bounded; whatever
//! belongs to a batch that has not ended stays.

use rusqlite::params;

use super::tables::text_of;
use super::{StoreError, Tx};
use crate::model::Timestamp;

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

impl Tx<'_> {
    /// Looks at the next rows after one that are older than an instant.
    ///
    /// # Errors
    /// The database's.
    pub fn old(&self, kept: Kept, before: Timestamp, after: i64, limit: u32) -> Result<(Old, Vec<i64>), StoreError> {
        let mut found = self.sql.prepare_cached(match kept {
            Kept::Messages => {
                "SELECT m.id, m.stored_at < ?2,
                        m.state NOT IN ('stored', 'reading', 'quarantined') AND length(b.raw) > 0
                        AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.batch_id = m.batch_id
                                          AND s.status NOT IN ('rejected', 'completed', 'withdrawn', 'closed'))
                 FROM messages m LEFT JOIN message_bytes b ON b.message_id = m.id WHERE m.id > ?1 ORDER BY m.id LIMIT ?3"
            }
            Kept::Letters => {
                "SELECT l.id, l.queued_at < ?2,
                        l.state IN ('sent', 'failed', 'expired', 'cancelled') AND length(b.bytes) > 0
                        AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.batch_id = l.batch_id
                                          AND s.status NOT IN ('rejected', 'completed', 'withdrawn', 'closed'))
                 FROM letters l LEFT JOIN letter_bytes b ON b.letter_id = l.id WHERE l.id > ?1 ORDER BY l.id LIMIT ?3"
            }
        })?;
        let rows = found.query_map(params![after, text_of(before), limit], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, bool>(1)?,
                row.get::<_, Option<bool>>(2)?.unwrap_or(false),
            ))
        })?;
        let (mut last, mut ids) = (None, Vec::new());
        for row in rows {
            let (id, is_old, goes) = row?;
            // Rows are as old as their numbers say.
            if !is_old {
                break;
            }
            last = Some(id);
            if goes {
                ids.push(id);
            }
        }
        Ok((Old { last, count: ids.len() }, ids))
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
