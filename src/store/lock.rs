//! One daemon per database: a lock on a file beside it, held for life.
//!
//! A separate file, because closing any handle on the database itself would drop SQLite's own POSIX locks.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::StoreError;

/// The lock; released when dropped, or by the kernel when the process dies in whatever way.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let file_error = |source| StoreError::File {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(file_error)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            // The name is a courtesy; the lock decides.
            let _ = file.read_to_string(&mut holder);
            let holder = holder.trim();
            return Err(StoreError::Held {
                path: database.to_owned(),
                holder: if holder.is_empty() {
                    "unknown process".to_owned()
                } else {
                    format!("process {holder}")
                },
            });
        }
        file.set_len(0).map_err(file_error)?;
        file.rewind().map_err(file_error)?;
        writeln!(file, "{}", std::process::id()).map_err(file_error)?;
        Ok(Self { _file: file })
    }
}

/// The signal that tells a running daemon to look again. Ignored by whoever does not wait for it.
pub const RING: i32 = rustix::process::Signal::URG.as_raw();

/// Tells the daemon that holds this database, if there is one, that something changed.
pub fn ring_holder(database: &Path) {
    if let Some(process) = holding(database)
        .and_then(|holder| holder.parse().ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process(process, rustix::process::Signal::URG);
    }
}

/// The daemon that holds a database, for instance `process 4711`.
pub(super) fn holder(database: &Path) -> Option<String> {
    holding(database).map(|holder| format!("process {holder}"))
}

/// What the holder of the lock wrote into it.
fn holding(database: &Path) -> Option<String> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let mut file = File::open(PathBuf::from(name)).ok()?;
    // Nobody holds it: the number in it is of a process that is gone.
    if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
        return None;
    }
    let mut holder = String::new();
    let _ = file.read_to_string(&mut holder);
    Some(holder.trim().to_owned())
}
