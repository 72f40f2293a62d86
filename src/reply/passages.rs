//! Which words of an answer are said of whom, whatever they mean.
//!
//! In: the sentences as they were read, each with whom the talk was about before it. Out: for each candidate, stretches of tokens.
//! Never here: what the words mean.

use std::ops::Range;

use super::read::Reader;
use super::sentence::Parts;
use super::who::Who;

/// A sentence that was read.
pub(super) struct Heard {
    /// The sentence, taken apart.
    pub(super) parts: Parts,
    /// Whom the talk was about before it.
    pub(super) before: Vec<usize>,
}

/// A stretch of a sentence.
#[derive(Clone)]
pub(super) struct Passage<'r> {
    /// The sentence it stands in.
    pub(super) parts: &'r Parts,
    /// Its tokens.
    pub(super) tokens: Range<usize>,
}

impl Passage<'_> {
    /// It asks something, or stands in a sentence that does from here on.
    pub(super) fn asks(&self) -> bool {
        let question = self.parts.question.as_ref();
        self.parts.asks || question.is_some_and(|question| question.start < self.tokens.end && self.tokens.start < question.end)
    }

    /// A candidate or a set of them is spoken of by this token.
    pub(super) fn mentions(&self, at: usize) -> bool {
        self.parts.lists.iter().flatten().any(|mention| mention.tokens.contains(&at))
    }
}

/// Who a stretch is about, from where on.
struct Cut {
    from: usize,
    who: Vec<usize>,
    rest: bool,
}

/// What an answer says of whom.
pub(super) struct Said<'r> {
    /// By place in the letter.
    pub(super) of: Vec<Vec<Passage<'r>>>,
    /// Nobody is spoken of alone: all of it is about everybody.
    pub(super) of_everybody: bool,
}

impl Reader<'_> {
    /// What is said of each candidate.
    pub(super) fn passages(&self) -> Said<'_> {
        let count = self.asked.candidates.len();
        let mut of: Vec<Vec<Passage<'_>>> = (0..count).map(|_| Vec::new()).collect();
        let mut of_the_rest: Vec<Passage<'_>> = Vec::new();
        for heard in &self.heard {
            let cuts = cuts(heard);
            let ends = cuts.iter().skip(1).map(|cut| cut.from).chain([heard.parts.tokens.end]);
            for (cut, end) in cuts.iter().zip(ends) {
                let passage = || Passage {
                    parts: &heard.parts,
                    tokens: cut.from..end.max(cut.from),
                };
                for who in &cut.who {
                    if let Some(of) = of.get_mut(*who) {
                        of.push(passage());
                    }
                }
                if cut.rest {
                    of_the_rest.push(passage());
                }
            }
        }
        let of_everybody = of_the_rest.is_empty() && of.iter().all(Vec::is_empty) && self.stands.of.iter().all(Option::is_none);
        let sentences = self.heard.iter().map(|heard| Passage {
            parts: &heard.parts,
            tokens: heard.parts.tokens.clone(),
        });
        let left: Vec<Passage<'_>> = if of_everybody { sentences.collect() } else { of_the_rest };
        for of in of.iter_mut().filter(|of| of.is_empty()) {
            of.extend(left.iter().cloned());
        }
        Said { of, of_everybody }
    }
}

/// Each list of names begins a stretch about them, from its clause on. What stands in clauses before the first is about whoever was
/// spoken of before.
fn cuts(heard: &Heard) -> Vec<Cut> {
    let parts = &heard.parts;
    let mut cuts: Vec<Cut> = Vec::new();
    let mut last = parts.tokens.start;
    for list in &parts.lists {
        let (Some(first), Some(final_one)) = (list.first(), list.last()) else {
            continue;
        };
        let mut starts = parts.clauses.iter().map(|clause| clause.start);
        let clause = starts.rfind(|at| *at > last && *at <= first.tokens.start);
        let these = list.iter().filter_map(|mention| match &mention.who {
            Who::These(these) => Some(these),
            Who::Rest(_) | Who::Unclear => None,
        });
        let who = these.flatten().copied().collect();
        let rest = list.iter().any(|mention| matches!(mention.who, Who::Rest(_)));
        let from = match clause {
            None if cuts.is_empty() => parts.tokens.start,
            None => first.tokens.start,
            Some(_) if cuts.is_empty() && heard.before.is_empty() => parts.tokens.start,
            Some(at) => at,
        };
        if cuts.is_empty() && from > parts.tokens.start {
            cuts.push(Cut {
                from: parts.tokens.start,
                who: heard.before.clone(),
                rest: false,
            });
        }
        cuts.push(Cut { from, who, rest });
        last = final_one.tokens.end;
    }
    if cuts.is_empty() {
        cuts.push(Cut {
            from: parts.tokens.start,
            who: heard.before.clone(),
            rest: false,
        });
    }
    cuts
}
