//! Everything that is kept about somebody, as one value that can be handed to them.
//!
//! In: [`Somebody`]. Out: [`Export`]: data, places, events, letters to them and mails from them as text, files by name. Links that work, and
//! addresses that are signed for somebody, are in none of it. Never here: the bytes of other people's mails.

use serde::Serialize;

use super::scan::Found;
use super::who::{MAILS, Somebody};
use crate::compose::Ink;
use crate::conversation::{Conversation, Party, Submission};
use crate::message;
use crate::model::{Address, ConversationId, SubmissionId, Timestamp};
use crate::store::{Store, StoreError, TimelineLine};

/// The shape of an export: a field may be added under the same number, nothing else changes.
const VERSION: u32 = 1;
/// What happens to all submissions of a batch together.
const OF_ALL: [&str; 4] = ["submitted", "sent", "viewed", "cvs_opened"];
/// What stands where a link was.
const LINK: &str = "[link]";

/// An export.
#[derive(Debug, Clone, Serialize)]
pub struct Export {
    /// `VERSION`.
    pub version: u32,
    /// When it was made.
    pub exported_at: Timestamp,
    /// Under which addresses they are known.
    pub addresses: Vec<String>,
    /// Under which names.
    pub names: Vec<String>,
    /// Their phone numbers.
    pub phones: Vec<String>,
    /// Their places in batches, oldest first.
    pub places: Vec<Stands>,
    /// What happened that concerns them, oldest first.
    pub events: Vec<Happened>,
    /// Letters to them, oldest first.
    pub letters: Vec<LetterTo>,
    /// Mails from them, oldest first.
    pub messages: Vec<MailFrom>,
    /// Letters to others and mails from others that tell of them, the oldest of each first.
    pub told_of: Vec<ToldOf>,
    /// Files about them, such as a CV.
    pub files: Vec<FileOf>,
    /// Nothing is sent to these addresses of theirs.
    pub suppressed: Vec<String>,
}

/// A place in a batch.
#[derive(Debug, Clone, Serialize)]
pub struct Stands {
    /// The batch.
    pub batch: i64,
    /// As subjects show it.
    pub reference: String,
    /// candidate, client, interviewer, recruiter.
    #[serde(rename = "as")]
    pub role: &'static str,
    /// The client company.
    pub client: String,
    /// The role it is about.
    pub project: String,
    /// Their zone; empty for recruiters.
    pub zone: String,
    /// Of a candidate: what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<Submitted>,
}

/// A candidate's submission.
#[derive(Debug, Clone, Serialize)]
pub struct Submitted {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub status: &'static str,
    /// The decision in effect.
    pub decision: Option<&'static str>,
    /// Why, as far as it was said.
    pub reasons: Vec<&'static str>,
    /// What the client was told of them.
    pub summary: String,
    /// The file that went with it.
    pub cv: Option<String>,
    /// How the interview stands.
    pub interview: Option<&'static str>,
    /// The time that is agreed.
    pub starts_at: Option<Timestamp>,
}

/// A line of a timeline.
#[derive(Debug, Clone, Serialize)]
pub struct Happened {
    /// When.
    pub at: String,
    /// The batch.
    pub batch: i64,
    /// What kind.
    pub kind: String,
    /// One sentence.
    pub detail: String,
    /// The words it rests on.
    pub words: String,
    /// What caused it.
    pub cause: String,
}

/// A letter to them.
#[derive(Debug, Clone, Serialize)]
pub struct LetterTo {
    /// Its number.
    pub id: i64,
    /// Its batch.
    pub batch: i64,
    /// When it was written, or taken by the server.
    pub at: String,
    /// What kind.
    pub kind: String,
    /// What became of it.
    pub state: String,
    /// Its subject.
    pub subject: String,
    /// What it said.
    pub text: String,
}

/// A mail from them.
#[derive(Debug, Clone, Serialize)]
pub struct MailFrom {
    /// Its number.
    pub id: i64,
    /// Its batch, if it belongs to one.
    pub batch: Option<i64>,
    /// Its header, the fields a reader sees.
    pub header: Vec<String>,
    /// What it said.
    pub text: String,
    /// The names of its files.
    pub files: Vec<String>,
}

/// Somebody else's letter or mail in which they stand.
#[derive(Debug, Clone, Serialize)]
pub struct ToldOf {
    /// `letter` or `mail`.
    pub what: &'static str,
    /// Its number.
    pub id: i64,
    /// When it was written, or taken by the server; of a mail as its header has it.
    pub at: String,
    /// What kind; empty for a mail.
    pub kind: String,
    /// Its subject.
    pub subject: String,
}

/// A file about them.
#[derive(Debug, Clone, Serialize)]
pub struct FileOf {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Puts together what is kept about somebody.
///
/// # Errors
/// The database's.
pub fn export(store: &Store, ink: &Ink, somebody: &Somebody, now: Timestamp) -> Result<Export, StoreError> {
    let plain = |text: &str| without_links(ink, text);
    let mut made = Export {
        version: VERSION,
        exported_at: now,
        addresses: somebody.addresses.iter().map(Address::to_string).collect(),
        names: somebody.names.clone(),
        phones: somebody.phones.clone(),
        places: Vec::new(),
        events: Vec::new(),
        letters: Vec::new(),
        messages: Vec::new(),
        told_of: Vec::new(),
        files: Vec::new(),
        suppressed: Vec::new(),
    };
    for (id, party) in &somebody.parties {
        let Some(conversation) = store.read(|tx| tx.conversation(*id))? else {
            continue;
        };
        made.places.push(stands(&conversation, *party));
        let lines = store.read(|tx| tx.timeline(*id, None))?;
        let theirs = lines
            .into_iter()
            .filter(|line| line.kind != "letter" && concerns(line, *party, somebody));
        made.events.extend(theirs.map(|line| Happened {
            at: line.at,
            batch: id.0,
            detail: match line.kind.as_str() {
                // The line names the others as well.
                "submitted" => format!(
                    "put forward to {} for {}",
                    conversation.batch.client, conversation.batch.project.title
                ),
                _ => plain(&line.detail),
            },
            kind: line.kind,
            words: plain(&line.words),
            cause: line.cause,
        }));
    }
    let found = Found::look(store, somebody)?;
    for id in &found.letters {
        let (facts, text) = store.read(|tx| {
            let id = crate::model::LetterId(*id);
            Ok((tx.letter_facts(id)?, tx.letter_text(id)?))
        })?;
        let to_them = Address::parse(&facts.recipient).is_ok_and(|one| somebody.addresses.contains(&one));
        let at = if facts.sent_at.is_empty() { facts.queued_at } else { facts.sent_at };
        match to_them {
            true => made.letters.push(LetterTo {
                id: *id,
                batch: facts.batch,
                at,
                kind: facts.kind,
                state: facts.state,
                subject: facts.subject,
                text: plain(&text.text),
            }),
            false => made.told_of.push(ToldOf {
                what: "letter",
                id: *id,
                at,
                kind: facts.kind,
                subject: facts.subject,
            }),
        }
    }
    let mut after = 0;
    loop {
        let page = store.read(|tx| tx.messages_after(after, MAILS))?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for mail in page.iter().filter(|mail| found.messages.contains(&mail.id)) {
            if !somebody.wrote.contains(&mail.id) {
                let header = message::shown_header(&mail.raw);
                let field = |name: &str| {
                    header
                        .iter()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| plain(value.trim()))
                };
                made.told_of.push(ToldOf {
                    what: "mail",
                    id: mail.id,
                    at: field("Date:").unwrap_or_default(),
                    kind: String::new(),
                    subject: field("Subject:").unwrap_or_default(),
                });
                continue;
            }
            let said = message::said(&mail.raw);
            made.messages.push(MailFrom {
                id: mail.id,
                batch: mail.batch.filter(|id| *id != ConversationId(0)).map(|id| id.0),
                header: message::shown_header(&mail.raw).iter().map(|line| plain(line)).collect(),
                text: plain(&said.shown),
                files: said
                    .files
                    .into_iter()
                    .map(|(name, _)| name)
                    .filter(|name| !name.is_empty())
                    .collect(),
            });
        }
    }
    made.files = somebody
        .files
        .iter()
        .map(|(sha256, name)| FileOf {
            name: name.clone(),
            sha256: sha256.clone(),
        })
        .collect();
    for address in &somebody.addresses {
        if store.read(|tx| tx.is_suppressed(address))? {
            made.suppressed.push(address.to_string());
        }
    }
    Ok(made)
}

fn stands(conversation: &Conversation, party: Party) -> Stands {
    let batch = &conversation.batch;
    let role = match party {
        Party::Client => "client",
        Party::Candidate(_) => "candidate",
        Party::Interviewer(_) => "interviewer",
        Party::Recruiter(_) => "recruiter",
    };
    let submission = match party {
        Party::Candidate(id) => conversation.submission(id).map(|one| submitted(conversation, one)),
        Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => None,
    };
    Stands {
        batch: conversation.id.0,
        reference: conversation.reference().to_string(),
        role,
        client: batch.client.to_string(),
        project: batch.project.title.to_string(),
        zone: match party {
            Party::Recruiter(_) => String::new(),
            Party::Client | Party::Candidate(_) | Party::Interviewer(_) => conversation.zone_of(party).name().to_owned(),
        },
        submission,
    }
}

fn submitted(conversation: &Conversation, one: &Submission) -> Submitted {
    let candidate = conversation.candidate(one.id);
    let interview = one.interview.as_ref();
    Submitted {
        id: one.id.0,
        status: one.status.name(),
        decision: one.settled.map(|decision| decision.name()),
        reasons: one.reasons.iter().map(|reason| reason.name()).collect(),
        summary: candidate.map(|one| one.summary.clone()).unwrap_or_default(),
        cv: candidate.and_then(|one| one.cv.as_ref()).map(|cv| cv.name.to_string()),
        interview: interview.map(|one| one.status.name()),
        starts_at: interview.and_then(|one| one.booked).map(|slot| slot.start),
    }
}

/// Whether a line is about their own place: their candidacy; a mail of theirs; for a contact everything but what is one candidate's times.
fn concerns(line: &TimelineLine, party: Party, somebody: &Somebody) -> bool {
    let message = line.cause.strip_prefix("message ").and_then(|id| id.parse().ok());
    let wrote = message.is_some_and(|id: i64| somebody.wrote.contains(&id));
    match party {
        Party::Candidate(id) => {
            let of_all = line.submission.is_none() && OF_ALL.contains(&line.kind.as_str());
            wrote || of_all || line.submission.map(SubmissionId) == Some(id)
        }
        Party::Client => wrote || line.cause == "click",
        Party::Interviewer(_) | Party::Recruiter(_) => wrote,
    }
}

/// A text without links, and without addresses that are signed for one reader.
fn without_links(ink: &Ink, text: &str) -> String {
    let word_end = |c: char| c.is_whitespace() || "<>()[]\"".contains(c);
    let words = text.split_inclusive(word_end).map(|word| {
        let bare = word.trim_end_matches(word_end);
        let lower = bare.to_lowercase();
        if lower.contains("http://") || lower.contains("https://") || lower.contains("mailto:") {
            return word.replace(bare, LINK);
        }
        let tagged = Address::parse(bare.trim_matches(|c: char| ",;:.".contains(c))).ok();
        match tagged.filter(|one| ink.style.tag_of(&ink.bot.address, one).is_some()) {
            Some(_) => word.replace(bare, ink.bot.address.as_str()),
            None => word.to_owned(),
        }
    });
    words.collect()
}
