//! A recruiter's mail that hands candidates in → [`HandIn`]; their answer to its preview → [`Correction`].
//!
//! In: the displayed body with its labelled spans, the message's author, the subject, and the names of the attached files. Out: each field
//! with the words it rests on, what is missing, and what could be two things. Reading never fails. Both together make a [`Draft`], which is
//! answered until it is sent or dropped.
//! Never here: I/O, a clock, a guess. What is not said is missing; a wrong address would send somebody's CV to a stranger.

mod backup;
mod correct;
mod draft;
mod entry;
mod files;
mod firm;
mod forwarded;
mod interview;
mod labels;
mod lines;
mod page;
mod people;
mod phone;
mod places;
mod prose;
mod release;
mod role;
mod scan;
mod settle;
mod tables;
mod words;
mod wrapped;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::message::{Author, Message, OwnText};
use crate::model::Address;
use crate::reply::Words;

pub use correct::{Change, Correction, Order, correct, correct_typed};
pub use draft::{Because, Draft, Fault, File, Next, State, USUAL_MINUTES};
pub use release::{Again, Held, LONGEST_BODY, LetterDraft, Then, Why, Word, harsh, held, word};

/// Files that are looked at.
const MOST_FILES: usize = 60;
/// Characters of a file's name that are.
const LONGEST_NAME: usize = 200;

/// A value and the words it rests on: bytes of [`OwnText::shown`], empty when they stood in the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said<T> {
    /// What.
    pub value: T,
    /// The words.
    pub words: Words,
}

/// What a mail hands in, as far as it says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandIn {
    /// The company.
    pub client: Option<Said<String>>,
    /// Whom the letter is for.
    pub contact: Contact,
    /// Who is asked when the contact does not answer. Most mails name nobody.
    #[serde(default)]
    pub backup: Contact,
    /// What the candidates are put forward for.
    pub role: Option<Said<String>>,
    /// In the order of the mail.
    pub candidates: Vec<Candidate>,
    /// How they are to meet.
    pub interview: Option<Said<Interview>>,
    /// How long.
    pub minutes: Option<Said<u32>>,
    /// Where, or by which link.
    pub location: Option<Said<String>>,
    /// A message to the client.
    pub note: Option<Said<String>>,
    /// What a batch needs and the mail does not say.
    pub missing: Vec<Missing>,
    /// What could be two things, to be asked.
    pub doubts: Vec<Doubt>,
}

/// The person at the client.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Full name without titles.
    pub name: Option<Said<String>>,
    /// Mail address.
    pub address: Option<Said<Address>>,
}

/// Somebody put forward.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Full name without titles; a candidate without one is known by the address alone.
    pub name: Option<Said<String>>,
    /// Mail address.
    pub address: Option<Said<Address>>,
    /// As written.
    pub phone: Option<Said<String>>,
    /// Where they live.
    pub zone: Option<Said<Zone>>,
    /// What the client is to read about them; may be empty.
    pub summary: String,
    /// Which of the attached files is their CV.
    pub cv: Option<usize>,
}

/// Ways to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interview {
    /// A video call.
    Video,
    /// A telephone call.
    Phone,
    /// At the client's.
    OnSite,
}

/// What a batch needs and the mail does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The company.
    Client,
    /// The contact's name.
    ContactName,
    /// The contact's address.
    ContactAddress,
    /// The role.
    Role,
    /// Anybody at all.
    Candidates,
    /// The address of a candidate, by place in [`HandIn::candidates`].
    Address(usize),
    /// The name of a candidate, by place in [`HandIn::candidates`].
    Name(usize),
    /// What the client is to read about a candidate. A mail may hand in a CV alone; only a [`Draft`] lacks the words.
    Summary(usize),
}

/// Something to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What is in doubt.
    pub about: About,
    /// The words.
    pub words: Words,
}

/// What can be in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// Several companies.
    Client,
    /// Several people the letter could be for.
    Contact,
    /// Several roles.
    Role,
    /// One address for several people, or several for one.
    Address,
    /// Several files, or one that several people share.
    File,
    /// More or fewer people than the mail counts.
    Count,
    /// A person who is neither clearly a candidate nor clearly not.
    Person,
    /// Longer than anybody writes by hand: the rest was not read.
    Length,
}

/// Reads a mail that hands in candidates. `files` are the names of what is attached.
#[must_use]
pub fn read(own: &OwnText, message: &Message, subject: &str, files: &[String]) -> HandIn {
    let author = match &message.author {
        Author::One(mailbox) => Some(mailbox),
        Author::Unknown => None,
    };
    let files: Vec<String> = files
        .iter()
        .take(MOST_FILES)
        .map(|name| name.chars().take(LONGEST_NAME).collect())
        .collect();
    let files = files.as_slice();
    let text = wrapped::joined(own);
    let mut page = page::Page::of(own, &text, subject, author);
    let forwarded = forwarded::read(&page);
    let mut found = people::Found::default();
    tables::read(&mut page, &mut found);
    lines::read(&mut page, &mut found);
    prose::read(&page, files, forwarded.as_ref(), &mut found);
    let mut says = settle::settle(&page, found, forwarded.as_ref(), files);
    says.rest_on(&own.shown);
    says
}

impl HandIn {
    /// The words that fields rest on, as they stand in the body.
    fn rest_on(&mut self, shown: &str) {
        fn one<T>(said: &mut Option<Said<T>>, shown: &str) {
            if let Some(said) = said {
                words(&mut said.words, shown);
            }
        }
        fn words(words: &mut Words, shown: &str) {
            if let Some(text) = shown.get(words.range.clone()).filter(|text| !text.is_empty()) {
                text.clone_into(&mut words.text);
            }
        }
        for person in [&mut self.contact, &mut self.backup] {
            one(&mut person.name, shown);
            one(&mut person.address, shown);
        }
        one(&mut self.client, shown);
        one(&mut self.role, shown);
        one(&mut self.interview, shown);
        one(&mut self.minutes, shown);
        one(&mut self.location, shown);
        one(&mut self.note, shown);
        for person in &mut self.candidates {
            one(&mut person.name, shown);
            one(&mut person.address, shown);
            one(&mut person.phone, shown);
            one(&mut person.zone, shown);
        }
        for doubt in &mut self.doubts {
            words(&mut doubt.words, shown);
        }
    }
}
