//! How much is sent: the letters of the last day, and what they are held against.
//!
//! A letter is counted from the moment it is claimed, and with the time at which its fate was known: whatever the instant in between
//! at which the server took it, no window of that server's clock holds more than is allowed.

use rusqlite::params;

use super::outbox::{Final, Settled};
use super::tables::{address, instant, optional, text_of};
use super::{StoreError, Tx};
use crate::model::{Address, ConversationId, LetterId, Timestamp};

/// What the account's provider allows; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Letters in any minute.
    pub minute: Option<u32>,
    /// Letters in any 24 hours.
    pub day: Option<u32>,
    /// Letters to one domain in any minute.
    pub domain_minute: Option<u32>,
}

/// Why a letter that is due is not sent yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldUp {
    /// Not before this, and why.
    Until(Timestamp, &'static str),
    /// A recruiter drives its batch.
    Driven(ConversationId),
}

/// Nobody gets two letters they did not ask for within this time.
const UNPROMPTED: chrono::Duration = chrono::Duration::minutes(15);
const MINUTE: chrono::Duration = chrono::Duration::minutes(1);
const HOUR: chrono::Duration = chrono::Duration::hours(1);
const DAY: chrono::Duration = chrono::Duration::days(1);
/// When so many of the last letters were refused for good, something is wrong that is not theirs.
const LAST: u32 = 50;
const REFUSED: u32 = 5;
const PAUSE: chrono::Duration = chrono::Duration::minutes(15);
/// `at` of a letter whose fate is open. Sorts after every instant, so it counts in every window.
const OPEN: &str = "open";

impl Limits {
    const fn of_account(self) -> [(Option<u32>, chrono::Duration); 2] {
        [(self.minute, MINUTE), (self.day, DAY)]
    }
}

impl Tx<'_> {
    /// How many letters may be claimed now, at most `most`.
    pub(super) fn room(&self, limits: Limits, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        if self.sending_paused(now)?.is_some() {
            return Ok(0);
        }
        let mut room = most;
        for (limit, window) in limits.of_account() {
            let Some(limit) = limit else { continue };
            let mut count = self.sql.prepare_cached("SELECT count(*) FROM sends WHERE at > ?1")?;
            let taken: u32 = count.query_row([text_of(now - window)], |row| row.get(0))?;
            room = room.min(limit.saturating_sub(taken));
        }
        Ok(room)
    }

    /// Until when the account takes nothing, although letters may be due: it is paused, or a limit is reached.
    ///
    /// # Errors
    /// The database's.
    pub fn sending_opens(&self, limits: Limits, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut opens = self.sending_paused(now)?;
        for (limit, window) in limits.of_account() {
            let Some(limit) = limit else { continue };
            let mut nth = self
                .sql
                .prepare_cached("SELECT at FROM sends WHERE at > ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2")?;
            let full = optional(nth.query_row(params![text_of(now - window), limit.saturating_sub(1)], |row| {
                row.get::<_, String>(0)
            }))?;
            let soon = now + chrono::Duration::seconds(1);
            opens = opens.max(full.map(|at| leaves(&at, window, soon)).transpose()?);
        }
        Ok(opens)
    }

    /// What keeps a letter that is due from being sent now, if something does. Asking changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    pub fn held_up(&self, id: LetterId, limits: Limits, now: Timestamp) -> Result<Option<HeldUp>, StoreError> {
        let mut found = self.sql.prepare_cached(
            "SELECT recipient, unprompted, batch_id, party LIKE 'recruiter %' OR (SELECT driver FROM batches WHERE id = batch_id) = 'bot'
             FROM letters WHERE id = ?1",
        )?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get::<_, bool>(3)?));
        let found: Option<(String, bool, i64, bool)> = optional(found.query_row([id.0], row))?;
        let (recipient, unprompted, batch, ours_to_send) = found.ok_or_else(|| StoreError::NoSuch(format!("letter {id}")))?;
        if !ours_to_send {
            return Ok(Some(HeldUp::Driven(ConversationId(batch))));
        }
        let to = address(&format!("letters {id}"), &recipient)?;
        let waits = [
            (
                self.sending_paused(now)?,
                "too many of the last letters were refused, and sending pauses",
            ),
            (self.sending_opens(limits, now)?, "[smtp] limits allow no more for now"),
            (
                self.has_to_wait(Limits::default(), id, &to, unprompted, true, now)?,
                "they had another letter a moment ago, and nobody gets two within 15 minutes that they did not ask for",
            ),
            (
                self.has_to_wait(limits, id, &to, false, true, now)?,
                "[smtp] limits allow no more to their domain for now",
            ),
        ];
        let mut held = None;
        for (until, why) in waits {
            if let Some(until) = until.filter(|until| held.is_none_or(|(other, _)| *until > other)) {
                held = Some((until, why));
            }
        }
        Ok(held.map(|(until, why)| HeldUp::Until(until, why)))
    }

    /// Until when this one letter has to wait, if it has to. `again`: it has waited for a turn, which has come.
    pub(super) fn has_to_wait(
        &self,
        limits: Limits,
        letter: LetterId,
        to: &Address,
        unprompted: bool,
        again: bool,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        if unprompted {
            // A letter that was refused, and that a person wants tried again, did not reach anybody the first time.
            let mut recent = self.sql.prepare_cached(
                "SELECT at FROM sends WHERE recipient = ?1 AND unprompted AND at > ?2 AND NOT (refused AND letter_id = ?3) ORDER BY at DESC LIMIT 1",
            )?;
            let last = params![to.as_str(), text_of(now - UNPROMPTED), letter.0];
            let last = optional(recent.query_row(last, |row| row.get::<_, String>(0)))?;
            if let Some(at) = last {
                return leaves(&at, UNPROMPTED, now + UNPROMPTED).map(Some);
            }
        }
        let Some(limit) = limits.domain_minute else { return Ok(None) };
        let domain = to.domain().to_ascii_lowercase();
        let mut nth = self
            .sql
            .prepare_cached("SELECT at FROM sends WHERE domain = ?1 AND domain <> '' AND at > ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3")?;
        let full = params![domain, text_of(now - MINUTE), limit.saturating_sub(1)];
        let Some(at) = optional(nth.query_row(full, |row| row.get::<_, String>(0)))? else {
            return Ok(None);
        };
        let opens = leaves(&at, MINUTE, now + MINUTE)?;
        if again {
            return Ok(Some(opens));
        }
        // Each letter that has to wait gets a turn of its own, so that a long queue for one domain is not walked through every minute.
        let mut promised = self.sql.prepare_cached("SELECT next FROM domains WHERE domain = ?1")?;
        let next = optional(promised.query_row([&domain], |row| row.get::<_, String>(0)))?;
        let next = next.map(|next| instant("domains", &next)).transpose()?;
        let turn = next.map_or(opens, |next| next.max(opens));
        let following = turn + MINUTE / i32::try_from(limit.max(1)).unwrap_or(i32::MAX);
        self.sql
            .prepare_cached("INSERT INTO domains (domain, next) VALUES (?1, ?2) ON CONFLICT (domain) DO UPDATE SET next = ?2")?
            .execute(params![domain, text_of(following)])?;
        Ok(Some(turn))
    }

    /// Counts a letter that was claimed.
    pub(super) fn count_send(&self, limits: Limits, letter: i64, to: &Address, unprompted: bool) -> Result<(), StoreError> {
        let domain = limits.domain_minute.map(|_| to.domain().to_ascii_lowercase()).unwrap_or_default();
        self.sql
            .prepare_cached("INSERT INTO sends (letter_id, recipient, domain, unprompted, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![letter, to.as_str(), domain, unprompted, OPEN])?;
        Ok(())
    }

    /// Takes a letter out of the count: it surely did not leave.
    pub(super) fn uncount_send(&self, letter: LetterId) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM sends WHERE letter_id = ?1 AND at = 'open'")?
            .execute([letter.0])?;
        Ok(())
    }

    /// Writes down when a letter's fate was known, or takes it out of the count when it surely did not leave.
    /// True when with this one so many were refused that sending pauses.
    ///
    /// # Errors
    /// The database's.
    pub fn settle_send(&self, letter: LetterId, settled: &Settled, now: Timestamp) -> Result<bool, StoreError> {
        let refused = match settled {
            Settled::Deferred { .. } | Settled::Final(Final::Expired { .. }) => {
                self.uncount_send(letter)?;
                return Ok(false);
            }
            Settled::Final(Final::Failed { .. }) => true,
            Settled::Final(Final::Sent { .. }) | Settled::Ambiguous { .. } => false,
        };
        self.sql
            .prepare_cached("UPDATE sends SET at = ?2, refused = ?3 WHERE letter_id = ?1 AND at = 'open'")?
            .execute(params![letter.0, text_of(now), refused])?;
        if !refused {
            return Ok(false);
        }
        // What was refused before the last pause has been paused for.
        let mut count = self.sql.prepare_cached(
            "SELECT count(*) FROM (SELECT refused FROM sends WHERE at < 'open' AND at > (SELECT coalesce(max(value), '') FROM meta WHERE key = 'sending_paused')
                                   ORDER BY at DESC LIMIT ?1) WHERE refused",
        )?;
        let bad: u32 = count.query_row([LAST], |row| row.get(0))?;
        if bad <= REFUSED {
            return Ok(false);
        }
        self.sql
            .prepare_cached("INSERT INTO meta (key, value) VALUES ('sending_paused', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1")?
            .execute([text_of(now + PAUSE)])?;
        Ok(true)
    }

    /// Forgets what no window reaches any more. What lies ahead of the clock was counted by a clock that has been put back.
    pub(super) fn forget_sends(&self, limits: Limits, now: Timestamp) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM sends WHERE at <= ?1")?
            .execute([text_of(now - limits.day.map_or(HOUR, |_| DAY))])?;
        self.sql
            .prepare_cached("DELETE FROM sends WHERE at > ?1 AND at < 'open'")?
            .execute([text_of(now + MINUTE)])?;
        Ok(())
    }

    /// Until when sending is paused because too many letters were refused.
    ///
    /// # Errors
    /// The database's.
    pub fn sending_paused(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut found = self.sql.prepare_cached("SELECT value FROM meta WHERE key = 'sending_paused'")?;
        let until = optional(found.query_row([], |row| row.get::<_, String>(0)))?;
        let until = until.map(|until| instant("meta sending_paused", &until)).transpose()?;
        // A pause that lies further ahead than one can be was set by a clock that has been put back.
        Ok(until.filter(|until| *until > now && *until <= now + PAUSE))
    }
}

/// When a letter of `at` leaves the window; `guess` while its fate is open.
fn leaves(at: &str, window: chrono::Duration, guess: Timestamp) -> Result<Timestamp, StoreError> {
    if at == OPEN {
        return Ok(guess);
    }
    Ok(instant("sends", at)? + window)
}
