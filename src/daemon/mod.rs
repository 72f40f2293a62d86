//! The hallway: carries things between doors, cellar and rooms. Every spawn and the only clock live here.
//!
//! In: a [`Config`] and a [`Clock`]. Out: mail read, decisions recorded, letters sent, pages served, until told to stop.
//! Never here: a decision about a conversation; SQL.

mod aftermath;
mod api;
mod apply;
mod clock;
mod desk;
mod expecting;
pub(crate) mod fault;
mod health;
mod ledger;
pub mod mailbox;
mod metrics;
mod ping;
mod queue;
mod reader;
mod reading;
pub mod sending;
mod supervised;
mod understand;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::compose::Ink;
use crate::config::{Config, reread_keys};
use crate::conversation::{Command, Event};
use crate::http;
use crate::link::Keyring;
use crate::model::{Address, ConversationId, Timestamp};
use crate::store::{self, NewBatch, Role, Store, StoreError};
use health::Gauges;
use ledger::Book;
use mailbox::Pace;
use metrics::Metrics;
use ping::{Ping, WithPing};
use queue::Letters;
use reading::Reading;
use sending::{Options, Queue, Sending};

pub use clock::Clock;
#[cfg(feature = "demo")]
pub(crate) use desk::waiting;
pub use expecting::Expecting;
pub(crate) use health::disk_free;
pub use understand::explain_stored;

/// Deadlines taken at a time.
const DUE: u32 = 100;
/// How long a deadline that cannot happen is put off.
const PUT_OFF: chrono::Duration = chrono::Duration::hours(1);
/// How long a stop may take before it is enforced.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// Everything a running daemon holds.
pub struct Daemon {
    config: Config,
    store: Arc<Store>,
    ink: Arc<Ink>,
    clock: Clock,
    /// Rings when a message was stored.
    arrived: Arc<Notify>,
    /// Rings when something was committed that may have queued a letter or set a deadline.
    changed: Arc<Notify>,
    wake_sending: Arc<Notify>,
    /// Somebody may answer soon.
    expecting: Arc<Expecting>,
    pace: Pace,
}

/// Why the daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pages' address.
    #[error("{0}: {1}; set [http] listen to a free address")]
    Listen(SocketAddr, std::io::Error),
    /// The pages' templates.
    #[error(transparent)]
    Pages(#[from] http::PagesError),
    /// Mail could not be read.
    #[error("mail cannot be read: {0}")]
    Inbox(#[from] crate::inbox::Trouble),
    /// The outbox.
    #[error(transparent)]
    Outbox(#[from] sending::QueueError),
}

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
}

impl Daemon {
    /// Opens the database as the one daemon that works on it.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn new(config: Config, clock: Clock) -> Result<Self, DaemonError> {
        let store = Arc::new(Store::open(&config.database, Role::Daemon, clock.now())?);
        if config.border.trust_mailbox {
            tracing::warn!("[inbound] authentication = \"trust-mailbox\": every sender in the mailbox is believed");
        }
        if config.immediate {
            tracing::warn!("[decision] confirm = \"immediate\": opening a link records; link scanners will decide for your clients");
        }
        let pace = Pace {
            poll: config.poll,
            idle: config.poll.min(Pace::default().idle),
            ..Pace::default()
        };
        Ok(Self {
            ink: Arc::new(config.ink.clone()),
            config,
            store,
            clock,
            arrived: Arc::new(Notify::new()),
            changed: Arc::new(Notify::new()),
            wake_sending: Arc::new(Notify::new()),
            expecting: Arc::default(),
            pace,
        })
    }

    /// The database, for whoever looks from beside.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// Where the pages are served.
    #[must_use]
    pub const fn listens_on(&self) -> SocketAddr {
        self.config.listen
    }

    /// Reads mail at another pace than the configured one.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// A bell: whoever changed the database from beside rings it.
    #[must_use]
    pub fn bell(&self) -> Bell {
        Bell {
            changed: Arc::clone(&self.changed),
            wake_sending: Arc::clone(&self.wake_sending),
            arrived: Arc::clone(&self.arrived),
            keyring: Arc::clone(&self.ink.keyring),
            keys_file: self.config.keys_file.as_path().into(),
        }
    }

    /// Hands in a batch.
    ///
    /// # Errors
    /// The database's; [`StoreError::Again`] when the submitter's key was used before.
    pub async fn submit(&self, new: NewBatch) -> Result<ConversationId, StoreError> {
        let id = submit(&self.store, &self.ink, new, self.clock.now()).await?;
        self.ring();
        Ok(id)
    }

    /// Works until `stop` holds true.
    ///
    /// # Errors
    /// When the pages' address is taken. Everything else is retried.
    pub async fn run(self, listener: Option<TcpListener>, stop: watch::Receiver<bool>) -> Result<(), DaemonError> {
        let listener = match listener {
            Some(listener) => listener,
            None => TcpListener::bind(self.config.listen)
                .await
                .map_err(|error| DaemonError::Listen(self.config.listen, error))?,
        };
        let (health, mail_health) = watch::channel(mailbox::Health::default());
        let ping = self
            .config
            .self_ping
            .map(|every| Arc::new(Ping::new(every, Arc::clone(&self.ink), self.clock.now())));
        let mut letters = self.letters();
        if let Some(ping) = ping.clone() {
            letters = Arc::new(WithPing { letters, ping });
        }
        let sending = Arc::new(self.sending(letters));
        let settings = self.pages()?;
        let gauges = Gauges {
            started: self.clock.now(),
            clock: self.clock.clone(),
            mail: mail_health.clone(),
            sending: Arc::clone(&sending),
            ping: ping.clone(),
            login: self.config.oauth.as_ref().map(|oauth| Arc::clone(&oauth.keeper)),
            store: Arc::clone(&self.store),
            database: self.config.database.clone(),
            ink: Arc::clone(&self.ink),
        };
        let desk = self.desk(gauges)?;
        let book: Arc<dyn crate::inbox::Ledger> = Arc::new(self.book());
        let mut reading = self.reading(ping);
        let until_stop = |mut stop: watch::Receiver<bool>| async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        tracing::info!(listen = %self.config.listen, "replyd runs");
        supervised::ready();
        let work = async {
            tokio::join!(
                mailbox::watch(
                    &self.config.account,
                    book,
                    &self.clock,
                    self.pace,
                    &self.expecting,
                    stop.clone(),
                    &health
                ),
                http::serve(listener, settings, desk, until_stop(stop.clone())),
                sending.run(&self.wake_sending, stop.clone()),
                self.read_on_arrival(&mut reading, stop.clone()),
                self.wake_on_deadlines(mail_health, stop.clone()),
                supervised::keep_alive(&self.store, stop.clone()),
                async {
                    until_stop(stop.clone()).await;
                    supervised::stopping();
                },
            );
        };
        let overtime = async {
            until_stop(stop.clone()).await;
            tokio::time::sleep(STOP_WITHIN).await;
        };
        tokio::select! {
            () = work => {}
            () = overtime => tracing::warn!("stopped before everything had come to an end; nothing is lost"),
        }
        tracing::info!("replyd stops");
        Ok(())
    }

    /// Does all that is due, then returns: fetch, read, decide, send, until nothing is left.
    ///
    /// # Errors
    /// When mail can be neither fetched nor sent.
    pub async fn until_idle(&self) -> Result<Done, DaemonError> {
        let mut done = Done::default();
        let sending = self.sending(self.letters());
        let mut reading = self.reading(None);
        let book = self.book();
        // Letters go out and deadlines pass even while the mailbox cannot be read; the trouble is told at the end.
        let (all_fetched, all_read) = (watch::Sender::new(false), watch::Sender::new(false));
        let fetching = async {
            let fetched = mailbox::once(&self.config.account, &book, &self.clock, self.pace).await;
            all_fetched.send_replace(true);
            self.arrived.notify_one();
            fetched
        };
        let reading_along = async {
            let mut read = 0;
            let ended = loop {
                let last = *all_fetched.borrow();
                match reading.all().await {
                    Ok(0) if last => break Ok(read),
                    Ok(0) => self.arrived.notified().await,
                    Ok(some) => read += some,
                    Err(error) => break Err(error),
                }
            };
            all_read.send_replace(true);
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
                    true if last => return Ok::<u32, sending::QueueError>(sent),
                    true => self.wake_sending.notified().await,
                    false => {}
                }
            }
        };
        let (fetched, read, sent) = tokio::join!(fetching, reading_along, sending_along);
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
        worked?;
        fetched?;
        Ok(done)
    }

    /// Reads the messages that were stored and not read yet; gives how many came to an end.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_stored(&self) -> Result<usize, StoreError> {
        self.reading(None).all().await
    }

    async fn read_on_arrival(&self, reading: &mut Reading, mut stop: watch::Receiver<bool>) {
        loop {
            match reading.all().await {
                Ok(0) => {}
                Ok(_) => self.ring(),
                Err(error) => {
                    tracing::error!(%error, "messages cannot be read now; trying on");
                    self.arrived.notify_one();
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
            tokio::select! {
                () = self.arrived.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    async fn wake_on_deadlines(&self, mail: watch::Receiver<mailbox::Health>, mut stop: watch::Receiver<bool>) {
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
            let next = match self.pass_deadlines().await {
                Ok(0) => self.store.write(|tx| tx.next_deadline()).await,
                Ok(_) => {
                    self.wake_sending.notify_one();
                    continue;
                }
                Err(error) => Err(error),
            };
            let until = match next {
                Ok(next) => next.unwrap_or_else(|| self.clock.now() + chrono::Duration::hours(1)),
                Err(error) => {
                    tracing::error!(%error, "deadlines cannot be kept now; trying on");
                    self.clock.now() + chrono::Duration::seconds(2)
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(until) => {}
                () = self.changed.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Whether deadlines may pass: always, but after a restore not before the mailbox was read once, and what came in with it.
    async fn is_caught_up(&self, mailbox_read: bool) -> Result<bool, StoreError> {
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

    fn ring(&self) {
        self.bell().ring();
    }

    /// The letters that wait, as whoever sends them sees them.
    #[must_use]
    pub fn letters(&self) -> Arc<dyn Queue> {
        Arc::new(Letters {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            limits: self.config.limits,
            expecting: Arc::clone(&self.expecting),
        })
    }

    fn sending(&self, queue: Arc<dyn Queue>) -> Sending {
        let options = Options {
            connections: self.config.connections,
            ..Options::default()
        };
        Sending::new(self.config.server.clone(), queue, self.clock.clone(), options)
    }

    fn book(&self) -> Book {
        Book {
            store: Arc::clone(&self.store),
            clock: self.clock.clone(),
            arrived: Arc::clone(&self.arrived),
        }
    }

    fn reading(&self, ping: Option<Arc<Ping>>) -> Reading {
        Reading::new(
            Arc::clone(&self.store),
            Arc::clone(&self.ink),
            self.config.border.clone(),
            self.clock.clone(),
            ping,
            Arc::clone(&self.wake_sending),
        )
    }

    fn pages(&self) -> Result<http::Settings, DaemonError> {
        Ok(http::Settings {
            keyring: (*self.ink.keyring).clone(),
            agency: self.ink.agency.clone(),
            brands: self.ink.brands.clone(),
            mailbox: Some(self.ink.bot.address.clone()),
            confirm: if self.config.immediate {
                http::Confirm::Immediate
            } else {
                http::Confirm::Press
            },
            trusted_proxies: self.config.trusted_proxies.clone(),
            public_url: self.ink.links.base().to_owned(),
            limits: http::Limits {
                posts_per_minute: self.config.posts_per_minute,
                ..http::Limits::default()
            },
            pages: match &self.config.templates {
                Some(directory) => http::Pages::with_overrides(directory)?,
                None => http::Pages::builtin()?,
            },
        })
    }

    fn desk(&self, gauges: Gauges) -> Result<http::Desk, StoreError> {
        let pages = desk::Pages {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
        };
        let (looking, pressing) = (pages.clone(), pages);
        let bell = self.bell();
        let expecting = Arc::clone(&self.expecting);
        let (clock, telling) = (self.clock.clone(), self.clock.clone());
        let traffic = Arc::new(http::Traffic::default());
        let programs = api::Programs {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            bell: self.bell(),
            zone: self.config.zone,
            policy: self.config.policy.clone(),
            metrics: Metrics::new(gauges.clone(), Arc::clone(&traffic))?,
        };
        Ok(http::Desk {
            look: Arc::new(move |claim| {
                expecting.sign();
                looking.clone().look(claim).boxed()
            }),
            press: Arc::new(move |press| {
                let (pages, bell) = (pressing.clone(), bell.clone());
                async move {
                    let answer = pages.press(press).await;
                    bell.ring();
                    answer
                }
                .boxed()
            }),
            seen: None,
            health: Arc::new(move || gauges.clone().health(clock.now()).boxed()),
            api: Some(http::Api {
                keys: self.config.api_keys.clone(),
                office: Arc::new(programs),
                traffic,
                limits: http::ApiLimits::default(),
            }),
            now: Arc::new(move || telling.now()),
        })
    }
}

/// Tells a running daemon to look again.
#[derive(Debug, Clone)]
pub struct Bell {
    changed: Arc<Notify>,
    wake_sending: Arc<Notify>,
    arrived: Arc<Notify>,
    keyring: Arc<Keyring>,
    keys_file: Arc<Path>,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        self.changed.notify_one();
        self.wake_sending.notify_one();
    }

    /// For a command from beside, which may have changed anything: messages that wait, the signing keys.
    pub fn look_around(&self) {
        // Keys that cannot be read now are no reason to stop working with those at hand.
        if let Err(error) = reread_keys(&self.keys_file, &self.keyring) {
            tracing::error!(%error, "the signing keys stay as they were");
        }
        self.arrived.notify_one();
        self.ring();
    }
}

/// A name that tells this installation from others, and nothing else: `/healthz` says it, and `replyd check` looks for it there.
#[must_use]
pub fn instance(ink: &Ink) -> String {
    let mac = ink.keyring.mac("replyd/instance/v1", ink.links.base().as_bytes());
    mac.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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
        for id in tx.conversations_with(&address, DUE)? {
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
/// The database's.
pub async fn steer(
    store: &Store,
    ink: &Arc<Ink>,
    id: ConversationId,
    by: String,
    command: Command,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ink = Arc::clone(ink);
    let event = Event::Steered { by, command };
    store.write(move |tx| apply::happen(tx, &ink, id, event, "command", now)).await
}
