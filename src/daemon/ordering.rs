//! A recruiter's mail: of which batch it is, what is looked up for it, and what follows.
//!
//! In: own text of a recruiter whom the receiving server vouches for. Out: an [`Event::Ordered`] for one conversation, or an answer that
//! belongs to none. Looks things up, changes nothing.

use chrono::DateTime;

use super::staff::{Ours, Staff};
use super::{apply, digest};
use crate::calendar::Zone;
use crate::compose::{DeskLetter, DeskLine, DeskPart, how_to_hand_in};
use crate::conversation::{Command, Content, Conversation, Event, FromDesk, Inquiry, Notice, Opened, Party, from_desk};
use crate::figures;
use crate::message::{Message, OwnText};
use crate::model::{Address, HeaderText, Mailbox, MessageId, Reference, SubmissionId, Timestamp};
use crate::reply::orders;
use crate::store::{LetterRow, Recruiter, StoreError, Tx};

/// Batches that a mail without a reference is looked for in, the newest.
const MOST_BATCHES: u32 = 40;
/// References in a mail that are looked up.
const MOST_REFERENCES: usize = 10;
/// Characters of a question that are told.
const MOST_WORDS: usize = 300;
/// Lines of a timeline or a report that are told in a mail.
const MOST_LINES: usize = 60;

/// What follows from a recruiter's mail.
pub(super) enum Ordered {
    /// An event for a conversation.
    Event(Box<Conversation>, Event),
    /// An answer that belongs to none.
    Answer(DeskAnswer),
}

/// A letter of the desk that answers a mail.
#[derive(Debug)]
pub(crate) struct DeskAnswer {
    /// To whom.
    pub(super) to: Mailbox,
    /// What it says.
    pub(super) says: DeskLetter,
    /// The mail it answers.
    pub(super) answers: Option<MessageId>,
}

/// What a mail of the recruiter at this place in the batch means, which answers a letter of the batch or bears its reference.
#[expect(clippy::too_many_arguments, reason = "what was found out about one mail, each by somebody else")]
pub(super) fn in_batch(
    tx: &Tx<'_>,
    staff: &Staff,
    conversation: &Conversation,
    recruiter: usize,
    message: &Message,
    own: &OwnText,
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> Result<Event, StoreError> {
    if let Some(answered) = proposal_answered(recruiter, message, own, letter) {
        return Ok(answered);
    }
    let was_asked = matches!(
        letter.and_then(LetterRow::says),
        Some(Content::Notice(Notice::NeedsPerson { .. } | Notice::NotUnderstood { .. }))
    );
    if (was_asked || conversation.waits_for_recruiter()) && orders::says_answered(own, conversation.batch.contact.mailbox.name.as_str()) {
        return Ok(Event::Ordered {
            recruiter: u8::try_from(recruiter).unwrap_or(u8::MAX),
            commands: vec![Command::Answered],
            proposed: Vec::new(),
            unread: Vec::new(),
            told: Vec::new(),
            undo: false,
            answers: message.id.clone(),
        });
    }
    let read = read_in_batch(conversation, message, own, letter, now);
    event(tx, staff, conversation, recruiter, message, read, now)
}

/// A recruiter's yes or no, in so many words, to what was read in their mail and put to them. Anything else is read as a new mail.
fn proposal_answered(recruiter: usize, message: &Message, own: &OwnText, letter: Option<&LetterRow>) -> Option<Event> {
    let Content::Notice(Notice::Ordered { proposed, .. }) = letter.and_then(LetterRow::says)? else {
        return None;
    };
    let yes = orders::confirms(own).filter(|_| !proposed.is_empty())?;
    Some(Event::OrderAnswered {
        recruiter: u8::try_from(recruiter).unwrap_or(u8::MAX),
        proposed: proposed.clone(),
        yes,
        answers: message.id.clone(),
    })
}

/// What such a mail says.
pub(super) fn read_in_batch(
    conversation: &Conversation,
    message: &Message,
    own: &OwnText,
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> FromDesk {
    let of = letter.and_then(|letter| match letter.to {
        Party::Candidate(id) => Some(id),
        Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => letter.says().and_then(|says| conversation.interview_of(says)),
    });
    let opened = Opened {
        all: std::slice::from_ref(conversation),
        answers: true,
        of,
        written: message.date.map_or(now, |date| date.min(now)),
        zone: conversation.batch.contact.zone,
    };
    // A subject that answers ours says nothing.
    let subject = if letter.is_some() { "" } else { message.subject.as_str() };
    from_desk(own, subject, &opened).0
}

/// What a mail of a recruiter means that answers no letter of a batch and bears no reference in its subject.
pub(super) fn at_desk(
    tx: &Tx<'_>,
    ours: Ours<'_>,
    who: &Recruiter,
    message: &Message,
    own: &OwnText,
    now: Timestamp,
) -> Result<Ordered, StoreError> {
    // One that is damaged keeps nobody from ordering something about another.
    let mut all = tx.conversations_of(&tx.batches_of(who.id, MOST_BATCHES)?)?;
    // One that is older than all these, and named.
    let named = [message.subject.as_str(), own.text.as_str()];
    for reference in named.into_iter().flat_map(Reference::all_in).take(MOST_REFERENCES) {
        let older = tx
            .conversation_by_reference(&reference)?
            .filter(|id| all.iter().all(|known| known.id != *id));
        let older = tx.conversations_of(&older.into_iter().collect::<Vec<_>>())?;
        all.extend(older.into_iter().filter(|one| place(one, who).is_some()));
    }
    let zone = all.first().map_or(Zone::UTC, |one| one.batch.contact.zone);
    let opened = Opened {
        all: &all,
        answers: false,
        of: None,
        written: message.date.map_or(now, |date| date.min(now)),
        zone,
    };
    let subject = if message.in_reply_to.is_empty() {
        message.subject.as_str()
    } else {
        ""
    };
    let (read, about) = from_desk(own, subject, &opened);
    // What was ordered last can be taken back without naming it.
    let takes_back = read.undo && read.commands.is_empty() && read.proposed.is_empty();
    let last = || {
        let mut resting: Vec<(&Conversation, Timestamp)> = all
            .iter()
            .filter_map(|one| {
                let at = place(one, who)?;
                let mine = one.ordered.iter().filter(|ordered| usize::from(ordered.recruiter) == at);
                Some((one, mine.map(|ordered| ordered.until).max()?))
            })
            .collect();
        resting.sort_by_key(|(_, until)| *until);
        resting.pop().map(|(one, _)| one)
    };
    let meant = match takes_back {
        true => last(),
        false => all
            .iter()
            .find(|one| Some(one.id) == about)
            .filter(|_| !(read.commands.is_empty() && read.proposed.is_empty()) || read.asks.contains(&Inquiry::Timeline)),
    };
    if let Some(conversation) = meant
        && let Some(at) = place(conversation, who)
    {
        let event = event(tx, ours.staff, conversation, at, message, read, now)?;
        return Ok(Ordered::Event(Box::new(conversation.clone()), event));
    }
    let says = answer(tx, ours, who, zone, read, now)?;
    Ok(Ordered::Answer(DeskAnswer {
        to: who.mailbox.clone(),
        says,
        answers: message.id.clone(),
    }))
}

/// The answer to a mail of which only the beginning was fetched.
pub(super) fn too_large(who: &Recruiter, message: &Message) -> DeskAnswer {
    DeskAnswer {
        to: who.mailbox.clone(),
        says: DeskLetter {
            headline: "Your mail was too large to be read".to_owned(),
            intro: vec!["It has more than 25 MiB, so nothing follows from it. Send smaller files, or in several mails.".to_owned()],
            ..DeskLetter::default()
        },
        answers: message.id.clone(),
    }
}

/// The recruiter's position in a batch.
fn place(conversation: &Conversation, who: &Recruiter) -> Option<usize> {
    conversation
        .batch
        .recruiters
        .iter()
        .position(|one| one.address == who.mailbox.address)
}

fn event(
    tx: &Tx<'_>,
    staff: &Staff,
    conversation: &Conversation,
    recruiter: usize,
    message: &Message,
    read: FromDesk,
    now: Timestamp,
) -> Result<Event, StoreError> {
    let mut told = Vec::new();
    for ask in &read.asks {
        told.push(match ask {
            Inquiry::Help => ("What you can write".to_owned(), help()),
            Inquiry::Status => ("Where things stand".to_owned(), standing(tx, conversation)?),
            Inquiry::Timeline => (
                format!("What happened in {}", conversation.reference()),
                timeline(
                    tx,
                    conversation,
                    conversation
                        .batch
                        .recruiters
                        .get(recruiter)
                        .map_or(conversation.batch.contact.zone, |who| staff.zone(&who.address)),
                )?,
            ),
            Inquiry::Report(project) => (
                "Figures".to_owned(),
                match conversation.batch.recruiters.get(recruiter) {
                    Some(who) => report(tx, staff, &who.address, project.as_deref(), conversation.batch.contact.zone, now)?,
                    None => Vec::new(),
                },
            ),
        });
    }
    let mut unread = read.unread;
    let mut sound = |all: Vec<Command>| -> Result<Vec<Command>, StoreError> {
        let mut kept = Vec::new();
        for command in all {
            match apply::is_taken(tx, &command)? {
                None => kept.push(command),
                Some(why) => unread.push(why),
            }
        }
        Ok(kept)
    };
    let (commands, proposed) = (sound(read.commands)?, sound(read.proposed)?);
    Ok(Event::Ordered {
        recruiter: u8::try_from(recruiter).unwrap_or(u8::MAX),
        commands,
        proposed,
        unread,
        told,
        undo: read.undo,
        answers: message.id.clone(),
    })
}

/// What is answered where no batch is meant.
fn answer(tx: &Tx<'_>, ours: Ours<'_>, who: &Recruiter, zone: Zone, read: FromDesk, now: Timestamp) -> Result<DeskLetter, StoreError> {
    let lines = |all: Vec<String>| all.into_iter().map(DeskLine::from).collect::<Vec<_>>();
    let mut letter = DeskLetter::default();
    for ask in &read.asks {
        match ask {
            Inquiry::Help | Inquiry::Timeline => {
                letter.parts.push(DeskPart {
                    heading: "What you can write".to_owned(),
                    lines: lines(help()),
                    as_is: false,
                });
                letter.parts.extend((*ask == Inquiry::Help).then(how_to_hand_in));
            }
            Inquiry::Status => {
                let sees = ours.staff.rights(tx, who)?.sees;
                letter.parts.extend(digest::board(tx, ours.ink, &sees, zone, now)?);
                if letter.parts.is_empty() {
                    letter.intro.push("Nothing is under way.".to_owned());
                }
            }
            Inquiry::Report(project) => letter.parts.push(DeskPart {
                heading: "Figures".to_owned(),
                lines: lines(report(tx, ours.staff, &who.mailbox.address, project.as_deref(), zone, now)?),
                as_is: false,
            }),
        }
    }
    let nothing = letter.parts.is_empty() && letter.intro.is_empty();
    letter.headline = match (nothing, read.undo) {
        (true, true) => "There was nothing left to take back".to_owned(),
        (true, false) => "We could not tell what you mean, and did nothing".to_owned(),
        (false, _) => "Here is what you asked for".to_owned(),
    };
    if !read.unread.is_empty() {
        letter.parts.push(DeskPart {
            heading: "Not understood, and nothing follows from it".to_owned(),
            lines: lines(read.unread),
            as_is: false,
        });
    }
    if nothing && !read.undo {
        letter.parts.push(DeskPart {
            heading: "What you can write".to_owned(),
            lines: lines(help()),
            as_is: false,
        });
        letter.parts.push(how_to_hand_in());
        letter.todo = "Name the candidate, the client or the reference of the batch, or answer one of its copies.".to_owned();
    }
    Ok(letter)
}

fn standing(tx: &Tx<'_>, conversation: &Conversation) -> Result<Vec<String>, StoreError> {
    let zone = conversation.batch.contact.zone;
    let mut lines = Vec::new();
    for batch in tx.pipeline(Some(conversation.id), 1)? {
        for one in &batch.submissions {
            let booked = conversation
                .submissions
                .iter()
                .find(|known| known.id.0 == one.id)
                .and_then(|known| known.interview.as_ref()?.booked);
            let interview = booked
                .map(|slot| format!(", interview {}", zone.spelled(slot.start)))
                .unwrap_or_default();
            lines.push(format!("{}: {}{interview}", one.candidate, one.status.replace('_', " ")));
        }
    }
    lines.extend(waiting(tx, conversation)?);
    for (deadline, at) in conversation.deadlines.iter() {
        lines.push(format!("Next: {}, {}", deadline.name().replace('_', " "), zone.spelled(at)));
    }
    Ok(lines)
}

/// What the client asked and a recruiter is to answer, in their own words.
pub(super) fn waiting(tx: &Tx<'_>, conversation: &Conversation) -> Result<Option<String>, StoreError> {
    if !conversation.waits_for_recruiter() {
        return Ok(None);
    }
    let contact = conversation.batch.contact.mailbox.shown();
    let lines = tx.timeline(conversation.id, None)?;
    let asked = lines
        .iter()
        .rev()
        .find(|line| ASKED.contains(&line.kind.as_str()) && !line.words.is_empty());
    Ok(Some(match asked {
        Some(line) => format!(
            "{contact} waits for your answer to: “{}”",
            HeaderText::new(&line.words.chars().take(MOST_WORDS).collect::<String>())
        ),
        None => format!("{contact} waits for your answer"),
    }))
}

/// Lines of a timeline that hold what a recruiter is to answer.
const ASKED: [&str; 7] = [
    "question",
    "request",
    "complaint",
    "other_business",
    "passed_on",
    "wrong_person",
    "needs_person",
];

/// What happened, by the recruiter's clock, with whom it is about. Copies of letters to recruiters are left out.
fn timeline(tx: &Tx<'_>, conversation: &Conversation, zone: Zone) -> Result<Vec<String>, StoreError> {
    let mut lines = tx.timeline(conversation.id, None)?;
    lines.retain(|one| !(one.kind == "letter" && one.detail.starts_with("copy to ")));
    let newest = lines.iter().skip(lines.len().saturating_sub(MOST_LINES));
    let told = newest.map(|one| {
        let at = DateTime::parse_from_rfc3339(&one.at).map_or_else(
            |_| one.at.clone(),
            |at| zone.local(at.to_utc()).format("%a %-d %b %Y, %H:%M").to_string(),
        );
        let about = one.submission.and_then(|id| conversation.candidate(SubmissionId(id)));
        let who = about.map(|one| format!("{}: ", one.mailbox.name)).unwrap_or_default();
        format!("{at}: {who}{}", one.detail)
    });
    Ok(told.collect())
}

/// Figures of what bears this name, as a role or as a client; of everything without one. Leads hear of everybody's, others of their own.
fn report(tx: &Tx<'_>, staff: &Staff, asks: &Address, about: Option<&str>, zone: Zone, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let lead = staff.listed(asks).is_some_and(|one| one.lead);
    let question = |client: Option<&str>, project: Option<&str>| figures::Question {
        recruiter: (!lead).then(|| asks.to_string()),
        client: client.map(str::to_owned),
        project: project.map(str::to_owned),
        ..figures::Question::of_all(zone, now)
    };
    let found = match about {
        None => tx.report(&question(None, None)),
        Some(name) => match tx.report(&question(None, Some(name))) {
            Err(StoreError::NoSuch(_)) => tx.report(&question(Some(name), None)),
            found => found,
        },
    };
    match found {
        Ok(report) => Ok(figures::sentences(&report)),
        Err(StoreError::NoSuch(what)) => Ok(vec![what]),
        Err(error) => Err(error),
    }
}

/// What can be written to us.
fn help() -> Vec<String> {
    [
        "Client called: yes to Ana, pass on Ben, too expensive",
        "Ana can do Tuesday 2-4 or Wednesday from 10",
        "Book Ana for Tuesday 14:00. Move Ben to Friday 10:00. Cancel the interview with Ben.",
        "Ana has withdrawn. New address for Petra: petra@client.example. Send it to Petra again.",
        "I'll take it from here. Back to you. Pause until Monday. Stop chasing.",
        "Note: she prefers mornings. Status. Timeline. Report. Undo.",
    ]
    .map(str::to_owned)
    .to_vec()
}
