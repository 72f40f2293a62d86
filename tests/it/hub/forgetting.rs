//! Somebody who has been in everything asks to be forgotten: mails in both directions, files, a mail set aside, the search, the feed, a backup.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use data_encoding::BASE64;
use replyd::conversation::Command as Order;
use replyd::daemon::steer;
use replyd::model::{ConversationId, Decision, SubmissionId};
use replyd::store::{NewMessage, Place};
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

/// Somebody at the client who decides in one batch, stands in for somebody in another, and talks to candidates in a third; with a draft, an
/// order that rests, and another system that hears of everything.
#[tokio::test]
async fn hub_a_contact_who_is_everything_else_too_is_in_no_file_any_more() {
    let (port, _taken) = server().await;
    // Another system that does not answer: what it is to hear waits.
    let more = "[[webhook]]\nname = \"ats\"\nurl = \"http://127.0.0.1:9/x\"\nsecret_files = [\"hook\"]\n[[recruiters]]\naddress = \"maria@agency.example\"\n";
    let hub = Hub::with_more(port, more).await;
    let home = hub.house.path("");
    let petra = "petra.quist@client.example";
    let traces = [petra, "Petra Quist", "Quist", "walrus", "petra.two", "Petra"];
    let people = |title: &str| {
        let mut one = batch();
        one["project"]["title"] = title.into();
        one["client"]["contact"]["email"] = format!("{}@client.example", title.to_lowercase()).into();
        one["client"]["contact"]["name"] = format!("Kim {title}").into();
        one
    };
    let theirs = json!({ "name": "Petra Quist", "email": petra, "zone": "Europe/London" });
    let mut first = people("Miller");
    first["client"]["contact"] = theirs.clone();
    first["note"] = "Petra asked for these.".into();
    let mut second = people("Weaver");
    second["client"]["backup"] = theirs.clone();
    let mut third = people("Cooper");
    third["interviewers"] = json!([{ "name": "Petra Quist", "email": petra, "zone": "Europe/London", "required": true },
                                    { "name": "Otto Hahn", "email": "otto@client.example", "zone": "Europe/London", "required": false }]);
    let mut ids = Vec::new();
    for one in [first, second, third] {
        let heard = hub
            .house
            .hand_in("/v1/batches", Some(&format!("{petra}-{}", ids.len())), &one)
            .await;
        assert_eq!(heard.status, 201, "{heard:?}");
        let submission = SubmissionId(heard.json()["submissions"][0]["id"].as_i64().unwrap());
        ids.push(hub.house.store.read(|tx| tx.conversation_of(submission)).unwrap().unwrap());
    }
    let (ink, now) = (Arc::new(hub.config.ink.clone()), hub.house.clock.now());
    let note = |text: &str| Order::Note { text: text.to_owned() };
    for (id, order) in [
        (ids[0], note("Petra would rather be called")),
        (ids[1], note("Asked Petra Quist (petra.quist@client.example) as well")),
        (ids[2], note("Quist likes mornings")),
    ] {
        steer(&hub.house.store, &ink, id, "Maria Keller".to_owned(), order, now)
            .await
            .unwrap();
    }
    // They wrote, and a recruiter ordered something about them that still rests.
    let reference = hub.conversation(ids[0].0).reference();
    let mail = |from: &str, domain: &str, subject: &str, text: &str| {
        format!(
            "Return-Path: <x@{domain}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={domain}\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{}@{domain}>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nTo: bot@agency.example\r\nMIME-Version: 1.0\r\nFrom: {from}\r\n\
             Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
            subject.len() + text.len()
        )
    };
    let (of_theirs, maria) = (format!("Petra Quist <{petra}>"), format!("Maria Keller <{MARIA}>"));
    let subject = format!("Re: {reference}");
    let hand_in = format!(
        "Client: Norrland Forge\r\nContact: Petra Quist <{petra}>\r\nRole: Farrier\r\nCandidates:\r\n- Ida Moor <ida@mail.example>: shoes horses.\r\n"
    );
    for (uid, raw) in [
        (
            901,
            mail(
                &of_theirs,
                "client.example",
                &subject,
                "Interested in Ana. My walrus sends regards.\r\n\r\nPetra",
            ),
        ),
        (
            902,
            mail(
                &maria,
                "agency.example",
                &subject,
                "New address for Petra: petra.two@client.example",
            ),
        ),
        (903, mail(&maria, "agency.example", "One for Petra", &hand_in)),
    ] {
        let message = NewMessage {
            account: "main".into(),
            folder: "INBOX".into(),
            uid_validity: 1,
            uid,
            received: None,
            truncated: false,
            raw: raw.into_bytes(),
        };
        assert!(hub.house.store.write(move |tx| tx.store_message(&message, now)).await.unwrap());
        hub.house.bell.look_around();
        while hub.house.store.read(|tx| tx.any_waiting()).unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    let kinds = hub.kinds(ids[0].0);
    assert!(kinds.iter().any(|kind| kind == "decided"), "{kinds:?}");
    assert!(!hub.conversation(ids[0].0).ordered.is_empty(), "the order rests: {kinds:?}");
    let texts = |place: Place| hub.house.store.read(|tx| tx.texts_after(place, 0, 1_000)).unwrap();
    assert!(
        texts(Place::Drafts)
            .iter()
            .any(|row| row.texts.iter().any(|text| text.contains("Quist"))),
        "a draft"
    );
    assert!(!texts(Place::Deliveries).is_empty() && texts(Place::Feed).iter().any(|row| row.texts[0].contains("Quist")));
    let before = found_of(&home, &traces, &[]);
    for trace in traces {
        assert!(before.iter().any(|hit| hit.contains(trace)), "{trace} was nowhere: {before:#?}");
    }
    let shown = ok(&home, &["person", "erase", petra]).await;
    assert!(shown.contains(&format!("contact of batch {}", ids[0])), "{shown}");
    assert!(shown.contains(&format!("interviewer of batch {}", ids[2])), "{shown}");
    let export = ok(&home, &["person", "export", petra]).await;
    assert!(export.contains("walrus"), "{export}");

    ok(&home, &["person", "erase", petra, "--yes"]).await;
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found_of(&home, &traces, &[]), Vec::<String>::new());
    // The batch they decided has ended; the others go on, without a second contact and without an interviewer who must be there.
    let statuses = |id: ConversationId| -> Vec<&str> { hub.conversation(id.0).submissions.iter().map(|one| one.status.name()).collect() };
    assert_eq!(statuses(ids[0]), ["withdrawn", "withdrawn"]);
    for id in [ids[1], ids[2]] {
        assert!(statuses(id).iter().all(|status| *status != "withdrawn"), "{id}");
    }
    assert!(hub.conversation(ids[1].0).batch.backup.is_none());
    let page = hub.house.get("/v1/events?after=0").await;
    assert!(
        page.status == 200 && !page.body.contains("Petra") && page.body.contains("Kim Weaver"),
        "{}",
        page.body
    );
    let again = ok(&home, &["person", "erase", petra, "--yes"]).await;
    assert!(again.contains("erased before"), "{again}");
    hub.house.close().await;
}

/// Who stands in config.toml is refused, with what to do. Another recruiter goes, and which batches have nobody then is said.
#[tokio::test]
async fn hub_a_recruiter_is_erased_when_config_toml_names_them_no_more() {
    let (port, _taken) = server().await;
    let hub = Hub::with(port).await;
    let home = hub.house.path("");
    let mut shared = batch();
    shared["recruiters"] = json!([{ "name": "Maria Keller", "email": MARIA }, { "name": "Lena Lead", "email": "lena@agency.example" }]);
    shared["project"]["title"] = "Shared".into();
    assert_eq!(hub.house.hand_in("/v1/batches", None, &shared).await.status, 201);
    for arguments in [
        &["person", "erase", "lena@agency.example"][..],
        &["person", "erase", "lena@agency.example", "--yes"],
    ] {
        let output = replyd(&home, arguments).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(65), "{text}");
        assert!(
            text.contains("stands under [[recruiters]] in config.toml; take them out there"),
            "{text}"
        );
    }
    let session = hub.enter(MARIA).await;
    assert_eq!(session.get("").await.status, 200);
    let alone = hub.conversation(1).reference().to_string();
    for arguments in [&["person", "erase", MARIA][..], &["person", "erase", MARIA, "--yes"]] {
        let told = ok(&home, arguments).await;
        assert!(told.contains("have no other recruiter") && told.contains(&alone), "{told}");
        assert!(
            !told.contains(&hub.conversation(3).reference().to_string()),
            "Lena is there: {told}"
        );
    }
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found_of(&home, &[MARIA, "Maria Keller", "Keller"], &[]), Vec::<String>::new());
    // Her session is over, her batch goes on, and what she would have been told is written to nobody.
    assert!(session.get("").await.body.contains("sign-in"));
    hub.receives("Ann Lee <ann.lee@client.example>", "Could somebody call me about your terms?")
        .await;
    assert_eq!(hub.conversation(1).submissions[0].status.name(), "viewed");
    let letters = hub.house.store.read(|tx| tx.outbox(true, 1_000)).unwrap();
    let hers: Vec<_> = letters.iter().filter(|one| one.batch == 1 && one.party == "recruiter 1").collect();
    assert!(hers.iter().any(|one| one.outcome == "whom it was for was erased"), "{hers:?}");
    assert!(
        hers.iter().all(|one| ["sent", "cancelled"].contains(&one.state.as_str())),
        "{hers:?}"
    );
    hub.house.close().await;
}

/// Two years after the last word everybody is gone from what has ended, from what goes on nobody, and no figure has changed.
#[tokio::test]
async fn hub_people_of_batches_that_ended_long_ago_are_forgotten_and_figures_are_not() {
    let story = Story::told().await;
    let (home, store) = (story.hub.house.path(""), Arc::clone(&story.hub.house.store));
    let old = [
        "Ann Lee",
        "ann.lee@client.example",
        "Carl Weber",
        "carl@mail.example",
        "Kotlin",
        "too junior",
        CURRICULUM,
    ];
    let traces: Vec<&str> = TRACES.iter().copied().chain(old).collect();
    // Somebody who stays: her batch goes on.
    for id in [1, story.second] {
        for one in story.hub.conversation(id).submissions {
            let (ink, now) = (Arc::new(story.hub.config.ink.clone()), story.hub.house.clock.now());
            let order = Order::Withdraw { submission: one.id };
            // One of them has ended already.
            let _ended = steer(&store, &ink, ConversationId(id), "Maria Keller".to_owned(), order, now).await;
        }
    }
    story.all_letters_leave().await;
    // The mail nobody could read is a person's business until they drop it.
    let aside = store.read(|tx| tx.quarantine(10)).unwrap();
    ok(&home, &["quarantine", "drop", &aside[0].message.to_string()]).await;
    let question = || {
        let mut question = replyd::figures::Question::of_all("Europe/London".parse().unwrap(), "2026-03-04T10:00:00Z".parse().unwrap());
        question.client = Some("Northwind Logistics".to_owned());
        question
    };
    let figures = || serde_json::to_string(&store.read(|tx| tx.report(&question())).unwrap()).unwrap();
    let (report, kinds) = (figures(), story.hub.kinds(1));
    assert!(found_of(&home, &traces, &[]).len() >= traces.len());
    ok(&home, &["backup", "old.db"]).await;

    let forgotten = |id: i64| story.hub.conversation(id).batch.contact.mailbox.address.is_erased();
    // Not a day too early.
    story.hub.house.clock.push(chrono::Duration::days(729));
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(!forgotten(1));
    story.hub.house.clock.push(chrono::Duration::days(3));
    story.until("both are forgotten", |_| forgotten(1) && forgotten(story.second)).await;
    assert!(!forgotten(2), "Zoë's batch goes on");
    ok(&home, &["backup", "fresh.db"]).await;
    let left = found_of(&home, &traces, &["old.db", "replyd.db", "replyd.db-wal"]);
    assert_eq!(left, Vec::<String>::new(), "a fresh backup");
    let fresh = octets(&home.join("fresh.db"));
    for other in ["Zoë Müller", "zoe@mail.example", "Northwind Logistics", "Maria Keller"] {
        assert!(memchr::memmem::find(&fresh, other.as_bytes()).is_some(), "{other} is gone as well");
    }
    // In the file itself too, once what is written lies in it.
    store.compact().unwrap();
    assert_eq!(found_of(&home, &traces, &["old.db"]), Vec::<String>::new());

    assert_eq!(figures(), report);
    assert_eq!(story.hub.kinds(1), kinds, "what happened stays");
    assert_eq!(story.status(1, 1), "withdrawn");
    for page in ["", "/search?q=souza", "/search?q=northwind", "/s/1", "/outbox", "/figures"] {
        let maria = story.hub.enter(MARIA).await;
        let heard = maria.get(page).await;
        assert!(heard.status == 200 && !heard.body.contains("Souza"), "{page}: {heard:?}");
    }
    let output = replyd(&home, &["person", "export", ANA]).await;
    assert_eq!(output.status.code(), Some(65), "nothing is kept about her");
    let shown = ok(&home, &["show", "1"]).await;
    assert!(shown.contains("[erased]"), "{shown}");
    // A restored backup is forgotten by the next round.
    assert!(!found_of(&home, &["Ana Souza"], &["replyd.db"]).is_empty());
    story.hub.house.close().await;
}

/// What would go is told, and goes at once when somebody says so: here by the real clock, long after the story.
#[tokio::test]
async fn hub_retention_tells_what_goes_and_lets_it_go() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    let config = std::fs::read_to_string(home.join("config.toml")).unwrap();
    std::fs::write(
        home.join("config.toml"),
        format!("{config}[retention]\npeople_days = 30\nmail_days = 0\n"),
    )
    .unwrap();
    let none = ok(&home, &["retention", "--json"]).await;
    assert!(none.contains("\"batches\": 0"), "everything is open: {none}");
    let (ink, now) = (Arc::new(story.hub.config.ink.clone()), story.hub.house.clock.now());
    for one in story.hub.conversation(story.second).submissions {
        let order = Order::Withdraw { submission: one.id };
        steer(
            &story.hub.house.store,
            &ink,
            ConversationId(story.second),
            "Maria Keller".to_owned(),
            order,
            now,
        )
        .await
        .unwrap();
    }
    story.all_letters_leave().await;
    let told = ok(&home, &["retention"]).await;
    assert!(
        told.contains("kept for ever") && told.contains("3 places in 1 batches go, with"),
        "{told}"
    );
    assert!(!story.hub.conversation(story.second).batch.contact.mailbox.address.is_erased());
    let told = ok(&home, &["retention", "--yes"]).await;
    assert!(told.contains("3 places in 1 batches went, with"), "{told}");
    let left = story.hub.conversation(story.second);
    assert!(left.batch.contact.mailbox.address.is_erased() && left.batch.candidates[0].summary == "[erased]");
    // Ana and Ann are in the other batch, which goes on: their rows stay. Her CV was in this one alone.
    let everybody = story.hub.house.store.read(|tx| tx.everybody()).unwrap();
    assert!(everybody.iter().any(|row| row.address == ANA) && everybody.iter().any(|row| row.address == "ann.lee@client.example"));
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(
        found_of(&home, &["hedgehogs", CURRICULUM], &["replyd.db", "replyd.db-wal"]),
        Vec::<String>::new()
    );
    assert!(ok(&home, &["retention"]).await.contains(" 0 batches go, with"));
    story.hub.house.close().await;
}

/// Whoever looks at pages leaves neither an address nor the name of a browser.
#[tokio::test]
async fn hub_visits_leave_no_address_and_no_browser() {
    let hub = Hub::open().await;
    let home = hub.house.path("");
    let claim = replyd::link::Claim {
        item: 1,
        addressed_to: 0,
        scope: replyd::link::Scope::Batch,
        expires_min: u32::MAX,
        generation: 1,
    };
    let url = hub.config.ink.links.to(&hub.config.ink.keyring, &claim);
    let path = url.split_once(&hub.house.address.to_string()).unwrap().1;
    let agent = [("user-agent", "Walrusbrowser/7.1 (Tusk OS)"), ("x-forwarded-for", "198.51.100.77")];
    let page = hub.house.ask("GET", path, &agent, "").await.body;
    let nonce = page.split_once("name=\"nonce\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let form = [agent[0], agent[1], ("content-type", "application/x-www-form-urlencoded")];
    hub.house
        .ask("POST", path, &form, &format!("nonce={nonce}&do=batch&pick-1=pass"))
        .await;
    assert!(!hub.conversation(1).presses.is_empty(), "the press is kept");
    let left = found_of(&home, &["Walrusbrowser", "Tusk OS", "198.51.100"], &[]);
    assert_eq!(left, Vec::<String>::new());
    hub.house.close().await;
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
