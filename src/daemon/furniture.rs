//! What a daemon's parts are made of: the queue, the book, the reader, the pages and the API, each with what it works on.
//!
//! Never here: work.

use std::sync::Arc;

use futures_util::FutureExt;

use super::drafting::Terms;
use super::health::Gauges;
use super::ledger::Book;
use super::metrics::Metrics;
use super::ping::Ping;
use super::queue::{Letters, Search};
use super::reader::Sight;
use super::reading::Reading;
use super::sending::{Options, Queue, Sending};
use super::{Daemon, api, cvs, desk, hub};
use crate::http;
use crate::store::StoreError;

impl Daemon {
    /// The letters that wait, as whoever sends them sees them.
    #[must_use]
    pub fn letters(&self) -> Arc<dyn Queue> {
        self.letters_with(Search::Nobody)
    }

    /// The same, while somebody looks for signs of letters in doubt.
    pub(super) fn letters_with(&self, search: Search) -> Arc<dyn Queue> {
        Arc::new(Letters {
            search,
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            limits: self.config.limits,
            expecting: Arc::clone(&self.expecting),
            alarm: Arc::clone(&self.alarm),
        })
    }

    pub(super) fn sending(&self, queue: Arc<dyn Queue>) -> Sending {
        let options = Options {
            connections: self.config.connections,
            ..Options::default()
        };
        Sending::new(self.config.server.clone(), queue, self.clock.clone(), options)
    }

    pub(super) fn book(&self) -> Book {
        Book {
            store: Arc::clone(&self.store),
            clock: self.clock.clone(),
            arrived: Arc::clone(&self.arrived),
        }
    }

    pub(super) fn reading(&self, ping: Option<Arc<Ping>>) -> Reading {
        Reading::new(
            Arc::clone(&self.store),
            Sight {
                ink: Arc::clone(&self.ink),
                staff: self.staff.clone(),
                border: self.config.border.clone(),
                terms: Arc::new(Terms::of(&self.config)),
            },
            self.clock.clone(),
            ping,
            Arc::clone(&self.wake_sending),
            Arc::clone(&self.calendars),
        )
    }

    pub(super) fn settings(&self) -> http::Settings {
        http::Settings {
            keyring: (*self.ink.keyring).clone(),
            agency: self.ink.agency.clone(),
            brands: self.ink.brands.clone(),
            mailbox: Some(self.ink.bot.address.clone()),
            confirm: if self.config.immediate {
                http::Confirm::Immediate
            } else {
                http::Confirm::Press
            },
            trusted_proxies: self.config.trusted_proxies.clone(),
            public_url: self.ink.links.base().to_owned(),
            limits: http::Limits {
                posts_per_minute: self.config.posts_per_minute,
                ..http::Limits::default()
            },
            pages: self.pages.clone(),
        }
    }

    /// Letters with links into the hub.
    pub(super) fn post(&self) -> hub::Post {
        hub::Post::new(
            Arc::clone(&self.store),
            Arc::clone(&self.ink),
            Arc::clone(&self.staff.listed),
            Arc::clone(&self.wake_sending),
        )
    }

    pub(super) fn desk(&self, gauges: Gauges, post: Arc<hub::Post>) -> Result<http::Desk, StoreError> {
        let pages = desk::Pages {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            alarm: Arc::clone(&self.alarm),
            wake_sending: Arc::clone(&self.wake_sending),
        };
        let shelf = cvs::Shelf(pages.clone());
        let (looking, pressing) = (pages.clone(), pages);
        let expecting = Arc::clone(&self.expecting);
        let (clock, telling) = (self.clock.clone(), self.clock.clone());
        let traffic = Arc::new(http::Traffic::default());
        let programs = api::Programs {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            bell: self.bell(),
            zone: self.config.zone,
            policy: self.config.policy.clone(),
            metrics: Metrics::new(gauges.clone(), Arc::clone(&traffic))?,
        };
        Ok(http::Desk {
            look: Arc::new(move |claim| {
                expecting.sign();
                looking.clone().look(claim).boxed()
            }),
            press: Arc::new(move |press| pressing.clone().press(press).boxed()),
            cvs: Some(Arc::new(shelf)),
            seen: None,
            health: Arc::new(move || gauges.clone().health(clock.now()).boxed()),
            api: Some(http::Api {
                keys: self.config.api_keys.clone(),
                office: Arc::new(programs),
                traffic,
                limits: http::ApiLimits::default(),
            }),
            hub: Some(self.hub(post)),
            now: Arc::new(move || telling.now()),
        })
    }
}
