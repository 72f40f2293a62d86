//! What units say of one another: hours that were told and are then offered, sentences that offer nothing.
//!
//! In: units, and what was decided of each. Out: the same, where a later unit takes up what an earlier one told.
//! Never here: words.

use super::unit::{Unit, Verdict};

/// Sentences of which no word offers, and some were not read: in order.
pub(super) fn silent_sentences(units: &[Unit]) -> Vec<usize> {
    let mut silent: Vec<usize> = units
        .iter()
        .filter(|unit| unit.unknown_before + unit.unknown_after > 0 && !unit.because)
        .map(|unit| unit.sentence)
        .collect();
    let offering: Vec<usize> = units.iter().filter(|unit| unit.offers).map(|unit| unit.sentence).collect();
    silent.retain(|sentence| offering.binary_search(sentence).is_err());
    silent
}

/// Sentences in which something is on, and nothing is refused outright: in order.
pub(super) fn eventful_sentences(units: &[Unit]) -> Vec<usize> {
    let mut eventful: Vec<usize> = units.iter().filter(|unit| unit.event).map(|unit| unit.sentence).collect();
    let refusing: Vec<usize> = units.iter().filter(|unit| unit.refuses).map(|unit| unit.sentence).collect();
    eventful.retain(|sentence| refusing.binary_search(sentence).is_err());
    eventful
}

/// "The baby naps 12:30 to 2:30, so that window is golden": the hours that were told are those offered.
pub(super) fn referred(units: &[Unit], decided: &mut [Option<Verdict>]) {
    const YES: Option<Verdict> = Some(Verdict {
        yes: true,
        told: false,
        except: false,
    });
    for (number, unit) in units.iter().enumerate().filter(|(_, unit)| unit.refers && !unit.has_hours) {
        let offered = decided.get(number).copied().flatten().is_some_and(|verdict| verdict.yes);
        if !offered {
            continue;
        }
        // "Next week is quiet, so any time then": the days that were told.
        let near = |before: &(usize, &Unit)| before.1.sentence + 1 >= unit.sentence;
        let mut before = units.iter().enumerate().take(number).rev().take_while(near);
        let told = |other: &Unit| {
            if unit.any_time {
                other.has_days && !other.has_hours
            } else {
                other.has_hours
            }
        };
        let Some((mut at, found)) = before.find(|(_, other)| told(other)) else {
            continue;
        };
        if found.refuses || found.except {
            continue;
        }
        // "in the car 8 to 9:30 and 4 to 6": all of them.
        let sentence = found.sentence;
        loop {
            if let Some(slot) = decided.get_mut(at).filter(|slot| slot.is_none_or(|verdict| !verdict.yes)) {
                *slot = YES;
            }
            let joined = units.get(at).is_some_and(|unit| unit.joined);
            let next = at.checked_sub(1).and_then(|at| units.get(at));
            if !joined || next.is_none_or(|unit| unit.sentence != sentence || !told(unit) || unit.refuses) {
                break;
            }
            at -= 1;
        }
    }
}
