//! Content-Transfer-Encodings undone, for bodies that keep to them.   RFC 2045 6.7, 6.8
//!
//! The answer is the one mail-parser would give, byte for byte; a body with anything odd in it gets none, and is left to mail-parser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memchr3};

/// Lines of base64, each ended as it likes.
pub(super) fn base64(body: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(end) = memchr(b'\n', rest) {
        let (line, next) = rest.split_at_checked(end)?;
        packed.extend_from_slice(line.trim_ascii());
        rest = next.get(1..)?;
    }
    packed.extend_from_slice(rest.trim_ascii());
    STANDARD.decode(packed).ok()
}

/// Quoted-printable. Line ends stay as they are written in the body; blanks before them were not written by anybody.
///
/// `bounded`: the last line end belongs to the boundary behind the body.
pub(super) fn quoted_printable(body: &[u8], bounded: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut line_end: &[u8] = b"\n";
    // Up to here blanks were meant.
    let mut firm = 0;
    let mut rest = body;
    let mut soft = false;
    while let Some(at) = memchr3(b'=', b'\n', b'\r', rest) {
        let (head, tail) = rest.split_at_checked(at)?;
        out.extend_from_slice(head);
        soft = false;
        rest = match tail {
            [b'=', high, low, next @ ..] if high.is_ascii_hexdigit() => {
                out.push(hex(*high)? << 4 | hex(*low)?);
                firm = out.len();
                next
            }
            [b'=', next @ ..] => {
                let end = memchr(b'\n', next)?;
                let (blanks, next) = next.split_at_checked(end)?;
                match blanks.trim_ascii() {
                    [] if blanks.ends_with(b"\r") => line_end = b"\r\n",
                    [] if !blanks.contains(&b'\r') => {}
                    _ => return None,
                }
                (firm, soft) = (out.len(), true);
                next.get(1..)?
            }
            [b'\r', b'\n', ..] => {
                line_end = b"\r\n";
                tail.get(1..)?
            }
            [b'\n', next @ ..] => {
                while out.len() > firm && out.last().is_some_and(u8::is_ascii_whitespace) {
                    out.pop();
                }
                out.extend_from_slice(line_end);
                firm = out.len();
                next
            }
            _ => return None,
        };
    }
    out.extend_from_slice(rest);
    if bounded && body.ends_with(b"\n") {
        if soft {
            return None;
        }
        out.truncate(out.len().checked_sub(line_end.len())?);
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
