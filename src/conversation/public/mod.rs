//! What other systems are told of a conversation: an event for each line of its timeline, as JSON.
//!
//! In: a conversation before and after something happened, and the lines that were written of it. Out: [`PublicEvent`]s, whose shape
//! `src/http/events.schema.json` describes. Names and shapes do not change within one [`VERSION`]; new ones may come.
//! Never here: to whom they go, and how.

mod names;
mod view;

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::Value;

use super::{Conversation, Entry, Event, Party};
use crate::model::{MessageId, SubmissionId, Timestamp};

pub use names::{is_named, names};

/// The version of the shape.
const VERSION: u32 = 1;

/// Something that happened, as other systems are told.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicEvent {
    /// Its name, such as `submission.decided`.
    pub name: &'static str,
    /// Whose it is; `None` is the conversation as a whole. Order is kept among those of one.
    pub submission: Option<SubmissionId>,
    /// When it happened.
    pub at: Timestamp,
    data: Value,
}

/// What a step did, to be told.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// The conversation before it.
    pub before: &'a Conversation,
    /// And after it.
    pub after: &'a Conversation,
    /// The lines written of it.
    pub entries: &'a [Entry],
    /// The letter it is about.
    pub letter: Option<&'a LetterEnd>,
    /// When.
    pub at: Timestamp,
}

/// A letter that came to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterEnd {
    #[serde(serialize_with = "view::party")]
    to: Party,
    /// `submission`, `receipt`, … where it is known.
    kind: Option<String>,
    /// Where it is known.
    message_id: Option<String>,
    /// What a server said of it.
    response: Option<String>,
}

impl LetterEnd {
    /// The letter that an event is about, if it is about one.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let (Event::Undeliverable { to, status: response, .. } | Event::LetterDied { to, why: response, .. }) = event else {
            return None;
        };
        Some(Self {
            to: *to,
            kind: None,
            message_id: None,
            response: Some(without_addresses(response)),
        })
    }

    /// A letter that a server took.
    #[must_use]
    pub fn sent(to: Party, kind: &str, id: &MessageId) -> Self {
        Self {
            to,
            kind: Some(kind.to_owned()),
            message_id: Some(id.0.clone()),
            response: None,
        }
    }
}

/// What a server said, without the addresses that it said it about.
fn without_addresses(response: &str) -> String {
    let words = response.split_inclusive(|c: char| c.is_whitespace() || "<>()[]{},;:'\"".contains(c));
    words.map(|word| if word.contains('@') { "… " } else { word }).collect()
}

/// What other systems are told of a step. What is about the whole batch, and changes each of its submissions, is told of each.
#[must_use]
pub fn public_events(of: &Happening<'_>) -> Vec<PublicEvent> {
    let mut events = Vec::new();
    for entry in of.entries {
        let all = matches!(entry.kind, "submitted" | "sent" | "viewed") && entry.submission.is_none();
        let about: Vec<Option<SubmissionId>> = match all {
            true => of.after.submissions.iter().map(|one| Some(one.id)).collect(),
            false => vec![entry.submission],
        };
        events.extend(about.into_iter().map(|id| PublicEvent {
            name: name(of, entry, id),
            submission: id,
            at: of.at,
            data: view::data(of, entry, id),
        }));
    }
    events
}

/// That a server took a letter; nothing of the copies that recruiters get.
#[must_use]
pub fn letter_sent(of: &Conversation, letter: &LetterEnd, at: Timestamp) -> Option<PublicEvent> {
    let submission = match letter.to {
        Party::Candidate(id) => Some(id),
        Party::Client | Party::Interviewer(_) => None,
        Party::Recruiter(_) => return None,
    };
    let entry = Entry {
        kind: names::LETTER_SENT,
        submission,
        detail: format!("a mail server took the letter {}", letter.kind.as_deref().unwrap_or_default()),
        by: super::Author::MailServer,
        ..Entry::default()
    };
    let happening = Happening {
        before: of,
        after: of,
        entries: &[],
        letter: Some(letter),
        at,
    };
    Some(PublicEvent {
        name: names::LETTER_SENT,
        submission,
        at,
        data: view::data(&happening, &entry, submission),
    })
}

fn name(of: &Happening<'_>, entry: &Entry, id: Option<SubmissionId>) -> &'static str {
    let interview = |of: &Conversation| id.and_then(|id| of.submission(id)?.interview.clone());
    let (before, after) = (interview(of.before), interview(of.after));
    match entry.kind {
        // What is held for a choice was put to somebody just now.
        "asked_about_interview" if after.as_ref().is_some_and(|one| one.booked.is_none() && !one.held().is_empty()) => {
            let held = |of: Option<super::Interview>| of.map(|one| one.held().to_vec()).unwrap_or_default();
            match held(before) == held(after) {
                true => names::name(entry.kind, true),
                false => names::PROPOSED,
            }
        }
        "booked" if before.is_some_and(|one| one.booked.is_some() || one.was_booked.is_some()) => names::MOVED,
        kind => names::name(kind, id.is_some()),
    }
}

impl PublicEvent {
    /// The whole of it, in the shape of Standard Webhooks, under the number it was given.
    #[must_use]
    pub fn body(&self, number: i64) -> String {
        #[derive(Serialize)]
        struct Body<'a> {
            id: String,
            #[serde(rename = "type")]
            name: &'a str,
            timestamp: String,
            version: u32,
            data: &'a Value,
        }
        let body = Body {
            id: event_id(number),
            name: self.name,
            timestamp: self.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            version: VERSION,
            data: &self.data,
        };
        // Strings and numbers can always be written.
        serde_json::to_string(&body).unwrap_or_default()
    }
}

/// The name of an event by its number: the same in the feed, in a webhook's header, and in each repetition.
#[must_use]
pub fn event_id(number: i64) -> String {
    format!("evt_{number}")
}

/// The number in an event's name, or the bare number.
#[must_use]
pub fn event_number(id: &str) -> Option<i64> {
    let digits = id.strip_prefix("evt_").unwrap_or(id);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}
