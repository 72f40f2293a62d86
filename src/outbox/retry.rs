//! When the next try comes.

use std::time::Duration;

use super::Retry;

/// How often a refusal is doubted that looks final and may not be ([`Retry::Suspicious`]).
pub const SUSPICIOUS_TRIES: u32 = 6;

/// A letter is given up after five days (RFC 5321 4.5.4.1), or at its own `not_after`.
pub const GIVE_UP: Duration = Duration::from_secs(5 * 24 * 3600);

const MINUTE: u64 = 60;
/// Seconds to wait after the first, second, … try; the last counts for all later ones.
const TRIES: [u64; 6] = [30, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE];
/// The same for an account that must not be asked too often: wrong passwords lock accounts.
const LOGINS: [u64; 3] = [15 * MINUTE, 30 * MINUTE, 60 * MINUTE];
/// The same for an account nobody is logged in to; a new login ends the wait.
const ABSENT: [u64; 1] = [60 * MINUTE];
/// The same for an account over its limit.
const LIMITS: [u64; 4] = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE];
const GREY: u64 = 5 * MINUTE;

/// How long to wait after `attempts` tries (1 after the first). `jitter`, from -1 to 1, spreads it by 20 % either way.
/// For [`Retry::Rate`], [`Retry::Account`] and [`Retry::Login`] this is the pause of the whole account, after so many faults running.
#[must_use]
pub fn retry_after(class: Retry, attempts: u32, jitter: f64) -> Duration {
    let (steps, least): (&[u64], u64) = match class {
        Retry::Transient | Retry::Suspicious => (&TRIES, 0),
        Retry::Greylisted => (&TRIES, GREY),
        Retry::Rate => (&LIMITS, 0),
        Retry::Account => (&LOGINS, 0),
        Retry::Login => (&ABSENT, 0),
    };
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = steps.get(index).or(steps.last()).copied().unwrap_or(MINUTE).max(least);
    let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(-1.0, 1.0) };
    let spread = Duration::from_secs(seconds).mul_f64(1.0 + 0.2 * jitter);
    // A greylist counts whole minutes, so its shortest wait is not shortened.
    spread.max(Duration::from_secs(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(class: Retry, jitter: f64) -> Vec<u64> {
        (1..=8).map(|n| retry_after(class, n, jitter).as_secs()).collect()
    }

    #[test]
    fn the_schedule() {
        assert_eq!(seconds(Retry::Transient, 0.0), [30, 120, 300, 900, 1800, 3600, 3600, 3600]);
        assert_eq!(seconds(Retry::Transient, 1.0)[..2], [36, 144]);
        assert_eq!(seconds(Retry::Transient, -1.0)[..2], [24, 96]);
        assert_eq!(seconds(Retry::Suspicious, 0.0)[..2], [30, 120]);
        assert_eq!(retry_after(Retry::Transient, u32::MAX, 9.0), Duration::from_secs(4320));
        assert_eq!(retry_after(Retry::Transient, 0, f64::NAN), Duration::from_secs(30));
    }

    #[test]
    fn a_greylist_is_given_five_minutes_whatever_the_jitter() {
        for jitter in [-1.0, -0.3, 0.0, 1.0] {
            assert!(seconds(Retry::Greylisted, jitter)[0] >= 300, "{jitter}");
        }
        assert_eq!(seconds(Retry::Greylisted, 0.0)[3], 900);
    }

    #[test]
    fn accounts_pause_longer_than_letters() {
        assert_eq!(seconds(Retry::Account, 0.0)[..4], [900, 1800, 3600, 3600]);
        assert_eq!(seconds(Retry::Rate, 0.0)[0], 300);
    }
}
