//! Wording about what an employer must not decide by: age, sex, where somebody comes from, and so on.
//!
//! In: what a client wrote about somebody, or what a recruiter would write to them. Out: each sentence that speaks of it, and the words that do. A screen for
//! letters to candidates, with a person behind it who is told the words: it would rather stop a sentence too many than one too few, and never judges whether
//! somebody meant it so.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::sentences::{self, Kind, Token};

/// What is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protected {
    /// How old somebody is.
    Age,
    /// Sex and gender.
    Sex,
    /// Pregnancy and parental leave.
    Pregnancy,
    /// Race, ethnic origin, nationality, accent.
    Origin,
    /// Religion and belief.
    Religion,
    /// Disability and health.
    Health,
    /// Sexual orientation.
    Orientation,
    /// Marital status, children, family.
    Family,
    /// Membership of a union, politics.
    Union,
}

/// A sentence that speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screened {
    /// Of what.
    pub about: Protected,
    /// The bytes of the sentence.
    pub sentence: Range<usize>,
    /// The bytes of the words.
    pub words: Range<usize>,
}

impl Protected {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Age,
        Self::Sex,
        Self::Pregnancy,
        Self::Origin,
        Self::Religion,
        Self::Health,
        Self::Orientation,
        Self::Family,
        Self::Union,
    ];

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Pregnancy => "pregnancy",
            Self::Origin => "origin",
            Self::Religion => "religion",
            Self::Health => "health",
            Self::Orientation => "orientation",
            Self::Family => "family",
            Self::Union => "union",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Sex => "sex or gender",
            Self::Pregnancy => "pregnancy or parental leave",
            Self::Origin => "origin, nationality or accent",
            Self::Religion => "religion",
            Self::Health => "health or disability",
            Self::Orientation => "sexual orientation",
            Self::Family => "family or marital status",
            Self::Union => "union or politics",
        }
    }
}

/// The patterns, and those that are taken out first.
struct Table {
    not_meant: Regex,
    about: Vec<(Protected, Regex)>,
}

/// A pattern that stands nowhere.
const NEVER: &str = "[^\\s\\S]";

static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| Table::compile(include_str!("words/protected.txt")));

impl Table {
    fn compile(text: &str) -> Option<Self> {
        let mut lets: Vec<(String, String)> = Vec::new();
        let mut sections: Vec<(&str, Vec<String>)> = Vec::new();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let spelled = lets.iter().fold(line.to_owned(), |line, (name, choice)| line.replace(name, choice));
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                sections.push((name, Vec::new()));
            } else if sections.last().is_some_and(|(name, _)| *name == "let") {
                let (name, choice) = spelled.split_once(" = ")?;
                lets.push((format!("{{{name}}}"), format!("(?:{choice})")));
            } else {
                sections.last_mut()?.1.push(spelled);
            }
        }
        let regex = |name: &str| {
            let lines = sections.iter().filter(|(section, _)| *section == name).flat_map(|(_, lines)| lines);
            let choices: Vec<String> = lines.map(|line| format!("(?:{line})")).collect();
            let any = if choices.is_empty() { NEVER.to_owned() } else { choices.join("|") };
            Regex::new(&format!("(?:^| )(?:{any})(?:$| )")).ok()
        };
        Some(Self {
            not_meant: regex("not_meant")?,
            about: Protected::ALL
                .into_iter()
                .map(|one| Some((one, regex(one.name())?)))
                .collect::<Option<_>>()?,
        })
    }
}

/// A sentence in folded words, and where each stands in the text.
struct Flat {
    text: String,
    words: Vec<(Range<usize>, Range<usize>)>,
}

impl Flat {
    /// The bytes of the text that a piece of the folded sentence stands for.
    fn bytes(&self, of: &Range<usize>) -> Option<Range<usize>> {
        let mut within = self.words.iter().filter(|(flat, _)| flat.start < of.end && flat.end > of.start);
        let (_, first) = within.next()?;
        let last = within.next_back().map_or(first, |(_, last)| last);
        Some(first.start..last.end)
    }

    /// With blanks where something else was meant.
    fn without(&self, not_meant: &Regex) -> String {
        let mut rest = self.text.clone();
        let mut from = 0;
        while let Some(hit) = not_meant.find_at(&rest, from).map(|hit| hit.range()) {
            // The edge behind it is the edge of the next word too; a sign that stands in no pattern keeps what is around it apart.
            let end = if hit.end < rest.len() { hit.end - 1 } else { hit.end };
            let start = if hit.start == 0 && !rest.starts_with(' ') {
                0
            } else {
                hit.start + 1
            };
            if end <= start {
                break;
            }
            rest.replace_range(start..end, &"|".repeat(end - start));
            from = end;
        }
        rest
    }
}

/// Stands for somebody's name: "Christian" is no religion.
const NAME: &str = "|";

/// Letters before an apostrophe that are a word of their own: "d'enfants", "l'âge".
const ELIDED: [&str; 9] = ["l", "d", "s", "n", "j", "c", "m", "t", "qu"];

/// The folded words of a token.
fn words_of(token: &Token<'_>, text: &str) -> Vec<String> {
    let written = text.get(token.range.clone()).unwrap_or_default();
    let parts = written
        .split_once(['\'', '’'])
        .map(|(head, tail)| (sentences::fold(head), sentences::fold(tail)));
    match parts {
        Some((head, tail)) if ELIDED.contains(&&*head) && tail.chars().count() > 1 => vec![head.into_owned(), tail.into_owned()],
        Some(_) | None => token.fold.split('-').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    }
}

/// The sentences that speak of something protected, in their order; one that speaks of several stands there for each. `names` are those of the people
/// it is about: they say nothing.
#[must_use]
pub fn screen(text: &str, names: &[&str]) -> Vec<Screened> {
    let names: Vec<String> = names
        .iter()
        .flat_map(|name| name.split([' ', '-']))
        .map(|name| sentences::fold(name).into_owned())
        .collect();
    let Some(table) = TABLE.as_ref() else { return Vec::new() };
    let tokens = sentences::tokens(text);
    let mut found = Vec::new();
    for sentence in sentences::sentences(&tokens) {
        let within = tokens.get(sentence.tokens.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (within.first(), within.last()) else {
            continue;
        };
        let mut flat = Flat {
            text: String::new(),
            words: Vec::new(),
        };
        for token in within.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Number)) {
            for word in words_of(token, text) {
                if !flat.text.is_empty() {
                    flat.text.push(' ');
                }
                let start = flat.text.len();
                let is_name = names.contains(&word);
                flat.text.push_str(if is_name { NAME } else { &word });
                flat.words.push((start..flat.text.len(), token.range.clone()));
            }
        }
        let meant = flat.without(&table.not_meant);
        for (about, regex) in &table.about {
            let hit = regex.find(&meant).map(|hit| {
                let edges = hit.as_str();
                let start = hit.start() + (edges.len() - edges.trim_start().len());
                start..hit.end() - (edges.len() - edges.trim_end().len())
            });
            if let Some(words) = hit.and_then(|hit| flat.bytes(&hit)) {
                found.push(Screened {
                    about: *about,
                    sentence: first.range.start..last.range.end,
                    words,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_compiles() {
        let table = TABLE.as_ref().expect("the table");
        assert_eq!(table.about.len(), Protected::ALL.len());
    }

    #[test]
    fn words_and_sentence_are_those_of_the_text() {
        let text = "Strong on Java. He is too old for us, I am afraid.";
        let [one] = screen(text, &[]).try_into().unwrap();
        assert_eq!(text.get(one.sentence.clone()), Some("He is too old for us, I am afraid"));
        assert!(
            text.get(one.words.clone()).is_some_and(|words| words.contains("too old")),
            "{one:?}"
        );
        assert_eq!(one.about, Protected::Age);
    }

    #[test]
    fn a_name_says_nothing() {
        assert_eq!(screen("Christian is a Christian.", &["Christian Black"]).len(), 0);
        assert_eq!(screen("Christian is a Muslim.", &["Christian Black"]).len(), 1);
    }

    #[test]
    fn what_is_not_meant_keeps_what_stands_beside_it() {
        assert_eq!(screen("A race condition in the demo.", &[]).len(), 0);
        assert_eq!(screen("A race condition in the demo, and he is too old.", &[]).len(), 1);
    }
}
