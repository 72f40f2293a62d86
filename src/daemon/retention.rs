//! What is kept long enough goes: the bytes of mails and letters of batches that have ended, and later everything of people in them.
//!
//! In: `[retention]`. Out: a page of rows, or one batch, at a time, each a transaction of its own, once a day. What happened when, and all
//! figures, stay. Visits leave nothing that would have to go: neither addresses of machines nor the names of browsers are kept.
//! Never here: whoever asks to be erased at once ([`super::forgetting`]).

use std::time::Duration;

use tokio::sync::watch;

use super::Daemon;
use crate::model::{ConversationId, Reference, Timestamp};
use crate::store::{Old, Retained, Store, StoreError, WithoutPeople};

/// Rows looked at in one transaction.
const PAGE: u32 = 200;
/// Between two of them: others come first.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two ways through everything.
const DAILY: chrono::Duration = chrono::Duration::days(1);

/// How long is long enough.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// For the bytes of mails and letters; `None` for ever.
    pub mails: Option<chrono::Duration>,
    /// For people; `None` for ever.
    pub people: Option<chrono::Duration>,
}

/// What goes, or went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct LetGo {
    /// Mails of which the bytes go.
    pub messages: usize,
    /// Letters of which the bytes go.
    pub letters: usize,
    /// Batches without people, and what goes with them.
    pub people: WithoutPeople,
}

/// The next thing to do on the way through everything.
#[derive(Debug, Clone, Copy)]
enum Way {
    Bytes(Retained, i64),
    People(i64),
}

impl Daemon {
    const fn terms(&self) -> Terms {
        Terms {
            mails: self.config.mail_days,
            people: self.config.people_days,
        }
    }

    /// Lets go of what is old, once a day.
    pub(super) async fn let_go_daily(&self, mut stop: watch::Receiver<bool>) {
        loop {
            let (now, mut gone) = (self.clock.now(), LetGo::default());
            let mut next = Some(first());
            while let Some(this) = next {
                next = match step(&self.store, self.terms(), this, now, &mut gone).await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::error!(%error, "what is kept long enough could not be let go of now; tomorrow again");
                        None
                    }
                };
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
            if gone != LetGo::default() {
                let LetGo { messages, letters, people } = gone;
                tracing::info!(messages, letters, batches = people.batches, "what was kept long enough is gone");
            }
            tokio::select! {
                () = self.clock.sleep_until(self.clock.now() + DAILY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// The same at once, for whoever does all that is due and ends.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn let_go_now(&self) -> Result<(), StoreError> {
        let_go(&self.store, self.terms(), self.clock.now()).await.map(drop)
    }
}

/// Lets go of everything that is kept long enough.
///
/// # Errors
/// The database's. What went until then is gone.
pub async fn let_go(store: &Store, terms: Terms, now: Timestamp) -> Result<LetGo, StoreError> {
    let (mut gone, mut next) = (LetGo::default(), Some(first()));
    while let Some(this) = next {
        next = step(store, terms, this, now, &mut gone).await?;
    }
    Ok(gone)
}

const fn first() -> Way {
    Way::Bytes(Retained::Messages, 0)
}

/// A page of rows, or of batches: what comes after it.
async fn step(store: &Store, terms: Terms, this: Way, now: Timestamp, gone: &mut LetGo) -> Result<Option<Way>, StoreError> {
    match this {
        Way::Bytes(kept, after) => {
            let beyond = match kept {
                Retained::Messages => Way::Bytes(Retained::Letters, 0),
                Retained::Letters => Way::People(0),
            };
            let Some(term) = terms.mails else {
                return Ok(Some(Way::People(0)));
            };
            let Old { last, count } = store.write(move |tx| tx.let_go(kept, now - term, after, PAGE)).await?;
            match kept {
                Retained::Messages => gone.messages += count,
                Retained::Letters => gone.letters += count,
            }
            Ok(Some(last.map_or(beyond, |last| Way::Bytes(kept, last))))
        }
        Way::People(after) => {
            let Some(term) = terms.people else { return Ok(None) };
            let ended = store.read(|tx| tx.ended(now - term, after, PAGE))?;
            for batch in ended.batches {
                // One that cannot be let go of holds up no other.
                match forget(store, batch, now - term, now).await {
                    Ok(went) => gone.people += went,
                    Err(error) => {
                        tracing::error!(conversation.id = batch.0, %error, "a batch that ended could not be let go of, and stays as it is");
                    }
                }
            }
            Ok(ended.last.map(Way::People))
        }
    }
}

/// One batch, in a transaction of its own: what came in since the look keeps it as it is.
async fn forget(store: &Store, batch: ConversationId, before: Timestamp, now: Timestamp) -> Result<WithoutPeople, StoreError> {
    let forgetting = move |tx: &crate::store::Tx<'_>| {
        let still = tx.ended(before, batch.0 - 1, 1)?.batches.contains(&batch);
        match tx.conversation(batch)? {
            Some(conversation) if still => tx.forget_batch(&conversation.without_people(), now),
            Some(_) | None => Ok(WithoutPeople::default()),
        }
    };
    store.write(forgetting).await
}

/// What goes next of what is not due yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Next {
    /// Bytes of mails and letters.
    pub mails: Option<Goes>,
    /// People in a batch that has ended.
    pub people: Option<Goes>,
}

/// When something goes, and of which batch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Goes {
    /// From then on the daemon lets go of it, within a day.
    pub at: Timestamp,
    /// The batch; none for a mail of no batch.
    pub reference: Option<String>,
}

/// What goes next, when everything that is due is gone. Something that happens in a batch meanwhile puts it off.
///
/// # Errors
/// The database's.
pub fn goes_next(store: &Store, terms: Terms, now: Timestamp) -> Result<Next, StoreError> {
    let reference = |batch: ConversationId| Reference::of(batch).to_string();
    let mut next = Next::default();
    if let Some(term) = terms.mails {
        for kept in [Retained::Messages, Retained::Letters] {
            let first = store.read(|tx| tx.first_kept(kept, now - term, PAGE))?;
            let goes = first.map(|(at, batch)| Goes {
                at: at + term,
                reference: batch.map(reference),
            });
            next.mails = next.mails.into_iter().chain(goes).min_by_key(|one| one.at);
        }
    }
    if let Some(term) = terms.people {
        let first = store.read(|tx| tx.first_ended(now - term, PAGE))?;
        next.people = first.map(|(at, batch)| Goes {
            at: at + term,
            reference: Some(reference(batch)),
        });
    }
    Ok(next)
}

/// What would go now.
///
/// # Errors
/// The database's.
pub fn kept_too_long(store: &Store, terms: Terms, now: Timestamp) -> Result<LetGo, StoreError> {
    let count = |kept: Retained| -> Result<usize, StoreError> {
        let (mut after, mut sum) = (terms.mails.map(|_| 0), 0);
        while let (Some(from), Some(term)) = (after, terms.mails) {
            let (old, _) = store.read(|tx| tx.old(kept, now - term, from, PAGE))?;
            (after, sum) = (old.last, sum + old.count);
        }
        Ok(sum)
    };
    let mut people = WithoutPeople::default();
    let mut after = terms.people.map(|_| 0);
    while let (Some(from), Some(term)) = (after, terms.people) {
        let ended = store.read(|tx| tx.ended(now - term, from, PAGE))?;
        for batch in ended.batches {
            people += store.read(|tx| tx.people_of(batch))?;
        }
        after = ended.last;
    }
    Ok(LetGo {
        messages: count(Retained::Messages)?,
        letters: count(Retained::Letters)?,
        people,
    })
}
