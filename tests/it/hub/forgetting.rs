//! Somebody who has been in everything asks to be forgotten: mails in both directions, files, a mail set aside, the search, the feed, a backup.

mod erase;
mod retention;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use data_encoding::BASE64;
use replyd::conversation::{Command as Order, Deadline};
use replyd::daemon::steer;
use replyd::model::{ConversationId, Decision, SubmissionId};
use replyd::store::Place;
use serde_json::json;
use tempfile::TempDir;

use super::entry::server;
use super::house::{Hub, MARIA, said};
use crate::api::house::batch;
use crate::desk::stored;

const ANA: &str = "ana@mail.example";
const WORDS: &str = "Tuesday from nine to noon suits me splendidly, my quetzal is at the vet then.";
const CURRICULUM: &str = "Curriculum of A. S., aeronaut: balloons, blimps and other dirigibles.";
/// What nobody shall find, in whatever file.
const TRACES: [&str; 9] = [
    "ana@mail.example",
    "Ana Souza",
    "Souza",
    "quetzal",
    "suits me splendidly",
    "Ten years of Java",
    "moors her airships",
    "dirigibles",
    "forty hedgehogs",
];

/// Runs a command beside the daemon of this process, which goes on meanwhile.
async fn replyd(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
    command
        .current_dir(home)
        .env_remove("REPLYD_CONFIG")
        .env("REPLYD_LOG", "trace")
        .args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    // Whatever it works on, the log at its most talkative names nobody.
    let log = String::from_utf8_lossy(&output.stderr).to_lowercase();
    let named: Vec<&str> = TRACES.into_iter().filter(|trace| log.contains(&trace.to_lowercase())).collect();
    assert!(named.is_empty(), "{arguments:?}: {named:?} in {log}");
    output
}

async fn ok(home: &Path, arguments: &[&str]) -> String {
    let output = replyd(home, arguments).await;
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

/// A text as base64 has it, wherever in three octets it begins.
fn in_base64(text: &str) -> Vec<String> {
    let shifted = |by: usize| {
        let whole = BASE64.encode(&[&b"xx"[..by], text.as_bytes()].concat());
        whole[[0, 2, 3][by]..(by + text.len()) * 8 / 6].to_owned()
    };
    (0..3).map(shifted).collect()
}

/// What is in a file, read by another process: closing a file of the database in this one would take the locks of the daemon in it.
fn octets(file: &Path) -> Vec<u8> {
    let output = Command::new("cat").arg(file).output().unwrap();
    assert!(
        output.status.success(),
        "{}: {}",
        file.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Which traces are in which file of a directory.
fn found(home: &Path, but: &[&str]) -> Vec<String> {
    found_of(home, &TRACES, but)
}

fn found_of(home: &Path, traces: &[&str], but: &[&str]) -> Vec<String> {
    let mut hits = Vec::new();
    for entry in std::fs::read_dir(home).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if but.contains(&name.as_str()) || entry.path().is_dir() {
            continue;
        }
        let bytes = octets(&entry.path());
        let lower = bytes.to_ascii_lowercase();
        for trace in traces {
            let plain = memchr::memmem::find(&lower, trace.to_lowercase().as_bytes()).is_some();
            let coded = in_base64(trace)
                .iter()
                .any(|form| memchr::memmem::find(&bytes, form.as_bytes()).is_some());
            if plain || coded {
                hits.push(format!("{name}: {trace}{}", if plain { "" } else { " (base64)" }));
            }
        }
    }
    hits
}

struct Story {
    hub: Hub,
    /// Her other batch.
    second: i64,
}

impl Story {
    async fn told() -> Self {
        let (port, _taken) = server().await;
        let hub = Hub::with(port).await;
        let mut second = batch();
        second["project"]["title"] = "Aeronaut".into();
        second["candidates"][0]["summary"] = "She moors her airships with forty hedgehogs.".into();
        second["candidates"][0]["phone"] = "+351 912 555 014".into();
        second["candidates"][0]["cv"] = json!({ "name": "ana-souza.txt", "content": BASE64.encode(CURRICULUM.as_bytes()) });
        let heard = hub.house.hand_in("/v1/batches", Some("ana@mail.example-3"), &second).await;
        assert_eq!(heard.status, 201);
        let hers = SubmissionId(heard.json()["submissions"][0]["id"].as_i64().unwrap());
        let second = hub.house.store.read(|tx| tx.conversation_of(hers)).unwrap().unwrap().0;
        let story = Self { hub, second };
        story
            .until("the first letter is sent", |story| story.letter("submission", "client").is_some())
            .await;
        story
            .order(Order::Decide {
                submission: SubmissionId(1),
                decision: Decision::Interested,
                reasons: Vec::new(),
            })
            .await;
        story
            .until("Ana is asked", |story| story.letter("ask_times", "candidate 1").is_some())
            .await;
        let (_, tagged) = story.letter("ask_times", "candidate 1").unwrap();
        // Her answer, as mail programs encode it, with a file.
        let body = BASE64.encode(format!("{WORDS}\r\n\r\nAna\r\n").as_bytes());
        let file = BASE64.encode(b"Nine dirigibles and their upkeep");
        let mail = format!(
            "From: =?utf-8?B?{}?= <{ANA}>\r\nTo: {tagged}\r\nSubject: Re: When can you meet?\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--x\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=\"souza.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}\r\n--x--\r\n",
            BASE64.encode(b"Ana Souza")
        );
        story.brings(901, "mail.example", &mail).await;
        // The client writes of both, and something that nobody can read comes from her.
        let mail = format!(
            "From: Ann Lee <ann.lee@client.example>\r\nTo: bot@agency.example\r\nSubject: Re: {}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             Pass on Carl: too junior for us.\r\nSouza sounds fine.\r\n",
            story.hub.conversation(1).reference()
        );
        story.brings(903, "client.example", &mail).await;
        let bomb: String = (0..100)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
            .collect();
        story
            .brings(902, "mail.example", &format!("From: {ANA}\r\nSubject: my quetzal\r\n{bomb}"))
            .await;
        story
            .order(Order::Note {
                text: "Called Ana Souza at +351 912 555 014".into(),
            })
            .await;
        story
    }

    async fn order(&self, command: Order) {
        let (ink, now) = (Arc::new(self.hub.config.ink.clone()), self.hub.house.clock.now());
        let by = "Maria Keller".to_owned();
        steer(&self.hub.house.store, &ink, ConversationId(1), by, command, now)
            .await
            .unwrap();
        self.hub.house.bell.ring();
    }

    /// Number and signed address of the last letter of a kind to a party.
    fn letter(&self, kind: &str, party: &str) -> Option<(i64, String)> {
        let sent = self.hub.house.store.read(|tx| tx.outbox(true, 1_000)).unwrap();
        let one = sent
            .into_iter()
            .find(|one| one.kind == kind && one.party == party && one.state == "sent")?;
        let facts = self
            .hub
            .house
            .store
            .read(|tx| tx.letter_facts(replyd::model::LetterId(one.id)))
            .unwrap();
        Some((one.id, facts.sender))
    }

    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..2_000 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("still not so: {what}");
    }

    /// Some wait a quarter of an hour for each other.
    async fn all_letters_leave(&self) {
        for _ in 0..100 {
            if self.hub.house.store.read(|tx| tx.outbox(false, 1_000)).unwrap().is_empty() {
                return;
            }
            self.hub.house.clock.push(chrono::Duration::minutes(16));
            self.hub.house.bell.ring();
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{:?}", self.hub.house.store.read(|tx| tx.outbox(false, 1_000)).unwrap());
    }

    async fn brings(&self, uid: u32, domain: &str, mail: &str) {
        let raw = format!(
            "Return-Path: <x@{domain}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={domain}\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{uid}@{domain}>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n{mail}"
        );
        stored(&self.hub.house.store, uid, raw, self.hub.house.clock.now()).await;
        self.hub.house.bell.look_around();
        self.until("the mail is read", |story| {
            !story.hub.house.store.read(|tx| tx.any_waiting()).unwrap()
        })
        .await;
    }

    fn status(&self, batch: i64, at: usize) -> &'static str {
        self.hub.conversation(batch).submissions[at].status.name()
    }
}
