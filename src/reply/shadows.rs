//! What was not understood, and whether it can change what was.
//!
//! An unread clause is a doubt. It takes a decision from "act" to "ask" only when it could turn it: a contrast or a worry beside a yes,
//! a contrast without a worry beside a no.

use std::ops::Range;

use super::DoubtKind;
use super::read::{Reader, Said};
use super::sentence::Parts;
use super::who::Who;
use super::words::Class;
use crate::model::Decision;

impl Reader<'_> {
    /// What was not understood, and whether it can change what was.
    pub(super) fn shadows(&mut self, parts: &Parts, decided: &[Said], before: &[usize]) {
        let has = |class: &dyn Fn(Class) -> bool, range: &Range<usize>| {
            parts.hits.iter().any(|hit| range.contains(&hit.tokens.start) && class(hit.class))
        };
        let first_cue = parts.cues.first().map_or(parts.tokens.end, |cue| cue.tokens.start);
        let mut unread: Option<Range<usize>> = None;
        let mut sharp = false;
        for clause in &parts.clauses {
            if parts.question.as_ref().is_some_and(|question| question.start <= clause.start)
                || parts
                    .condition
                    .as_ref()
                    .is_some_and(|condition| condition.tokens.contains(&clause.start))
            {
                continue;
            }
            if parts.cues.iter().any(|cue| clause.contains(&cue.tokens.start)) {
                continue;
            }
            let unknown = parts.unknown.iter().filter(|at| clause.contains(at)).count();
            let reason = has(&|class| matches!(class, Class::Because(_, _)), clause);
            let contrast = has(&|class| class == Class::But, clause);
            let trouble = has(&|class| class == Class::Worry, clause);
            let worry = trouble || has(&|class| class == Class::Not, clause);
            let settled = has(
                &|class| {
                    matches!(
                        class,
                        Class::Noise
                            | Class::Later
                            | Class::Stop
                            | Class::Wrong
                            | Class::Wants
                            | Class::Correct
                            | Class::Free
                            | Class::Complaint
                            | Class::Business
                            | Class::Forward
                    )
                },
                clause,
            );
            // "Too junior. Lovely person though": kind words turn no pass.
            let kind = has(&|class| class == Class::Praise, clause) && unknown < 3;
            let about = self.about(parts, clause, decided, before);
            let bytes = self.bytes(clause);
            for who in &about {
                let Some(stand) = self.stands.get(*who) else {
                    continue;
                };
                let later = decided.is_empty() || clause.start > first_cue;
                let against = match stand.decision {
                    Decision::Interested => {
                        // "Yes please, not before Friday though": without a contrast a "not" is about something else.
                        later
                            && (reason
                                || !settled
                                    && (contrast && (unknown > 0 || worry) || trouble || worry && unknown > 0 && !decided.is_empty()))
                    }
                    Decision::Pass => later && contrast && !kind && !reason && !worry && !settled && unknown > 0,
                    Decision::Maybe => false,
                };
                if against && stand.condition.is_none() {
                    self.stands.doubt(*who, bytes.clone());
                }
            }
            let praise = has(&|class| matches!(class, Class::Praise | Class::Thanks | Class::Regret), clause);
            let enough = if praise || contrast { 4 } else { 2 };
            if !reason && !settled && (unknown >= enough || worry && unknown > 0 && !praise) && decided.is_empty() {
                let from = unread.as_ref().map_or(bytes.start, |sofar| sofar.start);
                unread = Some(from..bytes.end);
                sharp |= worry || contrast;
            }
        }
        if let Some(words) = unread {
            let alone = !parts.hits.iter().any(|hit| {
                matches!(
                    hit.class,
                    Class::Later
                        | Class::Stop
                        | Class::Wrong
                        | Class::Wants
                        | Class::Correct
                        | Class::Complaint
                        | Class::Business
                        | Class::Forward
                )
            });
            if alone && sharp {
                self.doubt(DoubtKind::Unclear, words);
            } else if alone {
                self.chatter.push(words);
            }
        }
    }

    /// Whom a clause without a cue is about: those named in it, else those of the verdict before it, else those spoken of.
    fn about(&self, parts: &Parts, clause: &Range<usize>, decided: &[Said], before: &[usize]) -> Vec<usize> {
        let named = parts
            .lists
            .iter()
            .flatten()
            .filter(|mention| clause.contains(&mention.tokens.start))
            .collect::<Vec<_>>();
        if !named.is_empty() {
            let these = named.iter().filter_map(|mention| match &mention.who {
                Who::These(these) => Some(these.clone()),
                Who::Rest(_) | Who::Unclear => None,
            });
            return these.flatten().collect();
        }
        let said = decided.iter().rev().find(|(at, _)| *at <= clause.start).or_else(|| decided.first());
        match said {
            Some((_, who)) => who.clone(),
            None if self.focus.is_empty() => before.to_vec(),
            None => self.focus.clone(),
        }
    }
}
