//! `replyd show`.

use std::path::Path;

use clap::Args;

use super::{Failure, Office, print_json, print_line};
use crate::store::{BatchLine, TimelineLine};

/// One batch or submission: where it stands, and its timeline with the words each reading rests on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd show 7\n  replyd show REF-7K3Q\n  replyd show s12 --json")]
pub(super) struct Show {
    /// A batch (7 or REF-7K3Q) or a submission (s12).
    id: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::look(config)?;
        let (id, only) = office.store.read(|tx| tx.meant_by(&self.id))?;
        let batch = office.store.read(|tx| tx.pipeline(Some(id), 1))?;
        let timeline = office.store.read(|tx| tx.timeline(id, only))?;
        let Some(mut batch) = batch.into_iter().next() else {
            return Err(Failure::Input(format!("no batch {id}")));
        };
        if let Some(only) = only {
            batch.submissions.retain(|one| one.id == only.0);
        }
        if self.json {
            #[derive(serde::Serialize)]
            struct Story<'a> {
                batch: &'a BatchLine,
                timeline: &'a [TimelineLine],
            }
            return print_json(&Story {
                batch: &batch,
                timeline: &timeline,
            });
        }
        print_line(&story(&batch, &timeline))
    }
}

/// A batch and its timeline, for reading.
pub(crate) fn story(batch: &BatchLine, timeline: &[TimelineLine]) -> String {
    let mut out = vec![format!("REF-{}  {}: {}", batch.reference, batch.client, batch.project)];
    if batch.driver == "recruiter" {
        out.push("a recruiter drives: replyd records and writes to nobody else".to_owned());
    }
    if batch.unreachable {
        out.push("letters to the client came back: none is sent until `replyd outbox lift` says that the address works again".to_owned());
    }
    for one in &batch.submissions {
        let resting = if one.resting.is_empty() {
            String::new()
        } else {
            format!(", {} rests until {}", one.resting, one.takes_effect)
        };
        let reasons = if one.reasons.is_empty() {
            String::new()
        } else {
            format!(" ({})", one.reasons)
        };
        out.push(format!("  s{} {}: {}{resting}{reasons}", one.id, one.candidate, one.status));
    }
    out.push(String::new());
    for line in timeline {
        let about = line.submission.and_then(|id| batch.submissions.iter().find(|one| one.id == id));
        let about = about.map_or(String::new(), |one| format!("{}: ", one.candidate));
        let at = line.at.get(..16).unwrap_or(&line.at).replace('T', " ");
        out.push(format!("{at}  {:<18} {about}{}", line.kind, line.detail));
        if !line.words.is_empty() {
            let words = line.words.replace('\n', " / ");
            out.push(format!("{:>36} \"{words}\"", ""));
        }
    }
    out.join("\n")
}
