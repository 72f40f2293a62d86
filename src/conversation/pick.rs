//! What was pressed on the page of an interview, before it is heard.

use serde::{Deserialize, Serialize};

use super::Side;
use crate::model::Timestamp;
use crate::reply::times::Intent;
use crate::reply::{Reply, Says};

/// What somebody pressed on the page of an interview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// When.
    pub at: Timestamp,
    /// By whom, as far as one can tell.
    pub visitor: u64,
    /// On whose page.
    pub side: Side,
    /// What it says.
    pub reply: Reply,
}

impl Pick {
    /// Refuses what is agreed or offered, or calls it off.
    pub(super) fn refuses(&self) -> bool {
        match self.says() {
            Some(Says::Times { said, .. }) => matches!(said.intent, Intent::NoneWork | Intent::Cancel | Intent::Reschedule),
            Some(Says::Attends { yes, .. }) => !yes,
            _ => false,
        }
    }

    /// What it says of the interview, questions aside.
    #[must_use]
    pub fn says(&self) -> Option<&Says> {
        let mut said = self.reply.findings.iter().map(|one| &one.says);
        let of_times = |says: &Says| matches!(says, Says::Times { said, .. } if !matches!(said.intent, Intent::Question | Intent::Nothing));
        said.find(|says| of_times(says) || matches!(says, Says::Attends { .. }))
    }

    /// A choice of nothing: what was pressed before does not count.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        self.says().is_some_and(takes_back)
    }

    /// What was typed beside it, for a person: without what it says of the interview.
    #[must_use]
    pub fn beside(&self) -> Reply {
        let mut reply = self.reply.clone();
        reply
            .findings
            .retain(|one| !matches!(one.says, Says::Times { .. } | Says::Attends { .. }));
        reply
    }
}

/// A choice of nothing: "I decide later", or taken back.
#[must_use]
pub fn takes_back(says: &Says) -> bool {
    matches!(says, Says::Times { said, .. } if said.intent == Intent::Select && said.taken.is_empty())
}
