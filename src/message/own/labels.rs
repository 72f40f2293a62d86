//! Labels of header blocks in the languages of mail programs (`words.txt`).

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memchr2;

use super::phrases::section;
use crate::message::words::{head, lower};

/// What a label names; a word can name several things in several languages ("A" is To in Italian).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

impl Kind {
    pub(super) const FROM: u8 = 1;
    pub(super) const DATE: u8 = 2;
    pub(super) const TO: u8 = 4;
    pub(super) const CC: u8 = 8;
    pub(super) const SUBJECT: u8 = 16;
    pub(super) const OTHER: u8 = 32;

    pub(super) fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }

    pub(super) fn bit(self) -> u8 {
        self.0
    }
}

/// A label and what stands behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'s> {
    pub(super) kind: Kind,
    pub(super) value: &'s str,
}

/// The label at the start of a line, and the value behind its colon.
pub(super) fn label(text: &str) -> Option<Label<'_>> {
    let text = text.trim_start_matches(['*', '_', ' ', '|']);
    // No label is longer than this, and none has a full stop before its colon.
    // The first byte of the wide one is rare enough.
    memchr2(b':', 0xEF, text.as_bytes())?;
    let near = head(text, 32);
    let (colon, length) = match (near.find(':'), near.find('：')) {
        (Some(colon), Some(wide)) if wide < colon => (wide, '：'.len_utf8()),
        (None, Some(wide)) => (wide, '：'.len_utf8()),
        (Some(colon), _) => (colon, 1),
        (None, None) => return None,
    };
    let name = text.get(..colon)?.trim_end_matches(['*', '_', ' ', '\t', '\u{a0}']).to_lowercase();
    let value = text
        .get(colon + length..)
        .unwrap_or_default()
        .trim_start_matches(['*', '_', ' ', '\t']);
    kind_of(&name).map(|kind| Label { kind, value })
}

/// What a word names as a label, in lower case or not.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    static KNOWN: LazyLock<HashMap<String, u8>> = LazyLock::new(|| {
        let mut known = HashMap::new();
        let lists = [
            ("from", Kind::FROM),
            ("date", Kind::DATE),
            ("to", Kind::TO),
            ("copy", Kind::CC),
            ("subject", Kind::SUBJECT),
            ("other label", Kind::OTHER),
        ];
        for (names, bit) in lists {
            for name in section(names).each() {
                *known.entry(name.to_owned()).or_insert(0) |= bit;
            }
        }
        known
    });
    KNOWN.get(&*lower(name)).copied().map(Kind)
}

/// The line begins with such a label.
pub(super) fn is_label(text: &str) -> bool {
    label(text).is_some()
}
