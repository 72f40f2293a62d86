//! Scores readings of mails that hand candidates in against what is expected of them.
//!
//! In: JSON lines `{id, from, subject, body, attachments, expect}`, one mail each; what stands in `expect` is told by the help of
//! `replyd lab score-handin`. Out: for each field how often it was hit, missed and wrong, how many mails are wholly right, how many hold
//! anything wrong, and the worst.
//! A value is *hit* when it is the one expected, or when none is and none was read; *missed* when it was said to be missing although it is
//! there; *wrong* when it is another than the one expected. A mail is *wholly right* when client, contact, role, and each candidate's name,
//! address and CV are.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::handin::{HandIn, Interview, read};
use crate::message::{Border, own_text};
use crate::reply::fold;

/// A mail and what it hands in.
#[derive(Debug, Deserialize)]
struct Case {
    id: String,
    from: String,
    #[serde(default)]
    subject: String,
    body: String,
    #[serde(default)]
    attachments: Vec<String>,
    expect: Expected,
}

#[derive(Debug, Deserialize)]
struct Expected {
    client: Option<String>,
    #[serde(default)]
    contact: Named,
    /// Compared where a line has it, with nulls for nobody.
    backup: Option<Named>,
    role: Option<String>,
    #[serde(default)]
    candidates: Vec<Person>,
    interview: Option<String>,
    minutes: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
struct Named {
    name: Option<String>,
    address: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Person {
    name: Option<String>,
    address: Option<String>,
    cv: Option<String>,
    phone: Option<String>,
    zone: Option<String>,
    /// What is said of them, where it is looked at; empty when nothing is.
    summary: Option<String>,
}

/// How often a field was read how.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Counts {
    /// As expected.
    pub hit: usize,
    /// Said to be missing although it is there.
    pub missed: usize,
    /// Another value than the one expected.
    pub wrong: usize,
}

/// The figures of a file.
#[derive(Debug, Default, Serialize)]
pub struct Scores {
    /// All mails.
    pub mails: usize,
    /// Client, contact, role, and each candidate's name, address and CV as expected.
    pub right: usize,
    /// Mails with a wrong value anywhere.
    pub with_wrong: usize,
    /// Values compared.
    pub values: usize,
    /// Values that are wrong.
    pub wrong: usize,
    /// By field.
    pub fields: BTreeMap<&'static str, Counts>,
    /// The mails that are not right, those with something wrong first.
    pub not_right: Vec<NotRight>,
}

/// A mail that was not read as expected.
#[derive(Debug, Serialize)]
pub struct NotRight {
    /// Something in it is wrong.
    pub wrong: bool,
    /// Something in it that makes a mail wholly right is not.
    pub short: bool,
    /// Which mail.
    pub id: String,
    /// Field, what was expected, what was read.
    pub faults: Vec<(&'static str, String, String)>,
}

/// Fields without which a mail is not wholly right.
const WHOLE: [&str; 8] = [
    "client",
    "contact name",
    "contact address",
    "role",
    "candidate",
    "address",
    "cv",
    "extra",
];

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
        let at = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {what}", number + 1));
        let case: Case = serde_json::from_str(&line).map_err(|error| at(&error.to_string()))?;
        let draft = drafted(&case).ok_or_else(|| at("the mail cannot be parsed"))?;
        scores.add(&case, &draft);
    }
    scores.not_right.sort_by_key(|one| (!one.wrong, !one.short));
    Ok(scores)
}

fn drafted(case: &Case) -> Option<HandIn> {
    let head = format!(
        "From: {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
        case.from, case.body
    );
    let message = crate::message::read(head.as_bytes(), &Border::default()).ok()?;
    Some(read(&own_text(&message, &[]), &message, &case.subject, &case.attachments))
}

/// As values are compared: letters without accents and case, single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().map(fold).collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

const fn kind(interview: Interview) -> &'static str {
    match interview {
        Interview::Video => "video",
        Interview::Phone => "phone",
        Interview::OnSite => "on_site",
    }
}

impl Scores {
    fn add(&mut self, case: &Case, draft: &HandIn) {
        let mut faults = Vec::new();
        let mut any_wrong = false;
        let mut compare = |field: &'static str, expected: Option<String>, said: Option<String>| {
            let counts = self.fields.entry(field).or_default();
            self.values += 1;
            if expected == said {
                counts.hit += 1;
                return;
            }
            if said.is_none() {
                counts.missed += 1;
            } else {
                counts.wrong += 1;
                self.wrong += 1;
                any_wrong = true;
            }
            faults.push((field, expected.unwrap_or_default(), said.unwrap_or_default()));
        };
        let expected = &case.expect;
        let text = |said: Option<&String>| said.map(|text| plain(text));
        compare(
            "client",
            text(expected.client.as_ref()),
            text(draft.client.as_ref().map(|said| &said.value)),
        );
        compare(
            "contact name",
            text(expected.contact.name.as_ref()),
            text(draft.contact.name.as_ref().map(|said| &said.value)),
        );
        let address = draft.contact.address.as_ref().map(|said| said.value.as_str().to_lowercase());
        compare(
            "contact address",
            expected.contact.address.as_ref().map(|one| one.to_lowercase()),
            address,
        );
        if let Some(backup) = &expected.backup {
            compare(
                "backup name",
                text(backup.name.as_ref()),
                text(draft.backup.name.as_ref().map(|said| &said.value)),
            );
            compare(
                "backup address",
                backup.address.as_ref().map(|one| one.to_lowercase()),
                draft.backup.address.as_ref().map(|said| said.value.as_str().to_lowercase()),
            );
        }
        compare(
            "role",
            text(expected.role.as_ref()),
            text(draft.role.as_ref().map(|said| &said.value)),
        );
        let mut used = vec![false; draft.candidates.len()];
        for person in &expected.candidates {
            let called = |one: &crate::handin::Candidate| one.name.as_ref().map(|said| plain(&said.value)) == text(person.name.as_ref());
            let at = draft.candidates.iter().position(called);
            let read = at.and_then(|at| draft.candidates.get(at));
            if let Some(used) = at.and_then(|at| used.get_mut(at)) {
                *used = true;
            }
            compare(
                "candidate",
                text(person.name.as_ref()),
                read.and_then(|one| one.name.as_ref()).map(|said| plain(&said.value)),
            );
            let Some(read) = read else { continue };
            compare(
                "address",
                person.address.as_ref().map(|one| one.to_lowercase()),
                read.address.as_ref().map(|said| said.value.as_str().to_lowercase()),
            );
            compare("cv", person.cv.clone(), read.cv.and_then(|at| case.attachments.get(at)).cloned());
            compare(
                "phone",
                person.phone.as_ref().map(|one| digits(one)),
                read.phone.as_ref().map(|said| digits(&said.value)),
            );
            compare(
                "zone",
                person.zone.clone(),
                read.zone.as_ref().map(|said| said.value.name().to_owned()),
            );
            if let Some(summary) = &person.summary {
                let said = |text: &str| Some(plain(text)).filter(|text| !text.is_empty());
                compare("summary", said(summary), said(&read.summary));
            }
        }
        for (one, _) in draft.candidates.iter().zip(&used).filter(|(_, used)| !**used) {
            compare(
                "extra",
                None,
                Some(one.name.as_ref().map_or_else(String::new, |said| said.value.clone())),
            );
        }
        compare(
            "interview",
            expected.interview.clone(),
            draft.interview.as_ref().map(|said| kind(said.value).to_owned()),
        );
        compare(
            "minutes",
            expected.minutes.map(|one| one.to_string()),
            draft.minutes.as_ref().map(|said| said.value.to_string()),
        );
        let short = faults.iter().any(|(field, _, _)| WHOLE.contains(field));
        self.mails += 1;
        self.right += usize::from(!short);
        self.with_wrong += usize::from(any_wrong);
        if !faults.is_empty() {
            self.not_right.push(NotRight {
                wrong: any_wrong,
                short,
                id: case.id.clone(),
                faults,
            });
        }
    }

    /// As people read it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, worst: usize, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "mails {}   wholly right {}   with anything wrong {}   wrong values {} of {}",
            self.mails, self.right, self.with_wrong, self.wrong, self.values
        )?;
        for (field, Counts { hit, missed, wrong }) in &self.fields {
            writeln!(out, "  {field:<16} hit {hit:4}   missed {missed:3}   wrong {wrong:3}")?;
        }
        for one in self.not_right.iter().take(worst) {
            let how = if one.wrong {
                "WRONG"
            } else if one.short {
                "short"
            } else {
                "small"
            };
            writeln!(out, "{how} {}", one.id)?;
            for (field, expected, read) in &one.faults {
                writeln!(out, "    {field}: expected {expected:?}, read {read:?}")?;
            }
        }
        Ok(())
    }
}
