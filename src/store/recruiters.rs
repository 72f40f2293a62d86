//! Recruiters: who they are, and whose batches each of them may see.
//!
//! What may be looked at is decided here alone, whoever asks: the hub, a mail, a program.

use rusqlite::params;

use super::tables::{optional, text};
use super::{StoreError, Tx};
use crate::model::{Address, ConversationId, Mailbox};

/// Projects of one client that are shared at a time: the newest.
const PROJECTS: u32 = 50;

/// Somebody who may enter the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recruiter {
    /// The row.
    pub id: i64,
    /// Name and address.
    pub mailbox: Mailbox,
}

/// Whose submissions somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// Everybody's.
    All,
    /// Those of their batches and of shared projects.
    Own {
        /// Whose.
        recruiter: i64,
        /// Rows of projects.
        projects: Vec<i64>,
    },
}

impl Tx<'_> {
    /// Somebody's row, by address.
    ///
    /// # Errors
    /// The database's.
    pub fn recruiter(&self, address: &Address) -> Result<Option<Recruiter>, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, address, name FROM recruiters WHERE address = ?1")?;
        optional(found.query_row([address.as_str()], |row| Ok((row.get(0)?, text(row, 1)?, text(row, 2)?))))?
            .map(recruiter)
            .transpose()
    }

    /// Somebody by their row.
    ///
    /// # Errors
    /// The database's.
    pub fn recruiter_at(&self, id: i64) -> Result<Option<Recruiter>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id, address, name FROM recruiters WHERE id = ?1")?;
        optional(found.query_row([id], |row| Ok((row.get(0)?, text(row, 1)?, text(row, 2)?))))?
            .map(recruiter)
            .transpose()
    }

    /// A row for somebody; a name that is given takes the place of the one known.
    ///
    /// # Errors
    /// The database's.
    pub fn know_recruiter(&self, who: &Mailbox) -> Result<i64, StoreError> {
        let params = params![who.address.as_str(), who.name.as_str()];
        // Known as they are, mostly: an insertion that finds a row uses up a number all the same.
        let mut known = self
            .sql
            .prepare_cached("SELECT id FROM recruiters WHERE address = ?1 AND ?2 IN ('', name)")?;
        if let Some(id) = optional(known.query_row(params, |row| row.get(0)))? {
            return Ok(id);
        }
        let mut new = self.sql.prepare_cached(
            "INSERT INTO recruiters (address, name) VALUES (?1, ?2)
             ON CONFLICT (address) DO UPDATE SET name = CASE ?2 WHEN '' THEN name ELSE ?2 END RETURNING id",
        )?;
        Ok(new.query_row(params, |row| row.get(0))?)
    }

    /// Whether some batch names this recruiter.
    ///
    /// # Errors
    /// The database's.
    pub fn has_batches(&self, recruiter: i64) -> Result<bool, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT 1 FROM cards_of WHERE recruiter_id = ?1 LIMIT 1")?;
        Ok(optional(found.query_row([recruiter], |_| Ok(())))?.is_some())
    }

    /// Projects of a client, the newest ones; one of them when its title is given.
    ///
    /// # Errors
    /// The database's.
    pub fn projects_of(&self, client: &str, title: Option<&str>) -> Result<Vec<i64>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT p.id FROM projects p JOIN clients c ON c.id = p.client_id
             WHERE c.name = ?1 AND (?2 IS NULL OR p.title = ?2) ORDER BY p.id DESC LIMIT ?3",
        )?;
        let rows = found.query_map(params![client, title, PROJECTS], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether somebody may look at a batch.
    ///
    /// # Errors
    /// The database's.
    pub fn may_see(&self, sees: &Sees, batch: ConversationId) -> Result<bool, StoreError> {
        let Sees::Own { recruiter, projects } = sees else {
            return Ok(true);
        };
        let mut own = self
            .sql
            .prepare_cached("SELECT 1 FROM batch_recruiters WHERE batch_id = ?1 AND recruiter_id = ?2")?;
        if optional(own.query_row(params![batch.0, recruiter], |_| Ok(())))?.is_some() {
            return Ok(true);
        }
        let mut project = self.sql.prepare_cached("SELECT project_id FROM batches WHERE id = ?1")?;
        let project: Option<i64> = optional(project.query_row([batch.0], |row| row.get(0)))?;
        Ok(project.is_some_and(|project| projects.contains(&project)))
    }
}

fn recruiter((id, address, name): (i64, String, String)) -> Result<Recruiter, StoreError> {
    Ok(Recruiter {
        id,
        mailbox: Mailbox {
            name: name.as_str().into(),
            address: super::tables::address("recruiters", &address)?,
        },
    })
}
