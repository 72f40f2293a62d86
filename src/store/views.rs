//! What people look at: the pipeline, timelines, the outbox, the quarantine.

use rusqlite::params;
use serde::Serialize;

use super::feed::{DeliveryLine, delivery_line};
use super::tables::{optional, shown_party, text};
use super::{StoreError, Tx};
use crate::model::{ConversationId, SubmissionId, Timestamp};

/// A line of the list of drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftLine {
    /// Its number.
    pub id: i64,
    /// What it waits to be: hand_in.
    pub kind: String,
    /// open, sent, discarded, stale.
    pub state: String,
    /// What it is about.
    pub title: String,
    /// Whose word is needed.
    pub recruiter: String,
    /// When it came.
    pub made_at: String,
    /// When it is dropped if nobody says anything.
    pub until: String,
    /// The batch it became.
    pub batch: Option<i64>,
}

/// A batch in the pipeline.
#[derive(Debug, Clone, Serialize)]
pub struct BatchLine {
    /// Its id.
    pub id: i64,
    /// `7K3Q`.
    pub reference: String,
    /// Client company.
    pub client: String,
    /// Role.
    pub project: String,
    /// bot or recruiter.
    pub driver: String,
    /// When it was handed in.
    pub created_at: String,
    /// Letters to the client came back: none is sent until a person says that the address works again.
    pub unreachable: bool,
    /// Its candidates.
    pub submissions: Vec<SubmissionLine>,
}

/// A submission in the pipeline.
#[derive(Debug, Clone, Serialize)]
pub struct SubmissionLine {
    /// Its id.
    pub id: i64,
    /// The candidate's name.
    pub candidate: String,
    /// Status of design section 3.
    pub status: String,
    /// A decision in its grace period; empty when none rests.
    pub resting: String,
    /// When it takes effect.
    pub takes_effect: String,
    /// Reasons for a pass, comma-separated.
    pub reasons: String,
    /// When its interview begins, UTC; empty while no time is agreed.
    pub interview: String,
    /// How long it takes.
    pub interview_minutes: u32,
    /// How it stands (design section 3); empty while none is arranged.
    pub interview_status: String,
    /// How often calendars were told of a change.   RFC 5545 3.8.7.4
    pub interview_sequence: u32,
}

/// One line of a timeline: an event or a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineLine {
    /// UTC.
    pub at: String,
    /// Event kind, or `letter`.
    pub kind: String,
    /// Whom it is about; `null` is the whole batch.
    pub submission: Option<i64>,
    /// One sentence.
    pub detail: String,
    /// The words it rests on.
    pub words: String,
    /// What caused it.
    pub cause: String,
}

/// When something will happen by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineLine {
    /// What: take_effect, chase, follow_up, ask_reasons, receipt, asked_back.
    pub kind: String,
    /// Whom it is about; `null` is the whole batch.
    pub submission: Option<i64>,
    /// UTC.
    pub at: String,
}

/// A letter in the outbox.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxLine {
    /// Its row.
    pub id: i64,
    /// Its batch.
    pub batch: i64,
    /// What kind of letter.
    pub kind: String,
    /// Whose it is: client, candidate 12, recruiter 1.
    pub party: String,
    /// Where it stands.
    pub state: String,
    /// Attempts counted so far.
    pub attempts: i64,
    /// Not tried before.
    pub due: String,
    /// When the server took it.
    pub sent_at: String,
    /// The last thing a server said of it.
    pub outcome: String,
}

/// A message set aside.
#[derive(Debug, Clone, Serialize)]
pub struct QuarantineLine {
    /// The message's row.
    pub message: i64,
    /// Since when.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Somebody looked at it.
    pub seen: bool,
}

/// What waits and what is in trouble, for `/healthz`. Costs nothing that grows with the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Letters that have not come to an end.
    pub waiting: i64,
    /// Letters nobody knows the fate of.
    pub ambiguous: i64,
    /// Notices to recruiters that failed for good: nobody was told what they say.
    pub untold: i64,
    /// Messages set aside that nobody has looked at.
    pub quarantined: i64,
}

/// The rows that were counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// The last event.
    pub event: i64,
    /// The last message.
    pub message: i64,
}

/// What waits, for `/metrics`. Costs what waits, not what there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// Letters that have not come to an end, by state.
    pub letters: Vec<(String, i64)>,
    /// Since when the longest waiting of them could have gone.
    pub oldest_letter: Option<Timestamp>,
    /// When something next happens by itself.
    pub next_deadline: Option<Timestamp>,
}

const COUNT_EVENTS: &str =
    "SELECT kind, count(*), max(id) FROM (SELECT id, kind FROM events WHERE id > ?1 ORDER BY id LIMIT ?2) GROUP BY kind";
/// A message that waits to be read is counted when it has been, and so are those after it.
const COUNT_MESSAGES: &str = "SELECT kind, state, count(*), max(id) FROM (
        SELECT id, kind, state FROM messages
         WHERE id > ?1 AND id < coalesce((SELECT id FROM messages WHERE state IN ('stored', 'reading') ORDER BY id LIMIT 1), 9223372036854775807)
         ORDER BY id LIMIT ?2) GROUP BY kind, state";
const LETTERS_BY_STATE: &str = "SELECT state, count(*) FROM letters
     WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') GROUP BY state ORDER BY state";

impl Tx<'_> {
    /// The rows there are now.
    ///
    /// # Errors
    /// The database's.
    pub fn newest(&self) -> Result<Since, StoreError> {
        let newest = |sql: &str| self.sql.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
        Ok(Since {
            event: newest("SELECT max(id) FROM events")?.unwrap_or_default(),
            message: newest("SELECT max(id) FROM messages")?.unwrap_or_default(),
        })
    }

    /// Lines of timelines after `since`, by kind; moves it on. At most `limit` are looked at.
    ///
    /// # Errors
    /// The database's.
    pub fn count_events(&self, since: &mut Since, limit: u32) -> Result<Vec<(String, i64)>, StoreError> {
        let mut counted = self.sql.prepare_cached(COUNT_EVENTS)?;
        let rows = counted.query_map(params![since.event, limit], |row| {
            Ok((text(row, 0)?, row.get(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (kind, n, last) = row?;
            since.event = since.event.max(last);
            Ok((kind, n))
        })
        .collect()
    }

    /// Messages after `since` that were read to an end, by kind and state; moves it on. At most `limit` are looked at.
    ///
    /// # Errors
    /// The database's.
    pub fn count_messages(&self, since: &mut Since, limit: u32) -> Result<Vec<(String, String, i64)>, StoreError> {
        let mut counted = self.sql.prepare_cached(COUNT_MESSAGES)?;
        let rows = counted.query_map(params![since.message, limit], |row| {
            Ok((text(row, 0)?, text(row, 1)?, row.get(2)?, row.get::<_, i64>(3)?))
        })?;
        rows.map(|row| {
            let (kind, state, n, last) = row?;
            since.message = since.message.max(last);
            Ok((kind, state, n))
        })
        .collect()
    }

    /// What waits.
    ///
    /// # Errors
    /// The database's.
    pub fn waits(&self) -> Result<Waits, StoreError> {
        let mut letters = self.sql.prepare_cached(LETTERS_BY_STATE)?;
        let letters = letters.query_map([], |row| Ok((text(row, 0)?, row.get(1)?)))?;
        Ok(Waits {
            letters: letters.collect::<Result<_, _>>()?,
            oldest_letter: self.next_letter()?,
            next_deadline: self.next_deadline()?,
        })
    }

    /// The newest batches with their candidates; one batch when `only` is given.
    ///
    /// # Errors
    /// The database's.
    pub fn pipeline(&self, only: Option<ConversationId>, limit: u32) -> Result<Vec<BatchLine>, StoreError> {
        let mut batches = self.sql.prepare_cached(
            "SELECT b.id, b.reference, c.name, p.title, b.driver, b.created_at,
                    EXISTS (SELECT 1 FROM contacts k JOIN suppressions u ON u.address = k.address WHERE k.id = b.contact_id)
             FROM batches b JOIN clients c ON c.id = b.client_id JOIN projects p ON p.id = b.project_id
             WHERE b.id BETWEEN ?1 AND ?2 ORDER BY b.id DESC LIMIT ?3",
        )?;
        let (first, last) = only.map_or((1, i64::MAX), |id| (id.0, id.0));
        let rows = batches.query_map(params![first, last, limit], |row| {
            Ok(BatchLine {
                id: row.get(0)?,
                reference: text(row, 1)?,
                client: text(row, 2)?,
                project: text(row, 3)?,
                driver: text(row, 4)?,
                created_at: text(row, 5)?,
                unreachable: row.get(6)?,
                submissions: Vec::new(),
            })
        })?;
        let mut lines: Vec<BatchLine> = rows.collect::<Result<_, _>>()?;
        let mut submissions = self.sql.prepare_cached(
            "SELECT s.id, k.name, s.status, s.resting, s.takes_effect,
                    coalesce((SELECT group_concat(f.reason, ', ') FROM feedback f WHERE f.submission_id = s.id), ''),
                    coalesce(i.starts_at, ''), coalesce(i.duration_min, 0), coalesce(i.status, ''), coalesce(i.sequence, 0)
             FROM submissions s JOIN candidates k ON k.id = s.candidate_id LEFT JOIN interviews i ON i.submission_id = s.id
             WHERE s.batch_id = ?1 ORDER BY s.position",
        )?;
        for line in &mut lines {
            let rows = submissions.query_map([line.id], |row| {
                Ok(SubmissionLine {
                    id: row.get(0)?,
                    candidate: text(row, 1)?,
                    status: text(row, 2)?,
                    resting: text(row, 3)?,
                    takes_effect: text(row, 4)?,
                    reasons: text(row, 5)?,
                    interview: text(row, 6)?,
                    interview_minutes: row.get(7)?,
                    interview_status: text(row, 8)?,
                    interview_sequence: row.get(9)?,
                })
            })?;
            line.submissions = rows.collect::<Result<_, _>>()?;
        }
        Ok(lines)
    }

    /// The timeline of a batch, oldest first, events and letters together, recruiters counted from one; of one submission when given, with what is about the whole batch.
    ///
    /// # Errors
    /// The database's.
    pub fn timeline(&self, conversation: ConversationId, only: Option<SubmissionId>) -> Result<Vec<TimelineLine>, StoreError> {
        let mut lines = self.sql.prepare_cached(
            "SELECT at, kind, submission_id, detail, words, cause, id AS sorting, '' AS party, '' AS rest FROM events
              WHERE batch_id = ?1 AND (?2 IS NULL OR submission_id IS NULL OR submission_id = ?2)
             UNION ALL
             SELECT sent_at, 'letter', NULL, kind || ' to ', '', 'letter ' || id, serial, party, ': ' || subject
              FROM letters WHERE batch_id = ?1 AND state = 'sent'
             UNION ALL
             SELECT queued_at, 'letter', NULL, kind || ' to ', '', 'letter ' || id, serial, party,
                   ' ' || state || CASE outcome WHEN '' THEN '' ELSE ': ' || outcome END
              FROM letters WHERE batch_id = ?1 AND state <> 'sent'
             ORDER BY at, sorting",
        )?;
        let rows = lines.query_map(params![conversation.0, only.map(|id| id.0)], |row| {
            Ok(TimelineLine {
                at: text(row, 0)?,
                kind: text(row, 1)?,
                submission: row.get(2)?,
                detail: text(row, 3)? + &shown_party(&text(row, 7)?) + &text(row, 8)?,
                words: text(row, 4)?,
                cause: text(row, 5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a batch waits for, earliest first; for one submission when given, with what is about the whole batch.
    ///
    /// # Errors
    /// The database's.
    pub fn deadlines_of(&self, conversation: ConversationId, only: Option<SubmissionId>) -> Result<Vec<DeadlineLine>, StoreError> {
        let mut lines = self.sql.prepare_cached(
            "SELECT kind, nullif(submission_id, 0), at FROM deadlines
             WHERE batch_id = ?1 AND (?2 IS NULL OR submission_id IN (0, ?2)) ORDER BY at, kind",
        )?;
        let rows = lines.query_map(params![conversation.0, only.map(|id| id.0)], |row| {
            Ok(DeadlineLine {
                kind: text(row, 0)?,
                submission: row.get(1)?,
                at: text(row, 2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Why a letter of this batch was refused before it was queued, if one was.
    ///
    /// # Errors
    /// The database's.
    pub fn refused_letter(&self, conversation: ConversationId) -> Result<Option<String>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT detail FROM events WHERE batch_id = ?1 AND kind = 'letter_refused' LIMIT 1")?;
        optional(found.query_row([conversation.0], |row| row.get(0)))
    }

    /// Drafts, the newest first; all of them, or only those that wait, or only those of a recruiter.
    ///
    /// # Errors
    /// The database's.
    pub fn drafts(&self, all: bool, recruiter: Option<i64>, limit: u32) -> Result<Vec<DraftLine>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT d.id, d.kind, d.state, d.title, r.address, d.made_at, d.until, d.batch_id
               FROM drafts d JOIN recruiters r ON r.id = d.recruiter_id
              WHERE (?1 OR d.state = 'open') AND (?2 IS NULL OR d.recruiter_id = ?2) ORDER BY d.id DESC LIMIT ?3",
        )?;
        let rows = found.query_map(params![all, recruiter, limit], |row| {
            Ok(DraftLine {
                id: row.get(0)?,
                kind: text(row, 1)?,
                state: text(row, 2)?,
                title: text(row, 3)?,
                recruiter: text(row, 4)?,
                made_at: text(row, 5)?,
                until: text(row, 6)?,
                batch: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Letters, newest first; all of them, or only those that wait or failed.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox(&self, all: bool, limit: u32) -> Result<Vec<OutboxLine>, StoreError> {
        self.letter_lines(all, None, limit)
    }

    /// Letters in one state, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_in(&self, state: &str, limit: u32) -> Result<Vec<OutboxLine>, StoreError> {
        self.letter_lines(false, Some(state), limit)
    }

    fn letter_lines(&self, all: bool, state: Option<&str>, limit: u32) -> Result<Vec<OutboxLine>, StoreError> {
        let mut letters = self.sql.prepare_cached(
            "SELECT id, batch_id, kind, party,
                    state, attempts, due, sent_at, outcome FROM letters
             WHERE CASE WHEN ?2 IS NOT NULL THEN state = ?2 ELSE ?1 OR state <> 'sent' END ORDER BY id DESC LIMIT ?3",
        )?;
        let rows = letters.query_map(params![all, state, limit], |row| {
            Ok(OutboxLine {
                id: row.get(0)?,
                batch: row.get(1)?,
                kind: text(row, 2)?,
                party: shown_party(&text(row, 3)?),
                state: text(row, 4)?,
                attempts: row.get(5)?,
                due: text(row, 6)?,
                sent_at: text(row, 7)?,
                outcome: text(row, 8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Messages set aside, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn quarantine(&self, limit: u32) -> Result<Vec<QuarantineLine>, StoreError> {
        let mut rows = self
            .sql
            .prepare_cached("SELECT message_id, at, reason, seen FROM quarantine ORDER BY id DESC LIMIT ?1")?;
        let rows = rows.query_map([limit], |row| {
            Ok(QuarantineLine {
                message: row.get(0)?,
                at: text(row, 1)?,
                reason: text(row, 2)?,
                seen: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A person has looked at these messages.
    ///
    /// # Errors
    /// The database's.
    pub fn quarantine_seen(&self, messages: &[i64]) -> Result<(), StoreError> {
        let mut seen = self.sql.prepare_cached("UPDATE quarantine SET seen = 1 WHERE message_id = ?1")?;
        messages.iter().try_for_each(|message| seen.execute([message]).map(drop))?;
        Ok(())
    }

    /// The batch a person means by its id, its reference (with or without `REF-`), or a submission `s12`.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] with what was tried.
    pub fn meant_by(&self, text: &str) -> Result<(ConversationId, Option<SubmissionId>), StoreError> {
        let missing = || {
            StoreError::NoSuch(format!(
                "batch or submission {text:?}; `replyd list` shows them (batch: 7 or REF-7K3Q, submission: s12)"
            ))
        };
        if let Some(id) = text.strip_prefix(['s', 'S']).and_then(|id| id.parse().ok()).map(SubmissionId) {
            return self
                .conversation_of(id)?
                .map(|conversation| (conversation, Some(id)))
                .ok_or_else(missing);
        }
        let id = match text.parse::<i64>() {
            Ok(id) => {
                let mut found = self.sql.prepare_cached("SELECT id FROM batches WHERE id = ?1")?;
                optional(found.query_row([id], |row| row.get(0).map(ConversationId)))?
            }
            Err(_) => None,
        };
        if let Some(id) = id {
            return Ok((id, None));
        }
        let bare = text.to_ascii_uppercase();
        let bare = bare.trim_matches(['[', ']']).trim_start_matches("REF-");
        let reference = crate::model::Reference::find(&format!("REF-{bare}")).ok_or_else(missing)?;
        self.conversation_by_reference(&reference)?.map(|id| (id, None)).ok_or_else(missing)
    }

    /// Deliveries to webhooks, newest first: in one state when given, else all that have not arrived; to one endpoint when given.
    ///
    /// # Errors
    /// The database's.
    pub fn deliveries(&self, state: Option<&str>, endpoint: Option<&str>, limit: u32) -> Result<Vec<DeliveryLine>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT d.id, e.name, d.feed_id, f.name, f.batch_id, f.submission_id, d.state, d.attempts, d.due, d.queued_at, d.tried_at, d.outcome
             FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id JOIN feed f ON f.id = d.feed_id
             WHERE CASE WHEN ?1 IS NOT NULL THEN d.state = ?1 ELSE d.state NOT IN ('delivered', 'dropped') END AND (?2 IS NULL OR e.name = ?2)
             ORDER BY d.id DESC LIMIT ?3",
        )?;
        let rows = found.query_map(params![state, endpoint, limit], delivery_line)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts what waits and what is in trouble.
    ///
    /// # Errors
    /// The database's.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        let count = |sql: &str| self.sql.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok(Totals {
            waiting: count("SELECT count(*) FROM letters WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held')")?,
            ambiguous: count(
                "SELECT count(*) FROM letters WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND state IN ('ambiguous', 'held')",
            )?,
            untold: count("SELECT count(*) FROM letters WHERE state = 'failed' AND kind = 'notice'")?,
            quarantined: count("SELECT count(*) FROM quarantine WHERE seen = 0")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_for_metrics_does_not_grow_with_the_database() {
        let sql = rusqlite::Connection::open_in_memory().unwrap();
        sql.execute_batch(include_str!("schema.sql")).unwrap();
        let all = [
            (COUNT_EVENTS, "events"),
            (COUNT_MESSAGES, "messages"),
            (LETTERS_BY_STATE, "letters"),
            ("SELECT max(id) FROM events", "events"),
        ];
        for (query, table) in all {
            let mut plan = sql.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            // Raw: a plan needs no parameters.
            let steps = plan.raw_query().mapped(|row| row.get::<_, String>(3));
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps.iter().any(|step| step.contains(table)), "{steps:?}");
            // A partial index holds only what waits.
            let whole = |step: &String| step.starts_with(&format!("SCAN {table}")) && !step.contains("_waiting");
            assert!(!steps.iter().any(whole), "{query}: {steps:?}");
        }
    }
}
