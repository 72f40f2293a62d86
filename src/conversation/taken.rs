//! When the people of an interview are taken by others: of the same batch, and of others as far as the store knows them.

use chrono::Duration;

use super::{Conversation, Interview, InterviewKind, Side};
use crate::calendar::Spans;
use crate::model::{Slot, SubmissionId};

impl Interview {
    /// What it takes of its people's time: the time agreed until it is over, or else those that are held for a choice.
    #[must_use]
    pub fn takes(&self) -> Vec<Slot> {
        match self.booked {
            _ if !self.is_under_way() => Vec::new(),
            Some(slot) => vec![slot],
            None => self.held().to_vec(),
        }
    }
}

impl Conversation {
    /// What is kept free before and after one of its interviews, for travel.
    #[must_use]
    pub fn travel(&self) -> Duration {
        match self.batch.project.interview {
            InterviewKind::OnSite => Duration::minutes(i64::from(self.policy.scheduling.travel_min)),
            InterviewKind::Video | InterviewKind::Phone => Duration::zero(),
        }
    }

    /// When a side is taken by other interviews. What lies around them for travel is taken too, unless this interview keeps as much free
    /// by itself.
    #[must_use]
    pub fn busy(&self, id: SubmissionId, side: Side) -> Spans {
        match side {
            Side::Candidate => self.elsewhere.candidate(id),
            Side::Client | Side::Interviewer(_) => {
                let others = self
                    .submissions
                    .iter()
                    .filter(|one| one.id != id && !self.leaving.contains(&one.id));
                let taken = others.filter_map(|one| one.interview.as_ref()).flat_map(Interview::takes);
                let here = Spans::of(taken.map(|slot| (slot.start, slot.end)).collect());
                self.elsewhere.of(side, id).union(&here)
            }
        }
    }

    /// More people of the client's than the contact, or others, meet the candidates.
    #[must_use]
    pub fn is_panel(&self) -> bool {
        !self.batch.interviewers.is_empty()
    }

    /// Whoever at the client is asked which times they can make, where there are several.
    #[must_use]
    pub fn panel(&self, id: SubmissionId) -> Vec<Side> {
        let is_asked = |side: &Side| match side {
            Side::Client => self.batch.contact_attends,
            Side::Interviewer(_) => true,
            Side::Candidate => false,
        };
        let sides = self.interview(id).map(Interview::sides).unwrap_or_default();
        sides.into_iter().filter(is_asked).collect()
    }

    /// Comes if they can, or is not waited for any more.
    #[must_use]
    pub fn comes_if_they_can(&self, id: SubmissionId, side: Side) -> bool {
        let by_batch = match side {
            Side::Client => self.batch.contact_attends,
            Side::Candidate => true,
            Side::Interviewer(n) => self.interviewer(n).is_some_and(|one| one.required),
        };
        !by_batch || self.interview(id).is_some_and(|one| one.attendee(side).excused)
    }

    /// Without whom there is no interview: the two sides, or the candidate and the interviewers who are required.
    #[must_use]
    pub fn must_be_there(&self, id: SubmissionId) -> Vec<Side> {
        if !self.is_panel() {
            return Side::ALL.to_vec();
        }
        let required = self.panel(id).into_iter().filter(|side| !self.comes_if_they_can(id, *side));
        // Days and their parts are counted where the first one lives.
        required.chain([Side::Candidate]).collect()
    }

    fn interview(&self, id: SubmissionId) -> Option<&Interview> {
        self.submission(id)?.interview.as_ref()
    }

    /// The interviewers who must be there, and how many of them are enough.
    #[must_use]
    pub fn required(&self, id: SubmissionId) -> (Vec<Side>, usize) {
        let all: Vec<Side> = self.must_be_there(id).into_iter().filter(|side| *side != Side::Candidate).collect();
        let quorum = self.policy.scheduling.quorum.filter(|_| self.is_panel());
        let enough = quorum.map_or(all.len(), usize::from).clamp(1, all.len().max(1));
        (all, enough)
    }

    /// Whether a side has something else at that time, or on the way.
    #[must_use]
    pub fn is_elsewhere(&self, id: SubmissionId, side: Side, slot: Slot) -> bool {
        let (start, end) = (slot.start - self.travel(), slot.end + self.travel());
        self.busy(id, side).touches(start, end)
    }

    /// Whether the candidate, or so many of those who must be there that too few are left, have something else at that time.
    #[must_use]
    pub fn is_taken(&self, id: SubmissionId, slot: Slot) -> bool {
        let (required, enough) = self.required(id);
        let free = required.iter().filter(|side| !self.is_elsewhere(id, **side, slot)).count();
        self.is_elsewhere(id, Side::Candidate, slot) || free < enough.min(required.len())
    }
}
