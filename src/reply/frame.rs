//! What stands around a letter and says nothing: the greeting, and everything from the sign-off on.
//!
//! In: the text. Out: the bytes of what lies between. A name in a greeting or a signature is nobody spoken of.

use std::ops::Range;

use super::sentences::{Kind, Token, tokens};
use super::small::Small;
use super::words::{self, Class, Strength};

/// Lines that may follow a sign-off: name, title, firm, phone …
const SIGNATURE_LINES: usize = 12;

/// The bytes between greeting and sign-off.
pub(super) fn body(text: &str) -> Range<usize> {
    let lines = lines(text);
    let mut start = 0;
    let mut end = text.len();
    if let Some(first) = lines.iter().find(|line| !blank(text, line)) {
        start = greeting_end(text, first).unwrap_or(first.start);
    }
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.start >= start) {
        let follow = lines.len() - number;
        if follow <= SIGNATURE_LINES && signs_off(text, line) {
            // "Thanks, Tom" and nothing else is the whole letter.
            let alone = text.get(start..line.start).is_none_or(|head| head.trim().is_empty());
            end = if alone { line.end } else { line.start };
            break;
        }
    }
    start..end.max(start)
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split('\n')
        .map(|line| {
            let range = at..at + line.len();
            at += line.len() + 1;
            range
        })
        .collect()
}

fn blank(text: &str, line: &Range<usize>) -> bool {
    text.get(line.clone()).is_none_or(|line| line.trim().is_empty())
}

/// "Hi Sam," and "Dear Ms Weber" on a line of their own, and "Hi Sam, yes please" up to the comma.
fn greeting_end(text: &str, line: &Range<usize>) -> Option<usize> {
    let words = text.get(line.clone()).filter(|words| may_begin(words, Class::Greeting))?;
    let all = tokens(words);
    let greeting = words::begins(&all, Class::Greeting)?;
    let mut names = 0;
    for token in all.get(greeting..)? {
        if token.kind.separates() {
            return Some(line.start + token.range.end);
        }
        names += 1;
        // "Lieber Ana als Ben" greets nobody.
        if names > 4 || names > 1 && token.is(Small::Over) {
            return None;
        }
    }
    Some(line.end)
}

/// "Best regards", "Thanks, Tom", "/ Fiona" on a line of their own.
fn signs_off(text: &str, line: &Range<usize>) -> bool {
    let Some(words) = text.get(line.clone()) else {
        return false;
    };
    if matches!(words.trim_end(), "--" | "-- ") {
        return true;
    }
    if !may_begin(words, Class::SignOff) {
        return false;
    }
    let all = tokens(words);
    let Some(off) = words::begins(&all, Class::SignOff) else {
        return false;
    };
    let mut rest = all.get(off..).unwrap_or_default().iter().filter(|token| !token.kind.separates());
    let names = rest.clone().count() <= 3 && rest.all(is_name);
    names && !text.get(line.end..).is_some_and(decides)
}

/// Its first word is one that such a phrase begins with: most lines need not be looked at any further.
fn may_begin(line: &str, class: Class) -> bool {
    let from = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = from.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    tokens(word).first().is_some_and(|first| words::may_begin(first, class))
}

/// Words below a sign-off that decide something: then it was none ("Thanks" and, a line down, the answer).
fn decides(rest: &str) -> bool {
    let all = tokens(rest);
    let hits = words::find(&all, 0, all.len(), &|_| false);
    hits.iter()
        .any(|hit| matches!(hit.class, Class::Decide(_, Strength::Strong) | Class::Because(_, _) | Class::Stop))
}

fn is_name(token: &Token<'_>) -> bool {
    token.kind == Kind::Word && token.capital
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greeting_and_signature_say_nothing() {
        for (text, inside) in [
            ("Hi Sam,\n\nyes please\n\nBest regards\nBen Miller\nHead of IT", "yes please"),
            ("Hi Sam, yes please", "yes please"),
            ("Pass\n\nThanks, Tom", "Pass"),
            ("Thanks but no", "Thanks but no"),
            ("Best candidate yet, yes", "Best candidate yet, yes"),
            ("yes\n-- \nTom", "yes"),
        ] {
            assert_eq!(text.get(body(text)).unwrap().trim(), inside, "{text:?}");
        }
    }
}
