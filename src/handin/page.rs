//! The displayed body as lines, each with whose it is: the recruiter's, the client's that is forwarded below, or what stands around both.

use std::ops::Range;

use super::About;
use super::Doubt;
use super::labels::label;
use super::scan::{addresses, floor, same_house};
use super::words::{begins, flat, has};
use crate::message::{Label, OwnText};
use crate::model::{Address, HeaderText, Mailbox};
use crate::reply::Words;

/// Bytes that are read; nobody types more to hand in twenty people.
const LONGEST: usize = 60_000;
/// Lines that are read.
const MOST_LINES: usize = 1_500;

/// Whose a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    /// The recruiter's own.
    Mine,
    /// Forwarded or quoted.
    Below,
    /// Signature, legal text, banner.
    Foot,
}

/// A line of the body.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Without blanks around it, and without what quotes it.
    pub(super) range: Range<usize>,
    /// Without bullet or number.
    pub(super) body: Range<usize>,
    pub(super) area: Area,
    /// It has a bullet or a number.
    pub(super) marked: bool,
    /// Read as a label, an entry or a row: no prose.
    pub(super) taken: bool,
}

/// The body in lines.
pub(super) struct Page<'t> {
    pub(super) text: &'t str,
    pub(super) lines: Vec<Line>,
    pub(super) subject: String,
    pub(super) doubts: Vec<Doubt>,
    author: Option<&'t Mailbox>,
}

impl<'t> Page<'t> {
    /// `text` is the displayed body, or that with broken lines joined: as long, byte for byte.
    pub(super) fn of(own: &'t OwnText, text: &'t str, subject: &str, author: Option<&'t Mailbox>) -> Self {
        let mut page = Self {
            text,
            lines: Vec::new(),
            subject: HeaderText::new(subject).to_string(),
            doubts: Vec::new(),
            author,
        };
        let mut spans = own.spans.iter().peekable();
        page.take_lines(|start| {
            while spans.next_if(|span| span.range.end <= start).is_some() {}
            let here = spans.peek().filter(|span| span.range.contains(&start));
            here.map_or(Label::Own, |span| span.label)
        });
        page.letters_count();
        page.headers_begin_what_is_below();
        page.signatures_name_people(own);
        page.farewells_end();
        page
    }

    /// What was typed into a field: all of it is theirs, with no farewell and no name below it.
    pub(super) fn typed(text: &'t str) -> Self {
        let mut page = Self {
            text,
            lines: Vec::new(),
            subject: String::new(),
            doubts: Vec::new(),
            author: None,
        };
        page.take_lines(|_| Label::Own);
        page.letters_count();
        page
    }

    /// The lines of the text; `label` tells whose what begins at a byte is.
    fn take_lines(&mut self, mut label: impl FnMut(usize) -> Label) {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if at + line.len() > LONGEST || self.lines.len() >= MOST_LINES {
                let words = self.words(floor(self.text, at)..floor(self.text, at + 40));
                self.doubts.push(Doubt {
                    about: About::Length,
                    words,
                });
                break;
            }
            let indent = line.len() - line.trim_start().len();
            let label = label(at + indent.min(line.len()));
            if label != Label::Struck {
                self.lines.push(line_of(self.text, at..at + line.len(), area_of(label)));
            }
            at += line.len();
        }
    }

    /// "A. Ralf Immer", "B. Tuan Nguyen", one below the other: letters that count, and no initials.
    fn letters_count(&mut self) {
        let letter = |line: &Line| {
            let text = self.of_range(&line.body);
            let first = text.chars().next().filter(|c| c.is_ascii_uppercase() && !line.marked)?;
            let rest = text.get(1..)?.strip_prefix(['.', ')', ':'])?;
            (rest.len() > rest.trim_start().len()).then(|| (first, line.body.end - rest.trim_start().len()))
        };
        let all: Vec<(usize, char, usize)> = (0..self.lines.len())
            .filter_map(|at| self.lines.get(at).and_then(letter).map(|(first, start)| (at, first, start)))
            .collect();
        let counts = all.first().is_some_and(|(_, first, _)| *first == 'A')
            && all.len() > 1
            && all
                .windows(2)
                .all(|pair| matches!(pair, [(_, one, _), (_, next, _)] if u32::from(*one) + 1 == u32::from(*next)));
        for (at, _, start) in all.into_iter().filter(|_| counts) {
            if let Some(line) = self.lines.get_mut(at) {
                line.body.start = start;
                line.marked = true;
            }
        }
    }

    /// The line holds an address that is not ours.
    fn is_foreign(&self, line: &Line) -> bool {
        addresses(self.of_range(&line.range))
            .iter()
            .any(|(_, address)| !self.is_ours(address))
    }

    /// Blocks of name, mail and phone look like signatures. Where one holds somebody else's address, or more of the recruiter's words follow,
    /// it is none.
    fn signatures_name_people(&mut self, own: &OwnText) {
        let signed = |line: &Line| {
            line.area == Area::Foot
                && own
                    .spans
                    .iter()
                    .any(|span| span.label == Label::Signature && span.range.contains(&line.range.start))
        };
        let last_own = self
            .lines
            .iter()
            .rposition(|line| line.area == Area::Mine && !line.range.is_empty())
            .unwrap_or(0);
        let mut at = 0;
        while at < self.lines.len() {
            let run = self
                .lines
                .iter()
                .skip(at)
                .take_while(|line| signed(line) || line.area == Area::Foot && line.range.is_empty())
                .count();
            let lines = self.lines.get(at..at + run).unwrap_or_default();
            let foreign = lines.iter().rposition(|line| self.is_foreign(line)).map(|last| {
                let labelled = |line: &&Line| {
                    self.of_range(&line.body)
                        .split_once(':')
                        .is_some_and(|(head, _)| label(&flat(head)).is_some())
                };
                last + 1 + lines.iter().skip(last + 1).take_while(labelled).count()
            });
            let mine = if at + run <= last_own { run } else { foreign.unwrap_or(0) };
            for line in self.lines.iter_mut().skip(at).take(mine) {
                line.area = Area::Mine;
            }
            at += run.max(1);
        }
    }

    /// The recruiter's farewell and their name below the last address end what they say.
    fn farewells_end(&mut self) {
        let name = self.author.map(|author| flat(author.name.as_str())).unwrap_or_default();
        let known: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
        let last = self
            .lines
            .iter()
            .rposition(|line| line.area == Area::Mine && self.is_foreign(line))
            .map_or(0, |at| at + 1);
        let closes = |line: &Line| {
            let flat = flat(self.of_range(&line.body));
            let words = flat.split(' ').count();
            let initial = |word: &str| {
                known
                    .iter()
                    .any(|name| *name == word || word.chars().count() == 1 && name.starts_with(word))
            };
            let signed = !known.is_empty() && words <= 4 && flat.split(' ').all(|word| initial(word) || word == "x");
            let off = begins("sign off", &flat)
                .is_some_and(|length| words <= 2 || flat.get(length..).is_some_and(|rest| rest.split_whitespace().all(initial)));
            line.area == Area::Mine && !line.range.is_empty() && (signed || off)
        };
        let from = (last.max(1)..self.lines.len()).find(|at| self.lines.get(*at).is_some_and(closes));
        for line in self
            .lines
            .iter_mut()
            .skip(from.unwrap_or(usize::MAX))
            .filter(|line| line.area == Area::Mine)
        {
            line.area = Area::Foot;
        }
    }

    /// A page of the same author without lines.
    pub(super) fn empty(&self) -> Page<'_> {
        Page {
            text: "",
            lines: Vec::new(),
            subject: String::new(),
            doubts: Vec::new(),
            author: self.author,
        }
    }

    /// The subject as a page of its own.
    pub(super) fn subject_page(&self) -> Page<'_> {
        Page {
            text: &self.subject,
            ..self.empty()
        }
    }

    /// From the header of a letter on everything is below.
    fn headers_begin_what_is_below(&mut self) {
        let header = |line: &Line| self.header(line).is_some_and(|(name, _)| has("header from", &name));
        let more = |line: &Line| {
            let named = self.header(line);
            named.is_some_and(|(name, _)| has("header sent", &name) || has("header subject", &name) || has("header to", &name))
        };
        let begins = (0..self.lines.len()).find(|&at| {
            let next = self.lines.get(at + 1..(at + 5).min(self.lines.len())).unwrap_or_default();
            self.lines.get(at).is_some_and(header) && next.iter().filter(|line| more(line)).count() >= 2
        });
        for line in self.lines.iter_mut().skip(begins.unwrap_or(usize::MAX)) {
            line.area = Area::Below;
        }
    }

    /// A header line: its folded name and where its value stands.
    pub(super) fn header(&self, line: &Line) -> Option<(String, Range<usize>)> {
        let text = self.of_range(&line.range);
        let (name, value) = text.split_once(':').filter(|(name, _)| name.len() <= 20)?;
        let name = flat(name);
        let known = ["header from", "header sent", "header to", "header cc", "header subject"];
        let start = line.range.end - value.trim_start().len();
        known.iter().any(|kind| has(kind, &name)).then_some((name, start..line.range.end))
    }

    /// The text of a stretch.
    pub(super) fn of_range(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// A stretch as words to rest on, without blanks around it.
    pub(super) fn words(&self, range: Range<usize>) -> Words {
        let range = trim(self.text, range);
        Words {
            text: self.of_range(&range).to_owned(),
            range,
        }
    }

    /// The recruiter's own address, or one of their firm.
    pub(super) fn is_ours(&self, address: &Address) -> bool {
        self.author
            .is_some_and(|author| author.address == *address || same_house(&author.address, address))
    }

    /// The recruiter's own name.
    pub(super) fn is_author(&self, name: &str) -> bool {
        self.author
            .is_some_and(|author| !author.name.is_empty() && super::people::same_name(author.name.as_str(), name))
    }

    /// Lines of an area that are no label, entry or row, in stretches without a blank line between.
    pub(super) fn paragraphs(&self, area: Area) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut open = false;
        for line in &self.lines {
            let prose = line.area == area && !line.taken && !line.range.is_empty();
            match all.last_mut().filter(|_| open && prose) {
                Some(last) => last.end = line.range.end,
                None if prose => all.push(line.range.clone()),
                None => {}
            }
            open = prose;
        }
        all
    }
}

/// A range without the blanks at its ends.
pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

fn area_of(label: Label) -> Area {
    match label {
        Label::Own | Label::Struck => Area::Mine,
        Label::Forwarded | Label::QuotedOther | Label::QuotedOurs | Label::Attribution => Area::Below,
        Label::Signature | Label::Device | Label::Disclaimer | Label::Banner => Area::Foot,
    }
}

fn line_of(text: &str, whole: Range<usize>, area: Area) -> Line {
    let range = trim(text, whole.clone());
    let line = text.get(range.clone()).unwrap_or_default();
    let quoted = if area == Area::Below {
        line.len() - line.trim_start_matches(['>', ' ']).len()
    } else {
        0
    };
    let range = range.start + quoted..range.end;
    // A line in quotation marks, as it was copied from elsewhere.
    let line = text.get(range.clone()).unwrap_or_default();
    let inner = line
        .strip_prefix(['"', '“', '„'])
        .and_then(|line| line.strip_suffix(['"', '”', '“']));
    let range = match inner {
        Some(inner) => {
            let start = range.start + line.chars().next().map_or(0, char::len_utf8);
            start..start + inner.len()
        }
        None => range,
    };
    let line = text.get(range.clone()).unwrap_or_default();
    let mark = bullet(line);
    Line {
        body: range.start + mark..range.end,
        range,
        area,
        marked: mark > 0,
        taken: false,
    }
}

/// How long the bullet or number is that a line begins with.
pub(super) fn bullet(line: &str) -> usize {
    let sign = line.chars().next().filter(|c| {
        matches!(
            c,
            '-' | '*' | '•' | '▪' | '◦' | '–' | '—' | '·' | '+' | '●' | '■' | '>' | '→' | '»' | '✓' | '‣' | '○' | '▫' | '►'
        )
    });
    let after = match sign {
        Some(sign) => line.get(sign.len_utf8()..).unwrap_or_default(),
        None => {
            let digits = line
                .trim_start_matches('(')
                .trim_start_matches('#')
                .trim_start_matches(|c: char| c.is_ascii_digit());
            let number = line.len() - digits.len();
            // A round bullet that became a letter on its way.
            if let Some(rest) = line.strip_prefix("o ").map(str::trim_start)
                && rest.starts_with(char::is_uppercase)
            {
                return line.len() - rest.len();
            }
            let letter = line.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && line.get(1..2) == Some(")");
            let rest = if letter { line.get(1..).unwrap_or_default() } else { digits };
            let closed = rest.strip_prefix(['.', ')', ':', '-', '/']);
            match closed {
                Some(rest) if letter || (1..=4).contains(&number) => rest.trim_start_matches([')', '.']),
                _ => return 0,
            }
        }
    };
    let rest = after.trim_start();
    // "-- " and "---" are no bullets, nor is "1.5".
    if rest.is_empty()
        || rest.len() == after.len() && sign.is_none_or(|c| !matches!(c, '•' | '▪' | '●' | '■'))
        || rest.starts_with(['-', '=', '*']) && !rest.starts_with("**")
    {
        return 0;
    }
    line.len() - rest.len()
}
