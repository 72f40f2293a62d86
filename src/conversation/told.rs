//! When the other side of an interview can, as a letter that asks for times tells it, and the page behind it.

use chrono::Duration;

use super::{Conversation, Interview, Side};
use crate::calendar::Spans;
use crate::model::{SubmissionId, Timestamp};

/// How far ahead the other side's working hours are told.
const HOURS_TOLD: Duration = Duration::days(8);

impl Conversation {
    /// When the other side can, as far as a side is told that names times: what they gave, and once that did not do, when they work.
    #[must_use]
    pub fn told_of_other(&self, id: SubmissionId, side: Side, now: Timestamp) -> Spans {
        let Some(interview) = self.submission(id).and_then(|one| one.interview.as_ref()) else {
            return Spans::default();
        };
        let earliest = now + Duration::hours(i64::from(self.policy.scheduling.notice_h));
        let other = side.other();
        match &interview.attendee(other).can {
            _ if side == Side::Candidate && self.is_panel() => self.panel_can(id, interview, earliest),
            Some(can) => can.from(earliest),
            None if interview.rounds > 0 => self.works(id, other, earliest).minus(&self.busy(id, other)),
            None => Spans::default(),
        }
    }

    fn works(&self, id: SubmissionId, side: Side, earliest: Timestamp) -> Spans {
        let zone = self.zone_of(side.party(id));
        self.policy.business.spans(zone, earliest, earliest + HOURS_TOLD)
    }

    /// When all of several who must be there could: what they named, else their working hours. Nothing before the first round: until then
    /// anything goes.
    fn panel_can(&self, id: SubmissionId, interview: &Interview, earliest: Timestamp) -> Spans {
        let (required, _) = self.required(id);
        let names = |side: &Side| interview.attendee(*side).names.is_some();
        if interview.rounds == 0 && !required.iter().any(names) {
            return Spans::default();
        }
        let one = |side: Side| {
            let named = interview.attendee(side).names.clone().map(|named| named.from(earliest));
            named.unwrap_or_else(|| self.works(id, side, earliest)).minus(&self.busy(id, side))
        };
        required
            .into_iter()
            .map(one)
            .reduce(|all, next| all.intersect(&next))
            .unwrap_or_default()
    }
}
