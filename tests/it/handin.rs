//! Mails that hand candidates in, read: `fixtures/desk/handin-*.jsonl` with what they say, and `corrections.jsonl`, answers to a preview.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use replyd::handin::{HandIn, Interview, Order, correct, read};
use replyd::lab::handin::{Scores, score};
use replyd::message::{Border, Message, OwnText, own_text};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/desk").join(name)
}

fn scores(name: &str) -> Scores {
    score(std::io::BufReader::new(fs::File::open(fixture(name)).unwrap())).unwrap()
}

fn mail(body: &str) -> (Message, OwnText) {
    let raw = format!("From: Tom Reed <tom@agency.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}");
    let message = replyd::message::read(raw.as_bytes(), &Border::default()).unwrap();
    let own = own_text(&message, &[]);
    (message, own)
}

fn handed_in(body: &str) -> HandIn {
    let (message, own) = mail(body);
    read(&own, &message, "Candidates", &[])
}

/// As many wholly right as were reached once, and no more wrong values than then.
#[test]
fn hand_ins_are_read() {
    for (file, mails, right, wrong) in [
        ("handin-first.jsonl", 50, 49, 0),
        ("handin-second.jsonl", 30, 28, 1),
        ("handin-third.jsonl", 30, 30, 0),
        ("handin-fourth.jsonl", 20, 18, 0),
        ("handin-fifth.jsonl", 12, 10, 0),
        ("handin-seventh.jsonl", 64, 54, 1),
        ("handin-eighth.jsonl", 20, 18, 1),
        ("handin-ninth.jsonl", 15, 13, 2),
        // Never looked at, both of them.
        ("handin-sixth.jsonl", 30, 13, 12),
        ("handin-tenth.jsonl", 40, 21, 8),
    ] {
        let scores = scores(file);
        println!(
            "{file}: {} of {} right, {} of {} values wrong",
            scores.right, scores.mails, scores.wrong, scores.values
        );
        assert_eq!(scores.mails, mails, "{file}");
        assert!(scores.right >= right && scores.wrong <= wrong, "{file}: {:?}", scores.not_right);
    }
}

const DRAFT: &str = "Client: Norrland Data\nContact: Petra Vogel <petra@norrland.example>\nRole: Senior Java Engineer\nCandidates:\n\
    - Ana Kovač <ana@kovac.example>: ten years of Java\n- Ben Okafor <ben@okafor.example>: Kotlin and Kafka\n";

/// Each answer changes what it names, and nothing else.
#[test]
fn previews_are_corrected() {
    let draft = handed_in(DRAFT);
    assert_eq!(draft.missing, []);
    let text = fs::read_to_string(fixture("corrections.jsonl")).unwrap();
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let (_, own) = mail(case["body"].as_str().unwrap());
        let said = correct(&draft, &own, &[]);
        let now = &said.draft;
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        let people = |of: &HandIn| -> Vec<String> {
            let all = of.candidates.iter();
            all.map(|one| format!("{} <{}>", one.name.as_ref().unwrap().value, one.address.as_ref().unwrap().value))
                .collect()
        };
        let contact = |of: &HandIn| {
            let name = of.contact.name.as_ref().unwrap().value.clone();
            of.contact
                .address
                .as_ref()
                .map_or(name.clone(), |address| format!("{name} <{}>", address.value))
        };
        let kind = |of: &HandIn| {
            of.interview
                .as_ref()
                .map(|said| if said.value == Interview::Phone { "phone" } else { "other" }.to_owned())
        };
        let mut check = |what: &str, is: String, expected: String| {
            if is != expected {
                wrong.push(format!("{}: {what} is {is}, not {expected}", case["id"]));
            }
        };
        let order = said
            .order
            .as_ref()
            .map(|said| if said.value == Order::Send { "send" } else { "discard" });
        check("order", format!("{order:?}"), format!("{:?}", case["order"].as_str()));
        check(
            "sends",
            said.sends().to_string(),
            case["sends"].as_bool().unwrap_or(false).to_string(),
        );
        check(
            "unread",
            (!said.unread.is_empty()).to_string(),
            case["unread"].as_bool().unwrap_or(false).to_string(),
        );
        check(
            "missing",
            (!now.missing.is_empty()).to_string(),
            case["missing"].as_bool().unwrap_or(false).to_string(),
        );
        check(
            "client",
            now.client.as_ref().unwrap().value.clone(),
            text("client").unwrap_or_else(|| draft.client.as_ref().unwrap().value.clone()),
        );
        check(
            "role",
            now.role.as_ref().unwrap().value.clone(),
            text("role").unwrap_or_else(|| draft.role.as_ref().unwrap().value.clone()),
        );
        let backup = now.backup.name.as_ref().map(|name| {
            let address = now.backup.address.as_ref().map(|said| said.value.to_string()).unwrap_or_default();
            format!("{} <{address}>", name.value)
        });
        check("backup", format!("{backup:?}"), format!("{:?}", text("backup")));
        check("contact", contact(now), text("contact").unwrap_or_else(|| contact(&draft)));
        let expected = case["candidates"]
            .as_array()
            .map(|all| all.iter().map(|one| one.as_str().unwrap().to_owned()).collect());
        check(
            "candidates",
            format!("{:?}", people(now)),
            format!("{:?}", expected.unwrap_or_else(|| people(&draft))),
        );
        check("interview", format!("{:?}", kind(now)), format!("{:?}", text("interview")));
        check(
            "minutes",
            format!("{:?}", now.minutes.as_ref().map(|said| u64::from(said.value))),
            format!("{:?}", case["minutes"].as_u64()),
        );
        for one in &now.candidates {
            let name = &one.name.as_ref().unwrap().value;
            let given = |key: &str| case[key][0].as_str().filter(|of| of == name).and_then(|_| case[key][1].as_str());
            if let Some(expected) = given("summary") {
                check("summary", one.summary.clone(), expected.to_owned());
            }
            check(
                "zone",
                format!("{:?}", one.zone.as_ref().map(|said| said.value.name())),
                format!("{:?}", given("zone")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing that is not said is made up.
#[test]
fn what_is_not_said_is_missing() {
    for body in [
        "",
        "\n\n",
        "hello",
        "Client:\nContact:\nRole:\nCandidates:\n",
        "tom@agency.example",
        "@ @ @",
        "Please call me back.\n\nTom",
    ] {
        let draft = handed_in(body);
        assert!(
            draft.client.is_none() && draft.role.is_none() && draft.candidates.is_empty(),
            "{body:?}: {draft:?}"
        );
        assert!(draft.contact.address.is_none(), "{body:?}");
        assert_eq!(draft.missing.len(), 5, "{body:?}");
    }
}

/// What nobody types is read in the time that people do not notice.
#[test]
fn hostile_text_is_read_quickly() {
    let draft = handed_in(DRAFT);
    for unit in [
        ":",
        "a: ",
        "Client: x\n",
        "Client:\n\n",
        "Name: Ana Kovac\nEmail: ana@x.example\n",
        "@",
        "a@x.example ",
        "Ana Kovač <ana@x.example>, ",
        "- Ana Kovac - ",
        "| a | b |\n",
        "Name\tEmail\n",
        "\t",
        "Engineer ",
        "the role of ",
        "1. ",
        "(",
        "+49 170 ",
        "send\n",
        "Ana and ",
        "ok, ok - ok, blub - ",
        "From: a\nTo: b\nSubject: c\n",
        "e\u{301}",
        "ß'",
        "Dr. ",
    ] {
        let text = unit.repeat(500_000 / unit.len());
        let (_, time) = crate::worked(|| {
            let (message, own) = mail(&text);
            let read = read(&own, &message, &text, &[text.clone(), "cv.pdf".to_owned()]);
            let _ = correct(&draft, &own, &[]);
            read
        });
        assert!(time < Duration::from_secs(20), "{unit:?}: {time:?}");
    }
}

proptest! {
    /// Any text is read.
    #[test]
    fn any_text_is_read(text in "(?s).{0,400}", pieces in prop::collection::vec(prop::sample::select(vec![
        "Client: ", "Contact:", "Ana Kovač", " <ana@x.example>", "\n", "- ", "Candidates:\n", "role of ", "Nurse Manager", ", ", "@", "\t", "|", "Name\tEmail\n", "From: ", "Subject: ", "send", "take ", " out", " is ", "'s email", "Lisbon", "é", "(", ")",
    ]), 0..40)) {
        let draft = handed_in(DRAFT);
        for body in [text.clone(), pieces.concat()] {
            let (message, own) = mail(&body);
            let drafted = read(&own, &message, &body, std::slice::from_ref(&body));
            for said in drafted.client.iter().chain(&drafted.role).chain(&drafted.contact.name) {
                prop_assert!(said.words.range.is_empty() || own.shown.get(said.words.range.clone()) == Some(said.words.text.as_str()));
            }
            let _ = correct(&draft, &own, &[]);
        }
    }
}
