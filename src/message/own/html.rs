//! HTML → the text a reader sees, and where mail programs left their marks in it.
//!
//! One pass over the bytes with a stack of open elements, no tree: nesting costs memory, never recursion or a second look.

use std::ops::Range;

use mail_parser::decoders::html::add_html_token;

use crate::message::words::list;

/// Text and marks.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// A stretch of the text that an element with a meaning covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) kind: MarkKind,
    pub(super) why: &'static str,
}

/// What a mail program meant by an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// Quoted for certain: `blockquote type=cite` and its kin.
    Cite,
    /// Any other blockquote: people use it as well.
    Block,
    /// A box around the old mail; a few programs put the new text into it too.
    Container,
    /// Gmail's box: holds attribution and quote, sometimes the reply.
    GmailBox,
    /// From here to the end it is the old mail.
    CutRest,
    /// "On … wrote:".
    Attribution,
    /// Name, title, phone.
    Signature,
    /// "Get Outlook for iOS".
    Device,
}

/// How far back an end tag looks for its start tag.
const REACH: usize = 64;

struct Open<'h> {
    name: &'h str,
    mark: Option<usize>,
    hidden: bool,
    pre: bool,
    /// `Some(n)`: a list whose next item is number n; 0 for bullets.
    list: Option<u32>,
}

/// Attribute values that can mean something.
#[derive(Default)]
struct Attributes<'h> {
    id: &'h str,
    class: &'h str,
    style: &'h str,
    kind: &'h str,
    name: &'h str,
    alt: &'h str,
    data: &'h str,
}

/// Reads a whole document, or what was sent as one.
pub(super) fn read(html: &str) -> Shown {
    let mut page = Page::default();
    let mut at = 0;
    // Once no `>` (or end of comment) is left, asking again would be quadratic.
    let (mut no_close, mut no_comment_end) = (false, false);
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(open) = rest.find('<') else {
            page.text(rest);
            break;
        };
        page.text(rest.get(..open).unwrap_or_default());
        let tag = rest.get(open + 1..).unwrap_or_default();
        let first = tag.bytes().next().unwrap_or(b' ');
        if tag.starts_with("!--") && !no_comment_end {
            match tag.find("-->") {
                Some(end) => {
                    at += open + 1 + end + 3;
                    continue;
                }
                None => no_comment_end = true,
            }
        }
        if no_close || !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'!' | b'?')) {
            page.text("<");
            at += open + 1;
            continue;
        }
        let Some(end) = tag_end(tag) else {
            no_close = true;
            page.text("<");
            at += open + 1;
            continue;
        };
        at += open + 1 + end + 1;
        let inner = tag.get(..end).unwrap_or_default();
        if let Some(skipped) = page.tag(inner, html.get(at..).unwrap_or_default()) {
            at += skipped;
        }
    }
    page.finish()
}

/// Where the tag ends: the first `>` outside quotes, or the first at all when a quote never closes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote: Option<u8> = None;
    // A tag longer than this is a page with a lost quote.
    for (n, b) in tag.bytes().enumerate().take(20_000) {
        match (quote, b) {
            (None, b'>') => return Some(n),
            (None, b'"' | b'\'') if n > 0 && tag.as_bytes().get(n - 1) == Some(&b'=') => quote = Some(b),
            (Some(open), close) if open == close => quote = None,
            (None | Some(_), _) => {}
        }
    }
    tag.find('>')
}

#[derive(Default)]
struct Page<'h> {
    out: String,
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
        while !rest.is_empty() {
            let plain_end = rest.find('&').unwrap_or(rest.len());
            let (plain, tail) = rest.split_at_checked(plain_end).unwrap_or((rest, ""));
            for c in plain.chars() {
                self.character(c, false);
            }
            if tail.is_empty() {
                break;
            }
            let semicolon = tail.bytes().take(34).position(|b| b == b';');
            let entity = semicolon.and_then(|end| tail.get(..=end)).filter(|entity| {
                let name = entity.trim_start_matches(['&', '#']).trim_end_matches(';');
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            match entity {
                Some(entity) => {
                    let mut decoded = String::new();
                    add_html_token(&mut decoded, entity.as_bytes(), false);
                    for c in super::super::body::visible(&decoded).chars() {
                        self.character(c, true);
                    }
                    rest = tail.get(entity.len()..).unwrap_or_default();
                }
                None => {
                    self.character('&', false);
                    rest = tail.get(1..).unwrap_or_default();
                }
            }
        }
    }

    fn character(&mut self, c: char, decoded: bool) {
        if c == '\n' && self.pre > 0 {
            self.newlines += 1;
            return;
        }
        if c.is_ascii_whitespace() && (self.pre == 0 || c == '\n') && !decoded {
            self.space = true;
            return;
        }
        self.flush();
        self.out.push(c);
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

    /// Takes one tag; says how much of `after` belongs to it as raw text.
    fn tag(&mut self, inner: &'h str, after: &str) -> Option<usize> {
        if let Some(closing) = inner.strip_prefix('/') {
            self.end(name_of(closing));
            return None;
        }
        let name = name_of(inner);
        let raw_until: &[&str] = match name.to_ascii_lowercase().as_str() {
            "style" => &["</style"],
            "script" => &["</script"],
            "title" => &["</title"],
            "head" => &["</head", "<body"],
            _ => &[],
        };
        if !raw_until.is_empty() {
            return find_tag(after, raw_until);
        }
        self.start(name, inner);
        None
    }

    fn start(&mut self, name: &'h str, inner: &'h str) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let attributes = attributes(inner.get(name.len()..).unwrap_or_default());
        if is("br") {
            self.newlines += 1;
            return;
        }
        if is("img") {
            // Some programs send emoji as pictures.
            let emoji = !attributes.alt.is_empty() && attributes.alt.chars().count() <= 4 && !attributes.alt.is_ascii();
            if emoji {
                self.text(attributes.alt);
            }
        }
        let block = is_block(name);
        if block {
            // An open paragraph ends where a block begins; items and cells end where the next begins.
            let same = |open: &Open<'_>| {
                open.name.eq_ignore_ascii_case("p")
                    || (matches!(name.len(), 2) && open.name.eq_ignore_ascii_case(name) && !is("ul") && !is("ol"))
            };
            if self.stack.last().is_some_and(same) {
                self.pop();
            }
            let wide = is("p") && !attributes.class.contains("Mso") && !attributes.style.replace(' ', "").contains("margin:0");
            self.newlines = self.newlines.max(if wide { 2 } else { 1 });
        }
        if is("td") || is("th") {
            self.cell = true;
        }
        let mark = classify(name, &attributes).map(|(kind, why)| {
            self.marks.push(Mark {
                range: self.out.len()..usize::MAX,
                kind,
                why,
            });
            self.marks.len() - 1
        });
        let void = [
            "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "track", "embed",
        ]
        .iter()
        .any(|v| is(v));
        if void || inner.ends_with('/') && !block {
            // A void element marks a point: what follows is meant.
            return;
        }
        let style = attributes.style.to_ascii_lowercase().replace(' ', "");
        let hidden = style.contains("display:none") || style.contains("mso-hide:all");
        let pre = is("pre") || style.contains("white-space:pre");
        self.hidden += usize::from(hidden);
        self.pre += usize::from(pre);
        let list = if is("ol") {
            Some(1)
        } else if is("ul") {
            Some(0)
        } else {
            None
        };
        if is("li") && self.hidden == 0 {
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
        if is_block(name) {
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

/// Where the first of these tags begins; all of `after` when there is none.
fn find_tag(after: &str, tags: &[&str]) -> Option<usize> {
    let starts = after.match_indices('<').map(|(n, _)| n);
    let here = |n: &usize| {
        let rest = after.as_bytes().get(*n..).unwrap_or_default();
        tags.iter()
            .any(|tag| rest.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag.as_bytes())))
    };
    Some(starts.into_iter().find(here).unwrap_or(after.len()))
}

fn name_of(inner: &str) -> &str {
    let end = inner
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'!')))
        .unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default()
}

fn is_block(name: &str) -> bool {
    const BLOCKS: &str = "\
        p|div|table|tr|ul|ol|li|h1|h2|h3|h4|h5|h6|hr|blockquote|pre|body|html|section|article|header|footer|center|form|dl|\
        dt|dd|address|main|fieldset";
    list(BLOCKS).any(|block| name.eq_ignore_ascii_case(block))
}

fn attributes(mut rest: &str) -> Attributes<'_> {
    let mut all = Attributes::default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let name_end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (name, tail) = rest.split_at_checked(name_end).unwrap_or((rest, ""));
        if name.is_empty() && !tail.starts_with('=') {
            return all;
        }
        let tail = tail.trim_start();
        let Some(value) = tail.strip_prefix('=').map(str::trim_start) else {
            rest = tail;
            continue;
        };
        let (value, next) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => value
                .split_at_checked(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))
                .unwrap_or((value, "")),
        };
        rest = next;
        match name.to_ascii_lowercase().as_str() {
            "id" => all.id = value,
            "class" => all.class = value,
            "style" => all.style = value,
            "type" => all.kind = value,
            "name" => all.name = value,
            "alt" => all.alt = value,
            "data-marker" | "data-smartmail" => all.data = value,
            _ => {}
        }
    }
}

/// The marks of the programs in use. Names are looked for inside the value, because other programs put prefixes before them
/// (`x_divRplyFwdMsg`, `m_123divRplyFwdMsg`, `ydp…yahoo_quoted`).
fn classify(name: &str, a: &Attributes<'_>) -> Option<(MarkKind, &'static str)> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let id = |part: &str| a.id.contains(part);
    let class = |part: &str| a.class.contains(part);
    if is("blockquote") {
        return Some(match () {
            () if a.kind.eq_ignore_ascii_case("cite") => (MarkKind::Cite, "blockquote[type=cite]"),
            () if class("gmail_quote") => (MarkKind::Cite, "blockquote.gmail_quote"),
            () if class("iosymail") => (MarkKind::Cite, "blockquote.iosymail"),
            () if class("protonmail_quote") => (MarkKind::Cite, ".protonmail_quote"),
            () if class("tutanota_quote") => (MarkKind::Cite, ".tutanota_quote"),
            () if class("front-blockquote") => (MarkKind::Cite, ".front-blockquote"),
            () if class("missive_quote") => (MarkKind::Cite, ".missive_quote"),
            () if class("freshdesk_quote") => (MarkKind::Cite, ".freshdesk_quote"),
            () => (MarkKind::Block, "blockquote"),
        });
    }
    if a.id.is_empty() && a.class.is_empty() && a.name.is_empty() && a.data.is_empty() {
        return None;
    }
    let found = match () {
        () if class("gmail_attr") => (MarkKind::Attribution, ".gmail_attr"),
        () if class("moz-cite-prefix") => (MarkKind::Attribution, ".moz-cite-prefix"),
        () if class("gmail_signature") || a.data.contains("gmail_signature") => (MarkKind::Signature, ".gmail_signature"),
        () if class("gmail_quote") || class("gmail_extra") => (MarkKind::GmailBox, ".gmail_quote"),
        () if id("appendonsend") => (MarkKind::CutRest, "#appendonsend"),
        () if id("divRplyFwdMsg") => (MarkKind::CutRest, "#divRplyFwdMsg"),
        () if id("stopSpelling") => (MarkKind::CutRest, "#stopSpelling"),
        () if a.data.contains("__DIVIDER__") => (MarkKind::CutRest, "Zimbra divider"),
        () if id("mail-editor-reference-message-container") => (MarkKind::Container, "#mail-editor-reference-message-container"),
        () if class("ms-outlook-mobile-reference-message") => (MarkKind::Container, ".ms-outlook-mobile-reference-message"),
        () if id("OLK_SRC_BODY_SECTION") => (MarkKind::Container, "#OLK_SRC_BODY_SECTION"),
        () if id("yahoo_quoted") || class("yahoo_quoted") => (MarkKind::Container, "yahoo_quoted"),
        () if class("protonmail_quote") => (MarkKind::Container, ".protonmail_quote"),
        () if class("tutanota_quote") => (MarkKind::Container, ".tutanota_quote"),
        () if class("zmail_extra") => (MarkKind::Container, ".zmail_extra"),
        () if class("missive_quote") => (MarkKind::Container, ".missive_quote"),
        () if class("freshdesk_quote") => (MarkKind::Container, ".freshdesk_quote"),
        () if class("front-blockquote") => (MarkKind::Container, ".front-blockquote"),
        () if class("moz-forward-container") => (MarkKind::Container, ".moz-forward-container"),
        () if id("isReplyContent") || id("reply139content") || id("origbody") => (MarkKind::Container, "#isReplyContent"),
        () if a.name.eq_ignore_ascii_case("quote") => (MarkKind::Container, "[name=quote]"),
        () if a.name.eq_ignore_ascii_case("messageReplySection") => (MarkKind::Container, "[name=messageReplySection]"),
        () if id("ms-outlook-mobile-signature") => (MarkKind::Device, "#ms-outlook-mobile-signature"),
        () if id("composer_signature") => (MarkKind::Device, "#composer_signature"),
        () if id("AppleMailSignature") => (MarkKind::Signature, "#AppleMailSignature"),
        () if class("moz-signature") => (MarkKind::Signature, ".moz-signature"),
        () if class("protonmail_signature_block") => (MarkKind::Signature, ".protonmail_signature_block"),
        () if a.id.eq_ignore_ascii_case("signature") || a.id.ends_with("_Signature") => (MarkKind::Signature, "#Signature"),
        () => return None,
    };
    Some(found)
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
