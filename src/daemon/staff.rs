//! Who works here, and what of the agency's business each of them sees.
//!
//! In: `[[recruiters]]` of config.toml and the recruiters whom batches name. Out: whose submissions somebody may see, and by whose clocks.
//! Never here: how it is shown.

use std::sync::Arc;

use crate::calendar::Zone;
use crate::compose::Ink;
use crate::config::Recruiter as Listed;
use crate::model::{Address, Mailbox};
use crate::store::{Recruiter, Sees, StoreError, Tx};

/// What is ours: how our letters look and are signed, and who works here.
#[derive(Clone, Copy)]
pub(crate) struct Ours<'a> {
    pub(crate) ink: &'a Ink,
    pub(crate) staff: &'a Staff,
}

/// Those whom config.toml lists.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(super) listed: Arc<[Listed]>,
    /// The agency's.
    pub(super) zone: Zone,
}

/// What somebody sees, and by whose clocks.
pub(super) struct Rights {
    pub(super) zone: Zone,
    pub(super) lead: bool,
    pub(super) sees: Sees,
}

impl Staff {
    pub(super) fn listed(&self, address: &Address) -> Option<&Listed> {
        self.listed.iter().find(|one| one.mailbox.address == *address)
    }

    pub(super) fn zone(&self, address: &Address) -> Zone {
        self.listed(address).map_or(self.zone, |one| one.zone)
    }

    /// Who this is, if a recruiter; one who is listed and has no batch yet has no row.
    pub(super) fn recruiter(&self, tx: &Tx<'_>, author: &Mailbox) -> Result<Option<Recruiter>, StoreError> {
        if let Some(known) = tx.recruiter(&author.address)? {
            // Somebody who is listed no more and has no batch works here no more.
            let works_here = self.listed(&author.address).is_some() || tx.has_batches(known.id)?;
            return Ok(works_here.then_some(known));
        }
        Ok(self.listed(&author.address).map(|one| Recruiter {
            id: 0,
            mailbox: match one.mailbox.name.is_empty() {
                true => author.clone(),
                false => one.mailbox.clone(),
            },
        }))
    }

    /// Leads see everything, others their own batches and the projects that are shared with them.
    pub(super) fn rights(&self, tx: &Tx<'_>, who: &Recruiter) -> Result<Rights, StoreError> {
        let listed = self.listed(&who.mailbox.address);
        let lead = listed.is_some_and(|one| one.lead);
        let mut projects = Vec::new();
        for (client, title) in listed.iter().flat_map(|one| &one.shared) {
            projects.extend(tx.projects_of(client, title.as_deref())?);
        }
        Ok(Rights {
            zone: self.zone(&who.mailbox.address),
            lead,
            sees: match lead {
                true => Sees::All,
                false => Sees::Own {
                    recruiter: who.id,
                    projects,
                },
            },
        })
    }
}
