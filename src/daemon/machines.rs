//! What the mail of machines means for a conversation: reports, calendar answers, automatic replies.
//!
//! In: what [`crate::message`] found in it. Out: [`Understood`]. Never here: a word of a person.

use chrono::NaiveDate;

use super::understand::{Understood, excerpt};
use crate::calendar::{Answer, Moment, PartStat, Span};
use crate::conversation::{Conversation, Event};
use crate::message::{Action, AutoNature, AutoReply, Report};
use crate::model::{Address, ConversationId};
use crate::store::{LetterRow, StoreError, Tx};

/// A report on a letter of ours.
pub(super) fn reported(
    tx: &Tx<'_>,
    report: &Report,
    letter: Option<&LetterRow>,
    ignored: impl Fn(&str) -> Understood,
) -> Result<Understood, StoreError> {
    let Some(letter) = letter else {
        return Ok(ignored("a report without a letter of ours"));
    };
    match report.action {
        Action::Delayed => Ok(ignored("delayed: nothing follows from that")),
        Action::Delivered => Ok(ignored("delivered")),
        Action::Failed => {
            let status = report.status.clone().unwrap_or_default();
            let recipient = tx.recipient(letter.id)?;
            // A report about another address is about a mailbox they forward to, and 5.1.7 and 5.1.8 are about the sender's.
            let same = report.recipient.as_ref().is_none_or(|named| *named == recipient);
            let address_is_bad = same
                && (report.gone
                    || matches!(
                        status.as_str(),
                        "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.4.1"
                    ));
            let suppress = address_is_bad.then(|| (recipient, format!("a letter came back: {status}")));
            let event = Event::Undeliverable {
                to: letter.to,
                status: format!("{status} {}", report.diagnostic).trim().to_owned(),
                address_is_bad,
            };
            let event = as_it_is_now(tx, event, letter)?;
            Ok(Understood {
                suppress,
                ..Understood::event("report", letter.key.conversation, event)
            })
        }
    }
}

/// That an address does not work is news of whoever has it now; a letter to one that they had before only did not arrive.
pub(super) fn of_address(event: Event, of: &Conversation, failed: &Address) -> Event {
    let Event::Undeliverable {
        to,
        status,
        address_is_bad: true,
    } = event
    else {
        return event;
    };
    Event::Undeliverable {
        to,
        status,
        address_is_bad: to.mailbox(of).is_some_and(|mailbox| mailbox.address == *failed),
    }
}

/// What became of a letter, when its reader may have another address by now.
pub(super) fn as_it_is_now(tx: &Tx<'_>, event: Event, letter: &LetterRow) -> Result<Event, StoreError> {
    if !matches!(event, Event::Undeliverable { address_is_bad: true, .. }) {
        return Ok(event);
    }
    let recipient = tx.recipient(letter.id)?;
    Ok(match tx.conversation(letter.key.conversation)? {
        Some(conversation) => of_address(event, &conversation, &recipient),
        None => event,
    })
}

/// What an answer to an invitation says, and the note beside it.
pub(super) fn invited(method: &str, answer: Option<&Answer>, conversation: &Conversation) -> (String, String) {
    let zone = conversation.batch.contact.zone;
    let spelled = |span: &Option<Span>| match span.as_ref().map(|span| &span.from) {
        Some(Moment::At(at)) => zone.spelled(*at),
        Some(Moment::Local { time, zone }) => format!(
            "{} ({})",
            time.format("%a %-d %B %Y, %H:%M"),
            zone.as_deref().unwrap_or("no zone named")
        ),
        None => "a time that could not be read".to_owned(),
    };
    let Some(answer) = answer else {
        return ("A calendar answer came in that could not be read.".to_owned(), String::new());
    };
    let says = match (method, answer.part_stat) {
        ("COUNTER", _) => format!("The client proposes another time: {}", spelled(&answer.time)),
        (_, PartStat::Accepted) => "The client accepted an invitation".to_owned(),
        (_, PartStat::Tentative) => "The client accepted an invitation with reservations".to_owned(),
        (_, PartStat::Declined) => "The client declined an invitation".to_owned(),
        (_, PartStat::Delegated) => "The client handed an invitation on to somebody else".to_owned(),
        (_, PartStat::NeedsAction) => "A calendar answer came in that says neither yes nor no".to_owned(),
    };
    let why = format!("{says}. It answers no invitation of ours: please look at it.");
    (why, answer.note.as_deref().map(excerpt).unwrap_or_default())
}

/// An automatic reply of a candidate's or an interviewer's: what they are asked waits until they are back.
pub(super) fn away(
    auto: &AutoReply,
    id: ConversationId,
    ignored: impl Fn(&str) -> Understood,
    event: impl Fn(Option<NaiveDate>) -> Event,
) -> Understood {
    match auto.nature {
        AutoNature::OutOfOffice => Understood::event("auto_reply", id, event(auto.until)),
        AutoNature::Gone
        | AutoNature::ReadReceipt
        | AutoNature::Recall
        | AutoNature::Challenge
        | AutoNature::CalendarNote
        | AutoNature::Feedback
        | AutoNature::Bulk
        | AutoNature::Other => ignored("an automatic reply of a candidate's or an interviewer's that names no absence"),
    }
}

/// An automatic reply of the client's.
pub(super) fn automatic(auto: &AutoReply, id: ConversationId, ignored: impl Fn(&str) -> Understood) -> Understood {
    let away = |gone| {
        let event = Event::AutoReplied {
            until: auto.until,
            substitute: auto.substitute.clone(),
            gone,
        };
        Understood::event("auto_reply", id, event)
    };
    let person = |why: &str| {
        Understood::event(
            "auto_reply",
            id,
            Event::NeedsPerson {
                why: why.to_owned(),
                words: String::new(),
                owed_to_client: true,
            },
        )
    };
    match auto.nature {
        AutoNature::OutOfOffice => away(false),
        AutoNature::Gone => away(true),
        AutoNature::Recall => person("The client's Outlook tried to recall an answer: look at what it said before acting on it."),
        AutoNature::Challenge => person("The client's mail server wants proof that a person writes; it cannot be given automatically."),
        AutoNature::ReadReceipt => ignored("a read receipt"),
        AutoNature::CalendarNote => {
            person("The client's calendar sent an invitation, a change or a cancellation: please look at it in the mailbox.")
        }
        AutoNature::Feedback => ignored("a feedback report"),
        AutoNature::Bulk => ignored("mail for many"),
        AutoNature::Other => ignored("an automatic reply"),
    }
}
