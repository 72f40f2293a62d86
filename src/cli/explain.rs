//! `replyd explain`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, Office, print_json, print_line};
use crate::daemon::explain_stored;
use crate::message::{self, Border, Kind, Label, LetterText, Message, OwnText};
use crate::model::SubmissionId;
use crate::reply::{self, Asked, AskedAbout, Band, Question, Reply, Says};

/// How a mail would be read and why: its kind, its own text, what it says with the words that rests on. Changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd explain answer.eml                          # with the database at hand\n  replyd explain answer.eml --thread letter.eml      # without: the letter it answers\n  replyd explain answer.eml --candidate \"Ana Souza\" --json"
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
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// A reading, for printing.
#[derive(Debug, Serialize)]
struct Reading {
    kind: Kind,
    authenticated: bool,
    /// The sender's own words.
    reply: String,
    uncertain: bool,
    spans: Vec<ShownSpan>,
    findings: Vec<ShownFinding>,
    doubts: Vec<reply::Doubt>,
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
        let reading = if self.thread.is_some() || !self.candidate.is_empty() || !config.exists() {
            self.without_database(&raw)?
        } else {
            let office = Office::open(config)?;
            let message = parse(&self.mail, &raw, &office.config.border)?;
            match office
                .store
                .read(|tx| explain_stored(tx, &office.ink, &message, office.clock.now()))?
            {
                Some((own, asked, question)) => read_as(&message, own, &asked, question),
                None => {
                    eprintln!(
                        "hint: this mail belongs to no conversation in the database; --thread LETTER.eml gives the letter it answers"
                    );
                    self.without_database(&raw)?
                }
            }
        };
        if self.json {
            print_json(&reading)
        } else {
            print_line(&shown(&reading))
        }
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
            vec!["the candidate".to_owned()]
        } else {
            named
        };
        let about = |(index, name): (usize, String)| AskedAbout {
            submission: SubmissionId(i64::try_from(index + 1).unwrap_or(i64::MAX)),
            name,
            summary: String::new(),
            open: true,
        };
        let today = message.date.unwrap_or_default().date_naive();
        let asked = Asked {
            candidates: names.into_iter().enumerate().map(about).collect(),
            question: Question::Decision,
            today,
        };
        let own = message::own_text(&message, &letters);
        Ok(read_as(&message, own, &asked, Question::Decision))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
}

fn parse(path: &Path, raw: &[u8], border: &Border) -> Result<Message, Failure> {
    message::read(raw, border).map_err(|error| Failure::Input(format!("{}: {error}; replyd would quarantine it", path.display())))
}

fn read_as(message: &Message, own: OwnText, asked: &Asked, question: Question) -> Reading {
    let person = message.kind == Kind::Person;
    let reply = if person {
        reply::read(&own, &message.subject, asked)
    } else {
        Reply::default()
    };
    let name = |id: SubmissionId| asked.candidates.iter().find(|one| one.submission == id).map(|one| one.name.clone());
    let findings = reply.findings.iter().map(|one| ShownFinding {
        about: match one.says {
            Says::Decide { submission, .. } | Says::Because { submission, .. } => name(submission),
            Says::Confirm(_) | Says::Question | Says::WrongPerson | Says::Stop | Says::Later { .. } | Says::Thanks => None,
        },
        says: one.says.clone(),
        words: one.words.text.clone(),
        band: one.band,
    });
    Reading {
        would: would(message, &reply, question),
        findings: findings.collect(),
        kind: message.kind.clone(),
        authenticated: message.authenticated,
        uncertain: own.uncertain,
        spans: own
            .spans
            .iter()
            .map(|span| ShownSpan {
                label: span.label,
                why: span.why,
                text: own.shown.get(span.range.clone()).unwrap_or_default().to_owned(),
            })
            .collect(),
        doubts: reply.doubts,
        reply: own.text,
    }
}

/// What would follow if the sender may speak.
fn would(message: &Message, reply: &Reply, question: Question) -> String {
    match &message.kind {
        Kind::Calendar { .. } => return "be read as a calendar answer".to_owned(),
        Kind::Report(_) => return "be tied to the letter it is about".to_owned(),
        Kind::Reaction { .. } => return "be asked about: a reaction is never a decision".to_owned(),
        Kind::AutoReply(_) => return "pause or stop the chase, decide nothing, and be answered by nothing".to_owned(),
        Kind::Person => {}
    }
    let acted = reply.findings.iter().filter(|one| one.band == Band::Act).count();
    let asked = reply.findings.iter().any(|one| one.band == Band::Ask) || !reply.doubts.is_empty();
    let human = reply.findings.iter().any(|one| one.band == Band::Human);
    let mut parts = Vec::new();
    if acted > 0 {
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

/// The names in the `mailto:` answers of a letter's HTML: `subject=Interested%3A%20Ana%20Souza%20%5BREF-…`.
fn answer_links(letter: &str) -> Vec<String> {
    let starts = letter.match_indices("subject=Interested%3A%20");
    let names = starts.filter_map(|(at, found)| {
        let rest = letter.get(at + found.len()..)?;
        rest.split_once("%20%5BREF-").map(|(name, _)| percent_decoded(name))
    });
    names.filter(|name| !name.is_empty() && name.len() <= 200).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let decoded = if byte == b'%' {
            let digits = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
            std::str::from_utf8(&digits)
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        } else {
            Some(byte)
        };
        out.push(decoded.unwrap_or(b'?'));
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn shown(reading: &Reading) -> String {
    use std::io::IsTerminal;
    let colour = std::io::stdout().is_terminal();
    let mut out = vec![format!("kind: {}", kind_line(&reading.kind))];
    if reading.uncertain {
        out.push("own text: uncertain".to_owned());
    }
    out.push(String::new());
    for span in &reading.spans {
        let label = serde_json::to_string(&span.label).unwrap_or_default();
        for line in span.text.lines() {
            let (before, after) = if colour { (paint(span.label), "\u{1b}[0m") } else { ("", "") };
            out.push(format!("{:<14} {before}{line}{after}", label.trim_matches('"')));
        }
    }
    out.push(String::new());
    for one in &reading.findings {
        let about = one.about.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
        let band = serde_json::to_string(&one.band).unwrap_or_default();
        out.push(format!(
            "{:<6} {about}{}   \"{}\"",
            band.trim_matches('"'),
            says(&one.says),
            one.words
        ));
    }
    for doubt in &reading.doubts {
        let kind = serde_json::to_string(&doubt.kind).unwrap_or_default();
        out.push(format!("doubt  {}   \"{}\"", kind.trim_matches('"'), doubt.words.text));
    }
    out.push(format!("would {}", reading.would));
    out.join("\n")
}

fn kind_line(kind: &Kind) -> String {
    match kind {
        Kind::Calendar { method, .. } => format!("calendar {method}"),
        Kind::Report(report) => format!("report, {:?} {}", report.action, report.status.clone().unwrap_or_default()).to_lowercase(),
        Kind::Reaction { emoji } => format!("reaction {}", emoji.clone().unwrap_or_default()),
        Kind::AutoReply(auto) => {
            let until = auto.until.map(|day| format!(", back on {day}")).unwrap_or_default();
            format!("automatic reply, {:?}{until}", auto.nature)
        }
        Kind::Person => "person".to_owned(),
    }
}

fn says(says: &Says) -> String {
    match says {
        Says::Decide {
            decision,
            condition,
            follow_up,
            ..
        } => {
            let condition = condition.as_deref().map(|text| format!(" ({text})")).unwrap_or_default();
            let follow_up = follow_up.map(|day| format!(", again on {day}")).unwrap_or_default();
            format!("{decision}{condition}{follow_up}")
        }
        Says::Because { reason, .. } => format!("because of {reason}"),
        Says::Confirm(yes) => format!("confirms: {yes}"),
        Says::Question => "asks something".to_owned(),
        Says::WrongPerson => "names somebody else".to_owned(),
        Says::Stop => "wants no more mail".to_owned(),
        Says::Later { on } => format!("comes back later{}", on.map(|day| format!(", on {day}")).unwrap_or_default()),
        Says::Thanks => "says thanks".to_owned(),
    }
}

const fn paint(label: Label) -> &'static str {
    match label {
        Label::Own => "\u{1b}[1;32m",
        Label::QuotedOurs | Label::QuotedOther | Label::Forwarded => "\u{1b}[90m",
        Label::Attribution | Label::Banner => "\u{1b}[33m",
        Label::Signature | Label::Device | Label::Disclaimer => "\u{1b}[36m",
    }
}
