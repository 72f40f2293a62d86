//! What kind of mail a message is: structure before language (RFC 3834, 3464, 5545, 9078).

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::Answer;
use crate::model::{Address, MessageId};

/// The kind of a received message, decided in the order calendar, report, reaction, automatic reply, person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text/calendar part with METHOD REPLY or COUNTER (RFC 5546): read in `calendar/`, never as prose.
    Calendar {
        /// METHOD, upper case.
        method: String,
        /// What it says; `None` when that cannot be told.
        answer: Option<Box<Answer>>,
        /// The bytes of the calendar part, decoded; at most 256 KiB.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// A delivery report (RFC 3464), also one in the shape of Exchange or Yahoo without a delivery-status part.
    Report(Report),
    /// An emoji put on our letter; never a decision.
    Reaction {
        /// The emoji, when it could be read.
        emoji: Option<String>,
    },
    /// Written by a machine: out of office, ticket system, challenge, read receipt, recall.
    AutoReply(AutoReply),
    /// Written by a person.
    Person,
}

/// A delivery report about a letter of ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// RFC 3464 2.3.3.
    pub action: Action,
    /// RFC 3463 status such as `5.1.1`, when known.
    pub status: Option<String>,
    /// Whom it was for, when named.
    pub recipient: Option<Address>,
    /// The letter it is about, from the returned headers, when quoted.
    pub about: Option<MessageId>,
    /// Original-Envelope-Id (RFC 3464 2.2.1): the ENVID we gave when sending, when it came back.
    pub envelope_id: Option<String>,
    /// The server's own words, one line.
    pub diagnostic: String,
    /// It says that the person has left for good.
    pub gone: bool,
}

/// What became of a letter (RFC 3464 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It will not be delivered.
    Failed,
    /// Not yet; nothing follows from this.
    Delayed,
    /// It arrived (also relayed and expanded).
    Delivered,
}

/// Mail written by a machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AutoReply {
    /// Which machine.
    pub nature: AutoNature,
    /// The day that must be let pass: of the first day back and the last day away the one that is named.
    pub until: Option<NaiveDate>,
    /// The sentence that names a substitute, when there is one.
    pub substitute: Option<String>,
}

/// The machines that answer mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoNature {
    /// Away, and back later.
    OutOfOffice,
    /// "No longer with the company".
    Gone,
    /// Message disposition notification (RFC 8098) or "Read: …".
    ReadReceipt,
    /// Outlook would like to recall a message.
    Recall,
    /// "Click here to prove that you are a person".
    Challenge,
    /// Calendar software's own mail without an answer in it.
    CalendarNote,
    /// Abuse report (RFC 5965).
    Feedback,
    /// Newsletters and other mail for many.
    Bulk,
    /// Any other automatic mail.
    Other,
}
