//! What people say of an interview's time: times in prose, a slot by prose or by a press, a counter, and second thoughts.

use chrono::Duration;

use super::act::{Answer, pressed_slot, pressed_slots, side_of};
use super::case::{Topic, of, of_mut};
use super::people::Temper;
use super::phrases::{File, filled, phrase};
use super::tell;
use super::world::{Next, World};
use crate::calendar::Spans;
use crate::conversation::{Content, Party};
use crate::model::{Slot, SubmissionId};

impl World {
    pub(super) fn speaks_of(&mut self, at: usize, id: SubmissionId, party: Party, letter: &Content) -> Answer {
        if let Content::AskTimes { other_can, .. } = letter {
            self.gives_times(at, id, party, other_can)
        } else if let Content::OfferTimes { slots, several: true, .. } = letter {
            self.ticks(at, id, party, slots)
        } else if let Content::OfferTimes { slots, .. } = letter {
            self.chooses(at, id, party, slots)
        } else if let Content::Reminder { slot, .. } = letter {
            let section = if self.dice.percent(92) { "still on" } else { "still off" };
            if section == "still off" {
                self.loses(at, id, party, *slot);
            }
            Answer::Writes(phrase(&mut self.dice, File::Choice, section).to_owned())
        } else if let Content::AskOutcome { .. } = letter {
            let section = if self.dice.percent(93) { "took place" } else { "did not" };
            Answer::Writes(phrase(&mut self.dice, File::Choice, section).to_owned())
        } else {
            Answer::Nothing
        }
    }

    fn gives_times(&mut self, at: usize, id: SubmissionId, party: Party, within: &[Slot]) -> Answer {
        let (now, dice) = (self.now, &mut self.dice);
        let Some(case) = self.cases.get_mut(at) else {
            return Answer::Nothing;
        };
        let minutes = i64::from(case.conversation.batch.project.duration_min);
        let Some(person) = case.person(party).and_then(|at| self.people.get_mut(at)) else {
            return Answer::Nothing;
        };
        if person.temper == Temper::Vague && person.odd == 0 {
            person.odd = 1;
            let today = person.zone.local(now).date();
            if let Some((from, to, means)) = tell::next_week(today, person.zone).filter(|_| dice.percent(40)) {
                person.diary.open_wide(from, to);
                let text = phrase(dice, File::Times, "a week").to_owned();
                self.meant(at, id, party, &text, &means);
                return Answer::Writes(text);
            }
            let text = phrase(dice, File::Times, "nothing").to_owned();
            return Answer::WritesAndComesBack(text, dice.between(300, 2000));
        }
        let told = tell::times(person, now, minutes, within, dice).or_else(|| tell::times(person, now, minutes, &[], dice));
        let Some(told) = told else {
            return Answer::Writes(phrase(dice, File::Times, "nothing").to_owned());
        };
        if person.temper == Temper::Fickle && person.odd < 2 && dice.percent(60) {
            person.odd += 1;
            let when = now + Duration::minutes(dice.between(30, 1500));
            let letter = Content::AskTimes {
                submission: id,
                round: 1,
                unclear: None,
                other_can: Vec::new(),
                instead_of: None,
            };
            case.pending.insert((party, Topic::Whim(id)), letter);
            self.later(when, at, Next::Acts(party, Topic::Whim(id)));
        }
        self.meant(at, id, party, &told.text, &told.means);
        Answer::Writes(told.text)
    }

    fn chooses(&mut self, at: usize, id: SubmissionId, party: Party, slots: &[Slot]) -> Answer {
        let (now, dice) = (self.now, &mut self.dice);
        let Some(case) = self.cases.get(at) else { return Answer::Nothing };
        let minutes = i64::from(case.conversation.batch.project.duration_min);
        let Some(person) = case.person(party).and_then(|at| self.people.get_mut(at)) else {
            return Answer::Nothing;
        };
        if person.temper == Temper::Vague && person.odd == 0 {
            person.odd = 1;
            let text = phrase(dice, File::Times, "nothing").to_owned();
            return Answer::WritesAndComesBack(text, dice.between(300, 2000));
        }
        let possible: Vec<usize> = slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.start > now + Duration::hours(1) && person.diary.allows(**slot))
            .map(|(at, _)| at)
            .collect();
        if let Some(slot) = dice.one_of(&possible).and_then(|at| slots.get(*at)).copied() {
            let number = slots.iter().position(|one| *one == slot).unwrap_or(0);
            let presses = dice.percent(person.style.presses);
            let visitor = person.number;
            let words = tell::takes(person, slots, number, now, dice).unwrap_or_default();
            let means = Spans::of(vec![(slot.start, slot.end)]);
            self.meant(at, id, party, if presses { "(a button)" } else { &words }, &means);
            return if presses {
                Answer::Presses(pressed_slot(party, id, slot, visitor))
            } else {
                Answer::Writes(words)
            };
        }
        let times = if dice.percent(65) {
            tell::sentence(person, now, minutes, &[], dice)
        } else {
            None
        };
        let Some(told) = times else {
            return Answer::Writes(tell::about_interview(person, "none", "", dice));
        };
        let text = tell::about_interview(person, "counter", &told.text, dice);
        self.meant(at, id, party, &text, &told.means);
        Answer::Writes(text)
    }

    /// One of several says which of the slots they can make: all of them, mostly.
    fn ticks(&mut self, at: usize, id: SubmissionId, party: Party, slots: &[Slot]) -> Answer {
        let (now, dice) = (self.now, &mut self.dice);
        let Some(person) = self.cases.get(at).and_then(|case| self.people.get(case.person(party)?)) else {
            return Answer::Nothing;
        };
        let can = |slot: &Slot| slot.start > now + Duration::hours(1) && person.diary.allows(*slot);
        let mine: Vec<(usize, Slot)> = slots.iter().copied().enumerate().filter(|(_, slot)| can(slot)).collect();
        if mine.len() < 2 || person.temper == Temper::Vague && person.odd == 0 {
            return self.chooses(at, id, party, slots);
        }
        let means = Spans::of(mine.iter().map(|(_, slot)| (slot.start, slot.end)).collect());
        let taken: Vec<Slot> = mine.iter().map(|(_, slot)| *slot).collect();
        let (visitor, presses) = (person.number, dice.percent(person.style.presses));
        let numbers: Vec<String> = mine.iter().map(|(at, _)| (at + 1).to_string()).collect();
        let text = match numbers.as_slice() {
            [first @ .., last] if dice.percent(70) => format!("{} and {last} work for me.", first.join(", ")),
            _ => format!("Options {} are fine with me.", numbers.join(" and ")),
        };
        self.meant(at, id, party, if presses { "(a button)" } else { &text }, &means);
        if presses {
            Answer::Presses(pressed_slots(party, id, taken, visitor))
        } else {
            Answer::Writes(text)
        }
    }

    /// Another mind, another time.
    pub(super) fn wants_otherwise(&mut self, at: usize, id: SubmissionId, party: Party, letter: &Content) -> Answer {
        if let Content::Invitation { slot, .. } = letter {
            self.moves(at, id, party, *slot)
        } else if let Content::AskTimes { .. } = letter {
            self.takes_back_a_day(at, id, party)
        } else {
            self.changes_decision(at, id)
        }
    }

    fn takes_back_a_day(&mut self, at: usize, id: SubmissionId, party: Party) -> Answer {
        let (now, dice) = (self.now, &mut self.dice);
        let Some(case) = self.cases.get_mut(at) else {
            return Answer::Nothing;
        };
        let minutes = i64::from(case.conversation.batch.project.duration_min);
        let Some(person) = case.person(party).and_then(|at| self.people.get_mut(at)) else {
            return Answer::Nothing;
        };
        let Some(trial) = case.trial_mut(id) else { return Answer::Nothing };
        let said = of(&trial.said, side_of(party)).from(now + Duration::hours(24));
        let Some((start, _)) = said.iter().next() else {
            return Answer::Nothing;
        };
        let day = person.zone.local(start).date();
        person.diary.lose(day);
        of_mut(&mut trial.lost, side_of(party)).push(day);
        let Some(told) = tell::sentence(person, now, minutes, &[], dice) else {
            return Answer::Nothing;
        };
        let name = day.format("%A %-d %B").to_string();
        let text = filled(phrase(dice, File::Choice, "retract"), &[("day", &name), ("times", &told.text)]);
        self.meant(at, id, party, &text, &told.means);
        Answer::Writes(text)
    }

    fn moves(&mut self, at: usize, id: SubmissionId, party: Party, slot: Slot) -> Answer {
        if slot.start < self.now + Duration::hours(3) {
            return Answer::Nothing;
        }
        let minutes = (slot.end - slot.start).num_minutes();
        let person = self.cases.get(at).and_then(|case| case.person(party));
        if let Some(person) = person.and_then(|at| self.people.get_mut(at)) {
            person.odd = person.odd.saturating_add(1);
        }
        match self.dice.below(100) {
            0..20 if !matches!(party, Party::Interviewer(_)) => {
                if let Some(trial) = self.cases.get_mut(at).and_then(|case| case.trial_mut(id)) {
                    trial.given_up = true;
                }
                let section = if party == Party::Client { "cancel" } else { "withdraw" };
                Answer::Writes(phrase(&mut self.dice, File::Choice, section).to_owned())
            }
            20..30 => {
                let hour = Duration::hours(1);
                let shifted = Slot {
                    start: slot.start + hour,
                    end: slot.end + hour,
                };
                let text = phrase(&mut self.dice, File::Choice, "later").to_owned();
                self.meant(at, id, party, &text, &Spans::of(vec![(shifted.start, shifted.end)]));
                Answer::Writes(text)
            }
            30..60 => {
                self.loses(at, id, party, slot);
                Answer::Writes(phrase(&mut self.dice, File::Choice, "move without times").to_owned())
            }
            _ => {
                self.loses(at, id, party, slot);
                let (now, dice) = (self.now, &mut self.dice);
                let person = self.cases.get(at).and_then(|case| case.person(party));
                let Some(person) = person.and_then(|at| self.people.get(at)) else {
                    return Answer::Nothing;
                };
                let Some(told) = tell::sentence(person, now, minutes, &[], dice) else {
                    return Answer::Nothing;
                };
                let text = tell::about_interview(person, "move", &told.text, dice);
                self.meant(at, id, party, &text, &told.means);
                Answer::Writes(text)
            }
        }
    }

    /// Something came up on that day.
    fn loses(&mut self, at: usize, id: SubmissionId, party: Party, slot: Slot) {
        let Some(case) = self.cases.get_mut(at) else { return };
        let Some(person) = case.person(party).and_then(|at| self.people.get_mut(at)) else {
            return;
        };
        let day = person.zone.local(slot.start).date();
        person.diary.lose(day);
        if let Some(trial) = case.trial_mut(id) {
            of_mut(&mut trial.lost, side_of(party)).push(day);
        }
    }

    /// Keeps what somebody means by what they write next.
    fn meant(&mut self, at: usize, id: SubmissionId, party: Party, words: &str, means: &Spans) {
        let Some(trial) = self.cases.get_mut(at).and_then(|case| case.trial_mut(id)) else {
            return;
        };
        let said = of_mut(&mut trial.said, side_of(party));
        *said = said.union(means);
        words.clone_into(of_mut(&mut trial.words, side_of(party)));
    }
}
