//! The cellar as the loop sees it: letters to try, and what it is told of them.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::compose::Envelope;
use crate::model::{LetterId, Timestamp};
use crate::outbox::Failure;

/// Letters that wait to be sent, as the cellar keeps them. Every call is committed when it returns.
pub trait Queue: Send + Sync {
    /// Takes the letter that has been due longest, marks it as being tried and counts the attempt. Nobody else gets it until it is settled.
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>>;
    /// The same for several letters at once, in the order in which they were due, at most `most`.
    fn claim_some(&self, now: Timestamp, most: u32) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move {
            let mut all = Vec::new();
            for _ in 0..most {
                match self.claim(now).await? {
                    Some(one) => all.push(one),
                    None => break,
                }
            }
            Ok(all)
        })
    }
    /// Letters that were claimed and whose dot was surely not written: they wait again as if they had not been taken, and the attempt
    /// is not counted.
    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()>;
    /// The final dot comes next. May be called twice for one attempt.
    fn dot_intent(&self, letter: LetterId, attempt: u32) -> Answer<'_, ()>;
    /// What became of an attempt.
    fn settle(&self, letter: LetterId, attempt: u32, settled: Settled) -> Answer<'_, ()>;
    /// When the next letter is due; `None` when none waits.
    fn next_due(&self) -> Answer<'_, Option<Timestamp>>;
    /// The account takes nothing until then; letters stay as they are. For the eyes of people: the loop keeps the pause itself.
    fn pause(&self, until: Timestamp, why: &str) -> Answer<'_, ()>;
}

/// What a [`Queue`] answers.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, QueueError>>;

/// The cellar could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("outbox queue: {0}")]
pub struct QueueError(pub String);

/// A letter taken from the queue.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its row.
    pub letter: LetterId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// When the first attempt was made.
    pub first_try: Timestamp,
    /// After this instant it must not leave.
    pub not_after: Option<Timestamp>,
    /// One sender, one recipient.
    pub envelope: Envelope,
    /// The finished message.
    pub bytes: Arc<[u8]>,
    /// A second copy does no harm.
    pub repeatable: bool,
}

/// What the queue is told about an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// 250 to the final dot.
    Sent {
        /// The server's words.
        response: String,
    },
    /// Not sent, to be tried again.
    Deferred {
        /// Not before.
        until: Timestamp,
        /// What happened.
        why: String,
        /// False when the letter is not to blame: the attempt is taken back.
        count_attempt: bool,
    },
    /// Refused for good.
    Failed {
        /// What is wrong.
        class: Failure,
        /// RFC 3463 status, when given.
        status: Option<String>,
        /// What happened.
        why: String,
    },
    /// The dot was written and nobody can know.
    Ambiguous {
        /// What happened.
        why: String,
    },
    /// Its time is over: not sent, and never will be.
    Expired,
}
