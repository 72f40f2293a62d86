//! A text as the words that can be laid against a letter's: what a reader would call the same word has the same hash.
//!
//! Case, accents, quotes, dashes and punctuation do not count, because mail programs change them. Links and addresses are left out,
//! because gateways rewrite them. Emoji and a lone question mark are words: people answer with them.

use std::ops::Range;

/// One word.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its letters and digits, as bytes of the text.
    pub(super) range: Range<usize>,
    pub(super) hash: u64,
    /// Its line, counted from 0.
    pub(super) line: usize,
    /// Its cell, counted from 0: tabs part the cells of a line.
    pub(super) cell: usize,
    /// A link follows on the line.
    pub(super) linked: bool,
    /// It belongs to what heads old mail.
    pub(super) head: bool,
    /// It begins with a capital letter.
    pub(super) capital: bool,
    /// Where it stands in a letter, once it is laid against them.
    pub(super) place: Option<Place>,
}

/// A word of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The passage of the letter that it belongs to.
    pub(super) chain: usize,
    /// Which word of the letter.
    pub(super) at: usize,
}

/// What stands between two blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// It may hold words.
    Text,
    /// A link behind so many bytes of text.
    Link(usize),
    /// No words either: an address, a picture, the rest of a link.
    Other,
}

pub(super) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// A part of a link that a line break cut off is longer than anything people write without a blank.
const LONGEST_TYPED: usize = 15;

pub(super) fn combined(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(FNV_START, |sum, hash| (sum.rotate_left(7) ^ hash).wrapping_mul(FNV_PRIME))
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::with_capacity(text.len() / 6);
    let (mut at, mut cell, mut next) = (0, 0, 0);
    for (line, content) in text.split('\n').enumerate() {
        cell += 1;
        let mut gap = 0;
        tokens(content, |range, kind| {
            cell += usize::from(content.get(gap..range.start).is_some_and(|blank| blank.contains('\t')));
            gap = range.end;
            let token = content.get(range.clone()).unwrap_or_default();
            let readable = match kind {
                TokenKind::Text => token,
                TokenKind::Link(before) => token.get(..before).unwrap_or_default(),
                TokenKind::Other => "",
            };
            push_words(&mut all, readable, at + range.start, line);
            if matches!(kind, TokenKind::Link(_))
                && let Some(last) = all.last_mut().filter(|last| last.line == line)
            {
                last.linked = true;
            }
            if let TokenKind::Link(before) = kind
                && let Some(tail) = token.get(before..)
                && let Some(close) = tail.find('>')
            {
                push_words(
                    &mut all,
                    tail.get(close..).unwrap_or_default(),
                    at + range.start + before + close,
                    line,
                );
            }
            for word in all.get_mut(next..).unwrap_or_default() {
                word.cell = cell;
            }
            next = all.len();
        });
        at += content.len() + 1;
    }
    all
}

/// Goes through what stands between the blanks of a line.
pub(super) fn tokens(line: &str, mut found: impl FnMut(Range<usize>, TokenKind)) {
    let mut at = 0;
    for token in line.split_inclusive(char::is_whitespace) {
        let start = at;
        at += token.len();
        let bare = token.trim_end();
        if !bare.is_empty() {
            found(start..start + bare.len(), kind_of(bare));
        }
    }
}

fn kind_of(bare: &str) -> TokenKind {
    if let Some(before) = link(bare) {
        return TokenKind::Link(before);
    }
    // An address; or `[host.example]`, which gateways write behind a link.
    let host = bare.starts_with('[') && bare.trim_end_matches([',', '.', ';', '>']).ends_with(']') && bare.contains('.');
    let note = bare
        .strip_prefix('[')
        .and_then(|rest| rest.trim_end_matches([',', '.']).strip_suffix(']'));
    let note = note.is_some_and(|number| !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit()));
    let picture = note || bare.starts_with("[cid:") || bare == "[image:";
    if host || picture || (bare.contains('@') && bare.contains('.')) || is_tail(bare) {
        return TokenKind::Other;
    }
    TokenKind::Text
}

/// The rest of a link that a line break cut in two: long, and of letters and digits mixed as no word is.
fn is_tail(bare: &str) -> bool {
    let bytes = bare.trim_end_matches(['>', ')', ']', '.', ',']).as_bytes();
    bytes.len() > LONGEST_TYPED
        && bytes.iter().any(u8::is_ascii_digit)
        && (bytes.contains(&b'%') || bytes.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase))
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(b))
}

/// Where a link begins in a token.
fn link(token: &str) -> Option<usize> {
    let bytes = token.as_bytes();
    // Each of them ends its name with one of these.
    let ends = bytes.iter().enumerate().filter(|(_, b)| matches!(b, b':' | b'.'));
    let begins = |(end, _): (usize, &u8)| {
        let head = bytes.get(..end)?;
        let behind = bytes.get(end + 1..)?;
        let named = |name: &str| {
            let start = end.checked_sub(name.len())?;
            head.get(start..)?.eq_ignore_ascii_case(name.as_bytes()).then_some(start)
        };
        match bytes.get(end) {
            Some(b'.') => named("www"),
            _ => {
                let page = || {
                    behind
                        .starts_with(b"//")
                        .then(|| named("https").or_else(|| named("http")))
                        .flatten()
                };
                named("mailto").or_else(|| named("tel")).or_else(page)
            }
        }
    };
    ends.filter_map(begins).min()
}

fn push_words(all: &mut Vec<Word>, text: &str, offset: usize, line: usize) {
    if !text.is_empty() && text.bytes().all(|b| matches!(b, b'?' | b'!')) {
        all.push(word(offset, offset + text.len(), u64::from(b'?'), line));
        return;
    }
    let mut open: Option<(usize, u64)> = None;
    for (n, c) in text.char_indices() {
        if c.is_ascii_alphanumeric() {
            let (start, hash) = open.unwrap_or((n, FNV_START));
            open = Some((start, (hash ^ u64::from(c.to_ascii_lowercase())).wrapping_mul(FNV_PRIME)));
        } else if c.is_alphanumeric() {
            let (start, mut hash) = open.unwrap_or((n, FNV_START));
            for lower in c.to_lowercase() {
                hash = (hash ^ u64::from(u32::from(unaccented(lower)))).wrapping_mul(FNV_PRIME);
            }
            open = Some((start, hash));
        } else if matches!(c, '\u{300}'..='\u{36f}') && open.is_some() {
            // An accent written apart belongs to its letter.
        } else {
            if let Some((start, hash)) = open.take() {
                all.push(Word {
                    capital: is_capital(text, start),
                    ..word(offset + start, offset + n, hash, line)
                });
            }
            if is_sign(c) {
                all.push(word(offset + n, offset + n + c.len_utf8(), u64::from(u32::from(c)), line));
            }
        }
    }
    if let Some((start, hash)) = open {
        all.push(Word {
            capital: is_capital(text, start),
            ..word(offset + start, offset + text.len(), hash, line)
        });
    }
}

fn is_capital(text: &str, start: usize) -> bool {
    text.get(start..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(char::is_uppercase)
}

/// Signs that people answer with: arrows, ticks, pictographs.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The letter without its accent, for the letters of Western and Central Europe.
fn unaccented(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' | 'ı' => 'i',
        'ł' | 'ľ' | 'ĺ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' | 'ŕ' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ű' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ž' | 'ż' => 'z',
        other => other,
    }
}

fn word(start: usize, end: usize, hash: u64, line: usize) -> Word {
    Word {
        range: start..end,
        hash,
        line,
        cell: 0,
        linked: false,
        head: false,
        capital: false,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| text.get(word.range).unwrap()).collect()
    }

    #[test]
    fn links_and_addresses_are_no_words_and_signs_are() {
        assert_eq!(
            of("Pass: <https://x.example/d/1>(here) a@b.example www.x.example [x.example]\n👍 ?? ← yes! - |"),
            ["Pass", "here", "👍", "??", "←", "yes"]
        );
        assert_eq!(of("https://x.example/d/AQEA\nJQnoAAAAByYoOg0lCGab_GC yes"), ["yes"]);
    }

    #[test]
    fn words_are_the_same_whatever_a_program_did_to_them() {
        let hashes = |text: &str| words(text).iter().map(|word| word.hash).collect::<Vec<_>>();
        assert_eq!(hashes("Chloé's “team” – GRÜN"), hashes("chloe\u{301}’s \"team\" - grün"));
        assert_ne!(hashes("Ana"), hashes("Anna"));
    }
}
