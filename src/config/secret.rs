//! Secrets by reference: a file only its owner can read, or a systemd credential.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::model::Secret;

/// Reads `credential:NAME` from `$CREDENTIALS_DIRECTORY`, anything else as a path relative to `here`.
pub(super) fn read(here: &Path, key: &str, reference: &str) -> Result<Secret, String> {
    if reference.is_empty() {
        return Err(format!("must name a file that holds the secret, or credential:NAME (set {key})"));
    }
    let path = match reference.strip_prefix("credential:") {
        Some(name) => {
            let directory = std::env::var_os("CREDENTIALS_DIRECTORY")
                .ok_or_else(|| format!("credential:{name} needs systemd's LoadCredential={name}:… in the unit"))?;
            Path::new(&directory).join(name)
        }
        None => {
            let path = here.join(reference);
            let mode = std::fs::metadata(&path)
                .map_err(|error| {
                    format!(
                        "{}: {error}; write the secret into that file and run: chmod 600 {}",
                        path.display(),
                        path.display()
                    )
                })?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(format!(
                    "{} can be read by others (mode {:03o}); run: chmod 600 {}",
                    path.display(),
                    mode & 0o777,
                    path.display()
                ));
            }
            path
        }
    };
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(format!("{} is empty; write the secret into it, on one line", path.display()));
    }
    Ok(Secret::new(text.to_owned()))
}
