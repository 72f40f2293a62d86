//! Looking for a time: who is asked what, slots offered, nudges, and when a person takes over.

use chrono::{Duration, NaiveDate};

use super::{REMEMBERED, Turn};
use crate::calendar::{Party as Diary, Search, Spans, Zone, slots};
use crate::conversation::{
    Ask, Asking, Attendee, Because, Content, Deadline, Interview, InterviewStatus, Notice, Order, Ruling, Side, Submission, TOLD, Urge,
};
use crate::model::{MessageId, Slot, SubmissionId, Timestamp};

/// How far ahead a time is looked for.
const HORIZON: Duration = Duration::days(90);
/// Slots remembered for one interview. Nobody chooses so often.
pub(super) const SLOTS_KEPT: usize = 200;
/// Unanswered reminders of one of several, before the recruiters are asked whether it goes on without them.
const PANEL_NUDGES: u8 = 1;
/// Why one of several is asked nothing any more, for the recruiters.
pub(super) const NO_MAIL: &str = "They want no more mail";

/// Whose times a slot is cut from.
pub(super) struct Seats {
    /// Without whom there is none.
    pub(super) required: Vec<Side>,
    /// Of whom so many are enough.
    pub(super) several: (Vec<Side>, usize),
    /// Of times as good as each other more of these can make the one that is taken.
    pub(super) optional: Vec<Side>,
    /// What one of several named counts as all they can.
    pub(super) binding: bool,
}

impl Turn {
    /// A yes took effect: an interview is to be arranged. False when that is a recruiter's business.
    pub(super) fn arrange(&mut self, id: SubmissionId) -> bool {
        if self.c.policy.scheduling.order == Order::Nobody {
            return false;
        }
        if self.interview(id).is_some_and(Interview::is_under_way) {
            return true;
        }
        self.seat(id);
        self.advance(id);
        true
    }

    /// An interview that nobody was asked about yet.
    pub(super) fn seat(&mut self, id: SubmissionId) {
        let Some(submission) = self.submission_mut(id) else { return };
        let before = submission.interview.take();
        let arranged = Some(match before {
            // What calendars and old links know of the one that was called off goes on counting.
            Some(before) => Interview {
                sequence: before.sequence,
                offered_from: before.slots.len(),
                refused: before.refused,
                slots: before.slots,
                readings: before.readings,
                client: before.client.entry(),
                candidate: before.candidate.entry(),
                panel: self.seats(&before.panel),
                called_off_by: before.called_off_by,
                ..Interview::new()
            },
            None => Interview {
                panel: self.seats(&[]),
                ..Interview::new()
            },
        });
        if let Some(submission) = self.submission_mut(id) {
            submission.interview = arranged;
        }
        self.record("arranging", Some(id), "an interview is to be arranged".to_owned());
    }

    /// Asks whoever has to speak next, or books what both can.
    pub(super) fn advance(&mut self, id: SubmissionId) {
        if self.is_panel() {
            return self.advance_panel(id);
        }
        let Some(interview) = self.interview(id) else { return };
        let knows = |side| interview.attendee(side).can.is_some();
        let missing: Vec<Side> = Side::ALL.into_iter().filter(|side| !knows(*side)).collect();
        match missing.as_slice() {
            [] => match self.cut(id, 1).first() {
                Some(slot) => self.book(id, *slot, None),
                None => self.nothing_fits(id),
            },
            // One side has spoken: the other one chooses.
            [side] => self.ask(id, *side, Ask::Choice),
            _ => {
                for side in self.c.policy.scheduling.order.asked_first() {
                    self.ask(id, *side, Ask::Times);
                }
            }
        }
    }

    /// Somebody is away: what they were asked waits until they are back, and is put once more then.
    pub(super) fn side_away(&mut self, id: SubmissionId, side: Side, until: Option<NaiveDate>) {
        let resumes = self.working_day_in(self.zone_of(id, side), until);
        let shown = self.zone_of(id, side).spelled(resumes);
        let kind = match side {
            Side::Candidate => "candidate_away",
            Side::Client | Side::Interviewer(_) => "interviewer_away",
        };
        self.record(
            kind,
            Some(id),
            format!("{} is away: what they are asked waits until {shown}", side.label()),
        );
        let next = Deadline::Interview(id, side);
        if let Some(due) = self.c.deadlines.get(next).filter(|due| *due < resumes) {
            // A machine that answers every letter does not put it off for ever.
            let once = self
                .interview(id)
                .and_then(|one| one.attendee(side).asked)
                .is_some_and(|asked| asked.letters <= 1);
            if once || until.is_some() {
                self.c.deadlines.set(next, self.polite_for(id, side, resumes.max(due)));
            }
        }
    }

    /// Puts a question to a side, now or as soon as they may be written to.
    pub(super) fn ask(&mut self, id: SubmissionId, side: Side, what: Ask) {
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        attendee.asked = Some(Asking { what, letters: 0 });
        self.interview_due(id, side);
    }

    /// The first letter of a question, or the next reminder.
    pub(super) fn interview_due(&mut self, id: SubmissionId, side: Side) {
        self.c.deadlines.clear(Deadline::Interview(id, side));
        let Some(interview) = self.interview(id) else { return };
        let Some(asking) = interview.attendee(side).asked else { return };
        if !interview.is_under_way() || interview.with_recruiter {
            return;
        }
        let urge = if asking.letters > 0 { Urge::Reminder } else { Urge::Question };
        let ruling = self.c.may_go(side.party(id), urge, self.now);
        // Whoever is away is not reminded, and does not count as silent.
        if let Ruling::At(later, Because::Away) = ruling {
            self.c.deadlines.set(Deadline::Interview(id, side), later);
            return;
        }
        if self.is_panel() && asking.what == Ask::Choice && (asking.letters > PANEL_NUDGES || self.is_out_of_reach(id, side)) {
            let why = if self.wants_no_mail(id, side) { NO_MAIL } else { "" };
            return self.panelist_is_silent(id, side, why);
        }
        if asking.letters > self.c.policy.scheduling.nudges || self.is_out_of_reach(id, side) {
            let does = match (self.wants_no_mail(id, side), asking.what) {
                (true, Ask::Outcome) => "wants no more mail, and is not asked whether the interview took place",
                (true, Ask::Times | Ask::Choice) => "wants no more mail, and a time for the interview is still to be found",
                (false, _) => "does not answer about the interview",
            };
            self.leave_to_recruiter(id, &format!("{} {does}", capital(side.label())), "");
            return;
        }
        let tomorrow = self.polite_for(id, side, self.now + Duration::hours(24));
        if let Err(later) = ruling.now_or(tomorrow) {
            self.c.deadlines.set(Deadline::Interview(id, side), later);
            return;
        }
        if let Some(says) = self.question(id, side, asking, None) {
            self.put(id, side, says, None);
        }
    }

    /// Sends a letter that asks, counts it, and sets the time of the next one.
    pub(super) fn put(&mut self, id: SubmissionId, side: Side, says: Content, answers: Option<MessageId>) {
        let detail = format!("{} to {}", what_is_asked(&says), side.label());
        if !self.send(side.party(id), says, answers) {
            return;
        }
        self.record("asked_about_interview", Some(id), detail);
        let next = self.next_letter(id, side);
        let now = self.now;
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        if side != Side::Client {
            attendee.written.push(now);
            let surplus = attendee.written.len().saturating_sub(REMEMBERED);
            attendee.written.drain(..surplus);
        }
        if let Some(asked) = &mut attendee.asked {
            asked.letters = asked.letters.saturating_add(1);
        }
        self.c.deadlines.set(Deadline::Interview(id, side), next);
    }

    /// The letter that puts a question. `None` when there is nothing left to choose from, and something else was done.
    pub(super) fn question(&mut self, id: SubmissionId, side: Side, asking: Asking, unclear: Option<String>) -> Option<Content> {
        let round = asking.letters.saturating_add(1);
        let interview = self.interview(id)?;
        // What was booked and is being moved.
        let instead_of = interview.moved_from();
        match asking.what {
            Ask::Times => {
                let ahead = self.c.told_of_other(id, side, self.now);
                Some(Content::AskTimes {
                    submission: id,
                    round,
                    unclear,
                    other_can: ahead.iter().map(|(start, end)| Slot { start, end }).take(TOLD).collect(),
                    instead_of,
                })
            }
            Ask::Choice => {
                let (first, slots) = self.offer(id, asking)?;
                Some(Content::OfferTimes {
                    submission: id,
                    round,
                    first,
                    slots,
                    unclear,
                    instead_of,
                    several: self.is_panel(),
                })
            }
            Ask::Outcome => interview.booked.map(|slot| Content::AskOutcome { submission: id, slot }),
        }
    }

    /// The slots to choose from: those of the last letter while they all hold, else fresh ones. `None` when there are none.
    fn offer(&mut self, id: SubmissionId, asking: Asking) -> Option<(usize, Vec<Slot>)> {
        if self.is_panel() {
            return self.offered_to_panel(id);
        }
        let interview = self.interview(id)?;
        let last: Vec<Slot> = interview.slots.get(interview.offered_from..).unwrap_or_default().to_vec();
        let earliest = self.now + self.notice();
        let holds = |slot: &Slot| slot.start >= earliest && !self.c.is_taken(id, *slot);
        if asking.letters > 0 && !last.is_empty() && last.iter().all(holds) {
            return Some((interview.offered_from, last));
        }
        let from = interview.slots.len();
        let fresh = self.cut(id, usize::from(self.c.policy.scheduling.slots));
        if fresh.is_empty() {
            self.nothing_fits(id);
            return None;
        }
        self.say_unread(id);
        let interview = self.interview_mut(id)?;
        interview.offered_from = from;
        interview.slots.extend(&fresh);
        if interview.slots.len() > SLOTS_KEPT {
            self.leave_to_recruiter(id, "So many times were offered for the interview that a person should look", "");
            return None;
        }
        Some((from, fresh))
    }

    /// The best times at which everybody can who must be there, as far as they said, that were not refused before. Among those that the
    /// client named beside their yes, if there are any.
    pub(super) fn cut(&self, id: SubmissionId, count: usize) -> Vec<Slot> {
        self.cut_for(id, &self.seats_of(id), count)
    }

    /// Who must be there, and who may be, by the batch.
    pub(super) fn seats_of(&self, id: SubmissionId) -> Seats {
        Seats {
            required: self.c.must_be_there(id),
            several: (Vec::new(), 0),
            optional: self.may_be_there(id),
            binding: true,
        }
    }

    /// The same for others.
    pub(super) fn cut_for(&self, id: SubmissionId, seats: &Seats, count: usize) -> Vec<Slot> {
        let preferred = self.c.submission(id).map(|one| one.client_prefers.from(self.now));
        let preferred = preferred.filter(|spans| !spans.is_empty());
        let cut = |prefers| self.cut_among(id, seats, prefers, count);
        let found = preferred.as_ref().map(|spans| cut(Some(spans))).unwrap_or_default();
        if found.is_empty() { cut(None) } else { found }
    }

    fn cut_among(&self, id: SubmissionId, seats: &Seats, client_prefers: Option<&Spans>, count: usize) -> Vec<Slot> {
        let Some(interview) = self.interview(id) else { return Vec::new() };
        let project = &self.c.batch.project;
        let diary = |side: &Side| {
            let given = match (side, self.is_panel()) {
                (Side::Client | Side::Interviewer(_), true) => interview.attendee(*side).names.clone().filter(|_| seats.binding),
                (Side::Client | Side::Candidate | Side::Interviewer(_), _) => interview.attendee(*side).can.clone(),
            };
            Diary {
                zone: self.zone_of(id, *side),
                hours: self.c.policy.business,
                given: given.or_else(|| client_prefers.filter(|_| *side == Side::Client).cloned()),
                busy: self.c.busy(id, *side),
            }
        };
        let before: Vec<_> = interview
            .slots
            .iter()
            .take(interview.refused)
            .map(|slot| (slot.start, slot.end))
            .collect();
        let diaries = |sides: &[Side]| sides.iter().map(diary).collect::<Vec<_>>();
        let (several, least) = &seats.several;
        let search = Search {
            now: self.now,
            required: &diaries(&seats.required),
            optional: &diaries(&seats.optional),
            several: (&diaries(several), *least),
            duration: Duration::minutes(i64::from(project.duration_min)),
            before: self.c.travel(),
            after: self.c.travel(),
            notice: self.notice(),
            horizon: HORIZON,
            // What somebody named themselves is not in vain.
            past: &Spans::of(before).minus(&interview.named),
            count,
        };
        slots(&search).into_iter().map(|(start, end)| Slot { start, end }).collect()
    }

    /// Both spoke, and there is no time in common: one more round, or a person.
    pub(super) fn nothing_fits(&mut self, id: SubmissionId) {
        if !self.next_round(id, "There is no time at which both can") {
            return;
        }
        self.forget_named(id);
        // Whoever gives times first is asked for more of them, with what the other side can.
        let order = self.c.policy.scheduling.order.asked_first();
        let first = if self.is_panel() {
            Some(Side::Candidate)
        } else {
            order.first().copied()
        };
        let Some(side) = first else { return };
        self.withdraw_offer(id);
        if let Some(attendee) = self.attendee_mut(id, side) {
            attendee.can = None;
        }
        self.ask(id, side, Ask::Times);
    }

    /// Times that were named and led to nothing count as refused like any others.
    pub(super) fn forget_named(&mut self, id: SubmissionId) {
        if let Some(interview) = self.interview_mut(id) {
            interview.named = Spans::default();
        }
    }

    /// Counts an offer that led to nothing. False when it was one too many, and a person has taken over.
    pub(super) fn next_round(&mut self, id: SubmissionId, why: &str) -> bool {
        let limit = self.c.policy.scheduling.rounds;
        let Some(interview) = self.interview_mut(id) else { return false };
        interview.rounds = interview.rounds.saturating_add(1);
        interview.refused = interview.slots.len();
        if interview.rounds >= limit {
            self.leave_to_recruiter(id, why, "");
            return false;
        }
        true
    }

    /// What was left to a person goes on by itself again, from what each side has said so far.
    pub(super) fn hand_back_interviews(&mut self) {
        let left = |one: &Submission| {
            one.interview
                .as_ref()
                .is_some_and(|interview| interview.with_recruiter && interview.is_under_way())
        };
        let ids: Vec<SubmissionId> = self.c.submissions.iter().filter(|one| left(one)).map(|one| one.id).collect();
        for id in ids {
            let Some(interview) = self.interview_mut(id) else { continue };
            (interview.with_recruiter, interview.rounds) = (false, 0);
            if interview.booked.is_none() {
                self.advance(id);
            }
        }
    }

    /// A person arranges the rest: nothing more goes out by itself, and what was understood so far is told.
    pub(super) fn leave_to_recruiter(&mut self, id: SubmissionId, why: &str, words: &str) {
        let (name, now) = (self.name_of(id), self.now);
        let Some(interview) = self.interview_mut(id) else { return };
        if interview.with_recruiter || !interview.is_under_way() {
            return;
        }
        interview.with_recruiter = true;
        let sides = interview.sides();
        for side in sides.iter().copied() {
            // Whether it took place can be said late.
            let attendee = interview.attendee_mut(side);
            attendee.asked = attendee.asked.filter(|asked| asked.what == Ask::Outcome);
        }
        // A time that does not hold any more stays in nobody's calendar.
        let stale = interview.was_booked.take().filter(|slot| slot.start > now);
        if stale.is_some() {
            interview.sequence += 1;
        }
        for side in sides {
            self.c.deadlines.clear(Deadline::Interview(id, side));
            if let Some(slot) = stale {
                self.tell_side(id, side, slot.start, false);
            }
        }
        self.record_words("interview_to_recruiter", Some(id), why.to_owned(), words.to_owned());
        self.tell_recruiters(&Notice::ArrangeYourself {
            submission: id,
            why: format!("{why} ({name})."),
            words: words.to_owned(),
        });
    }

    // ---- what the files about interviews share ----

    pub(super) fn interview(&self, id: SubmissionId) -> Option<&Interview> {
        self.c.submission(id)?.interview.as_ref()
    }

    pub(super) fn interview_mut(&mut self, id: SubmissionId) -> Option<&mut Interview> {
        self.submission_mut(id)?.interview.as_mut()
    }

    pub(super) fn is_booked(&self, id: SubmissionId) -> bool {
        self.interview(id).is_some_and(|one| one.is_under_way() && one.booked.is_some())
    }

    pub(super) fn attendee_mut(&mut self, id: SubmissionId, side: Side) -> Option<&mut Attendee> {
        self.interview_mut(id).map(|interview| interview.attendee_mut(side))
    }

    pub(super) fn notice(&self) -> Duration {
        Duration::hours(i64::from(self.c.policy.scheduling.notice_h))
    }

    /// The zone in which a side lives.
    pub(super) fn zone_of(&self, id: SubmissionId, side: Side) -> Zone {
        self.c.zone_of(side.party(id))
    }

    /// The next moment at which a side may be written to unprompted.
    pub(super) fn polite_for(&self, id: SubmissionId, side: Side, at: Timestamp) -> Timestamp {
        self.c.next_polite(side.party(id), at)
    }

    fn is_out_of_reach(&self, id: SubmissionId, side: Side) -> bool {
        self.c.is_unreachable(side.party(id)) || self.wants_no_mail(id, side)
    }

    pub(super) fn wants_no_mail(&self, id: SubmissionId, side: Side) -> bool {
        self.c.wants_no_mail(side.party(id))
    }

    /// When an unanswered question is put again: after the first wait of the chase, in the reader's business time.
    fn next_letter(&self, id: SubmissionId, side: Side) -> Timestamp {
        let hours = self.c.policy.chase_hours.first().copied().unwrap_or(24);
        if side == Side::Client {
            return self.polite_after(self.now, hours);
        }
        let zone = self.zone_of(id, side);
        let due = super::chase::business_wait(self.now, hours, |from, days| {
            self.c.policy.business.business_days_after(from, days, zone)
        });
        self.polite_for(id, side, due)
    }

    /// The interview ends here: nothing more is asked, nothing is held.
    pub(super) fn close_interview(&mut self, id: SubmissionId, status: InterviewStatus) {
        for side in self.sides(id) {
            self.c.deadlines.clear(Deadline::Interview(id, side));
        }
        for deadline in [Deadline::Remind(id), Deadline::After(id), Deadline::Picked(id)] {
            self.c.deadlines.clear(deadline);
        }
        if let Some(interview) = self.interview_mut(id) {
            interview.status = status;
            interview.picked.clear();
            for side in interview.sides() {
                interview.attendee_mut(side).asked = None;
            }
        }
    }
}

fn what_is_asked(says: &Content) -> &'static str {
    match says {
        Content::OfferTimes { round: 1, .. } => "times to choose from",
        Content::OfferTimes { .. } => "a reminder of the times to choose from",
        Content::AskTimes { round: 1, .. } => "the question when they can",
        Content::AskTimes { .. } => "a reminder of the question when they can",
        Content::AskOutcome { .. } => "the question whether it took place",
        Content::Submission
        | Content::Receipt { .. }
        | Content::DidYouMean { .. }
        | Content::ConfirmSender { .. }
        | Content::ConfirmDeputy { .. }
        | Content::Nudge { .. }
        | Content::FollowUp { .. }
        | Content::Withdrawn { .. }
        | Content::Feedback { .. }
        | Content::AskReasons { .. }
        | Content::FreshLink
        | Content::CvCode { .. }
        | Content::Invitation { .. }
        | Content::CalledOff { .. }
        | Content::Reminder { .. }
        | Content::StaysAsIs { .. }
        | Content::NotHeld { .. }
        | Content::Notice(_) => "a letter",
    }
}

/// The beginning of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
