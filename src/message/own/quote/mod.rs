//! Where the old mail begins in plain lines: attribution lines, header blocks, separators. By structure first: a date, an address, a colon,
//! a quote below; words of the languages only where structure is thin.

mod attribution;
mod header;
mod separator;

use super::labels::{Label, label};
use super::lines::Line;

/// What was found at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// How many lines it takes.
    pub(super) lines: usize,
    /// The old mail follows without marks, to the end.
    pub(super) rest: bool,
    /// It was passed on rather than answered.
    pub(super) forwarded: bool,
    /// It begins behind so many bytes of the writer's words.
    pub(super) behind: usize,
    /// Whether a person may have typed it above what they go on to say.
    pub(super) doubt: Doubt,
    /// Why, in a few words.
    pub(super) why: &'static str,
}

/// How sure an opening is where nothing below it is known to be old mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    None,
    /// It is an opening, but nobody acts on what stands above without asking.
    Asks,
    /// The same, and it is none: what follows is kept.
    Keeps,
}

/// Why an attribution is one.
const ATTRIBUTION: &str = "attribution line";

impl Opening {
    /// So many lines, and whether the old mail follows without marks.
    fn new(lines: usize, rest: bool, why: &'static str) -> Self {
        Self {
            lines,
            rest,
            forwarded: false,
            behind: 0,
            doubt: Doubt::None,
            why,
        }
    }

    /// "On … wrote:".
    pub(super) fn is_attribution(&self) -> bool {
        self.why == ATTRIBUTION
    }
}

/// An attribution, or a rule with words in it, takes no more lines.
const MAX_LINES: usize = 4;

/// The lines and what is known of their neighbours.
pub(super) struct Page<'s> {
    pub(super) shown: &'s str,
    pub(super) lines: &'s [Line],
    /// For each line the next one that is not blank, counting itself.
    next: Vec<usize>,
    /// The header labels that lines begin with, and their values.
    labels: Vec<Option<Label<'s>>>,
}

impl<'s> Page<'s> {
    pub(super) fn new(shown: &'s str, lines: &'s [Line]) -> Self {
        let mut next = vec![lines.len(); lines.len() + 1];
        for n in (0..lines.len()).rev() {
            let blank = lines.get(n).is_none_or(|line| line.is_blank());
            let value = if blank {
                next.get(n + 1).copied().unwrap_or(lines.len())
            } else {
                n
            };
            if let Some(slot) = next.get_mut(n) {
                *slot = value;
            }
        }
        let labels = lines.iter().map(|line| label(line.text(shown))).collect();
        Self {
            shown,
            lines,
            next,
            labels,
        }
    }

    pub(super) fn text(&self, n: usize) -> &'s str {
        self.lines.get(n).map(|line| line.text(self.shown)).unwrap_or_default()
    }

    /// The header label that a line begins with.
    pub(super) fn label(&self, n: usize) -> Option<Label<'s>> {
        self.labels.get(n).copied().flatten()
    }

    pub(super) fn text_of(&self, line: &Line) -> &'s str {
        line.text(self.shown)
    }

    /// The next line with words at or after `n`; `None` at the end.
    pub(super) fn next(&self, n: usize) -> Option<usize> {
        self.next.get(n).copied().filter(|n| *n < self.lines.len())
    }

    fn depth(&self, n: usize) -> usize {
        self.lines.get(n).map_or(0, |line| line.depth)
    }

    /// The line after `n` with words is quoted more deeply than `n`.
    fn quote_follows(&self, n: usize) -> bool {
        let deeper = |next: usize| {
            let (here, there) = (self.lines.get(n), self.lines.get(next));
            here.zip(there).is_some_and(|(here, there)| {
                there.depth > here.depth || there.block > here.block || (there.container.is_some() && here.container.is_none())
            })
        };
        self.next(n + 1).is_some_and(deeper)
    }

    /// What begins at line `n`, if anything does.
    pub(super) fn opening(&self, n: usize) -> Option<Opening> {
        let text = self.text(n);
        if text.is_empty() || text.len() > 2_000 {
            return None;
        }
        self.separator(n, text)
            .or_else(|| self.header_block(n))
            .or_else(|| self.attribution(n))
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    fn opens(text: &str) -> Option<Opening> {
        let lines = lines(text, &[]);
        Page::new(text, &lines).opening(0)
    }

    #[test]
    fn attributions_and_headers_open_the_old_mail() {
        for text in [
            "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:\n> hi",
            "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example>\nwrote:\n> hi",
            "On Tue, 7 Jul 2026 at 10:02 AM\nThe Very Long Agency Name <\na@b.example> wrote:\n> hi",
            "Am 07.07.2026 um 10:02 schrieb Agency:\n> hi",
            "Am Di., 7. Juli 2026 um 10:02 Uhr schrieb Agency <a@b.example>:\nhi",
            "Le mar. 7 juil. 2026 à 10:02, Agency <a@b.example> a écrit :\n> hi",
            "Dnia 7 lipca 2026 10:02 Agency <a@b.example> napisał(a):\n> hi",
            "2026年7月7日(火) 10:02 Agency <a@b.example>:\n> hi",
            "在 2026年7月7日，Agency <a@b.example> 写道：\nhi",
            "---- On Tue, 07 Jul 2026 10:02:00 +0200 Agency <a@b.example> wrote ----\nhi",
            "On Mon, 23 Nov 2026 at 10:30, Agency<a@b.example> wrote:   Hi Ann,\nhere are three",
            "-----Original Message-----\nhi",
            "-----Ursprüngliche Nachricht-----\nVon: A <a@b.example>\nGesendet: Dienstag\nBetreff: x",
            "________________________________\nFrom: Agency <a@b.example>\nSent: Thursday\nTo: Ann\nSubject: x",
            "From: Agency\nSent: Thursday, 9 July 2026 10:02\nTo: Ann\nSubject: x",
            "*De :* Agency <a@b.example>\n*Envoyé :* jeudi 9 juillet 2026\n*À :* Ann\n*Objet :* x",
            "发件人: Agency <a@b.example>\n发送时间: 2026年7月7日\n收件人: Ann\n主题: x",
            "-------- Original message --------From: A <a@b.example> Date: 1/13/26 3:52 PM (GMT-06:00) To: ann Subject: x",
        ] {
            assert!(opens(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_people_write_opens_nothing() {
        for text in [
            "On Monday I wrote to her",
            "On Monday I wrote to her:\nplease call",
            "From: 9 to 5 works",
            "From: 9 to 5 works\nTo: be honest, mornings are better",
            "Le 4 mars me convient",
            "- one\n- two",
            "Date: Tuesday 14 July 2026\nTime: 15:00\nAddress: Main Street 1",
            "Date: Thursday 9 July 2026\nTime: 14:30\nWhere: our office\nOn Tuesday I wrote to him:\nring twice.",
            "Date: Tuesday\nSubject: the role\nLet us talk",
            "____________________\nAnn Lee",
            "Ana: yes\nBen: no",
            "Yes:\nAna",
        ] {
            assert_eq!(opens(text), None, "{text}");
        }
    }
}
