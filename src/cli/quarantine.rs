//! `replyd quarantine`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line};

/// Messages set aside because they could not be read, with the reason. Their bytes are in the database (`messages.raw`).
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd quarantine --seen     # looked at: health is green again")]
pub(super) struct Quarantine {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Marks them as looked at.
    #[arg(long)]
    seen: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl Quarantine {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let lines = office.store.read(|tx| tx.quarantine(self.limit))?;
        if self.seen {
            office.runtime.block_on(office.store.write(|tx| tx.quarantine_seen()))?;
        }
        if self.json {
            return print_json(&lines);
        }
        for one in &lines {
            print_line(&format!("message {:<6} {}  {}", one.message, one.at, one.reason))?;
        }
        if lines.is_empty() {
            eprintln!("hint: nothing was set aside");
        }
        Ok(())
    }
}
