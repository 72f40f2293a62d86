//! What is said of all candidates at once, or of those it leaves out.
//!
//! In: a sentence taken apart, or a whole text of nothing but answers. Out: stands.

use super::Question;
use super::bands::Ground;
use super::read::{Reader, Said};
use super::sentence::{Cue, Parts};
use super::sentences::Kind;
use super::small::Small;
use super::stands::Word;
use super::words::{Class, Strength};
use crate::model::{Decision, Reason};

impl Reader<'_> {
    /// "Yes to everyone but Omar" is a no to Omar, and what follows is about him.
    pub(super) fn excepted(&mut self, parts: &Parts, decided: &mut Vec<Said>) {
        let yes = !parts.cues.is_empty() && parts.cues.iter().all(|cue| cue.decision == Decision::Interested);
        let Some(cue) = parts.cues.first().filter(|_| yes) else { return };
        let cue = Cue {
            decision: Decision::Pass,
            ground: Ground::LeftOut,
            ..cue.clone()
        };
        let words = self.bytes(&parts.tokens);
        for who in &parts.excepted {
            if self.stands.get(*who).is_none() {
                self.say(*who, &cue, words.clone(), false, parts);
            }
        }
        if !parts.excepted.is_empty() {
            self.focus.clone_from(&parts.excepted);
            decided.push((cue.tokens.end, parts.excepted.clone()));
        }
    }

    /// "The position has been filled" decides about everybody, "hiring is frozen" keeps everybody waiting.
    pub(super) fn role_is_over(&mut self, parts: &Parts) {
        let over = parts.hits.iter().find_map(|hit| {
            let Class::Role(decision) = hit.class else { return None };
            Some((decision, hit.tokens.clone()))
        });
        let Some((decision, tokens)) = over else { return };
        let denied = parts.hits.iter().any(|hit| {
            matches!(hit.class, Class::Not | Class::Unsure) && hit.tokens.end <= tokens.start && tokens.start - hit.tokens.end <= 3
        });
        let named = parts.lists.iter().flatten().any(|mention| mention.named);
        if denied || named || self.asked.question != Question::Decision {
            return;
        }
        let cue = Cue {
            tokens,
            decision,
            strength: Strength::Strong,
            ground: Ground::Role,
        };
        let words = self.bytes(&parts.tokens);
        for who in self.people.everybody() {
            self.say(who, &cue, words.clone(), false, parts);
            self.stands.because(who, Reason::RoleChanged, words.clone());
        }
        self.understood = true;
    }

    /// "Nina over Fred" keeps Fred for later, because of her.
    pub(super) fn second(&mut self, parts: &Parts) {
        let Some(cue) = parts.cues.iter().find(|cue| cue.decision == Decision::Interested) else {
            return;
        };
        let cue = Cue {
            decision: Decision::Maybe,
            ground: Ground::Second,
            ..cue.clone()
        };
        let words = self.bytes(&parts.tokens);
        for who in &parts.second {
            self.say(*who, &cue, words.clone(), false, parts);
            self.stands.because(*who, Reason::PreferredOther, words.clone());
        }
    }

    /// "y / n / y": as many answers as candidates, and nothing else, are meant in their order.
    pub(super) fn in_order(&mut self) -> bool {
        let mut said = Vec::new();
        for (at, token) in self.all.iter().enumerate() {
            let decision = match token.kind {
                Kind::Word if Small::Yes.has(&token.fold) => Decision::Interested,
                Kind::Word if Small::No.has(&token.fold) => Decision::Pass,
                Kind::Word if Small::Maybe.has(&token.fold) => Decision::Maybe,
                Kind::Part | Kind::End => continue,
                Kind::Word | Kind::Number | Kind::Emoji | Kind::Ask | Kind::Link => return false,
            };
            said.push((decision, token.range.clone(), at));
        }
        let parted = said.windows(2).all(|pair| matches!(pair, [one, next] if next.2 > one.2 + 1));
        if said.len() != self.asked.candidates.len() || !parted || self.asked.question != Question::Decision {
            return false;
        }
        for (who, (decision, words, _)) in said.into_iter().enumerate() {
            self.stands.say(
                who,
                &Word {
                    decision,
                    strength: Strength::Strong,
                    words,
                    corrects: false,
                    shaky: false,
                    ground: Ground::Order,
                },
            );
        }
        true
    }
}
