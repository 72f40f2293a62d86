//! The words of orders and of what is told, `words/orders_*.txt`, compiled once.
//!
//! A section for each kind, a pattern a line, in the notation of the `regex` crate, laid against a sentence as [`super::sentence`] writes
//! it: folded words and signs parted by single blanks, `@` for candidates, `&` for the client, `#` for a reference, `~` for what speaks of a
//! time, `<mail>` for an address. Patterns begin and end at a word's edge. After `me = me|us` in the section `[let]`, `{me}` stands for
//! `(me|us)`; what one table lets, those after it know. The patterns of `[unless]` stand before an order and make it none, those of
//! `[unless_order]` only what is ordered; `[spell]` holds
//! words that are written for others: `dont = do not`.

use std::ops::Range;
use std::sync::LazyLock;

use fnv::FnvHashMap;
use regex::Regex;

use super::kind::Kind;

/// The tables of each language.
fn texts() -> [&'static str; 5] {
    [
        include_str!("../words/orders_en.txt"),
        include_str!("../words/orders_steer_en.txt"),
        include_str!("../words/orders_told_en.txt"),
        include_str!("../words/orders_gist_en.txt"),
        include_str!("../words/orders_de.txt"),
    ]
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::compile(&texts()));

/// All patterns.
#[derive(Default)]
struct Table {
    orders: Vec<(Kind, Regex)>,
    unless: Vec<(String, Regex)>,
    sections: Vec<(String, Regex)>,
    spell: FnvHashMap<&'static str, &'static str>,
}

impl Table {
    fn compile(texts: &[&'static str]) -> Self {
        let mut table = Self::default();
        let mut lets: Vec<(String, String)> = Vec::new();
        for text in texts {
            let mut section = "";
            let mut all: Vec<(&str, Vec<String>)> = Vec::new();
            for line in text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with("# "))
            {
                if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    section = name;
                    all.push((section, Vec::new()));
                } else if section == "let" {
                    if let Some((name, options)) = line.split_once(" = ") {
                        lets.push((format!("{{{name}}}"), format!("(?:{})", spelled_out(options, &lets))));
                    }
                } else if section == "spell" {
                    table.spell.extend(line.split_once(" = "));
                } else if let Some((_, lines)) = all.last_mut() {
                    lines.push(spelled_out(line, &lets));
                }
            }
            for (section, lines) in all.into_iter().filter(|(_, lines)| !lines.is_empty()) {
                table.learn(section, &lines);
            }
        }
        table
    }

    fn learn(&mut self, section: &str, lines: &[String]) {
        let alternatives = lines.iter().map(|line| format!("(?:{line})")).collect::<Vec<_>>().join("|");
        if section.starts_with("unless") {
            let regex = Regex::new(&format!("(?:^| )(?:{alternatives})(?: [a-z]+){{0,2}} ?$"));
            self.unless.extend(regex.map(|regex| (section.to_owned(), regex)));
            return;
        }
        let regex = Regex::new(&format!("(?:^| )(?:{alternatives})(?:$| )"));
        match Kind::named(section) {
            Some(kind) => self.orders.extend(regex.map(|regex| (kind, regex))),
            None => self.sections.extend(regex.map(|regex| (section.to_owned(), regex))),
        }
    }
}

/// With the choices of `[let]` in their places.
fn spelled_out(line: &str, lets: &[(String, String)]) -> String {
    let mut line = line.to_owned();
    for (name, options) in lets {
        if line.contains(name) {
            line = line.replace(name, options);
        }
    }
    line
}

/// What a word that was written in a hurry stands for.
pub(super) fn spelled(word: &str) -> &str {
    let meant = TABLE.spell.get(word).or_else(|| TABLE.spell.get(&*shortened(word)?));
    meant.copied().unwrap_or(word)
}

/// "yesss", "sooo": a letter that is held, once.
fn shortened(word: &str) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    let held = letters
        .windows(3)
        .any(|three| matches!(three, [one, two, three] if one == two && two == three));
    letters.dedup();
    (held && word.len() < LONGEST_WORD).then(|| letters.into_iter().collect())
}

/// Nobody holds a letter longer.
const LONGEST_WORD: usize = 24;

/// Orders in a sentence, in its order; of two that overlap the one that begins earlier, then the longer one.
pub(super) fn find(sentence: &str) -> Vec<(Kind, Range<usize>)> {
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    for (kind, regex) in &TABLE.orders {
        let mut at = 0;
        while let Some(hit) = regex.find_at(sentence, at) {
            let text = hit.as_str();
            let start = hit.start() + text.len() - text.trim_start().len();
            let mut end = hit.end() - (text.len() - text.trim_end().len());
            if end <= start {
                break;
            }
            end = without_next_subject(sentence, start..end);
            if stands(*kind, sentence, &(start..end)) {
                found.push((*kind, start..end));
            }
            // The blank behind it is the edge of the next word too.
            at = end.max(hit.start() + 1);
        }
    }
    ends_at_orders(sentence, &mut found);
    found.sort_by_key(|(kind, range)| (range.start, std::cmp::Reverse(range.end), matches!(kind, Kind::Bare(_))));
    let mut end = 0;
    found.retain(|(_, range)| {
        let fits = range.start >= end;
        if fits {
            end = range.end;
        }
        fits
    });
    found
}

/// "He'll get back to us after the panel, please stop reminding him": what nothing is done for ends where something is asked.
fn ends_at_orders(sentence: &str, found: &mut [(Kind, Range<usize>)]) {
    let is_asked = |range: &Range<usize>| sentence.get(range.clone()).is_some_and(|text| text.starts_with("please "));
    let asked: Vec<usize> = found
        .iter()
        .filter(|(kind, range)| !kind.is_idle() && kind.decision().is_none() && is_asked(range))
        .map(|(_, range)| range.start)
        .collect();
    for (_, range) in found
        .iter_mut()
        .filter(|(kind, _)| matches!(kind, Kind::Silent | Kind::Hold | Kind::Agreed))
    {
        let Some(next) = asked.iter().filter(|at| range.contains(at) && **at > range.start).min() else {
            continue;
        };
        let left = sentence.get(range.start..*next).unwrap_or_default();
        let left = left.trim_end_matches([' ', ',', '-', ';']);
        range.end = range.start + left.len();
    }
}

/// "yes to Ana and Ben is a no": the last of a list has a predicate of their own.
fn without_next_subject(sentence: &str, hit: Range<usize>) -> usize {
    let whole = sentence.get(hit.clone()).unwrap_or_default();
    let Some(bare) = whole
        .strip_suffix(" @")
        .map(|head| head.trim_end_matches([' ', ',']).trim_end_matches(" and"))
    else {
        return hit.end;
    };
    let rest = sentence.get(hit.end..).unwrap_or_default();
    let joined = bare.len() + 2 < whole.len();
    if joined && bare.ends_with('@') && is("predicate", rest) {
        hit.start + bare.len()
    } else {
        hit.end
    }
}

/// So many words behind a hit tell what it is.
const NEXT: usize = 6;

/// What is told in one word stands as a clause; "yes Ana is free" tells nothing of a decision.
fn stands(kind: Kind, sentence: &str, hit: &Range<usize>) -> bool {
    let whole = sentence.get(hit.clone()).unwrap_or_default();
    let rest = sentence.get(hit.end..).unwrap_or_default();
    let next = rest.split(' ').take(NEXT).map(str::len).sum::<usize>() + NEXT;
    let rest = rest.get(..next).unwrap_or(rest);
    match kind {
        Kind::Bare(_) => is_clause(sentence, hit),
        // "Note that he is to be reached at …" tells an address; "interview Ana Tuesday" tells no answer.
        Kind::Note if whole.contains("<mail>") => false,
        Kind::Told(_) if whole.starts_with("interview") && rest.trim_start().starts_with('~') => false,
        // "She wants Owen's references": something of theirs is no answer.
        // "She wants Ana to send her references"
        Kind::Told(_) if whole.ends_with('@') && is("told_to", rest) && !is("told_to_come", rest) => false,
        Kind::Told(_) if whole.ends_with('@') && (is("possessed", rest) || is_of_theirs(whole, rest)) => false,
        Kind::Told(_) => !(is("short", whole) && is("predicate", rest) || whole.ends_with(" no") && is("no_what", rest)),
        _ => true,
    }
}

/// "Wants to see Ingrid's code samples": what is wanted is not Ingrid.
pub(super) fn is_of_theirs(before_name: &str, behind: &str) -> bool {
    // The words next to the name, of a text that may be long.
    let before = before_name.strip_suffix('@').unwrap_or(before_name).trim_end();
    let before = before.rsplit(' ').next().unwrap_or_default();
    let behind = behind.trim_start();
    let behind = behind.split(' ').next().unwrap_or_default();
    is("takes_object", before) && behind.starts_with(|c: char| c.is_alphabetic()) && !is("follows", behind)
}

/// It stands between marks, or at the sentence's ends.
fn is_clause(sentence: &str, hit: &Range<usize>) -> bool {
    let before = sentence.get(..hit.start).unwrap_or_default().trim_end();
    let after = sentence.get(hit.end..).unwrap_or_default().trim_start();
    (before.is_empty() || is("opens", before)) && (after.is_empty() || is("closes", after))
}

/// The text is of this section of the tables that no order has.
pub(super) fn is(section: &str, text: &str) -> bool {
    TABLE.sections.iter().any(|(name, regex)| name == section && regex.is_match(text))
}

/// The words of a text that are of such a section.
pub(super) fn words_of(section: &str, text: &str) -> Option<Range<usize>> {
    let (_, regex) = TABLE
        .sections
        .iter()
        .find(|(name, regex)| name == section && regex.is_match(text))?;
    regex.find(text).map(|hit| hit.range())
}

/// Nobody says the same so often in one breath.
const MOST: usize = 40;

/// Whether words of such a section stand in a text, and the text without them.
pub(super) fn without(section: &str, text: &str) -> (bool, String) {
    let mut rest = text.to_owned();
    for (_, regex) in TABLE.sections.iter().filter(|(name, _)| name == section) {
        for _ in 0..MOST {
            let Some(hit) = regex.find(&rest).map(|hit| hit.range()) else {
                break;
            };
            // A mark keeps apart what stood before the words and behind them.
            rest.replace_range(hit, " ... ");
        }
    }
    (rest != text, rest)
}

/// What stands before an order says that it is none: "don't", "should we", "once she has confirmed,".
pub(super) fn is_void(before: &str, whole: &str, kind: Kind) -> bool {
    // "Ana has withdrawn" is told, "withdraw Ana" is ordered.
    let told = kind.decision().is_some()
        || matches!(kind, Kind::Times | Kind::Report | Kind::Address)
        // "She asked us to stop the reminders" is as good as ordered.
        || kind == Kind::StopChase && is("asks_for_it", before)
        || kind == Kind::Withdraw && is("with_subject", whole);
    let counts = |section: &str| section == "unless" || !told;
    TABLE
        .unless
        .iter()
        .any(|(section, regex)| counts(section) && regex.is_match(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_compiles() {
        let texts = texts();
        let is_section = |line: &&str| line.starts_with('[') && line.ends_with(']') && !matches!(*line, "[let]" | "[spell]");
        let sections = texts.iter().flat_map(|text| text.lines()).filter(is_section).count();
        let table = Table::compile(&texts);
        assert_eq!(table.orders.len() + table.unless.len() + table.sections.len(), sections);
    }
}
