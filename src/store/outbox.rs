//! The outbox: letters queued, claimed, sent. The state machine of reliability 2.3.

use rusqlite::params;

use super::batches::json;
use super::letters::{LetterRow, raw};
use super::tables::{address, instant, instant_or_none, optional, party_text, text_of, text_or_empty};
use super::{Limits, StoreError, Tx};
use crate::compose::{Envelope, Finished};
use crate::conversation::{Letter, Party};
use crate::model::{Address, LetterId, LetterKey, Timestamp};

/// How long a letter whose fate is unknown waits for a sign before it is tried once more.
pub(super) const RECONCILE: chrono::Duration = chrono::Duration::minutes(15);

/// The outcome of a letter that was put off because of a limit.
const WAITS: &str = "waits for its turn: the limits allow no more for now";

/// A letter taken for one attempt. The attempt is counted already.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row.
    pub letter: LetterId,
    /// This attempt's number, from 1.
    pub attempt: u32,
    /// The first attempt.
    pub first_try: Timestamp,
    /// Worthless after this.
    pub not_after: Option<Timestamp>,
    /// SMTP sender and recipient.
    pub envelope: Envelope,
    /// The message.
    pub bytes: Vec<u8>,
    /// A second copy does no harm.
    pub repeatable: bool,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// Tried again at this instant.
    Deferred {
        /// When.
        until: Timestamp,
        /// Why.
        why: String,
        /// False when it was not the letter's fault.
        counts: bool,
    },
    /// Done, one way or another.
    Final(Final),
    /// Nobody knows.
    Ambiguous {
        /// Why.
        why: String,
    },
}

/// The end of a letter.
#[derive(Debug, Clone, PartialEq)]
pub enum Final {
    /// 250 to the dot.
    Sent {
        /// The server's words.
        response: String,
    },
    /// Refused for good.
    Failed {
        /// Why.
        why: String,
        /// RFC 3463 status.
        status: Option<String>,
        /// The address is bad: nobody writes to it again.
        address_is_bad: bool,
    },
    /// Past its time.
    Expired {
        /// Why.
        why: String,
    },
}

impl Tx<'_> {
    /// Queues a finished letter. `letter` is what it was made from; `None` for a recruiter's copy.
    /// False when its address is suppressed: then it is kept as failed and never sent. What belongs to the time before a restore is held.
    ///
    /// # Errors
    /// The database's; the same key twice is refused.
    pub fn queue(&self, finished: &Finished, letter: Option<&Letter>, now: Timestamp) -> Result<bool, StoreError> {
        // Nobody is to hear that it did not arrive: there is nobody.
        let erased = finished.envelope.to.is_erased();
        let suppressed = !erased && self.is_suppressed(&finished.envelope.to)?;
        let (state, outcome) = if erased {
            ("cancelled", "whom it was for was erased")
        } else if suppressed {
            (
                "failed",
                "the address is suppressed: nothing is sent to it until a person lifts that",
            )
        } else if self.restored()?.is_some_and(|restored| now <= restored.at) {
            ("held", super::backup::HELD)
        } else {
            ("queued", "")
        };
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO letters (batch_id, serial, kind, party, sender, recipient, message_id, subject, about, state, outcome, due, not_after, repeatable, queued_at, unprompted)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?;
        insert.execute(params![
            finished.key.conversation.0,
            finished.key.serial,
            finished.kind,
            party_text(finished.to),
            finished.envelope.from.as_str(),
            finished.envelope.to.as_str(),
            finished.message_id.0,
            finished.subject,
            letter.map(json).unwrap_or_default(),
            state,
            outcome,
            text_of(now),
            text_or_empty(finished.not_after),
            finished.repeatable,
            text_of(now),
            finished.unprompted && !matches!(finished.to, Party::Recruiter(_)),
        ])?;
        self.sql
            .prepare_cached("INSERT INTO letter_bytes (letter_id, text, html_text, bytes) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                self.sql.last_insert_rowid(),
                finished.shown.text,
                finished.shown.html_text,
                finished.bytes
            ])?;
        Ok(!suppressed)
    }

    /// Takes the letters that have been due longest, at most `most`, and counts the attempt of each. While a recruiter drives,
    /// letters to the other parties wait; so does what would be more than the limits allow.
    ///
    /// # Errors
    /// The database's.
    pub fn claim(&self, now: Timestamp, most: u32, limits: Limits) -> Result<Vec<Claimed>, StoreError> {
        self.claim_of(now, most, limits, true)
    }

    /// The same without letters in doubt: nobody has looked yet whether they arrived.
    ///
    /// # Errors
    /// The database's.
    pub fn claim_undoubted(&self, now: Timestamp, most: u32, limits: Limits) -> Result<Vec<Claimed>, StoreError> {
        self.claim_of(now, most, limits, false)
    }

    fn claim_of(&self, now: Timestamp, most: u32, limits: Limits, in_doubt: bool) -> Result<Vec<Claimed>, StoreError> {
        self.forget_sends(limits, now)?;
        let most = self.room(limits, now, most)?;
        let mut next = self.sql.prepare_cached(
            "SELECT id, attempts, tried_at, not_after, sender, recipient, repeatable, unprompted, outcome = ?3 FROM letters
             WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND state IN ('queued', 'ambiguous') AND due <= ?1
               AND (?4 OR state <> 'ambiguous')
               AND (party LIKE 'recruiter %' OR (SELECT driver FROM batches WHERE id = batch_id) = 'bot')
             ORDER BY due, id LIMIT ?2",
        )?;
        let mut claimed = Vec::new();
        let mut passed_over = true;
        while claimed.is_empty() && std::mem::take(&mut passed_over) {
            let rows = next.query_map(params![text_of(now), most, WAITS, in_doubt], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, u32>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, String>(4)?,
                    row.get::<_, String>(5)?,
                    row.get::<_, bool>(6)?,
                    row.get::<_, bool>(7)?,
                    row.get::<_, bool>(8)?,
                ))
            })?;
            // To the end before anything is changed: the rows come out of the index that the changes move them in.
            for (id, attempts, tried_at, not_after, sender, recipient, repeatable, unprompted, again) in
                rows.collect::<Result<Vec<_>, _>>()?
            {
                let place = format!("letters {id}");
                let to = address(&place, &recipient)?;
                // Suppressed while an attempt of this letter was under way.
                if self.is_suppressed(&to)? {
                    self.sql
                        .prepare_cached("UPDATE letters SET state = 'failed', outcome = 'the address is suppressed' WHERE id = ?1")?
                        .execute([id])?;
                    passed_over = true;
                    continue;
                }
                if let Some(until) = self.has_to_wait(limits, LetterId(id), &to, unprompted, again, now)? {
                    self.sql
                        .prepare_cached("UPDATE letters SET due = ?2, outcome = ?3 WHERE id = ?1")?
                        .execute(params![id, text_of(until), WAITS])?;
                    passed_over = true;
                    continue;
                }
                self.count_send(limits, id, &to, unprompted)?;
                self.sql
                    .prepare_cached(
                        "UPDATE letters SET state = 'claimed', attempts = attempts + 1, epoch = ?2, tried_at = CASE tried_at WHEN '' THEN ?3 ELSE tried_at END WHERE id = ?1",
                    )?
                    .execute(params![id, self.epoch, text_of(now)])?;
                claimed.push(Claimed {
                    letter: LetterId(id),
                    attempt: attempts + 1,
                    first_try: instant_or_none(&place, &tried_at)?.unwrap_or(now),
                    not_after: instant_or_none(&place, &not_after)?,
                    envelope: Envelope {
                        from: address(&place, &sender)?,
                        to,
                    },
                    bytes: self.letter_bytes(LetterId(id))?,
                    repeatable,
                });
            }
        }
        Ok(claimed)
    }

    /// Gives letters in doubt that would be tried once more another such time to be found in: nobody could look for them.
    ///
    /// # Errors
    /// The database's.
    pub fn search_on(&self, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "UPDATE letters SET due = ?2
                 WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND state = 'ambiguous' AND due <= ?1",
            )?
            .execute(params![text_of(now), text_of(now + RECONCILE)])?;
        Ok(())
    }

    /// The message of a letter, as it leaves.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn letter_bytes(&self, id: LetterId) -> Result<Vec<u8>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT bytes FROM letter_bytes WHERE letter_id = ?1")?;
        optional(found.query_row([id.0], |row| row.get(0)))?.ok_or_else(|| StoreError::NoSuch(format!("letter {id}")))
    }

    /// Takes back a claim of this run: the dot was not written, and the attempt does not count.
    ///
    /// # Errors
    /// The database's.
    pub fn put_back(&self, letter: LetterId) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "UPDATE letters SET state = CASE sent_at WHEN '' THEN 'queued' ELSE 'sent' END,
                                    tried_at = CASE attempts WHEN 1 THEN '' ELSE tried_at END, attempts = attempts - 1
                 WHERE id = ?1 AND state IN ('claimed', 'dot_intent') AND epoch = ?2",
            )?
            .execute(params![letter.0, self.epoch])?;
        self.uncount_send(letter)
    }

    /// Notes, before it happens, that the final dot is about to be written. May be said twice for one attempt.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when another run of the daemon has the letter, or a sign of an earlier attempt was seen.
    pub fn dot_intent(&self, letter: LetterId) -> Result<(), StoreError> {
        let mut update = self.sql.prepare_cached(
            "UPDATE letters SET state = 'dot_intent' WHERE id = ?1 AND state IN ('claimed', 'dot_intent') AND epoch = ?2 AND sent_at = ''",
        )?;
        match update.execute(params![letter.0, self.epoch])? {
            1 => Ok(()),
            _ => Err(StoreError::Lost(format!("letter {letter}"))),
        }
    }

    /// Writes down what became of an attempt, and gives the letter for the event that follows from an end.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when another run of the daemon has the letter.
    pub fn settle(&self, letter: LetterId, settled: &Settled, now: Timestamp) -> Result<LetterRow, StoreError> {
        let found = match settled {
            Settled::Deferred { until, why, counts } => self
                .sql
                .prepare_cached(
                    "UPDATE letters SET state = CASE sent_at WHEN '' THEN 'queued' ELSE 'sent' END, due = ?3,
                                        outcome = CASE sent_at WHEN '' THEN ?4 ELSE outcome END, attempts = attempts - ?5,
                                        tried_at = CASE WHEN attempts = ?5 THEN '' ELSE tried_at END
                     WHERE id = ?1 AND state IN ('claimed', 'dot_intent') AND epoch = ?2
                     RETURNING id, batch_id, serial, kind, party, about, state",
                )?
                .query_row(params![letter.0, self.epoch, text_of(*until), why, i64::from(!counts)], raw),
            // Found by a sign of it, or tried once more; in doubt a second time it waits for a person.
            Settled::Ambiguous { why } => self
                .sql
                .prepare_cached(
                    "UPDATE letters SET state = CASE WHEN sent_at <> '' THEN 'sent' WHEN repeatable AND doubts = 0 THEN 'ambiguous' ELSE 'held' END,
                                        doubts = doubts + 1, due = ?3, outcome = CASE sent_at WHEN '' THEN ?4 ELSE outcome END
                     WHERE id = ?1 AND state IN ('claimed', 'dot_intent') AND epoch = ?2
                     RETURNING id, batch_id, serial, kind, party, about, state",
                )?
                .query_row(params![letter.0, self.epoch, text_of(now + RECONCILE), why], raw),
            Settled::Final(end) => {
                let (state, sent_at, outcome) = match end {
                    Final::Sent { response } => ("sent", text_of(now), response),
                    Final::Failed { why, .. } => ("failed", String::new(), why),
                    Final::Expired { why } => ("expired", String::new(), why),
                };
                self.sql
                    .prepare_cached(
                        "UPDATE letters SET state = ?3, sent_at = ?4, outcome = ?5
                         WHERE id = ?1 AND state IN ('claimed', 'dot_intent') AND epoch = ?2
                         RETURNING id, batch_id, serial, kind, party, about, state",
                    )?
                    .query_row(params![letter.0, self.epoch, state, sent_at, outcome], raw)
            }
        };
        optional(found)?
            .ok_or_else(|| StoreError::Lost(format!("letter {letter}")))
            .and_then(LetterRow::try_from)
    }

    /// Marks a letter of unknown fate as sent, because a sign of it was seen: a reply, a click, a report, or a copy of it. One that is
    /// at the server just now keeps the mark until its attempt has ended. True when it was in doubt.
    ///
    /// # Errors
    /// The database's.
    pub fn resolve_ambiguous(&self, key: LetterKey, sign: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut update = self.sql.prepare_cached(
            "UPDATE letters SET state = CASE WHEN state IN ('claimed', 'dot_intent') THEN state ELSE 'sent' END, sent_at = ?3, outcome = ?4
             WHERE batch_id = ?1 AND serial = ?2 AND sent_at = ''
               AND (state IN ('ambiguous', 'held', 'dot_intent') OR doubts > 0 AND state IN ('queued', 'claimed'))",
        )?;
        Ok(update.execute(params![key.conversation.0, key.serial, text_of(now), sign])? == 1)
    }

    /// When the next letter is due.
    ///
    /// # Errors
    /// The database's.
    pub fn next_letter(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut first = self.sql.prepare_cached(
            "SELECT due FROM letters WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND state IN ('queued', 'ambiguous')
               AND (party LIKE 'recruiter %' OR (SELECT driver FROM batches WHERE id = batch_id) = 'bot')
             ORDER BY due LIMIT 1",
        )?;
        let due = optional(first.query_row([], |row| row.get::<_, String>(0)))?;
        due.map(|due| instant("letters", &due)).transpose()
    }

    /// Whom a letter is for.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn recipient(&self, id: LetterId) -> Result<Address, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT recipient FROM letters WHERE id = ?1")?;
        let text = optional(found.query_row([id.0], |row| row.get::<_, String>(0)))?;
        address(
            &format!("letters {id}"),
            &text.ok_or_else(|| StoreError::NoSuch(format!("letter {id}")))?,
        )
    }
}
