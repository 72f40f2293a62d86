//! A letter that tells a candidate why: what it says, and the mails to the recruiter whose word it waits for.
//!
//! In: a conversation with a pass that stands, or a draft. Out: a [`LetterDraft`], or a letter of the desk. It says what is true and kind: a sentence for each
//! reason, and of the client's words only whole sentences that speak of this candidate, of nothing protected, and are not unkind.

use super::excerpt::in_a_line;
use super::{DeskLetter, DeskLine, DeskPart, words};
use crate::conversation::{BETWEEN, Conversation, InterviewStatus};
use crate::handin::{Again, Held, LetterDraft, State, Why, harsh, held};
use crate::model::{ERASED, Reason, SubmissionId};

/// Sentences of the client's that a letter quotes.
const MOST_QUOTES: usize = 2;
/// Words of such a sentence.
const QUOTED: std::ops::RangeInclusive<usize> = 5..=30;
/// Sentences of the client's words that are looked at.
const MOST_SENTENCES: usize = 60;

/// Stands in every mail that shows a draft, and in no letter to a candidate.
pub const ONLY_ON_YOUR_WORD: &str = "It leaves only on your word";

/// The names of everybody in a batch: in what is written about them they say nothing.
#[must_use]
pub fn names_in(of: &Conversation) -> Vec<&str> {
    let mut names: Vec<&str> = of.batch.people().map(|one| one.name.as_str()).collect();
    names.push(of.batch.client.as_str());
    names
}

/// The letter for a candidate whom the client passed on.
#[must_use]
pub fn feedback_draft(of: &Conversation, id: SubmissionId) -> Option<LetterDraft> {
    let submission = of.submission(id)?;
    let title = &of.batch.project.title;
    let met = submission
        .interview
        .as_ref()
        .is_some_and(|one| one.status == InterviewStatus::Completed);
    let mut body = vec![match met {
        true => format!(
            "Thank you for taking the time to meet the client about the role {title}. They have decided not to go on with your application."
        ),
        false => format!(
            "Thank you for letting us put you forward for the role {title}. The client has decided not to go on with your application."
        ),
    }];
    let because: Vec<&str> = submission.reasons.iter().copied().filter_map(sentence).collect();
    if !because.is_empty() {
        body.push(because.join(" "));
    }
    let (quotes, held) = sifted(of, id, &of.without_labels(&submission.reason_words));
    if !quotes.is_empty() {
        let quotes: Vec<String> = quotes.iter().map(|quote| format!("“{quote}”")).collect();
        body.push(format!("In their words: {}", quotes.join(" ")));
    }
    body.push("We keep you in mind, and will be in touch when something fits.".to_owned());
    Some(LetterDraft::new(id, body.join("\n\n"), held))
}

/// What a reason says to whom it is about.
const fn sentence(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::Skills => "For this role they look for other skills than those in your profile.",
        Reason::Experience => "They look for another kind or length of experience.",
        Reason::Salary => "Your salary expectation and their budget for the role do not meet.",
        Reason::Culture => "They think that the way you like to work and the way their team works would not go together.",
        Reason::Location => "The place of work and where you are do not go together.",
        Reason::Availability => "The dates or hours at which you can work do not fit the role.",
        Reason::Communication => "The role asks for more in the way of communication than they saw.",
        Reason::Overqualified => "They think that the role would not be enough for what you can do.",
        Reason::PreferredOther => "They decided for somebody whose profile is closer to what they need.",
        Reason::RoleChanged => "The role itself has changed or is not open any more, which says nothing about you.",
        Reason::AlreadyKnown => "They have been in touch with you about work before, and so cannot take your application from us.",
        Reason::Other => return None,
    })
}

/// Of the client's words what may be quoted, and what was kept out.
fn sifted(of: &Conversation, id: SubmissionId, words: &str) -> (Vec<String>, Vec<Held>) {
    let (mut quotes, mut out) = (Vec::new(), Vec::new());
    let names = names_in(of);
    let own = of.candidate(id).map_or("", |one| one.mailbox.name.as_str());
    let others: Vec<&str> = names
        .iter()
        .flat_map(|name| name.split(' '))
        .filter(|name| !own.contains(*name) && name.chars().count() > 2)
        .collect();
    let parts = words
        .split(BETWEEN)
        .flat_map(|part| part.split_inclusive(['.', '!', '?', ';', '\n']));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty() && !part.contains(ERASED));
    for part in parts.take(MOST_SENTENCES) {
        let protected = held(part, &names);
        let unkind = harsh(part);
        let named = others
            .iter()
            .find(|name| part.split(|c: char| !c.is_alphanumeric()).any(|word| word == **name));
        let quotable = QUOTED.contains(&part.split_whitespace().count())
            && !part.contains(['@', '/', '€', '$', '£', '?'])
            && !part.chars().any(|c| c.is_ascii_digit());
        let kept_out = |words: String, why| Held {
            sentence: part.to_owned(),
            words,
            why,
        };
        if !protected.is_empty() {
            out.extend(protected.into_iter().map(|one| Held {
                sentence: part.to_owned(),
                ..one
            }));
        } else if let Some(word) = unkind {
            out.push(kept_out(word, Why::Harsh));
        } else if let Some(name) = named {
            out.push(kept_out((*name).to_owned(), Why::Names));
        } else if quotable && quotes.len() < MOST_QUOTES {
            quotes.push(in_a_line(part));
        }
    }
    (quotes, out)
}

/// One line that names the draft in lists.
#[must_use]
pub fn feedback_title(of: &Conversation, id: SubmissionId) -> String {
    let name = of
        .candidate(id)
        .map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string());
    format!("feedback to {name} about {} [{}]", of.batch.project.title, of.reference())
}

/// What a mail that shows such a draft is made of.
#[derive(Debug)]
pub struct FeedbackPreview<'a> {
    /// The draft's number.
    pub id: i64,
    /// The draft.
    pub draft: &'a LetterDraft,
    /// The batch.
    pub of: &'a Conversation,
    /// Why it is shown.
    pub again: Again,
    /// What was not understood of an answer; may be empty.
    pub unread: &'a str,
    /// What keeps it from being sent, if anything.
    pub fault: Option<&'a str>,
    /// The day on which it is dropped.
    pub until: &'a str,
}

/// Shows a draft to the recruiter whose word it waits for.
#[must_use]
pub fn feedback_preview(shown: &FeedbackPreview<'_>) -> DeskLetter {
    let FeedbackPreview {
        id,
        draft,
        of,
        again,
        unread,
        fault,
        until,
    } = shown;
    let candidate = of.candidate(draft.submission);
    let name = candidate.map_or_else(|| "a candidate".to_owned(), |one| one.mailbox.name.to_string());
    let first = candidate.map_or_else(|| name.clone(), |one| words::first_name(&one.mailbox.name));
    let contact = of.batch.contact.mailbox.shown();
    let told = match (again, fault) {
        (_, Some(fault)) => format!("It was not sent: {fault}"),
        (Again::New, None) => format!(
            "{contact} passed on {name} for {} [{}]. Below is a letter that would tell {first} why.",
            of.batch.project.title,
            of.reference()
        ),
        (Again::More, None) => format!("{contact} said more about {name}. Below is the letter as it would be now."),
        (Again::Older, None) => "You answered an older version of it. Nothing was sent; below is the letter as it is now.".to_owned(),
        (Again::Protected, None) => {
            "It was not sent yet. Your text speaks of something for which nobody may be refused, or seems to; look at the words below."
                .to_owned()
        }
        (Again::NotUnderstood, None) => "Your answer was not understood, and nothing was sent.".to_owned(),
    };
    let mut parts = Vec::new();
    if !unread.is_empty() {
        parts.push(as_is("What was not understood", unread));
    }
    let own = draft.protected(&names_in(of));
    if draft.edited && !own.is_empty() {
        parts.push(list("What your text seems to speak of", &own));
    }
    parts.push(as_is("The letter", &format!("Hi {first},\n\n{}", draft.body)));
    if let Some(submission) = of.submission(draft.submission) {
        let reasons = words::reasons(&submission.reasons);
        if !reasons.is_empty() {
            parts.push(DeskPart {
                heading: format!("What {contact} gave as the reason"),
                lines: vec![DeskLine::from(reasons)],
                as_is: false,
            });
        }
        if !submission.reason_words.is_empty() {
            parts.push(as_is(&format!("What {contact} wrote"), &submission.reason_words));
        }
    }
    if !draft.held.is_empty() {
        parts.push(list("Kept out of the letter", &draft.held));
    }
    let send = if draft.edited && !own.is_empty() {
        "To send it all the same, answer \"send anyway\"; to drop it, \"no\"."
    } else {
        "Answer \"send\" to send it, or \"no\" to drop it."
    };
    DeskLetter {
        headline: format!("Draft {id}: feedback to {name}"),
        intro: vec![told],
        parts,
        todo: format!(
            "{ONLY_ON_YOUR_WORD}. {send} To change it, answer with your own text from the salutation on: \"Hi {first},\". Nobody's word until {until} drops it."
        ),
    }
}

/// Tells what became of one. `now`: just now.
#[must_use]
pub fn feedback_over(id: i64, title: &str, state: State, now: bool) -> DeskLetter {
    let told = match (state, now) {
        (State::Discarded, true) => "It was dropped, and nothing was sent.".to_owned(),
        (State::Stale, true) => "Nobody answered for so long that it was dropped. Nothing was sent.".to_owned(),
        (State::Discarded | State::Stale, false) => "It was dropped before. Nothing was sent.".to_owned(),
        (State::Sent, _) => "It was sent before, and is not sent again.".to_owned(),
        (State::Open, _) => "It waits for your word.".to_owned(),
    };
    DeskLetter {
        headline: format!("Draft {id}"),
        intro: vec![title.to_owned(), told],
        ..DeskLetter::default()
    }
}

/// Tells that one was released. `at`: when it leaves, if that is not now.
#[must_use]
pub fn feedback_sent(id: i64, title: &str, at: Option<&str>) -> DeskLetter {
    let told = match at {
        Some(at) => format!("It leaves {at}, when people there may be written to."),
        None => "It is on its way; a copy comes to you.".to_owned(),
    };
    DeskLetter {
        headline: format!("Draft {id} was released"),
        intro: vec![title.to_owned(), told],
        ..DeskLetter::default()
    }
}

fn as_is(heading: &str, text: &str) -> DeskPart {
    DeskPart {
        heading: heading.to_owned(),
        lines: super::excerpt::lines(text).into_iter().map(DeskLine::from).collect(),
        as_is: true,
    }
}

fn list(heading: &str, all: &[Held]) -> DeskPart {
    let line = |one: &Held| {
        let why = match one.why {
            Why::Protected(about) => format!("it seems to speak of {}", about.label()),
            Why::Harsh => "it is unkind".to_owned(),
            Why::Names => "it names somebody else".to_owned(),
        };
        DeskLine::from(format!("“{}”: {why} (“{}”)", in_a_line(&one.sentence), in_a_line(&one.words)))
    };
    DeskPart {
        heading: heading.to_owned(),
        lines: all.iter().map(line).collect(),
        as_is: false,
    }
}
