//! What a run came to: counted case by case, added up, and told.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::case::Case;
use super::people::{Person, Temper};

/// Wrong bookings told in full.
const TOLD: usize = 20;

/// Counts, and what medians are made of.
#[derive(Debug, Default)]
pub(super) struct Figures {
    batches: u64,
    answered: u64,
    submissions: u64,
    interested: u64,
    /// Both sides answer, and nobody called it off before.
    bookable: u64,
    booked: u64,
    booked_of_bookable: u64,
    letters_to_client: Vec<u32>,
    letters_to_candidate: Vec<u32>,
    all_to_client: Vec<u32>,
    all_to_candidate: Vec<u32>,
    rounds: Vec<u32>,
    hours: Vec<u32>,
    left: BTreeMap<String, u64>,
    left_of_bookable: u64,
    left_after_booking: u64,
    outcomes: BTreeMap<&'static str, u64>,
    pub(super) wrong_decisions: u64,
    harm: u64,
    harmed: Vec<String>,
}

/// What a run came to.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The seed: the same one tells the same story.
    pub seed: u64,
    /// Batches handed in.
    pub batches: u64,
    /// Candidates put forward in them.
    pub submissions: u64,
    /// Share of batches on which the client said anything.
    pub response_rate: f64,
    /// Decisions that took effect and were never meant.
    pub decisions_misread: u64,
    /// Candidates somebody wanted to meet.
    pub interested: u64,
    /// Of these: both sides answer mail, and nobody called it off.
    pub bookable: u64,
    /// Interviews booked without a person.
    pub booked: u64,
    /// Of the bookable ones.
    pub booked_share: f64,
    /// Letters to each side up to the invitation, it included: median.
    pub letters_to_client: u32,
    /// The same for the candidate.
    pub letters_to_candidate: u32,
    /// With reminders, moves and the question afterwards: median.
    pub all_letters_to_client: u32,
    /// The same for the candidate.
    pub all_letters_to_candidate: u32,
    /// Mean of offers that led to nothing, per booked interview.
    pub rounds: f64,
    /// From the batch's submission to the interview: median.
    pub days_to_interview: f64,
    /// Of the bookable ones, left to a recruiter before anything was booked.
    pub left_to_recruiter_share: f64,
    /// Of the bookable ones, booked and then left to a recruiter: a part of [`Report::booked_share`].
    pub left_after_booking_share: f64,
    /// Why.
    pub left_to_recruiter: BTreeMap<String, u64>,
    /// How interviews ended.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Bookings at a time that somebody never gave.
    pub harm: u64,
    /// The first of them.
    pub harmed: Vec<String>,
}

impl Figures {
    pub(super) fn harm(&mut self, story: String) {
        self.harm += 1;
        if self.harmed.len() < TOLD {
            self.harmed.push(story);
        }
    }

    pub(super) fn count(&mut self, case: &Case, people: &[Person]) {
        let answers = |at: usize| people.get(at).is_some_and(|person| person.temper != Temper::Silent);
        self.batches += 1;
        self.answered += u64::from(case.first_answer.is_some());
        self.submissions += case.trials.len() as u64;
        for trial in &case.trials {
            if let Some(status) = trial.ended {
                *self.outcomes.entry(status.name()).or_default() += 1;
            }
            if trial.interested.is_none() {
                continue;
            }
            self.interested += 1;
            let all_answer = answers(case.contact) && answers(trial.candidate) && case.interviewers.iter().all(|at| answers(*at));
            let bookable = all_answer && (trial.booked.is_some() || !trial.given_up);
            self.bookable += u64::from(bookable);
            if let Some(why) = trial.left.as_ref().filter(|_| bookable) {
                let why = if trial.booked.is_some() {
                    self.left_after_booking += 1;
                    format!("{why} (after it was booked)")
                } else {
                    self.left_of_bookable += 1;
                    why.clone()
                };
                *self.left.entry(why).or_default() += 1;
            }
            let Some((_, slot)) = trial.booked else { continue };
            self.booked += 1;
            self.booked_of_bookable += u64::from(bookable);
            let [client, candidate, ..] = trial.to_booking;
            self.letters_to_client.push(client + 1);
            self.letters_to_candidate.push(candidate + 1);
            let [client, candidate, ..] = trial.letters;
            self.all_to_client.push(client);
            self.all_to_candidate.push(candidate);
            self.rounds.push(u32::from(trial.rounds));
            let hours = (slot.start - case.handed_in).num_hours();
            self.hours.push(u32::try_from(hours).unwrap_or(0));
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.batches += other.batches;
        self.answered += other.answered;
        self.submissions += other.submissions;
        self.interested += other.interested;
        self.bookable += other.bookable;
        self.booked += other.booked;
        self.booked_of_bookable += other.booked_of_bookable;
        self.letters_to_client.extend(other.letters_to_client);
        self.letters_to_candidate.extend(other.letters_to_candidate);
        self.all_to_client.extend(other.all_to_client);
        self.all_to_candidate.extend(other.all_to_candidate);
        self.rounds.extend(other.rounds);
        self.hours.extend(other.hours);
        for (why, count) in other.left {
            *self.left.entry(why).or_default() += count;
        }
        self.left_of_bookable += other.left_of_bookable;
        self.left_after_booking += other.left_after_booking;
        for (how, count) in other.outcomes {
            *self.outcomes.entry(how).or_default() += count;
        }
        self.wrong_decisions += other.wrong_decisions;
        self.harm += other.harm;
        let room = TOLD.saturating_sub(self.harmed.len());
        self.harmed.extend(other.harmed.into_iter().take(room));
    }

    pub(super) fn report(mut self, seed: u64) -> Report {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { to_float(part) / to_float(whole) };
        let rounds: u64 = self.rounds.iter().copied().map(u64::from).sum();
        Report {
            seed,
            batches: self.batches,
            submissions: self.submissions,
            response_rate: share(self.answered, self.batches),
            decisions_misread: self.wrong_decisions,
            interested: self.interested,
            bookable: self.bookable,
            booked: self.booked,
            booked_share: share(self.booked_of_bookable, self.bookable),
            letters_to_client: median(&mut self.letters_to_client),
            letters_to_candidate: median(&mut self.letters_to_candidate),
            all_letters_to_client: median(&mut self.all_to_client),
            all_letters_to_candidate: median(&mut self.all_to_candidate),
            rounds: share(rounds, self.booked),
            days_to_interview: f64::from(median(&mut self.hours)) / 24.0,
            left_to_recruiter_share: share(self.left_of_bookable, self.bookable),
            left_after_booking_share: share(self.left_after_booking, self.bookable),
            left_to_recruiter: self.left,
            outcomes: self.outcomes,
            harm: self.harm,
            harmed: self.harmed,
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn to_float(count: u64) -> f64 {
    count as f64
}

fn median(all: &mut [u32]) -> u32 {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(0)
}

impl Report {
    /// For a person to read.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        writeln!(out, "{} batches, {} candidates, seed {}", self.batches, self.submissions, self.seed)?;
        writeln!(out, "clients who answered             {}", percent(self.response_rate))?;
        writeln!(out, "decisions misread                {}", self.decisions_misread)?;
        writeln!(out, "wanted for an interview          {}", self.interested)?;
        writeln!(out, "  of which both sides answer     {}", self.bookable)?;
        writeln!(out, "  booked without a person        {}", percent(self.booked_share))?;
        writeln!(
            out,
            "    later left to a recruiter    {} (counted among the booked)",
            percent(self.left_after_booking_share)
        )?;
        writeln!(out, "  left to a recruiter unbooked   {}", percent(self.left_to_recruiter_share))?;
        writeln!(
            out,
            "letters up to the invitation     {} to the client, {} to the candidate (median)",
            self.letters_to_client, self.letters_to_candidate
        )?;
        writeln!(
            out,
            "letters in all                   {} to the client, {} to the candidate (median)",
            self.all_letters_to_client, self.all_letters_to_candidate
        )?;
        writeln!(out, "offers in vain                   {:.2} for each interview", self.rounds)?;
        writeln!(out, "from submission to interview     {:.1} days (median)", self.days_to_interview)?;
        writeln!(out, "booked at a time nobody gave     {}", self.harm)?;
        for (status, count) in &self.outcomes {
            writeln!(out, "interviews {status:<21} {count}")?;
        }
        let mut left: Vec<_> = self.left_to_recruiter.iter().collect();
        left.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (why, count) in left {
            writeln!(out, "left to a recruiter {count:>6}: {why}")?;
        }
        for story in &self.harmed {
            writeln!(out, "harm: {story}")?;
        }
        Ok(())
    }
}
