//! After a restore: what belongs to the time that the backup does not know is lived through again at its own time.
//!
//! Mail that the server received before the restore happens when it was received, a deadline that fell due before it when it was due;
//! what they write is written at that time, and [`crate::store`] holds it for a person. Deadlines wait until the mailbox has been read
//! once, so that an answer that is still to be fetched again comes before the nudge that asks for it.
//! What never comes back: presses on pages, batches and commands of the lost time.

use crate::compose::Ink;
use crate::conversation::Event;
use crate::model::{ConversationId, Timestamp};
use crate::store::{Restored, StoreError, Tx};

use super::apply;

/// The mail server's clock may be ahead of ours by this much.
const SKEW: chrono::Duration = chrono::Duration::minutes(5);
/// Deadlines of one conversation that may pass before one message: more is a loop.
const MOST: usize = 100;

/// When a message happens: now, or before the restore if it was there by then.
pub(super) fn time_of(received: Option<Timestamp>, restored: Option<Restored>, now: Timestamp) -> Timestamp {
    let Some(restored) = restored else { return now };
    match received {
        Some(received) if received <= restored.at + SKEW => received.min(restored.at),
        Some(_) => now,
        // The server does not say when it came. Until the mailbox has been read once it may have been there before.
        None if restored.caught_up => now,
        None => restored.at,
    }
}

/// When a deadline happens.
pub(super) fn due_time(at: Timestamp, restored: Option<Restored>, now: Timestamp) -> Timestamp {
    // The table of deadlines keeps milliseconds, a conversation more: a deadline must not come a moment before its time.
    let at = at + chrono::Duration::milliseconds(1);
    match restored {
        Some(restored) if at <= restored.at => at,
        Some(_) | None => now,
    }
}

/// Lets the deadlines of a conversation pass that had passed when a message of the lost time came.
pub(super) fn live_up_to(tx: &Tx<'_>, ink: &Ink, id: ConversationId, until: Timestamp) -> Result<(), StoreError> {
    if tx.restored()?.is_none_or(|restored| until > restored.at) {
        return Ok(());
    }
    for _ in 0..MOST {
        let Some(conversation) = tx.conversation(id)? else { return Ok(()) };
        let due = conversation
            .deadlines
            .iter()
            .filter(|(_, at)| *at < until)
            .min_by_key(|(_, at)| *at);
        let Some((reason, at)) = due else { return Ok(()) };
        let cause = format!("deadline {}", reason.name());
        apply::happen(tx, ink, id, Event::DeadlinePassed(reason), &cause, at)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_there_before_the_restore_happens_before_it() {
        let now = at("2026-11-20T12:00:00Z");
        let restored = |caught_up| {
            Some(Restored {
                at: at("2026-11-20T10:00:00Z"),
                caught_up,
            })
        };
        let old = at("2026-11-19T09:00:00Z");
        assert_eq!(time_of(Some(old), None, now), now);
        assert_eq!(time_of(Some(old), restored(true), now), old);
        assert_eq!(
            time_of(Some(at("2026-11-20T10:04:00Z")), restored(true), now),
            at("2026-11-20T10:00:00Z")
        );
        assert_eq!(time_of(Some(at("2026-11-20T10:06:00Z")), restored(true), now), now);
        assert_eq!(time_of(None, restored(false), now), at("2026-11-20T10:00:00Z"));
        assert_eq!(time_of(None, restored(true), now), now);
        assert_eq!(due_time(old, restored(true), now), old + chrono::Duration::milliseconds(1));
        assert_eq!(due_time(at("2026-11-20T11:00:00Z"), restored(true), now), now);
    }
}
