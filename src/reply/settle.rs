//! After the last sentence: the rest, contradictions, reasons without a verdict; then stands become findings and doubts.

use super::read::Reader;
use super::sentence::Cue;
use super::stands::{Stand, Word};
use super::words::Strength;
use super::{Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words};
use crate::model::{Decision, Reason};

impl Reader<'_> {
    pub(super) fn finish(mut self, pressed: bool) -> Reply {
        self.reasons_without_a_verdict();
        self.settle_the_rest();
        if let Some(words) = self.taken_back.take() {
            for who in 0..self.stands.of.len() {
                self.stands.doubt(who, words.clone());
            }
        }
        if let Some((who, pressed)) = self.choice
            && let Some(stand) = self.stands.get_mut(who).filter(|stand| stand.decision != pressed)
        {
            // The button says one thing and the text another.
            let words = stand.words.clone();
            stand.against.get_or_insert(words);
        }
        self.reasons_that_decide();
        // "Yes please, happy to meet Maya. Tom is not for us": by the end everybody has been spoken of.
        let all_decided = self.stands.of.iter().all(Option::is_some);
        let meant = |decision| self.stands.of.iter().flatten().any(|stand| stand.decision == decision);
        let told = |cue: &Cue| all_decided && meant(cue.decision);
        if let Some((_, words)) = self.homeless.take().filter(|(cue, _)| !told(cue)) {
            let words = if words.is_empty() { Words::default() } else { self.words(words) };
            self.doubts.push(Doubt {
                kind: DoubtKind::Whom,
                words,
            });
        }
        let mut reply = Reply {
            findings: Vec::new(),
            doubts: Vec::new(),
        };
        let mut open_doubts = Vec::new();
        for (at, stand) in self.stands.of.iter().enumerate() {
            let (Some(stand), Some(candidate)) = (stand, self.asked.candidates.get(at)) else {
                continue;
            };
            let sure = stand.strength == Strength::Strong && stand.against.is_none() && !stand.inferred;
            if let Some(against) = &stand.against {
                open_doubts.push(Doubt {
                    kind: DoubtKind::What,
                    words: self.words(against.clone()),
                });
            }
            reply.findings.push(Finding {
                says: Says::Decide {
                    submission: candidate.submission,
                    decision: stand.decision,
                    condition: stand.condition.clone().and_then(|range| self.text.get(range)).map(str::to_owned),
                    follow_up: stand.follow_up,
                },
                words: self.words(stand.words.clone()),
                band: if sure { Band::Act } else { Band::Ask },
            });
        }
        for (who, reason, words) in &self.stands.reasons {
            if let Some(candidate) = self.asked.candidates.get(*who) {
                let says = Says::Because {
                    submission: candidate.submission,
                    reason: *reason,
                };
                reply.findings.push(Finding {
                    says,
                    words: self.words(words.clone()),
                    band: Band::Act,
                });
            }
        }
        let undecided = self.stands.of.iter().any(Option::is_none);
        reply.findings.extend(
            self.others
                .iter()
                .filter(|one| undecided || !matches!(one.says, Says::Later { .. }))
                .cloned(),
        );
        reply.findings.sort_by_key(|finding| finding.words.range.start);
        self.undecided_names(&mut open_doubts);
        reply.doubts.append(&mut self.doubts);
        reply.doubts.append(&mut open_doubts);
        self.nothing_said(pressed, &mut reply);
        reply
    }

    /// "the other one is too senior": the reasons of those nobody decided about.
    fn reasons_without_a_verdict(&mut self) {
        if !self.rest.is_empty() || self.reasons_of_the_rest.is_empty() {
            return;
        }
        let open: Vec<usize> = (0..self.asked.candidates.len())
            .filter(|at| self.stands.get(*at).is_none())
            .collect();
        for (reason, words) in std::mem::take(&mut self.reasons_of_the_rest) {
            for who in &open {
                self.stands.because(*who, reason, words.clone());
            }
        }
    }

    /// "no to the rest", now that it is known who was spoken of.
    fn settle_the_rest(&mut self) {
        for rest in std::mem::take(&mut self.rest) {
            let who: Vec<usize> = (0..self.asked.candidates.len())
                .filter(|at| self.stands.get(*at).is_none() && !self.spoken.iter().any(|(spoken, _)| spoken == at))
                .collect();
            if rest.count.is_some_and(|count| count != who.len()) || who.is_empty() || who.len() == self.asked.candidates.len() {
                self.doubt(DoubtKind::Whom, rest.words);
                continue;
            }
            for who in who {
                for (reason, words) in &self.reasons_of_the_rest {
                    self.stands.because(who, *reason, words.clone());
                }
                self.stands.say(
                    who,
                    &Word {
                        decision: rest.cue.decision,
                        strength: rest.cue.strength,
                        words: rest.words.clone(),
                        corrects: rest.corrects,
                    },
                );
            }
        }
    }

    /// A reason without a decision sounds like a pass: to be asked about.
    fn reasons_that_decide(&mut self) {
        if self.asked.question != Question::Decision {
            return;
        }
        for (who, _, words) in self.stands.reasons.clone() {
            if let Some(place) = self.stands.of.get_mut(who).filter(|place| place.is_none()) {
                *place = Some(Stand {
                    decision: Decision::Pass,
                    strength: Strength::Weak,
                    words,
                    against: None,
                    condition: None,
                    follow_up: None,
                    inferred: true,
                });
            }
        }
    }

    /// Somebody was spoken of and nothing was decided: what is meant?
    fn undecided_names(&self, doubts: &mut Vec<Doubt>) {
        let asked = self
            .others
            .iter()
            .any(|one| matches!(one.says, Says::Question | Says::WrongPerson | Says::Later { .. }));
        let mut seen = Vec::new();
        for (who, words) in &self.spoken {
            if self.stands.get(*who).is_none() && !seen.contains(who) && !asked && self.asked.question == Question::Decision {
                seen.push(*who);
                doubts.push(Doubt {
                    kind: DoubtKind::What,
                    words: self.words(words.clone()),
                });
            }
        }
    }

    fn nothing_said(&self, pressed: bool, reply: &mut Reply) {
        if !reply.findings.is_empty() || !reply.doubts.is_empty() {
            return;
        }
        let whole = Words {
            text: self.text.to_owned(),
            range: 0..self.text.len(),
        };
        let blank = self.text.trim().is_empty() || self.all.iter().all(|token| token.kind.separates());
        if blank && !pressed {
            reply.doubts.push(Doubt {
                kind: DoubtKind::Empty,
                words: whole,
            });
        } else if self.thanked && self.praised.is_none() && !self.understood {
            reply.findings.push(Finding {
                says: Says::Thanks,
                words: whole,
                band: Band::Act,
            });
        } else if matches!(self.asked.question, Question::Reasons(_))
            && let [who] = self.focus.as_slice()
            && let Some(candidate) = self.asked.candidates.get(*who)
        {
            let says = Says::Because {
                submission: candidate.submission,
                reason: Reason::Other,
            };
            reply.findings.push(Finding {
                says,
                words: whole,
                band: Band::Ask,
            });
        } else {
            reply.doubts.push(Doubt {
                kind: DoubtKind::Unclear,
                words: whole,
            });
        }
    }
}
