//! What a finished message must look like before it may be stored or sent.   RFC 5321 2.3.8, 4.5.3.1.6
//!
//! In: bytes. Out: nothing, or the place of the first fault.
//! Never here: a repair. A message is put right while it is written, or it does not leave.

use memchr::memchr2;

/// Why bytes are not a message that SMTP carries unchanged. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Some servers take `LF . CRLF` for the end of the message, and what follows for another one.
    #[error("line {line}: a line feed without its carriage return; lines end in CRLF")]
    BareLf {
        /// Where.
        line: usize,
    },
    /// The other half of the same trick.
    #[error("line {line}: a carriage return without its line feed; lines end in CRLF")]
    BareCr {
        /// Where.
        line: usize,
    },
    /// 998 octets without the line end.
    #[error("line {line}: {octets} octets long, 998 are allowed; fold the header or encode the body")]
    LongLine {
        /// Where.
        line: usize,
        /// How long it is.
        octets: usize,
    },
}

/// The longest line, without its CRLF.
const LONGEST: usize = 998;

/// Checks that every CR is followed by LF, every LF preceded by CR, and no line is over 998 octets. Linear time.
///
/// # Errors
/// The first fault and its line.
pub fn check_wire(bytes: &[u8]) -> Result<(), WireError> {
    let mut line = 1;
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'\r', b'\n', rest)) {
        let cr = at + found;
        match (bytes.get(cr), bytes.get(cr + 1)) {
            (Some(b'\r'), Some(b'\n')) => {}
            (Some(b'\r'), _) => return Err(WireError::BareCr { line }),
            (_, _) => return Err(WireError::BareLf { line }),
        }
        short_enough(line, cr - start)?;
        at = cr + 2;
        (line, start) = (line + 1, at);
    }
    // The last line needs no end of its own.
    short_enough(line, bytes.len() - start)
}

fn short_enough(line: usize, octets: usize) -> Result<(), WireError> {
    match octets > LONGEST {
        true => Err(WireError::LongLine { line, octets }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_bytes_pass() {
        for good in ["", "a", "a\r\n", "\r\n", "a\r\n\r\nb\r\n", ".\r\n..\r\n"] {
            assert_eq!(check_wire(good.as_bytes()), Ok(()), "{good:?}");
        }
        let long = format!("{}\r\n{}", "x".repeat(998), "y".repeat(998));
        assert_eq!(check_wire(long.as_bytes()), Ok(()));
    }

    #[test]
    fn faults_are_named_with_their_line() {
        use WireError::*;
        for (bad, error) in [
            ("\n", BareLf { line: 1 }),
            ("a\r\nb\nc\r\n", BareLf { line: 2 }),
            ("a\r\n\n.\r\n", BareLf { line: 2 }),
            ("a\r", BareCr { line: 1 }),
            ("a\rb\r\n", BareCr { line: 1 }),
            ("a\r\r\n", BareCr { line: 1 }),
            ("a\r\nb\r\n\r", BareCr { line: 3 }),
        ] {
            assert_eq!(check_wire(bad.as_bytes()), Err(error), "{bad:?}");
        }
        for tail in ["", "\r\n"] {
            let long = format!("a\r\n{}{tail}", "x".repeat(999));
            assert_eq!(check_wire(long.as_bytes()), Err(LongLine { line: 2, octets: 999 }));
        }
    }
}
