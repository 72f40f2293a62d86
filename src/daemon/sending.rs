//! The loop that empties the outbox: claim, one attempt, settle.   facts: reliability 2.3, 2.4
//!
//! In: a [`Queue`] and a [`Server`]. Out: every claimed letter settled exactly once, unless the process dies.
//! Never here: a letter whose attempt is not counted yet; a letter sent after its time; a connection used after a doubt.

mod lane;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::{Notify, watch};

use super::Clock;
use crate::compose::Envelope;
use crate::model::{LetterId, Timestamp};
use crate::outbox::{Connection, Failure, GIVE_UP, Outcome, Retry, SUSPICIOUS_TRIES, Server, retry_after};
use lane::{Claiming, Next, Progress};

/// Letters that wait to be sent, as the cellar keeps them. Every call is committed when it returns.
pub trait Queue: Send + Sync {
    /// Takes the letter that has been due longest, marks it as being tried and counts the attempt. Nobody else gets it until it is settled.
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>>;
    /// The same for several letters at once, in the order in which they were due, at most `most`.
    fn claim_some(&self, now: Timestamp, most: u32) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move {
            let mut all = Vec::new();
            for _ in 0..most {
                match self.claim(now).await? {
                    Some(one) => all.push(one),
                    None => break,
                }
            }
            Ok(all)
        })
    }
    /// Letters that were claimed and whose dot was surely not written: they wait again as if they had not been taken, and the attempt
    /// is not counted.
    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()>;
    /// The final dot comes next. May be called twice for one attempt.
    fn dot_intent(&self, letter: LetterId, attempt: u32) -> Answer<'_, ()>;
    /// What became of an attempt.
    fn settle(&self, letter: LetterId, attempt: u32, settled: Settled) -> Answer<'_, ()>;
    /// When the next letter is due; `None` when none waits.
    fn next_due(&self) -> Answer<'_, Option<Timestamp>>;
    /// The account takes nothing until then; letters stay as they are. For the eyes of people: the loop keeps the pause itself.
    fn pause(&self, until: Timestamp, why: &str) -> Answer<'_, ()>;
}

/// What a [`Queue`] answers.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, QueueError>>;

/// The cellar could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("outbox queue: {0}")]
pub struct QueueError(pub String);

/// A letter taken from the queue.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row.
    pub letter: LetterId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When the first attempt was made.
    pub first_try: Timestamp,
    /// After this instant it must not leave.
    pub not_after: Option<Timestamp>,
    /// One sender, one recipient.
    pub envelope: Envelope,
    /// The finished message.
    pub bytes: Arc<[u8]>,
    /// A second copy does no harm.
    pub repeatable: bool,
}

/// What the queue is told about an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// 250 to the final dot.
    Sent {
        /// The server's words.
        response: String,
    },
    /// Not sent, to be tried again.
    Deferred {
        /// Not before.
        until: Timestamp,
        /// What happened.
        why: String,
        /// False when the letter is not to blame: the attempt is taken back.
        count_attempt: bool,
    },
    /// Refused for good.
    Failed {
        /// What is wrong.
        class: Failure,
        /// RFC 3463 status, when given.
        status: Option<String>,
        /// What happened.
        why: String,
    },
    /// The dot was written and nobody can know.
    Ambiguous {
        /// What happened.
        why: String,
    },
    /// Its time is over: not sent, and never will be.
    Expired,
}

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

/// A connection between two letters.
struct Spare {
    connection: Connection,
    used: u32,
    since: Instant,
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

    /// Until when the account is paused.
    #[must_use]
    pub fn paused(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        self.with(|desk| desk.pause.filter(|until| *until > now))
    }

    /// Ends when somebody logged in again; never when that is not what is waited for.
    async fn restored(&self) {
        match &self.server.login {
            Some(login) if self.with(|desk| desk.no_login) => login.proof.restored().await,
            Some(_) | None => std::future::pending().await,
        }
    }

    fn cut_short(&self, intended: bool) -> Settled {
        let settled = if intended {
            Settled::Ambiguous {
                why: "stopped while waiting for the answer to the end of the message".into(),
            }
        } else {
            Settled::Deferred {
                until: self.clock.now(),
                why: "stopped before the end of the message".into(),
                count_attempt: false,
            }
        };
        self.with(|desk| desk.tally.add(&settled));
        settled
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

    /// One attempt, and what follows from its outcome.
    async fn attempt(&self, next: &Next, progress: &Progress) -> Settled {
        let claimed = &next.claimed;
        let settled = if self.is_late(claimed) {
            Settled::Expired
        } else {
            let outcome = self.deliver(next, progress).await;
            self.judge(claimed, outcome).await
        };
        log(claimed, &settled);
        self.with(|desk| desk.tally.add(&settled));
        settled
    }

    /// The attempt itself: on a spare connection if there is one, on a new one if that turns out to be stale.
    async fn deliver(&self, next: &Next, progress: &Progress) -> Outcome {
        while let Some((connection, used)) = self.spare() {
            let (outcome, connection) = self.deliver_on(connection, next, progress).await;
            // Deferred is surely not taken. On a connection that has been waiting, a hang-up says nothing about the letter; and before
            // the dot "too many" may be said of the connection alone.
            let ended = connection.is_none();
            let stale = match &outcome {
                Outcome::Deferred {
                    class: Retry::Transient, ..
                } => ended,
                Outcome::Deferred { class: Retry::Rate, .. } => ended && !progress.is_intended(),
                Outcome::Deferred { .. } | Outcome::Sent { .. } | Outcome::Failed { .. } | Outcome::Ambiguous { .. } => false,
            };
            self.keep(connection, used + 1).await;
            if !stale || self.is_late(&next.claimed) {
                return outcome;
            }
            progress.take_back();
        }
        let connection = match Connection::open(&self.server).await {
            Ok(connection) => connection,
            Err(outcome) => {
                self.opening_failed(&outcome);
                return outcome;
            }
        };
        let now = self.clock.now();
        self.with(|desk| {
            desk.failed_openings = 0;
            desk.health.last_ok = Some(now);
            desk.health.failing_since = None;
        });
        let (outcome, connection) = self.deliver_on(connection, next, progress).await;
        self.keep(connection, 1).await;
        outcome
    }

    async fn deliver_on(&self, connection: Connection, next: &Next, progress: &Progress) -> (Outcome, Option<Connection>) {
        let Next { claimed, announced } = next;
        let before_dot = async || {
            if self.is_late(claimed) {
                return Err("its time is over".to_owned());
            }
            progress.intend();
            if !announced {
                let stored = self.queue.dot_intent(claimed.letter, claimed.attempt).await;
                stored.map_err(|error| error.to_string())?;
            }
            progress.at_the_dot();
            Ok(())
        };
        connection.deliver(&claimed.envelope, &claimed.bytes, before_dot).await
    }

    /// Turns the outcome of an attempt into what the queue is told, and pauses the account when it is to blame.
    async fn judge(&self, claimed: &Claimed, outcome: Outcome) -> Settled {
        let now = self.clock.now();
        match outcome {
            Outcome::Sent { response } => {
                self.with(|desk| {
                    desk.faults = 0;
                    desk.alarmed = false;
                    desk.health.last_ok = Some(now);
                });
                Settled::Sent { response }
            }
            Outcome::Ambiguous { why } => Settled::Ambiguous { why },
            Outcome::Failed { class, status, why } => Settled::Failed { class, status, why },
            Outcome::Deferred { .. } if self.is_late(claimed) => Settled::Expired,
            Outcome::Deferred { class, why } => {
                let wait = match class {
                    Retry::Suspicious if claimed.attempt >= SUSPICIOUS_TRIES => {
                        return Settled::Failed {
                            class: Failure::Message,
                            status: None,
                            why: format!("refused {} times: {why}", claimed.attempt),
                        };
                    }
                    Retry::Transient | Retry::Greylisted | Retry::Suspicious => retry_after(class, claimed.attempt, jitter()),
                    // The account waits for a login, and the letter with it.
                    Retry::Login => {
                        self.pause(class, &why).await;
                        Duration::ZERO
                    }
                    // The letter comes a little after the pause, so that the others go first.
                    Retry::Rate | Retry::Account => {
                        let pause = self.pause(class, &why).await;
                        pause + retry_after(Retry::Transient, 1, jitter())
                    }
                };
                let until = later(now, wait);
                Settled::Deferred {
                    // Given up in time, not at the next try after it.
                    until: self.last_moment(claimed).map_or(until, |last| until.min(last)),
                    why,
                    count_attempt: !matches!(class, Retry::Account | Retry::Login | Retry::Rate),
                }
            }
        }
    }

    /// Pauses the account and returns for how long. Raises the alarm once, until a letter is taken again.
    async fn pause(&self, class: Retry, why: &str) -> Duration {
        let now = self.clock.now();
        let (wait, first) = self.with(|desk| {
            // Lanes that fail together are one fault.
            if let Some(left) = desk.pause.and_then(|until| (until - now).to_std().ok()) {
                return (left, false);
            }
            desk.faults = desk.faults.saturating_add(1);
            let wait = retry_after(class, desk.faults, jitter());
            desk.pause = Some(later(now, wait));
            desk.no_login = class == Retry::Login;
            let first = class == Retry::Account && !std::mem::replace(&mut desk.alarmed, true);
            (wait, first)
        });
        if class == Retry::Login {
            // Whoever keeps the tokens has raised the alarm.
            tracing::info!(why, "letters wait for a login");
            return wait;
        }
        let until = later(now, wait);
        if first {
            tracing::error!(host = %self.server.host, %until, why, "the mail account refuses us; letters wait until this is put right");
        } else {
            tracing::warn!(host = %self.server.host, %until, why, "the mail account is paused");
        }
        if let Err(error) = self.queue.pause(until, why).await {
            tracing::error!(%error, "the pause of the mail account cannot be stored");
        }
        wait
    }

    /// A server that cannot be reached is not asked once per letter.
    fn opening_failed(&self, outcome: &Outcome) {
        let now = self.clock.now();
        self.with(|desk| {
            desk.health.failing_since.get_or_insert(now);
        });
        let transient = matches!(
            outcome,
            Outcome::Deferred {
                class: Retry::Transient,
                ..
            }
        );
        if transient {
            self.with(|desk| {
                desk.failed_openings = desk.failed_openings.saturating_add(1);
                desk.no_login = false;
                let wait = Duration::from_secs(5 << (desk.failed_openings - 1).min(3));
                desk.pause = Some(later(now, wait).max(desk.pause.unwrap_or(now)));
            });
        }
    }

    /// When the letter is given up.
    fn last_moment(&self, claimed: &Claimed) -> Option<Timestamp> {
        let days = chrono::Duration::from_std(GIVE_UP)
            .ok()
            .and_then(|days| claimed.first_try.checked_add_signed(days));
        match (days, claimed.not_after) {
            (Some(days), Some(not_after)) => Some(days.min(not_after)),
            (one, other) => one.or(other),
        }
    }

    fn is_late(&self, claimed: &Claimed) -> bool {
        self.last_moment(claimed).is_some_and(|last| self.clock.now() >= last)
    }

    /// A spare connection that is still good, and how many letters it has carried.
    fn spare(&self) -> Option<(Connection, u32)> {
        while let Some(mut spare) = self.with(|desk| desk.spare.pop()) {
            if spare.since.elapsed() < self.options.idle && spare.connection.is_usable() {
                return Some((spare.connection, spare.used));
            }
        }
        None
    }

    async fn keep(&self, connection: Option<Connection>, used: u32) {
        match connection {
            Some(connection) if used < self.options.letters_per_connection => {
                let since = Instant::now();
                self.with(|desk| desk.spare.push(Spare { connection, used, since }));
            }
            Some(connection) => connection.close().await,
            None => {}
        }
    }

    async fn close_spare(&self, unused_for: Duration) {
        let old: Vec<Spare> = self.with(|desk| {
            let (old, good) = std::mem::take(&mut desk.spare)
                .into_iter()
                .partition(|spare| spare.since.elapsed() >= unused_for);
            desk.spare = good;
            old
        });
        join_all(old.into_iter().map(|spare| spare.connection.close())).await;
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

fn log(claimed: &Claimed, settled: &Settled) {
    let (id, attempt) = (claimed.letter, claimed.attempt);
    match settled {
        Settled::Sent { response } => tracing::info!(letter.id = %id, attempt, response, "letter sent"),
        Settled::Deferred { until, why, .. } => tracing::info!(letter.id = %id, attempt, %until, why, "letter deferred"),
        Settled::Failed { class, why, .. } => tracing::warn!(letter.id = %id, attempt, ?class, why, "letter refused for good"),
        Settled::Ambiguous { why } => tracing::warn!(letter.id = %id, attempt, why, "letter may or may not have been sent"),
        Settled::Expired => tracing::warn!(letter.id = %id, attempt, "letter not sent: its time is over"),
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

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    chrono::Duration::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(Timestamp::MAX_UTC)
}

/// From -1 to 1. Without randomness there is simply no jitter.
fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX) * 2.0 - 1.0,
        Err(_no_dice) => 0.0,
    }
}
