//! `replyd go-on`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_line, who};
use crate::conversation::{Command, Interview};
use crate::daemon;

/// Say whether an interview goes on without those who must be there and do not answer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd go-on s12\n  replyd go-on s12 --wait")]
pub(super) struct GoOn {
    /// A submission (s12); `replyd list` shows them.
    id: String,
    /// Wait for them, and remind them once more.
    #[arg(long)]
    wait: bool,
}

impl GoOn {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let (id, submission) = office.store.read(|tx| tx.meant_by(&self.id))?;
        let Some(submission) = submission else {
            return Err(Failure::Input(format!(
                "{:?} is a batch; name one of its submissions, such as s12 (`replyd show {id}`)",
                self.id
            )));
        };
        let conversation = office.store.read(|tx| tx.conversation(id))?;
        let silent: Vec<String> = conversation
            .as_ref()
            .and_then(|all| Some((all, all.submission(submission)?.interview.as_ref()?)))
            .map(|(all, interview)| (all, Interview::silent(interview)))
            .into_iter()
            .flat_map(|(all, sides)| sides.into_iter().filter_map(|side| Some(all.mailbox_of(side, submission)?.shown())))
            .collect();
        if silent.is_empty() {
            return Err(Failure::Input(format!(
                "s{submission}: nobody who must be there has left the question and a reminder unanswered (`replyd show s{submission}`)"
            )));
        }
        let command = Command::GoOn {
            submission,
            yes: !self.wait,
        };
        office
            .runtime
            .block_on(daemon::steer(&office.store, &office.ink, id, who(), command, office.clock.now()))?;
        office.ring();
        let done = if self.wait { "waits for" } else { "goes on without" };
        print_line(&format!("s{submission}: {done} {}", silent.join(", ")))
    }
}
