//! What machines write, in the languages of `words/*.txt`: one table for each language, all of them searched together.
//!
//! In: the tables. Out: lists of phrases, months, weekdays, and the words that stand beside the day of a return.
//! Never here: a text of a mail, or a decision what it means.

mod section;

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::Weekday;
use fnv::FnvHashMap;

use super::day::{Token, tokens};
use super::words::Words;
use section::SECTIONS;
pub(super) use section::Section;

const SOURCES: [&str; 13] = [
    include_str!("../words/en.txt"),
    include_str!("../words/de.txt"),
    include_str!("../words/fr.txt"),
    include_str!("../words/es.txt"),
    include_str!("../words/it.txt"),
    include_str!("../words/nl.txt"),
    include_str!("../words/pt.txt"),
    include_str!("../words/sv.txt"),
    include_str!("../words/da.txt"),
    include_str!("../words/nb.txt"),
    include_str!("../words/fi.txt"),
    include_str!("../words/pl.txt"),
    include_str!("../words/other.txt"),
];
/// How a date is tied to an absence, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cue {
    /// "3 and 4 August": only between two dates.
    And,
    /// "3 to 12 August": only right before the second.
    To,
    /// "until".
    Until,
    /// "back on".
    Back,
}

const CUES: [(&str, Cue); 4] = [("and", Cue::And), ("to", Cue::To), ("until", Cue::Until), ("back", Cue::Back)];

/// A unit of time that an absence is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Day,
    Week,
    Month,
}

/// The tables, put together.
pub(super) struct Tables {
    sections: FnvHashMap<Section, Words>,
    /// By their first word: the others, and what they mean.
    cues: FnvHashMap<&'static str, Vec<(Vec<Token<'static>>, Cue)>>,
    /// Words behind a date that mean "until".
    after: Vec<&'static str>,
    months: FnvHashMap<&'static str, u32>,
    weekdays: FnvHashMap<&'static str, Weekday>,
    spans: FnvHashMap<&'static str, Span>,
    numbers: FnvHashMap<&'static str, u32>,
    /// Somebody is away, in English.
    english: Words,
    /// What a machine may say that does not mark its mail.
    suspicious: Words,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::read);

impl Tables {
    /// The phrases of a section.
    pub(super) fn list(&self, section: Section) -> &Words {
        static NONE: Words = Words::new("\0");
        self.sections.get(&section).unwrap_or(&NONE)
    }

    /// True when one of the phrases of a section stands in `text`, which is in lower case.
    pub(super) fn has(&self, section: Section, text: &str) -> bool {
        self.list(section).any_in(text)
    }

    /// True when `text`, in lower case, begins with a phrase of a section.
    pub(super) fn starts(&self, section: Section, text: &str) -> bool {
        self.list(section).any_starts(text)
    }

    /// True when a text may be a machine's: nothing says more about most texts than that this is false.
    pub(super) fn is_suspicious(&self, text: &str) -> bool {
        self.suspicious.any_in(text)
    }

    /// True for notices in English, where a date in digits may begin with the month.
    pub(super) fn reads_english(&self, text: &str) -> bool {
        self.english.any_in(text)
    }

    /// The cue that begins at the first of `tokens`, and how many of them it takes; the longest wins.
    pub(super) fn cue(&self, tokens: &[Token<'_>]) -> Option<(Cue, usize)> {
        let (first, rest) = tokens.split_first()?;
        let known = self.cues.get(first.text)?;
        let fits = known
            .iter()
            .filter(|(more, _)| more.len() <= rest.len() && more.iter().zip(rest).all(|(a, b)| a.text == b.text));
        fits.max_by_key(|(more, _)| more.len()).map(|(more, cue)| (*cue, more.len() + 1))
    }

    /// True for a word behind a date that means "until". Japanese and Chinese write on without a blank.
    pub(super) fn is_after(&self, word: &str) -> bool {
        self.after.iter().any(|after| {
            if after.is_ascii() {
                word == *after
            } else {
                word.starts_with(after)
            }
        })
    }

    /// January is 1.
    pub(super) fn month(&self, word: &str) -> Option<u32> {
        self.months.get(word).copied()
    }

    pub(super) fn weekday(&self, word: &str) -> Option<Weekday> {
        self.weekdays.get(word).copied()
    }

    pub(super) fn span(&self, word: &str) -> Option<Span> {
        self.spans.get(word).copied()
    }

    /// "two"; a lone "a" is one.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    fn read() -> Self {
        let mut lists: FnvHashMap<Section, Vec<&'static str>> = FnvHashMap::default();
        let mut tables = Self {
            sections: FnvHashMap::default(),
            cues: FnvHashMap::default(),
            after: Vec::new(),
            months: FnvHashMap::default(),
            weekdays: FnvHashMap::default(),
            spans: FnvHashMap::default(),
            numbers: FnvHashMap::default(),
            english: Words::new(""),
            suspicious: Words::new(""),
        };
        let mut english = Vec::new();
        for (language, source) in SOURCES.iter().enumerate() {
            for (heading, lines) in sections(source) {
                if let Some((_, section)) = SECTIONS.iter().find(|(name, _)| *name == heading) {
                    if language == 0 && *section == Section::Away {
                        english.clone_from(&lines);
                    }
                    let by_word = matches!(
                        section,
                        Section::Unit | Section::Article | Section::Answer | Section::Small | Section::End
                    );
                    let phrases = lines
                        .into_iter()
                        .flat_map(|line| if by_word { line.split(' ').collect() } else { vec![line] });
                    lists.entry(*section).or_default().extend(phrases);
                } else if let Some((_, cue)) = CUES.iter().find(|(name, _)| *name == heading) {
                    lines.into_iter().for_each(|line| tables.add_cue(line, *cue));
                } else {
                    tables.add_days(heading, &lines);
                }
            }
        }
        let suspicious = [Section::Away, Section::Gone, Section::Machine, Section::Ticket];
        let suspicious: Vec<&str> = suspicious.iter().filter_map(|one| lists.get(one)).flatten().copied().collect();
        tables.suspicious = Words::listed(Cow::Owned(suspicious.join("|")));
        tables.english = Words::listed(Cow::Owned(english.join("|")));
        tables.sections = lists
            .into_iter()
            .map(|(section, phrases)| (section, Words::listed(Cow::Owned(phrases.join("|")))))
            .collect();
        tables
    }

    fn add_cue(&mut self, line: &'static str, cue: Cue) {
        let mut words = tokens(line);
        if !words.is_empty() {
            let first = words.remove(0);
            self.cues.entry(first.text).or_default().push((words, cue));
        }
    }

    fn add_days(&mut self, heading: &str, lines: &[&'static str]) {
        match heading {
            "after" => self.after.extend(lines),
            "months" => number(&mut self.months, lines),
            "numbers" => number(&mut self.numbers, lines),
            "spans" => {
                for (span, line) in [Span::Day, Span::Week, Span::Month].into_iter().zip(lines) {
                    line.split(' ').for_each(|word| {
                        self.spans.entry(word).or_insert(span);
                    });
                }
            }
            "weekdays" => {
                let week = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ()));
                for (day, line) in week.zip(lines) {
                    line.split(' ').for_each(|word| {
                        self.weekdays.entry(word).or_insert(day);
                    });
                }
            }
            _ => {}
        }
    }
}

/// Numbers the words of lines from one on. The language named first keeps a word that two share.
fn number(words: &mut FnvHashMap<&'static str, u32>, lines: &[&'static str]) {
    for (number, line) in (1..).zip(lines) {
        line.split(' ').for_each(|word| {
            words.entry(word).or_insert(number);
        });
    }
}

/// The headings of a table, each with its lines.
fn sections(source: &'static str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in source
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let heading = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .filter(|name| is_heading(name));
        match (heading, all.last_mut()) {
            (Some(heading), _) => all.push((heading, Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    all
}

fn is_heading(name: &str) -> bool {
    SECTIONS.iter().any(|(heading, _)| *heading == name)
        || CUES.iter().any(|(heading, _)| *heading == name)
        || matches!(name, "after" | "months" | "weekdays" | "spans" | "numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_filled_and_no_line_is_lost() {
        for (name, section) in SECTIONS {
            assert!(TABLES.list(section).each().all(|phrase| !phrase.is_empty()), "{name}");
            assert!(!TABLES.list(section).has("\0"), "{name} is in no table");
        }
        for (number, source) in SOURCES.iter().enumerate() {
            let first = source.lines().find(|line| !line.starts_with('#') && !line.is_empty()).unwrap();
            assert_eq!(first, "[automatic subject]", "table {number}");
            for line in source.lines().filter(|line| line.starts_with('[')) {
                let name = line.trim_matches(['[', ']']);
                let known = is_heading(name) || TABLES.list(Section::AutomaticSubject).has(line);
                assert!(known, "table {number}: {line}");
            }
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                assert_eq!(line.to_lowercase(), line, "table {number}");
                assert!(!line.contains(['’', '|']), "table {number}: {line}");
            }
        }
    }

    #[test]
    fn twelve_languages_have_months_and_weekdays() {
        for source in SOURCES.iter().take(12) {
            let all = sections(source);
            let lines = |wanted: &str| all.iter().find(|(name, _)| *name == wanted).map(|(_, lines)| lines.len());
            assert_eq!(
                (lines("months"), lines("weekdays")),
                (Some(12), Some(7)),
                "{:?}",
                source.lines().nth(2)
            );
            for needed in ["away", "gone", "stand in", "back"] {
                assert!(lines(needed).is_some(), "{needed}");
            }
        }
        assert_eq!(TABLES.month("września"), Some(9));
        assert_eq!(TABLES.weekday("perjantaina"), Some(Weekday::Fri));
        assert_eq!(TABLES.cue(&tokens("t/m 12 augustus")), Some((Cue::Until, 3)));
    }
}
