//! A directory for what a command writes on the way, which nobody else can look into.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::Failure;

/// Gone with everything in it when this is dropped, unless it stays.
pub(super) struct Scratch {
    path: PathBuf,
    stays: bool,
}

impl Scratch {
    /// One that is there already, or will be made; it stays.
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path, stays: true }
    }

    /// A new one among the temporary files. A name that is taken is somebody else's, whoever that is.
    pub(super) fn fresh(what: &str, stays: bool) -> Result<Self, Failure> {
        let mut last = None;
        for number in 0..100 {
            let path = std::env::temp_dir().join(format!("replyd-{what}-{}-{number}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self { path, stays }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = Some(error),
                Err(error) => return Err(Failure::Output(error)),
            }
        }
        Err(Failure::Output(last.unwrap_or_else(|| std::io::Error::other("no directory"))))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn stays(&self) -> bool {
        self.stays
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_scratch_directory_is_new_and_its_owners_alone() {
        let one = Scratch::fresh("test", false).unwrap();
        // Somebody else took the next name, with a file where ours would lie.
        let other = Scratch::fresh("test", false).unwrap();
        std::fs::write(other.path().join("rehearsal.db"), "not ours").unwrap();
        assert_ne!(one.path(), other.path());
        assert_eq!(std::fs::metadata(one.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_dir(one.path()).unwrap().count(), 0);
        let path = one.path().to_owned();
        drop(one);
        assert!(!path.exists() && other.path().exists());
    }
}
