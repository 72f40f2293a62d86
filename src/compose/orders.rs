//! What a recruiter ordered, told back: what was read, when it is done, how it is taken back, what was not understood.

use super::words;
use crate::calendar::Zone;
use crate::conversation::{Command, Conversation, Correction, Notice, Objection, Party, Side};
use crate::model::{HeaderText, SubmissionId, Timestamp};

/// Stretches of time that are spelled out; of more only their number is told.
const MOST_TIMES: usize = 8;

/// What somebody who was not understood could write instead.
const EXAMPLES: &str = "Write it in plain words, for instance \"Client called: yes to Ana, pass on Ben, too expensive\", \"Ana can do Tue 2-4\", \
                        \"Book Ana for Tuesday 14:00\", \"Pause until Monday\", \"I'll take it from here\", or \"Note: she prefers mornings\".";

/// Above what waits for the recruiter's yes.
const HEADING: &str = "We read this, and have not done it";

/// What is told back: headline, what was read line by line, what was not, what to do.
pub(super) struct Told {
    pub(super) headline: String,
    pub(super) list: Vec<String>,
    /// What was asked for: a heading, and lines.
    pub(super) sections: Vec<(String, Vec<String>)>,
    pub(super) unread: String,
    pub(super) todo: String,
}

/// Tells a [`Notice::Ordered`]; `None` for any other.
pub(super) fn told(what: &Notice, of: &Conversation, now: Timestamp) -> Option<Told> {
    let Notice::Ordered {
        done,
        resting,
        until,
        undone,
        proposed,
        unread,
        told,
    } = what
    else {
        return None;
    };
    let zone = of.batch.contact.zone;
    let lines = |all: &[Command], head: &str| all.iter().map(|one| format!("{head}{}", order_line(one, of))).collect::<Vec<_>>();
    let mut list = lines(undone.as_deref().unwrap_or_default(), "Taken back: ");
    list.extend(lines(done, ""));
    list.extend(lines(resting, ""));
    let answers = told.iter().map(|(heading, lines)| {
        (
            HeaderText::new(heading).to_string(),
            lines.iter().map(|one| HeaderText::new(one).to_string()).collect(),
        )
    });
    let objections: Vec<Objection> = proposed.iter().filter_map(|one| of.objection(one, now)).collect();
    let put = |one: &Command| match of.objection(one, now) {
        Some(objection) => format!("{}. But {}: {}", order_line(one, of), objection.told(of), objection.question()),
        None => order_line(one, of),
    };
    let read = (!proposed.is_empty()).then(|| (HEADING.to_owned(), proposed.iter().map(put).collect()));
    let sections: Vec<(String, Vec<String>)> = read.into_iter().chain(answers).collect();
    let taken_back = undone.as_ref().map(|all| !all.is_empty());
    let headline = match (taken_back, resting.is_empty(), done.is_empty()) {
        (Some(true), ..) => "Taken back".to_owned(),
        (Some(false), true, true) => "There was nothing left to take back".to_owned(),
        (_, false, _) => "This is what we read in your mail".to_owned(),
        (_, true, false) => "Done".to_owned(),
        (None, true, true) if let Some(first) = objections.first() => format!("{}: {}", first.told(of), first.question()),
        (None, true, true) if !proposed.is_empty() => "Did we read your mail right?".to_owned(),
        (None, true, true) if !sections.is_empty() => "Here is what you asked for".to_owned(),
        (None, true, true) => "We could not tell what you mean, and did nothing".to_owned(),
    };
    let mut todo = Vec::new();
    if let Some(until) = until {
        todo.push(format!(
            "It is done at {}. To stop it, or if it is wrong, reply \"undo\" before.",
            clock(*until, zone)
        ));
    } else if !done.is_empty() {
        todo.push("If that is wrong, reply \"undo\".".to_owned());
    }
    if taken_back == Some(false) {
        todo.push("What was ordered is done already. Write what you want instead.".to_owned());
    }
    if !proposed.is_empty() {
        todo.push(format!(
            "Nothing of \"{HEADING}\" is done before you say so: reply \"yes\" to do it, \"no\" to drop it, or write what you want instead."
        ));
    }
    if !unread.is_empty() {
        let all = list.is_empty() && proposed.is_empty();
        todo.push(
            if all {
                "Nothing follows from it."
            } else {
                "Nothing follows from the words above."
            }
            .to_owned(),
        );
        todo.push(EXAMPLES.to_owned());
    }
    Some(Told {
        headline,
        list,
        sections,
        unread: unread.join("\n"),
        todo: todo.join(" "),
    })
}

/// "14:05", with the zone.
fn clock(at: Timestamp, zone: Zone) -> String {
    zone.spelled(at)
}

/// A recruiter's command in one line, as it is told back.
#[must_use]
pub fn order_line(command: &Command, of: &Conversation) -> String {
    let name = |id: &SubmissionId| {
        of.candidate(*id)
            .map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string())
    };
    let zone = |id: &SubmissionId, side: Side| of.zone_of(side.party(*id));
    match command {
        Command::Take => "You drive from here on; we send nothing to client or candidates.".to_owned(),
        Command::Release => "We write to client and candidates again, and what was held back leaves.".to_owned(),
        Command::Decide {
            submission,
            decision,
            reasons,
        } => {
            let why = if reasons.is_empty() {
                String::new()
            } else {
                format!(" ({})", words::reasons(reasons))
            };
            format!(
                "{}: {}{why}, for {}",
                name(submission),
                decision.label(),
                of.batch.contact.mailbox.shown()
            )
        }
        Command::Answered => format!(
            "{} has your answer; nothing waits for you any more",
            of.batch.contact.mailbox.shown()
        ),
        Command::Reach => format!("{} can be written to again", of.batch.contact.mailbox.shown()),
        Command::GoOn { submission, yes, .. } => format!(
            "The interview with {} {} those who do not answer",
            name(submission),
            if *yes { "goes on without" } else { "waits for" }
        ),
        Command::Note { text } => format!("Noted: {}", HeaderText::new(text)),
        Command::Pause { until } => format!("Nothing goes out by itself before {}", until.format("%a %-d %B %Y")),
        Command::StopChase => format!("No more reminders to {}", of.batch.contact.mailbox.shown()),
        Command::Times { submission, by, open } => {
            let here = zone(submission, *by);
            let who = match by {
                Side::Client | Side::Interviewer(_) => of.batch.contact.mailbox.shown(),
                Side::Candidate => name(submission),
            };
            let spans: Vec<String> = open
                .iter()
                .take(MOST_TIMES)
                .map(|(from, to)| format!("{} to {}", here.shown(from), here.local(to).format("%H:%M")))
                .collect();
            let more = open.iter().count().saturating_sub(MOST_TIMES);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            let about = if *by == Side::Candidate {
                String::new()
            } else {
                format!(" (interview with {})", name(submission))
            };
            format!("{who} can{about}: {}{more} ({})", spans.join("; "), here.place())
        }
        Command::Book { submission, slot } => {
            let (theirs, here) = (zone(submission, Side::Candidate), zone(submission, Side::Client));
            format!("{}: interview on {}", name(submission), here.spelled_beside(slot.start, theirs))
        }
        Command::Rearrange { submission } => format!("{}: another time for the interview is looked for", name(submission)),
        Command::CallOff { submission } => format!("{}: the interview is called off", name(submission)),
        Command::Undecide { submission } => format!("{}: open again", name(submission)),
        Command::Withdraw { submission } => format!("{} is out; the client is told", name(submission)),
        Command::Readdress { who, address } => format!("Mail to {} goes to {address}", party(*who, of)),
        Command::Feedback { submission, body } => match body {
            Some(_) => format!("{} is told why", name(submission)),
            None => format!("{} is not told why", name(submission)),
        },
        Command::Correct { submission, what } => format!(
            "{}: {} as corrected",
            name(submission),
            match what {
                Correction::Phone(_) => "phone",
                Correction::Zone(_) => "time zone",
                Correction::Summary(_) => "what the client reads about them",
            }
        ),
        Command::Resend { to } => format!("The last letter to {} is sent once more", party(*to, of)),
    }
}

fn party(who: Party, of: &Conversation) -> String {
    super::notice::party(of, who)
}
