//! Telephone numbers in a line.

use std::ops::Range;

use super::words::{begins, flat};

/// Fewer digits are no number one can call.
const FEWEST: usize = 8;
/// With the label "Phone" before them.
const FEWEST_LABELLED: usize = 5;

/// The first telephone number of a text.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    numbers(text).into_iter().find(|range| {
        let number = text.get(range.clone()).unwrap_or_default();
        let digits = number.chars().filter(char::is_ascii_digit).count();
        (FEWEST..=16).contains(&digits) && !is_span_of_years(number) && !is_sum(text, range)
    })
}

/// The number behind the label "Phone".
pub(super) fn labelled(text: &str) -> Option<Range<usize>> {
    numbers(text).into_iter().find(|range| {
        let digits = text
            .get(range.clone())
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .count();
        (FEWEST_LABELLED..=16).contains(&digits)
    })
}

/// Stretches of digits and the signs that are written between them.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| rest.find(|c: char| c.is_ascii_digit() || c == '+' || c == '('))
    {
        let start = at + found;
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}' | '‑' | '–')))
            .unwrap_or(rest.len());
        let run = rest.get(..end).unwrap_or_default();
        // " - " and " / " part two things.
        let cut = [" -", " /", "  ", " –", ". ", ") (", "/ "]
            .iter()
            .filter_map(|sign| run.find(sign))
            .min()
            .unwrap_or(run.len());
        let run = run.get(..cut).unwrap_or_default();
        let run = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        let glued = text
            .get(..start)
            .is_some_and(|head| head.ends_with(|c: char| c.is_alphanumeric() || c == '@'))
            || rest
                .get(run.len()..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '@'));
        let open = if run.starts_with('(') && !run.contains(')') { 1 } else { 0 };
        if !run.is_empty() && !glued {
            all.push(start + open..start + run.len());
        }
        at = start + run.len().max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    all
}

/// "2014-2020", "2014 - 2020".
fn is_span_of_years(number: &str) -> bool {
    let parts: Vec<&str> = number
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    parts.len() == 2
        && parts
            .iter()
            .all(|part| part.len() == 4 && (part.starts_with("19") || part.starts_with("20")))
}

/// "75 000 000 CZK".
fn is_sum(text: &str, range: &Range<usize>) -> bool {
    let behind = flat(
        text.get(range.end..)
            .and_then(|rest| rest.get(..12).or(Some(rest)))
            .unwrap_or_default(),
    );
    let before = text.get(..range.start).unwrap_or_default().trim_end();
    begins("money", &behind).is_some() || before.ends_with(['€', '$', '£', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_one_can_call() {
        let found = |text: &str| find(text).and_then(|range| text.get(range)).map(str::to_owned);
        assert_eq!(found("ring +44 (0)113 496 0112, please").as_deref(), Some("+44 (0)113 496 0112"));
        assert_eq!(found("a / 07700 900391 / 4 yrs").as_deref(), Some("07700 900391"));
        assert_eq!(found("from 2014-2020 for 75 000 000 CZK"), None);
        assert_eq!(found("MSc 2019, 12 years"), None);
    }
}
