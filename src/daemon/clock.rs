//! The one clock of the program. Everything else is told the time.
//!
//! It follows the machine's clock, but not a jump of it: when that is suddenly off by more than five minutes from what has gone by since
//! it was last looked at, time simply goes on, steadily, and [`Clock::jump`] tells of it. So a clock that is set wrong sends nothing
//! early and keeps nothing back. A daemon that is started or reloaded believes the machine's clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::watch;

use crate::model::Timestamp;

/// Longest single sleep: a wall clock that is set forward is noticed this soon.
const GLANCE: Duration = Duration::from_secs(30);

/// More than this is a jump. Less is a clock being put right.
const JUMP: chrono::Duration = chrono::Duration::minutes(5);

/// Tells the time and sleeps until a time. Cheap to clone; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    hands: Option<Arc<Mutex<Hands>>>,
    wall: Arc<Mutex<Wall>>,
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

/// The machine's clock, and how it is doing.
#[derive(Debug)]
struct Wall {
    /// What was shown when the steady clock, which nobody can set, stood there.
    shown: Timestamp,
    steady: chrono::Duration,
    /// By how much the machine's clock is ahead of what is shown, when it jumped.
    jump: Option<chrono::Duration>,
}

impl Wall {
    fn new(wall: Timestamp, steady: chrono::Duration) -> Self {
        Self {
            shown: wall,
            steady,
            jump: None,
        }
    }

    fn now(&mut self, wall: Timestamp, steady: chrono::Duration) -> Timestamp {
        let expected = self.shown + (steady - self.steady);
        let off = wall - expected;
        if off.abs() > JUMP {
            if self.jump.is_none() {
                tracing::error!(
                    seconds = off.num_seconds(),
                    "the machine's clock jumped; going on by the time before. Set it right, or restart replyd if it is right now"
                );
            }
            self.jump = Some(off);
            return expected;
        }
        if self.jump.is_some() {
            tracing::info!("the machine's clock is right again");
        }
        *self = Self::new(wall, steady);
        wall
    }
}

/// Time since the machine was started, sleep included.
fn steady() -> chrono::Duration {
    let since = clock_gettime(ClockId::Boottime);
    chrono::Duration::seconds(since.tv_sec) + chrono::Duration::nanoseconds(since.tv_nsec)
}

impl Clock {
    /// The wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self {
            wall: Arc::new(Mutex::new(Wall::new(Utc::now(), steady()))),
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
            wall: Arc::new(Mutex::new(Wall::new(start, steady()))),
            hands: Some(Arc::new(Mutex::new(hands))),
            moved: watch::Sender::new(()),
        }
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.hands {
            None => self.wall().now(Utc::now(), steady()),
            Some(hands) => hands.lock().unwrap_or_else(PoisonError::into_inner).now(),
        }
    }

    /// By how much the machine's clock is off, since it jumped.
    #[must_use]
    pub fn jump(&self) -> Option<chrono::Duration> {
        self.wall().jump
    }

    fn wall(&self) -> std::sync::MutexGuard<'_, Wall> {
        self.wall.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// R-D6
    #[test]
    fn a_clock_that_jumps_is_not_followed() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let minutes = chrono::Duration::minutes;
        let start = at("2026-11-20T10:00:00Z");
        for wrong in [chrono::Duration::days(365), chrono::Duration::days(-365), minutes(6), minutes(-6)] {
            let mut wall = Wall::new(start, minutes(0));
            // Small corrections are followed, however many.
            for n in 1..=10 {
                assert_eq!(wall.now(start + minutes(5 * n), minutes(n)), start + minutes(5 * n));
            }
            let (right, steady) = (start + minutes(50), minutes(10));
            assert_eq!(wall.now(right + wrong, steady), right);
            assert_eq!(wall.jump, Some(wrong));
            assert_eq!(
                wall.now(right + wrong + minutes(60), steady + minutes(60)),
                right + minutes(60),
                "time goes on"
            );
            assert_eq!(wall.now(right + minutes(61), steady + minutes(61)), right + minutes(61));
            assert_eq!(wall.jump, None, "put right");
        }
    }

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
