//! The words of orders, `words/orders_*.txt`, compiled once.
//!
//! A section for each order, a pattern a line, in the notation of the `regex` crate, laid against a sentence as [`super::sentence`] writes
//! it: folded words and signs parted by single blanks, `@` for candidates, `&` for the client, `#` for a reference, `~` for what speaks of a
//! time, `<mail>` for an address. Patterns begin and end at a word's edge. After `me = me|us` in the section `[let]`, `{me}` stands for
//! `(me|us)`. The patterns of `[unless]` stand before an order and make it none.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Kind;

/// The tables of each language.
const TABLES: [&str; 2] = [include_str!("../words/orders_en.txt"), include_str!("../words/orders_de.txt")];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::compile(&TABLES));

/// All patterns.
#[derive(Default)]
struct Table {
    orders: Vec<(Kind, Regex)>,
    unless: Vec<Regex>,
}

impl Table {
    fn compile(tables: &[&str]) -> Self {
        let mut table = Self::default();
        for text in tables {
            let mut lets: Vec<(String, String)> = Vec::new();
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
                } else if let Some((_, lines)) = all.last_mut() {
                    lines.push(spelled_out(line, &lets));
                }
            }
            for (section, lines) in all {
                let alternatives = lines.iter().map(|line| format!("(?:{line})")).collect::<Vec<_>>().join("|");
                if section == "unless" {
                    table
                        .unless
                        .extend(Regex::new(&format!("(?:^| )(?:{alternatives})(?: [a-z]+){{0,2}} ?$")));
                } else if let Some(kind) = Kind::named(section) {
                    table
                        .orders
                        .extend(Regex::new(&format!("(?:^| )(?:{alternatives})(?:$| )")).map(|regex| (kind, regex)));
                }
            }
        }
        table
    }
}

/// With the choices of `[let]` in their places.
fn spelled_out(line: &str, lets: &[(String, String)]) -> String {
    lets.iter()
        .fold(line.to_owned(), |line, (name, options)| line.replace(name, options))
}

/// Orders in a sentence, in its order; of two that overlap the one that begins earlier, then the longer one.
pub(super) fn find(sentence: &str) -> Vec<(Kind, Range<usize>)> {
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    for (kind, regex) in &TABLE.orders {
        let mut at = 0;
        while let Some(hit) = regex.find_at(sentence, at) {
            let text = hit.as_str();
            let start = hit.start() + text.len() - text.trim_start().len();
            let end = hit.end() - (text.len() - text.trim_end().len());
            found.push((*kind, start..end));
            // The blank behind it is the edge of the next word too.
            at = end.max(hit.start() + 1);
        }
    }
    found.sort_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)));
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

/// What stands before an order says that it is none: "don't", "should we", "once she has confirmed,".
pub(super) fn is_void(before: &str) -> bool {
    TABLE.unless.iter().any(|regex| regex.is_match(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_compiles() {
        for text in TABLES {
            let sections = text
                .lines()
                .filter(|line| line.starts_with('[') && *line != "[let]" && *line != "[unless]")
                .count();
            let table = Table::compile(&[text]);
            assert_eq!(table.orders.len(), sections, "{}", text.lines().next().unwrap_or_default());
            assert_eq!(table.unless.len(), 1);
        }
    }
}
