//! The interview of one submission: who is asked what, when each side can, what was offered, what is booked.
//!
//! Two sides: one gives times, the other picks one of the slots cut from them.
//!
//! Several interviewers, beside the contact or in their place, are a panel. The candidate is always asked first. Then a *round* begins:
//!
//! 1. The best slots are cut from the candidate's times and the working hours of all who must be there, and everybody on the client's
//!    side is asked which of them they can make, several allowed. The slots are held for all of them.
//! 2. A slot is agreed as soon as as many of those who must be there can make it as the quorum wants (all of them, unless the policy says
//!    fewer). Of several the one with most of them, then with most of the optional ones, then the earliest. Optional ones who have not
//!    answered by then are not waited for.
//! 3. As soon as no slot can get there any more the round is over and counts: the next one offers other times of the candidate's, within
//!    those that interviewers named themselves, or the candidate is asked for more.
//! 4. Whoever must be there and is silent is reminded once; then the recruiters are asked whether it goes on without them. Yes makes them
//!    optional, no reminds them once more, and when nobody says anything a recruiter arranges the rest.
//!
//! Everybody who did not say that they cannot is invited, each by an entry of their own. Who cannot come after all is taken out, or, when
//! too few of those who must be there are left, another time is looked for. An interviewer's word is about times and nothing else. The others'
//! invitations do not name who is left out because they cannot be there; the recruiters' copies do.
//!
//! Who asks for no more mail ends what is asked of them, not the interview: nothing is asked and nobody reminded any more, an agreed time
//! stands, and what changes in their calendar (another time, the end of it) they are still told. What would need their word is a recruiter's.

use serde::{Deserialize, Serialize};

use super::side::NOBODY;
use super::{Ask, Attendee, Content, Conversation, Pick, Side};
use crate::calendar::Spans;
use crate::model::{Slot, SubmissionId, Timestamp};
use crate::reply::AskedTimes;

/// Stretches of the other side's time that a letter and its page tell.
pub const TOLD: usize = 12;

/// What has been arranged so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interview {
    /// Where it stands for everybody.
    pub status: InterviewStatus,
    /// The contact at the client.
    pub client: Attendee,
    /// The candidate.
    pub candidate: Attendee,
    /// The interviewers beside the contact, in the order of the batch.
    #[serde(default)]
    pub panel: Vec<Attendee>,
    /// Every slot that was ever offered. A link carries a slot's place in it, so that an old letter never picks a new letter's slot.
    pub slots: Vec<Slot>,
    /// Where in it the last offer begins; what comes after is held.
    pub offered_from: usize,
    /// How many of them, from the first, were offered in vain.
    pub refused: usize,
    /// What somebody named since: a slot in it may be offered again.
    #[serde(default)]
    pub named: Spans,
    /// Every way to read an answer that was put to somebody. A link carries a reading's place in it, as with slots.
    #[serde(default)]
    pub readings: Vec<Spans>,
    /// What was pressed on its page within the last seconds.
    pub picked: Vec<Pick>,
    /// The time agreed upon.
    pub booked: Option<Slot>,
    /// A recruiter or a program agreed it with both sides.
    #[serde(default)]
    pub by_hand: bool,
    /// How the clocks of both sides were known to stand at that time, as their letters told it.
    #[serde(default)]
    pub clocks: Option<Clocks>,
    /// It is at another hour by somebody's clock than it was agreed for, as clocks were changed by law.
    #[serde(default)]
    pub corrected: bool,
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

/// How clocks stand at the time of an interview, by the rules of zones that were known when everybody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// The version of those rules ([`crate::calendar::zone_data`]).
    pub zone_data: String,
    /// Seconds by which each side's clock is ahead of UTC then, in the order of [`Interview::sides`]. Empty: not noted.
    #[serde(default)]
    pub ahead: Vec<i64>,
}

/// What became of presses that waited when a time was agreed.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// A no of somebody else waits on: it is heard against what was agreed.
    pub(super) kept: bool,
    /// Whose other answers count no more.
    pub(super) dropped: Vec<Side>,
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

impl Interview {
    /// Nothing asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            status: InterviewStatus::Proposed,
            client: Attendee::default(),
            candidate: Attendee::default(),
            panel: Vec::new(),
            slots: Vec::new(),
            offered_from: 0,
            refused: 0,
            named: Spans::default(),
            readings: Vec::new(),
            picked: Vec::new(),
            booked: None,
            by_hand: false,
            clocks: None,
            corrected: false,
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
    pub fn attendee(&self, side: Side) -> &Attendee {
        match side {
            Side::Client => &self.client,
            Side::Candidate => &self.candidate,
            Side::Interviewer(n) => self.panel.get(usize::from(n)).unwrap_or(&NOBODY),
        }
    }

    /// A side, to be changed.
    pub fn attendee_mut(&mut self, side: Side) -> &mut Attendee {
        match side {
            Side::Client => &mut self.client,
            Side::Candidate => &mut self.candidate,
            Side::Interviewer(n) => {
                let n = usize::from(n);
                if self.panel.len() <= n {
                    self.panel.resize_with(n + 1, Attendee::default);
                }
                // Long enough now, so that the other one is never taken.
                self.panel.get_mut(n).unwrap_or(&mut self.client)
            }
        }
    }

    /// Everybody: the two, and the interviewers beside the contact.
    #[must_use]
    pub fn sides(&self) -> Vec<Side> {
        let interviewers = (0..=u8::MAX).take(self.panel.len()).map(Side::Interviewer);
        Side::ALL.into_iter().chain(interviewers).collect()
    }

    /// Interviewers of whom the recruiters were asked whether it goes on without them.
    #[must_use]
    pub fn silent(&self) -> Vec<Side> {
        let mut sides = self.sides();
        sides.retain(|side| self.attendee(*side).put_to_lead);
        sides
    }

    /// A time was agreed by `by` while presses waited to be heard: theirs are older than that, and of the others only a no still says something.
    pub(super) fn drop_picks(&mut self, by: Option<Side>) -> Late {
        let mut late = Late::default();
        self.picked.retain(|one| {
            if by == Some(one.side) {
                return false;
            }
            if !one.refuses() && !late.dropped.contains(&one.side) {
                late.dropped.push(one.side);
            }
            one.refuses()
        });
        late.kept = !self.picked.is_empty();
        late
    }

    /// SEQUENCE of a side's calendar entry.
    #[must_use]
    pub fn sequence_of(&self, side: Side) -> u32 {
        self.sequence.saturating_add(self.attendee(side).changes)
    }

    /// The slots of the last offer while somebody is to choose among them. What several are asked is cut before the first letter leaves.
    #[must_use]
    pub fn held(&self) -> &[Slot] {
        let several = !self.panel.is_empty();
        let choosing = self.sides().into_iter().any(|side| {
            self.attendee(side)
                .asked
                .is_some_and(|asked| asked.what == Ask::Choice && (asked.letters > 0 || several))
        });
        if choosing { self.last_offer() } else { &[] }
    }

    /// The slots of the last offer, whoever still chooses among them.
    #[must_use]
    pub fn last_offer(&self) -> &[Slot] {
        self.slots.get(self.offered_from..).unwrap_or_default()
    }

    /// What a new time would take the place of.
    #[must_use]
    pub const fn moved_from(&self) -> Option<Slot> {
        self.was_booked
    }

    /// What a letter asked a side about this interview, for [`crate::reply::read_interview`].
    #[must_use]
    pub fn asked(&self, of: &Conversation, submission: SubmissionId, side: Side, letter: Option<&Content>, now: Timestamp) -> AskedTimes {
        let attendee = self.attendee(side);
        let options = match (letter, self.booked) {
            // One of several answers after the others agreed: of what they were offered they take some, or all.
            (Some(Content::OfferTimes { slots, several, .. }), booked) if *several || booked.is_none() => slots.clone(),
            // Whoever is left out is told to answer any letter of ours once they can.
            (_, Some(slot)) if attendee.absent && slot.start > now && of.panel(submission).contains(&side) => vec![slot],
            // An answer to an older letter is about what is offered now.
            (_, None) if attendee.asked.is_some_and(|asked| asked.what == Ask::Choice) => self.held().to_vec(),
            (_, Some(_) | None) => Vec::new(),
        };
        // So it is about what became of the interview, once that is asked.
        let asks_outcome = attendee.asked.is_some_and(|asked| asked.what == Ask::Outcome && asked.letters > 0);
        AskedTimes {
            submission,
            written: now,
            zone: of.zone_of(side.party(submission)),
            other_zone: of.zone_of(side.other().party(submission)),
            minutes: of.batch.project.duration_min,
            options,
            booked: self.booked,
            confirms: asks_outcome || matches!(letter, Some(Content::Reminder { .. } | Content::AskOutcome { .. })),
            outcome: side == Side::Client && (asks_outcome || matches!(letter, Some(Content::AskOutcome { .. }))),
            was_theirs: letter.is_some_and(|letter| letter.confirmation().is_some()),
            // A candidate decides about nobody.
            candidates: match side {
                Side::Client => of.asked(None, now).candidates,
                Side::Candidate | Side::Interviewer(_) => Vec::new(),
            },
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
