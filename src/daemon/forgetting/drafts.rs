//! Drafts that tell of somebody who is erased: what becomes of each.
//!
//! In: a draft that waits for a recruiter's word. Out: a letter to somebody else waits on, without the words that told of them, and is shown anew to
//! whoever answers what was shown before; everything else is dropped, and its recruiter is told. Never here: drafts that are over.

use serde::Serialize;

use super::scan::{Found, cleaned};
use super::who::Somebody;
use crate::compose::{DeskLetter, Ink, draft_over, feedback_draft, feedback_over};
use crate::daemon::digest;
use crate::handin::State;
use crate::model::{Timestamp, Traces};
use crate::store::{KeptLetter, Place, Store, StoreError, Tx};

/// A draft that waits and tells of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// The line that names it.
    pub title: String,
    /// It waits on, without them; otherwise it is dropped, and its recruiter is told.
    pub stays: bool,
}

/// What would become of the drafts among what was found.
///
/// # Errors
/// The database's.
pub fn drafts(store: &Store, somebody: &Somebody, found: &Found) -> Result<Vec<Waiting>, StoreError> {
    let mut all = Vec::new();
    for id in found.texts.get(&Place::Drafts).into_iter().flatten() {
        let waiting = store.read(|tx| {
            let waits = open(tx, *id)?;
            waits.map_or(Ok(None), |waits| {
                let title = tx.draft_title(*id)?;
                let stays = stays(&waits, somebody);
                Ok(Some(Waiting { id: *id, title, stays }))
            })
        })?;
        all.extend(waiting);
    }
    Ok(all)
}

/// A draft that waits, with the recruiter whose word it waits for.
enum Open {
    Letter(Box<KeptLetter>),
    HandIn { recruiter: i64 },
}

fn open(tx: &Tx<'_>, id: i64) -> Result<Option<Open>, StoreError> {
    if let Some(letter) = tx.letter_draft(id)? {
        return Ok((letter.draft.state == State::Open).then(|| Open::Letter(Box::new(letter))));
    }
    let kept = tx.draft(id)?.filter(|one| one.draft.state == State::Open);
    Ok(kept.map(|one| Open::HandIn { recruiter: one.recruiter }))
}

/// A letter to somebody else says nothing that it could not say without them.
fn stays(waits: &Open, somebody: &Somebody) -> bool {
    match waits {
        Open::Letter(letter) => !somebody.is_candidate(letter.batch, letter.draft.submission),
        Open::HandIn { .. } => false,
    }
}

/// A draft as it shall stand. `texts` are its title and what it says, without them.
pub(super) fn rewrite(
    tx: &Tx<'_>,
    ink: &Ink,
    somebody: &Somebody,
    (id, texts): (i64, &[String]),
    traces: &Traces,
    now: Timestamp,
) -> Result<(), StoreError> {
    let title = texts.first().map_or("", String::as_str);
    let Some(waits) = open(tx, id)? else {
        return tx.erase_draft(id, title, now);
    };
    let title = title.to_owned();
    match waits {
        Open::Letter(mut letter) if !somebody.is_candidate(letter.batch, letter.draft.submission) => {
            tx.put_texts(Place::Drafts, id, texts)?;
            // A part of a name may be the name of something in it.
            let Ok(Some(without)) = tx.letter_draft(id) else {
                return end(
                    tx,
                    ink,
                    (id, letter.recruiter),
                    feedback_over(id, &title, State::Discarded, true),
                    now,
                );
            };
            let shown = std::mem::replace(&mut letter.draft, without.draft).body;
            // What replyd wrote is written anew, from what is left of the client's words.
            let anew = tx
                .conversation(letter.batch)?
                .and_then(|of| feedback_draft(&of, letter.draft.submission));
            if let Some(anew) = anew.filter(|_| !letter.draft.edited && letter.draft.body != shown) {
                (letter.draft.body, letter.draft.held) = (cleaned(traces, &somebody.addresses, &anew.body), anew.held);
            }
            // A word on what was shown before is no word on this.
            letter.draft.version += u32::from(letter.draft.body != shown);
            tx.save_letter_draft(&letter, now)
        }
        Open::Letter(letter) => end(
            tx,
            ink,
            (id, letter.recruiter),
            feedback_over(id, &title, State::Discarded, true),
            now,
        ),
        Open::HandIn { recruiter } => end(tx, ink, (id, recruiter), draft_over(id, &title, State::Discarded, None, true), now),
    }
}

/// It is dropped with its files, and whoever's word it waited for is told.
fn end(tx: &Tx<'_>, ink: &Ink, (id, recruiter): (i64, i64), mut says: DeskLetter, now: Timestamp) -> Result<(), StoreError> {
    let title = says.intro.first().cloned().unwrap_or_default();
    tx.erase_draft(id, &title, now)?;
    says.intro.push("It told of somebody who was erased.".to_owned());
    match tx.recruiter_at(recruiter)? {
        Some(who) if !who.mailbox.address.is_erased() => digest::write(tx, ink, &who.mailbox, &says, None, now).map(drop),
        Some(_) | None => Ok(()),
    }
}
