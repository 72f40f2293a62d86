//! `replyd lab`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Failure;
use crate::lab;

/// Read corpora and measure the reading.
#[derive(Debug, Args)]
pub(super) struct Lab {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Own text: of one raw mail on stdin, or of every *.eml in a directory as JSON lines.
    #[command(after_help = "Examples:\n  replyd lab reply < answer.eml\n  replyd lab reply --dir fixtures/replies")]
    Reply {
        /// A directory; prints {"file","kind","reply","us"} for each *.eml, us = microseconds.
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Decisions: JSON lines `{id, text, candidates: [{ref, name, summary}], lang}` on stdin, one line out for each.
    #[command(after_help = "Example:\n  replyd lab decide < texts.jsonl")]
    Decide,
    /// Score decisions against a file of such lines with `expected`.
    ScoreDecide {
        /// The file.
        file: PathBuf,
    },
    /// Score own text against a corpus with an index.jsonl.
    Score {
        /// The corpus.
        dir: PathBuf,
    },
}

impl Lab {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match self.bench {
            Bench::Reply { dir: Some(dir) } => lab::reply_dir(&dir, &mut out).map_err(Failure::Output),
            Bench::Reply { dir: None } => lab::reply_stdin(&mut std::io::stdin().lock(), &mut out).map_err(Failure::Output),
            Bench::Decide => lab::decide::decide(std::io::stdin().lock(), &mut out).map_err(Failure::Output),
            Bench::ScoreDecide { file } => {
                let lines = std::fs::File::open(&file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
                lab::decide::score_decide(std::io::BufReader::new(lines), &mut out).map_err(Failure::Output)
            }
            Bench::Score { dir } => lab::score(&dir, &mut out).map(|_| ()).map_err(Failure::Output),
        }
    }
}
