//! Which part of a message its sender wrote.
//!
//! In: the displayed body and our letters of the thread. Out: [`OwnText`], all of the body in labelled spans.
//! Three witnesses, the surest first: our own letters (what stands in them is not the sender's), the marks of mail programs in HTML,
//! and the shape of plain lines. Nothing is deleted, and what only a weak mark cuts away is kept when nothing else is left.

mod align;
mod footer;
mod html;
mod lines;
mod quote;

use std::ops::Range;

use super::{Label, LetterText, Message, OwnText, Span, body};
use align::{Letters, Word};
use lines::Line;
use quote::Page;

/// The text of an HTML body as a reader sees it, without marks.
pub(super) fn html_text(content: &str) -> String {
    html::read(content).text
}

/// A stored letter of ours as text.
#[must_use]
pub fn letter_text(raw: &[u8]) -> LetterText {
    let Some(parsed) = mail_parser::MessageParser::default().parse(raw) else {
        return LetterText::default();
    };
    let body = body::read(&parsed);
    LetterText {
        text: body.text.unwrap_or_default(),
        html_text: body.html.as_deref().map(html_text).unwrap_or_default(),
    }
}

/// What the sender wrote.
#[must_use]
pub fn own_text(message: &Message, thread: &[LetterText]) -> OwnText {
    let (shown, lines) = displayed(&message.body);
    let letters = Letters::new(thread);
    let words = letters.align(&shown);
    let view = View {
        page: Page::new(&shown, &lines),
        by_line: words_by_line(&lines, &words),
        words: &words,
        letters: &letters,
    };
    let mut labels = view.read(Trust::Marks);
    let mut uncertain = false;
    if !view.has_own(&labels) {
        for weaker in [Trust::Lines, Trust::QuotesOnly] {
            let second = view.read(weaker);
            if view.has_own(&second) {
                (labels, uncertain) = (second, true);
                break;
            }
        }
    }
    let spans = view.spans(&labels);
    let text = own_of(&shown, &spans);
    OwnText {
        text,
        spans,
        shown,
        uncertain,
    }
}

/// HTML when its marks say more than the plain lines do, or when there is nothing else.
fn displayed(body: &super::Body) -> (String, Vec<Line>) {
    if let Some(content) = &body.html {
        let page = html::read(content);
        if !page.marks.is_empty() || body.text.is_none() {
            let lines = lines::lines(&page.text, &page.marks);
            return (page.text, lines);
        }
    }
    let text = body.text.clone().unwrap_or_default();
    let lines = lines::lines(&text, &[]);
    (text, lines)
}

/// How much of the structure is believed (C-D4, C-D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Marks of mail programs and the shape of lines.
    Marks,
    /// Only the shape of lines: some programs put the new text inside their mark.
    Lines,
    /// Only what is quoted for certain.
    QuotesOnly,
}

/// What a line is, and the pieces of it that are something else.
#[derive(Debug, Clone)]
struct Cut {
    label: Label,
    why: &'static str,
    /// Lines of one stretch of old mail share a number.
    region: usize,
    /// Own words typed into a quoted line, or ours inside an own one.
    pieces: Vec<(Range<usize>, Label, &'static str)>,
}

impl Cut {
    fn new(label: Label, why: &'static str, region: usize) -> Self {
        Self {
            label,
            why,
            region,
            pieces: Vec::new(),
        }
    }
}

const OWN: &str = "typed by the sender";
const ALIGNED: &str = "stands in our letter";

struct View<'s> {
    page: Page<'s>,
    words: &'s [Word],
    by_line: Vec<Range<usize>>,
    letters: &'s Letters,
}

fn words_by_line(lines: &[Line], words: &[Word]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let first = at;
        while words.get(at).is_some_and(|word| word.start < line.range.end) {
            at += 1;
        }
        all.push(first..at);
    }
    all
}

impl View<'_> {
    fn lines(&self) -> &[Line] {
        self.page.lines
    }

    fn words_of(&self, line: usize) -> &[Word] {
        self.by_line
            .get(line)
            .and_then(|range| self.words.get(range.clone()))
            .unwrap_or_default()
    }

    fn read(&self, trust: Trust) -> Vec<Cut> {
        let mut cuts = self.structure(trust);
        self.alignment(&mut cuts);
        self.footers(&mut cuts);
        cuts
    }

    /// Labels by marks and by the shape of lines.
    fn structure(&self, trust: Trust) -> Vec<Cut> {
        let lines = self.lines();
        let mut cuts: Vec<Cut> = Vec::with_capacity(lines.len());
        let mut region = 0;
        let mut rest: Option<(Label, &'static str)> = None;
        let mut block_is_quote = false;
        let mut depth_before = 0;
        while cuts.len() < lines.len() {
            let n = cuts.len();
            let Some(line) = lines.get(n) else { break };
            let blank = line.is_blank(self.page.shown);
            if blank {
                let before = cuts.last();
                let follow = rest.map(|(label, why)| Cut::new(label, why, region));
                let inherited = before
                    .filter(|cut| matches!(cut.label, Label::Own))
                    .map(|_| Cut::new(Label::Own, OWN, region));
                let quoted = line.quoted().then(|| Cut::new(Label::QuotedOther, "quote mark", region));
                let cut = follow
                    .or(quoted)
                    .or(inherited)
                    .or_else(|| before.map(|cut| Cut::new(cut.label, cut.why, region)));
                cuts.push(cut.unwrap_or_else(|| Cut::new(Label::Own, OWN, region)));
                continue;
            }
            if line.depth != depth_before {
                region += 1;
                depth_before = line.depth;
            }
            block_is_quote &= line.block > 0;
            if trust == Trust::Marks && rest.is_none() {
                if let Some(why) = line.cut {
                    region += 1;
                    rest = Some((Label::QuotedOther, why));
                }
            }
            // The heads of old mails inside the old mail are told apart as well, because each begins another region.
            let opening = self
                .page
                .opening(n)
                .filter(|opening| !opening.rest || !line.quoted() || opening.lines > 0);
            if let Some(opening) = opening {
                region += 1;
                for _ in 0..opening.lines.max(1) {
                    if cuts.len() < lines.len() {
                        cuts.push(Cut::new(Label::Attribution, opening.why, region));
                    }
                }
                region += 1;
                let label = if opening.forwarded { Label::Forwarded } else { Label::QuotedOther };
                if opening.rest && !line.quoted() && trust != Trust::QuotesOnly && rest.is_none() {
                    rest = Some((label, opening.why));
                }
                let after = self.page.next(cuts.len()).and_then(|next| lines.get(next));
                block_is_quote = after.is_some_and(|after| after.block > line.block);
                continue;
            }
            let container = line.container.filter(|_| trust == Trust::Marks);
            let cut = if let Some(why) = line.attribution {
                Cut::new(Label::Attribution, why, region)
            } else if line.quoted() {
                Cut::new(Label::QuotedOther, line.cite.unwrap_or("quote mark"), region)
            } else if let Some((label, why)) = rest {
                Cut::new(label, why, region)
            } else if let Some(why) = container {
                Cut::new(Label::QuotedOther, why, region)
            } else if block_is_quote && line.block > 0 {
                Cut::new(Label::QuotedOther, "blockquote below an attribution", region)
            } else {
                Cut::new(Label::Own, OWN, region)
            };
            cuts.push(cut);
        }
        cuts.truncate(lines.len());
        cuts
    }

    /// Labels by our letters: what stands in them is ours; what stands between is the sender's.
    fn alignment(&self, cuts: &mut [Cut]) {
        if self.letters.is_empty() {
            return;
        }
        let regions = cuts.iter().map(|cut| cut.region + 1).max().unwrap_or(0);
        let mut counted = vec![(0_usize, 0_usize); regions];
        for (n, cut) in cuts.iter().enumerate() {
            if matches!(cut.label, Label::QuotedOther | Label::Forwarded)
                && let Some((all, aligned)) = counted.get_mut(cut.region)
            {
                let words = self.words_of(n);
                *all += words.len();
                *aligned += words.iter().filter(|word| word.aligned).count();
            }
        }
        let is_ours = |region: usize| {
            counted
                .get(region)
                .is_some_and(|(all, aligned)| *aligned > 0 && aligned * 10 >= all * 6)
        };
        let marked = (0..regions).any(is_ours);
        for n in 0..cuts.len() {
            let Some(cut) = cuts.get(n) else { break };
            let (label, ours) = (cut.label, is_ours(cut.region));
            let words = self.words_of(n);
            let aligned = words.iter().filter(|word| word.aligned).count();
            let whole = aligned == words.len() || self.letters.has_line(words);
            let new = match label {
                Label::QuotedOther | Label::Forwarded => {
                    if words.is_empty() {
                        ours.then(|| Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                    } else if whole {
                        Some(Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                    } else if ours && !self.is_furniture(n) {
                        Some(self.typed_inside(n, cut.region))
                    } else {
                        None
                    }
                }
                // Without any mark the letter itself is the mark. With one, the same words above it were typed.
                Label::Own if !marked && words.len() >= 4 && aligned == words.len() => {
                    Some(Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                }
                Label::Own if aligned >= 12 => Some(self.typed_inside(n, cut.region)),
                Label::Own
                | Label::QuotedOurs
                | Label::Attribution
                | Label::Signature
                | Label::Device
                | Label::Disclaimer
                | Label::Banner => None,
            };
            if let (Some(new), Some(slot)) = (new, cuts.get_mut(n)) {
                *slot = new;
            }
        }
        if !marked {
            self.sandwiched(cuts);
        }
    }

    /// Short lines of the letter between longer ones: button words, greetings.
    fn sandwiched(&self, cuts: &mut [Cut]) {
        let ours = |cut: Option<&Cut>| cut.is_some_and(|cut| cut.label == Label::QuotedOurs);
        let mut after = vec![false; cuts.len() + 1];
        for n in (0..cuts.len()).rev() {
            let blank = self.words_of(n).is_empty();
            let value = if blank {
                after.get(n + 1).copied().unwrap_or(false)
            } else {
                ours(cuts.get(n)) || (self.letters.has_line(self.words_of(n)) && after.get(n + 1).copied().unwrap_or(false))
            };
            if let Some(slot) = after.get_mut(n) {
                *slot = value;
            }
        }
        let mut before = false;
        for n in 0..cuts.len() {
            let words = self.words_of(n);
            if words.is_empty() {
                continue;
            }
            let here = ours(cuts.get(n));
            let between = before && after.get(n + 1).copied().unwrap_or(false) && self.letters.has_line(words);
            if between && let Some(cut) = cuts.get_mut(n) {
                *cut = Cut::new(Label::QuotedOurs, ALIGNED, cut.region);
            }
            before = here || between;
        }
    }

    /// A line of our letter with words of the sender's in it, or a line of the sender's between ours.
    fn typed_inside(&self, n: usize, region: usize) -> Cut {
        let mut cut = Cut::new(Label::QuotedOurs, ALIGNED, region);
        let Some(line) = self.lines().get(n) else { return cut };
        let words = self.words_of(n);
        let mut at = 0;
        while at < words.len() {
            let same = words.get(at..).unwrap_or_default();
            let aligned = same.first().is_some_and(|word| word.aligned);
            let length = same.iter().take_while(|word| word.aligned == aligned).count().max(1);
            if !aligned && !self.letters.has_line(same.get(..length).unwrap_or_default()) {
                let start = at
                    .checked_sub(1)
                    .and_then(|before| words.get(before))
                    .map_or(line.start, |word| word.end);
                let end = words.get(at + length).map_or(line.range.end, |word| word.start);
                cut.pieces.push((start..end, Label::Own, "typed inside the quote"));
            }
            at += length;
        }
        cut
    }

    /// Lines that gateways and programs put into quotes: nobody typed them.
    fn is_furniture(&self, n: usize) -> bool {
        let text = self.page.text(n);
        footer::is_banner(text) || footer::is_disclaimer(text) || footer::is_device(text) || !text.chars().any(char::is_alphanumeric)
    }

    /// Warnings, device lines, signatures and legal text among what is left as own.
    fn footers(&self, cuts: &mut [Cut]) {
        let mut run_start = 0;
        let mut first = true;
        while run_start < cuts.len() {
            let is_own = |cut: &Cut| cut.label == Label::Own && cut.pieces.is_empty();
            if !cuts.get(run_start).is_some_and(is_own) {
                run_start += 1;
                continue;
            }
            let length = cuts
                .get(run_start..)
                .unwrap_or_default()
                .iter()
                .take_while(|cut| is_own(cut))
                .count();
            self.footers_of(cuts, run_start..run_start + length, first);
            first = false;
            run_start += length;
        }
    }

    fn footers_of(&self, cuts: &mut [Cut], run: Range<usize>, top: bool) {
        let mut set = |range: Range<usize>, label: Label, why: &'static str| {
            for cut in cuts.get_mut(range).unwrap_or_default() {
                *cut = Cut::new(label, why, cut.region);
            }
        };
        let paragraphs = self.paragraphs(run.clone());
        let joined = |range: &Range<usize>| range.clone().map(|n| self.page.text(n)).collect::<Vec<_>>().join(" ");
        let mut body_start = 0;
        if top {
            for paragraph in paragraphs.iter().take(4) {
                // A warning is one paragraph; where the answer follows without a blank line, the warning ends with the last line that warns.
                let banner_lines = (1..=paragraph.len().min(12)).rev().find(|length| {
                    let head = paragraph.start..paragraph.start + length;
                    footer::is_banner(&joined(&head)) && (*length == 1 || self.warns(head.end - 1))
                });
                let Some(length) = banner_lines else { break };
                set(
                    paragraph.start..paragraph.start + length,
                    Label::Banner,
                    "warning or label of a gateway",
                );
                if length < paragraph.len() {
                    break;
                }
                body_start += 1;
            }
        }
        let body = paragraphs.get(body_start..).unwrap_or_default();
        let mut end = run.end;
        for (k, paragraph) in body.iter().enumerate() {
            if footer::is_disclaimer(&joined(paragraph)) {
                let tail = body.get(k..).unwrap_or_default();
                // Legal text ends a mail: one paragraph of it among answers is left alone unless nothing long follows.
                if tail
                    .iter()
                    .skip(1)
                    .all(|later| footer::is_disclaimer(&joined(later)) || joined(later).len() > 200 || k > 0 || !top)
                {
                    set(paragraph.start..end, Label::Disclaimer, "legal text");
                    end = paragraph.start;
                    break;
                }
            }
        }
        let start = body.first().map_or(run.start, |paragraph| paragraph.start);
        let marks = (start..end).find(|n| footer::is_signature_mark(self.page.text(*n)));
        if let Some(mark) = marks {
            set(mark..end, Label::Signature, "below the signature mark");
            end = mark;
        }
        let words_outside = |keep: &dyn Fn(&Line) -> bool| {
            (start..end).any(|n| self.lines().get(n).is_some_and(|line| keep(line) && !self.page.text(n).is_empty()))
        };
        let signed = words_outside(&|line| line.signature.is_none());
        for n in start..end {
            let Some(line) = self.lines().get(n) else { continue };
            if let Some(why) = line.signature.filter(|_| signed) {
                let device = footer::is_device(self.page.text(n)) || why.starts_with("#ms-") || why.starts_with("#composer");
                set(n..n + 1, if device { Label::Device } else { Label::Signature }, why);
            } else if footer::is_device(self.page.text(n)) && self.ends_soon(n, end) {
                set(n..n + 1, Label::Device, "device line");
            }
        }
    }

    /// The line holds a word that warnings hold.
    fn warns(&self, n: usize) -> bool {
        let lower = self.page.text(n).to_lowercase();
        [
            "click", "link", "attach", "sender", "safe", "organi", "outside", "external", "recogni", "trust", "content", "learn", "extern",
            "anh", "öffnen", "absender", "]", "***",
        ]
        .iter()
        .any(|word| lower.contains(word))
    }

    /// After a device line at most a few short lines follow.
    fn ends_soon(&self, n: usize, end: usize) -> bool {
        let after: Vec<&str> = (n + 1..end)
            .map(|m| self.page.text(m))
            .filter(|text| !text.is_empty())
            .take(6)
            .collect();
        after.len() <= 5 && after.iter().all(|text| text.chars().count() <= 90)
    }

    fn paragraphs(&self, run: Range<usize>) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut open: Option<usize> = None;
        for n in run.clone() {
            match (self.page.text(n).is_empty(), open) {
                (true, Some(start)) => {
                    all.push(start..n);
                    open = None;
                }
                (false, None) => open = Some(n),
                (true, None) | (false, Some(_)) => {}
            }
        }
        all.extend(open.map(|start| start..run.end));
        all
    }

    /// Something a person wrote is left: a letter, a digit or a picture, not only dashes.
    fn has_own(&self, cuts: &[Cut]) -> bool {
        let says = |text: &str| text.chars().any(|c| c.is_alphanumeric() || u32::from(c) >= 0x2190);
        cuts.iter().enumerate().any(|(n, cut)| match cut.label {
            Label::Own => says(self.page.text(n)),
            Label::QuotedOurs
            | Label::QuotedOther
            | Label::Attribution
            | Label::Signature
            | Label::Device
            | Label::Disclaimer
            | Label::Banner
            | Label::Forwarded => cut
                .pieces
                .iter()
                .any(|(range, label, _)| *label == Label::Own && says(self.page.shown.get(range.clone()).unwrap_or_default())),
        })
    }

    /// The labels as spans over all of the displayed body; neighbours of one kind are one span.
    fn spans(&self, cuts: &[Cut]) -> Vec<Span> {
        let mut all: Vec<Span> = Vec::new();
        let mut push = |range: Range<usize>, label: Label, why: &'static str| {
            if range.is_empty() {
                return;
            }
            match all.last_mut() {
                Some(last) if last.label == label && last.why == why && last.range.end == range.start => last.range.end = range.end,
                Some(_) | None => all.push(Span { range, label, why }),
            }
        };
        let length = self.page.shown.len();
        for (line, cut) in self.lines().iter().zip(cuts) {
            // The line end goes with the line.
            let end = (line.range.end + 1).min(length);
            let mut at = line.range.start;
            for (range, label, why) in &cut.pieces {
                push(at..range.start, cut.label, cut.why);
                push(range.clone(), *label, why);
                at = range.end;
            }
            push(at..end, cut.label, cut.why);
        }
        all
    }
}

/// The own spans in a row; at most one blank line between paragraphs.
fn own_of(shown: &str, spans: &[Span]) -> String {
    let mut text = String::new();
    for span in spans.iter().filter(|span| span.label == Label::Own) {
        let part = shown.get(span.range.clone()).unwrap_or_default();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for line in part.split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if blank && (text.is_empty() || text.ends_with("\n\n")) {
                continue;
            }
            let kept = line.trim_end();
            text.push_str(kept);
            if line.ends_with('\n') {
                text.push('\n');
            }
        }
    }
    text.trim().to_owned()
}
