//! What leads look after: what was set aside, how this replyd is set up; and the outbox, for everybody.

use super::{Reader, acts, mail, once, story, told};
use crate::calendar::Hours;
use crate::config::Config;
use crate::conversation::{Order, Share};
use crate::http::hub::{AsideView, LetterView, SectionView, Shown};
use crate::model::ConversationId;
use crate::store::{QuarantineFacts, StoreError, Tx};

/// Lines of a list.
const LINES: u32 = 200;
/// Characters of a message that are shown.
const BEGINNING: usize = 4_000;

pub(super) fn quarantine(tx: &Tx<'_>, reader: &Reader) -> Result<Shown, StoreError> {
    let mut all = Vec::new();
    for line in tx.quarantine(LINES)? {
        all.push(aside(tx, reader, &tx.quarantine_facts(line.message)?, false)?);
    }
    Ok(Shown::Quarantine(all))
}

pub(super) fn set_aside(tx: &Tx<'_>, reader: &Reader, id: i64) -> Result<Shown, StoreError> {
    match tx.quarantine_facts(id) {
        Ok(facts) => Ok(Shown::SetAside(Box::new(aside(tx, reader, &facts, true)?))),
        Err(StoreError::NoSuch(_)) => Ok(Shown::Nothing),
        Err(error) => Err(error),
    }
}

fn aside(tx: &Tx<'_>, reader: &Reader, facts: &QuarantineFacts, whole: bool) -> Result<AsideView, StoreError> {
    let at = chrono::DateTime::parse_from_rfc3339(&facts.at);
    let raw = if whole {
        tx.message(facts.message)?.map(|(raw, _)| raw)
    } else {
        None
    };
    let begins = raw.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    Ok(AsideView {
        id: facts.message,
        at: at.map(|at| reader.zone.spelled(at.to_utc())).unwrap_or_default(),
        reason: facts.reason.clone(),
        seen: facts.seen,
        facts: format!(
            "{} octets in folder {} (UID {}), tried {} times",
            facts.size, facts.folder, facts.uid, facts.tries
        ),
        kept: facts.size > 0,
        begins: begins
            .chars()
            .filter(|c| *c == '\n' || crate::model::is_printed(*c))
            .take(BEGINNING)
            .collect(),
        once: once(),
    })
}

pub(super) fn outbox(tx: &Tx<'_>, reader: &Reader) -> Result<Shown, StoreError> {
    let mut letters = Vec::new();
    for id in tx.letters_in_sight(&reader.sees, LINES)? {
        let Some(facts) = mail::letter_seen(tx, reader, id)? else {
            continue;
        };
        let conversation = tx.conversation(ConversationId(facts.batch))?;
        let spelled = |text: &str| chrono::DateTime::parse_from_rfc3339(text).map(|at| told::short(reader.zone, at.to_utc(), reader.now));
        letters.push(LetterView {
            id,
            what: format!("{} to {}", told::label(&facts.kind), facts.party),
            reference: conversation.as_ref().map(|of| of.reference().to_string()).unwrap_or_default(),
            submission: conversation.as_ref().and_then(story::first_of).map_or(0, |id| id.0),
            state: facts.state.clone(),
            says: match (facts.outcome.as_str(), facts.attempts) {
                ("", 0) => "Waits for its time".to_owned(),
                ("", tries) => format!("Tried {tries} times"),
                (outcome, _) => outcome.to_owned(),
            },
            at: spelled(&facts.due).unwrap_or_default(),
            retry: acts::may_resend(&facts),
            doubted: acts::is_doubted(&facts),
            once: once(),
        });
    }
    Ok(Shown::Outbox(letters))
}

/// How long something is kept.
fn kept(days: Option<chrono::Duration>) -> String {
    days.map_or_else(|| "for ever".to_owned(), |days| format!("{} days", days.num_days()))
}

/// `09:00 to 18:00`.
fn span(hours: Hours) -> String {
    format!("{} to {}", hours.from.format("%H:%M"), hours.to.format("%H:%M"))
}

/// The settings as people read them. Secrets, and what could open something, are not among them.
pub(super) fn sections(config: &Config) -> Vec<SectionView> {
    let policy = &config.policy;
    let section = |label: &str, lines: Vec<(&str, String)>| SectionView {
        label: label.to_owned(),
        lines: lines.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    };
    let list = |numbers: &[u32]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let scheduling = &policy.scheduling;
    let people = config.recruiters.iter().map(|one| {
        let shared = one.shared.iter().map(|(client, title)| match title {
            Some(title) => format!("{client}: {title}"),
            None => client.clone(),
        });
        let sees = if one.lead {
            "everything".to_owned()
        } else {
            shared.collect::<Vec<_>>().join("; ")
        };
        let sees = if sees.is_empty() { "their own batches".to_owned() } else { sees };
        (one.mailbox.address.to_string(), format!("{sees} ({})", one.zone.name()))
    });
    vec![
        section(
            "Agency",
            vec![
                ("Name", config.ink.agency.name.to_string()),
                ("Mailbox", config.ink.bot.address.to_string()),
                ("Zone", config.zone.name().to_owned()),
            ],
        ),
        SectionView {
            label: "Recruiters in config.toml".to_owned(),
            lines: people.collect(),
        },
        section(
            "Decisions",
            vec![
                ("Interested and Maybe can be undone", format!("{} minutes", policy.grace_yes_min)),
                ("Pass can be undone", format!("{} minutes", policy.grace_pass_min)),
                ("Links live", format!("{} days", policy.link_days)),
                (
                    "Opening a link",
                    if config.immediate { "records at once" } else { "shows a page" }.to_owned(),
                ),
                ("A Maybe is followed up after", format!("{} business days", policy.maybe_days)),
                ("Unclear answers before a person takes over", policy.unclear_limit.to_string()),
            ],
        ),
        section(
            "Chase",
            vec![
                ("Steps, in business hours", list(&policy.chase_hours)),
                ("Nudges at the most", policy.nudge_limit.to_string()),
                ("Letters nobody asked for, to one person in a day", policy.daily_limit.to_string()),
                ("Business hours before the backup contact is asked", policy.backup_hours.to_string()),
            ],
        ),
        section(
            "Hours, by each reader's own clock",
            vec![
                ("Business, Monday to Friday", span(policy.business)),
                ("Nobody gets mail nobody asked for outside", span(policy.polite)),
            ],
        ),
        section(
            "Interviews",
            vec![
                (
                    "Asked for times first",
                    match scheduling.order {
                        Order::Candidate => "the candidate",
                        Order::Client => "the client",
                        Order::Both => "both",
                        Order::Nobody => "nobody: a recruiter arranges them",
                    }
                    .to_owned(),
                ),
                ("Times in one letter", scheduling.slots.to_string()),
                ("Notice", format!("{} hours", scheduling.notice_h)),
                ("Reminders, minutes before", list(&scheduling.reminders_min)),
            ],
        ),
        section(
            "Mail",
            vec![
                ("Folders read", config.account.folders.join(", ")),
                (
                    "Senders",
                    if config.border.trust_mailbox {
                        "all are believed"
                    } else {
                        "as the receiving server vouches"
                    }
                    .to_owned(),
                ),
                (
                    "authserv_id of the receiving server",
                    config
                        .border
                        .authserv_id
                        .clone()
                        .unwrap_or_else(|| "not set: nobody is vouched for".to_owned()),
                ),
                (
                    "Name of the receiving server",
                    config.border.host.clone().unwrap_or_else(|| "the topmost Received".to_owned()),
                ),
                ("Connections for sending", config.connections.to_string()),
                (
                    "Writes to itself",
                    config
                        .self_ping
                        .map_or_else(|| "never".to_owned(), |every| format!("every {} minutes", every.as_secs() / 60)),
                ),
            ],
        ),
        section(
            "Recruiters' mail",
            vec![
                (
                    "Digest on working days",
                    config
                        .digest
                        .map_or_else(|| "never".to_owned(), |at| format!("{} by each one's clock", at.format("%H:%M"))),
                ),
                ("Drafts wait for a word", format!("{} days", config.drafts.num_days())),
                ("Orders by mail can be taken back", format!("{} minutes", policy.grace_order_min)),
            ],
        ),
        section(
            "Privacy",
            vec![
                ("CVs open with a mailed code", if policy.cv_code { "yes" } else { "no" }.to_owned()),
                (
                    "Candidates are told why",
                    if policy.share == Share::Draft {
                        "a draft waits for the recruiter's word"
                    } else {
                        "never"
                    }
                    .to_owned(),
                ),
                ("Mail of ended batches is kept", kept(config.mail_days)),
                ("People of ended batches are kept", kept(config.people_days)),
            ],
        ),
        section(
            "Webhooks",
            match config.webhooks.endpoints.len() {
                0 => vec![("Endpoints", "none".to_owned())],
                n => vec![("Endpoints", n.to_string())],
            },
        ),
        section(
            "Pages",
            vec![
                ("Public address", config.ink.links.base().to_owned()),
                ("Listens on", config.listen.to_string()),
                ("Keys of the API", config.api_keys.len().to_string()),
            ],
        ),
    ]
}
