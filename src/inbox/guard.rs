//! What lies between the socket and the IMAP parser: a byte budget and an ear for silence.
//!
//! The parser makes room for a literal as soon as it is announced, up to 512 MiB, and waits for ever. So announcements are
//! read here, before the parser sees them, and one over the budget ends the connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::net::BoxStream;

/// Longest answer without its literals: a SEARCH over some 200,000 messages fits.
const LINE_LIMIT: u64 = 2 << 20;

/// A stream with a budget for each answer and a deadline for silence.
#[derive(Debug)]
pub(super) struct Guarded {
    inner: BoxStream,
    budget: Budget,
    silence: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Guarded {
    /// `literals` is what all literals of one answer may hold together.
    pub(super) fn new(inner: BoxStream, literals: u64, silence: Duration) -> Self {
        Self {
            inner,
            budget: Budget::new(literals),
            silence,
            alarm: None,
        }
    }

    /// How long the server may be silent from now on.
    pub(super) fn allow_silence(&mut self, silence: Duration) {
        self.silence = silence;
        self.alarm = None;
    }

    /// The server's certificate, in DER.
    pub(super) fn certificate(&self) -> Option<Vec<u8>> {
        self.inner.certificate()
    }

    pub(super) fn into_inner(self) -> BoxStream {
        self.inner
    }
}

/// An answer over the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{announced} bytes announced, {limit} allowed")]
pub(super) struct Overrun {
    pub(super) announced: u64,
    pub(super) limit: u64,
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                this.alarm = None;
                let fresh = buf.filled().get(before..).unwrap_or_default();
                Poll::Ready(this.budget.pass(fresh))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                // The alarm runs while somebody waits for the server, not while the server waits for us.
                let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep(this.silence)));
                ready!(alarm.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Follows the answers byte by byte, literals in one leap.
#[derive(Debug)]
struct Budget {
    limit: u64,
    /// Announced so far in this answer.
    literals: u64,
    /// Bytes outside literals so far in this answer.
    line: u64,
    /// Literal bytes still to come.
    left: u64,
    mark: Mark,
    /// How the answer begins: tells text answers from data.
    start: Vec<u8>,
}

/// How much of `{number}CRLF` has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Nothing,
    Open,
    Number(u64),
    Closed(u64),
    /// CR, perhaps after an announcement.
    Return(Option<u64>),
}

/// `* PREAUTH ` is the longest beginning that matters.
const START: usize = 10;

impl Budget {
    fn new(limit: u64) -> Self {
        Self {
            limit,
            literals: 0,
            line: 0,
            left: 0,
            mark: Mark::Nothing,
            start: Vec::with_capacity(START),
        }
    }

    fn pass(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            let leap = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            self.left -= leap as u64;
            let Some((&byte, rest)) = bytes.get(leap..).and_then(<[u8]>::split_first) else {
                return Ok(());
            };
            bytes = rest;
            self.read(byte)?;
        }
    }

    fn read(&mut self, byte: u8) -> io::Result<()> {
        if self.start.len() < START {
            self.start.push(byte.to_ascii_uppercase());
        }
        self.line += 1;
        if self.line > LINE_LIMIT {
            return Err(io::Error::other(Overrun {
                announced: self.line,
                limit: LINE_LIMIT,
            }));
        }
        self.mark = match (self.mark, byte) {
            (Mark::Return(Some(announced)), b'\n') => {
                self.announce(announced)?;
                Mark::Nothing
            }
            (Mark::Return(None), b'\n') => {
                self.line = 0;
                self.literals = 0;
                self.start.clear();
                Mark::Nothing
            }
            (Mark::Open, b'0'..=b'9') => Mark::Number(u64::from(byte - b'0')),
            (Mark::Number(n), b'0'..=b'9') => Mark::Number(n.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
            (Mark::Number(n), b'}') => Mark::Closed(n),
            (Mark::Closed(n), b'\r') => Mark::Return(Some(n)),
            (Mark::Nothing | Mark::Open | Mark::Number(_) | Mark::Return(_), b'\r') => Mark::Return(None),
            (Mark::Nothing | Mark::Open | Mark::Number(_) | Mark::Closed(_) | Mark::Return(_), b'{') => Mark::Open,
            (Mark::Nothing | Mark::Open | Mark::Number(_) | Mark::Closed(_) | Mark::Return(_), _) => Mark::Nothing,
        };
        Ok(())
    }

    fn announce(&mut self, announced: u64) -> io::Result<()> {
        // In the text of a status line `{5}` may be mere text or a literal inside a response code; no honest server writes it,
        // and following the wrong reading would hide the next announcement.
        if self.is_text() {
            return Err(io::Error::other("a literal in a status line"));
        }
        let together = self.literals.saturating_add(announced);
        if together > self.limit {
            return Err(io::Error::other(Overrun {
                announced: together,
                limit: self.limit,
            }));
        }
        self.literals = together;
        self.left = announced;
        Ok(())
    }

    fn is_text(&self) -> bool {
        match self.start.strip_prefix(b"* ") {
            Some(word) => [&b"OK "[..], b"NO ", b"BAD ", b"BYE ", b"PREAUTH "]
                .iter()
                .any(|status| word.starts_with(status)),
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1000;

    /// The verdict is the same however the bytes are cut.
    fn check(input: &[u8]) -> io::Result<()> {
        let whole = Budget::new(LIMIT).pass(input);
        let mut budget = Budget::new(LIMIT);
        let bytewise = input.iter().try_for_each(|byte| budget.pass(std::slice::from_ref(byte)));
        assert_eq!(whole.is_ok(), bytewise.is_ok());
        whole
    }

    #[test]
    fn honest_answers_pass() {
        let body = "x".repeat(990);
        let cases = [
            format!("* 1 FETCH (UID 1 BODY[] {{990}}\r\n{body})\r\n* 2 FETCH (UID 2 BODY[] {{990}}\r\n{body})\r\nA1 OK done\r\n"),
            "* 1 FETCH (BODY[] {27}\r\n* 9 FETCH BODY[] {9999}\r\n\r\n)\r\n".to_owned(),
            "* OK {5 messages}\r\n* SEARCH 1 2 3\r\n".to_owned(),
            "* 1 FETCH (BODY[] {0}\r\n)\r\n".to_owned(),
        ];
        for case in cases {
            check(case.as_bytes()).unwrap();
        }
    }

    #[test]
    fn announcements_over_the_budget_are_stopped() {
        let cases = [
            "* 1 FETCH (BODY[] {419430400}\r\nabc".to_owned(),
            "* 1 FETCH (BODY[] {99999999999999999999999999}\r\n".to_owned(),
            format!("* 1 FETCH (BODY[] {{600}}\r\n{} BODY[TEXT] {{600}}\r\n", "x".repeat(600)),
            "* 1 FETCH (BODY[] ~{1001}\r\n".to_owned(),
            // Hidden behind an announcement that is text, or that only a response code would read.
            "* OK {900}\r\n* 1 FETCH (BODY[] {419430400}\r\n".to_owned(),
            "a1 no [BADCHARSET ({900}\r\n".to_owned(),
            format!("* SEARCH{}", " 1".repeat(2 << 20)),
        ];
        for case in cases {
            assert!(check(case.as_bytes()).is_err(), "{}", case.get(..60).unwrap_or(&case));
        }
    }
}
