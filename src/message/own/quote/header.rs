//! "From: … Sent: … To: … Subject: …": a header that stands in the text.

use super::super::labels::{Kind, Label, kind_of};
use super::super::phrases::{has_date, has_time, one_line_header};
use super::{Opening, Page};

impl<'s> Page<'s> {
    /// "From: … Sent: … To: … Subject: …" in any of the languages, labels bold or not, one blank line between them allowed.
    pub(super) fn header_block(&self, n: usize) -> Option<Opening> {
        let first = self.label(n)?;
        if self.text(n).len() > 40 && one_line_header(self.text(n)) {
            return Some(Opening::new(1, true, "header block"));
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
        (enough && (first.kind.has(Kind::FROM) || date || subject)).then_some(Opening::new(last - n + 1, true, "header block"))
    }

    /// `From "Agency" <a@b.example>`, "To …", "Date …", "Subject …": labels without colons, as some programs write them below a line that says
    /// what follows; how many lines that takes.
    pub(super) fn bare_fields(&self, n: usize) -> Option<usize> {
        /// From, To, Cc, Date and Subject, with lists of people that run over.
        const MOST: usize = 8;
        let lines = (n..n + MOST).take_while(|at| !self.text(*at).is_empty());
        let fields: Vec<Label<'_>> = lines.map_while(|at| bare_label(self.text(at))).collect();
        let has = |kind: u8, is: fn(&str) -> bool| fields.iter().any(|field| field.kind.has(kind) && is(field.value));
        let whole = has(Kind::FROM, |value| value.contains('@')) && has(Kind::DATE, has_date);
        (fields.len() >= 3 && whole).then_some(fields.len())
    }
}

/// The label that a line begins with where no colon stands behind it, and what follows.
fn bare_label(text: &str) -> Option<Label<'_>> {
    let (name, value) = text.split_once(' ')?;
    kind_of(name).map(|kind| Label { kind, value })
}

fn seen_enough(seen: u8) -> bool {
    seen & Kind::SUBJECT != 0 && seen & Kind::FROM != 0
}
