//! What passes on one project have in common: put before a recruiter as a suggestion, with the cases it rests on.

use std::collections::HashMap;

use chrono::Duration;
use serde::Serialize;

use super::Row;
use crate::conversation::Reasons;
use crate::model::{Reason, SubmissionId, Timestamp};

/// How far back passes say something about a project of today.
const RECENT: Duration = Duration::days(90);
/// So many passes of a project must name the same reason: two who agree are chance.
const AGREE: usize = 3;
/// Suggestions at the most, those with most cases first: more are read by nobody.
const MOST: usize = 10;

/// "3 of 5 passes on this project say salary."
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Number of the project.
    pub project_id: i64,
    /// Its name, with its client's.
    pub project: String,
    /// What they say.
    pub reason: Reason,
    /// So many passes that stand and are at most 90 days old say it.
    pub say: u32,
    /// Of so many such passes that name a reason.
    pub of: u32,
    /// And there are so many such passes in all.
    pub passes: u32,
    /// Those that say it, newest last.
    pub cases: Vec<Case>,
}

impl Suggestion {
    /// In one line, without the cases.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{} of {} passes on {} that name a reason say {} ({} passes in 90 days)",
            self.say,
            self.of,
            self.project,
            self.reason.label().to_lowercase(),
            self.passes
        )
    }
}

/// A pass that a suggestion rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Number of the submission.
    pub submission: SubmissionId,
    /// Reference of its batch.
    pub reference: String,
    /// Name of the candidate.
    pub candidate: String,
}

/// The passes of the last time, by project.
pub(super) struct Passes {
    since: Timestamp,
    until: Timestamp,
    projects: HashMap<i64, Project>,
}

#[derive(Default)]
struct Project {
    passes: u32,
    explained: Vec<(Timestamp, SubmissionId, Reasons)>,
}

impl Passes {
    pub(super) fn until(until: Timestamp) -> Self {
        Self {
            since: until - RECENT,
            until,
            projects: HashMap::new(),
        }
    }

    pub(super) fn count(&mut self, row: &Row) {
        let one = &row.milestones;
        let Some(at) = one.passed.filter(|at| (self.since..=self.until).contains(at)) else {
            return;
        };
        let project = self.projects.entry(row.project).or_default();
        project.passes += 1;
        if !one.reasons.is_empty() {
            project.explained.push((at, row.submission, one.reasons));
        }
    }

    /// At least three, and at least half of those that name a reason. "Other" is nothing in common.
    pub(super) fn suggestions(self) -> Vec<Suggestion> {
        let mut found = Vec::new();
        for (project_id, mut project) in self.projects {
            if project.explained.len() < AGREE {
                continue;
            }
            project.explained.sort_unstable_by_key(|(at, id, _)| (*at, *id));
            let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
            for reason in Reason::ALL.into_iter().filter(|one| *one != Reason::Other) {
                let say = project.explained.iter().filter(|(_, _, reasons)| reasons.contains(reason));
                let cases: Vec<Case> = say.map(|(_, id, _)| Case::of(*id)).collect();
                if cases.len() >= AGREE && cases.len() * 2 >= project.explained.len() {
                    found.push(Suggestion {
                        project_id,
                        project: String::new(),
                        reason,
                        say: count(cases.len()),
                        of: count(project.explained.len()),
                        passes: project.passes,
                        cases,
                    });
                }
            }
        }
        found.sort_by_key(|one| (std::cmp::Reverse(one.say), one.project_id, one.reason));
        found.truncate(MOST);
        found
    }
}

impl Case {
    const fn of(submission: SubmissionId) -> Self {
        Self {
            submission,
            reference: String::new(),
            candidate: String::new(),
        }
    }
}
