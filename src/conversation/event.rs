//! Facts, in the past tense: everything that can happen to a conversation.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Command, Deadline, GoesOn, Party, Side, Standing};
use crate::model::{MessageId, Reference, SubmissionId, Timestamp};
use crate::reply::Reply;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The batch was handed in.
    Submitted,
    /// The server took the letter that puts the candidates forward.
    SubmissionSent,
    /// A person opened a page in earnest (a POST that decides nothing).
    Viewed {
        /// All of the batch, or one candidate.
        submission: Option<SubmissionId>,
    },
    /// Somebody answered: prose, a pressed link or a calendar REPLY, all the same.
    Replied {
        /// Which party's word it is.
        by: Side,
        /// What the sender may do.
        standing: Standing,
        /// What they said.
        reply: Reply,
        /// How it came.
        via: Via,
    },
    /// Somebody took back a resting decision.
    Undone {
        /// Whom it is about.
        submission: SubmissionId,
        /// Who pressed.
        visit: Visit,
    },
    /// A parked message was confirmed (or disowned) by the person on file.
    Confirmed {
        /// Row of the parked message.
        message: i64,
        /// "Yes, that was me", or "yes, let it count".
        yes: bool,
    },
    /// A recruiter pressed whether an interview goes on without the interviewers who do not answer.
    GoOnPressed(GoesOn),
    /// A machine at the client's answered.
    AutoReplied {
        /// Back on this day, if named.
        until: Option<NaiveDate>,
        /// The sentence that names a substitute, if any.
        substitute: Option<String>,
        /// No longer with the company.
        gone: bool,
    },
    /// A machine at a candidate's answered.
    CandidateAway {
        /// Whose.
        submission: SubmissionId,
        /// Back after this day, if named.
        until: Option<NaiveDate>,
    },
    /// A machine at an interviewer's answered.
    InterviewerAway {
        /// Of whose interview.
        submission: SubmissionId,
        /// Whose, by position in the batch.
        interviewer: u8,
        /// Back after this day, if named.
        until: Option<NaiveDate>,
    },
    /// A calendar proposed another time, and names none that can be read.
    CounterUnread {
        /// Whose interview.
        submission: SubmissionId,
        /// Whose calendar.
        by: Side,
        /// Why, in one sentence.
        why: String,
        /// The note beside it; may be empty.
        words: String,
    },
    /// The rules of zones that are built in are others than when this interview was agreed.
    ZoneRulesChanged {
        /// Whose interview.
        submission: SubmissionId,
    },
    /// Something came in that a person must look at: a challenge, a recall, a reaction, an unreadable body.
    NeedsPerson {
        /// Why, in one sentence.
        why: String,
        /// The words, as text; may be empty.
        words: String,
        /// The client waits for an answer: until the recruiter gives it, nobody nudges the client.
        owed_to_client: bool,
    },
    /// A report said that a letter will not be delivered, or a server refused it for good.
    Undeliverable {
        /// To whom it was.
        to: Party,
        /// RFC 3463 status or the server's words.
        status: String,
        /// The address itself is bad (and suppressed).
        address_is_bad: bool,
    },
    /// A letter was past its time, or was refused before it was queued.
    LetterDied {
        /// To whom it was.
        to: Party,
        /// Why.
        why: String,
        /// It never got into the queue.
        refused: bool,
    },
    /// The addressed contact asked for a fresh link from an expired page.
    FreshLinkAsked,
    /// A device asked for a code to open the CVs with.
    CvCodeAsked {
        /// Six digits.
        code: String,
        /// Until when it opens something.
        until: Timestamp,
    },
    /// The code was typed, and the CVs were opened.
    CvsOpened,
    /// A side of an interview asked for a fresh link from an expired page.
    InterviewLinkAsked {
        /// Whose interview.
        submission: SubmissionId,
        /// Whose page it was.
        by: Side,
    },
    /// Everything that was kept about somebody is gone: a person asked this of replyd, and who they are need not be known.
    Erased {
        /// Their place.
        who: Party,
    },
    /// The reminder that was due went to its reader in a letter of another batch.
    NudgedAlong {
        /// Of that batch.
        with: Reference,
    },
    /// A recruiter did something by hand.
    Steered {
        /// Who, as shown in the timeline.
        by: String,
        /// What.
        command: Command,
    },
    /// A recruiter wrote what is to be done.
    Ordered {
        /// The recruiter, by position in the batch.
        recruiter: u8,
        /// What, in the order of the mail.
        commands: Vec<Command>,
        /// What seems to be meant, and is done only when they say yes to it.
        proposed: Vec<Command>,
        /// What was not understood, as written: it is asked.
        unread: Vec<String>,
        /// What they wanted to know, looked up: a heading, and lines.
        told: Vec<(String, Vec<String>)>,
        /// They take back what they ordered last.
        undo: bool,
        /// The Message-ID of their mail, which our answer refers to.
        answers: Option<MessageId>,
    },
    /// A recruiter said yes or no to what was read in their mail and put to them.
    OrderAnswered {
        /// The recruiter, by position in the batch.
        recruiter: u8,
        /// What was put to them.
        proposed: Vec<Command>,
        /// It is to be done.
        yes: bool,
        /// The Message-ID of their mail, which our answer refers to.
        answers: Option<MessageId>,
    },
    /// The time of a deadline came.
    DeadlinePassed(Deadline),
}

/// How an answer came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By mail.
    Mail {
        /// Row of the message.
        message: i64,
        /// Its Message-ID, which our answer refers to.
        message_id: Option<MessageId>,
        /// The display name it came under; used when somebody answers for somebody else.
        name: String,
        /// The parked message that the answered letter asked to confirm.
        confirms: Option<i64>,
        /// The candidate whose letter it answers.
        of: Option<SubmissionId>,
    },
    /// By their calendar: REPLY or COUNTER, for the calendar entry of the one who speaks.
    Calendar {
        /// Message-ID of the mail it came in.
        message_id: Option<MessageId>,
        /// Which of several answers counts: the one with the highest SEQUENCE and DTSTAMP.
        version: (u32, Option<Timestamp>),
    },
    /// By a pressed link.
    Link(Visit),
}

/// Who pressed, as far as a web server can tell: nobody is authenticated by a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// A keyed hash of network (/24 or /48) and user agent.
    pub visitor: u64,
    /// The visit touched a honeypot: recorded, without effect.
    pub automated: bool,
    /// Pressed on the batch page, where all choices are one press.
    pub whole_batch: bool,
    /// "I am someone else": the name they gave.
    pub someone_else: Option<String>,
    /// Free text typed beside the choice.
    pub remark: String,
}
