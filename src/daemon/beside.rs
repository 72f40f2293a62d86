//! From beside a daemon: the commands of people and programs, each one transaction, and the bell that tells a running daemon of it.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::alarm::Alarm;
use super::{apply, fault};
use crate::compose::Ink;
use crate::config::reread_keys;
use crate::conversation::{Command, Event};
use crate::link::Keyring;
use crate::model::{Address, ConversationId, Timestamp};
use crate::store::{self, NewBatch, Store, StoreError};

/// Conversations with one address that hear of it when letters may go there again.
const HEAR: u32 = 100;

/// Tells a running daemon to look again.
#[derive(Debug, Clone)]
pub struct Bell {
    pub(super) alarm: Arc<Alarm>,
    pub(super) wake_sending: Arc<Notify>,
    pub(super) arrived: Arc<Notify>,
    /// Wakes whoever sends to webhooks.
    pub(super) news: watch::Sender<()>,
    pub(super) keyring: Arc<Keyring>,
    pub(super) keys_file: Arc<Path>,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.alarm.ring();
        self.wake_sending.notify_one();
    }

    /// For a command from beside, which may have changed anything: messages that wait, the signing keys.
    pub fn look_around(&self) {
        // Keys that cannot be read now are no reason to stop working with those at hand.
        if let Err(error) = reread_keys(&self.keys_file, &self.keyring) {
            tracing::error!(%error, "the signing keys stay as they were");
        }
        self.arrived.notify_one();
        self.news.send_replace(());
        self.ring();
    }
}

/// Hands in a batch from beside the daemon.
///
/// # Errors
/// The database's; [`StoreError::Again`] when the submitter's key was used before.
pub async fn submit(store: &Store, ink: &Arc<Ink>, new: NewBatch, now: Timestamp) -> Result<ConversationId, StoreError> {
    let ink = Arc::clone(ink);
    let handing_in = move |tx: &store::Tx<'_>| {
        let id = apply::hand_in(tx, &ink, new, now)?;
        fault::point("submit.in_transaction");
        Ok(id)
    };
    let handed_in = store.write(handing_in).await;
    fault::point("submit.committed");
    if let Ok(id) = &handed_in {
        tracing::info!(conversation.id = id.0, "a batch was handed in");
    }
    handed_in
}

/// Lifts the suppression of an address, and tells the conversations with it. False when there was none.
///
/// # Errors
/// The database's.
pub async fn lift(store: &Store, ink: &Arc<Ink>, address: Address, by: String, now: Timestamp) -> Result<bool, StoreError> {
    let ink = Arc::clone(ink);
    let job = move |tx: &store::Tx<'_>| {
        let lifted = tx.lift_suppression(&address)?;
        for id in tx.conversations_with(&address, HEAR)? {
            if tx.conversation(id)?.is_some_and(|one| one.client_unreachable) {
                let event = Event::Steered {
                    by: by.clone(),
                    command: Command::Reach,
                };
                apply::happen(tx, &ink, id, event, "command", now)?;
            }
        }
        Ok(lifted)
    };
    store.write(job).await
}

/// What a recruiter does by hand, from beside the daemon.
///
/// # Errors
/// [`StoreError::Refused`] when it cannot be done, and then nothing happened; the database's.
pub async fn steer(
    store: &Store,
    ink: &Arc<Ink>,
    id: ConversationId,
    by: String,
    command: Command,
    now: Timestamp,
) -> Result<(), StoreError> {
    steer_despite(store, ink, id, by, command, false, now).await
}

/// The same; what turns round a decision that counts is done only `all_the_same`.
///
/// # Errors
/// [`StoreError::Refused`] when it cannot be done, and then nothing happened; the database's.
pub async fn steer_despite(
    store: &Store,
    ink: &Arc<Ink>,
    id: ConversationId,
    by: String,
    command: Command,
    all_the_same: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ink = Arc::clone(ink);
    let despite = apply::Despite::of(all_the_same, "add --all-the-same if that is meant");
    store
        .write(move |tx| apply::command(tx, &ink, id, by, command, despite, "command", now))
        .await
}
