//! Letters with links into the hub: they go the way of every other letter from the moment they are claimed.
//!
//! They belong to no conversation and to no table: a link that opens the hub is not kept where copies of the database are read. After a
//! restart a person asks again. Whoever asks is answered before anything is looked up, so that the answer says nothing of the address.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::entry;
use crate::compose::{Ink, entry as letter};
use crate::config::Recruiter as Listed;
use crate::daemon::sending::{Answer, Claimed, Queue, Settled};
use crate::link::ENTRY_MINUTES;
use crate::model::{Address, LetterId, Timestamp};
use crate::store::{Store, StoreError};

/// Links that one address gets within [`ENTRY_MINUTES`].
const MOST_LINKS: usize = 3;
/// Questions that wait at one time; more are forgotten.
const MOST_ASKED: usize = 200;
/// Addresses remembered for the limit.
const MOST_REMEMBERED: usize = 10_000;
/// Numbers of such letters in tags and Message-IDs: below those of the pings of these years, so that one is never taken for a ping.
const NUMBERS: u32 = 1 << 20;

/// The letters of one daemon.
pub(in crate::daemon) struct Post {
    store: Arc<Store>,
    ink: Arc<Ink>,
    listed: Arc<[Listed]>,
    wake: Arc<Notify>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    asked: VecDeque<Address>,
    /// Written and to be sent; with those that are being tried.
    letters: Vec<Waiting>,
    /// When a link was written for whom.
    written: VecDeque<(Timestamp, Address)>,
    last_row: i64,
}

struct Waiting {
    claimed: Claimed,
    due: Timestamp,
    in_hand: bool,
}

impl Post {
    pub(in crate::daemon) fn new(store: Arc<Store>, ink: Arc<Ink>, listed: Arc<[Listed]>, wake: Arc<Notify>) -> Self {
        Self {
            store,
            ink,
            listed,
            wake,
            state: Mutex::default(),
        }
    }

    /// Somebody typed an address.
    pub(super) fn ask(&self, address: &str) {
        let Ok(address) = Address::parse(address) else { return };
        let taken = self.with(|state| {
            let room = state.asked.len() < MOST_ASKED && !state.asked.contains(&address);
            if room {
                state.asked.push_back(address);
            }
            room
        });
        if taken {
            self.wake.notify_one();
        }
    }

    /// Writes to whoever asked, is known, and has not got too many.
    async fn write(&self, now: Timestamp) {
        while let Some(address) = self.with(|state| state.asked.pop_front()) {
            if !self.may_have(&address, now) {
                continue;
            }
            if let Err(error) = self.write_to(&address, now).await {
                tracing::error!(%error, "a link into the hub could not be written");
            }
        }
    }

    async fn write_to(&self, address: &Address, now: Timestamp) -> Result<(), StoreError> {
        let suppressed = self.store.read(|tx| tx.is_suppressed(address))?;
        let link = entry::link(&self.store, &self.ink, &self.listed, address, now).await?;
        let Some((mailbox, url)) = link.filter(|_| !suppressed) else {
            tracing::info!(suppressed, "a link into the hub was asked for by nobody who could get one");
            return Ok(());
        };
        let number = super::random::<4>().map_or(0, u32::from_be_bytes) % NUMBERS;
        let written = letter(&mailbox, &url, number, now, &self.ink);
        let (envelope, bytes) = written.map_err(|refusal| StoreError::Refused(refusal.kind().to_owned()))?;
        self.with(|state| {
            state.last_row -= 1;
            state.letters.push(Waiting {
                claimed: Claimed {
                    letter: LetterId(state.last_row),
                    attempt: 0,
                    first_try: now,
                    not_after: Some(now + chrono::Duration::minutes(i64::from(ENTRY_MINUTES))),
                    envelope,
                    bytes: bytes.into(),
                    repeatable: true,
                },
                due: now,
                in_hand: false,
            });
            state.written.push_back((now, address.clone()));
        });
        Ok(())
    }

    fn may_have(&self, address: &Address, now: Timestamp) -> bool {
        self.with(|state| {
            let fresh = |at: Timestamp| now - at < chrono::Duration::minutes(i64::from(ENTRY_MINUTES));
            while state.written.front().is_some_and(|(at, _)| !fresh(*at)) || state.written.len() > MOST_REMEMBERED {
                state.written.pop_front();
            }
            state.written.iter().filter(|(_, to)| to == address).count() < MOST_LINKS
        })
    }

    fn claim(&self, now: Timestamp) -> Option<Claimed> {
        self.with(|state| {
            state
                .letters
                .retain(|one| one.in_hand || one.claimed.not_after.is_none_or(|last| last > now));
            let one = state.letters.iter_mut().find(|one| !one.in_hand && one.due <= now)?;
            one.in_hand = true;
            one.claimed.attempt += 1;
            Some(one.claimed.clone())
        })
    }

    fn settled(&self, letter: LetterId, settled: &Settled) {
        self.with(|state| match settled {
            Settled::Deferred { until, .. } => {
                for one in state.letters.iter_mut().filter(|one| one.claimed.letter == letter) {
                    (one.in_hand, one.due) = (false, *until);
                }
            }
            // In doubt it is as good as gone: who needs a link asks for another.
            Settled::Sent { .. } | Settled::Failed { .. } | Settled::Ambiguous { .. } | Settled::Expired => {
                state.letters.retain(|one| one.claimed.letter != letter);
            }
        });
        match settled {
            Settled::Sent { .. } | Settled::Deferred { .. } => {}
            Settled::Failed { .. } | Settled::Ambiguous { .. } | Settled::Expired => {
                tracing::warn!("a letter with a link into the hub did not arrive; `replyd hub link` prints one");
            }
        }
    }

    fn put_back(&self, letter: LetterId) {
        self.with(|state| {
            for one in state.letters.iter_mut().filter(|one| one.claimed.letter == letter) {
                one.in_hand = false;
                one.claimed.attempt = one.claimed.attempt.saturating_sub(1);
            }
        });
    }

    /// Somebody asked and was not written to, or a letter waits.
    fn next_due(&self) -> Option<Timestamp> {
        self.with(|state| {
            let waiting = state.letters.iter().filter(|one| !one.in_hand).map(|one| one.due).min();
            if state.asked.is_empty() {
                waiting
            } else {
                Some(Timestamp::MIN_UTC)
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The outbox's queue with these letters in it.
pub(in crate::daemon) struct WithPost {
    pub(in crate::daemon) letters: Arc<dyn Queue>,
    pub(in crate::daemon) post: Arc<Post>,
}

/// Rows of letters in tables count up from one.
const fn is_posts(letter: LetterId) -> bool {
    letter.0 < 0
}

impl Queue for WithPost {
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>> {
        async move { Ok(self.claim_some(now, 1).await?.pop()) }.boxed()
    }

    fn claim_some(&self, now: Timestamp, most: u32) -> Answer<'_, Vec<Claimed>> {
        async move {
            self.post.write(now).await;
            match self.post.claim(now) {
                Some(letter) => Ok(vec![letter]),
                None => self.letters.claim_some(now, most).await,
            }
        }
        .boxed()
    }

    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()> {
        let (posts, letters): (Vec<_>, Vec<_>) = letters.into_iter().partition(|letter| is_posts(*letter));
        for letter in posts {
            self.post.put_back(letter);
        }
        self.letters.put_back(letters)
    }

    fn dot_intent(&self, letter: LetterId, attempt: u32) -> Answer<'_, ()> {
        if is_posts(letter) {
            async { Ok(()) }.boxed()
        } else {
            self.letters.dot_intent(letter, attempt)
        }
    }

    fn settle(&self, letter: LetterId, attempt: u32, settled: Settled) -> Answer<'_, ()> {
        if is_posts(letter) {
            self.post.settled(letter, &settled);
            async { Ok(()) }.boxed()
        } else {
            self.letters.settle(letter, attempt, settled)
        }
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        async move {
            let next = self.letters.next_due().await?;
            let post = self.post.next_due();
            Ok(match (next, post) {
                (Some(next), Some(post)) => Some(next.min(post)),
                (next, post) => next.or(post),
            })
        }
        .boxed()
    }

    fn pause(&self, until: Timestamp, why: &str) -> Answer<'_, ()> {
        self.letters.pause(until, why)
    }
}
