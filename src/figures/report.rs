//! What a question is answered with.

use chrono::NaiveDate;
use serde::Serialize;

use super::{By, Counted, Month, Share, Success, Suggestion, Week};
use crate::model::Timestamp;

/// All figures that were asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// When it was counted.
    pub as_of: Timestamp,
    /// The days on which was handed in what is counted.
    pub period: Period,
    /// Only these clients; empty: all.
    pub clients: Vec<String>,
    /// Only these projects; empty: all.
    pub projects: Vec<String>,
    /// Only these recruiters; empty: all.
    pub recruiters: Vec<String>,
    /// The four figures by which replyd is measured.
    pub success: Vec<Success>,
    /// Everything together.
    pub all: Counted,
    /// By the month of handing in, oldest first. Months without any are left out.
    pub months: Vec<MonthLine>,
    /// Answers by the week of handing in, oldest first, without gaps.
    pub weeks: Vec<WeekLine>,
    /// What [`Report::groups`] are.
    pub by: Option<By>,
    /// Figures of each project, client or recruiter, those with most submissions first.
    pub groups: Vec<Group>,
    /// What passes on one project have in common.
    pub suggestions: Vec<Suggestion>,
}

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First day; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: NaiveDate,
    /// By the clock of this zone.
    pub zone: &'static str,
}

/// A month of handing in: a cohort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthLine {
    /// Which.
    pub month: Month,
    /// Its figures.
    pub figures: Counted,
}

/// A week of handing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WeekLine {
    /// Its Monday.
    pub week: Week,
    /// Answered within 48 hours.
    pub within_48h: Share,
}

/// A project, client or recruiter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its number.
    pub id: i64,
    /// Its name: of a project with its client's.
    pub name: String,
    /// Its figures.
    pub figures: Counted,
}
