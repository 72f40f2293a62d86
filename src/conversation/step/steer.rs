//! What a recruiter does by hand.

use chrono::NaiveDate;

use super::Turn;
use crate::calendar::Spans;
use crate::conversation::{
    Asking, Author, Command, Content, Correction, Deadline, Driver, Interview, Notice, Party, Side, Status, Submission, Wanted,
};
use crate::model::{Address, Decision, Slot, SubmissionId};
use crate::reply::TimesSaid;
use crate::reply::times::Intent;

impl Turn {
    pub(super) fn steered(&mut self, by: &str, command: Command) {
        self.by = Author::steers(by);
        match command {
            Command::Take => {
                self.forget_handing_back();
                self.set_driver(by, Driver::Recruiter);
            }
            Command::Release => self.set_driver(by, Driver::Bot),
            Command::Decide {
                submission,
                decision,
                reasons,
            } => {
                if let Some(why) = self.c.submission(submission).and_then(|one| one.is_past(decision)) {
                    return self.not_done(submission, why);
                }
                let wanted = Wanted {
                    submission,
                    decision,
                    condition: None,
                    follow_up: None,
                };
                self.keep_reasons(submission, &reasons, "");
                self.rest_until(&wanted, self.now, &format!("{by} for the client"), "");
                // A recruiter's word needs no grace period, also when the client's own rests already.
                if self.c.submission(submission).is_some_and(|one| one.resting.is_some()) {
                    self.c.deadlines.clear(Deadline::TakeEffect(submission));
                    self.take_effect(submission);
                }
                // Also after it was called off, or left to a person because of a condition.
                if decision == Decision::Interested && self.c.submission(submission).is_some_and(|one| one.status == Status::Interested) {
                    self.arrange(submission);
                }
                self.c.chase.with_recruiter = false;
                self.schedule_chase();
            }
            Command::Undecide { submission } => self.undecide(by, submission),
            Command::Answered => self.client_answered(by),
            Command::Reach => {
                self.c.client_unreachable = false;
                self.record("reachable", None, format!("{by}: the client's address works again"));
                self.tell_what_was_held_back();
                self.schedule_chase();
            }
            Command::GoOn { submission, yes, without } => self.go_on(by, submission, yes, &without),
            Command::Note { text } => self.record_words("note", None, format!("note by {by}"), text),
            Command::Pause { until } => self.paused(by, until),
            Command::StopChase => {
                self.c.chase.stopped = true;
                self.record("chase_stopped", None, format!("{by}: no more reminders to {}", self.client_name()));
                self.schedule_chase();
            }
            Command::Times {
                submission,
                by: side,
                open,
            } => self.times_told(by, submission, side, open),
            Command::Book { submission, slot } => self.book_by_hand(by, submission, slot),
            Command::Rearrange { submission } => self.rearrange(by, submission),
            Command::CallOff { submission } => match self.interview(submission).is_some_and(Interview::is_under_way) {
                true => self.call_off(submission, None, ""),
                false => self.not_done(submission, "no interview is arranged or agreed"),
            },
            Command::Withdraw { submission } => self.withdraw(by, submission),
            Command::Readdress { who, address } => self.readdress(by, who, address),
            Command::Resend { to } => self.resend(by, to),
            Command::Correct { submission, what } => self.correct(by, submission, what),
            Command::Feedback { submission, body } => self.feedback(by, submission, body),
        }
    }

    /// What was taken for the client's word was none: whatever followed from it ends, and they are waited for.
    fn undecide(&mut self, by: &str, id: SubmissionId) {
        let Some(submission) = self.c.submission(id) else { return };
        let Some(was) = submission.decision() else {
            return self.record("repeated", Some(id), format!("{by}: nothing is decided about them"));
        };
        match submission.status {
            Status::Withdrawn | Status::Closed | Status::Completed => return self.not_done(id, "the submission has ended"),
            Status::InterviewScheduled => return self.not_done(id, "an interview is agreed; cancel it first"),
            Status::Queued | Status::Sent | Status::Viewed | Status::Interested | Status::Maybe | Status::Rejected => {}
        }
        self.call_off(id, None, "");
        for deadline in [Deadline::TakeEffect(id), Deadline::FollowUp(id), Deadline::AskReasons(id)] {
            self.c.deadlines.clear(deadline);
        }
        self.c.unacknowledged.retain(|one| *one != id);
        if let Some(submission) = self.submission_mut(id) {
            (submission.resting, submission.settled, submission.said) = (None, None, None);
            submission.status = Status::Sent;
            submission.forget_reasons();
        }
        self.forget_feedback(id);
        self.made_clear(id);
        self.record(
            "misread",
            Some(id),
            format!("{by}: {} was not what they said; open again", was.label()),
        );
        self.c.chase.with_recruiter = false;
        self.schedule_chase();
    }

    /// The client has the answer that they waited for: they are waited for again.
    fn client_answered(&mut self, by: &str) {
        if !self.c.chase.with_recruiter {
            return self.record("repeated", None, format!("{by}: no answer to {} was due", self.client_name()));
        }
        self.c.chase.with_recruiter = false;
        self.c.unclear_running = 0;
        self.record("answered", None, format!("{by}: {} has an answer", self.client_name()));
        self.heard_from_person();
    }

    fn set_driver(&mut self, by: &str, driver: Driver) {
        if driver == Driver::Bot {
            // Whatever the recruiter owed is taken as given.
            self.c.chase.with_recruiter = false;
            self.c.unclear_running = 0;
        }
        if self.c.driver == driver {
            if driver == Driver::Bot {
                self.hand_back_interviews();
            }
            self.schedule_chase();
            return;
        }
        self.c.driver = driver;
        let taken = driver == Driver::Recruiter;
        if taken {
            self.forget_asked_back();
        }
        self.record(
            if taken { "taken" } else { "released" },
            None,
            format!("{by} {}", if taken { "drives" } else { "handed back" }),
        );
        if !taken {
            self.tell_what_was_held_back();
            self.hand_back_interviews();
            self.heard_from_person();
        }
        self.tell_recruiters(&Notice::Driver { taken });
    }
    /// What a recruiter ordered cannot be done; they are told why.
    pub(super) fn not_done(&mut self, about: SubmissionId, why: &str) {
        let why = format!("{}: {why}", self.name_of(about));
        self.record("not_done", Some(about), why.clone());
        self.tell_recruiters(&Notice::NotDone { why });
    }

    /// Everything that nobody asked for waits for that day, each in their own zone.
    fn paused(&mut self, by: &str, until: NaiveDate) {
        let before = until.pred_opt().unwrap_or(until);
        let resumes = self.working_day_after(Some(before));
        self.c.chase.away_until = Some(resumes);
        let detail = format!(
            "{by}: nothing goes out by itself before {}",
            self.c.batch.contact.zone.spelled(resumes)
        );
        self.record("paused", None, detail);
        self.schedule_chase();
        let waiting: Vec<(SubmissionId, Side)> = self
            .c
            .deadlines
            .iter()
            .filter_map(|(deadline, _)| {
                if let Deadline::Interview(id, side) = deadline {
                    Some((id, side))
                } else {
                    None
                }
            })
            .collect();
        for (id, side) in waiting {
            let resumes = self.working_day_in(self.zone_of(id, side), Some(before));
            self.c
                .deadlines
                .set(Deadline::Interview(id, side), self.polite_for(id, side, resumes));
        }
    }

    /// Times that somebody told the recruiter count as if they had written them. Beside a yes that is not said yet they are kept for it.
    fn times_told(&mut self, by: &str, id: SubmissionId, side: Side, open: Spans) {
        let said = TimesSaid {
            open,
            ..TimesSaid::of(Intent::Availability)
        };
        if !self.interview(id).is_some_and(Interview::is_under_way) && !self.begin_interview(id) {
            let stands = self.c.submission(id).and_then(Submission::stands);
            let why = stands.map_or_else(String::new, |stands| format!(" ({})", stands.told(id, &self.c)));
            return self.not_done(id, &format!("times are kept only for somebody whom the client wants to meet{why}"));
        }
        if let Some(interview) = self.interview_mut(id) {
            interview.with_recruiter = false;
        }
        self.record("times_told", Some(id), format!("{by} told when {} can", side.label()));
        self.spoke_of_times(id, side, &said, "", None);
    }

    /// An interview is to be arranged, and nobody is asked yet. False when the client did not say yes.
    fn begin_interview(&mut self, id: SubmissionId) -> bool {
        let wanted = self
            .c
            .submission(id)
            .is_some_and(|one| one.decision() == Some(Decision::Interested));
        if wanted {
            self.seat(id);
        }
        wanted
    }

    /// Whoever says that a time is agreed says yes as well.
    fn book_by_hand(&mut self, by: &str, id: SubmissionId, slot: Slot) {
        if slot.start <= self.now {
            return self.not_done(id, "the time for the interview is past");
        }
        if self.c.submission(id).is_none_or(|one| one.status.has_ended()) {
            return self.not_done(id, "the submission has ended");
        }
        if self.interview(id).and_then(|one| one.booked) == Some(slot) {
            return self.record("repeated", Some(id), "the time that is agreed was ordered once more".to_owned());
        }
        if self.c.is_taken(id, slot) {
            return self.not_done(id, "somebody has another interview at that time");
        }
        if !self.interview(id).is_some_and(Interview::is_under_way) {
            self.seat(id);
        }
        if let Some(interview) = self.interview_mut(id) {
            interview.with_recruiter = false;
        }
        self.books = Some(slot);
        if self
            .c
            .submission(id)
            .is_some_and(|one| one.decision() != Some(Decision::Interested))
        {
            self.steered(
                by,
                Command::Decide {
                    submission: id,
                    decision: Decision::Interested,
                    reasons: Vec::new(),
                },
            );
        }
        self.c.leaving.retain(|one| *one != id);
        self.book(id, slot, None);
        self.books = None;
    }

    /// What was agreed holds no longer, and everybody is asked anew.
    fn rearrange(&mut self, by: &str, id: SubmissionId) {
        if !self.interview(id).is_some_and(Interview::is_under_way) {
            return self.not_done(id, "no interview is arranged or agreed");
        }
        let booked = self.interview(id).and_then(|one| one.booked).is_some();
        if let Some(interview) = self.interview_mut(id) {
            interview.with_recruiter = false;
            for side in interview.sides() {
                let attendee = interview.attendee_mut(side);
                (attendee.can, attendee.asked) = (None, None);
            }
        }
        if booked {
            self.give_up_time(id);
        }
        self.record("moved", Some(id), format!("{by}: another time is to be found"));
        self.forget_named(id);
        self.advance(id);
    }

    /// The candidate is out. Whoever has the interview in their calendar is told; so is the client.
    fn withdraw(&mut self, by: &str, id: SubmissionId) {
        let Some(submission) = self.c.submission(id) else { return };
        if submission.status.has_ended() {
            return self.not_done(id, "the submission has ended already");
        }
        if self.take_out(by, id) {
            self.send(Party::Client, Content::Withdrawn { submission: id }, None);
        }
        self.schedule_chase();
    }

    /// Ends a submission; true when the client knows of it and does not know that it is over.
    pub(super) fn take_out(&mut self, by: &str, id: SubmissionId) -> bool {
        let Some(submission) = self.c.submission(id) else { return false };
        let known_to_client = submission.status != Status::Queued && submission.decision() != Some(Decision::Pass);
        self.call_off(id, None, "");
        for deadline in [Deadline::TakeEffect(id), Deadline::FollowUp(id), Deadline::AskReasons(id)] {
            self.c.deadlines.clear(deadline);
        }
        self.forget_feedback(id);
        self.c.unacknowledged.retain(|one| *one != id);
        if let Some(submission) = self.submission_mut(id) {
            submission.resting = None;
            submission.status = Status::Withdrawn;
        }
        self.made_clear(id);
        self.record("withdrawn", Some(id), format!("{by}: the candidate is out"));
        known_to_client
    }

    fn readdress(&mut self, by: &str, who: Party, address: Address) {
        let taken = self.c.batch.people().any(|one| one.address == address);
        if taken {
            let why = format!(
                "{} belongs to somebody in this batch already; mail goes where it went",
                address.masked()
            );
            self.record("not_done", None, format!("{by}: {why}"));
            return self.tell_recruiters(&Notice::NotDone { why });
        }
        let about = if let Party::Candidate(id) = who { Some(id) } else { None };
        let shown = match who {
            Party::Client => self.client_name(),
            Party::Candidate(id) => self.name_of(id),
            Party::Interviewer(_) => "an interviewer".to_owned(),
            Party::Recruiter(_) => "a recruiter".to_owned(),
        };
        self.c.readdress(who, address);
        self.record("readdressed", about, format!("{by}: mail to {shown} goes to another address"));
        if who == Party::Client && self.c.client_unreachable {
            self.steered(by, Command::Reach);
        }
    }

    /// What was handed in about a candidate was wrong, or is so no longer.
    fn correct(&mut self, by: &str, id: SubmissionId, what: Correction) {
        let Some(candidate) = self.c.candidate(id) else { return };
        let same = match &what {
            Correction::Phone(phone) => candidate.phone.as_ref().map_or("", |known| known.as_str()) == phone.as_str(),
            Correction::Zone(zone) => candidate.zone == *zone && !candidate.zone_assumed,
            Correction::Summary(text) => candidate.summary == *text,
        };
        let name = self.name_of(id);
        if same {
            return self.record("repeated", Some(id), format!("{by}: what is known of {name} was said once more"));
        }
        let (kind, detail) = match &what {
            Correction::Phone(_) => ("corrected", format!("{by}: {name} has another phone")),
            Correction::Zone(zone) => (
                "zone_named",
                format!("{by}: times for {name} are by the clock of {} from here on", zone.name()),
            ),
            Correction::Summary(_) => ("corrected", format!("{by}: the client reads something else about {name}")),
        };
        let clocks = matches!(what, Correction::Zone(_));
        self.c.correct(id, what);
        if clocks {
            self.note_clocks(id);
        }
        self.record(kind, Some(id), detail);
    }

    /// What somebody was sent last, as it stands now: the question they were asked, the time that is agreed, or the candidates.
    fn resend(&mut self, by: &str, to: Party) {
        let side = match to {
            Party::Client => Side::Client,
            Party::Candidate(_) => Side::Candidate,
            Party::Interviewer(n) => Side::Interviewer(n),
            Party::Recruiter(_) => return,
        };
        let ids: Vec<SubmissionId> = match to {
            Party::Candidate(id) => vec![id],
            Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => self.c.submissions.iter().map(|one| one.id).collect(),
        };
        let mut sent = false;
        for id in &ids {
            let Some(interview) = self.interview(*id).filter(|one| one.is_under_way()) else {
                continue;
            };
            let (booked, asked) = (interview.booked, interview.attendee(side).asked);
            if let Some(asked) = asked
                && let Some(says) = self.question(
                    *id,
                    side,
                    Asking {
                        letters: asked.letters.saturating_sub(1),
                        ..asked
                    },
                    None,
                )
            {
                sent |= self.send(to, says, None);
            } else if let Some(slot) = booked.filter(|slot| slot.start > self.now) {
                if let Some(attendee) = self.attendee_mut(*id, side) {
                    attendee.resend = true;
                }
                self.tell_side(*id, side, slot.start, true);
                sent = true;
            }
        }
        let waits = self.c.open().next().is_some();
        if to == Party::Client && !sent && waits {
            sent = self.send(Party::Client, Content::Submission, None);
        }
        let about = if let Party::Candidate(id) = to { Some(id) } else { None };
        if sent {
            return self.record("resent", about, format!("{by}: the last letter was sent once more"));
        }
        if let Some(id) = ids.first() {
            self.not_done(*id, "there is no letter that could be sent once more");
        }
    }
}
