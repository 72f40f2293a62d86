//! The file of signing keys: a line for each, oldest first: `NUMBER HEX [DATE] [retired]`.
//!
//! The file is only ever replaced whole, by a rename: whoever reads it beside a change sees the old keys or the new ones.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::ConfigError;
use crate::link::{Key, Keyring};

const HEADER: &str = "# replyd's signing keys. Whoever has them can answer for your clients. Never delete a line: retire it.\n";

/// A line of the file.
#[derive(Debug, Clone)]
pub struct KeptKey {
    /// The key.
    pub key: Key,
    /// The day it was made, if the file says.
    pub since: Option<NaiveDate>,
}

/// Reads the keys; those that nobody shall ever verify stand in for a file that is not there.
pub(super) fn load(path: &Path) -> Result<Arc<Keyring>, ConfigError> {
    if !path.exists() {
        return throw_away_keyring();
    }
    let ring = Keyring::new(plain(read_keys(path)?)).map_err(|error| wrong(path, &error.to_string()))?;
    Ok(Arc::new(ring))
}

/// Reads the keys; makes a file with one fresh key when there is none.
pub(super) fn load_or_make(path: &Path) -> Result<Arc<Keyring>, ConfigError> {
    if !path.exists() {
        make(path).map_err(|error| {
            wrong(
                path,
                &format!("cannot be made: {error}; set [links] keys_file to a place that can be written"),
            )
        })?;
    }
    load(path)
}

/// The keys as the file has them, oldest first.
///
/// # Errors
/// Names the line that is no key, or what is wrong with the file, and the fix.
pub fn read_keys(path: &Path) -> Result<Vec<KeptKey>, ConfigError> {
    parse(path, &read_file(path)?)
}

/// The file as it is, once it was seen that only its owner can read it and every line is a key: for backups.
///
/// # Errors
/// As [`read_keys`].
pub fn keys_file_text(path: &Path) -> Result<String, ConfigError> {
    let text = read_file(path)?;
    parse(path, &text)?;
    Ok(text)
}

/// Puts what the file says now into a ring that is in use. On an error the ring stays as it was.
///
/// # Errors
/// As [`read_keys`], or that the keys cannot be used.
pub fn reread_keys(path: &Path, ring: &Keyring) -> Result<(), ConfigError> {
    ring.replace(plain(read_keys(path)?))
        .map_err(|error| wrong(path, &error.to_string()))
}

/// Adds a fresh key, which signs from now on; gives its number.
///
/// # Errors
/// When the file cannot be read or written, or 255 keys were used up.
pub fn rotate_keys(path: &Path) -> Result<u8, ConfigError> {
    let text = read_file(path)?;
    let newest = parse(path, &text)?.iter().map(|kept| kept.key.id).max().unwrap_or(0);
    let id = newest
        .checked_add(1)
        .ok_or_else(|| wrong(path, "the numbers up to 255 are used up; begin a new file and keep this one aside"))?;
    let fresh = fresh_secret().map_err(|error| wrong(path, &error.to_string()))?;
    let line_end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    replace(path, |day| format!("{text}{line_end}{}", line(id, &fresh, day)))?;
    Ok(id)
}

/// Retires a key: its links show the expired page, its addresses and Message-IDs say nothing any more.
///
/// # Errors
/// When there is no such key, it is retired already, or nothing would be left to sign with.
pub fn retire_key(path: &Path, id: u8) -> Result<(), ConfigError> {
    let text = read_file(path)?;
    let mut keys = parse(path, &text)?;
    let kept = keys
        .iter_mut()
        .find(|kept| kept.key.id == id)
        .ok_or_else(|| wrong(path, &format!("there is no key {id}; `replyd keys list` shows them")))?;
    if std::mem::replace(&mut kept.key.retired, true) {
        return Err(wrong(path, &format!("key {id} is retired already")));
    }
    Keyring::new(plain(keys))
        .map_err(|_nothing_left| wrong(path, &format!("key {id} is the only one in use; run `replyd keys rotate` first")))?;
    let lines: String = text
        .lines()
        .map(|line| match key_of(line) {
            Some(Ok(kept)) if kept.key.id == id => format!("{} retired\n", line.trim_end()),
            Some(_) | None => format!("{line}\n"),
        })
        .collect();
    replace(path, |_| lines)
}

/// Writes a keys file that a backup held.
///
/// # Errors
/// When the text holds no usable keys or the file cannot be written.
pub fn put_keys_back(path: &Path, text: &str) -> Result<(), ConfigError> {
    Keyring::new(plain(parse(path, text)?)).map_err(|error| wrong(path, &error.to_string()))?;
    replace(path, |_| text.to_owned())
}

/// A keyring that signs what nobody shall ever verify.
///
/// # Errors
/// When the system gives no randomness.
pub fn throw_away_keyring() -> Result<Arc<Keyring>, ConfigError> {
    let wrong = |what: String| ConfigError::new(Path::new("a throw-away key"), what);
    let secret = fresh_secret().map_err(|error| wrong(error.to_string()))?;
    let keys = vec![Key {
        id: 1,
        secret,
        retired: false,
    }];
    Keyring::new(keys).map(Arc::new).map_err(|error| wrong(error.to_string()))
}

fn wrong(path: &Path, what: &str) -> ConfigError {
    ConfigError::new(path, what.to_owned())
}

fn plain(kept: Vec<KeptKey>) -> Vec<Key> {
    kept.into_iter().map(|kept| kept.key).collect()
}

fn read_file(path: &Path) -> Result<String, ConfigError> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            wrong(path, "there are no keys yet; the first `replyd submit` or `replyd run` makes them")
        } else {
            wrong(path, &error.to_string())
        }
    };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(wrong(
            path,
            &format!(
                "can be read by others (mode {:03o}); run: chmod 600 {}",
                mode & 0o777,
                path.display()
            ),
        ));
    }
    std::fs::read_to_string(path).map_err(failed)
}

fn parse(path: &Path, text: &str) -> Result<Vec<KeptKey>, ConfigError> {
    let numbered = text.lines().enumerate();
    let keys = numbered.filter_map(|(number, line)| {
        let shape = "a key looks like: 1 (64 hexadecimal digits) 2026-11-20, and the word retired if it is";
        Some(key_of(line)?.map_err(|()| wrong(path, &format!("line {}: {shape}", number + 1))))
    });
    keys.collect()
}

/// `None` for an empty line or a comment.
fn key_of(line: &str) -> Option<Result<KeptKey, ()>> {
    if line.trim().is_empty() || line.starts_with('#') {
        return None;
    }
    let mut words = line.split_whitespace();
    let id = words.next().and_then(|id| id.parse().ok());
    let secret = words
        .next()
        .and_then(|hex| data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok());
    let secret: Option<[u8; 32]> = secret.and_then(|bytes| bytes.try_into().ok());
    let (Some(id), Some(secret)) = (id, secret) else {
        return Some(Err(()));
    };
    let (mut since, mut retired) = (None, false);
    for word in words {
        match (word, word.parse()) {
            ("retired", _) => retired = true,
            (_, Ok(day)) => since = Some(day),
            (_, Err(_)) => return Some(Err(())),
        }
    }
    let key = Key { id, secret, retired };
    Some(Ok(KeptKey { key, since }))
}

fn line(id: u8, secret: &[u8; 32], day: Option<NaiveDate>) -> String {
    let mut text = format!("{id} {}", data_encoding::HEXLOWER.encode(secret));
    if let Some(day) = day {
        // Writing to a String cannot fail.
        let _ = write!(text, " {day}");
    }
    text.push('\n');
    text
}

/// A key that nobody had before.
///
/// # Errors
/// When the system gives no randomness.
pub fn fresh_secret() -> std::io::Result<[u8; 32]> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(secret)
}

fn make(path: &Path) -> std::io::Result<()> {
    let secret = fresh_secret()?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let day = day_of(&file);
    file.write_all(format!("{HEADER}{}", line(1, &secret, day)).as_bytes())?;
    file.sync_all()
}

/// Replaces the file whole. `text` is told today's date.
fn replace(path: &Path, text: impl FnOnce(Option<NaiveDate>) -> String) -> Result<(), ConfigError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    let write = || {
        // What an interrupted change left.
        match std::fs::remove_file(&fresh) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        let day = day_of(&file);
        file.write_all(text(day).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        std::fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|error| wrong(path, &format!("cannot be replaced: {error}; nothing was changed")))
}

/// The day a file was made, as the file system says: nobody here reads a clock.
fn day_of(file: &std::fs::File) -> Option<NaiveDate> {
    let made = file.metadata().and_then(|about| about.modified()).ok()?;
    Some(DateTime::<Utc>::from(made).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> tempfile::TempDir {
        tempfile::TempDir::new().unwrap()
    }

    fn made(directory: &tempfile::TempDir) -> PathBuf {
        let path = directory.path().join("replyd.keys");
        load_or_make(&path).unwrap();
        path
    }

    #[test]
    fn a_fresh_key_signs_and_the_older_ones_stay() {
        let directory = directory();
        let path = made(&directory);
        let before = read_keys(&path).unwrap();
        assert!(before[0].since.is_some());
        assert_eq!(rotate_keys(&path).unwrap(), 2);
        let after = read_keys(&path).unwrap();
        assert_eq!(after.len(), 2);
        assert_eq!(after[0].key.secret, before[0].key.secret);
        assert_ne!(after[1].key.secret, before[0].key.secret);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(HEADER), "comments stay");
    }

    #[test]
    fn the_last_key_in_use_cannot_be_retired() {
        let directory = directory();
        let path = made(&directory);
        assert!(retire_key(&path, 1).unwrap_err().to_string().contains("rotate"));
        rotate_keys(&path).unwrap();
        retire_key(&path, 1).unwrap();
        let retired: Vec<bool> = read_keys(&path).unwrap().iter().map(|kept| kept.key.retired).collect();
        assert_eq!(retired, [true, false]);
        assert!(retire_key(&path, 1).unwrap_err().to_string().contains("already"));
        assert!(retire_key(&path, 9).unwrap_err().to_string().contains("no key 9"));
        assert!(retire_key(&path, 2).is_err());
    }

    #[test]
    fn a_line_that_is_no_key_is_named() {
        let directory = directory();
        let path = made(&directory);
        let good = std::fs::read_to_string(&path).unwrap();
        for (line, named) in [("2 abc", true), ("2 retired", true), ("", false), ("# 2 abc", false)] {
            std::fs::write(&path, format!("{good}{line}\n")).unwrap();
            assert_eq!(read_keys(&path).is_err(), named, "{line}");
        }
        std::fs::write(&path, good.trim_end().to_owned() + " retierd\n").unwrap();
        assert!(read_keys(&path).unwrap_err().to_string().contains("line 2"));
    }
}
