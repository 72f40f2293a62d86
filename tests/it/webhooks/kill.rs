//! The program itself, killed at any moment: no event is lost, and what comes twice comes under the same id. And what it never writes anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::receiver::{Receiver, Reply};
use crate::api::house::{HOOK, KEY, OLD_HOOK, batch};

/// An installation of the program, without a mail server.
struct Installation {
    dir: TempDir,
    port: u16,
}

impl Installation {
    fn new(receiver: u16) -> Self {
        let dir = TempDir::new().unwrap();
        for (name, secret) in [("password", "pw"), ("key", KEY), ("hook", HOOK), ("old-hook", OLD_HOOK)] {
            fs::write(dir.path().join(name), secret).unwrap();
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let account = "host = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nuser = \"bot@agency.example\"\npassword_file = \"password\"\n";
        let config = format!(
            "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.example\"\nzone = \"Europe/London\"\n[imap]\n{account}[smtp]\n{account}\
             [inbound]\nauthserv_id = \"mx.agency.example\"\n[http]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
             [api]\nkey_files = [\"key\"]\n[health]\nself_ping_min = 0\n[[webhook]]\nname = \"ats\"\nurl = \"http://127.0.0.1:{receiver}/hooks\"\n\
             secret_files = [\"hook\", \"old-hook\"]\n[webhooks]\nallow_private = [\"127.0.0.1\"]\n"
        );
        fs::write(dir.path().join("config.toml"), config).unwrap();
        Self { dir, port }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
        command.arg("--config").arg(self.dir.path().join("config.toml")).args(arguments);
        command.env_remove("REPLYD_FAULT").env("REPLYD_LOG", "trace");
        command
    }

    fn says(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.says(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    /// Starts the daemon, which dies at that point if one is given.
    fn start(&self, fault: Option<&str>) -> Running {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.dir.path().join("log"))
            .unwrap();
        let mut command = self.command(&["run"]);
        if let Some(fault) = fault {
            command.env("REPLYD_FAULT", fault);
        }
        Running(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// Hands a batch in as a program does that does not give up: under its own key, until it is taken.
    fn hand_in(&self, key: &str, running: &mut Running) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.post(key) {
                return status == 201 || status == 200;
            }
            if running.0.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("nobody took {key}");
    }

    fn post(&self, key: &str) -> Option<u16> {
        use std::io::Write as _;
        let body = batch().to_string();
        let mut socket = std::net::TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        socket.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let head = format!(
            "POST /v1/batches HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(format!("{head}{body}").as_bytes()).ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    fn events(&self) -> Vec<String> {
        let database =
            rusqlite::Connection::open_with_flags(self.dir.path().join("replyd.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut all = database.prepare("SELECT body FROM feed ORDER BY id").unwrap();
        all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn nothing_waits(&self) -> bool {
        self.json(&["webhooks", "list", "--json"]).as_array().unwrap().is_empty()
    }
}

/// A daemon; dropped it is killed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_lose_nothing_when_the_daemon_is_killed_anywhere() {
    for fault in [
        "webhook.answered",
        "webhook.answered:3",
        "webhook.in_transaction",
        "webhook.in_transaction:2",
        "webhook.settled",
        "webhook.settled:4",
    ] {
        let receiver = Receiver::open().await;
        let here = Installation::new(receiver.port);
        tokio::task::block_in_place(|| {
            let mut dying = here.start(Some(fault));
            for n in 0..3 {
                here.hand_in(&format!("order-{n}"), &mut dying);
            }
            wait_until(&format!("{fault}: it died"), || dying.0.try_wait().unwrap().is_some());
            drop(dying);
            let mut well = here.start(None);
            for n in 0..3 {
                assert!(here.hand_in(&format!("order-{n}"), &mut well), "{fault}");
            }
            wait_until(&format!("{fault}: everything arrived"), || here.nothing_waits());
        });
        let events = here.events();
        assert_eq!(events.len(), 6, "{fault}");
        let got = receiver.got();
        let mut by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in &got {
            assert!(one.is_signed_now(HOOK), "{fault}");
            by_id.entry(one.id().to_owned()).or_default().insert(one.body.clone());
        }
        // Each event came, some of them twice, and those are the same bytes under the same id.
        assert!(by_id.values().all(|bodies| bodies.len() == 1), "{fault}: {by_id:?}");
        let came: BTreeSet<String> = by_id.into_values().flatten().collect();
        assert_eq!(came, events.into_iter().collect(), "{fault}");
        // No more are in hand at one time than may come twice.
        assert!(got.len() <= 6 + 8, "{fault}: {}", got.len());
    }
}

/// The other side dies too: it has the event and its answer is lost, or it is not there at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_lose_nothing_when_the_receiver_is_killed() {
    let receiver = Receiver::open().await;
    let port = receiver.port;
    receiver.answers(|_, _| Reply::of(0));
    let here = Installation::new(port);
    let mut running = here.start(None);
    assert!(tokio::task::block_in_place(|| here.hand_in("order-1", &mut running)));
    receiver.waits_for(2).await;
    let first = receiver.got();
    drop(receiver);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let receiver = Receiver::at(&format!("127.0.0.1:{port}")).await;
    // The second try comes after five seconds.
    let log = || fs::read_to_string(here.dir.path().join("log")).unwrap_or_default();
    tokio::task::block_in_place(|| {
        wait_until("they came again", || {
            receiver.got().len() >= 2 || {
                if running.0.try_wait().unwrap().is_some() {
                    panic!("{}", log())
                };
                false
            }
        })
    });
    let again = receiver.waits_for(2).await;
    let ids = |all: &[super::receiver::Request]| {
        all.iter()
            .map(|one| (one.id().to_owned(), one.body.clone()))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&again), ids(&first));
    tokio::task::block_in_place(|| wait_until("all is written down", || here.nothing_waits()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_secrets_stand_nowhere_but_in_their_files() {
    let receiver = Receiver::open().await;
    let refused = std::sync::atomic::AtomicBool::new(true);
    receiver.answers(move |_, _| {
        Reply::of(if refused.swap(false, std::sync::atomic::Ordering::SeqCst) {
            500
        } else {
            200
        })
    });
    let here = Installation::new(receiver.port);
    let mut said: Vec<u8> = Vec::new();
    tokio::task::block_in_place(|| {
        let mut running = here.start(None);
        assert!(here.hand_in("order-1", &mut running));
        wait_until("one came in vain", || receiver.got().len() >= 2);
        let tested = here.says(&["webhooks", "test", "--json"]);
        assert!(tested.status.success(), "{tested:?}");
        let answer: Value = serde_json::from_slice(&tested.stdout).unwrap();
        assert_eq!((&answer[0]["name"], &answer[0]["ok"]), (&json!("ats"), &json!(true)));
        for command in [
            &["webhooks"][..],
            &["webhooks", "endpoints"],
            &["webhooks", "show", "1"],
            &["webhooks", "show", "1", "--json"],
            &["webhooks", "test", "nobody"],
        ] {
            let output = here.says(command);
            said.extend(output.stdout);
            said.extend(output.stderr);
        }
        said.extend(tested.stdout.iter().chain(&tested.stderr));
    });
    let test = receiver.got().into_iter().find(|one| one.id().starts_with("test_")).unwrap();
    assert!(test.is_signed_now(HOOK) && test.is_signed_now(OLD_HOOK) && test.kind() == "webhook.test");
    let mut files: Vec<(String, Vec<u8>)> = vec![("commands".into(), said)];
    for file in fs::read_dir(here.dir.path()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !["hook", "old-hook", "key", "password"].contains(&name.as_str()) {
            files.push((name, fs::read(&path).unwrap()));
        }
    }
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name == "log" && bytes.windows(3).any(|some| some == b"evt")),
        "nothing was logged"
    );
    for secret in [HOOK, OLD_HOOK] {
        let bare = secret.trim_start_matches("whsec_");
        for (name, bytes) in &files {
            let found = bytes.windows(bare.len()).any(|some| some == bare.as_bytes());
            assert!(!found, "a secret stands in {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_commands_show_and_replay_dead_letters() {
    let receiver = Receiver::open().await;
    let here = Installation::new(receiver.port);
    let path = here.dir.path().join("replyd.db");
    tokio::task::block_in_place(|| {
        let mut running = here.start(None);
        assert!(here.hand_in("order-1", &mut running));
        wait_until("all came", || here.nothing_waits());
        drop(running);
        // As if it had been tried for three days.
        dies(&path, 1);
        let dead = here.json(&["webhooks", "list", "--state", "dead", "--json"]);
        assert_eq!(
            (dead.as_array().unwrap().len(), &dead[0]["event"], &dead[0]["endpoint"]),
            (1, &json!("evt_1"), &json!("ats"))
        );
        let shown = here.json(&["webhooks", "show", "1", "--json"]);
        assert_eq!((&shown["state"], &shown["body"]["id"]), (&json!("dead"), &json!("evt_1")));
        let body = here.says(&["webhooks", "show", "1", "--body"]).stdout;
        assert_eq!(
            String::from_utf8(body).unwrap().trim_end(),
            receiver.got().iter().find(|one| one.id() == "evt_1").unwrap().body
        );
        let replayed = here.says(&["webhooks", "replay", "--all", "--to", "ats"]);
        assert!(
            replayed.status.success() && String::from_utf8_lossy(&replayed.stdout).contains("delivery 1 is due"),
            "{replayed:?}"
        );
        let twice = here.says(&["webhooks", "replay", "1"]);
        assert!(
            !twice.status.success() && String::from_utf8_lossy(&twice.stderr).contains("waits already"),
            "{twice:?}"
        );
        let nothing = here.says(&["webhooks", "replay", "--all"]);
        assert!(
            nothing.status.success() && String::from_utf8_lossy(&nothing.stderr).contains("nothing is dead"),
            "{nothing:?}"
        );
        let _running = here.start(None);
        wait_until("it came again", || here.nothing_waits());
        assert_eq!(receiver.got().iter().filter(|one| one.id() == "evt_1").count(), 2);
        dies(&path, 2);
        assert!(here.says(&["webhooks", "drop", "2"]).status.success());
        assert!(here.json(&["webhooks", "--json"]).as_array().unwrap().is_empty());
        assert!(!here.says(&["webhooks", "show", "99"]).status.success());
        let enabled = here.says(&["webhooks", "enable", "ats"]);
        assert!(String::from_utf8_lossy(&enabled.stdout).contains("on already"), "{enabled:?}");
    });
}

fn dies(database: &Path, id: i64) {
    let database = rusqlite::Connection::open(database).unwrap();
    let changed = database.execute(
        "UPDATE deliveries SET state = 'dead', attempts = 10, outcome = 'answered 500' WHERE id = ?1",
        [id],
    );
    assert_eq!(changed.unwrap(), 1);
}
