//! HTML → the text a reader sees, and where mail programs left their marks in it.
//!
//! One pass over the bytes with a stack of open elements, no tree: nesting costs memory, never recursion or a second look.

use std::ops::Range;

use mail_parser::decoders::html::add_html_token;
use memchr::{memchr, memchr3_iter, memmem};

use super::marks::{MarkKind, mark_of};
use super::tag::{Attributes, attributes, plain_attributes};
use crate::message::body::visible;

/// Text and marks.
#[derive(Debug, Clone, Default)]
pub(in crate::message) struct Shown {
    pub(in crate::message) text: String,
    pub(super) marks: Vec<Mark>,
}

/// A stretch of the text that an element with a meaning covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) kind: MarkKind,
    pub(super) why: &'static str,
}

/// How far back an end tag looks for its start tag.
const REACH: usize = 64;

/// A tag longer than this has lost a quote.
const LONGEST_TAG: usize = 20_000;

/// A page that has lost so many is not written by a mail program: there, quotes mean nothing.
const MOST_LOST: usize = 16;

struct Open<'h> {
    name: &'h str,
    mark: Option<usize>,
    hidden: bool,
    pre: bool,
    /// `Some(n)`: a list whose next item is number n; 0 for bullets.
    list: Option<u32>,
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
    let mut page = Page {
        out: String::with_capacity(html.len() / 4),
        whole,
        ..Page::default()
    };
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
            Element::Break => page.newlines += 1,
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

/// The next places of what ends a tag, so that a page full of tags that never end is read as fast as any other.
#[derive(Default)]
struct Ahead {
    close: Place,
    double: Place,
    single: Place,
    comment: Option<usize>,
    /// How many tags had a quote that never closes.
    lost: usize,
}

/// The first place of a byte from a point on, kept until the reader has passed it.
#[derive(Default)]
struct Place(Option<Range<usize>>);

impl Place {
    /// The end of `page` when there is none.
    fn next(&mut self, byte: u8, page: &[u8], from: usize) -> usize {
        if let Some(known) = self.0.as_ref().filter(|known| known.start <= from && from <= known.end) {
            return known.end;
        }
        let rest = page.get(from..).unwrap_or_default();
        let at = from + memchr(byte, rest).unwrap_or(rest.len());
        self.0 = Some(from..at);
        at
    }
}

impl Ahead {
    /// Where the tag ends: the first `>` outside quotes, or the first at all when a quote never closes.
    fn tag_end(&mut self, page: &[u8], start: usize) -> Option<usize> {
        let first = self.close.next(b'>', page, start);
        if first == page.len() {
            return None;
        }
        let near = page.len().min(start + LONGEST_TAG);
        let mut at = start;
        while self.lost < MOST_LOST {
            let close = self.close.next(b'>', page, at);
            let (double, single) = (self.double.next(b'"', page, at), self.single.next(b'\'', page, at));
            let quote = double.min(single);
            if close < quote && close < near {
                return Some(close);
            }
            if quote >= near {
                break;
            }
            at = quote + 1;
            if quote > start && page.get(quote - 1) == Some(&b'=') {
                let closing = if quote == double {
                    self.double.next(b'"', page, at)
                } else {
                    self.single.next(b'\'', page, at)
                };
                if closing >= near {
                    break;
                }
                at = closing + 1;
            }
        }
        self.lost += 1;
        Some(first)
    }

    /// The byte behind the comment that begins here.
    fn comment_end(&mut self, page: &str, start: usize) -> Option<usize> {
        let known = self.comment.filter(|end| *end >= start);
        let end = known.unwrap_or_else(|| {
            let rest = page.get(start..).unwrap_or_default();
            start + memmem::find(rest.as_bytes(), b"-->").unwrap_or(rest.len())
        });
        self.comment = Some(end);
        (end < page.len()).then_some(end + 3)
    }
}

/// What an element means for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Break,
    Image,
    Paragraph,
    Numbered,
    Bulleted,
    Item,
    Pre,
    /// A line, which holds nothing.
    Rule,
    Block,
    Cell,
    /// Holds nothing and shows nothing.
    Void,
    /// What follows is no text until one of these.
    Raw(&'static [&'static str]),
    Other,
}

fn element(name: &str) -> Element {
    let mut lower = [0; 10];
    let Some(letters) = lower.get_mut(..name.len()) else {
        return Element::Other;
    };
    letters.copy_from_slice(name.as_bytes());
    letters.make_ascii_lowercase();
    match &*letters {
        b"br" => Element::Break,
        b"img" => Element::Image,
        b"p" => Element::Paragraph,
        b"td" | b"th" => Element::Cell,
        b"ol" => Element::Numbered,
        b"ul" => Element::Bulleted,
        b"li" => Element::Item,
        b"pre" => Element::Pre,
        b"hr" => Element::Rule,
        b"div" | b"table" | b"tr" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"body" | b"html" | b"section"
        | b"article" | b"header" | b"footer" | b"center" | b"form" | b"dl" | b"dt" | b"dd" | b"address" | b"main" | b"fieldset" => {
            Element::Block
        }
        b"meta" | b"link" | b"input" | b"col" | b"area" | b"base" | b"wbr" | b"source" | b"track" | b"embed" => Element::Void,
        b"style" => Element::Raw(&["</style"]),
        b"script" => Element::Raw(&["</script"]),
        b"title" => Element::Raw(&["</title"]),
        b"head" => Element::Raw(&["</head", "<body"]),
        _ => Element::Other,
    }
}

impl Element {
    /// Stands on lines of its own.
    const fn is_block(self) -> bool {
        match self {
            Self::Paragraph | Self::Numbered | Self::Bulleted | Self::Item | Self::Pre | Self::Rule | Self::Block => true,
            Self::Break | Self::Image | Self::Cell | Self::Void | Self::Raw(_) | Self::Other => false,
        }
    }

    const fn is_void(self) -> bool {
        matches!(self, Self::Image | Self::Rule | Self::Void)
    }
}

#[derive(Default)]
struct Page<'h> {
    out: String,
    /// Nothing is hidden.
    whole: bool,
    marks: Vec<Mark>,
    stack: Vec<Open<'h>>,
    hidden: usize,
    pre: usize,
    newlines: usize,
    space: bool,
    cell: bool,
}

impl<'h> Page<'h> {
    fn text(&mut self, raw: &str) {
        if self.hidden > 0 || raw.is_empty() {
            return;
        }
        let mut rest = raw;
        while let Some((plain, tail)) = memchr(b'&', rest.as_bytes()).and_then(|at| rest.split_at_checked(at)) {
            self.plain(plain);
            let semicolon = tail.bytes().take(34).position(|b| b == b';');
            let entity = semicolon.and_then(|end| tail.get(..=end)).filter(|entity| {
                let name = entity.trim_start_matches(['&', '#']).trim_end_matches(';');
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            let taken = match entity {
                Some(entity) => {
                    let mut decoded = String::new();
                    add_html_token(&mut decoded, entity.as_bytes(), false);
                    self.meant(&visible(decoded.into()));
                    entity.len()
                }
                None => {
                    self.meant("&");
                    1
                }
            };
            rest = tail.get(taken..).unwrap_or_default();
        }
        self.plain(rest);
    }

    /// Text as it stands in the source: blanks run together unless they are kept.
    fn plain(&mut self, text: &str) {
        if self.pre > 0 {
            self.meant(text);
            return;
        }
        let mut rest = text;
        loop {
            let length = rest.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
            let Some((word, tail)) = rest.split_at_checked(length) else { break };
            if !word.is_empty() {
                self.flush();
                self.out.push_str(word);
            }
            if tail.is_empty() {
                break;
            }
            self.space = true;
            rest = tail.trim_ascii_start();
        }
    }

    /// Text whose blanks are meant; so are its line ends where they are kept.
    fn meant(&mut self, text: &str) {
        if self.pre == 0 {
            if !text.is_empty() {
                self.flush();
                self.out.push_str(text);
            }
            return;
        }
        for (n, line) in text.split('\n').enumerate() {
            self.newlines += usize::from(n > 0);
            if !line.is_empty() {
                self.flush();
                self.out.push_str(line);
            }
        }
    }

    fn flush(&mut self) {
        if self.newlines > 0 {
            if !self.out.is_empty() {
                let kept = self.newlines.min(2);
                while self.out.ends_with(' ') {
                    self.out.pop();
                }
                self.out.extend(std::iter::repeat_n('\n', kept));
            }
        } else if self.cell {
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\t');
            }
        } else if self.space && !self.out.is_empty() && !self.out.ends_with(['\n', ' ', '\t']) {
            self.out.push(' ');
        }
        (self.newlines, self.space, self.cell) = (0, false, false);
    }

    /// Takes one opening tag; `closed` when it ends with a slash.
    fn start(&mut self, element: Element, name: &'h str, attributes: &Attributes<'h>, closed: bool) {
        if element == Element::Image {
            // Some programs send emoji as pictures.
            let emoji = !attributes.alt.is_ascii() && attributes.alt.chars().count() <= 4;
            if emoji || self.whole {
                self.text(attributes.alt);
            }
        }
        if element.is_block() {
            self.begin_block(element, name, attributes);
        }
        self.cell |= element == Element::Cell;
        let mark = mark_of(name, attributes).map(|(kind, why)| {
            self.marks.push(Mark {
                range: self.out.len()..usize::MAX,
                kind,
                why,
            });
            self.marks.len() - 1
        });
        if element.is_void() || closed && !element.is_block() {
            // A void element marks a point: what follows is meant.
            return;
        }
        let (hidden, kept) = style(attributes.style);
        let pre = element == Element::Pre || kept;
        let hidden = hidden && !self.whole;
        self.hidden += usize::from(hidden);
        self.pre += usize::from(pre);
        let list = match element {
            Element::Numbered => Some(1),
            Element::Bulleted => Some(0),
            Element::Break
            | Element::Image
            | Element::Paragraph
            | Element::Item
            | Element::Pre
            | Element::Rule
            | Element::Block
            | Element::Cell
            | Element::Void
            | Element::Raw(_)
            | Element::Other => None,
        };
        if element == Element::Item && self.hidden == 0 {
            self.bullet();
        }
        self.stack.push(Open {
            name,
            mark,
            hidden,
            pre,
            list,
        });
    }

    fn begin_block(&mut self, element: Element, name: &str, attributes: &Attributes<'_>) {
        // An open paragraph ends where a block begins; items and rows end where the next begins.
        let list = matches!(element, Element::Numbered | Element::Bulleted);
        let same =
            |open: &Open<'_>| open.name.eq_ignore_ascii_case("p") || (name.len() == 2 && open.name.eq_ignore_ascii_case(name) && !list);
        if self.stack.last().is_some_and(same) {
            self.pop();
        }
        let tight = || attributes.class.contains("Mso") || attributes.style.replace(' ', "").contains("margin:0");
        let wide = element == Element::Paragraph && !tight();
        self.newlines = self.newlines.max(if wide { 2 } else { 1 });
    }

    /// Items of a numbered list keep their number: "1. yes 2. no" must not lose it.
    fn bullet(&mut self) {
        let list = self.stack.iter_mut().rev().take(REACH).find_map(|open| open.list.as_mut());
        let sign = match list {
            Some(number) if *number > 0 => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            Some(_) | None => "- ".to_owned(),
        };
        self.flush();
        self.out.push_str(&sign);
    }

    fn end(&mut self, name: &str) {
        if element(name).is_block() {
            let wide = name.eq_ignore_ascii_case("p")
                && self.stack.last().is_some_and(|open| open.name.eq_ignore_ascii_case("p"))
                && self.newlines == 2;
            self.newlines = self.newlines.max(if wide { 2 } else { 1 });
        }
        let found = self
            .stack
            .iter()
            .rev()
            .take(REACH)
            .position(|open| open.name.eq_ignore_ascii_case(name));
        if let Some(above) = found {
            for _ in 0..=above {
                self.pop();
            }
        }
    }

    fn pop(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.hidden -= usize::from(open.hidden);
        self.pre -= usize::from(open.pre);
        if let Some(mark) = open.mark.and_then(|n| self.marks.get_mut(n)) {
            mark.range.end = self.out.len().max(mark.range.start);
        }
    }

    fn finish(mut self) -> Shown {
        while !self.stack.is_empty() {
            self.pop();
        }
        let length = self.out.len();
        for mark in &mut self.marks {
            if mark.kind == MarkKind::CutRest || mark.range.end == usize::MAX {
                mark.range.end = length;
            }
        }
        Shown {
            text: self.out,
            marks: self.marks,
        }
    }
}

/// Whether a style hides its element, and whether it keeps the blanks in it. Blanks and case do not count.
fn style(style: &str) -> (bool, bool) {
    let (mut hidden, mut pre) = (false, false);
    let style = style.as_bytes();
    let firsts = memchr3_iter(b'd', b'm', b'w', style).chain(memchr3_iter(b'D', b'M', b'W', style));
    for rest in firsts.filter_map(|at| style.get(at..)) {
        let begins = |wanted: &str| {
            let mut letters = rest.iter().filter(|b| **b != b' ').map(u8::to_ascii_lowercase);
            wanted.bytes().all(|b| letters.next() == Some(b))
        };
        match rest.first().map(u8::to_ascii_lowercase) {
            Some(b'd') => hidden |= begins("display:none"),
            Some(b'm') => hidden |= begins("mso-hide:all"),
            Some(_) | None => pre |= begins("white-space:pre"),
        }
    }
    (hidden, pre)
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
        ] {
            assert_eq!(read(html).text, text, "{html}");
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
        ] {
            let page = unit.repeat(100_000);
            let started = std::time::Instant::now();
            let _ = read(&page);
            assert!(started.elapsed().as_secs() < 5, "{unit}");
        }
    }
}
