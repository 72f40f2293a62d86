//! What the pages ask and record, over the store.

use std::sync::Arc;

use super::{Clock, apply};
use crate::compose::Ink;
use crate::conversation::{Conversation, Event, Standing, Via};
use crate::http::{Action, Answer, CandidateView, ParkedView, Press, View};
use crate::link::{Claim, Scope};
use crate::model::{ConversationId, Decision, Reason, SubmissionId, Timestamp};
use crate::reply::{Band, Finding, Reply, Says, Words};
use crate::store::{Store, StoreError, Tx};

/// The daemon's side of the pages.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) store: Arc<Store>,
    pub(super) ink: Arc<Ink>,
    pub(super) clock: Clock,
}

impl Pages {
    pub(super) async fn look(self, claim: Claim) -> Answer {
        let ink = Arc::clone(&self.ink);
        let store = Arc::clone(&self.store);
        let looked = tokio::task::spawn_blocking(move || store.read(|tx| look(tx, &ink, claim)));
        match looked.await {
            Ok(looked) => answer(looked),
            Err(_panicked) => Answer::Busy,
        }
    }

    pub(super) async fn press(self, press: Press) -> Answer {
        let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
        answer(self.store.write(move |tx| record(tx, &ink, press, now)).await)
    }
}

fn answer(result: Result<Option<View>, StoreError>) -> Answer {
    match result {
        Ok(Some(view)) => Answer::Page(Box::new(view)),
        Ok(None) => Answer::Expired,
        Err(error) => {
            tracing::error!(%error, "a page could not be answered");
            Answer::Busy
        }
    }
}

fn look(tx: &Tx<'_>, ink: &Ink, claim: Claim) -> Result<Option<View>, StoreError> {
    let Some(conversation) = named(tx, claim)? else { return Ok(None) };
    if claim.generation != conversation.generation {
        return Ok(None);
    }
    view(tx, ink, &conversation, claim).map(Some)
}

fn record(tx: &Tx<'_>, ink: &Ink, press: Press, now: Timestamp) -> Result<Option<View>, StoreError> {
    let claim = press.claim;
    let Some(conversation) = named(tx, claim)? else { return Ok(None) };
    // From an expired page only a fresh link can be asked for, and it goes to the address on file.
    let current = claim.generation == conversation.generation;
    let event = if claim.addressed_to == 0 {
        event(&conversation, press, current)
    } else {
        None
    };
    if let Some(event) = event {
        apply::happen(tx, ink, conversation.id, event, "click", now)?;
    }
    if !current {
        return Ok(None);
    }
    look(tx, ink, claim)
}

/// The conversation a claim is about.
fn named(tx: &Tx<'_>, claim: Claim) -> Result<Option<Conversation>, StoreError> {
    let id = match claim.scope {
        Scope::Decide(_) | Scope::Undo | Scope::Reasons => tx.conversation_of(SubmissionId(claim.item))?,
        Scope::Batch | Scope::Look => Some(ConversationId(claim.item)),
        Scope::Confirm => tx.message(claim.item)?.and_then(|(_, conversation)| conversation),
    };
    match id {
        Some(id) => tx.conversation(id),
        None => Ok(None),
    }
}

/// What a press means; `None` when the token does not allow it.
fn event(conversation: &Conversation, press: Press, current: bool) -> Option<Event> {
    let Press { claim, action, mut visit } = press;
    let covers = |id: SubmissionId| match claim.scope {
        Scope::Decide(_) | Scope::Undo | Scope::Reasons => id.0 == claim.item,
        Scope::Batch => conversation.submission(id).is_some(),
        Scope::Confirm | Scope::Look => false,
    };
    if !current && action != Action::FreshLink {
        return None;
    }
    match action {
        Action::Decide(choices) => {
            let choices = choices.into_iter().filter(|(id, _)| covers(*id));
            let findings: Vec<Finding> = choices.map(|(submission, decision)| decided(submission, decision)).collect();
            if findings.is_empty() {
                return None;
            }
            let reply = Reply {
                findings,
                doubts: Vec::new(),
            };
            Some(Event::Replied {
                standing: Standing::Full,
                reply,
                via: Via::Link(visit),
            })
        }
        Action::Undo(submission) if covers(submission) => Some(Event::Undone { submission, visit }),
        Action::Reasons(submission, mut reasons) if covers(submission) => {
            // What is typed beside the reasons is feedback, not a remark for the recruiter.
            let words = std::mem::take(&mut visit.remark);
            if reasons.is_empty() && !words.is_empty() {
                reasons.push(Reason::Other);
            }
            let because = |reason| Finding {
                says: Says::Because { submission, reason },
                words: Words {
                    text: words.clone(),
                    range: 0..0,
                },
                band: Band::Act,
            };
            let reply = Reply {
                findings: reasons.into_iter().map(because).collect(),
                doubts: Vec::new(),
            };
            Some(Event::Replied {
                standing: Standing::Full,
                reply,
                via: Via::Link(visit),
            })
        }
        Action::Confirm(yes) if claim.scope == Scope::Confirm && !visit.automated => Some(Event::Confirmed { message: claim.item, yes }),
        Action::FreshLink if !visit.automated => Some(Event::FreshLinkAsked),
        Action::View if !visit.automated => Some(Event::Viewed {
            submission: match claim.scope {
                Scope::Decide(_) | Scope::Undo | Scope::Reasons => Some(SubmissionId(claim.item)),
                Scope::Batch | Scope::Confirm | Scope::Look => None,
            },
        }),
        Action::Undo(_) | Action::Reasons(..) | Action::Confirm(_) | Action::FreshLink | Action::View => None,
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

fn view(tx: &Tx<'_>, ink: &Ink, conversation: &Conversation, claim: Claim) -> Result<View, StoreError> {
    let zone = conversation.batch.contact.zone;
    let candidates = conversation.batch.candidates.iter().filter_map(|candidate| {
        let submission = conversation.submission(candidate.submission)?;
        let until = submission.resting.as_ref().map(|resting| resting.until);
        Some(CandidateView {
            submission: submission.id,
            name: candidate.mailbox.name.to_string(),
            summary: candidate.summary.clone(),
            decision: submission.decision(),
            until,
            until_spelled: until.map(|at| zone.spelled(at)),
            reasons: submission.reasons.clone(),
            needs_confirmation: submission.needs_confirmation,
        })
    });
    Ok(View {
        agency: ink.agency.name.to_string(),
        client: conversation.batch.client.to_string(),
        project: conversation.batch.project.title.to_string(),
        reference: conversation.reference().to_string(),
        addressed_to: conversation.batch.contact.mailbox.address.masked(),
        candidates: candidates.collect(),
        parked: match claim.scope {
            Scope::Confirm => parked(tx, conversation, claim.item)?,
            Scope::Decide(_) | Scope::Undo | Scope::Reasons | Scope::Batch | Scope::Look => None,
        },
        mail_instead: ink.bot.address.to_string(),
    })
}

/// The parked answer as its confirmation letter told it: the letter is the record of what was asked.
fn parked(tx: &Tx<'_>, conversation: &Conversation, row: i64) -> Result<Option<ParkedView>, StoreError> {
    let done = !conversation.parked.iter().any(|one| one.message == row);
    let letters = tx.confirmations(conversation.id)?;
    let asked = letters
        .iter()
        .filter_map(|letter| letter.says.confirmation())
        .find(|asked| asked.message == row);
    Ok(asked.map(|asked| ParkedView {
        name: asked.deputy.unwrap_or_default().to_owned(),
        words: asked.words.to_owned(),
        would: asked
            .would
            .iter()
            .filter_map(|one| Some((conversation.candidate(one.submission)?.mailbox.name.to_string(), one.decision)))
            .collect(),
        done,
    }))
}
