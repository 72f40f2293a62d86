//! Invitations, changes and cancellations as they leave, and what reads them back.

use chrono::Duration;
use replyd::calendar::{Invitation, Method, Mismatch, check};

use crate::conversation::people::mailbox;
use crate::roundtrip::dice::Dice;

use super::utc;

fn interview() -> Invitation {
    Invitation {
        method: Method::Request,
        uid: "iv-5d1e0c77a94b@agency.example".to_owned(),
        sequence: 0,
        stamp: utc("2026-07-16T09:00:00Z"),
        organizer: mailbox("Harbour Talent", "talent+q8w2@agency.example"),
        attendee: mailbox("Mara Quist", "mara.quist@client.example"),
        start: utc("2026-07-21T13:30:00Z"),
        end: utc("2026-07-21T14:15:00Z"),
        summary: "Interview: backend engineer".to_owned(),
        description:
            "Tue 21 July 2026, 14:30 London (UTC+1) = 09:30 New York (UTC-4)\n\nMove or cancel it: https://answers.agency.example/i/4f2c"
                .to_owned(),
        location: "https://meet.agency.example/r/4f2c91d0".to_owned(),
        conference: Some("https://meet.agency.example/r/4f2c91d0".to_owned()),
        alarms: vec![Duration::minutes(15), Duration::hours(24)],
        may_counter: true,
    }
}

/// The file, checked, with folds undone.
fn written(invitation: &Invitation) -> Vec<String> {
    let bytes = invitation.bytes();
    check(&bytes, invitation).unwrap();
    let text = String::from_utf8(bytes).unwrap().replace("\r\n ", "");
    text.lines().map(str::to_owned).collect()
}

fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
    let mut found = lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix([':', ';']));
    let first = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(found.next().is_none(), "{name} twice");
    first
}

/// C-F2, C-F3, C-F4, C-F8, C-F11: one attendee, an organizer that is a mailbox, UTC, and the meeting in three places.
#[test]
fn invitation_names_one_attendee_and_a_mailbox_that_answers() {
    let lines = written(&interview());
    assert_eq!(value(&lines, "METHOD"), Method::Request.written().unwrap());
    assert_eq!(value(&lines, "ORGANIZER"), "CN=Harbour Talent:mailto:talent+q8w2@agency.example");
    assert_eq!(
        value(&lines, "ATTENDEE"),
        "CN=Mara Quist;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:mara.quist@client.example"
    );
    assert_eq!(value(&lines, "DTSTART"), "20260721T133000Z");
    assert_eq!(value(&lines, "DTEND"), "20260721T141500Z");
    assert_eq!(value(&lines, "LOCATION"), "https://meet.agency.example/r/4f2c91d0");
    assert_eq!(
        value(&lines, "CONFERENCE"),
        "FEATURE=VIDEO;VALUE=URI:https://meet.agency.example/r/4f2c91d0"
    );
    assert!(!lines.iter().any(|line| line.contains("TZID") || line.contains("RRULE")));
    let triggers: Vec<&String> = lines.iter().filter(|line| line.starts_with("TRIGGER")).collect();
    assert_eq!(triggers, ["TRIGGER:-PT1440M", "TRIGGER:-PT15M"]);
    let phone = Invitation {
        conference: Some("tel:+442071838750".to_owned()),
        ..interview()
    };
    assert_eq!(value(&written(&phone), "CONFERENCE"), "FEATURE=PHONE;VALUE=URI:tel:+442071838750");
    // The same invitation gives the same bytes: no clock, no dice.
    assert_eq!(interview().bytes(), interview().bytes());
}

/// C-F7: CRLF, 75 octets, no character cut in two, TEXT escaped, a stamp in UTC.
#[test]
fn invitation_is_folded_and_escaped() {
    let invitation = Invitation {
        summary: "Größe; naïve, 東京で面接 \\n not a break ".to_owned(),
        description: "日本語の説明".repeat(60) + "\n👩‍💻 a;b,c\\d\r\nend",
        ..interview()
    };
    let bytes = invitation.bytes();
    check(&bytes, &invitation).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(
        text.split("\r\n")
            .all(|line| line.len() <= 75 && std::str::from_utf8(line.as_bytes()).is_ok() && !line.contains(['\n', '\r']))
    );
    let lines = written(&invitation);
    assert_eq!(value(&lines, "DTSTAMP"), "20260716T090000Z");
    assert_eq!(value(&lines, "SUMMARY"), "Größe\\; naïve\\, 東京で面接 \\\\n not a break");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("DESCRIPTION:日") && line.ends_with("\\n👩‍💻 a\\;b\\,c\\\\d\\nend"))
    );
}

/// C-F9: a change and a cancellation keep UID and organizer and count up.
#[test]
fn invitation_is_changed_and_taken_back_under_its_uid() {
    let first = interview();
    let moved = Invitation {
        sequence: 1,
        stamp: utc("2026-07-17T09:00:00Z"),
        start: utc("2026-07-22T13:30:00Z"),
        end: utc("2026-07-22T14:15:00Z"),
        ..first.clone()
    };
    let gone = Invitation {
        method: Method::Cancel,
        sequence: 2,
        stamp: utc("2026-07-18T09:00:00Z"),
        ..moved.clone()
    };
    let (first, moved_lines, gone_lines) = (written(&first), written(&moved), written(&gone));
    for name in ["UID", "ORGANIZER"] {
        assert_eq!(value(&first, name), value(&moved_lines, name));
        assert_eq!(value(&first, name), value(&gone_lines, name));
    }
    assert_eq!(
        [&first, &moved_lines, &gone_lines].map(|lines| value(lines, "SEQUENCE")),
        ["0", "1", "2"]
    );
    assert_eq!(value(&gone_lines, "METHOD"), "CANCEL");
    assert_eq!(value(&gone_lines, "STATUS"), "CANCELLED");
    assert!(value(&gone_lines, "ATTENDEE").ends_with(":mailto:mara.quist@client.example"));
    assert!(!gone_lines.iter().any(|line| line.contains("RSVP") || line.contains("VALARM")));
    let too_soon = Invitation { sequence: 0, ..gone };
    assert!(matches!(check(&too_soon.bytes(), &too_soon), Err(Mismatch::Invitation(_))));
    let turned = Invitation { end: moved.start, ..moved };
    assert!(matches!(check(&turned.bytes(), &turned), Err(Mismatch::Invitation(_))));
}

/// RFC 5546 3.2.8: the no to a proposed time is about the entry that stands: it asks for no answer and rings nobody.
#[test]
fn invitation_counters_are_declined_by_the_entry_that_stands() {
    let stands = Invitation {
        sequence: 3,
        ..interview()
    };
    let declined = Invitation {
        method: Method::DeclineCounter,
        ..stands.clone()
    };
    let (stands, declined) = (written(&stands), written(&declined));
    assert_eq!(value(&declined, "METHOD"), "DECLINECOUNTER");
    for name in ["UID", "SEQUENCE", "ORGANIZER", "DTSTART", "DTEND", "STATUS"] {
        assert_eq!(value(&declined, name), value(&stands, name), "{name}");
    }
    assert!(value(&declined, "ATTENDEE").ends_with(":mailto:mara.quist@client.example"));
    assert!(!declined.iter().any(|line| line.contains("RSVP") || line.contains("VALARM")));
}

/// C-F10: a file for adding it to a calendar invites nobody.
#[test]
fn invitation_to_add_names_nobody() {
    let lines = written(&Invitation {
        method: Method::Add,
        ..interview()
    });
    for name in ["METHOD", "ORGANIZER", "ATTENDEE", "agency.example>", "mara"] {
        assert!(
            !lines
                .iter()
                .any(|line| line.starts_with(name) || line.contains(&format!("mailto:{name}"))),
            "{name}"
        );
    }
    assert_eq!(Method::Add.written(), None);
    assert_eq!(value(&lines, "STATUS"), "CONFIRMED");
}

/// C-F12: Outlook's "propose a new time" is left on unless it is turned off.
#[test]
fn invitation_forbids_counters_only_when_told_to() {
    let forbids = |may_counter| {
        written(&Invitation {
            may_counter,
            ..interview()
        })
        .contains(&"X-MICROSOFT-DISALLOW-COUNTER:TRUE".to_owned())
    };
    assert!(forbids(false) && !forbids(true));
}

/// What is put into every text: each part could begin a line, end a parameter, or break a parser.
const HOSTILE: [&str; 30] = [
    "\r\nATTENDEE:mailto:mallory@evil.example",
    "\nEND:VEVENT",
    "\rBEGIN:VEVENT\r",
    "\"",
    "\";CN=\"x",
    ":",
    ";",
    ",",
    "\\",
    "\\n",
    "\\;",
    "^'",
    "^n",
    "^^",
    "\0",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}METHOD:CANCEL",
    "\u{2028}UID:other",
    "\u{2029}",
    "\u{202e}txt.exe",
    "\u{feff}",
    "\t",
    "\u{b}",
    "\u{c}",
    "  ",
    "e\u{301}\u{327}",
    "👩‍👩‍👧‍👦",
    "漢字かな交じり文",
    "mailto:mallory@evil.example",
];

fn hostile(dice: &mut Dice, most: usize) -> String {
    let mut text = String::new();
    for _ in 0..dice.below(most) {
        if dice.percent(50) {
            text.push_str(dice.one_of::<&str>(&HOSTILE));
        } else {
            text.push_str(&"lorem ipsum dolor "[..1 + dice.below(17)]);
        }
    }
    text
}

/// R-S6: whatever stands in the texts, the file holds one event with exactly the lines it should have.
#[test]
fn invitation_lets_no_text_become_a_line_or_a_parameter() {
    for seed in 1..=800 {
        let dice = &mut Dice::new(seed);
        let method = *dice.one_of(&[Method::Request, Method::Cancel, Method::DeclineCounter, Method::Add]);
        let invitation = Invitation {
            method,
            sequence: 1 + dice.below(3) as u32,
            organizer: mailbox(&hostile(dice, 6), "talent@agency.example"),
            attendee: mailbox(&hostile(dice, 6), "o'brien+x=1@client.example"),
            summary: hostile(dice, 12),
            description: hostile(dice, 60),
            location: hostile(dice, 12),
            conference: dice.percent(50).then(|| format!("https://meet.example/{}", hostile(dice, 4))),
            alarms: (0..dice.below(4))
                .map(|_| Duration::seconds(dice.below(200_000) as i64 - 50_000))
                .collect(),
            may_counter: dice.percent(50),
            ..interview()
        };
        let bytes = invitation.bytes();
        check(&bytes, &invitation).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", String::from_utf8_lossy(&bytes)));
        let lines = written(&invitation);
        let begins = |name: &str| lines.iter().filter(|line| line.starts_with(name)).count();
        assert_eq!(begins("BEGIN:VEVENT"), 1, "seed {seed}");
        assert_eq!(begins("ATTENDEE"), usize::from(method != Method::Add), "seed {seed}");
        assert_eq!(begins("UID"), 1, "seed {seed}");
        assert!(
            !lines.iter().any(|line| line.contains(['\0', '\u{1b}', '\u{202e}', '\u{2028}'])),
            "seed {seed}"
        );
    }
}

/// A file that says anything else than the invitation is refused, whatever is changed in it.
#[test]
fn invitation_that_reads_back_otherwise_is_refused() {
    let invitation = interview();
    let text = String::from_utf8(invitation.bytes()).unwrap();
    let changes: [(&str, &str); 19] = [
        ("DTSTART:20260721T133000Z", "DTSTART:20260721T143000Z"),
        ("DTSTART:20260721T133000Z", "DTSTART;TZID=Europe/London:20260721T143000"),
        ("SEQUENCE:0", "SEQUENCE:1"),
        ("UID:iv-", "UID:vi-"),
        ("METHOD:REQUEST\r\n", ""),
        ("METHOD:REQUEST", "METHOD:PUBLISH"),
        ("STATUS:CONFIRMED", "STATUS:TENTATIVE"),
        ("STATUS:CONFIRMED\r\n", "STATUS:CONFIRMED\r\nATTENDEE:mailto:x@y.example\r\n"),
        ("STATUS:CONFIRMED\r\n", "STATUS:CONFIRMED\r\nCOMMENT:hello\r\n"),
        ("CUTYPE=INDIVIDUAL", "CUTYPE=GROUP"),
        ("CUTYPE=INDIVIDUAL", "CUTYPE=INDIVIDUAL;X-A=1"),
        ("mailto:mara", "mara"),
        ("TRIGGER:-PT15M", "TRIGGER:PT15M"),
        (
            "END:VALARM\r\nEND:VEVENT",
            "END:VALARM\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT",
        ),
        ("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\nEND:VCALENDAR"),
        ("\r\n", "\n"),
        ("SUMMARY:Interview: b", "SUMMARY:Interview: \u{7}b"),
        ("VERSION:2.0", "VERSION:1.0"),
        ("DESCRIPTION:Tue", "DESCRIPTION;ALTREP=\"x:y\":Tue"),
    ];
    check(text.as_bytes(), &invitation).unwrap();
    for (from, to) in changes {
        let changed = text.replacen(from, to, if from == "\r\n" { usize::MAX } else { 1 });
        assert_ne!(changed, text, "{from:?} is not there");
        assert!(check(changed.as_bytes(), &invitation).is_err(), "{from:?} to {to:?}");
    }
    for line in text.split_inclusive("\r\n") {
        assert!(
            check(text.replacen(line, "", 1).as_bytes(), &invitation).is_err(),
            "without {line:?}"
        );
        let twice = text.replacen(line, &format!("{line}{line}"), 1);
        assert!(check(twice.as_bytes(), &invitation).is_err(), "{line:?} twice");
    }
    assert!(check(&text.as_bytes()[..text.len() - 3], &invitation).is_err());
}

/// Invitations for `tests/judges/invitations`: the files and what is in them, into the target directory.
#[test]
fn invitation_files_for_the_judges_are_written() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("invitations");
    std::fs::create_dir_all(&folder).unwrap();
    let texts = [
        (
            "Interview: backend engineer",
            "Line one\nLine two",
            "https://meet.agency.example/r/1",
        ),
        (
            "Gespräch; Café, naïve",
            "Größe: 5\\6, \"quoted\"; 100 %\n\n- a\n- b",
            "Straße 1, 10115 Berlin; 2. OG",
        ),
        (
            "面接：バックエンド",
            "東京で面接です。よろしくお願いします。東京で面接です。よろしくお願いします。",
            "東京都千代田区1-1",
        ),
        ("👩‍💻 Interview 🎉", "👩‍👩‍👧‍👦 café \\n not a break; a,b", "Phone: we call +44 20 7183 8750"),
    ];
    let names = [
        "Mara Quist",
        "Lee; Ann",
        "Müller, Jürgen",
        "O'Brien: Sean",
        "李 伟",
        "",
        "d'Arc, \"Jo\"",
    ];
    let mut table = Vec::new();
    let mut keep = |name: String, invitation: &Invitation| {
        let bytes = invitation.bytes();
        check(&bytes, invitation).unwrap();
        std::fs::write(folder.join(&name), bytes).unwrap();
        let time = |at: replyd::model::Timestamp| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let asked = invitation.method != Method::Add;
        table.push(serde_json::json!({
            "file": name, "method": invitation.method.written(), "uid": invitation.uid, "sequence": invitation.sequence,
            "stamp": time(invitation.stamp), "start": time(invitation.start), "end": time(invitation.end),
            "summary": invitation.summary, "description": invitation.description, "location": invitation.location,
            "status": if invitation.method == Method::Cancel { "CANCELLED" } else { "CONFIRMED" },
            "organizer": asked.then(|| format!("mailto:{}", invitation.organizer.address)),
            "attendee": asked.then(|| format!("mailto:{}", invitation.attendee.address)),
            "name": asked.then(|| invitation.attendee.name.as_str().replace('"', "'")),
            "conference": invitation.conference,
            "alarms": if invitation.method == Method::Cancel { vec![] } else { invitation.alarms.iter().map(Duration::num_minutes).collect() },
        }));
    };
    for n in 0..13_usize {
        let (summary, description, location) = texts[n % texts.len()];
        let dice = &mut Dice::new(n as u64 + 1);
        let start = utc("2026-03-20T07:00:00Z") + Duration::minutes(15 * dice.below(3_000) as i64);
        let first = Invitation {
            uid: format!("iv-{n:012x}@agency.example"),
            attendee: mailbox(names[n % names.len()], &format!("person{n}@client.example")),
            summary: summary.to_owned(),
            description: format!("{description}{}", "\nand so on, as long as it takes".repeat(dice.below(20))),
            location: location.to_owned(),
            conference: [
                None,
                Some("https://meet.agency.example/r/1?x=1;y=2".to_owned()),
                Some("tel:+442071838750".to_owned()),
            ][n % 3]
                .clone(),
            alarms: [vec![], vec![Duration::hours(1)], vec![Duration::hours(24), Duration::minutes(15)]][n % 3].clone(),
            may_counter: n % 2 == 0,
            start,
            end: start + Duration::minutes(45),
            ..interview()
        };
        let moved = Invitation {
            sequence: 1,
            stamp: first.stamp + Duration::hours(20),
            start: start + Duration::hours(26),
            end: start + Duration::hours(27),
            ..first.clone()
        };
        keep(format!("{n:02}-0.ics"), &first);
        keep(format!("{n:02}-1.ics"), &moved);
        match n % 3 {
            0 => keep(
                format!("{n:02}-add.ics"),
                &Invitation {
                    method: Method::Add,
                    ..moved
                },
            ),
            _ => keep(
                format!("{n:02}-2.ics"),
                &Invitation {
                    method: Method::Cancel,
                    sequence: 2,
                    stamp: moved.stamp + Duration::hours(3),
                    ..moved
                },
            ),
        }
    }
    assert_eq!(table.len(), 39);
    std::fs::write(folder.join("expected.json"), serde_json::to_vec_pretty(&table).unwrap()).unwrap();
}
