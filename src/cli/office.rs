//! A command's view of the agency: its configuration and its database, beside a daemon that may run.
//!
//! In: where the configuration lies; ids as a person types them. Out: what is stored, and commands that take effect at once.
//! Never here: arguments, and what is printed.

use std::path::Path;
use std::sync::Arc;

use super::{Failure, who};
use crate::compose::Ink;
use crate::config::Config;
use crate::conversation::Command;
use crate::daemon::{self, Clock};
use crate::model::{ConversationId, SubmissionId};
use crate::store::{Role, Store, ring_holder};

/// What commands work on.
pub(super) struct Office {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) ink: Arc<Ink>,
    pub(super) clock: Clock,
    pub(super) runtime: tokio::runtime::Runtime,
}

impl Office {
    /// For whoever writes letters: everything the configuration refers to is read, and signing keys are made when there are none.
    pub(super) fn open(config: &Path) -> Result<Self, Failure> {
        Self::of(Config::load(config)?)
    }

    /// For whoever only looks: no password need be there yet, and no keys are made.
    pub(super) fn look(config: &Path) -> Result<Self, Failure> {
        Self::of(Config::without_secrets(config)?)
    }

    fn of(config: Config) -> Result<Self, Failure> {
        let clock = Clock::system();
        let store = Store::open(&config.database, Role::Command, clock.now())?;
        let ink = Arc::new(config.ink.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::Output)?;
        Ok(Self {
            config,
            store,
            ink,
            clock,
            runtime,
        })
    }

    /// The submission that is meant, and its batch, for what cannot be done to a whole batch.
    pub(super) fn submission(&self, id: &str) -> Result<(ConversationId, SubmissionId), Failure> {
        match self.store.read(|tx| tx.meant_by(id))? {
            (batch, Some(submission)) => Ok((batch, submission)),
            (batch, None) => Err(Failure::Input(format!(
                "{id:?} is a batch; name one of its submissions, such as s12 (`replyd show {batch}`)"
            ))),
        }
    }

    /// Carries out what a recruiter commands, in the name of whoever is logged in.
    pub(super) fn steer(&self, batch: ConversationId, command: Command) -> Result<(), Failure> {
        let steered = daemon::steer(&self.store, &self.ink, batch, who(), command, self.clock.now());
        self.runtime.block_on(steered)?;
        self.ring();
        Ok(())
    }

    /// Tells a running daemon that something changed, so that it need not wait for its next glance.
    pub(super) fn ring(&self) {
        ring_holder(&self.config.database);
    }
}
