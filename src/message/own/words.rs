//! A text as the words that can be laid against a letter's: what a reader would call the same word has the same hash.
//!
//! Case, accents, quotes, dashes and punctuation do not count, because mail programs change them. Links and addresses are left out,
//! because gateways rewrite them. Emoji and a lone question mark are words: people answer with them.

use std::ops::Range;

use memchr::memchr2_iter;

use super::hashes::{Hash, plain_word};
use crate::model::unaccented;

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
    /// Not all of it is plain letters and digits: an accent, another script.
    pub(super) accented: bool,
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

/// A part of a link that a line break cut off is longer than anything people write without a blank.
const LONGEST_TYPED: usize = 15;

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut reader = Reader {
        text,
        all: Vec::with_capacity(text.len() / 6),
        line: 0,
        cell: 0,
    };
    let (mut at, mut tab) = (0, false);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'\n' => {
                reader.line += 1;
                reader.cell += 1;
                (at, tab) = (at + 1, false);
            }
            b'\t' => (at, tab) = (at + 1, true),
            b' ' => at += 1,
            _ => {
                reader.cell += usize::from(tab);
                tab = false;
                at = reader.token(at);
            }
        }
    }
    reader.all
}

/// Gathers the words of a text.
struct Reader<'t> {
    text: &'t str,
    all: Vec<Word>,
    line: usize,
    cell: usize,
}

impl Reader<'_> {
    /// Takes what stands from here to the next blank, and says where that is.
    fn token(&mut self, start: usize) -> usize {
        // Nearly all tokens are one plain word, perhaps with a comma or a full stop behind it.
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let (hash, length) = plain_word(rest);
        let stop = usize::from(match rest.get(length) {
            Some(b',' | b'.') => true,
            Some(b'?' | b'!' | b')' | b';') => length < LONGEST_TYPED,
            Some(b':') => length < LONGEST_TYPED && !begins_link(rest.get(..length).unwrap_or_default()),
            Some(_) | None => false,
        });
        let ends = matches!(rest.get(length + stop), None | Some(b' ' | b'\n'));
        if ends && (1..=LONGEST_TYPED).contains(&length) {
            let capital = rest.first().is_some_and(u8::is_ascii_uppercase);
            self.push(start..start + length, hash, capital, false);
            return start + length + stop;
        }
        self.any_token(start)
    }

    fn any_token(&mut self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        let length = to_blank(rest);
        let Some(token) = rest.get(..length).filter(|token| !token.is_empty()) else {
            return start + rest.chars().next().map_or(1, char::len_utf8);
        };
        let kind = kind_of(token);
        match kind {
            TokenKind::Text => self.words_in(token, start),
            TokenKind::Link(before) => {
                let (words, link) = token.split_at_checked(before).unwrap_or_default();
                self.words_in(words, start);
                if let Some(last) = self.all.last_mut().filter(|last| last.line == self.line) {
                    last.linked = true;
                }
                if let Some(close) = link.find('>') {
                    self.words_in(link.get(close..).unwrap_or_default(), start + before + close);
                }
            }
            TokenKind::Other => {
                if let Some(close) = token.find('>') {
                    self.words_in(token.get(close..).unwrap_or_default(), start + close);
                }
            }
        }
        start + length
    }

    fn push(&mut self, range: Range<usize>, hash: u64, capital: bool, accented: bool) {
        self.all.push(Word {
            range,
            hash,
            line: self.line,
            cell: self.cell,
            linked: false,
            head: false,
            capital,
            accented,
            place: None,
        });
    }

    fn words_in(&mut self, text: &str, offset: usize) {
        if !text.is_empty() && text.bytes().all(|b| matches!(b, b'?' | b'!')) {
            self.push(offset..offset + text.len(), u64::from(b'?'), false, false);
        } else if text.is_ascii() {
            self.plain_words_in(text.as_bytes(), offset);
        } else {
            self.any_words_in(text, offset);
        }
    }

    /// Words of ASCII, whose signs are none.
    fn plain_words_in(&mut self, text: &[u8], offset: usize) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (mut hash, mut length) = plain_word(rest);
            if length > LONGEST_TYPED {
                length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let letters = rest.iter().take(length).map(|byte| char::from(byte.to_ascii_lowercase()));
                hash = letters.fold(Hash::NEW, Hash::with).finish();
            }
            if length > 0 {
                let capital = rest.first().is_some_and(u8::is_ascii_uppercase);
                self.push(offset + at..offset + at + length, hash, capital, false);
            }
            at += length.max(1);
        }
    }

    fn any_words_in(&mut self, text: &str, offset: usize) {
        /// The word that is being read.
        struct Open {
            start: usize,
            hash: Hash,
            capital: bool,
            accented: bool,
        }
        let mut open: Option<Open> = None;
        for (n, c) in text.char_indices() {
            let accent = matches!(c, '\u{300}'..='\u{36f}');
            if c.is_alphanumeric() {
                let word = open.get_or_insert(Open {
                    start: n,
                    hash: Hash::NEW,
                    capital: c.is_uppercase(),
                    accented: false,
                });
                word.accented |= !c.is_ascii();
                word.hash = if c.is_ascii() {
                    word.hash.with(c.to_ascii_lowercase())
                } else {
                    c.to_lowercase().fold(word.hash, |hash, lower| hash.with(unaccented(lower)))
                };
            } else if let Some(word) = open.as_mut().filter(|_| accent) {
                // An accent written apart belongs to its letter.
                word.accented = true;
            } else {
                if let Some(word) = open.take() {
                    self.push(offset + word.start..offset + n, word.hash.finish(), word.capital, word.accented);
                }
                if is_sign(c) {
                    self.push(offset + n..offset + n + c.len_utf8(), u64::from(u32::from(c)), false, true);
                }
            }
        }
        if let Some(word) = open {
            self.push(
                offset + word.start..offset + text.len(),
                word.hash.finish(),
                word.capital,
                word.accented,
            );
        }
    }
}

/// A word that makes a link with a colon behind it, whatever follows.
fn begins_link(word: &[u8]) -> bool {
    let ends = |name: &[u8]| word.len() >= name.len() && word.iter().rev().zip(name.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b));
    ends(b"tel") || ends(b"mailto")
}

/// How far it is to the next blank. Most texts have no blanks but those of ASCII.
fn to_blank(text: &str) -> usize {
    let near = text
        .bytes()
        .position(|byte| matches!(byte, b'\t'..=b'\r' | b' ' | 0x80..))
        .unwrap_or(text.len());
    let rest = text.get(near..).unwrap_or_default();
    near + rest.find(char::is_whitespace).unwrap_or(rest.len())
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
    let ends = memchr2_iter(b':', b'.', bytes);
    let begins = |end: usize| {
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

/// Signs that people answer with: arrows, ticks, pictographs.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| text.get(word.range).unwrap()).collect()
    }

    #[test]
    fn words_are_read_alike_with_and_without_an_accent_nearby() {
        for text in ["it's", "(Ana-Lena/Ben),", "Incomprehensibilities", "x=Abcdefghijklmnop-Q", "*no*"] {
            let hashes = |text: &str| words(text).iter().map(|word| (word.hash, word.capital)).collect::<Vec<_>>();
            assert_eq!(hashes(text), hashes(&format!("{text}…")), "{text}");
        }
    }

    #[test]
    fn links_and_addresses_are_no_words_and_signs_are() {
        assert_eq!(
            of("Pass: <https://x.example/d/1>(here) a@b.example www.x.example [x.example]\n👍 ?? ← yes! - |"),
            ["Pass", "here", "👍", "??", "←", "yes"]
        );
        assert_eq!(
            of("Tel: 49 mailto:a why? (no) yes! Pass: one;"),
            ["49", "why", "no", "yes", "Pass", "one"]
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
