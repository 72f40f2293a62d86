//! How replyd reads an answer, for showing: whose each stretch of it is, and what the own words say.
//!
//! In: a mail as it is sent. Out: labelled text and findings.
//! Never here: a rule of reading; this is `replyd explain` for the page.

use serde::Serialize;

use crate::daemon::{Explained, explain_stored};
use crate::demo::house::House;
use crate::message::{self, Kind, Label};
use crate::model::SubmissionId;
use crate::reply::{self, Asked, Band, DoubtKind};

/// What replyd reads in a mail.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Reading {
    /// What becomes of the mail when its words are not read for an answer.
    pub(super) machine: Option<String>,
    /// The sender's own words as cut out.
    pub(super) own: String,
    /// All of the body, in stretches.
    pub(super) spans: Vec<Stretch>,
    /// What the words say.
    pub(super) findings: Vec<Found>,
    /// What was not understood.
    pub(super) doubts: Vec<Unclear>,
}

/// A stretch of the body.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Stretch {
    pub(super) label: Label,
    pub(super) why: &'static str,
    pub(super) text: String,
}

/// Something said.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    /// The candidate, if it is about one.
    pub(super) about: String,
    pub(super) says: String,
    /// The words it rests on.
    pub(super) words: String,
    pub(super) band: Band,
}

/// Something not understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Unclear {
    pub(super) kind: DoubtKind,
    pub(super) words: String,
}

/// Reads what somebody writes as the daemon will, without changing anything. `None` when it belongs to no conversation.
pub(super) fn read(house: &House, raw: &[u8]) -> Option<Reading> {
    let message = message::read(raw, &house.border).ok()?;
    let machine = match &message.kind {
        Kind::Person => None,
        Kind::AutoReply(_) => Some("An automatic reply: it pauses the reminders and decides nothing.".to_owned()),
        Kind::Calendar { .. } => Some("A calendar answer.".to_owned()),
        Kind::Report(_) => Some("A delivery report.".to_owned()),
        Kind::Reaction { .. } => Some("A reaction: never a decision.".to_owned()),
    };
    let now = house.clock.now();
    let found = house.store.read(|tx| explain_stored(tx, &house.ink, &message, now)).ok()?;
    let Explained { own, asked, reply, orders } = found?;
    let machine = machine.or_else(|| orders.map(|orders| ordered(&orders)));
    let reply = if machine.is_some() { reply::Reply::default() } else { reply };
    let stretch = |span: &message::Span| Stretch {
        label: span.label,
        why: span.why,
        text: own.shown.get(span.range.clone()).unwrap_or_default().to_owned(),
    };
    let found = |one: &reply::Finding| Found {
        about: one.says.about().map(|id| name(&asked, id)).unwrap_or_default(),
        says: one.says.to_string(),
        words: one.words.text.clone(),
        band: one.band,
    };
    let unclear = |one: &reply::Doubt| Unclear {
        kind: one.kind,
        words: one.words.text.clone(),
    };
    let mut doubts: Vec<Unclear> = Vec::new();
    for one in reply.doubts.iter().map(unclear) {
        // The same words may leave several candidates open.
        if !doubts.contains(&one) {
            doubts.push(one);
        }
    }
    Some(Reading {
        machine,
        spans: own.spans.iter().map(stretch).collect(),
        findings: reply.findings.iter().map(found).collect(),
        doubts,
        own: own.text,
    })
}

/// What becomes of a recruiter's mail.
fn ordered(orders: &[String]) -> String {
    if orders.is_empty() {
        "From a recruiter: no order that replyd understands. It says so, and does nothing.".to_owned()
    } else {
        format!("From a recruiter, who orders this and can take it back: {}", orders.join("; "))
    }
}

fn name(asked: &Asked, id: SubmissionId) -> String {
    let named = asked.candidates.iter().find(|one| one.submission == id);
    named.map(|one| one.name.clone()).unwrap_or_default()
}
