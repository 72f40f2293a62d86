//! `replyd explain`.

mod letter;
mod shown;
mod times;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, Office, print_json, print_line};
use crate::calendar::Zone;
use crate::daemon::{Explained, explain_stored};
use crate::message::{self, Action, Author, AutoNature, AutoReply, Border, Kind, Label, LetterText, Message, OwnText, Report};
use crate::model::{Mailbox, SubmissionId, Timestamp};
use crate::reply::{self, Asked, AskedAbout, AskedTimes, Band, Doubt, DoubtKind, Question, Reply, Says, Words};
use letter::{AboutInterview, Asking};

/// How a mail would be read and why: its kind, its own text, what it says with the words that rests on. Changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd explain answer.eml                        # with the database at hand\n  replyd explain answer.eml --thread letter.eml    # without: what it answers\n  replyd explain answer.eml --candidate \"Ana Souza\" --json\n  replyd explain answer.eml --tz Europe/Berlin     # the times it gives, too"
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
    /// When the mail was written, such as 2026-12-01T09:30:00+01:00, for times such as "tomorrow". Default: its Date.
    #[arg(long, value_name = "RFC3339", requires = "tz", value_parser = instant)]
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
    /// A recruiter's orders, when the database knows them for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<Vec<String>>,
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
            let written = self.written(&parse(&self.mail, &raw, &Border::default())?)?;
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
        let office = match Office::look(config) {
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
            if !message.authenticated {
                eprintln!(
                    "hint: nobody vouches for its sender; if it is a recruiter's, nothing follows from it (`replyd check` tells how mail is vouched for)"
                );
            }
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
        let asking = letter.as_deref().map(Asking::of).unwrap_or_default();
        let named = if self.candidate.is_empty() {
            asking.names
        } else {
            self.candidate.clone()
        };
        let nameless = named.is_empty() && asking.interview.is_none();
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
            meant: None,
        };
        let today = message.date.unwrap_or_default().date_naive();
        let asked = Asked {
            candidates: names.into_iter().enumerate().map(about).collect(),
            question: Question::Decision,
            today,
        };
        let own = message::own_text(&message, &letters);
        let reply = match (&message.kind, asking.interview) {
            (Kind::Person, Some(interview)) => {
                reply::read_interview(&own, &message.subject, &self.times_asked(interview, &message, &asked)?)
            }
            (Kind::Person, None) => reply::read(&own, &message.subject, &asked),
            (Kind::Calendar { .. } | Kind::Report(_) | Kind::Reaction { .. } | Kind::AutoReply(_), _) => Reply::default(),
        };
        if !nameless || message.kind != Kind::Person {
            return Ok(read_as(
                &message,
                Explained {
                    own,
                    asked,
                    reply,
                    orders: None,
                },
            ));
        }
        let several = speaks_of_several(&own, &message, &asked, &reply);
        let mut reading = read_as(
            &message,
            Explained {
                own,
                asked,
                reply,
                orders: None,
            },
        );
        without_names(&mut reading, several);
        Ok(reading)
    }

    /// What a letter about an interview asked, as far as it is known without the database.
    fn times_asked(&self, interview: AboutInterview, message: &Message, asked: &Asked) -> Result<AskedTimes, Failure> {
        if interview.offers {
            eprintln!("hint: the letter offers times, which only the database knows: a choice among them is not read here");
        }
        if self.tz.is_none() {
            eprintln!("hint: the letter asked for times, and they are read in UTC; --tz ZONE names the clocks of whoever answers");
        }
        let zone = self.tz.unwrap_or(Zone::UTC);
        Ok(AskedTimes {
            submission: SubmissionId(1),
            written: self.written(message)?,
            zone,
            other_zone: zone,
            minutes: interview.minutes,
            options: Vec::new(),
            booked: None,
            confirms: interview.confirms,
            was_theirs: false,
            outcome: false,
            candidates: if interview.to_client {
                asked.candidates.clone()
            } else {
                Vec::new()
            },
        })
    }

    fn written(&self, message: &Message) -> Result<Timestamp, Failure> {
        let no_date = || Failure::Input("the mail has no Date; --reference, with --tz, says when it was written".to_owned());
        self.reference.or(message.date).ok_or_else(no_date)
    }
}

/// Whether an answer that is read as if about one nameless candidate is about another, or about more than that one: it names somebody,
/// or says the same of everybody there is.
fn speaks_of_several(own: &OwnText, message: &Message, asked: &Asked, reply: &Reply) -> bool {
    let names_somebody = reply.doubts.iter().any(|doubt| doubt.kind == DoubtKind::Whom);
    let mut two = asked.clone();
    two.candidates.extend(asked.candidates.first().cloned().map(|one| AskedAbout {
        submission: SubmissionId(2),
        name: "the other one".to_owned(),
        ..one
    }));
    let both = reply::read(own, &message.subject, &two);
    let decided = |one: &AskedAbout| {
        let about = |finding: &reply::Finding| finding.band == Band::Act && finding.decides(one.submission).is_some();
        both.findings.iter().any(about)
    };
    names_somebody || two.candidates.iter().all(decided)
}

/// Nothing is recorded of somebody who is not known.
fn without_names(reading: &mut Reading, several: bool) {
    let name_them = "name each candidate of the letter with --candidate NAME, or give the letter itself with --thread LETTER.eml";
    let decides = |one: &ShownFinding| matches!(one.says, Says::Decide { .. } | Says::Because { .. });
    if several {
        // "Yes to Ana. No to Carl.": read as if about one, it would say the opposite of what stands there.
        reading.findings.retain(|one| !decides(one));
        reading.would = format!("be read for each candidate by name, and nobody is named here: {name_them}");
    } else if reading.findings.iter().any(|one| decides(one) && one.band == Band::Act) {
        reading.would = format!("{}, if the letter asked about one candidate only; else {name_them}", reading.would);
    } else {
        eprintln!("hint: read as an answer about one candidate without a name; {name_them}");
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let parsed = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    parsed.map_err(|_| "write a day, a time and an offset, such as 2026-12-01T09:30:00+01:00".to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::at(path, &error))
}

fn parse(path: &Path, raw: &[u8], border: &Border) -> Result<Message, Failure> {
    message::read(raw, border).map_err(|error| Failure::Input(format!("{}: {error}; replyd would quarantine it", path.display())))
}

fn read_as(message: &Message, explained: Explained) -> Reading {
    let Explained {
        own,
        asked,
        mut reply,
        orders,
    } = explained;
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
        would: match orders.as_deref().map_or_else(|| would(message, &reply, asked.question), obeyed) {
            _ if orders.is_some() && !message.authenticated => {
                format!("{NOTHING}: nobody vouches for the recruiter who says to have written it")
            }
            // Whatever the words say, the person on file is asked first.
            what if person && !message.authenticated && what != NOTHING => {
                format!("wait for a confirmation (\"was this you?\"), and only then {what}")
            }
            what => what,
        },
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
        orders,
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

/// What would follow from a recruiter's orders.
fn obeyed(orders: &[String]) -> String {
    if orders.is_empty() {
        "be answered: no order was understood in it".to_owned()
    } else {
        "be told back, and done as ordered unless it is taken back".to_owned()
    }
}

const NOTHING: &str = "change nothing";

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
        NOTHING.to_owned()
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
