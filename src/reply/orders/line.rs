//! Sentences of a recruiter's text with all that is known of them, and the patterns that they fit.
//!
//! In: the text and its batch. Out: lines, each written for the tables. Never here: what is ordered.

use std::ops::Range;

use super::super::names::Text;
use super::super::sentences::{Token, sentences};
use super::super::times::spoken_of;
use super::super::who::{Mention, People};
use super::kind::Kind;
use super::people::{Names, bytes};
use super::sentence::{Known, Written};
use super::{Asked, Desk, OnDesk};

/// A sentence with all that is known of it.
pub(super) struct Line {
    pub(super) tokens: Range<usize>,
    pub(super) asks: bool,
    pub(super) mentions: Vec<Mention>,
    pub(super) written: Written,
    /// The candidate it stands under, typed into a quote.
    pub(super) under: Option<usize>,
    /// Something was made of it.
    pub(super) used: bool,
}

/// A pattern that a sentence fits.
pub(super) struct Hit {
    pub(super) kind: Kind,
    /// Bytes of the written sentence.
    pub(super) at: Range<usize>,
    /// Its tokens.
    pub(super) own: Range<usize>,
    /// From the hit before it to the next one.
    pub(super) around: Range<usize>,
    /// Its tokens and what follows, up to the next one.
    pub(super) on: Range<usize>,
    /// The same, as bytes of the written sentence.
    pub(super) reach: Range<usize>,
}

impl Hit {
    /// The sentence says nothing else.
    pub(super) fn is_whole(&self, number: usize, lines: &[Line]) -> bool {
        lines.get(number).is_some_and(|line| line.written.text.len() < self.at.len() + FEW)
    }
}

/// Bytes of a sentence that say nothing besides.
const FEW: usize = 4;

/// What stands behind a hit, up to the next mark.
pub(super) fn behind<'l>(line: &'l Line, hit: &Hit) -> &'l str {
    let rest = line.written.text.get(hit.at.end..).unwrap_or_default();
    rest.split([',', '.', ';']).next().unwrap_or_default()
}

/// The sentences, written for the tables.
pub(super) fn lines(
    text: &str,
    desk: &Desk,
    batch: Option<&OnDesk>,
    asked: &Asked,
    all: &[Token<'_>],
    places: &[(usize, Option<usize>)],
) -> Vec<Line> {
    let people = People::of(asked);
    let names = Names::of(batch, asked);
    let whole = Text::new(text);
    let client = names.client(text, all);
    let is_reference = |token: &Token<'_>| desk.batches.iter().any(|one| one.reference.eq_ignore_ascii_case(&token.fold));
    let references: Vec<Range<usize>> = all
        .iter()
        .enumerate()
        .filter(|(_, token)| is_reference(token))
        .map(|(at, _)| at..at + 1)
        .collect();
    let times = spoken_of(text);
    let line = |sentence: &super::super::sentences::Sentence| {
        let mentions = names.mentions(&people, &whole, all, sentence.tokens.clone());
        let known = Known {
            mentions: &mentions,
            client: &client,
            references: &references,
            times: &times,
        };
        let written = Written::new(text, all, &sentence.tokens, &known);
        let begins = bytes(all, &sentence.tokens).start;
        let place = places.iter().take_while(|(from, _)| *from <= begins).last();
        Line {
            tokens: sentence.tokens.clone(),
            asks: sentence.asks,
            under: place.and_then(|(_, under)| *under),
            mentions,
            written,
            used: false,
        }
    };
    sentences(all).iter().map(line).collect()
}
