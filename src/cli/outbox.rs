//! `replyd outbox`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Failure, Office, each, how_many, print_json, print_line, print_list, who, write_out};
use crate::daemon;
use crate::model::{Address, LetterId};
use crate::store::{HeldUp, OutboxLine, Tombstones, holder};

/// Letters that wait, failed or are in doubt.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  replyd outbox                              # what waits or failed\n  replyd outbox list --state held\n  replyd outbox show 12 --raw letter.eml\n  replyd outbox retry 12\n  replyd outbox cancel 12\n  replyd outbox lift ann.lee@client.example  # the address works again"
)]
pub(super) struct Outbox {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: List,
    /// The same as `outbox lift ADDRESS`.
    #[arg(long, value_name = "ADDRESS", hide = true)]
    lift: Option<Address>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Letters, newest first.
    #[command(after_help = "Examples:\n  replyd outbox list --all\n  replyd outbox list --state failed --json")]
    List(List),
    /// One letter: where it stands, what the server said, its envelope.
    #[command(after_help = "Examples:\n  replyd outbox show 12\n  replyd outbox show 12 --raw letter.eml")]
    Show(Show),
    /// Send a letter that failed, is held, or was cancelled; hurry one that waits. Limits hold for it too, and it says when it goes.
    #[command(after_help = "Examples:\n  replyd outbox retry 12\n  replyd outbox retry 12 13 --yes    # although they may have arrived")]
    Retry(Retry),
    /// A letter that has not left never will.
    #[command(after_help = "Example:\n  replyd outbox cancel 12")]
    Cancel(Cancel),
    /// An address works again: letters may go to it.
    #[command(after_help = "Example:\n  replyd outbox lift ann.lee@client.example")]
    Lift {
        /// The address.
        address: Address,
    },
}

#[derive(Debug, Args)]
struct List {
    /// Sent ones too.
    #[arg(long)]
    all: bool,
    /// Only letters in this state.
    #[arg(long, value_parser = ["queued", "claimed", "dot_intent", "ambiguous", "sent", "failed", "expired", "held", "cancelled"])]
    state: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// How many, newest first.
    #[arg(long, default_value_t = 100, value_parser = how_many)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Show {
    /// The letter's number.
    id: i64,
    /// Addresses in full.
    #[arg(long)]
    full: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Write the letter as it leaves to this file; - is stdout.
    #[arg(long, value_name = "FILE")]
    raw: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Retry {
    /// The letters' numbers.
    #[arg(required = true)]
    ids: Vec<i64>,
    /// Also letters that may have arrived already: a second copy is no harm, or it is sure that there is no first.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct Cancel {
    /// The letters' numbers.
    #[arg(required = true)]
    ids: Vec<i64>,
}

impl Outbox {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match (self.action, self.lift) {
            (Some(Action::Lift { address }), _) | (None, Some(address)) => lift(&Office::open(config)?, address),
            (None, None) => self.list.run(&Office::look(config)?),
            (Some(Action::List(what)), _) => what.run(&Office::look(config)?),
            (Some(Action::Show(what)), _) => what.run(&Office::look(config)?),
            (Some(Action::Retry(what)), _) => what.run(&Office::open(config)?),
            (Some(Action::Cancel(what)), _) => what.run(&Office::open(config)?),
        }
    }
}

impl List {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let letters = match &self.state {
            Some(state) => office.store.read(|tx| tx.outbox_in(state, self.limit))?,
            None => office.store.read(|tx| tx.outbox(self.all, self.limit))?,
        };
        let nothing = match (&self.state, self.all) {
            (Some(state), _) => format!("no letter is {state}"),
            (None, true) => "nothing waits and nothing was sent".to_owned(),
            (None, false) => "nothing waits; --all shows what was sent".to_owned(),
        };
        print_list(&letters, self.json, shown, &nothing)
    }
}

/// A letter on one line.
pub(super) fn shown(one: &OutboxLine) -> String {
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
    format!(
        "{:>5}  batch {:<5} {:<16} to {:<14} {:<10} {when}, tries: {}{outcome}",
        one.id, one.batch, one.kind, one.party, one.state, one.attempts
    )
}

impl Show {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let id = LetterId(self.id);
        if let Some(file) = &self.raw {
            return write_out(file, &office.store.read(|tx| tx.letter_bytes(id))?);
        }
        let mut facts = office.store.read(|tx| tx.letter_facts(id))?;
        if !self.full {
            for one in [&mut facts.sender, &mut facts.recipient] {
                *one = one.parse::<Address>().map_or_else(|_| "***".to_owned(), |address| address.masked());
            }
        }
        if self.json {
            return print_json(&facts);
        }
        let row = |name: &str, value: &str| match value {
            "" => Ok(()),
            value => print_line(&format!("{name:<10} {value}")),
        };
        print_line(&format!(
            "letter {}: {} to {}, batch {}, {}",
            facts.id, facts.kind, facts.party, facts.batch, facts.state
        ))?;
        row("said", &facts.outcome)?;
        row("from", &facts.sender)?;
        row("to", &facts.recipient)?;
        row("id", &facts.message_id)?;
        row("subject", &facts.subject)?;
        row("written", &facts.queued_at)?;
        row("due", if facts.sent_at.is_empty() { &facts.due } else { "" })?;
        row("until", &facts.not_after)?;
        row("first try", &facts.tried_at)?;
        row("sent", &facts.sent_at)?;
        row("tries", &facts.attempts.to_string())?;
        row(
            "in doubt",
            &if facts.doubts == 0 {
                String::new()
            } else {
                format!("{} times", facts.doubts)
            },
        )?;
        row("size", &format!("{} octets", facts.size))?;
        eprintln!(
            "hint: --raw FILE writes the letter as it leaves{}",
            if self.full { "" } else { ", --full shows addresses" }
        );
        Ok(())
    }
}

impl Retry {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let done = each(&self.ids, |id| {
            let id = LetterId(id);
            let (by, now, sure) = (who(), office.clock.now(), self.yes);
            office
                .runtime
                .block_on(office.store.write(move |tx| tx.retry_letter(id, sure, &by, now)))?;
            let held = office.store.read(|tx| tx.held_up(id, office.config.limits, now))?;
            let runs = holder(&office.config.database).is_some();
            print_line(&retried(id, held, runs))
        });
        office.ring();
        done
    }
}

/// When a letter goes that is to be tried again. Limits hold for it as for any other: they keep the account from being closed, and people from
/// being flooded.
fn retried(id: LetterId, held: Option<HeldUp>, runs: bool) -> String {
    let by_whom = if runs {
        ""
    } else {
        "; no daemon works on this database: start `replyd run`"
    };
    match held {
        None if runs => format!("letter {id} is sent now"),
        None => format!("letter {id} is due{by_whom}"),
        Some(HeldUp::Until(until, why)) => {
            let until = until.format("%Y-%m-%d %H:%M:%S UTC");
            format!("letter {id} is sent at {until} at the soonest: {why}{by_whom}")
        }
        Some(HeldUp::Driven(batch)) => format!("letter {id} waits: a recruiter drives batch {batch}, until `replyd release {batch}`"),
    }
}

impl Cancel {
    fn run(self, office: &Office) -> Result<(), Failure> {
        each(&self.ids, |id| {
            let id = LetterId(id);
            let (by, now) = (who(), office.clock.now());
            office
                .runtime
                .block_on(office.store.write(move |tx| tx.cancel_letter(id, &by, now)))?;
            print_line(&format!("letter {id} will not be sent; its copies are letters of their own"))
        })
    }
}

fn lift(office: &Office, address: Address) -> Result<(), Failure> {
    let shown = address.masked();
    // An older backup brings them back as they were: they may be written to.
    if let Some(mut erased) = Tombstones::read(&office.config.database)?
        && erased.since(&address).is_some()
    {
        erased.remove(&address)?;
    }
    let lifting = daemon::lift(&office.store, &office.ink, address, who(), office.clock.now());
    let lifted = office.runtime.block_on(lifting)?;
    office.ring();
    print_line(&if lifted {
        format!("{shown} is written to again; letters that failed meanwhile stay failed until `replyd outbox retry`")
    } else {
        format!("{shown} was not suppressed")
    })
}
