//! One mail, as it left or came: its text by whose it is, what was read in it and the words that rests on, its HTML, its bytes.

use super::{Office, Reader, acts, once, told};
use crate::compose::letter_as_shown;
use crate::conversation::Conversation;
use crate::daemon::{Explained, explain_stored};
use crate::http::hub::{FindingView, MailId, MailView, Shown, SpanView};
use crate::message::{self, Author, Border, Kind, Label, Message};
use crate::model::{ConversationId, LetterId, Mailbox, SubmissionId};
use crate::reply::{Band, DoubtKind, Reply};
use crate::store::{LetterFacts, StoreError, Tx};

/// Longer texts are cut: the file has all of it.
const LONGEST: usize = 200_000;

pub(super) fn mail(office: &Office, tx: &Tx<'_>, reader: &Reader, id: MailId) -> Result<Shown, StoreError> {
    match id {
        MailId::Letter(row) => letter(office, tx, reader, row),
        MailId::Message(row) => received(office, tx, reader, row),
    }
}

/// The HTML of a mail, for a frame in which nothing of it runs.
pub(super) fn html(office: &Office, tx: &Tx<'_>, reader: &Reader, id: MailId) -> Result<Shown, StoreError> {
    let Some(bytes) = bytes(tx, reader, id)? else {
        return Ok(Shown::Nothing);
    };
    let html = message::read(&bytes, &office.border).ok().and_then(|read| read.body.html);
    Ok(html.map_or(Shown::Nothing, Shown::Html))
}

/// The letter with the code for CVs: what it says is the contact's alone.
const CODE: &str = "cv_code";

/// A mail as it came. Of a letter of ours the header and the text: with the links of its reader, which are in all of its parts, one could press
/// for them.
pub(super) fn raw(office: &Office, tx: &Tx<'_>, reader: &Reader, id: MailId) -> Result<Shown, StoreError> {
    let Some(bytes) = bytes(tx, reader, id)? else {
        return Ok(Shown::Nothing);
    };
    let MailId::Letter(row) = id else {
        return Ok(Shown::Raw(bytes));
    };
    let whole = String::from_utf8_lossy(&bytes);
    let header = whole.split_once("\r\n\r\n").map_or("", |(header, _)| header);
    let text = tx.letter_text(LetterId(row))?.text;
    let mut shown = letter_as_shown(&format!("{header}\n\n{text}"), office.ink.links.base());
    shown.push("\n[Left out here: links, the HTML part, files. The outbox holds the letter as it left.]".to_owned());
    Ok(Shown::Raw(shown.join("\n").into_bytes()))
}

fn bytes(tx: &Tx<'_>, reader: &Reader, id: MailId) -> Result<Option<Vec<u8>>, StoreError> {
    match id {
        MailId::Letter(row) => {
            let Some(facts) = letter_seen(tx, reader, row)? else {
                return Ok(None);
            };
            if facts.kind == CODE {
                return Ok(None);
            }
            tx.letter_bytes(LetterId(facts.id)).map(Some)
        }
        MailId::Message(row) => Ok(message_seen(tx, reader, row)?.map(|(raw, _)| raw)),
    }
}

/// A letter of a batch that somebody may see.
pub(super) fn letter_seen(tx: &Tx<'_>, reader: &Reader, row: i64) -> Result<Option<LetterFacts>, StoreError> {
    let facts = match tx.letter_facts(LetterId(row)) {
        Ok(facts) => facts,
        Err(StoreError::NoSuch(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(tx.may_see(&reader.sees, ConversationId(facts.batch))?.then_some(facts))
}

/// The bytes of a message, and the batch it belongs to.
type Seen = (Vec<u8>, Option<ConversationId>);

/// A message of a batch that somebody may see. One that belongs to none is for leads.
fn message_seen(tx: &Tx<'_>, reader: &Reader, row: i64) -> Result<Option<Seen>, StoreError> {
    let Some((raw, batch)) = tx.message(row)? else { return Ok(None) };
    let may = match batch {
        Some(batch) => tx.may_see(&reader.sees, batch)?,
        None => reader.lead,
    };
    Ok(may.then_some((raw, batch)))
}

/// The batch of a message that somebody may see.
pub(super) fn batch_of(tx: &Tx<'_>, reader: &Reader, row: i64) -> Result<Option<ConversationId>, StoreError> {
    Ok(message_seen(tx, reader, row)?.and_then(|(_, batch)| batch))
}

fn letter(office: &Office, tx: &Tx<'_>, reader: &Reader, row: i64) -> Result<Shown, StoreError> {
    let Some(facts) = letter_seen(tx, reader, row)? else {
        return Ok(Shown::Nothing);
    };
    let is_code = facts.kind == CODE;
    let text = if is_code {
        "[Left out here: the code is for whoever reads this mail.]".to_owned()
    } else {
        tx.letter_text(LetterId(row))?.text
    };
    let conversation = tx.conversation(ConversationId(facts.batch))?;
    let (submission, about) = whose(conversation.as_ref());
    let at = |text: &str| {
        chrono::DateTime::parse_from_rfc3339(text)
            .map(|at| reader.zone.spelled(at.to_utc()))
            .unwrap_or_default()
    };
    let state = match facts.outcome.as_str() {
        "" => told::label(&facts.state),
        outcome => format!("{}: {outcome}", told::label(&facts.state)),
    };
    let bytes = tx.letter_bytes(LetterId(row))?;
    Ok(Shown::Mail(Box::new(MailView {
        id: MailId::Letter(row).name(),
        ours: true,
        subject: facts.subject.clone(),
        from: facts.sender.clone(),
        to: format!("{} ({})", facts.recipient, facts.party),
        at: if facts.sent_at.is_empty() {
            format!("not yet; due {}", at(&facts.due))
        } else {
            at(&facts.sent_at)
        },
        kind: told::label(&facts.kind),
        state,
        submission,
        about,
        spans: vec![SpanView {
            label: String::new(),
            why: String::new(),
            // With the links of its reader one could press for them.
            text: cut(&letter_as_shown(&text, office.ink.links.base()).join("\n")),
        }],
        html: !is_code && message::read(&bytes, &Border::default()).is_ok_and(|read| read.body.html.is_some()),
        findings: Vec::new(),
        doubts: Vec::new(),
        labels: Vec::new(),
        actions: acts::on_letter(&facts),
        seen: tx.last_event(Some(ConversationId(facts.batch)))?,
        once: once(),
    })))
}

fn received(office: &Office, tx: &Tx<'_>, reader: &Reader, row: i64) -> Result<Shown, StoreError> {
    let Some((raw, batch)) = message_seen(tx, reader, row)? else {
        return Ok(Shown::Nothing);
    };
    let conversation = batch.map(|id| tx.conversation(id)).transpose()?.flatten();
    let (submission, about) = whose(conversation.as_ref());
    let line = batch.map(|id| tx.mails_of(id, 1_000)).transpose()?.unwrap_or_default();
    let line = line.into_iter().find(|line| line.id == row);
    let Ok(message) = message::read(&raw, &office.border) else {
        return Ok(Shown::Nothing);
    };
    let explained = match &conversation {
        Some(_) => explain_stored(tx, &office.ink, &message, reader.now)?,
        None => None,
    };
    let (own, reply, orders) = match explained {
        Some(Explained { own, reply, orders, .. }) => (own, reply, orders),
        None => (message::own_text(&message, &[]), Reply::default(), None),
    };
    let name = |id: SubmissionId| conversation.as_ref().and_then(|of| of.candidate(id)).map(|one| one.mailbox.shown());
    let labels = tx.labels_of(row)?;
    let labels = labels.iter().map(|label| {
        let reasons = if label.reasons.is_empty() {
            String::new()
        } else {
            format!(" ({})", label.reasons)
        };
        let who = name(label.submission).unwrap_or_default();
        format!("{who}: it says {}{reasons}, says {}", label.is_right, label.by)
    });
    let state = line.as_ref().map_or_else(String::new, |line| match line.why.as_str() {
        "" => told::label(&line.state),
        why => format!("{}: {why}", told::label(&line.state)),
    });
    let person = message.kind == Kind::Person;
    Ok(Shown::Mail(Box::new(MailView {
        id: MailId::Message(row).name(),
        ours: false,
        subject: message.subject.clone(),
        from: match &message.author {
            Author::One(mailbox) => named(mailbox),
            Author::Unknown => "nobody in particular".to_owned(),
        },
        to: message
            .recipients
            .iter()
            .take(10)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        at: line.map_or_else(String::new, |line| reader.zone.spelled(line.at)),
        kind: kind(&message),
        state,
        submission,
        about,
        spans: own
            .spans
            .iter()
            .map(|span| SpanView {
                label: label(span.label).to_owned(),
                why: span.why.to_owned(),
                text: cut(own.shown.get(span.range.clone()).unwrap_or_default()),
            })
            .collect(),
        html: message.body.html.is_some(),
        findings: reply
            .findings
            .iter()
            .map(|one| FindingView {
                about: one.says.about().and_then(name).unwrap_or_default(),
                says: one.says.to_string(),
                words: one.words.text.clone(),
                band: band(one.band).to_owned(),
            })
            .chain(orders.iter().flatten().map(|one| FindingView {
                about: String::new(),
                says: one.clone(),
                words: String::new(),
                band: "ordered".to_owned(),
            }))
            .collect(),
        doubts: reply
            .doubts
            .iter()
            .map(|doubt| self::doubt(doubt.kind, &doubt.words.text))
            .collect(),
        labels: labels.collect(),
        actions: match &conversation {
            Some(of) if person && orders.is_none() => acts::corrections(of, &decided(&reply)),
            Some(_) | None => Vec::new(),
        },
        seen: tx.last_event(batch)?,
        once: once(),
    })))
}

/// What was read of each candidate.
fn decided(reply: &Reply) -> Vec<(SubmissionId, &'static str)> {
    let decided = reply.findings.iter().filter_map(|one| {
        let about = one.says.about()?;
        Some((about, one.decides(about)?.name()))
    });
    decided.collect()
}

/// The submission whose page leads to a mail, and what it is about.
fn whose(conversation: Option<&Conversation>) -> (i64, String) {
    let Some(of) = conversation else {
        return (0, "Belongs to no conversation".to_owned());
    };
    let names: Vec<String> = of.batch.candidates.iter().map(|one| one.mailbox.shown()).collect();
    let about = format!("{} · {} · {}", names.join(", "), of.batch.client, of.batch.project.title);
    (super::story::first_of(of).map_or(0, |id| id.0), about)
}

fn named(mailbox: &Mailbox) -> String {
    match mailbox.name.is_empty() {
        true => mailbox.address.to_string(),
        false => format!("{} <{}>", mailbox.name, mailbox.address),
    }
}

fn kind(message: &Message) -> String {
    let kind = match &message.kind {
        Kind::Calendar { method, .. } => format!("A calendar's answer ({method})"),
        Kind::Report(_) => "A delivery report".to_owned(),
        Kind::Reaction { .. } => "A reaction".to_owned(),
        Kind::AutoReply(_) => "An automatic reply".to_owned(),
        Kind::Person => "Written by a person".to_owned(),
    };
    let vouched = if message.authenticated {
        "the receiving server vouches for the sender"
    } else {
        "nobody vouches for the sender"
    };
    format!("{kind}; {vouched}")
}

const fn label(label: Label) -> &'static str {
    match label {
        Label::Own => "own",
        Label::QuotedOurs => "quoted_ours",
        Label::QuotedOther => "quoted_other",
        Label::Attribution => "attribution",
        Label::Signature => "signature",
        Label::Device => "device",
        Label::Disclaimer => "disclaimer",
        Label::Banner => "banner",
        Label::Forwarded => "forwarded",
        Label::Struck => "struck",
    }
}

const fn band(band: Band) -> &'static str {
    match band {
        Band::Act => "acted on",
        Band::Ask => "asked back",
        Band::Human => "for a person",
    }
}

fn doubt(kind: DoubtKind, words: &str) -> String {
    let what = match kind {
        DoubtKind::Whom => "A decision without a candidate",
        DoubtKind::What => "Cues that contradict each other",
        DoubtKind::Unclear => "Not understood",
        DoubtKind::Empty => "No words of their own",
        DoubtKind::Unreadable => "The body cannot be read",
    };
    if words.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: “{words}”")
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
