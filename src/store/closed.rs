//! Batches that ended long ago: everything of people in them goes, what figures need stays.
//!
//! In: an instant, where the last look ended, and a conversation as it shall stand. Out: which batches these are, and what went. Work is bounded
//! by the page that is looked at, and by what belongs to one batch. Never here: when that is due.

use rusqlite::params;

use super::tables::{instant, text, text_of};
use super::{StoreError, Tx, state};
use crate::conversation::Conversation;
use crate::model::{Address, ConversationId, Timestamp};

/// A look at batches that may say nothing of people any longer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// The last batch that was looked at; `None` when there is no other that is old enough.
    pub last: Option<i64>,
    /// Those whose last event is old enough, and of which nothing is to come.
    pub batches: Vec<ConversationId>,
}

/// What went with a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct WithoutPeople {
    /// Batches.
    pub batches: usize,
    /// Candidates, contacts and interviewers in them.
    pub people: usize,
    /// Of these whoever is in no other batch.
    pub rows: usize,
    /// Lines of timelines.
    pub events: usize,
    /// Letters.
    pub letters: usize,
    /// Mails.
    pub messages: usize,
    /// CVs that no other batch has.
    pub files: usize,
}

impl std::ops::AddAssign for WithoutPeople {
    fn add_assign(&mut self, more: Self) {
        self.batches += more.batches;
        self.people += more.people;
        self.rows += more.rows;
        self.events += more.events;
        self.letters += more.letters;
        self.messages += more.messages;
        self.files += more.files;
    }
}

impl Tx<'_> {
    /// The next batches after one that still say something of people: when they were made, when something happened last, whether they are over.
    fn with_people_after(&self, after: i64, limit: u32) -> Result<Vec<(i64, String, String, bool)>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT b.id, b.created_at,
                    coalesce((SELECT e.at FROM events e WHERE e.batch_id = b.id ORDER BY e.id DESC LIMIT 1), b.created_at),
                    NOT EXISTS (SELECT 1 FROM submissions s WHERE s.batch_id = b.id
                                  AND s.status NOT IN ('rejected', 'completed', 'withdrawn', 'closed'))
                    AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.batch_id = b.id
                                      AND l.state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held'))
                    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.batch_id = b.id AND m.state IN ('stored', 'reading', 'quarantined'))
             FROM batches b WHERE b.forgotten_at = '' AND b.id > max(?1, 0) ORDER BY b.id LIMIT ?2",
        )?;
        let rows = found.query_map(params![after, limit], |row| {
            Ok((row.get(0)?, text(row, 1)?, text(row, 2)?, row.get(3)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Looks at the next batches after one that still say something of people.
    ///
    /// # Errors
    /// The database's.
    pub fn ended(&self, before: Timestamp, after: i64, limit: u32) -> Result<Ended, StoreError> {
        let before = text_of(before);
        let mut ended = Ended::default();
        // Batches are as old as their numbers say.
        let rows = self.with_people_after(after, limit)?;
        for (id, _, last, over) in rows.into_iter().take_while(|(_, made, _, _)| *made < before) {
            ended.last = Some(id);
            if over && last < before {
                ended.batches.push(ConversationId(id));
            }
        }
        Ok(ended)
    }

    /// Of the batches that are over, the one in which something happened last the longest ago, from an instant on: when, and which.
    ///
    /// # Errors
    /// The database's.
    pub fn first_ended(&self, since: Timestamp, page: u32) -> Result<Option<(Timestamp, ConversationId)>, StoreError> {
        let (since, mut after) = (text_of(since), 0);
        let mut first: Option<(String, i64)> = None;
        loop {
            let rows = self.with_people_after(after, page)?;
            let Some((last, ..)) = rows.last() else { break };
            after = *last;
            let over = rows.into_iter().filter(|(_, _, at, over)| *over && *at >= since);
            first = first.into_iter().chain(over.map(|(id, _, at, _)| (at, id))).min();
        }
        first
            .map(|(at, id)| Ok((instant("the last event of a batch", &at)?, ConversationId(id))))
            .transpose()
    }

    /// What would go with a batch.
    ///
    /// # Errors
    /// The database's.
    pub fn people_of(&self, batch: ConversationId) -> Result<WithoutPeople, StoreError> {
        let count = |sql: &str| -> Result<usize, StoreError> {
            let found: i64 = self.sql.prepare_cached(sql)?.query_row([batch.0], |row| row.get(0))?;
            Ok(usize::try_from(found).unwrap_or_default())
        };
        let (candidates, contacts) = (self.candidates_in(batch)?, self.contacts_in(batch)?);
        Ok(WithoutPeople {
            batches: 1,
            people: candidates.len() + contacts.len(),
            rows: 0,
            events: count("SELECT count(*) FROM events WHERE batch_id = ?1")?,
            letters: count("SELECT count(*) FROM letters WHERE batch_id = ?1")?,
            messages: count("SELECT count(*) FROM messages WHERE batch_id = ?1")?,
            files: count("SELECT count(*) FROM cv_files WHERE batch_id = ?1")?,
        })
    }

    /// A batch says nothing of people any more; `left` is what is left of it. Numbers, instants, statuses and all figures stay.
    ///
    /// # Errors
    /// The database's.
    pub fn forget_batch(&self, left: &Conversation, now: Timestamp) -> Result<WithoutPeople, StoreError> {
        let batch = left.id;
        let mut gone = self.people_of(batch)?;
        let (candidates, contacts) = (self.candidates_in(batch)?, self.contacts_in(batch)?);
        let written = state::written(left).map_err(|error| StoreError::Damaged {
            place: format!("conversation {batch}"),
            what: error.to_string(),
        })?;
        self.sql
            .prepare_cached("UPDATE batches SET key = NULL, handed_in = ?2, state = ?3, forgotten_at = ?4 WHERE id = ?1")?
            .execute(params![batch.0, state::handed_in(left), written, text_of(now)])?;
        self.leave_words(batch)?;
        // Others' rows point to nobody from here on, and whoever is pointed to no more goes.
        self.save_addresses(left)?;
        self.save_interviewers(left)?;
        for id in candidates {
            gone.rows += self
                .sql
                .prepare_cached(
                    "DELETE FROM candidates WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM submissions WHERE candidate_id = ?1)
                        AND NOT EXISTS (SELECT 1 FROM taken WHERE candidate_id = ?1)",
                )?
                .execute([id])?;
        }
        for id in contacts {
            gone.rows += self
                .sql
                .prepare_cached(
                    "DELETE FROM contacts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM batches WHERE contact_id = ?1)
                        AND NOT EXISTS (SELECT 1 FROM interviewers WHERE contact_id = ?1) AND NOT EXISTS (SELECT 1 FROM taken WHERE contact_id = ?1)",
                )?
                .execute([id])?;
        }
        // Whom something was sent to is noted for a day at the most, and taken off with the next letter; there may have been none.
        for of_limits in ["DELETE FROM sends WHERE at < ?1", "DELETE FROM answers WHERE at < ?1"] {
            self.sql
                .prepare_cached(of_limits)?
                .execute([text_of(now - chrono::Duration::days(2))])?;
        }
        gone.files = self.leave_files(batch)?;
        Ok(gone)
    }

    /// Everything that somebody wrote, or that was written of somebody.
    fn leave_words(&self, batch: ConversationId) -> Result<(), StoreError> {
        let nobody = Address::of_erased("", 0);
        self.sql
            .prepare_cached(
                "UPDATE letters SET subject = '', about = CASE kind WHEN 'nudge' THEN about ELSE '' END, outcome = '', recipient = ?2
                  WHERE batch_id = ?1",
            )?
            .execute(params![batch.0, nobody.as_str()])?;
        for sql in [
            "UPDATE letter_bytes SET text = '', html_text = '', bytes = x'' WHERE letter_id IN (SELECT id FROM letters WHERE batch_id = ?1)",
            "UPDATE events SET detail = '', words = '' WHERE batch_id = ?1",
            "UPDATE feedback SET words = '' WHERE submission_id IN (SELECT id FROM submissions WHERE batch_id = ?1)",
            "UPDATE message_bytes SET raw = x'' WHERE message_id IN (SELECT id FROM messages WHERE batch_id = ?1)",
            "UPDATE labels SET was = '' WHERE message_id IN (SELECT id FROM messages WHERE batch_id = ?1)",
            "UPDATE quarantine SET reason = '' WHERE message_id IN (SELECT id FROM messages WHERE batch_id = ?1)",
            "UPDATE messages SET why = '' WHERE batch_id = ?1",
            "UPDATE feed SET body = json_set(body, '$.data.summary', '', '$.data.words', '', '$.data.conversation.contact', '',
                    '$.data.author.name', CASE WHEN body ->> '$.data.author.kind' IN ('client', 'candidate', 'interviewer') THEN ''
                                               ELSE body ->> '$.data.author.name' END)
              WHERE batch_id = ?1 AND json_valid(body)",
            "UPDATE feed SET body = json_replace(body, '$.data.submission.candidate', '', '$.data.previous.submission.candidate', '',
                    '$.data.submission.resting.condition', NULL, '$.data.previous.submission.resting.condition', NULL,
                    '$.data.previous.conversation.contact', '', '$.data.letter.response', NULL)
              WHERE batch_id = ?1 AND json_valid(body)",
            "DELETE FROM draft_files WHERE draft_id IN (SELECT id FROM drafts WHERE batch_id = ?1)",
            "UPDATE drafts SET title = '', says = '' WHERE batch_id = ?1",
            "DELETE FROM taken WHERE submission_id IN (SELECT id FROM submissions WHERE batch_id = ?1)",
            "DELETE FROM deadlines WHERE batch_id = ?1",
            "DELETE FROM cv_codes WHERE batch_id = ?1",
        ] {
            self.sql.prepare_cached(sql)?.execute([batch.0])?;
        }
        Ok(())
    }

    /// The CVs of a batch, where no other batch has the same one. Gives how many went.
    fn leave_files(&self, batch: ConversationId) -> Result<usize, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("DELETE FROM cv_files WHERE batch_id = ?1 RETURNING sha256")?;
        let files: Vec<String> = found.query_map([batch.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut gone = 0;
        for sha256 in files {
            gone += self
                .sql
                .prepare_cached("DELETE FROM blobs WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM cv_files WHERE sha256 = ?1)")?
                .execute([sha256])?;
        }
        Ok(gone)
    }

    fn candidates_in(&self, batch: ConversationId) -> Result<Vec<i64>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT candidate_id FROM submissions WHERE batch_id = ?1 ORDER BY position")?;
        Ok(found.query_map([batch.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn contacts_in(&self, batch: ConversationId) -> Result<Vec<i64>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT contact_id FROM batches WHERE id = ?1 UNION SELECT contact_id FROM interviewers WHERE batch_id = ?1")?;
        Ok(found.query_map([batch.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}
