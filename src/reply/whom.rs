//! Which of the names in a sentence a verdict is about.
//!
//! "Yes to Lena", "Lena: yes", "Lena yes, Omar no": people put the name on either side. What stands inside the phrase or is tied to it
//! by a preposition comes first, then what stands in front, then what stands behind.

use std::ops::Range;

use super::read::Reader;
use super::sentence::{Cue, Parts};
use super::sentences::{Kind, Token};
use super::small::Small;
use super::who::Mention;
use crate::model::Decision;

impl Reader<'_> {
    /// The list of mentions a cue is about, and whether that is certain.
    pub(super) fn whom(&self, parts: &Parts, cue: &Cue, next_cue: usize, used: &[bool]) -> (Option<usize>, bool) {
        let free = |list: &usize| used.get(*list).is_some_and(|used| !used);
        let start = |list: &usize| {
            parts
                .lists
                .get(*list)
                .and_then(|list| list.first())
                .map(|mention| mention.tokens.start)
        };
        let stop = |list: &usize| {
            parts
                .lists
                .get(*list)
                .and_then(|list| list.last())
                .map(|mention| mention.tokens.end)
        };
        let all = || 0..parts.lists.len();
        let asked = |list: &usize| {
            parts
                .question
                .as_ref()
                .is_some_and(|question| start(list).is_some_and(|at| question.contains(&at)) && !question.contains(&cue.tokens.start))
        };
        // Inside the phrase: "take Lena no further"; but "Jakob if Fergus falls through" is about Jakob.
        // "Als Reserve" is German for "as a reserve", "als ze afhaakt" Dutch for "if she drops out".
        let waits = cue.decision == Decision::Maybe && cue.tokens.len() > 2;
        let opens_with_if = waits && self.all.get(cue.tokens.start).is_some_and(|token| token.is(Small::Falls));
        if !opens_with_if && let Some(list) = all().find(|list| start(list).is_some_and(|at| cue.tokens.contains(&at))) {
            return (Some(list), true);
        }
        let after = all()
            .filter(free)
            .filter(|list| !asked(list))
            .find(|list| start(list).is_some_and(|at| at >= cue.tokens.end && at < next_cue.max(cue.tokens.end + 1)));
        // "If she turns us down we can look at Una"; "Jakob if Fergus falls through".
        let said_before = parts.cues.iter().any(|other| other.tokens.start < cue.tokens.start);
        if opens_with_if && (said_before || parts.tokens.start == cue.tokens.start) {
            let other = all().filter(free).find(|list| start(list).is_some_and(|at| at >= cue.tokens.end));
            if other.is_some() {
                return (other, true);
            }
        }
        let between = |list: usize| cue.tokens.end..start(&list).unwrap_or(cue.tokens.end);
        // "pass on Omar", "yes to Lena", "not Omar": nothing but small words in between, one of them a preposition or none at all.
        let all_between =
            |list: usize, is: &dyn Fn(&str) -> bool| between(list).all(|at| self.all.get(at).is_some_and(|token| is(&token.fold)));
        let ends_in_link = cue
            .tokens
            .end
            .checked_sub(1)
            .and_then(|at| self.all.get(at))
            .is_some_and(|token| token.is(Small::Link) || token.fold == "not");
        // "Ana ok for interview Ben no": a name right in front, and behind the next name another verdict.
        let followed = |list: usize| {
            parts
                .cues
                .iter()
                .any(|other| stop(&list).is_some_and(|at| other.tokens.start >= at))
        };
        let headed = all().filter(free).any(|list| stop(&list) == Some(cue.tokens.start));
        if let Some(list) = after
            && all_between(list, &|fold| Small::Link.has(fold))
            && (ends_in_link || !between(list).is_empty())
            && !(between(list).is_empty() && headed && followed(list))
        {
            return (Some(list), true);
        }
        // "... both profiles, and would like to invite Aisha": what stands right behind comes before what stands far in front.
        let close = |list: usize| {
            let between = stop(&list).unwrap_or(0)..cue.tokens.start;
            between.len() <= 2
                && between
                    .clone()
                    .all(|at| self.all.get(at).is_some_and(|token| token.kind != Kind::End))
        };
        let near_before = all()
            .filter(free)
            .filter(|list| stop(list).is_some_and(|at| at <= cue.tokens.start))
            .any(close);
        if let Some(list) = after
            && between(list).is_empty()
            && !near_before
        {
            return (Some(list), true);
        }
        let before = all()
            .filter(free)
            .filter(|list| !asked(list))
            .filter(|list| stop(list).is_some_and(|at| at <= cue.tokens.start))
            .collect::<Vec<_>>();
        if let Some(list) = before.last() {
            let named: Vec<_> = before
                .iter()
                .filter(|list| parts.lists.get(**list).is_some_and(|list| list.iter().any(|mention| mention.named)))
                .collect();
            // "We've met all of them and would like to appoint Kate": a set in a clause before gives way to a name behind.
            let set = !named.contains(&list);
            let parted = (stop(list).unwrap_or(0)..cue.tokens.start).any(|at| self.all.get(at).is_some_and(|token| token.is(Small::Joint)));
            if let Some(behind) = after.filter(|list| set && parted && self.near(&between(*list))) {
                return (Some(behind), true);
            }
            // "Ruth lives too far out, Colin sounds perfect (please book)": who was spoken of last is not passed over.
            let nearer =
                all().find(|other| !free(other) && stop(list) <= start(other) && stop(other).is_some_and(|at| at <= cue.tokens.start));
            if let Some(last) = nearer {
                return (Some(last), true);
            }
            return (Some(*list), named.len() <= 1 || close(*list));
        }
        let Some(list) = after else {
            return (None, true);
        };
        if between(list).is_empty() {
            return (Some(list), true);
        }
        // "Yes: Lena", "Yes, Lena please", "No - Omar"; "one no: Ana" wherever it stands.
        let points = |fold: &str| matches!(fold, "," | ":" | "-" | "–" | "—" | "=" | "/" | ">" | "→" | "(" | "*");
        let colon = || between(list).len() == 1 && all_between(list, &|fold| fold == ":");
        if all_between(list, &points) && (cue.tokens.start == parts.tokens.start || colon()) {
            return (Some(list), true);
        }
        // Somewhere behind, across other words.
        let near = self.near(&between(list));
        if near || self.focus.is_empty() {
            (Some(list), near)
        } else {
            (None, true)
        }
    }

    /// Few words, and none of them parts a clause.
    fn near(&self, between: &Range<usize>) -> bool {
        between.len() <= 4
            && between
                .clone()
                .all(|at| self.all.get(at).is_some_and(|token| !token.kind.separates()))
    }
}

/// "Yes to Lena, Omar no": the last of a list with a comma stands right before the next verdict.
pub(super) fn steals(all: &[Token<'_>], parts: &Parts, list: usize, before: &Cue, cue: &Cue) -> Option<Mention> {
    let list = parts.lists.get(list)?;
    let (last, rest) = list.split_last()?;
    let previous = rest.last()?;
    let adjacent = last.tokens.end <= cue.tokens.start
        && (last.tokens.end..cue.tokens.start).all(|at| all.get(at).is_some_and(|token| token.is(Small::Between)));
    let comma = (previous.tokens.end..last.tokens.start).any(|at| all.get(at).is_some_and(|token| token.fold == ","));
    (adjacent && comma && before.tokens.end <= last.tokens.start).then(|| last.clone())
}
