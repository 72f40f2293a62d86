//! The feed of events and what of it goes to webhooks: written in the transaction of what happened, read by a cursor.
//!
//! Ids of the feed come in the order of commits: a transaction that writes holds the database's one write lock from its beginning
//! (`BEGIN IMMEDIATE`), takes its ids under it, and lets it go with its commit; one that is rolled back gives its ids back. So nobody who has
//! read up to an id is ever shown a smaller one later.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::tables::{instant_or_none, optional, text, text_of};
use super::{StoreError, Tx};
use crate::conversation::PublicEvent;
use crate::model::{ConversationId, SubmissionId, Timestamp};

/// A webhook as config.toml has it, for [`Tx::keep_endpoints`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Patterns of the events it wants; none: all.
    pub events: Vec<String>,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// Bodies, oldest first.
    pub bodies: Vec<String>,
    /// The id of the last of them, or the one that was asked with.
    pub last: i64,
    /// There are more.
    pub more: bool,
}

/// An event that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The row of the delivery.
    pub id: i64,
    /// The number of the event.
    pub event: i64,
    /// Attempts so far.
    pub attempts: u32,
    /// The bytes.
    pub body: String,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It arrived.
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// It was tried often enough.
    Dead,
    /// It waits until the endpoint is on again.
    Waits,
}

/// A delivery as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryLine {
    /// Its row.
    pub id: i64,
    /// The endpoint's name.
    pub endpoint: String,
    /// The event's id, as it is sent.
    pub event: String,
    /// The event's name.
    pub name: String,
    /// The batch.
    pub batch: i64,
    /// The submission, unless it is about the whole batch.
    pub submission: Option<i64>,
    /// waiting, behind, delivered, dead, dropped.
    pub state: String,
    /// Attempts so far.
    pub attempts: i64,
    /// Not tried before.
    pub due: String,
    /// When it was written.
    pub queued_at: String,
    /// The last attempt; empty for none.
    pub tried_at: String,
    /// What was answered last.
    pub outcome: String,
}

/// An endpoint as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointLine {
    /// Its row.
    #[serde(skip)]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is, without what stands behind a question mark.
    pub url: String,
    /// Patterns; empty: all events.
    pub events: String,
    /// on, gone, removed.
    pub state: String,
    /// Why it is gone.
    pub why: String,
    /// Since when it is in that state.
    pub since: String,
    /// It asked to be left alone until then.
    pub not_before: String,
    /// Deliveries that wait; at most so many are counted.
    pub waiting: i64,
}

/// More of a kind are not counted.
const COUNTED: i64 = 10_000;

impl Tx<'_> {
    /// Adds events to the feed, and a delivery for each endpoint that wants it.
    ///
    /// # Errors
    /// The database's.
    pub fn announce(&self, conversation: ConversationId, events: &[PublicEvent], now: Timestamp) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let wanting = self.wanting()?;
        for event in events {
            let submission = event.submission.map(|one| one.0);
            let id: i64 = self
                .sql
                .prepare_cached("INSERT INTO feed (batch_id, submission_id, name, body) VALUES (?1, ?2, ?3, '') RETURNING id")?
                .query_row(params![conversation.0, submission, event.name], |row| row.get(0))?;
            self.sql
                .prepare_cached("UPDATE feed SET body = ?2 WHERE id = ?1")?
                .execute(params![id, event.body(id)])?;
            let lane = submission.unwrap_or(-conversation.0);
            for (endpoint, patterns) in &wanting {
                if wants(patterns, event.name) {
                    self.queue_delivery(*endpoint, id, lane, now)?;
                }
            }
        }
        Ok(())
    }

    /// One delivery; behind others of its lane it waits for its turn.
    fn queue_delivery(&self, endpoint: i64, event: i64, lane: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut queued = self.sql.prepare_cached(
            "INSERT INTO deliveries (endpoint_id, feed_id, lane, state, due, queued_at)
             VALUES (?1, ?2, ?3, CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE endpoint_id = ?1 AND lane = ?3 AND state IN ('waiting', 'behind'))
                                      THEN 'behind' ELSE 'waiting' END, ?4, ?4)",
        )?;
        queued.execute(params![endpoint, event, lane, text_of(now)])?;
        self.told.set(true);
        Ok(())
    }

    /// Endpoints that are on, with their patterns.
    fn wanting(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT id, events FROM endpoints WHERE state = 'on'")?;
        let rows = found.query_map([], |row| Ok((row.get(0)?, text(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Events after `after`, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub fn feed(&self, after: i64, limit: u32) -> Result<FeedPage, StoreError> {
        let mut found = self
            .sql
            .prepare_cached("SELECT id, body FROM feed WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = found.query_map(params![after, i64::from(limit) + 1], |row| {
            Ok((row.get::<_, i64>(0)?, text(row, 1)?))
        })?;
        let mut all: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = all.len() > most;
        all.truncate(most);
        Ok(FeedPage {
            last: all.last().map_or(after, |(id, _)| *id),
            bodies: all.into_iter().map(|(_, body)| body).collect(),
            more,
        })
    }

    /// Whoever is to be forgotten stands in no event of a batch any more: a candidate, or else the contact. What happened and when stays, under
    /// its id; what people wrote and what was told of it in words is gone, as others' lines name them too.
    ///
    /// # Errors
    /// The database's.
    pub fn forget_in_feed(&self, batch: ConversationId, candidate: Option<SubmissionId>) -> Result<(), StoreError> {
        self.sql
            .prepare_cached(
                "UPDATE feed SET body = json_replace(json_set(body, '$.data.summary', '', '$.data.words', ''),
                        '$.data.submission.resting.condition', NULL, '$.data.previous.submission.resting.condition', NULL)
                  WHERE batch_id = ?1 AND json_valid(body)",
            )?
            .execute([batch.0])?;
        match candidate {
            Some(id) => self
                .sql
                .prepare_cached(
                    "UPDATE feed SET body = json_set(json_replace(body, '$.data.previous.submission.candidate', ''),
                            '$.data.submission.candidate', '', '$.data.author.name',
                            CASE body ->> '$.data.author.kind' WHEN 'candidate' THEN '' ELSE body ->> '$.data.author.name' END)
                     WHERE batch_id = ?1 AND submission_id = ?2 AND json_valid(body)",
                )?
                .execute(params![batch.0, id.0])?,
            None => self
                .sql
                .prepare_cached(
                    "UPDATE feed SET body = json_set(json_replace(body, '$.data.previous.conversation.contact', ''),
                            '$.data.conversation.contact', '', '$.data.author.name',
                            CASE body ->> '$.data.author.kind' WHEN 'client' THEN '' ELSE body ->> '$.data.author.name' END)
                     WHERE batch_id = ?1 AND json_valid(body)",
                )?
                .execute([batch.0])?,
        };
        Ok(())
    }

    /// Takes over what config.toml says of webhooks. One whose address is new is on, whatever the old address answered last.
    ///
    /// # Errors
    /// The database's.
    pub fn keep_endpoints(&self, all: &[NewEndpoint], now: Timestamp) -> Result<(), StoreError> {
        let mut gone = self
            .sql
            .prepare_cached("UPDATE endpoints SET state = 'removed', since = ?2 WHERE name = ?1 AND state <> 'removed'")?;
        for known in self.endpoints()? {
            if all.iter().all(|one| one.name != known.name) {
                gone.execute(params![known.name, text_of(now)])?;
            }
        }
        let mut kept = self.sql.prepare_cached(
            "INSERT INTO endpoints (name, url, events, state, since) VALUES (?1, ?2, ?3, 'on', ?4)
             ON CONFLICT (name) DO UPDATE SET
                 since = CASE WHEN state = 'removed' OR url <> ?2 THEN ?4 ELSE since END,
                 why = CASE WHEN state = 'removed' OR url <> ?2 THEN '' ELSE why END,
                 not_before = CASE WHEN url <> ?2 THEN '' ELSE not_before END,
                 state = CASE WHEN state = 'removed' OR url <> ?2 THEN 'on' ELSE state END,
                 url = ?2, events = ?3",
        )?;
        for one in all {
            kept.execute(params![one.name, one.url, one.events.join(" "), text_of(now)])?;
        }
        Ok(())
    }

    /// All endpoints there ever were, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn endpoints(&self) -> Result<Vec<EndpointLine>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT id, name, url, events, state, why, since, not_before,
                    (SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE endpoint_id = endpoints.id AND state IN ('waiting', 'behind') LIMIT ?1))
             FROM endpoints ORDER BY name",
        )?;
        let rows = found.query_map([COUNTED], |row| {
            Ok(EndpointLine {
                id: row.get(0)?,
                name: text(row, 1)?,
                url: text(row, 2)?.split('?').next().unwrap_or_default().to_owned(),
                events: text(row, 3)?,
                state: text(row, 4)?,
                why: text(row, 5)?,
                since: text(row, 6)?,
                not_before: text(row, 7)?,
                waiting: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is due at an endpoint that is on, the longest waiting first.
    ///
    /// # Errors
    /// The database's.
    pub fn due_deliveries(&self, endpoint: &str, now: Timestamp, limit: u32) -> Result<Vec<Outgoing>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT d.id, d.feed_id, d.attempts, f.body FROM endpoints e
               JOIN deliveries d ON d.endpoint_id = e.id AND d.state = 'waiting' JOIN feed f ON f.id = d.feed_id
              WHERE e.name = ?1 AND e.state = 'on' AND e.not_before <= ?2 AND d.due <= ?2 ORDER BY d.due, d.id LIMIT ?3",
        )?;
        let rows = found.query_map(params![endpoint, text_of(now), limit], |row| {
            Ok(Outgoing {
                id: row.get(0)?,
                event: row.get(1)?,
                attempts: row.get(2)?,
                body: text(row, 3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When something is next due at an endpoint; `None` when nothing waits, or the endpoint is not on.
    ///
    /// # Errors
    /// The database's.
    pub fn next_delivery(&self, endpoint: &str) -> Result<Option<Timestamp>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT max(e.not_before, (SELECT d.due FROM deliveries d WHERE d.endpoint_id = e.id AND d.state = 'waiting' ORDER BY d.due, d.id LIMIT 1))
             FROM endpoints e WHERE e.name = ?1 AND e.state = 'on'",
        )?;
        let at: Option<Option<String>> = optional(found.query_row([endpoint], |row| row.get(0)))?;
        instant_or_none("deliveries", &at.flatten().unwrap_or_default())
    }

    /// When something is next due at an endpoint after an instant.
    ///
    /// # Errors
    /// The database's.
    pub fn next_delivery_after(&self, endpoint: &str, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT max(e.not_before, (SELECT d.due FROM deliveries d WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.due > ?2 ORDER BY d.due LIMIT 1))
             FROM endpoints e WHERE e.name = ?1 AND e.state = 'on'",
        )?;
        let at: Option<Option<String>> = optional(found.query_row(params![endpoint, text_of(after)], |row| row.get(0)))?;
        instant_or_none("deliveries", &at.flatten().unwrap_or_default())
    }

    /// Writes down what came of an attempt; the next of its lane has its turn when this one has come to an end. False when it was settled
    /// from beside meanwhile.
    ///
    /// # Errors
    /// The database's.
    pub fn settle_delivery(&self, id: i64, after: After, outcome: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (state, due, counts) = match after {
            After::Delivered => ("delivered", now, 1),
            After::Again(at) => ("waiting", at, 1),
            After::Dead => ("dead", now, 1),
            After::Waits => ("waiting", now, 0),
        };
        let mut settled = self.sql.prepare_cached(
            "UPDATE deliveries SET state = ?2, due = ?3, attempts = attempts + ?4, tried_at = ?5, outcome = ?6
             WHERE id = ?1 AND state = 'waiting' RETURNING endpoint_id, lane",
        )?;
        let row = settled.query_row(params![id, state, text_of(due), counts, text_of(now), outcome], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        let Some((endpoint, lane)) = optional(row)? else { return Ok(false) };
        match after {
            After::Delivered | After::Dead => self.next_of_lane(endpoint, lane, now)?,
            After::Again(_) | After::Waits => {}
        }
        Ok(true)
    }

    /// The oldest that stands behind is due now, when none waits before it.
    fn next_of_lane(&self, endpoint: i64, lane: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut first = self.sql.prepare_cached(
            "SELECT id, state FROM deliveries WHERE endpoint_id = ?1 AND lane = ?2 AND state IN ('waiting', 'behind') ORDER BY feed_id LIMIT 1",
        )?;
        let first: Option<(i64, String)> = optional(first.query_row(params![endpoint, lane], |row| Ok((row.get(0)?, text(row, 1)?))))?;
        if let Some((id, _)) = first.filter(|(_, state)| state == "behind") {
            self.sql
                .prepare_cached("UPDATE deliveries SET state = 'waiting', due = ?2 WHERE id = ?1")?
                .execute(params![id, text_of(now)])?;
            self.told.set(true);
        }
        Ok(())
    }

    /// An endpoint asked to be left alone for a while.
    ///
    /// # Errors
    /// The database's.
    pub fn leave_endpoint(&self, endpoint: &str, until: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("UPDATE endpoints SET not_before = ?2 WHERE name = ?1")?
            .execute(params![endpoint, text_of(until)])?;
        Ok(())
    }

    /// An endpoint wants nothing any more: nothing is sent to it and nothing more is queued for it. True when it was on.
    ///
    /// # Errors
    /// The database's.
    pub fn endpoint_is_gone(&self, endpoint: &str, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut gone = self
            .sql
            .prepare_cached("UPDATE endpoints SET state = 'gone', why = ?2, since = ?3 WHERE name = ?1 AND state = 'on'")?;
        Ok(gone.execute(params![endpoint, why, text_of(now)])? == 1)
    }

    /// An endpoint that answered 410 is on again.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`], or [`StoreError::Refused`] when it stands in config.toml no longer.
    pub fn enable_endpoint(&self, endpoint: &str, now: Timestamp) -> Result<bool, StoreError> {
        let state: Option<String> = optional(
            self.sql
                .prepare_cached("SELECT state FROM endpoints WHERE name = ?1")?
                .query_row([endpoint], |row| row.get(0)),
        )?;
        match state.as_deref() {
            None => Err(StoreError::NoSuch(format!(
                "webhook {endpoint:?}; `replyd webhooks list` shows them"
            ))),
            Some("removed") => Err(StoreError::Refused(format!(
                "webhook {endpoint:?} is not in config.toml any more; write it there and run `replyd run`"
            ))),
            Some("on") => Ok(false),
            Some(_) => {
                self.sql
                    .prepare_cached("UPDATE endpoints SET state = 'on', why = '', since = ?2, not_before = '' WHERE name = ?1")?
                    .execute(params![endpoint, text_of(now)])?;
                self.told.set(true);
                Ok(true)
            }
        }
    }

    /// Whether recruiters are to be told (again) that an endpoint does not take what is sent to it: once a day.
    ///
    /// # Errors
    /// The database's.
    pub fn tell_of_endpoint(&self, endpoint: &str, now: Timestamp) -> Result<bool, StoreError> {
        let yesterday = text_of(now - chrono::Duration::days(1));
        let mut told = self
            .sql
            .prepare_cached("UPDATE endpoints SET told_at = ?2 WHERE name = ?1 AND told_at <= ?3")?;
        Ok(told.execute(params![endpoint, text_of(now), yesterday])? == 1)
    }

    /// How many deliveries are dead, as far as they are counted, and how many endpoints are gone.
    ///
    /// # Errors
    /// The database's.
    pub fn undelivered(&self) -> Result<(i64, i64), StoreError> {
        let dead = self
            .sql
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE state = 'dead' LIMIT ?1)")?
            .query_row([COUNTED], |row| row.get(0))?;
        let gone = self
            .sql
            .prepare_cached("SELECT count(*) FROM endpoints WHERE state = 'gone'")?
            .query_row([], |row| row.get(0))?;
        Ok((dead, gone))
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn delivery(&self, id: i64) -> Result<(DeliveryLine, String), StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT d.id, e.name, d.feed_id, f.name, f.batch_id, f.submission_id, d.state, d.attempts, d.due, d.queued_at, d.tried_at, d.outcome, f.body
             FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id JOIN feed f ON f.id = d.feed_id WHERE d.id = ?1",
        )?;
        let row = found.query_row([id], |row| Ok((delivery_line(row)?, text(row, 12)?)));
        row.optional()?
            .ok_or_else(|| StoreError::NoSuch(format!("delivery {id}; `replyd webhooks list` shows them")))
    }

    /// Sends a delivery once more, with a fresh count of attempts: its bytes and id are what they were. It goes before what waits in its lane.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`]; [`StoreError::Refused`] when it waits already, or the endpoint is not on.
    pub fn replay_delivery(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let (line, _) = self.delivery(id)?;
        let refuse = |why: String| Err(StoreError::Refused(format!("delivery {id}: {why}")));
        match self
            .endpoints()?
            .into_iter()
            .find(|one| one.name == line.endpoint)
            .map(|one| one.state)
        {
            Some(state) if state == "on" => {}
            Some(state) if state == "gone" => {
                return refuse(format!(
                    "the webhook answered 410 and is off; `replyd webhooks enable {}` first",
                    line.endpoint
                ));
            }
            Some(_) | None => return refuse(format!("the webhook {} is not in config.toml any more", line.endpoint)),
        }
        if !matches!(line.state.as_str(), "dead" | "delivered" | "dropped") {
            return refuse("it waits already, and goes by itself".to_owned());
        }
        self.sql
            .prepare_cached("UPDATE deliveries SET state = 'waiting', attempts = 0, due = ?2, outcome = '' WHERE id = ?1")?
            .execute(params![id, text_of(now)])?;
        self.told.set(true);
        Ok(())
    }

    /// A dead letter is given up by a person.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`]; [`StoreError::Refused`] when it is not dead.
    pub fn drop_delivery(&self, id: i64) -> Result<(), StoreError> {
        let (line, _) = self.delivery(id)?;
        let mut dropped = self
            .sql
            .prepare_cached("UPDATE deliveries SET state = 'dropped' WHERE id = ?1 AND state = 'dead'")?;
        match dropped.execute([id])? {
            1 => Ok(()),
            _ => Err(StoreError::Refused(format!("delivery {id}: it is {}, not dead", line.state))),
        }
    }

    /// Dead deliveries, oldest first, of one endpoint or of all.
    ///
    /// # Errors
    /// The database's.
    pub fn dead_deliveries(&self, endpoint: Option<&str>, limit: u32) -> Result<Vec<i64>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT d.id FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id
             WHERE d.state = 'dead' AND (?1 IS NULL OR e.name = ?1) ORDER BY d.id LIMIT ?2",
        )?;
        let rows = found.query_map(params![endpoint, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A delivery as a row of what [`Tx::delivery`] and the lists read.
pub(super) fn delivery_line(row: &Row<'_>) -> rusqlite::Result<DeliveryLine> {
    Ok(DeliveryLine {
        id: row.get(0)?,
        endpoint: text(row, 1)?,
        event: crate::conversation::event_id(row.get(2)?),
        name: text(row, 3)?,
        batch: row.get(4)?,
        submission: row.get(5)?,
        state: text(row, 6)?,
        attempts: row.get(7)?,
        due: text(row, 8)?,
        queued_at: text(row, 9)?,
        tried_at: text(row, 10)?,
        outcome: text(row, 11)?,
    })
}

/// Whether patterns, separated by spaces, ask for an event: `interview.*`, `submission.decided`; none ask for all.
fn wants(patterns: &str, name: &str) -> bool {
    let mut patterns = patterns.split_ascii_whitespace().peekable();
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    };
    patterns.peek().is_none() || patterns.any(fits)
}

#[cfg(test)]
mod tests {
    use super::wants;

    #[test]
    fn patterns_ask_for_events() {
        assert!(wants("", "interview.booked") && wants("*", "interview.booked"));
        assert!(wants("submission.* interview.booked", "interview.booked") && wants("submission.*", "submission.decided"));
        assert!(!wants("submission.* interview.booked", "interview.held") && !wants("submission", "submission.decided"));
    }
}
