//! What recruiters see and do in the hub, over the store.
//!
//! In: a person behind a session, and what they want. Out: pages' values with all times spelled by that person's clocks, and events whose
//! author they are. Never here: HTML; a decision about a conversation.

mod acts;
mod board;
mod drafts;
mod entry;
mod figures;
mod mail;
mod post;
mod set_up;
mod story;
mod told;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::beside::Bell;
use super::drafting::{Door, Hand, Terms};
use super::staff::Staff;
use super::{Clock, Daemon};
use crate::calendar::Zone;
use crate::compose::Ink;
use crate::http::hub::{Act, Acted, Hub, Person, SectionView, Shown, Trouble, Wanted};
use crate::link::Claim;
use crate::message::Border;
use crate::model::{ConversationId, Timestamp};
use crate::store::{Recruiter, Sees, Store, StoreError, Tx};

pub use entry::link as entry_link;
pub(super) use post::{Post, WithPost};

/// The daemon's side of the hub.
pub(super) struct Front {
    office: Office,
    bell: Bell,
    post: Arc<Post>,
}

/// What every look works on.
#[derive(Clone)]
struct Office {
    store: Arc<Store>,
    ink: Arc<Ink>,
    clock: Clock,
    border: Border,
    staff: Staff,
    terms: Arc<Terms>,
    settings: Arc<[SectionView]>,
}

/// Whoever looks: what they see, and by whose clocks.
struct Reader {
    who: Recruiter,
    zone: Zone,
    lead: bool,
    sees: Sees,
    now: Timestamp,
}

impl Daemon {
    /// The hub, and the letters with links into it.
    pub(super) fn hub(&self, post: Arc<Post>) -> Arc<dyn Hub> {
        Arc::new(Front {
            office: Office {
                store: Arc::clone(&self.store),
                ink: Arc::clone(&self.ink),
                clock: self.clock.clone(),
                border: self.config.border.clone(),
                staff: self.staff.clone(),
                terms: Arc::new(Terms::of(&self.config)),
                settings: set_up::sections(&self.config).into(),
            },
            bell: self.bell(),
            post,
        })
    }
}

impl Office {
    /// Looks on a thread of its own: a page may read more than the runtime should wait for.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Self, &Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Trouble> {
        let office = self.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let store = Arc::clone(&office.store);
            store.read(|tx| look(&office, tx))
        });
        match looked.await {
            Ok(Ok(seen)) => Ok(seen),
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_panicked) => Err(Trouble),
        }
    }

    /// Somebody by their row, as long as they may enter.
    fn reader(&self, tx: &Tx<'_>, recruiter: i64) -> Result<Option<Reader>, StoreError> {
        let Some(mut who) = tx.recruiter_at(recruiter)? else {
            return Ok(None);
        };
        let listed = self.staff.listed(&who.mailbox.address);
        if listed.is_none() && !tx.has_batches(recruiter)? {
            return Ok(None);
        }
        if let Some(name) = listed.map(|one| &one.mailbox.name).filter(|name| !name.is_empty()) {
            who.mailbox.name = name.clone();
        }
        let rights = self.staff.rights(tx, &who)?;
        Ok(Some(Reader {
            sees: rights.sees,
            zone: rights.zone,
            lead: rights.lead,
            who,
            now: self.clock.now(),
        }))
    }

    /// Where a word on a draft is given.
    fn hand<'a>(&'a self, tx: &'a Tx<'a>) -> Hand<'a> {
        Hand {
            tx,
            ink: &self.ink,
            terms: &self.terms,
            door: Door::Hub,
            now: self.clock.now(),
        }
    }

    fn minute(&self) -> u32 {
        Claim::minute(self.clock.now())
    }
}

fn trouble(error: &StoreError) -> Trouble {
    tracing::error!(%error, "the hub could not ask the database");
    Trouble
}

impl Hub for Front {
    fn ask(&self, address: String) {
        self.post.ask(&address);
    }

    fn opens(&self, token: &str) -> bool {
        let read = self.office.ink.keyring.read_entry(token, self.office.minute());
        read.is_some_and(|entry| !entry.over)
    }

    fn enter(&self, token: String) -> BoxFuture<'_, Result<Option<String>, Trouble>> {
        entry::enter(&self.office, token).boxed()
    }

    fn person(&self, secret: String) -> BoxFuture<'_, Result<Option<Person>, Trouble>> {
        entry::person(&self.office, secret).boxed()
    }

    fn leave(&self, person: Person) -> BoxFuture<'_, Result<(), Trouble>> {
        let now = self.office.clock.now();
        let leaving = self.office.store.write(move |tx| tx.end_session(person.session, now));
        async { leaving.await.map_err(|error| trouble(&error)) }.boxed()
    }

    fn show(&self, person: Person, wanted: Wanted) -> BoxFuture<'_, Shown> {
        async move {
            if let Wanted::Draft(id) = wanted {
                return drafts::page(&self.office, person, id).await;
            }
            let shown = self.office.look(move |office, tx| {
                let Some(reader) = office.reader(tx, person.recruiter)? else {
                    return Ok(Shown::Nothing);
                };
                office.shown(tx, &reader, wanted)
            });
            shown.await.unwrap_or(Shown::Busy)
        }
        .boxed()
    }

    fn act(&self, person: Person, act: Act) -> BoxFuture<'_, Acted> {
        async move {
            let acted = acts::act(&self.office, person, act).await;
            if acted == Acted::Done {
                self.bell.look_around();
            }
            acted
        }
        .boxed()
    }

    fn last_event(&self, person: Person, batch: Option<i64>) -> BoxFuture<'_, Option<i64>> {
        async move {
            let about = batch.map(ConversationId);
            let looked = self.office.look(move |office, tx| {
                let Some(reader) = office.reader(tx, person.recruiter)? else {
                    return Ok(None);
                };
                match about {
                    Some(batch) if !tx.may_see(&reader.sees, batch)? => Ok(None),
                    about => tx.last_event(about).map(Some),
                }
            });
            looked.await.ok().flatten()
        }
        .boxed()
    }
}

impl Office {
    fn shown(&self, tx: &Tx<'_>, reader: &Reader, wanted: Wanted) -> Result<Shown, StoreError> {
        let for_leads = |shown: Shown| if reader.lead { shown } else { Shown::Nothing };
        Ok(match wanted {
            Wanted::Board => board::board(tx, reader)?,
            Wanted::Lane { lane, after } => board::lane(tx, reader, &lane, &after)?,
            Wanted::Search(words) => board::search(tx, reader, &words)?,
            Wanted::Submission { id, after } => story::story(tx, reader, id, after)?,
            Wanted::Mail(id) => mail::mail(self, tx, reader, id)?,
            Wanted::Html(id) => mail::html(self, tx, reader, id)?,
            Wanted::Raw(id) => mail::raw(self, tx, reader, id)?,
            Wanted::Quarantine => for_leads(set_up::quarantine(tx, reader)?),
            Wanted::SetAside(id) => for_leads(set_up::set_aside(tx, reader, id)?),
            Wanted::Figures(asked) => Shown::Figures(Box::new(figures::page(tx, reader, self.staff.zone, asked)?)),
            Wanted::Outbox => set_up::outbox(tx, reader)?,
            Wanted::Drafts => Shown::Drafts(drafts::waiting(tx, reader)?),
            // Shown elsewhere: it is tried out whether it could be sent.
            Wanted::Draft(_) => Shown::Nothing,
            Wanted::Settings => for_leads(Shown::Settings(self.settings.to_vec())),
        })
    }
}

/// So many random octets.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Trouble> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no randomness");
        Trouble
    })?;
    Ok(bytes)
}

/// The key of a form, which makes sending it twice one act.
fn once() -> String {
    random::<12>().map_or_else(|_| String::new(), |bytes| hex(&bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
