//! Scores readings of recruiters' mails against the orders expected.
//!
//! In: JSON lines `{id, now, batch, others, answers, of, subject, body, expect}`, one mail each; what stands in `batch` and `expect` is told by
//! the help of `replyd lab score-orders`. Out: how many are right, asked without need, and wrongly acted upon, with the worst cases.
//! A mail is *right* when just the orders expected were read and something is asked if and only if that is expected; *wrongly acted upon* when
//! an order was read that is not expected; else it was *asked* without need. Reasons for a pass are counted apart: one that was not read leads
//! to a question, and to nothing wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};

use chrono::{Duration, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::score::wrapped;
use crate::calendar::{LocalTime, Zone};
use crate::message::{Border, own_text};
use crate::model::{ConversationId, Decision, Slot, SubmissionId, Timestamp};
use crate::reply::AskedAbout;
use crate::reply::orders::{Desk, OnDesk, Order, Orders, Whom, Wish, read};

/// A mail and what it means.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    now: String,
    batch: Batch,
    #[serde(default)]
    others: Vec<Batch>,
    answers: Option<String>,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    subject: String,
    body: String,
    #[serde(default)]
    expect: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Batch {
    reference: String,
    client: String,
    contact: String,
    role: String,
    candidates: Vec<String>,
    #[serde(default)]
    interviews: Option<BTreeMap<String, String>>,
}

/// How many mails were read how.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Figures {
    /// All.
    pub mails: usize,
    /// As expected.
    pub right: usize,
    /// Asked where it was clear.
    pub asked: usize,
    /// Something was done that nobody ordered.
    pub wrong: usize,
    /// Reasons for a pass that stand in the mails, those of them that were read, and those read that do not.
    pub reasons: (usize, usize, usize),
}

/// The figures, and the mails that were not read as expected.
#[derive(Debug, Default, Serialize)]
pub struct Scores {
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// What was wrongly acted upon first.
    pub not_right: Vec<NotRight>,
}

/// A mail that was not read as expected.
#[derive(Debug, Serialize)]
pub struct NotRight {
    /// Something was done that nobody ordered.
    pub wrong: bool,
    /// Which mail.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What was expected.
    pub expected: BTreeSet<String>,
    /// What was read.
    pub read: BTreeSet<String>,
    /// What would be put to the recruiter: orders that wait for a yes, and words of which nothing is made.
    pub put: Vec<String>,
}

const MINUTES: i64 = 60;

/// Scores JSON lines.
///
/// # Errors
/// When a line cannot be read.
pub fn score(input: impl BufRead) -> io::Result<Scores> {
    let mut scores = Scores::default();
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Case = serde_json::from_str(&line).map_err(|error| at(number, &error.to_string()))?;
        let zone: Zone = "Europe/London".parse().map_err(|_| at(number, "no zones"))?;
        let orders = orders(&case, zone).ok_or_else(|| at(number, "`now` or an interview is no local time"))?;
        let (said, because) = told(&case, zone, &orders);
        let expected: BTreeSet<String> = case.expect.iter().map(expected).filter(|one| one != "nothing").collect();
        let reasons: BTreeSet<String> = case.expect.iter().flat_map(reasons).collect();
        let figures = &mut scores.figures;
        figures.mails += 1;
        figures.reasons.0 += reasons.len();
        figures.reasons.1 += reasons.intersection(&because).count();
        figures.reasons.2 += because.difference(&reasons).count();
        if said == expected {
            figures.right += 1;
            continue;
        }
        let wrong = said.iter().any(|one| one != "ask" && !expected.contains(one));
        if wrong {
            figures.wrong += 1;
        } else {
            figures.asked += 1;
        }
        scores.not_right.push(NotRight {
            wrong,
            text: format!("{} | {}", case.subject, case.body),
            expected,
            read: said,
            put: put(&case, zone, &orders),
            id: case.id,
        });
    }
    scores.not_right.sort_by_key(|one| !one.wrong);
    Ok(scores)
}

fn at(number: usize, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {what}", number + 1))
}

impl Scores {
    /// As people read it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, worst: usize, out: &mut dyn Write) -> io::Result<()> {
        let Figures {
            mails,
            right,
            asked,
            wrong,
            reasons: (reasons, read, extra),
        } = self.figures;
        writeln!(
            out,
            "mails {mails}   right {right}   asked without need {asked}   wrongly acted upon {wrong}   reasons {read} of {reasons}, {extra} too many"
        )?;
        for one in self.not_right.iter().take(worst) {
            let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join("; ");
            writeln!(
                out,
                "{} {}: {}",
                if one.wrong { "WRONG" } else { "asked" },
                one.id,
                one.text.replace('\n', " ⏎ ")
            )?;
            writeln!(out, "    expected: {}\n    read:     {}", list(&one.expected), list(&one.read))?;
            if !one.put.is_empty() {
                writeln!(out, "    put:      {}", one.put.join("; "))?;
            }
        }
        Ok(())
    }
}

fn instant(zone: Zone, text: &str) -> Option<Timestamp> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    match zone.instant(local) {
        LocalTime::One(at) | LocalTime::Two(at, _) => Some(at),
        LocalTime::None => None,
    }
}

fn orders(case: &Case, zone: Zone) -> Option<Orders> {
    let mut batches = Vec::new();
    for (number, batch) in std::iter::once(&case.batch).chain(&case.others).enumerate() {
        let base = i64::try_from(number).ok()? * 100;
        let id = |at: usize| i64::try_from(at).map(|at| SubmissionId(base + at + 1)).ok();
        let mut booked = Vec::new();
        for (name, start) in batch.interviews.iter().flatten() {
            let at = batch.candidates.iter().position(|one| one == name)?;
            let start = instant(zone, start)?;
            booked.push((
                id(at)?,
                Slot {
                    start,
                    end: start + Duration::minutes(MINUTES),
                },
            ));
        }
        let candidates = batch.candidates.iter().enumerate().filter_map(|(at, name)| {
            let about = AskedAbout {
                submission: id(at)?,
                name: name.clone(),
                summary: String::new(),
                open: true,
                meant: None,
            };
            Some((about, zone))
        });
        batches.push(OnDesk {
            id: ConversationId(base + 1),
            reference: batch.reference.clone(),
            client: batch.client.clone(),
            contact: batch.contact.clone(),
            zone,
            role: batch.role.clone(),
            candidates: candidates.collect(),
            booked,
            minutes: u32::try_from(MINUTES).ok()?,
        });
    }
    let of = case
        .of
        .as_ref()
        .and_then(|name| case.batch.candidates.iter().position(|one| one == name));
    let desk = Desk {
        written: instant(zone, &case.now)?,
        zone,
        batches,
        answers: case.answers.is_some(),
        of: of.and_then(|at| i64::try_from(at).ok()).map(|at| SubmissionId(at + 1)),
    };
    let message = crate::message::read(&wrapped(case.body.as_bytes()), &Border::default()).ok()?;
    let subject = if case.answers.is_some() { "" } else { case.subject.as_str() };
    Some(read(&own_text(&message, &[]), subject, &desk))
}

/// What would be put to the recruiter.
fn put(case: &Case, zone: Zone, orders: &Orders) -> Vec<String> {
    let proposed = orders.proposed.iter().map(|order| format!("{}?", named(case, zone, order)));
    let unread = orders.unread.iter().map(|words| format!("\"{}\"", words.text.replace('\n', " ")));
    proposed.chain(unread).collect()
}

/// Orders read, a line each, and the reasons for passes.
fn told(case: &Case, zone: Zone, orders: &Orders) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut said: BTreeSet<String> = orders.orders.iter().map(|order| named(case, zone, order)).collect();
    let mut because = BTreeSet::new();
    for order in &orders.orders {
        if let Wish::Decide {
            submission,
            decision: Decision::Pass,
            reasons,
        } = &order.wish
        {
            because.extend(reasons.iter().map(|one| format!("{} {}", name(case, *submission), one.name())));
        }
    }
    // What is only put to the recruiter is a question.
    if !(orders.unread.is_empty() && orders.proposed.is_empty()) {
        said.insert("ask".to_owned());
    }
    (said, because)
}

/// A candidate's name.
fn name(case: &Case, id: SubmissionId) -> String {
    let (batch, at) = ((id.0 - 1) / 100, (id.0 - 1) % 100);
    let mut all = std::iter::once(&case.batch).chain(&case.others);
    let mut find = || all.nth(usize::try_from(batch).ok()?)?.candidates.get(usize::try_from(at).ok()?);
    find().cloned().unwrap_or_default()
}

/// An order, in the words of the cases.
fn named(case: &Case, zone: Zone, order: &Order) -> String {
    let name = |id: SubmissionId| name(case, id);
    let who = |whom: Whom| match whom {
        Whom::Client => "client".to_owned(),
        Whom::Candidate(id) => name(id),
    };
    let local = |at: Timestamp| zone.local(at).format("%Y-%m-%dT%H:%M").to_string();
    match &order.wish {
        Wish::Take => "take".to_owned(),
        Wish::Release => "release".to_owned(),
        Wish::Pause(day) => format!("pause {day}"),
        Wish::Decide { submission, decision, .. } => format!("decide {} {}", name(*submission), decision.name()),
        Wish::Times { by, open } => {
            let spans: Vec<String> = open
                .iter()
                .map(|(from, to)| format!("{}/{}", local(from), zone.local(to).format("%H:%M")))
                .collect();
            format!("times {} {}", who(*by), spans.join(" "))
        }
        Wish::Book { submission, start } => format!("book {} {}", name(*submission), local(*start)),
        Wish::Move { submission, start } => format!("move {} {}", name(*submission), start.map(local).unwrap_or_default()),
        Wish::CallOff(id) => format!("cancel {}", name(*id)),
        Wish::Withdraw(id) => format!("withdraw {}", name(*id)),
        Wish::Readdress { who: whom, address } => format!("address {} {}", who(*whom), address.as_str()),
        Wish::Resend(whom) => format!("resend {}", who(*whom)),
        Wish::Note(_) => "note".to_owned(),
        Wish::StopChase => "stop_chase".to_owned(),
        Wish::Status => "status".to_owned(),
        Wish::Timeline => {
            let mut all = std::iter::once(&case.batch).chain(&case.others);
            let number = order.batch.and_then(|id| usize::try_from(id.0 / 100).ok());
            let batch = number.and_then(|number| all.nth(number));
            format!("timeline {}", batch.map_or("", |one| one.reference.as_str()))
        }
        Wish::Report(project) => format!("report {}", project.as_deref().unwrap_or_default()),
        Wish::Help => "help".to_owned(),
        Wish::Undo => "undo".to_owned(),
    }
}

/// The reasons of an expected pass.
fn reasons(value: &Value) -> Vec<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let all = value
        .get("reasons")
        .and_then(Value::as_array)
        .filter(|_| text("decision") == "pass");
    let all = all.into_iter().flatten().filter_map(Value::as_str);
    all.map(|reason| format!("{} {reason}", text("candidate"))).collect()
}

/// An order expected, in the same words.
fn expected(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| -> Vec<String> {
        let all = value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        all.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let doing = text("do");
    match doing.as_str() {
        "pause" => format!("pause {}", text("until")),
        "decide" => format!("decide {} {}", text("candidate"), text("decision")),
        "times" => format!("times {} {}", text("candidate"), list("slots").join(" ")),
        "book" | "move" => format!("{doing} {} {}", text("candidate"), text("at")),
        "cancel" | "withdraw" => format!("{doing} {}", text("candidate")),
        "address" => format!("address {} {}", text("who"), text("address")),
        "resend" => format!("resend {}", text("who")),
        "timeline" => format!("timeline {}", text("reference")),
        "report" => format!("report {}", text("project")),
        _ => doing,
    }
}
