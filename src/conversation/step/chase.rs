//! The chase: nudges in the reader's business hours, the recruiter told, the case escalated.

use chrono::{Duration, NaiveDate};

use super::Turn;
use crate::calendar::Zone;
use crate::conversation::{Content, Deadline, Driver, Effect, Notice, Party, Urge};
use crate::model::{Decision, Reference, SubmissionId, Timestamp};

impl Turn {
    /// A person at the client said or did something: waiting starts anew.
    pub(super) fn heard_from_person(&mut self) {
        self.c.chase.since = Some(self.now);
        self.c.chase.step = 0;
        self.c.deadlines.clear(Deadline::Backup);
        self.c.chase.away_until = self.c.chase.away_until.filter(|until| *until > self.now);
        self.schedule_chase();
    }

    /// Sets the next step of the chase, or clears it when nothing is open.
    pub(super) fn schedule_chase(&mut self) {
        let at = self.next_chase();
        match at {
            Some(at) => self.c.deadlines.set(Deadline::Chase, at),
            None => {
                self.c.deadlines.clear(Deadline::Chase);
            }
        }
    }

    fn next_chase(&self) -> Option<Timestamp> {
        let (chase, policy) = (&self.c.chase, &self.c.policy);
        let waits = self.c.open().next().is_some() || chase.with_recruiter;
        let step = usize::from(chase.step);
        let hours = *policy.chase_hours.get(step)?;
        // Counted from the step before, so that an absence or a quiet night moves all that follows.
        let before = step
            .checked_sub(1)
            .and_then(|step| policy.chase_hours.get(step))
            .copied()
            .unwrap_or(0);
        let since = chase.since.filter(|_| waits)?;
        Some(self.polite_after(since, hours.saturating_sub(before)))
    }

    /// So many hours of the client's business time after `since`, not while they are away, at an hour at which they may be written to.
    pub(super) fn polite_after(&self, since: Timestamp, hours: u32) -> Timestamp {
        let (business, zone) = (&self.c.policy.business, self.c.batch.contact.zone);
        let due = business_wait(since, hours, |from, days| business.business_days_after(from, days, zone));
        let due = self.c.chase.away_until.map_or(due, |until| due.max(until));
        self.next_polite(due.max(self.now))
    }

    pub(super) fn chase_due(&mut self) {
        // Whoever did not say what they meant is not reminded of the question: a person takes over.
        if self.c.deadlines.get(Deadline::AskedBack).is_some_and(|at| at <= self.now) {
            self.asked_back_due();
            self.schedule_chase();
            return;
        }
        let open = self.c.open_ids();
        if open.is_empty() && !self.c.chase.with_recruiter {
            return;
        }
        let step = usize::from(self.c.chase.step);
        let Some(hours) = self.c.policy.chase_hours.get(step).copied() else {
            return;
        };
        let nudges = self.c.nudges_next();
        if nudges && let Err(later) = self.may_write(Urge::Reminder) {
            self.c.deadlines.set(Deadline::Chase, later);
            return;
        }
        if nudges {
            let also = self.c.also_asks(self.now);
            let with = match also.len() {
                0 => String::new(),
                1 => ", which also asks about another batch".to_owned(),
                others => format!(", which also asks about {others} other batches"),
            };
            let round = self.nudged(&with);
            self.send(Party::Client, Content::Nudge { round, open, also }, None);
        }
        self.step_taken(step, hours, nudges);
    }

    /// The reminder of this batch that is due today left in a letter of another batch of the same reader.
    pub(super) fn nudged_along(&mut self, with: &Reference) {
        let step = usize::from(self.c.chase.step);
        let hours = self.c.policy.chase_hours.get(step).copied();
        let Some(hours) = hours.filter(|_| self.c.nudges_next()) else {
            return;
        };
        self.nudged(&format!(", in one letter with {with}"));
        self.step_taken(step, hours, true);
    }

    /// Counts a reminder.
    fn nudged(&mut self, with: &str) -> u8 {
        self.c.chase.nudges = self.c.chase.nudges.saturating_add(1);
        let round = self.c.chase.nudges;
        self.record("nudged", None, format!("reminder {round} to the client{with}"));
        round
    }

    /// A step of the chase is taken: recruiters are told where it says so, and the next step is waited for.
    fn step_taken(&mut self, step: usize, hours: u32, nudged: bool) {
        let last = step + 1 >= self.c.policy.chase_hours.len();
        if step > 0 || last || !nudged {
            let detail = match (self.c.waits_for_recruiter(), last) {
                (true, _) => "reminded the recruiter: the client waits for their answer",
                (false, true) => "escalated: nobody answered",
                (false, false) => "told the recruiter: nobody answered",
            };
            self.record("stale", None, detail.to_owned());
            if last {
                self.plan_backup();
            }
            self.tell_recruiters(&Notice::Stale { hours, escalated: last });
            if last {
                self.effects.push(Effect::Escalate { hours });
            }
        }
        self.c.chase.step = self.c.chase.step.saturating_add(1);
        self.c.chase.since = Some(self.now);
        self.schedule_chase();
    }

    /// Recruiters and leads hear of it now, and may object until then.
    fn plan_backup(&mut self) {
        if self.c.backup().is_some() && !self.c.chase.with_recruiter && self.c.open().next().is_some() {
            let at = self.polite_after(self.now, self.c.policy.backup_hours);
            self.c.deadlines.set(Deadline::Backup, at);
        }
    }

    /// Nobody answered, and nobody who was told objected: the batch turns to the backup contact, and the chase begins anew. Taking over, ordering
    /// no more reminders, owing the client an answer, and any word of a person are objections.
    pub(super) fn backup_due(&mut self) {
        let objected = self.c.chase.stopped || self.c.chase.with_recruiter || self.c.driver == Driver::Recruiter;
        let Some(backup) = self.c.backup().filter(|_| !objected) else {
            return;
        };
        if self.c.open().next().is_none() {
            return;
        }
        let name = backup.mailbox.shown();
        let mut with_backup = self.c.clone();
        with_backup.turn_to_backup();
        let tomorrow = with_backup.next_polite(Party::Client, self.now + Duration::hours(24));
        if let Err(later) = with_backup.may_go(Party::Client, Urge::Question, self.now).now_or(tomorrow) {
            self.c.deadlines.set(Deadline::Backup, later);
            return;
        }
        let detail = format!(
            "{} does not answer: turned to {name}, whom the batch names as backup",
            self.client_name()
        );
        self.c = with_backup;
        self.c.deadlines.clear(Deadline::Chase);
        self.forget_asked_back();
        self.record("backup_asked", None, detail);
        self.send(Party::Client, Content::Submission, None);
    }

    pub(super) fn schedule_follow_up(&mut self, id: SubmissionId, on: Option<NaiveDate>) {
        let (policy, zone) = (&self.c.policy, self.c.batch.contact.zone);
        let at = match on {
            Some(day) => policy.business.opening_on_or_after(day, zone).max(self.now),
            None => policy.business.business_days_after(self.now, policy.maybe_days, zone),
        };
        self.c.deadlines.set(Deadline::FollowUp(id), self.next_polite(at));
    }

    pub(super) fn follow_up_due(&mut self, id: SubmissionId) {
        let Some(submission) = self.c.submission(id) else { return };
        if submission.settled != Some(Decision::Maybe) || submission.resting.is_some() || self.c.chase.stopped {
            return;
        }
        if let Err(later) = self.may_write(Urge::Reminder) {
            self.c.deadlines.set(Deadline::FollowUp(id), later);
            return;
        }
        self.record("followed_up", Some(id), "asked again about a Maybe".to_owned());
        self.send(Party::Client, Content::FollowUp { submission: id }, None);
    }

    /// "Will read it on Monday": nothing goes out before the working day after that.
    pub(super) fn pause_until(&mut self, on: Option<NaiveDate>, words: &str) {
        let until = self.working_day_after(on);
        self.c.chase.away_until = Some(until);
        let detail = format!("the chase pauses until {}", self.c.batch.contact.zone.spelled(until));
        self.record_words("paused", None, detail, words.to_owned());
        self.schedule_chase();
    }

    /// The opening of the next working day after `on`; two working days from now when no day was named.
    pub(super) fn working_day_after(&self, on: Option<NaiveDate>) -> Timestamp {
        self.working_day_in(self.c.batch.contact.zone, on)
    }

    /// The same where somebody else lives.
    pub(super) fn working_day_in(&self, zone: Zone, on: Option<NaiveDate>) -> Timestamp {
        let hours = &self.c.policy.business;
        match on {
            Some(day) => hours.business_days_after(zone.at_or_after(day, hours.from), 1, zone),
            None => hours.business_days_after(self.now, 2, zone),
        }
    }

    /// Whether the client may get a letter nobody asked for now, else from when on. While none leaves at all it is looked at again tomorrow.
    pub(super) fn may_write(&self, urge: Urge) -> Result<(), Timestamp> {
        let tomorrow = self.next_polite(self.now + Duration::hours(24));
        self.c.may_go(Party::Client, urge, self.now).now_or(tomorrow)
    }

    /// Whether letters to the client leave at all.
    pub(super) fn writes_to_client(&self) -> bool {
        !self.holds_back(Party::Client)
    }

    pub(super) fn next_polite(&self, at: Timestamp) -> Timestamp {
        self.c.next_polite(Party::Client, at)
    }
}

/// A "day" of 24 hours is a working day: adds whole working days, then the hours that are left over.
pub(super) fn business_wait(since: Timestamp, hours: u32, days_after: impl Fn(Timestamp, u32) -> Timestamp) -> Timestamp {
    let (days, rest) = (hours / 24, hours % 24);
    let start_of_day = days_after(since, days);
    // The time of day is kept: asked at 15:00, reminded at 15:00.
    let same_time = if days == 0 {
        since
    } else {
        start_of_day + time_into_day(since, start_of_day)
    };
    same_time + Duration::hours(i64::from(rest))
}

/// How far `since` lies into its own day, seen from an opening at the same wall-clock time; never negative.
fn time_into_day(since: Timestamp, opening: Timestamp) -> Duration {
    let day = Duration::days(1).num_seconds();
    Duration::seconds((since - opening).num_seconds().rem_euclid(day))
}
