//! Labels by our letters: what stands in them is ours, wherever it stands; what stands between was typed.

use std::ops::Range;

use super::footer;
use super::view::{Cut, View};
use super::words::{TokenKind, Word, is_sign, tokens};
use crate::message::Label;

const ALIGNED: &str = "stands in our letter";
pub(super) const TYPED: &str = "typed inside the quote";

impl View<'_> {
    /// Labels by our letters.
    pub(super) fn alignment(&self, cuts: &mut [Cut]) {
        let sure: Vec<&Range<usize>> = self.passages.iter().filter(|one| one.sure).map(|one| &one.words).collect();
        let inside = Inside::new(self, cuts, &sure);
        let mut before: Option<&Word> = None;
        for n in 0..cuts.len() {
            let Some(cut) = cuts.get(n) else { break };
            let words = self.words_of(n);
            let ours = words.iter().filter(|word| self.is_sure(word)).count();
            let new = match cut.label {
                Label::QuotedOther | Label::Forwarded => {
                    let whole = || !words.is_empty() && (words.iter().all(|word| word.place.is_some()) || self.letters.has_line(words));
                    if !inside.has(n, cut.region) {
                        whole().then(|| Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                    } else if words.is_empty() && footer::is_signature_mark(self.page.text(n)) && !inside.between(n) {
                        Some(Cut::new(Label::Own, TYPED, cut.region))
                    } else if ours == words.len() && !self.goes_on_typed(n) && !self.ends_typed(n) {
                        Some(Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                    } else if self.closes_typed(n) {
                        Some(Cut::new(Label::Own, TYPED, cut.region))
                    } else if self.is_wordless(n)
                        || n < inside.first && self.is_field(n)
                        || self.is_part_of_link(n)
                        || inside.source.contains(&n)
                    {
                        None
                    } else if ours == 0 && !self.begins_with_ours(n, before) {
                        Some(Cut::new(Label::Own, TYPED, cut.region))
                    } else {
                        Some(self.typed_inside(n, cut.region))
                    }
                }
                Label::Own if words.is_empty() => {
                    let within = || !footer::is_signature_mark(self.page.text(n)) && !self.closes_typed(n);
                    let ours = inside.between(n) && within() || self.is_part_of_link(n) || self.is_bar(n);
                    ours.then(|| Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                }
                // Below marks, a line without one is ours only where it goes on with what was broken off.
                Label::Own if inside.marked => {
                    let first = words.iter().find(|word| self.is_sure(word));
                    let goes_on = ours > 0 && before.zip(first).is_some_and(|(before, first)| follows(before, first));
                    goes_on.then(|| self.typed_inside(n, cut.region))
                }
                Label::Own if ours == words.len() && !self.goes_on_typed(n) && !self.ends_typed(n) => {
                    Some(Cut::new(Label::QuotedOurs, ALIGNED, cut.region))
                }
                Label::Own if ours > 0 && inside.between(n) => Some(self.typed_inside(n, cut.region)),
                Label::Own
                | Label::QuotedOurs
                | Label::Attribution
                | Label::Signature
                | Label::Device
                | Label::Disclaimer
                | Label::Banner
                | Label::Struck => None,
            };
            if let (Some(new), Some(slot)) = (new, cuts.get_mut(n)) {
                *slot = new;
            }
            if cuts.get(n).is_some_and(|cut| cut.label == Label::QuotedOurs) {
                before = words.iter().rfind(|word| self.is_sure(word)).or(before);
            }
        }
    }

    /// A line of our letter, as far as its words say.
    pub(super) fn is_ours(&self, line: usize) -> bool {
        self.words_of(line).iter().any(|word| self.is_sure(word))
    }

    /// It stands in a passage that nobody typed.
    fn is_sure(&self, word: &Word) -> bool {
        word.place
            .and_then(|place| self.passages.get(place.chain))
            .is_some_and(|passage| passage.sure)
    }

    /// A line of our letter with words of the sender's in it.
    fn typed_inside(&self, n: usize, region: usize) -> Cut {
        let mut cut = Cut::new(Label::QuotedOurs, ALIGNED, region);
        let Some(line) = self.lines().get(n) else { return cut };
        let mut words = self.words_of(n).iter().peekable();
        // Signs and links go with what stands before them; signs in front of what is typed belong to it, unless our letter has them there.
        let mut typed: Option<Range<usize>> = None;
        let mut signs: Option<usize> = None;
        let mut last_of_ours: Option<&Word> = None;
        let content = self.page.text(n);
        tokens(content, |range, kind| {
            let (start, end) = (line.start + range.start, line.start + range.end);
            let (mut from, mut wordless) = (start, true);
            while let Some(word) = words.next_if(|word| word.range.start < end) {
                wordless = false;
                if self.is_sure(word) {
                    let ending = signs.take().filter(|_| last_of_ours.is_none() && self.ends_typed(n));
                    let ended = ending.map(|signs| signs..word.range.start);
                    cut.pieces.extend(typed.take().or(ended).map(|piece| (piece, Label::Own, TYPED)));
                    from = word.range.end;
                    last_of_ours = Some(word);
                } else {
                    let piece = typed.get_or_insert(signs.unwrap_or(from)..end);
                    piece.end = word.range.end;
                }
                signs = None;
            }
            // Bars and dots part what programs write in a row.
            let bare = content.get(range).unwrap_or_default();
            let ours = matches!(bare, "|" | "·" | "•")
                || wordless && kind == TokenKind::Text && self.is_our_sign(bare, last_of_ours, words.peek());
            match &mut typed {
                Some(_) if ours || kind != TokenKind::Text && wordless && self.letters.has_link(bare) => {}
                Some(piece) => piece.end = end,
                None if wordless && !ours && kind == TokenKind::Text => signs = signs.or(Some(start)),
                None => signs = None,
            }
        });
        // "<-- " at the end of a line, and what it says on the next.
        let goes_on = || self.goes_on_typed(n);
        let open = typed.or_else(|| signs.filter(|_| goes_on()).map(|start| start..line.end));
        cut.pieces.extend(open.map(|piece| (piece, Label::Own, TYPED)));
        cut
    }

    /// A sign that our letter has behind the one word or before the other.
    fn is_our_sign(&self, sign: &str, before: Option<&Word>, after: Option<&&Word>) -> bool {
        let stands = |word: &Word, at: usize| {
            let passage = word.place.and_then(|place| self.passages.get(place.chain));
            passage.is_some_and(|passage| self.letters.signs_before(passage, at).contains(sign))
        };
        let place = |word: &Word| word.place.map(|place| place.at).filter(|at| *at < usize::MAX);
        before.is_some_and(|word| place(word).is_some_and(|at| stands(word, at + 1)))
            || after.is_some_and(|word| place(word).is_some_and(|at| stands(word, at)))
    }

    /// A sign ends this line, and the next one begins with typed words and goes on with ours, or nobody but a person sets such signs.
    fn goes_on_typed(&self, n: usize) -> bool {
        let next = self.words_of(n + 1);
        if next.first().is_none_or(|first| self.is_sure(first)) {
            return false;
        }
        let content = self.page.text(n);
        let (mut sign, mut meant) = (false, false);
        tokens(content, |range, kind| {
            let token = content.get(range).unwrap_or_default();
            sign = kind == TokenKind::Text && !token.contains(char::is_alphanumeric);
            meant = matches!(
                token,
                "##" | "**" | "=>" | "->" | "-->" | "==>" | "<--" | "<-" | "<==" | "<=" | ">>" | "<<"
            );
        });
        sign && (meant || next.iter().any(|word| self.is_sure(word)))
    }

    /// Typed words end the line above, behind some of ours, and a sign of theirs begins this one.
    fn ends_typed(&self, n: usize) -> bool {
        let Some(above) = n.checked_sub(1).map(|above| self.words_of(above)) else {
            return false;
        };
        if above.last().is_none_or(|last| self.is_sure(last)) || !above.iter().any(|word| self.is_sure(word)) {
            return false;
        }
        let bare = self.page.text(n).split_whitespace().next().unwrap_or_default();
        let next = self.words_of(n).iter().find(|word| self.is_sure(word));
        !bare.is_empty()
            && !bare.contains(char::is_alphanumeric)
            && !matches!(bare, "|" | "·" | "•")
            && !self.is_our_sign(bare, None, next.as_ref())
    }

    /// Nothing but the sign that set off the words typed at the end of the line above: "## good" and below it "##".
    fn closes_typed(&self, n: usize) -> bool {
        let Some(above) = n.checked_sub(1) else { return false };
        let sign = self.page.text(n);
        let last = self.words_of(above).last();
        matches!(sign, "##" | "**" | "*" | "#" | "==" | ">>" | "<<")
            && last.is_some_and(|word| !self.is_sure(word))
            && self.is_ours(above)
            && self.page.text(above).split(' ').any(|token| token == sign)
    }

    /// A field of a header that was quoted with the mail; a name without a dash only beside another field.
    fn is_field(&self, n: usize) -> bool {
        let known = |n: usize| self.page.label(n).is_some() || is_field(self.page.text(n));
        let short = |value: &str| value.split_whitespace().count() <= 2;
        let named = || {
            self.page
                .text(n)
                .split_once(": ")
                .is_some_and(|(name, value)| is_token(name) && short(value))
        };
        let boundary = || {
            let text = self.page.text(n);
            text.starts_with("boundary=") || text.starts_with("--") && known(n + 1)
        };
        known(n) || boundary() || named() && (known(n + 1) || n.checked_sub(1).is_some_and(known))
    }

    /// The HTML part of a mail that was quoted as it is stored, from its boundary to the next.
    fn source(&self) -> Range<usize> {
        let text = |n: usize| self.page.text(n);
        let opens = |n: &usize| text(*n).starts_with("--") && text(n + 1).to_lowercase().starts_with("content-type: text/html");
        let Some(start) = (0..self.lines().len()).find(opens) else {
            return 0..0;
        };
        let end = (start + 1..self.lines().len()).find(|n| text(*n).starts_with(text(start)));
        start..end.unwrap_or(start) + 1
    }

    /// Words typed behind a link or an address that our letter has on behind the line above.
    fn begins_with_ours(&self, n: usize, before: Option<&Word>) -> bool {
        let first = self.page.text(n).split_whitespace().next().unwrap_or_default();
        let mut link = false;
        tokens(first, |_, kind| link = matches!(kind, TokenKind::Link(0) | TokenKind::Other));
        link && self.is_our_sign(first, before, None)
    }

    /// Nothing but what a link of our letter begins with, which some programs leave of it, or the host that a gateway wrote behind one.
    fn is_part_of_link(&self, n: usize) -> bool {
        const SHORTEST: usize = 12;
        let text = self.page.text(n);
        let host = || text.strip_prefix('[')?.strip_suffix(']');
        let link = host().or_else(|| text.contains('/').then_some(text));
        text.len() >= SHORTEST && !text.contains(' ') && link.is_some_and(|link| self.letters.has_link(link))
    }

    /// Nothing but what programs set between the cells of a table.
    fn is_bar(&self, n: usize) -> bool {
        self.page.text(n) == "|"
    }

    /// Nothing but links.
    fn is_link(&self, n: usize) -> bool {
        let mut links = 0;
        tokens(self.page.text(n), |_, kind| links += usize::from(kind != TokenKind::Text));
        links > 0 && self.words_of(n).is_empty()
    }

    /// A rule, a border: nothing that a person says.
    fn is_wordless(&self, n: usize) -> bool {
        let text = self.page.text(n);
        // "[1/2:text/html Show Save:noname (15kB)]": how Emacs shows a part.
        let part = text.starts_with('[')
            && text.ends_with(']')
            && ["text/", "multipart/", "application/", "image/"]
                .iter()
                .any(|kind| text.contains(kind));
        // "Links:" above the footnotes of Roundcube.
        let notes = text.ends_with(':') && text.len() < 20 && (n + 1..n + 4).any(|next| self.page.text(next).starts_with("[1] http"));
        part || notes || !text.chars().any(|c| c.is_alphanumeric() || is_sign(c) || matches!(c, '?' | '!'))
    }
}

/// `X-Mailer: …`, as programs that quote whole mails show it.
fn is_field(text: &str) -> bool {
    let name = text.split_once(": ").map_or("", |(name, _)| name);
    name.contains('-') && is_token(name)
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The second word stands in the letter right behind the first.
fn follows(before: &Word, next: &Word) -> bool {
    before
        .place
        .zip(next.place)
        .is_some_and(|(a, b)| a.chain == b.chain && Some(b.at) == a.at.checked_add(1))
}

/// Which lines stand among our words.
struct Inside {
    /// Most of our words are quoted by marks.
    marked: bool,
    /// Between the first and the last line of a passage.
    between: Vec<bool>,
    /// By region: how deeply our words in it are quoted, if there are any.
    regions: Vec<Option<usize>>,
    depths: Vec<usize>,
    /// The first line of the first passage.
    first: usize,
    /// Lines that no mail program shows.
    source: Range<usize>,
}

impl Inside {
    fn new(view: &View<'_>, cuts: &[Cut], sure: &[&Range<usize>]) -> Self {
        let mut between = vec![false; cuts.len()];
        let mut regions = vec![None; cuts.iter().map(|cut| cut.region + 1).max().unwrap_or(0)];
        let (mut quoted, mut all) = (0_usize, 0_usize);
        for passage in sure {
            let words = view.words.get((*passage).clone()).unwrap_or_default();
            if let (Some(first), Some(last)) = (words.first(), words.last()) {
                // Borders of tables around it are part of it.
                let wordless =
                    |n: &usize| view.words_of(*n).is_empty() && view.is_wordless(*n) && !footer::is_signature_mark(view.page.text(*n));
                let above = (0..first.line).rev().take_while(wordless).last().unwrap_or(first.line);
                // So are links, whose words are not compared.
                let below = (last.line + 1..cuts.len())
                    .take_while(|n| wordless(n) || view.is_link(*n))
                    .last()
                    .unwrap_or(last.line);
                between.get_mut(above..=below).unwrap_or_default().fill(true);
            }
            for word in words.iter().filter(|word| word.place.is_some()) {
                all += 1;
                let Some(cut) = cuts.get(word.line).filter(|cut| cut.label != Label::Own) else {
                    continue;
                };
                quoted += 1;
                if let Some(region) = regions.get_mut(cut.region) {
                    *region = Some(view.depth(word.line).max(region.unwrap_or(0)));
                }
            }
        }
        Self {
            marked: quoted * 2 > all,
            first: between.iter().position(|between| *between).unwrap_or(0),
            source: view.source(),
            between,
            regions,
            depths: view.lines().iter().map(|line| line.depth).collect(),
        }
    }

    /// Between words of ours, or in one stretch of old mail with them and not quoted more deeply.
    fn has(&self, line: usize, region: usize) -> bool {
        let depth = self.depths.get(line).copied().unwrap_or(0);
        self.between(line) || self.regions.get(region).copied().flatten().is_some_and(|ours| depth <= ours)
    }

    fn between(&self, line: usize) -> bool {
        self.between.get(line).copied().unwrap_or(false)
    }
}
