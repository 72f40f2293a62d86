//! What interviewers say, and several of them once a time is agreed: who comes, who cannot, and when that gives the time up.
//! They decide nothing about a candidate: what they say of one is a recruiter's business.

use super::Turn;
use super::answer::{all_words, join};
use super::arrange::capital;
use crate::calendar::Spans;
use crate::conversation::{Ask, Content, Deadline, Parked, Party, Proxy, Side, Standing, Via};
use crate::model::{MessageId, Slot, SubmissionId};
use crate::reply::times::Intent;
use crate::reply::{Band, Finding, Reply, Says, TimesSaid};

impl Turn {
    /// An interviewer speaks of times only, and in their own vouched-for name.
    pub(super) fn interviewer_replied(&mut self, n: u8, standing: Standing, reply: Reply, via: &Via) {
        let spoken = reply.findings.iter().filter_map(|one| one.says.about()).next();
        match via {
            Via::Link(visit) => {
                self.pressed_about_interview(Side::Interviewer(n), &reply, visit);
            }
            Via::Mail {
                message,
                message_id,
                name,
                confirms,
                of: _,
            } => match (standing, self.c.policy.proxy) {
                (Standing::Full, _) | (Standing::Deputy, Proxy::Accept) => {
                    let confirms = confirms.filter(|_| standing == Standing::Full);
                    self.settle_confirmation(Side::Interviewer(n), &reply, confirms);
                    let answers = |one: &Finding| confirms.is_some() && one.band == Band::Act && matches!(one.says, Says::Confirm(_));
                    match spoken {
                        Some(id) => self.interviewer_spoke(id, n, &reply, message_id.as_ref()),
                        // A yes or no to what they were asked is all.
                        None if reply.findings.iter().any(answers) => self.other_than_times(n, &reply),
                        None => {
                            self.heed_stop(n, &reply);
                            self.needs_person("An interviewer wrote.".to_owned(), all_words(&reply), false);
                        }
                    }
                }
                (Standing::Unvouched, _) => self.confirm_interviewer(n, *message, reply, message_id.clone(), None),
                (Standing::Deputy, Proxy::Confirm) => self.confirm_interviewer(n, *message, reply, message_id.clone(), Some(name.clone())),
                (Standing::Deputy, Proxy::Refuse) => self.does_not_count(name.clone(), false, &reply),
                (Standing::Stranger | Standing::Threadless, _) => {
                    let why =
                        "A letter to an interviewer was answered by somebody we do not know and nobody vouches for; it was not acted on.";
                    self.hand_over(why.to_owned(), &reply);
                }
                (Standing::Unmatched, _) => {}
            },
            Via::Calendar { message_id, version } => {
                self.by_calendar = true;
                self.calendar_answered(Side::Interviewer(n), &reply, *version);
                if let Some(id) = spoken {
                    self.interviewer_spoke(id, n, &reply, message_id.as_ref());
                }
            }
        }
    }

    /// An answer in an interviewer's place waits until they say that it counts.
    fn confirm_interviewer(&mut self, n: u8, message: i64, reply: Reply, message_id: Option<MessageId>, deputy: Option<String>) {
        let words = all_words(&reply);
        self.park(Side::Interviewer(n), message, reply, message_id.clone(), true);
        let (said, would) = (words.clone(), Vec::new());
        let says = match deputy {
            Some(deputy) => Content::ConfirmDeputy {
                message,
                deputy,
                would,
                words: said,
            },
            None => Content::ConfirmSender {
                message,
                would,
                words: said,
            },
        };
        let detail = "an answer to an interviewer's letter came in another name, or unvouched for: asked the address on file".to_owned();
        self.record_words("parked", None, detail, words);
        self.send(Party::Interviewer(n), says, message_id);
    }

    /// What waited counts as the interviewer's own.
    pub(super) fn confirmed_by_interviewer(&mut self, n: u8, parked: &Parked) {
        match parked.reply.findings.iter().find_map(|one| one.says.about()) {
            Some(id) => self.interviewer_spoke(id, n, &parked.reply, parked.message_id.as_ref()),
            None => {
                self.heed_stop(n, &parked.reply);
                self.needs_person("An interviewer wrote.".to_owned(), all_words(&parked.reply), false);
            }
        }
    }

    /// "Stop mailing me" speaks of nobody's times.
    fn heed_stop(&mut self, n: u8, reply: &Reply) {
        if let Some(stop) = reply.findings.iter().find(|one| one.says == Says::Stop) {
            self.interviewer_wants_no_mail(n, &stop.words.text);
        }
    }

    pub(super) fn interviewer_spoke(&mut self, id: SubmissionId, n: u8, reply: &Reply, answers: Option<&MessageId>) {
        self.heed_stop(n, reply);
        self.hear_of_interview(id, Side::Interviewer(n), reply, answers);
        self.other_than_times(n, reply);
    }

    /// A person reads what else an interviewer says.
    fn other_than_times(&mut self, n: u8, reply: &Reply) {
        let is_heard = |says: &Says| matches!(says, Says::Times { .. } | Says::Attends { .. } | Says::Confirm(_) | Says::Thanks);
        let others = reply.findings.iter().filter(|one| !is_heard(&one.says));
        let words = join(others.map(|one| (one.words.range.start, one.words.text.as_str())));
        if !words.is_empty() {
            let why = format!("{} wrote more than times, which decides nothing.", self.interviewer_name(n));
            self.needs_person(why, words, false);
        }
    }

    /// What somebody said of the time of an interview with several interviewers.
    pub(super) fn panel_spoke(&mut self, id: SubmissionId, side: Side, said: &TimesSaid, words: &str) {
        let open = said.open.from(self.now);
        let booked = self.interview(id).and_then(|one| one.booked);
        match (side, said.intent) {
            (_, Intent::Question) => {}
            (_, Intent::Nothing) => {
                let why = format!("{} wrote about the interview, and nothing was read in it", capital(side.label()));
                self.tell_of_words(id, &why, words);
            }
            (Side::Client | Side::Candidate, Intent::Cancel) => self.call_off(id, Some(side), words),
            (Side::Candidate, Intent::Reschedule) => self.move_asked(id, side, said, words),
            (Side::Candidate, Intent::NoneWork) => self.candidate_gave(id, &Spans::default()),
            (Side::Candidate, Intent::Availability | Intent::Select) => match booked {
                Some(_) => self.tell_of_words(id, "The candidate names times, and one is agreed already", words),
                None => self.candidate_gave(id, &open),
            },
            (Side::Interviewer(_), Intent::Cancel) => {
                let why = format!(
                    "{} wants to call the interview off, which only the client can",
                    self.name_at(id, side)
                );
                self.tell_of_words(id, &why, words);
                self.none_for(id, side, &Spans::default(), words);
            }
            (Side::Client | Side::Interviewer(_), Intent::NoneWork) => self.none_for(id, side, &Spans::default(), words),
            (Side::Client | Side::Interviewer(_), Intent::Reschedule | Intent::Availability) => match booked {
                Some(slot) if said.intent == Intent::Availability && open.covers(slot.start, slot.end) => self.comes(id, side),
                _ => self.none_for(id, side, &open, words),
            },
            (Side::Client | Side::Interviewer(_), Intent::Select) => self.took(id, side, &said.taken, booked),
        }
    }

    /// None of what was offered or agreed, but these times, if there are any.
    fn none_for(&mut self, id: SubmissionId, side: Side, open: &Spans, words: &str) {
        let booked = self.interview(id).and_then(|one| one.booked);
        if booked.is_some() {
            let said = TimesSaid {
                open: open.clone(),
                ..TimesSaid::of(Intent::Reschedule)
            };
            return self.cannot_come(id, side, &said, words);
        }
        let names = (!open.is_empty()).then(|| open.clone());
        self.panelist_answered(id, side, open.clone(), names);
    }

    /// Some of the slots that were offered.
    fn took(&mut self, id: SubmissionId, side: Side, taken: &[Slot], booked: Option<Slot>) {
        let Some(interview) = self.interview(id) else { return };
        let spans = |slots: &[Slot]| Spans::of(slots.iter().map(|slot| (slot.start, slot.end)).collect());
        if booked.is_some_and(|slot| taken.contains(&slot)) {
            return self.comes(id, side);
        }
        let (offered, attendee) = (interview.last_offer(), interview.attendee(side));
        let now: Vec<Slot> = taken.iter().copied().filter(|slot| offered.contains(slot)).collect();
        let still_asked = attendee.asked.is_some_and(|asked| asked.what == Ask::Choice);
        if now.is_empty() {
            // An answer to an old letter takes back nothing of what was said since.
            self.record("slot_gone", Some(id), "the chosen times are not offered any more".to_owned());
            if still_asked {
                self.ask(id, side, Ask::Choice);
            }
            return;
        }
        if booked.is_some() {
            return self.none_for(id, side, &spans(&now), "");
        }
        let is_older = now.len() < taken.len() && !still_asked;
        let before = attendee.can.clone().filter(|_| is_older).unwrap_or_default();
        self.panelist_answered(id, side, before.union(&spans(&now)), None);
    }

    /// The candidate's times, for the interviewers to choose from; none at all is a round in vain.
    fn candidate_gave(&mut self, id: SubmissionId, open: &Spans) {
        if open.is_empty() {
            self.withdraw_offer(id);
            return self.refused_all(id, Side::Candidate);
        }
        let Some(interview) = self.interview_mut(id) else { return };
        let held = interview.held().to_vec();
        let candidate = interview.attendee_mut(Side::Candidate);
        (candidate.can, candidate.asked) = (Some(open.clone()), None);
        self.c.deadlines.clear(Deadline::Interview(id, Side::Candidate));
        if !held.is_empty() {
            if held.iter().all(|slot| open.covers(slot.start, slot.end)) {
                return;
            }
            // What they can has changed while the interviewers choose.
            if !self.next_round(id, "The candidate's times changed while the interviewers were asked") {
                return;
            }
        }
        self.offer_to_panel(id);
    }

    /// Another time, by one of several: with times of their own those are looked at, without the candidate's others.
    pub(super) fn panel_instead(&mut self, id: SubmissionId, side: Side, open: Spans) {
        let named = (!open.is_empty()).then_some(open);
        match (side, named) {
            (Side::Candidate, None) => self.ask_candidate_anew(id),
            (Side::Candidate, Some(open)) => {
                if let Some(interview) = self.interview_mut(id) {
                    (interview.named, interview.candidate.can) = (open.clone(), Some(open));
                    interview.candidate.asked = None;
                }
                self.offer_to_panel(id);
            }
            (Side::Client | Side::Interviewer(_), named) => {
                if let Some(interview) = self.interview_mut(id) {
                    interview.named = named.clone().unwrap_or_default();
                    interview.attendee_mut(side).names = named;
                }
                if self.cut(id, 1).is_empty() {
                    self.ask_candidate_anew(id);
                } else {
                    self.offer_to_panel(id);
                }
            }
        }
    }

    // ---- once a time is agreed ----

    /// Who is expected at the time that was just agreed: everybody who did not say that they cannot.
    pub(super) fn seat_panel(&mut self, id: SubmissionId, slot: Slot) {
        let attends = self.c.batch.contact_attends;
        let sides = self.sides(id);
        let is_panel = self.is_panel();
        // Whoever comes if they can is not asked to be at two places.
        let elsewhere = |side: Side| side != Side::Candidate && self.c.is_elsewhere(id, side, slot);
        let cannot = |side: Side| is_panel && (self.can_make(id, side, &slot) == Some(false) || elsewhere(side));
        let cannot: Vec<(Side, bool)> = sides.into_iter().map(|side| (side, cannot(side))).collect();
        for (side, cannot) in cannot {
            if cannot && side != Side::Candidate {
                let detail = format!(
                    "{} cannot be there at that time: it takes place without them",
                    self.name_at(id, side)
                );
                self.record("left_out", Some(id), detail);
            }
            let Some(attendee) = self.attendee_mut(id, side) else { continue };
            attendee.absent = match side {
                Side::Candidate => false,
                Side::Client => !attends || cannot,
                Side::Interviewer(_) => cannot,
            };
            attendee.put_to_lead = false;
        }
    }

    pub(super) fn is_absent(&self, id: SubmissionId, side: Side) -> bool {
        self.interview(id).is_some_and(|one| one.attendee(side).absent)
    }

    /// Somebody who was not asked any more, or had said no, comes after all.
    pub(super) fn comes(&mut self, id: SubmissionId, side: Side) {
        let Some(slot) = self.interview(id).and_then(|one| one.booked) else {
            return;
        };
        if self.c.is_elsewhere(id, side, slot) {
            let why = format!("{} says that they come, and has another interview then", self.name_at(id, side));
            return self.tell_of_words(id, &why, "");
        }
        if slot.start <= self.now {
            let why = format!("{} says that they come, after the interview began", self.name_at(id, side));
            return self.tell_of_words(id, &why, "");
        }
        let Some(interview) = self.interview_mut(id) else { return };
        let attendee = interview.attendee_mut(side);
        attendee.can = Some(Spans::of(vec![(slot.start, slot.end)]));
        if attendee.absent {
            attendee.absent = false;
            if attendee.invited.is_none() && attendee.changes > 0 {
                // Their entry was cancelled: what takes its place stands above that.
                attendee.changes += 1;
            }
            self.record("comes_after_all", Some(id), format!("{} comes after all", side.label()));
            self.tell_side(id, side, slot.start, true);
        } else {
            self.record("repeated", Some(id), "the time that is agreed was chosen once more".to_owned());
        }
    }

    /// An interviewer cannot make the time that is agreed: it is given up when too few are left, else it takes place without them.
    pub(super) fn cannot_come(&mut self, id: SubmissionId, side: Side, said: &TimesSaid, words: &str) {
        let Some(slot) = self.interview(id).and_then(|one| one.booked) else {
            return self.move_asked(id, side, said, words);
        };
        if self.is_absent(id, side) && self.c.panel(id).contains(&side) {
            return self.record(
                "repeated",
                Some(id),
                format!("{} is not expected, and says so once more", side.label()),
            );
        }
        if side == Side::Candidate || self.is_short_without(id, side, &slot) {
            return self.move_asked(id, side, said, words);
        }
        let Some(attendee) = self.attendee_mut(id, side).filter(|one| !one.absent) else {
            return;
        };
        (attendee.absent, attendee.confirmed, attendee.can) = (true, false, Some(Spans::default()));
        attendee.cannot(&[slot]);
        let (who, whom) = (self.name_at(id, side), self.name_of(id));
        self.record("not_coming", Some(id), format!("{who} is not coming; it takes place without them"));
        self.tell_of_words(
            id,
            &format!("{who} is not coming to the interview with {whom}; it takes place without them"),
            "",
        );
        self.tell_side(id, side, slot.start, true);
    }
}
