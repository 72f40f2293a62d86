//! Connections: how they are opened, and what must be true of them (checked, not hoped).

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;
use super::tables::text_of;
use crate::model::Timestamp;

/// Older versions can corrupt a WAL when it is reset.
const OLDEST_SQLITE: i32 = 3_051_003;
/// How much of the database a writing connection keeps in memory, and a reading one.
const WRITER_CACHE_KIB: i64 = 4_096;
const READER_CACHE_KIB: i64 = 1_024;

/// The one connection that writes.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let wrong = |what: String| StoreError::NotAsRequired {
        path: path.to_owned(),
        what,
    };
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(wrong(format!(
            "SQLite {} is too old; 3.51.3 is the first that never damages a WAL",
            rusqlite::version()
        )));
    }
    if !path.exists() {
        let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        made.map_err(|source| StoreError::File {
            path: path.to_owned(),
            source,
        })?;
    }
    if !path.is_file() {
        return Err(wrong(
            "is not a file; set [store] database to a file's name, such as replyd.db".to_owned(),
        ));
    }
    let mode = std::fs::metadata(path)
        .map_err(|source| StoreError::File {
            path: path.to_owned(),
            source,
        })?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(wrong(format!(
            "others may read it (mode {:03o}); run: chmod 600 {}",
            mode & 0o777,
            path.display()
        )));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let journal: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(|error| {
            wrong(format!(
                "it is not a database replyd can use ({error}); move it away, or restore a backup"
            ))
        })?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    // What a savepoint would restore is kept in memory, not in a file of its own for each job.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // See `checkpoint`.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    let foreign: i64 = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    let erases: i64 = connection.pragma_query_value(None, "secure_delete", |row| row.get(0))?;
    for (name, as_required) in [
        ("journal_mode = wal", journal == "wal"),
        ("synchronous = full", synchronous == 2),
        ("foreign_keys = on", foreign == 1),
        ("secure_delete = on", erases == 1),
    ] {
        if !as_required {
            return Err(wrong(format!(
                "{name} could not be set; is it on a network file system? Use a local disk"
            )));
        }
    }
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Lets a reader see one state of the database, whatever is committed meanwhile.
pub(super) fn snapshot<T>(connection: &Connection, look: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let result = look();
    connection.prepare_cached("COMMIT")?.execute([])?;
    result
}

/// Counts this run of the daemon; claims of earlier runs are void. Letters that an earlier run was about to finish are ambiguous.
pub(super) fn new_epoch(connection: &mut Connection, now: Timestamp) -> Result<i64, StoreError> {
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.execute(
        "INSERT INTO meta (key, value) VALUES ('epoch', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
        [],
    )?;
    let epoch: String = tx.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
    tx.execute(
        "INSERT INTO meta (key, value) VALUES ('started', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1",
        [text_of(now)],
    )?;
    // A sign of it was seen while it was at the server.
    tx.execute(
        "UPDATE letters SET state = 'sent'
         WHERE state IN ('claimed', 'dot_intent') AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held') AND sent_at <> ''",
        [],
    )?;
    // Claimed but never near the dot: nothing left, so it keeps no letter to the same person waiting, and is simply tried again.
    tx.execute(
        "UPDATE sends SET unprompted = FALSE WHERE at = 'open' AND letter_id IN
             (SELECT id FROM letters WHERE state = 'claimed' AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held'))",
        [],
    )?;
    tx.execute(
        "UPDATE letters SET state = 'queued' WHERE state = 'claimed' AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held')",
        [],
    )?;
    tx.execute(
        "UPDATE letters SET state = CASE WHEN repeatable AND doubts = 0 THEN 'ambiguous' ELSE 'held' END, doubts = doubts + 1, due = ?1,
                            outcome = 'the daemon stopped after the last line was announced'
         WHERE state = 'dot_intent' AND state IN ('queued', 'claimed', 'dot_intent', 'ambiguous', 'held')",
        [text_of(now + super::outbox::RECONCILE)],
    )?;
    // Whether they left is known now as well as it ever will be.
    tx.execute("UPDATE sends SET at = ?1 WHERE at = 'open'", [text_of(now)])?;
    tx.commit()?;
    epoch.parse().map_err(|_| StoreError::Damaged {
        place: "meta epoch".to_owned(),
        what: epoch,
    })
}
