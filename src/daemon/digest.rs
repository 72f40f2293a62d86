//! What a recruiter is told in the morning: what waits for them, what was decided and booked, what goes stale and what came back.
//!
//! In: the time and the board. Out: a letter of the desk for each recruiter who has something to hear, once a working day, committed together
//! with the mark that they were told. Never here: what follows from anything.

use chrono::{Datelike, NaiveTime, Weekday};
use tokio::sync::watch;

use super::Daemon;
use crate::calendar::Zone;
use crate::compose::{DeskLetter, DeskLine, DeskPart, Ink, desk};
use crate::conversation::Lane;
use crate::model::{Mailbox, MessageId, Timestamp};
use crate::store::{Answering, Recruiter, Sees, StoreError, Tx};

/// Lines of one part.
const MOST: u32 = 12;
/// Cases named with a suggestion.
const CASES: usize = 5;
/// Things that happened since the last time.
const MOST_EVENTS: u32 = 60;
/// Whoever could not be told within so long is told the next day.
const LATE: chrono::Duration = chrono::Duration::hours(3);
/// How often the clock is looked at.
const LOOK: chrono::Duration = chrono::Duration::minutes(15);
/// A client that says nothing for so long.
const STALE: chrono::Duration = chrono::Duration::hours(48);

impl Daemon {
    /// Tells recruiters every working day how things stand, until stopped.
    pub(super) async fn tell_recruiters(&self, mut stop: watch::Receiver<bool>) {
        let Some(at) = self.config.digest else { return };
        loop {
            if let Err(error) = self.tell_all(at).await {
                tracing::error!(%error, "recruiters could not be told how things stand; trying on");
            }
            let next = self.clock.now() + LOOK;
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Tells everybody whose hour it is; gives how many.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn tell_all(&self, at: NaiveTime) -> Result<usize, StoreError> {
        let (ink, now, staff) = (std::sync::Arc::clone(&self.ink), self.clock.now(), self.staff.clone());
        let mut told = 0;
        for who in self.store.read(|tx| tx.recruiters())? {
            let (ink, zone) = (std::sync::Arc::clone(&ink), staff.zone(&who.mailbox.address));
            // What is damaged of one keeps nobody else from being told.
            match self.store.write(move |tx| tell(tx, &ink, &who, zone, at, now)).await {
                Ok(one) => told += usize::from(one),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::error!(%error, "a recruiter could not be told how things stand"),
            }
        }
        if told > 0 {
            self.wake_sending.notify_one();
        }
        Ok(told)
    }
}

/// Tells one, if it is their hour and there is something to tell.
fn tell(tx: &Tx<'_>, ink: &Ink, who: &Recruiter, zone: Zone, at: NaiveTime, now: Timestamp) -> Result<bool, StoreError> {
    let local = zone.local(now);
    let opens = local.date().and_time(at);
    let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let day = local.date().to_string();
    let event = tx.newest()?.event;
    let Some((told, since)) = tx.last_digest(who.id)? else {
        // Whoever hands in for the first time knows how things stand; they are told from the next morning on.
        let before = if local < opens {
            local.date().pred_opt().unwrap_or_default()
        } else {
            local.date()
        };
        tx.keep_digest(who.id, &before.to_string(), event)?;
        return Ok(false);
    };
    if weekend || local < opens || told >= day {
        return Ok(false);
    }
    if tx.is_suppressed(&who.mailbox.address)? {
        tx.keep_digest(who.id, &day, event)?;
        return Ok(false);
    }
    if local > opens + LATE {
        // What they do not hear of today they hear of tomorrow.
        tx.keep_digest(who.id, &day, since)?;
        return Ok(false);
    }
    let letter = letter(tx, ink, who, zone, since, now)?;
    tx.keep_digest(who.id, &day, event)?;
    match letter {
        Some(letter) => write(tx, ink, &who.mailbox, &letter, None, now),
        None => Ok(false),
    }
}

/// A letter of the desk is written and queued; false when it cannot be written, which the log says.
pub(super) fn write(
    tx: &Tx<'_>,
    ink: &Ink,
    to: &Mailbox,
    says: &DeskLetter,
    answers: Option<MessageId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = tx.next_of_desk()?;
    match desk(to, says, key, answers, now, ink) {
        Ok(finished) => tx.queue(&finished, None, now),
        Err(refusal) => {
            tracing::warn!(why = refusal.kind(), "a letter to a recruiter could not be written");
            Ok(false)
        }
    }
}

/// A letter of the desk answers a recruiter's mail; false when it cannot be written, or when the same went to them too often within an hour
/// (two machines that answer each other), which the log says.
pub(super) fn answer(
    tx: &Tx<'_>,
    ink: &Ink,
    to: &Mailbox,
    says: &DeskLetter,
    answers: Option<MessageId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !tx.may_answer(&to.address, &format!("{says:?}"), Answering::Order, now)? {
        tracing::error!("the same answer went to a recruiter too often within an hour; the next one was held back");
        return Ok(false);
    }
    write(tx, ink, to, says, answers, now)
}

fn letter(tx: &Tx<'_>, ink: &Ink, who: &Recruiter, zone: Zone, since: i64, now: Timestamp) -> Result<Option<DeskLetter>, StoreError> {
    let sees = Sees::Own {
        recruiter: who.id,
        projects: Vec::new(),
    };
    let mut parts = board(tx, ink, &sees, zone, now)?;
    let drafts = tx.open_drafts(who.id, MOST)?;
    if !drafts.is_empty() {
        let line = |(id, title, until): (i64, String, Timestamp)| {
            let until = zone.local(until).format("%A %-d %B");
            DeskLine::from(format!("Draft {id}, {title}: dropped on {until} unless you answer its preview"))
        };
        parts.insert(
            0,
            DeskPart {
                heading: "Drafts that wait for your word".to_owned(),
                lines: drafts.into_iter().map(line).collect(),
                as_is: false,
            },
        );
    }
    let mut happened = tx.happened(who.id, since, MOST_EVENTS + 1)?;
    let older = happened.len() > MOST_EVENTS as usize;
    if older {
        happened.remove(0);
    }
    let question = crate::figures::Question::of_all(zone, now);
    let mut worth = Vec::new();
    for one in tx.suggested(who.id, since, &question)? {
        worth.push(DeskLine::from(one.line()));
        worth.extend(one.cases.iter().rev().take(CASES).map(|case| DeskLine {
            text: format!("{} [REF-{}]", case.candidate, case.reference),
            link: format!("{}/hub/s/{}", ink.links.base(), case.submission),
        }));
    }
    for (heading, kinds) in [
        ("Decided", &["in_effect"][..]),
        ("Interviews agreed or called off", &["booked", "called_off"]),
        ("Came back, or went unanswered too long", &["undeliverable", "stale", "withdrawn"]),
    ] {
        let of_kind = happened.iter().filter(|one| kinds.contains(&one.kind.as_str()));
        let line = |one: &crate::store::Happened| {
            let who = if one.candidate.is_empty() {
                one.client.clone()
            } else {
                format!("{} ({})", one.candidate, one.client)
            };
            DeskLine::from(format!("{who}: {} [REF-{}]", one.detail, one.reference))
        };
        let lines: Vec<DeskLine> = of_kind.map(line).collect();
        if !lines.is_empty() {
            parts.push(DeskPart {
                heading: heading.to_owned(),
                lines,
                as_is: false,
            });
        }
    }
    if !worth.is_empty() {
        parts.push(DeskPart {
            heading: "Worth a word with the client".to_owned(),
            lines: worth,
            as_is: false,
        });
    }
    if parts.is_empty() {
        return Ok(None);
    }
    if older {
        parts.push(DeskPart {
            heading: "And before that".to_owned(),
            lines: vec![DeskLine::from(format!(
                "More than {MOST_EVENTS} things happened; these are the last. The timelines tell all of it: answer \"timeline\" and a reference."
            ))],
            as_is: false,
        });
    }
    Ok(Some(DeskLetter {
        headline: format!("How things stand, {}", zone.local(now).format("%A %-d %B")),
        intro: Vec::new(),
        parts,
        todo: "Answer in plain words, for instance \"status\", \"report\", or \"Client called: yes to\" and a name.".to_owned(),
    }))
}

/// What waits for somebody, part by part: first what waits for the reader.
pub(super) fn board(tx: &Tx<'_>, ink: &Ink, sees: &Sees, zone: Zone, now: Timestamp) -> Result<Vec<DeskPart>, StoreError> {
    let mut parts = Vec::new();
    for (lane, heading) in [
        (Lane::Desk, "Waiting for you"),
        (Lane::Client, "Waiting for the client"),
        (Lane::Arranging, "A time is looked for"),
        (Lane::Interview, "Interviews agreed"),
        (Lane::Maybe, "Maybe"),
    ] {
        let (count, more) = tx.count_cards(sees, lane)?;
        if count == 0 {
            continue;
        }
        let line = |card: &crate::store::Card| {
            let since = match lane {
                Lane::Interview => format!("on {}", zone.spelled(card.since)),
                Lane::Desk | Lane::Client | Lane::Maybe | Lane::Arranging | Lane::Done => format!("since {}", zone.spelled(card.since)),
            };
            let stale = lane == Lane::Client && now - card.since > STALE;
            let text = format!(
                "{}, {} for {} [REF-{}]: {since}{}",
                card.candidate,
                card.project,
                card.client,
                card.reference,
                if stale { ", going stale" } else { "" }
            );
            DeskLine {
                text,
                link: hub(ink, card),
            }
        };
        let cards = tx.cards(sees, lane, None, MOST)?;
        let mut lines: Vec<DeskLine> = cards.iter().map(line).collect();
        let shown = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        if count > shown || more {
            lines.push(DeskLine::from(format!(
                "and {}{} more",
                count.saturating_sub(shown),
                if more { " or" } else { "" }
            )));
        }
        parts.push(DeskPart {
            heading: format!("{heading}: {count}{}", if more { "+" } else { "" }),
            lines,
            as_is: false,
        });
    }
    Ok(parts)
}

/// The submission's page in the hub.
fn hub(ink: &Ink, card: &crate::store::Card) -> String {
    format!("{}/hub/s/{}", ink.links.base(), card.submission)
}
