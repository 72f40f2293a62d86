//! Answers typed under the times we offered, line by line.
//!
//! In: the own text, and which of its stretches stand under which option. Out: the options taken, when the answers say yes and no.
//! Never here: finding where in a quoted letter an answer stands.

use super::lex::{self, Lex, What};
use super::{Asked, Intent, Interval, Times};
use crate::calendar::Spans;

/// Reads the answers under the options; `None` when there are none, or one of them says more than yes or no.
pub(super) fn read(text: &str, asked: &Asked<'_>) -> Option<Times> {
    let mut taken = Vec::new();
    let mut refused = 0;
    for (range, option) in asked.places {
        let part = text.get(range.clone())?;
        match verdict(part, asked.language)? {
            true => taken.push((*option, range.clone())),
            false => refused += 1,
        }
    }
    if taken.is_empty() && refused == 0 {
        return None;
    }
    taken.sort_by_key(|(option, _)| *option);
    taken.dedup_by_key(|(option, _)| *option);
    let slots: Vec<_> = taken
        .iter()
        .filter_map(|(option, words)| Some((*asked.options.get(*option)?, words.clone())))
        .collect();
    Some(Times {
        intent: if taken.is_empty() { Intent::NoneWork } else { Intent::Select },
        open: Spans::of(slots.iter().map(|(slot, _)| *slot).collect()),
        intervals: slots
            .into_iter()
            .map(|((start, end), words)| Interval { start, end, words })
            .collect(),
        selected: taken.into_iter().map(|(option, _)| option).collect(),
        zone: None,
        doubts: Vec::new(),
    })
}

/// Yes or no; `None` when the line says something else.
fn verdict(text: &str, language: &str) -> Option<bool> {
    let (items, _) = lex::items(text, lex::Tongue::named(language));
    let has = |wanted: &[Lex]| {
        items
            .iter()
            .any(|item| matches!(&item.what, What::Lex(lex) if wanted.contains(lex)))
    };
    if items.iter().any(|item| matches!(item.what, What::Num(..))) {
        return None;
    }
    if has(&[Lex::Not, Lex::NoneOfThem, Lex::Except]) {
        return Some(false);
    }
    let mark = items.iter().any(|item| matches!(item.what, What::Mark('✓' | '✔' | '✅' | '👍')));
    (mark || has(&[Lex::Free, Lex::ThatOne, Lex::NoTrouble, Lex::Flexible])).then_some(true)
}
