//! The sides of an interview: who there is, what each was asked and what is known of them.

use serde::{Deserialize, Serialize};

use super::Party;
use crate::calendar::Spans;
use crate::model::{Slot, SubmissionId, Timestamp};

/// A side of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The contact at the client.
    Client,
    /// The candidate.
    Candidate,
    /// Somebody else at the client who talks to the candidate, by position in the batch.
    Interviewer(u8),
}

impl Side {
    /// The two who are in every interview.
    pub const ALL: [Self; 2] = [Self::Client, Self::Candidate];

    /// The one across the table.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client | Self::Interviewer(_) => Self::Candidate,
            Self::Candidate => Self::Client,
        }
    }

    /// The number of this side's calendar entry in its UID.
    #[must_use]
    pub const fn entry(self) -> u8 {
        match self {
            Self::Client => 0,
            Self::Candidate => 1,
            Self::Interviewer(n) => n.saturating_add(2),
        }
    }

    /// The side whose calendar entry has this number.
    #[must_use]
    pub const fn of_entry(number: u8) -> Self {
        match number {
            0 => Self::Client,
            1 => Self::Candidate,
            n => Self::Interviewer(n - 2),
        }
    }

    /// Who that is, for a submission.
    #[must_use]
    pub const fn party(self, submission: SubmissionId) -> Party {
        match self {
            Self::Client => Party::Client,
            Self::Candidate => Party::Candidate(submission),
            Self::Interviewer(n) => Party::Interviewer(n),
        }
    }

    /// As a sentence names it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Client => "the client",
            Self::Candidate => "the candidate",
            Self::Interviewer(_) => "an interviewer",
        }
    }
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
    /// The ways to read the last one of them, by their places in [`super::Interview::readings`].
    #[serde(default)]
    pub meant: Vec<u8>,
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
    /// Times an interviewer named beyond those offered. They hold for the next offer too.
    #[serde(default)]
    pub names: Option<Spans>,
    /// Is silent and must be there: the recruiters were asked whether it goes on without.
    #[serde(default)]
    pub put_to_lead: bool,
    /// Must be there by the batch, and the recruiter lets it go on without.
    #[serde(default)]
    pub excused: bool,
    /// Not expected at the time that is agreed.
    #[serde(default)]
    pub absent: bool,
    /// Asked for no more mail: they are asked and reminded of nothing, and are told what changes in their calendar.
    #[serde(default)]
    pub wants_no_mail: bool,
    /// Changes of this side's calendar entry alone, on top of [`super::Interview::sequence`].
    #[serde(default)]
    pub changes: u32,
    /// Their entry shows what is agreed, and is to be sent once more: it was agreed anew, or says a wrong hour beside the right instant.
    #[serde(default)]
    pub resend: bool,
}

impl Attendee {
    /// A no to these times: whatever they named of them once does not hold any more.
    pub fn cannot(&mut self, slots: &[Slot]) {
        let slots = Spans::of(slots.iter().map(|slot| (slot.start, slot.end)).collect());
        self.names = self.names.take().map(|names| names.minus(&slots)).filter(|names| !names.is_empty());
    }

    /// For another try to meet: what their calendar shows, and that they want no mail, goes on counting.
    #[must_use]
    pub fn entry(&self) -> Self {
        Self {
            invited: self.invited,
            changes: self.changes,
            wants_no_mail: self.wants_no_mail,
            ..Self::default()
        }
    }
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

/// An interviewer of whom nothing is known yet.
pub(super) static NOBODY: Attendee = Attendee {
    asked: None,
    can: None,
    unclear: 0,
    written: Vec::new(),
    invited: None,
    answered: (0, None),
    confirmed: false,
    needs_confirmation: false,
    names: None,
    put_to_lead: false,
    excused: false,
    absent: false,
    wants_no_mail: false,
    changes: 0,
    resend: false,
    meant: Vec::new(),
};
