//! What a recruiter does by hand.

use super::Turn;
use crate::conversation::{Command, Deadline, Driver, Notice, Status, Wanted};
use crate::model::Decision;

impl Turn {
    pub(super) fn steered(&mut self, by: &str, command: Command) {
        match command {
            Command::Take => self.set_driver(by, Driver::Recruiter),
            Command::Release => self.set_driver(by, Driver::Bot),
            Command::Decide {
                submission,
                decision,
                reasons,
            } => {
                let wanted = Wanted {
                    submission,
                    decision,
                    condition: None,
                    follow_up: None,
                };
                self.keep_reasons(submission, &reasons, "");
                self.rest_until(&wanted, self.now, &format!("{by} for the client"), "");
                // A recruiter's word needs no grace period, also when the client's own rests already.
                if self.c.submission(submission).is_some_and(|one| one.resting.is_some()) {
                    self.c.deadlines.clear(Deadline::TakeEffect(submission));
                    self.take_effect(submission);
                }
                // Also after it was called off, or left to a person because of a condition.
                if decision == Decision::Interested && self.c.submission(submission).is_some_and(|one| one.status == Status::Interested) {
                    self.arrange(submission);
                }
                self.c.chase.with_recruiter = false;
                self.schedule_chase();
            }
            Command::Reach => {
                self.c.client_unreachable = false;
                self.record("reachable", None, format!("{by}: the client's address works again"));
                self.tell_what_was_held_back();
                self.schedule_chase();
            }
            Command::GoOn { submission, yes, without } => self.go_on(by, submission, yes, &without),
            Command::Note { text } => self.record_words("note", None, format!("note by {by}"), text),
        }
    }

    fn set_driver(&mut self, by: &str, driver: Driver) {
        if driver == Driver::Bot {
            // Whatever the recruiter owed is taken as given.
            self.c.chase.with_recruiter = false;
            self.c.unclear_running = 0;
        }
        if self.c.driver == driver {
            if driver == Driver::Bot {
                self.hand_back_interviews();
            }
            self.schedule_chase();
            return;
        }
        self.c.driver = driver;
        let taken = driver == Driver::Recruiter;
        if taken {
            self.forget_asked_back();
        }
        self.record(
            if taken { "taken" } else { "released" },
            None,
            format!("{by} {}", if taken { "drives" } else { "handed back" }),
        );
        if !taken {
            self.tell_what_was_held_back();
            self.hand_back_interviews();
            self.heard_from_person();
        }
        self.tell_recruiters(&Notice::Driver { taken });
    }
}
