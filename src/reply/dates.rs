//! Days named in a sentence: "on the 5th", "next month", "in two weeks", "12 August".
//!
//! In: tokens and the day the answer was written. Out: the first day named that lies ahead, with its tokens. A range or a
//! vague word ("soon", "later") names no day.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::sentences::{Kind, Token};

/// The first day named in `tokens[within]`.
pub(super) fn find(tokens: &[Token<'_>], within: Range<usize>, today: NaiveDate) -> Option<(Range<usize>, NaiveDate)> {
    within
        .clone()
        .find_map(|at| read(tokens, at, within.end, today).map(|(end, day)| (at..end, day)))
}

fn read(tokens: &[Token<'_>], at: usize, end: usize, today: NaiveDate) -> Option<(usize, NaiveDate)> {
    let word = |i: usize| tokens.get(i).filter(|_| i < end).map_or("", |token| &*token.fold);
    match word(at) {
        "tomorrow" | "morgen" | "demain" | "manana" | "domani" | "amanha" => return Some((at + 1, today + Days::new(1))),
        "next" | "following" => {
            return match word(at + 1) {
                "week" => Some((at + 2, monday_after(today))),
                "month" => Some((at + 2, first_of_next_month(today)?)),
                "quarter" => Some((at + 2, first_of_next_quarter(today)?)),
                "year" => Some((at + 2, NaiveDate::from_ymd_opt(today.year() + 1, 1, 1)?)),
                name => weekday(name).map(|day| (at + 2, next_weekday(today, day))),
            };
        }
        "in" | "within" | "after" | "another" | "for" => {
            let mut at = at + 1;
            while matches!(word(at), "about" | "around" | "another" | "like") {
                at += 1;
            }
            if word(at) == "a" && matches!(word(at + 1), "couple" | "few") {
                let count = if word(at + 1) == "couple" { 2 } else { 3 };
                let at = if word(at + 2) == "of" { at + 3 } else { at + 2 };
                return later(today, count, word(at)).map(|day| (at + 1, day));
            }
            if let Some(count) = number(word(at))
                && let Some(day) = later(today, count, word(at + 1))
            {
                return Some((at + 2, day));
            }
            if let Some(month) = month(word(at)) {
                return ahead(today, month, 1).map(|day| (at + 1, day));
            }
            return None;
        }
        "end" if word(at + 1) == "of" => {
            let at = if matches!(word(at + 2), "the" | "this") { at + 3 } else { at + 2 };
            return match word(at) {
                "month" => Some((at + 1, last_of_month(today)?)),
                "week" => Some((at + 1, next_weekday(today, Weekday::Fri))),
                name => month(name)
                    .and_then(|month| last_of_month(ahead(today, month, 1)?))
                    .map(|day| (at + 1, day)),
            };
        }
        _ => {}
    }
    if let Some(day) = weekday(word(at)) {
        return Some((at + 1, next_weekday(today, day)));
    }
    // "August 5", "Aug 5th"
    if let Some(month) = month(word(at))
        && let Some(day) = day_of_month(word(at + 1))
    {
        return ahead(today, month, day).map(|day| (at + 2, day));
    }
    let token = tokens.get(at).filter(|token| token.kind == Kind::Number)?;
    let iso = iso(tokens, at, end);
    if iso.is_some() {
        return iso;
    }
    let day = day_of_month(&token.fold)?;
    // "5 August", "5th of August"
    let next = if word(at + 1) == "of" { at + 2 } else { at + 1 };
    if let Some(month) = month(word(next)) {
        return ahead(today, month, day).map(|day| (next + 1, day));
    }
    // "the 5th": the next one.
    let ordinal = token.fold.ends_with(|c: char| c.is_ascii_alphabetic());
    let after_the = at > 0
        && tokens
            .get(at - 1)
            .is_some_and(|before| matches!(&*before.fold, "the" | "on" | "am"));
    if ordinal && after_the {
        return next_day_of_month(today, day).map(|day| (at + 1, day));
    }
    None
}

/// `2026-08-05`: three numbers side by side in the tokens.
fn iso(tokens: &[Token<'_>], at: usize, end: usize) -> Option<(usize, NaiveDate)> {
    if at + 3 > end {
        return None;
    }
    let number = |i: usize| tokens.get(i).and_then(|token| token.fold.parse::<u32>().ok());
    let year = number(at).filter(|year| (2000..2200).contains(year))?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(at + 1)?, number(at + 2)?)?;
    Some((at + 3, date))
}

fn number(word: &str) -> Option<u32> {
    Some(match word {
        "a" | "an" | "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "ten" => 10,
        "twelve" => 12,
        _ => return word.parse().ok().filter(|number| (1..=60).contains(number)),
    })
}

fn later(today: NaiveDate, count: u32, unit: &str) -> Option<NaiveDate> {
    match unit {
        "day" | "days" => today.checked_add_days(Days::new(count.into())),
        "week" | "weeks" | "wks" | "wk" => today.checked_add_days(Days::new(u64::from(count) * 7)),
        "month" | "months" => today.checked_add_months(Months::new(count)),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" | "montag" | "lundi" => Weekday::Mon,
        "tuesday" | "tues" | "tue" | "dienstag" | "mardi" => Weekday::Tue,
        "wednesday" | "weds" | "mittwoch" | "mercredi" => Weekday::Wed,
        "thursday" | "thurs" | "thur" | "thu" | "donnerstag" | "jeudi" => Weekday::Thu,
        "friday" | "fri" | "freitag" | "vendredi" => Weekday::Fri,
        _ => return None,
    })
}

fn month(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" | "januar" | "janvier" => 1,
        "february" | "feb" | "februar" | "fevrier" => 2,
        "march" | "marz" | "mars" => 3,
        "april" | "apr" | "avril" => 4,
        "may" | "mai" => 5,
        "june" | "jun" | "juni" | "juin" => 6,
        "july" | "jul" | "juli" | "juillet" => 7,
        "august" | "aug" | "aout" => 8,
        "september" | "sept" | "sep" | "septembre" => 9,
        "october" | "oct" | "oktober" | "octobre" => 10,
        "november" | "nov" | "novembre" => 11,
        "december" | "dec" | "dezember" | "decembre" => 12,
        _ => return None,
    })
}

/// `5`, `5th`, `21st` from 1 to 31.
fn day_of_month(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = word.get(digits.len()..)?;
    matches!(suffix, "" | "st" | "nd" | "rd" | "th")
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|day| (1..=31).contains(day))
}

fn monday_after(today: NaiveDate) -> NaiveDate {
    next_weekday(today, Weekday::Mon)
}

/// The next such day after today.
fn next_weekday(today: NaiveDate, day: Weekday) -> NaiveDate {
    let ahead = (day.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
    today + Days::new(if ahead == 0 { 7 } else { ahead.into() })
}

fn first_of_next_month(today: NaiveDate) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(1))
}

fn first_of_next_quarter(today: NaiveDate) -> Option<NaiveDate> {
    today.with_day(1)?.checked_add_months(Months::new(3 - today.month0() % 3))
}

fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    first_of_next_month(day)?.pred_opt()
}

/// That day in this year, or in the next when it has passed.
fn ahead(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    [today.year(), today.year() + 1]
        .into_iter()
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(|date| *date > today)
}

fn next_day_of_month(today: NaiveDate, day: u32) -> Option<NaiveDate> {
    let first = today.with_day(1)?;
    (0..3)
        .filter_map(|months| first.checked_add_months(Months::new(months))?.with_day(day))
        .find(|date| *date > today)
}

#[cfg(test)]
mod tests {
    use super::super::sentences::tokens;
    use super::*;

    fn day(text: &str) -> Option<String> {
        let today = NaiveDate::from_ymd_opt(2026, 7, 7).unwrap();
        let tokens = tokens(text);
        find(&tokens, 0..tokens.len(), today).map(|(_, day)| day.to_string())
    }

    #[test]
    fn days_are_read_from_tuesday_the_seventh_of_july() {
        for (text, expected) in [
            ("ask me again on the 5th", "2026-08-05"),
            ("the 9th please", "2026-07-09"),
            ("next month", "2026-08-01"),
            ("next week", "2026-07-13"),
            ("in two weeks", "2026-07-21"),
            ("in a couple of weeks", "2026-07-21"),
            ("in 3 months", "2026-10-07"),
            ("in September", "2026-09-01"),
            ("on Tuesday", "2026-07-14"),
            ("Friday", "2026-07-10"),
            ("12 August", "2026-08-12"),
            ("Aug 12th", "2026-08-12"),
            ("3rd of March", "2027-03-03"),
            ("end of the month", "2026-07-31"),
            ("2026-09-30", "2026-09-30"),
            ("tomorrow", "2026-07-08"),
        ] {
            assert_eq!(day(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in [
            "soon",
            "later",
            "5 years",
            "in a meeting",
            "31st of February",
            "she may join",
            "95k",
            "the 99th",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
