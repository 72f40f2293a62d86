//! Days named by their date: "31.7.2026", "7/31", "12 August", "July 6-17".

use chrono::{Datelike, Days, NaiveDate};

use super::super::tables::{Section, TABLES};
use super::token::{Token, dash, is, number, ordinal};
use super::{Named, Reader, named};

impl Reader {
    /// `2026-07-31`, `31.7.2026`, `31.7.`, `7/31/26`, `31/7`, `2026年7月31日`, `7月31日`.
    pub(super) fn in_digits(&self, tokens: &[Token<'_>]) -> Option<Named> {
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
    pub(super) fn day_and_month(&self, tokens: &[Token<'_>]) -> Option<Named> {
        let day = number(tokens, 0).filter(|day| (1..=31).contains(day))?;
        let mut at = 1 + ordinal(tokens);
        at += usize::from(is(tokens, at, ".") || is(tokens, at, "-") || is(tokens, at, "/"));
        at += usize::from(["de", "of", "d", "di"].iter().any(|of| is(tokens, at, of)));
        at += usize::from(is(tokens, at, "'"));
        let month = TABLES.month(tokens.get(at)?.text)?;
        self.with_year(tokens, at + 1, month, day)
    }

    /// "August 12, 2026", "August the 12th", "July 6-17".
    pub(super) fn month_and_day(&self, tokens: &[Token<'_>]) -> Option<Named> {
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

    /// The next such day, counting a few days back as still this year's.
    pub(super) fn next(&self, month: u32, day: u32) -> Option<NaiveDate> {
        let this = NaiveDate::from_ymd_opt(self.sent.year(), month, day);
        match this {
            Some(this) if this.checked_add_days(Days::new(30))? >= self.sent => Some(this),
            _ => NaiveDate::from_ymd_opt(self.sent.year().checked_add(1)?, month, day),
        }
    }
}

fn full_year(year: u32) -> Option<i32> {
    let year = if year < 100 { year + 2000 } else { year };
    i32::try_from(year).ok().filter(|year| (2000..=2200).contains(year))
}
