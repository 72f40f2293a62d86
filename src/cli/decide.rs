//! `replyd decide`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_line};
use crate::conversation::Command;
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
    /// Also when the client said the opposite themselves.
    #[arg(long)]
    all_the_same: bool,
}

impl Decide {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let (id, submission) = office.submission(&self.id)?;
        if self.decision != Decision::Pass && !self.reason.is_empty() {
            return Err(Failure::Input("--reason goes with pass".to_owned()));
        }
        let command = Command::Decide {
            submission,
            decision: self.decision,
            reasons: self.reason,
        };
        office.steer_despite(id, command, self.all_the_same)?;
        print_line(&format!("s{submission}: {}", self.decision))
    }
}
