//! The interview of one submission: who is asked what, when each side can, what was offered, what is booked.

use serde::{Deserialize, Serialize};

use super::{Content, Conversation, Party};
use crate::calendar::Spans;
use crate::model::{Slot, SubmissionId, Timestamp};
use crate::reply::times::Intent;
use crate::reply::{AskedTimes, Reply, Says};

/// A side of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The contact at the client.
    Client,
    /// The candidate.
    Candidate,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Client, Self::Candidate];

    /// The one across the table.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Candidate,
            Self::Candidate => Self::Client,
        }
    }

    /// Who that is, for a submission.
    #[must_use]
    pub const fn party(self, submission: SubmissionId) -> Party {
        match self {
            Self::Client => Party::Client,
            Self::Candidate => Party::Candidate(submission),
        }
    }

    /// As a sentence names it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Client => "the client",
            Self::Candidate => "the candidate",
        }
    }
}

/// What has been arranged so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    /// Where it stands for everybody.
    pub status: InterviewStatus,
    /// The contact at the client.
    pub client: Attendee,
    /// The candidate.
    pub candidate: Attendee,
    /// Every slot that was ever offered. A link carries a slot's place in it, so that an old letter never picks a new letter's slot.
    pub slots: Vec<Slot>,
    /// Where in it the last offer begins; what comes after is held.
    pub offered_from: usize,
    /// How many of them, from the first, were offered in vain.
    pub refused: usize,
    /// What somebody named since: a slot in it may be offered again.
    #[serde(default)]
    pub named: Spans,
    /// What was pressed on its page within the last seconds.
    pub picked: Vec<Pick>,
    /// The time agreed upon.
    pub booked: Option<Slot>,
    /// The time that was agreed upon and does not hold any more; calendars still show it.
    pub was_booked: Option<Slot>,
    /// RFC 5545 3.8.7.4: goes up with each change that calendars must follow.
    pub sequence: u32,
    /// Offers that led to nothing.
    pub rounds: u8,
    /// How often a booked interview was moved.
    pub moves: u8,
    /// Reminders of [`super::Scheduling::reminders_min`] that went out or were skipped.
    pub reminded: u8,
    /// A recruiter arranges the rest.
    pub with_recruiter: bool,
    /// Who called it off; `None` for the agency, or while nobody did.
    pub called_off_by: Option<Side>,
}

/// What somebody pressed on the page of an interview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// When.
    pub at: Timestamp,
    /// By whom, as far as one can tell.
    pub visitor: u64,
    /// On whose page.
    pub side: Side,
    /// What it says.
    pub reply: Reply,
}

impl Pick {
    /// What it says of the interview, questions aside.
    #[must_use]
    pub fn says(&self) -> Option<&Says> {
        let mut said = self.reply.findings.iter().map(|one| &one.says);
        let of_times = |says: &Says| matches!(says, Says::Times { said, .. } if !matches!(said.intent, Intent::Question | Intent::Nothing));
        said.find(|says| of_times(says) || matches!(says, Says::Attends { .. }))
    }

    /// A choice of nothing: what was pressed before does not count.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        matches!(self.says(), Some(Says::Times { said, .. }) if said.intent == Intent::Select && said.taken.is_empty())
    }
}

/// When the people of a batch are taken by interviews of other batches, booked or held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The contact at the client.
    pub client: Spans,
    /// Each candidate who is.
    pub candidates: Vec<(SubmissionId, Spans)>,
}

impl Elsewhere {
    /// When a candidate is taken.
    #[must_use]
    pub fn candidate(&self, id: SubmissionId) -> Spans {
        let found = self.candidates.iter().find(|(one, _)| *one == id);
        found.map(|(_, spans)| spans.clone()).unwrap_or_default()
    }
}

/// The status of an interview (design section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterviewStatus {
    /// A time is looked for.
    Proposed,
    /// A time is agreed.
    Scheduled,
    /// Both sides said that it holds.
    Confirmed,
    /// It was agreed, and another time is looked for.
    Rescheduled,
    /// Called off.
    Cancelled,
    /// It took place.
    Completed,
    /// Somebody was not there.
    NoShow,
}

/// One side, and what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attendee {
    /// What they were asked and have not answered.
    pub asked: Option<Asking>,
    /// When they can, as far as they said.
    pub can: Option<Spans>,
    /// Answers in a row that were not clear.
    pub unclear: u8,
    /// When the candidate got letters nobody asked for, newest last; the client's are counted for the whole batch.
    pub written: Vec<Timestamp>,
    /// What their calendar shows: the last invitation that left.
    pub invited: Option<Slot>,
    /// SEQUENCE and DTSTAMP of the last answer of their calendar: one written before it comes too late.
    #[serde(default)]
    pub answered: (u32, Option<Timestamp>),
    /// Said that the booked time holds.
    pub confirmed: bool,
    /// Different answers were pressed within seconds: none of them counts.
    #[serde(default)]
    pub needs_confirmation: bool,
}

/// A question that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Which.
    pub what: Ask,
    /// Letters that put it, nudges included.
    pub letters: u8,
}

/// What a side can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// When can you?
    Times,
    /// Which of these?
    Choice,
    /// Did it take place?
    Outcome,
}

impl Interview {
    /// Nothing asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            status: InterviewStatus::Proposed,
            client: Attendee::default(),
            candidate: Attendee::default(),
            slots: Vec::new(),
            offered_from: 0,
            refused: 0,
            named: Spans::default(),
            picked: Vec::new(),
            booked: None,
            was_booked: None,
            sequence: 0,
            rounds: 0,
            moves: 0,
            reminded: 0,
            with_recruiter: false,
            called_off_by: None,
        }
    }

    /// A side.
    #[must_use]
    pub const fn attendee(&self, side: Side) -> &Attendee {
        match side {
            Side::Client => &self.client,
            Side::Candidate => &self.candidate,
        }
    }

    /// A side, to be changed.
    pub const fn attendee_mut(&mut self, side: Side) -> &mut Attendee {
        match side {
            Side::Client => &mut self.client,
            Side::Candidate => &mut self.candidate,
        }
    }

    /// The slots of the last offer while somebody is to choose among them.
    #[must_use]
    pub fn held(&self) -> &[Slot] {
        let choosing = Side::ALL.into_iter().any(|side| {
            self.attendee(side)
                .asked
                .is_some_and(|asked| asked.what == Ask::Choice && asked.letters > 0)
        });
        if choosing {
            self.slots.get(self.offered_from..).unwrap_or_default()
        } else {
            &[]
        }
    }

    /// What a new time would take the place of.
    #[must_use]
    pub const fn moved_from(&self) -> Option<Slot> {
        self.was_booked
    }

    /// What a letter asked a side about this interview, for [`crate::reply::read_interview`].
    #[must_use]
    pub fn asked(&self, of: &Conversation, submission: SubmissionId, side: Side, letter: Option<&Content>, now: Timestamp) -> AskedTimes {
        let zone = |side| match side {
            Side::Client => of.batch.contact.zone,
            Side::Candidate => of.candidate(submission).map_or(of.batch.contact.zone, |one| one.zone),
        };
        let options = match letter {
            Some(Content::OfferTimes { slots, .. }) => slots.clone(),
            // An answer to an older letter is about what is offered now.
            _ if self.attendee(side).asked.is_some_and(|asked| asked.what == Ask::Choice) => self.held().to_vec(),
            _ => Vec::new(),
        };
        AskedTimes {
            submission,
            written: now,
            zone: zone(side),
            other_zone: zone(side.other()),
            minutes: of.batch.project.duration_min,
            options: if self.booked.is_some() { Vec::new() } else { options },
            booked: self.booked,
            confirms: matches!(letter, Some(Content::Reminder { .. } | Content::AskOutcome { .. })),
        }
    }

    /// A letter with links can be written again: something was asked, or is booked.
    #[must_use]
    pub fn links_lead_somewhere(&self, side: Side) -> bool {
        let asked = self.attendee(side).asked.is_some_and(|asked| asked.letters > 0);
        self.is_under_way() && (asked || self.booked.is_some())
    }

    /// Neither over nor called off.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        match self.status {
            InterviewStatus::Proposed | InterviewStatus::Scheduled | InterviewStatus::Confirmed | InterviewStatus::Rescheduled => true,
            InterviewStatus::Cancelled | InterviewStatus::Completed | InterviewStatus::NoShow => false,
        }
    }
}

impl Default for Interview {
    fn default() -> Self {
        Self::new()
    }
}

impl InterviewStatus {
    /// The snake_case name used in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Scheduled => "scheduled",
            Self::Confirmed => "confirmed",
            Self::Rescheduled => "rescheduled",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }
}
