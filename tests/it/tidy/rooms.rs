//! Which room may know which room, which crate, the clock, the dice, and SQL.

use std::collections::BTreeSet;

use regex::Regex;

use super::{Source, none, sources};

/// In walking order: each may import those before it.
const QUIET: [&str; 9] = [
    "model",
    "calendar",
    "message",
    "reply",
    "handin",
    "link",
    "conversation",
    "figures",
    "compose",
];
/// They import quiet rooms and the sockets, never each other.
const DOORS: [&str; 7] = ["store", "inbox", "http", "outbox", "oauth", "feed", "webhook"];

/// Whether code of `room` may name `other`; `None` for a room that this test does not know.
fn may_import(room: &str, other: &str) -> Option<bool> {
    let quiet = QUIET.iter().position(|r| *r == room);
    let other_quiet = QUIET.iter().position(|r| *r == other);
    let door = DOORS.contains(&room);
    let other_door = DOORS.contains(&other);
    if room == other {
        return Some(true);
    }
    Some(match (room, other) {
        _ if quiet.is_some() => other_quiet.is_some_and(|o| Some(o) < quiet),
        // The sockets are the floor under the doors that call out.
        ("net", "model") => true,
        ("net", _) => false,
        _ if door => other_quiet.is_some() || (other == "net" && room != "store"),
        // What is written in config.toml, and what it means to each door.
        ("config", _) => other_quiet.is_some() || other_door || other == "net",
        ("daemon", _) => other_quiet.is_some() || other_door || matches!(other, "net" | "config"),
        // Beside the house: they see everything, and only the front office sees them.
        ("demo" | "lab" | "simulate" | "check", _) => other != "cli",
        ("cli", _) => true,
        ("main", _) => other == "cli",
        ("lib", _) => true,
        _ => return None,
    })
}

/// Every room named by `crate::…`, `replyd::…`, or a `super::` that leaves the room.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let path = Regex::new(r"\b(?:crate|replyd)\s*::\s*(\{|\w+)").unwrap();
    for hit in path.captures_iter(&source.code) {
        let first = hit.get(1).unwrap();
        if first.as_str() == "{" {
            found.extend(group(&source.code, first.end()).into_iter().map(|name| (first.start(), name)));
        } else {
            found.push((first.start(), first.as_str().to_owned()));
        }
    }
    // `super` from src/room/mod.rs and from src/room.rs is the crate itself; one level deeper takes one more.
    let inside = source.path.trim_start_matches("src/").trim_end_matches("/mod.rs");
    let levels = inside.split('/').count();
    let outward = Regex::new(r"\b((?:super\s*::\s*)+)(\w+)").unwrap();
    for hit in outward.captures_iter(&source.code) {
        if hit[1].matches("super").count() >= levels {
            found.push((hit.get(2).unwrap().start(), hit[2].to_owned()));
        }
    }
    found.retain(|(_, name)| name != "self");
    found
}

/// The first segments inside `{…}`, which opened just before `start`.
fn group(code: &str, start: usize) -> Vec<String> {
    let mut depth = 0;
    let mut names = vec![String::new()];
    let mut open = true;
    for c in code[start..].chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                open = true;
            }
            c if depth == 0 && open && (c.is_alphanumeric() || c == '_') => names.last_mut().unwrap().push(c),
            c if depth == 0 && !c.is_whitespace() => open = false,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn tidy_rooms_import_only_what_lies_before_them() {
    let sources = sources();
    let rooms: BTreeSet<&str> = sources.iter().map(|s| s.room.as_str()).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources {
        for (at, other) in imports(source) {
            if !rooms.contains(other.as_str()) {
                continue; // a macro or an item of lib.rs
            }
            seen += 1;
            match may_import(&source.room, &other) {
                Some(true) => {}
                Some(false) => wrong.push(format!("{}: {} imports {other}", source.at(at), source.room)),
                None => wrong.push(format!(
                    "{}: the room {} is not in the list of this test",
                    source.at(at),
                    source.room
                )),
            }
        }
    }
    assert!(seen > 20, "only {seen} imports found");
    none("rooms that import what they may not", &wrong);
}

#[test]
fn tidy_notices_a_wrong_import() {
    let source = Source {
        path: "src/reply/mod.rs".into(),
        room: "reply".into(),
        text: String::new(),
        code: "use crate::{model::X, compose::{Y, Z}};\nuse super::store; use crate :: link; use super::own::super_thing;".into(),
        literals: Vec::new(),
    };
    let found: Vec<String> = imports(&source).into_iter().map(|(_, name)| name).collect();
    assert_eq!(found, ["model", "compose", "link", "store", "own"]);
    assert_eq!(may_import("reply", "compose"), Some(false));
    assert_eq!(may_import("inbox", "store"), Some(false));
    assert_eq!(may_import("daemon", "demo"), Some(false));
    assert_eq!(may_import("compose", "link"), Some(true));
}

/// Where each outside crate may be named; a crate that is not here is refused until somebody gives it a room.
fn crate_rooms(name: &str) -> Option<&'static [&'static str]> {
    const ANYWHERE: &[&str] = &["*"];
    const RUNTIME: &[&str] = &[
        "net", "store", "inbox", "http", "outbox", "oauth", "feed", "daemon", "cli", "demo", "lab", "simulate", "check", "main",
    ];
    Some(match name {
        "async_imap" => &["inbox"],
        "rusqlite" => &["store"],
        // The lab times its bare parse, to measure reading against.
        "mail_parser" => &["message", "lab"],
        "html2text" | "aho_corasick" | "fnv" => &["message", "reply"],
        "memchr" => &["message", "reply", "compose", "outbox"],
        "chrono_tz" | "icalendar" | "calcard" => &["calendar"],
        "hmac" | "sha2" => &["link"],
        // The builder in compose, the connection in outbox.
        "lettre" => &["compose", "outbox"],
        // Keys for DKIM, and the provider behind TLS; hashes come from link.
        "ring" => &["compose", "outbox", "net"],
        // Signing keys are made where the file that keeps them is read.
        "getrandom" => &["daemon", "cli", "demo", "config"],
        "axum" | "tower" => &["http", "demo"],
        "hyper" | "hyper_util" => &["http", "net", "demo", "check"],
        "http_body_util" => &["net", "check"],
        "minijinja" => &["compose", "http"],
        "plotters" => &["figures"],
        "clap" | "tracing_subscriber" | "indicatif" => &["cli"],
        // PEM files: certificates in net, the DKIM key in compose.
        "rustls_pki_types" => &["net", "compose"],
        "tokio_rustls" | "rustls_native_certs" | "socket2" => &["net"],
        "sd_notify" => &["daemon"],
        "rustix" => &["store", "daemon", "check"],
        "imap_next" | "imap_codec" => &["demo"],
        "serde_path_to_error" => &["config"],
        "hickory_resolver" | "x509_parser" => &["check"],
        "strsim" => &["config", "cli", "reply"],
        "tokio" | "futures_util" => RUNTIME,
        "chrono" | "regex" | "serde" | "serde_json" | "toml" | "thiserror" | "tracing" | "base64" | "data_encoding" => ANYWHERE,
        _ => return None,
    })
}

/// The names under `[dependencies]`, as they are written in code.
fn dependencies() -> Vec<String> {
    let manifest: toml::Table = std::fs::read_to_string(super::source::root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let names: Vec<String> = manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(|k| k.replace('-', "_"))
        .collect();
    assert!(names.len() > 10);
    names
}

#[test]
fn tidy_outside_crates_stay_in_their_rooms() {
    let sources = sources();
    let mut wrong = Vec::new();
    for name in dependencies() {
        let Some(rooms) = crate_rooms(&name) else {
            wrong.push(format!("Cargo.toml: {name} has no room; give it one in tests/it/tidy/rooms.rs"));
            continue;
        };
        // `name::…` at the start of a path, `use name;`, `use name as …`; not a module of ours with the same name.
        let used = Regex::new(&format!(r"(?:^|[^\w:.])(?:::)?({name})\s*::|\buse\s+({name})\s*(?:;|as\b)")).unwrap();
        for source in sources
            .iter()
            .filter(|s| !rooms.contains(&"*") && !rooms.contains(&s.room.as_str()))
        {
            for hit in used.captures_iter(&source.code) {
                let at = hit.get(1).or(hit.get(2)).unwrap().start();
                if source.code[..at].trim_end().ends_with("::{") || source.code.contains(&format!("mod {name};")) {
                    continue;
                }
                wrong.push(format!("{}: {name} belongs to {}", source.at(at), rooms.join(" and ")));
            }
        }
    }
    none("outside crates in other rooms than their own", &wrong);
}

fn forbid(pattern: &str, allowed: &[&str], why: &str) {
    let pattern = Regex::new(pattern).unwrap();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| !allowed.contains(&s.room.as_str())) {
        for hit in pattern.find_iter(&source.code) {
            wrong.push(format!("{}: {}", source.at(hit.start()), hit.as_str()));
        }
    }
    none(why, &wrong);
}

#[test]
fn tidy_only_the_daemon_reads_the_clock() {
    // The lab measures, and the try-it mode sets up its own clock; the front office stamps what a person does by hand.
    let may = ["daemon", "cli", "demo", "lab"];
    forbid(
        r"\b(Utc|Local|SystemTime|Clock)\s*::\s*(now|system)\b|\bUNIX_EPOCH\s*\.\s*elapsed|\bnow_utc\b|\bstd\s*::\s*time\s*::[^;]*\bInstant\b",
        &may,
        "the clock is read outside daemon",
    );
    // A door may ask tokio how long its socket has been silent; that is no time of day.
    let doors = ["net", "inbox", "http", "outbox", "oauth"];
    forbid(
        r"\bInstant\s*::\s*now\b",
        &[&may[..], &doors[..]].concat(),
        "time is measured outside daemon and the doors",
    );
}

#[test]
fn tidy_only_the_daemon_rolls_dice() {
    forbid(
        r"\b(fastrand|thread_rng|OsRng|RandomState)\b|(?:^|[^:\w])rand::",
        &["daemon", "cli", "demo"],
        "randomness outside daemon",
    );
    // Fresh signing keys are random.
    forbid(r"\bgetrandom\b", &["daemon", "cli", "demo", "config"], "randomness outside daemon");
    // ring asks for a source to blind its arithmetic with; RSA signatures (PKCS #1 v1.5) do not depend on it.
    forbid(r"\bSystemRandom\b", &["compose"], "randomness outside daemon");
}

#[test]
fn tidy_sql_is_spoken_in_the_store_only() {
    let sql = Regex::new(r"\b(SELECT\b[^;]+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|VIEW)|PRAGMA\s+\w|BEGIN\s+IMMEDIATE)\b").unwrap();
    let mut wrong = Vec::new();
    let mut in_store = 0;
    for source in sources() {
        for (line, literal) in &source.literals {
            if sql.is_match(literal) {
                if source.room == "store" {
                    in_store += 1;
                } else {
                    wrong.push(format!("{}:{line}: {}", source.path, literal.lines().next().unwrap_or_default()));
                }
            }
        }
    }
    if in_store == 0 {
        println!("still missing: SQL in src/store");
        assert!(
            !super::checklist::complete(),
            "no SQL found in src/store: does the pattern still fit?"
        );
    }
    none("SQL outside store", &wrong);
}

#[test]
fn tidy_every_file_says_what_it_is_for() {
    // A room of one line is one that nobody has moved into yet.
    let built = |text: &str| super::checklist::complete() || text.lines().count() > 1;
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|s| built(&s.text))
        .filter(|s| !s.text.starts_with("//! ") || s.text.lines().next().is_none_or(|l| l.len() < 15))
        .map(|s| s.path.clone())
        .collect();
    none("files that do not begin with a module doc (`//! …`)", &wrong);
}

#[test]
fn tidy_nothing_is_left_for_later() {
    forbid(r"\b(todo|unimplemented|dbg)!", &[], "stubs");
}
