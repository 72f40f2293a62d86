//! "-----Original Message-----", "---- On … wrote ----", "---------- Forwarded message ----------": a line of signs with words in it.

use super::super::labels::{Kind, label};
use super::super::phrases::{begins_original, forward_words, has_date, has_time, has_verb, one_line_header, original_words};
use super::{MAX_LINES, Opening, Page};

impl Page<'_> {
    /// "-----Original Message-----", a rule of underscores above a header block, `---- On … wrote ----`.
    pub(super) fn separator(&self, n: usize, text: &str) -> Option<Opening> {
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
                return Some(Opening::new(last - n + 1, !self.quote_follows(last), "original message line"));
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
            return near
                .is_some_and(|near| has_date(near) && has_time(near))
                .then_some(Opening::new(2, true, "original message line"));
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
                forwarded: forward_words(text),
                ..Opening::new(1, true, "original message line")
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
        let fields = self
            .next(n + 1)
            .filter(|next| known && next - n <= 2)
            .and_then(|next| self.bare_fields(next).map(|lines| next - n + lines));
        if let Some(lines) = fields {
            return Some(Opening {
                forwarded,
                ..Opening::new(lines, !self.quote_follows(n + lines - 1), "original message line")
            });
        }
        let dated = has_date(bare) && (has_verb(bare) || bare.contains('@'));
        let named = edge >= 4 && chars <= 80 && has_verb(bare);
        (known || dated || named).then_some(Opening {
            forwarded,
            ..Opening::new(1, !self.quote_follows(n), "original message line")
        })
    }
}
