//! What came of a corpus: counts for each part of it, and the cases that went wrong, the worst first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::verdict::Verdict;

/// How many cases came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In all.
    pub cases: usize,
    /// Neither destroyed nor a leak.
    pub good: usize,
    /// As expected, white space aside.
    pub exact: usize,
    /// Words of the answer are missing: the worst that can happen.
    pub destroyed: usize,
    /// Words of somebody else are in it.
    pub leaks: usize,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        self.cases += 1;
        self.good += usize::from(verdict.is_good());
        self.exact += usize::from(verdict.exact);
        self.destroyed += usize::from(verdict.destroyed);
        self.leaks += usize::from(verdict.leak);
    }

    fn json(self) -> Value {
        json!({ "cases": self.cases, "good": self.good, "exact": self.exact, "destroyed": self.destroyed, "leak": self.leaks })
    }
}

/// The corpora in a corpus are told by the first part of a case's id.
#[derive(Debug, Default)]
pub struct Report {
    /// All cases.
    pub total: Counts,
    corpora: BTreeMap<String, Counts>,
    clients: BTreeMap<String, Counts>,
    languages: BTreeMap<String, Counts>,
    /// Those that are not exact.
    differing: Vec<(String, Verdict)>,
}

/// Words shown of what is missing or too much.
const SHOWN: usize = 12;

impl Report {
    pub(super) fn add(&mut self, id: &str, client: &str, language: &str, verdict: Verdict) {
        let corpus = id.split_once('/').map_or("", |(corpus, _)| corpus);
        self.total.add(&verdict);
        for (group, name) in [
            (&mut self.corpora, corpus),
            (&mut self.clients, client),
            (&mut self.languages, language),
        ] {
            let name = if name.is_empty() { "-" } else { name };
            group.entry(name.to_owned()).or_default().add(&verdict);
        }
        if !verdict.exact {
            self.differing.push((id.to_owned(), verdict));
        }
    }

    /// The cases that are not exact: first the destroyed ones, then the leaks, each with the most words first.
    fn worst(&self) -> Vec<&(String, Verdict)> {
        let mut all: Vec<_> = self.differing.iter().collect();
        all.sort_by_key(|(id, one)| {
            let words = one.missing.len() + one.extra.len();
            (!one.destroyed, !one.leak, std::cmp::Reverse(words), id.clone())
        });
        all
    }

    /// Tables for people, with so many of the worst cases.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, worst: usize, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{:<24}{:>7}{:>9}{:>9}{:>11}{:>6}",
            "", "cases", "good", "exact", "destroyed", "leak"
        )?;
        row(out, "all", self.total)?;
        for (title, group) in [("corpus", &self.corpora), ("client", &self.clients), ("language", &self.languages)] {
            writeln!(out, "\nby {title}")?;
            for (name, counts) in group {
                row(out, name, *counts)?;
            }
        }
        let shown = self.worst();
        if !shown.is_empty() && worst > 0 {
            writeln!(out, "\nworst of {} that are not exact", shown.len())?;
        }
        for (id, verdict) in shown.into_iter().take(worst) {
            let name = match (verdict.destroyed, verdict.leak) {
                (true, _) => "destroyed",
                (false, true) => "leak",
                (false, false) => "good",
            };
            writeln!(
                out,
                "{name:<10} {id}{}{}",
                few("missing", &verdict.missing),
                few("too much", &verdict.extra)
            )?;
        }
        Ok(())
    }

    /// The same for machines, with every case that is not exact.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let group = |counts: &BTreeMap<String, Counts>| {
            counts
                .iter()
                .map(|(name, one)| (name.clone(), one.json()))
                .collect::<serde_json::Map<_, _>>()
        };
        let case = |(id, one): &&(String, Verdict)| json!({ "id": id, "destroyed": one.destroyed, "leak": one.leak, "missing": one.missing, "extra": one.extra });
        let whole = json!({
            "total": self.total.json(),
            "corpora": group(&self.corpora),
            "clients": group(&self.clients),
            "languages": group(&self.languages),
            "not_exact": self.worst().iter().map(case).collect::<Vec<_>>(),
        });
        writeln!(out, "{whole}")
    }
}

fn row(out: &mut dyn Write, name: &str, counts: Counts) -> io::Result<()> {
    writeln!(
        out,
        "{name:<24}{:>7}{:>8.1}%{:>8.1}%{:>11}{:>6}",
        counts.cases,
        share(counts.good, counts.cases),
        share(counts.exact, counts.cases),
        counts.destroyed,
        counts.leaks
    )
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 }
}

/// "  missing: see you on Monday", at most so many words.
fn few(what: &str, words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = words.iter().take(SHOWN).map(String::as_str).collect();
    let more = words.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" … {more} more") } else { String::new() };
    format!("  {what}: {}{more}", shown.join(" "))
}
