//! What is kept long enough goes: the bytes of mails and letters of batches that have ended.
//!
//! In: `[retention]`. Out: a page of rows at a time, each a transaction of its own, once a day. What happened, when, and all figures stay.
//! Never here: whoever asks to be erased at once ([`super::forgetting`]).

use std::time::Duration;

use tokio::sync::watch;

use super::Daemon;
use crate::model::Timestamp;
use crate::store::{Old, Retained, Store, StoreError};

/// Rows looked at in one transaction.
const PAGE: u32 = 200;
/// Between two of them: others come first.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two ways through everything.
const DAILY: chrono::Duration = chrono::Duration::days(1);

impl Daemon {
    /// Lets go of what is old, once a day.
    pub(super) async fn let_go_daily(&self, mut stop: watch::Receiver<bool>) {
        let Some(days) = self.config.mail_days else { return };
        loop {
            let before = self.clock.now() - days;
            for kept in [Retained::Messages, Retained::Letters] {
                let mut after = 0;
                loop {
                    match self.store.write(move |tx| tx.let_go(kept, before, after, PAGE)).await {
                        Ok(Old { last: Some(last), count }) => {
                            after = last;
                            if count > 0 {
                                tracing::info!(count, kept = ?kept, "bytes that were kept long enough are gone");
                            }
                        }
                        Ok(Old { last: None, .. }) => break,
                        Err(error) => {
                            tracing::error!(%error, "what is kept long enough could not be let go of now; tomorrow again");
                            break;
                        }
                    }
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        _ = stop.wait_for(|stop| *stop) => return,
                    }
                }
            }
            tokio::select! {
                () = self.clock.sleep_until(self.clock.now() + DAILY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// The same at once, for whoever does all that is due and ends.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn let_go_now(&self) -> Result<(), StoreError> {
        let Some(days) = self.config.mail_days else { return Ok(()) };
        let before = self.clock.now() - days;
        for kept in [Retained::Messages, Retained::Letters] {
            let mut after = Some(0);
            while let Some(from) = after {
                after = self.store.write(move |tx| tx.let_go(kept, before, from, PAGE)).await?.last;
            }
        }
        Ok(())
    }
}

/// How many messages and letters are kept for longer than they are to be.
///
/// # Errors
/// The database's.
pub fn kept_too_long(store: &Store, before: Timestamp) -> Result<[usize; 2], StoreError> {
    let count = |kept: Retained| -> Result<usize, StoreError> {
        let (mut after, mut sum) = (Some(0), 0);
        while let Some(from) = after {
            let (old, _) = store.read(|tx| tx.old(kept, before, from, PAGE))?;
            (after, sum) = (old.last, sum + old.count);
        }
        Ok(sum)
    };
    Ok([count(Retained::Messages)?, count(Retained::Letters)?])
}
