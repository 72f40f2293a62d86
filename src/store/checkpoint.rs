//! Moves what lies in the WAL into the database file, beside the writer and not in its way.
//!
//! The bulk is copied on a connection of its own while the writer goes on. The writer itself copies only when the log has grown to
//! [`MOST`] pages all the same: the rest is little then, and when all of it is copied the log begins anew.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::{StoreError, open};

/// Pages in the log and not in the database from which copying begins: 16 MiB.
const WORTHWHILE: i64 = 4_000;
/// Pages at which the log has to begin anew: 48 MiB, below the alarm of 64.
const MOST: i64 = 12_000;
/// Without need the log is emptied this often.
const HOURLY: Duration = Duration::from_secs(60 * 60);

/// A handle on the copying thread.
pub(super) struct Checkpoints {
    bell: Option<mpsc::SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let connection = open::writer(path)?;
        let (bell, rung) = mpsc::sync_channel(1);
        let work = move || {
            loop {
                // What cannot be done now is done after a later ring.
                let done = match rung.recv_timeout(HOURLY) {
                    Ok(()) => passive(&connection),
                    Err(mpsc::RecvTimeoutError::Timeout) => passive(&connection).and_then(|_| empty(&connection)),
                    Err(mpsc::RecvTimeoutError::Disconnected) => return,
                };
                if let Err(error) = done {
                    tracing::warn!(%error, "the write-ahead log could not be moved into the database this time");
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkpoint".to_owned()).spawn(work);
        let thread = thread.map_err(|source| StoreError::File {
            path: "the copying thread".into(),
            source,
        })?;
        Ok(Self {
            bell: Some(bell),
            thread: Some(thread),
        })
    }

    /// Called by the writer after a commit, on its own connection.
    pub(super) fn committed(&self, writer: &Connection) {
        // No news is no reason to stop writing: the next commit asks again.
        let Ok((log, copied)) = pages(writer, "PRAGMA wal_checkpoint(NOOP)") else {
            return;
        };
        if log - copied >= WORTHWHILE
            && let Some(bell) = &self.bell
        {
            let _ = bell.try_send(());
        }
        if log >= MOST {
            let _ = passive(writer);
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Copies what can be copied without waiting for anybody.
fn passive(connection: &Connection) -> Result<(), StoreError> {
    pages(connection, "PRAGMA wal_checkpoint(PASSIVE)").map(|_| ())
}

/// Copies everything and cuts the file to nothing; waits for readers and the writer.
fn empty(connection: &Connection) -> Result<(), StoreError> {
    pages(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
}

/// Pages in the log, and how many of them are in the database too.
fn pages(connection: &Connection, command: &str) -> Result<(i64, i64), StoreError> {
    let mut statement = connection.prepare_cached(command)?;
    Ok(statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?)
}
