//! R-S5 at the door: any string in any field of a batch file is taken as its sanitised self, or refused by the field's name.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use replyd::calendar::Zone;
use replyd::config::read_batch;
use replyd::model::HeaderText;
use serde_json::{Value, json};

use crate::compose::hostile::{cases, hostile};

/// Every text field of a batch file, as a path, and whether any text may be refused there.
const FIELDS: [(&str, bool); 18] = [
    ("/key", true),
    ("/note", false),
    ("/client/name", false),
    ("/client/contact/name", false),
    ("/client/contact/email", true),
    ("/client/contact/zone", true),
    ("/project/title", false),
    ("/project/interview", true),
    ("/project/place", true),
    ("/project/directions", true),
    ("/recruiters/0/name", false),
    ("/recruiters/0/email", true),
    ("/candidates/0/name", false),
    ("/candidates/0/email", true),
    ("/candidates/0/phone", false),
    ("/candidates/0/zone", true),
    ("/candidates/0/summary", false),
    ("/candidates/0/cv", true),
];

fn batch() -> Value {
    let person = |name: &str, email: &str| json!({ "name": name, "email": email });
    json!({
        "key": "k1",
        "note": "A note.",
        "client": { "name": "Northwind", "contact": { "name": "Ann Lee", "email": "ann@northwind.example", "zone": "Europe/London" } },
        "project": { "title": "Developer", "interview": "video", "place": "https://meet.example/1", "directions": "Ring twice." },
        "recruiters": [person("Rita", "rita@agency.example")],
        "candidates": [
            { "name": "Ana Souza", "email": "ana@mail.example", "phone": "1", "zone": "Europe/Lisbon", "summary": "Java.", "cv": "cv.pdf" },
            { "name": "Ben Okafor", "email": "ben@mail.example", "summary": "Java." },
        ],
    })
}

/// What is said of a file: `None` when it was taken, with the summary and the title that were kept.
fn read(dir: &std::path::Path, text: &str) -> Result<(String, String), String> {
    let path = dir.join("batch.json");
    std::fs::write(&path, text).unwrap();
    std::fs::write(dir.join("cv.pdf"), "%PDF-").unwrap();
    let zone: Zone = "Europe/London".parse().unwrap();
    let new = read_batch(&path, zone, &crate::conversation::people::policy()).map_err(|error| error.to_string())?;
    Ok((new.batch.candidates[0].summary.clone(), new.batch.project.title.to_string()))
}

#[test]
fn any_text_in_any_field_of_a_batch_is_taken_clean_or_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let (mut taken, mut refused) = (0, 0);
    for (field, may_be_refused) in FIELDS {
        let mut runner = TestRunner::new(Config {
            cases: cases(),
            failure_persistence: None,
            ..Config::default()
        });
        let ran = runner.run(&hostile(), |raw| {
            let mut file = batch();
            *file.pointer_mut(field).unwrap() = json!(raw);
            let read = read(dir.path(), &file.to_string());
            let name = field.rsplit('/').next().unwrap();
            match read {
                Ok((summary, title)) => {
                    for text in [&summary, &title] {
                        let odd = text.chars().find(|c| *c != '\n' && !replyd::model::is_printed(*c));
                        prop_assert_eq!(odd, None, "{} keeps {:?}", field, odd);
                    }
                    if name == "title" {
                        prop_assert_eq!(title, HeaderText::new(&raw).to_string());
                    }
                }
                Err(error) => {
                    let empty = HeaderText::new(&raw).is_empty();
                    let long = raw.chars().count() > 1_000;
                    prop_assert!(may_be_refused || empty || long, "{}: {}", field, error);
                    // serde names the values there are instead of the field.
                    prop_assert!(
                        error.contains(name) || name == "interview" && error.contains("on_site"),
                        "{}: {}",
                        field,
                        error
                    );
                }
            }
            Ok(())
        });
        ran.unwrap_or_else(|error| panic!("{field}: {error}"));
        match may_be_refused {
            true => refused += 1,
            false => taken += 1,
        }
    }
    assert_eq!((taken, refused), (8, 10));
}

/// JSON can spell half a character; it is refused with its line.
#[test]
fn half_characters_and_megabytes_are_refused_or_cut() {
    let dir = tempfile::tempdir().unwrap();
    for (field, _) in FIELDS {
        let mut file = batch();
        *file.pointer_mut(field).unwrap() = json!("HALF");
        for half in ["\\ud800", "\\udfff", "\\ud800\\u0041"] {
            let error = read(dir.path(), &file.to_string().replace("HALF", half)).unwrap_err();
            assert!(error.contains("line 1:"), "{field}: {error}");
        }
        *file.pointer_mut(field).unwrap() = json!("x y ".repeat(1 << 18));
        let _taken_or_refused = read(dir.path(), &file.to_string());
    }
    let mut file = batch();
    file["candidates"][0]["summary"] = json!("x y ".repeat(1 << 18));
    let error = read(dir.path(), &file.to_string()).unwrap_err();
    assert!(error.contains("summary") && error.contains("2,000"), "{error}");
}

/// Where the interview is and how to get there is read by both sides: neither side's address or number may stand in it.
#[test]
fn contact_data_in_the_place_of_an_interview_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = batch();
    file["project"]["interview"] = json!("phone");
    file["candidates"][0]["phone"] = json!("+351 912 345 678");
    for field in ["place", "directions"] {
        for (said, whose) in [
            ("Write to Ann@Northwind.example on the day.", "the contact's address"),
            ("Ana answers at ana@mail.example.", "Ana Souza"),
            ("We call +351 912 345 678.", "Ana Souza"),
        ] {
            let mut told = file.clone();
            told["project"][field] = json!(said);
            let error = read(dir.path(), &told.to_string()).unwrap_err();
            assert!(error.contains(field) && error.contains(whose), "{said}: {error}");
        }
        let mut plain = file.clone();
        plain["project"][field] = json!("Rita Moss calls both of you.");
        read(dir.path(), &plain.to_string()).unwrap();
    }
}
