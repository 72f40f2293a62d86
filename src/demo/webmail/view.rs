//! What the page shows, as one JSON value: everybody's mails, and for each batch where it stands, what happened and what comes next.
//!
//! In: mailboxes and the daemon's database. Out: values for `app.js`.
//! Never here: a change of anything.

use serde::Serialize;

use super::flow::Flow;
use super::frame::Mailto;
use super::mailroom::{Kept, Mailroom, Role, Somebody};
use super::reading::Reading;
use super::words::{self, Happened, Standing, Suggestion, Upcoming};
use crate::conversation::Conversation;
use crate::demo::house::House;
use crate::demo::people::Letter;
use crate::model::{Address, ConversationId, Mailbox, Reference, Timestamp};
use crate::store::StoreError;

/// Batches shown at the most; the newest.
const BATCHES: u32 = 50;

/// What time it is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ClockView {
    now: Timestamp,
    zone: &'static str,
    speed: f64,
    /// Runs as on the wall for a moment, although it is to run faster.
    held: bool,
}

/// All of the page but the time.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StateView {
    people: Vec<PersonView>,
    batches: Vec<BatchView>,
    /// The next thing that happens by itself.
    next: Option<Upcoming>,
}

#[derive(Debug, Clone, Serialize)]
struct PersonView {
    name: String,
    address: String,
    role: Role,
    of: String,
    unread: usize,
    /// Newest first.
    mails: Vec<RowView>,
}

#[derive(Debug, Clone, Serialize)]
struct RowView {
    mail: usize,
    at: Timestamp,
    /// Who wrote it, or to whom it went.
    with: String,
    subject: String,
    gist: String,
    unread: bool,
    sent: bool,
}

#[derive(Debug, Clone, Serialize)]
struct BatchView {
    id: i64,
    reference: String,
    client: String,
    contact: String,
    project: String,
    /// A recruiter drives.
    taken: bool,
    candidates: Vec<Standing>,
    next: Vec<Upcoming>,
    /// Newest first.
    timeline: Vec<Happened>,
}

/// One mail, opened.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MailView {
    from: String,
    from_address: String,
    to: String,
    subject: String,
    at: Timestamp,
    text: String,
    has_html: bool,
    source: String,
    sent: bool,
    /// Where an answer goes; `None` for a mail of one's own.
    reply_to: Option<String>,
    reading: Option<Reading>,
    suggestions: Vec<Suggestion>,
    /// The batch it is about.
    batch: Option<i64>,
}

/// A `mailto:` link that was clicked in a mail: the page opens the reply box.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ComposeView {
    /// Grows with each click, so that each opens the box once.
    pub(super) serial: u64,
    pub(super) person: usize,
    pub(super) mail: usize,
    #[serde(flatten)]
    pub(super) mailto: Mailto,
}

pub(super) fn clock(house: &House, flow: &Flow) -> ClockView {
    ClockView {
        now: house.clock.now(),
        zone: house.zone.name(),
        speed: flow.speed(),
        held: flow.is_held(),
    }
}

pub(super) fn state(house: &House, mailroom: &Mailroom) -> Result<StateView, StoreError> {
    mailroom.fetch(&house.server);
    let batches = house.store.read(|tx| {
        let mut all = Vec::new();
        for line in tx.pipeline(None, BATCHES)? {
            let id = ConversationId(line.id);
            if let Some(of) = tx.conversation(id)? {
                all.push((line, of, tx.timeline(id, None)?));
            }
        }
        Ok(all)
    })?;
    let batches: Vec<BatchView> = batches
        .iter()
        .map(|(line, of, timeline)| BatchView {
            id: line.id,
            reference: of.reference().to_string(),
            client: line.client.clone(),
            contact: of.batch.contact.mailbox.shown(),
            project: line.project.clone(),
            taken: line.driver == "recruiter",
            candidates: of.submissions.iter().map(|one| words::standing(of, one)).collect(),
            next: words::upcoming(of),
            timeline: timeline.iter().rev().filter_map(|line| words::happened(of, line)).collect(),
        })
        .collect();
    let first = batches.iter().flat_map(|one| &one.next).min().cloned();
    let letter = house.store.read(|tx| tx.next_letter())?.map(|at| Upcoming {
        at,
        what: "A letter is tried again".to_owned(),
    });
    // A letter that is due now is on its way, and nothing to wait for.
    let letter = letter.filter(|letter| letter.at > house.clock.now());
    let agency = &house.ink.bot;
    Ok(StateView {
        people: mailroom.all().into_iter().map(|(who, kept)| person(&who, &kept, agency)).collect(),
        next: first.into_iter().chain(letter).min(),
        batches,
    })
}

fn person(who: &Somebody, kept: &[Kept], agency: &Mailbox) -> PersonView {
    let row = |(mail, one): (usize, &Kept)| RowView {
        mail,
        at: one.at,
        with: if one.sent.is_some() {
            format!("To {}", to(&one.letter, agency))
        } else {
            one.letter.from.shown()
        },
        subject: one.letter.subject.clone(),
        gist: one.letter.gist(1).into_iter().next().unwrap_or_default(),
        unread: one.unread,
        sent: one.sent.is_some(),
    };
    PersonView {
        name: who.mailbox.shown(),
        address: who.mailbox.address.to_string(),
        role: who.role,
        of: who.of.clone(),
        unread: kept.iter().filter(|one| one.unread).count(),
        mails: kept.iter().enumerate().rev().map(row).collect(),
    }
}

/// To whom a mail went; the agency by name, because its addresses carry long tags.
fn to(letter: &Letter, agency: &Mailbox) -> String {
    let theirs = |to: &Address| to.domain().eq_ignore_ascii_case(agency.address.domain()) && to.local().contains('+');
    if letter.to.iter().any(theirs) {
        agency.shown()
    } else {
        letter.addressed_to()
    }
}

pub(super) fn mail(house: &House, who: &Somebody, kept: &Kept) -> Result<MailView, StoreError> {
    let letter = &kept.letter;
    let conversation = conversation_of(house, &letter.subject)?;
    let sent = kept.sent.is_some();
    let suggestions = conversation
        .as_ref()
        .filter(|_| !sent)
        .map(|of| words::suggestions(of, who, letter, house.clock.now()));
    Ok(MailView {
        from: letter.from.shown(),
        from_address: letter.from.address.to_string(),
        to: to(letter, &house.ink.bot),
        subject: letter.subject.clone(),
        at: kept.at,
        text: letter.text.clone(),
        has_html: !letter.html.is_empty(),
        source: String::from_utf8_lossy(&letter.raw).into_owned(),
        sent,
        reply_to: (!sent).then(|| letter.reply_to.to_string()),
        reading: kept.sent.as_ref().and_then(|reading| reading.as_deref().cloned()),
        suggestions: suggestions.unwrap_or_default(),
        batch: conversation.map(|of| of.id.0),
    })
}

/// The conversation whose reference stands in a subject.
fn conversation_of(house: &House, subject: &str) -> Result<Option<Conversation>, StoreError> {
    let Some(reference) = Reference::find(subject) else {
        return Ok(None);
    };
    house.store.read(|tx| match tx.conversation_by_reference(&reference)? {
        Some(id) => tx.conversation(id),
        None => Ok(None),
    })
}
