//! The one clock of the program. Everything else is told the time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::sync::watch;

use crate::model::Timestamp;

/// Longest single sleep: a wall clock that is set forward is noticed this soon.
const GLANCE: Duration = Duration::from_secs(30);

/// Tells the time and sleeps until a time. Cheap to clone; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    hands: Option<Arc<Mutex<Hands>>>,
    moved: watch::Sender<()>,
}

/// A clock that was set by hand: `shown` at the moment `set`, running `speed` times as fast as the wall's.
#[derive(Debug)]
struct Hands {
    shown: Timestamp,
    set: Instant,
    speed: f64,
}

impl Hands {
    fn now(&self) -> Timestamp {
        let gone = self.set.elapsed().as_secs_f64() * self.speed;
        self.shown + chrono::Duration::microseconds((gone * 1e6) as i64)
    }
}

impl Clock {
    /// The wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self {
            hands: None,
            moved: watch::Sender::new(()),
        }
    }

    /// A clock that shows `start` now and can be pushed forward: for the demo and for tests.
    #[must_use]
    pub fn set_to(start: Timestamp) -> Self {
        let hands = Hands {
            shown: start,
            set: Instant::now(),
            speed: 1.0,
        };
        Self {
            hands: Some(Arc::new(Mutex::new(hands))),
            moved: watch::Sender::new(()),
        }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.hands {
            None => Utc::now(),
            Some(hands) => hands.lock().unwrap_or_else(PoisonError::into_inner).now(),
        }
    }

    /// Moves the hands forward and wakes everybody who sleeps on this clock. Does nothing to the wall clock.
    pub fn push(&self, by: chrono::Duration) {
        self.reset(|hands| hands.shown += by);
    }

    /// Lets time run `factor` times as fast from here on. Does nothing to the wall clock.
    pub fn run_at(&self, factor: f64) {
        self.reset(|hands| hands.speed = factor.max(0.001));
    }

    fn reset(&self, change: impl FnOnce(&mut Hands)) {
        if let Some(hands) = &self.hands {
            let mut hands = hands.lock().unwrap_or_else(PoisonError::into_inner);
            hands.shown = hands.now();
            hands.set = Instant::now();
            change(&mut hands);
        }
        self.moved.send_replace(());
    }

    /// Returns when the clock shows `until` or later.
    pub async fn sleep_until(&self, until: Timestamp) {
        let mut moved = self.moved.subscribe();
        loop {
            let left = until - self.now();
            let Ok(left) = left.to_std() else { return };
            if left.is_zero() {
                return;
            }
            let speed = match &self.hands {
                None => 1.0,
                Some(hands) => hands.lock().unwrap_or_else(PoisonError::into_inner).speed,
            };
            let nap = left.div_f64(speed).clamp(Duration::from_millis(1), GLANCE);
            tokio::select! {
                () = tokio::time::sleep(nap) => {}
                changed = moved.changed() => if changed.is_err() { tokio::time::sleep(nap).await },
            }
        }
    }

    /// Returns after `wait` of this clock's time.
    pub async fn sleep(&self, wait: Duration) {
        let wait = chrono::Duration::from_std(wait).unwrap_or(chrono::Duration::MAX);
        self.sleep_until(self.now().checked_add_signed(wait).unwrap_or(Timestamp::MAX_UTC))
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_push_wakes_sleepers() {
        let clock = Clock::set_to("2026-11-20T10:00:00Z".parse().unwrap());
        let sleeper = clock.clone();
        let asleep = tokio::spawn(async move { sleeper.sleep(Duration::from_secs(3600)).await });
        tokio::task::yield_now().await;
        clock.push(chrono::Duration::hours(2));
        tokio::time::timeout(Duration::from_secs(5), asleep).await.unwrap().unwrap();
        assert!(clock.now() >= "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap());
    }
}
