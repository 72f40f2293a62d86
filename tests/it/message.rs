//! Reading of whole mails. Each case is a file: `fixtures/messages/NAME.eml` and `NAME.toml` beside it, which holds what must be read.
//! `letter = "two-profiles"` names the letter of ours that is answered.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use replyd::lab::{kind_dir, kind_name, reply_dir, reply_stdin};
use replyd::message::{Author, Border, Kind, Label, LetterText, Message, OwnText, ReturnPath, Unreadable, letter_text, own_text, read};
use serde::Deserialize;

/// What a case expects; what it does not name is not looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    kind: String,
    letter: Option<String>,
    reply: Option<String>,
    uncertain: Option<bool>,
    authenticated: Option<bool>,
    via_list: Option<bool>,
    author: Option<String>,
    reply_to: Option<Vec<String>>,
    recipients: Option<Vec<String>>,
    in_reply_to: Option<Vec<String>>,
    references: Option<Vec<String>>,
    return_path: Option<String>,
    subject: Option<String>,
    unreadable: Option<String>,
    nature: Option<String>,
    until: Option<String>,
    substitute: Option<String>,
    emoji: Option<String>,
    status: Option<String>,
    recipient: Option<String>,
    about: Option<String>,
    envelope_id: Option<String>,
    diagnostic: Option<String>,
    gone: Option<bool>,
    answer: Option<Answered>,
}

/// What a calendar answer says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    part_stat: String,
    attendee: String,
    note: Option<String>,
    uid: String,
    from: Option<String>,
    to: Option<String>,
    original_from: Option<String>,
    original_to: Option<String>,
}

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/messages")
}

fn border() -> Border {
    Border {
        authserv_id: Some("mx.agency.example".into()),
        host: Some("mx.agency.example".into()),
        ..Border::default()
    }
}

fn letter(name: &str) -> LetterText {
    letter_text(&std::fs::read(dir().join("letters").join(format!("{name}.eml"))).unwrap())
}

/// All cases whose names begin with one of these.
fn cases(prefixes: &[&str]) -> Vec<(String, Vec<u8>, Expected)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|e| e == "eml") && (prefixes.is_empty() || prefixes.iter().any(|p| name.starts_with(p))) {
            let expected = std::fs::read_to_string(path.with_extension("toml")).unwrap();
            let expected = toml::from_str(&expected).unwrap_or_else(|e| panic!("{name}: {e}"));
            found.push((name, std::fs::read(&path).unwrap(), expected));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    for prefix in prefixes {
        assert!(found.iter().any(|case| case.0.starts_with(prefix)), "no case begins with {prefix}");
    }
    assert!(!found.is_empty());
    found
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 30);
    for byte in raw.iter().filter(|b| **b != b'\r') {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// Reads the cases, with both kinds of line ends, and compares. All differences are told at once.
pub(crate) fn check(prefixes: &[&str]) {
    let mut wrong = Vec::new();
    for (name, raw, expected) in cases(prefixes) {
        let lf: Vec<u8> = raw.iter().copied().filter(|b| *b != b'\r').collect();
        for (ends, bytes) in [("LF", lf), ("CRLF", with_crlf(&raw))] {
            let message = match read(&bytes, &border()) {
                Ok(message) => message,
                Err(why) => {
                    wrong.push(format!("{name} ({ends}): {why}"));
                    continue;
                }
            };
            let thread: Vec<LetterText> = expected.letter.iter().map(|name| letter(name)).collect();
            let own = own_text(&message, &thread);
            whole(&own, &name);
            for (what, got, want) in differences(&message, &own, &expected) {
                wrong.push(format!("{name} ({ends}): {what}\n   got {got:?}\n  want {want:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The spans cover the displayed body without gap or overlap.
fn whole(own: &OwnText, name: &str) {
    let mut at = 0;
    for span in &own.spans {
        assert_eq!(span.range.start, at, "{name}");
        assert!(own.shown.get(span.range.clone()).is_some(), "{name}");
        at = span.range.end;
    }
    assert_eq!(at, own.shown.len(), "{name}");
}

fn differences(message: &Message, own: &OwnText, expected: &Expected) -> Vec<(&'static str, String, String)> {
    let texts = |ids: &[replyd::model::MessageId]| ids.iter().map(|id| id.0.clone()).collect::<Vec<_>>();
    let mut all = Vec::new();
    let mut same = |what: &'static str, got: String, want: Option<String>| {
        if let Some(want) = want.filter(|want| *want != got) {
            all.push((what, got, want));
        }
    };
    let author = match &message.author {
        Author::One(mailbox) => mailbox.address.to_string(),
        Author::Unknown => String::new(),
    };
    let return_path = match &message.return_path {
        ReturnPath::Absent => "absent".to_owned(),
        ReturnPath::Null => "null".to_owned(),
        ReturnPath::Address(address) => address.to_string(),
    };
    same("kind", kind_name(&message.kind).into(), Some(expected.kind.clone()));
    same("reply", own.text.clone(), expected.reply.clone());
    same(
        "uncertain",
        own.uncertain.to_string(),
        expected.reply.as_ref().map(|_| expected.uncertain.unwrap_or(false).to_string()),
    );
    same(
        "authenticated",
        message.authenticated.to_string(),
        expected.authenticated.map(|b| b.to_string()),
    );
    same("via_list", message.via_list.to_string(), expected.via_list.map(|b| b.to_string()));
    same("author", author, expected.author.clone());
    same("return_path", return_path, expected.return_path.clone());
    same("subject", message.subject.clone(), expected.subject.clone());
    same(
        "unreadable",
        message.body.unreadable.unwrap_or_default().into(),
        expected.unreadable.clone(),
    );
    let list = |texts: Vec<String>| texts.join(" ");
    same(
        "reply_to",
        list(message.reply_to.iter().map(|m| m.address.to_string()).collect()),
        expected.reply_to.clone().map(list),
    );
    same(
        "recipients",
        list(message.recipients.iter().map(ToString::to_string).collect()),
        expected.recipients.clone().map(list),
    );
    same(
        "in_reply_to",
        list(texts(&message.in_reply_to)),
        expected.in_reply_to.clone().map(list),
    );
    same(
        "references",
        list(texts(&message.references)),
        expected.references.clone().map(list),
    );
    let kind = serde_json::to_value(&message.kind).unwrap();
    let inside = |variant: &str, key: &str| {
        let value = kind.get(variant).and_then(|inner| inner.get(key)).cloned().unwrap_or_default();
        value
            .as_str()
            .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
    };
    same("nature", inside("auto_reply", "nature"), expected.nature.clone());
    same("until", inside("auto_reply", "until"), expected.until.clone());
    same("substitute", inside("auto_reply", "substitute"), expected.substitute.clone());
    same("emoji", inside("reaction", "emoji"), expected.emoji.clone());
    for (key, want) in [
        ("status", &expected.status),
        ("recipient", &expected.recipient),
        ("about", &expected.about),
        ("envelope_id", &expected.envelope_id),
        ("diagnostic", &expected.diagnostic),
    ] {
        same(key, inside("report", key), want.clone());
    }
    same("gone", inside("report", "gone"), expected.gone.map(|gone| gone.to_string()));
    if let Some(want) = &expected.answer {
        let answer = &kind["calendar"]["answer"];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let at = |span: &str, end: &str| text(&answer[span][end]["at"]);
        let optional = |want: &Option<String>| Some(want.clone().unwrap_or_default());
        same("part_stat", text(&answer["part_stat"]), Some(want.part_stat.clone()));
        same("attendee", text(&answer["attendee"]), Some(want.attendee.clone()));
        same("uid", text(&answer["uid"]), Some(want.uid.clone()));
        same("note", text(&answer["note"]), optional(&want.note));
        same("from", at("time", "from"), optional(&want.from));
        same("to", at("time", "to"), optional(&want.to));
        same("original from", at("original", "from"), optional(&want.original_from));
        same("original to", at("original", "to"), optional(&want.original_to));
    }
    all
}

#[test]
fn every_case_reads_as_expected() {
    check(&[]);
}

/// At least five answers of each of the seven programs.
#[test]
fn each_client_has_its_cases() {
    for client in [
        "gmail-",
        "outlook-desktop-",
        "outlook-web-",
        "outlook-mobile-",
        "apple-mail-",
        "ios-",
        "thunderbird-",
    ] {
        let all = cases(&[client]);
        let people = all
            .iter()
            .filter(|(_, _, e)| e.kind == "person" && e.letter.is_some() && e.reply.is_some());
        assert!(people.count() >= 5, "{client}");
    }
}

#[test]
fn calendar_answers_go_before_everything() {
    check(&[
        "google-accepted-auto-submitted",
        "outlook-proposes-new-time",
        "calendar-invitation",
        "person-attaches-a-calendar",
    ]);
    let (_, raw, _) = cases(&["google-accepted"]).remove(0);
    let Kind::Calendar { method, bytes, .. } = read(&raw, &border()).unwrap().kind else {
        panic!()
    };
    assert_eq!(method, "REPLY");
    assert!(String::from_utf8(bytes).unwrap().contains("PARTSTAT=ACCEPTED"));
}

#[test]
fn an_exchange_answer_has_its_note_and_its_windows_zone() {
    check(&["calendar-exchange-accepted"]);
}

#[test]
fn a_google_answer_has_the_note_of_its_parameter() {
    check(&["calendar-google-tentative"]);
}

#[test]
fn a_counter_proposes_a_time_and_keeps_the_old_one() {
    check(&["calendar-outlook-counter", "calendar-apple-declined"]);
}

/// What calendar software writes into the body is no word of the person: only their note is.
#[test]
fn the_body_of_a_calendar_answer_is_no_reply() {
    let mut out = Vec::new();
    kind_dir(&dir(), &mut out, |_, _| ()).unwrap();
    let mut seen = 0;
    for line in String::from_utf8(out).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let reply = line["reply"].as_str().unwrap();
        match line["file"].as_str().unwrap() {
            "calendar-google-tentative-note.eml" => assert_eq!(reply, "It's after 5"),
            "calendar-exchange-accepted-windows-zone.eml" => assert_eq!(reply, "See you, thanks"),
            file if file.starts_with("calendar-outlook-counter") || file.starts_with("google-accepted") => assert_eq!(reply, "", "{file}"),
            _ => continue,
        }
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn delivery_reports_are_read() {
    check(&[
        "postfix-",
        "exchange-without-delivery-status",
        "gmail-old-plain",
        "gmail-delay",
        "yahoo-failure",
        "bounce-",
    ]);
}

#[test]
fn a_bounce_without_a_report_part_is_read_from_its_words() {
    check(&[
        "exchange-without-delivery-status",
        "bounce-exchange-online-html-only",
        "bounce-qmail",
        "bounce-gmail-old",
    ]);
}

#[test]
fn an_exchange_notice_without_its_usual_marks_is_no_bounce_and_no_answer() {
    check(&["exchange-out-of-office-bare"]);
}

#[test]
fn a_delay_is_not_a_failure() {
    check(&[
        "postfix-delay",
        "gmail-delay-plain",
        "bounce-gmail-delay",
        "bounce-exim-warning",
        "bounce-exchange-delayed-fr",
    ]);
}

#[test]
fn reactions_are_no_answers() {
    check(&[
        "gmail-reaction",
        "rfc9078-reaction",
        "outlook-reaction",
        "person-writes-about-reacting",
        "reaction-",
    ]);
}

#[test]
fn automatic_replies_are_told_by_their_marks() {
    check(&[
        "ticket-system",
        "gmail-vacation",
        "icloud-vacation",
        "exchange-out-of-office",
        "ticket-",
        "away-precedence-bulk-alone",
        "away-unmarked",
    ]);
}

#[test]
fn mail_for_many_is_told_from_answers() {
    check(&[
        "newsletter-",
        "precedence-bulk",
        "spam-flag",
        "person-precedence-bulk",
        "person-list-unsubscribe",
    ]);
}

#[test]
fn a_mark_that_proves_nothing_leaves_a_person() {
    check(&[
        "suppress-header-alone",
        "answers-an-automatic-reply",
        "null-return-path-alone",
        "person-away-",
        "person-writes-about-an-automatic-reply",
        "person-read-in-the-subject",
    ]);
}

#[test]
fn absence_notices_name_return_and_substitute() {
    check(&["exchange-out-of-office", "gmail-vacation", "away-"]);
    let languages = ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl"];
    for language in languages {
        assert!(cases(&[&format!("away-{language}-")]).len() >= 2, "{language}");
    }
}

#[test]
fn somebody_who_left_is_told_apart() {
    check(&[
        "auto-reply-no-longer-here",
        "gone-",
        "bounce-exchange-de-gone",
        "person-says-somebody-left",
    ]);
}

#[test]
fn read_receipts_and_recalls_are_no_answers() {
    check(&[
        "exchange-read-receipt",
        "exchange-not-read",
        "outlook-recall",
        "abuse-report",
        "receipt-",
        "recall-",
    ]);
}

#[test]
fn challenges_are_recognised() {
    check(&["spamarrest-challenge", "challenge-"]);
}

#[test]
fn a_list_that_rewrites_from_is_seen() {
    check(&["google-groups-rewrites-from", "mailman-rewrites-from", "person-on-a-list"]);
}

#[test]
fn machine_mail_is_never_a_person() {
    let mut seen = 0;
    for (name, raw, expected) in cases(&[]) {
        let message = read(&raw, &border()).unwrap();
        let text = String::from_utf8_lossy(&raw).to_lowercase();
        let machine = message.return_path == ReturnPath::Null
            || text.contains("multipart/report")
            || (text.contains("\nauto-submitted:") && !text.contains("\nauto-submitted: no\n"));
        if machine {
            seen += 1;
            assert_ne!(message.kind, Kind::Person, "{name}");
            assert_ne!(expected.kind, "person", "{name}");
        }
    }
    assert!(seen >= 10);
}

#[test]
fn forged_results_do_not_authenticate() {
    check(&["forged-results-below-the-border", "two-from-fields", "gmail-yes-and-no"]);
}

#[test]
fn ids_are_found_in_either_header() {
    check(&["ids-in-either-header", "ios-parent-id-only", "bcc-found-by-delivered-to", "mailto-"]);
}

#[test]
fn rewritten_links_do_not_hide_our_letter() {
    check(&["outlook-web-", "plain-buttons-by-rewritten-links", "plain-buttons-quoted"]);
}

/// Our own letter, quoted in every way at hand, with nothing typed: no word of it is an answer.
#[test]
fn our_own_words_quoted_back_are_no_answer() {
    let ours = letter("two-profiles");
    let lines: Vec<&str> = ours.text.lines().collect();
    let header = "From: Sam Porter <talent@agency.example>\nSent: Tuesday, 7 July 2026\nTo: Ann\nSubject: Two profiles\n\n";
    let prefixed = |prefix: &str| lines.iter().map(|line| format!("{prefix}{line}\n")).collect::<String>();
    let bodies = [
        ours.text.clone(),
        ours.html_text.clone(),
        prefixed("> "),
        prefixed(">> "),
        prefixed("    "),
        format!("{header}{}", ours.text),
        format!("{header}{}", ours.html_text.to_uppercase()),
        format!(
            "On Tue, 7 Jul 2026 at 10:02, Sam Porter <talent@agency.example> wrote:\n{}",
            ours.text
        ),
        format!("{}\n\n{}", ours.text, ours.html_text),
        lines.join("\r\n\r\n"),
    ];
    for body in bodies {
        let raw = format!("From: ann.lee@client.example\nContent-Type: text/plain; charset=utf-8\n\n{body}");
        let own = own_text(&read(raw.as_bytes(), &border()).unwrap(), std::slice::from_ref(&ours));
        assert_eq!(own.text, "", "{body}");
        let typed = format!("From: ann.lee@client.example\nContent-Type: text/plain; charset=utf-8\n\nInterested\n\n{body}");
        let own = own_text(&read(typed.as_bytes(), &border()).unwrap(), std::slice::from_ref(&ours));
        assert_eq!(own.text, "Interested", "{body}");
    }
}

#[test]
fn every_span_has_a_reason() {
    let mut labels = std::collections::HashSet::new();
    for (_, raw, expected) in cases(&[]) {
        let thread: Vec<LetterText> = expected.letter.iter().map(|name| letter(name)).collect();
        for span in own_text(&read(&raw, &border()).unwrap(), &thread).spans {
            assert!(!span.why.is_empty());
            labels.insert(span.label);
        }
    }
    for label in [
        Label::Own,
        Label::QuotedOurs,
        Label::Attribution,
        Label::Signature,
        Label::Device,
        Label::Disclaimer,
        Label::Banner,
    ] {
        assert!(labels.contains(&label), "{label:?}");
    }
}

#[test]
fn bytes_without_a_header_are_quarantined() {
    for raw in [&b""[..], b"\n\n", b"hello", b"\0\0\0"] {
        assert_eq!(read(raw, &border()).unwrap_err(), Unreadable::NoHeader, "{raw:?}");
    }
}

#[test]
fn hostile_bodies_take_time_by_their_length_only() {
    let line = "On Tue, 7 Jul 2026 at 10:02, Sam <a@b.example>";
    let bodies = [
        ("attributions", format!("{line} wrote:\n").repeat(20_000)),
        ("without verb", format!("{line}\n").repeat(20_000)),
        ("dashes", "-".repeat(500_000)),
        ("dash lines", "-----\n".repeat(20_000)),
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
    let started = std::time::Instant::now();
    let message = read(raw.as_bytes(), &border()).unwrap();
    let _ = own_text(&message, std::slice::from_ref(ours));
    let took = started.elapsed();
    // Debug builds on a busy machine; quadratic code takes minutes.
    assert!(took.as_secs() < 15, "{name}: {took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

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
