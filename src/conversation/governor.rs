//! The governor: whether a letter may go to a person now, whoever asked for it.
//!
//! In: a conversation, a reader, why the letter is written, the time. Out: a [`Ruling`] with its reason.
//! Never here: the letter itself, and how much the account may send: that is for the outbox.

use chrono::Duration;

use super::{Content, Conversation, Deadline, Driver, Notice, Party, Side, Submission};
use crate::model::{SubmissionId, Timestamp};

/// Why a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urge {
    /// Its reader did something a moment ago, and this answers it.
    Answer,
    /// A recruiter said so: candidates are put forward, the last letter is sent once more.
    Ordered,
    /// Something that was agreed changes or comes near: it must not be read later than this.
    News(Timestamp),
    /// What was agreed begins at this instant, and its reader is reminded of it.
    Upcoming(Timestamp),
    /// A question that follows from what was said, asked for the first time.
    Question,
    /// A question that was not answered, asked again.
    Reminder,
    /// What a recruiter must know or do.
    Notice,
}

/// Whether a letter may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It may.
    Now,
    /// Not before this instant.
    At(Timestamp, Because),
    /// Not as long as this holds.
    Never(Because),
}

/// What keeps a letter from going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// A recruiter drives.
    Driven,
    /// Letters to the address come back.
    Unreachable,
    /// The reader wants no more mail.
    Stopped,
    /// The reader is away, or said when they will come back to it; or a recruiter said when it goes on.
    Away,
    /// It is the reader's night, or not a day on which they are written to.
    Quiet,
    /// They had as many letters that they did not ask for as anybody gets in a day, from all batches together.
    DailyLimit,
}

impl Because {
    /// The reason, for whoever asks when something happens.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Driven => "a recruiter drives",
            Self::Unreachable => "letters to them come back",
            Self::Stopped => "they want no more mail",
            Self::Away => "they are away until then",
            Self::Quiet => "it is outside the hours at which they are written to",
            Self::DailyLimit => "they had as many letters as anybody gets in a day",
        }
    }
}

impl Ruling {
    /// `Err` with the instant at which it is worth asking again; what never goes is looked at again a day later.
    ///
    /// # Errors
    /// When it may not go now.
    pub fn now_or(self, tomorrow: Timestamp) -> Result<(), Timestamp> {
        match self {
            Self::Now => Ok(()),
            Self::At(later, _) => Err(later),
            Self::Never(_) => Err(tomorrow),
        }
    }
}

impl Urge {
    /// Why a letter of this kind is written, where nothing else is known.
    #[must_use]
    pub fn of(says: &Content) -> Self {
        match says {
            Content::Notice(Notice::Ordered { .. }) => Self::Answer,
            Content::Notice(_) => Self::Notice,
            _ if says.is_answer() => Self::Answer,
            Content::Submission | Content::Withdrawn { .. } | Content::Feedback { .. } => Self::Ordered,
            Content::Nudge { .. } | Content::FollowUp { .. } => Self::Reminder,
            Content::AskTimes { round, .. } | Content::OfferTimes { round, .. } if *round > 1 => Self::Reminder,
            Content::AskReasons { .. } | Content::AskOutcome { .. } | Content::AskTimes { .. } | Content::OfferTimes { .. } => {
                Self::Question
            }
            Content::Reminder { slot, .. } => Self::Upcoming(slot.start),
            Content::Invitation { slot, .. } | Content::CalledOff { slot, .. } | Content::NotHeld { slot, .. } => Self::News(slot.start),
            Content::Receipt { .. }
            | Content::StaysAsIs { .. }
            | Content::DidYouMean { .. }
            | Content::ConfirmSender { .. }
            | Content::ConfirmDeputy { .. }
            | Content::FreshLink
            | Content::CvCode { .. } => Self::Answer,
        }
    }

    /// Whoever wants no more mail gets none of these.
    const fn can_be_stopped(self) -> bool {
        match self {
            Self::Question | Self::Reminder | Self::Upcoming(_) => true,
            Self::Answer | Self::Ordered | Self::News(_) | Self::Notice => false,
        }
    }
}

impl Conversation {
    /// Whether a letter may go to somebody at `now`.
    #[must_use]
    pub fn may_go(&self, to: Party, urge: Urge, now: Timestamp) -> Ruling {
        if let Party::Recruiter(_) = to {
            // They want to know everything, at once.
            return Ruling::Now;
        }
        if self.driver == Driver::Recruiter {
            return Ruling::Never(Because::Driven);
        }
        if self.is_unreachable(to) {
            return Ruling::Never(Because::Unreachable);
        }
        if urge.can_be_stopped() && self.wants_no_mail(to) {
            return Ruling::Never(Because::Stopped);
        }
        match urge {
            Urge::Answer | Urge::Ordered | Urge::Notice => Ruling::Now,
            Urge::News(latest) => {
                let polite = self.next_polite(to, now).min(latest.max(now));
                if polite > now {
                    Ruling::At(polite, Because::Quiet)
                } else {
                    Ruling::Now
                }
            }
            Urge::Upcoming(start) => match self.next_polite(to, now) {
                polite if polite <= now => Ruling::Now,
                polite if polite < start => Ruling::At(polite, Because::Quiet),
                _ => Ruling::Never(Because::Quiet),
            },
            Urge::Question | Urge::Reminder => self.may_ask(to, urge, now),
        }
    }

    fn may_ask(&self, to: Party, urge: Urge, now: Timestamp) -> Ruling {
        let away = self.away_until(to).filter(|until| urge == Urge::Reminder && *until > now);
        let full = self.full_until(to, now);
        let (from, why) = match (away, full) {
            (Some(away), Some(full)) if full > away => (full, Because::DailyLimit),
            (Some(away), _) => (away, Because::Away),
            (None, Some(full)) => (full, Because::DailyLimit),
            (None, None) => (now, Because::Quiet),
        };
        let polite = self.next_polite(to, from);
        if polite > now { Ruling::At(polite, why) } else { Ruling::Now }
    }

    /// Letters to this address come back.
    #[must_use]
    pub fn is_unreachable(&self, to: Party) -> bool {
        to == Party::Client && self.client_unreachable
    }

    /// Somebody asked for no more mail: nothing is asked of them and they are reminded of nothing. What changes in their calendar they are told
    /// all the same: an interview that was moved or called off must not be waited for.
    #[must_use]
    pub fn wants_no_mail(&self, to: Party) -> bool {
        let says_so = |one: &Submission, side: Side| one.interview.as_ref().is_some_and(|one| one.attendee(side).wants_no_mail);
        match to {
            Party::Client => self.chase.stopped,
            Party::Candidate(id) => self.submission(id).is_some_and(|one| says_so(one, Side::Candidate)),
            Party::Interviewer(n) => self.submissions.iter().any(|one| says_so(one, Side::Interviewer(n))),
            Party::Recruiter(_) => false,
        }
    }

    /// The next moment at or after `at` at which somebody may be written to, by their own clock.
    #[must_use]
    pub fn next_polite(&self, to: Party, at: Timestamp) -> Timestamp {
        self.policy.polite.next_open(at, self.zone_of(to))
    }

    /// How long the client is away. What the others are asked is put off when they say so.
    fn away_until(&self, to: Party) -> Option<Timestamp> {
        self.chase.away_until.filter(|_| to == Party::Client)
    }

    /// Until when somebody had as many letters they did not ask for as anybody gets in a day: from this batch, and from others.
    fn full_until(&self, to: Party, now: Timestamp) -> Option<Timestamp> {
        let day = Duration::hours(24);
        let mut recent: Vec<Timestamp> = match to {
            Party::Client => self.written.unprompted.clone(),
            Party::Candidate(id) => self.asked_at(Some(id), Side::Candidate),
            Party::Interviewer(n) => self.asked_at(None, Side::Interviewer(n)),
            Party::Recruiter(_) => return None,
        };
        let others = self.elsewhere.written.iter().filter(|(whose, _)| *whose == to);
        recent.extend(others.flat_map(|(_, at)| at));
        recent.retain(|at| *at > now - day);
        recent.sort_unstable();
        let counts = recent.iter().rev().nth(usize::from(self.policy.daily_limit).saturating_sub(1));
        counts.map(|oldest| *oldest + day)
    }

    /// When somebody beside the contact was asked something: about one interview, or about any of them.
    fn asked_at(&self, id: Option<SubmissionId>, side: Side) -> Vec<Timestamp> {
        let about = self.submissions.iter().filter(|one| id.is_none_or(|id| one.id == id));
        let interviews = about.filter_map(|one| one.interview.as_ref());
        interviews.flat_map(|one| one.attendee(side).written.clone()).collect()
    }

    /// A deadline that is set, by its name and whom it is about.
    #[must_use]
    pub fn due(&self, name: &str, about: Option<SubmissionId>) -> Option<Deadline> {
        let mut all = self.deadlines.iter().map(|(one, _)| one);
        all.find(|one| one.name() == name && one.submission() == about)
    }

    /// When what a deadline will ask of somebody really goes, and what it waits for, if that is later than the deadline itself. `None` for
    /// deadlines that write to nobody, or ask nobody anything.
    #[must_use]
    pub fn planned(&self, deadline: Deadline, at: Timestamp) -> Option<Ruling> {
        let (to, urge) = match deadline {
            Deadline::Chase if !self.nudges_next() => return None,
            Deadline::Chase | Deadline::FollowUp(_) => (Party::Client, Urge::Reminder),
            Deadline::AskReasons(_) => (Party::Client, Urge::Question),
            Deadline::Interview(id, side) => {
                let asked = self.submission(id)?.interview.as_ref()?.attendee(side).asked?;
                let urge = if asked.letters > 0 { Urge::Reminder } else { Urge::Question };
                (side.party(id), urge)
            }
            Deadline::Backup => (Party::Client, Urge::Question),
            Deadline::TakeEffect(_)
            | Deadline::Receipt
            | Deadline::AskedBack
            | Deadline::Orders
            | Deadline::Picked(_)
            | Deadline::Tell(..)
            | Deadline::Remind(_)
            | Deadline::After(_)
            | Deadline::Feedback(_)
            | Deadline::Gone(_) => return None,
        };
        Some(self.may_go(to, urge, at))
    }
}
