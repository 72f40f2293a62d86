//! Decisions: they rest, can be undone, and take effect.

use chrono::Duration;

use super::Turn;
use crate::conversation::{
    Author, Content, Deadline, Entered, Notice, Party, Press, Resting, Said, Side, Status, Submission, Understood, Visit, Wanted,
};
use crate::model::{Decision, MessageId, SubmissionId, Timestamp};

/// Presses of one visitor that are closer together than this are looked at together.
pub(super) const PRESS_WINDOW: Duration = Duration::seconds(10);
/// How long presses of links are gathered before one receipt acknowledges them. Longer than [`PRESS_WINDOW`]: a scanner's presses
/// are found out before anything leaves.
const RECEIPT_DELAY: Duration = Duration::seconds(15);
/// Presses kept for the contradiction rule.
const PRESSES_KEPT: usize = 10;

impl Turn {
    /// Lets a decision rest. True when it changed anything.
    pub(super) fn rest(&mut self, wanted: &Wanted, who: &str, words: &str) -> bool {
        let grace = Duration::minutes(i64::from(match wanted.decision {
            Decision::Interested | Decision::Maybe => self.c.policy.grace_yes_min,
            Decision::Pass => self.c.policy.grace_pass_min,
        }));
        self.rest_until(&self.as_asked(wanted), self.now + grace, who, words)
    }

    /// Lets a decision rest until an instant. True when it changed anything.
    pub(super) fn rest_until(&mut self, wanted: &Wanted, until: Timestamp, who: &str, words: &str) -> bool {
        let (id, decision) = (wanted.submission, wanted.decision);
        let Some(submission) = self.submission_mut(id) else { return false };
        if let Some(meanwhile) = submission.is_past(decision) {
            let why = format!(
                "{} was answered with \"{}\" although {meanwhile}.",
                self.name_of(id),
                decision.label()
            );
            self.record_words("answer_after_end", Some(id), why.clone(), words.to_owned());
            self.tell_recruiters(&Notice::NeedsPerson {
                why,
                words: words.to_owned(),
            });
            return false;
        }
        submission.needs_confirmation = false;
        self.made_clear(id);
        let Some(submission) = self.submission_mut(id) else { return false };
        let before = submission.decision();
        let same_rest = submission.resting.as_ref().is_some_and(|resting| {
            resting.decision == decision && resting.condition == wanted.condition && resting.follow_up == wanted.follow_up
        });
        let stands = submission.resting.is_none() && submission.settled == Some(decision);
        if same_rest || stands {
            // What was held while it was in doubt is held no longer.
            if let Some(resting) = submission.resting.as_mut().filter(|resting| resting.until > until) {
                resting.until = until;
                self.c.deadlines.set(Deadline::TakeEffect(id), until);
            }
            self.record_words(
                "repeated",
                Some(id),
                format!("{who}: {} once more, nothing changes", decision.label()),
                words.to_owned(),
            );
            return false;
        }
        let although = submission.stands().filter(|stands| stands.decision != decision);
        let entered = self.entering().map(|by| Entered {
            by,
            booked: self.books,
            although,
        });
        let said = Some(Said { at: self.now, entered });
        let Some(submission) = self.submission_mut(id) else { return false };
        submission.resting = Some(Resting {
            decision,
            condition: wanted.condition.clone(),
            follow_up: wanted.follow_up,
            until,
            said,
        });
        self.c.deadlines.set(Deadline::TakeEffect(id), until);
        let changed = before
            .filter(|old| *old != decision)
            .map(|old| format!(", instead of {}", old.label()));
        let condition = wanted.condition.as_deref().map(|text| format!(" ({text})"));
        let again = wanted
            .follow_up
            .map(|day| format!("; asked again on {}", day.format("%a %-d %B %Y")));
        let detail = format!(
            "{who}: {}{}{}; takes effect {}{}",
            decision.label(),
            condition.unwrap_or_default(),
            changed.unwrap_or_default(),
            self.c.batch.contact.zone.spelled(until),
            again.unwrap_or_default()
        );
        self.record_words("decided", Some(id), detail, words.to_owned());
        true
    }

    /// Whoever enters what the client did not tell us themselves.
    pub(super) fn entering(&self) -> Option<String> {
        match &self.by {
            Author::Recruiter(name) => Some(name.clone()),
            Author::Program(key) => Some(Author::program(key)),
            Author::Replyd | Author::Agency | Author::Client | Author::Candidate(_) | Author::Interviewer(_) | Author::MailServer => None,
        }
    }

    /// Notes a press: a decision, or with `None` that what rested is taken back.
    pub(super) fn note_press(&mut self, id: SubmissionId, decision: Option<Decision>, visit: &Visit) {
        let press = Press {
            before: self.c.submission(id).and_then(|submission| submission.resting.clone()),
            asked: self.c.asked_back.clone(),
            at: self.now,
            visitor: visit.visitor,
            submission: id,
            decision,
            whole_batch: visit.whole_batch,
        };
        self.c.presses.push(press);
        let kept = PRESSES_KEPT.max(2 * self.c.submissions.len());
        let surplus = self.c.presses.len().saturating_sub(kept);
        self.c.presses.drain(..surplus);
    }

    /// The contradiction rule: what one visitor presses within ten seconds cannot be a person's choice when it is Interested and
    /// Pass or three different buttons for the same candidate, or choices for three candidates one by one. Gives the submissions
    /// that now need a confirmation.
    pub(super) fn contradictions(&self, visitor: u64) -> Vec<SubmissionId> {
        let window = self.now - PRESS_WINDOW;
        let together: Vec<&Press> = self
            .c
            .presses
            .iter()
            .filter(|one| one.visitor == visitor && one.at >= window && one.at <= self.now)
            .collect();
        let about = |alone: bool| {
            let counts = |one: &&&Press| !alone || (!one.whole_batch && one.decision.is_some());
            let mut meant: Vec<SubmissionId> = together.iter().filter(counts).map(|one| one.submission).collect();
            meant.sort_unstable();
            meant.dedup();
            meant
        };
        // One submit of the batch page is one press, whatever it decides.
        let alone = about(true);
        if alone.len() >= 3 {
            return alone;
        }
        let pressed =
            |id: SubmissionId, button: Option<Decision>| together.iter().any(|one| one.submission == id && one.decision == button);
        let mut meant = about(false);
        meant.retain(|id| {
            let both = pressed(*id, Some(Decision::Interested)) && pressed(*id, Some(Decision::Pass));
            both || (pressed(*id, None) && Decision::ALL.into_iter().filter(|one| pressed(*id, Some(*one))).count() >= 2)
        });
        meant
    }

    /// Takes back what contradicting presses did, and no more: what rested before them rests again. Nothing leaves.
    pub(super) fn hold_for_confirmation(&mut self, meant: &[SubmissionId], visitor: u64) {
        let window = self.now - PRESS_WINDOW;
        for id in meant {
            let mut presses = self
                .c
                .presses
                .iter()
                .filter(|one| one.visitor == visitor && one.submission == *id && one.at >= window);
            let first = presses.next().cloned();
            let asked = first.as_ref().and_then(|first| first.asked.clone());
            let before = first.and_then(|first| first.before);
            match &before {
                Some(resting) => self.c.deadlines.set(Deadline::TakeEffect(*id), resting.until),
                None => {
                    self.c.deadlines.clear(Deadline::TakeEffect(*id));
                }
            }
            self.c.unacknowledged.retain(|one| one != id);
            self.asked_as_before(*id, asked);
            if let Some(submission) = self.submission_mut(*id) {
                submission.resting = before;
                submission.needs_confirmation = true;
            }
            let detail = "contradicting presses within ten seconds: no person decides like that; waits for one more choice".to_owned();
            self.record("needs_confirmation", Some(*id), detail);
        }
        self.forget_unheard(visitor);
    }

    /// A machine's presses are not acted on.
    pub(super) fn forget_unheard(&mut self, visitor: u64) {
        self.c.unheard.retain(|one| one.visitor != visitor);
        if self.c.unacknowledged.is_empty() && self.c.unheard.is_empty() {
            self.c.deadlines.clear(Deadline::Receipt);
        }
    }

    pub(super) fn undone(&mut self, id: SubmissionId, visit: &Visit) {
        if visit.automated {
            self.record(
                "automated_visit",
                Some(id),
                "an automated visitor pressed undo: no effect".to_owned(),
            );
            return;
        }
        self.note_press(id, None, visit);
        let contradicting = self.contradictions(visit.visitor);
        if !contradicting.is_empty() {
            self.hold_for_confirmation(&contradicting, visit.visitor);
            return;
        }
        let Some(submission) = self.submission_mut(id) else { return };
        let Some(resting) = submission.resting.take() else {
            self.record("undo_too_late", Some(id), "undo was pressed, but nothing rests any more".to_owned());
            return;
        };
        self.c.deadlines.clear(Deadline::TakeEffect(id));
        let back = self.c.submission(id).and_then(|one| one.settled);
        if back == Some(Decision::Maybe) && self.c.deadlines.get(Deadline::FollowUp(id)).is_none() {
            self.schedule_follow_up(id, None);
        }
        let now_is = back.map_or("open again".to_owned(), |old| format!("{} as before", old.label()));
        self.record("undone", Some(id), format!("{} was taken back: {now_is}", resting.decision.label()));
        self.heard_from_person();
    }

    /// The grace period is over.
    pub(super) fn take_effect_due(&mut self, id: SubmissionId) {
        // What was pressed in the last seconds comes first: reasons belong to a pass, and what was confirmed rests anew.
        if !self.c.unheard.is_empty() {
            self.c.deadlines.clear(Deadline::Receipt);
            self.receipt_due();
        }
        let rests = self.c.submission(id).and_then(|one| one.resting.as_ref());
        if rests.is_some_and(|resting| resting.until <= self.now) {
            self.take_effect(id);
        }
    }

    pub(super) fn take_effect(&mut self, id: SubmissionId) {
        let Some(submission) = self.submission_mut(id) else { return };
        let Some(resting) = submission.resting.take() else { return };
        let before = submission.settled.replace(resting.decision);
        submission.said.clone_from(&resting.said);
        let entered = resting.said.and_then(|said| said.entered);
        if resting.decision != Decision::Pass {
            // Reasons belong to a pass that no longer stands; the timeline keeps them.
            submission.forget_reasons();
            if before == Some(Decision::Pass) {
                self.forget_feedback(id);
            }
        }
        let Some(submission) = self.submission_mut(id) else { return };
        let booked = submission
            .interview
            .as_ref()
            .is_some_and(|one| one.is_under_way() && one.booked.is_some());
        submission.status = match resting.decision {
            // Said once more.
            Decision::Interested if booked => Status::InterviewScheduled,
            Decision::Interested => Status::Interested,
            Decision::Maybe => Status::Maybe,
            Decision::Pass => Status::Rejected,
        };
        let (unexplained, asked) = (submission.reasons.is_empty(), submission.reasons_asked);
        self.c.deadlines.clear(Deadline::FollowUp(id));
        self.c.deadlines.clear(Deadline::AskReasons(id));
        self.record("in_effect", Some(id), format!("{} stands", resting.decision.label()));
        let has_begun = self
            .interview(id)
            .and_then(|one| one.booked)
            .is_some_and(|slot| slot.start <= self.now);
        if resting.decision != Decision::Interested && !has_begun {
            // What was being arranged before they thought better of it. What has begun is asked about when it is over.
            self.call_off(id, Some(Side::Client), "");
        }
        match resting.decision {
            Decision::Interested => {
                // A condition is a person's business before anybody is invited.
                let arranged = resting.condition.is_none() && self.arrange(id);
                self.tell_recruiters(&Notice::Interested {
                    submission: id,
                    condition: resting.condition,
                    arranged,
                    entered,
                });
            }
            Decision::Maybe => self.schedule_follow_up(id, resting.follow_up),
            Decision::Pass if unexplained && !asked => self.ask_reasons_due(id),
            Decision::Pass => self.tell_passed(id),
        }
        self.schedule_chase();
    }

    pub(super) fn tell_passed(&mut self, id: SubmissionId) {
        let Some(submission) = self.c.submission(id) else { return };
        let notice = Notice::Passed {
            submission: id,
            reasons: submission.reasons.clone(),
            words: submission.reason_words.clone(),
            entered: submission.said.as_ref().and_then(|said| said.entered.clone()),
        };
        self.tell_recruiters(&notice);
        self.draft_feedback(id);
    }

    /// Acts on presses and acknowledges them a moment later, all in one receipt.
    pub(super) fn acknowledge_soon(&mut self, ids: &[SubmissionId]) {
        for id in ids {
            if !self.c.unacknowledged.contains(id) {
                self.c.unacknowledged.push(*id);
            }
        }
        let waits = !self.c.unacknowledged.is_empty() || !self.c.unheard.is_empty();
        if waits && self.c.deadlines.get(Deadline::Receipt).is_none() {
            self.c.deadlines.set(Deadline::Receipt, self.now + RECEIPT_DELAY);
        }
    }

    pub(super) fn receipt_due(&mut self) {
        self.hear();
        let ids = std::mem::take(&mut self.c.unacknowledged);
        self.receipt(&ids, false, None);
        self.acknowledge_soon(&[]);
    }

    /// Sends a receipt for those of `ids` that something is known of.
    pub(super) fn receipt(&mut self, ids: &[SubmissionId], rest_unclear: bool, answers: Option<MessageId>) {
        let decided: Vec<Understood> = ids.iter().filter_map(|id| self.c.submission(*id)).filter_map(understood).collect();
        if decided.is_empty() {
            return;
        }
        self.send(Party::Client, Content::Receipt { decided, rest_unclear }, answers);
    }
}

fn understood(submission: &Submission) -> Option<Understood> {
    Some(Understood {
        submission: submission.id,
        decision: submission.decision()?,
        reasons: submission.reasons.clone(),
        words: if submission.reasons_pressed {
            String::new()
        } else {
            submission.reason_words.clone()
        },
        condition: submission.resting.as_ref().and_then(|resting| resting.condition.clone()),
        until: submission.resting.as_ref().map(|resting| resting.until),
    })
}
