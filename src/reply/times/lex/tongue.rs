//! The languages: which one a text is in, and what its words mean in that one.
//!
//! In: folded words. Out: a language, and the meaning of a place.
//! Never here: how a table is written.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::meaning::Lex;
use super::pieces::Piece;
use super::table::Table;
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
    const ALL: [Self; 7] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Nl, Self::It, Self::Pt];

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
        static TABLES: LazyLock<[Table; 7]> = LazyLock::new(|| {
            [
                Table::compile(include_str!("../words/en.txt")),
                Table::compile(include_str!("../words/de.txt")),
                Table::compile(include_str!("../words/fr.txt")),
                Table::compile(include_str!("../words/es.txt")),
                Table::compile(include_str!("../words/nl.txt")),
                Table::compile(include_str!("../words/it.txt")),
                Table::compile(include_str!("../words/pt.txt")),
            ]
        });
        let [en, de, fr, es, nl, it, pt] = &*TABLES;
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

/// The language most of whose own words stand in a text; English when nothing tells.
pub(super) fn tongue(folded: &[Cow<'_, str>], hint: Option<Tongue>) -> Tongue {
    let mut best = (0, hint.unwrap_or(Tongue::En));
    for tongue in Tongue::ALL {
        let table = tongue.table();
        let own: u32 = folded
            .iter()
            .filter_map(|word| table.words.get(&**word))
            .map(|word| word.weight)
            .sum();
        let score = own + u32::from(hint == Some(tongue)) * 5 + u32::from(tongue == Tongue::En) * 2;
        if score > best.0 {
            best = (score, tongue);
        }
    }
    best.1
}

/// The words of a text as numbers of its language's table, and of the English one.
pub(super) struct Words {
    tongue: Tongue,
    own: Vec<u32>,
    english: Vec<u32>,
}

impl Words {
    pub(super) fn of(folded: &[Cow<'_, str>], tongue: Tongue) -> Self {
        let english = tongue != Tongue::En;
        Self {
            tongue,
            own: tongue.table().numbers(folded),
            english: if english { Tongue::En.table().numbers(folded) } else { Vec::new() },
        }
    }

    /// The word at a place is a verb that tells what somebody is or does.
    pub(super) fn is_verb(&self, at: usize) -> bool {
        self.own.get(at).is_some_and(|number| self.tongue.table().verbs.contains(number))
    }

    pub(super) fn is_copula(&self, at: usize) -> bool {
        self.own.get(at).is_some_and(|number| self.tongue.table().copulas.contains(number))
    }

    /// What stands at a place, in the language of the text or in English, which people mix in.
    pub(super) fn meaning(&self, pieces: &[Piece<'_>], folded: &[Cow<'_, str>], at: usize) -> Option<(Lex, usize)> {
        let table = self.tongue.table();
        // "Wednesday's good", "tomorrow's call"
        if let Some(stem) = pieces
            .get(at)
            .and_then(|piece| piece.text.strip_suffix("'s").or_else(|| piece.text.strip_suffix("’s")))
            && let Some(word) = table.words.get(&*fold(stem))
            && let Some(lex @ (Lex::Weekday(_) | Lex::Relative(_))) = table.alone(word.number)
        {
            return Some((lex, 1));
        }
        let own = table.longest(pieces, &self.own, at);
        if self.tongue == Tongue::En {
            return own.or_else(|| table.misspelt(folded.get(at)?).map(|lex| (lex, 1)));
        }
        let english = Tongue::En
            .table()
            .longest(pieces, &self.english, at)
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
