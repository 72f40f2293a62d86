//! Notes that go on over several sentences, and titles that order nothing.
//!
//! In: drafts in the order of the text. Out: drafts without what a note or a mail's body has made idle. Never here: a note that swallows what
//! may steer.

use super::kind::Kind;
use super::line::Line;
use super::reader::{Draft, Reader, What};
use super::{Wish, table};

impl Reader<'_> {
    /// "Amelie, Thursday" above a mail that says what is wanted is its title.
    pub(super) fn titles(&mut self) {
        let head = self.head;
        let is_title =
            |draft: &Draft| draft.bytes.start < head && (draft.what == What::Ask || matches!(draft.kind, Kind::Times | Kind::Note));
        // "Interview Ana" says what the mail is about; that she is wanted is said in it, or not.
        let names = |draft: &Draft| {
            let line = self.lines.get(draft.line);
            draft.bytes.start < head
                && draft.kind.decision().is_some()
                && line.is_some_and(|line| table::is("title_only", &line.written.text))
        };
        let keep: Vec<bool> = self.drafts.iter().map(|draft| !names(draft)).collect();
        let mut keep = keep.into_iter();
        self.drafts.retain(|_| keep.next().unwrap_or(true));
        let figures = |draft: &Draft| draft.kind == Kind::Report && draft.bytes.start >= head;
        if self.drafts.iter().any(figures) {
            self.drafts.retain(|draft| draft.bytes.start >= head || draft.kind != Kind::Report);
        }
        if self.drafts.iter().any(|draft| draft.bytes.start >= head) {
            self.drafts.retain(|draft| !is_title(draft));
        }
    }

    /// "FYI, she had asked to cancel. He's coming after all, so we're good as is.": nothing changes, and nothing is to be kept.
    pub(super) fn nothing_to_note(&mut self) {
        let stays = self.lines.iter().any(|line| table::is("stays_so", &line.written.text));
        let only = |draft: &Draft| {
            draft.kind == Kind::Note && {
                let line = self.lines.get(draft.line);
                line.is_some_and(|line| table::is("begins_fyi", &line.written.text))
            }
        };
        let noted = self.drafts.iter().any(only);
        if stays && noted && self.drafts.iter().all(only) {
            self.drafts.clear();
            self.leaves = true;
            self.served = (0..self.asked.candidates.len()).collect();
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
