//! `replyd person`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Failure, Office, print_json, print_line, write_out};
use crate::config::fresh_secret;
use crate::conversation::Party;
use crate::daemon::forgetting::{self, Found, Somebody, Waiting};
use crate::model::{Address, LetterId};

/// Everything about one person: hand it out, or erase it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd person export ana@mail.example --out ana.json\n  replyd person erase ana@mail.example          # what would go, and what stays\n  replyd person erase ana@mail.example --yes"
)]
pub(super) struct Person {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What is kept about a candidate, a contact, an interviewer, a recruiter or a stranger, as JSON. No link in it works.
    #[command(
        after_help = "Examples:\n  replyd person export ana@mail.example --out ana.json\n  replyd person export ana@mail.example --files ana/   # CVs as well"
    )]
    Export(Export),
    /// Forget a person. Shows what would go; --yes erases it. A daemon may be running.
    ///
    /// Their data, letters to them, mails from them and their files go. Other people's letters and mails stay, without the words that tell of
    /// them. What happened and when stays, and so do all figures. Open submissions end, and recruiters are told. Nothing is sent to them again,
    /// until `replyd outbox lift ADDRESS`. A backup made earlier forgets them when it is restored, as long as the file `….erased` beside the
    /// database is there; backups themselves, and the mailbox, are yours to clean.
    #[command(
        after_help = "Examples:\n  replyd person erase ana@mail.example\n  replyd person erase ana@mail.example --yes\n  replyd person erase x@mail.example --also \"Ana Souza\" --yes"
    )]
    Erase(Erase),
}

#[derive(Debug, Args)]
struct Export {
    /// Their address.
    address: Address,
    /// Into this file; otherwise to stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Their files (CVs, attachments of their mails) into this directory, which is made.
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,
    /// As JSON, which it always is.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Erase {
    /// Their address.
    address: Address,
    /// A further name of theirs, or words that tell of them; may be given several times.
    #[arg(long, value_name = "WORDS")]
    also: Vec<String>,
    /// Erase; without it nothing is changed.
    #[arg(long)]
    yes: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What would go, or went.
#[derive(Serialize)]
struct Told {
    erased: bool,
    addresses: Vec<String>,
    names: Vec<String>,
    places: Vec<String>,
    rows: Vec<(String, usize)>,
    letters: usize,
    /// Those to them.
    to_them: usize,
    messages: usize,
    /// Those they wrote.
    wrote: usize,
    files: Vec<String>,
    /// Batches that go on without a recruiter.
    left_alone: Vec<String>,
    /// Drafts that wait for a recruiter's word.
    drafts: Vec<Waiting>,
}

impl Person {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        match self.action {
            Action::Export(what) => what.run(&Office::look(config)?),
            Action::Erase(what) if what.yes => what.erase(&Office::open(config)?, config),
            Action::Erase(what) => what.show(&Office::look(config)?),
        }
    }
}

impl Export {
    fn run(self, office: &Office) -> Result<(), Failure> {
        let somebody = Somebody::look(&office.store, &self.address, &[])?.ok_or_else(|| unknown(&self.address))?;
        let export = forgetting::export(&office.store, &office.ink, &somebody, office.clock.now())?;
        if let Some(directory) = &self.files {
            write_files(office, &somebody, directory)?;
        }
        match &self.out {
            None => print_json(&export),
            Some(file) => {
                let text = serde_json::to_string_pretty(&export).map_err(|error| Failure::Output(error.into()))?;
                write_out(file, text.as_bytes())
            }
        }
    }
}

/// Files are called by number: names come from outside.
fn write_files(office: &Office, somebody: &Somebody, directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|error| Failure::at(directory, &error))?;
    let mut number = 0;
    let mut write = |name: &str, bytes: &[u8]| -> Result<(), Failure> {
        number += 1;
        let ending: String = name
            .rsplit_once('.')
            .map_or("bin", |(_, ending)| ending)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        let file = directory.join(format!("{number:03}.{}", ending.to_lowercase()));
        std::fs::write(&file, bytes).map_err(|error| Failure::at(&file, &error))?;
        print_line(&format!("{}: {name}", file.display()))
    };
    for (sha256, name) in &somebody.files {
        if let Some(bytes) = office.store.read(|tx| tx.blob(sha256))? {
            write(name, &bytes)?;
        }
    }
    for id in &somebody.wrote {
        let raw = office.store.read(|tx| tx.message(*id))?.map(|(raw, _)| raw).unwrap_or_default();
        for file in crate::message::files(&raw) {
            write(&file.name, &file.bytes)?;
        }
    }
    Ok(())
}

impl Erase {
    fn show(self, office: &Office) -> Result<(), Failure> {
        let somebody = self.somebody(office)?;
        let before = Before::look(office, &somebody)?;
        let rows = [before.found.letters.len(), before.found.messages.len()];
        let told = told(&somebody, false, rows, before);
        self.tell(&told)?;
        eprintln!("hint: nothing was changed; --yes erases it");
        Ok(())
    }

    fn erase(self, office: &Office, config: &Path) -> Result<(), Failure> {
        self.may_be_erased(office)?;
        let before = Somebody::look(&office.store, &self.address, &self.also)?;
        let before = before
            .map(|somebody| Before::look(office, &somebody))
            .transpose()?
            .unwrap_or_default();
        let key = fresh_secret().map_err(Failure::Output)?;
        let (database, now) = (&office.config.database, office.clock.now());
        let who = (&self.address, self.also.as_slice());
        let done = office
            .runtime
            .block_on(forgetting::erase(&office.store, &office.ink, database, who, key, now))?
            .ok_or_else(|| unknown(&self.address))?;
        office.ring();
        match &done.somebody {
            None if self.json => print_json(&serde_json::json!({ "erased": true, "again": true })),
            None => print_line(&format!("{}: erased before; nothing of them was left", self.address.masked())),
            Some(somebody) => {
                let [_, letters, messages] = done.rows;
                self.tell(&told(somebody, true, [letters, messages], before))
            }
        }?;
        hints(&office.config.database);
        let named = done
            .somebody
            .map_or_else(|| vec![self.address.clone()], |somebody| somebody.addresses);
        // What people write by hand is theirs to change.
        let written = std::fs::read_to_string(config).unwrap_or_default().to_lowercase();
        if named.iter().any(|one| written.contains(&one.as_str().to_lowercase())) {
            eprintln!("hint: {} names them as well: take them out there", config.display());
        }
        Ok(())
    }

    fn may_be_erased(&self, office: &Office) -> Result<(), Failure> {
        if self.address == office.ink.bot.address {
            return Err(Failure::Input("that is replyd's own address".to_owned()));
        }
        // They would come back with the next batch that names them, and could enter the hub all the while.
        if office.config.recruiters.iter().any(|one| one.mailbox.address == self.address) {
            let what = format!(
                "{} stands under [[recruiters]] in config.toml; take them out there and restart the daemon, then erase them",
                self.address.masked()
            );
            return Err(Failure::Input(what));
        }
        Ok(())
    }

    fn somebody(&self, office: &Office) -> Result<Somebody, Failure> {
        self.may_be_erased(office)?;
        Somebody::look(&office.store, &self.address, &self.also)?.ok_or_else(|| unknown(&self.address))
    }

    fn tell(&self, told: &Told) -> Result<(), Failure> {
        if self.json {
            return print_json(told);
        }
        let list = |what: &str, all: &[String]| match all.is_empty() {
            true => Ok(()),
            false => print_line(&format!("{what}: {}", all.join(", "))),
        };
        print_line(if told.erased { "erased:" } else { "would be erased:" })?;
        list("  addresses", &told.addresses)?;
        list("  names", &told.names)?;
        list("  places", &told.places)?;
        list("  files", &told.files)?;
        for (table, count) in &told.rows {
            print_line(&format!("  {table}: {count} rows without what tells of them"))?;
        }
        list(
            "  batches that go on and have no other recruiter, so that nobody but the leads is told of them",
            &told.left_alone,
        )?;
        for one in &told.drafts {
            let what = match (one.stays, told.erased) {
                (true, false) => "waits on without what tells of them",
                (true, true) => "waits on, without what told of them",
                (false, false) => "is dropped, and its recruiter is told",
                (false, true) => "was dropped, and its recruiter is told",
            };
            print_line(&format!("  draft {} ({}) {what}", one.id, one.title))?;
        }
        print_line(&format!(
            "  letters: {}, {} of them to them; of the others only what tells of others stays",
            told.letters, told.to_them
        ))?;
        print_line(&format!("  mails: {}, {} of them their own", told.messages, told.wrote))?;
        print_line("stays: what happened and when, all figures, other people's data and words, and a keyed hash of the address")
    }
}

/// What there is of somebody before they are erased.
#[derive(Default)]
struct Before {
    found: Found,
    to_them: usize,
    left_alone: Vec<String>,
    drafts: Vec<Waiting>,
}

impl Before {
    fn look(office: &Office, somebody: &Somebody) -> Result<Self, Failure> {
        let found = Found::look(&office.store, somebody)?;
        let mut to_them = 0;
        for id in &found.letters {
            let to = office.store.read(|tx| tx.recipient(LetterId(*id)))?;
            to_them += usize::from(somebody.addresses.contains(&to));
        }
        Ok(Self {
            to_them,
            left_alone: forgetting::left_alone(&office.store, somebody)?,
            drafts: forgetting::drafts(&office.store, somebody, &found)?,
            found,
        })
    }
}

fn told(somebody: &Somebody, erased: bool, [letters, messages]: [usize; 2], before: Before) -> Told {
    let place = |(id, party): &(crate::model::ConversationId, Party)| match party {
        Party::Client => format!("contact of batch {id}"),
        Party::Candidate(one) => format!("candidate s{one} of batch {id}"),
        Party::Interviewer(_) => format!("interviewer of batch {id}"),
        Party::Recruiter(_) => format!("recruiter of batch {id}"),
    };
    Told {
        erased,
        addresses: somebody.addresses.iter().map(Address::to_string).collect(),
        names: somebody.names.clone(),
        places: somebody.parties.iter().map(place).collect(),
        rows: before
            .found
            .texts
            .iter()
            .map(|(place, ids)| (place.name().to_owned(), ids.len()))
            .collect(),
        letters,
        to_them: before.to_them,
        messages,
        wrote: somebody.wrote.len(),
        files: somebody.files.iter().map(|(_, name)| name.clone()).collect(),
        left_alone: before.left_alone,
        drafts: before.drafts,
    }
}

/// What is kept elsewhere.
fn hints(database: &Path) {
    eprintln!("hint: the mailbox still holds their mails, and backups made before hold everything: delete those there");
    let directory = database
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let name = database
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let aside = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    for file in aside.map(|entry| entry.file_name().to_string_lossy().into_owned()) {
        if file.starts_with(&format!("{name}.before-")) {
            eprintln!("hint: {file} is the database as it was before a restore: delete it");
        }
    }
}

fn unknown(address: &Address) -> Failure {
    Failure::Input(format!("nothing is kept about {}", address.masked()))
}
