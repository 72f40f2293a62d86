//! `replyd lab readings`: everything that is read in mails, one JSON line each, to lay two versions of replyd side by side.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::bench::reply::asked;
use super::reply::{at, no_mails};
use super::score::wrapped;
use crate::message::{self, Author, Border, LetterText, Message, ReturnPath, own_text};
use crate::model::Mailbox;
use crate::reply;

/// Reads every `*.eml` of `dir` and below, and every `*.txt` as a bare body, as answers to `letter`.
///
/// # Errors
/// When a file cannot be read or `out` cannot be written.
pub fn readings(dir: &Path, letter: Option<&Path>, border: &Border, out: &mut dyn Write) -> io::Result<()> {
    let thread = match letter {
        Some(path) => vec![message::letter_text(&std::fs::read(path).map_err(|error| at(path, &error))?)],
        None => Vec::new(),
    };
    for path in below(dir)? {
        let raw = std::fs::read(&path).map_err(|error| at(&path, &error))?;
        let is = |ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
        let raw = match (is("eml"), is("txt")) {
            (true, _) => raw,
            (_, true) => wrapped(&raw),
            (false, false) => continue,
        };
        let file = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().into_owned();
        let read = match message::read(&raw, border) {
            Ok(message) => all(&message, &thread),
            Err(why) => json!({ "unreadable": why.to_string() }),
        };
        writeln!(out, "{}", json!({ "file": file, "read": read }))?;
    }
    Ok(())
}

fn all(message: &Message, thread: &[LetterText]) -> Value {
    let own = own_text(message, thread);
    let mailbox = |one: &Mailbox| json!([one.name.to_string(), one.address.as_str()]);
    let author = match &message.author {
        Author::One(one) => mailbox(one),
        Author::Unknown => Value::Null,
    };
    let return_path = match &message.return_path {
        ReturnPath::Absent => Value::Null,
        ReturnPath::Null => json!("<>"),
        ReturnPath::Address(address) => json!(address.as_str()),
    };
    let spans = own.spans.iter();
    json!({
        "id": message.id.as_ref().map(|id| &id.0),
        "in_reply_to": message.in_reply_to.iter().map(|id| &id.0).collect::<Vec<_>>(),
        "references": message.references.iter().map(|id| &id.0).collect::<Vec<_>>(),
        "author": author,
        "reply_to": message.reply_to.iter().map(mailbox).collect::<Vec<_>>(),
        "return_path": return_path,
        "recipients": message.recipients.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "subject": message.subject,
        "date": message.date,
        "via_list": message.via_list,
        "kind": message.kind,
        "authenticated": message.authenticated,
        "unreadable": message.body.unreadable,
        "shown": own.shown,
        "spans": spans.map(|span| json!([span.label, span.range.start, span.range.end, span.why])).collect::<Vec<_>>(),
        "own": own.text,
        "uncertain": own.uncertain,
        "reply": reply::read(&own, &message.subject, &asked()),
    })
}

/// All files below `dir`, by name.
pub(super) fn below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = std::fs::read_dir(dir)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| no_mails(dir, &error))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.path();
        if entry.file_type().map_err(|error| at(&path, &error))?.is_dir() {
            all.append(&mut below(&path)?);
        } else {
            all.push(path);
        }
    }
    Ok(all)
}
