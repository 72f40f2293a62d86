//! A conversation without one of its people: their place in it stays, so that every number in it means what it meant.
//!
//! In: who, and what stands for their address. Out: the conversation without what it knows of them by name. Never here: what they wrote or
//! others wrote of them in free text, which is found by its words.

use super::{Command, Conversation, Correction, Deadline, Party, Policy, Submission};
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
        // An order about them is no order any more, and holds their address.
        for one in &mut self.ordered {
            one.done.retain(|command| command.party() != Some(who));
            one.resting.retain(|command| command.party() != Some(who));
        }
        for one in &mut self.proposed {
            one.commands.retain(|command| command.party() != Some(who));
        }
        self.proposed.retain(|one| !one.commands.is_empty());
        match who {
            Party::Client => self.chase.stopped = true,
            Party::Candidate(id) => self.forget_candidate(id),
            Party::Interviewer(_) | Party::Recruiter(_) => {}
        }
    }

    /// What is left of a conversation that ended long ago: who put forward how many for what, and what became of each, without anybody's name
    /// but the recruiters'. Its links lead nowhere, and nothing is written any more.
    #[must_use]
    pub fn without_people(&self) -> Self {
        let nobody = |kind: &str, row: i64| Mailbox {
            name: HeaderText::new(ERASED),
            address: Address::of_erased(kind, row),
        };
        let mut batch = self.batch.clone();
        batch.contact.mailbox = nobody("batch", self.id.0);
        batch.backup = None;
        batch.note = String::new();
        (batch.project.place, batch.project.directions) = (HeaderText::default(), String::new());
        for (one, n) in batch.interviewers.iter_mut().zip(1_i64..) {
            one.mailbox = nobody(&format!("interviewer{n}-"), self.id.0);
        }
        for one in &mut batch.candidates {
            one.mailbox = nobody("submission", one.submission.0);
            (one.phone, one.summary, one.cv) = (None, ERASED.to_owned(), None);
        }
        let policy = Policy {
            leads: Vec::new(),
            ..self.policy.clone()
        };
        // Whatever else a conversation knows, a new one does not.
        let mut left = Self::new(self.id, batch, policy);
        left.driver = self.driver;
        left.generation = self.generation.saturating_add(1);
        left.letters = self.letters;
        left.chase.stopped = true;
        for (now, was) in left.submissions.iter_mut().zip(&self.submissions) {
            (now.status, now.settled) = (was.status, was.settled);
            now.reasons.clone_from(&was.reasons);
        }
        left
    }

    /// Forgets the other contact: the one who would be turned to, or the one who stayed silent.
    pub fn forget_other_contact(&mut self) {
        match (&mut self.batch.backup, self.chase.with_backup) {
            (Some(silent), true) => {
                silent.mailbox = Mailbox {
                    name: HeaderText::new(ERASED),
                    address: Address::of_erased("contact", 0),
                };
            }
            (backup, _) => {
                *backup = None;
                self.deadlines.clear(Deadline::Backup);
            }
        }
    }

    /// The addresses that orders which are not carried out yet give somebody.
    pub fn addresses_ordered(&self, who: Party) -> impl Iterator<Item = &Address> {
        let ordered = self.ordered.iter().flat_map(|one| one.done.iter().chain(&one.resting));
        let proposed = self.proposed.iter().flat_map(|one| &one.commands);
        ordered.chain(proposed).filter_map(move |command| {
            if let Command::Readdress { who: whose, address } = command
                && *whose == who
            {
                return Some(address);
            }
            None
        })
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
