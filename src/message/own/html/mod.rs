//! HTML → the text a reader sees, and where mail programs left their marks in it.
//!
//! One pass over the bytes with a stack of open elements, no tree: nesting costs memory, never recursion or a second look.

mod ahead;
mod element;
mod page;

use std::ops::Range;

use memchr::memchr;

use super::marks::MarkKind;
use super::tag::{attributes, plain_attributes};
use ahead::Ahead;
use element::{Element, element};
use page::Page;

/// Text and marks.
#[derive(Debug, Clone, Default)]
pub(in crate::message) struct Shown {
    pub(in crate::message) text: String,
    pub(super) marks: Vec<Mark>,
    /// From where on the text stands inside how many blocks.
    pub(super) levels: Vec<(usize, usize)>,
    /// What somebody struck out, in order.
    pub(super) struck: Vec<Range<usize>>,
}

/// A stretch of the text that an element with a meaning covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) kind: MarkKind,
    pub(super) why: &'static str,
}
/// Reads a whole document, or what was sent as one.
pub(in crate::message) fn read(html: &str) -> Shown {
    read_as(html, false)
}

/// All the text of a page, what is hidden and what pictures say too: programs that quote it may show either.
pub(super) fn all_text(html: &str) -> String {
    read_as(html, true).text
}

fn read_as(html: &str, whole: bool) -> Shown {
    let mut page = Page::new(html.len() / 4, whole);
    let mut ahead = Ahead::default();
    let mut at = 0;
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(open) = memchr(b'<', rest.as_bytes()) else {
            page.text(rest);
            break;
        };
        page.text(rest.get(..open).unwrap_or_default());
        let start = at + open + 1;
        let tag = html.get(start..).unwrap_or_default();
        if tag.starts_with("!--")
            && let Some(end) = ahead.comment_end(html, start)
        {
            at = end;
            continue;
        }
        let first = tag.bytes().next().unwrap_or(b' ');
        if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!' | b'?')) {
            page.text("<");
            at = start;
            continue;
        }
        let name = name_of(tag.strip_prefix('/').unwrap_or(tag));
        // Nearly all tags are written in one plain way.
        let behind_name = tag.get(usize::from(first == b'/') + name.len()..).unwrap_or_default();
        let plain = plain_attributes(behind_name);
        let end = match &plain {
            Some((_, length)) => Some(start + tag.len() - behind_name.len() + length),
            None => ahead.tag_end(html.as_bytes(), start),
        };
        let Some(end) = end else {
            page.text("<");
            at = start;
            continue;
        };
        at = end + 1;
        let inner = html.get(start..end).unwrap_or_default();
        if first == b'/' {
            page.end(name);
            continue;
        }
        let element = element(name);
        match element {
            Element::Break => page.line_break(),
            Element::Raw(until) => at += find_tag(html.get(at..).unwrap_or_default(), until),
            Element::Image
            | Element::Paragraph
            | Element::Numbered
            | Element::Bulleted
            | Element::Item
            | Element::Pre
            | Element::Rule
            | Element::Block
            | Element::Cell
            | Element::Void
            | Element::Other => {
                let attributes = plain.map_or_else(|| attributes(inner.get(name.len()..).unwrap_or_default()), |(all, _)| all);
                page.start(element, name, &attributes, inner.ends_with('/'));
            }
        }
    }
    page.finish()
}

/// Where the first of these tags begins; the end of `after` when there is none.
fn find_tag(after: &str, tags: &[&str]) -> usize {
    let starts = after.match_indices('<').map(|(n, _)| n);
    let here = |n: &usize| {
        let rest = after.as_bytes().get(*n..).unwrap_or_default();
        tags.iter()
            .any(|tag| rest.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag.as_bytes())))
    };
    starts.into_iter().find(here).unwrap_or(after.len())
}

fn name_of(inner: &str) -> &str {
    let end = inner
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'!')))
        .unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_reader_sees() {
        for (html, text) in [
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
            ("a<br>b<br/><br />c", "a\nb\n\nc"),
            (
                "<html><head><title>x</title><style>p{}</style></head><body>Yes &amp; no&nbsp;&#8212; &lt;3 &bogus; R&D</body></html>",
                "Yes & no — <3 &bogus; R&D",
            ),
            ("Before<html><body>after", "Before\nafter"),
            ("<ol><li>yes<li>no</ol><ul><li>x</ul>", "1. yes\n2. no\n- x"),
            ("<span style='display: none'>hidden</span>shown", "shown"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
            ("<!-- no --><![if !x]>yes<![endif]><pre>a\n  b</pre>", "yes\na\n  b"),
            ("1 < 2 and <b title=\"a>b\">bold</b>", "1 < 2 and bold"),
            ("<img alt=\"👍\" src=x><img alt=\"Logo\">", "👍"),
            (
                "<p hidden>no</p><p style='font-size:0px'>no</p><p style=visibility:hidden>no</p>yes",
                "yes",
            ),
            (
                "<td style=\"font-size:0\">no<div style='font-size:0.9em'>yes</div>no</td><p style='visibility:hidden'>no <i style='visibility:visible'>yes</i></p>",
                "yes\n\nyes",
            ),
            (
                "<html><head><meta charset=utf-8><title>no</title><style>p > b{}</style><xml>no</xml><div>yes</div></html>",
                "yes",
            ),
            ("<html><head><!-- no --><link rel=x>yes</html>", "yes"),
        ] {
            assert_eq!(read(html).text, text, "{html}");
        }
    }

    #[test]
    fn what_is_struck_out_is_known() {
        for (html, struck) in [
            ("<p><s>no</s> yes <del>no <b>no</b></del></p>", vec!["no", " no no"]),
            ("<p>yes <STRIKE>no<s>no</s></STRIKE></p><s></s><p>yes</p>", vec![" nono"]),
            (
                "<span style='color:red;text-decoration: underline line-through'>no</span>yes",
                vec!["no"],
            ),
            ("<p><s>no</p><p>yes</p>", vec!["no"]),
            ("<span style='text-decoration:underline'>yes</span>", vec![]),
        ] {
            let page = read(html);
            let found: Vec<&str> = page.struck.iter().map(|struck| page.text.get(struck.clone()).unwrap()).collect();
            assert_eq!(found, struck, "{html}");
        }
    }

    #[test]
    fn hostile_pages_cost_no_more_than_their_length() {
        for unit in [
            "<div>",
            "<a <",
            "<!--",
            "<p>x",
            "<a \"",
            "&",
            "<blockquote type=cite>",
            "</p><div>",
            "<head>",
            "<style>",
            "<ul><li>",
            "<a x=",
            "<a x=\"",
            "<a x='y' z=\"<",
            "<s>x",
            "<p style=font-size:0>",
        ] {
            let page = unit.repeat(100_000);
            let started = std::time::Instant::now();
            let _ = read(&page);
            assert!(started.elapsed().as_secs() < 5, "{unit}");
        }
    }
}
