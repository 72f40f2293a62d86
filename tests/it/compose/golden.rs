//! Golden letters: `fixtures/letters/*.eml`, byte for byte. `REPLYD_BLESS=1` writes them anew.

use std::path::PathBuf;

use super::letters::{client_letters, feedback, notices};
use super::meeting;
use super::people::*;
use replyd::compose::{Agency, Ink};
use replyd::conversation::{Content, Conversation};
use replyd::model::HeaderText;

fn check(name: &str, bytes: &[u8]) -> Result<(), String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/letters")
        .join(format!("{name}.eml"));
    if std::env::var_os("REPLYD_BLESS").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let golden = std::fs::read(&path).unwrap_or_default();
    if golden == bytes {
        return Ok(());
    }
    let (was, is) = (String::from_utf8_lossy(&golden), String::from_utf8_lossy(bytes));
    let line = was.lines().zip(is.lines()).position(|(a, b)| a != b).unwrap_or(0);
    Err(format!(
        "{name}.eml differs from line {}:\n  was {:?}\n  is  {:?}",
        line + 1,
        was.lines().nth(line),
        is.lines().nth(line)
    ))
}

/// R-O5 and style: the same letter has the same bytes, for ever. The golden file is what a retry would send.
#[test]
fn compose_golden_letters_are_the_same_byte_for_byte() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (name, letter) in client_letters().into_iter().chain(notices()) {
        let finished = write(&letter, &conversation()).unwrap();
        assert_eq!(
            finished,
            write(&letter, &conversation()).unwrap(),
            "{name} comes out different the second time"
        );
        wrong.extend(check(name, &finished[0].bytes).err());
        checked += 1;
        // The copies of all kinds differ in the same way; two show it.
        if name == "submission" || name == "receipt" {
            wrong.extend(check(&format!("{name}-copy"), &finished[1].bytes).err());
            checked += 1;
        }
    }
    let finished = write(&feedback(), &conversation()).unwrap();
    wrong.extend(check("feedback-candidate", &finished[0].bytes).err());
    wrong.extend(check("feedback-candidate-copy", &finished[1].bytes).err());
    checked += 2;
    let client = conversation().batch.client.to_string();
    assert!(
        !String::from_utf8_lossy(&finished[0].bytes).contains(&client),
        "the candidate may not know who the client is"
    );
    assert!(!finished[0].repeatable, "nobody reads twice why they were not taken");
    let code = to_client(Content::CvCode {
        code: "482913".to_owned(),
        until: now() + chrono::Duration::minutes(10),
    });
    let finished = write(&code, &conversation()).unwrap();
    assert_eq!(finished.len(), 1, "nobody gets a copy of a code");
    assert!(!finished[0].subject.contains("482913"), "{}", finished[0].subject);
    wrong.extend(check("cv-code", &finished[0].bytes).err());
    let mut behind = conversation();
    behind.policy.cv_code = true;
    let finished = write(&to_client(Content::Submission), &behind).unwrap();
    for (name, one) in [("submission-cv-code", &finished[0]), ("submission-cv-code-copy", &finished[1])] {
        assert!(
            !String::from_utf8_lossy(&one.bytes).contains("Content-Disposition: attachment"),
            "{name}"
        );
        wrong.extend(check(name, &one.bytes).err());
    }
    checked += 3;
    let mut alone = conversation();
    alone.batch.candidates.truncate(1);
    alone.submissions.truncate(1);
    alone.batch.contact.zone_assumed = true;
    alone.batch.note.clear();
    let finished = write(&to_client(Content::Submission), &alone).unwrap();
    wrong.extend(check("submission-one-candidate", &finished[0].bytes).err());
    for (name, letter) in [
        ("branded-submission", to_client(Content::Submission)),
        ("branded-fresh-link", to_client(Content::FreshLink)),
    ] {
        let finished = write_with(&letter, &conversation(), &ink_with_a_brand()).unwrap();
        wrong.extend(check(name, &finished[0].bytes).err());
        checked += 1;
    }
    let (letter, several) = with_another_batch();
    let finished = write(&letter, &several).unwrap();
    for (name, one) in [("nudge-several", &finished[0]), ("nudge-several-copy", &finished[1])] {
        wrong.extend(check(name, &one.bytes).err());
        checked += 1;
    }
    for (name, letter) in meeting::letters() {
        let finished = meeting::write(&letter, &meeting::conversation()).unwrap();
        wrong.extend(check(&name, &finished[0].bytes).err());
        checked += 1;
        if ["offer-times-client", "invitation-client", "invitation-candidate"].contains(&name.as_str()) {
            wrong.extend(check(&format!("{name}-copy"), &finished[1].bytes).err());
            checked += 1;
        }
    }
    for (name, letter, conversation) in meeting::others() {
        let finished = meeting::write(&letter, &conversation).unwrap();
        wrong.extend(check(name, &finished[0].bytes).err());
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}\nif that is meant: REPLYD_BLESS=1", wrong.join("\n"));
    assert!(checked >= 68, "only {checked} letters");
}

/// English begins a sentence with a capital, also after a salutation.
#[test]
fn compose_the_sentence_after_the_salutation_begins_with_a_capital() {
    for (name, letter) in client_letters() {
        let read = read(&write(&letter, &conversation()).unwrap()[0].bytes);
        let (_, text) = read.text.split_once("Hi Ann,").unwrap();
        let (_, html) = read.html.split_once("Hi Ann,").unwrap();
        let mut in_tag = false;
        let shown = html.chars().find(|c| {
            let was_in_tag = in_tag;
            in_tag = *c == '<' || (in_tag && *c != '>');
            !was_in_tag && c.is_alphanumeric()
        });
        let first = text.chars().find(|c| c.is_alphanumeric());
        for first in [first, shown] {
            assert!(first.is_some_and(char::is_uppercase), "{name} goes on with {first:?}");
        }
    }
}

/// Whoever reads that somebody else answered reads who, how, what it would do, and what is waited for.
#[test]
fn compose_a_notice_about_somebody_else_says_what_is_waited_for() {
    let text = |name: &str| {
        let (_, letter) = notices().into_iter().find(|(one, _)| *one == name).unwrap();
        read(&write(&letter, &conversation()).unwrap()[0].bytes)
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let asked = text("notice-someone-else");
    for part in [
        "Priya Nair answered through the link that was sent to Ann Lee",
        "Interested for Ana Souza",
        "We asked Ann Lee by mail whether it counts.",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("yourself"), "{asked}");
    let refused = text("notice-someone-else-refused");
    for part in [
        "Somebody else answered in place of Ann Lee",
        "It does not count",
        "Please ask Ann Lee yourself.",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

/// A brand stands in the letters of its client and in nobody else's; without a name of its own it leaves the sender's as it is.
#[test]
fn compose_a_brand_is_for_its_client() {
    let text = |ink: &Ink, conversation: &Conversation| {
        let finished = write_with(&to_client(Content::Submission), conversation, ink).unwrap();
        String::from_utf8(finished.into_iter().next().unwrap().bytes).unwrap()
    };
    let mut ink = ink_with_a_brand();
    ink.bot.name = HeaderText::new("The desk at Harbor Line");
    let theirs = text(&ink, &conversation());
    assert!(theirs.contains("From: \"Quayside Search\" <"), "{theirs}");
    assert!(
        theirs.contains("Content-ID: <") && theirs.contains("image/png"),
        "the logo comes with the letter"
    );
    assert!(!theirs.contains("Harbor Line"), "{theirs}");
    let mut others = batch();
    others.client = HeaderText::new("Northwind");
    let others = text(&ink, &conversation_of(others));
    assert!(
        others.contains("From: \"The desk at Harbor Line\" <") && !others.contains("Quayside"),
        "{others}"
    );
    // Only another colour.
    ink.brands[0].agency = Agency {
        colour: "#ffe08a".parse().unwrap(),
        ..ink.agency.clone()
    };
    assert!(text(&ink, &conversation()).contains("From: \"The desk at Harbor Line\" <"));
}

/// What a recruiter reads about silence is true: how long in working days, how often somebody was reminded, and who waits for whom.
#[test]
fn compose_a_notice_of_silence_says_who_waits_for_whom() {
    let (_, letter) = notices().into_iter().find(|(name, _)| *name == "notice-stale").unwrap();
    let mut told = conversation();
    told.chase.step = 2;
    told.chase.nudges = 2;
    let text = |told: &Conversation| read(&write(&letter, told).unwrap()[0].bytes).text;
    let silent = text(&told);
    for part in [
        "No answer from Ann Lee for 2 working days",
        "We keep reminding them",
        "reminded twice",
    ] {
        assert!(silent.contains(part), "{part}: {silent}");
    }
    // Waiting counts from the last step of the chase by now, which was nobody's word.
    assert!(!silent.contains("last word"), "{silent}");
    told.chase.with_recruiter = true;
    let owed = text(&told);
    assert!(
        owed.contains("Ann Lee has been waiting for your answer for 2 working days"),
        "{owed}"
    );
    assert!(!owed.contains("We keep reminding"), "{owed}");
    told.client_unreachable = true;
    let lost = text(&told);
    assert!(
        lost.contains("No answer from Ann Lee") && lost.contains("not reminded by mail"),
        "{lost}"
    );
}
