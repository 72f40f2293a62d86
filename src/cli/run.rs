//! `replyd run`.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::{Failure, print_json, print_line};
use crate::config::Config;
use crate::daemon::{Clock, Daemon, DaemonError, supervised};
use crate::store::StoreError;

/// How long the database of the daemon that stops may take to be free for the one that follows.
const HAND_OVER: Duration = Duration::from_secs(5);

/// The daemon: reads the mailbox, serves the pages, sends what is due.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  replyd run
  replyd run --until-idle        # from cron: do all that is due, then exit

SIGTERM and SIGINT end it within 10 seconds at a safe point. SIGHUP reads the configuration, keys, secrets and templates again; when one of them is wrong that is logged, and it goes on with the old ones.")]
pub(super) struct Run {
    /// Do all that is due, then exit. Serves no pages.
    #[arg(long)]
    until_idle: bool,
    /// With --until-idle: what was done, as JSON.
    #[arg(long, requires = "until_idle")]
    json: bool,
}

impl Run {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let daemon = Daemon::new(Config::load(config)?, Clock::system())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        if self.until_idle {
            let done = runtime.block_on(daemon.until_idle())?;
            return if self.json {
                print_json(&done)
            } else {
                print_line(&format!(
                    "{} fetched, {} read, {} deadlines, {} letters sent",
                    done.fetched, done.read, done.deadlines, done.sent
                ))
            };
        }
        runtime.block_on(serve(daemon, config))
    }
}

/// Runs daemons, one after another, until a signal asks for the end. To reload is to end one daemon and start another on the same
/// socket: who connects in between waits a moment and is served.
async fn serve(mut daemon: Daemon, config: &Path) -> Result<(), Failure> {
    let mut signals = Signals::listen().map_err(Failure::Output)?;
    let mut socket = Socket::bind(&daemon)?;
    let mut current = daemon.config().clone();
    loop {
        let (stop, stopped) = watch::channel(false);
        let bell = daemon.bell();
        let listener = socket.listener().map_err(Failure::Output)?;
        let running = daemon.run(Some(listener), stopped);
        tokio::pin!(running);
        let next = loop {
            let asked = tokio::select! {
                ended = &mut running => return Ok(ended?),
                asked = signals.next() => asked,
            };
            match asked {
                Asked::Look => bell.look_around(),
                Asked::End => break None,
                Asked::Reload => match Config::load(config) {
                    Ok(config) => break Some(config),
                    Err(error) => tracing::error!(%error, "the configuration is not reloaded; going on with the old one"),
                },
            }
        };
        match next {
            Some(_) => supervised::reloading(),
            None => supervised::stopping(),
        }
        let _ = stop.send(true);
        running.await?;
        let Some(config) = next else { return Ok(()) };
        daemon = match follow(&config, &mut socket).await {
            Ok(daemon) => {
                tracing::info!("the configuration was reloaded");
                current = config;
                daemon
            }
            Err(error) => {
                tracing::error!(%error, "the configuration is not reloaded; going on with the old one");
                follow(&current, &mut socket).await?
            }
        };
    }
}

/// The daemon that takes over, with the socket that it serves.
async fn follow(config: &Config, socket: &mut Socket) -> Result<Daemon, DaemonError> {
    let daemon = take_over(config).await?;
    if !socket.serves(&daemon) {
        *socket = Socket::bind(&daemon)?;
    }
    Ok(daemon)
}

/// Waits for the daemon before to let go of the database.
async fn take_over(config: &Config) -> Result<Daemon, DaemonError> {
    let from = tokio::time::Instant::now();
    loop {
        match Daemon::new(config.clone(), Clock::system()) {
            Err(DaemonError::Store(StoreError::Held { .. })) if from.elapsed() < HAND_OVER => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            result => return result,
        }
    }
}

/// The pages' socket; it outlives a reload.
struct Socket {
    address: std::net::SocketAddr,
    socket: std::net::TcpListener,
}

impl Socket {
    fn bind(daemon: &Daemon) -> Result<Self, DaemonError> {
        let address = daemon.listens_on();
        let refused = |error| DaemonError::Listen(address, error);
        let socket = std::net::TcpListener::bind(address).map_err(refused)?;
        socket.set_nonblocking(true).map_err(refused)?;
        Ok(Self { address, socket })
    }

    fn serves(&self, daemon: &Daemon) -> bool {
        self.address == daemon.listens_on()
    }

    fn listener(&self) -> std::io::Result<TcpListener> {
        TcpListener::from_std(self.socket.try_clone()?)
    }
}

/// What a signal asks for.
enum Asked {
    End,
    Reload,
    /// Something was changed from beside: look at the database.
    Look,
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    ring: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            ring: signal(SignalKind::from_raw(crate::store::RING))?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End,
            _ = self.interrupt.recv() => Asked::End,
            _ = self.hang_up.recv() => Asked::Reload,
            _ = self.ring.recv() => Asked::Look,
        }
    }
}
