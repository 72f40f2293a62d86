//! `replyd lab reply`: the kind and the own text of mails in files.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use crate::message::{Action, AutoNature, Border, Kind, LetterText, Message, letter_text, own_text, read};
use crate::model::MessageId;

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    kind: &'static str,
    reply: &'a str,
    /// Microseconds spent on reading, without the disk.
    us: u128,
}

/// Reads every `*.eml` of `dir`, in the order of their names, and writes one JSON line each. `threads` holds the letters that they answer.
///
/// # Errors
/// When a directory or a file cannot be read, or `out` cannot be written.
pub fn reply_dir(dir: &Path, threads: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    let threads = threads.map(Threads::read).transpose()?.unwrap_or_default();
    for path in mails(dir)? {
        let raw = std::fs::read(&path).map_err(|error| at(&path, &error))?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let started = Instant::now();
        let (kind, reply) = own(&raw, &path, &threads);
        let line = Line {
            file: &file,
            kind,
            reply: &reply,
            us: started.elapsed().as_micros(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Letters that mails answer: by Message-ID, and by the name of the mail's file. A directory of that name holds several.
#[derive(Default)]
struct Threads {
    letters: Vec<LetterText>,
    by_id: HashMap<MessageId, Vec<usize>>,
    by_name: HashMap<OsString, Vec<usize>>,
}

impl Threads {
    fn read(dir: &Path) -> io::Result<Self> {
        let mut all = Self::default();
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(|error| no_mails(dir, &error))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        for path in mails(dir)? {
            all.add(&path, path.file_stem())?;
        }
        for folder in folders {
            for path in mails(&folder)? {
                all.add(&path, folder.file_name())?;
            }
        }
        Ok(all)
    }

    fn add(&mut self, path: &Path, name: Option<&OsStr>) -> io::Result<()> {
        let raw = std::fs::read(path).map_err(|error| at(path, &error))?;
        let number = self.letters.len();
        self.letters.push(letter_text(&raw));
        if let Some(id) = read(&raw, &Border::default()).ok().and_then(|letter| letter.id) {
            self.by_id.entry(id).or_default().push(number);
        }
        if let Some(name) = name {
            self.by_name.entry(name.to_owned()).or_default().push(number);
        }
        Ok(())
    }

    /// The letters that a mail refers to, newest first; else those of its file's name.
    fn of(&self, message: &Message, path: &Path) -> Vec<LetterText> {
        let ids = message.in_reply_to.iter().chain(message.references.iter().rev());
        let mut found: Vec<usize> = Vec::new();
        for number in ids.filter_map(|id| self.by_id.get(id)).flatten() {
            if !found.contains(number) {
                found.push(*number);
            }
        }
        if found.is_empty() {
            found = path
                .file_stem()
                .and_then(|name| self.by_name.get(name))
                .cloned()
                .unwrap_or_default();
        }
        found.iter().filter_map(|number| self.letters.get(*number).cloned()).collect()
    }
}

/// Reads one raw message and writes its own text.
///
/// # Errors
/// When `input` cannot be read, `out` cannot be written, or the bytes are not a mail.
pub fn reply_stdin(input: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let mut raw = Vec::new();
    input.read_to_end(&mut raw)?;
    let message = read(&raw, &Border::default()).map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why.to_string()))?;
    writeln!(out, "{}", own_text(&message, &[]).text)
}

/// Kind and own text; a mail that cannot be read is `other` and says nothing.
fn own(raw: &[u8], path: &Path, threads: &Threads) -> (&'static str, String) {
    match read(raw, &Border::default()) {
        Ok(message) => (kind_name(&message.kind), own_text(&message, &threads.of(&message, path)).text),
        Err(_) => ("other", String::new()),
    }
}

/// The name of a kind in the output.
#[must_use]
pub fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Person => "person",
        Kind::Reaction { .. } => "reaction",
        Kind::Calendar { method, .. } if method == "REPLY" => "calendar_reply",
        Kind::Calendar { .. } => "calendar_counter",
        Kind::Report(report) => match report.action {
            Action::Failed => "bounce_failed",
            Action::Delayed => "bounce_delayed",
            Action::Delivered => "other",
        },
        Kind::AutoReply(reply) => match reply.nature {
            AutoNature::OutOfOffice | AutoNature::Gone | AutoNature::Other => "auto_reply",
            AutoNature::ReadReceipt => "read_receipt",
            AutoNature::Recall => "recall",
            AutoNature::Challenge => "challenge",
            AutoNature::Bulk => "spam_like",
            AutoNature::CalendarNote | AutoNature::Feedback => "other",
        },
    }
}

/// The mails of a directory, by name.
pub(super) fn mails(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|error| no_mails(dir, &error))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A directory that cannot be read.
pub(super) fn no_mails(dir: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}; name a directory of mails", dir.display()))
}

/// The error with the path in front of it.
pub(super) fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
