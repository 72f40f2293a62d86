//! Candidates by their place in the letter: "1 yes, 2 no", "yes to 1 and 3, no to 2".
//!
//! In: the tokens of a sentence. Out: numbers that stand for candidates. Never here: a number beside an hour, or in a sentence that names people.

use std::ops::Range;

use super::super::sentences::{Kind, Token};
use super::super::who::{Mention, Who};
use super::table;

/// So many tokens are more than a number and an answer.
const ALONE: usize = 3;

/// Several lines that begin with a number each.
pub(super) fn is_list(all: &[Token<'_>], sentences: &[Range<usize>]) -> bool {
    let begins = |sentence: &&Range<usize>| {
        all.get(sentence.start)
            .is_some_and(|first| first.kind == Kind::Number && first.range.len() == 1)
    };
    sentences.iter().filter(begins).take(2).count() > 1
}

/// Mentions by number, where the sentence is nothing but numbers and answers. `listed`: other lines begin with a number as well.
pub(super) fn mentions(all: &[Token<'_>], sentence: &Range<usize>, count: usize, listed: bool) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut answers = 0;
    let (mut answer_first, mut falls, mut last, mut sum) = (false, false, 0, 0);
    // "Petra's answers, in your order: 1) yes …"
    let head = sentence.clone().find(|at| all.get(*at).is_some_and(|token| &*token.fold == ":"));
    for at in head.map_or(sentence.start, |at| at + 1)..sentence.end {
        let Some(token) = all.get(at) else { break };
        if let Some(place) = place(token, count) {
            let who = Who::These(vec![place]);
            // "2 yes 1 no": so many of each.
            let again = found.iter().any(|one| one.who == who);
            if again {
                return Vec::new();
            }
            falls |= place < last;
            (last, sum) = (place, sum + place + 1);
            let mark = all.get(at + 1).filter(|_| at + 1 < sentence.end);
            let marked = mark.is_some_and(|next| matches!(&*next.fold, ")" | "."));
            found.push(Mention {
                tokens: at..at + if marked { 2 } else { 1 },
                who,
                sure: true,
                none: false,
                named: true,
            });
        } else if table::is("run_answer", &token.fold) {
            answers += 1;
            answer_first |= found.is_empty();
        } else if !token.kind.separates() && !table::is("numbered_filler", &token.fold) {
            return Vec::new();
        }
    }
    // "1 yes, 2 no", of three.
    let counts = found.len() > 1 && found.len() < count && (sum == count || falls) && !answer_first;
    // "2 yes" may be both of two; "2: yes", "number 2 a yes" is the second.
    let alone = found.len() == 1 && !answer_first && !listed && sentence.len() < ALONE;
    if answers == 0 || counts || alone { Vec::new() } else { found }
}

/// The candidate at this place of the letter.
fn place(token: &Token<'_>, count: usize) -> Option<usize> {
    let number = token.fold.parse::<usize>().ok().filter(|_| token.kind == Kind::Number)?;
    (1..=count).contains(&number).then(|| number - 1)
}
