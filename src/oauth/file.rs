//! The file with the refresh token: one JSON object, mode 0600, replaced as a whole or not at all.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::Secret;

/// What tells one version of the file from another. Each version is a file of its own, renamed into place; a changed mode is a
/// change too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    size: u64,
    seconds: i64,
    nanoseconds: i64,
}

#[derive(Serialize, Deserialize)]
struct Written {
    refresh_token: String,
}

/// Stores a refresh token; whoever waits for a login sees it.
///
/// # Errors
/// When the file or its directory cannot be written. What was stored before is then still there.
pub fn store(path: &Path, refresh: &Secret) -> std::io::Result<()> {
    let written = Written {
        refresh_token: refresh.expose().to_owned(),
    };
    let text = serde_json::to_string(&written)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = Path::new(&beside);
    let put = || {
        // What an interrupted login left. A fresh file has this mode, whatever lay there before.
        let _gone = std::fs::remove_file(beside).is_ok();
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(beside, path)
    };
    put().inspect_err(|_| {
        // Nothing more can be done about a half-written file than to try to remove it.
        let _removed = std::fs::remove_file(beside).is_ok();
    })?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    std::fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// The stored token and the stamp of its file; `None` when nobody has logged in yet.
pub(super) fn load(path: &Path) -> Result<Option<(Secret, Stamp)>, String> {
    let shown = path.display();
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{shown}: {error}")),
    };
    let facts = file.metadata().map_err(|error| format!("{shown}: {error}"))?;
    if facts.mode() & 0o077 != 0 {
        return Err(format!(
            "{shown} can be read by others (mode {:03o}); run: chmod 600 {shown}",
            facts.mode() & 0o777
        ));
    }
    let written: Written =
        serde_json::from_reader(std::io::BufReader::new(file)).map_err(|_| format!("{shown} is not as it was written"))?;
    Ok(Some((Secret::new(written.refresh_token), Stamp::of(&facts))))
}

/// The stamp of the file as it lies there now.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    std::fs::metadata(path).ok().map(|facts| Stamp::of(&facts))
}

impl Stamp {
    fn of(facts: &std::fs::Metadata) -> Self {
        Self {
            inode: facts.ino(),
            size: facts.len(),
            seconds: facts.ctime(),
            nanoseconds: facts.ctime_nsec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_token_is_stored_for_its_owner_alone_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        assert!(load(&path).unwrap().is_none());
        store(&path, &Secret::new("one".into())).unwrap();
        let (token, first) = load(&path).unwrap().unwrap();
        assert_eq!(token.expose(), "one");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(stamp(&path), Some(first));
        store(&path, &Secret::new("two".into())).unwrap();
        let (token, second) = load(&path).unwrap().unwrap();
        assert_eq!(token.expose(), "two");
        assert_ne!(first, second);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_file_that_others_can_read_or_that_is_damaged_is_refused_without_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        store(&path, &Secret::new("s3cret".into())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(load(&path).unwrap_err().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "s3cret").unwrap();
        assert!(!load(&path).unwrap_err().contains("s3cret"));
    }

    #[test]
    fn what_cannot_be_stored_leaves_the_old_token() {
        let dir = tempfile::tempdir().unwrap();
        assert!(store(&dir.path().join("no/such/directory"), &Secret::new("x".into())).is_err());
    }
}
