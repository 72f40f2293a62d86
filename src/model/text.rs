//! Text that may stand in a header, a subject or a display name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One line of printable text: no control characters, no bidirectional controls, single spaces, at most 200 characters.
///
/// Everything that reaches a header passes through here, so no value can add a header line (RFC 5322 2.2)
/// or panic lettre's builder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct HeaderText(String);

impl HeaderText {
    /// The longest text kept, in characters.
    pub const MAX: usize = 200;

    /// Sanitises `raw`; the result may be empty.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let mut out = String::with_capacity(raw.len().min(Self::MAX * 4));
        let mut length = 0;
        let mut gap = false;
        for c in raw.chars() {
            if length >= Self::MAX {
                break;
            }
            if c.is_whitespace() || c.is_control() {
                gap = true;
                continue;
            }
            if !is_printed(c) {
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
                length += 1;
            }
            gap = false;
            out.push(c);
            length += 1;
        }
        Self(out.trim_end().to_owned())
    }

    /// The sanitised text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when nothing printable was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Not a control character, not one of the bidirectional controls, which can show a text other than the one it is, and no
/// byte-order mark.
#[must_use]
pub fn is_printed(c: char) -> bool {
    let hidden = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
    !c.is_control() && !hidden
}

impl From<String> for HeaderText {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl From<&str> for HeaderText {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<HeaderText> for String {
    fn from(text: HeaderText) -> Self {
        text.0
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The letter without its accent, for Latin letters in lower case.
#[must_use]
pub const fn unaccented(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | '\u{1ea0}'..='\u{1eb7}' => 'a',
        'ç' | 'ć' | 'č' | 'ċ' | 'ĉ' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' | 'ė' | 'ĕ' | '\u{1eb8}'..='\u{1ec7}' => 'e',
        'ğ' | 'ģ' | 'ġ' | 'ĝ' => 'g',
        'ħ' | 'ĥ' => 'h',
        'ì'..='ï' | 'ī' | 'ı' | 'į' | 'ĭ' | 'ĩ' | '\u{1ec8}'..='\u{1ecb}' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ł' | 'ľ' | 'ĺ' | 'ļ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'ŏ' | 'ơ' | '\u{1ecc}'..='\u{1ee3}' => 'o',
        'ř' | 'ŕ' | 'ŗ' => 'r',
        'ś' | 'š' | 'ş' | 'ș' | 'ŝ' => 's',
        'ť' | 'ţ' | 'ț' | 'ŧ' => 't',
        'ù'..='ü' | 'ū' | 'ű' | 'ů' | 'ų' | 'ŭ' | 'ũ' | 'ư' | '\u{1ee4}'..='\u{1ef1}' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' | '\u{1ef2}'..='\u{1ef9}' => 'y',
        'ź' | 'ž' | 'ż' => 'z',
        other => other,
    }
}

/// Adds a letter in lower case as it is written without accents: a ligature becomes two letters, a combining mark none.
pub fn push_unaccented(out: &mut String, letter: char) {
    match letter {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        '\u{300}'..='\u{36f}' => {}
        _ => out.push(unaccented(letter)),
    }
}

/// What a part of a link stands for (RFC 3986 2.1); a `%` without two digits behind it stands for itself.
#[must_use]
pub fn percent_decoded(coded: &str) -> String {
    let mut parts = coded.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(part.as_bytes().get(2..).unwrap_or_default());
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_and_bidi_controls_are_gone() {
        let text = HeaderText::new("Ana\r\nBcc: x@y \u{202E}gnp.\u{0} exe\t ");
        assert_eq!(text.as_str(), "Ana Bcc: x@y gnp. exe");
    }

    #[test]
    fn a_megabyte_is_cut() {
        assert_eq!(HeaderText::new(&"x".repeat(1 << 20)).as_str().chars().count(), HeaderText::MAX);
    }
}
