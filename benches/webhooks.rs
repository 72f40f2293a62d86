//! From an event to the other system that hears of it: the time between what the event is stamped with and its arrival at a webhook.
//!
//! ```text
//! cargo bench --bench webhooks               # 60 events one by one, then 120 at once; 900 submissions in the database
//! cargo bench --bench webhooks -- 200 500 6000  # events one by one, events at once, submissions
//! ```
//! Fills a database, starts the daemon on it with three webhooks: one that answers, one that refuses connections, one that takes them and is
//! silent. Events are notes, each in another batch, as `replyd note` writes them. One JSON line for each way.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use replyd::config::Config;
use replyd::conversation::Command;
use replyd::daemon::{Clock, Daemon, steer};
use replyd::lab::{Filling, fill};
use replyd::model::ConversationId;
use replyd::store::{Role, Store};
use tokio::sync::watch;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|one| one.parse().ok()).collect();
    let of = |at: usize, usual: usize| numbers.get(at).copied().unwrap_or(usual);
    let (slowly, quickly, submissions) = (of(0, 60), of(1, 120), of(2, 900));
    let arrivals = listen();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    for (name, secret) in [("password", "pw"), ("hook", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")] {
        fs::write(dir.path().join(name), secret).unwrap();
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let hook = |name: &str, port: u16| {
        format!(
            "[[webhook]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}/\"\nsecret_files = [\"hook\"]\nevents = [\"conversation.noted\"]\n"
        )
    };
    let account = "host = \"127.0.0.1\"\nport = 9\ntls = \"none\"\nuser = \"bot\"\npassword_file = \"password\"\n";
    let config = format!(
        "[agency]\nname = \"Harbour Talent\"\naddress = \"bot@agency.test\"\nzone = \"Europe/London\"\n[imap]\n{account}[smtp]\n{account}\
         [inbound]\nauthserv_id = \"mx.agency.test\"\n[http]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         {}{}{}[webhooks]\nallow_private = [\"127.0.0.1\"]\n",
        hook("well", arrivals.0),
        hook("silent", silent.local_addr().unwrap().port()),
        hook("away", away)
    );
    let file = dir.path().join("config.toml");
    fs::write(&file, config).unwrap();
    let config = Config::load(&file).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (ink, clock) = (Arc::new(config.ink.clone()), Clock::system());
    {
        let filling = Filling {
            store: Arc::new(Store::open(&config.database, Role::Daemon, clock.now()).unwrap()),
            ink: Arc::clone(&ink),
            policy: config.policy.clone(),
            zone: config.zone,
            now: clock.now(),
        };
        let batches = runtime.block_on(fill(&filling, submissions as u64, |_| ())).unwrap();
        assert!(batches as usize > slowly + quickly, "{batches} batches are too few");
    }
    let daemon = Daemon::new(config, clock.clone()).unwrap();
    let store = daemon.store();
    let (stop, stopped) = watch::channel(false);
    listener.set_nonblocking(true).unwrap();
    let running = runtime.spawn(async move {
        daemon
            .run(Some(tokio::net::TcpListener::from_std(listener).unwrap()), stopped)
            .await
    });
    let note = async |batch: usize| {
        let (id, note) = (
            ConversationId(batch as i64),
            Command::Note {
                text: "She called.".to_owned(),
            },
        );
        steer(&store, &ink, id, "Maria".to_owned(), note, clock.now()).await.unwrap();
    };
    // The daemon knows its webhooks by then.
    while store.read(|tx| tx.endpoints()).unwrap().len() < 3 {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Nor is anything left that fell due while it was not running.
    while store.read(|tx| tx.next_deadline()).unwrap().is_some_and(|at| at <= clock.now()) {
        std::thread::sleep(Duration::from_millis(200));
    }

    let mut waits = Vec::new();
    let began = Instant::now();
    for id in 1..=slowly {
        runtime.block_on(note(id));
        waits.push(arrivals.1.recv_timeout(Duration::from_secs(10)).unwrap());
    }
    tell("one by one", &mut waits, began);

    let began = Instant::now();
    runtime.block_on(futures_util::future::join_all((slowly + 1..=slowly + quickly).map(&note)));
    let mut waits: Vec<f64> = (0..quickly)
        .map(|_| arrivals.1.recv_timeout(Duration::from_secs(60)).unwrap())
        .collect();
    tell("at once", &mut waits, began);
    stop.send_replace(true);
    runtime.block_on(running).unwrap().unwrap();
}

fn tell(way: &str, waits: &mut [f64], began: Instant) {
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    let line = serde_json::json!({
        "way": way,
        "events": waits.len(),
        "median_ms": at(0.5),
        "p95_ms": at(0.95),
        "slowest_ms": at(1.0),
        "per_second": (waits.len() as f64 / began.elapsed().as_secs_f64()).round(),
    });
    println!("{line}");
}

/// A receiver; it gives the milliseconds from each event to its arrival.
fn listen() -> (u16, Receiver<f64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let tell = tell.clone();
            std::thread::spawn(move || {
                let mut socket = socket.unwrap();
                let mut bytes = Vec::new();
                let body = loop {
                    let mut some = [0; 8192];
                    let n = socket.read(&mut some).unwrap_or(0);
                    if n == 0 {
                        return;
                    }
                    bytes.extend_from_slice(&some[..n]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length = head
                        .lines()
                        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                    if body.len() >= length.unwrap_or(0) {
                        break body.to_owned();
                    }
                };
                let now = Utc::now();
                let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
                let event: serde_json::Value = serde_json::from_str(&body).unwrap();
                let at: DateTime<Utc> = event["timestamp"].as_str().unwrap().parse().unwrap();
                let _ = tell.send((now - at).num_microseconds().unwrap() as f64 / 1000.0);
            });
        }
    });
    (port, told)
}
