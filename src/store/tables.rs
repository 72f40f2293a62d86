//! What all operations share: the transaction, and how values are written in columns.

use std::cell::Cell;

use chrono::{NaiveDateTime, SecondsFormat};
use rusqlite::{Connection, Row};

use super::StoreError;
use crate::conversation::{self, Party};
use crate::model::{Address, ConversationId, SubmissionId, Timestamp};

/// A transaction under way, or a read-only look. Its methods are the operations of the store.
pub struct Tx<'a> {
    pub(super) sql: &'a Connection,
    pub(super) epoch: i64,
    /// Something is to be sent to webhooks.
    pub(super) told: Cell<bool>,
}

/// A row of `deadlines`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Whose it is.
    pub conversation: ConversationId,
    /// What for.
    pub reason: conversation::Deadline,
    /// When.
    pub at: Timestamp,
}

impl<'a> Tx<'a> {
    pub(super) fn new(sql: &'a Connection, epoch: i64) -> Self {
        Self {
            sql,
            epoch,
            told: Cell::new(false),
        }
    }
}

pub(super) fn text_of(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) fn text_or_empty(at: Option<Timestamp>) -> String {
    at.map(text_of).unwrap_or_default()
}

pub(super) fn instant(place: &str, text: &str) -> Result<Timestamp, StoreError> {
    let damaged = || StoreError::Damaged {
        place: place.to_owned(),
        what: format!("{text:?} is not an instant"),
    };
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.3fZ")
        .map(|at| at.and_utc())
        .map_err(|_| damaged())
}

pub(super) fn instant_or_none(place: &str, text: &str) -> Result<Option<Timestamp>, StoreError> {
    if text.is_empty() {
        Ok(None)
    } else {
        instant(place, text).map(Some)
    }
}

pub(super) fn address(place: &str, text: &str) -> Result<Address, StoreError> {
    Address::parse(text).map_err(|error| StoreError::Damaged {
        place: place.to_owned(),
        what: error.to_string(),
    })
}

pub(super) fn party_text(party: Party) -> String {
    match party {
        Party::Client => "client".to_owned(),
        Party::Candidate(id) => format!("candidate {id}"),
        Party::Interviewer(index) => format!("interviewer {index}"),
        Party::Recruiter(index) => format!("recruiter {index}"),
    }
}

pub(super) fn party(place: &str, text: &str) -> Result<Party, StoreError> {
    let parsed = match text.split_once(' ') {
        None if text == "client" => Some(Party::Client),
        Some(("candidate", id)) => id.parse().ok().map(|id| Party::Candidate(SubmissionId(id))),
        Some(("interviewer", index)) => index.parse().ok().map(Party::Interviewer),
        Some(("recruiter", index)) => index.parse().ok().map(Party::Recruiter),
        None | Some(_) => None,
    };
    parsed.ok_or_else(|| StoreError::Damaged {
        place: place.to_owned(),
        what: format!("{text:?} is not a party"),
    })
}

/// `Ok(None)` for "no row".
pub(super) fn optional<T>(result: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A party as people are shown it: interviewers and recruiters are stored from 0 and counted from 1.
pub(super) fn shown_party(stored: &str) -> String {
    let counted = stored
        .split_once(' ')
        .filter(|(what, _)| matches!(*what, "interviewer" | "recruiter"));
    let number = counted.and_then(|(what, number)| Some((what, number.parse::<u32>().ok()?)));
    number.map_or_else(
        || stored.to_owned(),
        |(what, number)| format!("{what} {}", number.saturating_add(1)),
    )
}

pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    row.get(column)
}
