//! The reasons a client is offered: those of the project, else the agency's, else the twelve there are.
//!
//! In: how the batch was handed in. Out: the reasons in the order of the letter, each with the one of the twelve that figures count it as.

use serde::{Deserialize, Serialize};

use super::Conversation;
use crate::model::{HeaderText, Reason};

/// A reason in somebody's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReason {
    /// What the client reads.
    pub label: HeaderText,
    /// Which of the twelve it is counted as.
    pub counts_as: Reason,
}

/// A reason as it stands in a letter and on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which one was ticked: one of the twelve, or the place in the list.
    pub ticked: Ticked,
    /// What the client reads.
    pub label: String,
    /// Which of the twelve it is.
    pub reason: Reason,
}

/// What somebody can tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ticked {
    /// One of the twelve.
    Reason(Reason),
    /// One of a list of their own, from 1.
    Own(u8),
}

/// More are read by nobody.
pub const MOST_REASONS: usize = 15;
/// What parts the words that reasons rest on.
pub const BETWEEN: &str = " … ";

impl Ticked {
    /// The name in a form and behind a link.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Reason(reason) => reason.name().to_owned(),
            Self::Own(place) => place.to_string(),
        }
    }

    /// Which one bears this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let place = || name.parse().ok().filter(|place| (1..=MOST_REASONS).contains(&usize::from(*place)));
        name.parse().ok().map(Self::Reason).or_else(|| place().map(Self::Own))
    }
}

impl Conversation {
    /// The reasons that the client is offered.
    #[must_use]
    pub fn offered_reasons(&self) -> Vec<Offered> {
        let lists = [&self.batch.project.reasons, &self.policy.reasons];
        let Some(own) = lists.into_iter().find(|list| !list.is_empty()) else {
            let of = |reason: Reason| Offered {
                ticked: Ticked::Reason(reason),
                label: reason.label().to_owned(),
                reason,
            };
            return Reason::ALL.into_iter().map(of).collect();
        };
        let of = |(place, one): (u8, &OwnReason)| Offered {
            ticked: Ticked::Own(place),
            label: one.label.to_string(),
            reason: one.counts_as,
        };
        (1..).zip(own.iter().take(MOST_REASONS)).map(of).collect()
    }

    /// What was ticked: the reasons, and the wording of those that have one of their own.
    #[must_use]
    pub fn ticked(&self, all: &[Ticked]) -> (Vec<Reason>, Vec<String>) {
        let offered = self.offered_reasons();
        let (mut reasons, mut labels) = (Vec::new(), Vec::new());
        for one in offered.iter().filter(|one| all.contains(&one.ticked)) {
            if !reasons.contains(&one.reason) {
                reasons.push(one.reason);
            }
            if matches!(one.ticked, Ticked::Own(_)) {
                labels.push(one.label.clone());
            }
        }
        // A letter written before the list was there.
        for one in all {
            if let Ticked::Reason(reason) = one
                && !reasons.contains(reason)
            {
                reasons.push(*reason);
            }
        }
        (reasons, labels)
    }

    /// The words beside reasons without the labels of a list: those are told by what is ticked.
    #[must_use]
    pub fn without_labels(&self, words: &str) -> String {
        let offered = self.offered_reasons();
        let own = |part: &&str| {
            offered
                .iter()
                .any(|one| matches!(one.ticked, Ticked::Own(_)) && one.label == **part)
        };
        words.split(BETWEEN).filter(|part| !own(part)).collect::<Vec<_>>().join(BETWEEN)
    }
}

/// Which of the offered reasons hold, where these do and these words stand beside them: a list may have two wordings of one reason.
#[must_use]
pub fn holds(one: &Offered, all: &[Offered], reasons: &[Reason], words: &str) -> bool {
    let said = |one: &Offered| words.split(BETWEEN).any(|part| part == one.label);
    let named = all.iter().any(|other| other.reason == one.reason && said(other));
    reasons.contains(&one.reason) && (!named || said(one))
}
