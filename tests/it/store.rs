//! The database: what it refuses, what it keeps, what it never does twice.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use replyd::compose::{Envelope, Finished};
use replyd::conversation::{Deadline, Party};
use replyd::message::LetterText;
use replyd::model::{Address, LetterKey, MessageId, Timestamp};
use replyd::store::{Begun, Claimed, Final, Limits, MessageState, NewBatch, NewMessage, Role, Settled, Store, StoreError, Waiting};

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
    }
}

fn letter(serial: u32, to: &str) -> Finished {
    Finished {
        key: LetterKey {
            conversation: replyd::model::ConversationId(1),
            serial,
        },
        kind: "submission",
        to: Party::Client,
        envelope: Envelope {
            from: Address::parse("bot+tag@agency.example").unwrap(),
            to: Address::parse(to).unwrap(),
        },
        message_id: MessageId(format!("{serial}@agency.example")),
        subject: "Two candidates".into(),
        bytes: b"Subject: Two candidates\r\n\r\nHello\r\n".to_vec(),
        shown: LetterText::default(),
        not_after: None,
        repeatable: true,
        is_answer: false,
    }
}

/// The next letter that is due, taken for an attempt.
async fn claimed(store: &Store, at: Timestamp) -> Option<Claimed> {
    store.write(move |tx| tx.claim(at, 1, Limits::default())).await.unwrap().pop()
}

/// Ten messages that wait, from the beginning, while no other is being read.
async fn begun(store: &Store) -> Vec<Waiting> {
    match store.write(|tx| tx.begin_reading(0, false, 10, now())).await.unwrap() {
        Begun::Messages(waiting) => waiting,
        Begun::Alone => panic!("nobody else reads"),
    }
}

fn message(uid: u32, raw: &[u8]) -> NewMessage {
    NewMessage {
        account: "main".into(),
        folder: "INBOX".into(),
        uid_validity: 1,
        uid,
        received: None,
        truncated: false,
        raw: raw.to_vec(),
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

/// R-O6, the store's side: after a death between DOT_INTENT and the answer the letter is in doubt, and not due before the
/// reconcile time is over; in doubt a second time it waits for a person.
#[tokio::test]
async fn a_letter_that_may_have_left_is_not_sent_again_blindly() {
    let home = home();
    {
        let store = home.open();
        store
            .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
            .await
            .unwrap();
        store
            .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
            .await
            .unwrap();
        let claimed = claimed(&store, now()).await.unwrap();
        assert_eq!(claimed.attempt, 1);
        store.write(move |tx| tx.dot_intent(claimed.letter)).await.unwrap();
    }
    let store = home.open();
    assert_eq!(store.read(|tx| tx.outbox(true, 10)).unwrap()[0].state, "ambiguous");
    assert!(claimed(&store, now()).await.is_none(), "not before the search for a sign is over");
    let later = now() + chrono::Duration::minutes(16);
    let again = claimed(&store, later).await.unwrap();
    assert_eq!((again.attempt, again.bytes.len()), (2, 34));
    store.write(move |tx| tx.dot_intent(again.letter)).await.unwrap();
    store
        .write(move |tx| {
            tx.settle(again.letter, &Settled::Ambiguous { why: "silence".into() }, later)
                .map(|_| ())
        })
        .await
        .unwrap();
    assert_eq!(store.read(|tx| tx.outbox(true, 10)).unwrap()[0].state, "held");
}

/// A sign of a letter in doubt (a reply, a report, a copy) settles it: nothing is sent a second time.
#[tokio::test]
async fn a_sign_settles_the_doubt() {
    let home = home();
    let key = letter(1, "a@b.example").key;
    {
        let store = home.open();
        store
            .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
            .await
            .unwrap();
        store
            .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
            .await
            .unwrap();
        let claimed = claimed(&store, now()).await.unwrap();
        store.write(move |tx| tx.dot_intent(claimed.letter)).await.unwrap();
    }
    let store = home.open();
    assert!(store.write(move |tx| tx.resolve_ambiguous(key, "a reply", now())).await.unwrap());
    assert!(!store.write(move |tx| tx.resolve_ambiguous(key, "a reply", now())).await.unwrap());
    let later = now() + chrono::Duration::days(1);
    assert!(claimed(&store, later).await.is_none());
}

/// R-O6: the sign may come before the doubt. The server's answer to the dot is lost on its way, and the client has read the letter.
#[tokio::test]
async fn a_sign_that_comes_before_the_doubt_settles_it_too() {
    let key = letter(1, "a@b.example").key;
    let unknown = || Settled::Ambiguous { why: "silence".into() };
    let refused = || Settled::Deferred {
        until: now(),
        why: "451 not now".into(),
        counts: true,
    };
    // What becomes of the attempt during which the sign is seen; `None` for the death of the daemon.
    for end in [Some(unknown()), Some(refused()), None] {
        let home = home();
        let mut store = home.open();
        store
            .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
            .await
            .unwrap();
        store
            .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
            .await
            .unwrap();
        let one = claimed(&store, now()).await.unwrap().letter;
        store.write(move |tx| tx.dot_intent(one)).await.unwrap();
        assert!(store.write(move |tx| tx.resolve_ambiguous(key, "a reply", now())).await.unwrap());
        assert!(!store.write(move |tx| tx.resolve_ambiguous(key, "a reply", now())).await.unwrap());
        match end.clone() {
            Some(end) => drop(store.write(move |tx| tx.settle(one, &end, now())).await.unwrap()),
            None => {
                drop(store);
                store = home.open();
            }
        }
        let line = store.read(|tx| tx.outbox(true, 10)).unwrap().remove(0);
        assert_eq!((line.state.as_str(), line.outcome.as_str()), ("sent", "a reply"), "{end:?}");
    }
}

/// R-O6: a letter that was in doubt and was put off at its second attempt is in doubt still; a sign of it ends that.
#[tokio::test]
async fn a_sign_ends_the_waiting_of_a_letter_that_was_once_in_doubt() {
    let (_home, store) = home_store();
    let key = letter(1, "a@b.example").key;
    store
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    store
        .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
        .await
        .unwrap();
    assert!(
        !store.write(move |tx| tx.resolve_ambiguous(key, "a reply", now())).await.unwrap(),
        "never tried"
    );
    let later = now() + chrono::Duration::minutes(16);
    for (at, end) in [
        (now(), Settled::Ambiguous { why: "silence".into() }),
        (
            later,
            Settled::Deferred {
                until: later,
                why: "451 not now".into(),
                counts: true,
            },
        ),
    ] {
        let one = claimed(&store, at).await.unwrap().letter;
        store
            .write(move |tx| {
                tx.dot_intent(one)?;
                tx.settle(one, &end, at)?;
                tx.settle_send(one, &end, at)
            })
            .await
            .unwrap();
    }
    assert!(store.write(move |tx| tx.resolve_ambiguous(key, "a reply", later)).await.unwrap());
    assert!(claimed(&store, later + chrono::Duration::days(1)).await.is_none());
}

/// A claim of an earlier run of the daemon is void.
#[tokio::test]
async fn only_the_run_that_claimed_may_settle() {
    let home = home();
    let claimed = {
        let store = home.open();
        store
            .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
            .await
            .unwrap();
        store
            .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
            .await
            .unwrap();
        claimed(&store, now()).await.unwrap()
    };
    let store = home.open();
    let late = store.write(move |tx| tx.dot_intent(claimed.letter)).await;
    assert!(matches!(late, Err(StoreError::Lost(_))), "{late:?}");
}

/// R-O8, the store's side: a suppressed address is never claimed, and the letter is visible as failed.
#[tokio::test]
async fn a_suppressed_address_is_never_written_to() {
    let (_home, store) = home_store();
    store
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    let ann = Address::parse("Ann.Lee@client.example").unwrap();
    store
        .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
        .await
        .unwrap();
    let dead = ann.clone();
    store.write(move |tx| tx.suppress(&dead, "5.1.1", now())).await.unwrap();
    let queued = store
        .write(|tx| tx.queue(&letter(2, "ANN.LEE@client.example"), None, now()))
        .await
        .unwrap();
    assert!(!queued);
    let later = now() + chrono::Duration::days(9);
    assert!(claimed(&store, later).await.is_none());
    let states: Vec<String> = store
        .read(|tx| tx.outbox(true, 10))
        .unwrap()
        .into_iter()
        .map(|line| line.state)
        .collect();
    assert_eq!(states, ["failed", "failed"]);
    assert!(store.write(move |tx| tx.lift_suppression(&ann)).await.unwrap());
    assert!(
        store
            .write(|tx| tx.queue(&letter(3, "ann.lee@client.example"), None, now()))
            .await
            .unwrap()
    );
}

/// Large providers show a message late, or take it back for a while: what was gone and is listed again is wanted. What a person has
/// dropped is not.
#[tokio::test]
async fn a_message_that_had_vanished_is_wanted_when_it_is_listed_again() {
    let (_home, store) = home_store();
    let held = || store.read(|tx| tx.uids_held("main", "INBOX", 1, 1)).unwrap();
    store
        .write(|tx| tx.not_fetched(("main", "INBOX", 1, 5), false, "gone", now()))
        .await
        .unwrap();
    assert!(!held().contains(&5));
    assert!(store.write(|tx| tx.store_message(&message(5, b"here it is"), now())).await.unwrap());
    assert!(held().contains(&5));
    store
        .write(|tx| tx.not_fetched(("main", "INBOX", 1, 6), true, "no bytes", now()))
        .await
        .unwrap();
    assert!(!held().contains(&6));
    let dropped = store.read(|tx| tx.quarantine(1)).unwrap().remove(0).message;
    store.write(move |tx| tx.drop_message(dropped, "Maria", now())).await.unwrap();
    assert!(held().contains(&6));
}

/// R-I6, the store's side: three marks of reading that came to nothing set the message aside, with its bytes; later ones go on.
#[tokio::test]
async fn a_message_that_cannot_be_read_is_set_aside_after_three_tries() {
    let (_home, store) = home_store();
    store.write(|tx| tx.store_message(&message(1, b"poison"), now())).await.unwrap();
    for tries in 1..=3 {
        let waiting = begun(&store).await;
        assert_eq!(waiting.iter().map(|one| one.tries).collect::<Vec<_>>(), [tries]);
    }
    store.write(|tx| tx.store_message(&message(2, b"fine"), now())).await.unwrap();
    let waiting = begun(&store).await;
    assert_eq!(waiting.len(), 1, "the later message goes on at once");
    assert_eq!(waiting[0].raw, b"fine");
    let set_aside = store.read(|tx| tx.quarantine(10)).unwrap();
    assert_eq!(set_aside.len(), 1);
    assert_eq!(store.read(|tx| tx.message(set_aside[0].message)).unwrap().unwrap().0, b"poison");
}

/// R-I6: what was taken together with a message that kills the process is not set aside with it.
#[tokio::test]
async fn a_message_that_kills_the_reader_takes_nobody_along() {
    let home = home();
    let poison = 3;
    for crash in 0..4 {
        let store = home.open();
        if crash == 0 {
            for uid in 1..=5 {
                let raw = format!("mail {uid}");
                store
                    .write(move |tx| tx.store_message(&message(uid, raw.as_bytes()), now()))
                    .await
                    .unwrap();
            }
        }
        // Reads what there is, in order, and dies at the poison.
        loop {
            let waiting = begun(&store).await;
            let Some(dies) = waiting
                .iter()
                .position(|one| one.raw == format!("mail {poison}").as_bytes())
                .or(waiting.is_empty().then_some(0))
            else {
                for one in waiting {
                    store
                        .write(move |tx| tx.end_message(one.row, MessageState::Applied, "person", None, "", now()))
                        .await
                        .unwrap();
                }
                continue;
            };
            for one in waiting.into_iter().take(dies) {
                store
                    .write(move |tx| tx.end_message(one.row, MessageState::Applied, "person", None, "", now()))
                    .await
                    .unwrap();
            }
            break;
        }
    }
    let store = home.open();
    let set_aside = store.read(|tx| tx.quarantine(10)).unwrap();
    assert_eq!(set_aside.len(), 1, "{set_aside:?}");
    assert_eq!(store.read(|tx| tx.message(set_aside[0].message)).unwrap().unwrap().0, b"mail 3");
    assert!(!store.read(|tx| tx.any_waiting()).unwrap());
}

/// R-I6: a message that bears a mark is not taken while others are being read, and those after it wait for it.
#[tokio::test]
async fn a_suspect_is_read_alone() {
    let (_home, store) = home_store();
    for uid in 1..=3 {
        store
            .write(move |tx| tx.store_message(&message(uid, b"mail"), now()))
            .await
            .unwrap();
    }
    let first = store.write(|tx| tx.begin_reading(0, false, 2, now())).await.unwrap();
    assert!(matches!(&first, Begun::Messages(waiting) if waiting.len() == 2));
    // As after a crash: the first two bear a mark, the third does not.
    assert!(matches!(
        store.write(|tx| tx.begin_reading(0, true, 10, now())).await.unwrap(),
        Begun::Alone
    ));
    let suspect = begun(&store).await;
    assert_eq!(suspect.iter().map(|one| one.tries).collect::<Vec<_>>(), [2], "taken alone");
    let row = suspect[0].row;
    let next = store.write(move |tx| tx.begin_reading(row, false, 10, now())).await.unwrap();
    assert!(matches!(&next, Begun::Messages(waiting) if waiting.len() == 1 && waiting[0].tries == 2));
}

/// R-I2, the store's side: under a new UIDVALIDITY the same mail is recognised by its content and ends as a duplicate.
#[tokio::test]
async fn the_same_mail_under_another_uidvalidity_is_a_duplicate() {
    let (_home, store) = home_store();
    store.write(|tx| tx.folder_opened("main", "INBOX", 1, 1, Some(2))).await.unwrap();
    store.write(|tx| tx.store_message(&message(1, b"mail"), now())).await.unwrap();
    assert!(
        !store.write(|tx| tx.store_message(&message(1, b"mail"), now())).await.unwrap(),
        "the same place, the same bytes"
    );
    let first = begun(&store).await[0].row;
    assert!(!store.write(move |tx| tx.identify(first, 4711)).await.unwrap());
    store
        .write(move |tx| tx.end_message(first, MessageState::Applied, "person", None, "", now()))
        .await
        .unwrap();
    let state = store.read(|tx| tx.folder("main", "INBOX", 2)).unwrap();
    assert_eq!((state.low, state.previous_validity), (None, Some(1)));
    store
        .write(|tx| {
            tx.store_message(
                &NewMessage {
                    uid_validity: 2,
                    ..message(9, b"mail")
                },
                now(),
            )
        })
        .await
        .unwrap();
    let second = begun(&store).await[0].row;
    assert!(
        store.write(move |tx| tx.identify(second, 4711)).await.unwrap(),
        "known by its content"
    );
    let again = store
        .write(move |tx| tx.end_message(first, MessageState::Applied, "person", None, "", now()))
        .await;
    assert!(matches!(again, Err(StoreError::Again)), "nothing follows from a message twice");
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

/// A letter is settled once, and the outcome is what a person reads.
#[tokio::test]
async fn an_outcome_is_written_down() {
    let (_home, store) = home_store();
    store
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    store
        .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
        .await
        .unwrap();
    let claimed = claimed(&store, now()).await.unwrap();
    let sent = Settled::Final(Final::Sent {
        response: "250 queued as 4711".into(),
    });
    let settled = sent.clone();
    store
        .write(move |tx| tx.settle(claimed.letter, &settled, now()).map(|_| ()))
        .await
        .unwrap();
    let twice = store.write(move |tx| tx.settle(claimed.letter, &sent, now()).map(|_| ())).await;
    assert!(matches!(twice, Err(StoreError::Lost(_))));
    let line = &store.read(|tx| tx.outbox(true, 10)).unwrap()[0];
    assert_eq!(
        (line.state.as_str(), line.outcome.as_str(), line.attempts),
        ("sent", "250 queued as 4711", 1)
    );
}
