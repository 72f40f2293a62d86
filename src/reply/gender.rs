//! Who "she" and "he" can be: what the first names of the candidates tell.
//!
//! In: first names. Out: which candidates are women and men, only where every name of the letter tells. Names most people read one
//! way stand in `words/names.txt`; all others tell nothing.

use std::sync::LazyLock;

use fnv::FnvHashMap;

/// Of whom a pronoun or a first name is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    /// "she", "the ladies".
    She,
    /// "he", "the lads".
    He,
}

impl Gender {
    /// Of a first name, folded.
    pub(super) fn of_name(fold: &str) -> Option<Self> {
        NAMES.get(fold).copied()
    }

    /// Of a pronoun, folded.
    pub(super) fn of_pronoun(fold: &str) -> Option<Self> {
        WORDS.pronouns.get(fold).copied()
    }

    /// Of a noun for a person, and whether it means several.
    pub(super) fn of_noun(fold: &str) -> Option<(Self, bool)> {
        WORDS.nouns.get(fold).copied()
    }
}

/// The words of `words/genders.txt`.
#[derive(Default)]
struct Words {
    pronouns: FnvHashMap<&'static str, Gender>,
    nouns: FnvHashMap<&'static str, (Gender, bool)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    let mut section = "";
    for line in include_str!("words/genders.txt").lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let gender = if section.contains("she") { Gender::She } else { Gender::He };
        for word in line.split_whitespace() {
            match section {
                "[she]" | "[he]" => drop(words.pronouns.insert(word, gender)),
                _ => drop(words.nouns.insert(word, (gender, section.ends_with("several]")))),
            }
        }
    }
    words
});

static NAMES: LazyLock<FnvHashMap<&'static str, Gender>> = LazyLock::new(|| {
    let mut names = FnvHashMap::default();
    let mut gender = Gender::She;
    for line in include_str!("words/names.txt").lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            gender = if line == "[he]" { Gender::He } else { Gender::She };
        } else {
            names.extend(line.split_whitespace().map(|name| (name, gender)));
        }
    }
    names
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_both() {
        let text = include_str!("words/names.txt");
        let names = text
            .lines()
            .filter(|line| !line.starts_with(['#', '[']))
            .flat_map(str::split_whitespace);
        assert_eq!(names.count(), NAMES.len());
        assert_eq!(
            (Gender::of_name("ana"), Gender::of_name("carl")),
            (Some(Gender::She), Some(Gender::He))
        );
        assert_eq!(Gender::of_name("kim"), None);
        assert_eq!(Gender::of_pronoun("shes"), Some(Gender::She));
        assert_eq!(Gender::of_noun("lads"), Some((Gender::He, true)));
        assert_eq!(Gender::of_noun("woman"), Some((Gender::She, false)));
    }
}
