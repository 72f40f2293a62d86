//! SQLite: everything replyd knows. One writer, one transaction per event, many readers.
//!
//! In: named operations. Out: rows as the quiet rooms' own types. The schema is `schema.sql`.
//! Never here: a decision, a clock, a network. SQL is written nowhere else.

mod backup;
mod batches;
mod board;
mod calendars;
mod candidates;
mod checkpoint;
mod closed;
mod cv_codes;
mod desk;
mod drafts;
mod erasing;
mod error;
mod examine;
mod feed;
mod hub;
mod interviews;
mod letter_drafts;
mod letters;
mod limits;
mod lock;
mod loops;
mod messages;
mod migrate;
mod milestones;
mod open;
mod operate;
mod outbox;
mod reader;
mod recruiters;
mod report;
mod retention;
mod state;
mod tables;
mod tombstones;
mod views;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::Connection;
use tokio::sync::watch;

pub use backup::{Backup, Copied, Restore, Restored, Rows};
pub use batches::NewBatch;
pub use board::{Card, Page};
pub use calendars::{Attending, CalendarSays, KeptCalendar};
pub use candidates::CandidateFacts;
pub use closed::{Ended, WithoutPeople};
pub use cv_codes::{CvCode, NewCvCode};
pub use desk::Happened;
pub use drafts::{KeptDraft, NewDraft};
pub use erasing::{LetterSays, MessageSays, PersonRow, Place, Texts};
pub use error::StoreError;
pub use examine::{Examined, Sound, holder};
pub use feed::{After, DeliveryLine, EndpointLine, FeedPage, NewEndpoint, Outgoing};
pub use hub::{Label, MailLine, Trace};
pub use letter_drafts::KeptLetter;
pub use letters::{LetterRow, LetterState};
pub use limits::{HeldUp, Limits};
pub use lock::{RING, ring_holder};
pub use loops::Answering;
pub use messages::{Begun, FolderState, Kept, MessageState, NewMessage, Waiting};
pub use operate::{LetterFacts, QuarantineFacts};
pub use outbox::{Claimed, Final, Settled};
pub use recruiters::{Recruiter, Sees};
pub use retention::{Kept as Retained, Old};
pub use tables::{Deadline, Tx};
pub use tombstones::Tombstones;
pub use views::{BatchLine, DeadlineLine, DraftLine, OutboxLine, QuarantineLine, Since, SubmissionLine, TimelineLine, Totals, Waits};

/// Reading connections kept for the next look.
const READERS: usize = 4;

/// The database of one daemon. Dropping it finishes what was begun and releases the lock.
pub struct Store {
    writer: writer::Writer,
    /// Told whenever something was committed that is to be sent to webhooks.
    news: watch::Sender<()>,
    readers: Mutex<Vec<Connection>>,
    path: PathBuf,
    epoch: i64,
    _lock: Option<lock::Lock>,
}

/// Who opens the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The daemon: takes the lock against a second one and starts a new epoch.
    Daemon,
    /// A command beside a running daemon: no lock, no epoch. Short writes only.
    Command,
}

impl Store {
    /// Opens or makes the database, checks that it is as it must be, migrates it.
    ///
    /// # Errors
    /// Names the thing that is not as required: the lock and its holder, a PRAGMA, the SQLite version, file modes, the schema version.
    pub fn open(path: &Path, role: Role, now: crate::model::Timestamp) -> Result<Self, StoreError> {
        let lock = match role {
            Role::Daemon => Some(lock::Lock::take(path)?),
            Role::Command => None,
        };
        let mut connection = open::writer(path)?;
        migrate::run(&mut connection)?;
        let epoch = match role {
            Role::Daemon => open::new_epoch(&mut connection, now)?,
            Role::Command => 0,
        };
        let checkpoints = match role {
            Role::Daemon => Some(checkpoint::Checkpoints::start(path)?),
            Role::Command => None,
        };
        let news = watch::Sender::new(());
        Ok(Self {
            writer: writer::Writer::start(connection, epoch, checkpoints, news.clone())?,
            news,
            readers: Mutex::new(Vec::new()),
            path: path.to_owned(),
            epoch,
            _lock: lock,
        })
    }

    /// Runs `job` in a transaction of its own (a savepoint; jobs that arrive together share one fsync). Returns when it is durable.
    ///
    /// # Errors
    /// What `job` returned, or why the commit failed; in both cases nothing of it was kept.
    pub async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.submit(job).await
    }

    /// Tells whenever something was committed that is to be sent to webhooks; whoever changed the database from beside sends on it.
    #[must_use]
    pub fn news(&self) -> watch::Sender<()> {
        self.news.clone()
    }

    /// Runs `look` on a read-only connection, all of it on one snapshot. Blocks; from async code use a blocking task for long looks.
    ///
    /// # Errors
    /// What `look` returned, or why no connection could be had.
    pub fn read<T>(&self, look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = self.readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => open::reader(&self.path)?,
        };
        let result = open::snapshot(&connection, || look(&Tx::new(&connection, self.epoch)));
        let mut pool = self.readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // One that could not end its look is of no more use.
        if pool.len() < READERS && connection.is_autocommit() {
            pool.push(connection);
        }
        result
    }
}
