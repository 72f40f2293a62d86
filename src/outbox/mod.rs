//! SMTP: one attempt, one outcome per recipient.   RFC 5321, 3463
//!
//! In: an envelope and finished bytes. Out: one [`Outcome`].
//! Never here: a retry (the daemon schedules them), the database (DOT_INTENT is a closure the daemon hands in), a changed byte.

mod classify;
mod connection;
mod reply;
mod retry;
mod wire;

pub use connection::Connection;
pub use retry::{GIVE_UP, SUSPICIOUS_TRIES, retry_after};

pub use crate::net::{Login, Proof, Tls};

/// A server that takes our mail.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host name, also the name its certificate must carry.
    pub host: String,
    /// For instance 465 or 587.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Login, if the server wants one.
    pub login: Option<Login>,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<std::path::PathBuf>,
    /// The name we greet with.
    pub hello: String,
    /// Send MAIL, RCPT and DATA together where the server offers PIPELINING.
    pub pipelining: bool,
    /// How long each phase may take.
    pub deadlines: Deadlines,
}

/// How long each phase of an attempt may take (R-O4).
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// TCP and TLS: 30 s.
    pub connect: std::time::Duration,
    /// Greeting, EHLO, AUTH, MAIL, RCPT: 300 s each.
    pub command: std::time::Duration,
    /// DATA to 354: 120 s.
    pub data: std::time::Duration,
    /// The message: 180 s.
    pub transfer: std::time::Duration,
    /// The final dot to its answer: 600 s.
    pub dot: std::time::Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let s = std::time::Duration::from_secs;
        Self {
            connect: s(30),
            command: s(300),
            data: s(120),
            transfer: s(180),
            dot: s(600),
        }
    }
}

/// What became of one letter in one attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// 250 to the final dot.
    Sent {
        /// The server's words; may hold its queue id.
        response: String,
    },
    /// Not taken, surely, and worth another try.
    Deferred {
        /// How soon (2.4).
        class: Retry,
        /// What happened, one line, no address in it.
        why: String,
    },
    /// Refused for good, surely.
    Failed {
        /// What is wrong (2.4).
        class: Failure,
        /// RFC 3463 status, when given.
        status: Option<String>,
        /// What happened, one line.
        why: String,
    },
    /// The dot was written and no clear answer came: nobody can know (2.3).
    Ambiguous {
        /// What happened, one line.
        why: String,
    },
}

/// Why a try failed for now, which decides when the next one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Network, TLS, greeting, 4yz.
    Transient,
    /// Greylisting: not before five minutes.
    Greylisted,
    /// Throttled: the account pauses, not the letter.
    Rate,
    /// Login refused: the account stops, the letter's attempts are not counted.
    Account,
    /// Nobody is logged in: as above, until somebody is.
    Login,
    /// `550 5.5.0` and unknown 5yz after which chatmail's rule allows six tries.
    Suspicious,
}

/// Why a letter is refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The address does not exist: it is suppressed.
    Address,
    /// Too big or refused for its content.
    Message,
}
