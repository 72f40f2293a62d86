//! Answers that give times, read: `fixtures/availability/*.jsonl` hold texts and the times expected (see the README there).

use std::process::Command;

use super::fixtures;

fn replyd(arguments: &[&str], input: &str) -> String {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_replyd"))
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{arguments:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// As many right ones as were reached once, less two, and none that does harm.
#[test]
fn answers_that_give_times_are_read() {
    let folder = fixtures("availability");
    let scores = replyd(&["lab", "score-availability", folder.to_str().unwrap(), "--json"], "");
    let scores: serde_json::Value = serde_json::from_str(&scores).unwrap();
    let total = |begins: &str, what: &str| -> u64 {
        let files = scores["files"].as_object().unwrap();
        let wanted = files.iter().filter(|(name, _)| name.starts_with(begins));
        wanted.map(|(_, figures)| figures[what].as_u64().unwrap()).sum()
    };
    for (file, cases, right, harm) in [
        ("english", 170, 164, 0),
        ("second-sight", 120, 115, 0),
        ("six-languages", 150, 141, 0),
        ("third-sight", 150, 143, 0),
        ("fourth-sight", 160, 152, 0),
        ("fifth-sight", 160, 153, 0),
        ("sixth-sight", 200, 184, 0),
        ("seventh-sight", 270, 267, 0),
        ("eighth-sight", 198, 179, 0),
        ("ninth-sight", 190, 184, 0),
        ("tenth-sight", 220, 192, 4),
        ("eleventh-sight", 570, 541, 0),
        ("reviewed", 342, 341, 0),
    ] {
        assert_eq!(total(file, "cases"), cases, "{file}");
        let read = (total(file, "right"), total(file, "harm"));
        println!("{file}: {} of {cases} right, {} do harm", read.0, read.1);
        assert!(
            read.0 >= right && read.1 <= harm,
            "{file}: {read:?} is worse than ({right}, {harm})"
        );
    }
}

/// What is doubtful is asked with the ways to read it spelled out.
#[test]
fn a_doubt_has_its_readings() {
    use replyd::reply::times::{Asked, Intent, Why, read, slot_named};
    let at = |text: &str| text.parse().unwrap();
    let slots = [
        (at("2026-11-24T10:00:00Z"), at("2026-11-24T10:45:00Z")),
        (at("2026-11-25T14:00:00Z"), at("2026-11-25T14:45:00Z")),
    ];
    let free = Asked {
        // A Tuesday.
        written: at("2026-11-17T09:00:00Z"),
        zone: "Europe/London".parse().unwrap(),
        ours: "Europe/London".parse().unwrap(),
        minutes: 45,
        options: &[],
        booked: None,
        language: "en",
        places: &[],
    };
    let day = |read: &replyd::calendar::Spans| read.iter().map(|(start, _)| start.format("%d").to_string()).collect::<Vec<_>>();
    // The Thursday of this week, or of that Monday's?
    let turned = read("Mon and Thu", &free);
    assert_eq!(turned.doubts.len(), 1, "{turned:?}");
    assert_eq!(turned.doubts[0].why, Why::WhichDay);
    assert_eq!(
        turned.doubts[0].readings.iter().map(day).collect::<Vec<_>>(),
        [["19", "23"], ["23", "26"]]
    );
    // A place whose clocks differ: whose hours are they?
    let place = read("The Tokyo office is fine, Friday 10-12", &free);
    assert_eq!(place.doubts[0].why, Why::Zone);
    assert_eq!(place.doubts[0].readings.len(), 2);
    // A clear answer asks nothing, and a slot taken says which words took it.
    let offered = Asked { options: &slots, ..free };
    let text = "Thanks! The second one, please.";
    let taken = read(text, &offered);
    assert_eq!(
        (taken.intent, taken.selected.as_slice(), taken.asks()),
        (Intent::Select, &[1][..], false)
    );
    assert_eq!(&text[taken.intervals[0].words.clone()], "second");
    assert_eq!(slot_named("> Tue 24 Nov, 10:00?", &offered), Some(0));
    assert_eq!(
        read(
            "Looking forward to it!",
            &Asked {
                booked: Some(slots[0]),
                ..free
            }
        )
        .intent,
        Intent::Nothing
    );
}

#[test]
fn a_reply_and_an_expression_as_json_lines() {
    let reply = r#"{"id":"a","mode":"reply","text":"Tue 2-4pm or Thursday after 3","reference":"2026-03-26T10:00+01:00","tz":"Europe/Berlin","duration_min":45}"#;
    let expression =
        r#"{"id":7,"mode":"expression","text":"next Friday at noon","reference":"2026-03-25T10:00","tz":"Europe/Berlin","lang":"en"}"#;
    let out = replyd(&["lab", "availability"], &format!("{reply}\n{expression}\n"));
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["id"], "a");
    assert_eq!(lines[0]["intent"], "availability");
    // Summer time began between the mail and the interview.
    assert_eq!(
        lines[0]["intervals"],
        serde_json::json!([
            ["2026-03-31T12:00:00Z", "2026-03-31T14:00:00Z"],
            ["2026-04-02T13:00:00Z", "2026-04-02T18:00:00Z"]
        ])
    );
    assert_eq!(lines[1]["id"], 7);
    assert_eq!(lines[1]["resolved"][0]["start"], "2026-04-03T12:00");
}

#[test]
fn explain_shows_times_with_their_words() {
    let dir = tempfile::tempdir().unwrap();
    let mail = dir.path().join("answer.eml");
    std::fs::write(
        &mail,
        "From: Ana <ana@candidate.example>\nTo: bot@agency.example\nSubject: Re: Your interview\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n\nHi, Tuesday after 4pm suits me, Wednesday I can't.\n",
    )
    .unwrap();
    let shown = replyd(&["explain", mail.to_str().unwrap(), "--tz", "Europe/London"], "");
    assert!(
        shown.contains("Tue 24 November 2026, 16:00 (UTC) to 20:00   \"Tuesday after 4pm\""),
        "{shown}"
    );
    assert_eq!(shown.matches("\ntime ").count(), 1, "{shown}");
}

/// Work grows with the text, not faster.
#[test]
fn long_hostile_texts_are_read() {
    use replyd::reply::times::{Asked, expressions, read};
    let asked = Asked {
        written: "2026-03-26T10:00:00Z".parse().unwrap(),
        zone: "Europe/London".parse().unwrap(),
        ours: "Europe/London".parse().unwrap(),
        minutes: 45,
        options: &[],
        booked: None,
        language: "",
        places: &[],
    };
    let day = chrono::Duration::days(1);
    let slot = (asked.written + day, asked.written + day + chrono::Duration::minutes(45));
    for piece in [
        "1 ",
        "Monday ",
        "Mon-",
        "9-5 or ",
        "between ",
        "12th, ",
        "from ",
        "not ",
        "2026-",
        "((",
        "next ",
        "1/1/",
        "half past ",
        "à ",
        "24/11 ",
        "slot no. 2 ",
        "office hours ",
        "Tuesday too, ",
        "930-1130 ",
        "only available after afternoon, afternoon ",
        "after 3 or after 4, until 6. ",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        let _ = read(&text, &asked);
        let _ = read(
            &text,
            &Asked {
                options: &[slot, (slot.0 + day, slot.1 + day)],
                ..asked
            },
        );
        let _ = read(
            &text,
            &Asked {
                booked: Some(slot),
                ..asked
            },
        );
        let _ = expressions(&text, asked.written.naive_utc(), "en", true);
    }
}
