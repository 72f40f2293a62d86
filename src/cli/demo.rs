//! `replyd demo`.

use std::path::PathBuf;

use clap::Args;

use super::show::story;
use super::{Failure, print_line};
use crate::demo::{DemoError, Story};

/// The whole round trip on this computer, without a mail account.
///
/// A small mail server inside this process (real SMTP and IMAP, loopback only, in memory) and the unchanged daemon play a story:
/// a batch of three candidates goes out, a scanner opens every link, the client is away, presses a button, takes it back, presses
/// another one, answers the rest in words, and the decisions stand. Days pass in seconds. At the end the timeline is printed as
/// `replyd show` prints it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  replyd demo --script\n\nThe directory stays, so that the story can be looked at afterwards; it may be deleted at any time."
)]
pub(super) struct Demo {
    /// Play the story without waiting for anybody. So far this is the only way to play it, with or without this switch.
    #[arg(long)]
    script: bool,
    /// An empty or new directory for configuration and database [default: a new one for temporary files].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        let dir = self
            .dir
            .unwrap_or_else(|| std::env::temp_dir().join(format!("replyd-demo-{}", std::process::id())));
        if dir.join("replyd.db").exists() {
            return Err(Failure::Input(format!(
                "{}: a demo was played here; name another directory with --dir",
                dir.display()
            )));
        }
        if !self.script {
            print_line("(there is nobody to wait for yet: the story plays as with --script)")?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        let mut tell = |line: String| {
            // A reader that has gone is no reason to end the story in the middle.
            let _ = print_line(&line);
        };
        let played = runtime.block_on(Story::default().play(&dir, &mut tell));
        let told = played.map_err(|error| match error {
            DemoError::Config(error) => Failure::Config(error),
            DemoError::Daemon(error) => Failure::Daemon(error),
            DemoError::File { .. } | DemoError::Server(_) | DemoError::Pages(_) | DemoError::Person(_) | DemoError::Unexpected(_) => {
                Failure::Output(std::io::Error::other(error))
            }
        })?;
        print_line("\nWhat the database says of it:\n")?;
        print_line(&story(&told.batch, &told.timeline))?;
        print_line(&format!(
            "\nDone in {:.1} s. Look again with:  {} --config {} show {}",
            told.took.as_secs_f64(),
            // As this very program was called: with cargo it is not in the PATH.
            std::env::args().next().unwrap_or_else(|| "replyd".to_owned()),
            dir.join("config.toml").display(),
            told.batch.id
        ))
    }
}
