//! Why not, and whatever else a sentence says beside its verdicts.
//!
//! In: a sentence taken apart. Out: reasons, the passes they amount to, questions, requests and the like.

use super::read::{Reader, Said};
use super::sentence::Parts;
use super::sentences::Kind;
use super::small::Small;
use super::who::{Mention, Who};
use super::words::{self, Class, Hit, Strength};
use super::{Band, Question, Says, dates};
use crate::model::{Decision, Reason};

/// Words of a sentence that may be unknown, in languages other than English, for its reason to be sure.
const MOST_UNKNOWN: usize = 4;

impl Reader<'_> {
    /// Reasons, and the passes they amount to where nothing else is said: "Anton - too senior".
    pub(super) fn reasons(&mut self, parts: &Parts) {
        let asked_why = matches!(self.asked.question, Question::Reasons(_));
        for hit in &parts.hits {
            let Some(reason) = hit.class.reason(asked_why) else {
                continue;
            };
            if self.denied(parts, hit) || self.of_ours(parts, hit) {
                continue;
            }
            let words = self.bytes(&parts.tokens);
            self.understood = true;
            let who = self.reason_of(parts, hit);
            for who in who {
                self.stands.because(who, reason, words.clone());
                // "I know Ben from Leeds" says why beside a no, and is none by itself.
                let tells = !matches!(hit.class, Class::Role(_) | Class::Because(_, Strength::Faint));
                if self.asked.question == Question::Decision && tells {
                    let (strength, shaky) = self.how_sure(parts, hit);
                    self.stands.infer(who, strength, shaky, words.clone());
                }
            }
            // "the other two are too far away"
            let list = self.list_of(parts, hit);
            let rest = list.into_iter().flatten().find_map(|mention| match mention.who {
                Who::Rest(count) => Some(count),
                Who::These(_) | Who::Unclear => None,
            });
            if let Some(count) = rest.filter(|_| !matches!(hit.class, Class::Because(_, Strength::Faint))) {
                self.reasons_of_the_rest
                    .push((reason, words.clone(), self.how_sure(parts, hit).0, count));
            }
        }
    }

    /// "Keep Ben as a backup": the words that decide say why as well.
    pub(super) fn reasons_inside(&mut self, parts: &Parts, decided: &[Said]) {
        let verdicts = parts
            .cues
            .iter()
            .filter(|cue| cue.decision != Decision::Interested && cue.tokens.len() > 1);
        for cue in verdicts {
            let Some((_, who)) = decided.iter().find(|(at, _)| *at == cue.tokens.start) else {
                continue;
            };
            let mut why = words::reasons_inside(&self.all, &cue.tokens);
            // Where nobody else was asked about, a reserve stands behind nobody.
            why.retain(|reason| *reason != Reason::PreferredOther || self.people.count > 1);
            for reason in why {
                for who in who {
                    self.stands.because(*who, reason, self.bytes(&cue.tokens));
                }
            }
        }
    }

    /// "not too senior", "salary is no problem"
    fn denied(&self, parts: &Parts, hit: &Hit) -> bool {
        parts.hits.iter().any(|not| {
            not.class == Class::Not
                && not.tokens.end <= hit.tokens.start
                && hit.tokens.start - not.tokens.end <= 2
                && (not.tokens.end..hit.tokens.start).all(|at| {
                    self.all
                        .get(at)
                        .is_some_and(|token| token.kind == Kind::Word && !token.is(Small::Joint))
                })
                && !parts
                    .lists
                    .iter()
                    .flatten()
                    .any(|mention| mention.tokens.start >= not.tokens.end && mention.tokens.end <= hit.tokens.start)
        })
    }

    /// "Your fee is too high", "your colleague was rude": said of us, or of the writer, not of a candidate.
    fn of_ours(&self, parts: &Parts, hit: &Hit) -> bool {
        let clause = parts.clauses.iter().find(|clause| clause.contains(&hit.tokens.start));
        let before = clause.map_or(hit.tokens.start, |clause| clause.start)..hit.tokens.start;
        let is = |small: Small| before.clone().any(|at| self.all.get(at).is_some_and(|token| token.is(small)));
        let named = parts.lists.iter().flatten().any(|mention| before.contains(&mention.tokens.start));
        // "I'm not qualified to judge": said of the writer.
        let fold = |back: usize| {
            hit.tokens
                .start
                .checked_sub(back)
                .and_then(|at| self.all.get(at))
                .map_or("", |token| &*token.fold)
        };
        let by_me = fold(1) == "im" || fold(2) == "i" && matches!(fold(1), "am" | "was");
        let of_me = by_me && Small::Degree.has(fold(0));
        of_me || is(Small::Yours) && !is(Small::Pronoun) && !named
    }

    /// A reason carries less in a hedge, beside a question or under a condition, and says that it does.
    fn how_sure(&self, parts: &Parts, hit: &Hit) -> (Strength, bool) {
        let strength = if let Class::Because(_, strength) = hit.class {
            strength
        } else {
            Strength::Strong
        };
        let clause = parts.clauses.iter().find(|clause| clause.contains(&hit.tokens.start));
        let hedged = parts.hits.iter().any(|one| {
            matches!(one.class, Class::Unsure | Class::Worry) && clause.is_some_and(|clause| clause.contains(&one.tokens.start))
        });
        // "The certificate is missing, please send it": to be had, then.
        let wanted = parts.hits.iter().any(|one| one.class == Class::Wants);
        // A language we read less of, and most of it not understood: "Per Ilaria c'è la questione del permesso, e ora non so dire come finirà".
        let half_read = self.foreign && parts.unknown.len() >= MOST_UNKNOWN;
        if hedged || wanted || half_read || parts.question.is_some() || parts.condition.is_some() || parts.asks {
            (Strength::Weak.min(strength), true)
        } else {
            (strength, false)
        }
    }

    /// The mentions a reason stands beside.
    fn list_of<'p>(&self, parts: &'p Parts, hit: &Hit) -> Option<&'p Vec<Mention>> {
        let before = parts
            .lists
            .iter()
            .rfind(|list| list.last().is_some_and(|last| last.tokens.end <= hit.tokens.start));
        let inside = parts
            .lists
            .iter()
            .find(|list| list.first().is_some_and(|first| hit.tokens.contains(&first.tokens.start)));
        inside.or(before)
    }

    /// Whom a reason is about.
    fn reason_of(&mut self, parts: &Parts, hit: &Hit) -> Vec<usize> {
        // "Everyone but Omar, who wants too much": about the one left out.
        let after = parts
            .lists
            .iter()
            .flatten()
            .any(|mention| mention.named && mention.tokens.end <= hit.tokens.start);
        if !parts.excepted.is_empty() && !after {
            return parts.excepted.clone();
        }
        let words = self.bytes(&parts.tokens);
        let several = parts.hits.iter().filter(|hit| matches!(hit.class, Class::Because(_, _))).count() > 1;
        let Some(list) = self.list_of(parts, hit) else {
            if self.focus.len() > 1 && several {
                // "Too junior the one, too expensive the other."
                self.of_nobody.push(words);
                return Vec::new();
            }
            if self.focus.is_empty() && self.rest.is_empty() {
                self.of_nobody.push(words);
            }
            return self.focus.clone();
        };
        let mut all = Vec::new();
        for mention in list {
            match &mention.who {
                Who::These(these) => all.extend(these),
                Who::Rest(_) => {}
                Who::Unclear => self.of_nobody.push(words.clone()),
            }
        }
        all
    }

    /// Those praised in a clause that says nothing else: chosen, when the others are not.
    pub(super) fn praise(&mut self, parts: &Parts, decided: &[Said]) {
        let plain = !parts.asks
            && parts.condition.is_none()
            && decided.is_empty()
            && !parts.hits.iter().any(|hit| {
                matches!(
                    hit.class,
                    Class::Not | Class::But | Class::Worry | Class::Unsure | Class::Because(_, _) | Class::Regret | Class::Later
                )
            });
        let praised = parts.hits.iter().any(|hit| hit.class == Class::Praise);
        if plain && praised {
            let words = self.bytes(&parts.tokens);
            let who: Vec<usize> = parts
                .lists
                .iter()
                .flatten()
                .filter_map(|mention| match &mention.who {
                    Who::These(these) => Some(these.clone()).filter(|these| mention.named || these.len() < self.asked.candidates.len()),
                    Who::Rest(_) | Who::Unclear => None,
                })
                .flatten()
                .collect();
            self.liked.extend(who.into_iter().map(|who| (who, words.clone())));
        }
    }

    /// "Tuesday at 2 would suit", beside a yes, after one, or with an "I'm free".
    fn gives_times(&self, parts: &Parts) -> bool {
        let says = |class: &dyn Fn(Class) -> bool| parts.hits.iter().any(|hit| class(hit.class));
        let otherwise = says(&|class| {
            matches!(
                class,
                Class::Later | Class::Stop | Class::Wrong | Class::Role(_) | Class::Because(..)
            )
        });
        let decided = |what: &dyn Fn(Decision) -> bool| parts.cues.iter().any(|cue| what(cue.decision));
        let wanted = |at: &usize| self.stands.get(*at).is_some_and(|stand| stand.decision == Decision::Interested);
        let after_a_yes = parts.cues.is_empty() && parts.question.is_none() && !self.focus.is_empty() && self.focus.iter().all(wanted);
        let free = says(&|class| class == Class::Free);
        let yes = decided(&|decision| decision == Decision::Interested);
        let timed = parts.timed || dates::find(&self.all, parts.tokens.clone(), self.asked.today).is_some();
        let given = free || timed && (yes || after_a_yes);
        let asked = parts.question.is_none() || parts.request || yes || free;
        given && asked && (yes || !otherwise) && !decided(&|decision| decision == Decision::Maybe)
    }

    pub(super) fn other_intents(&mut self, parts: &Parts) {
        let words = self.bytes(&parts.tokens);
        if self.gives_times(parts) {
            self.find(Says::Available, words.clone(), Band::Act);
        }
        if parts.question.is_some() && parts.wants {
            let asked = self.with_mark(words.clone());
            self.find(Says::Request, asked, Band::Human);
            self.understood = true;
        } else if parts.question.is_some() && !parts.request {
            let question = parts.question.as_ref().map_or(words.clone(), |question| self.bytes(question));
            let asked = self.with_mark(question);
            self.find(Says::Question, asked, Band::Human);
            self.understood = true;
        }
        for hit in &parts.hits {
            self.thanked |= hit.class == Class::Thanks;
            if hit.class == Class::Praise {
                self.praised.get_or_insert(words.clone());
            }
            let says = if hit.class == Class::Wants {
                Some((Says::Request, Band::Human))
            } else if hit.class == Class::Complaint {
                Some((Says::Complaint, Band::Human))
            } else if hit.class == Class::Business {
                Some((Says::OtherBusiness, Band::Human))
            } else if hit.class == Class::Forward && parts.cues.is_empty() {
                Some((Says::PassedOn, Band::Human))
            } else if hit.class == Class::Stop && !self.of_somebody_else(parts, hit) {
                Some((Says::Stop, Band::Act))
            } else if hit.class == Class::Wrong {
                Some((Says::WrongPerson, Band::Human))
            } else if hit.class == Class::Later && parts.cues.is_empty() {
                let on = dates::find(&self.all, parts.tokens.clone(), self.asked.today).map(|(_, day)| day);
                Some((Says::Later { on }, Band::Act))
            } else {
                None
            };
            if let Some((says, band)) = says {
                self.find(says, words.clone(), band);
                self.understood = true;
            }
        }
    }

    /// "Don't contact Carl", "don't stop sending me profiles": no word on our mail, or none against it.
    fn of_somebody_else(&self, parts: &Parts, hit: &Hit) -> bool {
        let behind = hit.tokens.start..hit.tokens.end + 2;
        let denied = |other: &Hit| other.class == Class::Not && other.tokens.end == hit.tokens.start;
        parts.lists.iter().flatten().any(|mention| behind.contains(&mention.tokens.start)) || parts.hits.iter().any(denied)
    }
}
