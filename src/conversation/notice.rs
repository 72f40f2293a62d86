//! What recruiters are told of a batch, beside the copies of what went to others.
//!
//! In: nothing; these are values. Out: [`Notice`], which `compose` makes a letter of.

use serde::{Deserialize, Serialize};

use super::{Command, Entered, Party, Side, Understood};
use crate::model::{Decision, Reason, SubmissionId, Timestamp};

/// Why a recruiter gets mail of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The client wants to meet a candidate.
    Interested {
        /// Whom.
        submission: SubmissionId,
        /// "if she can start in May".
        condition: Option<String>,
        /// replyd arranges the interview.
        #[serde(default)]
        arranged: bool,
        /// Somebody entered it; otherwise the client said it.
        #[serde(default)]
        entered: Option<Entered>,
    },
    /// An interview needs a person: nothing more goes out about it by itself.
    ArrangeYourself {
        /// Whose.
        submission: SubmissionId,
        /// Why, in one sentence.
        why: String,
        /// The words it rests on.
        words: String,
    },
    /// Interviewers who must be there do not answer: shall it go on without them?
    GoOnWithout {
        /// Whose interview.
        submission: SubmissionId,
        /// Who does not answer.
        silent: Vec<Side>,
        /// Why nothing more is heard from them, when it is more than silence.
        why: String,
    },
    /// A pass took effect.
    Passed {
        /// Whom.
        submission: SubmissionId,
        /// Why, as far as known.
        reasons: Vec<Reason>,
        /// In their own words, if they gave some.
        #[serde(default)]
        words: String,
        /// Somebody entered it; otherwise the client said it.
        #[serde(default)]
        entered: Option<Entered>,
    },
    /// Asking back did not help, or could not be done: a person asks, and finds a draft.
    NotUnderstood {
        /// Why, in one sentence.
        why: String,
        /// Their words, as text.
        words: String,
        /// Whom they may have meant, each with the reading that was not sure enough, if there was one.
        about: Vec<(SubmissionId, Option<Decision>)>,
    },
    /// A person must read an answer.
    NeedsPerson {
        /// Why, in one sentence.
        why: String,
        /// Their words, as text.
        words: String,
    },
    /// Everything that was kept about somebody was erased.
    Erased {
        /// Their place.
        who: Party,
        /// Submissions that were open ended with it.
        ended: bool,
        /// The client is told that they are out.
        told: bool,
    },
    /// Somebody else answered in the client's place.
    SomeoneElse {
        /// The name they gave; may be empty.
        name: String,
        /// They used a link that was sent to the client; otherwise they wrote.
        by_link: bool,
        /// The client was asked whether it shall count; otherwise it does not.
        asked: bool,
        /// What it would do.
        would: Vec<Understood>,
        /// Their words.
        words: String,
    },
    /// Nobody answered.
    Stale {
        /// Hours of the client's business time since the last word of a person.
        hours: u32,
        /// The last warning: the case is escalated.
        escalated: bool,
    },
    /// The client is away.
    Away {
        /// Back on this day, if named.
        until: Option<chrono::NaiveDate>,
        /// The substitute's words, if any.
        substitute: Option<String>,
    },
    /// A letter could not be delivered to the client or a candidate.
    Undeliverable {
        /// To whom it was.
        to: Party,
        /// RFC 3463 status or the server's words.
        status: String,
    },
    /// A letter could not be composed or was refused before it was queued: the reason, with the fix.
    LetterRefused {
        /// To whom it was.
        to: Party,
        /// Why.
        why: String,
    },
    /// A letter died in the queue: it was past its time or a server refused it for good.
    LetterFailed {
        /// To whom it was.
        to: Party,
        /// Why.
        why: String,
    },
    /// Answers came in while a recruiter drives: recorded, nothing sent.
    WhileYouDrive {
        /// What came in, in one sentence.
        what: String,
        /// Their words.
        words: String,
    },
    /// What was read in a recruiter's mail, and what follows from it. An automatic answer, to this recruiter alone.
    Ordered {
        /// Done at once.
        done: Vec<Command>,
        /// Rests and can be taken back.
        resting: Vec<Command>,
        /// Until when.
        until: Option<Timestamp>,
        /// Taken back; `None` where nothing was to be.
        undone: Option<Vec<Command>>,
        /// Read, and done only when they answer yes.
        #[serde(default)]
        proposed: Vec<Command>,
        /// What was not understood, as written.
        unread: Vec<String>,
        /// What they wanted to know: a heading, and lines.
        told: Vec<(String, Vec<String>)>,
    },
    /// What a recruiter ordered could not be done.
    NotDone {
        /// Why, in one sentence.
        why: String,
    },
    /// A recruiter took over or handed back.
    Driver {
        /// True for take over.
        taken: bool,
    },
}
