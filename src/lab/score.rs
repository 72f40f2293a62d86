//! A directory of mails with the expected own text, and how many are read as expected.
//!
//! The directory holds `index.jsonl`: one object a line with `id`, `input`, `kind` (`eml` or `text`), `expectation` (`exact`, `contains` or
//! `not_contains`), `expected`, `alt`, `contains`, `not_contains`; paths are relative to the directory.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Deserialize;

use super::reply::at;
use crate::message::{Border, own_text, read};

/// How a corpus was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// As expected, line breaks and blanks aside.
    pub good: usize,
    /// Words of the answer are missing: the worst that can happen.
    pub destroyed: usize,
    /// Words of somebody else are in it.
    pub leaked: usize,
    /// Cases in all.
    pub cases: usize,
}

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
    expectation: String,
}

/// Reads all cases of `dir`; writes one line for each that is not as expected, then the sum.
///
/// # Errors
/// When a file is missing or the index is not as described.
pub fn score(dir: &Path, out: &mut dyn Write) -> io::Result<Score> {
    let index = dir.join("index.jsonl");
    let text = std::fs::read_to_string(&index).map_err(|error| at(&index, &error))?;
    let mut sum = Score::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let case: Case =
            serde_json::from_str(line).map_err(|error| io::Error::other(format!("{}:{}: {error}", index.display(), number + 1)))?;
        let load = |name: &str| std::fs::read(dir.join(name)).map_err(|error| at(&dir.join(name), &error));
        let raw = load(&case.input)?;
        let got = if case.kind == "eml" {
            reading(&raw)
        } else {
            reading(&wrapped(&raw))
        };
        let mut wanted = Vec::new();
        for name in case.expected.iter().chain(&case.alt).filter(|_| case.expectation == "exact") {
            wanted.push(String::from_utf8_lossy(&load(name)?).into_owned());
        }
        let (missing, extra) = if wanted.is_empty() {
            fragments(&got, &case)
        } else {
            nearest(&got, &wanted)
        };
        sum.cases += 1;
        sum.destroyed += usize::from(missing);
        sum.leaked += usize::from(extra);
        if missing || extra {
            let verdict = if missing { "destroyed" } else { "leaked" };
            writeln!(out, "{verdict}\t{}", case.id)?;
        } else {
            sum.good += 1;
        }
    }
    writeln!(
        out,
        "good {} of {}, destroyed {}, leaked {}",
        sum.good, sum.cases, sum.destroyed, sum.leaked
    )?;
    Ok(sum)
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

/// Whether a needed fragment is missing, and whether a forbidden one is there.
fn fragments(got: &str, case: &Case) -> (bool, bool) {
    let flat = |text: &str| words(text).join(" ");
    let got = flat(got);
    let missing = case.contains.iter().any(|part| !got.contains(&flat(part)));
    let extra = case.not_contains.iter().any(|part| got.contains(&flat(part)));
    (missing, extra)
}

/// Words missing and words too many, against the answer that comes nearest.
fn nearest(got: &str, wanted: &[String]) -> (bool, bool) {
    let got = words(got);
    let against = |wanted: &String| {
        let wanted = words(wanted);
        if got == wanted {
            return (0, 0);
        }
        let mut counts: HashMap<&str, i64> = HashMap::new();
        for word in &wanted {
            *counts.entry(word).or_default() += 1;
        }
        for word in &got {
            *counts.entry(word).or_default() -= 1;
        }
        let missing: i64 = counts.values().filter(|n| **n > 0).sum();
        let extra: i64 = counts.values().filter(|n| **n < 0).map(|n| -n).sum();
        // The same words in another order are not the same answer.
        if missing == 0 && extra == 0 { (1, 1) } else { (missing, extra) }
    };
    let best = wanted
        .iter()
        .map(against)
        .min_by_key(|(missing, extra)| missing + extra)
        .unwrap_or((0, 0));
    (best.0 > 0, best.1 > 0)
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
