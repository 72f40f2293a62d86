//! Which candidates the cues of a sentence decide about, and what that adds to what stands.
//!
//! In: a sentence taken apart. Out: stands, and mentions that nothing was said of.

use std::ops::Range;

use super::bands::Ground;
use super::gender::Gender;
use super::read::{OfTheRest, Reader, Said};
use super::sentence::{Cue, Parts};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::stands::Word;
use super::who::{Mention, Who};
use super::whom::steals;
use super::words::{self, Class, Hit, Strength};
use super::{DoubtKind, Question, dates};
use crate::model::Decision;

/// Words of a clause that may be unknown, in languages other than English, for its verdict to be sure.
const MOST_UNKNOWN: usize = 4;

/// So few words are a verdict only where the rest of the clause is understood.
const SHORT: usize = 2;

impl Reader<'_> {
    /// Gives each cue of the sentence its candidates. The answer holds those decided here.
    pub(super) fn decisions(&mut self, parts: &Parts) -> Vec<Said> {
        let mut decided: Vec<Said> = Vec::new();
        let mut used = vec![false; parts.lists.len()];
        let mut last_cue: Option<(Cue, usize)> = None;
        let mut last_said: Option<usize> = None;
        let bare = self.asked.question != Question::Decision;
        for (number, cue) in parts.cues.iter().enumerate() {
            // Asked why, "yes, too junior" is no new decision; only a strong phrase is.
            if bare && (cue.strength < Strength::Strong || cue.tokens.len() == 1 && cue.decision != Decision::Pass) {
                continue;
            }
            let next_cue = parts.cues.get(number + 1).map_or(parts.tokens.end, |cue| cue.tokens.start);
            let (list, certain) = self.whom(parts, cue, next_cue, &used);
            let mut who: Vec<Mention> = Vec::new();
            if let Some(list) = list {
                if let Some(used) = used.get_mut(list) {
                    *used = true;
                }
                who = parts.lists.get(list).cloned().unwrap_or_default();
            }
            // "Subject to Helena being happy with that, we'd like to see her"
            let cues_pronoun = || {
                self.all
                    .get(cue.tokens.clone())
                    .is_some_and(|tokens| tokens.iter().any(|token| token.is(Small::Pronoun)))
            };
            if let (true, [one]) = (who.is_empty(), parts.conditioned.as_slice())
                && (self.focus.is_empty() || cues_pronoun())
            {
                who = vec![one.clone()];
            }
            // "Yes to Lena, Omar no": the last of the list belongs to the next verdict.
            if who.is_empty()
                && let Some((before, list)) = &last_cue
                && let Some(stolen) = steals(&self.all, parts, *list, before, cue)
            {
                self.unsay(&stolen, before);
                who = vec![stolen];
            }
            let sentence = self.bytes(&parts.tokens);
            let words = self.cue_bytes(cue, &who);
            // "Everyone liked her, but a no from the team": behind a contrast counts what comes last.
            let turned = |hit: &Hit| hit.class == Class::But && hit.tokens.end <= cue.tokens.start;
            let since = |hit: &Hit| last_said.is_none_or(|at| hit.tokens.start >= at);
            let corrects = self.correcting || parts.hits.iter().any(|hit| turned(hit) && since(hit)) && cue.strength == Strength::Strong;
            last_said = Some(cue.tokens.end);
            let strength = if self.weakened(parts, cue) {
                Strength::Weak.min(cue.strength)
            } else {
                cue.strength
            };
            let strength = if who.is_empty() && self.of_something_else(parts, cue) {
                Strength::Weak.min(strength)
            } else {
                strength
            };
            let cue = Cue { strength, ..cue.clone() };
            if who.is_empty() && self.about_a_stranger(parts, &cue) {
                self.doubt(DoubtKind::Whom, words);
                self.stranger = true;
            } else if who.is_empty() {
                if self.focus.is_empty() && self.all_of_them(parts, &cue) {
                    self.focus = self.people.everybody();
                }
                if self.focus.is_empty() {
                    if cue.strength > Strength::Faint {
                        self.homeless = Some((cue.clone(), words));
                    }
                } else {
                    for who in self.focus.clone() {
                        self.say(who, &cue, words.clone(), corrects, parts);
                    }
                    decided.push((cue.tokens.start, self.focus.clone()));
                }
            } else {
                if !decided.is_empty() && who.iter().any(|mention| mention.named) {
                    self.focus.clear();
                }
                let mut focus = Vec::new();
                for mention in &who {
                    let mut cue = cue.clone();
                    if !(mention.sure && certain) {
                        cue.strength = cue.strength.min(Strength::Weak);
                        cue.ground = Ground::Hint;
                    }
                    match &mention.who {
                        Who::These(these) => {
                            for who in these {
                                self.say(*who, &cue, words.clone(), corrects, parts);
                                self.spoken.push((*who, sentence.clone()));
                                focus.push(*who);
                            }
                        }
                        Who::Rest(count) => {
                            self.rest.push(OfTheRest {
                                count: *count,
                                cue,
                                words: words.clone(),
                                corrects,
                            });
                            self.understood = true;
                        }
                        Who::Unclear => self.doubt(DoubtKind::Whom, words.clone()),
                    }
                }
                if let Some(first) = who.first().filter(|mention| mention.named)
                    && self.adds_to_a_pronoun(&cue, first)
                {
                    for who in self.focus.clone().into_iter().filter(|who| !focus.contains(who)) {
                        self.say(who, &cue, words.clone(), corrects, parts);
                    }
                }
                decided.push((cue.tokens.start, focus.clone()));
                self.focus = focus;
                if let Some(list) = list {
                    last_cue = Some((cue, list));
                }
            }
        }
        if let Some(last) = parts.cues.last() {
            self.last = Some(last.clone());
            self.last_said = decided.last().map(|(_, who)| who.clone()).unwrap_or_default();
            self.correcting = false;
            self.taken_back = None;
            self.understood = true;
        }
        self.left_over(parts, &used, last_cue.as_ref(), &mut decided);
        decided
    }

    /// "I'd like to see him as well as Norman": him too, who was spoken of last.
    fn adds_to_a_pronoun(&self, cue: &Cue, first: &Mention) -> bool {
        let token = |at: usize| self.all.get(at);
        let one = |at: usize| token(at).is_some_and(|token| matches!(&*token.fold, "him" | "her"));
        let adds = |at: usize| {
            token(at).is_some_and(|token| matches!(&*token.fold, "and" | "as" | "well" | "plus" | "along" | "together" | "with"))
        };
        let Some(pronoun) = cue.tokens.clone().rev().find(|at| one(*at)) else {
            return false;
        };
        let between = pronoun + 1..first.tokens.start;
        self.focus.len() == 1 && !between.is_empty() && between.len() <= 3 && between.clone().all(adds)
    }

    /// "A no on Kuba", "we turned down Priya", "Kuba is a no", and the letter knows neither: it is about nobody spoken of.
    fn about_a_stranger(&self, parts: &Parts, cue: &Cue) -> bool {
        if self.names_a_stranger(parts, cue) {
            return true;
        }
        let is_link = |at: usize| self.all.get(at).is_some_and(|token| token.is(Small::Toward));
        let behind = if is_link(cue.tokens.end) {
            cue.tokens.end + 1
        } else {
            cue.tokens.end
        };
        let linked = behind > cue.tokens.end || cue.tokens.end.checked_sub(1).is_some_and(is_link);
        let unknown = |token: &Token<'_>| {
            token.kind == Kind::Word
                && token.word == 0
                && token.range.len() > 2
                && (token.capital || self.asked.candidates.len() > 1)
                && self
                    .people
                    .summary()
                    .get(&token.fold)
                    .is_none_or(|who| token.capital && who.len() < self.people.count)
        };
        linked && !self.foreign && self.all.get(behind).is_some_and(unknown)
    }

    /// "Last time we were too quick with our yes": a word or two in the middle of a clause that is not understood, and nobody is spoken of in it.
    fn is_stray(&self, parts: &Parts, cue: &Cue, clause: &Range<usize>) -> bool {
        let token = |at: usize| self.all.get(at);
        let opens =
            (clause.start..cue.tokens.start).all(|at| token(at).is_some_and(|token| token.is(Small::Lead) || token.kind != Kind::Word));
        let mentioned = parts.lists.iter().flatten().any(|mention| clause.contains(&mention.tokens.start));
        let spoken_of = || {
            clause
                .clone()
                .filter_map(token)
                .any(|token| token.is(Small::Pronoun) || Gender::of_pronoun(&token.fold).is_some())
        };
        let unread = || parts.unknown.iter().any(|at| clause.contains(at));
        cue.tokens.len() <= SHORT && !opens && !mentioned && !spoken_of() && unread()
    }

    /// "I have to decline the invitation to your party", "keen on the other opening": nobody is named, and what the verdict is about is
    /// neither a person nor anything that is done with one.
    fn of_something_else(&self, parts: &Parts, cue: &Cue) -> bool {
        let token = |at: usize| self.all.get(at).filter(|_| parts.tokens.contains(&at));
        let leads = |at: usize| token(at).is_some_and(|token| token.is(Small::Toward) || token.fold == "in");
        let from = cue.tokens.end + usize::from(leads(cue.tokens.end));
        let goes_on = token(from).is_some_and(|token| token.is(Small::Possessed));
        let mut behind = (from + 1..from + 5)
            .map_while(token)
            .take_while(|token| !(token.kind.separates() || token.is(Small::Joint)));
        let known = |token: &Token<'_>| token.kind != Kind::Word || token.is(Small::Process) || words::is_person(&token.fold);
        // "I can't see her coping on a ward like ours"
        let of_someone = cue.tokens.clone().filter_map(token).any(|token| token.is(Small::Pronoun));
        // "Before I look at anybody I want to talk to the manager": to somebody of a house.
        let last = cue.tokens.end.saturating_sub(1);
        let own = |hit: &Hit| hit.class == Class::Own && (last..=cue.tokens.end).contains(&hit.tokens.start);
        if cue.decision == Decision::Interested && !of_someone && parts.hits.iter().any(own) {
            return true;
        }
        goes_on && !of_someone && token(from + 1).is_some_and(|next| next.kind == Kind::Word) && !behind.any(known)
    }

    /// A first name that is nobody's in the letter stands inside the words of a verdict, or in front of its verb.
    fn names_a_stranger(&self, parts: &Parts, cue: &Cue) -> bool {
        let name = |at: usize| {
            self.all.get(at).filter(|_| parts.tokens.contains(&at)).is_some_and(|token| {
                token.kind == Kind::Word
                    && token.capital
                    && token.word == 0
                    && Gender::of_name(&token.fold).is_some()
                    && !self.people.summary().contains_key(&token.fold)
            })
        };
        let verb = self.all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Verb));
        let before = cue.tokens.start.checked_sub(1).filter(|_| verb);
        cue.tokens.clone().skip(1).any(name) || before.is_some_and(name)
    }

    /// "Lena, not Omar": where somebody is turned down beside a name and nothing else is said, the name is the one wanted.
    fn contrasted(&self, parts: &Parts, list: &[Mention]) -> Option<Cue> {
        let ([cue], Some(first), Some(last)) = (parts.cues.as_slice(), list.first(), list.last()) else {
            return None;
        };
        let token = |at: usize| self.all.get(at);
        let turns = cue.decision == Decision::Pass && token(cue.tokens.start).is_some_and(|token| token.is(Small::Turn));
        let comma = |at: usize| token(at).is_some_and(|token| token.fold == ",");
        let lead = |mut tokens: Range<usize>| tokens.all(|at| token(at).is_some_and(|token| token.is(Small::Lead)));
        let in_front = last.tokens.end + 1 == cue.tokens.start && comma(last.tokens.end) && lead(parts.tokens.start..first.tokens.start);
        // "Not the nurse, the physio"
        let behind = cue.tokens.start == parts.tokens.start
            && first.tokens.start.checked_sub(1).is_some_and(comma)
            && lead(last.tokens.end..parts.tokens.end);
        let plain = parts.unknown.is_empty() && parts.condition.is_none() && !parts.asks && parts.lists.len() == 2;
        let asked = self.asked.question == Question::Decision;
        (turns && (in_front || behind) && plain && asked && first.named).then(|| Cue {
            tokens: first.tokens.start.min(cue.tokens.start)..last.tokens.end.max(cue.tokens.end),
            decision: Decision::Interested,
            strength: Strength::Strong,
            ground: Ground::Short,
        })
    }

    /// Mentions that no cue took: "Grace too", a name after a bare "yes", or just somebody spoken of.
    fn left_over(&mut self, parts: &Parts, used: &[bool], last_cue: Option<&(Cue, usize)>, decided: &mut Vec<Said>) {
        let sentence = self.bytes(&parts.tokens);
        for (list, _) in parts.lists.iter().zip(used).filter(|(_, used)| !**used) {
            let asked = parts
                .question
                .as_ref()
                .is_some_and(|question| list.iter().any(|mention| question.contains(&mention.tokens.start)));
            let mut who: Vec<usize> = Vec::new();
            for mention in list {
                match &mention.who {
                    Who::These(these) => who.extend(these),
                    Who::Rest(_) => {}
                    Who::Unclear if !asked && parts.cues.is_empty() => self.doubt(DoubtKind::Whom, sentence.clone()),
                    Who::Unclear => {}
                }
            }
            if who.is_empty() {
                continue;
            }
            if self.was_meant(parts, list, &who, &sentence) {
                decided.push((parts.tokens.start, who.clone()));
                self.focus = who;
                continue;
            }
            if let Some(cue) = self.contrasted(parts, list) {
                for one in &who {
                    self.say(*one, &cue, sentence.clone(), false, parts);
                }
                decided.push((cue.tokens.start, who.clone()));
            }
            let same = parts.hits.iter().find(|hit| hit.class == Class::Same);
            // "Actually, Ana as well" in a sentence of its own repeats the verdict before it.
            let alone = parts.cues.is_empty() && parts.unknown.is_empty();
            let before = self.last.clone().filter(|_| alone).map(|cue| (cue, 0));
            // "Ana yes, Ben too, the rest no": what stands before it.
            let in_front = same.and_then(|same| parts.cues.iter().rfind(|cue| cue.tokens.end <= same.tokens.start));
            let in_front = in_front.filter(|_| !parts.lists.is_empty()).map(|cue| (cue.clone(), 0));
            if let (Some((cue, _)), Some(same)) = (in_front.as_ref().or(last_cue).or(before.as_ref()), same)
                && !asked
                && (alone || same.tokens.start >= cue.tokens.end)
                && (list.last().is_some_and(|mention| same.tokens.start.abs_diff(mention.tokens.end) <= 2)
                    // "Same for Grace"
                    || list.first().is_some_and(|mention| same.tokens.end == mention.tokens.start))
            {
                let words = self.bytes(&(cue.tokens.start..same.tokens.end.max(list.last().map_or(0, |mention| mention.tokens.end))));
                let (cue, corrects) = self.repeated(&who, cue);
                for one in &who {
                    self.say(*one, &cue, words.clone(), corrects, parts);
                }
                self.taken_back = None;
                decided.push((same.tokens.start, who.clone()));
            } else if parts.cues.is_empty()
                && !asked
                && parts.unknown.is_empty()
                && parts.hits.iter().all(|hit| {
                    matches!(
                        hit.class,
                        Class::Filler | Class::Thanks | Class::Only | Class::Person | Class::Time | Class::Set(_)
                    )
                })
                && let Some((cue, words)) = self.homeless.take()
            {
                for one in &who {
                    self.say(*one, &cue, words.clone(), false, parts);
                }
                decided.push((parts.tokens.start, who.clone()));
            }
            if parts.nothing_but_names(&self.all) && parts.cues.is_empty() {
                self.listed.extend(who.iter().map(|one| (*one, sentence.clone())));
            }
            for one in &who {
                // "We went through both profiles" beside a verdict says nothing of either.
                if !asked && (parts.cues.is_empty() || list.iter().any(|mention| mention.named)) {
                    self.spoken.push((*one, sentence.clone()));
                }
            }
            if list.iter().any(|mention| mention.named) || self.focus.is_empty() {
                self.focus = who;
            }
        }
    }

    /// "Yes to Emma. Sorry, meant Emily": the last verdict was about somebody else.
    fn was_meant(&mut self, parts: &Parts, list: &[Mention], who: &[usize], words: &Range<usize>) -> bool {
        let named = list.first().filter(|mention| mention.named && parts.cues.is_empty());
        let takes_back = named.is_some_and(|mention| {
            let behind = |hit: &Hit| hit.class == Class::Correct && hit.tokens.end == mention.tokens.start;
            let meant = |at: usize| self.all.get(at).is_some_and(|token| token.is(Small::Meant));
            parts
                .hits
                .iter()
                .any(|hit| behind(hit) && hit.tokens.end.checked_sub(1).is_some_and(meant))
        });
        let (Some(cue), true) = (self.last.clone(), takes_back) else {
            return false;
        };
        let wrong = std::mem::take(&mut self.last_said);
        if wrong.is_empty() || wrong.iter().any(|one| who.contains(one)) {
            self.last_said = wrong;
            return false;
        }
        for one in wrong {
            if let Some(place) = self.stands.of.get_mut(one) {
                *place = None;
            }
        }
        for one in who {
            self.say(*one, &cue, words.clone(), true, parts);
        }
        self.last_said = who.to_vec();
        self.taken_back = None;
        self.correcting = false;
        true
    }

    /// "Ana yes. Ben no. Wait, Ben too": what is said of Ben already is not said again, so it is what was said of the others.
    fn repeated(&self, who: &[usize], cue: &Cue) -> (Cue, bool) {
        let said = |at: &usize| self.stands.get(*at).map(|stand| stand.decision);
        let again = who.iter().all(|at| said(at) == Some(cue.decision));
        let mut others = (0..self.stands.of.len()).filter(|at| !who.contains(at)).filter_map(|at| said(&at));
        match others.next().filter(|other| again && *other != cue.decision) {
            Some(decision) if others.all(|other| other == decision) => (Cue { decision, ..cue.clone() }, true),
            _ => (cue.clone(), false),
        }
    }

    pub(super) fn say(&mut self, who: usize, cue: &Cue, words: Range<usize>, corrects: bool, parts: &Parts) {
        let mut cue = cue.clone();
        // "Luis: fine, but behind Priya"
        let turned = |hit: &Hit| hit.class == Class::But && hit.tokens.start >= cue.tokens.end;
        let mut shaky = self.weakened(parts, &cue) || cue.strength < Strength::Strong && parts.hits.iter().any(turned);
        let condition = parts.condition.as_ref().filter(|condition| {
            // A condition belongs to the verdict it stands beside.
            let between = parts
                .cues
                .iter()
                .filter(|other| other.tokens.start > cue.tokens.start && other.tokens.start < condition.tokens.start)
                .count();
            between == 0
                && !(condition.tokens.start < cue.tokens.start
                    && parts.cues.first().is_some_and(|first| first.tokens.start != cue.tokens.start))
        });
        if condition.is_some_and(|condition| condition.own) && cue.decision == Decision::Interested {
            // In the hands of the writer's own house it is no yes yet.
            cue.decision = Decision::Maybe;
        }
        // "If she was local I'd see her tomorrow": whether she is stands nowhere.
        if condition.is_some_and(|condition| condition.unreal) && cue.decision == Decision::Interested {
            cue.strength = cue.strength.min(Strength::Weak);
            shaky = true;
        }
        if condition.is_some() && cue.decision == Decision::Pass {
            cue.strength = cue.strength.min(Strength::Weak);
            shaky = true;
        }
        // "He would fit right in, but this is a hotel": nobody can tell what the other side takes back.
        let obscure = |hit: &Hit| turned(hit) && parts.is_obscure(hit.tokens.end);
        if cue.decision == Decision::Interested && parts.hits.iter().any(obscure) {
            cue.strength = cue.strength.min(Strength::Weak);
        }
        self.stands.say(
            who,
            &Word {
                decision: cue.decision,
                strength: cue.strength,
                words,
                corrects,
                shaky,
                ground: cue.ground,
            },
        );
        // A day inside the condition is not the day to ask again: "maybe if she can start in January".
        let conditional = parts.condition.as_ref().map(|condition| condition.tokens.clone());
        let spoken = conditional.map_or(parts.tokens.clone(), |condition| match condition.start > cue.tokens.start {
            true => parts.tokens.start..condition.start,
            false => condition.end..parts.tokens.end,
        });
        let follow_up = (cue.decision == Decision::Maybe)
            .then(|| dates::find(&self.all, spoken, self.asked.today))
            .flatten();
        let condition = condition.map(|condition| self.bytes(&condition.tokens));
        if let Some(stand) = self.stands.get_mut(who).filter(|stand| stand.decision == cue.decision) {
            if condition.is_some() {
                stand.condition = condition;
            }
            if let Some((_, day)) = follow_up {
                stand.follow_up = Some(day);
            }
        }
    }

    /// Takes back what a cue had said of a mention that turned out to belong to the next one.
    fn unsay(&mut self, mention: &Mention, cue: &Cue) {
        if let Who::These(these) = &mention.who {
            for who in these {
                if self
                    .stands
                    .get(*who)
                    .is_some_and(|stand| stand.decision == cue.decision && stand.against.is_none())
                    && let Some(place) = self.stands.of.get_mut(*who)
                {
                    *place = None;
                }
            }
        }
    }

    /// "probably", a negation in front of the phrase, words of a language we read only in part, or of another one than the text.
    fn weakened(&self, parts: &Parts, cue: &Cue) -> bool {
        let clause = parts
            .clauses
            .iter()
            .find(|clause| clause.contains(&cue.tokens.start))
            .cloned()
            .unwrap_or(parts.tokens.clone());
        let unsure = parts
            .hits
            .iter()
            .any(|hit| hit.class == Class::Unsure && clause.contains(&hit.tokens.start));
        let denied = parts.hits.iter().any(|hit| {
            hit.class == Class::Not
                && clause.contains(&hit.tokens.start)
                && hit.tokens.end <= cue.tokens.start
                && cue.tokens.start - hit.tokens.end <= 4
                && !(hit.tokens.end..=cue.tokens.start).any(|at| self.all.get(at).is_some_and(|token| token.is(Small::Joint)))
                && !parts.cues.iter().any(|other| other.tokens.contains(&hit.tokens.start))
                && !parts
                    .cues
                    .iter()
                    .any(|other| other.tokens.start >= hit.tokens.end && other.tokens.end <= cue.tokens.start)
                && !parts
                    .lists
                    .iter()
                    .flatten()
                    .any(|mention| (hit.tokens.end..cue.tokens.start).contains(&mention.tokens.start))
        });
        // A language we read less of: what is not understood must not be most of it.
        let half_read = self.foreign
            && parts
                .unknown
                .iter()
                .filter(|at| !parts.clauses.is_empty() && clause.contains(at))
                .count()
                > MOST_UNKNOWN;
        // "Sorry, wrong Jo": a word of another language in an English text is none.
        let lent = |token: &Token<'_>| words::foreign(&token.fold) && !token.is_answer();
        let borrowed = cue.tokens.len() == 1 && !self.foreign && self.all.get(cue.tokens.start).is_some_and(lent);
        // Nobody knows what stands in it.
        let lost = parts.hits.iter().any(|hit| hit.class == Class::Lost);
        unsure || lost || denied || half_read || borrowed || self.is_stray(parts, cue, &clause)
    }
}
