//! `replyd lab`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::bench::Bench;
use super::{Failure, print_line};
use crate::config::Config;
use crate::daemon::Clock;
use crate::lab;
use crate::message::Border;
use crate::store::{Role, Store};

/// Read corpora and measure the reading.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd lab kind --dir fixtures/messages\n  replyd lab reply < answer.eml\n  replyd lab score-availability fixtures/availability"
)]
pub(super) struct Lab {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Own text: of one raw mail on stdin, or of every *.eml in a directory as JSON lines.
    #[command(
        after_help = "Examples:\n  replyd lab reply < answer.eml\n  replyd lab reply --dir fixtures/replies --threads fixtures/letters"
    )]
    Reply {
        /// A directory; prints {"file","kind","reply","us"} for each *.eml, us = microseconds.
        #[arg(long)]
        dir: Option<PathBuf>,
        /// The letters that these mails answer, as *.eml: found by their Message-ID in In-Reply-To and References, else by the mail's own file
        /// name (for a.eml the letter a.eml, or all letters in the folder a).
        #[arg(long, value_name = "DIR", requires = "dir")]
        threads: Option<PathBuf>,
    },
    /// Kind of mail: person, auto_reply, bounce_failed, bounce_delayed, calendar_reply, calendar_counter, reaction, read_receipt, recall,
    /// challenge, list (a person, through a list that rewrites From) or spam_like; and what a person says in it.
    #[command(after_help = "Example:\n  replyd lab kind --dir fixtures/messages")]
    Kind {
        /// A directory; prints {"file","kind","reply"} for each *.eml.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Decisions: JSON lines `{id, text, candidates: [{ref, name, summary}], lang}` on stdin, one line out for each.
    #[command(after_help = "Example:\n  replyd lab decide < texts.jsonl")]
    Decide,
    /// Score decisions against a file of such lines with `expected`.
    #[command(after_help = "Example:\n  replyd lab score-decide my-texts.jsonl")]
    ScoreDecide {
        /// The file.
        file: PathBuf,
        /// All figures and the ten worst cases as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Times: JSON lines on stdin, one line out for each. Answers as `{id, mode: "reply", text, reference, tz, organizer_tz, lang,
    /// duration_min, options, booked}`, single expressions as `{id, mode: "expression", text, reference, tz, lang, date_order}`.
    #[command(
        after_help = "Examples:\n  replyd lab availability < answers.jsonl\n  head -n 3 fixtures/availability/english.jsonl | replyd lab availability"
    )]
    Availability,
    /// Score the times of every *.jsonl of a directory against what its lines expect, by file and language (unnamed: lines without one).
    ///
    /// right: intent and choice are those expected, and the times overlap to 95 %. harm: more than 5 % of what would be offered was never
    /// given, and nothing was asked. asked: it would be asked back. zones: of so many answers that name a zone, so many were read in it
    /// (read/named). choices: of so many answers that take one of the times offered, so many were read as taking just that (read/taken).
    #[command(
        after_help = "Examples:\n  replyd lab score-availability fixtures/availability\n  replyd lab score-availability my-cases --worst 20"
    )]
    ScoreAvailability {
        /// The directory, or a file.
        dir: PathBuf,
        /// How many of the cases that are not right are listed, those that do harm first.
        #[arg(long, default_value_t = 10)]
        worst: usize,
        /// All figures and every case that is not right as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Score mails that hand candidates in: by field hit, missed and wrong, mails wholly right, and mails with anything wrong.
    ///
    /// One mail a line: `id`, `from`, `subject`, `body`, `attachments` (names of files), and `expect` with `client`, `contact` {name, address},
    /// `role`, `candidates` [{name, address, cv, phone, zone}], `interview` (video, phone, on_site) and `minutes`; null is not said. `backup` {name, address}
    /// is compared where it stands.
    #[command(after_help = "Example:\n  replyd lab score-handin fixtures/desk/handin-first.jsonl --worst 20")]
    ScoreHandin {
        /// The file.
        file: PathBuf,
        /// How many of the mails that are not right are listed, those with something wrong first.
        #[arg(long, default_value_t = 10)]
        worst: usize,
        /// All figures and every mail that is not right as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Score recruiters' mails against the orders expected: right, asked without need, wrongly acted upon.
    ///
    /// One mail a line: `id`; `now`, local; `batch` with `reference`, `client`, `contact`, `role`, `candidates` (names) and `interviews`
    /// (name: local time); `others`, more such batches; `answers`: "copy", "notice" or null for a new mail; `of`, the candidate whose letter it
    /// answers; `subject`, `body`; and `expect`, a list of orders such as {"do":"book","candidate":"Ana Kovač","at":"2026-11-24T14:00"}.
    #[command(after_help = "Example:\n  replyd lab score-orders fixtures/desk/first.jsonl --worst 20")]
    ScoreOrders {
        /// The file.
        file: PathBuf,
        /// How many of the mails that are not right are listed, those wrongly acted upon first.
        #[arg(long, default_value_t = 10)]
        worst: usize,
        /// All figures and every mail that is not right as JSON.
        #[arg(long)]
        json: bool,
    },
    /// How often each way of reaching a decision is right on files of such lines: the table of src/reply/words/bands.txt.
    #[command(after_help = "Example:\n  replyd lab bands fixtures/decisions/*.jsonl")]
    Bands {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// The weights of the leaning on files of such lines: src/reply/words/lean.txt. On stderr what they do for each file when they are
    /// counted on the others alone: before and after, in percent.
    #[command(after_help = "Example:\n  replyd lab lean fixtures/decisions/*.jsonl > src/reply/words/lean.txt")]
    Lean {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Score own text against a corpus with an index.jsonl: good, exact, destroyed and leak, per corpus, client and language.
    ///
    /// index.jsonl has one JSON object a line, with paths relative to the corpus: `id`; `input`, the mail; `kind`, `eml` or `text` (a bare
    /// body); and `expectation`: `exact` with `expected`, a file with the own text (and others that are as good in the list `alt`);
    /// `contains` or `not_contains`, each with a list of that name. `client` and `language` may be left out.
    ///
    /// destroyed: over 20 % of the expected words are missing. leak: two or more words too many, and over 20 % of the expected ones.
    /// good: neither. exact: equal up to white space. A sign-off, signature or device line at the end may be there or not.
    #[command(
        after_help = "Examples:\n  replyd lab score my-corpus\n  replyd lab score my-corpus --worst 50\n  replyd lab score my-corpus --json | jq .total"
    )]
    Score {
        /// The corpus.
        dir: PathBuf,
        /// How many of the cases that are not exact are listed.
        #[arg(long, default_value_t = 20)]
        worst: usize,
        /// One JSON object with every case that is not exact.
        #[arg(long)]
        json: bool,
    },
    /// Fill the database of config.toml with invented batches, letters and answers, to measure on. Never one that is in use.
    #[command(after_help = "Example:\n  replyd --config lab.toml lab fill --submissions 100000")]
    Fill {
        /// So many more.
        #[arg(long)]
        submissions: u64,
    },
    /// Everything read in every *.eml and *.txt of a directory, as JSON lines: lay two versions of replyd side by side.
    #[command(after_help = "Example:\n  replyd lab readings my-mails --letter letter.eml > before.jsonl")]
    Readings {
        /// The directory.
        dir: PathBuf,
        /// A letter of ours that the mails answer, as *.eml.
        #[arg(long, value_name = "FILE")]
        letter: Option<PathBuf>,
        /// The authserv-id and host of the receiving server.
        #[arg(long, value_name = "HOST")]
        border: Option<String>,
    },
    /// Time the rooms at their work.
    #[command(
        after_help = "Examples:\n  replyd lab bench reply --dir fixtures/messages --secs 5\n  replyd lab bench fetch --config config.toml"
    )]
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
}

impl Lab {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match self.task {
            Task::Reply { dir: Some(dir), threads } => lab::reply_dir(&dir, threads.as_deref(), &mut out).map_err(Failure::Output),
            Task::Reply { dir: None, .. } => lab::reply_stdin(&mut std::io::stdin().lock(), &mut out).map_err(Failure::of_cases),
            Task::Kind { dir } => {
                let bar = indicatif::ProgressBar::new(0);
                let done = |number: usize, of: usize| {
                    bar.set_length(of as u64);
                    bar.set_position(number as u64);
                };
                let read = lab::kind_dir(&dir, &mut out, done);
                bar.finish_and_clear();
                read.map_err(Failure::Output)
            }
            Task::Decide => lab::decide::decide(std::io::stdin().lock(), &mut out).map_err(Failure::of_cases),
            Task::ScoreDecide { file, json } => lab::decisions::score_decide(opened(&file)?, json, &mut out).map_err(Failure::of_cases),
            Task::Bands { files } => {
                let files = files.iter().map(|file| opened(file)).collect::<Result<Vec<_>, Failure>>()?;
                lab::decisions::bands(files.into_iter().map(Ok), &mut out).map_err(Failure::of_cases)
            }
            Task::Lean { files } => {
                let mut all = Vec::new();
                for file in files {
                    let name = file.display().to_string();
                    all.push(lab::lean::Cases::read(name, opened(&file)?).map_err(Failure::of_cases)?);
                }
                lab::lean::figures(&all, std::io::stderr().lock()).map_err(Failure::Output)?;
                lab::lean::table(&all, &mut out).map_err(Failure::Output)
            }
            Task::Fill { submissions } => fill(config, submissions),
            Task::Readings { dir, letter, border } => {
                let border = Border {
                    authserv_id: border.clone(),
                    host: border,
                    ..Border::default()
                };
                lab::readings(&dir, letter.as_deref(), &border, &mut out).map_err(Failure::Output)
            }
            Task::Availability => lab::availability::availability(std::io::stdin().lock(), &mut out).map_err(Failure::of_cases),
            Task::ScoreAvailability { dir, worst, json } => {
                let scores = lab::availability::score(&dir).map_err(Failure::of_cases)?;
                if json {
                    return super::print_json(&scores);
                }
                scores.write(worst, &mut out).map_err(Failure::Output)
            }
            Task::ScoreHandin { file, worst, json } => {
                let scores = lab::handin::score(opened(&file)?).map_err(Failure::of_cases)?;
                if json {
                    return super::print_json(&scores);
                }
                scores.write(worst, &mut out).map_err(Failure::Output)
            }
            Task::ScoreOrders { file, worst, json } => {
                let scores = lab::orders::score(opened(&file)?).map_err(Failure::of_cases)?;
                if json {
                    return super::print_json(&scores);
                }
                scores.write(worst, &mut out).map_err(Failure::Output)
            }
            Task::Bench { what } => what.run(config, &mut out),
            Task::Score { dir, worst, json } => {
                let report = lab::score(&dir).map_err(Failure::of_cases)?;
                let written = if json {
                    report.write_json(&mut out)
                } else {
                    report.write(worst, &mut out)
                };
                written.map_err(Failure::Output)
            }
        }
    }
}

fn opened(file: &Path) -> Result<std::io::BufReader<std::fs::File>, Failure> {
    let opened = std::fs::File::open(file).map_err(|error| Failure::at(file, &error))?;
    Ok(std::io::BufReader::new(opened))
}

fn fill(config: &Path, submissions: u64) -> Result<(), Failure> {
    let config = Config::without_secrets(config)?.with_keys_made()?;
    let now = Clock::system().now();
    // As the daemon: nobody else may work on it meanwhile.
    let store = Store::open(&config.database, Role::Daemon, now)?;
    let filling = lab::Filling {
        store: Arc::new(store),
        ink: Arc::new(config.ink),
        policy: config.policy,
        zone: config.zone,
        now,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Output)?;
    let bar = indicatif::ProgressBar::new(submissions);
    let batches = runtime.block_on(lab::fill(&filling, submissions, |done| bar.set_position(done)));
    bar.finish_and_clear();
    print_line(&format!("{submissions} submissions in {} batches", batches?))
}
