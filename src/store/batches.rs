//! Conversations: handed in, loaded, saved; their timeline, feedback and deadlines.

use rusqlite::params;
use serde::Serialize;

use super::milestones::Whose;
use super::tables::{instant, optional, text_of, text_or_empty};
use super::{Deadline, StoreError, Tx, state};
use crate::calendar::Zone;
use crate::conversation::{self, Batch, Candidate, Conversation, Driver, Entry, InterviewKind, MOST_INTERVIEWERS, Policy, Side};
use crate::model::{Address, ConversationId, Feed, Mailbox, Reason, Reference, SubmissionId, Timestamp};

/// A batch about to be handed in. The submissions in it get their numbers from the database.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// What was handed in; the submission ids in it are ignored.
    pub batch: Batch,
    /// How it shall behave.
    pub policy: Policy,
    /// The submitter's own key: the same key twice makes one batch.
    pub key: Option<String>,
    /// Bytes of the attachments, by lower-case hexadecimal SHA-256.
    pub files: Vec<(String, Vec<u8>)>,
    /// Where calendars of its people are read, by address; `None` for somebody who has none any more. Of the others nothing is said.
    pub calendars: Vec<(Address, Option<Feed>)>,
}

impl Tx<'_> {
    /// Makes the rows of a new batch. The conversation is at its very beginning; the caller steps it with `Submitted`.
    ///
    /// # Errors
    /// [`StoreError::Again`] when the key was used before.
    pub fn hand_in(&self, new: NewBatch, now: Timestamp) -> Result<Conversation, StoreError> {
        if let Some(key) = &new.key
            && self.batch_by_key(key)?.is_some()
        {
            return Err(StoreError::Again);
        }
        for (sha256, bytes) in &new.files {
            self.sql
                .prepare_cached("INSERT INTO blobs (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![sha256, bytes])?;
        }
        let mut batch = new.batch;
        let contact = &batch.contact;
        let client_id: i64 = self
            .sql
            .prepare_cached("INSERT INTO clients (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id")?
            .query_row([batch.client.as_str()], |row| row.get(0))?;
        let contact_id = self.keep_contact(client_id, &contact.mailbox, contact.zone)?;
        let project_id: i64 = self
            .sql
            .prepare_cached(
                "INSERT INTO projects (client_id, title, interview, duration_min) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (client_id, title) DO UPDATE SET interview = ?3, duration_min = ?4 RETURNING id",
            )?
            .query_row(
                params![
                    client_id,
                    batch.project.title.as_str(),
                    interview_name(batch.project.interview),
                    batch.project.duration_min
                ],
                |row| row.get(0),
            )?;
        let mut interviewers: Vec<i64> = Vec::new();
        for one in &batch.interviewers {
            interviewers.push(self.keep_contact(client_id, &one.mailbox, one.zone)?);
        }
        let id: i64 = self
            .sql
            .prepare_cached("INSERT INTO batches (key, reference, client_id, contact_id, project_id, created_at) VALUES (?1, '', ?2, ?3, ?4, ?5) RETURNING id")?
            .query_row(params![new.key, client_id, contact_id, project_id, text_of(now)], |row| row.get(0))?;
        for (position, contact) in (0_i64..).zip(interviewers) {
            self.sql
                .prepare_cached("INSERT INTO interviewers (batch_id, position, contact_id) VALUES (?1, ?2, ?3)")?
                .execute(params![id, position, contact])?;
        }
        let id = ConversationId(id);
        let whose = Whose {
            client: client_id,
            project: project_id,
            team: self.team(&batch.recruiters)?,
        };
        for (position, candidate) in batch.candidates.iter_mut().enumerate() {
            let candidate_id = self.keep_candidate(candidate)?;
            let submission: i64 = self
                .sql
                .prepare_cached("INSERT INTO submissions (batch_id, candidate_id, position) VALUES (?1, ?2, ?3) RETURNING id")?
                .query_row(
                    params![id.0, candidate_id, i64::try_from(position + 1).unwrap_or(i64::MAX)],
                    |row| row.get(0),
                )?;
            candidate.submission = SubmissionId(submission);
            self.begin_milestones(candidate.submission, whose, now)?;
            if let Some(cv) = &candidate.cv {
                self.sql
                    .prepare_cached("INSERT INTO cv_files (sha256, batch_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                    .execute(params![cv.sha256, id.0])?;
            }
        }
        for (whose, feed) in &new.calendars {
            self.keep_feed(whose, feed.as_ref())?;
        }
        let conversation = Conversation::new(id, batch, new.policy);
        self.sql
            .prepare_cached("UPDATE batches SET reference = ?2, handed_in = ?3 WHERE id = ?1")?
            .execute(params![id.0, Reference::of(id).as_str(), state::handed_in(&conversation)])?;
        self.introduce(&conversation, now)?;
        Ok(conversation)
    }

    /// The batch a submitter's key stands for.
    ///
    /// # Errors
    /// The database's.
    pub fn batch_by_key(&self, key: &str) -> Result<Option<ConversationId>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id FROM batches WHERE key = ?1")?;
        optional(found.query_row([key], |row| row.get(0).map(ConversationId)))
    }

    /// A conversation by id, without what its people do elsewhere ([`Tx::elsewhere`]).
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the stored state does not fit.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        if id.is_desk() {
            return Ok(None);
        }
        let mut found = self.sql.prepare_cached("SELECT handed_in, state FROM batches WHERE id = ?1")?;
        let mut rows = found.query([id.0])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let damaged = |error: String| StoreError::Damaged {
            place: format!("batches {id}"),
            what: error,
        };
        let column = |at| row.get_ref(at)?.as_str().map_err(|error| damaged(error.to_string()));
        let conversation = state::read(id, column(0)?, column(1)?).map_err(|error| damaged(error.to_string()))?;
        Ok(Some(conversation))
    }

    /// The conversation a submission belongs to.
    ///
    /// # Errors
    /// The database's.
    pub fn conversation_of(&self, submission: SubmissionId) -> Result<Option<ConversationId>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT batch_id FROM submissions WHERE id = ?1")?;
        optional(found.query_row([submission.0], |row| row.get(0).map(ConversationId)))
    }

    /// Saves a conversation: its state, and the columns and deadlines that show it.
    ///
    /// # Errors
    /// The database's.
    pub fn save(&self, conversation: &Conversation) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM deadlines WHERE batch_id = ?1")?
            .execute([conversation.id.0])?;
        let nothing = Conversation {
            submissions: Vec::new(),
            deadlines: conversation::Deadlines::default(),
            ..conversation.clone()
        };
        self.save_after(&nothing, conversation)
    }

    /// Saves what an event changed in a conversation that was loaded in this transaction.
    ///
    /// # Errors
    /// The database's.
    pub fn save_after(&self, before: &Conversation, after: &Conversation) -> Result<(), StoreError> {
        let state = state::written(after).map_err(|error| StoreError::Damaged {
            place: format!("conversation {}", after.id),
            what: error.to_string(),
        })?;
        let driver = match after.driver {
            Driver::Bot => "bot",
            Driver::Recruiter => "recruiter",
        };
        self.sql
            .prepare_cached("UPDATE batches SET state = ?2, driver = ?3, forgotten_at = '' WHERE id = ?1")?
            .execute(params![after.id.0, state, driver])?;
        let people = |of: &Conversation| {
            of.batch
                .candidates
                .iter()
                .map(|one| (one.phone.clone(), one.zone))
                .collect::<Vec<_>>()
        };
        if before.corrected != after.corrected || before.batch.contact != after.batch.contact || people(before) != people(after) {
            self.save_addresses(after)?;
        }
        for submission in after.submissions.iter().filter(|one| before.submission(one.id) != Some(one)) {
            let resting = submission.resting.as_ref();
            self.sql
                .prepare_cached("UPDATE submissions SET status = ?2, resting = ?3, takes_effect = ?4 WHERE id = ?1")?
                .execute(params![
                    submission.id.0,
                    submission.status.name(),
                    resting.map_or("", |one| one.decision.name()),
                    text_or_empty(resting.map(|one| one.until))
                ])?;
            self.save_interview(after, submission)?;
        }
        for (gone, _) in before.deadlines.iter().filter(|(one, _)| after.deadlines.get(*one).is_none()) {
            self.sql
                .prepare_cached("DELETE FROM deadlines WHERE batch_id = ?1 AND kind = ?2 AND submission_id = ?3")?
                .execute(params![after.id.0, gone.name(), gone.submission().map_or(0, |id| id.0)])?;
        }
        for (deadline, at) in after.deadlines.iter().filter(|(one, at)| before.deadlines.get(*one) != Some(*at)) {
            self.sql
                .prepare_cached(
                    "INSERT INTO deadlines (batch_id, kind, submission_id, at, contact_id)
                     VALUES (?1, ?2, ?3, ?4, (SELECT contact_id FROM batches WHERE id = ?1))
                     ON CONFLICT (batch_id, kind, submission_id) DO UPDATE SET at = ?4",
                )?
                .execute(params![
                    after.id.0,
                    deadline.name(),
                    deadline.submission().map_or(0, |id| id.0),
                    text_of(at)
                ])?;
        }
        self.put_on_board(before, after)
    }

    /// The row of somebody at a client.
    fn keep_contact(&self, client: i64, mailbox: &Mailbox, zone: Zone) -> Result<i64, StoreError> {
        let mut kept = self.sql.prepare_cached(
            "INSERT INTO contacts (client_id, name, address, zone) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (address) DO UPDATE SET client_id = ?1, name = ?2, zone = ?4 RETURNING id",
        )?;
        let values = params![client, mailbox.name.as_str(), mailbox.address.as_str(), zone.name()];
        Ok(kept.query_row(values, |row| row.get(0))?)
    }

    /// The row of a candidate.
    fn keep_candidate(&self, candidate: &Candidate) -> Result<i64, StoreError> {
        let mut kept = self.sql.prepare_cached(
            "INSERT INTO candidates (name, address, phone, zone) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (address) DO UPDATE SET name = ?1, phone = ?3, zone = ?4 RETURNING id",
        )?;
        let values = params![
            candidate.mailbox.name.as_str(),
            candidate.mailbox.address.as_str(),
            candidate.phone.as_ref().map_or("", |phone| phone.as_str()),
            candidate.zone.name()
        ];
        Ok(kept.query_row(values, |row| row.get(0))?)
    }

    /// Contact and candidates by the addresses they have now: by these their mail is known.
    pub(super) fn save_addresses(&self, after: &Conversation) -> Result<(), StoreError> {
        let contact = &after.batch.contact;
        let client: i64 = self
            .sql
            .prepare_cached("SELECT client_id FROM batches WHERE id = ?1")?
            .query_row([after.id.0], |row| row.get(0))?;
        let contact_id = self.keep_contact(client, &contact.mailbox, contact.zone)?;
        self.sql
            .prepare_cached("UPDATE batches SET contact_id = ?2 WHERE id = ?1")?
            .execute(params![after.id.0, contact_id])?;
        self.sql
            .prepare_cached("UPDATE deadlines SET contact_id = ?2 WHERE batch_id = ?1")?
            .execute(params![after.id.0, contact_id])?;
        for candidate in &after.batch.candidates {
            let id = self.keep_candidate(candidate)?;
            self.sql
                .prepare_cached("UPDATE submissions SET candidate_id = ?2 WHERE id = ?1")?
                .execute(params![candidate.submission.0, id])?;
        }
        self.make_findable(after.id)
    }

    /// Interviewers by the addresses they have now.
    pub(super) fn save_interviewers(&self, after: &Conversation) -> Result<(), StoreError> {
        let client: i64 = self
            .sql
            .prepare_cached("SELECT client_id FROM batches WHERE id = ?1")?
            .query_row([after.id.0], |row| row.get(0))?;
        for (position, one) in (0_i64..).zip(&after.batch.interviewers) {
            let contact = self.keep_contact(client, &one.mailbox, one.zone)?;
            self.sql
                .prepare_cached("UPDATE interviewers SET contact_id = ?3 WHERE batch_id = ?1 AND position = ?2")?
                .execute(params![after.id.0, position, contact])?;
        }
        Ok(())
    }

    /// Adds a line to the timeline.
    ///
    /// # Errors
    /// The database's.
    pub fn record(&self, id: ConversationId, entry: &Entry, cause: &str, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "INSERT INTO events (batch_id, submission_id, at, kind, detail, words, cause) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id.0,
                entry.submission.map(|one| one.0),
                text_of(now),
                entry.kind,
                entry.detail,
                entry.words,
                cause
            ])?;
        Ok(())
    }

    /// Keeps a reason with the words it rests on; the same reason twice is one.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_feedback(&self, submission: SubmissionId, reason: Reason, words: &str, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("INSERT INTO feedback (submission_id, reason, words, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
            .execute(params![submission.0, reason.name(), words, text_of(now)])?;
        Ok(())
    }

    /// A reason no longer holds, or the pass it was for no longer stands; the timeline keeps it.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_feedback(&self, submission: SubmissionId, reason: Reason) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM feedback WHERE submission_id = ?1 AND reason = ?2")?
            .execute(params![submission.0, reason.name()])?;
        Ok(())
    }

    /// The deadlines that are due, earliest first.
    ///
    /// # Errors
    /// The database's.
    pub fn due_deadlines(&self, now: Timestamp, limit: u32) -> Result<Vec<Deadline>, StoreError> {
        let mut due = self
            .sql
            .prepare_cached("SELECT batch_id, kind, submission_id, at FROM deadlines WHERE at <= ?1 ORDER BY at LIMIT ?2")?;
        let rows = due.query_map(params![text_of(now), limit], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, String>(3)?,
            ))
        })?;
        rows.map(|row| {
            let (batch, kind, submission, at) = row?;
            let place = format!("deadlines of batch {batch}");
            let reason = reason(&kind, SubmissionId(submission)).ok_or_else(|| StoreError::Damaged {
                place: place.clone(),
                what: format!("{kind:?} is not a deadline"),
            })?;
            Ok(Deadline {
                conversation: ConversationId(batch),
                reason,
                at: instant(&place, &at)?,
            })
        })
        .collect()
    }

    /// Moves a deadline in the table of deadlines only: the conversation could not be changed.
    ///
    /// # Errors
    /// The database's.
    pub fn put_off(&self, deadline: &Deadline, until: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE deadlines SET at = ?4 WHERE batch_id = ?1 AND kind = ?2 AND submission_id = ?3")?
            .execute(params![
                deadline.conversation.0,
                deadline.reason.name(),
                deadline.reason.submission().map_or(0, |id| id.0),
                text_of(until)
            ])?;
        Ok(())
    }

    /// When the earliest deadline falls due.
    ///
    /// # Errors
    /// The database's.
    pub fn next_deadline(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut first = self.sql.prepare_cached("SELECT at FROM deadlines ORDER BY at LIMIT 1")?;
        let at = optional(first.query_row([], |row| row.get::<_, String>(0)))?;
        at.map(|at| instant("deadlines", &at)).transpose()
    }

    /// The newest conversations whose client contact has this address.
    ///
    /// # Errors
    /// The database's.
    pub fn conversations_with(&self, contact: &Address, limit: u32) -> Result<Vec<ConversationId>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT b.id FROM batches b JOIN contacts c ON c.id = b.contact_id WHERE c.address = ?1 ORDER BY b.id DESC LIMIT ?2",
        )?;
        let rows = found.query_map(params![contact.as_str(), limit], |row| row.get(0).map(ConversationId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The conversation with this visible reference, the newest if there are several.
    ///
    /// # Errors
    /// The database's.
    pub fn conversation_by_reference(&self, reference: &Reference) -> Result<Option<ConversationId>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id FROM batches WHERE reference = ?1 ORDER BY id DESC LIMIT 1")?;
        optional(found.query_row([reference.as_str()], |row| row.get(0).map(ConversationId)))
    }

    /// Whether an attachment is still there.
    ///
    /// # Errors
    /// The database's.
    pub fn has_blob(&self, sha256: &str) -> Result<bool, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT 1 FROM blobs WHERE sha256 = ?1")?;
        Ok(optional(found.query_row([sha256], |_| Ok(())))?.is_some())
    }

    /// An attachment's bytes.
    ///
    /// # Errors
    /// The database's.
    pub fn blob(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT bytes FROM blobs WHERE sha256 = ?1")?;
        optional(found.query_row([sha256], |row| row.get(0)))
    }
}

fn reason(kind: &str, submission: SubmissionId) -> Option<conversation::Deadline> {
    let mut of_interviewers = (0..=u8::MAX).take(MOST_INTERVIEWERS).map(Side::Interviewer).flat_map(|side| {
        [
            conversation::Deadline::Interview(submission, side),
            conversation::Deadline::Tell(submission, side),
        ]
    });
    match kind {
        "take_effect" => Some(conversation::Deadline::TakeEffect(submission)),
        "chase" => Some(conversation::Deadline::Chase),
        "backup" => Some(conversation::Deadline::Backup),
        "follow_up" => Some(conversation::Deadline::FollowUp(submission)),
        "ask_reasons" => Some(conversation::Deadline::AskReasons(submission)),
        "receipt" => Some(conversation::Deadline::Receipt),
        "asked_back" => Some(conversation::Deadline::AskedBack),
        "orders" => Some(conversation::Deadline::Orders),
        "interview_client" => Some(conversation::Deadline::Interview(submission, Side::Client)),
        "interview_candidate" => Some(conversation::Deadline::Interview(submission, Side::Candidate)),
        "picked" => Some(conversation::Deadline::Picked(submission)),
        "tell_client" => Some(conversation::Deadline::Tell(submission, Side::Client)),
        "tell_candidate" => Some(conversation::Deadline::Tell(submission, Side::Candidate)),
        "remind" => Some(conversation::Deadline::Remind(submission)),
        "after_interview" => Some(conversation::Deadline::After(submission)),
        "feedback" => Some(conversation::Deadline::Feedback(submission)),
        "gone" => Some(conversation::Deadline::Gone(submission)),
        _ => of_interviewers.find(|one| one.name() == kind),
    }
}

pub(super) const fn interview_name(kind: InterviewKind) -> &'static str {
    match kind {
        InterviewKind::Video => "video",
        InterviewKind::Phone => "phone",
        InterviewKind::OnSite => "on_site",
    }
}

/// JSON of a value that cannot fail to be written, or an empty text.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
