//! Timed work: the rooms called over and over, as the daemon calls them, and how much they got done.
//!
//! In: mails in memory and a number of seconds, or a mailbox. Out: lines for people, and [`Rate`] as the last line, for scripts.
//! Never here: work left out because it was done in the round before.

pub mod fetch;
pub mod own;
pub mod reply;
pub mod report;

use std::io::{self, Write};

use serde::Serialize;

/// What was done in how long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Pieces of work done.
    pub n: u64,
    /// Seconds that took.
    pub secs: f64,
}

impl Rate {
    /// Writes `{"n": …, "secs": …}` as a line.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}
