//! Letters: whoever claims one settles it, and what may have left is not sent again blindly.

use replyd::compose::{Envelope, Finished};
use replyd::conversation::Party;
use replyd::message::LetterText;
use replyd::model::{Address, LetterKey, MessageId, Timestamp};
use replyd::store::{Claimed, Final, Limits, Settled, Store, StoreError};

use super::{home, home_store, new_batch, now};

pub(super) fn letter(serial: u32, to: &str) -> Finished {
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
        unprompted: true,
    }
}

/// The next letter that is due, taken for an attempt.
async fn claimed(store: &Store, at: Timestamp) -> Option<Claimed> {
    store.write(move |tx| tx.claim(at, 1, Limits::default())).await.unwrap().pop()
}

/// A batch is handed in, and its first letter waits.
async fn with_a_letter(store: &Store) {
    store
        .write(|tx| tx.hand_in(new_batch(None), now()).and_then(|c| tx.save(&c)))
        .await
        .unwrap();
    store
        .write(|tx| tx.queue(&letter(1, "ann.lee@client.example"), None, now()).map(|_| ()))
        .await
        .unwrap();
}

/// R-O6, the store's side: after a death between DOT_INTENT and the answer the letter is in doubt, and not due before the
/// reconcile time is over; in doubt a second time it waits for a person.
#[tokio::test]
async fn a_letter_that_may_have_left_is_not_sent_again_blindly() {
    let home = home();
    {
        let store = home.open();
        with_a_letter(&store).await;
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
        with_a_letter(&store).await;
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
        with_a_letter(&store).await;
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
    with_a_letter(&store).await;
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
        with_a_letter(&store).await;
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
    assert!(store.read(|tx| tx.pipeline(None, 1)).unwrap()[0].unreachable);
    assert!(store.write(move |tx| tx.lift_suppression(&ann)).await.unwrap());
    assert!(!store.read(|tx| tx.pipeline(None, 1)).unwrap()[0].unreachable);
    assert!(
        store
            .write(|tx| tx.queue(&letter(3, "ann.lee@client.example"), None, now()))
            .await
            .unwrap()
    );
}

/// When a notice dies nobody has heard what it says: it counts until a person has seen to it.
#[tokio::test]
async fn a_notice_that_failed_counts_until_somebody_has_seen_it() {
    let (_home, store) = home_store();
    with_a_letter(&store).await;
    let untold = || store.read(|tx| tx.totals()).unwrap().untold;
    let rita = Address::parse("rita@agency.example").unwrap();
    store.write(move |tx| tx.suppress(&rita, "5.1.1", now())).await.unwrap();
    assert_eq!(untold(), 0);
    let notice = || Finished {
        kind: "notice",
        to: Party::Recruiter(0),
        ..letter(2, "rita@agency.example")
    };
    store.write(move |tx| tx.queue(&notice(), None, now())).await.unwrap();
    assert_eq!(untold(), 1);
    let id = store
        .read(|tx| tx.outbox(false, 10))
        .unwrap()
        .into_iter()
        .find(|line| line.kind == "notice")
        .unwrap()
        .id;
    store
        .write(move |tx| tx.cancel_letter(replyd::model::LetterId(id), "rita", now()))
        .await
        .unwrap();
    assert_eq!(untold(), 0);
}

/// A letter is settled once, and the outcome is what a person reads.
#[tokio::test]
async fn an_outcome_is_written_down() {
    let (_home, store) = home_store();
    with_a_letter(&store).await;
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
