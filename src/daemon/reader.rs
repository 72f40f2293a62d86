//! The thread that reads messages: bytes in, what they mean out, one after another, each within a large stack of its own.
//!
//! It may panic or hang on a message: whoever waits for its reports finds that out, leaves it behind and starts another.

use std::collections::HashSet;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc as reports;

use super::drafting::Terms;
use super::fault;
use super::staff::{Ours, Staff};
use super::thread::thread;
use super::understand::{Understood, understand};
use crate::compose::Ink;
use crate::message::Border;
use crate::model::{ConversationId, Timestamp};
use crate::store::{MessageState, Store, StoreError, Waiting};

/// Parsers recurse.
const STACK: usize = 8 << 20;

/// What the reader says of the messages it was given, in their order.
pub(super) enum Report {
    /// This is what it means, read as of then.
    Understood(i64, Box<Understood>, Timestamp),
    /// It could not be read.
    Failed(i64, StoreError),
    /// The next one belongs to a conversation with another message on its way: it waits for [`Reader::go_on`].
    Waits(ConversationId),
}

/// What mail is read with.
#[derive(Clone)]
pub(super) struct Sight {
    pub(super) ink: Arc<Ink>,
    pub(super) staff: Staff,
    pub(super) border: Border,
    pub(super) terms: Arc<Terms>,
}

/// A handle on the reading thread.
pub(super) struct Reader {
    jobs: mpsc::Sender<(Waiting, Timestamp)>,
    reports: reports::UnboundedReceiver<Report>,
    proceed: mpsc::Sender<()>,
    busy: Arc<Mutex<HashSet<ConversationId>>>,
}

impl Reader {
    pub(super) fn start(store: &Arc<Store>, sight: &Sight) -> Self {
        let (jobs, queue) = mpsc::channel();
        let (tell, reports) = reports::unbounded_channel();
        let (proceed, signal) = mpsc::channel();
        let busy: Arc<Mutex<HashSet<ConversationId>>> = Arc::default();
        let desk = Desk {
            store: Arc::clone(store),
            sight: sight.clone(),
            busy: Arc::clone(&busy),
            tell,
            signal,
        };
        let run = move || {
            for (waiting, now) in queue {
                if desk.one(waiting, now).is_none() {
                    return;
                }
            }
        };
        // Without a thread nobody takes the jobs nor reports: that is noticed like a panic.
        let _ = std::thread::Builder::new().name("reader".to_owned()).stack_size(STACK).spawn(run);
        Self {
            jobs,
            reports,
            proceed,
            busy,
        }
    }

    /// Hands in a message.
    pub(super) fn read(&self, waiting: Waiting, now: Timestamp) {
        // A dead thread is noticed by its missing report.
        let _ = self.jobs.send((waiting, now));
    }

    /// The next report; `None` when the thread is dead.
    pub(super) async fn report(&mut self) -> Option<Report> {
        self.reports.recv().await
    }

    /// Whether a message of this conversation was understood and not yet reported as done.
    pub(super) fn is_busy(&self, conversation: ConversationId) -> bool {
        locked(&self.busy).contains(&conversation)
    }

    /// What was understood of this conversation is committed, or never will be.
    pub(super) fn is_done(&self, conversation: ConversationId) {
        locked(&self.busy).remove(&conversation);
    }

    /// Lets the reader read on after [`Report::Waits`].
    pub(super) fn go_on(&self) {
        let _ = self.proceed.send(());
    }
}

/// The thread's own side.
struct Desk {
    store: Arc<Store>,
    sight: Sight,
    busy: Arc<Mutex<HashSet<ConversationId>>>,
    tell: reports::UnboundedSender<Report>,
    signal: mpsc::Receiver<()>,
}

impl Desk {
    /// `None` when nobody listens any more.
    fn one(&self, waiting: Waiting, now: Timestamp) -> Option<()> {
        fault::point("inbox.reading");
        let row = waiting.row;
        let report = match self.understand(&waiting, now) {
            Ok(understood) => {
                locked(&self.busy).extend(understood.concerned());
                Report::Understood(row, Box::new(understood), now)
            }
            Err(Stop::Failed(error)) => Report::Failed(row, error),
            Err(Stop::Left) => return None,
        };
        self.tell.send(report).ok()
    }

    fn understand(&self, waiting: &Waiting, now: Timestamp) -> Result<Understood, Stop> {
        let message = match crate::message::read(&waiting.raw, &self.sight.border) {
            Ok(message) => message,
            Err(why) => return Ok(Understood::ended(MessageState::Quarantined, "unreadable", why.to_string())),
        };
        let thread = self.store.read(|tx| thread(tx, &self.sight.ink, &message)).map_err(Stop::Failed)?;
        if let Some(thread) = &thread
            && locked(&self.busy).contains(&thread.conversation)
        {
            self.tell.send(Report::Waits(thread.conversation)).map_err(|_| Stop::Left)?;
            self.signal.recv().map_err(|_| Stop::Left)?;
        }
        let ours = Ours {
            ink: &self.sight.ink,
            staff: &self.sight.staff,
        };
        let understood = self.store.read(|tx| understand(tx, ours, &message, thread.as_ref(), waiting, now));
        understood.map_err(Stop::Failed)
    }
}

/// Why a message was not understood.
enum Stop {
    Failed(StoreError),
    /// Nobody listens any more.
    Left,
}

fn locked(busy: &Mutex<HashSet<ConversationId>>) -> std::sync::MutexGuard<'_, HashSet<ConversationId>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
