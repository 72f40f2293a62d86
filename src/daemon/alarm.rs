//! The daemon's alarm clock: until when it sleeps, and the bell that wakes it earlier.
//!
//! In: the time slept until, and deadlines set meanwhile. Out: a ring for those that would come too late.
//! Never here: a deadline's meaning; sleep.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

use crate::model::Timestamp;

/// Set by the one who sleeps, rung by whoever committed something.
#[derive(Debug)]
pub(super) struct Alarm {
    /// Milliseconds since 1970.
    until: AtomicI64,
    bell: Notify,
}

impl Default for Alarm {
    fn default() -> Self {
        Self {
            until: AtomicI64::new(i64::MAX),
            bell: Notify::new(),
        }
    }
}

impl Alarm {
    /// The next time is being looked up. Until it is set every deadline counts as earlier: nobody knows what the look has seen.
    pub(super) fn forget(&self) {
        self.until.store(i64::MAX, Ordering::SeqCst);
    }

    pub(super) fn set(&self, until: Timestamp) {
        self.until.store(until.timestamp_millis(), Ordering::SeqCst);
    }

    /// Wakes the sleeper, or whoever sleeps next.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    /// A deadline that was committed: wakes the sleeper if it would sleep through it.
    pub(super) fn ring_for(&self, deadline: Timestamp) {
        if deadline.timestamp_millis() < self.until.load(Ordering::SeqCst) {
            self.ring();
        }
    }

    /// Returns when it was rung.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn only_an_earlier_time_wakes_the_sleeper() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let alarm = Alarm::default();
        let rang = |deadline: &str| {
            alarm.ring_for(at(deadline));
            alarm.rung().now_or_never().is_some()
        };
        assert!(rang("2030-01-01T00:00:00Z"), "not set yet");
        alarm.set(at("2026-11-20T10:00:00Z"));
        assert!(rang("2026-11-20T09:59:59Z"));
        assert!(!rang("2026-11-20T10:00:00Z"));
        alarm.forget();
        assert!(rang("2026-11-20T10:00:01Z"));
    }
}
