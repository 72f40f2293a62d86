//! The text that grows while a page is read: blanks, lines, lists, what is hidden, and the marks laid over it.

use std::ops::Range;

use mail_parser::decoders::html::add_html_token;
use memchr::memchr;

use super::super::marks::{MarkKind, mark_of};
use super::super::tag::Attributes;
use super::element::{Element, element};
use super::{Mark, Shown};
use crate::message::body::visible;

/// How far back an end tag looks for its start tag.
const REACH: usize = 64;

struct Open<'h> {
    name: &'h str,
    mark: Option<usize>,
    hidden: bool,
    /// What held before it began: too small, or not visible.
    outside: Unseen,
    pre: bool,
    struck: bool,
    block: bool,
    /// `Some(n)`: a list whose next item is number n; 0 for bullets.
    list: Option<u32>,
}

/// What hides a text until an element inside says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Unseen {
    /// Of no size.
    small: bool,
    /// Not visible.
    blank: bool,
}

/// The text of a page, as far as it has been read.
#[derive(Default)]
pub(super) struct Page<'h> {
    out: String,
    /// Nothing is hidden.
    whole: bool,
    marks: Vec<Mark>,
    levels: Vec<(usize, usize)>,
    /// Open blocks.
    level: usize,
    stack: Vec<Open<'h>>,
    hidden: usize,
    unseen: Unseen,
    pre: usize,
    /// What is struck out, and how many open elements strike it out.
    struck: Vec<Range<usize>>,
    strikes: usize,
    newlines: usize,
    space: bool,
    cell: bool,
}

impl<'h> Page<'h> {
    /// An empty page that will hold so many bytes of text; `whole` when nothing of it is hidden.
    pub(super) fn new(bytes: usize, whole: bool) -> Self {
        Self {
            out: String::with_capacity(bytes),
            whole,
            ..Self::default()
        }
    }

    fn is_hidden(&self) -> bool {
        self.hidden > 0 || self.unseen != Unseen::default()
    }

    pub(super) fn line_break(&mut self) {
        self.newlines += 1;
    }

    pub(super) fn text(&mut self, raw: &str) {
        if self.is_hidden() || raw.is_empty() {
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
                // Most are one of these.
                Some("&nbsp;") => {
                    self.meant(" ");
                    6
                }
                Some("&amp;") => {
                    self.meant("&");
                    5
                }
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
        while let Some((words, tail)) = rest.split_at_checked(spaced(rest.as_bytes())) {
            if !words.is_empty() {
                self.flush();
                self.out.push_str(words);
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
        // Blocks begin and end with a line.
        let begins = self.newlines > 0 || self.out.is_empty();
        if begins && self.levels.last().is_none_or(|(_, level)| *level != self.level) {
            self.levels.push((self.out.len(), self.level));
        }
        (self.newlines, self.space, self.cell) = (0, false, false);
    }

    /// Takes one opening tag; `closed` when it ends with a slash.
    pub(super) fn start(&mut self, element: Element, name: &'h str, attributes: &Attributes<'h>, closed: bool) {
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
        let style = Style::read(attributes.style);
        let pre = element == Element::Pre || style.pre;
        let hidden = (style.hidden || attributes.hidden) && !self.whole;
        let outside = self.unseen;
        if !self.whole {
            self.unseen.small = style.small.unwrap_or(outside.small);
            self.unseen.blank = style.blank.unwrap_or(outside.blank);
        }
        let struck = style.struck || Element::strikes(name);
        if struck && self.strikes == 0 {
            self.struck.push(self.out.len()..usize::MAX);
        }
        self.strikes += usize::from(struck);
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
        if element == Element::Item && !self.is_hidden() {
            self.bullet();
        }
        let block = element.is_block();
        self.level += usize::from(block);
        self.stack.push(Open {
            name,
            mark,
            hidden,
            outside,
            pre,
            struck,
            block,
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
        let tight = || !attributes.class.is_empty() && attributes.class.contains("Mso") || has_no_margin(attributes.style);
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

    pub(super) fn end(&mut self, name: &str) {
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
        self.unseen = open.outside;
        self.pre -= usize::from(open.pre);
        self.strikes -= usize::from(open.struck);
        if let Some(struck) = self.struck.last_mut().filter(|_| open.struck && self.strikes == 0) {
            struck.end = self.out.len().max(struck.start);
        }
        self.level -= usize::from(open.block);
        if let Some(mark) = open.mark.and_then(|n| self.marks.get_mut(n)) {
            mark.range.end = self.out.len().max(mark.range.start);
        }
    }

    pub(super) fn finish(mut self) -> Shown {
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
            levels: self.levels,
            struck: self.struck.into_iter().filter(|struck| !struck.is_empty()).collect(),
        }
    }
}

/// How far a text is words with one blank between them: what is shown as it stands.
fn spaced(text: &[u8]) -> usize {
    let (mut end, mut blank) = (0, true);
    for (at, byte) in text.iter().enumerate() {
        if !byte.is_ascii_whitespace() {
            (end, blank) = (at + 1, false);
        } else if blank || *byte != b' ' {
            break;
        } else {
            blank = true;
        }
    }
    end
}

/// What the style of an element means for its text.
#[derive(Default)]
struct Style {
    hidden: bool,
    /// Whether it is of no size, and whether it is visible, where the style says so.
    small: Option<bool>,
    blank: Option<bool>,
    /// Blanks are kept.
    pre: bool,
    struck: bool,
}

impl Style {
    fn read(style: &str) -> Self {
        let mut all = Self::default();
        let mut rest = style;
        while let Some((declaration, behind)) = rest.split_at_checked(memchr(b';', rest.as_bytes()).unwrap_or(rest.len())) {
            if declaration.is_empty() && behind.is_empty() {
                break;
            }
            rest = behind.get(1..).unwrap_or_default();
            // Most say nothing here, and their names begin with another letter.
            let first = declaration.trim_ascii_start().bytes().next().unwrap_or_default();
            if !matches!(first.to_ascii_lowercase(), b'd' | b'f' | b'm' | b't' | b'v' | b'w') {
                continue;
            }
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            let (name, value) = (name.trim_ascii(), value.trim_ascii());
            let is = |known: &str| name.len() == known.len() && name.eq_ignore_ascii_case(known);
            let begins = |known: &str| value.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
            match () {
                () if is("display") => all.hidden |= begins("none"),
                () if is("mso-hide") => all.hidden |= begins("all"),
                () if is("font-size") => all.small = (!begins("inherit")).then(|| is_nothing(value)),
                () if is("visibility") => all.blank = (!begins("inherit")).then(|| begins("hidden") || begins("collapse")),
                () if is("white-space") => all.pre |= begins("pre"),
                () if is("text-decoration") || is("text-decoration-line") => {
                    all.struck |= value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("line-through"));
                }
                () => {}
            }
        }
        all
    }
}

/// `margin:0`, wherever blanks stand in it.
fn has_no_margin(style: &str) -> bool {
    const NONE: &[u8] = b"margin:0";
    let mut found = 0;
    for byte in style.bytes().filter(|byte| *byte != b' ') {
        // The first letter stands nowhere else in it.
        found = match NONE.get(found) {
            Some(next) if *next == byte => found + 1,
            Some(_) => usize::from(NONE.starts_with(&[byte])),
            None => return true,
        };
    }
    found == NONE.len()
}

/// `0`, `0px`, `0.0em`.
fn is_nothing(length: &str) -> bool {
    let number = length.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.');
    length.starts_with('0') && number.into_iter().all(|b| matches!(b, b'0' | b'.'))
}
