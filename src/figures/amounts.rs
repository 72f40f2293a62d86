//! Shares and spreads: numbers that say of how many they are, and say nothing of too few.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// Of fewer than this no share and no median is given: one case more or less would move it by a fifth.
pub const FEWEST: u32 = 5;
/// Of fewer than this no "nine in ten" is given.
pub const FEWEST_P90: u32 = 10;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// For how many it holds.
    pub part: u32,
    /// Of how many.
    pub of: u32,
}

impl Share {
    /// Counts one more.
    pub fn count(&mut self, holds: bool) {
        self.of += 1;
        self.part += u32::from(holds);
    }

    /// Counts what another has counted.
    pub const fn add(&mut self, other: Self) {
        self.part += other.part;
        self.of += other.of;
    }

    /// In percent; `None` of too few.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.of >= FEWEST).then(|| f64::from(self.part) * 100.0 / f64::from(self.of))
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut share = out.serialize_struct("Share", 3)?;
        share.serialize_field("part", &self.part)?;
        share.serialize_field("of", &self.of)?;
        share.serialize_field("percent", &self.percent().map(tenths))?;
        share.end()
    }
}

/// How long, or how many days, most took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    /// Of how many.
    pub n: u32,
    /// Half took no longer; `None` of too few.
    pub median: Option<f64>,
    /// Nine in ten took no longer; `None` of too few.
    pub p90: Option<f64>,
}

impl Spread {
    /// Of these, each divided by `unit`. Changes their order.
    #[must_use]
    pub fn of(all: &mut [u32], unit: f64) -> Self {
        let n = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let median = (n >= FEWEST).then(|| {
            let (below, middle, _) = all.select_nth_unstable(all.len() / 2);
            let upper = f64::from(*middle);
            // Of an even number, between the two in the middle.
            match below.iter().max().filter(|_| n.is_multiple_of(2)) {
                Some(lower) => f64::midpoint(f64::from(*lower), upper),
                None => upper,
            }
        });
        // The smallest that nine in ten do not exceed.
        let p90 = (n >= FEWEST_P90).then(|| f64::from(*all.select_nth_unstable((all.len() * 9).div_ceil(10) - 1).1));
        Self {
            n,
            median: median.map(|value| tenths(value / unit)),
            p90: p90.map(|value| tenths(value / unit)),
        }
    }
}

/// To one decimal.
pub(super) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_say_nothing() {
        assert_eq!(Share { part: 2, of: 2 }.percent(), None);
        assert_eq!(Share { part: 4, of: 5 }.percent(), Some(80.0));
        assert_eq!(Share::default().percent(), None);
        let nothing = Spread::of(&mut [], 1.0);
        assert_eq!((nothing.n, nothing.median, nothing.p90), (0, None, None));
        let four = Spread::of(&mut [1, 2, 3, 4], 1.0);
        assert_eq!((four.n, four.median), (4, None));
    }

    #[test]
    fn the_middle_and_nine_in_ten() {
        let odd = Spread::of(&mut [50, 10, 40, 20, 30], 10.0);
        assert_eq!((odd.n, odd.median, odd.p90), (5, Some(3.0), None));
        let mut ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
        assert_eq!(
            Spread::of(&mut ten, 1.0),
            Spread {
                n: 10,
                median: Some(5.5),
                p90: Some(9.0)
            }
        );
        let mut eleven: Vec<u32> = (1..=11).collect();
        assert_eq!(Spread::of(&mut eleven, 1.0).p90, Some(10.0));
    }

    #[test]
    fn json_says_null_of_few() {
        let json = |share: Share| serde_json::to_string(&share).unwrap();
        assert_eq!(json(Share { part: 1, of: 3 }), r#"{"part":1,"of":3,"percent":null}"#);
        assert_eq!(json(Share { part: 2, of: 6 }), r#"{"part":2,"of":6,"percent":33.3}"#);
    }
}
