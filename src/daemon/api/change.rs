//! `PATCH`: a JSON merge patch becomes commands, each of which is an event with its author.   RFC 7396
//!
//! In: the fields that are to be other than they are. Out: what a recruiter would command, in the name of the program's key; or why not, and
//! then nothing is kept. Never here: a field that is silently ignored.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::{Verdict, person, submission};
use crate::compose::Ink;
use crate::config::summary;
use crate::conversation::{Author, Command, Conversation, Correction, Driver, Interview, Status};
use crate::daemon::apply::{self, Despite};
use crate::http::{Change, Problem, Target};
use crate::link::sha256_hex;
use crate::model::{ConversationId, Decision, Reason, Slot, SubmissionId, Timestamp, is_printed};
use crate::store::{StoreError, Tx};

/// What can be changed of a submission.
const FIELDS: &str = "status, driver, decision, reasons, interview, chase, paused_until, summary, note";
/// What is sent beside a change that turns round what counts.
const ALL_THE_SAME: &str = "all_the_same";
/// The longest note, in characters.
const LONGEST_NOTE: usize = 2_000;
/// Days for which a batch can be paused.
const LONGEST_PAUSE: i64 = 366;
/// No interview is agreed further ahead.
const FURTHEST: chrono::Duration = chrono::Duration::days(731);

/// Why nothing was changed.
pub(super) enum Refusal {
    /// The program is told.
    Problem(Problem),
    /// The database's.
    Store(StoreError),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Who commands, and when.
pub(super) struct Steps<'a> {
    ink: &'a Ink,
    by: String,
    despite: Despite,
    now: Timestamp,
}

impl Steps<'_> {
    /// Lets commands happen, one after the other. One that cannot be done ends it.
    pub(super) fn carry_out(&self, tx: &Tx<'_>, id: ConversationId, commands: Vec<Command>) -> Result<(), Refusal> {
        for command in commands {
            match apply::command(tx, self.ink, id, self.by.clone(), command, self.despite, "api", self.now) {
                Err(StoreError::Refused(why)) => {
                    return Err(Problem::new(409, "conflict", format!("This cannot be done now: {why}.")).into());
                }
                done => done?,
            }
        }
        Ok(())
    }
}

/// Changes what is asked for, all of it or nothing; gives it as it is then.
pub(super) fn change(tx: &Tx<'_>, ink: &Ink, change: &Change, now: Timestamp) -> Result<Verdict<Option<Value>>, StoreError> {
    match changed(tx, ink, change, now) {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::Problem(problem)) => Ok(Err(Err(problem))),
        Err(Refusal::Store(error)) => Err(error),
    }
}

fn changed(tx: &Tx<'_>, ink: &Ink, change: &Change, now: Timestamp) -> Result<Option<Value>, Refusal> {
    let read = || match change.target {
        Target::Submission(id) => submission(tx, SubmissionId(id), now),
        Target::Candidate(id) => person::candidate(tx, id),
    };
    let Some(known) = read()? else { return Ok(None) };
    let patch = patch(&change.json)?;
    // A repetition is the same change, however old the version is by now that it was made for.
    if !is_new(tx, change, now)? {
        return Ok(Some(known));
    }
    if let Some(versions) = &change.versions {
        let version = known.get("version").and_then(Value::as_i64).unwrap_or_default().to_string();
        if !versions.contains(&version) {
            let what =
                format!("Something happened meanwhile: this is version {version} now. Read it again, and send the change with its ETag.");
            return Err(Problem::new(412, "changed_meanwhile", what).into());
        }
    }
    let steps = Steps {
        ink,
        by: Author::program(&change.program),
        despite: Despite::of(
            patch.get(ALL_THE_SAME) == Some(&Value::Bool(true)),
            "send \"all_the_same\": true beside it if that is meant",
        ),
        now,
    };
    match change.target {
        Target::Candidate(id) => person::change(tx, id, &known, &patch, &steps)?,
        Target::Submission(id) => {
            let id = SubmissionId(id);
            let batch = tx
                .conversation_of(id)?
                .ok_or_else(|| StoreError::NoSuch(format!("submission {id}")))?;
            let of = tx
                .conversation(batch)?
                .ok_or_else(|| StoreError::NoSuch(format!("batch {batch}")))?;
            steps.carry_out(tx, batch, commands(&of, id, &known, &patch, now)?)?;
        }
    }
    Ok(read()?)
}

/// Whether a change is to be made: it was not made before under its key.
fn is_new(tx: &Tx<'_>, change: &Change, now: Timestamp) -> Result<bool, Refusal> {
    let Some(key) = &change.key else { return Ok(true) };
    let place = format!("api/{}/{key}", change.program);
    let this = format!(
        "{place}/{}",
        sha256_hex(&[format!("{:?}", change.target).as_bytes(), &change.json].concat())
    );
    if tx.was_acted(&this)? {
        return Ok(false);
    }
    if !tx.act_once(&place, now)? {
        let what = "This Idempotency-Key was used before, for another change. Send a new key with a new change.";
        return Err(Problem::new(422, "key_used", what).into());
    }
    tx.act_once(&this, now)?;
    Ok(true)
}

fn patch(json: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(patch)) => Ok(patch),
        Ok(_) => Err(Problem::new(
            422,
            "bad_change",
            "A change is a JSON object of the fields that are to change.",
        )),
        Err(error) => Err(Problem::new(400, "not_json", format!("This is not JSON: {error}."))),
    }
}

/// What is wrong with a field.
pub(super) fn refused(field: &str, what: &str) -> Problem {
    let mut problem = Problem::new(422, "bad_change", format!("{field} {what}"));
    let pointer = format!("/{}", field.replace('~', "~0").replace('/', "~1"));
    problem.field = Some((pointer, what.to_owned()));
    problem
}

/// What has to be commanded so that the submission is as the patch wants it. What is so already asks for nothing.
fn commands(
    of: &Conversation,
    id: SubmissionId,
    known: &Value,
    patch: &Map<String, Value>,
    now: Timestamp,
) -> Result<Vec<Command>, Problem> {
    let submission = of
        .submission(id)
        .ok_or_else(|| Problem::new(404, "not_found", "There is no such submission."))?;
    let mut commands = Vec::new();
    for (field, value) in patch {
        let wrong = |what: &str| Err(refused(field, what));
        let text = value.as_str();
        match (field.as_str(), text) {
            ("status", Some("withdrawn")) => {
                if submission.status != Status::Withdrawn {
                    commands.push(Command::Withdraw { submission: id });
                }
            }
            ("driver", Some("recruiter")) => {
                if of.driver != Driver::Recruiter {
                    commands.push(Command::Take);
                }
            }
            ("driver", Some("bot")) => {
                if of.driver != Driver::Bot {
                    commands.push(Command::Release);
                }
            }
            ("driver", _) => return wrong("must be recruiter (taken over) or bot (handed back)"),
            // Together, below.
            ("decision" | "reasons", _) => {}
            ("interview", _) => commands.extend(interview(of, id, value, now)?),
            ("chase", Some("stopped")) => {
                if !of.chase.stopped {
                    commands.push(Command::StopChase);
                }
            }
            ("chase", Some("running")) if !of.chase.stopped => {}
            ("chase", _) => return wrong("can be set to stopped only; hand back (driver: bot) or decide to go on"),
            ("paused_until", Some(day)) => match day.parse::<NaiveDate>() {
                Ok(_) if known.get("paused_until") == Some(value) => {}
                Ok(until) if (until - now.date_naive()).num_days().abs() > LONGEST_PAUSE => {
                    return wrong("must be a day within a year from now; take it over (driver: recruiter) to keep it quiet for good");
                }
                Ok(until) => commands.push(Command::Pause { until }),
                Err(_) => return wrong("must be a day such as 2026-12-01"),
            },
            ("paused_until", _) if known.get("paused_until") == Some(value) => {}
            ("paused_until", _) => return wrong("must be a day such as 2026-12-01; to go on sooner, set an earlier one"),
            ("summary", Some(text)) => {
                let Some(candidate) = of.candidate(id) else { continue };
                let text = summary(text, candidate).map_err(|what| refused(field, what))?;
                if text != candidate.summary {
                    let what = Correction::Summary(text);
                    commands.push(Command::Correct { submission: id, what });
                }
            }
            ("summary", _) => return wrong("must be text; it is all the client reads about them"),
            ("note", Some(text)) => {
                let kept: String = text.chars().filter(|c| *c == '\n' || is_printed(*c)).collect();
                let kept = kept.trim().to_owned();
                if kept.is_empty() || kept.chars().count() > LONGEST_NOTE {
                    return wrong("must have 1 to 2,000 characters");
                }
                commands.push(Command::Note { text: kept });
            }
            (ALL_THE_SAME, _) if value.is_boolean() => {}
            (ALL_THE_SAME, _) => return wrong("must be true or false"),
            ("note", _) => return wrong("must be text; it is added to the timeline"),
            (same, _) if known.get(same) == Some(value) => {}
            // Letters leave meanwhile: the story that was read has gone on, and nothing of it was changed.
            ("timeline", _) if is_beginning(value, known.get("timeline")) => {}
            ("status", _) => return wrong("can be set to withdrawn only; the rest follows from decision and interview"),
            (name, _) if known.get(name).is_some() => return wrong(&format!("cannot be changed; these can: {FIELDS}")),
            (_, _) => return wrong(&format!("is not known; these can be changed: {FIELDS}")),
        }
    }
    // A decision goes before what follows from it.
    if let Some(decide) = decide(of, id, patch)? {
        commands.insert(0, decide);
    }
    Ok(commands)
}

/// What the client said, and why.
fn decide(of: &Conversation, id: SubmissionId, patch: &Map<String, Value>) -> Result<Option<Command>, Problem> {
    let (decision, reasons) = (patch.get("decision"), patch.get("reasons"));
    let Some(submission) = of.submission(id).filter(|_| decision.is_some() || reasons.is_some()) else {
        return Ok(None);
    };
    let stands = submission.settled.filter(|_| submission.resting.is_none());
    let wanted = match decision {
        None => stands,
        Some(Value::Null) if stands.is_none() => None,
        Some(value) => {
            let decision = value.as_str().and_then(|text| text.parse::<Decision>().ok());
            Some(decision.ok_or_else(|| refused("decision", "must be interested, maybe or pass: what the client said"))?)
        }
    };
    let known = &submission.reasons;
    let mut all: Vec<Reason> = Vec::new();
    if let Some(reasons) = reasons {
        let what = "must be a list of reasons such as [\"salary\"]";
        for one in reasons.as_array().ok_or_else(|| refused("reasons", what))? {
            let reason = one
                .as_str()
                .and_then(|text| Reason::ALL.into_iter().find(|reason| reason.name() == text));
            let names = || Reason::ALL.map(|reason| reason.name()).join(", ");
            all.push(reason.ok_or_else(|| refused("reasons", &format!("holds {one}, which is not one of {}", names())))?);
        }
        if known.iter().any(|one| !all.contains(one)) {
            let what = format!(
                "can only grow here; those known are {}",
                known.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ")
            );
            return Err(refused("reasons", &what));
        }
    }
    let fresh = all.iter().any(|one| !known.contains(one));
    match wanted {
        Some(decision) if decision != Decision::Pass && !all.is_empty() => Err(refused("reasons", "go with a pass only")),
        None if fresh => Err(refused("reasons", "go with a pass: send decision as well")),
        Some(decision) if Some(decision) != stands || fresh => Ok(Some(Command::Decide {
            submission: id,
            decision,
            reasons: all,
        })),
        Some(_) | None => Ok(None),
    }
}

/// Whether lines of a timeline are those there were first: with the same times and kinds.
fn is_beginning(sent: &Value, known: Option<&Value>) -> bool {
    let (Some(sent), Some(known)) = (sent.as_array(), known.and_then(Value::as_array)) else {
        return false;
    };
    sent.len() <= known.len()
        && sent
            .iter()
            .zip(known)
            .all(|(a, b)| a.get("at") == b.get("at") && a.get("kind") == b.get("kind"))
}

/// The time agreed: set, moved, or with null called off.
fn interview(of: &Conversation, id: SubmissionId, value: &Value, at: Timestamp) -> Result<Option<Command>, Problem> {
    let wrong = |what: &str| Err(refused("interview", what));
    let now = of.submission(id).and_then(|one| one.interview.as_ref());
    let Value::Object(fields) = value else {
        return match value.is_null() {
            true if now.is_some_and(Interview::is_under_way) => Ok(Some(Command::CallOff { submission: id })),
            true => Ok(None),
            false => wrong("must be an object with starts_at, or null to call it off"),
        };
    };
    if let Some(other) = fields
        .keys()
        .find(|key| !matches!(key.as_str(), "starts_at" | "status" | "duration_min"))
    {
        return wrong(&format!("has no {other}; starts_at can be set, and null calls it off"));
    }
    let minutes = of.batch.project.duration_min;
    if fields
        .get("duration_min")
        .is_some_and(|value| value.as_u64() != Some(minutes.into()))
    {
        return wrong("duration_min is the project's and cannot be changed here");
    }
    if fields
        .get("status")
        .is_some_and(|value| value.as_str() != now.map(|one| one.status.name()))
    {
        return wrong("status follows from what happens; set starts_at, or send null to call it off");
    }
    let start = match fields.get("starts_at") {
        None => return wrong("needs starts_at; send null for interview to call it off"),
        Some(Value::Null) if now.is_some_and(|one| one.booked.is_none()) => return Ok(None),
        Some(value) => value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok()),
    };
    let Some(start) = start.map(|at| at.to_utc()) else {
        return wrong("starts_at must be an instant with its offset, such as 2026-12-01T14:00:00Z; send null for interview to call it off");
    };
    if start > at + FURTHEST {
        return wrong("starts_at is more than two years ahead");
    }
    let end = start + chrono::Duration::minutes(i64::from(minutes));
    let slot = Slot { start, end };
    let same = now.and_then(|one| one.booked) == Some(slot);
    Ok((!same).then_some(Command::Book { submission: id, slot }))
}
