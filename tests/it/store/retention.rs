//! Bytes that are kept long enough: they go a page at a time, and only where nothing is to come any more.

use chrono::Duration;
use replyd::conversation::{Party, Status};
use replyd::model::ConversationId;
use replyd::store::{MessageState, NewMessage, Old, Retained};

use super::letters::letter;
use super::{home, new_batch, now};

fn message(uid: u32) -> NewMessage {
    NewMessage {
        account: "main".into(),
        folder: "INBOX".into(),
        uid_validity: 1,
        uid,
        received: None,
        truncated: false,
        raw: format!("Subject: {uid}\r\n\r\nHello\r\n").into_bytes(),
    }
}

#[tokio::test]
async fn what_is_kept_long_enough_goes_and_the_rest_stays() {
    let home = home();
    let store = home.open();
    let long_ago = now() - Duration::days(800);
    let mut batch = store
        .write(move |tx| tx.hand_in(new_batch(None), long_ago).and_then(|c| tx.save(&c).map(|()| c)))
        .await
        .unwrap();
    let open = Some(ConversationId(1));
    for (uid, at, state, of) in [
        (1, long_ago, MessageState::Unmatched, None),
        (2, long_ago, MessageState::Quarantined, None),
        (3, long_ago, MessageState::Applied, open),
        (4, now(), MessageState::Unmatched, None),
    ] {
        store.write(move |tx| tx.store_message(&message(uid), at)).await.unwrap();
        store
            .write(move |tx| tx.end_message(uid.into(), state, "mail", of, "", at))
            .await
            .unwrap();
    }
    store
        .write(move |tx| tx.queue(&letter(1, "ann.lee@client.example"), None, long_ago))
        .await
        .unwrap();
    let before = now() - Duration::days(730);
    let bytes = |id: i64| store.read(|tx| tx.message(id)).unwrap().unwrap().0.len();
    let look = |kept, after| store.read(|tx| tx.old(kept, before, after, 2)).unwrap().0;
    // A page at a time; what waits for a person, and what belongs to a batch that goes on, stays.
    assert_eq!(look(Retained::Messages, 0), Old { last: Some(2), count: 1 });
    assert_eq!(look(Retained::Messages, 2), Old { last: Some(3), count: 0 });
    assert_eq!(look(Retained::Messages, 3), Old { last: None, count: 0 });
    assert_eq!(look(Retained::Letters, 0), Old { last: Some(1), count: 0 });
    let gone = store.write(move |tx| tx.let_go(Retained::Messages, before, 0, 10)).await.unwrap();
    assert_eq!((gone.count, bytes(1)), (1, 0));
    assert!(bytes(2) > 0 && bytes(3) > 0 && bytes(4) > 0);
    // The batch ends, and its letter has come to an end.
    for submission in &mut batch.submissions {
        submission.status = Status::Rejected;
    }
    store.write(move |tx| tx.save(&batch)).await.unwrap();
    store
        .write(|tx| tx.cancel_letter(replyd::model::LetterId(1), "Maria", now()))
        .await
        .unwrap();
    for kept in [Retained::Messages, Retained::Letters] {
        assert_eq!(
            store.write(move |tx| tx.let_go(kept, before, 0, 10)).await.unwrap().count,
            1,
            "{kept:?}"
        );
        assert_eq!(
            store.write(move |tx| tx.let_go(kept, before, 0, 10)).await.unwrap().count,
            0,
            "{kept:?}"
        );
    }
    assert_eq!((bytes(3), bytes(2) > 0, bytes(4) > 0), (0, true, true));
    let facts = store.read(|tx| tx.letter_facts(replyd::model::LetterId(1))).unwrap();
    assert_eq!((facts.size, facts.party.as_str()), (0, "client"));
    let texts = store.read(|tx| tx.texts_to(ConversationId(1), Party::Client, 1)).unwrap();
    assert_eq!(texts[0].1, replyd::message::LetterText::default());
}
