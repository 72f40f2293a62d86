//! The word tables of `words.txt`, and texts flattened to be compared with them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::reply::fold;

/// A section: its phrases, flattened.
type Section = HashSet<Box<str>>;

static SECTIONS: LazyLock<HashMap<&'static str, Section>> = LazyLock::new(|| {
    let mut sections: HashMap<&'static str, Section> = HashMap::new();
    for line in include_str!("words.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((name, list)) = line.split_once(": ") else { continue };
        let phrases = list.split('|').map(str::trim).filter(|phrase| !phrase.is_empty());
        sections.entry(name).or_default().extend(phrases.map(Box::from));
    }
    sections
});

static NONE: LazyLock<Section> = LazyLock::new(Section::new);

fn section(name: &str) -> &'static Section {
    SECTIONS.get(name).unwrap_or(&NONE)
}

/// The section holds this word or phrase, flattened as by [`flat`] and trimmed.
pub(super) fn has(name: &str, flat: &str) -> bool {
    section(name).contains(flat)
}

/// The longest phrase of the section that a flattened text ends with; its length in bytes.
pub(super) fn ends(name: &str, flat: &str) -> Option<usize> {
    let flat = flat.trim_end();
    let starts = flat.rmatch_indices(' ').map(|(at, _)| at + 1).take(6);
    let tails = starts.filter_map(|at| flat.get(at..)).filter(|tail| has(name, tail));
    let whole = Some(flat.trim_start()).filter(|whole| has(name, whole));
    tails.chain(whole).map(str::len).max()
}

/// The longest phrase of the section that a flattened text begins with; its length in bytes.
pub(super) fn begins(name: &str, flat: &str) -> Option<usize> {
    let flat = flat.trim_start();
    let ends = flat.match_indices(' ').map(|(at, _)| at).take(6);
    let heads = ends.filter_map(|at| flat.get(..at)).filter(|head| has(name, head));
    let whole = Some(flat.trim_end()).filter(|whole| has(name, whole));
    heads.chain(whole).map(str::len).max()
}

/// Any phrase of the section stands in a flattened text. Looks at runs of up to six words.
pub(super) fn within(name: &str, flat: &str) -> bool {
    let section = section(name);
    let words: Vec<&str> = flat.split_ascii_whitespace().collect();
    let mut run = String::new();
    (0..words.len()).any(|at| {
        run.clear();
        words.iter().skip(at).take(6).any(|word| {
            if !run.is_empty() {
                run.push(' ');
            }
            run.push_str(word);
            section.contains(run.as_str())
        })
    })
}

/// Folded words with one blank between them, nothing else: "E-mail (priv.):" is "e mail priv".
pub(super) fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}')) {
        let folded = fold(word);
        if folded.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&folded);
    }
    out
}

/// Umlauts written as two letters, the other way to write a name in an address: "Rössl" is "roessl".
pub(super) fn spelled_out(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for c in lower.chars() {
        match c {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'å' => out.push_str("aa"),
            'ð' | 'đ' => out.push('d'),
            'þ' => out.push_str("th"),
            'ł' => out.push('l'),
            _ => out.push(c),
        }
    }
    flat(&out)
}
