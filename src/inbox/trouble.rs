//! What can go wrong on a connection. Whatever it is, the connection is not used again.

use std::time::Duration;

use super::LedgerError;
use crate::net::{NetError, NoToken};

/// Why a pass ended early. The command is the one under way.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error(transparent)]
    Net(#[from] NetError),
    /// Nothing to log in with.
    #[error(transparent)]
    Login(#[from] NoToken),
    /// The server said NO, BAD or BYE.
    #[error("{command}: the server answered {status}: {why}")]
    Refused {
        /// What was asked.
        command: &'static str,
        /// NO, BAD, BYE or PREAUTH.
        status: &'static str,
        /// Its words, shortened, without addresses.
        why: String,
        /// How long it asks us to stay away.
        wait: Option<Duration>,
    },
    /// The connection ended.
    #[error("{command}: the server closed the connection")]
    Closed {
        /// What was asked.
        command: &'static str,
    },
    /// The server fell silent, or let one answer trickle for ever.
    #[error("{command}: no complete answer within {} s", .within.as_secs())]
    Silent {
        /// What was asked.
        command: &'static str,
        /// The deadline.
        within: Duration,
    },
    /// An answer that is no IMAP, or none that we can read.
    #[error("{command}: the server's answer cannot be read as IMAP")]
    Unparsable {
        /// What was asked.
        command: &'static str,
    },
    /// An answer that announces more than the byte budget allows.
    #[error("{command}: the server announced {announced} bytes, the limit is {limit}")]
    TooLarge {
        /// What was asked.
        command: &'static str,
        /// What the server announced.
        announced: u64,
        /// The budget.
        limit: u64,
    },
    /// Without UIDVALIDITY a UID means nothing, and guessing would lose or repeat mail.
    #[error("folder {folder}: the server gives no UIDVALIDITY, so messages cannot be told apart; use another folder or server")]
    NoUidValidity {
        /// The folder.
        folder: String,
    },
    /// A name or password that cannot be sent.
    #[error("{what} holds a line break or a NUL; correct it in config.toml")]
    Unsendable {
        /// Which one.
        what: &'static str,
    },
    /// The ledger did not take what it was given.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A bug on our side of the connection.
    #[error("reading the account broke down: {0}")]
    Broken(String),
}

impl Trouble {
    /// The server's NO, BAD or BYE, with its words made fit for a log.
    pub(super) fn refused(command: &'static str, status: &'static str, words: &str) -> Self {
        Self::Refused {
            command,
            status,
            why: tame(words),
            wait: wait_asked_for(words),
        }
    }

    /// How long the server asked us to stay away, if it did.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { wait, .. } => *wait,
            Self::Login(NoToken::Later { wait, .. }) => Some(*wait),
            Self::Login(NoToken::LoginNeeded { .. })
            | Self::Net(_)
            | Self::Closed { .. }
            | Self::Silent { .. }
            | Self::Unparsable { .. }
            | Self::TooLarge { .. }
            | Self::NoUidValidity { .. }
            | Self::Unsendable { .. }
            | Self::Ledger(_)
            | Self::Broken(_) => None,
        }
    }

    /// Whether the next try may go well without anybody's help. Refusals count as such: servers refuse logins for a while
    /// when they are busy.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Net(error) => error.is_transient(),
            Self::NoUidValidity { .. } | Self::Unsendable { .. } | Self::Login(NoToken::LoginNeeded { .. }) => false,
            Self::Refused { .. }
            | Self::Login(NoToken::Later { .. })
            | Self::Closed { .. }
            | Self::Silent { .. }
            | Self::Unparsable { .. }
            | Self::TooLarge { .. }
            | Self::Ledger(_)
            | Self::Broken(_) => true,
        }
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Exchange Online writes "Suggested Backoff Time: 299961 milliseconds"; "User is authenticated but not connected" is how it
/// says that connections are opened too often.
fn wait_asked_for(words: &str) -> Option<Duration> {
    let lower = words.to_ascii_lowercase();
    if let Some((_, after)) = lower.split_once("suggested backoff time:") {
        let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
        let milliseconds = digits.parse().unwrap_or(u64::MAX);
        return (!digits.is_empty()).then(|| Duration::from_millis(milliseconds).min(LONGEST_WAIT));
    }
    lower.contains("authenticated but not connected").then(|| Duration::from_secs(300))
}

/// One short printable line without addresses.
fn tame(words: &str) -> String {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        if word.contains('@') {
            line.push_str("***");
        } else {
            line.extend(word.chars().filter(|c| !c.is_control()));
        }
        if line.len() > 200 {
            return line.chars().take(200).collect();
        }
    }
    if line.is_empty() { "no words".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_a_server_asks_for_is_read() {
        let cases = [
            (
                "Request is throttled. Suggested Backoff Time: 299961 milliseconds",
                Some(Duration::from_millis(299_961)),
            ),
            ("suggested backoff time:5 milliseconds", Some(Duration::from_millis(5))),
            ("Suggested Backoff Time: 99999999999999999999999 milliseconds", Some(LONGEST_WAIT)),
            ("Suggested Backoff Time: soon", None),
            ("User is authenticated but not connected.", Some(Duration::from_secs(300))),
            ("Mailbox does not exist", None),
            ("", None),
        ];
        for (words, wait) in cases {
            assert_eq!(wait_asked_for(words), wait, "{words}");
        }
    }

    #[test]
    fn a_servers_words_are_shown_without_addresses() {
        let shown = Trouble::refused("LOGIN", "NO", "login of bot@agency.example\u{7} failed\r\nnow").to_string();
        assert_eq!(shown, "LOGIN: the server answered NO: login of *** failed now");
        assert!(Trouble::refused("LOGIN", "NO", &"word ".repeat(1000)).to_string().len() < 300);
    }
}
