//! `replyd check`.

use std::net::SocketAddr;
use std::path::Path;

use clap::Args;

use super::{Failure, print_json, print_line};
use crate::check::{self, Line, Options, Verdict};
use crate::config::Config;
use crate::daemon::Clock;

/// Whether everything replyd needs is as it must be: one line each, with the fix when it is not.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd check\n  replyd check --round-trip      # also mail ourselves and wait for it\n\nNothing is changed, and a daemon may be running; only --round-trip makes the signing keys when there are none. Exit code 1 when a line says FAIL."
)]
pub(super) struct Check {
    /// Send a mail to our own tagged address and wait until it arrives.
    #[arg(long)]
    round_trip: bool,
    /// Ask this DNS server, such as 192.0.2.1, instead of the system's; port 53 if left out.
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = name_server)]
    dns: Option<SocketAddr>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, path: &Path) -> Result<(), Failure> {
        let mut lines = Vec::new();
        // What is sent carries a signed address, which a daemon shall know again.
        let load = if self.round_trip { Config::load } else { Config::look };
        match load(path) {
            Ok(config) => {
                lines.push(Line {
                    name: "config",
                    verdict: Verdict::Ok,
                    says: path.display().to_string(),
                    fix: String::new(),
                });
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .map_err(Failure::Output)?;
                let clock = Clock::system();
                let options = Options {
                    round_trip: self.round_trip,
                    dns: self.dns,
                };
                let now = || clock.now();
                lines.extend(runtime.block_on(check::all(&config, options, &now)));
                // A resolver that still waits for an answer does not hold us up.
                runtime.shutdown_background();
            }
            Err(error) => lines.push(Line {
                name: "config",
                verdict: Verdict::Fail,
                says: error.to_string(),
                // It says itself what to do.
                fix: String::new(),
            }),
        }
        if self.json {
            print_json(&lines)?;
        } else {
            for line in &lines {
                let fix = if line.fix.is_empty() {
                    String::new()
                } else {
                    format!("; fix: {}", line.fix)
                };
                print_line(&format!("{} {:<9} {}{fix}", line.verdict.shown(), line.name, line.says))?;
            }
        }
        if lines.len() == 1 {
            eprintln!("hint: without a configuration nothing else can be looked at");
        }
        match lines.iter().filter(|line| line.verdict == Verdict::Fail).count() {
            0 => Ok(()),
            failed => Err(Failure::Checked(failed)),
        }
    }
}

fn name_server(text: &str) -> Result<SocketAddr, String> {
    let usual = |_| text.parse().map(|address| SocketAddr::new(address, 53));
    text.parse()
        .or_else(usual)
        .map_err(|_: std::net::AddrParseError| "write an address, with a port where it is not 53, such as 192.0.2.1:53".to_owned())
}
