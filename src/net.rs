//! Sockets for the doors that call out: a TCP connection that notices a dead peer, and TLS around it.   RFC 8314
//!
//! In: a host, a port, what protection is asked for, which CAs are trusted beside the system's. Out: a [`BoxStream`].
//! Beside them, what a login is made of, where a name may lead that somebody else gave ([`Reach`]), and one request over HTTP ([`http`]).
//! Never here: what a protocol is used for; a certificate that is not checked; plain text to anything but this machine.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

pub mod http;
mod login;
mod reach;

pub use login::{Login, NoToken, Proof, Tokens};
pub use reach::{Network, NoNetwork, Reach};

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (465, 993).
    Implicit,
    /// Plain, then STARTTLS; a server without it is refused (587, 143).
    StartTls,
    /// No protection: loopback only.
    None,
}

/// A connection, protected or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {
    /// The other end.
    ///
    /// # Errors
    /// When the socket is no longer connected.
    fn peer_addr(&self) -> io::Result<SocketAddr>;

    /// The certificate of the other end, in DER; none without TLS.
    fn certificate(&self) -> Option<Vec<u8>> {
        None
    }
}

/// Any connection.
pub type BoxStream = Box<dyn Stream>;

impl Stream for TcpStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        TcpStream::peer_addr(self)
    }
}

impl Stream for TlsStream<BoxStream> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().0.peer_addr()
    }

    fn certificate(&self) -> Option<Vec<u8>> {
        let chain = self.get_ref().1.peer_certificates()?;
        chain.first().map(|leaf| leaf.as_ref().to_vec())
    }
}

/// Why there is no connection. All but [`NetError::is_transient`]'s exceptions are worth another try later.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// Plain text is for this machine only.
    #[error("{host}: `tls = none` is allowed for loopback addresses only; use implicit TLS or STARTTLS")]
    PlainText {
        /// The host asked for.
        host: String,
    },
    /// A CA file that cannot be read.
    #[error("{}: cannot be read as a PEM file of CA certificates: {why}", .path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing to trust: no certificate of this system and no CA file.
    #[error("no trusted CA certificates found on this system; install ca-certificates or name a CA file in config.toml")]
    NoTrust,
    /// A host name no certificate can carry.
    #[error("{host}: not a host name that a certificate can carry")]
    Name {
        /// The host asked for.
        host: String,
    },
    /// Somebody else named the host, and it leads to a network that is none of theirs.
    #[error("{host}: leads to an address that is not on the public Internet")]
    Inside {
        /// The host asked for.
        host: String,
    },
    /// The name did not resolve.
    #[error("{host}: no address found: {why}")]
    Resolve {
        /// The host asked for.
        host: String,
        /// The resolver's words.
        why: String,
    },
    /// No address answered.
    #[error("{host}:{port}: no connection: {why}")]
    Connect {
        /// The host asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// The last address's error.
        why: String,
    },
    /// The TLS handshake failed: protocol, certificate or name.
    #[error("{host}: TLS failed: {why}")]
    Tls {
        /// The host asked for.
        host: String,
        /// rustls's words.
        why: String,
    },
    /// Nothing came in time.
    #[error("{host}: no connection within {} s", .within.as_secs())]
    Deadline {
        /// The host asked for.
        host: String,
        /// The time given.
        within: Duration,
    },
}

impl NetError {
    /// Whether waiting can help. A wrong configuration does not heal by itself.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::PlainText { .. } | Self::CaFile { .. } | Self::NoTrust | Self::Name { .. } | Self::Inside { .. } => false,
            Self::Resolve { .. } | Self::Connect { .. } | Self::Tls { .. } | Self::Deadline { .. } => true,
        }
    }
}

/// Connects within the deadline. With [`Tls::Implicit`] the stream is already protected; with [`Tls::StartTls`] it is plain,
/// and the caller passes it to [`secure`] after the server agreed.
///
/// # Errors
/// See [`NetError`].
pub async fn connect(host: &str, port: u16, tls: Tls, ca_file: Option<&Path>, within: Duration) -> Result<BoxStream, NetError> {
    connect_to(host, port, tls, ca_file, within, Reach::Anywhere).await
}

/// The same, with a say in where the name may lead: the addresses that are looked at are those that are connected to.
///
/// # Errors
/// See [`NetError`].
pub async fn connect_to(
    host: &str,
    port: u16,
    tls: Tls,
    ca_file: Option<&Path>,
    within: Duration,
    reach: Reach<'_>,
) -> Result<BoxStream, NetError> {
    let work = async {
        let plain = open(host, port, tls, within, reach).await?;
        match tls {
            Tls::Implicit => secure(plain, host, ca_file).await,
            Tls::StartTls | Tls::None => Ok(plain),
        }
    };
    match tokio::time::timeout(within, work).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(NetError::Deadline {
            host: host.to_owned(),
            within,
        }),
    }
}

/// Puts TLS around a stream and checks the server's certificate against `host`. No deadline of its own.
///
/// # Errors
/// See [`NetError`].
pub async fn secure(stream: BoxStream, host: &str, ca_file: Option<&Path>) -> Result<BoxStream, NetError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| NetError::Name { host: host.to_owned() })?;
    let ca_file = ca_file.map(Path::to_path_buf);
    // Reading the system's certificates is file work of some milliseconds.
    let config = tokio::task::spawn_blocking(move || client_config(ca_file.as_deref()))
        .await
        .map_err(|_| NetError::NoTrust)??;
    match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(NetError::Tls {
            host: host.to_owned(),
            why: error.to_string(),
        }),
    }
}

async fn open(host: &str, port: u16, tls: Tls, within: Duration, reach: Reach<'_>) -> Result<BoxStream, NetError> {
    let resolve = || async { Ok(tokio::net::lookup_host((host, port)).await?.collect()) };
    open_at(resolve, host, port, tls, within, reach).await
}

/// The name is resolved once: a second answer of a name server, which may be another, is never asked for.
async fn open_at<F: Future<Output = io::Result<Vec<SocketAddr>>>>(
    resolve: impl FnOnce() -> F,
    host: &str,
    port: u16,
    tls: Tls,
    within: Duration,
    reach: Reach<'_>,
) -> Result<BoxStream, NetError> {
    let addresses = match resolve().await {
        Ok(addresses) => addresses,
        Err(error) => {
            return Err(NetError::Resolve {
                host: host.to_owned(),
                why: error.to_string(),
            });
        }
    };
    if !addresses.iter().all(|address| reach.covers(address.ip())) {
        return Err(NetError::Inside { host: host.to_owned() });
    }
    if tls == Tls::None && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
        return Err(NetError::PlainText { host: host.to_owned() });
    }
    // One address that swallows packets must not use up the time of the others.
    let share = within / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut why = "the name has no address".to_owned();
    for address in addresses {
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => match tune(&stream) {
                Ok(()) => return Ok(Box::new(stream)),
                Err(error) => why = error.to_string(),
            },
            Ok(Err(error)) => why = error.to_string(),
            Err(_elapsed) => why = "timed out".to_owned(),
        }
    }
    Err(NetError::Connect {
        host: host.to_owned(),
        port,
        why,
    })
}

/// Without NODELAY each command waits for the peer's delayed ACK; without the two timers a vanished peer is never noticed.
fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let probes = TcpKeepalive::new()
        .with_time(Duration::from_secs(60))
        .with_interval(Duration::from_secs(15));
    socket.set_tcp_keepalive(&probes)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_tcp_user_timeout(Some(Duration::from_secs(60)))?;
    Ok(())
}

fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, NetError> {
    let mut roots = RootCertStore::empty();
    // A broken certificate among the system's is no reason to refuse the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let broken = |why: String| NetError::CaFile {
            path: path.to_path_buf(),
            why,
        };
        let mut found = false;
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| broken(error.to_string()))? {
            let certificate = certificate.map_err(|error| broken(error.to_string()))?;
            roots.add(certificate).map_err(|error| broken(error.to_string()))?;
            found = true;
        }
        if !found {
            return Err(broken("it holds no certificate".to_owned()));
        }
    }
    if roots.is_empty() {
        return Err(NetError::NoTrust);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| NetError::NoTrust)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn plain_text_leaves_this_machine_never() {
        let refused = connect("192.0.2.1", 143, Tls::None, None, SECOND).await;
        assert!(matches!(refused, Err(NetError::PlainText { .. })), "{refused:?}");
    }

    /// R-S8: a name server that says another address the second time leads nowhere else.
    #[tokio::test]
    async fn webhooks_go_to_the_address_that_was_looked_at() {
        let allowed = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = allowed.local_addr().unwrap().port();
        let inside = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let networks: Vec<Network> = vec!["127.0.0.2".parse().unwrap()];
        let reach = Reach::Public(&networks);
        let answers = |all: &[&str]| all.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), port)).collect::<Vec<_>>();
        let asked = std::cell::Cell::new(0);
        let rebinding = || {
            asked.set(asked.get() + 1);
            let now = answers(if asked.get() == 1 { &["127.0.0.2"] } else { &["127.0.0.1"] });
            async move { Ok(now) }
        };
        let stream = open_at(rebinding, "rebinding.test", port, Tls::None, SECOND, reach).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap().ip().to_string(), "127.0.0.2");
        let second = open_at(rebinding, "rebinding.test", port, Tls::None, SECOND, reach).await;
        assert!(matches!(second, Err(NetError::Inside { .. })), "{second:?}");
        assert_eq!(asked.get(), 2, "once for each connection");
        // One address inside is enough, wherever it stands among the others.
        for mixed in [
            &["127.0.0.2", "127.0.0.1"],
            &["127.0.0.1", "127.0.0.2"],
            &["127.0.0.2", "::ffff:127.0.0.1"],
        ] {
            let resolve = || async { Ok(answers(mixed)) };
            let refused = open_at(resolve, "mixed.test", port, Tls::None, SECOND, reach).await;
            assert!(matches!(refused, Err(NetError::Inside { .. })), "{refused:?}");
        }
        let nobody = tokio::time::timeout(Duration::from_millis(50), inside.accept()).await;
        assert!(nobody.is_err(), "somebody came to the address that was not looked at");
    }

    #[tokio::test]
    async fn a_loopback_connection_is_tuned() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tune(&stream).unwrap();
        assert!(stream.nodelay().unwrap());
        assert!(SockRef::from(&stream).keepalive().unwrap());
        assert!(connect("127.0.0.1", port, Tls::None, None, SECOND).await.is_ok());
    }

    #[tokio::test]
    async fn a_silent_server_ends_the_handshake_at_the_deadline() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let late = connect("127.0.0.1", port, Tls::Implicit, None, Duration::from_millis(200)).await;
        assert!(matches!(late, Err(NetError::Deadline { .. } | NetError::NoTrust)), "{late:?}");
    }

    #[test]
    fn a_ca_file_that_is_none_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "no certificate in here\n").unwrap();
        let error = client_config(Some(file.path())).unwrap_err();
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
        assert!(!error.is_transient());
    }
}
