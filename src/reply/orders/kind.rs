//! Kinds of what a recruiter writes, as the tables name them.

use crate::model::Decision;

/// What a pattern of the tables stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Take,
    Release,
    Pause,
    Book,
    Move,
    Cancel,
    /// Two interviews change places.
    Swap,
    Withdraw,
    Address,
    Resend,
    StopChase,
    Status,
    Timeline,
    Report,
    Help,
    Undo,
    Note,
    Times,
    /// The client has answered so, and the words say about whom or follow a name.
    Told(Decision),
    /// "So no.": an answer when it is a clause of its own, about whoever was named last.
    Bare(Decision),
    /// "Greg's fine with it": says that a time suits; nothing follows.
    Agreed,
    /// "Nothing on Imelda yet": there is no answer; nothing follows.
    Silent,
    /// "Let me check first", "think she will say yes": nothing is to be done yet.
    Hold,
    /// "Pass that on to Greg": something is wanted that no order is.
    Request,
    /// "Ana or Ben, he didn't say which": nobody can tell who is meant, here and in the sentence before.
    Unsure,
    /// "Scratch that": what the sentence said before does not hold.
    Correct,
    /// "That was a joke", "Automatic reply": nothing of the mail holds.
    Void,
}

impl Kind {
    pub(super) fn named(section: &str) -> Option<Self> {
        Some(match section {
            "take" => Self::Take,
            "release" => Self::Release,
            "pause" => Self::Pause,
            "book" => Self::Book,
            "move" => Self::Move,
            "cancel" => Self::Cancel,
            "swap" => Self::Swap,
            "withdraw" => Self::Withdraw,
            "address" => Self::Address,
            "resend" => Self::Resend,
            "stop_chase" => Self::StopChase,
            "status" => Self::Status,
            "timeline" => Self::Timeline,
            "report" => Self::Report,
            "help" => Self::Help,
            "undo" => Self::Undo,
            "note" => Self::Note,
            "times" => Self::Times,
            "interested" => Self::Told(Decision::Interested),
            "maybe" => Self::Told(Decision::Maybe),
            "pass" => Self::Told(Decision::Pass),
            "bare_interested" => Self::Bare(Decision::Interested),
            "bare_maybe" => Self::Bare(Decision::Maybe),
            "bare_pass" => Self::Bare(Decision::Pass),
            "agreed" => Self::Agreed,
            "silent" => Self::Silent,
            "hold" => Self::Hold,
            "request" => Self::Request,
            "unsure" => Self::Unsure,
            "correct" => Self::Correct,
            "void" => Self::Void,
            _ => return None,
        })
    }

    /// It is about no batch, or about whichever is known.
    pub(super) const fn of_no_batch(self) -> bool {
        matches!(self, Self::Status | Self::Report | Self::Help | Self::Undo)
    }

    /// It may be put as a question: "What is open?"
    pub(super) const fn may_ask(self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Timeline
                | Self::Report
                | Self::Help
                | Self::Request
                | Self::Unsure
                | Self::Hold
                | Self::Silent
                | Self::Void
                | Self::Resend
        )
    }

    /// Nothing is done for it.
    pub(super) const fn is_idle(self) -> bool {
        matches!(
            self,
            Self::Agreed | Self::Silent | Self::Hold | Self::Request | Self::Unsure | Self::Correct | Self::Void
        )
    }

    /// What it decides, if it does.
    pub(super) const fn decision(self) -> Option<Decision> {
        if let Self::Told(decision) | Self::Bare(decision) = self {
            Some(decision)
        } else {
            None
        }
    }
}
