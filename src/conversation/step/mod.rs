//! `step`: one event, one transition. Each file holds what one kind of event does.

mod answer;
mod arrange;
mod asked_back;
mod booked;
mod chase;
mod clocks;
mod decide;
mod erased;
mod feedback;
mod mail;
mod ordered;
mod panel;
mod places;
mod press;
mod reasons;
mod seated;
mod spoken;
mod steer;
mod unread;

use ordered::Echo;

use super::{Author, Content, Conversation, Deadline, Effect, Entry, Event, Letter, Notice, Party, Side, Status, Submission, Transition};
use crate::model::{MessageId, Slot, SubmissionId, Timestamp};

/// What follows when `event` happens to `conversation` at `now`.
///
/// Every event is answered in every state. The same event twice does no more than once.
#[must_use]
pub fn step(conversation: &Conversation, event: Event, now: Timestamp) -> Transition {
    let mut turn = Turn {
        c: conversation.clone(),
        now,
        effects: Vec::new(),
        by_calendar: false,
        by: Author::of(&event, conversation),
        books: None,
    };
    match event {
        Event::Submitted => turn.submitted(),
        Event::SubmissionSent => turn.submission_sent(),
        Event::Viewed { submission } => turn.viewed(submission),
        Event::Replied { by, standing, reply, via } => turn.replied(by, standing, reply, &via),
        Event::Undone { submission, visit } => turn.undone(submission, &visit),
        Event::Confirmed { message, yes } => turn.confirm_pressed(message, yes),
        Event::GoOnPressed(said) => turn.go_on_pressed(said),
        Event::AutoReplied { until, substitute, gone } => turn.auto_replied(until, substitute, gone),
        Event::CandidateAway { submission, until } => turn.side_away(submission, Side::Candidate, until),
        Event::InterviewerAway {
            submission,
            interviewer,
            until,
        } => turn.side_away(submission, Side::Interviewer(interviewer), until),
        Event::CounterUnread {
            submission,
            by,
            why,
            words,
        } => turn.counter_unread(submission, by, why, words),
        Event::ZoneRulesChanged { submission } => turn.zone_rules_changed(submission),
        Event::NeedsPerson {
            why,
            words,
            owed_to_client,
        } => turn.needs_person(why, words, owed_to_client),
        Event::Erased { who } => turn.erased(who),
        Event::Undeliverable {
            to,
            status,
            address_is_bad,
        } => turn.undeliverable(to, status, address_is_bad),
        Event::LetterDied { to, why, refused } => turn.letter_died(to, why, refused),
        Event::FreshLinkAsked => turn.fresh_link_asked(),
        Event::CvCodeAsked { code, until } => turn.cv_code_asked(code, until),
        Event::CvsOpened => turn.cvs_opened(),
        Event::InterviewLinkAsked { submission, by } => turn.interview_link_asked(submission, by),
        Event::NudgedAlong { with } => turn.nudged_along(&with),
        Event::Steered { by, command } => turn.steered(&by, command),
        Event::Ordered {
            recruiter,
            commands,
            proposed,
            unread,
            told,
            undo,
            answers,
        } => turn.ordered(
            recruiter,
            commands,
            Echo {
                proposed,
                unread,
                told,
                undo,
                agreed: false,
                answers,
            },
        ),
        Event::OrderAnswered {
            recruiter,
            proposed,
            yes,
            answers,
        } => turn.order_answered(recruiter, &proposed, yes, answers),
        Event::DeadlinePassed(deadline) => turn.deadline_passed(deadline),
    }
    turn.note_told_zones();
    Transition {
        conversation: turn.c,
        effects: turn.effects,
    }
}

/// A step under way.
struct Turn {
    c: Conversation,
    now: Timestamp,
    effects: Vec<Effect>,
    /// It is a calendar that speaks: what it proposes is answered by one.
    by_calendar: bool,
    /// Whose doing it is.
    by: Author,
    /// The time a recruiter agrees just now: a yes goes with it.
    books: Option<Slot>,
}

/// How many instants [`super::Written`] keeps of each kind.
const REMEMBERED: usize = 10;
/// Receipts for presses within an hour: a whole batch, button by button, and some changes of mind.
const HOURLY_RECEIPTS: usize = 20;

impl Turn {
    fn submitted(&mut self) {
        let names = self
            .c
            .batch
            .candidates
            .iter()
            .map(|one| one.mailbox.name.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let detail = format!("{names} put forward to {} for {}", self.c.batch.client, self.c.batch.project.title);
        self.record("submitted", None, detail);
        self.send(Party::Client, Content::Submission, None);
    }

    fn submission_sent(&mut self) {
        for submission in &mut self.c.submissions {
            if submission.status == Status::Queued {
                submission.status = Status::Sent;
                submission.put_forward_at = Some(self.now);
            }
        }
        if self.c.chase.since.is_none() {
            self.c.chase.since = Some(self.now);
        }
        self.record("sent", None, "the client's mail server took the letter".to_owned());
        self.schedule_chase();
    }

    fn viewed(&mut self, submission: Option<SubmissionId>) {
        self.mark_viewed(submission);
        self.record("viewed", submission, "a person at the client looked".to_owned());
        self.heard_from_person();
    }

    fn cvs_opened(&mut self) {
        self.mark_viewed(None);
        self.record("cvs_opened", None, "the CVs were opened after a code".to_owned());
        self.heard_from_person();
    }

    fn mark_viewed(&mut self, submission: Option<SubmissionId>) {
        for one in &mut self.c.submissions {
            let meant = submission.is_none_or(|id| id == one.id);
            if meant && matches!(one.status, Status::Queued | Status::Sent) {
                one.status = Status::Viewed;
            }
        }
    }

    fn deadline_passed(&mut self, deadline: Deadline) {
        // A deadline that was moved or cleared meanwhile, or that comes twice, is nothing.
        match self.c.deadlines.get(deadline) {
            Some(at) if at <= self.now => self.c.deadlines.clear(deadline),
            Some(_) | None => return,
        };
        match deadline {
            Deadline::TakeEffect(id) => self.take_effect_due(id),
            Deadline::Chase => self.chase_due(),
            Deadline::Backup => self.backup_due(),
            Deadline::FollowUp(id) => self.follow_up_due(id),
            Deadline::AskReasons(id) => self.ask_reasons_due(id),
            Deadline::Receipt => self.receipt_due(),
            Deadline::AskedBack => self.asked_back_due(),
            Deadline::Orders => self.orders_due(),
            Deadline::Interview(id, side) => self.interview_due(id, side),
            Deadline::Picked(id) => self.picked_due(id),
            Deadline::Tell(id, side) => self.tell_due(id, side),
            Deadline::Remind(id) => self.remind_due(id),
            Deadline::After(id) => self.after_interview_due(id),
            Deadline::Feedback(id) => self.feedback_due(id),
            Deadline::Gone(id) => self.gone_due(id),
        }
    }

    /// The first letter with times by the clock that its reader named says so; the next ones do not.
    fn note_told_zones(&mut self) {
        for effect in &self.effects {
            let Effect::Send(letter) = effect else { continue };
            let named = self
                .c
                .named_zones
                .iter_mut()
                .find(|one| one.party == letter.to && one.told.is_none());
            if let Some(named) = named.filter(|_| letter.says.interview().is_some()) {
                named.told = Some(self.now);
            }
        }
    }

    // ---- what every file uses ----

    fn record(&mut self, kind: &'static str, submission: Option<SubmissionId>, detail: String) {
        self.record_words(kind, submission, detail, String::new());
    }

    fn record_words(&mut self, kind: &'static str, submission: Option<SubmissionId>, detail: String, words: String) {
        self.effects.push(Effect::Record(Entry {
            kind,
            submission,
            detail,
            words,
            by: self.by.clone(),
        }));
    }

    /// Sends a letter, unless a recruiter drives, the address is dead, or this would be one automatic answer too many. True when it
    /// leaves.
    fn send(&mut self, to: Party, says: Content, answers: Option<MessageId>) -> bool {
        let to_client = to == Party::Client;
        if self.holds_back(to) {
            return false;
        }
        if to_client && says.is_answer() && self.too_many_answers(answers.is_some()) {
            self.record(
                "loop_stopped",
                None,
                "too many automatic answers within an hour: a person must look".to_owned(),
            );
            self.tell_recruiters(&Notice::NeedsPerson {
                why: "Too many automatic answers went to the client within an hour, so this one was held back.".to_owned(),
                words: String::new(),
            });
            return false;
        }
        if to_client {
            let (list, remembered) = match (says.is_answer(), answers.is_some()) {
                (true, true) => (&mut self.c.written.answers, REMEMBERED),
                (true, false) => (&mut self.c.written.receipts, HOURLY_RECEIPTS),
                (false, _) => (&mut self.c.written.unprompted, REMEMBERED),
            };
            list.push(self.now);
            let surplus = list.len().saturating_sub(remembered);
            list.drain(..surplus);
        }
        self.effects.push(Effect::Send(Letter {
            answers,
            ..Letter::new(to, says)
        }));
        true
    }

    /// Mail answered by mail is how machines get into a loop. A press is made on a page: whoever works through a batch button by
    /// button gets a receipt for each.
    fn too_many_answers(&self, to_mail: bool) -> bool {
        let hour_ago = self.now - chrono::Duration::hours(1);
        let (list, most) = if to_mail {
            (&self.c.written.answers, usize::from(self.c.policy.hourly_answers))
        } else {
            (&self.c.written.receipts, HOURLY_RECEIPTS)
        };
        list.iter().filter(|at| **at > hour_ago).count() >= most
    }

    fn tell_recruiters(&mut self, notice: &Notice) {
        for index in 0..self.c.batch.recruiters.len() {
            let Ok(index) = u8::try_from(index) else { return };
            let says = Content::Notice(notice.clone());
            self.effects.push(Effect::Send(Letter::new(Party::Recruiter(index), says)));
        }
    }

    fn submission_mut(&mut self, id: SubmissionId) -> Option<&mut Submission> {
        self.c.submissions.iter_mut().find(|one| one.id == id)
    }

    fn name_of(&self, id: SubmissionId) -> String {
        self.c
            .candidate(id)
            .map_or_else(|| format!("submission {id}"), |one| one.mailbox.name.to_string())
    }
}
