//! The displayed body as it is labelled: by structure, then by our letters, then by what stands around a person's words.

use std::ops::Range;

use super::align::{Letters, Word};
use super::lines::Line;
use super::quote::{Opening, Page};
use super::{footer, labels};
use crate::message::{Label, Span};

/// How much of the structure is believed (C-D4, C-D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Marks of mail programs and the shape of lines.
    Marks,
    /// Only the shape of lines: some programs put the new text inside their mark.
    Lines,
    /// Only what is quoted for certain.
    QuotesOnly,
}

/// What a line is, and the pieces of it that are something else.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) label: Label,
    why: &'static str,
    /// Lines of one stretch of old mail share a number.
    pub(super) region: usize,
    /// Own words typed into a quoted line, or ours inside an own one.
    pub(super) pieces: Vec<(Range<usize>, Label, &'static str)>,
}

impl Cut {
    pub(super) fn new(label: Label, why: &'static str, region: usize) -> Self {
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

pub(super) struct View<'s> {
    pub(super) page: Page<'s>,
    words: &'s [Word],
    by_line: Vec<Range<usize>>,
    letters: &'s Letters,
    /// What begins at each line; found once, whatever is believed of it.
    openings: Vec<Option<Opening>>,
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

impl<'s> View<'s> {
    pub(super) fn lines(&self) -> &[Line] {
        self.page.lines
    }

    fn words_of(&self, line: usize) -> &[Word] {
        self.by_line
            .get(line)
            .and_then(|range| self.words.get(range.clone()))
            .unwrap_or_default()
    }

    pub(super) fn new(shown: &'s str, lines: &'s [Line], words: &'s [Word], letters: &'s Letters) -> Self {
        let page = Page::new(shown, lines);
        let openings = (0..lines.len()).map(|n| page.opening(n)).collect();
        Self {
            page,
            words,
            by_line: words_by_line(lines, words),
            letters,
            openings,
        }
    }

    pub(super) fn read(&self, trust: Trust) -> Vec<Cut> {
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
            let blank = line.is_blank();
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
            if trust == Trust::Marks
                && rest.is_none()
                && let Some(why) = line.cut
            {
                region += 1;
                rest = Some((Label::QuotedOther, why));
            }
            // The heads of old mails inside the old mail are told apart as well, because each begins another region.
            if let Some(opening) = self.openings.get(n).copied().flatten() {
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
                Label::Own
                    if !marked && !words.is_empty() && words.iter().all(|word| word.run >= 8 || (word.aligned && words.len() >= 4)) =>
                {
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
        footer::is_banner(text)
            || footer::is_disclaimer(text)
            || footer::is_device(text)
            || labels::is_label(text)
            || !text.chars().any(char::is_alphanumeric)
    }

    /// Something a person wrote is left: a letter, a digit or a picture, not only dashes.
    pub(super) fn has_own(&self, cuts: &[Cut]) -> bool {
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
    pub(super) fn spans(&self, cuts: &[Cut]) -> Vec<Span> {
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
