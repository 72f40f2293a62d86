//! Lines of a signature that hold days and hours: "Office hours 9-5", "0113 496 0000 | Mon-Fri 9-5", "(Mon-Fri 8.30-17.30)" below names.
//!
//! In: a place where such a line may begin. Out: whether it is one, and how long it is.
//! Never here: times that somebody gives.

use super::super::items::Items;
use super::super::lex::{Lex, Part, Tongue, What};
use super::Scan;

/// Items of a line of a signature, at most.
const LONGEST: usize = 60;

impl Scan<'_> {
    /// "Office hours 9-5", "Reception open Mon-Fri": the line of a signature.
    pub(super) fn signature_follows(&self, at: usize) -> bool {
        let end = self.rest_of_line(at);
        if end > LONGEST {
            return false;
        }
        (at + 1..at + end).any(|at| matches!(self.items.what(at), Some(What::Num(..))))
            && !(at + 1..at + end).any(|at| matches!(self.items.lex(at), Some(Lex::Free | Lex::So | Lex::But | Lex::Not)))
    }

    /// "(Mon-Fri 8.30-17.30)" below lines of names: the hours of an office.
    fn hours_below_names(&self, at: usize) -> bool {
        let line = at..at + self.rest_of_line(at);
        let only = line.clone().all(|at| match self.items.what(at) {
            Some(What::Lex(lex)) => matches!(
                lex,
                Lex::Weekday(_)
                    | Lex::Workdays
                    | Lex::AnyDay
                    | Lex::Till
                    | Lex::ToHour
                    | Lex::ClockMark
                    | Lex::Am
                    | Lex::Pm
                    | Lex::AtOrTill
                    | Lex::From
            ),
            Some(What::Num(..) | What::Mark(_)) => true,
            Some(What::Word(_) | What::Line) | None => false,
        });
        let range = line.clone().any(|at| matches!(self.items.lex(at), Some(Lex::Workdays)))
            || line
                .clone()
                .filter(|at| matches!(self.items.lex(*at), Some(Lex::Weekday(_))))
                .count()
                == 2;
        let above = (0..at.saturating_sub(1))
            .rev()
            .take_while(|at| self.items.what(*at) != Some(&What::Line));
        let names = above.clone().count() > 0
            && above
                .clone()
                .all(|at| matches!(self.items.what(at), Some(What::Word(_) | What::Mark('.' | ','))));
        // "Office assistant (Mon, Tue, Thu)": the days somebody works.
        let opens = line.clone().find(|at| self.items.what(*at) == Some(&What::Mark('('))).unwrap_or(at);
        let titled = opens > at
            && (at..opens).all(|at| matches!(self.items.what(at), Some(What::Word(_))))
            && self.items.what(line.end - 1) == Some(&What::Mark(')'))
            && (opens + 1..line.end - 1).all(|at| {
                matches!(
                    self.items.lex(at),
                    Some(Lex::Weekday(_) | Lex::Weekdays(_) | Lex::Workdays | Lex::Till | Lex::And)
                ) || matches!(self.items.mark(at), Some(',' | '-' | '–' | '/' | '&'))
            });
        names && (only && range || titled)
    }

    /// "Available Mon-Thu 9-5" below a name, behind times that were given or beside a telephone number: the hours of an office.
    pub(super) fn reached_at(&self, at: usize, given: bool) -> bool {
        const WORDS: usize = 5;
        let end = at + self.rest_of_line(at);
        let leads = |at: &usize| {
            matches!(
                self.items.what(*at),
                Some(What::Word(_) | What::Mark(':' | '–' | '-' | '|' | '·' | '•' | ','))
            ) || matches!(
                self.items.lex(*at),
                Some(Lex::Option | Lex::Free | Lex::OfficeHours | Lex::Skip | Lex::On | Lex::Of | Lex::At | Lex::From)
            )
        };
        let first = at + (at..end).take(WORDS).take_while(leads).count();
        let days = self.items.lex(first) == Some(Lex::Workdays)
            || matches!(self.items.lex(first), Some(Lex::Weekday(_) | Lex::EveryWeekday(_)))
                && (matches!(self.items.mark(first + 1), Some('-' | '–' | '/'))
                    || matches!(self.items.lex(first + 1), Some(Lex::Till | Lex::ToHour | Lex::AtOrTill)))
                && matches!(self.items.lex(first + 2), Some(Lex::Weekday(_) | Lex::EveryWeekday(_)));
        let rest = (first..end).all(|at| {
            matches!(
                self.items.lex(at),
                Some(
                    Lex::Weekday(_)
                        | Lex::EveryWeekday(_)
                        | Lex::Workdays
                        | Lex::Till
                        | Lex::ToHour
                        | Lex::AtOrTill
                        | Lex::ClockMark
                        | Lex::Am
                        | Lex::Pm
                        | Lex::From
                        | Lex::Of
                        | Lex::And
                        | Lex::Between
                        | Lex::On
                )
            ) || matches!(self.items.what(at), Some(What::Num(..) | What::Mark(_)))
        });
        let line_at = |line: usize| (line..line + self.rest_of_line(line)).take_while(move |at| *at < self.items.len());
        let begins = (0..at.saturating_sub(1))
            .rev()
            .find(|at| self.items.what(*at) == Some(&What::Line))
            .map_or(0, |line| line + 1);
        let words = |line: usize| {
            let mut items = line_at(line).peekable();
            items.peek().is_some()
                && items.all(|at| {
                    matches!(
                        self.items.what(at),
                        Some(What::Word(_) | What::Mark('.' | '(' | ')' | '-' | '/' | '&'))
                    ) || self.items.capital(at)
                })
        };
        let phone = |line: usize| line_at(line).any(|at| matches!(self.items.what(at), Some(What::Word(word)) if word.is_empty()));
        let beside_phone = phone(end + 1) || begins + 1 < at && phone(begins);
        // "Aanwezig: ma, wo en do 8.30-17.00"
        let listed = given
            && beside_phone
            && matches!(self.items.lex(first), Some(Lex::Weekday(_) | Lex::EveryWeekday(_)))
            && (at..first).any(|at| self.items.mark(at) == Some(':'));
        first > at && rest && (days && (given && begins + 1 < at && words(begins) || beside_phone) || listed)
    }

    /// A line that holds a telephone number, days and hours, and no word that offers.
    pub(super) fn is_signature(&self, at: usize) -> bool {
        if self.hours_below_names(at) {
            return true;
        }
        let line = at..at + self.rest_of_line(at);
        let holds = |is: &dyn Fn(usize) -> bool| line.clone().any(is);
        let phone = |at: usize| matches!(self.items.what(at), Some(What::Word(word)) if word.is_empty());
        let word = |at: usize| matches!(self.items.what(at), Some(What::Word(word)) if !word.is_empty());
        let column = |at: usize| matches!(self.items.mark(at), Some('|' | '·' | '•'));
        // "Mon-Fri": the days of an office are a run of them.
        let run = |at: usize| {
            self.items.lex(at) == Some(Lex::Workdays)
                || matches!(self.items.lex(at), Some(Lex::Weekday(_)))
                    && (matches!(self.items.mark(at + 1), Some('-' | '–'))
                        || matches!(self.items.lex(at + 1), Some(Lex::Till | Lex::ToHour)))
                    && matches!(self.items.lex(at + 2), Some(Lex::Weekday(_)))
        };
        // "Tienda Centro · Horario: L-S 9:30-21:00 · 91 555 01 33"
        let letters = |at: usize| {
            let letter = |at: usize| matches!(self.items.what(at), Some(What::Word(word)) if word.len() == 1) && self.items.capital(at);
            letter(at)
                && matches!(self.items.mark(at + 1), Some('-' | '–'))
                && letter(at + 2)
                && matches!(self.items.what(at + 3), Some(What::Num(..)))
        };
        (holds(&phone) || holds(&column) && holds(&word))
            && (holds(&run) || holds(&letters))
            && !holds(&|at| matches!(self.items.lex(at), Some(Lex::Not | Lex::Subject | Lex::Or)))
            // "Tel. 0113 496 0000 | available Mon-Thu 9-3"
            && (holds(&phone) && holds(&column) || !holds(&|at| self.items.lex(at) == Some(Lex::Free)))
    }

    /// "Morning Aoife,", "Afternoon all!", "Morgen Frau Weber,": the words that greet, at the beginning of a text.
    pub(super) fn greets(&self, at: usize) -> Option<usize> {
        const NAMES: usize = 4;
        let greeting = match self.items.lex(at)? {
            Lex::Part(Part::Morning | Part::Afternoon | Part::Evening) => true,
            // "Morgen" is tomorrow as well.
            Lex::Relative(1) => matches!(self.tongue, Tongue::De | Tongue::Nl),
            _ => false,
        };
        let opens = || (0..at).all(|at| self.items.what(at) == Some(&What::Line));
        if !(greeting && opens()) {
            return None;
        }
        let named = (at + 1..at + 1 + NAMES)
            .take_while(|at| {
                self.items.lex(*at) == Some(Lex::Skip) || matches!(self.items.what(*at), Some(What::Word(_))) && self.items.capital(*at)
            })
            .count();
        let ends = matches!(
            self.items.what(at + 1 + named),
            Some(What::Line | What::Mark(',' | '!' | '.' | '-' | '–'))
        );
        (named > 0 && ends).then_some(named + 2)
    }

    pub(super) fn rest_of_line(&self, at: usize) -> usize {
        (at..self.items.len())
            .take_while(|&at| !matches!(self.items.what(at), Some(What::Line)))
            .count()
            .max(1)
    }
}
