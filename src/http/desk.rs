//! What the daemon hands to this door: how to behave, and whom to ask.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::hub::Hub;
use super::{Answer, Api, Cvs, Pages, Press};
use crate::compose::{Agency, Brand};
use crate::link::{Claim, Keyring};
use crate::model::{Address, Timestamp};

/// How the listener behaves.
#[derive(Debug)]
pub struct Settings {
    /// Reads tokens and makes nonces.
    pub keyring: Keyring,
    /// Who is at the top of every page.
    pub agency: Agency,
    /// Clients to whom the agency shows itself otherwise.
    pub brands: Vec<Brand>,
    /// The mailbox that takes an answer when a page cannot.
    pub mailbox: Option<Address>,
    /// What opening a decide link does.
    pub confirm: Confirm,
    /// Proxies in front of us, the only ones whose `X-Forwarded-For` is read.
    pub trusted_proxies: Vec<IpAddr>,
    /// As configured; requests may come with or without the path in it.
    pub public_url: String,
    /// What a stranger may cost us.
    pub limits: Limits,
    /// The templates.
    pub pages: Pages,
}

/// What opening a decide link does (`decision.confirm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// It shows a page; one press records.
    #[default]
    Press,
    /// GET records at once. For closed networks without link scanners.
    Immediate,
}

/// What a stranger may cost us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the head of a request. More is answered with 413.
    pub request_bytes: usize,
    /// Octets of a form: words on each of many candidates, in any script. More is answered with 413.
    pub form_bytes: usize,
    /// For the head to arrive. Later is answered with 408.
    pub head: Duration,
    /// For the whole request to arrive and be answered, counted without the head.
    pub total: Duration,
    /// Connections at one time.
    pub connections: usize,
    /// Connections at one time from one network, proxies excepted.
    pub connections_per_network: usize,
    /// POSTs from one network in one minute. More is answered with 429.
    pub posts_per_minute: u32,
    /// For a connection to stay, however busy.
    pub keep_alive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: 8 * 1024,
            form_bytes: 64 * 1024,
            head: Duration::from_secs(5),
            total: Duration::from_secs(5),
            connections: 256,
            connections_per_network: 128,
            posts_per_minute: 60,
            keep_alive: Duration::from_secs(30),
        }
    }
}

type Asks<Question, Reply> = Arc<dyn Fn(Question) -> BoxFuture<'static, Reply> + Send + Sync>;

/// Whom the listener asks. Only the daemon knows the answers.
#[derive(Clone)]
pub struct Desk {
    /// What a claim's page shows. Changes nothing.
    pub look: Asks<Claim, Answer>,
    /// A person pressed something. The page as it stands afterwards.
    pub press: Asks<Press, Answer>,
    /// The CVs of batches, where a code stands before them; `None`: nothing of it is here.
    pub cvs: Option<Arc<dyn Cvs>>,
    /// A link was opened: for the log, at most once in ten minutes for each link. Nothing may follow from it.
    pub seen: Option<Arc<dyn Fn(Claim) + Send + Sync>>,
    /// How the daemon is.
    pub health: Arc<dyn Fn() -> BoxFuture<'static, Health> + Send + Sync>,
    /// What programs ask; `None`: nothing of it is here.
    pub api: Option<Api>,
    /// What recruiters see and do; `None`: there is no hub.
    pub hub: Option<Arc<dyn Hub>>,
    /// The time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// How the daemon is, for `/healthz`: red when one check is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Each by itself.
    pub checks: Vec<Check>,
    /// Tells this installation from others and nothing else, so that `replyd check` sees whose page it found.
    pub instance: String,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// For instance `imap`.
    pub name: String,
    /// Green.
    pub ok: bool,
    /// In a few words; no addresses.
    pub says: String,
    /// What to do when it is red; empty when it is green.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

impl Health {
    /// The daemon did not answer in time.
    pub(super) fn silent() -> Self {
        let check = Check {
            name: "daemon".to_owned(),
            ok: false,
            says: "no answer in time".to_owned(),
            fix: "look at its log; restart it when it hangs".to_owned(),
        };
        Self {
            checks: vec![check],
            instance: String::new(),
        }
    }

    /// All checks are green.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}
