//! A daemon in this process, with pages on a free port, over a mail server that may not be there.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use replyd::config::Config;
use replyd::daemon::{Bell, Clock, Daemon, DaemonError};
use replyd::store::{Store, StoreError};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const OLD_KEY: &str = "fedcba9876543210fedcba9876543210";
/// What signs webhooks, and what signed them before.
pub(crate) const HOOK: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
pub(crate) const OLD_HOOK: &str = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
pub(crate) const BOT: &str = "bot@agency.example";

/// How long the one before may take to let go of the database.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

pub(crate) struct House {
    dir: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) store: Arc<Store>,
    pub(crate) bell: Bell,
    stop: watch::Sender<bool>,
    running: Option<JoinHandle<Result<(), DaemonError>>>,
}

/// How a house differs from the usual one.
pub(crate) struct Plan {
    /// Where the mail server listens; port 9 (discard) where there is none.
    pub(crate) imap: u16,
    pub(crate) smtp: u16,
    pub(crate) keys: bool,
    pub(crate) self_ping_min: u32,
    pub(crate) trusted_proxies: &'static str,
    /// Further sections.
    pub(crate) more: &'static str,
    /// What the clock shows at the start.
    pub(crate) starts: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            imap: 9,
            smtp: 9,
            keys: true,
            self_ping_min: 0,
            trusted_proxies: "[]",
            more: "",
            starts: "2026-03-03T10:00:00Z",
        }
    }
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Plan::default()).await
    }

    pub(crate) async fn with(plan: Plan) -> Self {
        let dir = TempDir::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        for (name, secret) in [
            ("password", "pw"),
            ("key", KEY),
            ("old-key", OLD_KEY),
            ("hook", HOOK),
            ("old-hook", OLD_HOOK),
        ] {
            let file = dir.path().join(name);
            fs::write(&file, format!("{secret}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let config = format!(
            r#"
[agency]
name = "Harbour Talent"
address = "{BOT}"
zone = "Europe/London"
[imap]
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{BOT}"
password_file = "password"
[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
user = "{BOT}"
password_file = "password"
[inbound]
authserv_id = "mx.agency.example"
[http]
listen = "{address}"
public_url = "http://{address}/answers"
trusted_proxies = {proxies}
[api]
key_files = {keys}
[health]
self_ping_min = {ping}
{more}
"#,
            more = plan.more,
            imap = plan.imap,
            smtp = plan.smtp,
            proxies = plan.trusted_proxies,
            keys = if plan.keys { r#"["key", "old-key"]"# } else { "[]" },
            ping = plan.self_ping_min,
        );
        let file = dir.path().join("config.toml");
        fs::write(&file, config).unwrap();
        let clock = Clock::set_to(plan.starts.parse().unwrap());
        let daemon = Daemon::new(Config::load(&file).unwrap(), clock.clone()).unwrap();
        let (store, bell) = (daemon.store(), daemon.bell());
        let (stop, stopped) = watch::channel(false);
        let running = Some(tokio::spawn(async move { daemon.run(Some(listener), stopped).await }));
        Self {
            dir,
            address,
            clock,
            store,
            bell,
            stop,
            running,
        }
    }

    /// The daemon ends, and another one goes on with the same files.
    pub(crate) async fn restart(mut self) -> Self {
        self.stop.send_replace(true);
        self.running.take().unwrap().await.unwrap().unwrap();
        let Self { dir, clock, store, .. } = self;
        // The lock on the database goes with the last that knows it.
        drop(store);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Config::load(&dir.path().join("config.toml")).unwrap();
        let begun = std::time::Instant::now();
        let daemon = loop {
            match Daemon::new(config.clone(), clock.clone()) {
                // A look on a thread of its own, as for a health page, outlives the daemon that asked for it by a moment.
                Err(DaemonError::Store(StoreError::Held { .. })) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
                daemon => break daemon.unwrap(),
            }
        };
        let (store, bell) = (daemon.store(), daemon.bell());
        let (stop, stopped) = watch::channel(false);
        let running = Some(tokio::spawn(async move { daemon.run(Some(listener), stopped).await }));
        Self {
            dir,
            address,
            clock,
            store,
            bell,
            stop,
            running,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) async fn close(mut self) {
        self.stop.send_replace(true);
        self.running.take().unwrap().await.unwrap().unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Heard {
        self.ask("GET", path, &[("authorization", &format!("Bearer {KEY}"))], "").await
    }

    /// As a program does it that is told to come again.
    pub(crate) async fn hand_in_until_taken(&self, path: &str, key: &str, batch: &Value) -> Heard {
        for _ in 0..100 {
            let heard = self.hand_in(path, Some(key), batch).await;
            if heard.status != 503 {
                return heard;
            }
        }
        panic!("a hundred times there was no turn");
    }

    pub(crate) async fn hand_in(&self, path: &str, key: Option<&str>, batch: &Value) -> Heard {
        let bearer = format!("Bearer {KEY}");
        let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.ask("POST", path, &headers, &batch.to_string()).await
    }

    /// A change, with further headers.
    pub(crate) async fn patch(&self, path: &str, more: &[(&str, &str)], change: &Value) -> Heard {
        let bearer = format!("Bearer {KEY}");
        let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/merge-patch+json")];
        headers.extend(more);
        self.ask("PATCH", path, &headers, &change.to_string()).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        // It may hang up on what it does not want before all of it is written.
        let _ = socket.write_all(format!("{text}\r\n{body}").as_bytes()).await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        Heard::parse(&answer)
    }
}

/// A batch as a program sends it.
pub(crate) fn batch() -> Value {
    json!({
        "client": { "name": "Northwind Logistics", "contact": { "name": "Ann Lee", "email": "ann.lee@client.example", "zone": "Europe/London" } },
        "project": { "title": "Senior Java developer", "duration_min": 45, "place": "", "directions": "" },
        "recruiters": [{ "name": "Maria Keller", "email": "maria@agency.example" }],
        "candidates": [
            { "name": "Ana Souza", "email": "ana@mail.example", "zone": "Europe/Lisbon", "summary": "Ten years of Java.", "cv": { "name": "ana.pdf", "content": "JVBERi0xLjQK" } },
            { "name": "Carl Weber", "email": "carl@mail.example", "zone": "Europe/Berlin", "summary": "Four years of Kotlin." },
        ],
    })
}

/// An answer as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    fn parse(answer: &[u8]) -> Self {
        let text = String::from_utf8_lossy(answer);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.unwrap_or(0),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It is a problem (RFC 9457) of this status, code and field.
    pub(crate) fn is_problem(&self, status: u16, code: &str, pointer: Option<&str>) {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, "application/problem+json"),
            "{self:?}"
        );
        let problem = self.json();
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(status.into()), Some(code)),
            "{problem}"
        );
        assert_eq!(problem["errors"][0]["pointer"].as_str(), pointer, "{problem}");
        super::description::conforms("Problem", &problem);
    }
}
