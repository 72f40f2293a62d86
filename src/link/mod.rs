//! One-click links, tagged addresses, Message-IDs and UIDs of calendar entries: sign and verify.   RFC 2104, 4648, 5322 3.6.4
//!
//! In: claims and letter keys. Out: short texts that nobody else can make, and back again.
//! Never here: I/O, a clock, randomness; a database read before a MAC has been checked.
//!
//! Each kind of text has a MAC context of its own, so that a nonce is no token and a tag is no Message-ID.
//! MACs and hashes for other rooms are here too: [`mac`], [`sha256_hex`].

mod entry;
mod key;
mod nonce;
mod style;
mod tag;
mod token;
mod uid;
mod url;

pub use entry::{ENTRY_MINUTES, Entry};
pub use key::{Key, Keyring, KeyringError, mac, plain_mac, same_secret, sha256, sha256_hex};
pub use nonce::{NONCE_MINUTES, network};
pub use style::{AddressStyle, StyleError};
pub use token::{TOKEN_LEN, Verdict, token_id, unverified};
pub use url::{Links, LinksError, prefix};

use crate::model::{Decision, Timestamp};

/// Ways to read answers about one interview that links can name.
pub const READINGS: u8 = 5;

/// What a link lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Decide about one candidate, with a choice already picked. `item` is the submission.
    Decide(Decision),
    /// Take back what was decided. `item` is the submission.
    Undo,
    /// Say why. `item` is the submission.
    Reasons,
    /// All candidates of a batch. `item` is the conversation.
    Batch,
    /// Confirm a parked message ("was this you?", "shall X's answer count?"). `item` is the message's row.
    Confirm,
    /// One of the slots offered, by its place among all that were. `item` is the submission.
    Pick(u8),
    /// One of the ways to read an answer that was not clear, by its place among all that were put. `item` is the submission.
    Meant(u8),
    /// An interview: its times, another time, calling it off. `item` is the submission.
    Interview,
    /// Whether an interview goes on without interviewers who do not answer: for a recruiter. `item` is the submission.
    GoOn,
    /// Look at the state, change nothing: what a recruiter's copy leads to. `item` is the conversation.
    Look,
}

impl Scope {
    /// The place of the slot that it names.
    #[must_use]
    pub const fn pick(self) -> Option<u8> {
        match self {
            Self::Pick(place) => Some(place),
            Self::Decide(_)
            | Self::Undo
            | Self::Reasons
            | Self::Batch
            | Self::Confirm
            | Self::Meant(_)
            | Self::Interview
            | Self::GoOn
            | Self::Look => None,
        }
    }

    /// The place of the reading that it names.
    #[must_use]
    pub const fn meant(self) -> Option<u8> {
        match self {
            Self::Meant(place) => Some(place),
            Self::Decide(_)
            | Self::Undo
            | Self::Reasons
            | Self::Batch
            | Self::Confirm
            | Self::Pick(_)
            | Self::Interview
            | Self::GoOn
            | Self::Look => None,
        }
    }
}

/// What a token says once its MAC has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Submission, conversation or message row, by scope.
    pub item: i64,
    /// Whom the letter with the link was addressed to: 0 the client, n the nth recruiter, negative a candidate's submission, from
    /// [`Claim::INTERVIEWERS`] on an interviewer.
    pub addressed_to: i64,
    /// What it is for.
    pub scope: Scope,
    /// Whole minutes since 1970.
    pub expires_min: u32,
    /// Must equal the conversation's current generation.
    pub generation: u32,
}

impl Claim {
    /// [`Claim::addressed_to`] of the first interviewer: more than there are recruiters of a batch.
    pub const INTERVIEWERS: i64 = 1 << 16;

    /// [`Claim::addressed_to`] of an interviewer, by position in the batch.
    #[must_use]
    pub fn to_interviewer(n: u8) -> i64 {
        Self::INTERVIEWERS + i64::from(n)
    }

    /// The interviewer whom the letter was addressed to, by position in the batch.
    #[must_use]
    pub fn interviewer(&self) -> Option<u8> {
        u8::try_from(self.addressed_to.checked_sub(Self::INTERVIEWERS)?).ok()
    }

    /// The letter was addressed to a recruiter.
    #[must_use]
    pub const fn is_recruiters(&self) -> bool {
        0 < self.addressed_to && self.addressed_to < Self::INTERVIEWERS
    }

    /// The minute of an instant, as `expires_min` counts: 0 before 1970, the last one after the year 10136.
    #[must_use]
    pub fn minute(at: Timestamp) -> u32 {
        u32::try_from((at.timestamp() / 60).max(0)).unwrap_or(u32::MAX)
    }

    /// Whether its time is over.
    #[must_use]
    pub const fn is_over(&self, now_min: u32) -> bool {
        now_min >= self.expires_min
    }
}
