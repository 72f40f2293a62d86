//! What the API asks and records, over the store.

mod change;
mod person;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::metrics::Metrics;
use super::{Bell, Clock, apply};
use crate::calendar::Zone;
use crate::compose::Ink;
use crate::config::{contact_data_in_cvs, parse_batch, throw_away_keyring};
use crate::conversation::{Batch, Policy};
use crate::http::{Change, Events, HandedIn, Office, Order, Problem};
use crate::model::{ConversationId, SubmissionId, Timestamp};
use crate::store::{FeedPage, NewBatch, Store, StoreError, Tx};

/// The daemon's side of the API.
pub(super) struct Programs {
    pub(super) store: Arc<Store>,
    pub(super) ink: Arc<Ink>,
    pub(super) clock: Clock,
    pub(super) bell: Bell,
    pub(super) zone: Zone,
    pub(super) policy: Policy,
    pub(super) metrics: Metrics,
}

impl Office for Programs {
    fn hand_in(&self, order: Order) -> BoxFuture<'_, Result<HandedIn, Problem>> {
        async move {
            let (zone, policy) = (self.zone, self.policy.clone());
            // A body of many megabytes is decoded beside the other requests.
            let read = tokio::task::spawn_blocking(move || read(&order, zone, &policy).map(|new| (new, order.dry_run)));
            let (new, dry_run) = read.await.map_err(|_| broken())??;
            let warnings = contact_data_in_cvs(&new);
            let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
            if dry_run {
                return self.rehearse(new, warnings, now).await;
            }
            let done = kept_or_not(&self.store, move |tx| hand_in(tx, &ink, new, &warnings, now)).await;
            if let Ok(HandedIn::New(id, _)) = &done {
                tracing::info!(conversation.id = id, "a batch was handed in by a program");
                self.bell.ring();
            }
            done
        }
        .boxed()
    }

    fn batch(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>> {
        self.look(move |tx| batch(tx, ConversationId(id)))
    }

    fn submission(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>> {
        let now = self.clock.now();
        self.look(move |tx| submission(tx, SubmissionId(id), now))
    }

    fn candidate(&self, id: i64) -> BoxFuture<'_, Result<Option<Value>, Problem>> {
        self.look(move |tx| person::candidate(tx, id))
    }

    fn change(&self, change: Change) -> BoxFuture<'_, Result<Option<Value>, Problem>> {
        async move {
            let (ink, now) = (Arc::clone(&self.ink), self.clock.now());
            let changed = kept_or_not(&self.store, move |tx| change::change(tx, &ink, &change, now)).await;
            if matches!(changed, Ok(Some(_))) {
                self.bell.ring();
            }
            changed
        }
        .boxed()
    }

    fn events(&self, after: i64, limit: u32) -> BoxFuture<'_, Result<Events, Problem>> {
        self.look(move |tx| {
            let FeedPage { bodies, last, more } = tx.feed(after, limit)?;
            Ok(Events { bodies, last, more })
        })
    }

    fn metrics(&self) -> BoxFuture<'_, String> {
        async move { self.metrics.text(self.clock.now()).await }.boxed()
    }
}

impl Programs {
    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Problem>> {
        let store = Arc::clone(&self.store);
        async move {
            let looked = tokio::task::spawn_blocking(move || store.read(look)).await;
            looked.map_err(|_| broken())?.map_err(|error| problem(&error))
        }
        .boxed()
    }

    /// The same way, signed with a key that is thrown away, in a transaction that is.
    async fn rehearse(&self, new: NewBatch, warnings: Vec<String>, now: Timestamp) -> Result<HandedIn, Problem> {
        let keyring = throw_away_keyring().map_err(|_| broken())?;
        let ink = Ink {
            keyring,
            ..(*self.ink).clone()
        };
        let job = move |tx: &Tx<'_>| -> Result<Verdict, StoreError> {
            let rehearsal = NewBatch { key: None, ..new };
            let id = apply::hand_in(tx, &ink, rehearsal, now)?;
            if let Some(why) = tx.refused_letter(id)? {
                return Ok(Err(Err(unwritten(&why))));
            }
            let mut shown = Vec::new();
            for letter in tx.letters_of(id)? {
                let bytes = tx.letter_bytes(letter.id)?;
                shown.push(json!({ "kind": letter.kind, "eml": String::from_utf8_lossy(&bytes) }));
            }
            Ok(Err(Ok(HandedIn::Rehearsed(
                json!({ "dry_run": true, "letters": shown, "warnings": warnings }),
            ))))
        };
        kept_or_not(&self.store, job).await
    }
}

/// What to answer, and whether what was done for it is kept (`Ok`) or undone (`Err`).
type Verdict<T = HandedIn> = Result<T, Result<T, Problem>>;

async fn kept_or_not<T: Send + 'static>(
    store: &Store,
    job: impl FnOnce(&Tx<'_>) -> Result<Verdict<T>, StoreError> + Send + 'static,
) -> Result<T, Problem> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let work = move |tx: &Tx<'_>| match job(tx)? {
        Ok(kept) => Ok(kept),
        Err(undone) => {
            let _ = tell.send(undone);
            // Any error rolls the work back.
            Err(StoreError::Again)
        }
    };
    match (store.write(work).await, told.await) {
        (Ok(kept), _) => Ok(kept),
        (Err(_), Ok(undone)) => undone,
        (Err(error), Err(_nothing_told)) => Err(problem(&error)),
    }
}

/// The batch in a request; the key in its header and the one in its body are the same thing.
fn read(order: &Order, zone: Zone, policy: &Policy) -> Result<NewBatch, Problem> {
    let mut new = parse_batch(&order.json, zone, policy).map_err(|error| {
        let (status, code) = if error.malformed { (400, "not_json") } else { (422, "bad_batch") };
        let mut problem = Problem::new(status, code, error.to_string().trim_start().to_owned());
        problem.field = Some((error.pointer(), error.what));
        problem
    })?;
    match (&order.key, &new.key) {
        (Some(header), Some(field)) if header != field => {
            let mut problem = Problem::new(422, "bad_batch", "key differs from the Idempotency-Key header; send one of them");
            problem.field = Some(("/key".to_owned(), "differs from the Idempotency-Key header".to_owned()));
            return Err(problem);
        }
        (Some(header), _) => new.key = Some(header.clone()),
        (None, _) => {}
    }
    Ok(new)
}

fn hand_in(tx: &Tx<'_>, ink: &Ink, new: NewBatch, warnings: &[String], now: Timestamp) -> Result<Verdict, StoreError> {
    if let Some(key) = &new.key
        && let Some(id) = tx.batch_by_key(key)?
    {
        let known = tx.conversation(id)?.ok_or_else(|| StoreError::NoSuch(format!("batch {id}")))?;
        return if known.batch == numbered(new.batch, &known.batch) {
            Ok(Ok(HandedIn::Before(id.0, accepted(tx, id, warnings)?)))
        } else {
            let what = "This Idempotency-Key was used before, for another batch. Send a new key with a new batch.";
            Ok(Err(Err(Problem::new(422, "key_used", what))))
        };
    }
    let id = apply::hand_in(tx, ink, new, now)?;
    // A batch whose letter cannot be written is not handed in at all: a program can put it right and try again.
    if let Some(why) = tx.refused_letter(id)? {
        return Ok(Err(Err(unwritten(&why))));
    }
    Ok(Ok(HandedIn::New(id.0, accepted(tx, id, warnings)?)))
}

/// A batch as it would be if it had been given the numbers of another one.
fn numbered(mut batch: Batch, like: &Batch) -> Batch {
    for (candidate, known) in batch.candidates.iter_mut().zip(&like.candidates) {
        candidate.submission = known.submission;
    }
    batch
}

/// The answer to a batch: only what never changes, so that it is the same when it is asked for again.
fn accepted(tx: &Tx<'_>, id: ConversationId, warnings: &[String]) -> Result<Value, StoreError> {
    let batch = tx
        .pipeline(Some(id), 1)?
        .pop()
        .ok_or_else(|| StoreError::NoSuch(format!("batch {id}")))?;
    let submissions = batch
        .submissions
        .iter()
        .map(|one| json!({ "id": one.id, "candidate": one.candidate }));
    Ok(json!({
        "id": batch.id,
        "reference": format!("REF-{}", batch.reference),
        "created_at": batch.created_at,
        "submissions": submissions.collect::<Vec<_>>(),
        "warnings": warnings,
    }))
}

fn batch(tx: &Tx<'_>, id: ConversationId) -> Result<Option<Value>, StoreError> {
    let Some(batch) = tx.pipeline(Some(id), 1)?.pop() else {
        return Ok(None);
    };
    let submissions = batch.submissions.iter().map(|one| {
        json!({
            "id": one.id,
            "candidate": one.candidate,
            "status": one.status,
            "resting": resting(one),
            "reasons": reasons(one),
        })
    });
    Ok(Some(json!({
        "id": batch.id,
        "reference": format!("REF-{}", batch.reference),
        "client": batch.client,
        "project": batch.project,
        "driver": batch.driver,
        "created_at": batch.created_at,
        "unreachable": batch.unreachable,
        "submissions": submissions.collect::<Vec<_>>(),
    })))
}

fn submission(tx: &Tx<'_>, id: SubmissionId, now: Timestamp) -> Result<Option<Value>, StoreError> {
    let Some(conversation) = tx.conversation_of(id)? else {
        return Ok(None);
    };
    let Some(batch) = tx.pipeline(Some(conversation), 1)?.pop() else {
        return Ok(None);
    };
    let Some(one) = batch.submissions.iter().find(|one| one.id == id.0) else {
        return Ok(None);
    };
    let Some(whole) = tx.conversation(conversation)? else {
        return Ok(None);
    };
    let (held, interview) = whole
        .submission(id)
        .map_or((None, None), |one| (one.settled, one.interview.as_ref()));
    let interview = interview.map(|interview| {
        json!({
            "status": interview.status.name(),
            "starts_at": interview.booked.map(|slot| slot.start),
            "duration_min": whole.batch.project.duration_min,
        })
    });
    Ok(Some(json!({
        "id": one.id,
        "version": tx.last_event(Some(conversation))?,
        "batch": batch.id,
        "reference": format!("REF-{}", batch.reference),
        "candidate": one.candidate,
        "candidate_id": tx.candidate_of(id)?,
        "summary": whole.candidate(id).map(|one| one.summary.as_str()),
        "decision": held.map(|decision| decision.name()),
        "interview": interview,
        "chase": if whole.chase.stopped { "stopped" } else { "running" },
        "paused_until": whole.chase.away_until.filter(|at| *at > now).map(|at| whole.batch.contact.zone.local(at).date()),
        "client": batch.client,
        "project": batch.project,
        "status": one.status,
        "driver": batch.driver,
        "resting": resting(one),
        "reasons": reasons(one),
        "deadlines": tx.deadlines_of(conversation, Some(id))?,
        "timeline": tx.timeline(conversation, Some(id))?,
    })))
}

/// A decision that can still be undone, or null.
fn resting(one: &crate::store::SubmissionLine) -> Value {
    if one.resting.is_empty() {
        Value::Null
    } else {
        json!({ "decision": one.resting, "takes_effect": one.takes_effect })
    }
}

fn reasons(one: &crate::store::SubmissionLine) -> Vec<&str> {
    one.reasons.split(", ").filter(|reason| !reason.is_empty()).collect()
}

fn unwritten(why: &str) -> Problem {
    Problem::new(422, "bad_batch", format!("The letter of this batch cannot be written: {why}"))
}

fn problem(error: &StoreError) -> Problem {
    if error.is_transient() {
        return Problem::new(503, "busy", "The database could not do it just now; nothing was kept, try again.");
    }
    tracing::error!(%error, "a request of the API failed");
    broken()
}

fn broken() -> Problem {
    Problem::new(500, "failed", "This could not be done; replyd's log says why.")
}
