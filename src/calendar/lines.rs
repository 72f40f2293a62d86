//! The content lines of a calendar, as programs write them: folded, with parameters, more or less escaped.   RFC 5545 3.1, RFC 6868
//!
//! In: the bytes of a calendar. Out: names, parameters and values. Never fails: a line that is none is left out.

use std::borrow::Cow;

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

    /// A value of type TEXT, as it was typed.
    pub(super) fn text(&self) -> String {
        unescaped(&self.value)
    }
}

/// All lines of a calendar.
pub(super) fn lines(calendar: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(calendar);
    let mut all = Vec::new();
    let mut open: Option<String> = None;
    for line in text.trim_start_matches('\u{FEFF}').split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), &mut open) {
            (Some(more), Some(open)) => open.push_str(more),
            _ => {
                all.extend(open.take().and_then(|line| parsed(&line)));
                open = Some(line.to_owned());
            }
        }
    }
    all.extend(open.and_then(|line| parsed(&line)));
    all
}

fn parsed(line: &str) -> Option<Line> {
    let colon = outside_quotes(line, ':')?;
    let (head, value) = line.split_at_checked(colon)?;
    let mut rest = head;
    let mut parts = Vec::new();
    while let Some(at) = outside_quotes(rest, ';') {
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
        let all = lines(calendar.as_bytes());
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].name, "BEGIN");
        assert_eq!(all[1].parameter("CN"), Some("Lee; Ann"));
        assert_eq!(all[1].parameter("X-NUM-GUESTS"), Some("0"));
        assert_eq!(all[1].parameter("X-N"), Some("a:b\n\"c\""));
        assert_eq!(all[1].value, "mailto:ann@client.example");
        assert_eq!(all[2].text(), "See you, thanks\n");
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
