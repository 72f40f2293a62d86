//! IMAP: fetch by UID what the ledger does not know, hand over bytes.   RFC 3501, 2177
//!
//! In: an [`Account`] and a [`Ledger`] that knows what was handed over before. Out: [`Arrival`]s, given to the ledger one by one
//! while they stream in. [`collect`] is one pass over one folder; [`Session`] is one connection.
//! Never here: `\Seen`, moves, deletes, a message read; a session used again after an error; an await without a deadline;
//! an empty answer taken for "no mail" before the server has said OK.

mod account;
mod answer;
mod collect;
mod exchange;
mod folder;
mod guard;
mod ledger;
mod opening;
mod probe;
mod session;
mod suspects;
mod trouble;
mod uids;

pub use account::{Account, Limits};
pub use collect::{Collected, Depth, collect};
pub use ledger::{Cursor, Ledger, LedgerError};
pub use probe::Offers;
pub use session::{Opened, Session, Woken};
pub use suspects::Suspects;
pub use trouble::Trouble;

use crate::model::Timestamp;

/// Where a message lies: the key of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Name of the account in config.toml.
    pub account: String,
    /// Folder.
    pub folder: String,
    /// RFC 3501 2.3.1.1.
    pub uid_validity: u32,
    /// RFC 3501 2.3.1.1.
    pub uid: u32,
}

/// One message as the server gave it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Where it lies.
    pub place: Place,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
    /// RFC822.SIZE: a hint.
    pub size: u64,
    /// The raw bytes, or the head of them when `truncated`.
    pub raw: Vec<u8>,
    /// Larger than the byte budget: headers and the first 256 KiB only.
    pub truncated: bool,
}
