//! Text → tokens and sentences, every one with its bytes in the text.
//!
//! A token is a word, a number, an emoji or a separator. Words are folded: lower case, no accents, no apostrophes, so that
//! "Don’t", "don't" and the phone's "dont" are one word, and the phrase tables are folded the same way.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use fnv::FnvHashMap;

use super::languages::{self, Languages};
use super::small::{self, Small};
use super::words;
use crate::model::push_unaccented;

/// A piece of the text.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The folded word; the character itself for separators and emoji.
    pub(super) fold: Cow<'t, str>,
    /// What it is.
    pub(super) kind: Kind,
    /// Starts with a capital.
    pub(super) capital: bool,
    /// The number of the word in the tables, 0 for none.
    pub(super) word: u32,
    /// What it can do as a small word, see [`Small`].
    pub(super) small: u64,
    /// The languages of the text it stands in.
    pub(super) languages: Languages,
}

impl Token<'_> {
    /// It can do this.
    pub(super) const fn is(&self, small: Small) -> bool {
        small.is_in(self.small)
    }

    /// A yes, a no or a maybe.
    pub(super) fn is_answer(&self) -> bool {
        self.is(Small::Yes) || self.is(Small::No) || self.is(Small::Maybe)
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// Starts with a digit: `2`, `2nd`, `95k`.
    Number,
    /// A pictograph that may be an answer.
    Emoji,
    /// Parts clauses: comma, colon, dash, bracket, slash.
    Part,
    /// Ends a sentence.
    End,
    /// Ends a sentence as a question.
    Ask,
    /// An address of the web or of mail: nobody's words.
    Link,
}

impl Kind {
    /// Punctuation of any strength.
    pub(super) const fn separates(self) -> bool {
        matches!(self, Self::Part | Self::End | Self::Ask)
    }
}

/// A stretch of tokens that is read as one sentence.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// Its tokens, without the separator that ends it.
    pub(super) tokens: Range<usize>,
    /// It ends with a question mark.
    pub(super) asks: bool,
}

/// A line shorter than this ends where its writer pressed return; a longer one may have been wrapped by the mail client.
const WRAPPED_FROM: usize = 58;

/// Characters of an address that are looked at; what is longer is read as words.
const LONGEST_LINK: usize = 200;

/// Tokens between two numbers of a list that is written in one line.
const LONGEST_ITEM: usize = 40;

/// Nobody writes a longer sentence; the cut keeps the work on hostile text linear.
const LONGEST_SENTENCE: usize = 250;

/// Words as they are written in a hurry, and the words meant.
static SPELLINGS: LazyLock<FnvHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("words/spellings.txt").lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(':'));
    pairs
        .flat_map(|(meant, written)| written.split_whitespace().map(move |written| (written, meant)))
        .collect()
});

/// Splits a text into tokens and finds the words of the tables among them.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = split(text);
    let mut opens = true;
    for token in &mut all {
        token.word = words::number(&token.fold);
        // "move fwd", "tmrw": a word of no table may be one in a hurry. With a capital it is somebody's name, but for the first.
        let hurried = token.word == 0 && (!token.capital || opens);
        opens = matches!(token.kind, Kind::End | Kind::Ask);
        if let Some(meant) = SPELLINGS.get(&*token.fold).filter(|_| hurried) {
            token.fold = Cow::Borrowed(meant);
            token.word = words::number(meant);
        }
    }
    let languages = languages::languages(&all);
    for token in &mut all {
        token.languages = languages;
        token.small = small::of(&token.fold);
    }
    all
}

/// Splits a text into tokens, in one pass.
pub(super) fn split(text: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::with_capacity(text.len() / 4);
    let mut rest = text.char_indices().peekable();
    let mut line_start = 0;
    while let Some((at, c)) = rest.next() {
        if c == '\n' {
            let wrapped = at - line_start >= WRAPPED_FROM && rest.peek().is_some_and(|&(_, next)| next.is_lowercase());
            line_start = at + 1;
            if !wrapped {
                push(&mut out, at..at + 1, Kind::End, "\n");
            }
            continue;
        }
        if c.is_whitespace() {
            continue;
        }
        if c.is_alphanumeric() {
            let mut end = at + c.len_utf8();
            while let Some(&(next_at, next)) = rest.peek() {
                if !(next.is_alphanumeric() || is_apostrophe(next) && follows_letter(text, next_at + next.len_utf8())) {
                    break;
                }
                end = next_at + next.len_utf8();
                rest.next();
            }
            if let Some(link_end) = link_end(text, at, end) {
                while rest.next_if(|&(next_at, _)| next_at < link_end).is_some() {}
                push(&mut out, at..link_end, Kind::Link, "");
                continue;
            }
            let word = text.get(at..end).unwrap_or_default();
            let kind = if c.is_ascii_digit() { Kind::Number } else { Kind::Word };
            out.push(Token {
                range: at..end,
                fold: fold(word),
                kind,
                capital: c.is_uppercase(),
                word: 0,
                small: 0,
                languages: 0,
            });
            continue;
        }
        let end = at + c.len_utf8();
        if matches!(c, '&' | '+') && (spaced(text, at, end) || between_digits(text, at)) {
            // "1 & 3", "1+3", "Ana & Carl"
            push(&mut out, at..end, Kind::Word, "and");
            continue;
        }
        let kind = match c {
            '?' | '？' => Kind::Ask,
            '.' if !ends_sentence(text, at, &out) => continue,
            ':' | ',' if between_digits(text, at) => continue,
            '.' | '!' | ';' | '…' | '。' | '！' => Kind::End,
            '-' | '\'' | '’' | '‐' if !(spaced(text, at, end) || starts_line(text, at)) => continue,
            ',' | ':' | '-' | '–' | '—' | '(' | ')' | '/' | '=' | '>' | '"' | '“' | '”' | '|' | '→' | '*' | '•' | '‐' => {
                Kind::Part
            }
            _ if is_emoji(c) => Kind::Emoji,
            _ => continue,
        };
        push(&mut out, at..end, kind, text.get(at..end).unwrap_or_default());
    }
    out
}

/// Groups tokens into sentences; empty ones are dropped.
pub(super) fn sentences(tokens: &[Token<'_>]) -> Vec<Sentence> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token.kind, Kind::End | Kind::Ask) {
            if start < at {
                out.push(Sentence {
                    tokens: start..at,
                    asks: token.kind == Kind::Ask,
                });
            } else if token.kind == Kind::Ask
                && let Some(last) = out.last_mut()
            {
                // "Yes!?" and "salary…?" are asked as well.
                let last: &mut Sentence = last;
                last.asks |= tokens.get(last.tokens.end).is_some_and(|end| end.fold != "\n");
            }
            start = at + 1;
        } else if at - start >= LONGEST_SENTENCE {
            out.push(Sentence {
                tokens: start..at,
                asks: false,
            });
            start = at;
        }
    }
    if start < tokens.len() {
        out.push(Sentence {
            tokens: start..tokens.len(),
            asks: false,
        });
    }
    out
}

/// Lower case, without accents and apostrophes. Most words are so already.
#[must_use]
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        if !is_apostrophe(c) {
            push_unaccented(&mut out, c);
        }
    }
    Cow::Owned(out)
}

fn push<'t>(out: &mut Vec<Token<'t>>, range: Range<usize>, kind: Kind, fold: &'t str) {
    out.push(Token {
        range,
        fold: Cow::Borrowed(fold),
        kind,
        capital: false,
        word: 0,
        small: 0,
        languages: 0,
    });
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '\u{300}'..='\u{36f}')
}

fn follows_letter(text: &str, at: usize) -> bool {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(char::is_alphanumeric)
}

/// "14:30", "34,000"
fn between_digits(text: &str, at: usize) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    at.checked_sub(1).is_some_and(|before| is_digit(bytes.get(before))) && is_digit(bytes.get(at + 1))
}

/// A dash between words joins them ("follow-up"); one with a space on either side parts them.
fn spaced(text: &str, at: usize, end: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|tail| tail.chars().next());
    before.is_none_or(char::is_whitespace) || after.is_none_or(char::is_whitespace)
}

fn starts_line(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|head| head.is_empty() || head.ends_with('\n'))
}

/// A full stop ends a sentence unless it belongs to a list number, an initial, an abbreviation or the inside of a word.
fn ends_sentence(text: &str, at: usize, out: &[Token<'_>]) -> bool {
    let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
    if next.is_some_and(|c| c.is_ascii_digit()) {
        return false;
    }
    let Some(last) = out.last().filter(|last| last.range.end == at) else {
        return true;
    };
    match last.kind {
        Kind::Number => {
            let opens = out.len() < 2 || out.get(out.len() - 2).is_some_and(|before| before.kind.separates());
            !(opens || goes_on(text, out)) || next.is_none_or(|c| c == '\n')
        }
        Kind::Word => {
            let short = last.range.len() == 1 && last.capital;
            let title = Small::Short.has(&last.fold);
            let numbered = last.fold == "no"
                && text
                    .get(at + 1..)
                    .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
            !(short && next.is_some_and(|c| c != '\n') || title || numbered)
        }
        Kind::Emoji | Kind::Part | Kind::End | Kind::Ask | Kind::Link => true,
    }
}

/// "1. pass 2. interview": the last number is the next of a list that is written in one line.
fn goes_on(text: &str, out: &[Token<'_>]) -> bool {
    let value = |token: &Token<'_>| token.fold.parse::<usize>().ok();
    let Some(before) = out.last().and_then(value).and_then(|number| number.checked_sub(1)) else {
        return false;
    };
    let dotted = |token: &Token<'_>| text.get(token.range.end..).is_some_and(|rest| rest.starts_with('.'));
    let mut near = out.iter().rev().skip(1).take(LONGEST_ITEM);
    near.any(|token| token.kind == Kind::Number && value(token) == Some(before) && dotted(token))
}

/// The end of an address that starts with the word `at..end`.
fn link_end(text: &str, at: usize, end: usize) -> Option<usize> {
    let tail = text.get(end..)?;
    let word = text.get(at..end)?;
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | '"');
    let run = tail.char_indices().take(LONGEST_LINK).find(|(_, c)| ends(*c)).map_or_else(
        || tail.char_indices().nth(LONGEST_LINK).map_or(tail.len(), |(at, _)| at),
        |(at, _)| at,
    );
    let joined = tail.get(..run)?;
    let is_link = tail.starts_with("://") || word.eq_ignore_ascii_case("www") && tail.starts_with('.') || joined.contains('@');
    is_link.then_some(end + run)
}

/// Pictographs; skin tones and selectors are skipped by the caller because they are none.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let tokens = tokens(text);
        sentences(&tokens)
            .iter()
            .map(|s| {
                let words: Vec<_> = tokens[s.tokens.clone()].iter().map(|t| &*t.fold).collect();
                words.join(" ") + if s.asks { " ?" } else { "" }
            })
            .collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(split("Don’t. We're in!"), ["dont", "were in"]);
        assert_eq!(split("1. yes\n2. no"), ["1 yes", "2 no"]);
        assert_eq!(split("Dr. Vogt, no. 2: salary 4.5k?"), ["dr vogt , no 2 : salary 4 5k ?"]);
        assert_eq!(split("follow-up - ok"), ["follow up - ok"]);
        assert_eq!(split("see https://x.example/a?b=no now"), ["see  now"]);
    }

    #[test]
    fn a_wrapped_line_is_one_sentence() {
        let wrapped = "we would very much like to meet her in the course of the\nnext week";
        assert_eq!(split(&format!("Yes, {wrapped}")).len(), 1);
        assert_eq!(split("Lena yes\nomar no").len(), 2);
    }
}
