//! What is left of a stretch of time when one calendar after the other is laid over it.
//!
//! The same as intersecting and subtracting [`Spans`](super::Spans), without a new set for each step and without what has become too short.

use chrono::Duration;

use crate::model::Timestamp;

/// From, to.
pub(super) type Stretch = (Timestamp, Timestamp);

/// Stretches that are still free, in order.
pub(super) struct Free {
    open: Vec<Stretch>,
    /// Where the next step writes.
    next: Vec<Stretch>,
    /// What is shorter is of no use.
    least: Duration,
}

impl Free {
    pub(super) fn new(from: Timestamp, to: Timestamp, least: Duration) -> Self {
        let mut free = Self {
            open: Vec::new(),
            next: Vec::new(),
            least,
        };
        free.put(from, to);
        free.turn();
        free
    }

    pub(super) fn open(&self) -> &[Stretch] {
        &self.open
    }

    /// Keeps what is also in `others`, which are in order and do not overlap.
    pub(super) fn keep(&mut self, others: &[Stretch]) {
        let mut others = others.iter().copied().peekable();
        for (from, to) in std::mem::take(&mut self.open) {
            while others.next_if(|(_, end)| *end <= from).is_some() {}
            while let Some(&(start, end)) = others.peek().filter(|(start, _)| *start < to) {
                self.put(from.max(start), to.min(end));
                if end > to {
                    break;
                }
                others.next();
            }
        }
        self.turn();
    }

    /// Takes out `holes`, whose beginnings are in order and whose ends are, though they may overlap.
    pub(super) fn cut(&mut self, holes: impl Iterator<Item = Stretch>) {
        let mut holes = holes.peekable();
        let open = std::mem::take(&mut self.open);
        for &(mut from, to) in &open {
            while holes.next_if(|(_, end)| *end <= from).is_some() {}
            while let Some(&(start, end)) = holes.peek().filter(|(start, _)| *start < to) {
                if from < start {
                    self.put(from, start);
                }
                from = from.max(end);
                if end > to {
                    break;
                }
                holes.next();
            }
            self.put(from, to);
        }
        self.open = open;
        self.turn();
    }

    fn put(&mut self, from: Timestamp, to: Timestamp) {
        if from < to && to - from >= self.least {
            self.next.push((from, to));
        }
    }

    /// What was written becomes what is free.
    fn turn(&mut self) {
        std::mem::swap(&mut self.open, &mut self.next);
        self.next.clear();
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::super::Spans;
    use super::*;

    /// Every set over eight minutes against the algebra of sets.
    #[test]
    fn keeping_and_cutting_are_those_of_sets() {
        let at = |minute: i64| chrono::Utc.timestamp_opt(minute * 60, 0).unwrap();
        let set = |bits: u32| Spans::of((0..8).filter(|n| bits & (1 << n) != 0).map(|n| (at(n), at(n + 1))).collect());
        for least in 0..3 {
            for a in 0..256_u32 {
                for b in (0..256_u32).step_by(5) {
                    let mut free = Free::new(at(0), at(8), Duration::minutes(least));
                    free.keep(set(a).near(at(0), at(8)));
                    let long = |spans: Spans| Spans::of(spans.iter().filter(|(from, to)| (*to - *from).num_minutes() >= least).collect());
                    let kept = long(set(a));
                    assert_eq!(Spans::of(free.open().to_vec()), kept);
                    free.cut(set(b).iter());
                    assert_eq!(Spans::of(free.open().to_vec()), long(kept.minus(&set(b))), "{a:b} without {b:b}");
                }
            }
        }
    }
}
