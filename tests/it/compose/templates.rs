//! Replaced templates: taken from a directory, tried at once, and refused with file, line and fix.

use std::sync::Arc;

use replyd::compose::{Ink, TemplateError, Templates};

use super::letters::client_letters;
use super::meeting;
use super::people::*;

fn with(name: &str, text: &str) -> Result<Templates, TemplateError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), text).unwrap();
    std::fs::write(dir.path().join("README.md"), "not a template").unwrap();
    Templates::with_overrides(dir.path())
}

#[test]
fn compose_a_replaced_template_is_used() {
    let text = "{% extends \"base.txt\" %}{% block content %}Dear {{ reader }}, see {{ page }} and reply.{% endblock %}";
    let ink = Ink {
        templates: Arc::new(with("submission.txt", text).unwrap()),
        ..ink()
    };
    let read = read(&write_with(&client_letters()[0].1, &conversation(), &ink).unwrap()[0].bytes);
    assert!(
        read.text.starts_with("Dear Ann, see https://") && read.text.contains("Kind regards"),
        "{}",
        read.text
    );
    assert!(read.html.contains("Hi Ann,"));
}

#[test]
fn compose_a_broken_template_is_named_with_its_line() {
    for (name, text, line, part) in [
        ("receipt.txt", "fine\n{{ reader }\n", 2, "unexpected"),
        ("receipt.html", "fine\nfine\n{{ raeder }}", 3, "undefined"),
        (
            "nudge.txt",
            "{% for x in range(100000) %}{% for y in range(100000) %}x{% endfor %}{% endfor %}",
            1,
            "fuel",
        ),
        ("base.html", "{% block content %}{% endblock %}\n{{ agency.motto }}", 2, "undefined"),
        ("notice.txt", "{% if %}", 1, ""),
    ] {
        let error = with(name, text).unwrap_err();
        let words = error.to_string();
        assert!(words.contains(name) && words.to_lowercase().contains(part), "{words}");
        assert!(
            words.contains(&format!("line {line}:")) && words.contains("correct the line"),
            "{words}"
        );
    }
    let unknown = with("submision.html", "x").unwrap_err().to_string();
    assert!(
        unknown.contains("submision.html") && unknown.contains("submission.html"),
        "{unknown}"
    );
    let missing = Templates::with_overrides(std::path::Path::new("/no/such/directory"))
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("/no/such/directory") && missing.contains("[templates] directory"),
        "{missing}"
    );
}

/// Answers are compared with what is stored beside a letter: that has to be what its reader has before them.
#[test]
fn compose_what_a_letter_shows_is_what_reading_it_back_gives() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut compared = 0;
    let about_interviews = meeting::letters().into_iter().map(|(_, letter)| (letter, meeting::conversation()));
    let others = client_letters().into_iter().map(|(_, letter)| (letter, conversation()));
    for (letter, conversation) in others.chain(about_interviews) {
        for one in write(&letter, &conversation).unwrap() {
            let name = one.kind;
            let back = replyd::message::letter_text(&one.bytes);
            assert_eq!(words(&one.shown.text), words(&back.text), "{name}");
            assert_eq!(words(&one.shown.html_text), words(&back.html_text), "{name}");
            compared += words(&back.html_text).len();
        }
    }
    assert!(compared > 500, "{compared}");
}
