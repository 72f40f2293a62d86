//! What somebody said of an interview's time, and what follows.

use chrono::Duration;

use super::Turn;
use super::arrange::capital;
use crate::calendar::Spans;
use crate::conversation::{Ask, Asking, Author, Deadline, Driver, Pick, Side, Visit};
use crate::link::READINGS;
use crate::model::{Decision, MessageId, Slot, SubmissionId};
use crate::reply::times::Intent;
use crate::reply::{Reply, Says, TimesSaid};

/// How long a press waits: a machine that presses everything is found out before anybody is written to.
const PICK_DELAY: Duration = Duration::seconds(15);
/// Different answers of one visitor within that time, from which on no person did it.
const SPREE: usize = 3;
/// Presses kept until then.
const PICKS_KEPT: usize = 20;

impl Turn {
    /// Prose, or a calendar's answer, from somebody who may say it.
    pub(super) fn spoke_of_times(&mut self, id: SubmissionId, side: Side, said: &TimesSaid, words: &str, answers: Option<&MessageId>) {
        let about = match said.intent {
            Intent::Availability => "gives times",
            Intent::Select => "takes a time",
            Intent::NoneWork => "none of the times works",
            Intent::Reschedule => "wants another time",
            Intent::Cancel => "calls the interview off",
            Intent::Question => "asks something",
            Intent::Nothing => "nothing about times",
        };
        self.record_words("spoke_of_times", Some(id), format!("{}: {about}", side.label()), words.to_owned());
        if let Some(zone) = said.zone {
            self.zone_named(id, side, zone, words);
        }
        let Some(interview) = self.interview(id).filter(|one| one.is_under_way()) else {
            if side == Side::Client && self.prefers(id, said) {
                return;
            }
            self.tell_of_words(
                id,
                "Somebody wrote about the time of an interview that is not being arranged",
                words,
            );
            return;
        };
        if interview.with_recruiter || self.c.driver == Driver::Recruiter {
            self.tell_of_words(
                id,
                &format!("{} wrote about the time of the interview that you arrange", side.label()),
                words,
            );
            return;
        }
        let has_begun = self
            .interview(id)
            .and_then(|one| one.booked)
            .is_some_and(|slot| slot.start <= self.now);
        let is_no = matches!(said.intent, Intent::Cancel | Intent::Reschedule | Intent::NoneWork);
        if has_begun && is_no {
            // "She cancelled at short notice" says what became of it, and changes no calendar.
            let asked = self.interview(id).and_then(|one| one.attendee(side).asked);
            if asked.is_some_and(|asked| asked.what == Ask::Outcome) {
                return self.interview_confirmed(id, side, false, words);
            }
            let why = format!("{} could not make the interview, and says so after it began", capital(side.label()));
            return self.tell_of_words(id, &why, words);
        }
        if said.ask {
            self.times_unclear(id, side, said, words, answers);
            return;
        }
        if let Some(attendee) = self.attendee_mut(id, side) {
            attendee.meant.clear();
            attendee.unclear = 0;
            attendee.needs_confirmation = false;
        }
        if self.is_panel() {
            return self.panel_spoke(id, side, said, words);
        }
        match said.intent {
            Intent::Select => self.chose(id, side, &said.taken),
            Intent::Availability => self.gave_times(id, side, said),
            // "None of these", pressed as one of them was agreed.
            Intent::NoneWork if self.is_booked(id) => self.move_asked(id, side, said, words),
            Intent::NoneWork => self.refused_all(id, side),
            Intent::Reschedule => self.move_asked(id, side, said, words),
            Intent::Cancel => self.call_off(id, Some(side), words),
            // A person answers; it was handed on with the finding.
            Intent::Question => {}
            Intent::Nothing => {
                let why = format!("{} wrote about the interview, and nothing was read in it", capital(side.label()));
                self.tell_of_words(id, &why, words);
            }
        }
    }

    /// Times beside a yes, before an interview is arranged: kept for it. False where there is no yes.
    fn prefers(&mut self, id: SubmissionId, said: &TimesSaid) -> bool {
        let gives = said.intent == Intent::Availability && !said.ask;
        let Some(submission) = self.submission_mut(id).filter(|one| gives && one.interview.is_none()) else {
            return false;
        };
        let wanted = submission.decision() == Some(Decision::Interested);
        if wanted {
            submission.client_prefers = said.open.clone();
        }
        wanted
    }

    /// Takes the first of the chosen slots that is still free.
    fn chose(&mut self, id: SubmissionId, side: Side, taken: &[Slot]) {
        let Some(interview) = self.interview(id) else { return };
        let offered: Vec<Slot> = taken.iter().copied().filter(|slot| interview.slots.contains(slot)).collect();
        if interview.booked.is_some_and(|booked| offered.contains(&booked)) {
            self.record("repeated", Some(id), "the time that is agreed was chosen once more".to_owned());
            return;
        }
        if !offered.is_empty() && interview.attendee(side.other()).can.is_none() && interview.booked.is_none() {
            // The other side is choosing anew: this is what this side can.
            let open = Spans::of(offered.iter().map(|slot| (slot.start, slot.end)).collect());
            return self.gave_times(
                id,
                side,
                &TimesSaid {
                    open,
                    ..TimesSaid::of(Intent::Availability)
                },
            );
        }
        // The other side may have taken back what they gave since the slot was offered.
        let stands = |slot: &Slot| {
            interview
                .attendee(side.other())
                .can
                .as_ref()
                .is_some_and(|can| can.covers(slot.start, slot.end))
        };
        let free = |slot: &&Slot| slot.start > self.now && stands(slot) && !self.c.is_taken(id, **slot);
        match offered.iter().find(free) {
            Some(slot) => self.book(id, *slot, Some(side)),
            None => {
                self.record("slot_gone", Some(id), "the chosen time is gone: others are offered".to_owned());
                self.ask(id, side, Ask::Choice);
            }
        }
    }

    /// New times: with the other side's, or for the other side to choose from.
    fn gave_times(&mut self, id: SubmissionId, side: Side, said: &TimesSaid) {
        let open = said.open.from(self.now);
        if open.is_empty() {
            return self.refused_all(id, side);
        }
        let Some(interview) = self.interview_mut(id) else { return };
        let counters = interview.attendee(side).asked.is_some_and(|asked| asked.what == Ask::Choice);
        interview.named = open.clone();
        interview.attendee_mut(side).can = Some(open);
        interview.attendee_mut(side).asked = None;
        let had = interview.attendee_mut(side.other()).can.take();
        self.c.deadlines.clear(Deadline::Interview(id, side));
        // What both gave is booked. What only this side gave, the other one chooses from.
        if let (Some(interview), Some(had)) = (self.interview_mut(id), had) {
            interview.attendee_mut(side.other()).can = Some(had);
            if let Some(slot) = self.cut(id, 1).first() {
                return self.book(id, *slot, Some(side));
            }
            if let Some(attendee) = self.attendee_mut(id, side.other()) {
                attendee.can = None;
            }
        }
        if counters && !self.next_round(id, "The sides propose times to each other in turn and find none in common") {
            return;
        }
        // With both asked at once, the other one's answer is on its way.
        let other_is_asked = self
            .interview(id)
            .and_then(|interview| interview.attendee(side.other()).asked)
            .is_some_and(|asked| asked.what == Ask::Times);
        if !other_is_asked {
            self.ask(id, side.other(), Ask::Choice);
        }
    }

    pub(super) fn refused_all(&mut self, id: SubmissionId, side: Side) {
        self.forget_named(id);
        if self.next_round(id, "None of the times offered was accepted") {
            if let Some(attendee) = self.attendee_mut(id, side) {
                attendee.can = None;
            }
            self.ask(id, side, Ask::Times);
        }
    }

    /// Asks once more, in an answer; after too many a person takes over.
    fn times_unclear(&mut self, id: SubmissionId, side: Side, said: &TimesSaid, words: &str, answers: Option<&MessageId>) {
        let limit = self.c.policy.unclear_limit;
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        attendee.unclear = attendee.unclear.saturating_add(1);
        let asked = attendee.asked;
        if self.interview(id).is_some_and(|interview| interview.booked.is_some()) {
            let why = format!("{} wrote something about the interview that was not understood", side.label());
            return self.tell_of_words(id, &why, words);
        }
        if self.is_panel() && asked.is_none() {
            // They have answered, or are not asked just now: the others' round goes on.
            let why = format!("What {} wrote about the interview was not understood", self.name_at(id, side));
            return self.tell_of_words(id, &why, words);
        }
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        if attendee.unclear >= limit && self.c.comes_if_they_can(id, side) {
            return self.not_waited_for(id, side);
        }
        let Some(attendee) = self.attendee_mut(id, side) else { return };
        if attendee.unclear >= limit {
            let why = format!("What {} wrote about the time of the interview was not understood", side.label());
            return self.leave_to_recruiter(id, &why, words);
        }
        // Without an open question a person looks: nothing would be asked by the letter.
        let Some(asking) = asked.filter(|asking| asking.what != Ask::Outcome) else {
            let why = format!("What {} wrote about the interview was not understood", side.label());
            return self.leave_to_recruiter(id, &why, words);
        };
        self.keep_readings(id, side, &said.readings);
        let again = Asking {
            what: asking.what,
            letters: asking.letters.max(1),
        };
        if let Some(says) = self.question(id, side, again, Some(words.to_owned())) {
            self.put(id, side, says, answers.cloned());
        }
    }

    /// The ways to read an answer, for a link each while there are places left for them.
    fn keep_readings(&mut self, id: SubmissionId, side: Side, readings: &[Spans]) {
        let now = self.now;
        let Some(interview) = self.interview_mut(id) else { return };
        let ahead: Vec<Spans> = readings
            .iter()
            .map(|spans| spans.from(now))
            .filter(|spans| !spans.is_empty())
            .collect();
        let first = interview.readings.len();
        let fits = ahead.len() > 1 && first + ahead.len() <= usize::from(READINGS);
        let places = (first..).zip(&ahead).filter_map(|(place, _)| u8::try_from(place).ok());
        let places: Vec<u8> = places.filter(|_| fits).collect();
        if fits {
            interview.readings.extend(ahead);
        }
        interview.attendee_mut(side).meant = places;
    }

    /// Something was pressed on the page of an interview: acted on some seconds later.
    pub(super) fn picked(&mut self, id: SubmissionId, side: Side, reply: &Reply, visit: &Visit) {
        if visit.automated {
            let detail = "an automated visitor pressed something about the interview: no effect".to_owned();
            self.record("automated_visit", Some(id), detail);
            return;
        }
        let at = self.now;
        let Some(interview) = self.interview_mut(id) else { return };
        interview.picked.push(Pick {
            at,
            visitor: visit.visitor,
            side,
            reply: reply.clone(),
        });
        let surplus = interview.picked.len().saturating_sub(PICKS_KEPT);
        interview.picked.drain(..surplus);
        self.c.deadlines.set(Deadline::Picked(id), at + PICK_DELAY);
    }

    pub(super) fn picked_due(&mut self, id: SubmissionId) {
        let Some(interview) = self.interview_mut(id) else { return };
        let picked = std::mem::take(&mut interview.picked);
        for side in interview.sides() {
            let pressed: Vec<&Pick> = picked.iter().filter(|one| one.side == side).collect();
            let believed: Vec<&Pick> = pressed.iter().copied().filter(|one| agrees(&pressed, one.visitor)).collect();
            if let Some(attendee) = self.attendee_mut(id, side).filter(|_| !pressed.is_empty()) {
                attendee.needs_confirmation = believed.is_empty();
            }
            if believed.is_empty() && !pressed.is_empty() {
                let detail = "different answers about the interview were pressed within seconds: none of them counts".to_owned();
                self.record("needs_confirmation", Some(id), detail);
            }
            // Whoever changed their mind is taken at their last word; what they typed besides is not lost.
            let last = believed.iter().rposition(|one| one.says().is_some());
            let mut heard: Vec<Reply> = Vec::new();
            for (nth, one) in believed.iter().enumerate() {
                let counts = one.says().is_none() || Some(nth) == last && !one.takes_back();
                heard.push(if counts { one.reply.clone() } else { one.beside() });
            }
            // The same words are typed once, and sent with each press of the page.
            for nth in 0..heard.len() {
                let (one, later) = heard.split_at_mut(nth + 1);
                let Some(one) = one.last_mut() else { continue };
                one.findings
                    .retain(|finding| is_of_interview(&finding.says) || !later.iter().any(|other| other.findings.contains(finding)));
            }
            for reply in heard.iter().filter(|reply| !reply.findings.is_empty()) {
                self.hear_pick(id, side, reply);
            }
        }
    }

    fn hear_pick(&mut self, id: SubmissionId, side: Side, reply: &Reply) {
        self.by = Author::side(side, Some(id));
        self.record(
            "picked",
            Some(id),
            format!("{} pressed an answer about the interview", side.label()),
        );
        match side {
            Side::Candidate => self.candidate_spoke(id, reply, None),
            Side::Interviewer(n) => self.interviewer_spoke(id, n, reply, None),
            Side::Client => {
                self.other_words(reply, None);
                self.heard_from_person();
            }
        }
    }

    /// Tells the recruiters words that nothing follows from.
    pub(super) fn tell_of_words(&mut self, id: SubmissionId, why: &str, words: &str) {
        self.tell_recruiters(&crate::conversation::Notice::ArrangeYourself {
            submission: id,
            why: format!("{why}."),
            words: words.to_owned(),
        });
    }
}

fn is_of_interview(says: &Says) -> bool {
    matches!(says, Says::Times { .. } | Says::Attends { .. })
}

/// Whether what one visitor pressed can be one person's answer: of one kind, and not three of them.
fn agrees(pressed: &[&Pick], visitor: u64) -> bool {
    let of_visitor = pressed.iter().filter(|one| one.visitor == visitor && !one.takes_back());
    let mut different: Vec<&Says> = Vec::new();
    for says in of_visitor.filter_map(|one| one.says()) {
        if !different.contains(&says) {
            different.push(says);
        }
    }
    let same_kind = |two: &[&Says]| match two {
        [Says::Times { said: one, .. }, Says::Times { said: other, .. }] => one.intent == other.intent,
        [_, _] => false,
        _ => true,
    };
    different.len() < SPREE && different.windows(2).all(same_kind)
}
