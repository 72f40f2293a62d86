//! What an operator does by hand to single letters and to messages that were set aside.
//!
//! Each is one transaction beside a running daemon. A letter or message that changed hands meanwhile refuses, it is never forced.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::tables::{address, instant_or_none, shown_party, text, text_of};
use super::{LetterState, StoreError, Tx};
use crate::conversation::{Author, Entry, Happening, public_events};
use crate::model::{ConversationId, LetterId, Timestamp};

/// Everything that is known about a letter but its bytes.
#[derive(Debug, Clone, Serialize)]
pub struct LetterFacts {
    /// Its row.
    pub id: i64,
    /// Its batch.
    pub batch: i64,
    /// Its number in the batch.
    pub serial: i64,
    /// What kind of letter.
    pub kind: String,
    /// Whose it is: client, candidate 12, recruiter 1.
    pub party: String,
    /// Where it stands.
    pub state: String,
    /// MAIL FROM.
    pub sender: String,
    /// RCPT TO.
    pub recipient: String,
    /// Without angle brackets.
    pub message_id: String,
    /// Its subject.
    pub subject: String,
    /// Attempts counted so far.
    pub attempts: i64,
    /// How often nobody could know whether it was taken.
    pub doubts: i64,
    /// When it was written.
    pub queued_at: String,
    /// Not tried before.
    pub due: String,
    /// Worthless later; empty for never.
    pub not_after: String,
    /// The first attempt; empty for none.
    pub tried_at: String,
    /// When the server took it.
    pub sent_at: String,
    /// The last thing that was said of it.
    pub outcome: String,
    /// Octets.
    pub size: i64,
}

/// Everything that is known about a message that was set aside but its bytes.
#[derive(Debug, Clone, Serialize)]
pub struct QuarantineFacts {
    /// The message's row.
    pub message: i64,
    /// Since when.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Somebody looked at it.
    pub seen: bool,
    /// `quarantined`, or `unreadable` when the server does not hand its bytes over.
    pub state: String,
    /// What kind it was taken for; empty when it was not read that far.
    pub kind: String,
    /// The folder it lies in.
    pub folder: String,
    /// Its UID there.
    pub uid: i64,
    /// When the server received it.
    pub received_at: String,
    /// When it was fetched.
    pub stored_at: String,
    /// How often reading it was begun.
    pub tries: i64,
    /// Only its beginning was fetched.
    pub truncated: bool,
    /// Octets that were fetched.
    pub size: i64,
}

impl Tx<'_> {
    /// A letter with everything about it.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn letter_facts(&self, id: LetterId) -> Result<LetterFacts, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id, batch_id, serial, kind, party,
                    state, sender, recipient, message_id, subject, attempts, doubts, queued_at, due,
                    not_after, tried_at, sent_at, outcome,
                    (SELECT length(bytes) FROM letter_bytes WHERE letter_id = id) FROM letters WHERE id = ?1",
        )?;
        let facts = found.query_row([id.0], |row| {
            Ok(LetterFacts {
                id: row.get(0)?,
                batch: row.get(1)?,
                serial: row.get(2)?,
                kind: text(row, 3)?,
                party: shown_party(&text(row, 4)?),
                state: text(row, 5)?,
                sender: text(row, 6)?,
                recipient: text(row, 7)?,
                message_id: text(row, 8)?,
                subject: text(row, 9)?,
                attempts: row.get(10)?,
                doubts: row.get(11)?,
                queued_at: text(row, 12)?,
                due: text(row, 13)?,
                not_after: text(row, 14)?,
                tried_at: text(row, 15)?,
                sent_at: text(row, 16)?,
                outcome: text(row, 17)?,
                size: row.get(18)?,
            })
        });
        facts
            .optional()?
            .ok_or_else(|| StoreError::NoSuch(format!("letter {id}; `replyd outbox --all` shows them")))
    }

    /// Lets a letter be tried (again) now, with a fresh count of attempts. A letter that may have arrived already only when
    /// the asker is `sure`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the reason: it was sent, is being tried, is past its time, its address is suppressed, or nobody is sure.
    pub fn retry_letter(&self, id: LetterId, sure: bool, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let facts = self.letter_facts(id)?;
        let place = format!("letters {id}");
        let refuse = |why: &str| Err(StoreError::Refused(format!("letter {id}: {why}")));
        let maybe_there = match LetterState::parse(&facts.state) {
            Some(LetterState::Queued | LetterState::Failed | LetterState::Cancelled) => facts.doubts > 0,
            Some(LetterState::Held | LetterState::Ambiguous) => true,
            Some(LetterState::Expired) => return refuse("its time was over; it would only expire again"),
            Some(LetterState::Sent) => return refuse("the server took it; what it says was sent"),
            Some(LetterState::Claimed | LetterState::DotIntent) => return refuse("it is being tried right now"),
            None => return refuse("its state is not known here"),
        };
        if self.is_suppressed(&address(&place, &facts.recipient)?)? {
            return refuse("its address is suppressed; `replyd outbox lift ADDRESS` first, when it works again");
        }
        if facts.outcome == super::erasing::NAMED_ERASED {
            return refuse("it named somebody who was erased, and says nothing any more; `replyd resend` writes anew");
        }
        if instant_or_none(&place, &facts.not_after)?.is_some_and(|last| last <= now) {
            return refuse("its time is over; it would only expire");
        }
        if maybe_there && !sure {
            return refuse("it may have arrived already, so this may be a second copy; look, then say --yes");
        }
        // Attempts and their beginning are counted anew, else it would be given up at once.
        self.sql
            .prepare_cached("UPDATE letters SET state = 'queued', due = ?2, attempts = 0, tried_at = '' WHERE id = ?1")?
            .execute(params![id.0, text_of(now)])?;
        self.noted(&facts, "letter_retried", by, "is to be sent", now)
    }

    /// A letter that has not left never will.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it was sent, is being tried, or has come to another end.
    pub fn cancel_letter(&self, id: LetterId, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let facts = self.letter_facts(id)?;
        let refuse = |why: &str| Err(StoreError::Refused(format!("letter {id}: {why}")));
        match LetterState::parse(&facts.state) {
            // One that failed is closed by this: a person has seen to it.
            Some(LetterState::Queued | LetterState::Held | LetterState::Ambiguous | LetterState::Failed) => {}
            Some(LetterState::Sent) => return refuse("the server took it; it cannot be called back"),
            Some(LetterState::Claimed | LetterState::DotIntent) => return refuse("it is being tried right now"),
            Some(LetterState::Expired | LetterState::Cancelled) => {
                return refuse("it is not going to be sent anyway");
            }
            None => return refuse("its state is not known here"),
        }
        self.sql
            .prepare_cached("UPDATE letters SET state = 'cancelled', outcome = ?2 WHERE id = ?1")?
            .execute(params![id.0, format!("cancelled: {by}")])?;
        self.noted(&facts, "letter_cancelled", by, "will not be sent", now)
    }

    /// A message that was set aside, with everything about it.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn quarantine_facts(&self, message: i64) -> Result<QuarantineFacts, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT m.id, q.at, q.reason, q.seen, m.state, m.kind, m.folder, m.uid, m.received_at, m.stored_at, m.tries, m.truncated,
                    coalesce((SELECT length(raw) FROM message_bytes WHERE message_id = m.id), 0)
             FROM quarantine q JOIN messages m ON m.id = q.message_id WHERE m.id = ?1",
        )?;
        let facts = found.query_row([message], |row| {
            Ok(QuarantineFacts {
                message: row.get(0)?,
                at: text(row, 1)?,
                reason: text(row, 2)?,
                seen: row.get(3)?,
                state: text(row, 4)?,
                kind: text(row, 5)?,
                folder: text(row, 6)?,
                uid: row.get(7)?,
                received_at: text(row, 8)?,
                stored_at: text(row, 9)?,
                tries: row.get(10)?,
                truncated: row.get(11)?,
                size: row.get(12)?,
            })
        });
        facts
            .optional()?
            .ok_or_else(|| StoreError::NoSuch(format!("message {message} that was set aside; `replyd quarantine list` shows them")))
    }

    /// Lets a message that was set aside be read again, as if it had just come in.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] when it is not set aside (any more), [`StoreError::Refused`] when its bytes were never had.
    pub fn retry_message(&self, message: i64) -> Result<(), StoreError> {
        let facts = self.quarantine_facts(message)?;
        let changed = self
            .sql
            .prepare_cached("UPDATE messages SET state = 'stored', tries = 0, why = '' WHERE id = ?1 AND state = 'quarantined'")?
            .execute([message])?;
        if changed != 1 {
            return Err(StoreError::Refused(format!(
                "message {message} could not be fetched from folder {}; the server is asked for it again every few hours",
                facts.folder
            )));
        }
        self.release(message)
    }

    /// Nothing follows from a message that was set aside, for good. Its row keeps the bytes, who dropped it, and why it was set aside.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] when it is not set aside (any more).
    pub fn drop_message(&self, message: i64, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let facts = self.quarantine_facts(message)?;
        let why = format!("dropped by {by} at {}; it was set aside because: {}", text_of(now), facts.reason);
        self.sql
            .prepare_cached("UPDATE messages SET state = 'ignored', why = ?2 WHERE id = ?1")?
            .execute(params![message, why])?;
        self.release(message)
    }

    /// Messages whose reading can be tried again, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn retryable_messages(&self) -> Result<Vec<i64>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT messages.id FROM quarantine CROSS JOIN messages ON messages.id = quarantine.message_id
             WHERE messages.state = 'quarantined' ORDER BY messages.id",
        )?;
        let rows = found.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn release(&self, message: i64) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM quarantine WHERE message_id = ?1")?
            .execute([message])?;
        Ok(())
    }

    fn noted(&self, facts: &LetterFacts, kind: &'static str, by: &str, what: &str, now: Timestamp) -> Result<(), StoreError> {
        let entry = Entry {
            kind,
            detail: format!("letter {} ({} to {}) {what}: {by}", facts.id, facts.kind, facts.party),
            by: Author::steers(by),
            ..Entry::default()
        };
        let batch = ConversationId(facts.batch);
        self.record(batch, &entry, "command", now)?;
        let Some(of) = self.conversation(batch)? else { return Ok(()) };
        let happening = Happening {
            before: &of,
            after: &of,
            entries: &[entry],
            letter: None,
            at: now,
        };
        self.announce(batch, &public_events(&happening), now)
    }
}
