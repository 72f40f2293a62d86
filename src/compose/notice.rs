//! What a recruiter is told: one line of what happened, the story in three lines, what to do.

use serde::Serialize;

use super::{escalation, handover, orders, words};
use crate::conversation::{Conversation, Driver, Entered, InterviewStatus, Notice, Party, Status, Submission, entered_by};
use crate::model::{Address, Decision, HeaderText, SubmissionId, Timestamp};

/// The values of a notice.
#[derive(Serialize)]
pub(super) struct News {
    /// What happened, in one line.
    headline: String,
    /// What follows, one thing a line.
    list: Vec<String>,
    /// What was asked for: a heading, and lines.
    sections: Vec<(String, Vec<String>)>,
    /// The words it rests on, if somebody wrote some.
    words: Vec<String>,
    /// Role and client; where each candidate stands; the contact and since when we wait.
    story: Vec<String>,
    /// What to do now, in one or two sentences.
    todo: String,
    /// The page that asks the recruiter something; empty when nothing is asked.
    link: String,
    /// A letter to the client, ready to be sent by the recruiter; empty when there is nothing to ask.
    draft: Vec<String>,
    /// Orders that are one press away.
    orders: Vec<escalation::Order>,
}

/// Tells a notice to `reader`, a recruiter; `link` leads to what they are asked, if anything, and orders go to `orders_to`.
pub(super) fn news(conversation: &Conversation, what: &Notice, reader: Party, link: String, orders_to: &Address, now: Timestamp) -> News {
    let contact = conversation.batch.contact.mailbox.shown();
    let company = &conversation.batch.client;
    let name = |id: SubmissionId| {
        let candidate = conversation.candidate(id);
        candidate.map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string())
    };
    let (headline, said, todo) = match what {
        Notice::Interested {
            submission,
            condition,
            arranged,
            entered: None,
        } => {
            let name = name(*submission);
            let condition = condition
                .as_deref()
                .map(|text| format!(" (condition: {})", HeaderText::new(text)))
                .unwrap_or_default();
            (
                format!("{contact} of {company} wants to meet {name}{condition}"),
                "",
                if *arranged {
                    format!(
                        "We ask for times and arrange the interview: {}.",
                        words::interview(&conversation.batch.project)
                    )
                } else {
                    format!(
                        "Please arrange the interview: {}, {name}, {contact}.",
                        words::interview(&conversation.batch.project)
                    )
                },
            )
        }
        Notice::Interested {
            submission,
            arranged,
            entered: Some(entered),
            condition: _,
        } => {
            let follows = match (entered.booked, arranged) {
                (Some(_), _) => format!("Everybody who takes part gets the invitation. It was entered here; {contact} did not say it."),
                (None, true) => format!(
                    "We ask for times and arrange the interview: {}.",
                    words::interview(&conversation.batch.project)
                ),
                (None, false) => "Please arrange the interview.".to_owned(),
            };
            (
                entered_line(conversation, *submission, entered, reader, "wants to meet"),
                "",
                follows,
            )
        }
        Notice::GoOnWithout { submission, silent, why } => {
            let names: Vec<String> = silent
                .iter()
                .filter_map(|side| Some(conversation.mailbox_of(*side, *submission)?.shown()))
                .collect();
            let (who, does) = (words::list(&names), if names.len() == 1 { "does" } else { "do" });
            (
                format!("{who} {does} not answer about the interview with {}", name(*submission)),
                why.as_str(),
                "The batch says that they must be there, and they were reminded once. Shall it go on without them? Press the link, or reply yes or no: with a \
                 no they are reminded once more. If we hear nothing within two working days, the interview is left to you."
                    .to_owned(),
            )
        }
        Notice::ArrangeYourself { submission, why, words } => {
            let draft = handover::draft(conversation, *submission, now);
            let draft = draft.map_or_else(String::new, |draft| format!(" Below is a draft for {}.", draft.whom));
            let interview = conversation.submission(*submission).and_then(|one| one.interview.as_ref());
            let goes_on = interview.is_some_and(|one| one.is_under_way() && !one.with_recruiter);
            let is_over = interview.is_some_and(|one| one.status == InterviewStatus::Completed);
            let both = format!("interview of {contact} and {}", name(*submission));
            let title = if goes_on || is_over {
                format!("About the {both}")
            } else {
                format!("The {both} needs you")
            };
            let rest = if goes_on || is_over {
                ""
            } else {
                " Nothing more goes out about it by itself."
            };
            (title, words.as_str(), format!("{}{rest}{draft}", sentence(why)))
        }
        Notice::Passed {
            submission,
            reasons,
            words,
            entered,
        } => {
            let why = if reasons.is_empty() {
                "No reason was given; we ask for one.".to_owned()
            } else {
                format!("Reason: {}.", words::reasons(reasons))
            };
            (
                entered.as_ref().map_or_else(
                    || format!("{contact} passed on {}", name(*submission)),
                    |entered| entered_line(conversation, *submission, entered, reader, "passed on"),
                ),
                words.as_str(),
                format!("{why} Nothing to do, unless you want to talk to {contact}."),
            )
        }
        Notice::NeedsPerson { why, words } => (
            format!("An answer from {contact} needs you"),
            words.as_str(),
            format!("{} Please read it and answer {contact} yourself.", sentence(why)),
        ),
        Notice::Erased { who, ended, told } => erased(conversation, *who, *ended, *told),
        Notice::NotUnderstood { why, words, about } => (
            format!("It is not clear what {contact} wants"),
            words.as_str(),
            match about.is_empty() {
                true => format!("{} Please ask {contact} yourself.", sentence(why)),
                false => format!("{} Please ask {contact} yourself; below is a draft.", sentence(why)),
            },
        ),
        Notice::SomeoneElse {
            name: deputy,
            by_link,
            asked,
            would,
            words,
        } => {
            let deputy = if deputy.is_empty() { "Somebody else" } else { deputy };
            let how = if *by_link {
                "through the link that was sent to"
            } else {
                "in place of"
            };
            let would: Vec<String> = would
                .iter()
                .map(|one| format!("{} for {}", one.decision.label(), name(one.submission)))
                .collect();
            let would = match (would.is_empty(), asked) {
                (true, _) => String::new(),
                (false, true) => format!("If it counts, we note: {}. ", words::list(&would)),
                (false, false) => format!("It would have been: {}. ", words::list(&would)),
            };
            (
                format!("{deputy} answered {how} {contact}"),
                words.as_str(),
                match asked {
                    true => format!(
                        "{would}We asked {contact} by mail whether it counts. Until they say yes nothing follows; nothing to do for you."
                    ),
                    false => format!("{would}It does not count, and {contact} was not asked. Please ask {contact} yourself."),
                },
            )
        }
        Notice::Stale { hours, .. } if conversation.waits_for_recruiter() => (
            format!("{contact} has been waiting for your answer for {}", working_time(*hours)),
            "",
            format!("We do not remind {contact} meanwhile. Please answer them, or hand back."),
        ),
        Notice::Stale { hours, escalated: false } => (
            format!("No answer from {contact} for {}", working_time(*hours)),
            "",
            if conversation.chase.stopped || conversation.client_unreachable || conversation.driver == Driver::Recruiter {
                "They are not reminded by mail. A call from you may help.".to_owned()
            } else {
                "We keep reminding them by mail. A call from you may help.".to_owned()
            },
        ),
        Notice::Stale { hours, escalated: true } => (
            format!("Still no answer from {contact} after {}", working_time(*hours)),
            "",
            format!(
                "We send no more reminders. Please call them, or close the batch.{}",
                escalation::follows(conversation)
            ),
        ),
        Notice::Away { until, substitute } => {
            let until = until
                .map(|day| format!(" until {}", day.format("%a %-d %B %Y")))
                .unwrap_or_default();
            let todo = match (substitute, substitute.as_deref().and_then(address_in)) {
                (Some(_), Some(address)) => format!(
                    "Reminders pause until the working day after. If it cannot wait: {address} seems to stand in. Write to them, or hand the batch in \
                     again for this address."
                ),
                (Some(_), None) => {
                    "The words above seem to name a substitute. Reminders pause; write to the substitute if it is urgent.".to_owned()
                }
                (None, _) => "Reminders pause until the working day after. Nothing to do, unless it is urgent.".to_owned(),
            };
            (format!("{contact} is away{until}"), substitute.as_deref().unwrap_or_default(), todo)
        }
        Notice::Undeliverable { to, status } => (
            format!("Mail to {} cannot be delivered", party(conversation, *to)),
            status.as_str(),
            "Nothing more is sent to this address. Please find the right one and hand the batch in again.".to_owned(),
        ),
        Notice::LetterRefused { to, why } => (
            format!("A letter to {} was not sent", party(conversation, *to)),
            why.as_str(),
            "Please correct what is named above and hand the batch in again.".to_owned(),
        ),
        Notice::LetterFailed { to, why } => (
            format!("A letter to {} did not get through", party(conversation, *to)),
            why.as_str(),
            format!("It will not be tried again. Please write to {} yourself.", party(conversation, *to)),
        ),
        Notice::WhileYouDrive { what, words } => (
            format!("{contact} answered while you drive"),
            words.as_str(),
            format!(
                "{} It is on record, and nothing was sent. Please answer yourself, or hand back.",
                sentence(what)
            ),
        ),
        Notice::NotDone { why } => (
            "What you ordered could not be done".to_owned(),
            "",
            format!("{} Nothing was sent because of it.", sentence(why)),
        ),
        Notice::Ordered { .. } => (String::new(), "", String::new()),
        Notice::Driver { taken: true } => (
            "A recruiter took over".to_owned(),
            "",
            "From here on replyd records what comes in and sends nothing to client or candidates, until you hand back.".to_owned(),
        ),
        Notice::Driver { taken: false } => (
            "A recruiter handed back".to_owned(),
            "",
            "From here on replyd writes to client and candidates again.".to_owned(),
        ),
    };
    if let Some(told) = orders::told(what, conversation, now) {
        return News {
            headline: told.headline,
            list: told.list,
            sections: told.sections,
            words: super::excerpt::quoted(&told.unread),
            story: story(conversation, now),
            todo: told.todo,
            link: String::new(),
            draft: Vec::new(),
            orders: Vec::new(),
        };
    }
    News {
        list: Vec::new(),
        sections: Vec::new(),
        headline: HeaderText::new(&headline).to_string(),
        words: super::excerpt::quoted(said),
        story: {
            let mut lines = story(conversation, now);
            if let Notice::ArrangeYourself { submission, .. } | Notice::GoOnWithout { submission, .. } = what {
                lines.extend(handover::story(conversation, *submission, now));
            }
            lines
        },
        todo,
        link,
        orders: if matches!(what, Notice::Stale { .. }) {
            escalation::orders(conversation, orders_to, now)
        } else {
            Vec::new()
        },
        draft: match what {
            Notice::NotUnderstood { words, about, .. } if !about.is_empty() => {
                signed(conversation, reader, draft(conversation, words, about))
            }
            Notice::Stale { .. } if !conversation.waits_for_recruiter() => {
                let draft = escalation::draft(conversation);
                if draft.is_empty() {
                    draft
                } else {
                    signed(conversation, reader, draft)
                }
            }
            Notice::ArrangeYourself { submission, .. } => {
                let draft = handover::draft(conversation, *submission, now);
                draft.map_or_else(Vec::new, |draft| signed(conversation, reader, draft.lines))
            }
            Notice::NotUnderstood { .. }
            | Notice::Interested { .. }
            | Notice::GoOnWithout { .. }
            | Notice::Passed { .. }
            | Notice::NeedsPerson { .. }
            | Notice::Erased { .. }
            | Notice::SomeoneElse { .. }
            | Notice::Stale { .. }
            | Notice::Away { .. }
            | Notice::Undeliverable { .. }
            | Notice::LetterRefused { .. }
            | Notice::LetterFailed { .. }
            | Notice::WhileYouDrive { .. }
            | Notice::NotDone { .. }
            | Notice::Ordered { .. }
            | Notice::Driver { .. } => Vec::new(),
        },
    }
}

/// What somebody entered for the client, and against what: nobody reads it as the client's own words.
fn entered_line(of: &Conversation, id: SubmissionId, entered: &Entered, reader: Party, what: &str) -> String {
    let name = of
        .candidate(id)
        .map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string());
    let contact = of.batch.contact.mailbox.shown();
    let is_reader = reader.mailbox(of).is_some_and(|one| one.shown() == entered.by);
    let by = if is_reader { "you".to_owned() } else { entered_by(&entered.by) };
    let did = match entered.booked {
        Some(slot) => format!("booked {name} for {}", of.batch.contact.zone.spelled(slot.start)),
        None => format!("entered that {contact} {what} {name}"),
    };
    let against = entered.although.as_ref().filter(|stands| stands.decision != Decision::Maybe);
    let against = against.map_or_else(String::new, |stands| format!(", although {}", stands.told(id, of)));
    let mut line = format!("{by} {did}{against}");
    if let Some(first) = line.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    line
}

/// That somebody was erased; who asked for it nobody knows.
fn erased(of: &Conversation, who: Party, ended: bool, told: bool) -> (String, &'static str, String) {
    let (whom, follows) = match (who, ended) {
        (Party::Candidate(id), true) => (words::unnamed(of, id), "Their submission has ended."),
        (Party::Candidate(id), false) => (words::unnamed(of, id), "Their submission had ended before."),
        (Party::Client, true) => (
            "the contact of this batch".to_owned(),
            "Its open submissions have ended, and nobody at the client is written to.",
        ),
        (Party::Client, false) => ("the contact of this batch".to_owned(), "Nothing in it was open."),
        (Party::Interviewer(_), _) => ("an interviewer of this batch".to_owned(), "Interviews go on without them."),
        (Party::Recruiter(_), _) => ("a recruiter of this batch".to_owned(), "It goes on."),
    };
    let told = match told {
        true => format!(
            " {} is told that they are no longer available, in the hours at which we write to them.",
            of.batch.contact.mailbox.shown()
        ),
        false => String::new(),
    };
    let rest = "What your own mailbox and files hold of them is yours to delete.";
    (
        "Somebody of this batch was erased".to_owned(),
        "",
        format!("Everything that was kept here about {whom} is gone: somebody used \"replyd person erase\". {follows}{told} {rest}"),
    )
}

/// A draft with the name of the recruiter below it.
fn signed(conversation: &Conversation, reader: Party, mut lines: Vec<String>) -> Vec<String> {
    let sender = match reader {
        Party::Recruiter(n) => conversation.batch.recruiters.get(usize::from(n)).map(crate::model::Mailbox::shown),
        Party::Client | Party::Candidate(_) | Party::Interviewer(_) => None,
    };
    lines.extend([String::new(), "Kind regards".to_owned()]);
    lines.extend(sender);
    lines
}

/// Words of the client that a draft repeats, in characters.
const DRAFT_QUOTES: usize = 300;

/// What a recruiter could write: the client's words, and what is still to be said.
fn draft(conversation: &Conversation, words: &str, about: &[(SubmissionId, Option<Decision>)]) -> Vec<String> {
    let names = |some: &dyn Fn(&Option<Decision>) -> bool| -> Vec<String> {
        let ids = about.iter().filter(|(_, meant)| some(meant)).map(|(id, _)| *id);
        ids.filter_map(|id| Some(conversation.candidate(id)?.mailbox.name.to_string()))
            .collect()
    };
    let contact = &conversation.batch.contact.mailbox;
    let mut lines = vec![
        format!("Hi {},", words::first_name(&contact.name)),
        String::new(),
        format!("Thank you for your answer about {}.", conversation.batch.project.title),
    ];
    let said = HeaderText::new(&words.chars().take(DRAFT_QUOTES).collect::<String>());
    if !said.is_empty() {
        lines.push("I would like to be sure that I read this right:".to_owned());
        lines.push(format!("> {said}"));
    }
    lines.push(String::new());
    for decision in Decision::ALL {
        let names = names(&|meant| *meant == Some(decision));
        if !names.is_empty() {
            lines.push(format!("Did you mean \"{}\" for {}?", decision.label(), words::list(&names)));
        }
    }
    let open = names(&Option::is_none);
    if !open.is_empty() {
        lines.push(format!("What do you think of {}?", words::list(&open)));
    }
    lines
}

pub(super) fn story(conversation: &Conversation, now: Timestamp) -> Vec<String> {
    let batch = &conversation.batch;
    let standings: Vec<String> = conversation
        .submissions
        .iter()
        .map(|one| {
            let name = conversation.candidate(one.id).map(|candidate| candidate.mailbox.name.to_string());
            format!("{}: {}", name.unwrap_or_default(), standing(one))
        })
        .collect();
    let chase = &conversation.chase;
    let since = match chase.since {
        // From the first step of the chase on, waiting counts from its last step.
        Some(_) if chase.step > 0 => match chase.nudges {
            0 => "no answer yet".to_owned(),
            1 => "reminded once".to_owned(),
            2 => "reminded twice".to_owned(),
            times => format!("reminded {times} times"),
        },
        Some(at) if at <= now => format!("last word or letter on {}", batch.contact.zone.spelled(at)),
        Some(_) | None => "nothing has been sent yet".to_owned(),
    };
    let driver = match conversation.driver {
        Driver::Bot => "",
        Driver::Recruiter => "; a recruiter drives",
    };
    vec![
        format!("{} for {} [{}]", batch.project.title, batch.client, conversation.reference()),
        standings.join(" · "),
        format!(
            "{} <{}>: {since}{driver}",
            batch.contact.mailbox.name, batch.contact.mailbox.address
        ),
    ]
}

/// Business time as people count it: 24 hours of it are a working day.
pub(super) fn working_time(hours: u32) -> String {
    match (hours / 24, hours % 24) {
        (0, 1) => "an hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, 0) => "a working day".to_owned(),
        (1, _) => "more than a working day".to_owned(),
        (days, 0) => format!("{days} working days"),
        (days, _) => format!("more than {days} working days"),
    }
}

fn standing(one: &Submission) -> String {
    let status = match one.status {
        Status::Queued => "not sent yet",
        Status::Sent => "no answer yet",
        Status::Viewed => "looked at, no answer yet",
        Status::Interested => "interested",
        Status::Maybe => "maybe",
        Status::Rejected => "pass",
        Status::InterviewScheduled => "interview agreed",
        Status::Completed => "interviewed",
        Status::Withdrawn => "withdrawn",
        Status::Closed => "closed",
    };
    match &one.resting {
        Some(resting) => format!("{}, can still be undone", resting.decision.label().to_lowercase()),
        None => status.to_owned(),
    }
}

/// The first address among these words.
fn address_in(words: &str) -> Option<Address> {
    let around = |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':' | '.' | '!');
    let mut parts = words.split(|c: char| c.is_whitespace() || matches!(c, '<' | '(' | ':'));
    parts.find_map(|word| Address::parse(word.trim_matches(around)).ok())
}

pub(super) fn party(conversation: &Conversation, whom: Party) -> String {
    let batch = &conversation.batch;
    let mailbox = match whom {
        Party::Client => Some(&batch.contact.mailbox),
        Party::Candidate(id) => conversation.candidate(id).map(|one| &one.mailbox),
        Party::Interviewer(n) => conversation.interviewer(n).map(|one| &one.mailbox),
        Party::Recruiter(n) => batch.recruiters.get(usize::from(n)),
    };
    mailbox.map_or_else(|| "somebody".to_owned(), crate::model::Mailbox::shown)
}

/// One clean line that ends like a sentence.
fn sentence(text: &str) -> String {
    let line = HeaderText::new(text).to_string();
    if line.is_empty() || line.ends_with(['.', '!', '?']) {
        line
    } else {
        format!("{line}.")
    }
}
