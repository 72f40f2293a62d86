//! What people's mail programs make of what they type.   RFC 5322, 2045, 3834
//!
//! In: words, and the letter they answer as it was fetched. Out: a complete message.
//! Never here: a letter of ours in words of its own: the quotation holds the bytes that came.

use super::Letter;
use super::shapes::{Body, Shape};
use crate::calendar::Zone;
use crate::model::{Address, Mailbox, MessageId, Timestamp};

/// Who writes, when, and under which Message-ID.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Stamp<'a> {
    /// The writer.
    pub(in crate::demo) from: &'a Mailbox,
    /// The Date.
    pub(in crate::demo) now: Timestamp,
    /// Where the writer's clock stands; quoted dates are shown in it.
    pub(in crate::demo) zone: Zone,
    /// The left side of the Message-ID.
    pub(in crate::demo) id: String,
}

/// An answer with the letter quoted below, as the mail program writes it.
pub(in crate::demo) fn answer(stamp: &Stamp<'_>, shape: Shape, letter: &Letter, subject: &str, words: &str) -> Vec<u8> {
    let body = shape.answer(words, letter, stamp.zone);
    let mut references = letter.references.clone();
    if shape == Shape::Iphone {
        // iOS keeps the direct parent only.
        references.clear();
    }
    references.push(letter.id.clone());
    let mut mail = head(stamp, &letter.reply_to, subject, &references);
    alternatives(&mut mail, stamp, shape, &body);
    mail.into_bytes()
}

/// A mail of its own, as after a click on a `mailto:` link: it refers to nothing.
pub(in crate::demo) fn fresh(stamp: &Stamp<'_>, shape: Shape, to: &Address, subject: &str, words: &str) -> Vec<u8> {
    let mut mail = head(stamp, to, subject, &[]);
    alternatives(&mut mail, stamp, shape, &shape.fresh(words));
    mail.into_bytes()
}

/// What Gmail's vacation responder sends. It goes out with an empty envelope sender.
pub(in crate::demo) fn out_of_office(stamp: &Stamp<'_>, letter: &Letter, words: &str) -> Vec<u8> {
    let mut references = letter.references.clone();
    references.push(letter.id.clone());
    let subject = format!("Out of office Re: {}", letter.subject);
    let mut mail = head(stamp, &letter.return_path, &subject, &references);
    mail.push_str("Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\nX-Autoreply: yes\r\n");
    mail.push_str("Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    mail.push_str(&quoted_printable(words));
    mail.push_str("\r\n");
    mail.into_bytes()
}

/// The subject of an answer: one "Re:" is enough.
pub(in crate::demo) fn re(subject: &str) -> String {
    if subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:")) {
        subject.to_owned()
    } else {
        format!("Re: {subject}")
    }
}

fn alternatives(mail: &mut String, stamp: &Stamp<'_>, shape: Shape, body: &Body) {
    for (name, value) in shape.fields() {
        mail.push_str(&format!("{name}: {value}\r\n"));
    }
    let boundary = format!("{}{}", shape.boundary(), stamp.id);
    mail.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"));
    for (kind, text) in [("plain", &body.text), ("html", &body.html)] {
        mail.push_str(&format!(
            "--{boundary}\r\nContent-Type: text/{kind}; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            quoted_printable(text)
        ));
    }
    mail.push_str(&format!("--{boundary}--\r\n"));
}

fn head(stamp: &Stamp<'_>, to: &Address, subject: &str, references: &[MessageId]) -> String {
    let Stamp { from, now, id, .. } = stamp;
    let mut thread = String::new();
    if let Some(parent) = references.last() {
        let all: Vec<String> = references.iter().map(ToString::to_string).collect();
        thread = format!("In-Reply-To: {parent}\r\nReferences: {}\r\n", all.join("\r\n "));
    }
    format!(
        "MIME-Version: 1.0\r\nDate: {}\r\nMessage-ID: <{id}@mail.{}>\r\n{thread}Subject: {}\r\nFrom: {} <{}>\r\nTo: {}\r\n",
        now.to_rfc2822(),
        from.address.domain(),
        encoded_words(subject),
        phrase(from.name.as_str()),
        from.address,
        to,
    )
}

/// A display name (RFC 5322 3.2.5): in quotes when it holds what would end it.
fn phrase(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if name.is_ascii() && !name.chars().all(plain) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_words(name)
    }
}

/// RFC 2047, in base64, when the text needs it; about 40 octets in each word.
fn encoded_words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        if words.last().is_some_and(|word| word.len() + c.len_utf8() > 40) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let encoded = |word: &String| {
        let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, word);
        format!("=?UTF-8?B?{base64}?=")
    };
    words.iter().map(encoded).collect::<Vec<_>>().join("\r\n ")
}

/// RFC 2045 6.7. Line ends come out as CRLF.
fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push_str("\r\n");
        }
        let mut width = 0;
        let last = line.len().saturating_sub(1);
        for (at, byte) in line.bytes().enumerate() {
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (matches!(byte, b' ' | b'\t') && at < last);
            let octets = if plain { 1 } else { 3 };
            // 76 with the "=" of a soft break.
            if width + octets > 75 {
                out.push_str("=\r\n");
                width = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("={byte:02X}"));
            }
            width += octets;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_lines_are_short_and_lose_nothing() {
        let text = format!("a=b é {}\nmore \n", "x".repeat(200));
        let encoded = quoted_printable(&text);
        assert!(encoded.lines().all(|line| line.len() <= 76), "{encoded}");
        assert!(encoded.starts_with("a=3Db =C3=A9 xxx"), "{encoded}");
        assert!(encoded.ends_with("\r\nmore=20"), "{encoded}");
        assert_eq!(encoded.replace("=\r\n", "").matches('x').count(), 200);
    }

    #[test]
    fn names_with_accents_become_encoded_words() {
        assert_eq!(encoded_words("Ann Lee"), "Ann Lee");
        assert_eq!(encoded_words("Zoë"), "=?UTF-8?B?Wm/Dqw==?=");
        assert_eq!(phrase("Ann Lee"), "Ann Lee");
        assert_eq!(phrase("Lee, Ann \"A\" (HR)"), "\"Lee, Ann \\\"A\\\" (HR)\"");
        assert!(encoded_words(&"é".repeat(60)).lines().all(|line| line.len() <= 76));
    }
}
