//! `/healthz`, and the mail replyd writes to itself, over the demo's mail server.
#![cfg(feature = "demo")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::demo::server::{Account, Server};
use replyd::model::{Address, Secret, Timestamp};
use serde_json::Value;

use super::house::{BOT, House, Plan, batch};

async fn mail_server() -> Server {
    let accounts = [BOT, "ann.lee@client.example", "maria@agency.example"].map(|address| Account {
        address: Address::parse(address).unwrap(),
        password: Secret::new("pw".to_owned()),
    });
    let noon: Timestamp = "2026-03-03T10:00:00Z".parse().unwrap();
    Server::start(accounts.to_vec(), Arc::new(move || noon)).await.unwrap()
}

async fn over(server: &Server, self_ping_min: u32) -> House {
    House::with(Plan {
        imap: server.imap.port(),
        smtp: server.smtp.port(),
        self_ping_min,
        ..Plan::default()
    })
    .await
}

/// Asks until the answer is as hoped for.
async fn until(house: &House, what: &str, hoped: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let heard = house.ask("GET", "/healthz", &[], "").await;
        let health = heard.json();
        assert_eq!(heard.status, if health["ok"] == true { 200 } else { 503 });
        if hoped(&health) {
            return health;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{what}: {health:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn check<'h>(health: &'h Value, name: &str) -> &'h Value {
    let found = health["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {health}"))
}

fn reds(health: &Value) -> Vec<&str> {
    let checks = health["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["ok"] == false)
        .filter_map(|check| check["name"].as_str())
        .collect()
}

/// R-D8: the mail's whole way, and the doors.
#[tokio::test]
async fn health_the_self_ping_goes_out_and_comes_back_and_is_missed_when_it_does_not() {
    let server = mail_server().await;
    let house = over(&server, 60).await;
    until(&house, "the mailbox is read", |health| {
        check(health, "imap")["says"].as_str().unwrap().starts_with("read")
    })
    .await;
    assert_eq!(
        check(&until(&house, "all is well", |health| health["ok"] == true).await, "self_ping")["says"],
        "none sent yet"
    );

    house.clock.push(chrono::Duration::minutes(1));
    let back = until(&house, "the ping is back", |health| {
        check(health, "self_ping")["says"].as_str().unwrap().starts_with("came back")
    })
    .await;
    assert_eq!(back["ok"], true, "{back}");
    let bot = Address::parse(BOT).unwrap();
    assert_eq!(server.mailboxes.messages(&bot).len(), 1);
    // It is nobody's conversation, no letter, and nothing to decide about.
    assert!(house.store.read(|tx| tx.outbox(true, 9)).unwrap().is_empty());
    assert!(house.store.read(|tx| tx.pipeline(None, 9)).unwrap().is_empty());
    // It is heard of a moment before its row is written.
    let began = Instant::now();
    let page = loop {
        let page = house.ask("GET", "/metrics", &[], "").await.body;
        if page.contains("replyd_messages_total{kind=\"own\",outcome=\"ignored\"} 1") {
            break page;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(page.contains("replyd_self_ping_last_return_timestamp_seconds 17"), "{page}");
    assert!(page.contains("replyd_attempts_total{outcome=\"sent\"} 1"), "{page}");

    // The next one goes out after an hour.
    house.clock.push(chrono::Duration::minutes(61));
    let began = Instant::now();
    while server.mailboxes.messages(&bot).len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(20), "no second ping");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until(&house, "the second ping is back", |health| {
        check(health, "self_ping")["says"].as_str().unwrap() == "came back 0 min ago"
    })
    .await;

    // The mail server is gone: the ping is late after half an hour, and mail was neither read nor sent for a quarter.
    drop(server);
    house.clock.push(chrono::Duration::minutes(61));
    until(&house, "the third ping is out", |health| {
        check(health, "self_ping")["says"].as_str().unwrap().starts_with("on its way") && check(health, "imap")["ok"] == false
    })
    .await;
    house.clock.push(chrono::Duration::minutes(31));
    let red = until(&house, "what is missing is red", |health| reds(health).contains(&"self_ping")).await;
    let self_ping = check(&red, "self_ping");
    assert!(self_ping["says"].as_str().unwrap().starts_with("out since"), "{red}");
    assert!(self_ping["fix"].as_str().unwrap().contains("mailbox"), "{red}");
    // Only an attempt shows that nothing can be sent; the ping was one.
    let page = async || house.ask("GET", "/metrics", &[], "").await.body;
    let began = Instant::now();
    while page().await.contains("replyd_attempts_total{outcome=\"deferred\"} 0") {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", page().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    house.clock.push(chrono::Duration::minutes(16));
    until(&house, "both doors are red", |health| reds(health).starts_with(&["imap", "smtp"])).await;
    house.close().await;
}

/// R-D8: what waits for a person.
#[tokio::test]
async fn health_what_waits_for_a_person_is_red_until_it_is_seen() {
    let server = mail_server().await;
    let house = over(&server, 0).await;
    until(&house, "all is well", |health| health["ok"] == true).await;
    // A mail that nobody can read: parts within parts without end.
    let mut bomb = String::from("From: Ann <ann.lee@client.example>\r\nSubject: hi\r\n");
    for depth in 0..200 {
        bomb.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"));
    }
    let bot = Address::parse(BOT).unwrap();
    server.mailboxes.deliver(&bot, house.clock.now(), bomb.into_bytes()).unwrap();
    let red = until(&house, "a message set aside is red", |health| health["ok"] == false).await;
    assert_eq!(reds(&red), ["quarantine"]);
    assert_eq!(check(&red, "quarantine")["says"], "1 messages nobody has seen");
    let look = |tx: &replyd::store::Tx<'_>| {
        let listed: Vec<i64> = tx.quarantine(10)?.iter().map(|line| line.message).collect();
        tx.quarantine_seen(&listed)
    };
    house.store.write(look).await.unwrap();
    until(&house, "seen is not red", |health| health["ok"] == true).await;
    house.close().await;
}

/// R-D8: more than a tenth of the last letters were refused, so nothing is sent for a while; that must be seen, and passes by itself.
#[tokio::test]
async fn health_a_pause_after_many_refusals_is_red_while_it_lasts() {
    let server = mail_server().await;
    let house = over(&server, 0).await;
    until(&house, "all is well", |health| health["ok"] == true).await;
    for n in 0..6 {
        let mut batch = batch();
        batch["client"]["contact"]["email"] = format!("nobody{n}@client.example").into();
        assert_eq!(house.hand_in("/v1/batches", None, &batch).await.status, 201);
    }
    let red = until(&house, "nothing is sent any more", |health| health["ok"] == false).await;
    assert_eq!(reds(&red), ["smtp"]);
    let smtp = check(&red, "smtp");
    assert!(
        smtp["says"].as_str().unwrap().ends_with("nothing is sent before 10:15 UTC"),
        "{red}"
    );
    assert!(smtp["fix"].as_str().unwrap().contains("replyd outbox list --state failed"), "{red}");
    let page = house.ask("GET", "/metrics", &[], "").await.body;
    assert!(page.contains("replyd_healthy{check=\"smtp\"} 0"), "{page}");
    house.clock.push(chrono::Duration::minutes(16));
    until(&house, "the pause is over", |health| check(health, "smtp")["ok"] == true).await;
    house.close().await;
}

/// R-D8: the write-ahead log.
#[tokio::test]
async fn health_a_log_that_is_not_written_back_is_red() {
    let server = mail_server().await;
    let house = over(&server, 0).await;
    until(&house, "all is well", |health| health["ok"] == true).await;
    // Sparse, so that it costs nothing; SQLite does not read beyond the frames it knows.
    let wal = std::fs::OpenOptions::new().write(true).open(house.path("replyd.db-wal")).unwrap();
    let size = wal.metadata().unwrap().len();
    wal.set_len((64 << 20) + 1).unwrap();
    let red = until(&house, "a large log is red", |health| health["ok"] == false).await;
    assert_eq!(reds(&red), ["wal"]);
    wal.set_len(size).unwrap();
    until(&house, "a small one is not", |health| health["ok"] == true).await;
    house.close().await;
}
