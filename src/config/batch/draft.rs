//! A draft that was handed in by mail → a batch, by the very checks a batch file meets.

use super::parts::{BackupPart, BatchFile, CandidatePart, ClientPart, PersonPart, ProjectPart, RecruiterPart};
use super::{BatchError, Check};
use crate::calendar::Zone;
use crate::conversation::{InterviewKind, Policy};
use crate::handin::{Draft, Interview, Said, USUAL_MINUTES};
use crate::model::{Address, Mailbox};
use crate::store::NewBatch;

/// The batch of a draft. `files` are the bytes of all its files, in its order.
///
/// # Errors
/// What keeps it from being sent, in the words of a recruiter who wrote a mail and no file.
pub fn batch_of_draft(
    draft: &Draft,
    files: &[Vec<u8>],
    recruiter: &Mailbox,
    key: String,
    zone: Zone,
    policy: &Policy,
) -> Result<NewBatch, String> {
    let says = &draft.says;
    let text = |said: &Option<Said<String>>| said.as_ref().map(|said| said.value.clone()).unwrap_or_default();
    let address = |said: &Option<Said<Address>>| said.as_ref().map(|said| said.value.as_str().to_owned()).unwrap_or_default();
    let file = BatchFile {
        key: Some(key),
        note: text(&says.note),
        client: ClientPart {
            backup: match (&says.backup.name, &says.backup.address) {
                (Some(name), Some(address)) => Some(BackupPart {
                    name: name.value.clone(),
                    email: address.value.as_str().to_owned(),
                    zone: None,
                }),
                _ => None,
            },
            name: text(&says.client),
            contact: PersonPart {
                name: text(&says.contact.name),
                email: address(&says.contact.address),
                zone: None,
                calendar: None,
            },
        },
        project: ProjectPart {
            title: text(&says.role),
            interview: match says.interview.as_ref().map(|said| said.value) {
                None | Some(Interview::Video) => InterviewKind::Video,
                Some(Interview::Phone) => InterviewKind::Phone,
                Some(Interview::OnSite) => InterviewKind::OnSite,
            },
            duration_min: says.minutes.as_ref().map_or(USUAL_MINUTES, |said| said.value),
            place: text(&says.location),
            directions: String::new(),
            contact_attends: true,
            reasons: Vec::new(),
        },
        recruiters: vec![RecruiterPart {
            name: match recruiter.name.is_empty() {
                true => recruiter.address.local().to_owned(),
                false => recruiter.name.to_string(),
            },
            email: recruiter.address.as_str().to_owned(),
        }],
        candidates: says
            .candidates
            .iter()
            .map(|one| CandidatePart {
                name: text(&one.name),
                email: address(&one.address),
                phone: one.phone.as_ref().map(|said| said.value.clone()),
                zone: one.zone.as_ref().map(|said| said.value.name().to_owned()),
                summary: one.summary.clone(),
                cv: None,
                calendar: None,
            })
            .collect(),
        interviewers: Vec::new(),
    };
    let told = |error: BatchError| in_words(draft, &error);
    let check = Check { folder: None };
    let mut new = check.batch(file, zone, policy).map_err(told)?;
    for (at, (candidate, one)) in new.batch.candidates.iter_mut().zip(&says.candidates).enumerate() {
        let Some(cv) = one.cv else { continue };
        let (Some(file), Some(bytes)) = (draft.files.get(cv), files.get(cv)) else {
            return Err(format!("{}: the CV is not at hand any more", who(draft, at)));
        };
        candidate.cv = Some(
            check
                .attachment(&format!("candidates[{at}].cv"), &file.name, bytes.clone(), &mut new.files)
                .map_err(told)?,
        );
    }
    Ok(new)
}

fn who(draft: &Draft, at: usize) -> String {
    let one = draft.says.candidates.get(at);
    let name = one.and_then(|one| one.name.as_ref()).map(|said| said.value.clone());
    name.unwrap_or_else(|| format!("Candidate {}", at + 1))
}

/// Fields of a file by the names that people who write mails have for them.
fn in_words(draft: &Draft, error: &BatchError) -> String {
    let field = error.field.as_str();
    if let Some((at, rest)) = field.strip_prefix("candidates[").and_then(|rest| rest.split_once(']')) {
        let whose = who(draft, at.parse().unwrap_or_default());
        let what = match rest {
            ".email" => "address",
            ".name" => "name",
            ".summary" => "summary",
            ".cv" | ".cv.content" => "CV",
            ".zone" => "time zone",
            _ => "entry",
        };
        return format!("{whose}: the {what} {}", error.what);
    }
    let what = match field {
        "client.name" => "The client",
        "client.contact.name" => "The contact's name",
        "client.contact.email" => "The contact's address",
        "client.backup.name" => "The backup contact's name",
        "client.backup.email" => "The backup contact's address",
        "project.title" => "The role",
        "project.place" => "The place of the interview",
        "project.duration_min" => "The length of the interview",
        "candidates" => "The candidates",
        "recruiters[0].email" => "Your own address",
        other => other,
    };
    format!("{what} {}", error.what)
}
