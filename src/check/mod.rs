//! `replyd check`: what must be right before replyd can work, looked at one by one.
//!
//! In: a configuration. Out: a [`Line`] for each thing, with the fix in it when it is wrong.
//! Never here: a change. Nothing is sent unless a round trip is asked for, nothing is written to the database, and a daemon may be
//! working on it meanwhile. Every question has a deadline.

mod calendars;
mod certificate;
mod database;
mod dns;
mod machine;
mod mail;
mod senders;
mod web;

use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;

use crate::config::Config;
use crate::model::Timestamp;

/// Longest wait for one answer.
const SOON: Duration = Duration::from_secs(10);
/// Longest wait for everything that is asked of one server.
const WHOLE: Duration = Duration::from_secs(45);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What was looked at.
    pub name: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// In one line; addresses are masked.
    pub says: String,
    /// What to do; empty when there is nothing to do.
    pub fix: String,
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it must be.
    Ok,
    /// Works, and could be better.
    Warn,
    /// Does not work.
    Fail,
    /// Could not be looked at, which says nothing.
    Skip,
}

impl Verdict {
    /// Four characters wide.
    #[must_use]
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Ok => "ok  ",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
            Self::Skip => "skip",
        }
    }
}

/// How to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Send a mail to ourselves and wait for it.
    pub round_trip: bool,
    /// Ask this DNS server instead of the system's.
    pub dns: Option<SocketAddr>,
}

/// Looks at everything. `now` tells the time.
pub async fn all(config: &Config, options: Options, now: &(dyn Fn() -> Timestamp + Sync)) -> Vec<Line> {
    let runs = crate::store::holder(&config.database).is_some();
    let files = tokio::task::spawn_blocking({
        let (database, border, at) = (config.database.clone(), config.border.clone(), now());
        let keys_file = config.keys_file.clone();
        move || (database::look(&database, &keys_file, at), senders::look(&database, &border))
    });
    let (imap, smtp, web, dns, calendars, files) = tokio::join!(
        mail::imap(config, now()),
        mail::smtp(config, now()),
        web::look(config, runs, now),
        dns::look(config, options.dns),
        calendars::look(config, now()),
        files,
    );
    let broken = |_| {
        let lost = line("database", Verdict::Fail, "looking at it failed", "look at the file and its disk");
        (vec![lost], Vec::new())
    };
    let (database, senders) = files.unwrap_or_else(broken);
    let stuck = imap.iter().chain(&smtp).any(|line| line.verdict == Verdict::Fail);
    let trip = match options.round_trip {
        // What keeps a mail from leaving or from coming back stands above.
        true if stuck => vec![skip("address", "not tried: mail cannot be sent or fetched, see above")],
        true => vec![mail::round_trip(config, now).await],
        false => Vec::new(),
    };
    let machine = vec![machine::clock(web.told.as_ref()), machine::zones(config, now())];
    [database, imap, smtp, web.lines, machine, senders, dns, calendars, trip].concat()
}

fn line(name: &'static str, verdict: Verdict, says: impl Into<String>, fix: impl Into<String>) -> Line {
    Line {
        name,
        verdict,
        says: says.into(),
        fix: fix.into(),
    }
}

fn ok(name: &'static str, says: impl Into<String>) -> Line {
    line(name, Verdict::Ok, says, "")
}

fn skip(name: &'static str, says: impl Into<String>) -> Line {
    line(name, Verdict::Skip, says, "")
}

/// The difference between somebody else's clock and ours.
#[derive(Debug, Clone)]
struct Told {
    by: String,
    ahead: chrono::Duration,
}
