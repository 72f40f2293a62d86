//! Figures: all milestones that a question is about, read once and counted by [`crate::figures`]. No event reads here; a person asks for it.

use std::collections::{HashMap, HashSet};

use rusqlite::{Row, params};

use super::tables::{optional, text};
use super::{StoreError, Tx, milestones};
use crate::figures::{By, Counting, Question, Report, Row as Counted, Suggestion};
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
        let [of_clients, of_projects, of_recruiters] = [&clients, &projects, &recruiters].map(|found| ids(found.as_deref()));
        let mut counting = Counting::new(question);
        let mut count = |row: &Row<'_>| -> Result<(), StoreError> {
            let members = teams.get(&row.get(3)?).map_or(&[][..], Vec::as_slice);
            let one = Counted {
                submission: SubmissionId(row.get(0)?),
                client: row.get(1)?,
                project: row.get(2)?,
                milestones: milestones::read(row, 4)?,
            };
            if of_recruiters
                .as_ref()
                .is_none_or(|wanted| members.iter().any(|one| wanted.contains(one)))
                && of_projects.as_ref().is_none_or(|wanted| wanted.contains(&one.project))
                && of_clients.as_ref().is_none_or(|wanted| wanted.contains(&one.client))
            {
                counting.count(&one, members);
            }
            Ok(())
        };
        let mut some = of_projects.clone();
        if let (None, Some(clients)) = (&some, &of_clients)
            && clients.len() <= FEW
        {
            some = Some(self.projects_at(clients)?);
        }
        match some.filter(|some| some.len() <= FEW) {
            Some(some) => {
                for project in some {
                    self.of_project(project, &mut count)?;
                }
            }
            None => self.of_time(question, &mut count)?,
        }
        let mut report = counting.end();
        let names = |found: Option<Vec<Named>>| found.unwrap_or_default().into_iter().map(|one| one.name).collect();
        (report.clients, report.projects, report.recruiters) = (names(clients), names(projects), names(recruiters));
        self.name_all(&mut report)?;
        Ok(report)
    }

    /// What passes have in common, on the projects on which this recruiter's clients gave reasons since an event.
    ///
    /// # Errors
    /// The database's.
    pub fn suggested(&self, recruiter: i64, since: i64, question: &Question) -> Result<Vec<Suggestion>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT DISTINCT b.project_id FROM events e JOIN batch_recruiters r ON r.batch_id = e.batch_id AND r.recruiter_id = ?1
               JOIN batches b ON b.id = e.batch_id WHERE e.id > ?2 AND e.kind = 'reason' LIMIT ?3",
        )?;
        let rows = found.query_map(params![recruiter, since, MOST_SUGGESTED], |row| row.get(0))?;
        let mut all = Vec::new();
        for project in rows.collect::<Result<Vec<i64>, _>>()? {
            all.extend(self.suggested_for(project, question)?);
        }
        Ok(all)
    }

    /// What passes on one project have in common.
    ///
    /// # Errors
    /// The database's.
    pub fn suggested_for(&self, project: i64, question: &Question) -> Result<Vec<Suggestion>, StoreError> {
        let mut counting = Counting::new(question);
        self.of_project(project, &mut |row| {
            let one = Counted {
                submission: SubmissionId(row.get(0)?),
                client: row.get(1)?,
                project: row.get(2)?,
                milestones: milestones::read(row, 4)?,
            };
            counting.count(&one, &[]);
            Ok(())
        })?;
        let mut report = counting.end();
        self.name_all(&mut report)?;
        Ok(report.suggestions)
    }

    fn of_time(&self, question: &Question, each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (from, to) = question.range();
        if from.is_none() && to.is_none() {
            let mut found = self
                .sql
                .prepare_cached("SELECT submission_id, client_id, project_id, team_id, submitted_at, reasons, packed FROM milestones")?;
            return read_all(found.query([])?, each);
        }
        let mut found = self.sql.prepare_cached(
            "SELECT submission_id, client_id, project_id, team_id, submitted_at, reasons, packed FROM milestones WHERE submitted_at >= ?1 AND submitted_at < ?2",
        )?;
        let seconds = |at: Option<Timestamp>, open: i64| at.map_or(open, |at| at.timestamp());
        read_all(found.query(params![seconds(from, i64::MIN), seconds(to, i64::MAX)])?, each)
    }

    fn of_project(&self, project: i64, each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT submission_id, client_id, project_id, team_id, submitted_at, reasons, packed FROM milestones WHERE project_id = ?1",
        )?;
        read_all(found.query([project])?, each)
    }

    fn clients_called(&self, name: Option<&str>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        let mut all = self.sql.prepare_cached(CLIENTS)?;
        let found = Named::among(all.query([])?, name)?;
        Named::some(found, "client", name).map(Some)
    }

    fn projects_called(&self, name: Option<&str>, clients: Option<&[Named]>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        let mut found = Vec::new();
        if let Some(clients) = clients.filter(|clients| clients.len() <= FEW) {
            let mut of_client = self.sql.prepare_cached(
                "SELECT p.id, p.title, c.name || ': ' || p.title FROM projects p JOIN clients c ON c.id = p.client_id WHERE p.client_id = ?1",
            )?;
            for client in clients {
                found.extend(Named::among(of_client.query([client.id])?, name)?);
            }
        } else {
            let mut all = self.sql.prepare_cached(PROJECTS)?;
            found = Named::among(all.query([])?, name)?;
        }
        Named::some(found, "project", name).map(Some)
    }

    fn recruiters_called(&self, name: Option<&str>) -> Result<Option<Vec<Named>>, StoreError> {
        let Some(name) = name else { return Ok(None) };
        if name.contains('@') {
            let mut found = self.sql.prepare_cached(
                "SELECT id, iif(name = '', address, name), iif(name = '', address, name) FROM recruiters WHERE address = ?1",
            )?;
            let found = Named::among(found.query([name])?, "")?;
            return Named::some(found, "recruiter", name).map(Some);
        }
        let mut all = self.sql.prepare_cached(RECRUITERS)?;
        let found = Named::among(all.query([])?, name)?;
        Named::some(found, "recruiter", name).map(Some)
    }

    fn projects_at(&self, clients: &HashSet<i64>) -> Result<HashSet<i64>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id FROM projects WHERE client_id = ?1")?;
        let mut all = HashSet::new();
        for client in clients {
            let rows = found.query_map([client], |row| row.get::<_, i64>(0))?;
            all.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(all)
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
        let (all, one) = match report.by {
            Some(By::Project) => (PROJECTS, PROJECT),
            Some(By::Client) => (CLIENTS, CLIENT),
            Some(By::Recruiter) => (RECRUITERS, RECRUITER),
            // These have names of their own.
            Some(By::Month) | None => ("", ""),
        };
        if report.groups.len() > FEW {
            let mut all = self.sql.prepare_cached(all)?;
            let found = Named::among(all.query([])?, "")?;
            let names: HashMap<i64, String> = found.into_iter().map(|one| (one.id, one.name)).collect();
            for group in &mut report.groups {
                group.name = names.get(&group.id).cloned().unwrap_or_default();
            }
        } else {
            for group in &mut report.groups {
                group.name = self.name(one, group.id)?;
            }
        }
        let mut case = self.sql.prepare_cached(
            "SELECT b.reference, c.name FROM submissions s JOIN batches b ON b.id = s.batch_id JOIN candidates c ON c.id = s.candidate_id
             WHERE s.id = ?1",
        )?;
        for one in &mut report.suggestions {
            one.project = self.name(PROJECT, one.project_id)?;
            for known in &mut one.cases {
                let found = optional(case.query_row([known.submission.0], |row| Ok((text(row, 0)?, text(row, 1)?))))?;
                (known.reference, known.candidate) = found.unwrap_or_default();
            }
        }
        Ok(())
    }

    fn name(&self, statement: &'static str, id: i64) -> Result<String, StoreError> {
        let mut found = self.sql.prepare_cached(statement)?;
        Ok(optional(found.query_row([id], |row| text(row, 2)))?.unwrap_or_default())
    }
}

/// Projects of which a recruiter is told in one morning.
const MOST_SUGGESTED: u32 = 10;

/// Rows of so many projects are looked up one project after another; for more of them the table is read.
const FEW: usize = 500;

/// Number, what it is called, and its whole name: `Northwind Energy: Backend engineer`.
const CLIENTS: &str = "SELECT id, name, name FROM clients";
const CLIENT: &str = "SELECT id, name, name FROM clients WHERE id = ?1";
const PROJECTS: &str = "SELECT p.id, p.title, c.name || ': ' || p.title FROM projects p JOIN clients c ON c.id = p.client_id";
const PROJECT: &str =
    "SELECT p.id, p.title, c.name || ': ' || p.title FROM projects p JOIN clients c ON c.id = p.client_id WHERE p.id = ?1";
const RECRUITERS: &str = "SELECT id, iif(name = '', address, name), iif(name = '', address, name) FROM recruiters";
const RECRUITER: &str = "SELECT id, iif(name = '', address, name), iif(name = '', address, name) FROM recruiters WHERE id = ?1";

fn ids(found: Option<&[Named]>) -> Option<HashSet<i64>> {
    found.map(|all| all.iter().map(|one| one.id).collect())
}

/// A row with its whole name.
struct Named {
    id: i64,
    name: String,
}

impl Named {
    /// Of rows of a number, what it is called and a whole name those that are called something with `part` in it, in any case of letters;
    /// when some are called exactly so, only those.
    fn among(mut rows: rusqlite::Rows<'_>, part: &str) -> Result<Vec<Self>, StoreError> {
        let wanted = part.trim().to_lowercase();
        let (mut found, mut exactly) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let one = Self {
                id: row.get(0)?,
                name: row.get(2)?,
            };
            let name = if wanted.is_empty() {
                String::new()
            } else {
                text(row, 1)?.to_lowercase()
            };
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
