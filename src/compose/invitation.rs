//! The calendar part of a letter: an invitation, its change, its CANCEL, or a no to a proposed time.   RFC 5545, 5546, 6047
//!
//! In: a letter and its reader. Out: a calendar file, read back by another parser and compared.
//! Never here: an address or a number of the other side, or anybody invited but the reader.

use chrono::Duration;

use super::view::Scene;
use super::{Refusal, words};
use crate::calendar::{self, Method};
use crate::conversation::{Content, InterviewKind, Project, Side};
use crate::model::{Mailbox, Slot, SubmissionId};

/// How long before the start a calendar is to ring. The reminders by mail come earlier.
const ALARM: Duration = Duration::minutes(15);

/// A calendar file as a part of a mail.
pub(super) struct CalendarPart {
    /// METHOD, and the `method` parameter of the part (RFC 6047 2.4).
    pub(super) method: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl Scene<'_> {
    /// What a letter puts into its reader's calendar; `None` for letters that change nothing there. `organizer` is the letter's From, where
    /// answers are read.
    pub(super) fn calendar(&self, says: &Content, reader: &Mailbox, organizer: &Mailbox) -> Result<Option<CalendarPart>, Refusal> {
        let (submission, slot, sequence, method) = match says {
            Content::Invitation {
                submission,
                slot,
                sequence,
                ..
            } => (*submission, slot, *sequence, Method::Request),
            Content::CalledOff {
                submission,
                slot,
                sequence,
                ..
            } => (*submission, slot, *sequence, Method::Cancel),
            Content::StaysAsIs {
                submission,
                slot,
                sequence,
                counter: true,
            } => (*submission, slot, *sequence, Method::DeclineCounter),
            Content::Submission
            | Content::Receipt { .. }
            | Content::DidYouMean { .. }
            | Content::ConfirmSender { .. }
            | Content::ConfirmDeputy { .. }
            | Content::Nudge { .. }
            | Content::FollowUp { .. }
            | Content::Withdrawn { .. }
            | Content::Feedback { .. }
            | Content::AskReasons { .. }
            | Content::FreshLink
            | Content::CvCode { .. }
            | Content::AskTimes { .. }
            | Content::OfferTimes { .. }
            | Content::Reminder { .. }
            | Content::StaysAsIs { .. }
            | Content::NotHeld { .. }
            | Content::AskOutcome { .. }
            | Content::Notice(_) => return Ok(None),
        };
        let ink = self.ink;
        let meeting = self.meeting(submission)?;
        let project = &self.conversation.batch.project;
        let invitation = calendar::Invitation {
            method,
            uid: ink.keyring.uid(submission, meeting.side.entry(), &ink.message_id_domain),
            sequence,
            stamp: self.now,
            organizer: organizer.clone(),
            attendee: reader.clone(),
            start: slot.start,
            end: slot.end,
            summary: format!("Interview: {}, {}", meeting.with, project.title),
            description: match method {
                Method::Cancel if matches!(says, Content::CalledOff { without_you: true, .. }) => {
                    "The interview takes place without you.".to_owned()
                }
                Method::Cancel => "The interview is called off.".to_owned(),
                Method::DeclineCounter => "The interview stays as it is.".to_owned(),
                Method::Request | Method::Add => self.description(submission, slot)?,
            },
            location: place(project, meeting.side),
            conference: (project.interview == InterviewKind::Video).then(|| project.place.to_string()),
            alarms: vec![ALARM],
            may_counter: true,
        };
        let bytes = invitation.bytes();
        calendar::check(&bytes, &invitation)?;
        Ok(method.written().map(|method| CalendarPart { method, bytes }))
    }

    /// What there is to know when only the entry is at hand.
    fn description(&self, submission: SubmissionId, slot: &Slot) -> Result<String, Refusal> {
        let meeting = self.meeting(submission)?;
        let project = &self.conversation.batch.project;
        let mut lines = vec![
            format!("Interview with {}: {}; {}", meeting.with, project.title, words::interview(project)),
            String::new(),
        ];
        lines.extend(meeting.both_clocks(slot));
        lines.push(String::new());
        lines.extend(self.details(meeting.side));
        lines.extend([
            String::new(),
            "Another time, or cancel:".to_owned(),
            self.desk.interview(submission),
        ]);
        let contacts = self.contacts();
        if !contacts.is_empty() {
            lines.extend([String::new(), "Questions:".to_owned()]);
            lines.extend(contacts);
        }
        lines.extend([String::new(), self.conversation.reference().to_string()]);
        Ok(lines.join("\n"))
    }
}

/// Where: as the batch says, else what is known of it.
fn place(project: &Project, side: Side) -> String {
    let unsaid = match (project.interview, side) {
        (InterviewKind::Video, _) => "Video call; the link follows",
        (InterviewKind::Phone, _) => "Phone call",
        (InterviewKind::OnSite, Side::Client | Side::Interviewer(_)) => "At your place",
        (InterviewKind::OnSite, Side::Candidate) => "On site; the address follows",
    };
    match project.place.is_empty() {
        true => unsaid.to_owned(),
        false => project.place.to_string(),
    }
}
