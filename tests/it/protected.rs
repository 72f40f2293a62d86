//! Wording about protected characteristics: `fixtures/protected/*.txt`, each line a sentence and what it speaks of. The figures are printed:
//! `BINARY protected --nocapture`.

use std::collections::BTreeSet;
use std::path::Path;

use replyd::handin::harsh;
use replyd::reply::{Protected, screen};

struct Case {
    expected: BTreeSet<Protected>,
    sentence: String,
}

fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let case = |line: &str| {
        let (expected, sentence) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", file.display()));
        let named = |name: &str| {
            Protected::ALL
                .into_iter()
                .find(|one| one.name() == name)
                .unwrap_or_else(|| panic!("{line}"))
        };
        let names = expected.split(',').filter(|name| *name != "none");
        Case {
            expected: names.map(named).collect(),
            sentence: sentence.to_owned(),
        }
    };
    lines.map(case).collect()
}

#[test]
fn what_speaks_of_something_protected_is_stopped_and_nothing_else() {
    let mut wrong = Vec::new();
    let mut all = 0;
    for name in ["first.txt", "second.txt", "third.txt"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/protected").join(name);
        let (mut stopped, mut rightly, mut must, mut named, mut to_name) = (0, 0, 0, 0, 0);
        for case in cases(&file) {
            all += 1;
            let found: BTreeSet<Protected> = screen(&case.sentence, &[]).into_iter().map(|one| one.about).collect();
            stopped += usize::from(!found.is_empty());
            must += usize::from(!case.expected.is_empty());
            rightly += usize::from(!found.is_empty() && !case.expected.is_empty());
            to_name += case.expected.len();
            named += case.expected.intersection(&found).count();
            if found.is_empty() != case.expected.is_empty() || !case.expected.is_subset(&found) {
                wrong.push(format!("{name}: {}: expected {:?}, found {found:?}", case.sentence, case.expected));
            }
        }
        println!("{name}: precision {rightly}/{stopped}, recall {rightly}/{must}, named {named}/{to_name}");
    }
    assert!(all >= 150, "only {all} sentences were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn long_and_hostile_text_is_screened_in_time() {
    let started = std::time::Instant::now();
    for text in [
        "is very ".repeat(40_000),
        "a ".repeat(100_000),
        "\u{301}'d'".repeat(30_000),
        "old the the old ".repeat(20_000),
    ] {
        let _ = screen(&text, &["Ana Souza"]);
        let _ = harsh(&text);
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn unkind_words_are_found() {
    for text in ["He is an idiot.", "What a waste of time.", "Totally clueless about databases"] {
        assert!(harsh(text).is_some(), "{text}");
    }
    for text in [
        "He has too little experience.",
        "Her rate is above our budget.",
        "Not the right profile for us",
    ] {
        assert_eq!(harsh(text), None, "{text}");
    }
}
