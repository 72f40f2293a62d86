//! How far each submission has come, and when: what figures count, without the story in between.
//!
//! In: a conversation before and after an event, and the time. Out: the milestones of a submission after it.
//! Never here: a figure; a word about who must know of it: no stage does, it is all read from the states before and after.
//!
//! | milestone | is reached |
//! |---|---|
//! | submitted | when the batch was handed in |
//! | sent | when a server took the letter, or somebody at the client showed that they have it |
//! | viewed | when a person at the client did something on a page or answered at all; never by an image or a GET |
//! | decided | with the first word on the candidate that nobody took back in its grace period; by whatever mouth, also a recruiter's "the client called" |
//! | interested | when the first yes took effect |
//! | booked | when a time was agreed for the first time |
//! | starts | the time that is agreed now: gone while another one is looked for, and when it is called off |
//! | held, no-show, called off | what became of the interview, as far as it has |
//! | passed | when the pass that stands took effect: gone when they change their mind |
//! | explained | with the first reason, or words in place of one, for a pass |
//! | ended | when the submission was withdrawn, or closed undecided |
//!
//! **A person stepped in** when, after a yes took effect and before a time was agreed, a recruiter drove or was asked something that it could
//! not go on without, or when a recruiter (by mail, on the hub or the command line) or a program agreed the first time: whoever books arranged it.
//! What it could not go on without: whether the condition of a yes holds, whether it goes on without a silent interviewer. A question that a
//! recruiter answers beside it is no such step. Where replyd arranges no interviews, nobody steps in.

use serde::Serialize;

use super::{Conversation, Driver, Interview, InterviewStatus, Order, Party, Status, Submission};
use crate::model::{Decision, Reason, SubmissionId, Timestamp};

/// How far a submission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Milestones {
    /// When it was handed in.
    pub submitted: Timestamp,
    /// When the letter reached the client's server.
    pub sent: Option<Timestamp>,
    /// When a person at the client first looked, as far as it shows: whoever decides has looked.
    pub viewed: Option<Timestamp>,
    /// When the client first said what they think.
    pub decided: Option<Timestamp>,
    /// Minutes of the client's business hours from `sent` to `decided`.
    pub open_minutes: Option<u32>,
    /// What they first decided: what took effect first, or rests while nothing has.
    pub decision: Option<Decision>,
    /// What is in effect.
    pub stands: Option<Decision>,
    /// When a yes first took effect.
    pub interested: Option<Timestamp>,
    /// replyd was to arrange an interview.
    pub arranged: bool,
    /// A person had to step in before a time was agreed.
    pub person: bool,
    /// When a time was first agreed.
    pub booked: Option<Timestamp>,
    /// The start that is agreed.
    pub starts: Option<Timestamp>,
    /// Business days of the client from `submitted` to `starts`.
    pub days_to_start: Option<u32>,
    /// What became of the interview.
    pub outcome: Option<Outcome>,
    /// Since when a pass stands.
    pub passed: Option<Timestamp>,
    /// The client was asked why.
    pub asked_why: bool,
    /// When the client first said why.
    pub explained: Option<Timestamp>,
    /// The reasons that hold.
    pub reasons: Reasons,
    /// When it ended without a decision, and how.
    pub ended: Option<(Timestamp, Ended)>,
}

/// What became of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took place.
    Held,
    /// Somebody was not there.
    NoShow,
    /// It was called off.
    CalledOff,
}

/// How a submission ended before the client was done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The candidate or the recruiter took it back.
    Withdrawn,
    /// The batch was closed.
    Closed,
}

impl Ended {
    /// How a submission of this status ended, where it was not decided.
    #[must_use]
    pub const fn of(status: Status) -> Option<Self> {
        match status {
            Status::Withdrawn => Some(Self::Withdrawn),
            Status::Closed => Some(Self::Closed),
            Status::Queued
            | Status::Sent
            | Status::Viewed
            | Status::Interested
            | Status::Maybe
            | Status::Rejected
            | Status::InterviewScheduled
            | Status::Completed => None,
        }
    }
}

impl Outcome {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Held, Self::NoShow, Self::CalledOff];

    /// The snake_case name used in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::NoShow => "no_show",
            Self::CalledOff => "called_off",
        }
    }
}

impl Ended {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Withdrawn, Self::Closed];

    /// The snake_case name used in the database and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }
}

/// A set of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u32);

impl Reasons {
    /// These.
    #[must_use]
    pub fn of(reasons: impl IntoIterator<Item = Reason>) -> Self {
        Self(reasons.into_iter().fold(0, |set, one| set | Self::bit(one)))
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(self, reason: Reason) -> bool {
        self.0 & Self::bit(reason) != 0
    }

    /// In the order in which they are offered.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |one| self.contains(*one))
    }

    /// None.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn bit(reason: Reason) -> u32 {
        1 << Reason::ALL.iter().position(|one| *one == reason).unwrap_or_default()
    }
}

/// A line of a timeline, for [`Milestones::told`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// What kind of event.
    pub kind: String,
    /// Whom it is about; `None` is the whole batch.
    pub submission: Option<SubmissionId>,
    /// Its sentence.
    pub detail: String,
}

impl Milestones {
    /// Nothing but handed in.
    #[must_use]
    pub fn of_submitted(submitted: Timestamp) -> Self {
        Self {
            submitted,
            ..Self::default()
        }
    }

    /// Whether an event may have changed the milestones of a submission.
    #[must_use]
    pub fn may_change(before: &Conversation, after: &Conversation, id: SubmissionId) -> bool {
        before.driver != after.driver || before.submission(id) != after.submission(id)
    }

    /// How far a submission has come after an event.
    #[must_use]
    pub fn after(self, before: &Conversation, after: &Conversation, id: SubmissionId, now: Timestamp) -> Self {
        let (Some(was), Some(is)) = (before.submission(id), after.submission(id)) else {
            return self;
        };
        let mut next = self.as_it_stands(after, is, now);
        let waited = matches!(was.status, Status::Queued | Status::Sent);
        if next.sent.is_none() && was.status == Status::Queued && matches!(is.status, Status::Sent | Status::Viewed) {
            next.sent = Some(now);
        }
        if next.viewed.is_none() && waited && is.status == Status::Viewed {
            next.viewed = Some(now);
        }
        match is.decision() {
            None => {
                next.undecided();
                if was.settled.is_some() {
                    next.interested = None;
                }
            }
            Some(_) if next.decided.is_none() && was.decision().is_none() => next.first_word(after, now),
            Some(_) => {}
        }
        if was.settled.is_none() {
            next.decision = is.decision();
        }
        if next.interested.is_none() && is.settled == Some(Decision::Interested) && was.settled != is.settled {
            next.interested = Some(now);
            let conditional = was.resting.as_ref().is_some_and(|one| one.condition.is_some());
            next.person |= conditional && is.interview.is_none() && arranges(after);
        }
        next.person |= next.being_arranged() && arranges(after) && needs_person(after, is);
        let agreed = |one: &Submission| one.interview.as_ref().is_some_and(|interview| interview.booked.is_some());
        if next.booked.is_none() && agreed(is) && !agreed(was) {
            next.booked = Some(now);
            next.person |= is.interview.as_ref().is_some_and(|one| one.by_hand) && arranges(after);
        }
        next
    }

    /// The milestones that a timeline tells, for a submission of whom nobody noted any.
    ///
    /// What it does not tell: when somebody looked by saying something else than a decision (`viewed` is then the first such word on the batch,
    /// or the last line there is, and is missing where they went on to decide), and when a submission ended (the last line there is).
    #[must_use]
    pub fn told(conversation: &Conversation, id: SubmissionId, submitted: Timestamp, lines: &[Told]) -> Self {
        let Some(is) = conversation.submission(id) else {
            return Self::of_submitted(submitted);
        };
        let mut told = Self::of_submitted(submitted);
        let mut driver = Driver::Bot;
        let mut conditional = None;
        // Said, and then doubted because of what was pressed beside it.
        let mut doubted = None;
        let about = lines.iter().filter(|line| line.submission.is_none_or(|one| one == id));
        for Told { at, kind, detail, .. } in about {
            if conditional.is_some_and(|since| since < *at) {
                // A yes took effect, and nothing was to be arranged.
                told.person |= conditional.take().is_some() && told.booked.is_none();
            }
            match kind.as_str() {
                "sent" => told.sent = told.sent.or(Some(*at)),
                "viewed" => {
                    told.sent = told.sent.or(Some(*at));
                    told.viewed = told.viewed.or(Some(*at));
                }
                "decided" if told.decided.is_none() => {
                    // A recruiter's word for the client shows nothing of the letter.
                    if !detail.contains(FOR_THE_CLIENT) {
                        told.sent = told.sent.or(Some(*at));
                    }
                    told.first_word(conversation, *at);
                }
                "undone" if told.decision.is_none() => told.undecided(),
                "misread" => {
                    told.undecided();
                    (told.stands, told.interested) = (None, None);
                }
                // What was pressed in these seconds does not count; what was said before rests again.
                "needs_confirmation" if told.decision.is_none() && told.decided.is_some_and(|decided| *at - decided <= PRESSES) => {
                    doubted = doubted.or(told.decided);
                    told.undecided();
                }
                "in_effect" => {
                    let what = Decision::ALL.into_iter().find(|one| detail.starts_with(one.label()));
                    if told.decided.is_none() {
                        told.first_word(conversation, doubted.unwrap_or(*at));
                    }
                    told.decision = told.decision.or(what);
                    told.stands = what;
                    if what == Some(Decision::Interested) && told.interested.is_none() {
                        told.interested = Some(*at);
                        conditional = Some(*at).filter(|_| arranges(conversation));
                        told.person |= driver == Driver::Recruiter && arranges(conversation);
                    }
                    if what == Some(Decision::Pass) {
                        told.passed = told.passed.or(Some(*at));
                    } else {
                        (told.passed, told.explained) = (None, None);
                    }
                }
                "reason" => told.explained = told.explained.or(Some(*at)),
                "arranging" => (told.arranged, conditional) = (true, None),
                "interview_to_recruiter" | "put_to_lead" => told.person |= told.being_arranged(),
                "taken" => {
                    driver = Driver::Recruiter;
                    told.person |= told.being_arranged() && arranges(conversation);
                }
                "released" => driver = Driver::Bot,
                "booked" => {
                    let first = told.booked.is_none();
                    told.person |= first && detail.contains(BY_HAND) && arranges(conversation);
                    told.booked = told.booked.or(Some(*at));
                }
                _ => {}
            }
        }
        told.person |= conditional.is_some() && told.booked.is_none();
        let last = lines.last().map_or(submitted, |line| line.at);
        if told.decision.is_none() {
            told.decision = is.decision();
            if let Some(at) = doubted.filter(|_| told.decided.is_none() && told.decision.is_some()) {
                told.first_word(conversation, at);
            }
        }
        let mut told = told.as_it_stands(conversation, is, last);
        if is.status == Status::Viewed && told.viewed.is_none() {
            // What a recruiter ordered for the client is no word of theirs.
            let theirs = |line: &&Told| SPOKE.contains(&line.kind.as_str()) && !line.detail.contains(FOR_THE_CLIENT);
            let spoke = lines.iter().find(theirs);
            told.viewed = Some(spoke.map_or(last, |line| line.at));
        }
        told
    }

    /// What a state shows by itself; `now` is when what is new in it came to be.
    fn as_it_stands(mut self, of: &Conversation, is: &Submission, now: Timestamp) -> Self {
        let interview = is.interview.as_ref();
        self.stands = is.settled;
        self.passed = self.passed.or(Some(now)).filter(|_| is.settled == Some(Decision::Pass));
        self.asked_why = is.reasons_asked;
        let says_why = !is.reasons.is_empty() || !is.reason_words.is_empty();
        self.explained = self.explained.or(Some(now)).filter(|_| says_why);
        self.reasons = Reasons::of(is.reasons.iter().copied());
        self.arranged |= interview.is_some();
        let starts = interview.and_then(|one| one.booked).map(|slot| slot.start);
        if self.starts != starts {
            let days = |to| of.policy.business.days_between(self.submitted, to, of.zone_of(Party::Client));
            (self.starts, self.days_to_start) = (starts, starts.map(days));
        }
        self.outcome = interview.and_then(outcome);
        self.ended = Ended::of(is.status).map(|how| (self.ended.map_or(now, |(since, _)| since), how));
        self
    }

    fn first_word(&mut self, of: &Conversation, now: Timestamp) {
        self.decided = Some(now);
        let open = |sent| of.policy.business.open_between(sent, now, of.zone_of(Party::Client)).num_minutes();
        self.open_minutes = self.sent.map(|sent| u32::try_from(open(sent)).unwrap_or(u32::MAX));
    }

    const fn undecided(&mut self) {
        (self.decided, self.open_minutes, self.decision) = (None, None, None);
    }

    /// A yes is in effect, and no time was agreed yet.
    fn being_arranged(&self) -> bool {
        self.stands == Some(Decision::Interested) && self.interested.is_some() && self.booked.is_none() && self.ended.is_none()
    }
}

/// Presses that contradict each other come within this time.
const PRESSES: chrono::Duration = chrono::Duration::seconds(10);

/// Stands in the lines of decisions that a recruiter made in the client's name.
const FOR_THE_CLIENT: &str = " for the client: ";

/// Stands in the lines of times that a recruiter or a program agreed, behind who did.
pub(super) const BY_HAND: &str = " agreed it: ";

/// Lines that say that a person at the client said something.
const SPOKE: [&str; 12] = [
    "decided",
    "confirmed",
    "reason",
    "question",
    "request",
    "available",
    "complaint",
    "other_business",
    "passed_on",
    "wrong_person",
    "stop",
    "thanks",
];

/// replyd arranges interviews here.
fn arranges(conversation: &Conversation) -> bool {
    conversation.policy.scheduling.order != Order::Nobody
}

/// It does not go on by itself.
fn needs_person(conversation: &Conversation, submission: &Submission) -> bool {
    let waits = |one: &Interview| one.is_under_way() && (one.with_recruiter || !one.silent().is_empty());
    conversation.driver == Driver::Recruiter || submission.interview.as_ref().is_some_and(waits)
}

fn outcome(interview: &Interview) -> Option<Outcome> {
    match interview.status {
        InterviewStatus::Completed => Some(Outcome::Held),
        InterviewStatus::NoShow => Some(Outcome::NoShow),
        InterviewStatus::Cancelled => Some(Outcome::CalledOff),
        InterviewStatus::Proposed | InterviewStatus::Scheduled | InterviewStatus::Confirmed | InterviewStatus::Rescheduled => None,
    }
}
