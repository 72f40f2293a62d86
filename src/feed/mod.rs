//! Calendars of people, fetched: as a file of events, or as an answer to "when are you free".   RFC 5545, 4791
//!
//! In: where somebody's calendar is, what was read of it last, the stretch that matters. Out: the bytes of a calendar, or that it has not
//! changed, or why there is none.
//! Never here: what stands in a calendar; where the bytes are kept; an address in a network that was not allowed, whoever leads there; a login
//! shown to another server than its own; an address in an error, a log or `Debug`.

mod ask;
mod caldav;
mod xml;

use std::path::PathBuf;
use std::time::Duration;

use crate::calendar::LARGEST_CALENDAR;
use crate::model::{Feed, FeedKind, Secret, Timestamp};
use crate::net::Network;

/// How calendars are asked.
#[derive(Debug, Clone)]
pub struct Client {
    /// Networks beside the public Internet where they may be.
    pub private: Vec<Network>,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<PathBuf>,
    /// How long one may take, from the first packet to the last byte, redirects included.
    pub within: Duration,
}

/// A login at a calendar's server.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// What the server said of the version that was read last; empty where it said nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// RFC 9110 8.8.3.
    pub etag: String,
    /// Last-Modified, as written.
    pub modified: String,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// It is still the version that was read last.
    Unchanged,
    /// The calendar, or several of them one after the other.
    Calendar {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Which version that is.
        version: Version,
    },
}

/// Why there is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// 401, 403.
    #[error("{host} refuses the login ({status})")]
    Login {
        /// Whom.
        host: String,
        /// Its status.
        status: u16,
    },
    /// 404, 410.
    #[error("{host} knows no calendar at this address ({status})")]
    Gone {
        /// Whom.
        host: String,
        /// Its status.
        status: u16,
    },
    /// Any other status, or an answer that is none to what was asked.
    #[error("{host} {why}")]
    Answer {
        /// Whom.
        host: String,
        /// What it did.
        why: String,
    },
    /// No connection, no answer in time, an address that must not be asked.
    #[error("{0}")]
    Failed(String),
}

impl Client {
    /// Asks once.
    ///
    /// # Errors
    /// See [`Trouble`]. Whoever asks has to treat each of them as "could not find out".
    pub async fn fetch(
        &self,
        feed: &Feed,
        login: Option<&Login>,
        last: Option<&Version>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Fetched, Trouble> {
        let fetching = async {
            match feed.kind() {
                FeedKind::Ics => self.file(feed, login, last).await,
                FeedKind::Caldav => self.collection(feed, login, from, to).await,
            }
        };
        let late = || Trouble::Failed(format!("no answer from {} in time", feed.host()));
        tokio::time::timeout(self.within, fetching)
            .await
            .unwrap_or_else(|_elapsed| Err(late()))
    }

    async fn file(&self, feed: &Feed, login: Option<&Login>, last: Option<&Version>) -> Result<Fetched, Trouble> {
        let mut headers = vec![("accept", "text/calendar, */*;q=0.1")];
        if let Some(last) = last {
            let known = [("if-none-match", last.etag.as_str()), ("if-modified-since", last.modified.as_str())];
            headers.extend(known.into_iter().filter(|(_, value)| !value.is_empty()));
        }
        let answer = self.ask(feed, login, "GET", &headers, "", LARGEST_CALENDAR).await?;
        let header = |name: &str| answer.got.header(name).unwrap_or_default().to_owned();
        match answer.got.status {
            200 => Ok(Fetched::Calendar {
                version: Version {
                    etag: header("etag"),
                    modified: header("last-modified"),
                },
                bytes: answer.got.body.to_vec(),
            }),
            304 if last.is_some() => Ok(Fetched::Unchanged),
            _ => Err(answer.refusal()),
        }
    }
}
