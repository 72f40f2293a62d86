//! A batch under way: its conversation, its people, and what is known of each of its interviews from the outside.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Spans;
use crate::conversation::{Content, Conversation, InterviewStatus, Party, Side};
use crate::model::{Decision, Slot, SubmissionId, Timestamp};

/// The two sides, and as many interviewers beside the contact as there are here.
pub(super) const SEATS: usize = 4;

/// A batch under way.
#[derive(Debug)]
pub(super) struct Case {
    /// Counted over the whole run, from 1.
    pub(super) batch: u64,
    pub(super) conversation: Conversation,
    /// Index of the contact among the people.
    pub(super) contact: usize,
    /// Indexes of the interviewers beside the contact; at most two.
    pub(super) interviewers: Vec<usize>,
    pub(super) trials: Vec<Trial>,
    /// What a party is about to answer, with the newest letter about it.
    pub(super) pending: BTreeMap<(Party, Topic), Content>,
    /// When a party last wrote or pressed.
    pub(super) acted: BTreeMap<Party, Timestamp>,
    /// When letters nobody asked for left.
    pub(super) unprompted: BTreeMap<Party, Vec<Timestamp>>,
    pub(super) handed_in: Timestamp,
    pub(super) first_answer: Option<Timestamp>,
    /// When the queue will look after its deadlines.
    pub(super) wakes: Option<Timestamp>,
}

/// What a letter is about, for whoever answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Decision,
    Reasons(SubmissionId),
    Interview(SubmissionId),
    /// Something the letter did not ask: another mind, another time.
    Whim(SubmissionId),
}

/// One submission as seen from the outside.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) id: SubmissionId,
    /// Index of the candidate among the people.
    pub(super) candidate: usize,
    /// What the client said, or will say.
    pub(super) opinion: Decision,
    /// What the client last said.
    pub(super) meant: Option<Decision>,
    /// All times each side ever gave or took.
    pub(super) said: [Spans; SEATS],
    /// Days each side has taken back.
    pub(super) lost: [Vec<NaiveDate>; SEATS],
    /// Each side's own words, for the story of a wrong booking.
    pub(super) words: [String; SEATS],
    pub(super) interested: Option<Timestamp>,
    pub(super) booked: Option<(Timestamp, Slot)>,
    /// Letters about the interview that reached each side, to the first booking and in all.
    pub(super) to_booking: [u32; SEATS],
    pub(super) letters: [u32; SEATS],
    pub(super) rounds: u8,
    pub(super) left: Option<String>,
    /// Somebody called it off, or the client thought better of it.
    pub(super) given_up: bool,
    pub(super) ended: Option<InterviewStatus>,
    /// What each side's calendar shows.
    pub(super) entries: [Option<(Slot, u32)>; SEATS],
    /// The highest SEQUENCE that left for each side.
    pub(super) sequences: [u32; SEATS],
}

impl Trial {
    pub(super) fn new(id: SubmissionId, candidate: usize, opinion: Decision) -> Self {
        Self {
            id,
            candidate,
            opinion,
            meant: None,
            said: std::array::from_fn(|_| Spans::default()),
            lost: std::array::from_fn(|_| Vec::new()),
            words: std::array::from_fn(|_| String::new()),
            interested: None,
            booked: None,
            to_booking: [0; SEATS],
            letters: [0; SEATS],
            rounds: 0,
            left: None,
            given_up: false,
            ended: None,
            entries: [None; SEATS],
            sequences: [0; SEATS],
        }
    }
}

/// Something kept for each side.
pub(super) const fn of<T>(all: &[T; SEATS], side: Side) -> &T {
    let [client, candidate, first, second] = all;
    match side {
        Side::Client => client,
        Side::Candidate => candidate,
        Side::Interviewer(0) => first,
        Side::Interviewer(_) => second,
    }
}

/// The same, to be changed.
pub(super) const fn of_mut<T>(all: &mut [T; SEATS], side: Side) -> &mut T {
    let [client, candidate, first, second] = all;
    match side {
        Side::Client => client,
        Side::Candidate => candidate,
        Side::Interviewer(0) => first,
        Side::Interviewer(_) => second,
    }
}

impl Case {
    pub(super) fn trial(&self, id: SubmissionId) -> Option<&Trial> {
        self.trials.iter().find(|one| one.id == id)
    }

    pub(super) fn trial_mut(&mut self, id: SubmissionId) -> Option<&mut Trial> {
        self.trials.iter_mut().find(|one| one.id == id)
    }

    /// Whoever said that they come to a booked interview, or is expected without having said so.
    pub(super) fn comes(&self, id: SubmissionId) -> Vec<Side> {
        let interview = self.conversation.submission(id).and_then(|one| one.interview.as_ref());
        let comes = |one: &crate::conversation::Interview| {
            let mut sides = one.sides();
            let has_spoken = |side: &Side| matches!(side, Side::Candidate) || one.panel.is_empty() || one.attendee(*side).can.is_some();
            sides.retain(|side| !one.attendee(*side).absent && has_spoken(side));
            sides
        };
        interview.map(comes).unwrap_or_default()
    }

    /// Index of a party among the people; a recruiter is none of them.
    pub(super) fn person(&self, party: Party) -> Option<usize> {
        match party {
            Party::Client => Some(self.contact),
            Party::Candidate(id) => self.trial(id).map(|trial| trial.candidate),
            Party::Interviewer(n) => self.interviewers.get(usize::from(n)).copied(),
            Party::Recruiter(_) => None,
        }
    }
}
