//! `replyd drafts`.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, Office, how_many, print_json, print_line, print_list};
use crate::compose::DeskLetter;
use crate::daemon::{Looked, Sent, discard_draft, send_draft, show_draft};
use crate::store::DraftLine;

/// What waits for a recruiter's word: candidates handed in by mail, and letters that tell a candidate why.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  replyd drafts                # what waits for a word\n  replyd drafts show 3         # what it says, what is missing, the letter\n  replyd drafts send 3         # as the recruiter's \"send\" does\n  replyd drafts discard 3\n\nRecruiters change a draft by answering its preview."
)]
pub(super) struct Drafts {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Drafts, newest first.
    #[command(after_help = "Example:\n  replyd drafts list --all --json")]
    List(List),
    /// One draft: what was understood, what is missing or in doubt, and the letter it would send.
    #[command(after_help = "Example:\n  replyd drafts show 3")]
    Show(One),
    /// Send one: its batch is handed in as by `replyd submit`, or its letter goes to the candidate.
    #[command(after_help = "Example:\n  replyd drafts send 3")]
    Send(Sending),
    /// Drop one; the recruiter is told.
    #[command(after_help = "Example:\n  replyd drafts discard 3")]
    Discard(One),
}

#[derive(Debug, Args)]
struct List {
    /// Those that were sent or dropped too.
    #[arg(long)]
    all: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100, value_parser = how_many)]
    limit: u32,
}

#[derive(Debug, Args)]
struct One {
    /// The draft's number.
    id: i64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Sending {
    #[command(flatten)]
    one: One,
    /// Also a letter that seems to speak of something protected.
    #[arg(long)]
    anyway: bool,
}

/// A draft as JSON.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    id: i64,
    state: crate::handin::State,
    version: u32,
    batch: Option<i64>,
    says: &'a crate::handin::HandIn,
    files: &'a [crate::handin::File],
    lacks: Vec<crate::handin::Missing>,
    preview: &'a DeskLetter,
}

impl Drafts {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match self.action {
            None => list(&Office::look(config)?, &self.list),
            Some(Action::List(what)) => list(&Office::look(config)?, &what),
            Some(Action::Show(what)) => what.show(&Office::look(config)?),
            Some(Action::Send(what)) => what.send(&Office::open(config)?),
            Some(Action::Discard(what)) => what.discard(&Office::open(config)?),
        }
    }
}

fn list(office: &Office, what: &List) -> Result<(), Failure> {
    let lines = office.store.read(|tx| tx.drafts(what.all, None, what.limit))?;
    let shown = |line: &DraftLine| {
        let end = match line.state.as_str() {
            "open" => format!("until {}", day(&line.until)),
            state => state.to_owned(),
        };
        format!(
            "draft {:<5} {}  {}  ({}, {end})",
            line.id,
            day(&line.made_at),
            line.title,
            line.recruiter
        )
    };
    print_list(&lines, what.json, shown, "no draft waits for a word")
}

fn day(instant: &str) -> &str {
    instant.get(..10).unwrap_or(instant)
}

impl One {
    fn show(self, office: &Office) -> Result<(), Failure> {
        let shown = show_draft(&office.store, &office.ink, &office.config, self.id, office.clock.now());
        let (looked, letter) = office.runtime.block_on(shown)?;
        if self.json {
            let kept = match &looked {
                Looked::HandIn(kept) => kept,
                Looked::Letter(kept) => {
                    return print_json(&serde_json::json!({
                        "id": kept.id,
                        "state": kept.draft.state,
                        "version": kept.draft.version,
                        "batch": kept.batch.0,
                        "letter": &kept.draft,
                        "preview": &letter,
                    }));
                }
            };
            return print_json(&Shown {
                id: kept.id,
                state: kept.draft.state,
                version: kept.draft.version,
                batch: kept.batch.map(|id| id.0),
                says: &kept.draft.says,
                files: &kept.draft.files,
                lacks: kept.draft.lacks(),
                preview: &letter,
            });
        }
        print_line(&letter.headline)?;
        letter.intro.iter().try_for_each(|line| print_line(line))?;
        for part in &letter.parts {
            print_line("")?;
            print_line(&part.heading)?;
            let sign = if part.as_is { "    " } else { "- " };
            for line in &part.lines {
                print_line(format!("{sign}{}", line.text).trim_end())?;
            }
        }
        Ok(())
    }

    fn discard(self, office: &Office) -> Result<(), Failure> {
        let dropped = discard_draft(&office.store, &office.ink, &office.config, self.id, office.clock.now());
        office.runtime.block_on(dropped)?;
        office.ring();
        if self.json {
            return print_json(&serde_json::json!({ "draft": self.id, "state": "discarded" }));
        }
        print_line(&format!("draft {} was dropped; nothing was sent", self.id))
    }
}

impl Sending {
    fn send(self, office: &Office) -> Result<(), Failure> {
        let id = self.one.id;
        let sent = send_draft(&office.store, &office.ink, &office.config, id, self.anyway, office.clock.now());
        let sent = office.runtime.block_on(sent)?;
        office.ring();
        let (Sent::Batch(batch) | Sent::Letter(batch)) = sent;
        if self.one.json {
            return print_json(&serde_json::json!({ "draft": id, "batch": batch.0 }));
        }
        print_line(&match sent {
            Sent::Batch(batch) => format!("draft {id} is batch {batch} now"),
            Sent::Letter(batch) => format!("draft {id} was released; it goes to a candidate of batch {batch}"),
        })?;
        eprintln!("hint: `replyd show {batch}` tells its story; `replyd run` sends it");
        Ok(())
    }
}
