//! What the door asks and tells about messages it has seen. The hallway implements it over the store.

use std::collections::HashSet;

use futures_util::future::BoxFuture;

use super::{Arrival, Place};

/// Where reading stands in one folder under one UIDVALIDITY.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Every UID below is settled. `None`: this folder was never opened under this UIDVALIDITY.
    pub low: Option<u32>,
    /// The UIDVALIDITY the folder was last opened under, when it was another one.
    pub previous_validity: Option<u32>,
    /// The UIDNEXT of the last [`Ledger::opened`]. UIDNEXT never goes down on a server that keeps its word.
    pub uid_next: Option<u32>,
}

/// The memory of the door. `\Seen` is not: people read the mailbox too.
pub trait Ledger: Send + Sync {
    /// Where reading stands in a folder.
    fn cursor<'a>(&'a self, account: &'a str, folder: &'a str, uid_validity: u32) -> BoxFuture<'a, Result<Cursor, LedgerError>>;

    /// The UIDs at or above `from` that need no fetching, because their bytes are kept. A UID that was only reported, as
    /// [`Ledger::unreadable`] or as [`Ledger::vanished`], does not belong to them: large providers take a message back for a while.
    fn held<'a>(
        &'a self,
        account: &'a str,
        folder: &'a str,
        uid_validity: u32,
        from: u32,
    ) -> BoxFuture<'a, Result<HashSet<u32>, LedgerError>>;

    /// From now on reading starts at `low`; `uid_next` is kept as said. When that is less than it was, UIDs from there on are given
    /// out anew, and what is kept under them so far is of another life of the folder.
    fn opened<'a>(
        &'a self,
        account: &'a str,
        folder: &'a str,
        uid_validity: u32,
        low: u32,
        uid_next: Option<u32>,
    ) -> BoxFuture<'a, Result<(), LedgerError>>;

    /// Keeps a message. Returns when its bytes are committed, not before. Several may be under way at once, so that they
    /// share one commit. A message that is known by its content is kept out here; a place that is known with the same
    /// content changes nothing; a known place with other content is a new message (the server gave a UID out twice).
    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// A UID that was listed and is gone: deleted or moved by somebody else.
    fn vanished(&self, place: Place) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// The server lists this message and three times it could not be had. The reason is one line without content.
    /// The door keeps trying on its deep passes.
    fn unreadable(&self, place: Place, why: String) -> BoxFuture<'_, Result<(), LedgerError>>;
}

/// Why the ledger did not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// This message only; the next one may pass.
    #[error("the message cannot be kept: {0}")]
    Message(String),
    /// The store as a whole, a full disk for instance: fetching stops until it is well.
    #[error("the store does not take mail: {0}")]
    Store(String),
}
