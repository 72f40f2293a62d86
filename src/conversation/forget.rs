//! A conversation without one of its people: their place in it stays, so that every number in it means what it meant.
//!
//! In: who, and what stands for their address. Out: the conversation without what it knows of them by name. Never here: what they wrote or
//! others wrote of them in free text, which is found by its words.

use super::{Conversation, Correction, Party, Submission};
use crate::model::{Address, ERASED, HeaderText, Mailbox, SubmissionId};

impl Conversation {
    /// Forgets somebody's name, address, phone and summary. What waits to be asked about a candidate is asked no more.
    pub fn forget(&mut self, who: Party, stands: &Address) {
        let mailbox = match who {
            Party::Client => Some(&mut self.batch.contact.mailbox),
            Party::Candidate(id) => self.batch.candidates.iter_mut().find(|one| one.submission == id).map(|one| {
                one.phone = None;
                one.summary = ERASED.to_owned();
                one.cv = None;
                &mut one.mailbox
            }),
            Party::Interviewer(n) => self.batch.interviewers.get_mut(usize::from(n)).map(|one| &mut one.mailbox),
            Party::Recruiter(n) => self.batch.recruiters.get_mut(usize::from(n)),
        };
        let Some(mailbox) = mailbox else { return };
        *mailbox = Mailbox {
            name: HeaderText::new(ERASED),
            address: stands.clone(),
        };
        self.corrected.retain(|(one, _)| *one != who);
        match who {
            Party::Client => self.chase.stopped = true,
            Party::Candidate(id) => self.forget_candidate(id),
            Party::Interviewer(_) | Party::Recruiter(_) => {}
        }
    }

    fn forget_candidate(&mut self, id: SubmissionId) {
        self.corrections
            .retain(|(one, what)| *one != id || !matches!(what, Correction::Phone(_) | Correction::Summary(_)));
        if let Some(one) = self.submissions.iter_mut().find(|one| one.id == id) {
            one.reason_words = String::new();
            if let Some(resting) = &mut one.resting {
                resting.condition = None;
            }
        }
        let asked: Vec<_> = self.deadlines.iter().map(|(deadline, _)| deadline).collect();
        let ended = self.submission(id).is_none_or(|one| !one.can_be_withdrawn());
        for deadline in asked.into_iter().filter(|one| ended && one.submission() == Some(id)) {
            self.deadlines.clear(deadline);
        }
    }
}

impl Submission {
    /// Something is still to come of it: it has not ended, and no pass stands.
    #[must_use]
    pub const fn can_be_withdrawn(&self) -> bool {
        use super::Status::{Closed, Completed, Interested, InterviewScheduled, Maybe, Queued, Rejected, Sent, Viewed, Withdrawn};
        match self.status {
            Queued | Sent | Viewed | Interested | Maybe | InterviewScheduled => true,
            Rejected | Completed | Withdrawn | Closed => false,
        }
    }
}
