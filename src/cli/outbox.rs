//! `replyd outbox`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line};

/// Letters that wait, failed or are in doubt.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd outbox\n  replyd outbox --all --json")]
pub(super) struct Outbox {
    /// Sent ones too.
    #[arg(long)]
    all: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl Outbox {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let letters = office.store.read(|tx| tx.outbox(self.all, self.limit))?;
        if self.json {
            return print_json(&letters);
        }
        for one in &letters {
            let when = if one.sent_at.is_empty() {
                format!("due {}", one.due)
            } else {
                format!("sent {}", one.sent_at)
            };
            let outcome = if one.outcome.is_empty() || one.state == "sent" {
                String::new()
            } else {
                format!("  {}", one.outcome)
            };
            print_line(&format!(
                "{:>5}  batch {:<5} {:<16} to {:<14} {:<10} {when}, {} tries{outcome}",
                one.id, one.batch, one.kind, one.party, one.state, one.attempts
            ))?;
        }
        if letters.is_empty() {
            eprintln!(
                "hint: nothing waits{}",
                if self.all {
                    " and nothing was sent"
                } else {
                    "; --all shows what was sent"
                }
            );
        }
        Ok(())
    }
}
