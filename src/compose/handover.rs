//! An interview that a recruiter is to arrange: what is known so far, and a letter they could write.
//!
//! In: the conversation as it stands. Out: lines of plain text.
//! Never here: how to reach one side, in words meant for the other.

use super::interview::spelled;
use super::words;
use crate::calendar::Zone;
use crate::conversation::{Candidate, Conversation, Interview, InterviewStatus, Order, Side};
use crate::model::{HeaderText, Slot, SubmissionId, Timestamp};

/// Times of one side that are told, at the most.
const TOLD: usize = 8;

/// A draft, and for whom it is.
pub(super) struct Draft {
    pub(super) whom: String,
    pub(super) lines: Vec<String>,
}

/// The two who are to meet.
struct Pair<'a> {
    conversation: &'a Conversation,
    candidate: &'a Candidate,
    interview: &'a Interview,
    now: Timestamp,
}

impl<'a> Pair<'a> {
    fn of(conversation: &'a Conversation, id: SubmissionId, now: Timestamp) -> Option<Self> {
        Some(Self {
            conversation,
            candidate: conversation.candidate(id)?,
            interview: conversation.submission(id)?.interview.as_ref()?,
            now,
        })
    }

    fn name(&self, side: Side) -> &'a HeaderText {
        match side {
            Side::Client => &self.conversation.batch.contact.mailbox.name,
            Side::Candidate => &self.candidate.mailbox.name,
            Side::Interviewer(n) => {
                let contact = &self.conversation.batch.contact.mailbox.name;
                self.conversation.interviewer(n).map_or(contact, |one| &one.mailbox.name)
            }
        }
    }

    fn zone(&self, side: Side) -> Zone {
        self.conversation.zone_of(side.party(self.candidate.submission))
    }

    /// When a side can, as a clock in `zone` shows it: what is still ahead.
    fn times(&self, side: Side, zone: Zone) -> Vec<String> {
        let attendee = self.interview.attendee(side);
        let Some(can) = attendee.can.as_ref().or(attendee.names.as_ref()) else {
            return Vec::new();
        };
        let ahead = can.from(self.now);
        let slots = ahead.iter().take(TOLD).map(|(start, end)| Slot { start, end });
        slots.map(|slot| shown(zone, &slot)).collect()
    }
}

/// What each side said, what was offered and what was agreed, each in the zone of whom it is about.
pub(super) fn story(conversation: &Conversation, id: SubmissionId, now: Timestamp) -> Vec<String> {
    let Some(pair) = Pair::of(conversation, id, now) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for side in pair.interview.sides() {
        let times = pair.times(side, pair.zone(side));
        if !times.is_empty() {
            lines.push(format!("{} can: {}", pair.name(side), times.join("; ")));
        }
    }
    let zone = pair.zone(Side::Client);
    let offered: Vec<String> = pair
        .interview
        .slots
        .iter()
        .rev()
        .take(TOLD)
        .rev()
        .map(|slot| shown(zone, slot))
        .collect();
    if !offered.is_empty() {
        lines.push(format!("Offered: {}", offered.join("; ")));
    }
    if let Some(slot) = &pair.interview.booked {
        lines.push(format!("Agreed: {}", shown(zone, slot)));
    }
    if let Some(slot) = &pair.interview.was_booked {
        lines.push(format!("Agreed, and does not hold any more: {}", shown(zone, slot)));
    }
    lines
}

/// What a recruiter could write to whoever has to say something next; `None` when that is nobody.
pub(super) fn draft(conversation: &Conversation, id: SubmissionId, now: Timestamp) -> Option<Draft> {
    let pair = Pair::of(conversation, id, now)?;
    let knows = |side| !pair.times(side, Zone::UTC).is_empty();
    let whom = match pair.interview.status {
        InterviewStatus::Cancelled | InterviewStatus::Completed => return None,
        InterviewStatus::NoShow => Side::Candidate,
        InterviewStatus::Proposed | InterviewStatus::Scheduled | InterviewStatus::Confirmed | InterviewStatus::Rescheduled => {
            match (knows(Side::Client), knows(Side::Candidate), conversation.policy.scheduling.order) {
                (false, true, _) | (false, false, Order::Client) => Side::Client,
                (true, _, _) | (false, false, Order::Candidate | Order::Both | Order::Nobody) => Side::Candidate,
            }
        }
    };
    let project = &conversation.batch.project;
    let with = match whom {
        Side::Client | Side::Interviewer(_) => pair.name(Side::Candidate),
        Side::Candidate => &conversation.batch.client,
    };
    let mut lines = vec![format!("Hi {},", words::first_name(pair.name(whom))), String::new()];
    let times = pair.times(whom.other(), pair.zone(whom));
    if pair.interview.status == InterviewStatus::NoShow {
        lines.push(format!(
            "We heard that your interview with {with} ({}) did not take place. What happened?",
            project.title
        ));
        lines.push("If you are still interested, tell me when you could, and I will ask for another time.".to_owned());
    } else if times.is_empty() {
        lines.push(format!(
            "We would like to arrange your interview with {with} ({}): {}.",
            project.title,
            words::meeting(project)
        ));
        lines.push("When could you? Two or three times are enough.".to_owned());
    } else {
        lines.push(format!(
            "For your interview with {with} ({}), {}, these times are possible:",
            project.title,
            words::meeting(project)
        ));
        lines.extend(times.into_iter().map(|time| format!("- {time}")));
        lines.push("Does one of them suit you? If not, when else could you?".to_owned());
    }
    Some(Draft {
        whom: pair.name(whom).to_string(),
        lines,
    })
}

fn shown(zone: Zone, slot: &Slot) -> String {
    let (day, clock) = spelled(zone, slot);
    format!("{day}, {clock}")
}
