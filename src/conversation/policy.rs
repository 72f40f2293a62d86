//! How a conversation behaves.

use serde::{Deserialize, Serialize};

use crate::calendar::Hours;

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
    /// Unclear answers in a row before a person takes over.
    pub unclear_limit: u8,
    /// Nudges a client gets at the most, however long it takes.
    pub nudge_limit: u8,
    /// Letters nobody asked for that a client gets in 24 hours at the most.
    pub daily_limit: u8,
    /// Automatic answers one address gets in an hour at the most: the loop breaker.
    pub hourly_answers: u8,
    /// What somebody else's answer needs.
    pub proxy: Proxy,
    /// When the client may be written to unprompted.
    pub polite: Hours,
    /// Working time, for waiting.
    pub business: Hours,
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
