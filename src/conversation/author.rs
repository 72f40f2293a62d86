//! Whose doing something in a timeline is: a person, a program, or replyd itself.

use super::{Conversation, Deadline, Event, Party, Side};
use crate::model::{Mailbox, SubmissionId};

/// Whose doing it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Author {
    /// Nobody's: a time came, or replyd drew a conclusion.
    #[default]
    Replyd,
    /// Whoever handed the batch in.
    Agency,
    /// The contact at the client, or a machine that answers for them.
    Client,
    /// A candidate, or a machine that answers for them.
    Candidate(SubmissionId),
    /// An interviewer beside the contact, by position in the batch.
    Interviewer(u8),
    /// A recruiter, as shown in the timeline.
    Recruiter(String),
    /// A program, by the name of its key of the API.
    Program(String),
    /// A mail server: it took a letter, or refused it.
    MailServer,
}

/// What stands before the name of a key where a recruiter's name stands otherwise.
const PROGRAM: &str = "api:";

impl Author {
    /// Whose word it is that brings an event about.
    #[must_use]
    pub fn of(event: &Event, conversation: &Conversation) -> Self {
        let parked = |message: i64| conversation.parked.iter().find(|one| one.message == message);
        match event {
            Event::Submitted => Self::Agency,
            Event::SubmissionSent | Event::Undeliverable { .. } => Self::MailServer,
            Event::Viewed { .. }
            | Event::Undone { .. }
            | Event::AutoReplied { .. }
            | Event::FreshLinkAsked
            | Event::CvCodeAsked { .. }
            | Event::CvsOpened => Self::Client,
            Event::Replied { by, reply, .. } => {
                let about = reply.findings.iter().find_map(|finding| finding.says.about());
                Self::side(*by, about.or_else(|| conversation.submissions.first().map(|one| one.id)))
            }
            Event::Confirmed { message, .. } => parked(*message).map_or(Self::Client, |one| {
                Self::side(one.by, one.reply.findings.iter().find_map(|finding| finding.says.about()))
            }),
            Event::GoOnPressed(said) => Self::Recruiter(said.by.clone()),
            Event::CandidateAway { submission, .. } => Self::Candidate(*submission),
            Event::InterviewerAway { interviewer, .. } => Self::Interviewer(*interviewer),
            Event::CounterUnread { submission, by, .. } | Event::InterviewLinkAsked { submission, by } => {
                Self::side(*by, Some(*submission))
            }
            Event::Steered { by, .. } => Self::steers(by),
            Event::Ordered { recruiter, .. } | Event::OrderAnswered { recruiter, .. } => {
                let mailbox = conversation.batch.recruiters.get(usize::from(*recruiter));
                Self::Recruiter(mailbox.map(Mailbox::shown).unwrap_or_default())
            }
            // What the client pressed is acted on some seconds later.
            Event::DeadlinePassed(Deadline::Receipt) => Self::Client,
            Event::NeedsPerson { .. }
            | Event::Erased { .. }
            | Event::ZoneRulesChanged { .. }
            | Event::LetterDied { .. }
            | Event::NudgedAlong { .. }
            | Event::DeadlinePassed(_) => Self::Replyd,
        }
    }

    /// Whoever gives a command, by the name under which they do.
    #[must_use]
    pub fn steers(by: &str) -> Self {
        match by.strip_prefix(PROGRAM) {
            Some(key) => Self::Program(key.to_owned()),
            None => Self::Recruiter(by.to_owned()),
        }
    }

    /// The name under which a program gives commands.
    #[must_use]
    pub fn program(key: &str) -> String {
        format!("{PROGRAM}{key}")
    }

    /// A side of an interview; a candidate nobody can tell is nobody.
    #[must_use]
    pub fn side(side: Side, of: Option<SubmissionId>) -> Self {
        match (side, of) {
            (Side::Client, _) => Self::Client,
            (Side::Interviewer(n), _) => Self::Interviewer(n),
            (Side::Candidate, Some(id)) => Self::Candidate(id),
            (Side::Candidate, None) => Self::Replyd,
        }
    }

    /// A word for it that does not change.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Replyd => "replyd",
            Self::Agency => "agency",
            Self::Client => "client",
            Self::Candidate(_) => "candidate",
            Self::Interviewer(_) => "interviewer",
            Self::Recruiter(_) => "recruiter",
            Self::Program(_) => "program",
            Self::MailServer => "mail_server",
        }
    }

    /// Their name, as far as there is one.
    #[must_use]
    pub fn name(&self, of: &Conversation) -> String {
        let party = match self {
            Self::Replyd | Self::Agency | Self::MailServer => return String::new(),
            Self::Recruiter(name) | Self::Program(name) => return name.clone(),
            Self::Client => Party::Client,
            Self::Candidate(id) => Party::Candidate(*id),
            Self::Interviewer(n) => Party::Interviewer(*n),
        };
        party.mailbox(of).map(|mailbox| mailbox.name.to_string()).unwrap_or_default()
    }
}

impl Party {
    /// Name and address, as they are now.
    #[must_use]
    pub fn mailbox(self, of: &Conversation) -> Option<&Mailbox> {
        match self {
            Self::Client => Some(&of.batch.contact.mailbox),
            Self::Candidate(id) => of.candidate(id).map(|one| &one.mailbox),
            Self::Interviewer(n) => of.interviewer(n).map(|one| &one.mailbox),
            Self::Recruiter(n) => of.batch.recruiters.get(usize::from(n)),
        }
    }
}
