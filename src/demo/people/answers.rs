//! What people's mail programs make of what they type.   RFC 5322, 2045, 3834
//!
//! In: words, and the letter they answer as it was fetched. Out: a complete message.
//! Never here: a letter of ours in words of its own: the quotation holds the bytes that came.

use super::Letter;
use crate::model::{Address, Mailbox, Timestamp};

/// Who writes, when, and under which Message-ID.
#[derive(Debug, Clone)]
pub(super) struct Stamp<'a> {
    /// The writer.
    pub(super) from: &'a Mailbox,
    /// The Date.
    pub(super) now: Timestamp,
    /// The left side of the Message-ID.
    pub(super) id: String,
}

/// An answer as Gmail's web page writes it: text and HTML, both with the letter quoted below.
pub(super) fn gmail_answer(stamp: &Stamp<'_>, letter: &Letter, words: &str) -> Vec<u8> {
    let (name, address) = (&letter.from.name, &letter.from.address);
    let wrote = format!("On {}", letter.date.format("%a, %b %-d, %Y at %-I:%M %p"));
    let quoted: String = letter.text.lines().map(|line| format!("> {line}\n")).collect();
    let text = format!("{words}\n\n{wrote} {name} <{address}>\nwrote:\n\n{quoted}");
    let typed: String = words.lines().map(|line| format!("<div>{}</div>", escaped(line))).collect();
    let html = format!(
        "<div dir=\"ltr\">{typed}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{wrote} \
         {} &lt;<a href=\"mailto:{address}\">{address}</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" \
         style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>\n",
        escaped(name.as_str()),
        letter.html,
    );
    let boundary = format!("000000000000{}", stamp.id);
    let mut mail = head(stamp, letter, &letter.reply_to, &format!("Re: {}", letter.subject));
    mail.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"));
    for (kind, body) in [("plain", text), ("html", html)] {
        mail.push_str(&format!(
            "--{boundary}\r\nContent-Type: text/{kind}; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            quoted_printable(&body)
        ));
    }
    mail.push_str(&format!("--{boundary}--\r\n"));
    mail.into_bytes()
}

/// What Gmail's vacation responder sends. It goes out with an empty envelope sender.
pub(super) fn out_of_office(stamp: &Stamp<'_>, letter: &Letter, words: &str) -> Vec<u8> {
    let mut mail = head(stamp, letter, &letter.return_path, &format!("Out of office Re: {}", letter.subject));
    mail.push_str("Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\nX-Autoreply: yes\r\n");
    mail.push_str("Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
    mail.push_str(&quoted_printable(words));
    mail.push_str("\r\n");
    mail.into_bytes()
}

fn head(stamp: &Stamp<'_>, letter: &Letter, to: &Address, subject: &str) -> String {
    let Stamp { from, now, id } = stamp;
    let mut references = letter.references.clone();
    references.push(letter.id.clone());
    let references: Vec<String> = references.iter().map(ToString::to_string).collect();
    format!(
        "MIME-Version: 1.0\r\nDate: {}\r\nMessage-ID: <{id}@mail.{}>\r\nIn-Reply-To: {}\r\nReferences: {}\r\nSubject: {}\r\nFrom: {} <{}>\r\nTo: {}\r\n",
        now.to_rfc2822(),
        from.address.domain(),
        letter.id,
        references.join("\r\n "),
        encoded_words(subject),
        encoded_words(from.name.as_str()),
        from.address,
        to,
    )
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
        assert!(encoded_words(&"é".repeat(60)).lines().all(|line| line.len() <= 76));
    }
}
