//! Days as people write them: "12 August", "4.1.", "Monday 7 Dec", "el lunes 14".
//!
//! In: words of a text in lower case, and the day it was written. Out: a day, and how many words name it.
//! Never here: a guess which of two days is meant when the text does not lean to one of them, or why a day is named.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::tables::{Section, Span, TABLES};

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Piece,
    /// No blank before it.
    pub(super) glued: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Letters.
    Word,
    /// At most four digits.
    Number(u32),
    /// Any other character; also a longer run of digits, which is no part of a date.
    Mark,
}

/// Words, numbers and single marks of a text in lower case.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
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
    fn is_word(&self) -> bool {
        self.kind == Piece::Word
    }
}

/// A day named in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) day: NaiveDate,
    /// How many tokens it takes.
    pub(super) used: usize,
    /// The last of several days: "July 6-17".
    pub(super) ends_a_range: bool,
}

/// Reads days in a text written on `sent`.
pub(super) struct Reader {
    pub(super) sent: NaiveDate,
    /// `8/10` may be the tenth of August.
    pub(super) month_may_come_first: bool,
}

/// Words of the longest phrase before a number, or of "next week".
const LONGEST_PHRASE: usize = 4;

impl Reader {
    /// The day named at the start of `tokens`.
    pub(super) fn day_at(&self, tokens: &[Token<'_>]) -> Option<Named> {
        self.in_digits(tokens)
            .or_else(|| self.day_and_month(tokens))
            .or_else(|| self.month_and_day(tokens))
            .or_else(|| self.by_weekday(tokens))
            .or_else(|| self.by_word(tokens))
            .or_else(|| self.by_span(tokens))
    }

    /// A bare day of a month, "the 14th", "el 14", which only counts right behind a word of coming back.
    pub(super) fn bare_day(&self, tokens: &[Token<'_>], behind_article: bool) -> Option<Named> {
        let day = number(tokens, 0).filter(|day| (1..=31).contains(day))?;
        let suffix = ordinal(tokens);
        let dot = is(tokens, 1, ".") && !matches!(tokens.get(2).map(|next| next.kind), Some(Piece::Number(_)));
        let is_ordinal = suffix > 0 || dot;
        let counts = tokens.get(1 + suffix).is_some_and(|next| {
            TABLES.list(Section::Unit).has(next.text) || matches!(next.text, ":" | "%" | "/" | "-") || matches!(next.kind, Piece::Number(_))
        });
        let named = next_with(self.sent, |date| date.day() == day)?;
        ((is_ordinal || behind_article) && !counts).then_some(Named {
            day: named,
            used: 1 + suffix + usize::from(dot),
            ends_a_range: false,
        })
    }

    /// A month without a day: its first one, or its last. "May" alone is more often no month.
    pub(super) fn month(&self, tokens: &[Token<'_>], last: bool) -> Option<Named> {
        let first = tokens.first()?;
        let month = TABLES.month(first.text)?;
        let year = number(tokens, 1).filter(|year| (2000..=2200).contains(year));
        if first.text == "may" && year.is_none() || year.is_none() && number(tokens, 1).is_some() {
            return None;
        }
        let used = 1 + usize::from(year.is_some());
        let start = match year {
            Some(year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1)?,
            None => self.next(month, 1)?,
        };
        let day = if last {
            start.checked_add_months(Months::new(1))?.pred_opt()?
        } else {
            start
        };
        Some(named(day, used))
    }

    /// `2026-07-31`, `31.7.2026`, `31.7.`, `7/31/26`, `31/7`, `2026年7月31日`, `7月31日`.
    fn in_digits(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let first = number(tokens, 0)?;
        let separator = tokens.get(1).filter(|mark| mark.glued)?.text;
        if separator == "月" {
            let day = number(tokens, 2)?;
            let used = 3 + usize::from(is(tokens, 3, "日"));
            return self.next(first, day).map(|day| named(day, used));
        }
        // Some put a blank behind the dots: `3. 8. 2026`.
        let close = |at: usize| tokens.get(at).is_some_and(|token| token.glued || separator == ".");
        let second = number(tokens, 2).filter(|_| close(2))?;
        let third = number(tokens, 4).filter(|_| close(4) && (is(tokens, 3, separator) || separator == "年" && is(tokens, 3, "月")));
        if first > 1900 {
            let used = 5 + usize::from(is(tokens, 5, "日"));
            return matches!(separator, "-" | "/" | "." | "年")
                .then(|| NaiveDate::from_ymd_opt(i32::try_from(first).ok()?, second, third?))
                .flatten()
                .map(|day| named(day, used));
        }
        // `12.08.2026` has a year of two or four digits; in `3.8. 10 Uhr` the ten is none.
        let year_digits = tokens.get(4).map_or(0, |token| token.text.len());
        let year = third
            .filter(|_| tokens.get(4).is_some_and(|token| token.glued) || year_digits == 4)
            .and_then(full_year);
        match (separator, year) {
            ("." | "-", Some(year)) => NaiveDate::from_ymd_opt(year, second, first).map(|day| named(day, 5)),
            ("/", Some(year)) => {
                let day_first = NaiveDate::from_ymd_opt(year, second, first);
                let month_first = NaiveDate::from_ymd_opt(year, first, second);
                self.either(day_first, month_first).map(|day| named(day, 5))
            }
            (".", None) => {
                // `4.1.` and `24.07`; `9.30` and `2.5` are no dates, or there is no such month.
                let dotted = is(tokens, 3, ".");
                (dotted || tokens.get(2).is_some_and(|token| token.text.len() == 2))
                    .then(|| self.next(second, first))
                    .flatten()
                    .map(|day| named(day, 3 + usize::from(dotted)))
            }
            ("/", None) => self
                .either(self.next(second, first), self.next(first, second))
                .map(|day| named(day, 3)),
            _ => None,
        }
    }

    /// An absence notice speaks of the near future: of two readings the nearer day is meant, where both are in use.
    fn either(&self, day_first: Option<NaiveDate>, month_first: Option<NaiveDate>) -> Option<NaiveDate> {
        match (day_first, month_first) {
            (Some(d), Some(m)) if self.month_may_come_first => [d, m].into_iter().filter(|date| *date >= self.sent).min(),
            (Some(d), _) => Some(d),
            (None, m) => m,
        }
    }

    /// "12 August 2026", "12. August", "12th of August", "le 1er août", "12 de agosto de 2026", "12-Aug-2026".
    fn day_and_month(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let day = number(tokens, 0).filter(|day| (1..=31).contains(day))?;
        let mut at = 1 + ordinal(tokens);
        at += usize::from(is(tokens, at, ".") || is(tokens, at, "-") || is(tokens, at, "/"));
        at += usize::from(["de", "of", "d", "di"].iter().any(|of| is(tokens, at, of)));
        at += usize::from(is(tokens, at, "'"));
        let month = TABLES.month(tokens.get(at)?.text)?;
        self.with_year(tokens, at + 1, month, day)
    }

    /// "August 12, 2026", "August the 12th", "July 6-17".
    fn month_and_day(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let month = TABLES.month(tokens.first()?.text)?;
        let mut at = 1;
        at += usize::from(is(tokens, at, "."));
        at += usize::from(is(tokens, at, "the"));
        let rest = tokens.get(at..)?;
        let day = number(rest, 0).filter(|day| (1..=31).contains(day))?;
        let counts = |at: usize| {
            tokens
                .get(at)
                .is_some_and(|next| next.text == ":" || TABLES.list(Section::Unit).has(next.text))
        };
        at += 1 + ordinal(rest);
        if counts(at) {
            return None;
        }
        let last = tokens
            .get(at + 1..)
            .and_then(|rest| number(rest, 0))
            .filter(|last| (day..=31).contains(last));
        if let Some(last) = last.filter(|_| dash(tokens, at) && !counts(at + 2)) {
            let used = at + 2 + ordinal(tokens.get(at + 1..).unwrap_or_default());
            let range = self.with_year(tokens, used, month, last)?;
            return Some(Named {
                ends_a_range: true,
                ..range
            });
        }
        self.with_year(tokens, at, month, day)
    }

    /// The year may follow at `at`, behind a comma, a dot, or "de".
    fn with_year(&self, tokens: &[Token<'_>], at: usize, month: u32, day: u32) -> Option<Named> {
        let link = [",", ".", "-", "/", "de", "del"].iter().any(|link| is(tokens, at, link));
        let behind = at + usize::from(link);
        match number(tokens, behind).filter(|year| (2000..=2200).contains(year)) {
            Some(year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(|day| named(day, behind + 1)),
            None => self.next(month, day).map(|day| named(day, at)),
        }
    }

    /// "Monday 17 August" is the 17th; "lunes 14" the next Monday that is a 14th; "Monday" the next one.
    fn by_weekday(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let weekday = TABLES.weekday(tokens.first()?.text)?;
        let mut at = 1;
        // "segunda-feira".
        at += if is(tokens, at, "-") && is(tokens, at + 1, "feira") { 2 } else { 0 };
        let alone = at;
        while let Some(token) = tokens.get(at).filter(|_| at < alone + 3) {
            let skipped = matches!(token.text, "," | "." | "'") || TABLES.list(Section::Article).has(token.text);
            if !skipped {
                break;
            }
            at += 1;
        }
        let rest = tokens.get(at..).unwrap_or_default();
        // Another weekday there names a day of its own.
        let dated = self
            .in_digits(rest)
            .or_else(|| self.day_and_month(rest))
            .or_else(|| self.month_and_day(rest));
        if let Some(date) = dated {
            return Some(Named {
                used: at + date.used,
                ..date
            });
        }
        let day = number(rest, 0).filter(|day| (1..=31).contains(day));
        let both = day.and_then(|day| next_with(self.sent, |date| date.day() == day && date.weekday() == weekday));
        if let Some(day) = both.filter(|_| self.bare_day(rest, true).is_some()) {
            return Some(named(day, at + 1));
        }
        next_weekday(self.sent, weekday).map(|day| named(day, alone))
    }

    /// "tomorrow", "next week".
    fn by_word(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let first = tokens.first()?;
        if TABLES.list(Section::Tomorrow).has(first.text) {
            return Some(named(self.sent.checked_add_days(Days::new(1))?, 1));
        }
        if let Some(used) = phrase(tokens, Section::NextWeek) {
            return Some(named(next_weekday(self.sent, Weekday::Mon)?, used));
        }
        let used = phrase(tokens, Section::NextMonth)?;
        let next = self.sent.with_day(1)?.checked_add_months(Months::new(1))?;
        Some(named(next, used))
    }

    /// "in two weeks", "dans 15 jours", "for the next three days". How long it lasts is the end of a range.
    fn by_span(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let (ahead, lasting) = (phrase(tokens, Section::Ahead), phrase(tokens, Section::Lasting));
        let before = ahead.max(lasting)?;
        let counted = tokens.get(before)?;
        let count = match counted.kind {
            Piece::Number(count) => count,
            Piece::Word => TABLES.number(counted.text)?,
            Piece::Mark => return None,
        };
        if !(1..=99).contains(&count) {
            return None;
        }
        // "Two full weeks", "les deux prochaines semaines".
        let unit = |at: usize| tokens.get(at).and_then(|token| TABLES.span(token.text)).map(|span| (span, at + 1));
        let (span, used) = unit(before + 1).or_else(|| unit(before + 2).filter(|_| tokens.get(before + 1).is_some_and(Token::is_word)))?;
        let day = match span {
            Span::Day => self.sent.checked_add_days(Days::new(count.into())),
            Span::Week => self.sent.checked_add_days(Days::new(u64::from(count) * 7)),
            Span::Month => self.sent.checked_add_months(Months::new(count)),
        };
        Some(Named {
            day: day?,
            used,
            ends_a_range: lasting > ahead,
        })
    }

    /// The last working day of this week or the next, or the last day of this month, where `tokens` name one.
    pub(super) fn span_end(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let friday = |from: NaiveDate| {
            (0..7)
                .filter_map(|n| from.checked_add_days(Days::new(n)))
                .find(|day| day.weekday() == Weekday::Fri)
        };
        if let Some(used) = phrase(tokens, Section::NextWeek) {
            return Some(named(friday(next_weekday(self.sent, Weekday::Mon)?)?, used));
        }
        let last = match TABLES.span(tokens.first()?.text)? {
            Span::Day => None,
            Span::Week => friday(self.sent),
            Span::Month => self.sent.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt(),
        };
        last.map(|day| named(day, 1))
    }

    /// The next such day, counting a few days back as still this year's.
    fn next(&self, month: u32, day: u32) -> Option<NaiveDate> {
        let this = NaiveDate::from_ymd_opt(self.sent.year(), month, day);
        match this {
            Some(this) if this.checked_add_days(Days::new(30))? >= self.sent => Some(this),
            _ => NaiveDate::from_ymd_opt(self.sent.year().checked_add(1)?, month, day),
        }
    }
}

/// How many of `tokens`, from the first on, the longest phrase of a section takes.
fn phrase(tokens: &[Token<'_>], section: Section) -> Option<usize> {
    let list = TABLES.list(section);
    let mut words = String::new();
    let mut longest = None;
    for (at, token) in tokens.iter().take(LONGEST_PHRASE).enumerate() {
        if at > 0 {
            words.push(' ');
        }
        words.push_str(token.text);
        if list.has(&words) {
            longest = Some(at + 1);
        }
    }
    longest
}

const fn named(day: NaiveDate, used: usize) -> Named {
    Named {
        day,
        used,
        ends_a_range: false,
    }
}

fn number(tokens: &[Token<'_>], at: usize) -> Option<u32> {
    match tokens.get(at)?.kind {
        Piece::Number(number) => Some(number),
        Piece::Word | Piece::Mark => None,
    }
}

fn is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.text == text)
}

/// A stroke between two days.
pub(super) fn dash(tokens: &[Token<'_>], at: usize) -> bool {
    ["-", "–", "—", "‑"].iter().any(|dash| is(tokens, at, dash))
}

/// How many tokens make the number before them an ordinal: "12th", "1er", "12:e", "1º".
fn ordinal(tokens: &[Token<'_>]) -> usize {
    let glued = |at: usize, text: &[&str]| tokens.get(at).is_some_and(|token| token.glued && text.contains(&token.text));
    if glued(1, &["st", "nd", "rd", "th", "er", "e", "º", "ª", "ème", "ste", "de"]) {
        1
    } else {
        2 * usize::from(glued(1, &[":"]) && glued(2, &["e", "a"]))
    }
}

fn full_year(year: u32) -> Option<i32> {
    let year = if year < 100 { year + 2000 } else { year };
    i32::try_from(year).ok().filter(|year| (2000..=2200).contains(year))
}

fn next_weekday(sent: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    next_with(sent, |date| date.weekday() == weekday)
}

/// The first such day after `sent`, at most a hundred days ahead.
fn next_with(sent: NaiveDate, is_it: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
    (1..=100)
        .filter_map(|n| sent.checked_add_days(Days::new(n)))
        .find(|date| is_it(*date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, english: bool) -> Option<String> {
        // A Tuesday.
        let reader = Reader {
            sent: "2026-07-07".parse().unwrap(),
            month_may_come_first: english,
        };
        reader.day_at(&tokens(text)).map(|named| named.day.to_string())
    }

    #[test]
    fn days_are_read_in_many_spellings() {
        for (text, expected) in [
            ("2026-07-31", "2026-07-31"),
            ("31.07.2026", "2026-07-31"),
            ("31.7.26", "2026-07-31"),
            ("31. 7. 2026", "2026-07-31"),
            ("4.1.", "2027-01-04"),
            ("31.7. um 9 uhr", "2026-07-31"),
            ("24/07", "2026-07-24"),
            ("24-07-2026", "2026-07-24"),
            ("24/7/26", "2026-07-24"),
            ("8月12日まで", "2026-08-12"),
            ("2026年8月12日", "2026-08-12"),
            ("12 august", "2026-08-12"),
            ("12th of august 2027", "2027-08-12"),
            ("12. august 2026", "2026-08-12"),
            ("1er août", "2026-08-01"),
            ("12 de agosto de 2026", "2026-08-12"),
            ("12-aug-2026", "2026-08-12"),
            ("12 sierpnia", "2026-08-12"),
            ("12. elokuuta", "2026-08-12"),
            ("12:e augusti", "2026-08-12"),
            ("aug. 12, 2026", "2026-08-12"),
            ("august the 12th", "2026-08-12"),
            ("monday 7 dec", "2026-12-07"),
            ("lunes 13", "2026-07-13"),
            ("lunes 14", "2026-09-14"),
            ("mandag den 10. august", "2026-08-10"),
            ("segunda-feira, 10 de agosto", "2026-08-10"),
            ("segunda-feira", "2026-07-13"),
            ("monday", "2026-07-13"),
            ("tuesday at 9", "2026-07-14"),
            ("monday 9am", "2026-07-13"),
            ("montag 9 uhr", "2026-07-13"),
            ("tomorrow", "2026-07-08"),
            ("semaine prochaine", "2026-07-13"),
            ("5 january", "2027-01-05"),
            ("in 2 weeks", "2026-07-21"),
            ("in a month", "2026-08-07"),
            ("for the next ten days", "2026-07-17"),
            ("next month", "2026-08-01"),
        ] {
            assert_eq!(read(text, false).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(read("08/10/2026", true).as_deref(), Some("2026-08-10"));
        assert_eq!(read("08/10/2026", false).as_deref(), Some("2026-10-08"));
        assert_eq!(read("08/31", true).as_deref(), Some("2026-08-31"));
    }

    #[test]
    fn other_numbers_are_no_days() {
        for text in [
            "14",
            "5 pm",
            "9:30",
            "9.30",
            "2.5",
            "31.2.2026",
            "32 august",
            "may 2 people",
            "030-12 34",
            "12.34.56.78",
            "20268",
            "3 weeks",
            "in 2 people",
            "for two hours",
            "in 9999 months",
            "99999999999999999999",
        ] {
            assert_eq!(read(text, true), None, "{text}");
        }
    }
}
