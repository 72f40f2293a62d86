//! Under which candidate of our letter an answer was typed: people write "yes" into the quote, below the name it is about.
//!
//! In: the labelled spans of the message. Out: for each part of the own text, the candidate whose name stands above it in the quote.
//! Never here: what the part says. What stands below the whole quote stands under nobody.

use super::sentences::{Kind, tokens};
use super::{Asked, AskedAbout};
use crate::message::{Label, OwnText, Span};

/// A quoted line with more words than this speaks of somebody and is not the place to answer about them.
const LONGEST_HEADING: usize = 12;

/// From this byte of the own text on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) from: usize,
    /// The candidate, by their number in the letter.
    pub(super) under: Option<usize>,
}

/// Where the pieces of the own text stand; empty when none stands under a candidate.
pub(super) fn places(own: &OwnText, asked: &Asked) -> Vec<Place> {
    if asked.candidates.len() < 2 || own.parts.is_empty() {
        return Vec::new();
    }
    let is_place = |span: &&Span| is_quoted(span.label) && has_words(own.shown.get(span.range.clone()).unwrap_or_default());
    let first_quoted = own.spans.iter().find(is_place).map_or(own.shown.len(), |span| span.range.start);
    // Nearly everybody answers above the quote.
    if own.parts.iter().all(|part| part.shown.start < first_quoted) {
        return Vec::new();
    }
    let names: Vec<Vec<String>> = asked.candidates.iter().map(name_of).collect();
    let last_quoted = own.spans.iter().rfind(is_place).map_or(0, |span| span.range.start);
    let mut parts = own.parts.iter().peekable();
    let mut heading = None;
    let mut places: Vec<Place> = Vec::new();
    for span in &own.spans {
        if is_quoted(span.label) {
            let quoted = own.shown.get(span.range.clone()).unwrap_or_default();
            heading = quoted.lines().rev().find_map(|line| named(line, &names)).or(heading);
        }
        while let Some(part) = parts.next_if(|part| part.shown.start < span.range.end) {
            // Below everything quoted: a part of the answers only when there were others higher up.
            let below = last_quoted < part.shown.start;
            let others = places.iter().any(|place| place.under.is_some() && place.under != heading);
            places.push(Place {
                from: part.text.start,
                under: heading.filter(|_| !below || others),
            });
        }
    }
    if places.iter().all(|place| place.under.is_none()) {
        places.clear();
    }
    places
}

fn is_quoted(label: Label) -> bool {
    match label {
        Label::QuotedOurs | Label::QuotedOther => true,
        Label::Own
        | Label::Attribution
        | Label::Signature
        | Label::Device
        | Label::Disclaimer
        | Label::Banner
        | Label::Forwarded
        | Label::Struck => false,
    }
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn words(text: &str) -> Vec<String> {
    let is_word = |kind: Kind| matches!(kind, Kind::Word | Kind::Number);
    let all = tokens(text).into_iter().filter(|token| is_word(token.kind));
    all.map(|token| token.fold.into_owned()).collect()
}

fn name_of(candidate: &AskedAbout) -> Vec<String> {
    words(&candidate.name)
}

/// The one candidate whose full name stands in a short line.
fn named(line: &str, names: &[Vec<String>]) -> Option<usize> {
    // The end of a long line is not looked at: it is no heading.
    let line = words(line.get(..200).unwrap_or(line));
    if line.len() > LONGEST_HEADING {
        return None;
    }
    let holds = |name: &Vec<String>| !name.is_empty() && line.windows(name.len()).any(|part| part == name.as_slice());
    let mut found = names.iter().enumerate().filter(|(_, name)| holds(name));
    match (found.next(), found.next()) {
        (Some((who, _)), None) => Some(who),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Part;
    use crate::model::SubmissionId;
    use crate::reply::Question;

    fn asked() -> Asked {
        let candidates = ["Ana Souza", "Carl Jensen"].into_iter().zip(1..);
        Asked {
            candidates: candidates
                .map(|(name, id)| AskedAbout {
                    submission: SubmissionId(id),
                    name: name.to_owned(),
                    summary: String::new(),
                    open: true,
                    meant: None,
                })
                .collect(),
            question: Question::Decision,
            today: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        }
    }

    /// A message of lines: `>` quotes our letter, the others were typed.
    fn own(lines: &[&str]) -> OwnText {
        let mut own = OwnText::default();
        for line in lines {
            let start = own.shown.len();
            own.shown.push_str(line);
            own.shown.push('\n');
            let shown = start..own.shown.len();
            let typed = !line.starts_with('>');
            own.spans.push(Span {
                range: shown.clone(),
                label: if typed { Label::Own } else { Label::QuotedOurs },
                why: "",
            });
            if typed {
                let start = own.text.len();
                own.text.push_str(line);
                own.text.push('\n');
                own.parts.push(Part {
                    text: start..own.text.len(),
                    shown,
                });
            }
        }
        own
    }

    fn under(lines: &[&str]) -> Vec<Option<usize>> {
        places(&own(lines), &asked()).iter().map(|place| place.under).collect()
    }

    #[test]
    fn an_answer_stands_under_the_name_above_it() {
        let letter = [
            "> Ana and Carl are ready.",
            "> 1. Ana Souza",
            "> Java",
            "yes",
            "> 2. Carl Jensen",
            "> Kotlin",
            "no",
            "> Bye",
        ];
        assert_eq!(under(&letter), [Some(0), Some(1)]);
    }

    #[test]
    fn what_stands_above_or_below_the_whole_quote_stands_under_nobody() {
        assert!(under(&["yes", "> 1. Ana Souza", "> 2. Carl Jensen", "> Bye"]).is_empty());
        assert!(under(&["> 1. Ana Souza", "> 2. Carl Jensen", "> Bye", "yes"]).is_empty());
        // Cut off behind the last answer, which is one of several.
        assert_eq!(under(&["> 1. Ana Souza", "yes", "> 2. Carl Jensen", "no"]), [Some(0), Some(1)]);
    }

    #[test]
    fn a_line_with_several_names_is_no_heading() {
        assert!(under(&["> Ana Souza, Carl Jensen", "yes", "> Bye"]).is_empty());
    }
}
