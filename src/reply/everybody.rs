//! What is said of all candidates at once, or of those it leaves out.
//!
//! In: a sentence taken apart, or a whole text of nothing but answers. Out: stands.

use super::Question;
use super::bands::Ground;
use super::read::{Reader, Said};
use super::sentence::{Cue, Parts};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::stands::Word;
use super::who::{Mention, Who};
use super::words::{self, Class, Strength};
use crate::model::{Decision, Reason};

impl Reader<'_> {
    /// "Ana yes, Ben yes. The other one ...": who is left is known once all but them have been spoken of. And once candidates have been
    /// named in an order of the writer's own, nobody can tell whether "the second" means that order or the letter's.
    pub(super) fn told_by_the_others(&mut self, parts: &mut Parts) {
        let mentions = || parts.lists.iter().flatten();
        let here: Vec<usize> = mentions()
            .filter_map(|mention| match &mention.who {
                Who::These(these) => Some(these.iter().copied()),
                Who::Rest(_) | Who::Unclear => None,
            })
            .flatten()
            .collect();
        let known = |at: &usize| here.contains(at) || self.stands.get(*at).is_some() || self.spoken.iter().any(|(spoken, _)| spoken == at);
        let count = self.asked.candidates.len();
        let left: Vec<usize> = (0..count).filter(|at| !known(at)).collect();
        let own_order = self.named.windows(2).any(|pair| pair.first() > pair.last());
        for mention in parts.lists.iter_mut().flatten() {
            if left.len() < count && mention.who == Who::Rest(Some(left.len())) {
                mention.who = Who::These(left.clone());
                mention.named = true;
            }
            let by_order = !mention.named && !mention.none && matches!(&mention.who, Who::These(these) if these.len() < count);
            mention.sure &= !(by_order && own_order && count > 1);
        }
        for mention in parts.lists.iter().flatten() {
            let by_name = self
                .all
                .get(mention.tokens.start)
                .is_some_and(|token| self.people.names.contains_key(&token.fold));
            if let (true, Who::These(these)) = (by_name, &mention.who) {
                for who in these {
                    if !self.named.contains(who) {
                        self.named.push(*who);
                    }
                }
            }
        }
    }

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
        // "Paulette - already filled": over for her.
        let in_front = |list: &Vec<Mention>| list.last().is_some_and(|last| last.tokens.end <= tokens.start);
        let alone =
            named && parts.cues.is_empty() && parts.lists.len() == 1 && parts.lists.iter().all(in_front) && parts.question.is_none();
        if denied || named && !alone || self.asked.question != Question::Decision {
            return;
        }
        let who: Vec<usize> = match parts.lists.first().filter(|_| alone) {
            Some(list) => list
                .iter()
                .filter_map(|mention| if let Who::These(these) = &mention.who { Some(these) } else { None })
                .flatten()
                .copied()
                .collect(),
            None => self.people.everybody(),
        };
        let cue = Cue {
            tokens,
            decision,
            strength: Strength::Strong,
            ground: Ground::Role,
        };
        let words = self.bytes(&parts.tokens);
        for who in who {
            // "Would love to, but there is a freeze": it keeps even those waiting who are wanted. "Yes to Ana. The junior role is
            // frozen" may speak of another role.
            let wanted = self.stands.get(who).is_some_and(|stand| stand.decision == Decision::Interested);
            let waits = wanted && decision == Decision::Maybe;
            self.say(who, &cue, words.clone(), waits, parts);
            if waits && !parts.hits.iter().any(|hit| matches!(hit.class, Class::But | Class::Regret)) {
                self.stands.doubt(who, words.clone());
            }
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

    /// "Great pair, bring them in": nobody has been spoken of yet, so "them" are all of the letter. A single noun for a person
    /// anywhere ("great candidate, bring them in") may be whom it means.
    pub(super) fn all_of_them(&self, parts: &Parts, cue: &Cue) -> bool {
        let clause = parts.clauses.iter().find(|clause| clause.contains(&cue.tokens.start));
        let them = clause.is_some_and(|clause| {
            let within = clause.start..clause.end.max(cue.tokens.end);
            self.all
                .get(within)
                .is_some_and(|tokens| tokens.iter().any(|token| token.is(Small::Them)))
        });
        let one = |token: &Token<'_>| words::is_person(&token.fold) && !token.fold.ends_with('s');
        them && self.people.count > 1
            && parts.lists.is_empty()
            && self.spoken.is_empty()
            && self.stands.of.iter().all(Option::is_none)
            && !self.all.iter().any(one)
    }

    /// "y / n / y": as many answers as candidates, and nothing else, are meant in their order.
    pub(super) fn in_order(&mut self) -> bool {
        let mut said = Vec::new();
        let count = self.asked.candidates.len();
        // "Yes and no" alone is neither; "in that order" says whom each of them is about.
        let ordered = self.all.iter().any(|token| token.is(Small::InOrder));
        let mut joined = false;
        for (at, token) in self.all.iter().enumerate() {
            let decision = match token.kind {
                Kind::Word if ordered && said.len() == count => break,
                Kind::Word if token.is(Small::Yes) => Decision::Interested,
                Kind::Word if token.is(Small::No) => Decision::Pass,
                Kind::Word if token.is(Small::Maybe) => Decision::Maybe,
                Kind::Word if token.is(Small::List) && !said.is_empty() => {
                    joined = true;
                    continue;
                }
                Kind::Part | Kind::End => continue,
                Kind::Word | Kind::Number | Kind::Emoji | Kind::Ask | Kind::Link => return false,
            };
            said.push((decision, token.range.clone(), at));
        }
        // "yes yes" is one answer, "yes yes no" are three.
        let parted = said.windows(2).all(|pair| matches!(pair, [one, next] if next.2 > one.2 + 1))
            || said.windows(2).any(|pair| matches!(pair, [one, next] if next.0 != one.0));
        let both_ways = joined && said.len() == 2 && said.windows(2).any(|pair| matches!(pair, [one, next] if next.0 != one.0));
        if said.len() != count || !parted || both_ways && !ordered || self.asked.question != Question::Decision {
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
