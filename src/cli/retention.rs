//! `replyd retention`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line};
use crate::daemon::kept_too_long;

/// What is kept for how long (`[retention]`), and what the daemon lets go of next. Changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd retention --json")]
pub(super) struct Retention {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Retention {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::look(config)?;
        let days = office.config.mail_days.map(|days| days.num_days());
        let [messages, letters] = match office.config.mail_days {
            Some(days) => kept_too_long(&office.store, office.clock.now() - days)?,
            None => [0, 0],
        };
        if self.json {
            return print_json(&serde_json::json!({ "mail_days": days, "messages": messages, "letters": letters }));
        }
        match days {
            None => print_line("mails and letters are kept for ever ([retention] mail_days = 0)"),
            Some(days) => print_line(&format!(
                "mails and letters of batches that have ended are kept {days} days; the daemon lets go of {messages} mails and {letters} letters"
            )),
        }
    }
}
