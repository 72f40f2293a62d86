//! `replyd decide`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_line, who};
use crate::conversation::Command;
use crate::daemon;
use crate::model::{Decision, Reason};

/// Decide for the client ("client called"). Takes effect at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd decide s12 interested\n  replyd decide s12 pass --reason salary --reason location")]
pub(super) struct Decide {
    /// A submission (s12); `replyd list` shows them.
    id: String,
    /// interested, maybe or pass.
    decision: Decision,
    /// With pass: why; may be given several times. A pass without one makes replyd ask the client why.
    #[arg(long)]
    reason: Vec<Reason>,
}

impl Decide {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let (id, submission) = office.store.read(|tx| tx.meant_by(&self.id))?;
        let Some(submission) = submission else {
            return Err(Failure::Input(format!(
                "{:?} is a batch; name one of its submissions, such as s12 (`replyd show {id}`)",
                self.id
            )));
        };
        if self.decision != Decision::Pass && !self.reason.is_empty() {
            return Err(Failure::Input("--reason goes with pass".to_owned()));
        }
        let command = Command::Decide {
            submission,
            decision: self.decision,
            reasons: self.reason,
        };
        office
            .runtime
            .block_on(daemon::steer(&office.store, &office.ink, id, who(), command, office.clock.now()))?;
        office.ring();
        print_line(&format!("s{submission}: {}", self.decision))
    }
}
