//! Who wrote a message: exactly one From field with exactly one mailbox, or nobody in particular.   RFC 5322 3.4, 3.6.2

use super::Author;
use super::headers::{Field, Fields};
use crate::model::{Address, HeaderText, Mailbox};

/// The author, as far as the From says so. Two readers that disagree about From are how mail is forged, so anything unusual is nobody.
pub(super) fn author(fields: &Fields<'_>, parsed: Option<&mail_parser::Address<'_>>) -> Author {
    let mut lookalikes = fields.iter().filter(|field| field.looks_like("from"));
    let Some(field) = lookalikes.next().filter(|field| field.is("from")) else {
        return Author::Unknown;
    };
    if lookalikes.next().is_some() || hides_a_line(field) {
        return Author::Unknown;
    }
    let Some((address, phrase)) = single_mailbox(&field.unfolded()) else {
        return Author::Unknown;
    };
    // The name is decoration. It is taken from the parser, which decodes it, when both mean the same address.
    let decoded = parsed.and_then(|list| list.first()).filter(|first| {
        let same = first.address.as_deref().and_then(|text| Address::parse(text).ok());
        same.as_ref() == Some(&address)
    });
    let name = decoded.map_or(phrase.as_str(), |first| first.name.as_deref().unwrap_or_default());
    if name.contains('\u{FFFD}') {
        return Author::Unknown;
    }
    Author::One(Mailbox {
        name: HeaderText::new(name),
        address,
    })
}

/// A bare CR or a NUL inside the field: some readers see another line there.
fn hides_a_line(field: &Field<'_>) -> bool {
    let raw = field.raw();
    let bare = |(n, b): (usize, &u8)| *b == b'\r' && raw.get(n + 1).is_some_and(|next| *next != b'\n');
    raw.contains(&0) || raw.iter().enumerate().any(bare)
}

/// Reads `phrase <addr>` or `addr`, and nothing else: no list, no group, no route.
fn single_mailbox(value: &str) -> Option<(Address, String)> {
    if value.contains('\u{FFFD}') {
        return None;
    }
    let mut phrase = String::new();
    let mut angle: Option<String> = None;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '(' => skip_comment(&mut chars)?,
            '"' => {
                if angle.is_some() {
                    return None;
                }
                read_quoted(&mut chars, &mut phrase)?;
            }
            '<' => {
                if angle.is_some() {
                    return None;
                }
                let mut inside = String::new();
                loop {
                    match chars.next()? {
                        '>' => break,
                        '<' => return None,
                        other => inside.push(other),
                    }
                }
                angle = Some(inside);
            }
            ',' | ';' | ':' | '>' | ')' | '[' | ']' | '\\' => return None,
            other if angle.is_some() => {
                if !other.is_whitespace() {
                    return None;
                }
            }
            other => phrase.push(other),
        }
    }
    let phrase = phrase.trim();
    match angle {
        Some(inside) => Some((Address::parse(&inside).ok()?, phrase.to_owned())),
        None => Some((Address::parse(phrase).ok()?, String::new())),
    }
}

fn skip_comment(chars: &mut std::str::Chars<'_>) -> Option<()> {
    let mut depth = 1;
    while depth > 0 {
        match chars.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => drop(chars.next()?),
            _ => {}
        }
    }
    Some(())
}

fn read_quoted(chars: &mut std::str::Chars<'_>, into: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '\\' => into.push(chars.next()?),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Author {
        let raw = format!("{header}\r\nTo: x@y.example\r\n\r\nhi");
        let parsed = mail_parser::MessageParser::default().parse(raw.as_bytes()).unwrap();
        author(&Fields::read(raw.as_bytes()), parsed.from())
    }

    #[test]
    fn one_mailbox_is_an_author() {
        for (header, name) in [
            ("From: ann@client.example", ""),
            ("From: Ann Lee <ann@client.example>", "Ann Lee"),
            ("from : \"Lee, Ann\" <ann@client.example> (at work)", "Lee, Ann (at work)"),
            ("FROM:\r\n\t=?utf-8?Q?Ann_L=C3=A9?= <ann@client.example>", "Ann Lé"),
        ] {
            let Author::One(mailbox) = of(header) else { panic!("{header}") };
            assert_eq!(mailbox.address.as_str(), "ann@client.example");
            assert_eq!(mailbox.name.as_str(), name);
        }
    }

    #[test]
    fn several_groups_and_tricks_are_nobody() {
        for header in [
            "X-None: 1",
            "From:",
            "From: ann@client.example\r\nFrom: eve@evil.example",
            "From: ann@client.example\r\nfrom : ann@client.example",
            "From: ann@client.example\r\nFr om: eve@evil.example",
            "From: ann@client.example, eve@evil.example",
            "From: ann@client.example, <eve@evil.example>",
            "From: <ann@client.example> <eve@evil.example>",
            "From: Team: ann@client.example;",
            "From: undisclosed:;",
            "From: <@relay.example:ann@client.example>",
            "From: \"ann@client.example\"@evil.example",
            "From: ann@client.example eve@evil.example",
            "From: =?x-unknown?B?/////w==?= <ann@client.example>",
            "From: Ann\u{0} <ann@client.example>",
            "From: Ann\rFrom: eve@evil.example <ann@client.example>",
            "From: ann@client.example (",
        ] {
            assert_eq!(of(header), Author::Unknown, "{header:?}");
        }
    }
}
