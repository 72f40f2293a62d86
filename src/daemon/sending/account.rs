//! The outgoing account: paused when it is to blame, and for how long.
//!
//! In: the fault of an attempt, or that no connection could be had. Out: until when no letter is taken.
//! Never here: a letter's own fate.

use std::time::Duration;

use super::Sending;
use crate::model::Timestamp;
use crate::outbox::{Outcome, Retry, retry_after};

impl Sending {
    /// Until when the account is paused.
    #[must_use]
    pub fn paused(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        self.with(|desk| desk.pause.filter(|until| *until > now))
    }

    /// Ends when somebody logged in again; never when that is not what is waited for.
    pub(super) async fn restored(&self) {
        match &self.server.login {
            Some(login) if self.with(|desk| desk.no_login) => login.proof.restored().await,
            Some(_) | None => std::future::pending().await,
        }
    }

    /// Pauses the account and returns for how long. Raises the alarm once, until a letter is taken again.
    pub(super) async fn pause(&self, class: Retry, why: &str) -> Duration {
        let now = self.clock.now();
        let (wait, first) = self.with(|desk| {
            // Lanes that fail together are one fault.
            if let Some(left) = desk.pause.and_then(|until| (until - now).to_std().ok()) {
                return (left, false);
            }
            desk.faults = desk.faults.saturating_add(1);
            let wait = retry_after(class, desk.faults, jitter());
            desk.pause = Some(later(now, wait));
            desk.no_login = class == Retry::Login;
            let first = class == Retry::Account && !std::mem::replace(&mut desk.alarmed, true);
            (wait, first)
        });
        if class == Retry::Login {
            // Whoever keeps the tokens has raised the alarm.
            tracing::info!(why, "letters wait for a login");
            return wait;
        }
        let until = later(now, wait);
        if first {
            tracing::error!(host = %self.server.host, %until, why, "the mail account refuses us; letters wait until this is put right");
        } else {
            tracing::warn!(host = %self.server.host, %until, why, "the mail account is paused");
        }
        if let Err(error) = self.queue.pause(until, why).await {
            tracing::error!(%error, "the pause of the mail account cannot be stored");
        }
        wait
    }

    /// A server that cannot be reached is not asked once per letter.
    pub(super) fn opening_failed(&self, outcome: &Outcome) {
        let now = self.clock.now();
        self.with(|desk| {
            desk.health.failing_since.get_or_insert(now);
        });
        let transient = matches!(
            outcome,
            Outcome::Deferred {
                class: Retry::Transient,
                ..
            }
        );
        if transient {
            self.with(|desk| {
                desk.failed_openings = desk.failed_openings.saturating_add(1);
                desk.no_login = false;
                let wait = Duration::from_secs(5 << (desk.failed_openings - 1).min(3));
                desk.pause = Some(later(now, wait).max(desk.pause.unwrap_or(now)));
            });
        }
    }
}

/// So much later, or at the end of time.
pub(in crate::daemon) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    chrono::Duration::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(Timestamp::MAX_UTC)
}

/// From -1 to 1. Without randomness there is simply no jitter.
pub(in crate::daemon) fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX) * 2.0 - 1.0,
        Err(_no_dice) => 0.0,
    }
}
