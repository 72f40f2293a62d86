//! Interviews: as they stand, and when they take their people's time.

use rusqlite::params;

use super::batches::interview_name;
use super::tables::{instant, text_of, text_or_empty};
use super::{StoreError, Tx};
use crate::calendar::Spans;
use crate::conversation::{Conversation, Elsewhere, Interview, Submission};
use crate::model::{Slot, SubmissionId};

impl Tx<'_> {
    /// Writes an interview that changed.
    pub(super) fn save_interview(&self, conversation: &Conversation, submission: &Submission) -> Result<(), StoreError> {
        let Some(interview) = &submission.interview else { return Ok(()) };
        let project = &conversation.batch.project;
        self.sql
            .prepare_cached(
                "INSERT INTO interviews (submission_id, status, kind, starts_at, duration_min, sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (submission_id) DO UPDATE SET status = ?2, kind = ?3, starts_at = ?4, duration_min = ?5, sequence = ?6",
            )?
            .execute(params![
                submission.id.0,
                interview.status.name(),
                interview_name(project.interview),
                text_or_empty(interview.booked.map(|slot| slot.start)),
                project.duration_min,
                interview.sequence,
            ])?;
        self.sql
            .prepare_cached("DELETE FROM taken WHERE submission_id = ?1")?
            .execute([submission.id.0])?;
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO taken (submission_id, contact_id, candidate_id, starts_at, ends_at)
             SELECT s.id, b.contact_id, s.candidate_id, ?2, ?3 FROM submissions s JOIN batches b ON b.id = s.batch_id WHERE s.id = ?1",
        )?;
        for slot in takes(interview) {
            insert.execute(params![submission.id.0, text_of(slot.start), text_of(slot.end)])?;
        }
        Ok(())
    }

    /// When the people of a conversation are taken by interviews of others. Looked up only while it arranges one itself.
    pub(super) fn elsewhere(&self, conversation: &Conversation) -> Result<Elsewhere, StoreError> {
        let arranges = |one: &&Submission| one.interview.as_ref().is_some_and(Interview::is_under_way);
        let arranged: Vec<SubmissionId> = conversation.submissions.iter().filter(arranges).map(|one| one.id).collect();
        if arranged.is_empty() {
            return Ok(Elsewhere::default());
        }
        let mut of_contact = self.sql.prepare_cached(
            "SELECT t.starts_at, t.ends_at FROM taken t JOIN batches b ON b.contact_id = t.contact_id JOIN submissions s ON s.id = t.submission_id
             WHERE b.id = ?1 AND s.batch_id <> ?1",
        )?;
        let mut of_candidate = self.sql.prepare_cached(
            "SELECT t.starts_at, t.ends_at FROM taken t JOIN submissions s ON s.candidate_id = t.candidate_id
             WHERE s.id = ?1 AND t.submission_id <> ?1",
        )?;
        let candidates = arranged.into_iter().map(|id| Ok((id, spans(&mut of_candidate, id.0)?)));
        Ok(Elsewhere {
            client: spans(&mut of_contact, conversation.id.0)?,
            candidates: candidates.collect::<Result<_, StoreError>>()?,
        })
    }
}

/// The time agreed, or else those that are held for a choice.
fn takes(interview: &Interview) -> Vec<Slot> {
    match interview.booked {
        _ if !interview.is_under_way() => Vec::new(),
        Some(slot) => vec![slot],
        None => interview.held().to_vec(),
    }
}

fn spans(query: &mut rusqlite::CachedStatement<'_>, id: i64) -> Result<Spans, StoreError> {
    let mut rows = query.query([id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let at = |column: usize| -> Result<_, StoreError> { instant("taken", row.get_ref(column)?.as_str().unwrap_or_default()) };
        found.push((at(0)?, at(1)?));
    }
    Ok(Spans::of(found))
}
