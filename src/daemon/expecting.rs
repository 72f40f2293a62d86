//! When somebody is likely to answer soon, and how soon the mailbox is looked at then.
//!
//! IDLE is told of new mail when the server sees fit: Dovecot waits half a second. In the first minutes after a letter left or a page was
//! opened it pays to ask instead.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// No two looks are closer than this.
const CLOSEST: Duration = Duration::from_millis(30);
/// Looking more rarely than this is no better than IDLE.
const RAREST: Duration = Duration::from_secs(1);
/// The share of the time since the last sign that passes between two looks: whoever waited longer can wait longer.
const SHARE: u32 = 100;
/// Between two looks passes so many times what a look takes: a server far away, or a slow one, is asked less often.
const RESPITE: u32 = 20;

/// The last sign that somebody may be about to answer.
#[derive(Debug)]
pub struct Expecting(watch::Sender<Option<Instant>>);

impl Default for Expecting {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Expecting {
    /// A letter left, a page was opened.
    pub fn sign(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    /// When to look again, if looking is worth it: `took` is what the last look took.
    #[must_use]
    pub fn next_look(&self, took: Duration) -> Option<Duration> {
        let since = (*self.0.borrow())?.elapsed();
        next_look(since, took)
    }

    /// Ends at the next sign.
    pub async fn signed(&self) {
        // The sender lives as long as this future.
        let _ = self.0.subscribe().changed().await;
    }
}

fn next_look(since: Duration, took: Duration) -> Option<Duration> {
    let wait = (since / SHARE).max(took.saturating_mul(RESPITE)).max(CLOSEST);
    (wait < RAREST).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer_and_end() {
        let ms = Duration::from_millis;
        let cases = [
            // Seconds since the last sign, what a look takes, milliseconds to the next one.
            (0, 0, Some(30)),
            (2, 1, Some(30)),
            (10, 0, Some(100)),
            (60, 1, Some(600)),
            (99, 0, Some(990)),
            (100, 0, None),
            (3600, 0, None),
            // A server at a distance.
            (0, 20, Some(400)),
            (0, 50, None),
        ];
        for (since, took, wait) in cases {
            assert_eq!(
                next_look(Duration::from_secs(since), ms(took)),
                wait.map(ms),
                "{since} s, {took} ms"
            );
        }
        assert_eq!(next_look(Duration::MAX, Duration::MAX), None);
        assert_eq!(Expecting::default().next_look(Duration::ZERO), None);
    }
}
