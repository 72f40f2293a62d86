//! The languages: which one a text is in, and what its words mean in that one.
//!
//! In: folded words. Out: a language, and the meaning of a place.
//! Never here: how a table is written.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::meaning::{Lex, Unit};
use super::pieces::Piece;
use super::table::{Dictionary, LANGUAGES, Table};
use crate::reply::sentences::fold;

/// A language of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Tongue {
    En,
    De,
    Fr,
    Es,
    Nl,
    It,
    Pt,
}

impl Tongue {
    const ALL: [Self; LANGUAGES] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Nl, Self::It, Self::Pt];

    /// By its two letters of ISO 639.
    pub(in super::super) fn named(code: &str) -> Option<Self> {
        Some(match code.get(..2)? {
            "en" => Self::En,
            "de" => Self::De,
            "fr" => Self::Fr,
            "es" => Self::Es,
            "nl" => Self::Nl,
            "it" => Self::It,
            "pt" => Self::Pt,
            _ => return None,
        })
    }

    fn table(self) -> &'static Table {
        let [en, de, fr, es, nl, it, pt] = &TABLES.1;
        match self {
            Self::En => en,
            Self::De => de,
            Self::Fr => fr,
            Self::Es => es,
            Self::Nl => nl,
            Self::It => it,
            Self::Pt => pt,
        }
    }
}

/// The words of all tables, and the tables in the order of [`Tongue::ALL`].
static TABLES: LazyLock<(Dictionary, [Table; LANGUAGES])> = LazyLock::new(|| {
    let mut words = Dictionary::default();
    let tables = [
        Table::compile(include_str!("../words/en.txt"), 0, &mut words),
        Table::compile(include_str!("../words/de.txt"), 1, &mut words),
        Table::compile(include_str!("../words/fr.txt"), 2, &mut words),
        Table::compile(include_str!("../words/es.txt"), 3, &mut words),
        Table::compile(include_str!("../words/nl.txt"), 4, &mut words),
        Table::compile(include_str!("../words/it.txt"), 5, &mut words),
        Table::compile(include_str!("../words/pt.txt"), 6, &mut words),
    ];
    (words, tables)
});

/// The words of a text as numbers of the tables.
pub(super) fn numbers(folded: &[Cow<'_, str>]) -> Vec<u32> {
    folded.iter().map(|word| TABLES.0.number(word)).collect()
}

/// The language most of whose own words stand in a text; English when nothing tells.
pub(super) fn tongue(numbers: &[u32], hint: Option<Tongue>) -> Tongue {
    let mut scores = [0_u32; LANGUAGES];
    for weights in numbers.iter().filter_map(|number| TABLES.0.weights(*number)) {
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += u32::from(*weight);
        }
    }
    let mut best = (0, hint.unwrap_or(Tongue::En));
    for (tongue, own) in Tongue::ALL.into_iter().zip(scores) {
        let score = own + u32::from(hint == Some(tongue)) * 5 + u32::from(tongue == Tongue::En) * 2;
        if score > best.0 {
            best = (score, tongue);
        }
    }
    best.1
}

/// The words of a text, and the language they are read in.
pub(super) struct Words {
    pub(super) tongue: Tongue,
    pub(super) numbers: Vec<u32>,
}

impl Words {
    /// The longest phrase at a place that is shorter than so many pieces.
    pub(super) fn shorter(&self, pieces: &[Piece<'_>], at: usize, than: usize) -> Option<(Lex, usize)> {
        self.tongue.table().longest(pieces.get(..at + than - 1)?, &self.numbers, at)
    }

    /// The word at a place is a verb that tells what somebody is or does.
    pub(super) fn is_verb(&self, at: usize) -> bool {
        self.numbers
            .get(at)
            .is_some_and(|number| self.tongue.table().verbs.contains(number))
    }

    /// The word at a place restricts: "only".
    pub(super) fn begins_only(&self, at: usize) -> bool {
        self.numbers.get(at).and_then(|number| self.tongue.table().alone(*number)) == Some(Lex::Only)
    }

    /// A phrase says more than a bound: "no antes de las", "en clase hasta las", not "después de las".
    pub(super) fn limits(&self, at: usize, used: usize) -> bool {
        let table = self.tongue.table();
        let bounds = |number: &u32| table.bounding.contains(number);
        let mut inside = self.numbers.iter().skip(at).take(used);
        used > 1
            && (!inside.clone().next().is_some_and(bounds)
                || inside.any(|number| matches!(table.alone(*number), Some(Lex::Not | Lex::Only))))
    }

    /// The word at a place offers only where nothing else is said.
    pub(super) fn leans(&self, at: usize) -> bool {
        self.numbers
            .get(at)
            .is_some_and(|number| self.tongue.table().leaning.contains(number))
    }

    /// The word at a place means two: "both".
    pub(super) fn means_two(&self, at: usize) -> bool {
        self.numbers
            .get(at)
            .is_some_and(|number| self.tongue.table().pairs.contains(number))
    }

    /// The word at a place stands before days, never before hours.
    pub(super) fn stands_before_days(&self, at: usize) -> bool {
        self.numbers
            .get(at)
            .is_some_and(|number| self.tongue.table().articles.contains(number))
    }

    /// The word at a place is "day".
    pub(super) fn is_day(&self, at: usize) -> bool {
        let alone = self.numbers.get(at).and_then(|number| self.tongue.table().alone(*number));
        alone == Some(Lex::Unit(Unit::Day))
    }

    pub(super) fn is_copula(&self, at: usize) -> bool {
        self.numbers
            .get(at)
            .is_some_and(|number| self.tongue.table().copulas.contains(number))
    }

    /// What stands at a place, in the language of the text or in English, which people mix in.
    pub(super) fn meaning(&self, pieces: &[Piece<'_>], folded: &[Cow<'_, str>], at: usize) -> Option<(Lex, usize)> {
        let table = self.tongue.table();
        // "Wednesday's good", "tomorrow's call"
        if let Some(stem) = pieces
            .get(at)
            .and_then(|piece| piece.text.strip_suffix("'s").or_else(|| piece.text.strip_suffix("’s")))
            && let Some(lex @ (Lex::Weekday(_) | Lex::Relative(_))) = table.alone(TABLES.0.number(&fold(stem)))
        {
            return Some((lex, 1));
        }
        let own = table.longest(pieces, &self.numbers, at);
        // "we'd", folded, is no Wednesday.
        let elided = pieces.get(at).is_some_and(|piece| piece.text.contains(['\'', '’']));
        if elided && matches!(own, Some((Lex::Weekday(_), _))) {
            return Some((Lex::Skip, 1));
        }
        if self.tongue == Tongue::En {
            return own.or_else(|| table.misspelt(folded.get(at)?).map(|lex| (lex, 1)));
        }
        let english = Tongue::En
            .table()
            .longest(pieces, &self.numbers, at)
            .filter(|(lex, _)| travels(*lex));
        match (own, english) {
            (Some(own), Some(english)) => Some(if english.1 > own.1 { english } else { own }),
            (own, english) => own.or(english),
        }
    }
}

/// English words that stand in mails of other languages with the same meaning.
const fn travels(lex: Lex) -> bool {
    matches!(
        lex,
        Lex::Am | Lex::Pm | Lex::AnyTime | Lex::Close | Lex::Flexible | Lex::ClockMark | Lex::OrdinalMark | Lex::Option
    )
}
