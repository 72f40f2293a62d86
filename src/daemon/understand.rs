//! A message and the thread it belongs to → what it means for a conversation. Looks things up, changes nothing.

use super::by_recruiter::{of_recruiter, ordered};
use super::drafting::Drafting;
use super::invited::answered;
use super::machines::{automatic, away, invited, reported};
use super::merged;
use super::ordering::DeskAnswer;
use super::staff::{Ours, Staff};
use super::thread::{Thread, is_ours, person, ping_in};
use crate::conversation::{Content, Conversation, Event, Evidence, Party, Side, Standing, Via};
use crate::link::sha256;
use crate::message::{self, Author, Kind, LetterText, Message, OwnText, ReturnPath};
use crate::model::{Address, ConversationId, Decision, LetterKey, Timestamp};
use crate::reply::{self, Band, Doubt, DoubtKind, Finding, Reply, Says, Words};
use crate::store::{LetterRow, MessageState, StoreError, Tx, Waiting};

/// Letters an answer is compared with.
const LETTERS: u32 = 5;

/// What is to be written down about a message, and what happens to its conversation.
#[derive(Debug)]
pub(crate) struct Understood {
    pub(crate) state: MessageState,
    pub(crate) kind: &'static str,
    pub(crate) why: String,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) event: Option<Event>,
    /// The message is a sign that this letter arrived.
    pub(crate) sign_of: Option<LetterKey>,
    /// The message is a mail of ours to ourselves, with this number.
    pub(crate) ping: Option<u32>,
    /// An address that does not exist.
    pub(crate) suppress: Option<(Address, String)>,
    /// A letter of the desk that answers it.
    pub(crate) desk: Option<DeskAnswer>,
    /// What it means for a draft.
    pub(crate) draft: Option<Box<Drafting>>,
    /// What happens to other batches with it: it answers a letter that spoke for them.
    pub(crate) along: Vec<(ConversationId, Event)>,
    /// 64 bits of a hash of what makes the message itself, wherever it lies.
    pub(crate) identity: i64,
}

impl Understood {
    pub(crate) fn ended(state: MessageState, kind: &'static str, why: impl Into<String>) -> Self {
        Self {
            state,
            kind,
            why: why.into(),
            conversation: None,
            event: None,
            sign_of: None,
            ping: None,
            suppress: None,
            desk: None,
            draft: None,
            along: Vec::new(),
            identity: 0,
        }
    }

    /// The conversations to which something happens with it.
    pub(crate) fn concerned(&self) -> Vec<ConversationId> {
        self.conversation.into_iter().chain(self.along.iter().map(|(id, _)| *id)).collect()
    }

    pub(super) fn event(kind: &'static str, conversation: ConversationId, event: Event) -> Self {
        Self {
            conversation: Some(conversation),
            event: Some(event),
            ..Self::ended(MessageState::Applied, kind, "")
        }
    }
}

/// What the message means. Its row and `now` end up in the event.
pub(crate) fn understand(
    tx: &Tx<'_>,
    ours: Ours<'_>,
    message: &Message,
    thread: Option<&Thread>,
    stored: &Waiting,
    now: Timestamp,
) -> Result<Understood, StoreError> {
    let mut understood = meaning(tx, ours, message, thread, stored, now)?;
    understood.identity = identity(message);
    if let (Some(event), Some(thread)) = (&understood.event, thread)
        && let Some(key) = thread.key
        && understood.along.is_empty()
    {
        understood.along = merged::by_machine(tx, event, tx.letter_by_key(key)?.as_ref())?;
    }
    // Whatever answers a letter shows that it arrived.
    understood.sign_of = understood.sign_of.or(thread.and_then(|thread| thread.key));
    Ok(understood)
}

/// The address is a recruiter's, and anybody may have written it there.
fn says_it_is_a_recruiter(tx: &Tx<'_>, ours: Ours<'_>, message: &Message) -> Result<bool, StoreError> {
    let person = matches!(message.kind, Kind::Person) && !message.authenticated;
    match &message.author {
        Author::One(author) if person => Ok(ours.staff.recruiter(tx, author)?.is_some()),
        Author::One(_) | Author::Unknown => Ok(false),
    }
}

fn meaning(
    tx: &Tx<'_>,
    ours: Ours<'_>,
    message: &Message,
    thread: Option<&Thread>,
    stored: &Waiting,
    now: Timestamp,
) -> Result<Understood, StoreError> {
    let (row, truncated) = (stored.row, stored.truncated);
    if let Author::One(author) = &message.author
        && is_ours(ours.ink, &author.address)
    {
        let sign_of = message.id.as_ref().and_then(|id| ours.ink.keyring.read_message_id(id));
        return Ok(Understood {
            sign_of,
            ping: ping_in(ours.ink, message),
            ..Understood::ended(MessageState::Ignored, "own", "our own letter")
        });
    }
    if let Some(understood) = of_recruiter(tx, ours, message, thread, stored, now)? {
        return Ok(understood);
    }
    let Some(thread) = thread else {
        let why = if says_it_is_a_recruiter(tx, ours, message)? {
            "from a recruiter's address, but the receiving server does not vouch for the sender (`replyd check` tells how mail is vouched for)"
        } else {
            "belongs to no conversation"
        };
        return Ok(Understood::ended(MessageState::Unmatched, name_of(&message.kind), why));
    };
    let id = thread.conversation;
    let Some(conversation) = tx.conversation(id)? else {
        return Ok(Understood::ended(
            MessageState::Unmatched,
            name_of(&message.kind),
            "its conversation is gone",
        ));
    };
    let letter = thread.key.map(|key| tx.letter_by_key(key)).transpose()?.flatten();
    let from = match &message.author {
        Author::One(mailbox) => Some(mailbox.address.clone()),
        Author::Unknown => None,
    };
    let from_contact = from.as_ref() == Some(&conversation.batch.contact.mailbox.address);
    // Machines and odd mail speak only with a token, or as a contact the receiving server vouches for.
    let may_speak = thread.key.is_some() || thread.entry.is_some() || (from_contact && message.authenticated);
    let ignored = |why: &str| Understood {
        conversation: Some(id),
        ..Understood::ended(MessageState::Ignored, name_of(&message.kind), why)
    };
    if !may_speak && !matches!(message.kind, Kind::Report(_)) && !matches!(message.kind, Kind::Person) {
        return Ok(Understood::ended(
            MessageState::Unmatched,
            name_of(&message.kind),
            "neither a token nor a vouched-for contact",
        ));
    }
    match &message.kind {
        Kind::Report(report) => Ok(reported(tx, report, letter.as_ref(), ignored)?),
        Kind::AutoReply(auto) if from_contact || letter.as_ref().is_some_and(|letter| letter.to == Party::Client) => {
            Ok(automatic(auto, id, ignored))
        }
        Kind::AutoReply(auto) => match letter.as_ref().map(|letter| letter.to) {
            Some(Party::Candidate(submission)) => Ok(away(auto, id, ignored, |until| Event::CandidateAway { submission, until })),
            Some(Party::Interviewer(interviewer)) => match letter.as_ref().and_then(LetterRow::says).and_then(Content::interview) {
                Some(submission) => Ok(away(auto, id, ignored, |until| Event::InterviewerAway {
                    submission,
                    interviewer,
                    until,
                })),
                None => Ok(ignored("an automatic reply to a letter about no interview")),
            },
            Some(Party::Client | Party::Recruiter(_)) | None => Ok(ignored("an automatic reply that concerns neither side")),
        },
        Kind::Calendar { method, answer, .. } => {
            if let (Some(entry), Some(answer)) = (thread.entry, answer) {
                return Ok(answered(message, answer, &conversation, entry, now));
            }
            let (why, words) = invited(method, answer.as_deref(), &conversation);
            Ok(Understood::event(
                "calendar",
                id,
                Event::NeedsPerson {
                    why,
                    words,
                    owed_to_client: true,
                },
            ))
        }
        Kind::Reaction { emoji } if is_to_candidate(letter.as_ref()) || is_to_interviewer(letter.as_ref()) => Ok(Understood::event(
            "reaction",
            id,
            Event::NeedsPerson {
                why: if is_to_candidate(letter.as_ref()) {
                    "A reaction to a letter to a candidate came in; it decides nothing.".to_owned()
                } else {
                    "A reaction to a letter to an interviewer came in; it decides nothing.".to_owned()
                },
                words: emoji.clone().unwrap_or_default(),
                owed_to_client: false,
            },
        )),
        Kind::Reaction { emoji } => {
            let words = emoji.clone().unwrap_or_else(|| "a reaction".to_owned());
            let reply = Reply {
                doubts: vec![Doubt {
                    kind: DoubtKind::Unclear,
                    words: Words { text: words, range: 0..0 },
                }],
                ..Reply::default()
            };
            Ok(said(
                "reaction",
                message,
                &conversation,
                thread,
                letter.as_ref(),
                Side::Client,
                reply,
                row,
            ))
        }
        Kind::Person => Ok(spoken(
            tx,
            ours.staff,
            message,
            &conversation,
            thread,
            letter.as_ref(),
            from.as_ref(),
            may_speak,
            row,
            truncated,
            now,
        )?),
    }
}

/// A mail a person wrote.
#[expect(clippy::too_many_arguments, reason = "what was found out about one mail, each by somebody else")]
fn spoken(
    tx: &Tx<'_>,
    staff: &Staff,
    message: &Message,
    conversation: &Conversation,
    thread: &Thread,
    letter: Option<&LetterRow>,
    from: Option<&Address>,
    may_speak: bool,
    row: i64,
    truncated: bool,
    now: Timestamp,
) -> Result<Understood, StoreError> {
    let id = conversation.id;
    let own = own_text(tx, message, conversation.id, letter)?;
    let needs_person = |why: &str, owed_to_client: bool| {
        let event = Event::NeedsPerson {
            why: why.to_owned(),
            words: excerpt(&own.text),
            owed_to_client,
        };
        Understood::event("person", id, event)
    };
    let odd = if message.return_path == ReturnPath::Null {
        Some("A mail with an empty return path came in; machines send those, so nothing follows from it.")
    } else if truncated {
        Some("A very large mail came in; only its beginning was fetched.")
    } else {
        None
    };
    match odd {
        Some(why) if may_speak => return Ok(needs_person(why, true)),
        Some(_) => {
            return Ok(Understood::ended(
                MessageState::Unmatched,
                "person",
                "neither a token nor a vouched-for contact",
            ));
        }
        None => {}
    }
    // A recruiter's mail orders something; vouched for like any other word.
    let recruiter = conversation.batch.recruiters.iter().position(|one| Some(&one.address) == from);
    if let Some(at) = recruiter
        && message.authenticated
        && (thread.key.is_some() || thread.by_reference)
        && from != Some(&conversation.batch.contact.mailbox.address)
    {
        let event = ordered(tx, staff, conversation, at, message, &own, letter, now)?;
        return Ok(Understood::event("recruiter", id, event));
    }
    let from_contact = from == Some(&conversation.batch.contact.mailbox.address);
    if recruiter.is_none() && !from_contact && letter.is_some_and(|letter| matches!(letter.to, Party::Recruiter(_))) {
        return Ok(needs_person(
            "Somebody else answered a letter to a recruiter; nothing follows from it.",
            false,
        ));
    }
    let by = side(conversation, from, letter);
    let is_candidate = conversation.batch.candidates.iter().any(|one| Some(&one.mailbox.address) == from);
    if is_candidate && by != Side::Candidate && (message.authenticated || thread.key.is_some()) {
        return Ok(needs_person("A candidate wrote.", false));
    }
    // Whoever it is, it is not the client, who must not read it.
    if by == Side::Client && is_to_candidate(letter) {
        return Ok(needs_person(
            "Somebody answered a letter to a candidate, from another address.",
            false,
        ));
    }
    let others = match by {
        Side::Client => merged::others(tx, letter)?,
        Side::Candidate | Side::Interviewer(_) => Vec::new(),
    };
    let mut of_others = Vec::new();
    let mut reply = if others.is_empty() {
        heard(message, &own, conversation, by, letter, now)
    } else {
        let mut of_each = merged::heard(message, &own, conversation, &others, letter, now).into_iter();
        let own = of_each.next().unwrap_or_default();
        of_others = of_each.collect();
        own
    };
    if let Some(why) = message.body.unreadable {
        reply.doubts.push(Doubt {
            kind: DoubtKind::Unreadable,
            words: Words {
                text: why.to_owned(),
                range: 0..0,
            },
        });
    }
    let mut understood = said("person", message, conversation, thread, letter, by, reply, row);
    if !others.is_empty()
        && let Some(event) = understood.event.take()
    {
        understood.along = merged::along(&event, conversation, &others, of_others);
        understood.event = merged::of_leader(event, conversation);
    }
    Ok(understood)
}

fn is_to_candidate(letter: Option<&LetterRow>) -> bool {
    letter.is_some_and(|letter| matches!(letter.to, Party::Candidate(_)))
}

fn is_to_interviewer(letter: Option<&LetterRow>) -> bool {
    letter.is_some_and(|letter| matches!(letter.to, Party::Interviewer(_)))
}

/// For whom somebody speaks. A candidate does so only in an answer to a letter to them, and whoever answers one to an interviewer does so
/// for them, if anybody.
pub(super) fn side(conversation: &Conversation, from: Option<&Address>, letter: Option<&LetterRow>) -> Side {
    match letter.map(|letter| letter.to) {
        Some(Party::Candidate(submission)) => match conversation.candidate(submission) {
            Some(candidate) if Some(&candidate.mailbox.address) == from => Side::Candidate,
            Some(_) | None => Side::Client,
        },
        Some(Party::Interviewer(n)) => Side::Interviewer(n),
        Some(Party::Client | Party::Recruiter(_)) | None => Side::Client,
    }
}

/// What the words say: of times when they answer a letter about an interview, else of the candidates.
pub(super) fn heard(
    message: &Message,
    own: &OwnText,
    conversation: &Conversation,
    by: Side,
    letter: Option<&LetterRow>,
    now: Timestamp,
) -> Reply {
    let says = letter.and_then(LetterRow::says);
    let written = message.date.map_or(now, |date| date.min(now));
    let about = match (by, letter.map(|letter| letter.to)) {
        (Side::Candidate, Some(Party::Candidate(submission))) => Some(submission),
        (Side::Candidate | Side::Client | Side::Interviewer(_), _) => says.and_then(|says| conversation.interview_of(says)),
    };
    let arranged = about.and_then(|submission| Some((submission, conversation.submission(submission)?.interview.as_ref()?)));
    match arranged {
        Some((submission, interview)) => {
            let asked = interview.asked(conversation, submission, by, says, written);
            let reply = reply::read_interview(own, &message.subject, &asked);
            let settles = reply.findings.iter().any(|one| matches!(one.says, Says::Confirm(_)));
            match by {
                Side::Interviewer(_) if !settles => with_opinions(reply, own, message, conversation, now),
                Side::Client | Side::Candidate | Side::Interviewer(_) => reply,
            }
        }
        None => {
            let (zone, minutes) = (conversation.batch.contact.zone, conversation.batch.project.duration_min);
            reply::read_with_times(own, &message.subject, &conversation.asked(says, now), written, zone, minutes)
        }
    }
}

/// What an interviewer says of a candidate beside their times is for a person; where nothing clear is said of times, that is all there is.
fn with_opinions(mut reply: Reply, own: &OwnText, message: &Message, conversation: &Conversation, now: Timestamp) -> Reply {
    let opinions = reply::read(own, &message.subject, &conversation.asked(None, now)).findings;
    let clear = |one: &Finding| matches!(&one.says, Says::Times { said, .. } if !said.ask);
    let attends = |one: &Finding| matches!(one.says, Says::Attends { .. });
    let is_clear = reply.findings.iter().any(|one| clear(one) || attends(one));
    // "Yes" and "the first one is fine" are answers about times.
    let told = |one: &Finding| {
        if let Says::Decide { decision, .. } = one.says {
            !is_clear || decision == Decision::Pass && one.band == Band::Act
        } else {
            matches!(one.says, Says::Because { .. })
        }
    };
    let told: Vec<Words> = opinions.into_iter().filter(told).map(|one| one.words).collect();
    if !told.is_empty() && !is_clear {
        reply.findings.retain(|one| !matches!(one.says, Says::Times { .. }));
    }
    reply.findings.extend(told.into_iter().map(|words| Finding {
        says: Says::OtherBusiness,
        words,
        band: Band::Human,
    }));
    reply
}

/// The event of an answer, by the sender matrix.
#[expect(clippy::too_many_arguments, reason = "what was found out about one mail, each by somebody else")]
fn said(
    kind: &'static str,
    message: &Message,
    conversation: &Conversation,
    thread: &Thread,
    letter: Option<&LetterRow>,
    by: Side,
    reply: Reply,
    row: i64,
) -> Understood {
    let person = person(message);
    let standing = Standing::of(Evidence {
        token: thread.key.is_some(),
        known_contact: person.as_ref().is_some_and(|one| match by {
            Side::Client => one.address == conversation.batch.contact.mailbox.address,
            Side::Interviewer(n) => conversation
                .interviewer(n)
                .is_some_and(|known| known.mailbox.address == one.address),
            Side::Candidate => conversation
                .batch
                .candidates
                .iter()
                .any(|known| known.mailbox.address == one.address),
        }),
        authenticated: message.authenticated,
        reference: thread.by_reference,
        via_list: message.via_list,
    });
    if standing == Standing::Unmatched {
        return Understood::ended(MessageState::Unmatched, kind, "neither a token nor a known and vouched-for sender");
    }
    let via = Via::Mail {
        message: row,
        message_id: message.id.clone(),
        name: person
            .map(|one| one.name.to_string())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "Somebody".to_owned()),
        confirms: letter.and_then(|letter| Some(letter.says()?.confirmation()?.message)),
        of: match letter.map(|letter| letter.to) {
            Some(Party::Candidate(submission)) => Some(submission),
            Some(Party::Client | Party::Interviewer(_) | Party::Recruiter(_)) | None => None,
        },
    };
    Understood::event(kind, conversation.id, Event::Replied { by, standing, reply, via })
}

/// The sender's own words, set apart from the letters they may quote.
pub(crate) fn own_text(tx: &Tx<'_>, message: &Message, id: ConversationId, answered: Option<&LetterRow>) -> Result<OwnText, StoreError> {
    let to = answered.map_or(Party::Client, |letter| letter.to);
    let mut letters: Vec<LetterText> = match answered {
        Some(letter) => vec![tx.letter_text(letter.id)?],
        None => Vec::new(),
    };
    for (row, text) in tx.texts_to(id, to, LETTERS)? {
        if answered.is_none_or(|answered| answered.id != row) {
            letters.push(text);
        }
    }
    Ok(message::own_text(message, &letters))
}

fn identity(message: &Message) -> i64 {
    let author = match &message.author {
        Author::One(mailbox) => mailbox.address.as_str().to_ascii_lowercase(),
        Author::Unknown => String::new(),
    };
    let id = message.id.as_ref().map_or("", |id| id.0.as_str());
    let date = message.date.map(|at| at.timestamp()).unwrap_or_default();
    let body = message.body.text.as_deref().or(message.body.html.as_deref()).unwrap_or_default();
    let whole = format!("{id}\n{author}\n{date}\n{}\n{body}", message.subject);
    let hash = sha256(whole.as_bytes());
    let [a, b, c, d, e, f, g, h, ..] = hash;
    // Zero means "none" in the database.
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
        .max(i64::MIN + 1)
        .checked_abs()
        .unwrap_or(1)
        .max(1)
}

fn name_of(kind: &Kind) -> &'static str {
    match kind {
        Kind::Calendar { .. } => "calendar",
        Kind::Report(_) => "report",
        Kind::Reaction { .. } => "reaction",
        Kind::AutoReply(_) => "auto_reply",
        Kind::Person => "person",
    }
}

/// Enough of a text for a notice.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 2000;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(" …".chars()).collect()
    }
}
