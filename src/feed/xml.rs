//! The texts of one kind of element in a server's answer. No tree, no recursion, no entities but those of XML itself.

/// The texts of the elements called `wanted` in a document whose outermost element is called `root`, whatever their prefixes. `None` for another
/// document.
pub(super) fn texts(xml: &str, root: &str, wanted: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    let mut is_root = false;
    let mut rest = xml;
    while let Some((text, tag)) = rest.split_once('<') {
        if let Some(open) = &mut open {
            unescape(text, open);
        }
        if let Some(inner) = tag.strip_prefix("![CDATA[") {
            let (raw, behind) = inner.split_once("]]>").unwrap_or((inner, ""));
            if let Some(open) = &mut open {
                open.push_str(raw);
            }
            rest = behind;
            continue;
        }
        if let Some(inner) = tag.strip_prefix("!--") {
            rest = inner.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let (inner, behind) = tag_end(tag);
        rest = behind;
        if inner.starts_with(['?', '!']) {
            continue;
        }
        let closes = inner.starts_with('/');
        let name = inner.trim_start_matches('/');
        let name = name.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
        if !is_root {
            if name != root {
                return None;
            }
            is_root = true;
        }
        if name == wanted {
            match (closes, open.take()) {
                (true, Some(text)) => found.push(text),
                (true, None) => {}
                (false, _) => open = (!inner.ends_with('/')).then(String::new),
            }
        }
    }
    is_root.then_some(found)
}

/// What stands in a tag, and what behind it. A `>` in quotation marks does not end it.
fn tag_end(tag: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return (tag.get(..at).unwrap_or_default(), tag.get(at + 1..).unwrap_or_default()),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    (tag, "")
}

fn unescape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        into.push_str(before);
        // No entity of XML is longer.
        let end = entity.bytes().take(12).position(|byte| byte == b';');
        let Some((name, behind)) = end.and_then(|at| Some((entity.get(..at)?, entity.get(at + 1..)?))) else {
            into.push('&');
            rest = entity;
            continue;
        };
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let meant = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix("#x").or(name.strip_prefix("#X")) {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        into.extend(meant);
        rest = behind;
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(xml: &str) -> Option<Vec<String>> {
        texts(xml, "multistatus", "calendar-data")
    }

    #[test]
    fn texts_are_found_whatever_the_prefix() {
        let xml = "<?xml version='1.0'?>\n<!-- a > b --><d:multistatus xmlns:d=\"DAV:\" note='>'><d:response><d:href>/x</d:href>\
                   <cal:calendar-data a=\">\">SUMMARY:A &amp; B &lt;1&gt;&#13;\nX:&#x41;&bogus;&</cal:calendar-data></d:response>\
                   <calendar-data><![CDATA[SUMMARY:<&amp;>]]></calendar-data><C:calendar-data/></d:multistatus>";
        assert_eq!(data(xml).unwrap(), ["SUMMARY:A & B <1>\r\nX:A&", "SUMMARY:<&amp;>"]);
        assert_eq!(data("<multistatus/>").unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_no_list_of_answers_is_none() {
        for none in [
            "",
            "no markup at all",
            "<html><multistatus/></html>",
            "<!DOCTYPE html>",
            "<?xml",
            "<!--",
        ] {
            assert_eq!(data(none), None, "{none}");
        }
        // Cut short, and nested beyond any depth.
        assert_eq!(data("<multistatus><calendar-data>BEGIN").unwrap(), [""; 0]);
        let deep = format!("<multistatus>{}", "<calendar-data>a".repeat(100_000));
        assert_eq!(data(&deep).unwrap(), [""; 0]);
        let entities = format!("<multistatus><calendar-data>{}</calendar-data>", "&".repeat(100_000));
        assert_eq!(data(&entities).unwrap()[0].len(), 100_000);
    }
}
