//! Delivery reports, also in the shapes that do not follow the standard.   RFC 3464, 3462, 8098, 5965

use mail_parser::{HeaderValue, PartType};

use super::classify::{Sighting, bytes};
use super::headers::Fields;
use super::tables::{Section, TABLES};
use super::words::head;
use super::{Action, Author, AutoNature, AutoReply, Kind, Report, ReturnPath, read};
use crate::model::{Address, MessageId};

/// A report about a letter of ours, a read receipt or an abuse report; `None` for other mail.
pub(super) fn report(seen: &Sighting<'_>) -> Option<Kind> {
    let root = seen.parts().next().filter(|(_, full)| *full == "multipart/report");
    let declared = root.and_then(|(part, _)| {
        match part
            .headers
            .iter()
            .find(|h| h.name == mail_parser::HeaderName::ContentType)?
            .value()
        {
            HeaderValue::ContentType(ct) => ct.attribute("report-type").map(str::to_ascii_lowercase),
            HeaderValue::Address(_)
            | HeaderValue::Text(_)
            | HeaderValue::TextList(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => None,
        }
    });
    let has = |wanted: &str| seen.parts().any(|(_, full)| full == wanted);
    let machine = |nature| {
        Some(Kind::AutoReply(AutoReply {
            nature,
            until: None,
            substitute: None,
        }))
    };
    match declared.as_deref() {
        Some("disposition-notification") => return machine(AutoNature::ReadReceipt),
        Some("feedback-report") => return machine(AutoNature::Feedback),
        Some("delivery-status") => return Some(Kind::Report(delivery(seen))),
        Some(_) | None => {}
    }
    if has("message/disposition-notification") {
        return machine(AutoNature::ReadReceipt);
    }
    if has("message/feedback-report") {
        return machine(AutoNature::Feedback);
    }
    let ndr = has("message/delivery-status")
        || has("message/global-delivery-status")
        || seen.fields.has("x-ms-exchange-message-is-ndr")
        || seen.fields.has("x-failed-recipients")
        || (from_postmaster(seen) && looks_like_one(seen));
    ndr.then(|| Kind::Report(delivery(seen)))
}

fn from_postmaster(seen: &Sighting<'_>) -> bool {
    let local = match seen.author {
        Author::One(mailbox) => mailbox.address.local().to_ascii_lowercase(),
        Author::Unknown => String::new(),
    };
    *seen.return_path == ReturnPath::Null
        || local.starts_with("mailer-daemon")
        || local.starts_with("postmaster")
        || local.starts_with("microsoftexchange")
        || local.starts_with("mail-daemon")
        || local.starts_with("maildelivery")
}

/// A subject of delivery reports, or their first words.
fn looks_like_one(seen: &Sighting<'_>) -> bool {
    TABLES.starts(Section::ReportSubject, seen.lower_subject) || TABLES.has(Section::Report, &head(seen.plain(), 800).to_lowercase())
}

/// The groups of a delivery-status part: lower-case name and value, in order.
type Group = Vec<(String, String)>;

fn delivery(seen: &Sighting<'_>) -> Report {
    let status_part = seen.parts().find(|(_, full)| full.ends_with("delivery-status"));
    let groups = status_part.map(|(part, _)| groups(bytes(part))).unwrap_or_default();
    let plain = seen.plain();
    let said = |name: &str| groups.iter().flatten().find(|(key, _)| key == name).map(|(_, value)| value.clone());

    let action = said("action").map(|value| value.to_ascii_lowercase());
    let coded = said("diagnostic-code");
    let refusal = diagnostic_line(plain);
    let named: Vec<String> = [said("status"), coded.clone(), refusal.clone()]
        .iter()
        .flatten()
        .filter_map(|text| enhanced_status(text))
        .collect();
    // x.0.0 says no more than a three-digit code does (RFC 3463 2).
    let telling = named.iter().find(|status| !status.ends_with(".0.0"));
    let unknown = || unknown_user(coded.as_deref().unwrap_or(plain)).then(|| "5.1.1".to_owned());
    let status = telling.cloned().or_else(unknown).or_else(|| named.first().cloned());
    let action = match action.as_deref().map(|action| action.split([' ', '(']).next().unwrap_or_default()) {
        Some("delayed") => Action::Delayed,
        Some("delivered" | "relayed" | "expanded") => Action::Delivered,
        Some(_) => Action::Failed,
        None if is_delay(seen, plain, status.as_deref()) => Action::Delayed,
        None => Action::Failed,
    };
    let diagnostic = coded.or(refusal).unwrap_or_default();
    Report {
        action,
        status,
        recipient: recipient(seen, &said, plain),
        about: returned_id(seen, plain),
        envelope_id: said("original-envelope-id"),
        gone: TABLES.has(Section::Gone, &head(plain, 4_000).to_lowercase()) || TABLES.has(Section::Gone, &diagnostic.to_lowercase()),
        diagnostic: one_line(&diagnostic),
    }
}

/// No action is named: "(Delay)", "Delayed:", "Warning: message … delayed", or first words that say so.
fn is_delay(seen: &Sighting<'_>, plain: &str, status: Option<&str>) -> bool {
    let permanent = status.is_some_and(|status| status.starts_with('5'));
    let says = || TABLES.has(Section::Delay, &head(plain, 800).to_lowercase());
    TABLES.has(Section::DelaySubject, seen.lower_subject) || (!permanent && says())
}

/// A server refused for good without an enhanced status, in words that mean RFC 3463's 5.1.1.
fn unknown_user(plain: &str) -> bool {
    let refused = |line: &&str| {
        let code = ["550", "551", "553", "554"].iter().any(|code| line.contains(code));
        code && TABLES.has(Section::UnknownUser, &line.to_lowercase())
    };
    plain.lines().take(500).any(|line| refused(&line))
}

/// RFC 3464 2.1: fields in groups separated by empty lines, folded as in a header.
fn groups(part: &[u8]) -> Vec<Group> {
    let text = String::from_utf8_lossy(part);
    let mut all: Vec<Group> = vec![Group::new()];
    for line in text.lines().take(10_000) {
        if line.trim().is_empty() {
            if all.last().is_some_and(|group| !group.is_empty()) {
                all.push(Group::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = all.last_mut().and_then(|group| group.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let (Some((name, value)), Some(group)) = (line.split_once(':'), all.last_mut()) {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    all
}

fn recipient(seen: &Sighting<'_>, said: &dyn Fn(&str) -> Option<String>, plain: &str) -> Option<Address> {
    // `rfc822; ann@client.example`: the type stands before the semicolon (RFC 3464 2.3.1).
    let typed = |value: String| {
        let address = value
            .rsplit(';')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['<', '>'])
            .to_owned();
        Address::parse(&address).ok()
    };
    said("original-recipient")
        .and_then(typed)
        .or_else(|| said("final-recipient").and_then(typed))
        .or_else(|| {
            seen.fields
                .first("x-failed-recipients")
                .and_then(|value| Address::parse(value.split(',').next()?).ok())
        })
        .or_else(|| first_address(plain))
}

fn first_address(text: &str) -> Option<Address> {
    let trimmed = |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':' | '.');
    let words = text.split_whitespace().take(2_000).filter(|word| word.contains('@'));
    let parse = |word: &str| Address::parse(word.trim_matches(trimmed).trim_start_matches("mailto:")).ok();
    words.flat_map(|word| word.split(['<', '>'])).find_map(parse)
}

/// The Message-ID of the letter that came back: from the returned message or its header, else from words such as "Original message headers:".
fn returned_id(seen: &Sighting<'_>, plain: &str) -> Option<MessageId> {
    for (part, full) in seen.parts() {
        if let PartType::Message(inner) = &part.body
            && let Some(id) = inner.message_id()
        {
            return Some(MessageId(id.to_owned()));
        }
        let header_part = matches!(
            full,
            "text/rfc822-headers" | "message/rfc822" | "message/global" | "message/global-headers"
        );
        if header_part && let Some(id) = Fields::read(bytes(part)).first("message-id") {
            return read::ids(&id).into_iter().next();
        }
    }
    let mut lines = plain.lines();
    while let Some(line) = lines.next() {
        let line = line.trim().trim_start_matches(['>', ' ']);
        let Some(rest) = line
            .get(..11)
            .filter(|name| name.eq_ignore_ascii_case("message-id:"))
            .and_then(|_| line.get(11..))
        else {
            continue;
        };
        // The id may stand on the next line, folded.
        let value = if rest.trim().is_empty() {
            lines.next().unwrap_or_default()
        } else {
            rest
        };
        return read::ids(value).into_iter().next();
    }
    None
}

/// The first `5.1.1` in a text, as its own word or after `#`.
fn enhanced_status(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let is_status = |word: &&str| {
        let parts: Vec<&str> = word.trim_matches('.').split('.').collect();
        matches!(parts.as_slice(), [class, subject, detail]
            if matches!(*class, "2" | "4" | "5") && (1..=3).contains(&subject.len()) && (1..=3).contains(&detail.len()))
    };
    words.take(20_000).find(is_status).map(|word| word.trim_matches('.').to_owned())
}

/// The line of a report in prose that holds the server's words.
fn diagnostic_line(plain: &str) -> Option<String> {
    let refusal = |line: &&str| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word.len() == 3 && (word.starts_with('5') || word.starts_with('4')) && word.bytes().all(|b| b.is_ascii_digit()))
    };
    let status = |line: &&str| enhanced_status(line).is_some();
    let mut lines = plain.lines().map(str::trim).filter(|line| !line.is_empty()).take(500);
    lines
        .clone()
        .find(|line| status(line) && refusal(line))
        .or_else(|| lines.clone().find(status))
        .or_else(|| lines.find(refusal))
        .map(str::to_owned)
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(300).collect()
}
