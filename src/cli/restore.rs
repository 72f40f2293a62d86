//! `replyd restore`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::backup::counted;
use super::outbox::shown;
use super::{Failure, Office, print_line, who};
use crate::config::{Config, keys_file_text, put_keys_back};
use crate::daemon::{Clock, fault, forgetting};
use crate::model::{LetterId, Timestamp};
use crate::store::{self, Role, Store};

/// Put a backup in the database's place. Sends nothing by itself that may have been sent before.
///
/// Letters that were waiting in the backup are held, and so is every letter that follows from mail and deadlines of the time since:
/// that mail is fetched again and read, but whatever was written about it may have gone out already. `replyd outbox list --state held`
/// shows them; `replyd outbox retry ID --yes` or `replyd restore --adopt` lets them go, `replyd outbox cancel ID` ends them. What happens
/// after the restore is answered as usual. Presses on pages, and batches handed in since the backup, are not in the mailbox: they are lost.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd restore /backup/replyd.db --dry-run   # what it holds\n  replyd restore /backup/replyd.db             # the old one is kept aside\n  replyd restore --adopt                       # send what the restore holds"
)]
pub(super) struct Restore {
    /// The backup.
    #[arg(required_unless_present = "adopt", conflicts_with = "adopt")]
    file: Option<PathBuf>,
    /// Look, and change nothing; a daemon may be running.
    #[arg(long, conflicts_with = "adopt")]
    dry_run: bool,
    /// Send the letters that the restore holds.
    #[arg(long)]
    adopt: bool,
}

impl Restore {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match self.file {
            Some(file) => restore(config, &file, self.dry_run),
            None => adopt(config),
        }
    }
}

fn restore(config: &Path, file: &Path, dry_run: bool) -> Result<(), Failure> {
    let places = Config::places(config)?;
    let now = Clock::system().now();
    if dry_run {
        let copied = store::Copied::look(file, &places.database, now)?;
        tell(file, &copied)?;
        keys_to_put_back(&places.keys_file, copied.keys.as_deref())?;
        if let Some(tombstones) = store::Tombstones::read(&places.database)? {
            let back = forgetting::brought_back(&Store::open(copied.path(), Role::Command, now)?, &tombstones)?;
            print_line(&format!(
                "people in it who were erased since, and would be erased again: {}",
                back.len()
            ))?;
        }
        eprintln!("hint: nothing was changed");
        return Ok(());
    }
    let restore = store::Restore::prepare(file, &places.database, now)?;
    tell(file, &restore.copied)?;
    // Checked before anything is moved: a database without its keys recognises nothing.
    let put_back = keys_to_put_back(&places.keys_file, restore.copied.keys.as_deref())?;
    fault::point("restore.prepared");
    if let Some(keys) = put_back {
        put_keys_back(&places.keys_file, &keys)?;
        print_line(&format!("{}: put back", places.keys_file.display()))?;
    }
    if let Some(tombstones) = store::Tombstones::read(&places.database)? {
        // Before it is anybody's database: nothing of them is read or sent.
        let again = forget_again(config, restore.copied.path(), &tombstones, now)?;
        print_line(&format!("people in it who were erased since, and were erased again: {again}"))?;
    }
    fault::point("restore.forgotten");
    let mut aside = places.database.clone().into_os_string();
    aside.push(format!(".before-{}", now.format("%Y%m%dT%H%M%SZ")));
    let (aside, was_there) = (PathBuf::from(aside), places.database.exists());
    restore.put_in_place(&aside)?;
    print_line(&format!("{}: restored", places.database.display()))?;
    if was_there {
        print_line(&format!("{}: the database as it was", aside.display()))?;
    }
    eprintln!(
        "hint: `replyd run` reads the mail of the time since again; then `replyd outbox list --state held` shows what it would have sent"
    );
    Ok(())
}

fn forget_again(config: &Path, copy: &Path, tombstones: &store::Tombstones, now: Timestamp) -> Result<usize, Failure> {
    let store = Store::open(copy, Role::Command, now)?;
    if forgetting::brought_back(&store, tombstones)?.is_empty() {
        return Ok(0);
    }
    let ink = Arc::new(Config::without_secrets(config)?.ink);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Output)?;
    Ok(runtime.block_on(forgetting::erase_again(&store, &ink, copy, tombstones, now))?)
}

/// What a backup holds, and what would wait for a person.
fn tell(file: &Path, copied: &store::Copied) -> Result<(), Failure> {
    print_line(&format!("{}: whole; {}", file.display(), counted(&copied.rows)))?;
    if !copied.newest.is_empty() {
        print_line(&format!("the last thing it knows of happened at {}", copied.newest))?;
    }
    for letter in &copied.held {
        print_line(&shown(letter))?;
    }
    print_line(&match copied.held.len() {
        0 => "no letter was waiting in it".to_owned(),
        1 => "1 letter was waiting in it and is held".to_owned(),
        n => format!("{n} letters were waiting in it and are held"),
    })
}

/// The keys of the backup when there are none here; an error when those here would not recognise its letters.
fn keys_to_put_back(here: &Path, backed_up: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(backed_up) = backed_up else { return Ok(None) };
    if !here.exists() {
        return Ok(Some(backed_up.to_owned()));
    }
    let known = keys_file_text(here)?;
    let secrets = |text: &str| -> Vec<(String, String)> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_ascii_lowercase()))
        });
        pairs.collect()
    };
    let known = secrets(&known);
    if secrets(backed_up).iter().all(|key| known.contains(key)) {
        return Ok(None);
    }
    Err(Failure::Input(format!(
        "{} lacks keys that the backup was made with, so links and answers would not be recognised; move it away, and the backup's own keys are put in its place",
        here.display()
    )))
}

fn adopt(config: &Path) -> Result<(), Failure> {
    let office = Office::open(config)?;
    let held = office.store.read(|tx| tx.held_by_restore())?;
    for letter in &held {
        let (id, by, now) = (LetterId(letter.id), who(), office.clock.now());
        let released = office
            .runtime
            .block_on(office.store.write(move |tx| tx.retry_letter(id, true, &by, now)));
        match released {
            Ok(()) => print_line(&format!("{}  is sent", shown(letter)))?,
            Err(error) => eprintln!("replyd: {error}"),
        }
    }
    if held.is_empty() {
        eprintln!("hint: no letter is held by a restore");
    }
    office.ring();
    Ok(())
}
