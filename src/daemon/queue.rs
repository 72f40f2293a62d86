//! The outbox's queue, over the store. What a settled letter means for its conversation happens in the same transaction.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::watch;

use super::alarm::Alarm;
use super::sending::{Answer, Claimed, Queue, QueueError, Settled};
use super::{Clock, Expecting, apply, fault, mailbox};
use crate::compose::Ink;
use crate::conversation::{Content, Event, LetterEnd, Party, letter_sent};
use crate::model::{LetterId, Timestamp};
use crate::outbox::Failure;
use crate::store::{self, Final, LetterRow, LetterState, Limits, Store, StoreError, Tx};

/// Letters that wait, as the loop in [`super::sending`] sees them.
pub(super) struct Letters {
    pub(super) store: Arc<Store>,
    pub(super) ink: Arc<Ink>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) expecting: Arc<Expecting>,
    /// A letter that left sets its conversation's next deadline.
    pub(super) alarm: Arc<Alarm>,
    /// Who looks for signs of letters in doubt.
    pub(super) search: Search,
}

/// How reading the mailbox fares: signs of letters in doubt are found there.
pub(super) enum Search {
    /// Nobody reads it.
    Nobody,
    /// It is read beside the sending, for as long as that goes on.
    Beside(watch::Receiver<mailbox::Health>),
    /// It is read once. `None` before that has come to its end, then whether everything in it was read.
    Once(watch::Receiver<Option<bool>>),
}

/// What is known of letters in doubt.
enum Sight {
    /// Whatever sign there is has been found.
    Clear,
    /// Nobody could look.
    Blind,
    /// Somebody is about to look.
    NotYet,
}

/// Nobody has looked for signs when the mailbox was not read for so long.
const BLIND: chrono::Duration = chrono::Duration::minutes(15);

impl Letters {
    fn sight(&self, now: Timestamp) -> Sight {
        match &self.search {
            Search::Nobody => Sight::Clear,
            Search::Beside(mail) if mail.borrow().last_ok.is_none_or(|at| now - at > BLIND) => Sight::Blind,
            Search::Beside(_) => Sight::Clear,
            Search::Once(read) => match *read.borrow() {
                None => Sight::NotYet,
                Some(false) => Sight::Blind,
                Some(true) => Sight::Clear,
            },
        }
    }
}

impl Queue for Letters {
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>> {
        async move { Ok(self.claim_some(now, 1).await?.pop()) }.boxed()
    }

    fn claim_some(&self, now: Timestamp, most: u32) -> Answer<'_, Vec<Claimed>> {
        async move {
            let limits = self.limits;
            let sight = self.sight(now);
            let taking = move |tx: &Tx<'_>| match sight {
                Sight::Clear => tx.claim(now, most, limits),
                Sight::NotYet => tx.claim_undoubted(now, most, limits),
                Sight::Blind => {
                    tx.search_on(now)?;
                    tx.claim(now, most, limits)
                }
            };
            let claimed = self.store.write(taking).await.map_err(refused)?;
            if !claimed.is_empty() {
                fault::point("outbox.claimed");
            }
            let all = claimed.into_iter().map(|one| Claimed {
                letter: one.letter,
                attempt: one.attempt,
                first_try: one.first_try,
                not_after: one.not_after,
                envelope: one.envelope,
                bytes: one.bytes.into(),
                repeatable: one.repeatable,
            });
            Ok(all.collect())
        }
        .boxed()
    }

    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()> {
        let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
        let give_back = move |tx: &Tx<'_>| {
            letters.iter().try_for_each(|letter| {
                tx.put_back(*letter)?;
                end_if_suppressed(tx, &ink, *letter, now)
            })
        };
        async move { self.store.write(give_back).await.map_err(refused) }.boxed()
    }

    fn dot_intent(&self, letter: LetterId, _attempt: u32) -> Answer<'_, ()> {
        async move {
            fault::point("outbox.before_dot_intent");
            self.store.write(move |tx| tx.dot_intent(letter)).await.map_err(refused)?;
            fault::point("outbox.dot_intent");
            Ok(())
        }
        .boxed()
    }

    fn settle(&self, letter: LetterId, _attempt: u32, settled: Settled) -> Answer<'_, ()> {
        let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
        async move {
            fault::point("outbox.answered");
            if matches!(settled, Settled::Sent { .. }) {
                self.expecting.sign();
            }
            let alone = settled.clone();
            let mut done = self.store.write(move |tx| settle(tx, Some(&ink), letter, settled, now)).await;
            // What follows for the conversation cannot happen (a damaged row, a bug). The letter's fate is written down all
            // the same, else it would be tried again and hold up all others.
            if let Err(error) = &done
                && !error.is_transient()
                && !matches!(error, StoreError::Lost(_))
            {
                tracing::error!(letter.id = letter.0, %error, "a letter was settled, but what follows from it failed");
                done = self.store.write(move |tx| settle(tx, None, letter, alone, now)).await;
            }
            match done {
                // Trying on would change nothing, and hold up all others.
                Err(error) if !error.is_transient() => {
                    tracing::error!(letter.id = letter.0, %error, "the outcome of a letter cannot be written down; see replyd outbox");
                }
                done => {
                    if let Some(deadline) = done.map_err(refused)? {
                        self.alarm.ring_for(deadline);
                    }
                }
            }
            fault::point("outbox.settled");
            Ok(())
        }
        .boxed()
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        let (limits, now) = (self.limits, self.clock.now());
        let next = move |tx: &Tx<'_>| {
            let due = tx.next_letter()?;
            // A limit of the account keeps all letters waiting, however long they have been due.
            Ok(due.max(due.and(tx.sending_opens(limits, now)?)))
        };
        async move { self.store.write(next).await.map_err(refused) }.boxed()
    }

    fn pause(&self, until: Timestamp, why: &str) -> Answer<'_, ()> {
        tracing::error!(%until, why, "the outgoing account is paused; letters stay queued");
        async { Ok(()) }.boxed()
    }
}

/// Without `ink` only the letter's own row is written. Gives the next of all deadlines, when this may have set one.
fn settle(tx: &Tx<'_>, ink: Option<&Ink>, letter: LetterId, settled: Settled, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let settled = match settled {
        Settled::Sent { response } => store::Settled::Final(Final::Sent { response }),
        Settled::Deferred { until, why, count_attempt } => store::Settled::Deferred {
            until,
            why,
            counts: count_attempt,
        },
        Settled::Failed { class, status, why } => store::Settled::Final(Final::Failed {
            why,
            status,
            address_is_bad: class == Failure::Address,
        }),
        Settled::Ambiguous { why } => store::Settled::Ambiguous { why },
        Settled::Expired => store::Settled::Final(Final::Expired {
            why: "its time was over before a server took it".to_owned(),
        }),
    };
    let row = tx.settle(letter, &settled, now)?;
    if tx.settle_send(letter, &settled, now)? {
        tracing::error!("more than a tenth of the last letters were refused for good; nothing is sent for 15 minutes: see replyd outbox");
    }
    tracing::debug!(
        letter.id = letter.0,
        conversation.id = row.key.conversation.0,
        kind = row.kind,
        "a letter is settled"
    );
    let Some(ink) = ink else { return Ok(None) };
    let cause = format!("letter {letter}");
    let event = match &settled {
        store::Settled::Final(end) => follows(&row, end),
        store::Settled::Ambiguous { why } if row.state == LetterState::Held => Some(Event::LetterDied {
            to: row.to,
            why: format!("nobody can know whether it arrived ({why}); it is not sent again by itself"),
            refused: false,
        }),
        store::Settled::Ambiguous { .. } | store::Settled::Deferred { .. } => None,
    };
    let taken = matches!(settled, store::Settled::Final(Final::Sent { .. })) && row.state == LetterState::Sent;
    if taken && !row.key.conversation.is_desk() {
        tell_sent(tx, &row, now)?;
    }
    // A letter of the desk belongs to no conversation: the outbox tells how it ended.
    if let Some(event) = event.filter(|_| !row.key.conversation.is_desk()) {
        apply::happen_to_letter(tx, ink, &row, event, &cause, now)?;
    }
    if let store::Settled::Final(Final::Failed {
        address_is_bad: true, why, ..
    }) = &settled
    {
        apply::suppress(tx, ink, &tx.recipient(letter)?, why, &cause, now)?;
    }
    if !matches!(settled, store::Settled::Final(_)) {
        end_if_suppressed(tx, ink, letter, now)?;
    }
    fault::point("outbox.in_transaction");
    tx.next_deadline()
}

/// Other systems are told that a letter left.
fn tell_sent(tx: &Tx<'_>, row: &LetterRow, now: Timestamp) -> Result<(), StoreError> {
    if matches!(row.to, Party::Recruiter(_)) {
        return Ok(());
    }
    let (Some(conversation), Some(id)) = (tx.conversation(row.key.conversation)?, tx.message_id(row.id)?) else {
        return Ok(());
    };
    let told = letter_sent(&conversation, &LetterEnd::sent(row.to, &row.kind, &id), now);
    tx.announce(conversation.id, told.as_slice(), now)
}

/// The address may have been suppressed while the letter was in hand; its conversation is to hear that it will not be sent.
fn end_if_suppressed(tx: &Tx<'_>, ink: &Ink, letter: LetterId, now: Timestamp) -> Result<(), StoreError> {
    let to = tx.recipient(letter)?;
    match tx.is_suppressed(&to)? {
        true => apply::suppress(tx, ink, &to, "", &format!("letter {letter}"), now),
        false => Ok(()),
    }
}

/// What the end of a letter means for its conversation.
fn follows(row: &LetterRow, end: &Final) -> Option<Event> {
    match end {
        Final::Sent { .. } => row
            .says()
            .and_then(|says| matches!(says, Content::Submission).then_some(Event::SubmissionSent)),
        Final::Failed {
            why,
            status,
            address_is_bad,
        } => Some(Event::Undeliverable {
            to: row.to,
            status: status.clone().map_or_else(|| why.clone(), |status| format!("{status} {why}")),
            address_is_bad: *address_is_bad,
        }),
        Final::Expired { why } => Some(Event::LetterDied {
            to: row.to,
            why: why.clone(),
            refused: false,
        }),
    }
}

fn refused(error: StoreError) -> QueueError {
    QueueError(error.to_string())
}
