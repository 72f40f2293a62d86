//! Connections between two letters: kept a little while for the next one, closed in time.
//!
//! Never here: a connection on which something was left unsaid, or which the server has spoken on since.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::Sending;
use crate::outbox::Connection;

/// A connection between two letters.
pub(super) struct Spare {
    connection: Connection,
    used: u32,
    since: Instant,
}

impl Sending {
    /// A spare connection that is still good, and how many letters it has carried.
    pub(super) fn spare(&self) -> Option<(Connection, u32)> {
        while let Some(mut spare) = self.with(|desk| desk.spare.pop()) {
            if spare.since.elapsed() < self.options.idle && spare.connection.is_usable() {
                return Some((spare.connection, spare.used));
            }
        }
        None
    }

    /// Keeps a connection that has carried so many letters, or closes it when that is enough.
    pub(super) async fn keep(&self, connection: Option<Connection>, used: u32) {
        match connection {
            Some(connection) if used < self.options.letters_per_connection => {
                let since = Instant::now();
                self.with(|desk| desk.spare.push(Spare { connection, used, since }));
            }
            Some(connection) => connection.close().await,
            None => {}
        }
    }

    /// Closes those that were not used for so long.
    pub(super) async fn close_spare(&self, unused_for: Duration) {
        let old: Vec<Spare> = self.with(|desk| {
            let (old, good) = std::mem::take(&mut desk.spare)
                .into_iter()
                .partition(|spare| spare.since.elapsed() >= unused_for);
            desk.spare = good;
            old
        });
        join_all(old.into_iter().map(|spare| spare.connection.close())).await;
    }
}
