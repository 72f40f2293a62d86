//! A word on a draft that comes by no mail: a command from beside, a press in the hub.
//!
//! In: a draft's number and what is to become of it. Out: it is sent, changed or dropped, or why not; and what its preview says.
//! Never here: whether somebody may give that word.

use std::sync::Arc;

use super::{Desk, Door, Terms};
use crate::compose::{DeskLetter, Ink, draft_over, draft_title, feedback_over, feedback_title, names_in};
use crate::config::Config;
use crate::conversation::Conversation;
use crate::daemon::feedback;
use crate::handin::{self, Again, Because, State, Then, Word};
use crate::model::{ConversationId, Reference, Timestamp};
use crate::store::{KeptDraft, KeptLetter, Store, StoreError, Tx};

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// A batch was handed in.
    Batch(ConversationId),
    /// A letter to a candidate of this batch was released.
    Letter(ConversationId),
}

/// Why a draft was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::daemon) enum Unsent {
    /// It lacks something that a batch needs.
    Lacks,
    /// These words of the recruiter's own seem to speak of something protected.
    Protected(String),
    /// Something else, in a sentence.
    Fault(String),
}

/// A draft as it stands, and what its preview would say.
pub(in crate::daemon) struct Seen {
    pub(in crate::daemon) draft: Looked,
    pub(in crate::daemon) letter: DeskLetter,
    /// It could be sent now.
    pub(in crate::daemon) goes: bool,
}

/// A draft, for whoever looks from beside.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// What was handed in.
    HandIn(Box<KeptDraft>),
    /// A letter to a candidate.
    Letter(Box<KeptLetter>),
}

/// Where a word is given, within a transaction.
pub(in crate::daemon) struct Hand<'a> {
    pub(in crate::daemon) tx: &'a Tx<'a>,
    pub(in crate::daemon) ink: &'a Ink,
    pub(in crate::daemon) terms: &'a Terms,
    pub(in crate::daemon) door: Door,
    pub(in crate::daemon) now: Timestamp,
}

impl<'a> Hand<'a> {
    fn desk(&self, id: i64, recruiter: i64) -> Result<Desk<'a>, StoreError> {
        let who = self.tx.recruiter_at(recruiter)?.ok_or_else(|| gone(id))?.mailbox;
        Ok(Desk {
            tx: self.tx,
            ink: self.ink,
            terms: self.terms,
            who,
            answers: None,
            door: self.door,
            now: self.now,
        })
    }

    /// A draft with the desk of whose it is.
    fn opened(&self, id: i64) -> Result<(Desk<'a>, KeptDraft), StoreError> {
        let kept = self.tx.draft(id)?.ok_or_else(|| gone(id))?;
        Ok((self.desk(id, kept.recruiter)?, kept))
    }

    /// A letter to a candidate with the desk of whose word it waits for, and its batch; `None` for any other draft.
    fn opened_letter(&self, id: i64) -> Result<Option<(Desk<'a>, KeptLetter, Conversation)>, StoreError> {
        let Some(kept) = self.tx.letter_draft(id)? else { return Ok(None) };
        let of = self.tx.conversation(kept.batch)?.ok_or_else(|| gone(id))?;
        Ok(Some((self.desk(id, kept.recruiter)?, kept, of)))
    }

    /// A draft as it stands.
    pub(in crate::daemon) fn kept(&self, id: i64) -> Result<Looked, StoreError> {
        Ok(match self.tx.letter_draft(id)? {
            Some(kept) => Looked::Letter(Box::new(kept)),
            None => Looked::HandIn(Box::new(self.tx.draft(id)?.ok_or_else(|| gone(id))?)),
        })
    }

    /// Sends a draft. `anyway`: also what speaks of something protected.
    pub(in crate::daemon) fn send(&self, id: i64, anyway: bool) -> Result<Result<Sent, Unsent>, StoreError> {
        if let Some((desk, mut kept, of)) = self.opened_letter(id)? {
            is_open(id, kept.draft.state)?;
            let held = kept.draft.protected(&names_in(&of));
            if let Some(one) = held.into_iter().next().filter(|_| kept.draft.edited && !anyway) {
                return Ok(Err(Unsent::Protected(one.words)));
            }
            let released = feedback::release(&desk, &mut kept, &of)?;
            return Ok(released.map(|_| Sent::Letter(of.id)).map_err(Unsent::Fault));
        }
        let (desk, mut kept) = self.opened(id)?;
        is_open(id, kept.draft.state)?;
        if !kept.draft.lacks().is_empty() {
            return Ok(Err(Unsent::Lacks));
        }
        if let Err(fault) = desk.send(&mut kept)? {
            return Ok(Err(Unsent::Fault(fault)));
        }
        desk.finish(&mut kept, State::Sent)?;
        let batch = kept.batch.ok_or_else(|| StoreError::NoSuch(format!("the batch of draft {id}")))?;
        Ok(Ok(Sent::Batch(batch)))
    }

    /// Ends a draft without sending it.
    pub(in crate::daemon) fn end(&self, id: i64, state: State) -> Result<(), StoreError> {
        if let Some((desk, kept, of)) = self.opened_letter(id)? {
            is_open(id, kept.draft.state)?;
            return feedback::end(&desk, kept, &of, state);
        }
        let (desk, mut kept) = self.opened(id)?;
        is_open(id, kept.draft.state)?;
        desk.finish(&mut kept, state)?;
        desk.over(&kept, true)
    }

    /// Changes what was handed in as an answer to its preview would, but all of it or nothing. `Err` says why not, in a sentence.
    pub(in crate::daemon) fn change(&self, id: i64, text: &str) -> Result<Result<(), String>, StoreError> {
        let Some(mut kept) = self.tx.draft(id)? else {
            return Err(gone(id));
        };
        is_open(id, kept.draft.state)?;
        let said = handin::correct_typed(&kept.draft.says, text, &kept.draft.file_names());
        if let Some(words) = said.unread.first() {
            return Ok(Err(format!(
                "Nothing was changed, for this was not understood: “{}”",
                words.text.trim()
            )));
        }
        if said.order.is_some() {
            return Ok(Err(
                "Nothing was changed: here goes only what is to be different. To send or discard it, use its button.".to_owned(),
            ));
        }
        if said.changes.is_empty() {
            return Ok(Err("Nothing was changed: write what is to be different.".to_owned()));
        }
        (kept.draft, _) = kept.draft.answered(kept.draft.version, &said, Vec::new());
        kept.until = self.now + self.terms.keep;
        self.tx.save_draft(&kept, &draft_title(&kept.draft), self.now)?;
        Ok(Ok(()))
    }

    /// Puts a recruiter's own text in the place of a letter to a candidate. `Err` holds the words that speak of something protected, unless
    /// it is meant `anyway`; nothing is kept then.
    pub(in crate::daemon) fn rewrite(&self, id: i64, body: &str, anyway: bool) -> Result<Result<(), String>, StoreError> {
        let Some((_, mut kept, of)) = self.opened_letter(id)? else {
            return Err(gone(id));
        };
        is_open(id, kept.draft.state)?;
        let names = names_in(&of);
        let (after, then) = kept.draft.answered(kept.draft.version, &Word::Instead(body.to_owned()), &names);
        if then != Then::Send && !anyway {
            let words = after.protected(&names).into_iter().map(|one| format!("“{}”", one.words));
            return Ok(Err(words.collect::<Vec<_>>().join(", ")));
        }
        kept.draft = after;
        self.tx.save_letter_draft(&kept, self.now)?;
        Ok(Ok(()))
    }

    /// A draft and what its preview would say now: what would be sent is tried out, and nothing of it is kept.
    pub(in crate::daemon) fn look(&self, id: i64) -> Result<Seen, StoreError> {
        if let Some((desk, kept, of)) = self.opened_letter(id)? {
            let open = kept.draft.state == State::Open;
            let fault = feedback::fault(&desk, &of, kept.draft.submission)?.filter(|_| open);
            let letter = match kept.draft.state {
                State::Open => feedback::shown(&kept, &of, Again::New, "", None),
                State::Sent | State::Discarded | State::Stale => {
                    feedback_over(id, &feedback_title(&of, kept.draft.submission), kept.draft.state, false)
                }
            };
            return Ok(Seen {
                draft: Looked::Letter(Box::new(kept)),
                letter: DeskLetter {
                    intro: letter
                        .intro
                        .into_iter()
                        .chain(fault.iter().map(|why| format!("It cannot be sent now: {why}")))
                        .collect(),
                    ..letter
                },
                goes: open && fault.is_none(),
            });
        }
        let (desk, kept) = self.opened(id)?;
        let (letter, goes) = match kept.draft.state {
            State::Open => desk.tried(&kept, Because::New, &[])?,
            State::Sent | State::Discarded | State::Stale => {
                let reference = kept.batch.map(Reference::of);
                (
                    draft_over(id, &self.tx.draft_title(id)?, kept.draft.state, reference.as_ref(), false),
                    false,
                )
            }
        };
        Ok(Seen {
            draft: Looked::HandIn(Box::new(kept)),
            letter,
            goes,
        })
    }
}

fn gone(id: i64) -> StoreError {
    StoreError::NoSuch(format!("there is no draft {id}"))
}

fn is_open(id: i64, state: State) -> Result<(), StoreError> {
    let what = match state {
        State::Open => return Ok(()),
        State::Sent => "was sent before",
        State::Discarded | State::Stale => "was dropped before",
    };
    Err(StoreError::Refused(format!("draft {id} {what}")))
}

/// Does something with a draft at a command from beside.
async fn beside<T: Send + 'static>(
    store: &Store,
    (ink, config): (&Arc<Ink>, &Config),
    now: Timestamp,
    job: impl FnOnce(&Hand<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (ink, terms) = (Arc::clone(ink), Terms::of(config));
    let done = move |tx: &Tx<'_>| {
        job(&Hand {
            tx,
            ink: &ink,
            terms: &terms,
            door: Door::Beside,
            now,
        })
    };
    store.write(done).await
}

/// Sends a draft at a command from beside. `anyway`: also what speaks of something protected.
///
/// # Errors
/// [`StoreError::Refused`] says what keeps it from being sent; the database's.
pub async fn send_draft(store: &Store, ink: &Arc<Ink>, config: &Config, id: i64, anyway: bool, now: Timestamp) -> Result<Sent, StoreError> {
    let sent = move |hand: &Hand<'_>| {
        hand.send(id, anyway)?.map_err(|why| {
            StoreError::Refused(match why {
                Unsent::Lacks => format!("draft {id} lacks something that a batch needs; `replyd drafts show` says what"),
                Unsent::Protected(words) => {
                    format!("draft {id} seems to speak of something protected: {words:?}; `--anyway` sends it")
                }
                Unsent::Fault(why) => format!("draft {id} cannot be sent: {why}"),
            })
        })
    };
    beside(store, (ink, config), now, sent).await
}

/// Drops a draft at a command from beside.
///
/// # Errors
/// The database's; [`StoreError::Refused`] when it is over.
pub async fn discard_draft(store: &Store, ink: &Arc<Ink>, config: &Config, id: i64, now: Timestamp) -> Result<(), StoreError> {
    beside(store, (ink, config), now, move |hand| hand.end(id, State::Discarded)).await
}

/// What a draft's preview would say now, for whoever looks from beside.
///
/// # Errors
/// The database's.
pub async fn show_draft(
    store: &Store,
    ink: &Arc<Ink>,
    config: &Config,
    id: i64,
    now: Timestamp,
) -> Result<(Looked, DeskLetter), StoreError> {
    let seen = beside(store, (ink, config), now, move |hand| hand.look(id)).await?;
    Ok((seen.draft, seen.letter))
}
