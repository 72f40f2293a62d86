//! Mails of clients as their programs send them, read from the bytes to the findings: `fixtures/replies/NAME.eml`, and the reading expected
//! in `NAME.toml` beside it. `fixtures/letters/asked.toml` says what the answered letter had asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use replyd::message::{Border, letter_text, own_text};
use replyd::reply::{Asked, Band, Reply, Says, read};
use serde::Deserialize;

use super::{Case, fixtures};

/// The reading that must come out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    own: String,
    kind: String,
    #[serde(default = "submission")]
    letter: String,
    expected: Vec<String>,
    #[serde(default)]
    allowed: Vec<String>,
}

fn submission() -> String {
    "submission".to_owned()
}

/// What a letter had asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AskedBy {
    only: Vec<String>,
    open: Vec<String>,
    question: String,
}

const CANDIDATES: [(&str, &str); 3] = [
    ("Ana Souza", "Ten years of Java, the last five in payments"),
    ("Carl Jensen", "Four years of Java and Kotlin at a card issuer"),
    ("Ben Whitaker", "Freelance for eight years, mostly logistics and customs"),
];

/// One mail, read.
struct Mail {
    name: String,
    /// What is wrong with the own text, the kind, or the sender.
    wrong: Vec<String>,
    /// What is wrong with the own text when no letter is at hand.
    alone: Vec<String>,
    /// What is wrong with the findings.
    misread: Vec<String>,
    /// Decisions that would be acted on and that nobody made.
    harm: Vec<String>,
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures("replies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "eml"));
    files.sort();
    files
}

/// Without the marks of lists and rules, which programs write in their own ways.
fn words(text: &str) -> Vec<&str> {
    let is_word = |word: &&str| word.chars().any(|c| c.is_alphanumeric() || u32::from(c) >= 0x2190);
    text.split_whitespace().filter(is_word).collect()
}

fn harm(case: &Case, reply: &Reply) -> Vec<String> {
    let acted = reply.findings.iter().zip(case.lines(reply));
    acted
        .filter(|(finding, line)| {
            // A condition or a date more or less is no other decision.
            let says = |expected: &String| {
                expected == line || line.starts_with(&format!("{expected} ")) || expected.starts_with(&format!("{line} "))
            };
            finding.band == Band::Act
                && matches!(finding.says, Says::Decide { .. } | Says::Confirm(_))
                && !case.expected.iter().chain(&case.allowed).any(says)
        })
        .map(|(_, line)| line)
        .collect()
}

fn all() -> Vec<Mail> {
    let asked_by: BTreeMap<String, AskedBy> = toml::from_str(&fs::read_to_string(fixtures("letters").join("asked.toml")).unwrap()).unwrap();
    let border = Border {
        authserv_id: Some("mx.agency.example".to_owned()),
        ..Border::default()
    };
    let mut mails = Vec::new();
    for file in files() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let beside = fs::read_to_string(file.with_extension("toml")).unwrap();
        let beside: Beside = toml::from_str(&beside).unwrap_or_else(|why| panic!("{name}: {why}"));
        let letter = fs::read(fixtures("letters").join(format!("{}.eml", beside.letter))).unwrap();
        let asked_by = asked_by.get(&beside.letter).unwrap_or_else(|| panic!("{name}: {}", beside.letter));
        let thread = [letter_text(&letter)];
        let unix: Vec<u8> = fs::read(&file).unwrap().into_iter().filter(|byte| *byte != b'\r').collect();
        let windows = unix.iter().fold(Vec::new(), |mut all, byte| {
            all.extend_from_slice(if *byte == b'\n' { b"\r\n" } else { std::slice::from_ref(byte) });
            all
        });
        let mut mail = Mail {
            name: name.clone(),
            wrong: Vec::new(),
            alone: Vec::new(),
            misread: Vec::new(),
            harm: Vec::new(),
        };
        for raw in [unix, windows] {
            let message = replyd::message::read(&raw, &border).unwrap();
            let own = own_text(&message, &thread);
            let among = |name: &str| asked_by.only.is_empty() || asked_by.only.iter().any(|only| name.contains(only.as_str()));
            let case = Case {
                file: "replies".into(),
                name: name.clone(),
                candidates: CANDIDATES
                    .iter()
                    .filter(|(name, _)| among(name))
                    .map(|(name, summary)| ((*name).to_owned(), (*summary).to_owned()))
                    .collect(),
                subject: message.subject.clone(),
                open: asked_by.open.clone(),
                asked: asked_by.question.clone(),
                text: own.text.clone(),
                expected: beside.expected.clone(),
                allowed: beside.allowed.clone(),
                ..Case::default()
            };
            let asked = Asked {
                today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
                ..case.asked()
            };
            let reply = read(&own, &message.subject, &asked);
            if words(&own.text) != words(&beside.own) {
                mail.wrong
                    .push(format!("own text {:?}\n      instead of {:?}", own.text, beside.own));
            }
            let alone = own_text(&message, &[]).text;
            if words(&alone) != words(&beside.own) {
                mail.alone.push(format!("own text {alone:?}\n      instead of {:?}", beside.own));
            }
            let kind = serde_json::to_value(&message.kind).unwrap();
            if kind != beside.kind.as_str() {
                mail.wrong.push(format!("kind {kind}"));
            }
            if !message.authenticated {
                mail.wrong.push("not vouched for".to_owned());
            }
            let faults = case.faults(&reply);
            if !faults.is_empty() {
                mail.misread.push(format!(
                    "{} (read {:?}, doubts {:?})",
                    faults.join("; "),
                    case.lines(&reply),
                    reply.doubts
                ));
            }
            mail.harm.extend(harm(&case, &reply));
        }
        mail.wrong.dedup();
        mail.alone.dedup();
        mail.misread.dedup();
        mail.harm.dedup();
        mails.push(mail);
    }
    mails
}

/// The mails that are known to be read otherwise than expected, by name and in what: the own text when no letter is at hand (answers typed
/// into or below a quote without marks, most of them), or the findings. `REPLYD_BLESS=1` writes the list anew.
const KNOWN: &str = "not-as-expected.txt";

/// The words of the sender come out word for word, and nothing is acted on that nobody said.
#[test]
fn answers_of_real_mail_clients_are_read_right() {
    let mails = all();
    let told = |what: fn(&Mail) -> &Vec<String>| -> Vec<String> {
        let wrong = mails.iter().filter(|mail| !what(mail).is_empty());
        wrong
            .map(|mail| format!("{}\n    {}", mail.name, what(mail).join("\n    ")))
            .collect()
    };
    let (wrong, harm, misread) = (told(|mail| &mail.wrong), told(|mail| &mail.harm), told(|mail| &mail.misread));
    println!(
        "{} of {} mails understood as expected; the others:\n{}",
        mails.len() - misread.len(),
        mails.len(),
        misread.join("\n")
    );
    println!("{} of {} wrong:\n{}", wrong.len(), mails.len(), wrong.join("\n"));
    let alone = told(|mail| &mail.alone);
    println!("{} of {} wrong without the letter:\n{}", alone.len(), mails.len(), alone.join("\n"));
    println!("{} of {} invented:\n{}", harm.len(), mails.len(), harm.join("\n"));
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), mails.len(), wrong.join("\n"));
    assert!(
        harm.is_empty(),
        "{} of {} acted on what nobody said:\n{}",
        harm.len(),
        mails.len(),
        harm.join("\n")
    );
    let mut named = String::new();
    for mail in &mails {
        let faults = [(&mail.alone, "own text without the letter"), (&mail.misread, "findings")];
        for (_, what) in faults.iter().filter(|(faults, _)| !faults.is_empty()) {
            named.push_str(&format!("{}: {what}\n", mail.name));
        }
    }
    let file = fixtures("replies").join(KNOWN);
    if std::env::var_os("REPLYD_BLESS").is_some() {
        fs::write(&file, &named).unwrap();
    }
    let known = fs::read_to_string(&file).unwrap();
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
    let (known, named) = (lines(&known), lines(&named));
    let (worse, better): (Vec<_>, Vec<_>) = (named.difference(&known).collect(), known.difference(&named).collect());
    assert!(
        worse.is_empty() && better.is_empty(),
        "not as expected any more: {worse:#?}\nas expected now: {better:#?}\nif that is meant: REPLYD_BLESS=1"
    );
}

/// Every client whose shape is known, by several mails.
#[test]
fn many_mail_clients_are_among_the_mails() {
    let files = files();
    for client in [
        "gmail-web",
        "outlook-desktop",
        "outlook-web",
        "outlook-mobile",
        "apple-mail",
        "ios",
        "thunderbird",
    ] {
        let mails = files
            .iter()
            .filter(|file| file.file_stem().unwrap().to_string_lossy().starts_with(client))
            .count();
        assert!(mails >= 5, "{client}: {mails}");
    }
}
