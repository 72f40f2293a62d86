//! Every page with invented people, so that a template that cannot be rendered is found at the start and not by a client.

use minijinja::context;

use super::form::{Kept, Step};
use super::look::Look;
use super::show::{Notice, Shown, expired};
use super::{CandidateView, Pages, PagesError, ParkedState, ParkedView, SilentView, View, interview};
use crate::compose::{Agency, Colour};
use crate::conversation::{Guess, Proxy, Side};
use crate::link::{Claim, Scope};
use crate::model::{ConversationId, Decision, Reason, SubmissionId, Timestamp};

/// Renders every page once, with invented people in every state.
pub(super) fn try_all(pages: &Pages) -> Result<(), PagesError> {
    let look = pages.look(&example_agency(), "");
    let candidate = |id: i64, decision: Option<Decision>| CandidateView {
        submission: SubmissionId(id),
        name: "Ana Souza".to_owned(),
        summary: "Summary".to_owned(),
        cv: "cv.pdf".to_owned(),
        decision,
        until: decision.map(|_| Timestamp::UNIX_EPOCH),
        until_spelled: decision.map(|_| "soon".to_owned()),
        waiting: (id != 2).then_some(Decision::Interested),
        confirmed: id == 10,
        reasons: vec![Reason::Salary],
        reason_words: "Words".to_owned(),
        guess: (id == 10).then(Guess::default),
        needs_confirmation: id > 9,
        ended: (id == 11).then_some("Withdrawn"),
    };
    let mut view = View {
        batch: ConversationId(1),
        client: "Client".to_owned(),
        project: "Role".to_owned(),
        reference: "REF-2222".to_owned(),
        addressed_to: "a***@client.example".to_owned(),
        proxy: Proxy::Confirm,
        offered: Vec::new(),
        shares: false,
        candidates: vec![
            candidate(1, None),
            candidate(2, Some(Decision::Pass)),
            candidate(10, Some(Decision::Maybe)),
            candidate(11, None),
        ],
        parked: Some(ParkedView {
            name: "Bo".to_owned(),
            words: "Yes".to_owned(),
            would: vec![(SubmissionId(1), Decision::Interested), (SubmissionId(2), Decision::Pass)],
            state: ParkedState::Waits,
        }),
        interview: None,
        silent: None,
        mail_instead: "mailto:a@agency.example".to_owned(),
    };
    try_interviews(pages, &look, &view)?;
    let scopes = Decision::ALL.map(Scope::Decide).into_iter();
    for scope in scopes.chain([Scope::Undo, Scope::Reasons, Scope::Batch, Scope::Confirm, Scope::Look]) {
        for (item, state) in [
            (1, ParkedState::Waits),
            (2, ParkedState::Counts),
            (3, ParkedState::SetAside),
            (10, ParkedState::Settled),
        ] {
            if let Some(parked) = &mut view.parked {
                parked.state = state;
            }
            for notice in [None, Some(Notice::Stale), Some(Notice::Automated), Some(Notice::SomeoneElse)] {
                let claim = Claim {
                    item,
                    addressed_to: 0,
                    scope,
                    expires_min: 0,
                    generation: 0,
                };
                let shown = Shown {
                    claim: &claim,
                    token: "t",
                    picked: None,
                    nonce: "n",
                    view: &view,
                    kept: &Kept::default(),
                    notice,
                    pressed: false,
                    sign: &|_, _| "../f/t".to_owned(),
                };
                if let Some((name, values)) = shown.page() {
                    pages.render(name, &look, values)?;
                }
            }
        }
    }
    try_silent(pages, &look, &mut view)?;
    let claim = Claim {
        item: 1,
        addressed_to: 0,
        scope: Scope::Batch,
        expires_min: 0,
        generation: 0,
    };
    pages.render("expired.html", &look, expired(&claim, "t", None, "n", Some(Notice::Stale)))?;
    pages.render("fresh.html", &look, context! { address => "a***@client.example" })?;
    super::cvs::try_all(pages, &look)?;
    pages.render("not_found.html", &look, context! {})?;
    pages.render("busy.html", &look, context! { mail_instead => "mailto:a@agency.example" })?;
    pages.render("refused.html", &look, context! { status => 413 })?;
    pages.render("trap.html", &look, context! { back => "../t" })?;
    Ok(())
}

/// What a recruiter is asked about silent interviewers: some, one, and none any more.
fn try_silent(pages: &Pages, look: &Look, view: &mut View) -> Result<(), PagesError> {
    let claim = Claim {
        item: 1,
        addressed_to: 1,
        scope: Scope::GoOn,
        expires_min: 0,
        generation: 0,
    };
    for (names, pressed, said, booked) in [
        (2, false, None, None),
        (1, false, None, None),
        (2, true, Some(true), None),
        (1, true, Some(false), None),
        (0, true, None, None),
        (0, true, None, Some("soon".to_owned())),
    ] {
        view.silent = Some(SilentView {
            with: "Ana Souza".to_owned(),
            names: vec!["Jo Park".to_owned(); names],
            sides: vec![Side::Interviewer(0); names],
            said,
            booked,
        });
        let shown = Shown {
            claim: &claim,
            token: "t",
            picked: None,
            nonce: "n",
            view,
            kept: &Kept::default(),
            notice: None,
            pressed,
            sign: &|_, _| String::new(),
        };
        if let Some((name, values)) = shown.page() {
            pages.render(name, look, values)?;
        }
    }
    Ok(())
}

/// The page of an interview in each stage, and with each thing it asks once more.
fn try_interviews(pages: &Pages, look: &Look, view: &View) -> Result<(), PagesError> {
    for interview in interview::examples() {
        let addressed_to = match interview.side {
            Side::Client => 0,
            Side::Candidate => -1,
            Side::Interviewer(n) => Claim::to_interviewer(n),
        };
        let view = View {
            interview: Some(interview),
            ..view.clone()
        };
        for step in [None, Some(Step::NoneWork), Some(Step::Move), Some(Step::CallOff)] {
            let claim = Claim {
                item: 1,
                addressed_to,
                scope: Scope::Pick(0),
                expires_min: 0,
                generation: 0,
            };
            let kept = Kept { step, ..Kept::default() };
            let shown = Shown {
                claim: &claim,
                token: "t",
                picked: None,
                nonce: "n",
                view: &view,
                kept: &kept,
                notice: Some(Notice::TooLate),
                pressed: false,
                sign: &|_, _| String::new(),
            };
            if let Some((name, values)) = shown.page() {
                pages.render(name, look, values)?;
            }
        }
    }
    Ok(())
}

/// An agency to try pages with.
pub(super) fn example_agency() -> Agency {
    Agency {
        name: "Example Agency".into(),
        signature: Vec::new(),
        colour: Colour::DEFAULT,
        website: None,
        logo: None,
    }
}
