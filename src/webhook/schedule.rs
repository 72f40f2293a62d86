//! When the next attempt comes: the schedule of Standard Webhooks, with jitter.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Seconds to wait after the first, second, … attempt in vain.
const WAITS: [u64; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// Attempts in all; what did not arrive by then is dead.
pub const ATTEMPTS: u32 = 10;
/// An endpoint is left alone for no longer than this, whatever it asks for.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(24 * HOUR);

/// How long to wait after so many attempts in vain (1 after the first); `None` when that was the last. `jitter`, from 0 to 1, lengthens it by up
/// to a tenth, so that what failed together does not come again together.
#[must_use]
pub fn next_attempt(attempts: u32, jitter: f64) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) };
    WAITS
        .get(index)
        .map(|seconds| Duration::from_secs(*seconds).mul_f64(1.0 + 0.1 * jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule() {
        let waits: Vec<u64> = (1..ATTEMPTS).map(|n| next_attempt(n, 0.0).unwrap().as_secs()).collect();
        assert_eq!(waits, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        // 75.6 hours from the first attempt to the last.
        assert_eq!(waits.iter().sum::<u64>(), 272_105);
        assert_eq!(next_attempt(ATTEMPTS, 0.0), None);
        assert_eq!(next_attempt(0, 0.0), None);
        assert_eq!(next_attempt(u32::MAX, 0.5), None);
        assert_eq!(next_attempt(2, 1.0), Some(Duration::from_secs(330)));
        assert_eq!(next_attempt(2, f64::NAN), Some(Duration::from_secs(300)));
        assert_eq!(next_attempt(2, 9.0), Some(Duration::from_secs(330)));
    }
}
