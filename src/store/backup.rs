//! A copy of the database, made while a daemon writes, checked before anybody relies on it; and the way back.
//!
//! A backup is one file: the database as it was at one moment, with the text of the signing keys' file in its `meta` table,
//! because without the keys no link and no answer is recognised. It holds everything about everybody: mode 0600, like the database.
//!
//! **What a restore must not do is send again what was sent after the backup was made.** The rule is one instant, `restored_at`:
//! a letter *written* at or before it is held for a person, a later one is sent. What belongs to the lost time is lived
//! through again at its own time: a message that the server received before the restore happens when it was received, a deadline
//! that fell due before the restore happens when it was due (see `daemon::aftermath`). So every letter that the lost time can
//! have brought forth is written at or before `restored_at`, and held.
//!
//! Rows and letters that the lost time made are unknown here, but their numbers are out in the world, signed into links, addresses
//! and Message-IDs. None of these numbers is ever given out a second time: counters jump ahead.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::Serialize;

use super::lock::Lock;
use super::tables::{instant, text_of};
use super::{OutboxLine, StoreError, Tx, migrate, open};
use crate::model::Timestamp;

/// What a held letter's outcome says after a restore.
pub(super) const HELD: &str = "held since the restore: it may have been sent already";
/// How far the counters of rows jump: more than an agency does between two backups.
const ROWS: i64 = 10_000;
/// How far each conversation's count of letters jumps.
const LETTERS: i64 = 1_000;
/// Letters listed after a restore.
const LISTED: u32 = 10_000;
/// Tables that only ever grow.
const COUNTED: [(&str, &str); 5] = [
    ("batches", "SELECT count(*) FROM batches WHERE id > 0"),
    ("submissions", "SELECT count(*) FROM submissions"),
    ("events", "SELECT count(*) FROM events"),
    ("letters", "SELECT count(*) FROM letters"),
    ("messages", "SELECT count(*) FROM messages"),
];

/// Rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// How many.
    pub rows: i64,
}

/// A finished and checked copy that lies beside its place under another name. Dropping it removes it.
#[derive(Debug)]
pub struct Backup {
    part: Part,
    target: PathBuf,
    /// What it holds.
    pub rows: Vec<Rows>,
    /// Octets.
    pub size: u64,
}

impl Backup {
    /// Copies the database and checks the copy. `progress` is told octets done and expected, from another thread's point of view:
    /// it is called now and then until the copy is written.
    ///
    /// # Errors
    /// When there is no database, the disk is full, or the copy is not whole; nothing is left behind then.
    pub fn write(database: &Path, target: &Path, keys: &str, progress: impl Fn(u64, u64)) -> Result<Self, StoreError> {
        if !database.is_file() {
            return Err(StoreError::NoSuch(format!("database {}", database.display())));
        }
        if same_file(database, target) {
            return Err(wrong(target, "is the database itself; name another file"));
        }
        let part = Part::new(target, ".part")?;
        let source = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        source.busy_timeout(std::time::Duration::from_secs(10))?;
        let before = rows(&source)?;
        let pages: u32 = source.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let page: u32 = source.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let expected = u64::from(pages) * u64::from(page);
        let into = part.path.to_string_lossy().into_owned();
        std::thread::scope(|scope| {
            let copying = scope.spawn(move || source.execute("VACUUM INTO ?1", [into]));
            while !copying.is_finished() {
                progress(std::fs::metadata(&part.path).map_or(0, |about| about.len()), expected);
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            copying
                .join()
                .map_err(|_panicked| StoreError::Refused("a bug: copying panicked".to_owned()))?
                .map_err(StoreError::from)
        })?;
        let copy = Connection::open_with_flags(&part.path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        copy.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('keys_file', ?1)", [keys])?;
        whole(&copy, target)?;
        let after = rows(&copy)?;
        if before.iter().zip(&after).any(|(before, after)| after.rows < before.rows) {
            return Err(wrong(target, "the copy holds fewer rows than the database; try again"));
        }
        close(copy)?;
        let file = File::open(&part.path).map_err(|source| file_error(&part.path, source))?;
        file.sync_all().map_err(|source| file_error(&part.path, source))?;
        Ok(Self {
            size: file.metadata().map_or(0, |about| about.len()),
            part,
            target: target.to_owned(),
            rows: after,
        })
    }

    /// Gives the copy its name, in one step: before it an older backup of that name is whole, after it this one is.
    ///
    /// # Errors
    /// The disk's.
    pub fn publish(self) -> Result<(), StoreError> {
        self.part.become_file(&self.target)
    }
}

/// A checked copy of a backup beside the database, made safe to run. Dropping it removes the copy.
#[derive(Debug)]
pub struct Copied {
    part: Part,
    /// What it holds.
    pub rows: Vec<Rows>,
    /// The last thing that happened in it.
    pub newest: String,
    /// Letters that were waiting in the backup, and are held now.
    pub held: Vec<OutboxLine>,
    /// The signing keys' file as it was.
    pub keys: Option<String>,
}

impl Copied {
    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.part.path
    }

    /// Only to look at: a daemon may work on the database meanwhile.
    ///
    /// # Errors
    /// What is wrong with the backup.
    pub fn look(backup: &Path, database: &Path, now: Timestamp) -> Result<Self, StoreError> {
        usable(backup, database)?;
        Self::new(backup, database, ".looked-at", &[], now)
    }

    fn new(backup: &Path, database: &Path, suffix: &str, counters: &[(String, i64)], now: Timestamp) -> Result<Self, StoreError> {
        let part = Part::new(database, suffix)?;
        let copy = || -> std::io::Result<()> {
            let mut to = OpenOptions::new().write(true).open(&part.path)?;
            std::io::copy(&mut File::open(backup)?, &mut to)?;
            to.sync_all()
        };
        copy().map_err(|source| file_error(backup, source))?;
        let mut connection = Connection::open_with_flags(&part.path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.pragma_update(None, "secure_delete", true)?;
        whole(&connection, backup)?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            return Err(wrong(backup, "is empty"));
        }
        migrate::run(&mut connection)?;
        let tx = connection.transaction()?;
        let keys = tx
            .query_row("DELETE FROM meta WHERE key = 'keys_file' RETURNING value", [], |row| row.get(0))
            .optional()?;
        tx.execute(
            "UPDATE letters SET state = CASE sent_at WHEN '' THEN 'held' ELSE 'sent' END, outcome = CASE sent_at WHEN '' THEN ?1 ELSE outcome END
             WHERE state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held')",
            [HELD],
        )?;
        tx.execute("UPDATE sqlite_sequence SET seq = seq + ?1", [ROWS])?;
        for (table, seq) in counters {
            tx.execute("UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1", params![table, seq])?;
        }
        tx.execute(
            "UPDATE batches SET state = json_set(state, '$.letters', json_extract(state, '$.letters') + ?1) WHERE state <> ''",
            [LETTERS],
        )?;
        tx.execute("DELETE FROM meta WHERE key = 'caught_up'", [])?;
        tx.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('restored_at', ?1)",
            [text_of(now)],
        )?;
        tx.commit()?;
        let held = Tx::new(&connection, 0).outbox_in("held", LISTED)?;
        let newest = connection.query_row("SELECT coalesce(max(at), '') FROM events", [], |row| row.get(0))?;
        let rows = rows(&connection)?;
        close(connection)?;
        Ok(Self {
            part,
            rows,
            newest,
            held,
            keys,
        })
    }
}

/// A backup made ready to take the database's place; the lock is held. Dropping it changes nothing.
#[derive(Debug)]
pub struct Restore {
    /// What will be there.
    pub copied: Copied,
    database: PathBuf,
    _lock: Lock,
}

impl Restore {
    /// Copies a backup beside the database, checks it, and makes it safe to run.
    ///
    /// # Errors
    /// [`StoreError::Held`] while a daemon runs; or what is wrong with the backup. Nothing is changed then.
    pub fn prepare(backup: &Path, database: &Path, now: Timestamp) -> Result<Self, StoreError> {
        usable(backup, database)?;
        let lock = Lock::take(database)?;
        Ok(Self {
            copied: Copied::new(backup, database, ".restored", &counters(database), now)?,
            database: database.to_owned(),
            _lock: lock,
        })
    }

    /// Puts it in the database's place. The old database, if there is one, is kept under the name `aside`.
    ///
    /// # Errors
    /// The disk's; the old database is in its place or under `aside` then, whole.
    pub fn put_in_place(self, aside: &Path) -> Result<(), StoreError> {
        let beside = |path: &Path, suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let moving = || -> std::io::Result<()> {
            if self.database.exists() {
                std::fs::hard_link(&self.database, aside)?;
            }
            // The journal of the old database must not be taken for one of the new.
            for suffix in ["-wal", "-shm"] {
                let journal = beside(&self.database, suffix);
                if journal.exists() {
                    std::fs::rename(&journal, beside(aside, suffix))?;
                }
            }
            Ok(())
        };
        moving().map_err(|source| file_error(aside, source))?;
        self.copied.part.become_file(&self.database)
    }
}

fn usable(backup: &Path, database: &Path) -> Result<(), StoreError> {
    if !backup.is_file() {
        return Err(StoreError::NoSuch(format!("backup {}", backup.display())));
    }
    if same_file(database, backup) {
        return Err(wrong(backup, "is the database itself; name a backup"));
    }
    Ok(())
}

/// When this database was made of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// What was written until then is held.
    pub at: Timestamp,
    /// The mailbox has been read once since then.
    pub caught_up: bool,
}

impl Tx<'_> {
    /// When this database was made of a backup; `None` when it was not.
    ///
    /// # Errors
    /// The database's.
    pub fn restored(&self) -> Result<Option<Restored>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT value, EXISTS (SELECT 1 FROM meta WHERE key = 'caught_up') FROM meta WHERE key = 'restored_at'")?;
        let row: Option<(String, bool)> = found.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        row.map(|(at, caught_up)| {
            Ok(Restored {
                at: instant("meta restored_at", &at)?,
                caught_up,
            })
        })
        .transpose()
    }

    /// The mailbox was read once since the restore.
    ///
    /// # Errors
    /// The database's.
    pub fn caught_up(&self) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES ('caught_up', '1')")?
            .execute([])?;
        Ok(())
    }

    /// Letters that a restore holds, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn held_by_restore(&self) -> Result<Vec<OutboxLine>, StoreError> {
        let mut held = self.outbox_in("held", LISTED)?;
        held.retain(|letter| letter.outcome == HELD);
        held.reverse();
        Ok(held)
    }
}

/// A file beside its place, removed again unless it takes it.
#[derive(Debug)]
struct Part {
    path: PathBuf,
}

impl Part {
    fn new(place: &Path, suffix: &str) -> Result<Self, StoreError> {
        let mut name = place.as_os_str().to_owned();
        name.push(suffix);
        let path = PathBuf::from(name);
        // What an interrupted attempt left.
        let _ = std::fs::remove_file(&path);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| file_error(&path, source))?;
        Ok(Self { path })
    }

    fn become_file(self, place: &Path) -> Result<(), StoreError> {
        let directory = place
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let moved = std::fs::rename(&self.path, place).and_then(|()| File::open(directory)?.sync_all());
        moved.map_err(|source| file_error(place, source))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn rows(connection: &Connection) -> Result<Vec<Rows>, StoreError> {
    let count = |(table, sql): (&'static str, &str)| {
        let rows = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(Rows { table, rows })
    };
    COUNTED.into_iter().map(count).collect()
}

/// Whether every page and every reference is as it must be.
fn whole(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let damaged = |what: String| wrong(path, &format!("is not whole ({what}); use another backup"));
    let said: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if said != "ok" {
        return Err(damaged(said));
    }
    let loose: Option<String> = connection.query_row("PRAGMA foreign_key_check", [], |row| row.get(0)).optional()?;
    match loose {
        None => Ok(()),
        Some(table) => Err(damaged(format!("a row of {table} refers to nothing"))),
    }
}

/// The counters of the database that is about to be replaced, if it can still be read. Folds its journal in on the way.
fn counters(database: &Path) -> Vec<(String, i64)> {
    let read = || -> Result<Vec<(String, i64)>, StoreError> {
        let connection = open::reader(database)?;
        connection.pragma_update(None, "query_only", false)?;
        connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))?;
        let mut all = connection.prepare("SELECT name, seq FROM sqlite_sequence")?;
        let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    if !database.is_file() {
        return Vec::new();
    }
    read().unwrap_or_else(|error| {
        tracing::warn!(%error, "the database that is replaced cannot be read; its counters are not known");
        Vec::new()
    })
}

fn close(connection: Connection) -> Result<(), StoreError> {
    connection.close().map_err(|(_, error)| error.into())
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}

fn wrong(path: &Path, what: &str) -> StoreError {
    StoreError::NotAsRequired {
        path: path.to_owned(),
        what: what.to_owned(),
    }
}

fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        source,
    }
}
