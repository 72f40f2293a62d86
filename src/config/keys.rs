//! The file of signing keys: a line for each, oldest first: `NUMBER HEX [retired]`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use super::ConfigError;
use crate::link::{Key, Keyring};

/// Reads the keys; makes a file with one fresh key when there is none.
pub(super) fn load_or_make(path: &Path) -> Result<Keyring, ConfigError> {
    let wrong = |what: String| ConfigError::new(path, what);
    if !path.exists() {
        make(path).map_err(|error| {
            wrong(format!(
                "cannot be made: {error}; set [links] keys_file to a place that can be written"
            ))
        })?;
    }
    let mode = std::fs::metadata(path)
        .map_err(|error| wrong(error.to_string()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(wrong(format!(
            "can be read by others (mode {:03o}); run: chmod 600 {}",
            mode & 0o777,
            path.display()
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let mut keys = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
    {
        let mut words = line.split_whitespace();
        let id = words.next().and_then(|id| id.parse().ok());
        let secret = words
            .next()
            .and_then(|hex| data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok());
        let secret: Option<[u8; 32]> = secret.and_then(|bytes| bytes.try_into().ok());
        let (Some(id), Some(secret)) = (id, secret) else {
            return Err(wrong(format!("line {}: a key looks like: 1 (64 hexadecimal digits)", number + 1)));
        };
        keys.push(Key {
            id,
            secret,
            retired: words.next() == Some("retired"),
        });
    }
    Keyring::new(keys).map_err(|error| wrong(error.to_string()))
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

fn fresh_secret() -> std::io::Result<[u8; 32]> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(secret)
}

fn make(path: &Path) -> std::io::Result<()> {
    let secret = fresh_secret()?;
    let mut text = String::from("# replyd's signing keys. Whoever has them can answer for your clients. Never delete a line: retire it.\n");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "1 {}", data_encoding::HEXLOWER.encode(&secret));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
