//! A letter to a candidate that waits for a recruiter's word, and what the recruiter answers to the mail that shows it.
//!
//! In: the draft, the own text of the answer, and the answer as far as its shape alone tells what is quoted. Out: the draft afterwards and what is to be
//! done ([`Then`]). Never here: who may answer, letters, storage; words for the recruiter that would be sent to the candidate: what takes the draft's place
//! begins with the candidate's name.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::State;
use super::words::{flat, has, within};
use crate::message::OwnText;
use crate::model::SubmissionId;
use crate::reply::{Protected, screen};

/// Longest body, in characters.
pub const LONGEST_BODY: usize = 4_000;
/// Lines of an answer that are looked at.
const MOST_LINES: usize = 300;
/// Words of a body, at the least: fewer are a remark.
const FEWEST: usize = 4;
/// Words of a salutation, at the most.
const SALUTATION: usize = 6;

/// A letter to a candidate that has not left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterDraft {
    /// Whom it is to.
    pub submission: SubmissionId,
    /// What it says between the salutation and the names below it.
    pub body: String,
    /// What the client wrote and it does not say.
    pub held: Vec<Held>,
    /// The body is the recruiter's own.
    pub edited: bool,
    /// The recruiter was told of wording in it that speaks of something protected.
    pub warned: bool,
    /// Counts its changes, from 1.
    pub version: u32,
    /// What became of it.
    pub state: State,
}

/// A sentence that was kept out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The sentence.
    pub sentence: String,
    /// Its words that are the reason.
    pub words: String,
    /// Why.
    pub why: Why,
}

/// Why a sentence is not shown to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It speaks of something that nobody may be refused for.
    Protected(Protected),
    /// It is unkind.
    Harsh,
    /// It names somebody else.
    Names,
}

/// What a recruiter says of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Send it.
    Release,
    /// Send it although it speaks of something protected.
    Anyway,
    /// Drop it.
    Drop,
    /// Send this instead.
    Instead(String),
    /// Thanks, and nothing else.
    Nothing,
    /// Something that was not understood.
    Unread(String),
}

/// What is to be done about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Send it.
    Send,
    /// It is over: the recruiter dropped it.
    Drop,
    /// It was over before.
    Over,
    /// Nothing.
    Nothing,
    /// Show it once more.
    Show(Again),
}

/// Why a draft is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is new.
    New,
    /// The client said more since.
    More,
    /// The answer was to an older version.
    Older,
    /// The recruiter's own text speaks of something protected.
    Protected,
    /// The answer was not understood.
    NotUnderstood,
}

impl LetterDraft {
    /// A new one.
    #[must_use]
    pub const fn new(submission: SubmissionId, body: String, held: Vec<Held>) -> Self {
        Self {
            submission,
            body,
            held,
            edited: false,
            warned: false,
            version: 1,
            state: State::Open,
        }
    }

    /// What wording of the body speaks of something protected; `names` are those of the people it is about.
    #[must_use]
    pub fn protected(&self, names: &[&str]) -> Vec<Held> {
        held(&self.body, names)
    }

    /// The draft after an answer to the version that was shown, and what is to be done.
    #[must_use]
    pub fn answered(&self, shown: u32, word: &Word, names: &[&str]) -> (Self, Then) {
        let mut after = self.clone();
        if self.state != State::Open {
            return (after, Then::Over);
        }
        let then = match word {
            Word::Nothing => Then::Nothing,
            Word::Drop => Then::Drop,
            Word::Unread(_) => Then::Show(Again::NotUnderstood),
            Word::Release | Word::Anyway if shown != self.version => Then::Show(Again::Older),
            Word::Anyway => Then::Send,
            Word::Release if self.edited && !self.protected(names).is_empty() => {
                after.warned = true;
                Then::Show(Again::Protected)
            }
            Word::Release => Then::Send,
            // Whoever writes a letter means it, whatever has changed since.
            Word::Instead(body) => {
                after.body.clone_from(body);
                (after.edited, after.version) = (true, self.version.saturating_add(1));
                after.warned = !after.protected(names).is_empty();
                if after.warned { Then::Show(Again::Protected) } else { Then::Send }
            }
        };
        (after, then)
    }
}

/// The sentences of a text that speak of something protected.
#[must_use]
pub fn held(text: &str, names: &[&str]) -> Vec<Held> {
    let found = screen(text, names);
    let piece = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
    found
        .into_iter()
        .map(|one| Held {
            sentence: piece(one.sentence),
            words: piece(one.words),
            why: Why::Protected(one.about),
        })
        .collect()
}

/// A sentence about somebody is unkind: the word that is.
#[must_use]
pub fn harsh(sentence: &str) -> Option<String> {
    let flat = flat(sentence);
    let words = flat.split(' ');
    let unkind = words.clone().find(|word| has("harsh", word));
    unkind.map(str::to_owned).or_else(|| within("harsh", &flat).then_some(flat.clone()))
}

/// Reads the answer to a mail that shows a draft to `to`. `own` is the answer without what stands in that mail, `whole` the answer without what its shape
/// says is quoted; `ours` are sentences of the mail around the draft, which no letter of the recruiter's holds.
#[must_use]
pub fn word(own: &OwnText, whole: &OwnText, to: &str, ours: &[&str]) -> Word {
    let said = short(&own.text);
    if !matches!(said, Word::Unread(_)) && !own.uncertain {
        return said;
    }
    match instead(&whole.text, to, ours) {
        Some(body) => Word::Instead(body),
        None if matches!(said, Word::Unread(_)) => said,
        None => Word::Unread(own.text.chars().take(LONGEST_BODY).collect()),
    }
}

/// An order and courtesies around it.
fn short(text: &str) -> Word {
    let mut order = None;
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MOST_LINES)
        .collect();
    let unread = || Word::Unread(text.chars().take(LONGEST_BODY).collect());
    for (at, line) in lines.iter().enumerate() {
        let whole = flat(line);
        let signs = has("sign off", &whole) && !has("send", &whole);
        if at > 0 && (signs || order.is_some() && at + 3 >= lines.len() && is_name(line)) {
            break;
        }
        if let Some(found) = order_of(&whole) {
            match order.replace(found.clone()) {
                Some(before) if before != found => return unread(),
                Some(_) | None => continue,
            }
        }
        for part in line.split(['.', '!', ',', ';', '–', '—']) {
            let part = flat(part);
            if part.is_empty() || has("courtesy", &part) || has("sign off", &part) {
                continue;
            }
            match order_of(&part) {
                Some(found) if order.as_ref().is_none_or(|before| *before == found) => order = Some(found),
                Some(_) | None if at > 0 && order.is_some() && at + 3 >= lines.len() && is_name(line) => {}
                Some(_) | None => return unread(),
            }
        }
    }
    order.unwrap_or(Word::Nothing)
}

/// What stands below a mail: a name.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() <= 3 && words.iter().all(|word| word.chars().next().is_some_and(char::is_uppercase))
}

fn order_of(flat: &str) -> Option<Word> {
    if has("anyway", flat) {
        return Some(Word::Anyway);
    }
    if has("discard", flat) || has("keep back", flat) {
        return Some(Word::Drop);
    }
    has("send", flat).then_some(Word::Release)
}

/// The letter that stands in an answer: from below the salutation of the candidate to the farewell.
fn instead(text: &str, to: &str, ours: &[&str]) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let at = lines.iter().position(|line| greets(line, to))?;
    let before: Vec<String> = lines
        .iter()
        .take(at)
        .map(|line| flat(line))
        .filter(|line| !line.is_empty())
        .collect();
    // "Don't send this yet", "is this better?": no word to send what follows.
    let asks = lines.iter().take(at).any(|line| line.contains('?'));
    if before.len() > 3 || asks || before.iter().any(|line| within("hold", line)) {
        return None;
    }
    let mut body: Vec<&str> = Vec::new();
    for line in lines.iter().skip(at + 1) {
        let whole = flat(line);
        if has("sign off", &whole) && !whole.is_empty() || line.trim() == "--" {
            break;
        }
        body.push(line.trim_end());
    }
    let body = body.join("\n").trim().to_owned();
    let flat_body = flat(&body);
    let quotes_ours = ours.iter().any(|ours| flat_body.contains(&flat(ours)));
    let words = flat_body.split(' ').filter(|word| !word.is_empty()).count();
    (words >= FEWEST && body.chars().count() <= LONGEST_BODY && !quotes_ours).then_some(body)
}

/// "Hi Carl,", "Dear Mr Jensen", "Carl,".
fn greets(line: &str, to: &str) -> bool {
    let flat_line = flat(line);
    let words: Vec<&str> = flat_line.split(' ').filter(|word| !word.is_empty()).collect();
    let names = flat(to);
    let names: Vec<&str> = names.split(' ').filter(|name| !name.is_empty()).collect();
    let named = words.last().is_some_and(|last| names.contains(last));
    let rest: Vec<&&str> = words.iter().filter(|word| !names.contains(*word)).collect();
    named && words.len() <= SALUTATION && rest.iter().all(|word| has("salutation", word)) && !line.contains('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [&str; 1] = ["It leaves only on your word"];

    fn read(text: &str) -> Word {
        let own = OwnText {
            text: text.to_owned(),
            ..OwnText::default()
        };
        word(&own, &own, "Carl Jensen", &OURS)
    }

    #[test]
    fn short_words_order_it() {
        for text in [
            "ok",
            "Send it.",
            "Yes, please send.",
            "Looks good, send it\n\nBest\nMaria",
            "Perfect, thanks!\nMaria",
            "ja bitte",
        ] {
            assert_eq!(read(text), Word::Release, "{text}");
        }
        for text in [
            "no",
            "No, thanks.",
            "Don't send it.",
            "discard",
            "Please do not send this.",
            "nein",
            "Better not.",
        ] {
            assert_eq!(read(text), Word::Drop, "{text}");
        }
        for text in ["send anyway", "Send it anyway.", "Send anyway please", "trotzdem senden"] {
            assert_eq!(read(text), Word::Anyway, "{text}");
        }
        for text in ["Thanks!", "Thank you", ""] {
            assert_eq!(read(text), Word::Nothing, "{text}");
        }
    }

    #[test]
    fn what_is_for_us_is_no_letter() {
        for text in [
            "Can you make it shorter?",
            "I would leave out the salary.",
            "ok but without the last sentence",
            "Not before Monday please",
            "yes\nno",
            "Send it tomorrow.",
            "Don't send this yet, my draft is below:\nHi Carl,\nthey chose somebody else this time, sorry about that.",
            "Is this better?\nHi Carl,\nthey chose somebody else this time, sorry about that.",
            "Hi Carl,\nthanks.",
            "Tell Carl that they chose somebody with more years in payments.",
        ] {
            assert!(matches!(read(text), Word::Unread(_)), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn a_letter_begins_with_the_name_and_ends_before_the_farewell() {
        let text = "Please send this instead:\n\nHi Carl,\n\nthey went with somebody who has led a team before.\n\nWe stay in touch.\n\nKind regards\nMaria Keller";
        let Word::Instead(body) = read(text) else {
            panic!("{:?}", read(text))
        };
        assert_eq!(body, "they went with somebody who has led a team before.\n\nWe stay in touch.");
        assert!(matches!(
            read("Dear Mr Jensen,\nthey chose somebody else for the role."),
            Word::Instead(_)
        ));
        let quoted = "shorter please\nHi Carl,\nThank you for your interest.\nIt leaves only on your word: answer ok.";
        assert!(matches!(read(quoted), Word::Unread(_)), "our own mail, quoted without a mark");
    }

    #[test]
    fn protected_wording_waits_for_one_more_word() {
        let draft = LetterDraft::new(SubmissionId(1), "They chose somebody else.".to_owned(), Vec::new());
        let (edited, then) = draft.answered(
            1,
            &Word::Instead("They felt that you are too old for the team.".to_owned()),
            &["Carl Jensen"],
        );
        assert_eq!((then, edited.version), (Then::Show(Again::Protected), 2));
        assert_eq!(
            edited.answered(2, &Word::Release, &[]).1,
            Then::Show(Again::Protected),
            "ok is not enough"
        );
        assert_eq!(edited.answered(1, &Word::Anyway, &[]).1, Then::Show(Again::Older));
        assert_eq!(edited.answered(2, &Word::Anyway, &[]).1, Then::Send);
        let (kind, then) = edited.answered(2, &Word::Instead("They chose somebody with more experience.".to_owned()), &[]);
        assert_eq!((then, kind.warned), (Then::Send, false));
        assert_eq!(draft.answered(1, &Word::Release, &[]).1, Then::Send);
    }
}
