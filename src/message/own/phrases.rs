//! What attributions and separators are made of: dates, times, and the words of the languages (`words.txt`).

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memchr_iter;

use crate::message::words::{Words, lower};

/// The words of a section of `words.txt`.
pub(super) fn section(name: &str) -> Words {
    let named = |line: &str| line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(name);
    let lines = include_str!("words.txt").lines().skip_while(|line| !named(line)).skip(1);
    let words: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    Words::listed(Cow::Owned(words.join("|")))
}

/// Words that attributions begin with.
pub(super) static OPENERS: LazyLock<Words> = LazyLock::new(|| section("opener"));

/// A line that can be the first of a wrapped attribution: it holds a date, an address, or begins with a word that such lines begin with.
pub(super) fn begins_like_one(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    OPENERS.has_in_any_case(first) || has_date(text) || has_time(text) || (text.contains('<') && text.contains('@'))
}

/// A year, a date in digits, or a day beside a month's name in any language (a number of one or two digits beside a word).
pub(super) fn has_date(text: &str) -> bool {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let mut previous_digits = 0_usize;
    let mut run = 0_usize;
    let mut value = 0_u32;
    let mut groups = 0_usize;
    let mut separator = b' ';
    for c in text.bytes().chain(std::iter::once(b' ')) {
        if c.is_ascii_digit() {
            run += 1;
            value = value.saturating_mul(10).saturating_add(u32::from(c - b'0'));
            continue;
        }
        if run > 0 {
            if run == 4 && (1990..=2100).contains(&value) {
                return true;
            }
            let chained = matches!(separator, b'.' | b'/' | b'-') && (1..=4).contains(&previous_digits);
            groups = if chained && run <= 4 { groups + 1 } else { 1 };
            if groups >= 3 {
                return true;
            }
            previous_digits = run;
            (run, value) = (0, 0);
            separator = c;
        } else if !matches!(c, b'.' | b'/' | b'-') {
            separator = c;
        } else {
            separator = b' ';
        }
    }
    false
}

/// `9:14`, `09.14` does not count.
pub(super) fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    memchr_iter(b':', bytes).any(|colon| digit(colon.checked_sub(1)) && digit(Some(colon + 1)) && digit(Some(colon + 2)))
}

/// Words for "wrote" of the languages, with some of their neighbours.
static VERBS: LazyLock<Words> = LazyLock::new(|| section("wrote"));

pub(super) fn has_verb(text: &str) -> bool {
    VERBS.any_in(&lower(text))
}

/// Where the last verb ends.
pub(super) fn verb_end(text: &str) -> Option<usize> {
    let text = lower(text);
    VERBS.each().filter_map(|verb| text.rfind(verb).map(|at| at + verb.len())).max()
}

pub(super) fn forward_words(text: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| section("forward"));
    WORDS.any_in(&lower(text))
}

static ORIGINAL: LazyLock<Words> = LazyLock::new(|| section("original"));

pub(super) fn original_words(text: &str) -> bool {
    ORIGINAL.any_in(&lower(text))
}

/// The line begins with such words.
pub(super) fn begins_original(text: &str) -> bool {
    ORIGINAL.any_begins(text)
}

/// "From: x Date: y To: z Subject: t" in one line (Samsung, Yahoo), or at least a sender's address and a date.
pub(super) fn one_line_header(text: &str) -> bool {
    let lower = text.to_lowercase();
    let Some(from) = lower.find("from:") else { return false };
    let after = lower.get(from..).unwrap_or_default();
    let Some(date) = after.find("date:").or_else(|| after.find("sent:")) else {
        return false;
    };
    let (sender, rest) = after.split_at_checked(date).unwrap_or_default();
    text.len() < 2_000 && (rest.contains("subject:") || sender.contains('@') && has_date(rest) && has_time(rest))
}
