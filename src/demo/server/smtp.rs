//! One SMTP session.   RFC 5321, 4954 (AUTH PLAIN), 2920 (pipelining)
//!
//! In: a loopback connection. Out: messages in the mailboxes.
//! Never here: a relay. Mail for an address without a mailbox is refused at RCPT.

use std::io;
use std::time::Duration;

use base64::Engine;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::deliver::{Incoming, stamp};
use super::mailboxes::untagged;
use super::{AUTHSERV_ID, Mailboxes, Now};
use crate::model::Address;

/// RFC 5321 4.5.3.1.4 asks for 512; AUTH with an initial response may be longer (RFC 4954 3).
const LINE: u64 = 12_288;
/// The largest message taken, as announced by SIZE.
const MESSAGE: usize = 25 * 1024 * 1024;
const RECIPIENTS: usize = 100;
/// RFC 5321 4.5.3.2.7.
const PATIENCE: Duration = Duration::from_secs(300);

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, mailboxes: Mailboxes, now: Now) -> io::Result<()> {
    let (read, write) = stream.into_split();
    let mut session = Session {
        read: BufReader::new(read),
        write,
        mailboxes,
        now,
        hello: String::new(),
        login: None,
        sender: None,
        recipients: Vec::new(),
    };
    session.say(&format!("220 {AUTHSERV_ID} ESMTP, this computer only")).await?;
    while let Some(line) = session.line().await? {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" | "HELO" => session.hello(&verb, rest),
            "AUTH" => session.auth(rest).await?,
            "MAIL" => session.mail(rest),
            "RCPT" => session.rcpt(rest),
            "DATA" => session.data().await?,
            "RSET" => {
                session.reset();
                "250 2.0.0 Forgotten".to_owned()
            }
            "NOOP" => "250 2.0.0 Still here".to_owned(),
            "QUIT" => return session.say("221 2.0.0 Goodbye").await,
            _ => "500 5.5.2 This server knows EHLO, AUTH, MAIL, RCPT, DATA, RSET, NOOP and QUIT".to_owned(),
        };
        session.say(&answer).await?;
    }
    Ok(())
}

struct Session {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    mailboxes: Mailboxes,
    now: Now,
    hello: String,
    login: Option<Address>,
    /// MAIL FROM: outer `None` before MAIL, inner `None` for `<>`.
    sender: Option<Option<Address>>,
    recipients: Vec<Address>,
}

impl Session {
    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    fn hello(&mut self, verb: &str, name: &str) -> String {
        self.reset();
        name.trim().clone_into(&mut self.hello);
        if verb == "HELO" {
            return format!("250 {AUTHSERV_ID}");
        }
        format!("250-{AUTHSERV_ID}\r\n250-PIPELINING\r\n250-SIZE {MESSAGE}\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN")
    }

    async fn auth(&mut self, rest: &str) -> io::Result<String> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        if !mechanism.eq_ignore_ascii_case("PLAIN") {
            return Ok("504 5.5.4 Only PLAIN".to_owned());
        }
        let secret = if initial.is_empty() {
            self.say("334 ").await?;
            self.line().await?.unwrap_or_default()
        } else {
            initial.to_owned()
        };
        self.login = plain(&secret).and_then(|(user, password)| self.mailboxes.login(&user, &password));
        Ok(match self.login {
            Some(_) => "235 2.7.0 Welcome".to_owned(),
            None => "535 5.7.8 Wrong name or password".to_owned(),
        })
    }

    fn mail(&mut self, rest: &str) -> String {
        if self.hello.is_empty() {
            return "503 5.5.1 EHLO first".to_owned();
        }
        let Some(path) = path(rest, "FROM:") else {
            return "501 5.5.4 MAIL FROM:<address>".to_owned();
        };
        let sender = match (path, Address::parse(path)) {
            ("", _) => None,
            (_, Ok(address)) => Some(address),
            (_, Err(why)) => return format!("501 5.1.7 {why}"),
        };
        // Whoever is logged in writes in their own name, with any tag (or with none, for reports and automatic mail).
        if let (Some(login), Some(address)) = (&self.login, &sender)
            && untagged(address).as_ref() != Some(login)
        {
            return "553 5.7.1 That is not your address".to_owned();
        }
        self.reset();
        self.sender = Some(sender);
        "250 2.1.0 Sender taken".to_owned()
    }

    fn rcpt(&mut self, rest: &str) -> String {
        if self.sender.is_none() {
            return "503 5.5.1 MAIL first".to_owned();
        }
        if self.recipients.len() >= RECIPIENTS {
            return "452 4.5.3 Too many recipients".to_owned();
        }
        let address = match path(rest, "TO:").map(Address::parse) {
            Some(Ok(address)) => address,
            Some(Err(why)) => return format!("501 5.1.3 {why}"),
            None => return "501 5.5.4 RCPT TO:<address>".to_owned(),
        };
        if self.mailboxes.owner(&address).is_some() {
            self.recipients.push(address);
            return "250 2.1.5 Recipient taken".to_owned();
        }
        if self.mailboxes.has_domain(address.domain()) {
            "550 5.1.1 No such mailbox here".to_owned()
        } else {
            "550 5.1.2 No such domain: nothing leaves this computer".to_owned()
        }
    }

    async fn data(&mut self) -> io::Result<String> {
        let Some(sender) = self.sender.clone() else {
            return Ok("503 5.5.1 MAIL first".to_owned());
        };
        if self.recipients.is_empty() {
            return Ok("503 5.5.1 RCPT first".to_owned());
        }
        self.say("354 End with a dot on a line of its own").await?;
        let Some(data) = self.message().await? else {
            self.reset();
            return Ok("552 5.3.4 The message is too big".to_owned());
        };
        let now = (self.now)();
        let incoming = Incoming {
            hello: &self.hello,
            login: self.login.as_ref(),
            from: sender.as_ref(),
            data: &data,
        };
        for to in &self.recipients {
            self.mailboxes.deliver(to, now, stamp(&incoming, to, now));
        }
        self.reset();
        Ok("250 2.0.0 Delivered".to_owned())
    }

    /// The lines up to the dot, unstuffed (RFC 5321 4.5.2). `None` when they are too many; they are read all the same.
    ///
    /// Only CRLF ends a line: a dot after a bare LF is text, so no message can hide another one behind it.
    async fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut data = Vec::new();
        let mut line = Vec::new();
        let mut whole_line = true;
        loop {
            line.clear();
            let count = self.read_line(&mut line).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if whole_line && line == b".\r\n" {
                return Ok((data.len() <= MESSAGE).then_some(data));
            }
            let text = if whole_line {
                line.strip_prefix(b".").unwrap_or(&line)
            } else {
                &line
            };
            if data.len() <= MESSAGE {
                data.extend_from_slice(text);
            }
            whole_line = line.ends_with(b"\r\n");
        }
    }

    /// One command line without its end; `None` when the other side has gone.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            self.say("500 5.5.2 Line too long").await?;
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        let mut limited = (&mut self.read).take(LINE);
        tokio::time::timeout(PATIENCE, limited.read_until(b'\n', line)).await?
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.write.write_all(format!("{answer}\r\n").as_bytes()).await
    }
}

/// The address between `<` and `>` after the keyword; what follows (SIZE, BODY) is not needed.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<&'a str> {
    let (word, after) = rest.split_at_checked(keyword.len())?;
    let inside = after.trim_start().strip_prefix('<')?;
    word.eq_ignore_ascii_case(keyword).then_some(inside.split_once('>')?.0)
}

/// Name and password of SASL PLAIN (RFC 4616).
pub(super) fn plain_parts(bytes: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0');
    let (_, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    Some((user.to_owned(), password.to_owned()))
}

fn plain(encoded: &str) -> Option<(String, String)> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    plain_parts(&bytes)
}
