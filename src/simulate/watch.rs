//! The rules that must hold after every step and for every letter that leaves. A broken one is a sentence.

use chrono::Duration;

use super::case::{Case, Trial, of, of_mut};
use crate::conversation::{Content, Conversation, Deadline, Driver, Effect, Interview, InterviewStatus, Letter, Party, Side};
use crate::model::{Slot, SubmissionId, Timestamp};

/// Letters about a booked interview leave as long before it at the latest, night or not.
const LAST_CALL: Duration = Duration::hours(2);
/// Whoever did something so lately may be answered at night.
const JUST_NOW: Duration = Duration::minutes(20);
/// A conversation that still does something so long after it began does not end.
pub(super) const LONGEST: Duration = Duration::days(120);

/// What must hold of a step.
pub(super) fn step(before: &Conversation, after: &Conversation, effects: &[Effect], trials: &[Trial]) -> Result<(), String> {
    for submission in &after.submissions {
        let id = submission.id;
        let was = before.submission(id).and_then(|one| one.interview.as_ref());
        let Some(is) = submission.interview.as_ref() else {
            if was.is_some() {
                return Err(format!("the interview of submission {id} is forgotten"));
            }
            continue;
        };
        booked(was, is, effects, id, after)?;
        called_off(was, is, effects, id, after)?;
        outcome(was, is, id)?;
        waits_for_something(is, id, after)?;
        let trial = trials.iter().find(|one| one.id == id);
        for side in is.sides() {
            let (now, known) = (is.sequence_of(side), trial.map_or(0, |one| *of(&one.sequences, side)));
            if now < known {
                return Err(format!("SEQUENCE of submission {id} went down from {known} to {now}"));
            }
        }
    }
    Ok(())
}

fn letters<'a>(effects: &'a [Effect], to: Party) -> impl Iterator<Item = &'a Content> + 'a {
    effects.iter().filter_map(move |effect| match effect {
        Effect::Send(letter) if letter.to == to => Some(&letter.says),
        Effect::Send(_) | Effect::Record(_) | Effect::Escalate { .. } | Effect::Draft(_) | Effect::DropDraft(_) => None,
    })
}

/// Whether letters to a side leave at all.
fn is_reached(conversation: &Conversation, side: Side) -> bool {
    conversation.driver == Driver::Bot && (side != Side::Client || !conversation.client_unreachable)
}

/// A time that is agreed leads to an invitation for both.
fn booked(was: Option<&Interview>, is: &Interview, effects: &[Effect], id: SubmissionId, after: &Conversation) -> Result<(), String> {
    let Some(slot) = is.booked.filter(|slot| was.and_then(|was| was.booked) != Some(*slot)) else {
        return Ok(());
    };
    for side in is
        .sides()
        .into_iter()
        .filter(|side| is_reached(after, *side) && !is.attendee(*side).absent)
    {
        let invites = |says: &Content| {
            matches!(says, Content::Invitation { submission, slot: when, sequence, .. }
                if *submission == id && *when == slot && *sequence == is.sequence_of(side))
        };
        let told_later = after.deadlines.get(Deadline::Tell(id, side)).is_some();
        if !told_later && is.attendee(side).invited != Some(slot) && !letters(effects, side.party(id)).any(invites) {
            return Err(format!("a time was booked and {} was not invited", side.label()));
        }
    }
    Ok(())
}

/// Whoever holds an entry is told when the interview is called off.
fn called_off(was: Option<&Interview>, is: &Interview, effects: &[Effect], id: SubmissionId, after: &Conversation) -> Result<(), String> {
    let Some(was) = was.filter(|was| was.is_under_way() && is.status == InterviewStatus::Cancelled) else {
        return Ok(());
    };
    for side in is
        .sides()
        .into_iter()
        .filter(|side| was.attendee(*side).invited.is_some() && is_reached(after, *side))
    {
        let tells = |says: &Content| matches!(says, Content::CalledOff { submission, .. } if *submission == id);
        let told_later = after.deadlines.get(Deadline::Tell(id, side)).is_some();
        if !told_later && !letters(effects, side.party(id)).any(tells) {
            return Err(format!("the interview was called off and {} holds an entry", side.label()));
        }
    }
    Ok(())
}

/// An outcome is for good.
fn outcome(was: Option<&Interview>, is: &Interview, id: SubmissionId) -> Result<(), String> {
    let ended = |one: &Interview| matches!(one.status, InterviewStatus::Completed | InterviewStatus::NoShow);
    match was.filter(|was| ended(was) && was.status != is.status) {
        Some(was) => Err(format!(
            "the interview of submission {id} was {} and is {} now",
            was.status.name(),
            is.status.name()
        )),
        None => Ok(()),
    }
}

/// An interview under way waits for a moment or lies with a recruiter.
fn waits_for_something(is: &Interview, id: SubmissionId, after: &Conversation) -> Result<(), String> {
    let has_a_deadline = || after.deadlines.iter().any(|(deadline, _)| deadline.submission() == Some(id));
    let lies = !is.is_under_way() || is.with_recruiter || after.driver == Driver::Recruiter;
    if lies || has_a_deadline() {
        return Ok(());
    }
    Err(format!(
        "the interview of submission {id} waits for nothing, and no recruiter has it"
    ))
}

/// What must hold of a letter that leaves.
pub(super) fn leaves(case: &mut Case, letter: &Letter, now: Timestamp) -> Result<(), String> {
    if matches!(letter.to, Party::Recruiter(_)) {
        return Ok(());
    }
    at_a_polite_hour(case, letter, now)?;
    not_too_many(case, letter, now)?;
    still_true(case, letter)?;
    calendars(case, letter)
}

fn at_a_polite_hour(case: &Case, letter: &Letter, now: Timestamp) -> Result<(), String> {
    let conversation = &case.conversation;
    let contact = conversation.batch.contact.zone;
    let zone = match letter.to {
        Party::Candidate(id) => conversation.candidate(id).map_or(contact, |one| one.zone),
        Party::Interviewer(n) => conversation.interviewer(n).map_or(contact, |one| one.zone),
        Party::Client | Party::Recruiter(_) => contact,
    };
    let just_acted = case.acted.get(&letter.to).is_some_and(|at| now - *at <= JUST_NOW);
    // A recruiter sends the batch, when they choose to.
    let exempt = just_acted || letter.says.is_answer() || matches!(letter.says, Content::Submission);
    let last_call = interview_slot(&letter.says).is_some_and(|slot| now >= slot.start - LAST_CALL);
    if exempt || last_call || conversation.policy.polite.open(now, zone) {
        return Ok(());
    }
    Err(format!("a letter ({}) leaves at {}", letter.says.kind(), zone.spelled(now)))
}

/// The time that a letter is about.
fn interview_slot(says: &Content) -> Option<Slot> {
    if let Content::Invitation { slot, .. } | Content::CalledOff { slot, .. } = says {
        Some(*slot)
    } else {
        None
    }
}

fn not_too_many(case: &mut Case, letter: &Letter, now: Timestamp) -> Result<(), String> {
    if !letter.says.is_unprompted() {
        return Ok(());
    }
    let most = usize::from(case.conversation.policy.daily_limit);
    let list = case.unprompted.entry(letter.to).or_default();
    list.retain(|at| now - *at < Duration::hours(24));
    list.push(now);
    if list.len() > most {
        return Err(format!(
            "{} letters nobody asked for within 24 hours to {:?} ({})",
            list.len(),
            letter.to,
            letter.says.kind()
        ));
    }
    Ok(())
}

/// A letter about an interview says what holds when it leaves.
fn still_true(case: &Case, letter: &Letter) -> Result<(), String> {
    let Some(id) = letter.says.interview() else { return Ok(()) };
    let Some(interview) = case.conversation.submission(id).and_then(|one| one.interview.as_ref()) else {
        return Err(format!("a letter ({}) about an interview that does not exist", letter.says.kind()));
    };
    let cancels = matches!(letter.says, Content::CalledOff { .. });
    let recovers = matches!(letter.says, Content::NotHeld { .. }) && interview.status == InterviewStatus::NoShow;
    if !interview.is_under_way() && !cancels && !recovers {
        return Err(format!(
            "a letter ({}) about submission {id} leaves after the interview was {}",
            letter.says.kind(),
            interview.status.name()
        ));
    }
    if let Content::Reminder { slot, .. } = letter.says
        && interview.booked != Some(slot)
    {
        return Err("a reminder of a time that does not hold any more".to_owned());
    }
    Ok(())
}

/// Keeps the calendars of both sides as their programs would.
fn calendars(case: &mut Case, letter: &Letter) -> Result<(), String> {
    let side = match letter.to {
        Party::Client => Side::Client,
        Party::Candidate(_) => Side::Candidate,
        Party::Interviewer(n) => Side::Interviewer(n),
        Party::Recruiter(_) => return Ok(()),
    };
    let (Content::Invitation {
        submission,
        sequence,
        slot,
        ..
    }
    | Content::CalledOff {
        submission,
        sequence,
        slot,
        ..
    }) = letter.says
    else {
        return Ok(());
    };
    let cancels = matches!(letter.says, Content::CalledOff { .. });
    let Some(trial) = case.trial_mut(submission) else { return Ok(()) };
    let highest = of_mut(&mut trial.sequences, side);
    if sequence < *highest {
        return Err(format!("SEQUENCE {sequence} leaves after {highest}"));
    }
    *highest = sequence;
    let entry = of_mut(&mut trial.entries, side);
    if let Some((when, known)) = entry
        && !cancels
        && *known == sequence
        && *when != slot
    {
        return Err(format!("the time changed and SEQUENCE {sequence} did not"));
    }
    *entry = if cancels { None } else { Some((slot, sequence)) };
    Ok(())
}

/// What must hold when nothing is scheduled any more.
pub(super) fn end(case: &Case) -> Result<(), String> {
    let conversation = &case.conversation;
    if let Some((deadline, at)) = conversation.deadlines.iter().next() {
        return Err(format!("{} is still scheduled for {at}", deadline.name()));
    }
    for submission in &conversation.submissions {
        let Some(interview) = &submission.interview else { continue };
        if interview.is_under_way() && !interview.with_recruiter && conversation.driver == Driver::Bot {
            return Err(format!("the interview of submission {} never ended", submission.id));
        }
        let Some(trial) = case.trial(submission.id) else { continue };
        for side in interview.sides() {
            let entry = of(&trial.entries, side).map(|(slot, _)| slot);
            let shown = interview.booked.or(interview.was_booked);
            let right = match interview.status {
                InterviewStatus::Cancelled => entry.is_none(),
                // A recruiter finds another time; calendars show what was told last.
                InterviewStatus::Proposed | InterviewStatus::Rescheduled => true,
                InterviewStatus::Scheduled | InterviewStatus::Confirmed | InterviewStatus::Completed | InterviewStatus::NoShow => {
                    entry == interview.booked.filter(|_| !interview.attendee(side).absent)
                }
            };
            if !right || entry != interview.attendee(side).invited {
                return Err(format!(
                    "the calendar of {} shows {entry:?}, and the interview is {} at {shown:?}",
                    side.label(),
                    interview.status.name()
                ));
            }
        }
    }
    Ok(())
}
