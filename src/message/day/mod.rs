//! Days as people write them: "12 August", "4.1.", "Monday 7 Dec", "el lunes 14".
//!
//! In: words of a text in lower case, and the day it was written. Out: a day, and how many words name it.
//! Never here: a guess which of two days is meant when the text does not lean to one of them, or why a day is named.

mod counted;
mod dated;
mod token;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::tables::{Section, TABLES};
pub(super) use token::{Piece, Token, dash, tokens};
use token::{is, number, ordinal};
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
}

const fn named(day: NaiveDate, used: usize) -> Named {
    Named {
        day,
        used,
        ends_a_range: false,
    }
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
