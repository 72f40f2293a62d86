//! `replyd lab bench`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Failure, Office};
use crate::config::Config;
use crate::daemon::{Clock, DaemonError};
use crate::lab::bench::{fetch, own, reply, report};

/// What can be timed. Each ends with a line of JSON.
#[derive(Debug, Subcommand)]
pub(super) enum Bench {
    /// Answers of strangers read from their bytes to the findings, on one core.
    #[command(after_help = "Example:\n  replyd lab bench reply --dir fixtures/messages --secs 5 --floor")]
    Reply {
        #[command(flatten)]
        mails: Mails,
        /// Also time mail-parser's plain full parse of the same mails, and print the ratio.
        #[arg(long)]
        floor: bool,
        /// Print only the last line.
        #[arg(long)]
        json: bool,
    },
    /// What the sender wrote found in answers that are parsed already: microseconds for each, the median and the slow ones.
    #[command(after_help = "Example:\n  replyd lab bench own --dir my-replies --letter letter.eml")]
    Own {
        #[command(flatten)]
        mails: Mails,
    },
    /// All mail of the account in config.toml, fetched and parsed; nothing is kept, nothing is changed on the server.
    #[command(after_help = "Example:\n  replyd lab bench fetch --config config.toml")]
    Fetch,
    /// Figures of the database in config.toml, which `replyd lab fill` can fill: milliseconds for `replyd report` in several ways.
    #[command(
        after_help = "Examples:\n  replyd --config lab.toml lab fill --submissions 1000000\n  replyd --config lab.toml lab bench report"
    )]
    Report,
}

/// The mails that are read round after round.
#[derive(Debug, Args)]
pub(super) struct Mails {
    /// All *.eml in this directory and below are loaded into memory and read round after round.
    #[arg(long)]
    dir: PathBuf,
    /// At least this long; always at least one whole round.
    #[arg(long, default_value_t = 5.0, value_parser = seconds)]
    secs: f64,
    /// A letter of ours that the mails answer, as *.eml; without one they come from strangers.
    #[arg(long, value_name = "FILE")]
    letter: Option<PathBuf>,
}

impl Bench {
    pub(super) fn run(self, config: &Path, out: &mut dyn Write) -> Result<(), Failure> {
        match self {
            Self::Reply { mails, floor, json } => {
                let options = reply::Options {
                    dir: mails.dir,
                    letter: mails.letter,
                    time: Duration::from_secs_f64(mails.secs),
                    floor,
                    json,
                };
                reply::run(&options, out).map(drop).map_err(Failure::Output)
            }
            Self::Own { mails } => {
                let options = own::Options {
                    dir: mails.dir,
                    letter: mails.letter,
                    time: Duration::from_secs_f64(mails.secs),
                };
                own::run(&options, out).map(drop).map_err(Failure::Output)
            }
            Self::Report => {
                let office = Office::look(config)?;
                report::run(&office.store, office.config.zone, office.clock.now(), out).map_err(Failure::Store)
            }
            Self::Fetch => {
                let config = Config::load(config)?;
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build()
                    .map_err(Failure::Output)?;
                let today = Clock::system().now().date_naive();
                let rate = runtime.block_on(fetch::run(&config.account, &config.border, today));
                rate.map_err(DaemonError::Inbox)?.write(out).map_err(Failure::Output)
            }
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let good = |secs: &f64| (0.0..=86_400.0).contains(secs);
    text.parse()
        .ok()
        .filter(good)
        .ok_or_else(|| "give seconds from 0 to 86400".to_owned())
}
