//! One sentence taken apart: who is named, which cues stand where, what is a question, what a condition.
//!
//! In: the tokens of one sentence. Out: [`Parts`], still without deciding who each cue is about.

use std::ops::Range;

use super::bands::Ground;
use super::cues;
use super::names::Text;
use super::pairs;
use super::sentences::{Kind, Sentence, Token};
use super::small::Small;
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
    /// Those named inside the condition.
    pub(super) conditioned: Vec<Mention>,
    /// Clauses, in order.
    pub(super) clauses: Vec<Range<usize>>,
    /// Those left out of a set: "everyone but Omar".
    pub(super) excepted: Vec<usize>,
    /// Those somebody else is put before: "Nina over Fred".
    pub(super) second: Vec<usize>,
    /// Times are named, in a question too.
    pub(super) timed: bool,
    /// A document is wanted, in a question too.
    pub(super) wants: bool,
    /// Ends in a question mark.
    pub(super) asks: bool,
    /// Somebody stands in a list with candidates who is none: "Go and Rust: interview" where nobody is called Go.
    pub(super) stranger: bool,
    /// Words nobody could place, by token.
    pub(super) unknown: Vec<usize>,
}

impl Parts {
    /// "Ana and Carl, thanks."
    pub(super) fn nothing_but_names(&self, all: &[Token<'_>]) -> bool {
        let named = |at: usize| {
            self.lists
                .iter()
                .flatten()
                .any(|mention| mention.named && mention.tokens.contains(&at))
        };
        let polite = |at: usize| {
            self.hits
                .iter()
                .any(|hit| matches!(hit.class, Class::Thanks | Class::Only) && hit.tokens.contains(&at))
        };
        !self.asks
            && self.lists.iter().flatten().any(|mention| mention.named)
            && self.tokens.clone().all(|at| {
                named(at)
                    || polite(at)
                    || all.get(at).is_some_and(|token| {
                        token.kind == Kind::Part || token.is(Small::List) || token.is(Small::Please) || token.is(Small::ForUs)
                    })
            })
    }

    /// From this token on there are words nobody could place, and none that decides.
    pub(super) fn is_obscure(&self, from: usize) -> bool {
        self.unknown.iter().any(|at| *at >= from) && !self.cues.iter().any(|cue| cue.tokens.start >= from)
    }

    /// It turns to other business with its first words.
    pub(super) fn opens_aside(&self, all: &[Token<'_>]) -> bool {
        let aside = self.hits.iter().find(|hit| hit.class == Class::Aside);
        aside.is_some_and(|hit| {
            (self.tokens.start..hit.tokens.start)
                .all(|at| all.get(at).is_some_and(|token| token.kind == Kind::Part || token.is(Small::Lead)))
        })
    }
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
    /// Which kind of words they are.
    pub(super) ground: Ground,
}

/// So near its head stands the verb of a condition.
const UNREAL: usize = 5;

/// "if she can start in May".
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// From the word behind "if".
    pub(super) tokens: Range<usize>,
    /// It is in the hands of the writer's own house.
    pub(super) own: bool,
    /// It may well not be so: "if she was local".
    pub(super) unreal: bool,
}

/// Takes a sentence apart.
pub(super) fn take_apart(text: &Text<'_>, all: &[Token<'_>], sentence: &Sentence, people: &People<'_>, focus: &[usize]) -> Parts {
    let within = sentence.tokens.clone();
    let mut mentions = people.names(text, all, within.clone());
    let named: Vec<Range<usize>> = mentions.iter().map(|mention| mention.tokens.clone()).collect();
    let in_name = |at: usize| named.iter().any(|range| range.contains(&at));
    let mut sets = words::sets(all, within.start, within.end, &in_name);
    // "We need third" of one candidate is about a shift.
    sets.retain(|set| !matches!(set.class, Class::Set(words::Set::Nth(_))) || people.set(all, set, within.end).is_some());
    let in_mention = |at: usize| in_name(at) || sets.iter().any(|set| set.tokens.contains(&at));
    let mut hits = words::find(all, within.start, within.end, &in_mention);
    // Words that say who is meant say nothing of them: "the one from Leeds" is no "she's the one".
    let inside_a_name = |hit: &Hit| {
        let within = |name: &Range<usize>| name.start <= hit.tokens.start && hit.tokens.end <= name.end;
        named.iter().any(within)
    };
    hits.retain(|hit| !inside_a_name(hit));
    for set in &sets {
        // Inside a longer phrase that means something else ("at first") it is no set.
        let taken = hits.iter().any(|hit| {
            // "I've nothing against the fourth" names somebody all the same.
            let ends_it = hit.class != Class::Praise
                && set.tokens.len() > 1
                && set.tokens.start > hit.tokens.start
                && set.tokens.end == hit.tokens.end;
            overlap(&hit.tokens, &set.tokens)
                && (hit.class == Class::Among && hit.tokens.start <= set.tokens.start
                    || !ends_it
                        && hit.tokens.len() > set.tokens.len()
                        && !matches!(hit.class, Class::Decide(_, _) | Class::Set(_) | Class::Filler))
        });
        if !taken && !set.tokens.clone().any(in_name) {
            mentions.extend(
                people
                    .just_spoken_of(set, &mentions, focus)
                    .or_else(|| people.set(all, set, within.end)),
            );
        }
    }
    mentions.sort_by_key(|mention| mention.tokens.start);
    let opens = |at: usize| {
        let before = at
            .checked_sub(1)
            .filter(|before| *before >= within.start)
            .and_then(|before| all.get(before));
        let possessive = all.get(at).is_some_and(|token| token.fold == "her");
        before.is_none_or(|before| before.kind.separates() || before.is(Small::Lead)) && !possessive
            || hits
                .iter()
                .any(|hit| matches!(hit.class, Class::Decide(_, Strength::Strong)) && hit.tokens.contains(&at))
    };
    people.pronouns(all, &opens, within.clone(), &mut mentions, focus);
    // "Ana and Ben are both too junior": where three are asked about, "both" means those just named.
    let named = mentions
        .iter()
        .find(|mention| mention.named)
        .map_or(within.end, |mention| mention.tokens.end);
    mentions.retain(|mention| mention.named || mention.who != who::Who::Unclear || mention.tokens.start < named);

    let mut parts = Parts {
        tokens: within.clone(),
        clauses: clauses(all, &within, &hits),
        asks: sentence.asks,
        ..Parts::default()
    };
    parts.question = question(all, sentence, &hits, &parts.clauses);
    let (mut apart, excepted) = pairs::exceptions(all, &mut mentions, &hits);
    parts.excepted = excepted;
    let (over, second) = pairs::comparison(all, &mut mentions, &hits);
    apart.extend(over.clone().into_iter().flatten());
    parts.second = second;
    apart.extend(one_not_the_other(all, &within, &mentions));
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
    let inside = |mention: &&Mention| mention.named && conditional.contains(&mention.tokens.start);
    parts.conditioned = mentions.iter().filter(inside).cloned().collect();
    mentions.retain(|mention| !conditional.contains(&mention.tokens.start));
    parts.request = hits
        .iter()
        .any(|hit| hit.asks_too && matches!(hit.class, Class::Decide(_, _)) && asked.contains(&hit.tokens.start));
    parts.timed = hits
        .iter()
        .any(|hit| hit.class == Class::Time && !conditional.contains(&hit.tokens.start));
    parts.wants = hits.iter().any(|hit| hit.class == Class::Wants);
    hits.retain(|hit| {
        let at = hit.tokens.start;
        !conditional.contains(&at) && (!asked.contains(&at) || hit.asks_too)
    });
    parts.stranger = stranger(all, &within, &mentions);
    parts.hits = hits;
    parts.cues = cues::cues(all, &parts, &mentions, over.as_ref());
    // "Ollie's book is thin": what somebody owns is nothing to be done with them.
    let owned = |cue: &Cue| {
        let owner = cue.tokens.start.checked_sub(1).filter(|at| in_name(*at)).and_then(|at| all.get(at));
        cue.tokens.len() == 1 && owner.is_some_and(|owner| owner.fold.ends_with('s') && !people.names.contains_key(&owner.fold))
    };
    parts.cues.retain(|cue| {
        !(owned(cue) && cue.decision == Decision::Interested && !all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Yes)))
    });
    // "Thanks Jo": somebody's name is no yes in another language.
    let thanked = |cue: &Cue| {
        let thanks = |hit: &Hit| hit.class == Class::Thanks && hit.tokens.end == cue.tokens.start;
        cue.tokens.len() == 1
            && parts.hits.iter().any(thanks)
            && all
                .get(cue.tokens.start)
                .is_some_and(|token| token.capital && words::foreign(&token.fold))
    };
    parts.cues.retain(|cue| !thanked(cue));
    // "Let's hold Omar and Grace as reserves": one phrase around both keeps them together.
    let spans: Vec<Range<usize>> = mentions.iter().map(|mention| mention.tokens.clone()).collect();
    let around = |cue: &Cue, at: usize| {
        let mut inside = spans.iter().filter(|span| cue.tokens.contains(&span.start));
        inside.clone().any(|span| span.end <= at) && inside.any(|span| span.start > at)
    };
    let cut = |at: usize| parts.cues.iter().any(|cue| cue.tokens.contains(&at) && !around(cue, at)) || apart.contains(&at);
    let own = |last: &Mention, next: &Mention| has_its_own(all, &parts, last, next);
    parts.lists = who::lists(all, mentions, &cut, &own);
    parts
}

/// "Not the nurse, the physio": the comma that parts the one who is not meant from the one who is.
fn one_not_the_other(all: &[Token<'_>], within: &Range<usize>, mentions: &[Mention]) -> Option<usize> {
    let [one, other] = mentions else { return None };
    let turns = all.get(within.start).is_some_and(|token| token.is(Small::Turn));
    let comma = one.tokens.end + 1 == other.tokens.start && all.get(one.tokens.end).is_some_and(|token| token.fold == ",");
    (turns && comma && one.tokens.start == within.start + 1).then_some(one.tokens.end)
}

/// Somebody written as a name stands beside a candidate: "Go and Rust", "Ana, Kim and Ben".
fn stranger(all: &[Token<'_>], within: &Range<usize>, mentions: &[Mention]) -> bool {
    let joins = |at: usize| all.get(at).is_some_and(|token| token.is(Small::List) && !token.is(Small::Title));
    let named = |at: usize| mentions.iter().any(|mention| mention.named && mention.tokens.contains(&at));
    within.clone().any(|at| {
        let written = all
            .get(at)
            .is_some_and(|token| token.kind == Kind::Word && token.capital && token.range.len() > 1);
        let behind =
            at >= within.start + 2 && joins(at - 1) && named(at - 2) && !all.get(at - 1).is_some_and(|token| token.kind == Kind::Part);
        written && !named(at) && (joins(at + 1) && named(at + 2) || behind)
    })
}

/// "Let's talk to the Java one, the Python guy is too expensive": the one behind the comma has a predicate of their own.
fn has_its_own(all: &[Token<'_>], parts: &Parts, last: &Mention, next: &Mention) -> bool {
    let comma = (last.tokens.end..next.tokens.start).all(|at| all.get(at).is_some_and(|token| token.fold == ","));
    let prefers = |hit: &Hit| hit.class == Class::Prefer && hit.tokens.end <= last.tokens.start;
    let decided = parts.cues.iter().any(|cue| cue.tokens.start <= last.tokens.start) || parts.hits.iter().any(prefers);
    let clause = next.tokens.end
        ..(next.tokens.end..parts.tokens.end)
            .find(|at| all.get(*at).is_some_and(|token| token.kind.separates()))
            .unwrap_or(parts.tokens.end);
    // "I like Ana, Carl is too junior": two would be "are".
    let alone = all.get(next.tokens.end).is_some_and(|token| token.is(Small::Singular));
    comma
        && (decided || alone)
        && last.tokens.end < next.tokens.start
        && parts.hits.iter().any(|hit| {
            clause.contains(&hit.tokens.start)
                && matches!(
                    hit.class,
                    Class::Because(_, _) | Class::Not | Class::Decide(_, _) | Class::Worry | Class::Praise
                )
        })
}

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
            && all.get(at - 1).is_some_and(|token| token.is(Small::Lead));
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
        let first = clause.clone().find(|at| all.get(*at).is_some_and(|token| !token.is(Small::Lead)))?;
        hits.iter().find(|hit| hit.tokens.contains(&first) && hit.class == Class::Asks)
    };
    let end = sentence.tokens.end;
    if sentence.asks {
        // "Let me sleep on it and talk to Rosalind on Friday?" asks nothing.
        let told = clauses.last().is_some_and(|clause| {
            let first = clause.clone().find(|at| all.get(*at).is_some_and(|token| !token.is(Small::Lead)));
            hits.iter().any(|hit| {
                matches!(hit.class, Class::Decide(_, Strength::Strong)) && Some(hit.tokens.start) == first && hit.tokens.len() > 2
            })
        });
        if told {
            return None;
        }
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
        .find(|hit| matches!(hit.class, Class::If | Class::OnlyIf) && !asked.contains(&hit.tokens.start))?;
    let from = opener.tokens.end;
    let leads = within
        .clone()
        .take_while(|at| *at < opener.tokens.start)
        .all(|at| all.get(at).is_some_and(|token| token.is(Small::Lead)));
    let decides_from = |at: usize| {
        let next_part = (at..within.end)
            .find(|i| all.get(*i).is_some_and(|token| token.kind == Kind::Part))
            .unwrap_or(within.end);
        hits.iter()
            .any(|hit| matches!(hit.class, Class::Decide(_, _)) && (at..next_part).contains(&hit.tokens.start))
    };
    let is_break = |at: &usize| all.get(*at).is_some_and(|token| token.kind == Kind::Part || token.is(Small::Then));
    // "If she can start sooner I'd love to talk": nothing parts the condition from the verdict but its "I'd".
    let unparted = || {
        let cue = hits.iter().find(|hit| {
            matches!(hit.class, Class::Decide(_, Strength::Strong)) && hit.tokens.start >= from + 2 && hit.tokens.end <= within.end
        })?;
        let subject = |at: &usize| all.get(*at).is_some_and(|token| token.is(Small::Subject));
        let start = (from..cue.tokens.start)
            .rev()
            .take_while(subject)
            .last()
            .unwrap_or(cue.tokens.start);
        let opens = subject(&cue.tokens.start) || start < cue.tokens.start;
        (opens && start >= from + 2).then_some(start)
    };
    // "If she is fine with that, yes" ends before the verdict; "yes if he can do 60k, Lena no" ends before the next one.
    let stop = (from..within.end)
        .filter(is_break)
        .find(|at| decides_from(at + 1))
        .or_else(|| leads.then(unparted).flatten())
        .unwrap_or(within.end);
    if leads
        && stop == within.end
        && !hits
            .iter()
            .any(|hit| matches!(hit.class, Class::Decide(_, _)) && hit.tokens.start < opener.tokens.start)
    {
        // "If my boss agrees" is all there is; an "only if" is a verdict unless it is in their own hands.
        let own = hits.iter().any(|hit| hit.class == Class::Own && hit.tokens.start >= from);
        return (from < within.end).then_some(Condition {
            tokens: from..within.end,
            own: own || opener.class == Class::If,
            unreal: is_unreal(all, from..within.end),
        });
    }
    let own = hits
        .iter()
        .any(|hit| hit.class == Class::Own && (from..stop).contains(&hit.tokens.start));
    let unreal = is_unreal(all, from..stop);
    (from < stop).then_some(Condition {
        tokens: from..stop,
        own,
        unreal,
    })
}

/// "If she was local", "if I had the budget": the verb of a condition stands in the past, near its head.
fn is_unreal(all: &[Token<'_>], condition: Range<usize>) -> bool {
    condition
        .take(UNREAL)
        .any(|at| all.get(at).is_some_and(|token| token.is(Small::Past)))
}
