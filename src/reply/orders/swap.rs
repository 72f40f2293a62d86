//! Two interviews that change places: "swap Ana and Ben".
//!
//! In: a hit and its sentence. Out: two moves. Never here: a swap of anything but two times that are booked, or one that other hours speak against.

use super::line::{Hit, Line};
use super::people::{named, unclear};
use super::plain;
use super::reader::{Reader, What};
use super::{NotClear, Timestamp, Whom, Wish, table};

impl Reader<'_> {
    pub(super) fn swapped(&self, line: &Line, hit: &Hit) -> Result<Vec<What>, NotClear> {
        if unclear(&line.mentions, &line.tokens) {
            return Err(NotClear);
        }
        let written = line.written.text.get(hit.at.clone()).unwrap_or_default();
        let mut who = named(&line.mentions, &line.tokens);
        // "Swap the two": there are no others.
        if who.is_empty() && table::is("both_slots", written) {
            who = self.booked_places();
        }
        let [one, other] = who.as_slice() else { return Err(NotClear) };
        let (first, second) = (self.id(*one)?, self.id(*other)?);
        let (of_first, of_second) = (self.slot(first).ok_or(NotClear)?.start, self.slot(second).ok_or(NotClear)?.start);
        let zone = self.zone_of(Whom::Candidate(first));
        let is_theirs = |text: &str| {
            let hour = plain::has_hour(text, self.asked.today);
            let fits = |start: Timestamp| self.at_new_hour(text, start, zone) == Some(start);
            !hour || fits(of_first) || fits(of_second)
        };
        if !self.stretches(line, &line.tokens).into_iter().all(is_theirs) {
            return Err(NotClear);
        }
        let moved = |submission, start| {
            What::Do(Wish::Move {
                submission,
                start: Some(start),
            })
        };
        Ok(vec![moved(first, of_second), moved(second, of_first)])
    }
}
