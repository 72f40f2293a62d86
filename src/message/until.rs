//! Which of the days in an absence notice are about the absence, and how sure that is.
//!
//! In: the words of a notice. Out: its days that stand beside a word such as "until" or "back". Never here: which of them counts.

use chrono::NaiveDate;

use super::day::{Named, Piece, Reader, Token, dash};
use super::tables::{Cue, Section, TABLES};

/// The days that are tied to an absence.
pub(super) fn days(tokens: &[Token<'_>], reader: Reader) -> Vec<(Cue, NaiveDate)> {
    let search = Search {
        tokens,
        reader,
        cues: [None; 4],
    };
    search.days()
}

/// Goes through a text and ties days to the words before and behind them.
struct Search<'t, 'a> {
    tokens: &'t [Token<'a>],
    reader: Reader,
    /// Behind the last cue of each kind in this sentence.
    cues: [Option<usize>; 4],
}

impl Search<'_, '_> {
    fn days(mut self) -> Vec<(Cue, NaiveDate)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let rest = self.tokens.get(at..).unwrap_or_default();
            let cue = TABLES.cue(rest);
            if let Some((cue, used)) = cue {
                self.note(cue, at, used);
            } else if dash(rest, 0) && self.ends_a_date(at) {
                self.note(Cue::To, at, 1);
            }
            let named = self
                .span_end(rest, at)
                .or_else(|| self.reader.day_at(rest))
                .or_else(|| self.bare(rest, at))
                .or_else(|| self.month(rest, at));
            // "En" is "and" in one language and "in" in another.
            if let Some(named) = named.filter(|_| cue.is_none_or(|(cue, _)| cue == Cue::And)) {
                found.extend(self.tie(named, at).map(|cue| (cue, named.day)));
                at += named.used;
                continue;
            }
            if ends_a_sentence(self.tokens, at) {
                self.cues = [None; 4];
            }
            at += cue.map_or(1, |(_, used)| used);
        }
        found
    }

    fn note(&mut self, cue: Cue, at: usize, used: usize) {
        let counts = cue != Cue::And || self.ends_a_date(at);
        if let Some(place) = self.cues.get_mut(cue as usize).filter(|_| counts) {
            *place = Some(at + used);
        }
    }

    /// What ties a day to an absence: the surest of the words near enough before it, or one behind it.
    fn tie(&self, named: Named, at: usize) -> Option<Cue> {
        let near = |cue: Cue, most: usize| {
            let behind = self.cues.get(cue as usize).copied().flatten();
            behind.and_then(|behind| at.checked_sub(behind)).is_some_and(|apart| apart <= most)
        };
        if near(Cue::Back, 6) {
            return Some(Cue::Back);
        }
        if near(Cue::Until, 5) {
            return Some(Cue::Until);
        }
        if named.ends_a_range || near(Cue::To, 2) {
            return Some(Cue::To);
        }
        let rest = self.tokens.get(at + named.used..).unwrap_or_default();
        let word = rest.iter().find(|token| !matches!(token.text, "." | ","));
        if word.is_some_and(|word| TABLES.is_after(word.text)) {
            return Some(Cue::Until);
        }
        // "From the 27th I am back": the word stands behind the day.
        if self.back_follows(rest) {
            return Some(Cue::Back);
        }
        near(Cue::And, 2).then_some(Cue::And)
    }

    /// "back in the office on the 14th", "vuelvo el 14", "bis zum 14.".
    fn bare(&self, rest: &[Token<'_>], at: usize) -> Option<Named> {
        let article = |token: &Token<'_>| TABLES.list(Section::Article).has(token.text);
        let between = |cue: Cue| self.tokens.get(self.cues.get(cue as usize).copied().flatten()?..at);
        let near = |words: &[Token<'_>], most: usize| (words.len() <= most).then(|| words.last().is_some_and(article));
        let back = between(Cue::Back).and_then(|words| near(words, 6));
        let until = || {
            between(Cue::Until)
                .filter(|words| words.iter().all(article))
                .and_then(|words| near(words, 3))
        };
        // "Am 14. bin ich wieder da."
        let behind_article = at
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .filter(|before| article(before));
        let ahead = || behind_article.filter(|_| self.back_follows(rest)).map(|_| false);
        self.reader.bare_day(rest, back.or_else(until).or_else(ahead)?)
    }

    /// "until the end of June" is its last day, "back in January" and "until January" the first.
    fn month(&self, rest: &[Token<'_>], at: usize) -> Option<Named> {
        let between = |cue: Cue| self.tokens.get(self.cues.get(cue as usize).copied().flatten()?..at);
        let near = |cue: Cue| between(cue).filter(|words| words.len() <= 4);
        let words = near(Cue::Back).or_else(|| near(Cue::Until))?;
        let end = words.iter().any(|word| TABLES.list(Section::End).has(word.text));
        self.reader.month(rest, end)
    }

    /// "until the end of next week".
    fn span_end(&self, rest: &[Token<'_>], at: usize) -> Option<Named> {
        let before = self.tokens.get(at.saturating_sub(4)..at)?;
        let end = before.iter().any(|word| TABLES.list(Section::End).has(word.text));
        end.then(|| self.reader.span_end(rest)).flatten()
    }

    /// True when a word of coming back stands a little behind a day.
    fn back_follows(&self, rest: &[Token<'_>]) -> bool {
        for ahead in 0..rest.len().min(7) {
            let here = rest.get(ahead..).unwrap_or_default();
            if TABLES.cue(here).is_some_and(|(cue, _)| cue == Cue::Back) {
                return true;
            }
            if ends_a_sentence(rest, ahead) || self.reader.day_at(here).is_some() {
                return false;
            }
        }
        false
    }

    /// True when the token before this place may be the end of a date.
    fn ends_a_date(&self, at: usize) -> bool {
        let before = |n: usize| at.checked_sub(n).and_then(|at| self.tokens.get(at));
        let is_end = |token: &Token<'_>| matches!(token.kind, Piece::Number(_)) || TABLES.month(token.text).is_some();
        let Some(last) = before(1) else { return false };
        let suffix = last.text == "." || last.glued && last.text.len() <= 2 && last.kind == Piece::Word;
        is_end(last) || suffix && before(2).is_some_and(is_end)
    }
}

/// A full stop behind a word, not behind a number or a short form.
fn ends_a_sentence(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(mark) = tokens.get(at) else { return false };
    let behind = tokens.get(at + 1).is_none_or(|next| !next.glued);
    let word = at.checked_sub(1).and_then(|before| tokens.get(before));
    let long = word.is_none_or(|word| word.kind == Piece::Word && word.text.chars().count() > 3);
    matches!(mark.text, "!" | "?" | "。") || mark.text == "." && behind && long
}
