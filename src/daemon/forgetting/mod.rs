//! Somebody is forgotten: found wherever they stand, taken out of it, and never written to again.
//!
//! In: an address. Out: what is kept of its owner; or nothing of them any more. What stays is what is not theirs: that something happened and
//! when, the figures, the other people's data and words, and a keyed hash of the address ([`crate::store::Tombstones`]).
//!
//! - Their rows, and their places in conversations, keep their numbers; `[erased]` stands for the name.
//! - Letters to them and mails from them keep Message-ID and date. Other people's keep their text as well, without the words that tell of them
//!   or that they wrote; files and HTML go. A letter that has not left and named them is cancelled.
//! - A submission of theirs that was open is withdrawn: the other side of an interview is told, and the recruiters.
//! - All of it is one transaction. Then the file is written anew, so that no page of it holds what was there.
//!
//! Never here: a word of somebody else's about somebody else.

mod drafts;
mod export;
mod scan;
mod who;

use std::path::Path;
use std::sync::Arc;

use super::{Daemon, apply, fault};
use crate::compose::Ink;
use crate::conversation::{Command, Event, Interview, Party, Side, Submission};
use crate::model::{Address, ConversationId, SubmissionId, Timestamp, Traces};
use crate::store::{self, Place, Store, StoreError, Tombstones, Tx};

pub use drafts::{Waiting, drafts};
pub use export::{Export, export};
pub use scan::Found;
pub use who::Somebody;

/// Rounds of looking and erasing: whatever came in meanwhile is found by the next.
const ROUNDS: usize = 5;
/// Tries while a letter to them is at the server.
const TRIES: u32 = 60;
/// Under which name it stands in the timeline.
const BY: &str = "replyd person erase";

/// What was done.
#[derive(Debug, Clone)]
pub struct Erased {
    /// Whom; `None` when nothing was left of them.
    pub somebody: Option<Somebody>,
    /// Rows that were rewritten: texts, letters, messages.
    pub rows: [usize; 3],
    /// They had been erased before.
    pub again: bool,
}

/// Erases somebody. `key` is for hashes, where nobody was erased before; `None` when nothing is known of the address.
///
/// # Errors
/// The database's. [`StoreError::Busy`] after which it can be done again: whatever was begun is finished then.
pub async fn erase(
    store: &Store,
    ink: &Arc<Ink>,
    database: &Path,
    (address, also): (&Address, &[String]),
    key: [u8; 32],
    now: Timestamp,
) -> Result<Option<Erased>, StoreError> {
    let somebody = Somebody::look(store, address, also)?;
    let again = store.read(|tx| tx.erased_since(address))?.is_some();
    let Some(somebody) = somebody else {
        if again {
            store.compact()?;
        }
        return Ok(again.then_some(Erased {
            somebody: None,
            rows: [0; 3],
            again,
        }));
    };
    let key = store.read(|tx| tx.erased_key())?.unwrap_or(key);
    let mut tombstones = Tombstones::begin(database, key)?;
    // Before anything else: an older backup is laid against it, also when this is interrupted.
    tombstones.add(&somebody.addresses, now)?;
    let rows = take_out(store, ink, database, &somebody, &tombstones, now).await?;
    fault::point("person.erased");
    store.compact()?;
    Ok(Some(Erased {
        somebody: Some(somebody),
        rows,
        again,
    }))
}

/// Batches that go on and have no recruiter but them, by reference: nobody but the leads would be told of these.
///
/// # Errors
/// The database's.
pub fn left_alone(store: &Store, somebody: &Somebody) -> Result<Vec<String>, StoreError> {
    let mut alone = Vec::new();
    for (id, party) in &somebody.parties {
        let Party::Recruiter(n) = party else { continue };
        let Some(conversation) = store.read(|tx| tx.conversation(*id))? else {
            continue;
        };
        let recruiters = (0..=u8::MAX).zip(&conversation.batch.recruiters);
        let others = recruiters.filter(|(other, one)| other != n && !one.address.is_erased()).count();
        if others == 0 && conversation.submissions.iter().any(Submission::can_be_withdrawn) {
            alone.push(conversation.reference().to_string());
        }
    }
    Ok(alone)
}

async fn take_out(
    store: &Store,
    ink: &Arc<Ink>,
    database: &Path,
    somebody: &Somebody,
    tombstones: &Tombstones,
    now: Timestamp,
) -> Result<[usize; 3], StoreError> {
    let mut rows = [0; 3];
    for round in 0..ROUNDS {
        let found = Found::look(store, somebody)?;
        if found.is_empty() && round > 0 {
            return Ok(rows);
        }
        let texts: usize = found.texts.values().map(Vec::len).sum();
        for (sum, more) in rows.iter_mut().zip([texts, found.letters.len(), found.messages.len()]) {
            *sum += more;
        }
        let mut tries = 0;
        loop {
            let job = Job {
                somebody: somebody.clone(),
                found: found.clone(),
                tombstones: tombstones.clone(),
                ink: Arc::clone(ink),
                first: round == 0,
                beside: store::holder(database).is_some(),
                now,
            };
            match store.write(move |tx| job.run(tx)).await {
                Err(StoreError::Busy) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                }
                done => break done?,
            }
        }
    }
    Err(StoreError::Refused(
        "something of them is still there; a mail about them may be coming in just now: do it once more".to_owned(),
    ))
}

/// Whom a restored backup brings back although they were erased since: their addresses.
///
/// # Errors
/// The database's.
pub fn brought_back(store: &Store, tombstones: &Tombstones) -> Result<Vec<Address>, StoreError> {
    let mut back: Vec<Address> = Vec::new();
    if store.read(|tx| tx.has_tombstones(tombstones))? {
        return Ok(back);
    }
    let mut look = |tx: &Tx<'_>, one: Address| -> Result<(), StoreError> {
        if let Some(at) = tombstones.since(&one)
            && tx.erased_since(&one)? != Some(at)
            && !back.contains(&one)
        {
            back.push(one);
        }
        Ok(())
    };
    store.read(|tx| {
        let rows = tx.everybody()?;
        rows.iter()
            .filter_map(|row| Address::parse(&row.address).ok())
            .try_for_each(|one| look(tx, one))
    })?;
    who::each(store, Place::Letters, |tx, row| {
        let recipient = row.texts.get(3).and_then(|text| Address::parse(text).ok());
        recipient.map_or(Ok(()), |one| look(tx, one))
    })?;
    let mut after = 0;
    loop {
        let last = store.read(|tx| {
            let page = tx.messages_after(after, who::MAILS)?;
            for mail in &page {
                crate::message::senders(&mail.raw).into_iter().try_for_each(|one| look(tx, one))?;
            }
            Ok(page.last().map(|mail| mail.id))
        })?;
        match last {
            Some(last) => after = last,
            None => return Ok(back),
        }
    }
}

/// Erases whomever a restored backup brings back. Gives how many.
///
/// # Errors
/// As [`erase`].
pub async fn erase_again(
    store: &Store,
    ink: &Arc<Ink>,
    database: &Path,
    tombstones: &Tombstones,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let back = brought_back(store, tombstones)?;
    for address in &back {
        if let Some(somebody) = Somebody::look(store, address, &[])? {
            take_out(store, ink, database, &somebody, tombstones, now).await?;
        }
    }
    let kept = tombstones.clone();
    store.write(move |tx| tx.keep_tombstones(&kept)).await?;
    if !back.is_empty() {
        store.compact()?;
    }
    Ok(back.len())
}

/// What is left of a mail of which nothing is known but that its sender was erased.
pub(super) fn nothing_left(raw: &[u8]) -> Vec<u8> {
    let mut traces = Traces::default();
    crate::message::senders(raw).iter().for_each(|one| traces.address(one));
    crate::message::stub(raw, &traces, true, crate::model::ERASED)
}

impl Daemon {
    /// Whoever was erased since this database was as it is now is erased before anything is read or sent: it was put back by hand.
    pub(super) async fn forget_again(&self) -> Result<(), StoreError> {
        let database = &self.config.database;
        let Some(tombstones) = Tombstones::read(database)? else {
            return Ok(());
        };
        if self.store.read(|tx| tx.has_tombstones(&tombstones))? {
            return Ok(());
        }
        let people = erase_again(&self.store, &self.ink, database, &tombstones, self.clock.now()).await?;
        tracing::warn!(
            people,
            "an older database was put in place: whoever was erased since was erased again"
        );
        Ok(())
    }
}

/// One transaction.
struct Job {
    somebody: Somebody,
    found: Found,
    tombstones: Tombstones,
    ink: Arc<Ink>,
    /// The conversations hear of it.
    first: bool,
    /// A daemon works on the database.
    beside: bool,
    now: Timestamp,
}

impl Job {
    fn run(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        // Its bytes are in the daemon's hands; in a moment they are not.
        if self.beside && tx.is_under_way(&self.found.letters)? {
            return Err(StoreError::Busy);
        }
        let mut stand: Vec<(String, Address)> = Vec::new();
        for row in &self.somebody.rows {
            stand.push((format!("{} {}", row.kind, row.address.to_lowercase()), tx.erase_person_row(row)?));
        }
        if self.first {
            self.leave_conversations(tx, &stand)?;
            self.leave_as_other_contact(tx)?;
        }
        self.rewrite(tx)?;
        for sha256 in &self.found.files {
            tx.drop_blob(sha256)?;
        }
        for address in &self.somebody.addresses {
            tx.erase_address(address)?;
        }
        tx.keep_tombstones(&self.tombstones)?;
        if self.first {
            self.tell(tx)?;
        }
        fault::point("person.in_transaction");
        Ok(())
    }

    /// Their places in conversations are without them.
    fn leave_conversations(&self, tx: &Tx<'_>, stand: &[(String, Address)]) -> Result<(), StoreError> {
        for (id, party) in &self.somebody.parties {
            let Some(mut conversation) = tx.conversation(*id)? else { continue };
            let (kind, now) = match party {
                Party::Client => ("contact", Some(&conversation.batch.contact.mailbox)),
                Party::Candidate(one) => ("candidate", conversation.candidate(*one).map(|one| &one.mailbox)),
                Party::Interviewer(n) => ("contact", conversation.interviewer(*n).map(|one| &one.mailbox)),
                Party::Recruiter(n) => ("recruiter", conversation.batch.recruiters.get(usize::from(*n))),
            };
            let place = now.map(|one| format!("{kind} {}", one.address.as_str().to_lowercase()));
            let stands = stand
                .iter()
                .find(|(known, _)| Some(known) == place.as_ref())
                .map(|(_, stands)| stands.clone());
            conversation.forget(*party, &stands.unwrap_or_else(|| Address::of_erased("", 0)));
            tx.rewrite(&conversation)?;
            match party {
                Party::Candidate(one) => tx.forget_in_feed(*id, Some(*one))?,
                Party::Client => tx.forget_in_feed(*id, None)?,
                Party::Interviewer(_) | Party::Recruiter(_) => {}
            }
        }
        Ok(())
    }

    /// Batches that would turn, or have turned, to another contact than them.
    fn leave_as_other_contact(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        for id in &self.somebody.others {
            let Some(mut conversation) = tx.conversation(*id)? else { continue };
            conversation.forget_other_contact();
            tx.rewrite(&conversation)?;
        }
        Ok(())
    }

    /// Every row that was found, without them.
    fn rewrite(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        for (place, ids) in &self.found.texts {
            for id in ids {
                let Some(row) = tx.texts_at(*place, *id)? else { continue };
                let traces = self.somebody.close_in(self.somebody.about(row.batch, row.texts.iter()));
                let texts = scan::rewritten(*place, &row, &self.somebody, traces);
                if *place == Place::Batches {
                    self.rewrite_batch(tx, &row, &texts)?;
                } else if *place == Place::Drafts {
                    drafts::rewrite(tx, &self.ink, &self.somebody, (*id, &texts), traces, self.now)?;
                } else {
                    tx.put_texts(*place, *id, &texts)?;
                }
            }
        }
        for id in &self.found.letters {
            for letter in tx.letters_after(id - 1, 1)?.iter().filter(|one| one.id == *id) {
                let (texts, bytes) = scan::letter_left(letter, &self.somebody);
                tx.put_letter(*id, &texts, &bytes)?;
            }
        }
        for id in &self.found.messages {
            for mail in tx.messages_after(id - 1, 1)?.iter().filter(|one| one.id == *id) {
                tx.put_message(*id, &scan::message_left(mail, &self.somebody))?;
            }
        }
        Ok(())
    }

    /// A conversation without a word of theirs must still be one: a part of a name may be the name of something in it.
    fn rewrite_batch(&self, tx: &Tx<'_>, row: &store::Texts, texts: &[String]) -> Result<(), StoreError> {
        tx.put_texts(Place::Batches, row.id, texts)?;
        if tx.conversation(row.batch).is_ok() {
            return Ok(());
        }
        let plain = scan::rewritten(Place::Batches, row, &self.somebody, &self.somebody.traces);
        tx.put_texts(Place::Batches, row.id, &plain)?;
        tx.conversation(row.batch).map(drop)
    }

    /// What follows for the others: open submissions end, interviews go on without them, and recruiters hear of it.
    fn tell(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        for (id, party) in &self.somebody.parties {
            let Some(conversation) = tx.conversation(*id)? else { continue };
            let open = conversation.submissions.iter().filter(|one| one.can_be_withdrawn());
            let meets = |one: &&Submission| one.interview.as_ref().is_some_and(Interview::is_under_way);
            let concerned: Vec<SubmissionId> = match party {
                Party::Candidate(id) => open.map(|one| one.id).filter(|one| one == id).collect(),
                Party::Client => open.map(|one| one.id).collect(),
                Party::Interviewer(_) => open.filter(meets).map(|one| one.id).collect(),
                Party::Recruiter(_) => continue,
            };
            if concerned.is_empty() {
                continue;
            }
            if let Party::Interviewer(n) = party {
                for submission in concerned {
                    let command = Command::GoOn {
                        submission,
                        yes: true,
                        without: vec![Side::Interviewer(*n)],
                    };
                    let by = BY.to_owned();
                    self.happen(tx, *id, Event::Steered { by, command })?;
                }
            }
            self.happen(tx, *id, Event::Erased { who: *party })?;
        }
        Ok(())
    }

    fn happen(&self, tx: &Tx<'_>, id: ConversationId, event: Event) -> Result<(), StoreError> {
        apply::happen(tx, &self.ink, id, event, "command", self.now)
    }
}
