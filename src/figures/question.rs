//! What is asked: of which submissions, and how they are put together.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::model::Timestamp;

/// What is to be counted.
#[derive(Debug, Clone)]
pub struct Question {
    /// Only what was handed in on this day or later.
    pub from: Option<NaiveDate>,
    /// Only what was handed in on this day or before.
    pub to: Option<NaiveDate>,
    /// Only clients with this in their name, in any case of letters.
    pub client: Option<String>,
    /// Only projects with this in their title.
    pub project: Option<String>,
    /// Only recruiters with this in their name, or this address.
    pub recruiter: Option<String>,
    /// Figures for each of these beside those of all.
    pub by: Option<By>,
    /// The agency's clock.
    pub zone: Zone,
    /// What is still on its way is not over.
    pub now: Timestamp,
}

/// How submissions are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Role at a client.
    Project,
    /// Company.
    Client,
    /// Whoever handed it in or works on it.
    Recruiter,
    /// Month in which it was handed in.
    Month,
}

impl By {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Project, Self::Client, Self::Recruiter, Self::Month];

    /// As it is typed, and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Client => "client",
            Self::Recruiter => "recruiter",
            Self::Month => "month",
        }
    }
}

impl FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| format!("write one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

impl Question {
    /// All submissions, as of now.
    #[must_use]
    pub const fn of_all(zone: Zone, now: Timestamp) -> Self {
        Self {
            from: None,
            to: None,
            client: None,
            project: None,
            recruiter: None,
            by: None,
            zone,
            now,
        }
    }

    /// The first instant that is asked about, and the first one after.
    #[must_use]
    pub fn range(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let begins = |day| self.zone.at_or_after(day, NaiveTime::MIN);
        let after = self.to.and_then(|day| day.succ_opt());
        (self.from.map(begins), after.map(begins))
    }

    /// The last day that is asked about: figures know nothing of tomorrow.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        let today = self.zone.local(self.now).date();
        self.to.map_or(today, |to| to.min(today))
    }
}
