//! A server's answer, reduced to what this door looks at.

use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, Outcome, Response, ResponseCode, Status as Written};
use chrono::{DateTime, Utc};

use crate::model::Timestamp;

/// One answer of the server.
#[derive(Debug)]
pub(super) enum Answer {
    /// The tagged end of a command.
    Done { tag: String, status: Status, words: String },
    /// An untagged condition: a remark, a code, a goodbye.
    Remark { status: Status, code: Code, words: String },
    /// The server waits for us.
    Continue,
    /// Something about the folder changed.
    Changed,
    /// UIDs found.
    Found(Vec<u32>),
    /// A message, or facts about one.
    Message(Facts),
    /// What the server can do.
    Offers(Vec<String>),
    /// Anything else.
    Other,
}

/// A condition (RFC 3501 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    PreAuth,
    Bye,
}

impl From<&Written> for Status {
    fn from(written: &Written) -> Self {
        match written {
            Written::Ok => Self::Ok,
            Written::No => Self::No,
            Written::Bad => Self::Bad,
            Written::PreAuth => Self::PreAuth,
            Written::Bye => Self::Bye,
        }
    }
}

/// The response codes of EXAMINE that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    UidValidity(u32),
    UidNext(u32),
    Other,
}

/// What a FETCH answer says about one message.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) received: Option<Timestamp>,
    pub(super) body: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn read(response: &Response<'_>) -> Self {
        if let Response::Done { tag, status, outcome } = response {
            return Self::Done {
                tag: tag.0.clone(),
                status: status.into(),
                words: words(outcome),
            };
        }
        if let Response::Data { status, outcome } = response {
            let code = match &outcome.code {
                Some(ResponseCode::UidValidity(n)) => Code::UidValidity(*n),
                Some(ResponseCode::UidNext(n)) => Code::UidNext(*n),
                _ => Code::Other,
            };
            return Self::Remark {
                status: status.into(),
                code,
                words: words(outcome),
            };
        }
        if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
            return Self::Found(uids.clone());
        }
        if let Response::Fetch(_, attributes) = response {
            return Self::Message(facts(attributes));
        }
        if let Response::Capabilities(offers) = response {
            return Self::Offers(offers.iter().filter_map(offer).collect());
        }
        if let Response::Continue(_) = response {
            return Self::Continue;
        }
        let changed = matches!(
            response,
            Response::MailboxData(MailboxDatum::Exists(_) | MailboxDatum::Recent(_)) | Response::Expunge(_) | Response::Vanished { .. }
        );
        if changed { Self::Changed } else { Self::Other }
    }
}

/// An extension by its name, upper case; mechanisms of AUTHENTICATE are not looked at.
fn offer(capability: &Capability<'_>) -> Option<String> {
    match capability {
        Capability::Atom(name) => Some(name.to_ascii_uppercase()),
        Capability::Imap4rev1 | Capability::Auth(_) => None,
    }
}

fn words(outcome: &Outcome<'_>) -> String {
    outcome.information.as_deref().unwrap_or_default().to_owned()
}

fn facts(attributes: &[AttributeValue<'_>]) -> Facts {
    let mut facts = Facts::default();
    for attribute in attributes {
        if let AttributeValue::Uid(uid) = attribute {
            facts.uid = Some(*uid);
        } else if let AttributeValue::Rfc822Size(size) = attribute {
            facts.size = Some(u64::from(*size));
        } else if let AttributeValue::InternalDate(text) = attribute {
            facts.received = internal_date(text);
        } else if let AttributeValue::BodySection {
            section: None,
            data: Some(bytes),
            ..
        } = attribute
        {
            facts.body = Some(bytes.to_vec());
        }
    }
    facts
}

/// `date-time` of RFC 3501 9; the day may be padded by a space.
fn internal_date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z")
        .ok()
        .map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_are_read() {
        let cases = [
            ("17-Jul-1996 02:44:25 -0700", Some("1996-07-17T09:44:25Z")),
            (" 1-Nov-2026 23:00:00 +0000", Some("2026-11-01T23:00:00Z")),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(internal_date(text), expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }
}
