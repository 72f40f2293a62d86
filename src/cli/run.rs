//! `replyd run`.

use std::path::Path;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Failure, print_json, print_line};
use crate::config::Config;
use crate::daemon::{Clock, Daemon};

/// The daemon: reads the mailbox, serves the pages, sends what is due.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd run\n  replyd run --until-idle        # from cron: do all that is due, then exit\n\nSIGTERM and SIGINT end it within 10 seconds at a safe point."
)]
pub(super) struct Run {
    /// Do all that is due, then exit. Serves no pages.
    #[arg(long)]
    until_idle: bool,
    /// With --until-idle: what was done, as JSON.
    #[arg(long, requires = "until_idle")]
    json: bool,
}

impl Run {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let daemon = Daemon::new(Config::load(config)?, Clock::system())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        if self.until_idle {
            let done = runtime.block_on(daemon.until_idle())?;
            return if self.json {
                print_json(&done)
            } else {
                print_line(&format!(
                    "{} fetched, {} read, {} deadlines, {} letters sent",
                    done.fetched, done.read, done.deadlines, done.sent
                ))
            };
        }
        runtime.block_on(async {
            let (stop, stopped) = watch::channel(false);
            let bell = daemon.bell();
            let mut ends = (
                signal(SignalKind::terminate()).map_err(Failure::Output)?,
                signal(SignalKind::interrupt()).map_err(Failure::Output)?,
            );
            let mut rings = signal(SignalKind::from_raw(crate::store::RING)).map_err(Failure::Output)?;
            tokio::spawn(async move {
                loop {
                    tokio::select! {
                        _ = ends.0.recv() => break,
                        _ = ends.1.recv() => break,
                        _ = rings.recv() => bell.ring(),
                    }
                }
                let _ = stop.send(true);
            });
            Ok(daemon.run(None, stopped).await?)
        })
    }
}
