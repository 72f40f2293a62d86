//! The checklist: `tests/lines/*.tsv` names, for each line the project promises to keep, the test that fails when it is broken.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::none;
use super::source::{root, rust_files};

/// The lines that must have a test.
fn required() -> Vec<String> {
    let ranges: [(&str, std::ops::RangeInclusive<u8>); 9] = [
        ("R-I", 1..=10),
        ("R-O", 1..=12),
        ("R-B", 1..=4),
        ("R-L", 1..=11),
        ("R-S", 1..=9),
        ("R-D", 1..=8),
        ("C-A", 1..=16),
        ("C-B", 1..=6),
        ("C-C", 1..=12),
    ];
    ranges
        .into_iter()
        .chain([("C-E", 1..=12), ("C-D", 1..=16), ("C-I", 1..=12)])
        .chain([("C-F", 1..=23), ("C-G", 3..=3), ("C-H", 1..=6)])
        .flat_map(|(family, numbers)| numbers.map(move |n| format!("{family}{n}")))
        .collect()
}

/// The list is closed: from then on a line without a test is a failure, not a remark.
pub(super) fn complete() -> bool {
    root().join("tests/lines/complete").exists()
}

/// Rows of all tables: where, line, test.
fn rows() -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(root().join("tests/lines"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "tsv")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        for (number, row) in std::fs::read_to_string(file).unwrap().lines().enumerate() {
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let place = format!("tests/lines/{name}:{}", number + 1);
            let (code, test) = row
                .split_once('\t')
                .unwrap_or_else(|| panic!("{place}: LINE, TAB, name of the test"));
            rows.push((place, code.trim().to_owned(), test.trim().to_owned()));
        }
    }
    rows
}

/// Every test function of the package, with how often its name occurs. An ignored test does not count.
fn tests() -> BTreeMap<String, usize> {
    // Attributes and doc comments may stand between `#[test]` and the function.
    let test = Regex::new(
        r"#\[(?:tokio::)?test(?:\([^\]]*\))?\]((?:\s*(?:#\[[^\n]*\]|//[^\n]*))*)\s*(?:pub(?:\([a-z]+\))?\s+)?(?:async\s+)?fn\s+(\w+)",
    )
    .unwrap();
    let mut found = BTreeMap::new();
    for (_, text) in rust_files("src").into_iter().chain(rust_files("tests")) {
        for hit in test.captures_iter(&text) {
            if !hit[1].contains("#[ignore") {
                *found.entry(hit[2].to_owned()).or_default() += 1;
            }
        }
    }
    assert!(found.contains_key("tidy_every_line_of_the_checklist_has_a_test"));
    found
}

#[test]
fn tidy_every_line_of_the_checklist_has_a_test() {
    let required = required();
    assert_eq!(required.len(), 158);
    let covered: BTreeSet<String> = rows().into_iter().map(|(_, code, _)| code).collect();
    let missing: Vec<&str> = required
        .iter()
        .filter(|code| !covered.contains(*code))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return;
    }
    let list = missing.join(" ");
    println!("still missing: a test for {} of {} lines: {list}", missing.len(), required.len());
    assert!(!complete(), "lines without a test: {list}");
}

#[test]
fn tidy_every_test_of_the_checklist_exists() {
    let tests = tests();
    let line = Regex::new(r"^(R-[IOBLSD]|C-[A-Z])\d{1,2}$").unwrap();
    let mut wrong = Vec::new();
    for (place, code, test) in rows() {
        if !line.is_match(&code) {
            wrong.push(format!("{place}: {code} is no line of the checklist"));
        }
        // A check that is a script is named by its path.
        if test.contains('/') {
            if !root().join(&test).is_file() {
                wrong.push(format!("{place}: there is no {test}"));
            }
            continue;
        }
        match tests.get(&test) {
            Some(1) => {}
            Some(n) => wrong.push(format!("{place}: {n} tests are called {test}")),
            None => wrong.push(format!("{place}: no test is called {test} (or it is ignored)")),
        }
    }
    none("rows of tests/lines that do not lead to a test", &wrong);
}
