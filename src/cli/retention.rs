//! `replyd retention`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line};
use crate::daemon::{GoesNext, LetGo, RetentionTerms, Retires, goes_next, kept_too_long, let_go};

/// What is kept for how long (`[retention]`), and what the daemon lets go of next. Changes nothing without --yes.
///
/// Mails and letters of batches that have ended lose their bytes first. Later everything in such a batch that tells of people goes: names,
/// addresses, words, CVs. What happened when, statuses and all figures stay, and so do recruiters.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd retention --json\n  replyd retention --yes     # now, and not with the daemon's next round")]
pub(super) struct Retention {
    /// Let go of it now. A daemon may be running.
    #[arg(long)]
    yes: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Retention {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = match self.yes {
            true => Office::open(config)?,
            false => Office::look(config)?,
        };
        let terms = RetentionTerms {
            mails: office.config.mail_days,
            people: office.config.people_days,
        };
        let now = office.clock.now();
        let goes = match self.yes {
            true => office.runtime.block_on(let_go(&office.store, terms, now))?,
            false => kept_too_long(&office.store, terms, now)?,
        };
        let next = goes_next(&office.store, terms, now)?;
        if self.json {
            let days = |term: Option<chrono::Duration>| term.map(|term| term.num_days());
            return print_json(&serde_json::json!({
                "mail_days": days(terms.mails), "people_days": days(terms.people), "gone": self.yes,
                "messages": goes.messages, "letters": goes.letters, "people": goes.people, "next": next,
            }));
        }
        self.tell(terms, &goes)?;
        let zone = office.config.zone;
        let on = |one: &Retires| zone.local(one.at).format("%-d %B %Y").to_string();
        tell_next(&next, on)
    }

    fn tell(&self, terms: RetentionTerms, goes: &LetGo) -> Result<(), Failure> {
        let verb = if self.yes { "went" } else { "go" };
        match terms.mails {
            None => print_line("mails and letters are kept for ever ([retention] mail_days = 0)"),
            Some(days) => print_line(&format!(
                "mails and letters of batches that have ended are kept {} days: the bytes of {} mails and {} letters {verb}",
                days.num_days(),
                goes.messages,
                goes.letters
            )),
        }?;
        let people = &goes.people;
        match terms.people {
            None => print_line("people are kept for ever ([retention] people_days = 0)"),
            Some(days) => print_line(&format!(
                "people in batches that have ended are known for {} days after the last event: {} places in {} batches {verb}, with {} letters, {} mails, {} CVs and the words of {} lines of timelines",
                days.num_days(),
                people.people,
                people.batches,
                people.letters,
                people.messages,
                people.files,
                people.events
            )),
        }
    }
}

/// What goes next, and when; nothing of what is kept for ever.
fn tell_next(next: &GoesNext, on: impl Fn(&Retires) -> String) -> Result<(), Failure> {
    let of = |one: &Retires| one.reference.clone().unwrap_or_else(|| "a mail of no batch".to_owned());
    if let Some(one) = &next.mails {
        print_line(&format!(
            "next: the first bytes of mails and letters, of {}, on {}",
            of(one),
            on(one)
        ))?;
    }
    if let Some(one) = &next.people {
        print_line(&format!(
            "next: the people in {}, on {}, unless something happens in it",
            of(one),
            on(one)
        ))?;
    }
    match next {
        GoesNext { mails: None, people: None } => print_line("next: nothing; no batch that is still known has ended"),
        _ => Ok(()),
    }
}
