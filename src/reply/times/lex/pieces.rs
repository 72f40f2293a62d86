//! Text → runs of letters, runs of digits, and marks; and runs of them that are telephone numbers.
//!
//! In: a text. Out: pieces with their places.
//! Never here: what a piece means.

/// A run of letters, of digits, or a single mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) glued: bool,
}

/// Words that lean on the next one: "l'après-midi", "dell'ufficio".
const ELIDED: [&str; 18] = [
    "l", "d", "j", "m", "t", "n", "c", "qu", "jusqu", "lorsqu", "dell", "all", "nell", "dall", "sull", "un", "quest", "quell",
];

/// Splits a text into runs of letters, runs of digits, and marks.
pub(super) fn raw(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::with_capacity(text.len() / 4);
    let mut rest = text.char_indices().peekable();
    let mut glued = false;
    while let Some((at, first)) = rest.next() {
        if first.is_whitespace() && first != '\n' {
            glued = false;
            continue;
        }
        let mut end = at + first.len_utf8();
        if first.is_ascii_digit() {
            while let Some((next, _)) = rest.next_if(|(_, c)| c.is_ascii_digit()) {
                end = next + 1;
            }
        } else if first.is_alphabetic() {
            while let Some((next, c)) =
                rest.next_if(|&(next, c)| c.is_alphabetic() || apostrophe(c) && !elided(text, at, next) && letter_follows(text, next, c))
            {
                end = next + c.len_utf8();
            }
        }
        out.push(Piece {
            text: text.get(at..end).unwrap_or_default(),
            at,
            glued,
        });
        glued = first != '\n';
    }
    out
}

const fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | '\u{300}'..='\u{36f}')
}

fn elided(text: &str, start: usize, end: usize) -> bool {
    let word = text.get(start..end).unwrap_or_default();
    ELIDED.iter().any(|short| word.eq_ignore_ascii_case(short))
}

fn letter_follows(text: &str, at: usize, c: char) -> bool {
    let next = text.get(at + c.len_utf8()..).and_then(|tail| tail.chars().next());
    matches!(c, '\u{300}'..='\u{36f}') || next.is_some_and(char::is_alphabetic)
}

/// A telephone number: groups of digits, nine or more of them, or seven as 3 and 4; how many pieces it takes.
pub(super) fn phone(pieces: &[Piece<'_>], at: usize) -> Option<usize> {
    let digits = |at: usize| {
        let text = pieces.get(at)?.text;
        text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text.len())
    };
    let mut next = at;
    // No more stand before a number; a longer run of them is none.
    while next < at + 3 && matches!(pieces.get(next).map(|piece| piece.text), Some("+" | "(")) {
        next += 1;
    }
    let mut groups = Vec::new();
    // No number has more groups; a longer run of digits is none.
    while let Some(length) = digits(next).filter(|_| groups.len() < 12) {
        groups.push(length);
        next += 1;
        let mut joint = next;
        while joint < next + 2 && matches!(pieces.get(joint).map(|piece| piece.text), Some("-" | "." | ")" | "(" | "/" | "‑")) {
            joint += 1;
        }
        if digits(joint).is_none() {
            break;
        }
        next = joint;
    }
    if hours(pieces, at, next) {
        return None;
    }
    let all: usize = groups.iter().sum();
    let date = groups.len() == 3
        && groups.iter().filter(|length| **length == 4).count() == 1
        && groups.iter().all(|length| matches!(length, 1 | 2 | 4));
    let long = groups.iter().any(|length| *length >= 3) && groups.len() <= 7;
    // "06 12 34 56 78", "0000 / 48 12-30": no date and no hours begin so.
    let begins_with_zero = pieces.get(at).is_some_and(|piece| piece.text.starts_with('0')) && all >= 9;
    // No date and hour: "03.08.17 07.23" is parted in two ways.
    let pairs = groups.len() == 5 && groups.iter().all(|length| *length == 2) && evenly(pieces, at, next);
    let zeros = begins_with_zero && (pairs || groups.first().is_some_and(|length| *length >= 3) && !date) && !all_hours(pieces, at, next);
    let led = || led_by_a_word_for_it(pieces, at) && !all_hours(pieces, at, next);
    let number = zeros
        || all >= 6 && groups.len() >= 2 && groups.iter().all(|length| *length <= 8) && led()
        || all >= 9 && long && !groups.iter().all(|length| matches!(length, 1 | 2 | 4))
        || all >= 9 && groups.iter().any(|length| *length >= 5)
        || groups == [3, 4]
        || groups == [4, 3, 3]
        || groups.len() >= 4 && all >= 10 && long && at < next && pieces.get(at).is_some_and(|piece| piece.text == "+");
    (number && !date).then_some(next - at)
}

/// "0900 / 1000 / 1100", "14.30-15.30", "24.11. 14.00": nothing but hours and days.
fn all_hours(pieces: &[Piece<'_>], at: usize, end: usize) -> bool {
    let digits = pieces.get(at..end).unwrap_or_default().iter().filter_map(|piece| {
        let value: u32 = piece.text.parse().ok()?;
        Some((piece.text.len(), value))
    });
    let groups: Vec<(usize, u32)> = digits.collect();
    let clock = |hour: u32, minute: u32| hour < 24 && minute < 60 && minute.is_multiple_of(5);
    let date = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let whole = |(length, value): &(usize, u32)| matches!(length, 3 | 4) && clock(value / 100, value % 100);
    let parted = |pair: &[(usize, u32)]| matches!(pair, [(1 | 2, a), (1 | 2, b)] if clock(*a, *b) || date(*a, *b));
    groups.iter().all(whole) || groups.len().is_multiple_of(2) && groups.chunks(2).all(parted)
}

/// Five groups with nothing between them, or the same mark between all.
fn evenly(pieces: &[Piece<'_>], at: usize, end: usize) -> bool {
    let mark = |at: usize| pieces.get(at).map(|piece| piece.text);
    end == at + 5 || end == at + 9 && [3, 5, 7].into_iter().all(|next| mark(at + next) == mark(at + 1))
}

/// Words that stand before a telephone number, in all languages.
const PHONES: [&str; 26] = [
    "tel",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "téléphone",
    "telephone",
    "telefoon",
    "fon",
    "phone",
    "fax",
    "mobil",
    "mobile",
    "mob",
    "handy",
    "cell",
    "cel",
    "celular",
    "cellulare",
    "portable",
    "gsm",
    "tlf",
    "tfno",
    "telemóvel",
    "móvil",
    "durchwahl",
];

/// "Tel. 22 41-15", "Mobil: (0) 48 12 30".
fn led_by_a_word_for_it(pieces: &[Piece<'_>], at: usize) -> bool {
    const MARKS: usize = 4;
    let before = (at.saturating_sub(MARKS)..at).rev().filter_map(|at| pieces.get(at));
    let mut words = before.skip_while(|piece| matches!(piece.text, "." | ":" | "(" | "+" | "/" | "-"));
    words
        .next()
        .is_some_and(|piece| PHONES.contains(&piece.text.to_lowercase().as_str()))
}

/// "930-1130": two times of day, the second later, each at a five minutes' mark.
fn hours(pieces: &[Piece<'_>], at: usize, end: usize) -> bool {
    let minute = |at: usize| {
        let text = pieces.get(at)?.text;
        let value: u32 = text.parse().ok()?;
        (matches!(text.len(), 3 | 4) && value / 100 < 24 && value % 100 < 60 && value.is_multiple_of(5)).then_some(value)
    };
    end == at + 3
        && pieces.get(at + 1).is_some_and(|joint| matches!(joint.text, "-" | "‑"))
        && matches!((minute(at), minute(at + 2)), (Some(from), Some(to)) if from < to || to < 1200)
}
