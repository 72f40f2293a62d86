//! What half a verdict is worth by what stands beside it: "Noel fine" is a yes, "ok as a backup" says nothing by its "ok".
//!
//! In: the cues of a sentence. Out: the same, some of them stronger, some left out.

use super::bands::Ground;
use super::sentence::{Cue, Parts};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::who::Mention;
use super::words::{Class, Strength};
use crate::model::Decision;

/// A short word right beside a name is a verdict: "Noel fine", "Erin - meet", "Wayne no".
pub(super) fn promote(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &mut [Cue]) {
    let starts: Vec<(usize, Decision)> = cues.iter().map(|cue| (cue.tokens.start, cue.decision)).collect();
    for cue in cues.iter_mut().filter(|cue| cue.strength < Strength::Strong) {
        let Some(place) = parts.clauses.iter().position(|clause| clause.contains(&cue.tokens.start)) else {
            continue;
        };
        let Some(clause) = parts.clauses.get(place) else { continue };
        let in_a_name = |at: usize| mentions.iter().any(|mention| !mention.none && mention.tokens.contains(&at));
        let small = |at: usize| all.get(at).is_some_and(|token| token.kind != Kind::Word || token.is(Small::Plain));
        // "Noel: fine"
        let head = place.checked_sub(1).and_then(|place| parts.clauses.get(place));
        let head = head.filter(|head| (head.start..head.end).all(|at| in_a_name(at) || small(at)));
        let end = parts
            .condition
            .as_ref()
            .map(|condition| condition.tokens.start)
            .filter(|at| *at > cue.tokens.start)
            .map_or(clause.end, |at| clause.end.min(at));
        let segment = head.map_or(clause.start, |head| head.start)..end;
        let named = segment.clone().any(in_a_name);
        let polite = |at: usize| {
            parts.hits.iter().any(|hit| {
                matches!(
                    hit.class,
                    Class::Thanks | Class::Time | Class::Same | Class::Person | Class::If | Class::OnlyIf
                ) && hit.tokens.contains(&at)
            })
        };
        let bare = segment
            .clone()
            .all(|at| in_a_name(at) || cue.tokens.contains(&at) || small(at) || polite(at));
        let word = cue.tokens.len() == 1
            || cue.decision != Decision::Pass && !all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Seems));
        let one = !starts
            .iter()
            .any(|(start, decision)| *decision != cue.decision && segment.contains(start));
        let asked = parts.question.as_ref().is_some_and(|question| question.contains(&cue.tokens.start)) && !parts.request;
        // "Luis: fine, but behind Priya", "don't lose her"
        let turns = parts.clauses.get(place + 1).is_some_and(|next| {
            parts
                .hits
                .iter()
                .any(|hit| hit.class == Class::But && hit.tokens.start == next.start)
        });
        let negative = all
            .get(cue.tokens.start)
            .is_some_and(|token| token.is(Small::Turn) || token.is(Small::Denial));
        let turned = cue.decision == Decision::Interested && (turns || negative);
        // "Yes like his style"
        let has = |class: &dyn Fn(Class) -> bool| parts.hits.iter().any(|hit| clause.contains(&hit.tokens.start) && class(hit.class));
        let warm = cue.decision == Decision::Interested
            && cue.tokens.start == clause.start
            && all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Yes))
            && has(&|class| class == Class::Praise)
            && !has(&|class| matches!(class, Class::Not | Class::But | Class::Worry | Class::Unsure | Class::Because(_, _)));
        // "1 pass 2 interview 3 pass": nothing but a name on either side.
        let behind = cue.tokens.start.checked_sub(1).is_some_and(in_a_name);
        let ends = cue.tokens.end >= parts.tokens.end
            || in_a_name(cue.tokens.end)
            || all.get(cue.tokens.end).is_some_and(|token| token.kind.separates());
        let tight = behind && ends && word && cue.strength == Strength::Weak;
        if tight && !asked && !turned && !parts.asks || (named && bare && word || warm) && one && !asked && !turned && !parts.asks {
            cue.strength = Strength::Strong;
            cue.ground = Ground::Short;
        }
    }
}

/// "Tim's ok as a backup": beside words that say more an "ok" says nothing.
pub(super) fn drop_the_faint(parts: &Parts, cues: &mut Vec<Cue>) {
    let said: Vec<usize> = cues
        .iter()
        .filter(|cue| cue.strength > Strength::Faint)
        .map(|cue| cue.tokens.start)
        .collect();
    cues.retain(|cue| {
        cue.strength > Strength::Faint
            || !parts
                .clauses
                .iter()
                .any(|clause| clause.contains(&cue.tokens.start) && said.iter().any(|at| clause.contains(at)))
    });
}
