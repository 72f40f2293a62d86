//! What whoever erases or exports somebody reads and rewrites: everything there is.
//!
//! In: ids, and texts as they shall stand. Out: rows with their texts, as they stand. Reading is done a page at a time, each on a snapshot of
//! its own, so that nothing waits for it. Never here: who is meant, and what is left of a text.

use rusqlite::{OptionalExtension, params, params_from_iter};

use super::tables::{instant_or_none, optional, party, text, text_of};
use super::{Store, StoreError, Tx, open, state};
use crate::conversation::{Conversation, Party};
use crate::model::{Address, ConversationId, ERASED, SubmissionId, Timestamp};

/// The outcome of a letter that was not sent because it named somebody who was erased.
pub(super) const NAMED_ERASED: &str = "it named somebody who was erased";
/// How long a lock of the database is waited for.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
/// Tries to empty its log while others read, and what lies between them.
const TRIES: u32 = 300;
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(50);

/// A table with texts in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// `key`, `handed_in`, `state`.
    Batches,
    /// `detail`, `words`, `cause`.
    Events,
    /// `words`.
    Feedback,
    /// `subject`, `about`, `outcome`, `recipient`.
    Letters,
    /// `why`.
    Messages,
    /// `reason`.
    Quarantine,
    /// `was`, `by`.
    Labels,
    /// `title`, `says`.
    Drafts,
    /// `body`.
    Feed,
    /// `outcome`.
    Deliveries,
}

/// A row of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Its number.
    pub id: i64,
    /// Whose it is; the desk's number, or 0, when it is no batch's.
    pub batch: ConversationId,
    /// The submission it is about; 0 for none.
    pub about: SubmissionId,
    /// Its texts, as [`Place`] lists them.
    pub texts: Vec<String>,
}

/// A letter with what it says.
#[derive(Debug, Clone)]
pub struct LetterSays {
    /// Its row.
    pub id: i64,
    /// Its batch.
    pub batch: ConversationId,
    /// The batch it is about: its own, or that of the draft that a letter of the desk shows.
    pub about: ConversationId,
    /// Whose it is.
    pub to: Option<Party>,
    /// It waits to be sent.
    pub waits: bool,
    /// Its text, and that of its HTML part.
    pub texts: [String; 2],
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A message with its bytes.
#[derive(Debug, Clone)]
pub struct MessageSays {
    /// Its row.
    pub id: i64,
    /// The batch it was read for.
    pub batch: Option<ConversationId>,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// Somebody's row in `candidates`, `contacts` or `recruiters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// candidate, contact, recruiter.
    pub kind: &'static str,
    /// Its number.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their address.
    pub address: String,
    /// Their phone; empty for none.
    pub phone: String,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Batches,
        Self::Events,
        Self::Feedback,
        Self::Letters,
        Self::Messages,
        Self::Quarantine,
        Self::Labels,
        Self::Drafts,
        Self::Feed,
        Self::Deliveries,
    ];

    /// The table's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Batches => "batches",
            Self::Events => "events",
            Self::Feedback => "feedback",
            Self::Letters => "letters",
            Self::Messages => "messages",
            Self::Quarantine => "quarantine",
            Self::Labels => "labels",
            Self::Drafts => "drafts",
            Self::Feed => "feed",
            Self::Deliveries => "deliveries",
        }
    }

    const fn select(self) -> &'static str {
        match self {
            Self::Batches => {
                "SELECT id, id, 0, coalesce(key, ''), handed_in, state FROM batches WHERE id > max(?1, 0) ORDER BY id LIMIT ?2"
            }
            Self::Events => {
                "SELECT id, batch_id, coalesce(submission_id, 0), detail, words, cause FROM events WHERE id > ?1 ORDER BY id LIMIT ?2"
            }
            Self::Feedback => {
                "SELECT f.id, s.batch_id, s.id, f.words FROM feedback f JOIN submissions s ON s.id = f.submission_id
                 WHERE f.id > ?1 ORDER BY f.id LIMIT ?2"
            }
            Self::Letters => "SELECT id, batch_id, 0, subject, about, outcome, recipient FROM letters WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Messages => "SELECT id, coalesce(batch_id, 0), 0, why FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Quarantine => "SELECT id, 0, 0, reason FROM quarantine WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Labels => "SELECT id, 0, submission_id, was, by FROM labels WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Drafts => "SELECT id, coalesce(batch_id, 0), 0, title, says FROM drafts WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Feed => "SELECT id, batch_id, coalesce(submission_id, 0), body FROM feed WHERE id > ?1 ORDER BY id LIMIT ?2",
            Self::Deliveries => "SELECT id, 0, 0, outcome FROM deliveries WHERE id > ?1 ORDER BY id LIMIT ?2",
        }
    }

    const fn update(self) -> &'static str {
        match self {
            Self::Batches => "UPDATE batches SET key = CASE WHEN ?2 = '' THEN NULL ELSE ?2 END, handed_in = ?3, state = ?4 WHERE id = ?1",
            Self::Events => "UPDATE events SET detail = ?2, words = ?3, cause = ?4 WHERE id = ?1",
            Self::Feedback => "UPDATE feedback SET words = ?2 WHERE id = ?1",
            Self::Letters => "UPDATE letters SET subject = ?2, about = ?3, outcome = ?4, recipient = ?5 WHERE id = ?1",
            Self::Messages => "UPDATE messages SET why = ?2 WHERE id = ?1",
            Self::Quarantine => "UPDATE quarantine SET reason = ?2 WHERE id = ?1",
            Self::Labels => "UPDATE labels SET was = ?2, by = ?3 WHERE id = ?1",
            Self::Drafts => "UPDATE drafts SET title = ?2, says = ?3 WHERE id = ?1",
            Self::Feed => "UPDATE feed SET body = ?2 WHERE id = ?1",
            Self::Deliveries => "UPDATE deliveries SET outcome = ?2 WHERE id = ?1",
        }
    }
}

impl Tx<'_> {
    /// The next rows of a table after one, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn texts_after(&self, place: Place, after: i64, limit: u32) -> Result<Vec<Texts>, StoreError> {
        let mut found = self.sql.prepare_cached(place.select())?;
        let columns = found.column_count();
        let rows = found.query_map(params![after, limit], |row| {
            Ok(Texts {
                id: row.get(0)?,
                batch: ConversationId(row.get(1)?),
                about: SubmissionId(row.get(2)?),
                texts: (3..columns).map(|column| text(row, column)).collect::<Result<_, _>>()?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One row of a table.
    ///
    /// # Errors
    /// The database's.
    pub fn texts_at(&self, place: Place, id: i64) -> Result<Option<Texts>, StoreError> {
        let found = self.texts_after(place, id - 1, 1)?;
        Ok(found.into_iter().find(|row| row.id == id))
    }

    /// Writes texts in the place of those that stand there.
    ///
    /// # Errors
    /// The database's.
    pub fn put_texts(&self, place: Place, id: i64, texts: &[String]) -> Result<(), StoreError> {
        let values = std::iter::once(id.to_string()).chain(texts.iter().cloned());
        self.sql.prepare_cached(place.update())?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// The next letters after one, with what they say.
    ///
    /// # Errors
    /// The database's.
    pub fn letters_after(&self, after: i64, limit: u32) -> Result<Vec<LetterSays>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT l.id, l.batch_id, l.party, l.state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held'), b.text, b.html_text, b.bytes,
                    coalesce((SELECT d.batch_id FROM draft_previews p JOIN drafts d ON d.id = p.draft_id WHERE p.serial = l.serial AND l.batch_id = -1),
                             l.batch_id)
             FROM letters l JOIN letter_bytes b ON b.letter_id = l.id WHERE l.id > ?1 ORDER BY l.id LIMIT ?2",
        )?;
        let rows = found.query_map(params![after, limit], |row| {
            Ok(LetterSays {
                id: row.get(0)?,
                batch: ConversationId(row.get(1)?),
                to: party("letters", &text(row, 2)?).ok(),
                waits: row.get(3)?,
                texts: [text(row, 4)?, text(row, 5)?],
                bytes: row.get(6)?,
                about: ConversationId(row.get(7)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Other bytes and texts for a letter; one that waits is not sent.
    ///
    /// # Errors
    /// The database's.
    pub fn put_letter(&self, id: i64, texts: &[String; 2], bytes: &[u8]) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE letter_bytes SET text = ?2, html_text = ?3, bytes = ?4 WHERE letter_id = ?1")?
            .execute(params![id, texts[0], texts[1], bytes])?;
        self.sql
            .prepare_cached(
                "UPDATE letters SET state = 'cancelled', outcome = ?2
                 WHERE id = ?1 AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held', 'failed', 'cancelled')",
            )?
            .execute(params![id, NAMED_ERASED])?;
        Ok(())
    }

    /// Whether one of these letters is being sent at this moment.
    ///
    /// # Errors
    /// The database's.
    pub fn is_under_way(&self, letters: &[i64]) -> Result<bool, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT 1 FROM letters WHERE id = ?1 AND state IN ('claimed', 'dot_intent')")?;
        for id in letters {
            if found.query_row([id], |_| Ok(())).optional()?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next messages after one, with their bytes.
    ///
    /// # Errors
    /// The database's.
    pub fn messages_after(&self, after: i64, limit: u32) -> Result<Vec<MessageSays>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT m.id, m.batch_id, b.raw FROM messages m JOIN message_bytes b ON b.message_id = m.id WHERE m.id > ?1 ORDER BY m.id LIMIT ?2",
        )?;
        let rows = found.query_map(params![after, limit], |row| {
            Ok(MessageSays {
                id: row.get(0)?,
                batch: row.get::<_, Option<i64>>(1)?.map(ConversationId),
                raw: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Other bytes for a message.
    ///
    /// # Errors
    /// The database's.
    pub fn put_message(&self, id: i64, raw: &[u8]) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE message_bytes SET raw = ?2 WHERE message_id = ?1")?
            .execute(params![id, raw])?;
        Ok(())
    }

    /// A mail that waits to be read, when it is the word of somebody from before they were erased: a folder was read anew, or a backup restored.
    ///
    /// # Errors
    /// The database's.
    pub fn late_word_of_erased(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        if self.erased_key()?.is_none() {
            return Ok(None);
        }
        let mut found = self
            .sql
            .prepare_cached("SELECT m.received_at, b.raw FROM messages m JOIN message_bytes b ON b.message_id = m.id WHERE m.id = ?1")?;
        let Some((received, raw)) = optional(found.query_row([id], |row| Ok((text(row, 0)?, row.get::<_, Vec<u8>>(1)?))))? else {
            return Ok(None);
        };
        let Some(received) = instant_or_none("messages", &received)? else {
            return Ok(None);
        };
        for sender in crate::message::senders(&raw) {
            if self.erased_since(&sender)?.is_some_and(|since| received < since) {
                return Ok(Some(raw));
            }
        }
        Ok(None)
    }

    /// Everybody who has a row of their own.
    ///
    /// # Errors
    /// The database's.
    pub fn everybody(&self) -> Result<Vec<PersonRow>, StoreError> {
        let mut found = self.sql.prepare(
            "SELECT 'candidate', id, name, address, phone FROM candidates
             UNION ALL SELECT 'contact', id, name, address, '' FROM contacts WHERE id > 0
             UNION ALL SELECT 'recruiter', id, name, address, '' FROM recruiters",
        )?;
        let rows = found.query_map([], |row| {
            Ok(PersonRow {
                kind: match text(row, 0)?.as_str() {
                    "candidate" => "candidate",
                    "contact" => "contact",
                    _ => "recruiter",
                },
                id: row.get(1)?,
                name: text(row, 2)?,
                address: text(row, 3)?,
                phone: text(row, 4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Somebody's row says nothing of them any more; the numbers that point to it stay. Gives what stands in place of the address.
    ///
    /// # Errors
    /// The database's.
    pub fn erase_person_row(&self, row: &PersonRow) -> Result<Address, StoreError> {
        let stands = Address::of_erased(&row.kind.chars().take(3).collect::<String>(), row.id);
        let values = params![row.id, ERASED, stands.as_str()];
        match row.kind {
            "candidate" => self
                .sql
                .prepare_cached(
                    "UPDATE candidates SET name = ?2, address = ?3, phone = '', calendar = '', calendar_kind = '' WHERE id = ?1",
                )?
                .execute(values)?,
            "contact" => self
                .sql
                .prepare_cached("UPDATE contacts SET name = ?2, address = ?3, calendar = '', calendar_kind = '' WHERE id = ?1")?
                .execute(values)?,
            _ => {
                for of_recruiter in [
                    "DELETE FROM sessions WHERE recruiter_id = ?1",
                    "DELETE FROM digests WHERE recruiter_id = ?1",
                ] {
                    self.sql.prepare_cached(of_recruiter)?.execute([row.id])?;
                }
                self.sql
                    .prepare_cached("UPDATE recruiters SET name = ?2, address = ?3 WHERE id = ?1")?
                    .execute(values)?
            }
        };
        Ok(stands)
    }

    /// What is kept under an address and nothing else: when it was written to, its calendar, that it is suppressed.
    ///
    /// # Errors
    /// The database's.
    pub fn erase_address(&self, address: &Address) -> Result<(), StoreError> {
        let stands = Address::of_erased("", 0);
        self.sql
            .prepare_cached("UPDATE sends SET recipient = ?2, domain = '' WHERE recipient = ?1")?
            .execute(params![address.as_str(), stands.as_str()])?;
        for kept in [
            "DELETE FROM answers WHERE recipient = ?1",
            "DELETE FROM busy WHERE calendar_id IN (SELECT id FROM calendars WHERE address = ?1)",
            "DELETE FROM calendars WHERE address = ?1",
            "DELETE FROM suppressions WHERE address = ?1",
        ] {
            self.sql.prepare_cached(kept)?.execute([address.as_str()])?;
        }
        Ok(())
    }

    /// A file is gone.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_blob(&self, sha256: &str) -> Result<(), StoreError> {
        for of_file in ["DELETE FROM cv_files WHERE sha256 = ?1", "DELETE FROM blobs WHERE sha256 = ?1"] {
            self.sql.prepare_cached(of_file)?.execute([sha256])?;
        }
        Ok(())
    }

    /// An open draft is dropped with its files: what it says cannot be taken apart.
    ///
    /// # Errors
    /// The database's.
    pub fn erase_draft(&self, id: i64, title: &str, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM draft_files WHERE draft_id = ?1")?
            .execute([id])?;
        self.sql
            .prepare_cached(
                "UPDATE drafts SET title = ?2, says = '', changed_at = ?3, state = CASE state WHEN 'open' THEN 'discarded' ELSE state END WHERE id = ?1",
            )?
            .execute(params![id, title, text_of(now)])?;
        Ok(())
    }

    /// Writes a conversation anew, what was handed in as well, and the words it is found by.
    ///
    /// # Errors
    /// The database's.
    pub fn rewrite(&self, conversation: &Conversation) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE batches SET handed_in = ?2 WHERE id = ?1")?
            .execute(params![conversation.id.0, state::handed_in(conversation)])?;
        self.save(conversation)?;
        self.make_findable(conversation.id)
    }
}

impl Store {
    /// Makes the file hold what is in the database and nothing else: the log is moved into it and cut to nothing, and pages are written anew.
    /// A daemon beside goes on reading, and waits with what it writes.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody reads for longer than half a minute; the disk's.
    pub fn compact(&self) -> Result<(), StoreError> {
        let connection = open::writer(&self.path)?;
        // A copy of the whole in memory would be too much.
        connection.pragma_update(None, "temp_store", "default")?;
        connection.busy_timeout(PATIENCE)?;
        let empty = || -> Result<(), StoreError> {
            for _ in 0..TRIES {
                let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
                if busy == 0 {
                    return Ok(());
                }
                std::thread::sleep(BETWEEN);
            }
            Err(StoreError::Busy)
        };
        empty()?;
        connection.execute_batch("VACUUM")?;
        empty()
    }
}
