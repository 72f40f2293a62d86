//! What a recruiter handed in: who, to whom, for what. Facts, not state.

use serde::{Deserialize, Serialize};

use super::OwnReason;
use crate::calendar::Zone;
use crate::model::{HeaderText, Mailbox, SubmissionId};

/// One client contact, one project, one or more candidates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The client company.
    pub client: HeaderText,
    /// The person who decides.
    pub contact: Contact,
    /// Who is asked in their place when they do not answer and no recruiter objects.
    #[serde(default)]
    pub backup: Option<Contact>,
    /// The role.
    pub project: Project,
    /// Who gets a copy of everything and is told when a person is needed. With none, nobody is.
    pub recruiters: Vec<Mailbox>,
    /// Who is put forward, in the order of the letter. Never empty.
    pub candidates: Vec<Candidate>,
    /// Who else at the client talks to the candidates; at most [`MOST_INTERVIEWERS`].
    #[serde(default)]
    pub interviewers: Vec<Interviewer>,
    /// The contact is there as well.
    #[serde(default = "yes")]
    pub contact_attends: bool,
    /// A few words of the recruiter's own above the candidates; may be empty.
    #[serde(default)]
    pub note: String,
}

impl Batch {
    /// Everybody in it.
    pub fn people(&self) -> impl Iterator<Item = &Mailbox> + '_ {
        let candidates = self.candidates.iter().map(|one| &one.mailbox);
        let interviewers = self.interviewers.iter().map(|one| &one.mailbox);
        std::iter::once(&self.contact.mailbox)
            .chain(&self.recruiters)
            .chain(candidates)
            .chain(interviewers)
            .chain(self.backup.as_ref().map(|one| &one.mailbox))
    }
}

/// A person at the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Name and address.
    pub mailbox: Mailbox,
    /// Where they work.
    pub zone: Zone,
    /// The zone was not given and the agency's is used; the letter says so.
    #[serde(default)]
    pub zone_assumed: bool,
}

/// Interviewers beside the contact, at the most: more do not find a time by mail.
pub const MOST_INTERVIEWERS: usize = 8;

/// Somebody at the client who talks to the candidates, and decides nothing about them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interviewer {
    /// Name and address.
    pub mailbox: Mailbox,
    /// Where they work.
    pub zone: Zone,
    /// The zone was not given and the agency's is used; the letter says so.
    #[serde(default)]
    pub zone_assumed: bool,
    /// There is no interview without them; others come if they can.
    pub required: bool,
}

/// The role and the interview it leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// For instance "Senior Java developer".
    pub title: HeaderText,
    /// How the interview is held.
    pub interview: InterviewKind,
    /// Minutes.
    pub duration_min: u32,
    /// The link of a video call, who calls whom on which number, or the address on site: both sides read it. Empty while a recruiter
    /// sends it.
    #[serde(default)]
    pub place: HeaderText,
    /// How to get in, or to find it: both sides read it.
    #[serde(default)]
    pub directions: String,
    /// The reasons for a pass that its client is offered; with none those of the agency.
    #[serde(default)]
    pub reasons: Vec<OwnReason>,
}

/// How an interview is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterviewKind {
    /// By a meeting link.
    Video,
    /// Somebody calls somebody.
    Phone,
    /// At an address.
    OnSite,
}

/// A candidate as put forward in this batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The submission this candidate is in this batch.
    pub submission: SubmissionId,
    /// Name and address. The address never reaches the client.
    pub mailbox: Mailbox,
    /// Never reaches the client.
    #[serde(default)]
    pub phone: Option<HeaderText>,
    /// Where they live.
    pub zone: Zone,
    /// The zone was not given and the agency's is used.
    #[serde(default)]
    pub zone_assumed: bool,
    /// What the client reads about them. Plain text.
    pub summary: String,
    /// The CV, attached as given.
    #[serde(default)]
    pub cv: Option<Attachment>,
}

/// A file that goes out with a letter. The bytes lie in the store under their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The name the reader sees.
    pub name: HeaderText,
    /// For instance `application/pdf`.
    pub media_type: String,
    /// Lower-case hexadecimal SHA-256 of the bytes.
    pub sha256: String,
    /// Octets.
    pub size: u64,
}

const fn yes() -> bool {
    true
}
