//! A letter quoted in plain text.

use super::clients::{Client, Marks};
use super::dice::Dice;
use super::typed::{Spot, Typed, is_told_apart};

/// Lines of a reply; what is typed knows it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// The quoted letter with what is typed between its lines and inside them, and the typed texts in their order.
pub(super) fn quoted(dice: &mut Dice, letter: &str, client: &Client, typed: &[Typed]) -> (Vec<Line>, Vec<String>) {
    let mut source: Vec<String> = letter.lines().map(|line| line.trim_end().to_owned()).collect();
    while source.last().is_some_and(String::is_empty) {
        source.pop();
    }
    let mut into: Vec<(usize, bool, &str)> = Vec::new();
    for one in typed {
        match one.spot {
            Spot::Between(place) => {
                // Behind a line that says something.
                let said: Vec<usize> = (0..source.len())
                    .filter(|n| source[*n].chars().any(char::is_alphanumeric))
                    .collect();
                let at = place * said.len() / 1_000;
                let after = said.get(at + 1).map_or("", |n| source[*n].as_str());
                if is_told_apart(&one.text, typed, &source[said[at]], after) {
                    into.push((said[at] + 1, true, &one.text));
                }
            }
            Spot::Inside(place) => {
                // A line of some words, so that it is clear what was a line before.
                let long: Vec<usize> = (0..source.len())
                    .filter(|n| {
                        source[*n].split(' ').filter(|w| w.contains(char::is_alphabetic)).count() >= 6 && !source[*n].contains("://")
                    })
                    .collect();
                if !long.is_empty() {
                    into.push((long[place * long.len() / 1_000], false, &one.text));
                }
            }
            Spot::Above | Spot::Below => {}
        }
    }
    into.sort_by_key(|(line, between, _)| (*line, *between));
    let inside_marks = client.marks == Marks::Prefix && dice.percent(25);
    let width = *dice.one_of(&[68, 70, 72, 74, 76, 1_000]);
    let broken = dice.percent(10);
    let mut lines = Vec::new();
    let mut order = Vec::new();
    for n in 0..=source.len() {
        for (_, _, text) in into.iter().filter(|(line, between, _)| *between && *line == n) {
            order.push((*text).to_owned());
            let blank = dice.percent(50);
            let quoted = inside_marks && text.lines().all(|line| !line.starts_with('>'));
            let empty = || Line {
                text: String::new(),
                quoted,
            };
            if blank {
                lines.push(empty());
            }
            for line in text.lines() {
                for text in wrapped(line, 72) {
                    lines.push(Line { text, quoted });
                }
            }
            if blank {
                lines.push(empty());
            }
        }
        let Some(line) = source.get(n) else { break };
        let mut line = line.clone();
        for (_, _, text) in into.iter().filter(|(line, between, _)| !*between && *line == n) {
            order.push((*text).to_owned());
            let words: Vec<&str> = line.split(' ').collect();
            let first = words.iter().position(|word| !word.is_empty()).unwrap();
            let at = first + 1 + dice.below(words.len() - first);
            line = format!("{} {text} {}", words[..at].join(" "), words[at..].join(" "))
                .trim_end()
                .to_owned();
        }
        for (part, text) in wrapped(&line, width).into_iter().enumerate() {
            // A bad program marks only the first part of what it wraps.
            lines.push(Line {
                text,
                quoted: part == 0 || !broken,
            });
        }
    }
    if client.marks == Marks::None {
        for line in &mut lines {
            line.quoted = false;
        }
    }
    (lines, order)
}

/// The line in parts no longer than `width`; indented lines keep their indent in the first.
pub(super) fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in line.split(' ') {
        let last = parts.last_mut().unwrap();
        if !last.trim().is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            parts.push(word.to_owned());
        } else {
            if !last.is_empty() || !word.is_empty() && line.starts_with(' ') {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    parts
}

/// The lines as a body, `> ` before what is quoted.
pub(super) fn body(lines: &[Line]) -> String {
    let mut body = String::new();
    for line in lines {
        if line.quoted {
            body.push('>');
            if !line.text.is_empty() {
                body.push(' ');
            }
        }
        body.push_str(&line.text);
        body.push('\n');
    }
    body
}

/// The lines as format=flowed (RFC 3676): long ones broken softly, stuffed where they must be.
pub(super) fn flowed(lines: &[Line]) -> String {
    let mut body = String::new();
    for line in lines {
        let signature = line.text == "-- ";
        let parts = if signature {
            vec![line.text.clone()]
        } else {
            wrapped(line.text.trim_end(), 66)
        };
        for (n, part) in parts.iter().enumerate() {
            if line.quoted {
                body.push_str("> ");
            } else if part.starts_with([' ', '>']) || part.starts_with("From ") {
                body.push(' ');
            }
            body.push_str(part);
            if n + 1 < parts.len() {
                body.push(' ');
            }
            body.push('\n');
        }
    }
    body
}
