//! What is too large to be mail a person wrote: counted before anything is parsed.

use std::collections::HashSet;

use memchr::{memchr, memchr_iter, memmem};

/// The largest message read, in bytes.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;
/// The deepest nesting of parts.
pub const MAX_DEPTH: usize = 32;
/// The largest number of parts.
pub const MAX_PARTS: usize = 1_000;
/// The largest calendar part.
pub(super) const MAX_CALENDAR: usize = 256 * 1024;

/// Why a message is set aside unread, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Over [`MAX_BYTES`].
    #[error("the message has {0} bytes, more than the {MAX_BYTES} that are read: look at it in the mailbox")]
    TooLarge(usize),
    /// Over [`MAX_DEPTH`].
    #[error("the parts are nested deeper than {MAX_DEPTH}: look at it in the mailbox")]
    TooDeep,
    /// Over [`MAX_PARTS`].
    #[error("the message has more than {MAX_PARTS} parts: look at it in the mailbox")]
    TooManyParts,
    /// A calendar answer over 256 KiB.
    #[error("the calendar part has {0} bytes, more than a calendar answer can need: look at it in the mailbox")]
    CalendarTooLarge(usize),
    /// Nothing that looks like a header.
    #[error("there is no header: these bytes are not a mail")]
    NoHeader,
    /// The parser gave up in a way it should not.
    #[error("the parser failed on this message: keep it for a bug report")]
    Parser,
}

/// Looks at the lines of `raw` that could be part boundaries. Linear; what a boundary means is left to the parser.
pub(super) fn check(raw: &[u8]) -> Result<(), Unreadable> {
    if raw.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge(raw.len()));
    }
    if is_simple(raw) {
        return Ok(());
    }
    let mut known: HashSet<&[u8]> = HashSet::new();
    let mut open: Vec<&[u8]> = Vec::new();
    let (mut parts, mut nested) = (0_usize, 0_usize);
    let mut rest = Some(raw);
    while let Some(here) = rest {
        let (line, next) = match memchr(b'\n', here) {
            Some(end) => (here.get(..end).unwrap_or_default(), here.get(end + 1..)),
            None => (here, None),
        };
        rest = next;
        let line = line.trim_ascii_end();
        if let Some(dashed) = line.strip_prefix(b"--") {
            if let Some(closed) = dashed.strip_suffix(b"--")
                && let Some(level) = open.iter().rposition(|b| *b == closed)
            {
                open.truncate(level);
                nested = 0;
            } else if known.contains(dashed) {
                match open.iter().rposition(|b| *b == dashed) {
                    Some(level) => open.truncate(level + 1),
                    None => open.push(dashed),
                }
                parts += 1;
                nested = 0;
            }
        } else if line.len() < 2_000 {
            if let Some(boundary) = boundary_of(line) {
                known.insert(boundary);
            }
            if contains(line, b"message/rfc822") || contains(line, b"message/global") {
                nested += 1;
            }
        }
        if open.len() + nested > MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        if parts > MAX_PARTS {
            return Err(Unreadable::TooManyParts);
        }
    }
    Ok(())
}

/// Too few lines begin with dashes and too few words name a message for any limit to be reached, whatever they turn out to mean.
fn is_simple(raw: &[u8]) -> bool {
    let dashed = memmem::find_iter(raw, b"\n--").count();
    let named = |slash: &usize| {
        let word = slash.checked_sub(b"message".len()).and_then(|start| raw.get(start..*slash));
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"message"))
    };
    // One more for a first line of dashes.
    1 + dashed + memchr_iter(b'/', raw).filter(named).count() <= MAX_DEPTH
}

fn contains(line: &[u8], needle: &[u8]) -> bool {
    line.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle))
}

fn boundary_of(line: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"boundary=";
    let at = line.windows(NAME.len()).position(|w| w.eq_ignore_ascii_case(NAME))?;
    let value = line.get(at + NAME.len()..)?.trim_ascii();
    let value = match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|b| *b == b'"').next()?,
        None => value.split(|b| matches!(b, b';' | b' ' | b'\t')).next()?,
    };
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> Vec<u8> {
        let mut raw = String::from("From: a@b.example\r\n");
        for n in 0..depth {
            raw.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n"));
        }
        raw.push_str("\r\nhello\r\n");
        raw.into_bytes()
    }

    #[test]
    fn depth_parts_and_size_have_an_end() {
        assert_eq!(check(&nested(30)), Ok(()));
        assert_eq!(check(&nested(40)), Err(Unreadable::TooDeep));
        assert_eq!(check(&nested(40_000)), Err(Unreadable::TooDeep));
        let mut many = b"Content-Type: multipart/mixed; boundary=x\n\n".to_vec();
        many.extend(b"--x\n\nhi\n".repeat(1_001));
        assert_eq!(check(&many), Err(Unreadable::TooManyParts));
        assert_eq!(check(&vec![b'a'; MAX_BYTES + 1]), Err(Unreadable::TooLarge(MAX_BYTES + 1)));
        let digest = "Content-Type: message/rfc822\n\n".repeat(50_000);
        assert_eq!(check(digest.as_bytes()), Err(Unreadable::TooDeep));
    }

    #[test]
    fn a_text_with_many_dashed_lines_is_only_text() {
        let text = format!("From: a@b.example\n\n{}", "--\n-- \n----------\n".repeat(5_000));
        assert_eq!(check(text.as_bytes()), Ok(()));
    }
}
