//! Words and numbers that name a slot: "the second one", "both", "2 and 4 work", "C is good".
//!
//! In: marks and items of a text, and how many slots there are. Out: indexes of slots.
//! Never here: days and hours that fit a slot (see [`super::super::fits`]).

use super::super::clauses::{Block, Mark, Said};
use super::super::lex::{Item, Lex, What};

/// The options a word names: "the second one", "both", "the later one", "option 3".
pub(super) fn picks(mark: &Mark, items: &[Item], text: &str, by_time: &[usize]) -> Vec<usize> {
    let count = by_time.len();
    let last = count - 1;
    let lex_at = |at: usize| match items.get(at).map(|item| &item.what) {
        Some(What::Lex(lex)) => Some(*lex),
        _ => None,
    };
    let number_at = |at: usize| match items.get(at).map(|item| &item.what) {
        Some(What::Num(n, 1 | 2)) => usize::try_from(*n).ok(),
        Some(What::Lex(Lex::Number(n) | Lex::Ordinal(n))) => usize::try_from(*n).ok(),
        _ => None,
    };
    // "die ersten beiden", "los dos primeros"
    let two = lex_at(mark.item + 1) == Some(Lex::AllOfThem)
        || matches!(mark.item.checked_sub(1).and_then(lex_at), Some(Lex::Number(2) | Lex::AllOfThem));
    let one = |n: usize| if (1..=count).contains(&n) { vec![n - 1] } else { Vec::new() };
    match mark.lex {
        Lex::FirstOne | Lex::Ordinal(1) => match number_at(mark.item + 1) {
            // "either of the first two"
            Some(n) if (2..=count).contains(&n) => (0..n).collect(),
            _ if two && count >= 2 => vec![0, 1],
            _ => vec![0],
        },
        Lex::Ordinal(n) => usize::try_from(n).map(one).unwrap_or_default(),
        // "first or last"
        Lex::Last
            if matches!(mark.item.checked_sub(1).and_then(lex_at), Some(Lex::Or | Lex::And))
                && matches!(mark.item.checked_sub(2).and_then(lex_at), Some(Lex::Ordinal(1) | Lex::FirstOne)) =>
        {
            vec![last]
        }
        Lex::LastOne if matches!(items.get(mark.item + 1).map(|item| &item.what), Some(What::Lex(Lex::Unit(_)))) => Vec::new(),
        Lex::LastOne => match number_at(mark.item + 1) {
            Some(n) if (2..=count).contains(&n) => (count - n..count).collect(),
            _ if two && count >= 2 => vec![last - 1, last],
            _ => vec![last],
        },
        Lex::LaterOne if count >= 2 => by_time.last().copied().into_iter().collect(),
        Lex::EarlierOne if count >= 2 => by_time.first().copied().into_iter().collect(),
        Lex::MiddleOne if count == 3 => vec![1],
        // "the middle two"
        Lex::MiddleOne if count == 4 && number_at(mark.item + 1) == Some(2) => vec![1, 2],
        // "either of the first two": the words behind it choose.
        Lex::AllOfThem
            if (mark.item + 1..mark.item + 4)
                // "any of them apart from the first"
                .take_while(|at| !matches!(lex_at(*at), Some(Lex::Except | Lex::But)))
                .any(|at| matches!(lex_at(at), Some(Lex::FirstOne | Lex::LastOne | Lex::Ordinal(_)))) =>
        {
            Vec::new()
        }
        Lex::AllOfThem if mark.yes => match number_at(mark.item + 1) {
            Some(n) if (2..count).contains(&n) => Vec::new(),
            _ => (0..count).collect(),
        },
        Lex::Option => {
            // "option 3", "#2", "slot B", "3rd option"
            let next = mark.item + 1;
            let skip = usize::from(matches!(
                items.get(next).map(|item| &item.what),
                Some(What::Lex(Lex::Option) | What::Mark('.' | ':' | '#'))
            ));
            if let Some(n) = number_at(next + skip) {
                return one(n);
            }
            letter(items, text, next + skip, count).map(|at| vec![at]).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// "C": the letter of an option.
fn letter(items: &[Item], text: &str, at: usize, count: usize) -> Option<usize> {
    let word = items.get(at).and_then(|item| text.get(item.bytes.clone()))?;
    let [byte] = word.as_bytes() else { return None };
    let at = usize::from(byte.to_ascii_uppercase().checked_sub(b'A')?);
    (at < count).then_some(at)
}

/// A number or a letter that stands alone: "2", "2 and 4 work", "C is good", "#2".
/// `counting`: options were counted before it.
pub(super) fn listed(items: &[Item], number: usize, counting: bool, text: &str, count: usize) -> Option<usize> {
    let item = items.get(number)?;
    let before = number.checked_sub(1).and_then(|at| items.get(at)).map(|item| &item.what);
    let next = items.get(number + 1).map(|item| &item.what);
    let counts = |item: &Item| item.what == What::Lex(Lex::Option);
    // "slot no. 2" is found by its word.
    if number.checked_sub(2).and_then(|at| items.get(at)).is_some_and(counts) && before == Some(&What::Mark('.')) {
        return None;
    }
    // "let's take 2", where they were counted before
    // "can do 1 and 3": numbers in a row.
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let row = matches!(next, Some(What::Lex(Lex::And | Lex::Or) | What::Mark('&' | '/')))
        && matches!(what(number + 2), Some(What::Num(n, 1)) if usize::try_from(*n).is_ok_and(|n| (1..=count).contains(&n)))
        && ends_choice(what(number + 3));
    // "1 and 4 xyz with our meetings": what is said of both was not read.
    let unread_row = matches!(next, Some(What::Lex(Lex::And | Lex::Or) | What::Mark('&' | '/')))
        && matches!(what(number + 2), Some(What::Num(n, 1)) if usize::try_from(*n).is_ok_and(|n| (1..=count).contains(&n)))
        && matches!(what(number + 3), Some(What::Word(_)));
    if unread_row {
        return None;
    }
    let letters = !matches!(item.what, What::Num(..)) || counting || row;
    let opens = letters
        && matches!(
            before,
            Some(What::Lex(
                Lex::With | Lex::At | Lex::Free | Lex::Prefer | Lex::So | Lex::Skip | Lex::Or
            ))
        )
        || matches!(
            before,
            None | Some(What::Line | What::Mark('#')) | Some(What::Lex(Lex::And | Lex::Or))
        )
        || matches!(before, Some(What::Mark(',' | '.' | '!' | '&' | '+' | '/')));
    let next = match next {
        // "1st please"
        Some(What::Lex(Lex::OrdinalMark)) => items.get(number + 2).map(|item| &item.what),
        next => next,
    };
    let ends = ends_choice(next);
    if !(opens && ends) {
        return None;
    }
    match &item.what {
        What::Num(n, 1) => {
            // "2, 3:30": hours are no list numbers; nor is the point of "1. yes".
            let opens_line = matches!(before, None | Some(What::Line));
            let list = opens_line
                && matches!(next, Some(What::Mark('.' | ')')))
                && items.get(number + 2).is_some_and(|item| item.what != What::Line);
            let n = usize::try_from(*n).ok()?;
            // "19.2."
            let dotted = before == Some(&What::Mark('.'))
                && item.glued
                && matches!(
                    number.checked_sub(2).and_then(|at| items.get(at)).map(|item| &item.what),
                    Some(What::Num(..))
                );
            let dated = dotted || matches!(before, Some(What::Mark('/'))) || matches!(next, Some(What::Mark('/')));
            ((1..=count).contains(&n) && !list && !dated).then(|| n - 1)
        }
        _ => {
            let word = text.get(item.bytes.clone())?;
            // "A" is an article, too.
            let stands_alone = matches!(
                next,
                None | Some(What::Line | What::Mark(_) | What::Lex(Lex::Free | Lex::And | Lex::Or | Lex::If))
            );
            // "i. A. Sabine Weber": the point behind a letter, and one before it.
            let abbreviated =
                before == Some(&What::Mark('.')) && next == Some(&What::Mark('.')) && items.get(number + 1).is_some_and(|item| item.glued);
            let upper = word.len() == 1 && word.chars().all(char::is_uppercase) && word != "I" && !abbreviated;
            (upper && (word != "A" || stands_alone))
                .then(|| letter(items, text, number, count))
                .flatten()
        }
    }
}

/// What may stand behind a number that chooses.
const fn ends_choice(next: Option<&What>) -> bool {
    matches!(next, None | Some(What::Line | What::Mark('.' | ',' | '!' | '&' | '+' | '/' | ')')))
        || matches!(
            next,
            Some(What::Lex(
                Lex::And | Lex::Or | Lex::Skip | Lex::Free | Lex::ThatOne | Lex::But | Lex::Not | Lex::If
            ))
        )
}

/// "the 2nd and the 3rd": ordinals with no month and no weekday beside them, each of them the number of a slot.
pub(super) fn counted(block: &Block, items: &[Item], count: usize) -> Option<Vec<usize>> {
    let from = items.partition_point(|item| item.bytes.start < block.bytes.start);
    let inside = items.iter().skip(from).take_while(|item| item.bytes.end <= block.bytes.end);
    let mut found = Vec::new();
    for item in inside {
        match item.what {
            What::Num(n, 1) => found.push(usize::try_from(n).ok()?.checked_sub(1).filter(|at| *at < count)?),
            What::Lex(Lex::OrdinalMark | Lex::And | Lex::Or | Lex::Of | Lex::On | Lex::Skip) | What::Mark(',' | '&' | '/' | '+') => {}
            _ => return None,
        }
    }
    (block.clocks.is_empty() && !found.is_empty()).then_some(found)
}

/// "the 29", "on the 14th": a day of a month by its number alone, and the slots on such a day. Small numbers count slots.
pub(super) fn of_number(block: &Block, items: &[Item], slots: impl Fn(u32) -> Vec<usize>) -> Vec<usize> {
    let from = items.partition_point(|item| item.bytes.start < block.bytes.start);
    let mut found = Vec::new();
    for item in items.iter().skip(from).take_while(|item| item.bytes.end <= block.bytes.end) {
        match item.what {
            What::Num(day @ 10..=31, 2) => found.extend(slots(day)),
            What::Lex(Lex::OrdinalMark | Lex::And | Lex::Or | Lex::Of | Lex::On | Lex::Skip) | What::Mark(',' | '&' | '+') => {}
            _ => return Vec::new(),
        }
    }
    if block.clocks.is_empty() { found } else { Vec::new() }
}

/// "No. 3", "No 2 please": the sign of a number, where the number chooses.
pub(super) fn numbered(items: &[Item], number: usize, text: &str, count: usize) -> Option<usize> {
    let What::Num(n, 1) = items.get(number)?.what else { return None };
    let point = usize::from(items.get(number.checked_sub(1)?)?.what == What::Mark('.'));
    let sign = items.get(number.checked_sub(1 + point)?)?;
    let is_sign = sign.what == What::Lex(Lex::Not) && text.get(sign.bytes.clone()).is_some_and(|word| word.eq_ignore_ascii_case("no"));
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let chooses = match what(number + 1) {
        None | Some(What::Line | What::Mark(_) | What::Lex(Lex::Free | Lex::And | Lex::Or | Lex::ThatOne)) => true,
        // "no 2 please", but not "no 2 is taken"
        Some(What::Lex(Lex::Skip)) => matches!(
            what(number + 2),
            None | Some(What::Line | What::Mark('.' | '!' | ',') | What::Lex(Lex::Free | Lex::ThatOne))
        ),
        _ => false,
    };
    let dated = matches!(what(number + 1), Some(What::Mark(':' | '/' | '-' | '–')));
    let at = usize::try_from(n).ok()?.checked_sub(1)?;
    (is_sign && chooses && !dated && at < count).then_some(at)
}

/// "get changed first", "the first ten minutes": no slot, but when or how long something is done.
pub(super) fn adverb(items: &[Item], at: usize) -> bool {
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let lex = |at: usize| match what(at) {
        Some(What::Lex(lex)) => Some(*lex),
        _ => None,
    };
    let before = at.checked_sub(1).and_then(what);
    let ends = matches!(what(at + 1), None | Some(What::Line | What::Mark('.' | '!' | '?' | ',' | ')')));
    let chooses = matches!(
        before,
        None | Some(What::Line | What::Mark(_) | What::Num(..))
            | Some(What::Lex(
                Lex::Skip
                    | Lex::Of
                    | Lex::Free
                    | Lex::Prefer
                    | Lex::Option
                    | Lex::Or
                    | Lex::And
                    | Lex::At
                    | Lex::On
                    | Lex::With
                    | Lex::ThatOne
                    | Lex::So
                    | Lex::Only
                    | Lex::But
                    | Lex::Not
                    | Lex::Except
            ))
    );
    let bare = lex(at) == Some(Lex::Ordinal(1)) && ends && !chooses;
    let counts = |at: usize| matches!(what(at), Some(What::Num(..))) || matches!(lex(at), Some(Lex::Number(_)));
    let next = at + 1 + usize::from(counts(at + 1));
    let next = next + usize::from(next > at + 1 && lex(next) == Some(Lex::Of));
    let lasts = matches!(lex(next), Some(Lex::Unit(_) | Lex::HalfHour | Lex::QuarterHour | Lex::HourAndHalf));
    bare || lasts
}

/// The unit a number stands in is refused.
pub(super) fn refused_near(said: &Said, items: &[Item], number: usize) -> bool {
    let from = said.marks.partition_point(|mark| mark.item + 4 < number);
    let near = said.marks.iter().skip(from).take_while(|mark| mark.item <= number + 4);
    near.into_iter().any(|mark| {
        mark.lex == Lex::Not
            && !(mark.item.min(number)..mark.item.max(number)).any(|at| {
                matches!(
                    items.get(at).map(|item| &item.what),
                    Some(What::Mark(_) | What::Line | What::Lex(Lex::But))
                )
            })
    })
}

/// The block's first word stands close behind.
pub(super) fn near(block: &Block, items: &[Item], at: usize) -> bool {
    items
        .get(at)
        .is_some_and(|item| block.bytes.start >= item.bytes.end && block.bytes.start - item.bytes.end < 24)
}

/// "Friday is my first choice, Monday second": the rank of a day that is named beside it, not the number of a slot. `slots`: those of a block.
pub(super) fn ranked(said: &Said, mark: &Mark, items: &[Item], which: &[usize], slots: impl Fn(usize) -> Vec<usize>) -> bool {
    const WORDS: usize = 5;
    let what = |at: usize| items.get(at).map(|item| &item.what);
    let joins = |at: &usize| {
        matches!(
            what(*at),
            Some(
                What::Lex(Lex::Skip | Lex::Option | Lex::Prefer | Lex::Free | Lex::Subject | Lex::Of | Lex::So)
                    | What::Mark(':' | '-' | '–' | '=')
            )
        )
    };
    let day = |at: usize| {
        matches!(
            what(at),
            Some(What::Lex(
                Lex::Weekday(_)
                    | Lex::WeekdayPart(..)
                    | Lex::Relative(_)
                    | Lex::Month(_)
                    | Lex::OrdinalMark
                    | Lex::Part(_)
                    | Lex::Am
                    | Lex::Pm
            ))
        )
    };
    // "mercredi en premier choix"
    let joins_before = |at: &usize| joins(at) || what(*at) == Some(&What::Lex(Lex::On));
    let before = (mark.item.saturating_sub(WORDS)..mark.item).rev().find(|at| !joins_before(at));
    let behind = (mark.item + 1..mark.item + 1 + WORDS).find(|at| !joins(at));
    // "the first Friday" is no rank.
    let apart = behind.is_some_and(|at| at > mark.item + 1);
    let beside = before.is_some_and(day) || apart && behind.is_some_and(day);
    beside && {
        let of_sentence = said
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| block.yes && !block.except && block.sentence == mark.sentence);
        let mut taken = of_sentence.flat_map(|(number, _)| slots(number)).peekable();
        taken.peek().is_some() && !taken.any(|slot| which.contains(&slot))
    }
}
