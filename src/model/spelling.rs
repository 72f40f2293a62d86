//! Words as they are compared where somebody is looked for: in whatever way a text spells or encodes them.
//!
//! In: a text. Out: its words, each with where it stands and the ways in which it may be meant. Case and accents are no difference, an umlaut is
//! the two letters that are written for it ("Müller", "Mueller"), and a letter in a link or in a field that was not decoded is that letter
//! ("Kova%C4%8D", "Kova=C4=8D", "Kova&#269;"). Never here: who is looked for.

use std::ops::Range;

use super::text::push_unaccented;

/// Octets of one letter (RFC 3629 3).
const OCTETS: usize = 4;
/// Characters of a reference to one in HTML, between `&#` and `;`.
const REFERENCE: usize = 7;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it stands.
    pub(super) at: Range<usize>,
    /// In lower case, without accents.
    pub(super) plain: String,
    /// With two letters for an umlaut, where that is something else.
    pub(super) long: Option<String>,
    /// It begins with a capital.
    pub(super) capital: bool,
    /// It has letters in lower case.
    pub(super) has_lower: bool,
    /// Its letters and digits.
    pub(super) letters: usize,
}

impl Word {
    /// The ways in which it may be written.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.plain.as_str()).chain(self.long.as_deref())
    }

    /// It begins with a small letter and has no other.
    pub(super) const fn is_small(&self) -> bool {
        self.has_lower && !self.capital
    }
}

/// A word that is not at its end yet.
struct Open {
    from: usize,
    plain: String,
    long: String,
    capital: bool,
    has_lower: bool,
    letters: usize,
}

impl Open {
    const fn at(from: usize) -> Self {
        Self {
            from,
            plain: String::new(),
            long: String::new(),
            capital: false,
            has_lower: false,
            letters: 0,
        }
    }

    fn push(&mut self, c: char) {
        self.capital |= self.letters == 0 && c.is_uppercase();
        self.has_lower |= c.is_lowercase();
        self.letters += usize::from(c.is_alphanumeric());
        for c in c.to_lowercase() {
            push_unaccented(&mut self.plain, c);
            match c {
                'ä' => self.long.push_str("ae"),
                'ö' | 'ø' => self.long.push_str("oe"),
                'ü' => self.long.push_str("ue"),
                'å' => self.long.push_str("aa"),
                'đ' => self.long.push_str("dj"),
                '\u{308}' if self.long.ends_with(['a', 'o', 'u']) => self.long.push('e'),
                '\u{30a}' if self.long.ends_with('a') => self.long.push('a'),
                _ => push_unaccented(&mut self.long, c),
            }
        }
    }

    fn end(self, to: usize) -> Word {
        Word {
            at: self.from..to,
            long: (self.long != self.plain).then_some(self.long),
            plain: self.plain,
            capital: self.capital,
            has_lower: self.has_lower,
            letters: self.letters,
        }
    }
}

/// The words of a text, from left to right.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut open: Option<Open> = None;
    let mut at = 0;
    while let Some((c, length)) = letter_at(text, at) {
        let mark = matches!(c, '\u{300}'..='\u{36f}') && open.is_some();
        if c.is_alphanumeric() || mark {
            open.get_or_insert_with(|| Open::at(at)).push(c);
        } else {
            found.extend(open.take().map(|word| word.end(at)));
        }
        at += length;
    }
    found.extend(open.map(|word| word.end(at)));
    found
}

/// The letter that stands or is meant at a place, and how many octets of the text it takes.
fn letter_at(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let c = rest.chars().next()?;
    let coded = match c {
        '%' | '=' => escaped(rest, c),
        '&' => referred(rest),
        _ => None,
    };
    Some(coded.unwrap_or((c, c.len_utf8())))
}

/// `%C4%8D`, `=C4=8D`. After an equals sign only what no ASCII character is: "a=20" is the number.
fn escaped(rest: &str, sign: char) -> Option<(char, usize)> {
    let mut octets = Vec::with_capacity(OCTETS);
    let mut parts = rest.split(sign).skip(1);
    while octets.len() < OCTETS {
        let octet = parts.next().and_then(|part| part.get(..2).map(|hex| (hex, part.len() == 2)));
        let Some((hex, alone)) = octet else { break };
        let Ok(octet) = u8::from_str_radix(hex, 16) else { break };
        octets.push(octet);
        if let Some(c) = std::str::from_utf8(&octets).ok().and_then(|text| text.chars().next()) {
            return (sign == '%' || !c.is_ascii()).then_some((c, octets.len() * 3));
        }
        if !alone {
            break;
        }
    }
    None
}

/// `&#269;`, `&#x10D;`.
fn referred(rest: &str) -> Option<(char, usize)> {
    let digits: usize = rest
        .bytes()
        .skip(2)
        .take(REFERENCE + 1)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let number = rest.strip_prefix("&#")?.get(..digits).filter(|number| number.len() <= REFERENCE)?;
    if rest.as_bytes().get(digits + 2) != Some(&b';') {
        return None;
    }
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    Some((char::from_u32(code.ok()?)?, number.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_written_in_many_ways() {
        for (text, plain, long) in [
            ("Kovač", "kovac", None),
            ("Kovac\u{30c}", "kovac", None),
            ("KOVAČ", "kovac", None),
            ("Kova%C4%8D", "kovac", None),
            ("Kova=C4=8D", "kovac", None),
            ("Kova&#269;", "kovac", None),
            ("Kova&#x10D;", "kovac", None),
            ("Müller", "muller", Some("mueller")),
            ("Mu\u{308}ller", "muller", Some("mueller")),
            ("M%C3%BCller", "muller", Some("mueller")),
            ("Größe", "grosse", Some("groesse")),
            ("Løvås", "lovas", Some("loevaas")),
            ("Łukasz", "lukasz", None),
            ("Nguyễn", "nguyen", None),
            ("Đorđe", "dorde", Some("djordje")),
        ] {
            let found = words(text);
            let [word] = found.as_slice() else { panic!("{text}: {found:?}") };
            assert_eq!(
                (word.plain.as_str(), word.long.as_deref(), word.at.clone()),
                (plain, long, 0..text.len())
            );
        }
    }

    #[test]
    fn what_only_looks_like_a_letter_parts_words() {
        for (text, all) in [
            ("Ana%20Kova%C4%8D", vec!["ana", "kovac"]),
            ("to=20 %zz% 100%", vec!["to", "20", "zz", "100"]),
            ("a%C4 b=C4", vec!["a", "c4", "b", "c4"]),
            ("x&#1;y &#xffffffff; &#;", vec!["x", "y", "xffffffff"]),
            ("\u{301}o", vec!["o"]),
            ("=?utf-8?Q?Ana_Kova=C4=8D?=", vec!["utf", "8", "q", "ana", "kovac"]),
        ] {
            let found: Vec<String> = words(text).into_iter().map(|word| word.plain).collect();
            assert_eq!(found, all, "{text}");
        }
    }
}
