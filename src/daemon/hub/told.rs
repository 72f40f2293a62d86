//! Words of the hub: names in the database → what people read, instants → how long ago.

use chrono::Datelike;

use crate::calendar::Zone;
use crate::conversation::{Conversation, Lane};
use crate::model::{SubmissionId, Timestamp};
use crate::store::DeadlineLine;

/// A lane's label, and what stands in it.
pub(super) const fn lane(lane: Lane) -> (&'static str, &'static str) {
    match lane {
        Lane::Desk => ("On the desk", "Nothing goes on before a recruiter does something."),
        Lane::Client => ("With the client", "Not decided, or still in its grace period."),
        Lane::Maybe => ("Maybe", "The client is asked again."),
        Lane::Arranging => ("Finding a time", "The client is interested."),
        Lane::Interview => ("Interview ahead", "A time is agreed."),
        Lane::Done => ("Done", "Passed, completed or closed; newest first."),
    }
}

/// `interview_scheduled` → `Interview scheduled`.
pub(super) fn label(name: &str) -> String {
    let words = name.split('_').map(|word| match word {
        "cv" => "CV",
        "cvs" => "CVs",
        word => word,
    });
    let words = words.collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How long ago: "4 min", "3 h", "5 days".
pub(super) fn age(from: Timestamp, now: Timestamp) -> String {
    let gone = now - from;
    let counted = |n: i64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    match (gone.num_days(), gone.num_hours(), gone.num_minutes()) {
        (days, _, _) if days >= 2 => counted(days, "day", "days"),
        (_, hours, _) if hours >= 1 => format!("{hours} h"),
        (_, _, minutes) if minutes >= 1 => format!("{minutes} min"),
        (_, _, _) => "just now".to_owned(),
    }
}

/// `Thu 26 Nov, 10:00`, with the year when it is another one.
pub(super) fn short(zone: Zone, at: Timestamp, now: Timestamp) -> String {
    let (local, today) = (zone.local(at), zone.local(now));
    let form = if local.year() == today.year() {
        "%a %-d %b, %H:%M"
    } else {
        "%a %-d %b %Y, %H:%M"
    };
    local.format(form).to_string()
}

/// When something happens, from now.
pub(super) fn away(at: Timestamp, now: Timestamp) -> String {
    if at <= now {
        return "now".to_owned();
    }
    match age(now, at).as_str() {
        "just now" => "in a moment".to_owned(),
        other => format!("in {other}"),
    }
}

/// What a deadline will do.
pub(super) fn planned(of: &Conversation, deadline: &DeadlineLine) -> String {
    let contact = of.batch.contact.mailbox.shown();
    let candidate = deadline
        .submission
        .and_then(|id| of.candidate(SubmissionId(id)))
        .map_or_else(|| "the candidate".to_owned(), |one| one.mailbox.shown());
    let about = deadline.submission.and_then(|id| of.submission(SubmissionId(id)));
    match deadline.kind.as_str() {
        "take_effect" => {
            let resting = about.and_then(|one| one.resting.as_ref());
            let what = resting.map_or("The decision", |one| one.decision.label());
            format!("{what} takes effect for {candidate}")
        }
        "chase" => chase(of, &contact),
        "backup" => format!(
            "Write to {}, whom the batch names as backup",
            of.backup().map_or_else(|| contact.clone(), |one| one.mailbox.shown())
        ),
        "follow_up" => format!("Ask {contact} about the Maybe for {candidate} again"),
        "ask_reasons" => format!("Ask {contact} why {candidate} was passed on"),
        "receipt" => format!("Send {contact} the receipt"),
        "asked_back" => "Hand over to a recruiter: the question that was asked back stays open".to_owned(),
        "interview_client" => format!("Remind {contact} of the question about the interview"),
        "interview_candidate" => format!("Remind {candidate} of the question about the interview"),
        "picked" => format!("Take the time that was picked for {candidate}"),
        "tell_client" => format!("Tell {contact} about the interview"),
        "tell_candidate" => format!("Tell {candidate} about the interview"),
        "remind" => format!("Remind both sides of the interview with {candidate}"),
        "after_interview" => format!("Ask how the interview with {candidate} went"),
        "gone" => format!("Tell {contact} that {candidate} is out"),
        "feedback" => format!("Tell {candidate} why, as it was released"),
        other if other.starts_with("interview_") => "Remind an interviewer of the question about the interview".to_owned(),
        other if other.starts_with("tell_") => "Tell an interviewer about the interview".to_owned(),
        other => label(other),
    }
}

fn chase(of: &Conversation, contact: &str) -> String {
    let step = usize::from(of.chase.step);
    let last = step + 1 >= of.policy.chase_hours.len();
    let quiet = of.chase.stopped || of.client_unreachable;
    match (of.chase.with_recruiter, last, step) {
        (true, _, _) => format!("Remind the recruiters: {contact} waits for their answer"),
        (_, true, _) => format!("Escalate: {contact} does not answer"),
        (_, _, _) if quiet => "Tell the recruiters that nobody answers".to_owned(),
        (_, _, 0) => format!("Nudge {contact}"),
        (_, _, _) => format!("Nudge {contact}, and tell the recruiters"),
    }
}

/// Why something happened, where nobody did it; empty where somebody did and the line says who.
pub(super) fn cause(cause: &str) -> String {
    let Some((what, of)) = cause.split_once(' ') else {
        return match cause {
            "click" => "Pressed on a page".to_owned(),
            "hub" => "In the hub".to_owned(),
            "command" => "On the command line".to_owned(),
            "submit" => "Handed in".to_owned(),
            other => label(other),
        };
    };
    match (what, of) {
        ("message", _) => "Read in a mail".to_owned(),
        ("letter", _) => "By itself: what became of a letter".to_owned(),
        ("deadline", "chase") => "By itself: nobody had answered for so long".to_owned(),
        ("deadline", "take_effect") => "By itself: the grace period was over".to_owned(),
        ("deadline", "follow_up") => "By itself: the day to come back had come".to_owned(),
        ("deadline", "receipt" | "picked") => "By itself: what was pressed is acted on some seconds later".to_owned(),
        ("deadline", "remind") => "By itself: the interview is near".to_owned(),
        ("deadline", "after_interview") => "By itself: the interview is over".to_owned(),
        ("deadline", of) => format!("By itself: it was time ({})", of.replace('_', " ")),
        (_, _) => label(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_names_read_well() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-20T10:00:00Z");
        for (from, says) in [
            ("2026-11-20T09:59:30Z", "just now"),
            ("2026-11-20T09:56:00Z", "4 min"),
            ("2026-11-19T09:00:00Z", "25 h"),
            ("2026-11-18T09:00:00Z", "2 days"),
        ] {
            assert_eq!(age(at(from), now), says);
        }
        assert_eq!(away(at("2026-11-22T11:00:00Z"), now), "in 2 days");
        assert_eq!(away(now, now), "now");
        assert_eq!(label("interview_scheduled"), "Interview scheduled");
        assert_eq!(
            short("Europe/Lisbon".parse().unwrap(), at("2027-01-02T09:00:00Z"), now),
            "Sat 2 Jan 2027, 09:00"
        );
        assert_eq!(cause("deadline chase"), "By itself: nobody had answered for so long");
    }
}
