//! Several interviewers before a time is agreed: what is offered to them, when enough of them can, and what a silent one holds up.
//! The rule is in [`crate::conversation`]'s file on interviews.

use std::cmp::Reverse;

use super::Turn;
use super::arrange::{NO_MAIL, SLOTS_KEPT, Seats, capital};
use crate::calendar::Spans;
use crate::conversation::{Ask, Asking, Attendee, Author, Deadline, Interview, Notice, Side, Submission};
use crate::model::{Mailbox, Slot, SubmissionId, Timestamp};

impl Turn {
    /// See [`crate::conversation::Conversation::is_panel`].
    pub(super) fn is_panel(&self) -> bool {
        self.c.is_panel()
    }

    /// Empty seats for the interviewers of the batch; what the calendars of an earlier interview show goes on counting.
    pub(super) fn seats(&self, before: &[Attendee]) -> Vec<Attendee> {
        let seat = |n: usize| before.get(n).map(Attendee::entry).unwrap_or_default();
        (0..self.c.batch.interviewers.len()).map(seat).collect()
    }

    /// Everybody of an interview.
    pub(super) fn sides(&self, id: SubmissionId) -> Vec<Side> {
        self.interview(id).map(Interview::sides).unwrap_or_default()
    }

    /// Who comes if they can.
    pub(super) fn may_be_there(&self, id: SubmissionId) -> Vec<Side> {
        if !self.is_panel() {
            return Vec::new();
        }
        self.c
            .panel(id)
            .into_iter()
            .filter(|side| self.c.comes_if_they_can(id, *side))
            .collect()
    }

    /// Whether too few of those who must be there are left at the time that is agreed without one of them.
    pub(super) fn is_short_without(&self, id: SubmissionId, side: Side, slot: &Slot) -> bool {
        let (required, enough) = self.c.required(id);
        let comes = |one: &Side| *one != side && !self.is_absent(id, *one) && self.can_make(id, *one, slot) == Some(true);
        required.contains(&side) && required.iter().filter(|one| comes(one)).count() < enough
    }

    /// Whether somebody can make a time, as far as they said.
    pub(super) fn can_make(&self, id: SubmissionId, side: Side, slot: &Slot) -> Option<bool> {
        let attendee = self.interview(id)?.attendee(side);
        let covers = |spans: &Spans| spans.covers(slot.start, slot.end);
        if attendee.names.as_ref().is_some_and(covers) {
            return Some(true);
        }
        attendee.can.as_ref().map(covers)
    }

    /// The same, and whoever has something else by now cannot, whatever they said.
    fn comes_to(&self, id: SubmissionId, side: Side, slot: &Slot) -> Option<bool> {
        if self.c.is_elsewhere(id, side, *slot) {
            return Some(false);
        }
        self.can_make(id, side, slot)
    }

    /// The candidate is asked for times, or the interviewers which of those they can make.
    pub(super) fn advance_panel(&mut self, id: SubmissionId) {
        let ahead = self.now + self.notice();
        let knows = |one: &Attendee| one.can.as_ref().is_some_and(|can| !can.from(ahead).is_empty());
        match self.interview(id).map(|one| knows(&one.candidate)) {
            Some(true) => self.offer_to_panel(id),
            Some(false) => self.ask(id, Side::Candidate, Ask::Times),
            None => {}
        }
    }

    /// A round: the best of the candidate's times, put to everybody who has not named them already.
    pub(super) fn offer_to_panel(&mut self, id: SubmissionId) {
        self.withdraw_offer(id);
        let fresh = self.cut_for_panel(id);
        if fresh.is_empty() {
            return self.nothing_fits(id);
        }
        self.say_unread(id);
        let Some(interview) = self.interview_mut(id) else { return };
        interview.offered_from = interview.slots.len();
        interview.slots.extend(&fresh);
        if interview.slots.len() > SLOTS_KEPT {
            return self.leave_to_recruiter(id, "So many times were offered for the interview that a person should look", "");
        }
        if self.settle_panel(id, None) {
            return;
        }
        for side in self.c.panel(id) {
            if fresh.iter().any(|slot| self.comes_to(id, side, slot).is_none()) {
                self.ask(id, side, Ask::Choice);
            }
        }
    }

    /// Times for a round: those that everybody named who named some; else those at which all who must be there work; else those at which
    /// enough of them may.
    fn cut_for_panel(&self, id: SubmissionId) -> Vec<Slot> {
        let count = usize::from(self.c.policy.scheduling.slots);
        let (required, enough) = self.c.required(id);
        let mut found = self.cut(id, count);
        if found.is_empty() {
            let seats = Seats {
                binding: false,
                ..self.seats_of(id)
            };
            found = self.cut_for(id, &seats, count);
        }
        if found.is_empty() && enough < required.len() {
            let seats = Seats {
                required: vec![Side::Candidate],
                several: (required, enough),
                optional: self.c.panel(id),
                binding: false,
            };
            found = self.cut_for(id, &seats, count);
        }
        found
    }

    /// The round is over, or the offer does not stand any more: nobody is asked about it.
    pub(super) fn withdraw_offer(&mut self, id: SubmissionId) {
        if !self.is_panel() {
            return;
        }
        for side in self.c.panel(id) {
            self.c.deadlines.clear(Deadline::Interview(id, side));
            if let Some(attendee) = self.attendee_mut(id, side) {
                (attendee.asked, attendee.can, attendee.put_to_lead) = (None, None, false);
            }
        }
    }

    /// The slots of this round that can still be agreed, with their places.
    fn standing(&self, id: SubmissionId, earliest: Timestamp) -> Vec<(usize, Slot)> {
        let Some(interview) = self.interview(id) else { return Vec::new() };
        let held = interview.slots.iter().copied().enumerate().skip(interview.offered_from);
        held.filter(|(_, slot)| slot.start >= earliest && !self.c.is_taken(id, *slot))
            .collect()
    }

    /// What a letter of this round offers: the most that hold in a row, as their links are numbered from the first on. `None` when nothing
    /// of it holds any more, and another round was begun.
    pub(super) fn offered_to_panel(&mut self, id: SubmissionId) -> Option<(usize, Vec<Slot>)> {
        let standing = self.standing(id, self.now + self.notice());
        let rows = standing.chunk_by(|(place, _), (next, _)| place + 1 == *next);
        let Some(row) = rows.max_by_key(|row| (row.len(), Reverse(row.first().map(|(place, _)| *place)))) else {
            self.none_in_common(id, "The times that were offered went by before everybody had answered");
            return None;
        };
        let first = row.first().map(|(place, _)| *place)?;
        Some((first, row.iter().map(|(_, slot)| *slot).collect()))
    }

    /// Books the best time that enough can make, or begins another round when there can be none. True when one of the two was done.
    pub(super) fn settle_panel(&mut self, id: SubmissionId, by: Option<Side>) -> bool {
        let (required, enough) = self.c.required(id);
        let optional = self.may_be_there(id);
        let count =
            |sides: &[Side], slot: &Slot, says: Option<bool>| sides.iter().filter(|side| self.comes_to(id, **side, slot) == says).count();
        let slots: Vec<Slot> = self.standing(id, self.now).into_iter().map(|(_, slot)| slot).collect();
        let agreed = slots.iter().filter(|slot| count(&required, slot, Some(true)) >= enough);
        let best = agreed.max_by_key(|slot| {
            let there = count(&required, slot, Some(true));
            (there, count(&optional, slot, Some(true)), Reverse(slot.start))
        });
        if let Some(slot) = best.copied() {
            self.book(id, slot, by);
            return true;
        }
        let open = |slot: &Slot| count(&required, slot, Some(true)) + count(&required, slot, None) >= enough;
        if slots.iter().any(open) {
            return false;
        }
        self.none_in_common(id, "None of the times offered suits everybody who must be there");
        true
    }

    /// Other times of the candidate's, or the candidate is asked for more.
    fn none_in_common(&mut self, id: SubmissionId, why: &str) {
        self.record(
            "none_in_common",
            Some(id),
            "no time that enough of the interviewers can make".to_owned(),
        );
        self.withdraw_offer(id);
        if !self.next_round(id, why) {
            return;
        }
        // Times that somebody named are put to the candidate before others are tried.
        let named = self.c.panel(id).into_iter().any(|side| self.names_times(id, side));
        let left = if named { self.cut(id, 1) } else { self.cut_for_panel(id) };
        if left.is_empty() {
            self.ask_candidate_anew(id);
        } else {
            self.offer_to_panel(id);
        }
    }

    pub(super) fn ask_candidate_anew(&mut self, id: SubmissionId) {
        self.withdraw_offer(id);
        if let Some(candidate) = self.attendee_mut(id, Side::Candidate) {
            candidate.can = None;
        }
        self.ask(id, Side::Candidate, Ask::Times);
    }

    fn names_times(&self, id: SubmissionId, side: Side) -> bool {
        let names = self.interview(id).and_then(|one| one.attendee(side).names.as_ref());
        names.is_some_and(|names| !names.from(self.now + self.notice()).is_empty())
    }

    /// Times of an interviewer: an answer to this round, and what they named themselves holds for the next.
    pub(super) fn panelist_answered(&mut self, id: SubmissionId, side: Side, can: Spans, names: Option<Spans>) {
        let Some(interview) = self.interview_mut(id) else { return };
        let refused: Vec<Slot> = interview
            .last_offer()
            .iter()
            .filter(|slot| !can.covers(slot.start, slot.end))
            .copied()
            .collect();
        let attendee = interview.attendee_mut(side);
        (attendee.asked, attendee.put_to_lead) = (None, false);
        attendee.can = Some(can);
        match names {
            Some(names) => attendee.names = Some(names),
            None => attendee.cannot(&refused),
        }
        self.c.deadlines.clear(Deadline::Interview(id, side));
        // Between two rounds it is the candidate who is asked: what was said is kept for the next.
        let in_round = self
            .interview(id)
            .is_some_and(|one| one.candidate.asked.is_none() && one.booked.is_none());
        if in_round {
            self.settle_panel(id, Some(side));
        }
    }

    // ---- silence ----

    /// Reminded, and no answer: whoever comes if they can is not waited for, and of the others the recruiters are asked.
    pub(super) fn panelist_is_silent(&mut self, id: SubmissionId, side: Side, why: &str) {
        if self.c.comes_if_they_can(id, side) {
            return self.not_waited_for(id, side);
        }
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        if attendee.put_to_lead {
            let why = format!("Nobody said whether the interview goes on without {}", self.name_at(id, side));
            return self.leave_to_recruiter(id, &why, "");
        }
        attendee.put_to_lead = true;
        let hours = self.c.policy.chase_hours.first().copied().unwrap_or(24);
        let until = self.polite_after(self.now, hours.saturating_mul(2));
        self.c.deadlines.set(Deadline::Interview(id, side), until);
        let who = self.name_at(id, side);
        self.record(
            "put_to_lead",
            Some(id),
            format!("asked the recruiter whether it goes on without {who}"),
        );
        self.tell_recruiters(&Notice::GoOnWithout {
            submission: id,
            silent: self.silent(id),
            why: why.to_owned(),
        });
    }

    pub(super) fn not_waited_for(&mut self, id: SubmissionId, side: Side) {
        self.c.deadlines.clear(Deadline::Interview(id, side));
        if let Some(attendee) = self.attendee_mut(id, side) {
            attendee.asked = None;
        }
        let who = self.name_at(id, side);
        self.record(
            "not_waited_for",
            Some(id),
            format!("{who} comes if they can, and is not asked any more"),
        );
    }

    /// Whose silence the recruiters were asked about.
    pub(super) fn silent(&self, id: SubmissionId) -> Vec<Side> {
        self.interview(id).map(Interview::silent).unwrap_or_default()
    }

    /// A recruiter says whether it goes on without those who do not answer, of whom they were asked.
    pub(super) fn go_on(&mut self, by: &str, id: SubmissionId, yes: bool, without: &[Side]) {
        self.by = Author::steers(by);
        let mut silent = self.silent(id);
        silent.retain(|side| without.contains(side));
        let names: Vec<String> = silent.iter().map(|side| self.name_at(id, *side)).collect();
        let (names, under_way) = (
            names.join(", "),
            self.interview(id).is_some_and(|one| one.is_under_way() && !one.with_recruiter),
        );
        if silent.is_empty() || !under_way {
            self.record(
                "go_on",
                Some(id),
                format!("{by} answered about a silent interviewer: nobody is waited for any more"),
            );
            return;
        }
        for side in silent {
            let Some(attendee) = self.attendee_mut(id, side) else { continue };
            attendee.put_to_lead = false;
            if yes {
                (attendee.asked, attendee.excused) = (None, true);
                self.c.deadlines.clear(Deadline::Interview(id, side));
            } else {
                // One more reminder, and then the question comes again.
                attendee.asked = Some(Asking {
                    what: Ask::Choice,
                    letters: 1,
                });
                self.interview_due(id, side);
            }
        }
        if !yes {
            self.record("waits_on", Some(id), format!("{by}: {names} is waited for"));
            return;
        }
        self.record("goes_on_without", Some(id), format!("{by}: it goes on without {names}"));
        if self.c.required(id).0.is_empty() {
            return self.leave_to_recruiter(id, "None of those who must be there is left", "");
        }
        self.settle_panel(id, None);
    }

    /// Letters to an interviewer come back: as if they were silent.
    pub(super) fn interviewer_unreachable(&mut self, n: u8, status: &str) {
        self.asked_in_vain(n, &format!("Mail to their address comes back: {status}"));
    }

    /// An interviewer asks for no more mail: what they are asked waits for nobody.
    pub(super) fn interviewer_wants_no_mail(&mut self, n: u8, words: &str) {
        for submission in &mut self.c.submissions {
            if let Some(interview) = &mut submission.interview {
                interview.attendee_mut(Side::Interviewer(n)).wants_no_mail = true;
            }
        }
        let detail = format!("{} wants no more mail: no reminders go to them", self.interviewer_name(n));
        self.record_words("stop", None, detail, words.to_owned());
        self.asked_in_vain(n, NO_MAIL);
    }

    /// Whoever waits for an answer of this interviewer takes them as silent.
    fn asked_in_vain(&mut self, n: u8, why: &str) {
        let side = Side::Interviewer(n);
        let waits = |one: &&Submission| {
            let interview = one.interview.as_ref().filter(|interview| interview.is_under_way());
            interview.is_some_and(|interview| interview.attendee(side).asked.is_some())
        };
        let ids: Vec<SubmissionId> = self.c.submissions.iter().filter(waits).map(|one| one.id).collect();
        for id in ids {
            if !self.interview(id).is_some_and(|one| one.attendee(side).put_to_lead) {
                self.panelist_is_silent(id, side, why);
            }
        }
    }

    /// A side by name.
    pub(super) fn name_at(&self, id: SubmissionId, side: Side) -> String {
        shown(side, self.c.mailbox_of(side, id))
    }

    /// An interviewer by name: the same one for every submission.
    pub(super) fn interviewer_name(&self, n: u8) -> String {
        shown(Side::Interviewer(n), self.c.interviewer(n).map(|one| &one.mailbox))
    }
}

fn shown(side: Side, mailbox: Option<&Mailbox>) -> String {
    mailbox.map_or_else(|| capital(side.label()), Mailbox::shown)
}
