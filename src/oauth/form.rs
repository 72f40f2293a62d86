//! `application/x-www-form-urlencoded`, both ways.   RFC 6749 appendix B

use std::fmt::Write as _;

/// `a=b&c=d`.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (key, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        push(&mut text, key);
        text.push('=');
        push(&mut text, value);
    }
    text
}

fn push(text: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

/// The value of a key in a query; the first one, when there are several.
pub(super) fn value(query: &str, key: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == key)
        .and_then(|(_, value)| decoded(value))
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (rest.next()?, rest.next()?);
                let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(high)? * 16 + digit(low)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let hard = "a b+c&d=e/f:é%~\"";
        let text = encode(&[("code", hard), ("state", "x")]);
        assert!(text.bytes().all(|b| b.is_ascii_graphic()), "{text}");
        assert_eq!(value(&text, "code").as_deref(), Some(hard));
        assert_eq!(value(&text, "state").as_deref(), Some("x"));
        assert_eq!(value(&text, "error"), None);
        for broken in ["code=%", "code=%4", "code=%zz", "code=%ff", "code"] {
            assert_eq!(value(broken, "code"), None, "{broken}");
        }
    }
}
