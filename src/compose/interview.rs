//! What the templates of letters about an interview see.
//!
//! In: such a letter and its reader. Out: times as the reader's clock shows them, with the other side's beside them where they differ.
//! Never here: an address or a number of the other side, or anything about other candidates.

use chrono::NaiveDate;
use serde::Serialize;

use super::view::Scene;
use super::{Refusal, excerpt::quoted, words};
use crate::calendar::Zone;
use crate::conversation::{Content, InterviewKind, Party, Side, TOLD};
use crate::model::{Slot, SubmissionId};

/// The values of a letter about an interview.
#[derive(Serialize, Default)]
pub(super) struct InterviewView {
    /// With whom, as the reader may know them: the candidate's name, or the client company.
    with: String,
    /// First name of the candidate, or the company.
    with_short: String,
    /// The reader is the contact at the client; otherwise the candidate or an interviewer.
    for_client: bool,
    /// The reader is one of the interviewers beside the contact.
    for_interviewer: bool,
    /// Several are asked, each which of the times they can make.
    several: bool,
    /// It takes place, without the reader.
    without_you: bool,
    /// The contact is there; always but for a contact who leaves it to others.
    attends: bool,
    /// Who else of the client's is asked or comes, by name.
    others: String,
    /// Who of the client's cannot be there at the time that is agreed, by name; for recruiters.
    left_out: String,
    /// The contact at the client, by name.
    contact: String,
    /// The first letter they get about it: it says what this is about.
    first: bool,
    /// 2 and more are reminders.
    round: u8,
    /// Times, numbered from 1, each with its link where one can be chosen.
    times: Vec<Time>,
    /// The time that was agreed upon and does not hold any more.
    instead_of: Option<Time>,
    /// Their words that were not clear.
    unclear: Vec<String>,
    /// The ways to read those words, when there are two.
    readings: Vec<Reading>,
    /// The letter asks something.
    asks: bool,
    /// The hour is another one by somebody's clock than it was agreed for.
    corrected: bool,
    /// It answers a time that a calendar proposed.
    counter: bool,
    /// Who called it off, when it was neither the reader nor the agency.
    by: String,
    /// The reader called it off.
    by_you: bool,
    /// The day by which an answer helps.
    answer_by: String,
    /// Replies as the reader could write them.
    examples: Vec<String>,
    /// The zone in which the times of their answer are read, by its city.
    zone: String,
    /// Nobody gave us their zone, and they were not told so before.
    zone_assumed: bool,
    /// They named that zone themselves, and no letter has told them so yet.
    zone_named: bool,
    /// "a video call of 45 minutes".
    how: String,
    /// Where it is and how to get there, or who sees to it that both know: a line each.
    details: Vec<String>,
    /// The link of the call, which stands in `details` too; empty when there is none.
    join: String,
    /// The place stands in the batch.
    place_known: bool,
    /// Whom to ask: name and address of each recruiter.
    contacts: Vec<String>,
    /// The page of this interview: times, another time, calling it off.
    link: String,
}

/// A time as the reader's clock shows it.
#[derive(Serialize, Default)]
struct Time {
    number: usize,
    /// "Tuesday 24 November 2026".
    day: String,
    /// "10:00 to 10:45 (London, UTC)".
    clock: String,
    /// The same for the other side; empty where the clocks show the same.
    other: String,
    link: String,
    /// A `mailto:` that takes it; nothing where it cannot be chosen.
    mail: Option<String>,
}

/// One way to read an answer that was not clear.
#[derive(Serialize)]
struct Reading {
    times: Vec<Time>,
    link: String,
}

/// One interview, seen by one of the two who meet.
pub(super) struct Meeting {
    pub(super) submission: SubmissionId,
    pub(super) side: Side,
    /// With whom, as the reader may know them.
    pub(super) with: String,
    pub(super) with_short: String,
    /// The reader's zone.
    pub(super) own: Zone,
    /// The other side's.
    pub(super) other: Zone,
}

impl Meeting {
    fn time(&self, number: usize, slot: &Slot, link: String) -> Time {
        let (day, clock) = spelled(self.own, slot);
        Time {
            number,
            day,
            clock,
            other: self.other_clock(slot),
            link,
            mail: None,
        }
    }

    /// What the other side's clock shows; empty where it shows the same. The date stands there where it is another one.
    fn other_clock(&self, slot: &Slot) -> String {
        let (here, there) = (self.own.local(slot.start), self.other.local(slot.start));
        let (day, clock) = spelled(self.other, slot);
        if here == there && self.own.local(slot.end) == self.other.local(slot.end) {
            String::new()
        } else if here.date() == there.date() {
            clock
        } else {
            format!("{day}, {clock}")
        }
    }

    /// Both clocks, in lines of their own.
    pub(super) fn both_clocks(&self, slot: &Slot) -> Vec<String> {
        let (day, clock) = spelled(self.own, slot);
        let mut lines = vec![format!("{day}, {clock}")];
        let other = self.other_clock(slot);
        if !other.is_empty() {
            lines.push(format!("For {}: {other}", self.with_short));
        }
        lines
    }
}

impl Scene<'_> {
    /// The interview a letter is about, from its reader's side; a recruiter's copy is written as the letter is.
    pub(super) fn meeting(&self, submission: SubmissionId) -> Result<Meeting, Refusal> {
        let (batch, candidate) = (&self.conversation.batch, self.candidate(submission)?);
        Ok(match self.addressee {
            Party::Candidate(_) => Meeting {
                submission,
                side: Side::Candidate,
                with: batch.client.to_string(),
                with_short: batch.client.to_string(),
                own: candidate.zone,
                other: batch.contact.zone,
            },
            Party::Client | Party::Interviewer(_) | Party::Recruiter(_) => {
                let side = match self.addressee {
                    Party::Interviewer(n) => Side::Interviewer(n),
                    Party::Client | Party::Candidate(_) | Party::Recruiter(_) => Side::Client,
                };
                Meeting {
                    submission,
                    side,
                    with: candidate.mailbox.name.to_string(),
                    with_short: words::first_name(&candidate.mailbox.name),
                    own: self.conversation.zone_of(side.party(submission)),
                    other: candidate.zone,
                }
            }
        })
    }

    pub(super) fn interview(&self, says: &Content) -> Result<InterviewView, Refusal> {
        let Some(submission) = says.interview() else {
            return Ok(InterviewView::default());
        };
        let meeting = self.meeting(submission)?;
        let base = self.about(&meeting)?;
        let old = |slot: &Option<Slot>| slot.as_ref().map(|slot| meeting.time(0, slot, String::new()));
        let only = |slot: &Slot| vec![meeting.time(1, slot, String::new())];
        Ok(match says {
            Content::AskTimes {
                round,
                unclear,
                other_can,
                instead_of,
                ..
            } => InterviewView {
                round: *round,
                unclear: unclear.as_deref().map(quoted).unwrap_or_default(),
                readings: unclear.as_ref().map(|_| self.readings(&meeting)).unwrap_or_default(),
                times: other_can
                    .iter()
                    .zip(1..)
                    .map(|(slot, number)| meeting.time(number, slot, String::new()))
                    .collect(),
                instead_of: old(instead_of),
                examples: self.times_as_written(&meeting, other_can.first()),
                ..base
            },
            Content::OfferTimes {
                round,
                first,
                slots,
                unclear,
                instead_of,
                several,
                ..
            } => InterviewView {
                round: *round,
                several: *several,
                unclear: unclear.as_deref().map(quoted).unwrap_or_default(),
                // Of several people each names all the times they can make.
                readings: unclear
                    .as_ref()
                    .filter(|_| !several)
                    .map(|_| self.readings(&meeting))
                    .unwrap_or_default(),
                times: self.choices(&meeting, *first, slots, *several)?,
                instead_of: old(instead_of),
                examples: self.choice_as_written(&meeting, slots.len(), *several),
                ..base
            },
            Content::Invitation {
                slot,
                instead_of,
                corrected,
                ..
            } => InterviewView {
                others: self.others(meeting.side, submission, Some(false)),
                left_out: self.others(meeting.side, submission, Some(true)),
                corrected: *corrected,
                times: only(slot),
                instead_of: old(instead_of),
                ..base
            },
            Content::CalledOff { slot, by, without_you, .. } => InterviewView {
                times: only(slot),
                by: match by.filter(|by| *by != meeting.side) {
                    None => String::new(),
                    // Somebody of their own company.
                    Some(Side::Client) if meeting.side != Side::Candidate => self.conversation.batch.contact.mailbox.shown(),
                    Some(_) => meeting.with.clone(),
                },
                by_you: *by == Some(meeting.side),
                without_you: *without_you,
                ..base
            },
            Content::Reminder { slot, asks, .. } => InterviewView {
                times: only(slot),
                asks: *asks,
                ..base
            },
            Content::StaysAsIs { slot, counter, .. } => InterviewView {
                times: only(slot),
                counter: *counter,
                ..base
            },
            Content::NotHeld { slot, .. } => InterviewView { times: only(slot), ..base },
            Content::AskOutcome { slot, .. } => InterviewView {
                times: only(slot),
                asks: true,
                ..base
            },
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
            | Content::Notice(_) => base,
        })
    }

    /// Times to choose from, each with its link to a page and one for a mail.
    /// `several`: the reader names all that they can make; a mail that names one would refuse the others.
    fn choices(&self, meeting: &Meeting, first: usize, slots: &[Slot], several: bool) -> Result<Vec<Time>, Refusal> {
        let choice = |(n, slot): (usize, &Slot)| {
            let mail = match several {
                true => None,
                false => self.desk.mail_slot(self.subject.as_str(), meeting.own, slot)?,
            };
            Ok(Time {
                mail,
                ..meeting.time(n + 1, slot, self.desk.pick(meeting.submission, first + n))
            })
        };
        slots.iter().enumerate().map(choice).collect()
    }

    /// The ways to read the answer that this letter asks about.
    fn readings(&self, meeting: &Meeting) -> Vec<Reading> {
        let submission = self.conversation.submission(meeting.submission);
        let Some(interview) = submission.and_then(|one| one.interview.as_ref()) else {
            return Vec::new();
        };
        let reading = |place: &u8| {
            let open = interview.readings.get(usize::from(*place))?;
            let slots = open.iter().take(TOLD).map(|(start, end)| Slot { start, end });
            Some(Reading {
                times: slots.map(|slot| meeting.time(0, &slot, String::new())).collect(),
                link: self.desk.meant(meeting.submission, *place),
            })
        };
        interview.attendee(meeting.side).meant.iter().filter_map(reading).collect()
    }

    /// What all letters about one interview say.
    fn about(&self, meeting: &Meeting) -> Result<InterviewView, Refusal> {
        let first = self.is_first(meeting);
        let project = &self.conversation.batch.project;
        Ok(InterviewView {
            with: meeting.with.clone(),
            with_short: meeting.with_short.clone(),
            for_client: meeting.side == Side::Client,
            for_interviewer: matches!(meeting.side, Side::Interviewer(_)),
            attends: self.conversation.batch.contact_attends,
            others: self.others(meeting.side, meeting.submission, None),
            contact: self.conversation.batch.contact.mailbox.name.to_string(),
            first,
            answer_by: weekday(self.working_day(meeting, 1)),
            zone: meeting.own.place(),
            // The client was told in the letter that put the candidates forward.
            zone_assumed: first
                && match meeting.side {
                    Side::Interviewer(n) => self.conversation.interviewer(n).is_some_and(|one| one.zone_assumed),
                    Side::Client | Side::Candidate => self.candidate(meeting.submission)?.zone_assumed,
                },
            zone_named: self.conversation.tells_zone(meeting.side.party(meeting.submission), self.now),
            how: words::meeting(&self.conversation.batch.project),
            details: self.details(meeting.side),
            join: match project.interview {
                InterviewKind::Video => project.place.to_string(),
                InterviewKind::Phone | InterviewKind::OnSite => String::new(),
            },
            place_known: !project.place.is_empty(),
            contacts: self.contacts(),
            link: self.desk.interview(meeting.submission),
            ..InterviewView::default()
        })
    }

    /// A candidate hears of us for the first time; the conversation has counted this letter already. The client knows us.
    fn is_first(&self, meeting: &Meeting) -> bool {
        let interview = self
            .conversation
            .submission(meeting.submission)
            .and_then(|one| one.interview.as_ref());
        match meeting.side {
            Side::Client => false,
            Side::Candidate | Side::Interviewer(_) => interview.is_none_or(|one| one.attendee(meeting.side).written.len() <= 1),
        }
    }

    /// The names of whoever else of the client's is to be there; a candidate is told the company. `absent`: of a time that is agreed only
    /// those who are not expected at it, or only the others.
    fn others(&self, side: Side, submission: SubmissionId, absent: Option<bool>) -> String {
        let batch = &self.conversation.batch;
        let interview = self.conversation.submission(submission).and_then(|one| one.interview.as_ref());
        let listed = |one: Side| absent.is_none_or(|absent| interview.is_some_and(|all| all.attendee(one).absent) == absent);
        let contact = (batch.contact_attends && side != Side::Client && listed(Side::Client)).then(|| batch.contact.mailbox.shown());
        let interviewers = (0..=u8::MAX).zip(&batch.interviewers);
        let interviewers = interviewers.filter(|(n, _)| side != Side::Interviewer(*n) && listed(Side::Interviewer(*n)));
        let names = contact.into_iter().chain(interviewers.map(|(_, one)| one.mailbox.shown()));
        match side {
            Side::Candidate => String::new(),
            Side::Client | Side::Interviewer(_) => words::list(&names.collect::<Vec<_>>()),
        }
    }

    /// Where it is and how to get there, or who sees to it that both know.
    pub(super) fn details(&self, side: Side) -> Vec<String> {
        let project = &self.conversation.batch.project;
        let who = self.recruiters();
        let place = &project.place;
        let said = match (project.interview, side) {
            (InterviewKind::Video, _) if !place.is_empty() => format!("Join here: {place}"),
            (InterviewKind::Phone, _) if !place.is_empty() => place.to_string(),
            (InterviewKind::OnSite, _) if !place.is_empty() => format!("Where: {place}"),
            (InterviewKind::Video, _) => format!("{who} will send you the link for the call in good time."),
            (InterviewKind::Phone, _) => format!("{who} will tell you in good time who calls which number."),
            (InterviewKind::OnSite, Side::Client | Side::Interviewer(_)) => {
                format!("{who} will ask you where to come and whom to ask for.")
            }
            (InterviewKind::OnSite, Side::Candidate) => format!("{who} will send you the address and how to find it in good time."),
        };
        let directions = project.directions.lines().map(str::to_owned);
        [said].into_iter().chain(directions).collect()
    }

    /// "Maria Keller <maria.keller@agency.example>" for each recruiter.
    pub(super) fn contacts(&self) -> Vec<String> {
        let recruiters = self.conversation.batch.recruiters.iter();
        recruiters
            .map(|one| match one.name.is_empty() {
                true => one.address.to_string(),
                false => format!("{}, {}", one.name, one.address),
            })
            .collect()
    }

    /// The `n`th working day from now where the reader is.
    fn working_day(&self, meeting: &Meeting, n: u32) -> NaiveDate {
        let opens = self.conversation.policy.business.business_days_after(self.now, n, meeting.own);
        meeting.own.local(opens).date()
    }

    /// Times as somebody could write them; of what the other side can, if anything is known of it.
    fn times_as_written(&self, meeting: &Meeting, other_can: Option<&Slot>) -> Vec<String> {
        let (one, next) = (self.working_day(meeting, 3), self.working_day(meeting, 4));
        match other_can {
            Some(slot) => {
                let at = meeting.own.local(slot.start);
                vec![
                    format!("{} at {} works for me.", weekday(at.date()), at.format("%H:%M")),
                    format!("None of those. I could do {} after 14:00.", weekday(one)),
                ]
            }
            None => vec![
                format!("{} after 14:00, or {} between 9:00 and 12:00.", weekday(one), weekday(next)),
                "Any morning next week, but not on Wednesday.".to_owned(),
            ],
        }
    }

    /// A choice as somebody could write it, and a time of their own.
    fn choice_as_written(&self, meeting: &Meeting, slots: usize, several: bool) -> Vec<String> {
        let choice = if several && slots > 2 {
            "1 and 3 work for me."
        } else if several && slots > 1 {
            "Both work for me."
        } else if slots > 1 {
            "The second one works for me."
        } else {
            "Yes, that works for me."
        };
        let day = weekday(self.working_day(meeting, 4));
        vec![choice.to_owned(), format!("None of these. I could do {day} after 14:00.")]
    }
}

/// A time as a clock shows it: "Tuesday 24 November 2026" and "10:00 to 10:45 (London, UTC)". An end on another day, or behind a change of the clocks, says so.
pub(super) fn spelled(zone: Zone, slot: &Slot) -> (String, String) {
    let (start, end) = (zone.local(slot.start), zone.local(slot.end));
    let shown = zone.shown(slot.start);
    let changed = zone.shown(slot.end);
    let till = if end.date() == start.date() {
        end.format("%H:%M").to_string()
    } else {
        format!("{}, {}", weekday(end.date()), end.format("%H:%M"))
    };
    let from = start.format("%H:%M");
    let clock = if shown == changed {
        format!("{from} to {till} ({shown})")
    } else {
        format!("{from} ({shown}) to {till} ({changed})")
    };
    (start.format("%A %-d %B %Y").to_string(), clock)
}

/// "Thursday 26 November".
fn weekday(day: NaiveDate) -> String {
    day.format("%A %-d %B").to_string()
}
