//! What people type, and where.

use super::dice::Dice;

/// Where words are typed, seen from our letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    Above,
    /// Behind so many thousandths of its lines.
    Between(usize),
    /// In a line, behind so many thousandths of its words.
    Inside(usize),
    Below,
}

/// Words typed at one place.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) spot: Spot,
    pub(super) text: String,
}

/// What is typed right beside a line that says the same cannot be told from it: nobody sees which of the two was there before. Where
/// somebody types into that line as well, it is enough that a typed line ends as the line before ends or begins as the line behind begins:
/// either can be the half of it.
pub(super) fn is_told_apart(typed: &str, all: &[Typed], before: &str, after: &str) -> bool {
    let lines: Vec<Vec<String>> = typed.lines().map(said).filter(|line| !line.is_empty()).collect();
    let (before, after) = (said(&without_links(before)), said(&without_links(after)));
    let same = [lines.first(), lines.last()]
        .iter()
        .flatten()
        .any(|edge| **edge == before || **edge == after);
    let inside = all.iter().any(|one| matches!(one.spot, Spot::Inside(_)));
    let half = || {
        lines
            .iter()
            .any(|line| line.first() == after.first() || line.last() == before.last())
    };
    !(same || inside && half())
}

/// The line without the links that programs write behind words.
fn without_links(line: &str) -> String {
    let bare = |token: &str| {
        let end = ["<http", "<mailto", "http", "mailto:"]
            .iter()
            .filter_map(|link| token.find(link))
            .min();
        token[..end.unwrap_or(token.len())].to_owned()
    };
    line.split(' ').map(bare).collect::<Vec<_>>().join(" ")
}

/// True when four words in a row stand in the letter too: where it is cut short or changed nobody can tell which of the two is meant.
pub(super) fn is_copied(typed: &str, letter: &str) -> bool {
    let (typed, letter) = (said(typed), said(letter));
    typed.windows(4).any(|run| letter.windows(4).any(|ours| ours == run))
}

/// True when a whole line stands in the letter too ("Kind regards"): where the letter ends above it, it may be the letter's next line.
pub(super) fn shares_a_line(typed: &str, letter: &str) -> bool {
    let of = |text: &str| text.lines().map(said).filter(|line| !line.is_empty()).collect::<Vec<_>>();
    let letter = of(letter);
    of(typed).iter().any(|line| letter.contains(line))
}

/// The words of a text, without case and signs.
fn said(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn texts() -> Vec<&'static str> {
    include_str!("typed.txt").split("\n%\n").map(str::trim).collect()
}

/// What is short enough to be written into a line.
const INTO_A_LINE: [&str; 14] = [
    "(yes!)",
    "[AL: agreed]",
    "<-- this one please",
    "👍",
    "=> no",
    "really??",
    "nein, leider nicht",
    "## good ##",
    "← oui",
    "(when?)",
    "OK for me",
    "*no*",
    "как раз то, что нужно",
    "ja, bitte",
];

/// Something at one place or at several.
pub(super) fn typed(dice: &mut Dice) -> Vec<Typed> {
    let texts = texts();
    let mut all = Vec::new();
    let mut at = |dice: &mut Dice, spot| {
        all.push(Typed {
            spot,
            text: (*dice.one_of(&texts)).to_owned(),
        });
    };
    let what = dice.below(100);
    if !(45..90).contains(&what) {
        at(dice, Spot::Above);
    }
    if (40..60).contains(&what) {
        at(dice, Spot::Below);
    }
    if what >= 55 {
        for _ in 0..=dice.below(3) {
            let place = dice.below(1_000);
            at(dice, Spot::Between(place));
        }
    }
    if (75..90).contains(&what) || what == 99 {
        all.push(Typed {
            spot: Spot::Inside(dice.below(1_000)),
            text: (*dice.one_of(&INTO_A_LINE)).to_owned(),
        });
    }
    if what == 98 {
        all.push(Typed {
            spot: Spot::Below,
            text: (*dice.one_of(&texts)).to_owned(),
        });
    }
    all.sort_by_key(|one| one.spot);
    all
}
