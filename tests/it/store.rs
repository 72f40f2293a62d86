//! The database: what it refuses, what it keeps, what it never does twice.

mod letters;
mod messages;
mod retention;
mod taken;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use replyd::conversation::Deadline;
use replyd::model::Timestamp;
use replyd::store::{NewBatch, Role, Store, StoreError};

use letters::letter;

use crate::conversation::people;

fn now() -> Timestamp {
    "2026-11-18T10:00:00Z".parse().unwrap()
}

struct Home {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replyd.db");
    Home { _dir: dir, path }
}

impl Home {
    /// A child that another test starts at this moment holds copies of all files, the lock of a run before too, until it is itself.
    fn open(&self) -> Store {
        loop {
            match Store::open(&self.path, Role::Daemon, now()) {
                Err(StoreError::Held { .. }) => std::thread::yield_now(),
                opened => return opened.unwrap(),
            }
        }
    }

    fn refusal(&self) -> String {
        match Store::open(&self.path, Role::Daemon, now()) {
            Ok(_) => panic!("the database was opened"),
            Err(error) => error.to_string(),
        }
    }
}

fn new_batch(key: Option<&str>) -> NewBatch {
    let conversation = people::conversation(&["Ana", "Ben"], "Europe/London");
    NewBatch {
        batch: conversation.batch,
        policy: conversation.policy,
        key: key.map(str::to_owned),
        files: vec![],
        calendars: Vec::new(),
    }
}

/// R-D1.
#[test]
fn a_database_that_is_not_as_required_is_refused_by_name() {
    let readable = home();
    drop(readable.open());
    std::fs::set_permissions(&readable.path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(readable.refusal().contains("chmod 600"), "{}", readable.refusal());

    let foreign = home();
    let connection = rusqlite::Connection::open(&foreign.path).unwrap();
    connection.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(connection);
    std::fs::set_permissions(&foreign.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(foreign.refusal().contains("not one of replyd's"), "{}", foreign.refusal());

    let newer = home();
    drop(newer.open());
    rusqlite::Connection::open(&newer.path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert!(newer.refusal().contains("newer replyd"), "{}", newer.refusal());

    let garbage = home();
    std::fs::write(&garbage.path, vec![7_u8; 8192]).unwrap();
    std::fs::set_permissions(&garbage.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(garbage.refusal().contains("not a database replyd can use"), "{}", garbage.refusal());
}

/// A database of any earlier version is brought to this one, with what is in it.
#[tokio::test]
async fn a_database_of_an_older_replyd_is_migrated() {
    let home = home();
    let connection = rusqlite::Connection::open(&home.path).unwrap();
    let earlier = [
        include_str!("../../src/store/schema.sql"),
        include_str!("../../src/store/schema-2.sql"),
    ];
    connection.execute_batch(&earlier.concat()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO clients (name) VALUES ('Client Ltd');
             INSERT INTO contacts (client_id, name, address, zone) VALUES (1, 'Ann Lee', 'ann.lee@client.example', 'Europe/London')",
        )
        .unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    connection.pragma_update(None, "application_id", 0x7270_6c79).unwrap();
    drop(connection);
    std::fs::set_permissions(&home.path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let store = home.open();
    assert!(store.read(|tx| Ok((tx.attending(now())?, tx.calendars()?))).unwrap().0.is_empty());
    let id = store.write(|tx| tx.hand_in(new_batch(None), now())).await.unwrap().id;
    assert!(store.read(|tx| tx.attending_of(id, now())).unwrap().is_empty());
}

/// Some databases of version 11 hold what others got with version 12: both are brought to the same schema.
#[test]
fn databases_of_version_11_are_migrated_whatever_they_hold() {
    let files: Vec<String> = std::iter::once("schema.sql".to_owned())
        .chain((2..=12).map(|n| format!("schema-{n}.sql")))
        .collect();
    let read =
        |name: &String| std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(name)).unwrap();
    let schema = |home: &Home| -> Vec<String> {
        let connection = rusqlite::Connection::open(&home.path).unwrap();
        let mut all = connection.prepare("SELECT name FROM sqlite_schema ORDER BY name").unwrap();
        let names = all.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    let fresh = home();
    drop(fresh.open());
    for with_codes in [false, true] {
        let home = home();
        let connection = rusqlite::Connection::open(&home.path).unwrap();
        for file in files.iter().take(if with_codes { 12 } else { 11 }) {
            connection.execute_batch(&read(file)).unwrap();
        }
        connection.pragma_update(None, "user_version", 11).unwrap();
        connection.pragma_update(None, "application_id", 0x7270_6c79).unwrap();
        drop(connection);
        std::fs::set_permissions(&home.path, std::fs::Permissions::from_mode(0o600)).unwrap();
        drop(home.open());
        assert_eq!(schema(&home), schema(&fresh), "with codes: {with_codes}");
    }
}

/// R-D1: the settings that make a commit durable are what a fresh connection reads back from the file.
#[test]
fn the_journal_is_a_wal() {
    let home = home();
    drop(home.open());
    let connection = rusqlite::Connection::open(&home.path).unwrap();
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let strict: i64 = connection
        .query_row(
            "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(strict, 0, "every table is STRICT");
}

/// R-D3, the store's side: the holder is named; when it is gone the next one gets in.
#[test]
fn a_second_daemon_is_refused() {
    let home = home();
    let first = home.open();
    let refusal = home.refusal();
    assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
    assert!(
        Store::open(&home.path, Role::Command, now()).is_ok(),
        "commands work beside a daemon"
    );
    drop(first);
    drop(home.open());
}

#[tokio::test]
async fn the_same_key_makes_one_batch() {
    let store = home_store();
    store
        .1
        .write(|tx| tx.hand_in(new_batch(Some("k1")), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    let again = store.1.write(|tx| tx.hand_in(new_batch(Some("k1")), now()).map(|_| ())).await;
    assert!(matches!(again, Err(StoreError::Again)));
    store
        .1
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    assert_eq!(store.1.read(|tx| tx.pipeline(None, 10)).unwrap().len(), 2);
}

fn home_store() -> (Home, Store) {
    let home = home();
    let store = home.open();
    (home, store)
}

/// R-O1: what a job did before it failed or panicked is gone; others that share its commit are not.
#[tokio::test]
async fn a_job_is_kept_whole_or_not_at_all() {
    let (_home, store) = home_store();
    store
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    let good = store.write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()));
    let bad = store.write(|tx| {
        tx.queue(&letter(2, "ann.lee@client.example"), None, now())?;
        Err::<(), _>(StoreError::Refused("no".into()))
    });
    let ugly = store.write(|tx| {
        tx.queue(&letter(3, "ann.lee@client.example"), None, now())?;
        if tx.totals()?.waiting > 0 {
            panic!("as a bug would");
        }
        Ok(())
    });
    let (good, bad, ugly) = tokio::join!(good, bad, ugly);
    assert!(good.is_ok() && bad.is_err() && ugly.is_err());
    let serials: Vec<i64> = store.read(|tx| tx.outbox(true, 10)).unwrap().iter().map(|line| line.id).collect();
    assert_eq!(serials.len(), 1, "{serials:?}");
}

/// Deadlines are found by time, and a saved conversation has exactly those of its state.
#[tokio::test]
async fn deadlines_are_a_copy_of_the_state() {
    let (_home, store) = home_store();
    let mut conversation = store.write(|tx| tx.hand_in(new_batch(None), now())).await.unwrap();
    let ana = conversation.submissions[0].id;
    conversation
        .deadlines
        .set(Deadline::TakeEffect(ana), now() + chrono::Duration::minutes(10));
    conversation.deadlines.set(Deadline::Chase, now() + chrono::Duration::days(1));
    let saved = conversation.clone();
    store.write(move |tx| tx.save(&saved)).await.unwrap();
    assert_eq!(store.read(|tx| tx.conversation(saved_id())).unwrap().unwrap(), conversation);
    assert!(store.read(|tx| tx.due_deadlines(now(), 10)).unwrap().is_empty());
    let due = store
        .read(|tx| tx.due_deadlines(now() + chrono::Duration::minutes(10), 10))
        .unwrap();
    assert_eq!(due.iter().map(|one| one.reason).collect::<Vec<_>>(), [Deadline::TakeEffect(ana)]);
    conversation.deadlines.clear(Deadline::TakeEffect(ana));
    store.write(move |tx| tx.save(&conversation)).await.unwrap();
    assert_eq!(
        store.read(|tx| tx.next_deadline()).unwrap(),
        Some(now() + chrono::Duration::days(1))
    );
}

const fn saved_id() -> replyd::model::ConversationId {
    replyd::model::ConversationId(1)
}
