//! Batch files: what a recruiter hands in, as TOML or JSON.

mod draft;
mod parts;
mod place;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::reasons;
use super::text::{ConfigError, parse_json, parse_toml};
use crate::calendar::Zone;
use crate::conversation::{Attachment, Batch, Candidate, Contact, InterviewKind, Interviewer, MOST_INTERVIEWERS, Policy, Project};
use crate::link::sha256_hex;
use crate::model::{Address, Feed, FeedKind, HeaderText, Mailbox, SubmissionId, is_printed};
use crate::store::NewBatch;
pub use draft::batch_of_draft;
use parts::{AskedPart, BatchFile, CalendarPart, CvPart, InlinePart, ProjectPart};
use place::line_of;

/// Largest CV taken, in octets: larger mail is refused by most servers.
const LARGEST_CV: u64 = 10 << 20;
/// More candidates than anybody reads in one mail.
const MOST_CANDIDATES: usize = 20;
/// Longest directions to an interview, in characters.
const LONGEST_DIRECTIONS: usize = 1_000;
/// Longest key of the submitter's own, in characters.
const LONGEST_KEY: usize = 200;
/// Longest summary, in characters: with twenty of these the letter stays below Gmail's limit.
const LONGEST_SUMMARY: usize = 2_000;

const NO_SUMMARY: &str = "is empty; it is all the client reads about them";
const LONG_SUMMARY: &str = "is longer than 2,000 characters; put the rest into the CV";

/// What is wrong with a batch, and in which field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {what}")]
pub struct BatchError {
    /// Such as `candidates[1].email`; empty for the whole.
    pub field: String,
    /// What is wrong with it and what to do.
    pub what: String,
    /// It could not even be read as JSON.
    pub malformed: bool,
    /// What stands in the field, to find its line.
    value: String,
}

impl BatchError {
    /// The field as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn pointer(&self) -> String {
        let parts = self.field.split(['.', '[']).filter(|part| !part.is_empty());
        let parts = parts.map(|part| part.trim_end_matches(']').replace('~', "~0").replace('/', "~1"));
        parts.map(|part| format!("/{part}")).collect()
    }
}

/// Reads a batch that came as JSON by itself: CVs stand in it, in base64.
///
/// # Errors
/// Names the field and the fix.
pub fn parse_batch(json: &[u8], zone: Zone, policy: &Policy) -> Result<NewBatch, BatchError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let unread = |field: String, error: &serde_json::Error| BatchError {
        // How it writes the root, and a place it could not name.
        field: field.trim_end_matches(['.', '?']).to_owned(),
        what: error.to_string(),
        malformed: !error.is_data(),
        value: String::new(),
    };
    let file: BatchFile = serde_path_to_error::deserialize(&mut reader).map_err(|error| unread(error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| unread(String::new(), &error))?;
    Check { folder: None }.batch(file, zone, policy)
}

/// Reads a batch file (`.json` is JSON, anything else TOML) and the CVs it names.
///
/// # Errors
/// Names the file, the line, the field and the fix.
pub fn read_batch(path: &Path, zone: Zone, policy: &Policy) -> Result<NewBatch, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::new(path, format!("cannot be read: {error}")))?;
    let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let file: BatchFile = if json { parse_json(path, &text)? } else { parse_toml(path, &text)? };
    let folder = path.parent().unwrap_or(Path::new("."));
    let read = Check { folder: Some(folder) }.batch(file, zone, policy);
    read.map_err(|error| {
        let place = line_of(&text, json, &error.field, &error.value).map(|line| format!("line {line}: "));
        ConfigError::new(path, format!("{}{error}", place.unwrap_or_default()))
    })
}

/// Warnings for CVs that show a candidate's own address or phone to whoever can read their bytes as text. A CV is attached as given.
#[must_use]
pub fn contact_data_in_cvs(new: &NewBatch) -> Vec<String> {
    let mut warnings = Vec::new();
    for candidate in &new.batch.candidates {
        let Some(cv) = &candidate.cv else { continue };
        let Some((_, bytes)) = new.files.iter().find(|(sha256, _)| *sha256 == cv.sha256) else {
            continue;
        };
        if holds_contact_data(&String::from_utf8_lossy(bytes), candidate) {
            warnings.push(format!(
                "{} holds contact data of {}; the client will see it",
                cv.name, candidate.mailbox.name
            ));
        }
    }
    warnings
}

/// What a client may read about a candidate, of what somebody wrote.
///
/// # Errors
/// What is wrong with it, and the fix.
pub fn summary(text: &str, candidate: &Candidate) -> Result<String, &'static str> {
    let kept = plain(text);
    if kept.is_empty() {
        return Err(NO_SUMMARY);
    }
    if text.chars().count() > LONGEST_SUMMARY {
        return Err(LONG_SUMMARY);
    }
    if holds_contact_data(&kept, candidate) {
        return Err("holds the candidate's address or phone, and the client reads it");
    }
    Ok(kept)
}

/// Whether a text shows a candidate's own address or phone, however it is spaced.
fn holds_contact_data(text: &str, candidate: &Candidate) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let address = candidate.mailbox.address.as_str().to_lowercase();
    let phone = candidate.phone.as_ref().map(|phone| digits(phone.as_str()));
    let phone = phone.filter(|phone| phone.len() >= 7);
    text.to_lowercase().contains(&address) || phone.is_some_and(|phone| digits(text).contains(&phone))
}

/// A link that mail programs and calendars can open.
fn is_link(text: &str) -> bool {
    text.strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// Turns fields into meaning; errors say where.
struct Check<'a> {
    /// Where CVs lie that are named by their file; `None` when no file may be named.
    folder: Option<&'a Path>,
}

impl Check<'_> {
    fn batch(&self, file: BatchFile, agency: Zone, policy: &Policy) -> Result<NewBatch, BatchError> {
        if file.recruiters.len() > 20 {
            return Err(self.wrong("recruiters", "", "are more than 20"));
        }
        if file.candidates.is_empty() {
            return Err(self.wrong("candidates", "", "needs at least one"));
        }
        if file.candidates.len() > MOST_CANDIDATES {
            return Err(self.wrong(
                "candidates",
                "",
                "are more than 20; nobody reads that many in one mail: make several batches",
            ));
        }
        if !(5..=600).contains(&file.project.duration_min) {
            return Err(self.wrong(
                "project.duration_min",
                &file.project.duration_min.to_string(),
                "is not between 5 and 600 minutes",
            ));
        }
        let contact = self.person("client.contact", &file.client.contact.name, &file.client.contact.email)?;
        let (contact_zone, zone_assumed) = self.zone("client.contact.zone", file.client.contact.zone.as_deref(), agency)?;
        let mut recruiters: Vec<Mailbox> = Vec::new();
        for (index, one) in file.recruiters.iter().enumerate() {
            let recruiter = self.person(&format!("recruiters[{index}]"), &one.name, &one.email)?;
            if recruiter.address == contact.address || recruiters.iter().any(|other| other.address == recruiter.address) {
                return Err(self.wrong(
                    &format!("recruiters[{index}].email"),
                    &one.email,
                    "is somebody else's address in this batch",
                ));
            }
            recruiters.push(recruiter);
        }
        let mut calendars = Vec::new();
        if let Some(part) = &file.client.contact.calendar {
            calendars.push((contact.address.clone(), self.calendar("client.contact.calendar", part)?));
        }
        let mut files = Vec::new();
        let mut candidates: Vec<Candidate> = Vec::new();
        for (index, one) in file.candidates.iter().enumerate() {
            let field = |name: &str| format!("candidates[{index}].{name}");
            let mailbox = Mailbox {
                name: self.text(&field("name"), &one.name)?,
                address: self.address(&field("email"), &one.email)?,
            };
            let taken = |other: &Mailbox| other.address == mailbox.address;
            if taken(&contact) || recruiters.iter().any(taken) || candidates.iter().any(|other| taken(&other.mailbox)) {
                return Err(self.wrong(&field("email"), &one.email, "is somebody else's address in this batch"));
            }
            if candidates.iter().any(|other| other.mailbox.name == mailbox.name) {
                let what = "is another candidate's name too: an answer could not tell them apart; add a middle name or a city";
                return Err(self.wrong(&field("name"), &one.name, what));
            }
            if one.summary.trim().is_empty() {
                return Err(self.wrong(&field("summary"), "", NO_SUMMARY));
            }
            if one.summary.chars().count() > LONGEST_SUMMARY {
                return Err(self.wrong(&field("summary"), "", LONG_SUMMARY));
            }
            let (zone, zone_assumed) = self.zone(&field("zone"), one.zone.as_deref(), agency)?;
            let cv = one.cv.as_ref().map(|cv| self.cv(&field("cv"), cv, &mut files)).transpose()?;
            if let Some(part) = &one.calendar {
                calendars.push((mailbox.address.clone(), self.calendar(&field("calendar"), part)?));
            }
            candidates.push(Candidate {
                submission: SubmissionId(0),
                mailbox,
                phone: one.phone.as_deref().map(HeaderText::new).filter(|phone| !phone.is_empty()),
                zone,
                zone_assumed,
                summary: plain(&one.summary),
                cv,
            });
        }
        let taken: Vec<&Mailbox> = recruiters
            .iter()
            .chain(candidates.iter().map(|one| &one.mailbox))
            .chain([&contact])
            .collect();
        let interviewers = self.interviewers(&file, agency, &taken)?;
        for (index, (one, part)) in interviewers.iter().zip(&file.interviewers).enumerate() {
            if let Some(part) = &part.calendar {
                let field = format!("interviewers[{index}].calendar");
                calendars.push((one.mailbox.address.clone(), self.calendar(&field, part)?));
            }
        }
        let backup = self.backup(&file, agency, &taken, &interviewers)?;
        let project = self.project(&file.project, &contact.address, &interviewers, &candidates)?;
        let batch = Batch {
            client: self.text("client.name", &file.client.name)?,
            contact: Contact {
                mailbox: contact,
                zone: contact_zone,
                zone_assumed,
            },
            backup,
            project,
            recruiters,
            candidates,
            interviewers,
            contact_attends: file.project.contact_attends,
            note: plain(&file.note),
        };
        let key = file.key.filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.chars().count() > LONGEST_KEY) {
            return Err(self.wrong("key", "", "is longer than 200 characters"));
        }
        Ok(NewBatch {
            batch,
            policy: policy.clone(),
            key,
            files,
            calendars,
        })
    }

    /// Where somebody's calendar is; `None` for an empty address.
    fn calendar(&self, field: &str, part: &CalendarPart) -> Result<Option<Feed>, BatchError> {
        let (place, url, kind) = match part {
            CalendarPart::Ics(url) => (field.to_owned(), url, None),
            CalendarPart::Asked(AskedPart { url, kind }) => (format!("{field}.url"), url, kind.as_deref()),
        };
        let kind = FeedKind::of(kind.unwrap_or("ics")).ok_or_else(|| {
            let what = format!("{:?} is not one of ics, caldav", kind.unwrap_or_default());
            self.wrong(&format!("{field}.kind"), kind.unwrap_or_default(), &what)
        })?;
        if url.trim().is_empty() {
            return Ok(None);
        }
        Feed::parse(kind, url)
            .map(Some)
            .map_err(|error| self.wrong(&place, url, &error.to_string()))
    }

    /// Who is asked when the contact does not answer: nobody else of the batch.
    fn backup(
        &self,
        file: &BatchFile,
        agency: Zone,
        taken: &[&Mailbox],
        interviewers: &[Interviewer],
    ) -> Result<Option<Contact>, BatchError> {
        let Some(part) = &file.client.backup else { return Ok(None) };
        let mailbox = self.person("client.backup", &part.name, &part.email)?;
        let mut others = taken.iter().copied().chain(interviewers.iter().map(|one| &one.mailbox));
        if others.any(|other| other.address == mailbox.address) {
            return Err(self.wrong("client.backup.email", &part.email, "is somebody else's address in this batch"));
        }
        let (zone, zone_assumed) = self.zone("client.backup.zone", part.zone.as_deref(), agency)?;
        Ok(Some(Contact {
            mailbox,
            zone,
            zone_assumed,
        }))
    }

    /// Who is to be there beside the contact. Somebody must.
    fn interviewers(&self, file: &BatchFile, agency: Zone, taken: &[&Mailbox]) -> Result<Vec<Interviewer>, BatchError> {
        if file.interviewers.len() > MOST_INTERVIEWERS {
            return Err(self.wrong(
                "interviewers",
                "",
                "are more than 8 beside the contact; so many find no time together: name those who decide",
            ));
        }
        let mut interviewers: Vec<Interviewer> = Vec::new();
        for (index, one) in file.interviewers.iter().enumerate() {
            let field = format!("interviewers[{index}]");
            let mailbox = self.person(&field, &one.name, &one.email)?;
            if taken
                .iter()
                .copied()
                .chain(interviewers.iter().map(|other| &other.mailbox))
                .any(|other| other.address == mailbox.address)
            {
                return Err(self.wrong(&format!("{field}.email"), &one.email, "is somebody else's address in this batch"));
            }
            let (zone, zone_assumed) = self.zone(&format!("{field}.zone"), one.zone.as_deref(), agency)?;
            interviewers.push(Interviewer {
                mailbox,
                zone,
                zone_assumed,
                required: one.required,
            });
        }
        if !file.project.contact_attends && !interviewers.iter().any(|one| one.required) {
            let what = "is false, so somebody else must be there: name at least one of [[interviewers]] with required = true";
            return Err(self.wrong("project.contact_attends", "false", what));
        }
        Ok(interviewers)
    }

    fn project(
        &self,
        part: &ProjectPart,
        contact: &Address,
        interviewers: &[Interviewer],
        candidates: &[Candidate],
    ) -> Result<Project, BatchError> {
        let place = HeaderText::new(&part.place);
        if part.interview == InterviewKind::Video && !place.is_empty() && !is_link(place.as_str()) {
            let what = "is no link: for a video call give https://…, or leave it out and send the link yourself";
            return Err(self.wrong("project.place", &part.place, what));
        }
        if part.directions.chars().count() > LONGEST_DIRECTIONS {
            return Err(self.wrong("project.directions", "", "are longer than 1,000 characters"));
        }
        for (field, text) in [("project.place", place.as_str()), ("project.directions", part.directions.as_str())] {
            if let Some(whose) = candidates.iter().find(|one| holds_contact_data(text, one)) {
                let what = format!("holds the address or phone of {}, and the client reads it", whose.mailbox.name);
                return Err(self.wrong(field, "", &what));
            }
            let text = text.to_lowercase();
            if text.contains(&contact.as_str().to_lowercase()) {
                return Err(self.wrong(field, "", "holds the contact's address, and the candidates read it"));
            }
            if let Some(one) = interviewers
                .iter()
                .find(|one| text.contains(&one.mailbox.address.as_str().to_lowercase()))
            {
                let what = format!("holds the address of {}, and the candidates read it", one.mailbox.name);
                return Err(self.wrong(field, "", &what));
            }
        }
        Ok(Project {
            title: self.text("project.title", &part.title)?,
            interview: part.interview,
            duration_min: part.duration_min,
            place,
            directions: plain(&part.directions),
            reasons: reasons::checked(&part.reasons).map_err(|(at, what)| self.wrong(&format!("project.reasons[{at}]"), "", &what))?,
        })
    }

    fn person(&self, field: &str, name: &str, email: &str) -> Result<Mailbox, BatchError> {
        Ok(Mailbox {
            name: self.text(&format!("{field}.name"), name)?,
            address: self.address(&format!("{field}.email"), email)?,
        })
    }

    fn text(&self, field: &str, value: &str) -> Result<HeaderText, BatchError> {
        let text = HeaderText::new(value);
        if text.is_empty() {
            Err(self.wrong(field, value, "must not be empty"))
        } else {
            Ok(text)
        }
    }

    fn address(&self, field: &str, value: &str) -> Result<Address, BatchError> {
        Address::parse(value).map_err(|error| self.wrong(field, value, &format!("{value:?}: {error}")))
    }

    fn zone(&self, field: &str, value: Option<&str>, agency: Zone) -> Result<(Zone, bool), BatchError> {
        match value {
            None => Ok((agency, true)),
            Some(name) => name
                .parse()
                .map(|zone| (zone, false))
                .map_err(|error: crate::calendar::ZoneError| self.wrong(field, name, &error.to_string())),
        }
    }

    fn cv(&self, field: &str, cv: &CvPart, files: &mut Vec<(String, Vec<u8>)>) -> Result<Attachment, BatchError> {
        let (name, bytes) = match (cv, self.folder) {
            (CvPart::File(name), Some(folder)) => (name, read_file(&folder.join(name)).map_err(|what| self.wrong(field, name, &what))?),
            (CvPart::File(name), None) => {
                let what = "must be an object { name, content } with the file's content in base64; names of files mean nothing here";
                return Err(self.wrong(field, name, what));
            }
            (CvPart::Inline(InlinePart { name, content }), _) => {
                let what = |what: &str| self.wrong(&format!("{field}.content"), "", what);
                // As `base64` writes it: in lines.
                let dense: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
                let bytes = BASE64.decode(&dense).map_err(|error| what(&format!("is not base64: {error}")))?;
                match bytes.len() as u64 {
                    0 => return Err(what("is empty")),
                    1..=LARGEST_CV => (name, bytes),
                    _ => return Err(what(TOO_LARGE)),
                }
            }
        };
        self.attachment(field, name, bytes, files)
    }

    /// A CV whose bytes are at hand.
    fn attachment(&self, field: &str, name: &str, bytes: Vec<u8>, files: &mut Vec<(String, Vec<u8>)>) -> Result<Attachment, BatchError> {
        let path = Path::new(name);
        let media_type = match path
            .extension()
            .and_then(|extension| extension.to_str())
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("pdf") => "application/pdf",
            Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Some("doc") => "application/msword",
            Some("odt") => "application/vnd.oasis.opendocument.text",
            Some("rtf") => "application/rtf",
            Some("txt") => "text/plain",
            Some(_) | None => {
                let what = "is not a CV people can open: use pdf, docx, doc, odt, rtf or txt";
                return Err(self.wrong(field, name, what));
            }
        };
        let sha256 = sha256_hex(&bytes);
        let size = bytes.len() as u64;
        let shown = path.file_name().unwrap_or_default().to_string_lossy();
        files.push((sha256.clone(), bytes));
        Ok(Attachment {
            name: HeaderText::new(&shown),
            media_type: media_type.to_owned(),
            sha256,
            size,
        })
    }

    fn wrong(&self, field: &str, value: &str, what: &str) -> BatchError {
        BatchError {
            field: field.to_owned(),
            what: what.to_owned(),
            malformed: false,
            value: value.to_owned(),
        }
    }
}

const TOO_LARGE: &str = "is larger than 10 MiB; most mail servers refuse that";

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| {
        let shown = path.display();
        if error.kind() == std::io::ErrorKind::NotFound {
            format!("names {shown}, and there is no such file; correct it (a name is relative to the batch file), or leave `cv` out")
        } else {
            format!("names {shown}, which cannot be read: {error}")
        }
    };
    if std::fs::metadata(path).map_err(told)?.len() > LARGEST_CV {
        return Err(TOO_LARGE.to_owned());
    }
    std::fs::read(path).map_err(told)
}

/// Text as people type it: LF line ends, nothing that is not printed but those.
fn plain(text: &str) -> String {
    let kept = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let kept: String = kept.chars().filter(|c| *c == '\n' || is_printed(*c)).collect();
    kept.trim().to_owned()
}
