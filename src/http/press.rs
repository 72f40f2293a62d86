//! What a press may do: the claim says what the link is for, the form says what was pressed.

use super::form::{Button, Filled, OnInterview};
use super::show::Notice;
use super::{Action, CandidateView, Pressed, View, reader};
use crate::conversation::Proxy;
use crate::link::{Claim, Scope};
use crate::model::{Decision, Reason, SubmissionId};

/// What the form asks for, if the claim allows it; else what to say above the page that is shown again.
pub(super) fn wanted(claim: &Claim, view: Option<&View>, form: &Filled) -> Result<Action, Option<Notice>> {
    let button = form.button().ok_or(None)?;
    if button == Button::Fresh {
        return Ok(Action::FreshLink);
    }
    match claim.scope {
        Scope::Pick(_) | Scope::Meant(_) | Scope::Interview if reader(claim).is_some() => about_interview(&button, form),
        Scope::Decide(_) | Scope::Undo if is_clients(claim) => about_one(SubmissionId(claim.item), &button, form),
        Scope::Reasons if is_clients(claim) && button == Button::Reasons => reasons(SubmissionId(claim.item), form),
        Scope::Batch if is_clients(claim) => about_all(view, &button, form),
        Scope::GoOn if claim.is_recruiters() => button.confirms().map(|yes| Action::GoOn(yes, form.silent())).ok_or(None),
        Scope::Confirm => button.confirms().map(Action::Confirm).ok_or(None),
        Scope::Decide(_)
        | Scope::Undo
        | Scope::Reasons
        | Scope::Batch
        | Scope::Pick(_)
        | Scope::Meant(_)
        | Scope::Interview
        | Scope::GoOn
        | Scope::Look => Err(None),
    }
}

/// Only the client decides: whatever a recruiter's or a candidate's link says, it shows and does nothing.
pub(super) const fn is_clients(claim: &Claim) -> bool {
    claim.addressed_to == 0
}

/// Whether an automatic visitor's press may reach the daemon at all: only where the visit rides along and robs it of its effect.
pub(super) const fn carries_visit(action: &Action) -> bool {
    match action {
        Action::Decide(_) | Action::Undo(_) | Action::Reasons(..) | Action::Interview(_) => true,
        Action::Confirm(_) | Action::GoOn(..) | Action::FreshLink | Action::View => false,
    }
}

/// What to say above the page as it stands after a press.
pub(super) fn told(action: &Action, view: &View, automated: bool, someone_else: bool) -> Option<Notice> {
    if automated {
        return Some(Notice::Automated);
    }
    let find = |id: &SubmissionId| view.candidates.iter().find(|one| one.submission == *id);
    match action {
        Action::Decide(decisions) => {
            let stands = |(id, decision): &(SubmissionId, Decision)| find(id).is_some_and(|one| one.decision == Some(*decision));
            let asked_again = |(id, _): &(SubmissionId, Decision)| find(id).is_some_and(|one| one.needs_confirmation);
            if decisions.iter().any(asked_again) {
                None
            } else if someone_else && view.proxy == Proxy::Refuse {
                Some(Notice::NotTheirs)
            } else if someone_else && view.proxy == Proxy::Confirm {
                Some(Notice::SomeoneElse)
            } else if !decisions.is_empty() && decisions.iter().all(stands) {
                Some(Notice::Recorded)
            } else {
                Some(Notice::Received)
            }
        }
        Action::Undo(id) => {
            let resting = |one: &CandidateView| one.until.is_some();
            (!find(id).is_some_and(resting)).then_some(Notice::TakenBack)
        }
        Action::Reasons(..) if someone_else && view.proxy == Proxy::Refuse => Some(Notice::NotTheirs),
        Action::Reasons(..) if someone_else && view.proxy == Proxy::Confirm => Some(Notice::SomeoneElse),
        Action::Reasons(..) => Some(Notice::ReasonsKept),
        Action::Interview(pressed) => about_interview_told(pressed, view, someone_else),
        Action::View => Some(Notice::Seen),
        Action::Confirm(_) | Action::GoOn(..) | Action::FreshLink => None,
    }
}

fn about_one(submission: SubmissionId, button: &Button, form: &Filled) -> Result<Action, Option<Notice>> {
    match button {
        Button::Decide(decision) => Ok(Action::Decide(vec![(submission, *decision)])),
        Button::Undo => Ok(Action::Undo(submission)),
        Button::Reasons => reasons(submission, form),
        Button::Later => Ok(later(form)),
        Button::Batch | Button::Confirm(_) | Button::Fresh | Button::Interview(_) | Button::Step(_) => Err(None),
    }
}

fn about_all(view: Option<&View>, button: &Button, form: &Filled) -> Result<Action, Option<Notice>> {
    let on_page = |id: &SubmissionId| view.is_some_and(|view| view.candidates.iter().any(|one| one.submission == *id));
    match button {
        Button::Batch => {
            let mut changed = form.changed();
            // A form can name anybody; the link is about this batch.
            changed.retain(|(id, _)| on_page(id));
            if changed.is_empty() && form.notes().is_empty() && form.remark().is_empty() {
                Err(Some(Notice::NothingPicked))
            } else {
                Ok(Action::Decide(changed))
            }
        }
        Button::Later => Ok(later(form)),
        Button::Decide(_)
        | Button::Undo
        | Button::Reasons
        | Button::Confirm(_)
        | Button::Fresh
        | Button::Interview(_)
        | Button::Step(_) => Err(None),
    }
}

/// The page of an interview. What a first press only leads up to is not handed on.
fn about_interview(button: &Button, form: &Filled) -> Result<Action, Option<Notice>> {
    let pressed = match button {
        Button::Interview(OnInterview::Slot) => Pressed::Slot(form.slot().ok_or(Some(Notice::NothingPicked))?),
        Button::Interview(OnInterview::Slots) => match form.slots() {
            none if none.is_empty() => return Err(Some(Notice::NothingPicked)),
            slots => Pressed::Slots(slots),
        },
        Button::Interview(OnInterview::Times) => {
            let stretches = form.stretches();
            if stretches.is_empty() && form.remark().is_empty() {
                return Err(Some(Notice::NothingPicked));
            }
            Pressed::Times(stretches)
        }
        Button::Interview(OnInterview::Meant) => Pressed::Meant,
        Button::Interview(OnInterview::NoneWork) => Pressed::NoneWork,
        Button::Interview(OnInterview::Move) => Pressed::Move(form.stretches()),
        Button::Interview(OnInterview::CallOff) => Pressed::CallOff,
        Button::Interview(OnInterview::TakeBack) => Pressed::TakeBack,
        Button::Confirm(yes) => Pressed::Attends(*yes),
        Button::Later => Pressed::Later,
        Button::Step(_) | Button::Decide(_) | Button::Undo | Button::Reasons | Button::Batch | Button::Fresh => {
            return Err(None);
        }
    };
    Ok(Action::Interview(pressed))
}

/// What was pressed stands on the page by itself; else it came too late.
fn about_interview_told(pressed: &Pressed, view: &View, someone_else: bool) -> Option<Notice> {
    let stands = view.interview.as_ref().is_some_and(|one| one.pressed.is_some());
    if someone_else && view.proxy == Proxy::Refuse {
        return Some(Notice::NotTheirs);
    }
    if someone_else && view.proxy == Proxy::Confirm {
        return Some(Notice::SomeoneElse);
    }
    match pressed {
        Pressed::TakeBack => Some(Notice::TakenBack),
        Pressed::Later => Some(Notice::Seen),
        Pressed::Slot(_)
        | Pressed::Slots(_)
        | Pressed::Times(_)
        | Pressed::Meant
        | Pressed::NoneWork
        | Pressed::Move(_)
        | Pressed::CallOff
        | Pressed::Attends(_) => (!stands).then_some(Notice::TooLate),
    }
}

/// Words typed beside "I decide later" are not lost: they are handed on, without a choice.
fn later(form: &Filled) -> Action {
    if form.remark().is_empty() {
        Action::View
    } else {
        Action::Decide(Vec::new())
    }
}

fn reasons(submission: SubmissionId, form: &Filled) -> Result<Action, Option<Notice>> {
    let reasons = form.reasons();
    if reasons.is_empty() && form.remark().is_empty() {
        return Err(Some(Notice::NothingPicked));
    }
    // Whoever ticks everything says nothing, and is rarely a person.
    if reasons.len() >= Reason::ALL.len() {
        return Err(Some(Notice::TooManyReasons));
    }
    Ok(Action::Reasons(submission, reasons))
}
