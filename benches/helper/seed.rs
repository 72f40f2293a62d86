//! Many batches at once, and what the contacts answer to each.

use std::path::Path;
use std::sync::Arc;

use replyd::config::{Config, read_batch};
use replyd::daemon::{Clock, submit};
use replyd::model::{HeaderText, Mailbox};
use replyd::store::{Role, Store};

use super::answers;

const BATCH: &str = r#"
[client]
name = "Client Ltd"
[client.contact]
name = "Ann Lee"
email = "ann@client.test"
zone = "Europe/London"
[project]
title = "Backend engineer"
[[recruiters]]
name = "Rita Moss"
email = "recruiter@agency.test"
[[candidates]]
name = "Ana Souza"
email = "ana@mail.test"
summary = """
Ten years of Java and Kotlin, the last five in payments at a bank and before that at a marketplace, where she led the move of the \
checkout from one large application to a dozen services without a day of downtime. Writes clear documents, mentors, has been on call \
for years and knows what a pager costs. Lives in Lisbon, works in English and Portuguese, speaks some German. Looking for a team that \
owns what it runs. Notice period of one month; could begin to hand over earlier when that helps."""
"#;

/// Batches handed in together.
const TOGETHER: usize = 64;

pub(crate) fn run(config: &Path, count: usize, dir: &Path) {
    let config = Config::load(config).unwrap();
    let clock = Clock::system();
    let now = clock.now();
    let store = Store::open(&config.database, Role::Command, now).unwrap();
    let ink = Arc::new(config.ink.clone());
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), BATCH).unwrap();
    let batch = |n: usize| {
        let mut new = read_batch(file.path(), config.zone, &config.policy).unwrap();
        // One follow-up for each answer: nobody gets a copy.
        new.batch.recruiters.clear();
        new.batch.contact.mailbox = Mailbox {
            name: HeaderText::new("Ann Lee"),
            // One each: nobody gets two letters in a quarter of an hour that they did not ask for.
            address: format!("ann{n}@client.test").parse().unwrap(),
        };
        new.batch.candidates[0].mailbox.address = format!("ana{n}@mail.test").parse().unwrap();
        new
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut batches = Vec::new();
    for from in (0..count).step_by(TOGETHER) {
        let group = (from..count.min(from + TOGETHER)).map(|n| submit(&store, &ink, batch(n), now));
        let done = runtime.block_on(futures_util::future::join_all(group));
        batches.extend(done.into_iter().map(Result::unwrap));
    }
    std::fs::create_dir_all(dir).unwrap();
    let mut size = 0;
    for (n, id) in batches.into_iter().enumerate() {
        let letters = store.read(|tx| tx.letters_of(id)).unwrap();
        let bytes = store.read(|tx| tx.letter_bytes(letters[0].id)).unwrap();
        let answer = answers::write(&bytes, n);
        size += answer.len();
        // As servers name them: with the size on disk and the size on the wire, so that nobody need count.
        let wire = answer.len() + answer.matches('\n').count();
        let name = format!("{}.M{n}P1.bench,S={},W={wire}:2,", now.timestamp(), answer.len());
        std::fs::write(dir.join(name), answer).unwrap();
    }
    println!("{count} batches, answers of {} bytes on average", size / count.max(1));
}
