//! What a recruiter orders by mail: some of it is done at once, what writes to others rests, all of it can be taken back. What was read with less
//! than full sureness is put to them, and nothing of it is done before they say yes.

use chrono::Duration;

use super::Turn;
use crate::conversation::{BeforePause, Command, Content, Deadline, Driver, Effect, Letter, Notice, Ordered, Party, Proposed, Stood};
use crate::model::{Mailbox, MessageId, SubmissionId};

/// What a mail says beside its commands.
#[derive(Default)]
pub(super) struct Echo {
    pub(super) proposed: Vec<Command>,
    pub(super) unread: Vec<String>,
    pub(super) told: Vec<(String, Vec<String>)>,
    pub(super) undo: bool,
    /// They said yes to what was put to them, with what stands against it.
    pub(super) agreed: bool,
    pub(super) answers: Option<MessageId>,
}

impl Turn {
    /// The mail is echoed to whoever wrote it: what was read, what follows when, what was not understood. A note alone needs no answer.
    pub(super) fn ordered(&mut self, recruiter: u8, commands: Vec<Command>, echo: Echo) {
        let Echo {
            mut proposed,
            unread,
            told,
            undo,
            agreed,
            answers,
        } = echo;
        let by = self.recruiter_name(recruiter);
        let (against, commands) = if agreed {
            (Vec::new(), commands)
        } else {
            self.what_is_put_first(commands)
        };
        proposed.splice(0..0, against);
        let undone = undo.then(|| self.take_back(recruiter, &by));
        let quiet = undone.is_none()
            && told.is_empty()
            && unread.is_empty()
            && proposed.is_empty()
            && commands.iter().all(|one| matches!(one, Command::Note { .. }));
        let (resting, done): (Vec<Command>, Vec<Command>) = commands.into_iter().partition(Command::rests);
        let before_pause = done
            .iter()
            .any(|one| matches!(one, Command::Pause { .. }))
            .then(|| self.before_pause());
        let mut changed = Vec::new();
        for command in &done {
            if !self.is_so_already(command) {
                changed.push(command.clone());
            }
            self.steered(&by, command.clone());
        }
        self.tell_others_who_drives(recruiter);
        let before_pause = before_pause.map(|before| BeforePause {
            paused_until: self.c.chase.away_until,
            ..before
        });
        let until = (!resting.is_empty()).then(|| self.now + Duration::minutes(i64::from(self.c.policy.grace_order_min)));
        if !(resting.is_empty() && done.is_empty()) {
            self.c.ordered.push(Ordered {
                recruiter,
                done: changed,
                before_pause,
                resting: resting.clone(),
                until: until.unwrap_or(self.now + Duration::minutes(i64::from(self.c.policy.grace_order_min))),
                stood: resting.iter().filter_map(|one| self.stood(one.submission()?)).collect(),
            });
            self.schedule_orders();
        }
        if !resting.is_empty() {
            let detail = format!(
                "{by} ordered by mail, and can take it back until {}",
                self.c.batch.contact.zone.spelled(until.unwrap_or(self.now))
            );
            self.record("ordered", None, detail);
            // An answer that came another way ends the waiting for one.
            if resting
                .iter()
                .any(|one| matches!(one, Command::Decide { .. } | Command::Times { .. } | Command::Book { .. }))
            {
                self.heard_from_person();
            }
        }
        self.propose(recruiter, &by, &proposed);
        if !unread.is_empty() {
            self.record_words(
                "order_unclear",
                None,
                format!("{by} wrote what was not understood: they were asked"),
                unread.join("\n"),
            );
        }
        if quiet {
            return;
        }
        let says = Notice::Ordered {
            done,
            resting,
            until,
            undone,
            proposed,
            unread,
            told,
        };
        self.answer(recruiter, says, answers);
    }

    /// What turns round a decision that counts is put to them first, with whatever else they order of the same candidate.
    fn what_is_put_first(&self, commands: Vec<Command>) -> (Vec<Command>, Vec<Command>) {
        let disputed: Vec<SubmissionId> = commands
            .iter()
            .filter_map(|one| Some(self.c.objection(one, self.now)?.submission))
            .collect();
        let waits = |one: &Command| one.rests() && one.submission().is_some_and(|id| disputed.contains(&id));
        commands.into_iter().partition(waits)
    }

    /// Whoever took over by mail reads so in the answer to that mail; the notice is for the other recruiters.
    fn tell_others_who_drives(&mut self, recruiter: u8) {
        let is_theirs =
            |letter: &Letter| letter.to == Party::Recruiter(recruiter) && matches!(letter.says, Content::Notice(Notice::Driver { .. }));
        self.effects
            .retain(|effect| !matches!(effect, Effect::Send(letter) if is_theirs(letter)));
    }

    /// Keeps what is put to a recruiter; what was put to them before is no longer waited for.
    fn propose(&mut self, recruiter: u8, by: &str, commands: &[Command]) {
        if commands.is_empty() {
            return;
        }
        self.c.proposed.retain(|one| one.recruiter != recruiter);
        self.c.proposed.push(Proposed {
            recruiter,
            commands: commands.to_vec(),
            stood: self.all_stood(commands),
        });
        self.record("order_proposed", None, format!("{by} was asked whether their mail was read right"));
    }

    /// A recruiter's yes does exactly what was put to them, unless something else happened meanwhile; their no drops it.
    pub(super) fn order_answered(&mut self, recruiter: u8, proposed: &[Command], yes: bool, answers: Option<MessageId>) {
        let by = self.recruiter_name(recruiter);
        let of_it = |one: &Proposed| one.recruiter == recruiter && one.commands == proposed;
        let kept = self.c.proposed.iter().position(of_it).map(|at| self.c.proposed.remove(at));
        let holds = kept.is_some_and(|kept| kept.stood == self.all_stood(&kept.commands));
        if yes && holds {
            let echo = Echo {
                agreed: true,
                answers,
                ..Echo::default()
            };
            return self.ordered(recruiter, proposed.to_vec(), echo);
        }
        let why = if yes {
            "said yes to what does not hold any more"
        } else {
            "said no to what was read in their mail"
        };
        self.record("order_dropped", None, format!("{by} {why}"));
        let says = if yes {
            Notice::NotDone {
                why: "it was done before, or something else happened since it was put to you; order it again if it still holds".to_owned(),
            }
        } else {
            Notice::Ordered {
                done: Vec::new(),
                resting: Vec::new(),
                until: None,
                undone: Some(proposed.to_vec()),
                proposed: Vec::new(),
                unread: Vec::new(),
                told: Vec::new(),
            }
        };
        self.answer(recruiter, says, answers);
    }

    fn answer(&mut self, recruiter: u8, says: Notice, answers: Option<MessageId>) {
        self.effects.push(Effect::Send(Letter {
            answers,
            ..Letter::new(Party::Recruiter(recruiter), Content::Notice(says))
        }));
    }

    fn all_stood(&self, commands: &[Command]) -> Vec<Stood> {
        commands.iter().filter_map(|one| self.stood(one.submission()?)).collect()
    }

    /// What rests of one recruiter is not done, and what was done at once is reversed.
    fn take_back(&mut self, recruiter: u8, by: &str) -> Vec<Command> {
        let Some(at) = self.c.ordered.iter().rposition(|one| one.recruiter == recruiter) else {
            return Vec::new();
        };
        let Ordered {
            done,
            resting,
            before_pause,
            ..
        } = self.c.ordered.remove(at);
        let mut before_pause = before_pause.unwrap_or_default();
        self.schedule_orders();
        let mut undone = resting;
        for command in done.into_iter().rev() {
            match command {
                Command::Take => self.steered(by, Command::Release),
                Command::Pause { .. } => self.paused_no_longer(std::mem::take(&mut before_pause)),
                Command::StopChase => {
                    self.c.chase.stopped = false;
                    self.heard_from_person();
                }
                Command::Answered => {
                    self.c.chase.with_recruiter = true;
                    self.schedule_chase();
                }
                // A note stays: the timeline forgets nothing.
                Command::Note { .. }
                | Command::Release
                | Command::Reach
                | Command::GoOn { .. }
                | Command::Decide { .. }
                | Command::Undecide { .. }
                | Command::Times { .. }
                | Command::Book { .. }
                | Command::Rearrange { .. }
                | Command::CallOff { .. }
                | Command::Withdraw { .. }
                | Command::Readdress { .. }
                | Command::Resend { .. }
                | Command::Correct { .. }
                | Command::Feedback { .. } => continue,
            }
            undone.push(command);
        }
        self.record("order_undone", None, format!("{by} took back what they ordered by mail"));
        undone
    }

    /// It changes nothing, so there is nothing to take back.
    fn is_so_already(&self, command: &Command) -> bool {
        let took = *command == Command::Take && self.c.driver == Driver::Recruiter;
        let answered = *command == Command::Answered && !self.c.chase.with_recruiter;
        took || answered || *command == Command::StopChase && self.c.chase.stopped
    }

    fn before_pause(&self) -> BeforePause {
        BeforePause {
            away_until: self.c.chase.away_until,
            paused_until: None,
            deadlines: self
                .c
                .deadlines
                .iter()
                .filter(|(deadline, _)| matches!(deadline, Deadline::Interview(..)))
                .collect(),
        }
    }

    /// It goes on as before a pause: what is waited for still comes up when it would have, or now.
    fn paused_no_longer(&mut self, before: BeforePause) {
        // What somebody else said or moved since stays as it is.
        if before.paused_until.is_some() && self.c.chase.away_until != before.paused_until {
            return;
        }
        self.c.chase.away_until = before.away_until.filter(|until| *until > self.now);
        for (deadline, at) in before.deadlines {
            if self.c.deadlines.get(deadline).is_some_and(|moved| moved > at) {
                self.c.deadlines.set(deadline, at.max(self.now));
            }
        }
        self.schedule_chase();
    }

    /// Whoever takes over has not handed back, whatever rested.
    pub(super) fn forget_handing_back(&mut self) {
        for one in &mut self.c.ordered {
            one.resting.retain(|command| *command != Command::Release);
        }
        self.c.ordered.retain(|one| !(one.done.is_empty() && one.resting.is_empty()));
        self.schedule_orders();
    }

    pub(super) fn orders_due(&mut self) {
        let now = self.now;
        while let Some(at) = self.c.ordered.iter().position(|one| one.until <= now) {
            let ordered = self.c.ordered.remove(at);
            let by = self.recruiter_name(ordered.recruiter);
            let changed: Vec<SubmissionId> = ordered
                .stood
                .iter()
                .filter(|before| self.stood(before.submission).as_ref() != Some(before))
                .map(|before| before.submission)
                .collect();
            let mut leaving = self.change_places(&ordered.resting, &changed);
            for command in ordered.resting {
                // To whatever else the mail orders the times are taken as they stand.
                let books = matches!(command, Command::Book { .. });
                self.c.leaving = if books { leaving.clone() } else { Vec::new() };
                match command.submission().filter(|id| changed.contains(id)) {
                    // Somebody spoke after the recruiter: their word is not overruled by an older order.
                    Some(id) => self.not_done(
                        id,
                        "something else happened before it was carried out; order it again if it still holds",
                    ),
                    None => self.steered(&by, command),
                }
                if books {
                    leaving.clone_from(&self.c.leaving);
                }
            }
            self.c.leaving.clear();
            // What others said meanwhile stays a reason against the orders behind it.
            let own: Vec<Stood> = ordered.stood.into_iter().filter(|one| !changed.contains(&one.submission)).collect();
            self.expect_own_changes(&own);
        }
        self.schedule_orders();
    }

    /// What an order changed is no reason against the orders behind it.
    fn expect_own_changes(&mut self, of: &[Stood]) {
        let now: Vec<Stood> = of.iter().filter_map(|one| self.stood(one.submission)).collect();
        for before in self.c.ordered.iter_mut().flat_map(|one| &mut one.stood) {
            if let Some(as_it_is) = now.iter().find(|one| one.submission == before.submission) {
                *before = as_it_is.clone();
            }
        }
    }

    fn stood(&self, id: SubmissionId) -> Option<Stood> {
        let one = self.c.submission(id)?;
        Some(Stood {
            submission: id,
            decision: one.decision(),
            settled: one.settled,
            booked: one.interview.as_ref().and_then(|interview| interview.booked),
            ended: one.status.has_ended(),
        })
    }

    fn schedule_orders(&mut self) {
        match self.c.ordered.iter().map(|one| one.until).min() {
            Some(at) => self.c.deadlines.set(Deadline::Orders, at),
            None => {
                self.c.deadlines.clear(Deadline::Orders);
            }
        }
    }

    fn recruiter_name(&self, recruiter: u8) -> String {
        let mailbox = self.c.batch.recruiters.get(usize::from(recruiter));
        mailbox.map_or_else(|| "a recruiter".to_owned(), Mailbox::shown)
    }
}
