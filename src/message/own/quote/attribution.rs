//! "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:", in one line or broken over some.

use std::borrow::Cow;

use memchr::memchr;

use super::super::phrases::{OPENERS, begins_like_one, has_date, has_time, has_verb, verb_end};
use super::{ATTRIBUTION, Doubt, MAX_LINES, Opening, Page};

/// Longest attribution, in characters.
const MAX_CHARS: usize = 500;

/// The old mail below an attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Old {
    /// It is marked as such.
    Marked,
    /// It follows without marks.
    Follows,
    /// The same, but a person could have written the line as well: it has a day and no more.
    Perhaps,
    /// It is a sentence, and what follows is no old mail unless it is ours.
    Typed,
}

impl Page<'_> {
    /// "On … wrote:", up to four lines.
    pub(super) fn attribution(&self, n: usize) -> Option<Opening> {
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
                return Some(Opening::new(lines, true, ATTRIBUTION));
            }
            if count == 1 && leads(text) {
                return Some(Opening::new(1, true, ATTRIBUTION));
            }
            let glued = if count == 1 { self.glued(n, text) } else { None };
            // "Date: …" on a line of its own and no quote below is a list that somebody typed.
            let listed = |old: &Old| *old != Old::Marked && count > 1 && self.label(n).is_some();
            if let Some(old) = self.attributes(n, at, &joined).filter(|old| glued.is_none() && !listed(old)) {
                // A line of the writer's own above it is not part of it.
                if (n + 1..=at).any(|later| self.is_whole(later, at)) {
                    return None;
                }
                return Some(Opening {
                    doubt: match old {
                        Old::Marked | Old::Follows => Doubt::None,
                        Old::Perhaps => Doubt::Asks,
                        Old::Typed => Doubt::Keeps,
                    },
                    ..Opening::new(count, old != Old::Marked, ATTRIBUTION)
                });
            }
            if let Some(behind) = glued {
                return Some(Opening {
                    behind,
                    ..Opening::new(1, false, ATTRIBUTION)
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
                if OPENERS.has_in_any_case(first_words(text).split(' ').next().unwrap_or_default())
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
        let opens = OPENERS.has_in_any_case(first_words(text).split(' ').next().unwrap_or_default()) && has_date(text) && has_time(text);
        let ends = |at: &usize| self.text(*at).ends_with(':') && has_verb(self.text(*at));
        (next..next + 4).find(ends).filter(|_| opens).map(|last| last - n + 1)
    }

    /// "yes please On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:": where in the line the attribution begins.
    fn glued(&self, n: usize, text: &str) -> Option<usize> {
        if !(text.ends_with(':') && text.contains('@') && self.quote_follows(n)) {
            return None;
        }
        let begins = |(at, _): &(usize, &str)| {
            let rest = text.get(at + 1..).unwrap_or_default();
            let head: Vec<&str> = rest.split_whitespace().take(6).collect();
            OPENERS.has_in_any_case(head.first().unwrap_or(&""))
                && head.first().is_some_and(|word| word.starts_with(char::is_uppercase))
                && has_date(&head.join(" "))
                && has_verb(rest)
        };
        let at = text.match_indices(' ').take(200).find(begins).map(|(at, _)| at)?;
        // A rule in front of it belongs to it: "--- On".
        let words = text.get(..at).unwrap_or_default().trim_end_matches(['-', ' ']);
        (words.chars().any(char::is_alphanumeric)).then_some(words.len())
    }

    /// Lines `first..=last` are an attribution of their own, from its first word.
    fn is_whole(&self, first: usize, last: usize) -> bool {
        let joined = (first..=last).map(|n| self.text(n)).collect::<Vec<_>>().join(" ");
        let opens = joined.split_whitespace().next().is_some_and(|word| OPENERS.has_in_any_case(word));
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

    /// Whether lines `first..=last`, joined, attribute what follows; and if so, how that is marked.
    fn attributes(&self, first: usize, last: usize, joined: &str) -> Option<Old> {
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
            return Some(Old::Follows);
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
            return (strong || without_colon || bare).then_some(Old::Marked);
        }
        let whole = (date || time) && verb && address;
        let dated = date && verb && begins_like_one(joined);
        let named = joined.split_whitespace().next().is_some_and(|word| word.contains('@')) && joined.split_whitespace().count() <= 4;
        let signed = verb && joined.contains('@') && (joined.contains('<') && joined.chars().count() <= 160 || named);
        let ends = self.next(last + 1).is_none();
        let sure = whole || dated && time || signed || (ends && verb && address);
        // "On Monday 6 July 2026 Carl wrote to me directly:" goes on behind its verb, as programs do not.
        let unsure = || if goes_on(joined) { Old::Typed } else { Old::Perhaps };
        sure.then_some(Old::Follows).or(dated.then(unsure))
    }
}

/// "On Tue, 7 Jul 2026 at 10:02, Agency <a@b.example> wrote:   Hi Ann,": the old mail begins in the line of its attribution.
fn leads(text: &str) -> bool {
    let Some((name, behind)) = memchr(b'@', text.as_bytes()).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let ends = |(at, _): &(usize, &str)| {
        behind
            .get(at + 1..)
            .is_some_and(|rest| rest.starts_with("  ") && !rest.trim().is_empty())
    };
    let Some((colon, _)) = behind.match_indices(':').find(ends) else {
        return false;
    };
    let verb = behind.get(..colon).is_some_and(has_verb);
    verb && has_date(name) && has_time(name) && OPENERS.has_in_any_case(first_words(name).split(' ').next().unwrap_or_default())
}

/// Words in small letters follow the verb: no name does.
fn goes_on(text: &str) -> bool {
    let behind = verb_end(text).and_then(|end| text.get(end..)).unwrap_or_default();
    behind.split_whitespace().any(|word| word.starts_with(char::is_lowercase))
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
        first.starts_with(char::is_uppercase) && OPENERS.has_in_any_case(first)
    };
    let bare = text.trim_end_matches(['"', '”', '’', ')']);
    let stops = || bare.len() < text.len() || letters(last_word(text)) > 4 || letters(last_word(text)) == 4 && !dated() || opens();
    bare.ends_with(['?', '!']) || bare.ends_with('.') && stops()
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}
