//! A recruiter's mail about this conversation → commands, what is wanted to be known, and what was not understood.
//!
//! In: own text. Out: [`FromDesk`]. Never here: whether the sender may order anything.

use super::{Command, Conversation, Party, Side};
use crate::calendar::Zone;
use crate::message::OwnText;
use crate::model::{ConversationId, Decision, Slot, SubmissionId, Timestamp};
use crate::reply::orders::{self, Desk, OnDesk, Order, Orders, Whom, Wish};

/// Words of a mail that may say nothing: "Thanks a lot, great!".
const SMALL_TALK: usize = 5;
/// Characters of a mail that are told back when none of it was understood.
const MOST_TOLD: usize = 300;

/// What a recruiter's mail says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FromDesk {
    /// What is to be done, in the order of the mail.
    pub commands: Vec<Command>,
    /// What seems to be meant: it is put to them, and done when they say yes.
    pub proposed: Vec<Command>,
    /// What is wanted to be known.
    pub asks: Vec<Inquiry>,
    /// The last orders are taken back.
    pub undo: bool,
    /// What was not understood, as written.
    pub unread: Vec<String>,
}

/// What a recruiter wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inquiry {
    /// What can be written to us?
    Help,
    /// What stands open?
    Status,
    /// What happened here?
    Timeline,
    /// Figures, of this role or client.
    Report(Option<String>),
}

/// On which desk a mail is read.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    /// The conversations that it can be about: the one that it answers first, else the newest.
    pub all: &'a [Conversation],
    /// It answers a letter of the first.
    pub answers: bool,
    /// That letter was about this candidate.
    pub of: Option<SubmissionId>,
    /// When it was written.
    pub written: Timestamp,
    /// The recruiter's zone.
    pub zone: Zone,
}

/// Reads what a recruiter wrote. `subject` is that of a new mail, else empty. Beside it the conversation that the commands are for, if they are for one.
#[must_use]
pub fn from_desk(own: &OwnText, subject: &str, opened: &Opened<'_>) -> (FromDesk, Option<ConversationId>) {
    let desk = Desk {
        written: opened.written,
        zone: opened.zone,
        batches: opened.all.iter().map(|one| on_desk(one, opened.written)).collect(),
        answers: opened.answers,
        of: opened.of,
    };
    let Orders { orders, proposed, unread } = orders::read(own, subject, &desk);
    let mut found = FromDesk {
        unread: unread.into_iter().map(|words| words.text).collect(),
        ..FromDesk::default()
    };
    // One mail is about one batch, or about none.
    let about = orders.iter().chain(&proposed).find_map(|order| order.batch);
    let conversation = opened.all.iter().find(|one| Some(one.id) == about);
    for Order { wish, words, .. } in orders {
        if wish == Wish::Undo {
            found.undo = true;
        } else if let Some(ask) = inquiry(&wish) {
            found.asks.push(ask);
        } else {
            match conversation.and_then(|conversation| commands(wish, conversation)) {
                Some(all) => found.commands.extend(all),
                None => found.unread.push(words.text),
            }
        }
    }
    for Order { wish, words, .. } in proposed {
        match conversation.and_then(|conversation| commands(wish, conversation)) {
            Some(all) => found.proposed.extend(all),
            None => found.unread.push(words.text),
        }
    }
    if found == FromDesk::default() && own.text.split_whitespace().count() > SMALL_TALK {
        // Silence would be taken for obedience.
        found.unread.push(own.text.chars().take(MOST_TOLD).collect());
    }
    (found, about)
}

/// What a wish wants to be told.
fn inquiry(wish: &Wish) -> Option<Inquiry> {
    if let Wish::Report(project) = wish {
        return Some(Inquiry::Report(project.clone()));
    }
    let asks = [
        (Wish::Help, Inquiry::Help),
        (Wish::Status, Inquiry::Status),
        (Wish::Timeline, Inquiry::Timeline),
    ];
    asks.into_iter().find_map(|(one, ask)| (one == *wish).then_some(ask))
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
fn commands(wish: Wish, conversation: &Conversation) -> Option<Vec<Command>> {
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
