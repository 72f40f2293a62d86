//! Answers: what may follow from them by the sender matrix, and what does.

use super::Turn;
use crate::conversation::{Content, Driver, Notice, Parked, Party, Proxy, Side, Standing, Understood, Via, Wanted};
use crate::model::{Decision, MessageId, Reason, SubmissionId, Timestamp};
use crate::reply::{Band, DoubtKind, Finding, Reply, Says};

/// Answers kept until they are confirmed.
pub(super) const PARKED_KEPT: usize = 20;

impl Turn {
    pub(super) fn replied(&mut self, by: Side, standing: Standing, reply: Reply, via: &Via) {
        match by {
            Side::Client => self.client_replied(standing, reply, via),
            Side::Candidate => self.candidate_replied(standing, &reply, via),
            Side::Interviewer(n) => self.interviewer_replied(n, standing, reply, via),
        }
    }

    /// A candidate speaks of their interview only, and only in their own vouched-for name: whatever else comes is a person's business.
    fn candidate_replied(&mut self, standing: Standing, reply: &Reply, via: &Via) {
        let spoken = reply.findings.iter().filter_map(|one| one.says.about()).next();
        match via {
            Via::Link(visit) => {
                self.pressed_about_interview(Side::Candidate, reply, visit);
            }
            Via::Mail { message_id, of, .. } => {
                let answers = message_id.clone().filter(|_| standing == Standing::Full);
                // "Stop mailing me" speaks of nobody's times.
                let stops = reply.findings.iter().any(|one| one.says == Says::Stop);
                let Some(id) = spoken.or_else(|| of.filter(|_| stops)).filter(|_| standing == Standing::Full) else {
                    return self.needs_person("A candidate wrote.".to_owned(), all_words(reply), false);
                };
                self.candidate_spoke(id, reply, answers.as_ref());
            }
            Via::Calendar { message_id, version } => {
                self.by_calendar = true;
                self.calendar_answered(Side::Candidate, reply, *version);
                if let Some(id) = spoken {
                    self.candidate_spoke(id, reply, message_id.as_ref());
                }
            }
        }
    }

    /// Remembers which answer of a calendar was the last.
    pub(super) fn calendar_answered(&mut self, side: Side, reply: &Reply, version: (u32, Option<Timestamp>)) {
        for id in reply.findings.iter().filter_map(|one| one.says.about()) {
            if let Some(attendee) = self.attendee_mut(id, side) {
                attendee.answered = version;
            }
        }
    }

    /// What a candidate may say is heard, and what else they said is told.
    pub(super) fn candidate_spoke(&mut self, id: SubmissionId, reply: &Reply, answers: Option<&MessageId>) {
        let mut told = false;
        if let Some(stop) = reply.findings.iter().find(|one| one.says == Says::Stop) {
            told = self.candidate_wants_no_mail(id, &stop.words.text);
        }
        self.hear_of_interview(id, Side::Candidate, reply, answers);
        let others = reply
            .findings
            .iter()
            .filter(|one| !matches!(one.says, Says::Times { .. } | Says::Attends { .. } | Says::Thanks))
            .filter(|one| !(told && one.says == Says::Stop));
        let words = join(others.map(|one| (one.words.range.start, one.words.text.as_str())));
        if !words.is_empty() {
            self.needs_person("A candidate wrote more than times.".to_owned(), words, false);
        }
    }

    /// No more questions and reminders. An interview that is agreed stands; one that is not is a recruiter's to arrange. False when no
    /// recruiter was told.
    fn candidate_wants_no_mail(&mut self, id: SubmissionId, words: &str) -> bool {
        let Some(interview) = self.interview_mut(id) else { return false };
        interview.candidate.wants_no_mail = true;
        let (ends, agreed) = (!interview.is_under_way() || interview.with_recruiter, interview.booked.is_some());
        self.record_words("stop", Some(id), "the candidate wants no more mail".to_owned(), words.to_owned());
        if agreed && !ends {
            let why = "The candidate wants no more mail. The interview stands: they get no reminder of it, and are told when it changes";
            self.tell_of_words(id, why, words);
        } else {
            self.leave_to_recruiter(id, "The candidate wants no more mail", words);
        }
        !ends
    }

    /// What an answer says of an interview, and of nothing else.
    pub(super) fn hear_of_interview(&mut self, id: SubmissionId, side: Side, reply: &Reply, answers: Option<&MessageId>) {
        for finding in &reply.findings {
            let words = &finding.words.text;
            if let Says::Times { said, .. } = &finding.says {
                self.spoke_of_times(id, side, said, words, answers);
            } else if let Says::Attends { yes, .. } = finding.says {
                self.interview_confirmed(id, side, yes, words);
            }
        }
    }

    fn client_replied(&mut self, standing: Standing, reply: Reply, via: &Via) {
        let by_machine = matches!(via, Via::Link(visit) if visit.automated);
        if self.c.driver == Driver::Recruiter && standing != Standing::Unmatched && !by_machine {
            self.tell_recruiters(&Notice::WhileYouDrive {
                what: "An answer came in.".to_owned(),
                words: all_words(&reply),
            });
        }
        match via {
            Via::Link(visit) => self.pressed(&reply, visit),
            Via::Calendar { message_id, version } => {
                self.by_calendar = true;
                self.calendar_answered(Side::Client, &reply, *version);
                self.apply(&reply, "by calendar", message_id.clone());
            }
            Via::Mail {
                message,
                message_id,
                name,
                confirms,
                of: _,
            } => match standing {
                Standing::Full => {
                    self.settle_confirmation(Side::Client, &reply, *confirms);
                    self.apply(&reply, "by mail", message_id.clone());
                }
                Standing::Unvouched => self.park_and_confirm(*message, reply, message_id.clone(), None),
                Standing::Deputy => match self.c.policy.proxy {
                    Proxy::Confirm => self.park_and_confirm(*message, reply, message_id.clone(), Some(name.clone())),
                    Proxy::Accept => self.apply(&reply, &format!("by mail, {name} for {}", self.client_name()), message_id.clone()),
                    Proxy::Refuse => self.does_not_count(name.clone(), false, &reply),
                },
                Standing::Stranger => {
                    self.park(Side::Client, *message, reply.clone(), message_id.clone(), false);
                    self.hand_over(
                        "An answer came from somebody we do not know and nobody vouches for; it was not acted on.".to_owned(),
                        &reply,
                    );
                }
                Standing::Threadless => {
                    if self.c.open().next().is_none() {
                        self.hand_over(
                            "The client wrote without reference to a letter, and nothing is open to ask about.".to_owned(),
                            &reply,
                        );
                        return;
                    }
                    let words = all_words(&reply);
                    let detail = "a mail without reference: asked what it is about".to_owned();
                    self.record_words("asked_which", None, detail, words.clone());
                    self.ask_back(Vec::new(), words, None, message_id.clone());
                }
                Standing::Unmatched => {}
            },
        }
    }

    /// A yes or no to the letter that asked about a parked answer.
    pub(super) fn settle_confirmation(&mut self, by: Side, reply: &Reply, confirms: Option<i64>) {
        let sure = reply.findings.iter().filter(|one| one.band == Band::Act);
        let mut answers = sure.filter_map(|one| if let Says::Confirm(yes) = one.says { Some(yes) } else { None });
        let said = answers.next();
        let (Some(message), Some(yes)) = (confirms, said) else { return };
        if self.c.parked.iter().any(|one| one.message == message && one.can_be_confirmed) {
            self.confirmed(message, yes);
        } else {
            let words = all_words(reply);
            let detail = "answers once more whether an answer counts, which is settled: nothing follows".to_owned();
            self.record_words("repeated", None, detail, words.clone());
            // Who first said yes and now no has been acted on: a person must know.
            match by {
                _ if yes => {}
                Side::Client => {
                    let why = "The client says that an answer was not theirs, after it was settled.".to_owned();
                    self.hand_to_recruiter(why, words);
                }
                Side::Candidate | Side::Interviewer(_) => {
                    let why = "An interviewer says that an answer was not theirs, after it was settled.".to_owned();
                    self.needs_person(why, words, false);
                }
            }
        }
    }

    /// Does what a person said who may say it.
    pub(super) fn apply(&mut self, reply: &Reply, who: &str, message_id: Option<MessageId>) {
        let mut touched = Vec::new();
        for finding in reply.findings.iter().filter(|one| one.band == Band::Act) {
            if let Some(wanted) = decision(finding) {
                self.rest(&wanted, who, &finding.words.text);
                touched.push(wanted.submission);
            }
        }
        for (id, reason, words) in reasons(reply) {
            self.keep_reasons(id, &[reason], &words);
        }
        self.answered_why();
        let readings = decisions(reply, Band::Ask);
        let unclear = !readings.is_empty()
            || !decisions(reply, Band::Human).is_empty()
            || reply.doubts.iter().any(|one| !matches!(one.kind, DoubtKind::Empty));
        let said_something = self.other_words(reply, message_id.as_ref());
        self.mark_viewed(None);
        self.c.unacknowledged.retain(|id| !touched.contains(id));
        self.receipt(&touched, unclear, message_id.clone());
        if unclear || (touched.is_empty() && !said_something) {
            self.not_understood(reply, readings, message_id);
        } else {
            self.c.unclear_running = 0;
        }
        let asks = reply.findings.iter().any(|one| one.band == Band::Human);
        if !touched.is_empty() && !unclear && !asks {
            self.c.chase.with_recruiter = false;
        }
        self.heard_from_person();
    }

    /// Everything that is neither a decision nor a reason. True when there was something.
    pub(super) fn other_words(&mut self, reply: &Reply, message_id: Option<&MessageId>) -> bool {
        let mut any = false;
        for finding in &reply.findings {
            let words = finding.words.text.clone();
            match &finding.says {
                Says::Decide { .. } => continue,
                Says::Because { .. } if finding.band == Band::Act => {}
                Says::Because { submission, reason } => self.reason_unsure(*submission, *reason, words),
                // Settled before, by the letter that was answered.
                Says::Confirm(_) => {}
                Says::Question => {
                    self.record_words("question", None, "asks something: a person answers".to_owned(), words.clone());
                    self.hand_to_recruiter("The client asks something.".to_owned(), words);
                }
                Says::Request => {
                    self.record_words("request", None, "wants a document: a person sends it".to_owned(), words.clone());
                    self.hand_to_recruiter("The client wants a document.".to_owned(), words);
                }
                Says::Attends { submission, yes } => self.interview_confirmed(*submission, Side::Client, *yes, &words),
                Says::Times { submission, said } => self.spoke_of_times(*submission, Side::Client, said, &words, message_id),
                Says::Available => self.record_words("available", None, "gives times".to_owned(), words),
                Says::Complaint => {
                    self.record_words("complaint", None, "complains: a person answers".to_owned(), words.clone());
                    self.hand_to_recruiter("The client complains.".to_owned(), words);
                }
                Says::OtherBusiness => {
                    self.record_words(
                        "other_business",
                        None,
                        "writes about other business: a person sees to it".to_owned(),
                        words.clone(),
                    );
                    self.hand_to_recruiter("The client writes about other business.".to_owned(), words);
                }
                Says::PassedOn => {
                    self.record_words("passed_on", None, "passed it on to a colleague".to_owned(), words.clone());
                    self.hand_to_recruiter("The client has passed it on to a colleague who decides.".to_owned(), words);
                }
                Says::WrongPerson => {
                    self.record_words("wrong_person", None, "names somebody else".to_owned(), words.clone());
                    self.hand_to_recruiter("The client says that somebody else decides.".to_owned(), words);
                }
                Says::Stop => {
                    self.c.chase.stopped = true;
                    self.record_words("stop", None, "wants no more mail".to_owned(), words.clone());
                    let why = "The client wants no more mail: nothing unprompted goes out any more.".to_owned();
                    self.tell_recruiters(&Notice::NeedsPerson { why, words });
                }
                Says::Later { on } => self.pause_until(*on, &words),
                Says::Thanks => self.record_words("thanks", None, "says thanks, nothing else".to_owned(), words),
            }
            any = true;
        }
        any
    }

    pub(super) fn park(&mut self, by: Side, message: i64, reply: Reply, message_id: Option<MessageId>, can_be_confirmed: bool) {
        self.c.parked.retain(|one| one.message != message);
        self.c.parked.push(Parked {
            message,
            reply,
            message_id,
            by,
            can_be_confirmed,
        });
        let surplus = self.c.parked.len().saturating_sub(PARKED_KEPT);
        self.c.parked.drain(..surplus);
    }

    pub(super) fn park_and_confirm(&mut self, message: i64, reply: Reply, message_id: Option<MessageId>, deputy: Option<String>) {
        let words = all_words(&reply);
        let would = self.would(&reply);
        self.park(Side::Client, message, reply, message_id.clone(), true);
        let (says, detail) = match deputy {
            Some(deputy) => {
                let detail = format!("{deputy} answered in place of {}: asked whether it shall count", self.client_name());
                self.tell_recruiters(&Notice::SomeoneElse {
                    name: deputy.clone(),
                    by_link: Parked::conversation_of(message).is_some(),
                    asked: self.writes_to_client(),
                    would: would.clone(),
                    words: words.clone(),
                });
                (
                    Content::ConfirmDeputy {
                        message,
                        deputy,
                        would,
                        words: words.clone(),
                    },
                    detail,
                )
            }
            None => {
                let detail = "the receiving server does not vouch for the sender: asked the address on file".to_owned();
                (
                    Content::ConfirmSender {
                        message,
                        would,
                        words: words.clone(),
                    },
                    detail,
                )
            }
        };
        self.record_words("parked", None, detail, words);
        self.send(Party::Client, says, message_id);
    }

    /// What an answer would do if it counted.
    fn would(&self, reply: &Reply) -> Vec<Understood> {
        let mut would: Vec<Understood> = Vec::new();
        for one in decisions(reply, Band::Act) {
            would.push(Understood {
                submission: one.submission,
                decision: one.decision,
                reasons: Vec::new(),
                words: String::new(),
                condition: one.condition,
                until: None,
            });
        }
        for (id, reason, _) in reasons(reply) {
            match would.iter_mut().find(|one| one.submission == id) {
                Some(one) => one.reasons.push(reason),
                None => would.push(Understood {
                    submission: id,
                    decision: self.c.submission(id).and_then(|one| one.decision()).unwrap_or(Decision::Pass),
                    reasons: vec![reason],
                    words: String::new(),
                    condition: None,
                    until: None,
                }),
            }
        }
        would
    }

    pub(super) fn confirmed(&mut self, message: i64, yes: bool) {
        let Some(at) = self.c.parked.iter().position(|one| one.message == message && one.can_be_confirmed) else {
            return;
        };
        let parked = self.c.parked.remove(at);
        if yes {
            self.record_words(
                "confirmed",
                None,
                "the parked answer was confirmed".to_owned(),
                all_words(&parked.reply),
            );
            match parked.by {
                Side::Client => {
                    let pressed = Parked::conversation_of(parked.message).is_some();
                    let how = if pressed { "by link, confirmed" } else { "by mail, confirmed" };
                    self.apply(&parked.reply, how, parked.message_id);
                }
                Side::Interviewer(n) => self.confirmed_by_interviewer(n, &parked),
                // What a candidate says in another name is a person's business at once: it never waits.
                Side::Candidate => {}
            }
        } else {
            self.record_words(
                "disowned",
                None,
                "the parked answer was disowned: nothing follows".to_owned(),
                all_words(&parked.reply),
            );
            let words = all_words(&parked.reply);
            if parked.by == Side::Client {
                self.hand_to_recruiter("The client says that an answer was not theirs.".to_owned(), words);
            } else {
                self.needs_person("An interviewer says that an answer was not theirs.".to_owned(), words, false);
            }
        }
    }

    /// Somebody else's answer, and nobody is asked whether it shall count.
    pub(super) fn does_not_count(&mut self, name: String, by_link: bool, reply: &Reply) {
        let words = all_words(reply);
        let detail = format!("{name} answered in place of {}: it does not count", self.client_name());
        self.record_words("handed_over", None, detail, words.clone());
        let would = self.would(reply);
        self.tell_recruiters(&Notice::SomeoneElse {
            name,
            by_link,
            asked: false,
            would,
            words,
        });
    }

    pub(super) fn hand_over(&mut self, why: String, reply: &Reply) {
        let words = all_words(reply);
        self.record_words("handed_over", None, why.clone(), words.clone());
        self.tell_recruiters(&Notice::NeedsPerson { why, words });
    }

    /// A recruiter owes the client an answer.
    pub(super) fn hand_to_recruiter(&mut self, why: String, words: String) {
        self.c.chase.with_recruiter = true;
        self.tell_recruiters(&Notice::NeedsPerson { why, words });
    }

    pub(super) fn client_name(&self) -> String {
        self.c.batch.contact.mailbox.shown()
    }
}

pub(super) fn decision(finding: &Finding) -> Option<Wanted> {
    let Says::Decide {
        submission,
        decision,
        condition,
        follow_up,
    } = &finding.says
    else {
        return None;
    };
    Some(Wanted {
        submission: *submission,
        decision: *decision,
        condition: condition.clone(),
        follow_up: *follow_up,
    })
}

pub(super) fn decisions(reply: &Reply, band: Band) -> Vec<Wanted> {
    reply.findings.iter().filter(|one| one.band == band).filter_map(decision).collect()
}

pub(super) fn reasons(reply: &Reply) -> Vec<(SubmissionId, Reason, String)> {
    let sure = reply.findings.iter().filter(|one| one.band == Band::Act);
    sure.filter_map(|one| {
        let Says::Because { submission, reason } = one.says else {
            return None;
        };
        Some((submission, reason, one.words.text.clone()))
    })
    .collect()
}

/// All words a reply rests on, in the order of the text, without repeats.
pub(super) fn all_words(reply: &Reply) -> String {
    let findings = reply.findings.iter().map(|one| &one.words);
    let doubts = reply.doubts.iter().map(|one| &one.words);
    join(findings.chain(doubts).map(|words| (words.range.start, words.text.as_str())))
}

pub(super) fn join<'a>(words: impl Iterator<Item = (usize, &'a str)>) -> String {
    let mut words: Vec<(usize, &str)> = words.filter(|(_, text)| !text.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" … ")
}
