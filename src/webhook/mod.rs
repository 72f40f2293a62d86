//! Events to other systems: one request, signed as Standard Webhooks 1.0.0 wants it, and what its answer means.
//!
//! In: an endpoint, an event's id and bytes, the time. Out: whether it arrived, and if not, what to do.
//! Never here: which event goes when, and what was sent before; a redirect followed; an address that was not looked at, or looked at and then
//! asked for again; a secret in an error, a log or `Debug`.

mod schedule;
mod sign;

use std::path::PathBuf;
use std::time::Duration;

use crate::model::Timestamp;
use crate::net::http::{self, Ask, Cost, NoAnswer};
use crate::net::{Network, Reach};

pub use schedule::{ATTEMPTS, LONGEST_PAUSE, next_attempt};
pub use sign::{BadSecret, SigningSecret};

/// What an answer may have. Nothing in it is of use beyond its status.
const LARGEST_ANSWER: usize = 64 << 10;

/// Somebody who wants to hear of events.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name in logs and commands.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Each signs, so that a new one can take the place of an old one while both hold. Never empty where something is sent.
    pub secrets: Vec<SigningSecret>,
    /// Patterns of the events it wants; none: all.
    pub events: Vec<String>,
}

/// How endpoints are asked.
#[derive(Debug, Clone)]
pub struct Client {
    /// Networks beside the public Internet where they may be.
    pub private: Vec<Network>,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<PathBuf>,
    /// How long one request may take, from the first packet to the last byte.
    pub within: Duration,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered with 2xx.
    Arrived(u16),
    /// 410: it wants nothing any more.
    Gone,
    /// It did not arrive.
    Failed {
        /// Why, in words.
        why: String,
        /// Retry-After (RFC 9110 10.2.3).
        retry_after: Option<Duration>,
    },
}

impl Client {
    /// Sends an event once.
    pub async fn send(&self, to: &Endpoint, id: &str, body: &[u8], now: Timestamp) -> Outcome {
        let at = now.timestamp().to_string();
        let signature = sign::header(&to.secrets, id, &at, body);
        let asked = Ask {
            method: "POST",
            url: &to.url,
            headers: &[
                ("content-type", "application/json"),
                ("webhook-id", id),
                ("webhook-timestamp", &at),
                ("webhook-signature", &signature),
            ],
            body,
        };
        let cost = Cost {
            within: self.within,
            largest: LARGEST_ANSWER,
            reach: Reach::Public(&self.private),
            ca_file: self.ca_file.as_deref(),
        };
        match http::ask(asked, cost).await {
            Ok(answer) => meant(answer.status, answer.header("retry-after"), now),
            Err(why @ (NoAnswer::Address | NoAnswer::TooLarge(_) | NoAnswer::Failed(_))) => Outcome::Failed {
                why: why.to_string(),
                retry_after: None,
            },
        }
    }
}

fn meant(status: u16, retry_after: Option<&str>, now: Timestamp) -> Outcome {
    match status {
        200..=299 => Outcome::Arrived(status),
        410 => Outcome::Gone,
        300..=399 => Outcome::Failed {
            why: format!("answered {status}, and redirects are not followed: write the address it leads to into config.toml"),
            retry_after: None,
        },
        _ => Outcome::Failed {
            why: format!("answered {status}"),
            retry_after: retry_after.and_then(|text| pause(text, now)),
        },
    }
}

/// Seconds, or an instant (RFC 9110 5.6.7); no longer than the longest wait of the schedule.
fn pause(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let asked = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = chrono::DateTime::parse_from_rfc2822(text).ok()?.to_utc();
            (at - now).to_std().ok()?
        }
    };
    Some(asked.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_is_success() {
        let now = "2026-03-03T10:00:00Z".parse().unwrap();
        let why = |outcome: Outcome| match outcome {
            Outcome::Failed { why, retry_after } => (why, retry_after.map(|wait| wait.as_secs())),
            Outcome::Arrived(_) | Outcome::Gone => panic!("{outcome:?}"),
        };
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(meant(status, Some("60"), now), Outcome::Arrived(status));
        }
        assert_eq!(meant(410, None, now), Outcome::Gone);
        for status in [100, 301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 503, 999] {
            let (said, wait) = why(meant(status, None, now));
            assert!(said.contains(&status.to_string()) && wait.is_none(), "{said}");
        }
        assert_eq!(why(meant(503, Some("120"), now)).1, Some(120));
        assert_eq!(why(meant(429, Some("Tue, 03 Mar 2026 10:05:00 GMT"), now)).1, Some(300));
        for nothing in ["-1", "soon", "", "Tue, 03 Mar 2026 09:00:00 GMT"] {
            assert_eq!(why(meant(429, Some(nothing), now)).1, None, "{nothing}");
        }
        assert_eq!(why(meant(429, Some("99999999999"), now)).1, Some(LONGEST_PAUSE.as_secs()));
    }
}
