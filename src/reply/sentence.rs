//! One sentence taken apart: who is named, which cues stand where, what is a question, what a condition.
//!
//! In: the tokens of one sentence. Out: [`Parts`], still without deciding who each cue is about.

use std::ops::Range;

use super::names::Text;
use super::sentences::{Kind, Sentence, Token};
use super::who::{self, Mention, People};
use super::words::{self, Class, Hit, Strength};
use crate::model::Decision;

/// A sentence, taken apart.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The tokens.
    pub(super) tokens: Range<usize>,
    /// Lists of mentions, in order.
    pub(super) lists: Vec<Vec<Mention>>,
    /// Phrases outside questions and conditions, in order.
    pub(super) hits: Vec<Hit>,
    /// Cues of a decision, in order.
    pub(super) cues: Vec<Cue>,
    /// The part that asks.
    pub(super) question: Option<Range<usize>>,
    /// The question is a request that decides ("can you set up a call?").
    pub(super) request: bool,
    /// The part that is a condition, without its "if".
    pub(super) condition: Option<Condition>,
    /// Clauses, in order.
    pub(super) clauses: Vec<Range<usize>>,
    /// Those left out of a set: "everyone but Omar".
    pub(super) excepted: Vec<usize>,
    /// Words nobody could place, by token.
    pub(super) unknown: Vec<usize>,
}

/// Words that decide.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    /// Where.
    pub(super) tokens: Range<usize>,
    /// What.
    pub(super) decision: Decision,
    /// How much they carry.
    pub(super) strength: Strength,
}

/// "if she can start in May".
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// From the word behind "if".
    pub(super) tokens: Range<usize>,
    /// It is in the hands of the writer's own house.
    pub(super) own: bool,
}

/// Takes a sentence apart.
pub(super) fn take_apart(text: &Text<'_>, all: &[Token<'_>], sentence: &Sentence, people: &People<'_>) -> Parts {
    let within = sentence.tokens.clone();
    let mut mentions = people.names(text, all, within.clone());
    let named: Vec<Range<usize>> = mentions.iter().map(|mention| mention.tokens.clone()).collect();
    let in_name = |at: usize| named.iter().any(|range| range.contains(&at));
    let sets = words::sets(all, within.start, within.end, &in_name);
    let in_mention = |at: usize| in_name(at) || sets.iter().any(|set| set.tokens.contains(&at));
    let mut hits = words::find(all, within.start, within.end, &in_mention);
    hits.retain(|hit| !(hit.tokens.len() == 1 && in_name(hit.tokens.start)));
    for set in &sets {
        // Inside a longer phrase that means something else ("at first") it is no set.
        let taken = hits.iter().any(|hit| {
            overlap(&hit.tokens, &set.tokens)
                && hit.tokens.len() > set.tokens.len()
                && !matches!(hit.class, Class::Decide(_, _) | Class::Set(_) | Class::Filler)
        });
        if !taken && !set.tokens.clone().any(in_name) {
            mentions.extend(people.set(all, set, within.end));
        }
    }
    mentions.sort_by_key(|mention| mention.tokens.start);

    let clauses = clauses(all, &within, &hits);
    let mut parts = Parts {
        tokens: within.clone(),
        clauses,
        ..Parts::default()
    };
    parts.question = question(all, sentence, &hits, &parts.clauses);
    let (except, excepted) = exceptions(&mut mentions, &hits);
    let asked = parts.question.clone().unwrap_or(within.end..within.end);
    parts.condition = condition(all, &hits, &within, &asked);
    let conditional = parts
        .condition
        .as_ref()
        .map_or(within.end..within.end, |condition| condition.tokens.clone());

    parts.unknown = within
        .clone()
        .filter(|at| all.get(*at).is_some_and(|token| token.kind == Kind::Word))
        .filter(|at| !asked.contains(at) && !conditional.contains(at))
        .filter(|at| {
            !hits
                .iter()
                .any(|hit| hit.tokens.contains(at) && !matches!(hit.class, Class::Bare(_)))
                && !mentions.iter().any(|mention| mention.tokens.contains(at))
        })
        .collect();
    mentions.retain(|mention| !conditional.contains(&mention.tokens.start));
    let request = hits
        .iter()
        .any(|hit| hit.asks_too && matches!(hit.class, Class::Decide(_, _)) && asked.contains(&hit.tokens.start));
    parts.request = request;
    hits.retain(|hit| {
        let at = hit.tokens.start;
        !conditional.contains(&at) && (!asked.contains(&at) || hit.asks_too)
    });
    parts.cues = cues(all, &hits, &mentions, &within);
    // "Neither is a standout": what is said of none of them is not always a no.
    let plain = |at: &usize| all.get(*at).is_some_and(|token| PLAIN.contains(&&*token.fold));
    if !parts.unknown.iter().all(plain) {
        let none = |cue: &Cue| mentions.iter().any(|mention| mention.none && mention.tokens == cue.tokens);
        parts
            .cues
            .iter_mut()
            .filter(|cue| none(cue))
            .for_each(|cue| cue.strength = Strength::Weak);
    }
    // "Tim's ok as a backup": beside words that say more an "ok" says nothing.
    let clauses = &parts.clauses;
    let more: Vec<Range<usize>> = clauses
        .iter()
        .filter(|clause| {
            parts
                .cues
                .iter()
                .any(|cue| cue.strength > Strength::Faint && clause.contains(&cue.tokens.start))
        })
        .cloned()
        .collect();
    parts
        .cues
        .retain(|cue| cue.strength > Strength::Faint || !more.iter().any(|clause| clause.contains(&cue.tokens.start)));
    // "All except Dylan.", and nothing else.
    if parts.cues.is_empty()
        && !excepted.is_empty()
        && parts.question.is_none()
        && let Some(set) = mentions.first().filter(|set| !set.named)
        && let Some(clause) = parts.clauses.iter().find(|clause| clause.contains(&set.tokens.start))
        && !parts.unknown.iter().any(|at| clause.contains(at))
        && mentions.iter().skip(1).all(|other| !clause.contains(&other.tokens.start))
    {
        parts.cues.push(Cue {
            tokens: set.tokens.clone(),
            decision: Decision::Interested,
            strength: Strength::Strong,
        });
    }
    parts.excepted = excepted;
    let cut = |at: usize| parts.cues.iter().any(|cue| cue.tokens.contains(&at)) || except.contains(&at);
    parts.lists = who::lists(all, mentions, &cut);
    parts.hits = hits;
    parts
}

/// What none of them does, when they are no use.
const PLAIN: [&str; 12] = [
    "work",
    "works",
    "fit",
    "fits",
    "suit",
    "suits",
    "match",
    "matches",
    "appeal",
    "convince",
    "convinces",
    "quite",
];

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Clauses end at commas, dashes, colons and contrasts.
fn clauses(all: &[Token<'_>], within: &Range<usize>, hits: &[Hit]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = within.start;
    for at in within.clone() {
        let parts = all.get(at).is_some_and(|token| token.kind == Kind::Part);
        let contrast = hits.iter().any(|hit| hit.tokens.start == at && hit.class == Class::But);
        let asks = at > start
            && hits.iter().any(|hit| hit.tokens.start == at && hit.class == Class::Asks)
            && all
                .get(at - 1)
                .is_some_and(|token| matches!(&*token.fold, "and" | "so" | "but" | "also"));
        if parts || contrast || asks {
            if start < at {
                out.push(start..at);
            }
            start = if parts { at + 1 } else { at };
        }
    }
    if start < within.end {
        out.push(start..within.end);
    }
    out
}

/// The part of a sentence that asks: from its last clause that opens like a question.
fn question(all: &[Token<'_>], sentence: &Sentence, hits: &[Hit], clauses: &[Range<usize>]) -> Option<Range<usize>> {
    let opening = |clause: &Range<usize>| {
        let first = clause.clone().find(|at| {
            all.get(*at).is_some_and(|token| {
                !matches!(
                    &*token.fold,
                    "and" | "but" | "also" | "so" | "btw" | "thanks" | "well" | "ok" | "hi" | "just"
                )
            })
        })?;
        hits.iter().find(|hit| hit.tokens.contains(&first) && hit.class == Class::Asks)
    };
    let end = sentence.tokens.end;
    if sentence.asks {
        let opened = clauses.iter().rev().find(|clause| opening(clause).is_some());
        // "Lena yes, and what about Omar?" asks from the comma; "Interested?" asks in whole.
        return opened.or_else(|| clauses.last()).map(|clause| clause.start..end);
    }
    // Without a question mark only the plain forms count: "can she start in May", "let me know when she is free".
    let plain = clauses
        .iter()
        .find(|clause| clause.len() > 2 && opening(clause).is_some_and(|hit| hit.tokens.len() > 1))?;
    Some(plain.start..plain.end)
}

/// The condition of a sentence, when it has one outside its question.
fn condition(all: &[Token<'_>], hits: &[Hit], within: &Range<usize>, asked: &Range<usize>) -> Option<Condition> {
    let opener = hits
        .iter()
        .find(|hit| hit.class == Class::If && !asked.contains(&hit.tokens.start))?;
    let from = opener.tokens.end;
    let leads = within
        .clone()
        .take_while(|at| *at < opener.tokens.start)
        .all(|at| all.get(at).is_some_and(|token| is_lead(&token.fold)));
    let decides_from = |at: usize| {
        let next_part = (at..within.end)
            .find(|i| all.get(*i).is_some_and(|token| token.kind == Kind::Part))
            .unwrap_or(within.end);
        hits.iter()
            .any(|hit| matches!(hit.class, Class::Decide(_, _)) && (at..next_part).contains(&hit.tokens.start))
    };
    let is_break = |at: &usize| {
        all.get(*at)
            .is_some_and(|token| token.kind == Kind::Part || token.fold == "then" || token.fold == "dann")
    };
    // "If she is fine with that, yes" ends before the verdict; "yes if he can do 60k, Lena no" ends before the next one.
    let stop = (from..within.end)
        .filter(is_break)
        .find(|at| decides_from(at + 1))
        .unwrap_or(within.end);
    if leads
        && stop == within.end
        && !hits
            .iter()
            .any(|hit| matches!(hit.class, Class::Decide(_, _)) && hit.tokens.start < opener.tokens.start)
    {
        return (from < within.end).then_some(Condition {
            tokens: from..within.end,
            own: true,
        });
    }
    let own = hits
        .iter()
        .any(|hit| hit.class == Class::Own && (from..stop).contains(&hit.tokens.start));
    (from < stop).then_some(Condition { tokens: from..stop, own })
}

fn is_lead(fold: &str) -> bool {
    matches!(fold, "and" | "so" | "well" | "but" | "," | "ok" | "also")
}

/// "everyone but Omar": the set loses him, and the mention of him says nothing. The answer holds the tokens of the "but", and him.
fn exceptions(mentions: &mut Vec<Mention>, hits: &[Hit]) -> (Vec<usize>, Vec<usize>) {
    let (mut dropped, mut excepted) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at + 1 < mentions.len() {
        let (Some(set), Some(one)) = (mentions.get(at).cloned(), mentions.get(at + 1).cloned()) else {
            break;
        };
        let between = hits
            .iter()
            .find(|hit| hit.tokens.start == set.tokens.end && hit.tokens.end == one.tokens.start);
        let excepts = between.is_some_and(|hit| matches!(hit.class, Class::But | Class::Except));
        if let (true, false, who::Who::These(all), who::Who::These(out)) = (excepts, set.named, &set.who, &one.who) {
            let rest: Vec<usize> = all.iter().copied().filter(|one| !out.contains(one)).collect();
            dropped.extend(set.tokens.end..one.tokens.start);
            excepted.extend(out);
            if let Some(mention) = mentions.get_mut(at) {
                mention.who = who::Who::These(rest);
                mention.tokens.end = one.tokens.end;
            }
            mentions.remove(at + 1);
        }
        at += 1;
    }
    (dropped, excepted)
}

/// Everything that decides: cue phrases, "not Omar", "just Grace", "none".
fn cues(all: &[Token<'_>], hits: &[Hit], mentions: &[Mention], within: &Range<usize>) -> Vec<Cue> {
    let mut cues: Vec<Cue> = hits
        .iter()
        .filter_map(|hit| {
            let (decision, strength) = hit.class.decision()?;
            Some(Cue {
                tokens: hit.tokens.clone(),
                decision,
                strength,
            })
        })
        .collect();
    for mention in mentions.iter().filter(|mention| mention.none) {
        // "neither is a no" says the opposite of what its words say.
        let denies_a_pass = cues
            .iter()
            .any(|cue| cue.decision == Decision::Pass && cue.tokens.start >= mention.tokens.end);
        let strength = if mention.sure && !denies_a_pass {
            Strength::Strong
        } else {
            Strength::Weak
        };
        // "none of them are a fit": the positive words are denied.
        cues.retain(|cue| cue.decision != Decision::Interested || cue.tokens.start < mention.tokens.start);
        cues.push(Cue {
            tokens: mention.tokens.clone(),
            decision: Decision::Pass,
            strength,
        });
    }
    cues.extend(asked_for(all, hits, mentions, within, &cues));
    let decides_elsewhere = !cues.is_empty();
    for hit in hits {
        let next = mentions.iter().find(|mention| mention.tokens.start == hit.tokens.end);
        let alone = |until: usize| !cues.iter().any(|cue| (hit.tokens.end..until).contains(&cue.tokens.start));
        let Some(next) = next else {
            continue;
        };
        let clause_end = (next.tokens.end..within.end)
            .find(|at| all.get(*at).is_some_and(|token| token.kind.separates()))
            .unwrap_or(within.end);
        let ends = next.tokens.end >= clause_end;
        let decides = if hit.class == Class::Not && alone(clause_end) {
            // "Not Gary." says it; "not Gary's best day" does not.
            let strong = decides_elsewhere || ends && hit.tokens.start == within.start;
            Some((Decision::Pass, if strong { Strength::Strong } else { Strength::Weak }))
        } else if hit.class == Class::Only && !decides_elsewhere {
            Some((Decision::Interested, Strength::Strong))
        } else {
            None
        };
        if let Some((decision, strength)) = decides {
            cues.push(Cue {
                tokens: hit.tokens.clone(),
                decision,
                strength,
            });
        }
    }
    cues.sort_by_key(|cue| cue.tokens.start);
    cues
}

/// "All three please", "Ben only please": a name and a please, and nothing else in the clause that decides.
fn asked_for(all: &[Token<'_>], hits: &[Hit], mentions: &[Mention], within: &Range<usize>, cues: &[Cue]) -> Vec<Cue> {
    let parts = |at: &usize| all.get(*at).is_some_and(|token| token.kind.separates());
    let mut out = Vec::new();
    for mention in mentions {
        let mut at = mention.tokens.end;
        if all
            .get(at)
            .is_some_and(|token| matches!(&*token.fold, "only" | "first" | "and" | "too"))
        {
            at += 1;
        }
        let please = at < within.end
            && all
                .get(at)
                .is_some_and(|token| matches!(&*token.fold, "please" | "pls" | "plz" | "bitte"));
        let from = (within.start..mention.tokens.start)
            .rev()
            .find(parts)
            .map_or(within.start, |at| at + 1);
        let to = (at..within.end).find(parts).unwrap_or(within.end);
        let decided = cues.iter().any(|cue| (from..to).contains(&cue.tokens.start));
        let denied = hits
            .iter()
            .any(|hit| matches!(hit.class, Class::Not | Class::But) && (from..to).contains(&hit.tokens.start));
        let more = (at + 1..to).any(|at| all.get(at).is_some_and(|token| token.kind == Kind::Word));
        if please && !decided && !denied && !more {
            out.push(Cue {
                tokens: at..at + 1,
                decision: Decision::Interested,
                strength: Strength::Strong,
            });
        }
    }
    out
}
