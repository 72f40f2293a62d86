//! `replyd book`, `rearrange`, `cancel`, `withdraw`, `resend`, `address`, `pause` and `stop-chase`.

use std::path::Path;

use chrono::{Duration, NaiveDate, NaiveDateTime};
use clap::Args;

use super::{Failure, Office, print_line};
use crate::calendar::{LocalTime, Zone};
use crate::conversation::{Command, Conversation, Party};
use crate::model::{Address, ConversationId, Slot, SubmissionId};

/// Agree an interview for a time, or move it there. Both sides are invited.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd book s12 \"2026-11-24 14:00\"\n  replyd book s12 \"2026-11-24 14:00\" --zone America/New_York")]
pub(super) struct Book {
    /// A submission (s12); `replyd list` shows them.
    id: String,
    /// When it begins, such as "2026-11-24 14:00".
    at: String,
    /// By whose clocks [default: the client's].
    #[arg(long)]
    zone: Option<Zone>,
    /// Also when a pass on the candidate stands.
    #[arg(long)]
    all_the_same: bool,
}

/// Look for another time for an interview: everybody is asked anew.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd rearrange s12")]
pub(super) struct Rearrange {
    /// A submission (s12).
    id: String,
}

/// Call an interview off. Whoever has it in their calendar is told.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd cancel s12")]
pub(super) struct Cancel {
    /// A submission (s12).
    id: String,
}

/// Take a candidate back: nobody asks about them any more, and the client is told.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd withdraw s12")]
pub(super) struct Withdraw {
    /// A submission (s12).
    id: String,
}

/// Send somebody once more what they were sent last.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  replyd resend REF-7K3Q          to the client\n  replyd resend s12               to the candidate")]
pub(super) struct Resend {
    /// A batch for its client (7 or REF-7K3Q), a submission for its candidate (s12).
    id: String,
}

/// Write to somebody at another address from now on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd address REF-7K3Q ann@client.example     the client's\n  replyd address s12 ana@mail.example            the candidate's"
)]
pub(super) struct Readdress {
    /// A batch for its client (7 or REF-7K3Q), a submission for its candidate (s12).
    id: String,
    /// The address.
    address: Address,
}

/// Let nothing go out by itself before a day.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd pause REF-7K3Q 2026-11-30")]
pub(super) struct Pause {
    /// A batch (7 or REF-7K3Q) or a submission in it (s12).
    id: String,
    /// The day on which it goes on, such as 2026-11-30.
    until: NaiveDate,
}

/// Send the client no more reminders.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  replyd stop-chase REF-7K3Q")]
pub(super) struct StopChase {
    /// A batch (7 or REF-7K3Q) or a submission in it (s12).
    id: String,
}

impl Book {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let office = Office::open(config)?;
        let (id, submission) = office.submission(&self.id)?;
        let conversation = conversation(&office, id)?;
        let zone = self.zone.unwrap_or(conversation.batch.contact.zone);
        let wrong = |why: &str| Failure::Input(format!("{:?} {why}; write it as \"2026-11-24 14:00\"", self.at));
        let local = NaiveDateTime::parse_from_str(self.at.trim(), "%Y-%m-%d %H:%M").map_err(|_| wrong("is no time"))?;
        let start = match zone.instant(local) {
            LocalTime::One(at) | LocalTime::Two(at, _) => at,
            LocalTime::None => return Err(wrong(&format!("does not exist in {}: the clocks jump over it", zone.name()))),
        };
        if start <= office.clock.now() {
            return Err(wrong("is past"));
        }
        let slot = Slot {
            start,
            end: start + Duration::minutes(i64::from(conversation.batch.project.duration_min)),
        };
        office.steer_despite(id, Command::Book { submission, slot }, self.all_the_same)?;
        print_line(&format!("s{submission}: {}", zone.spelled(start)))
    }
}

impl Rearrange {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        of_submission(
            config,
            &self.id,
            |submission| Command::Rearrange { submission },
            "another time is looked for",
        )
    }
}

impl Cancel {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        of_submission(config, &self.id, |submission| Command::CallOff { submission }, "called off")
    }
}

impl Withdraw {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        of_submission(config, &self.id, |submission| Command::Withdraw { submission }, "withdrawn")
    }
}

impl Resend {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        of_somebody(config, &self.id, |to| Command::Resend { to }, "sent once more")
    }
}

impl Readdress {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let address = self.address;
        of_somebody(config, &self.id, |who| Command::Readdress { who, address }, "noted")
    }
}

impl Pause {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        let until = self.until;
        of_somebody(
            config,
            &self.id,
            |_| Command::Pause { until },
            &format!("nothing goes out by itself before {until}"),
        )
    }
}

impl StopChase {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        of_somebody(config, &self.id, |_| Command::StopChase, "no more reminders")
    }
}

fn conversation(office: &Office, id: ConversationId) -> Result<Conversation, Failure> {
    let found = office.store.read(|tx| tx.conversation(id))?;
    found.ok_or_else(|| Failure::Input(format!("there is no batch {id}")))
}

fn of_submission(config: &Path, id: &str, command: impl FnOnce(SubmissionId) -> Command, done: &str) -> Result<(), Failure> {
    let office = Office::open(config)?;
    let (batch, submission) = office.submission(id)?;
    office.steer(batch, command(submission))?;
    print_line(&format!("s{submission}: {done}"))
}

/// A batch means its client, a submission its candidate.
fn of_somebody(config: &Path, id: &str, command: impl FnOnce(Party) -> Command, done: &str) -> Result<(), Failure> {
    let office = Office::open(config)?;
    let (batch, submission) = office.store.read(|tx| tx.meant_by(id))?;
    office.steer(batch, command(submission.map_or(Party::Client, Party::Candidate)))?;
    print_line(&format!("{}: {done}", id.trim()))
}
