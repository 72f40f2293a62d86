//! The page of an interview: what it shows to a side, and what a press on it says.
//!
//! In: a conversation and a claim. Out: an [`InterviewView`], or the [`Reply`] that a sentence in a mail would have become.
//! Never here: the other side's address, other interviews, a change of anything.

use chrono::{Days, Duration, NaiveTime};

use crate::calendar::{Invitation, Method, Spans, Zone};
use crate::compose::Ink;
use crate::conversation::{Ask, Conversation, Interview, InterviewStatus, Side, TOLD};
use crate::http::{Chosen, Day, InterviewView, Pressed, Stage, Stretch};
use crate::link::Claim;
use crate::message::OwnText;
use crate::model::{Slot, SubmissionId, Timestamp};
use crate::reply::times::Intent;
use crate::reply::{Band, Finding, Reply, Says, TimesSaid, Words, read_interview};

/// Days of the week grid on which there are working hours, and how far ahead they are looked for.
const GRID_DAYS: usize = 15;
const GRID_REACH: u64 = 60;
/// How long a part of a day is in the grid.
const PART: Duration = Duration::hours(2);

/// An interview as one side sees it. `None` when there is no such submission.
pub(super) fn view(ink: &Ink, conversation: &Conversation, claim: Claim, side: Side, now: Timestamp) -> Option<InterviewView> {
    let id = SubmissionId(claim.item);
    let (submission, candidate) = (conversation.submission(id)?, conversation.candidate(id)?);
    let (batch, contact) = (&conversation.batch, &conversation.batch.contact);
    let name = || candidate.mailbox.name.to_string();
    let (zone, zone_assumed, other_zone, with) = match side {
        Side::Client => (contact.zone, contact.zone_assumed, candidate.zone, name()),
        Side::Interviewer(n) => {
            let one = conversation.interviewer(n)?;
            (one.zone, one.zone_assumed, candidate.zone, name())
        }
        Side::Candidate => (candidate.zone, candidate.zone_assumed, contact.zone, batch.client.to_string()),
    };
    let none = Interview::new();
    let interview = submission.interview.as_ref();
    let stage = interview.map_or(Stage::Nothing, |one| stage(conversation, id, one, side, now));
    let interview = interview.unwrap_or(&none);
    let asks_times = matches!(stage, Stage::Times | Stage::Choice(_));
    let earliest = now + Duration::hours(i64::from(conversation.policy.scheduling.notice_h));
    let other_can = if asks_times {
        conversation.told_of_other(id, side, now)
    } else {
        Spans::default()
    };
    let told = other_can.iter().map(|(start, end)| Slot { start, end });
    Some(InterviewView {
        side,
        with,
        several: !batch.interviewers.is_empty(),
        zone,
        zone_assumed,
        other_zone,
        minutes: batch.project.duration_min,
        linked: linked(interview, claim).filter(|_| interview.is_under_way()),
        meant: if asks_times {
            meant(interview, claim, side, now)
        } else {
            Spans::default()
        }
        .iter()
        .take(TOLD)
        .map(|(start, end)| Slot { start, end })
        .collect(),
        moved_from: interview.moved_from().filter(|_| asks_times || stage == Stage::Waits),
        pressed: pressed(interview, side),
        needs_confirmation: interview.attendee(side).needs_confirmation,
        other_can: if stage == Stage::Times {
            told.take(TOLD).collect()
        } else {
            Vec::new()
        },
        days: match stage {
            Stage::Times | Stage::Choice(_) | Stage::Booked { ahead: true, .. } => days(conversation, zone, earliest, &other_can),
            Stage::Waits
            | Stage::Booked { ahead: false, .. }
            | Stage::Outcome(_)
            | Stage::WithRecruiter
            | Stage::CalledOff
            | Stage::WithoutYou(_)
            | Stage::Over(_)
            | Stage::Nothing => Vec::new(),
        },
        file: match stage {
            Stage::Booked { slot, ahead: true, .. } => file(ink, conversation, claim, side, interview.sequence_of(side), slot, now),
            Stage::Times
            | Stage::Choice(_)
            | Stage::Waits
            | Stage::Booked { ahead: false, .. }
            | Stage::Outcome(_)
            | Stage::WithRecruiter
            | Stage::CalledOff
            | Stage::WithoutYou(_)
            | Stage::Over(_)
            | Stage::Nothing => Vec::new(),
        },
        stage,
    })
}

/// The interview for whoever adds it to a calendar by hand. It has the UID of the invitation, so that one follows the other, and
/// names nobody to answer to.
fn file(ink: &Ink, conversation: &Conversation, claim: Claim, side: Side, sequence: u32, slot: Slot, now: Timestamp) -> Vec<u8> {
    let id = SubmissionId(claim.item);
    let batch = &conversation.batch;
    let candidate = conversation.candidate(id).map_or("", |one| one.mailbox.name.as_str());
    let (own, other) = (conversation.zone_of(side.party(id)), conversation.zone_of(side.other().party(id)));
    let with = match side {
        Side::Client | Side::Interviewer(_) => candidate,
        Side::Candidate => batch.client.as_str(),
    };
    let mut description = format!(
        "Interview of {} minutes with {with}: {}.\n",
        batch.project.duration_min, batch.project.title
    );
    description.push_str(&format!("Your time: {}, {}\n", own.spelled(slot.start), own.name()));
    if own.local(slot.start) != other.local(slot.start) {
        description.push_str(&format!("Their time: {}, {}\n", other.spelled(slot.start), other.name()));
    }
    description.push_str(&format!("Another time, or calling it off: {}", ink.links.to(&ink.keyring, &claim)));
    let invitation = Invitation {
        method: Method::Add,
        uid: ink.keyring.uid(id, side.entry(), &ink.message_id_domain),
        sequence,
        stamp: now,
        organizer: ink.bot.clone(),
        attendee: ink.bot.clone(),
        start: slot.start,
        end: slot.end,
        summary: format!("Interview: {with}, {}", batch.project.title),
        description,
        location: String::new(),
        conference: None,
        alarms: Vec::new(),
        may_counter: false,
    };
    invitation.bytes()
}

/// The slot that a link names.
fn linked(interview: &Interview, claim: Claim) -> Option<Slot> {
    interview.slots.get(usize::from(claim.scope.pick()?)).copied()
}

/// What of the times that a link names as the meaning of an answer is still ahead, while that side is asked what it meant.
fn meant(interview: &Interview, claim: Claim, side: Side, now: Timestamp) -> Spans {
    let Some(place) = claim.scope.meant() else {
        return Spans::default();
    };
    let asked = interview.attendee(side).meant.contains(&place);
    let open = interview.readings.get(usize::from(place)).filter(|_| asked);
    open.map(|open| open.from(now)).unwrap_or_default()
}

fn stage(conversation: &Conversation, id: SubmissionId, interview: &Interview, side: Side, now: Timestamp) -> Stage {
    match interview.status {
        InterviewStatus::Cancelled => return Stage::CalledOff,
        InterviewStatus::Completed => return Stage::Over(true),
        InterviewStatus::NoShow => return Stage::Over(false),
        InterviewStatus::Proposed | InterviewStatus::Scheduled | InterviewStatus::Confirmed | InterviewStatus::Rescheduled => {}
    }
    let attendee = interview.attendee(side);
    if let Some(slot) = interview.booked {
        if attendee.absent && attendee.asked.is_none() {
            return Stage::WithoutYou(slot);
        }
        return if attendee.asked.is_some_and(|asked| asked.what == Ask::Outcome) {
            Stage::Outcome(slot)
        } else {
            Stage::Booked {
                slot,
                ahead: slot.start > now,
                confirmed: attendee.confirmed,
                soon: slot.start - now < Duration::hours(i64::from(conversation.policy.scheduling.cutoff_h)),
            }
        };
    }
    if interview.with_recruiter {
        return Stage::WithRecruiter;
    }
    match attendee.asked.map(|asked| asked.what) {
        Some(Ask::Times) => Stage::Times,
        Some(Ask::Choice) => {
            let free = |slot: &Slot| slot.start > now && !conversation.is_taken(id, *slot);
            let offered = interview.slots.iter().enumerate().skip(interview.offered_from);
            let places = offered.filter_map(|(place, slot)| Some((u8::try_from(place).ok()?, *slot)));
            let slots: Vec<(u8, Slot)> = places.filter(|(_, slot)| free(slot)).collect();
            // All of them are gone: other times are what helps.
            if slots.is_empty() { Stage::Times } else { Stage::Choice(slots) }
        }
        Some(Ask::Outcome) | None => Stage::Waits,
    }
}

/// What this side pressed last and is not acted on yet.
fn pressed(interview: &Interview, side: Side) -> Option<Chosen> {
    let last = interview.picked.iter().rfind(|one| one.side == side)?;
    if last.takes_back() {
        return None;
    }
    Some(match last.says() {
        Some(Says::Attends { yes, .. }) => Chosen::Attends(*yes),
        Some(Says::Times { said, .. }) => match said.intent {
            Intent::Select => match said.taken.as_slice() {
                [] => Chosen::Words,
                [slot] => Chosen::Slot(*slot),
                several => Chosen::Slots(several.to_vec()),
            },
            Intent::Availability => Chosen::Times,
            Intent::NoneWork => Chosen::NoneWork,
            Intent::Reschedule => Chosen::Move,
            Intent::Cancel => Chosen::CallOff,
            Intent::Question | Intent::Nothing => Chosen::Words,
        },
        Some(_) | None => Chosen::Words,
    })
}

/// The week grid: working days from the earliest time on, in parts of two hours.
fn days(conversation: &Conversation, zone: Zone, earliest: Timestamp, other_can: &Spans) -> Vec<Day> {
    let hours = conversation.policy.business;
    let first = zone.local(earliest).date();
    let dates = (0..GRID_REACH).filter_map(|n| first.checked_add_days(Days::new(n)));
    let days = dates.filter_map(|date| {
        let mut parts = Vec::new();
        for (from, to) in cut(hours.from, hours.to) {
            let (start, end) = (zone.at_or_after(date, from), zone.at_or_after(date, to));
            if end > earliest && hours.covers(zone, start, end) {
                parts.push((from, to, other_can.touches(start, end)));
            }
        }
        (!parts.is_empty()).then_some(Day { date, parts })
    });
    days.take(GRID_DAYS).collect()
}

/// A day in parts of two hours; what is left over goes to the last one.
fn cut(from: NaiveTime, to: NaiveTime) -> Vec<(NaiveTime, NaiveTime)> {
    let mut parts = Vec::new();
    let mut at = from;
    while to - at >= PART * 2 {
        let next = at + PART;
        parts.push((at, next));
        at = next;
    }
    parts.push((at, to));
    parts
}

/// What a press says. `None` when it cannot be said as things stand now.
pub(super) fn reply(
    conversation: &Conversation,
    claim: Claim,
    side: Side,
    pressed: &Pressed,
    typed: &str,
    now: Timestamp,
) -> Option<Reply> {
    let id = SubmissionId(claim.item);
    let interview = conversation.submission(id)?.interview.as_ref()?;
    let zone = conversation.zone_of(side.party(id));
    let stage = stage(conversation, id, interview, side, now);
    let is_ahead = matches!(stage, Stage::Booked { ahead: true, .. });
    let times = |intent: Intent, open: Spans| Says::Times {
        submission: id,
        said: TimesSaid {
            open,
            ..TimesSaid::of(intent)
        },
    };
    let given = |stretches: &[Stretch]| open(stretches, zone);
    let (says, words) = match pressed {
        Pressed::Slot(place) => {
            let Stage::Choice(slots) = &stage else { return None };
            let (_, slot) = slots.iter().find(|(one, _)| one == place)?;
            let said = TimesSaid {
                taken: vec![*slot],
                ..TimesSaid::of(Intent::Select)
            };
            (Says::Times { submission: id, said }, zone.spelled(slot.start))
        }
        Pressed::Slots(places) => {
            let Stage::Choice(slots) = &stage else { return None };
            let taken: Vec<Slot> = slots
                .iter()
                .filter(|(one, _)| places.contains(one))
                .map(|(_, slot)| *slot)
                .collect();
            if taken.is_empty() {
                return None;
            }
            let words = taken.iter().map(|slot| zone.spelled(slot.start)).collect::<Vec<_>>().join("; ");
            let said = TimesSaid {
                taken,
                ..TimesSaid::of(Intent::Select)
            };
            (Says::Times { submission: id, said }, words)
        }
        Pressed::Times(stretches) => {
            if !matches!(stage, Stage::Times | Stage::Choice(_)) {
                return None;
            }
            let open = given(stretches).from(now);
            if open.is_empty() {
                return (!typed.is_empty()).then(|| read(conversation, id, interview, side, typed, now));
            }
            let words = spelled(&open, zone);
            (times(Intent::Availability, open), words)
        }
        Pressed::Meant => {
            let open = meant(interview, claim, side, now);
            if open.is_empty() || !matches!(stage, Stage::Times | Stage::Choice(_)) {
                return None;
            }
            let words = spelled(&open, zone);
            (times(Intent::Availability, open), words)
        }
        Pressed::NoneWork => {
            if !matches!(stage, Stage::Choice(_)) {
                return None;
            }
            (times(Intent::NoneWork, Spans::default()), "None of the times works".to_owned())
        }
        Pressed::Move(stretches) => {
            if !is_ahead {
                return None;
            }
            let open = given(stretches).from(now);
            if open.is_empty() && !typed.is_empty() {
                return Some(moved(read(conversation, id, interview, side, typed, now), id, typed));
            }
            let words = format!("Another time. {}", spelled(&open, zone));
            (times(Intent::Reschedule, open), words.trim_end().to_owned())
        }
        Pressed::CallOff => {
            // An interviewer says that they cannot come; whether there is an interview is not theirs to say.
            if matches!(side, Side::Interviewer(_)) || !is_ahead && !matches!(stage, Stage::Times | Stage::Choice(_) | Stage::Waits) {
                return None;
            }
            let words = if typed.is_empty() { "No interview" } else { typed };
            let says = times(Intent::Cancel, Spans::default());
            return Some(one(says, words.to_owned(), ""));
        }
        Pressed::Attends(yes) => {
            let asked = matches!(stage, Stage::Outcome(_)) || is_ahead && *yes;
            if !asked {
                return None;
            }
            let words = if *yes { "Yes" } else { "No" };
            let says = Says::Attends { submission: id, yes: *yes };
            return Some(one(says, if typed.is_empty() { words } else { typed }.to_owned(), ""));
        }
        // Nothing is chosen: what was pressed before does not count.
        Pressed::TakeBack | Pressed::Later => (times(Intent::Select, Spans::default()), String::new()),
    };
    Some(one(says, words, typed))
}

/// One thing said, and words beside it that a person reads.
fn one(says: Says, words: String, beside: &str) -> Reply {
    let mut findings = vec![found(says, &words)];
    if !beside.is_empty() {
        findings.push(found(Says::Question, beside));
    }
    Reply {
        findings,
        ..Reply::default()
    }
}

fn found(says: Says, words: &str) -> Finding {
    Finding {
        says,
        words: Words {
            text: words.to_owned(),
            range: 0..0,
        },
        band: Band::Act,
    }
}

/// Typed words are read as a mail's are; where they say nothing of times, a person reads them.
fn read(conversation: &Conversation, id: SubmissionId, interview: &Interview, side: Side, typed: &str, now: Timestamp) -> Reply {
    let own = OwnText {
        text: typed.to_owned(),
        ..OwnText::default()
    };
    let mut reply = read_interview(&own, "", &interview.asked(conversation, id, side, None, now));
    let is_of_it = |one: &Finding| matches!(one.says, Says::Times { .. } | Says::Attends { .. });
    if !reply.findings.iter().any(is_of_it) {
        let said = TimesSaid::of(Intent::Question);
        if reply.findings.is_empty() {
            reply.findings.push(found(Says::Question, typed));
        }
        reply.findings.insert(0, found(Says::Times { submission: id, said }, typed));
    }
    reply
}

/// Words under "another time" want another time, whatever else they say.
fn moved(mut reply: Reply, id: SubmissionId, typed: &str) -> Reply {
    let said = reply.findings.iter().find_map(|one| {
        if let Says::Times { said, .. } = &one.says {
            Some(said.clone())
        } else {
            None
        }
    });
    let calls_off = said.as_ref().is_some_and(|said| said.intent == Intent::Cancel && !said.ask);
    if calls_off {
        return reply;
    }
    let open = said.filter(|said| !said.ask).map(|said| said.open).unwrap_or_default();
    reply
        .findings
        .retain(|one| !matches!(one.says, Says::Times { .. } | Says::Attends { .. }));
    let said = TimesSaid {
        open,
        ..TimesSaid::of(Intent::Reschedule)
    };
    reply.findings.insert(0, found(Says::Times { submission: id, said }, typed));
    reply
}

/// Ticked boxes as instants.
fn open(stretches: &[Stretch], zone: Zone) -> Spans {
    let instants = stretches
        .iter()
        .map(|one| (zone.at_or_after(one.date, one.from), zone.at_or_after(one.date, one.to)));
    Spans::of(instants.collect())
}

/// Times as a person would write them down.
fn spelled(open: &Spans, zone: Zone) -> String {
    let each = open.iter().map(|(start, end)| {
        format!(
            "{} to {}",
            zone.local(start).format("%a %-d %B %Y, %H:%M"),
            zone.local(end).format("%H:%M")
        )
    });
    each.collect::<Vec<_>>().join("; ")
}
