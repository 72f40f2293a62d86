//! Where the story happens: the loopback mail server, and the daemon exactly as `replyd run` starts it, in one directory.
//!
//! In: an empty directory. Out: both running, a clock that can be pushed, a way to hand in batches, and the store for looking.
//! Never here: a way into the daemon that production does not have, except for its clock.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use super::DemoError;
use super::people::{self, Person};
use super::server::{AUTHSERV_ID, Account, Now, Server};
use crate::calendar::Zone;
use crate::compose::Ink;
use crate::config::{Config, read_batch};
use crate::conversation::{Batch, Policy};
use crate::daemon::{self, Bell, Clock, Daemon, DaemonError};
use crate::message::Border;
use crate::model::{Address, ConversationId, Mailbox, Secret, Timestamp};
use crate::outbox;
use crate::store::{NewBatch, Role, Store};

const BATCH: &str = include_str!("batch.toml");
/// Everybody's password: nobody but this process can reach the server.
const PASSWORD: &str = "only-on-this-computer";
const BOT: &str = "bot@agency.example";

/// The running demo.
pub(super) struct House {
    /// The mail server.
    pub(super) server: Server,
    /// Where pages are served.
    pub(super) pages: SocketAddr,
    /// Everybody's clock.
    pub(super) clock: Clock,
    /// The daemon's database, for looking.
    pub(super) store: Store,
    /// How the agency writes, for explaining what was read.
    pub(super) ink: Arc<Ink>,
    /// Whom the daemon believes.
    pub(super) border: Border,
    /// The agency's zone.
    pub(super) zone: Zone,
    /// The batch that was handed in.
    pub(super) new: NewBatch,
    /// Its id.
    pub(super) id: ConversationId,
    policy: Policy,
    /// Tells the daemon that something was changed from beside.
    pub(super) bell: Bell,
    files: Files,
}

/// The daemon at work.
pub(super) struct Running {
    stop: watch::Sender<bool>,
    daemon: JoinHandle<Result<(), DaemonError>>,
}

impl House {
    /// Starts the mail server and the daemon in `dir`, and hands in the batch. Letters name `front` as the pages' address, if one
    /// stands before them.
    pub(super) async fn open(dir: &Path, start: Timestamp, front: Option<SocketAddr>) -> Result<(Self, Running), DemoError> {
        let clock = Clock::set_to(start);
        let files = Files::write_into(dir)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoError::Pages)?;
        let pages = listener.local_addr().map_err(DemoError::Pages)?;
        let telling = clock.clone();
        let now: Now = Arc::new(move || telling.now());
        let bot = Address::parse(BOT).map_err(|why| DemoError::Unexpected(why.to_string()))?;
        let server = Server::start(vec![account(bot)], now).await?;
        files.configure(&server, pages, front.unwrap_or(pages))?;
        let config = Config::load(&files.config)?;
        let (zone, policy) = (config.zone, config.policy.clone());
        let (ink, border) = (Arc::new(config.ink.clone()), config.border.clone());
        let new = read_batch(&files.batch, zone, &policy)?;
        make_mailboxes(&server, &new.batch);
        let database = config.database.clone();
        let daemon = Daemon::new(config, clock.clone())?;
        let bell = daemon.bell();
        let id = daemon.submit(new.clone()).await.map_err(DaemonError::from)?;
        let store = Store::open(&database, Role::Command, clock.now()).map_err(DaemonError::from)?;
        let (stop, stopped) = watch::channel(false);
        let daemon = tokio::spawn(daemon.run(Some(listener), stopped));
        let house = Self {
            server,
            pages,
            clock,
            store,
            ink,
            border,
            zone,
            new,
            id,
            policy,
            bell,
            files,
        };
        Ok((house, Running { stop, daemon }))
    }

    /// Hands in one more batch, as a recruiter does with a file.
    pub(super) async fn hand_in(&self, batch: &str) -> Result<(ConversationId, NewBatch), DemoError> {
        self.files.write("batch.toml", batch)?;
        let new = read_batch(&self.files.batch, self.zone, &self.policy)?;
        make_mailboxes(&self.server, &new.batch);
        let id = daemon::submit(&self.store, &self.ink, new.clone(), self.clock.now())
            .await
            .map_err(DaemonError::from)?;
        self.bell.ring();
        Ok((id, new))
    }

    /// The submission server as the mail program of somebody here knows it.
    pub(super) fn outgoing(&self, address: &Address) -> outbox::Server {
        people::outgoing(&self.server, address, &Secret::new(PASSWORD.to_owned()))
    }

    /// Somebody of the story opens their mail program.
    pub(super) async fn person(&self, mailbox: Mailbox, user_agent: &str) -> Result<Person, DemoError> {
        let telling = self.clock.clone();
        let now: Now = Arc::new(move || telling.now());
        let password = Secret::new(PASSWORD.to_owned());
        Ok(Person::arrive(&self.server, mailbox, &password, user_agent, now).await?)
    }
}

impl Running {
    /// Stops the daemon at a safe point.
    pub(super) async fn close(mut self) -> Result<(), DemoError> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Returns when the daemon has ended.
    pub(super) async fn ended(&mut self) -> Result<(), DemoError> {
        match (&mut self.daemon).await {
            Ok(ended) => Ok(ended?),
            Err(error) => Err(broken(&error)),
        }
    }
}

fn broken(error: &JoinError) -> DemoError {
    DemoError::Unexpected(format!("the daemon did not end well: {error}"))
}

fn make_mailboxes(server: &Server, batch: &Batch) {
    let Batch {
        contact,
        recruiters,
        candidates,
        ..
    } = batch;
    let others = candidates.iter().map(|one| &one.mailbox).chain(recruiters);
    for one in others.chain([&contact.mailbox]) {
        server.mailboxes.add(account(one.address.clone()));
    }
}

/// The files a person would write to run replyd.
struct Files {
    dir: PathBuf,
    config: PathBuf,
    batch: PathBuf,
}

impl Files {
    fn write_into(dir: &Path) -> Result<Self, DemoError> {
        let files = Self {
            dir: dir.to_owned(),
            config: dir.join("config.toml"),
            batch: dir.join("batch.toml"),
        };
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| DemoError::File {
            path: dir.to_owned(),
            source,
        })?;
        files.write("batch.toml", BATCH)?;
        files.write("password", PASSWORD)?;
        Ok(files)
    }

    fn configure(&self, server: &Server, pages: SocketAddr, front: SocketAddr) -> Result<(), DemoError> {
        let text = format!(
            r#"# Written by `replyd demo`: its mail server ended with it, its database is still here to look at.
[agency]
name = "Harbour Talent"
address = "{BOT}"
zone = "Europe/London"

[store]
database = "replyd.db"

[imap]
host = "{imap_host}"
port = {imap_port}
tls = "none"
user = "{BOT}"
password_file = "password"

[smtp]
host = "{smtp_host}"
port = {smtp_port}
tls = "none"
user = "{BOT}"
password_file = "password"

[inbound]
authentication = "require"
authserv_id = "{AUTHSERV_ID}"

[http]
listen = "{pages}"
public_url = "http://{front}"

[health]
self_ping_min = 0
"#,
            imap_host = server.imap.ip(),
            imap_port = server.imap.port(),
            smtp_host = server.smtp.ip(),
            smtp_port = server.smtp.port(),
        );
        self.write("config.toml", &text)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), DemoError> {
        let path = self.dir.join(name);
        let opened = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        opened
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|source| DemoError::File { path, source })
    }
}

fn account(address: Address) -> Account {
    Account {
        address,
        password: Secret::new(PASSWORD.to_owned()),
    }
}
