//! What a page shows of a conversation: its candidates as they stand with what was pressed a moment ago, an interview, a parked answer.
//!
//! In: a conversation, and the claim of the link that was opened. Out: a [`View`]. Never here: a change of anything.

use super::interviewing;
use crate::compose::Ink;
use crate::conversation::{Candidate, Conversation, Ended, Interview, Parked, Proxy, Share, Side, Submission};
use crate::http::{CandidateView, ParkedState, ParkedView, SilentView, View, reader};
use crate::link::{Claim, Scope};
use crate::model::{Decision, Reason, SubmissionId, Timestamp};
use crate::reply::Band;
use crate::store::{StoreError, Tx};

/// What the page of a link shows.
pub(super) fn view(tx: &Tx<'_>, ink: &Ink, conversation: &Conversation, claim: Claim, now: Timestamp) -> Result<View, StoreError> {
    let reader = reader(&claim);
    let of_interview = reader.or(claim.interviewer().map(Side::Interviewer));
    let of_interview = of_interview.and_then(|side| conversation.mailbox_of(side, SubmissionId(claim.item)));
    let recruiter = usize::try_from(claim.addressed_to).ok().and_then(|n| n.checked_sub(1));
    let recruiter = recruiter
        .filter(|_| claim.is_recruiters())
        .and_then(|n| conversation.batch.recruiters.get(n));
    let addressee = of_interview.or(recruiter).unwrap_or(&conversation.batch.contact.mailbox);
    let zone = conversation.batch.contact.zone;
    let candidates = conversation.batch.candidates.iter().filter_map(|candidate| {
        let submission = conversation.submission(candidate.submission)?;
        let until = submission.resting.as_ref().map(|resting| resting.until);
        let (reasons, reason_words) = reasons_so_far(conversation, submission);
        Some(CandidateView {
            submission: submission.id,
            name: candidate.mailbox.name.to_string(),
            summary: candidate.summary.clone(),
            cv: cv_behind_code(conversation, candidate),
            decision: submission.decision(),
            until,
            until_spelled: until.map(|at| zone.spelled(at)),
            waiting: waiting(conversation, submission.id),
            confirmed: confirmed(conversation, submission.id),
            reasons,
            reason_words,
            guess: submission.guess.clone(),
            needs_confirmation: submission.needs_confirmation,
            ended: Ended::of(submission.status).map(ended),
        })
    });
    Ok(View {
        batch: conversation.id,
        client: conversation.batch.client.to_string(),
        project: conversation.batch.project.title.to_string(),
        reference: conversation.reference().to_string(),
        addressed_to: addressee.address.masked(),
        proxy: conversation.policy.proxy,
        offered: conversation.offered_reasons(),
        shares: conversation.policy.share == Share::Draft,
        // A page of one interview shows nothing of the others.
        candidates: if reader.is_some() || claim.addressed_to < 0 || claim.interviewer().is_some() {
            Vec::new()
        } else {
            candidates.collect()
        },
        interview: match (claim.scope, reader) {
            (Scope::Pick(_) | Scope::Meant(_) | Scope::Interview, reader) => {
                // A recruiter's copy shows what the client sees.
                let side = reader.or(claim.is_recruiters().then_some(Side::Client));
                side.and_then(|side| interviewing::view(ink, conversation, claim, side, now))
            }
            (Scope::Decide(_) | Scope::Undo | Scope::Reasons | Scope::Batch | Scope::Confirm | Scope::GoOn | Scope::Look, _) => None,
        },
        silent: match claim.scope == Scope::GoOn {
            true => silent(conversation, SubmissionId(claim.item)),
            false => None,
        },
        parked: match claim.scope == Scope::Confirm {
            true => parked(tx, conversation, claim.item)?,
            false => None,
        },
        mail_instead: format!("mailto:{}?subject={}", ink.bot.address, conversation.reference()),
    })
}

/// How it ended without being decided, in a word.
const fn ended(how: Ended) -> &'static str {
    match how {
        Ended::Withdrawn => "Withdrawn",
        Ended::Closed => "Closed",
    }
}

/// The name of a CV that a page shows to whoever types a code; empty where there is none, or it came with the letter.
fn cv_behind_code(conversation: &Conversation, candidate: &Candidate) -> String {
    let cv = candidate.cv.as_ref().filter(|_| conversation.policy.cv_code);
    cv.map(|cv| cv.name.to_string()).unwrap_or_default()
}

/// The interviewers who do not answer, and of whom the recruiters were asked whether it goes on without them.
fn silent(conversation: &Conversation, id: SubmissionId) -> Option<SilentView> {
    let candidate = conversation.candidate(id)?;
    let interview = conversation.submission(id)?.interview.as_ref();
    let waits = interview.filter(|one| one.is_under_way() && !one.with_recruiter && one.booked.is_none());
    let silent = waits.map(Interview::silent).unwrap_or_default();
    // Yes and no within seconds are no answer; one to an earlier question is none to this.
    let pressed = |yes: bool| {
        let goes_on = conversation.unheard.iter().filter_map(|one| one.goes_on.as_ref());
        let mut mine = goes_on.filter(|one| one.submission == id && one.yes == yes);
        mine.any(|one| silent.iter().all(|side| one.without.contains(side)))
    };
    let said = match (pressed(true), pressed(false)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    };
    let names = silent.iter().filter_map(|side| Some(conversation.mailbox_of(*side, id)?.shown()));
    Some(SilentView {
        with: candidate.mailbox.name.to_string(),
        names: names.collect(),
        said: said.filter(|_| !silent.is_empty()),
        sides: silent.clone(),
        booked: interview
            .and_then(|one| one.booked)
            .map(|slot| conversation.batch.contact.zone.spelled(slot.start)),
    })
}

/// What somebody else said about a candidate and the contact has yet to confirm; the last word.
pub(crate) fn waiting(conversation: &Conversation, id: SubmissionId) -> Option<Decision> {
    let parked = conversation.parked.iter();
    let parked =
        parked.filter(|one| one.by == Side::Client && one.can_be_confirmed && state(conversation, one.message) != ParkedState::SetAside);
    let parked = parked.map(|one| &one.reply);
    let confirm = conversation.policy.proxy == Proxy::Confirm;
    let unheard = conversation.unheard.iter().filter(|one| confirm && one.deputy.is_some());
    let replies = parked.chain(unheard.map(|one| &one.reply));
    let findings = replies.flat_map(|reply| &reply.findings);
    let mut decisions = findings.filter(|one| one.band == Band::Act).filter_map(|one| one.decides(id));
    decisions.next_back()
}

/// The reasons kept, and those pressed a moment ago.
fn reasons_so_far(conversation: &Conversation, submission: &Submission) -> (Vec<Reason>, String) {
    let (mut reasons, mut words) = (submission.reasons.clone(), submission.reason_words.clone());
    for press in conversation.unheard.iter().filter(|one| one.deputy.is_none()) {
        let findings = press.reply.findings.iter();
        let said: Vec<(Reason, &str)> = findings
            .filter_map(|one| Some((one.reason(submission.id)?, one.words.text.as_str())))
            .collect();
        let Some((_, typed)) = said.first() else { continue };
        if !press.whole_batch {
            reasons.clear();
        }
        for (reason, _) in &said {
            if !reasons.contains(reason) {
                reasons.push(*reason);
            }
        }
        if !typed.is_empty() && !words.contains(typed) {
            words.push_str(if words.is_empty() { "" } else { " … " });
            words.push_str(typed);
        }
    }
    (reasons, words)
}

/// Whether the contact said yes to it a moment ago, and it rests with the next receipt.
fn confirmed(conversation: &Conversation, id: SubmissionId) -> bool {
    let counts = |one: &&Parked| state(conversation, one.message) == ParkedState::Counts;
    let findings = conversation.parked.iter().filter(counts).flat_map(|one| &one.reply.findings);
    let mut decisions = findings.filter(|one| one.band == Band::Act).filter_map(|one| one.decides(id));
    decisions.next().is_some()
}

/// Where a parked answer stands. Yes and no within seconds are no answer.
pub(super) fn state(conversation: &Conversation, row: i64) -> ParkedState {
    let said = |yes: bool| conversation.unheard.iter().any(|one| one.confirms == Some((row, yes)));
    let waits = conversation.parked.iter().any(|one| one.message == row);
    match (said(true), said(false)) {
        (true, false) => ParkedState::Counts,
        (false, true) => ParkedState::SetAside,
        (true, true) | (false, false) if waits => ParkedState::Waits,
        (true, true) | (false, false) => ParkedState::Settled,
    }
}

/// The parked answer as its confirmation letter told it: the letter is the record of what was asked.
pub(super) fn parked(tx: &Tx<'_>, conversation: &Conversation, row: i64) -> Result<Option<ParkedView>, StoreError> {
    let letters = tx.confirmations(conversation.id)?;
    let asked = letters
        .iter()
        .filter_map(|letter| letter.says.confirmation())
        .find(|asked| asked.message == row);
    Ok(asked.map(|asked| ParkedView {
        name: asked.deputy.unwrap_or_default().to_owned(),
        words: asked.words.to_owned(),
        would: asked.would.iter().map(|one| (one.submission, one.decision)).collect(),
        state: state(conversation, row),
    }))
}
