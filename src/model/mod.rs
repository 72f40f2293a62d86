//! Words every room speaks: ids, addresses, header text, decisions and reasons, stretches of time.
//!
//! In: strings from anywhere. Out: values that cannot be wrong any more.
//! Never here: time zones (see [`crate::calendar`]), I/O, a clock.

mod address;
mod decision;
mod feed;
mod ids;
mod secret;
mod slot;
mod spelling;
mod text;
mod traces;

pub use address::{Address, AddressError, Mailbox};
pub use decision::{Decision, Reason, ReasonSide};
pub use feed::{Feed, FeedError, FeedKind};
pub use ids::{ConversationId, LetterId, LetterKey, MessageId, Reference, SubmissionId};
pub use secret::Secret;
pub use slot::Slot;
pub use text::{HeaderText, is_printed, percent_decoded, push_unaccented, unaccented};
pub use traces::{ERASED, Traces, words_of};

/// An instant, always UTC. Zones are [`crate::calendar::Zone`] and travel beside it.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
