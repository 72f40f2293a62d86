//! One attempt: on which connection, what came of it, what the queue is told.
//!
//! In: a letter that is claimed. Out: one [`Settled`]. Never here: the queue written to, but for DOT_INTENT.

use std::time::Duration;

use super::lane::{Next, Progress};
use super::{Claimed, Sending, Settled, account};
use crate::model::Timestamp;
use crate::outbox::{Connection, Failure, GIVE_UP, Outcome, Retry, SUSPICIOUS_TRIES, retry_after};

impl Sending {
    /// What is known of an attempt that a stop has ended.
    pub(super) fn cut_short(&self, intended: bool) -> Settled {
        let settled = if intended {
            Settled::Ambiguous {
                why: "stopped while waiting for the answer to the end of the message".into(),
            }
        } else {
            Settled::Deferred {
                until: self.clock.now(),
                why: "stopped before the end of the message".into(),
                count_attempt: false,
            }
        };
        self.with(|desk| desk.tally.add(&settled));
        settled
    }

    /// One attempt, and what follows from its outcome.
    pub(super) async fn attempt(&self, next: &Next, progress: &Progress) -> Settled {
        let claimed = &next.claimed;
        let settled = if self.is_late(claimed) {
            Settled::Expired
        } else {
            let outcome = self.deliver(next, progress).await;
            self.judge(claimed, outcome).await
        };
        log(claimed, &settled);
        self.with(|desk| desk.tally.add(&settled));
        settled
    }

    /// The attempt itself: on a spare connection if there is one, on a new one if that turns out to be stale.
    async fn deliver(&self, next: &Next, progress: &Progress) -> Outcome {
        while let Some((connection, used)) = self.spare() {
            let (outcome, connection) = self.deliver_on(connection, next, progress).await;
            // Deferred is surely not taken. On a connection that has been waiting, a hang-up says nothing about the letter; and before
            // the dot "too many" may be said of the connection alone.
            let ended = connection.is_none();
            let stale = match &outcome {
                Outcome::Deferred {
                    class: Retry::Transient, ..
                } => ended,
                Outcome::Deferred { class: Retry::Rate, .. } => ended && !progress.is_intended(),
                Outcome::Deferred { .. } | Outcome::Sent { .. } | Outcome::Failed { .. } | Outcome::Ambiguous { .. } => false,
            };
            self.keep(connection, used + 1).await;
            if !stale || self.is_late(&next.claimed) {
                return outcome;
            }
            progress.take_back();
        }
        let connection = match Connection::open(&self.server).await {
            Ok(connection) => connection,
            Err(outcome) => {
                self.opening_failed(&outcome);
                return outcome;
            }
        };
        let now = self.clock.now();
        self.with(|desk| {
            desk.failed_openings = 0;
            desk.health.last_ok = Some(now);
            desk.health.failing_since = None;
        });
        let (outcome, connection) = self.deliver_on(connection, next, progress).await;
        self.keep(connection, 1).await;
        outcome
    }

    async fn deliver_on(&self, connection: Connection, next: &Next, progress: &Progress) -> (Outcome, Option<Connection>) {
        let Next { claimed, announced } = next;
        let before_dot = async || {
            if self.is_late(claimed) {
                return Err("its time is over".to_owned());
            }
            progress.intend();
            if !announced {
                let stored = self.queue.dot_intent(claimed.letter, claimed.attempt).await;
                stored.map_err(|error| error.to_string())?;
            }
            progress.at_the_dot();
            Ok(())
        };
        connection.deliver(&claimed.envelope, &claimed.bytes, before_dot).await
    }

    /// Turns the outcome of an attempt into what the queue is told, and pauses the account when it is to blame.
    async fn judge(&self, claimed: &Claimed, outcome: Outcome) -> Settled {
        let now = self.clock.now();
        match outcome {
            Outcome::Sent { response } => {
                self.with(|desk| {
                    desk.faults = 0;
                    desk.alarmed = false;
                    desk.health.last_ok = Some(now);
                });
                Settled::Sent { response }
            }
            Outcome::Ambiguous { why } => Settled::Ambiguous { why },
            Outcome::Failed { class, status, why } => Settled::Failed { class, status, why },
            Outcome::Deferred { .. } if self.is_late(claimed) => Settled::Expired,
            Outcome::Deferred { class, why } => {
                let wait = match class {
                    Retry::Suspicious if claimed.attempt >= SUSPICIOUS_TRIES => {
                        return Settled::Failed {
                            class: Failure::Message,
                            status: None,
                            why: format!("refused {} times: {why}", claimed.attempt),
                        };
                    }
                    Retry::Transient | Retry::Greylisted | Retry::Suspicious => retry_after(class, claimed.attempt, account::jitter()),
                    // The account waits for a login, and the letter with it.
                    Retry::Login => {
                        self.pause(class, &why).await;
                        Duration::ZERO
                    }
                    // The letter comes a little after the pause, so that the others go first.
                    Retry::Rate | Retry::Account => {
                        let pause = self.pause(class, &why).await;
                        pause + retry_after(Retry::Transient, 1, account::jitter())
                    }
                };
                let until = account::later(now, wait);
                Settled::Deferred {
                    // Given up in time, not at the next try after it.
                    until: self.last_moment(claimed).map_or(until, |last| until.min(last)),
                    why,
                    count_attempt: !matches!(class, Retry::Account | Retry::Login | Retry::Rate),
                }
            }
        }
    }

    /// When the letter is given up.
    fn last_moment(&self, claimed: &Claimed) -> Option<Timestamp> {
        let days = chrono::Duration::from_std(GIVE_UP)
            .ok()
            .and_then(|days| claimed.first_try.checked_add_signed(days));
        match (days, claimed.not_after) {
            (Some(days), Some(not_after)) => Some(days.min(not_after)),
            (one, other) => one.or(other),
        }
    }

    fn is_late(&self, claimed: &Claimed) -> bool {
        self.last_moment(claimed).is_some_and(|last| self.clock.now() >= last)
    }
}

fn log(claimed: &Claimed, settled: &Settled) {
    let (id, attempt) = (claimed.letter, claimed.attempt);
    match settled {
        Settled::Sent { response } => tracing::info!(letter.id = %id, attempt, response, "letter sent"),
        Settled::Deferred { until, why, .. } => tracing::info!(letter.id = %id, attempt, %until, why, "letter deferred"),
        Settled::Failed { class, why, .. } => tracing::warn!(letter.id = %id, attempt, ?class, why, "letter refused for good"),
        Settled::Ambiguous { why } => tracing::warn!(letter.id = %id, attempt, why, "letter may or may not have been sent"),
        Settled::Expired => tracing::warn!(letter.id = %id, attempt, "letter not sent: its time is over"),
    }
}
