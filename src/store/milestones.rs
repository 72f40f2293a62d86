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
        let mut found = self
            .sql
            .prepare_cached("SELECT submitted_at, reasons, packed FROM milestones WHERE submission_id = ?1")?;
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
            members.push(self.know_recruiter(one)?);
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
                        passed_at = ?15, asked_why = ?16, explained_at = ?17, reasons = ?18, ended_at = ?19, ended = ?20, packed = ?21
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
                packed(to),
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

/// Octets of [`packed`].
const PACKED: usize = 9 * 4 + 2 * 4 + 5;

/// All but `submitted` and the reasons: instants in seconds since 1970 and amounts, four octets each, 0 for none, least significant first;
/// then the first letters of names, 0 for none, and three bits.
fn packed(of: &Milestones) -> Vec<u8> {
    let ended = of.ended.map(|(at, _)| at);
    let instants = [
        of.sent,
        of.viewed,
        of.decided,
        of.interested,
        of.booked,
        of.starts,
        of.passed,
        of.explained,
        ended,
    ];
    let instants = instants.map(|at| u32::try_from(seconds(at)).unwrap_or_default());
    let amounts = [of.open_minutes, of.days_to_start].map(Option::unwrap_or_default);
    let letter = |name: Option<&'static str>| name.and_then(|name| name.bytes().next()).unwrap_or_default();
    let mut out = Vec::with_capacity(PACKED);
    for number in instants.into_iter().chain(amounts) {
        out.extend(number.to_le_bytes());
    }
    out.extend([
        letter(of.decision.map(Decision::name)),
        letter(of.stands.map(Decision::name)),
        letter(of.outcome.map(Outcome::name)),
        letter(of.ended.map(|(_, how)| how.name())),
        u8::from(of.arranged) | u8::from(of.person) << 1 | u8::from(of.asked_why) << 2,
    ]);
    out
}

/// The milestones in a row: `submitted_at`, `reasons` and `packed`, from this column on.
pub(super) fn read(row: &Row<'_>, from: usize) -> Result<Milestones, StoreError> {
    let submitted = Timestamp::from_timestamp(row.get(from)?, 0).unwrap_or_default();
    let ValueRef::Blob(bytes) = row.get_ref(from + 2)? else {
        return Err(damaged("they are not packed"));
    };
    if bytes.is_empty() {
        return Ok(Milestones::of_submitted(submitted));
    }
    let Some((numbers, [decision, stands, outcome, ended, bits])) = bytes.split_last_chunk().filter(|_| bytes.len() == PACKED) else {
        return Err(damaged("they are packed in another way"));
    };
    let mut numbers = numbers
        .as_chunks::<4>()
        .0
        .iter()
        .map(|octets| Some(u32::from_le_bytes(*octets)).filter(|number| *number != 0));
    let mut number = || numbers.next().flatten();
    let mut at = || number().and_then(|at| Timestamp::from_timestamp(i64::from(at), 0));
    let [sent, viewed, decided, interested, booked, starts, passed, explained, ended_at] = std::array::from_fn(|_| at());
    let (open_minutes, days_to_start) = (number().unwrap_or_default(), number().unwrap_or_default());
    Ok(Milestones {
        submitted,
        sent,
        viewed,
        decided,
        open_minutes: sent.and(decided).map(|_| open_minutes),
        decision: named(*decision, Decision::ALL, Decision::name)?,
        stands: named(*stands, Decision::ALL, Decision::name)?,
        interested,
        arranged: bits & 1 != 0,
        person: bits & 2 != 0,
        booked,
        starts,
        days_to_start: starts.map(|_| days_to_start),
        outcome: named(*outcome, Outcome::ALL, Outcome::name)?,
        passed,
        asked_why: bits & 4 != 0,
        explained,
        reasons: reasons(row, from + 1)?,
        ended: ended_at.zip(named(*ended, Ended::ALL, Ended::name)?),
    })
}

fn seconds(at: Option<Timestamp>) -> i64 {
    at.map_or(0, |at| at.timestamp())
}

/// The one whose name begins with this letter; 0 is none.
fn named<T: Copy, const N: usize>(letter: u8, all: [T; N], name: impl Fn(T) -> &'static str) -> Result<Option<T>, StoreError> {
    if letter == 0 {
        return Ok(None);
    }
    let found = all.into_iter().find(|one| name(*one).as_bytes().first() == Some(&letter));
    found.map(Some).ok_or_else(|| damaged("a name in them is unknown"))
}

fn reasons(row: &Row<'_>, column: usize) -> Result<Reasons, StoreError> {
    let ValueRef::Text(text) = row.get_ref(column)? else {
        return Ok(Reasons::default());
    };
    if text.is_empty() {
        return Ok(Reasons::default());
    }
    // A reason of a later replyd that this one does not know is none of those that are counted here.
    let known = |name: &[u8]| Reason::ALL.into_iter().find(|one| one.name().as_bytes() == name);
    Ok(Reasons::of(text.split(|byte| *byte == b' ').filter_map(known)))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged {
        place: "milestones".to_owned(),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that begin alike could not be told apart.
    #[test]
    fn first_letters_differ() {
        fn differ<T: Copy, const N: usize>(all: [T; N], name: impl Fn(T) -> &'static str) {
            let mut letters = all.map(|one| name(one).as_bytes()[0]).to_vec();
            letters.sort_unstable();
            letters.dedup();
            assert_eq!(letters.len(), N);
        }
        differ(Decision::ALL, Decision::name);
        differ(Outcome::ALL, Outcome::name);
        differ(Ended::ALL, Ended::name);
    }

    #[test]
    fn what_is_packed_is_as_long_as_it_is_read() {
        assert_eq!(packed(&Milestones::default()).len(), PACKED);
    }
}
