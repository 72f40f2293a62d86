//! Mails that are made to hang or to break a reader.

use std::sync::LazyLock;

use proptest::prelude::*;
use replyd::message::{LetterText, letter_text, own_text, read};

use super::cases::{Expected, border, cases, letter, whole};

#[test]
fn hostile_bodies_take_time_by_their_length_only() {
    let line = "On Tue, 7 Jul 2026 at 10:02, Sam <a@b.example>";
    let bodies = [
        ("attributions", format!("{line} wrote:\n").repeat(20_000)),
        ("without verb", format!("{line}\n").repeat(20_000)),
        ("dashes", "-".repeat(500_000)),
        ("dash lines", "-----\n".repeat(20_000)),
        ("rules", format!("hello\n\n{}", "--------\n".repeat(50_000))),
        ("signature marks", format!("hello\n\n{}", "---\nsaid so.\n".repeat(20_000))),
        ("labels", "From: a\n".repeat(20_000)),
        ("nested quotes", (0..500).map(|n| format!("{} x\n", ">".repeat(n))).collect()),
        ("one deep quote", format!("{} x\n", ">".repeat(10_000))),
        (
            "quotes that go deeper",
            (0..10_000).step_by(40).map(|n| format!("{} x\n", ">".repeat(n))).collect(),
        ),
        ("one word", "interested ".repeat(30_000)),
        ("our letter again", letter("two-profiles").text.repeat(1_000)),
        ("our button words", "Interested Maybe Pass\n".repeat(30_000)),
        (
            "our letter, quoted and typed into",
            letter("two-profiles").text.replace('\n', "\nyes\n> ").repeat(500),
        ),
    ];
    let ours = letter("two-profiles");
    for (name, body) in bodies {
        for kind in ["plain", "html"] {
            let raw = format!("From: a@b.example\nContent-Type: text/{kind}; charset=utf-8\n\n{body}");
            in_time(name, &raw, &ours);
        }
    }
    for (unit, times) in [
        ("<div>", 1_000_000),
        ("<blockquote type=\"cite\">x", 50_000),
        ("<div class=gmail_quote>x", 50_000),
        ("<p>", 50_000),
        ("<a x=", 200_000),
        ("<a x='y' z=\"<", 80_000),
        ("<s>x", 100_000),
    ] {
        let raw = format!("From: a@b.example\nContent-Type: text/html\n\n{}", unit.repeat(times));
        in_time(unit, &raw, &ours);
    }
}

/// What pretends to come from a machine: reports, notices and calendars that never end.
#[test]
fn hostile_mail_of_machines_takes_time_by_its_length_only() {
    let ours = letter("two-profiles");
    let plain = "Content-Type: text/plain; charset=utf-8\n\n";
    let bounce = format!("Return-Path: <>\nFrom: a@b.example\nSubject: Undeliverable: x\n{plain}");
    let away = format!("From: a@b.example\nSubject: Automatic reply: x\nDate: Tue, 7 Jul 2026 10:15:00 +0000\n{plain}I am out of office. ");
    let unmarked = format!("From: a@b.example\nSubject: Out of office\n{plain}Thank you for your email. I am out of office. ");
    let calendar = "From: a@b.example\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n";
    for (head, unit, times) in [
        (bounce.as_str(), "550 5.1.1 user unknown\n", 40_000),
        (&bounce, "550 no such user ", 40_000),
        (&bounce, "Message-ID:\n", 80_000),
        (&bounce, "<a@b.example> ", 80_000),
        (&away, "until 3 August ", 60_000),
        (&away, "back on ", 100_000),
        (&away, "1.", 400_000),
        (&away, "3-", 400_000),
        (&away, "please contact a@b.example. ", 30_000),
        (&away, "İ", 300_000),
        (&unmarked, "until ", 100_000),
        (&unmarked, ", ", 300_000),
        (calendar, "COMMENT:a\n b\n", 15_000),
        (calendar, "ATTENDEE;X=1:a\n", 15_000),
        (calendar, ";X=1", 50_000),
        (calendar, "\"a;", 60_000),
        (calendar, "ATTENDEE;X-RESPONSE-COMMENT=\"&#39;", 6_000),
        (calendar, "&", 200_000),
    ] {
        let raw = format!("{head}{}\n", unit.repeat(times));
        in_time(unit, &raw, &ours);
    }
}

fn in_time(name: &str, raw: &str, ours: &LetterText) {
    let (_, took) = crate::worked(|| own_text(&read(raw.as_bytes(), &border()).unwrap(), std::slice::from_ref(ours)));
    // Debug builds; quadratic code takes minutes.
    assert!(took.as_secs() < 15, "{name}: {took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Cut anywhere and with any bytes turned over, a mail is read or refused, and the spans stay whole.
    #[test]
    fn broken_mails_are_read_or_refused(which in 0_usize..1_000, cut in 0.0_f64..1.0, flips in proptest::collection::vec((0.0_f64..1.0, any::<u8>()), 0..12)) {
        static CASES: LazyLock<Vec<(String, Vec<u8>, Expected)>> = LazyLock::new(|| cases(&[]));
        static OURS: LazyLock<LetterText> = LazyLock::new(|| letter("two-profiles"));
        let all = &*CASES;
        let (name, raw, _) = &all[which % all.len()];
        let mut raw = raw.clone();
        let at = |part: f64, length: usize| ((part * length as f64) as usize).min(length.saturating_sub(1));
        let length = raw.len();
        for (place, byte) in flips {
            raw[at(place, length)] = byte;
        }
        if cut < 0.7 {
            raw.truncate(at(cut / 0.7, length));
        }
        if let Ok(message) = read(&raw, &border()) {
            whole(&own_text(&message, std::slice::from_ref(&*OURS)), name);
        }
        let _ = letter_text(&raw);
    }
}
