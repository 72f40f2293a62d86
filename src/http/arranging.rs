//! What the daemon tells the page of an interview, and what that page tells the daemon.

use chrono::{NaiveDate, NaiveTime};

use crate::calendar::Zone;
use crate::conversation::Side;
use crate::link::{Claim, Scope};
use crate::model::Slot;

/// An interview, as one side sees it. Never holds the other side's address, and nothing of other interviews.
#[derive(Debug, Clone, PartialEq)]
pub struct InterviewView {
    /// Who reads.
    pub side: Side,
    /// Several are asked, each which of the times they can make.
    pub several: bool,
    /// The candidate's name, for the client; the client company, for the candidate.
    pub with: String,
    /// The reader's zone.
    pub zone: Zone,
    /// The reader's zone was not given, and is assumed.
    pub zone_assumed: bool,
    /// The other side's zone.
    pub other_zone: Zone,
    /// How long it takes.
    pub minutes: u32,
    /// What is asked of the reader, or agreed.
    pub stage: Stage,
    /// The time that the opened link names, whatever became of it.
    pub linked: Option<Slot>,
    /// The way to read an answer that the opened link names: stretches of time that are still ahead.
    pub meant: Vec<Slot>,
    /// A time that was agreed and is being moved.
    pub moved_from: Option<Slot>,
    /// What was pressed a moment ago, and is acted on soon.
    pub pressed: Option<Chosen>,
    /// Different answers were pressed within seconds: the page asks to answer once more.
    pub needs_confirmation: bool,
    /// When the other side can, as far as the letter told.
    pub other_can: Vec<Slot>,
    /// The days on which a time is looked for.
    pub days: Vec<Day>,
    /// The booked interview as a calendar file, for whoever adds it by hand.
    pub file: Vec<u8>,
}

/// Where an interview stands for one side.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// When can you?
    Times,
    /// Which of these? By place among all slots that were offered.
    Choice(Vec<(u8, Slot)>),
    /// Nothing is asked of this side just now.
    Waits,
    /// Agreed.
    Booked {
        /// On when.
        slot: Slot,
        /// It has not begun.
        ahead: bool,
        /// This side said that it holds.
        confirmed: bool,
        /// It begins so soon that only a person can move it.
        soon: bool,
    },
    /// Did it take place?
    Outcome(Slot),
    /// A recruiter arranges the rest.
    WithRecruiter,
    /// Called off.
    CalledOff,
    /// Over; it took place or did not.
    Over(bool),
    /// Agreed, and the reader is not expected.
    WithoutYou(Slot),
    /// None is being arranged.
    Nothing,
}

/// What was pressed.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// One of the times.
    Slot(Slot),
    /// Several of the times.
    Slots(Vec<Slot>),
    /// Times of their own.
    Times,
    /// None of those offered.
    NoneWork,
    /// Another time than the one booked.
    Move,
    /// No interview.
    CallOff,
    /// It holds, or took place; or not.
    Attends(bool),
    /// Words for a person.
    Words,
}

/// One day of the week grid: its parts, by the reader's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// From and to, and whether the other side can then.
    pub parts: Vec<(NaiveTime, NaiveTime, bool)>,
}

/// A stretch of one day by the reader's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Which day.
    pub date: NaiveDate,
    /// From.
    pub from: NaiveTime,
    /// To.
    pub to: NaiveTime,
}

/// What can be pressed on the page of an interview. What is typed rides in the visit's remark.
#[derive(Debug, Clone, PartialEq)]
pub enum Pressed {
    /// One of the times offered, by its place.
    Slot(u8),
    /// All of the times offered that they can make.
    Slots(Vec<u8>),
    /// When they can.
    Times(Vec<Stretch>),
    /// The times that the opened link names as what an answer meant.
    Meant,
    /// None of those offered, and no other time named.
    NoneWork,
    /// Another time than the one booked: one of these, if any are named.
    Move(Vec<Stretch>),
    /// No interview.
    CallOff,
    /// "Still on": yes. "Did it take place?": yes or no.
    Attends(bool),
    /// What was pressed a moment ago does not count.
    TakeBack,
    /// "I decide later": neither does what the same visitor pressed just before, as machines do that press everything.
    Later,
}

/// Whose page of an interview a claim leads to. `None` for other pages, and for a recruiter's copy, which only shows.
#[must_use]
pub fn reader(claim: &Claim) -> Option<Side> {
    match claim.scope {
        Scope::Pick(_) | Scope::Meant(_) | Scope::Interview => {}
        Scope::Decide(_) | Scope::Undo | Scope::Reasons | Scope::Batch | Scope::Confirm | Scope::GoOn | Scope::Look => return None,
    }
    match claim.addressed_to {
        0 => Some(Side::Client),
        to if to < 0 && to.checked_neg() == Some(claim.item) => Some(Side::Candidate),
        _ => claim.interviewer().map(Side::Interviewer),
    }
}
