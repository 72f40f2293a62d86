//! `replyd demo`: the unchanged daemon against a mail server inside the process.
//!
//! In: an empty directory. Out: a story whose every line comes from the store, from a page, or from a fetched letter.
//! Never here: a socket that is not loopback; a shortcut around SMTP, IMAP or HTTP; anything the other rooms would need to know.

mod house;
pub mod people;
mod scanner;
pub mod server;
mod story;

use std::path::PathBuf;

use crate::config::ConfigError;
use crate::daemon::DaemonError;

pub use story::{Story, Told};

/// Why the demo could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the demo's directory.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The mail server.
    #[error(transparent)]
    Server(#[from] server::ServerError),
    /// The pages' port.
    #[error("no port on 127.0.0.1 for the pages: {0}")]
    Pages(std::io::Error),
    /// The configuration the demo wrote.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The daemon.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// A person of the story.
    #[error(transparent)]
    Person(#[from] people::Trouble),
    /// The daemon did not do what the story is about.
    #[error("the story took a wrong turn: {0}")]
    Unexpected(String),
}
