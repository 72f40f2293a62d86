//! One connection to the server that takes our mail: opened, used letter by letter, closed at the first doubt.
//!
//! The state of an attempt is where it is in this file: everything before the final dot is surely not sent, a reply to the dot is
//! an answer for good, and silence after the dot is [`Outcome::Ambiguous`]. That border must be a line of code of its own, since
//! the daemon commits DOT_INTENT on it. lettre's `AsyncSmtpConnection::message` writes body and dot in one call, drops the text of
//! refusals and cannot see a reply that nobody asked for, so the few commands needed are spoken here over [`crate::net`]'s stream.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use memchr::memmem;

use super::classify::{self, Phase};
use super::reply::Reply;
use super::wire::{Break, Wire};
use super::{Deadlines, Failure, Outcome, Retry, Server};
use crate::compose::{Envelope, check_wire};
use crate::model::Secret;
use crate::net::{self, Login, NoToken, Proof, Tls, Tokens};

/// Bytes written under one transfer deadline: RFC 5321 4.5.3.2.5 counts it per block, so a slow line may take its time.
const BLOCK: usize = 64 * 1024;
/// How long RSET may take.
const RESET: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// A greeted, protected, logged-in connection, between two letters.
#[derive(Debug)]
pub struct Connection {
    wire: Wire,
    offers: Offers,
    /// Whether we may make use of the offer.
    pipelining: bool,
    deadlines: Deadlines,
}

/// What the server offered in answer to EHLO, as far as we use it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Offers {
    starttls: bool,
    pipelining: bool,
    eight_bit: bool,
    /// The largest message; `Some(0)` when it names no limit.
    size: Option<u64>,
    plain: bool,
    login: bool,
    xoauth2: bool,
}

/// How a step ended that was not as hoped.
enum Stop {
    /// A clear answer to our question: the connection is still in step.
    Refused(Outcome),
    /// Anything else: the connection must not be used again.
    Broken(Outcome),
}

impl Connection {
    /// Connects, greets, protects the line and logs in.
    ///
    /// # Errors
    /// What becomes of the letter this was done for: deferred, never failed.
    pub async fn open(server: &Server) -> Result<Self, Outcome> {
        let Some(login) = &server.login else {
            return Self::greeted(server).await;
        };
        match &login.proof {
            Proof::Password(password) => {
                let mut connection = Self::greeted(server).await?;
                connection.with_password(&login.user, password).await?;
                Ok(connection)
            }
            Proof::Tokens(tokens) => {
                let token = token_of(&**tokens).await?;
                let mut connection = Self::greeted(server).await?;
                match connection.with_token(login, &token).await {
                    Ok(()) => Ok(connection),
                    // A token may end before its time. A fresh one is worth one more try, no more: the account may be what is refused.
                    Err(Outcome::Deferred { class: Retry::Account, .. }) => {
                        tokens.refused(&token);
                        let fresh = token_of(&**tokens).await?;
                        let mut connection = Self::greeted(server).await?;
                        connection.with_token(login, &fresh).await?;
                        Ok(connection)
                    }
                    Err(outcome) => Err(outcome),
                }
            }
        }
    }

    /// Connects, greets and protects the line.
    async fn greeted(server: &Server) -> Result<Self, Outcome> {
        let deadlines = server.deadlines;
        if server.hello.is_empty() || server.hello.bytes().any(|b| !b.is_ascii_graphic()) {
            return Err(account("the name we greet with is not a host name"));
        }
        let ca_file = server.ca_file.as_deref();
        let stream = net::connect(&server.host, server.port, server.tls, ca_file, deadlines.connect)
            .await
            .map_err(|error| no_connection(&error))?;
        let mut wire = Wire::new(stream);
        let greeting = wire.reply(deadlines.command).await;
        expect(Phase::Greeting, greeting, &[220])?;
        let mut offers = hello(&mut wire, server).await?;
        if server.tls == Tls::StartTls {
            if !offers.starttls {
                // Not offering it may be somebody in between who wants to read along.
                return Err(account("the server does not offer STARTTLS"));
            }
            let reply = wire.command("STARTTLS", deadlines.command).await;
            expect(Phase::StartTls, reply, &[220])?;
            let plain = wire.into_stream().map_err(|broken| broke(Phase::StartTls, &broken))?;
            let secured = tokio::time::timeout(deadlines.connect, net::secure(plain, &server.host, ca_file))
                .await
                .map_err(|_elapsed| broke(Phase::StartTls, &Break::Late(deadlines.connect)))?;
            wire = Wire::new(secured.map_err(|error| no_connection(&error))?);
            // RFC 3207 4.2: what was said before the handshake counts no more.
            offers = hello(&mut wire, server).await?;
        }
        Ok(Self {
            wire,
            offers,
            pipelining: server.pipelining,
            deadlines,
        })
    }

    /// AUTH PLAIN (RFC 4616) or, where only that is offered, AUTH LOGIN.
    async fn with_password(&mut self, user: &str, password: &Secret) -> Result<(), Outcome> {
        let (within, password) = (self.deadlines.command, password.expose());
        if self.offers.plain {
            let words = BASE64.encode(format!("\0{user}\0{password}"));
            let reply = self.wire.command(&format!("AUTH PLAIN {words}"), within).await;
            expect(Phase::Auth, reply, &[235])?;
        } else if self.offers.login {
            let reply = self.wire.command("AUTH LOGIN", within).await;
            expect(Phase::Auth, reply, &[334])?;
            let reply = self.wire.command(&BASE64.encode(user), within).await;
            expect(Phase::Auth, reply, &[334])?;
            let reply = self.wire.command(&BASE64.encode(password), within).await;
            expect(Phase::Auth, reply, &[235])?;
        } else {
            return Err(account("the server offers no login that we know (PLAIN, LOGIN)"));
        }
        Ok(())
    }

    /// AUTH XOAUTH2. A server that refuses asks once more, with an error in JSON; the refusal comes after an empty answer to that.
    async fn with_token(&mut self, login: &Login, token: &Secret) -> Result<(), Outcome> {
        if !self.offers.xoauth2 {
            return Err(account("the server does not offer XOAUTH2"));
        }
        let within = self.deadlines.command;
        let word = BASE64.encode(login.xoauth2(token).expose());
        let mut reply = self.wire.command(&format!("AUTH XOAUTH2 {word}"), within).await;
        if matches!(&reply, Ok(Reply { code: 334, .. })) {
            reply = self.wire.command("", within).await;
        }
        expect(Phase::Auth, reply, &[235])?;
        Ok(())
    }

    /// Delivers one letter to one recipient.
    ///
    /// `before_dot` is called when the server waits for the last block of the body and the dot that ends it; only when it returns
    /// `Ok` are they written. The connection comes back when both sides surely agree where they are, else it is closed;
    /// dropping the future closes it too.
    pub async fn deliver<F>(mut self, envelope: &Envelope, bytes: &[u8], before_dot: F) -> (Outcome, Option<Self>)
    where
        F: AsyncFnOnce() -> Result<(), String>,
    {
        if let Err(outcome) = self.sendable(bytes) {
            return (outcome, Some(self));
        }
        match self.transact(envelope, bytes, before_dot).await {
            Ok(outcome) => {
                let usable = self.wire.quiet().is_ok();
                (outcome, usable.then_some(self))
            }
            Err(Stop::Broken(outcome)) => (outcome, None),
            Err(Stop::Refused(outcome)) => {
                // The letter's outcome waits for this, so a server gets less time for it than for a real question.
                let reset = self.wire.command("RSET", self.deadlines.command.min(RESET)).await;
                let usable = reset.is_ok_and(|reply| reply.code == 250);
                (outcome, usable.then_some(self))
            }
        }
    }

    /// Whether nothing has come from the server since the last letter: an idle server may have said goodbye.
    pub fn is_usable(&mut self) -> bool {
        self.wire.quiet().is_ok()
    }

    /// The server's certificate, in DER; none without TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<Vec<u8>> {
        self.wire.certificate()
    }

    /// Names a sender and a recipient and takes both back: whether a letter would be taken, without one.
    ///
    /// # Errors
    /// What would become of a letter.
    pub async fn try_envelope(&mut self, envelope: &Envelope) -> Result<(), Outcome> {
        let within = self.deadlines.command;
        let reply = self.wire.command(&format!("MAIL FROM:<{}>", envelope.from), within).await;
        expect(Phase::Mail, reply, &[250])?;
        let reply = self.wire.command(&format!("RCPT TO:<{}>", envelope.to), within).await;
        expect(Phase::Rcpt, reply, &[250, 251])?;
        let reply = self.wire.command("RSET", within).await;
        expect(Phase::Rcpt, reply, &[250])?;
        Ok(())
    }

    /// Says QUIT and closes. Dropping closes too, less politely.
    pub async fn close(mut self) {
        // There is nothing to be done about a server that does not answer to this.
        let _answer = self.wire.command("QUIT", FAREWELL).await;
    }

    /// Refuses bytes that would change on the way, end early, or that the server has said it cannot take.
    fn sendable(&self, bytes: &[u8]) -> Result<(), Outcome> {
        let refuse = |status: Option<&str>, why: String| Outcome::Failed {
            class: Failure::Message,
            status: status.map(str::to_owned),
            why,
        };
        check_wire(bytes).map_err(|error| refuse(None, format!("not sent: {error}")))?;
        if !bytes.is_ascii() && !self.offers.eight_bit {
            return Err(refuse(
                None,
                "not sent: the letter is not ASCII and the server takes no 8BITMIME".into(),
            ));
        }
        match self.offers.size {
            Some(limit) if limit > 0 && bytes.len() as u64 > limit => Err(refuse(
                Some("5.3.4"),
                format!("not sent: {} octets, the server takes {limit}", bytes.len()),
            )),
            Some(_) | None => Ok(()),
        }
    }

    async fn transact<F>(&mut self, envelope: &Envelope, bytes: &[u8], before_dot: F) -> Result<Outcome, Stop>
    where
        F: AsyncFnOnce() -> Result<(), String>,
    {
        let Deadlines {
            connect: _,
            command,
            data,
            transfer,
            dot,
        } = self.deadlines;
        let mut mail = format!("MAIL FROM:<{}>", envelope.from);
        if self.offers.size.is_some() {
            mail.push_str(&format!(" SIZE={}", bytes.len()));
        }
        if !bytes.is_ascii() {
            mail.push_str(" BODY=8BITMIME");
        }
        let rcpt = format!("RCPT TO:<{}>", envelope.to);
        if self.pipelining && self.offers.pipelining {
            self.open_together(&mail, &rcpt).await?;
        } else {
            let reply = self.wire.command(&mail, command).await;
            accept(Phase::Mail, reply, &[250])?;
            let reply = self.wire.command(&rcpt, command).await;
            accept(Phase::Rcpt, reply, &[250, 251])?;
            let reply = self.wire.command("DATA", data).await;
            accept(Phase::Data, reply, &[354])?;
        }

        let mut wired = stuffed(bytes).into_owned();
        wired.extend_from_slice(b".\r\n");
        // The last block is held back, so that the dot needs no write of its own: two small writes in a row are what makes a TCP
        // that was not told NODELAY wait for the other end.
        let last = wired.len().saturating_sub(1) / BLOCK * BLOCK;
        let (blocks, end) = wired.split_at(last);
        for block in blocks.chunks(BLOCK) {
            self.wire.write(block, transfer).await.map_err(early)?;
        }
        // What the server says before the dot is no answer to it. Let the reactor look once, so that it is seen.
        tokio::task::yield_now().await;
        self.wire.quiet().map_err(early)?;
        before_dot().await.map_err(|why| {
            Stop::Broken(Outcome::Deferred {
                class: Retry::Transient,
                why: format!("stopped before the end of the message: {why}"),
            })
        })?;
        self.wire.quiet().map_err(early)?;

        // A write that fails has not handed over its last bytes, and those are the dot.
        self.wire.write(end, transfer).await.map_err(early)?;
        // From here on only a reply tells.
        match self.wire.reply(dot).await {
            Ok(reply) if reply.code == 250 => Ok(Outcome::Sent { response: reply.shown() }),
            Ok(reply) if (400..600).contains(&reply.code) => Err(refused(Phase::Dot, &reply)),
            Ok(reply) => Err(Stop::Broken(Outcome::Ambiguous {
                why: format!("the end of the message was answered by {}", reply.shown()),
            })),
            Err(broken) => Err(Stop::Broken(Outcome::Ambiguous {
                why: format!("after the end of the message: {broken}"),
            })),
        }
    }
}

impl Connection {
    /// MAIL, RCPT and DATA in one write (RFC 2920): one round trip in place of three.
    async fn open_together(&mut self, mail: &str, rcpt: &str) -> Result<(), Stop> {
        let Deadlines { command, data, .. } = self.deadlines;
        let lines = format!("{mail}\r\n{rcpt}\r\nDATA\r\n");
        let written = self.wire.commands(&lines, command).await;
        written.map_err(|broken| Stop::Broken(broke(Phase::Mail, &broken)))?;
        let reply = self.wire.reply(command).await;
        let mut verdict = accept(Phase::Mail, reply, &[250]);
        if !matches!(verdict, Err(Stop::Broken(_))) {
            let reply = self.wire.reply(command).await;
            verdict = first(verdict, accept(Phase::Rcpt, reply, &[250, 251]));
        }
        if matches!(verdict, Err(Stop::Broken(_))) {
            return verdict;
        }
        let reply = self.wire.reply(data).await;
        match (verdict, accept(Phase::Data, reply, &[354])) {
            // It waits for a message without a recipient. There is none, and no good way to say so.
            (Err(Stop::Refused(outcome)), Ok(())) => Err(Stop::Broken(outcome)),
            (verdict, data) => first(verdict, data),
        }
    }
}

/// The first refusal is the reason, the later ones follow from it. But a line that broke is broken.
fn first(before: Result<(), Stop>, now: Result<(), Stop>) -> Result<(), Stop> {
    match (before, now) {
        (Err(Stop::Refused(outcome)), Err(Stop::Broken(_))) => Err(Stop::Broken(outcome)),
        (Err(stop), _) | (Ok(()), Err(stop)) => Err(stop),
        (Ok(()), Ok(())) => Ok(()),
    }
}

/// EHLO, and what was offered.
async fn hello(wire: &mut Wire, server: &Server) -> Result<Offers, Outcome> {
    let reply = wire.command(&format!("EHLO {}", server.hello), server.deadlines.command).await;
    let reply = expect(Phase::Hello, reply, &[250])?;
    let mut offers = Offers::default();
    for line in reply.lines.iter().skip(1) {
        // `AUTH=PLAIN` is how old servers write it for old clients.
        let line = line.to_ascii_uppercase().replacen("AUTH=", "AUTH ", 1);
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("STARTTLS") => offers.starttls = true,
            Some("PIPELINING") => offers.pipelining = true,
            Some("8BITMIME") => offers.eight_bit = true,
            Some("SIZE") => offers.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0)),
            Some("AUTH") => {
                for mechanism in words {
                    offers.plain |= mechanism == "PLAIN";
                    offers.login |= mechanism == "LOGIN";
                    offers.xoauth2 |= mechanism == "XOAUTH2";
                }
            }
            Some(_) | None => {}
        }
    }
    Ok(offers)
}

/// A token to log in with, or what becomes of the letter without one.
async fn token_of(tokens: &dyn Tokens) -> Result<Secret, Outcome> {
    tokens.token().await.map_err(|none| {
        let why = none.to_string();
        match none {
            NoToken::Later { .. } => transient(why),
            NoToken::LoginNeeded { .. } => Outcome::Deferred { class: Retry::Login, why },
        }
    })
}

/// Dot-stuffing (RFC 5321 4.5.2), and a line end at the end.
fn stuffed(bytes: &[u8]) -> Cow<'_, [u8]> {
    let whole = bytes.is_empty() || bytes.ends_with(b"\r\n");
    let dots = bytes.first() == Some(&b'.') || memmem::find(bytes, b"\n.").is_some();
    if whole && !dots {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 2);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !whole {
        out.extend_from_slice(b"\r\n");
    }
    Cow::Owned(out)
}

/// Before any letter: the hoped-for code, or what becomes of the letter that waits.
fn expect(phase: Phase, reply: Result<Reply, Break>, hoped: &[u16]) -> Result<Reply, Outcome> {
    match reply {
        Ok(reply) if hoped.contains(&reply.code) => Ok(reply),
        Ok(reply) if (400..600).contains(&reply.code) => match classify::outcome(phase, &reply) {
            // Nothing said before MAIL condemns a letter.
            Outcome::Failed { why, .. } => Err(transient(why)),
            outcome @ (Outcome::Deferred { .. } | Outcome::Ambiguous { .. } | Outcome::Sent { .. }) => Err(outcome),
        },
        Ok(reply) => Err(transient(format!("{}: {}", phase.name(), reply.shown()))),
        Err(broken) => Err(broke(phase, &broken)),
    }
}

/// Within a letter, before the dot: the hoped-for code, or how the attempt ends.
fn accept(phase: Phase, reply: Result<Reply, Break>, hoped: &[u16]) -> Result<(), Stop> {
    match reply {
        Ok(reply) if hoped.contains(&reply.code) => Ok(()),
        Ok(reply) if (400..600).contains(&reply.code) => Err(refused(phase, &reply)),
        // Some other consent: the server answers a question that we did not ask.
        Ok(reply) => Err(Stop::Broken(transient(format!("{}: {}", phase.name(), reply.shown())))),
        Err(broken) => Err(Stop::Broken(broke(phase, &broken))),
    }
}

/// A refusal leaves the line usable, unless the server hangs up (421) or the account is what it refuses.
fn refused(phase: Phase, reply: &Reply) -> Stop {
    let outcome = classify::outcome(phase, reply);
    let for_account = matches!(
        outcome,
        Outcome::Deferred {
            class: Retry::Account | Retry::Login | Retry::Rate,
            ..
        }
    );
    if reply.code == 421 || for_account {
        Stop::Broken(outcome)
    } else {
        Stop::Refused(outcome)
    }
}

fn early(broken: Break) -> Stop {
    Stop::Broken(transient(format!("before the end of the message: {broken}")))
}

fn broke(phase: Phase, broken: &Break) -> Outcome {
    transient(format!("{}: {broken}", phase.name()))
}

fn transient(why: String) -> Outcome {
    Outcome::Deferred {
        class: Retry::Transient,
        why,
    }
}

fn account(why: &str) -> Outcome {
    Outcome::Deferred {
        class: Retry::Account,
        why: why.to_owned(),
    }
}

fn no_connection(error: &net::NetError) -> Outcome {
    if error.is_transient() {
        transient(error.to_string())
    } else {
        account(&error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_stuffed_and_the_end_is_a_line_end() {
        for (plain, wired) in [
            ("", ""),
            ("a\r\n", "a\r\n"),
            ("a", "a\r\n"),
            (".", "..\r\n"),
            (".\r\n", "..\r\n"),
            ("a\r\n.\r\nb.\r\n..c\r\n", "a\r\n..\r\nb.\r\n...c\r\n"),
        ] {
            assert_eq!(stuffed(plain.as_bytes()), wired.as_bytes(), "{plain:?}");
        }
    }
}
