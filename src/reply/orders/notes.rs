//! Notes that go on over several sentences, and titles that order nothing.
//!
//! In: drafts in the order of the text. Out: drafts without what a note or a mail's body has made idle. Never here: a note that swallows what
//! may steer.

use super::Wish;
use super::kind::Kind;
use super::line::Line;
use super::reader::{Draft, Reader, What};

impl Reader<'_> {
    /// "Amelie, Thursday" above a mail that says what is wanted is its title.
    pub(super) fn titles(&mut self) {
        let head = self.head;
        let is_title =
            |draft: &Draft| draft.bytes.start < head && (draft.what == What::Ask || matches!(draft.kind, Kind::Times | Kind::Note));
        let figures = |draft: &Draft| draft.kind == Kind::Report && draft.bytes.start >= head;
        if self.drafts.iter().any(figures) {
            self.drafts.retain(|draft| draft.bytes.start >= head || draft.kind != Kind::Report);
        }
        if self.drafts.iter().any(|draft| draft.bytes.start >= head) {
            self.drafts.retain(|draft| !is_title(draft));
        }
    }

    /// Where the whole mail is a note, nothing else in it is an order.
    pub(super) fn only_the_note(&mut self) -> bool {
        let whole = self.text.trim().len();
        let of_all = |draft: &Draft| draft.kind == Kind::Note && matches!(&draft.what, What::Do(Wish::Note(text)) if text.len() == whole);
        let note = self.drafts.iter().find(|draft| of_all(draft)).cloned();
        let noted = note.is_some();
        if let Some(note) = note {
            self.drafts = vec![note];
        }
        noted
    }

    /// "Note: she hates mornings. Keith drives an hour.": where nothing else is ordered, a note goes on to the end.
    pub(super) fn long_note(&mut self) {
        let alone = self.drafts.iter().all(|draft| draft.kind == Kind::Note);
        let Some(Draft { what, line: 0, bytes, .. }) = self.drafts.first_mut().filter(|_| alone) else {
            return;
        };
        if let What::Do(Wish::Note(text)) = what {
            // What may steer is no part of a note.
            if self.lines.iter().skip(1).any(Line::may_steer) {
                return;
            }
            let whole = self.text.trim_end();
            let more = whole.get(bytes.end..).unwrap_or_default();
            text.push_str(more);
            bytes.end = bytes.end.max(whole.len());
            self.drafts.truncate(1);
            for line in &mut self.lines {
                line.used = true;
            }
            self.served = (0..self.asked.candidates.len()).collect();
        }
    }
}
