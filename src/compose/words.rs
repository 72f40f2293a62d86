//! Small pieces of plain English that several letters share.

use crate::calendar::Zone;
use crate::conversation::{Batch, Candidate, Conversation, InterviewKind, Party, Project};
use crate::model::{Decision, HeaderText, Reason, Reference, SubmissionId, Timestamp, is_printed};
use crate::reply::Question;

/// Numbers up to twelve are written out.
const NUMBERS: [&str; 13] = [
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
];

/// Forms of address that are not first names.
const TITLES: [&str; 16] = [
    "dr",
    "prof",
    "professor",
    "mr",
    "mrs",
    "ms",
    "miss",
    "sir",
    "herr",
    "frau",
    "ing",
    "dipl-ing",
    "mag",
    "mme",
    "monsieur",
    "madame",
];

/// The subject of every letter to a reader. It never changes, so that mail programs keep the letters together. A candidate's says nothing
/// of the others.
pub(super) fn subject(batch: &Batch, reference: &Reference, to: Party, is_first: bool) -> HeaderText {
    let count = batch.candidates.len();
    let number = number(count);
    let noun = if count == 1 { "candidate" } else { "candidates" };
    // Cut here, so that the reference at the end survives the limit of HeaderText.
    let title: String = header_words(&batch.project.title).chars().take(120).collect();
    if matches!(to, Party::Candidate(_)) {
        let client: String = header_words(&batch.client).chars().take(80).collect();
        return HeaderText::new(&format!("Interview with {}: {} [{reference}]", client.trim_end(), title.trim_end()));
    }
    if matches!(to, Party::Interviewer(_)) {
        return HeaderText::new(&format!("Interviews for {} [{reference}]", title.trim_end()));
    }
    let re = if is_first { "" } else { "Re: " };
    HeaderText::new(&format!("{re}{number} {noun} for {} [{reference}]", title.trim_end()))
}

/// The subject of a letter that tells a candidate why. It names no client: they may not know which it was.
pub(super) fn feedback_subject(batch: &Batch, reference: &Reference) -> HeaderText {
    let title: String = header_words(&batch.project.title).chars().take(120).collect();
    HeaderText::new(&format!("Your application: {} [{reference}]", title.trim_end()))
}

/// The subject of a letter with a code for the CVs. The code itself is for whoever opens the letter.
pub(super) fn cv_code_subject(batch: &Batch, reference: &Reference) -> HeaderText {
    let title: String = header_words(&batch.project.title).chars().take(120).collect();
    HeaderText::new(&format!("Your code for the CVs: {} [{reference}]", title.trim_end()))
}

/// "Three", or "13".
pub(super) fn number(count: usize) -> String {
    NUMBERS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

/// A text for a header. `=?` would be taken for the start of an encoded word (RFC 2047 2), which it is not.
pub(super) fn header_words(text: &HeaderText) -> String {
    text.as_str().replace("=?", "= ?")
}

/// The name to greet somebody by: "Ann" of "Dr. Ann Lee" and of "Lee, Ann".
pub(super) fn first_name(name: &HeaderText) -> String {
    let name = name.as_str();
    let given = name.split_once(',').map_or(name, |(_, given)| given);
    let is_title = |word: &&str| TITLES.contains(&word.trim_matches('.').to_lowercase().as_str());
    let first = given.split(' ').filter(|word| !word.is_empty()).find(|word| !is_title(word));
    first
        .or_else(|| name.split(' ').next())
        .unwrap_or_default()
        .trim_matches(',')
        .to_owned()
}

/// First names where they tell the candidates apart, else full names.
pub(super) fn short_names(candidates: &[Candidate]) -> Vec<String> {
    let first: Vec<String> = candidates.iter().map(|one| first_name(&one.mailbox.name)).collect();
    let mut unique = first.clone();
    unique.sort();
    unique.dedup();
    if unique.len() == first.len() && !first.iter().any(String::is_empty) {
        first
    } else {
        candidates.iter().map(|one| one.mailbox.name.to_string()).collect()
    }
}

/// "Ana Souza, Carl Jensen and Ben Whitaker".
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A reply as the reader could write it to what this letter asks, in its names.
pub(super) fn example(names: &[String], question: Question) -> String {
    match question {
        Question::Meant => return "Yes, that's right.".to_owned(),
        Question::Whom(_) => return names.first().map_or_else(String::new, |one| format!("I meant {one}.")),
        Question::Decision | Question::Reasons(_) | Question::Confirm => {}
    }
    match names {
        [] => "Yes, please.".to_owned(),
        [one] => format!("Yes, I would like to meet {one}."),
        [one, two] => format!("Yes to {one}, pass on {two}: too junior."),
        [one, two, three, ..] => format!("Yes to {one}, pass on {two}: too junior, maybe {three}."),
    }
}

/// "video call, 45 minutes".
pub(super) fn interview(project: &Project) -> String {
    let how = match project.interview {
        InterviewKind::Video => "video call",
        InterviewKind::Phone => "phone call",
        InterviewKind::OnSite => "interview on site",
    };
    format!("{how}, {} minutes", project.duration_min)
}

/// "a video call of 45 minutes".
pub(super) fn meeting(project: &Project) -> String {
    let how = match project.interview {
        InterviewKind::Video => "a video call",
        InterviewKind::Phone => "a phone call",
        InterviewKind::OnSite => "a meeting on site",
    };
    format!("{how} of {} minutes", project.duration_min)
}

/// A candidate of whom no name is known any more: "the second candidate of our letter of 23 November".
pub(super) fn unnamed(of: &Conversation, id: SubmissionId) -> String {
    const PLACES: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ];
    let at = of.submissions.iter().position(|one| one.id == id).unwrap_or_default();
    let which = match PLACES.get(at) {
        _ if of.submissions.len() == 1 => "the candidate".to_owned(),
        Some(place) => format!("the {place} candidate"),
        None => format!("candidate number {}", at + 1),
    };
    let sent = of.submission(id).and_then(|one| one.put_forward_at);
    match sent {
        Some(sent) => format!("{which} of our letter of {}", of.batch.contact.zone.local(sent).format("%-d %B")),
        None => format!("{which} of our first letter"),
    }
}

/// With a capital at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "21 December 2026", in the reader's zone.
pub(super) fn day(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %B %Y").to_string()
}

/// What happens when a decision stands; after a Maybe perhaps on a day that was asked for.
pub(super) fn follows(decision: Decision, first_name: &str, on: Option<String>) -> String {
    match decision {
        Decision::Interested => format!("We will arrange for you to meet {first_name}."),
        Decision::Maybe => {
            let on = on.map(|day| format!(" on {day}")).unwrap_or_default();
            format!("We will come back to you about {first_name}{on}.")
        }
        Decision::Pass => format!("We will not put {first_name} forward for this role again."),
    }
}

/// "skills, salary".
pub(super) fn reasons(reasons: &[Reason]) -> String {
    let names: Vec<String> = reasons.iter().map(|one| one.label().to_lowercase()).collect();
    list(&names)
}

/// Several lines of text from outside: LF line ends, no control characters, no bidirectional controls, no blank lines at either end.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}'], "\n");
    for line in text.lines() {
        // HeaderText knows which characters are never printed, but is short and swallows indentation.
        let clean: String = line
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| is_printed(*c))
            .collect();
        out.push_str(clean.trim_end());
        out.push('\n');
    }
    out.trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maybe_with_a_day_says_it() {
        assert_eq!(follows(Decision::Maybe, "Ana", None), "We will come back to you about Ana.");
        let on = Some("30 November 2026".to_owned());
        assert_eq!(
            follows(Decision::Maybe, "Ana", on),
            "We will come back to you about Ana on 30 November 2026."
        );
    }

    #[test]
    fn people_are_greeted_by_their_first_name() {
        for (name, first) in [
            ("Ann Lee", "Ann"),
            ("Dr. Ann Lee", "Ann"),
            ("Prof. Dr. Jörg Bäcker", "Jörg"),
            ("Lee, Ann", "Ann"),
            ("Ann", "Ann"),
            ("Dr.", "Dr."),
            ("", ""),
        ] {
            assert_eq!(first_name(&HeaderText::new(name)), first, "{name}");
        }
    }

    #[test]
    fn text_from_outside_keeps_its_lines_and_loses_its_tricks() {
        assert_eq!(
            plain("\n\nTen years\r\nof Java\rand\tKotlin\u{202E}\u{0}  \n\n"),
            "Ten years\nof Java\nand Kotlin"
        );
        assert_eq!(plain(""), "");
    }
}
