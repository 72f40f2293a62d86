//! `replyd lab kind`: what kind of mail each mail in a directory is.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::reply::{at, kind_name, mails};
use crate::message::{Border, Kind, Message, own_text, read};

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    kind: &'static str,
    reply: &'a str,
}

/// Reads every `*.eml` of `dir`, in the order of their names, and writes one JSON line each. `done` is told how many of how many are read.
///
/// # Errors
/// When the directory or a file cannot be read, or `out` cannot be written.
pub fn kind_dir(dir: &Path, out: &mut dyn Write, done: impl Fn(usize, usize)) -> io::Result<()> {
    let mails = mails(dir)?;
    for (number, path) in (1..).zip(&mails) {
        let raw = std::fs::read(path).map_err(|error| at(path, &error))?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // What cannot be read is set aside for a person.
        let (kind, reply) = read(&raw, &Border::default()).map_or_else(|_| ("person", String::new()), |message| described(&message));
        let line = Line {
            file: &file,
            kind,
            reply: &reply,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
        done(number, mails.len());
    }
    Ok(())
}

/// The kind, and what a person says in it: their own words, or the note beside a calendar answer. The words of machines are no reply.
fn described(message: &Message) -> (&'static str, String) {
    match &message.kind {
        Kind::Person if message.via_list => ("list", own_text(message, &[]).text),
        Kind::Person => ("person", own_text(message, &[]).text),
        Kind::Calendar { answer, .. } => {
            let note = answer.as_ref().and_then(|answer| answer.note.clone());
            (kind_name(&message.kind), note.unwrap_or_default())
        }
        Kind::Report(_) | Kind::Reaction { .. } | Kind::AutoReply(_) => {
            let name = kind_name(&message.kind);
            // Delivery receipts, abuse reports and notes of calendars are automatic mail like any other here.
            (if name == "other" { "auto_reply" } else { name }, String::new())
        }
    }
}
