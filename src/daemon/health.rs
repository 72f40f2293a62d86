//! How the daemon is: what it looks at, and what of that is red.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;

use super::ping::{Fares, Ping};
use super::sending::{self, Sending};
use super::{Clock, mailbox};
use crate::compose::Ink;
use crate::http::{Check, Health};
use crate::model::Timestamp;
use crate::oauth::Keeper;
use crate::store::{Store, StoreError, Totals};

/// Without success for this long a door is red.
const RED_AFTER: chrono::Duration = chrono::Duration::minutes(15);
/// A larger WAL is not being written back.
const LARGEST_WAL: u64 = 64 << 20;

/// Where to look.
#[derive(Clone)]
pub(super) struct Gauges {
    pub(super) started: Timestamp,
    pub(super) clock: Clock,
    pub(super) mail: watch::Receiver<mailbox::Health>,
    pub(super) sending: Arc<Sending>,
    pub(super) ping: Option<Arc<Ping>>,
    /// For an account with OAuth2.
    pub(super) login: Option<Arc<Keeper>>,
    pub(super) store: Arc<Store>,
    pub(super) database: PathBuf,
    /// Its keys tell this installation from others; they may change while it runs.
    pub(super) ink: Arc<Ink>,
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) now: Timestamp,
    pub(super) started: Timestamp,
    /// By how much the machine's clock jumped, while it is off.
    pub(super) jump: Option<chrono::Duration>,
    pub(super) mail: mailbox::Health,
    pub(super) smtp: sending::Health,
    pub(super) ping: Option<Fares>,
    /// For an account with OAuth2: why somebody must log in again, when that is so.
    pub(super) login: Option<Option<String>>,
    pub(super) totals: Result<Totals, StoreError>,
    /// Dead deliveries to webhooks, and webhooks that are off.
    pub(super) undelivered: (i64, i64),
    /// Until when nothing is sent, because too many letters were refused.
    pub(super) refusals: Option<Timestamp>,
    pub(super) wal_bytes: u64,
    /// `None` when it cannot be told.
    pub(super) disk: Option<Disk>,
}

impl Gauges {
    /// Looks. Reads the database and the disk, so not from an async task.
    pub(super) fn look(&self, now: Timestamp) -> Seen {
        let looked = self.store.read(|tx| Ok((tx.totals()?, tx.sending_paused(now)?, tx.undelivered()?)));
        let (totals, refusals, undelivered) = match looked {
            Ok((totals, refusals, undelivered)) => (Ok(totals), refusals, undelivered),
            Err(error) => (Err(error), None, (0, 0)),
        };
        Seen {
            now,
            started: self.started,
            jump: self.clock.jump(),
            mail: self.mail.borrow().clone(),
            smtp: self.sending.health(),
            ping: self.ping.as_ref().map(|ping| ping.fares(now)),
            login: self.login.as_ref().map(|keeper| keeper.stopped()),
            totals,
            undelivered,
            refusals,
            wal_bytes: wal_bytes(&self.database),
            disk: Disk::below(&self.database),
        }
    }

    /// For `/healthz`.
    pub(super) async fn health(self, now: Timestamp) -> Health {
        let instance = super::instance(&self.ink);
        let seen = tokio::task::spawn_blocking(move || self.look(now)).await;
        Health {
            checks: seen
                .map(|seen| judge(&seen))
                .unwrap_or_else(|_| vec![red("daemon", "looking at it failed", "look at the log")]),
            instance,
        }
    }
}

/// Octets in the write-ahead log beside a database.
fn wal_bytes(database: &Path) -> u64 {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    std::fs::metadata(PathBuf::from(name)).map_or(0, |file| file.len())
}

/// The room on a disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk {
    /// Octets that replyd may still write.
    pub(crate) free: u64,
    /// Octets in all; never 0.
    pub(crate) size: u64,
}

impl Disk {
    /// The disk that a file lies on, or would. `None` when it cannot be told.
    pub(crate) fn below(file: &Path) -> Option<Self> {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let disk = rustix::fs::statvfs(folder).ok()?;
        (disk.f_blocks > 0).then(|| Self {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            size: disk.f_blocks.saturating_mul(disk.f_frsize),
        })
    }

    /// The free share, from 0 to 1.
    pub(crate) fn share(self) -> f64 {
        self.free as f64 / self.size as f64
    }

    /// Less than 5 % is free, and less than 2 GiB: a small share of a large disk still holds years of mail.
    pub(crate) fn is_short(self) -> bool {
        self.share() < 0.05 && self.free < 2 << 30
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} % free, {} MiB", self.share() * 100.0, self.free >> 20)
    }
}

/// A check for each thing that can be red, in a fixed order.
pub(super) fn judge(seen: &Seen) -> Vec<Check> {
    let now = seen.now;
    let ago = |at: Timestamp| format!("{} min ago", (now - at).num_minutes());
    let imap_fix = "look at [imap] in config.toml and at the mail server; `replyd check` tells more";
    let trouble = seen.mail.trouble.as_deref().unwrap_or("no answer yet");
    let imap = match seen.mail.last_ok {
        Some(at) if now - at < RED_AFTER => green("imap", format!("read {}", ago(at))),
        Some(at) => red("imap", &format!("last read {}: {trouble}", ago(at)), imap_fix),
        None if now - seen.started < RED_AFTER && seen.mail.trouble.is_none() => green("imap", "starting".to_owned()),
        None => red("imap", &format!("never read since the start: {trouble}"), imap_fix),
    };
    let smtp_fix = "look at [smtp] in config.toml and at the mail server; letters wait meanwhile";
    let smtp = match (seen.smtp.refused, seen.refusals, seen.smtp.failing_since, seen.smtp.last_ok) {
        (true, _, _, _) => red(
            "smtp",
            "the account is refused",
            "put right the login or the sender's rights; letters wait meanwhile",
        ),
        (false, Some(until), _, _) => red(
            "smtp",
            &format!(
                "more than a tenth of the last letters were refused; nothing is sent before {} UTC",
                until.format("%H:%M")
            ),
            "look at why: replyd outbox list --state failed; then letters go on by themselves",
        ),
        (false, None, Some(since), _) if now - since >= RED_AFTER => red("smtp", &format!("no connection since {}", ago(since)), smtp_fix),
        (false, None, _, Some(at)) => green("smtp", format!("connected {}", ago(at))),
        (false, None, _, None) => green("smtp", "nothing to send yet".to_owned()),
    };
    let ping = seen.ping.map(|ping| match (ping.late, ping.out_since, ping.back) {
        (true, since, _) => {
            let says = format!("out since {}", since.map(ago).unwrap_or_default());
            red(
                "self_ping",
                &says,
                "mail to our own address does not arrive: look for it in the mailbox, its junk folder, and bounces",
            )
        }
        (false, Some(since), _) => green("self_ping", format!("on its way, sent {}", ago(since))),
        (false, None, Some((at, _))) => green("self_ping", format!("came back {}", ago(at))),
        (false, None, None) => green("self_ping", "none sent yet".to_owned()),
    });
    let login = seen.login.as_ref().map(|stopped| match stopped {
        None => green("login", "valid".to_owned()),
        Some(why) => red("login", why, "log in again: replyd login"),
    });
    let (database, totals) = match &seen.totals {
        Ok(totals) => (green("database", "answers".to_owned()), *totals),
        Err(error) => {
            let fix = "look at the disk and at the log";
            (red("database", &error.to_string(), fix), Totals::default())
        }
    };
    let quarantine = match totals.quarantined {
        0 => green("quarantine", "nothing unseen".to_owned()),
        n => red(
            "quarantine",
            &format!("{n} messages nobody has seen"),
            "look at them: replyd quarantine",
        ),
    };
    let outbox = match (totals.ambiguous, totals.untold) {
        (0, 0) => green("outbox", "no letter in doubt".to_owned()),
        (0, n) => red(
            "outbox",
            &format!("{n} notices to recruiters failed: nobody was told what they say"),
            "read them: replyd outbox --state failed; put the address right and send them again (lift, retry), or close them (cancel)",
        ),
        (n, untold) => red(
            "outbox",
            &match untold {
                0 => format!("{n} letters in doubt"),
                untold => format!("{n} letters in doubt, and {untold} notices to recruiters that failed"),
            },
            "nobody can know whether they arrived: replyd outbox",
        ),
    };
    let webhooks = match seen.undelivered {
        (0, 0) => green("webhooks", "nothing was given up".to_owned()),
        (dead, 0) => red(
            "webhooks",
            &format!("{dead} events were given up"),
            "look at why: replyd webhooks list --state dead; then replay them, or drop them",
        ),
        (_, gone) => red(
            "webhooks",
            &format!("{gone} webhooks answered 410 and are off"),
            "when they are ready again: replyd webhooks enable; else take them out of config.toml",
        ),
    };
    let clock = match seen.jump {
        None => green("clock", "steady".to_owned()),
        Some(by) => red(
            "clock",
            &format!("the machine's clock jumped by {} s and is not followed", by.num_seconds()),
            "set it right, or restart replyd if it is right now",
        ),
    };
    let mib = seen.wal_bytes >> 20;
    let wal = if seen.wal_bytes <= LARGEST_WAL {
        green("wal", format!("{mib} MiB"))
    } else {
        red(
            "wal",
            &format!("{mib} MiB"),
            "something keeps the database open for reading: close other programs on it, or restart replyd",
        )
    };
    let disk = match seen.disk {
        Some(disk) if disk.is_short() => red("disk", &disk.to_string(), "make room on the database's disk"),
        Some(disk) => green("disk", disk.to_string()),
        None => green("disk", "not known".to_owned()),
    };
    [imap, smtp]
        .into_iter()
        .chain(login)
        .chain(ping)
        .chain([database, quarantine, outbox, webhooks, wal, disk, clock])
        .collect()
}

fn green(name: &str, says: String) -> Check {
    Check {
        name: name.to_owned(),
        ok: true,
        says,
        fix: String::new(),
    }
}

fn red(name: &str, says: &str, fix: &str) -> Check {
    Check {
        name: name.to_owned(),
        ok: false,
        says: says.to_owned(),
        fix: fix.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-03-02T12:00:00Z".parse().unwrap()
    }

    fn minutes(n: i64) -> chrono::Duration {
        chrono::Duration::minutes(n)
    }

    /// Of 1 GiB, so many hundredths of it free.
    fn disk(percent: u64) -> Disk {
        let size = 1 << 30;
        Disk {
            free: (size * percent).div_ceil(100),
            size,
        }
    }

    fn well() -> Seen {
        Seen {
            now: noon(),
            started: noon() - minutes(600),
            jump: None,
            mail: mailbox::Health {
                last_ok: Some(noon() - minutes(5)),
                trouble: None,
            },
            smtp: sending::Health::default(),
            ping: Some(Fares::default()),
            login: Some(None),
            totals: Ok(Totals::default()),
            undelivered: (0, 0),
            refusals: None,
            wal_bytes: LARGEST_WAL,
            disk: Some(disk(5)),
        }
    }

    fn reds(change: impl FnOnce(&mut Seen)) -> Vec<String> {
        let mut seen = well();
        change(&mut seen);
        let checks = judge(&seen);
        // Whatever is red says what to do, and nothing else does.
        assert!(checks.iter().all(|check| check.ok == check.fix.is_empty()), "{checks:?}");
        checks.into_iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }

    /// R-D8.
    #[test]
    fn each_reason_to_be_red_is_red_by_itself() {
        assert_eq!(reds(|_| ()), Vec::<String>::new());
        assert_eq!(reds(|seen| seen.mail.last_ok = Some(noon() - minutes(15))), ["imap"]);
        assert_eq!(reds(|seen| seen.mail.last_ok = None), ["imap"]);
        assert_eq!(reds(|seen| seen.smtp.failing_since = Some(noon() - minutes(15))), ["smtp"]);
        assert_eq!(reds(|seen| seen.smtp.refused = true), ["smtp"]);
        assert_eq!(reds(|seen| seen.refusals = Some(noon() + minutes(3))), ["smtp"]);
        let late = Fares {
            out_since: Some(noon() - minutes(31)),
            late: true,
            back: None,
        };
        assert_eq!(reds(|seen| seen.ping = Some(late)), ["self_ping"]);
        assert_eq!(reds(|seen| seen.login = Some(Some("refused".to_owned()))), ["login"]);
        assert_eq!(reds(|seen| seen.totals = Err(StoreError::DiskFull)), ["database"]);
        let totals = |quarantined, ambiguous, untold| Totals {
            waiting: 9,
            ambiguous,
            untold,
            quarantined,
        };
        assert_eq!(reds(|seen| seen.totals = Ok(totals(1, 0, 0))), ["quarantine"]);
        assert_eq!(reds(|seen| seen.totals = Ok(totals(0, 1, 0))), ["outbox"]);
        assert_eq!(reds(|seen| seen.totals = Ok(totals(0, 0, 1))), ["outbox"]);
        assert_eq!(reds(|seen| seen.undelivered = (1, 0)), ["webhooks"]);
        assert_eq!(reds(|seen| seen.undelivered = (0, 1)), ["webhooks"]);
        assert_eq!(reds(|seen| seen.wal_bytes = LARGEST_WAL + 1), ["wal"]);
        assert_eq!(reds(|seen| seen.disk = Some(disk(4))), ["disk"]);
        let large = Disk {
            free: 3 << 30,
            size: 1 << 40,
        };
        assert_eq!(reds(|seen| seen.disk = Some(large)), Vec::<String>::new());
        assert_eq!(reds(|seen| seen.jump = Some(minutes(-6))), ["clock"]);
    }

    #[test]
    fn what_has_had_no_time_yet_is_not_red() {
        let young = |seen: &mut Seen| {
            seen.started = noon() - minutes(14);
            seen.mail.last_ok = None;
            seen.smtp.failing_since = Some(noon() - minutes(14));
        };
        assert_eq!(reds(young), Vec::<String>::new());
        let broken = |seen: &mut Seen| {
            young(seen);
            seen.mail.trouble = Some("LOGIN refused".to_owned());
        };
        assert_eq!(reds(broken), ["imap"]);
    }

    #[test]
    fn the_disk_can_be_asked() {
        let disk = Disk::below(Path::new("replyd.db")).unwrap();
        assert!(disk.size > 1 << 20 && (0.0..=1.0).contains(&disk.share()), "{disk}");
    }
}
