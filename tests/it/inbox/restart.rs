//! The door over the database: what an end in the middle leaves to the next run.

use std::path::Path;

use replyd::config::Config;
use replyd::daemon::{Daemon, DaemonError, Done};
use replyd::store::{NewMessage, Role, Store, StoreError};
use tokio::sync::watch;

use super::fake::{Fault, Server};
use super::memory::house;
use super::{clock, pace};

/// One run of the whole daemon, as cron would start it.
async fn run(home: &Path) -> Option<Done> {
    let config = Config::load(&home.join("config.toml")).unwrap();
    let mut daemon = loop {
        match Daemon::new(config.clone(), clock()) {
            // The reader of the run before, a thread of its own, has not let go of the database.
            Err(DaemonError::Store(StoreError::Held { .. })) => tokio::task::yield_now().await,
            daemon => break daemon.unwrap(),
        }
    };
    daemon.set_pace(pace());
    daemon.until_idle().await.ok()
}

/// How many messages the database holds in one of these states.
fn count(home: &Path, states: &str) -> i64 {
    let database = rusqlite::Connection::open(home.join("replyd.db")).unwrap();
    let sql = format!("SELECT count(*) FROM messages WHERE state IN ({states})");
    database.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// R-I1: what was listed and not had stays wanted, however much newer mail was had before the end, and however old it is by then.
#[tokio::test]
async fn a_message_left_behind_is_fetched_by_the_next_run_however_much_came_after_it() {
    let server = Server::start(2500).await;
    // Too large to be fetched whole: its head is asked for after all the others, and the connection breaks on that. After it there is none.
    server.with(|box_| _ = box_.claimed_size.insert(3, 26 << 20));
    server.play([Fault::close("UID FETCH 3 (")]);
    server.play([(); 3].map(|()| Fault::greeting("* BYE not now\r\n")));
    let home = house(&server);
    assert_eq!(run(home.path()).await, None, "the mailbox could not be read to its end");
    assert_eq!(count(home.path(), "'unmatched'"), 2499);
    // The next run comes when it is older than what a deep pass lists.
    server.with(|box_| box_.recent_from = 2500);
    assert_eq!(run(home.path()).await.unwrap().fetched, 1);
    assert_eq!(count(home.path(), "'unmatched'"), 2500);
    // What every pass compares does not grow with the mailbox.
    server.forget();
    assert_eq!(run(home.path()).await.unwrap().fetched, 0);
    let transcript = server.transcript();
    assert!(
        transcript.iter().any(|line| line.contains("UID SEARCH UID 1500:*")),
        "{transcript:?}"
    );
}

/// R-I2: when UIDs begin anew under the same UIDVALIDITY, mail that comes later is found by every pass and not by the deep ones alone.
#[tokio::test]
async fn mail_is_found_after_uids_began_anew() {
    let server = Server::start(1200).await;
    let home = house(&server);
    assert_eq!(run(home.path()).await.unwrap().fetched, 1200);
    server.with(|box_| {
        box_.mails.clear();
        box_.uid_next = Some(1);
    });
    server.deliver(b"Subject: second life\r\n\r\nof UID 1\r\n");
    assert_eq!(run(home.path()).await.unwrap().fetched, 1);
    server.with(|box_| box_.recent_from = u32::MAX);
    server.deliver(b"Subject: second life\r\n\r\nof UID 2\r\n");
    assert_eq!(run(home.path()).await.unwrap().fetched, 1);
}

/// R-D7: a stop amid many messages ends with the ones at hand. None bears the mark of a try that nothing went wrong with: three such
/// marks would set it aside.
#[tokio::test]
async fn a_stop_amid_a_backlog_leaves_no_marks() {
    const MANY: u32 = 20_000;
    let server = Server::start(0).await;
    let home = house(&server);
    let config = Config::load(&home.path().join("config.toml")).unwrap();
    let store = Store::open(&config.database, Role::Command, clock().now()).unwrap();
    let all = move |tx: &replyd::store::Tx<'_>| {
        for uid in 1..=MANY {
            let new = NewMessage {
                account: "old".into(),
                folder: "INBOX".into(),
                uid_validity: 1,
                uid,
                received: None,
                truncated: false,
                raw: format!("Subject: {uid}\r\n\r\nmessage {uid}\r\n").into_bytes(),
            };
            tx.store_message(&new, clock().now())?;
        }
        Ok(())
    };
    store.write(all).await.unwrap();
    drop(store);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(Daemon::new(config, clock()).unwrap().run(None, stopped));
    while count(home.path(), "'unmatched'") == 0 {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    running.await.unwrap().unwrap();
    assert_eq!(count(home.path(), "'reading'"), 0);
    assert!(count(home.path(), "'stored'") > 0, "it read all of them first");
}
