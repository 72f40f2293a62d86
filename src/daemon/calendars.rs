//! Calendars of people with an interview under way: fetched while they are wanted, and forgotten afterwards.
//!
//! In: who attends what, whose calendar is where. Out: when they are taken, kept in the store, where each look at a conversation finds it.
//! Never here: what follows from somebody being taken; a reason not to go on. A calendar that cannot be read keeps what it said last, and says
//! so; whoever waits for one waits some seconds and then does without.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use chrono::Duration as Span;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use tokio::sync::{Mutex, watch};

use super::{Clock, Daemon};
use crate::calendar::{Owner, Zone, busy};
use crate::compose::Ink;
use crate::config;
use crate::feed::{Client, Fetched, Login, Version};
use crate::model::{Address, ConversationId, Feed, Timestamp};
use crate::store::{Attending, CalendarSays, KeptCalendar, Store, StoreError};

/// Between two looks at which calendars are due.
const LOOK: Duration = Duration::from_secs(20);
/// Calendars fetched at the same time.
const AT_ONCE: usize = 4;
/// How long what happens to a conversation waits for its people's calendars.
const PATIENCE: Duration = Duration::from_secs(8);
/// A calendar that could not be read is tried again this much later, at the most.
const AGAIN: Span = Span::minutes(5);
/// How far ahead calendars are read: as far as a time is looked for, and some weeks more, so that one that does not change need not be read anew
/// every day.
const AHEAD: Span = Span::days(120);
/// One that was read less far is fetched anew, changed or not.
const NEEDED: Span = Span::days(92);

/// Keeps calendars fresh.
pub(super) struct Calendars {
    store: Arc<Store>,
    ink: Arc<Ink>,
    clock: Clock,
    known: config::Calendars,
    /// One calendar always takes the same one, so that whoever waits for it finds what the one before fetched.
    lanes: [Mutex<()>; AT_ONCE],
}

/// Somebody whose calendar is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) address: Address,
    pub(crate) zone: Zone,
    pub(crate) feed: Feed,
    pub(crate) login: Option<Login>,
}

impl Wanted {
    /// `None` for somebody of whom no calendar is known. What config.toml lists goes before what a batch named.
    pub(crate) fn of(known: &config::Calendars, one: Attending) -> Option<Self> {
        let listed = known.people.iter().find(|person| person.address == one.address);
        let (feed, login) = match listed {
            Some(person) => (person.feed.clone(), person.login.clone()),
            None => (one.feed?, None),
        };
        Some(Self {
            address: one.address,
            zone: one.zone,
            feed,
            login,
        })
    }

    /// What was read of it is too old, or was read at another address, or as somebody's in another zone.
    fn is_due(&self, kept: Option<&KeptCalendar>, refresh: Span, now: Timestamp) -> bool {
        let Some(kept) = kept.filter(|kept| kept.feed == self.feed && kept.zone == self.zone) else {
            return true;
        };
        let (last, wait) = match kept.trouble.as_str() {
            "" => (kept.read_at, refresh),
            _ => (kept.tried_at, refresh.min(AGAIN)),
        };
        // A clock that was set back makes nothing fresh.
        last.is_none_or(|last| now < last || now >= last + wait)
    }
}

/// What came of asking for a calendar.
pub(crate) enum Asked {
    /// It has not changed.
    Unchanged,
    /// It was read.
    Says(CalendarSays),
}

/// Fetches a calendar and reads it.
///
/// # Errors
/// Why not, in words.
pub(crate) async fn ask(client: &Client, ink: &Arc<Ink>, whose: &Wanted, last: Option<&Version>, now: Timestamp) -> Result<Asked, String> {
    let (from, to) = (now - Span::days(1), now + AHEAD);
    let fetched = client.fetch(&whose.feed, whose.login.as_ref(), last, from, to).await;
    let (bytes, version) = match fetched.map_err(|error| error.to_string())? {
        Fetched::Unchanged => return Ok(Asked::Unchanged),
        Fetched::Calendar { bytes, version } => (bytes, version),
    };
    let (ink, address, zone) = (Arc::clone(ink), whose.address.clone(), whose.zone);
    // Many years of a full calendar take a moment.
    let reading = tokio::task::spawn_blocking(move || {
        let owner = Owner {
            zone,
            address: &address,
            is_ours: &|uid| ink.keyring.read_uid(uid).is_some(),
        };
        busy(&bytes, owner, from, to)
    });
    let read = reading.await.map_err(|_panicked| "it could not be looked through".to_owned())?;
    let read = read.map_err(|error| error.to_string())?;
    Ok(Asked::Says(CalendarSays {
        spans: read.spans,
        unnamed: read.unnamed,
        reach: to,
        etag: version.etag,
        modified: version.modified,
        doubts: read.doubts.iter().map(ToString::to_string).collect(),
    }))
}

impl Calendars {
    pub(super) fn new(store: Arc<Store>, ink: Arc<Ink>, clock: Clock, known: config::Calendars) -> Self {
        Self {
            store,
            ink,
            clock,
            known,
            lanes: Default::default(),
        }
    }

    /// Fetches what is due, again and again.
    pub(super) async fn watch(&self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                done = self.round() => if let Err(error) = done {
                    tracing::error!(%error, "calendars cannot be kept now; trying on");
                },
                _ = stop.wait_for(|stop| *stop) => return,
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Fetches what is due, once, and forgets what nobody needs.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn round(&self) -> Result<(), StoreError> {
        let (store, now) = (Arc::clone(&self.store), self.clock.now());
        let looked = tokio::task::spawn_blocking(move || store.read(|tx| Ok((tx.attending(now)?, tx.calendars()?)))).await;
        let Ok(looked) = looked else { return Ok(()) };
        let (attending, kept) = looked?;
        let wanted: Vec<Wanted> = attending.into_iter().filter_map(|one| Wanted::of(&self.known, one)).collect();
        for gone in kept.iter().filter(|kept| wanted.iter().all(|one| one.address != kept.address)) {
            let whose = gone.address.clone();
            self.store.write(move |tx| tx.drop_calendar(&whose)).await?;
        }
        let last = |one: &Wanted| kept.iter().find(|kept| kept.address == one.address);
        let due = wanted.into_iter().filter(|one| one.is_due(last(one), self.refresh(), now));
        let fetching = due.map(|one| self.fetch(one, self.known.client.within));
        let done: Vec<Result<(), StoreError>> = stream::iter(fetching).buffer_unordered(AT_ONCE).collect().await;
        done.into_iter().collect()
    }

    /// Something is about to happen to a conversation that may lead to times: what is known of its people's calendars is made as new as it can
    /// be in some seconds. Never fails: without calendars it goes on as well.
    pub(super) async fn freshen(&self, id: ConversationId) {
        if let Err(error) = self.freshened(id).await {
            tracing::warn!(conversation.id = id.0, %error, "calendars could not be looked at before");
        }
    }

    async fn freshened(&self, id: ConversationId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let wanted = self.store.read(|tx| tx.attending_of(id, now))?;
        let wanted = wanted.into_iter().filter_map(|one| Wanted::of(&self.known, one));
        let fetching = wanted.map(|one| self.fetch(one, PATIENCE.min(self.known.client.within)));
        join_all(fetching).await.into_iter().collect()
    }

    /// Fetches one calendar, when it is due, and keeps what it says, or why it says nothing. Whoever cannot wait for those before it does without.
    async fn fetch(&self, one: Wanted, within: Duration) -> Result<(), StoreError> {
        let mut hash = DefaultHasher::new();
        one.feed.url().hash(&mut hash);
        let lane = usize::try_from(hash.finish() % AT_ONCE as u64).unwrap_or(0);
        let Some(lane) = self.lanes.get(lane) else { return Ok(()) };
        let Ok(_turn) = tokio::time::timeout(PATIENCE, lane.lock()).await else {
            return Ok(());
        };
        let now = self.clock.now();
        let kept = self.store.read(|tx| tx.calendar(&one.address))?;
        if !one.is_due(kept.as_ref(), self.refresh(), now) {
            return Ok(());
        }
        let (address, feed, zone) = (one.address.clone(), one.feed.clone(), one.zone);
        let same = self.store.write(move |tx| tx.ask_calendar(&address, &feed, zone, now)).await?;
        // Unchanged is of use only to whoever knows what it was, far enough ahead.
        let last = kept
            .filter(|kept| same && kept.read_at.is_some() && kept.reach.is_some_and(|reach| reach >= now + NEEDED))
            .map(|kept| Version {
                etag: kept.etag,
                modified: kept.modified,
            });
        let client = Client {
            within,
            ..self.known.client.clone()
        };
        let asked = ask(&client, &self.ink, &one, last.as_ref(), now).await;
        let (address, feed) = (one.address.clone(), one.feed.clone());
        match asked {
            Ok(Asked::Unchanged) => self.store.write(move |tx| tx.calendar_unchanged(&address, &feed, now)).await,
            Ok(Asked::Says(says)) => self.store.write(move |tx| tx.keep_calendar(&address, &feed, &says, now)).await,
            Err(why) => {
                let told = why.clone();
                let news = self.store.write(move |tx| tx.calendar_failed(&address, &feed, &why, now)).await?;
                if news {
                    tracing::warn!(
                        whose = one.address.masked(),
                        why = told,
                        "a calendar cannot be read; what it said last stands"
                    );
                }
                Ok(())
            }
        }
    }

    fn refresh(&self) -> Span {
        Span::from_std(self.known.refresh).unwrap_or(AGAIN)
    }
}

impl Daemon {
    /// Fetches the calendars that are due, once.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_calendars(&self) -> Result<(), StoreError> {
        self.calendars.round().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeedKind;

    #[test]
    fn what_is_old_or_another_one_is_due() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let feed = |url: &str| Feed::parse(FeedKind::Ics, url).unwrap();
        let one = Wanted {
            address: Address::parse("ann@client.example").unwrap(),
            zone: "Europe/London".parse().unwrap(),
            feed: feed("https://a.example/"),
            login: None,
        };
        let kept = |read_at: &str, tried_at: &str, trouble: &str| KeptCalendar {
            address: one.address.clone(),
            feed: one.feed.clone(),
            zone: one.zone,
            etag: String::new(),
            modified: String::new(),
            tried_at: Some(at(tried_at)),
            read_at: (!read_at.is_empty()).then(|| at(read_at)),
            reach: None,
            trouble: trouble.to_owned(),
            doubts: Vec::new(),
        };
        let (noon, refresh) = (at("2026-07-14T12:00:00Z"), Span::minutes(15));
        let due = |kept: &KeptCalendar| one.is_due(Some(kept), refresh, noon);
        assert!(one.is_due(None, refresh, noon));
        assert!(!due(&kept("2026-07-14T11:46:00Z", "2026-07-14T11:46:00Z", "")));
        assert!(due(&kept("2026-07-14T11:45:00Z", "2026-07-14T11:45:00Z", "")));
        assert!(
            due(&kept("2026-07-14T12:01:00Z", "2026-07-14T12:01:00Z", "")),
            "the clock was set back"
        );
        assert!(
            due(&kept("", "2026-07-14T11:59:00Z", "")),
            "asked, and nobody knows what came of it"
        );
        assert!(!due(&kept("", "2026-07-14T11:56:00Z", "no connection")));
        assert!(!due(&kept("2026-07-14T11:00:00Z", "2026-07-14T11:56:00Z", "no connection")));
        assert!(due(&kept("2026-07-14T11:54:00Z", "2026-07-14T11:55:00Z", "no connection")));
        let fresh = kept("2026-07-14T11:59:00Z", "2026-07-14T11:59:00Z", "");
        assert!(due(&KeptCalendar {
            feed: feed("https://b.example/"),
            ..fresh.clone()
        }));
        assert!(due(&KeptCalendar {
            zone: "Europe/Paris".parse().unwrap(),
            ..fresh
        }));
    }
}
