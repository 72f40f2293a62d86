//! One candidate of a batch: where they stand, what was decided about them and why.

use serde::{Deserialize, Serialize};

use super::{Interview, Said};
use crate::calendar::Spans;
use crate::model::{Decision, Reason, SubmissionId, Timestamp};

/// One candidate in this batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Where it stands for everybody.
    pub status: Status,
    /// A decision in its grace period.
    pub resting: Option<Resting>,
    /// The decision that took effect last.
    pub settled: Option<Decision>,
    /// Whose word that is.
    #[serde(default)]
    pub said: Option<Said>,
    /// Why, as far as known.
    pub reasons: Vec<Reason>,
    /// Contradicting presses: nothing follows before the client decides once more.
    pub needs_confirmation: bool,
    /// Reasons were asked for.
    pub reasons_asked: bool,
    /// The words the reasons rest on, or that were typed beside them.
    #[serde(default)]
    pub reason_words: String,
    /// They pressed that these are the reasons: nobody read them out of a sentence.
    #[serde(default)]
    pub reasons_pressed: bool,
    /// They were reminded once of the question why.
    #[serde(default)]
    pub reasons_reminded: bool,
    /// What may be the reasons, by their words: to be asked.
    #[serde(default)]
    pub guess: Option<Guess>,
    /// The letter that tells the candidate why, released and not sent yet.
    #[serde(default)]
    pub feedback: Option<String>,
    /// The candidate was told why.
    #[serde(default)]
    pub told_why: bool,
    /// Times that the client gave beside a yes: slots are looked for there first.
    #[serde(default)]
    pub client_prefers: Spans,
    /// The interview that follows from a yes.
    #[serde(default)]
    pub interview: Option<Interview>,
    /// When the letter that put them forward was taken by the client's server.
    #[serde(default)]
    pub put_forward_at: Option<Timestamp>,
}

/// Reasons that were read and are not sure enough to count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// Which.
    pub reasons: Vec<Reason>,
    /// The words they rest on.
    pub words: String,
}

/// The status of a submission (design section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Handed in, the letter has not left yet.
    Queued,
    /// The server took the letter.
    Sent,
    /// A person at the client looked at it.
    Viewed,
    /// Interested, in effect.
    Interested,
    /// Maybe, in effect.
    Maybe,
    /// Pass, in effect.
    Rejected,
    /// A time is agreed.
    InterviewScheduled,
    /// The interview took place.
    Completed,
    /// The candidate or the recruiter took it back.
    Withdrawn,
    /// Ended without a decision.
    Closed,
}

/// A decision that can still be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resting {
    /// What.
    pub decision: Decision,
    /// "if she can start in May".
    pub condition: Option<String>,
    /// With a Maybe: when to come back.
    pub follow_up: Option<chrono::NaiveDate>,
    /// When it takes effect.
    pub until: Timestamp,
    /// Whose word it is.
    #[serde(default)]
    pub said: Option<Said>,
}

impl Status {
    /// The snake_case name used in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Viewed => "viewed",
            Self::Interested => "interested",
            Self::Maybe => "maybe",
            Self::Rejected => "rejected",
            Self::InterviewScheduled => "interview_scheduled",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }

    /// Nothing more comes of it.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Withdrawn | Self::Closed)
    }
}

impl Submission {
    /// A candidate whose letter has not left yet.
    #[must_use]
    pub fn queued(id: SubmissionId) -> Self {
        Self {
            id,
            status: Status::Queued,
            resting: None,
            settled: None,
            said: None,
            reasons: Vec::new(),
            needs_confirmation: false,
            reasons_asked: false,
            reason_words: String::new(),
            reasons_pressed: false,
            reasons_reminded: false,
            guess: None,
            feedback: None,
            told_why: false,
            client_prefers: Spans::default(),
            interview: None,
            put_forward_at: None,
        }
    }

    /// What counts now: the resting decision, else the one in effect.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        self.resting.as_ref().map(|resting| resting.decision).or(self.settled)
    }

    /// Why a decision about them comes too late, if it does.
    #[must_use]
    pub const fn is_past(&self, decision: Decision) -> Option<&'static str> {
        match (self.status, decision) {
            (Status::Queued | Status::Sent | Status::Viewed | Status::Interested | Status::Maybe | Status::Rejected, _)
            // After an interview a no is its outcome; what else they want then is a person's to arrange.
            | (Status::InterviewScheduled, Decision::Interested | Decision::Pass)
            | (Status::Completed, Decision::Pass) => None,
            // A doubt about somebody they are going to meet is for a person to see to.
            (Status::InterviewScheduled, Decision::Maybe) => Some("an interview is agreed"),
            (Status::Completed, Decision::Interested | Decision::Maybe) | (Status::Withdrawn | Status::Closed, _) => Some("the submission has ended"),
        }
    }

    /// Reasons belong to a pass that stands; the timeline keeps them.
    pub fn forget_reasons(&mut self) {
        self.reasons.clear();
        self.reason_words.clear();
        self.reasons_pressed = false;
        self.guess = None;
    }

    /// Still waits for the client's word: nothing rests and nothing has taken effect.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.status {
            Status::Queued | Status::Sent | Status::Viewed => self.resting.is_none(),
            Status::Interested
            | Status::Maybe
            | Status::Rejected
            | Status::InterviewScheduled
            | Status::Completed
            | Status::Withdrawn
            | Status::Closed => false,
        }
    }
}
