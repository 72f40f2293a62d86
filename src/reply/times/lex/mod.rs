//! Text → items: words with their meaning, numbers and marks, each with its bytes.
//!
//! In: a text, and a hint at its language. Out: [`Item`]s. What a word means stands in `words/*.txt`, a table for each language (`table`).
//! Never here: which day or hour is meant.

mod meaning;
mod pieces;
mod table;
mod tongue;

use std::ops::Range;

use crate::reply::sentences::fold;
pub(super) use meaning::{Lex, Part, Unit};
use pieces::{Piece, phone, raw};
pub(super) use tongue::Tongue;
use tongue::Words;

/// A piece of the text.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) what: What,
    /// Its bytes.
    pub(super) bytes: Range<usize>,
    /// No blank before it.
    pub(super) glued: bool,
    /// Begins with a capital.
    pub(super) capital: bool,
    /// A verb of the table's list: "is", "has", "can't".
    pub(super) verb: bool,
    /// "is", "are".
    pub(super) copula: bool,
    /// An article that stands before days, never before hours, or a phrase that ends with one: "dal 12 al 16", "o el 4".
    pub(super) of_days: bool,
    /// A word that offers only where nothing else is said: "says", "hope".
    pub(super) leans: bool,
    /// A word that means two, or a phrase with one: "both", "either works".
    pub(super) pair: bool,
    /// A phrase of several words: "not before".
    pub(super) phrase: bool,
    /// A phrase that begins with "only": "only after".
    pub(super) only: bool,
    /// A phrase that says more than a bound, so that it says itself what is offered: "no antes de las", "nur bis".
    pub(super) limits: bool,
    /// "all day", "the whole day": of one day, where "any time" may be of all that are named.
    pub(super) whole_day: bool,
}

/// What a piece of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A word or phrase of the tables.
    Lex(Lex),
    /// Any other word, folded.
    Word(Box<str>),
    /// Digits: their value, and how many there are.
    Num(u32, usize),
    Mark(char),
    /// The end of a line.
    Line,
}

/// Splits a text into items, and tells its language.
pub(super) fn items(text: &str, hint: Option<Tongue>) -> (Vec<Item>, Tongue) {
    let pieces = raw(text);
    let folded: Vec<_> = pieces.iter().map(|piece| fold(piece.text)).collect();
    let numbers = tongue::numbers(&folded);
    let tongue = tongue::tongue(&numbers, hint);
    let words = Words { tongue, numbers };
    let mut out: Vec<Item> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if let Some(used) = phone(&pieces, at) {
            let last = pieces.get(at + used - 1).unwrap_or(piece);
            out.push(Item {
                what: What::Word(Box::default()),
                bytes: piece.at..last.at + last.text.len(),
                glued: piece.glued,
                capital: false,
                verb: false,
                copula: false,
                leans: false,
                pair: false,
                of_days: false,
                phrase: false,
                only: false,
                limits: false,
                whole_day: false,
            });
            at += used;
            continue;
        }
        let first = piece.text.chars().next().unwrap_or(' ');
        // "2moro"
        let glued = first.is_ascii_digit()
            && pieces
                .get(at + 1)
                .is_some_and(|next| next.glued && next.text.starts_with(char::is_alphabetic));
        let day = glued
            .then(|| words.meaning(&pieces, &folded, at))
            .flatten()
            .filter(|(lex, _)| matches!(lex, Lex::Relative(_)));
        let numbered = (tongue == Tongue::Pt).then(|| numbered_weekday(&pieces, at)).flatten();
        let (what, used) = if let Some((weekday, used)) = numbered {
            (What::Lex(Lex::Weekday(weekday)), used)
        } else if let Some((lex, used)) = day {
            (What::Lex(lex), used)
        } else if first.is_ascii_digit() {
            (What::Num(piece.text.parse().unwrap_or(u32::MAX), piece.text.len()), 1)
        } else if first == '\n' {
            (What::Line, 1)
        } else if plural_hour(&pieces, at) {
            (What::Lex(Lex::Sharp), 1)
        } else if let Some(half) = half_letter(&pieces, at) {
            (What::Lex(half), 1)
        } else if let Some((lex, used)) = words.meaning(&pieces, &folded, at) {
            // "next week after 3": the hour is after three, the week is next week.
            let hour = lex == Lex::WeekAfter
                && pieces
                    .get(at + used)
                    .is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_digit()));
            let shorter = (hour && words.meaning(&pieces, &folded, at + used - 1) == Some((Lex::After, 1)))
                .then(|| words.shorter(&pieces, at, used))
                .flatten();
            let (lex, used) = shorter.unwrap_or((lex, used));
            // "è" is, "e" and.
            let is = used == 1 && lex == Lex::And && matches!(piece.text, "è" | "é" | "È" | "É");
            (What::Lex(if is { Lex::Skip } else { lex }), used)
        } else if first.is_alphabetic() {
            (What::Word(folded.get(at).map(|word| Box::from(&**word)).unwrap_or_default()), 1)
        } else {
            (What::Mark(first), 1)
        };
        // "h 9-11"
        let number_follows = pieces
            .get(at + used)
            .is_some_and(|next| next.text.bytes().all(|byte| byte.is_ascii_digit()));
        let dated = out.len() >= 2 && out.get(out.len() - 2).is_some_and(|mark| mark.what == What::Mark('/'));
        let behind_number = !dated && matches!(out.last().map(|last| &last.what), Some(What::Num(..)));
        let what = if what == What::Lex(Lex::ClockMark) && number_follows && !behind_number {
            What::Lex(Lex::At)
        } else {
            what
        };
        let whole_day = what == What::Lex(Lex::AnyTime) && (at..at + used).any(|at| words.is_day(at));
        let end = pieces.get(at + used - 1).map_or(piece.at, |last| last.at + last.text.len());
        out.push(Item {
            what,
            bytes: piece.at..end,
            glued: piece.glued,
            capital: first.is_uppercase(),
            verb: used == 1 && words.is_verb(at),
            copula: used == 1 && words.is_copula(at),
            leans: used == 1 && words.leans(at),
            pair: (at..at + used).any(|at| words.means_two(at)),
            of_days: words.stands_before_days(at + used - 1),
            phrase: used > 1,
            only: used > 1 && words.begins_only(at),
            limits: words.limits(at, used),
            whole_day,
        });
        at += used;
        // "Di. 10-12", "zw. 8 und 10": the point of an abbreviation.
        if short_for(out.last(), &pieces, at) {
            at += 1;
        }
    }
    (out, tongue)
}

/// The piece is the point of a short word of the tables, and the sentence goes on behind it.
fn short_for(last: Option<&Item>, pieces: &[Piece<'_>], at: usize) -> bool {
    let abbreviated = last.is_some_and(|last| {
        last.bytes.len() <= 4
            && matches!(
                last.what,
                What::Lex(
                    Lex::Weekday(_)
                        | Lex::Month(_)
                        | Lex::Between
                        | Lex::Except
                        | Lex::At
                        | Lex::Part(_)
                        | Lex::Option
                        | Lex::From
                        | Lex::Till
                        | Lex::Unit(_)
                )
            )
    });
    let goes_on = pieces
        .get(at + 1)
        .and_then(|next| next.text.chars().next())
        .is_some_and(|next| next.is_lowercase() || next.is_ascii_digit());
    abbreviated && goes_on && pieces.get(at).is_some_and(|piece| piece.text == "." && piece.glued)
}

/// "4.ª feira", "6ª-feira", "na 6.ª": the weekdays of Portuguese by their numbers.
fn numbered_weekday(pieces: &[Piece<'_>], at: usize) -> Option<(u32, usize)> {
    let text = |at: usize| pieces.get(at).map_or("", |piece| piece.text);
    let number: u32 = text(at)
        .parse()
        .ok()
        .filter(|number| (2..=6).contains(number) && text(at).len() == 1)?;
    let mark = at + 1 + usize::from(text(at + 1) == ".");
    let ordinal = text(mark);
    let dash = usize::from(text(mark + 1) == "-");
    let named = matches!(fold(text(mark + 1 + dash)).as_ref(), "feira" | "feiras");
    let ends = if named { mark + 1 + dash } else { mark };
    (ordinal == "ª" || named && ordinal == "a").then_some((number - 1, ends + 1 - at))
}

/// "the 8:30s", "either of the 9s": the slots at that hour.
fn plural_hour(pieces: &[Piece<'_>], at: usize) -> bool {
    if !pieces.get(at).is_some_and(|piece| piece.glued && piece.text == "s") {
        return false;
    }
    let text = |back: usize| at.checked_sub(back).and_then(|at| pieces.get(at)).map_or("", |piece| piece.text);
    let hour = |text: &str| text.len() <= 2 && text.parse::<u32>().is_ok_and(|hour| hour <= 24);
    let minutes = matches!(text(2), ":" | ".") && hour(text(3)) && text(1).len() == 2 && text(1).bytes().all(|byte| byte.is_ascii_digit());
    let article = text(2).eq_ignore_ascii_case("the") && hour(text(1)) && text(1) != "20";
    minutes || article
}

/// "10a", "2p".
fn half_letter(pieces: &[Piece<'_>], at: usize) -> Option<Lex> {
    let piece = pieces.get(at).filter(|piece| piece.glued)?;
    let digits = pieces.get(at.checked_sub(1)?)?.text.bytes().all(|byte| byte.is_ascii_digit());
    // "10a.m." is a phrase of the table.
    let spelled = pieces.get(at + 1).is_some_and(|dot| dot.text == ".")
        && pieces.get(at + 2).is_some_and(|m| m.glued && m.text.eq_ignore_ascii_case("m"));
    if spelled {
        return None;
    }
    match piece.text {
        "a" | "A" if digits => Some(Lex::Am),
        "p" | "P" if digits => Some(Lex::Pm),
        // "7:15am" in a German mail.
        "am" | "AM" if digits => Some(Lex::Am),
        _ => None,
    }
}
