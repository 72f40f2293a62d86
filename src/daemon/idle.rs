//! `run --until-idle`: everything that is due now, to its end, as cron and tests want it.
//!
//! In: whatever waits in the mailbox and the database. Out: [`Done`].
//! Letters go out and deadlines pass even while the mailbox cannot be read, but none that is in doubt: signs of it may be in there.
//! The trouble is told at the end.

use tokio::sync::watch;

use super::queue::Search;
use super::{Daemon, DaemonError, mailbox, sending};

/// What `run --until-idle` did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// Messages fetched.
    pub fetched: usize,
    /// Messages read to an end.
    pub read: usize,
    /// Deadlines that fell due.
    pub deadlines: usize,
    /// Letters taken by the server.
    pub sent: u32,
    /// Events sent to webhooks, whatever was answered.
    pub webhooks: u32,
}

impl Daemon {
    /// Does all that is due, then returns: fetch, read, decide, send, until nothing is left.
    ///
    /// # Errors
    /// When mail can be neither fetched nor sent.
    pub async fn until_idle(&self) -> Result<Done, DaemonError> {
        let mut done = Done::default();
        self.forget_again().await?;
        let webhooks = self.webhooks();
        webhooks.take_over().await?;
        self.heed_zone_rules().await?;
        if let Some(at) = self.config.digest {
            self.tell_all(at).await?;
        }
        self.drop_stale_drafts().await?;
        self.let_go_now().await?;
        let (all_fetched, all_read) = (watch::Sender::new(None), watch::Sender::new(None));
        let sending = self.sending(self.letters_with(Search::Once(all_read.subscribe())));
        let mut reading = self.reading(None);
        let book = self.book();
        let fetching = async {
            let fetched = mailbox::once(&self.config.account, &book, &self.clock, self.pace).await;
            all_fetched.send_replace(Some(fetched.is_ok()));
            self.arrived.notify_one();
            fetched
        };
        let reading_along = async {
            let mut read = 0;
            let ended = loop {
                let last = *all_fetched.borrow();
                match reading.all().await {
                    Ok(0) if last.is_some() => break Ok(read),
                    Ok(0) => self.arrived.notified().await,
                    Ok(some) => read += some,
                    Err(error) => break Err(error),
                }
            };
            all_read.send_replace(Some(ended.is_ok() && *all_fetched.borrow() == Some(true)));
            self.wake_sending.notify_one();
            ended
        };
        let sending_along = async {
            let mut sent = 0;
            loop {
                let last = *all_read.borrow();
                let tally = sending.once().await?;
                sent += tally.sent;
                match tally == sending::Tally::default() {
                    true if last.is_some() => return Ok::<u32, sending::QueueError>(sent),
                    true => self.wake_sending.notified().await,
                    false => {}
                }
            }
        };
        let (fetched, read, sent, calendars) = tokio::join!(fetching, reading_along, sending_along, self.read_calendars());
        if let Err(error) = calendars {
            tracing::warn!(%error, "calendars could not be kept");
        }
        done.fetched += fetched.as_ref().copied().unwrap_or_default();
        let worked = async {
            done.read += read?;
            done.sent += sent?;
            loop {
                let read = reading.all().await?;
                let deadlines = match self.is_caught_up(fetched.is_ok()).await? {
                    true => self.pass_deadlines().await?,
                    false => 0,
                };
                let tally = sending.once().await?;
                done.read += read;
                done.deadlines += deadlines;
                done.sent += tally.sent;
                if read + deadlines == 0 && tally == sending::Tally::default() {
                    return Ok::<(), DaemonError>(());
                }
            }
        }
        .await;
        sending.close().await;
        done.webhooks = webhooks.once().await?;
        worked?;
        fetched?;
        Ok(done)
    }
}
