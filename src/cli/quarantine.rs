//! `replyd quarantine`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Failure, Office, how_many, print_json, print_line, print_list, who, write_out};
use crate::model::Address;
use crate::store::QuarantineLine;

/// Messages set aside because they could not be read, with the reason. Nothing of them is lost.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  replyd quarantine                          # what was set aside, and why\n  replyd quarantine show 17 --raw mail.eml\n  replyd quarantine retry 17                 # read it once more\n  replyd quarantine drop 17                  # nothing follows from it\n  replyd quarantine --seen                   # looked at: health is green again"
)]
pub(super) struct Quarantine {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
    /// Marks those listed as looked at.
    #[arg(long)]
    seen: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What was set aside, newest first.
    #[command(after_help = "Example:\n  replyd quarantine list --json")]
    List(List),
    /// One message: why, when, how large, and how it begins.
    #[command(after_help = "Examples:\n  replyd quarantine show 17\n  replyd quarantine show 17 --raw mail.eml")]
    Show(Show),
    /// Read a message once more; a running daemon does it at once.
    #[command(after_help = "Examples:\n  replyd quarantine retry 17\n  replyd quarantine retry --all    # after an update")]
    Retry(Retry),
    /// Nothing shall follow from a message. Who said so is kept.
    #[command(after_help = "Example:\n  replyd quarantine drop 17")]
    Drop(Drop),
}

#[derive(Debug, Args)]
struct List {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100, value_parser = how_many)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Show {
    /// The message's number.
    id: i64,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Write the bytes as received to this file; - is stdout.
    #[arg(long, value_name = "FILE")]
    raw: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Retry {
    /// The messages' numbers.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<i64>,
    /// All that were set aside.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct Drop {
    /// The messages' numbers.
    #[arg(required = true)]
    ids: Vec<i64>,
}

impl Quarantine {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match self.action {
            None => list(&Office::look(config)?, &self.list, self.seen),
            Some(Action::List(what)) => list(&Office::look(config)?, &what, false),
            Some(Action::Show(what)) => what.run(&Office::look(config)?),
            Some(Action::Retry(what)) => what.run(&Office::open(config)?),
            Some(Action::Drop(what)) => what.run(&Office::open(config)?),
        }
    }
}

fn list(office: &Office, what: &List, seen: bool) -> Result<(), Failure> {
    let lines = office.store.read(|tx| tx.quarantine(what.limit))?;
    if seen {
        // What was set aside meanwhile, or did not fit on the list, has been looked at by nobody.
        let shown: Vec<i64> = lines.iter().map(|line| line.message).collect();
        office.runtime.block_on(office.store.write(move |tx| tx.quarantine_seen(&shown)))?;
    }
    let shown = |QuarantineLine { message, at, reason, seen }: &QuarantineLine| {
        let new = if *seen { "" } else { "  (not looked at)" };
        format!("message {message:<6} {at}  {reason}{new}")
    };
    print_list(&lines, what.json, shown, "nothing was set aside")
}

impl Show {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let facts = office.store.read(|tx| tx.quarantine_facts(self.id))?;
        let raw = office.store.read(|tx| tx.message(self.id))?.map(|(raw, _)| raw);
        if let Some(file) = &self.raw {
            let raw = raw.ok_or_else(|| Failure::Input(format!("the bytes of message {} could not be fetched", self.id)))?;
            return write_out(file, &raw);
        }
        if self.json {
            return print_json(&facts);
        }
        print_line(&format!("message {}: {}", facts.message, facts.reason))?;
        print_line(&format!(
            "set aside {}, {}",
            facts.at,
            if facts.seen { "looked at" } else { "not looked at" }
        ))?;
        print_line(&format!(
            "received {}, folder {} UID {}, fetched {}, tries: {}",
            or_dash(&facts.received_at),
            facts.folder,
            facts.uid,
            facts.stored_at,
            facts.tries
        ))?;
        print_line(&format!(
            "{} octets{}{}",
            facts.size,
            if facts.truncated { ", only its beginning" } else { "" },
            if facts.kind.is_empty() {
                String::new()
            } else {
                format!(", taken for: {}", facts.kind)
            }
        ))?;
        print_line("")?;
        for line in excerpt(&raw.unwrap_or_default()) {
            print_line(&format!("  {line}"))?;
        }
        eprintln!("hint: --raw FILE writes all of it as received; `replyd explain FILE` says how it would be read");
        Ok(())
    }
}

impl Retry {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let ids = if self.all {
            office.store.read(|tx| tx.retryable_messages())?
        } else {
            self.ids
        };
        for id in &ids {
            let id = *id;
            office.runtime.block_on(office.store.write(move |tx| tx.retry_message(id)))?;
            print_line(&format!("message {id} is read once more"))?;
        }
        if ids.is_empty() {
            eprintln!("hint: nothing was set aside");
        } else {
            office.ring();
            eprintln!("hint: a running daemon does it now, else the next `replyd run`; then `replyd quarantine` says whether it worked");
        }
        Ok(())
    }
}

impl Drop {
    fn run(self, office: &Office) -> Result<(), Failure> {
        for id in self.ids {
            let (by, now) = (who(), office.clock.now());
            office
                .runtime
                .block_on(office.store.write(move |tx| tx.drop_message(id, &by, now)))?;
            print_line(&format!("message {id} was dropped; its bytes are kept"))?;
        }
        Ok(())
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// How a message begins, fit for a terminal: no control characters, no long lines, addresses masked.
fn excerpt(raw: &[u8]) -> Vec<String> {
    const LINES: usize = 25;
    const WIDTH: usize = 120;
    let head = raw.get(..raw.len().min(LINES * 1000)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let lines = text.lines().take(LINES);
    lines.map(|line| masked(&line.chars().take(WIDTH).collect::<String>())).collect()
}

fn masked(line: &str) -> String {
    let shown = line.replace(|c: char| c.is_control() || is_invisible(c), "·");
    let word_end = |c: char| c.is_whitespace() || "<>()[],;:\"'=".contains(c);
    let words = shown.split_inclusive(word_end).map(|word| {
        let bare = word.trim_end_matches(word_end);
        match bare.parse::<Address>() {
            Ok(address) => word.replace(bare, &address.masked()),
            Err(_) => word.to_owned(),
        }
    });
    words.collect()
}

/// Marks that turn the writing direction around, or that show nothing.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_gives_no_address_and_no_terminal_command_away() {
        let raw = b"From: Ann Lee <ann.lee@client.example>\r\nX: \x1b[2J\x07 \xff\r\n\r\nHello".to_vec();
        let lines = excerpt(&raw).join("\n");
        assert!(!lines.contains("ann.lee@") && lines.contains("client.example"), "{lines}");
        assert!(!lines.contains('\u{1b}') && lines.contains("Hello"), "{lines}");
        assert!(excerpt(&vec![b'x'; 1 << 20])[0].len() <= 120);
    }
}
