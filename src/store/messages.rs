//! Received messages: stored before they are read, read at most three times, ended with a reason.

use std::collections::HashSet;

use rusqlite::params;
use serde::Serialize;

use super::tables::{instant_or_none, optional, text_of, text_or_empty};
use super::{StoreError, Tx};
use crate::model::{ConversationId, Timestamp};

/// Messages taken together hold no more than about this many octets.
const GROUP_OCTETS: usize = 4 << 20;
/// A message that could not be read this often is set aside.
pub(super) const TRIES: u32 = 3;

/// A message as it was fetched.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Name of the account.
    pub account: String,
    /// Folder.
    pub folder: String,
    /// RFC 3501 2.3.1.1.
    pub uid_validity: u32,
    /// RFC 3501 2.3.1.1.
    pub uid: u32,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
    /// Only the head of it was fetched.
    pub truncated: bool,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// Where reading stands in a folder under one UIDVALIDITY.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderState {
    /// Where reading starts; `None` when the folder was never opened under this UIDVALIDITY.
    pub low: Option<u32>,
    /// The UIDVALIDITY seen last, when it was another one.
    pub previous_validity: Option<u32>,
    /// UIDNEXT as the server said last.
    pub uid_next: Option<u32>,
}

/// A message that waits to be read.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its row.
    pub row: i64,
    /// How often reading it was begun.
    pub tries: u32,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
    /// Only the head of it was fetched.
    pub truncated: bool,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// What there is to read.
#[derive(Debug, Clone)]
pub enum Begun {
    /// These, each marked. None when nothing waits.
    Messages(Vec<Waiting>),
    /// The next one bears a mark of an earlier try: it is taken when no other is being read.
    Alone,
}

/// A stored message's raw bytes, and the conversation it belongs to if it was read.
pub type Kept = (Vec<u8>, Option<ConversationId>);

/// The end of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It became an event of a conversation.
    Applied,
    /// Nothing follows from it, for a reason.
    Ignored,
    /// It belongs to no conversation.
    Unmatched,
    /// The same mail was read before, from another place.
    Duplicate,
    /// A person must look.
    Quarantined,
}

impl MessageState {
    const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Unmatched => "unmatched",
            Self::Duplicate => "duplicate",
            Self::Quarantined => "quarantined",
        }
    }
}

impl Tx<'_> {
    /// Where reading stands in a folder.
    ///
    /// # Errors
    /// The database's.
    pub fn folder(&self, account: &str, folder: &str, uid_validity: u32) -> Result<FolderState, StoreError> {
        let mut last = self
            .sql
            .prepare_cached("SELECT uid_validity, low, uid_next FROM folders WHERE account = ?1 AND folder = ?2")?;
        let last: Option<(u32, u32, u32)> =
            optional(last.query_row(params![account, folder], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))?;
        let Some((validity, low, uid_next)) = last else {
            return Ok(FolderState::default());
        };
        if validity != uid_validity {
            return Ok(FolderState {
                previous_validity: Some(validity),
                ..FolderState::default()
            });
        }
        Ok(FolderState {
            low: Some(low),
            previous_validity: None,
            uid_next: Some(uid_next).filter(|next| *next > 0),
        })
    }

    /// Remembers under which UIDVALIDITY a folder was opened, where reading starts, and its UIDNEXT. When UIDNEXT went down, messages
    /// of UIDs that are yet to come keep their rows under impossible UIDs.
    ///
    /// # Errors
    /// The database's.
    pub fn folder_opened(&self, account: &str, folder: &str, uid_validity: u32, low: u32, uid_next: Option<u32>) -> Result<(), StoreError> {
        let before = self.folder(account, folder, uid_validity)?.uid_next;
        if let Some(next) = uid_next.filter(|next| before.is_some_and(|before| *next < before)) {
            self.sql
                .prepare_cached("UPDATE messages SET uid = -id WHERE account = ?1 AND folder = ?2 AND uid_validity = ?3 AND uid >= ?4")?
                .execute(params![account, folder, uid_validity, next])?;
        }
        self.sql
            .prepare_cached(
                "INSERT INTO folders (account, folder, uid_validity, low, uid_next) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (account, folder) DO UPDATE SET low = ?4, uid_validity = ?3, uid_next = ?5",
            )?
            .execute(params![account, folder, uid_validity, low, uid_next.unwrap_or(0)])?;
        Ok(())
    }

    /// UIDs at or above `from` that need no fetching.
    ///
    /// # Errors
    /// The database's.
    pub fn uids_held(&self, account: &str, folder: &str, uid_validity: u32, from: u32) -> Result<HashSet<u32>, StoreError> {
        let mut rows = self.sql.prepare_cached(
            "SELECT uid FROM messages WHERE account = ?1 AND folder = ?2 AND uid_validity = ?3 AND uid >= ?4
                AND state NOT IN ('unreadable', 'vanished')",
        )?;
        Ok(rows
            .query_map(params![account, folder, uid_validity, from], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// Stores the bytes of a fetched message before anything reads them. False when they are there already.
    ///
    /// # Errors
    /// The database's.
    pub fn store_message(&self, new: &NewMessage, now: Timestamp) -> Result<bool, StoreError> {
        let place = params![new.account, new.folder, new.uid_validity, new.uid];
        let fresh = self
            .sql
            .prepare_cached(
                "INSERT INTO messages (account, folder, uid_validity, uid, state, received_at, stored_at, truncated)
                 VALUES (?1, ?2, ?3, ?4, 'stored', ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                new.account,
                new.folder,
                new.uid_validity,
                new.uid,
                text_or_empty(new.received),
                text_of(now),
                new.truncated,
            ])?;
        if fresh == 0 {
            let mut there = self
                .sql
                .prepare_cached("SELECT id FROM messages WHERE account = ?1 AND folder = ?2 AND uid_validity = ?3 AND uid = ?4")?;
            let id: i64 = there.query_row(place, |row| row.get(0))?;
            match self.raw(id)? {
                Some(raw) if raw == new.raw => return Ok(false),
                // The server gave this UID out twice (RFC 3501 forbids it): the older message keeps its row under an impossible UID.
                Some(_) => {
                    self.sql
                        .prepare_cached("UPDATE messages SET uid = -id WHERE id = ?1")?
                        .execute([id])?;
                }
                // Reported as gone or unreadable, and here it is after all.
                None => {
                    self.sql
                        .prepare_cached("DELETE FROM quarantine WHERE message_id = ?1")?
                        .execute([id])?;
                    self.sql.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
                }
            }
            return self.store_message(new, now);
        }
        self.sql
            .prepare_cached("INSERT INTO message_bytes (message_id, raw) VALUES (?1, ?2)")?
            .execute(params![self.sql.last_insert_rowid(), new.raw])?;
        Ok(true)
    }

    /// Notes that a listed message is gone from the server (`fetchable` false) or could not be had (`fetchable` true, tried again later).
    ///
    /// # Errors
    /// The database's.
    pub fn not_fetched(
        &self,
        (account, folder, uid_validity, uid): (&str, &str, u32, u32),
        fetchable: bool,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if fetchable { "unreadable" } else { "vanished" };
        let fresh = self
            .sql
            .prepare_cached(
                "INSERT INTO messages (account, folder, uid_validity, uid, state, stored_at, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![account, folder, uid_validity, uid, state, text_of(now), why])?;
        if fetchable && fresh == 1 {
            self.sql
                .prepare_cached("INSERT INTO quarantine (message_id, at, reason) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
                .execute(params![self.sql.last_insert_rowid(), text_of(now), why])?;
        }
        Ok(())
    }

    /// Takes messages that wait to be read, oldest first from after the row `after`, and marks each as being read: a crash while
    /// reading leaves the mark. One that bears a mark already is taken alone, and not while `others` are being read, so that they do
    /// not share its fate: [`Begun::Alone`] says that it is next. Those that were marked too often are set aside here.
    ///
    /// # Errors
    /// The database's.
    pub fn begin_reading(&self, after: i64, others: bool, limit: u32, now: Timestamp) -> Result<Begun, StoreError> {
        let (mut begun, mut octets) = (Vec::new(), 0);
        loop {
            let waiting = self.waiting(after, limit)?;
            let set_aside = waiting.iter().filter(|one| one.tries >= TRIES).count();
            if waiting.is_empty() {
                return Ok(Begun::Messages(begun));
            }
            for mut one in waiting {
                if one.tries >= TRIES {
                    self.end_message(one.row, MessageState::Quarantined, "", None, "reading it failed three times", now)?;
                    continue;
                }
                let suspect = one.tries > 0;
                if suspect && others && begun.is_empty() {
                    return Ok(Begun::Alone);
                }
                if suspect && !begun.is_empty() {
                    break;
                }
                self.sql
                    .prepare_cached("UPDATE messages SET state = 'reading', tries = tries + 1 WHERE id = ?1")?
                    .execute([one.row])?;
                one.raw = self.raw(one.row)?.unwrap_or_default();
                one.tries += 1;
                octets += one.raw.len();
                begun.push(one);
                if suspect || octets >= GROUP_OCTETS {
                    break;
                }
            }
            if set_aside == 0 || !begun.is_empty() {
                return Ok(Begun::Messages(begun));
            }
        }
    }

    fn raw(&self, row: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT raw FROM message_bytes WHERE message_id = ?1")?;
        optional(found.query_row([row], |row| row.get(0)))
    }

    /// Takes the mark of the last try from messages that were not read for no fault of theirs.
    ///
    /// # Errors
    /// The database's.
    pub fn give_back(&self, rows: &[i64]) -> Result<(), StoreError> {
        let mut unmark = self
            .sql
            .prepare_cached("UPDATE messages SET state = 'stored', tries = max(tries - 1, 0) WHERE id = ?1 AND state = 'reading'")?;
        for row in rows {
            unmark.execute([row])?;
        }
        Ok(())
    }

    /// Without their bytes, which may be large.
    fn waiting(&self, after: i64, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let mut waiting = self.sql.prepare_cached(
            "SELECT id, tries, truncated, received_at FROM messages WHERE state IN ('stored', 'reading') AND id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let rows = waiting.query_map(params![after, limit], |row| {
            let received: String = row.get(3)?;
            Ok(Waiting {
                row: row.get(0)?,
                tries: row.get(1)?,
                received: instant_or_none("messages", &received).unwrap_or_default(),
                truncated: row.get(2)?,
                raw: Vec::new(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ends a message: applied, ignored, or set aside, with the reason. Quarantine keeps its bytes.
    ///
    /// # Errors
    /// [`StoreError::Again`] when it was ended before: nothing may follow from it twice.
    pub fn end_message(
        &self,
        row: i64,
        state: MessageState,
        kind: &str,
        conversation: Option<ConversationId>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut update = self.sql.prepare_cached(
            "UPDATE messages SET state = ?2, kind = ?3, batch_id = ?4, why = ?5 WHERE id = ?1 AND state IN ('stored', 'reading')",
        )?;
        if update.execute(params![row, state.name(), kind, conversation.map(|id| id.0), why])? != 1 {
            return Err(StoreError::Again);
        }
        if state == MessageState::Quarantined {
            self.sql
                .prepare_cached("INSERT INTO quarantine (message_id, at, reason) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
                .execute(params![row, text_of(now), why])?;
        }
        Ok(())
    }

    /// Gives a message its content identity. True when another message with this identity was handled already.
    ///
    /// # Errors
    /// The database's.
    pub fn identify(&self, row: i64, identity: i64) -> Result<bool, StoreError> {
        self.sql
            .prepare_cached("UPDATE messages SET identity = ?2 WHERE id = ?1")?
            .execute(params![row, identity])?;
        let mut other = self.sql.prepare_cached(
            "SELECT 1 FROM messages WHERE identity = ?2 AND identity <> 0 AND id <> ?1 AND state IN ('applied', 'ignored', 'unmatched') LIMIT 1",
        )?;
        Ok(optional(other.query_row(params![row, identity], |_| Ok(())))?.is_some())
    }

    /// Whether a message still waits to be read.
    ///
    /// # Errors
    /// The database's.
    pub fn any_waiting(&self) -> Result<bool, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT 1 FROM messages WHERE state IN ('stored', 'reading') LIMIT 1")?;
        Ok(optional(found.query_row([], |_| Ok(())))?.is_some())
    }

    /// The raw bytes of a message and its conversation.
    ///
    /// # Errors
    /// The database's.
    pub fn message(&self, row: i64) -> Result<Option<Kept>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT b.raw, m.batch_id FROM messages m JOIN message_bytes b ON b.message_id = m.id WHERE m.id = ?1")?;
        optional(found.query_row([row], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(ConversationId)))))
    }
}
