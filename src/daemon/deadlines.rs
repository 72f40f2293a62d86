//! Deadlines: slept for, and let happen when they are due.
//!
//! In: the table of deadlines and the clock. Out: an event for each that is due, in a transaction of its own.
//! Never here: what follows from a deadline.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;

use super::{Daemon, aftermath, apply, fault, mailbox};
use crate::conversation::Event;
use crate::model::Timestamp;
use crate::store::{self, StoreError};

/// Deadlines taken at a time.
const DUE: u32 = 100;
/// How long a deadline that cannot happen is put off.
const PUT_OFF: chrono::Duration = chrono::Duration::hours(1);
/// The longest sleep: whatever was written without ringing is seen then.
const LONGEST: chrono::Duration = chrono::Duration::hours(1);

impl Daemon {
    pub(super) async fn wake_on_deadlines(&self, mail: watch::Receiver<mailbox::Health>, mut stop: watch::Receiver<bool>) {
        loop {
            let mailbox_read = mail.borrow().last_ok.is_some();
            if let Ok(true) | Err(StoreError::Closing) = self.is_caught_up(mailbox_read).await {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
        loop {
            self.alarm.forget();
            let next = match self.pass_deadlines().await {
                Ok(0) => self.store.write(|tx| tx.next_deadline()).await,
                Ok(_) => {
                    self.wake_sending.notify_one();
                    continue;
                }
                Err(error) => Err(error),
            };
            let until = match next {
                Ok(next) => next.into_iter().fold(self.clock.now() + LONGEST, Timestamp::min),
                Err(error) => {
                    tracing::error!(%error, "deadlines cannot be kept now; trying on");
                    self.clock.now() + chrono::Duration::seconds(2)
                }
            };
            self.alarm.set(until);
            tokio::select! {
                () = self.clock.sleep_until(until) => {}
                () = self.alarm.rung() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Whether deadlines may pass: always, but after a restore not before the mailbox was read once, and what came in with it.
    pub(super) async fn is_caught_up(&self, mailbox_read: bool) -> Result<bool, StoreError> {
        let look = move |tx: &store::Tx<'_>| match tx.restored()? {
            Some(restored) if !restored.caught_up => {
                let caught_up = mailbox_read && !tx.any_waiting()?;
                if caught_up {
                    tx.caught_up()?;
                }
                Ok(caught_up)
            }
            Some(_) | None => Ok(true),
        };
        self.store.write(look).await
    }

    /// Lets the deadlines that are due happen, each by itself, some of them sharing a commit; gives how many. One that cannot happen
    /// is put off for an hour and does not keep the others waiting.
    ///
    /// # Errors
    /// The database's.
    pub async fn pass_deadlines(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let (due, restored) = self
            .store
            .write(move |tx| Ok((tx.due_deadlines(now, DUE)?, tx.restored()?)))
            .await?;
        let passing = due.iter().map(|one| self.pass(*one, aftermath::due_time(one.at, restored, now)));
        for passed in join_all(passing).await {
            passed?;
        }
        Ok(due.len())
    }

    /// `at` is now, or its own time before a restore.
    async fn pass(&self, one: store::Deadline, at: Timestamp) -> Result<(), StoreError> {
        self.calendars.freshen(one.conversation).await;
        let ink = Arc::clone(&self.ink);
        let cause = format!("deadline {}", one.reason.name());
        let happening = move |tx: &store::Tx<'_>| {
            apply::happen(tx, &ink, one.conversation, Event::DeadlinePassed(one.reason), &cause, at)?;
            fault::point("deadline.in_transaction");
            Ok(())
        };
        let happened = self.store.write(happening).await;
        fault::point("deadline.passed");
        match happened {
            Err(error) if !error.is_transient() => {
                let now = self.clock.now();
                tracing::error!(conversation.id = one.conversation.0, deadline = one.reason.name(), %error, "a deadline could not happen; put off");
                self.store.write(move |tx| tx.put_off(&one, now + PUT_OFF)).await
            }
            done => done,
        }
    }
}
