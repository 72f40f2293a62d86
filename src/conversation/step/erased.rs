//! Somebody was erased: what was open for them ends, the others are told without their name, and nobody is woken for it.

use super::Turn;
use crate::conversation::{Content, Deadline, Notice, Party, Status};
use crate::model::SubmissionId;

impl Turn {
    pub(super) fn erased(&mut self, who: Party) {
        let ends = |id: SubmissionId| match who {
            Party::Candidate(one) => one == id,
            Party::Client => true,
            Party::Interviewer(_) | Party::Recruiter(_) => false,
        };
        let open = self.c.submissions.iter().filter(|one| one.can_be_withdrawn() && ends(one.id));
        let open: Vec<SubmissionId> = open.map(|one| one.id).collect();
        let known: Vec<SubmissionId> = open
            .iter()
            .copied()
            .filter(|id| self.take_out("replyd person erase", *id))
            .collect();
        let about = if let Party::Candidate(id) = who { Some(id) } else { None };
        let detail = match who {
            Party::Client => "the contact was erased",
            Party::Candidate(_) => "the candidate was erased",
            Party::Interviewer(_) => "an interviewer was erased",
            Party::Recruiter(_) => "a recruiter was erased",
        };
        self.record("erased", about, detail.to_owned());
        // Of a contact who was erased nobody at the client is left to be told; while a recruiter drives it is theirs to tell.
        let tells = who != Party::Client && !known.is_empty() && !self.holds_back(Party::Client);
        if tells {
            known.into_iter().for_each(|id| self.gone_due(id));
        }
        self.tell_recruiters(&Notice::Erased {
            who,
            ended: !open.is_empty(),
            told: tells,
        });
        self.schedule_chase();
    }

    /// The client is told that somebody is out, in the hours at which they are written to.
    pub(super) fn gone_due(&mut self, id: SubmissionId) {
        self.c.deadlines.clear(Deadline::Gone(id));
        if self.c.submission(id).is_none_or(|one| one.status != Status::Withdrawn) {
            return;
        }
        let polite = self.c.next_polite(Party::Client, self.now);
        match polite > self.now {
            true => self.c.deadlines.set(Deadline::Gone(id), polite),
            false => {
                self.send(Party::Client, Content::Withdrawn { submission: id }, None);
            }
        }
    }
}
