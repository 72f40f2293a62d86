//! Letters → complete messages from `templates/mail/`.   RFC 5322, 2045, 3834, 6068
//!
//! In: a [`crate::conversation::Letter`], the conversation, and how the agency writes ([`Ink`]). Out: [`Finished`] letters as bytes:
//! the letter itself, then a copy of its own for each recruiter (but for a code).
//! Never here: a clock, randomness, I/O (but for reading replaced templates once, at start): the same arguments give the same bytes.
//! No letter leaves this room that shows client and candidate how to reach each other.

mod bytes;
mod desk;
mod dkim;
mod drafts;
mod entry;
mod escalation;
mod excerpt;
mod feedback;
mod handover;
mod ink;
mod interview;
mod invitation;
mod links;
mod logo;
mod notice;
mod orders;
mod ping;
mod plain;
mod privacy;
mod refusal;
mod sample;
mod several;
mod templates;
mod view;
mod wire;
mod words;

pub use desk::{DeskLetter, DeskLine, DeskPart, desk};
pub use dkim::{DkimError, Signer};
pub use drafts::{Preview, TEMPLATE, draft_over, draft_sent, draft_title, how_to_hand_in, letter_as_shown, preview};
pub use entry::entry;
pub use escalation::to_leads;
pub use feedback::{
    FeedbackPreview, ONLY_ON_YOUR_WORD, feedback_draft, feedback_over, feedback_preview, feedback_sent, feedback_title, names_in,
};
pub use ink::{Agency, Brand, Colour, ColourError, Ink};
pub use logo::{Logo, LogoError};
pub use orders::order_line;
pub use ping::{ping, ping_number};
pub use refusal::Refusal;
pub use templates::{TemplateError, Templates};
pub use wire::{WireError, check_wire};

use crate::conversation::{Content, Conversation, Letter, Party};
use crate::message::LetterText;
use crate::model::{Address, LetterKey, Mailbox, MessageId, SubmissionId, Timestamp};
use bytes::{File, Mail};
use links::Desk;
use minijinja::value::Value;
use view::Scene;

/// Gmail hides what comes after about 102 KB; this leaves room for what gateways add.
const HTML_MAX: usize = 80_000;

/// The serials of the last roots are those of the candidates; the interviewers' are below these.
const INTERVIEWERS_ROOT: u32 = 1000;

/// Characters of each summary that are tried when the HTML is too large with whole ones, until it is small enough. The rest is in the
/// text part and on the page.
const SUMMARY_LIMITS: [usize; 4] = [4_000, 1_200, 300, 0];

/// A letter as it will be sent, however often it is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Which letter of which conversation.
    pub key: LetterKey,
    /// [`crate::conversation::Content::kind`], or `copy` for a recruiter's copy.
    pub kind: &'static str,
    /// Who reads it.
    pub to: Party,
    /// MAIL FROM and RCPT TO.
    pub envelope: Envelope,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The subject, decoded.
    pub subject: String,
    /// The whole message: CRLF line ends, no line over 998 octets.
    pub bytes: Vec<u8>,
    /// What its reader sees, and an answer may quote.
    pub shown: LetterText,
    /// After this instant it must not leave.
    pub not_after: Option<Timestamp>,
    /// A second copy with the same Message-ID does no harm (reliability 2.3).
    pub repeatable: bool,
    /// Its reader does not wait for it: there are limits to how often such a letter goes to one person.
    pub unprompted: bool,
}

/// SMTP sender and recipient (RFC 5321): always exactly one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM: the tagged address, so that reports find their thread.
    pub from: Address,
    /// RCPT TO.
    pub to: Address,
}

/// Writes a letter, and a copy for each recruiter when it goes to the client or a candidate.
///
/// The letter has the key `first`, the copies the serials after it. `files` gives the bytes of an attachment by its SHA-256.
///
/// # Errors
/// When the letter cannot be written or must not leave; then nothing of it does.
pub fn compose(
    letter: &Letter,
    conversation: &Conversation,
    first: LetterKey,
    now: Timestamp,
    ink: &Ink,
    files: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<Vec<Finished>, Refusal> {
    let kind = letter.says.kind();
    let fits = match (&letter.says, letter.to) {
        (Content::Notice(_), Party::Recruiter(_)) => true,
        (Content::Notice(_), Party::Client | Party::Candidate(_) | Party::Interviewer(_)) => false,
        (Content::Feedback { submission, .. }, reader) => reader == Party::Candidate(*submission),
        (_, Party::Client) => true,
        (Content::AskOutcome { .. }, Party::Candidate(_) | Party::Interviewer(_)) => false,
        (says, Party::Interviewer(_)) => says.interview().is_some() || says.confirmation().is_some(),
        (says, Party::Candidate(submission)) => says.interview() == Some(submission),
        (_, Party::Recruiter(_)) => false,
    };
    if !fits {
        let reader = match letter.to {
            Party::Client => "the client",
            Party::Candidate(_) => "a candidate",
            Party::Interviewer(_) => "an interviewer",
            Party::Recruiter(_) => "a recruiter",
        };
        return Err(Refusal::WrongReader { kind, reader });
    }
    let pen = Pen {
        letter,
        conversation,
        first,
        now,
        ink,
        files,
    };
    let mut finished = vec![pen.write(None)?];
    let copies = match (&letter.says, letter.to) {
        // A code in a second mailbox would say nothing of who reads the first.
        (Content::CvCode { .. }, _) | (_, Party::Recruiter(_)) => 0,
        (_, Party::Client | Party::Candidate(_) | Party::Interviewer(_)) => conversation.batch.recruiters.len(),
    };
    for n in (0..=u8::MAX).take(copies) {
        finished.push(pen.write(Some(n))?);
    }
    Ok(finished)
}

/// The arguments of [`compose`].
struct Pen<'a> {
    letter: &'a Letter,
    conversation: &'a Conversation,
    first: LetterKey,
    now: Timestamp,
    ink: &'a Ink,
    files: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Pen<'_> {
    /// Writes the letter, or the copy for a recruiter.
    fn write(&self, copy_for: Option<u8>) -> Result<Finished, Refusal> {
        let (ink, letter, conversation) = (self.ink, self.letter, self.conversation);
        let key = LetterKey {
            conversation: self.first.conversation,
            serial: self.first.serial + copy_for.map_or(0, |n| u32::from(n) + 1),
        };
        let shown_to = self.mailbox(letter.to)?;
        let reader = copy_for.map_or(letter.to, Party::Recruiter);
        let reader_mailbox = self.mailbox(reader)?;
        let tag = ink.keyring.tag(key);
        let tagged = ink
            .style
            .tagged(&ink.bot.address, &tag)
            .map_err(|error| Refusal::Tag(error.to_string()))?;
        // Mail to ourselves would be read as an answer, and answered.
        if reader_mailbox.address == ink.bot.address || reader_mailbox.address == tagged {
            return Err(Refusal::OwnAddress(reader_mailbox.shown()));
        }
        let message_id = ink.keyring.message_id(key, &ink.message_id_domain);
        let is_first = matches!(letter.says, Content::Submission);
        let reference = conversation.reference();
        let subject = if matches!(letter.says, Content::Feedback { .. }) {
            words::feedback_subject(&conversation.batch, &reference)
        } else if matches!(letter.says, Content::CvCode { .. }) {
            words::cv_code_subject(&conversation.batch, &reference)
        } else {
            words::subject(&conversation.batch, &reference, letter.to, is_first)
        };
        let (parent, thread) = self.thread(reader, copy_for.is_some(), is_first);

        let scene = |summary_limit| Scene {
            ink,
            conversation,
            addressee: letter.to,
            copy_of: copy_for.map(|_| &shown_to.name),
            reader,
            desk: Desk::new(ink, conversation, reader, &tagged, self.now),
            subject: &subject,
            now: self.now,
            summary_limit,
        };
        let whole_scene = scene(usize::MAX);
        let whole = whole_scene.view(&letter.says)?;
        let text = ink.templates.render(&format!("{}.txt", template(&letter.says)), &whole)?;
        let html = self.html(&whole, scene)?;
        let shown = LetterText::of(&text, &html);
        let brand = Brand::of(&ink.brands, conversation.batch.client.as_str());
        // A brand that has no name of its own leaves the sender's as it is.
        let sender = brand
            .filter(|brand| brand.agency.name != ink.agency.name)
            .map_or(&ink.bot.name, |brand| &brand.agency.name);
        let sender = |address: &Address| Mailbox {
            name: sender.clone(),
            address: address.clone(),
        };
        // A copy invites nobody.
        let calendar = match copy_for {
            None => whole_scene.calendar(&letter.says, shown_to, &sender(&ink.bot.address))?,
            Some(_) => None,
        };
        privacy::check_calendar(reader, &letter.says, conversation, calendar.as_ref())?;
        let bytes = bytes::build(Mail {
            // Calendars answer to the organizer, and some want it to be who wrote: one address for all versions of an entry.
            from: sender(calendar.as_ref().map_or(&tagged, |_| &ink.bot.address)),
            reply_to: sender(&tagged),
            to: shown_to,
            subject: &subject,
            date: self.now,
            id: &message_id,
            parent,
            thread,
            tag: &tag,
            auto_replied: letter.says.is_answer(),
            no_reactions: !matches!(letter.says, Content::Notice(_)),
            text,
            html,
            logo: brand.map_or(&ink.agency, |brand| &brand.agency).logo.as_deref(),
            calendar,
            files: self.attachments()?,
        })?;
        privacy::check(reader, &letter.says, conversation, shown_to, &bytes)?;
        for (reader, other) in several::spoken_for(conversation, letter.says.also(), reader)? {
            privacy::check(reader, &letter.says, other, shown_to, &bytes)?;
        }
        let bytes = match &ink.dkim {
            None => bytes,
            Some(signer) => signer.sign(&bytes, self.now).map_err(|error| Refusal::Build(error.to_string()))?,
        };
        Ok(Finished {
            key,
            kind: if copy_for.is_some() { "copy" } else { letter.says.kind() },
            to: reader,
            envelope: Envelope {
                from: tagged,
                to: reader_mailbox.address.clone(),
            },
            message_id,
            subject: subject.to_string(),
            bytes,
            shown,
            not_after: letter.not_after,
            repeatable: repeatable(&letter.says),
            unprompted: letter.says.is_unprompted(),
        })
    }

    /// The HTML part, with summaries as long as they may be.
    fn html<'s>(&self, whole: &Value, scene: impl Fn(usize) -> Scene<'s>) -> Result<String, Refusal> {
        let name = format!("{}.html", template(&self.letter.says));
        let mut html = self.ink.templates.render(&name, whole)?;
        let mut limits = SUMMARY_LIMITS.into_iter();
        while html.len() >= HTML_MAX {
            let Some(limit) = limits.next() else {
                return Err(Refusal::TooLong {
                    kilobytes: html.len() / 1000 + 1,
                });
            };
            html = self.ink.templates.render(&name, &scene(limit).view(&self.letter.says)?)?;
        }
        Ok(html)
    }

    /// In-Reply-To and References. Each reader's thread starts with the submission as that reader got it: the client's letter has serial 1,
    /// the copy of the nth recruiter the one after. iOS keeps only the direct parent, so every id we name is one of ours or their own.
    ///
    /// A candidate or an interviewer never got the submission. Their letters and the copies of them name a root that no letter has, by which
    /// mail programs keep them together all the same.
    fn thread(&self, reader: Party, is_copy: bool, is_first: bool) -> (Option<MessageId>, Vec<MessageId>) {
        if is_first {
            return (None, Vec::new());
        }
        let serial = match (self.letter.to, reader) {
            (Party::Candidate(submission), _) => self.candidates_root(submission),
            (Party::Interviewer(n), _) => u32::MAX - INTERVIEWERS_ROOT - u32::from(n),
            (_, Party::Recruiter(n)) => u32::from(n) + 2,
            (_, Party::Client | Party::Candidate(_) | Party::Interviewer(_)) => 1,
        };
        let root = LetterKey {
            conversation: self.first.conversation,
            serial,
        };
        let root = self.ink.keyring.message_id(root, &self.ink.message_id_domain);
        // A recruiter never saw the client's message; an id that nobody has is no use in a thread.
        match self.letter.answers.clone().filter(|_| !is_copy).filter(sound) {
            Some(answered) => (Some(answered.clone()), vec![root, answered]),
            None => (Some(root.clone()), vec![root]),
        }
    }

    /// A serial that no letter gets to: they count from 1, and a batch has twenty candidates at the most.
    fn candidates_root(&self, submission: SubmissionId) -> u32 {
        let before = self
            .conversation
            .batch
            .candidates
            .iter()
            .take_while(|one| one.submission != submission);
        (0..=u32::MAX).rev().nth(before.count()).unwrap_or(u32::MAX)
    }

    fn mailbox(&self, party: Party) -> Result<&Mailbox, Refusal> {
        party.mailbox(self.conversation).ok_or_else(|| {
            Refusal::Nobody(match party {
                Party::Client => "the client".to_owned(),
                Party::Candidate(submission) => format!("candidate number {submission}"),
                Party::Interviewer(n) => format!("interviewer number {}", u32::from(n) + 1),
                Party::Recruiter(n) => format!("recruiter number {}", u32::from(n) + 1),
            })
        })
    }

    /// The CVs, with the letter that puts the candidates forward only, and where no code stands before them.
    fn attachments(&self) -> Result<Vec<File>, Refusal> {
        if !matches!(self.letter.says, Content::Submission) || self.conversation.policy.cv_code {
            return Ok(Vec::new());
        }
        let with_cv = self
            .conversation
            .put_forward()
            .filter_map(|one| one.cv.as_ref().map(|cv| (one, cv)));
        with_cv
            .map(|(candidate, cv)| {
                let bytes = (self.files)(&cv.sha256).ok_or_else(|| Refusal::MissingFile {
                    name: cv.name.to_string(),
                    candidate: candidate.mailbox.name.to_string(),
                })?;
                Ok(File {
                    name: words::header_words(&cv.name),
                    media_type: cv.media_type.clone(),
                    bytes,
                })
            })
            .collect()
    }
}

/// A Message-ID from outside may stand in our headers only when it is one word of printable ASCII.
fn sound(id: &MessageId) -> bool {
    !id.0.is_empty() && id.0.len() <= 250 && id.0.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
}

/// Whether a second copy does no harm: a repeated question or receipt has the same Message-ID, and most mail programs show it once. Nobody is to
/// read twice why they were not taken (reliability 2.3).
/// The template of a letter. A reminder of several roles has one of its own: whoever replaced the other has not thought of them.
fn template(says: &Content) -> &'static str {
    if says.also().is_empty() { says.kind() } else { "nudge_several" }
}

/// Whether a second copy would do harm. None of these letters does: a repeated question or receipt has the same Message-ID, and most
/// mail programs show it once.
const fn repeatable(says: &Content) -> bool {
    match says {
        Content::Feedback { .. } => false,
        Content::Submission
        | Content::Receipt { .. }
        | Content::DidYouMean { .. }
        | Content::ConfirmSender { .. }
        | Content::ConfirmDeputy { .. }
        | Content::Nudge { .. }
        | Content::FollowUp { .. }
        | Content::Withdrawn { .. }
        | Content::AskReasons { .. }
        | Content::FreshLink
        | Content::CvCode { .. }
        | Content::AskTimes { .. }
        | Content::OfferTimes { .. }
        | Content::Invitation { .. }
        | Content::CalledOff { .. }
        | Content::Reminder { .. }
        | Content::StaysAsIs { .. }
        | Content::NotHeld { .. }
        | Content::AskOutcome { .. }
        | Content::Notice(_) => true,
    }
}
