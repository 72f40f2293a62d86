//! Warnings above, device lines, signatures and legal text below, taken from what is left as own.

use std::ops::Range;

use super::footer::{self, Below, Legal};
use super::lines::Line;
use super::view::{Cut, View};
use crate::message::Label;

/// A warning has no more lines than this.
const MOST_BANNER_LINES: usize = 12;

/// Beyond so many rows of dashes none is the mark of a signature.
const MOST_MARKS: usize = 40;

/// So many lines below the mark of a signature are looked at.
const MOST_SIGNATURE_LINES: usize = 60;

/// Why something is a signature that could be an answer.
pub(super) const IN_DOUBT: &str = "below the signature mark, but no card";

impl View<'_> {
    /// Warnings, device lines, signatures and legal text among what is left as own.
    pub(super) fn footers(&self, cuts: &mut [Cut]) {
        self.armour(cuts);
        let mut run_start = 0;
        let mut first = true;
        let unsigned = |(line, cut): (&Line, &Cut)| cut.label == Label::Own && line.signature.or(line.device).is_none() && !line.is_blank();
        let signed =
            self.lines().iter().zip(&*cuts).any(unsigned) || cuts.iter().any(|cut| !cut.pieces.is_empty()) || self.is_all_card(cuts);
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
            // A warning stands above all, or was quoted with our letter.
            let quoted = cuts.get(run_start).is_some_and(Cut::is_typed);
            self.footers_of(cuts, run_start..run_start + length, (first, quoted), signed);
            first = false;
            run_start += length;
        }
    }

    /// What a signed text is wrapped in (RFC 9580 7.1): its first lines up to a blank one, and the signature itself.
    fn armour(&self, cuts: &mut [Cut]) {
        // Behind a mark it is a letter's, and what wraps that is quoted with it.
        let quoted = |n: usize| self.lines().get(n).is_none_or(Line::quoted);
        let is = |n: usize, line: &str| !quoted(n) && self.page.text(n) == line;
        let Some(begins) = (0..cuts.len()).find(|n| is(*n, "-----BEGIN PGP SIGNED MESSAGE-----")) else {
            return;
        };
        let mut set = |range: Range<usize>, label: Label| {
            for n in range.filter(|n| !quoted(*n)) {
                if let Some(cut) = cuts.get_mut(n) {
                    *cut = Cut::new(label, "around a signed text", cut.region);
                }
            }
        };
        let lines = self.lines().len();
        // "Version: …" and base64, each up to a blank line: what somebody typed below a signature that was cut off is theirs.
        let armoured = |n: &usize| {
            let text = self.page.text(*n);
            let field = text.split_once(": ").is_some_and(|(name, _)| !name.contains(' '));
            !text.is_empty() && (field || !text.contains(' '))
        };
        let behind = |from: usize| from + (from..lines).take_while(armoured).count();
        let typed = (begins..lines).find(|n| self.page.text(*n).is_empty()).unwrap_or(begins + 1);
        set(begins..typed, Label::Banner);
        if let Some(signed) = (typed..lines).find(|n| is(*n, "-----BEGIN PGP SIGNATURE-----")) {
            let ends = (signed..lines).find(|n| is(*n, "-----END PGP SIGNATURE-----"));
            let cut_off = || behind(behind(signed + 1) + 1).min(lines);
            set(signed..ends.map_or_else(cut_off, |last| last + 1), Label::Signature);
        }
    }

    /// All that is left as own are the lines of a visiting card, with the author's name above or somewhere to reach somebody: some programs
    /// put an answer into the element of the signature, but it does not look like that.
    fn is_all_card(&self, cuts: &[Cut]) -> bool {
        let own = cuts.iter().enumerate().filter(|(_, cut)| cut.label == Label::Own);
        let mut lines = own
            .map(|(n, _)| self.page.text(n))
            .filter(|text| !text.is_empty() && !footer::is_signature_mark(text));
        let author = self.author.trim().to_lowercase();
        let named = |line: &str| !author.is_empty() && line.to_lowercase().starts_with(&author);
        let card = |line: &str| footer::can_be_on_card(line) || footer::reaches(line);
        let mut told = lines.clone().any(footer::reaches);
        told |= lines.next().is_some_and(|first| named(first) && card(first));
        told && lines.all(card)
    }

    fn footers_of(&self, cuts: &mut [Cut], run: Range<usize>, (top, quoted): (bool, bool), signed: bool) {
        let quoted_below = cuts.get(run.end).is_some_and(|cut| cut.label == Label::QuotedOurs);
        let mut set = |range: Range<usize>, label: Label, why: &'static str| {
            for cut in cuts.get_mut(range).unwrap_or_default() {
                *cut = Cut::new(label, why, cut.region);
            }
        };
        let paragraphs = self.paragraphs(run.clone());
        let joined = |range: &Range<usize>| self.joined(range);
        let mut body_start = 0;
        if top || quoted {
            for paragraph in paragraphs.iter().take(4) {
                let most = paragraph.len().min(MOST_BANNER_LINES);
                if !footer::can_be_banner(&joined(&(paragraph.start..paragraph.start + most))) {
                    break;
                }
                // A warning is one paragraph; where the answer follows without a blank line, the warning ends with the last line that warns.
                let banner_lines = (1..=most).rev().find(|length| {
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
        let mut end = run.end;
        // A warning of our letter that was quoted with it.
        let ours_follow = quoted_below || self.page.next(run.end).is_some_and(|next| self.is_ours(next));
        if let Some(last) = paragraphs.get(body_start..).and_then(<[_]>::last).filter(|_| ours_follow)
            && footer::is_banner(&joined(last))
        {
            set(last.start..end, Label::Banner, "warning or label of a gateway");
            end = last.start;
        }
        let kept = paragraphs.iter().take_while(|paragraph| paragraph.start < end).count();
        let body = paragraphs.get(body_start..kept).unwrap_or_default();
        end = self.legal(body, end, &mut set);
        let start = body.first().map_or(run.start, |paragraph| paragraph.start);
        let card = (start..end).find(|n| {
            let lines = (*n..end).map(|n| self.page.text(n)).filter(|line| !line.is_empty());
            self.page.text(*n).starts_with(['-', '_', '=', '–', '—', '─']) && n - start > 0 && footer::is_card(lines)
        });
        if let Some(card) = card {
            set(card..end, Label::Signature, "visiting card below a rule");
            end = card;
        }
        if let Some(rule) = (start..end).find(|n| self.ends_at_rule(start, *n, end)) {
            set(rule..end, Label::Signature, "below a rule under the sign-off");
            end = rule;
        }
        if let Some(card) = self.card_of_author(start, end, top) {
            set(card..end, Label::Signature, "visiting card below the author's name");
            end = card;
        }
        let signed_at = |n: usize| Some((n, self.signature(n, end)?));
        let mut marks = (start..end)
            .filter(|n| footer::is_signature_mark(self.page.text(*n)))
            .take(MOST_MARKS);
        if let Some((mark, why)) = marks.find_map(signed_at) {
            set(mark..end, Label::Signature, why);
            end = mark;
        }
        if let Some((last, label, why)) = self.last_line(start, end) {
            set(last..end, label, why);
            end = last;
        }
        for n in start..end {
            let Some(line) = self.lines().get(n) else { continue };
            if let Some(why) = line.signature.or(line.device).filter(|_| signed) {
                let device = footer::is_device(self.page.text(n)) || why.starts_with("#ms-") || why.starts_with("#composer");
                set(n..n + 1, if device { Label::Device } else { Label::Signature }, why);
            } else if footer::is_device(self.page.text(n))
                && (self.ends_soon(n, end) || top && n == start && self.page.text(n + 1).is_empty())
            {
                set(n..n + 1, Label::Device, "device line");
            }
        }
    }

    /// Legal text and the footers of lists among the paragraphs of a run that ends at `end`. Where nothing else follows they are cut to the
    /// end, and the new end is returned; what stands below one and is no such text stays.
    fn legal(&self, body: &[Range<usize>], end: usize, set: &mut impl FnMut(Range<usize>, Label, &'static str)) -> usize {
        const LEGAL: &str = "legal text";
        let told: Vec<(Legal, &'static str)> = body
            .iter()
            .map(|paragraph| {
                let text = self.joined(paragraph);
                match () {
                    () if footer::is_list_footer(&text) => (Legal::Text, "footer of a mailing list"),
                    () if footer::is_legal_heading(&text) => (Legal::More, LEGAL),
                    () => (footer::legal(&text), LEGAL),
                }
            })
            .collect();
        let said = told.iter().rposition(|(legal, _)| *legal == Legal::None).map_or(0, |n| n + 1);
        let is_heading = |n: usize| {
            body.get(n)
                .is_some_and(|paragraph| footer::is_legal_heading(&self.joined(paragraph)))
        };
        let mut above: Option<&'static str> = None;
        for (n, ((legal, why), paragraph)) in told.iter().zip(body).enumerate() {
            let heads = is_heading(n) && told.get(n + 1).is_none_or(|(next, _)| *next != Legal::None);
            let why = match legal {
                Legal::Text => Some(*why),
                Legal::More => above.or(heads.then_some(LEGAL)),
                Legal::None => None,
            };
            above = why;
            let Some(why) = why else { continue };
            let start = self.legal_start(paragraph);
            if n >= said {
                set(start..end, Label::Disclaimer, why);
                return start;
            }
            set(start..paragraph.end, Label::Disclaimer, why);
        }
        end
    }

    /// Sentences right above legal text, each on a line of its own, are none of it.
    fn legal_start(&self, paragraph: &Range<usize>) -> usize {
        let said = |n: &usize| {
            let text = self.page.text(*n);
            text.ends_with(['.', '!', '?']) && footer::legal(text) == Legal::None
        };
        let start = paragraph.clone().find(|n| !said(n)).unwrap_or(paragraph.start);
        let rest = self.joined(&(start..paragraph.end));
        if footer::legal(&rest) == Legal::Text {
            start
        } else {
            paragraph.start
        }
    }

    fn joined(&self, lines: &Range<usize>) -> String {
        lines.clone().map(|n| self.page.text(n)).collect::<Vec<_>>().join(" ")
    }

    /// Why a signature begins at line `n`, which has a mark of one, if it does. `-- ` is one whatever stands below it; a rule of another kind may part what
    /// somebody wrote.
    fn signature(&self, n: usize, end: usize) -> Option<&'static str> {
        let mark = self.page.text(n);
        let author = self.author.to_lowercase();
        let is_name = |line: &str| {
            let line = line.to_lowercase();
            let mut words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.any(|word| author.split(|c: char| !c.is_alphanumeric()).any(|name| name == word))
        };
        // Legal text says nothing, however it is broken into lines.
        let said = |paragraph: &Range<usize>| footer::legal(&self.joined(paragraph)) == Legal::None;
        let paragraphs = self.paragraphs(n + 1..end.min(n + MOST_SIGNATURE_LINES));
        let below = paragraphs.into_iter().filter(said).flatten().map(|m| self.page.text(m));
        let below = footer::below_mark(below.filter(|text| !footer::is_signature_mark(text)), is_name);
        let whole = self.lines().get(n).and_then(|line| self.page.shown.get(line.range.clone()));
        let sure = whole.is_some_and(|line| line.ends_with("-- "));
        match (below, mark) {
            (Below::Card { told: true }, _) | (Below::Card { told: false }, "--") => Some("below the signature mark"),
            (Below::Card { .. } | Below::Words, _) if sure => Some("below the signature mark"),
            (Below::Card { .. }, _) | (Below::Words, "--") => Some(IN_DOUBT),
            (Below::Sentences, _) if sure => Some(IN_DOUBT),
            (Below::Words | Below::Sentences, _) => None,
        }
    }

    /// A rule with a logo below it, or one under "Kind regards" and a name: what follows is no answer any more.
    fn ends_at_rule(&self, start: usize, n: usize, end: usize) -> bool {
        /// A signature, or what is left of an earlier mail, has no more lines.
        const MOST_LINES: usize = 20;
        /// What is added below a signature is no longer than this.
        const MOST_TYPED: usize = 3;
        if n == start || !footer::is_rule(self.page.text(n)) {
            return false;
        }
        let below = || (n + 1..end).map(|m| self.page.text(m)).filter(|text| !text.is_empty());
        if below().next().is_some_and(footer::is_picture) {
            return true;
        }
        let mut above = (start..n).rev().map(|m| self.page.text(m)).filter(|text| !text.is_empty());
        let (last, before) = (above.next().unwrap_or_default(), above.next().unwrap_or_default());
        let closed = footer::is_closing(last) || footer::is_closing(before) && last.split_whitespace().count() <= 4;
        let mut lines = below().take(MOST_LINES + 1).enumerate();
        // A sentence or two that reach nobody are not a signature but what came to mind afterwards; and so is what says so.
        let is_card = || {
            below().take(MOST_LINES).any(footer::reaches)
                || below().nth(MOST_TYPED).is_some()
                || !below().any(|text| text.ends_with(['.', '!']))
        };
        closed && is_card() && lines.all(|(at, text)| at < MOST_LINES && !text.ends_with('?') && !footer::is_afterthought(text))
    }

    /// A last line that is a dash and the author's name, or "via mobile" under a name: where it stands and what it is.
    fn last_line(&self, start: usize, end: usize) -> Option<(usize, Label, &'static str)> {
        let last = (start..end).rev().find(|n| !self.page.text(*n).is_empty())?;
        let text = self.page.text(last);
        let above = last.checked_sub(1).filter(|n| *n >= start)?;
        if footer::is_via(text) {
            let named = |word: &str| word.starts_with(char::is_uppercase);
            let name = self.page.text(above);
            let alone = !name.is_empty() && name.split_whitespace().count() <= 3 && name.split_whitespace().all(named);
            return alone.then_some((last, Label::Device, "device line"));
        }
        let name = text.strip_prefix(['-', '–', '—'])?.trim().to_lowercase();
        let words = name.split_whitespace().count();
        let is_name = (1..=2).contains(&words) && name.chars().all(|c| c.is_alphabetic() || c == ' ');
        let author = self.author.to_lowercase();
        let of_author = |word: &str| author.split(|c: char| !c.is_alphabetic()).any(|part| part == word);
        let theirs = author.is_empty() || name.split_whitespace().all(of_author);
        let said = (start..above).rev().map(|n| self.page.text(n)).find(|text| !text.is_empty())?;
        let ended = self.page.text(above).is_empty() && said.ends_with(['.', '!', '?', ',']);
        (is_name && theirs && ended).then_some((last, Label::Signature, "a dash and a name at the end"))
    }

    /// The author's name, below it a title, a firm, a number: where that begins. A name right below a sign-off belongs to the text.
    fn card_of_author(&self, start: usize, end: usize, top: bool) -> Option<usize> {
        /// A card has no more lines.
        const MOST: usize = 9;
        let name = self.author.trim().to_lowercase();
        if name.split_whitespace().count() < 2 {
            return None;
        }
        let lines = (start..end).rev().filter(|n| !self.page.text(*n).is_empty());
        let on_card = lines.take(MOST).take_while(|n| {
            let line = self.page.text(*n);
            footer::can_be_on_card(line) || footer::is_named_link(line)
        });
        let card: Vec<usize> = on_card.collect();
        let named = |n: &&usize| self.page.text(**n).to_lowercase().starts_with(&name);
        let first = *card.iter().find(named)?;
        let above = first.checked_sub(1).filter(|n| *n >= start).map_or("", |n| self.page.text(n));
        let signs_off = !above.is_empty() && above.split_whitespace().count() <= 4 && !above.ends_with(['.', '!', '?']);
        // The name may go on with a title; a name and nothing right below it ends the text, the card stands apart.
        let more = self.page.text(first).chars().count() > name.chars().count() + 3;
        let apart = above.is_empty() && (more || !self.page.text(first + 1).is_empty());
        let from = if apart || !signs_off && !self.page.text(first + 1).is_empty() {
            first
        } else {
            first + 1
        };
        let mut below = (from..end).map(|n| self.page.text(n)).filter(|text| !text.is_empty());
        // Where the name stands in a paragraph of its own, titles and firms are enough of a card.
        let titled = |text: &str| {
            text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '+') && text.split_whitespace().count() <= 6
        };
        let reached = below.clone().any(footer::reaches)
            || apart
                && (self.signed_above(start, first) || !top && self.page.next(start) == Some(first))
                && (more || below.clone().nth(1).is_some())
                && below.clone().skip(1).all(titled);
        let before = !top || (start..from).any(|n| !self.page.text(n).is_empty());
        let sentence = below.next_back().is_some_and(footer::ends_sentence);
        (before && reached && !sentence).then_some(from)
    }

    /// A sign-off stands above the line: "Kind regards", perhaps with a name below it.
    fn signed_above(&self, start: usize, line: usize) -> bool {
        let mut above = (start..line).rev().map(|n| self.page.text(n)).filter(|text| !text.is_empty());
        above.by_ref().take(2).any(footer::is_closing)
    }

    /// The line holds a word that warnings hold.
    fn warns(&self, n: usize) -> bool {
        footer::warns(self.page.text(n))
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
}
