//! Answers to invitations: `fixtures/calendar/answers`, and what nobody should have to read.

use std::collections::BTreeMap;

use replyd::calendar::{Answer, Moment, NoAnswer, PartStat, Proposal, answer};
use replyd::message;

use crate::roundtrip::dice::Dice;

use super::{fixture_pairs, utc};

const KEYS: [&str; 16] = [
    "counter",
    "uid",
    "sequence",
    "stamp",
    "attendee",
    "part_stat",
    "delegate",
    "delegator",
    "note",
    "from",
    "to",
    "original_from",
    "original_to",
    "now",
    "proposes",
    "asks_about",
];

/// What is read, in the words of the tables.
fn said(answer: &Answer) -> BTreeMap<&'static str, toml::Value> {
    let json = serde_json::to_value(answer).unwrap();
    let text = |value: Option<String>| toml::Value::String(value.unwrap_or_default());
    let time = |moment: Option<&Moment>| {
        text(
            moment
                .and_then(Moment::instant)
                .map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        )
    };
    let from = |span: &Option<replyd::calendar::Span>| time(span.as_ref().map(|span| &span.from));
    let to = |span: &Option<replyd::calendar::Span>| time(span.as_ref().and_then(|span| span.to.as_ref()));
    BTreeMap::from([
        ("counter", answer.counter.into()),
        ("uid", text(answer.uid.clone())),
        ("sequence", i64::from(answer.sequence.unwrap_or(0)).into()),
        ("stamp", text(answer.stamp.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()))),
        ("attendee", text(answer.attendee.as_ref().map(ToString::to_string))),
        ("part_stat", json["part_stat"].as_str().unwrap().into()),
        ("delegate", text(answer.delegate.as_ref().map(ToString::to_string))),
        ("delegator", text(answer.delegator.as_ref().map(ToString::to_string))),
        ("note", text(answer.note.clone())),
        ("from", from(&answer.time)),
        ("to", to(&answer.time)),
        ("original_from", from(&answer.original)),
        ("original_to", to(&answer.original)),
    ])
}

fn proposed(proposal: &Proposal, table: &toml::Table, name: &str) {
    match proposal {
        Proposal::None => assert_eq!(table["proposes"].as_array().map(Vec::len), Some(0), "{name}"),
        Proposal::Time { from, to } => {
            let expected: Vec<_> = table["proposes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|at| utc(at.as_str().unwrap()))
                .collect();
            assert_eq!(expected, [*from, to.unwrap()], "{name}");
        }
        Proposal::Unclear(span) => match &span.from {
            Moment::Local { zone, .. } => assert_eq!(zone.as_deref(), table["asks_about"].as_str(), "{name}"),
            Moment::At(_) => panic!("{name}: {span:?} is clear"),
        },
    }
}

/// C-F13 to C-F17 and C-F22: the reading of each file in `fixtures/calendar/answers`, with either end of line.
#[test]
fn calendar_answers_are_read_as_their_programs_write_them() {
    let cases = fixture_pairs("answers");
    assert!(cases.len() >= 16, "{}", cases.len());
    for (name, bytes, table) in cases {
        if let Some(sentence) = table.get("refused").and_then(toml::Value::as_str) {
            let refused = answer(&bytes, None).unwrap_err().to_string();
            assert!(refused.contains(sentence), "{name}: {refused}");
            continue;
        }
        let read = answer(&bytes, None).unwrap_or_else(|none| panic!("{name}: {none}"));
        let said = said(&read);
        for (key, expected) in &table {
            assert!(KEYS.contains(&key.as_str()), "{name}: {key}");
            if let Some(found) = said.get(key.as_str()) {
                assert_eq!(found, expected, "{name}: {key}");
            }
        }
        if let Some(now) = table.get("now") {
            proposed(&read.proposal(utc(now.as_str().unwrap())), &table, &name);
        }
    }
}

/// C-F15: the same answer without ORGANIZER, and with it, says the same.
#[test]
fn calendar_answers_need_no_organizer() {
    let (_, bytes, _) = fixture_pairs("answers")
        .into_iter()
        .find(|(name, ..)| name.starts_with("exchange-accepted"))
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("ORGANIZER"));
    let with = text.replace("UID:", "ORGANIZER;CN=Agency:mailto:talent@agency.example\nUID:");
    assert_eq!(answer(text.as_bytes(), None), answer(with.as_bytes(), None));
}

/// RFC 6047 2.4: a calendar that names no method goes by the one named beside it, also as part of a mail.
#[test]
fn answers_go_by_the_method_beside_them_where_they_name_none() {
    let event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260721T133000Z\nATTENDEE:mailto:mara.quist@client.example\nEND:VEVENT\nEND:VCALENDAR\n";
    let counter = |declared| answer(event.as_bytes(), declared).map(|read| read.counter);
    assert_eq!(counter(Some("counter")), Ok(true));
    assert_eq!(counter(Some("REPLY")), Ok(false));
    assert_eq!(counter(None), Ok(false));
    assert_eq!(counter(Some("REQUEST")), Err(NoAnswer::Method("REQUEST".to_owned())));
    let named = event.replacen('\n', "\nMETHOD:REPLY\n", 1);
    assert_eq!(answer(named.as_bytes(), Some("COUNTER")).map(|read| read.counter), Ok(false));

    let mail = format!("From: mara.quist@client.example\nContent-Type: text/calendar; charset=utf-8; method=COUNTER\n\n{event}");
    match message::read(mail.as_bytes(), &message::Border::default()).unwrap().kind {
        message::Kind::Calendar { method, answer, .. } => assert_eq!((method.as_str(), answer.unwrap().counter), ("COUNTER", true)),
        other => panic!("{other:?}"),
    }
}

fn reply(part_stat: &str, sequence: &str, stamp: &str) -> Answer {
    let calendar = format!(
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:a\n{sequence}DTSTAMP:{stamp}\nDTSTART:20260721T133000Z\n\
         ATTENDEE;PARTSTAT={part_stat}:mailto:mara.quist@client.example\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    answer(calendar.as_bytes(), None).unwrap()
}

/// C-F16: a higher SEQUENCE, then a later DTSTAMP; an answer to an earlier SEQUENCE is about a time that is no more.
#[test]
fn calendar_answers_count_by_sequence_then_by_stamp() {
    let yes = reply("ACCEPTED", "SEQUENCE:1\n", "20260716T100000Z");
    let later_no = reply("DECLINED", "SEQUENCE:1\n", "20260716T100001Z");
    let late_but_old = reply("DECLINED", "SEQUENCE:0\n", "20260718T100000Z");
    assert!(later_no.version() > yes.version());
    assert!(yes.version() > late_but_old.version());
    let now = utc("2026-07-21T13:30:00Z");
    assert!(yes.is_current(1, now) && !late_but_old.is_current(1, now));
    assert!(yes.is_current(0, now), "a higher one than we know is about what we know");
    // Some programs leave it out: then the time tells.
    let none = reply("ACCEPTED", "", "20260716T100000Z");
    assert!(none.is_current(1, now) && !none.is_current(1, utc("2026-07-22T13:30:00Z")));
}

/// C-F19: the same answer again is no higher version, so it counts once.
#[test]
fn calendar_answers_that_come_twice_count_once() {
    let once = reply("ACCEPTED", "SEQUENCE:1\n", "20260716T100000Z");
    let again = reply("ACCEPTED", "SEQUENCE:1\n", "20260716T100000Z");
    assert_eq!(once, again);
    assert!(again.version() <= once.version());
}

/// R-S7: hostile calendars are refused or read with little work, whatever they hold.
#[test]
fn calendar_answers_that_are_hostile_are_refused() {
    let event = "BEGIN:VEVENT\nATTENDEE;PARTSTAT=ACCEPTED:mailto:mara.quist@client.example\nUID:a\n";
    let large = vec![b'A'; 100_000_000];
    assert_eq!(answer(&large, None), Err(NoAnswer::TooLarge(100_000_000)));
    for nested in ["VEVENT", "VALARM", "X-A", "VCALENDAR"] {
        let deep = format!("BEGIN:{nested}\n").repeat(100_000);
        assert!(matches!(answer(deep.as_bytes(), None), Err(NoAnswer::TooLarge(_))), "{nested}");
        let fits = format!("METHOD:REPLY\n{}{event}", format!("BEGIN:{nested}\n").repeat(15_000));
        match answer(fits.as_bytes(), None) {
            Err(NoAnswer::TooManyParts) => assert_eq!(nested, "VEVENT"),
            read => assert_eq!(read.unwrap().part_stat, PartStat::Accepted, "{nested}"),
        }
    }
    let many = format!("{event}{}", "BEGIN:VALARM\nEND:VALARM\n".repeat(500));
    assert_eq!(answer(many.as_bytes(), None), Err(NoAnswer::TooManyParts));
    let parameters = format!("BEGIN:VEVENT\nATTENDEE{}:mailto:a@b.example\n", ";X=\"y\"".repeat(40_000));
    assert!(answer(parameters.as_bytes(), None).is_ok());
    let note = format!("{event}COMMENT:{}\n", "\\n\\n<".repeat(50_000));
    assert!(answer(note.as_bytes(), None).unwrap().note.unwrap().chars().count() <= 4_000);
    for cut in 0..event.len() {
        let _ = answer(&event.as_bytes()[..cut], None);
    }
}

/// No change of single bytes in a real answer makes it panic.
#[test]
fn calendar_answers_with_a_byte_changed_are_read_or_refused() {
    let mut dice = Dice::new(7);
    for (_, bytes, _) in fixture_pairs("answers") {
        for _ in 0..200 {
            let mut bytes = bytes.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                bytes[at] = *dice.one_of(&[b'\n', b';', b':', b'"', b'\\', 0, 0xff, b'9', b'T', b'=', b'-', b' ']);
            }
            if let Ok(read) = answer(&bytes, None) {
                let _ = read.proposal(utc("2026-07-16T18:43:00Z"));
                assert!(read.note.is_none_or(|note| !note.contains(['\0', '\u{1b}'])));
            }
        }
    }
}
