//! A finished calendar file, read back by a parser that did not write it, against what it should say.
//!
//! In: the bytes and the invitation. Out: nothing, or the first thing that is different. A file that is different must not leave.

use std::collections::BTreeMap;

use chrono::Duration;

use super::blocks::{Block, blocks};
use super::invitation::{Invitation, Method, PRODUCT, common_name, word};
use super::lines::{Line, lines};
use super::moment;
use crate::model::{Mailbox, Timestamp};

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// A value reads back as another.
    #[error("the calendar file says {found:?} in {place}, where the invitation has {expected:?}: it is not sent; this is a bug in replyd")]
    Value {
        /// The property, or property and parameter.
        place: &'static str,
        /// What the invitation has.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// The lines are not laid out as RFC 5545 wants.
    #[error("line {line} of the calendar file {what}: it is not sent; this is a bug in replyd")]
    Layout {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The invitation itself makes no sense.
    #[error("the invitation {0}: put it right and send it again")]
    Invitation(&'static str),
}

/// Reads a file back and compares all of it.
///
/// # Errors
/// Says what is different.
pub fn check(bytes: &[u8], invitation: &Invitation) -> Result<(), Mismatch> {
    sense(invitation)?;
    layout(bytes, invitation)?;
    let same = |place, expected: &str, found: Option<&str>| match found {
        Some(found) if found == expected => Ok(()),
        found => Err(Mismatch::Value {
            place,
            expected: expected.to_owned(),
            found: found.unwrap_or_default().to_owned(),
        }),
    };
    let all: Vec<Block> = blocks(bytes).collect();
    let [event] = all.as_slice() else {
        return same(
            "VCALENDAR",
            "VEVENT",
            Some(&all.iter().map(|block| block.name.as_str()).collect::<Vec<_>>().join(" ")),
        );
    };
    // Every name that may stand there, and nothing else: what slipped in would have to be one of them, twice or different.
    let expected = expected(invitation);
    same("VEVENT", &names(&expected), Some(&names(&found(&event.lines))))?;
    for (name, value) in &expected {
        let line = event.line(name);
        let read = line.map(|line| match *name {
            "SUMMARY" | "LOCATION" | "DESCRIPTION" | "UID" => line.text(),
            _ => line.value.clone(),
        });
        same(name, value, read.as_deref())?;
        same("parameters", &parameters(name, invitation), line.map(Line::parameters).as_deref())?;
    }
    let alarms = event
        .inner
        .iter()
        .map(|alarm| (alarm.name.as_str(), names(&found(&alarm.lines)), alarm));
    let mut reminders = invitation.reminders().into_iter();
    for (name, lines, alarm) in alarms {
        same("VALARM", "VALARM ACTION DESCRIPTION TRIGGER", Some(&format!("{name} {lines}")))?;
        same("ACTION", "DISPLAY", alarm.value("ACTION"))?;
        same(
            "DESCRIPTION",
            &invitation.title(),
            alarm.line("DESCRIPTION").map(Line::text).as_deref(),
        )?;
        let before = reminders.next().map(|before| (Duration::zero() - before).num_minutes().to_string());
        let read = alarm
            .value("TRIGGER")
            .and_then(moment::duration)
            .map(|read| read.num_minutes().to_string());
        same("TRIGGER", before.as_deref().unwrap_or("none"), read.as_deref())?;
    }
    same("VALARM", "0 left", Some(&format!("{} left", reminders.count())))
}

/// What no calendar would take in good part.
fn sense(invitation: &Invitation) -> Result<(), Mismatch> {
    let wrong = if invitation.end <= invitation.start {
        "ends before it begins"
    } else if word(&invitation.uid).is_empty() || word(&invitation.uid) != invitation.uid {
        "has no UID that can stand in a calendar"
    } else if invitation.method == Method::Cancel && invitation.sequence == 0 {
        "is taken back with the SEQUENCE it was made with"
    } else {
        return Ok(());
    };
    Err(Mismatch::Invitation(wrong))
}

/// RFC 5545 3.1: lines end by CRLF and have 75 octets at most; nothing is in them but text.
fn layout(bytes: &[u8], invitation: &Invitation) -> Result<(), Mismatch> {
    let wrong = |line: usize, what| Err(Mismatch::Layout { line: line + 1, what });
    let Ok(text) = std::str::from_utf8(bytes) else {
        return wrong(0, "or a later one is not UTF-8");
    };
    let Some(body) = text.strip_suffix("\r\n") else {
        return wrong(0, "or a later one has no end");
    };
    for (at, line) in body.split("\r\n").enumerate() {
        if line.len() > 75 {
            return wrong(at, "has more than 75 octets");
        }
        if line.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return wrong(at, "has a control character");
        }
    }
    // The parser passes over what is no line; here nothing may be.
    if lines(bytes).count() != body.split("\r\n").filter(|line| !line.starts_with(' ')).count() {
        return wrong(0, "or a later one is no line of a calendar");
    }
    // What stands before the event is known word for word.
    let all = lines(bytes).map(|line| format!("{}:{}", line.name, line.value));
    let head: Vec<String> = all.take_while(|line| line != "BEGIN:VEVENT").collect();
    let product = format!("PRODID:{PRODUCT}");
    let mut known = vec!["BEGIN:VCALENDAR", "VERSION:2.0", &product, "CALSCALE:GREGORIAN"];
    let method = invitation.method.written().map(|method| format!("METHOD:{method}"));
    known.extend(method.as_deref());
    if head != known {
        return wrong(0, "or one before the event is not as replyd begins a calendar");
    }
    let edges = lines(bytes).filter(|line| matches!(line.name.as_str(), "BEGIN" | "END"));
    let edges: Vec<String> = edges.map(|line| format!("{}:{}", line.name, line.value)).collect();
    let alarms = ["BEGIN:VALARM", "END:VALARM"].repeat(invitation.reminders().len());
    let known = [&["BEGIN:VCALENDAR", "BEGIN:VEVENT"][..], &alarms, &["END:VEVENT", "END:VCALENDAR"]].concat();
    if edges != known {
        return wrong(0, "or a later one begins or ends something else than an event and its alarms");
    }
    Ok(())
}

/// What the event should say, by name.
fn expected(invitation: &Invitation) -> BTreeMap<&'static str, String> {
    let time = |at: Timestamp| at.format("%Y%m%dT%H%M%SZ").to_string();
    let mailto = |who: &Mailbox| format!("mailto:{}", who.address);
    let cancelled = invitation.method == Method::Cancel;
    let mut all = BTreeMap::from([
        ("UID", invitation.uid.clone()),
        ("DTSTAMP", time(invitation.stamp)),
        ("SEQUENCE", invitation.sequence.to_string()),
        ("DTSTART", time(invitation.start)),
        ("DTEND", time(invitation.end)),
        ("SUMMARY", invitation.title()),
        ("STATUS", if cancelled { "CANCELLED" } else { "CONFIRMED" }.to_owned()),
        ("TRANSP", if cancelled { "TRANSPARENT" } else { "OPAQUE" }.to_owned()),
    ]);
    let texts = [("LOCATION", invitation.place()), ("DESCRIPTION", invitation.text())];
    all.extend(texts.into_iter().filter(|(_, text)| !text.is_empty()));
    all.extend(invitation.meeting().map(|uri| ("CONFERENCE", uri.to_owned())));
    if invitation.method != Method::Add {
        all.insert("ORGANIZER", mailto(&invitation.organizer));
        all.insert("ATTENDEE", mailto(&invitation.attendee));
    }
    if invitation.method == Method::Request && !invitation.may_counter {
        all.insert("X-MICROSOFT-DISALLOW-COUNTER", "TRUE".to_owned());
    }
    all
}

/// The parameters a property should have, in the order of their names.
fn parameters(name: &str, invitation: &Invitation) -> String {
    let named = |who: &Mailbox| {
        Some(common_name(who))
            .filter(|name| !name.is_empty())
            .map(|name| format!("CN={name}"))
    };
    match name {
        "ORGANIZER" => named(&invitation.organizer).unwrap_or_default(),
        "ATTENDEE" => {
            let asks = invitation.method == Method::Request;
            let all = [
                named(&invitation.attendee),
                Some("CUTYPE=INDIVIDUAL".to_owned()),
                asks.then(|| "PARTSTAT=NEEDS-ACTION".to_owned()),
                Some("ROLE=REQ-PARTICIPANT".to_owned()),
                asks.then(|| "RSVP=TRUE".to_owned()),
            ];
            all.into_iter().flatten().collect::<Vec<_>>().join(";")
        }
        "CONFERENCE" => {
            let phone = invitation.meeting().is_some_and(|uri| uri.starts_with("tel:"));
            format!("FEATURE={};VALUE=URI", if phone { "PHONE" } else { "VIDEO" })
        }
        _ => String::new(),
    }
}

/// The names in order, with as many of each as there are.
fn names<V>(all: &BTreeMap<impl AsRef<str> + Ord, V>) -> String {
    all.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
}

/// The lines of a component by name; a second of a name gets another.
fn found(lines: &[Line]) -> BTreeMap<String, ()> {
    let mut all = BTreeMap::new();
    for line in lines {
        let mut name = line.name.clone();
        while all.insert(name.clone(), ()).is_some() {
            name.push('+');
        }
    }
    all
}
