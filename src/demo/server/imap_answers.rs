//! What an IMAP command is answered with: plain functions over the messages of one INBOX.
//!
//! In: the messages the client knows of, in order, and the command's arguments. Out: untagged responses.
//! Never here: a socket, a state. A sequence set of any size costs one look at each message.

use std::num::NonZeroU32;

use imap_codec::imap_types::core::{Literal, NString, QuotedChar, Tag, Text, Vec1};
use imap_codec::imap_types::datetime::DateTime;
use imap_codec::imap_types::fetch::{Macro, MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Section};
use imap_codec::imap_types::mailbox::{ListMailbox, Mailbox};
use imap_codec::imap_types::response::{Bye, Code, Data, Status, StatusBody, StatusKind, Tagged};
use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::{Sequence, SequenceSet};
use imap_codec::imap_types::status::{StatusDataItem, StatusDataItemName};

use super::Stored;

/// RFC 3501 2.3.1.1. A new server has new mailboxes, and nobody remembers the old ones.
pub(super) const UID_VALIDITY: NonZeroU32 = NonZeroU32::MIN;

/// A command that cannot be done here: NO, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) &'static str);

pub(super) fn text(words: &str) -> Text<'static> {
    Text::try_from(words.to_owned()).unwrap_or_else(|_| Text::unvalidated("-"))
}

pub(super) fn tagged(tag: Tag<'static>, kind: StatusKind, code: Option<Code<'static>>, words: &str) -> Status<'static> {
    let text = text(words);
    Status::Tagged(Tagged {
        tag,
        body: StatusBody { kind, code, text },
    })
}

pub(super) fn untagged(kind: StatusKind, code: Option<Code<'static>>, words: &str) -> Status<'static> {
    let text = text(words);
    Status::Untagged(StatusBody { kind, code, text })
}

pub(super) fn goodbye() -> Status<'static> {
    Status::Bye(Bye {
        code: None,
        text: text("Goodbye"),
    })
}

pub(super) fn uid_next(messages: &[Stored]) -> NonZeroU32 {
    let next = messages.last().map_or(1, |last| last.uid.saturating_add(1));
    NonZeroU32::new(next).unwrap_or(NonZeroU32::MAX)
}

/// INBOX, when the pattern can mean it.
pub(super) fn list(pattern: &ListMailbox<'_>) -> Option<Data<'static>> {
    let pattern = match pattern {
        ListMailbox::Token(token) => token.as_ref(),
        ListMailbox::String(string) => string.as_ref(),
    };
    let wild = pattern.contains(&b'*') || pattern.contains(&b'%');
    (wild || pattern.eq_ignore_ascii_case(b"INBOX")).then(|| Data::List {
        items: Vec::new(),
        delimiter: QuotedChar::try_from('/').ok(),
        mailbox: Mailbox::Inbox,
    })
}

/// STATUS (RFC 3501 6.3.10).
pub(super) fn status(messages: &[Stored], names: &[StatusDataItemName]) -> Data<'static> {
    let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
    let item = |name: &StatusDataItemName| match name {
        StatusDataItemName::Messages => StatusDataItem::Messages(count),
        StatusDataItemName::Recent => StatusDataItem::Recent(0),
        StatusDataItemName::UidNext => StatusDataItem::UidNext(uid_next(messages)),
        StatusDataItemName::UidValidity => StatusDataItem::UidValidity(UID_VALIDITY),
        StatusDataItemName::Unseen => StatusDataItem::Unseen(count),
        StatusDataItemName::Deleted => StatusDataItem::Deleted(0),
        StatusDataItemName::DeletedStorage => StatusDataItem::DeletedStorage(0),
    };
    Data::Status {
        mailbox: Mailbox::Inbox,
        items: names.iter().map(item).collect::<Vec<_>>().into(),
    }
}

/// SEARCH (RFC 3501 6.4.4): all, by number or UID, by day, by a header field, and their combinations.
pub(super) fn search(messages: &[Stored], criteria: &Vec1<SearchKey<'_>>, uid: bool) -> Result<Vec<NonZeroU32>, Refused> {
    let mut found = Vec::new();
    for (seq, message) in numbered(messages) {
        let mut fits = true;
        for key in criteria.as_ref() {
            fits &= matches(messages, seq, message, key)?;
        }
        if fits {
            found.extend(NonZeroU32::new(if uid { message.uid } else { seq }));
        }
    }
    Ok(found)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "searching in text is not needed here")]
fn matches(messages: &[Stored], seq: u32, message: &Stored, key: &SearchKey<'_>) -> Result<bool, Refused> {
    let day = message.received.date_naive();
    Ok(match key {
        // No flags are kept, so everything is old, unseen and unanswered.
        SearchKey::All | SearchKey::Unseen | SearchKey::Undeleted | SearchKey::Unanswered | SearchKey::Old => true,
        SearchKey::Seen | SearchKey::Deleted | SearchKey::Answered | SearchKey::New | SearchKey::Recent => false,
        SearchKey::Uid(set) => contains(set, message.uid, last_uid(messages)),
        SearchKey::SequenceSet(set) => contains(set, seq, last_seq(messages)),
        SearchKey::Since(date) => day >= *date.as_ref(),
        SearchKey::Before(date) => day < *date.as_ref(),
        SearchKey::On(date) => day == *date.as_ref(),
        SearchKey::Not(key) => !matches(messages, seq, message, key)?,
        SearchKey::Or(one, other) => matches(messages, seq, message, one)? || matches(messages, seq, message, other)?,
        SearchKey::And(keys) => {
            let mut all = true;
            for key in keys.as_ref() {
                all &= matches(messages, seq, message, key)?;
            }
            all
        }
        SearchKey::Header(field, value) => head_holds(&message.raw, field.as_ref(), value.as_ref()),
        _ => return Err(Refused("This server searches by UID, date and header field only")),
    })
}

/// Whether a field of this name stands in the head with these octets in its value, whatever their case. A folded field is one line.
fn head_holds(raw: &[u8], name: &[u8], value: &[u8]) -> bool {
    let lowered = |bytes: &[u8]| bytes.to_ascii_lowercase();
    let (name, value) = (lowered(name), lowered(value));
    let mut inside = false;
    let mut text = Vec::new();
    let holds = |text: &[u8]| value.is_empty() || text.windows(value.len()).any(|part| part == value);
    let (head, _) = split(raw);
    for line in head.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end()) {
        if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            text.extend(if inside { lowered(line) } else { Vec::new() });
            continue;
        }
        if inside && holds(&text) {
            return true;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, rest) = line.split_at_checked(colon).unwrap_or((line, b""));
        inside = colon < line.len() && lowered(field.trim_ascii_end()) == name;
        text = lowered(rest.get(1..).unwrap_or_default());
    }
    inside && holds(&text)
}

/// Head, with the empty line at its end, and body.
fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let head_end = raw.windows(4).position(|four| four == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    raw.split_at_checked(head_end).unwrap_or((raw, b""))
}

/// FETCH (RFC 3501 6.4.5): numbers, flags, size, date, and bytes.
pub(super) fn fetch(
    messages: &[Stored],
    set: &SequenceSet,
    names: &MacroOrMessageDataItemNames<'_>,
    uid: bool,
) -> Result<Vec<Data<'static>>, Refused> {
    let mut wanted = match names {
        MacroOrMessageDataItemNames::MessageDataItemNames(names) => names.clone(),
        MacroOrMessageDataItemNames::Macro(Macro::Fast) => vec![
            MessageDataItemName::Flags,
            MessageDataItemName::InternalDate,
            MessageDataItemName::Rfc822Size,
        ],
        MacroOrMessageDataItemNames::Macro(_) => return Err(Refused("This server has no ENVELOPE")),
    };
    if uid && !wanted.contains(&MessageDataItemName::Uid) {
        wanted.insert(0, MessageDataItemName::Uid);
    }
    let mut all = Vec::new();
    for (seq, message) in numbered(messages) {
        let (number, largest) = if uid {
            (message.uid, last_uid(messages))
        } else {
            (seq, last_seq(messages))
        };
        if contains(set, number, largest) {
            let items = wanted.iter().map(|name| item(message, name)).collect::<Result<Vec<_>, _>>()?;
            if let (Some(seq), Ok(items)) = (NonZeroU32::new(seq), Vec1::try_from(items)) {
                all.push(Data::Fetch { seq, items });
            }
        }
    }
    Ok(all)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "ENVELOPE and BODYSTRUCTURE are for mail programs, which do not come here"
)]
fn item(message: &Stored, name: &MessageDataItemName<'_>) -> Result<MessageDataItem<'static>, Refused> {
    let raw = message.raw.as_slice();
    let (head, body) = split(raw);
    Ok(match name {
        MessageDataItemName::Uid => MessageDataItem::Uid(NonZeroU32::new(message.uid).unwrap_or(NonZeroU32::MIN)),
        MessageDataItemName::Flags => MessageDataItem::Flags(Vec::new()),
        MessageDataItemName::Rfc822Size => MessageDataItem::Rfc822Size(u32::try_from(raw.len()).unwrap_or(u32::MAX)),
        MessageDataItemName::InternalDate => MessageDataItem::InternalDate(internal_date(message)?),
        MessageDataItemName::Rfc822 => MessageDataItem::Rfc822(bytes(raw)?),
        MessageDataItemName::Rfc822Header => MessageDataItem::Rfc822Header(bytes(head)?),
        MessageDataItemName::Rfc822Text => MessageDataItem::Rfc822Text(bytes(body)?),
        MessageDataItemName::BodyExt { section, partial, .. } => {
            let (section, whole) = match section {
                None => (None, raw),
                Some(Section::Header(None)) => (Some(Section::Header(None)), head),
                Some(Section::Text(None)) => (Some(Section::Text(None)), body),
                Some(_) => return Err(Refused("This server gives whole messages, heads and bodies only")),
            };
            MessageDataItem::BodyExt {
                section,
                origin: partial.map(|(origin, _)| origin),
                data: bytes(part(whole, *partial))?,
            }
        }
        _ => return Err(Refused("This server gives UID, FLAGS, RFC822.SIZE, INTERNALDATE and BODY[] only")),
    })
}

/// `<origin.octets>` of a section (RFC 3501 6.4.5); empty past its end.
fn part(whole: &[u8], partial: Option<(u32, NonZeroU32)>) -> &[u8] {
    let Some((origin, octets)) = partial else { return whole };
    let start = usize::try_from(origin).unwrap_or(usize::MAX).min(whole.len());
    let octets = usize::try_from(octets.get()).unwrap_or(usize::MAX);
    let end = start.saturating_add(octets).min(whole.len());
    whole.get(start..end).unwrap_or_default()
}

/// A literal. NUL may not stand in one (RFC 3501 4.3).
fn bytes(raw: &[u8]) -> Result<NString<'static>, Refused> {
    Literal::try_from(raw.to_vec())
        .map(NString::from)
        .map_err(|_| Refused("This message holds a NUL"))
}

fn internal_date(message: &Stored) -> Result<DateTime, Refused> {
    let whole_seconds = chrono::DateTime::from_timestamp(message.received.timestamp(), 0).unwrap_or_default();
    DateTime::try_from(whole_seconds.fixed_offset()).map_err(|_| Refused("This message has no date"))
}

fn numbered(messages: &[Stored]) -> impl Iterator<Item = (u32, &Stored)> {
    (1..).zip(messages)
}

fn last_uid(messages: &[Stored]) -> u32 {
    messages.last().map_or(0, |last| last.uid)
}

fn last_seq(messages: &[Stored]) -> u32 {
    u32::try_from(messages.len()).unwrap_or(u32::MAX)
}

/// Whether a set names a number; `*` is the largest there is, and a range may be written either way round (RFC 3501 9).
fn contains(set: &SequenceSet, number: u32, largest: u32) -> bool {
    let (Some(number), Some(largest)) = (NonZeroU32::new(number), NonZeroU32::new(largest)) else {
        return false;
    };
    set.0.as_ref().iter().any(|one| match one {
        Sequence::Single(only) => only.expand(largest) == number,
        Sequence::Range(one, other) => {
            let (one, other) = (one.expand(largest), other.expand(largest));
            (one.min(other)..=one.max(other)).contains(&number)
        }
    })
}
