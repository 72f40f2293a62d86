//! What a recruiter's mail orders, and of which batch: the desk it is read on, the commands that come of it, and what is looked up for it.
//!
//! In: own text, the batch. Out: an [`Event::Ordered`]. Looks things up, changes nothing.

use crate::conversation::{Conversation, Event, FromDesk, Inquiry, Party};
use crate::message::{Message, OwnText};
use crate::model::Timestamp;
use crate::store::{LetterRow, StoreError, Tx};

/// Lines of a timeline that are told in a mail, the newest.
const MOST_LINES: usize = 60;

/// What a mail of the recruiter at this place in the batch means.
pub(super) fn ordered(
    tx: &Tx<'_>,
    conversation: &Conversation,
    recruiter: usize,
    message: &Message,
    own: &OwnText,
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let written = message.date.map_or(now, |date| date.min(now));
    let of = letter.and_then(|letter| match letter.to {
        Party::Candidate(id) => Some(id),
        Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => letter.says().and_then(|says| conversation.interview_of(says)),
    });
    // A subject that answers ours says nothing.
    let subject = if letter.is_some() { "" } else { message.subject.as_str() };
    let FromDesk {
        commands,
        asks,
        undo,
        mut unread,
    } = conversation.from_desk(own, subject, of, written);
    let mut told = Vec::new();
    for ask in asks {
        match ask {
            Inquiry::Help => told.push(("What you can write".to_owned(), help())),
            Inquiry::Status => told.push(("Where things stand".to_owned(), standing(tx, conversation)?)),
            Inquiry::Timeline => told.push((
                format!("What happened in {}", conversation.reference()),
                timeline(tx, conversation)?,
            )),
            // Figures are not made here.
            Inquiry::Report(_) => unread.push(own.text.clone()),
        }
    }
    Ok(Event::Ordered {
        recruiter: u8::try_from(recruiter).unwrap_or(u8::MAX),
        commands,
        unread,
        told,
        undo,
        answers: message.id.clone(),
    })
}

fn standing(tx: &Tx<'_>, conversation: &Conversation) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for batch in tx.pipeline(Some(conversation.id), 1)? {
        for one in &batch.submissions {
            let interview = if one.interview.is_empty() {
                String::new()
            } else {
                format!(", interview {} ({})", one.interview, one.interview_status)
            };
            lines.push(format!("{}: {}{interview}", one.candidate, one.status.replace('_', " ")));
        }
    }
    let zone = conversation.batch.contact.zone;
    for (deadline, at) in conversation.deadlines.iter() {
        lines.push(format!("next: {} on {}", deadline.name().replace('_', " "), zone.spelled(at)));
    }
    Ok(lines)
}

fn timeline(tx: &Tx<'_>, conversation: &Conversation) -> Result<Vec<String>, StoreError> {
    let lines = tx.timeline(conversation.id, None)?;
    let newest = lines.iter().skip(lines.len().saturating_sub(MOST_LINES));
    Ok(newest
        .map(|one| format!("{}  {}", one.at.get(..16).unwrap_or(&one.at).replace('T', " "), one.detail))
        .collect())
}

/// What can be written to us.
fn help() -> Vec<String> {
    [
        "Answer any copy or notice of ours, in plain words:",
        "Client called: yes to Ana, pass on Ben, too expensive",
        "Ana can do Tuesday 2-4 or Wednesday from 10",
        "Book Ana for Tuesday 14:00. Move Ben to Friday 10:00. Cancel the interview with Ben.",
        "Ana has withdrawn. New address for Petra: petra@client.example. Send it to Petra again.",
        "I'll take it from here. Back to you. Pause until Monday. Stop chasing.",
        "Note: she prefers mornings. Status. Timeline. Undo.",
    ]
    .map(str::to_owned)
    .to_vec()
}
