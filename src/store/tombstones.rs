//! Who was erased, told by nothing but a keyed hash of the address: nobody writes to them again, and a restored backup forgets them anew.
//!
//! The hashes stand in the table `erased`, and once more in a file beside the database (`replyd.db.erased`), which no restore touches: it is
//! what an older backup is laid against. The key stands in both.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::params;

use super::tables::{instant, instant_or_none, optional, text, text_of};
use super::{StoreError, Tx};
use crate::link;
use crate::model::{Address, Timestamp};

const CONTEXT: &str = "replyd/erased/v1";
const HEADER: &str =
    "# People whom replyd has erased, as keyed hashes: whoever restores an older backup needs this file. Keep it beside the database.\n";

/// The file beside a database.
#[derive(Debug, Clone)]
pub struct Tombstones {
    path: PathBuf,
    key: [u8; 32],
    /// Hash, and when.
    lines: Vec<(String, Timestamp)>,
}

impl Tombstones {
    /// Reads the file of a database; `None` when nobody was erased yet.
    ///
    /// # Errors
    /// When it cannot be read, or is not such a file.
    pub fn read(database: &Path) -> Result<Option<Self>, StoreError> {
        let path = place(database);
        let whole = match std::fs::read_to_string(&path) {
            Ok(whole) => whole,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::File { path, source }),
        };
        let wrong = || StoreError::NotAsRequired {
            path: path.clone(),
            what: "is not the list of erased people that replyd wrote; put it back from a copy".to_owned(),
        };
        let (mut key, mut lines) = (None, Vec::new());
        for line in whole.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            match line.split_once(' ') {
                Some(("key", hex)) => key = Some(key_of(hex).ok_or_else(wrong)?),
                Some((hash, at)) => lines.push((hash.to_owned(), instant("the list of erased people", at)?)),
                None => return Err(wrong()),
            }
        }
        let key = key.ok_or_else(wrong)?;
        Ok(Some(Self { path, key, lines }))
    }

    /// The file of a database, with this key when there is none yet.
    ///
    /// # Errors
    /// As [`Tombstones::read`].
    pub fn begin(database: &Path, key: [u8; 32]) -> Result<Self, StoreError> {
        let there = Self::read(database)?;
        Ok(there.unwrap_or_else(|| Self {
            path: place(database),
            key,
            lines: Vec::new(),
        }))
    }

    /// Somebody is erased: durable when this returns.
    ///
    /// # Errors
    /// The disk's.
    pub fn add(&mut self, addresses: &[Address], at: Timestamp) -> Result<(), StoreError> {
        for address in addresses {
            let hash = hash(&self.key, address);
            self.lines.retain(|(one, _)| *one != hash);
            self.lines.push((hash, at));
        }
        self.write()
    }

    /// Letters may go to an address again.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(&mut self, address: &Address) -> Result<(), StoreError> {
        let hash = hash(&self.key, address);
        self.lines.retain(|(one, _)| *one != hash);
        self.write()
    }

    /// Since when somebody with this address is erased.
    #[must_use]
    pub fn since(&self, address: &Address) -> Option<Timestamp> {
        let hash = hash(&self.key, address);
        self.lines.iter().find(|(one, _)| *one == hash).map(|(_, at)| *at)
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn write(&self) -> Result<(), StoreError> {
        let hex = data_encoding::HEXLOWER.encode(&self.key);
        let mut whole = format!("{HEADER}key {hex}\n");
        for (hash, at) in &self.lines {
            whole.push_str(&format!("{hash} {}\n", text_of(*at)));
        }
        let mut part = self.path.clone().into_os_string();
        part.push(".part");
        let written = || -> std::io::Result<()> {
            let mut options = std::fs::OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&part)?;
            file.write_all(whole.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&part, &self.path)?;
            let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            std::fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
        };
        written().map_err(|source| StoreError::File {
            path: self.path.clone(),
            source,
        })
    }
}

impl Tx<'_> {
    /// The key that hashes of erased people are made with; none when nobody was erased yet.
    ///
    /// # Errors
    /// The database's.
    pub fn erased_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT value FROM meta WHERE key = 'erased_key'")?;
        let hex = optional(found.query_row([], |row| text(row, 0)))?;
        Ok(hex.and_then(|hex| key_of(&hex)))
    }

    /// Since when somebody with this address is erased; `None` when nobody is.
    ///
    /// # Errors
    /// The database's.
    pub fn erased_since(&self, address: &Address) -> Result<Option<Timestamp>, StoreError> {
        let Some(key) = self.erased_key()? else { return Ok(None) };
        let mut found = self.sql.prepare_cached("SELECT at FROM erased WHERE hash = ?1")?;
        let at = optional(found.query_row([hash(&key, address)], |row| text(row, 0)))?;
        instant_or_none("erased", &at.unwrap_or_default())
    }

    /// Takes over what a file of erased people says.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_tombstones(&self, from: &Tombstones) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES ('erased_key', ?1)")?
            .execute([data_encoding::HEXLOWER.encode(&from.key)])?;
        let mut kept = self
            .sql
            .prepare_cached("INSERT INTO erased (hash, at) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET at = ?2")?;
        for (hash, at) in &from.lines {
            kept.execute(params![hash, text_of(*at)])?;
        }
        Ok(())
    }

    /// Whether everything in a file of erased people was done here.
    ///
    /// # Errors
    /// The database's.
    pub fn has_tombstones(&self, from: &Tombstones) -> Result<bool, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT at FROM erased WHERE hash = ?1")?;
        for (hash, at) in &from.lines {
            let here = optional(found.query_row([hash], |row| text(row, 0)))?;
            if here.as_deref() != Some(text_of(*at).as_str()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Letters may go to an address again.
    pub(super) fn lift_tombstone(&self, address: &Address) -> Result<bool, StoreError> {
        let Some(key) = self.erased_key()? else { return Ok(false) };
        let mut lifted = self.sql.prepare_cached("DELETE FROM erased WHERE hash = ?1")?;
        Ok(lifted.execute([hash(&key, address)])? == 1)
    }
}

fn place(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".erased");
    PathBuf::from(path)
}

fn hash(key: &[u8; 32], address: &Address) -> String {
    let lower = address.as_str().to_ascii_lowercase();
    data_encoding::HEXLOWER.encode(&link::mac(CONTEXT, key, lower.as_bytes()))
}

fn key_of(hex: &str) -> Option<[u8; 32]> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.trim().as_bytes()).ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_erased_is_known_by_the_file_and_by_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("replyd.db");
        assert!(Tombstones::read(&database).unwrap().is_none());
        let (ana, ben) = (
            Address::parse("Ana@mail.example").unwrap(),
            Address::parse("ben@mail.example").unwrap(),
        );
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut file = Tombstones::begin(&database, [7; 32]).unwrap();
        file.add(std::slice::from_ref(&ana), at).unwrap();
        let read = Tombstones::read(&database).unwrap().unwrap();
        assert_eq!(
            (
                read.len(),
                read.since(&Address::parse("ana@MAIL.example").unwrap()),
                read.since(&ben)
            ),
            (1, Some(at), None)
        );
        let text = std::fs::read_to_string(directory.path().join("replyd.db.erased")).unwrap();
        assert!(!text.to_lowercase().contains("ana@"), "{text}");
        file.remove(&ana).unwrap();
        assert!(Tombstones::read(&database).unwrap().unwrap().is_empty());
        std::fs::write(directory.path().join("replyd.db.erased"), "something else\n").unwrap();
        assert!(Tombstones::read(&database).is_err());
    }
}
