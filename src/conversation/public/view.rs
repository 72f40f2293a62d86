//! A conversation as other systems see it. Addresses and phones stay inside.

use chrono::{NaiveDate, SecondsFormat};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::Happening;
use crate::conversation::{Conversation, Driver, Entry, InterviewKind, Party};
use crate::model::{SubmissionId, Timestamp};

#[derive(Serialize)]
struct Thread<'a> {
    id: i64,
    reference: String,
    client: &'a str,
    contact: &'a str,
    project: &'a str,
    driver: &'static str,
    reachable: bool,
}

#[derive(Serialize)]
struct Candidacy<'a> {
    id: i64,
    candidate: &'a str,
    status: &'static str,
    decision: Option<&'static str>,
    resting: Option<Resting<'a>>,
    reasons: Vec<&'static str>,
    interview: Option<Meeting>,
}

#[derive(Serialize)]
struct Resting<'a> {
    decision: &'static str,
    takes_effect: String,
    condition: Option<&'a str>,
    follow_up: Option<NaiveDate>,
}

#[derive(Serialize)]
struct Meeting {
    status: &'static str,
    kind: InterviewKind,
    starts_at: Option<String>,
    duration_min: u32,
    proposed: Vec<String>,
    sequence: u32,
}

/// What an event says.
pub(super) fn data(of: &Happening<'_>, entry: &Entry, id: Option<SubmissionId>) -> Value {
    let mut previous = Map::new();
    let (was, now) = (thread(of.before), thread(of.after));
    // What is told first is new in everything.
    if entry.kind != "submitted" {
        keep_changes(&mut previous, "conversation", was, &now);
    }
    let candidacy = id.and_then(|id| candidacy(of.after, id));
    if let (Some(id), Some(now), true) = (id, &candidacy, entry.kind != "submitted") {
        keep_changes(&mut previous, "submission", self::candidacy(of.before, id).unwrap_or_default(), now);
    }
    json!({
        "conversation": now,
        "submission": candidacy,
        "author": { "kind": entry.by.kind(), "name": entry.by.name(of.after) },
        "summary": entry.detail,
        "words": entry.words,
        "letter": of.letter,
        "previous": previous,
    })
}

/// What changed, as it was before.
fn keep_changes(previous: &mut Map<String, Value>, place: &str, was: Value, now: &Value) {
    let Value::Object(was) = was else { return };
    let changed: Map<String, Value> = was.into_iter().filter(|(key, value)| now.get(key) != Some(value)).collect();
    if !changed.is_empty() {
        previous.insert(place.to_owned(), Value::Object(changed));
    }
}

fn thread(of: &Conversation) -> Value {
    json!(Thread {
        id: of.id.0,
        reference: of.reference().to_string(),
        client: of.batch.client.as_str(),
        contact: of.batch.contact.mailbox.name.as_str(),
        project: of.batch.project.title.as_str(),
        driver: match of.driver {
            Driver::Bot => "bot",
            Driver::Recruiter => "recruiter",
        },
        reachable: !of.client_unreachable,
    })
}

fn candidacy(of: &Conversation, id: SubmissionId) -> Option<Value> {
    let (one, candidate) = (of.submission(id)?, of.candidate(id)?);
    Some(json!(Candidacy {
        id: id.0,
        candidate: candidate.mailbox.name.as_str(),
        status: one.status.name(),
        decision: one.settled.map(|decision| decision.name()),
        resting: one.resting.as_ref().map(|resting| Resting {
            decision: resting.decision.name(),
            takes_effect: instant(resting.until),
            condition: resting.condition.as_deref(),
            follow_up: resting.follow_up,
        }),
        reasons: one.reasons.iter().map(|reason| reason.name()).collect(),
        interview: one.interview.as_ref().map(|interview| Meeting {
            status: interview.status.name(),
            kind: of.batch.project.interview,
            starts_at: interview.booked.map(|slot| instant(slot.start)),
            duration_min: of.batch.project.duration_min,
            proposed: interview.held().iter().map(|slot| instant(slot.start)).collect(),
            sequence: interview.sequence,
        }),
    }))
}

fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Whose a letter is; interviewers and recruiters are counted from 1.
pub(super) fn party<S: Serializer>(party: &Party, to: S) -> Result<S::Ok, S::Error> {
    match party {
        Party::Client => to.serialize_str("client"),
        Party::Candidate(id) => to.serialize_str(&format!("candidate {id}")),
        Party::Interviewer(n) => to.serialize_str(&format!("interviewer {}", u32::from(*n) + 1)),
        Party::Recruiter(n) => to.serialize_str(&format!("recruiter {}", u32::from(*n) + 1)),
    }
}
