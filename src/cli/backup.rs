//! `replyd backup`.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, print_json, print_line};
use crate::config::{Config, keys_file_text};
use crate::daemon::{Clock, fault};
use crate::model::Timestamp;
use crate::store::{self, Rows};

/// A copy of the database and the signing keys, in one file, checked; safe while a daemon runs.
///
/// The file holds everything about everybody and the keys that sign links: keep it as you would keep the mailbox's password.
/// Not in it: config.toml, passwords, the DKIM key, templates.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd backup /backup/replyd.db     # replaces an older one of that name\n  replyd backup --dir /backup --keep  # hourly from cron\n\n`replyd restore FILE` is the way back."
)]
pub(super) struct Backup {
    /// The file to write; default: replyd-DATE.db in --dir.
    #[arg(conflicts_with_all = ["dir", "keep"])]
    file: Option<PathBuf>,
    /// Where to put replyd-DATE.db.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Then remove backups in that directory that are older than 48 hours, but for one a day for 35 days.
    #[arg(long)]
    keep: bool,
    /// What was written, as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Written {
    file: PathBuf,
    size: u64,
    rows: Vec<Rows>,
    removed: Vec<PathBuf>,
}

impl Backup {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let places = Config::places(config)?;
        let now = Clock::system().now();
        if self.file.is_none() && !self.dir.is_dir() {
            let dir = self.dir.display();
            let what = format!("{dir}: no such directory; make it, or name another with --dir");
            return Err(Failure::Output(std::io::Error::new(ErrorKind::NotFound, what)));
        }
        let file = self.file.unwrap_or_else(|| self.dir.join(name(now)));
        let keys = keys_file_text(&places.keys_file)?;
        let progress = Progress::new("copying");
        let backup = store::Backup::write(&places.database, &file, &keys, |done, of| progress.show(done, of))?;
        progress.end();
        fault::point("backup.written");
        let (rows, size) = (backup.rows.clone(), backup.size);
        backup.publish()?;
        let removed = if self.keep { thin_out(&self.dir, now)? } else { Vec::new() };
        if self.json {
            return print_json(&Written { file, size, rows, removed });
        }
        print_line(&format!("{}: {size} octets, whole; {}", file.display(), counted(&rows)))?;
        for old in &removed {
            print_line(&format!("{}: removed, old", old.display()))?;
        }
        Ok(())
    }
}

/// "batches: 12, submissions: 30, …"
pub(super) fn counted(rows: &[Rows]) -> String {
    let each: Vec<String> = rows.iter().map(|one| format!("{}: {}", one.table, one.rows)).collect();
    each.join(", ")
}

/// A line that is written over again, when somebody looks.
struct Progress {
    what: &'static str,
    shown: bool,
}

impl Progress {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            shown: std::io::stderr().is_terminal(),
        }
    }

    fn show(&self, done: u64, of: u64) {
        if self.shown {
            let percent = (done * 100).checked_div(of).unwrap_or(100).min(100);
            let _ = write!(std::io::stderr(), "\r{} {percent:>3} %", self.what);
        }
    }

    fn end(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r{:20}\r", "");
        }
    }
}

const STAMP: &str = "%Y%m%dT%H%M%SZ";

fn name(now: Timestamp) -> String {
    format!("replyd-{}.db", now.format(STAMP))
}

fn stamp(path: &Path) -> Option<Timestamp> {
    let stamp = path.file_name()?.to_str()?.strip_prefix("replyd-")?.strip_suffix(".db")?;
    chrono::NaiveDateTime::parse_from_str(stamp, STAMP).ok().map(|at| at.and_utc())
}

fn thin_out(dir: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(dir).map_err(Failure::Output)?;
    let backups = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((stamp(&path)?, path)));
    let old = superseded(backups.collect(), now);
    for path in &old {
        std::fs::remove_file(path).map_err(Failure::Output)?;
    }
    Ok(old)
}

/// Those that go: beyond 48 hours all but the last of a day, beyond 35 days all.
fn superseded(mut backups: Vec<(Timestamp, PathBuf)>, now: Timestamp) -> Vec<PathBuf> {
    backups.sort();
    backups.reverse();
    let mut day_kept = None;
    let mut old = Vec::new();
    for (at, path) in backups {
        let age = now - at;
        if age <= chrono::Duration::hours(48) {
            continue;
        }
        let day = Some(at.date_naive());
        if age > chrono::Duration::days(35) || day == day_kept {
            old.push(path);
        } else {
            day_kept = day;
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_two_days_stay_then_one_a_day_for_five_weeks() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let all: Vec<(Timestamp, PathBuf)> = (0..24 * 60)
            .map(|hour| now - chrono::Duration::hours(hour))
            .map(|at| (at, PathBuf::from(name(at))))
            .collect();
        assert_eq!(stamp(&all[5].1), Some(all[5].0));
        assert_eq!(stamp(Path::new("replyd-mine.db")), None);
        let gone = superseded(all.clone(), now);
        let kept: Vec<&(Timestamp, PathBuf)> = all.iter().filter(|(_, path)| !gone.contains(path)).collect();
        assert_eq!(kept.iter().filter(|(at, _)| now - *at <= chrono::Duration::hours(48)).count(), 49);
        let older: Vec<_> = kept.iter().filter(|(at, _)| now - *at > chrono::Duration::hours(48)).collect();
        assert!((33..=35).contains(&older.len()), "{}", older.len());
        let days: std::collections::BTreeSet<_> = older.iter().map(|(at, _)| at.date_naive()).collect();
        assert_eq!(days.len(), older.len());
    }
}
