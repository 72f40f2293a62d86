//! Reads answers of clients from JSON lines.
//!
//! In: `{id, text, candidates: [{ref, name, summary}], lang}` per line. Out: `{id, decisions, other, band}` per line.

use std::io::{self, BufRead, Write};

use chrono::Utc;
use serde::{Deserialize, Serialize};

use crate::message::OwnText;
use crate::model::{Decision, SubmissionId};
use crate::reply::{Asked, AskedAbout, Band, DoubtKind, Question, Reply, Says, Weights, read, read_leaning};

/// A case: a text, the letter it answers, and the reading expected, if there is one.
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    pub(super) id: String,
    pub(super) text: String,
    candidates: Vec<Candidate>,
    #[serde(default)]
    pub(super) lang: String,
    pub(super) expected: Option<Expected>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    #[serde(rename = "ref")]
    number: i64,
    name: String,
    #[serde(default)]
    summary: String,
}

/// The readings that are right.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Expected {
    pub(super) decisions: Vec<Gold>,
    pub(super) other: Vec<String>,
    pub(super) other_ok: Vec<String>,
    pub(super) ask_ok: bool,
    pub(super) must_ask: bool,
    pub(super) human_ok: bool,
    pub(super) alternatives: Vec<Vec<Gold>>,
}

/// A decision of an accepted reading.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Gold {
    pub(super) candidate: i64,
    pub(super) decision: Decision,
    #[serde(default)]
    pub(super) reasons: Vec<String>,
    #[serde(default)]
    pub(super) reasons_ok: Vec<String>,
}

/// What was read.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    id: String,
    pub(super) decisions: Vec<Decided>,
    pub(super) other: Vec<&'static str>,
    pub(super) band: &'static str,
}

/// A decision that was read.
#[derive(Debug, Serialize)]
pub(super) struct Decided {
    pub(super) candidate: i64,
    pub(super) decision: Decision,
    pub(super) reasons: Vec<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    condition: bool,
    pub(super) band: &'static str,
}

/// Reads every line of `input` and writes one reading per line.
pub fn decide(input: impl BufRead, mut out: impl Write) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Input = serde_json::from_str(&line)?;
        serde_json::to_writer(&mut out, &answer(&case))?;
        writeln!(out)?;
    }
    Ok(())
}

/// What the letter of a case asked, and the own text of its answer.
pub(super) fn letter(case: &Input) -> (Asked, OwnText) {
    let asked = Asked {
        candidates: case
            .candidates
            .iter()
            .map(|one| AskedAbout {
                submission: SubmissionId(one.number),
                name: one.name.clone(),
                summary: one.summary.clone(),
                open: true,
                meant: None,
            })
            .collect(),
        question: Question::Decision,
        today: Utc::now().date_naive(),
    };
    let own = OwnText {
        text: case.text.trim().to_owned(),
        ..OwnText::default()
    };
    (asked, own)
}

/// Reads one case.
pub(super) fn answer(case: &Input) -> Output {
    let (asked, own) = letter(case);
    output(case.id.clone(), &read(&own, "", &asked))
}

/// Reads one case with other weights for the leaning.
pub(super) fn answer_leaning(case: &Input, weights: &Weights) -> Output {
    let (asked, own) = letter(case);
    output(case.id.clone(), &read_leaning(&own, "", &asked, || weights))
}

/// All cases of a file; every one must say what is expected.
pub(super) fn cases(file: impl BufRead) -> io::Result<Vec<(Input, Expected)>> {
    let mut out = Vec::new();
    for line in file.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let mut case: Input = serde_json::from_str(&line)?;
        let Some(expected) = case.expected.take() else {
            let message = format!("{}: no `expected` to score against", case.id);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        };
        out.push((case, expected));
    }
    Ok(out)
}

fn output(id: String, reply: &Reply) -> Output {
    let mut decisions = Vec::new();
    let mut other = Vec::new();
    for finding in &reply.findings {
        match &finding.says {
            Says::Decide {
                submission,
                decision,
                condition,
                follow_up,
            } => {
                if follow_up.is_some() {
                    other.push("follow_up_later");
                }
                decisions.push(Decided {
                    candidate: submission.0,
                    decision: *decision,
                    reasons: reasons(reply, *submission),
                    condition: condition.is_some(),
                    band: band(finding.band),
                });
            }
            Says::Because { .. } | Says::Confirm(_) | Says::Times { .. } | Says::Attends { .. } => {}
            Says::Question => other.push("question"),
            Says::Request => other.push("request_info"),
            Says::Available => other.push("availability"),
            Says::Complaint => other.push("complaint"),
            Says::OtherBusiness => other.push("off_topic"),
            Says::PassedOn => other.push("forward_notice"),
            Says::WrongPerson => other.push("wrong_person"),
            Says::Stop => other.push("stop"),
            Says::Later { .. } => other.push("follow_up_later"),
            Says::Thanks => other.push("thanks"),
        }
    }
    other.sort_unstable();
    other.dedup();
    let asks = reply
        .doubts
        .iter()
        .any(|doubt| decisions.is_empty() || !matches!(doubt.kind, DoubtKind::Unclear));
    let worst = if asks || decisions.iter().any(|one| one.band == band(Band::Ask)) {
        Band::Ask
    } else if decisions.is_empty() && reply.findings.iter().any(|finding| finding.band == Band::Human) {
        Band::Human
    } else {
        Band::Act
    };
    Output {
        id,
        decisions,
        other,
        band: band(worst),
    }
}

fn reasons(reply: &Reply, of: SubmissionId) -> Vec<&'static str> {
    let mut about = Vec::new();
    for finding in &reply.findings {
        if let Says::Because { submission, reason } = &finding.says
            && *submission == of
        {
            about.push(reason.name());
        }
    }
    about
}

const fn band(band: Band) -> &'static str {
    match band {
        Band::Act => "act",
        Band::Ask => "ask",
        Band::Human => "human",
    }
}
