//! `replyd demo`: the unchanged daemon against a mail server inside the process.
//!
//! In: an empty directory. Out: a webmail in which the reader plays everybody, or a story that plays itself, whose every line comes
//! from the store, from a page, or from a fetched letter.
//! Never here: a socket that is not loopback; a shortcut around SMTP, IMAP or HTTP; anything the other rooms would need to know.

mod dice;
mod house;
mod meeting;
pub mod people;
mod scanner;
pub mod server;
mod stage;
mod story;
mod webmail;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::daemon::DaemonError;

pub use story::{Mailbag, Story, Told};
pub use webmail::{FASTEST, Options, Webmail};

/// Why the demo could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the demo's directory.
    #[error("{}: {source}; name a directory that can be written with --dir", path.display())]
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
    /// Somebody asked for an address that others could reach.
    #[error("the demo has no login, so it listens on this computer only, not on {0}: use 127.0.0.1 or ::1")]
    NotLoopback(IpAddr),
    /// The address could not be had.
    #[error("{0}: {1}; choose another with --listen")]
    Listen(SocketAddr, std::io::Error),
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
