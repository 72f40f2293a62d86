//! Names as commands write them: quoted strings, and folder names in modified UTF-7 (RFC 3501 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

use super::Trouble;

const MODIFIED: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A quoted string.
pub(super) fn quoted(text: &str, what: &'static str) -> Result<String, Trouble> {
    if text.contains(['\r', '\n', '\0']) {
        return Err(Trouble::Unsendable { what });
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A folder's name on the wire.
pub(super) fn folder(name: &str) -> Result<String, Trouble> {
    let mut wire = String::new();
    let mut foreign = String::new();
    for letter in name.chars() {
        if letter.is_ascii() && !letter.is_ascii_control() {
            shift(&mut foreign, &mut wire);
            wire.push(letter);
            if letter == '&' {
                wire.push('-');
            }
        } else {
            foreign.push(letter);
        }
    }
    shift(&mut foreign, &mut wire);
    if name.contains(['\r', '\n', '\0']) {
        return Err(Trouble::Unsendable { what: "a folder's name" });
    }
    quoted(&wire, "a folder's name")
}

fn shift(foreign: &mut String, wire: &mut String) {
    if foreign.is_empty() {
        return;
    }
    let units: Vec<u8> = foreign.encode_utf16().flat_map(u16::to_be_bytes).collect();
    wire.push('&');
    wire.push_str(&MODIFIED.encode(units));
    wire.push('-');
    foreign.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_written_in_modified_utf_7() {
        let cases = [
            ("INBOX", "\"INBOX\""),
            ("Junk E-mail", "\"Junk E-mail\""),
            ("Entwürfe", "\"Entw&APw-rfe\""),
            ("R&D", "\"R&-D\""),
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ];
        for (name, wire) in cases {
            assert_eq!(folder(name).unwrap(), wire);
        }
        assert!(folder("INBOX\r\nA1 LOGOUT").is_err());
    }
}
