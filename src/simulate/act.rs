//! What people do with a letter: when they answer, what they write or press, and how that is read.

use chrono::{Days, Duration};

use super::case::Topic;
use super::dice::Dice;
use super::people::{Person, Temper};
use super::phrases::{File, filled, mail, phrase};
use super::world::{Next, World};
use crate::calendar::Spans;
use crate::conversation::{Content, Event, Letter, Party, Side, Standing, Via, Visit};
use crate::message::OwnText;
use crate::model::{Decision, MessageId, Slot, SubmissionId};
use crate::reply::times::Intent;
use crate::reply::{self, Band, Finding, Reply, Says, TimesSaid, Words};

/// An answer, and what follows from it for the one who gives it.
pub(super) enum Answer {
    Writes(String),
    Presses(Event),
    /// Says nothing yet; will answer in so many minutes.
    WritesAndComesBack(String, i64),
    Nothing,
}

impl World {
    /// A letter reached its reader.
    pub(super) fn arrives(&mut self, at: usize, letter: &Letter) {
        let party = letter.to;
        let (now, dice) = (self.now, &mut self.dice);
        let Some(case) = self.cases.get_mut(at) else { return };
        let Some(person) = case.person(party).and_then(|at| self.people.get_mut(at)) else {
            return;
        };
        let starts_leave = person.leaves(now, dice);
        let Some(topic) = topic(&letter.says, person.temper == Temper::Fickle && person.odd < 3, dice.below(100)) else {
            return;
        };
        let mut later = Vec::new();
        if starts_leave {
            // Their machine answers at once.
            let back = person.away_until.map(|until| person.zone.local(until).date());
            let until = back.and_then(|back| back.checked_sub_days(Days::new(1)));
            let until = until.filter(|_| dice.percent(70));
            let event = match party {
                Party::Candidate(submission) => Event::CandidateAway { submission, until },
                Party::Interviewer(interviewer) => Event::InterviewerAway {
                    submission: letter.says.interview().unwrap_or(SubmissionId(0)),
                    interviewer,
                    until,
                },
                Party::Client | Party::Recruiter(_) => Event::AutoReplied {
                    until,
                    substitute: None,
                    gone: false,
                },
            };
            later.push((now + Duration::minutes(1), Next::Happens(Box::new(event))));
        }
        if let Content::OfferTimes { submission, slots, .. } = &letter.says
            && slots.len() > 2
            && dice.percent(2)
        {
            // A scanner looks at every link.
            later.push((now + Duration::minutes(2), Next::Presses(party, *submission, slots.clone())));
        }
        let waits = case.pending.insert((party, topic), letter.says.clone()).is_some();
        if !waits && let Some(when) = person.answers_at(now, dice) {
            later.push((when, Next::Acts(party, topic)));
        }
        for (when, next) in later {
            self.later(when, at, next);
        }
    }

    /// Somebody answers.
    pub(super) fn acts(&mut self, at: usize, party: Party, topic: Topic) -> Result<(), String> {
        let Some(letter) = self.cases.get_mut(at).and_then(|case| case.pending.remove(&(party, topic))) else {
            return Ok(());
        };
        let answer = match topic {
            Topic::Decision => self.decides(at, &letter),
            Topic::Reasons(_) => Answer::Writes(phrase(&mut self.dice, File::Decisions, "reasons").to_owned()),
            Topic::Interview(id) => self.speaks_of(at, id, party, &letter),
            Topic::Whim(id) => self.wants_otherwise(at, id, party, &letter),
        };
        match answer {
            Answer::Nothing => Ok(()),
            Answer::Presses(event) => {
                self.note(at, party, "(presses a button)".to_owned());
                if self.dice.percent(3) {
                    // Twice, as people do.
                    self.happen(at, event.clone())?;
                }
                self.happen(at, event)
            }
            Answer::Writes(text) => self.writes(at, party, &letter, text),
            Answer::WritesAndComesBack(text, minutes) => {
                let again = self.now + Duration::minutes(minutes);
                if let Some(case) = self.cases.get_mut(at) {
                    case.pending.insert((party, topic), letter.clone());
                }
                self.later(again, at, Next::Acts(party, topic));
                self.writes(at, party, &letter, text)
            }
        }
    }

    /// Prose, read as the daemon reads it.
    fn writes(&mut self, at: usize, party: Party, letter: &Content, text: String) -> Result<(), String> {
        self.note(at, party, text.clone());
        let number = self.dice.below(1 << 40);
        let now = self.now;
        let Some(case) = self.cases.get(at) else { return Ok(()) };
        let conversation = &case.conversation;
        let own = OwnText {
            text,
            ..OwnText::default()
        };
        let (by, about) = match party {
            Party::Candidate(id) => (Side::Candidate, Some(id)),
            Party::Interviewer(n) => (Side::Interviewer(n), letter.interview()),
            Party::Client | Party::Recruiter(_) => (Side::Client, letter.interview()),
        };
        let arranged = about.and_then(|id| Some((id, conversation.submission(id)?.interview.as_ref()?)));
        let reply = match arranged {
            Some((id, interview)) => {
                let asked = interview.asked(conversation, id, by, Some(letter), now);
                reply::read_interview(&own, "", &asked)
            }
            None => reply::read(&own, "", &conversation.asked(Some(letter), now)),
        };
        let name = case.person(party).and_then(|at| self.people.get(at)).map(|one| one.mailbox.shown());
        let via = Via::Mail {
            message: i64::try_from(number).unwrap_or(1),
            message_id: Some(MessageId(format!("{number}@people.example"))),
            name: name.unwrap_or_default(),
            confirms: letter.confirmation().map(|one| one.message),
            of: match party {
                Party::Candidate(id) => Some(id),
                Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => None,
            },
        };
        let event = Event::Replied {
            by,
            standing: Standing::Full,
            reply,
            via,
        };
        self.happen(at, event)
    }

    fn decides(&mut self, at: usize, letter: &Content) -> Answer {
        let (now, dice) = (self.now, &mut self.dice);
        let Some(case) = self.cases.get_mut(at) else {
            return Answer::Nothing;
        };
        let Some(person) = self.people.get_mut(case.contact) else {
            return Answer::Nothing;
        };
        if person.temper == Temper::Vague && person.odd == 0 {
            person.odd = 1;
            let text = phrase(dice, File::Decisions, "vague").to_owned();
            return Answer::WritesAndComesBack(text, dice.between(600, 3000));
        }
        let about: Vec<SubmissionId> = if let Content::Nudge { open, .. } = letter {
            open.clone()
        } else if let Content::DidYouMean { about, .. } = letter {
            about.iter().map(|(id, _)| *id).collect()
        } else if let Content::FollowUp { submission } = letter {
            vec![*submission]
        } else {
            case.trials.iter().map(|trial| trial.id).collect()
        };
        let follows_up = matches!(letter, Content::FollowUp { .. });
        let left_out = if about.len() > 1 && dice.percent(15) {
            about.first().copied()
        } else {
            None
        };
        let mut decided = Vec::new();
        for id in about.into_iter().filter(|id| Some(*id) != left_out) {
            let Some(trial) = case.trials.iter_mut().find(|trial| trial.id == id) else {
                continue;
            };
            if follows_up {
                trial.opinion = if dice.percent(60) { Decision::Interested } else { Decision::Pass };
            }
            trial.meant = Some(trial.opinion);
            let name = case
                .conversation
                .candidate(id)
                .map(|one| one.mailbox.name.to_string())
                .unwrap_or_default();
            let first = name.split(' ').next().unwrap_or_default().to_owned();
            decided.push((id, first, trial.opinion));
        }
        if person.temper == Temper::Fickle
            && person.odd < 2
            && dice.percent(50)
            && let Some((id, ..)) = dice.one_of(&decided).cloned()
        {
            person.odd += 1;
            case.pending.insert((Party::Client, Topic::Whim(id)), Content::Submission);
            let when = now + Duration::minutes(dice.between(5, 2000));
            let answer = answer_of(&decided, person, dice, case.trials.len() == 1);
            self.later(when, at, Next::Acts(Party::Client, Topic::Whim(id)));
            return answer;
        }
        answer_of(&decided, person, dice, case.trials.len() == 1)
    }

    pub(super) fn changes_decision(&mut self, at: usize, id: SubmissionId) -> Answer {
        let dice = &mut self.dice;
        let Some(case) = self.cases.get_mut(at) else {
            return Answer::Nothing;
        };
        let alone = case.trials.len() == 1;
        let name = case
            .conversation
            .candidate(id)
            .map(|one| one.mailbox.name.to_string())
            .unwrap_or_default();
        let first = name.split(' ').next().unwrap_or_default().to_owned();
        let Some(trial) = case.trial_mut(id) else { return Answer::Nothing };
        trial.opinion = match trial.opinion {
            Decision::Interested => Decision::Pass,
            Decision::Maybe | Decision::Pass => Decision::Interested,
        };
        trial.meant = Some(trial.opinion);
        trial.given_up |= trial.opinion == Decision::Pass;
        let decision = decision_words(&first, trial.opinion, alone, dice);
        Answer::Writes(filled(phrase(dice, File::Decisions, "changed"), &[("decision", &decision)]))
    }
}

/// What a reader has to say to a letter; `None` for nothing. `roll` is below 100.
fn topic(says: &Content, fickle: bool, roll: u64) -> Option<Topic> {
    match says {
        Content::Submission
        | Content::Nudge { .. }
        | Content::FollowUp { .. }
        | Content::DidYouMean { .. }
        | Content::FreshLink
        | Content::CvCode { .. } => Some(Topic::Decision),
        Content::AskReasons { submission, .. } => Some(Topic::Reasons(*submission)).filter(|_| roll < 60),
        Content::AskTimes { submission, .. } | Content::OfferTimes { submission, .. } | Content::AskOutcome { submission, .. } => {
            Some(Topic::Interview(*submission))
        }
        Content::Reminder { submission, asks, .. } => Some(Topic::Interview(*submission)).filter(|_| *asks && roll < 35),
        Content::Invitation { submission, .. } => Some(Topic::Whim(*submission)).filter(|_| if fickle { roll < 70 } else { roll < 2 }),
        Content::Receipt { .. }
        | Content::Withdrawn { .. }
        | Content::Feedback { .. }
        | Content::ConfirmSender { .. }
        | Content::ConfirmDeputy { .. }
        | Content::CalledOff { .. }
        | Content::StaysAsIs { .. }
        | Content::NotHeld { .. }
        | Content::Notice(_) => None,
    }
}

pub(super) const fn side_of(party: Party) -> Side {
    match party {
        Party::Candidate(_) => Side::Candidate,
        Party::Interviewer(n) => Side::Interviewer(n),
        Party::Client | Party::Recruiter(_) => Side::Client,
    }
}

fn answer_of(decided: &[(SubmissionId, String, Decision)], person: &Person, dice: &mut Dice, alone: bool) -> Answer {
    if decided.is_empty() {
        return Answer::Nothing;
    }
    if dice.percent(person.style.presses) {
        return Answer::Presses(pressed_decisions(decided, person.number));
    }
    let sentences: Vec<String> = decided
        .iter()
        .map(|(_, name, decision)| decision_words(name, *decision, alone, dice))
        .collect();
    let opening = phrase(dice, File::Decisions, "opening");
    let closing = phrase(dice, File::Decisions, "closing");
    let signed = if closing.is_empty() {
        String::new()
    } else {
        format!("{closing}\n{}", person.first_name())
    };
    Answer::Writes(mail(&[opening, &sentences.join(" "), &signed]))
}

fn decision_words(name: &str, decision: Decision, alone: bool, dice: &mut Dice) -> String {
    let section = match (decision, alone && dice.percent(50)) {
        (Decision::Interested, false) => "interested",
        (Decision::Maybe, false) => "maybe",
        (Decision::Pass, false) => "pass",
        (Decision::Interested, true) => "interested alone",
        (Decision::Maybe, true) => "maybe alone",
        (Decision::Pass, true) => "pass alone",
    };
    filled(phrase(dice, File::Decisions, section), &[("name", name)])
}

fn visit(visitor: u64, whole_batch: bool) -> Visit {
    Visit {
        visitor,
        automated: false,
        whole_batch,
        someone_else: None,
        remark: String::new(),
    }
}

fn pressed(by: Side, says: impl Iterator<Item = Says>, visit: Visit) -> Event {
    let finding = |says| Finding {
        says,
        words: Words::default(),
        band: Band::Act,
    };
    Event::Replied {
        by,
        standing: Standing::Full,
        reply: Reply {
            findings: says.map(finding).collect(),
            ..Reply::default()
        },
        via: Via::Link(visit),
    }
}

fn pressed_decisions(decided: &[(SubmissionId, String, Decision)], visitor: u64) -> Event {
    let says = decided.iter().map(|(submission, _, decision)| Says::Decide {
        submission: *submission,
        decision: *decision,
        condition: None,
        follow_up: None,
    });
    pressed(Side::Client, says, visit(visitor, decided.len() > 1))
}

/// A press of an offered slot.
pub(super) fn pressed_slot(party: Party, submission: SubmissionId, slot: Slot, visitor: u64) -> Event {
    pressed_slots(party, submission, vec![slot], visitor)
}

/// All slots that somebody ticked.
pub(super) fn pressed_slots(party: Party, submission: SubmissionId, taken: Vec<Slot>, visitor: u64) -> Event {
    let said = TimesSaid {
        open: Spans::of(taken.iter().map(|slot| (slot.start, slot.end)).collect()),
        taken,
        ..TimesSaid::of(Intent::Select)
    };
    pressed(
        side_of(party),
        std::iter::once(Says::Times { submission, said }),
        visit(visitor, false),
    )
}
