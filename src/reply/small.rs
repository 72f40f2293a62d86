//! The small words of `words/small.txt`: what joins, what turns, what links a verdict to its name.
//!
//! In: a folded word. Out: which of these it can be. They say nothing by themselves, so no phrase is made of them.

use std::sync::LazyLock;

use fnv::FnvHashMap;

/// What a small word can do; one word can do several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Small {
    /// Joins clauses: a verdict may end before it and begin behind it.
    Joint,
    /// Turns what stands around it into something else: no gap of a phrase may hold one.
    Turn,
    /// Stands between a verdict and the name it is about.
    Link,
    /// Stands between the candidates of one list.
    List,
}

impl Small {
    fn section(name: &str) -> Option<Self> {
        match name {
            "[joints]" => Some(Self::Joint),
            "[turns]" => Some(Self::Turn),
            "[links]" => Some(Self::Link),
            "[lists]" => Some(Self::List),
            _ => None,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Says that `fold` can do this.
    pub(super) fn has(self, fold: &str) -> bool {
        WORDS.get(fold).is_some_and(|bits| bits & self.bit() != 0)
    }
}

static WORDS: LazyLock<FnvHashMap<&'static str, u8>> = LazyLock::new(|| {
    let mut words = FnvHashMap::default();
    let mut section = None;
    for line in include_str!("words/small.txt").lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            section = Small::section(line);
        } else if let Some(small) = section {
            for word in line.split_whitespace() {
                *words.entry(word).or_insert(0) |= small.bit();
            }
        }
    }
    words
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_one_of_ours() {
        let sections = include_str!("words/small.txt").lines().filter(|line| line.starts_with('['));
        let found = sections.map(|line| assert!(Small::section(line).is_some(), "{line}")).count();
        assert_eq!(found, 4);
    }

    #[test]
    fn a_word_can_do_several_things() {
        assert!(Small::Joint.has("and") && Small::List.has("and") && !Small::Link.has("and"));
        assert!(!Small::Joint.has("java"));
    }
}
