//! Reads answers of clients from JSON lines and scores the readings against expected ones.
//!
//! In: `{id, text, candidates: [{ref, name, summary}], lang}` per line. Out: `{id, decisions, other, band}` per line, or the scores.
//! Precision of what would be acted on comes first, coverage after it: a wrong action costs more than a question.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};

use chrono::Utc;
use serde::{Deserialize, Serialize};

use crate::message::OwnText;
use crate::model::{Decision, SubmissionId};
use crate::reply::{Asked, AskedAbout, Band, DoubtKind, Question, Reply, Says, read};

#[derive(Debug, Deserialize)]
struct Input {
    id: String,
    text: String,
    candidates: Vec<Candidate>,
    expected: Option<Expected>,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    #[serde(rename = "ref")]
    number: i64,
    name: String,
    #[serde(default)]
    summary: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Expected {
    decisions: Vec<Gold>,
    other: Vec<String>,
    other_ok: Vec<String>,
    ask_ok: bool,
    must_ask: bool,
    human_ok: bool,
    alternatives: Vec<Vec<Gold>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Gold {
    candidate: i64,
    decision: Decision,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    reasons_ok: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Output {
    id: String,
    decisions: Vec<Decided>,
    other: Vec<&'static str>,
    band: &'static str,
}

#[derive(Debug, Serialize)]
struct Decided {
    candidate: i64,
    decision: Decision,
    reasons: Vec<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    condition: bool,
    band: &'static str,
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

fn answer(case: &Input) -> Output {
    let asked = Asked {
        candidates: case
            .candidates
            .iter()
            .map(|one| AskedAbout {
                submission: SubmissionId(one.number),
                name: one.name.clone(),
                summary: one.summary.clone(),
                open: true,
            })
            .collect(),
        question: Question::Decision,
        today: Utc::now().date_naive(),
    };
    let own = OwnText {
        text: case.text.trim().to_owned(),
        ..OwnText::default()
    };
    output(case.id.clone(), &read(&own, "", &asked))
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
                ..
            } => decisions.push(Decided {
                candidate: submission.0,
                decision: *decision,
                reasons: reasons(reply, *submission),
                condition: condition.is_some(),
                band: band(finding.band),
            }),
            Says::Because { .. } | Says::Confirm(_) => {}
            Says::Question => other.push("question"),
            Says::WrongPerson => other.push("wrong_person"),
            Says::Stop => other.push("stop"),
            Says::Later { .. } => other.push("follow_up_later"),
            Says::Thanks => other.push("thanks"),
        }
    }
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

type Reading = BTreeMap<i64, Decision>;

#[derive(Debug, Default)]
struct Score {
    replies: usize,
    acted: usize,
    acted_right: usize,
    right: usize,
    harm: Vec<String>,
    flips: usize,
    deciding: usize,
    covered: usize,
    done: usize,
    needless: Vec<String>,
    reasons: Counts,
    other: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    hit: usize,
    extra: usize,
    missed: usize,
}

impl Counts {
    fn f1(&self) -> f64 {
        let all = 2 * self.hit + self.extra + self.missed;
        percent(2 * self.hit, all)
    }
}

/// Reads every line of `file` and writes the scores, the precision of what would be acted on first.
pub fn score_decide(file: impl BufRead, mut out: impl Write) -> io::Result<()> {
    let mut score = Score::default();
    for line in file.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let case: Input = serde_json::from_str(&line)?;
        let Some(expected) = &case.expected else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: no `expected` to score against", case.id),
            ));
        };
        score.add(&answer(&case), expected);
    }
    score.write(&mut out)
}

impl Score {
    fn add(&mut self, output: &Output, expected: &Expected) {
        let gold = reading(&expected.decisions);
        let mut accepted = vec![gold];
        accepted.extend(expected.alternatives.iter().map(|list| reading(list)));
        let all: Reading = output.decisions.iter().map(|one| (one.candidate, one.decision)).collect();
        let acted: Reading = output
            .decisions
            .iter()
            .filter(|one| one.band == "act")
            .map(|one| (one.candidate, one.decision))
            .collect();
        let within = |reading: &Reading| acted.iter().all(|(who, what)| reading.get(who) == Some(what));
        let safe = accepted.iter().any(within);
        let nearest = accepted
            .iter()
            .max_by_key(|reading| all.iter().filter(|(who, what)| reading.get(who) == Some(what)).count());

        self.replies += 1;
        self.acted += acted.len();
        self.acted_right += acted
            .iter()
            .filter(|(who, what)| nearest.and_then(|reading| reading.get(who)) == Some(what))
            .count();
        let asked_rightly = (expected.ask_ok || expected.must_ask) && output.band == "ask"
            || (expected.human_ok || expected.must_ask) && output.band == "human";
        let exact = accepted.contains(&all) && !expected.must_ask;
        self.right += usize::from(exact || asked_rightly && safe);
        if !safe {
            self.harm.push(output.id.clone());
            let flipped = acted.iter().any(|(who, what)| {
                let said = nearest.and_then(|reading| reading.get(who));
                matches!(
                    (what, said),
                    (Decision::Interested, Some(Decision::Pass)) | (Decision::Pass, Some(Decision::Interested))
                )
            });
            self.flips += usize::from(flipped);
        }
        if !expected.decisions.is_empty() && !expected.must_ask {
            self.deciding += 1;
            self.covered += usize::from(
                accepted
                    .iter()
                    .any(|reading| !reading.is_empty() && reading.keys().all(|who| acted.contains_key(who))),
            );
            self.done += usize::from(accepted.contains(&acted));
        }
        let allowed = expected.ask_ok || expected.must_ask || expected.human_ok;
        if output.band != "act" && !allowed {
            self.needless.push(output.id.clone());
        }
        for gold in expected.decisions.iter().filter(|gold| gold.decision != Decision::Interested) {
            let said: BTreeSet<&str> = output
                .decisions
                .iter()
                .filter(|one| one.candidate == gold.candidate)
                .flat_map(|one| one.reasons.iter().copied())
                .collect();
            self.reasons.add(&said, &gold.reasons, &gold.reasons_ok);
        }
        let said: BTreeSet<&str> = output.other.iter().copied().collect();
        self.other.add(&said, &expected.other, &expected.other_ok);
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "act-band precision   {:6.1} %   {} of {} decisions acted on",
            percent(self.acted_right, self.acted),
            self.acted_right,
            self.acted
        )?;
        writeln!(
            out,
            "harm                 {:6.1} %   {} of {} replies, {} flips: {}",
            percent(self.harm.len(), self.replies),
            self.harm.len(),
            self.replies,
            self.flips,
            self.harm.join(" ")
        )?;
        writeln!(
            out,
            "coverage             {:6.1} %   {} of {} replies with a decision",
            percent(self.covered, self.deciding),
            self.covered,
            self.deciding
        )?;
        writeln!(
            out,
            "done                 {:6.1} %   {} of {}",
            percent(self.done, self.deciding),
            self.done,
            self.deciding
        )?;
        writeln!(
            out,
            "right                {:6.1} %   {} of {} replies",
            percent(self.right, self.replies),
            self.right,
            self.replies
        )?;
        writeln!(
            out,
            "asked needlessly     {:6.1} %   {}",
            percent(self.needless.len(), self.replies),
            self.needless.join(" ")
        )?;
        writeln!(out, "reason F1            {:6.1} %", self.reasons.f1())?;
        writeln!(out, "other F1             {:6.1} %", self.other.f1())
    }
}

impl Counts {
    fn add(&mut self, said: &BTreeSet<&str>, gold: &[String], also: &[String]) {
        let missing: Vec<&String> = gold.iter().filter(|one| !said.contains(one.as_str())).collect();
        let spare = said
            .iter()
            .filter(|one| also.iter().any(|ok| ok == *one) && !gold.iter().any(|gold| gold == *one))
            .count();
        self.hit += gold.len() - missing.len();
        // What may be said as well stands in for what was expected.
        let stood_in = spare.min(missing.len());
        self.hit += stood_in;
        self.missed += missing.len() - stood_in;
        self.extra += said
            .iter()
            .filter(|one| !gold.iter().any(|gold| gold == *one) && !also.iter().any(|ok| ok == *one))
            .count();
    }
}

fn reading(list: &[Gold]) -> Reading {
    list.iter().map(|one| (one.candidate, one.decision)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of replies are small")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}
