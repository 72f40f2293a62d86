//! What a calendar's answer means for an interview: REPLY and COUNTER, matched by UID and attendee.   RFC 5546 3.2.3, 3.2.7
//!
//! In: the answer as [`crate::calendar`] read it. Out: the same event as a sentence or a press would be, or a notice for a person.
//! Never here: who may answer by From, subject or In-Reply-To: calendars send from another account, in another language, without a thread.

use super::understand::{Understood, excerpt};
use crate::calendar::{Answer, PartStat, Proposal, Spans};
use crate::compose::Ink;
use crate::conversation::{Conversation, Event, InterviewStatus, Side, Standing, Via};
use crate::message::Message;
use crate::model::{Slot, SubmissionId, Timestamp};
use crate::reply::times::Intent;
use crate::reply::{Band, Finding, Reply, Says, TimesSaid, Words};
use crate::store::MessageState;

/// The interview that a calendar's answer is about, and whose entry it was.
pub(super) fn entry(ink: &Ink, answer: &Answer) -> Option<(SubmissionId, Side)> {
    let (submission, whose) = ink.keyring.read_uid(answer.uid.as_deref()?)?;
    Some((submission, Side::of_entry(whose)))
}

/// The event of an answer about an interview of this conversation.
pub(super) fn answered(
    message: &Message,
    answer: &Answer,
    conversation: &Conversation,
    (submission, side): (SubmissionId, Side),
    now: Timestamp,
) -> Understood {
    let id = conversation.id;
    let person = |why: &str| {
        let event = Event::NeedsPerson {
            why: format!("{why}: please look at it."),
            words: answer.note.as_deref().map(excerpt).unwrap_or_default(),
            owed_to_client: side == Side::Client,
        };
        Understood::event("calendar", id, event)
    };
    let invited = conversation.mailbox_of(side, submission).map(|one| &one.address);
    let counter_unread = |why: &str| {
        let event = Event::CounterUnread {
            submission,
            by: side,
            why: format!("{why}: please look at it."),
            words: answer.note.as_deref().map(excerpt).unwrap_or_default(),
        };
        Understood::event("calendar", id, event)
    };
    // A forwarded invitation can be answered by anybody.
    if answer.attendee.is_none() || answer.attendee.as_ref() != invited {
        return person("Somebody who was not invited answered an invitation");
    }
    let interview = conversation.submission(submission).and_then(|one| one.interview.as_ref());
    let ignored = |why: &str| Understood {
        conversation: Some(id),
        ..Understood::ended(MessageState::Ignored, "calendar", why)
    };
    // Mails overtake each other, and some come twice.
    let last = interview.map(|one| one.attendee(side).answered).unwrap_or_default();
    if answer.stamp.is_some() && answer.version() <= last {
        return ignored("a calendar's answer that was written before the last one, or the last one once more");
    }
    let Some((interview, booked)) = interview.and_then(|one| Some((one, one.booked?))) else {
        return person("A calendar answered an invitation to an interview that is not agreed any more");
    };
    if booked.end <= now {
        return ignored("a calendar's answer after the interview");
    }
    if !answer.is_current(interview.sequence_of(side), booked.start) {
        return ignored("a calendar's answer to an earlier time of the interview");
    }
    let says = match (answer.counter, answer.part_stat) {
        (true, _) => match answer.proposal(now) {
            Proposal::Time { from, to } => {
                // Who drags an entry may have made it shorter; the interview takes as long as before.
                let end = from + (booked.end - booked.start);
                moves(submission, from, to.map_or(end, |to| to.max(end)))
            }
            Proposal::Unclear(_) => return counter_unread("A calendar proposes another time in a zone that is not known"),
            Proposal::None => return counter_unread("A calendar wants another time and names none"),
        },
        (false, PartStat::Accepted) => Says::Attends { submission, yes: true },
        (false, PartStat::Declined) if interview.status == InterviewStatus::Completed => {
            return person("A calendar declined an interview that is over");
        }
        (false, PartStat::Declined) => Says::Attends { submission, yes: false },
        (false, PartStat::Tentative) => return person("A calendar accepted the interview with reservations"),
        (false, PartStat::Delegated) => return person("The invitation to the interview was handed on to somebody else"),
        (false, PartStat::NeedsAction) => return person("A calendar's answer says neither yes nor no"),
    };
    let finding = Finding {
        says,
        words: Words {
            text: answer.note.as_deref().map(excerpt).unwrap_or_default(),
            range: 0..0,
        },
        band: Band::Act,
    };
    let event = Event::Replied {
        by: side,
        standing: Standing::Full,
        reply: Reply {
            findings: vec![finding],
            ..Reply::default()
        },
        via: Via::Calendar {
            message_id: message.id.clone(),
            version: answer.version(),
        },
    };
    Understood::event("calendar", id, event)
}

fn moves(submission: SubmissionId, from: Timestamp, to: Timestamp) -> Says {
    let slot = Slot { start: from, end: to };
    Says::Times {
        submission,
        said: TimesSaid {
            open: Spans::of(vec![(slot.start, slot.end)]),
            ..TimesSaid::of(Intent::Reschedule)
        },
    }
}
