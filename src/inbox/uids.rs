//! Sets of UIDs as commands write them (RFC 3501 9, sequence-set).

use std::collections::BTreeSet;

/// RFC 2683 3.2.1.5 asks clients to keep command lines near 1,000 octets.
const LONGEST: usize = 900;

/// Splits UIDs into sets, each short enough for one command and of at most `most` members.
pub(super) fn sets(uids: &BTreeSet<u32>, most: usize) -> Vec<BTreeSet<u32>> {
    let mut sets = Vec::new();
    let mut set = BTreeSet::new();
    let mut ranges = 0;
    let mut last = None;
    for &uid in uids {
        if last.and_then(|last: u32| last.checked_add(1)) != Some(uid) {
            ranges += 1;
        }
        // A range takes 22 octets at most: two numbers of ten digits, a colon, a comma.
        if set.len() >= most.max(1) || ranges * 22 > LONGEST {
            sets.push(std::mem::take(&mut set));
            ranges = 1;
        }
        set.insert(uid);
        last = Some(uid);
    }
    if !set.is_empty() {
        sets.push(set);
    }
    sets
}

/// `1,3:5` for 1, 3, 4, 5.
pub(super) fn written(uids: &BTreeSet<u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            Some(_) | None => ranges.push((uid, uid)),
        }
    }
    let texts: Vec<String> = ranges
        .iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}:{last}")
            }
        })
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        let cases: [(&[u32], &str); 5] = [
            (&[], ""),
            (&[7], "7"),
            (&[1, 3, 4, 5], "1,3:5"),
            (&[1, 2, 9], "1:2,9"),
            (&[u32::MAX - 1, u32::MAX], "4294967294:4294967295"),
        ];
        for (uids, text) in cases {
            assert_eq!(written(&uids.iter().copied().collect()), text);
        }
    }

    #[test]
    fn commands_stay_short_and_nothing_is_lost() {
        let scattered: BTreeSet<u32> = (0..5000).map(|n| u32::MAX - 2 * n).collect();
        let dense: BTreeSet<u32> = (1..=5000).collect();
        for (uids, least) in [(scattered, 100), (dense, 5)] {
            let sets = sets(&uids, 1000);
            assert!(sets.len() >= least, "{}", sets.len());
            assert!(sets.iter().all(|set| set.len() <= 1000 && written(set).len() <= LONGEST));
            assert_eq!(sets.into_iter().flatten().collect::<BTreeSet<u32>>(), uids);
        }
    }
}
