//! The fields a delivering server puts on top of a message.   RFC 5321 4.4, RFC 8601
//!
//! In: what SMTP brought. Out: the message as it lies in the mailbox.
//! Never here: a changed byte of the message itself, except that a forged result in this server's name is taken out (RFC 8601 5).

use super::AUTHSERV_ID;
use super::mailboxes::untagged;
use crate::model::{Address, Timestamp};

/// A message as SMTP brought it.
#[derive(Debug)]
pub(super) struct Incoming<'a> {
    /// The name the other side greeted with.
    pub(super) hello: &'a str,
    /// Who was logged in, if anybody.
    pub(super) login: Option<&'a Address>,
    /// MAIL FROM; `None` for `<>`.
    pub(super) from: Option<&'a Address>,
    /// The message, CRLF line ends, dots unstuffed.
    pub(super) data: &'a [u8],
}

/// The message for one recipient.
pub(super) fn stamp(incoming: &Incoming<'_>, to: &Address, now: Timestamp) -> Vec<u8> {
    let sender = incoming.from.map(ToString::to_string).unwrap_or_default();
    let hello: String = incoming
        .hello
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || ".-[]:".contains(*c))
        .collect();
    let with = if incoming.login.is_some() { "ESMTPA" } else { "ESMTP" };
    let fields = format!(
        "Return-Path: <{sender}>\r\n\
         Delivered-To: {to}\r\n\
         Authentication-Results: {AUTHSERV_ID}; {}\r\n\
         Received: from {hello} by {AUTHSERV_ID} with {with}\r\n\tfor <{to}>; {}\r\n",
        verdict(incoming),
        now.to_rfc2822(),
    );
    let mut out = fields.into_bytes();
    let (head, body) = split(incoming.data);
    for field in unfolded(head) {
        if !claims_our_verdict(field) {
            out.extend_from_slice(field);
        }
    }
    out.extend_from_slice(body);
    out
}

/// Vouches for the author when the one address in From is the one that logged in.
fn verdict(incoming: &Incoming<'_>) -> String {
    let Some(author) = author(incoming.data) else {
        return "dmarc=fail reason=\"no single author\"".to_owned();
    };
    let result = match incoming.login {
        Some(login) if untagged(&author).as_ref() == Some(login) => "pass",
        Some(_) | None => "fail",
    };
    format!("dmarc={result} header.from={}", author.domain())
}

/// The address in From when there is one field with one mailbox.
fn author(data: &[u8]) -> Option<Address> {
    let (head, _) = split(data);
    let mut fields = unfolded(head).into_iter().filter_map(|field| value(field, "from"));
    let field = fields.next()?;
    if fields.next().is_some() {
        return None;
    }
    let address = match field.rsplit_once('<') {
        Some((name, rest)) => {
            if name.contains('<') {
                return None;
            }
            rest.split_once('>').filter(|(_, after)| after.trim().is_empty())?.0
        }
        None => &field,
    };
    Address::parse(address).ok()
}

/// A field with the authserv-id of this server, which nobody else may write.
fn claims_our_verdict(field: &[u8]) -> bool {
    let claimed = value(field, "authentication-results").and_then(|text| text.split([';', ' ', '\t']).next().map(str::to_owned));
    claimed.is_some_and(|id| id.eq_ignore_ascii_case(AUTHSERV_ID))
}

/// The text of a field with this name, on one line.
fn value(field: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(field);
    let (found, value) = text.split_once(':')?;
    let value = value.replace(['\r', '\n'], "");
    found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
}

/// Head and body; the empty line between them belongs to the body.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let end = if data.starts_with(b"\r\n") {
        0
    } else {
        data.windows(4).position(|four| four == b"\r\n\r\n").map_or(data.len(), |at| at + 2)
    };
    data.split_at_checked(end).unwrap_or((data, b""))
}

/// The fields of a head, each with its folded lines (RFC 5322 2.2.3).
fn unfolded(head: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let starts_next = |at: &usize| rest.get(*at) == Some(&b'\n') && !matches!(rest.get(at + 1), Some(b' ' | b'\t'));
        let end = (0..rest.len()).find(starts_next).map_or(rest.len(), |at| at + 1);
        let Some((field, tail)) = rest.split_at_checked(end) else { break };
        fields.push(field);
        rest = tail;
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(login: Option<&str>, data: &str) -> String {
        let login = login.map(|text| Address::parse(text).unwrap());
        let incoming = Incoming {
            hello: "laptop\r\nX: y",
            login: login.as_ref(),
            from: None,
            data: data.as_bytes(),
        };
        let to = Address::parse("bot+tag@agency.example").unwrap();
        String::from_utf8(stamp(&incoming, &to, Timestamp::default())).unwrap()
    }

    #[test]
    fn only_the_owner_of_the_address_is_vouched_for() {
        for (login, from, verdict) in [
            (
                Some("ann@client.example"),
                "Ann <ann@client.example>",
                "dmarc=pass header.from=client.example",
            ),
            (
                Some("ann@client.example"),
                "ANN@client.example",
                "dmarc=pass header.from=client.example",
            ),
            (
                Some("eve@client.example"),
                "Ann <ann@client.example>",
                "dmarc=fail header.from=client.example",
            ),
            (None, "Ann <ann@client.example>", "dmarc=fail header.from=client.example"),
            (Some("ann@client.example"), "a@b.c, ann@client.example", "dmarc=fail reason"),
            (
                Some("ann@client.example"),
                "ann@client.example\r\nFrom: x@y.example",
                "dmarc=fail reason",
            ),
        ] {
            let text = stamped(login, &format!("Subject: hi\r\nFrom: {from}\r\n\r\nbody\r\n"));
            assert!(
                text.contains(&format!("Authentication-Results: {AUTHSERV_ID}; {verdict}")),
                "{from}: {text}"
            );
        }
    }

    #[test]
    fn a_forged_verdict_is_taken_out_and_the_rest_is_untouched() {
        let mail = "Authentication-Results:\r\n demo.agency.example; dmarc=pass\r\nAuthentication-Results: elsewhere; spf=pass\r\nFrom: a@b.c\r\n\r\nA line\r\n";
        let text = stamped(None, mail);
        assert_eq!(text.matches(AUTHSERV_ID).count(), 2, "ours and Received: {text}");
        assert!(text.ends_with("Authentication-Results: elsewhere; spf=pass\r\nFrom: a@b.c\r\n\r\nA line\r\n"));
        assert!(text.starts_with("Return-Path: <>\r\nDelivered-To: bot+tag@agency.example\r\n"));
        assert!(!text.contains("\r\nX: y"), "{text}");
    }
}
