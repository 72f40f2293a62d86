//! `replyd explain`.

mod shown;
mod times;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, Office, print_json, print_line};
use crate::calendar::Zone;
use crate::daemon::{Explained, explain_stored};
use crate::message::{self, Action, Author, AutoNature, AutoReply, Border, Kind, Label, LetterText, Message, Report};
use crate::model::{Mailbox, SubmissionId, Timestamp, percent_decoded};
use crate::reply::{self, Asked, AskedAbout, Band, Doubt, DoubtKind, Question, Reply, Says, Words};

/// How a mail would be read and why: its kind, its own text, what it says with the words that rests on. Changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd explain answer.eml                          # with the database at hand\n  replyd explain answer.eml --thread letter.eml      # without: the letter it answers\n  replyd explain answer.eml --candidate \"Ana Souza\" --json\n  replyd explain answer.eml --tz Europe/Berlin       # the times it gives, with the words they rest on"
)]
pub(super) struct Explain {
    /// The mail.
    mail: PathBuf,
    /// The letter it answers, when the database is not at hand.
    #[arg(long, value_name = "LETTER.eml")]
    thread: Option<PathBuf>,
    /// A candidate of that letter, in its order; may be given several times. Default: those the letter's answer links name.
    #[arg(long)]
    candidate: Vec<String>,
    /// Shows the times the mail gives as well, read in this zone of its writer.
    #[arg(long, value_name = "ZONE")]
    tz: Option<Zone>,
    /// When the mail was written, as RFC 3339, for times such as "tomorrow". Default: its Date.
    #[arg(long, value_name = "RFC3339", requires = "tz")]
    reference: Option<Timestamp>,
    /// Folds nothing: quoted letters and long mails are shown to the last line.
    #[arg(long)]
    full: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// A reading, for printing.
#[derive(Debug, Serialize)]
struct Reading {
    /// Who says to have written it; empty for nobody in particular.
    from: String,
    subject: String,
    kind: Kind,
    authenticated: bool,
    /// What the sender says: own words, or the note beside a calendar answer. Nothing in the mail of machines.
    reply: String,
    uncertain: bool,
    /// The displayed body of a person's mail; empty for machines, whose words are nobody's.
    spans: Vec<ShownSpan>,
    /// The displayed body of a machine's mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    machine_text: String,
    findings: Vec<ShownFinding>,
    doubts: Vec<reply::Doubt>,
    /// The times it gives, when a zone to read them in is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<times::ShownTimes>,
    would: String,
}

#[derive(Debug, Serialize)]
struct ShownSpan {
    label: Label,
    why: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct ShownFinding {
    about: Option<String>,
    says: Says,
    words: String,
    band: Band,
}

impl Explain {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let raw = read(&self.mail)?;
        let mut reading = if self.thread.is_some() || !self.candidate.is_empty() || !config.exists() {
            self.without_database(&raw)?
        } else {
            self.with_database(&raw, config)?
        };
        if let Some(zone) = self.tz {
            let border = Border::default();
            let written = self
                .reference
                .or_else(|| parse(&self.mail, &raw, &border).ok()?.date)
                .ok_or_else(|| Failure::Input("the mail has no Date; --reference says when it was written".to_owned()))?;
            reading.times = Some(times::of(&reading.reply, written, zone));
        }
        if self.json {
            print_json(&reading)
        } else {
            print_line(&shown::reading(&reading, shown::Style::of_terminal(self.full)))
        }
    }

    /// As the daemon would read it; without a database that opens, as if there were none.
    fn with_database(&self, raw: &[u8], config: &Path) -> Result<Reading, Failure> {
        let office = match Office::open(config) {
            Ok(office) => office,
            Err(why) => {
                eprintln!("hint: read without the database: {why}");
                return self.without_database(raw);
            }
        };
        let message = parse(&self.mail, raw, &office.config.border)?;
        let found = office
            .store
            .read(|tx| explain_stored(tx, &office.ink, &message, office.clock.now()))?;
        let Some(found) = found else {
            eprintln!("hint: this mail belongs to no conversation in the database; --thread LETTER.eml gives the letter it answers");
            return self.without_database(raw);
        };
        Ok(read_as(&message, found))
    }

    fn without_database(&self, raw: &[u8]) -> Result<Reading, Failure> {
        let border = Border {
            trust_mailbox: true,
            ..Border::default()
        };
        let message = parse(&self.mail, raw, &border)?;
        let letter = self.thread.as_deref().map(read).transpose()?;
        let letters: Vec<LetterText> = letter.iter().map(|bytes| message::letter_text(bytes)).collect();
        let named = if self.candidate.is_empty() {
            letter
                .as_deref()
                .and_then(|bytes| message::read(bytes, &border).ok()?.body.html)
                .map(|html| answer_links(&html))
                .unwrap_or_default()
        } else {
            self.candidate.clone()
        };
        let names = if named.is_empty() {
            eprintln!(
                "hint: read as an answer about one candidate without a name; --candidate NAME, several times if need be, says about whom"
            );
            vec!["the candidate".to_owned()]
        } else {
            named
        };
        let about = |(index, name): (usize, String)| AskedAbout {
            submission: SubmissionId(i64::try_from(index + 1).unwrap_or(i64::MAX)),
            name,
            summary: String::new(),
            open: true,
            meant: None,
        };
        let today = message.date.unwrap_or_default().date_naive();
        let asked = Asked {
            candidates: names.into_iter().enumerate().map(about).collect(),
            question: Question::Decision,
            today,
        };
        let own = message::own_text(&message, &letters);
        let reply = match message.kind {
            Kind::Person => reply::read(&own, &message.subject, &asked),
            Kind::Calendar { .. } | Kind::Report(_) | Kind::Reaction { .. } | Kind::AutoReply(_) => Reply::default(),
        };
        Ok(read_as(&message, Explained { own, asked, reply }))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
}

fn parse(path: &Path, raw: &[u8], border: &Border) -> Result<Message, Failure> {
    message::read(raw, border).map_err(|error| Failure::Input(format!("{}: {error}; replyd would quarantine it", path.display())))
}

fn read_as(message: &Message, explained: Explained) -> Reading {
    let Explained { own, asked, mut reply } = explained;
    if message.author == Author::Unknown && message.date.is_none() && message.subject.is_empty() {
        eprintln!("hint: no From, Date or Subject in it: this hardly is a mail as it was received (.eml)");
    }
    let person = message.kind == Kind::Person;
    if let Some(why) = message.body.unreadable.filter(|_| person) {
        let words = Words {
            text: why.to_owned(),
            range: 0..0,
        };
        reply.doubts.push(Doubt {
            kind: DoubtKind::Unreadable,
            words,
        });
    }
    let name = |id: SubmissionId| asked.candidates.iter().find(|one| one.submission == id).map(|one| one.name.clone());
    let findings = reply.findings.iter().map(|one| ShownFinding {
        about: one.says.about().and_then(name),
        says: one.says.clone(),
        words: one.words.text.clone(),
        band: one.band,
    });
    let said = match &message.kind {
        Kind::Person => own.text,
        Kind::Calendar { answer, .. } => answer.as_ref().and_then(|answer| answer.note.clone()).unwrap_or_default(),
        Kind::Report(_) | Kind::Reaction { .. } | Kind::AutoReply(_) => String::new(),
    };
    Reading {
        from: sender(message),
        subject: message.subject.clone(),
        would: would(message, &reply, asked.question),
        findings: findings.collect(),
        kind: message.kind.clone(),
        authenticated: message.authenticated,
        uncertain: own.uncertain,
        machine_text: if person { String::new() } else { own.shown.clone() },
        spans: own
            .spans
            .iter()
            .filter(|_| person)
            .map(|span| ShownSpan {
                label: span.label,
                why: span.why,
                text: own.shown.get(span.range.clone()).unwrap_or_default().to_owned(),
            })
            .collect(),
        doubts: reply.doubts,
        times: None,
        reply: said,
    }
}

/// Who says to have written it; through a list that rewrites From the person in Reply-To as well.
fn sender(message: &Message) -> String {
    let named = |mailbox: &Mailbox| match mailbox.name.is_empty() {
        true => mailbox.address.to_string(),
        false => format!("{} <{}>", mailbox.name, mailbox.address),
    };
    let author = match &message.author {
        Author::One(mailbox) => named(mailbox),
        Author::Unknown => String::new(),
    };
    match message.reply_to.first().filter(|_| message.via_list) {
        Some(person) => format!("{}, through the list {author}", named(person)),
        None => author,
    }
}

/// What would follow if the sender may speak.
fn would(message: &Message, reply: &Reply, question: Question) -> String {
    match &message.kind {
        Kind::Calendar { .. } => return "be matched with the interview by its UID; without one of ours, a recruiter sees it".to_owned(),
        Kind::Report(report) => return reported(report),
        Kind::Reaction { .. } => return "be asked about: a reaction is never a decision".to_owned(),
        Kind::AutoReply(auto) => return automatic(auto),
        Kind::Person => {}
    }
    let times = |one: &&reply::Finding| matches!(one.says, Says::Times { .. } | Says::Attends { .. });
    let (of_times, others): (Vec<_>, Vec<_>) = reply.findings.iter().filter(|one| one.band == Band::Act).partition(times);
    let asked = reply.findings.iter().any(|one| one.band == Band::Ask) || !reply.doubts.is_empty();
    let human = reply.findings.iter().any(|one| one.band == Band::Human);
    let mut parts = Vec::new();
    if of_times.iter().any(|one| matches!(&one.says, Says::Times { said, .. } if said.ask)) {
        parts.push("be asked back about the times");
    } else if !of_times.is_empty() {
        parts.push("move the interview along");
    }
    if !others.is_empty() {
        parts.push(if matches!(question, Question::Confirm) {
            "settle the parked answer"
        } else {
            "be recorded and acknowledged with an undo"
        });
    }
    if asked {
        parts.push("be asked back");
    }
    if human {
        parts.push("be shown to the recruiter");
    }
    if parts.is_empty() {
        "change nothing".to_owned()
    } else {
        parts.join(", and ")
    }
}

fn reported(report: &Report) -> String {
    match report.action {
        Action::Failed => "tell the recruiter, and stop writing to the address when it does not exist",
        Action::Delayed => "change nothing: the server still tries",
        Action::Delivered => "change nothing",
    }
    .to_owned()
}

fn automatic(auto: &AutoReply) -> String {
    match (auto.nature, auto.until) {
        (AutoNature::OutOfOffice, Some(day)) => format!("pause the chase until the working day after {day}, and tell the recruiter"),
        (AutoNature::OutOfOffice, None) => "pause the chase for two working days".to_owned(),
        (AutoNature::Gone, _) => "stop the chase, and tell the recruiter".to_owned(),
        (AutoNature::Recall | AutoNature::Challenge | AutoNature::CalendarNote, _) => "be shown to the recruiter".to_owned(),
        (AutoNature::ReadReceipt | AutoNature::Feedback | AutoNature::Bulk | AutoNature::Other, _) => {
            "change nothing, and be answered by nothing".to_owned()
        }
    }
}

/// The names in the `mailto:` answers of a letter's HTML: `subject=Interested%3A%20Ana%20Souza%20%5BREF-…`.
fn answer_links(letter: &str) -> Vec<String> {
    let starts = letter.match_indices("subject=Interested%3A%20");
    let names = starts.filter_map(|(at, found)| {
        let rest = letter.get(at + found.len()..)?;
        rest.split_once("%20%5BREF-").map(|(name, _)| percent_decoded(name))
    });
    names.filter(|name| !name.is_empty() && name.len() <= 200).collect()
}
