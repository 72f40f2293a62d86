//! `replyd keys`.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, print_json, print_line};
use crate::config::{Config, KeptKey, read_keys, retire_key, rotate_keys};

/// The keys that sign links, tagged addresses and Message-IDs.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  replyd keys list\n  replyd keys rotate          # a fresh key signs; older links keep working\n  replyd keys retire 1 --yes  # what key 1 signed stops working at once\n\nA running daemon takes the change at once."
)]
pub(super) struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The keys' numbers, since when, and what they are good for. Never the secrets.
    #[command(after_help = "Example:\n  replyd keys list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add a fresh key, which signs from now on.
    #[command(after_help = "Example:\n  replyd keys rotate")]
    Rotate,
    /// Let everything a key signed stop working at once.
    #[command(after_help = "Example:\n  replyd keys retire 1 --yes")]
    Retire {
        /// The key's number.
        id: u8,
        /// Links in letters already sent will show the expired page, answers to them will find their thread no more by their address.
        #[arg(long)]
        yes: bool,
    },
}

/// A key without its secret.
#[derive(Debug, Serialize)]
struct Line {
    id: u8,
    since: Option<String>,
    /// `signs`, `verifies`, `retired`
    status: &'static str,
}

impl Keys {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let places = Config::places(config)?;
        match self.action {
            Action::List { json } => list(&read_keys(&places.keys_file)?, json),
            Action::Rotate => {
                let id = rotate_keys(&places.keys_file)?;
                crate::store::ring_holder(&places.database);
                print_line(&format!("key {id} signs from now on; older links and answers keep working"))?;
                eprintln!("hint: make a copy of {}, or a backup", places.keys_file.display());
                Ok(())
            }
            Action::Retire { id, yes } => {
                if !yes {
                    return Err(Failure::Input(format!(
                        "links and addresses that key {id} signed would stop working at once; say --yes, or only `replyd keys rotate` and wait until they expire"
                    )));
                }
                retire_key(&places.keys_file, id)?;
                crate::store::ring_holder(&places.database);
                print_line(&format!(
                    "key {id} is retired: its links show the expired page, its addresses say nothing any more"
                ))
            }
        }
    }
}

fn list(keys: &[KeptKey], json: bool) -> Result<(), Failure> {
    let signs = keys.iter().rev().find(|kept| !kept.key.retired).map(|kept| kept.key.id);
    let lines: Vec<Line> = keys
        .iter()
        .map(|kept| Line {
            id: kept.key.id,
            since: kept.since.map(|day| day.to_string()),
            status: if kept.key.retired {
                "retired"
            } else if signs == Some(kept.key.id) {
                "signs"
            } else {
                "verifies"
            },
        })
        .collect();
    if json {
        return print_json(&lines);
    }
    for line in lines {
        let since = line
            .since
            .map_or_else(|| "since an unknown day".to_owned(), |day| format!("since {day}"));
        print_line(&format!("key {:<4} {since}  {}", line.id, line.status))?;
    }
    Ok(())
}
