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
    /// Opens a clause before what matters: "and", "so".
    Lead,
    /// "please", behind a name.
    Please,
    /// Stands around a name and its verdict, and changes nothing: "Lena is a yes from us".
    Plain,
    /// Stands in an offer of times: "Friday at 4 would be good for us".
    Slot,
    /// Opens a description: "the", "der".
    Article,
    /// Stands between a person and a place: "the lady from Lyon".
    Place,
    /// Follows a candidate told by order or description alone: "the first is", "London yes".
    Follows,
    /// Stands between what comes first and what comes second: "Nina over Fred".
    Over,
    /// Begins kind words that are no verdict, even beside a name.
    Seems,
    /// A yes in a list of answers in the order of the letter: "y / n / y".
    Yes,
    /// A no there.
    No,
    /// A maybe there.
    Maybe,
    /// May stand before the number of a candidate.
    BeforeNumber,
    /// May stand behind the number of a candidate.
    AfterNumber,
    /// Says that what follows is the reader's: "your fee is too high".
    Yours,
    /// Says that a clause is about somebody spoken of: "she", "his".
    Pronoun,
    /// Opens the verdict behind a condition without a comma, in languages other than English: "als ze kan wil ik haar zien".
    Subject,
    /// Says that two things were taken for each other: "it was the opposite".
    Swap,
    /// Leaves somebody out: "all bar Orla".
    Except,
    /// Says something of those named before it: "grace is", "neither of them has".
    Verb,
    /// Behind a number it makes a measure: "2 weeks".
    Unit,
    /// Opens what happens when somebody else falls through: "if she turns us down".
    Falls,
    /// Opens what is waited for: "until the budget is in".
    Until,
    /// Stands before several candidates of a kind: "all your welders".
    Determiner,
    /// Means two of them: "both surgeons".
    Two,
    /// Means three of them.
    Three,
    /// Means four of them.
    Four,
    /// Stands between a name and the verdict behind it: "Ana I am not sure about".
    Between,
    /// Opens a half verdict that says no to something: "don't lose her".
    Denial,
    /// Stands in what the letter said of somebody and tells nobody from anybody.
    Empty,
    /// Follows "I am" where the writer speaks of themselves: "I'm not qualified to judge".
    Degree,
    /// Leads from a verdict to whom it is about, who may be unknown: "a no on Kuba".
    Toward,
    /// Is part of a name and no name by itself: "van", "de".
    Particle,
    /// Is written in capitals and stands for something else than a name.
    Capitals,
    /// Ends in a full stop that ends no sentence: "Dr.".
    Short,
    /// Parts a condition from what follows it: "then".
    Then,
    /// Joins no two people: "Mr".
    Title,
    /// Goes to a place, and to nobody: "relocate to Durban".
    Move,
    /// Means several who were spoken of, or all where nobody was: "bring them in".
    Them,
    /// Kind words right behind "all": "all good apart from Petra".
    Good,
    /// A verb that makes a condition unreal: "if she was local".
    Past,
    /// Means several people without saying what they are: "the two Go ones".
    Several,
    /// Behind a name, they choose it: "Paula for me".
    ForUs,
    /// What a client's house does with a candidate: "he'd like to meet Lena".
    Meet,
    /// Nouns of what is done with a candidate: "interested in a call".
    Process,
    /// Opens what somebody has or wants: "your party", "a lunch".
    Possessed,
    /// Says who was meant: "sorry, meant Emily".
    Meant,
    /// A place to fill: "the finance post" is no candidate.
    Post,
    /// Says that answers stand in the order of the letter: "yes and no, in that order".
    InOrder,
    /// Says something of one person alone: of two joined by a comma, only of the second.
    Singular,
}

impl Small {
    fn section(name: &str) -> Option<Self> {
        Some(match name {
            "[joints]" => Self::Joint,
            "[turns]" => Self::Turn,
            "[links]" => Self::Link,
            "[lists]" => Self::List,
            "[leads]" => Self::Lead,
            "[please]" => Self::Please,
            "[plain]" => Self::Plain,
            "[slots]" => Self::Slot,
            "[articles]" => Self::Article,
            "[places]" => Self::Place,
            "[follows]" => Self::Follows,
            "[over]" => Self::Over,
            "[seems]" => Self::Seems,
            "[order yes]" => Self::Yes,
            "[order no]" => Self::No,
            "[order maybe]" => Self::Maybe,
            "[before a number]" => Self::BeforeNumber,
            "[behind a number]" => Self::AfterNumber,
            "[yours]" => Self::Yours,
            "[pronouns]" => Self::Pronoun,
            "[subjects]" => Self::Subject,
            "[swaps]" => Self::Swap,
            "[excepts]" => Self::Except,
            "[verbs]" => Self::Verb,
            "[singular]" => Self::Singular,
            "[units]" => Self::Unit,
            "[falls]" => Self::Falls,
            "[until]" => Self::Until,
            "[determiners]" => Self::Determiner,
            "[two]" => Self::Two,
            "[three]" => Self::Three,
            "[four]" => Self::Four,
            "[between]" => Self::Between,
            "[denials]" => Self::Denial,
            "[empty]" => Self::Empty,
            "[degrees]" => Self::Degree,
            "[toward]" => Self::Toward,
            "[particles]" => Self::Particle,
            "[capitals]" => Self::Capitals,
            "[short forms]" => Self::Short,
            "[then]" => Self::Then,
            "[titles]" => Self::Title,
            "[moves]" => Self::Move,
            "[them]" => Self::Them,
            "[in order]" => Self::InOrder,
            "[good]" => Self::Good,
            "[past]" => Self::Past,
            "[several]" => Self::Several,
            "[for us]" => Self::ForUs,
            "[meet]" => Self::Meet,
            "[meant]" => Self::Meant,
            "[posts]" => Self::Post,
            "[process]" => Self::Process,
            "[possessed]" => Self::Possessed,
            _ => return None,
        })
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }

    /// Says that `fold` can do this.
    pub(super) fn has(self, fold: &str) -> bool {
        self.is_in(of(fold))
    }

    /// Says that a word that can do `all` can do this.
    pub(super) const fn is_in(self, all: u64) -> bool {
        all & self.bit() != 0
    }
}

/// All that a word can do, a bit each.
pub(super) fn of(fold: &str) -> u64 {
    WORDS.get(fold).copied().unwrap_or_default()
}

static WORDS: LazyLock<FnvHashMap<&'static str, u64>> = LazyLock::new(|| {
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
        assert_eq!(found, 54);
    }

    #[test]
    fn a_word_can_do_several_things() {
        assert!(Small::Joint.has("and") && Small::List.has("and") && !Small::Link.has("and"));
        assert!(!Small::Joint.has("java"));
    }
}
