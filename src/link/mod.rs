//! One-click links, tagged addresses and Message-IDs: sign and verify.   facts: reliability 3.3
//!
//! In: claims and letter keys. Out: short texts that nobody else can make, and back again.
//! Never here: I/O, a clock, randomness; a database read before a MAC has been checked.

use crate::model::Decision;

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
    /// Look at the state, change nothing: what a recruiter's copy leads to. `item` is the conversation.
    Look,
}

/// What a token says once its MAC has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Submission, conversation or message row, by scope.
    pub item: i64,
    /// Whom the letter with the link was addressed to: 0 the client, n the nth recruiter, negative a candidate's submission.
    pub addressed_to: i64,
    /// What it is for.
    pub scope: Scope,
    /// Whole minutes since 1970.
    pub expires_min: u32,
    /// Must equal the conversation's current generation.
    pub generation: u32,
}
