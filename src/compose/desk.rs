//! Letters to a recruiter that belong to no batch: how things stand, an answer to a question, a batch handed in by mail.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::bytes::{self, Mail};
use super::templates::Templates;
use super::view::agency_view;
use super::{Envelope, Finished, Ink, Refusal, TemplateError, words};
use crate::conversation::Party;
use crate::message::LetterText;
use crate::model::{HeaderText, LetterKey, Mailbox, MessageId, Timestamp, is_printed};

/// What such a letter says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeskLetter {
    /// One line: what it is about.
    pub headline: String,
    /// A sentence or two below it.
    pub intro: Vec<String>,
    /// The rest, part by part.
    pub parts: Vec<DeskPart>,
    /// What to do now; may be empty.
    pub todo: String,
}

/// A part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeskPart {
    /// Its heading.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<DeskLine>,
    /// They are lines of a text that is shown as it is, rather than a list.
    pub as_is: bool,
}

/// A line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeskLine {
    /// What it says.
    pub text: String,
    /// Where it leads; may be empty.
    pub link: String,
}

impl From<String> for DeskLine {
    fn from(text: String) -> Self {
        Self { text, link: String::new() }
    }
}

impl DeskLetter {
    /// One clean line everywhere: nothing that came from outside breaks a line or hides in one.
    #[must_use]
    pub fn clean(&self) -> Self {
        let line = |text: &str| HeaderText::new(text).to_string();
        let part = |one: &DeskPart| DeskPart {
            heading: line(&one.heading),
            lines: one
                .lines
                .iter()
                .map(|one| DeskLine {
                    text: long_line(&one.text),
                    link: one.link.clone(),
                })
                .collect(),
            as_is: one.as_is,
        };
        Self {
            headline: line(&self.headline),
            intro: self.intro.iter().map(|one| long_line(one)).collect(),
            parts: self.parts.iter().map(part).collect(),
            todo: long_line(&self.todo),
        }
    }
}

/// One line as [`HeaderText`] makes it, but as long as a summary may be.
fn long_line(text: &str) -> String {
    const MOST: usize = 2_500;
    let printed: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| is_printed(*c))
        .collect();
    let mut out = String::new();
    for word in printed.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    match out.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", out.get(..end).unwrap_or_default()),
        None => out,
    }
}

#[derive(Serialize)]
struct View<'a> {
    subject: &'a str,
    reader: String,
    agency: super::view::Agency,
    copy: Option<()>,
    reference: &'static str,
    page: &'static str,
    links_until: &'static str,
    says: DeskLetter,
}

/// Stands where other letters have their batch's reference.
const PLACE: &str = "For recruiters";

/// The subject, the same for all that a desk writes about one thing.
fn subject(says: &DeskLetter, ink: &Ink) -> HeaderText {
    HeaderText::new(&format!("{}: {}", ink.agency.name, says.headline))
}

/// Writes a letter of the desk. `answers`: the mail it answers, marked `Auto-Submitted: auto-replied` then (RFC 3834).
///
/// # Errors
/// When it cannot be written.
pub fn desk(
    to: &Mailbox,
    says: &DeskLetter,
    key: LetterKey,
    answers: Option<MessageId>,
    now: Timestamp,
    ink: &Ink,
) -> Result<Finished, Refusal> {
    let tag = ink.keyring.tag(key);
    let tagged = ink
        .style
        .tagged(&ink.bot.address, &tag)
        .map_err(|error| Refusal::Tag(error.to_string()))?;
    if to.address == ink.bot.address || to.address == tagged {
        return Err(Refusal::OwnAddress(to.shown()));
    }
    let says = says.clean();
    let subject = subject(&says, ink);
    let message_id = ink.keyring.message_id(key, &ink.message_id_domain);
    let sender = |address: &crate::model::Address| Mailbox {
        name: ink.bot.name.clone(),
        address: address.clone(),
    };
    let auto_replied = answers.is_some();
    let view = value(&subject, to, &says, ink);
    let text = ink.templates.render("desk.txt", &view)?;
    let html = ink.templates.render("desk.html", &view)?;
    let shown = LetterText::of(&text, &html);
    let bytes = bytes::build(Mail {
        from: sender(&tagged),
        reply_to: sender(&tagged),
        to,
        subject: &subject,
        date: now,
        id: &message_id,
        parent: answers.clone(),
        thread: answers.into_iter().collect(),
        tag: &tag,
        auto_replied,
        no_reactions: true,
        text,
        html,
        logo: ink.agency.logo.as_deref(),
        calendar: None,
        files: Vec::new(),
    })?;
    let bytes = match &ink.dkim {
        None => bytes,
        Some(signer) => signer.sign(&bytes, now).map_err(|error| Refusal::Build(error.to_string()))?,
    };
    Ok(Finished {
        key,
        kind: "desk",
        to: Party::Recruiter(0),
        envelope: Envelope {
            from: tagged,
            to: to.address.clone(),
        },
        message_id,
        subject: subject.to_string(),
        bytes,
        shown,
        not_after: None,
        repeatable: true,
        unprompted: false,
    })
}

fn value(subject: &HeaderText, to: &Mailbox, says: &DeskLetter, ink: &Ink) -> Value {
    Value::from(Serde(View {
        subject: subject.as_str(),
        reader: words::first_name(&to.name),
        agency: agency_view(&ink.agency),
        copy: None,
        reference: PLACE,
        page: "",
        links_until: "",
        says: says.clone(),
    }))
}

/// Renders a letter with everything it can hold, so that a replaced template is tried before it is needed.
pub(super) fn try_one(templates: &Templates, ink: &Ink) -> Result<(), TemplateError> {
    let says = DeskLetter {
        headline: "How things stand".to_owned(),
        intro: vec!["One line.".to_owned()],
        parts: vec![DeskPart {
            heading: "Waiting for you".to_owned(),
            lines: vec![DeskLine {
                text: "Kim Example".to_owned(),
                link: "https://example.org/".to_owned(),
            }],
            as_is: false,
        }],
        todo: "Nothing.".to_owned(),
    };
    let view = value(&subject(&says, ink), &ink.bot, &says, ink);
    for name in ["desk.txt", "desk.html"] {
        templates.render(name, &view)?;
    }
    Ok(())
}
