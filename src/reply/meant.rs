//! The answer to our own question: "Did you mean …?", "You said Interested: about whom?"
//!
//! In: the text, and what our letter had put to the reader. Out: what they said, with "yes, that's right", "the first" and "no, I meant
//! Ben" completed by what was asked. Never here: a bare yes taken for a decision of its own where our letter asked something else.

use super::lean::Weights;
use super::names::Text;
use super::read::{Reader, decisions};
use super::sentence::{Parts, take_apart};
use super::sentences::{Token, sentences, tokens};
use super::small::Small;
use super::who::{People, Who};
use super::words::{self, Class, Hit, Strength};
use super::{Asked, Band, Doubt, DoubtKind, Finding, Question, Reply, Says, Words, subject};
use crate::message::OwnText;
use crate::model::Decision;

/// Reads the answer to a letter that asked what was meant.
pub(super) fn read<'w>(text: &str, own: &OwnText, subject: &str, asked: &Asked, weights: impl FnOnce() -> &'w Weights) -> Reply {
    let plain = Asked {
        question: Question::Decision,
        ..asked.clone()
    };
    let reply = decisions(text, own, subject, &plain, weights);
    if subject::choice(subject).is_some() {
        return reply;
    }
    let short = Short::of(text, &plain);
    short.completed(asked, text).unwrap_or_else(|| checked(reply, &short, asked, text))
}

/// A bare yes or no that would decide something else than we had asked is not sure.
fn checked(mut reply: Reply, short: &Short, asked: &Asked, text: &str) -> Reply {
    if short.corrects && short.named.len() > 1 {
        // "Not Ana, I meant Ben" turns nobody down.
        reply
            .findings
            .iter_mut()
            .for_each(|finding| finding.band = finding.band.max(Band::Ask));
    }
    if !short.yes && !short.no {
        return reply;
    }
    if !short.named.is_empty() {
        // "No, pass on Ana": the no was said to our question.
        let answer = |doubt: &Doubt| doubt.kind == DoubtKind::Whom && is_yes_or_no(&doubt.words.text);
        reply.doubts.retain(|doubt| reply.findings.is_empty() || !answer(doubt));
        // "Yes, that's right. Ben too": the yes was for the one we had asked about.
        let mut put = asked.candidates.iter().enumerate().filter(|(_, one)| one.meant.is_some());
        if short.agrees && put.any(|(at, _)| !short.named.contains(&at)) {
            reply.doubts.push(doubt_of(text));
        }
        return reply;
    }
    for finding in &mut reply.findings {
        let Says::Decide { submission, decision, .. } = finding.says else {
            continue;
        };
        let put = asked
            .candidates
            .iter()
            .find(|one| one.submission == submission)
            .and_then(|one| one.meant);
        if put.is_some_and(|put| put != decision) {
            finding.band = finding.band.max(Band::Ask);
        }
    }
    reply
}

/// Nobody can tell what holds.
fn doubt_of(text: &str) -> Doubt {
    Doubt {
        kind: DoubtKind::What,
        words: whole(text),
    }
}

fn whole(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        range: 0..text.len(),
    }
}

/// An answer of few words, as far as it can be completed by our question.
#[derive(Debug, Default)]
struct Short {
    /// "Yes", "that's right".
    yes: bool,
    /// "No", "neither".
    no: bool,
    /// "I meant".
    corrects: bool,
    /// Those spoken of, by place.
    named: Vec<usize>,
    /// "That's right": what else is said beside it is chatter, where it decides nothing.
    agrees: bool,
    /// There are words nobody could place, or that lead elsewhere.
    strange: bool,
    /// It says anything else.
    more: bool,
}

impl Short {
    fn of(text: &str, asked: &Asked) -> Self {
        let people = People::of(asked);
        let reader = Reader::new(text, asked, &people);
        let (all, text) = (&reader.all, Text::new(text));
        let mut short = Self::default();
        for sentence in sentences(all) {
            let parts = take_apart(&text, all, &sentence, &people, &[]);
            short.hear(&parts, all);
        }
        short.named.sort_unstable();
        short.named.dedup();
        short
    }

    fn hear(&mut self, parts: &Parts, all: &[Token<'_>]) {
        // Also behind what may be an "if": "Sí, es así".
        let whole = words::find(all, parts.tokens.start, parts.tokens.end, &|_| false);
        // "Exactly." agrees; "He is exactly what I feared", "Please correct that" and "I did ring her" do not.
        let lead = |at: usize| {
            let filler = whole
                .iter()
                .any(|hit| matches!(hit.class, Class::Filler | Class::Thanks) && hit.tokens.contains(&at));
            all.get(at)
                .is_some_and(|token| !token.is(Small::Please) && (filler || token.kind.separates() || token.is(Small::Yes)))
        };
        let opens = |hit: &Hit| hit.class == Class::Yes && (parts.tokens.start..hit.tokens.start).all(lead);
        let agrees = parts.unknown.is_empty() && whole.iter().any(opens);
        // "Sí, correcto": kind words behind a yes are one.
        let praised = parts.hits.iter().any(|hit| hit.class == Class::Praise)
            && all.get(parts.tokens.start).is_some_and(|first| first.is(Small::Yes));
        let agrees = agrees || praised && parts.lists.is_empty();
        for hit in &parts.hits {
            match hit.class {
                Class::If if agrees && hit.tokens.start == parts.tokens.start => {}
                Class::Yes => {}
                Class::No | Class::Not => self.no = true,
                Class::Correct => self.corrects = true,
                Class::Filler
                | Class::Noise
                | Class::Thanks
                | Class::Greeting
                | Class::SignOff
                | Class::Regret
                | Class::Only
                | Class::Person
                | Class::Set(_)
                | Class::Bare(_) => {}
                // Looked at below, as cues.
                Class::Decide(..) => {}
                // Said beside a yes this changes nothing.
                Class::Praise | Class::Fits | Class::Later | Class::Time | Class::Free | Class::Aside => self.strange = true,
                // "That's right. Ben too", "Yes, but he was dreadful".
                Class::Same
                | Class::Elsewhere
                | Class::But
                | Class::Because(..)
                | Class::Worry
                | Class::Role(_)
                | Class::If
                | Class::Else
                | Class::Among
                | Class::Own
                | Class::Unsure
                | Class::Asks
                | Class::Wants
                | Class::Complaint
                | Class::Business
                | Class::Forward
                | Class::Stop
                | Class::Wrong
                | Class::Except
                | Class::Over
                | Class::Prefer
                | Class::OnlyIf
                | Class::Lost => self.more = true,
            }
        }
        self.agrees |= agrees;
        self.yes |= agrees;
        let none = |at: usize| {
            parts
                .lists
                .iter()
                .flatten()
                .any(|mention| mention.none && mention.tokens.contains(&at))
        };
        for cue in &parts.cues {
            let words = || cue.tokens.clone().filter_map(|at| all.get(at));
            let only = |small: Small| words().all(|token| (token.is(small) || token.is(Small::Please)) && !is_label(&token.fold));
            match cue.decision {
                Decision::Interested if only(Small::Yes) => self.yes = true,
                // "Yes, perfect."
                Decision::Interested if self.yes && cue.strength < Strength::Strong => {}
                Decision::Pass if only(Small::No) => self.no = true,
                Decision::Interested | Decision::Maybe | Decision::Pass => self.more |= !none(cue.tokens.start),
            }
        }
        for mention in parts.lists.iter().flatten() {
            match &mention.who {
                Who::These(_) if mention.none => self.no = true,
                Who::These(these) => self.named.extend(these),
                Who::Rest(_) | Who::Unclear => self.more = true,
            }
        }
        self.strange |= !parts.unknown.is_empty();
        let conditional = parts
            .condition
            .as_ref()
            .is_some_and(|one| !agrees || one.tokens.start > parts.tokens.start + 1);
        self.more |= conditional || parts.asks || !parts.excepted.is_empty() || !parts.second.is_empty();
    }

    /// What it says, by our question. `None` when it has to be read for itself.
    fn completed(&self, asked: &Asked, text: &str) -> Option<Reply> {
        if self.more || self.strange && !self.agrees || self.yes && self.no {
            return None;
        }
        let said = match asked.question {
            Question::Whom(said) => Some(said),
            Question::Meant | Question::Decision | Question::Reasons(_) | Question::Confirm => sole(asked),
        };
        let put = |at: usize| asked.candidates.get(at).and_then(|one| one.meant);
        let everybody = 0..asked.candidates.len();
        let meant: Vec<(usize, Decision)> = if self.no {
            // "No, I meant Ben": said of him, and of nobody we had asked about.
            let instead = self.named.iter().filter(|_| self.corrects);
            instead
                .filter(|at| put(**at).is_none())
                .filter_map(|at| Some((*at, said?)))
                .collect()
        } else if self.named.is_empty() {
            everybody.filter(|_| self.yes).filter_map(|at| Some((at, put(at)?))).collect()
        } else {
            self.named.iter().filter_map(|at| Some((*at, put(*at).or(said)?))).collect()
        };
        // "No, not Ana, I meant Ben" names one too many.
        let one_too_many = self.no && self.named.len() > 1;
        let complete = !(meant.is_empty() || one_too_many) && (self.named.is_empty() || meant.len() == self.named.len());
        if !complete {
            // A yes to nothing, a no to something: neither tells what holds.
            return (self.yes || self.no).then(|| Reply {
                doubts: vec![doubt_of(text)],
                ..Reply::default()
            });
        }
        let decide = |(at, decision): (usize, Decision)| {
            Some(Finding {
                says: Says::Decide {
                    submission: asked.candidates.get(at)?.submission,
                    decision,
                    condition: None,
                    follow_up: None,
                },
                words: whole(text),
                band: Band::Act,
            })
        };
        Some(Reply {
            findings: meant.into_iter().filter_map(decide).collect(),
            ..Reply::default()
        })
    }
}

/// The one decision that all readings put to them share.
fn sole(asked: &Asked) -> Option<Decision> {
    let mut put = asked.candidates.iter().filter_map(|one| one.meant);
    let first = put.next()?;
    put.all(|one| one == first).then_some(first)
}

fn is_yes_or_no(words: &str) -> bool {
    let mut all = tokens(words).into_iter().filter(|token| !token.kind.separates());
    all.all(|token| token.is(Small::Yes) || token.is(Small::No))
}

/// The word on a button is a decision wherever it stands.
fn is_label(fold: &str) -> bool {
    Decision::ALL.iter().any(|one| one.name() == fold)
}
