//! How far each submission has come: noted with each event, and once for what was there before it was noted.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use super::tables::instant;
use super::{StoreError, Tx, state};
use crate::conversation::{Conversation, Ended, Milestones, Outcome, Reasons, Told};
use crate::model::{ConversationId, Decision, Mailbox, Reason, SubmissionId, Timestamp};

/// Batches looked at together when milestones are filled in.
const TOGETHER: u32 = 500;

impl Tx<'_> {
    /// Notes what an event changed in how far submissions have come. Belongs into the transaction of the event, after
    /// [`Tx::save_after`].
    ///
    /// # Errors
    /// The database's.
    pub fn keep_milestones(&self, before: &Conversation, after: &Conversation, now: Timestamp) -> Result<(), StoreError> {
        for submission in &after.submissions {
            let id = submission.id;
            if !Milestones::may_change(before, after, id) {
                continue;
            }
            let Some(known) = self.milestones(id)? else { continue };
            let next = known.after(before, after, id, now);
            if next != known {
                self.write_milestones(id, &next)?;
            }
        }
        Ok(())
    }

    /// How far a submission has come.
    ///
    /// # Errors
    /// The database's.
    pub fn milestones(&self, id: SubmissionId) -> Result<Option<Milestones>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT submitted_at, sent_at, viewed_at, decided_at, open_minutes, decision, stands, interested_at, arranged, person, booked_at,
                    starts_at, days_to_start, outcome, passed_at, asked_why, explained_at, reasons, ended_at, ended
             FROM milestones WHERE submission_id = ?1",
        )?;
        let mut rows = found.query([id.0])?;
        rows.next()?.map(|row| read(row, 0)).transpose()
    }

    /// The row of a submission that was just handed in.
    pub(super) fn begin_milestones(&self, id: SubmissionId, of: Whose, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "INSERT INTO milestones (submission_id, client_id, project_id, team_id, submitted_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id.0, of.client, of.project, of.team, now.timestamp()])?;
        Ok(())
    }

    /// The team that these recruiters are.
    pub(super) fn team(&self, recruiters: &[Mailbox]) -> Result<i64, StoreError> {
        let mut members = Vec::new();
        for one in recruiters {
            let id: i64 = self
                .sql
                .prepare_cached(
                    "INSERT INTO recruiters (name, address) VALUES (?1, ?2) ON CONFLICT (address) DO UPDATE SET name = ?1 RETURNING id",
                )?
                .query_row(params![one.name.as_str(), one.address.as_str()], |row| row.get(0))?;
            members.push(id);
        }
        members.sort_unstable();
        members.dedup();
        let members = members.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let id = self
            .sql
            .prepare_cached("INSERT INTO teams (members) VALUES (?1) ON CONFLICT (members) DO UPDATE SET members = members RETURNING id")?
            .query_row([members], |row| row.get(0))?;
        Ok(id)
    }

    fn write_milestones(&self, id: SubmissionId, to: &Milestones) -> Result<(), StoreError> {
        // In full: a new milestone needs a column.
        let Milestones {
            submitted: _,
            sent,
            viewed,
            decided,
            open_minutes,
            decision,
            stands,
            interested,
            arranged,
            person,
            booked,
            starts,
            days_to_start,
            outcome,
            passed,
            asked_why,
            explained,
            reasons,
            ended,
        } = to;
        let names = reasons.iter().map(Reason::name).collect::<Vec<_>>().join(" ");
        self.sql
            .prepare_cached(
                "UPDATE milestones SET sent_at = ?2, viewed_at = ?3, decided_at = ?4, open_minutes = ?5, decision = ?6, stands = ?7,
                        interested_at = ?8, arranged = ?9, person = ?10, booked_at = ?11, starts_at = ?12, days_to_start = ?13, outcome = ?14,
                        passed_at = ?15, asked_why = ?16, explained_at = ?17, reasons = ?18, ended_at = ?19, ended = ?20
                 WHERE submission_id = ?1",
            )?
            .execute(params![
                id.0,
                seconds(*sent),
                seconds(*viewed),
                seconds(*decided),
                open_minutes.unwrap_or_default(),
                decision.map_or("", Decision::name),
                stands.map_or("", Decision::name),
                seconds(*interested),
                arranged,
                person,
                seconds(*booked),
                seconds(*starts),
                days_to_start.unwrap_or_default(),
                outcome.map_or("", Outcome::name),
                seconds(*passed),
                asked_why,
                seconds(*explained),
                names,
                seconds(ended.map(|(at, _)| at)),
                ended.map_or("", |(_, how)| how.name()),
            ])?;
        Ok(())
    }

    /// Notes the milestones of all submissions there are, as far as their timelines tell them.
    pub(super) fn fill_milestones(&self) -> Result<(), StoreError> {
        let mut batches = self
            .sql
            .prepare("SELECT id, client_id, project_id, created_at, handed_in, state FROM batches WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let mut last = 0_i64;
        loop {
            let rows = batches.query_map(params![last, TOGETHER], |row| {
                Ok(Kept {
                    id: ConversationId(row.get(0)?),
                    client: row.get(1)?,
                    project: row.get(2)?,
                    created_at: row.get(3)?,
                    handed_in: row.get(4)?,
                    state: row.get(5)?,
                })
            })?;
            let group = rows.collect::<Result<Vec<_>, _>>()?;
            let Some(end) = group.last().map(|one| one.id.0) else {
                return Ok(());
            };
            for one in &group {
                self.fill_batch(one)?;
            }
            last = end;
        }
    }

    fn fill_batch(&self, batch: &Kept) -> Result<(), StoreError> {
        let submitted = instant("batches", &batch.created_at).unwrap_or_default();
        // One that cannot be read any more is counted as handed in, and nothing else.
        let conversation = state::read(batch.id, &batch.handed_in, &batch.state).ok();
        let recruiters = conversation.as_ref().map_or(&[][..], |one| &one.batch.recruiters);
        let whose = Whose {
            client: batch.client,
            project: batch.project,
            team: self.team(recruiters)?,
        };
        let lines = self.told(batch.id)?;
        let mut submissions = self.sql.prepare_cached("SELECT id FROM submissions WHERE batch_id = ?1")?;
        let ids = submissions.query_map([batch.id.0], |row| row.get(0).map(SubmissionId))?;
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            self.begin_milestones(id, whose, submitted)?;
            if let Some(conversation) = &conversation {
                self.write_milestones(id, &Milestones::told(conversation, id, submitted, &lines))?;
            }
        }
        Ok(())
    }

    fn told(&self, batch: ConversationId) -> Result<Vec<Told>, StoreError> {
        let mut lines = self
            .sql
            .prepare_cached("SELECT at, kind, submission_id, detail FROM events WHERE batch_id = ?1 ORDER BY id")?;
        let mut rows = lines.query([batch.0])?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()? {
            let at: String = row.get(0)?;
            let Ok(at) = instant("events", &at) else { continue };
            told.push(Told {
                at,
                kind: row.get(1)?,
                submission: row.get::<_, Option<i64>>(2)?.map(SubmissionId),
                detail: row.get(3)?,
            });
        }
        Ok(told)
    }
}

/// To whom a submission is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub(super) client: i64,
    pub(super) project: i64,
    pub(super) team: i64,
}

/// A batch as it lies in its row.
struct Kept {
    id: ConversationId,
    client: i64,
    project: i64,
    created_at: String,
    handed_in: String,
    state: String,
}

/// The milestones in a row, from this column on, in the order of the table.
pub(super) fn read(row: &Row<'_>, from: usize) -> Result<Milestones, StoreError> {
    let number = |at: usize| row.get::<_, i64>(from + at);
    let at = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        let seconds = number(column)?;
        Ok(Some(seconds).filter(|at| *at != 0).and_then(|at| Timestamp::from_timestamp(at, 0)))
    };
    let amount = |column: usize, of: Option<Timestamp>| -> rusqlite::Result<Option<u32>> {
        Ok(of.map(|_| u32::try_from(row.get::<_, i64>(from + column).unwrap_or_default()).unwrap_or(u32::MAX)))
    };
    let (sent, decided, starts, ended) = (at(1)?, at(3)?, at(11)?, at(18)?);
    Ok(Milestones {
        submitted: at(0)?.unwrap_or_default(),
        sent,
        viewed: at(2)?,
        decided,
        open_minutes: amount(4, decided.filter(|_| sent.is_some()))?,
        decision: named(row, from + 5, &Decision::ALL, Decision::name)?,
        stands: named(row, from + 6, &Decision::ALL, Decision::name)?,
        interested: at(7)?,
        arranged: number(8)? != 0,
        person: number(9)? != 0,
        booked: at(10)?,
        starts,
        days_to_start: amount(12, starts)?,
        outcome: named(row, from + 13, &Outcome::ALL, Outcome::name)?,
        passed: at(14)?,
        asked_why: number(15)? != 0,
        explained: at(16)?,
        reasons: reasons(row, from + 17)?,
        ended: ended.zip(named(row, from + 19, &Ended::ALL, Ended::name)?),
    })
}

fn seconds(at: Option<Timestamp>) -> i64 {
    at.map_or(0, |at| at.timestamp())
}

/// One of a few names; empty is none.
fn named<T: Copy>(row: &Row<'_>, column: usize, all: &[T], name: impl Fn(T) -> &'static str) -> Result<Option<T>, StoreError> {
    let text = words(row, column)?;
    if text.is_empty() {
        return Ok(None);
    }
    let found = all.iter().copied().find(|one| name(*one).as_bytes() == text);
    found.map(Some).ok_or_else(|| StoreError::Damaged {
        place: "milestones".to_owned(),
        what: format!("{:?} is none of its names", String::from_utf8_lossy(text)),
    })
}

fn reasons(row: &Row<'_>, column: usize) -> Result<Reasons, StoreError> {
    let text = words(row, column)?;
    if text.is_empty() {
        return Ok(Reasons::default());
    }
    // A reason of a later replyd that this one does not know is none of those that are counted here.
    let known = |name: &[u8]| Reason::ALL.into_iter().find(|one| one.name().as_bytes() == name);
    Ok(Reasons::of(text.split(|byte| *byte == b' ').filter_map(known)))
}

fn words<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], StoreError> {
    match row.get_ref(column)? {
        ValueRef::Text(text) => Ok(text),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Ok(b""),
    }
}
