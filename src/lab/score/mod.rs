//! A directory of mails with the expected own text, and how many are read as expected.
//!
//! In: a directory with `index.jsonl`: one object a line with `id`, `input`, `kind` (`eml`, or `text` for a bare text/plain body),
//! `expectation` (`exact`, `contains` or `not_contains`), `expected`, `alt`, `contains`, `not_contains`, and optionally `client` and
//! `language`; paths are relative to the directory. Out: [`Report`].
//! Never here: a second opinion about how to read; what the reader finds is compared, nothing else.

mod closing;
mod report;
mod verdict;

use std::io;
use std::path::Path;

use serde::Deserialize;

use super::reply::at;
use crate::message::{Border, own_text, read};

pub use report::{Counts, Report};
pub use verdict::Verdict;

/// One line of the index.
#[derive(Deserialize)]
struct Case {
    id: String,
    input: String,
    kind: String,
    #[serde(default)]
    expected: Option<String>,
    #[serde(default)]
    alt: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    not_contains: Vec<String>,
    #[serde(default)]
    client: String,
    #[serde(default)]
    language: String,
    expectation: String,
}

/// Reads all cases of `dir` and compares.
///
/// # Errors
/// When a file is missing or the index is not as described.
pub fn score(dir: &Path) -> io::Result<Report> {
    let index = dir.join("index.jsonl");
    let text = std::fs::read_to_string(&index).map_err(|error| {
        let what = "it lists the corpus's mails, one JSON object a line; `replyd lab score --help` shows one";
        io::Error::new(error.kind(), format!("{}: {error}: {what}", index.display()))
    })?;
    let mut report = Report::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let case: Case = serde_json::from_str(line).map_err(|error| {
            let what = format!("{}:{}: {error}", index.display(), number + 1);
            io::Error::new(io::ErrorKind::InvalidData, what)
        })?;
        let load = |name: &str| std::fs::read(dir.join(name)).map_err(|error| at(&dir.join(name), &error));
        let raw = load(&case.input)?;
        let got = match case.kind.as_str() {
            "eml" => reading(&raw),
            _ => reading(&wrapped(&raw)),
        };
        let verdict = if case.expectation == "exact" {
            let mut wanted = Vec::new();
            for name in case.expected.iter().chain(&case.alt) {
                wanted.push(String::from_utf8_lossy(&load(name)?).into_owned());
            }
            Verdict::nearest(&got, &wanted)
        } else {
            Verdict::fragments(&got, &case.contains, &case.not_contains)
        };
        report.add(&case.id, &case.client, &case.language, verdict);
    }
    Ok(report)
}

fn reading(raw: &[u8]) -> String {
    read(raw, &Border::default())
        .map(|message| own_text(&message, &[]).text)
        .unwrap_or_default()
}

/// A bare body as a message.
pub(super) fn wrapped(text: &[u8]) -> Vec<u8> {
    let mut raw =
        b"From: someone@client.example\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".to_vec();
    raw.extend_from_slice(text);
    raw
}
