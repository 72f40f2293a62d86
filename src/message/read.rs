//! Raw bytes → [`Message`].

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::DateTime;

use super::headers::Fields;
use super::{Author, Border, Message, ReturnPath, Unreadable, auth, author, body, classify, limits, mime};
use crate::model::{Address, HeaderText, Mailbox, MessageId, Timestamp};

/// The most ids and addresses kept of one header.
const MAX_LIST: usize = 1_000;

/// Reads a message. Anything with a header is a message, however broken.
///
/// # Errors
/// Only for bytes that no person's mail program sends: they belong into quarantine, with the reason.
pub fn read(raw: &[u8], border: &Border) -> Result<Message, Unreadable> {
    limits::check(raw)?;
    let fields = Fields::read(raw);
    if fields.iter().next().is_none() {
        return Err(Unreadable::NoHeader);
    }
    // The parser promises not to panic and has broken the promise before.
    let parsed = catch_unwind(AssertUnwindSafe(|| mime::parse(raw))).map_err(|_| Unreadable::Parser)?;
    let parsed = parsed.ok_or(Unreadable::NoHeader)?;
    if parsed.parts.len() > limits::MAX_PARTS {
        return Err(Unreadable::TooManyParts);
    }

    let author = author::author(&fields, parsed.from());
    let authenticated = match &author {
        Author::One(mailbox) => auth::vouched(&fields, &mailbox.address, border),
        Author::Unknown => false,
    };
    let subject = HeaderText::new(parsed.subject().unwrap_or_default()).to_string();
    let date = parsed.date().and_then(|date| timestamp(date.to_timestamp()));
    let return_path = return_path(&fields);
    let body = body::read(&parsed);
    let reply_to = parsed.reply_to().map(mailboxes).unwrap_or_default();
    let via_list = rewritten(&fields, &author, &reply_to);
    let lower_subject = subject.to_lowercase();
    let types: Vec<String> = parsed.parts.iter().map(classify::full_type).collect();
    let sighting = classify::Sighting {
        fields: &fields,
        parsed: &parsed,
        subject: &subject,
        lower_subject: &lower_subject,
        author: &author,
        return_path: &return_path,
        date,
        body: &body,
        via_list,
        types: &types,
    };
    let kind = classify::kind(&sighting)?;
    Ok(Message {
        id: fields.first("message-id").and_then(|value| ids(&value).into_iter().next()),
        in_reply_to: all_ids(&fields, "in-reply-to"),
        references: all_ids(&fields, "references"),
        author,
        reply_to,
        return_path,
        recipients: recipients(&fields, &parsed),
        subject,
        date,
        via_list,
        kind,
        authenticated,
        body,
    })
}

/// True when a list put itself into From, and the person into Reply-To: `'Ann Lee' via Hiring <hiring@client.example>`.
fn rewritten(fields: &Fields<'_>, author: &Author, reply_to: &[Mailbox]) -> bool {
    let is_list = ["list-id", "list-post", "x-google-group-id"]
        .into_iter()
        .any(|name| fields.has(name));
    let (true, Author::One(from), Some(person)) = (is_list, author, reply_to.first()) else {
        return false;
    };
    let says_so = fields.has("x-original-from") || fields.has("x-original-sender") || from.name.as_str().contains(" via ");
    let address = from.address.as_str().to_ascii_lowercase();
    let is_lists_own = || {
        fields
            .first("list-post")
            .is_some_and(|post| post.to_ascii_lowercase().contains(&address))
    };
    person.address != from.address && (says_so || is_lists_own())
}

fn timestamp(seconds: i64) -> Option<Timestamp> {
    DateTime::from_timestamp(seconds, 0)
}

fn all_ids(fields: &Fields<'_>, name: &'static str) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = fields.all(name).flat_map(|field| ids(&field.unfolded())).collect();
    found.truncate(MAX_LIST);
    found
}

/// The ids of a field. Some programs leave the brackets away or write words around them.
pub(super) fn ids(value: &str) -> Vec<MessageId> {
    let clean = |id: &str| id.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let bracketed: Vec<MessageId> = value
        .split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .map(|(id, _)| MessageId(clean(id)))
        .filter(|id| !id.0.is_empty())
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    let words = value.split_ascii_whitespace().filter(|word| word.contains('@'));
    words
        .map(|word| MessageId(word.trim_matches(['<', '>', ',', ';']).to_owned()))
        .collect()
}

fn return_path(fields: &Fields<'_>) -> ReturnPath {
    let Some(value) = fields.first("return-path") else {
        return ReturnPath::Absent;
    };
    let inside = value.trim().trim_start_matches('<').trim_end_matches('>').trim();
    if inside.is_empty() {
        return ReturnPath::Null;
    }
    Address::parse(inside).map_or(ReturnPath::Absent, ReturnPath::Address)
}

fn mailboxes(list: &mail_parser::Address<'_>) -> Vec<Mailbox> {
    let read = |addr: &mail_parser::Addr<'_>| {
        Some(Mailbox {
            name: HeaderText::new(addr.name.as_deref().unwrap_or_default()),
            address: Address::parse(addr.address.as_deref()?).ok()?,
        })
    };
    list.iter().filter_map(read).take(MAX_LIST).collect()
}

fn recipients(fields: &Fields<'_>, parsed: &mail_parser::Message<'_>) -> Vec<Address> {
    let listed = parsed
        .all_to()
        .chain(parsed.all_cc())
        .flat_map(|list| mailboxes(list).into_iter().map(|mailbox| mailbox.address));
    let traced = ["delivered-to", "x-original-to", "envelope-to"]
        .into_iter()
        .flat_map(|name| fields.all(name))
        .flat_map(|field| {
            let value = field.unfolded();
            let parts: Vec<Address> = value
                .split(',')
                .filter_map(|part| Address::parse(part.trim().trim_start_matches('<').trim_end_matches('>')).ok())
                .collect();
            parts
        });
    let mut seen = HashSet::new();
    listed
        .chain(traced)
        .filter(|address| seen.insert(address.clone()))
        .take(MAX_LIST)
        .collect()
}
