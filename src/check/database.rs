//! The database: its file, its schema, its soundness, its disk; and the signing keys beside it.

use std::path::Path;

use super::{Line, Verdict, line, ok};
use crate::daemon::Disk;
use crate::model::Timestamp;
use crate::store::{Examined, Sound, Store, StoreError};

pub(super) fn look(database: &Path, keys_file: &Path, now: Timestamp) -> Vec<Line> {
    let file = match Store::examine(database) {
        Ok(Some(examined)) => told(&examined, now),
        Ok(None) => fresh("database", database, "none yet; it is made at the first start", "[store] database"),
        Err(error) => {
            // These say themselves what to do.
            let told = matches!(error, StoreError::NotAsRequired { .. } | StoreError::File { .. });
            let fix = if told {
                "do as it says, as the user replyd runs as"
            } else {
                "restore a backup, or move the file away"
            };
            line("database", Verdict::Fail, error.to_string(), fix)
        }
    };
    let disk = match Disk::below(database) {
        None => line("disk", Verdict::Warn, "how much is free is not known", ""),
        Some(disk) if disk.is_short() => {
            let says = format!("{disk} where the database lies");
            line("disk", Verdict::Fail, says, "make room: a full disk stops everything")
        }
        Some(disk) => ok("disk", format!("{disk} where the database lies")),
    };
    let keys = if keys_file.exists() {
        ok("keys", keys_file.display().to_string())
    } else {
        fresh("keys", keys_file, "none yet; they are made at the first start", "[links] keys_file")
    };
    vec![file, keys, disk]
}

fn told(examined: &Examined, _now: Timestamp) -> Line {
    let who = match &examined.holder {
        Some(holder) => format!("the daemon ({holder}) works on it"),
        None => "no daemon works on it".to_owned(),
    };
    let size = format!(
        "schema {}, {} MiB, log {} MiB, {who}",
        examined.schema,
        examined.bytes >> 20,
        examined.wal_bytes >> 20
    );
    match &examined.sound {
        Sound::Yes => ok("database", format!("sound, {size}")),
        Sound::NotLookedAt => ok("database", format!("{size}; too large to be read through here")),
        Sound::No(what) => line(
            "database",
            Verdict::Fail,
            format!("damaged: {what}"),
            "stop replyd and restore a backup",
        ),
    }
}

fn fresh(name: &'static str, file: &Path, says: &str, key: &str) -> Line {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok();
    if writable {
        return ok(name, says);
    }
    let says = format!("{} cannot be made: its folder is missing or cannot be written", file.display());
    let fix = format!("make the folder for the user replyd runs as, or set {key}");
    line(name, Verdict::Fail, says, fix)
}
