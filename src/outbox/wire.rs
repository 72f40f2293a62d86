//! The two ends of the line: commands out, replies in, each with its deadline.
//!
//! In: command lines and bytes. Out: replies, or why there is none.
//! Never here: what a reply means; a command written while an unasked reply is waiting.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::reply::{Garbage, Reply};
use crate::net::BoxStream;

/// A stream and what it said that nobody has asked about yet.
#[derive(Debug)]
pub(super) struct Wire {
    stream: BoxStream,
    unread: Vec<u8>,
}

/// Why no reply came. After any of these the two sides may disagree about where they are: the socket must be closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Break {
    #[error("the server closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Io(String),
    #[error("no answer within {} s", .0.as_secs_f64())]
    Late(Duration),
    #[error("the answer is not SMTP")]
    Garbage,
    #[error("the server spoke out of turn")]
    OutOfTurn,
}

impl From<std::io::Error> for Break {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            Self::Closed
        } else {
            Self::Io(error.to_string())
        }
    }
}

impl From<Garbage> for Break {
    fn from(Garbage: Garbage) -> Self {
        Self::Garbage
    }
}

impl Wire {
    pub(super) fn new(stream: BoxStream) -> Self {
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// The stream, to put TLS around it. Fails when the server has said something more: whoever sits between us could have
    /// put commands or replies before the handshake (RFC 3207 section 6).
    pub(super) fn into_stream(self) -> Result<BoxStream, Break> {
        if self.unread.is_empty() {
            Ok(self.stream)
        } else {
            Err(Break::OutOfTurn)
        }
    }

    /// The server's certificate, in DER.
    pub(super) fn certificate(&self) -> Option<Vec<u8>> {
        self.stream.certificate()
    }

    /// Reads one reply.
    pub(super) async fn reply(&mut self, within: Duration) -> Result<Reply, Break> {
        in_time(within, self.read_reply()).await
    }

    /// Writes one command and reads its reply. Refused when an earlier reply is still unread, for it would be taken for this one's.
    pub(super) async fn command(&mut self, line: &str, within: Duration) -> Result<Reply, Break> {
        self.commands(&format!("{line}\r\n"), within).await?;
        self.reply(within).await
    }

    /// Writes commands, each with its line end, whose replies are read afterwards, in their order (RFC 2920). Refused as above.
    pub(super) async fn commands(&mut self, lines: &str, within: Duration) -> Result<(), Break> {
        self.quiet()?;
        self.write(lines.as_bytes(), within).await
    }

    /// Writes bytes that have no reply of their own.
    pub(super) async fn write(&mut self, bytes: &[u8], within: Duration) -> Result<(), Break> {
        let work = async {
            self.stream.write_all(bytes).await?;
            Ok(self.stream.flush().await?)
        };
        in_time(within, work).await
    }

    /// Whether the server has been silent since its last reply, as far as can be seen without waiting.
    pub(super) fn quiet(&mut self) -> Result<(), Break> {
        if !self.unread.is_empty() {
            return Err(Break::OutOfTurn);
        }
        match self.stream.read_buf(&mut self.unread).now_or_never() {
            None => Ok(()),
            Some(Ok(0)) => Err(Break::Closed),
            Some(Ok(_)) => Err(Break::OutOfTurn),
            Some(Err(error)) => Err(error.into()),
        }
    }

    async fn read_reply(&mut self) -> Result<Reply, Break> {
        loop {
            if let Some((reply, used)) = Reply::parse(&self.unread)? {
                self.unread.drain(..used);
                return Ok(reply);
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(Break::Closed);
            }
        }
    }
}

async fn in_time<T>(within: Duration, work: impl Future<Output = Result<T, Break>>) -> Result<T, Break> {
    tokio::time::timeout(within, work).await.unwrap_or(Err(Break::Late(within)))
}
