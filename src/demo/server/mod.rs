//! A small mail server in memory, for this computer only: SMTP in, IMAP out.   RFC 5321, 4954, 3501, 2177
//!
//! In: accounts and a clock. Out: two loopback ports and the [`Mailboxes`] behind them.
//! Never here: TLS, a disk, a relay: nothing leaves the computer and nothing from elsewhere comes in.

mod deliver;
mod imap;
mod imap_answers;
mod mailboxes;
mod smtp;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::model::Timestamp;

pub use mailboxes::{Account, Mailboxes, Stored};

/// The name this server signs `Authentication-Results` with (RFC 8601 2.5).
pub const AUTHSERV_ID: &str = "demo.agency.example";

/// What time it is: a closure, because the demo lets days pass in seconds.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Sessions of one protocol at a time; more than a demo ever opens.
const SESSIONS: usize = 64;

/// A running mail server. It stops when this value is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where SMTP listens.
    pub smtp: SocketAddr,
    /// Where IMAP listens.
    pub imap: SocketAddr,
    /// What lies in it.
    pub mailboxes: Mailboxes,
    listeners: [JoinHandle<()>; 2],
}

/// Why the mail server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Somebody asked for an address that others could reach.
    #[error("the demo mail server listens on loopback only, not on {0}: use 127.0.0.1 or ::1")]
    NotLoopback(IpAddr),
    /// The port could not be had.
    #[error("the demo mail server cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl Server {
    /// Starts on two free ports of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(accounts: Vec<Account>, now: Now) -> Result<Self, ServerError> {
        Self::start_on(IpAddr::V4(Ipv4Addr::LOCALHOST), accounts, now).await
    }

    /// Starts on two free ports of a loopback address.
    ///
    /// # Errors
    /// When the address is not loopback, or no port can be had.
    pub async fn start_on(ip: IpAddr, accounts: Vec<Account>, now: Now) -> Result<Self, ServerError> {
        let mailboxes = Mailboxes::new(accounts);
        let (smtp, smtp_listener) = listen(ip).await?;
        let (imap, imap_listener) = listen(ip).await?;
        let (for_smtp, for_imap) = (mailboxes.clone(), mailboxes.clone());
        let smtp_task = accept(smtp_listener, move |stream| smtp::serve(stream, for_smtp.clone(), Arc::clone(&now)));
        let imap_task = accept(imap_listener, move |stream| imap::serve(stream, for_imap.clone()));
        Ok(Self {
            smtp,
            imap,
            mailboxes,
            listeners: [tokio::spawn(smtp_task), tokio::spawn(imap_task)],
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

async fn listen(ip: IpAddr) -> Result<(SocketAddr, TcpListener), ServerError> {
    if !ip.is_loopback() {
        return Err(ServerError::NotLoopback(ip));
    }
    let address = SocketAddr::new(ip, 0);
    let failed = |source| ServerError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((address, listener))
}

/// Accepts for ever. The sessions live in a set of their own, so that they end together with the listener.
async fn accept<S, F>(listener: TcpListener, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let mut sessions = JoinSet::new();
    loop {
        while sessions.len() >= SESSIONS {
            sessions.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, peer)) if peer.ip().is_loopback() => {
                // Small answers must not wait for the other side's delayed ACK.
                let _ = stream.set_nodelay(true);
                sessions.spawn(serve(stream));
            }
            Ok((_, peer)) => tracing::warn!(%peer, "the demo mail server refused a connection from outside"),
            Err(error) => {
                tracing::warn!(%error, "the demo mail server could not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        while sessions.try_join_next().is_some() {}
    }
}
