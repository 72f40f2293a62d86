//! `replyd list`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, how_many, print_json, print_line};

/// The pipeline: the newest batches and where each candidate stands.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd list\n  replyd list --json | jq '.[].submissions[] | select(.status == \"interested\")'")]
pub(super) struct List {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many batches, newest first.
    #[arg(long, default_value_t = 50, value_parser = how_many)]
    limit: u32,
}

impl List {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::look(config)?;
        let batches = office.store.read(|tx| tx.pipeline(None, self.limit))?;
        if self.json {
            return print_json(&batches);
        }
        if batches.is_empty() {
            eprintln!("hint: nothing handed in yet; `replyd submit batch.toml` hands in a batch");
        }
        // As the letters of the agency tell times; what cannot be read stands as it is.
        let clock = |at: &str| at.parse().map_or_else(|_| at.to_owned(), |at| office.config.zone.spelled(at));
        for batch in &batches {
            let driver = if batch.driver == "recruiter" {
                "  (a recruiter drives)"
            } else {
                ""
            };
            let reach = if batch.unreachable {
                "  (letters to the client come back)"
            } else {
                ""
            };
            print_line(&format!(
                "{:>4}  REF-{}  {}: {}{driver}{reach}",
                batch.id, batch.reference, batch.client, batch.project
            ))?;
            for one in &batch.submissions {
                let resting = if one.resting.is_empty() {
                    String::new()
                } else {
                    format!("  {} rests until {}", one.resting, clock(&one.takes_effect))
                };
                let reasons = if one.reasons.is_empty() {
                    String::new()
                } else {
                    format!("  ({})", one.reasons)
                };
                let interview = match one.interview.as_str() {
                    "" => String::new(),
                    at => format!("  interview {}", clock(at)),
                };
                print_line(&format!(
                    "      s{:<5} {:<28} {}{resting}{reasons}{interview}",
                    one.id, one.candidate, one.status
                ))?;
            }
        }
        Ok(())
    }
}
