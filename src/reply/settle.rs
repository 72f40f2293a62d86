//! After the last sentence: the rest, contradictions, reasons without a verdict; then stands become findings and doubts.

use super::bands::Ground;
use super::gender::Gender;
use super::lean::Weights;
use super::read::Reader;
use super::sentence::Cue;
use super::sentences::Token;
use super::small::Small;
use super::stands::{Stand, Word};
use super::words::{self, Strength};
use super::{Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words};
use crate::model::{Decision, Reason};

impl Reader<'_> {
    /// Everything that only shows at the end of the text.
    pub(super) fn settle(&mut self) {
        self.reasons_without_a_verdict();
        self.settle_the_rest();
        self.all_wait();
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
        self.chosen();
        self.reasons_in_company();
    }

    /// Something speaks against it, or a reason is all there is while something else is open: "Too far? Where does she live?"
    pub(super) fn is_doubted(&self, stand: &Stand) -> bool {
        let open = |one: &Finding| {
            matches!(
                one.says,
                Says::Question | Says::Request | Says::WrongPerson | Says::PassedOn | Says::Later { .. }
            )
        };
        // "I no longer do the hiring, I sold the shop": whether the role is over is for somebody else to say.
        let not_theirs = stand.ground == Ground::Role && self.others.iter().any(|one| one.says == Says::WrongPerson);
        // "Take me off this list. Talk to HR like everyone else": no maybe.
        let gone = stand.decision == Decision::Maybe && self.others.iter().any(|one| one.says == Says::Stop);
        // "I'm not the right person, ask Erik", "I've handed it on, that's one for her": nor is that about a candidate.
        let elsewhere = |one: &Finding| matches!(one.says, Says::WrongPerson | Says::PassedOn);
        let declined = self.sole_unnamed() && self.others.iter().any(elsewhere);
        // "Is this for Leeds? The Wakefield job has gone": nobody knows yet whether it is this one.
        let asked_before = |one: &Finding| one.says == Says::Question && one.words.range.start < stand.words.start;
        let which = stand.ground == Ground::Role && self.others.iter().any(asked_before);
        stand.against.is_some() || not_theirs || gone || declined || which || stand.inferred && self.others.iter().any(open)
    }

    /// The letter named one candidate only, and the answer names nobody.
    fn sole_unnamed(&self) -> bool {
        self.people.sole().is_some() && self.spoken.is_empty()
    }

    /// A reason leaves less to guess where the letter named one candidate only, or where somebody else is wanted.
    fn reasons_in_company(&mut self) {
        let wanted = self
            .stands
            .of
            .iter()
            .flatten()
            .any(|stand| stand.decision == Decision::Interested && stand.strength == Strength::Strong && stand.against.is_none());
        let sole = self.people.sole().is_some();
        for stand in self
            .stands
            .of
            .iter_mut()
            .flatten()
            .filter(|stand| stand.ground == Ground::Reason && !stand.shaky)
        {
            if sole {
                stand.ground = Ground::Sole;
            } else if wanted && (!self.foreign || stand.strength == Strength::Strong) {
                // Even "a bit far away" is plain beside "Ana on Monday please".
                stand.ground = Ground::Beside;
                stand.strength = Strength::Strong;
            } else if self.foreign {
                stand.ground = Ground::Foreign;
            }
        }
    }

    /// The reading as findings and doubts.
    pub(super) fn finish<'w>(mut self, pressed: bool, weights: impl FnOnce() -> &'w Weights) -> Reply {
        self.settle();
        // "Yes please, happy to meet Maya. Tom is not for us": by the end everybody has been spoken of.
        let all_decided = self.stands.of.iter().all(Option::is_some);
        let meant = |decision| self.stands.of.iter().flatten().any(|stand| stand.decision == decision);
        let told = |cue: &Cue| all_decided && meant(cue.decision);
        let homeless = self.homeless.clone().filter(|(cue, _)| !told(cue));
        let said = homeless.as_ref().map(|(cue, _)| cue.decision);
        if let Some((_, words)) = homeless {
            let words = if words.is_empty() { Words::default() } else { self.words(words) };
            self.doubts.push(Doubt {
                kind: DoubtKind::Whom,
                words,
            });
        }
        let mut reply = Reply {
            homeless: said,
            ..Reply::default()
        };
        let mut open_doubts = Vec::new();
        for (at, stand) in self.stands.of.iter().enumerate() {
            let (Some(stand), Some(candidate)) = (stand, self.asked.candidates.get(at)) else {
                continue;
            };
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
                band: if self.is_doubted(stand) {
                    Band::Ask
                } else {
                    stand.reached().band()
                },
            });
        }
        // "Hold both in reserve" puts nobody before anybody.
        let waits = |stand: &Option<Stand>| stand.as_ref().is_some_and(|stand| stand.decision == Decision::Maybe);
        let equal = self.people.count > 1 && self.stands.of.iter().all(waits);
        let told = |reason: Reason| !(equal && reason == Reason::PreferredOther);
        for (who, reason, words) in self.stands.reasons.iter().filter(|(_, reason, _)| told(*reason)) {
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
        let sure = |stand: &Option<Stand>| {
            stand
                .as_ref()
                .is_some_and(|stand| !self.is_doubted(stand) && stand.reached().band() == Band::Act)
        };
        if !self.stands.of.iter().all(sure) {
            for words in std::mem::take(&mut self.of_nobody) {
                self.doubt(DoubtKind::Whom, words);
            }
            for words in std::mem::take(&mut self.chatter) {
                self.doubt(DoubtKind::Unclear, words);
            }
        }
        self.undecided_names(&mut open_doubts);
        reply.doubts.append(&mut self.doubts);
        reply.doubts.append(&mut open_doubts);
        self.nothing_said(pressed, &mut reply);
        self.lean(&mut reply, weights);
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
        for (reason, words, strength, count) in std::mem::take(&mut self.reasons_of_the_rest) {
            // "The other one is too senior", and two are left.
            let strength = if count.is_none_or(|count| count == open.len()) {
                strength
            } else {
                Strength::Faint
            };
            for who in &open {
                self.stands.because(*who, reason, words.clone());
                self.stands.infer(*who, strength, strength < Strength::Strong, words.clone());
            }
        }
    }

    /// "I must ask my partner first", and nobody has been spoken of: it keeps all of them waiting.
    fn all_wait(&mut self) {
        let nobody = self.spoken.is_empty() && self.stands.of.iter().all(Option::is_none);
        // "Let me sleep on her": somebody is spoken of all the same.
        let one = |token: &Token<'_>| {
            Gender::of_pronoun(&token.fold).is_some()
                || self.foreign && token.is(Small::Pronoun)
                || words::is_person(&token.fold) && !token.fold.ends_with('s')
        };
        let waits = |(cue, _): &mut (Cue, _)| cue.decision == Decision::Maybe && cue.strength == Strength::Strong;
        if !nobody || self.asked.question != Question::Decision || self.stranger || self.all.iter().any(one) {
            return;
        }
        let Some((cue, words)) = self.homeless.take_if(waits) else { return };
        for who in self.people.everybody() {
            let word = Word {
                decision: cue.decision,
                strength: cue.strength,
                words: words.clone(),
                corrects: false,
                shaky: false,
                ground: cue.ground,
            };
            self.stands.say(who, &word);
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
                for (reason, words, ..) in &self.reasons_of_the_rest {
                    self.stands.because(who, *reason, words.clone());
                }
                self.stands.say(
                    who,
                    &Word {
                        decision: rest.cue.decision,
                        strength: if self.stranger {
                            Strength::Weak.min(rest.cue.strength)
                        } else {
                            rest.cue.strength
                        },
                        words: rest.words.clone(),
                        corrects: rest.corrects,
                        shaky: false,
                        ground: rest.cue.ground,
                    },
                );
            }
        }
    }

    /// "Ana and Ben. Not Carl.", "Ana looks great. Carl: no": who is named or praised beside one who is not taken, is.
    fn chosen(&mut self) {
        if self.asked.question != Question::Decision {
            return;
        }
        let ruled_out = self
            .stands
            .of
            .iter()
            .flatten()
            .any(|stand| stand.decision != Decision::Interested && stand.strength == Strength::Strong && stand.against.is_none());
        if !ruled_out {
            return;
        }
        let listed = std::mem::take(&mut self.listed)
            .into_iter()
            .map(|(who, words)| (who, words, Ground::Named));
        let liked = std::mem::take(&mut self.liked)
            .into_iter()
            .map(|(who, words)| (who, words, Ground::Praised));
        let hinted = self.stands.of.iter().enumerate().filter_map(|(who, stand)| {
            let stand = stand.as_ref().filter(|stand| stand.is_a_kind_word())?;
            Some((who, stand.words.clone(), Ground::Praised))
        });
        let chosen: Vec<_> = listed.chain(liked).chain(hinted).collect();
        for (who, words, ground) in chosen {
            if self.stands.get(who).is_none_or(Stand::is_a_kind_word) {
                self.stands.say(
                    who,
                    &Word {
                        decision: Decision::Interested,
                        strength: Strength::Strong,
                        words,
                        corrects: false,
                        shaky: false,
                        ground,
                    },
                );
            }
        }
    }

    /// Somebody was spoken of and nothing was decided: what is meant?
    fn undecided_names(&self, doubts: &mut Vec<Doubt>) {
        let asked = self.others.iter().any(|one| {
            matches!(
                one.says,
                Says::Question | Says::Request | Says::WrongPerson | Says::PassedOn | Says::Later { .. }
            )
        });
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
