//! `replyd simulate`.

use clap::Args;

use super::{Failure, print_json};
use crate::simulate::{self, Stopped};

/// Let invented clients and candidates answer for weeks, in seconds: how many interviews come about without a person, with how many
/// letters, and whether any rule of the machine breaks. No network, no database; the same seed tells the same story.
///
/// Of a hundred people 20 are prompt, 30 slow, 15 silent, 15 vague at first, 10 away, and 10 change their mind; they live in fifteen
/// zones and write in prose. A broken rule ends the run with exit code 70 and the story of the batch.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd simulate\n  replyd simulate --batches 10000 --seed 1\n  replyd simulate --batches 1000 --seed 7 --json | jq .booked_share"
)]
pub(super) struct Simulate {
    /// How many batches are handed in.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    batches: u64,
    /// Which story is told.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let bar = indicatif::ProgressBar::new(self.batches);
        let ran = simulate::run(self.batches, self.seed, |done| bar.set_position(done));
        bar.finish_and_clear();
        let report = ran.map_err(|stopped| match stopped {
            Stopped::Broken(broken) => Failure::Broken(broken.to_string()),
            Stopped::Name(_) => Failure::Broken(stopped.to_string()),
        })?;
        if self.json {
            return print_json(&report);
        }
        report.write(&mut std::io::stdout().lock()).map_err(Failure::Output)
    }
}
