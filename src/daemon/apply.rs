//! One event, one transaction: load, step, compose, save.

use super::machines::as_it_is_now;
use super::{digest, feedback, merged};
use crate::compose::{Ink, compose, to_leads};
use crate::conversation::{Command, Content, Conversation, Effect, Event, Happening, Letter, LetterEnd, Party, public_events, step};
use crate::model::{Address, ConversationId, LetterKey, Timestamp};
use crate::store::{Answering, LetterRow, NewBatch, StoreError, Tx};

/// What follows from an event may itself be an event (a letter that was refused). Deeper than this is a bug, not a story.
const DEPTH: u8 = 3;

/// Makes a conversation of a batch and lets it begin.
pub(crate) fn hand_in(tx: &Tx<'_>, ink: &Ink, new: NewBatch, now: Timestamp) -> Result<ConversationId, StoreError> {
    let conversation = tx.hand_in(new, now)?;
    let id = conversation.id;
    happen_to(tx, ink, conversation, Event::Submitted, "submit", now)?;
    Ok(id)
}

/// Lets an event happen to a stored conversation, in the transaction at hand.
pub(crate) fn happen(tx: &Tx<'_>, ink: &Ink, id: ConversationId, event: Event, cause: &str, now: Timestamp) -> Result<(), StoreError> {
    let conversation = tx
        .conversation(id)?
        .ok_or_else(|| StoreError::NoSuch(format!("conversation {id}")))?;
    happen_to(tx, ink, conversation, event, cause, now).map(drop)
}

/// Lets an event happen to a conversation that was loaded in the transaction at hand; gives it as it was saved.
pub(crate) fn happen_to(
    tx: &Tx<'_>,
    ink: &Ink,
    mut conversation: Conversation,
    event: Event,
    cause: &str,
    now: Timestamp,
) -> Result<Conversation, StoreError> {
    conversation.elsewhere = tx.elsewhere(&conversation, now)?;
    carry_out(tx, ink, conversation, event, cause, now, DEPTH)
}

/// Whether a command may turn round what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Despite {
    /// They said so.
    Yes,
    /// They did not; this is how they would.
    Not(&'static str),
}

impl Despite {
    /// What was said of it, at a door where it is said like this.
    pub(crate) const fn of(said: bool, how: &'static str) -> Self {
        if said { Self::Yes } else { Self::Not(how) }
    }
}

/// What a person or a program commands happens, or nothing of it does: then [`StoreError::Refused`] says why.
#[expect(
    clippy::too_many_arguments,
    reason = "who commands what, where and when, and whether against what counts"
)]
pub(crate) fn command(
    tx: &Tx<'_>,
    ink: &Ink,
    id: ConversationId,
    by: String,
    command: Command,
    despite: Despite,
    cause: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(why) = is_taken(tx, &command)? {
        return Err(StoreError::Refused(why));
    }
    if let Despite::Not(how) = despite
        && let Some(of) = tx.conversation(id)?
        && let Some(objection) = of.objection(&command, now)
    {
        return Err(StoreError::Refused(format!("{}; {how}", objection.told(&of))));
    }
    let last = tx.last_event(Some(id))?;
    happen(tx, ink, id, Event::Steered { by, command }, cause, now)?;
    match tx.not_done_since(id, last)? {
        Some(why) => Err(StoreError::Refused(why)),
        None => Ok(()),
    }
}

/// Why a candidate cannot have a new address: another one has it.
pub(super) fn is_taken(tx: &Tx<'_>, command: &Command) -> Result<Option<String>, StoreError> {
    let Command::Readdress {
        who: Party::Candidate(submission),
        address,
    } = command
    else {
        return Ok(None);
    };
    let (holder, own) = (tx.candidate_at(address)?, tx.candidate_of(*submission)?);
    let Some(other) = holder.filter(|holder| Some(*holder) != own) else {
        return Ok(None);
    };
    let name = tx
        .candidate_facts(other)?
        .map_or_else(|| "somebody else".to_owned(), |facts| facts.name);
    Ok(Some(format!(
        "{address} is the address of {name}, who is another candidate; mail goes where it went"
    )))
}

/// Suppresses an address, and lets every conversation hear of it that had a letter waiting for it.
pub(crate) fn suppress(tx: &Tx<'_>, ink: &Ink, address: &Address, why: &str, cause: &str, now: Timestamp) -> Result<(), StoreError> {
    let mut heard: Vec<(ConversationId, Party)> = Vec::new();
    for row in tx.suppress(address, why, now)?.iter().filter(|row| !row.key.conversation.is_desk()) {
        let event = Event::Undeliverable {
            to: row.to,
            status: "the address is suppressed since another letter came back".to_owned(),
            address_is_bad: true,
        };
        for (id, event) in of_letter(tx, row, event)? {
            // Several letters of one conversation to one address are one piece of news.
            if !heard.contains(&(id, row.to)) {
                heard.push((id, row.to));
                happen(tx, ink, id, event, cause, now)?;
            }
        }
    }
    Ok(())
}

/// What becomes of a letter happens to its conversation, and to the others that it speaks for.
pub(crate) fn happen_to_letter(
    tx: &Tx<'_>,
    ink: &Ink,
    row: &LetterRow,
    event: Event,
    cause: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    of_letter(tx, row, event)?
        .into_iter()
        .try_for_each(|(id, event)| happen(tx, ink, id, event, cause, now))
}

/// The conversations a letter is about and what happens to each of them.
fn of_letter(tx: &Tx<'_>, row: &LetterRow, event: Event) -> Result<Vec<(ConversationId, Event)>, StoreError> {
    let own = row.key.conversation;
    let along = merged::by_machine(tx, &event, Some(row))?;
    let event = as_it_is_now(tx, event, row)?;
    Ok(std::iter::once((own, event)).chain(along).collect())
}

fn carry_out(
    tx: &Tx<'_>,
    ink: &Ink,
    before: Conversation,
    event: Event,
    cause: &str,
    now: Timestamp,
    depth: u8,
) -> Result<Conversation, StoreError> {
    let about = LetterEnd::of(&event);
    let transition = step(&before, event, now);
    let mut after = transition.conversation;
    let mut follows = Vec::new();
    let mut entries = Vec::new();
    let (mut drafted, mut forgotten) = (Vec::new(), Vec::new());
    let mut spoken_for = Vec::new();
    for effect in transition.effects {
        match effect {
            Effect::Escalate { hours } => tell_leads(tx, ink, &after, hours, now)?,
            Effect::Record(entry) => {
                tx.record(after.id, &entry, cause, now)?;
                entries.push(entry);
            }
            Effect::Send(letter) => {
                let failed = write(tx, ink, &mut after, &letter, now)?;
                if failed.is_none() {
                    spoken_for.extend(letter.says.also().iter().map(|one| one.conversation));
                }
                follows.extend(failed);
            }
            Effect::Draft(id) => drafted.push(id),
            Effect::DropDraft(id) => forgotten.push(id),
        }
    }
    for submission in &after.submissions {
        let known = before.submission(submission.id).map_or(&[][..], |old| &old.reasons);
        for reason in submission.reasons.iter().filter(|reason| !known.contains(reason)) {
            let said = entries.iter().find(|entry| entry.submission == Some(submission.id));
            let said = said.map_or("", |entry| entry.words.as_str());
            tx.keep_feedback(submission.id, *reason, said, now)?;
        }
    }
    for submission in &after.submissions {
        let known = before.submission(submission.id).map_or(&[][..], |old| &old.reasons);
        for reason in known.iter().filter(|reason| !submission.reasons.contains(reason)) {
            tx.drop_feedback(submission.id, *reason)?;
        }
    }
    tx.save_after(&before, &after)?;
    tx.keep_milestones(&before, &after, now)?;
    let happening = Happening {
        before: &before,
        after: &after,
        entries: &entries,
        letter: about.as_ref(),
        at: now,
    };
    tx.announce(after.id, &public_events(&happening), now)?;
    for id in forgotten {
        feedback::forget(tx, &after, id, now)?;
    }
    for id in drafted {
        feedback::draft(tx, ink, &after, id, now)?;
    }
    for id in spoken_for {
        let with = after.reference();
        happen(tx, ink, id, Event::NudgedAlong { with }, cause, now)?;
    }
    if depth > 0 {
        for event in follows {
            after = carry_out(tx, ink, after, event, cause, now, depth - 1)?;
        }
    }
    Ok(after)
}

/// Composes a letter and its copies and queues them. What cannot be composed stops that letter alone and becomes an event.
fn write(tx: &Tx<'_>, ink: &Ink, conversation: &mut Conversation, letter: &Letter, now: Timestamp) -> Result<Option<Event>, StoreError> {
    let first = LetterKey {
        conversation: conversation.id,
        serial: conversation.letters + 1,
    };
    let mut files = Vec::new();
    if matches!(letter.says, Content::Submission) && !conversation.policy.cv_code {
        for cv in conversation.batch.candidates.iter().filter_map(|candidate| candidate.cv.as_ref()) {
            files.extend(tx.blob(&cv.sha256)?.map(|bytes| (cv.sha256.clone(), bytes)));
        }
    }
    let file = |sha256: &str| files.iter().find(|(name, _)| name == sha256).map(|(_, bytes)| bytes.clone());
    let finished = match compose(letter, conversation, first, now, ink, &file) {
        Ok(finished) => finished,
        Err(refusal) => {
            tracing::warn!(
                conversation.id = conversation.id.0,
                kind = letter.says.kind(),
                "a letter was refused before it was queued"
            );
            return Ok(Some(Event::LetterDied {
                to: letter.to,
                why: refusal.to_string(),
                refused: true,
            }));
        }
    };
    // The loop breaker looks at what we write, never at what the other side says of itself. Receipts for presses are answers to no mail.
    let own = finished.iter().find(|one| one.key == first);
    if let Some(own) = own.filter(|_| letter.says.is_answer() && letter.answers.is_some())
        && !tx.may_answer(&own.envelope.to, &said(&letter.says), answering(&letter.says), now)?
    {
        tracing::error!(
            conversation.id = conversation.id.0,
            kind = own.kind,
            "too many automatic answers to one address; the next one was held back"
        );
        return Ok(Some(Event::LetterDied {
            to: letter.to,
            why: "too many automatic answers, or the same one too often, went to this address within an hour: perhaps a machine answers"
                .to_owned(),
            refused: true,
        }));
    }
    let mut suppressed = None;
    for one in &finished {
        conversation.letters = conversation.letters.max(one.key.serial);
        let about = (one.key == first).then_some(letter);
        if !tx.queue(one, about, now)? && !matches!(one.to, Party::Recruiter(_)) {
            suppressed = Some(Event::Undeliverable {
                to: one.to,
                status: "the address is suppressed since an earlier letter came back".to_owned(),
                address_is_bad: true,
            });
        }
    }
    Ok(suppressed)
}

/// The leads are told what the recruiters of the batch were told before; whoever is one of these knows already.
fn tell_leads(tx: &Tx<'_>, ink: &Ink, conversation: &Conversation, hours: u32, now: Timestamp) -> Result<(), StoreError> {
    let knows = |lead: &Address| conversation.batch.recruiters.iter().any(|one| one.address == *lead);
    for lead in conversation.policy.leads.iter().filter(|lead| !knows(&lead.address)) {
        digest::write(tx, ink, lead, &to_leads(conversation, hours, now, ink), None, now)?;
    }
    Ok(())
}

/// What an automatic answer answers.
const fn answering(says: &Content) -> Answering {
    if matches!(says, Content::Receipt { .. }) {
        Answering::Decision
    } else if matches!(says, Content::Notice(_)) {
        Answering::Order
    } else {
        Answering::Doubt
    }
}

/// What a letter says, without what is new in every letter: two of the same are the same text.
fn said(says: &Content) -> String {
    fn settle(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("until");
                map.remove("message");
                map.values_mut().for_each(settle);
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(settle),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) | serde_json::Value::String(_) => {}
        }
    }
    let mut value = serde_json::json!(says);
    settle(&mut value);
    value.to_string()
}
