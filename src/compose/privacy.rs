//! The check before a letter may leave: client and candidate never learn how to reach each other.
//!
//! In: the finished letter, decoded. Out: what it gives away, if anything. CVs are attached as given and not looked into.

use std::cell::OnceCell;

use crate::conversation::{Content, Conversation, Party};
use crate::message::{self, Author, Border};
use crate::model::{Address, HeaderText, Mailbox};

use super::Refusal;
use super::invitation::CalendarPart;

/// Something one reader must not learn.
struct Guarded<'a> {
    whose: &'a HeaderText,
    what: What<'a>,
}

enum What<'a> {
    Address(&'a Address),
    /// Digits that every way of writing the number ends with.
    Phone(String),
}

/// Refuses a letter that gives away the other side.
pub(super) fn check(reader: Party, says: &Content, conversation: &Conversation, to: &Mailbox, bytes: &[u8]) -> Result<(), Refusal> {
    // Decoded even when there is nothing to guard: what cannot be read again must not leave.
    let mut seen = seen(bytes)?;
    // The one name that reading a message does not give back: it may be encoded in the To header (RFC 2047).
    seen.push(to.name.to_string());
    nothing_leaks(reader, says, conversation, &seen)
}

/// The same for what a letter puts into its reader's calendar. The mail carries these bytes in base64.
pub(super) fn check_calendar(
    reader: Party,
    says: &Content,
    conversation: &Conversation,
    part: Option<&CalendarPart>,
) -> Result<(), Refusal> {
    let Some(part) = part else { return Ok(()) };
    // Unfolded and unescaped (RFC 5545 3.1, 3.3.11).
    let text = String::from_utf8_lossy(&part.bytes)
        .replace("\r\n ", "")
        .replace("\\n", "\n")
        .replace('\\', "");
    nothing_leaks(reader, says, conversation, &[text])
}

fn nothing_leaks(reader: Party, says: &Content, conversation: &Conversation, seen: &[String]) -> Result<(), Refusal> {
    let guarded = guarded(reader, conversation);
    if guarded.is_empty() {
        return Ok(());
    }
    // Each text is made ready once, however many there are to be guarded.
    let texts: Vec<Text<'_>> = seen.iter().map(|text| Text::of(text)).collect();
    let leak = guarded.iter().find(|one| texts.iter().any(|text| one.is_in(text)));
    match leak {
        None => Ok(()),
        Some(leak) => Err(Refusal::Leak {
            what: format!("{} of {}, from {}", leak.named(), leak.whose, source(leak, says, conversation)),
        }),
    }
}

/// What this reader must not learn: whoever is at the client nothing of the candidates nor how to reach each other, a candidate nothing of
/// the client nor of the other candidates.
fn guarded(reader: Party, conversation: &Conversation) -> Vec<Guarded<'_>> {
    let batch = &conversation.batch;
    let mut out = Vec::new();
    let spared = match reader {
        Party::Recruiter(_) => return out,
        Party::Client | Party::Interviewer(_) => None,
        Party::Candidate(own) => Some(own),
    };
    let contact = (Party::Client, &batch.contact.mailbox);
    let interviewers = (0..=u8::MAX)
        .map(Party::Interviewer)
        .zip(batch.interviewers.iter().map(|one| &one.mailbox));
    for (_, mailbox) in [contact].into_iter().chain(interviewers).filter(|(whose, _)| *whose != reader) {
        out.push(Guarded {
            whose: &mailbox.name,
            what: What::Address(&mailbox.address),
        });
    }
    if let (Party::Candidate(_), Some(backup)) = (reader, &batch.backup) {
        out.push(Guarded {
            whose: &backup.mailbox.name,
            what: What::Address(&backup.mailbox.address),
        });
    }
    for candidate in batch.candidates.iter().filter(|one| Some(one.submission) != spared) {
        let whose = &candidate.mailbox.name;
        out.push(Guarded {
            whose,
            what: What::Address(&candidate.mailbox.address),
        });
        if let Some(tail) = candidate.phone.as_ref().and_then(|phone| phone_tail(phone.as_str())) {
            out.push(Guarded {
                whose,
                what: What::Phone(tail),
            });
        }
    }
    out
}

/// A text made ready to be searched.
struct Text<'a> {
    text: &'a str,
    /// In lower case, with every `@` in the open.
    lower: String,
    digits: OnceCell<String>,
}

impl<'a> Text<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            lower: text.to_ascii_lowercase().replace("%40", "@"),
            digits: OnceCell::new(),
        }
    }

    fn digits(&self) -> &str {
        self.digits.get_or_init(|| digit_runs(self.text))
    }
}

impl Guarded<'_> {
    fn is_in(&self, text: &Text<'_>) -> bool {
        match &self.what {
            What::Address(address) => holds_address(text, address.as_str()),
            What::Phone(tail) => text.digits().contains(tail.as_str()),
        }
    }

    const fn named(&self) -> &'static str {
        match self.what {
            What::Address(_) => "the mail address",
            What::Phone(_) => "the phone number",
        }
    }
}

/// Which field it came in by, so that somebody can take it out.
fn source(leak: &Guarded<'_>, says: &Content, conversation: &Conversation) -> String {
    let batch = &conversation.batch;
    let mut fields: Vec<(String, &str)> = vec![
        ("note".to_owned(), &batch.note),
        ("client.name".to_owned(), batch.client.as_str()),
        ("client.contact.name".to_owned(), batch.contact.mailbox.name.as_str()),
        ("project.title".to_owned(), batch.project.title.as_str()),
    ];
    let contact = &batch.contact.mailbox.address;
    // Where it belongs it gives nothing away.
    if !matches!(leak.what, What::Address(address) if address == contact) {
        fields.push(("client.contact.email".to_owned(), contact.as_str()));
    }
    for (index, one) in batch.interviewers.iter().enumerate() {
        fields.push((format!("interviewers[{index}].name"), one.mailbox.name.as_str()));
    }
    for one in &batch.candidates {
        let name = &one.mailbox.name;
        fields.push((format!("the summary of {name}"), &one.summary));
        fields.push((format!("the name of {name}"), name.as_str()));
        if let Some(cv) = &one.cv {
            fields.push((format!("the file name of the CV of {name}"), cv.name.as_str()));
        }
    }
    match says {
        Content::DidYouMean { words, .. } | Content::ConfirmSender { words, .. } | Content::ConfirmDeputy { words, .. } => {
            fields.push(("the quoted words of an answer".to_owned(), words));
        }
        Content::Feedback { body, .. } => fields.push(("the letter itself".to_owned(), body)),
        Content::AskReasons { words, .. } => fields.push(("the quoted words of an answer".to_owned(), words)),
        Content::Receipt { decided, .. } => {
            let quoted = decided
                .iter()
                .map(|one| ("the quoted words of an answer".to_owned(), one.words.as_str()));
            fields.extend(quoted);
        }
        Content::AskTimes { unclear: Some(words), .. } | Content::OfferTimes { unclear: Some(words), .. } => {
            fields.push(("the quoted words of an answer".to_owned(), words));
        }
        Content::Submission
        | Content::Nudge { .. }
        | Content::FollowUp { .. }
        | Content::Withdrawn { .. }
        | Content::FreshLink
        | Content::CvCode { .. }
        | Content::AskTimes { .. }
        | Content::OfferTimes { .. }
        | Content::Invitation { .. }
        | Content::CalledOff { .. }
        | Content::Reminder { .. }
        | Content::StaysAsIs { .. }
        | Content::NotHeld { .. }
        | Content::AskOutcome { .. }
        | Content::Notice(_) => {}
    }
    let found = fields.into_iter().find(|(_, text)| leak.is_in(&Text::of(text)));
    found.map_or_else(|| "the agency's name, signature or templates".to_owned(), |(field, _)| field)
}

/// Whether an address stands in a text, in any case, also percent-encoded, but not as the end of a longer one.
fn holds_address(text: &Text<'_>, address: &str) -> bool {
    let text = text.lower.as_str();
    let address = address.to_ascii_lowercase();
    text.match_indices(&address).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
        let longer = before.is_some_and(|c| c.is_ascii_alphanumeric() || "._+".contains(c));
        let goes_on = after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
        !longer && !goes_on
    })
}

/// The digits with which every way of writing a number ends: without country code, without the zero in its place.
/// `None` for what is too short to be anybody's number.
fn phone_tail(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter_map(digit).skip_while(|digit| *digit == '0').collect();
    let keep = match digits.len() {
        0..5 => return None,
        5..8 => digits.len(),
        8..11 => 7,
        _ => 8,
    };
    Some(digits.iter().skip(digits.len() - keep).collect())
}

/// The digits of a text; what people put between the digits of a number is dropped, all else becomes a space.
fn digit_runs(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if let Some(digit) = digit(c) {
            out.push(digit);
        } else if !is_separator(c) && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// ASCII, full-width, Arabic-Indic, Persian and Devanagari digits.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        _ => return None,
    };
    char::from_digit(u32::from(c).wrapping_sub(zero), 10)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || "-.,/()[]+·*'".contains(c)
        || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{2060}')
}

/// Whatever a reader can see of a letter, and what a program could read out of it: taken from the finished bytes, as a mail program does.
fn seen(bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    let message = message::read(bytes, &Border::default()).map_err(|error| Refusal::Build(error.to_string()))?;
    let unread = || Refusal::Build("one of its two parts cannot be read again".to_owned());
    let (text, html) = (message.body.text.ok_or_else(unread)?, message.body.html.ok_or_else(unread)?);
    let head_end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(bytes.get(..head_end).unwrap_or_default());
    let mut names = vec![message.subject];
    names.extend(message.reply_to.iter().map(|one| format!("{} <{}>", one.name, one.address)));
    if let Author::One(author) = message.author {
        names.push(author.name.to_string());
    }
    Ok(vec![
        names.join("\n"),
        head.replace("\r\n ", " "),
        text,
        unescape(&without_tags(&html)),
        unescape(&html),
    ])
}

/// HTML with its character references resolved: those that templates write, and all numeric ones.
fn unescape(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        let reference = tail.split_once(';').filter(|(name, _)| name.len() <= 8);
        match reference.and_then(|(name, after)| Some((resolve(name)?, after))) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn resolve(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "commat" => '@',
        "period" => '.',
        _ => return None,
    })
}

/// What is left when everything between `<` and `>` is gone.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((outside, tag)) = rest.split_once('<') {
        out.push_str(outside);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for (phone, text) in [
            ("+44 7700 900123", "call 07700 900123"),
            ("+44 7700 900123", "(0044) 7700-900.123"),
            ("07700 900123", "+44 (0)7700 900 123"),
            ("+49 176 12345678", "0176/12345678"),
            ("+354 555 1234", "555-1234"),
            ("+1 (555) 010-9988", "555.010.9988"),
            ("+49 176 12345678", "０１７６ １２３４５６７８"),
            ("07700 900123", "07700\n900123"),
        ] {
            assert!(digit_runs(text).contains(&phone_tail(phone).unwrap()), "{phone} in {text}");
        }
        let tail = phone_tail("+44 7700 900123").unwrap();
        for text in ["900123", "2015 to 2019, 700 services", "77009 and 00123", "width:600px"] {
            assert!(!digit_runs(text).contains(&tail), "{text}");
        }
        assert_eq!(phone_tail("ext 12"), None);
    }

    #[test]
    fn an_address_is_found_but_not_inside_a_longer_one() {
        for text in [
            "Write to Ana@Mail.Example.",
            "mailto:ana%40mail.example",
            "<ana@mail.example>",
            "x ana@mail.example",
        ] {
            assert!(holds_address(&Text::of(text), "ana@mail.example"), "{text}");
        }
        for text in [
            "juana@mail.example",
            "ana@mail.examples",
            "ana at mail.example",
            "ana+x@mail.example",
        ] {
            assert!(!holds_address(&Text::of(text), "ana@mail.example"), "{text}");
        }
    }
}
