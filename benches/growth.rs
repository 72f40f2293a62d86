//! What an event costs on a small and on a large database.
//!
//! ```text
//! cargo bench --bench growth -- 1000 100000          # fills a database of each size in a temporary directory, 5,000 events each
//! cargo bench --bench growth -- --dir /some/dir 1000000
//! ```
//! One event is a decision: load, step, save, one line of the timeline. Single: each awaited before the next. Batched: 64 in flight.
//! Reminders: deadlines that fall due, each with the letter it writes. One JSON line for each size; a database that is there is used.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use replyd::config::Config;
use replyd::conversation::Command;
use replyd::daemon::{Clock, Daemon, steer};
use replyd::lab::{Filling, fill};
use replyd::model::{ConversationId, Decision, SubmissionId};
use replyd::store::{Role, Store};

const CONFIG: &str = r#"
[agency]
name = "Harbour Talent"
address = "bot@agency.test"
zone = "Europe/London"
[imap]
host = "localhost"
user = "bot"
password_file = "password"
[smtp]
host = "localhost"
[inbound]
authserv_id = "mx.agency.test"
border = "mx.agency.test"
[http]
listen = "127.0.0.1:0"
public_url = "https://answers.agency.test"
"#;

/// Events of each kind.
const EVENTS: u64 = 5_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let temporary = tempfile::tempdir().unwrap();
    let mut root = temporary.path().to_owned();
    let mut sizes = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--dir" => root = words.next().unwrap().into(),
            size => sizes.push(size.parse::<u64>().unwrap()),
        }
    }
    if sizes.is_empty() {
        sizes = vec![1_000, 100_000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for size in sizes {
        runtime.block_on(measure(&root.join(size.to_string()), size));
    }
}

async fn measure(home: &Path, size: u64) {
    std::fs::create_dir_all(home).unwrap();
    std::fs::write(home.join("config.toml"), CONFIG).unwrap();
    std::fs::write(home.join("password"), "pw").unwrap();
    std::fs::set_permissions(home.join("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let load = || Config::load(&home.join("config.toml")).unwrap();
    if !home.join("replyd.db").exists() {
        let (config, now) = (load(), Clock::system().now());
        let filling = Filling {
            store: Arc::new(Store::open(&config.database, Role::Daemon, now).unwrap()),
            ink: Arc::new(config.ink),
            policy: config.policy,
            zone: config.zone,
            now,
        };
        let began = Instant::now();
        fill(&filling, size, |_| {}).await.unwrap();
        println!(
            "{{\"submissions\": {size}, \"filled_in_secs\": {:.1}}}",
            began.elapsed().as_secs_f64()
        );
    }
    let clock = Clock::set_to(Clock::system().now());
    let config = load();
    let ink = Arc::new(config.ink.clone());
    let began = Instant::now();
    let daemon = Daemon::new(config, clock.clone()).unwrap();
    let opened = began.elapsed();
    let store = daemon.store();
    let now = clock.now();
    // Submissions all over the database, in no order; the same ones in each run.
    let whom = |n: u64| SubmissionId(1 + i64::try_from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % size).unwrap());
    let decide = async |n: u64| {
        let submission = whom(n);
        let batch: ConversationId = store.read(|tx| tx.conversation_of(submission)).unwrap().unwrap();
        let decision = if n.is_multiple_of(2) {
            Decision::Interested
        } else {
            Decision::Maybe
        };
        let command = Command::Decide {
            submission,
            decision,
            reasons: Vec::new(),
        };
        let began = Instant::now();
        steer(&store, &ink, batch, "bench".to_owned(), command, now).await.unwrap();
        began.elapsed()
    };
    for n in 0..200 {
        decide(n).await;
    }
    let began = Instant::now();
    let mut singles = Vec::new();
    for n in 200..EVENTS + 200 {
        singles.push(decide(n).await);
    }
    let single = began.elapsed();
    singles.sort_unstable();
    let at = |share: f64| singles[((singles.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    let began = Instant::now();
    let many = EVENTS * 4;
    let mut batched = stream::iter(EVENTS..EVENTS + many).map(decide).buffer_unordered(64);
    while batched.next().await.is_some() {}
    let batched = began.elapsed();
    let mut reminded = 0;
    let mut reminding = Duration::ZERO;
    // Every push lets the next deadlines fall due.
    for _ in 0..30 {
        clock.push(chrono::Duration::days(1));
        let began = Instant::now();
        while reminded < EVENTS {
            let passed = daemon.pass_deadlines().await.unwrap();
            if passed == 0 {
                break;
            }
            reminded += passed as u64;
        }
        reminding += began.elapsed();
    }
    println!(
        "{{\"submissions\": {size}, \"opened_in_ms\": {:.1}, \"single_per_second\": {:.0}, \"p50_us\": {:.0}, \"p99_us\": {:.0}, \"batched_per_second\": {:.0}, \"reminders\": {reminded}, \"reminders_per_second\": {:.0}}}",
        opened.as_secs_f64() * 1e3,
        EVENTS as f64 / single.as_secs_f64(),
        at(0.5),
        at(0.99),
        many as f64 / batched.as_secs_f64(),
        reminded as f64 / reminding.as_secs_f64(),
    );
}
