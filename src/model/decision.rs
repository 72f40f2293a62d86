//! What a client can decide, and why not.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A client's word on one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Wants to meet the candidate.
    Interested,
    /// Not now: a follow-up comes later.
    Maybe,
    /// No.
    Pass,
}

impl Decision {
    /// All three, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Interested, Self::Maybe, Self::Pass];

    /// The lower-case name used in files, JSON and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interested => "interested",
            Self::Maybe => "maybe",
            Self::Pass => "pass",
        }
    }

    /// The word on the button.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Interested => "Interested",
            Self::Maybe => "Maybe",
            Self::Pass => "Pass",
        }
    }
}

/// Why a client passes: the default list of design section 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A tool, certificate, field or kind of work is missing.
    Skills,
    /// Too junior, too few years, never did this.
    Experience,
    /// Wants too much.
    Salary,
    /// Would not fit the people.
    Culture,
    /// Too far, will not move, remote or on site.
    Location,
    /// Start date, notice period, hours.
    Availability,
    /// Language, could not explain.
    Communication,
    /// Too senior, would be bored.
    Overqualified,
    /// Someone else was better.
    PreferredOther,
    /// The role is cancelled, frozen, filled or changed.
    RoleChanged,
    /// The client knows the candidate from elsewhere.
    AlreadyKnown,
    /// Any other stated reason.
    Other,
}

impl Reason {
    /// All twelve, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::Skills,
        Self::Experience,
        Self::Salary,
        Self::Culture,
        Self::Location,
        Self::Availability,
        Self::Communication,
        Self::Overqualified,
        Self::PreferredOther,
        Self::RoleChanged,
        Self::AlreadyKnown,
        Self::Other,
    ];

    /// The snake_case name used in files, JSON and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skills => "skills",
            Self::Experience => "experience",
            Self::Salary => "salary",
            Self::Culture => "culture",
            Self::Location => "location",
            Self::Availability => "availability",
            Self::Communication => "communication",
            Self::Overqualified => "overqualified",
            Self::PreferredOther => "preferred_other",
            Self::RoleChanged => "role_changed",
            Self::AlreadyKnown => "already_known",
            Self::Other => "other",
        }
    }

    /// The words a client sees.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Skills => "Skills",
            Self::Experience => "Experience",
            Self::Salary => "Salary",
            Self::Culture => "Culture",
            Self::Location => "Location",
            Self::Availability => "Availability",
            Self::Communication => "Communication",
            Self::Overqualified => "Overqualified",
            Self::PreferredOther => "Preferred another",
            Self::RoleChanged => "Role changed",
            Self::AlreadyKnown => "Already known",
            Self::Other => "Other",
        }
    }
}

/// What a reason speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonSide {
    /// The person: another one would do.
    Candidate,
    /// What the role offers and asks: another person would meet the same.
    Role,
    /// How it went: neither.
    Process,
}

impl ReasonSide {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Candidate, Self::Role, Self::Process];

    /// The snake_case name used in files, JSON and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Role => "role",
            Self::Process => "process",
        }
    }
}

impl Reason {
    /// What it speaks of.
    #[must_use]
    pub const fn side(self) -> ReasonSide {
        match self {
            Self::Skills | Self::Experience | Self::Culture | Self::Communication | Self::Overqualified => ReasonSide::Candidate,
            Self::Salary | Self::Location | Self::Availability | Self::RoleChanged => ReasonSide::Role,
            Self::PreferredOther | Self::AlreadyKnown | Self::Other => ReasonSide::Process,
        }
    }
}

macro_rules! by_name {
    ($kind:ident, $what:literal) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| {
                    format!(
                        "no such {}: {text:?} (one of {})",
                        $what,
                        Self::ALL.map(|one| one.name()).join(", ")
                    )
                })
            }
        }
    };
}

by_name!(Decision, "decision");
by_name!(Reason, "reason");
by_name!(ReasonSide, "side");
