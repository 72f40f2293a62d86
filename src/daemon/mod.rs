//! The hallway: carries things between doors, cellar and rooms. Every spawn and the only clock live here.
//!
//! In: a [`Config`] and a [`Clock`]. Out: mail read, decisions recorded, letters sent, pages served, until told to stop.
//! Never here: a decision about a conversation; SQL.

mod aftermath;
mod alarm;
mod api;
mod apply;
mod beside;
mod by_recruiter;
pub(crate) mod calendars;
mod clock;
mod cvs;
mod deadlines;
mod desk;
mod digest;
mod drafting;
mod expecting;
mod explained;
pub(crate) mod fault;
mod feedback;
pub mod forgetting;
mod furniture;
mod health;
mod hub;
mod idle;
mod interviewing;
mod invited;
mod ledger;
mod machines;
pub mod mailbox;
mod merged;
mod metrics;
mod ordering;
mod ping;
mod queue;
mod reader;
mod reading;
mod retention;
pub mod sending;
mod shown;
mod staff;
pub(crate) mod supervised;
mod thread;
mod understand;
mod webhooks;
mod zones;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::compose::Ink;
use crate::config::Config;
use crate::http;
use crate::model::ConversationId;
use crate::store::{NewBatch, Role, Store, StoreError};
use alarm::Alarm;
use health::Gauges;
use mailbox::Pace;
use ping::{Ping, WithPing};
use reading::Reading;
use staff::Staff;

pub use beside::{Bell, lift, steer, steer_despite, submit};
pub use clock::Clock;
pub use drafting::{Looked, Sent, discard_draft, send_draft, show_draft};
pub use expecting::Expecting;
pub use explained::{Explained, explain_stored};
pub(crate) use health::Disk;
pub use hub::entry_link as hub_link;
pub use idle::Done;
pub use retention::{Goes as Retires, LetGo, Next as GoesNext, Terms as RetentionTerms, goes_next, kept_too_long, let_go};
#[cfg(feature = "demo")]
pub(crate) use shown::waiting;

/// How long a stop may take before it is enforced.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// Everything a running daemon holds.
pub struct Daemon {
    config: Config,
    store: Arc<Store>,
    ink: Arc<Ink>,
    staff: Staff,
    clock: Clock,
    /// Rings when a message was stored.
    arrived: Arc<Notify>,
    /// Rings when something was committed that may have set an earlier deadline.
    alarm: Arc<Alarm>,
    wake_sending: Arc<Notify>,
    /// Somebody may answer soon.
    expecting: Arc<Expecting>,
    pages: http::Pages,
    calendars: Arc<calendars::Calendars>,
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

impl Daemon {
    /// Opens the database as the one daemon that works on it.
    ///
    /// # Errors
    /// See [`Store::open`]; what is wrong with the pages' templates.
    pub fn new(config: Config, clock: Clock) -> Result<Self, DaemonError> {
        // First what may be wrong with the configuration: a daemon that is made is one that can run.
        let pages = match &config.templates {
            Some(directory) => http::Pages::with_overrides(directory)?,
            None => http::Pages::builtin()?,
        };
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
        let ink = Arc::new(config.ink.clone());
        let calendars = calendars::Calendars::new(Arc::clone(&store), Arc::clone(&ink), clock.clone(), config.calendars.clone());
        let staff = Staff {
            listed: config.recruiters.clone().into(),
            zone: config.zone,
        };
        Ok(Self {
            ink,
            staff,
            config,
            store,
            clock,
            calendars: Arc::new(calendars),
            arrived: Arc::new(Notify::new()),
            alarm: Arc::default(),
            wake_sending: Arc::new(Notify::new()),
            expecting: Arc::default(),
            pages,
            pace,
        })
    }

    /// The database, for whoever looks from beside.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// What it was made of.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
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
            alarm: Arc::clone(&self.alarm),
            wake_sending: Arc::clone(&self.wake_sending),
            arrived: Arc::clone(&self.arrived),
            news: self.store.news(),
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
        self.forget_again().await?;
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
        let mut letters = self.letters_with(queue::Search::Beside(mail_health.clone()));
        if let Some(ping) = ping.clone() {
            letters = Arc::new(WithPing { letters, ping });
        }
        let post = Arc::new(self.post());
        let letters = Arc::new(hub::WithPost {
            letters,
            post: Arc::clone(&post),
        });
        let sending = Arc::new(self.sending(letters));
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
        let desk = self.desk(gauges, post)?;
        let book: Arc<dyn crate::inbox::Ledger> = Arc::new(self.book());
        let mut reading = self.reading(ping).until(stop.clone());
        let webhooks = self.webhooks();
        let until_stop = |mut stop: watch::Receiver<bool>| async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        if let Err(error) = self.heed_zone_rules().await {
            tracing::error!(%error, "interviews agreed by older rules of zones could not be looked at; the next start does");
        }
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
                http::serve(listener, self.settings(), desk, until_stop(stop.clone())),
                sending.run(&self.wake_sending, stop.clone()),
                self.read_on_arrival(&mut reading, stop.clone()),
                self.wake_on_deadlines(mail_health, stop.clone()),
                self.calendars.watch(stop.clone()),
                self.tell_recruiters(stop.clone()),
                self.drop_drafts(stop.clone()),
                self.let_go_daily(stop.clone()),
                webhooks.run(stop.clone()),
                supervised::keep_alive(&self.store, stop.clone()),
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

    fn ring(&self) {
        self.bell().ring();
    }
}

/// A name that tells this installation from others, and nothing else: `/healthz` says it, and `replyd check` looks for it there.
#[must_use]
pub fn instance(ink: &Ink) -> String {
    let mac = ink.keyring.mac("replyd/instance/v1", ink.links.base().as_bytes());
    mac.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
