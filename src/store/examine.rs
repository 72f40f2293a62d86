//! A look at a database from beside, for `replyd check`: nothing is made, migrated or written.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::{Attending, KeptCalendar, Store, StoreError, Tx, lock, migrate, open};
use crate::model::Timestamp;

/// Longest time spent on reading the whole file.
const READING: Duration = Duration::from_secs(5);

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The schema's version.
    pub schema: usize,
    /// The daemon that works on it.
    pub holder: Option<String>,
    /// Size of the file.
    pub bytes: u64,
    /// Size of its write-ahead log.
    pub wal_bytes: u64,
    /// Whether it is sound.
    pub sound: Sound,
}

/// Whether a database is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// As far as a quick check tells.
    Yes,
    /// Damaged, and how.
    No(String),
    /// Too large to be read through in the time given.
    NotLookedAt,
}

/// The daemon that holds a database, for instance `process 4711`.
#[must_use]
pub fn holder(database: &Path) -> Option<String> {
    lock::holder(database)
}

impl Store {
    /// Looks at a database; `None` when there is none yet.
    ///
    /// # Errors
    /// When it is not one that replyd could open.
    pub fn examine(path: &Path) -> Result<Option<Examined>, StoreError> {
        let file_error = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        let file = match std::fs::metadata(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_error(error)),
        };
        let wrong = |what: String| StoreError::NotAsRequired {
            path: path.to_owned(),
            what,
        };
        let mode = file.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(wrong(format!(
                "others may read it (mode {mode:03o}); run: chmod 600 {}",
                path.display()
            )));
        }
        let connection = open::reader(path)?;
        let schema = migrate::version(&connection)?;
        let interrupt = connection.get_interrupt_handle();
        let (done, waiting) = std::sync::mpsc::channel::<()>();
        let alarm = std::thread::spawn(move || {
            if waiting.recv_timeout(READING) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
        });
        let sound = match connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
            Ok(told) if told == "ok" => Sound::Yes,
            Ok(told) => Sound::No(told),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => Sound::NotLookedAt,
            Err(error) => Sound::No(error.to_string()),
        };
        drop(done);
        // It only waits and interrupts; a panic in it changes nothing.
        let _ = alarm.join();
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        Ok(Some(Examined {
            schema,
            holder: holder(path),
            bytes: file.len(),
            wal_bytes: std::fs::metadata(Path::new(&wal)).map_or(0, |wal| wal.len()),
            sound,
        }))
    }

    /// Whose calendars are wanted, and what was read of calendars; nothing when there is no database.
    ///
    /// # Errors
    /// The database's; also that it was written by an older replyd.
    pub fn wanted_calendars(path: &Path, now: Timestamp) -> Result<(Vec<Attending>, Vec<KeptCalendar>), StoreError> {
        if !path.exists() {
            return Ok((Vec::new(), Vec::new()));
        }
        let connection = open::reader(path)?;
        let tx = Tx::new(&connection, 0);
        Ok((tx.attending(now)?, tx.calendars()?))
    }

    /// The newest received messages as they came; none when there is no database.
    ///
    /// # Errors
    /// The database's.
    pub fn newest_mail(path: &Path, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        if !path.exists() {
            return Ok(Vec::new());
        }
        let connection = open::reader(path)?;
        let mut newest =
            connection.prepare("SELECT raw FROM message_bytes WHERE message_id > (SELECT max(message_id) FROM message_bytes) - ?1")?;
        let rows = newest.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
