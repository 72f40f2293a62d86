//! Where the old mail begins in plain lines: attribution lines, header blocks, separators. By structure first: a date, an address, a colon,
//! a quote below; words of the languages only where structure is thin.

use std::borrow::Cow;

use super::labels::{Kind, label};
use super::lines::Line;
use super::phrases::{OPENERS, begins_like_one, forward_words, has_date, has_time, has_verb, one_line_header, original_words};

/// What was found at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// How many lines it takes.
    pub(super) lines: usize,
    /// The old mail follows without marks, to the end.
    pub(super) rest: bool,
    /// It was passed on rather than answered.
    pub(super) forwarded: bool,
    /// Why, in a few words.
    pub(super) why: &'static str,
}

/// Longest attribution, in characters and lines.
const MAX_CHARS: usize = 500;
const MAX_LINES: usize = 4;

/// The lines and what is known of their neighbours.
pub(super) struct Page<'s> {
    pub(super) shown: &'s str,
    pub(super) lines: &'s [Line],
    /// For each line the next one that is not blank, counting itself.
    next: Vec<usize>,
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
        Self { shown, lines, next }
    }

    pub(super) fn text(&self, n: usize) -> &'s str {
        self.lines.get(n).map(|line| line.text(self.shown)).unwrap_or_default()
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

    /// "-----Original Message-----", a rule of underscores above a header block, `---- On … wrote ----`.
    fn separator(&self, n: usize, text: &str) -> Option<Opening> {
        let rule = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '‐' | '─' | ' ');
        let bare = text.trim_matches(rule);
        let edge = text
            .trim_start_matches([' ', '*'])
            .chars()
            .take_while(|c| rule(*c) && *c != ' ' && *c != '*')
            .count();
        if bare.is_empty() {
            // A rule alone is decoration; signatures use it as well.
            let next = self.next(n + 1).filter(|next| text.chars().count() >= 5 && next - n <= 3)?;
            let block = self.header_block(next)?;
            return Some(Opening {
                lines: next - n + block.lines,
                ..block
            });
        }
        if edge < 2 {
            // Samsung glues the header to the separator; Apple writes a sentence with a colon.
            let short = text.ends_with([':', '：']) && text.chars().count() <= 80 && forward_words(text);
            let next = self.next(n + 1).filter(|next| short && next - n <= 3)?;
            return self.header_block(next).map(|block| Opening {
                lines: next - n + block.lines,
                forwarded: true,
                ..block
            });
        }
        if !text.ends_with(rule) {
            // "-------- Original message --------From: x Date: y To: z Subject: t", all in one line.
            // Yahoo writes the same with the labels of the language.
            let behind = text
                .trim_start_matches(rule)
                .split_once("--")
                .map(|(_, tail)| tail.trim_start_matches(rule));
            let labelled = behind
                .and_then(label)
                .is_some_and(|label| label.kind.has(Kind::FROM) && label.value.contains('@'));
            return (edge >= 4 && labelled || original_words(text) && one_line_header(text)).then_some(Opening {
                lines: 1,
                rest: true,
                forwarded: forward_words(text),
                why: "original message line",
            });
        }
        let chars = bare.chars().count();
        if chars > 200 || !bare.chars().any(char::is_alphabetic) {
            return None;
        }
        let forwarded = forward_words(bare);
        let block = self
            .next(n + 1)
            .filter(|next| next - n <= 4)
            .and_then(|next| self.header_block(next).map(|b| (next, b)));
        if let Some((next, block)) = block {
            return Some(Opening {
                lines: next - n + block.lines,
                forwarded,
                ..block
            });
        }
        let known = chars <= 60 && (forwarded || original_words(bare));
        let dated = has_date(bare) && (has_verb(bare) || bare.contains('@'));
        let named = edge >= 4 && chars <= 80 && has_verb(bare);
        (known || dated || named).then_some(Opening {
            lines: 1,
            rest: !self.quote_follows(n),
            forwarded,
            why: "original message line",
        })
    }

    /// "From: … Sent: … To: … Subject: …" in any of the languages, labels bold or not, one blank line between them allowed.
    fn header_block(&self, n: usize) -> Option<Opening> {
        let first = label(self.text(n))?;
        if self.text(n).len() > 40 && one_line_header(self.text(n)) {
            return Some(Opening {
                lines: 1,
                rest: true,
                forwarded: false,
                why: "header block",
            });
        }
        let mut seen = first.kind.bit();
        let mut from_value = if first.kind.has(Kind::FROM) { first.value } else { "" };
        let (mut last, mut at, mut strangers) = (n, n + 1, 0);
        while at <= n + 20 {
            let Some(next) = self.next(at).filter(|next| next - at <= 1) else {
                break;
            };
            match label(self.text(next)) {
                // Each label stands once; a second sender begins something else.
                Some(found) if found.kind.has(Kind::FROM) && !found.kind.has(Kind::TO) && seen & Kind::FROM != 0 => break,
                Some(found) => {
                    if from_value.is_empty() && found.kind.has(Kind::FROM) && !first.kind.has(Kind::FROM) {
                        from_value = found.value;
                    }
                    seen |= found.kind.bit();
                    (last, strangers) = (next, 0);
                }
                // A list of recipients or a long subject runs over lines, but not over blank ones.
                None if next == at && strangers < 3 && !seen_enough(seen) => strangers += 1,
                None => break,
            }
            at = next + 1;
        }
        // An address may stand on the line after its label.
        let named = from_value.chars().any(char::is_alphabetic) || self.text(n + 1).contains('@');
        let from = seen & Kind::FROM != 0 && named && !from_value.starts_with(|c: char| c.is_ascii_digit());
        let (date, subject, to) = (seen & Kind::DATE != 0, seen & Kind::SUBJECT != 0, seen & Kind::TO != 0);
        // Without an address two labels are a list somebody typed; three are a header.
        let address = from_value.contains('@') || from_value.contains('<');
        let enough = from && (date || subject) && (address || (date && subject) || (to && (date || subject)));
        (enough && (first.kind.has(Kind::FROM) || date || subject)).then_some(Opening {
            lines: last - n + 1,
            rest: true,
            forwarded: false,
            why: "header block",
        })
    }

    /// "On … wrote:", up to four lines.
    fn attribution(&self, n: usize) -> Option<Opening> {
        let mut joined = Cow::Borrowed(self.text(n));
        let depth = self.depth(n);
        for count in 1..=MAX_LINES {
            let at = n + count - 1;
            let text = self.text(at);
            if at >= self.lines.len() || text.is_empty() || self.depth(at) != depth {
                return None;
            }
            if count > 1 {
                let joined = joined.to_mut();
                joined.push(' ');
                joined.push_str(text);
            }
            if joined.len() > MAX_CHARS * 2 {
                return None;
            }
            if let Some(rest) = self.attributes(n, at, &joined) {
                // A line of the writer's own above it is not part of it.
                if (n + 1..=at).any(|later| self.is_whole(later, at)) {
                    return None;
                }
                return Some(Opening {
                    lines: count,
                    rest,
                    forwarded: false,
                    why: "attribution line",
                });
            }
            // Only a line that begins like one is worth joining with the next, if there is one.
            if count == 1 && (self.text(n + 1).is_empty() || !begins_like_one(text)) {
                return None;
            }
        }
        None
    }

    /// Lines `first..=last` are an attribution of their own, from its first word.
    fn is_whole(&self, first: usize, last: usize) -> bool {
        let joined = (first..=last).map(|n| self.text(n)).collect::<Vec<_>>().join(" ");
        let opens = joined
            .split_whitespace()
            .next()
            .is_some_and(|word| OPENERS.has(&word.to_lowercase()));
        opens && (has_date(&joined) || has_time(&joined)) && self.attributes(first, last, &joined).is_some()
    }

    /// Whether lines `first..=last`, joined, attribute what follows; and if so, whether it follows without marks.
    fn attributes(&self, first: usize, last: usize, joined: &str) -> Option<bool> {
        let trimmed = joined.trim_end_matches(['>', '*', '_', ' ', '\u{200f}']);
        let colon = trimmed.ends_with([':', '：']) || trimmed.starts_with(':');
        let quote = self.quote_follows(last);
        if !colon && !quote {
            return None;
        }
        let address = joined.contains('@') || joined.contains("<http");
        let (date, time) = (has_date(joined), has_time(joined));
        if !(date || time || address || quote) {
            return None;
        }
        if !quote && colon && date && time && address {
            return Some(true);
        }
        let verb = has_verb(joined);
        if quote {
            // A sentence of the writer's may end with a colon above a quote: "You wrote on 3 March:" is an attribution all the same.
            let by_shape = (date && (verb || address || time)) || (address && time) || (verb && (address || time));
            let strong = colon && (by_shape || (verb && joined.chars().count() <= 80) || (date && first != last));
            let without_colon = date && time && address && (verb || joined.trim_end().ends_with(['>', '님', ')']));
            return (strong || without_colon).then_some(false);
        }
        let whole = (date || time) && verb && address;
        let dated = date && verb && begins_like_one(joined);
        let signed = verb && joined.contains('<') && joined.contains('@') && joined.chars().count() <= 160;
        let ends = self.next(last + 1).is_none();
        (whole || dated || signed || (ends && verb && address)).then_some(true)
    }
}

fn seen_enough(seen: u8) -> bool {
    seen & Kind::SUBJECT != 0 && seen & Kind::FROM != 0
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
            "Date: Tuesday\nSubject: the role\nLet us talk",
            "____________________\nAnn Lee",
            "Ana: yes\nBen: no",
            "Yes:\nAna",
        ] {
            assert_eq!(opens(text), None, "{text}");
        }
    }
}
