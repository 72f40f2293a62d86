//! What a recruiter hands in by mail: read into a draft, shown, corrected, sent or dropped.
//!
//! In: own text and files of a recruiter whom the receiving server vouches for; a word that comes by no mail ([`command`]). Out: a draft kept with its preview
//! queued, or a batch handed in by the road that batch files take. Each in one transaction.
//! Never here: what a mail says ([`crate::handin`]), what letters say ([`crate::compose`]).

mod command;

use std::sync::Arc;

use tokio::sync::watch;

use super::{Daemon, apply, digest, feedback};
use crate::calendar::Zone;
use crate::compose::{DeskLetter, Ink, ONLY_ON_YOUR_WORD, Preview, draft_over, draft_sent, draft_title, letter_as_shown, preview};
use crate::config::{Config, batch_of_draft, contact_data_in_cvs, throw_away_keyring};
use crate::conversation::{Content, Policy};
use crate::handin::{self, Because, Correction, Draft, File, HandIn, Next, State, Word};
use crate::link::sha256;
use crate::message::{AttachedFile, Message, OwnText};
use crate::model::{Mailbox, MessageId, Reference, Timestamp};
use crate::store::{KeptDraft, NewBatch, NewDraft, Recruiter, StoreError, Tx};

pub(super) use command::{Hand, Seen, Unsent};
pub use command::{Looked, Sent, discard_draft, send_draft, show_draft};

/// The same mail within so long of when it was sent is the same hand-in.
const SAME: chrono::Duration = chrono::Duration::days(30);
/// How often drafts are looked through for those whose time is over.
const LOOK: chrono::Duration = chrono::Duration::minutes(15);
/// Drafts dropped at a time.
const MOST: u32 = 100;

/// On what terms candidates are handed in by mail.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// The agency's zone.
    pub(crate) zone: Zone,
    /// How batches behave.
    pub(crate) policy: Policy,
    /// How long a draft waits for a word.
    pub(crate) keep: chrono::Duration,
}

impl Terms {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            zone: config.zone,
            policy: config.policy.clone(),
            keep: config.drafts,
        }
    }
}

/// What a mail means for a draft.
#[derive(Debug)]
pub(crate) struct Drafting {
    /// Who wrote it.
    who: Mailbox,
    what: What,
    files: Vec<(File, Vec<u8>)>,
    /// The mail.
    answers: Option<MessageId>,
}

#[derive(Debug)]
enum What {
    /// Candidates are handed in.
    HandedIn(Box<HandIn>),
    /// An answer to the preview of this version of this draft.
    Answered(i64, u32, Box<Correction>),
    /// A word on a letter to a candidate, of which this version was shown.
    Letter(i64, u32, Word),
}

impl Drafting {
    /// An answer to a preview of a draft; `None` for any other mail.
    pub(super) fn answer(
        tx: &Tx<'_>,
        serial: Option<u32>,
        who: &Recruiter,
        message: &Message,
        raw: &[u8],
        own: &OwnText,
    ) -> Result<Option<Self>, StoreError> {
        let Some((id, version)) = serial.map(|serial| tx.draft_shown(serial)).transpose()?.flatten() else {
            return Ok(None);
        };
        if let Some(kept) = tx.letter_draft(id)?.filter(|kept| kept.recruiter == who.id) {
            let to = tx
                .conversation(kept.batch)?
                .and_then(|of| Some(of.candidate(kept.draft.submission)?.mailbox.name.to_string()));
            let whole = crate::message::own_text(message, &[]);
            let word = handin::word(own, &whole, &to.unwrap_or_default(), &[ONLY_ON_YOUR_WORD]);
            return Ok(Some(Self {
                who: who.mailbox.clone(),
                what: What::Letter(id, version, word),
                files: Vec::new(),
                answers: message.id.clone(),
            }));
        }
        // Somebody else's draft is not theirs to send.
        let Some(kept) = tx.draft(id)?.filter(|kept| kept.recruiter == who.id) else {
            return Ok(None);
        };
        let files = attached(raw);
        let said = handin::correct(&kept.draft.says, own, &kept.draft.file_names());
        Ok(Some(Self {
            who: who.mailbox.clone(),
            what: What::Answered(id, version, Box::new(said)),
            files,
            answers: message.id.clone(),
        }))
    }

    /// A mail that hands candidates in; `None` for any other.
    pub(super) fn new(who: &Recruiter, message: &Message, raw: &[u8], own: &OwnText, subject: &str) -> Option<Self> {
        let files = attached(raw);
        let names: Vec<String> = files.iter().map(|(file, _)| file.name.clone()).collect();
        let read = handin::read(own, message, subject, &names);
        let judged: Vec<File> = files.iter().map(|(file, _)| file.clone()).collect();
        Draft::is_one(&read, &judged).then(|| Self {
            who: who.mailbox.clone(),
            what: What::HandedIn(Box::new(read)),
            files,
            answers: message.id.clone(),
        })
    }

    /// It brings files: whatever else it may say, it is no order for a batch.
    pub(super) fn brings_files(&self) -> bool {
        self.files.iter().any(|(file, _)| file.fault.is_none())
    }
}

/// The files of a mail. What cannot be sent is known by its name alone.
fn attached(raw: &[u8]) -> Vec<(File, Vec<u8>)> {
    let judged = |AttachedFile { name, bytes }| {
        let file = File::of(&name, &bytes);
        let bytes = if file.fault.is_none() { bytes } else { Vec::new() };
        (file, bytes)
    };
    crate::message::files(raw).into_iter().map(judged).collect()
}

/// Lets a mail happen to the drafts, in the transaction at hand. `row`: the message.
pub(super) fn happen(tx: &Tx<'_>, ink: &Ink, terms: &Terms, row: i64, mail: Drafting, now: Timestamp) -> Result<(), StoreError> {
    let Drafting { who, what, files, answers } = mail;
    let recruiter = tx.know_recruiter(&who)?;
    let desk = Desk {
        tx,
        ink,
        terms,
        who,
        answers,
        door: Door::Mail,
        now,
    };
    let (files, bytes): (Vec<File>, Vec<Vec<u8>>) = files.into_iter().unzip();
    match what {
        What::HandedIn(read) => desk.handed_in(recruiter, row, *read, files, bytes),
        What::Answered(id, version, said) => desk.answered(id, version, &said, files, bytes),
        What::Letter(id, version, word) => feedback::answered(&desk, id, version, &word),
    }
}

/// How a word on a draft comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// By mail.
    Mail,
    /// By a command, or because its time is over.
    Beside,
    /// By a press in the hub: whoever presses sees there what comes of it, and no mail tells them.
    Hub,
}

impl Door {
    /// As the timeline has it.
    pub(super) const fn cause(self) -> &'static str {
        match self {
            Self::Mail | Self::Beside => "command",
            Self::Hub => "hub",
        }
    }
}

/// A recruiter at the desk, with a mail of theirs or without one.
pub(super) struct Desk<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) ink: &'a Ink,
    pub(super) terms: &'a Terms,
    pub(super) who: Mailbox,
    pub(super) answers: Option<MessageId>,
    pub(super) door: Door,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    fn handed_in(&self, recruiter: i64, row: i64, read: HandIn, files: Vec<File>, bytes: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let content = content(&read, &bytes);
        if let Some((id, at)) = self.tx.same_draft(recruiter, content)?
            && let Some(kept) = self.tx.draft(id)?
        {
            match kept.draft.state {
                State::Open => return self.show(&kept, Because::Again, &[]),
                State::Sent if self.now - at < SAME => return self.over(&kept, false),
                State::Sent | State::Discarded | State::Stale => {}
            }
        }
        let draft = Draft::new(read, files);
        let bytes = bytes.get(..draft.files.len()).unwrap_or_default();
        let new = NewDraft {
            recruiter,
            message: row,
            draft: &draft,
            title: &draft_title(&draft),
            content,
            until: self.now + self.terms.keep,
        };
        let id = self.tx.keep_draft(&new, bytes, self.now)?;
        tracing::info!(draft.id = id, "candidates were handed in by mail");
        let until = new.until;
        let kept = KeptDraft {
            id,
            recruiter,
            batch: None,
            draft,
            until,
        };
        self.show(&kept, Because::New, &[])
    }

    fn answered(&self, id: i64, version: u32, said: &Correction, files: Vec<File>, bytes: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let Some(mut kept) = self.tx.draft(id)? else { return Ok(()) };
        let (after, next) = kept.draft.answered(version, said, files);
        let unread: Vec<String> = said.unread.iter().map(|words| words.text.clone()).collect();
        let changed = after.version != kept.draft.version;
        let known = kept.draft.files.len();
        if matches!(next, Next::Over(_)) {
            return self.over(&kept, false);
        }
        if changed {
            let more = after.files.len().saturating_sub(known);
            self.tx.keep_draft_files(id, known, bytes.get(..more).unwrap_or_default())?;
            kept.until = self.now + self.terms.keep;
        }
        kept.draft = after;
        self.tx.save_draft(&kept, &draft_title(&kept.draft), self.now)?;
        match next {
            Next::Preview(because) => self.show(&kept, because, &unread),
            Next::Send => match self.send(&mut kept)? {
                Ok(reference) => {
                    let letter = draft_sent(id, &kept.draft, &reference, changed);
                    self.finish(&mut kept, State::Sent)?;
                    self.write(&letter).map(drop)
                }
                Err(_) => self.show(&kept, Because::Lacking, &unread),
            },
            Next::Drop => self.over(&kept, true),
            Next::Over(_) | Next::Nothing => Ok(()),
        }
    }

    /// Keeps that it is over.
    fn finish(&self, kept: &mut KeptDraft, state: State) -> Result<(), StoreError> {
        let title = draft_title(&kept.draft);
        kept.draft.state = state;
        self.tx.save_draft(kept, &title, self.now)
    }

    /// Hands the batch in, or tells what keeps it from being sent.
    fn send(&self, kept: &mut KeptDraft) -> Result<Result<Reference, String>, StoreError> {
        let new = match self.batch(kept)? {
            Ok(new) => new,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Err(fault) = self.rehearsed(new.clone())? {
            return Ok(Err(fault));
        }
        let id = apply::hand_in(self.tx, self.ink, new, self.now)?;
        kept.batch = Some(id);
        tracing::info!(draft.id = kept.id, conversation.id = id.0, "a draft was sent");
        Ok(Ok(Reference::of(id)))
    }

    fn batch(&self, kept: &KeptDraft) -> Result<Result<NewBatch, String>, StoreError> {
        let files = self.tx.draft_files(kept.id)?;
        let key = format!("draft {}", kept.id);
        Ok(batch_of_draft(
            &kept.draft,
            &files,
            &self.who,
            key,
            self.terms.zone,
            &self.terms.policy,
        ))
    }

    /// The text of the letter that would be sent, or why none could be. Nothing of it is kept, and its links are signed with a key that is
    /// thrown away.
    fn rehearsed(&self, new: NewBatch) -> Result<Result<String, String>, StoreError> {
        let Ok(keyring) = throw_away_keyring() else {
            return Ok(Err("The letter could not be written just now.".to_owned()));
        };
        let ink = Ink {
            keyring,
            ..self.ink.clone()
        };
        self.tx.undone(|tx| {
            let id = apply::hand_in(tx, &ink, NewBatch { key: None, ..new }, self.now)?;
            if let Some(why) = tx.refused_letter(id)? {
                return Ok(Err(format!("The letter cannot be written: {why}")));
            }
            let letters = tx.letters_of(id)?;
            let letter = letters.iter().find(|letter| matches!(letter.says(), Some(Content::Submission)));
            let text = letter.map(|letter| tx.letter_text(letter.id)).transpose()?.map(|shown| shown.text);
            Ok(text.ok_or_else(|| "No letter would be written.".to_owned()))
        })
    }

    /// What a preview says.
    fn shown(&self, kept: &KeptDraft, because: Because, unread: &[String]) -> Result<DeskLetter, StoreError> {
        self.tried(kept, because, unread).map(|(letter, _)| letter)
    }

    /// What a preview says, and whether the draft could be sent as it is.
    fn tried(&self, kept: &KeptDraft, because: Because, unread: &[String]) -> Result<(DeskLetter, bool), StoreError> {
        let mut looks = Vec::new();
        let mut fault = None;
        let mut text = Vec::new();
        if kept.draft.lacks().is_empty() {
            match self.batch(kept)? {
                Err(what) => fault = Some(what),
                Ok(new) => {
                    looks.extend(contact_data_in_cvs(&new));
                    let contact = &new.batch.contact.mailbox.address;
                    if self.tx.is_suppressed(contact)? {
                        looks.push(format!(
                            "A letter to {contact} came back earlier: nothing is sent there until that is lifted."
                        ));
                    }
                    for one in &new.batch.candidates {
                        if let Some(before) = self.tx.put_forward(contact, &one.mailbox.address)? {
                            let reference = Reference::of(before);
                            looks.push(format!("{} was put forward to {contact} before, [{reference}].", one.mailbox.name));
                        }
                    }
                    match self.rehearsed(new)? {
                        Ok(written) => text = letter_as_shown(&written, self.ink.links.base()),
                        Err(what) => fault = Some(what),
                    }
                }
            }
        }
        let until = self.terms.zone.local(kept.until).format("%A %-d %B %Y").to_string();
        let letter = preview(&Preview {
            id: kept.id,
            draft: &kept.draft,
            because,
            unread,
            fault: fault.as_deref(),
            looks: &looks,
            letter: &text,
            zone: self.terms.zone,
            until: &until,
        });
        Ok((letter, fault.is_none() && kept.draft.lacks().is_empty()))
    }

    fn show(&self, kept: &KeptDraft, because: Because, unread: &[String]) -> Result<(), StoreError> {
        let letter = self.shown(kept, because, unread)?;
        let serial = self.tx.next_of_desk()?.serial;
        if self.write(&letter)? {
            self.tx.keep_preview(serial, kept.id, kept.draft.version)?;
        }
        Ok(())
    }

    /// Tells that a draft is over. `now`: just now.
    fn over(&self, kept: &KeptDraft, now: bool) -> Result<(), StoreError> {
        let title = self.tx.draft_title(kept.id)?;
        let reference = kept.batch.map(Reference::of);
        self.write(&draft_over(kept.id, &title, kept.draft.state, reference.as_ref(), now))
            .map(drop)
    }

    pub(super) fn write(&self, letter: &DeskLetter) -> Result<bool, StoreError> {
        match &self.answers {
            _ if self.door == Door::Hub => Ok(false),
            None => digest::write(self.tx, self.ink, &self.who, letter, None, self.now),
            answers => digest::answer(self.tx, self.ink, &self.who, letter, answers.clone(), self.now),
        }
    }
}

/// 64 bits of a hash of what was handed in.
fn content(read: &HandIn, files: &[Vec<u8>]) -> i64 {
    let mut whole = serde_json::to_vec(read).unwrap_or_default();
    for file in files {
        whole.extend(sha256(file));
    }
    let [a, b, c, d, e, f, g, h, ..] = sha256(&whole);
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl Daemon {
    /// Drops drafts whose time is over, until stopped.
    pub(super) async fn drop_drafts(&self, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.drop_stale_drafts().await {
                tracing::error!(%error, "drafts whose time is over could not be dropped; trying on");
            }
            let next = self.clock.now() + LOOK;
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Drops drafts whose time is over and tells whose they were; gives how many.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn drop_stale_drafts(&self) -> Result<usize, StoreError> {
        let (ink, terms, now) = (Arc::clone(&self.ink), Terms::of(&self.config), self.clock.now());
        let terms = Arc::new(terms);
        let mut dropped = 0;
        for id in self.store.read(|tx| tx.stale_drafts(now, MOST))? {
            let (ink, terms) = (Arc::clone(&ink), Arc::clone(&terms));
            // One that cannot be read keeps no other from being dropped.
            let drop = move |tx: &Tx<'_>| {
                Hand {
                    tx,
                    ink: &ink,
                    terms: &terms,
                    door: Door::Beside,
                    now,
                }
                .end(id, State::Stale)
            };
            match self.store.write(drop).await {
                Ok(()) => dropped += 1,
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::error!(%error, draft = id, "a draft whose time is over could not be dropped"),
            }
        }
        if dropped > 0 {
            self.wake_sending.notify_one();
        }
        Ok(dropped)
    }
}
