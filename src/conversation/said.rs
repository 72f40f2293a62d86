//! Whose word a decision is, and what stands against a recruiter's order.
//!
//! In: a conversation and a command. Out: the decision that the command would turn round, in words. Never here: whether it is done all the same.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::{Author, Command, Conversation, Submission};
use crate::model::{Decision, Slot, SubmissionId, Timestamp};

/// Whose word a decision is, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// How it was entered; otherwise the client said it themselves.
    pub entered: Option<Entered>,
}

/// A decision that the client did not give us themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Who entered it: a recruiter as shown in the timeline, or a program ([`Author::steers`]).
    pub by: String,
    /// It follows from this time, which they booked.
    #[serde(default)]
    pub booked: Option<Slot>,
    /// The other decision that counted until then.
    #[serde(default)]
    pub although: Option<Stands>,
}

/// A decision that counts, as far as known whose and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    /// What.
    pub decision: Decision,
    /// When it was given.
    pub at: Option<Timestamp>,
    /// Who entered it for the client; nobody where the client said it.
    pub by: Option<String>,
}

/// What stands against an order: done without a word it would turn round what counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// About whom.
    pub submission: SubmissionId,
    /// What counts.
    pub stands: Stands,
    /// What the order makes of it.
    pub instead: Decision,
    /// The order is to agree a time.
    pub books: bool,
}

impl Submission {
    /// What counts now, and whose word it is.
    #[must_use]
    pub fn stands(&self) -> Option<Stands> {
        let (decision, said) = match &self.resting {
            Some(resting) => (resting.decision, resting.said.as_ref()),
            None => (self.settled?, self.said.as_ref()),
        };
        Some(Stands {
            decision,
            at: said.map(|said| said.at),
            by: said.and_then(|said| Some(said.entered.as_ref()?.by.clone())),
        })
    }
}

impl Stands {
    /// A yes is taken back or a no becomes something else. Whatever follows a "maybe" was to be expected.
    #[must_use]
    pub fn is_turned_round_by(&self, decision: Decision) -> bool {
        self.decision != Decision::Maybe && self.decision != decision
    }

    /// "Petra Vogel passed on Ben Okafor on 20 November": who gave the decision that counts.
    #[must_use]
    pub fn told(&self, submission: SubmissionId, of: &Conversation) -> String {
        let name = of
            .candidate(submission)
            .map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string());
        let contact = of.batch.contact.mailbox.shown();
        let what = match self.decision {
            Decision::Interested => format!("{contact} wants to meet {name}"),
            Decision::Maybe => format!("{contact} is not sure about {name}"),
            Decision::Pass => format!("{contact} passed on {name}"),
        };
        let when = self.at.map_or_else(String::new, |at| {
            let day = of.batch.contact.zone.local(at);
            format!(" on {} {}", day.day(), day.format("%B"))
        });
        match &self.by {
            Some(by) => format!("{} entered{when} that {what}", entered_by(by)),
            // Since when they want it, not when they meet.
            None if self.decision != Decision::Pass => format!("{contact} said \"{}\" to {name}{when}", self.decision.label()),
            None => format!("{what}{when}"),
        }
    }
}

/// Who entered something, as a sentence names them.
#[must_use]
pub fn entered_by(by: &str) -> String {
    match Author::steers(by) {
        Author::Program(name) => format!("the program {name}"),
        Author::Replyd
        | Author::Agency
        | Author::Client
        | Author::Candidate(_)
        | Author::Interviewer(_)
        | Author::Recruiter(_)
        | Author::MailServer => by.to_owned(),
    }
}

impl Objection {
    /// "Petra Vogel passed on Ben Okafor on 20 November".
    #[must_use]
    pub fn told(&self, of: &Conversation) -> String {
        self.stands.told(self.submission, of)
    }

    /// What is to be said yes to.
    #[must_use]
    pub fn question(&self) -> String {
        if self.books {
            "book all the same?".to_owned()
        } else {
            format!("is it \"{}\" all the same?", self.instead.label())
        }
    }
}

impl Conversation {
    /// What stands against a command: a time for somebody on whom they passed, or the opposite of what the client said themselves. What
    /// cannot be done anyway is refused elsewhere, and what is said after an interview is its outcome.
    #[must_use]
    pub fn objection(&self, command: &Command, now: Timestamp) -> Option<Objection> {
        let (id, instead, books) = match command {
            Command::Book { submission, .. } => (*submission, Decision::Interested, true),
            Command::Decide { submission, decision, .. } => (*submission, *decision, false),
            Command::Take
            | Command::Release
            | Command::Undecide { .. }
            | Command::Answered
            | Command::Reach
            | Command::GoOn { .. }
            | Command::Note { .. }
            | Command::Pause { .. }
            | Command::StopChase
            | Command::Times { .. }
            | Command::Rearrange { .. }
            | Command::CallOff { .. }
            | Command::Withdraw { .. }
            | Command::Readdress { .. }
            | Command::Resend { .. }
            | Command::Correct { .. }
            | Command::Feedback { .. } => return None,
        };
        let submission = self.submission(id)?;
        let stands = submission.stands()?;
        let began = submission
            .interview
            .as_ref()
            .and_then(|one| one.booked)
            .is_some_and(|slot| slot.start <= now);
        let theirs = books || stands.by.is_none();
        let is_too_late = submission.is_past(instead).is_some();
        let objects = stands.is_turned_round_by(instead) && theirs && !began && !is_too_late;
        objects.then_some(Objection {
            submission: id,
            stands,
            instead,
            books,
        })
    }
}
