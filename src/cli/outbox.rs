//! `replyd outbox`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line, who};
use crate::daemon;
use crate::model::Address;

/// Letters that wait, failed or are in doubt.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd outbox\n  replyd outbox --all --json\n  replyd outbox --lift ann.lee@client.example    # the address works again"
)]
pub(super) struct Outbox {
    /// Sent ones too.
    #[arg(long)]
    all: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// An address works again: letters may go to it.
    #[arg(long, value_name = "ADDRESS")]
    lift: Option<Address>,
    /// How many, newest first.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

impl Outbox {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        if let Some(address) = self.lift {
            let shown = address.masked();
            let lifting = daemon::lift(&office.store, &office.ink, address, who(), office.clock.now());
            let lifted = office.runtime.block_on(lifting)?;
            office.ring();
            return print_line(&if lifted {
                format!("{shown} is written to again; letters that failed meanwhile stay failed")
            } else {
                format!("{shown} was not suppressed")
            });
        }
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
