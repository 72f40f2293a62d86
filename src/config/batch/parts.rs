//! A batch file as written: its tables and keys. What they mean is the business of the module above.

use serde::Deserialize;

use super::super::reasons::ReasonPart;
use crate::conversation::InterviewKind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchFile {
    /// The submitter's own key: the same file handed in twice makes one batch.
    #[serde(default)]
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) note: String,
    pub(super) client: ClientPart,
    pub(super) project: ProjectPart,
    /// May be none: then nobody gets copies and nobody is told when a person is needed.
    #[serde(default)]
    pub(super) recruiters: Vec<RecruiterPart>,
    #[serde(default)]
    pub(super) candidates: Vec<CandidatePart>,
    /// Who else at the client talks to the candidates.
    #[serde(default)]
    pub(super) interviewers: Vec<InterviewerPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientPart {
    pub(super) name: String,
    pub(super) contact: PersonPart,
    /// Who is asked when the contact does not answer.
    #[serde(default)]
    pub(super) backup: Option<BackupPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupPart {
    pub(super) name: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonPart {
    pub(super) name: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) zone: Option<String>,
    #[serde(default)]
    pub(super) calendar: Option<CalendarPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InterviewerPart {
    pub(super) name: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) zone: Option<String>,
    #[serde(default = "yes")]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) calendar: Option<CalendarPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecruiterPart {
    pub(super) name: String,
    pub(super) email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectPart {
    pub(super) title: String,
    #[serde(default = "video")]
    pub(super) interview: InterviewKind,
    #[serde(default = "three_quarters")]
    pub(super) duration_min: u32,
    #[serde(default)]
    pub(super) place: String,
    #[serde(default)]
    pub(super) directions: String,
    #[serde(default = "yes")]
    pub(super) contact_attends: bool,
    /// Reasons for a pass in the words of this project.
    #[serde(default)]
    pub(super) reasons: Vec<ReasonPart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CandidatePart {
    pub(super) name: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) phone: Option<String>,
    #[serde(default)]
    pub(super) zone: Option<String>,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) cv: Option<CvPart>,
    #[serde(default)]
    pub(super) calendar: Option<CalendarPart>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the address of a calendar, or { url, kind } with the kind \"ics\" or \"caldav\"; one that needs a login is listed in config.toml under [[calendars.person]]"
)]
pub(super) enum CalendarPart {
    /// A file of events; empty for somebody who has none any more.
    Ics(String),
    Asked(AskedPart),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedPart {
    pub(super) url: String,
    #[serde(default)]
    pub(super) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a file's name, or { name, content } with the content in base64")]
pub(super) enum CvPart {
    /// A file, relative to the batch file.
    File(String),
    Inline(InlinePart),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InlinePart {
    pub(super) name: String,
    pub(super) content: String,
}

const fn video() -> InterviewKind {
    InterviewKind::Video
}

const fn yes() -> bool {
    true
}

const fn three_quarters() -> u32 {
    45
}
