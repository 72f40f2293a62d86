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
    reply_dir(&dir(), &mut out).unwrap();
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
    let error = reply_dir(Path::new("/nowhere/at/all"), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all"));
}
