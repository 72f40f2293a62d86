//! One pass over one folder: what is there, what of it is new, fetch it, hand it over.
//!
//! Discovery is `UID SEARCH` minus the ledger, never arithmetic on UIDNEXT and never a flag: some servers give no UIDNEXT,
//! some show a message late, and people read the mailbox too.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::session::{Fetched, Part};
use super::suspects::may_be_the_message;
use super::uids::sets;
use super::{Account, Arrival, Cursor, Ledger, LedgerError, Opened, Place, Session, Suspects, Trouble, uids};

/// Messages in one FETCH command: each command costs a round trip or two in which nothing comes.
const AT_ONCE: usize = 50_000;
/// UIDs below the newest that every pass compares with the ledger: what shows up a little late. What shows up later is found by deep passes.
const WINDOW: u32 = 1000;
/// Messages fetched and not yet kept.
const IN_FLIGHT: usize = 64;

/// How thorough a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What came after the ledger's low-water mark.
    New,
    /// Also what showed up late below it: large providers do that.
    Deep,
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Messages handed over.
    pub kept: usize,
    /// Listed, but not had this time: the next connection tries again.
    pub left: usize,
}

/// Reads one folder. `today` is the day in UTC. On an error the connection is gone and what was handed over stays handed
/// over; `done` counts it either way.
///
/// # Errors
/// See [`Trouble`].
#[expect(clippy::too_many_arguments, reason = "two things rather than a context of everything")]
pub async fn collect(
    session: Session,
    account: &Account,
    folder: &str,
    ledger: &dyn Ledger,
    today: NaiveDate,
    depth: Depth,
    suspects: &mut Suspects,
    done: &mut Collected,
) -> Result<Session, Trouble> {
    let (session, opened) = session.examine(folder).await?;
    let place = Place {
        account: account.name.clone(),
        folder: folder.to_owned(),
        uid_validity: opened.uid_validity,
        uid: 0,
    };
    let mut pass = Pass {
        account,
        place,
        ledger,
        suspects,
        done,
    };
    pass.suspects.forget_other_validities(&pass.place);
    let cursor = ledger.cursor(&account.name, folder, opened.uid_validity).await?;
    let (mut session, Listed { low, newest, mut todo }) = pass.discover(session, &cursor, opened, today, depth).await?;
    let idle = todo.is_empty();
    todo.retain(|uid| !pass.suspects.knows(&pass.at(*uid)));
    if !todo.is_empty() {
        session = pass.bulk(session, &todo).await?;
    }
    // Not before now: what was listed and not had would be left behind, and a pass that broke off while UIDNEXT had gone down must be
    // made again.
    let low = match pass.suspects.of(&pass.place).is_empty() {
        true => low.max(newest.saturating_sub(WINDOW)),
        false => low,
    };
    if cursor.low != Some(low) || opened.uid_next.is_some() && cursor.uid_next != opened.uid_next {
        ledger
            .opened(&account.name, folder, opened.uid_validity, low, opened.uid_next)
            .await?;
    }
    if idle { Ok(session) } else { pass.one_by_one(session).await }
}

/// What a folder holds, as far as a pass looks at it.
struct Listed {
    /// Where the pass began.
    low: u32,
    /// The last UID there is, or zero.
    newest: u32,
    /// The UIDs to fetch.
    todo: BTreeSet<u32>,
}

struct Pass<'a> {
    account: &'a Account,
    /// The folder; its uid is filled in for each message.
    place: Place,
    ledger: &'a dyn Ledger,
    suspects: &'a mut Suspects,
    done: &'a mut Collected,
}

impl Pass<'_> {
    fn at(&self, uid: u32) -> Place {
        Place { uid, ..self.place.clone() }
    }

    /// Lists what is there and not in the ledger.
    async fn discover(
        &mut self,
        session: Session,
        cursor: &Cursor,
        opened: Opened,
        today: NaiveDate,
        depth: Depth,
    ) -> Result<(Session, Listed), Trouble> {
        let Place {
            account,
            folder,
            uid_validity,
            ..
        } = self.place.clone();
        let again = went_back(cursor, opened);
        let (session, low) = match cursor.low {
            Some(low) if !again => (session, low),
            Some(_) => {
                tracing::warn!(
                    account,
                    folder,
                    "UIDNEXT went down under the same UIDVALIDITY: the folder is read again"
                );
                self.beginning(session, opened, today).await?
            }
            None => {
                if let Some(previous) = cursor.previous_validity {
                    tracing::warn!(
                        account,
                        folder,
                        previous,
                        uid_validity,
                        "UIDVALIDITY changed: the folder is read again"
                    );
                }
                let (session, low) = self.beginning(session, opened, today).await?;
                self.ledger.opened(&account, &folder, uid_validity, low, opened.uid_next).await?;
                (session, low)
            }
        };
        // `n:*` names the last message even when its UID is below n (RFC 3501 6.4.8).
        let (mut session, mut todo) = session.search(&format!("UID {low}:*")).await?;
        todo.retain(|uid| *uid >= low);
        let newest = todo.last().copied().unwrap_or(0);
        if again {
            // UIDs may have been given out twice: what the ledger holds says nothing. It knows old mail by its content.
            return Ok((session, Listed { low, newest, todo }));
        }
        let mut from = low;
        if depth == Depth::Deep {
            let (next, recent) = session.search(&since(today, self.account.limits.reconcile_days)).await?;
            session = next;
            from = recent.first().map_or(low, |first| low.min(*first));
            todo.extend(recent);
        }
        if !todo.is_empty() {
            let held = self.ledger.held(&account, &folder, uid_validity, from).await?;
            todo.retain(|uid| !held.contains(uid));
        }
        Ok((session, Listed { low, newest, todo }))
    }

    /// Where reading starts in a folder that nothing is known of.
    async fn beginning(&self, session: Session, opened: Opened, today: NaiveDate) -> Result<(Session, u32), Trouble> {
        let (session, recent) = session.search(&since(today, self.account.limits.rescan_days)).await?;
        match (recent.first(), opened.uid_next) {
            (Some(first), _) => Ok((session, *first)),
            (None, Some(next)) => Ok((session, next)),
            (None, None) => {
                let (session, last) = session.search("UID *").await?;
                Ok((session, last.last().map_or(1, |last| last.saturating_add(1))))
            }
        }
    }

    /// Sizes first, then everything of ordinary size in streamed commands, then the heads of what is too large.
    async fn bulk(&mut self, mut session: Session, todo: &BTreeSet<u32>) -> Result<Session, Trouble> {
        for set in sets(todo, AT_ONCE) {
            let mut sizes = Vec::new();
            session = match session.sizes(&set, &mut sizes).await {
                Ok(session) => session,
                Err(trouble) => {
                    let missing = sizes.iter().fold(set, |mut set, (uid, _)| {
                        set.remove(uid);
                        set
                    });
                    return Err(self.broken_off(trouble, &missing).await?);
                }
            };
            let mut whole = BTreeSet::new();
            let mut large = BTreeSet::new();
            for (uid, size) in sizes {
                if size > self.account.limits.message {
                    large.insert(uid)
                } else {
                    whole.insert(uid)
                };
            }
            // Without a size it may be gone; asked for once more below if it is not.
            let mut missing: BTreeSet<u32> = &(&set - &whole) - &large;
            for (set, part) in [(whole, Part::Whole), (large, Part::Head)] {
                let (next, not_had) = self.fetch(session, set, part).await?;
                session = next;
                missing.extend(not_had);
            }
            session = self.account_for(session, missing).await?;
        }
        Ok(session)
    }

    /// Messages that something broke on, each in a command of its own, after all others.
    async fn one_by_one(&mut self, mut session: Session) -> Result<Session, Trouble> {
        for (uid, head_only) in self.suspects.of(&self.place) {
            let part = if head_only { Part::BareHead } else { Part::Whole };
            let (next, missing) = self.fetch(session, BTreeSet::from([uid]), part).await?;
            session = self.account_for(next, missing).await?;
        }
        Ok(session)
    }

    /// Requested minus received is looked for again: gone, or still there and left for the next pass.
    async fn account_for(&mut self, session: Session, missing: BTreeSet<u32>) -> Result<Session, Trouble> {
        let mut session = session;
        for set in sets(&missing, AT_ONCE) {
            let (next, there) = session.search(&format!("UID {}", uids::written(&set))).await?;
            session = next;
            for uid in set {
                let place = self.at(uid);
                if there.contains(&uid) {
                    self.done.left += 1;
                    self.blame(&place, false, "the server lists it and does not hand it over").await?;
                } else {
                    self.suspects.acquit(&place);
                    self.ledger.vanished(place).await?;
                }
            }
        }
        Ok(session)
    }

    /// Fetches a set and hands over message by message while it streams. Returns what was asked for and did not come.
    async fn fetch(&mut self, session: Session, set: BTreeSet<u32>, part: Part) -> Result<(Session, BTreeSet<u32>), Trouble> {
        if set.is_empty() {
            return Ok((session, set));
        }
        let mut missing = set.clone();
        let (to, from) = mpsc::channel(1);
        let reading = async {
            let answer = session.fetch(&set, part, &to).await;
            drop(to);
            Ok(answer)
        };
        // Trouble with the ledger ends the reading; trouble with the line lets the ledger finish what it was given.
        let (read, ()) = tokio::try_join!(reading, self.hand_over(from, part, &mut missing))?;
        match read {
            Ok(session) => Ok((session, missing)),
            Err(trouble) => Err(self.broken_off(trouble, &missing).await?),
        }
    }

    /// Servers answer in the order of UIDs, mostly: the first message that did not come is the one to suspect.
    async fn broken_off(&mut self, trouble: Trouble, missing: &BTreeSet<u32>) -> Result<Trouble, Trouble> {
        self.done.left += missing.len();
        if let Some(first) = missing.first().filter(|_| may_be_the_message(&trouble)) {
            let place = self.at(*first);
            self.blame(&place, matches!(trouble, Trouble::TooLarge { .. }), &trouble.to_string())
                .await?;
        }
        Ok(trouble)
    }

    /// Gives messages to the ledger, several at a time so that they share a commit, and never more than the budget at once.
    async fn hand_over(&mut self, mut from: mpsc::Receiver<Fetched>, part: Part, missing: &mut BTreeSet<u32>) -> Result<(), Trouble> {
        let ledger = self.ledger;
        let budget = usize::try_from(self.account.limits.in_flight)
            .unwrap_or(usize::MAX)
            .clamp(1, Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(budget));
        let mut under_way = FuturesUnordered::new();
        let mut open = true;
        while open || !under_way.is_empty() {
            tokio::select! {
                Some((place, answer)) = under_way.next(), if !under_way.is_empty() => {
                    self.settle(place, answer, missing).await?;
                }
                fetched = from.recv(), if open && under_way.len() < IN_FLIGHT => {
                    let Some(fetched) = fetched else {
                        open = false;
                        continue;
                    };
                    let arrival = self.arrival(fetched, part);
                    let weight = u32::try_from(arrival.raw.len().clamp(1, budget)).unwrap_or(u32::MAX);
                    let permit = loop {
                        if let Ok(permit) = Arc::clone(&room).try_acquire_many_owned(weight) {
                            break Some(permit);
                        }
                        match under_way.next().await {
                            Some((place, answer)) => self.settle(place, answer, missing).await?,
                            None => break None,
                        }
                    };
                    under_way.push(keep(ledger, arrival, permit));
                }
            }
        }
        Ok(())
    }

    async fn settle(&mut self, place: Place, answer: Result<(), LedgerError>, missing: &mut BTreeSet<u32>) -> Result<(), Trouble> {
        missing.remove(&place.uid);
        match answer {
            Ok(()) => {
                self.done.kept += 1;
                self.suspects.acquit(&place);
                Ok(())
            }
            Err(LedgerError::Message(why)) => {
                self.done.left += 1;
                self.blame(&place, false, &why).await
            }
            Err(error @ LedgerError::Store(_)) => Err(error.into()),
        }
    }

    async fn blame(&mut self, place: &Place, too_large: bool, why: &str) -> Result<(), Trouble> {
        if !self.suspects.blame(place, too_large) {
            return Ok(());
        }
        tracing::warn!(
            account = place.account,
            folder = place.folder,
            uid = place.uid,
            why,
            "a message cannot be had; others go on"
        );
        match self.ledger.unreadable(place.clone(), why.to_owned()).await {
            // It was reported in the log; that the ledger cannot take note of this one message must not stop the others.
            Ok(()) | Err(LedgerError::Message(_)) => Ok(()),
            Err(error @ LedgerError::Store(_)) => Err(error.into()),
        }
    }

    fn arrival(&self, fetched: Fetched, part: Part) -> Arrival {
        let Fetched { uid, size, received, raw } = fetched;
        let length = raw.len() as u64;
        let truncated = match part {
            Part::Whole => false,
            Part::Head | Part::BareHead => length >= self.account.limits.head,
        };
        Arrival {
            place: self.at(uid),
            received,
            size: size.unwrap_or(length),
            raw,
            truncated,
        }
    }
}

async fn keep(ledger: &dyn Ledger, arrival: Arrival, room: Option<OwnedSemaphorePermit>) -> (Place, Result<(), LedgerError>) {
    let place = arrival.place.clone();
    let answer = ledger.arrived(arrival).await;
    drop(room);
    (place, answer)
}

/// SINCE compares days in the server's zone, which may be a day behind.
fn since(today: NaiveDate, days: u32) -> String {
    let day = today.checked_sub_days(Days::new(u64::from(days) + 1)).unwrap_or(NaiveDate::MIN);
    format!("SINCE {}", day.format("%-d-%b-%Y"))
}

fn went_back(cursor: &Cursor, opened: Opened) -> bool {
    match (cursor.low, cursor.uid_next, opened.uid_next) {
        (Some(_), Some(before), Some(now)) => now < before,
        (_, _, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_imap_wants_them() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 6).unwrap();
        assert_eq!(since(today, 30), "SINCE 3-Feb-2026");
        assert_eq!(since(today, 0), "SINCE 5-Mar-2026");
    }
}
