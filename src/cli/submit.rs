//! `replyd submit`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::scratch::Scratch;
use super::{Failure, Office, print_json, print_line};
use crate::compose::Ink;
use crate::config::{Config, contact_data_in_cvs, read_batch, throw_away_keyring};
use crate::daemon::{self, Clock};
use crate::store::NewBatch;

/// Hand in a batch: one client contact, one project, one or more candidates.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd submit batch.toml\n  replyd submit batch.json --dry-run --out letters/\n\nfixtures/batches/ holds an example of each format."
)]
pub(super) struct Submit {
    /// The batch, TOML or JSON.
    file: PathBuf,
    /// Only write the letters as .eml: nothing is sent, kept or made beside them, and no password is needed. Their links and signatures are
    /// not those that would leave.
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: the directory for the letters; made when missing.
    #[arg(long, default_value = ".", value_name = "DIR", requires = "dry_run")]
    out: PathBuf,
    /// The new batch as JSON.
    #[arg(long)]
    json: bool,
}

impl Submit {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        if self.dry_run {
            return self.rehearse(config);
        }
        let office = Office::open(config)?;
        let new = self.batch(&office.config)?;
        let warnings = warnings(&new);
        let id = office
            .runtime
            .block_on(daemon::submit(&office.store, &office.ink, new, office.clock.now()))?;
        office.ring();
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        let batch = office.store.read(|tx| tx.pipeline(Some(id), 1))?;
        let batch = batch.first().ok_or_else(|| Failure::Input("the batch is gone".to_owned()))?;
        if let Some(why) = office.store.read(|tx| tx.refused_letter(id))? {
            return Err(Failure::Refused(format!(
                "batch {id} was handed in, but its letter was not written: {why}"
            )));
        }
        if self.json {
            return print_json(batch);
        }
        print_line(&format!(
            "batch {id} (REF-{}): {} to {}",
            batch.reference,
            plural(batch.submissions.len()),
            batch.client
        ))?;
        eprintln!("hint: `replyd show {id}` tells its story; `replyd run` sends it");
        Ok(())
    }

    fn batch(&self, config: &Config) -> Result<NewBatch, Failure> {
        // A file that is not there is another fault than one that is wrong.
        drop(std::fs::File::open(&self.file).map_err(|error| Failure::at(&self.file, &error))?);
        read_batch(&self.file, config.zone, &config.policy).map_err(|error| Failure::Input(error.to_string()))
    }

    /// The same way through the same rooms, on a database that is thrown away.
    fn rehearse(self, config: &Path) -> Result<(), Failure> {
        let config = Config::without_secrets(config)?;
        let clock = Clock::system();
        let scratch = Scratch::fresh("rehearsal", false)?;
        let store = crate::store::Store::open(&scratch.path().join("rehearsal.db"), crate::store::Role::Command, clock.now())?;
        let new = self.batch(&config)?;
        for warning in warnings(&new) {
            eprintln!("warning: {warning}");
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        // Links and addresses of a rehearsal must open nothing: they are signed with a key that is thrown away.
        let ink = Ink {
            keyring: throw_away_keyring()?,
            ..config.ink
        };
        let ink = std::sync::Arc::new(ink);
        let id = runtime.block_on(daemon::submit(&store, &ink, new, clock.now()))?;
        std::fs::create_dir_all(&self.out).map_err(Failure::Output)?;
        let letters = store.read(|tx| tx.letters_of(id))?;
        for letter in &letters {
            let name = format!("{:02}-{}.eml", letter.key.serial, letter.kind);
            let path = self.out.join(name);
            let bytes = store.read(|tx| tx.letter_bytes(letter.id))?;
            std::fs::write(&path, bytes).map_err(Failure::Output)?;
            print_line(&path.display().to_string())?;
        }
        match store.read(|tx| tx.refused_letter(id))? {
            Some(why) => Err(Failure::Refused(why)),
            None => Ok(()),
        }
    }
}

/// What whoever hands this in may not have meant.
fn warnings(new: &NewBatch) -> Vec<String> {
    let mut warnings = contact_data_in_cvs(new);
    if new.batch.recruiters.is_empty() {
        warnings.push("the batch names no recruiter: nobody gets copies, and nobody is told when a person is needed".to_owned());
    }
    warnings
}

fn plural(candidates: usize) -> String {
    if candidates == 1 {
        "1 candidate".to_owned()
    } else {
        format!("{candidates} candidates")
    }
}
