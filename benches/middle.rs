//! The way from stored replies to settled receipts, without a network: how long each stretch takes, and how much of a core.
//!
//! ```text
//! cargo bench --bench middle -- 10000            # so many replies; the default is 3,000
//! cargo bench --bench middle -- 10000 /some/dir  # the database there instead of in a temporary directory
//! ```
//! Hands in one batch for each reply, lets its letter go out (claimed, dot announced, settled), stores an answer to it, reads all
//! answers as the daemon does, and lets the receipts go out. One JSON line for each stretch.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use replyd::config::{Config, read_batch};
use replyd::daemon::sending::{Queue, Settled};
use replyd::daemon::{Clock, Daemon};
use replyd::model::ConversationId;
use replyd::store::{NewBatch, NewMessage};

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

const BATCH: &str = r#"
[client]
name = "Client Ltd"
[client.contact]
name = "Ann Lee"
email = "client@client.test"
zone = "Europe/London"
[project]
title = "Java developer"
[[candidates]]
name = "Ana Souza"
email = "ana@mail.test"
summary = "Ten years of Java, the last five in payments"
"#;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let count: usize = words.first().map_or(3_000, |word| word.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let home = words.get(1).map_or(temporary.path(), Path::new);
    std::fs::write(home.join("config.toml"), CONFIG).unwrap();
    std::fs::write(home.join("batch.toml"), BATCH).unwrap();
    std::fs::write(home.join("password"), "pw").unwrap();
    std::fs::set_permissions(home.join("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = Config::load(&home.join("config.toml")).unwrap();
    let batch = read_batch(&home.join("batch.toml"), config.zone, &config.policy).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let daemon = Arc::new(Daemon::new(config, Clock::system()).unwrap());
    runtime.block_on(run(daemon, batch, count));
}

async fn run(daemon: Arc<Daemon>, batch: NewBatch, count: usize) {
    let store = daemon.store();
    let meter = Meter::start();
    let mut handed_in = Vec::with_capacity(count);
    for first in (0..count).step_by(64) {
        let some = (first..count.min(first + 64)).map(|n| {
            let mut new = batch.clone();
            // Nobody gets two letters in a quarter of an hour that they did not ask for.
            new.batch.contact.mailbox.address = format!("client{n}@client.test").parse().unwrap();
            new.batch.candidates[0].mailbox.address = format!("ana{n}@mail.test").parse().unwrap();
            new.batch.project.title = replyd::model::HeaderText::new(&format!("Java developer {n}"));
            daemon.submit(new)
        });
        handed_in.extend(join_all(some).await.into_iter().map(Result::unwrap));
    }
    meter.tell("hand in", count);

    let meter = Meter::start();
    let sent = drain(&*daemon.letters()).await;
    meter.tell("send submissions", sent);

    let answers: Vec<Vec<u8>> = handed_in.iter().map(|id| answer(&store, *id)).collect();
    let octets: usize = answers.iter().map(Vec::len).sum();
    println!("{{\"octets_a_reply\": {}}}", octets / count.max(1));
    let meter = Meter::start();
    let mut uid = 0;
    for some in answers.chunks(64) {
        let jobs = some.iter().map(|raw| {
            uid += 1;
            let new = NewMessage {
                account: "main".into(),
                folder: "INBOX".into(),
                uid_validity: 1,
                uid,
                received: None,
                truncated: false,
                raw: raw.clone(),
            };
            store.write(move |tx| tx.store_message(&new, chrono::Utc::now()))
        });
        join_all(jobs).await.into_iter().for_each(|done| assert!(done.unwrap()));
    }
    meter.tell("store", count);

    let meter = Meter::start();
    let read = daemon.read_stored().await.unwrap();
    meter.tell("read and apply", read);

    let meter = Meter::start();
    let sent = drain(&*daemon.letters()).await;
    meter.tell("send receipts", sent);
    let resting = store.read(|tx| tx.pipeline(None, u32::try_from(count).unwrap())).unwrap();
    let resting = resting
        .iter()
        .flat_map(|one| &one.submissions)
        .filter(|one| one.resting == "interested");
    assert_eq!(resting.count(), count, "every answer is a yes that rests");
}

/// Sixteen lanes, each as a connection that is answered at once.
async fn drain(letters: &dyn Queue) -> usize {
    let lanes = (0..16).map(|_| async {
        let mut sent = 0;
        loop {
            let claimed = letters.claim_some(chrono::Utc::now(), 16).await.unwrap();
            if claimed.is_empty() {
                return sent;
            }
            sent += claimed.len();
            for one in claimed {
                letters.dot_intent(one.letter, one.attempt).await.unwrap();
                let settled = Settled::Sent {
                    response: "2.0.0 Ok".into(),
                };
                letters.settle(one.letter, one.attempt, settled).await.unwrap();
            }
        }
    });
    join_all(lanes).await.into_iter().sum()
}

/// What the client's mail program would send: a yes above the quoted letter.
fn answer(store: &replyd::store::Store, id: ConversationId) -> Vec<u8> {
    let letters = store.read(|tx| tx.letters_of(id)).unwrap();
    let bytes = &store.read(|tx| tx.letter_bytes(letters[0].id)).unwrap();
    let head = String::from_utf8_lossy(bytes).replace("\r\n ", " ");
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let to = field("Reply-To:");
    let to = to.rsplit(['<', '>']).nth(1).unwrap();
    let ann = field("To:");
    let ann = ann.rsplit(['<', '>']).nth(1).unwrap();
    let (subject, parent) = (field("Subject:"), field("Message-ID:"));
    let text = replyd::message::letter_text(bytes).text;
    let quote: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
    format!(
        "Return-Path: <{ann}>\r\nDelivered-To: {to}\r\n\
         Authentication-Results: mx.agency.test; dmarc=pass header.from=client.test\r\n\
         Received: from mail.client.test (mail.client.test [203.0.113.9])\r\n\tby mx.agency.test with ESMTPS id {id};\r\n\tSat, 21 Nov 2026 10:00:00 +0000\r\n\
         From: Ann Lee <{ann}>\r\nTo: {to}\r\nSubject: Re: {subject}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\
         Message-ID: <answer-{id}@client.test>\r\nIn-Reply-To: {parent}\r\nReferences: {parent}\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Yes to Ana, please.\r\n\r\nOn Sat, Nov 21, 2026 at 9:00 AM Harbour Talent <{to}> wrote:\r\n\r\n{quote}"
    )
    .into_bytes()
}

/// Wall time and processor time of this process, with all its threads.
struct Meter {
    wall: Instant,
    processor: f64,
}

impl Meter {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn tell(self, what: &str, count: usize) {
        let (wall, processor) = (self.wall.elapsed().as_secs_f64(), processor_seconds() - self.processor);
        let each = 1e6 / (count.max(1) as f64);
        println!(
            "{{\"stretch\": \"{what}\", \"n\": {count}, \"secs\": {wall:.3}, \"per_second\": {:.0}, \"us\": {:.1}, \"cpu_us\": {:.1}}}",
            count as f64 / wall,
            wall * each,
            processor * each
        );
    }
}

/// From /proc/self/stat, in ticks of 10 ms: enough for runs of seconds.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
