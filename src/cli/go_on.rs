//! `replyd go-on`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_line};
use crate::conversation::{Command, Interview, Side};

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
        let (id, submission) = office.submission(&self.id)?;
        let conversation = office.store.read(|tx| tx.conversation(id))?;
        let submitted = conversation.as_ref().and_then(|all| all.submission(submission));
        let without = submitted
            .and_then(|one| one.interview.as_ref())
            .map(Interview::silent)
            .unwrap_or_default();
        let name = |side: &Side| Some(conversation.as_ref()?.mailbox_of(*side, submission)?.shown());
        let silent: Vec<String> = without.iter().filter_map(name).collect();
        if silent.is_empty() {
            return Err(Failure::Input(format!(
                "s{submission}: nobody who must be there has left the question and a reminder unanswered (`replyd show s{submission}`)"
            )));
        }
        let command = Command::GoOn {
            submission,
            yes: !self.wait,
            without,
        };
        office.steer(id, command)?;
        let done = if self.wait { "waits for" } else { "goes on without" };
        print_line(&format!("s{submission}: {done} {}", silent.join(", ")))
    }
}
