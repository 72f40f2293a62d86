//! What ends a command, and with which exit code (sysexits.h).

use std::io::ErrorKind;
use std::path::Path;

use crate::config::ConfigError;
use crate::daemon::DaemonError;
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file a person wrote.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The daemon.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// What was handed to the command.
    #[error("{0}")]
    Input(String),
    /// Somebody else's service.
    #[error("{0}")]
    Unavailable(String),
    /// A file that cannot be read or written, or the answer.
    #[error("{0}")]
    Output(std::io::Error),
    /// So many things are not as they must be.
    #[error("{0} of these must be put right first")]
    Checked(usize),
    /// A rule of the machine does not hold: a mistake in replyd.
    #[error("{0}")]
    Broken(String),
    /// A letter would not be sent.
    #[error("{0}")]
    Refused(String),
}

impl Failure {
    /// A file that cannot be read or written.
    pub(crate) fn at(path: &Path, error: &std::io::Error) -> Self {
        Self::Output(std::io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// What reading files of cases ended with: a file that cannot be read, or a line that is no case.
    pub(crate) fn of_cases(error: std::io::Error) -> Self {
        if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) {
            Self::Input(error.to_string())
        } else {
            Self::Output(error)
        }
    }

    /// sysexits(3).
    pub(crate) const fn code(&self) -> u8 {
        const DATA: u8 = 65;
        const UNAVAILABLE: u8 = 69;
        const SOFTWARE: u8 = 70;
        const IO: u8 = 74;
        const TEMPORARY: u8 = 75;
        const CONFIG: u8 = 78;
        match self {
            Self::Config(_) => CONFIG,
            Self::Store(error) | Self::Daemon(DaemonError::Store(error)) => match error {
                StoreError::Held { .. } | StoreError::Closing | StoreError::Busy | StoreError::DiskFull => TEMPORARY,
                StoreError::NotAsRequired { .. } | StoreError::File { .. } => CONFIG,
                StoreError::NoSuch(_) | StoreError::Again | StoreError::Refused(_) => DATA,
                StoreError::Damaged { .. } | StoreError::Lost(_) | StoreError::Sqlite(_) => SOFTWARE,
            },
            Self::Daemon(DaemonError::Inbox(_) | DaemonError::Outbox(_)) | Self::Unavailable(_) => UNAVAILABLE,
            Self::Daemon(DaemonError::Listen(..) | DaemonError::Pages(_)) => CONFIG,
            Self::Input(_) | Self::Refused(_) => DATA,
            Self::Broken(_) => SOFTWARE,
            Self::Checked(_) => 1,
            Self::Output(_) => IO,
        }
    }

    /// What to try next.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Store(StoreError::Again) => {
                Some("this batch was handed in before (its `key` is known); change the key to hand it in anew")
            }
            Self::Daemon(DaemonError::Inbox(_)) => Some("look at [imap] in config.toml: host, port, tls, user, password_file"),
            Self::Config(_)
            | Self::Store(_)
            | Self::Daemon(_)
            | Self::Input(_)
            | Self::Broken(_)
            | Self::Checked(_)
            | Self::Unavailable(_)
            | Self::Output(_)
            | Self::Refused(_) => None,
        }
    }
}
