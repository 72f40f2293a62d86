//! Text → words, marks and addresses with their bytes; and whether a name and an address are of one person.

use std::ops::Range;

use super::words::{flat, has, spelled_out};
use crate::model::Address;
use crate::reply::fold;

/// Nobody's address is longer.
const LONGEST_ADDRESS: usize = 254;

/// A piece of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// The folded word; empty for others.
    pub(super) fold: String,
    /// Begins with a capital.
    pub(super) capital: bool,
    /// Ends with an apostrophe and an s.
    pub(super) is_possessive: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Letters, with hyphens and apostrophes between them.
    Word,
    /// Begins with a digit.
    Number,
    /// A mail address.
    Address(Address),
    /// Any other character but blanks.
    Mark(char),
    /// The end of a line.
    End,
}

impl Token {
    pub(super) fn is_mark(&self, marks: &[char]) -> bool {
        matches!(self.kind, Kind::Mark(c) if marks.contains(&c))
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// The addresses of a text, in order.
pub(super) fn addresses(text: &str) -> Vec<(Range<usize>, Address)> {
    let mut found: Vec<(Range<usize>, Address)> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let taken = found.last().map_or(0, |(range, _)| range.end);
        let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-=?^_`{}~.".contains(c);
        let near = floor(text, at.saturating_sub(LONGEST_ADDRESS).max(taken));
        let head = text.get(near..at).unwrap_or_default();
        let start = at - (head.len() - head.trim_end_matches(atext).len());
        let start = start
            + text.get(start..at).map_or(0, |local| {
                local.len() - local.trim_start_matches(['\'', '*', '_', '.', '-', '=']).len()
            });
        let rest = text
            .get(at + 1..floor(text, (at + LONGEST_ADDRESS).min(text.len())))
            .unwrap_or_default();
        let domain = rest
            .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.')))
            .next()
            .unwrap_or_default();
        // An address does not stop in the middle of a word.
        let whole = !rest
            .get(domain.len()..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '@' || c == '_'))
            && !text
                .get(..start)
                .is_some_and(|head| head.ends_with(|c: char| c.is_alphanumeric() || c == '@'));
        let domain = domain.trim_end_matches(['.', '-']);
        let range = start..at + 1 + domain.len();
        let parsed = text.get(range.clone()).and_then(|one| Address::parse(one).ok());
        if let Some(address) = parsed.filter(|one| whole && one.domain().contains('.')) {
            found.push((range, address));
        }
    }
    found
}

/// The nearest place at or before `at` where a character begins.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The tokens of a stretch of a text, ranges counted from the text's start.
pub(super) fn tokens(text: &str, stretch: Range<usize>) -> Vec<Token> {
    let part = text.get(stretch.clone()).unwrap_or_default();
    let mut addresses = addresses(part).into_iter().peekable();
    let mut out: Vec<Token> = Vec::new();
    let mut chars = part.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut push = |range: Range<usize>, kind: Kind, fold: String, capital: bool| {
            let is_possessive = part
                .get(range.clone())
                .is_some_and(|word| word.ends_with("'s") || word.ends_with("’s"));
            let range = stretch.start + range.start..stretch.start + range.end;
            out.push(Token {
                range,
                kind,
                fold,
                capital,
                is_possessive,
            });
        };
        if let Some((range, address)) = addresses.next_if(|(range, _)| range.start <= at) {
            while chars.next_if(|(next, _)| *next < range.end).is_some() {}
            push(range, Kind::Address(address), String::new(), false);
            continue;
        }
        if c == '\n' {
            push(at..at + 1, Kind::End, String::new(), false);
        } else if c.is_alphanumeric() {
            let mut end = at + c.len_utf8();
            let stop = addresses.peek().map_or(part.len(), |(range, _)| range.start);
            while let Some((next, c)) = chars.next_if(|(next, c)| *next < stop && (c.is_alphanumeric() || is_inner(part, *next, *c))) {
                end = next + c.len_utf8();
            }
            let word = part.get(at..end).unwrap_or_default();
            let kind = if c.is_numeric() { Kind::Number } else { Kind::Word };
            push(at..end, kind, fold(word).into_owned(), c.is_uppercase());
        } else if !c.is_whitespace() {
            push(at..at + c.len_utf8(), Kind::Mark(c), String::new(), false);
        }
    }
    out
}

/// A hyphen or an apostrophe between two letters: "Wei-Ling", "O’Brien".
fn is_inner(text: &str, at: usize, c: char) -> bool {
    if matches!(c, '\u{300}'..='\u{36f}') {
        return true;
    }
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    matches!(c, '-' | '\'' | '’' | '‑')
        && letter(text.get(..at).and_then(|head| head.chars().next_back()))
        && letter(text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next()))
}

/// How surely an address is of somebody of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// They have nothing in common.
    None,
    /// The beginning of a name, or a short form of it.
    Perhaps,
    /// A whole name, or initials and a name.
    Sure,
}

/// Whether an address is of somebody of this name.
pub(super) fn fit(name: &str, address: &Address) -> Fit {
    fit_local(name, address).max(whole_domain(&words_of(&flat(name)), address))
}

/// Whether what stands before the `@` is of somebody of this name: a firm fits its domain, and is nobody.
pub(super) fn fit_local(name: &str, address: &Address) -> Fit {
    let plain = flat(name);
    let spelled = spelled_out(name);
    let local = fold(address.local()).into_owned();
    fit_words(&words_of(&plain), &local).max(fit_words(&words_of(&spelled), &local))
}

/// The address bears the first name.
pub(super) fn bears_first(name: &str, address: &Address) -> bool {
    let plain = flat(name);
    let first = words_of(&plain).first().copied().unwrap_or_default();
    let local = fold(address.local()).into_owned();
    first.chars().count() >= 3 && local.split(|c: char| !c.is_alphabetic()).any(|part| part == first)
}

/// The words of a flattened name that count.
fn words_of(flat: &str) -> Vec<&str> {
    flat.split(' ').filter(|word| !has("title", word)).collect()
}

fn fit_words(name: &[&str], local: &str) -> Fit {
    let parts: Vec<&str> = local.split(|c: char| !c.is_alphabetic()).filter(|part| !part.is_empty()).collect();
    let joined: String = parts.concat();
    let long = || name.iter().filter(|word| word.chars().count() >= 3);
    let initials: String = name.iter().filter_map(|word| word.chars().next()).collect();
    let last = name.last().copied().unwrap_or_default();
    let first = name.first().copied().unwrap_or_default();
    let initial = first.chars().next().map(|c| format!("{c}{last}")).unwrap_or_default();
    if long().any(|word| parts.contains(word))
        || name.len() > 1 && (joined == initial || joined == name.concat() || joined.contains(last) && last.chars().count() >= 4)
        || first.chars().count() >= 4 && joined.starts_with(first)
    {
        return Fit::Sure;
    }
    let begins = |part: &str| {
        part.chars().count() >= 3 && long().any(|word| word.starts_with(part) || word.ends_with(part) || part.starts_with(*word))
    };
    if parts.iter().any(|part| begins(part)) || initials.chars().count() >= 2 && joined == initials {
        return Fit::Perhaps;
    }
    Fit::None
}

/// "info@ana-kovac.example", "me@kovac.example": the domain is theirs.
fn whole_domain(name: &[&str], address: &Address) -> Fit {
    let domain = key(address);
    let last = name.last().copied().unwrap_or_default();
    if name.len() > 1 && (domain == name.concat() || domain == last && last.chars().count() >= 4) {
        Fit::Sure
    } else {
        Fit::None
    }
}

/// The letters of a domain that a firm is known by: "kestrelpay" of mail.kestrel-pay.co.uk.
pub(super) fn key(address: &Address) -> String {
    let labels: Vec<&str> = address.domain().split('.').collect();
    let before = labels.split_last().map(|(_, rest)| rest).unwrap_or_default();
    let longest = before.iter().max_by_key(|label| label.len()).copied().unwrap_or_default();
    longest
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Both addresses are of one firm, and not merely of one provider.
pub(super) fn same_house(one: &Address, other: &Address) -> bool {
    one.domain().eq_ignore_ascii_case(other.domain()) && !is_free(one)
}

/// The address is of a provider for everybody: by its domain, or by its brand under whatever ending.
pub(super) fn is_free(address: &Address) -> bool {
    has("free mail", &address.domain().to_ascii_lowercase()) || has("free mail brand", &key(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_where_they_stand() {
        let found = |text: &str| {
            addresses(text)
                .into_iter()
                .map(|(_, one)| one.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(found("Ana <ana@x.example>, ben@y.example."), ["ana@x.example", "ben@y.example"]);
        assert_eq!(found("mailto:a.b@x.example/07700"), ["a.b@x.example"]);
        assert!(found("a@b, x@y.z@w.example, ü@x.example @ @@").is_empty());
    }

    #[test]
    fn names_fit_addresses() {
        let fits = |name: &str, address: &str| fit(name, &Address::parse(address).unwrap());
        assert_eq!(fits("Nina Schäfer", "nschaefer@x.example"), Fit::Sure);
        assert_eq!(fits("Beatriz Lobo", "bea.l@x.example"), Fit::Perhaps);
        assert_eq!(fits("Ana Kovač", "me@kovac.example"), Fit::Sure);
        assert_eq!(fits("Ana Kovač", "ben.okafor@x.example"), Fit::None);
    }
}
