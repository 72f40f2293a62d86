//! What a recruiter does by hand: on the command line, by mail, on the hub, by API.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Deadline, Party, Side};
use crate::calendar::{Spans, Zone};
use crate::model::{Address, Decision, HeaderText, Reason, Slot, SubmissionId, Timestamp};

/// What a recruiter does by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Drive from here on.
    Take,
    /// Hand back.
    Release,
    /// Decide for the client ("client called").
    Decide {
        /// Whom.
        submission: SubmissionId,
        /// What.
        decision: Decision,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// What was taken for the client's word about somebody was none: they are waited for still.
    Undecide {
        /// Whom.
        submission: SubmissionId,
    },
    /// The client has the answer that they waited for.
    Answered,
    /// The client's address works again.
    Reach,
    /// Whether an interview goes on without the interviewers who do not answer.
    GoOn {
        /// Whose interview.
        submission: SubmissionId,
        /// Yes; otherwise they are waited for.
        yes: bool,
        /// Of whom they were asked. Whoever fell silent since is not meant.
        #[serde(default)]
        without: Vec<Side>,
    },
    /// A note for the timeline.
    Note {
        /// Its words.
        text: String,
    },
    /// Nothing that nobody asked for goes out before this day, each in their own zone.
    Pause {
        /// The day on which it goes on.
        until: NaiveDate,
    },
    /// No more nudges to the client.
    StopChase,
    /// Times that somebody told the recruiter.
    Times {
        /// Of whose interview.
        submission: SubmissionId,
        /// Who can.
        by: Side,
        /// When.
        open: Spans,
    },
    /// The interview is agreed for this time, or moved to it.
    Book {
        /// Whose.
        submission: SubmissionId,
        /// When.
        slot: Slot,
    },
    /// Another time for the interview is to be found.
    Rearrange {
        /// Whose.
        submission: SubmissionId,
    },
    /// There will be no interview.
    CallOff {
        /// Whose.
        submission: SubmissionId,
    },
    /// The candidate is out.
    Withdraw {
        /// Who.
        submission: SubmissionId,
    },
    /// Somebody's address is another one.
    Readdress {
        /// Whose.
        who: Party,
        /// Which.
        address: Address,
    },
    /// What somebody was sent last is sent once more.
    Resend {
        /// To whom.
        to: Party,
    },
    /// Something that was handed in about a candidate is put right.
    Correct {
        /// Whom.
        submission: SubmissionId,
        /// What.
        what: Correction,
    },
    /// A recruiter's word on the letter that tells a candidate why.
    Feedback {
        /// Whom.
        submission: SubmissionId,
        /// What it says; nothing when none is sent.
        body: Option<String>,
    },
}

/// What takes the place of something handed in about a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Their phone; empty: none.
    Phone(HeaderText),
    /// Where they live.
    Zone(Zone),
    /// What the client reads about them, from the next letter or page on.
    Summary(String),
}

impl Command {
    /// The submission that it changes.
    #[must_use]
    pub const fn submission(&self) -> Option<SubmissionId> {
        match self {
            Self::Decide { submission, .. }
            | Self::Undecide { submission }
            | Self::Times { submission, .. }
            | Self::Book { submission, .. }
            | Self::Rearrange { submission, .. }
            | Self::CallOff { submission, .. }
            | Self::Withdraw { submission, .. }
            | Self::GoOn { submission, .. }
            | Self::Correct { submission, .. }
            | Self::Feedback { submission, .. } => Some(*submission),
            Self::Take
            | Self::Release
            | Self::Answered
            | Self::Reach
            | Self::Note { .. }
            | Self::Pause { .. }
            | Self::StopChase
            | Self::Readdress { .. }
            | Self::Resend { .. } => None,
        }
    }

    /// Whom it is about, if it is about one: a candidate, or whoever is written to or has another address.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        if let Self::Readdress { who: party, .. } | Self::Resend { to: party } = self {
            return Some(*party);
        }
        self.submission().map(Party::Candidate)
    }

    /// Others are written to, or it could not be taken back: ordered by mail it rests for a while first.
    #[must_use]
    pub const fn rests(&self) -> bool {
        match self {
            Self::Take
            | Self::Answered
            | Self::Reach
            | Self::GoOn { .. }
            | Self::Note { .. }
            | Self::Pause { .. }
            | Self::StopChase
            | Self::Correct { .. }
            | Self::Feedback { .. } => false,
            // What was held back leaves.
            Self::Release
            | Self::Decide { .. }
            | Self::Undecide { .. }
            | Self::Times { .. }
            | Self::Book { .. }
            | Self::Rearrange { .. }
            | Self::CallOff { .. }
            | Self::Withdraw { .. }
            | Self::Readdress { .. }
            | Self::Resend { .. } => true,
        }
    }
}

/// What a recruiter ordered by mail and can still take back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    /// The recruiter, by position in the batch.
    pub recruiter: u8,
    /// What was done at once and changed something; undoing does the reverse.
    pub done: Vec<Command>,
    /// How long it was quiet anyway, and what was to happen when, before a pause among these.
    #[serde(default)]
    pub before_pause: Option<BeforePause>,
    /// What rests.
    pub resting: Vec<Command>,
    /// Until when.
    pub until: Timestamp,
    /// How those stood whom it is about when it was ordered: what happened since is not overruled.
    #[serde(default)]
    pub stood: Vec<Stood>,
}

/// What a pause moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforePause {
    /// Until when the client was away or it was paused.
    pub away_until: Option<Timestamp>,
    /// Until when the pause was to last: what else is set since was set by others.
    #[serde(default)]
    pub paused_until: Option<Timestamp>,
    /// Deadlines of interviews, as they were.
    pub deadlines: Vec<(Deadline, Timestamp)>,
}

/// What was read in a recruiter's mail and put to them. Nothing of it is done before they say yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// The recruiter, by position in the batch.
    pub recruiter: u8,
    /// What.
    pub commands: Vec<Command>,
    /// How those stood whom it is about when it was put to them.
    pub stood: Vec<Stood>,
}

/// How somebody stands, as far as orders change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// Who.
    pub submission: SubmissionId,
    /// What is decided, resting or not.
    pub decision: Option<Decision>,
    /// What has taken effect.
    pub settled: Option<Decision>,
    /// The time that is agreed.
    pub booked: Option<Slot>,
    /// Nothing is to come any more.
    pub ended: bool,
}
