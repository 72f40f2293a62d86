//! The letters replyd writes: what is said to whom. The words and bytes are made in [`crate::compose`].

use serde::{Deserialize, Serialize};

use super::{Also, Notice, Side};
use crate::model::{Decision, MessageId, Reason, Slot, SubmissionId, Timestamp};
use crate::reply::Question;

/// Somebody a letter can be written to, seen from one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The contact at the client.
    Client,
    /// A candidate.
    Candidate(SubmissionId),
    /// An interviewer beside the contact, by position in the batch.
    Interviewer(u8),
    /// A recruiter, by position in the batch.
    Recruiter(u8),
}

/// One letter to one person: an imperative that [`crate::compose`] turns into bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Who reads it.
    pub to: Party,
    /// What it says.
    pub says: Content,
    /// The message it answers, for In-Reply-To and References (RFC 5322 3.6.4).
    pub answers: Option<MessageId>,
    /// After this instant the letter is worthless and must not leave.
    pub not_after: Option<Timestamp>,
}

impl Letter {
    /// A letter of its own, which answers nothing.
    #[must_use]
    pub fn new(to: Party, says: Content) -> Self {
        Self {
            to,
            not_after: says.worthless_after(),
            says,
            answers: None,
        }
    }
}

/// What a letter says. One template each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The batch, with buttons for each candidate. To the client.
    Submission,
    /// What we understood of an answer, with an undo link for each. To the client. An automatic answer (RFC 3834).
    Receipt {
        /// The submissions this receipt is about, with what now rests.
        decided: Vec<Understood>,
        /// Something in the same mail was not understood and lies with the recruiter.
        rest_unclear: bool,
    },
    /// "Did you mean …?" with one-click answers for each. To the client. An automatic answer.
    DidYouMean {
        /// The candidates it may have been about, each with the reading that was not sure enough, if there was one.
        about: Vec<(SubmissionId, Option<Decision>)>,
        /// The words that were not clear, quoted back.
        words: String,
        /// A decision that was said of nobody in particular: the question is whom it is about.
        #[serde(default)]
        said: Option<Decision>,
    },
    /// "Was this you?": an answer came that the receiving server did not vouch for. To the address on file. An automatic answer.
    ConfirmSender {
        /// Row of the parked message.
        message: i64,
        /// What it would do.
        would: Vec<Understood>,
        /// The words it rests on.
        words: String,
    },
    /// "X answered for you. Shall that count?" To the client. An automatic answer.
    ConfirmDeputy {
        /// [`super::Parked::message`].
        message: i64,
        /// The name given by whoever wrote; never their address.
        deputy: String,
        /// What it would do.
        would: Vec<Understood>,
        /// The words it rests on; empty when it was pressed on a page without any.
        words: String,
    },
    /// A reminder that quotes the question and keeps its buttons. To the client.
    Nudge {
        /// 1 for the first.
        round: u8,
        /// What is still open.
        open: Vec<SubmissionId>,
        /// What it asks for other batches of the same reader: they get one letter, not several.
        #[serde(default)]
        also: Vec<Also>,
    },
    /// A candidate is out: nothing more follows. To the client.
    Withdrawn {
        /// Who.
        submission: SubmissionId,
    },
    /// The follow-up to a Maybe. To the client.
    FollowUp {
        /// Whom it is about.
        submission: SubmissionId,
    },
    /// "Why?" with one-click reasons. To the client.
    AskReasons {
        /// Whom it is about.
        submission: SubmissionId,
        /// What may be the reasons, to be confirmed.
        known: Vec<Reason>,
        /// The words that says so.
        #[serde(default)]
        words: String,
        /// The one reminder.
        #[serde(default)]
        again: bool,
    },
    /// A fresh link in place of an expired one. To the client. An automatic answer.
    FreshLink,
    /// A code that opens the CVs of the batch for the device that asked. To the client, and copied to nobody. An automatic answer.
    CvCode {
        /// Six digits. They stand in the letter and nowhere else: whoever reads the instruction finds none.
        #[serde(skip)]
        code: String,
        /// Until when it opens something.
        until: Timestamp,
    },
    /// "When can you meet?" To either side.
    AskTimes {
        /// Whose interview.
        submission: SubmissionId,
        /// 1 for the first letter that asks, 2 for the first reminder.
        round: u8,
        /// Their words, when they were not clear: then it is an automatic answer.
        unclear: Option<String>,
        /// When the other side can, as far as that is known.
        other_can: Vec<Slot>,
        /// The time that was booked and does not hold any more.
        instead_of: Option<Slot>,
    },
    /// Times to choose from, each with a link. To either side.
    OfferTimes {
        /// Whose interview.
        submission: SubmissionId,
        /// 1 for the first letter with this offer, 2 for the first reminder.
        round: u8,
        /// The place of the first one in [`super::Interview::slots`].
        first: usize,
        /// In time order.
        slots: Vec<Slot>,
        /// Their words, when they were not clear: then it is an automatic answer.
        unclear: Option<String>,
        /// The time that was booked and does not hold any more.
        instead_of: Option<Slot>,
        /// Several are asked, each which of these they can make; otherwise the reader chooses one.
        #[serde(default)]
        several: bool,
    },
    /// The time is agreed: an iTIP REQUEST (RFC 5546 3.2.2). To either side.
    Invitation {
        /// Whose interview.
        submission: SubmissionId,
        /// When.
        slot: Slot,
        /// RFC 5545 3.8.7.4.
        sequence: u32,
        /// The time it was moved from.
        instead_of: Option<Slot>,
        /// It is at the same instant as before, and at another hour: clocks were changed by law.
        #[serde(default)]
        corrected: bool,
    },
    /// The interview is called off: an iTIP CANCEL (RFC 5546 3.2.5). To either side.
    CalledOff {
        /// Whose interview.
        submission: SubmissionId,
        /// When it would have been.
        slot: Slot,
        /// RFC 5545 3.8.7.4.
        sequence: u32,
        /// Who called it off; `None` for the agency.
        by: Option<Side>,
        /// It takes place, and the reader is not expected any more.
        #[serde(default)]
        without_you: bool,
    },
    /// The interview comes up. To either side.
    Reminder {
        /// Whose interview.
        submission: SubmissionId,
        /// When.
        slot: Slot,
        /// "Still on?"
        asks: bool,
    },
    /// The booked time stands: a wish for another one came too late, or could not be read. For a calendar's proposal it is an iTIP
    /// DECLINECOUNTER (RFC 5546 3.2.8). To either side. An automatic answer.
    StaysAsIs {
        /// Whose interview.
        submission: SubmissionId,
        /// When it is.
        slot: Slot,
        /// RFC 5545 3.8.7.4: of the entry that stands.
        sequence: u32,
        /// It answers a calendar's proposal.
        counter: bool,
    },
    /// The interview did not take place: what happened, and what could come next. To either side.
    NotHeld {
        /// Whose interview.
        submission: SubmissionId,
        /// When it was to be.
        slot: Slot,
    },
    /// "Did it take place? What is next?" To the client.
    AskOutcome {
        /// Whose interview.
        submission: SubmissionId,
        /// When it was.
        slot: Slot,
    },
    /// Why the client passed, as a recruiter released it. To the candidate.
    Feedback {
        /// Whom.
        submission: SubmissionId,
        /// What stands between the salutation and the names below it.
        body: String,
    },
    /// Something a recruiter must know or do. To a recruiter.
    Notice(Notice),
}

/// One decision as a letter tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// Whom it is about.
    pub submission: SubmissionId,
    /// What was decided.
    pub decision: Decision,
    /// Reasons read with it.
    pub reasons: Vec<Reason>,
    /// The words they were read from, as long as nobody confirmed that they were read right.
    #[serde(default)]
    pub words: String,
    /// "if she can start in May".
    pub condition: Option<String>,
    /// Until when it can be undone; `None` when it stands.
    pub until: Option<Timestamp>,
}

/// A parked answer, as the letter about it told it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confirmation<'a> {
    /// Row of the parked message.
    pub message: i64,
    /// Who answered in the contact's place; `None` when the contact is asked about their own address.
    pub deputy: Option<&'a str>,
    /// What it would do.
    pub would: &'a [Understood],
    /// The words it rests on.
    pub words: &'a str,
}

impl Content {
    /// The template's name, the value in `letters.kind`, and the name in logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Receipt { .. } => "receipt",
            Self::DidYouMean { .. } => "did_you_mean",
            Self::ConfirmSender { .. } => "confirm_sender",
            Self::ConfirmDeputy { .. } => "confirm_deputy",
            Self::Nudge { .. } => "nudge",
            Self::Withdrawn { .. } => "withdrawn",
            Self::FollowUp { .. } => "follow_up",
            Self::AskReasons { .. } => "ask_reasons",
            Self::FreshLink => "fresh_link",
            Self::CvCode { .. } => "cv_code",
            Self::AskTimes { .. } => "ask_times",
            Self::OfferTimes { .. } => "offer_times",
            Self::Invitation { .. } => "invitation",
            Self::CalledOff { .. } => "called_off",
            Self::Reminder { .. } => "reminder",
            Self::StaysAsIs { .. } => "stays_as_is",
            Self::NotHeld { .. } => "not_held",
            Self::AskOutcome { .. } => "ask_outcome",
            Self::Feedback { .. } => "feedback",
            Self::Notice(_) => "notice",
        }
    }

    /// What an answer to it is read as.
    #[must_use]
    pub fn question(&self) -> Question {
        match self {
            Self::AskReasons { submission, .. } => Question::Reasons(*submission),
            Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::Reminder { .. }
            | Self::AskOutcome { .. }
            | Self::Notice(Notice::GoOnWithout { .. }) => Question::Confirm,
            Self::DidYouMean { about, said, .. } => match said {
                _ if about.iter().any(|(_, meant)| meant.is_some()) => Question::Meant,
                Some(said) => Question::Whom(*said),
                None => Question::Decision,
            },
            Self::Submission
            | Self::Receipt { .. }
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::AskTimes { .. }
            | Self::OfferTimes { .. }
            | Self::Invitation { .. }
            | Self::CalledOff { .. }
            | Self::StaysAsIs { .. }
            | Self::NotHeld { .. }
            | Self::Notice(_) => Question::Decision,
        }
    }

    /// The candidates a letter asks anew about, with the readings it puts to the client.
    #[must_use]
    pub fn asked_back(&self) -> Option<&[(SubmissionId, Option<Decision>)]> {
        match self {
            Self::DidYouMean { about, .. } => Some(about),
            Self::Submission
            | Self::Receipt { .. }
            | Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::AskReasons { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::AskTimes { .. }
            | Self::OfferTimes { .. }
            | Self::Invitation { .. }
            | Self::CalledOff { .. }
            | Self::Reminder { .. }
            | Self::StaysAsIs { .. }
            | Self::NotHeld { .. }
            | Self::AskOutcome { .. }
            | Self::Notice(_) => None,
        }
    }

    /// What a letter asks to confirm: what a yes or no to it is about.
    #[must_use]
    pub fn confirmation(&self) -> Option<Confirmation<'_>> {
        let (message, deputy, would, words) = match self {
            Self::ConfirmSender { message, would, words } => (*message, None, would, words),
            Self::ConfirmDeputy {
                message,
                deputy,
                would,
                words,
            } => (*message, Some(deputy.as_str()), would, words),
            Self::Submission
            | Self::Receipt { .. }
            | Self::DidYouMean { .. }
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::AskReasons { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::AskTimes { .. }
            | Self::OfferTimes { .. }
            | Self::Invitation { .. }
            | Self::CalledOff { .. }
            | Self::Reminder { .. }
            | Self::StaysAsIs { .. }
            | Self::NotHeld { .. }
            | Self::AskOutcome { .. }
            | Self::Notice(_) => return None,
        };
        Some(Confirmation {
            message,
            deputy,
            would,
            words,
        })
    }

    /// The candidates of all batches that a reminder asks about, in its order.
    #[must_use]
    pub fn asks_about(&self) -> Vec<SubmissionId> {
        if let Self::Nudge { open, also, .. } = self {
            open.iter().chain(also.iter().flat_map(|one| &one.open)).copied().collect()
        } else {
            Vec::new()
        }
    }

    /// The other batches it speaks for.
    #[must_use]
    pub fn also(&self) -> &[Also] {
        if let Self::Nudge { also, .. } = self { also } else { &[] }
    }

    /// The interview it is about, for letters that arrange one.
    #[must_use]
    pub const fn interview(&self) -> Option<SubmissionId> {
        match self {
            Self::AskTimes { submission, .. }
            | Self::OfferTimes { submission, .. }
            | Self::Invitation { submission, .. }
            | Self::CalledOff { submission, .. }
            | Self::Reminder { submission, .. }
            | Self::StaysAsIs { submission, .. }
            | Self::NotHeld { submission, .. }
            | Self::AskOutcome { submission, .. } => Some(*submission),
            Self::Submission
            | Self::Receipt { .. }
            | Self::DidYouMean { .. }
            | Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::AskReasons { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::Notice(_) => None,
        }
    }

    /// Nobody waits for it: there are limits to how often such a letter goes to one person. An answer has none, nor has word of what
    /// was agreed; a recruiter wants to know everything.
    #[must_use]
    pub const fn is_unprompted(&self) -> bool {
        match self {
            Self::Submission | Self::Nudge { .. } | Self::FollowUp { .. } | Self::AskReasons { .. } | Self::AskOutcome { .. } => true,
            Self::AskTimes { unclear, .. } | Self::OfferTimes { unclear, .. } => unclear.is_none(),
            Self::Receipt { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::DidYouMean { .. }
            | Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::Invitation { .. }
            | Self::CalledOff { .. }
            | Self::Reminder { .. }
            | Self::StaysAsIs { .. }
            | Self::NotHeld { .. }
            | Self::Notice(_) => false,
        }
    }

    /// From when on nobody is helped by it: a time it names for meeting has begun, a code has ended.
    #[must_use]
    pub fn worthless_after(&self) -> Option<Timestamp> {
        match self {
            Self::OfferTimes { slots, .. } => slots.iter().map(|slot| slot.start).min(),
            Self::Invitation { slot, .. } | Self::Reminder { slot, .. } => Some(slot.start),
            Self::CvCode { until, .. } => Some(*until),
            Self::Submission
            | Self::Receipt { .. }
            | Self::DidYouMean { .. }
            | Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::AskReasons { .. }
            | Self::FreshLink
            | Self::AskTimes { .. }
            | Self::CalledOff { .. }
            | Self::StaysAsIs { .. }
            | Self::NotHeld { .. }
            | Self::AskOutcome { .. }
            | Self::Notice(_) => None,
        }
    }

    /// Written because something just came in (RFC 3834): marked `Auto-Submitted: auto-replied`, and outside the daily limit.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        match self {
            Self::Receipt { .. }
            | Self::DidYouMean { .. }
            | Self::ConfirmSender { .. }
            | Self::ConfirmDeputy { .. }
            | Self::FreshLink
            | Self::CvCode { .. }
            | Self::StaysAsIs { .. }
            | Self::Notice(Notice::Ordered { .. }) => true,
            Self::AskTimes { unclear, .. } | Self::OfferTimes { unclear, .. } => unclear.is_some(),
            Self::Submission
            | Self::Nudge { .. }
            | Self::FollowUp { .. }
            | Self::Withdrawn { .. }
            | Self::Feedback { .. }
            | Self::AskReasons { .. }
            | Self::Invitation { .. }
            | Self::CalledOff { .. }
            | Self::Reminder { .. }
            | Self::NotHeld { .. }
            | Self::AskOutcome { .. }
            | Self::Notice(_) => false,
        }
    }
}
