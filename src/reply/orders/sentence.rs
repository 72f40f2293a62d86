//! A sentence as the tables of orders see it: folded words and signs, with candidates, the client, references, addresses and times as one sign each.
//!
//! In: tokens and what is known of them. Out: the sentence, written for the tables, and the tokens under each of its words.
//! Never here: what it means.

use std::ops::Range;

use super::super::sentences::{Kind, Token};
use super::super::who::{Mention, Who};
use super::table;
use crate::model::Address;

/// A sentence, written for the tables.
#[derive(Debug)]
pub(super) struct Written {
    /// What the patterns are laid against.
    pub(super) text: String,
    /// Where each token, or group of tokens that became one sign, stands in it.
    pub(super) places: Vec<(Range<usize>, Range<usize>)>,
}

/// What is known of the tokens of a text.
pub(super) struct Known<'k> {
    /// The text.
    pub(super) all: &'k [Token<'k>],
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
            if token.kind == Kind::Emoji && !table::is("telling_emoji", &token.fold) {
                at += 1;
                continue;
            }
            let (word, end) = known.sign(text, token, at);
            let next = all
                .get(end)
                .filter(|_| end < sentence.end)
                .map(|next| known.sign(text, next, end).0);
            // "Ms Maass", "the client"
            let silent = matches!(next, Some("@" | "&")) && table::is("title", word);
            let behind = written.text.ends_with(['@', '&']) && table::is("title_behind", word);
            if !silent && !behind {
                written.push(word, at..end);
            }
            at = end;
        }
        written
    }

    fn push(&mut self, word: &str, tokens: Range<usize>) {
        // What speaks of one time is one sign.
        if word == "~" && self.text.ends_with('~') {
            if let Some((_, under)) = self.places.last_mut() {
                under.end = tokens.end;
            }
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let from = self.text.len();
        self.text.push_str(word);
        self.places.push((from..self.text.len(), tokens));
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

    /// The tokens of each sign of this kind.
    pub(super) fn signs<'w>(&'w self, sign: &'w str) -> impl DoubleEndedIterator<Item = Range<usize>> + 'w {
        let is = move |place: &Range<usize>| self.text.get(place.clone()) == Some(sign);
        self.places
            .iter()
            .filter(move |(place, _)| is(place))
            .map(|(_, tokens)| tokens.clone())
    }
}

impl Known<'_> {
    fn sign<'t>(&self, text: &str, token: &'t Token<'_>, at: usize) -> (&'t str, usize) {
        let group = |groups: &[Range<usize>]| groups.iter().find(|group| group.contains(&at)).map(|group| group.end);
        if let Some(end) = group(self.references) {
            return ("#", end);
        }
        let named = |mention: &&Mention| mention.tokens.contains(&at) && matches!(mention.who, Who::These(_) | Who::Unclear);
        if let Some(mention) = self.mentions.iter().find(named) {
            return ("@", mention.tokens.end);
        }
        if let Some(end) = group(self.client) {
            return ("&", end);
        }
        let before = self.times.partition_point(|time| time.end <= token.range.start);
        let of_time = |time: &Range<usize>| time.start < token.range.end && !(*time == token.range && table::is("no_time", &token.fold));
        if self.times.get(before).is_some_and(of_time) {
            return ("~", at + 1);
        }
        let sign = match token.kind {
            Kind::Word => table::spelled(&token.fold),
            Kind::Number => self.sounds(token, at).unwrap_or(&token.fold),
            Kind::Part | Kind::Emoji | Kind::End | Kind::Ask => &token.fold,
            Kind::Link if address(text, token).is_some() => "<mail>",
            Kind::Link => "<link>",
        };
        (sign, at + 1)
    }

    /// "spoke 2 him", "ok 4 her": digits for the words that sound so.
    fn sounds(&self, token: &Token<'_>, at: usize) -> Option<&'static str> {
        let next = self.all.get(at + 1)?;
        let both = format!("{} {}", token.fold, next.fold);
        let before = at.checked_sub(1).and_then(|before| self.all.get(before));
        let named = before.is_some_and(|before| before.kind == Kind::Word) && self.mentions.iter().any(|one| one.tokens.start == at + 1);
        [("sounds_to", "2", "to"), ("sounds_for", "4", "for")]
            .into_iter()
            .find(|(section, digit, _)| table::is(section, &both) || named && *digit == token.fold)
            .map(|(_, _, word)| word)
    }
}

/// The address of mail that a token is.
pub(super) fn address(text: &str, token: &Token<'_>) -> Option<Address> {
    let written = text.get(token.range.clone()).filter(|_| token.kind == Kind::Link)?;
    let bare = written
        .trim_start_matches("mailto:")
        .trim_matches(['<', '>', '(', ')', ',', '.', ';', '!', ':']);
    bare.contains('@').then(|| Address::parse(bare).ok()).flatten()
}
