//! What many tests do with a daemon that has no mailbox: hand in a batch, and let it read a mail.

use replyd::conversation::Conversation;
use replyd::daemon::Daemon;
use replyd::model::Timestamp;
use replyd::store::{NewBatch, NewMessage, Store};

/// The batch of a conversation as somebody hands it in: without files, calendars or a key of the submitter's.
pub(crate) fn new_batch(of: Conversation) -> NewBatch {
    NewBatch {
        batch: of.batch,
        policy: of.policy,
        key: None,
        files: vec![],
        calendars: vec![],
    }
}

/// A mail with this UID is stored, as the mailbox brings it.
pub(crate) async fn stored(store: &Store, uid: u32, raw: String, now: Timestamp) {
    let message = NewMessage {
        account: "main".into(),
        folder: "INBOX".into(),
        uid_validity: 1,
        uid,
        received: None,
        truncated: false,
        raw: raw.into_bytes(),
    };
    assert!(store.write(move |tx| tx.store_message(&message, now)).await.unwrap());
}

/// A mail with this UID is there, and is read.
pub(crate) async fn reads(daemon: &Daemon, uid: u32, raw: String, now: Timestamp) {
    stored(&daemon.store(), uid, raw, now).await;
    assert_eq!(daemon.read_stored().await.unwrap(), 1);
}
