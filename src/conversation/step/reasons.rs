//! Why the client passed: read, pressed, asked for, and asked for once more.
//!
//! What is read in a sentence counts at once where it is sure, and the receipt lets them confirm it by one press; where it is not, the letter that asks
//! why shows what it may be. Nothing of this holds a pass up.

use super::Turn;
use super::answer::reasons;
use crate::conversation::{Content, Deadline, Guess, Notice, Party, Reasons, Urge};
use crate::model::{Decision, Reason, SubmissionId};
use crate::reply::Reply;

impl Turn {
    /// Asks why, now or at the next moment at which the client may be written to; once more after a while, and never again.
    pub(super) fn ask_reasons_due(&mut self, id: SubmissionId) {
        let Some(submission) = self.c.submission(id) else { return };
        let again = submission.reasons_asked;
        if submission.settled != Some(Decision::Pass) || !submission.reasons.is_empty() || submission.reasons_reminded {
            return;
        }
        // They have just said something else: whether a pass stands is known when that takes effect.
        if let Some(resting) = &submission.resting {
            self.c
                .deadlines
                .set(Deadline::AskReasons(id), resting.until + chrono::Duration::minutes(1));
            return;
        }
        if self.c.chase.stopped {
            if !again {
                self.tell_passed(id);
            }
            return;
        }
        let back = self.c.chase.away_until.filter(|until| again && *until > self.now);
        if let Some(later) = self.may_write(Urge::Question).err().max(back) {
            self.c.deadlines.set(Deadline::AskReasons(id), later);
            return;
        }
        let Guess { reasons, words } = submission.guess.clone().unwrap_or_default();
        if let Some(submission) = self.submission_mut(id) {
            submission.reasons_reminded = again;
            submission.reasons_asked = true;
        }
        let says = Content::AskReasons {
            submission: id,
            known: reasons,
            words,
            again,
        };
        self.send(Party::Client, says, None);
        let detail = if again {
            "asked why once more, for the last time"
        } else {
            "asked why"
        };
        self.record("asked_reasons", Some(id), detail.to_owned());
        self.remind_of_reasons(id);
    }

    /// When to ask once more: as long after the last word of a person as the first nudge.
    fn remind_of_reasons(&mut self, id: SubmissionId) {
        let Some(hours) = self.c.policy.chase_hours.first().copied() else {
            return;
        };
        if self.c.submission(id).is_some_and(|one| one.reasons_asked && !one.reasons_reminded) {
            let at = self.polite_after(self.now, hours);
            self.c.deadlines.set(Deadline::AskReasons(id), at);
        }
    }

    /// The client wrote after they were asked why. Whatever they said, they had the question before them: it is not put once more, unless it
    /// was a reason that is not sure.
    pub(super) fn answered_why(&mut self) {
        let asked = self.c.submissions.iter().filter(|one| one.reasons_asked && one.guess.is_none());
        let ids: Vec<SubmissionId> = asked.map(|one| one.id).collect();
        for id in ids {
            self.c.deadlines.clear(Deadline::AskReasons(id));
        }
    }

    /// A reason that is not sure is asked about with the question why. Where that was asked for the last time, a person reads it.
    pub(super) fn reason_unsure(&mut self, id: SubmissionId, reason: Reason, words: String) {
        let why = "The client gave a reason that was not understood for sure.";
        self.record_words("reason_unsure", Some(id), why.to_owned(), words.clone());
        let stopped = self.c.chase.stopped;
        let Some(submission) = self.submission_mut(id) else { return };
        let asks = submission.decision() == Some(Decision::Pass) && submission.reasons.is_empty() && !submission.reasons_reminded;
        if asks && !stopped {
            let guess = submission.guess.get_or_insert_default();
            if !guess.reasons.contains(&reason) {
                guess.reasons.push(reason);
            }
            if !guess.words.contains(&words) {
                let join = if guess.words.is_empty() { "" } else { " … " };
                guess.words = format!("{}{join}{words}", guess.words);
            }
        } else {
            self.tell_recruiters(&Notice::NeedsPerson {
                why: why.to_owned(),
                words,
            });
        }
    }

    /// Keeps reasons that were read beside those known.
    pub(super) fn keep_reasons(&mut self, id: SubmissionId, reasons: &[Reason], words: &str) {
        let Some(submission) = self.submission_mut(id) else { return };
        let mut all = submission.reasons.clone();
        all.extend(reasons.iter().filter(|one| !submission.reasons.contains(one)));
        self.set_reasons(id, all, words);
    }

    /// Keeps reasons as they were ticked on a page. It shows all that is known: what is not ticked any more holds no longer.
    fn set_reasons(&mut self, id: SubmissionId, reasons: Vec<Reason>, words: &str) {
        let Some(submission) = self.submission_mut(id) else { return };
        let known_words = submission.reason_words.contains(words);
        if Reasons::of(submission.reasons.iter().copied()) == Reasons::of(reasons.iter().copied()) && known_words {
            return;
        }
        let fresh = reasons.iter().filter(|one| !submission.reasons.contains(one));
        let gone = submission.reasons.iter().filter(|one| !reasons.contains(one));
        let told: Vec<String> = fresh
            .map(|one| one.label().to_owned())
            .chain(gone.map(|one| format!("no longer {}", one.label())))
            .collect();
        submission.reasons = reasons;
        if !known_words {
            let join = if submission.reason_words.is_empty() { "" } else { " … " };
            submission.reason_words.push_str(join);
            submission.reason_words.push_str(words);
        }
        let stands = submission.settled == Some(Decision::Pass) && submission.resting.is_none();
        self.c.deadlines.clear(Deadline::AskReasons(id));
        let told = if told.is_empty() {
            "in other words".to_owned()
        } else {
            told.join(", ")
        };
        self.record_words("reason", Some(id), told, words.to_owned());
        if stands {
            self.tell_passed(id);
        }
    }

    /// The page shows all reasons that are known, so what is ticked is all there is; a word on the batch page comes on top.
    pub(super) fn hear_reasons(&mut self, reply: &Reply, whole_batch: bool) {
        let said = reasons(reply);
        let mut about: Vec<SubmissionId> = said.iter().map(|(id, ..)| *id).collect();
        about.dedup();
        for id in about {
            let mine = || said.iter().filter(|(about, ..)| *about == id);
            let all: Vec<Reason> = mine().map(|(_, reason, _)| *reason).collect();
            let typed = mine().map(|(.., words)| words.as_str()).next().unwrap_or_default();
            let before = self
                .c
                .submission(id)
                .map(|one| (one.reasons.clone(), one.reasons_pressed, one.guess.clone()));
            let Some((known, pressed, guess)) = before else { continue };
            // The words that a confirmed guess rests on are theirs as well.
            let meant = guess.filter(|guess| typed.is_empty() && guess.reasons.iter().any(|one| all.contains(one)));
            let words = meant.map_or_else(|| typed.to_owned(), |guess| guess.words);
            if whole_batch {
                self.keep_reasons(id, &all, &words);
            } else {
                let other = self.c.submission(id).map(|one| self.c.without_labels(&one.reason_words));
                if let Some((submission, other)) = self.submission_mut(id).zip(other) {
                    submission.reason_words = other;
                }
                self.set_reasons(id, all.clone(), &words);
            }
            if !whole_batch && !pressed && !known.is_empty() && Reasons::of(known) == Reasons::of(all.iter().copied()) {
                let labels: Vec<&str> = all.iter().map(|one| one.label()).collect();
                let detail = format!("confirmed as it was read: {}", labels.join(", "));
                self.record("reason_confirmed", Some(id), detail);
            }
            if let Some(submission) = self.submission_mut(id) {
                submission.reasons_pressed |= !whole_batch;
                submission.guess = None;
            }
        }
    }
}
