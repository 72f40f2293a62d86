//! The phrases that people are made to write: sections of the files in `words/`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dice::Dice;

/// A file of phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum File {
    Times,
    Choice,
    Decisions,
    People,
}

type Sections = HashMap<(File, &'static str), Vec<&'static str>>;

static ALL: LazyLock<Sections> = LazyLock::new(|| {
    let mut all = Sections::new();
    for (file, text) in [
        (File::Times, include_str!("words/times.txt")),
        (File::Choice, include_str!("words/choice.txt")),
        (File::Decisions, include_str!("words/decisions.txt")),
        (File::People, include_str!("words/people.txt")),
    ] {
        let mut section = "";
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => section = name,
                None => all.entry((file, section)).or_default().push(if line == "-" { "" } else { line }),
            }
        }
    }
    all
});

/// All phrases of a section.
pub(super) fn section(file: File, name: &'static str) -> &'static [&'static str] {
    ALL.get(&(file, name)).map(Vec::as_slice).unwrap_or_default()
}

/// One phrase of a section.
pub(super) fn phrase(dice: &mut Dice, file: File, name: &'static str) -> &'static str {
    dice.one_of(section(file, name)).copied().unwrap_or_default()
}

/// A phrase with its `{places}` filled in.
pub(super) fn filled(phrase: &str, with: &[(&str, &str)]) -> String {
    let mut out = phrase.to_owned();
    for (place, text) in with {
        out = out.replace(&format!("{{{place}}}"), text);
    }
    out
}

/// A mail of paragraphs; empty ones are left out.
pub(super) fn mail(paragraphs: &[&str]) -> String {
    paragraphs
        .iter()
        .filter(|one| !one.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_in_a_phrase_is_one_that_is_filled() {
        let places = [
            "day", "hours", "times", "from", "to", "off", "name", "ordinal", "number", "time", "decision",
        ];
        let mut seen = 0;
        for ((file, section), phrases) in ALL.iter() {
            assert!(!phrases.is_empty(), "{file:?} [{section}]");
            for phrase in phrases {
                let with: Vec<(&str, &str)> = places.iter().map(|place| (*place, "x")).collect();
                assert!(!filled(phrase, &with).contains('{'), "{file:?} [{section}] {phrase}");
                seen += 1;
            }
        }
        assert!(seen > 150, "{seen}");
        assert_eq!(section(File::People, "zones").len(), 15);
    }
}
