//! One pass over all submissions that a question is about.

use std::collections::{BTreeMap, HashMap};

use super::advice::Passes;
use super::days::Finder;
use super::report::{Group, MonthLine, Period, Report, WeekLine};
use super::success;
use super::tally::{Facts, Tally};
use super::{By, Month, Question, Share, Week};
use crate::conversation::Milestones;
use crate::model::{SubmissionId, Timestamp};

/// A submission, as far as figures know it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Which.
    pub submission: SubmissionId,
    /// Number of its client.
    pub client: i64,
    /// Number of its project.
    pub project: i64,
    /// How far it came.
    pub milestones: Milestones,
}

/// Figures while they are counted.
pub struct Counting<'a> {
    question: &'a Question,
    range: (Option<Timestamp>, Option<Timestamp>),
    month: Finder<Month>,
    months: BTreeMap<Month, Tally>,
    week: Finder<Week>,
    weeks: BTreeMap<Week, Share>,
    groups: HashMap<i64, Tally>,
    passes: Passes,
}

impl<'a> Counting<'a> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(question: &'a Question) -> Self {
        let range = question.range();
        Self {
            question,
            range,
            month: Finder::new(question.zone),
            months: BTreeMap::new(),
            week: Finder::new(question.zone),
            weeks: BTreeMap::new(),
            groups: HashMap::new(),
            passes: Passes::until(range.1.map_or(question.now, |end| end.min(question.now))),
        }
    }

    /// Counts one more, with the numbers of its recruiters; not what was handed in on other days than those asked about.
    pub fn count(&mut self, row: &Row, recruiters: &[i64]) {
        let one = &row.milestones;
        let (from, to) = self.range;
        if from.is_some_and(|from| one.submitted < from) || to.is_some_and(|to| one.submitted >= to) {
            return;
        }
        let facts = Facts::of(one, self.question.now);
        self.months.entry(self.month.find(one.submitted)).or_default().count(&facts);
        if let Some(holds) = facts.within_48h() {
            self.weeks.entry(self.week.find(one.submitted)).or_default().count(holds);
        }
        match self.question.by {
            Some(By::Project) => self.groups.entry(row.project).or_default().count(&facts),
            Some(By::Client) => self.groups.entry(row.client).or_default().count(&facts),
            Some(By::Recruiter) => {
                for id in recruiters {
                    self.groups.entry(*id).or_default().count(&facts);
                }
            }
            Some(By::Month) | None => {}
        }
        self.passes.count(row);
    }

    /// All there is to say. Names are still to be filled in, those of [`Report::groups`] and in [`Report::suggestions`].
    #[must_use]
    pub fn end(self) -> Report {
        let question = self.question;
        let mut all = Tally::default();
        for month in self.months.values() {
            all.add(month);
        }
        let all = all.end();
        let months = self.months.into_iter().map(|(month, tally)| MonthLine {
            month,
            figures: tally.end(),
        });
        let months: Vec<MonthLine> = months.collect();
        let groups = self.groups.into_iter().map(|(id, tally)| Group {
            id,
            name: String::new(),
            figures: tally.end(),
        });
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|one| (std::cmp::Reverse(one.figures.funnel.submitted), one.id));
        let this = Month::of_day(question.last_day());
        Report {
            as_of: question.now,
            period: Period {
                from: question.from,
                to: question.last_day(),
                zone: question.zone.name(),
            },
            clients: Vec::new(),
            projects: Vec::new(),
            recruiters: Vec::new(),
            success: success::figures(&all, &months, this),
            all,
            months,
            weeks: weeks(self.weeks),
            by: question.by,
            groups,
            suggestions: self.passes.suggestions(),
        }
    }
}

/// Without gaps: in a week of which nothing can be said yet, or in which nothing was sent, nobody was asked.
fn weeks(counted: BTreeMap<Week, Share>) -> Vec<WeekLine> {
    let Some(last) = counted.last_key_value().map(|(week, _)| *week) else {
        return Vec::new();
    };
    let mut lines: Vec<WeekLine> = Vec::new();
    for (week, within_48h) in counted {
        while let Some(next) = lines
            .last()
            .map(|line| line.week.next())
            .filter(|next| *next < week && *next < last)
        {
            lines.push(WeekLine {
                week: next,
                within_48h: Share::default(),
            });
        }
        lines.push(WeekLine { week, within_48h });
    }
    lines
}
