//! The self-ping: now and then a mail to ourselves goes through the outbox, and its arrival shows that mail leaves and comes in.
//!
//! A ping belongs to no conversation and to no table: after a restart there is simply a new one. It goes the way of every other
//! letter from the moment it is claimed, and ends in the mailbox as one of our own letters, from which nothing follows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;

use super::sending::{Answer, Claimed, Queue, Settled};
use crate::compose::{Ink, ping};
use crate::model::{LetterId, Timestamp};

/// A ping's row: no letter has it.
const ROW: LetterId = LetterId(0);
/// The first one goes out this long after the start, so that a daemon that is restarted in circles sends none.
const FIRST: chrono::Duration = chrono::Duration::minutes(1);
/// Later than this it is late.
const LATE: chrono::Duration = chrono::Duration::minutes(30);
/// Numbers are minutes, cut to what a tag can hold (see `link::tag`).
const NUMBERS: i64 = 1 << 24;

/// Pings of one daemon.
pub(super) struct Ping {
    every: chrono::Duration,
    ink: Arc<Ink>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next one goes out.
    due: Timestamp,
    /// The first one that has not come back.
    out: Option<Out>,
    /// When the last one came back, and how long it took.
    back: Option<(Timestamp, chrono::Duration)>,
    alarmed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Out {
    number: u32,
    since: Timestamp,
}

/// How the pings fare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fares {
    /// One was due at this time and has not come back.
    pub(super) out_since: Option<Timestamp>,
    /// That was too long ago.
    pub(super) late: bool,
    /// When the last one came back, and how long it took.
    pub(super) back: Option<(Timestamp, chrono::Duration)>,
}

impl Ping {
    pub(super) fn new(every: Duration, ink: Arc<Ink>, now: Timestamp) -> Self {
        Self {
            every: chrono::Duration::from_std(every).unwrap_or(chrono::Duration::MAX),
            ink,
            state: Mutex::new(State {
                due: now + FIRST,
                out: None,
                back: None,
                alarmed: false,
            }),
        }
    }

    /// A ping of ours arrived.
    pub(super) fn came_back(&self, number: u32, now: Timestamp) {
        self.with(|state| {
            if let Some(out) = state.out
                && number >= out.number
            {
                state.back = Some((now, now - out.since));
                state.out = None;
                if std::mem::take(&mut state.alarmed) {
                    tracing::info!("the self-ping comes back again: mail leaves and arrives");
                }
            }
        });
    }

    /// How the pings fare; says once in the log when they do not.
    pub(super) fn fares(&self, now: Timestamp) -> Fares {
        self.with(|state| {
            let late = state.out.is_some_and(|out| now - out.since > LATE);
            if late && !std::mem::replace(&mut state.alarmed, true) {
                tracing::error!("the self-ping has not come back for 30 minutes: mail does not leave, or does not arrive");
            }
            Fares {
                out_since: state.out.map(|out| out.since),
                late,
                back: state.back,
            }
        })
    }

    fn due(&self) -> Timestamp {
        self.with(|state| state.due)
    }

    /// The next ping, when it is due.
    fn claim(&self, now: Timestamp) -> Option<Claimed> {
        let number = self.with(|state| {
            if now < state.due {
                return None;
            }
            let number = u32::try_from((now.timestamp() / 60).rem_euclid(NUMBERS)).unwrap_or(0);
            state.out.get_or_insert(Out { number, since: now });
            state.due = now + self.every;
            Some(number)
        })?;
        let (envelope, bytes) = match ping(number, now, &self.ink) {
            Ok(finished) => finished,
            Err(error) => {
                tracing::error!(%error, "the self-ping cannot be written");
                return None;
            }
        };
        Some(Claimed {
            letter: ROW,
            attempt: 1,
            first_try: now,
            not_after: Some(now + self.every),
            envelope,
            bytes: bytes.into(),
            repeatable: true,
        })
    }

    /// It was claimed and not tried.
    fn put_back(&self) {
        self.with(|state| state.due = state.out.map_or(state.due, |out| out.since));
    }

    fn settled(&self, settled: &Settled) {
        if let Settled::Deferred { until, .. } = settled {
            self.with(|state| state.due = state.due.min(*until));
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The outbox's queue with a ping in it now and then.
pub(super) struct WithPing {
    pub(super) letters: Arc<dyn Queue>,
    pub(super) ping: Arc<Ping>,
}

impl Queue for WithPing {
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>> {
        match self.ping.claim(now) {
            Some(ping) => async move { Ok(Some(ping)) }.boxed(),
            None => self.letters.claim(now),
        }
    }

    fn claim_some(&self, now: Timestamp, most: u32) -> Answer<'_, Vec<Claimed>> {
        match self.ping.claim(now) {
            Some(ping) => async move { Ok(vec![ping]) }.boxed(),
            None => self.letters.claim_some(now, most),
        }
    }

    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()> {
        let (pings, letters): (Vec<_>, Vec<_>) = letters.into_iter().partition(|letter| *letter == ROW);
        if !pings.is_empty() {
            self.ping.put_back();
        }
        self.letters.put_back(letters)
    }

    fn dot_intent(&self, letter: LetterId, attempt: u32) -> Answer<'_, ()> {
        if letter == ROW {
            async { Ok(()) }.boxed()
        } else {
            self.letters.dot_intent(letter, attempt)
        }
    }

    fn settle(&self, letter: LetterId, attempt: u32, settled: Settled) -> Answer<'_, ()> {
        if letter == ROW {
            self.ping.settled(&settled);
            async { Ok(()) }.boxed()
        } else {
            self.letters.settle(letter, attempt, settled)
        }
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        async move {
            let next = self.letters.next_due().await?;
            let ping = self.ping.due();
            Ok(Some(next.map_or(ping, |next| next.min(ping))))
        }
        .boxed()
    }

    fn pause(&self, until: Timestamp, why: &str) -> Answer<'_, ()> {
        self.letters.pause(until, why)
    }
}
