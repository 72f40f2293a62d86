//! The attributes of an HTML tag.

use memchr::memchr;

/// A plain tag ends before this byte; a longer one may have lost a quote.
const LONGEST_PLAIN: usize = 10_000;

/// Attribute values that can mean something.
#[derive(Default)]
pub(super) struct Attributes<'h> {
    pub(super) id: &'h str,
    pub(super) class: &'h str,
    pub(super) style: &'h str,
    pub(super) kind: &'h str,
    pub(super) name: &'h str,
    pub(super) alt: &'h str,
    pub(super) data: &'h str,
    /// It has the attribute `hidden`, whatever its value.
    pub(super) hidden: bool,
}

impl<'h> Attributes<'h> {
    fn keep(&mut self, name: &str, value: &'h str) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let slot = match name.len() {
            2 if is("id") => &mut self.id,
            3 if is("alt") => &mut self.alt,
            4 if is("type") => &mut self.kind,
            4 if is("name") => &mut self.name,
            5 if is("class") => &mut self.class,
            5 if is("style") => &mut self.style,
            11 if is("data-marker") => &mut self.data,
            14 if is("data-smartmail") => &mut self.data,
            6 => {
                self.hidden |= is("hidden");
                return;
            }
            _ => return,
        };
        *slot = value;
    }
}

/// Reads what stands behind the name of a tag that is written as mail programs write them, `name="value"` or `name=value`, and says how
/// far away its `>` is. `None` for any other tag.
pub(super) fn plain_attributes(behind: &str) -> Option<(Attributes<'_>, usize)> {
    let bytes = behind.as_bytes();
    let mut all = Attributes::default();
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b' ' | b'\t' | b'\n' => at += 1,
            b'>' => return Some((all, at)),
            b'/' if bytes.get(at + 1) == Some(&b'>') => return Some((all, at + 1)),
            _ => {
                let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'_');
                let equals = at + bytes.get(at..)?.iter().position(|b| !is_name(b))?;
                if equals == at || bytes.get(equals) != Some(&b'=') || at > LONGEST_PLAIN {
                    return None;
                }
                let (start, end, next) = match *bytes.get(equals + 1)? {
                    quote @ (b'"' | b'\'') => {
                        let start = equals + 2;
                        let end = start + memchr(quote, bytes.get(start..)?)?;
                        (start, end, end + 1)
                    }
                    _ => {
                        let start = equals + 1;
                        // A tag may begin inside a value that has lost its end: what stands behind it is read once, then.
                        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'<' | b'"' | b'\'');
                        let end = start + bytes.get(start..)?.iter().position(ends)?;
                        if matches!(bytes.get(end), Some(b'<' | b'"' | b'\'')) {
                            return None;
                        }
                        (start, end, end)
                    }
                };
                if end > LONGEST_PLAIN {
                    return None;
                }
                all.keep(behind.get(at..equals)?, behind.get(start..end)?);
                at = next;
            }
        }
    }
}

/// Reads what stands behind the name of any tag, however it is written; the tag ends with `rest`.
pub(super) fn attributes(mut rest: &str) -> Attributes<'_> {
    let mut all = Attributes::default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let name_end = rest
            .bytes()
            .position(|b| b == b'=' || b.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (name, tail) = rest.split_at_checked(name_end).unwrap_or((rest, ""));
        if name.is_empty() && !tail.starts_with('=') {
            return all;
        }
        let tail = tail.trim_start();
        let Some(value) = tail.strip_prefix('=').map(str::trim_start) else {
            all.keep(name, "");
            rest = tail;
            continue;
        };
        let (value, next) = match value.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(char::from(quote)).unwrap_or((inside, ""))
            }
            _ => value
                .split_at_checked(value.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(value.len()))
                .unwrap_or((value, "")),
        };
        rest = next;
        all.keep(name, value);
    }
}
