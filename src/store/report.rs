//! Figures: all milestones that a question is about, read once and counted by [`crate::figures`]. No event reads here; a person asks for it.

use std::collections::{HashMap, HashSet};

use rusqlite::{Row, params};

use super::tables::{optional, text};
use super::{StoreError, Tx, milestones};
use crate::figures::{By, Counting, Question, Report, Row as Counted};
use crate::model::{SubmissionId, Timestamp};

impl Tx<'_> {
    /// Answers a question with figures.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`] when no client, project or recruiter is called so; the database's.
    pub fn report(&self, question: &Question) -> Result<Report, StoreError> {
        let clients = self.clients_called(question.client.as_deref())?;
        let projects = self.projects_called(question.project.as_deref(), clients.as_deref())?;
        let recruiters = self.recruiters_called(question.recruiter.as_deref())?;
        let teams = self.teams()?;
        let wanted: Option<HashSet<i64>> = recruiters.as_ref().map(|all| all.iter().map(|one| one.id).collect());
        let mut counting = Counting::new(question);
        let mut count = |row: &Row<'_>| -> Result<(), StoreError> {
            let members = teams.get(&row.get(3)?).map_or(&[][..], Vec::as_slice);
            if wanted.as_ref().is_none_or(|wanted| members.iter().any(|one| wanted.contains(one))) {
                let one = Counted {
                    submission: SubmissionId(row.get(0)?),
                    client: row.get(1)?,
                    project: row.get(2)?,
                    milestones: milestones::read(row, 4)?,
                };
                counting.count(&one, members);
            }
            Ok(())
        };
        match (&projects, &clients) {
            (Some(some), _) => {
                for one in some {
                    self.of_project(one.id, &mut count)?;
                }
            }
            (None, Some(some)) => {
                for one in some {
                    for project in self.projects_at(one.id)? {
                        self.of_project(project, &mut count)?;
                    }
                }
            }
            (None, None) => self.of_time(question, &mut count)?,
        }
        let mut report = counting.end();
        let names = |found: Option<Vec<Named>>| found.unwrap_or_default().into_iter().map(|one| one.name).collect();
        (report.clients, report.projects, report.recruiters) = (names(clients), names(projects), names(recruiters));
        self.name_all(&mut report)?;
        Ok(report)
    }

    fn of_time(&self, question: &Question, each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (from, to) = question.range();
        if from.is_none() && to.is_none() {
            let mut found = self.sql.prepare_cached(
                "SELECT submission_id, client_id, project_id, team_id,
                        submitted_at, sent_at, viewed_at, decided_at, open_minutes, decision, stands, interested_at, arranged, person,
                        booked_at, starts_at, days_to_start, outcome, passed_at, asked_why, explained_at, reasons, ended_at, ended
                 FROM milestones",
            )?;
            return read_all(found.query([])?, each);
        }
        let mut found = self.sql.prepare_cached(
            "SELECT submission_id, client_id, project_id, team_id,
                    submitted_at, sent_at, viewed_at, decided_at, open_minutes, decision, stands, interested_at, arranged, person,
                    booked_at, starts_at, days_to_start, outcome, passed_at, asked_why, explained_at, reasons, ended_at, ended
             FROM milestones WHERE submitted_at >= ?1 AND submitted_at < ?2",
        )?;
        let seconds = |at: Option<Timestamp>, open: i64| at.map_or(open, |at| at.timestamp());
        read_all(found.query(params![seconds(from, i64::MIN), seconds(to, i64::MAX)])?, each)
    }

    fn of_project(&self, project: i64, each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT submission_id, client_id, project_id, team_id,
                    submitted_at, sent_at, viewed_at, decided_at, open_minutes, decision, stands, interested_at, arranged, person,
                    booked_at, starts_at, days_to_start, outcome, passed_at, asked_why, explained_at, reasons, ended_at, ended
             FROM milestones WHERE project_id = ?1",
        )?;
        read_all(found.query([project])?, each)
    }

    fn clients_called(&self, name: Option<&str>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        let mut all = self.sql.prepare_cached("SELECT id, name FROM clients")?;
        let found = Named::among(all.query([])?, name)?;
        Named::some(found, "client", name).map(Some)
    }

    fn projects_called(&self, name: Option<&str>, clients: Option<&[Named]>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        let mut found = Vec::new();
        if let Some(clients) = clients {
            let mut of_client = self.sql.prepare_cached("SELECT id, title FROM projects WHERE client_id = ?1")?;
            for client in clients {
                found.extend(Named::among(of_client.query([client.id])?, name)?);
            }
        } else {
            let mut all = self.sql.prepare_cached("SELECT id, title FROM projects")?;
            found = Named::among(all.query([])?, name)?;
        }
        let mut found = Named::some(found, "project", name)?;
        for one in &mut found {
            one.name = self.project_name(one.id)?;
        }
        Ok(Some(found))
    }

    fn recruiters_called(&self, name: Option<&str>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        if name.contains('@') {
            let mut found = self
                .sql
                .prepare_cached("SELECT id, iif(name = '', address, name) FROM recruiters WHERE address = ?1")?;
            let found = Named::among(found.query([name])?, "")?;
            return Named::some(found, "recruiter", name).map(Some);
        }
        let mut all = self
            .sql
            .prepare_cached("SELECT id, iif(name = '', address, name) FROM recruiters")?;
        let found = Named::among(all.query([])?, name)?;
        Named::some(found, "recruiter", name).map(Some)
    }

    fn projects_at(&self, client: i64) -> Result<Vec<i64>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id FROM projects WHERE client_id = ?1")?;
        let rows = found.query_map([client], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The recruiters of each team. There are few.
    fn teams(&self) -> Result<HashMap<i64, Vec<i64>>, StoreError> {
        let mut all = self.sql.prepare_cached("SELECT id, members FROM teams")?;
        let rows = all.query_map([], |row| Ok((row.get(0)?, text(row, 1)?)))?;
        rows.map(|row| {
            let (id, members) = row?;
            Ok((id, members.split(' ').filter_map(|one| one.parse().ok()).collect()))
        })
        .collect()
    }

    /// Names of groups, and of what suggestions rest on.
    fn name_all(&self, report: &mut Report) -> Result<(), StoreError> {
        for group in &mut report.groups {
            group.name = match report.by {
                Some(By::Project) => self.project_name(group.id)?,
                Some(By::Client) => {
                    let mut found = self.sql.prepare_cached("SELECT name FROM clients WHERE id = ?1")?;
                    optional(found.query_row([group.id], |row| text(row, 0)))?.unwrap_or_default()
                }
                Some(By::Recruiter) => {
                    let mut found = self
                        .sql
                        .prepare_cached("SELECT iif(name = '', address, name) FROM recruiters WHERE id = ?1")?;
                    optional(found.query_row([group.id], |row| text(row, 0)))?.unwrap_or_default()
                }
                Some(By::Month) | None => continue,
            };
        }
        let mut case = self.sql.prepare_cached(
            "SELECT b.reference, c.name FROM submissions s JOIN batches b ON b.id = s.batch_id JOIN candidates c ON c.id = s.candidate_id
             WHERE s.id = ?1",
        )?;
        for one in &mut report.suggestions {
            one.project = self.project_name(one.project_id)?;
            for known in &mut one.cases {
                let found = optional(case.query_row([known.submission.0], |row| Ok((text(row, 0)?, text(row, 1)?))))?;
                (known.reference, known.candidate) = found.unwrap_or_default();
            }
        }
        Ok(())
    }

    /// `Northwind Energy: Backend engineer`.
    fn project_name(&self, id: i64) -> Result<String, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT c.name || ': ' || p.title FROM projects p JOIN clients c ON c.id = p.client_id WHERE p.id = ?1")?;
        Ok(optional(found.query_row([id], |row| text(row, 0)))?.unwrap_or_default())
    }
}

/// A row with its name.
struct Named {
    id: i64,
    name: String,
}

impl Named {
    /// Of rows of a number and a name those with `part` in their names, in any case of letters; when one is called exactly so, only that.
    fn among(mut rows: rusqlite::Rows<'_>, part: &str) -> Result<Vec<Self>, StoreError> {
        let wanted = part.trim().to_lowercase();
        let (mut found, mut exactly) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let one = Self {
                id: row.get(0)?,
                name: row.get(1)?,
            };
            let name = one.name.to_lowercase();
            if name == wanted {
                exactly.push(one);
            } else if name.contains(&wanted) {
                found.push(one);
            }
        }
        Ok(if exactly.is_empty() { found } else { exactly })
    }

    fn some(found: Vec<Self>, what: &str, name: &str) -> Result<Vec<Self>, StoreError> {
        if found.is_empty() {
            return Err(StoreError::NoSuch(format!(
                "{what} with {name:?} in the name; `replyd report --by {what}` lists those there are"
            )));
        }
        Ok(found)
    }
}

fn read_all(mut rows: rusqlite::Rows<'_>, each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}
