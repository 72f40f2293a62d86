//! Which languages a text is written in: a word that is a yes in one and a size in the next is looked up in the tables of these only.
//!
//! In: tokens with the numbers of their words. Out: languages. Never here: what a word means.

use super::sentences::{Kind, Token};
use super::words;

/// How many languages there are tables of.
pub(super) const COUNT: usize = 7;

/// Languages, a bit each, in the order of the tables.
pub(super) type Languages = u8;

/// Every text can hold English words.
pub(super) const ENGLISH: Languages = 1;

/// The languages a text is written in: English, and those that know at least half as many of its other words as the one that knows most.
pub(super) fn languages(all: &[Token<'_>]) -> Languages {
    let words = || all.iter().filter(|token| token.kind == Kind::Word);
    // "Carl and Ben" are words in Dutch as well.
    let [mut votes, names] = [false, true].map(|capital| votes(words().filter(|token| token.capital == capital)));
    if votes.iter().all(|votes| *votes == 0) {
        votes = names;
    }
    let most = votes.iter().max().copied().unwrap_or_default();
    if most == 0 {
        // "Non merci": English knows both.
        let known = words().map(|token| words::languages_of(token.word));
        return known.fold(Languages::MAX, |all, known| all & known) | ENGLISH;
    }
    let spoken = votes.iter().enumerate().filter(|(_, votes)| **votes * 2 >= most);
    spoken.fold(ENGLISH, |all, (at, _)| all | 1 << at)
}

/// How many of the words that are not English each language knows.
fn votes<'t>(words: impl Iterator<Item = &'t Token<'t>>) -> [usize; COUNT] {
    let foreign = words
        .map(|token| words::languages_of(token.word))
        .filter(|known| is_foreign(*known));
    let mut votes = [0; COUNT];
    for known in foreign {
        for (at, votes) in votes.iter_mut().enumerate() {
            *votes += usize::from(known >> at & 1);
        }
    }
    votes
}

/// True for languages without English among them.
pub(super) const fn is_foreign(languages: Languages) -> bool {
    languages != 0 && languages & ENGLISH == 0
}

#[cfg(test)]
mod tests {
    use super::super::sentences::tokens;

    #[test]
    fn a_text_is_read_in_its_own_languages() {
        let [en, de, fr, es, nl, it, pt] = std::array::from_fn(|at| 1 << at);
        for (text, spoken, not) in [
            ("We would like to meet her next week", en, de | fr | es | nl | it | pt),
            (
                "Quiero ver a Carla, el otro es demasiado grande para nosotros",
                en | es,
                de | fr | nl | it,
            ),
            (
                "Wir möchten Ana gern kennenlernen. Ben, I'm afraid, is not for us.",
                en | de,
                es | it | pt,
            ),
            // English knows both words.
            ("Non merci", en | fr, de | es),
            // Names are words of other languages as well.
            ("me interesan Ana y Ben", en | es, nl | de),
        ] {
            let languages = tokens(text).first().unwrap().languages;
            assert_eq!((languages & spoken, languages & not), (spoken, 0), "{text}: {languages:b}");
        }
    }
}
