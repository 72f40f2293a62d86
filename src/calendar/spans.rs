//! Sets of instants: sorted stretches that do not touch.

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// A set of instants as half-open stretches, sorted, none empty, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans(Vec<(Timestamp, Timestamp)>);

impl Spans {
    /// The union of stretches in any order; empty and turned-round ones are dropped.
    #[must_use]
    pub fn of(mut all: Vec<(Timestamp, Timestamp)>) -> Self {
        all.retain(|(start, end)| start < end);
        all.sort_unstable();
        let mut out: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(all.len());
        for (start, end) in all {
            match out.last_mut().filter(|last| start <= last.1) {
                Some(last) => last.1 = last.1.max(end),
                None => out.push((start, end)),
            }
        }
        Self(out)
    }

    /// What is in one of them.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied().collect())
    }

    /// What is in both. Linear in the stretches of both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(from, to)), Some(&&(start, end))) = (a.peek(), b.peek()) {
            if from.max(start) < to.min(end) {
                out.push((from.max(start), to.min(end)));
            }
            if to < end {
                a.next()
            } else {
                b.next()
            };
        }
        Self(out)
    }

    /// What is in the first only. Linear in the stretches of both.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut holes = other.0.iter().copied().peekable();
        for &(mut from, to) in &self.0 {
            while holes.next_if(|&(_, end)| end <= from).is_some() {}
            while let Some(&(start, end)) = holes.peek().filter(|&&(start, _)| start < to) {
                if from < start {
                    out.push((from, start));
                }
                from = from.max(end);
                if end > to {
                    break;
                }
                holes.next();
            }
            if from < to {
                out.push((from, to));
            }
        }
        Self(out)
    }

    /// What is at or after an instant.
    #[must_use]
    pub fn from(&self, instant: Timestamp) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(_, end)| *end > instant)
                .map(|&(start, end)| (start.max(instant), end))
                .collect(),
        )
    }

    /// The stretches that have a part between two instants, whole. Takes no longer for the others.
    pub(super) fn near(&self, from: Timestamp, to: Timestamp) -> &[(Timestamp, Timestamp)] {
        let first = self.0.partition_point(|(_, end)| *end <= from);
        let behind = self.0.partition_point(|(start, _)| *start < to);
        self.0.get(first..behind).unwrap_or_default()
    }

    /// What lies between two instants.
    #[must_use]
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Self {
        let near = self.near(from, to).iter();
        Self(
            near.map(|&(start, end)| (start.max(from), end.min(to)))
                .filter(|(start, end)| start < end)
                .collect(),
        )
    }

    /// Whether all of a stretch is in it.
    #[must_use]
    pub fn covers(&self, from: Timestamp, to: Timestamp) -> bool {
        let at = self.0.partition_point(|(_, end)| *end < to);
        self.0.get(at).is_some_and(|(start, _)| *start <= from)
    }

    /// Whether any of a stretch is in it.
    #[must_use]
    pub fn touches(&self, from: Timestamp, to: Timestamp) -> bool {
        let at = self.0.partition_point(|(_, end)| *end <= from);
        self.0.get(at).is_some_and(|(start, _)| *start < to)
    }

    /// Its stretches in order.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        self.0.iter().copied()
    }

    /// Nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How long all stretches are together.
    #[must_use]
    pub fn length(&self) -> chrono::Duration {
        self.0.iter().map(|(start, end)| *end - *start).sum()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        chrono::Utc.timestamp_opt(minute * 60, 0).unwrap()
    }

    fn spans(all: &[(i64, i64)]) -> Spans {
        Spans::of(all.iter().map(|&(a, b)| (at(a), at(b))).collect())
    }

    /// Every set over eight minutes against counting them one by one.
    #[test]
    fn the_algebra_is_that_of_sets_of_minutes() {
        let set = |bits: u32| spans(&(0..8).filter(|n| bits & (1 << n) != 0).map(|n| (n, n + 1)).collect::<Vec<_>>());
        for a in 0..256_u32 {
            for b in (0..256_u32).step_by(7) {
                assert_eq!(set(a).union(&set(b)), set(a | b));
                assert_eq!(set(a).intersect(&set(b)), set(a & b));
                assert_eq!(set(a).minus(&set(b)), set(a & !b), "{a:b} minus {b:b}");
            }
            assert_eq!(set(a).from(at(3)), set(a & !0b111));
            for (from, to) in [(0, 8), (2, 5), (3, 4), (5, 5)] {
                let asked = (from..to).fold(0, |bits, n| bits | (1 << n));
                assert_eq!(set(a).within(at(from), at(to)), set(a & asked), "{a:b} within {from} to {to}");
                if from < to {
                    assert_eq!(set(a).covers(at(from), at(to)), a & asked == asked, "{a:b} covers {from} to {to}");
                    assert_eq!(set(a).touches(at(from), at(to)), a & asked != 0, "{a:b} touches {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn what_touches_is_one_and_what_is_empty_is_none() {
        assert_eq!(spans(&[(5, 9), (1, 5), (3, 3), (9, 2)]), spans(&[(1, 9)]));
        assert!(spans(&[(2, 2)]).is_empty());
        assert_eq!(spans(&[(0, 2), (4, 7)]).length(), chrono::Duration::minutes(5));
    }
}
