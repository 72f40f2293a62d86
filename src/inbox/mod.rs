//! IMAP: fetch by UID what the ledger does not know, hand over bytes.   RFC 3501, 2177
//!
//! In: an account and what the ledger knows. Out: [`Arrival`]s.
//! Never here: `\Seen`, moves, deletes, a message read; a session reused after an error.

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
