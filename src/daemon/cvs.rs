//! Who may open the CVs of a batch: whoever types a code that was mailed to its contact, on the device that asked for it.
//!
//! In: the claim of a batch page's link, the secret of a device, and what was pressed. Out: the page as it stands, files, and events. A code is
//! random, lives for ten minutes and five tries, and is kept as a keyed hash of itself and the device. Whoever holds the link alone can have so
//! many codes mailed that the contact notices, and not so many that one is guessed. Never here: a mail without a press.

use std::sync::Arc;

use chrono::Duration;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::apply;
use super::desk::Pages;
use super::hub::{hex, random};
use crate::compose::Ink;
use crate::conversation::{Attachment, Conversation, Event, Status};
use crate::http::{CvAct, CvAnswer, CvFile, CvLine, CvState, CvTold, CvView, Cvs};
use crate::link::{Claim, Scope, same_secret, sha256_hex};
use crate::model::{ConversationId, SubmissionId, Timestamp};
use crate::store::{CvCode, NewCvCode, StoreError, Tx};

/// How long a code works, and how often something may be typed in its place.
const MINUTES: i64 = 10;
const TRIES: u32 = 5;
/// Codes for one batch in an hour, and in a day.
const AN_HOUR: usize = 5;
const A_DAY: usize = 20;
/// A device that asks again within this time pressed twice.
const TWICE: Duration = Duration::seconds(60);
/// How long a device is in.
const OPEN: Duration = Duration::hours(12);
/// What hashes of codes are made for.
const CONTEXT: &str = "replyd/cv-code/v1";

/// The daemon's side of the page of CVs.
pub(super) struct Shelf(pub(super) Pages);

/// What a press led to.
struct Done {
    answer: CvAnswer,
    wrote: bool,
    deadline: Option<Timestamp>,
}

impl Cvs for Shelf {
    fn new_device(&self) -> Option<String> {
        random::<32>().ok().map(|bytes| hex(&bytes))
    }

    fn look(&self, claim: Claim, device: Option<String>) -> BoxFuture<'_, CvAnswer> {
        let (store, ink, now) = (Arc::clone(&self.0.store), Arc::clone(&self.0.ink), self.0.clock.now());
        async move {
            let looking = move || {
                store.read(|tx| {
                    let Some(conversation) = shelf(tx, claim)? else {
                        return Ok(CvAnswer::Nothing);
                    };
                    let code = device.map(|secret| code_of(tx, conversation.id, &secret)).transpose()?.flatten();
                    page(tx, &ink, &conversation, code.as_ref(), None, now)
                })
            };
            told(tokio::task::spawn_blocking(looking).await.ok())
        }
        .boxed()
    }

    fn act(&self, claim: Claim, device: String, act: CvAct) -> BoxFuture<'_, CvAnswer> {
        let (ink, now) = (Arc::clone(&self.0.ink), self.0.clock.now());
        async move {
            let Ok(fresh) = random::<8>() else { return CvAnswer::Busy };
            let fresh = format!("{:06}", u64::from_be_bytes(fresh) % 1_000_000);
            let acting = move |tx: &Tx<'_>| {
                let Some(conversation) = shelf(tx, claim)? else {
                    return Ok(Done::only(CvAnswer::Nothing));
                };
                let done = match act {
                    CvAct::Ask => ask(tx, &ink, conversation, &device, fresh, now)?,
                    CvAct::Type(typed) => open(tx, &ink, conversation, &device, &typed, now)?,
                };
                Ok(done)
            };
            let done = self.0.store.write(acting).await;
            if let Ok(done) = &done {
                if done.wrote {
                    self.0.wake_sending.notify_one();
                }
                if let Some(deadline) = done.deadline {
                    self.0.alarm.ring_for(deadline);
                }
            }
            told(Some(done.map(|done| done.answer)))
        }
        .boxed()
    }

    fn file(&self, claim: Claim, device: String, of: SubmissionId) -> BoxFuture<'_, Option<CvFile>> {
        let (store, now) = (Arc::clone(&self.0.store), self.0.clock.now());
        async move {
            let looking = move || {
                store.read(|tx| {
                    let Some(conversation) = shelf(tx, claim)? else { return Ok(None) };
                    let code = code_of(tx, conversation.id, &device)?;
                    if code.and_then(|code| is_in(&code, now)).is_none() {
                        return Ok(None);
                    }
                    let Some((_, cv)) = on_shelf(&conversation).find(|(id, _)| *id == of) else {
                        return Ok(None);
                    };
                    let bytes = tx.blob(&cv.sha256)?;
                    Ok(bytes.map(|bytes| CvFile {
                        name: cv.name.to_string(),
                        media_type: cv.media_type.clone(),
                        bytes,
                    }))
                })
            };
            let looked = tokio::task::spawn_blocking(looking).await.ok()?;
            looked.unwrap_or_else(|error: StoreError| {
                tracing::error!(%error, "a CV could not be read");
                None
            })
        }
        .boxed()
    }
}

impl Done {
    /// Nothing happened.
    const fn only(answer: CvAnswer) -> Self {
        Self {
            answer,
            wrote: false,
            deadline: None,
        }
    }

    /// An event did.
    fn after(answer: CvAnswer, after: &Conversation, letters: u32) -> Self {
        Self {
            answer,
            wrote: after.letters != letters,
            deadline: after.deadlines.iter().map(|(_, at)| at).min(),
        }
    }
}

fn told(looked: Option<Result<CvAnswer, StoreError>>) -> CvAnswer {
    let Some(looked) = looked else { return CvAnswer::Busy };
    looked.unwrap_or_else(|error| {
        tracing::error!(%error, "the page of CVs could not be answered");
        CvAnswer::Busy
    })
}

/// The conversation whose CVs a link leads to, when a code stands before them.
fn shelf(tx: &Tx<'_>, claim: Claim) -> Result<Option<Conversation>, StoreError> {
    if claim.scope != Scope::Batch || claim.addressed_to != 0 {
        return Ok(None);
    }
    let conversation = tx.conversation(ConversationId(claim.item))?;
    Ok(conversation.filter(|one| {
        let contact = &one.batch.contact.mailbox.address;
        one.policy.cv_code && one.generation == claim.generation && !contact.is_erased() && on_shelf(one).next().is_some()
    }))
}

/// The CVs of those who are put forward and have not withdrawn.
fn on_shelf(conversation: &Conversation) -> impl Iterator<Item = (SubmissionId, &Attachment)> {
    conversation.put_forward().filter_map(|one| {
        let stands = conversation.submission(one.submission)?.status != Status::Withdrawn;
        one.cv.as_ref().filter(|_| stands).map(|cv| (one.submission, cv))
    })
}

/// One secret serves a device for all batches; nothing that is kept says so.
fn device_hash(batch: ConversationId, secret: &str) -> String {
    sha256_hex(format!("{batch} {secret}").as_bytes())
}

fn code_of(tx: &Tx<'_>, batch: ConversationId, secret: &str) -> Result<Option<CvCode>, StoreError> {
    tx.cv_code(batch, &device_hash(batch, secret))
}

/// Of a code on a device: on another one it is another.
fn code_hash(ink: &Ink, device: &str, code: &str) -> String {
    hex(&ink.keyring.mac(CONTEXT, format!("{device} {code}").as_bytes()))
}

fn is_in(code: &CvCode, now: Timestamp) -> Option<Timestamp> {
    code.open_until.filter(|until| *until > now)
}

/// Whether what was typed may be compared with it.
fn works(code: &CvCode, now: Timestamp) -> bool {
    !code.code.is_empty() && code.ends > now && code.tries < TRIES
}

fn ask(tx: &Tx<'_>, ink: &Arc<Ink>, conversation: Conversation, secret: &str, fresh: String, now: Timestamp) -> Result<Done, StoreError> {
    let (id, known) = (conversation.id, code_of(tx, conversation.id, secret)?);
    let twice = |code: &CvCode| works(code, now) && now - code.sent < TWICE;
    if known.as_ref().is_some_and(|code| is_in(code, now).is_some() || twice(code)) {
        return page(tx, ink, &conversation, known.as_ref(), None, now).map(Done::only);
    }
    let (hour, day) = (now - Duration::hours(1), now - Duration::days(1));
    if tx.cv_codes_since(id, hour)? >= AN_HOUR || tx.cv_codes_since(id, day)? >= A_DAY {
        return page(tx, ink, &conversation, known.as_ref(), Some(CvTold::TooMany), now).map(Done::only);
    }
    if tx.is_suppressed(&conversation.batch.contact.mailbox.address)? {
        return page(tx, ink, &conversation, known.as_ref(), Some(CvTold::Withheld), now).map(Done::only);
    }
    let device = device_hash(id, secret);
    let (letters, until) = (conversation.letters, now + Duration::minutes(MINUTES));
    let hash = code_hash(ink, &device, &fresh);
    let after = apply::happen_to(tx, ink, conversation, Event::CvCodeAsked { code: fresh, until }, "click", now)?;
    if after.letters == letters {
        let answer = page(tx, ink, &after, known.as_ref(), Some(CvTold::Withheld), now)?;
        return Ok(Done::after(answer, &after, letters));
    }
    let new = NewCvCode {
        device: &device,
        code: &hash,
        ends: until,
    };
    tx.keep_cv_code(id, new, now)?;
    let answer = page(tx, ink, &after, code_of(tx, id, secret)?.as_ref(), None, now)?;
    Ok(Done::after(answer, &after, letters))
}

fn open(tx: &Tx<'_>, ink: &Arc<Ink>, conversation: Conversation, secret: &str, typed: &str, now: Timestamp) -> Result<Done, StoreError> {
    let id = conversation.id;
    let Some(code) = code_of(tx, id, secret)? else {
        return page(tx, ink, &conversation, None, Some(CvTold::Over), now).map(Done::only);
    };
    // The same form once more.
    if is_in(&code, now).is_some() {
        return page(tx, ink, &conversation, Some(&code), None, now).map(Done::only);
    }
    if !works(&code, now) {
        return page(tx, ink, &conversation, Some(&code), Some(CvTold::Over), now).map(Done::only);
    }
    tx.try_cv_code(code.id)?;
    if !same_secret(&code_hash(ink, &device_hash(id, secret), typed), &code.code) {
        let code = code_of(tx, id, secret)?;
        let left = code
            .as_ref()
            .filter(|code| works(code, now))
            .map(|code| TRIES.saturating_sub(code.tries));
        let said = left.map_or(CvTold::Over, CvTold::Wrong);
        return page(tx, ink, &conversation, code.as_ref(), Some(said), now).map(Done::only);
    }
    tx.use_cv_code(code.id, now + OPEN)?;
    let letters = conversation.letters;
    let after = apply::happen_to(tx, ink, conversation, Event::CvsOpened, "click", now)?;
    let answer = page(tx, ink, &after, code_of(tx, id, secret)?.as_ref(), None, now)?;
    Ok(Done::after(answer, &after, letters))
}

/// The page as a device sees it.
fn page(
    tx: &Tx<'_>,
    ink: &Ink,
    conversation: &Conversation,
    code: Option<&CvCode>,
    told: Option<CvTold>,
    now: Timestamp,
) -> Result<CvAnswer, StoreError> {
    let batch = &conversation.batch;
    let zone = batch.contact.zone;
    let state = match code {
        Some(code) => match is_in(code, now) {
            Some(until) => CvState::Open {
                until: zone.spelled(until),
                files: files(tx, conversation)?,
            },
            None if works(code, now) => CvState::Mailed {
                until: zone.spelled(code.ends),
            },
            None => CvState::Closed,
        },
        None => CvState::Closed,
    };
    Ok(CvAnswer::Page(Box::new(CvView {
        client: batch.client.to_string(),
        project: batch.project.title.to_string(),
        reference: conversation.reference().to_string(),
        addressed_to: batch.contact.mailbox.address.masked(),
        mail_instead: format!("mailto:{}?subject={}", ink.bot.address, conversation.reference()),
        state,
        told,
    })))
}

/// Only what is still in the store.
fn files(tx: &Tx<'_>, conversation: &Conversation) -> Result<Vec<CvLine>, StoreError> {
    let mut lines = Vec::new();
    for (id, cv) in on_shelf(conversation) {
        let name = conversation.candidate(id).map(|one| one.mailbox.name.to_string());
        if tx.has_blob(&cv.sha256)? {
            lines.push(CvLine {
                submission: id,
                name: name.unwrap_or_default(),
                file: cv.name.to_string(),
                size: cv.size,
            });
        }
    }
    Ok(lines)
}
