//! The sign-off, signature or device line at the end of a text, which a reading may keep or cut.
//!
//! It must open with a line that closes a letter (`closings.txt`: "Best regards", "Sent from my", `--`), and behind that line only what
//! stands on a visiting card may follow: names, titles, firms, numbers, addresses. A sentence is never part of it, but below a `--`.

use std::sync::LazyLock;

/// More lines than this are no visiting card.
const MOST_LINES: usize = 14;

/// What closes a letter: a whole line, or `…` behind the beginning of one.
static CLOSINGS: LazyLock<Vec<(&str, bool)>> = LazyLock::new(|| {
    let lines = include_str!("closings.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.strip_suffix('…').map_or((line, false), |begin| (begin, true)))
        .collect()
});

/// The text without its closing; the whole text when it has none or is nothing else.
pub(super) fn without_closing(text: &str) -> &str {
    let mut card = 0;
    let mut open = true;
    let mut rest = text.trim_end();
    let mut cut = rest;
    // Upwards: as long as lines could stand on a card, one that closes the letter ends it all.
    while let Some(line) = rest.rsplit('\n').next() {
        let above = rest.strip_suffix(line).unwrap_or_default().trim_end();
        if above.is_empty() || card >= MOST_LINES {
            break;
        }
        // Below the mark of a signature (RFC 3676 4.3) anything may stand.
        if line.trim() == "--" {
            cut = above;
            break;
        }
        open &= on_a_card(line.trim()) || closes(line.trim());
        if open && closes(line.trim()) {
            cut = above;
        }
        card += 1;
        rest = above;
    }
    cut
}

/// "Best regards", "Mit freundlichen Grüßen, Ann", "--", "-Ann".
fn closes(line: &str) -> bool {
    if !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '_' | '–' | '—')) {
        return true;
    }
    if let Some(name) = line.strip_prefix(['-', '–', '—']) {
        return is_name(name);
    }
    let lower = line.to_lowercase().replace('’', "'");
    CLOSINGS.iter().any(|(closing, open)| {
        lower.strip_prefix(closing).is_some_and(|rest| {
            let behind = line.get(line.len().saturating_sub(rest.len())..).unwrap_or_default();
            let ended = rest.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
            let parted = rest.starts_with(|c: char| !c.is_alphanumeric());
            ended || *open && rest.split_whitespace().count() <= 8 || parted && is_name(behind)
        })
    })
}

/// One to four words, each with a capital and nothing that ends a sentence.
fn is_name(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphabetic());
    let words = bare.split_whitespace();
    let count = words.clone().count();
    (1..=4).contains(&count) && words.into_iter().all(|word| word.chars().next().is_some_and(|c| !c.is_lowercase()))
}

/// A name, a title, a firm, a number, an address: short, no sentence.
fn on_a_card(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let reached =
        line.contains('@') || line.contains("www.") || line.contains("://") || line.chars().filter(char::is_ascii_digit).count() >= 5;
    let small = |word: &&&str| word.chars().next().is_some_and(char::is_lowercase) && word.len() > 3;
    let sentence = line.ends_with(['?', '!', '.', ':']) || words.iter().filter(small).count() > 1;
    words.len() <= 9
        && (reached
            || !sentence
                && words
                    .first()
                    .is_none_or(|word| !word.chars().next().is_some_and(char::is_lowercase)))
}
