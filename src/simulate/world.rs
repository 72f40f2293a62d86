//! A few batches whose people know each other, in virtual time: a queue of what happens next, and the machine's step for each event.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::Duration;

use super::case::{Case, Topic, of, of_mut};
use super::dice::Dice;
use super::figures::Figures;
use super::people::Person;
use super::{Broken, watch};
use crate::calendar::Spans;
use crate::conversation::{
    Command, Content, Conversation, Deadline, Effect, Elsewhere, Entry, Event, Interview, Letter, Notice, Party, Side, step,
};
use crate::model::{Decision, Slot, SubmissionId, Timestamp};

/// What is numbered from here on comes after the letters of the same instant.
const AFTER_LETTERS: u64 = 1 << 40;

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Next {
    HandIn,
    Wake,
    Leaves(Box<Letter>),
    Happens(Box<Event>),
    Acts(Party, Topic),
    Presses(Party, SubmissionId, Vec<Slot>),
}

/// What was seen, for the story of a broken rule.
#[derive(Debug)]
pub(super) enum Seen {
    Recorded(Entry),
    Left(Party, &'static str),
    Said(Party, String),
}

/// A few batches and their people.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) now: Timestamp,
    pub(super) dice: Dice,
    pub(super) people: Vec<Person>,
    pub(super) cases: Vec<Case>,
    pub(super) queue: BinaryHeap<Reverse<(Timestamp, u64)>>,
    pub(super) waiting: BTreeMap<u64, (usize, Next)>,
    pub(super) serial: u64,
    pub(super) seen: Vec<(Timestamp, usize, Seen)>,
    pub(super) figures: Figures,
}

impl World {
    /// Lives until nothing is waiting any more.
    pub(super) fn live(&mut self) -> Result<(), Broken> {
        let end = self.now + watch::LONGEST + Duration::days(14);
        while let Some(Reverse((at, serial))) = self.queue.pop() {
            let Some((case, next)) = self.waiting.remove(&serial) else {
                continue;
            };
            self.now = at;
            if at > end {
                return Err(self.broken(case, "the conversation does not end".to_owned()));
            }
            self.happen_next(case, next).map_err(|rule| self.broken(case, rule))?;
        }
        for at in 0..self.cases.len() {
            let ended = self.cases.get(at).map_or(Ok(()), watch::end);
            ended.map_err(|rule| self.broken(at, rule))?;
        }
        let cases = std::mem::take(&mut self.cases);
        for case in &cases {
            self.figures.count(case, &self.people);
        }
        Ok(())
    }

    fn happen_next(&mut self, case: usize, next: Next) -> Result<(), String> {
        match next {
            Next::HandIn => {
                if let Some(case) = self.cases.get_mut(case) {
                    case.handed_in = self.now;
                }
                self.happen(case, Event::Submitted)
            }
            Next::Happens(event) => self.happen(case, *event),
            Next::Wake => self.wake(case),
            Next::Leaves(letter) => self.leaves(case, &letter),
            Next::Acts(party, topic) => self.acts(case, party, topic),
            Next::Presses(party, id, slots) => {
                for slot in slots {
                    let event = super::act::pressed_slot(party, id, slot, u64::MAX);
                    self.happen(case, event)?;
                }
                Ok(())
            }
        }
    }

    fn wake(&mut self, at: usize) -> Result<(), String> {
        let Some(case) = self.cases.get_mut(at) else { return Ok(()) };
        case.wakes = None;
        let now = self.now;
        let mut due: Vec<(Timestamp, Deadline)> = case
            .conversation
            .deadlines
            .iter()
            .filter(|(_, at)| *at <= now)
            .map(|(deadline, at)| (at, deadline))
            .collect();
        due.sort_unstable();
        for (_, deadline) in due {
            self.happen(at, Event::DeadlinePassed(deadline))?;
        }
        self.set_alarm(at);
        Ok(())
    }

    fn set_alarm(&mut self, at: usize) {
        let Some(case) = self.cases.get_mut(at) else { return };
        let Some(next) = case.conversation.deadlines.iter().map(|(_, at)| at).min() else {
            return;
        };
        let next = next.max(self.now + Duration::seconds(1));
        if case.wakes.is_none_or(|wakes| next < wakes) {
            case.wakes = Some(next);
            self.later(next, at, Next::Wake);
        }
    }

    /// One event, one step, and what follows from it.
    pub(super) fn happen(&mut self, at: usize, event: Event) -> Result<(), String> {
        let elsewhere = self.elsewhere(at);
        let mut to_lead = Vec::new();
        let Some(case) = self.cases.get_mut(at) else { return Ok(()) };
        case.conversation.elsewhere = elsewhere;
        let transition = step(&case.conversation, event, self.now);
        let before = std::mem::replace(&mut case.conversation, transition.conversation);
        let checked = watch::step(&before, &case.conversation, &transition.effects, &case.trials);
        for effect in transition.effects {
            match effect {
                // Nobody here is a lead, and no agency tells candidates why.
                Effect::Escalate { .. } | Effect::Draft(_) | Effect::DropDraft(_) => {}
                Effect::Record(entry) => {
                    if entry.kind == "interview_to_recruiter"
                        && let Some(trial) = entry.submission.and_then(|id| case.trial_mut(id))
                    {
                        trial.left.get_or_insert_with(|| entry.detail.clone());
                    }
                    self.seen.push((self.now, at, Seen::Recorded(entry)));
                }
                Effect::Send(letter) => {
                    if matches!(letter.to, Party::Recruiter(_)) {
                        to_lead.push(letter);
                        continue;
                    }
                    // A letter that may leave does so before anything else happens.
                    self.serial += 1;
                    self.queue.push(Reverse((self.now, self.serial)));
                    self.waiting.insert(self.serial, (at, Next::Leaves(Box::new(letter))));
                }
            }
        }
        checked?;
        for letter in to_lead {
            self.lead_hears(at, &letter);
        }
        self.follow(at, &before)?;
        self.set_alarm(at);
        Ok(())
    }

    /// The recruiter is asked whether it goes on without somebody silent: mostly yes, and not always an answer.
    fn lead_hears(&mut self, at: usize, letter: &Letter) {
        let Content::Notice(Notice::GoOnWithout { submission, silent, .. }) = &letter.says else {
            return;
        };
        let yes = match self.dice.below(10) {
            0..7 => true,
            7 | 8 => false,
            _ => return,
        };
        let when = self.now + Duration::minutes(self.dice.between(20, 1000));
        let command = Command::GoOn {
            submission: *submission,
            yes,
            without: silent.clone(),
        };
        let event = Event::Steered {
            by: "Rita Moss".to_owned(),
            command,
        };
        self.later(when, at, Next::Happens(Box::new(event)));
    }

    /// What a step changed, for the figures, and whether what was booked can be kept by both.
    fn follow(&mut self, at: usize, before: &Conversation) -> Result<(), String> {
        let now = self.now;
        let mut fresh = Vec::new();
        let Some(case) = self.cases.get_mut(at) else { return Ok(()) };
        for trial in &mut case.trials {
            let (Some(was), Some(is)) = (before.submission(trial.id), case.conversation.submission(trial.id)) else {
                continue;
            };
            if was.settled != is.settled && is.settled == Some(Decision::Interested) {
                trial.interested.get_or_insert(now);
                if trial.meant.is_some_and(|meant| meant != Decision::Interested) {
                    self.figures.wrong_decisions += 1;
                }
            }
            trial.given_up |= is.settled == Some(Decision::Pass) || is.settled == Some(Decision::Maybe);
            let Some(interview) = &is.interview else { continue };
            trial.rounds = trial.rounds.max(interview.rounds);
            let slot = interview.booked;
            let old = was.interview.as_ref().and_then(|one| one.booked);
            if let Some(slot) = slot.filter(|slot| old != Some(*slot)) {
                trial.booked.get_or_insert((now, slot));
                fresh.push((trial.id, slot));
            }
            if !interview.is_under_way() {
                trial.ended = Some(interview.status);
            }
        }
        for (id, slot) in fresh {
            self.alone_at(at, id, slot)?;
            self.can_be_kept(at, id, slot);
        }
        Ok(())
    }

    /// Nobody is in two interviews at a time.
    fn alone_at(&self, at: usize, id: SubmissionId, slot: Slot) -> Result<(), String> {
        let mine = |side: Side| self.cases.get(at).and_then(|case| case.person(side.party(id)));
        for (other_at, case) in self.cases.iter().enumerate() {
            for submission in &case.conversation.submissions {
                if other_at == at && submission.id == id {
                    continue;
                }
                let booked = submission
                    .interview
                    .as_ref()
                    .filter(|one| one.is_under_way())
                    .and_then(|one| one.booked);
                let Some(other) = booked.filter(|other| other.overlaps(&slot)) else {
                    continue;
                };
                let comes = |one: &Interview, side: Side| !one.attendee(side).absent;
                let here = self
                    .cases
                    .get(at)
                    .and_then(|case| case.conversation.submission(id)?.interview.as_ref());
                let both = here.zip(submission.interview.as_ref());
                for (side, there) in both.into_iter().flat_map(|(here, there)| seats(here, there)) {
                    let person = mine(side);
                    let attends = both.is_some_and(|(one, other)| comes(one, side) && comes(other, there));
                    if attends && person.is_some() && case.person(there.party(submission.id)) == person {
                        return Err(format!(
                            "{} is in two interviews at a time: {} and {}",
                            side.label(),
                            slot.start,
                            other.start
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts a booking at a time that somebody never gave.
    fn can_be_kept(&mut self, at: usize, id: SubmissionId, slot: Slot) {
        let Some(case) = self.cases.get(at) else { return };
        let Some(trial) = case.trial(id) else { return };
        for side in case.comes(id) {
            let Some(person) = case.person(side.party(id)).and_then(|at| self.people.get(at)) else {
                continue;
            };
            let day = person.zone.local(slot.start).date();
            let given = of(&trial.said, side).covers(slot.start, slot.end);
            if !given || of(&trial.lost, side).contains(&day) {
                self.figures.harm(format!(
                    "batch {}, submission {id}: {} {} booked at {} after writing {:?}",
                    case.batch,
                    side.label(),
                    if given {
                        "had taken it back, but is"
                    } else {
                        "never gave it, but is"
                    },
                    person.zone.spelled(slot.start),
                    of(&trial.words, side),
                ));
            }
        }
    }

    /// When the people of a batch are taken by others, as a store would look it up.
    fn elsewhere(&self, at: usize) -> Elsewhere {
        let Some(mine) = self.cases.get(at) else {
            return Elsewhere::default();
        };
        let taken = |party: Party| {
            let person = mine.person(party);
            let mut found = Vec::new();
            for (other_at, case) in self.cases.iter().enumerate() {
                if other_at == at {
                    continue;
                }
                for submission in &case.conversation.submissions {
                    let there = submission.interview.iter().flat_map(Interview::sides);
                    let is_theirs = |side: Side| case.person(side.party(submission.id)) == person;
                    if person.is_some() && there.into_iter().any(is_theirs) {
                        // Travel that this batch does not keep free by itself.
                        let travel = (case.conversation.travel() - mine.conversation.travel()).max(Duration::zero());
                        let taken = submission.interview.iter().flat_map(Interview::takes);
                        found.extend(taken.map(|slot| (slot.start - travel, slot.end + travel)));
                    }
                }
            }
            Spans::of(found)
        };
        Elsewhere {
            client: taken(Party::Client),
            interviewers: (0..=u8::MAX)
                .take(mine.interviewers.len())
                .map(|n| taken(Party::Interviewer(n)))
                .collect(),
            candidates: mine
                .trials
                .iter()
                .map(|trial| (trial.id, taken(Party::Candidate(trial.id))))
                .filter(|(_, spans)| !spans.is_empty())
                .collect(),
            ..Elsewhere::default()
        }
    }

    fn leaves(&mut self, at: usize, letter: &Letter) -> Result<(), String> {
        let now = self.now;
        self.seen.push((now, at, Seen::Left(letter.to, letter.says.kind())));
        let Some(case) = self.cases.get_mut(at) else { return Ok(()) };
        if letter.not_after.is_some_and(|after| now > after) {
            return Ok(());
        }
        watch::leaves(case, letter, now)?;
        let side = match letter.to {
            Party::Client => Side::Client,
            Party::Candidate(_) => Side::Candidate,
            Party::Interviewer(n) => Side::Interviewer(n),
            Party::Recruiter(_) => return Ok(()),
        };
        if let Some(trial) = letter.says.interview().and_then(|id| case.trial_mut(id)) {
            *of_mut(&mut trial.letters, side) += 1;
            if trial.booked.is_none() {
                *of_mut(&mut trial.to_booking, side) += 1;
            }
        }
        if letter.says == Content::Submission {
            self.happen(at, Event::SubmissionSent)?;
        }
        self.arrives(at, letter);
        Ok(())
    }

    pub(super) fn later(&mut self, when: Timestamp, case: usize, next: Next) {
        self.serial += 1;
        let serial = self.serial + AFTER_LETTERS;
        self.queue.push(Reverse((when.max(self.now), serial)));
        self.waiting.insert(serial, (case, next));
    }

    /// Keeps what somebody wrote or pressed.
    pub(super) fn note(&mut self, at: usize, party: Party, words: String) {
        let now = self.now;
        if let Some(case) = self.cases.get_mut(at) {
            case.acted.insert(party, now);
            if party == Party::Client {
                case.first_answer.get_or_insert(now);
            }
        }
        self.seen.push((now, at, Seen::Said(party, words)));
    }

    fn broken(&self, at: usize, rule: String) -> Broken {
        let case = self.cases.get(at);
        let mine = self.seen.iter().filter(|(_, other, _)| *other == at);
        let told = mine.map(|(when, _, seen)| {
            let when = when.format("%a %Y-%m-%d %H:%M:%S");
            match seen {
                Seen::Recorded(entry) if entry.words.is_empty() => format!("{when}  {}: {}", entry.kind, entry.detail),
                Seen::Recorded(entry) => format!("{when}  {}: {} {:?}", entry.kind, entry.detail, entry.words),
                Seen::Left(to, kind) => format!("{when}  {kind} leaves for {to:?}"),
                Seen::Said(party, words) => format!("{when}  {party:?}: {words:?}"),
            }
        });
        Broken {
            seed: self.seed,
            batch: case.map_or(0, |case| case.batch),
            at: self.now,
            rule,
            story: told.collect(),
        }
    }
}

/// Whoever is in one interview, with whoever is in another.
fn seats(here: &Interview, there: &Interview) -> Vec<(Side, Side)> {
    let pair = |side: Side| there.sides().into_iter().map(move |other| (side, other));
    here.sides().into_iter().flat_map(pair).collect()
}
