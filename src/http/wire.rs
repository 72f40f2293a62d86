//! A connection that counts: hyper says nothing to a head that is too long or too slow, so we do.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Octets of the head that is arriving.
#[derive(Debug)]
pub(super) struct Meter {
    most: usize,
    read: AtomicUsize,
    counting: AtomicBool,
    over: AtomicBool,
}

impl Meter {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            read: AtomicUsize::new(0),
            counting: AtomicBool::new(true),
            over: AtomicBool::new(false),
        })
    }

    /// The head has arrived; the body is counted where it is read.
    pub(super) fn head_came(&self) {
        self.counting.store(false, Ordering::Relaxed);
    }

    /// The answer is made; the next head may come.
    pub(super) fn next_head(&self) {
        self.read.store(0, Ordering::Relaxed);
        self.counting.store(true, Ordering::Relaxed);
    }

    /// Some of a head came.
    pub(super) fn began(&self) -> bool {
        self.counting.load(Ordering::Relaxed) && self.read.load(Ordering::Relaxed) > 0
    }

    /// The head was too long.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn count(&self, octets: usize) -> io::Result<()> {
        if !self.counting.load(Ordering::Relaxed) {
            return Ok(());
        }
        let read = self.read.fetch_add(octets, Ordering::Relaxed) + octets;
        if read > self.most {
            self.over.store(true, Ordering::Relaxed);
            return Err(io::Error::other("the request is too long"));
        }
        Ok(())
    }
}

/// A socket with a meter on what is read from it.
#[derive(Debug)]
pub(super) struct Metered {
    pub(super) socket: TcpStream,
    pub(super) meter: Arc<Meter>,
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buf);
        match read {
            Poll::Ready(Ok(())) => Poll::Ready(self.meter.count(buf.filled().len() - before)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// Writes an answer where there is no request to answer, and closes. Not more than a second is spent on it.
pub(super) async fn turn_away(mut socket: TcpStream, status: StatusCode, guard_lines: &str, page: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n{guard_lines}\r\n",
        page.len()
    );
    let goodbye = async {
        socket.write_all(&[head.as_bytes(), page].concat()).await?;
        socket.shutdown().await?;
        // Closing with unread octets resets the connection, and the answer may be lost with it (RFC 9112 9.6).
        let mut rest = [0; 4096];
        for _ in 0..64 {
            if socket.read(&mut rest).await? == 0 {
                break;
            }
        }
        io::Result::Ok(())
    };
    // Whoever is turned away may have gone already.
    let _gone = timeout(Duration::from_secs(1), goodbye).await;
}
