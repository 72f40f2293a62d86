//! Whom a submission waits for, and in which lane of the board it stands.
//!
//! In: a conversation. Out: words for the board. Never here: since when; a change of anything.

use super::{Ask, Conversation, Driver, Interview, InterviewStatus, Side, Status, Submission};

/// A lane of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Nothing goes on before a recruiter does something.
    Desk,
    /// The client has not decided, or what they decided can still be undone.
    Client,
    /// The client said Maybe.
    Maybe,
    /// The client is interested; a time is looked for.
    Arranging,
    /// A time is agreed.
    Interview,
    /// It has come to an end.
    Done,
}

impl Lane {
    /// In the order in which a submission walks through them, a recruiter's own first.
    pub const ALL: [Self; 6] = [Self::Desk, Self::Client, Self::Maybe, Self::Arranging, Self::Interview, Self::Done];

    /// Its name in the database and in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Client => "client",
            Self::Maybe => "maybe",
            Self::Arranging => "arranging",
            Self::Interview => "interview",
            Self::Done => "done",
        }
    }

    /// The lane of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Whom or what a submission waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitsFor {
    /// A recruiter.
    Recruiter,
    /// The contact at the client.
    Client,
    /// The candidate.
    Candidate,
    /// Interviewers beside the contact.
    Interviewers,
    /// The end of a grace period, or of the seconds in which a press can be taken back.
    Grace,
    /// The letter has not left yet.
    Sending,
    /// The interview.
    Interview,
    /// Nobody: it is over.
    Nobody,
}

impl WaitsFor {
    const ALL: [Self; 8] = [
        Self::Recruiter,
        Self::Client,
        Self::Candidate,
        Self::Interviewers,
        Self::Grace,
        Self::Sending,
        Self::Interview,
        Self::Nobody,
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Client => "client",
            Self::Candidate => "candidate",
            Self::Interviewers => "interviewers",
            Self::Grace => "grace",
            Self::Sending => "sending",
            Self::Interview => "interview",
            Self::Nobody => "nobody",
        }
    }

    /// What has this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Conversation {
    /// Where a submission of this conversation stands, and whom it waits for.
    #[must_use]
    pub fn waits(&self, submission: &Submission) -> (Lane, WaitsFor) {
        let on = self.waits_for(submission);
        let lane = match (on, submission.status) {
            (WaitsFor::Nobody, _) => Lane::Done,
            (WaitsFor::Recruiter, _) => Lane::Desk,
            (_, Status::Maybe) => Lane::Maybe,
            (_, Status::Interested) => Lane::Arranging,
            (_, Status::InterviewScheduled) => Lane::Interview,
            (_, Status::Queued | Status::Sent | Status::Viewed) => Lane::Client,
            // Decided once more, in its grace period.
            (_, Status::Rejected | Status::Completed | Status::Withdrawn | Status::Closed) => Lane::Client,
        };
        (lane, on)
    }

    fn waits_for(&self, one: &Submission) -> WaitsFor {
        let over = match one.status {
            Status::Rejected | Status::Completed | Status::Withdrawn | Status::Closed => one.resting.is_none(),
            Status::Queued | Status::Sent | Status::Viewed | Status::Interested | Status::Maybe | Status::InterviewScheduled => false,
        };
        if over {
            return WaitsFor::Nobody;
        }
        if self.driver == Driver::Recruiter || self.client_unreachable || self.chase.with_recruiter {
            return WaitsFor::Recruiter;
        }
        if one.needs_confirmation {
            return WaitsFor::Client;
        }
        if one.resting.is_some() {
            return WaitsFor::Grace;
        }
        // Nobody is written to any more by itself.
        let given_up = self.chase.stopped || usize::from(self.chase.step) >= self.policy.chase_hours.len();
        match one.status {
            Status::Queued => WaitsFor::Sending,
            Status::Sent | Status::Viewed if given_up => WaitsFor::Recruiter,
            Status::Sent | Status::Viewed => WaitsFor::Client,
            Status::Maybe if self.chase.stopped => WaitsFor::Recruiter,
            Status::Maybe => WaitsFor::Client,
            Status::Interested | Status::InterviewScheduled => one.interview.as_ref().map_or(WaitsFor::Recruiter, arranged),
            Status::Rejected | Status::Completed | Status::Withdrawn | Status::Closed => WaitsFor::Nobody,
        }
    }
}

fn arranged(interview: &Interview) -> WaitsFor {
    if interview.with_recruiter {
        return WaitsFor::Recruiter;
    }
    let asked = |side: Side| interview.attendee(side).asked;
    let ahead = match interview.status {
        InterviewStatus::Scheduled | InterviewStatus::Confirmed => true,
        InterviewStatus::Proposed | InterviewStatus::Rescheduled => false,
        InterviewStatus::Cancelled | InterviewStatus::NoShow => return WaitsFor::Recruiter,
        InterviewStatus::Completed => return WaitsFor::Nobody,
    };
    if asked(Side::Candidate).is_some() && !ahead {
        return WaitsFor::Candidate;
    }
    match asked(Side::Client) {
        Some(asking) if !ahead || asking.what == Ask::Outcome => return WaitsFor::Client,
        Some(_) | None => {}
    }
    if ahead {
        return WaitsFor::Interview;
    }
    let somebody = interview
        .sides()
        .into_iter()
        .any(|side| matches!(side, Side::Interviewer(_)) && asked(side).is_some());
    if somebody { WaitsFor::Interviewers } else { WaitsFor::Grace }
}
