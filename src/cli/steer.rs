//! `replyd take`, `release` and `note`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_line};
use crate::conversation::Command;

/// Take over: replyd records everything and writes to nobody but recruiters.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd take REF-7K3Q")]
pub(super) struct Take {
    /// A batch (7 or REF-7K3Q) or a submission in it (s12).
    id: String,
}

/// Hand back to replyd.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd release REF-7K3Q")]
pub(super) struct Release {
    /// A batch (7 or REF-7K3Q) or a submission in it (s12).
    id: String,
}

/// Add a note to the timeline.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd note REF-7K3Q \"Ann called: decides on Monday\"")]
pub(super) struct Note {
    /// A batch (7 or REF-7K3Q) or a submission in it (s12).
    id: String,
    /// The words.
    text: String,
}

impl Take {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        steer(config, &self.id, Command::Take, "a recruiter drives")
    }
}

impl Release {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        steer(config, &self.id, Command::Release, "handed back")
    }
}

impl Note {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        steer(config, &self.id, Command::Note { text: self.text }, "noted")
    }
}

fn steer(config: &Path, id: &str, command: Command, done: &str) -> Result<(), Failure> {
    let office = Office::open(config)?;
    let (id, _) = office.store.read(|tx| tx.meant_by(id))?;
    office.steer(id, command)?;
    print_line(&format!("batch {id}: {done}"))
}
