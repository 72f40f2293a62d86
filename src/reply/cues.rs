//! The cues of a sentence: everything in it that decides.
//!
//! In: phrases and mentions. Out: cues with their strength, in order. Never here: whom a cue is about.

use std::ops::Range;

use super::bands::Ground;
use super::beside::{drop_the_faint, promote};
use super::sentence::{Cue, Parts};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::who::{Mention, Who};
use super::words::{Class, Hit, Strength};
use crate::model::Decision;

/// Cue phrases, "not Omar", "just Grace", "none", "Nina over Fred", "Luke, Friday at 4".
pub(super) fn cues(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], over: Option<&Range<usize>>) -> Vec<Cue> {
    let mut cues: Vec<Cue> = parts
        .hits
        .iter()
        .filter_map(|hit| {
            let (decision, strength) = hit.class.decision()?;
            Some(cue(&hit.tokens, decision, strength))
        })
        .collect();
    cues.retain(|cue| !about_a_day(parts, mentions, cue));
    // "If he can come to the office then yes, otherwise it's a no"
    let other_branch = parts.hits.iter().find(|hit| hit.class == Class::Else && parts.condition.is_some());
    if let Some(from) = other_branch.map(|hit| hit.tokens.start)
        && cues.iter().any(|cue| cue.tokens.start < from)
    {
        cues.retain(|cue| cue.tokens.start < from);
    }
    while_waiting(all, parts, &mut cues);
    none_of_them(all, parts, mentions, &mut cues);
    cues.extend(asked_for(all, parts, mentions, &cues));
    not_and_only(all, parts, mentions, &mut cues);
    if let Some(over) = over
        && !cues.iter().any(|cue| cue.tokens.end > over.start)
    {
        cues.retain(|cue| cue.strength == Strength::Strong);
        if !cues.iter().any(|cue| cue.decision == Decision::Interested) {
            cues.push(cue(over, Decision::Interested, Strength::Strong));
        }
    }
    only_if(parts, &mut cues);
    cues.extend(times(all, parts, mentions, &cues));
    all_but(parts, mentions, &mut cues);
    set_alone(all, parts, mentions, &mut cues);
    promote(all, parts, mentions, &mut cues);
    fallback(all, &mut cues);
    drop_the_faint(parts, &mut cues);
    cues.sort_by_key(|cue| cue.tokens.start);
    cues
}

/// "On hold until the census is in": what is waited for decides nothing.
fn while_waiting(all: &[Token<'_>], parts: &Parts, cues: &mut Vec<Cue>) {
    let waits: Vec<usize> = cues
        .iter()
        .filter(|cue| cue.decision == Decision::Maybe)
        .map(|cue| cue.tokens.start)
        .collect();
    cues.retain(|cue| {
        let until = |from: usize| (from..cue.tokens.start).any(|at| all.get(at).is_some_and(|token| token.is(Small::Until)));
        let clause = parts.clauses.iter().find(|clause| clause.contains(&cue.tokens.start));
        let waited_for = |from: &usize| clause.is_some_and(|clause| clause.contains(from)) && *from < cue.tokens.start && until(*from);
        cue.decision != Decision::Interested || !waits.iter().any(waited_for)
    });
}

/// "If she turns us down I'd be glad to talk to Una": what follows hangs on it, and is a maybe as a whole.
fn fallback(all: &[Token<'_>], cues: &mut Vec<Cue>) {
    let opens = |cue: &&Cue| cue.decision == Decision::Maybe && all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Falls));
    // "Gesa as a reserve if he turns us down": said of her, as one.
    let ends: Vec<usize> = cues
        .iter()
        .filter(|cue| cue.decision == Decision::Maybe)
        .map(|cue| cue.tokens.end)
        .collect();
    cues.retain(|cue| !(opens(&cue) && ends.contains(&cue.tokens.start)));
    if let Some(from) = cues.iter().find(opens).map(|cue| cue.tokens.end) {
        cues.retain(|cue| cue.decision != Decision::Interested || cue.tokens.start < from);
    }
}

fn cue(tokens: &Range<usize>, decision: Decision, strength: Strength) -> Cue {
    Cue {
        tokens: tokens.clone(),
        decision,
        strength,
        ground: Ground::Phrase,
    }
}

/// "Thursday doesn't work for us" turns down a day and nobody.
fn about_a_day(parts: &Parts, mentions: &[Mention], cue: &Cue) -> bool {
    let Some(clause) = parts.clauses.iter().find(|clause| clause.contains(&cue.tokens.start)) else {
        return false;
    };
    let named = mentions.iter().any(|mention| clause.contains(&mention.tokens.start));
    cue.decision == Decision::Pass
        && !named
        && parts.hits.iter().any(|hit| {
            hit.class == Class::Time
                && clause.contains(&hit.tokens.start)
                && hit.tokens.end <= cue.tokens.start
                && cue.tokens.start - hit.tokens.end <= 2
        })
}

/// "none of them": a verdict by itself, unless something else is said of them ("Neither is a standout").
fn none_of_them(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &mut Vec<Cue>) {
    for mention in mentions.iter().filter(|mention| mention.none) {
        // "neither is a no" says the opposite of what its words say.
        let denies_a_pass = cues
            .iter()
            .any(|cue| cue.decision == Decision::Pass && cue.tokens.start >= mention.tokens.end && !is_denied_verb(all, cue));
        // "Neither would let me down, so send them both in": what follows in a clause of its own is said for itself.
        let clause = parts.clauses.iter().find(|clause| clause.contains(&mention.tokens.start));
        let apart = |cue: &Cue| {
            cue.decision == Decision::Interested
                && cue.strength == Strength::Strong
                && clause.is_some_and(|clause| cue.tokens.start >= clause.end)
        };
        let followed = cues.iter().any(apart);
        // "none of them are a fit": the positive words are denied.
        cues.retain(|cue| cue.decision != Decision::Interested || cue.tokens.start < mention.tokens.start || apart(cue));
        let why = parts
            .hits
            .iter()
            .any(|hit| matches!(hit.class, Class::Because(_, Strength::Strong) | Class::Fits | Class::Praise));
        let read = parts.unknown.iter().all(|at| {
            !parts
                .clauses
                .iter()
                .any(|clause| clause.contains(at) && clause.contains(&mention.tokens.start))
        });
        // "Neither of them speaks Welsh": what they lack is a reason, and gives way to whatever is said besides.
        let verb = all
            .get(mention.tokens.end)
            .is_some_and(|token| token.is(Small::Verb) && mention.tokens.end < parts.tokens.end);
        let trouble = parts.hits.iter().any(|hit| matches!(hit.class, Class::Worry | Class::Not));
        let lacks = verb && !trouble && parts.question.is_none();
        let sure = mention.sure && !denies_a_pass && !followed && (why || read || lacks);
        let mut none = cue(
            &mention.tokens,
            Decision::Pass,
            if sure { Strength::Strong } else { Strength::Weak },
        );
        if sure && !read {
            none.ground = Ground::Reason;
        }
        cues.push(none);
    }
}

/// "none works for us": the pass is said with a verb that "none" denies already.
fn is_denied_verb(all: &[Token<'_>], cue: &Cue) -> bool {
    all.get(cue.tokens.clone())
        .is_some_and(|tokens| tokens.iter().any(|token| token.is(Small::Turn)))
}

/// "All three please", "Ben only please": a name and a please, and nothing else in the clause that decides.
fn asked_for(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &[Cue]) -> Vec<Cue> {
    let within = &parts.tokens;
    let separates = |at: &usize| all.get(*at).is_some_and(|token| token.kind.separates());
    let mut out = Vec::new();
    for mention in mentions {
        let mut at = mention.tokens.end;
        while all.get(at).is_some_and(|token| {
            matches!(token.kind, Kind::Word) && (token.is(Small::Plain) || token.is(Small::List)) && !token.is(Small::Please)
        }) {
            at += 1;
        }
        // "The second one, please"
        if all.get(at).is_some_and(|token| token.fold == ",") {
            let polite = |at: usize| all.get(at).is_some_and(|token| token.is(Small::Please));
            let small = all.get(at + 1).is_some_and(|token| token.is(Small::Plain));
            at += match (polite(at + 1), small && polite(at + 2)) {
                (true, _) => 1,
                // "por favor"
                (false, true) => 2,
                (false, false) => 0,
            };
        }
        let please = at < within.end && all.get(at).is_some_and(|token| token.is(Small::Please));
        let from = (within.start..mention.tokens.start)
            .rev()
            .find(separates)
            .map_or(within.start, |at| at + 1);
        let to = (at..within.end).find(separates).unwrap_or(within.end);
        let decided = cues.iter().any(|cue| (from..to).contains(&cue.tokens.start));
        let denied = parts
            .hits
            .iter()
            .any(|hit| matches!(hit.class, Class::Not | Class::But | Class::Because(_, _)) && (from..to).contains(&hit.tokens.start));
        // "Pull all of these please" asks for something else.
        let verb = parts.unknown.iter().any(|at| (from..mention.tokens.start).contains(at));
        let more = (at + 1..to).any(|at| all.get(at).is_some_and(|token| token.kind == Kind::Word && !token.is(Small::Plain)));
        if please && !decided && !denied && !more && !verb {
            out.push(cue(&(at..at + 1), Decision::Interested, Strength::Strong));
        }
    }
    out
}

/// "not Omar", "just Grace": the word in front of the name decides.
fn not_and_only(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &mut Vec<Cue>) {
    let within = &parts.tokens;
    let decides_elsewhere = !cues.is_empty();
    // "Only Ana has what we need"
    let half_said = cues
        .iter()
        .all(|cue| cue.decision == Decision::Interested && cue.strength < Strength::Strong);
    let mut found = Vec::new();
    for hit in &parts.hits {
        // "not the Java one": the article belongs to the name. "Ana and Ben, but not to Carl": so does what led to the others.
        let leads = |at: usize| {
            all.get(at)
                .is_some_and(|token| token.is(Small::Article) || hit.class == Class::Not && decides_elsewhere && token.is(Small::Toward))
        };
        let next = mentions
            .iter()
            .find(|mention| mention.tokens.start >= hit.tokens.end && (hit.tokens.end..mention.tokens.start).all(leads));
        let Some(next) = next else {
            if hit.class == Class::Not && behind_a_name(all, parts, mentions, hit) {
                let strength = if decides_elsewhere { Strength::Strong } else { Strength::Weak };
                found.push(cue(&hit.tokens, Decision::Pass, strength));
            } else if hit.class == Class::Only && !decides_elsewhere && parts.unknown.is_empty() && behind_a_name(all, parts, mentions, hit)
            {
                // "2 and 4 only"
                found.push(cue(&hit.tokens, Decision::Interested, Strength::Strong));
            }
            continue;
        };
        let alone = |until: usize| !cues.iter().any(|cue| (hit.tokens.end..until).contains(&cue.tokens.start));
        let clause_end = (next.tokens.end..within.end)
            .find(|at| all.get(*at).is_some_and(|token| token.kind.separates()))
            .unwrap_or(within.end);
        let ends = (next.tokens.end..clause_end).all(|at| all.get(at).is_some_and(|token| token.is(Small::Plain)));
        if hit.class == Class::Not && alone(clause_end) {
            // "Not Gary." says it; "not Gary's best day" does not.
            let opens = (within.start..hit.tokens.start)
                .all(|at| all.get(at).is_some_and(|token| token.kind == Kind::Part || token.is(Small::Lead)));
            let strong = decides_elsewhere || ends && (opens || at_a_break(all, hit.tokens.start));
            found.push(cue(
                &hit.tokens,
                Decision::Pass,
                if strong { Strength::Strong } else { Strength::Weak },
            ));
        } else if hit.class == Class::Only && half_said || hit.class == Class::Prefer && alone(clause_end) {
            found.push(cue(&hit.tokens, Decision::Interested, Strength::Strong));
        }
    }
    cues.append(&mut found);
}

/// "Painters not", "Ana I want to see and Ben I don't": the negation ends the clause, and nothing but an "I" parts it from the name.
fn behind_a_name(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], hit: &Hit) -> bool {
    let ends = hit.tokens.end >= parts.tokens.end || all.get(hit.tokens.end).is_some_and(|token| token.kind.separates());
    let small = |at: usize| all.get(at).is_some_and(|token| matches!(&*token.fold, "i" | "we"));
    let decided = parts
        .hits
        .iter()
        .any(|other| other.class.decision().is_some() && other.tokens.contains(&hit.tokens.start));
    ends && !decided
        && mentions
            .iter()
            .any(|mention| mention.tokens.end <= hit.tokens.start && !mention.none && (mention.tokens.end..hit.tokens.start).all(small))
}

fn at_a_break(all: &[Token<'_>], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|at| all.get(at))
        .is_none_or(|token| token.kind.separates() || token.is(Small::Lead))
}

/// "Ciara only if she comes down to 60": the condition is all that is said.
fn only_if(parts: &Parts, cues: &mut Vec<Cue>) {
    let Some(hit) = parts.hits.iter().find(|hit| hit.class == Class::OnlyIf) else {
        return;
    };
    let clause = parts.clauses.iter().find(|clause| clause.contains(&hit.tokens.start));
    let decided = clause.is_some_and(|clause| cues.iter().any(|cue| clause.contains(&cue.tokens.start)));
    if parts.condition.is_some() && !decided {
        cues.push(cue(&hit.tokens, Decision::Interested, Strength::Strong));
    }
}

/// "Luke, Friday at 4": who is given a time is to come. Nothing but the name, the time and small words may stand in the clause.
fn times(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &[Cue]) -> Vec<Cue> {
    let mut out: Vec<Cue> = Vec::new();
    for clause in &parts.clauses {
        let inside = |at: &usize| clause.contains(at);
        let named = mentions.iter().any(|mention| inside(&mention.tokens.start) && !mention.none);
        // "Ana: Friday at 4"
        let before = clause.start.checked_sub(2).filter(|at| *at >= parts.tokens.start);
        let headed = before.is_some_and(|at| mentions.iter().any(|mention| mention.tokens.contains(&at)));
        if cues.iter().any(|cue| inside(&cue.tokens.start)) || !(named || headed || cues.is_empty()) {
            continue;
        }
        let days: Vec<&Range<usize>> = parts
            .hits
            .iter()
            .filter(|hit| matches!(hit.class, Class::Time | Class::Free) && inside(&hit.tokens.start))
            .map(|hit| &hit.tokens)
            .collect();
        let Some(first) = days.first() else { continue };
        let token = |at: usize| all.get(at);
        let is_number = |at: usize| token(at).is_some_and(|token| token.kind == Kind::Number);
        let fits = clause.clone().all(|at| {
            days.iter().any(|day| day.contains(&at))
                || mentions.iter().any(|mention| mention.tokens.contains(&at))
                || token(at).is_some_and(|token| token.kind != Kind::Word || token.is(Small::Slot))
        });
        let clock = clause
            .clone()
            .any(|at| is_number(at) && !mentions.iter().any(|mention| mention.tokens.contains(&at)));
        if fits && (named || headed || clock || days.len() > 1) {
            out.push(Cue {
                ground: Ground::Times,
                ..cue(first, Decision::Interested, Strength::Strong)
            });
        }
    }
    out
}

/// "All except Dylan.", and nothing else in the clause.
fn all_but(parts: &Parts, mentions: &[Mention], cues: &mut Vec<Cue>) {
    if cues.is_empty()
        && !parts.excepted.is_empty()
        && parts.question.is_none()
        && let Some(set) = mentions.first().filter(|set| !set.named)
        && let Some(clause) = parts.clauses.iter().find(|clause| clause.contains(&set.tokens.start))
        && !parts.unknown.iter().any(|at| clause.contains(at))
        && mentions.iter().skip(1).all(|other| !clause.contains(&other.tokens.start))
    {
        cues.push(cue(&set.tokens, Decision::Interested, Strength::Strong));
    }
}

/// "Both. Any day next week": a set, and nothing else in the sentence.
fn set_alone(all: &[Token<'_>], parts: &Parts, mentions: &[Mention], cues: &mut Vec<Cue>) {
    let [set] = mentions else { return };
    let said = |at: usize| {
        set.tokens.contains(&at)
            || all.get(at).is_some_and(|token| token.kind == Kind::Part || token.is(Small::Please))
            || parts.hits.iter().any(|hit| hit.class == Class::Thanks && hit.tokens.contains(&at))
    };
    // "Thanks for all three" asks for nobody.
    let opens = (parts.tokens.start..set.tokens.start).all(|at| all.get(at).is_some_and(|token| token.kind == Kind::Part));
    let several = matches!(&set.who, Who::These(these) if these.len() > 1);
    if cues.is_empty()
        && opens
        && several
        && !set.named
        && !set.none
        && set.sure
        && !parts.asks
        && parts.excepted.is_empty()
        && parts.tokens.clone().all(said)
    {
        cues.push(Cue {
            ground: Ground::Short,
            ..cue(&set.tokens, Decision::Interested, Strength::Strong)
        });
    }
}
