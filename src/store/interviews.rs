//! Interviews: as they stand, and when they take their people's time.

use chrono::Duration;
use rusqlite::params;

use super::batches::interview_name;
use super::tables::{instant, text_of, text_or_empty};
use super::{StoreError, Tx};
use crate::calendar::Spans;
use crate::conversation::{Conversation, Elsewhere, Interview, Side, Submission, Unread};
use crate::model::{Address, SubmissionId, Timestamp};

impl Tx<'_> {
    /// Writes an interview that changed.
    pub(super) fn save_interview(&self, conversation: &Conversation, submission: &Submission) -> Result<(), StoreError> {
        let Some(interview) = &submission.interview else { return Ok(()) };
        let project = &conversation.batch.project;
        self.sql
            .prepare_cached(
                "INSERT INTO interviews (submission_id, status, kind, starts_at, duration_min, sequence, zone_data, with_recruiter)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (submission_id) DO UPDATE
                 SET status = ?2, kind = ?3, starts_at = ?4, duration_min = ?5, sequence = ?6, zone_data = ?7, with_recruiter = ?8",
            )?
            .execute(params![
                submission.id.0,
                interview.status.name(),
                interview_name(project.interview),
                text_or_empty(interview.booked.map(|slot| slot.start)),
                project.duration_min,
                interview.sequence,
                interview.clocks.as_ref().map_or("", |clocks| clocks.zone_data.as_str()),
                interview.with_recruiter,
            ])?;
        self.sql
            .prepare_cached("DELETE FROM taken WHERE submission_id = ?1")?
            .execute([submission.id.0])?;
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO taken (submission_id, contact_id, candidate_id, starts_at, ends_at, travel_min)
             SELECT s.id, c.id, s.candidate_id, ?2, ?3, ?5 FROM submissions s JOIN contacts c ON c.address = ?4 WHERE s.id = ?1",
        )?;
        for slot in interview.takes() {
            for one in whose(conversation, interview) {
                insert.execute(params![
                    submission.id.0,
                    text_of(slot.start),
                    text_of(slot.end),
                    one.as_str(),
                    conversation.travel().num_minutes()
                ])?;
            }
        }
        Ok(())
    }

    /// Interviews ahead that were agreed by other rules of zones than these; at most `most`.
    ///
    /// # Errors
    /// The database's.
    pub fn agreed_by_other_rules(&self, zone_data: &str, now: Timestamp, most: u32) -> Result<Vec<SubmissionId>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT submission_id FROM interviews
             WHERE status IN ('scheduled', 'confirmed') AND starts_at > ?1 AND zone_data <> ?2 ORDER BY starts_at LIMIT ?3",
        )?;
        let rows = found.query_map(params![text_of(now), zone_data, most], |row| row.get(0).map(SubmissionId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the people of a conversation are taken by interviews of others, from `now` on, and by what their calendars say: looked up only
    /// while it arranges one itself. And what other batches write to them.
    ///
    /// # Errors
    /// The database's.
    pub fn elsewhere(&self, conversation: &Conversation, now: Timestamp) -> Result<Elsewhere, StoreError> {
        let arranges = |one: &&Submission| one.interview.as_ref().is_some_and(Interview::is_under_way);
        let arranged: Vec<SubmissionId> = conversation.submissions.iter().filter(arranges).map(|one| one.id).collect();
        if arranged.is_empty() {
            return self.read_elsewhere(conversation, now, Elsewhere::default());
        }
        // Whoever is the contact of one batch may be an interviewer of another.
        let mut of_person = self.sql.prepare_cached(
            "SELECT t.starts_at, t.ends_at, t.travel_min FROM contacts c JOIN taken t ON t.contact_id = c.id
             JOIN submissions s ON s.id = t.submission_id WHERE c.address = ?3 AND s.batch_id <> ?1 AND t.ends_at > ?2",
        )?;
        let mut of_candidate = self.sql.prepare_cached(
            "SELECT t.starts_at, t.ends_at, t.travel_min FROM taken t JOIN submissions s ON s.candidate_id = t.candidate_id
             WHERE s.id = ?1 AND t.submission_id <> ?1 AND t.ends_at > ?2",
        )?;
        let looked_up = Lookup {
            // The way back from what ended just now is ahead.
            since: now - LONGEST_TRAVEL,
            travel: conversation.travel(),
        };
        let since = text_of(looked_up.since);
        let mut person = |address: &Address| looked_up.spans(&mut of_person, params![conversation.id.0, since, address.as_str()]);
        let mut unread = Vec::new();
        let mut calendar = |whose: &Address, side, about| -> Result<Spans, StoreError> {
            let (busy, not_all) = self.calendar_says(whose, &invited(conversation, side, about))?;
            unread.extend(not_all.map(|(as_of, why)| Unread { side, about, as_of, why }));
            Ok(busy)
        };
        let batch = &conversation.batch;
        let contact = &batch.contact.mailbox.address;
        let client = person(contact)?.union(&calendar(contact, Side::Client, None)?);
        let interviewers = (0..=u8::MAX).map(Side::Interviewer).zip(&batch.interviewers).map(|(side, one)| {
            let address = &one.mailbox.address;
            Ok(person(address)?.union(&calendar(address, side, None)?))
        });
        let interviewers = interviewers.collect::<Result<_, StoreError>>()?;
        let candidates = arranged.into_iter().map(|id| {
            let taken = looked_up.spans(&mut of_candidate, params![id.0, since])?;
            let busy = match conversation.candidate(id) {
                Some(one) => calendar(&one.mailbox.address, Side::Candidate, Some(id))?,
                None => Spans::default(),
            };
            Ok((id, taken.union(&busy)))
        });
        let candidates = candidates.collect::<Result<_, StoreError>>()?;
        let taken = Elsewhere {
            client,
            candidates,
            interviewers,
            unread,
            ..Elsewhere::default()
        };
        self.read_elsewhere(conversation, now, taken)
    }
}

/// How far back is looked for interviews whose travel lasts.
const LONGEST_TRAVEL: Duration = Duration::days(1);

/// For whom rows of `taken` are read.
struct Lookup {
    since: Timestamp,
    /// What the reader's own interview keeps free around itself.
    travel: Duration,
}

/// What stands in the calendar of a side because of this conversation: the times agreed, and those of invitations that they still have.
fn invited(conversation: &Conversation, side: Side, about: Option<SubmissionId>) -> Spans {
    let concerned = conversation.submissions.iter().filter(|one| about.is_none_or(|id| one.id == id));
    let interviews = concerned.filter_map(|one| one.interview.as_ref()).filter(|one| one.is_under_way());
    let slots = interviews.flat_map(|one| [one.booked, one.was_booked, one.attendee(side).invited]);
    Spans::of(slots.flatten().map(|slot| (slot.start, slot.end)).collect())
}

/// Whoever at the client keeps that time free: all who are asked, or all who come.
fn whose<'a>(conversation: &'a Conversation, interview: &Interview) -> Vec<&'a Address> {
    let batch = &conversation.batch;
    let contact = batch.contact_attends.then_some((Side::Client, &batch.contact.mailbox.address));
    let interviewers = (0..=u8::MAX)
        .map(Side::Interviewer)
        .zip(batch.interviewers.iter().map(|one| &one.mailbox.address));
    let comes = |side: Side| interview.booked.is_none() || !interview.attendee(side).absent;
    let all = contact.into_iter().chain(interviewers);
    all.filter(|(side, _)| comes(*side)).map(|(_, address)| address).collect()
}

impl Lookup {
    /// The stretches in the rows, each with the travel around it that the reader's interview does not keep free by itself.
    fn spans(&self, query: &mut rusqlite::CachedStatement<'_>, of: &[&dyn rusqlite::ToSql]) -> Result<Spans, StoreError> {
        let mut rows = query.query(of)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let at = |column: usize| -> Result<_, StoreError> { instant("taken", row.get_ref(column)?.as_str().unwrap_or_default()) };
            let around = (Duration::minutes(i64::from(row.get::<_, u32>(2)?)) - self.travel).max(Duration::zero());
            found.push((at(0)? - around, at(1)? + around));
        }
        Ok(Spans::of(found))
    }
}
