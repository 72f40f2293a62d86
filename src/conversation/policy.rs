//! How a conversation behaves.

use serde::{Deserialize, Serialize};

use super::{OwnReason, Side};
use crate::calendar::{Hours, OpenDays};
use crate::model::Mailbox;

/// How a conversation behaves: keys of config.toml, fixed when the batch is handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Grace period of Interested and Maybe, in minutes.
    pub grace_yes_min: u32,
    /// Grace period of Pass, in minutes.
    pub grace_pass_min: u32,
    /// How long links live, in days.
    pub link_days: u32,
    /// A Maybe without a date is followed up after this many business days.
    pub maybe_days: u32,
    /// Hours of the client's business time since the last word of a person: nudge, nudge and tell the recruiter, escalate.
    pub chase_hours: Vec<u32>,
    /// Hours of business time that recruiters and leads have to object before the backup contact of a batch is written to.
    #[serde(default = "a_day")]
    pub backup_hours: u32,
    /// Who is told when nobody answers, beside the recruiters of the batch.
    #[serde(default)]
    pub leads: Vec<Mailbox>,
    /// Unclear answers in a row before a person takes over.
    pub unclear_limit: u8,
    /// Nudges a client gets at the most, however long it takes.
    pub nudge_limit: u8,
    /// Letters nobody asked for that a client gets in 24 hours at the most.
    pub daily_limit: u8,
    /// Automatic answers one address gets in an hour at the most: the loop breaker.
    pub hourly_answers: u8,
    /// How long what a recruiter ordered by mail can be taken back, in minutes.
    #[serde(default = "five")]
    pub grace_order_min: u32,
    /// The reasons for a pass that clients are offered; with none the twelve there are.
    #[serde(default)]
    pub reasons: Vec<OwnReason>,
    /// What becomes of the reasons for a pass, beside figures.
    #[serde(default)]
    pub share: Share,
    /// CVs are not attached: a page shows them to whoever types a code that is mailed to the contact.
    #[serde(default)]
    pub cv_code: bool,
    /// What somebody else's answer needs.
    pub proxy: Proxy,
    /// When the client may be written to unprompted.
    pub polite: Hours,
    /// Working time, for waiting.
    pub business: Hours,
    /// How interviews are arranged.
    #[serde(default = "Scheduling::by_hand")]
    pub scheduling: Scheduling,
}

/// As config.toml has it when nothing is written there.
impl Default for Policy {
    fn default() -> Self {
        Self {
            grace_yes_min: 10,
            grace_pass_min: 60,
            link_days: 30,
            maybe_days: 2,
            chase_hours: vec![24, 48, 96],
            backup_hours: a_day(),
            leads: Vec::new(),
            unclear_limit: 2,
            nudge_limit: 4,
            daily_limit: 2,
            hourly_answers: 5,
            grace_order_min: five(),
            reasons: Vec::new(),
            share: Share::Never,
            cv_code: false,
            proxy: Proxy::Confirm,
            polite: Hours::of(8, 19, OpenDays::Every),
            business: Hours::of(9, 18, OpenDays::Weekdays),
            scheduling: Scheduling::default(),
        }
    }
}

/// How interviews are arranged (design section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduling {
    /// Who is asked first.
    pub order: Order,
    /// Slots in one letter, at the most.
    pub slots: u8,
    /// Hours between an offer and the start, at least.
    pub notice_h: u32,
    /// Minutes kept free around an interview on site, for travel.
    pub travel_min: u32,
    /// Unanswered reminders of one question before a person takes over.
    pub nudges: u8,
    /// Offers that lead to nothing before a person takes over.
    pub rounds: u8,
    /// Moves of a booked interview before a person takes over.
    pub moves: u8,
    /// Hours before the start from which on it is not moved any more without a person.
    #[serde(default)]
    pub cutoff_h: u32,
    /// Minutes before the start, largest first. The first one asks whether it holds.
    pub reminders_min: Vec<u32>,
    /// Of the interviewers who must be there, how many are enough; all of them without it.
    #[serde(default)]
    pub quorum: Option<u8>,
}

/// Who is asked for times first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The candidate gives times, the client chooses.
    Candidate,
    /// The client gives times, the candidate chooses.
    Client,
    /// Both give times.
    Both,
    /// Nobody: a recruiter arranges interviews.
    Nobody,
}

impl Order {
    /// Who is asked for times before anybody has given some.
    #[must_use]
    pub const fn asked_first(self) -> &'static [Side] {
        match self {
            Self::Candidate => &[Side::Candidate],
            Self::Client => &[Side::Client],
            Self::Both => &[Side::Candidate, Side::Client],
            Self::Nobody => &[],
        }
    }
}

impl Scheduling {
    /// For batches that were handed in before interviews were arranged: nobody agreed to it.
    fn by_hand() -> Self {
        Self {
            order: Order::Nobody,
            ..Self::default()
        }
    }
}

impl Default for Scheduling {
    fn default() -> Self {
        Self {
            order: Order::Candidate,
            slots: 4,
            notice_h: 12,
            travel_min: 60,
            nudges: 2,
            rounds: 3,
            moves: 2,
            cutoff_h: 2,
            reminders_min: vec![24 * 60, 60],
            quorum: None,
        }
    }
}

/// Whether a candidate hears why (design section 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Reasons are for the recruiter.
    #[default]
    Never,
    /// The recruiter gets a draft for the candidate, which leaves on their word and never without it.
    Draft,
}

/// What somebody else's answer needs to count (design section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proxy {
    /// One confirmation by the addressed contact.
    Confirm,
    /// Nothing: it counts.
    Accept,
    /// It never counts.
    Refuse,
}

const fn a_day() -> u32 {
    24
}

const fn five() -> u32 {
    5
}
