//! What a recruiter's mail orders, and of which batch: the desk it is read on, the commands that come of it, and what is looked up for it.
//!
//! In: own text, the batch. Out: an [`Event::Ordered`]. Looks things up, changes nothing.

use crate::conversation::{Command, Conversation, Event, Party, Side};
use crate::message::{Message, OwnText};
use crate::model::{Decision, Slot, SubmissionId, Timestamp};
use crate::reply::orders::{self, Desk, OnDesk, Order, Orders, Whom, Wish};
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
    let desk = Desk {
        written,
        zone: conversation.batch.contact.zone,
        batches: vec![on_desk(conversation, now)],
        answers: true,
        of,
    };
    // A subject that answers ours says nothing.
    let subject = if letter.is_some() { "" } else { message.subject.as_str() };
    let Orders { orders, unread } = orders::read(own, subject, &desk);
    let mut unread: Vec<String> = unread.into_iter().map(|words| words.text).collect();
    let (mut commands, mut told, mut undo) = (Vec::new(), Vec::new(), false);
    for Order { wish, words, .. } in orders {
        match wish {
            Wish::Undo => undo = true,
            Wish::Help => told.push(("What you can write".to_owned(), help())),
            Wish::Status => told.push(("Where things stand".to_owned(), standing(tx, conversation)?)),
            Wish::Timeline => told.push((
                format!("What happened in {}", conversation.reference()),
                timeline(tx, conversation)?,
            )),
            // Figures are not made here.
            Wish::Report(_) => unread.push(words.text),
            wish => match command(wish, conversation) {
                Some(all) => commands.extend(all),
                None => unread.push(words.text),
            },
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

fn on_desk(conversation: &Conversation, now: Timestamp) -> OnDesk {
    let batch = &conversation.batch;
    let mut asked = conversation.asked(None, now);
    // A recruiter's word counts whatever has taken effect.
    for one in &mut asked.candidates {
        one.open = true;
    }
    let zone = |id: SubmissionId| conversation.zone_of(Party::Candidate(id));
    let booked = conversation
        .submissions
        .iter()
        .filter_map(|one| Some((one.id, one.interview.as_ref()?.booked?)));
    OnDesk {
        id: conversation.id,
        reference: conversation.reference().as_str().to_owned(),
        client: batch.client.to_string(),
        contact: batch.contact.mailbox.name.to_string(),
        zone: batch.contact.zone,
        role: batch.project.title.to_string(),
        candidates: asked
            .candidates
            .into_iter()
            .map(|one| (one.clone(), zone(one.submission)))
            .collect(),
        booked: booked.collect(),
        minutes: batch.project.duration_min,
    }
}

/// The commands of a wish; `None` where it cannot be told whom it is about.
fn command(wish: Wish, conversation: &Conversation) -> Option<Vec<Command>> {
    let minutes = chrono::Duration::minutes(i64::from(conversation.batch.project.duration_min));
    let book = |submission, start: Timestamp| Command::Book {
        submission,
        slot: Slot {
            start,
            end: start + minutes,
        },
    };
    let party = |whom| match whom {
        Whom::Client => Party::Client,
        Whom::Candidate(id) => Party::Candidate(id),
    };
    Some(vec![match wish {
        Wish::Take => Command::Take,
        Wish::Release => Command::Release,
        Wish::Pause(until) => Command::Pause { until },
        Wish::Decide {
            submission,
            decision,
            reasons,
        } => Command::Decide {
            submission,
            decision,
            reasons,
        },
        Wish::Times {
            by: Whom::Candidate(submission),
            open,
        } => Command::Times {
            submission,
            by: Side::Candidate,
            open,
        },
        Wish::Times { by: Whom::Client, open } => {
            let wanted = conversation
                .submissions
                .iter()
                .filter(|one| one.decision() == Some(Decision::Interested));
            let all: Vec<Command> = wanted
                .map(|one| Command::Times {
                    submission: one.id,
                    by: Side::Client,
                    open: open.clone(),
                })
                .collect();
            return (!all.is_empty()).then_some(all);
        }
        Wish::Book { submission, start } => book(submission, start),
        Wish::Move {
            submission,
            start: Some(start),
        } => book(submission, start),
        Wish::Move { submission, start: None } => Command::Rearrange { submission },
        Wish::CallOff(submission) => Command::CallOff { submission },
        Wish::Withdraw(submission) => Command::Withdraw { submission },
        Wish::Readdress { who, address } => Command::Readdress { who: party(who), address },
        Wish::Resend(who) => Command::Resend { to: party(who) },
        Wish::Note(text) => Command::Note { text },
        Wish::StopChase => Command::StopChase,
        Wish::Status | Wish::Timeline | Wish::Report(_) | Wish::Help | Wish::Undo => return None,
    }])
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
