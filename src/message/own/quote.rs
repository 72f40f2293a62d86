//! Where the old mail begins in plain lines: attribution lines, header blocks, separators. By structure first: a date, an address, a colon,
//! a quote below; words of the languages only where structure is thin.

use std::borrow::Cow;

use super::labels::{Kind, Label, label};
use super::lines::Line;
use super::phrases::{
    OPENERS, begins_like_one, begins_original, forward_words, has_date, has_time, has_verb, one_line_header, original_words,
};
use crate::message::words::lower;

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
    /// Why, in a few words.
    pub(super) why: &'static str,
}

/// Why an attribution is one.
const ATTRIBUTION: &str = "attribution line";

impl Opening {
    /// "On … wrote:".
    pub(super) fn is_attribution(&self) -> bool {
        self.why == ATTRIBUTION
    }
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
        if edge >= 4 && !text.ends_with(rule) && has_date(text) {
            // "---- On … wrote ----" over some lines.
            let ends = |m: &usize| self.text(*m).len() <= 200 && self.text(*m).ends_with("--");
            let last = (n + 1..n + MAX_LINES).take_while(|m| !self.text(*m).is_empty()).find(ends);
            if let Some(last) = last.filter(|last| (n..=*last).any(|m| self.text(m).contains('@') || has_verb(self.text(m)))) {
                return Some(Opening {
                    lines: last - n + 1,
                    rest: !self.quote_follows(last),
                    forwarded: false,
                    behind: 0,
                    why: "original message line",
                });
            }
        }
        if edge == 0 && text.len() <= 60 && begins_original(text) {
            // Without dashes it takes a date near by.
            let next = self.next(n + 1).filter(|next| next - n <= 2);
            if let Some((next, block)) = next.and_then(|next| self.header_block(next).map(|block| (next, block))) {
                return Some(Opening {
                    lines: next - n + block.lines,
                    ..block
                });
            }
            let near = next.map(|next| self.text(next));
            return near.is_some_and(|near| has_date(near) && has_time(near)).then_some(Opening {
                lines: 2,
                rest: true,
                forwarded: false,
                behind: 0,
                why: "original message line",
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
            let labelled = behind.and_then(label).is_some_and(|label| {
                label.kind.has(Kind::FROM) && (label.value.contains('@') || original_words(text) && has_date(label.value))
            });
            return (edge >= 4 && labelled || original_words(text) && one_line_header(text)).then_some(Opening {
                lines: 1,
                rest: true,
                forwarded: forward_words(text),
                behind: 0,
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
            behind: 0,
            why: "original message line",
        })
    }

    /// "From: … Sent: … To: … Subject: …" in any of the languages, labels bold or not, one blank line between them allowed.
    fn header_block(&self, n: usize) -> Option<Opening> {
        let first = self.label(n)?;
        if self.text(n).len() > 40 && one_line_header(self.text(n)) {
            return Some(Opening {
                lines: 1,
                rest: true,
                forwarded: false,
                behind: 0,
                why: "header block",
            });
        }
        let mut seen = first.kind.bit();
        let mut from_value = if first.kind.has(Kind::FROM) { first.value } else { "" };
        let (mut date_value, mut to_value) = (None, None);
        let mut values = |found: &Label<'s>| {
            date_value = date_value.or(found.kind.has(Kind::DATE).then_some(found.value));
            to_value = to_value.or(found.kind.has(Kind::TO).then_some(found.value));
        };
        values(&first);
        let (mut last, mut at, mut strangers) = (n, n + 1, 0);
        while at <= n + 20 {
            let Some(next) = self.next(at).filter(|next| next - at <= 1) else {
                break;
            };
            match self.label(next) {
                // Each label stands once; a second sender begins something else.
                Some(found) if found.kind.has(Kind::FROM) && !found.kind.has(Kind::TO) && seen & Kind::FROM != 0 => break,
                // What stands above the sender's line and comes again below it was typed: the header begins further down.
                Some(found) if found.kind == first.kind && !found.kind.has(Kind::FROM) && !found.kind.has(Kind::CC) => return None,
                Some(found) => {
                    if from_value.is_empty() && found.kind.has(Kind::FROM) && !first.kind.has(Kind::FROM) {
                        from_value = found.value;
                    }
                    seen |= found.kind.bit();
                    values(&found);
                    (last, strangers) = (next, 0);
                }
                // A list of recipients or a long subject runs over lines, but not over blank ones.
                None if next == at && strangers < 3 && seen & Kind::FROM != 0 && !seen_enough(seen) => strangers += 1,
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
        let stamped =
            date_value.is_some_and(|value| has_date(value) && has_time(value)) && to_value.is_some_and(|value| value.contains('@'));
        let enough = stamped || from && (date || subject) && (address || (date && subject) || (to && (date || subject)));
        (enough && (first.kind.has(Kind::FROM) || date || subject)).then_some(Opening {
            lines: last - n + 1,
            rest: true,
            forwarded: false,
            behind: 0,
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
            if at >= self.lines.len() || text.is_empty() || self.depth(at) != depth || count > 1 && begins_anew(self.text(at - 1), text) {
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
            if count == 1
                && let Some(lines) = self.torn(n, text)
            {
                return Some(Opening {
                    lines,
                    rest: true,
                    forwarded: false,
                    behind: 0,
                    why: ATTRIBUTION,
                });
            }
            if count == 1 && leads(text) {
                return Some(Opening {
                    lines: 1,
                    rest: true,
                    forwarded: false,
                    behind: 0,
                    why: ATTRIBUTION,
                });
            }
            let glued = if count == 1 { self.glued(n, text) } else { None };
            if let Some(rest) = self.attributes(n, at, &joined).filter(|_| glued.is_none()) {
                // A line of the writer's own above it is not part of it.
                if (n + 1..=at).any(|later| self.is_whole(later, at)) {
                    return None;
                }
                return Some(Opening {
                    lines: count,
                    rest,
                    forwarded: false,
                    behind: 0,
                    why: ATTRIBUTION,
                });
            }
            if let Some(behind) = glued {
                return Some(Opening {
                    lines: 1,
                    rest: false,
                    forwarded: false,
                    behind,
                    why: ATTRIBUTION,
                });
            }
            // Only a line that begins like one is worth joining with the next, if there is one.
            if count == 1 {
                let next = self.text(n + 1);
                let name = next.starts_with('<') && next.contains('@');
                if next.is_empty() || !(begins_like_one(text) || name) {
                    return None;
                }
                // "Am 20.06.26 um 16:20 schrieb Agency" and a header block below it.
                if OPENERS.has(&first_words(text).split(' ').next().unwrap_or_default().to_lowercase())
                    && has_date(text)
                    && has_verb(text)
                    && let Some(block) = self.header_block(n + 1)
                {
                    return Some(Opening {
                        lines: 1 + block.lines,
                        ..block
                    });
                }
            }
        }
        None
    }

    /// "On Tue, Apr 7, 2026 at 10:02 Agency", and below it `<`, a link and `> wrote:` on lines of their own: how many lines that takes.
    fn torn(&self, n: usize, text: &str) -> Option<usize> {
        let next = self.next(n + 1).filter(|next| next - n <= 2 && self.text(*next) == "<")?;
        let opens =
            OPENERS.has(&first_words(text).split(' ').next().unwrap_or_default().to_lowercase()) && has_date(text) && has_time(text);
        let ends = |at: &usize| self.text(*at).ends_with(':') && has_verb(self.text(*at));
        (next..next + 4).find(ends).filter(|_| opens).map(|last| last - n + 1)
    }

    /// "yes please On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:": where in the line the attribution begins.
    fn glued(&self, n: usize, text: &str) -> Option<usize> {
        let ends = text.ends_with(':') && text.contains('@') && self.quote_follows(n);
        let begins = |(at, _): &(usize, &str)| {
            let rest = text.get(at + 1..).unwrap_or_default();
            let head: Vec<&str> = rest.split_whitespace().take(6).collect();
            OPENERS.has(&head.first().unwrap_or(&"").to_lowercase())
                && head.first().is_some_and(|word| word.starts_with(char::is_uppercase))
                && has_date(&head.join(" "))
                && has_verb(rest)
        };
        let at = text.match_indices(' ').take(200).filter(|_| ends).find(begins).map(|(at, _)| at)?;
        // A rule in front of it belongs to it: "--- On".
        let words = text.get(..at).unwrap_or_default().trim_end_matches(['-', ' ']);
        (words.chars().any(char::is_alphanumeric)).then_some(words.len())
    }

    /// Lines `first..=last` are an attribution of their own, from its first word.
    fn is_whole(&self, first: usize, last: usize) -> bool {
        let joined = (first..=last).map(|n| self.text(n)).collect::<Vec<_>>().join(" ");
        let opens = joined
            .split_whitespace()
            .next()
            .is_some_and(|word| OPENERS.has(&word.to_lowercase()));
        // Words without any number in front of a whole date were typed.
        let above = first.checked_sub(1).map_or("", |n| self.text(n));
        let typed = !above.bytes().any(|b| b.is_ascii_digit())
            && !above.ends_with(',')
            && !self.text(first).starts_with('<')
            && (!above.contains('@') || above.ends_with('.'));
        // One line that holds all that attributions hold needs none above it.
        let complete = first == last && joined.contains('@') && !joined.starts_with('<') && (has_time(&joined) || has_verb(&joined));
        (opens || typed || complete) && has_date(&joined) && self.attributes(first, last, &joined).is_some()
    }

    /// Whether lines `first..=last`, joined, attribute what follows; and if so, whether it follows without marks.
    fn attributes(&self, first: usize, last: usize, joined: &str) -> Option<bool> {
        let trimmed = joined.trim_end_matches(['>', '*', '_', ' ', '\u{200f}']);
        let colon = trimmed.ends_with([':', '：', '៖', '։']) || trimmed.starts_with(':');
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
            // "2026/7/7 Agency <a@b.example>", "Pada 2026-07-07 10:02, Agency menulis".
            let begins = joined.starts_with(|c: char| c.is_ascii_digit()) || begins_like_one(first_words(joined));
            let bare = begins && date && (address && joined.ends_with('>') || time && has_verb(last_word(joined)));
            return (strong || without_colon || bare).then_some(false);
        }
        let whole = (date || time) && verb && address;
        let dated = date && verb && begins_like_one(joined);
        let named = joined.split_whitespace().next().is_some_and(|word| word.contains('@')) && joined.split_whitespace().count() <= 4;
        let signed = verb && joined.contains('@') && (joined.contains('<') && joined.chars().count() <= 160 || named);
        let ends = self.next(last + 1).is_none();
        (whole || dated || signed || (ends && verb && address)).then_some(true)
    }
}

/// "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:   Hi Ann,": the old mail begins in the line of its attribution.
fn leads(text: &str) -> bool {
    let Some((name, behind)) = text.split_once('@') else { return false };
    let ends = |(at, _): &(usize, &str)| {
        behind
            .get(at + 1..)
            .is_some_and(|rest| rest.starts_with("  ") && !rest.trim().is_empty())
    };
    let Some((colon, _)) = behind.match_indices(':').find(ends) else {
        return false;
    };
    let verb = behind.get(..colon).is_some_and(has_verb);
    verb && has_date(name) && has_time(name) && OPENERS.has(&lower(first_words(name).split(' ').next().unwrap_or_default()))
}

/// Enough to tell how a line begins.
fn first_words(text: &str) -> &str {
    text.match_indices(' ').nth(1).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// A sentence ends with the line: a name or a date would go on. What is abbreviated at the end of a line is short, or a month: "7 juil.".
fn begins_anew(text: &str, next: &str) -> bool {
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let dated = || {
        text.rsplit(' ')
            .nth(1)
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    };
    let opens = || {
        let first = first_words(next).split(' ').next().unwrap_or_default();
        first.starts_with(char::is_uppercase) && OPENERS.has(&lower(first))
    };
    let bare = text.trim_end_matches(['"', '”', '’', ')']);
    let stops = || bare.len() < text.len() || letters(last_word(text)) > 4 || letters(last_word(text)) == 4 && !dated() || opens();
    bare.ends_with(['?', '!']) || bare.ends_with('.') && stops()
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
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
            "Date: Tuesday\nSubject: the role\nLet us talk",
            "____________________\nAnn Lee",
            "Ana: yes\nBen: no",
            "Yes:\nAna",
        ] {
            assert_eq!(opens(text), None, "{text}");
        }
    }
}
