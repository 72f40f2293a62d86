//! A sentence as the tables of orders see it: folded words and signs, with candidates, the client, references, addresses and times as one sign each.

use std::ops::Range;

use super::super::sentences::{Kind, Token};
use super::super::who::{Mention, Who};
use crate::model::Address;

/// A sentence, written for the tables.
#[derive(Debug)]
pub(super) struct Written {
    /// What the patterns are laid against.
    pub(super) text: String,
    /// Where each token, or group of tokens that became one sign, stands in it.
    pub(super) places: Vec<(Range<usize>, Range<usize>)>,
}

/// What stands for a token.
enum Sign<'t> {
    Word(&'t str),
    None,
}

/// What is known of the tokens of a text.
pub(super) struct Known<'k> {
    /// Candidates by name.
    pub(super) mentions: &'k [Mention],
    /// Tokens that name the client: company or contact.
    pub(super) client: &'k [Range<usize>],
    /// Tokens that are a reference.
    pub(super) references: &'k [Range<usize>],
    /// Bytes that speak of a time.
    pub(super) times: &'k [Range<usize>],
}

impl Written {
    pub(super) fn new(text: &str, all: &[Token<'_>], sentence: &Range<usize>, known: &Known<'_>) -> Self {
        let mut written = Self {
            text: String::new(),
            places: Vec::new(),
        };
        let mut at = sentence.start;
        while at < sentence.end {
            let Some(token) = all.get(at) else { break };
            let (sign, end) = known.sign(text, all, token, at);
            let word = match sign {
                Sign::Word(word) => word,
                Sign::None => {
                    at = end;
                    continue;
                }
            };
            // What speaks of one time is one sign.
            let same = word == "~" && written.text.ends_with('~');
            if !same {
                if !written.text.is_empty() {
                    written.text.push(' ');
                }
                let from = written.text.len();
                written.text.push_str(word);
                written.places.push((from..written.text.len(), at..end));
            } else if let Some((_, tokens)) = written.places.last_mut() {
                tokens.end = end;
            }
            at = end;
        }
        written
    }

    /// The tokens under these bytes of the written sentence.
    pub(super) fn tokens(&self, bytes: &Range<usize>) -> Range<usize> {
        let mut under = self
            .places
            .iter()
            .filter(|(place, _)| place.start < bytes.end && bytes.start < place.end);
        let first = under.next();
        let last = under.next_back().or(first);
        first.zip(last).map_or(0..0, |(first, last)| first.1.start..last.1.end)
    }
}

impl Known<'_> {
    fn sign<'t>(&self, text: &str, all: &'t [Token<'_>], token: &'t Token<'_>, at: usize) -> (Sign<'t>, usize) {
        let group = |groups: &[Range<usize>]| groups.iter().find(|group| group.contains(&at)).map(|group| group.end);
        if let Some(end) = group(self.references) {
            return (Sign::Word("#"), end);
        }
        let named = |mention: &&Mention| mention.tokens.contains(&at) && matches!(mention.who, Who::These(_) | Who::Unclear);
        if let Some(mention) = self.mentions.iter().find(named) {
            return (Sign::Word("@"), mention.tokens.end);
        }
        if let Some(end) = group(self.client) {
            return (Sign::Word("&"), end);
        }
        let of_time = |time: &Range<usize>| time.start < token.range.end && token.range.start < time.end;
        if self.times.iter().any(of_time) {
            return (Sign::Word("~"), at + 1);
        }
        match token.kind {
            Kind::Word | Kind::Number => (Sign::Word(&token.fold), at + 1),
            Kind::Part => (Sign::Word(&token.fold), at + 1),
            Kind::Link if address(text, token).is_some() => (Sign::Word("<mail>"), at + 1),
            Kind::Link => (Sign::Word("<link>"), at + 1),
            Kind::Emoji | Kind::End | Kind::Ask => {
                let _ = all;
                (Sign::None, at + 1)
            }
        }
    }
}

/// The address of mail that a token is.
pub(super) fn address(text: &str, token: &Token<'_>) -> Option<Address> {
    let written = text.get(token.range.clone()).filter(|_| token.kind == Kind::Link)?;
    let bare = written
        .trim_start_matches("mailto:")
        .trim_matches(['<', '>', '(', ')', ',', '.', ';']);
    bare.contains('@').then(|| Address::parse(bare).ok()).flatten()
}
