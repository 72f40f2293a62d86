//! The displayed body as it is labelled: by structure, then by our letters, then by what stands around a person's words.

use std::ops::Range;

use super::letters::{Letters, Passage};
use super::lines::Line;
use super::ours::TYPED;
use super::quote::{Doubt, Opening, Page};
use super::runs::RUN;
use super::trim::IN_DOUBT;
use super::words::{Place, Word, words};
use crate::message::{Label, Span};

/// How much of the structure is believed (C-D4, C-D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Marks of mail programs and the shape of lines.
    Marks,
    /// The same, but where the old mail stands in blocks of its own, what follows outside of them is no part of it.
    Blocks,
    /// Only the shape of lines: some programs put the new text inside their mark.
    Lines,
    /// The same, but what opens the mail is passed over: some programs put a header above the new text too (C-D5).
    Later,
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

    /// It was cut away, though it could have been said to us.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.why == IN_DOUBT
    }

    /// Words of the sender's between quoted ones.
    pub(super) fn is_typed(&self) -> bool {
        self.label == Label::Own && self.why == TYPED
    }
}

const OWN: &str = "typed by the sender";

pub(super) struct View<'s> {
    pub(super) page: Page<'s>,
    pub(super) words: Vec<Word>,
    by_line: Vec<Range<usize>>,
    /// Where our letters stand in it.
    pub(super) passages: Vec<Passage>,
    pub(super) letters: &'s Letters<'s>,
    /// Who says to have written the mail.
    pub(super) author: &'s str,
    /// What begins at each line; found once, whatever is believed of it.
    openings: Vec<Option<Opening>>,
    /// Lines that attribute what follows, unless somebody typed them.
    doubted: Vec<usize>,
    /// From where on the text stands inside how many blocks of its page.
    levels: &'s [(usize, usize)],
}

fn words_by_line(lines: &[Line], words: &[Word]) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let first = at;
        while words.get(at).is_some_and(|word| word.range.start < line.range.end) {
            at += 1;
        }
        all.push(first..at);
    }
    all
}

/// Whether a line belongs to what heads old mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    None,
    First,
    Further,
}

/// For each line whether it belongs to what heads old mail; what begins inside of that counts for nothing.
fn heads(openings: &[Option<Opening>]) -> Vec<Head> {
    let mut all = Vec::with_capacity(openings.len());
    let mut left = 0_usize;
    for opening in openings {
        let head = match opening {
            _ if left > 0 => Head::Further,
            Some(opening) => {
                left = opening.lines.max(1);
                Head::First
            }
            None => Head::None,
        };
        left = left.saturating_sub(1);
        all.push(head);
    }
    all
}

/// Takes away what stands where a letter of ours goes on, or in a line of it.
fn drop_inside(openings: &mut [Option<Opening>], all: &[Word], passages: &[Passage]) {
    /// The letter goes on when no more of its words are missing.
    const MOST_LEFT_OUT: usize = 12;
    /// So many of its words stand above, or somebody took over a few of them into an answer.
    const LEAST: usize = 8;
    let place = |word: &Word| {
        word.place
            .filter(|place| place.at < usize::MAX && passages.get(place.chain).is_some_and(|passage| passage.sure))
    };
    let known: Vec<(usize, Place)> = all.iter().filter_map(|word| Some((word.line, place(word)?))).collect();
    let goes_on = |before: Option<usize>, after: usize, left_out: usize| {
        let (a, b) = (before.and_then(|n| known.get(n)), known.get(after));
        a.zip(b)
            .is_some_and(|((_, a), (_, b))| a.chain == b.chain && a.at < b.at && b.at - a.at <= left_out)
    };
    let (mut next, mut above): (usize, usize) = (0, 0);
    for (n, opening) in openings.iter_mut().enumerate() {
        while let Some((_, place)) = known.get(next).filter(|(line, _)| *line < n) {
            let before = next.checked_sub(1).and_then(|n| known.get(n));
            above = if before.is_some_and(|(_, before)| before.chain == place.chain) {
                above + 1
            } else {
                1
            };
            next += 1;
        }
        let Some(found) = *opening else { continue };
        let before = next.checked_sub(1);
        let end = n + found.lines.max(1);
        let within = known
            .get(next..)
            .unwrap_or_default()
            .iter()
            .take_while(|(line, _)| *line < end)
            .count();
        // What attributes has a name of ours in it, but no line of the letter.
        let through = found.is_attribution() && within >= RUN && goes_on(before, next + within, MOST_LEFT_OUT + within);
        if through || above >= LEAST && goes_on(before, next, MOST_LEFT_OUT) {
            *opening = None;
        }
    }
}

impl<'s> View<'s> {
    pub(super) fn lines(&self) -> &[Line] {
        self.page.lines
    }

    /// How deeply a line is quoted.
    pub(super) fn depth(&self, line: usize) -> usize {
        self.lines().get(line).map_or(0, |line| line.depth)
    }

    pub(super) fn words_of(&self, line: usize) -> &[Word] {
        self.by_line
            .get(line)
            .and_then(|range| self.words.get(range.clone()))
            .unwrap_or_default()
    }

    pub(super) fn new(shown: &'s str, lines: &'s [Line], levels: &'s [(usize, usize)], letters: &'s Letters<'s>, author: &'s str) -> Self {
        let page = Page::new(shown, lines);
        let mut openings: Vec<Option<Opening>> = (0..lines.len()).map(|n| page.opening(n)).collect();
        let (mut all, mut passages) = (Vec::new(), Vec::new());
        if !letters.is_empty() {
            all = words(shown);
            // A quote mark may be a name: "Harbor> ".
            all.retain(|word| lines.get(word.line).is_none_or(|line| word.range.start >= line.start));
            // A line of our letter attributes nothing, whatever was typed below it.
            for (opening, range) in openings.iter_mut().zip(words_by_line(lines, &all)) {
                let ours = || letters.has_run(all.get(range).unwrap_or_default());
                if opening.is_some_and(|opening| opening.is_attribution()) && ours() {
                    *opening = None;
                }
            }
            let quoted = |line: usize| {
                lines
                    .get(line)
                    .is_some_and(|line| line.depth > 0 || line.block > 0 || line.container.is_some())
            };
            let begins = |opening: &Option<Opening>| opening.is_some_and(|opening| opening.rest);
            let old = |openings: &[Option<Opening>]| openings.iter().position(begins).unwrap_or(usize::MAX);
            // Nor does anything between two lines of our letter: mail programs write above it only.
            let headed = heads(&openings);
            let last = headed.iter().rposition(|head| *head == Head::First).unwrap_or(0);
            let above = all.get(..all.partition_point(|word| word.line < last)).unwrap_or_default();
            let is_text = |word: &Word| headed.get(word.line) == Some(&Head::None);
            if above.windows(RUN).any(|run| run.iter().all(is_text) && letters.has_run(run)) {
                let mut trial = all.clone();
                let passages = letters.align(shown, &mut trial, &quoted, old(&openings));
                drop_inside(&mut openings, &trial, &passages);
            }
            // What heads the old mail holds words of ours, our subject for one, and is no part of a letter.
            let headed = heads(&openings);
            for (number, word) in all.iter_mut().enumerate() {
                if headed.get(word.line).is_some_and(|head| *head != Head::None) {
                    word.hash = number as u64;
                    word.head = true;
                }
            }
            passages = letters.align(shown, &mut all, &quoted, old(&openings));
        }
        let first_line = |passage: &Passage| all.get(passage.words.start).map(|word| word.line);
        let ours: Vec<usize> = passages.iter().filter(|passage| passage.sure).filter_map(first_line).collect();
        let mut doubted = Vec::new();
        for (n, opening) in openings.iter_mut().enumerate() {
            let Some(found) = opening.filter(|opening| opening.doubt != Doubt::None) else {
                continue;
            };
            let below = page.next(n + found.lines);
            if !below.is_some_and(|below| ours.iter().any(|line| (below..=below + 1).contains(line))) {
                doubted.push(n);
                if found.doubt == Doubt::Keeps {
                    *opening = None;
                }
            }
        }
        Self {
            doubted,
            by_line: words_by_line(lines, &all),
            words: all,
            passages,
            letters,
            author,
            page,
            openings,
            levels,
        }
    }

    pub(super) fn read(&self, trust: Trust) -> Vec<Cut> {
        let mut cuts = self.structure(trust);
        if trust == Trust::Blocks {
            self.below_blocks(&mut cuts);
        }
        if !self.passages.is_empty() {
            self.alignment(&mut cuts);
        }
        self.footers(&mut cuts);
        cuts
    }

    /// Labels by marks and by the shape of lines.
    fn structure(&self, trust: Trust) -> Vec<Cut> {
        let lines = self.lines();
        let mut cuts: Vec<Cut> = Vec::with_capacity(lines.len());
        let mut region = 0;
        let mut rest: Option<(Label, &'static str)> = None;
        // Where the mark of the program that sent the mail begins the old mail, its editor tells what was typed into that.
        let mut edited = false;
        let mut block_is_quote = false;
        let mut passed_over = false;
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
            block_is_quote &= line.block > 0;
            if matches!(trust, Trust::Marks | Trust::Blocks)
                && rest.is_none()
                && let Some(why) = line.cut
            {
                region += 1;
                rest = Some((Label::QuotedOther, why));
                edited = true;
            }
            // The heads of old mails inside the old mail are told apart as well, because each begins another region.
            if let Some(opening) = self.openings.get(n).copied().flatten() {
                region += 1;
                for _ in 0..opening.lines.max(1) {
                    if cuts.len() < lines.len() {
                        let mut cut = Cut::new(Label::Attribution, opening.why, region);
                        if opening.behind > 0 && cuts.len() == n {
                            cut.pieces.push((line.range.start..line.start + opening.behind, Label::Own, OWN));
                        }
                        cuts.push(cut);
                    }
                }
                region += 1;
                let label = if opening.forwarded { Label::Forwarded } else { Label::QuotedOther };
                let believed = match trust {
                    Trust::Marks | Trust::Blocks | Trust::Lines => true,
                    Trust::Later => passed_over || opening.forwarded,
                    Trust::QuotesOnly => opening.forwarded,
                };
                passed_over |= opening.rest;
                if opening.rest && !line.quoted() && believed && rest.is_none() {
                    rest = Some((label, opening.why));
                }
                let after = self.page.next(cuts.len()).and_then(|next| lines.get(next));
                block_is_quote = after.is_some_and(|after| after.block > line.block);
                continue;
            }
            // "--- end of the quotation ---", below it.
            let ends = self.page.text(n);
            let dashes = |text: &str| text.starts_with("--") && text.ends_with("--");
            let quoted_above = || {
                cuts.iter()
                    .zip(lines)
                    .rev()
                    .find(|(_, line)| !line.is_blank())
                    .is_some_and(|(_, line)| line.quoted())
            };
            if dashes(ends) && !line.quoted() && ends.chars().any(char::is_alphabetic) && quoted_above() {
                cuts.push(Cut::new(Label::Attribution, "end of a quotation", region));
                continue;
            }
            // The rest of a link that a program broke out of its quote.
            let torn = line.depth == 0 && n > 0 && self.depth(n - 1) > 0 && self.depth(n + 1) > 0 && self.page.text(n).contains("://");
            if torn && words(self.page.text(n)).is_empty() {
                cuts.push(Cut::new(Label::QuotedOther, "quote mark", region));
                continue;
            }
            let container = line.container.filter(|_| matches!(trust, Trust::Marks | Trust::Blocks));
            let cut = if let Some(why) = line.attribution {
                Cut::new(Label::Attribution, why, region)
            } else if line.quoted() {
                // Below words of the sender's it is another stretch: perhaps somebody else's.
                let above = cuts.iter().zip(lines).rposition(|(_, line)| !line.is_blank());
                let typed = |above: &usize| {
                    let own = cuts.get(*above).is_some_and(|cut| cut.label == Label::Own);
                    own && !self.words_of(*above).is_empty() && !self.is_ours(*above)
                };
                region += usize::from(above.filter(typed).is_some());
                Cut::new(Label::QuotedOther, line.cite.unwrap_or("quote mark"), region)
            } else if let Some(why) = line.typed.filter(|_| edited && line.container.is_none()) {
                Cut::new(Label::Own, why, region)
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

    /// In how many blocks of its page a line stands.
    fn level(&self, line: usize) -> usize {
        let start = self.lines().get(line).map_or(0, |line| line.range.start);
        let behind = self.levels.partition_point(|(from, _)| *from <= start);
        behind
            .checked_sub(1)
            .and_then(|n| self.levels.get(n))
            .map_or(0, |(_, level)| *level)
    }

    /// What was typed below an old mail that stands in more blocks than what heads it, as mail programs lay it out that do not mark its end.
    fn below_blocks(&self, cuts: &mut [Cut]) {
        let said = |n: &usize| self.lines().get(*n).is_some_and(|line| !line.is_blank());
        let is_head = |n: &usize| cuts.get(*n).is_some_and(|cut| cut.label == Label::Attribution);
        let Some(head) = (0..cuts.len()).find(is_head) else { return };
        let old = (head..cuts.len()).find(|n| said(n) && !is_head(n)).unwrap_or(cuts.len());
        let level = self.level(head);
        let below = (old..cuts.len()).rev().take_while(|n| !said(n) || self.level(*n) <= level).last();
        let Some(below) = below.filter(|below| (old..*below).all(|n| !said(&n) || self.level(n) > level) && *below > old) else {
            return;
        };
        let region = cuts.iter().map(|cut| cut.region + 1).max().unwrap_or(0);
        cuts.get_mut(below..)
            .unwrap_or_default()
            .fill(Cut::new(Label::Own, "below the blocks of the old mail", region));
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
            | Label::Forwarded
            | Label::Struck => cut
                .pieces
                .iter()
                .any(|(range, label, _)| *label == Label::Own && says(self.page.shown.get(range.clone()).unwrap_or_default())),
        })
    }

    /// Something was cut away that could be an answer, or left that could be old mail.
    pub(super) fn is_in_doubt(&self, cuts: &[Cut]) -> bool {
        // Inside old mail that begins above it says nothing.
        let mut above = cuts
            .iter()
            .enumerate()
            .filter(|(_, cut)| cut.label == Label::QuotedOther || cut.label == Label::Forwarded);
        let old = above.next().map_or(usize::MAX, |(n, _)| n);
        let own = |n: &usize| {
            cuts.get(*n)
                .is_some_and(|cut| cut.label == Label::Own || cut.label == Label::Attribution && *n < old)
        };
        cuts.iter().any(Cut::is_in_doubt) || self.doubted.iter().any(own)
    }

    /// The labels of a mail that is a signature and nothing else, with the signature as the sender's words: there is nothing that it signs.
    pub(super) fn whole_signature(&self, cuts: &[Cut]) -> Option<Vec<Cut>> {
        let signed = |(line, cut): (&Line, &Cut)| line.is_blank() || cut.label == Label::Signature && cut.pieces.is_empty();
        let whole = self.lines().iter().zip(cuts).all(signed);
        let kept: Vec<Cut> = cuts
            .iter()
            .map(|cut| Cut::new(Label::Own, "nothing but a signature", cut.region))
            .collect();
        (whole && self.has_own(&kept)).then_some(kept)
    }

    /// Where the words of a line begin, behind its quote marks: `> ` is one, `>5` is not where the others have a blank.
    fn words_start(&self, line: &Line) -> usize {
        let marks = self.page.shown.get(line.range.start..line.start).unwrap_or_default();
        match marks.rfind('>') {
            Some(at) if marks.ends_with('>') && self.page.text_of(line).starts_with(|c: char| c.is_ascii_digit()) => line.range.start + at,
            Some(_) => line.start,
            None => line.range.start,
        }
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
        // Signs before typed words are quote marks only where our words have them too.
        let quoted_by_sign = |(n, line): (usize, &Line)| {
            self.is_ours(n)
                && line.start > line.range.start
                && self
                    .page
                    .shown
                    .get(line.range.start..line.start)
                    .is_some_and(|signs| signs.contains('>'))
        };
        let signs = self.lines().iter().enumerate().any(quoted_by_sign);
        for (line, cut) in self.lines().iter().zip(cuts) {
            // The line end goes with the line.
            let end = (line.range.end + 1).min(length);
            let mut at = line.range.start;
            // The quote mark before words typed inside a quote is no word of theirs.
            let mark = line.range.start..if signs { self.words_start(line) } else { line.range.start };
            if cut.is_typed() && !mark.is_empty() {
                at = mark.end;
                push(mark, Label::QuotedOurs, cut.why);
            }
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
