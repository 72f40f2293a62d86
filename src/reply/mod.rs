//! Own text and what we asked → [`Reply`]: what the person said, the words it rests on, and the doubts.
//!
//! In: [`crate::message::OwnText`], the subject, and [`Asked`]. Out: findings and doubts, in the order of the text. Reading never fails.
//! Never here: quoted text, I/O, a clock, a guess. What is not understood is a doubt.

mod bands;
mod beside;
mod called;
mod choice;
mod class;
mod confirm;
mod cues;
mod dates;
mod described;
mod everybody;
mod frame;
mod gender;
mod interview;
mod languages;
mod lean;
mod meant;
mod names;
pub mod orders;
mod outcome;
mod pairs;
mod passages;
mod phrase;
mod places;
mod protected;
mod read;
mod reasons;
mod sentence;
mod sentences;
mod settle;
mod shadows;
mod small;
mod stands;
mod subject;
pub mod times;
mod verdicts;
mod who;
mod whom;
mod words;

use std::fmt;
use std::ops::Range;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{Spans, Zone};
use crate::model::{Decision, Reason, Slot, SubmissionId};

pub use bands::Ground;
pub use called::named;
pub use interview::{AskedTimes, read_interview, read_with_times};
pub use lean::{Evidence, LEANINGS, Weights};
pub use protected::{Protected, Screened, screen};
pub use read::{evidence, grounds, read, read_leaning};
pub use sentences::fold;

/// What we had asked when the answer came.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The candidates of the letter, in its order.
    pub candidates: Vec<AskedAbout>,
    /// What the letter asked.
    pub question: Question,
    /// The day the answer was written, in the reader's zone: "Tuesday" needs it.
    pub today: NaiveDate,
}

/// One candidate of the letter.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedAbout {
    /// Which submission.
    pub submission: SubmissionId,
    /// The full name.
    pub name: String,
    /// What the letter said of them.
    pub summary: String,
    /// The letter waits for a word on them: nothing has taken effect yet, or it asks anew.
    pub open: bool,
    /// The reading that the letter put to them, where it asked "Did you mean …?".
    pub meant: Option<Decision>,
}

/// The choice put to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Interested, Maybe or Pass?
    Decision,
    /// Why did you pass on this one?
    Reasons(SubmissionId),
    /// Did you mean [`AskedAbout::meant`]?
    Meant,
    /// You said this; about whom?
    Whom(Decision),
    /// Did you write that? Shall it count? A yes or no to a parked message.
    Confirm,
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// What was understood, in the order of the text, at most one decision per candidate.
    pub findings: Vec<Finding>,
    /// What was not.
    pub doubts: Vec<Doubt>,
    /// A decision that was said of nobody in particular: "Interested", where several are open. Then there is a doubt
    /// [`DoubtKind::Whom`] as well.
    #[serde(default)]
    pub homeless: Option<Decision>,
}

/// One thing said, and how sure the reading is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub says: Says,
    /// The words it rests on.
    pub words: Words,
    /// How sure.
    pub band: Band,
}

impl Finding {
    /// What it decides about this candidate, if it does.
    #[must_use]
    pub fn decides(&self, about: SubmissionId) -> Option<Decision> {
        if let Says::Decide { submission, decision, .. } = self.says {
            (submission == about).then_some(decision)
        } else {
            None
        }
    }

    /// The reason it gives about this candidate, if it does.
    #[must_use]
    pub fn reason(&self, about: SubmissionId) -> Option<Reason> {
        if let Says::Because { submission, reason } = self.says {
            (submission == about).then_some(reason)
        } else {
            None
        }
    }
}

/// What can be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// A word on one candidate.
    Decide {
        /// Whom.
        submission: SubmissionId,
        /// What.
        decision: Decision,
        /// "if she can start in May".
        condition: Option<String>,
        /// "ask me again on the 5th", with a Maybe.
        follow_up: Option<NaiveDate>,
    },
    /// Why not, about one candidate.
    Because {
        /// Whom.
        submission: SubmissionId,
        /// Why.
        reason: Reason,
    },
    /// Yes (true) or no (false) to [`Question::Confirm`].
    Confirm(bool),
    /// Asks something: a person answers.
    Question,
    /// Wants a document: a person sends it.
    Request,
    /// Gives times when they can, in an answer to a letter that asked for none.
    Available,
    /// Speaks of the time of an interview.
    Times {
        /// Whose.
        submission: SubmissionId,
        /// What.
        said: TimesSaid,
    },
    /// Yes or no to "Still on?" before an interview, or to "Did it take place?" after it.
    Attends {
        /// Whose.
        submission: SubmissionId,
        /// Which.
        yes: bool,
    },
    /// Is not content with us: a person answers.
    Complaint,
    /// Writes about other business: a person sees to it.
    OtherBusiness,
    /// Has passed it on to a colleague who decides.
    PassedOn,
    /// "Talk to Priya, she runs this."
    WrongPerson,
    /// "Stop mailing me."
    Stop,
    /// Comes back later on their own: "on a plane, will read it tomorrow".
    Later {
        /// On this day, when named.
        on: Option<NaiveDate>,
    },
    /// Nothing but thanks.
    Thanks,
}

impl Says {
    /// The candidate it is about, if it is about one.
    #[must_use]
    pub const fn about(&self) -> Option<SubmissionId> {
        match self {
            Self::Decide { submission, .. }
            | Self::Because { submission, .. }
            | Self::Times { submission, .. }
            | Self::Attends { submission, .. } => Some(*submission),
            Self::Confirm(_)
            | Self::Question
            | Self::Request
            | Self::Available
            | Self::Complaint
            | Self::OtherBusiness
            | Self::PassedOn
            | Self::WrongPerson
            | Self::Stop
            | Self::Later { .. }
            | Self::Thanks => None,
        }
    }
}

/// What was said of an interview's time, in instants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimesSaid {
    /// What the writer wants.
    pub intent: times::Intent,
    /// All times the writer can make.
    pub open: Spans,
    /// The offered slots that were taken, in the order of the offer.
    pub taken: Vec<Slot>,
    /// The zone the text names.
    pub zone: Option<Zone>,
    /// It can be read in two ways, or not at all: ask before acting.
    pub ask: bool,
    /// Where one thing only is in doubt: what would be open in each way to read it, the likelier first.
    #[serde(default)]
    pub readings: Vec<Spans>,
}

impl TimesSaid {
    /// This, and no time.
    #[must_use]
    pub fn of(intent: times::Intent) -> Self {
        Self {
            intent,
            open: Spans::default(),
            taken: Vec::new(),
            zone: None,
            ask: false,
            readings: Vec::new(),
        }
    }
}

/// As people are shown it.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decide {
                decision,
                condition,
                follow_up,
                ..
            } => {
                f.write_str(decision.label())?;
                if let Some(text) = condition {
                    write!(f, " (condition: {text})")?;
                }
                match follow_up {
                    Some(day) => write!(f, ", asked again on {}", day.format("%a %-d %B %Y")),
                    None => Ok(()),
                }
            }
            Self::Because { reason, .. } => write!(f, "Reason: {}", reason.label().to_lowercase()),
            Self::Confirm(true) => f.write_str("Confirms it"),
            Self::Confirm(false) => f.write_str("Takes it back"),
            Self::Question => f.write_str("A question: a recruiter answers it"),
            Self::Request => f.write_str("Wants a document: a recruiter sends it"),
            Self::Available => f.write_str("Gives times"),
            Self::Times { said, .. } => f.write_str(match said.intent {
                times::Intent::Availability => "Gives times",
                times::Intent::Select => "Takes a time",
                times::Intent::NoneWork => "None of the times works",
                times::Intent::Reschedule => "Moves the interview",
                times::Intent::Cancel => "Calls the interview off",
                times::Intent::Question => "A question: a recruiter answers it",
                times::Intent::Nothing => "Nothing about times",
            }),
            Self::Attends { yes: true, .. } => f.write_str("The interview holds"),
            Self::Attends { yes: false, .. } => f.write_str("The interview does not hold"),
            Self::Complaint => f.write_str("A complaint: a recruiter answers it"),
            Self::OtherBusiness => f.write_str("Other business: a recruiter sees to it"),
            Self::PassedOn => f.write_str("Passed on to a colleague who decides"),
            Self::WrongPerson => f.write_str("Somebody else is in charge"),
            Self::Stop => f.write_str("No more mail, please"),
            Self::Later { on: Some(day) } => write!(f, "Will answer later, on {}", day.format("%a %-d %B")),
            Self::Later { on: None } => f.write_str("Will answer later"),
            Self::Thanks => f.write_str("Thanks, nothing more"),
        }
    }
}

/// Words of the own text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Words {
    /// As written.
    pub text: String,
    /// Bytes of the own text; empty when they stood in the subject.
    pub range: Range<usize>,
}

/// What may follow from a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Sure enough to act on.
    Act,
    /// Ask back, with one-click answers.
    Ask,
    /// A person must look.
    Human,
}

/// Something that was not understood, or could mean two things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// Which kind.
    pub kind: DoubtKind,
    /// The words.
    pub words: Words,
}

/// Kinds of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// A decision without a candidate, where several are open: "Interested".
    Whom,
    /// A candidate without a clear decision, or cues that contradict each other.
    What,
    /// Nothing of it was understood.
    Unclear,
    /// There was no own text at all.
    Empty,
    /// The body could not be read.
    Unreadable,
}
