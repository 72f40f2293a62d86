//! A time is agreed: invitations, reminders, moves, calling it off, and whether it took place.

use chrono::Duration;

use super::Turn;
use super::arrange::capital;
use crate::conversation::milestones::BY_HAND;
use crate::conversation::{
    Ask, Because, Content, Deadline, Driver, Effect, InterviewStatus, Letter, Notice, Party, Ruling, Side, Status, Urge, entered_by,
};
use crate::model::{Slot, SubmissionId, Timestamp};
use crate::reply::TimesSaid;
use crate::reply::times::Intent;

/// A letter about an interview leaves at least so long before it, night or not.
const LAST_CALL: Duration = Duration::hours(2);
/// After the end, when the client is asked whether it took place.
const AFTERWARDS: Duration = Duration::hours(1);

impl Turn {
    /// Both sides agreed: both are invited. `by` just chose, and may be written to at night.
    pub(super) fn book(&mut self, id: SubmissionId, slot: Slot, by: Option<Side>) {
        let zone = self.zone_of(id, Side::Client);
        let by_hand = self.entering().filter(|_| self.books == Some(slot));
        let Some(interview) = self.interview_mut(id) else { return };
        if interview.sequence > 0 || interview.sides().into_iter().any(|side| interview.attendee(side).invited.is_some()) {
            interview.sequence += 1;
        }
        interview.status = InterviewStatus::Scheduled;
        interview.booked = Some(slot);
        interview.by_hand = by_hand.is_some();
        interview.corrected = false;
        interview.was_booked = None;
        interview.reminded = 0;
        let late = interview.drop_picks(by);
        let sides = interview.sides();
        for side in &sides {
            let attendee = interview.attendee_mut(*side);
            (attendee.asked, attendee.confirmed) = (None, false);
            attendee.resend = attendee.invited == Some(slot);
        }
        for side in &sides {
            self.c.deadlines.clear(Deadline::Interview(id, *side));
        }
        if !late.kept {
            self.c.deadlines.clear(Deadline::Picked(id));
        }
        self.seat_panel(id, slot);
        self.note_clocks(id);
        if let Some(submission) = self.submission_mut(id) {
            submission.status = Status::InterviewScheduled;
        }
        let who = by_hand.map_or_else(String::new, |by| format!("{}{BY_HAND}", entered_by(&by)));
        self.record("booked", Some(id), format!("{who}the interview is on {}", zone.spelled(slot.start)));
        for side in late.dropped {
            let detail = format!("{} pressed another answer just before the time was agreed", side.label());
            self.record("picked_too_late", Some(id), detail);
        }
        self.say_unread(id);
        for side in sides {
            self.tell_side(id, side, slot.start, by == Some(side));
        }
        self.schedule_reminder(id);
        self.c
            .deadlines
            .set(Deadline::After(id), self.polite_for(id, Side::Client, slot.end + AFTERWARDS));
    }

    /// Tells a side what holds now, well before `start`: not in their night, unless they just did something or it would be too late.
    pub(super) fn tell_side(&mut self, id: SubmissionId, side: Side, start: Timestamp, at_once: bool) {
        let urge = if at_once { Urge::Answer } else { Urge::News(start - LAST_CALL) };
        match self.c.may_go(side.party(id), urge, self.now) {
            Ruling::At(later, _) => self.c.deadlines.set(Deadline::Tell(id, side), later),
            Ruling::Now | Ruling::Never(_) => self.tell_due(id, side),
        }
    }

    /// Letters leave again: whoever's calendar shows something else than what holds is told now.
    pub(super) fn tell_what_was_held_back(&mut self) {
        let mut owed = Vec::new();
        for submission in &self.c.submissions {
            let Some(interview) = &submission.interview else { continue };
            for side in interview.sides() {
                let attendee = interview.attendee(side);
                let shown = attendee.invited;
                let news = match interview.booked {
                    Some(_) if attendee.absent => shown,
                    Some(slot) => Some(slot).filter(|_| attendee.resend || shown != Some(slot)),
                    // While another time is looked for, the entry stays.
                    None => shown.filter(|_| interview.was_booked.is_none()),
                };
                owed.extend(
                    news.filter(|slot| slot.start > self.now)
                        .map(|slot| (submission.id, side, slot.start)),
                );
            }
        }
        for (id, side, start) in owed {
            self.tell_side(id, side, start, false);
        }
    }

    /// The invitation to what is agreed now, or the end of what a calendar shows, or what comes after nobody met. When the calendar is right, it was a reminder that
    /// waited for the end of the night.
    pub(super) fn tell_due(&mut self, id: SubmissionId, side: Side) {
        self.c.deadlines.clear(Deadline::Tell(id, side));
        let to = side.party(id);
        if self.holds_back(to) {
            return;
        }
        let Some(interview) = self.interview_mut(id) else { return };
        let sequence = interview.sequence_of(side);
        let moves = interview.was_booked.is_some();
        let corrected = interview.corrected;
        let not_held = interview.status == InterviewStatus::NoShow;
        let (booked, by) = (interview.booked, interview.called_off_by);
        let attendee = interview.attendee_mut(side);
        let resend = std::mem::take(&mut attendee.resend);
        let says = match (booked.filter(|_| !attendee.absent), attendee.invited) {
            (Some(slot), _) if not_held => Content::NotHeld { submission: id, slot },
            (None, Some(slot)) if booked.is_some() => {
                attendee.invited = None;
                attendee.changes += 1;
                Content::CalledOff {
                    submission: id,
                    slot,
                    sequence: sequence.saturating_add(1),
                    by: None,
                    without_you: true,
                }
            }
            (Some(slot), shown) if resend || shown != Some(slot) => {
                attendee.invited = Some(slot);
                Content::Invitation {
                    submission: id,
                    slot,
                    sequence,
                    instead_of: shown.filter(|shown| *shown != slot),
                    corrected,
                }
            }
            // While another time is looked for, the entry stays.
            (None, Some(slot)) if !moves => {
                attendee.invited = None;
                Content::CalledOff {
                    submission: id,
                    slot,
                    sequence,
                    by,
                    without_you: false,
                }
            }
            (Some(slot), _) => return self.remind_side(id, side, slot),
            (None, _) => return,
        };
        self.effects.push(Effect::Send(Letter::new(to, says)));
    }

    /// The side cannot make it, or not as booked. The time is given up; the entry in the calendars stays until another one is agreed.
    pub(super) fn move_asked(&mut self, id: SubmissionId, side: Side, said: &TimesSaid, words: &str) {
        let limit = self.c.policy.scheduling.moves;
        if self
            .interview(id)
            .and_then(|one| one.booked)
            .is_some_and(|slot| slot.start <= self.now)
        {
            // Too late to be moved: whether it took place is asked afterwards.
            let why = format!("{} could not make the interview, and says so after it began", capital(side.label()));
            return self.tell_of_words(id, &why, "");
        }
        if self.is_too_late_to_move(id) {
            let hours = self.c.policy.scheduling.cutoff_h;
            let why = format!(
                "{} wants another time less than {hours} hours before the interview. It stands, and they were told that you will get in touch",
                capital(side.label())
            );
            self.tell_of_words(id, &why, words);
            return self.stays_as_is(id, side, !said.open.is_empty());
        }
        if self.interview(id).is_none_or(|one| one.booked.is_none()) {
            // Nothing is booked yet: these are times like any others.
            return self.times_instead(id, side, said);
        }
        let moves = self.give_up_time(id);
        // What was agreed once is no answer any more; what the other side gave may still hold.
        if let Some(attendee) = self.attendee_mut(id, side) {
            attendee.can = None;
        }
        self.record("moved", Some(id), format!("{} cannot make the time that was agreed", side.label()));
        if moves > limit {
            return self.leave_to_recruiter(id, "The interview was moved too often for it to go by itself", "");
        }
        self.times_instead(id, side, said);
    }

    /// The time that was agreed holds no longer; the entry in the calendars stays until another one is agreed. Gives how often it was moved.
    pub(super) fn give_up_time(&mut self, id: SubmissionId) -> u8 {
        let Some(interview) = self.interview_mut(id) else { return 0 };
        interview.was_booked = interview.booked.take();
        interview.status = InterviewStatus::Rescheduled;
        interview.moves = interview.moves.saturating_add(1);
        interview.rounds = 0;
        interview.refused = interview.slots.len();
        let moves = interview.moves;
        if let Some(submission) = self.submission_mut(id) {
            submission.status = Status::Interested;
        }
        for deadline in [Deadline::Remind(id), Deadline::After(id)] {
            self.c.deadlines.clear(deadline);
        }
        moves
    }

    /// So shortly before the start nobody could be told in time.
    fn is_too_late_to_move(&self, id: SubmissionId) -> bool {
        let cutoff = Duration::hours(i64::from(self.c.policy.scheduling.cutoff_h));
        let booked = self.interview(id).and_then(|one| one.booked);
        booked.is_some_and(|slot| slot.start - self.now < cutoff)
    }

    /// Whoever wanted another time is told that the one agreed stands, in the words of their calendar too where that `proposed` one.
    fn stays_as_is(&mut self, id: SubmissionId, side: Side, proposed: bool) {
        let Some((slot, sequence)) = self.interview(id).and_then(|one| Some((one.booked?, one.sequence_of(side)))) else {
            return;
        };
        self.record("stays_as_is", Some(id), format!("told {} that the time stands", side.label()));
        let says = Content::StaysAsIs {
            submission: id,
            slot,
            sequence,
            counter: self.by_calendar && proposed,
        };
        self.send(side.party(id), says, None);
    }

    /// A person looks at what a calendar proposed; until then the calendar is told that the time stands.
    pub(super) fn counter_unread(&mut self, id: SubmissionId, side: Side, why: String, words: String) {
        self.by_calendar = true;
        self.needs_person(why, words, side == Side::Client);
        self.stays_as_is(id, side, true);
    }

    /// Another time is wanted: with times of their own they are offered to the other side, without they are asked for some.
    fn times_instead(&mut self, id: SubmissionId, side: Side, said: &TimesSaid) {
        let open = said.open.from(self.now);
        if self.is_panel() {
            return self.panel_instead(id, side, open);
        }
        if open.is_empty() {
            return self.ask(id, side, Ask::Times);
        }
        if let Some(interview) = self.interview_mut(id) {
            interview.named = open.clone();
            interview.attendee_mut(side).can = Some(open);
            interview.attendee_mut(side).asked = None;
            interview.attendee_mut(side.other()).can = None;
        }
        self.c.deadlines.clear(Deadline::Interview(id, side));
        self.ask(id, side.other(), Ask::Choice);
    }

    /// There will be no interview. Whoever holds an entry gets a CANCEL. `by` is `None` for the agency.
    pub(super) fn call_off(&mut self, id: SubmissionId, by: Option<Side>, words: &str) {
        let Some(interview) = self.interview_mut(id).filter(|one| one.is_under_way()) else {
            return;
        };
        let slot = interview.booked.take().or_else(|| interview.was_booked.take());
        interview.sequence += 1;
        interview.called_off_by = by;
        self.close_interview(id, InterviewStatus::Cancelled);
        if let Some(submission) = self.submission_mut(id).filter(|one| one.status == Status::InterviewScheduled) {
            submission.status = Status::Interested;
        }
        let who = by.map_or("the agency", Side::label);
        self.record_words("called_off", Some(id), format!("{who} called the interview off"), words.to_owned());
        if let Some(slot) = slot {
            for side in self.sides(id) {
                // A pass takes effect long after it was said, maybe at night.
                self.tell_side(id, side, slot.start, by == Some(side) && !words.is_empty());
            }
        }
        if by.is_some() {
            self.tell_recruiters(&Notice::ArrangeYourself {
                submission: id,
                why: format!("The interview was called off by {who}."),
                words: words.to_owned(),
            });
        }
    }

    /// Sets the next reminder that is still ahead; those already past are skipped.
    fn schedule_reminder(&mut self, id: SubmissionId) {
        let offsets = self.c.policy.scheduling.reminders_min.clone();
        let now = self.now;
        let Some(interview) = self.interview_mut(id) else { return };
        let Some(slot) = interview.booked else { return };
        let mut next = None;
        while let Some(minutes) = offsets.get(usize::from(interview.reminded)) {
            let at = slot.start - Duration::minutes(i64::from(*minutes));
            if at > now {
                next = Some(at);
                break;
            }
            interview.reminded = interview.reminded.saturating_add(1);
        }
        match next {
            Some(at) => self.c.deadlines.set(Deadline::Remind(id), at),
            None => {
                self.c.deadlines.clear(Deadline::Remind(id));
            }
        }
    }

    /// State is read here, at the moment of sending: a moved or cancelled interview has no reminder.
    pub(super) fn remind_due(&mut self, id: SubmissionId) {
        let Some(interview) = self.interview_mut(id) else { return };
        let Some(slot) = interview.booked.filter(|slot| slot.start > self.now) else {
            return;
        };
        for side in self.sides(id) {
            if self.is_absent(id, side) {
                continue;
            }
            match self.c.may_go(side.party(id), Urge::Upcoming(slot.start), self.now) {
                // Read again in the morning.
                Ruling::At(morning, _) => self.c.deadlines.set(Deadline::Tell(id, side), morning),
                Ruling::Now | Ruling::Never(_) => self.remind_side(id, side, slot),
            }
        }
        if let Some(interview) = self.interview_mut(id) {
            interview.reminded = interview.reminded.saturating_add(1);
        }
        self.schedule_reminder(id);
    }

    fn remind_side(&mut self, id: SubmissionId, side: Side, slot: Slot) {
        let to = side.party(id);
        let Some(interview) = self.interview(id).filter(|_| slot.start > self.now) else {
            return;
        };
        // The first one asks, also when it waited for the morning.
        let asks = interview.reminded == 0 || self.c.deadlines.get(Deadline::Remind(id)).is_some() && interview.reminded == 1;
        let asks = asks && !interview.attendee(side).confirmed;
        if let Ruling::Never(why) = self.c.may_go(to, Urge::Upcoming(slot.start), self.now) {
            let why = match why {
                Because::Quiet => "their night lasts until the interview",
                Because::Driven | Because::Unreachable | Because::Stopped | Because::Away | Because::DailyLimit => why.says(),
            };
            let detail = format!("no reminder to {}: {why}", side.label());
            return self.record("not_reminded", Some(id), detail);
        }
        self.record("reminded", Some(id), format!("reminded {} of the interview", side.label()));
        let says = Content::Reminder {
            submission: id,
            slot,
            asks,
        };
        self.effects.push(Effect::Send(Letter::new(to, says)));
    }

    /// "Yes, still on", or with an outcome asked "yes, it took place". A no wants a person, or another time.
    pub(super) fn interview_confirmed(&mut self, id: SubmissionId, side: Side, yes: bool, words: &str) {
        let Some(interview) = self.interview(id) else { return };
        // Whether it took place is a fact, whoever drives.
        let asks_outcome = interview.attendee(side).asked.is_some_and(|asked| asked.what == Ask::Outcome);
        let driven = interview.with_recruiter || self.c.driver == Driver::Recruiter;
        if !interview.is_under_way() || driven && !asks_outcome {
            self.record_words(
                "about_interview",
                Some(id),
                format!("{} writes about the interview", side.label()),
                words.to_owned(),
            );
            if !yes {
                self.tell_of_words(id, &format!("{} says no to the interview", capital(side.label())), words);
            }
            return;
        }
        match (asks_outcome, yes) {
            (true, true) => {
                self.close_interview(id, InterviewStatus::Completed);
                if let Some(submission) = self.submission_mut(id) {
                    submission.status = Status::Completed;
                }
                self.record_words("completed", Some(id), "the interview took place".to_owned(), words.to_owned());
                self.tell_of_words(id, "The interview took place", words);
            }
            (true, false) => {
                self.close_interview(id, InterviewStatus::NoShow);
                if let Some(submission) = self.submission_mut(id) {
                    submission.status = Status::Interested;
                }
                self.record_words("no_show", Some(id), "the interview did not take place".to_owned(), words.to_owned());
                self.tell_of_words(id, "The client says that the interview did not take place", words);
                for other in self.sides(id) {
                    if self.is_absent(id, other) {
                        continue;
                    }
                    // Not in the night of whoever says nothing just now.
                    let far = self.now + Duration::days(2);
                    self.tell_side(id, other, far, other == side);
                }
            }
            (false, true) => {
                if self.is_absent(id, side) && self.c.panel(id).contains(&side) {
                    self.comes(id, side);
                }
                let Some(interview) = self.interview_mut(id) else { return };
                // A yes to a time that is being moved confirms nothing, nor one of somebody who cannot come.
                if interview.attendee(side).absent && side != Side::Client {
                    return;
                }
                interview.attendee_mut(side).confirmed = interview.booked.is_some();
                let confirmed = |side: Side| interview.attendee(side).confirmed || interview.attendee(side).absent;
                if interview.booked.is_some() && interview.sides().into_iter().all(confirmed) {
                    interview.status = InterviewStatus::Confirmed;
                }
                self.record_words("still_on", Some(id), format!("{}: still on", side.label()), words.to_owned());
            }
            (false, false) => {
                if !words.is_empty() && !self.is_too_late_to_move(id) {
                    self.tell_of_words(id, &format!("{} cannot make the interview", capital(side.label())), words);
                }
                if self.is_panel() {
                    return self.cannot_come(id, side, &TimesSaid::of(Intent::Reschedule), words);
                }
                self.move_asked(id, side, &TimesSaid::of(Intent::Reschedule), words);
            }
        }
    }

    pub(super) fn after_interview_due(&mut self, id: SubmissionId) {
        let over = self
            .interview(id)
            .is_some_and(|one| one.is_under_way() && one.booked.is_some_and(|slot| slot.end <= self.now));
        if over {
            self.ask(id, Side::Client, Ask::Outcome);
        }
    }

    /// Whether letters to this party leave at all.
    pub(super) fn holds_back(&self, to: Party) -> bool {
        matches!(self.c.may_go(to, Urge::Answer, self.now), Ruling::Never(_))
    }
}
