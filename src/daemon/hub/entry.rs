//! Who is let into the hub: links, and the sessions they open.

use std::sync::Arc;

use super::{Office, Trouble, hex, random, trouble};
use crate::compose::Ink;
use crate::config::Recruiter as Listed;
use crate::http::hub::Person;
use crate::link::{Claim, sha256_hex};
use crate::model::{Address, Mailbox, Timestamp};
use crate::store::{Recruiter, Store, StoreError, Tx};

/// How long a device stays in.
const SESSION: chrono::Duration = chrono::Duration::hours(12);

/// A link into the hub for a recruiter; `None` when nobody has this address here.
///
/// # Errors
/// The database's; when the system gives no randomness.
pub async fn link(
    store: &Store,
    ink: &Arc<Ink>,
    listed: &[Listed],
    address: &Address,
    now: Timestamp,
) -> Result<Option<(Mailbox, String)>, StoreError> {
    let (row, listed) = (
        store.read(|tx| tx.recruiter(address))?,
        listed.iter().find(|one| one.mailbox.address == *address),
    );
    let recruiter = match (row, listed) {
        (Some(row), Some(_)) => row,
        (Some(row), None) if store.read(|tx| tx.has_batches(row.id))? => row,
        (None, Some(listed)) => {
            let mailbox = listed.mailbox.clone();
            let id = store.write(move |tx| tx.know_recruiter(&mailbox)).await?;
            Recruiter {
                id,
                mailbox: listed.mailbox.clone(),
            }
        }
        // Strangers write nothing, however often they ask.
        (Some(_) | None, None) => return Ok(None),
    };
    let number = random().map_err(|Trouble| StoreError::Refused("the system gives no randomness".to_owned()))?;
    let token = ink.keyring.entry(recruiter.id, number, Claim::minute(now));
    Ok(Some((recruiter.mailbox, format!("{}/hub/in/{token}", ink.links.base()))))
}

/// Uses a link: the secret of a new session.
pub(super) async fn enter(office: &Office, token: String) -> Result<Option<String>, Trouble> {
    let read = office.ink.keyring.read_entry(&token, office.minute()).filter(|entry| !entry.over);
    let Some(entry) = read else { return Ok(None) };
    let secret = hex(&random::<32>()?);
    let (hash, now) = (sha256_hex(secret.as_bytes()), office.clock.now());
    let here = office.clone();
    let begin = move |tx: &Tx<'_>| {
        if here.reader(tx, entry.recruiter)?.is_none() {
            return Ok(false);
        }
        tx.begin_session(&hash, &entry.number, entry.recruiter, now, now + SESSION)
    };
    let begun = office.store.write(begin).await.map_err(|error| trouble(&error))?;
    tracing::info!(recruiter.id = entry.recruiter, entered = begun, "a link into the hub was pressed");
    Ok(begun.then_some(secret))
}

/// Whose session a secret is.
pub(super) async fn person(office: &Office, secret: String) -> Result<Option<Person>, Trouble> {
    let hash = sha256_hex(secret.as_bytes());
    let looked = office.look(move |office, tx| {
        let Some((session, recruiter)) = tx.session(&hash, office.clock.now())? else {
            return Ok(None);
        };
        let reader = office.reader(tx, recruiter)?;
        Ok(reader.map(|reader| Person {
            session,
            recruiter,
            name: reader.who.mailbox.shown(),
            lead: reader.lead,
        }))
    });
    looked.await
}
