//! Just enough HTML to find a button: start tags with their attributes, and the text between.
//!
//! In: our own letters and pages, as fetched. Out: tags and links.
//! Never here: a DOM, a script, a style. Unreadable markup is skipped.

/// A tag as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Lower case; `/form` for an end tag.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag, entities decoded, spaces as they are.
    pub(super) text: String,
}

/// A link and the words on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it leads.
    pub(super) href: String,
    /// The words on it, single spaces.
    pub(super) words: String,
    /// All text before it, single spaces.
    pub(super) before: String,
}

impl Tag {
    /// The value of an attribute; empty when it is written without one.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn is_hidden(&self) -> bool {
        let style = self.attribute("style").unwrap_or_default().replace(' ', "");
        let out_of_sight = ["display:none", "visibility:hidden", "left:-"]
            .iter()
            .any(|one| style.contains(one));
        let marked = self.attribute("hidden").is_some() || self.attribute("aria-hidden") == Some("true");
        out_of_sight || marked || matches!(self.name.as_str(), "style" | "script" | "title")
    }
}

/// All tags in order. Comments, the doctype, scripts and styles are left out.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut all: Vec<Tag> = Vec::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        if let Some(last) = all.last_mut() {
            last.text.push_str(&decoded(before));
        }
        let opaque = all.last().is_some_and(|last| matches!(last.name.as_str(), "style" | "script"));
        rest = if let Some(comment) = after.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, tail)| tail)
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && (!opaque || after.starts_with('/')) {
            let end = tag_end(after);
            let (inside, tail) = after.split_at_checked(end).unwrap_or((after, ""));
            all.push(tag(inside));
            tail.strip_prefix('>').unwrap_or(tail)
        } else {
            after
        };
    }
    if let Some(last) = all.last_mut() {
        last.text.push_str(&decoded(rest));
    }
    all
}

/// The tags a person sees: what is hidden, or inside something hidden, is left out, as a browser would.
pub(super) fn visible(html: &str) -> Vec<Tag> {
    let mut seen = Vec::new();
    // Names of the hidden element we are in and of those inside it.
    let mut hidden: Vec<String> = Vec::new();
    for tag in tags(html) {
        if let Some(name) = tag.name.strip_prefix('/') {
            if let Some(at) = hidden.iter().rposition(|open| open == name) {
                hidden.truncate(at);
            }
        } else if !hidden.is_empty() || tag.is_hidden() {
            if !matches!(tag.name.as_str(), "br" | "hr" | "img" | "input" | "link" | "meta") {
                hidden.push(tag.name.clone());
            }
            continue;
        }
        if hidden.is_empty() {
            seen.push(tag);
        }
    }
    seen
}

/// All links among some tags.
pub(super) fn links(tags: Vec<Tag>) -> Vec<Link> {
    let mut found = Vec::new();
    let mut before = String::new();
    let mut open: Option<Link> = None;
    for tag in tags {
        if tag.name == "a" {
            open = tag.attribute("href").map(|href| Link {
                href: href.to_owned(),
                words: String::new(),
                before: single_spaced(&before),
            });
        } else if tag.name == "/a" {
            found.extend(open.take());
        }
        if let Some(link) = &mut open {
            link.words = single_spaced(&format!("{} {}", link.words, tag.text));
        }
        before.push(' ');
        before.push_str(&tag.text);
    }
    found
}

/// One space for each run of them, none at the ends.
pub(super) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a tag ends: a `>` in a quoted value does not count.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    text.len()
}

fn tag(inside: &str) -> Tag {
    let inside = inside.trim().trim_end_matches('/');
    let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at_checked(name_end).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        let key_end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let Some((key, after)) = rest.split_at_checked(key_end).filter(|(key, _)| !key.is_empty()) else {
            break;
        };
        let (value, tail) = match after.trim_start().strip_prefix('=') {
            None => ("", after),
            Some(value) => value_and_rest(value.trim_start()),
        };
        attributes.push((key.to_ascii_lowercase(), decoded(value)));
        rest = tail;
    }
    Tag {
        name: name.to_ascii_lowercase(),
        attributes,
        text: String::new(),
    }
}

fn value_and_rest(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(value) = text.strip_prefix(quote) {
            return value.split_once(quote).unwrap_or((value, ""));
        }
    }
    text.split_at_checked(text.find(char::is_whitespace).unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// The entities our own templates write.
fn decoded(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&#x2F;", "/"),
        ("&nbsp;", " "),
        ("&#160;", " "),
    ];
    let mut out = text.to_owned();
    for (entity, character) in named {
        out = out.replace(entity, character);
    }
    out.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_with_their_words_and_what_stands_before() {
        let html = "<style>a > b { }</style><p>Ana\n Souza</p><!-- <a href=x>no</a> --><td><a class='b' href=\"http://h/d/1?a&amp;b\" title=\"a > b\"><b>Inter</b>ested</a> | <a href=mailto:x>Pass</a>";
        let found = links(visible(html));
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            (found[0].href.as_str(), found[0].words.as_str(), found[0].before.as_str()),
            ("http://h/d/1?a&b", "Inter ested", "Ana Souza")
        );
        assert_eq!((found[1].href.as_str(), found[1].words.as_str()), ("mailto:x", "Pass"));
    }

    #[test]
    fn unfinished_markup_ends() {
        for html in ["<", "<a", "<a href", "<a href='", "a < b", "<!--", "</", "<a =x>", "<style><a>"] {
            let _ = links(visible(html));
        }
    }
}
