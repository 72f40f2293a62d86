//! A stretch of a sentence between commas and joints, and whether its times are offered.
//!
//! A unit is refused when it says so ("Monday is out"), when the words before it do ("can't do Monday or Tuesday"), or the words behind it
//! ("Monday and Tuesday are out"); and when it tells what somebody does then ("I teach 9 to 3"), unless the same breath offers.

use super::super::doubts::{Unsure, Why};
use super::super::lex::Lex;
use super::refer::{eventful_sentences, referred, silent_sentences};
use super::walk::{Of, Walk};

/// A stretch of a sentence between commas and joints.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unit {
    pub(super) sentence: usize,
    /// "can't", "no".
    pub(super) refuses: bool,
    /// "works", "can".
    pub(super) offers: bool,
    /// By a word that says nothing else: "works", not "says".
    pub(super) firm: bool,
    /// A beginning or an end of hours: "from 9:30".
    pub(super) bound: bool,
    /// "you", "your".
    pub(super) yours: bool,
    /// Behind "so".
    pub(super) concludes: bool,
    /// Its hours say themselves that they are offered: "not before 11".
    pub(super) settled: bool,
    /// "exams", "in a meeting".
    pub(super) event: bool,
    /// "Monday at 8 is": something is said of its times.
    pub(super) stated: bool,
    /// "on shift": of a week, it says when somebody works, not that no hour is left.
    pub(super) shift: bool,
    /// "because", "as I".
    pub(super) because: bool,
    /// Behind "if".
    pub(super) iffy: bool,
    /// Somebody who does something: "I", "we".
    pub(super) subject: bool,
    /// Words of no table, before its first term and after it.
    pub(super) unknown_before: usize,
    pub(super) unknown_after: usize,
    /// Names and other words with a capital.
    pub(super) capitals: usize,
    /// "Thursday is", "Thursday's".
    pub(super) day_is: bool,
    /// The word that decides stands before the unit's first term.
    pub(super) leads: bool,
    /// Behind "except".
    pub(super) except: bool,
    /// Starts anew: nothing said before is carried into it.
    pub(super) fresh: bool,
    /// In brackets: goes with what stands before them.
    pub(super) inside: bool,
    /// Joined to the one before by "and", "or".
    pub(super) joined: bool,
    /// Joined by "or".
    pub(super) either: bool,
    /// The joint opens its sentence.
    pub(super) opens_sentence: bool,
    /// "only" opens it.
    pub(super) only: bool,
    /// "only" stands behind its times.
    pub(super) only_these: bool,
    /// Set off by a dash.
    pub(super) dashed: bool,
    pub(super) has_days: bool,
    pub(super) has_hours: bool,
    /// "any", "every".
    pub(super) every: bool,
    /// "any time": offers, if nothing refuses.
    pub(super) any_time: bool,
    /// "any time" right behind its day, before anything else is said.
    pub(super) any_hour: bool,
    pub(super) until: bool,
    /// "that is my window", "catch me then": of the hours told before it.
    pub(super) refers: bool,
    pub(super) words: usize,
}

/// What a unit says of its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) yes: bool,
    /// By what is told only.
    pub(super) told: bool,
    pub(super) except: bool,
}

impl Unit {
    /// Nothing of it was said yet.
    pub(super) const fn fresh_and_empty(&self) -> bool {
        self.words == 0 && !self.has_days && !self.has_hours && !self.any_time
    }

    pub(super) const fn has_terms(&self) -> bool {
        self.has_days || self.has_hours
    }

    /// What the unit's own words say; `None` when they say nothing.
    pub(super) fn verdict(&self, asks: bool) -> Option<Verdict> {
        let no = |told| {
            Some(Verdict {
                yes: false,
                told,
                except: self.except,
            })
        };
        // "if Friday's no good" refuses nothing yet.
        if self.except || self.refuses {
            return no(self.iffy && !self.except);
        }
        // "if your team works weekends" is a question to them.
        if self.iffy && self.yours && self.has_terms() {
            return no(true);
        }
        if self.offers {
            return Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        if self.event && (!asks || self.stated) {
            // "only in the mornings, as I have the kids in the afternoon" says why.
            return no(self.iffy || self.because);
        }
        if self.refers {
            return Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        let tells = self.because
            || self.iffy && self.has_terms() && self.unknown_before + self.unknown_after > 0
            || self.iffy && self.has_days && !self.has_hours
            || self.subject
                && self.unknown_before + self.unknown_after > 0
                && (self.unknown_before > 0
                    || !self.has_terms()
                    || self.day_is
                    || self.has_days && self.unknown_after > 0 && !self.any_hour)
            || self.subject && self.has_terms() && self.unknown_after >= 2 && !self.any_hour
            || self.unknown_before >= 2
            || self.day_is && self.unknown_after > 0
            // "Monday any time, the builders will be gone": words behind "any time" tell why.
            || self.has_days && self.unknown_after >= 2 && !self.any_hour
            || self.until && self.subject
            || self.until && self.unknown_before + self.unknown_after > 0;
        if tells && (!asks || self.unknown_before >= 2) {
            no(true)
        } else {
            None
        }
    }
}

/// What is said of a unit: its own words say it, or those of the units joined to it ("option 1 and 2 are fine").
pub(super) fn said_of(units: &[Unit], number: usize) -> Option<Verdict> {
    let first = units.get(number)?;
    if let Some(own) = first.verdict(false) {
        return Some(own);
    }
    if first.has_terms() {
        return None;
    }
    let joined = units.iter().skip(number + 1).take(MOST_JOINED);
    let mut joined = joined.take_while(|next| next.joined && next.sentence == first.sentence && !next.has_terms());
    if let Some(behind) = joined.find_map(|next| next.verdict(false)) {
        return Some(behind);
    }
    // "not the first or the last"
    let before = number.checked_sub(1).and_then(|before| units.get(before));
    let before = before.filter(|before| first.joined && before.sentence == first.sentence && !before.has_terms());
    let before = before.filter(|before| before.refuses && !before.iffy && !before.offers);
    before.and_then(|before| before.verdict(false))
}

/// Units joined to one another that are looked at.
const MOST_JOINED: usize = 8;

/// Says of each term whether it is offered.
pub(super) fn polarity(walk: &mut Walk) {
    let asking = std::mem::take(&mut walk.asking);
    let sad: Vec<(usize, usize)> = walk
        .marks
        .iter()
        .filter(|mark| mark.lex == Lex::Sadly)
        .map(|mark| (mark.sentence, mark.unit))
        .collect();
    // "Need to move Tuesday I'm afraid - Thursday 10-12 or Friday after 2?": what stands behind the dash is offered.
    let dashes: Vec<usize> = walk
        .units
        .iter()
        .scan(0, |sum, unit| {
            *sum += usize::from(unit.dashed);
            Some(*sum)
        })
        .collect();
    let is_sad = |number: usize, sentence: usize| {
        let until = |unit: usize| dashes.get(unit).copied().unwrap_or_default();
        let behind = |from: usize| until(number) > until(from);
        let asks = asking.get(sentence).copied().unwrap_or(false);
        sad.iter().any(|(of, from)| *of == sentence && !(asks && behind(*from)))
    };
    let glad = |sentence: usize| walk.units.iter().any(|unit| unit.sentence == sentence && unit.offers);
    let mut decided: Vec<Option<Verdict>> = vec![None; walk.units.len()];
    let mut carried: Option<Verdict> = None;
    // What is carried is for hours only: "meetings 9-12 and 2-3, Wednesday is free".
    let mut for_hours = false;
    let mut outside: Option<Verdict> = None;
    // Units before that nothing was said of yet.
    let mut open: Vec<usize> = Vec::new();
    let mut sentence = usize::MAX;
    // The times named last were offered.
    let mut last_offer = false;
    for number in 0..walk.units.len() {
        let Some(&unit) = walk.units.get(number) else { break };
        let asks = asking.get(unit.sentence).copied().unwrap_or(false);
        // What brackets say goes with what stands before them, and is not carried on behind them.
        let was_inside = number
            .checked_sub(1)
            .and_then(|before| walk.units.get(before))
            .is_some_and(|before| before.inside);
        if unit.sentence != sentence || unit.fresh {
            (carried, outside) = (None, None);
            open.clear();
            sentence = unit.sentence;
        }
        match (was_inside, unit.inside) {
            (false, true) => outside = carried,
            (true, false) => carried = outside,
            _ => {}
        }
        let mut verdict = unit.verdict(asks);
        // "Tuesday is good, or Thursday before 10 when the first lady comes in": the other choice, and why.
        let offered_before = || {
            let before = number.checked_sub(1).and_then(|before| decided.get(before).copied().flatten());
            before.is_some_and(|before| before.yes) || unit.opens_sentence && last_offer
        };
        let only_told = verdict.is_some_and(|told| told.told && !told.yes) && !unit.because && !unit.iffy && unit.unknown_before == 0;
        if only_told && unit.either && unit.has_days && unit.has_hours && offered_before() {
            verdict = Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        // "and I need to be done by 4 every day"
        if verdict.is_none() && unit.settled && carried.is_some_and(|carried| carried.except) {
            verdict = Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        // "I can do Friday 2 to 4, when the shifts overlap"
        if unit.event && !unit.refuses && !unit.leads && !unit.subject && !unit.day_is && carried.is_some_and(|carried| carried.yes) {
            verdict = None;
        }
        // "Mornings only I'm afraid" is what is left.
        let all_there_is = unit.only || unit.only_these;
        if verdict.is_none() && unit.has_terms() && !all_there_is && is_sad(number, unit.sentence) && !glad(unit.sentence) {
            verdict = Some(Verdict {
                yes: false,
                told: false,
                except: false,
            });
        }
        // "can't talk at work, only on my lunch break"; "Mornings only, my afternoons are full"
        let restricts = unit.only_these || unit.only && !unit.inside && carried.is_some_and(|carried| !carried.yes);
        if verdict.is_none() && restricts && unit.has_terms() {
            verdict = Some(Verdict {
                yes: true,
                told: false,
                except: false,
            });
        }
        // "can't do 3, 4:30?"
        let last_of_sentence = walk.units.get(number + 1).is_none_or(|next| next.sentence != unit.sentence);
        let counters = verdict.is_none()
            && asks
            && last_of_sentence
            && !unit.joined
            && unit.words == 0
            && unit.has_hours
            && !unit.has_days
            && carried.is_some_and(|carried| !carried.yes && !carried.except);
        if counters {
            carried = None;
        }
        let own = match verdict {
            Some(own) => own,
            None => {
                let before = number.checked_sub(1).and_then(|before| decided.get(before).copied().flatten());
                // "apart from 1-2 and Tuesday from 10:30"
                let excepted = number
                    .checked_sub(1)
                    .and_then(|before| walk.units.get(before))
                    .copied()
                    .unwrap_or_default();
                let other = excepted.except && !excepted.has_days && unit.has_days && unit.has_hours;
                if for_hours && unit.has_days || other {
                    carried = None;
                }
                let verdict = if unit.inside { before } else { carried };
                if let Some(slot) = decided.get_mut(number) {
                    *slot = verdict;
                }
                // A unit that says something of its own is not decided by what stands behind it.
                if verdict.is_none() && unit.has_terms() && unit.unknown_after < 2 {
                    open.push(number);
                }
                // "I'm in meetings Monday, and Tuesday 2 to 4": another shape is another thing.
                if let (Some(last), true) = (verdict, unit.has_terms())
                    && last.told
                    && !unit.joined
                    && unit.words > 0
                {
                    carried = None;
                }
                continue;
            }
        };
        if let Some(slot) = decided.get_mut(number) {
            *slot = Some(own);
        }
        last_offer = if unit.has_terms() { own.yes } else { last_offer };
        let alike = |other: &Unit| other.has_hours == unit.has_hours;
        let behind = !unit.leads && unit.has_terms() && carried.is_none() && (!own.told || unit.joined);
        let concludes = unit.fresh
            && unit.words <= 2
            && !unit.has_terms()
            && number > 0
            && walk.units.get(number - 1).is_some_and(|before| before.sentence == unit.sentence);
        // "only he could make it, so best not": what is concluded outweighs what was said before it.
        let outweighs = unit.refuses && unit.concludes;
        if concludes
            && let Some(before) = walk
                .units
                .get(..number)
                .and_then(|before| before.iter().rposition(|unit| unit.words > 0 || unit.has_terms()))
            && let Some(slot) = decided.get_mut(if outweighs { before } else { number - 1 })
            && (slot.is_none() || outweighs)
        {
            *slot = Some(own);
        }
        // "all day Monday as it's my day off": a reason decides nothing of what it explains.
        let alone = !unit.has_terms() && !unit.because && (unit.dashed || unit.inside || unit.words <= 2) && !own.told;
        // "Monday and Tuesday I'm in Ghent and out of reach": what refuses the last of joined days refuses them all.
        let mut of_list = false;
        while let Some(before) = open.pop() {
            let near = walk.units.get(before).copied().unwrap_or_default();
            let list_of_days = unit.joined && unit.has_days && near.has_days && !near.has_hours;
            // "Wednesday any time, Thursday not"
            // "from 9:30 (school run)": the reason of the bound.
            let reason = unit.event && !unit.refuses && near.bound;
            let joins = behind && (own.yes || !near.any_time && (alike(&near) || list_of_days))
                || alone && !reason && before + 1 == number
                || of_list;
            if !joins {
                break;
            }
            let days_only = |unit: &Unit| unit.has_days && !unit.has_hours;
            of_list = alone
                && near.joined
                && days_only(&near)
                && before.checked_sub(1).and_then(|first| walk.units.get(first)).is_some_and(days_only);
            if let Some(slot) = decided.get_mut(before) {
                *slot = Some(Verdict { except: false, ..own });
            }
        }
        open.clear();
        let next_joined = walk.units.get(number + 1).is_some_and(|next| {
            let days_only = |unit: &Unit| unit.has_days && !unit.has_hours;
            next.joined || next.words == 0 && next.has_terms() || days_only(next) && days_only(&unit)
        });
        // "Tuesday I have meetings 9-12 and 2-3"
        let hours_go_on = unit.has_hours
            && walk
                .units
                .get(number + 1)
                .is_some_and(|next| next.joined && next.has_hours && !next.has_days && next.words == 0);
        let aside = unit.inside && !unit.has_terms();
        let firm = !own.told && (unit.refuses || !unit.event);
        // "every day but Tuesday (school run), 10 to 4"
        // "every day but Tuesday, when I have the dentist, 10 to 4": why it is excepted says nothing of what follows.
        let why = |unit: &Unit| !unit.has_terms() && !unit.except && !unit.joined && !unit.offers;
        let other_shape = unit.except
            && unit.has_days
            && !unit.has_hours
            && walk
                .units
                .get(number + 1..)
                .and_then(|behind| {
                    behind
                        .iter()
                        .find(|next| !next.inside && !why(next) && (next.has_terms() || next.words > 0))
                })
                .is_some_and(|next| next.sentence == unit.sentence && next.has_hours && !next.has_days && !next.joined);
        let firm = firm && !other_shape;
        // "I finish at 5 on Fridays and at 6 on other days"
        let tells_on = unit.because && unit.has_terms() && walk.units.get(number + 1).is_some_and(|next| next.joined && next.has_terms());
        // "I'm in Lyon on the 8th and 9th"
        let days_go_on = own.told
            && unit.has_days
            && !unit.has_hours
            && walk
                .units
                .get(number + 1)
                .is_some_and(|next| next.joined && next.has_days && !next.has_hours && next.words <= 1);
        let excepted_before = number
            .checked_sub(1)
            .and_then(|before| walk.units.get(before))
            .is_some_and(|before| before.except && before.has_days && !before.has_hours);
        let reason_of_except = excepted_before
            && why(&unit)
            && walk
                .units
                .get(number + 1)
                .is_some_and(|next| next.has_hours && !next.has_days && !next.joined);
        let aside = aside || reason_of_except;
        let goes_on = hours_go_on
            || tells_on
            || days_go_on
            || (unit.leads || unit.except) && !aside && (firm || !unit.has_terms() || next_joined) && !other_shape;
        carried = goes_on.then_some(own);
        for_hours = hours_go_on && !(unit.leads || unit.except);
    }
    referred(&walk.units, &mut decided);
    unapplied(walk, &decided);
    let nothing_else = walk
        .terms
        .iter()
        .all(|term| decided.get(term.unit).copied().flatten().is_none_or(|verdict| verdict.told));
    let silent = silent_sentences(&walk.units);
    let eventful = eventful_sentences(&walk.units);
    for term in &mut walk.terms {
        let verdict = decided.get(term.unit).copied().flatten();
        let of_event =
            |unit: &Unit| unit.event && !unit.refuses || unit.words == 0 && !unit.except && eventful.binary_search(&unit.sentence).is_ok();
        term.event = walk.units.get(term.unit).is_some_and(of_event) && verdict.is_some_and(|verdict| !verdict.yes && !verdict.except);
        term.unsaid = verdict.is_none() && silent.binary_search(&term.sentence).is_ok();
        term.guessed = walk.units.get(term.unit).is_some_and(|unit| {
            let unread = unit.unknown_before + unit.unknown_after;
            match verdict {
                // "free Thursday afternoon, Friday xyz": what is carried says nothing of words that were not read.
                Some(verdict) if unit.verdict(false).is_none() && unread > 0 && verdict.yes => true,
                // "I should be done with the dentist by 2" offers and tells in one breath.
                Some(verdict) if verdict.yes && unit.event && unit.offers && unit.has_hours && unit.subject => true,
                // Two words and more that were not read may say anything of what is offered.
                Some(verdict) if verdict.yes && unread >= 2 => true,
                // "The plumber says between 8 and 10": the word that offers is none.
                Some(verdict) if verdict.yes && unit.offers && !unit.firm && unread > 0 => true,
                // "Monday same xyz": hours may stand in what was not read.
                Some(verdict) if verdict.yes && unit.has_days && !unit.has_hours && !unit.any_time && unit.unknown_after > 0 => true,
                Some(verdict) => verdict.told && !unit.event && !unit.because,
                None => unread > 0 || unit.capitals > 0 && unit.has_days && !unit.has_hours,
            }
        });
        term.shift = walk.units.get(term.unit).is_some_and(|unit| unit.shift && !unit.refuses);
        term.firm = walk.units.get(term.unit).is_some_and(|unit| unit.firm);
        term.own = walk.units.get(term.unit).is_some_and(|unit| unit.verdict(false).is_some());
        let unit = walk.units.get(term.unit).copied().unwrap_or_default();
        term.because = unit.because;
        // "Tomorrow at 7 once the kids sleep": words behind a day and its hours tell why, most likely, where nothing else is offered.
        let why = nothing_else
            && term.guessed
            && unit.has_days
            && unit.has_hours
            && unit.unknown_before == 0
            && !unit.subject
            && !unit.day_is
            && verdict.is_some_and(|verdict| verdict.told);
        let verdict = verdict.filter(|_| !why).unwrap_or(Verdict {
            yes: true,
            told: false,
            except: false,
        });
        // "I leave at 2 on Friday for a wedding": the day is of the hours that say themselves that they are offered.
        if unit.settled && matches!(term.what, Of::Days(_)) && !unit.refuses && !unit.except && verdict.told | unit.event {
            (term.yes, term.except) = (Some(true), false);
            continue;
        }
        // "Only before 9 isn't possible"
        if term.settled && !(term.only && unit.refuses) {
            (term.yes, term.except) = (Some(true), false);
            continue;
        }
        (term.yes, term.except, term.told) = (Some(verdict.yes), verdict.except, verdict.told);
    }
}

/// A no that took no time with it, beside times of which nothing else was said: whose no is it?
fn unapplied(walk: &mut Walk, decided: &[Option<Verdict>]) {
    let mut start = 0;
    while let Some(first) = walk.units.get(start) {
        let sentence = first.sentence;
        let rest = walk.units.get(start..).unwrap_or_default();
        let group = rest.iter().take_while(|unit| unit.sentence == sentence);
        let count = group.clone().count();
        let said = |at: usize| decided.get(start + at).copied().flatten();
        let lost = group.clone().any(|unit| (unit.refuses || unit.except) && !unit.has_terms());
        let applied = group
            .clone()
            .enumerate()
            .any(|(at, unit)| unit.has_terms() && said(at).is_some_and(|verdict| !verdict.yes));
        let open = group.clone().enumerate().any(|(at, unit)| unit.has_terms() && said(at).is_none());
        // "I'm in the office 9 to 5 but can't talk there": the no behind them is of them.
        let behind = group
            .clone()
            .last()
            .is_some_and(|unit| unit.refuses && !unit.has_terms() && unit.fresh && !unit.inside)
            && group.clone().any(|unit| unit.has_hours || unit.has_days);
        if lost && !applied && (open || behind) {
            let words = walk
                .terms
                .iter()
                .find(|term| term.sentence == sentence)
                .map(|term| term.bytes.clone());
            walk.doubts.extend(words.map(|words| Unsure::of(Why::OfferedOrRefused, words)));
        }
        start += count.max(1);
    }
}
