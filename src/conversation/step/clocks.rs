//! Clocks: whoever names theirs gets times by it, and a law that changes one changes what both were told.

use chrono::Duration;

use super::Turn;
use crate::calendar::{Zone, zone_data};
use crate::conversation::{Clocks, NamedZone, Side};
use crate::model::SubmissionId;

impl Turn {
    /// Times are by their clock from here on. Whoever names the other side's clock is only kind to them, and of two names for the same clock
    /// the one that is known stands.
    pub(super) fn zone_named(&mut self, id: SubmissionId, side: Side, zone: Zone, words: &str) {
        // Clocks that agree today may part before the interview.
        let ahead = [0, 30, 60, 90].map(|days| self.now + Duration::days(days));
        let same = |other: Zone| ahead.iter().all(|at| zone.local(*at) == other.local(*at));
        let party = side.party(id);
        if same(self.zone_of(id, side)) || same(self.zone_of(id, side.other())) {
            return;
        }
        self.c.name_zone(NamedZone { party, zone, told: None });
        let of_theirs: Vec<SubmissionId> = self.c.submissions.iter().map(|one| one.id).collect();
        for id in of_theirs {
            self.note_clocks(id);
        }
        let detail = format!("times for {} are by the clock of {} from here on", side.label(), zone.name());
        self.record_words("zone_named", Some(id), detail, words.to_owned());
    }

    /// Remembers how everybody's clock stands at the time agreed.
    pub(super) fn note_clocks(&mut self, id: SubmissionId) {
        let clocks = self.clocks(id);
        if let Some(interview) = self.interview_mut(id) {
            interview.clocks = clocks;
        }
    }

    fn clocks(&self, id: SubmissionId) -> Option<Clocks> {
        let start = self.interview(id)?.booked?.start;
        let ahead = |side| (self.zone_of(id, side).local(start) - start.naive_utc()).num_seconds();
        Some(Clocks {
            zone_data: zone_data().to_owned(),
            ahead: self.sides(id).into_iter().map(ahead).collect(),
        })
    }

    /// A country changed its clocks since the interview was agreed: it is at the same instant, and somebody's wall shows another hour. All
    /// get a corrected invitation, as each letter tells the other side's clock too.
    pub(super) fn zone_rules_changed(&mut self, id: SubmissionId) {
        let now = self.now;
        let (Some(clocks), Some(interview)) = (self.clocks(id), self.interview_mut(id)) else {
            return;
        };
        let detail = format!(
            "clocks were changed by law (zone rules {}): the interview is at another hour",
            clocks.zone_data
        );
        let moved = interview
            .clocks
            .as_ref()
            .is_some_and(|before| !before.ahead.is_empty() && before.ahead != clocks.ahead);
        interview.clocks = Some(clocks);
        let to_come = interview.booked.filter(|slot| slot.start > now && interview.is_under_way());
        let (Some(slot), true) = (to_come, moved) else { return };
        interview.sequence += 1;
        interview.corrected = true;
        let sides = interview.sides();
        for side in &sides {
            interview.attendee_mut(*side).resend = true;
        }
        self.record("clocks_changed", Some(id), detail);
        for side in sides {
            self.tell_side(id, side, slot.start, false);
        }
    }
}
