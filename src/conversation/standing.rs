//! Who said it, and what may follow: the sender matrix of reliability 4.1.

use serde::{Deserialize, Serialize};

/// What an answer's sender may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Token, known contact, vouched for: applied.
    Full,
    /// Token and known contact, not vouched for: parked; the known contact is asked to confirm.
    Unvouched,
    /// Token and vouched for, but somebody else: parked; the known contact is asked whether it shall count.
    Deputy,
    /// Token only: parked with low trust; the recruiter sees it, nobody is written to.
    Stranger,
    /// Known contact, vouched for, no token: asked what it is about, never acted on.
    Threadless,
    /// Anything else: filed as unmatched. No effect, no answer.
    Unmatched,
}

/// The three pieces of evidence, and the visible reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// E1: a valid reply tag, or one of our Message-IDs in In-Reply-To or References.
    pub token: bool,
    /// E2: exactly one From with exactly one mailbox, and it is the contact of this conversation.
    pub known_contact: bool,
    /// E3: the configured receiving server vouches for the author.
    pub authenticated: bool,
    /// Our visible reference stands in the subject.
    pub reference: bool,
    /// It came through a list that rewrote From: always confirmed.
    pub via_list: bool,
}

impl Standing {
    /// The matrix, row by row.
    #[must_use]
    pub const fn of(evidence: Evidence) -> Self {
        match (evidence.token, evidence.known_contact, evidence.authenticated) {
            (true, true, true) if evidence.via_list => Self::Unvouched,
            (true, true, true) => Self::Full,
            (true, true, false) => Self::Unvouched,
            (true, false, true) => Self::Deputy,
            (true, false, false) => Self::Stranger,
            // Through a list the person is only what Reply-To says; without a token that is nothing.
            (false, true, true) if evidence.via_list => Self::Unmatched,
            (false, true, true) if evidence.reference => Self::Full,
            (false, true, true) => Self::Threadless,
            (false, _, _) => Self::Unmatched,
        }
    }
}
