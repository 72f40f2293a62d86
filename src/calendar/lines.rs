//! The content lines of a calendar, as programs write them: folded, with parameters, more or less escaped.   RFC 5545 3.1, RFC 6868
//!
//! In: the bytes of a calendar. Out: names, parameters and values. Never fails: a line that is none is left out.

use std::borrow::Cow;

/// More parameters than any property has.
const MOST_PARAMETERS: usize = 64;

/// One content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Upper case.
    pub(super) name: String,
    /// Names in upper case, values without their quotation marks.
    parameters: Vec<(String, String)>,
    /// As written.
    pub(super) value: String,
}

impl Line {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters, `NAME=value;NAME=value`.
    pub(super) fn parameters(&self) -> String {
        let all: Vec<String> = self.parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
        all.join(";")
    }

    /// A value of type TEXT, as it was typed.
    pub(super) fn text(&self) -> String {
        unescaped(&self.value)
    }
}

/// All lines of a calendar, one at a time: what one line holds is all that is held.
pub(super) fn lines(calendar: &[u8]) -> impl Iterator<Item = Line> + '_ {
    let calendar = calendar.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(calendar);
    let written = calendar
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut written = written.peekable();
    std::iter::from_fn(move || {
        let mut line = Cow::Borrowed(written.next()?);
        // Folds are undone among bytes: some programs fold within a character.
        while let Some(more) = written.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
            line.to_mut().extend_from_slice(more.get(1..).unwrap_or_default());
        }
        Some(parsed(&String::from_utf8_lossy(&line)))
    })
    .flatten()
}

fn parsed(line: &str) -> Option<Line> {
    // A quotation mark that is never closed is taken for what it is, a slip.
    let colon = outside_quotes(line, ':').or_else(|| line.find(':'))?;
    let (head, value) = line.split_at_checked(colon)?;
    let mut rest = head;
    let mut parts = Vec::new();
    while let (Some(at), true) = (outside_quotes(rest, ';'), parts.len() < MOST_PARAMETERS) {
        let (part, more) = rest.split_at_checked(at)?;
        parts.push(part);
        rest = more.get(1..)?;
    }
    parts.push(rest);
    let (name, parameters) = parts.split_first()?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let parameter = |part: &&str| {
        let (key, value) = part.split_once('=')?;
        Some((key.trim().to_ascii_uppercase(), unquoted(value)))
    };
    is_name.then(|| Line {
        name: name.to_ascii_uppercase(),
        parameters: parameters.iter().filter_map(parameter).collect(),
        value: value.get(1..).unwrap_or_default().to_owned(),
    })
}

/// Where a mark stands that is not within quotation marks.
fn outside_quotes(text: &str, mark: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == mark && !quoted).then_some(at)
    })
}

/// RFC 6868 3: `^n`, `^'` and `^^` inside a parameter.
fn unquoted(value: &str) -> String {
    let value = value.trim().trim_matches('"');
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '^' {
            out.push(c);
            continue;
        }
        match chars.clone().next() {
            Some('n') => out.push('\n'),
            Some('\'') => out.push('"'),
            Some('^') => out.push('^'),
            _ => {
                out.push('^');
                continue;
            }
        }
        chars.next();
    }
    out
}

/// RFC 5545 3.3.11.
pub(super) fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Character references of HTML, which Google writes into parameters.
pub(super) fn without_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        let end = tail.char_indices().take(10).find(|(_, c)| *c == ';');
        let found = end.and_then(|(end, _)| Some((character(tail.get(..end)?)?, tail.get(end + 1..)?)));
        match found {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_quotes_and_escapes_are_undone() {
        let calendar = "\u{FEFF}begin:VCALENDAR\r\nATTENDEE;CN=\"Lee; Ann\";X-NUM-GU\r\n ESTS=0;X-N=\"a:b^n^'c^'\":mailto:ann@client.example\r\nno line\r\nCOMMENT;LANGUAGE=en-US:See you\\, thanks\\n\n";
        let all: Vec<Line> = lines(calendar.as_bytes()).collect();
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].name, "BEGIN");
        assert_eq!(all[1].parameter("CN"), Some("Lee; Ann"));
        assert_eq!(all[1].parameter("X-NUM-GUESTS"), Some("0"));
        assert_eq!(all[1].parameter("X-N"), Some("a:b\n\"c\""));
        assert_eq!(all[1].value, "mailto:ann@client.example");
        assert_eq!(all[2].text(), "See you, thanks\n");
    }

    #[test]
    fn odd_lines_are_read_as_far_as_they_go() {
        let all = |bytes: &[u8]| lines(bytes).collect::<Vec<_>>();
        // Folded in the middle of a character.
        assert_eq!(all(b"SUMMARY:Caf\xC3\r\n \xA9")[0].text(), "Caf\u{e9}");
        assert_eq!(
            all(b"ATTENDEE;CN=\"Ann:mailto:ann@client.example")[0].value,
            "mailto:ann@client.example"
        );
        let many = format!("X{}:v", ";A=1".repeat(100_000));
        assert!(all(many.as_bytes())[0].parameters.len() <= MOST_PARAMETERS);
        assert!(all(b" \n\t\n:\n;:\n\0:\n").is_empty());
    }

    #[test]
    fn references_become_characters() {
        for (text, expected) in [
            ("It&#39;s after 5", "It's after 5"),
            ("a &amp; b &lt;c&gt; &quot;d&quot;&nbsp;&#x1F44D;", "a & b <c> \"d\" 👍"),
            ("Q&A; R&D & so on &", "Q&A; R&D & so on &"),
            ("&#99999999;", "&#99999999;"),
        ] {
            assert_eq!(without_references(text), expected);
        }
    }
}
