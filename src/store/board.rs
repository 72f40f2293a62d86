//! The board: what waits for whom and since when, and what is found by its words.
//!
//! It is written with the state it shows, in the same transaction. A page of it costs what it shows, not what there is.

use rusqlite::params;

use super::recruiters::Sees;
use super::tables::{instant, optional, text, text_of};
use super::{StoreError, Tx};
use crate::conversation::{Conversation, Lane, Submission};
use crate::model::{ConversationId, SubmissionId, Timestamp};

/// Rows looked at for a count: whoever has more is told so.
const COUNTED: u32 = 1_000;

/// Where a page of the board begins: after this card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Since when that card waits.
    pub since: String,
    /// Its submission.
    pub submission: SubmissionId,
}

/// A submission on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Which.
    pub submission: SubmissionId,
    /// Its batch.
    pub batch: ConversationId,
    /// `7K3Q`.
    pub reference: String,
    /// The candidate's name.
    pub candidate: String,
    /// Client company.
    pub client: String,
    /// Role.
    pub project: String,
    /// The contact's name.
    pub contact: String,
    /// Status of design section 3.
    pub status: String,
    /// A decision in its grace period; empty when none rests.
    pub resting: String,
    /// [`Lane::name`].
    pub lane: String,
    /// [`crate::conversation::WaitsFor::name`].
    pub waits: String,
    /// Since when; in the lane of interviews when it begins.
    pub since: Timestamp,
    /// A recruiter drives.
    pub by_hand: bool,
}

impl Tx<'_> {
    /// A batch that was just handed in: whose it is, the words it is found by, its cards.
    pub(super) fn introduce(&self, conversation: &Conversation, now: Timestamp) -> Result<(), StoreError> {
        let mut whose = self
            .sql
            .prepare_cached("INSERT INTO batch_recruiters (batch_id, recruiter_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
        for one in &conversation.batch.recruiters {
            whose.execute(params![conversation.id.0, self.know_recruiter(one)?])?;
        }
        self.write_words(conversation.id)?;
        let since = text_of(now);
        conversation
            .submissions
            .iter()
            .try_for_each(|one| self.put_card(conversation, one, &since))
    }

    /// The words by which the submissions of a batch are found.
    pub(super) fn write_words(&self, batch: ConversationId) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "INSERT INTO found (rowid, who, words)
                 SELECT s.id, 'p' || b.project_id || ' '
                            || coalesce((SELECT group_concat('r' || r.recruiter_id, ' ') FROM batch_recruiters r WHERE r.batch_id = b.id), ''),
                        k.name || ' ' || k.address || ' ' || c.name || ' ' || p.title || ' ' || n.name || ' ' || n.address || ' ' || b.reference
                   FROM batches b JOIN submissions s ON s.batch_id = b.id JOIN candidates k ON k.id = s.candidate_id
                   JOIN clients c ON c.id = b.client_id JOIN projects p ON p.id = b.project_id JOIN contacts n ON n.id = b.contact_id
                  WHERE b.id = ?1",
            )?
            .execute([batch.0])?;
        Ok(())
    }

    /// Cards whose place changed.
    pub(super) fn put_on_board(&self, before: &Conversation, after: &Conversation) -> Result<(), StoreError> {
        let stood = |one: &Submission| before.submission(one.id).map(|old| (before.waits(old), begins(old)));
        let moved: Vec<&Submission> = after
            .submissions
            .iter()
            .filter(|one| stood(one) != Some((after.waits(one), begins(one))))
            .collect();
        if moved.is_empty() {
            return Ok(());
        }
        // The event that moved them was just written down.
        let mut last = self
            .sql
            .prepare_cached("SELECT at FROM events WHERE batch_id = ?1 ORDER BY id DESC LIMIT 1")?;
        let since = match optional(last.query_row([after.id.0], |row| text(row, 0)))? {
            Some(since) => since,
            None => {
                let mut made = self.sql.prepare_cached("SELECT created_at FROM batches WHERE id = ?1")?;
                made.query_row([after.id.0], |row| text(row, 0))?
            }
        };
        moved.into_iter().try_for_each(|one| self.put_card(after, one, &since))
    }

    fn put_card(&self, conversation: &Conversation, one: &Submission, since: &str) -> Result<(), StoreError> {
        let (lane, waits) = conversation.waits(one);
        let begins = begins(one).filter(|_| lane == Lane::Interview).map(text_of);
        let mut old = self
            .sql
            .prepare_cached("SELECT lane, waits, since FROM cards WHERE submission_id = ?1")?;
        let old = optional(old.query_row([one.id.0], |row| Ok((text(row, 0)?, text(row, 1)?, text(row, 2)?))))?;
        let since = match (&old, begins) {
            (_, Some(begins)) => begins,
            // It waits on: what was saved once more is no new wait.
            (Some((lane_was, waits_was, since)), None) if lane_was == lane.name() && waits_was == waits.name() => since.clone(),
            (_, None) => since.to_owned(),
        };
        self.sql
            .prepare_cached(
                "INSERT INTO cards (submission_id, project_id, lane, waits, since)
                 VALUES (?1, (SELECT project_id FROM batches WHERE id = ?2), ?3, ?4, ?5)
                 ON CONFLICT (submission_id) DO UPDATE SET lane = ?3, waits = ?4, since = ?5",
            )?
            .execute(params![one.id.0, conversation.id.0, lane.name(), waits.name(), since])?;
        if let Some((lane, _, since)) = &old {
            self.sql
                .prepare_cached(
                    "DELETE FROM cards_of WHERE recruiter_id IN (SELECT recruiter_id FROM batch_recruiters WHERE batch_id = ?1)
                        AND lane = ?2 AND since = ?3 AND submission_id = ?4",
                )?
                .execute(params![conversation.id.0, lane, since, one.id.0])?;
        }
        self.sql
            .prepare_cached(
                "INSERT INTO cards_of (recruiter_id, lane, since, submission_id)
                 SELECT recruiter_id, ?2, ?3, ?4 FROM batch_recruiters WHERE batch_id = ?1",
            )?
            .execute(params![conversation.id.0, lane.name(), since, one.id.0])?;
        Ok(())
    }

    /// A page of a lane: those that wait longest first, what is done newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn cards(&self, sees: &Sees, lane: Lane, after: Option<&Page>, limit: u32) -> Result<Vec<Card>, StoreError> {
        let newest_first = lane == Lane::Done;
        // Sorts before, or behind, every instant.
        let edge = if newest_first { "~" } else { "" };
        let (since, id) = after.map_or((edge, 0), |page| (page.since.as_str(), page.submission.0));
        let mut keys: Vec<(String, i64)> = Vec::new();
        match sees {
            Sees::All => {
                let mut rows = match newest_first {
                    false => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards WHERE lane = ?1 AND (since, submission_id) > (?2, ?3)
                         ORDER BY since, submission_id LIMIT ?4",
                    )?,
                    true => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards WHERE lane = ?1 AND (since, submission_id) < (?2, ?3)
                         ORDER BY since DESC, submission_id DESC LIMIT ?4",
                    )?,
                };
                let rows = rows.query_map(params![lane.name(), since, id, limit], |row| Ok((text(row, 0)?, row.get(1)?)))?;
                keys.extend(rows.collect::<Result<Vec<_>, _>>()?);
            }
            Sees::Own { recruiter, projects } => {
                let mut own = match newest_first {
                    false => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards_of WHERE lane = ?1 AND (since, submission_id) > (?2, ?3) AND recruiter_id = ?5
                         ORDER BY since, submission_id LIMIT ?4",
                    )?,
                    true => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards_of WHERE lane = ?1 AND (since, submission_id) < (?2, ?3) AND recruiter_id = ?5
                         ORDER BY since DESC, submission_id DESC LIMIT ?4",
                    )?,
                };
                let rows = own.query_map(params![lane.name(), since, id, limit, recruiter], |row| {
                    Ok((text(row, 0)?, row.get(1)?))
                })?;
                keys.extend(rows.collect::<Result<Vec<_>, _>>()?);
                let mut shared = match newest_first {
                    false => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards WHERE lane = ?1 AND (since, submission_id) > (?2, ?3) AND project_id = ?5
                         ORDER BY since, submission_id LIMIT ?4",
                    )?,
                    true => self.sql.prepare_cached(
                        "SELECT since, submission_id FROM cards WHERE lane = ?1 AND (since, submission_id) < (?2, ?3) AND project_id = ?5
                         ORDER BY since DESC, submission_id DESC LIMIT ?4",
                    )?,
                };
                for project in projects {
                    let rows = shared.query_map(params![lane.name(), since, id, limit, project], |row| {
                        Ok((text(row, 0)?, row.get(1)?))
                    })?;
                    keys.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
                keys.sort();
                keys.dedup();
                if newest_first {
                    keys.reverse();
                }
                keys.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            }
        }
        let cards = keys.into_iter().map(|(_, id)| self.card(SubmissionId(id)));
        Ok(cards.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// One card.
    ///
    /// # Errors
    /// The database's.
    pub fn card(&self, submission: SubmissionId) -> Result<Option<Card>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT s.id, s.batch_id, b.reference, k.name, c.name, p.title, n.name, s.status, s.resting, d.lane, d.waits, d.since, b.driver
               FROM cards d JOIN submissions s ON s.id = d.submission_id JOIN batches b ON b.id = s.batch_id
               JOIN candidates k ON k.id = s.candidate_id JOIN clients c ON c.id = b.client_id JOIN projects p ON p.id = b.project_id
               JOIN contacts n ON n.id = b.contact_id
              WHERE d.submission_id = ?1",
        )?;
        let row = found.query_row([submission.0], |row| {
            let card = Card {
                submission: SubmissionId(row.get(0)?),
                batch: ConversationId(row.get(1)?),
                reference: text(row, 2)?,
                candidate: text(row, 3)?,
                client: text(row, 4)?,
                project: text(row, 5)?,
                contact: text(row, 6)?,
                status: text(row, 7)?,
                resting: text(row, 8)?,
                lane: text(row, 9)?,
                waits: text(row, 10)?,
                since: Timestamp::UNIX_EPOCH,
                by_hand: text(row, 12)? == "recruiter",
            };
            Ok((card, text(row, 11)?))
        });
        let Some((card, since)) = optional(row)? else { return Ok(None) };
        let since = instant("cards", &since)?;
        Ok(Some(Card { since, ..card }))
    }

    /// How many cards a lane holds, and whether there are more than were counted.
    ///
    /// # Errors
    /// The database's.
    pub fn count_cards(&self, sees: &Sees, lane: Lane) -> Result<(u32, bool), StoreError> {
        let count: u32 = match sees {
            Sees::All => {
                let mut all = self
                    .sql
                    .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM cards WHERE lane = ?1 LIMIT ?2)")?;
                all.query_row(params![lane.name(), COUNTED + 1], |row| row.get(0))?
            }
            Sees::Own { recruiter, projects } => {
                let mut own = self
                    .sql
                    .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM cards_of WHERE recruiter_id = ?3 AND lane = ?1 LIMIT ?2)")?;
                let mut count: u32 = own.query_row(params![lane.name(), COUNTED + 1, recruiter], |row| row.get(0))?;
                // Those of their own in a shared project are counted already.
                let mut others = self.sql.prepare_cached(
                    "SELECT count(*) FROM (SELECT 1 FROM cards d WHERE d.project_id = ?4 AND d.lane = ?1
                        AND NOT EXISTS (SELECT 1 FROM cards_of o WHERE o.recruiter_id = ?3 AND o.lane = d.lane AND o.since = d.since
                                           AND o.submission_id = d.submission_id) LIMIT ?2)",
                )?;
                for project in projects {
                    let more: u32 = others.query_row(params![lane.name(), COUNTED + 1, recruiter, project], |row| row.get(0))?;
                    count = count.saturating_add(more);
                }
                count
            }
        };
        Ok((count.min(COUNTED), count > COUNTED))
    }

    /// Submissions with all of these words, or words that begin so, in their people, client, role or reference; newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn find(&self, sees: &Sees, words: &str, limit: u32) -> Result<Vec<Card>, StoreError> {
        let Some(wanted) = wanted(sees, words) else { return Ok(Vec::new()) };
        let mut found = self
            .sql
            .prepare_cached("SELECT rowid FROM found WHERE found MATCH ?1 ORDER BY rowid DESC LIMIT ?2")?;
        let rows = found.query_map(params![wanted, limit], |row| row.get(0).map(SubmissionId))?;
        let ids = rows.collect::<Result<Vec<_>, _>>()?;
        let cards = ids.into_iter().map(|id| self.card(id));
        Ok(cards.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }
}

/// When an interview that is agreed begins.
fn begins(one: &Submission) -> Option<Timestamp> {
    one.interview.as_ref()?.booked.as_ref().map(|slot| slot.start)
}

/// What FTS5 is asked; `None` when no word is left. Words go in as strings, so nothing of them is an operator.
fn wanted(sees: &Sees, words: &str) -> Option<String> {
    let bare = words.trim();
    let bare = bare
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("ref-"))
        .map_or(bare, |_| bare.get(4..).unwrap_or_default());
    let words: Vec<String> = bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("\"{}\" *", word.chars().take(40).collect::<String>()))
        .collect();
    if words.is_empty() {
        return None;
    }
    let words = format!("words : ({})", words.join(" AND "));
    Some(match sees {
        Sees::All => words,
        Sees::Own { recruiter, projects } => {
            let projects = projects.iter().map(|id| format!(" OR p{id}"));
            format!("who : (r{recruiter}{}) AND {words}", projects.collect::<String>())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_words_and_never_an_operator() {
        let own = Sees::Own {
            recruiter: 4,
            projects: vec![7],
        };
        assert_eq!(wanted(&Sees::All, "REF-7K3Q").as_deref(), Some("words : (\"7K3Q\" *)"));
        assert_eq!(
            wanted(&own, "ana) OR who:(r1 \"x").as_deref(),
            Some("who : (r4 OR p7) AND words : (\"ana\" * AND \"OR\" * AND \"who\" * AND \"r1\" * AND \"x\" *)")
        );
        for nothing in ["", "  ", "\"*()", "ref-"] {
            assert_eq!(wanted(&own, nothing), None);
        }
    }
}
