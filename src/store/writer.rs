//! The one thread that writes. Jobs that wait together share one transaction and one fsync; each has a savepoint of its own.

use std::cell::Cell;
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::checkpoint::Checkpoints;
use super::{StoreError, Tx};

/// Jobs that may share one transaction.
const GROUP: usize = 64;

/// EX_SOFTWARE of sysexits(3): a supervisor starts the daemon again.
const EXIT: i32 = 70;

type Done = Box<dyn FnOnce(Result<(), &StoreError>) + Send>;
/// Runs in the transaction it is given; `None` when there is none, and then only answers.
type Job = Box<dyn FnOnce(Option<Ground<'_>>) -> Done + Send>;
/// What a job works on: the connection, the epoch, and where it says that it has news for webhooks.
type Ground<'a> = (&'a Connection, i64, &'a Cell<bool>);

/// A handle on the writing thread.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Without `checkpoints` nobody moves the log into the database before the last connection closes.
    pub(super) fn start(
        connection: Connection,
        epoch: i64,
        checkpoints: Option<Checkpoints>,
        news: watch::Sender<()>,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let work = move || {
            while let Ok(first) = queue.recv() {
                let mut group = vec![first];
                group.extend(queue.try_iter().take(GROUP - 1));
                if commit(&connection, epoch, group) {
                    news.send_replace(());
                }
                if let Some(checkpoints) = &checkpoints {
                    checkpoints.committed(&connection);
                }
            }
        };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(work);
        let thread = thread.map_err(|source| StoreError::File {
            path: "the writing thread".into(),
            source,
        })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(super) async fn submit<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |transaction| {
            let result = match transaction {
                Some(ground) => in_savepoint(ground, job),
                None => Err(StoreError::Closing),
            };
            Box::new(move |committed| {
                let result = match committed {
                    Ok(()) => result,
                    Err(error) => Err(copy_of(error)),
                };
                // The asker may have gone away; the work is done all the same.
                let _ = answer.send(result);
            })
        });
        let sent = self.jobs.as_ref().map(|jobs| jobs.send(job));
        if !matches!(sent, Some(Ok(()))) {
            return Err(StoreError::Closing);
        }
        wait.await.unwrap_or(Err(StoreError::Closing))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// True when something was committed that webhooks wait for.
fn commit(connection: &Connection, epoch: i64, group: Vec<Job>) -> bool {
    let say = |sql: &str| connection.prepare_cached(sql)?.execute([]).map_err(StoreError::from);
    if let Err(error) = say("BEGIN IMMEDIATE") {
        for job in group {
            job(None)(Err(&error));
        }
        return false;
    }
    let told = Cell::new(false);
    // After some errors (a full disk, out of memory) SQLite has rolled the whole transaction back by itself: what would come then
    // would be a transaction of its own.
    let mut whole = true;
    let mut done: Vec<Done> = Vec::with_capacity(group.len());
    for job in group {
        whole = whole && !connection.is_autocommit();
        done.push(job(whole.then_some((connection, epoch, &told))));
    }
    let committed = match whole && !connection.is_autocommit() {
        true => say("COMMIT").map(|_| ()),
        false => Err(StoreError::Busy),
    };
    if let Err(error) = &committed {
        // After a failed write or fsync nobody knows what is on the disk, and trying again may succeed without having written anything:
        // Linux has dropped those pages. A daemon begins anew from what is there; whoever waits for an answer gets none.
        if epoch > 0 && error.is_io_failure() {
            tracing::error!(%error, "the disk failed at a commit; ending, to begin anew from what is on it");
            std::process::exit(EXIT);
        }
        let _ = say("ROLLBACK");
    }
    for one in done {
        one(committed.as_ref().copied());
    }
    told.get() && committed.is_ok()
}

fn in_savepoint<T>((connection, epoch, told): Ground<'_>, job: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let say = |sql: &str| connection.prepare_cached(sql)?.execute([]);
    say("SAVEPOINT job")?;
    // A panic in one job must neither take the thread down nor leave its half-done work in the group.
    let tx = Tx::new(connection, epoch);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&tx)))
        .unwrap_or_else(|_| Err(StoreError::Refused("a bug: reading or deciding panicked".to_owned())));
    told.set(told.get() || tx.told.get() && result.is_ok());
    match &result {
        Ok(_) => say("RELEASE job")?,
        Err(_) => say("ROLLBACK TO job").and_then(|_| say("RELEASE job"))?,
    };
    result
}

/// The error of a shared commit, for each job in it.
fn copy_of(error: &StoreError) -> StoreError {
    if matches!(error, StoreError::DiskFull) {
        return StoreError::DiskFull;
    }
    if error.is_transient() {
        return StoreError::Busy;
    }
    StoreError::Refused(format!("the transaction could not be committed: {error}"))
}
