//! `replyd simulate`.

use clap::{Args, ValueEnum};

use super::{Failure, print_json};
use crate::conversation::Order;
use crate::simulate::{self, Setting, Stopped};

/// Let invented clients and candidates answer for weeks, in seconds: how many interviews come about without a person, with how many
/// letters, and whether any rule of the machine breaks. No network, no database; the same seed tells the same story.
///
/// Of a hundred people 20 are prompt, 30 slow, 15 silent, 15 vague at first, 10 away, and 10 change their mind; they live in fifteen
/// zones and write in prose. A broken rule ends the run with exit code 70 and the story of the batch.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd simulate\n  replyd simulate --batches 10000 --seed 1\n  replyd simulate --order both --panels 15\n  replyd simulate --batches 1000 --seed 7 --json | jq .booked_share"
)]
pub(super) struct Simulate {
    /// How many batches are handed in.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    batches: u64,
    /// Which story is told.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Who is asked for times first.
    #[arg(long, value_enum, default_value_t = AskedFirst::Candidate)]
    order: AskedFirst,
    /// In how many batches of a hundred more than the contact talk to the candidates.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=100))]
    panels: u64,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// As `scheduling.order` of config.toml; without anybody there is nothing to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AskedFirst {
    /// The candidate gives times, the client chooses.
    Candidate,
    /// The client gives times, the candidate chooses.
    Client,
    /// Both give times.
    Both,
}

impl From<AskedFirst> for Order {
    fn from(first: AskedFirst) -> Self {
        match first {
            AskedFirst::Candidate => Self::Candidate,
            AskedFirst::Client => Self::Client,
            AskedFirst::Both => Self::Both,
        }
    }
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let bar = indicatif::ProgressBar::new(self.batches);
        let setting = Setting {
            order: self.order.into(),
            panels: self.panels,
        };
        let ran = simulate::run(self.batches, self.seed, setting, |done| bar.set_position(done));
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
