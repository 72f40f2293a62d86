//! Webhooks: each endpoint has a loop of its own, which sends what is due and writes down what came of it.
//!
//! In: deliveries that were committed with what happened. Out: requests, and each delivery's end or next time; recruiters are told when an
//! endpoint takes nothing any more. Never here: what an event says; a wait of one endpoint for another, or of anything else for either.
//!
//! A delivery is sent as stored, under the id of its event, however often. Only the first of a submission is due; the next has its turn when
//! that one arrived or is dead. What was sent and not written down before an end of the daemon is sent once more.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Notify, watch};

use super::sending::{jitter, later};
use super::{Clock, Daemon, digest, fault};
use crate::compose::{DeskLetter, DeskLine, DeskPart, Ink};
use crate::config::{self, Recruiter};
use crate::conversation::event_id;
use crate::model::{Mailbox, Timestamp};
use crate::store::{After, NewEndpoint, Outgoing, Store, StoreError, Tx};
use crate::webhook::{Client, Endpoint, Outcome, next_attempt};

/// Requests to one endpoint at the same time, each about another submission.
const AT_ONCE: usize = 8;
/// The longest sleep: whatever was written without a word is seen then.
const LONGEST: chrono::Duration = chrono::Duration::minutes(1);
/// After an error of the database.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Sends events to endpoints.
pub(super) struct Webhooks {
    store: Arc<Store>,
    ink: Arc<Ink>,
    clock: Clock,
    endpoints: Vec<Endpoint>,
    client: Client,
    /// Who is told when one takes nothing any more.
    leads: Vec<Mailbox>,
    wake_sending: Arc<Notify>,
}

impl Daemon {
    pub(super) fn webhooks(&self) -> Webhooks {
        let config::Webhooks { endpoints, client } = self.config.webhooks.clone();
        Webhooks {
            store: Arc::clone(&self.store),
            ink: Arc::clone(&self.ink),
            clock: self.clock.clone(),
            endpoints,
            client,
            leads: leads(&self.config.recruiters),
            wake_sending: Arc::clone(&self.wake_sending),
        }
    }
}

/// The leads; where there are none, everybody whom config.toml lists.
fn leads(all: &[Recruiter]) -> Vec<Mailbox> {
    let leads: Vec<Mailbox> = all.iter().filter(|one| one.lead).map(|one| one.mailbox.clone()).collect();
    match leads.is_empty() {
        true => all.iter().map(|one| one.mailbox.clone()).collect(),
        false => leads,
    }
}

impl Webhooks {
    /// Takes over what config.toml says of endpoints.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn take_over(&self) -> Result<(), StoreError> {
        let (now, all) = (self.clock.now(), self.endpoints.iter().map(new_endpoint).collect::<Vec<_>>());
        self.store.write(move |tx| tx.keep_endpoints(&all, now)).await
    }

    /// Sends what is due until stopped.
    pub(super) async fn run(&self, stop: watch::Receiver<bool>) {
        if let Err(error) = self.take_over().await {
            tracing::error!(%error, "webhooks stay as they were known");
        }
        join_all(self.endpoints.iter().map(|one| self.serve(one, stop.clone()))).await;
    }

    async fn serve(&self, endpoint: &Endpoint, mut stop: watch::Receiver<bool>) {
        let mut news = self.store.news().subscribe();
        let mut in_hand = HashSet::new();
        // Whose end cannot be written down: sending them again and again helps nobody.
        let mut stuck = HashSet::new();
        let mut under_way = FuturesUnordered::new();
        loop {
            news.mark_unchanged();
            let next = match self.due(endpoint, &in_hand, &stuck).await {
                Ok((due, next)) => {
                    for one in due {
                        in_hand.insert(one.id);
                        under_way.push(self.attempt(endpoint, one));
                    }
                    next
                }
                Err(error) => {
                    tracing::error!(webhook = endpoint.name, %error, "what is due cannot be looked up now; trying on");
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
            };
            // While all hands are full, one that comes free looks again.
            let wake = next.filter(|_| in_hand.len() < AT_ONCE).unwrap_or(Timestamp::MAX_UTC);
            let until = wake.min(self.clock.now() + LONGEST);
            tokio::select! {
                Some((done, written)) = under_way.next(), if !under_way.is_empty() => {
                    in_hand.remove(&done);
                    if !written {
                        stuck.insert(done);
                    }
                }
                () = self.clock.sleep_until(until) => {}
                changed = news.changed() => if changed.is_err() { return },
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// What is due and not in hand, as far as there are hands; and when something is next.
    async fn due(
        &self,
        endpoint: &Endpoint,
        in_hand: &HashSet<i64>,
        stuck: &HashSet<i64>,
    ) -> Result<(Vec<Outgoing>, Option<Timestamp>), StoreError> {
        let free = AT_ONCE.saturating_sub(in_hand.len());
        let held: HashSet<i64> = in_hand.union(stuck).copied().collect();
        let (store, name, now) = (Arc::clone(&self.store), endpoint.name.clone(), self.clock.now());
        let looked = tokio::task::spawn_blocking(move || {
            store.read(|tx| {
                let mut due = tx.due_deliveries(&name, now, u32::try_from(AT_ONCE + held.len()).unwrap_or(u32::MAX))?;
                due.retain(|one| !held.contains(&one.id));
                due.truncate(free);
                // What is in hand is due as well: only when nothing is, the next that will be counts.
                let next = if held.is_empty() {
                    tx.next_delivery(&name)?
                } else {
                    tx.next_delivery_after(&name, now)?
                };
                Ok((due, next))
            })
        });
        looked.await.unwrap_or(Err(StoreError::Closing))
    }

    /// One attempt, and what came of it written down; gives the delivery, and whether it could be.
    async fn attempt(&self, endpoint: &Endpoint, one: Outgoing) -> (i64, bool) {
        let id = event_id(one.event);
        let sent = self.client.send(endpoint, &id, one.body.as_bytes(), self.clock.now());
        let outcome = sent.await;
        fault::point("webhook.answered");
        while let Err(error) = self.settle(endpoint, &one, &outcome).await {
            tracing::error!(webhook = endpoint.name, event = id, %error, "what came of a webhook cannot be written down now");
            if !error.is_transient() {
                return (one.id, false);
            }
            tokio::time::sleep(AGAIN).await;
        }
        fault::point("webhook.settled");
        (one.id, true)
    }

    async fn settle(&self, endpoint: &Endpoint, one: &Outgoing, outcome: &Outcome) -> Result<(), StoreError> {
        let (now, attempts, event) = (self.clock.now(), one.attempts + 1, event_id(one.event));
        let mut pause = None;
        let (after, says) = match outcome {
            Outcome::Arrived(status) => (After::Delivered, format!("answered {status}")),
            Outcome::Gone => (After::Waits, "answered 410: it wants nothing any more".to_owned()),
            Outcome::Failed { why, retry_after } => {
                pause = retry_after.map(|wait| later(now, wait));
                match next_attempt(attempts, jitter().abs()) {
                    Some(wait) => (After::Again(later(now, wait).max(pause.unwrap_or(now))), why.clone()),
                    None => (After::Dead, why.clone()),
                }
            }
        };
        match after {
            After::Delivered => tracing::debug!(webhook = endpoint.name, event, "an event arrived"),
            After::Again(at) => {
                tracing::warn!(webhook = endpoint.name, event, attempts, until = %at, why = says, "an event did not arrive")
            }
            After::Dead => {
                tracing::error!(
                    webhook = endpoint.name,
                    event,
                    attempts,
                    why = says,
                    "an event did not arrive and is not tried again by itself; see replyd webhooks"
                );
            }
            After::Waits => tracing::error!(
                webhook = endpoint.name,
                "a webhook answered 410 and is off; replyd webhooks enable turns it on again"
            ),
        }
        let (id, name) = (one.id, endpoint.name.clone());
        let (leads, ink) = (self.leads.clone(), Arc::clone(&self.ink));
        let work = move |tx: &Tx<'_>| {
            let kept = tx.settle_delivery(id, after, &says, now)?;
            if let Some(until) = pause {
                tx.leave_endpoint(&name, until)?;
            }
            let tell = match after {
                After::Waits => tx.endpoint_is_gone(&name, &says, now)?,
                After::Dead => kept && tx.tell_of_endpoint(&name, now)?,
                After::Delivered | After::Again(_) => false,
            };
            let mut told = false;
            for lead in leads.iter().filter(|_| tell) {
                told |= digest::write(tx, &ink, lead, &letter(&name, after, &says), None, now)?;
            }
            fault::point("webhook.in_transaction");
            Ok(told)
        };
        if self.store.write(work).await? {
            self.wake_sending.notify_one();
        }
        Ok(())
    }

    /// Sends what is due now to its end, and what has its turn then; gives how many arrived.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn once(&self) -> Result<u32, StoreError> {
        let one_by_one = |endpoint| async move {
            let (mut sent, mut stuck) = (0, HashSet::new());
            loop {
                let (due, _) = self.due(endpoint, &HashSet::new(), &stuck).await?;
                if due.is_empty() {
                    return Ok::<u32, StoreError>(sent);
                }
                sent += u32::try_from(due.len()).unwrap_or(u32::MAX);
                let done = join_all(due.into_iter().map(|one| self.attempt(endpoint, one))).await;
                stuck.extend(done.into_iter().filter(|(_, written)| !written).map(|(id, _)| id));
            }
        };
        let all = join_all(self.endpoints.iter().map(one_by_one)).await;
        all.into_iter().sum()
    }
}

fn new_endpoint(one: &Endpoint) -> NewEndpoint {
    NewEndpoint {
        name: one.name.clone(),
        url: one.url.clone(),
        events: one.events.clone(),
    }
}

/// What leads are told.
fn letter(name: &str, after: After, why: &str) -> DeskLetter {
    let (headline, lines) = match after {
        After::Waits => (
            format!("The webhook {name} is switched off"),
            [
                "The other system answered that it wants nothing any more (410). Events are no longer sent to it, nor kept for it."
                    .to_owned(),
                format!("When it is ready again: replyd webhooks enable {name}. What happened meanwhile is in the feed, /v1/events."),
            ],
        ),
        After::Delivered | After::Again(_) | After::Dead => (
            format!("Events do not reach the webhook {name}"),
            [
                format!("After ten attempts in three days one was given up; the last one: {why}."),
                "replyd webhooks list --state dead shows what did not arrive, and replyd webhooks replay sends it again.".to_owned(),
            ],
        ),
    };
    DeskLetter {
        headline,
        intro: Vec::new(),
        parts: vec![DeskPart {
            heading: "What is known".to_owned(),
            lines: lines.map(DeskLine::from).into(),
            as_is: false,
        }],
        todo: "Tell whoever looks after the connection between replyd and that system.".to_owned(),
    }
}
