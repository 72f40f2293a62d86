//! Where the story happens: the loopback mail server, and the daemon exactly as `replyd run` starts it, in one directory.
//!
//! In: an empty directory. Out: both running, a clock that can be pushed, and the store for looking.
//! Never here: a way into the daemon that production does not have, except for its clock.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::DemoError;
use super::people::Person;
use super::server::{AUTHSERV_ID, Account, Now, Server};
use crate::config::{Config, read_batch};
use crate::conversation::Batch;
use crate::daemon::{Clock, Daemon, DaemonError};
use crate::model::{Address, ConversationId, Mailbox, Secret, Timestamp};
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
    /// The batch that was handed in.
    pub(super) new: NewBatch,
    /// Its id.
    pub(super) id: ConversationId,
    stop: watch::Sender<bool>,
    daemon: JoinHandle<Result<(), DaemonError>>,
}

impl House {
    /// Starts the mail server and the daemon in `dir`, and hands in the batch.
    pub(super) async fn open(dir: &Path, start: Timestamp) -> Result<Self, DemoError> {
        let clock = Clock::set_to(start);
        let files = Files::write_into(dir)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(DemoError::Pages)?;
        let pages = listener.local_addr().map_err(DemoError::Pages)?;
        let telling = clock.clone();
        let now: Now = Arc::new(move || telling.now());
        let bot = Address::parse(BOT).map_err(|why| DemoError::Unexpected(why.to_string()))?;
        let server = Server::start(vec![account(bot)], now).await?;
        files.configure(&server, pages)?;
        let config = Config::load(&files.config)?;
        let new = read_batch(&files.batch, config.zone, &config.policy)?;
        let Batch {
            contact,
            recruiters,
            candidates,
            ..
        } = new.batch.clone();
        let others = candidates.into_iter().map(|one| one.mailbox).chain(recruiters);
        for one in others.chain([contact.mailbox]) {
            server.mailboxes.add(account(one.address));
        }
        let database = config.database.clone();
        let daemon = Daemon::new(config, clock.clone())?;
        let id = daemon.submit(new.clone()).await.map_err(DaemonError::from)?;
        let store = Store::open(&database, Role::Command, clock.now()).map_err(DaemonError::from)?;
        let (stop, stopped) = watch::channel(false);
        let daemon = tokio::spawn(daemon.run(Some(listener), stopped));
        Ok(Self {
            server,
            pages,
            clock,
            store,
            new,
            id,
            stop,
            daemon,
        })
    }

    /// Somebody of the story opens their mail program.
    pub(super) async fn person(&self, mailbox: Mailbox, user_agent: &str) -> Result<Person, DemoError> {
        let telling = self.clock.clone();
        let now: Now = Arc::new(move || telling.now());
        let password = Secret::new(PASSWORD.to_owned());
        Ok(Person::arrive(&self.server, mailbox, &password, user_agent, now).await?)
    }

    /// Stops the daemon at a safe point, then the mail server.
    pub(super) async fn close(self) -> Result<(), DemoError> {
        self.stop.send_replace(true);
        match self.daemon.await {
            Ok(ended) => Ok(ended?),
            Err(_) => Err(DemoError::Unexpected("the daemon did not end well".to_owned())),
        }
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

    fn configure(&self, server: &Server, pages: SocketAddr) -> Result<(), DemoError> {
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
public_url = "http://{pages}"
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
