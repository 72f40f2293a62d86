//! The loop that empties the outbox: claim, one attempt, settle.   facts: reliability 2.3, 2.4
//!
//! In: a [`Queue`] and a [`Server`]. Out: every claimed letter settled exactly once, unless the process dies.
//! Never here: a letter whose attempt is not counted yet; a letter sent after its time; a connection used after a doubt.

mod account;
mod attempt;
mod lane;
mod queue;
mod spare;

pub(super) use account::{jitter, later};

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Notify, watch};

use super::Clock;
use crate::model::Timestamp;
use crate::outbox::Server;
use lane::Claiming;
use spare::Spare;

pub use queue::{Answer, Claimed, Queue, QueueError, Settled};

/// How the loop works; the defaults are meant for a plain host.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Connections at a time, 1 to 16.
    pub connections: usize,
    /// An unused connection is closed after this long.
    pub idle: Duration,
    /// Letters per connection: servers end long ones, and politely asking first is cheaper.
    pub letters_per_connection: u32,
    /// How long the current attempts may take to end after a stop.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 1,
            idle: Duration::from_secs(5),
            letters_per_connection: 100,
            grace: Duration::from_secs(8),
        }
    }
}

/// How many letters ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken by the server.
    pub sent: u32,
    /// To be tried again.
    pub deferred: u32,
    /// Refused for good.
    pub failed: u32,
    /// Nobody knows.
    pub ambiguous: u32,
    /// Too late.
    pub expired: u32,
}

/// How the account is doing, for `/healthz`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// When the server last let us in.
    pub last_ok: Option<Timestamp>,
    /// Since when no connection could be had.
    pub failing_since: Option<Timestamp>,
    /// The account was refused, and no letter has been taken since.
    pub refused: bool,
}

/// Sends what a queue holds.
pub struct Sending {
    server: Server,
    queue: Arc<dyn Queue>,
    clock: Clock,
    options: Options,
    desk: Mutex<Desk>,
    /// Wakes one more lane while there may be work for it.
    more: Notify,
    /// Held by the lane that claims for all.
    claiming: tokio::sync::Mutex<Claiming>,
}

/// What the lanes share.
#[derive(Default)]
struct Desk {
    /// Claimed and not yet tried.
    in_hand: VecDeque<Claimed>,
    /// There was more to claim than was claimed.
    backlog: bool,
    spare: Vec<Spare>,
    tally: Tally,
    pause: Option<Timestamp>,
    /// Faults of the account, and openings that failed, since the last success.
    faults: u32,
    failed_openings: u32,
    alarmed: bool,
    /// The pause is for want of a login.
    no_login: bool,
    health: Health,
}

/// Longest wait without looking at the queue.
const GLANCE: Duration = Duration::from_secs(60);
/// How long to wait when the cellar has a problem.
const CELLAR: Duration = Duration::from_secs(2);

impl Sending {
    /// Nothing happens before [`Sending::run`] or [`Sending::once`].
    #[must_use]
    pub fn new(server: Server, queue: Arc<dyn Queue>, clock: Clock, options: Options) -> Self {
        Self {
            server,
            queue,
            clock,
            options,
            desk: Mutex::default(),
            more: Notify::new(),
            claiming: tokio::sync::Mutex::default(),
        }
    }

    /// Sends whatever is or becomes due, until `stop` holds true. `wake` says that a letter was queued
    /// (`notify_one`, which is remembered while nobody listens).
    pub async fn run(&self, wake: &Notify, stop: watch::Receiver<bool>) {
        let lanes = (0..self.lanes()).map(|_| self.lane(wake, stop.clone()));
        join_all(lanes).await;
        self.put_all_back().await;
        self.close_spare(Duration::ZERO).await;
    }

    /// Sends what is due now, and returns when nothing is. The connections stay open for the next call; see [`Sending::close`].
    ///
    /// # Errors
    /// When the queue cannot be read or written.
    pub async fn once(&self) -> Result<Tally, QueueError> {
        let before = self.with(|desk| desk.tally);
        let lanes = (0..self.lanes()).map(|_| self.lane_until_idle());
        let done = join_all(lanes).await.into_iter().collect::<Result<(), QueueError>>();
        self.put_all_back().await;
        done?;
        Ok(self.with(|desk| desk.tally.since(before)))
    }

    fn lanes(&self) -> usize {
        self.options.connections.clamp(1, 16)
    }

    /// Closes the connections that [`Sending::once`] left open.
    pub async fn close(&self) {
        self.close_spare(Duration::ZERO).await;
    }

    /// How the account is doing.
    #[must_use]
    pub fn health(&self) -> Health {
        self.with(|desk| Health {
            refused: desk.alarmed,
            ..desk.health
        })
    }

    /// How many letters ended how since the start.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.with(|desk| desk.tally)
    }

    /// Waits until there may be work.
    async fn rest(&self, wake: &Notify, stop: &mut watch::Receiver<bool>) {
        let now = self.clock.now();
        let next = match self.queue.next_due().await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "the next letter's time cannot be read; trying on");
                Some(now + CELLAR)
            }
        };
        let glance = now + GLANCE;
        let until = next.map_or(glance, |next| next.min(glance));
        let idle = async {
            // Unused connections are closed by whichever lane rests.
            while self.with(|desk| !desk.spare.is_empty()) {
                tokio::time::sleep(self.options.idle).await;
                self.close_spare(self.options.idle).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = wake.notified() => {}
            () = self.more.notified() => {}
            () = self.clock.sleep_until(until) => {}
            () = idle => {}
            () = stopped(stop) => {}
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        work(&mut self.desk.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tally {
    fn add(&mut self, settled: &Settled) {
        let count = match settled {
            Settled::Sent { .. } => &mut self.sent,
            Settled::Deferred { .. } => &mut self.deferred,
            Settled::Failed { .. } => &mut self.failed,
            Settled::Ambiguous { .. } => &mut self.ambiguous,
            Settled::Expired => &mut self.expired,
        };
        *count = count.saturating_add(1);
    }

    fn since(self, before: Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(before.sent),
            deferred: self.deferred.saturating_sub(before.deferred),
            failed: self.failed.saturating_sub(before.failed),
            ambiguous: self.ambiguous.saturating_sub(before.ambiguous),
            expired: self.expired.saturating_sub(before.expired),
        }
    }
}

/// Whoever could say stop and is gone has said it.
fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that whoever could say it is gone.
    let _said = stop.wait_for(|stop| *stop).await.is_ok();
}

async fn pause_or_stop(wait: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stopped(stop) => {}
    }
}
