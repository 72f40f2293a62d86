//! What a conversation waits for, and until when. Deadlines are part of its state; the store keeps a copy to find the earliest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MOST_INTERVIEWERS, Side};
use crate::model::{SubmissionId, Timestamp};

/// A reason to wake up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// When to let a resting decision take effect.
    TakeEffect(SubmissionId),
    /// When to remind the client, tell the recruiter, or escalate: the next step of the chase.
    Chase,
    /// When to write to the backup contact in the place of the one who does not answer.
    Backup,
    /// When to come back to a Maybe.
    FollowUp(SubmissionId),
    /// When to ask why the client passed.
    AskReasons(SubmissionId),
    /// When to act on presses of links and acknowledge them, all in one receipt.
    Receipt,
    /// When to hand an answer to a person that we asked about and that was not made clear.
    AskedBack,
    /// When to do what recruiters ordered by mail and did not take back.
    Orders,
    /// When to write to a side about an interview, or to write again.
    Interview(SubmissionId, Side),
    /// When to act on slots that were pressed: a machine presses several.
    Picked(SubmissionId),
    /// When to tell a side what holds now, after their night.
    Tell(SubmissionId, Side),
    /// When to remind both sides of an interview.
    Remind(SubmissionId),
    /// When to ask whether an interview took place.
    After(SubmissionId),
    /// When to tell a candidate why, after their night.
    Feedback(SubmissionId),
    /// When to tell the client that somebody is out who was erased, after their night.
    Gone(SubmissionId),
}

impl Deadline {
    /// The name in the `deadlines` table and in logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TakeEffect(_) => "take_effect",
            Self::Chase => "chase",
            Self::Backup => "backup",
            Self::FollowUp(_) => "follow_up",
            Self::AskReasons(_) => "ask_reasons",
            Self::Receipt => "receipt",
            Self::AskedBack => "asked_back",
            Self::Orders => "orders",
            Self::Interview(_, Side::Client) => "interview_client",
            Self::Interview(_, Side::Candidate) => "interview_candidate",
            Self::Interview(_, Side::Interviewer(n)) => nth(&INTERVIEW, n),
            Self::Picked(_) => "picked",
            Self::Tell(_, Side::Client) => "tell_client",
            Self::Tell(_, Side::Candidate) => "tell_candidate",
            Self::Tell(_, Side::Interviewer(n)) => nth(&TELL, n),
            Self::Remind(_) => "remind",
            Self::After(_) => "after_interview",
            Self::Feedback(_) => "feedback",
            Self::Gone(_) => "gone",
        }
    }

    /// Whom it is about, if it is about one candidate.
    #[must_use]
    pub const fn submission(self) -> Option<SubmissionId> {
        match self {
            Self::TakeEffect(id)
            | Self::FollowUp(id)
            | Self::AskReasons(id)
            | Self::Interview(id, _)
            | Self::Picked(id)
            | Self::Tell(id, _)
            | Self::Remind(id)
            | Self::After(id)
            | Self::Feedback(id)
            | Self::Gone(id) => Some(id),
            Self::Chase | Self::Backup | Self::Receipt | Self::AskedBack | Self::Orders => None,
        }
    }
}

/// One name for each interviewer there can be.
const INTERVIEW: [&str; MOST_INTERVIEWERS] = [
    "interview_1",
    "interview_2",
    "interview_3",
    "interview_4",
    "interview_5",
    "interview_6",
    "interview_7",
    "interview_8",
];
const TELL: [&str; MOST_INTERVIEWERS] = ["tell_1", "tell_2", "tell_3", "tell_4", "tell_5", "tell_6", "tell_7", "tell_8"];

/// No batch has more interviewers than there are names; one that had would share the last.
fn nth(names: &[&'static str; MOST_INTERVIEWERS], n: u8) -> &'static str {
    names.get(usize::from(n)).or(names.last()).copied().unwrap_or_default()
}

/// At most one instant for each reason.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(Deadline, Timestamp)>", into = "Vec<(Deadline, Timestamp)>")]
pub struct Deadlines(BTreeMap<Deadline, Timestamp>);

impl Deadlines {
    /// Sets or moves a deadline.
    pub fn set(&mut self, deadline: Deadline, at: Timestamp) {
        self.0.insert(deadline, at);
    }

    /// Takes a deadline away; true when it was set.
    pub fn clear(&mut self, deadline: Deadline) -> bool {
        self.0.remove(&deadline).is_some()
    }

    /// When this one falls due, if it is set.
    #[must_use]
    pub fn get(&self, deadline: Deadline) -> Option<Timestamp> {
        self.0.get(&deadline).copied()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Deadline, Timestamp)> + '_ {
        self.0.iter().map(|(deadline, at)| (*deadline, *at))
    }
}

impl From<Vec<(Deadline, Timestamp)>> for Deadlines {
    fn from(all: Vec<(Deadline, Timestamp)>) -> Self {
        Self(all.into_iter().collect())
    }
}

impl From<Deadlines> for Vec<(Deadline, Timestamp)> {
    fn from(all: Deadlines) -> Self {
        all.0.into_iter().collect()
    }
}
