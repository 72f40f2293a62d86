//! `replyd lab kind` and `replyd lab reply` over the cases.

use std::path::Path;

use replyd::lab::{kind_dir, reply_dir, reply_stdin};

use super::cases::{cases, dir};

#[test]
fn the_lab_names_twelve_kinds_and_tells_how_far_it_is() {
    let told = std::cell::RefCell::new(Vec::new());
    let mut out = Vec::new();
    kind_dir(&dir(), &mut out, |number, of| told.borrow_mut().push((number, of))).unwrap();
    let all = cases(&[]).len();
    assert_eq!(told.borrow().first(), Some(&(1, all)));
    assert_eq!(told.borrow().last(), Some(&(all, all)));
    let mut kinds = std::collections::BTreeSet::new();
    for line in String::from_utf8(out).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line.as_object().unwrap().len(), 3);
        kinds.insert(line["kind"].as_str().unwrap().to_owned());
    }
    let expected = [
        "auto_reply",
        "bounce_delayed",
        "bounce_failed",
        "calendar_counter",
        "calendar_reply",
        "challenge",
        "list",
        "person",
        "reaction",
        "read_receipt",
        "recall",
        "spam_like",
    ];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(kind_dir(Path::new("/nowhere/at/all"), &mut Vec::new(), |_, _| ()).is_err());
}

#[test]
fn the_lab_prints_one_json_line_a_mail() {
    let mut out = Vec::new();
    reply_dir(&dir(), None, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), cases(&[]).len());
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            value["file"].as_str().unwrap().ends_with(".eml")
                && value["us"].is_u64()
                && value["reply"].is_string()
                && value["kind"].is_string()
        );
    }
    let mut one = Vec::new();
    let raw = std::fs::read(dir().join("outlook-web-one-word.eml")).unwrap();
    reply_stdin(&mut raw.as_slice(), &mut one).unwrap();
    assert_eq!(one, b"Pass\n");
    let error = reply_dir(Path::new("/nowhere/at/all"), None, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all"));
}

/// What is typed inside our letter is told apart when the letter is there: found by its Message-ID, or by the name of the mail's file.
#[test]
fn the_lab_reads_answers_against_their_letters() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let name = "yahoo-web-inside-the-quoted-part";
    let case: toml::Table = toml::from_str(&std::fs::read_to_string(fixtures.join(format!("replies/{name}.toml"))).unwrap()).unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = words(case["own"].as_str().unwrap());
    let letter = case.get("letter").and_then(toml::Value::as_str).unwrap_or("submission");
    let letter = std::fs::read_to_string(fixtures.join(format!("letters/{letter}.eml"))).unwrap();
    let mail = std::fs::read_to_string(fixtures.join(format!("replies/{name}.eml"))).unwrap();
    let home = tempfile::tempdir().unwrap();
    let said = |threads: Option<&Path>| {
        let mut out = Vec::new();
        reply_dir(&home.path().join("mails"), threads, &mut out).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        words(line["reply"].as_str().unwrap())
    };
    std::fs::create_dir(home.path().join("mails")).unwrap();
    std::fs::write(home.path().join("mails/one.eml"), mail).unwrap();
    assert_ne!(said(None), expected, "the letter makes no difference here: choose another mail");
    let renamed = letter.replace("Message-ID: <", "Message-ID: <another-");
    for (path, letter) in [
        ("ids/any.eml", &letter),
        ("named/one.eml", &renamed),
        ("folders/one/first.eml", &renamed),
    ] {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, letter).unwrap();
    }
    for threads in ["ids", "named", "folders"] {
        assert_eq!(said(Some(&home.path().join(threads))), expected, "{threads}");
    }
    assert!(reply_dir(&home.path().join("mails"), Some(Path::new("/nowhere/at/all")), &mut Vec::new()).is_err());
}
