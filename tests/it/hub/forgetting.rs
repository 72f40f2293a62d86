//! Somebody who has been in everything asks to be forgotten: mails in both directions, files, a mail set aside, the search, the feed, a backup.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use data_encoding::BASE64;
use replyd::conversation::Command as Order;
use replyd::daemon::steer;
use replyd::model::{ConversationId, Decision, SubmissionId};
use replyd::store::NewMessage;
use serde_json::json;
use tempfile::TempDir;

use super::entry::server;
use super::house::{Hub, MARIA, said};
use crate::api::house::batch;

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
    let mut hits = Vec::new();
    for entry in std::fs::read_dir(home).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if but.contains(&name.as_str()) || entry.path().is_dir() {
            continue;
        }
        let bytes = octets(&entry.path());
        let lower = bytes.to_ascii_lowercase();
        for trace in TRACES {
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

    async fn brings(&self, uid: u32, domain: &str, mail: &str) {
        let raw = format!(
            "Return-Path: <x@{domain}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={domain}\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{uid}@{domain}>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n{mail}"
        );
        let message = NewMessage {
            account: "main".into(),
            folder: "INBOX".into(),
            uid_validity: 1,
            uid,
            received: None,
            truncated: false,
            raw: raw.into_bytes(),
        };
        let now = self.hub.house.clock.now();
        assert!(self.hub.house.store.write(move |tx| tx.store_message(&message, now)).await.unwrap());
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

/// R-D5.
#[tokio::test]
async fn hub_whoever_is_erased_is_in_no_file_any_more_and_no_backup_brings_them_back() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    let maria = story.hub.enter(MARIA).await;
    assert!(said(&maria.get("/search?q=souza").await).contains("Ana Souza"));
    let before = found(&home, &[]);
    for trace in TRACES {
        assert!(before.iter().any(|hit| hit.contains(trace)), "{trace} was nowhere: {before:#?}");
    }
    ok(&home, &["backup", "old.db"]).await;

    // What would go is shown, and nothing is gone.
    let tried = ok(&home, &["person", "erase", ANA]).await;
    assert!(
        tried.contains("candidate s1 of batch 1") && tried.contains("nothing was changed"),
        "{tried}"
    );
    let exported = ok(&home, &["person", "export", ANA, "--files", "hers"]).await;
    assert!(exported.contains("quetzal") && exported.contains("Ten years of Java"), "{exported}");
    assert!(!exported.contains("http://") && !exported.contains("bot+"), "{exported}");
    let files: Vec<String> = std::fs::read_dir(home.join("hers"))
        .unwrap()
        .map(|one| std::fs::read_to_string(one.unwrap().path()).unwrap())
        .collect();
    assert!(files.iter().any(|text| text == CURRICULUM), "{files:?}");
    std::fs::remove_dir_all(home.join("hers")).unwrap();
    assert!(found(&home, &["old.db"]).len() >= TRACES.len());

    let carl = (story.status(1, 1), story.hub.kinds(1).len());
    let done = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(done.contains("erased:") && done.contains("backups made before"), "{done}");
    assert_eq!(found(&home, &["old.db"]), Vec::<String>::new());
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found(&home, &["old.db"]), Vec::<String>::new(), "a fresh backup");

    // What is not hers stays, and goes on.
    assert_eq!((story.status(1, 0), story.status(story.second, 0)), ("withdrawn", "withdrawn"));
    assert_eq!(story.status(1, 1), carl.0);
    assert!(story.hub.kinds(1).len() > carl.1, "nothing is taken out of a timeline");
    let kept = octets(&home.join("replyd.db"));
    for other in [
        "Carl Weber",
        "carl@mail.example",
        "Four years of Kotlin",
        "Pass on Carl: too junior for us",
    ] {
        assert!(memchr::memmem::find(&kept, other.as_bytes()).is_some(), "{other} is gone as well");
    }
    assert!(
        story.hub.kinds(1).iter().any(|kind| kind == "needs_person"),
        "the recruiters are told"
    );
    let page = said(&maria.get("/search?q=souza").await);
    assert!(!page.contains("Ana"), "{page}");
    assert!(said(&maria.get("/search?q=carl").await).contains("Carl Weber"));
    let again = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(again.contains("erased before"), "{again}");

    // Nothing is sent to her again, whoever hands her in.
    let mut anew = batch();
    anew["project"]["title"] = "Something else".into();
    assert_eq!(story.hub.house.hand_in("/v1/batches", None, &anew).await.status, 201);
    let address = replyd::model::Address::parse(ANA).unwrap();
    assert!(story.hub.house.store.read(|tx| tx.is_suppressed(&address)).unwrap());

    // Her backup is put in place: by the command for it, and by hand.
    let other = TempDir::new().unwrap();
    for name in [
        "config.toml",
        "password",
        "key",
        "old-key",
        "hook",
        "old-hook",
        "replyd.keys",
        "replyd.db.erased",
        "old.db",
    ] {
        std::fs::write(other.path().join(name), octets(&home.join(name))).unwrap();
        std::fs::set_permissions(other.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    story.hub.house.close().await;
    let told = ok(other.path(), &["restore", "old.db", "--dry-run"]).await;
    assert!(told.contains("would be erased again: 1"), "{told}");
    let told = ok(other.path(), &["restore", "old.db"]).await;
    assert!(told.contains("were erased again: 1"), "{told}");
    assert_eq!(found(other.path(), &["old.db"]), Vec::<String>::new(), "after a restore");
    std::fs::copy(other.path().join("old.db"), other.path().join("replyd.db")).unwrap();
    assert!(!found(other.path(), &["old.db"]).is_empty());
    // There is no mailbox to read, which it says at the end.
    replyd(other.path(), &["run", "--until-idle"]).await;
    assert_eq!(found(other.path(), &["old.db"]), Vec::<String>::new(), "after a daemon's start");
}

/// Killed at any moment it is finished by doing it again.
#[tokio::test]
async fn hub_erasing_that_was_killed_is_finished_by_the_next() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    for fault in ["person.in_transaction", "person.erased"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
        command
            .current_dir(&home)
            .env("REPLYD_FAULT", fault)
            .args(["person", "erase", ANA, "--yes"]);
        let died = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(died.status.code(), None, "{fault}: {}", String::from_utf8_lossy(&died.stderr));
    }
    let done = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(done.contains("erased"), "{done}");
    assert_eq!(found(&home, &[]), Vec::<String>::new());
    story.hub.house.close().await;
}

/// The contact goes: candidates and recruiters stay, and nobody at the client is written to.
#[tokio::test]
async fn hub_a_contact_is_erased_and_the_candidates_stay() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    ok(&home, &["person", "erase", "ann.lee@client.example", "--yes"]).await;
    let kept = octets(&home.join("replyd.db")).to_ascii_lowercase();
    for trace in ["ann.lee@client.example", "ann lee", "too junior for us"] {
        assert!(memchr::memmem::find(&kept, trace.as_bytes()).is_none(), "{trace} is still there");
    }
    assert!(memchr::memmem::find(&kept, b"ana@mail.example").is_some() && memchr::memmem::find(&kept, b"quetzal").is_some());
    assert_eq!(story.status(1, 1), "withdrawn");
    let waiting = story.hub.house.store.read(|tx| tx.outbox(false, 1_000)).unwrap();
    assert!(
        waiting.iter().all(|one| one.party != "client" || one.state == "cancelled"),
        "{waiting:?}"
    );
    story.hub.house.close().await;
}

#[tokio::test]
async fn hub_nobody_is_erased_who_is_not_known() {
    let hub = Hub::open().await;
    let home = hub.house.path("");
    for (arguments, code, why) in [
        (
            &["person", "erase", "nobody@mail.example", "--yes"][..],
            65,
            "nothing is kept about n***@mail.example",
        ),
        (&["person", "erase", "nobody@mail.example"], 65, "nothing is kept about"),
        (&["person", "export", "nobody@mail.example"], 65, "nothing is kept about"),
        (&["person", "erase", "bot@agency.example"], 65, "replyd's own address"),
        (&["person", "erase", "no address"], 2, "an address looks like"),
    ] {
        let output = replyd(&home, arguments).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(code) && text.contains(why),
            "{arguments:?}: {:?} {text}",
            output.status
        );
    }
    assert!(!home.join("replyd.db.erased").exists());
    hub.house.close().await;
}
