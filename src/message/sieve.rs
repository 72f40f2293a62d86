//! Many phrases looked for in one text at once. Most texts hold none of them, and that is told by one look at each of its places.
//!
//! In: a list of phrases with `|` between them. Out: whether one of them stands in a text. Each phrase is known by four bytes of it, the
//! rarest; where four such bytes stand, the phrases with them are compared.

/// The bytes that a phrase is known by.
const PIECE: usize = 4;
/// The most common letters, the rarest of them last.
const COMMON: &[u8] = b" enairtsoldhu";
/// Bits for each phrase: nearly all of them stay unset.
const BITS: usize = 64;

pub(super) struct Sieve {
    /// A bit for each piece, by its hash.
    bits: Vec<u64>,
    /// So many bits of a hash are too many.
    shift: u32,
    /// In their order.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    bytes: u32,
    /// Where its phrase begins in the list and ends, and how far from its beginning the piece stands.
    start: usize,
    end: usize,
    at: usize,
}

impl Sieve {
    /// `None` when a phrase is shorter than what they are known by.
    pub(super) fn new(list: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for phrase in list.split('|') {
            let end = start + phrase.len();
            let (at, bytes) = rarest(phrase.as_bytes())?;
            pieces.push(Piece { bytes, start, end, at });
            start = end + 1;
        }
        pieces.sort_unstable();
        let size = (pieces.len() * BITS).next_power_of_two();
        let mut all = Self {
            bits: vec![0; size / 64],
            shift: u32::BITS - size.trailing_zeros(),
            pieces: Vec::new(),
        };
        for piece in &pieces {
            let (word, bit) = all.place(piece.bytes);
            if let Some(word) = all.bits.get_mut(word) {
                *word |= bit;
            }
        }
        Some(Self { pieces, ..all })
    }

    /// True when a phrase of the list stands in a text.
    pub(super) fn finds(&self, list: &str, text: &str) -> bool {
        let (list, text) = (list.as_bytes(), text.as_bytes());
        let mut windows = text.windows(PIECE).enumerate();
        windows.any(|(at, window)| piece(window).is_some_and(|bytes| self.may_be(bytes) && self.stands(list, text, at, bytes)))
    }

    /// Which word of `bits` a piece has its bit in, and that.
    fn place(&self, bytes: u32) -> (usize, u64) {
        let hash = bytes.wrapping_mul(0x9e37_79b1) >> self.shift;
        ((hash / 64) as usize, 1 << (hash % 64))
    }

    fn may_be(&self, bytes: u32) -> bool {
        let (word, bit) = self.place(bytes);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }

    /// A phrase with this piece stands around it.
    fn stands(&self, list: &[u8], text: &[u8], at: usize, bytes: u32) -> bool {
        let first = self.pieces.partition_point(|piece| piece.bytes < bytes);
        let mut same = self.pieces.iter().skip(first).take_while(|piece| piece.bytes == bytes);
        same.any(|piece| {
            let rest = at.checked_sub(piece.at).and_then(|start| text.get(start..));
            rest.zip(list.get(piece.start..piece.end))
                .is_some_and(|(rest, phrase)| rest.starts_with(phrase))
        })
    }
}

fn piece(window: &[u8]) -> Option<u32> {
    window.try_into().ok().map(u32::from_le_bytes)
}

/// The piece of a phrase that the fewest texts have, and where it stands.
fn rarest(phrase: &[u8]) -> Option<(usize, u32)> {
    let common = |byte: &u8| COMMON.iter().rev().position(|common| common == byte).map_or(0, |rank| rank + 1);
    let windows = phrase.windows(PIECE).enumerate();
    let (at, window) = windows.min_by_key(|(_, window)| window.iter().map(common).sum::<usize>())?;
    Some((at, piece(window)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_wherever_they_stand() {
        let list = "out of office|office hours|no longer with|büro nicht|自動返信です|aaaa";
        let sieve = Sieve::new(list).unwrap();
        for phrase in list.split('|') {
            for text in [
                phrase.to_owned(),
                format!("{phrase} x"),
                format!("ou out {phrase}"),
                format!("x{phrase}{phrase}"),
            ] {
                assert!(sieve.finds(list, &text), "{text}");
            }
            let (first, last) = (phrase.chars().next().unwrap(), phrase.chars().last().unwrap());
            for text in [phrase.strip_prefix(first).unwrap(), phrase.strip_suffix(last).unwrap()] {
                assert!(!sieve.finds(list, text), "{text}");
            }
        }
        assert!(!sieve.finds(list, "") && !sieve.finds(list, "out of hours, no office with longer nights"));
        assert!(Sieve::new("cat|goat").is_none() && Sieve::new("").is_none());
    }
}
