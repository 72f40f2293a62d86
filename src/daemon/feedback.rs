//! Letters that tell a candidate why, from the pass to the recruiter's word.
//!
//! In: a pass that stands, the recruiter's answer, a command from beside. Out: a draft kept with the mail that shows it, or the word handed on to the
//! conversation, which sends. Each in one transaction. Never here: what the letter says ([`crate::compose`]), what an answer says ([`crate::handin`]).

use super::drafting::Desk;
use super::{apply, digest};
use crate::compose::{
    DeskLetter, FeedbackPreview, Ink, compose, feedback_draft, feedback_over, feedback_preview, feedback_sent, feedback_title, names_in,
};
use crate::conversation::{Command, Content, Conversation, Deadline, Event, Letter, Party};
use crate::handin::{Again, LetterDraft, State, Then, Word};
use crate::model::{LetterKey, Mailbox, SubmissionId, Timestamp};
use crate::store::{KeptLetter, StoreError, Tx};

/// How long such a draft waits for a word.
const KEEP: chrono::Duration = chrono::Duration::days(14);

/// Drafts a letter to a candidate and shows it to the batch's first recruiter; one that waits already is written anew, unless they wrote it.
pub(super) fn draft(tx: &Tx<'_>, ink: &Ink, of: &Conversation, id: SubmissionId, now: Timestamp) -> Result<(), StoreError> {
    let (Some(who), Some(draft)) = (of.batch.recruiters.first(), feedback_draft(of, id)) else {
        return Ok(());
    };
    let recruiter = tx.know_recruiter(who)?;
    let (kept, again) = match tx.letter_draft_of(recruiter, id)? {
        Some(mut kept) if kept.draft.state == State::Open => {
            if kept.draft.edited || kept.draft.body == draft.body && kept.draft.held == draft.held {
                return Ok(());
            }
            kept.draft = LetterDraft {
                version: kept.draft.version.saturating_add(1),
                ..draft
            };
            tx.save_letter_draft(&kept, now)?;
            (kept, Again::More)
        }
        // Said once, or not wanted: not proposed again.
        Some(kept) if kept.draft.state != State::Stale => return Ok(()),
        Some(_) | None => {
            let until = now + KEEP;
            let row = tx.keep_letter_draft(recruiter, of.id, &draft, &feedback_title(of, id), until, now)?;
            tracing::info!(
                draft.id = row,
                conversation.id = of.id.0,
                "a letter to a candidate waits for a word"
            );
            let kept = KeptLetter {
                id: row,
                recruiter,
                batch: of.id,
                draft,
                until,
            };
            (kept, Again::New)
        }
    };
    let letter = shown(&kept, of, again, "", None);
    let serial = tx.next_of_desk()?.serial;
    if digest::write(tx, ink, who, &letter, None, now)? {
        tx.keep_preview(serial, kept.id, kept.draft.version)?;
    }
    Ok(())
}

/// The pass holds no longer: what waits is dropped without a word, for what made it is told already.
pub(super) fn forget(tx: &Tx<'_>, of: &Conversation, id: SubmissionId, now: Timestamp) -> Result<(), StoreError> {
    let Some(who) = of.batch.recruiters.first() else { return Ok(()) };
    let recruiter = tx.know_recruiter(who)?;
    match tx.letter_draft_of(recruiter, id)? {
        Some(mut kept) if kept.draft.state == State::Open => {
            kept.draft.state = State::Discarded;
            tx.save_letter_draft(&kept, now)
        }
        Some(_) | None => Ok(()),
    }
}

/// What the mail about a draft says.
pub(super) fn shown(kept: &KeptLetter, of: &Conversation, again: Again, unread: &str, fault: Option<&str>) -> DeskLetter {
    let until = of.batch.contact.zone.local(kept.until).format("%A %-d %B").to_string();
    feedback_preview(&FeedbackPreview {
        id: kept.id,
        draft: &kept.draft,
        of,
        again,
        unread,
        fault,
        until: &until,
    })
}

/// Lets an answer happen to a draft.
pub(super) fn answered(desk: &Desk<'_>, id: i64, version: u32, word: &Word) -> Result<(), StoreError> {
    let Some(mut kept) = desk.tx.letter_draft(id)? else { return Ok(()) };
    let Some(of) = desk.tx.conversation(kept.batch)? else {
        return Ok(());
    };
    let (after, then) = kept.draft.answered(version, word, &names_in(&of));
    if after.version != kept.draft.version {
        kept.until = desk.now + desk.terms.keep;
    }
    kept.draft = after;
    let unread = if let Word::Unread(text) = word { text.as_str() } else { "" };
    match then {
        Then::Nothing => Ok(()),
        Then::Over => over(desk, &kept, &of, false),
        Then::Drop => end(desk, kept, &of, State::Discarded),
        Then::Show(again) => {
            desk.tx.save_letter_draft(&kept, desk.now)?;
            show(desk, &kept, &of, again, unread, None)
        }
        Then::Send => {
            desk.tx.save_letter_draft(&kept, desk.now)?;
            match release(desk, &mut kept, &of)? {
                Ok(letter) => desk.write(&letter).map(drop),
                Err(fault) => show(desk, &kept, &of, Again::New, "", Some(&fault)),
            }
        }
    }
}

/// Hands the letter on to the conversation, which sends it; else what keeps it from being sent.
pub(super) fn release(desk: &Desk<'_>, kept: &mut KeptLetter, of: &Conversation) -> Result<Result<DeskLetter, String>, StoreError> {
    let (id, body) = (kept.draft.submission, kept.draft.body.clone());
    if let Some(fault) = fault(desk, of, id)? {
        return Ok(Err(fault));
    }
    // What could not be written is found out before anything is done.
    let says = Content::Feedback {
        submission: id,
        body: body.clone(),
    };
    let key = LetterKey {
        conversation: of.id,
        serial: of.letters + 1,
    };
    if let Err(refusal) = compose(&Letter::new(Party::Candidate(id), says), of, key, desk.now, desk.ink, &|_| None) {
        return Ok(Err(refusal.to_string()));
    }
    let command = Command::Feedback {
        submission: id,
        body: Some(body),
    };
    happen(desk, kept, command)?;
    kept.draft.state = State::Sent;
    desk.tx.save_letter_draft(kept, desk.now)?;
    let after = desk.tx.conversation(kept.batch)?;
    let at = after.and_then(|after| {
        let at = after.deadlines.get(Deadline::Feedback(id))?;
        Some(after.zone_of(Party::Candidate(id)).spelled(at))
    });
    Ok(Ok(feedback_sent(kept.id, &feedback_title(of, id), at.as_deref())))
}

/// What keeps a candidate from being told at this time, in a sentence.
pub(super) fn fault(desk: &Desk<'_>, of: &Conversation, id: SubmissionId) -> Result<Option<String>, StoreError> {
    if let Err(why) = of.may_tell_why(id) {
        return Ok(Some(format!("{why}.")));
    }
    let address = of.candidate(id).map(|one| &one.mailbox.address);
    let stopped = address.map_or(Ok(true), |address| desk.tx.is_suppressed(address))?;
    Ok(stopped.then(|| "Mail to the candidate came back earlier: nothing is sent there until that is lifted.".to_owned()))
}

/// Ends one without sending it.
pub(super) fn end(desk: &Desk<'_>, mut kept: KeptLetter, of: &Conversation, state: State) -> Result<(), StoreError> {
    let command = Command::Feedback {
        submission: kept.draft.submission,
        body: None,
    };
    if state == State::Discarded {
        happen(desk, &kept, command)?;
    }
    kept.draft.state = state;
    desk.tx.save_letter_draft(&kept, desk.now)?;
    over(desk, &kept, of, true)
}

fn happen(desk: &Desk<'_>, kept: &KeptLetter, command: Command) -> Result<(), StoreError> {
    let by = Mailbox::shown(&desk.who);
    apply::happen(
        desk.tx,
        desk.ink,
        kept.batch,
        Event::Steered { by, command },
        desk.door.cause(),
        desk.now,
    )
}

fn over(desk: &Desk<'_>, kept: &KeptLetter, of: &Conversation, now: bool) -> Result<(), StoreError> {
    let title = feedback_title(of, kept.draft.submission);
    desk.write(&feedback_over(kept.id, &title, kept.draft.state, now)).map(drop)
}

fn show(desk: &Desk<'_>, kept: &KeptLetter, of: &Conversation, again: Again, unread: &str, fault: Option<&str>) -> Result<(), StoreError> {
    let letter = shown(kept, of, again, unread, fault);
    let serial = desk.tx.next_of_desk()?.serial;
    if desk.write(&letter)? {
        desk.tx.keep_preview(serial, kept.id, kept.draft.version)?;
    }
    Ok(())
}
