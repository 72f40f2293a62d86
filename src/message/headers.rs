//! The fields of the header, as they stand: order, number and spelling decide whom to trust, so nothing is merged here.   RFC 5322 2.2

use memchr::{memchr, memchr3};

/// One header field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    /// Without the blanks before the colon, which are obsolete and allowed (RFC 5322 4.5).
    name: &'a [u8],
    value: &'a [u8],
}

impl Field<'_> {
    /// True when the name is this one, whatever its case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// True when a careless reader could take the name for this one: blanks inside, controls around.
    pub(super) fn looks_like(&self, name: &str) -> bool {
        let letters = self.name.iter().filter(|b| b.is_ascii_graphic());
        letters.map(u8::to_ascii_lowercase).eq(name.bytes().map(|b| b.to_ascii_lowercase()))
    }

    /// The value on one line; bytes that are not UTF-8 become U+FFFD.
    pub(super) fn unfolded(&self) -> String {
        let value = String::from_utf8_lossy(self.value.trim_ascii());
        let mut line = String::with_capacity(value.len());
        let mut rest = &*value;
        while let Some((head, tail)) = memchr3(b'\r', b'\n', b'\t', rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
            line.push_str(head);
            if tail.starts_with('\t') {
                line.push(' ');
            }
            rest = tail.get(1..).unwrap_or_default();
        }
        line.push_str(rest);
        line.trim().to_owned()
    }

    /// The bytes of the value, folded as they came.
    pub(super) fn raw(&self) -> &[u8] {
        self.value
    }
}

/// All fields of a message, from the top.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    list: Vec<Field<'a>>,
}

impl<'a> Fields<'a> {
    /// Reads the header block of `raw`, up to the first empty line.
    pub(super) fn read(raw: &'a [u8]) -> Self {
        let mut list = Vec::new();
        let mut open: Option<(usize, usize)> = None;
        let mut at = 0;
        let mut close = |open: &mut Option<(usize, usize)>, end: usize| {
            if let Some((start, colon)) = open.take()
                && let (Some(name), Some(value)) = (raw.get(start..colon), raw.get(colon + 1..end))
            {
                let name = name.trim_ascii_end();
                list.push(Field { name, value });
            }
        };
        while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
            let length = memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let line = rest.get(..length).unwrap_or_default();
            if line.trim_ascii().is_empty() {
                break;
            }
            let folded = matches!(line.first(), Some(b' ' | b'\t')) && open.is_some();
            if !folded {
                close(&mut open, at);
                open = memchr(b':', line).map(|colon| (at, at + colon));
            }
            at += length;
        }
        close(&mut open, at.min(raw.len()));
        Self { list }
    }

    /// All fields, top first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.list.iter()
    }

    /// All fields of this name, top first.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Field<'a>> {
        self.list.iter().filter(move |field| field.is(name))
    }

    /// The topmost value of this name, on one line.
    pub(super) fn first(&self, name: &'static str) -> Option<String> {
        self.all(name).next().map(Field::unfolded)
    }

    /// True when a field of this name is there.
    pub(super) fn has(&self, name: &'static str) -> bool {
        self.all(name).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_fields_end_at_the_next_name_and_the_block_at_the_empty_line() {
        for ends in ["\n", "\r\n"] {
            let raw = ["From: a@b.c", "Subject: one", "\ttwo", "X-Empty:", "", "From: not@a.header"].join(ends);
            let fields = Fields::read(raw.as_bytes());
            assert_eq!(fields.iter().count(), 3);
            assert_eq!(fields.first("subject").as_deref(), Some("one two"));
            assert_eq!(fields.first("x-empty").as_deref(), Some(""));
        }
    }
}
