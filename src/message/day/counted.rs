//! Days named without a date: "Monday", "tomorrow", "next week", "in two weeks".

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::super::tables::{Section, Span, TABLES};
use super::token::{Piece, Token, is, number};
use super::{Named, Reader, named, next_with};

/// Words of the longest phrase before a number, or of "next week".
const LONGEST_PHRASE: usize = 4;

impl Reader {
    /// "Monday 17 August" is the 17th; "lunes 14" the next Monday that is a 14th; "Monday" the next one.
    pub(super) fn by_weekday(&self, tokens: &[Token<'_>]) -> Option<Named> {
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
    pub(super) fn by_word(&self, tokens: &[Token<'_>]) -> Option<Named> {
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
    pub(super) fn by_span(&self, tokens: &[Token<'_>]) -> Option<Named> {
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
    pub(in crate::message) fn span_end(&self, tokens: &[Token<'_>]) -> Option<Named> {
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

fn next_weekday(sent: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    next_with(sent, |date| date.weekday() == weekday)
}
