//! Stored messages become events: read outside the transaction, applied inside one.
//!
//! A message that cannot be read within ten seconds, or panics the reader, is tried three times and then set aside.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::understand::{self, Understood};
use super::{Clock, apply, fault};
use crate::compose::Ink;
use crate::conversation::{Content, Event};
use crate::message::{Border, Message};
use crate::model::{ConversationId, Timestamp};
use crate::store::{MessageState, Store, StoreError, Tx, Waiting};

/// How long one message may take.
const WATCHDOG: Duration = Duration::from_secs(10);
/// The reader's stack: parsers recurse.
const STACK: usize = 8 << 20;
/// Messages taken at a time.
const GROUP: u32 = 50;

/// Reads what the inbox stored.
pub(super) struct Reading {
    pub(super) store: Arc<Store>,
    pub(super) ink: Arc<Ink>,
    pub(super) border: Border,
    pub(super) clock: Clock,
    pub(super) worker: Worker,
}

impl Reading {
    /// Reads everything that waits; gives how many messages were ended.
    pub(super) async fn all(&mut self) -> Result<usize, StoreError> {
        let mut ended = 0;
        loop {
            let now = self.clock.now();
            let waiting = self.store.write(move |tx| tx.begin_reading(GROUP, now)).await?;
            if waiting.is_empty() {
                return Ok(ended);
            }
            let rows: Vec<i64> = waiting.iter().map(|one| one.row).collect();
            match self.group(waiting).await {
                Ok(count) => ended += count,
                Err(error) => {
                    // The database's trouble is not the messages' fault. When even this cannot be written, their marks stay.
                    let _ = self.store.write(move |tx| tx.give_back(&rows)).await;
                    return Err(error);
                }
            }
        }
    }

    /// Messages of different conversations share a commit; a second one of the same conversation waits for the first.
    async fn group(&mut self, waiting: Vec<Waiting>) -> Result<usize, StoreError> {
        let mut ended = 0;
        let mut committing = JoinSet::new();
        let mut busy: HashSet<ConversationId> = HashSet::new();
        for one in waiting {
            let (row, now) = (one.row, self.clock.now());
            fault::point("inbox.reading");
            let Some((message, waiting)) = self.parse(one).await else {
                continue;
            };
            let looked_up = match &message {
                Ok(message) => self.store.read(|tx| understand::thread(tx, &self.ink, message)),
                Err(_) => Ok(None),
            };
            let thread = match looked_up {
                Ok(thread) => thread,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    tracing::error!(message.id = row, %error, "the thread of a message could not be read this time");
                    continue;
                }
            };
            if let Some(thread) = &thread
                && !busy.insert(thread.conversation)
            {
                ended += finish(&mut committing).await?;
                busy.clear();
                busy.insert(thread.conversation);
            }
            let Some(understood) = self.understand(message, thread, waiting, now).await? else {
                continue;
            };
            let (store, ink) = (Arc::clone(&self.store), Arc::clone(&self.ink));
            committing.spawn(async move {
                fault::point("inbox.before_commit");
                let done = store.write(move |tx| end(tx, &ink, row, understood, now)).await;
                fault::point("inbox.committed");
                done
            });
        }
        Ok(ended + finish(&mut committing).await?)
    }

    async fn parse(&mut self, waiting: Waiting) -> Option<(Result<Message, String>, Waiting)> {
        let border = self.border.clone();
        let row = waiting.row;
        let parsed = self.worker.run(move || {
            let message = crate::message::read(&waiting.raw, &border).map_err(|error| error.to_string());
            (message, waiting)
        });
        self.watched(row, parsed).await
    }

    async fn understand(
        &mut self,
        message: Result<Message, String>,
        thread: Option<understand::Thread>,
        waiting: Waiting,
        now: Timestamp,
    ) -> Result<Option<Understood>, StoreError> {
        let row = waiting.row;
        let (store, ink) = (Arc::clone(&self.store), Arc::clone(&self.ink));
        let work = self.worker.run(move || match message {
            Ok(message) => {
                store.read(|tx| understand::understand(tx, &ink, &message, thread.as_ref(), waiting.row, waiting.truncated, now))
            }
            Err(why) => Ok(Understood::ended(MessageState::Quarantined, "unreadable", why)),
        });
        match self.watched(row, work).await {
            None => Ok(None),
            Some(Ok(understood)) => Ok(Some(understood)),
            Some(Err(error)) if error.is_transient() => Err(error),
            Some(Err(error)) => {
                tracing::warn!(message.id = row, %error, "a message could not be read this time");
                Ok(None)
            }
        }
    }

    /// `None` when the worker panicked or took too long: the mark of the try stays, and a third one sets the message aside.
    async fn watched<T>(&mut self, row: i64, work: oneshot::Receiver<T>) -> Option<T> {
        match tokio::time::timeout(WATCHDOG, work).await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(_)) | Err(_) => {
                tracing::error!(message.id = row, "reading a message panicked or hung");
                self.worker = Worker::start();
                None
            }
        }
    }
}

async fn finish(committing: &mut JoinSet<Result<(), StoreError>>) -> Result<usize, StoreError> {
    let mut ended = 0;
    while let Some(done) = committing.join_next().await {
        match done {
            Ok(Ok(())) => ended += 1,
            // Ended by another way in the meantime: nothing follows twice.
            Ok(Err(StoreError::Again)) => {}
            Ok(Err(error)) if error.is_transient() => return Err(error),
            Ok(Err(error)) => tracing::error!(%error, "a message could not be applied this time"),
            Err(panicked) => tracing::error!(%panicked, "applying a message panicked"),
        }
    }
    Ok(ended)
}

/// The end of a message and what follows from it, in one transaction.
fn end(tx: &Tx<'_>, ink: &Ink, row: i64, understood: Understood, now: Timestamp) -> Result<(), StoreError> {
    let known = understood.identity != 0 && tx.identify(row, understood.identity)?;
    if known {
        return tx.end_message(
            row,
            MessageState::Duplicate,
            understood.kind,
            understood.conversation,
            "the same mail was read before",
            now,
        );
    }
    tx.end_message(
        row,
        understood.state,
        understood.kind,
        understood.conversation,
        &understood.why,
        now,
    )?;
    let cause = format!("message {row}");
    if let Some(key) = understood.sign_of
        && tx.resolve_ambiguous(key, "a sign of it was seen", now)?
    {
        tracing::info!(conversation.id = key.conversation.0, "a letter in doubt had arrived after all");
        if tx
            .letter_by_key(key)?
            .is_some_and(|letter| matches!(letter.says(), Some(Content::Submission)))
        {
            apply::happen(tx, ink, key.conversation, Event::SubmissionSent, &cause, now)?;
        }
    }
    tracing::info!(message.id = row, kind = understood.kind, state = ?understood.state, why = understood.why, "message read");
    if let (Some(id), Some(event)) = (understood.conversation, understood.event) {
        apply::happen(tx, ink, id, event, &cause, now)?;
    }
    if let Some((address, why)) = &understood.suppress {
        apply::suppress(tx, ink, address, why, &cause, now)?;
    }
    Ok(())
}

/// A thread with a large stack that may be left behind when it hangs.
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Box<dyn FnOnce() + Send>>>,
}

impl Worker {
    pub(super) fn start() -> Self {
        let (jobs, queue) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let run = move || {
            for job in queue {
                job();
            }
        };
        let thread = std::thread::Builder::new().name("reader".to_owned()).stack_size(STACK).spawn(run);
        Self {
            jobs: thread.ok().map(|_| jobs),
        }
    }

    /// The receiver fails when the job panics: the thread is gone then.
    fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (done, wait) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            // A dead thread drops the job, and with it the sender.
            let _ = jobs.send(Box::new(move || {
                let _ = done.send(job());
            }));
        }
        wait
    }
}
