//! A text as words, numbers and single marks.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::message) struct Token<'a> {
    pub(in crate::message) text: &'a str,
    pub(in crate::message) kind: Piece,
    /// No blank before it.
    pub(in crate::message) glued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::message) enum Piece {
    /// Letters.
    Word,
    /// At most four digits.
    Number(u32),
    /// Any other character; also a longer run of digits, which is no part of a date.
    Mark,
}

/// Words, numbers and single marks of a text in lower case.
pub(in crate::message) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    let mut glued = false;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.trim_start();
            glued = false;
            continue;
        }
        let digit = first.is_ascii_digit();
        let same = |c: char| {
            if digit {
                c.is_ascii_digit()
            } else {
                // Characters of Japanese and Chinese dates stand alone, so that "8月12日まで" falls into its parts.
                c.is_alphabetic() && !matches!(c, '年' | '月' | '日')
            }
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (piece, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let kind = match (digit, piece.len()) {
            (true, 1..=4) => piece.parse().map_or(Piece::Mark, Piece::Number),
            (false, _) if first.is_alphabetic() => Piece::Word,
            _ => Piece::Mark,
        };
        all.push(Token { text: piece, kind, glued });
        glued = true;
        rest = tail;
    }
    all
}

impl Token<'_> {
    pub(super) fn is_word(&self) -> bool {
        self.kind == Piece::Word
    }
}

/// The number at `at`.
pub(super) fn number(tokens: &[Token<'_>], at: usize) -> Option<u32> {
    match tokens.get(at)?.kind {
        Piece::Number(number) => Some(number),
        Piece::Word | Piece::Mark => None,
    }
}

/// This text stands at `at`.
pub(super) fn is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

/// A stroke between two days.
pub(in crate::message) fn dash(tokens: &[Token<'_>], at: usize) -> bool {
    ["-", "–", "—", "‑"].iter().any(|dash| is(tokens, at, dash))
}

/// How many tokens make the number before them an ordinal: "12th", "1er", "12:e", "1º".
pub(super) fn ordinal(tokens: &[Token<'_>]) -> usize {
    let glued = |at: usize, text: &[&str]| tokens.get(at).is_some_and(|token| token.glued && text.contains(&token.text));
    if glued(1, &["st", "nd", "rd", "th", "er", "e", "º", "ª", "ème", "ste", "de"]) {
        1
    } else {
        2 * usize::from(glued(1, &[":"]) && glued(2, &["e", "a"]))
    }
}
