//! What the listener remembers between requests: little, in memory, and bounded whatever arrives.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Marks that fade after some minutes.
#[derive(Debug)]
pub(super) struct Marks<K> {
    minutes: u32,
    most: usize,
    marked: Mutex<HashMap<K, u32>>,
}

impl<K: Eq + Hash + Clone> Marks<K> {
    pub(super) fn new(minutes: u32, most: usize) -> Self {
        Self {
            minutes,
            most,
            marked: Mutex::default(),
        }
    }

    /// Sets a mark; true when it was not set already. When there is no room the oldest one is forgotten.
    pub(super) fn set(&self, key: K, now_min: u32) -> bool {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.len() >= self.most {
            marked.retain(|_, at| now_min.saturating_sub(*at) < self.minutes);
        }
        if marked.len() >= self.most {
            let oldest = marked.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.map(|key| marked.remove(&key));
        }
        let fresh = |at: u32| now_min.saturating_sub(at) < self.minutes;
        !marked.insert(key, now_min).is_some_and(fresh)
    }

    /// Whether a mark is set.
    pub(super) fn is_set(&self, key: &K, now_min: u32) -> bool {
        let marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        marked.get(key).is_some_and(|at| now_min.saturating_sub(*at) < self.minutes)
    }
}

/// Counts by key within the current minute.
#[derive(Debug, Default)]
pub(super) struct Pace<K> {
    counts: Mutex<(u32, HashMap<K, u32>)>,
}

impl<K: Eq + Hash> Pace<K> {
    /// More networks than this within one minute are counted as one.
    const MOST: usize = 16_384;

    /// Counts one; true when it is within `limit` for this minute.
    pub(super) fn allows(&self, key: K, limit: u32, now_min: u32) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (minute, by_key) = &mut *counts;
        if *minute != now_min {
            *minute = now_min;
            by_key.clear();
        }
        if by_key.len() >= Self::MOST && !by_key.contains_key(&key) {
            return false;
        }
        let count = by_key.entry(key).or_default();
        *count = count.saturating_add(1);
        *count <= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_fade_and_stay_few() {
        let marks = Marks::new(10, 100);
        assert!(marks.set(1, 50));
        assert!(!marks.set(1, 51), "set already");
        assert!(marks.is_set(&1, 60));
        assert!(!marks.is_set(&1, 61));
        for key in 0..10_000 {
            marks.set(key, 70);
        }
        assert_eq!(marks.marked.lock().unwrap().len(), 100);
        assert!(marks.is_set(&9_999, 70));
    }

    #[test]
    fn the_pace_is_by_key_and_minute() {
        let pace = Pace::default();
        assert!((0..60).all(|_| pace.allows(1, 60, 5)));
        assert!(!pace.allows(1, 60, 5));
        assert!(pace.allows(2, 60, 5));
        assert!(pace.allows(1, 60, 6));
        assert!((0..100_000).filter(|key| pace.allows(*key + 10, 60, 6)).count() <= Pace::<i32>::MOST);
    }
}
