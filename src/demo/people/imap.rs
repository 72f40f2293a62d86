//! A mail program's way to its INBOX: log in, fetch what is new, wait in IDLE.   RFC 3501, 2177
//!
//! In: a login. Out: whole messages, each once.
//! Never here: the daemon's own door, so that the demo's people are other software than the one they write to.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(30);
/// Larger than any letter of ours.
const MESSAGE: usize = 32 << 20;

/// An open INBOX.
#[derive(Debug)]
pub(super) struct Inbox {
    stream: BufReader<TcpStream>,
    tags: u32,
    /// UIDs up to this one have been fetched.
    fetched: u32,
    /// Something was announced beside another answer, and will not be announced again.
    news: bool,
}

impl Inbox {
    pub(super) async fn open(at: SocketAddr, user: &str, password: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let mut inbox = Self {
            stream: BufReader::new(stream),
            tags: 0,
            fetched: 0,
            news: false,
        };
        inbox.line().await?;
        inbox.command(&format!("LOGIN {user} {password}")).await?;
        inbox.command("EXAMINE INBOX").await?;
        Ok(inbox)
    }

    /// The messages that came since the last call, oldest first.
    pub(super) async fn fetch_new(&mut self) -> io::Result<Vec<Vec<u8>>> {
        // A server need not show what it has not announced yet, and NOOP is where it announces (RFC 3501 6.1.2).
        self.command("NOOP").await?;
        self.news = false;
        let from = self.fetched.saturating_add(1);
        let mut all = self.command(&format!("UID FETCH {from}:* (UID BODY.PEEK[])")).await?;
        // `n:*` names the last message even when it is older than n (RFC 3501 6.4.8).
        all.retain(|(uid, _)| *uid >= from);
        self.fetched = all.last().map_or(self.fetched, |(uid, _)| *uid);
        Ok(all.into_iter().map(|(_, raw)| raw).collect())
    }

    /// Returns when something new lies in the INBOX.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.news) {
            return Ok(());
        }
        self.tags += 1;
        let tag = format!("p{}", self.tags);
        self.say(&format!("{tag} IDLE")).await?;
        while !self.line().await?.ends_with(" EXISTS") {}
        self.say("DONE").await?;
        while !self.line().await?.starts_with(&format!("{tag} OK")) {}
        Ok(())
    }

    /// Sends a command and reads to its end: the UIDs and literals of its FETCH answers.
    async fn command(&mut self, command: &str) -> io::Result<Vec<(u32, Vec<u8>)>> {
        self.tags += 1;
        let tag = format!("p{} ", self.tags);
        self.say(&format!("{tag}{command}")).await?;
        let mut fetched = Vec::new();
        loop {
            let line = self.line().await?;
            if let Some(end) = line.strip_prefix(&tag) {
                return if end.starts_with("OK") {
                    Ok(fetched)
                } else {
                    Err(io::Error::other(end.to_owned()))
                };
            }
            self.news |= line.ends_with(" EXISTS");
            let literal = line
                .rsplit_once('{')
                .and_then(|(_, size)| size.strip_suffix('}'))
                .and_then(|size| size.parse().ok());
            if let Some(size @ 0..=MESSAGE) = literal {
                let mut raw = vec![0; size];
                tokio::time::timeout(PATIENCE, self.stream.read_exact(&mut raw)).await??;
                let uid = line
                    .split_once("UID ")
                    .and_then(|(_, rest)| rest.split(' ').next())
                    .and_then(|uid| uid.parse().ok());
                fetched.extend(uid.map(|uid| (uid, raw)));
            }
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(8192);
        let count = tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await??;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}
