//! What the pages ask and record, over the store.

use std::sync::Arc;

use tokio::sync::Notify;

use super::alarm::Alarm;
use super::{Clock, apply, fault, interviewing, shown};
use crate::compose::Ink;
use crate::conversation::{BETWEEN, Conversation, Event, GoesOn, Parked, Side, Standing, Via};
use crate::http::{Action, Answer, Press, reader};
use crate::link::{Claim, Scope};
use crate::model::{ConversationId, Decision, Reason, SubmissionId, Timestamp};
use crate::reply::{Band, Finding, Reply, Says, Words};
use crate::store::{Store, StoreError, Tx};

/// Fresh links that one address gets in an hour, over all its batches, and how many of these are looked at.
const FRESH_LINKS_AN_HOUR: usize = 3;
const BATCHES_LOOKED_AT: u32 = 50;

/// The daemon's side of the pages.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) store: Arc<Store>,
    pub(super) ink: Arc<Ink>,
    pub(super) clock: Clock,
    pub(super) alarm: Arc<Alarm>,
    pub(super) wake_sending: Arc<Notify>,
}

impl Pages {
    pub(super) async fn look(self, claim: Claim) -> Answer {
        let ink = Arc::clone(&self.ink);
        let store = Arc::clone(&self.store);
        let now = self.clock.now();
        let looked = tokio::task::spawn_blocking(move || store.read(|tx| look(tx, &ink, claim, now)));
        match looked.await {
            Ok(looked) => answer(looked),
            Err(_panicked) => Answer::Busy,
        }
    }

    pub(super) async fn press(self, press: Press) -> Answer {
        let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
        let recording = move |tx: &Tx<'_>| {
            let recorded = record(tx, &ink, press, now)?;
            fault::point("press.in_transaction");
            Ok(recorded)
        };
        let recorded = self.store.write(recording).await;
        fault::point("press.recorded");
        if let Ok(recorded) = &recorded {
            if recorded.wrote {
                self.wake_sending.notify_one();
            }
            if let Some(deadline) = recorded.deadline {
                self.alarm.ring_for(deadline);
            }
        }
        answer(recorded.map(|recorded| recorded.answer))
    }
}

/// What a press led to.
struct Recorded {
    answer: Answer,
    /// Letters were queued.
    wrote: bool,
    /// When the conversation has to be looked at next.
    deadline: Option<Timestamp>,
}

impl From<Answer> for Recorded {
    /// Nothing happened.
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            wrote: false,
            deadline: None,
        }
    }
}

fn answer(result: Result<Answer, StoreError>) -> Answer {
    result.unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be answered");
        Answer::Busy
    })
}

fn look(tx: &Tx<'_>, ink: &Ink, claim: Claim, now: Timestamp) -> Result<Answer, StoreError> {
    let Some(conversation) = named(tx, claim, now)? else {
        return Ok(Answer::Expired { client: None });
    };
    page(tx, ink, &conversation, claim, now)
}

/// The page of a claim, as the conversation stands.
fn page(tx: &Tx<'_>, ink: &Ink, conversation: &Conversation, claim: Claim, now: Timestamp) -> Result<Answer, StoreError> {
    if claim.generation != conversation.generation {
        return Ok(expired(conversation));
    }
    let view = shown::view(tx, ink, conversation, claim, now)?;
    Ok(Answer::Page(Box::new(view)))
}

fn record(tx: &Tx<'_>, ink: &Ink, press: Press, now: Timestamp) -> Result<Recorded, StoreError> {
    let claim = press.claim;
    let Some(conversation) = named(tx, claim, now)? else {
        return Ok(Answer::Expired { client: None }.into());
    };
    let from_client = claim.addressed_to == 0;
    let reader = reader(&claim);
    let theirs = match reader {
        Some(side) => conversation.mailbox_of(side, SubmissionId(claim.item)),
        None => from_client.then_some(&conversation.batch.contact.mailbox),
    };
    // Nobody is there any more whose press it could be.
    if theirs.is_some_and(|one| one.address.is_erased()) {
        return Ok(expired(&conversation).into());
    }
    if press.action == Action::FreshLink {
        if let Some(side) = reader.filter(|_| !press.visit.automated)
            && let Some(recorded) = interview_link(tx, ink, &conversation, SubmissionId(claim.item), side, now)?
        {
            return Ok(recorded);
        }
        return match from_client && !press.visit.automated {
            true => Ok(Recorded {
                answer: fresh_link(tx, ink, &conversation, now)?,
                wrote: true,
                deadline: None,
            }),
            false => Ok(expired(&conversation).into()),
        };
    }
    // From an expired page only a fresh link can be asked for, and it goes to the address on file.
    if claim.generation != conversation.generation {
        return Ok(expired(&conversation).into());
    }
    let letters = conversation.letters;
    let event = match reader {
        Some(side) => on_interview(&conversation, press, side, now),
        None if claim.scope == Scope::GoOn => on_silence(&conversation, &press),
        None => event(&conversation, press).filter(|_| from_client || confirms_own(&conversation, claim)),
    };
    let after = match event {
        Some(event) => apply::happen_to(tx, ink, conversation, event, "click", now)?,
        None => conversation,
    };
    Ok(Recorded {
        answer: page(tx, ink, &after, claim, now)?,
        wrote: after.letters != letters,
        deadline: after.deadlines.iter().map(|(_, at)| at).min(),
    })
}

fn expired(conversation: &Conversation) -> Answer {
    Answer::Expired {
        client: Some(conversation.batch.client.to_string()),
    }
}

/// The newest letter about an interview once more. `None` when it has no links that could be made fresh.
fn interview_link(
    tx: &Tx<'_>,
    ink: &Ink,
    conversation: &Conversation,
    submission: SubmissionId,
    by: Side,
    now: Timestamp,
) -> Result<Option<Recorded>, StoreError> {
    let interview = conversation.submission(submission).and_then(|one| one.interview.as_ref());
    let address = conversation.mailbox_of(by, submission).map(|one| &one.address);
    let (Some(address), true) = (address, interview.is_some_and(|one| one.links_lead_somewhere(by))) else {
        return Ok(None);
    };
    let event = Event::InterviewLinkAsked { submission, by };
    apply::happen(tx, ink, conversation.id, event, "click", now)?;
    Ok(Some(Recorded {
        answer: Answer::Mailed {
            to: address.masked(),
            client: conversation.batch.client.to_string(),
        },
        wrote: true,
        deadline: None,
    }))
}

/// What a press on the page of an interview means; `None` when it cannot be said any more.
fn on_interview(conversation: &Conversation, press: Press, side: Side, now: Timestamp) -> Option<Event> {
    let Press {
        claim, action, mut visit, ..
    } = press;
    let pressed = match action {
        Action::Interview(pressed) => pressed,
        Action::Decide(_)
        | Action::Undo(_)
        | Action::Reasons(..)
        | Action::Confirm(_)
        | Action::GoOn(..)
        | Action::FreshLink
        | Action::View => return None,
    };
    // Only the contact at the client has somebody who answers for them.
    if side != Side::Client {
        visit.someone_else = None;
    }
    let typed = std::mem::take(&mut visit.remark);
    Some(Event::Replied {
        by: side,
        standing: Standing::Full,
        reply: interviewing::reply(conversation, claim, side, &pressed, &typed, now)?,
        via: Via::Link(visit),
    })
}

/// Whoever holds old links of several batches cannot fill a mailbox with fresh ones.
fn fresh_link(tx: &Tx<'_>, ink: &Ink, conversation: &Conversation, now: Timestamp) -> Result<Answer, StoreError> {
    let address = &conversation.batch.contact.mailbox.address;
    let mut recent = 0;
    for id in tx.conversations_with(address, BATCHES_LOOKED_AT)? {
        let written = tx.conversation(id)?.map(|one| one.written.fresh_links).unwrap_or_default();
        recent += written.iter().filter(|at| now - **at < chrono::Duration::hours(1)).count();
    }
    if recent < FRESH_LINKS_AN_HOUR {
        apply::happen(tx, ink, conversation.id, Event::FreshLinkAsked, "click", now)?;
    }
    Ok(Answer::Mailed {
        to: address.masked(),
        client: conversation.batch.client.to_string(),
    })
}

/// The conversation a claim is about, with what its people do elsewhere.
fn named(tx: &Tx<'_>, claim: Claim, now: Timestamp) -> Result<Option<Conversation>, StoreError> {
    let id = match claim.scope {
        Scope::Decide(_) | Scope::Undo | Scope::Reasons | Scope::Pick(_) | Scope::Meant(_) | Scope::Interview | Scope::GoOn => {
            tx.conversation_of(SubmissionId(claim.item))?
        }
        Scope::Batch | Scope::Look => Some(ConversationId(claim.item)),
        Scope::Confirm => match Parked::conversation_of(claim.item) {
            Some(id) => Some(id),
            None => tx.message(claim.item)?.and_then(|(_, conversation)| conversation),
        },
    };
    let mut conversation = id.map(|id| tx.conversation(id)).transpose()?.flatten();
    if let Some(conversation) = &mut conversation {
        conversation.elsewhere = tx.elsewhere(conversation, now)?;
    }
    Ok(conversation)
}

/// What a press means; `None` when the token does not allow it.
fn event(conversation: &Conversation, press: Press) -> Option<Event> {
    let Press {
        claim,
        action,
        notes,
        mut visit,
    } = press;
    let covers = |id: SubmissionId| match claim.scope {
        Scope::Decide(_) | Scope::Undo | Scope::Reasons => id.0 == claim.item,
        Scope::Batch => conversation.submission(id).is_some(),
        Scope::Pick(_) | Scope::Meant(_) | Scope::Interview | Scope::Confirm | Scope::GoOn | Scope::Look => false,
    };
    match action {
        Action::Decide(choices) => {
            let choices = choices.into_iter().filter(|(id, _)| covers(*id));
            let mut findings: Vec<Finding> = choices.map(|(submission, decision)| decided(submission, decision)).collect();
            for (id, note) in notes.into_iter().filter(|(id, _)| covers(*id)) {
                take_note(conversation, &mut findings, &mut visit.remark, id, note);
            }
            if findings.is_empty() && visit.remark.is_empty() {
                return None;
            }
            let reply = Reply {
                findings,
                ..Reply::default()
            };
            Some(Event::Replied {
                by: Side::Client,
                standing: Standing::Full,
                reply,
                via: Via::Link(visit),
            })
        }
        Action::Undo(submission) if covers(submission) => Some(Event::Undone { submission, visit }),
        Action::Reasons(submission, ticked) if covers(submission) => {
            let (mut reasons, mut labels) = conversation.ticked(&ticked);
            // What is typed beside the reasons is feedback, not a remark for the recruiter.
            let typed = std::mem::take(&mut visit.remark);
            labels.extend((!typed.is_empty()).then_some(typed));
            let words = labels.join(BETWEEN);
            if reasons.is_empty() && !words.is_empty() {
                reasons.push(Reason::Other);
            }
            let reply = Reply {
                findings: reasons.into_iter().map(|reason| because(submission, reason, &words)).collect(),
                ..Reply::default()
            };
            Some(Event::Replied {
                by: Side::Client,
                standing: Standing::Full,
                reply,
                via: Via::Link(visit),
            })
        }
        Action::Confirm(yes) if claim.scope == Scope::Confirm && !visit.automated => Some(Event::Confirmed { message: claim.item, yes }),
        Action::View if !visit.automated => Some(Event::Viewed {
            submission: match claim.scope {
                Scope::Decide(_) | Scope::Undo | Scope::Reasons => Some(SubmissionId(claim.item)),
                Scope::Batch | Scope::Confirm | Scope::Pick(_) | Scope::Meant(_) | Scope::Interview | Scope::GoOn | Scope::Look => None,
            },
        }),
        Action::Undo(_)
        | Action::Reasons(..)
        | Action::Confirm(_)
        | Action::Interview(_)
        | Action::GoOn(..)
        | Action::FreshLink
        | Action::View => None,
    }
}

/// An interviewer's link to say whether an answer in their place counts.
fn confirms_own(conversation: &Conversation, claim: Claim) -> bool {
    let by = claim.interviewer().map(Side::Interviewer);
    let mut parked = conversation.parked.iter();
    claim.scope == Scope::Confirm && parked.any(|one| one.message == claim.item && Some(one.by) == by)
}

/// A recruiter's word on interviewers who do not answer.
fn on_silence(conversation: &Conversation, press: &Press) -> Option<Event> {
    let Action::GoOn(yes, without) = &press.action else { return None };
    let n = usize::try_from(press.claim.addressed_to).ok()?.checked_sub(1)?;
    let by = conversation.batch.recruiters.get(n).filter(|_| !press.visit.automated)?;
    Some(Event::GoOnPressed(GoesOn {
        submission: SubmissionId(press.claim.item),
        by: by.shown(),
        yes: *yes,
        without: without.clone(),
    }))
}

/// A few words on one candidate: with a pass they are the reason, with anything else a remark for the recruiter.
fn take_note(conversation: &Conversation, findings: &mut Vec<Finding>, remark: &mut String, id: SubmissionId, note: String) {
    let decided = findings.iter().find_map(|one| one.decides(id));
    let stands = || conversation.submission(id).and_then(|one| one.decision());
    if decided.or_else(stands) == Some(Decision::Pass) {
        findings.push(because(id, Reason::Other, &note));
        return;
    }
    let name = conversation
        .candidate(id)
        .map(|one| one.mailbox.name.to_string())
        .unwrap_or_default();
    let join = if remark.is_empty() { "" } else { "\n" };
    remark.push_str(&format!("{join}{name}: {note}"));
}

fn because(submission: SubmissionId, reason: Reason, words: &str) -> Finding {
    Finding {
        says: Says::Because { submission, reason },
        words: Words {
            text: words.to_owned(),
            range: 0..0,
        },
        band: Band::Act,
    }
}

fn decided(submission: SubmissionId, decision: Decision) -> Finding {
    Finding {
        says: Says::Decide {
            submission,
            decision,
            condition: None,
            follow_up: None,
        },
        words: Words::default(),
        band: Band::Act,
    }
}
