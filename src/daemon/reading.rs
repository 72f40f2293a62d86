//! Stored messages become events: read outside the transaction on a thread of their own, applied inside one.
//!
//! Reading runs ahead of the commits, so that messages of different conversations are in flight together and share commits; a second
//! one of the same conversation waits until the first is committed. A message that cannot be read within ten seconds, or panics the
//! reader, is tried three times and then set aside.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::calendars::Calendars;
use super::drafting::{self, Terms};
use super::ping::Ping;
use super::reader::{Reader, Report, Sight};
use super::understand::Understood;
use super::{Clock, aftermath, apply, digest, fault, forgetting};
use crate::compose::Ink;
use crate::conversation::{Content, Event};
use crate::model::{ConversationId, Timestamp};
use crate::store::{Begun, MessageState, Restored, Store, StoreError, Tx, Waiting};

/// How long one message may take.
const WATCHDOG: Duration = Duration::from_secs(10);
/// Messages taken at a time; the next ones are taken when fewer than this wait for the reader.
const GROUP: u32 = 64;
/// Messages read and not yet committed.
const IN_FLIGHT: usize = 256;

/// Reads what the inbox stored.
pub(super) struct Reading {
    store: Arc<Store>,
    sight: Sight,
    clock: Clock,
    reader: Reader,
    /// Hears of our own mail that comes back.
    ping: Option<Arc<Ping>>,
    /// Rings with each message that came to an end: letters may have been queued.
    done: Arc<Notify>,
    /// Asked before what was said of times leads to other times.
    calendars: Arc<Calendars>,
    /// Once it holds true nothing more is taken: what is at hand comes to its end.
    stop: Option<watch::Receiver<bool>>,
}

/// A commit under way: whose it is, and what came of it.
type Commit = BoxFuture<'static, (i64, Vec<ConversationId>, Result<(), StoreError>)>;

impl Reading {
    pub(super) fn new(
        store: Arc<Store>,
        sight: Sight,
        clock: Clock,
        ping: Option<Arc<Ping>>,
        done: Arc<Notify>,
        calendars: Arc<Calendars>,
    ) -> Self {
        Self {
            stop: None,
            reader: Reader::start(&store, &sight),
            store,
            sight,
            clock,
            ping,
            done,
            calendars,
        }
    }

    /// Takes nothing more once `stop` holds true.
    pub(super) fn until(mut self, stop: watch::Receiver<bool>) -> Self {
        self.stop = Some(stop);
        self
    }

    fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }

    /// Reads everything that waits; gives how many messages were ended.
    pub(super) async fn all(&mut self) -> Result<usize, StoreError> {
        let mut ended = 0;
        loop {
            let restored = self.store.read(|tx| tx.restored())?;
            let mut pass = Pass::new(self, restored);
            let done = pass.run().await;
            ended += pass.ended;
            let (taken, open) = (pass.taken, pass.open());
            if let Err(error) = done {
                self.new_reader();
                // The database's trouble is not the messages' fault. When even this cannot be written, their marks stay.
                let _ = self.store.write(move |tx| tx.give_back(&open)).await;
                return Err(error);
            }
            if taken == 0 || self.is_stopped() {
                return Ok(ended);
            }
        }
    }

    /// Leaves the old one behind, with whatever it still has to read.
    fn new_reader(&mut self) {
        self.reader = Reader::start(&self.store, &self.sight);
    }
}

/// One way through everything that waits, from the oldest on.
struct Pass<'a> {
    reading: &'a mut Reading,
    /// Messages of the time before it happen then.
    restored: Option<Restored>,
    /// Handed to the reader, in this order.
    unread: VecDeque<i64>,
    committing: FuturesUnordered<Commit>,
    uncommitted: HashSet<i64>,
    /// The last row that was taken.
    after: i64,
    taken: usize,
    ended: usize,
}

/// What to do about taking more.
#[derive(PartialEq, Eq)]
enum More {
    Yes,
    /// The next one is taken, or the last one read, when no other is in flight.
    Alone,
    No,
}

impl<'a> Pass<'a> {
    fn new(reading: &'a mut Reading, restored: Option<Restored>) -> Self {
        Self {
            reading,
            restored,
            unread: VecDeque::new(),
            committing: FuturesUnordered::new(),
            uncommitted: HashSet::new(),
            after: 0,
            taken: 0,
            ended: 0,
        }
    }

    /// Rows that bear the mark of being read and have not come to an end.
    fn open(&self) -> Vec<i64> {
        self.unread.iter().chain(&self.uncommitted).copied().collect()
    }

    async fn run(&mut self) -> Result<(), StoreError> {
        let mut more = More::Yes;
        let mut taking: Option<BoxFuture<'static, Result<Begun, StoreError>>> = None;
        let mut watchdog = Instant::now() + WATCHDOG;
        loop {
            if self.reading.is_stopped() {
                more = More::No;
            }
            let idle = self.unread.is_empty() && self.committing.is_empty();
            let room = self.unread.len() < GROUP as usize && self.committing.len() < IN_FLIGHT;
            if taking.is_none() && (idle && more != More::No || room && more == More::Yes) {
                taking = Some(self.take(!idle));
            }
            if taking.is_none() && idle {
                return Ok(());
            }
            tokio::select! {
                biased;
                begun = async { match &mut taking { Some(taking) => taking.await, None => std::future::pending().await } } => {
                    taking = None;
                    more = match begun? {
                        Begun::Alone => More::Alone,
                        Begun::Messages(waiting) if waiting.is_empty() => More::No,
                        Begun::Messages(waiting) => {
                            let alone = waiting.iter().any(|one| one.tries > 1);
                            if self.unread.is_empty() {
                                watchdog = Instant::now() + WATCHDOG;
                            }
                            self.hand_over(waiting);
                            if alone { More::Alone } else { More::Yes }
                        }
                    };
                }
                Some(done) = self.committing.next(), if !self.committing.is_empty() => self.committed(done)?,
                report = self.reading.reader.report(), if !self.unread.is_empty() => {
                    self.reported(report).await?;
                    watchdog = Instant::now() + WATCHDOG;
                }
                () = tokio::time::sleep_until(watchdog), if !self.unread.is_empty() => {
                    self.broken().await?;
                    watchdog = Instant::now() + WATCHDOG;
                }
            }
        }
    }

    fn take(&self, others: bool) -> BoxFuture<'static, Result<Begun, StoreError>> {
        let (store, after, now) = (Arc::clone(&self.reading.store), self.after, self.reading.clock.now());
        async move { store.write(move |tx| tx.begin_reading(after, others, GROUP, now)).await }.boxed()
    }

    fn hand_over(&mut self, waiting: Vec<Waiting>) {
        let now = self.reading.clock.now();
        for one in waiting {
            self.after = self.after.max(one.row);
            self.taken += 1;
            self.unread.push_back(one.row);
            let happens = aftermath::time_of(one.received, self.restored, now);
            self.reading.reader.read(one, happens);
        }
    }

    async fn reported(&mut self, report: Option<Report>) -> Result<(), StoreError> {
        match report {
            Some(Report::Understood(row, understood, now)) => {
                self.unread.pop_front();
                if let (Some(ping), Some(number)) = (&self.reading.ping, understood.ping) {
                    ping.came_back(number, now);
                }
                self.commit(row, *understood, now);
            }
            Some(Report::Failed(row, error)) => {
                if error.is_transient() {
                    return Err(error);
                }
                // The mark of the try stays.
                self.unread.pop_front();
                tracing::warn!(message.id = row, %error, "a message could not be read this time");
            }
            Some(Report::Waits(conversation)) => {
                while self.reading.reader.is_busy(conversation) {
                    match self.committing.next().await {
                        Some(done) => self.committed(done)?,
                        None => break,
                    }
                }
                self.reading.reader.go_on();
            }
            None => self.broken().await?,
        }
        Ok(())
    }

    fn commit(&mut self, row: i64, understood: Understood, now: Timestamp) {
        let (store, ink) = (Arc::clone(&self.reading.store), Arc::clone(&self.reading.sight.ink));
        let terms = Arc::clone(&self.reading.sight.terms);
        let concerned = understood.concerned();
        self.uncommitted.insert(row);
        let calendars = Arc::clone(&self.reading.calendars);
        let happens = if understood.event.is_some() {
            concerned.clone()
        } else {
            Vec::new()
        };
        let commit = async move {
            for id in happens {
                calendars.freshen(id).await;
            }
            fault::point("inbox.before_commit");
            let done = store.write(move |tx| end(tx, &ink, &terms, row, understood, now)).await;
            fault::point("inbox.committed");
            (row, concerned, done)
        };
        self.committing.push(commit.boxed());
    }

    fn committed(&mut self, (row, concerned, done): (i64, Vec<ConversationId>, Result<(), StoreError>)) -> Result<(), StoreError> {
        for conversation in concerned {
            self.reading.reader.is_done(conversation);
        }
        match done {
            Ok(()) => {
                self.ended += 1;
                self.reading.done.notify_one();
            }
            // Ended by another way in the meantime: nothing follows twice.
            Err(StoreError::Again) => {}
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::error!(message.id = row, %error, "a message could not be applied this time"),
        }
        self.uncommitted.remove(&row);
        Ok(())
    }

    /// The reader panicked or hangs on the first of the messages it has: the mark of that try stays, and a third one sets it aside.
    /// The others are read by a new reader.
    async fn broken(&mut self) -> Result<(), StoreError> {
        if let Some(row) = self.unread.pop_front() {
            tracing::error!(message.id = row, "reading a message panicked or hung");
        }
        while let Some(done) = self.committing.next().await {
            self.committed(done)?;
        }
        self.reading.new_reader();
        let rows: Vec<i64> = self.unread.iter().copied().collect();
        self.reading.store.write(move |tx| tx.give_back(&rows)).await?;
        self.unread.clear();
        Ok(())
    }
}

/// The end of a message and what follows from it, in one transaction.
fn end(tx: &Tx<'_>, ink: &Ink, terms: &Terms, row: i64, understood: Understood, now: Timestamp) -> Result<(), StoreError> {
    if let Some(raw) = tx.late_word_of_erased(row)? {
        tx.put_message(row, &forgetting::nothing_left(&raw))?;
        let why = "from before its sender was erased";
        return tx.end_message(row, MessageState::Ignored, understood.kind, None, why, now);
    }
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
    let conversation = understood.conversation.map(|id| id.0);
    tracing::info!(message.id = row, conversation.id = conversation, kind = understood.kind, state = ?understood.state, why = understood.why, "message read");
    if let (Some(id), Some(event)) = (understood.conversation, understood.event) {
        aftermath::live_up_to(tx, ink, id, now)?;
        apply::happen(tx, ink, id, event, &cause, now)?;
    }
    for (id, event) in understood.along {
        aftermath::live_up_to(tx, ink, id, now)?;
        apply::happen(tx, ink, id, event, &cause, now)?;
    }
    if let Some(mail) = understood.draft {
        drafting::happen(tx, ink, terms, row, *mail, now)?;
    }
    if let Some(answer) = understood.desk {
        digest::answer(tx, ink, &answer.to, &answer.says, answer.answers, now)?;
    }
    if let Some((address, why)) = &understood.suppress {
        apply::suppress(tx, ink, address, why, &cause, now)?;
    }
    fault::point("inbox.in_transaction");
    Ok(())
}
