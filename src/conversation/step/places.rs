//! Interviews that change places: "swap Ana and Ben", "Ana to Thursday, Ben takes her hour".
//!
//! In: the bookings of one mail. Out: whose agreed time they free for each other. Never here: a booking; it is done or refused one by one.

use super::Turn;
use crate::conversation::{Command, Interview};
use crate::model::{Slot, SubmissionId};

impl Turn {
    /// Whose agreed times become free by these bookings: nobody's, unless all of them can be kept then.
    pub(super) fn change_places(&self, orders: &[Command], dropped: &[SubmissionId]) -> Vec<SubmissionId> {
        let mut wanted: Vec<(SubmissionId, Slot)> = Vec::new();
        for order in orders {
            if let Command::Book { submission, slot } = order
                && !dropped.contains(submission)
            {
                wanted.push((*submission, *slot));
            }
        }
        let moves = |(id, slot): &&(SubmissionId, Slot)| self.interview(*id).and_then(agreed).is_some_and(|now| now != *slot);
        let leaving: Vec<SubmissionId> = wanted.iter().filter(moves).map(|(id, _)| *id).collect();
        let mut after = self.c.clone();
        after.leaving.clone_from(&leaving);
        let travel = after.travel();
        let meet = |one: Slot, other: Slot| one.start < other.end + travel && other.start < one.end + travel;
        let fits = |n: usize, (id, slot): &(SubmissionId, Slot)| {
            let is_open = after.submission(*id).is_some_and(|one| !one.status.has_ended());
            let others = wanted.iter().take(n);
            slot.start > self.now && is_open && !after.is_taken(*id, *slot) && !others.into_iter().any(|(_, other)| meet(*slot, *other))
        };
        if wanted.iter().enumerate().all(|(n, one)| fits(n, one)) {
            leaving
        } else {
            Vec::new()
        }
    }
}

fn agreed(interview: &Interview) -> Option<Slot> {
    interview.booked.filter(|_| interview.is_under_way())
}
