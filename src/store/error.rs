//! What can go wrong with the database, and what to do about it.

use std::path::PathBuf;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another daemon works on this database.
    #[error("another replyd ({holder}) works on {path}; stop it first, or point [store] database at another file")]
    Held {
        /// The database.
        path: PathBuf,
        /// "process 4711".
        holder: String,
    },
    /// Something about the file or SQLite is not as required.
    #[error("{path}: {what}")]
    NotAsRequired {
        /// The database.
        path: PathBuf,
        /// What, and what to do.
        what: String,
    },
    /// The disk is full; nothing was lost, and work goes on when there is room.
    #[error("the disk is full; nothing was lost, free some space and replyd goes on by itself")]
    DiskFull,
    /// A stored value does not fit its type: a damaged or foreign row.
    #[error("the database holds something unreadable in {place}: {what}")]
    Damaged {
        /// Table and row.
        place: String,
        /// What does not fit.
        what: String,
    },
    /// The thing asked for is not there.
    #[error("there is no {0}")]
    NoSuch(String),
    /// The event was handled before.
    #[error("this happened already")]
    Again,
    /// The database could not do it now; nothing of it was kept.
    #[error("the database could not do it just now; nothing was kept, try again")]
    Busy,
    /// The daemon is stopping.
    #[error("the database is closing")]
    Closing,
    /// A state changed under the caller: another run of the daemon took the row.
    #[error("{0} is no longer ours")]
    Lost(String),
    /// Anything else SQLite says.
    #[error("the database refused: {0}")]
    Sqlite(rusqlite::Error),
    /// The disk.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// A job of the caller's own refused; its transaction was rolled back.
    #[error("{0}")]
    Refused(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            // The index of the log grows by writing zeros into it: that fails when there is no room, and says so by this code.
            Some(code) if code.code == rusqlite::ErrorCode::DiskFull || code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
                Self::DiskFull
            }
            Some(_) | None => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// The disk failed: it could not be read or written, for another reason than being full.
    pub(super) fn is_io_failure(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure))
    }

    /// Worth another try later, by itself.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::DiskFull | Self::Busy | Self::Closing => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    rusqlite::ErrorCode::DatabaseBusy
                        | rusqlite::ErrorCode::DatabaseLocked
                        | rusqlite::ErrorCode::CannotOpen
                        | rusqlite::ErrorCode::SystemIoFailure
                        | rusqlite::ErrorCode::OutOfMemory
                )
            ),
            Self::Held { .. }
            | Self::NotAsRequired { .. }
            | Self::Damaged { .. }
            | Self::NoSuch(_)
            | Self::Again
            | Self::Lost(_)
            | Self::File { .. }
            | Self::Refused(_) => false,
        }
    }
}
