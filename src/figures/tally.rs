//! Counting: one submission after another, and what comes of it.

use chrono::Duration;
use serde::Serialize;

use super::amounts::{Share, Spread};
use crate::conversation::{Ended, Milestones, Outcome};
use crate::model::{Decision, Reason, ReasonSide, Timestamp};

/// A client should answer within this time.
const PROMPT: Duration = Duration::hours(48);
/// Minutes of an hour.
const HOUR: f64 = 60.0;

/// A wait between two milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// From handing in to the server's acceptance of the letter.
    SubmittedToSent,
    /// Until somebody looked, of those who did before they answered.
    SentToViewed,
    /// From the first look to the answer, of those who looked before.
    ViewedToDecided,
    /// From the yes in effect to the first agreed time.
    InterestedToBooked,
    /// From the first agreed time to the start.
    BookedToInterview,
    /// From the pass in effect to the first reason; 0 when it came with the pass.
    PassedToReason,
}

impl Stage {
    /// All, in the order of the way.
    pub const ALL: [Self; 6] = [
        Self::SubmittedToSent,
        Self::SentToViewed,
        Self::ViewedToDecided,
        Self::InterestedToBooked,
        Self::BookedToInterview,
        Self::PassedToReason,
    ];

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SubmittedToSent => "handed in -> sent",
            Self::SentToViewed => "sent -> viewed",
            Self::ViewedToDecided => "viewed -> decided",
            Self::InterestedToBooked => "interested -> booked",
            Self::BookedToInterview => "booked -> interview",
            Self::PassedToReason => "pass -> reason",
        }
    }

    fn of(self, one: &Milestones) -> Option<Duration> {
        let (from, to) = match self {
            Self::SubmittedToSent => (Some(one.submitted), one.sent),
            Self::SentToViewed => (one.sent, one.viewed.filter(|at| one.decided.is_none_or(|decided| *at < decided))),
            Self::ViewedToDecided => (one.viewed, one.decided.filter(|at| one.viewed.is_some_and(|viewed| viewed < *at))),
            Self::InterestedToBooked => (one.interested, one.booked),
            Self::BookedToInterview => (one.booked, one.starts),
            Self::PassedToReason => (one.passed, one.explained),
        };
        from.zip(to).map(|(from, to)| (to - from).max(Duration::zero()))
    }
}

/// How many came how far. Each counts whoever came at least so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Funnel {
    /// Handed in.
    pub submitted: u32,
    /// The letter reached the client's server.
    pub sent: u32,
    /// A person at the client looked.
    pub viewed: u32,
    /// The client said what they think.
    pub decided: u32,
    /// A yes took effect, once at least.
    pub interested: u32,
    /// A time was agreed, once at least.
    pub interview: u32,
    /// The interview took place.
    pub held: u32,
    /// The first word was a maybe.
    pub maybe: u32,
    /// A pass stands.
    pub passed: u32,
    /// Somebody was not there.
    pub no_show: u32,
    /// An agreed interview was called off.
    pub called_off: u32,
    /// Taken back by the candidate or a recruiter.
    pub withdrawn: u32,
    /// Closed undecided.
    pub closed: u32,
}

impl Funnel {
    fn add(&mut self, other: &Self) {
        // In full: a new count must be added too.
        let Self {
            submitted,
            sent,
            viewed,
            decided,
            interested,
            interview,
            held,
            maybe,
            passed,
            no_show,
            called_off,
            withdrawn,
            closed,
        } = other;
        self.submitted += submitted;
        self.sent += sent;
        self.viewed += viewed;
        self.decided += decided;
        self.interested += interested;
        self.interview += interview;
        self.held += held;
        self.maybe += maybe;
        self.passed += passed;
        self.no_show += no_show;
        self.called_off += called_off;
        self.withdrawn += withdrawn;
        self.closed += closed;
    }

    /// The stages, with their names.
    #[must_use]
    pub const fn stages(&self) -> [(&'static str, u32); 7] {
        [
            ("submitted", self.submitted),
            ("sent", self.sent),
            ("viewed", self.viewed),
            ("decided", self.decided),
            ("interested", self.interested),
            ("interview", self.interview),
            ("held", self.held),
        ]
    }
}

/// How soon clients answer.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Answers {
    /// Within 48 hours of the letter, of those sent at least so long ago.
    pub within_48h: Share,
    /// Hours from the letter to the answer.
    pub hours: Spread,
    /// The same in the client's business hours.
    pub business_hours: Spread,
}

/// How interviews came about.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Scheduling {
    /// Booked without a person, of those whose arranging came to an end.
    pub without_a_person: Share,
    /// The client's business days from handing in to the agreed start.
    pub business_days_to_interview: Spread,
}

/// What clients say of their passes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Explained {
    /// With a reason, of the passes that stand.
    pub with_reason: Share,
    /// Clients that were asked, of the passes that stand.
    pub asked: u32,
    /// Each reason that was given, most frequent first. A pass can have several.
    pub reasons: Vec<ReasonCount>,
    /// What they speak of: the candidate, the role, the process. A pass counts once for each.
    pub sides: Vec<SideCount>,
}

/// How often reasons spoke of the candidate, the role or the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SideCount {
    /// Which.
    pub side: ReasonSide,
    /// By so many passes.
    pub passes: u32,
}

/// How often a reason was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// Which.
    pub reason: Reason,
    /// By so many passes.
    pub passes: u32,
}

/// How long a stage takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Wait {
    /// Which.
    pub stage: Stage,
    /// Hours.
    pub hours: Spread,
}

/// All figures of some submissions.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Counted {
    /// How many came how far.
    pub funnel: Funnel,
    /// How soon clients answer.
    pub answers: Answers,
    /// How interviews came about.
    pub scheduling: Scheduling,
    /// What clients say of their passes.
    pub passes: Explained,
    /// How long each stage takes, in the order of the way.
    pub waiting: Vec<Wait>,
}

/// What one submission adds to figures: worked out once, added to several.
pub(super) struct Facts {
    of: Milestones,
    viewed: bool,
    decided: bool,
    interested: bool,
    within_48h: Option<bool>,
    without_a_person: Option<bool>,
    explained: Option<bool>,
    minutes_to_answer: Option<u32>,
    waits: [Option<u32>; Stage::ALL.len()],
}

impl Facts {
    pub(super) fn of(of: &Milestones, now: Timestamp) -> Self {
        let interested = of.interested.is_some() || of.booked.is_some();
        let decided = of.decided.is_some() || of.stands.is_some() || interested;
        let to_answer = of
            .sent
            .zip(of.decided)
            .map(|(sent, decided)| (decided - sent).max(Duration::zero()));
        Self {
            of: *of,
            viewed: of.viewed.is_some() || decided,
            decided,
            interested,
            within_48h: of
                .sent
                .filter(|sent| now - *sent >= PROMPT)
                .and_then(|sent| match (to_answer, of.ended) {
                    (Some(took), _) => Some(took <= PROMPT),
                    (None, Some((at, _))) if at - sent < PROMPT => None,
                    (None, _) => Some(false),
                }),
            without_a_person: (of.person || of.arranged && of.booked.is_some()).then_some(of.booked.is_some() && !of.person),
            explained: of.passed.map(|_| of.explained.is_some()),
            minutes_to_answer: to_answer.map(minutes),
            waits: Stage::ALL.map(|stage| stage.of(of).map(minutes)),
        }
    }

    pub(super) const fn within_48h(&self) -> Option<bool> {
        self.within_48h
    }
}

/// Of some submissions, while they are counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    funnel: Funnel,
    within_48h: Share,
    without_a_person: Share,
    with_reason: Share,
    asked: u32,
    reasons: [u32; Reason::ALL.len()],
    sides: [u32; ReasonSide::ALL.len()],
    answers: Vec<u32>,
    open_answers: Vec<u32>,
    days: Vec<u32>,
    waits: [Vec<u32>; Stage::ALL.len()],
}

impl Tally {
    pub(super) fn count(&mut self, facts: &Facts) {
        let one = &facts.of;
        let funnel = &mut self.funnel;
        funnel.submitted += 1;
        // Who answered has the letter, whether or not a server said so.
        funnel.sent += u32::from(one.sent.is_some() || facts.viewed);
        funnel.viewed += u32::from(facts.viewed);
        funnel.decided += u32::from(facts.decided);
        funnel.interested += u32::from(facts.interested);
        funnel.interview += u32::from(one.booked.is_some());
        funnel.held += u32::from(one.outcome == Some(Outcome::Held));
        funnel.maybe += u32::from(one.decision == Some(Decision::Maybe));
        funnel.passed += u32::from(one.passed.is_some());
        funnel.no_show += u32::from(one.outcome == Some(Outcome::NoShow));
        funnel.called_off += u32::from(one.outcome == Some(Outcome::CalledOff) && one.booked.is_some());
        match one.ended {
            Some((_, Ended::Withdrawn)) => funnel.withdrawn += 1,
            Some((_, Ended::Closed)) => funnel.closed += 1,
            None => {}
        }
        for (share, holds) in [
            (&mut self.within_48h, facts.within_48h),
            (&mut self.without_a_person, facts.without_a_person),
            (&mut self.with_reason, facts.explained),
        ] {
            if let Some(holds) = holds {
                share.count(holds);
            }
        }
        if one.passed.is_some() {
            self.asked += u32::from(one.asked_why);
            if !one.reasons.is_empty() {
                for (count, reason) in self.reasons.iter_mut().zip(Reason::ALL) {
                    *count += u32::from(one.reasons.contains(reason));
                }
                for (count, side) in self.sides.iter_mut().zip(ReasonSide::ALL) {
                    *count += u32::from(one.reasons.iter().any(|reason| reason.side() == side));
                }
            }
        }
        self.answers.extend(facts.minutes_to_answer);
        self.open_answers.extend(one.open_minutes);
        self.days.extend(one.days_to_start.filter(|_| one.outcome != Some(Outcome::NoShow)));
        for (waits, wait) in self.waits.iter_mut().zip(facts.waits) {
            waits.extend(wait);
        }
    }

    /// Counts what another has counted.
    pub(super) fn add(&mut self, other: &Self) {
        self.funnel.add(&other.funnel);
        self.within_48h.add(other.within_48h);
        self.without_a_person.add(other.without_a_person);
        self.with_reason.add(other.with_reason);
        self.asked += other.asked;
        for (count, more) in self.reasons.iter_mut().zip(other.reasons) {
            *count += more;
        }
        for (count, more) in self.sides.iter_mut().zip(other.sides) {
            *count += more;
        }
        self.answers.extend_from_slice(&other.answers);
        self.open_answers.extend_from_slice(&other.open_answers);
        self.days.extend_from_slice(&other.days);
        for (waits, more) in self.waits.iter_mut().zip(&other.waits) {
            waits.extend_from_slice(more);
        }
    }

    pub(super) fn end(mut self) -> Counted {
        let mut reasons: Vec<ReasonCount> = Reason::ALL
            .into_iter()
            .zip(self.reasons)
            .filter(|(_, passes)| *passes > 0)
            .map(|(reason, passes)| ReasonCount { reason, passes })
            .collect();
        reasons.sort_by_key(|one| std::cmp::Reverse(one.passes));
        let waits = Stage::ALL.into_iter().zip(&mut self.waits);
        Counted {
            funnel: self.funnel,
            answers: Answers {
                within_48h: self.within_48h,
                hours: Spread::of(&mut self.answers, HOUR),
                business_hours: Spread::of(&mut self.open_answers, HOUR),
            },
            scheduling: Scheduling {
                without_a_person: self.without_a_person,
                business_days_to_interview: Spread::of(&mut self.days, 1.0),
            },
            passes: Explained {
                with_reason: self.with_reason,
                asked: self.asked,
                reasons,
                sides: ReasonSide::ALL
                    .into_iter()
                    .zip(self.sides)
                    .filter(|(_, passes)| *passes > 0)
                    .map(|(side, passes)| SideCount { side, passes })
                    .collect(),
            },
            waiting: waits
                .map(|(stage, all)| Wait {
                    stage,
                    hours: Spread::of(all, HOUR),
                })
                .collect(),
        }
    }
}

fn minutes(of: Duration) -> u32 {
    u32::try_from(of.num_minutes()).unwrap_or(u32::MAX)
}
