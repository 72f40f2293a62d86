//! What machines say: automatic replies, reports, letters that died, expired links.

use chrono::{Duration, NaiveDate};

use super::Turn;
use crate::conversation::{Content, Effect, Letter, Notice, Party, Side};
use crate::model::{SubmissionId, Timestamp};

/// One fresh link an hour is enough for a person, and too little for a scanner to be a nuisance.
const FRESH_LINK_EVERY: Duration = Duration::hours(1);

impl Turn {
    pub(super) fn auto_replied(&mut self, until: Option<NaiveDate>, substitute: Option<String>, gone: bool) {
        if gone {
            self.c.chase.stopped = true;
            self.record_words(
                "gone",
                None,
                "the contact has left the company".to_owned(),
                substitute.clone().unwrap_or_default(),
            );
            self.hand_to_recruiter(
                "The contact is no longer with the company.".to_owned(),
                substitute.unwrap_or_default(),
            );
            return;
        }
        let resumes = self.working_day_after(until);
        let known = self.c.chase.away_until.is_some_and(|old| old >= resumes);
        let zone = self.c.batch.contact.zone;
        let detail = match until {
            Some(day) => format!("out of office until {day}: the chase waits until {}", zone.spelled(resumes)),
            None => format!("an automatic reply: the chase waits until {}", zone.spelled(resumes)),
        };
        self.record_words("auto_reply", None, detail, substitute.clone().unwrap_or_default());
        if known {
            return;
        }
        self.c.chase.away_until = Some(resumes);
        self.schedule_chase();
        // Without a date and a substitute there is nothing a recruiter could do with it.
        if until.is_some() || substitute.is_some() {
            self.tell_recruiters(&Notice::Away { until, substitute });
        }
    }

    pub(super) fn needs_person(&mut self, why: String, words: String, owed_to_client: bool) {
        self.record_words("needs_person", None, why.clone(), words.clone());
        if owed_to_client {
            self.hand_to_recruiter(why, words);
        } else {
            self.tell_recruiters(&Notice::NeedsPerson { why, words });
        }
        self.schedule_chase();
    }

    pub(super) fn undeliverable(&mut self, to: Party, status: String, address_is_bad: bool) {
        let about = match to {
            Party::Candidate(id) => Some(id),
            Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => None,
        };
        self.record("undeliverable", about, format!("a letter could not be delivered: {status}"));
        if to == Party::Client && address_is_bad {
            if self.c.client_unreachable {
                return;
            }
            self.c.client_unreachable = true;
            self.c.chase.with_recruiter = true;
        }
        if let Party::Candidate(id) = to
            && address_is_bad
        {
            self.leave_to_recruiter(id, "The candidate's address does not work", &status);
        }
        if let Party::Interviewer(n) = to
            && address_is_bad
        {
            self.interviewer_unreachable(n, &status);
        }
        // A notice about a recruiter's own dead mailbox would only die there as well.
        if !matches!(to, Party::Recruiter(_)) {
            self.tell_recruiters(&Notice::Undeliverable { to, status });
        }
        self.schedule_chase();
    }

    pub(super) fn letter_died(&mut self, to: Party, why: String, refused: bool) {
        let kind = if refused { "letter_refused" } else { "letter_failed" };
        self.record(kind, None, why.clone());
        if !matches!(to, Party::Recruiter(_)) {
            self.tell_recruiters(&if refused {
                Notice::LetterRefused { to, why }
            } else {
                Notice::LetterFailed { to, why }
            });
        }
    }

    pub(super) fn fresh_link_asked(&mut self) {
        let recent = self
            .c
            .written
            .fresh_links
            .last()
            .is_some_and(|at| self.now - *at < FRESH_LINK_EVERY);
        if recent || !self.writes_to_client() {
            return;
        }
        self.c.written.fresh_links = vec![self.now];
        self.record("fresh_link", None, "mailed a fresh link to the address on file".to_owned());
        self.send(Party::Client, Content::FreshLink, None);
    }

    /// How often that may be is the store's to know: it has the devices. It is nobody's receipt, and takes none of theirs away.
    pub(super) fn cv_code_asked(&mut self, code: String, until: Timestamp) {
        if !self.writes_to_client() {
            let why = "a code for the CVs was asked for and not mailed: the client is not written to now";
            self.record("cv_code_withheld", None, why.to_owned());
            return;
        }
        self.record("cv_code", None, "mailed a code for the CVs to the address on file".to_owned());
        self.effects
            .push(Effect::Send(Letter::new(Party::Client, Content::CvCode { code, until })));
    }

    /// The letter that a side got last about an interview, once more, with links that work: to the address on file.
    pub(super) fn interview_link_asked(&mut self, id: SubmissionId, side: Side) {
        let Some(interview) = self.interview(id).filter(|one| one.links_lead_somewhere(side)) else {
            return;
        };
        let written = match side {
            Side::Client => &self.c.written.fresh_links,
            Side::Candidate | Side::Interviewer(_) => &interview.attendee(side).written,
        };
        let recent = written.last().is_some_and(|at| self.now - *at < FRESH_LINK_EVERY);
        if recent || self.holds_back(side.party(id)) {
            return;
        }
        let says = match (interview.attendee(side).asked, interview.booked) {
            (Some(asking), _) => self.question(id, side, asking, None),
            (None, booked) => booked.map(|slot| Content::Reminder {
                submission: id,
                slot,
                asks: false,
            }),
        };
        let Some(says) = says else { return };
        let now = self.now;
        match side {
            Side::Client => self.c.written.fresh_links = vec![now],
            Side::Candidate | Side::Interviewer(_) => {
                if let Some(attendee) = self.attendee_mut(id, side) {
                    attendee.written.push(now);
                }
            }
        }
        self.record("fresh_link", Some(id), format!("mailed a fresh link to {}", side.label()));
        self.send(side.party(id), says, None);
    }
}
