//! What lies in the package, and what must not be in any file of it.

use std::collections::BTreeSet;

use regex::Regex;

use super::{none, source::root, tracked};

const TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "templates",
    "fixtures",
    "tests",
    "config.toml",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

#[test]
fn tidy_the_top_level_holds_what_belongs_there() {
    let tracked = tracked();
    if tracked.is_empty() {
        println!("not run: the layout (no git checkout)");
        return;
    }
    let found: BTreeSet<&str> = tracked.iter().map(|name| name.split('/').next().unwrap()).collect();
    let odd: Vec<String> = found
        .iter()
        .filter(|name| !TOP.contains(name) && !name.starts_with('.') && !["benches", "fuzz", "packaging"].contains(name))
        .map(|name| (*name).to_owned())
        .collect();
    none("at the top level but not in its list", &odd);
    let missing: Vec<&str> = TOP.into_iter().filter(|name| !found.contains(name)).collect();
    if !missing.is_empty() {
        println!("still missing: at the top level {}", missing.join(", "));
        assert!(!super::checklist::complete(), "missing at the top level: {}", missing.join(", "));
    }
}

#[test]
fn tidy_no_file_knows_somebodys_machine() {
    // Put together here so that this file is not its own finding.
    let homes = [
        "/ho",
        "me/[a-z]",
        "|/ro",
        "ot/|/Us",
        "ers/[A-Za-z]|[A-Z]:\\\\Us",
        "ers|/wo",
        "rk/(?:wt|main|shared|target)",
    ]
    .concat();
    let machine = Regex::new(&format!(r#"(?m)(?:^|[\s"'`(=:])(?:{homes})"#)).unwrap();
    let mut wrong = Vec::new();
    for name in tracked() {
        let Ok(text) = std::fs::read_to_string(root().join(&name)) else {
            continue; // not text
        };
        for hit in machine.find_iter(&text) {
            wrong.push(format!("{name}:{}", text[..hit.start()].lines().count().max(1)));
        }
    }
    none("paths of one machine", &wrong);
}

#[test]
fn tidy_scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    let mut wrong = Vec::new();
    for name in tracked() {
        let path = root().join(&name);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let executable = path.metadata().unwrap().permissions().mode() & 0o111 != 0;
        if executable != bytes.starts_with(b"#!") {
            wrong.push(name);
        }
    }
    none("executable without #!, or #! without being executable", &wrong);
}
