//! Messages: wanted, read, set aside.

use replyd::store::{Begun, MessageState, NewMessage, Store, StoreError, Waiting};

use super::{home, home_store, now};

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
