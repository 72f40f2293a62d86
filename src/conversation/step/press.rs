//! Presses of links. A decision rests at once; whatever would write to somebody waits for the receipt some seconds later.

use super::Turn;
use super::answer::{PARKED_KEPT, all_words, decision, decisions};
use super::decide::PRESS_WINDOW;
use crate::conversation::{GoesOn, Notice, Parked, Proxy, Side, Unheard, Visit, Wanted, takes_back};
use crate::reply::{Band, Doubt, DoubtKind, Finding, Reply, Says, Words};

impl Turn {
    /// What was pressed on the page of an interview. False when it was pressed elsewhere.
    pub(super) fn pressed_about_interview(&mut self, side: Side, reply: &Reply, visit: &Visit) -> bool {
        let spoken = reply.findings.iter().map(|one| &one.says);
        let mut about = spoken
            .filter(|says| matches!(says, Says::Times { .. } | Says::Attends { .. }))
            .filter_map(Says::about);
        let Some(id) = about.next() else { return false };
        // Under `accept` somebody else's press is the contact's own.
        let deputy = visit.someone_else.clone().filter(|_| self.c.policy.proxy != Proxy::Accept);
        match deputy.filter(|_| side == Side::Client && !visit.automated) {
            Some(name) => {
                let detail = format!("{name} pressed an answer about the interview in place of {}", self.client_name());
                self.record_words("pressed_for", Some(id), detail, all_words(reply));
                let of_interview = |one: &Finding| matches!(one.says, Says::Times { .. } | Says::Attends { .. });
                let mut reply = reply.clone();
                if reply.findings.iter().any(|one| takes_back(&one.says)) {
                    // Nobody is asked whether a choice of nothing shall count: what they chose just before is forgotten.
                    reply.findings.retain(|one| !of_interview(one));
                    let theirs = |one: &&mut Unheard| one.visitor == visit.visitor && one.deputy.as_deref() == Some(name.as_str());
                    for press in self.c.unheard.iter_mut().filter(theirs) {
                        press
                            .reply
                            .findings
                            .retain(|one| !(of_interview(one) && one.says.about() == Some(id)));
                    }
                    self.c.unheard.retain(|one| {
                        one.confirms.is_some() || one.goes_on.is_some() || !one.reply.findings.is_empty() || !one.remark.is_empty()
                    });
                }
                self.hear_soon(reply, visit, Some(name));
                self.acknowledge_soon(&[]);
            }
            None => self.picked(id, side, reply, visit),
        }
        true
    }

    pub(super) fn pressed(&mut self, reply: &Reply, visit: &Visit) {
        if self.pressed_about_interview(Side::Client, reply, visit) {
            return;
        }
        let wanted = decisions(reply, Band::Act);
        if visit.automated {
            for one in &wanted {
                let detail = format!("an automated visitor pressed {}: no effect", one.decision.label());
                self.record("automated_visit", Some(one.submission), detail);
            }
            return;
        }
        for one in &wanted {
            self.note_press(one.submission, Some(one.decision), visit);
        }
        // A press of reasons is not looked at beside the choices before it.
        let contradicting = if wanted.is_empty() {
            Vec::new()
        } else {
            self.contradictions(visit.visitor)
        };
        if !contradicting.is_empty() {
            self.hold_for_confirmation(&contradicting, visit.visitor);
            return;
        }
        if !visit.remark.is_empty() {
            self.record_words("remark", None, "typed beside the choice".to_owned(), visit.remark.clone());
        }
        // Under `accept` somebody else's press is the contact's own.
        let deputy = visit.someone_else.clone().filter(|_| self.c.policy.proxy != Proxy::Accept);
        let who = match &visit.someone_else {
            Some(name) => format!("by link, {name} for {}", self.client_name()),
            None => "by link".to_owned(),
        };
        let mut touched = Vec::new();
        let mut later = Reply::default();
        for finding in reply.findings.iter().filter(|one| one.band == Band::Act) {
            match decision(finding) {
                Some(wanted) if deputy.is_none() => {
                    self.mark_viewed(Some(wanted.submission));
                    let words = if finding.words.text.is_empty() {
                        &visit.remark
                    } else {
                        &finding.words.text
                    };
                    if self.rest(&wanted, &who, words) {
                        touched.push(wanted.submission);
                    }
                }
                Some(wanted) if self.stands(&wanted) => {}
                Some(_) | None => later.findings.push(finding.clone()),
            }
        }
        // Words alone, or somebody else's choice: a person has looked, whatever follows from it.
        if wanted.is_empty() || deputy.is_some() {
            self.mark_viewed(None);
        }
        if let Some(name) = &deputy {
            let detail = format!("{name} pressed a button in place of {}", self.client_name());
            self.record_words("pressed_for", None, detail, all_words(&later));
        }
        self.hear_soon(later, visit, deputy);
        self.acknowledge_soon(&touched);
        self.heard_from_person();
    }

    /// Keeps what a press said until the next receipt.
    fn hear_soon(&mut self, reply: Reply, visit: &Visit, deputy: Option<String>) {
        if reply.findings.is_empty() && visit.remark.is_empty() {
            return;
        }
        self.c.unheard.push(Unheard {
            at: self.now,
            visitor: visit.visitor,
            deputy,
            whole_batch: visit.whole_batch,
            reply,
            remark: visit.remark.clone(),
            confirms: None,
            goes_on: None,
        });
        let surplus = self.c.unheard.len().saturating_sub(PARKED_KEPT);
        self.c.unheard.drain(..surplus);
        if presses_reasons(self.c.unheard.last()) && sprees(&self.c.unheard).contains(&visit.visitor) {
            self.keep_three_of(visit.visitor);
        }
    }

    /// Three tell that it is a spree; more of them would push out what others pressed.
    fn keep_three_of(&mut self, visitor: u64) {
        let of_spree = |one: &Unheard| one.visitor == visitor && presses_reasons(Some(one));
        match self.c.unheard.iter().filter(|one| of_spree(one)).count() {
            0..=3 => {
                let detail = "reasons pressed one after the other within ten seconds: no person does that; not kept".to_owned();
                self.record("automated_visit", None, detail);
            }
            _ => {
                if let Some(oldest) = self.c.unheard.iter().position(of_spree) {
                    self.c.unheard.remove(oldest);
                }
            }
        }
    }

    /// Yes or no to a parked answer, on its page.
    pub(super) fn confirm_pressed(&mut self, message: i64, yes: bool) {
        let waits = self.c.parked.iter().any(|one| one.message == message && one.can_be_confirmed);
        if !waits || self.c.unheard.iter().any(|one| one.confirms == Some((message, yes))) {
            return;
        }
        self.c.unheard.push(Unheard {
            confirms: Some((message, yes)),
            ..self.of_nobody()
        });
        self.acknowledge_soon(&[]);
    }

    /// A recruiter's yes or no about interviewers who do not answer, on its page.
    pub(super) fn go_on_pressed(&mut self, said: GoesOn) {
        if self.c.unheard.iter().any(|one| one.goes_on.as_ref() == Some(&said)) {
            return;
        }
        self.c.unheard.push(Unheard {
            goes_on: Some(said),
            ..self.of_nobody()
        });
        self.acknowledge_soon(&[]);
    }

    /// A press that says nothing yet. Whoever pressed: a yes and a no to one question within seconds contradict each other.
    fn of_nobody(&self) -> Unheard {
        Unheard {
            at: self.now,
            visitor: 0,
            deputy: None,
            whole_batch: false,
            reply: Reply::default(),
            remark: String::new(),
            confirms: None,
            goes_on: None,
        }
    }

    /// Yes or no counts; both within seconds are no person's answer, and it stays parked.
    fn hear_confirmations(&mut self, said: &[(i64, bool)]) {
        for (message, yes) in said {
            if said.contains(&(*message, !yes)) {
                self.record(
                    "needs_confirmation",
                    None,
                    "yes and no were pressed within seconds: still waiting".to_owned(),
                );
            } else {
                self.confirmed(*message, *yes);
            }
        }
    }

    /// The same about interviewers who do not answer.
    fn hear_of_silence(&mut self, said: &[GoesOn]) {
        for one in said {
            if said.iter().any(|other| other.submission == one.submission && other.yes != one.yes) {
                self.record(
                    "needs_confirmation",
                    Some(one.submission),
                    "both answers about silent interviewers were pressed within seconds: still waiting".to_owned(),
                );
            } else {
                self.go_on(&one.by, one.submission, one.yes, &one.without);
            }
        }
    }

    /// Acts on what was pressed, by whoever has not pressed anything for some seconds: until then nobody knows whether a person is at
    /// it. Presses of the same person are one answer.
    pub(super) fn hear(&mut self) {
        let all = std::mem::take(&mut self.c.unheard);
        let at_it: Vec<u64> = all
            .iter()
            .filter(|one| one.at > self.now - PRESS_WINDOW)
            .map(|one| one.visitor)
            .collect();
        let (waits, heard): (Vec<Unheard>, Vec<Unheard>) = all.into_iter().partition(|one| at_it.contains(&one.visitor));
        self.c.unheard = waits;
        let machines = sprees(&heard);
        let mut answers: Vec<Unheard> = Vec::new();
        let (mut confirmations, mut of_silence) = (Vec::new(), Vec::new());
        for one in heard.into_iter().filter(|one| !machines.contains(&one.visitor)) {
            if let Some(said) = one.confirms {
                confirmations.push(said);
                continue;
            }
            if let Some(said) = one.goes_on {
                of_silence.push(said);
                continue;
            }
            match answers
                .iter_mut()
                .find(|old| old.visitor == one.visitor && old.deputy == one.deputy)
            {
                Some(old) => merge(old, one),
                None => answers.push(one),
            }
        }
        self.hear_confirmations(&confirmations);
        self.hear_of_silence(&of_silence);
        for (index, one) in answers.into_iter().enumerate() {
            let Unheard {
                deputy,
                whole_batch,
                reply,
                remark,
                ..
            } = one;
            match deputy {
                Some(name) if self.c.policy.proxy == Proxy::Refuse || reply.findings.is_empty() => {
                    self.does_not_count(name, true, &with_remark(reply, &remark));
                }
                Some(name) => {
                    let serial = self.c.letters.saturating_add(u32::try_from(index).unwrap_or(0)).saturating_add(1);
                    let id = Parked::pressed(self.c.id, serial);
                    self.park_and_confirm(id, with_remark(reply, &remark), None, Some(name));
                }
                None => {
                    self.hear_reasons(&reply, whole_batch);
                    if !remark.is_empty() {
                        self.tell_recruiters(&Notice::NeedsPerson {
                            why: format!("{} typed a remark beside the choice.", self.client_name()),
                            words: remark,
                        });
                    }
                }
            }
        }
    }

    /// Nothing would change: the decision rests or stands already.
    fn stands(&self, wanted: &Wanted) -> bool {
        let submission = self.c.submission(wanted.submission);
        submission.is_some_and(|one| one.decision() == Some(wanted.decision) && !one.needs_confirmation)
    }
}

/// A press of one reason in a letter or on its page. The batch page gives all of them at once.
fn presses_reasons(press: Option<&Unheard>) -> bool {
    let because = |one: &Finding| matches!(one.says, Says::Because { .. });
    press.is_some_and(|one| !one.whole_batch && one.reply.findings.iter().any(because))
}

/// Who pressed reasons one after the other. A letter that asks why has a link for each: nobody presses three of them within seconds.
fn sprees(presses: &[Unheard]) -> Vec<u64> {
    let reasons: Vec<&Unheard> = presses.iter().filter(|one| presses_reasons(Some(one))).collect();
    let is_spree = |first: &&&Unheard| {
        let within = |one: &&&Unheard| one.visitor == first.visitor && one.at >= first.at && one.at <= first.at + PRESS_WINDOW;
        reasons.iter().filter(within).count() >= 3
    };
    reasons.iter().filter(is_spree).map(|one| one.visitor).collect()
}

/// Two presses of one person as one answer: the later word on a candidate counts.
fn merge(old: &mut Unheard, new: Unheard) {
    let about = |finding: &Finding| {
        let decides = matches!(finding.says, Says::Decide { .. });
        finding.says.about().map(|submission| (submission, decides))
    };
    let again: Vec<_> = new.reply.findings.iter().filter_map(about).collect();
    old.reply.findings.retain(|one| about(one).is_none_or(|one| !again.contains(&one)));
    old.reply.findings.extend(new.reply.findings);
    old.whole_batch &= new.whole_batch;
    if !new.remark.is_empty() && !old.remark.contains(&new.remark) {
        let join = if old.remark.is_empty() { "" } else { "\n" };
        old.remark = format!("{}{join}{}", old.remark, new.remark);
    }
}

/// An answer with the free text beside it as its words.
fn with_remark(mut reply: Reply, remark: &str) -> Reply {
    if remark.is_empty() {
        return reply;
    }
    match reply.findings.first_mut() {
        Some(first) if first.words.text.is_empty() => first.words.text = remark.to_owned(),
        Some(first) => first.words.text = format!("{} … {remark}", first.words.text),
        None => reply.doubts.push(Doubt {
            kind: DoubtKind::Unclear,
            words: Words {
                text: remark.to_owned(),
                range: 0..0,
            },
        }),
    }
    reply
}
