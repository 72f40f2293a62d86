//! A command's view of the agency: its configuration and its database, beside a daemon that may run.
//!
//! In: where the configuration lies; ids as a person types them. Out: what is stored, and commands that take effect at once.
//! Never here: arguments, and what is printed.

use std::path::Path;
use std::sync::Arc;

use super::scratch::Scratch;
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
    /// Where a database lies that is thrown away.
    _scratch: Option<Scratch>,
}

impl Office {
    /// For whoever writes letters: everything the configuration refers to is read, and signing keys are made when there are none.
    pub(super) fn open(config: &Path) -> Result<Self, Failure> {
        let config = Config::load(config)?;
        let database = config.database.clone();
        Self::of(config, &database, None)
    }

    /// For whoever only looks: no password need be there yet, and neither keys nor a database are made. Without a database there is nothing
    /// in it.
    pub(super) fn look(config: &Path) -> Result<Self, Failure> {
        let config = Config::without_secrets(config)?;
        let database = config.database.clone();
        if database.exists() {
            return Self::of(config, &database, None);
        }
        eprintln!(
            "hint: there is no database at {} yet: the first `submit` or `run` makes it",
            database.display()
        );
        let scratch = Scratch::fresh("empty", false)?;
        let empty = scratch.path().join("empty.db");
        Self::of(config, &empty, Some(scratch))
    }

    fn of(config: Config, database: &Path, scratch: Option<Scratch>) -> Result<Self, Failure> {
        let clock = Clock::system();
        let store = Store::open(database, Role::Command, clock.now())?;
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
            _scratch: scratch,
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
        self.steer_despite(batch, command, false)
    }

    /// The same, also when it turns round what counts, if they say so.
    pub(super) fn steer_despite(&self, batch: ConversationId, command: Command, all_the_same: bool) -> Result<(), Failure> {
        let steered = daemon::steer_despite(&self.store, &self.ink, batch, who(), command, all_the_same, self.clock.now());
        self.runtime.block_on(steered)?;
        self.ring();
        Ok(())
    }

    /// Tells a running daemon that something changed, so that it need not wait for its next glance.
    pub(super) fn ring(&self) {
        ring_holder(&self.config.database);
    }
}
