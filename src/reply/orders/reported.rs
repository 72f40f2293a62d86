//! What a recruiter tells of a client's answer: "she rang, she'd love to meet Ana, Ben is too junior".
//!
//! In: what no order was made of. Out: decisions with their reasons, and what was not understood. The client's words come in the third person;
//! they are put into the first, as the client would have written them, and read as a client's answer is ([`crate::reply::read`]).
//! Never here: a decision that is not sure.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Decision, Reason, SubmissionId, Words};
use crate::message::OwnText;
use crate::reply::{Band, DoubtKind, Says, read};

/// What is left of a text.
pub(super) struct Rest {
    text: String,
}

/// What was read in it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) decided: Vec<(SubmissionId, Decision, Vec<Reason>, Words)>,
    pub(super) unread: Vec<Words>,
}

/// Words that tell of a call and say nothing of what was said in it; what a client does, and how they would say so themselves.
static TABLE: LazyLock<Vec<(Regex, String)>> = LazyLock::new(|| {
    let mut lets: Vec<(String, String)> = Vec::new();
    let mut rules = Vec::new();
    for line in include_str!("../words/reported_en.txt").lines().map(str::trim) {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let spelled = |text: &str| {
            lets.iter()
                .fold(text.to_owned(), |text, (name, options)| text.replace(name, options))
        };
        if let Some((pattern, meant)) = line
            .split_once(" => ")
            .or_else(|| line.strip_suffix(" =>").map(|pattern| (pattern, "")))
        {
            rules.extend(Regex::new(&format!("(?i){}", spelled(pattern))).map(|regex| (regex, meant.to_owned())));
        } else if let Some((name, options)) = line.split_once(" = ") {
            let spelled = spelled(options);
            lets.push((format!("{{{name}}}"), format!("(?:{spelled})")));
        }
    }
    rules
});

impl Rest {
    /// The text without the parts that were used.
    pub(super) fn new(text: &str, used: &[Range<usize>]) -> Self {
        let mut rest = String::with_capacity(text.len());
        let mut at = 0;
        let mut used = used.to_vec();
        used.sort_by_key(|range| range.start);
        for range in used.into_iter().filter(|range| range.end > range.start) {
            if range.start > at {
                rest.push_str(text.get(at..range.start).unwrap_or_default());
            }
            rest.push_str(" . ");
            at = at.max(range.end);
        }
        rest.push_str(text.get(at..).unwrap_or_default());
        Self { text: rest }
    }

    /// Nothing but thanks and the like, or nothing at all.
    pub(super) fn is_small_talk(&self) -> bool {
        let bare = self.text.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.is_empty() {
            return true;
        }
        let own = OwnText {
            text: self.text.clone(),
            ..OwnText::default()
        };
        let nobody = Asked {
            candidates: Vec::new(),
            question: super::Question::Decision,
            today: chrono::NaiveDate::default(),
        };
        let reply = read(&own, "", &nobody);
        reply.doubts.is_empty() && reply.findings.iter().all(|one| one.says == Says::Thanks)
    }

    /// Decisions about the candidates.
    pub(super) fn read(&self, asked: &Asked, client: Option<(&str, &str)>, focus: &[usize]) -> Found {
        if self.text.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() {
            return Found::default();
        }
        let mut asked = asked.clone();
        // A letter about one candidate: a bare yes is about them.
        if let [only] = focus {
            for (at, one) in asked.candidates.iter_mut().enumerate() {
                one.open &= at == *only;
            }
        }
        let own = OwnText {
            text: in_first_person(&self.text, client),
            ..OwnText::default()
        };
        let reply = read(&own, "", &asked);
        let mut found = Found::default();
        for finding in &reply.findings {
            match &finding.says {
                Says::Decide {
                    submission,
                    decision,
                    condition,
                    ..
                } if finding.band == Band::Act && condition.is_none() => {
                    let reasons = reply.findings.iter().filter_map(|one| one.reason(*submission)).collect();
                    found.decided.push((*submission, *decision, reasons, finding.words.clone()));
                }
                Says::Decide { .. } => found.unread.push(finding.words.clone()),
                Says::Question | Says::Request | Says::WrongPerson | Says::Stop | Says::Complaint | Says::PassedOn => {
                    found.unread.push(finding.words.clone());
                }
                Says::Because { .. }
                | Says::Confirm(_)
                | Says::Available
                | Says::Times { .. }
                | Says::Attends { .. }
                | Says::OtherBusiness
                | Says::Later { .. }
                | Says::Thanks => {}
            }
        }
        let serious = reply
            .doubts
            .iter()
            .filter(|doubt| matches!(doubt.kind, DoubtKind::Whom | DoubtKind::What));
        found.unread.extend(serious.map(|doubt| doubt.words.clone()));
        found
    }
}

/// "Petra would like to meet Ana" → "I would like to meet Ana".
fn in_first_person(text: &str, client: Option<(&str, &str)>) -> String {
    let mut text = text.to_owned();
    if let Some((contact, company)) = client {
        for name in [
            Some(contact),
            contact.split_whitespace().next(),
            contact.split_whitespace().last(),
            Some(company),
        ]
        .into_iter()
        .flatten()
        {
            if name.chars().count() > 1
                && let Ok(regex) = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(name)))
            {
                text = regex.replace_all(&text, "the client").into_owned();
            }
        }
    }
    for (regex, meant) in TABLE.iter() {
        text = regex.replace_all(&text, meant.as_str()).into_owned();
    }
    text
}
