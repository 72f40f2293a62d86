//! The hashes of words and of rows of words: eight letters are mixed in at once.
//!
//! In: the letters of a word, in lower case and without accents, or the hashes of several words. Out: numbers that are the same where those
//! are. Never here: what a letter or a word is, but for the plain ones that a text begins with.

/// What hashes begin with, and what they are multiplied by: the numbers of FNV-1a, and the golden ratio for single words.
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of several words in a row.
pub(super) fn combined(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(START, |sum, hash| (sum.rotate_left(7) ^ hash).wrapping_mul(PRIME))
}

/// The hash of a word, letter by letter: eight bytes are mixed in at once, so that a plain word can be taken whole.
#[derive(Clone, Copy)]
pub(super) struct Hash {
    sum: u64,
    /// Letters that are not mixed in yet, the first in the lowest byte.
    chunk: u64,
    bits: u32,
}

impl Hash {
    pub(super) const NEW: Self = Self {
        sum: START,
        chunk: 0,
        bits: 0,
    };

    /// One more letter, in lower case and without its accent.
    pub(super) fn with(mut self, letter: char) -> Self {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            self.chunk |= u64::from(byte) << self.bits;
            self.bits += 8;
            if self.bits == u64::BITS {
                self = Self {
                    sum: mixed(self.sum, self.chunk),
                    ..Self::NEW
                };
            }
        }
        self
    }

    pub(super) fn finish(self) -> u64 {
        if self.bits == 0 { self.sum } else { mixed(self.sum, self.chunk) }
    }
}

fn mixed(sum: u64, chunk: u64) -> u64 {
    let product = (sum.rotate_left(23) ^ chunk).wrapping_mul(FACTOR);
    product ^ (product >> 32)
}

/// The hash of the letters and digits that a text begins with, which are ASCII, and how many these are; no more than sixteen are looked at.
pub(super) fn plain_word(text: &[u8]) -> (u64, usize) {
    let first = eight(text);
    let length = alphanumerics(first);
    let sum = mixed(START, lower(first, length));
    if length < 8 {
        return (sum, length);
    }
    let second = eight(text.get(8..).unwrap_or_default());
    let more = alphanumerics(second);
    if more == 0 {
        return (sum, length);
    }
    (mixed(sum, lower(second, more)), length + more)
}

/// The first eight bytes of a text, the first in the lowest byte; zeros behind its end.
fn eight(text: &[u8]) -> u64 {
    let whole = text.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    whole.unwrap_or_else(|| text.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte)))
}

/// How many of eight bytes are ASCII letters and digits, up to the first that is none.
fn alphanumerics(bytes: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = EACH << 7;
    // Of bytes below 128 the highest bit of a sum tells which are at least so much, and nothing is carried into the next.
    let plain = bytes & !HIGH;
    let from = |bytes: u64, least: u8| bytes + EACH * u64::from(0x80 - least);
    let letters = from(plain | EACH << 5, b'a') & !from(plain | EACH << 5, b'z' + 1);
    let digits = from(plain, b'0') & !from(plain, b'9' + 1);
    let others = !((letters | digits) & !bytes) & HIGH;
    others.trailing_zeros() as usize / 8
}

/// So many of eight ASCII letters and digits in lower case, zeros behind them. The bit that makes a letter small is set in all digits.
fn lower(bytes: u64, length: usize) -> u64 {
    let kept = if length < 8 { (1 << (8 * length)) - 1 } else { u64::MAX };
    (bytes | 0x2020_2020_2020_2020) & kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_taken_whole_is_the_word_taken_letter_by_letter() {
        let word = "Interested0in1Z9";
        for length in 1..=word.len() {
            let word = word.get(..length).unwrap();
            let slow = word.chars().fold(Hash::NEW, |hash, c| hash.with(c.to_ascii_lowercase())).finish();
            for behind in ["", " ", "@", "[", "`", "{", "/", ":", "é and more", "\u{7f}and more"] {
                assert_eq!(plain_word(format!("{word}{behind}").as_bytes()), (slow, length), "{word}{behind}");
            }
        }
        assert_eq!(plain_word("élan".as_bytes()).1, 0);
        assert_ne!(plain_word(b"abcdefgh").0, plain_word(b"abcdefghi").0);
    }
}
