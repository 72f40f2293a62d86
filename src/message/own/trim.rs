//! Warnings above, device lines, signatures and legal text below, taken from what is left as own.

use std::ops::Range;

use super::footer;
use super::lines::Line;
use super::view::{Cut, View};
use crate::message::Label;

/// A warning has no more lines than this.
const MOST_BANNER_LINES: usize = 12;

impl View<'_> {
    /// Warnings, device lines, signatures and legal text among what is left as own.
    pub(super) fn footers(&self, cuts: &mut [Cut]) {
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
}
