//! What a recruiter tells of a client's answer in words that the tables do not have: "she'd rather see Ana than Ben".
//!
//! In: the sentences that nothing was made of. Out: decisions, each with its sentence, and reasons. The client's words come in the third person;
//! they are put into the first, as the client would have written them, and read as a client's answer is ([`crate::reply::read`]).
//! Never here: a decision that is not sure, or about somebody whom the sentence does not name.

use std::sync::LazyLock;

use regex::Regex;

use super::people::{bytes, named};
use super::reader::Reader;
use super::{Asked, Decision, OnDesk, Question, Reason, SubmissionId, table};
use crate::message::OwnText;
use crate::reply::{Band, Says};

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

/// Decisions in these sentences, each with its sentence.
pub(super) fn read(reader: &Reader<'_>, batch: &OnDesk, lines: &[usize]) -> Vec<(usize, SubmissionId, Decision)> {
    let text: Vec<String> = lines.iter().map(|at| first_person(reader, *at)).collect();
    let text = text.join(" .\n");
    if text.trim().is_empty() {
        return Vec::new();
    }
    let reply = crate::reply::read(&own(text), "", reader.asked);
    let mut found = Vec::new();
    for finding in &reply.findings {
        let Says::Decide {
            submission,
            decision,
            condition: None,
            ..
        } = &finding.says
        else {
            continue;
        };
        let at = batch.candidates.iter().position(|(one, _)| one.submission == *submission);
        let line = lines.iter().find(|number| {
            reader.lines.get(**number).is_some_and(|line| {
                let who = named(&line.mentions, &line.tokens);
                // What stands beside a time is about the interview.
                let sure = line.written.signs("~").next().is_none() && !line.asks && table::is("told_freely", &line.written.text);
                sure && at.is_some_and(|at| who.contains(&at))
            })
        });
        if let Some(line) = line.filter(|_| finding.band == Band::Act) {
            found.push((*line, *submission, *decision));
        }
    }
    found
}

/// The reasons that a sentence and the one behind it give for passing on somebody.
pub(super) fn reasons(reader: &Reader<'_>, submission: SubmissionId, line: usize) -> Vec<Reason> {
    let Some(about) = reader.asked.candidates.iter().find(|one| one.submission == submission) else {
        return Vec::new();
    };
    let nobody = |number: usize| reader.lines.get(number).is_some_and(|line| line.mentions.is_empty());
    let mut text = of_one(reader, line, submission);
    if nobody(line + 1) {
        text.push_str(" .\n");
        text.push_str(&first_person(reader, line + 1));
    }
    let asked = Asked {
        candidates: vec![about.clone()],
        question: Question::Reasons(submission),
        today: reader.asked.today,
    };
    let reply = crate::reply::read(&own(text), "", &asked);
    let mut reasons: Vec<Reason> = Vec::new();
    for reason in reply.findings.iter().filter_map(|one| one.reason(submission)) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// The part of a sentence that is about one candidate: from their name to the next one's.
fn of_one(reader: &Reader<'_>, number: usize, submission: SubmissionId) -> String {
    let Some(line) = reader.lines.get(number) else {
        return String::new();
    };
    let at = reader.asked.candidates.iter().position(|one| one.submission == submission);
    let is_theirs = |one: &&super::Mention| at.is_some_and(|at| named(std::slice::from_ref(*one), &one.tokens).contains(&at));
    let Some(mention) = line.mentions.iter().find(is_theirs) else {
        return first_person(reader, number);
    };
    let next = line
        .mentions
        .iter()
        .find(|one| one.tokens.start > mention.tokens.start && !is_theirs(one));
    // "pass on Ben and Carl, too junior": a list shares its reasons.
    let near = next.filter(|next| next.tokens.start > mention.tokens.end + 2);
    let end = near.map_or(line.tokens.end, |next| next.tokens.start);
    let start = if line.mentions.first().is_some_and(|first| is_theirs(&first)) {
        line.tokens.start
    } else {
        mention.tokens.start
    };
    put_first(reader.text.get(bytes(&reader.all, &(start..end))).unwrap_or_default())
}

/// Nothing but thanks and the like, or nothing at all.
pub(super) fn is_small_talk(reader: &Reader<'_>) -> bool {
    if reader.text.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() {
        return true;
    }
    let nobody = Asked {
        candidates: Vec::new(),
        question: Question::Decision,
        today: reader.asked.today,
    };
    let reply = crate::reply::read(&own(reader.text.to_owned()), "", &nobody);
    reply.doubts.is_empty() && reply.findings.iter().all(|one| one.says == Says::Thanks)
}

fn own(text: String) -> OwnText {
    OwnText {
        text,
        ..OwnText::default()
    }
}

/// "Petra would like to meet Ana" → "I would like to meet Ana".
fn first_person(reader: &Reader<'_>, number: usize) -> String {
    let Some(line) = reader.lines.get(number) else {
        return String::new();
    };
    let whole = bytes(&reader.all, &line.tokens);
    let mut text = String::new();
    let mut at = whole.start;
    for client in line.written.signs("&") {
        let client = bytes(&reader.all, &client);
        text.push_str(reader.text.get(at..client.start).unwrap_or_default());
        text.push_str("the client");
        at = client.end;
    }
    text.push_str(reader.text.get(at..whole.end).unwrap_or_default());
    put_first(&text)
}

fn put_first(text: &str) -> String {
    let mut text = text.to_owned();
    for (regex, meant) in TABLE.iter() {
        text = regex.replace_all(&text, meant.as_str()).into_owned();
    }
    text
}
