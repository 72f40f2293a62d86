//! Where tags and comments end, found once however often it is asked: a page full of tags that never end is read as fast as any other.

use std::ops::Range;

use memchr::{memchr, memmem};

/// A tag longer than this has lost a quote.
const LONGEST_TAG: usize = 20_000;

/// A page that has lost so many is not written by a mail program: there, quotes mean nothing.
const MOST_LOST: usize = 16;

/// The next places of what ends a tag, so that a page full of tags that never end is read as fast as any other.
#[derive(Default)]
pub(super) struct Ahead {
    close: Place,
    double: Place,
    single: Place,
    comment: Option<usize>,
    /// How many tags had a quote that never closes.
    lost: usize,
}

/// The first place of a byte from a point on, kept until the reader has passed it.
#[derive(Default)]
struct Place(Option<Range<usize>>);

impl Place {
    /// The end of `page` when there is none.
    fn next(&mut self, byte: u8, page: &[u8], from: usize) -> usize {
        if let Some(known) = self.0.as_ref().filter(|known| known.start <= from && from <= known.end) {
            return known.end;
        }
        let rest = page.get(from..).unwrap_or_default();
        let at = from + memchr(byte, rest).unwrap_or(rest.len());
        self.0 = Some(from..at);
        at
    }
}

impl Ahead {
    /// Where the tag ends: the first `>` outside quotes, or the first at all when a quote never closes.
    pub(super) fn tag_end(&mut self, page: &[u8], start: usize) -> Option<usize> {
        let first = self.close.next(b'>', page, start);
        if first == page.len() {
            return None;
        }
        let near = page.len().min(start + LONGEST_TAG);
        let mut at = start;
        while self.lost < MOST_LOST {
            let close = self.close.next(b'>', page, at);
            let (double, single) = (self.double.next(b'"', page, at), self.single.next(b'\'', page, at));
            let quote = double.min(single);
            if close < quote && close < near {
                return Some(close);
            }
            if quote >= near {
                break;
            }
            at = quote + 1;
            if quote > start && page.get(quote - 1) == Some(&b'=') {
                let closing = if quote == double {
                    self.double.next(b'"', page, at)
                } else {
                    self.single.next(b'\'', page, at)
                };
                if closing >= near {
                    break;
                }
                at = closing + 1;
            }
        }
        self.lost += 1;
        Some(first)
    }

    /// The byte behind the comment that begins here.
    pub(super) fn comment_end(&mut self, page: &str, start: usize) -> Option<usize> {
        let known = self.comment.filter(|end| *end >= start);
        let end = known.unwrap_or_else(|| {
            let rest = page.get(start..).unwrap_or_default();
            start + memmem::find(rest.as_bytes(), b"-->").unwrap_or(rest.len())
        });
        self.comment = Some(end);
        (end < page.len()).then_some(end + 3)
    }
}
