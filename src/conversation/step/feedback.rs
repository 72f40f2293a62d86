//! Telling a candidate why: only what a recruiter released leaves, once, at an hour at which people may be written to.

use super::Turn;
use crate::conversation::{Content, Deadline, Driver, Effect, Party, Share, Side};
use crate::model::SubmissionId;

impl Turn {
    /// A pass stands with its reasons: a recruiter may have a letter for the candidate, if the agency wants such letters.
    pub(super) fn draft_feedback(&mut self, id: SubmissionId) {
        let explained = self.c.submission(id).is_some_and(|one| !one.reasons.is_empty());
        if self.c.policy.share == Share::Draft && explained && self.c.may_tell_why(id).is_ok() {
            self.effects.push(Effect::Draft(id));
        }
    }

    /// The pass holds no longer: nobody is told why.
    pub(super) fn forget_feedback(&mut self, id: SubmissionId) {
        self.c.deadlines.clear(Deadline::Feedback(id));
        if let Some(submission) = self.submission_mut(id) {
            submission.feedback = None;
        }
        if self.c.policy.share == Share::Draft {
            self.effects.push(Effect::DropDraft(id));
        }
    }

    /// A recruiter's word on the letter: this is sent, or none is.
    pub(super) fn feedback(&mut self, by: &str, id: SubmissionId, body: Option<String>) {
        let name = self.name_of(id);
        let Some(body) = body else {
            return self.record("feedback_dropped", Some(id), format!("{by}: {name} is not told why"));
        };
        if let Err(why) = self.c.may_tell_why(id) {
            return self.not_done(id, why);
        }
        if let Some(submission) = self.submission_mut(id) {
            submission.feedback = Some(body.clone());
        }
        let at = self.polite_for(id, Side::Candidate, self.now);
        let detail = format!("{by}: {name} is told why, {}", self.c.zone_of(Party::Candidate(id)).spelled(at));
        self.record_words("feedback_released", Some(id), detail, body);
        self.c.deadlines.set(Deadline::Feedback(id), at);
        if at <= self.now {
            self.c.deadlines.clear(Deadline::Feedback(id));
            self.feedback_due(id);
        }
    }

    pub(super) fn feedback_due(&mut self, id: SubmissionId) {
        let Some(submission) = self.c.submission(id).filter(|one| one.feedback.is_some()) else {
            return;
        };
        // What rests may be taken back, and a recruiter may hand back: the letter waits for its hour.
        let waits = match &submission.resting {
            Some(resting) => Some(resting.until + chrono::Duration::minutes(1)),
            None => (self.c.driver == Driver::Recruiter).then(|| self.now + chrono::Duration::hours(1)),
        };
        let polite = self.polite_for(id, Side::Candidate, waits.unwrap_or(self.now));
        if polite > self.now {
            self.c.deadlines.set(Deadline::Feedback(id), polite);
            return;
        }
        let Some(body) = self.submission_mut(id).and_then(|one| one.feedback.take()) else {
            return;
        };
        if let Err(why) = self.c.may_tell_why(id) {
            return self.not_done(id, why);
        }
        if let Some(submission) = self.submission_mut(id) {
            submission.told_why = true;
        }
        self.record_words("feedback_shared", Some(id), "the candidate was told why".to_owned(), body.clone());
        self.send(Party::Candidate(id), Content::Feedback { submission: id, body }, None);
    }
}
