//! Candidates set against each other: one left out of a set, one put before another.
//!
//! In: the mentions of a sentence and its phrases. Out: the mentions without those who come off worse, and who they are.

use std::ops::Range;

use super::sentences::{Kind, Token};
use super::small::Small;
use super::who::{Mention, Who};
use super::words::{Class, Hit};

/// "everyone but Omar": the set loses him, and the mention of him says nothing. The answer holds the tokens of the "but", and him.
pub(super) fn exceptions(all: &[Token<'_>], mentions: &mut Vec<Mention>, hits: &[Hit]) -> (Vec<usize>, Vec<usize>) {
    let (mut dropped, mut excepted) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at + 1 < mentions.len() {
        let (Some(set), Some(one)) = (mentions.get(at).cloned(), mentions.get(at + 1).cloned()) else {
            break;
        };
        at += 1;
        let adjacent = |hit: &Hit| (set.tokens.end..hit.tokens.start).all(|at| is(all, at, |token| token.kind == Kind::Part));
        let between = hits.iter().find(|hit| {
            hit.tokens.start >= set.tokens.end
                && hit.tokens.end <= one.tokens.start
                // "Everyone may come except Ilse": the verdict may stand between them.
                && (hit.class == Class::Except || adjacent(hit))
                && (hit.tokens.end..one.tokens.start)
                    .all(|at| is(all, at, |token| token.is(Small::Article) || token.is(Small::List)))
        });
        let joined_up = between.is_some_and(adjacent);
        let left_out = between.map_or(set.tokens.end, |hit| hit.tokens.start);
        let excepts = between.is_some_and(|hit| matches!(hit.class, Class::But | Class::Except));
        let (true, false, Who::These(everybody), Who::These(_)) = (excepts, set.named, &set.who, &one.who) else {
            continue;
        };
        // "... apart from Anders and Eamonn, who would both be too far away"
        let mut end = at;
        while let (Some(one), next) = (mentions.get(end), mentions.get(end + 1)) {
            let Who::These(these) = &one.who else { break };
            excepted.extend(these);
            end += 1;
            let joined = next.is_some_and(|next| {
                next.named && (one.tokens.end..next.tokens.start).all(|at| is(all, at, |token| token.is(Small::List) && token.fold != ","))
            });
            if !joined {
                break;
            }
        }
        let stop = mentions.get(end - 1).map_or(one.tokens.end, |last| last.tokens.end);
        let rest: Vec<usize> = everybody.iter().copied().filter(|one| !excepted.contains(one)).collect();
        dropped.extend(left_out..stop);
        if let Some(mention) = mentions.get_mut(at - 1) {
            mention.who = Who::These(rest);
            if joined_up {
                mention.tokens.end = stop;
            }
        }
        mentions.drain(at..end);
        // A "both" behind them means them.
        mentions.retain(|mention| mention.named || mention.tokens.start < stop);
    }
    (dropped, excepted)
}

/// "Nina over Fred", "I prefer Isla to Ewan": who comes second is no longer mentioned. The answer holds the tokens between, and them.
pub(super) fn comparison(all: &[Token<'_>], mentions: &mut Vec<Mention>, hits: &[Hit]) -> (Option<Range<usize>>, Vec<usize>) {
    let prefers = hits.iter().find(|hit| hit.class == Class::Prefer);
    for at in 1..mentions.len() {
        let (Some(first), Some(next)) = (mentions.get(at - 1), mentions.get(at)) else {
            break;
        };
        let between = first.tokens.end..next.tokens.start;
        let over = hits
            .iter()
            .any(|hit| hit.class == Class::Over && between.contains(&hit.tokens.start) && between.end <= hit.tokens.end + 1);
        let than = prefers.is_some_and(|hit| hit.tokens.end <= first.tokens.start + 1)
            && (1..=2).contains(&between.len())
            && between
                .clone()
                .all(|at| is(all, at, |token| token.is(Small::Over) || token.is(Small::Article)))
            && between.clone().any(|at| is(all, at, |token| token.is(Small::Over)));
        let Who::These(second) = next.who.clone() else { continue };
        if (over || than) && first.who != next.who {
            mentions.remove(at);
            return (Some(between), second);
        }
    }
    (None, Vec::new())
}

fn is(all: &[Token<'_>], at: usize, what: impl Fn(&Token<'_>) -> bool) -> bool {
    all.get(at).is_some_and(what)
}
