//! Plain sentences for the side panel: what happened, what comes next, what one could answer.
//!
//! In: the conversation and its timeline. Out: short English.
//! Never here: a decision; every sentence says what the database holds.

use chrono::NaiveDate;
use serde::Serialize;

use super::mailroom::{Role, Somebody};

use crate::conversation::{Conversation, Deadline, Side, Status, Submission};
use crate::daemon::waiting;
use crate::demo::people::Letter;
use crate::model::{Decision, SubmissionId, Timestamp};
use crate::store::TimelineLine;

/// Something that happens by itself at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Upcoming {
    pub(super) at: Timestamp,
    pub(super) what: String,
}

/// Where a candidate stands.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) label: String,
    /// interested, maybe, pass, open or care: the colour.
    pub(super) tone: &'static str,
    /// What it depends on, or what it still waits for.
    pub(super) beside: String,
    /// It can be undone until then.
    pub(super) until: Option<Timestamp>,
    pub(super) reasons: Vec<String>,
}

/// A line of the timeline, for reading.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Happened {
    pub(super) at: String,
    pub(super) title: String,
    /// heard, did, effect or care: the mark.
    pub(super) tone: &'static str,
    pub(super) about: String,
    pub(super) detail: String,
    /// The words it rests on.
    pub(super) words: String,
}

/// An answer one click away.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Suggestion {
    pub(super) label: String,
    pub(super) words: String,
    /// A machine's answer, not a person's.
    pub(super) automatic: bool,
}

/// What will happen by itself, soonest first.
pub(super) fn upcoming(of: &Conversation) -> Vec<Upcoming> {
    let what = |deadline: Deadline| match deadline {
        Deadline::TakeEffect(id) => {
            let decision = of.submission(id).and_then(|one| one.resting.as_ref()).map(|one| one.decision);
            decision.map_or_else(
                || format!("The answer about {} takes effect", name(of, id)),
                |decision| format!("{} takes effect", said(decision, &name(of, id))),
            )
        }
        Deadline::Chase => chase(of),
        Deadline::Backup => "The backup contact is asked, unless a recruiter objects".to_owned(),
        Deadline::FollowUp(id) => format!("{} is asked again about {}", contact(of), name(of, id)),
        Deadline::AskReasons(id) => format!("{} is asked why not {}", contact(of), name(of, id)),
        Deadline::Receipt => format!("{} gets a receipt of what was pressed", contact(of)),
        Deadline::Interview(id, side) => {
            let asked = of
                .submission(id)
                .and_then(|one| one.interview.as_ref())
                .and_then(|one| one.attendee(side).asked);
            let again = if asked.is_some_and(|asked| asked.letters > 0) {
                "is reminded"
            } else {
                "is asked"
            };
            format!("{} {again} about the interview with {}", attendee(of, id, side), with(of, id, side))
        }
        Deadline::Picked(id) => format!("The time that was pressed for {} counts", name(of, id)),
        Deadline::Tell(id, side) => format!(
            "{} is told what holds of the interview with {}",
            attendee(of, id, side),
            with(of, id, side)
        ),
        Deadline::Remind(id) => format!("Both sides are reminded of the interview with {}", name(of, id)),
        Deadline::After(id) => format!("{} is asked whether the interview with {} took place", contact(of), name(of, id)),
        Deadline::Gone(id) => format!("{} is told that {} is out", contact(of), name(of, id)),
        Deadline::Feedback(id) => format!("{} is told why, as you released it", name(of, id)),
        Deadline::Orders => "What you ordered by mail is done, unless you take it back".to_owned(),
        Deadline::AskedBack => format!("A recruiter takes over, unless {} says what was meant", contact(of)),
    };
    let mut all: Vec<Upcoming> = of
        .deadlines
        .iter()
        .map(|(deadline, at)| Upcoming { at, what: what(deadline) })
        .collect();
    all.sort();
    all
}

fn attendee(of: &Conversation, id: SubmissionId, side: Side) -> String {
    match side {
        Side::Client => contact(of),
        Side::Candidate => name(of, id),
        Side::Interviewer(n) => of
            .interviewer(n)
            .map_or_else(|| "An interviewer".to_owned(), |one| one.mailbox.shown()),
    }
}

fn with(of: &Conversation, id: SubmissionId, side: Side) -> String {
    match side {
        Side::Client | Side::Interviewer(_) => name(of, id),
        Side::Candidate => of.batch.client.to_string(),
    }
}

fn chase(of: &Conversation) -> String {
    let step = usize::from(of.chase.step);
    let last = step + 1 >= of.policy.chase_hours.len();
    let quiet = of.chase.stopped || of.chase.with_recruiter || of.client_unreachable;
    if of.waits_for_recruiter() {
        "The recruiter is reminded that the client waits for an answer".to_owned()
    } else if last {
        "Without an answer, the case is escalated to the recruiter".to_owned()
    } else if quiet {
        "The recruiter is told that nobody answered".to_owned()
    } else if step == 0 {
        format!("Without an answer, {} is reminded", contact(of))
    } else {
        format!(
            "Without an answer, {} is reminded once more, and the recruiter is told",
            contact(of)
        )
    }
}

/// Where a candidate stands, resting decisions first.
pub(super) fn standing(of: &Conversation, one: &Submission) -> Standing {
    let (label, tone) = match (&one.resting, one.status) {
        _ if one.needs_confirmation => ("Needs one more press".to_owned(), "care"),
        (Some(resting), _) => (resting.decision.label().to_owned(), resting.decision.name()),
        (None, Status::Queued) => ("On its way".to_owned(), "open"),
        (None, Status::Sent) => ("Waits for an answer".to_owned(), "open"),
        (None, Status::Viewed) => ("Looked at, no answer yet".to_owned(), "open"),
        (None, Status::Interested) => ("Interested".to_owned(), "interested"),
        (None, Status::Maybe) => ("Maybe".to_owned(), "maybe"),
        (None, Status::Rejected) => ("Pass".to_owned(), "pass"),
        (None, Status::InterviewScheduled) => ("Interview agreed".to_owned(), "interested"),
        (None, Status::Completed) => ("Interview took place".to_owned(), "interested"),
        (None, Status::Withdrawn) => ("Withdrawn".to_owned(), "pass"),
        (None, Status::Closed) => ("Closed without a decision".to_owned(), "pass"),
    };
    let condition = one.resting.as_ref().and_then(|resting| resting.condition.as_deref());
    let agreed = one.interview.as_ref().and_then(|interview| interview.booked);
    let beside = match (waiting(of, one.id), condition) {
        (None, None) if agreed.is_some_and(|_| one.status == Status::InterviewScheduled) => {
            agreed.map_or_else(String::new, |slot| of.batch.contact.zone.spelled(slot.start))
        }
        (Some(decision), _) => format!(
            "Somebody else said {}: it counts when {} says yes",
            decision.label().to_lowercase(),
            contact(of)
        ),
        (None, Some(condition)) => format!("Condition: {condition}"),
        (None, None) => String::new(),
    };
    Standing {
        name: name(of, one.id),
        label,
        tone,
        beside,
        until: one.resting.as_ref().map(|resting| resting.until),
        reasons: one.reasons.iter().map(|reason| reason.label().to_lowercase()).collect(),
    }
}

/// A line of the timeline; `None` for copies to recruiters, which only repeat the line above.
pub(super) fn happened(of: &Conversation, line: &TimelineLine) -> Option<Happened> {
    if line.kind == "letter" {
        return letter(of, line);
    }
    let (title, tone) = title(&line.kind);
    Some(Happened {
        at: line.at.clone(),
        title,
        tone,
        about: line.submission.map(|id| name(of, SubmissionId(id))).unwrap_or_default(),
        detail: line.detail.clone(),
        words: line.words.clone(),
    })
}

/// `receipt to client: Re: …` as a person would say it.
fn letter(of: &Conversation, line: &TimelineLine) -> Option<Happened> {
    let (kind, rest) = line.detail.split_once(" to ").unwrap_or((&line.detail, ""));
    let title = match kind {
        "copy" => return None,
        "submission" => "The candidates went out".to_owned(),
        "receipt" => "Receipt, with an undo".to_owned(),
        "did_you_mean" => "Did you mean …?".to_owned(),
        "nudge" => "Reminder".to_owned(),
        "follow_up" => "Asks again".to_owned(),
        "fresh_link" => "A fresh link".to_owned(),
        "cv_code" => "A code for the CVs".to_owned(),
        "ask_reasons" => "Asks why".to_owned(),
        "confirm_sender" => "Was this you?".to_owned(),
        "confirm_deputy" => "Shall that count?".to_owned(),
        "ask_times" => "Asks when they can".to_owned(),
        "offer_times" => "Times to choose from".to_owned(),
        "invitation" => "Invitation, with a calendar entry".to_owned(),
        "called_off" => "Word that it is called off".to_owned(),
        "stays_as_is" => "Word that the time stands".to_owned(),
        "not_held" => "Asks what happened, and what comes next".to_owned(),
        "ask_outcome" => "Asks whether they met".to_owned(),
        "notice" => "Notice".to_owned(),
        other => spaced(other),
    };
    let (party, subject) = rest.split_once(": ").unwrap_or((rest, ""));
    let to = match party.split_once(' ') {
        Some(("recruiter", place)) => {
            let recruiter = place
                .parse()
                .ok()
                .and_then(|place: usize| of.batch.recruiters.get(place.checked_sub(1)?));
            recruiter.map_or_else(|| party.to_owned(), crate::model::Mailbox::shown)
        }
        Some(("candidate", id)) => id.parse().map_or_else(|_| party.to_owned(), |id| name(of, SubmissionId(id))),
        _ if party == "client" => of.batch.contact.mailbox.shown(),
        _ => party.to_owned(),
    };
    Some(Happened {
        at: line.at.clone(),
        title,
        tone: "did",
        about: String::new(),
        detail: if subject.is_empty() {
            format!("to {to}")
        } else {
            format!("to {to}: {subject}")
        },
        words: line.words.clone(),
    })
}

fn title(kind: &str) -> (String, &'static str) {
    let (title, tone) = match kind {
        "submitted" => ("Put forward", "did"),
        "sent" => ("Taken by the mail server", "did"),
        "viewed" => ("Looked at", "heard"),
        "decided" => ("Understood", "heard"),
        "reason" => ("Reason understood", "heard"),
        "undone" => ("Taken back", "heard"),
        "in_effect" => ("In effect", "effect"),
        "nudged" => ("No answer so far", "did"),
        "stale" => ("No answer", "care"),
        "followed_up" => ("Asked again", "did"),
        "asked_reasons" => ("Asked why", "did"),
        "asked_which" => ("Asked which one", "did"),
        "auto_reply" => ("Automatic reply", "heard"),
        "paused" => ("Waiting", "heard"),
        "automated_visit" => ("A machine pressed", "care"),
        "needs_confirmation" => ("Contradicting presses", "care"),
        "needs_person" | "handed_over" => ("A person is needed", "care"),
        "parked" => ("Waits for a confirmation", "care"),
        "unclear" => ("Not clear", "care"),
        "undeliverable" => ("Could not be delivered", "care"),
        "wrong_person" => ("Somebody else is in charge", "heard"),
        "pressed_for" => ("Pressed by somebody else", "heard"),
        "disowned" => ("Not theirs", "heard"),
        "question" => ("A question", "care"),
        "reason_unsure" => ("A reason, perhaps", "heard"),
        "reason_confirmed" => ("The reason is right", "heard"),
        "feedback_released" => ("A word to the candidate, released", "did"),
        "feedback_shared" => ("Told the candidate why", "did"),
        "feedback_dropped" => ("The candidate is not told why", "did"),
        "stop" => ("No more mail, please", "care"),
        "undo_too_late" => ("Too late to take back", "care"),
        "fresh_link" => ("A fresh link", "did"),
        "cv_code" => ("A code for the CVs", "did"),
        "cv_code_withheld" => ("No code for the CVs", "care"),
        "cvs_opened" => ("CVs opened", "heard"),
        "arranging" => ("An interview", "effect"),
        "asked_about_interview" => ("Asked about the interview", "did"),
        "spoke_of_times" => ("Times understood", "heard"),
        "picked" => ("A time pressed", "heard"),
        "booked" => ("Interview agreed", "effect"),
        "moved" => ("To be moved", "effect"),
        "called_off" => ("Called off", "effect"),
        "slot_gone" => ("That time is gone", "did"),
        "calendar_unread" => ("A calendar was not read", "care"),
        "candidate_away" => ("Automatic reply", "heard"),
        "clocks_changed" => ("Clocks changed by law", "effect"),
        "zone_named" => ("Another clock", "heard"),
        "stays_as_is" => ("The time stands", "care"),
        "reminded" => ("Reminded", "did"),
        "left_out" => ("Takes place without somebody", "care"),
        "not_reminded" => ("Not reminded", "care"),
        "still_on" => ("Still on", "heard"),
        "completed" => ("They met", "effect"),
        "no_show" => ("They did not meet", "care"),
        "interview_to_recruiter" => ("A person is needed", "care"),
        other => return (spaced(other), "heard"),
    };
    (title.to_owned(), tone)
}

/// `fresh_link` → `Fresh link`.
fn spaced(kind: &str) -> String {
    let text = kind.replace('_', " ");
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// What somebody could answer to a letter of this conversation.
pub(super) fn suggestions(of: &Conversation, who: &Somebody, letter: &Letter, now: Timestamp) -> Vec<Suggestion> {
    match who.role {
        Role::Client | Role::Candidate if letter.links().iter().any(|link| link.contains("/i/")) => {
            return about_times(letter, who.zone.local(now).date());
        }
        Role::Client => {}
        Role::Candidate | Role::Recruiter => return Vec::new(),
    }
    let firsts: Vec<String> = of.batch.candidates.iter().map(|one| first(&one.mailbox.shown())).collect();
    let mut all = match firsts.as_slice() {
        [] => Vec::new(),
        [one] => vec![
            person("Yes", format!("Yes, we would like to meet {one}.")),
            person("Pass, too junior", format!("Pass on {one}, too junior.")),
        ],
        [one, two, rest @ ..] => {
            let third = rest.first().map(|name| format!(" {name} maybe.")).unwrap_or_default();
            vec![
                person("A word on each", format!("Yes to {one}, pass on {two}, too junior.{third}")),
                person(&format!("Yes to {one}"), format!("Yes to {one}, when could we talk?")),
                person(
                    &format!("Pass on {two}"),
                    format!("Pass on {two}, the salary is out of reach for us."),
                ),
            ]
        }
    };
    all.push(person("Later", "I am travelling, will answer next week.".to_owned()));
    all.push(person("Unclear", "Sounds good!".to_owned()));
    let back = of.batch.contact.zone.local(now).date() + chrono::Days::new(3);
    all.push(Suggestion {
        label: "Out of office".to_owned(),
        words: format!(
            "Thank you for your mail. I am out of the office until {} and will answer when I am back.",
            back.format("%-d %B %Y")
        ),
        automatic: true,
    });
    all
}

fn person(label: &str, words: String) -> Suggestion {
    Suggestion {
        label: label.to_owned(),
        words,
        automatic: false,
    }
}

/// What can be answered to a letter about an interview.
fn about_times(letter: &Letter, today: NaiveDate) -> Vec<Suggestion> {
    let in_days = |days: u64| (today + chrono::Days::new(days)).format("%A %-d %B");
    let offers = letter.html.contains(">Pick</a>");
    let asks_for_times = letter.text.contains("When can you?");
    if offers {
        return vec![
            person("The first", "The first one works for me.".to_owned()),
            person("None, but", format!("None of these, sorry. I could do {} after 14:00.", in_days(6))),
            person("None", "None of these work for me, sorry.".to_owned()),
        ];
    }
    if asks_for_times {
        return vec![
            person(
                "Two stretches",
                format!("{} after 13:00, or {} between 9 and 12.", in_days(4), in_days(5)),
            ),
            person("Mornings", "Any morning next week but Wednesday.".to_owned()),
            person("Vague", "Sometime next week should be fine.".to_owned()),
        ];
    }
    vec![
        person("Yes", "Yes, see you then.".to_owned()),
        person("Later", "Sorry, something came up. Could we make it an hour later?".to_owned()),
        person("Call it off", "I have to cancel the interview, sorry.".to_owned()),
    ]
}

fn name(of: &Conversation, id: SubmissionId) -> String {
    of.candidate(id).map(|one| one.mailbox.shown()).unwrap_or_default()
}

/// "Pass on Ben", as the buttons say it.
fn said(decision: Decision, name: &str) -> String {
    match decision {
        Decision::Interested => format!("Interested in {name}"),
        Decision::Maybe => format!("Maybe on {name}"),
        Decision::Pass => format!("Pass on {name}"),
    }
}

fn contact(of: &Conversation) -> String {
    first(&of.batch.contact.mailbox.shown())
}

fn first(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_owned()
}
