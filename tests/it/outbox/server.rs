//! An SMTP server on loopback that misbehaves as told and remembers what it saw.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// Where in a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The body: only [`Then::Stall`] makes sense, the server stops reading.
    Body,
    Dot,
}

/// The phases that are answered, in their order.
pub(super) const ANSWERED: [At; 7] = [At::Greeting, At::Ehlo, At::Auth, At::Mail, At::Rcpt, At::Data, At::Dot];

/// What happens after the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Continue,
    /// Goes on, but the words come late.
    Linger,
    /// Never says anything again.
    Stall,
    Close,
}

/// A fault: at this point of the nth letter of a connection, these words instead of the good ones.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) at: At,
    pub(super) letter: usize,
    pub(super) words: String,
    pub(super) then: Then,
}

pub(super) fn fault(at: At, words: &str, then: Then) -> Fault {
    Fault {
        at,
        letter: 0,
        words: words.to_owned(),
        then,
    }
}

/// What good servers say.
pub(super) fn good_words(at: At) -> &'static str {
    match at {
        At::Greeting => "220 mx.example ESMTP\r\n",
        At::Ehlo => "250-mx.example\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
        At::Auth => "235 2.7.0 welcome\r\n",
        At::Mail => "250 2.1.0 Ok\r\n",
        At::Rcpt => "250 2.1.5 Ok\r\n",
        At::Data => "354 go ahead\r\n",
        At::Body => "",
        At::Dot => "250 2.0.0 Ok: queued as 4F2A\r\n",
    }
}

/// What the server saw on one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Commands without their line ends.
    pub(super) commands: Vec<String>,
    /// Whole messages, with the dot-stuffing taken out: only those whose final dot arrived.
    pub(super) messages: Vec<Vec<u8>>,
    /// Most commands that lay ready together.
    pub(super) most_at_once: usize,
    /// The client has closed its end.
    pub(super) closed: bool,
}

impl Seen {
    pub(super) fn count(&self, verb: &str) -> usize {
        self.commands.iter().filter(|line| line.starts_with(verb)).count()
    }
}

#[derive(Clone)]
pub(super) struct FakeServer {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    changed: watch::Sender<()>,
    /// Lets a server that has stopped reading go on.
    pub(super) read_on: Arc<Notify>,
}

impl FakeServer {
    /// Starts it. The nth connection follows the nth script, later ones the last.
    pub(super) async fn start(scripts: Vec<Vec<Fault>>) -> Self {
        // A small receive buffer, so that a body that nobody reads soon blocks its writer.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener: TcpListener = socket.listen(64).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
            changed: watch::Sender::new(()),
            read_on: Arc::default(),
        };
        let shared = server.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
                shared.seen.lock().unwrap().push(Seen::default());
                let one = shared.clone();
                tokio::spawn(async move {
                    // A client that hangs up in the middle is what many tests are about.
                    let _ended = one.serve(stream, number, script).await;
                    one.note(number, |seen| seen.closed = true);
                });
            }
        });
        server
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until what was seen is as described; fails after ten seconds.
    pub(super) async fn until(&self, what: &str, enough: impl Fn(&[Seen]) -> bool) {
        let mut changed = self.changed.subscribe();
        let wait = async {
            while !enough(&self.seen()) {
                changed.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(Duration::from_secs(10), wait).await.is_err() {
            panic!("never saw {what}: {:?}", self.seen());
        }
    }

    fn note(&self, number: usize, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap()[number]);
        self.changed.send_replace(());
    }

    async fn serve(&self, stream: TcpStream, number: usize, script: Vec<Fault>) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let mut letter = 0;
        if !answer(&mut stream, At::Greeting, letter, &script).await? {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            let waiting = 1 + stream.buffer().iter().filter(|byte| **byte == b'\n').count();
            self.note(number, |seen| {
                seen.commands.push(line.clone());
                seen.most_at_once = seen.most_at_once.max(waiting);
            });
            let verb: String = line.chars().take(4).collect::<String>().to_ascii_uppercase();
            let at = match verb.as_str() {
                "EHLO" => At::Ehlo,
                "AUTH" => At::Auth,
                "MAIL" => At::Mail,
                "RCPT" => At::Rcpt,
                "DATA" => At::Data,
                "RSET" => {
                    letter += 1;
                    stream.write_all(b"250 2.0.0 Ok\r\n").await?;
                    continue;
                }
                "QUIT" => {
                    stream.write_all(b"221 2.0.0 Bye\r\n").await?;
                    return Ok(());
                }
                _ => {
                    stream.write_all(b"500 5.5.2 what?\r\n").await?;
                    continue;
                }
            };
            if !answer(&mut stream, at, letter, &script).await? {
                return Ok(());
            }
            let refused = script
                .iter()
                .any(|fault| fault.at == At::Data && fault.letter == letter && !fault.words.starts_with("354"));
            if at == At::Data && !refused {
                if script.iter().any(|fault| fault.at == At::Body && fault.letter == letter) {
                    // Reads nothing until it is told that the client has given up, then sees that it has.
                    self.read_on.notified().await;
                    return drain(&mut stream).await;
                }
                let Some(message) = read_message(&mut stream).await? else {
                    return Ok(());
                };
                self.note(number, |seen| seen.messages.push(message));
                if !answer(&mut stream, At::Dot, letter, &script).await? {
                    return Ok(());
                }
                letter += 1;
            }
        }
    }
}

/// Says what the script or a good server says here; false when the dialogue is over.
async fn answer(stream: &mut BufReader<TcpStream>, at: At, letter: usize, script: &[Fault]) -> std::io::Result<bool> {
    match script.iter().find(|fault| fault.at == at && fault.letter == letter) {
        None => {
            stream.write_all(good_words(at).as_bytes()).await?;
            Ok(true)
        }
        Some(fault) => {
            if fault.then == Then::Linger {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            stream.write_all(fault.words.as_bytes()).await?;
            match fault.then {
                Then::Continue | Then::Linger => Ok(true),
                Then::Close => {
                    stream.shutdown().await?;
                    drain(stream).await?;
                    Ok(false)
                }
                Then::Stall => {
                    drain(stream).await?;
                    Ok(false)
                }
            }
        }
    }
}

/// Reads until the client closes.
async fn drain(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Reads up to and including the final dot, whose CRLF before it belongs to the message; `None` when the client closes before it.
async fn read_message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(message));
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
