//! One SMTP reply, read from bytes that may be anything.   RFC 5321 4.2, RFC 3463

use crate::model::HeaderText;

/// Longest reply line taken. RFC 5321 4.5.3.1.5 says 512; servers with long explanations exceed it.
const LONGEST_LINE: usize = 2_048;
/// Longest reply taken, all its lines together.
const LONGEST_REPLY: usize = 64 * 1024;

/// What a server said: a code and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// Three digits.
    pub(super) code: u16,
    /// The texts behind the code, one per line.
    pub(super) lines: Vec<String>,
}

/// Bytes that are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Garbage;

impl Reply {
    /// Reads one whole reply from the front of `bytes`: it and its length, or `None` when more must come first.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Garbage> {
        let mut lines = Vec::new();
        let mut code = None;
        let mut used = 0;
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            if line.len() > LONGEST_LINE || used + line.len() > LONGEST_REPLY {
                return Err(Garbage);
            }
            let Some(text) = line.strip_suffix(b"\n") else {
                return Ok(None);
            };
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let (this, more, words) = Self::line(text).ok_or(Garbage)?;
            // RFC 5321 4.2.1: the code is the same on every line.
            if code.is_some_and(|first| first != this) {
                return Err(Garbage);
            }
            code = Some(this);
            used += line.len();
            lines.push(String::from_utf8_lossy(words).into_owned());
            if !more {
                return Ok(Some((Self { code: this, lines }, used)));
            }
        }
        Ok(None)
    }

    /// `250-text` or `250 text` or `250`: the code, whether lines follow, the text.
    fn line(text: &[u8]) -> Option<(u16, bool, &[u8])> {
        let [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..] = text else {
            return None;
        };
        let code = [a, b, c].into_iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        match rest {
            [] => Some((code, false, rest)),
            [b' ', words @ ..] => Some((code, false, words)),
            [b'-', words @ ..] => Some((code, true, words)),
            _other => None,
        }
    }

    /// The enhanced status at the start of the text, for instance `5.1.1` (RFC 2034).
    pub(super) fn status(&self) -> Option<&str> {
        let word = self.lines.first()?.split([' ', '\t']).next()?;
        let mut parts = word.split('.');
        let class = parts.next().is_some_and(|part| matches!(part, "2" | "4" | "5"));
        let number = |part: Option<&str>| part.is_some_and(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
        (class && number(parts.next()) && number(parts.next()) && parts.next().is_none()).then_some(word)
    }

    /// The words in lower case, in one line, for looking things up.
    pub(super) fn words(&self) -> String {
        self.lines.join(" ").to_lowercase()
    }

    /// Code and words in one line that may be stored and logged: addresses masked, no control characters.
    pub(super) fn shown(&self) -> String {
        let text = format!("{} {}", self.code, self.lines.join(" "));
        let words: Vec<&str> = text
            .split_whitespace()
            .map(|word| if word.contains('@') { "***" } else { word })
            .collect();
        HeaderText::new(&words.join(" ")).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<(Reply, usize)>, Garbage> {
        Reply::parse(text.as_bytes())
    }

    #[test]
    fn replies_of_one_and_more_lines() {
        let (reply, used) = parse("250-mx.example\r\n250-SIZE 10\r\n250 HELP\r\nnext").unwrap().unwrap();
        assert_eq!(reply.code, 250);
        assert_eq!(reply.lines, ["mx.example", "SIZE 10", "HELP"]);
        assert_eq!(used, "250-mx.example\r\n250-SIZE 10\r\n250 HELP\r\n".len());
        assert_eq!(parse("354\r\n").unwrap().unwrap().0.code, 354);
        assert_eq!(parse("250 lax\n").unwrap().unwrap().0.lines, ["lax"]);
    }

    #[test]
    fn an_unfinished_reply_waits_and_garbage_is_refused() {
        let whole = "250-a\r\n250 b\r\n";
        for end in 0..whole.len() {
            assert_eq!(Reply::parse(&whole.as_bytes()[..end]), Ok(None), "{end}");
        }
        for bad in [
            "\r\n",
            "25 x\r\n",
            "2500 x\r\n",
            "abc\r\n",
            "050 x\r\n",
            "650 x\r\n",
            "250-a\r\n251 b\r\n",
            "250_x\r\n",
        ] {
            assert_eq!(parse(bad), Err(Garbage), "{bad:?}");
        }
        assert_eq!(parse(&"2".repeat(3000)), Err(Garbage));
        assert_eq!(parse(&"250-x\r\n".repeat(20_000)), Err(Garbage));
        assert_eq!(parse("250 \u{fffd}\r\n").unwrap().unwrap().0.lines, ["\u{fffd}"]);
    }

    #[test]
    fn statuses_are_found_and_addresses_masked() {
        let reply = parse("550-5.1.1 <ann@client.example>: no\r\n550 5.1.1 such user\r\n")
            .unwrap()
            .unwrap()
            .0;
        assert_eq!(reply.status(), Some("5.1.1"));
        assert_eq!(reply.shown(), "550 5.1.1 *** no 5.1.1 such user");
        assert!(!reply.shown().contains("ann"));
        for (line, status) in [
            ("550 5.1.10 x", Some("5.1.10")),
            ("550 no", None),
            ("550 1.2.3 x", None),
            ("550 5.1 x", None),
            ("550 5.1.1.1 x", None),
        ] {
            let reply = parse(&format!("{line}\r\n")).unwrap().unwrap().0;
            assert_eq!(reply.status(), status, "{line}");
        }
    }
}
