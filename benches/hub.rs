//! What the hub's pages cost on the server, on a large database.
//!
//! ```text
//! cargo bench --bench hub -- 100000                  # fills a database in a temporary directory
//! cargo bench --bench hub -- --dir /some/dir 100000  # a database that is there is used
//! ```
//! Each page is asked for over HTTP by a signed-in lead, one request after the other, from the first octet sent to the last received. The
//! submission has a timeline of 500 events. One JSON line for each page: the median and the slowest of a hundred, in milliseconds.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::config::Config;
use replyd::conversation::Command;
use replyd::daemon::{Clock, Daemon, hub_link, steer};
use replyd::lab::{Filling, fill};
use replyd::model::ConversationId;
use replyd::store::{Role, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Mail goes nowhere: nothing listens on the discard port.
const CONFIG: &str = r#"
[agency]
name = "Harbour Talent"
address = "bot@agency.test"
zone = "Europe/London"
[[recruiters]]
address = "lead@agency.test"
lead = true
[[recruiters]]
address = "shared@agency.test"
projects = ["Client 17 Ltd", "Client 18 Ltd", "Client 19 Ltd"]
[imap]
host = "127.0.0.1"
port = 9
tls = "none"
user = "bot"
password_file = "password"
[smtp]
host = "127.0.0.1"
port = 9
tls = "none"
[inbound]
authserv_id = "mx.agency.test"
border = "mx.agency.test"
[http]
listen = "127.0.0.1:0"
public_url = "http://127.0.0.1:1"
"#;

const REQUESTS: usize = 100;
const EVENTS: u64 = 500;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let temporary = tempfile::tempdir().unwrap();
    let (mut root, mut size): (PathBuf, u64) = (temporary.path().to_owned(), 100_000);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--dir" => root = words.next().unwrap().into(),
            number => size = number.parse().unwrap(),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(root, size));
}

async fn measure(root: PathBuf, size: u64) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(&root).unwrap();
    std::fs::write(root.join("password"), "secret\n").unwrap();
    std::fs::set_permissions(root.join("password"), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(root.join("config.toml"), CONFIG).unwrap();
    let config = Config::load(&root.join("config.toml")).unwrap();
    let (clock, ink) = (Clock::system(), Arc::new(config.ink.clone()));
    let store = Arc::new(Store::open(&config.database, Role::Command, clock.now()).unwrap());
    if store.read(|tx| tx.pipeline(None, 1)).unwrap().is_empty() {
        let filling = Filling {
            store: Arc::clone(&store),
            ink: Arc::clone(&ink),
            policy: config.policy.clone(),
            zone: config.zone,
            now: clock.now(),
        };
        let began = Instant::now();
        fill(&filling, size, |_| ()).await.unwrap();
        println!("{}", serde_json::json!({"filled": size, "secs": began.elapsed().as_secs()}));
        for n in 0..EVENTS {
            let note = Command::Note { text: format!("note {n}") };
            steer(&store, &ink, ConversationId(1), "somebody".into(), note, clock.now())
                .await
                .unwrap();
        }
    }
    let submission = store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap().submissions[0].id;
    let mut cookies = Vec::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut links = Vec::new();
    for who in ["lead@agency.test", "shared@agency.test"] {
        let made = hub_link(&store, &ink, &config.recruiters, &who.parse().unwrap(), clock.now())
            .await
            .unwrap();
        links.push(made.unwrap().1);
    }
    drop(store);
    let daemon = Daemon::new(config, clock).unwrap();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(daemon.run(Some(listener), stopped));
    for link in &links {
        let path = link.split_once("127.0.0.1:1").unwrap().1;
        let form = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 2\r\n";
        let answer = ask(
            address,
            &format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{form}\r\nx="),
        )
        .await;
        let cookie = answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        cookies.push(cookie);
    }
    let (lead, shared) = (&cookies[0], &cookies[1]);
    for (name, cookie, path) in [
        ("board", lead, "/hub".to_owned()),
        ("board, shared projects", shared, "/hub".to_owned()),
        ("lane", lead, "/hub/lane/client".to_owned()),
        ("lane, done", lead, "/hub/lane/done".to_owned()),
        ("search, rare", lead, "/hub/search?q=candidate+4711".to_owned()),
        ("search, common", lead, "/hub/search?q=candidate".to_owned()),
        ("search, two common", lead, "/hub/search?q=senior+contact".to_owned()),
        ("submission, 500 events", lead, format!("/hub/s/{submission}")),
        ("outbox", lead, "/hub/outbox".to_owned()),
    ] {
        let mut took = Vec::new();
        let mut octets = 0;
        for _ in 0..REQUESTS {
            let began = Instant::now();
            let answer = ask(
                address,
                &format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n"),
            )
            .await;
            took.push(began.elapsed());
            assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {}", answer.lines().next().unwrap());
            octets = answer.len();
        }
        took.sort();
        let ms = |at: Duration| (at.as_secs_f64() * 10_000.0).round() / 10.0;
        println!(
            "{}",
            serde_json::json!({"page": name, "median_ms": ms(took[REQUESTS / 2]), "slowest_ms": ms(took[REQUESTS - 1]), "octets": octets})
        );
    }
    stop.send_replace(true);
    running.await.unwrap().unwrap();
}

async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
