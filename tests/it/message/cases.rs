//! The cases of whole mails: each is a file, `fixtures/messages/NAME.eml`, with `NAME.toml` beside it, which holds what must be read.
//! `letter = "two-profiles"` names the letter of ours that is answered.

use std::path::{Path, PathBuf};

use replyd::lab::kind_name;
use replyd::message::{Author, Border, LetterText, Message, OwnText, ReturnPath, letter_text, own_text, read};
use serde::Deserialize;

/// What a case expects; what it does not name is not looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) kind: String,
    pub(super) letter: Option<String>,
    pub(super) reply: Option<String>,
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
pub(super) struct Answered {
    part_stat: String,
    attendee: String,
    note: Option<String>,
    uid: String,
    from: Option<String>,
    to: Option<String>,
    original_from: Option<String>,
    original_to: Option<String>,
}

pub(super) fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/messages")
}

pub(super) fn border() -> Border {
    Border {
        authserv_id: Some("mx.agency.example".into()),
        host: Some("mx.agency.example".into()),
        ..Border::default()
    }
}

pub(super) fn letter(name: &str) -> LetterText {
    letter_text(&std::fs::read(dir().join("letters").join(format!("{name}.eml"))).unwrap())
}

/// All cases whose names begin with one of these.
pub(super) fn cases(prefixes: &[&str]) -> Vec<(String, Vec<u8>, Expected)> {
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
pub(super) fn check(prefixes: &[&str]) {
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
pub(super) fn whole(own: &OwnText, name: &str) {
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
