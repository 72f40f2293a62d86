//! Candidates, as programs see and change them. Addresses and phones are written and never shown.

use serde_json::{Map, Value, json};

use super::change::{Refusal, Steps, refused};
use crate::calendar::Zone;
use crate::conversation::{Command, Correction, Party};
use crate::http::Problem;
use crate::model::{Address, HeaderText};
use crate::store::{CandidateFacts, StoreError, Tx};

/// What can be changed.
const FIELDS: &str = "email, phone, zone";

/// A candidate; `None` when there is none with this number.
pub(super) fn candidate(tx: &Tx<'_>, id: i64) -> Result<Option<Value>, StoreError> {
    let Some(facts) = tx.candidate_facts(id)? else { return Ok(None) };
    let mut version = 0;
    for (_, batch, _) in &facts.submissions {
        version = version.max(tx.last_event(Some(*batch))?);
    }
    let submissions = facts
        .submissions
        .iter()
        .map(|(id, batch, status)| json!({ "id": id, "batch": batch, "status": status }));
    Ok(Some(json!({
        "id": id,
        "version": version,
        "name": facts.name,
        "zone": facts.zone,
        "submissions": submissions.collect::<Vec<_>>(),
    })))
}

/// What a patch asks for.
#[derive(Debug, Default)]
struct Wanted {
    address: Option<Address>,
    phone: Option<HeaderText>,
    zone: Option<Zone>,
}

fn wanted(patch: &Map<String, Value>, now: &Value) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::default();
    for (field, value) in patch {
        let wrong = |what: &str| refused(field, what);
        match (field.as_str(), value) {
            ("email", Value::String(text)) => {
                let address = text.parse().map_err(|error| wrong(&format!("is not an address: {error}")))?;
                wanted.address = Some(address);
            }
            ("email", _) => return Err(wrong("must be an address; a candidate cannot be without one")),
            ("phone", Value::String(text)) => wanted.phone = Some(HeaderText::new(text)),
            ("phone", Value::Null) => wanted.phone = Some(HeaderText::default()),
            ("phone", _) => return Err(wrong("must be text, or null for none")),
            ("zone", Value::String(text)) => {
                wanted.zone = Some(text.parse().map_err(|_| wrong("is not an IANA zone such as Europe/London"))?);
            }
            ("zone", _) => return Err(wrong("must be an IANA zone such as Europe/London")),
            (known, value) if now.get(known) == Some(value) => {}
            (known, _) if now.get(known).is_some() => return Err(wrong(&format!("cannot be changed; these can: {FIELDS}"))),
            (_, _) => return Err(wrong(&format!("is not known; these can be changed: {FIELDS}"))),
        }
    }
    Ok(wanted)
}

/// Lets each conversation of the candidate know.
pub(super) fn change(tx: &Tx<'_>, id: i64, now: &Value, patch: &Map<String, Value>, steps: &Steps<'_>) -> Result<(), Refusal> {
    let wanted = wanted(patch, now)?;
    let Some(CandidateFacts { submissions, .. }) = tx.candidate_facts(id)? else {
        return Ok(());
    };
    if let Some(address) = &wanted.address {
        match tx.candidate_at(address)? {
            Some(other) if other != id => {
                let what = format!("This is the address of candidate {other}; two candidates cannot have the same.");
                return Err(Problem::new(409, "conflict", what).into());
            }
            Some(_) => {}
            // All of their submissions at once.
            None => tx.move_candidate(id, address)?,
        }
    }
    for (submission, batch, _) in submissions {
        let Some(of) = tx.conversation(batch)? else { continue };
        let Some(known) = of.candidate(submission) else { continue };
        let mut commands = Vec::new();
        if let Some(address) = wanted.address.clone().filter(|address| known.mailbox.address != *address) {
            if of.batch.people().any(|one| one.address == address) {
                let what = format!("This is somebody else's address in batch {batch}: a person has to look at it.");
                return Err(Problem::new(409, "conflict", what).into());
            }
            let who = Party::Candidate(submission);
            commands.push(Command::Readdress { who, address });
        }
        let phone = known.phone.as_ref().map_or("", |phone| phone.as_str());
        let corrections = [
            wanted.phone.clone().filter(|new| new.as_str() != phone).map(Correction::Phone),
            wanted
                .zone
                .filter(|new| *new != known.zone || known.zone_assumed)
                .map(Correction::Zone),
        ];
        commands.extend(corrections.into_iter().flatten().map(|what| Command::Correct { submission, what }));
        steps.carry_out(tx, batch, commands)?;
    }
    Ok(())
}
