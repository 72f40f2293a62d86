//! One submission: where it stands, what happened, what comes next, what can be done.

use super::{Reader, acts, board, once, told};
use crate::conversation::{Conversation, Driver, Ruling};
use crate::daemon::ordering;
use crate::http::hub::{LineView, NextView, Shown, SubmissionView};
use crate::model::{ConversationId, SubmissionId, Timestamp};
use crate::store::{Card, DeadlineLine, MailLine, StoreError, TimelineLine, Trace, Tx};

/// Lines of a timeline that are shown: the newest.
const LINES: usize = 1_000;
/// Mails and events that are looked up for it.
const LOOKED_UP: u32 = 1_000;

/// The page of a submission; of `after` what came since is told apart.
pub(super) fn story(tx: &Tx<'_>, reader: &Reader, id: i64, after: Option<i64>) -> Result<Shown, StoreError> {
    let Some(card) = seen(tx, reader, SubmissionId(id))? else {
        return Ok(Shown::Nothing);
    };
    let Some(mut conversation) = tx.conversation(card.batch)? else {
        return Ok(Shown::Nothing);
    };
    conversation.elsewhere = tx.elsewhere(&conversation, reader.now)?;
    let only = card.submission;
    let deadlines = tx.deadlines_of(card.batch, Some(only))?;
    let mut others = Vec::new();
    for one in conversation.submissions.iter().filter(|one| one.id != only) {
        others.extend(tx.card(one.id)?.map(|card| board::card(&card, reader)));
    }
    let (timeline, cut) = timeline(tx, reader, &conversation, only)?;
    let meanwhile = match after {
        Some(after) => tx.traces(card.batch, None, after.max(0), LOOKED_UP)?,
        None => Vec::new(),
    };
    Ok(Shown::Submission(Box::new(SubmissionView {
        contact: conversation.batch.contact.mailbox.shown(),
        recruiters: conversation.batch.recruiters.iter().map(crate::model::Mailbox::shown).collect(),
        reasons: reasons(&conversation, only),
        interview: interview(&conversation, only, reader),
        warnings: warnings(&conversation, ordering::waiting(tx, &conversation)?),
        others,
        next: deadlines.iter().map(|one| next(&conversation, one, reader)).collect(),
        timeline,
        cut,
        actions: acts::offered(&conversation, only),
        seen: tx.last_event(Some(card.batch))?,
        once: once(),
        meanwhile: meanwhile.iter().map(|one| trace(&conversation, one, reader)).collect(),
        card: board::card(&card, reader),
    })))
}

/// The card of a submission, for whoever may see it.
pub(super) fn seen(tx: &Tx<'_>, reader: &Reader, id: SubmissionId) -> Result<Option<Card>, StoreError> {
    let Some(card) = tx.card(id)? else { return Ok(None) };
    Ok(tx.may_see(&reader.sees, card.batch)?.then_some(card))
}

/// A submission of a batch that somebody may see: the one asked for, else the first.
pub(super) fn first_of(conversation: &Conversation) -> Option<SubmissionId> {
    conversation.submissions.first().map(|one| one.id)
}

fn reasons(of: &Conversation, id: SubmissionId) -> Vec<String> {
    let one = of.submission(id);
    let mut reasons: Vec<String> = one
        .iter()
        .flat_map(|one| &one.reasons)
        .map(|reason| format!("{} ({})", reason.label(), reason.side()))
        .collect();
    reasons.extend(
        one.filter(|one| !one.reason_words.is_empty())
            .map(|one| format!("“{}”", one.reason_words)),
    );
    reasons
}

fn interview(of: &Conversation, id: SubmissionId, reader: &Reader) -> String {
    let Some(interview) = of.submission(id).and_then(|one| one.interview.as_ref()) else {
        return String::new();
    };
    let status = told::label(interview.status.name()).to_lowercase();
    match &interview.booked {
        Some(slot) => format!(
            "{}, {} minutes, {status}",
            reader.zone.spelled(slot.start),
            (slot.end - slot.start).num_minutes()
        ),
        None => format!("{status}: no time is agreed"),
    }
}

fn warnings(of: &Conversation, waiting: Option<String>) -> Vec<String> {
    let mut warnings: Vec<String> = waiting.map(|what| format!("{what}.")).into_iter().collect();
    if of.driver == Driver::Recruiter {
        warnings.push("A recruiter drives: replyd records everything and writes to nobody but recruiters.".to_owned());
    }
    if of.client_unreachable {
        warnings.push("Letters to the client came back: none is sent until the address works again.".to_owned());
    }
    if of.chase.stopped {
        warnings.push("Nobody is reminded any more: somebody asked for no more mail, or has left.".to_owned());
    }
    if !of.parked.is_empty() {
        let count = of.parked.len();
        warnings.push(format!(
            "{count} {} for a confirmation.",
            if count == 1 { "answer waits" } else { "answers wait" }
        ));
    }
    warnings
}

fn next(of: &Conversation, deadline: &DeadlineLine, reader: &Reader) -> NextView {
    let due = instant(&deadline.at);
    // The deadline is when it is looked at; whether it goes then is the governor's word.
    let ruling = of
        .due(&deadline.kind, deadline.submission.map(SubmissionId))
        .and_then(|one| of.planned(one, due));
    let (at, why) = match ruling {
        Some(Ruling::At(later, why)) => (later, format!(" ({})", why.says())),
        Some(Ruling::Never(why)) => (due, format!(" (not as long as {})", why.says())),
        Some(Ruling::Now) | None => (due, String::new()),
    };
    NextView {
        what: format!("{}{why}", told::planned(of, deadline)),
        at: reader.zone.spelled(at),
        away: told::away(at, reader.now),
    }
}

/// Newest first.
fn timeline(tx: &Tx<'_>, reader: &Reader, of: &Conversation, only: SubmissionId) -> Result<(Vec<LineView>, bool), StoreError> {
    let mut lines: Vec<(String, LineView)> = Vec::new();
    for line in tx.timeline(of.id, Some(only))? {
        let at = line.at.clone();
        lines.push((at, event(of, &line, reader)));
    }
    for mail in tx.mails_of(of.id, LOOKED_UP)? {
        let view = received(&mail, reader);
        lines.push((view.instant.clone(), view));
    }
    // What follows from a mail comes after it, although both bear the same time.
    lines.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| (b.class == "mail").cmp(&(a.class == "mail"))));
    let cut = lines.len() > LINES;
    Ok((lines.into_iter().rev().take(LINES).map(|(_, line)| line).collect(), cut))
}

fn event(of: &Conversation, line: &TimelineLine, reader: &Reader) -> LineView {
    let trace = Trace {
        id: 0,
        submission: line.submission.map(SubmissionId),
        at: instant(&line.at),
        kind: line.kind.clone(),
        detail: line.detail.clone(),
        words: line.words.clone(),
        cause: line.cause.clone(),
    };
    self::trace(of, &trace, reader)
}

/// A line of the timeline, for somebody's eyes.
pub(super) fn trace(of: &Conversation, line: &Trace, reader: &Reader) -> LineView {
    let is_letter = line.kind == "letter";
    let number = |what: &str| {
        line.cause
            .strip_prefix(what)
            .filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mail = number("message ")
        .map(|id| format!("m{id}"))
        .or_else(|| number("letter ").map(|id| format!("l{id}")));
    let class = match line.kind.as_str() {
        "letter" => "letter",
        "automated_visit" | "auto_reply" | "undeliverable" | "link_seen" => "machine",
        _ if line.cause.starts_with("message ") || line.cause == "click" => "word",
        _ if matches!(line.cause.as_str(), "hub" | "command" | "submit") => "act",
        _ => "auto",
    };
    let several = of.submissions.len() > 1;
    let about = line.submission.filter(|_| several).and_then(|id| of.candidate(id));
    let mut letters = line.detail.chars();
    let detail = letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    LineView {
        at: reader.zone.spelled(line.at),
        instant: line.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        class,
        label: told::label(&line.kind),
        about: about.map_or_else(String::new, |one| one.mailbox.shown()),
        detail: if is_letter {
            named(&detail.replace('_', " "), of)
        } else {
            detail.replace('_', " ")
        },
        words: line.words.clone(),
        cause: if is_letter { String::new() } else { told::cause(&line.cause) },
        mail: mail.unwrap_or_default(),
    }
}

/// Names in the place of numbers: "Notice to recruiter 1".
fn named(detail: &str, of: &Conversation) -> String {
    // Behind it stands a subject, or what became of it.
    let at = detail.find(':').unwrap_or(detail.len());
    let (head, rest) = detail.split_at_checked(at).unwrap_or((detail, ""));
    let mut told = head.to_owned();
    // The highest number first: the first is the beginning of the tenth.
    for (n, who) in of.batch.recruiters.iter().enumerate().rev() {
        told = told.replace(&format!("recruiter {}", n + 1), &who.shown());
    }
    for (n, who) in of.batch.interviewers.iter().enumerate().rev() {
        told = told.replace(&format!("interviewer {}", n + 1), &who.mailbox.shown());
    }
    for one in of.batch.candidates.iter().rev() {
        told = told.replace(&format!("candidate {}", one.submission), &one.mailbox.shown());
    }
    told.replace("to client", &format!("to {}", of.batch.contact.mailbox.shown())) + rest
}

fn received(mail: &MailLine, reader: &Reader) -> LineView {
    let kind = match mail.kind.as_str() {
        "person" => "Written by a person".to_owned(),
        "" => "Not read yet".to_owned(),
        other => told::label(other),
    };
    let why = if mail.why.is_empty() {
        String::new()
    } else {
        format!(": {}", mail.why)
    };
    LineView {
        at: reader.zone.spelled(mail.at),
        instant: mail.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        class: if matches!(mail.kind.as_str(), "auto_reply" | "report") {
            "machine"
        } else {
            "mail"
        },
        label: "Mail received".to_owned(),
        about: String::new(),
        detail: match mail.state.as_str() {
            "applied" => kind,
            state => format!("{kind}; {state}{why}"),
        },
        words: String::new(),
        cause: String::new(),
        mail: format!("m{}", mail.id),
    }
}

fn instant(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).map_or(Timestamp::UNIX_EPOCH, |at| at.to_utc())
}

/// The conversation of a submission that somebody may see.
pub(super) fn conversation_of(tx: &Tx<'_>, reader: &Reader, id: SubmissionId) -> Result<Option<ConversationId>, StoreError> {
    Ok(seen(tx, reader, id)?.map(|card| card.batch))
}
