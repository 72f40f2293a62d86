//! Sentences of a recruiter's text with all that is known of them, and the patterns that they fit.
//!
//! In: the text and its batch. Out: lines, each written for the tables. Never here: what is ordered.

use std::ops::Range;

use super::super::names::Text;
use super::super::sentences::{Kind as TokenKind, Token, sentences};
use super::super::who::{Mention, People};
use super::kind::Kind;
use super::people::{Names, bytes};
use super::plain::spoken_of;
use super::sentence::{Known, Written};
use super::{Asked, Desk, OnDesk, about, table};
use super::{numbered, runs};

/// A sentence with all that is known of it.
pub(super) struct Line {
    pub(super) tokens: Range<usize>,
    pub(super) asks: bool,
    pub(super) mentions: Vec<Mention>,
    pub(super) written: Written,
    /// The candidate it stands under, typed into a quote.
    pub(super) under: Option<usize>,
    /// It is part of a sentence that goes on about somebody else without a mark.
    pub(super) runs_on: bool,
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
    let of = desk.of.filter(|_| desk.answers);
    let of = of.and_then(|of| asked.candidates.iter().position(|one| one.submission == of));
    let names = Names::of(batch, asked, of.or_else(|| (asked.candidates.len() == 1).then_some(0)));
    let whole = Text::new(text);
    let client = names.client(text, all);
    let is_reference = |token: &Token<'_>| desk.batches.iter().any(|one| one.reference.eq_ignore_ascii_case(&token.fold));
    let references: Vec<Range<usize>> = all
        .iter()
        .enumerate()
        .filter(|(_, token)| is_reference(token))
        .map(|(at, _)| at..at + 1)
        .collect();
    let mut times = spoken_of(text);
    // "She rang yesterday" speaks of no time that is to come.
    times.retain(|time| !table::is("past_time", &about::folded(text.get(time.clone()).unwrap_or_default()).join(" ")));
    let said = sentences(all);
    let ranges: Vec<Range<usize>> = said.iter().map(|one| one.tokens.clone()).collect();
    let listed = numbered::is_list(all, &ranges);
    let line = |sentence: &Range<usize>, asks: bool| {
        let by_number = numbered::mentions(all, sentence, asked.candidates.len(), listed);
        let tokens = if by_number.is_empty() {
            without_bullet(text, all, sentence)
        } else {
            sentence.clone()
        };
        let mut mentions = names.mentions(&people, &whole, all, tokens.clone());
        mentions.retain(|one| !is_date(all, &one.tokens, &times));
        if mentions.is_empty() {
            mentions = by_number;
        }
        let known = Known {
            all,
            mentions: &mentions,
            client: &client,
            references: &references,
            times: &times,
        };
        let written = Written::new(text, all, &tokens, &known);
        let begins = bytes(all, &tokens).start;
        let place = places.iter().take_while(|(from, _)| *from <= begins).last();
        Line {
            tokens,
            // "Ana? Not a chance.": a name with a question mark is what the words behind it are about.
            asks: asks && written.text != "@",
            under: place.and_then(|(_, under)| *under),
            mentions,
            written,
            runs_on: false,
            used: false,
        }
    };
    let parts = |sentence: &super::super::sentences::Sentence| {
        // "Declan - maybe (salary?)": what is in doubt is the reason.
        let asks = sentence.asks && all.get(sentence.tokens.end + 1).is_none_or(|next| &*next.fold != ")");
        let whole = line(&sentence.tokens, asks);
        let mut cuts = runs::cuts(&whole.written);
        cuts.extend(sentence.tokens.clone().filter(|at| ends_with_link(text, all, *at)));
        cuts.sort_unstable();
        cuts.dedup();
        if cuts.is_empty() {
            return vec![whole];
        }
        let starts = std::iter::once(sentence.tokens.start).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([sentence.tokens.end]);
        // The mark of a question is that of the words before it, not of those before an address.
        let is_other = |end: usize| end < sentence.tokens.end && ends_with_link(text, all, end);
        let part = |(start, end): (usize, usize)| Line {
            runs_on: !(ends_with_link(text, all, start) || is_other(end)),
            ..line(&(start..end), asks && !is_other(end))
        };
        starts.zip(ends).map(part).collect()
    };
    said.iter().flat_map(parts).collect()
}

/// "1 Dec" beside a Declan: a month with its number is nobody.
fn is_date(all: &[Token<'_>], name: &Range<usize>, times: &[Range<usize>]) -> bool {
    let Some(token) = all.get(name.start).filter(|token| name.len() == 1 && table::is("day", &token.fold)) else {
        return false;
    };
    let number = |at: Option<usize>| at.and_then(|at| all.get(at)).is_some_and(|token| token.kind == TokenKind::Number);
    let of_time = times
        .iter()
        .any(|time| time.start <= token.range.start && token.range.end <= time.end);
    of_time && (number(name.start.checked_sub(1)) || number(Some(name.end)))
}

/// "write to ana@home.example. Ben's address is fine": the mark that ends a sentence was taken for a part of the address before it.
fn ends_with_link(text: &str, all: &[Token<'_>], at: usize) -> bool {
    let before = at
        .checked_sub(1)
        .and_then(|before| all.get(before))
        .filter(|token| token.kind == TokenKind::Link);
    let ends = before
        .and_then(|token| text.get(token.range.clone()))
        .is_some_and(|link| link.ends_with(['.', '!', '?']));
    ends && all.get(at).is_some_and(|token| !token.kind.separates())
}

/// "1. take 7K3Q", "2) Ana: yes": the number of a line is no part of what it says.
fn without_bullet(text: &str, all: &[Token<'_>], sentence: &Range<usize>) -> Range<usize> {
    if let Some(rest) = behind_letter(all, sentence) {
        return rest;
    }
    let first = all
        .get(sentence.start)
        .filter(|token| token.kind == TokenKind::Number && token.range.len() <= 2);
    let behind = first.and_then(|token| text.get(token.range.end..)).unwrap_or_default();
    let line = first.and_then(|token| text.get(..token.range.start)).unwrap_or_default();
    let begins = line.is_empty() || line.trim_end_matches([' ', '\t', '>']).ends_with('\n');
    let numbered = begins && behind.starts_with([')', '.']) && behind.get(1..).is_some_and(|rest| rest.starts_with([' ', '\t', ')']));
    if numbered && sentence.len() > 1 {
        sentence.start + 1..sentence.end
    } else {
        sentence.clone()
    }
}

/// "(a) Ana: yes", "b) Ben: no"
fn behind_letter(all: &[Token<'_>], sentence: &Range<usize>) -> Option<Range<usize>> {
    let is = |at: usize, mark: &str| all.get(at).is_some_and(|token| &*token.fold == mark);
    let letter = sentence.start + usize::from(is(sentence.start, "("));
    let single = all
        .get(letter)
        .is_some_and(|token| token.range.len() == 1 && matches!(token.kind, TokenKind::Word | TokenKind::Number));
    (single && is(letter + 1, ")") && letter + 2 < sentence.end).then_some(letter + 2..sentence.end)
}
